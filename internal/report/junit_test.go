package report

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func junit(t *testing.T, opt Options, reports ...*audit.Report) junitSuites {
	t.Helper()
	var out junitSuites
	if err := xml.Unmarshal([]byte(render(t, "junit", opt, reports...)), &out); err != nil {
		t.Fatal(err)
	}
	tests, failures, skipped := 0, 0, 0
	for _, s := range out.Suites {
		tests, failures, skipped = tests+s.Tests, failures+s.Failures, skipped+s.Skipped
		if len(s.Cases) != s.Tests {
			t.Errorf("%s: %d cases, %d tests", s.Name, len(s.Cases), s.Tests)
		}
	}
	if len(out.Suites) != len(reports) || out.Tests != tests || out.Failures != failures || out.Skipped != skipped {
		t.Errorf("the sums are wrong: %+v", out)
	}
	return out
}

func TestJUnit(t *testing.T) {
	r := rich(t)
	s := junit(t, Options{Lang: "en"}, r).Suites[0]
	if len(s.Cases) != len(r.Checks)+1 {
		t.Errorf("%d cases of %d checks", len(s.Cases), len(r.Checks))
	}
	find := func(s junitSuite, name string) junitCase {
		i := slices.IndexFunc(s.Cases, func(c junitCase) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("no case %s", name)
		}
		return s.Cases[i]
	}
	for _, c := range r.Checks {
		got := find(s, c.Rule)
		failing := ""
		for _, f := range bySeverity(r.Findings) {
			if f.Rule == c.Rule && actionable(f) && f.Status == audit.StatusNew && failing == "" {
				failing = f.Severity
			}
		}
		switch {
		case failing != "":
			if got.Failure == nil || got.Failure.Type != failing || got.Skipped != nil || got.Failure.Text == "" {
				t.Errorf("%s: %+v", c.Rule, got)
			}
		case c.State == audit.StateUndecidable || c.State == audit.StateNotLooked:
			if got.Skipped == nil || got.Skipped.Message == "" || got.Failure != nil {
				t.Errorf("%s: %+v", c.Rule, got)
			}
		default:
			if got.Failure != nil || got.Skipped != nil || got.Error != nil {
				t.Errorf("%s should pass: %+v", c.Rule, got)
			}
		}
	}
	// a waived finding and one of severity info are told and fail nothing
	for _, rule := range []string{"vague_disclosure", "coverage_gap"} {
		if got := find(s, rule); got.Failure != nil || got.Out == nil || got.Out.Text == "" {
			t.Errorf("%s: %+v", rule, got)
		}
	}
	if got := find(s, "policy_contradiction"); !strings.Contains(got.Failure.Text, "\n") || !strings.Contains(got.Failure.Text, r.Findings[0].Fingerprint) {
		t.Errorf("the failure's text: %q", got.Failure.Text)
	}
	// what was not examined does not pass
	failed := audit.NewReport()
	failed.Outcome.Verdict = audit.OutcomeError
	partly := rich(t)
	partly.Gaps = []audit.Gap{{Kind: audit.GapPacked, What: "x"}}
	partly.Decide()
	all := junit(t, Options{Lang: "zh"}, failed, partly, audit.NewReport())
	if got := find(all.Suites[0], examined); got.Error == nil || all.Errors != 2 {
		t.Errorf("an error is %+v", got)
	}
	if got := find(all.Suites[1], examined); got.Error == nil || !strings.Contains(got.Error.Text, "x") {
		t.Errorf("an incomplete report is %+v", got)
	}
	// a finding of a check that has no state, and a great many findings of one
	odd := rich(t)
	odd.Checks = nil
	for range 300 {
		odd.Findings = append(odd.Findings, odd.Findings[0])
	}
	if got := find(junit(t, Options{}, odd).Suites[0], "policy_contradiction"); got.Failure == nil || !strings.Contains(got.Failure.Message, "(and 300 more)") || len(got.Failure.Text) > 1<<18 {
		t.Errorf("%+v", got)
	}
}
