package report

import (
	"slices"

	"apkaudit/internal/audit"
)

// sheetSteps is how many methods of a path a row of the sheet shows.
const sheetSteps = 4

// htmlSheet is the rectification sheet.
type htmlSheet struct {
	Facts   []htmlFact
	Rows    htmlRows[htmlSheetRow]
	Clauses []htmlClause // that findings rest on, each once with its wording
}

type htmlSheetRow struct {
	N           int // number of the finding
	Link        string
	Class       string
	Severity    audit.Text
	Check       audit.Text
	Rule        string
	Scenario    audit.Text
	Party       audit.Text
	Information audit.Text
	Path        []string
	PathLeft    audit.Text // methods that are left out, behind the first
	MorePaths   int
	Quotes      []htmlQuote
	MoreQuotes  int
	Silent      audit.Text
	Clauses     []htmlClause
	Advice      audit.Text
}

// sheet makes the rows of both languages one. shown are the numbers of the
// findings that stand on the page.
func (ps *places) sheet(groups []group, room *htmlRoom) htmlSheet {
	number := map[*audit.Finding]int{}
	for _, g := range groups {
		for _, f := range g.all {
			number[f] = g.first + 1
		}
	}
	zh, en := ps.zh.rectifications(), ps.en.rectifications()
	s := htmlSheet{Facts: ps.sheetFacts()}
	s.Rows = fewer(&room.rows, indexes(len(zh)), func(i int) htmlSheetRow { return ps.sheetRow(zh[i], en[i], number[zh[i].Finding], room) })
	s.Clauses = ps.clauses
	return s
}

func (ps *places) sheetRow(zh, en rectification, number int, room *htmlRoom) htmlSheetRow {
	f := zh.Finding
	row := htmlSheetRow{Class: classOf(f.Severity), Severity: ps.value("severity", f.Severity), Check: audit.Text{ZH: clip(zh.Check, 120), EN: clip(en.Check, 120)}, Rule: clip(clean(f.Rule), 60),
		Scenario: audit.Text{ZH: zh.Scenario, EN: en.Scenario}, Party: audit.Text{ZH: clip(zh.Party, 120), EN: clip(en.Party, 120)}, Information: audit.Text{ZH: zh.Information, EN: en.Information},
		MoreQuotes: zh.MoreQuotes, Silent: audit.Text{ZH: zh.Silent, EN: en.Silent}, Advice: audit.Text{ZH: zh.Advice, EN: en.Advice}}
	if number > 0 {
		row.N, row.Link = number, "#"+ps.id+"f"+itoa(number)
	}
	if len(zh.Paths) > 0 {
		ps.sheetPath(&row, zh.Paths[0].Steps)
		row.MorePaths = zh.MorePaths + len(zh.Paths) - 1
	}
	n := take(&room.quotes, len(zh.Quotes))
	for _, q := range zh.Quotes[:n] {
		from, to := ps.focus(q, f.Data)
		row.Quotes = append(row.Quotes, ps.quote(said{quote: q.Quote, at: q.At, from: from, to: to}))
	}
	row.MoreQuotes += len(zh.Quotes) - n
	for _, id := range f.Clauses {
		row.Clauses = append(row.Clauses, ps.clause(id))
	}
	return row
}

// sheetPath keeps of a long path where it begins and the calls before the API.
func (ps *places) sheetPath(row *htmlSheetRow, path []string) {
	if n := len(path) - sheetSteps; n > 0 {
		row.PathLeft = ps.both(func(p *printer) string { return p.say("route.left", "n", grouped(int64(n))) })
		path = slices.Concat(path[:1], path[len(path)-sheetSteps+1:])
	}
	for _, m := range path {
		row.Path = append(row.Path, clipMiddle(m, 120))
	}
}

// sheetFacts say, on a page of its own, what was examined and how.
func (ps *places) sheetFacts() []htmlFact {
	r := ps.zh.r
	out := ps.facts()
	if profile := r.Tool.Judged.Profile; profile != "" {
		out = append(out, htmlFact{ps.say("html.profile"), audit.Text{EN: clip(clean(profile), maxValue)}})
	}
	return append(out, htmlFact{ps.say("html.tool"), audit.Text{EN: clip(clean(r.Tool.Name+" "+r.Tool.Version), 60)}})
}
