package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apkaudit/internal/audit"
)

func merged(t *testing.T, opt Options, reports ...*audit.Report) (sarifLog, string) {
	t.Helper()
	m := NewMergedSARIF(opt)
	for _, r := range reports {
		if err := m.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, log)
	return log, b.String()
}

// TestMergedSARIF: one report gives the results that the format sarif gives, several
// give them all, and all of it is valid.
func TestMergedSARIF(t *testing.T) {
	s := official(t)
	for name, opt := range map[string]Options{"zh": {Lang: "zh", WorkDir: "/src"}, "en": {}} {
		r := rich(t)
		one, _ := merged(t, opt, r)
		want := sarif(t, s, opt, r).Runs[0]
		got := one.Runs[0]
		for i := range want.Results { // the rules of one report are sorted, those of many as they come
			if a, b := got.Tool.Driver.Rules[got.Results[i].RuleIndex], want.Tool.Driver.Rules[want.Results[i].RuleIndex]; !reflect.DeepEqual(a, b) {
				t.Errorf("%s: rule %+v, want %+v", name, a, b)
			}
			got.Results[i].RuleIndex = want.Results[i].RuleIndex
		}
		if !reflect.DeepEqual(got.Results, want.Results) || !reflect.DeepEqual(got.Artifacts, want.Artifacts) || !reflect.DeepEqual(got.Invocations, want.Invocations) || got.Language != want.Language {
			t.Errorf("%s: one report is another document", name)
		}
	}
	other := rich(t)
	other.App.File = "other.apk"
	all, text := merged(t, Options{}, rich(t), hostile(), other)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = s.Validate(doc)
	}
	if err != nil {
		t.Error(err)
	}
	if n := len(all.Runs[0].Results); len(all.Runs) != 1 || n != 2*len(other.Findings)+len(hostile().Findings) {
		t.Errorf("%d runs, %d results", len(all.Runs), n)
	}
	if none, _ := merged(t, Options{}); len(none.Runs[0].Results) != 0 {
		t.Error("results of no report")
	}
}

// TestMergedSARIFSize: of too many results the most severe over all reports stay, and
// a notification says how many were left out.
func TestMergedSARIFSize(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ reports, each, noise, least, most int }{{30, 1000, 0, maxResults, maxResults}, {8, 1000, 1800, 3000, 7000}} {
		name := fmt.Sprintf("%d with %d and %d", c.reports, c.each, c.noise)
		base := rich(t)
		m := NewMergedSARIF(Options{})
		severe := 0
		for n := range c.reports {
			r := *base
			r.App.File = fmt.Sprintf("%d.apk", n)
			r.Findings = make([]audit.Finding, c.each)
			for i := range r.Findings {
				f := base.Findings[i%len(base.Findings)]
				if i >= 10*len(base.Findings) { // enough of all evidence; what follows counts
					f.Code, f.Policy = nil, nil
				}
				f.Severity = audit.Severities()[1+i%4]
				if n == c.reports-1 && i < 50 { // what comes last pushes out what came first
					f.Severity = audit.Critical
				}
				if audit.SeverityRank(f.Severity) >= audit.SeverityRank(audit.High) {
					severe++
				}
				noise := make([]byte, c.noise)
				for j := range noise {
					noise[j] = byte('!' + random.IntN(90))
				}
				f.Data, f.Why.EN, f.Title.EN = fmt.Sprintf("data_%d", i), f.Why.EN+string(noise[:len(noise)/2]), f.Title.EN+string(noise[len(noise)/2:])
				r.Findings[i] = f
			}
			audit.SetFingerprints(r.App.Package, r.Findings)
			if err := m.Add(&r); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		var log sarifLog
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		kept := map[any]int{}
		for _, x := range run.Results {
			kept[x.Properties["severity"]]++
		}
		t.Logf("%s: %d results, %d bytes, %d after gzip: %v", name, len(run.Results), b.Len(), packed(b.Bytes()), kept)
		if n := len(run.Results); n < c.least || n > c.most || packed(b.Bytes()) > maxPacked {
			t.Errorf("%s: %d results, %d bytes after gzip", name, n, packed(b.Bytes()))
		}
		if kept[audit.Critical] != 50 || kept[audit.Critical]+kept[audit.High] != severe {
			t.Errorf("%s: of %d severe results %v are left", name, severe, kept)
		}
		want := fmt.Sprintf("too many results: %s were left out", grouped(int64(c.reports*c.each-len(run.Results))))
		if n := run.Invocations[0].Notifications[0]; n.Message.Text != want {
			t.Errorf("%s: the cut is announced as %+v", name, n)
		}
	}
}
