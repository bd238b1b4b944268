package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apkaudit/internal/apk"
	"apkaudit/internal/rules"
)

// appExtensions are the file names that the shell offers where an app is asked
// for, without their dots. Other names can be typed: containers are told by their content.
func appExtensions() []string {
	list := apk.Extensions()
	for i := range list {
		list[i] = list[i][1:]
	}
	return list
}

// maxFixedArgs is more than any command demands; see takesMore.
const maxFixedArgs = 4

// addCompletions gives a command and all below it what the shell offers for
// flags and arguments. What a command offers by itself stays.
func (a *app) addCompletions(cmd *cobra.Command) {
	offer := func(f *pflag.Flag) {
		if _, own := cmd.GetFlagCompletionFunc(f.Name); own {
			return
		}
		if fn := a.flagCompletion(cmd, f); fn != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, fn) // fails only for unknown and for registered flags
		}
	}
	cmd.Flags().VisitAll(offer)
	cmd.PersistentFlags().VisitAll(offer)
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && cmd.Name() != "completion" && cmd.Name() != "help" {
		cmd.ValidArgsFunction = a.argCompletion(cmd)
	}
	for _, sub := range cmd.Commands() {
		a.addCompletions(sub)
	}
}

// flagCompletion returns what is offered for the value of a flag; nil means files.
func (a *app) flagCompletion(cmd *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	oneOf := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	switch cmd.CommandPath() + " --" + f.Name {
	case "apkaudit version --output":
		return oneOf("text", "json")
	case "apkaudit sdk list --proof":
		return oneOf(proofKinds...)
	case "apkaudit sdk list --category":
		return a.fromRules(func(set *rules.Set) [][2]string {
			return sdkValues(set, func(k *rules.SDK) string { return k.Category })
		})
	case "apkaudit sdk list --country":
		return a.fromRules(func(set *rules.Set) [][2]string {
			return sdkValues(set, func(k *rules.SDK) string { return k.Country })
		})
	case "apkaudit --rules", "apkaudit sdk learn --out":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	}
	if settings[f.Name] != nil {
		return oneOf(settings[f.Name]...)
	}
	return nil
}

// completeOutput offers formats for -o, and files behind "FORMAT=".
func completeOutput(formats []cobra.Completion) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if strings.Contains(typed, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return formats, cobra.ShellCompDirectiveNoFileComp
	}
}

// argCompletion returns what is offered for the arguments of a command.
func (a *app) argCompletion(cmd *cobra.Command) cobra.CompletionFunc {
	switch cmd.CommandPath() {
	case "apkaudit": // an app alone means scan
		return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if slices.ContainsFunc(cmd.Commands(), func(c *cobra.Command) bool { return strings.HasPrefix(c.Name(), typed) }) {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return appExtensions(), cobra.ShellCompDirectiveFilterFileExt
		}
	case "apkaudit scan":
		return cobra.FixedCompletions(appExtensions(), cobra.ShellCompDirectiveFilterFileExt)
	case "apkaudit explain":
		ids := a.fromRules(a.allIDs)
		return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return ids(cmd, args, typed)
			}
			return filesWhereTaken(cmd, args, typed)
		}
	case "apkaudit sdk show":
		ids := a.fromRules(func(set *rules.Set) [][2]string { return a.listRules(set, "sdks") })
		return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return ids(cmd, args, typed)
		}
	case "apkaudit man":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	}
	return filesWhereTaken
}

// filesWhereTaken offers files as long as the command takes another argument.
func filesWhereTaken(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if takesMore(cmd, args) {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// takesMore tells whether args and some more would be accepted; a command may
// demand several at once.
func takesMore(cmd *cobra.Command, args []string) bool {
	more := slices.Clone(args)
	for range maxFixedArgs {
		more = append(more, "x")
		if cmd.Args == nil || cmd.Args(cmd, more) == nil {
			return true
		}
	}
	return false
}

// fromRules offers ids (with what they are called) out of the rules that the
// command line names with --rules.
func (a *app) fromRules(list func(*rules.Set) [][2]string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if err := a.loadConfig(cmd); err != nil { // of the command being typed, not of the one that completes
			return nil, cobra.ShellCompDirectiveError
		}
		set, err := a.ruleSet()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []cobra.Completion
		for _, x := range list(set) {
			if strings.HasPrefix(x[0], typed) {
				out = append(out, cobra.CompletionWithDesc(x[0], x[1]))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// allIDs lists every id that `explain` knows, by kind.
func (a *app) allIDs(set *rules.Set) [][2]string {
	var out [][2]string
	for _, kind := range ruleKinds {
		if kind != "topics" { // explained with the checks that look at them
			out = append(out, a.listRules(set, kind)...)
		}
	}
	return out
}

// sdkValues lists the different values of something that SDKs have, sorted.
func sdkValues(set *rules.Set, of func(*rules.SDK) string) [][2]string {
	seen := map[string]bool{}
	for i := range set.SDKs {
		if v := of(&set.SDKs[i]); v != "" {
			seen[v] = true
		}
	}
	var out [][2]string
	for v := range seen {
		out = append(out, [2]string{v})
	}
	slices.SortFunc(out, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
	return out
}
