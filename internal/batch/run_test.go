package batch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

const version = "test"

// bench is a run with an input folder and an output folder.
type bench struct {
	t       *testing.T
	in, out string
	scanner *scan.Scanner
	opt     batch.Options
	events  []batch.Event
}

func newBench(t *testing.T) *bench {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), version)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, in: t.TempDir(), out: filepath.Join(t.TempDir(), "out"), scanner: s}
	none, err := batch.OpenPolicies("", nil, policy.DefaultLimits(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.opt = batch.Options{Dir: b.out, Version: version, Executable: os.Args[0], Env: os.Environ(), Scan: scan.DefaultOptions(),
		Workers: 2, Cores: 1, Timeout: time.Minute, MaxMemory: 2 << 30, Policies: none.For,
		Again: func(file, pkg string) string { return "apkaudit scan " + filepath.Base(file) }}
	return b
}

// add copies a small app of the project's own into the input folder.
func (b *bench) add(from string, names ...string) {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/apk", from))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(b.in, n), data, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

// start runs until ctx ends; how maps the file names to how they were done.
func (b *bench) start(ctx context.Context) (res batch.Result, how map[string]string, err error) {
	b.t.Helper()
	targets, err := batch.Find(ctx, []string{b.in}, nil, batch.Selection{})
	if err != nil {
		return batch.Result{}, nil, err
	}
	how = map[string]string{}
	b.events = nil
	res, err = batch.Run(ctx, b.scanner, targets, b.opt, func(e batch.Event) {
		b.events = append(b.events, e)
		if e.Row != nil {
			how[filepath.Base(e.Target.File)] = e.How
		}
	})
	return res, how, err
}

func (b *bench) run() (batch.Result, map[string]string) {
	b.t.Helper()
	res, how, err := b.start(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	if res.Left != 0 {
		b.t.Fatalf("%d targets are left", res.Left)
	}
	return res, how
}

// reports reads every report of the output folder, by name.
func (b *bench) reports() map[string]string {
	b.t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(b.out, "reports"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(b.out, "reports", e.Name()))
		if err != nil {
			b.t.Fatal(err)
		}
		out[e.Name()] = string(data)
	}
	return out
}

func (b *bench) report(row batch.Row) *audit.Report {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.out, filepath.FromSlash(row.Report)))
	if err != nil {
		b.t.Fatal(err)
	}
	reports, err := audit.DecodeAll(data)
	if err != nil || len(reports) != 1 {
		b.t.Fatalf("%d reports, %v", len(reports), err)
	}
	return reports[0]
}

func wantHow(t *testing.T, got map[string]string, want string, names ...string) {
	t.Helper()
	for _, n := range names {
		if got[n] != want {
			t.Errorf("%s: %s, want %s", n, got[n], want)
		}
	}
}

