package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"apkaudit/internal/audit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	en, zh := Options{Lang: "en"}, Options{Lang: "zh"}
	long := Options{Lang: "en", Verbose: true}
	for _, c := range []struct {
		file, format string
		opt          Options
		reports      []*audit.Report
	}{
		{"rich.en.txt", "text", en, []*audit.Report{rich(t)}},
		{"rich.zh.txt", "text", zh, []*audit.Report{rich(t)}},
		{"rich.verbose.txt", "text", long, []*audit.Report{rich(t)}},
		{"rich.colour.txt", "text", Options{Lang: "zh", Color: true, Width: 72}, []*audit.Report{rich(t)}},
		{"inventory.en.txt", "text", en, []*audit.Report{withoutPolicy(t)}},
		{"inventory.zh.txt", "text", zh, []*audit.Report{withoutPolicy(t)}},
		{"policy.en.txt", "text", en, []*audit.Report{policyOnly(t)}},
		{"policy.zh.txt", "text", zh, []*audit.Report{policyOnly(t)}},
		{"empty.txt", "text", en, []*audit.Report{audit.NewReport()}},
		{"several.txt", "text", en, []*audit.Report{withoutPolicy(t), policyOnly(t)}},
		{"hostile.en.txt", "text", en, []*audit.Report{hostile()}},
		{"hostile.zh.txt", "text", zh, []*audit.Report{hostile()}},
		{"rich.html", "html", zh, []*audit.Report{rich(t)}},
		{"policy.html", "html", en, []*audit.Report{policyOnly(t)}},
		{"rich.en.sarif", "sarif", Options{Lang: "en", WorkDir: "/src/app"}, []*audit.Report{rich(t)}},
		{"rich.zh.sarif", "sarif", Options{Lang: "zh", WorkDir: "/src/app"}, []*audit.Report{rich(t)}},
		{"several.sarif", "sarif", Options{}, []*audit.Report{withoutPolicy(t), policyOnly(t)}},
		{"hostile.sarif", "sarif", Options{WorkDir: "/src/app"}, []*audit.Report{hostile()}},
	} {
		t.Run(c.file, func(t *testing.T) {
			got := render(t, c.format, c.opt, c.reports...)
			// of a page the content alone: its style and script have files of their own
			got = strings.NewReplacer(htmlStyle, "html.css", htmlScript, "html.js", hashSource(htmlStyle), "'html.css'", hashSource(htmlScript), "'html.js'").Replace(got)
			golden(t, c.file, got)
		})
	}
}

func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats() {
		if seen[f.Name] || f.Name == "" || f.Description == "" || strings.Contains(f.Description, "\n") {
			t.Errorf("format %+v", f)
		}
		seen[f.Name] = true
		got, err := FindIn(Formats(), f.Name)
		if err != nil || got.Name != f.Name {
			t.Errorf("FindIn(Formats(), %q) = %q, %v", f.Name, got.Name, err)
		}
	}
	if _, err := FindIn(Formats(), "pdf"); err == nil || !strings.Contains(err.Error(), "text") || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("the error for an unknown format should list the known ones: %v", err)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestEveryFormat holds for each format: it reports a failing writer, gives the
// same bytes twice, and leaves the report as it was.
func TestEveryFormat(t *testing.T) {
	sets := func() [][]*audit.Report {
		return [][]*audit.Report{{rich(t)}, {hostile()}, {rich(t), hostile(), policyOnly(t)}}
	}
	given, same := sets(), sets()
	for _, f := range Formats() {
		for _, reports := range [][]*audit.Report{{rich(t)}, {rich(t), policyOnly(t)}} {
			if err := f.Write(brokenWriter{}, reports, Options{}); !errors.Is(err, errBroken) {
				t.Errorf("%s: a failing writer gives %v", f.Name, err)
			}
		}
		opt := Options{Lang: "zh", Verbose: true, WorkDir: "/src"}
		for i, reports := range given {
			one, two := render(t, f.Name, opt, reports...), render(t, f.Name, opt, reports...)
			if one != two {
				t.Errorf("%s: two runs differ", f.Name)
			}
			if !reflect.DeepEqual(reports, same[i]) {
				t.Errorf("%s changed the report", f.Name)
			}
		}
		var out bytes.Buffer
		if err := f.Write(&out, nil, Options{}); err != nil {
			t.Errorf("%s: no report at all: %v", f.Name, err)
		}
	}
}

