package prove

import (
	"fmt"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// States are the states that the examples of one check come to. Whoever reads a report
// must be able to trust each of them: a check is complete when it has an example that
// violates it, one that satisfies it and one that leaves it open, or says why it can
// never come to that.
type States struct {
	Check string
	Count map[string]int    // examples by state
	Never map[string]string // by state, why the check cannot come to it
}

// WriteStates lists a table of checks and states: how many examples come to each, "never"
// where the check says that it cannot.
func WriteStates(list []States) string {
	var out strings.Builder
	row := func(cells ...any) { fmt.Fprintf(&out, "%-36s %9v %10v %12v %11v\n", cells...) }
	row("check", audit.StateViolated, audit.StateSatisfied, audit.StateUndecidable, audit.StateNotLooked)
	for _, s := range list {
		row(s.Check, s.cell(audit.StateViolated), s.cell(audit.StateSatisfied), s.cell(audit.StateUndecidable), s.cell(audit.StateNotLooked))
	}
	return out.String()
}

func (s *States) cell(state string) string {
	switch {
	case s.Count[state] > 0:
		return fmt.Sprint(s.Count[state])
	case s.Never[state] != "":
		return "never"
	}
	return "-"
}

// states judges what the examples of a check came to: a state without example, and an
// example of a state that the check says it cannot come to.
func (p *prover) states(c rules.Check, s States) {
	p.res.States = append(p.res.States, s)
	for _, state := range rules.DecidedStates() {
		n, why := s.Count[state], c.Never[state]
		if state == audit.StateUndecidable && n == 0 {
			n = s.Count[audit.StateNotLooked] // what depends on the user's word alone
		}
		switch {
		case n > 0 && why != "":
			p.fail("check", c.ID, state, "an example comes to a state that it says it never comes to")
		case n == 0 && why == "":
			p.missing("check", c.ID, state)
		}
	}
}
