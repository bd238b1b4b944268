package audit

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Schema is the JSON Schema (draft 2020-12) of the documents: report, reports, difference, summary.
//
//go:embed schema.json
var Schema []byte

// Normalize replaces every nil list and map by an empty one: in the JSON report
// no key is ever missing or null where a list belongs. Bytes in texts that are no UTF-8,
// such as names in a damaged archive, become U+FFFD, as they would in JSON: a report that
// was saved and read again is the same.
func (r *Report) Normalize() { normalize(r) }

func normalize(document any) { fillNil(reflect.ValueOf(document).Elem()) }

func fillNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			fillNil(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		switch v.Type().Elem().Kind() {
		case reflect.Struct, reflect.Slice, reflect.String:
			for i := 0; i < v.Len(); i++ {
				fillNil(v.Index(i))
			}
		}
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			v.SetString(strings.ToValidUTF8(s, "\ufffd"))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fillNil(v.Elem())
		}
	}
}

// Encode writes v (a *Report, *Reports, *Difference or *Summary) as indented JSON with a final line
// break. HTML characters are not escaped: quotes stay readable.
func Encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// MaxObjects bounds the JSON objects of a saved document: an empty one takes three
// bytes there and hundreds in memory. A real report of one app holds thousands.
const MaxObjects = 2_000_000

// Decode reads a saved document that holds one report.
func Decode(data []byte) (*Report, error) {
	reports, err := DecodeAll(data)
	if err != nil {
		return nil, err
	}
	if len(reports) != 1 {
		return nil, fmt.Errorf("%d reports where one is expected", len(reports))
	}
	return reports[0], nil
}

// DecodeAll reads a saved document of either schema: one report or several. Any
// other document, or another schema number, is an error.
func DecodeAll(data []byte) ([]*Report, error) {
	if countObjects(data) > MaxObjects {
		return nil, fmt.Errorf("more JSON objects than a report has: max-report-objects of %d reached", MaxObjects)
	}
	if head := bytes.TrimLeft(data, " \t\r\n"); len(head) > 0 && head[0] != '{' {
		return nil, errors.New("not a JSON report")
	}
	var doc struct {
		Schema  string    `json:"schema"` // goes before that of Report
		Reports []*Report `json:"reports"`
		Report
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("not a JSON report: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("not a JSON report: something follows the document")
	}
	var reports []*Report
	switch doc.Schema {
	case ReportSchema:
		doc.Report.Schema = doc.Schema
		reports = []*Report{&doc.Report}
	case ReportsSchema:
		reports = doc.Reports
	default:
		return nil, fmt.Errorf("not a document of schema %q or %q: its schema is %q", ReportSchema, ReportsSchema, doc.Schema)
	}
	for i, r := range reports {
		if r == nil || r.Schema != ReportSchema {
			return nil, fmt.Errorf("report %d of %d is not of schema %q", i+1, len(reports), ReportSchema)
		}
		if !slices.Contains([]string{OutcomeClean, OutcomeFindings, OutcomeIncomplete, OutcomeError}, r.Outcome.Verdict) {
			return nil, fmt.Errorf("report %d of %d is broken: its outcome has no verdict", i+1, len(reports))
		}
		for j := range r.Gaps {
			if g := &r.Gaps[j]; g.Side == "" {
				g.Side = sideOfKind(g.Kind)
			}
		}
		r.Normalize()
	}
	return reports, nil
}

// countObjects counts the opening braces outside of strings.
func countObjects(data []byte) int {
	n, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '{' && !quoted:
			n++
		}
	}
	return n
}
