package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"apkaudit/internal/audit"
)

func TestGoldenFormats(t *testing.T) {
	en, zh := Options{Lang: "en"}, Options{Lang: "zh"}
	for _, c := range []struct {
		file, format string
		opt          Options
		reports      []*audit.Report
	}{
		{"rich.en.md", "markdown", en, []*audit.Report{rich(t)}},
		{"rich.zh.md", "markdown", zh, []*audit.Report{rich(t)}},
		{"several.md", "markdown", en, []*audit.Report{withoutPolicy(t), policyOnly(t)}},
		{"hostile.md", "markdown", en, []*audit.Report{hostile()}},
		{"rich.en.csv", "csv", en, []*audit.Report{rich(t)}},
		{"several.zh.csv", "csv", zh, []*audit.Report{withoutPolicy(t), policyOnly(t)}},
		{"rectification.en.csv", "rectification", en, []*audit.Report{rich(t)}},
		{"rectification.zh.csv", "rectification", zh, []*audit.Report{rich(t)}},
		{"rectification.several.csv", "rectification", zh, []*audit.Report{rich(t), policyOnly(t)}},
		{"rich.cdx.json", "cyclonedx", en, []*audit.Report{rich(t)}},
		{"several.cdx.json", "cyclonedx", zh, []*audit.Report{withoutPolicy(t), rich(t), policyOnly(t)}},
		{"rich.en.junit.xml", "junit", en, []*audit.Report{rich(t)}},
		{"several.zh.junit.xml", "junit", zh, []*audit.Report{withoutPolicy(t), policyOnly(t)}},
	} {
		t.Run(c.file, func(t *testing.T) { golden(t, c.file, render(t, c.format, c.opt, c.reports...)) })
	}
}

// formatsAndTemplates are all formats, and templates that write every string of
// a report.
func formatsAndTemplates(t *testing.T) []Format {
	t.Helper()
	out := Formats()
	for file, text := range map[string]string{"all.txt": ownText, "all.html": ownPage} {
		f, err := Template(file, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		f.Name = file
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Format) int { return strings.Compare(a.Name, b.Name) })
	return out
}

const (
	ownText = `{{range .Reports}}{{.App.Label.Default}} {{printf "%s" .App.Package}} {{$r := .}}{{range sorted .Findings}}
{{word "severity" .Severity}} {{text .Title}} {{party .Party}} {{data .Data}}{{range .Policy}} {{place $r .At}} {{clean .Quote}}{{end}}{{range .Code}} {{method .Caller}} {{methods .Path}}{{end}}{{range .Clauses}} {{clause .}}{{end}} {{with .Waiver}}{{.Reason}}{{end}} {{permission .Permission}} {{rule .Rule}}{{end}}
{{range .Behavior.SDKs}}{{.ID}}{{range .Evidence}} {{.Value}} {{join ", " .Samples}}{{end}}
{{end}}{{range .Policy.Sources}}{{.Text}}{{end}}{{.Behavior}}
{{end}}`
	ownPage = `<title>{{(index .Reports 0).App.Package}}</title>{{range .Reports}}<p class="{{.App.Package}}" onclick="f({{.App.Label.Default}})"><a href="{{.App.File}}">{{.Behavior}}</a></p>
<script>var x = {{.Findings}};</script>{{range .Findings}}<pre>{{json .}}</pre>{{end}}{{end}}`
)

// hostileTexts go into every string of a report.
func hostileTexts() []string {
	return []string{
		"</script><img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", `"],`, "=cmd|' /C calc'!A1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", "a,b;\"c\"",
		"one\ntwo\r\nthree", "\u202egpj.exe\u2066\u200b", "\x1b[31mred\x1b]0;title\x07", "@everyone @org/team", "[x](javascript:alert(1))", "![x](http://evil/x.png)",
		"<http://evil> https://evil.example www.evil.example mailto:a@evil.example a@evil.example", "]]>", "a\x00b", "bad \xff\xfe utf-8 \xed\xa0\x80", "{{.}}{{template \"x\"}}", "| a | b |\n| - | - |", "`code` ``` ~~~", "# head",
		"1. one", "- [ ] task", "> quote", "***bold*** __b__ ~~s~~", "&lt;b&gt; &#64;", "$x$ $$y$$", "#1 GH-2 0123456789abcdef0123456789abcdef01234567 :shipit: ::a:b:", "</details></summary>", "<!--", "-->", "[^1]: x", "[x]: http://evil", "\\", "\ufffe\uffff", nasty,
	}
}

