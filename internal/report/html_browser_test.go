package report

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"apkaudit/internal/apktest/browse"
	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// readPolicies makes one report of each file that matches a pattern.
func readPolicies(t *testing.T, patterns ...string) map[string]*audit.Report {
	t.Helper()
	s := scanner(t)
	out := map[string]*audit.Report{}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			docs, err := policy.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Policies(context.Background(), docs)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(file)] = r
		}
	}
	return out
}

func scanner(t *testing.T) *scan.Scanner {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), "0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seedPolicies lie beside the checkout, or nowhere.
const seedPolicies = "../../../shared/seeds/*.txt"

// TestHTMLOfPolicies: on real text every claim is highlighted word for word and
// explained.
func TestHTMLOfPolicies(t *testing.T) {
	all := readPolicies(t, "../../testdata/policy/*.txt", "../../testdata/policy/*.md", "../../testdata/policy/*.html", seedPolicies)
	if len(all) < 10 {
		t.Fatalf("only %d policies were read", len(all))
	}
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			checkClaims(t, r, parsePage(t, render(t, "html", Options{Lang: "zh"}, r)))
		})
	}
}

// TestHTMLInBrowser opens pages as a reader does, from a file, with scripts
// forbidden and the network cut: they ask for nothing, switch their language,
// fit a phone, and a link leads to its note.
func TestHTMLInBrowser(t *testing.T) {
	ctx := browse.Start(t)
	app, err := scanner(t).App(context.Background(), "../../testdata/apk/pocketnotes.apk", nil)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]*audit.Report{"app": app, "rich": rich(t), "hostile": hostileCompared(), "tangled": tangled(7, 3000, 60), "crowded": compared(30, 24)}
	for name, r := range readPolicies(t, "../../testdata/policy/bilingual.zh-en.txt") {
		pages[name] = r
	}
	var asked []string
	chromedp.ListenTarget(ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(e.Request.URL, "data:") {
			asked = append(asked, e.Request.URL)
		}
	})
	for name, r := range pages {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(file, []byte(render(t, "html", Options{Lang: "zh"}, r)), 0o644); err != nil {
				t.Fatal(err)
			}
			asked = nil
			open(t, ctx, file)
			if len(asked) != 1 || asked[0] != "file://"+filepath.ToSlash(file) {
				t.Errorf("the page asked for %q", asked)
			}
		})
	}
}

// TestHTMLScript: where scripts may run, ours does: it tells the browser which
// language is shown, and unfolds what a link leads to.
func TestHTMLScript(t *testing.T) {
	ctx := browse.Start(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(render(t, "html", Options{Lang: "zh"}, rich(t))), 0o644); err != nil {
		t.Fatal(err)
	}
	var first, second string
	var folded, unfolded bool
	err := chromedp.Run(ctx, chromedp.Navigate("file://"+file),
		chromedp.Evaluate(`document.documentElement.lang`, &first),
		chromedp.Click(`label[for="lang-en"]`, chromedp.ByQuery), chromedp.Evaluate(`document.documentElement.lang`, &second),
		chromedp.Evaluate(`(function () { var d = document.querySelector("#checks details"); d.querySelector("td").id = "inside"; return d.open; })()`, &folded),
		chromedp.Evaluate(`new Promise(function (done) { location.hash = "inside"; setTimeout(function () { done(document.querySelector("#checks details").open); }, 300); })`, &unfolded, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
			return p.WithAwaitPromise(true)
		}))
	if err != nil {
		t.Fatal(err)
	}
	if first != "zh-Hans" || second != "en" {
		t.Errorf("the language is %q, then %q", first, second)
	}
	if folded || !unfolded {
		t.Errorf("unfolded before: %v, by the link: %v", folded, unfolded)
	}
}

// seen are the facts that the browser reports of an open page.
type seen struct {
	Width, Room   int    // of the document and of the window
	Zh, En        int    // texts of a language that are displayed
	Wide          string // an element that sticks out
	Target        bool   // the note that was linked to is in view
	Notes, Beside int    // notes, and those beside their text and not below
}

