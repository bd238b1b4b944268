package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/rules"
)

// maxReportBytes bounds a saved report.
const maxReportBytes = 512 << 20

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain ID [APK|REPORT.json]",
		Short: "Explain a check, data type, API, SDK, permission, clause or finding",
		Long: `Explain one id in the language of --lang: a check, a data type, a behaviour
(the "api" of a report), an SDK, a permission or a clause.

With an APK, also list every place of its code that the id is about: all call
sites of a behaviour, of a data type or of a party (app, sdk:ID …). With a saved
JSON report, also show its findings of that id or with that fingerprint (the
first characters of a fingerprint are enough).`,
		Example: `  apkaudit explain undisclosed_sdk
  apkaudit explain imei app.apk
  apkaudit explain sdk:jpush app.apk
  apkaudit explain 3f9c2a report.json`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			known := a.explainID(set, args[0])
			if len(args) == 1 {
				if !known {
					return usagef("%q is no check, data type, behaviour, SDK, permission or clause; see: apkaudit rules list", args[0])
				}
				return nil
			}
			return a.explainIn(cmd.Context(), set, args[0], args[1], known)
		},
	}
}

// explainID prints what the rules say of an id; false where they know none.
func (a *app) explainID(set *rules.Set, id string) bool {
	lang := a.config.GetString("lang")
	w := a.sys.Stdout
	say := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	id = strings.TrimPrefix(strings.TrimPrefix(id, audit.PrefixSDK), audit.PrefixLibrary)
	zh := lang == "zh"
	pick := func(z, e string) string {
		if zh {
			return z
		}
		return e
	}
	found := false
	if c := set.Check(id); c != nil {
		found = true
		say("%s %s — %s", pick("检查", "check"), c.ID, c.Name.In(lang))
		say("  %s", c.Why.In(lang))
		say("  %s: %s", pick("整改", "fix"), c.Fix.In(lang))
		say("  %s: %s", pick("严重程度", "severity"), c.Severity.Level)
		for _, k := range sortedKeys(c.Severity.Caps) {
			say("    %s: %s %s", k, pick("最高", "at most"), c.Severity.Caps[k])
		}
		for _, cl := range c.Clauses {
			say("  %s: %s", cl, set.Clause(cl).Text.In(lang))
		}
		for _, id := range c.Topics.All() {
			t := set.Topic(id)
			say("  %s: %s — %s", pick("查看的说明", "statement looked at"), id, t.Name.In(lang))
		}
	}
	if t := set.DataType(id); t != nil {
		found = true
		say("%s %s — %s", pick("数据类型", "data type"), t.ID, t.Name.In(lang))
		if t.Parent != "" {
			say("  %s: %s", pick("上级", "under"), t.Parent)
		}
		if t.Umbrella {
			say("  %s", pick("概括性用语：只笼统覆盖其下各项", "collective term: covers what is below it only vaguely"))
		}
		say("  %s: %s", pick("敏感程度", "sensitivity"), t.Sensitivity)
		if t.Play != "" {
			say("  Google Play Data safety: %s", t.Play)
		}
		say("  %s: %s", pick("政策用语", "words in policies"), strings.Join(t.Terms.All(), ", "))
		for _, b := range set.Behaviours {
			if slices.Contains(b.Data, id) {
				say("  %s: %s — %s", pick("读取方式", "read by"), b.ID, b.Name.In(lang))
			}
		}
	}
	if b := set.Behaviour(id); b != nil {
		found = true
		say("%s %s — %s", pick("行为", "behaviour"), b.ID, b.Name.In(lang))
		say("  %s: %s", pick("数据", "data"), strings.Join(b.Data, ", "))
		for _, p := range b.Permissions {
			say("  %s (API %s): %s", pick("权限", "permission"), p.API, p.Name)
		}
		if n := b.Note.In(lang); n != "" {
			say("  %s", n)
		}
		for _, m := range append(slices.Clone(b.Methods), b.Fields...) {
			say("  %s", m)
		}
		for _, c := range b.Calls {
			say("  %s  [%d] = %s", c.Method, c.Arg, strings.Join(append(slices.Clone(c.Equals), c.Prefix...), ", "))
		}
		for _, l := range b.Constants.Lists() {
			for _, text := range l.Text {
				say("  %s %s", l.Kind, text)
			}
		}
	}
	if k := set.SDK(id); k != nil {
		found = true
		showSDK(w, set, k)
	}
	name := id
	if set.Permission(name) == nil {
		name = "android.permission." + id
	}
	if p := set.Permission(name); p != nil {
		found = true
		say("%s %s — %s", pick("权限", "permission"), p.Name, p.Title.In(lang))
		say("  %s: %s", pick("保护级别", "protection level"), p.Protection)
		if len(p.Data) > 0 {
			say("  %s: %s", pick("涉及数据", "guards"), strings.Join(p.Data, ", "))
		}
	}
	if c := set.Clause(id); c != nil {
		found = true
		say("%s %s: %s", pick("条款", "clause"), c.ID, c.Text.In(lang))
	}
	return found
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// explainIn lists what an APK or a saved report holds about an id.
func (a *app) explainIn(ctx context.Context, set *rules.Set, id, file string, known bool) error {
	data, err := readHead(file)
	if err != nil {
		return err
	}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		return a.explainReport(id, file, known)
	}
	s, err := a.scanner()
	if err != nil {
		return err
	}
	r, sites, err := s.Sites(ctx, file)
	if err != nil {
		return err
	}
	n := 0
	for _, u := range sites {
		if u.API != id && u.Party != id && !slices.Contains(u.Data, id) && u.Party != audit.PrefixSDK+id {
			continue
		}
		n++
		e := u.Examples[0]
		fmt.Fprintln(a.sys.Stdout, oneLine(fmt.Sprintf("%s  %s  %s @%d → %s  %s", u.Party, e.DEX, e.Caller, e.Offset, u.Target, strings.Join(e.Args, ","))))
	}
	fmt.Fprintf(a.sys.Stdout, "%d call site(s) in %s\n", n, oneLine(r.App.File))
	if n == 0 && !known {
		return usagef("%q names no check, data type, behaviour, SDK, permission or clause, and no party of this app", id)
	}
	return nil
}

