package report

import (
	"bytes"
	"html/template"
	"io"
	"slices"

	"apkaudit/internal/audit"
)

// What documents about many reports are made of, too: package across writes them in
// the same words and looks.

// Clean makes a text from an APK or a policy safe to print on one line, at most columns
// wide. What cannot be seen is written as escapes.
func Clean(s string, columns int) string { return clip(flow(s), columns) }

// CutText is at most n code points of a text.
func CutText(s string, n int) string { return cutRunes(s, n) }

// Value is the label of an enumerated value of the report in both languages: kind is
// severity, short (of an outcome), gap, state, basis, confidence, verdict ...
func Value(kind, v string) audit.Text {
	return audit.Text{ZH: words{"zh"}.value(kind, v), EN: words{"en"}.value(kind, v)}
}

// Grouped writes a number with a comma at every third digit.
func Grouped(n int64) string { return grouped(n) }

// Fill replaces {name} in a text; pairs are names and their replacements.
func Fill(t audit.Text, pairs ...string) audit.Text {
	return audit.Text{ZH: fill(t.ZH, pairs...), EN: fill(t.EN, pairs...)}
}

// Style is the style sheet of pages, HashSource names an inline style or script in
// a content security policy.
func Style() template.CSS { return template.CSS(htmlStyle) }

// HashSource names an inline style or script in a content security policy.
func HashSource(s string) string { return hashSource(s) }

// Compared tells whether there was a policy with text to compare the app with.
func Compared(r *audit.Report) bool {
	return slices.ContainsFunc(r.Policy.Sources, func(s audit.PolicySource) bool { return s.Chars > 0 })
}

// NamedParties are the parties that a policy names, in an entry or a statement.
func NamedParties(p *audit.Policy) map[string]bool {
	named := map[string]bool{}
	for _, c := range p.Claims {
		named[c.Party] = true
	}
	for _, s := range p.SDKs {
		named[s.Party()] = true
	}
	return named
}

// FindingColumns name the columns of FindingRows.
func FindingColumns() []string { return csvColumns() }

// FindingRows are the rows of the csv format about one report, not yet made harmless.
func FindingRows(r *audit.Report, opt Options) [][]string { return findingRows(r, opt) }

// Column is one of a Tables' table.
type Column struct {
	Title string
	Right bool
	Name  bool // reads badly when broken
	Fixed bool // gives way last
}

// Tables prints titles and tables for people, as the text format does.
type Tables struct{ p *printer }

// NewTables begins with nothing.
func NewTables(opt Options) Tables {
	return Tables{newPrinter(&bytes.Buffer{}, audit.NewReport(), opt)}
}

// Title prints the title of a part behind an empty line.
func (t Tables) Title(s string) {
	if t.p.out.Len() > 0 {
		t.p.line("")
	}
	t.p.line(t.p.paint(bold, s))
}

// Line prints one line, which may be broken to the width of the page.
func (t Tables) Line(s string) {
	for _, l := range wrap(s, t.p.width, 0) {
		t.p.line(l)
	}
}

// Table prints rows of clean cells.
func (t Tables) Table(cols []Column, rows [][]string) {
	var own []column
	for _, c := range cols {
		own = append(own, column{c.Title, c.Right, c.Name, c.Fixed})
	}
	t.p.table(0, own, rows)
}

// WriteTo writes what was printed.
func (t Tables) WriteTo(w io.Writer) (int64, error) { return t.p.out.WriteTo(w) }
