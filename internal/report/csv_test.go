package report

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func sheet(t *testing.T, out string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, byteOrderMark))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCSV(t *testing.T) {
	r := rich(t)
	rows := sheet(t, render(t, "csv", Options{Lang: "zh"}, r))
	if !slices.Equal(rows[0], csvColumns()) || len(rows) != len(r.Findings)+1 {
		t.Fatalf("%d rows of %d findings, head %v", len(rows), len(r.Findings), rows[0])
	}
	col := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		i := slices.IndexFunc(r.Findings, func(f audit.Finding) bool { return f.Fingerprint == col(row, "fingerprint") })
		if i < 0 {
			t.Fatalf("no finding %s", col(row, "fingerprint"))
		}
		f := r.Findings[i]
		for name, want := range map[string]string{
			"file": r.App.File, "package": r.App.Package, "rule": f.Rule, "severity": f.Severity, "status": f.Status, "party": f.Party, "permission": f.Permission,
			"title": f.Title.ZH, "notice": f.Notice.ZH, "basis": f.Basis, "clauses": strings.Join(f.Clauses, " "), "verdict": f.Verdict,
		} {
			if got := col(row, name); got != want {
				t.Errorf("%s: %s is %q, want %q", f.Rule, name, got, want)
			}
		}
		if len(f.Policy) > 0 {
			at := f.Policy[0].At
			if got, want := col(row, "policy_at"), r.Policy.Sources[at.Source].File+":"+itoa(at.Line); got != want || col(row, "quote") != flow(f.Policy[0].Quote) {
				t.Errorf("%s: quoted at %q, want %q", f.Rule, got, want)
			}
		}
		if len(f.Code) > 0 && (col(row, "dex") != f.Code[0].DEX || col(row, "offset") != itoa(f.Code[0].Offset) || col(row, "caller") != apiFull(f.Code[0].Caller)) {
			t.Errorf("%s: the call site is missing: %v", f.Rule, row)
		}
		if f.Waiver != nil && (col(row, "waiver_reason") != f.Waiver.Reason || col(row, "waiver_until") != f.Waiver.Until) {
			t.Errorf("%s: waiver %v", f.Rule, row)
		}
	}
	// what was not examined is not left out
	failed := audit.NewReport()
	failed.App.File, failed.Outcome.Verdict = "broken.apk", audit.OutcomeError
	if rows := sheet(t, render(t, "csv", Options{}, failed, audit.NewReport())); len(rows) != 2 || rows[1][0] != "broken.apk" || rows[1][5] != "error" {
		t.Errorf("a file that could not be examined: %v", rows)
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "'=1", "\t=1": "'=1", "\r\n=1": "'=1", "\u200b=1": `\u200b=1`,
		"＝1": "'＝1", "a=1": "a=1", "x\ny": "x y", "\x1b[31m": `\x1b[31m`, "'": "'",
		strings.Repeat("极 ", maxCell): strings.TrimSpace(strings.Repeat("极 ", maxCell/2)) + " …",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%.40q) = %.60q (%d), want %.60q (%d)", in, got, len([]rune(got)), want, len([]rune(want)))
		}
	}
}

func TestRectification(t *testing.T) {
	r := rich(t)
	zh := sheet(t, render(t, "rectification", Options{Lang: "zh"}, r))
	if got := strings.Join(zh[0], " · "); got != "检测项 · 场景 · 主体 · 风险信息 · 调用路径 · 政策原文 · 依据条款 · 改进建议" {
		t.Error(got)
	}
	en := sheet(t, render(t, "rectification", Options{}, r))
	if got := strings.Join(en[0], " · "); got != "Check · Scenario · Party · Issue · Call path · Policy text · Clauses · Advice" {
		t.Error(got)
	}
	want := 0
	for _, f := range r.Findings {
		if f.Status != audit.StatusWaived && f.Severity != audit.Info {
			want++
		}
	}
	if len(zh) != want+1 || len(en) != want+1 {
		t.Errorf("%d and %d rows, want %d", len(zh), len(en), want)
	}
	for _, row := range zh[1:] {
		if row[0] == "" || row[1] == "" || row[2] == "" || !strings.Contains(row[3], "未见向用户明示") || row[7] == "" {
			t.Errorf("a row with holes, or not in the regulator's words: %q", row)
		}
	}
	if two := sheet(t, render(t, "rectification", Options{Lang: "zh"}, r, policyOnly(t))); len(two[0]) != 9 || two[1][0] != r.App.Package+" "+r.App.VersionName || two[len(two)-1][0] == "" {
		t.Errorf("several apps: %v", two)
	}
	r.Findings[0].Notice = audit.Text{}
	if rows := sheet(t, render(t, "rectification", Options{}, r)); !strings.Contains(rows[1][3], r.Findings[0].Title.EN) {
		t.Errorf("without a notice: %q", rows[1][3])
	}
}

func TestScenario(t *testing.T) {
	r := audit.NewReport()
	r.Behavior.Components = []audit.Component{{Kind: "provider", Name: "a.P"}, {Kind: "receiver", Name: "a.R"}, {Kind: "service", Name: "a.S"}, {Kind: "activity", Name: "a.A"}}
	r.Behavior.Startup = []audit.Startup{{Kind: audit.StartupAutoInit, Component: "a.Init"}, {Kind: audit.StartupKeepAlive, Component: "a.Job"}}
	p := newPrinter(nil, r, Options{})
	site := func(reached, before string, path ...string) audit.Site {
		return audit.Site{Example: audit.Example{Reached: reached, BeforeConsent: before, Path: path}}
	}
	for _, c := range []struct {
		f    audit.Finding
		want string
	}{
		{audit.Finding{}, "policy text"},
		{audit.Finding{Party: "sdk:x", Verdict: audit.VerdictAbsent}, "policy text"},
		{audit.Finding{Party: "app", Permission: "p"}, "contents of the package"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("no", "no")}}, "in the code, no path to it was found"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("unknown", "unknown")}}, "in the code, no path to it was found"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/A;->onCreate(Landroid/os/Bundle;)V")}}, "while in use"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/X;->onClick(Landroid/view/View;)V")}}, "while in use"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/R;->onReceive()V")}}, "in the background"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/S;->onCreate()V")}}, "in the background"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/Job;->run()V")}}, "in the background"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "yes", "La/P;->onCreate()Z")}}, "before consent, at start-up"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "yes", "La/App;->onCreate()V")}}, "before consent, at start-up"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/Init;->create()V")}}, "at start-up"},
		{audit.Finding{Party: "app", Code: []audit.Site{site("yes", "no", "La/A;->onCreate()V"), site("yes", "no", "La/R;->onReceive()V"), site("yes", "yes", "La/App;->attachBaseContext()V"), site("yes", "no", "La/A;->x()V")}},
			"before consent, at start-up, in the background, while in use"},
	} {
		if got := p.scenario(&c.f); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
}
