package scan

import (
	"context"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
)

// TestReaderCrash: a document that brings the reader down costs that document
// and no other.
func TestReaderCrash(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(set, DefaultOptions(), "test")
	if err != nil {
		t.Fatal(err)
	}
	read := s.readPolicies
	s.readPolicies = func(ctx context.Context, docs []policy.Input) (audit.Policy, []audit.Gap, error) {
		for _, d := range docs {
			if d.Err == nil && strings.Contains(string(d.Data), "崩溃") {
				panic("index out of range")
			}
		}
		return read(ctx, docs)
	}
	bad := policy.Input{Name: "bad.txt", Data: []byte("崩溃")}
	good := policy.Input{Name: "good.txt", Data: []byte("我们会收集您的手机号码。")}
	for _, c := range []struct {
		docs   []policy.Input
		claims int
	}{{[]policy.Input{bad, good}, 1}, {[]policy.Input{bad}, 0}} {
		r, err := s.Policies(context.Background(), c.docs)
		if err != nil {
			t.Fatal(err)
		}
		crashed := 0
		for _, g := range r.Gaps {
			if g.Kind == audit.GapCrashed && strings.Contains(g.What, "bad.txt") {
				crashed++
			}
		}
		if crashed != 1 || len(r.Policy.Claims) != c.claims || len(r.Policy.Sources) != len(c.docs) || !r.Outcome.Incomplete {
			t.Errorf("%d documents: gaps %v, %d claims, sources %v", len(c.docs), r.Gaps, len(r.Policy.Claims), r.Policy.Sources)
		}
	}
}
