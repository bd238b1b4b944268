package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func TestTextIn(t *testing.T) {
	both := audit.Text{ZH: "中", EN: "en"}
	for _, c := range []struct {
		t          audit.Text
		lang, want string
	}{
		{both, "zh", "中"}, {both, "en", "en"}, {both, "fr", "en"}, {both, "", "en"},
		{audit.Text{EN: "en"}, "zh", "en"}, {audit.Text{ZH: "中"}, "en", "中"}, {audit.Text{}, "zh", ""},
	} {
		if got := c.t.In(c.lang); got != c.want {
			t.Errorf("%+v in %q: %q, want %q", c.t, c.lang, got, c.want)
		}
	}
}

func TestPartyKind(t *testing.T) {
	for in, want := range map[string]string{
		"app": "app", "third_party": "third_party", "sdk:jpush": audit.PrefixSDK, "library:okhttp": audit.PrefixLibrary,
		"unknown:a.b": audit.PrefixUnknown, "sdk?:某:SDK": audit.PrefixUnnamed, "": "",
	} {
		if got := audit.PartyKind(in); got != want {
			t.Errorf("PartyKind(%q) = %q, want %q", in, got, want)
		}
	}
	if got := (audit.PolicySDK{ID: "jpush"}).Party(); got != "sdk:jpush" {
		t.Error(got)
	}
	if got := (audit.PolicySDK{ID: "sdk?:小云"}).Party(); got != "sdk?:小云" {
		t.Error(got)
	}
}

// with returns a decided report with one finding per severity word and one gap
// per kind word; "known:" and "waived:" before a severity set its status, and
// "error" makes it a report without answer.
func with(words ...string) *audit.Report {
	r := audit.NewReport()
	for _, w := range words {
		status, severity, found := strings.Cut(w, ":")
		if !found {
			status, severity = audit.StatusNew, w
		}
		_, isGap := audit.GapKinds()[w]
		switch {
		case w == "error":
			r.Outcome.Verdict = audit.OutcomeError
		case isGap:
			r.Gaps = append(r.Gaps, audit.Gap{Kind: w})
		default:
			r.Findings = append(r.Findings, audit.Finding{Severity: severity, Status: status})
		}
	}
	r.Decide()
	return r
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		words      string
		verdict    string
		incomplete bool
		counts     audit.Counts
	}{
		{"", "clean", false, audit.Counts{}},
		{"info", "clean", false, audit.Counts{Info: 1}},
		{"low info", "findings", false, audit.Counts{Low: 1, Info: 1}},
		{"known:high", "findings", false, audit.Counts{High: 1}},
		{"waived:critical", "clean", false, audit.Counts{}},
		{"waived:critical medium", "findings", false, audit.Counts{Medium: 1}},
		{"native dynamic_code obfuscated no_policy", "clean", false, audit.Counts{}},
		{"packed", "incomplete", true, audit.Counts{}},
		{"critical high medium truncated", "incomplete", true, audit.Counts{Critical: 1, High: 1, Medium: 1}},
		{"tampered", "incomplete", true, audit.Counts{}},
		{"limit", "incomplete", true, audit.Counts{}},
		{"crashed", "incomplete", true, audit.Counts{}},
		{"timeout", "incomplete", true, audit.Counts{}},
		{"no_text_layer", "incomplete", true, audit.Counts{}},
		{"unreadable", "incomplete", true, audit.Counts{}},
		{"error high", "error", false, audit.Counts{High: 1}},
		{"error packed", "error", true, audit.Counts{}},
	} {
		got := with(strings.Fields(c.words)...).Outcome
		if want := (audit.Outcome{Verdict: c.verdict, Incomplete: c.incomplete, Counts: c.counts}); got != want {
			t.Errorf("%q: %+v, want %+v", c.words, got, want)
		}
	}
	r := with("high")
	r.Findings = nil
	r.Decide()
	if r.Outcome.Verdict != audit.OutcomeClean || r.Outcome.Counts.High != 0 {
		t.Errorf("deciding again adds up: %+v", r.Outcome)
	}
}

