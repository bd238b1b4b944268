package check

import (
	"cmp"
	"maps"
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// grader derives severity and confidence of one finding, step by step. A step that
// changes nothing leaves no trace.
type grader struct {
	set                  *rules.Set
	severity, confidence string
	steps                []audit.Grade
}

// grade derives severity and confidence of a finding of check c with the given
// properties: the check's own level, what raises it, the check's caps, what every
// check has in common.
func (f *facts) grade(c *rules.Check, props []string) *grader {
	g := &grader{set: f.set, severity: c.Severity.Level, confidence: c.Confidence}
	start := audit.Text{ZH: "检查项的级别", EN: "the level of the check"}
	g.steps = []audit.Grade{
		{Of: audit.GradeSeverity, Rule: "level", To: g.severity, Why: start},
		{Of: audit.GradeConfidence, Rule: "level", To: g.confidence, Why: start},
	}
	for _, r := range f.set.Grading {
		if holds(r, props) {
			g.apply(r.When, rules.Step{Raise: r.Severity.Raise}, rules.Step{Raise: r.Confidence.Raise})
		}
	}
	for _, p := range slices.Sorted(maps.Keys(c.Severity.Caps)) {
		if slices.Contains(props, p) {
			g.apply([]string{p}, rules.Step{AtMost: c.Severity.Caps[p]}, rules.Step{})
		}
	}
	for _, r := range f.set.Grading {
		if holds(r, props) {
			r.Severity.Raise, r.Confidence.Raise = 0, 0
			g.apply(r.When, r.Severity, r.Confidence)
		}
	}
	return g
}

func holds(r rules.GradeRule, props []string) bool {
	return !slices.ContainsFunc(r.When, func(p string) bool { return !slices.Contains(props, p) })
}

func (g *grader) apply(when []string, severity, confidence rules.Step) {
	g.step(audit.GradeSeverity, &g.severity, audit.Severities(), when, severity)
	g.step(audit.GradeConfidence, &g.confidence, []string{audit.High, audit.Medium, audit.Low}, when, confidence)
}

// step moves value along scale, which begins with the highest.
func (g *grader) step(of string, value *string, scale, when []string, s rules.Step) {
	at := slices.Index(scale, *value)
	to := min(max(at-s.Raise+s.Lower, 0), len(scale)-1)
	if s.AtMost != "" {
		to = max(to, slices.Index(scale, s.AtMost))
	}
	if to == at {
		return
	}
	*value = scale[to]
	var why audit.Text
	var rule string
	for i, p := range when {
		if i > 0 {
			rule, why.ZH, why.EN = rule+"+", why.ZH+"，", why.EN+", "
		}
		rule += p
		if known := g.set.Property(p); known != nil {
			why.ZH, why.EN = why.ZH+known.Text.ZH, why.EN+known.Text.EN
		}
	}
	g.steps = append(g.steps, audit.Grade{Of: of, Rule: rule, To: *value, Why: why})
}

// partyProps are the properties that a party gives a finding about its code.
func (f *facts) partyProps(party string) []string {
	out := []string{partyKey(party)}
	id, isSDK := cutSDK(party)
	if k := f.present[id]; isSDK && k != nil {
		out = append(out, "owner:"+k.Confidence)
	}
	return out
}

// useProps are the properties that one use gives a finding.
func (f *facts) useProps(u *audit.Use) []string {
	one := []*audit.Use{u}
	s := sumUp(one)
	out := []string{"reached:" + s.reached, "before_consent:" + s.beforeConsent}
	if f.weak(one) {
		out = append(out, "evidence:weak")
	}
	if !direct(u) {
		out = append(out, "evidence:indirect")
	}
	if u.Through != "" {
		out = append(out, "evidence:shared")
	}
	if !f.permitted(u) {
		out = append(out, "permission:missing")
	}
	return out
}

// sensitivity is the property of the most sensitive data of a use.
func (f *facts) sensitivity(u *audit.Use) []string {
	best := ""
	for _, d := range u.Data {
		if t := f.set.DataType(d); t != nil && (best == "" || f.rank([]string{d}) > f.rank([]string{best})) {
			best = d
		}
	}
	if best == "" {
		return nil
	}
	return []string{"sensitivity:" + f.set.DataType(best).Sensitivity}
}

// above tells whether a grade is more severe than another, or as severe and surer.
func (g *grader) above(other *grader) bool {
	return cmp.Or(cmp.Compare(audit.SeverityRank(g.severity), audit.SeverityRank(other.severity)),
		cmp.Compare(audit.SeverityRank(g.confidence), audit.SeverityRank(other.confidence))) > 0
}

// direct tells whether an instruction names the API itself.
func direct(u *audit.Use) bool {
	return u.Via == audit.ViaCall || u.Via == audit.ViaField || u.Via == ""
}

// sum is what uses of one thing come to.
type sum struct {
	sites                  int
	reached, beforeConsent string
}

func sumUp(uses []*audit.Use) sum {
	out := sum{reached: audit.No, beforeConsent: audit.No}
	for _, u := range uses {
		out.sites += u.Sites
		out.reached, out.beforeConsent = audit.Stronger(out.reached, u.Reached), audit.Stronger(out.beforeConsent, u.BeforeConsent)
	}
	return out
}