// readHead reads the first bytes of a file.
func readHead(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; check the path", file, bounded.Cause(err))
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := f.Read(head)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", file, bounded.Cause(err))
	}
	return head[:n], nil
}

// explainReport prints the findings of a saved report that an id names.
func (a *app) explainReport(id, file string, known bool) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, bounded.Cause(err))
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-report-bytes", maxReportBytes, file)
	if err != nil {
		return err
	}
	r, err := audit.Decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w; give an APK or a report that apkaudit wrote with -o json", file, err)
	}
	lang := a.config.GetString("lang")
	n := 0
	for _, x := range r.Findings {
		if x.Rule != id && x.Party != id && x.Data != id && x.Permission != id && !(len(id) >= 6 && strings.HasPrefix(x.Fingerprint, id)) {
			continue
		}
		n++
		w := a.sys.Stdout
		fmt.Fprintf(w, "%s  %s  %s\n", x.Fingerprint[:min(12, len(x.Fingerprint))], x.Severity, oneLine(x.Title.In(lang)))
		fmt.Fprintf(w, "  %s\n", oneLine(x.Why.In(lang)))
		for _, q := range x.Policy {
			fmt.Fprintf(w, "  policy %d:%d: %s\n", q.At.Source, q.At.Line, oneLine(q.Quote))
		}
		for _, c := range x.Code {
			fmt.Fprintf(w, "  code %s\n", oneLine(fmt.Sprintf("%s %s @%d → %s", c.DEX, c.Caller, c.Offset, c.Target)))
		}
		fmt.Fprintf(w, "  %s\n", oneLine(x.Fix.In(lang)))
	}
	fmt.Fprintf(a.sys.Stdout, "%s: findings: %d\n", oneLine(file), n)
	if n == 0 && !known {
		return usagef("%q names no finding of %s", id, file)
	}
	return nil
}