const look = `(function () {
  var shown = function (q) { return Array.from(document.querySelectorAll(q)).filter(function (e) { return e.getClientRects().length; }).length; };
  var room = document.documentElement.clientWidth, wide = "";
  document.querySelectorAll("main *").forEach(function (e) { var b = e.getBoundingClientRect(); if (b.width && b.right > room + 1 && !wide && !e.closest(".scroll, .l")) wide = e.outerHTML.slice(0, 200); });
  var notes = Array.from(document.querySelectorAll(".noted"));
  var target = document.querySelector(":target"), at = target ? target.getBoundingClientRect() : {top: -1};
  return {Width: document.documentElement.scrollWidth, Room: room, Zh: shown(".zh"), En: shown(".en"), Wide: wide, Target: at.top >= 0 && at.top < innerHeight,
    Notes: notes.length, Beside: notes.filter(function (n) { return n.querySelector(".notes").getBoundingClientRect().left >= n.querySelector(".l").getBoundingClientRect().right; }).length};
})()`

func open(t *testing.T, ctx context.Context, file string) {
	var desk, phone, larger, english, linked seen
	var paper []byte
	click := func(id string) chromedp.Action { return chromedp.Click(`label[for="`+id+`"]`, chromedp.ByQuery) }
	err := chromedp.Run(ctx,
		network.Enable(), network.EmulateNetworkConditions(true, 0, 0, 0),
		emulation.SetScriptExecutionDisabled(true),
		chromedp.EmulateViewport(1360, 900), chromedp.Navigate("file://"+file), chromedp.Evaluate(look, &desk),
		click("lang-en"), chromedp.Evaluate(look, &english), click("lang-zh"),
		chromedp.EmulateViewport(360, 740), chromedp.Evaluate(look, &phone), chromedp.EmulateViewport(390, 844), chromedp.Evaluate(look, &larger),
		chromedp.EmulateViewport(1360, 900),
		chromedp.ActionFunc(func(ctx context.Context) error {
			var has bool
			if err := chromedp.Evaluate(`!!document.querySelector("a.ref")`, &has).Do(ctx); err != nil || !has {
				linked.Target = true
				return err
			}
			if err := chromedp.Click("a.ref", chromedp.ByQuery).Do(ctx); err != nil {
				return err
			}
			return chromedp.Evaluate(look, &linked).Do(ctx)
		}),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			paper, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
			return err
		}))
	if err != nil {
		t.Fatal(err)
	}
	if desk.Zh == 0 || desk.En != 0 || english.En == 0 || english.Zh != 0 {
		t.Errorf("texts shown in Chinese and English: at first %d and %d, switched %d and %d", desk.Zh, desk.En, english.Zh, english.En)
	}
	for _, s := range []seen{desk, english, phone, larger} {
		if s.Width > s.Room || s.Wide != "" {
			t.Errorf("%d of %d pixels, sticking out: %s", s.Width, s.Room, s.Wide)
		}
	}
	if desk.Beside != desk.Notes || phone.Beside != 0 {
		t.Errorf("%d of %d notes beside the text, on a phone %d", desk.Beside, desk.Notes, phone.Beside)
	}
	if !linked.Target {
		t.Error("the link to a note does not show it")
	}
	if len(paper) < 1000 || string(paper[:4]) != "%PDF" {
		t.Error("the page does not print")
	}
}

// hostileCompared is the hostile report with what was compared.
func hostileCompared() *audit.Report {
	r := hostile()
	long := strings.Repeat("very-long", 3000)
	r.Names.Sensitivity[nasty] = nasty
	r.Names.Data[long] = audit.Text{ZH: nasty, EN: long}
	for i := range 30 {
		r.Pairs = append(r.Pairs, audit.Pair{Party: "sdk:" + strings.Repeat(nasty, i), Data: nasty, Verdict: audit.VerdictDenied, Sites: 1 << 40, Reached: audit.No, BeforeConsent: audit.Yes, Policy: []audit.Quote{{Quote: long, At: audit.At{Source: 9}}}},
			audit.Pair{Party: long, Data: long + nasty, Verdict: nasty, Sites: -1, Reached: nasty})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Notice, f.Basis = audit.Text{ZH: nasty, EN: long}, nasty
		f.Items = []audit.Item{{Data: nasty, Verdict: nasty, Sites: -1, Reached: nasty}, {Data: long}}
		f.Grading = []audit.Grade{{Of: nasty, Rule: long, To: nasty, Why: audit.Text{ZH: long, EN: nasty}}}
	}
	r.Behavior.SDKs[0].Evidence = []audit.SDKEvidence{{Kind: nasty, Value: long, Count: -1}, {Kind: audit.EvidenceClass, Value: nasty, Count: 1 << 40}}
	r.Normalize()
	r.Decide()
	return r
}

