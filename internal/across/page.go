package across

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// The page is one file in the manner of the page about one app: style, script and rows
// stand in it, and its content security policy forbids everything else. Without its
// script it shows the first rows of each table; the script shows, sorts and searches
// all of them, from a list of JSON that browsers do not run.
var (
	//go:embed page.tmpl
	pageTemplates embed.FS
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// What the page shows without its script, and how long names may be there.
const (
	plainRows    = 300 // of each table
	plainApps    = 10  // of the apps that a row is about
	pageParties  = 5   // that read one data type
	pageColumns  = 80  // columns of a name
	pageLong     = 160 // columns of a path
	pageSDKNames = 40  // columns of a version or category
)

// pageColumn is a column of a table. Drill says which apps a number of it is about:
// those whose part in the row has one of these flags, or this state; 0 for all, -1 for
// none.
type pageColumn struct {
	Key   string
	Title audit.Text
	Num   bool
	Drill int
}

// pageCell is what stands in one place: a number, or a text with an id in small letters.
type pageCell struct {
	Text  audit.Text
	Code  string
	N     int
	Num   bool
	Class string // of the style
}

// pageRow is a row of a table with the apps that it is about.
type pageRow struct {
	Cells []pageCell
	Apps  []pageLink
	Left  int // apps that are not listed
}

type pageLink struct{ Name, Link string }

// pageTable is one of the tables that count apps.
type pageTable struct {
	ID      string
	Title   audit.Text
	Columns []pageColumn
	Rows    []pageRow // in the order of the tally
	All     int
	Cut     audit.Text // where the rest is, where there is one
}

// pageApp is a row of the table of apps.
type pageApp struct {
	Name       audit.Text
	Package    string
	File       string
	Version    string
	Verdict    audit.Text
	Class      string
	Counts     []pageCell
	Gaps       []audit.Text
	SDKs       string
	Link, Line string
}

type pageDocument struct {
	Lang   string
	Policy string
	CSS    template.CSS
	JS     template.JS
	Tool   string
	Totals []pageCell
	Lines  []audit.Text
	Files  []string
	Apps   []pageApp
	AllN   int
	Cut    audit.Text
	Tables []pageTable
	Rows   template.JS // for the script
}

// writePage writes the page.
func writePage(w io.Writer, t *tally, lang string) error {
	tmpl, err := template.New("page.tmpl").Funcs(template.FuncMap{
		"L": func(key string) audit.Text { return texts[key] }, "lab": columnLabel, "V": report.Value,
		"num": func(n int) string { return report.Grouped(int64(n)) }, "severities": audit.Severities,
	}).ParseFS(pageTemplates, "page.tmpl")
	if err != nil {
		return err
	}
	doc := newPage(t, lang)
	if doc.Rows, err = pageRows(t, doc); err != nil {
		return fmt.Errorf("%s: %w", PageFile, err)
	}
	if err := tmpl.Execute(w, doc); err != nil {
		return fmt.Errorf("%s: %w", PageFile, err)
	}
	return nil
}

// columnLabel gives a cell the title of its column, for narrow screens. It is made of
// labels of ours alone.
func columnLabel(t audit.Text) template.HTMLAttr {
	return template.HTMLAttr(fmt.Sprintf(`data-zh="%s" data-en="%s"`, html.EscapeString(t.ZH), html.EscapeString(t.EN)))
}

func newPage(t *tally, lang string) *pageDocument {
	style := string(report.Style()) + pageStyle
	d := &pageDocument{Lang: "en", CSS: template.CSS(style), JS: template.JS(pageScript), Tool: strings.TrimSpace(report.Clean(t.tool.Name+" "+t.tool.Version, 60)),
		Policy: "default-src 'none'; style-src " + report.HashSource(style) + "; script-src " + report.HashSource(pageScript) + "; img-src data:; base-uri 'none'; form-action 'none'",
		Files:  []string{SummaryFile, SDKsFile, FindingsFile}, AllN: len(t.apps)}
	if lang == "zh" {
		d.Lang = "zh"
	}
	d.Lines = []audit.Text{report.Fill(texts["n_apps"], "n", report.Grouped(int64(t.totals.Apps)), "compared", report.Grouped(int64(t.totals.Compared)))}
	for _, v := range verdicts() {
		d.Totals = append(d.Totals, pageCell{Text: report.Value("short", v), N: *t.totals.Verdicts.Of(v), Class: "v-" + v})
	}
	for _, s := range audit.Severities() {
		if n := *t.totals.Counts.Of(s); n > 0 {
			d.Totals = append(d.Totals, pageCell{Text: textJoin(report.Value("severity", s), ": ", report.Fill(texts["n_reached"], "n", report.Grouped(int64(n)), "apps", report.Grouped(int64(*t.totals.Reached.Of(s))))), N: -1, Class: "count s-" + s})
		}
	}
	order := byWorst(t.apps)
	for _, i := range order[:min(len(order), plainRows)] {
		d.Apps = append(d.Apps, newPageApp(&t.apps[i]))
	}
	d.Cut = cutText(len(d.Apps), len(t.apps), SummaryFile)
	d.Tables = []pageTable{t.sdkTable(), t.dataTable(), t.checkTable(), t.gapTable()}
	for i := range d.Tables {
		x := &d.Tables[i]
		x.All = len(x.Rows)
		file := ""
		if x.ID == "sdks" {
			file = SDKsFile
		}
		x.Cut = cutText(min(x.All, plainRows), x.All, file)
	}
	return d
}

func textJoin(a audit.Text, between string, b audit.Text) audit.Text {
	return audit.Text{ZH: a.ZH + between + b.ZH, EN: a.EN + between + b.EN}
}

// cutText says that only some rows are listed; nothing where all are.
func cutText(n, all int, file string) audit.Text {
	if n >= all {
		return audit.Text{}
	}
	key := "cut"
	if file == "" {
		key = "cut_json"
	}
	return report.Fill(texts[key], "n", report.Grouped(int64(n)), "all", report.Grouped(int64(all)), "file", file)
}

func cleanText(t audit.Text, columns int) audit.Text {
	return audit.Text{ZH: report.Clean(t.In("zh"), columns), EN: report.Clean(t.In("en"), columns)}
}

// plainPath is the path of a report that can be linked to and stand in a command line:
// as batch names them.
var plainPath = regexp.MustCompile(`^reports/[A-Za-z0-9_][A-Za-z0-9._-]*\.json$`)

func plainReport(p string) bool { return plainPath.MatchString(p) }

func newPageApp(a *audit.SummaryApp) pageApp {
	x := pageApp{Name: nameOf(a), Package: report.Clean(a.Package, 120), File: report.Clean(a.File, pageLong), Version: report.Clean(a.VersionName, pageSDKNames),
		Verdict: report.Value("short", a.Outcome.Verdict), SDKs: sdksOf(a)}
	if slices.Contains(verdicts(), a.Outcome.Verdict) {
		x.Class = a.Outcome.Verdict
	}
	for _, s := range audit.Severities() {
		x.Counts = append(x.Counts, pageCell{Text: report.Value("severity", s), N: *a.Outcome.Counts.Of(s), Num: true, Class: "s-" + s})
	}
	for _, g := range a.Gaps {
		x.Gaps = append(x.Gaps, report.Value("gap", g))
	}
	if plainReport(a.Report) {
		x.Link = a.Report
		x.Line = renderLine(a.Report)
	}
	return x
}

// renderLine is the command that makes a page of a report.
func renderLine(p string) string {
	return "apkaudit render " + p + " -o html=" + strings.TrimSuffix(path.Base(p), ".json") + ".html"
}

// nameOf is the name of an app in both languages, or else its package or file.
func nameOf(a *audit.SummaryApp) audit.Text {
	return audit.Text{ZH: report.Clean(appName(a, "zh"), pageColumns), EN: report.Clean(appName(a, "en"), pageColumns)}
}

// sdksOf says how many SDKs an app has and, with a policy, how many of them that names.
func sdksOf(a *audit.SummaryApp) string {
	if len(a.Policies) == 0 {
		return fmt.Sprint(a.SDKs)
	}
	return fmt.Sprintf("%d / %d", a.NamedSDKs, a.SDKs)
}

func number(n int) pageCell { return pageCell{N: n, Num: true} }

func col(key string, title audit.Text, drill int) pageColumn {
	return pageColumn{Key: key, Title: title, Num: true, Drill: drill}
}

func words(key string) pageColumn { return pageColumn{Key: key, Title: texts[key], Drill: -1} }

// concerned lists the first apps that have a part in a row, for each row.
func (t *tally) concerned(rows []pageRow, in func(*parts) []int) {
	for i := range t.parts {
		for _, at := range in(&t.parts[i]) {
			row := &rows[at]
			if len(row.Apps) == plainApps {
				row.Left++
				continue
			}
			a := &t.apps[i]
			l := pageLink{Name: report.Clean(a.File, pageLong)}
			if plainReport(a.Report) {
				l.Link = a.Report
			}
			row.Apps = append(row.Apps, l)
		}
	}
}

func places(list []part) []int {
	out := make([]int, len(list))
	for i, p := range list {
		out[i] = p.at
	}
	return out
}

func (t *tally) sdkTable() pageTable {
	x := pageTable{ID: "sdks", Title: texts["sdks"], Columns: []pageColumn{words("sdk"), words("vendor"), words("category"), col("apps", texts["apps"], 0),
		col("n_named", texts["n_named"], sdkNamed), col("n_unnamed", texts["n_unnamed"], sdkUnnamed), col("n_reads", texts["n_reads"], sdkReads), col("n_possible", texts["n_possible"], sdkPossible)}}
	for _, s := range t.sdks {
		x.Rows = append(x.Rows, pageRow{Cells: []pageCell{{Text: cleanText(s.Name, pageColumns), Code: report.Clean(s.ID, pageColumns)}, {Text: cleanText(s.Vendor, pageColumns)},
			{Text: audit.Text{EN: report.Clean(s.Category, pageSDKNames)}}, number(s.Apps), number(s.Named), number(s.Compared - s.Named), number(s.Reads), number(s.Possible)}})
	}
	t.concerned(x.Rows, func(p *parts) []int { return places(p.sdks) })
	return x
}

func (t *tally) dataTable() pageTable {
	x := pageTable{ID: "data", Title: texts["data"], Columns: []pageColumn{words("datum"), words("sensitivity"), col("apps", texts["apps"], 0), col("before", texts["before"], dataBefore)}}
	for i, v := range pairVerdicts() {
		x.Columns = append(x.Columns, col(v, report.Value("verdict", v), 1<<i))
	}
	x.Columns = append(x.Columns, words("by"))
	for i := range t.data {
		d := &t.data[i]
		kind := audit.Text{}
		if d.Sensitivity != "" {
			kind = report.Value("sensitivity", d.Sensitivity)
		}
		cells := []pageCell{{Text: cleanText(d.Name, pageColumns), Code: report.Clean(d.ID, pageColumns)}, {Text: kind}, number(d.Apps), number(d.BeforeConsent)}
		for _, v := range pairVerdicts() {
			cells = append(cells, number(*d.Of(v)))
		}
		x.Rows = append(x.Rows, pageRow{Cells: append(cells, pageCell{Text: readersOf(t.partiesOf(i))})})
	}
	t.concerned(x.Rows, func(p *parts) []int { return places(p.data) })
	return x
}

// readersOf names the parties that read a data type in most apps.
func readersOf(all []audit.SummaryParty) audit.Text {
	var out audit.Text
	join := func(zh, en string) {
		if out.EN != "" {
			out.ZH, out.EN = out.ZH+"、", out.EN+", "
		}
		out.ZH, out.EN = out.ZH+zh, out.EN+en
	}
	for _, p := range all[:min(len(all), pageParties)] {
		name := cleanText(p.Name, pageSDKNames)
		if name.EN == "" {
			name = audit.Text{ZH: report.Clean(p.Party, pageSDKNames), EN: report.Clean(p.Party, pageSDKNames)}
		}
		n := " " + report.Grouped(int64(p.Apps))
		join(name.ZH+n, name.EN+n)
	}
	if left := len(all) - pageParties; left > 0 {
		more := report.Fill(texts["more"], "n", report.Grouped(int64(left)))
		join(more.ZH, more.EN)
	}
	return out
}

func (t *tally) checkTable() pageTable {
	x := pageTable{ID: "checks", Title: texts["checks"], Columns: []pageColumn{words("check"), words("basis")}}
	for i, s := range checkStates() {
		x.Columns = append(x.Columns, col(s, report.Value("state", s), i+1))
	}
	x.Columns = append(x.Columns, col("n_findings", texts["n_findings"], -1))
	for i := range t.checks {
		c := &t.checks[i]
		basis := audit.Text{}
		if c.Basis != "" {
			basis = report.Value("basis", c.Basis)
		}
		cells := []pageCell{{Text: cleanText(c.Name, pageColumns), Code: report.Clean(c.Rule, pageColumns)}, {Text: basis}}
		for _, s := range checkStates() {
			cells = append(cells, number(*c.Of(s)))
		}
		x.Rows = append(x.Rows, pageRow{Cells: append(cells, number(c.Findings))})
	}
	t.concerned(x.Rows, func(p *parts) []int {
		var out []int
		for at, s := range p.checks {
			if s == 1 {
				out = append(out, at)
			}
		}
		return out
	})
	return x
}

func (t *tally) gapTable() pageTable {
	x := pageTable{ID: "gaps", Title: texts["gaps"], Columns: []pageColumn{words("gap"), words("effect"), col("apps", texts["apps"], 0), col("n_gaps", texts["n_gaps"], -1)}}
	for _, g := range t.gaps {
		x.Rows = append(x.Rows, pageRow{Cells: []pageCell{{Text: report.Value("gap", g.Kind), Code: report.Clean(g.Kind, pageSDKNames)}, {Text: texts[effectOf(g)]}, number(g.Apps), number(g.Gaps)}})
	}
	t.concerned(x.Rows, func(p *parts) []int { return p.gaps })
	return x
}

// Sorted are the rows in the order in which they are shown at first: by the column that
// counts apps, or violations.
func (x pageTable) Sorted() []pageRow {
	by := x.First()
	rows := slices.Clone(x.Rows)
	slices.SortStableFunc(rows, func(a, b pageRow) int { return b.Cells[by].N - a.Cells[by].N })
	return rows[:min(len(rows), plainRows)]
}

// First is the column that the rows are sorted by at first.
func (x pageTable) First() int {
	return slices.IndexFunc(x.Columns, func(c pageColumn) bool { return c.Num })
}

// Pairs are the cells of a row beside their columns.
func (x pageTable) Pairs(r pageRow) []pagePair {
	out := make([]pagePair, len(r.Cells))
	for i := range r.Cells {
		out[i] = pagePair{x.Columns[i], r.Cells[i], i == 0, r}
	}
	return out
}

type pagePair struct {
	Column pageColumn
	Cell   pageCell
	Key    bool
	Row    pageRow
}

// pageRows are the rows for the script, as JSON in which nothing ends a script element.
func pageRows(t *tally, d *pageDocument) (template.JS, error) {
	var b strings.Builder
	var err error
	put := func(before string, v any) {
		var data []byte
		if err == nil {
			data, err = json.Marshal(v) // escapes < > &
		}
		b.WriteString(before)
		b.Write(data)
	}
	short := func(kind string, values []string) [][2]string {
		var out [][2]string
		for _, v := range values {
			out = append(out, pair(report.Value(kind, v)))
		}
		return out
	}
	put(`{"verdicts":`, short("short", verdicts()))
	says := map[string][2]string{}
	for _, k := range []string{"search", "search_apps", "shown", "page", "previous", "next", "only", "clear", "as_page", "json", "nav_sdks", "data", "violated", "none", "details", "sort"} {
		says[k] = pair(texts[k])
	}
	put(`,"words":`, says)
	put(`,"pairs":`, short("verdict", pairVerdicts()))
	put(`,"states":`, short("state", checkStates()))
	for _, x := range d.Tables {
		put(`,"`+x.ID+`":`, x.script())
	}
	b.WriteString(`,"apps":[`)
	between := ""
	for i := range t.apps {
		put(between, t.scriptApp(i))
		between = ",\n"
	}
	b.WriteString("]}")
	return template.JS(b.String()), err
}

func pair(t audit.Text) [2]string { return [2]string{t.In("zh"), t.In("en")} }

// script is a table for the script: its columns as [drill, number], its rows as lists of
// numbers and of texts [zh, en, id].
func (x pageTable) script() any {
	var columns [][2]int
	for _, c := range x.Columns {
		columns = append(columns, [2]int{c.Drill, truth(c.Num)})
	}
	rows := make([][]any, len(x.Rows))
	for i, r := range x.Rows {
		for _, c := range r.Cells {
			switch {
			case c.Num:
				rows[i] = append(rows[i], c.N)
			case c.Code != "":
				rows[i] = append(rows[i], []string{c.Text.ZH, c.Text.EN, c.Code})
			default:
				rows[i] = append(rows[i], pair(c.Text))
			}
		}
	}
	return map[string]any{"columns": columns, "rows": rows, "first": x.First()}
}

// scriptApp is an app for the script: name zh and en, package, file, version, verdict,
// counts, SDKs, named ones or -1, report, then its parts in the tables.
func (t *tally) scriptApp(i int) []any {
	a, p := &t.apps[i], &t.parts[i]
	name := nameOf(a)
	named := -1
	if len(a.Policies) > 0 {
		named = a.NamedSDKs
	}
	link := ""
	if plainReport(a.Report) {
		link = a.Report
	}
	flat := func(list []part) []int {
		out := []int{}
		for _, x := range list {
			out = append(out, x.at, x.flags)
		}
		return out
	}
	states := make([]byte, len(p.checks))
	for j, s := range p.checks {
		states[j] = '0' + s
	}
	c := a.Outcome.Counts
	gaps := p.gaps
	if gaps == nil {
		gaps = []int{}
	}
	other := name.EN
	if other == name.ZH {
		other = ""
	}
	return []any{name.ZH, other, report.Clean(a.Package, 120), report.Clean(a.File, pageLong), report.Clean(a.VersionName, pageSDKNames),
		slices.Index(verdicts(), a.Outcome.Verdict), c.Critical, c.High, c.Medium, c.Low, c.Info, a.SDKs, named, link,
		gaps, flat(p.sdks), flat(p.data), string(states)}
}
