package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Lint lists what a set that was loaded in full lacks without being wrong: an
// SDK without proof, a matcher or a name that changes nothing, a type or a
// sensitive permission that no word names, a behaviour without source.
// Hints are what only repeats something: harmless, and worth tidying up.
func Lint(s *Set) (omissions, hints []string) {
	add := func(format string, args ...any) { omissions = append(omissions, fmt.Sprintf(format, args...)) }
	hint := func(format string, args ...any) { hints = append(hints, fmt.Sprintf(format, args...)) }
	for _, t := range s.DataTypes {
		if len(t.Terms.All()) == 0 && t.Sensitivity != "behaviour" {
			add("datatype %s has no terms: no policy can state it", t.ID)
		}
	}
	for _, b := range s.Behaviours {
		if b.Source == "" {
			add("behaviour %s has no source", b.ID)
		}
		if len(b.Methods)+len(b.Fields)+len(b.Calls)+b.Constants.Len() == 0 {
			add("behaviour %s matches nothing", b.ID)
		}
	}
	lintConsumers(s, add, hint)
	lintSDKs(s, add, hint)
	for _, p := range s.Permissions {
		if s.Sensitive(p.Name) && len(p.Terms.All()) == 0 {
			add("permission %s has no terms: a policy can only name it by its constant or its data", p.Name)
		}
	}
	lintTopics(s, add)
	for _, c := range s.Clauses {
		if !slices.ContainsFunc(s.Checks, func(k Check) bool { return slices.Contains(k.Clauses, c.ID) }) {
			add("clause %s is cited by no check", c.ID)
		}
	}
	return omissions, hints
}

// lintConsumers lists kinds of constants that no method consumes, and constants
// that another one of the same behaviour covers.
func lintConsumers(s *Set, add, hint func(format string, args ...any)) {
	consumed := map[string]bool{}
	for _, c := range s.Consumers {
		consumed[c.Kind] = true
	}
	for i := range s.Behaviours {
		b := &s.Behaviours[i]
		for _, l := range b.Constants.Lists() {
			if len(l.Text) > 0 && !consumed[l.Kind] {
				add("behaviour %s has constants of the kind %s, which no method consumes", b.ID, l.Kind)
			}
			for _, text := range l.Text {
				for _, short := range l.Text {
					if covers(l.Kind, short, text) {
						hint("behaviour %s: %s is covered by %s", b.ID, text, short)
					}
				}
			}
		}
	}
}

// covers tells whether a shorter constant of a kind fits all that a longer one
// does.
func covers(kind, short, long string) bool {
	switch kind {
	case ConstantFile:
		stem, open := strings.CutSuffix(short, "*")
		return open && short != long && strings.HasPrefix(long, stem)
	case ConstantCommand:
		return strings.HasPrefix(long, short+" ")
	case ConstantURI:
		return strings.HasPrefix(long, short+"/")
	}
	return false
}
