package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"

	"apkaudit/internal/audit"
)

// asGitHub renders Markdown with the extensions that GitHub has, HTML let through.
func asGitHub(t *testing.T, md string) string {
	t.Helper()
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(md), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// shown is the text of a page outside and inside of code, without the breakers.
func shown(t *testing.T, page string) (text, code string) {
	t.Helper()
	var b, c strings.Builder
	depth := 0
	z := nethtml.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			return b.String(), c.String()
		case nethtml.StartTagToken:
			if name, _ := z.TagName(); string(name) == "code" {
				depth++
			}
		case nethtml.EndTagToken:
			if name, _ := z.TagName(); string(name) == "code" {
				depth--
			}
		case nethtml.TextToken:
			if depth > 0 {
				c.Write(z.Text())
				c.WriteByte('\n')
				continue
			}
			b.WriteString(nethtml.UnescapeString(string(z.Raw())))
		}
	}
}

var hosted = regexp.MustCompile(`(?i)@[\w-]|#[0-9]|gh-[0-9]|[0-9a-f]{7}|:[a-z0-9_+-]+:|://|www\.|mailto:|xmpp:`)

func checkHostileMarkdown(t *testing.T, out string) string {
	t.Helper()
	if n := characters(out); n > maxComment {
		t.Errorf("%d characters", n)
	}
	page := asGitHub(t, out)
	printable(t, strings.ReplaceAll(out, "⚠️", ""), "\n")
	known := []string{"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "code", "blockquote", "span"}
	for tag := range elements(t, page) {
		if !slices.Contains(known, tag) {
			t.Errorf("a %s", tag)
		}
	}
	if a, b := strings.Count(page, "<details>"), strings.Count(page, "</details>"); a != b || a != strings.Count(page, "<summary>") {
		t.Errorf("%d details are opened, %d closed", a, b)
	}
	for _, row := range regexp.MustCompile(`(?s)<tr>.*?</tr>`).FindAllString(page, -1) {
		if n := strings.Count(row, "<td>") + strings.Count(row, "<th>"); n != 4 {
			t.Errorf("a row of %d cells: %s", n, row)
		}
	}
	text, code := shown(t, page)
	if m := hosted.FindStringIndex(text); m != nil {
		t.Errorf("a link or mention: %q", text[max(0, m[0]-30):min(len(text), m[1]+30)])
	}
	return strings.ReplaceAll(text, breaker, "") + code
}

// TestMarkdownText: what is written as text or code comes out as the same text,
// wherever it stands.
func TestMarkdownText(t *testing.T) {
	for _, s := range append(hostileTexts(), "decade", "com.example.a_b$c", "*", "12) x", "12. x", "a  b", "`", "``", "a`b", "~", "&copy;", `\*`, "中文“引号”", strings.Repeat("`", 20)) {
		want := flow(s)
		for name, frame := range map[string]string{
			"paragraph": "%s\n", "item": "- %s\n", "heading": "## %s\n", "quote": "> %s\n", "bold": "**%s**\n", "cell": "| x | y |\n| --- | --- |\n| %s | z |\n", "later": "- **x**: %s\n  > y\n",
		} {
			page := asGitHub(t, fmt.Sprintf(frame, mdText(s)))
			text, _ := shown(t, page)
			got := strings.ReplaceAll(strings.ReplaceAll(text, breaker, ""), "\n", "")
			got = strings.TrimSuffix(strings.TrimPrefix(got, map[string]string{"cell": "xy", "later": "x: "}[name]), map[string]string{"cell": "z", "later": "y"}[name])
			if name != "bold" && got != want {
				t.Errorf("%q as %s is %q: %s", s, name, got, page)
			}
			if hosted.MatchString(text) {
				t.Errorf("%q as %s is active: %q", s, name, text)
			}
		}
		text, _ := shown(t, asGitHub(t, "<details><summary>"+mdHTML(s)+"</summary>\n\nx\n\n</details>\n"))
		if got := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(text, "\n", "")), "x"), breaker, ""); got != want {
			t.Errorf("%q in a summary is %q", s, got)
		}
		if want == "" {
			continue
		}
		_, code := shown(t, asGitHub(t, "- "+mdCode(s)+" x\n"))
		if got := strings.TrimSuffix(code, "\n"); got != want {
			t.Errorf("%q as code is %q", s, got)
		}
	}
}

