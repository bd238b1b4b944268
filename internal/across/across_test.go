package across_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/across"
	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
	"apkaudit/internal/policy"
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

var update = flag.Bool("update", false, "write golden files")

func create(path string) (across.File, error) {
	f, err := batch.Create(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// written are the files that came of some reports, and the result.
type written struct {
	dir string
	across.Result
}

func (w written) read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (w written) format(t testing.TB, name string, opt report.Options) string {
	t.Helper()
	f, err := report.FindIn(across.Formats(), name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, w.Result, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const databaseName = "all.sqlite"

func write(t testing.TB, lang string, entries ...across.Entry) written {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background()
	w, err := across.Open(dir, across.Options{Look: report.Options{Lang: lang}, DB: filepath.Join(dir, databaseName), SARIF: true, Create: create})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Add(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	res, err := w.Close(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return written{dir, res}
}

// rich is the example of package audit, with something in every list.
func rich(t testing.TB) *audit.Report {
	t.Helper()
	data, err := os.ReadFile("../audit/testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	reports, err := audit.DecodeAll(data)
	if err != nil {
		t.Fatal(err)
	}
	return reports[0]
}

func failed(file string) *audit.Report {
	r := audit.NewReport()
	r.App.File, r.App.SHA256 = file, strings.Repeat("0f", 32)
	r.Outcome.Verdict = audit.OutcomeError
	r.Gaps = []audit.Gap{{Kind: audit.GapCrashed, Side: audit.SideApp, What: "worker ended", Weakens: audit.Text{ZH: "全部", EN: "all"}}}
	r.Decide()
	return r
}

// ownApps are the project's own small apps, two with a policy, and a file that ended
// its worker; the last has the content of the first.
func ownApps(t testing.TB) []across.Entry {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), "0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	var list []across.Entry
	for _, x := range []struct{ app, policy string }{{"lanting.apk", "lanting.zh.txt"}, {"pocketnotes.apk", "pocketnotes.en.md"}, {"pocketnotes.apk", ""}} {
		var docs []policy.Input
		if x.policy != "" {
			if docs, err = policy.Open("../../testdata/policy/" + x.policy); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.App(context.Background(), "../../testdata/apk/"+x.app, docs)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, across.Entry{File: fmt.Sprintf("apks/%d/%s", len(list), x.app), ReportPath: "reports/" + r.App.Package + "-" + r.App.SHA256[:12] + ".json", Report: r})
	}
	same := list[0]
	same.File = "apks/copy of lanting.apk"
	return append(list, across.Entry{File: "apks/broken.apk", ReportPath: "reports/unknown-0f0f0f0f0f0f.json", Report: failed("apks/broken.apk")}, same)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it and run with -update:\n%s", path, got)
	}
}

func TestGoldens(t *testing.T) {
	entries := ownApps(t)
	w := write(t, "zh", entries...)
	golden(t, "summary.csv", w.read(t, across.SummaryFile))
	golden(t, "sdks.csv", w.read(t, across.SDKsFile))
	golden(t, "totals.zh.txt", w.format(t, "text", report.Options{Lang: "zh"}))
	golden(t, "totals.en.txt", w.format(t, "text", report.Options{Lang: "en"}))
	again := write(t, "zh", entries...)
	names, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 5 {
		t.Errorf("%d files are there: %v", len(names), names)
	}
	for _, n := range names {
		if w.read(t, n.Name()) != again.read(t, n.Name()) {
			t.Errorf("%s is another one the second time", n.Name())
		}
	}
}

func rowsOf(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestSheets: the tables have the rows that the reports give them.
func TestSheets(t *testing.T) {
	r := rich(t)
	entries := []across.Entry{{File: "a/one.apk", ReportPath: "reports/x.json", Report: r}, {File: "b.apk", Report: failed("b.apk")}}
	w := write(t, "en", entries...)
	sum := rowsOf(t, w.read(t, across.SummaryFile))
	col := func(rows [][]string, i int, name string) string { return rows[i][slices.Index(rows[0], name)] }
	if len(sum) != 3 {
		t.Fatalf("%d rows", len(sum))
	}
	for name, want := range map[string]string{"file": "a/one.apk", "sha256": r.App.SHA256, "package": r.App.Package, "verdict": r.Outcome.Verdict,
		"critical": fmt.Sprint(r.Outcome.Counts.Critical), "info": fmt.Sprint(r.Outcome.Counts.Info), "sdks": fmt.Sprint(len(r.Behavior.SDKs)), "report": "reports/x.json"} {
		if got := col(sum, 1, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if col(sum, 2, "verdict") != "error" || col(sum, 2, "gaps") != "crashed" || col(sum, 2, "sdks_named") != "" {
		t.Errorf("the failed app: %q", sum[2])
	}
	sdks := rowsOf(t, w.read(t, across.SDKsFile))
	if len(sdks) != 1+len(r.Behavior.SDKs) {
		t.Fatalf("%d rows of SDKs", len(sdks))
	}
	for i, s := range r.Behavior.SDKs {
		named := slices.ContainsFunc(r.Policy.SDKs, func(p audit.PolicySDK) bool { return p.ID == s.ID }) ||
			slices.ContainsFunc(r.Policy.Claims, func(c audit.Claim) bool { return c.Party == "sdk:"+s.ID })
		if col(sdks, i+1, "sdk") != s.ID || (col(sdks, i+1, "named_in_policy") == "yes") != named {
			t.Errorf("%s: %q", s.ID, sdks[i+1])
		}
		for _, p := range r.Pairs {
			if p.Party == "sdk:"+s.ID && !slices.Contains(strings.Fields(col(sdks, i+1, "data")), p.Data) {
				t.Errorf("%s reads %s, which its row lacks", s.ID, p.Data)
			}
		}
	}
	found := rowsOf(t, w.read(t, across.FindingsFile))
	if len(found) != 1+len(r.Findings)+1 || !slices.Equal(found[0], report.FindingColumns()) || found[1][0] != "a/one.apk" {
		t.Errorf("%d rows of findings", len(found))
	}
}

// TestSummary counts what two reports have in common.
func TestSummary(t *testing.T) {
	r, other := rich(t), rich(t)
	other.Policy = audit.Policy{}
	other.Behavior.SDKs = other.Behavior.SDKs[:1]
	for i := range other.Pairs {
		other.Pairs[i].Verdict = ""
	}
	s := write(t, "en", across.Entry{File: "1", Report: r}, across.Entry{File: "2", Report: other}, across.Entry{File: "3", Report: failed("3")}).Summary
	if s.Totals.Apps != 3 || s.Totals.Compared != 1 || s.Totals.Verdicts.Error != 1 || s.Totals.Counts.Critical != 2*r.Outcome.Counts.Critical {
		t.Errorf("totals %+v", s.Totals)
	}
	first := r.Behavior.SDKs[0].ID
	for _, x := range s.SDKs {
		want := 1
		if x.ID == first {
			want = 2
		}
		if x.Apps != want || x.Compared != 1 {
			t.Errorf("%s: %+v", x.ID, x)
		}
	}
	data := map[string]bool{}
	for _, p := range r.Pairs {
		data[p.Data] = true
	}
	if len(s.Data) != len(data) {
		t.Errorf("%d data types, want %d", len(s.Data), len(data))
	}
	for _, d := range s.Data {
		if d.Apps != 2 || d.Compared != 1 || d.Undisclosed > 1 || len(d.Parties) == 0 || d.Parties[0].Apps != 2 {
			t.Errorf("%+v", d)
		}
	}
	findings := 0
	for _, c := range s.Checks {
		findings += c.Findings
	}
	if all := s.Totals.Counts; findings != all.Critical+all.High+all.Medium+all.Low+all.Info {
		t.Errorf("%d findings by check, %+v by severity", findings, all)
	}
	for _, c := range r.Checks {
		i := slices.IndexFunc(s.Checks, func(x audit.SummaryCheck) bool { return x.Rule == c.Rule })
		if i < 0 || *s.Checks[i].Of(c.State) != 2 {
			t.Errorf("%s is not %s in two apps", c.Rule, c.State)
		}
	}
}

// TestAbort: nothing appears where a run ends before Close, and a file that cannot be
// written is named.
func TestAbort(t *testing.T) {
	dir := t.TempDir()
	w, err := across.Open(dir, across.Options{DB: filepath.Join(dir, databaseName), Create: create})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := w.Add(ctx, across.Entry{File: "1", Report: rich(t)}); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := w.Close(ctx); err == nil {
		t.Error("an interrupted run is closed without an error")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
	missing := filepath.Join(dir, "missing", "x.sqlite")
	if _, err := across.Open(dir, across.Options{DB: missing, Create: create}); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a database that cannot be made: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
}

// TestNothing: a batch of no apps has empty tables.
func TestNothing(t *testing.T) {
	w := write(t, "zh")
	if !strings.Contains(w.read(t, across.PageFile), "没有。") || len(rowsOf(t, w.read(t, across.SummaryFile))) != 1 || w.Summary.Apps == nil {
		t.Error("a batch of nothing is not shown as one")
	}
}

// nasty is what a hostile app puts into any string.
const nasty = "=a\x1b[31mred\u202egpj.exe\r\n</script><img src=x onerror=alert(1)>| \"'`{n}](http://x)\u200b\u2066\x00\xff\u2028{{.}}%s"

// poison writes s into every string of a value, keys of maps included.
func poison(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Struct:
		for i := range v.NumField() {
			poison(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), s)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			poison(e, s)
			v.SetMapIndex(k, e)
			v.SetMapIndex(reflect.ValueOf(s), e)
		}
	}
}

// hostile is a report in which every string is nasty, the enumerated ones too.
func hostile(t testing.TB, s string) *audit.Report {
	r := rich(t)
	poison(reflect.ValueOf(r), s)
	return r
}
