package framework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apkaudit/signatures"
)

// Files are the texts of signatures/framework.
type Files struct{ Classes, HandOffs, UserActions string }

// Load returns the built-in table. It takes about two milliseconds and keeps nothing:
// callers load once. It panics where the built-in data are wrong, which a test of
// this package rules out.
func Load() *Table {
	t, err := Parse(Files{
		Classes:     signatures.FrameworkClasses,
		HandOffs:    signatures.FrameworkHandOffs,
		UserActions: signatures.FrameworkUserActions,
	})
	if err != nil {
		panic("signatures/framework/" + err.Error())
	}
	return t
}

// Parse reads the three texts. Errors name file and line.
func Parse(files Files) (*Table, error) {
	t := &Table{
		classes: make(map[string]class, strings.Count(files.Classes, "\n")),
		users:   make(map[action]bool, strings.Count(files.UserActions, "\n")),
		handed:  make([]HandOff, 0, strings.Count(files.HandOffs, "\n")),
		names:   make(map[string]bool, strings.Count(files.Classes, "\n")),
	}
	for _, f := range []struct {
		name, text string
		parse      func(line string) error
	}{
		{"classes.txt", files.Classes, t.classLines()},
		{"hand_offs.txt", files.HandOffs, t.handOff},
		{"user_actions.txt", files.UserActions, t.userAction},
	} {
		if err := eachLine(f.name, f.text, f.parse); err != nil {
			return nil, err
		}
	}
	if err := t.supersKnown(); err != nil {
		return nil, fmt.Errorf("classes.txt: %w", err)
	}
	return t, nil
}

