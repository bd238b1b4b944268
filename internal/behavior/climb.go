package behavior

import (
	"cmp"
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex/callgraph"
)

// Limits of the way up from a site inside a neutral library: methods looked at, and parties
// told.
const (
	maxClimbed  = 4096
	maxClimbers = 64
)

// climber gives what neutral libraries do to those who call them. It goes up the call
// graph from a site, through methods of neutral libraries only, to the nearest methods
// of other parties.
type climber struct {
	r       *reached
	own     *owners
	parties map[string]string // by class descriptor
	known   map[callgraph.Node][]claimant
	cut     map[string]int // limits that were met
}

// claimant is a party that reaches a library's method, with the methods from its own
// down to that one.
type claimant struct {
	party string
	chain []callgraph.Node
}

func newClimber(r *reached, own *owners) *climber {
	return &climber{r: r, own: own, parties: map[string]string{}, known: map[callgraph.Node][]claimant{}, cut: map[string]int{}}
}

func (c *climber) partyOf(class string) string {
	p, ok := c.parties[class]
	if !ok {
		p = c.own.partyOf(dotted(class))
		c.parties[class] = p
	}
	return p
}

// gaps tells of the limits that were met.
func (c *climber) gaps() []audit.Gap {
	return limitGaps("callers of library code", c.cut, audit.Text{
		ZH: "通过公共库使用敏感接口的各方可能未全部列出。",
		EN: "Not all parties that use sensitive APIs through a library may be listed.",
	})
}

// claimants lists the parties that reach a method of a neutral library, the one with
// the shortest chain first, on a tie the smallest id; none where nobody is seen to call
// it.
func (c *climber) claimants(n callgraph.Node) []claimant {
	if found, ok := c.known[n]; ok {
		return found
	}
	found := c.climb(n)
	slices.SortStableFunc(found, func(a, b claimant) int {
		return cmp.Or(cmp.Compare(len(a.chain), len(b.chain)), cmp.Compare(a.party, b.party))
	})
	if len(found) > maxClimbers {
		c.cut["max-climbers"] = maxClimbers
		found = found[:maxClimbers]
	}
	c.known[n] = found
	return found
}

// climb searches breadth first, so that the first method of a party is the nearest.
func (c *climber) climb(n callgraph.Node) []claimant {
	type step struct {
		node  callgraph.Node
		below int // index of the step whence it was found
	}
	steps := []step{{n, -1}}
	seen := map[callgraph.Node]bool{n: true}
	var found []claimant
	for i := 0; i < len(steps); i++ {
		s := steps[i]
		if len(seen) >= maxClimbed {
			c.cut["max-climbed"] = maxClimbed
			break
		}
		for _, up := range c.r.callers.Of(s.node) {
			if seen[up] {
				continue
			}
			seen[up] = true
			party := c.partyOf(c.r.graph.Class(up))
			if audit.PartyKind(party) == audit.PrefixLibrary {
				steps = append(steps, step{up, i})
				continue
			}
			if slices.ContainsFunc(found, func(f claimant) bool { return f.party == party }) {
				continue
			}
			chain := []callgraph.Node{up}
			for k := i; k >= 0; k = steps[k].below {
				chain = append(chain, steps[k].node)
			}
			found = append(found, claimant{party, chain})
		}
	}
	return found
}