func encoded(t *testing.T, reports []*audit.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := audit.Encode(&out, reports); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestJSON(t *testing.T) {
	s := compile(t, "urn:apkaudit:report:1", audit.Schema)
	valid := func(doc string) {
		t.Helper()
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Error(err)
		}
	}
	want, err := os.ReadFile("../audit/testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, opt := range []Options{{}, {Lang: "zh", Color: true, Width: 20, WorkDir: "/x"}} {
		got := render(t, "json", opt, rich(t))
		if got != string(want) {
			t.Errorf("with %+v the report is not written as it is", opt)
		}
		valid(got)
	}
	several := render(t, "json", Options{}, rich(t), policyOnly(t), withoutPolicy(t))
	valid(several)
	if n := strings.Count(several, `"`+audit.ReportSchema+`"`); n != 3 || !strings.Contains(several, `"`+audit.ReportsSchema+`"`) {
		t.Errorf("%d reports in the document of three", n)
	}
	valid(render(t, "json", Options{}))
}

func compile(t *testing.T, url string, schema []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// safeText fails where a text holds anything but printable characters and line
// breaks, or a line wider than the terminal.
func safeText(t *testing.T, out string, width int) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatal("the text is no UTF-8")
	}
	for i, r := range out {
		if r != '\n' && (!unicode.IsGraphic(r) || r != ' ' && unicode.IsSpace(r)) {
			t.Fatalf("%U at byte %d: %q", r, i, out[max(0, i-40):min(len(out), i+20)])
		}
	}
	for _, l := range strings.Split(out, "\n") {
		if n := columns(l); n > width {
			t.Errorf("%d columns: %q", n, l)
		}
	}
}

// TestTextIsSafe puts hostile characters into every string of a report. No
// output may reach the terminal's controls or forge a line of its own.
func TestTextIsSafe(t *testing.T) {
	for i, s := range []string{nasty, strings.Repeat(nasty, 500), "\n\n\n", strings.Repeat("\u0301", 5000), strings.Repeat("极", 5000), strings.Repeat("((", 5000), "\xff", ""} {
		opts := []Options{{}, {Lang: "zh", Verbose: true, Width: 61}}
		if i == 0 {
			opts = append(opts, Options{Lang: "zh"}, Options{Verbose: true}, Options{Width: 1}, Options{Width: 100000})
		}
		for _, r := range poisoned(t, s, i == 0) {
			for _, opt := range opts {
				width := DefaultWidth
				if opt.Width > 0 {
					width = min(max(opt.Width, minWidth), maxWidth)
				}
				safeText(t, render(t, "text", opt, r, r), width)
			}
			safeText(t, ansi.ReplaceAllString(render(t, "text", Options{Color: true}, r), ""), DefaultWidth)
		}
	}
	// the label of the hostile report forges a verdict; it stays in its line
	out := render(t, "text", Options{}, hostile())
	if strings.Contains(out, "\nVerdict  clean") || strings.Count(out, "\nVerdict ") != 1 {
		t.Error("a label forged a verdict")
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	plain := render(t, "text", Options{Lang: "en"}, rich(t))
	if strings.Contains(plain, "\x1b") {
		t.Error("colours without being asked")
	}
	coloured := render(t, "text", Options{Lang: "en", Color: true}, rich(t))
	if ansi.ReplaceAllString(coloured, "") != plain {
		t.Error("colours change more than colours")
	}
	if !strings.Contains(coloured, "\x1b[1;31mCRITICAL") {
		t.Error("no red where it is critical")
	}
}

// TestScreens: a typical app's report stays within two screens of 50 lines, what has
// no app or no policy within three, and the long form leaves nothing out.
func TestScreens(t *testing.T) {
	r := crowded(t)
	noPolicy := crowded(t)
	noPolicy.Policy = audit.Policy{}
	noPolicy.Findings = noPolicy.Findings[:2]
	for _, lang := range []string{"zh", "en"} {
		for name, x := range map[string]*audit.Report{"policy": r, "no policy": noPolicy, "policy only": wordy(t)} {
			out := render(t, "text", Options{Lang: lang}, x)
			most := 135
			if name == "policy" {
				most = 100
			}
			if n := strings.Count(out, "\n"); n > most {
				t.Errorf("%s, %s: %d lines", lang, name, n)
			}
		}
		if out := render(t, "text", Options{Lang: lang}, r); strings.Count(out, "-v") < 3 {
			t.Errorf("%s: lists were cut without a word", lang)
		}
		out := render(t, "text", Options{Lang: lang, Verbose: true}, r)
		if strings.Contains(strings.ReplaceAll(out, "arm64-v8a", ""), "-v") {
			t.Errorf("%s: the long form is cut", lang)
		}
		for _, f := range r.Findings {
			if !strings.Contains(out, f.Fingerprint) {
				t.Errorf("%s: the long form lacks finding %s", lang, f.Fingerprint)
			}
		}
		for _, s := range r.Behavior.SDKs {
			if !strings.Contains(out, s.ID) {
				t.Errorf("%s: the long form lacks %s", lang, s.ID)
			}
		}
	}
}

// TestFindingsOrder: most severe first, waived last, numbered from 1.
func TestFindingsOrder(t *testing.T) {
	r := rich(t)
	for i, j := 0, len(r.Findings)-1; i < j; i, j = i+1, j-1 {
		r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i]
	}
	out := render(t, "text", Options{Verbose: true}, r)
	last := -1
	for _, want := range []string{" 1. CRITICAL", " 2. HIGH", " 5. MEDIUM", " 7. LOW", " 8. INFO", " 9. MEDIUM [waived]"} {
		i := strings.Index(out, want)
		if i <= last {
			t.Errorf("%q stands at %d, the one before at %d", want, i, last)
		}
		last = i
	}
}

