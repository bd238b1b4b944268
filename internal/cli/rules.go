package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List, prove or check the signatures and checks",
		Long: `The rules are the built-in signatures, merged with the directories given by
--rules. Such a directory has the layout of signatures/ and holds any part of it:
datatypes/, apis/, sdks/, permissions/, checks/, phrases/ and topics/ with YAML files,
and clauses.yaml, categories.yaml, grading.yaml, properties.yaml, observations.yaml,
startup.yaml and measured.yaml.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rulesList(), a.rulesTest(), a.rulesLint())
	return cmd
}

// kinds of rules, as `rules list KIND` names them.
var ruleKinds = []string{"datatypes", "apis", "sdks", "permissions", "topics", "checks", "clauses"}

func (a *app) rulesList() *cobra.Command {
	return &cobra.Command{
		Use:       "list [KIND]",
		Short:     "Count the rules, or list those of one kind",
		Long:      "Count the rules, or list those of one kind: datatypes, apis, sdks, permissions, topics, checks, clauses.",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: ruleKinds,
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := a.ruleSet()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				a.countRules(set)
				return nil
			}
			for _, line := range a.listRules(set, args[0]) {
				fmt.Fprintf(a.sys.Stdout, "%-44s %s\n", line[0], line[1])
			}
			return nil
		},
	}
}

func (a *app) countRules(set *rules.Set) {
	terms, apis, neutral := 0, 0, 0
	for _, t := range set.DataTypes {
		terms += len(t.Terms.All())
	}
	for _, b := range set.Behaviours {
		apis += len(b.Methods) + len(b.Fields) + b.Constants.Len()
		for _, c := range b.Calls {
			apis += len(c.Equals) + len(c.Prefix)
		}
	}
	for _, k := range set.SDKs {
		if k.Neutral {
			neutral++
		}
	}
	w := a.sys.Stdout
	fmt.Fprintf(w, "datatypes    %5d   with %d terms in policies\n", len(set.DataTypes), terms)
	fmt.Fprintf(w, "apis         %5d   behaviours with %d methods, fields and constants\n", len(set.Behaviours), apis)
	fmt.Fprintf(w, "sdks         %5d   of which %d neutral libraries\n", len(set.SDKs), neutral)
	fmt.Fprintf(w, "permissions  %5d\n", len(set.Permissions))
	fmt.Fprintf(w, "topics       %5d   kinds of statement that policies make\n", len(set.Topics))
	fmt.Fprintf(w, "checks       %5d   citing %d clauses\n", len(set.Checks), len(set.Clauses))
	fmt.Fprintf(w, "digest       %s\n", set.Digest())
}

// listRules returns id and name of every rule of a kind, by id.
func (a *app) listRules(set *rules.Set, kind string) [][2]string {
	lang := a.config.GetString("lang")
	var out [][2]string
	add := func(id string, name audit.Text) { out = append(out, [2]string{id, oneLine(name.In(lang))}) }
	switch kind {
	case "datatypes":
		for _, t := range set.DataTypes {
			add(t.ID, t.Name)
		}
	case "apis":
		for _, b := range set.Behaviours {
			add(b.ID, b.Name)
		}
	case "sdks":
		for _, k := range set.SDKs {
			add(k.ID, k.Name)
		}
	case "permissions":
		for _, p := range set.Permissions {
			add(p.Name, audit.Text{ZH: p.Protection + " " + p.Title.ZH, EN: p.Protection + " " + p.Title.EN})
		}
	case "topics":
		for _, t := range set.Topics {
			add(t.ID, t.Name)
		}
	case "checks":
		for _, c := range set.Checks {
			add(c.ID, c.Name)
		}
	case "clauses":
		for _, c := range set.Clauses {
			add(c.ID, c.Text)
		}
	}
	slices.SortFunc(out, func(x, y [2]string) int { return cmp.Compare(x[0], y[0]) })
	return out
}

func (a *app) rulesTest() *cobra.Command {
	states := false
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the examples that stand beside every rule",
		Long: `Run the examples that stand beside every rule, of the built-in signatures and
of the --rules directories: what each must hit and what it must miss. Exit code
1 where one does not come out as it says. --states adds a table: how many examples
of each check come to violated, satisfied, undecidable and not looked at.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			res, err := prove.Run(cmd.Context(), set)
			if err != nil {
				return err
			}
			if states {
				fmt.Fprint(a.sys.Stdout, prove.WriteStates(res.States))
			}
			n := 0
			for _, kind := range []string{"datatype", "behaviour", "sdk", "topic", "check"} {
				fmt.Fprintf(a.sys.Stdout, "%-10s %5d examples\n", kind, res.Examples[kind])
				n += res.Examples[kind]
			}
			for _, f := range res.Failures {
				fmt.Fprintln(a.sys.Stdout, "FAIL "+oneLine(f.String()))
			}
			if len(res.Failures) > 0 {
				fmt.Fprintf(a.sys.Stdout, "%d of %d examples failed\n", len(res.Failures), n)
				return &exitError{audit.ExitFindings}
			}
			fmt.Fprintf(a.sys.Stdout, "all %d examples passed\n", n)
			return nil
		},
	}
	cmd.Flags().BoolVar(&states, "states", false, "also print which states the examples of each check come to")
	return cmd
}

func (a *app) rulesLint() *cobra.Command {
	return &cobra.Command{
		Use:   "lint",
		Short: "Check the rules for faults and omissions",
		Long: `Read all rules strictly, check that every id they name exists, and report what
is missing or can never match: examples, proofs, words for sensitive permissions,
prefixes and names of SDKs that something else swallows. Faults name file and line
and exit 2; omissions exit 1; hints (what only repeats something) do not count.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			res, err := prove.Run(cmd.Context(), set)
			if err != nil {
				return err
			}
			omissions, hints := rules.Lint(set)
			for _, h := range hints {
				fmt.Fprintln(a.sys.Stdout, oneLine("hint: "+h))
			}
			omissions = append(res.Missing, omissions...)
			for _, m := range omissions {
				fmt.Fprintln(a.sys.Stdout, oneLine(m))
			}
			if len(omissions) > 0 {
				return &exitError{audit.ExitFindings}
			}
			fmt.Fprintln(a.sys.Stdout, "no faults and no omissions")
			return nil
		},
	}
}
