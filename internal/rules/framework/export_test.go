package framework

import "slices"

// Handed is an argument that a call hands off.
type Handed struct {
	*HandOff
	Arg int // the argument, 0 is the first one and a long one of one; -1 is the receiver
}

// Classes lists the known classes, sorted.
func (t *Table) Classes() []string {
	out := make([]string, 0, len(t.classes))
	for c := range t.classes {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// UserAction tells whether a method of a class or interface of the platform or of
// a common library runs only after the user acted. The class is the one that
// declares it: View$OnClickListener, not the app's class that implements it.
func (t *Table) UserAction(class, name string) bool { return t.users[action{class, name}] }

// UsualUserAction tells whether such a method runs after the user acted as a rule,
// but also where code changes a value or a request needs no answer: neither
// before nor after a user's act is then known.
func (t *Table) UsualUserAction(class, name string) bool {
	only, listed := t.users[action{class, name}]
	return listed && !only
}

// Handed lists what a call hands off to be run. Class is a class of the platform,
// for a call on a class of an app the nearest one above it; what is above that is
// looked at too. Params are "(…)", what follows is ignored.
func (t *Table) Handed(class, name, params string) []Handed {
	var out []Handed
	add := func(c string) {
		at, _ := slices.BinarySearchFunc(t.handed, HandOff{Class: c, Name: name}, compareHandOffs)
		for ; at < len(t.handed) && t.handed[at].Class == c && t.handed[at].Name == name; at++ {
			h := &t.handed[at]
			if h.Type == "" {
				out = append(out, Handed{h, -1})
				continue
			}
			for arg, p := range parameters(params) {
				if p == h.Type {
					out = append(out, Handed{h, arg})
				}
			}
		}
	}
	if !t.Known(class) {
		add(class)
	}
	for c := range t.Ancestors(class) {
		add(c)
	}
	return out
}
