package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// checkQuotes verifies what every policy must fulfil whatever was read: quotes,
// mentions and defects are text[start:end] in code points, mentions stand inside
// their claims, lines count from 1, and parties are well-formed.
func checkQuotes(t testing.TB, p audit.Policy) {
	t.Helper()
	runes := make([][]rune, len(p.Sources))
	for i, s := range p.Sources {
		runes[i] = []rune(s.Text)
		if s.Format != "" && s.Chars != len(runes[i]) {
			t.Errorf("source %d: %d chars, its text has %d", i, s.Chars, len(runes[i]))
		}
	}
	piece := func(what string, at audit.At, quote string) {
		t.Helper()
		if at.Source < 0 || at.Source >= len(runes) || at.Start < 0 || at.Start >= at.End || at.End > len(runes[at.Source]) {
			t.Errorf("%s: no such place: %+v", what, at)
			return
		}
		if got := string(runes[at.Source][at.Start:at.End]); got != quote {
			t.Errorf("%s: quote %q, the text has %q", what, quote, got)
		}
		if at.Line < 1 {
			t.Errorf("%s: line %d", what, at.Line)
		}
	}
	for _, c := range p.Claims {
		piece(c.Rule, c.At, c.Quote)
		if c.Party == "" || c.Rule == "" || c.Lang != "zh" && c.Lang != "en" {
			t.Errorf("%s: party %q, language %q", c.Rule, c.Party, c.Lang)
		}
		if len(c.Mentions) == 0 && len(c.Permissions) == 0 && !strings.HasPrefix(c.Rule, "sdk_named") {
			t.Errorf("%s: a claim of nothing: %q", c.Rule, c.Quote)
		}
		for _, m := range c.Mentions {
			at := audit.At{Source: c.At.Source, Line: c.At.Line, Start: m.Start, End: m.End}
			piece("mention "+m.Data, at, m.Text)
			if m.Start < c.At.Start || m.End > c.At.End {
				t.Errorf("%s: mention %q outside its quote %q", c.Rule, m.Text, c.Quote)
			}
		}
	}
	for _, s := range p.SDKs {
		if s.At.Source < 0 || s.At.Source >= len(runes) || s.At.Start < 0 || s.At.Start >= s.At.End || s.At.End > len(runes[s.At.Source]) || s.At.Line < 1 {
			t.Errorf("%s: no such place: %+v", s.ID, s.At)
		} else if text := string(runes[s.At.Source][s.At.Start:s.At.End]); !strings.Contains(clean(text), s.NameAsWritten) {
			t.Errorf("%s: %q does not hold the name %q", s.ID, text, s.NameAsWritten)
		}
	}
	for _, d := range p.Defects {
		piece(d.Kind, d.At, d.Quote)
	}
	for _, s := range p.Topics {
		piece(s.Topic, s.At, s.Quote)
	}
}

// checkLines verifies that each place leads to the line of the file where it
// begins.
func checkLines(t *testing.T, p audit.Policy, file string) {
	t.Helper()
	lines := strings.Split(file, "\n")
	text := []rune(p.Sources[0].Text)
	begins := func(what string, at audit.At) {
		t.Helper()
		word, _, _ := strings.Cut(strings.TrimSpace(string(text[at.Start:min(at.End, at.Start+12)])), " ")
		word, _, _ = strings.Cut(word, "\n")
		if at.Line > len(lines) || !strings.Contains(lines[at.Line-1], word) {
			t.Errorf("%s: line %d of the file does not hold %q", what, at.Line, word)
		}
	}
	for _, c := range p.Claims {
		begins(c.Rule, c.At)
	}
	for _, s := range p.SDKs {
		begins("entry "+s.NameAsWritten, s.At)
	}
	for _, d := range p.Defects {
		begins(d.Kind, d.At)
	}
	for _, s := range p.Topics {
		begins(s.Topic, s.At)
	}
}

func TestQuotesAndLines(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(policyDir, "*.*.*"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d policies found: %v", len(files), err)
	}
	seeds, _ := filepath.Glob(filepath.Join(seedsDir, "*.txt"))
	for _, name := range append(files, seeds...) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p := readOne(t, filepath.Base(name), data)
			checkQuotes(t, p)
			format, err := formatOf(name, data)
			if err != nil {
				t.Fatal(err)
			}
			file, err := decode(data, format, "")
			if err != nil {
				t.Fatal(err)
			}
			checkLines(t, p, file)
			if p.Sources[0].Format == formatText {
				exactLines(t, p)
			}
		})
	}
}

// exactLines: in plain text the line is one more than the line breaks before.
func exactLines(t *testing.T, p audit.Policy) {
	t.Helper()
	text := p.Sources[0].Text
	for _, c := range p.Claims {
		before := 0
		for i := range text {
			if before == c.At.Start {
				if want := 1 + strings.Count(text[:i], "\n"); c.At.Line != want {
					t.Errorf("%s: line %d, want %d", c.Rule, c.At.Line, want)
				}
				break
			}
			before++
		}
	}
	if !utf8.ValidString(text) {
		t.Error("the text is not valid UTF-8")
	}
}

// TestMarkupLines looks at single lines of HTML and Markdown files.
func TestMarkupLines(t *testing.T) {
	html := "<html>\n<head><title>收集IMEI</title>\n<style>\np {}\n</style></head>\n<body>\n<p>\n我们会收集您的\n手机号码。</p>\n<table>\n<tr><td>x</td></tr>\n<tr><th>权限名称</th><th>用途</th></tr>\n<tr><td>CAMERA</td><td>\n扫码</td></tr>\n</table>\n<!-- 我们会收集\nIMEI -->\n<div>我们会收集IMEI。</div>\n"
	markdown := "# 政策\n\n前言\n第二行\n\n- 项目\n- 我们会收集**IMEI**。\n\n|权限名称|用途|\n|---|---|\n|x|y|\n|CAMERA|扫码|\n\n<p>\n我们会收集您的手机号码。\n</p>\n\n最后\n我们会获取`OAID`。\n"
	for _, c := range []struct {
		file, text, quote string
		line              int
	}{
		{"a.html", html, "我们会收集您的 手机号码。", 8},
		{"a.html", html, "CAMERA", 13},
		{"a.html", html, "我们会收集IMEI。", 18},
		{"a.md", markdown, "我们会收集IMEI。", 7},
		{"a.md", markdown, "CAMERA", 12},
		{"a.md", markdown, "我们会收集您的手机号码。", 15},
		{"a.md", markdown, "最后\n我们会获取OAID。", 18},
	} {
		p := readOne(t, c.file, []byte(c.text))
		found := false
		for _, claim := range p.Claims {
			if claim.Quote == c.quote {
				found = true
				if claim.At.Line != c.line {
					t.Errorf("%s: %q at line %d, want %d", c.file, c.quote, claim.At.Line, c.line)
				}
			}
		}
		if !found {
			t.Errorf("%s: no claim %q among %v", c.file, c.quote, quotesOf(p))
		}
	}
}

func quotesOf(p audit.Policy) []string {
	var out []string
	for _, c := range p.Claims {
		out = append(out, c.Quote)
	}
	return out
}