func TestExitCode(t *testing.T) {
	type gate = audit.Gate
	high := gate{FailOn: "high"}
	for _, c := range []struct {
		name    string
		gate    gate
		targets []string // one report each, see with
		want    int
	}{
		{"nothing to look at", high, nil, 2},
		{"clean", high, []string{""}, 0},
		{"below the gate", high, []string{"medium low info"}, 0},
		{"at the gate", high, []string{"high"}, 1},
		{"above the gate", high, []string{"critical"}, 1},
		{"critical gate", gate{FailOn: "critical"}, []string{"high"}, 0},
		{"medium gate", gate{FailOn: "medium"}, []string{"medium"}, 1},
		{"low gate", gate{FailOn: "low"}, []string{"low"}, 1},
		{"info never reaches low", gate{FailOn: "low"}, []string{"info"}, 0},
		{"none", gate{FailOn: "none"}, []string{"critical"}, 0},
		{"none, incomplete", gate{FailOn: "none"}, []string{"critical packed"}, 3},
		{"new: any of low or above", gate{FailOn: "new"}, []string{"low"}, 1},
		{"new: info does not count", gate{FailOn: "new"}, []string{"info"}, 0},
		{"new: known does not count", gate{FailOn: "new"}, []string{"known:critical"}, 0},
		{"known does not count", high, []string{"known:critical"}, 0},
		{"waived does not count", high, []string{"waived:critical"}, 0},
		{"exit zero", gate{FailOn: "high", ExitZero: true}, []string{"high"}, 0},
		{"exit zero, incomplete", gate{FailOn: "high", ExitZero: true}, []string{"packed"}, 3},
		{"exit zero, no verdict", gate{FailOn: "high", ExitZero: true}, []string{"error"}, 2},
		{"incomplete", high, []string{"packed"}, 3},
		{"incomplete, below the gate", high, []string{"packed medium"}, 3},
		{"incomplete, at the gate", high, []string{"packed high"}, 1},
		{"allowed incomplete", gate{FailOn: "high", AllowIncomplete: true}, []string{"packed"}, 0},
		{"allowed incomplete, at the gate", gate{FailOn: "high", AllowIncomplete: true}, []string{"packed high"}, 1},
		{"allowed incomplete, no verdict", gate{FailOn: "high", AllowIncomplete: true}, []string{"error"}, 2},
		{"weakening gap", high, []string{"native dynamic_code obfuscated no_policy"}, 0},
		{"one of two reaches the gate", high, []string{"", "high"}, 1},
		{"one reaches the gate, one has no answer", high, []string{"high", "error"}, 1},
		{"one clean, one has no answer", high, []string{"", "error"}, 3},
		{"one clean, one incomplete", high, []string{"", "limit"}, 3},
		{"none has an answer", high, []string{"error", "error"}, 2},
	} {
		var reports []*audit.Report
		for _, w := range c.targets {
			reports = append(reports, with(strings.Fields(w)...))
		}
		if got := audit.ExitCode(c.gate, reports); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSeverityRank(t *testing.T) {
	last := 6
	for _, s := range audit.Severities() {
		if got := audit.SeverityRank(s); got != last-1 {
			t.Errorf("%s has rank %d", s, got)
		}
		last--
	}
	if audit.SeverityRank("") != 0 || audit.SeverityRank("HIGH") != 0 {
		t.Error("unknown severities have rank 0")
	}
}

func TestFingerprints(t *testing.T) {
	digest := func(parts ...string) string {
		sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
		return hex.EncodeToString(sum[:])
	}
	const pkg = "com.example.app"
	findings := []audit.Finding{
		{Rule: "a", Party: "sdk:x", Data: "imei"},
		{Rule: "a", Party: "app", Permission: "android.permission.CAMERA"},
		{Rule: "p"}, {Rule: "p"}, {Rule: "p"},
		{Rule: "a", Party: "unknown:a.b", Data: "imei"},
		{Rule: "a", Party: "unknown:x.yz.q", Data: "imei"},
		{Rule: "a", Party: "unknown:a.bcd", Data: "imei"},
		{Rule: "a", Party: "sdk:ab", Data: "imei"},
	}
	audit.SetFingerprints(pkg, findings)
	want := []string{
		digest("a", pkg, "sdk:x", "imei"),
		digest("a", pkg, "app", "android.permission.CAMERA"),
		digest("p", pkg, "", ""), digest("p", pkg, "", "") + "-2", digest("p", pkg, "", "") + "-3",
		digest("a", pkg, "unknown", "imei"), digest("a", pkg, "unknown", "imei") + "-2",
		digest("a", pkg, "unknown:a.bcd", "imei"),
		digest("a", pkg, "sdk:ab", "imei"),
	}
	for i, f := range findings {
		if f.Fingerprint != want[i] {
			t.Errorf("finding %d: %s, want %s", i, f.Fingerprint, want[i])
		}
	}

	// what changes with every build or edit does not change a fingerprint
	again := []audit.Finding{{
		Rule: "a", Party: "sdk:x", Data: "imei", Severity: "low", Verdict: "vague", Title: audit.Text{EN: "other"},
		Code:   []audit.Site{{Example: audit.Example{DEX: "classes9.dex", Offset: 77}}},
		Policy: []audit.Quote{{Quote: "other", At: audit.At{Line: 99}}}, Status: "known",
	}}
	audit.SetFingerprints(pkg, again)
	if again[0].Fingerprint != want[0] {
		t.Error("line numbers, places or texts went into the fingerprint")
	}
	audit.SetFingerprints("com.other", again)
	if again[0].Fingerprint == want[0] {
		t.Error("the package is no part of the fingerprint")
	}
}

// decodeFull reads the full report.
func decodeFull(t *testing.T) *audit.Report {
	t.Helper()
	list, err := audit.DecodeAll(fullReport(t))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d reports, %v", len(list), err)
	}
	return list[0]
}

// TestEncodeDecode writes the full report back byte for byte: every key is
// known to the structs and none is lost, renamed or reordered.
func TestEncodeDecode(t *testing.T) {
	data := fullReport(t)
	r := decodeFull(t)
	var out bytes.Buffer
	if err := audit.Encode(&out, r); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), data) {
		a, b := strings.Split(string(data), "\n"), strings.Split(out.String(), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d: wrote %q, read %q", i+1, b[i], a[i])
			}
		}
		t.Fatalf("read %d lines, wrote %d", len(a), len(b))
	}
	before := r.Outcome
	r.Decide()
	if r.Outcome != before {
		t.Errorf("the example's outcome is %+v, its findings and gaps give %+v", before, r.Outcome)
	}
	prints := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		prints[i] = f.Fingerprint
	}
	audit.SetFingerprints(r.App.Package, r.Findings)
	for i, f := range r.Findings {
		if f.Fingerprint != prints[i] {
			t.Errorf("finding %d of the example has fingerprint %s, made %s", i, prints[i], f.Fingerprint)
		}
	}
	out.Reset()
	if err := audit.Encode(&out, map[string]string{"q": "<a href=\"x\">&"}); err != nil || !strings.Contains(out.String(), `<a href=\"x\">&`) {
		t.Errorf("HTML characters are escaped: %s (%v)", out.String(), err)
	}
}

