package prove_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
)

// TestStates: every check of the set has an example of each state or says why not, and
// who has neither is told.
func TestStates(t *testing.T) {
	set, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	res, err := prove.Run(context.Background(), set)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.States) != len(set.Checks) {
		t.Errorf("states of %d checks, want %d", len(res.States), len(set.Checks))
	}
	table := prove.WriteStates(res.States)
	t.Log("\n" + table)
	for _, s := range res.States {
		if s.Count[audit.StateViolated] == 0 && s.Never[audit.StateViolated] == "" {
			t.Errorf("%s: no example violates it", s.Check)
		}
		if !strings.Contains(table, "\n"+s.Check+" ") {
			t.Errorf("%s is not in the table", s.Check)
		}
	}

	// A check without its undecidable example is incomplete, and one that says it can
	// never come to a state of which it has an example contradicts itself.
	at := slices.IndexFunc(set.Checks, func(c rules.Check) bool { return c.ID == "debuggable" })
	c := &set.Checks[at]
	c.Never = map[string]string{audit.StateViolated: "a test"}
	c.Examples = slices.DeleteFunc(slices.Clone(c.Examples), func(e rules.CheckExample) bool { return e.State == audit.StateUndecidable })
	if res, err = prove.Run(context.Background(), set); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(res.Missing, "check debuggable has no undecidable example") {
		t.Errorf("the missing example is not told: %q", res.Missing)
	}
	if !slices.ContainsFunc(res.Failures, func(f prove.Failure) bool { return f.ID == "debuggable" && f.Example == audit.StateViolated }) {
		t.Errorf("the contradiction is not told: %v", res.Failures)
	}
}
