package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
)

// explainCategories lists the kinds of app and what their basic function needs.
func (a *app) explainCategories(set *rules.Set) {
	lang := a.config.GetString("lang")
	for _, c := range set.Categories {
		needs := audit.Text{ZH: "不需要个人信息", EN: "needs no personal information"}.In(lang)
		var names []string
		for _, d := range c.Needs {
			names = append(names, set.DataType(d).Name.In(lang))
		}
		if len(names) > 0 {
			needs = strings.Join(names, audit.Text{ZH: "、", EN: ", "}.In(lang))
		}
		fmt.Fprintf(a.sys.Stdout, "%-18s %s: %s\n", c.ID, c.Name.In(lang), needs)
	}
}

// explainCheck prints what the rules say of a check: what it is about, what it rests
// on, and how its findings are graded.
func (a *app) explainCheck(set *rules.Set, c *rules.Check) {
	lang := a.config.GetString("lang")
	pick := func(z, e string) string { return audit.Text{ZH: z, EN: e}.In(lang) }
	say := func(format string, args ...any) { fmt.Fprintf(a.sys.Stdout, format+"\n", args...) }
	say("%s %s — %s", pick("检查", "check"), c.ID, c.Name.In(lang))
	say("  %s", c.Why.In(lang))
	say("  %s: %s", pick("整改", "fix"), c.Fix.In(lang))
	say("  %s: %s", pick("依据性质", "rests on"), report.BasisName(c.Basis, lang))
	for _, id := range c.Clauses {
		say("  %s: %s", id, set.Clause(id).Text.In(lang))
	}
	for _, n := range c.Notices {
		say("  %s (%s): %s", pick("通报用语", "in the words of"), n.Profile, n.Text.In(lang))
	}
	say("  %s: %s", pick("检查范围", "profiles"), strings.Join(c.Profiles, ", "))
	for _, id := range c.Topics.All() {
		say("  %s: %s — %s", pick("查看的说明", "statement looked at"), id, set.Topic(id).Name.In(lang))
	}
	say("  %s: %s, %s: %s", pick("严重程度", "severity"), c.Severity.Level, pick("置信度", "confidence"), c.Confidence)
	because := func(ids []string) string {
		var out []string
		for _, id := range ids {
			text := id
			if p := set.Property(id); p != nil {
				text = p.Text.In(lang)
			}
			out = append(out, text)
		}
		return strings.Join(out, pick("，", ", "))
	}
	for _, k := range slices.Sorted(maps.Keys(c.Severity.Caps)) {
		say("    %s %s: %s", pick("最高", "at most"), c.Severity.Caps[k], because([]string{k}))
	}
	for _, g := range set.Grading {
		say("    %s: %s", stepName(g, pick), because(g.When))
	}
}

// stepName says what a rule of grading does.
func stepName(g rules.GradeRule, pick func(zh, en string) string) string {
	var out []string
	add := func(of string, s rules.Step) {
		switch {
		case s.Raise > 0:
			out = append(out, fmt.Sprintf("%s +%d", of, s.Raise))
		case s.Lower > 0:
			out = append(out, fmt.Sprintf("%s -%d", of, s.Lower))
		}
		if s.AtMost != "" {
			out = append(out, fmt.Sprintf("%s %s %s", of, pick("最高", "at most"), s.AtMost))
		}
	}
	add(pick("严重程度", "severity"), g.Severity)
	add(pick("置信度", "confidence"), g.Confidence)
	return strings.Join(out, pick("，", ", "))
}

// explainReport prints the findings of a saved report that an id names, then the call
// sites that the report holds.
func (a *app) explainReport(id, file string, known bool) error {
	r, err := a.readReport(file)
	if err != nil {
		return err
	}
	about := *r
	about.Findings = nil
	for _, x := range r.Findings {
		if slices.Contains([]string{x.Rule, x.Party, x.Data, x.Permission, strings.TrimPrefix(x.Party, audit.PrefixSDK)}, id) || len(id) >= 6 && strings.HasPrefix(x.Fingerprint, id) {
			about.Findings = append(about.Findings, x)
		}
	}
	opt := report.Options{Lang: a.config.GetString("lang"), Verbose: true, Color: a.sys.StdoutTTY && a.sys.Getenv("NO_COLOR") == "", Width: a.sys.StdoutWidth}
	if len(about.Findings) > 0 {
		if err := report.WriteFindings(a.sys.Stdout, &about, opt); err != nil {
			return err
		}
	}
	sites, err := a.explainUses(r, r.Behavior.Uses, id)
	if err != nil {
		return err
	}
	if sites > 0 {
		fmt.Fprintf(a.sys.Stdout, "%s: call sites: %d; listed are those that the report holds\n", oneLine(file), sites)
	}
	if len(about.Findings)+sites == 0 && !known {
		return usagef("%q names no finding, behaviour, data type or party of %s; of a fingerprint give at least six characters", id, file)
	}
	return nil
}
