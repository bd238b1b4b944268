package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/rules"
)

func (a *app) sdkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sdk",
		Short: "List the known SDKs and libraries, show one, or learn a new one",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.sdkList(), a.sdkShow(), a.sdkLearn())
	return cmd
}

// listFlags are the filters of `sdk list`; empty ones let everything through.
type listFlags struct {
	category, vendor, proof, country string
	libraries, stats                 bool
}

func (a *app) sdkList() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the known SDKs, or count them",
		Long: `List the known SDKs, or with --libraries the neutral libraries that collect
nothing by themselves. Filters go together. --stats counts what the filters leave
over, SDKs and libraries alike: by category, by the vendor's country, by proof.`,
		Example: `  apkaudit sdk list --category push
  apkaudit sdk list --vendor 腾讯
  apkaudit sdk list --proof artifact --country CN
  apkaudit sdk list --libraries
  apkaudit sdk list --stats`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			load := rules.Load
			if f.proof != "" || f.stats {
				load = rules.LoadFull // proofs are not in the compiled form
			}
			if f.proof != "" && !slices.Contains(proofKinds, f.proof) {
				return usagef("unknown --proof %q (one of %s)", f.proof, strings.Join(proofKinds, ", "))
			}
			set, err := load(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			var found []*rules.SDK
			for i := range set.SDKs {
				if k := &set.SDKs[i]; f.takes(k) {
					found = append(found, k)
				}
			}
			if len(found) == 0 {
				return usagef("no SDK matches; see the categories with: apkaudit sdk list")
			}
			if f.stats {
				writeStats(a.sys.Stdout, found)
				return nil
			}
			lang := a.config.GetString("lang")
			for _, k := range found {
				fmt.Fprintf(a.sys.Stdout, "%-24s %-16s %s — %s\n", k.ID, k.Category, oneLine(k.Name.In(lang)), oneLine(k.Vendor.In(lang)))
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.category, "category", "", "only SDKs of this category")
	fl.StringVar(&f.vendor, "vendor", "", "only SDKs whose vendor contains this text")
	fl.StringVar(&f.country, "country", "", "only SDKs of vendors seated there, two capitals (CN, US)")
	fl.StringVar(&f.proof, "proof", "", "only SDKs with this kind of proof: artifact, source or public")
	fl.BoolVar(&f.libraries, "libraries", false, "the neutral libraries instead")
	fl.BoolVar(&f.stats, "stats", false, "count instead of listing, libraries included")
	return cmd
}

func (f *listFlags) takes(k *rules.SDK) bool {
	switch {
	case k.Neutral != f.libraries && (!f.stats || f.libraries):
	case f.category != "" && k.Category != f.category:
	case f.vendor != "" && !vendorMatches(k, f.vendor):
	case f.country != "" && !strings.EqualFold(k.Country, f.country):
	case f.proof != "" && !slices.Contains(proofsOf(k), f.proof):
	default:
		return true
	}
	return false
}

func vendorMatches(k *rules.SDK, text string) bool {
	all := append([]string{k.Vendor.ZH, k.Vendor.EN}, k.VendorAliases...)
	return strings.Contains(strings.ToLower(strings.Join(all, "\n")), strings.ToLower(text))
}

func (a *app) sdkShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one SDK: names, how it is recognised, what it collects, proof",
		Long: `Show one SDK: its names, how it is recognised, where its version stands, what the
vendor itself states that it collects and, apart from that, what the code of real
artifacts was measured to call. A measured call is no statement and proves no use:
an app may never reach it.`,
		Args: needs(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			k := set.SDK(args[0])
			if k == nil {
				return usagef("no SDK has the id %q; see: apkaudit sdk list", args[0])
			}
			showSDK(a.sys.Stdout, set, k)
			return nil
		},
	}
}

// sheet prints labelled lines; a label stands once before its lines.
type sheet struct{ w io.Writer }

func (s sheet) line(label, value string) {
	if value != "" {
		fmt.Fprintf(s.w, "%-16s %s\n", label, oneLine(value))
	}
}

func (s sheet) list(label string, values []string) {
	for i, v := range values {
		if i > 0 {
			label = ""
		}
		s.line(label, v)
	}
}