// TestExamplePositions holds the example to the contract on quotes.
func TestExamplePositions(t *testing.T) {
	r := decodeFull(t)
	check := func(what, quote string, source, start, end int) {
		t.Helper()
		runes := []rune(r.Policy.Sources[source].Text)
		if got := string(runes[start:end]); got != quote {
			t.Errorf("%s: %q at %d..%d is %q", what, quote, start, end, got)
		}
	}
	n := 0
	for _, c := range r.Policy.Claims {
		check("claim", c.Quote, c.At.Source, c.At.Start, c.At.End)
		for _, m := range c.Mentions {
			check("mention", m.Text, c.At.Source, m.Start, m.End)
			n++
		}
	}
	for _, f := range r.Findings {
		for _, q := range f.Policy {
			check(f.Rule, q.Quote, q.At.Source, q.At.Start, q.At.End)
			n++
		}
	}
	if n < 10 {
		t.Errorf("only %d quotes", n)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, doc := range map[string]string{
		"nothing":          ``,
		"no JSON":          `<html>`,
		"cut short":        `{"schema":"apkaudit.report/1","findings":[{`,
		"an array":         `[]`,
		"a string":         `"apkaudit.report/1"`,
		"no schema":        `{}`,
		"later schema":     `{"schema":"apkaudit.report/2"}`,
		"null report":      `{"schema":"apkaudit.reports/1","reports":[null]}`,
		"wrong type":       `{"schema":"apkaudit.report/1","app":{"size":"big"}}`,
		"no verdict":       `{"schema":"apkaudit.report/1"}`,
		"odd verdict":      `{"schema":"apkaudit.report/1","outcome":{"verdict":"fine"}}`,
		"number too large": `{"schema":"apkaudit.report/1","app":{"size":1e400}}`,
	} {
		if r, err := audit.DecodeAll([]byte(doc)); err == nil {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
	list, err := audit.DecodeAll([]byte(`{"schema":"apkaudit.report/1","unknown":1,"findings":null,"outcome":{"verdict":"clean"}}`))
	if err != nil || len(list) != 1 || list[0].Findings == nil || list[0].Names.Party == nil {
		t.Errorf("a sparse report: %v, %+v", err, list)
	}
}

// TestDecodeAll reads documents of one and of several reports, and gives the gaps
// of earlier versions their side.
func TestDecodeAll(t *testing.T) {
	one, err := audit.DecodeAll(fullReport(t))
	if err != nil || len(one) != 1 || one[0].Schema != audit.ReportSchema || len(one[0].Findings) == 0 {
		t.Fatalf("one report: %v", err)
	}
	var several bytes.Buffer
	empty := audit.NewReport()
	empty.Decide()
	if err := audit.Encode(&several, &audit.Reports{Schema: audit.ReportsSchema, Reports: []*audit.Report{one[0], empty}}); err != nil {
		t.Fatal(err)
	}
	list, err := audit.DecodeAll(several.Bytes())
	if err != nil || len(list) != 2 || list[0].App.Package != one[0].App.Package || list[1].App.Package != "" {
		t.Errorf("several reports: %v", err)
	}
	old, err := audit.DecodeAll([]byte(`{"schema":"apkaudit.report/1","outcome":{"verdict":"clean"},"gaps":[{"kind":"no_policy"},{"kind":"no_text_layer"},{"kind":"not_given"},{"kind":"unreadable"},{"kind":"native"},{"kind":"limit","side":"policy"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var sides []string
	for _, g := range old[0].Gaps {
		sides = append(sides, g.Side)
	}
	if got := strings.Join(sides, " "); got != "policy policy policy app app policy" {
		t.Errorf("sides of earlier gaps: %s", got)
	}
	braces := `{"schema":"apkaudit.report/1","outcome":{"verdict":"clean"},"x":"` + strings.Repeat(`{\"{`, 1_500_000) + `"}`
	if _, err := audit.DecodeAll([]byte(braces)); err != nil {
		t.Errorf("braces in a string count: %v", err)
	}
}

// TestNormalize sets every list and map to nil, at every depth, and expects no
// null but the one the contract allows.
func TestNormalize(t *testing.T) {
	r := decodeFull(t)
	n := clearInner(reflect.ValueOf(r).Elem())
	if n < 60 {
		t.Fatalf("only %d lists were cleared", n)
	}
	r.Normalize()
	var out bytes.Buffer
	if err := audit.Encode(&out, r); err != nil {
		t.Fatal(err)
	}
	rest := regexp.MustCompile(`"waiver": null`).ReplaceAllString(out.String(), "")
	if i := strings.Index(rest, "null"); i >= 0 {
		t.Errorf("null is left: %s", rest[max(0, i-60):i+4])
	}
	if !json.Valid(out.Bytes()) {
		t.Error("not JSON")
	}
	out.Reset()
	if err := audit.Encode(&out, audit.NewReport()); err != nil || strings.Contains(out.String(), "null") {
		t.Errorf("a new report holds null (%v): %s", err, out.String())
	}
}

// clearInner sets the lists and maps to nil that hold no structs themselves,
// so that the structs in longer lists stay to be looked at.
func clearInner(v reflect.Value) int {
	n := 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += clearInner(v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Struct {
			v.SetZero()
			return 1
		}
		for i := range v.Len() {
			n += clearInner(v.Index(i))
		}
	case reflect.Map:
		v.SetZero()
		return 1
	case reflect.Pointer:
		if !v.IsNil() {
			n += clearInner(v.Elem())
		}
	}
	return n
}