// keyword tells values of the report's enumerations, without which a report has
// no findings, pairs or evidence to write.
func keywords(t *testing.T) map[string]bool {
	t.Helper()
	var doc any
	if err := json.Unmarshal(audit.Schema, &doc); err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{audit.PartyApp: true}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if list, ok := v["enum"].([]any); ok {
				for _, x := range list {
					if s, ok := x.(string); ok {
						words[s] = true
					}
				}
			}
			for _, x := range v {
				visit(x)
			}
		case []any:
			for _, x := range v {
				visit(x)
			}
		}
	}
	visit(doc)
	return words
}

// spike writes s in front of every string of a report that is no keyword, behind
// its old text where behind is set; in map keys too.
func spike(v reflect.Value, s string, behind bool, keep map[string]bool) {
	join := func(old string) string {
		switch {
		case keep[old]:
			return old
		case behind:
			return old + s
		}
		return s + old
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(join(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			spike(v.Field(i), s, behind, keep)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spike(v.Index(i), s, behind, keep)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spike(v.Elem(), s, behind, keep)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.MapIndex(k))
			spike(e, s, behind, keep)
			v.SetMapIndex(k, reflect.Value{})
			v.SetMapIndex(reflect.ValueOf(join(k.String())), e)
		}
	}
}

// TestHostileStrings puts hostile text into every string of a report, fields
// that are added later included, writes the report in every format, and reads it
// back as that format: what was text is text.
func TestHostileStrings(t *testing.T) {
	checks := map[string]func(*testing.T, string) string{ // each returns the text that it read
		"text": func(t *testing.T, out string) string { safeText(t, out, DefaultWidth); return "" }, // lines are broken anywhere
		"json": checkHostileJSON, "sarif": checkHostileJSON, "html": checkHostileHTML, "all.html": checkHostileHTML, "markdown": checkHostileMarkdown,
		"csv": checkHostileCSV, "rectification": checkHostileCSV, "junit": checkHostileXML, "all.txt": checkHostileTemplate,
		"cyclonedx": func(t *testing.T, out string) string { validBOM(t, out); return checkHostileJSON(t, out) },
	}
	cases := spikedReports(t)
	for _, f := range formatsAndTemplates(t) {
		check := checks[f.Name]
		if check == nil {
			t.Errorf("%s: no check of hostile strings", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				var out bytes.Buffer
				if err := f.Write(&out, []*audit.Report{c.report}, Options{Lang: c.lang}); err != nil {
					t.Fatalf("%q %s: %v", c.text, c.mode, err)
				}
				text := check(t, out.String())
				there := func(x string) bool { return strings.Contains(text, x) }
				if !c.joined && c.mode == "behind" && f.Name != "text" && utf8.ValidString(c.text) && !there(c.text) && !there(clean(c.text)) && !there(flow(c.text)) {
					t.Errorf("the text is not there: %.2000q", text)
				}
				if t.Failed() {
					t.Fatalf("%s with %q %s the strings of the report", f.Name, c.text, c.mode)
				}
			}
		})
	}
}

// printable fails on what reaches past the text: control characters, characters
// that change the direction of writing, bytes that are no UTF-8.
func printable(t *testing.T, s, allowed string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("no UTF-8: %q", s)
	}
	for i, r := range s {
		if !strings.ContainsRune(allowed, r) && (!unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U in %q", r, s[max(0, i-40):min(len(s), i+20)])
			return
		}
	}
}

func checkHostileJSON(t *testing.T, out string) string {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(out))
	if err := d.Decode(&v); err != nil {
		t.Errorf("no JSON: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Error("something follows the document")
	}
	return stringsOf(v)
}

// stringsOf joins the strings of a decoded document.
func stringsOf(v any) string {
	var b strings.Builder
	switch v := v.(type) {
	case string:
		return v + "\n"
	case []any:
		for _, x := range v {
			b.WriteString(stringsOf(x))
		}
	case map[string]any:
		for _, x := range v {
			b.WriteString(stringsOf(x))
		}
	}
	return b.String()
}