// TestRun: every app has the report that a scan of it alone gives; a second run
// finds all done.
func TestRun(t *testing.T) {
	b := newBench(t)
	b.add("lanting.apk", "notes.apk")
	b.add("pocketnotes.apk", "weather.apk", "copy.apk")
	res, how := b.run()
	wantHow(t, how, batch.HowScanned, "notes.apk", "copy.apk")
	wantHow(t, how, batch.HowSame, "weather.apk")
	for _, row := range res.Rows {
		if filepath.Base(row.Path()) == "weather.apk" {
			continue // its report names the other file
		}
		alone, err := b.scanner.App(context.Background(), row.Path(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		if err := audit.Encode(&want, alone); err != nil {
			t.Fatal(err)
		}
		if b.reports()[filepath.Base(row.Report)] != want.String() {
			t.Errorf("%s: the report is not that of a scan alone", row.Path())
		}
	}
	before := b.reports()
	if len(before) != 2 {
		t.Errorf("%d reports of two apps", len(before))
	}
	_, how = b.run()
	wantHow(t, how, batch.HowKept, "notes.apk", "weather.apk", "copy.apk")
	for name, data := range b.reports() {
		if before[name] != data {
			t.Errorf("%s has changed", name)
		}
	}
}

// TestHarm: whatever a worker does over one app, that app has a report that says so
// and what its manifest says, and the others are done.
func TestHarm(t *testing.T) {
	b := newBench(t)
	b.opt.Timeout, b.opt.MaxMemory = 6*time.Second, 400<<20
	b.add("lanting.apk", "notes.apk")
	for i, name := range []string{"panics.apk", "hangs.apk", "grows.apk", "babbles.apk", "leaves.apk", "ends-everything.apk", "opens-badly.apk"} {
		b.add("pocketnotes.apk", name)
		f, err := os.OpenFile(filepath.Join(b.in, name), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, strings.Repeat("x", i)) // so that no two have the same content
		f.Close()
	}
	res, _ := b.run()
	want := map[string]struct{ kind, says string }{
		"panics.apk":          {audit.GapCrashed, "index out of range"},
		"hangs.apk":           {audit.GapTimeout, "timeout of 6s"},
		"grows.apk":           {audit.GapLimit, "max-memory of 419430400 bytes"},
		"babbles.apk":         {audit.GapCrashed, "worker"},
		"leaves.apk":          {audit.GapCrashed, "exit code 0"},
		"ends-everything.apk": {audit.GapCrashed, "index out of range"},
		"opens-badly.apk":     {audit.GapCrashed, "index out of range"},
	}
	for _, row := range res.Rows {
		name := filepath.Base(row.Path())
		r := b.report(row)
		w, harmed := want[name]
		if !harmed {
			if r.Outcome.Incomplete || row.Facts.Package == "" {
				t.Errorf("%s: %+v", name, r.Outcome)
			}
			continue
		}
		i := slices.IndexFunc(r.Gaps, func(g audit.Gap) bool { return g.Kind == w.kind && strings.Contains(g.What, w.says) })
		if i < 0 || !r.Outcome.Incomplete || row.Key.SHA256 == "" {
			t.Errorf("%s: gaps %+v, outcome %+v", name, r.Gaps, r.Outcome)
			continue
		}
		if !strings.Contains(r.Gaps[i].What, "apkaudit scan "+name) {
			t.Errorf("%s: no line to see it again: %s", name, r.Gaps[i].What)
		}
		if name == "ends-everything.apk" || name == "opens-badly.apk" {
			continue
		}
		if r.App.Package == "" || len(r.Behavior.Permissions) == 0 || len(r.Behavior.Components) == 0 {
			t.Errorf("%s: nothing of its manifest", name)
		}
	}
	if code := batch.ExitCode(audit.Gate{FailOn: "none"}, res.Rows); code != audit.ExitIncomplete {
		t.Errorf("exit code %d", code)
	}
	_, how := b.run()
	wantHow(t, how, batch.HowKept, "panics.apk", "hangs.apk", "grows.apk")
	b.opt.Timeout = 7 * time.Second // more time is another try
	_, how = b.run()
	wantHow(t, how, batch.HowScanned, "hangs.apk")
	wantHow(t, how, batch.HowKept, "notes.apk")
}

// TestOneDeadline: the time for an app is for all its steps together, and one that is
// too slow has a report with what its manifest says all the same.
func TestOneDeadline(t *testing.T) {
	b := newBench(t)
	b.add("pocketnotes.apk", "slow.apk")
	b.opt.Timeout = slowStep * 7 / 4
	res, _ := b.run()
	r := b.report(res.Rows[0])
	if !slices.ContainsFunc(r.Gaps, func(g audit.Gap) bool {
		return g.Kind == audit.GapTimeout && strings.HasPrefix(g.What, "timeout of 3.5s reached; to see it again: ")
	}) {
		t.Errorf("gaps %+v", r.Gaps)
	}
	if r.Outcome.Verdict == audit.OutcomeError || r.App.Package == "" || len(r.Behavior.Components) == 0 {
		t.Errorf("verdict %s, package %q: nothing of the manifest", r.Outcome.Verdict, r.App.Package)
	}
	b.opt.Timeout = 30 * time.Second
	if res, _ = b.run(); res.Rows[0].Facts.Outcome.Incomplete {
		t.Error("is not tried again with more time")
	}
}

// TestKilled: an app whose worker somebody else has ended is tried again by the next
// run, and one that is only left costs nothing by it.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	b := newBench(t)
	b.add("lanting.apk", "killed.apk")
	b.add("pocketnotes.apk", "a.apk")
	for range 2 {
		res, how := b.run()
		wantHow(t, how, batch.HowScanned, "killed.apk")
		i := slices.IndexFunc(res.Rows, func(r batch.Row) bool { return filepath.Base(r.Path()) == "killed.apk" })
		if r := b.report(res.Rows[i]); !r.Outcome.Incomplete || !strings.Contains(r.Gaps[0].What, "signal killed") {
			t.Errorf("gaps %+v", r.Gaps)
		}
	}
	os.Remove(filepath.Join(b.in, "killed.apk"))
	b.add("pocketnotes.apk", "b.apk")
	b.opt.Env = append(b.opt.Env, harmfulLeave+"=1")
	_, how := b.run()
	wantHow(t, how, batch.HowKept, "a.apk")
	wantHow(t, how, batch.HowSame, "b.apk")
}

// TestSameContentJudgedAgain: files with the same content share their report also where
// it is made again and comes out as it was.
func TestSameContentJudgedAgain(t *testing.T) {
	b := newBench(t)
	b.add("pocketnotes.apk", "a.apk", "b.apk")
	waivers := filepath.Join(t.TempDir(), "waivers.yaml")
	for _, text := range []string{"waivers: []\n", "waivers: [] # none yet\n"} {
		if err := os.WriteFile(waivers, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		b.opt.Triage = batch.Triage{Waivers: waivers, Today: "2026-06-15"}
		res, how := b.run()
		wantHow(t, how, batch.HowSame, "b.apk")
		if err := batch.Each(context.Background(), b.out, res.Rows, func(batch.Row, *audit.Report) error { return nil }); err != nil {
			t.Error(err)
		}
	}
}

// TestCauseOfError: the event of a file that cannot be read says why.
func TestCauseOfError(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(filepath.Join(b.in, "none.apk"), []byte("no archive"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.run()
	if cause := b.events[len(b.events)-1].Cause; !strings.Contains(cause, "none.apk: is no APK") {
		t.Errorf("cause %q", cause)
	}
}

// TestInterrupt: what was done when the run ended stays, and the next run does the
// rest; the reports are those of a run that was not interrupted.
func TestInterrupt(t *testing.T) {
	b := newBench(t)
	b.opt.Workers = 1
	b.add("lanting.apk", "notes.apk")
	b.add("pocketnotes.apk", "weather.apk")
	b.add("consent/activity_result.apk", "shop.apk")
	ctx, stop := context.WithCancel(context.Background())
	targets, err := batch.Find(ctx, []string{b.in}, nil, batch.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := batch.Run(ctx, b.scanner, targets, b.opt, func(e batch.Event) {
		if e.Row != nil {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || len(res.Rows) != 1 || res.Left != 2 {
		t.Fatalf("%d rows, %d left, %v", len(res.Rows), res.Left, err)
	}
	sums, err := os.ReadFile(filepath.Join(b.opt.Dir, "reports.sha256"))
	if want := res.Rows[0].ReportSHA256 + "  " + res.Rows[0].Report + "\n"; err != nil || string(sums) != want {
		t.Errorf("sums %q, %v; want %q", sums, err, want)
	}
	first := filepath.Base(res.Rows[0].Path())
	_, how := b.run()
	wantHow(t, how, batch.HowKept, first)
	if n := len(b.reports()); n != 3 {
		t.Errorf("%d reports", n)
	}
	whole := newBench(t)
	whole.in, whole.opt.Workers = b.in, 3
	whole.run()
	for name, data := range whole.reports() {
		if b.reports()[name] != data {
			t.Errorf("%s differs from that of a run that was not interrupted", name)
		}
	}
}

// TestJudgedAgain: other policies and other options judge what was read before; the
// reports are those of a new scan.
func TestJudgedAgain(t *testing.T) {
	b := newBench(t)
	b.add("lanting.apk", "notes.apk")
	b.add("pocketnotes.apk", "weather.apk")
	b.run()
	text := []byte("Privacy policy\n\nWe collect your device's location to show the weather. We share nothing with third parties.\n")
	var asked atomic.Int64
	b.opt.Policies = func(file, pkg string) ([]policy.Input, error) {
		asked.Add(1)
		if strings.HasSuffix(file, "weather.apk") {
			return []policy.Input{{Name: "weather.txt", Data: text}}, nil
		}
		return nil, nil
	}
	_, how := b.run()
	wantHow(t, how, batch.HowJudged, "weather.apk")
	wantHow(t, how, batch.HowKept, "notes.apk")
	fresh := newBench(t)
	fresh.in, fresh.opt.Policies = b.in, b.opt.Policies
	fresh.run()
	for name, data := range fresh.reports() {
		if b.reports()[name] != data {
			t.Errorf("%s differs from that of a new scan", name)
		}
	}
	b.opt.Scan.Judged.Profile = audit.ProfileCNMIIT
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	if b.scanner, err = scan.New(set, b.opt.Scan, version); err != nil {
		t.Fatal(err)
	}
	_, how = b.run()
	wantHow(t, how, batch.HowJudged, "weather.apk", "notes.apk")
	if asked.Load() == 0 {
		t.Error("nobody asked for policies")
	}
}

// TestUnreadable: what is no app, or cannot be read, has a report that says so.
func TestUnreadable(t *testing.T) {
	b := newBench(t)
	b.add("lanting.apk", "notes.apk")
	for name, data := range map[string]string{"empty.apk": "", "text.apk": "no archive", "cut.apk": "PK\x03\x04"} {
		if err := os.WriteFile(filepath.Join(b.in, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, _ := b.run()
	for _, row := range res.Rows {
		r := b.report(row)
		if filepath.Base(row.Path()) == "notes.apk" {
			continue
		}
		if r.Outcome.Verdict != audit.OutcomeError || len(r.Gaps) == 0 {
			t.Errorf("%s: %+v", row.Path(), r.Outcome)
		}
	}
	if code := batch.ExitCode(audit.Gate{FailOn: "none"}, res.Rows); code != audit.ExitIncomplete {
		t.Errorf("exit code %d", code)
	}
	_, how := b.run()
	wantHow(t, how, batch.HowKept, "text.apk", "cut.apk", "empty.apk", "notes.apk")
}
