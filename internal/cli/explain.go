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
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain ID [APK|REPORT.json]",
		Short: "Explain a check, data type, API, party, permission, clause or finding",
		Long: `Explain one id in the language of --lang: a check (what it looks at, on what it
rests, its clauses, how its findings are graded), a data type, a behaviour (the
"api" of a report: its names, kind, data, methods, fields and constants, permissions
by API level), an SDK, a permission or a clause. "categories" lists the kinds of app
that --category knows.

With an APK, also list every place of its code that the id is about: all call
sites of a behaviour, of a data type or of a party (app, sdk:ID, library:ID,
unknown:PREFIX). Each comes with its caller, offset and arguments, whether a path
from an entry point leads there, whether before consent or why that is not known,
and the calls that lead to it from the party's own code.

With a saved JSON report, show its findings of that id or with that fingerprint
(the first six characters of a fingerprint are enough) with all their evidence, and
step by step how severity and confidence came about; then what the policy says of
each party and data type compared, and the call sites that the report holds: of
each use the first few. Where some are left out, that is said.`,
		Example: `  apkaudit explain undisclosed_sdk
  apkaudit explain read_imei
  apkaudit explain imei app.apk
  apkaudit explain sdk:jpush app.apk
  apkaudit explain 3f9c2a report.json`,
		Args: needs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			if len(args) == 2 { // before anything is printed
				if _, err := os.Stat(args[1]); err != nil {
					return fmt.Errorf("%s: %w; check the path", args[1], bounded.Cause(err))
				}
			}
			known := a.explainID(set, args[0])
			if len(args) == 1 {
				if !known && likeFingerprint(args[0]) {
					return usagef("%q is no id that the rules know; a finding is explained by its report: apkaudit explain %s REPORT.json", args[0], args[0])
				}
				if !known {
					return usagef("%q is no check, data type, behaviour, SDK, permission or clause; see: apkaudit rules list", args[0])
				}
				return nil
			}
			return a.explainIn(cmd.Context(), set, args[0], args[1], known)
		},
	}
}

// likeFingerprint tells whether an id may be the beginning of a finding's fingerprint.
func likeFingerprint(id string) bool {
	const least = 6
	return len(id) >= least && strings.Trim(id, "0123456789abcdef") == ""
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
	if id == "categories" {
		found = true
		a.explainCategories(set)
	}
	if c := set.Check(id); c != nil {
		found = true
		a.explainCheck(set, c)
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
		say("  %s: %s", pick("敏感程度", "sensitivity"), report.SensitivityName(t.Sensitivity, lang))
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
		a.explainBehaviour(set, b)
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

// explainIn lists what an APK or a saved report holds about an id.
func (a *app) explainIn(ctx context.Context, set *rules.Set, id, file string, known bool) error {
	if saved, err := isReport(file); err != nil || saved {
		if err != nil {
			return err
		}
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
	n, err := a.explainUses(r, sites, id)
	if err != nil {
		return err
	}
	if n == 0 && !known && likeFingerprint(id) {
		return usagef("%q is nothing that the rules or this app know; a finding is explained by its saved report, not by the APK: apkaudit explain %s REPORT.json", id, id)
	}
	fmt.Fprintf(a.sys.Stdout, "%d call site(s) in %s\n", n, oneLine(r.App.File))
	if n == 0 && !known {
		return usagef("%q names no check, data type, behaviour, SDK, permission or clause, and no party of this app", id)
	}
	return nil
}

// explainUses prints the uses that an id is about and returns how many sites they have.
func (a *app) explainUses(r *audit.Report, uses []audit.Use, id string) (sites int, err error) {
	var about []audit.Use
	for _, u := range uses {
		party := func(p string) bool { return p == id || p == audit.PrefixSDK+id || p == audit.PrefixLibrary+id }
		if u.API == id || slices.Contains(u.Data, id) || party(u.Party) || slices.ContainsFunc(u.AlsoBy, func(x audit.AlsoBy) bool { return party(x.Party) }) {
			about = append(about, u)
			sites += u.Sites
		}
	}
	return sites, report.WriteUses(a.sys.Stdout, r, about, report.Options{Lang: a.config.GetString("lang"),
		Color: a.sys.StdoutTTY && a.sys.Getenv("NO_COLOR") == "", Width: a.sys.StdoutWidth})
}

// explainBehaviour prints what the rules know of a behaviour.
func (a *app) explainBehaviour(set *rules.Set, b *rules.Behaviour) {
	lang := a.config.GetString("lang")
	pick := func(z, e string) string { return audit.Text{ZH: z, EN: e}.In(lang) }
	say := func(format string, args ...any) { fmt.Fprintf(a.sys.Stdout, format+"\n", args...) }
	say("%s %s — %s / %s", pick("行为", "behaviour"), b.ID, b.Name.ZH, b.Name.EN)
	say("  %s: %s", pick("性质", "kind"), report.KindName(b.Kind, lang))
	if len(b.Data) > 0 {
		var data []string
		for _, id := range b.Data {
			name := id
			if t := set.DataType(id); t != nil {
				name = fmt.Sprintf("%s (%s)", id, t.Name.In(lang))
			}
			data = append(data, name)
		}
		say("  %s: %s", pick("数据", "data"), strings.Join(data, ", "))
	}
	if b.Weak {
		say("  %s", pick("只是可能读取这些数据：单凭它的发现较轻、置信度较低", "only may read the data: a finding that rests on it alone is milder and less certain"))
	}
	for _, m := range b.Methods {
		say("  %s: %s", pick("方法", "method"), m)
	}
	for _, f := range b.Fields {
		say("  %s: %s", pick("字段", "field"), f)
	}
	for _, c := range b.Calls {
		say("  %s: %s  [%d] %s", pick("带常量的方法", "method with a constant"), c.Method, c.Arg, constantOf(c, pick))
	}
	for _, l := range b.Constants.Lists() {
		for _, text := range l.Text {
			say("  %s %s", l.Kind, text)
		}
	}
	for _, p := range b.Permissions {
		say("  %s (API %s): %s", pick("权限", "permission"), p.API, p.Name)
	}
	if n := b.Note.In(lang); n != "" {
		say("  %s: %s", pick("说明", "note"), n)
	}
	if b.Source != "" {
		say("  %s: %s", pick("来源", "source"), b.Source)
	}
}

// constantOf says which constants an argument must be.
func constantOf(c rules.Call, pick func(zh, en string) string) string {
	var parts []string
	if len(c.Equals) > 0 {
		parts = append(parts, "= "+strings.Join(c.Equals, ", "))
	}
	if len(c.Prefix) > 0 {
		parts = append(parts, pick("开头为 ", "begins with ")+strings.Join(c.Prefix, ", "))
	}
	if c.Bits != 0 {
		parts = append(parts, fmt.Sprintf("%s 0x%x", pick("含有位", "has a bit of"), c.Bits))
	}
	return strings.Join(parts, pick("；或 ", "; or "))
}
