// Package framework tells what is known of the Android platform's classes: which
// class extends which, which of their methods the platform calls on an app's
// subclass, which call-backs run only after the user acted, and which methods take
// an object and run it.
//
// The knowledge is signatures/framework, whose files state how they were made.
// The package does not look at apps; classes of apps and libraries are for the
// caller to resolve, and what it does not know is said so, not guessed.
package framework

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// object is the superclass of every class without another.
const object = "Ljava/lang/Object;"

// maxDepth bounds climbs over superclasses and interfaces; the deepest class of
// the platform has seven above it.
const maxDepth = 64

// Table is what is known of the platform's classes. Classes are descriptors:
// Landroid/app/Activity;. It is read-only and safe for concurrent use.
type Table struct {
	classes map[string]class
	names   map[string]bool // of call-backs
	users   map[action]bool // whether it runs for nothing else
	handed  []HandOff
}

type class struct {
	super      string // "" for interfaces and java.lang.Object
	interfaces []string
	isIface    bool
	callbacks  string // "name(letters) name(letters)", sorted
}

// action is a method of a class by its name alone.
type action struct{ class, name string }

// Super returns the superclass of a class of the platform, java.lang.Object for
// interfaces as in DEX; "" for java.lang.Object itself and for what is unknown.
func (t *Table) Super(class string) string {
	c, ok := t.classes[class]
	if ok && c.isIface {
		return object
	}
	return c.super
}

// Interfaces lists the interfaces that a class of the platform names itself,
// sorted; nil for what is unknown. The slice must not be changed.
func (t *Table) Interfaces(class string) []string { return t.classes[class].interfaces }

// Known tells whether the table has a class. It has those that apps extend, those
// between them and java.lang.Object, and those through which a listed method may
// be called; a class of the platform that it lacks is not known to have no
// call-backs.
func (t *Table) Known(class string) bool {
	_, ok := t.classes[class]
	return ok
}

// IsInterface tells whether a class is known and an interface.
func (t *Table) IsInterface(class string) bool { return t.classes[class].isIface }

// Ancestors yields a class of the platform and all that it is, each once: the
// class, its superclasses from the nearest on, then the interfaces of each of
// these. It yields nothing for an unknown class.
func (t *Table) Ancestors(class string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !t.Known(class) {
			return
		}
		var seen []string
		for c := class; c != "" && len(seen) < maxDepth; c = t.classes[c].super {
			seen = append(seen, c)
		}
		for i := 0; i < len(seen); i++ { // seen grows
			if !yield(seen[i]) {
				return
			}
			for _, next := range t.classes[seen[i]].interfaces {
				if !slices.Contains(seen, next) {
					seen = append(seen, next)
				}
			}
		}
	}
}

// Callback tells whether a class of the platform itself lists a method that the
// platform may call on a subclass: an overridable method that no class or
// interface above it has. Params are "(…)", what follows is ignored; only the
// number of parameters and their kinds (object or array, or which primitive type)
// are compared.
func (t *Table) Callback(class, name, params string) bool {
	c, ok := t.classes[class]
	if !ok || c.callbacks == "" || name == "" || !strings.HasPrefix(params, "(") {
		return false
	}
	needle := appendShorty(append(make([]byte, 0, 64), name...), params)
	for m := range strings.SplitSeq(c.callbacks, " ") {
		if m == string(needle) {
			return true
		}
	}
	return false
}

// CallbackName tells whether any class lists a call-back of a name.
func (t *Table) CallbackName(name string) bool { return t.names[name] }

// Overrides tells whether a method of an app's class that extends or implements
// the given class of the platform overrides a call-back of it or of anything above
// it; from is where the call-back is listed.
func (t *Table) Overrides(class, name, params string) (from string, ok bool) {
	for c := range t.Ancestors(class) {
		if t.Callback(c, name, params) {
			return c, true
		}
	}
	return "", false
}

// appendShorty appends "(" and a letter for each parameter, L for objects and
// arrays, and ")".
func appendShorty(dst []byte, proto string) []byte {
	dst = append(dst, '(')
	for _, p := range parameters(proto) {
		if p[0] == '[' {
			dst = append(dst, 'L')
		} else {
			dst = append(dst, p[0])
		}
	}
	return append(dst, ')')
}

// UserActions lists the methods that run after the user acted, only then or as a rule,
// sorted by class and name.
func (t *Table) UserActions() []Call {
	out := make([]Call, 0, len(t.users))
	for a := range t.users {
		out = append(out, Call{a.class, a.name})
	}
	slices.SortFunc(out, func(a, b Call) int {
		return cmp.Or(strings.Compare(a.Class, b.Class), strings.Compare(a.Name, b.Name))
	})
	return out
}

// When says when code runs that was handed to a method.
type When uint8

// At what time code runs.
const (
	Now     When = iota // before the method returns
	Later               // afterwards without any further event, on this or another thread
	OnEvent             // when the system or the outside world reports something: a broadcast, a reading, a connection
	OnUser              // after the user acted
)

var whens = []string{"now", "later", "event", "user"}

func (w When) String() string { return whens[w] }

// HandOff is a method, all overloads of it, that takes an object and has
// call-backs of it run.
type HandOff struct {
	Class, Name string
	Type        string // of the parameter whose argument is run; "" where it is the receiver
	When        When
	Runs        []Call // in the order in which they run
}

// Call names call-backs of a class or interface: those of a name, or all that it
// and what is above it list, those of java.lang.Object left out.
type Call struct {
	Class string
	Name  string // "*" for all
}

// HandOffs lists the known hand-offs, sorted by class, name and type. The slice
// must not be changed.
func (t *Table) HandOffs() []HandOff { return t.handed }

// Run tells whether a hand-off runs a method of the object handed off, which
// overrides a call-back of a class that the hand-off names.
func (t *Table) Run(h *HandOff, name, params string) bool {
	for _, r := range h.Runs {
		if r.Name != "*" && r.Name != name {
			continue
		}
		if from, ok := t.Overrides(r.Class, name, params); ok && (from != object || r.Name != "*") {
			return true
		}
	}
	return false
}

// parameters yields the types of a prototype's parameters with their places. A
// cut-off prototype gives what is there.
func parameters(proto string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i, n := 1, 0; i < len(proto) && proto[i] != ')'; n++ {
			start := i
			for i < len(proto) && proto[i] == '[' {
				i++
			}
			if i < len(proto) && proto[i] == 'L' {
				end := strings.IndexByte(proto[i:], ';')
				if end < 0 {
					return
				}
				i += end
			}
			i++
			if i > len(proto) || !yield(n, proto[start:i]) {
				return
			}
		}
	}
}
