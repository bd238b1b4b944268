package scan_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
)

// encoded is a report as it is saved.
func encoded(t *testing.T, r *audit.Report) string {
	t.Helper()
	var b strings.Builder
	if err := audit.Encode(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRecheck: a saved report that is judged by another policy is byte for byte
// the report of a fresh scan with that policy, whatever the first policy left
// unread or the scan had to leave out.
func TestRecheck(t *testing.T) {
	s, ctx := newScanner(t), context.Background()
	unread := []policy.Input{{Name: "scan.pdf", Err: errors.New("not to be read")}}
	for _, c := range []struct {
		name, apk     string
		first, second []policy.Input
	}{
		{"the same policy", "lanting.apk", documents(t, "lanting.zh.txt"), documents(t, "lanting.zh.txt")},
		{"another policy", "lanting.apk", documents(t, "lanting.zh.txt"), documents(t, "pocketnotes.en.md")},
		{"first without a policy", "pocketnotes.apk", nil, documents(t, "pocketnotes.en.md")},
		{"a gap of the first policy goes", "lanting.apk", append(documents(t, "lanting.zh.txt"), unread...), documents(t, "lanting.zh.txt")},
		{"a gap of the second comes", "lanting.apk", documents(t, "lanting.zh.txt"), append(documents(t, "placeholders.zh.txt"), unread...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, err := s.App(ctx, apkPath(c.apk), c.first)
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := s.App(ctx, apkPath(c.apk), c.second)
			if err != nil {
				t.Fatal(err)
			}
			before := encoded(t, first)
			saved, err := audit.DecodeAll([]byte(before))
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.Recheck(ctx, saved[0], c.second)
			if err != nil {
				t.Fatal(err)
			}
			if encoded(t, again) != encoded(t, fresh) {
				t.Error("the report differs from that of a fresh scan")
			}
			if encoded(t, saved[0]) != before {
				t.Error("the saved report was changed")
			}
		})
	}
}

// TestRecheckKeepsTheAppsGaps: what was not seen of the app stays unseen, whatever
// its kind, and the behaviour keeps the digest of what read it.
func TestRecheckKeepsTheAppsGaps(t *testing.T) {
	s, ctx := newScanner(t), context.Background()
	r, err := s.App(ctx, apkPath("lanting.apk"), documents(t, "lanting.zh.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r.Tool.AnalysisDigest = strings.Repeat("ab", 32)
	r.Gaps = []audit.Gap{{Kind: audit.GapUnreadable, Side: audit.SidePolicy, What: "policy"}, {Kind: audit.GapUnreadable, Side: audit.SideApp, What: "classes2.dex"}}
	again, err := s.Recheck(ctx, r, documents(t, "lanting.zh.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, g := range again.Gaps {
		kept = append(kept, g.Side+" "+g.What)
	}
	if !slices.Contains(kept, "app classes2.dex") || slices.Contains(kept, "policy policy") {
		t.Errorf("gaps kept: %q", kept)
	}
	if !again.Outcome.Incomplete || again.Tool.AnalysisDigest != r.Tool.AnalysisDigest {
		t.Errorf("outcome %+v, analysis digest %s", again.Outcome, again.Tool.AnalysisDigest)
	}
	failed := s.Failed("absent.apk", errors.New("no such file"))
	if same, err := s.Recheck(ctx, failed, documents(t, "lanting.zh.txt")); err != nil || same.Outcome.Verdict != audit.OutcomeError {
		t.Errorf("a target without an answer: %v, %+v", err, same.Outcome)
	}
	if _, err := s.Recheck(ctx, r, []policy.Input{{Name: "x.txt"}}); err == nil {
		t.Error("a policy that cannot be read is no error")
	}
}
