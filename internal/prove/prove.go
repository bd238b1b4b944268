// Package prove runs the examples that stand beside every signature: what an
// entry must hit and what it must miss. `apkaudit rules test` and the tests of
// package signatures use it; users prove their own overlays with it.
//
// It holds no knowledge of its own and reads no files.
package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/check"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
)

// Failure is one example that did not come out as it says.
type Failure struct {
	Kind    string // datatype behaviour sdk topic check
	ID      string
	Example string
	Msg     string
}

func (f Failure) String() string {
	return fmt.Sprintf("%s %s: %s: %s", f.Kind, f.ID, f.Example, f.Msg)
}

// Result counts the examples run and names those that failed. Missing lists
// entries without the examples they should have.
type Result struct {
	Examples map[string]int // by kind
	Failures []Failure
	Missing  []string
	States   []States // of the checks, in the order of the set
}

type prover struct {
	set      *rules.Set
	observer *behavior.Observer
	reader   *policy.Reader
	res      Result
}

// Run proves all examples of a set that was loaded in full. It fails where the
// set cannot be compiled or ctx ends.
func Run(ctx context.Context, set *rules.Set) (Result, error) {
	if err := check.Validate(set); err != nil {
		return Result{}, err
	}
	reader, err := policy.NewReader(set)
	if err != nil {
		return Result{}, err
	}
	p := &prover{set: set, observer: behavior.New(set), reader: reader, res: Result{Examples: map[string]int{}}}
	for _, step := range []func(context.Context){p.dataTypes, p.behaviours, p.sdks, p.topics, p.checks} {
		step(ctx)
		if ctx.Err() != nil {
			return p.res, ctx.Err()
		}
	}
	return p.res, nil
}

func (p *prover) fail(kind, id, example, format string, args ...any) {
	p.res.Failures = append(p.res.Failures, Failure{kind, id, example, fmt.Sprintf(format, args...)})
}

func (p *prover) missing(kind, id, what string) {
	p.res.Missing = append(p.res.Missing, fmt.Sprintf("%s %s has no %s example", kind, id, what))
}

// stated returns the data types that a text says the app collects.
func (p *prover) stated(ctx context.Context, text string) []string {
	read, _, err := p.reader.Read(ctx, []policy.Input{{Name: "example.txt", Data: []byte(text)}})
	if err != nil {
		return nil
	}
	var out []string
	for _, c := range read.Claims {
		if c.Polarity == audit.Collects {
			out = append(out, c.Data...)
		}
	}
	return out
}

func (p *prover) dataTypes(ctx context.Context) {
	for _, t := range p.set.DataTypes {
		for _, s := range t.Says {
			p.res.Examples["datatype"]++
			if got := p.stated(ctx, s); !slices.Contains(got, t.ID) {
				p.fail("datatype", t.ID, s, "the sentence should state it, but states %v", got)
			}
		}
		for _, s := range t.Silent {
			p.res.Examples["datatype"]++
			if slices.Contains(p.stated(ctx, s), t.ID) {
				p.fail("datatype", t.ID, s, "the sentence should not state it")
			}
		}
	}
}

func (p *prover) behaviours(context.Context) {
	for _, b := range p.set.Behaviours {
		if len(b.Hit) == 0 {
			p.missing("behaviour", b.ID, "hit")
		}
		if len(b.Miss) == 0 {
			p.missing("behaviour", b.ID, "miss")
		}
		for _, e := range b.Hit {
			p.res.Examples["behaviour"]++
			if got := p.observer.Match(e.Target, e.Args); got != b.ID {
				p.fail("behaviour", b.ID, e.Target+" "+strings.Join(e.Args, ","), "should match, but matches %q", got)
			}
		}
		for _, e := range b.Miss {
			p.res.Examples["behaviour"]++
			if p.observer.Match(e.Target, e.Args) == b.ID {
				p.fail("behaviour", b.ID, e.Target+" "+strings.Join(e.Args, ","), "should not match")
			}
		}
	}
}

