package report

import (
	"fmt"
	"io"
	"strings"

	"apkaudit/internal/audit"
)

// Options say how a report is to look. The zero value is English, without
// colour, short, 100 columns wide.
type Options struct {
	Lang    string // "zh" or "en"; anything else means English
	Color   bool   // ANSI colours
	Verbose bool   // lists are complete
	WorkDir string // absolute; uris of SARIF are relative to it
	Width   int    // columns of text; 0 means DefaultWidth
}

// Columns of the text format.
const (
	DefaultWidth = 100
	minWidth     = 60
	maxWidth     = 240
)

// Format is one way to write reports.
type Format struct {
	Name        string // as in -o NAME
	Description string // one line of help, in English
	// Write writes all reports as one document. It returns the writer's error,
	// or that of encoding.
	Write func(w io.Writer, reports []*audit.Report, opt Options) error
}

// Formats lists every format; help, completion and menus derive from it.
func Formats() []Format {
	return []Format{
		{"text", "for people, in Chinese or English", writeText},
		{"json", "the complete report, schema " + audit.ReportSchema, writeJSON},
		{"html", "one page to read and print, offline, both languages", writeHTML},
		{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	}
}

// Find returns the format of that name; the error lists the known ones.
func Find(name string) (Format, error) {
	var known []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return Format{}, fmt.Errorf("unknown format %q (one of %s)", name, strings.Join(known, ", "))
}
