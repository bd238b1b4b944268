package behavior

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/check"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
)

// stageTimes are the durations of one stage, a round each.
type stageTimes map[string][]time.Duration

func (s stageTimes) measure(name string, work func()) {
	start := time.Now()
	work()
	s[name] = append(s[name], time.Since(start))
}

func (s stageTimes) median(name string) float64 {
	d := slices.SortedFunc(slices.Values(s[name]), func(a, b time.Duration) int { return cmp.Compare(a, b) })
	if len(d) == 0 {
		return 0
	}
	return float64(d[len(d)/2].Microseconds()) / 1000
}

// BenchmarkStages splits the time of a scan by its stages, in medians of
// milliseconds. It wants $APKAUDIT_STAGES, an APK (see testdata/corpus/cost.sh). The
// stages are run one by one as Observe runs them; "observe" is the whole of it in the
// same round, and "elsewhere" what of it the stages before do not explain: native
// libraries, scripts, nested code, hosts, permissions. "link" is measured by itself
// and taken off what reaching takes.
func BenchmarkStages(b *testing.B) {
	file := os.Getenv("APKAUDIT_STAGES")
	if file == "" {
		b.Skip("set APKAUDIT_STAGES to an APK")
	}
	set, err := rules.Load()
	if err != nil {
		b.Fatal(err)
	}
	o := New(set)
	o.platform() // what is read once per process is not a part of one scan
	format, err := report.FindIn(report.Formats(), "json")
	if err != nil {
		b.Fatal(err)
	}
	ctx, times := context.Background(), stageTimes{}
	fail := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		var app *apk.App
		times.measure("open", func() { app, err = apk.Open(ctx, file, apk.DefaultLimits()) })
		fail(err)
		var whole *Result
		times.measure("observe", func() { whole, err = o.Observe(ctx, app) })
		fail(err)
		var files []*codeFile
		times.measure("inflate+parse", func() { files, _, err = o.readCode(ctx, app) })
		fail(err)
		var own *owners
		times.measure("owners", func() { own, _, err = o.recognise(ctx, app, files, &audit.Behavior{}) })
		fail(err)
		times.measure("walk", func() { err = o.walk(ctx, files) })
		fail(err)
		times.measure("link", func() { err = linkAgain(ctx, o, files) })
		fail(err)
		var r *reached
		times.measure("link+reach", func() {
			var table *apk.Resources
			table, err = app.Resources(ctx)
			fail(err)
			r, err = o.reach(ctx, app, table, files, own)
		})
		fail(err)
		times.measure("uses", func() { o.uses(files, siteFacts{r, newClimber(r, own)}) })
		rep := audit.NewReport()
		rep.App, rep.Behavior, rep.Gaps = app.Info, whole.Behavior, whole.Gaps
		rep.App.DEX = whole.DEX
		times.measure("check", func() {
			check.Run(set, rep)
			rep.Decide()
			rep.Normalize()
		})
		fail(err)
		times.measure("report", func() {
			err = format.Write(new(bytes.Buffer), []*audit.Report{rep}, report.Options{})
		})
		fail(err)
		app.Close()
	}
	stages := []string{"inflate+parse", "owners", "walk", "link", "uses"}
	rest := times.median("observe") - times.median("link+reach") + times.median("link")
	for _, s := range stages {
		b.ReportMetric(times.median(s), s+"-ms")
		rest -= times.median(s)
	}
	b.ReportMetric(times.median("open"), "open-ms")
	b.ReportMetric(times.median("link+reach")-times.median("link"), "reach-ms")
	b.ReportMetric(rest, "elsewhere-ms")
	b.ReportMetric(times.median("check"), "check-ms")
	b.ReportMetric(times.median("report"), "report-ms")
	b.ReportMetric(times.median("observe"), "observe-ms")
}

func linkAgain(ctx context.Context, o *Observer, files []*codeFile) error {
	var codes []*callgraph.Code
	for _, f := range files {
		codes = append(codes, f.code...)
	}
	_, err := callgraph.Link(ctx, codes, o.platform())
	return err
}
