package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Need is what calls and components require of the app's permissions
// (signatures/permissions/needs_*.yaml).
type Need struct {
	ID string `yaml:"id" json:"id"`
	// AnyOf are permissions of which one is enough, the one that gives least first.
	AnyOf []string `yaml:"any_of" json:"any_of"`
	API   string   `yaml:"api" json:"api"` // levels of the device at which it is required, "1-28" or "29+"
	// FromTarget is the target level from which apps need it, 0 = all apps.
	FromTarget int `yaml:"from_target" json:"from_target,omitempty"`
	// Weak marks calls that require it only for some arguments or states.
	Weak bool        `yaml:"weak" json:"weak,omitempty"`
	In   []NeedClass `yaml:"in" json:"in,omitempty"`
	// Receives are broadcasts that a receiver of the manifest gets only with it.
	Receives []string `yaml:"receives" json:"receives,omitempty"`
	// Foreground is a type of foreground service that a service may have only with it.
	Foreground string `yaml:"foreground" json:"foreground,omitempty"`
}

// NeedClass lists methods of one class, as name(params)ret.
type NeedClass struct {
	Class   string   `yaml:"class" json:"class"`
	Methods []string `yaml:"methods" json:"methods"`
}

// Implied says which permissions come with another one
// (signatures/permissions/implied.yaml).
type Implied struct {
	Name        string   `yaml:"name" json:"name"`
	BelowTarget int      `yaml:"below_target" json:"below_target,omitempty"` // only for apps that target a lower level; 0 = all
	Adds        []string `yaml:"adds" json:"adds"`
}

// Elsewhere is a permission that is made use of in other ways than by the calls
// and components of Needs (signatures/permissions/elsewhere.yaml).
type Elsewhere struct {
	Name   string `yaml:"name" json:"name"`
	Native bool   `yaml:"native" json:"native,omitempty"` // only by native code
	// Optional marks permissions without which calls work too and give less.
	Optional bool `yaml:"optional" json:"optional,omitempty"`
	// Partial marks those of them without which calls still give data about the user,
	// though not all of it.
	Partial bool `yaml:"partial" json:"partial,omitempty"`
}

// Guarded are permissions that a neutral library asks for before it uses them and does
// without where the app has none (signatures/permissions/guarded.yaml).
type Guarded struct {
	Library     string   `yaml:"library" json:"library"` // id of an SDK that is neutral
	Permissions []string `yaml:"permissions" json:"permissions"`
}

// PermissionRequest is a method that asks the user for permissions
// (signatures/permissions/requests.yaml).
type PermissionRequest struct {
	Method string `yaml:"method" json:"method"`
	Arg    int    `yaml:"arg" json:"arg"` // parameter that carries them, receiver not counted
	// Generic marks methods that ask for other things too: they count only where a
	// permission is handed over as a constant.
	Generic bool `yaml:"generic" json:"generic,omitempty"`
}

// Levels is a range of API levels, both ends included.
type Levels struct{ From, To int }

// ParseLevels reads levels as rules write them: "1-28" or, without an end, "29+".
// Anything else is an empty range.
func ParseLevels(s string) Levels {
	from, to, ended := strings.Cut(s, "-")
	l := Levels{To: math.MaxInt}
	if !ended {
		from = strings.TrimSuffix(from, "+")
	}
	var err error
	if l.From, err = strconv.Atoi(from); err != nil {
		return Levels{From: 1}
	}
	if ended {
		if l.To, err = strconv.Atoi(to); err != nil {
			return Levels{From: 1}
		}
	}
	return l
}

// Overlap tells whether the ranges have a level in common.
func (l Levels) Overlap(m Levels) bool { return max(l.From, m.From) <= min(l.To, m.To) }

func needID(n Need) string                 { return n.ID }
func elsewhereID(e Elsewhere) string       { return e.Name }
func guardedID(g Guarded) string           { return g.Library }
func requestID(r PermissionRequest) string { return r.Method }

func (i Implied) id() string { return i.Name + " below " + strconv.Itoa(i.BelowTarget) }

func checkNeeds(s *Source, o *origin) error {
	known := index(s.Permissions, func(p Permission) string { return p.Name })
	for _, n := range s.Needs {
		fault := func(needle, format string, args ...any) error { return o.fault("need", n.ID, needle, format, args...) }
		if len(n.AnyOf) == 0 {
			return fault("", "it names no permission")
		}
		for _, p := range n.AnyOf {
			if _, ok := known[p]; !ok {
				return fault(p, "unknown permission %q", p)
			}
		}
		if l := ParseLevels(n.API); !apiSyntax.MatchString(n.API) || l.From > l.To {
			return fault(n.API, "API levels are written 1-28 or 29+, not %q", n.API)
		}
		if len(n.In)+len(n.Receives) == 0 && n.Foreground == "" {
			return fault("", "nothing needs it: give classes with methods, broadcasts or a type of foreground service")
		}
		for _, c := range n.In {
			for _, m := range c.Methods {
				if !methodSyntax.MatchString(c.Class + "->" + m) {
					return fault(m, "%s->%s is not a method descriptor (class Lpkg/Class; and name(params)ret)", c.Class, m)
				}
			}
			if len(c.Methods) == 0 {
				return fault(c.Class, "the class %s has no methods", c.Class)
			}
		}
	}
	for _, i := range s.Implied {
		for _, p := range append(slices.Clone(i.Adds), i.Name) {
			if _, ok := known[p]; !ok {
				return o.fault("implied", i.id(), p, "unknown permission %q", p)
			}
		}
	}
	for _, e := range s.Elsewhere {
		if _, ok := known[e.Name]; !ok {
			return o.fault("elsewhere", e.Name, "", "unknown permission")
		}
	}
	for _, g := range s.Guarded {
		if !slices.ContainsFunc(s.SDKs, func(k SDK) bool { return k.ID == g.Library && k.Neutral }) {
			return o.fault("guarded", g.Library, "", "it is no neutral library")
		}
		for _, p := range g.Permissions {
			if _, ok := known[p]; !ok {
				return o.fault("guarded", g.Library, p, "unknown permission %q", p)
			}
		}
	}
	for _, r := range s.Requests {
		if !methodSyntax.MatchString(r.Method) {
			return o.fault("request", r.Method, "", "it is not a method descriptor (Lpkg/Class;->name(params)ret)")
		}
		if n := len(Parameters(r.Method)); r.Arg < 0 || r.Arg >= n {
			return o.fault("request", r.Method, "", "argument %d of a method with %d parameters", r.Arg, n)
		}
	}
	return nil
}
