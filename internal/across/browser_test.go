package across_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"apkaudit/internal/across"
	"apkaudit/internal/apktest/browse"
)

// table is what the browser shows of a table.
type table struct {
	Rows  int
	First string // cell of its first row
	Sort  string // head of the column that it is sorted by
	Count string // of rows, as the page says it
	Chip  string
}

// look says what is shown of a table.
func look(id string, out *table) chromedp.Action {
	return chromedp.Evaluate(`(function () {
  var s = document.getElementById("`+id+`"), text = function (q) { var e = s.querySelector(q); return e ? e.innerText.trim() : ""; };
  return {Rows: s.querySelectorAll("tbody tr").length, First: text("tbody td"), Sort: text("th[aria-sort]"), Count: text("[role=status]"), Chip: text(".chip")};
})()`, out)
}

// wide names an element that sticks out of the window, "" for none.
const wide = `(function () {
  var room = document.documentElement.clientWidth, out = document.documentElement.scrollWidth > room ? "the page" : "";
  document.querySelectorAll("main *").forEach(function (e) { var b = e.getBoundingClientRect(); if (b.width && b.right > room + 1 && !out) out = e.outerHTML.slice(0, 200); });
  return out;
})()`

// watch notes what pages ask for and complain of.
func watch(ctx context.Context) *[]string {
	var asked []string
	chromedp.ListenTarget(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "data:") && !strings.HasSuffix(e.Request.URL, "/"+across.PageFile) {
				asked = append(asked, e.Request.URL)
			}
		case *runtime.EventExceptionThrown:
			asked = append(asked, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			asked = append(asked, "console")
		}
	})
	return &asked
}

// brokenNumbers makes all numbers of the apps long and counts those whose digits stand on
// several lines.
const brokenNumbers = `[...document.querySelectorAll("#apps tbody td.n")].filter(c => { c.textContent = "4321"; const r = document.createRange(); r.selectNodeContents(c.firstChild); return r.getClientRects().length > 1 }).length`

