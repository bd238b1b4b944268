package report

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"apkaudit/internal/audit"
)

// parsed is a page with what the tests look up in it.
type parsed struct {
	root  *html.Node
	ids   map[string]*html.Node
	marks map[string]string // data-c of highlights -> their text, all pieces
	all   []*html.Node
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textIn is the text of a node in one language of the page.
func textIn(n *html.Node, without string) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Type == html.ElementNode && without != "" && attr(n, "class") == without {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textIn(c, without))
	}
	return b.String()
}

// parsePage reads a page and checks what holds for every page: ids are unique,
// links inside it lead somewhere, it loads nothing and runs one script, ours.
func parsePage(t testing.TB, page string) parsed {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{root: root, ids: map[string]*html.Node{}, marks: map[string]string{}}
	scripts := 0
	var links []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		p.all = append(p.all, n)
		if id := attr(n, "id"); id != "" {
			if p.ids[id] != nil {
				t.Errorf("the id %q stands twice", id)
			}
			p.ids[id] = n
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "srcset" || a.Key == "action" {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if a.Key == "href" {
				links = append(links, a.Val)
				if external := strings.HasPrefix(a.Val, "http"); external && (n.Data != "a" || attr(n, "rel") != "noreferrer noopener nofollow") {
					t.Errorf("<%s> to %q with rel %q", n.Data, a.Val, attr(n, "rel"))
				}
			}
		}
		switch n.Data {
		case "mark":
			p.marks[attr(n, "data-c")] += textIn(n, "")
		case "script":
			if scripts++; textIn(n, "") != htmlScript {
				t.Error("a script that is not ours")
			}
		case "style":
			if textIn(n, "") != htmlStyle {
				t.Error("a style that is not ours")
			}
		case "img", "iframe", "object", "embed", "form", "base", "svg", "math", "audio", "video":
			t.Errorf("<%s> in the page", n.Data)
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
	for _, l := range links {
		if id, inside := strings.CutPrefix(l, "#"); inside {
			if p.ids[id] == nil {
				t.Errorf("the link %q leads nowhere", l)
			}
		} else if !strings.HasPrefix(l, "http://") && !strings.HasPrefix(l, "https://") && l != "data:," {
			t.Errorf("a link to %q", l)
		}
	}
	return p
}

// asShown is what the page makes of a quote, without line breaks.
func asShown(quote string) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.ReplaceAll(quote, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		var w lineWriter
		w.text([]rune(l))
		for _, op := range w.ops {
			b.WriteString(op.Text)
		}
	}
	return b.String()
}

// checkClaims holds the text of a page against the report: every claim, SDK
// entry and defect has a number, its highlight is the quote, its note names the
// party and the data in both languages.
func checkClaims(t *testing.T, r *audit.Report, p parsed) {
	t.Helper()
	type spot struct{ source, start, end int }
	var spots []spot
	add := func(at audit.At) {
		if s := (spot{at.Source, at.Start, at.End}); !slices.Contains(spots, s) {
			spots = append(spots, s)
		}
	}
	for _, c := range r.Policy.Claims {
		add(c.At)
	}
	for _, e := range r.Policy.SDKs {
		add(e.At)
	}
	for _, d := range r.Policy.Defects {
		add(d.At)
	}
	for _, f := range r.Findings {
		for _, q := range f.Policy {
			add(q.At)
		}
	}
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	number := func(at audit.At) int { return slices.Index(spots, spot{at.Source, at.Start, at.End}) + 1 }
	for _, c := range r.Policy.Claims {
		n := number(c.At)
		if got, want := p.marks[fmt.Sprint(n)], asShown(c.Quote); got != want {
			t.Errorf("line %d: the highlight %d is %q, the quote %q", c.At.Line, n, got, want)
		}
		note, mark := p.ids[fmt.Sprintf("n%d", n)], p.ids[fmt.Sprintf("c%d", n)]
		if note == nil || mark == nil {
			t.Errorf("claim %d has no note or no highlight", n)
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			other := map[string]string{"zh": "en", "en": "zh"}[lang]
			text := textIn(note, other)
			w := words{lang}
			for _, d := range c.Data {
				if name := w.named(r.Names.Data, d); !strings.Contains(text, name) {
					t.Errorf("note %d (%s) lacks %q: %q", n, lang, name, text)
				}
			}
			if name := clip(w.named(r.Names.Party, c.Party), 60); !strings.Contains(text, name) {
				t.Errorf("note %d (%s) lacks the party %q: %q", n, lang, name, text)
			}
			if rule := w.value("rule", c.Rule); !strings.Contains(text, rule) {
				t.Errorf("note %d (%s) lacks the rule %q: %q", n, lang, rule, text)
			}
		}
	}
	for _, e := range r.Policy.SDKs {
		if mark := p.ids[fmt.Sprintf("c%d", number(e.At))]; mark == nil {
			t.Errorf("the entry %s has no place in the text", e.NameAsWritten)
		}
	}
}

func TestHTMLClaims(t *testing.T) {
	for name, r := range map[string]*audit.Report{"rich": rich(t), "policy": policyOnly(t)} {
		t.Run(name, func(t *testing.T) {
			checkClaims(t, r, parsePage(t, render(t, "html", Options{Lang: "zh"}, r)))
		})
	}
}

// tangled is a policy whose claims overlap in every way.
func tangled(seed uint64, size, claims int) *audit.Report {
	rnd := rand.New(rand.NewPCG(seed, 1))
	alphabet := []rune("收集您的ab \n\n，\t\u202e")
	text := make([]rune, size)
	for i := range text {
		text[i] = alphabet[rnd.IntN(len(alphabet))]
	}
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Languages: []string{"zh"}, Chars: size, Text: string(text)}}
	for i := range claims {
		start := rnd.IntN(size)
		end := min(size, start+1+rnd.IntN(size/4))
		for start < size && unicode.IsSpace(text[start]) { // as statements do, it begins and ends with a letter
			start++
		}
		for end > start && unicode.IsSpace(text[end-1]) {
			end--
		}
		if start >= end {
			continue
		}
		c := audit.Claim{Party: fmt.Sprintf("sdk:%d", i), Data: []string{"imei"}, Polarity: audit.Collects, Platform: audit.PlatformAny, Specificity: audit.Exact, Lang: "zh", Rule: "statement",
			Quote: string(text[start:end]), At: audit.At{Line: 1, Start: start, End: end}}
		if end-start > 3 {
			c.Mentions = []audit.Mention{{Data: "imei", Text: string(text[start+1 : end-1]), Start: start + 1, End: end - 1}}
		}
		r.Policy.Claims = append(r.Policy.Claims, c)
	}
	r.Normalize()
	r.Decide()
	return r
}

