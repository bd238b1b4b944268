package across

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// Format is one way to write what is said of all apps.
type Format = report.FormatOf[Result]

// SARIFFormat is the format that needs Options.SARIF.
const SARIFFormat = "sarif"

// Formats lists every format of -o.
func Formats() []Format {
	return []Format{
		{Name: "text", Description: "totals, worst apps, most frequent findings and gaps, for people", Write: writeText},
		{Name: "json", Description: "one summary of all apps, schema " + audit.SummarySchema, Write: func(w io.Writer, r Result, _ report.Options) error { return audit.Encode(w, r.Summary) }},
		{Name: SARIFFormat, Description: "SARIF 2.1.0 of all apps, for code scanning", Write: func(w io.Writer, r Result, _ report.Options) error { return r.SARIF.Write(w) }},
	}
}

// How much the short form of the text shows.
const (
	worstApps     = 10
	frequentRules = 15
	textName      = 60 // columns of an app's or a check's name
)

// writeText prints the totals for people.
func writeText(w io.Writer, r Result, opt report.Options) error {
	t := report.NewTables(opt)
	s := r.Summary
	say := func(key string, pairs ...string) string { return report.Fill(texts[key], pairs...).In(opt.Lang) }
	t.Title(say("totals"))
	t.Line(say("n_apps", "n", report.Grouped(int64(s.Totals.Apps)), "compared", report.Grouped(int64(s.Totals.Compared))))
	t.Table([]report.Column{{Title: say("verdict")}, {Title: say("apps"), Right: true}}, verdictRows(&s.Totals, opt.Lang))
	t.Line("")
	t.Table([]report.Column{{Title: say("n_findings")}, {Title: "", Right: true}, {Title: say("apps"), Right: true}}, countRows(&s.Totals, opt.Lang))
	if rows := worstRows(s, opt); len(rows) > 0 {
		t.Title(say("worst"))
		cols := []report.Column{{Title: say("app")}, {Title: say("file"), Name: true}}
		for _, x := range audit.Severities()[:4] {
			cols = append(cols, report.Column{Title: report.Value("severity", x).In(opt.Lang), Right: true, Fixed: true})
		}
		t.Table(append(cols, report.Column{Title: say("verdict")}), rows)
	}
	if rows := frequentRows(s, opt); len(rows) > 0 {
		t.Title(say("frequent"))
		t.Table([]report.Column{{Title: say("check")}, {Title: "", Name: true}, {Title: "", Fixed: true}, {Title: say("n_findings"), Right: true, Fixed: true}, {Title: say("apps"), Right: true, Fixed: true}}, rows)
	}
	if len(s.Gaps) > 0 {
		t.Title(say("gaps"))
		var rows [][]string
		for _, g := range s.Gaps {
			rows = append(rows, []string{report.Value("gap", g.Kind).In(opt.Lang), report.Grouped(int64(g.Apps)), texts[effectOf(g)].In(opt.Lang)})
		}
		t.Table([]report.Column{{Title: say("gap")}, {Title: say("apps"), Right: true}, {Title: say("effect")}}, rows)
	}
	_, err := t.WriteTo(w)
	return err
}

func effectOf(g audit.SummaryGap) string {
	if g.Incomplete {
		return "incomplete"
	}
	return "weakens"
}

func verdicts() []string {
	return []string{audit.OutcomeFindings, audit.OutcomeIncomplete, audit.OutcomeClean, audit.OutcomeError}
}

func verdictRows(t *audit.Totals, lang string) [][]string {
	var rows [][]string
	for _, v := range verdicts() {
		rows = append(rows, []string{report.Value("short", v).In(lang), report.Grouped(int64(*t.Verdicts.Of(v)))})
	}
	return rows
}

func countRows(t *audit.Totals, lang string) [][]string {
	var rows [][]string
	for _, s := range audit.Severities() {
		rows = append(rows, []string{report.Value("severity", s).In(lang), report.Grouped(int64(*t.Counts.Of(s))), report.Grouped(int64(*t.Reached.Of(s)))})
	}
	return rows
}

// worst orders apps by their findings, the most severe first; of equals the first file.
func worst(a, b *audit.SummaryApp) int {
	for _, s := range audit.Severities() {
		if n := cmp.Compare(*b.Outcome.Counts.Of(s), *a.Outcome.Counts.Of(s)); n != 0 {
			return n
		}
	}
	return 0
}

// byWorst are the places of the apps, the worst first.
func byWorst(apps []audit.SummaryApp) []int {
	order := make([]int, len(apps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return worst(&apps[a], &apps[b]) })
	return order
}

func worstRows(s *audit.Summary, opt report.Options) [][]string {
	var rows [][]string
	for _, i := range byWorst(s.Apps) {
		a := &s.Apps[i]
		if len(rows) == worstApps && !opt.Verbose || a.Outcome.Counts == (audit.Counts{}) {
			break
		}
		row := []string{report.Clean(appName(a, opt.Lang), textName), report.Clean(a.File, 2*textName)}
		for _, x := range audit.Severities()[:4] {
			row = append(row, strconv.Itoa(*a.Outcome.Counts.Of(x)))
		}
		rows = append(rows, append(row, report.Value("short", a.Outcome.Verdict).In(opt.Lang)))
	}
	return rows
}

// appName is what people call an app, or else its package or file.
func appName(a *audit.SummaryApp, lang string) string {
	return cmp.Or(labelOf(a.Label, lang), a.Package, a.File)
}

func frequentRows(s *audit.Summary, opt report.Options) [][]string {
	checks := slices.Clone(s.Checks)
	slices.SortStableFunc(checks, func(a, b audit.SummaryCheck) int {
		return cmp.Or(cmp.Compare(b.Apps, a.Apps), cmp.Compare(b.Findings, a.Findings))
	})
	var rows [][]string
	for _, c := range checks {
		if len(rows) == frequentRules && !opt.Verbose || c.Findings == 0 {
			break
		}
		rows = append(rows, []string{report.Clean(cmp.Or(c.Name.In(opt.Lang), c.Rule), textName), report.Clean(c.Rule, textName),
			report.Value("severity", c.Worst).In(opt.Lang), report.Grouped(int64(c.Findings)), report.Grouped(int64(c.Apps))})
	}
	return rows
}
