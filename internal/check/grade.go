package check

import (
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

// useProps are the properties that the uses behind a finding give it. The best
// evidence counts: one call that is reached is enough to say so.
func (f *facts) useProps(uses []*audit.Use) []string {
	if len(uses) == 0 {
		return nil
	}
	sum := sumUp(uses)
	out := []string{"reached:" + sum.reached, "before_consent:" + sum.beforeConsent}
	if f.weak(uses) {
		out = append(out, "evidence:weak")
	}
	if !slices.ContainsFunc(uses, direct) {
		out = append(out, "evidence:indirect")
	}
	if !slices.ContainsFunc(uses, func(u *audit.Use) bool { return u.Through == "" }) {
		out = append(out, "evidence:shared")
	}
	if !slices.ContainsFunc(uses, f.permitted) {
		out = append(out, "permission:missing")
	}
	return out
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