// TestPageInBrowser uses the page as a reader does, the network being cut: sorts,
// searches, follows a number to its apps, switches the language.
func TestPageInBrowser(t *testing.T) {
	ctx := browse.Start(t)
	base := rich(t)
	var entries []across.Entry
	for i := range 250 {
		r := synthetic(base, i)
		file := r.App.Label.Default + ".apk"
		if i%10 == 0 {
			file = strings.Repeat("x", 246) + ".apk" // nowhere to break
		}
		entries = append(entries, across.Entry{File: file, ReportPath: "reports/" + r.App.Package + "-000000000000.json", Report: r})
	}
	w := write(t, "en", append(entries, across.Entry{File: "broken.apk", Report: failed("broken.apk")}, across.Entry{File: nasty, Report: hostile(t, nasty)})...)
	asked := watch(ctx)
	click := func(q string) chromedp.Action { return chromedp.Click(q, chromedp.ByQuery) }
	var first, sorted, turned, found, second, drilled, all, sdks, data, checks, gaps, zh table
	var desk, inside, details, phone, phoneZH, order string
	var broken int
	err := chromedp.Run(ctx, network.Enable(), runtime.Enable(), network.EmulateNetworkConditions(true, 0, 0, 0),
		chromedp.EmulateViewport(1360, 900), chromedp.Navigate("file://"+filepath.Join(w.dir, across.PageFile)),
		look("apps", &first), look("sdks", &sdks), look("data", &data), look("checks", &checks), look("gaps", &gaps), chromedp.Evaluate(wide, &desk),
		click("#apps th:nth-child(1) button"), look("apps", &sorted), click("#apps th:nth-child(1) button"), look("apps", &turned),
		click("#apps .pager button:last-of-type"), look("apps", &second),
		chromedp.SendKeys("#apps input", "app 17", chromedp.ByQuery), look("apps", &found),
		click("#gaps td.n button"), look("apps", &drilled),
		click("#apps tbody .who summary"), chromedp.Sleep(200*time.Millisecond), chromedp.Evaluate(`document.querySelector("#apps tbody .inside").innerText`, &details), chromedp.Evaluate(wide, &inside),
		click("#apps .chip button"), look("apps", &all),
		chromedp.EmulateViewport(390, 844), chromedp.Evaluate(wide, &phone),
		click(`label[for="lang-zh"]`), look("apps", &zh), chromedp.Evaluate(wide, &phoneZH), chromedp.Evaluate(`document.querySelector("#apps select").innerText.trim().split("\n")[0]`, &order),
		chromedp.EmulateViewport(1360, 900), chromedp.Evaluate(brokenNumbers, &broken))
	if err != nil {
		t.Fatal(err)
	}
	if len(*asked) != 0 {
		t.Errorf("the page asked for or complained of %q", *asked)
	}
	if broken != 0 {
		t.Errorf("%d numbers stand on more than one line", broken)
	}
	if first.Rows != 100 || first.Count != "252 of 252 rows" || first.Sort != "CRITICAL" {
		t.Errorf("at first %+v", first)
	}
	if n := len(w.Summary.SDKs); sdks.Rows != min(n, 100) || data.Rows != min(len(w.Summary.Data), 100) || checks.Rows != min(len(w.Summary.Checks), 100) || gaps.Rows != len(w.Summary.Gaps) {
		t.Errorf("tables %+v %+v %+v %+v", sdks, data, checks, gaps)
	}
	if sorted.Sort != "App" || !strings.HasPrefix(turned.First, "broken") || sorted.First == turned.First {
		t.Errorf("sorted %q, then %q", sorted.First, turned.First)
	}
	if second.Rows != 100 || second.First == turned.First {
		t.Errorf("the second page %+v", second)
	}
	if found.Count != "13 of 252 rows" || found.Rows != 13 || !strings.HasPrefix(found.First, "App 217") {
		t.Errorf("found %+v", found)
	}
	if top := w.Summary.Gaps[0]; drilled.Rows != min(top.Apps, 100) || !strings.HasPrefix(drilled.Chip, "Only: ") {
		t.Errorf("drilled %+v, want %d apps", drilled, top.Apps)
	}
	if !strings.Contains(details, "apkaudit render reports/") || !strings.Contains(details, "SDKs:") {
		t.Errorf("details %q", details)
	}
	if all.Rows != 100 || all.Chip != "" {
		t.Errorf("all again %+v", all)
	}
	if zh.Count != "252 / 252 行" || order != "应用" {
		t.Errorf("in Chinese %+v, sorted by %q", zh, order)
	}
	for name, out := range map[string]string{"1360": desk, "1360 with details": inside, "390": phone, "390 in Chinese": phoneZH} {
		if out != "" {
			t.Errorf("at %s pixels sticks out %s", name, out)
		}
	}
}

// TestPageWithoutScript: without scripts the tables are there, cut where they are long,
// and say so.
func TestPageWithoutScript(t *testing.T) {
	ctx := browse.Start(t)
	base := rich(t)
	var entries []across.Entry
	for i := range 350 {
		r := synthetic(base, i)
		entries = append(entries, across.Entry{File: r.App.Label.Default + ".apk", ReportPath: "reports/" + r.App.Package + "-000000000000.json", Report: r})
	}
	w := write(t, "zh", entries...)
	asked := watch(ctx)
	var apps table
	var cut, desk, phone string
	var shown int
	err := chromedp.Run(ctx, network.Enable(), network.EmulateNetworkConditions(true, 0, 0, 0), emulation.SetScriptExecutionDisabled(true),
		chromedp.EmulateViewport(1360, 900), chromedp.Navigate("file://"+filepath.Join(w.dir, across.PageFile)), look("apps", &apps), chromedp.Evaluate(wide, &desk),
		chromedp.Evaluate(`document.querySelector("#apps .cut").innerText`, &cut),
		chromedp.Click("#sdks .who summary", chromedp.ByQuery), chromedp.Evaluate(`Array.from(document.querySelectorAll("#sdks .who[open] li a")).filter(function (e) { return e.getClientRects().length; }).length`, &shown),
		chromedp.EmulateViewport(390, 844), chromedp.Evaluate(wide, &phone))
	if err != nil {
		t.Fatal(err)
	}
	if apps.Rows != 300 || cut != "此处只列出 300 行，共 350 行；完整内容见 summary.csv。" || shown != 10 || len(*asked) != 0 {
		t.Errorf("%+v, %q, %d apps of an SDK, asked for %q", apps, cut, shown, *asked)
	}
	if desk != "" || phone != "" {
		t.Errorf("sticking out: %s %s", desk, phone)
	}
}
