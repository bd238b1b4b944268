package rules

import (
	"fmt"
	"slices"
)

// Lint lists what a set that was loaded in full lacks without being wrong: an
// SDK without proof, a type or a sensitive permission that no word names, a
// behaviour without source.
func Lint(s *Set) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, t := range s.DataTypes {
		if len(t.Terms.All()) == 0 && t.Sensitivity != "behaviour" {
			add("datatype %s has no terms: no policy can state it", t.ID)
		}
	}
	for _, b := range s.Behaviours {
		if b.Source == "" {
			add("behaviour %s has no source", b.ID)
		}
		if len(b.Methods)+len(b.Fields)+len(b.Calls) == 0 {
			add("behaviour %s matches nothing", b.ID)
		}
	}
	for _, k := range s.SDKs {
		if len(k.Proof) == 0 {
			add("sdk %s has no proof", k.ID)
		}
		m := k.Match
		if len(m.Packages)+len(m.Components)+len(m.MetaData)+len(m.NativeLibs)+len(m.Assets) == 0 {
			add("sdk %s matches nothing", k.ID)
		}
		if !k.Neutral && len(k.Aliases)+len(k.EntryNames) == 0 {
			add("sdk %s has no aliases: policies can only name it by its full name", k.ID)
		}
	}
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
	return out
}