// eachLine gives the lines of a file to parse, without comments and empty ones.
func eachLine(name, text string, parse func(string) error) error {
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := parse(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return nil
}

// classLines returns the parser of a line of classes.txt: class, superclass (@ marks
// an interface, . stands for java.lang.Object, - for none), interfaces parted by
// commas or -, then call-backs name(letters).
func (t *Table) classLines() func(string) error {
	last := ""
	var shared []string // the interfaces of all classes, to allocate once
	return func(line string) error {
		name, rest, _ := strings.Cut(line, " ")
		super, rest, _ := strings.Cut(rest, " ")
		interfaces, callbacks, _ := strings.Cut(rest, " ")
		if !validDescriptor(name) || interfaces == "" {
			return fmt.Errorf("%q is not: Lclass; superclass interfaces call-back…", clip(line))
		}
		if name <= last {
			return fmt.Errorf("%s does not stand after %s", name, last)
		}
		last = name
		c := class{super: super}
		switch super {
		case "@":
			c.super, c.isIface = "", true
		case "-":
			c.super = ""
		case ".":
			c.super = object
		}
		if interfaces != "-" {
			start := len(shared)
			for i := range strings.SplitSeq(interfaces, ",") {
				if len(shared) > start && i <= shared[len(shared)-1] {
					return fmt.Errorf("interface %q of %s does not stand in order", clip(i), name)
				}
				shared = append(shared, i)
			}
			c.interfaces = shared[start:len(shared):len(shared)]
		}
		if callbacks != "" {
			if err := checkCallbacks(callbacks); err != nil {
				return err
			}
			c.callbacks = callbacks
			for word := range strings.FieldsSeq(callbacks) {
				name, _, _ := strings.Cut(word, "(")
				t.names[name] = true
			}
		}
		t.classes[name] = c
		return nil
	}
}

// checkCallbacks tells what is wrong with a list "name(letters) name(letters)".
func checkCallbacks(list string) error {
	last := ""
	for m := range strings.SplitSeq(list, " ") {
		open := strings.IndexByte(m, '(')
		if open < 1 || m[len(m)-1] != ')' {
			return fmt.Errorf("call-back %q is not name(letters of parameters)", clip(m))
		}
		for i := open + 1; i < len(m)-1; i++ {
			switch m[i] {
			case 'L', 'I', 'Z', 'J', 'F', 'D', 'B', 'C', 'S':
			default:
				return fmt.Errorf("call-back %q has a parameter %q", clip(m), m[i])
			}
		}
		if m <= last {
			return fmt.Errorf("call-back %s does not stand after %s", clip(m), clip(last))
		}
		last = m
	}
	return nil
}

// supersKnown makes sure that what stands in the columns of superclass and
// interfaces is a class of the table, so that a climb ends at java.lang.Object and
// not before. Of several faults it tells the first by class.
func (t *Table) supersKnown() error {
	fault, what := "", ""
	for name, c := range t.classes {
		if fault != "" && fault < name {
			continue
		}
		if c.super != "" && (!t.Known(c.super) || t.IsInterface(c.super)) {
			fault, what = name, c.super
		}
		for _, i := range c.interfaces {
			if !t.IsInterface(i) {
				fault, what = name, i
			}
		}
	}
	if fault != "" {
		return fmt.Errorf("%s, which %s extends or implements, is missing or of the wrong kind", what, fault)
	}
	return nil
}

// userAction parses a line of user_actions.txt: only or usually, Lclass;->name, then
// the reason.
func (t *Table) userAction(line string) error {
	sure, rest, _ := strings.Cut(line, " ")
	target, reason, _ := strings.Cut(rest, " ")
	class, name, ok := strings.Cut(target, "->")
	if sure != "only" && sure != "usually" || !ok || !validDescriptor(class) || !validMember(name) || reason == "" {
		return fmt.Errorf("%q is not: only|usually Lclass;->name reason", clip(line))
	}
	a := action{class, name}
	if _, twice := t.users[a]; twice {
		return fmt.Errorf("%s stands twice", target)
	}
	t.users[a] = sure == "only"
	return nil
}

// handOff parses a line of hand_offs.txt: Lclass;->name, the type of the argument
// or this, when, and call-backs: name or * of the argument's class, Lclass;->name
// of another one.
func (t *Table) handOff(line string) error {
	var few [16]string
	words := few[:0]
	for w := range strings.SplitSeq(line, " ") {
		words = append(words, w)
	}
	class, name, ok := strings.Cut(words[0], "->")
	if len(words) < 4 || !ok || !validDescriptor(class) || !validMember(name) {
		return fmt.Errorf("%q is not: Lclass;->name type when call-back…", clip(line))
	}
	h := HandOff{Class: class, Name: name, Type: words[1]}
	kind := h.Type
	if h.Type == "this" {
		h.Type, kind = "", class
	} else if !validDescriptor(h.Type) {
		return fmt.Errorf("type %q is no class", clip(h.Type))
	}
	when := slices.Index(whens, words[2])
	if when < 0 {
		return fmt.Errorf("time %q is none of %v", clip(words[2]), whens)
	}
	h.When = When(when)
	h.Runs = make([]Call, 0, len(words)-3)
	for _, w := range words[3:] {
		r := Call{kind, w}
		if c, n, ok := strings.Cut(w, "->"); ok {
			r = Call{c, n}
		}
		if r.Class != kind && !validDescriptor(r.Class) || r.Name != "*" && !validMember(r.Name) {
			return fmt.Errorf("call-back %q is neither name, * nor Lclass;->name", clip(w))
		}
		h.Runs = append(h.Runs, r)
	}
	if n := len(t.handed); n > 0 && compareHandOffs(t.handed[n-1], h) >= 0 {
		return fmt.Errorf("%s %s does not stand after what is before it", words[0], words[1])
	}
	t.handed = append(t.handed, h)
	return nil
}

func compareHandOffs(a, b HandOff) int {
	return cmp.Or(strings.Compare(a.Class, b.Class), strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
}

func validMember(s string) bool { return s != "" && !strings.ContainsAny(s, ";(),*[/") }

// validDescriptor tells whether s looks like Landroid/app/Activity;.
func validDescriptor(s string) bool {
	if len(s) < len("La/b;") || s[0] != 'L' || s[len(s)-1] != ';' {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		if c := s[i]; c <= ' ' || c == ';' || c == '.' || c == ',' || c == '(' || c == '[' || c == '@' {
			return false
		}
	}
	return strings.IndexByte(s, '/') > 1 && s[len(s)-2] != '/'
}

// clip shortens a piece of a file for an error.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