// viewed are the facts of a view: which parts of the page the browser displays.
type viewed struct {
	Sheet, Findings, Matrix, List, Folded int
	Overflow                              bool
}

const lookShown = `(function () {
  var shown = function (q) { return Array.from(document.querySelectorAll(q)).filter(function (e) { return e.getClientRects().length && e.checkVisibility({contentVisibilityAuto: true}); }).length; };
  return {Sheet: shown("#sheet tbody tr"), Findings: shown("#findings summary"), Matrix: shown("#matrix .matrix"), List: shown("#matrix .lists td"), Folded: shown(".group:not([open]) .finding dl"),
    Overflow: document.documentElement.scrollWidth > document.documentElement.clientWidth};
})()`

// TestHTMLViews: without scripts and network, the sheet can be shown and printed
// alone, on A4 landscape; paper shows what is folded up, and a matrix that does not
// fit it as a list.
func TestHTMLViews(t *testing.T) {
	ctx := browse.Start(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(render(t, "html", Options{Lang: "en"}, compared(30, 12))), 0o644); err != nil {
		t.Fatal(err)
	}
	var screen, paper, sheet, sheetPaper viewed
	var all, alone []byte
	pdf := func(out *[]byte) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) (err error) {
			*out, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
			return err
		})
	}
	err := chromedp.Run(ctx, network.Enable(), network.EmulateNetworkConditions(true, 0, 0, 0), emulation.SetScriptExecutionDisabled(true),
		chromedp.EmulateViewport(1360, 900), chromedp.Navigate("file://"+file), chromedp.Evaluate(lookShown, &screen), pdf(&all),
		emulation.SetEmulatedMedia().WithMedia("print"), chromedp.Evaluate(lookShown, &paper), emulation.SetEmulatedMedia().WithMedia(""),
		chromedp.Click(`label[for="view-sheet"]`, chromedp.ByQuery), chromedp.Evaluate(lookShown, &sheet), pdf(&alone),
		emulation.SetEmulatedMedia().WithMedia("print"), chromedp.Evaluate(lookShown, &sheetPaper), emulation.SetEmulatedMedia().WithMedia(""))
	if err != nil {
		t.Fatal(err)
	}
	// Without any script a link into what is folded up unfolds it.
	var linked seen
	if err := chromedp.Run(ctx, chromedp.Navigate("file://"+file), chromedp.Click("#matrix tbody td a", chromedp.ByQuery), chromedp.Evaluate(look, &linked)); err != nil {
		t.Fatal(err)
	}
	if !linked.Target {
		t.Error("a cell of the matrix does not lead to its row")
	}
	rows := 24 // one finding in five is a hint
	if screen.Sheet != rows || screen.Findings == 0 || screen.Matrix != 1 || screen.List != 0 || screen.Folded != 0 {
		t.Errorf("the screen shows %+v", screen)
	}
	if paper.Sheet != rows || paper.Matrix != 0 || paper.List != 60 || paper.Folded == 0 {
		t.Errorf("paper shows %+v", paper)
	}
	for _, s := range []viewed{sheet, sheetPaper} {
		if s.Sheet != rows || s.Findings != 0 || s.Matrix != 0 || s.Overflow {
			t.Errorf("the sheet's view shows %+v", s)
		}
	}
	if wide, tall := pages(all); wide == 0 || tall == 0 {
		t.Errorf("the report prints on %d pages of A4 landscape and %d upright", wide, tall)
	}
	if wide, tall := pages(alone); wide == 0 || tall != 0 {
		t.Errorf("the sheet prints on %d pages of A4 landscape and %d upright", wide, tall)
	}
}

// pages counts the pages of a PDF of A4, landscape and upright; a page of another size
// counts as both.
func pages(pdf []byte) (wide, tall int) {
	for _, m := range regexp.MustCompile(`/MediaBox\s*\[0 0 (\d+)[.\d]* (\d+)[.\d]*\]`).FindAllSubmatch(pdf, -1) {
		switch string(m[1]) + "x" + string(m[2]) {
		case "841x594", "842x595":
			wide++
		case "594x841", "595x842", "594x842", "595x841":
			tall++
		default:
			wide++
			tall++
		}
	}
	return wide, tall
}
