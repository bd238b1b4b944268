package report

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"apkaudit/internal/audit"
)

// TestSheetRows: each row says when, who and what in words that the finding and
// its call sites bear out.
func TestSheetRows(t *testing.T) {
	r := audit.NewReport()
	r.Behavior.Components = []audit.Component{{Kind: "provider", Name: "a.P"}, {Kind: "receiver", Name: "a.R"}, {Kind: "service", Name: "a.S"}, {Kind: "activity", Name: "a.A"}}
	r.Behavior.Startup = []audit.Startup{{Kind: audit.StartupAutoInit, Component: "a.Init"}, {Kind: audit.StartupKeepAlive, Component: "a.Job"}}
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Chars: 1, Text: "x"}}
	r.Behavior.SDKs = []audit.SDK{{ID: "x", Vendor: audit.Text{ZH: "某公司", EN: "Some company"}}}
	r.Names.Party["sdk:x"] = audit.Text{ZH: "某 SDK", EN: "Some SDK"}
	r.Names.Data["imei"] = audit.Text{ZH: "IMEI", EN: "IMEI"}
	r.Names.Data["oaid"] = audit.Text{ZH: "OAID 标识", EN: "OAID id"}
	r.Names.Clause["C-1"] = audit.ClauseName{ZH: "某法第一条：某事", EN: "Some law, art. 1: something"}
	r.Normalize()
	site := func(before, reached string, path ...string) audit.Site {
		return audit.Site{Target: "La/T;->t()V", Example: audit.Example{DEX: "classes.dex", Offset: 4, Caller: "La/C;->c()V", Reached: reached, BeforeConsent: before, Path: path}}
	}
	for _, c := range []struct {
		name     string
		f        audit.Finding
		scenario string
		party    string
	}{
		{"provider before consent", audit.Finding{Party: "sdk:x", Code: []audit.Site{site(audit.Yes, audit.Yes, "La/P;->onCreate()Z", "La/C;->c()V")}}, "用户同意隐私政策前、启动时", "某 SDK (某公司)"},
		{"the application's start", audit.Finding{Party: audit.PartyApp, Code: []audit.Site{site(audit.No, audit.Yes, "La/App;->attachBaseContext(Landroid/content/Context;)V")}}, "启动时", "APP 自身"},
		{"initialiser and job", audit.Finding{Party: audit.PartyApp, Code: []audit.Site{site(audit.No, audit.Yes, "La/Job;->x()V"), site(audit.No, audit.Yes, "La/Init;->x()V")}}, "启动时、后台", "APP 自身"},
		{"receiver, service, activity", audit.Finding{Party: audit.PartyApp, Code: []audit.Site{site(audit.No, audit.Yes, "La/A;->onClick()V"), site(audit.No, audit.Yes, "La/R;->onReceive()V"), site(audit.No, audit.Yes, "La/S;->onBind()V")}}, "后台、使用过程中", "APP 自身"},
		{"code without an owner", audit.Finding{Party: "unknown:com.x"}, "安装包内容", "unknown:com.x"},
		{"no path", audit.Finding{Party: "sdk:x", Code: []audit.Site{site(audit.No, audit.No)}}, "代码中存在，未见到达路径", "某 SDK (某公司)"},
		{"no code", audit.Finding{Party: "sdk:x"}, "安装包内容", "某 SDK (某公司)"},
		{"the text", audit.Finding{}, "隐私政策文本", "隐私政策"},
		{"an SDK of the text alone", audit.Finding{Party: "sdk:x", Verdict: audit.VerdictAbsent}, "隐私政策文本", "某 SDK (某公司)"},
	} {
		row := newPrinter(nil, r, Options{Lang: "zh"}).rectify(&c.f)
		if row.Scenario != c.scenario || row.Party != c.party {
			t.Errorf("%s: %q by %q", c.name, row.Scenario, row.Party)
		}
	}
	f := audit.Finding{Severity: audit.High, Party: "sdk:x", Title: audit.Text{ZH: "未披露的 SDK", EN: "SDK not disclosed"}, Why: audit.Text{ZH: "读取 IMEI", EN: "reads IMEI"}, Clauses: []string{"C-1", "D"},
		Items: []audit.Item{{Data: "imei"}, {Data: "oaid"}}, Code: []audit.Site{site(audit.No, audit.Yes, "La/A;->b()V", "La/C;->c()V"), site(audit.No, audit.No)}, Searched: []string{"某"}}
	row := newPrinter(nil, r, Options{Lang: "zh"}).rectify(&f)
	if row.Information != "OAID 标识：未披露的 SDK。读取 IMEI" {
		t.Errorf("the information is %q", row.Information)
	}
	if got := strings.Join(row.Paths[0].Steps, ">") + " " + strings.Join(row.Paths[1].Steps, ">"); got != "a.A.b>a.C.c>a.T.t a.C.c>a.T.t" {
		t.Errorf("the paths are %q", got)
	}
	if row.Silent != "没有找到：某" || strings.Join(row.Clauses, "|") != "某法第一条：某事 [C-1]（条文未核对）|D" {
		t.Errorf("%q, %q", row.Silent, row.Clauses)
	}
	for _, c := range [][2]string{{"未披露的 SDK", "应用中有一个政策没有写的 SDK，即未披露的 SDK。"}, {"某检查", "应用中有一个政策没有写的 SDK。"}, {"某检查：某 SDK", "应用中有一个政策没有写的 SDK。"}, {"", "应用中有一个政策没有写的 SDK。"}} {
		r.Names.Rule["r"] = audit.Text{ZH: "某检查", EN: "Some check"}
		f.Rule, f.Title, f.Why.ZH, f.Items = "r", audit.Text{ZH: c[0]}, c[1], nil
		if got := newPrinter(nil, r, Options{Lang: "zh"}).rectify(&f).Information; got != c[1] {
			t.Errorf("with the title %q the information is %q", c[0], got)
		}
	}
	f.Items = []audit.Item{{Data: "imei"}, {Data: "oaid"}}
	f.Notice = audit.Text{ZH: "未经用户同意，存在收集IMEI、OAID 标识的行为。", EN: "collects IMEI, OAID id before consent"}
	if got := newPrinter(nil, r, Options{Lang: "en"}).rectify(&f).Information; got != "collects IMEI, OAID id before consent" {
		t.Errorf("with a notice the information is %q", got)
	}
}

