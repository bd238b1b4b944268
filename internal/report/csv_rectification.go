package report

import (
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// sheetQuoteCols is the room of one quote in a cell.
const sheetQuoteCols = 600

// writeRectification writes the sheet that a regulator's notice or a store's
// rejection is answered with: one row a finding that has to be corrected. With
// several apps a column in front names the app.
func writeRectification(w io.Writer, reports []*audit.Report, opt Options) error {
	say := words{opt.Lang}.say
	head := []string{say("sheet.check"), say("sheet.scenario"), say("sheet.party"), say("sheet.risk"), say("sheet.path"), say("sheet.policy"), say("sheet.clauses"), say("sheet.advice")}
	if len(reports) > 1 {
		head = slices.Insert(head, 0, say("sheet.app"))
	}
	rows := [][]string{head}
	for _, r := range reports {
		p := newPrinter(nil, r, opt)
		for _, x := range p.rectifications() {
			row := []string{x.Check, x.Scenario, x.Party, x.Information, p.sheetPaths(x), p.sheetPolicy(x), strings.Join(x.Clauses, p.say("semicolon")), x.Advice}
			if len(reports) > 1 {
				row = slices.Insert(row, 0, p.appName())
			}
			rows = append(rows, row)
		}
	}
	return writeSheet(w, rows)
}

// appName is the package and version, or the file of what is no app.
func (p *printer) appName() string {
	a := &p.r.App
	name := strings.TrimSpace(clean(a.Package) + " " + clean(a.VersionName))
	if name == "" {
		name = clean(a.File)
	}
	if name == "" && len(p.r.Policy.Sources) > 0 {
		name = clean(p.r.Policy.Sources[0].File)
	}
	return name
}

// sheetPaths are the paths of a row, each down to the call.
func (p *printer) sheetPaths(x rectification) string {
	var out []string
	for _, c := range x.Paths {
		out = append(out, strings.Join(c.Steps, " → ")+p.say("route.at", "dex", c.DEX, "offset", itoa(c.Offset)))
	}
	if x.MorePaths > 0 {
		out = append(out, p.say("more.short", "n", grouped(int64(x.MorePaths))))
	}
	return strings.Join(out, " | ")
}

// sheetPolicy are the policy's words with their place, or what was looked for.
func (p *printer) sheetPolicy(x rectification) string {
	var out []string
	for _, q := range x.Quotes {
		out = append(out, p.fileAt(q.At)+" "+p.say("quoted", "text", p.excerpt(q, x.Finding, sheetQuoteCols)))
	}
	if x.MoreQuotes > 0 {
		out = append(out, p.say("more.short", "n", grouped(int64(x.MoreQuotes))))
	}
	if len(out) == 0 {
		return x.Silent
	}
	return strings.Join(out, " | ")
}
