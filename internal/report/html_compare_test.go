package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"apkaudit/internal/audit"
)

// compared is a report with parties × data pairs, one in three of which is missing,
// every verdict among them, and a finding about each party's data together.
func compared(parties, data int) *audit.Report {
	r := audit.NewReport()
	r.App = audit.App{File: "a.apk", Package: "com.a"}
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Languages: []string{"zh"}, Chars: 12, Text: "我们收集您的设备信息。\n"}}
	at := audit.At{Line: 1, Start: 0, End: 11}
	verdicts := []string{audit.VerdictDisclosed, audit.VerdictVague, audit.VerdictUndisclosed, audit.VerdictMisattributed, audit.VerdictDenied, audit.VerdictOtherPlatform, ""}
	for j := range data {
		d := fmt.Sprintf("data_%03d", j)
		r.Names.Data[d] = audit.Text{ZH: fmt.Sprintf("信息%d", j), EN: fmt.Sprintf("Data %d", j)}
		r.Names.Sensitivity[d] = []string{"normal", "sensitive", "personal"}[j%3]
	}
	answers := []string{audit.Yes, audit.No, audit.Unknown}
	for i := range parties {
		party := fmt.Sprintf("sdk:kit-%03d", i)
		if i == 0 {
			party = audit.PartyApp
		}
		r.Names.Party[party] = audit.Text{ZH: fmt.Sprintf("开发包%d", i), EN: fmt.Sprintf("Kit %d", i)}
		f := audit.Finding{Rule: "undisclosed_sdk", Severity: audit.Severities()[i%5], Confidence: "high", Verdict: audit.VerdictUndisclosed, Party: party, Basis: audit.BasisLaw, Status: audit.StatusNew,
			Title: audit.Text{ZH: fmt.Sprintf("标题%d", i), EN: fmt.Sprintf("Title %d", i)}, Fix: audit.Text{ZH: "整改", EN: "fix"}, Clauses: []string{"C-1"},
			Grading: []audit.Grade{{Of: audit.GradeSeverity, Rule: "level", To: audit.High, Why: audit.Text{ZH: "检查项的级别", EN: "the level of the check"}}}}
		for j := range data {
			if (i+j)%3 == 2 {
				continue
			}
			n := i*data + j
			p := audit.Pair{Party: party, Data: fmt.Sprintf("data_%03d", j), Verdict: verdicts[n%len(verdicts)], Sites: n + 1, Reached: answers[n%3], BeforeConsent: answers[(n+1)%3]}
			if p.Verdict == audit.VerdictDisclosed {
				p.Policy = []audit.Quote{{Quote: "我们收集您的设备信息。", At: at}}
			}
			r.Pairs = append(r.Pairs, p)
			f.Items = append(f.Items, audit.Item{Data: p.Data, Verdict: p.Verdict, Sites: p.Sites, Reached: p.Reached, BeforeConsent: p.BeforeConsent})
		}
		r.Findings = append(r.Findings, f)
	}
	r.Names.Clause["C-1"] = audit.ClauseName{ZH: "某法第一条：某事", EN: "Some law, art. 1: something", Verified: true}
	audit.SetFingerprints(r.App.Package, r.Findings)
	r.Normalize()
	r.Decide()
	return r
}

// find returns the elements below n that match.
func find(n *html.Node, match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for m := range n.Descendants() {
		if m.Type == html.ElementNode && match(m) {
			out = append(out, m)
		}
	}
	return out
}

func element(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func hasClass(class string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), class) }
}

// TestHTMLMatrix: every pair has one cell with its sign, its number of sites and a
// link to the row that has the evidence; what is no pair has an empty cell.
func TestHTMLMatrix(t *testing.T) {
	r := compared(17, 23)
	p := parsePage(t, render(t, "html", Options{Lang: "zh"}, r))
	signs := map[string]string{}
	for _, v := range verdicts() {
		if signs[v.sign] != "" {
			t.Errorf("%s and %s have the sign %s", v.verdict, signs[v.sign], v.sign)
		}
		signs[v.sign] = v.verdict
	}
	matrix := find(p.ids["matrix"], hasClass("matrix"))[0]
	columns := find(find(matrix, element("thead"))[0], element("th"))
	if len(columns) != 17 {
		t.Fatalf("%d columns", len(columns))
	}
	pairs := map[string]*audit.Pair{}
	for i := range r.Pairs {
		x := &r.Pairs[i]
		pairs[r.Names.Party[x.Party].ZH+" "+r.Names.Data[x.Data].ZH] = x
	}
	seen := 0
	for _, row := range find(matrix, element("tr")) {
		head := find(row, element("th"))
		if len(head) != 1 || attr(head[0], "scope") != "row" {
			continue
		}
		for i, cell := range find(row, element("td")) {
			key := textIn(columns[i], "en") + " " + textIn(head[0], "en")
			x := pairs[key]
			links := find(cell, element("a"))
			if (x != nil) != (len(links) == 1) {
				t.Fatalf("%s: the cell has %d links", key, len(links))
			}
			if x == nil {
				continue
			}
			seen++
			sign := verdicts()[verdictRank(x.Verdict)].sign
			if x.Reached == audit.No {
				sign = "(" + sign + ")"
			}
			if got := textIn(cell, ""); got != sign+strconv.Itoa(x.Sites) {
				t.Errorf("%s: the cell says %q, not %s and %d", key, got, sign, x.Sites)
			}
			if got := hasClass("before")(cell); got != (x.BeforeConsent == audit.Yes) {
				t.Errorf("%s: marked as before consent: %v", key, got)
			}
			target := p.ids[strings.TrimPrefix(attr(links[0], "href"), "#")]
			if says := textIn(target, "en"); !strings.Contains(says, r.Names.Party[x.Party].ZH) || !strings.Contains(says, strconv.Itoa(x.Sites)) || x.Verdict != "" && !strings.Contains(says, words{"zh"}.value("verdict", x.Verdict)) {
				t.Errorf("%s: the link leads to %q", key, says)
			}
			if quotes := find(target, hasClass("quote")); len(quotes) != len(x.Policy) {
				t.Errorf("%s: %d quotes", key, len(quotes))
			}
		}
	}
	if seen != len(r.Pairs) {
		t.Errorf("%d of %d pairs are in the matrix", seen, len(r.Pairs))
	}
}