// TestHTMLSheet: what is waived or a mere hint is no row; the page has exactly
// the rows, in both languages, each with a link to its finding.
func TestHTMLSheet(t *testing.T) {
	r := rich(t)
	var want []string
	for _, f := range bySeverity(r.Findings) {
		if f.Status != audit.StatusWaived && f.Severity != audit.Info {
			want = append(want, f.Notice.EN)
		}
	}
	p := parsePage(t, render(t, "html", Options{Lang: "zh"}, r))
	rows := find(find(p.ids["sheet"], element("tbody"))[0], element("tr"))
	if len(rows) != len(want) || len(want) < 5 {
		t.Fatalf("%d rows for %d findings", len(rows), len(want))
	}
	for i, row := range rows {
		cells := find(row, element("td"))
		if len(cells) != 9 || !strings.Contains(textIn(row, "zh"), want[i]) || strings.Contains(textIn(row, "zh"), "未见") {
			t.Errorf("row %d: %d cells, %q", i, len(cells), textIn(row, "zh"))
		}
		if a := find(cells[0], element("a")); len(a) != 1 || !hasClass("finding")(p.ids[strings.TrimPrefix(attr(a[0], "href"), "#")]) {
			t.Errorf("row %d does not link to its finding", i)
		}
	}
	head := textIn(find(p.ids["sheet"], element("thead"))[0], "en")
	for _, title := range []string{"检测项", "场景", "主体", "风险信息", "调用路径", "政策原文", "依据条款", "改进建议"} {
		if !strings.Contains(head, title) {
			t.Errorf("no column %s", title)
		}
	}
	if n := len(find(parsePage(t, render(t, "html", Options{}, audit.NewReport())).root, func(n *html.Node) bool { return hasClass("sheet")(n) })); n != 0 {
		t.Error("a report about nothing has a sheet")
	}
}