func checkHostileCSV(t *testing.T, out string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(out, byteOrderMark)
	if !ok {
		t.Error("no mark of UTF-8")
	}
	printable(t, rest, "\r\n")
	rows, err := csv.NewReader(strings.NewReader(rest)).ReadAll() // refuses rows of other lengths
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 2 && strings.Contains(rest, "fingerprint") {
		t.Error("no rows")
	}
	if n := strings.Count(rest, "\r\n"); n != len(rows) || strings.Count(rest, "\n") != n {
		t.Errorf("%d lines, %d rows", n, len(rows))
	}
	text := ""
	for _, row := range rows {
		text += strings.Join(row, "\n") + "\n"
		for _, c := range row {
			if c != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(c)[0]) {
				t.Errorf("a formula: %q", c)
			}
		}
	}
	return text
}

func checkHostileXML(t *testing.T, out string) string {
	t.Helper()
	known := []string{"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out"}
	printable(t, out, "\n")
	var text strings.Builder
	d := xml.NewDecoder(strings.NewReader(out))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if !slices.Contains(known, x.Name.Local) {
				t.Errorf("element %s", x.Name.Local)
			}
			for _, a := range x.Attr {
				text.WriteString(a.Value + "\n")
			}
		case xml.CharData:
			text.Write(x)
		case xml.Comment, xml.Directive:
			t.Errorf("%T", tok)
		}
	}
}

// elements are the tags of a document with the attributes that can do something.
func elements(t *testing.T, page string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				t.Fatal(err)
			}
			return seen
		case html.CommentToken:
			seen["comment"]++
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			seen[tok.Data]++
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "srcdoc" {
					seen[tok.Data+"@"+a.Key]++
				}
				if tok.Data == "a" && a.Key == "href" && regexp.MustCompile(`(?i)^\s*(javascript|data|vbscript):`).MatchString(a.Val) {
					seen["script link"]++
				}
			}
		}
	}
}

func checkHostileHTML(t *testing.T, out string) string {
	t.Helper()
	seen := elements(t, out)
	for _, bad := range []string{"img", "svg", "iframe", "comment", "script link", "p@style", "img@src", "img@onerror", "svg@onload", "script@src"} {
		if seen[bad] > 0 {
			t.Errorf("%d %s", seen[bad], bad)
		}
	}
	if seen["script"] > 1 {
		t.Errorf("%d scripts", seen["script"])
	}
	if strings.ContainsAny(out, "\x00\x1b\u202e\u2066") || !utf8.ValidString(out) {
		t.Error("control characters")
	}
	text, code := shown(t, out)
	return text + code
}

func checkHostileTemplate(t *testing.T, out string) string {
	t.Helper()
	printable(t, out, "\n")
	return out
}

// TestDeterminism: the same reports give the same bytes in every format, one or
// several, however often.
func TestDeterminism(t *testing.T) {
	for _, f := range formatsAndTemplates(t) {
		for name, build := range map[string]func() []*audit.Report{
			"one":     func() []*audit.Report { return []*audit.Report{rich(t)} },
			"crowded": func() []*audit.Report { return []*audit.Report{crowded(t)} },
			"several": func() []*audit.Report { return []*audit.Report{rich(t), policyOnly(t), withoutPolicy(t)} },
		} {
			first := ""
			for i := range 3 {
				var out bytes.Buffer
				if err := f.Write(&out, build(), Options{Lang: "zh", Verbose: true, WorkDir: "/src"}); err != nil {
					t.Fatal(err)
				}
				switch {
				case i == 0:
					first = out.String()
				case out.String() != first:
					t.Errorf("%s, %s: run %d differs", f.Name, name, i)
				}
			}
		}
	}
}

// spiked is a report with a hostile text in its strings.
type spiked struct {
	report           *audit.Report
	text, mode, lang string
	joined           bool // all texts together
}

// spikedReports are made once for all formats: none changes a report.
func spikedReports(t *testing.T) []spiked {
	t.Helper()
	keep := keywords(t)
	var out []spiked
	texts := hostileTexts()
	for i, s := range append(texts, strings.Join(texts, " ")) {
		for _, mode := range []string{"before", "behind", "instead"} {
			r := rich(t)
			if mode == "instead" {
				poison(reflect.ValueOf(r).Elem(), s)
			} else {
				spike(reflect.ValueOf(r).Elem(), s, mode == "behind", keep)
			}
			out = append(out, spiked{r, s, mode, []string{"en", "zh"}[i%2], i == len(texts)})
		}
	}
	return out
}
