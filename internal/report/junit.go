package report

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// The part of JUnit's XML that apkaudit writes, as continuous integration
// servers read it.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
	Out     *junitText    `xml:"system-out"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	junitText
}

// junitText is a text of several lines; as CDATA they stay lines.
type junitText struct {
	Text string `xml:",cdata"`
}

// examined is the test case that fails where the input could not be examined, so
// that what was not looked at does not pass for clean.
const examined = "examined"

// maxJUnitFindings bounds the findings that one test case tells of.
const maxJUnitFindings = 50

// writeJUnit writes one suite a report and one test case a check. A check fails
// where one of its findings is new and at or above low: what a baseline knows and what
// is waived is told and fails nothing. What could not be decided or was not looked at
// is skipped.
func writeJUnit(w io.Writer, reports []*audit.Report, opt Options) error {
	all := junitSuites{Name: "apkaudit"}
	for _, r := range reports {
		s := newPrinter(nil, r, opt).suite()
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (p *printer) suite() junitSuite {
	class := "apkaudit"
	if pkg := clean(p.r.App.Package); pkg != "" {
		class += "." + pkg
	}
	s := junitSuite{Name: cutRunes(p.appName(), maxText)}
	if s.Name == "" {
		s.Name = class
	}
	for _, x := range [][2]string{{"file", p.r.App.File}, {"sha256", p.r.App.SHA256}, {"package", p.r.App.Package}, {"version", p.r.App.VersionName},
		{"outcome", p.r.Outcome.Verdict}, {"tool", p.r.Tool.Name + " " + p.r.Tool.Version}, {"rules_digest", p.r.Tool.RulesDigest}} {
		s.Properties = append(s.Properties, junitProperty{x[0], clean(x[1])})
	}
	of := map[string][]*audit.Finding{}
	checks := slices.Clone(p.r.Checks)
	for _, f := range bySeverity(p.r.Findings) {
		if of[f.Rule] == nil && !slices.ContainsFunc(checks, func(c audit.CheckState) bool { return c.Rule == f.Rule }) {
			checks = append(checks, audit.CheckState{Rule: f.Rule, State: audit.StateViolated})
		}
		of[f.Rule] = append(of[f.Rule], f)
	}
	s.Cases = append(s.Cases, p.examinedCase())
	for i := range checks {
		s.Cases = append(s.Cases, p.checkCase(&checks[i], of[checks[i].Rule]))
	}
	for i := range s.Cases {
		c := &s.Cases[i]
		c.Class = class
		s.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	return s
}

// examinedCase passes where everything was examined. Gaps that only weaken
// answers are told and fail nothing.
func (p *printer) examinedCase() junitCase {
	c := junitCase{Name: examined}
	var lines []string
	for _, g := range p.r.Gaps {
		lines = append(lines, p.value("gap", g.Kind)+": "+flow(g.Said().In(p.lang))+" → "+flow(g.Weakens.In(p.lang)))
	}
	text := strings.Join(lines, "\n")
	m := &junitMessage{Message: p.say("junit.examined") + p.say("colon") + p.value("outcome", p.r.Outcome.Verdict), Type: clean(p.r.Outcome.Verdict), junitText: junitText{text}}
	switch p.r.Outcome.Verdict {
	case audit.OutcomeError, audit.OutcomeIncomplete:
		c.Error = m
	default:
		c.Out = outOf(text)
	}
	return c
}

func (p *printer) checkCase(c *audit.CheckState, findings []*audit.Finding) junitCase {
	out := junitCase{Name: clean(c.Rule)}
	name := p.named(p.r.Names.Rule, c.Rule)
	var failing, rest []*audit.Finding
	for _, f := range findings {
		if actionable(f) && f.Status == audit.StatusNew {
			failing = append(failing, f)
		} else {
			rest = append(rest, f)
		}
	}
	out.Out = outOf(p.evidenceLines(rest))
	if out.Out == nil && c.State == audit.StateViolated { // the finding stands under another check
		out.Out = outOf(flow(c.Why.In(p.lang)))
	}
	switch {
	case len(failing) > 0:
		message := flow(failing[0].Title.In(p.lang))
		if n := len(failing) - 1; n > 0 {
			message += p.say("junit.more", "n", grouped(int64(n)))
		}
		out.Failure = &junitMessage{Message: message, Type: clean(failing[0].Severity), junitText: junitText{p.evidenceLines(failing)}}
	case c.State == audit.StateUndecidable || c.State == audit.StateNotLooked:
		message := name + p.say("colon") + p.value("state", c.State)
		if why := flow(c.Why.In(p.lang)); why != "" {
			message += p.say("then") + why
		}
		out.Skipped = &junitMessage{Message: message}
	}
	return out
}

func outOf(text string) *junitText {
	if text == "" {
		return nil
	}
	return &junitText{text}
}

// evidenceLines lists findings with their evidence, one block each.
func (p *printer) evidenceLines(findings []*audit.Finding) string {
	var b strings.Builder
	for i, f := range findings {
		if i == maxJUnitFindings {
			b.WriteString(p.say("junit.more", "n", grouped(int64(len(findings)-i))) + "\n")
			break
		}
		b.WriteString(p.value("severity", f.Severity) + " " + p.title(group{0, []*audit.Finding{f}, nil}) + "\n")
		for _, x := range [][2]string{{"field.why", flow(f.Why.In(p.lang))}, {"field.fix", flow(f.Fix.In(p.lang))}, {"field.clauses", clean(strings.Join(f.Clauses, " "))}, {"field.id", clean(f.Fingerprint)}} {
			if x[1] != "" {
				b.WriteString("  " + p.say(x[0]) + p.say("colon") + x[1] + "\n")
			}
		}
		if s := p.sheetPaths(p.rectify(f)); s != "" {
			b.WriteString("  " + p.say("field.code") + p.say("colon") + s + "\n")
		}
		if s := p.sheetPolicy(p.rectify(f)); s != "" {
			b.WriteString("  " + p.say("field.policy") + p.say("colon") + s + "\n")
		}
	}
	return b.String()
}