func TestMarkdown(t *testing.T) {
	r := rich(t)
	for _, lang := range []string{"en", "zh"} {
		out := render(t, "markdown", Options{Lang: lang}, r)
		text, code := shown(t, asGitHub(t, out))
		text = strings.ReplaceAll(text, breaker, "")
		w := words{lang}
		for _, f := range r.Findings {
			listed := f.Severity != audit.Info
			if got := strings.Contains(text, flow(f.Title.In(lang))); got != listed {
				t.Errorf("%s: %s is listed: %v", lang, f.Rule, got)
			}
			if !listed || f.Status == audit.StatusWaived {
				continue
			}
			if !strings.Contains(code, short(f.Fingerprint)) || !strings.Contains(text, flow(f.Fix.In(lang))) {
				t.Errorf("%s: %s lacks its evidence", lang, f.Rule)
			}
			for _, q := range f.Policy {
				if !strings.Contains(text, flow(q.Quote)) || !strings.Contains(code, fmt.Sprintf(":%d\n", q.At.Line)) {
					t.Errorf("%s: %s lacks a quote", lang, f.Rule)
				}
			}
			for _, s := range f.Code[:min(len(f.Code), mdSites)] {
				if !strings.Contains(code, apiFull(s.Caller)) || !strings.Contains(code, apiFull(s.Target)) {
					t.Errorf("%s: %s lacks a call site", lang, f.Rule)
				}
			}
		}
		for _, s := range r.Behavior.SDKs {
			if !strings.Contains(text, s.Name.In(lang)) {
				t.Errorf("%s: no row of %s", lang, s.ID)
			}
		}
		for _, g := range r.Gaps {
			if !strings.Contains(text, flow(g.Weakens.In(lang))) {
				t.Errorf("%s: no gap %s", lang, g.Kind)
			}
		}
		if !strings.Contains(text, w.value("outcome", r.Outcome.Verdict)) {
			t.Errorf("%s: no verdict", lang)
		}
		if strings.Contains(text, "---") {
			t.Errorf("%s: a table was not read as one: %s", lang, text)
		}
	}
}

// TestMarkdownLimit: a comment never is longer than a host takes, says what was
// cut, and cuts evidence before findings and the least severe first.
func TestMarkdownLimit(t *testing.T) {
	big := crowded(t)
	base := slices.Clone(big.Findings)
	for i := range 2000 {
		f := base[i%len(base)]
		f.Severity = audit.Severities()[min(i%40, 3)]
		f.Title = audit.Text{ZH: fmt.Sprintf("问题 %d 之", i), EN: fmt.Sprintf("finding number %d.", i)}
		big.Findings = append(big.Findings, f)
	}
	big.Decide()
	for _, lang := range []string{"en", "zh"} {
		out := render(t, "markdown", Options{Lang: lang}, big)
		checkHostileMarkdown(t, out)
		if n := characters(out); n < maxComment-4*commentNote {
			t.Errorf("%s: only %d characters are used", lang, n)
		}
		if !strings.Contains(out, "65,536") {
			t.Errorf("%s: cut without a word", lang)
		}
		if strings.Contains(out, "<details>") {
			t.Errorf("%s: evidence is left although findings were cut", lang)
		}
		last := out[strings.LastIndex(out, "\n>"):]
		listed := 0
		for _, f := range big.Findings {
			if f.Severity == audit.Critical && !strings.Contains(out, mdText(f.Title.In(lang))) {
				t.Errorf("%s: %q was cut", lang, f.Title.EN)
			}
			if actionable(&f) {
				listed++
			}
		}
		rows := strings.Count(out, "\n| ") - strings.Count(out, "\n| ---") - strings.Count(out, "\n| "+words{lang}.say("md.severity"))
		if !strings.Contains(last, words{lang}.say("md.cut.sdk", "n", grouped(int64(len(big.Behavior.SDKs))))) {
			t.Errorf("%s: SDKs are left although findings were cut: %s", lang, last)
		}
		if !strings.Contains(last, words{lang}.say("md.cut.finding", "n", grouped(int64(listed-rows)))) {
			t.Errorf("%s: %d of %d findings are listed, the note says %s", lang, rows, listed, last)
		}
	}
	// as many apps as nobody reads: still one comment
	var many []*audit.Report
	for range 200 {
		many = append(many, rich(t))
	}
	out := render(t, "markdown", Options{}, many...)
	if n := characters(out); n > maxComment || !strings.Contains(out, "reports: ") && !strings.Contains(out, "findings: ") {
		t.Errorf("%d characters", n)
	}
	if small := render(t, "markdown", Options{}, rich(t)); strings.Contains(small, "65,536") {
		t.Error("a short one is said to be cut")
	}
}