// TestHTMLCompareLimits: what is too large for a matrix stands in the list, what is too
// large for the page is said, and a page of the largest size is made in reasonable time.
func TestHTMLCompareLimits(t *testing.T) {
	r := compared(matrixParties+5, matrixData+7)
	start := time.Now()
	page := render(t, "html", Options{Lang: "en"}, r)
	t.Logf("%d pairs: %.1f MB in %v", len(r.Pairs), float64(len(page))/1e6, time.Since(start))
	if len(page) > 24<<20 || time.Since(start) > time.Minute {
		t.Errorf("%d bytes in %v", len(page), time.Since(start))
	}
	p := parsePage(t, page)
	if rows := find(p.ids["bydata"], func(n *html.Node) bool { return n.Data == "tr" && strings.HasPrefix(attr(n, "id"), "p") }); len(rows) != maxHTMLPairs {
		t.Errorf("%d rows by data", len(rows))
	}
	if left := len(r.Pairs) - maxHTMLPairs; left <= 0 || !strings.Contains(textIn(p.ids["bydata"], "zh"), grouped(int64(left))+" more are not listed") {
		t.Errorf("the list does not say that %d pairs are missing", left)
	}
	for _, c := range []struct {
		parties, data int
		says          string
	}{{matrixParties + 5, 20, "5 more parties and 0 more data types"}, {10, matrixData + 7, "0 more parties and 7 more data types"}} {
		p := parsePage(t, render(t, "html", Options{Lang: "en"}, compared(c.parties, c.data)))
		matrix := find(p.ids["matrix"], hasClass("matrix"))[0]
		count := func(scope string) int {
			return len(find(matrix, func(n *html.Node) bool { return attr(n, "scope") == scope }))
		}
		if count("col") != min(c.parties, matrixParties) || count("row") != min(c.data, matrixData) || !strings.Contains(textIn(p.ids["matrix"], "zh"), c.says) {
			t.Errorf("%d × %d: %d columns, %d rows, or it does not say: %s", c.parties, c.data, count("col"), count("row"), c.says)
		}
		if wide := hasClass("wide")(p.ids["matrix"]); wide != (c.parties > paperParties) {
			t.Errorf("%d parties on paper as a list alone: %v", c.parties, wide)
		}
	}
}

// TestHTMLFindings: every finding stands once, under its party or among those that are
// accepted, with what it is about, the regulator's words and how it was graded.
func TestHTMLFindings(t *testing.T) {
	r := rich(t)
	p := parsePage(t, render(t, "html", Options{Lang: "zh"}, r))
	for i, f := range bySeverity(r.Findings) {
		n := p.ids[fmt.Sprintf("f%d", i+1)]
		if n == nil {
			t.Fatalf("finding %d is not on the page", i+1)
		}
		text := textIn(n, "en")
		for _, want := range []string{f.Title.ZH, f.Notice.ZH, f.Fix.ZH, f.Grading[0].Why.ZH, words{"zh"}.value("basis", f.Basis), short(f.Fingerprint), words{"zh"}.named(r.Names.Data, f.Items[0].Data)} {
			if !strings.Contains(text, flow(want)) {
				t.Errorf("finding %d lacks %q", i+1, want)
			}
		}
		section := "findings"
		if f.Status != audit.StatusNew {
			section = "accepted"
		}
		inside, party := false, ""
		for m := n.Parent; m != nil; m = m.Parent {
			inside = inside || attr(m, "id") == section
			if hasClass("group")(m) {
				party = textIn(find(m, hasClass("who"))[0], "en")
			}
		}
		if !inside || section == "findings" && f.Party != "" && !strings.Contains(party, f.Party) {
			t.Errorf("finding %d stands under %q, in %s: %v", i+1, party, section, inside)
		}
		if f.Waiver != nil && (!strings.Contains(text, f.Waiver.Reason) || !strings.Contains(text, f.Waiver.Until) || !strings.Contains(text, f.Waiver.By)) {
			t.Errorf("finding %d does not say why it is waived: %q", i+1, text)
		}
	}
}

