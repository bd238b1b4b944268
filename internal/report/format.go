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

// FormatOf is one way to write a T as one document.
type FormatOf[T any] struct {
	Name        string // as in -o NAME
	Description string // one line of help, in English
	// Write returns the writer's error, or that of encoding.
	Write func(w io.Writer, content T, opt Options) error
}

// Format is one way to write reports, all as one document.
type Format = FormatOf[[]*audit.Report]

// DifferenceFormat is one way to write the difference of two reports.
type DifferenceFormat = FormatOf[*audit.Difference]

// Formats lists every format; help, completion and menus derive from it. A
// template of the user's own makes one more, see Template.
func Formats() []Format {
	return []Format{
		{"text", "for people, in Chinese or English", writeText},
		{"json", "the complete report, schema " + audit.ReportSchema, writeJSON},
		{"html", "one page to read and print, offline, both languages", writeHTML},
		{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
		{"markdown", "a comment for a pull request", writeMarkdown},
		{"csv", "one row a finding, for spreadsheets and scripts", writeCSV},
		{"rectification", "CSV sheet of what to correct, in the regulator's words", writeRectification},
		{"cyclonedx", "CycloneDX 1.6, one component an SDK", writeCycloneDX},
		{"junit", "JUnit XML, one test case a check", writeJUnit},
	}
}

// DifferenceFormats lists every format of a difference.
func DifferenceFormats() []DifferenceFormat {
	return []DifferenceFormat{
		{"text", "for people, in Chinese or English", writeDifferenceText},
		{"json", "every change, schema " + audit.DifferenceSchema, writeDifferenceJSON},
		{"markdown", "for pull requests", writeDifferenceMarkdown},
	}
}

// FindIn returns the format of that name in a list; the error names those of the list.
func FindIn[T any](formats []FormatOf[T], name string) (FormatOf[T], error) {
	var known []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return FormatOf[T]{}, fmt.Errorf("unknown format %q (one of %s)", name, strings.Join(known, ", "))
}
