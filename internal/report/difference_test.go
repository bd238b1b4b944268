package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"apkaudit/internal/audit"
)

// richDifference is a difference in which every list holds something.
func richDifference(t testing.TB) *audit.Difference {
	t.Helper()
	data, err := os.ReadFile("../audit/testdata/difference.json")
	if err != nil {
		t.Fatal(err)
	}
	var d audit.Difference
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// emptyDifference is that of a report with itself.
func emptyDifference() *audit.Difference {
	side := audit.Compared{File: "app.apk", Package: "a.b", Outcome: audit.Outcome{Verdict: audit.OutcomeClean}}
	d := &audit.Difference{Schema: audit.DifferenceSchema, Old: side, New: side}
	d.Normalize()
	return d
}

// longDifference has more of everything than is shown.
func longDifference(t testing.TB) *audit.Difference {
	d := richDifference(t)
	for range 4 {
		d.SDKs, d.Claims, d.Findings = append(d.SDKs, d.SDKs...), append(d.Claims, d.Claims...), append(d.Findings, d.Findings...)
		d.Hosts, d.Notes, d.Libraries = append(d.Hosts, d.Hosts...), append(d.Notes, d.Notes[0]), append(d.Libraries, d.Libraries...)
	}
	return d
}

func renderDifference(t testing.TB, format string, opt Options, d *audit.Difference) string {
	t.Helper()
	f, err := FindIn(DifferenceFormats(), format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out, d, opt); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out.String()
}

func TestDifferenceGolden(t *testing.T) {
	for _, c := range []struct {
		file, format string
		opt          Options
		d            *audit.Difference
	}{
		{"difference.en.txt", "text", Options{Lang: "en"}, richDifference(t)},
		{"difference.zh.txt", "text", Options{Lang: "zh", Verbose: true}, richDifference(t)},
		{"difference.colour.txt", "text", Options{Lang: "en", Color: true, Width: 72}, longDifference(t)},
		{"difference.none.txt", "text", Options{Lang: "en"}, emptyDifference()},
		{"difference.en.md", "markdown", Options{Lang: "en"}, longDifference(t)},
		{"difference.zh.md", "markdown", Options{Lang: "zh"}, richDifference(t)},
	} {
		t.Run(c.file, func(t *testing.T) { golden(t, c.file, renderDifference(t, c.format, c.opt, c.d)) })
	}
	if got := renderDifference(t, "json", Options{}, richDifference(t)); !json.Valid([]byte(got)) || !strings.Contains(got, audit.DifferenceSchema) {
		t.Error("the JSON format writes something else")
	}
}

// TestEveryDifferenceFormat holds for each format: it reports a failing writer,
// gives the same bytes twice and leaves the difference as it was.
func TestEveryDifferenceFormat(t *testing.T) {
	for _, f := range DifferenceFormats() {
		for _, d := range []*audit.Difference{richDifference(t), emptyDifference(), longDifference(t)} {
			if err := f.Write(brokenWriter{}, d, Options{}); !errors.Is(err, errBroken) {
				t.Errorf("%s: a failing writer gives %v", f.Name, err)
			}
			before := renderDifference(t, "json", Options{}, d)
			opt := Options{Lang: "zh", Verbose: true}
			if renderDifference(t, f.Name, opt, d) != renderDifference(t, f.Name, opt, d) {
				t.Errorf("%s: two runs differ", f.Name)
			}
			if renderDifference(t, "json", Options{}, d) != before {
				t.Errorf("%s changed the difference", f.Name)
			}
		}
	}
	if _, err := FindIn(DifferenceFormats(), "sarif"); err == nil || !strings.Contains(err.Error(), "text, json, markdown") {
		t.Errorf("an unknown format: %v", err)
	}
}

// TestDifferenceIsSafe: whatever every string of a difference holds, text stays on
// its lines and Markdown shows it as text.
func TestDifferenceIsSafe(t *testing.T) {
	for _, s := range []string{nasty, strings.Repeat("x", 100_000), "", "@octocat closes #1, see https://x.example <img src=x> [a](b) `c` | --- |\n# head", strings.Repeat("字", 30_000)} {
		d := richDifference(t)
		if n := poison(reflect.ValueOf(d).Elem(), s); n < 100 {
			t.Fatalf("only %d strings", n)
		}
		for _, lang := range []string{"zh", "en"} {
			for _, verbose := range []bool{false, true} {
				opt := Options{Lang: lang, Verbose: verbose, Width: 80}
				text := renderDifference(t, "text", opt, d)
				for _, line := range strings.Split(text, "\n") {
					if columns(line) > 80 {
						t.Errorf("a line of %d columns: %.200q", columns(line), line)
					}
				}
				if strings.ContainsAny(text, "\x1b\u202e\r\x00\u2066") {
					t.Error("control characters in the text")
				}
				md := renderDifference(t, "markdown", opt, d)
				var page bytes.Buffer
				if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(md), &page); err != nil {
					t.Fatal(err)
				}
				for _, bad := range []string{"@octocat", "#1", "<img", "<a ", "<code", "<table", "<h1", "\x1b", "\u202e"} {
					if strings.Contains(page.String(), bad) {
						t.Errorf("the page of the Markdown holds %q", bad)
					}
				}
				if len(md) > 65_536 {
					t.Errorf("Markdown of %d bytes", len(md))
				}
			}
		}
	}
}