// TestHTMLLinksBothWays: the place that a finding quotes links back to the finding, a
// pair links to the finding about it, and an item of a finding to its pair.
func TestHTMLLinksBothWays(t *testing.T) {
	p := parsePage(t, render(t, "html", Options{Lang: "en"}, rich(t)))
	quoted := 0
	for id, n := range p.ids {
		if !hasClass("finding")(n) {
			continue
		}
		for _, a := range find(n, hasClass("place")) {
			at, ok := strings.CutPrefix(attr(a, "href"), "#c")
			if !ok {
				continue
			}
			quoted++
			if !slices.ContainsFunc(find(p.ids["n"+at], element("a")), func(m *html.Node) bool { return attr(m, "href") == "#"+id }) {
				t.Errorf("note %s does not link to %s, which quotes it", at, id)
			}
		}
	}
	if quoted == 0 {
		t.Error("no finding links to the text")
	}
	c := parsePage(t, render(t, "html", Options{Lang: "en"}, compared(4, 5)))
	for id, n := range c.ids {
		if !hasClass("finding")(n) {
			continue
		}
		items := find(find(n, hasClass("items"))[0], element("a"))
		if len(items) == 0 {
			t.Errorf("%s has no items", id)
		}
		for _, a := range items {
			row := c.ids[strings.TrimPrefix(attr(a, "href"), "#")]
			if !slices.ContainsFunc(find(row, hasClass("flag")), func(m *html.Node) bool { return attr(m, "href") == "#"+id }) {
				t.Errorf("the pair %s does not link to %s", attr(a, "href"), id)
			}
		}
	}
}

// TestHTMLPolicyOfBrowser: the page forbids everything but its own style and script.
func TestHTMLPolicyOfBrowser(t *testing.T) {
	p := parsePage(t, render(t, "html", Options{}, rich(t)))
	got := ""
	for _, n := range p.all {
		if n.Data == "meta" && attr(n, "http-equiv") == "Content-Security-Policy" {
			got = attr(n, "content")
		}
	}
	want := "default-src 'none'; style-src " + hashSource(htmlStyle) + "; script-src " + hashSource(htmlScript) + "; img-src data:; base-uri 'none'; form-action 'none'"
	if got != want {
		t.Errorf("the policy is %q", got)
	}
	if m := regexp.MustCompile(`(?i)url\(|@import|https?:`).FindString(htmlStyle + htmlScript); m != "" {
		t.Errorf("style or script holds %q", m)
	}
}

// luminance is that of WCAG 2, of a colour #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("no colour: %q", hex)
	}
	part := func(v uint64) float64 {
		c := float64(v&255) / 255
		if c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

// TestHTMLContrast: letters on what they stand on reach the 4.5:1 of WCAG 2 AA, in the
// light and in the dark style.
func TestHTMLContrast(t *testing.T) {
	light, rest, _ := strings.Cut(htmlStyle, "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* { box-sizing")
	colour := regexp.MustCompile(`--([a-z_-]+): (#[0-9a-f]{6})`)
	vars := map[string]string{}
	for name, block := range map[string]string{"light": light, "dark": dark} {
		for _, m := range colour.FindAllStringSubmatch(block, -1) {
			vars[name+" "+m[1]] = m[2]
		}
	}
	check := func(fg, bg string) {
		for _, style := range []string{"light", "dark"} {
			a, b := luminance(t, vars[style+" "+fg]), luminance(t, vars[style+" "+bg])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", style, fg, bg, ratio)
			}
		}
	}
	for _, v := range verdicts() {
		check("v-"+v.verdict, "v-"+v.verdict+"-bg")
	}
	for _, fg := range append([]string{"ink", "soft", "link", "collects", "umbrella", "denies", "permission", "entry", "defect"}, audit.Severities()...) {
		check(fg, "paper")
		check(fg, "panel")
	}
	for _, k := range []string{"collects", "umbrella", "denies", "permission", "entry", "defect", "quoted"} {
		check("ink", k+"-bg")
		check(k, k+"-bg")
	}
}

// TestHTMLSeveral: reports that share a page share no anchor, and each has its sheet.
func TestHTMLSeveral(t *testing.T) {
	p := parsePage(t, render(t, "html", Options{Lang: "zh"}, rich(t), compared(3, 4), policyOnly(t)))
	for _, id := range []string{"r1-matrix", "r2-matrix", "r1-sheet", "r2-sheet", "r3-sheet", "r1-f1", "r2-f1", "r3-f1"} {
		if p.ids[id] == nil {
			t.Errorf("no %s", id)
		}
	}
	if p.ids["r3-matrix"] != nil || p.ids["r3-bydata"] != nil {
		t.Error("a policy alone has a matrix")
	}
}
