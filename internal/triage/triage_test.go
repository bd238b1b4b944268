package triage_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/triage"
)

// full is the example of package audit, in which every list holds something.
func full(t testing.TB) *audit.Report {
	t.Helper()
	data, err := os.ReadFile("../audit/testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := audit.DecodeAll(data)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := audit.Encode(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reportOf is a decided report of a package with findings of these rules; "rule party
// data" in one string.
func reportOf(pkg string, findings ...string) *audit.Report {
	r := audit.NewReport()
	r.App.File, r.App.Package = pkg+".apk", pkg
	for _, f := range findings {
		parts := append(strings.Fields(f), "", "")
		r.Findings = append(r.Findings, audit.Finding{Rule: parts[0], Party: parts[1], Data: parts[2], Severity: audit.High, Status: audit.StatusNew})
	}
	audit.SetFingerprints(pkg, r.Findings)
	r.Decide()
	r.Normalize()
	return r
}

func baseline(t testing.TB, v any) *triage.Baseline {
	t.Helper()
	b, err := triage.ReadBaseline("old.json", encoded(t, v))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func statuses(r *audit.Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Status)
	}
	return strings.Join(out, " ")
}

func TestBaseline(t *testing.T) {
	old := reportOf("a.b", "sdk sdk:x", "blank", "blank", "data app imei")
	unanswered := audit.NewReport()
	unanswered.Outcome.Verdict = audit.OutcomeError
	policies := reportOf("", "no_date")
	several := func(reports ...*audit.Report) *audit.Reports {
		return &audit.Reports{Schema: audit.ReportsSchema, Reports: reports}
	}
	waivedBefore := reportOf("a.b", "sdk sdk:x")
	waivedBefore.Findings[0].Status = audit.StatusWaived
	for _, c := range []struct {
		name     string
		baseline any
		report   *audit.Report
		want     string
		counted  int
	}{
		{"the same", old, reportOf("a.b", "sdk sdk:x", "blank", "blank", "data app imei"), "known known known known", 4},
		{"one more of a repeat is new", old, reportOf("a.b", "blank", "blank", "blank"), "known known new", 3},
		{"one less of a repeat is known", old, reportOf("a.b", "blank"), "known", 1},
		{"another party, another datum", old, reportOf("a.b", "sdk sdk:y", "data app oaid"), "new new", 2},
		{"another app", old, reportOf("c.d", "sdk sdk:x"), "new", 1},
		{"several reports, matched by package", several(reportOf("c.d", "blank"), unanswered, old), reportOf("a.b", "sdk sdk:x", "later"), "known new", 2},
		{"two versions of one app", several(old, reportOf("a.b", "later")), reportOf("a.b", "sdk sdk:x", "later"), "known known", 2},
		{"policies alone", several(policies, old), reportOf("", "no_date", "no_contact"), "known new", 2},
		{"waived in the baseline is known", waivedBefore, reportOf("a.b", "sdk sdk:x"), "known", 1},
		{"nothing known", reportOf("a.b"), reportOf("a.b", "sdk sdk:x"), "new", 1},
	} {
		g := triage.Given{Baseline: baseline(t, c.baseline)}
		g.Apply(c.report)
		if got := statuses(c.report); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if c.report.Outcome.Counts.High != c.counted || c.report.Triage.Baseline != "old.json" {
			t.Errorf("%s: counts %+v, triage %+v", c.name, c.report.Outcome.Counts, c.report.Triage)
		}
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	unanswered := audit.NewReport()
	unanswered.Outcome.Verdict = audit.OutcomeError
	for name, c := range map[string]struct{ data, want string }{
		"empty":            {"", "not a JSON report"},
		"no JSON":          {"<html>", "not a JSON report"},
		"another document": {`{"schema":"apkaudit.difference/1"}`, `its schema is "apkaudit.difference/1"`},
		"no schema":        {`{"findings":[]}`, `its schema is ""`},
		"later schema":     {`{"schema":"apkaudit.report/2"}`, "apkaudit.report/2"},
		"null inside":      {`{"schema":"apkaudit.reports/1","reports":[null]}`, "report 1 of 1"},
		"foreign inside":   {`{"schema":"apkaudit.reports/1","reports":[{"schema":"x"}]}`, "report 1 of 1"},
		"cut":              {`{"schema":"apkaudit.report/1","findings":[`, "not a JSON report"},
		"two documents":    {`{"schema":"apkaudit.report/1"}{}`, "something follows"},
		"deep":             {`{"schema":"apkaudit.report/1","x":` + strings.Repeat("[", 1_000_000), "not a JSON report"},
		"many objects":     {`{"schema":"apkaudit.report/1","findings":[` + strings.Repeat("{},", 2_100_000) + "{}]}", "max-report-objects"},
		"none":             {`{"schema":"apkaudit.reports/1","reports":[]}`, "no report with an answer"},
		"no answer":        {string(encoded(t, unanswered)), "no report with an answer"},
	} {
		_, err := triage.ReadBaseline("old.json", []byte(c.data))
		if err == nil || !strings.HasPrefix(err.Error(), "old.json: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWaivers(t *testing.T) {
	r := reportOf("a.b", "sdk sdk:x", "data app imei", "data app oaid", "blank", "blank", "data sdk:x imei")
	digits := r.Findings[0].Fingerprint
	blank := r.Findings[3].Fingerprint
	for _, c := range []struct{ name, fields, want, state string }{
		{"a rule", "rule: data", "new waived waived new new waived", "applied"},
		{"a rule of a party", "rule: data, party: app", "new waived waived new new new", "applied"},
		{"a rule of a party and datum", "rule: data, party: app, data: oaid", "new new waived new new new", "applied"},
		{"a fingerprint", "fingerprint: " + digits, "waived new new new new new", "applied"},
		{"its beginning", "fingerprint: " + digits[:12], "waived new new new new new", "applied"},
		{"the first of repeats", "fingerprint: " + blank[:16], "new new new waived new new", "applied"},
		{"the second of repeats", "fingerprint: " + blank[:16] + "-2", "new new new new waived new", "applied"},
		{"a third that is not there", "fingerprint: " + blank + "-3", "new new new new new new", "unused"},
		{"no such party", "rule: data, party: sdk:y", "new new new new new new", "unused"},
		{"a permission", "rule: data, permission: android.permission.CAMERA", "new new new new new new", "unused"},
		{"a fingerprint of another party", "fingerprint: " + digits + ", party: app", "new new new new new new", "unused"},
	} {
		list, err := triage.ReadWaivers("w.yaml", []byte("waivers:\n  - {"+c.fields+", reason: r, until: 2026-06-30, by: me}\n"))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		triage.Given{Waivers: list, Today: "2026-06-30"}.Apply(r)
		w := r.Triage.Waivers[0]
		if got := statuses(r); got != c.want || w.State != c.state || w.Findings != strings.Count(c.want, "waived") || w.Line != 2 {
			t.Errorf("%s: %s, want %s; %+v", c.name, got, c.want, w)
		}
		if got, want := r.Outcome.Counts.High, strings.Count(c.want, "new"); got != want {
			t.Errorf("%s: %d findings count, want %d", c.name, got, want)
		}
		for _, f := range r.Findings {
			if (f.Status == audit.StatusWaived) != (f.Waiver != nil) || f.Waiver != nil && *f.Waiver != (audit.Waiver{Reason: "r", Until: "2026-06-30", By: "me"}) {
				t.Errorf("%s: %s with %+v", c.name, f.Status, f.Waiver)
			}
		}
		triage.Given{Waivers: list, Today: "2026-07-01"}.Apply(r)
		if got := statuses(r); strings.Contains(got, "waived") || r.Triage.Waivers[0].State != audit.WaiverExpired {
			t.Errorf("%s, a day later: %s, %+v", c.name, got, r.Triage.Waivers[0])
		}
	}
}

// TestWaiverOfPermission: a waiver that names a permission is for findings on that one.
func TestWaiverOfPermission(t *testing.T) {
	r := reportOf("a.b", "permission", "permission", "permission")
	r.Findings[0].Permission, r.Findings[1].Permission = "p", "q"
	list, err := triage.ReadWaivers("w.yaml", []byte("waivers: [{rule: permission, permission: p, reason: r, until: 2027-01-01}]"))
	if err != nil {
		t.Fatal(err)
	}
	triage.Given{Waivers: list, Today: "2026-06-15"}.Apply(r)
	if got := statuses(r); got != "waived new new" {
		t.Error(got)
	}
}

// TestApplyOrder: waived goes before known, the first waiver that has not expired
// counts, and what an earlier run set is gone.
func TestApplyOrder(t *testing.T) {
	list, err := triage.ReadWaivers("w.yaml", []byte(`waivers:
- {rule: sdk, reason: old, until: 2026-01-01}
- {rule: sdk, party: sdk:x, reason: first, until: 2027-01-01}
- {rule: sdk, reason: second, until: 2027-01-01}
- {rule: nothing, reason: r, until: 2027-01-01}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := reportOf("a.b", "sdk sdk:x", "sdk sdk:y", "blank")
	g := triage.Given{Baseline: baseline(t, r), Waivers: list, Today: "2026-06-15"}
	g.Apply(r)
	g.Apply(r) // again: the same
	if got := statuses(r); got != "waived waived known" {
		t.Error(got)
	}
	if r.Findings[0].Waiver.Reason != "first" || r.Findings[1].Waiver.Reason != "second" {
		t.Errorf("%+v, %+v", r.Findings[0].Waiver, r.Findings[1].Waiver)
	}
	var states []string
	for _, w := range r.Triage.Waivers {
		states = append(states, w.State)
	}
	if want := []string{"expired", "applied", "applied", "unused"}; !slices.Equal(states, want) || r.Triage.Waivers[0].Findings != 2 {
		t.Errorf("%v, %+v", states, r.Triage.Waivers[0])
	}
	if code := audit.ExitCode(audit.Gate{FailOn: "low"}, []*audit.Report{r}); code != audit.ExitClean {
		t.Errorf("exit code %d", code)
	}
	notes := g.Notes([]*audit.Report{r})
	if len(notes) != 2 || !strings.HasPrefix(notes[0], "w.yaml:2: the waiver of sdk expired on 2026-01-01") || !strings.HasPrefix(notes[1], "w.yaml:5: no finding is as the waiver of nothing says") {
		t.Errorf("%q", notes)
	}
	triage.Given{}.Apply(r)
	if got := statuses(r); got != "new new new" || r.Findings[0].Waiver != nil || len(r.Triage.Waivers) != 0 || r.Triage.Baseline != "" {
		t.Errorf("nothing given: %s, %+v", got, r.Triage)
	}
}

// TestNotes: over several reports a waiver is unused only where none has a finding
// for it, and a baseline of another app says so with both names.
func TestNotes(t *testing.T) {
	list, err := triage.ReadWaivers("w.yaml", []byte("waivers: [{rule: sdk, reason: r, until: 2027-01-01}]"))
	if err != nil {
		t.Fatal(err)
	}
	failed := audit.NewReport()
	failed.Outcome.Verdict = audit.OutcomeError
	reports := []*audit.Report{reportOf("a.b"), reportOf("c.d", "sdk sdk:x"), failed}
	g := triage.Given{Baseline: baseline(t, reportOf("a.b", "blank")), Waivers: list, Today: "2026-06-15"}
	for _, r := range reports {
		g.Apply(r)
	}
	notes := g.Notes(reports)
	if len(notes) != 1 || !strings.Contains(notes[0], "old.json: ") || !strings.Contains(notes[0], "a.b") || !strings.Contains(notes[0], "c.d") {
		t.Errorf("%q", notes)
	}
	if failed.Outcome.Verdict != audit.OutcomeError {
		t.Error("a target without an answer got one")
	}
	if notes := g.Notes(reports[:1]); len(notes) != 1 || !strings.Contains(notes[0], "w.yaml:1") {
		t.Errorf("%q", notes)
	}
}

// TestNotesOfPolicies: reports without a package have a name in notes, and of many
// packages a few are named.
func TestNotesOfPolicies(t *testing.T) {
	several := &audit.Reports{Schema: audit.ReportsSchema}
	for _, pkg := range []string{"e", "d", "c", "b"} {
		several.Reports = append(several.Reports, reportOf(pkg))
	}
	for _, c := range []struct {
		baseline any
		report   *audit.Report
		want     string
	}{
		{reportOf(""), reportOf("a"), "old.json: holds a report of policies alone and none of a, of which nothing is known"},
		{reportOf("a"), reportOf(""), "old.json: holds a report of a and none of policies alone, of which nothing is known"},
		{several, reportOf("a"), "old.json: holds a report of b, c, d, 1 more and none of a, of which nothing is known"},
		{&audit.Reports{Schema: audit.ReportsSchema, Reports: several.Reports[1:]}, reportOf("a"), "old.json: holds a report of b, c, d and none of a, of which nothing is known"},
		{several, reportOf("b"), ""},
	} {
		if got := strings.Join((triage.Given{Baseline: baseline(t, c.baseline)}).Notes([]*audit.Report{c.report}), "|"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestNotesName: a note says what the waiver is for, of a fingerprint its beginning.
func TestNotesName(t *testing.T) {
	for fields, want := range map[string]string{
		"rule: a": "a", "rule: a, party: app, data: imei, permission: p": "a app imei p", "fingerprint: 1234567890abcdef": "1234567890ab", "fingerprint: 123456789012": "123456789012",
	} {
		list, err := triage.ReadWaivers("w.yaml", []byte("waivers: [{"+fields+", reason: r, until: 2027-01-01}]"))
		if err != nil {
			t.Fatal(err)
		}
		notes := triage.Given{Waivers: list, Today: "2026-06-15"}.Notes(nil)
		if len(notes) != 1 || !strings.Contains(notes[0], "the waiver of "+want+" says") {
			t.Errorf("%s: %q", fields, notes)
		}
	}
}

// TestApplyChangesNothingElse: triage sets status, waiver, added data, triage and outcome.
func TestApplyChangesNothingElse(t *testing.T) {
	r := full(t)
	list, err := triage.ReadWaivers("w.yaml", []byte("waivers: [{rule: undisclosed_sdk, reason: r, until: 2027-01-01}]"))
	if err != nil {
		t.Fatal(err)
	}
	triage.Given{Baseline: baseline(t, full(t)), Waivers: list, Today: "2026-06-15"}.Apply(r)
	want := full(t)
	if len(r.Findings) != len(want.Findings) {
		t.Fatal("a finding was added or deleted")
	}
	for i := range r.Findings {
		r.Findings[i].Status, r.Findings[i].Waiver, r.Findings[i].Added = want.Findings[i].Status, want.Findings[i].Waiver, want.Findings[i].Added
	}
	r.Triage, r.Outcome = want.Triage, want.Outcome
	if !bytes.Equal(encoded(t, r), encoded(t, want)) {
		t.Error("something else was changed")
	}
}

// TestMoreDataInside: a finding that the baseline has with less data inside is new and
// names what is new, and a waiver of then does not cover it.
func TestMoreDataInside(t *testing.T) {
	holding := func(data ...string) *audit.Report {
		r := reportOf("a.b", "sdk sdk:x")
		for _, d := range data {
			r.Findings[0].Items = append(r.Findings[0].Items, audit.Item{Data: d, Verdict: audit.VerdictUndisclosed})
		}
		return r
	}
	id := holding().Findings[0].Fingerprint[:12]
	several := &audit.Reports{Schema: audit.ReportsSchema, Reports: []*audit.Report{holding("imei"), holding("oaid")}}
	for _, c := range []struct {
		name     string
		baseline any
		waiver   string
		report   *audit.Report
		status   string
		added    string
		state    string
		exceeded string
		failed   int
	}{
		{"the same data", holding("imei", "oaid"), "", holding("oaid", "imei"), "known", "", "", "", 0},
		{"less data", holding("imei", "oaid"), "", holding("imei"), "known", "", "", "", 0},
		{"more data", holding("imei"), "", holding("oaid", "imei", "mac"), "new", "mac oaid", "", "", 1},
		{"data where there were none", holding(), "", holding("imei"), "new", "imei", "", "", 1},
		{"data of two baselines", several, "", holding("imei", "oaid"), "known", "", "", "", 0},
		{"no baseline", nil, "", holding("imei"), "new", "", "", "", 1},
		{"another finding", reportOf("a.b", "data app imei"), "", holding("imei"), "new", "", "", "", 1},
		{"waived by rule", holding("imei"), "rule: sdk", holding("imei", "oaid"), "waived", "oaid", "applied", "", 0},
		{"waived by fingerprint", holding("imei"), "fingerprint: " + id, holding("imei"), "waived", "", "applied", "", 0},
		{"waived by fingerprint without a baseline", nil, "fingerprint: " + id, holding("imei"), "waived", "", "applied", "", 0},
		{"the fingerprint of less", holding("imei"), "fingerprint: " + id, holding("imei", "oaid"), "new", "oaid", "exceeded", "oaid", 1},
		{"all named", holding("imei"), "items: [oaid, imei], fingerprint: " + id, holding("imei", "oaid"), "waived", "oaid", "applied", "", 0},
		{"not all named", nil, "items: imei, rule: sdk", holding("mac", "imei", "oaid"), "new", "", "exceeded", "mac oaid", 1},
		{"not all named, but known", holding("imei", "oaid"), "items: imei, rule: sdk", holding("imei", "oaid"), "known", "", "exceeded", "oaid", 0},
		{"a finding without data", nil, "items: imei, rule: sdk", holding(), "new", "", "unused", "", 1},
	} {
		g := triage.Given{Today: "2026-06-15"}
		if c.baseline != nil {
			g.Baseline = baseline(t, c.baseline)
		}
		if c.waiver != "" {
			list, err := triage.ReadWaivers("w.yaml", []byte("waivers: [{"+c.waiver+", reason: r, until: 2027-01-01}]"))
			if err != nil {
				t.Fatal(err)
			}
			g.Waivers = list
		}
		g.Apply(c.report)
		g.Apply(c.report) // again: the same
		f := c.report.Findings[0]
		if got := strings.Join(f.Added, " "); f.Status != c.status || got != c.added || (f.Waiver != nil) != (c.status == "waived") {
			t.Errorf("%s: %s with %q new, want %s with %q", c.name, f.Status, got, c.status, c.added)
		}
		if code := audit.ExitCode(audit.Gate{FailOn: "new"}, []*audit.Report{c.report}); code != c.failed {
			t.Errorf("%s: exit code %d", c.name, code)
		}
		notes := g.Notes([]*audit.Report{c.report})
		if c.waiver == "" {
			if len(notes) != 0 {
				t.Errorf("%s: %q", c.name, notes)
			}
			continue
		}
		w := c.report.Triage.Waivers[0]
		if got := strings.Join(w.Exceeded, " "); w.State != c.state || got != c.exceeded || (len(notes) > 0) != (c.state != "applied") {
			t.Errorf("%s: %s by %q, want %s by %q; %q", c.name, w.State, got, c.state, c.exceeded, notes)
		}
		if said := " was not given for " + strings.ReplaceAll(c.exceeded, " ", ", ") + ","; c.exceeded != "" && (!strings.HasPrefix(notes[0], "w.yaml:1: the waiver of ") || !strings.Contains(notes[0], said)) {
			t.Errorf("%s: %q", c.name, notes)
		}
	}
}

// TestRepeatsByWords: of repeats those with the words of the baseline are known, wherever
// they stand now, and as many as the baseline has.
func TestRepeatsByWords(t *testing.T) {
	blanks := func(quotes ...string) *audit.Report {
		r := audit.NewReport()
		r.App.Package = "a.b"
		for _, q := range quotes {
			r.Findings = append(r.Findings, audit.Finding{Rule: "blank", Severity: audit.High, Status: audit.StatusNew, Policy: []audit.Quote{{Quote: q}}})
		}
		audit.SetFingerprints("a.b", r.Findings)
		r.Decide()
		r.Normalize()
		return r
	}
	old := blanks("[name]", "[address]", "[name]")
	for _, c := range []struct {
		is         *audit.Report
		want, diff string
	}{
		{blanks("[date]", "[name]", "[address]", "[name]"), "new known known known", "new"},
		{blanks("[name]", "[name]", "[name]", "[address]"), "known known new known", "new"},
		{blanks("[name]", "[street]", "[name]"), "known known known", ""},
		{blanks("[name]", "[name]"), "known known", "gone"},
	} {
		triage.Given{Baseline: baseline(t, old)}.Apply(c.is)
		if got := statuses(c.is); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		var got []string
		for _, f := range triage.Diff(old, c.is).Findings {
			got = append(got, f.Change)
		}
		if strings.Join(got, " ") != c.diff {
			t.Errorf("%v, want %s", got, c.diff)
		}
	}
}

// TestOverlap: a finding counts for the waiver that waives it, and one whose findings
// others waive is neither applied nor unused.
func TestOverlap(t *testing.T) {
	list, err := triage.ReadWaivers("w.yaml", []byte(`waivers:
- {rule: sdk, party: sdk:x, reason: narrow, until: 2027-01-01}
- {rule: sdk, reason: wide, until: 2027-01-01}
- {rule: sdk, party: sdk:y, reason: again, until: 2027-01-01}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := reportOf("a.b", "sdk sdk:x", "sdk sdk:y", "sdk sdk:z")
	g := triage.Given{Waivers: list, Today: "2026-06-15"}
	g.Apply(r)
	var got []string
	for _, w := range r.Triage.Waivers {
		got = append(got, fmt.Sprint(w.State, " ", w.Findings))
	}
	if want := []string{"applied 1", "applied 2", "redundant 0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if notes := g.Notes([]*audit.Report{r}); len(notes) != 0 {
		t.Errorf("%q", notes)
	}
}
