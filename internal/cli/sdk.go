package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/rules"
)

func (a *app) sdkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sdk",
		Short: "List the known SDKs and libraries, or show one",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.sdkList(), a.sdkShow())
	return cmd
}

func (a *app) sdkList() *cobra.Command {
	var category, vendor string
	var libraries bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the known SDKs",
		Example: `  apkaudit sdk list --category push
  apkaudit sdk list --vendor 腾讯
  apkaudit sdk list --libraries`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			set, err := a.ruleSet()
			if err != nil {
				return err
			}
			lang := a.config.GetString("lang")
			n := 0
			for _, k := range set.SDKs {
				if k.Neutral != libraries || category != "" && k.Category != category || vendor != "" && !vendorMatches(&k, vendor) {
					continue
				}
				n++
				fmt.Fprintf(a.sys.Stdout, "%-24s %-16s %s — %s\n", k.ID, k.Category, oneLine(k.Name.In(lang)), oneLine(k.Vendor.In(lang)))
			}
			if n == 0 {
				return usagef("no SDK matches; see the categories with: apkaudit sdk list")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&category, "category", "", "only SDKs of this category")
	cmd.Flags().StringVar(&vendor, "vendor", "", "only SDKs whose vendor contains this text")
	cmd.Flags().BoolVar(&libraries, "libraries", false, "list the neutral libraries instead")
	return cmd
}

func vendorMatches(k *rules.SDK, text string) bool {
	all := append([]string{k.Vendor.ZH, k.Vendor.EN}, k.VendorAliases...)
	return strings.Contains(strings.ToLower(strings.Join(all, "\n")), strings.ToLower(text))
}

func (a *app) sdkShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one SDK: names, vendor, how it is recognised, proof",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			k := set.SDK(args[0])
			if k == nil {
				return usagef("no SDK has the id %q; see: apkaudit sdk list", args[0])
			}
			showSDK(a.sys.Stdout, k)
			return nil
		},
	}
}

// showSDK prints an SDK in both languages.
func showSDK(w io.Writer, k *rules.SDK) {
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-16s %s\n", label, oneLine(value))
		}
	}
	list := func(label string, values []string) {
		for i, v := range values {
			if i > 0 {
				label = ""
			}
			line(label, v)
		}
	}
	line("id", k.ID)
	line("name", k.Name.ZH+" / "+k.Name.EN)
	line("vendor", k.Vendor.ZH+" / "+k.Vendor.EN)
	line("also written", strings.Join(k.VendorAliases, ", "))
	line("category", k.Category)
	if k.Neutral {
		line("kind", "neutral library: collects nothing by itself")
	}
	line("aliases", strings.Join(k.Aliases, ", "))
	line("names in lists", strings.Join(k.EntryNames, ", "))
	list("privacy policy", k.Links)
	list("domains", k.Domains)
	list("maven", k.Maven)
	list("npm", k.NPM)
	list("packages", k.Match.Packages)
	if k.Match.MinClasses > 1 {
		line("", fmt.Sprintf("(at least %d classes)", k.Match.MinClasses))
	}
	list("supporting", k.Match.Supporting)
	for i, s := range k.Match.Ships {
		label := ""
		if i == 0 {
			label = "ships"
		}
		line(label, fmt.Sprintf("%s (up to %d classes)", s.Prefix, s.MaxClasses))
	}
	list("components", k.Match.Components)
	list("meta-data", k.Match.MetaData)
	list("native libs", k.Match.NativeLibs)
	list("assets", k.Match.Assets)
	line("note", k.Note)
	list("proof", k.Proof)
}
