package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

// byteOrderMark makes spreadsheets read the file as UTF-8.
const byteOrderMark = "\ufeff"

// maxCell is the room of a cell in code points, below the 32,767 characters
// that spreadsheets keep of one.
const maxCell = 8000

// csvColumns name the columns of a finding, in order. Names and ids are the same
// in every language; title, why, fix, notice and the names of data and parties
// are in the report's.
func csvColumns() []string {
	return []string{
		"file", "sha256", "package", "version_name", "version_code", "outcome",
		"rule", "severity", "confidence", "verdict", "status", "party", "party_name", "data", "data_name", "permission",
		"title", "why", "fix", "notice", "basis", "clauses",
		"caller", "target", "dex", "offset", "reached", "before_consent", "path", "sites",
		"policy_at", "quote", "searched", "waiver_reason", "waiver_until", "waiver_by", "fingerprint", "added",
	}
}

// writeCSV writes one row a finding, the most severe of each report first. A
// report without findings has no row, unless it was not or not fully examined:
// then one row with no rule says so.
func writeCSV(w io.Writer, reports []*audit.Report, opt Options) error {
	rows := [][]string{csvColumns()}
	for _, r := range reports {
		rows = append(rows, findingRows(r, opt)...)
	}
	return writeSheet(w, rows)
}

// findingRows are the rows of one report.
func findingRows(r *audit.Report, opt Options) [][]string {
	var rows [][]string
	p := newPrinter(nil, r, opt)
	for _, f := range bySeverity(r.Findings) {
		rows = append(rows, p.csvRow(f))
	}
	if v := r.Outcome.Verdict; len(r.Findings) == 0 && (v == audit.OutcomeIncomplete || v == audit.OutcomeError) {
		rows = append(rows, p.csvRow(&audit.Finding{Title: audit.Text{ZH: p.verdict(), EN: p.verdict()}}))
	}
	return rows
}

// Sheet writes rows as RFC 4180 asks for, in UTF-8 with a mark at the beginning that
// says so. Every cell is made harmless.
type Sheet struct {
	out *csv.Writer
	err error // the first
}

// NewSheet begins a sheet with the names of its columns. Errors of the writer are those
// of Flush.
func NewSheet(w io.Writer, columns []string) *Sheet {
	s := &Sheet{out: csv.NewWriter(w)}
	s.out.UseCRLF = true
	_, s.err = io.WriteString(w, byteOrderMark)
	s.Rows(columns)
	return s
}

// Rows adds rows. It changes their cells.
func (s *Sheet) Rows(rows ...[]string) {
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		if s.err == nil {
			s.err = s.out.Write(row)
		}
	}
}

// Flush hands everything to the writer and returns the first error.
func (s *Sheet) Flush() error {
	s.out.Flush()
	if s.err == nil {
		s.err = s.out.Error()
	}
	return s.err
}

func writeSheet(w io.Writer, rows [][]string) error {
	s := NewSheet(w, rows[0])
	s.Rows(rows[1:]...)
	return s.Flush()
}

// cell makes a text safe for a cell of a spreadsheet: one line, at most maxCell
// code points, and behind an apostrophe where a spreadsheet would take it for a
// formula. It cleans what is not clean yet.
func cell(s string) string {
	return audit.Cell(cutRunes(joinClean(s), maxCell))
}

// joinClean is flow without the limit that holds for one text: a cell may be
// put together from several.
func joinClean(s string) string {
	var out []string
	for len(s) > maxRead {
		end := strings.LastIndexByte(s[:maxRead], ' ') + 1
		if end == 0 {
			break
		}
		out = append(out, flow(s[:end]))
		s = s[end:]
	}
	return strings.TrimSpace(strings.Join(append(out, flow(s)), " "))
}

func (p *printer) csvRow(f *audit.Finding) []string {
	a := &p.r.App
	file := a.File
	if file == "" && len(p.r.Policy.Sources) > 0 {
		file = p.r.Policy.Sources[0].File
	}
	row := []string{
		file, a.SHA256, a.Package, a.VersionName, strconv.FormatInt(a.VersionCode, 10), p.r.Outcome.Verdict,
		f.Rule, f.Severity, f.Confidence, f.Verdict, f.Status, f.Party, "", strings.Join(findingData(f), " "), p.dataNames(findingData(f)), f.Permission,
		f.Title.In(p.lang), f.Why.In(p.lang), f.Fix.In(p.lang), f.Notice.In(p.lang), f.Basis, strings.Join(f.Clauses, " "),
	}
	if f.Party != "" {
		row[12] = p.named(p.r.Names.Party, f.Party)
	}
	site := make([]string, 8)
	if len(f.Code) > 0 {
		s := &f.Code[0]
		site = []string{apiFull(s.Caller), apiFull(s.Target), s.DEX, strconv.Itoa(s.Offset), s.Reached, s.BeforeConsent, fullPath(s.Path), strconv.Itoa(f.Sites)}
	}
	row = append(row, site...)
	quote := make([]string, 2)
	if len(f.Policy) > 0 {
		quote = []string{p.fileAt(f.Policy[0].At), f.Policy[0].Quote}
	}
	row = append(row, quote...)
	waiver := audit.Waiver{}
	if f.Waiver != nil {
		waiver = *f.Waiver
	}
	return append(row, strings.Join(f.Searched, " | "), waiver.Reason, waiver.Until, waiver.By, f.Fingerprint, strings.Join(f.Added, " "))
}

// fileAt is the place of a quote as file:line with the file as it was given, or
// file and page of a PDF.
func (p *printer) fileAt(at audit.At) string {
	file := "?"
	if at.Source >= 0 && at.Source < len(p.r.Policy.Sources) {
		file = clean(p.r.Policy.Sources[at.Source].File)
	}
	if at.Page > 0 {
		return file + " " + p.say("page", "n", itoa(at.Page))
	}
	return file + ":" + itoa(at.Line)
}

// fullPath joins the methods of a path, all of them.
func fullPath(path []string) string {
	var out []string
	for _, m := range path {
		out = append(out, apiFull(m))
	}
	return strings.Join(out, " → ")
}