func (p *prover) sdks(context.Context) {
	for _, k := range p.set.SDKs {
		if len(k.Hit) == 0 {
			p.missing("sdk", k.ID, "hit")
		}
		if len(k.Miss) == 0 {
			p.missing("sdk", k.ID, "miss")
		}
		for i, e := range k.Hit {
			p.res.Examples["sdk"]++
			if got := p.detected(k.ID, e); got != e.Want {
				p.fail("sdk", k.ID, fmt.Sprintf("hit %d", i+1), "want %s, found %q", e.Want, got)
			}
		}
		for i, e := range k.Miss {
			p.res.Examples["sdk"]++
			// What is known by its files alone is possible at most: a miss is none then
			// if it is possible.
			if got := p.detected(k.ID, e); got == "certain" || got == "likely" || got != "" && len(k.Match.Packages) == 0 {
				p.fail("sdk", k.ID, fmt.Sprintf("miss %d (%s)", i+1, e.Why), "should not be found, but is %s", got)
			}
		}
	}
}

// detected returns the confidence with which an SDK is found in an example.
func (p *prover) detected(id string, e rules.SDKExample) string {
	sdks, libs := p.observer.Detect(behavior.Inventory{Package: e.Package, Packages: e.Classes, Components: e.Components, MetaData: e.MetaData,
		NativeLibs: e.NativeLibs, Assets: e.Assets, Permissions: e.Permissions, Actions: e.Actions, Strings: e.Strings})
	for _, s := range append(sdks, libs...) {
		if s.ID == id {
			return s.Confidence
		}
	}
	return ""
}

func (p *prover) checks(ctx context.Context) {
	for _, c := range p.set.Checks {
		s := States{Check: c.ID, Count: map[string]int{}, Never: c.Never}
		for _, e := range c.Examples {
			p.res.Examples["check"]++
			if state := p.checkExample(ctx, c, e); state != "" {
				s.Count[state]++
			}
		}
		p.states(c, s)
	}
}

// maxRepeat bounds how often an example repeats its policy.
const maxRepeat = 2000

// checkExample judges an example and returns the state that the check came to, "" where
// it could not be judged.
func (p *prover) checkExample(ctx context.Context, c rules.Check, e rules.CheckExample) string {
	r := p.facts(e.Facts)
	if e.Policy != "" {
		text := strings.Repeat(e.Policy, max(1, min(e.Repeat, maxRepeat)))
		read, _, err := p.reader.Read(ctx, []policy.Input{{Name: "example.txt", Data: []byte(text)}})
		if err != nil {
			p.fail("check", c.ID, e.Name, "its policy cannot be read: %v", err)
			return ""
		}
		r.Policy = read
	}
	if name := e.Facts.UnreadPolicy; name != "" {
		r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: name})
	}
	check.Run(p.set, r)
	var got []rules.WantFinding
	for _, f := range r.Findings {
		if f.Rule == c.ID {
			got = append(got, rules.WantFinding{Verdict: f.Verdict, Severity: f.Severity, Party: f.Party, Data: f.Data, Permission: f.Permission})
		}
	}
	if !sameFindings(got, e.Want) {
		p.fail("check", c.ID, e.Name, "want %+v, got %+v", e.Want, got)
	}
	i := slices.IndexFunc(r.Checks, func(s audit.CheckState) bool { return s.Rule == c.ID })
	state := r.Checks[i].State
	if e.State != "" && state != e.State {
		p.fail("check", c.ID, e.Name, "want state %s, got %s", e.State, state)
	}
	if (state == audit.StateViolated) != (len(got) > 0) {
		p.fail("check", c.ID, e.Name, "%d findings and yet %s", len(got), state)
	}
	return state
}

// sameFindings compares what an example wants with what came; fields that the
// example leaves empty are not compared.
func sameFindings(got, want []rules.WantFinding) bool {
	if len(got) != len(want) {
		return false
	}
	left := slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(left, func(g rules.WantFinding) bool {
			eq := func(want, got string) bool { return want == "" || want == got }
			return eq(w.Verdict, g.Verdict) && eq(w.Severity, g.Severity) && eq(w.Party, g.Party) && eq(w.Data, g.Data) && eq(w.Permission, g.Permission)
		})
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}