// TestHTMLOverlaps: highlights that overlap, nest and run over lines still hold
// exactly the words of their claims, and the text is complete.
func TestHTMLOverlaps(t *testing.T) {
	for seed := range uint64(60) {
		r := tangled(seed, 200, 5)
		p := parsePage(t, render(t, "html", Options{}, r))
		checkClaims(t, r, p)
		var got strings.Builder
		for _, n := range p.all {
			if n.Data == "p" && strings.HasPrefix(attr(n, "class"), "l") && !strings.HasPrefix(attr(n, "class"), "left") {
				got.WriteString(textIn(n, ""))
			}
		}
		if want := asShown(r.Policy.Sources[0].Text); got.String() != want {
			t.Errorf("seed %d: the page's text differs\n got %q\nwant %q", seed, got.String(), want)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestHTMLIsSafe puts hostile text into every string of a report: nothing of it
// becomes an element, an attribute, a script or an invisible character.
func TestHTMLIsSafe(t *testing.T) {
	for i, s := range []string{nasty, `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`, `javascript:alert(1)`, `</style></script><svg onload=x>`, "`${x}`{{.}}<!--", strings.Repeat("<b>\u202e", 3000), "\xff\xfe", ""} {
		for name, r := range poisoned(t, s, i == 0) {
			page := render(t, "html", Options{Lang: "zh"}, r, r)
			if !utf8.ValidString(page) {
				t.Errorf("%s: the page is no UTF-8", name)
			}
			for at, c := range page {
				if c != '\n' && c != '\t' && (!unicode.IsGraphic(c) || c == '\u2028') {
					t.Fatalf("%s: %U at byte %d: %q", name, c, at, page[max(0, at-60):min(len(page), at+20)])
				}
			}
			parsePage(t, page)
		}
	}
}

func TestSafeLink(t *testing.T) {
	for link, want := range map[string]bool{
		"https://www.umeng.com/policy": true, "http://例子.cn/隐私": true, "https://a.cn/p?x=1&y=2#z": true,
		"javascript:alert(1)": false, "JavaScript://a.cn/%0aalert(1)": false, "data:text/html,x": false, "file:///etc/passwd": false, "//a.cn/x": false, "www.a.cn": false,
		"https://user:pw@a.cn/": false, "https://a.cn/\u202e": false, "https://a.cn/ x": false, "https://\x01": false, "": false, "https://a.cn/" + strings.Repeat("x", htmlLink): false,
	} {
		if got := safeLink(link) != ""; got != want {
			t.Errorf("%q: %v", clip(link, 60), got)
		}
	}
}

// TestHTMLLimits: a policy of 16 MiB with 50,000 claims makes a page that can
// be opened, and the page says what it lacks.
func TestHTMLLimits(t *testing.T) {
	line := "我们会收集您的设备型号和手机号码，用于统计。\n"
	size := (16 << 20) / len(line)
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Languages: []string{"zh"}, Text: strings.Repeat(line, size)}}
	r.Policy.Sources[0].Chars = utf8.RuneCountInString(r.Policy.Sources[0].Text)
	n := utf8.RuneCountInString(line)
	for i := range 50_000 {
		at := audit.At{Line: i + 1, Start: i * n, End: i*n + n - 1}
		r.Policy.Claims = append(r.Policy.Claims, audit.Claim{Party: fmt.Sprintf("sdk:%d", i), Data: []string{"device_model", "phone_number"}, Permissions: []string{fmt.Sprint("p", i%9000)}, Polarity: audit.Collects, Platform: audit.PlatformAny,
			Specificity: audit.Exact, Lang: "zh", Rule: "statement", Quote: strings.TrimSpace(line), At: at, Mentions: []audit.Mention{{Data: "device_model", Text: "设备型号", Start: at.Start + 7, End: at.Start + 11}}})
		r.Policy.SDKs = append(r.Policy.SDKs, audit.PolicySDK{ID: fmt.Sprint(i), NameAsWritten: "x", Lang: "zh", At: at})
		r.Policy.Defects = append(r.Policy.Defects, audit.Defect{Kind: "placeholder", Quote: "x", At: at})
	}
	r.Normalize()
	r.Decide()
	start := time.Now()
	page := render(t, "html", Options{Lang: "en"}, r)
	took := time.Since(start)
	t.Logf("%.1f MB in %v", float64(len(page))/1e6, took)
	if len(page) > 24<<20 || took > 60*time.Second {
		t.Errorf("%d bytes in %v", len(page), took)
	}
	p := parsePage(t, page)
	text := textIn(p.root, "zh")
	for _, want := range []string{"characters of the text are not shown", "places are neither highlighted nor explained", "more are not listed here"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say that %s", want)
		}
	}
}