// TestRepeatsAreJoined: one blank left in many places is one block of the short
// form, and every finding by itself in the long one.
func TestRepeatsAreJoined(t *testing.T) {
	r := rich(t)
	var list []audit.Finding
	for i := range 7 {
		f := r.Findings[1]
		f.Policy = []audit.Quote{{Quote: f.Policy[0].Quote, At: f.Policy[0].At}}
		f.Policy[0].At.Line = 100 + i
		list = append(list, f)
	}
	r.Findings = append(list, r.Findings[2])
	audit.SetFingerprints(r.App.Package, r.Findings)
	out := render(t, "text", Options{}, r)
	for _, want := range []string{" 1. HIGH Unfilled template placeholder (7 places)\n", ".html:100 ", "… and 5 more", " 8. HIGH [known, new data: IMEI] Embedded SDK"} {
		if !strings.Contains(out, want) {
			t.Errorf("the text lacks %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "Unfilled template placeholder"); n != 1 {
		t.Errorf("printed %d times", n)
	}
	if out := render(t, "text", Options{Verbose: true}, r); !strings.Contains(out, " 7. HIGH Unfilled template placeholder\n") || !strings.Contains(out, ".html:106 ") {
		t.Error("the long form joins findings")
	}
}

// TestPlace: a file's base name will do where no other policy shares it.
func TestPlace(t *testing.T) {
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: "a/p.txt"}, {File: "b/p.txt"}, {File: "c/q.txt"}}
	p := newPrinter(nil, r, Options{})
	for i, want := range []string{"a/p.txt:5", "b/p.txt:5", "q.txt:5", "?:5"} {
		if got := p.place(audit.At{Source: i, Line: 5}); got != want {
			t.Errorf("place %d: %q, want %q", i, got, want)
		}
	}
	r.Policy.Sources = r.Policy.Sources[:1]
	if got := newPrinter(nil, r, Options{Lang: "zh"}).shortPlace(audit.At{Line: 5}); got != "第 5 行" {
		t.Error(got)
	}
	// In a PDF the reader finds a page, and no line.
	r.Policy.Sources = []audit.PolicySource{{File: "a/p.pdf"}}
	p = newPrinter(nil, r, Options{})
	if long, short := p.place(audit.At{Line: 5, Page: 3}), p.shortPlace(audit.At{Line: 5, Page: 3}); long != "p.pdf page 3" || short != "page 3" {
		t.Error(long, short)
	}
}

// TestWordsOfCode: the text says what code contains and never that somebody
// collects something.
func TestWordsOfCode(t *testing.T) {
	for key, l := range labels {
		if strings.HasPrefix(key, "code.") && (strings.Contains(strings.ToLower(l.EN), "collect") || strings.Contains(l.ZH, "收集")) {
			t.Errorf("%s: %+v", key, l)
		}
	}
	en := render(t, "text", Options{Verbose: true}, rich(t))
	zh := render(t, "text", Options{Lang: "zh"}, rich(t))
	for _, want := range []string{"the code contains calls to Settings$Secure.getString(\"android_id\"), 2 sites", "classes2.dex, offset 9", " 隐私政策.html:45 ", "searched in vain for: "} {
		if !strings.Contains(strings.Join(strings.Fields(en), " "), want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if !strings.Contains(zh, "代码中存在对 PackageManager.getInstalledPackages() 的调用，共 1,204 处") {
		t.Error("the Chinese text lacks the call and its sites")
	}
}