// showSDK prints an SDK in both languages.
func showSDK(w io.Writer, set *rules.Set, k *rules.SDK) {
	s := sheet{w}
	s.line("id", k.ID)
	s.line("name", k.Name.ZH+" / "+k.Name.EN)
	s.line("vendor", k.Vendor.ZH+" / "+k.Vendor.EN)
	s.line("also written", strings.Join(k.VendorAliases, ", "))
	s.line("group", k.Group)
	s.line("country", k.Country)
	s.line("category", k.Category)
	s.line("part of", k.PartOf)
	s.line("built on", strings.Join(k.BuiltOn, ", "))
	if k.Neutral {
		s.line("kind", "neutral library: collects nothing by itself")
	}
	s.line("aliases", strings.Join(k.Aliases, ", "))
	s.line("names in lists", strings.Join(k.EntryNames, ", "))
	s.list("privacy policy", k.Links)
	s.list("domains", k.Domains)
	s.list("maven", k.Maven)
	s.list("npm", k.NPM)
	showMatch(s, &k.Match)
	s.list("version", k.Version)
	showStated(s, set, k)
	showMeasured(s, set, k)
	s.line("note", k.Note)
	s.list("proof", k.Proof)
}

func showMatch(s sheet, m *rules.Match) {
	s.list("packages", m.Packages)
	if m.MinClasses > 1 {
		s.line("", fmt.Sprintf("(at least %d classes)", m.MinClasses))
	}
	s.list("supporting", m.Supporting)
	var ships []string
	for _, sh := range m.Ships {
		ships = append(ships, fmt.Sprintf("%s (up to %d classes)", sh.Prefix, sh.MaxClasses))
	}
	s.list("ships", ships)
	s.list("components", m.Components)
	s.list("meta-data", m.MetaData)
	s.list("native libs", m.NativeLibs)
	s.list("assets", m.Assets)
	s.list("permissions", m.Permissions)
	s.list("actions", m.Actions)
	s.list("strings", m.Strings)
	s.list("not when", m.NotWhen)
}

// showStated prints what the vendor states.
func showStated(s sheet, set *rules.Set, k *rules.SDK) {
	if !k.Collects.Given() {
		return
	}
	var data []string
	if len(k.Collects.Data) == 0 {
		data = []string{"that it collects no personal data"}
	}
	for _, id := range k.Collects.Data {
		name := id
		if t := set.DataType(id); t != nil {
			name = fmt.Sprintf("%s / %s (%s)", t.Name.ZH, t.Name.EN, id)
		}
		data = append(data, name)
	}
	s.list("vendor states", data)
	s.line("", fmt.Sprintf("(%s, %s)", k.Collects.Source, k.Collects.Date))
}

// maxShownArtifacts is how many measured artifacts are shown in full.
const maxShownArtifacts = 3

// showMeasured prints what the code of artifacts calls.
func showMeasured(s sheet, set *rules.Set, k *rules.SDK) {
	all := set.MeasuredOf(k.ID)
	for i, m := range all {
		if i == maxShownArtifacts {
			s.line("", fmt.Sprintf("(%d more artifacts in measured.yaml)", len(all)-i))
			break
		}
		version := ""
		if m.Version != "" {
			version = ", version " + m.Version
		}
		lines := []string{fmt.Sprintf("%s (%d classes%s)", m.Artifact, m.Classes, version)}
		ids := slices.SortedFunc(maps.Keys(m.Calls), func(x, y string) int {
			return cmp.Or(cmp.Compare(m.Calls[y], m.Calls[x]), cmp.Compare(x, y))
		})
		for _, id := range ids {
			name := id
			if b := set.Behaviour(id); b != nil {
				name = fmt.Sprintf("%s / %s (%s)", b.Name.ZH, b.Name.EN, id)
			}
			lines = append(lines, fmt.Sprintf("  %s: sites %d", name, m.Calls[id]))
		}
		if len(m.Calls) == 0 {
			lines = append(lines, "  no sensitive API")
		}
		if len(m.Permissions) > 0 {
			lines = append(lines, "  permissions "+strings.Join(m.Permissions, ", "))
		}
		if len(m.Hosts) > 0 {
			lines = append(lines, "  hosts "+strings.Join(m.Hosts, ", "))
		}
		s.list("code calls", lines)
	}
}