// TestHTMLManyDeep: claims inside one another stay one pass and a flat page.
func TestHTMLManyDeep(t *testing.T) {
	r := audit.NewReport()
	text := strings.Repeat("字", 6000)
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Chars: 6000, Text: text}}
	for i := range 3000 {
		r.Policy.Claims = append(r.Policy.Claims, audit.Claim{Party: audit.PartyApp, Data: []string{"imei"}, Polarity: audit.Collects, Quote: text[3*i : 3*(6000-i)], At: audit.At{Line: 1, Start: i, End: 6000 - i}})
	}
	r.Normalize()
	page := render(t, "html", Options{}, r)
	p := parsePage(t, page)
	depth := 0
	for _, n := range p.all {
		d := 0
		for m := n; m != nil; m = m.Parent {
			if m.Data == "mark" {
				d++
			}
		}
		depth = max(depth, d)
	}
	if depth > htmlNest || !strings.Contains(page, "lie inside too many others") {
		t.Errorf("highlights nest %d deep", depth)
	}
}

// TestHTMLLanguages: --lang chooses the language shown first; both are there.
func TestHTMLLanguages(t *testing.T) {
	for lang, id := range map[string]string{"zh": "lang-zh", "en": "lang-en", "": "lang-en"} {
		p := parsePage(t, render(t, "html", Options{Lang: lang}, rich(t)))
		for _, x := range []string{"lang-zh", "lang-en"} {
			checked := slices.ContainsFunc(p.ids[x].Attr, func(a html.Attribute) bool { return a.Key == "checked" })
			if checked != (x == id) {
				t.Errorf("--lang %q: %s checked: %v", lang, x, checked)
			}
		}
		for _, n := range p.all {
			if attr(n, "class") == "zh" && (n.NextSibling == nil || attr(n.NextSibling, "class") != "en") {
				t.Errorf("a Chinese text without the English one: %q", textIn(n, ""))
			}
		}
	}
}
