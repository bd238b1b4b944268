package framework

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"apkaudit/signatures"
)

// The files of signatures/framework.
const (
	dir             = "framework"
	fileClasses     = "classes.txt"
	fileEntryPoints = "entry_points.txt"
	fileHandOffs    = "hand_offs.txt"
	fileUserActions = "user_actions.txt"
)

// Load returns the built-in table. It takes a few milliseconds at most and keeps
// nothing: callers load once. It panics where the built-in data are wrong, which
// a test of this package rules out.
func Load() *Table {
	sub, err := fs.Sub(signatures.Framework, dir)
	if err != nil {
		panic("signatures/framework: " + err.Error())
	}
	t, err := Parse(sub)
	if err != nil {
		panic("signatures/framework: " + err.Error())
	}
	return t
}

// Parse reads the four files of the folder. Errors name file and line.
func Parse(folder fs.FS) (*Table, error) {
	t := &Table{classes: map[string]class{}, users: map[Action]string{}, entries: map[string][]EntryPoint{}}
	for _, f := range []struct {
		name  string
		parse func(line string) error
	}{
		{fileClasses, t.classLines()},
		{fileEntryPoints, t.entryPoint},
		{fileHandOffs, t.handOff},
		{fileUserActions, t.userAction},
	} {
		data, err := fs.ReadFile(folder, f.name)
		if err != nil {
			return nil, err
		}
		if err := eachLine(f.name, string(data), f.parse); err != nil {
			return nil, err
		}
	}
	if err := t.supersKnown(); err != nil {
		return nil, fmt.Errorf("%s: %w", fileClasses, err)
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

// classLines returns the parser of a line of classes.txt: name, superclass
// (@ marks an interface, . stands for java/lang/Object, - for none), interfaces
// parted by commas or -, then call-backs name(shorty).
func (t *Table) classLines() func(string) error {
	last := ""
	return func(line string) error {
		name, rest, _ := strings.Cut(line, " ")
		super, rest, _ := strings.Cut(rest, " ")
		interfaces, callbacks, _ := strings.Cut(rest, " ")
		if !validName(name) || super == "" || interfaces == "" {
			return fmt.Errorf("%q is not: name superclass interfaces call-back…", clip(line))
		}
		if name <= last {
			return fmt.Errorf("%s does not stand after %s", name, last)
		}
		last = name
		c := class{isIface: super == "@"}
		switch super {
		case "@", "-":
		case ".":
			c.super = object
		default:
			if !validName(super) {
				return fmt.Errorf("superclass %q is no class name", clip(super))
			}
			c.super = "L" + super + ";"
		}
		if interfaces != "-" {
			before := ""
			for i := range strings.SplitSeq(interfaces, ",") {
				if !validName(i) || i <= before {
					return fmt.Errorf("interface %q of %s is no class name or not sorted", clip(i), name)
				}
				before = i
				c.interfaces = append(c.interfaces, "L"+i+";")
			}
		}
		if callbacks != "" {
			if err := checkCallbacks(callbacks); err != nil {
				return err
			}
			c.callbacks = " " + callbacks + " "
		}
		t.classes["L"+name+";"] = c
		return nil
	}
}

func checkCallbacks(list string) error {
	last := ""
	for m := range strings.SplitSeq(list, " ") {
		name, params, ok := strings.Cut(m, "(")
		if !ok || name == "" || !strings.HasSuffix(params, ")") || strings.Trim(params[:len(params)-1], "BCDFIJLSZ") != "" {
			return fmt.Errorf("call-back %q is not name(letters of parameters)", clip(m))
		}
		if m <= last {
			return fmt.Errorf("call-back %s does not stand after %s", m, last)
		}
		last = m
	}
	return nil
}

func (t *Table) supersKnown() error {
	for _, name := range t.Classes() {
		c := t.classes[name]
		if c.super != "" && !t.Known(c.super) {
			return fmt.Errorf("the superclass %s of %s is missing", c.super, name)
		}
		for _, i := range c.interfaces {
			if !t.IsInterface(i) {
				return fmt.Errorf("%s, which %s implements, is missing or no interface", i, name)
			}
		}
	}
	return nil
}

// userAction parses a line of user_actions.txt: Class;->name, then the reason.
func (t *Table) userAction(line string) error {
	target, reason, _ := strings.Cut(line, " ")
	class, name, ok := strings.Cut(target, "->")
	if !ok || !validDescriptor(class) || name == "" || strings.Contains(name, "(") || reason == "" {
		return fmt.Errorf("%q is not: Lclass;->name reason", clip(line))
	}
	a := Action{class, name}
	if t.users[a] != "" {
		return fmt.Errorf("%s stands twice", target)
	}
	t.users[a] = reason
	return nil
}

// entryPoint parses a line of entry_points.txt: kind, moment, method.
func (t *Table) entryPoint(line string) error {
	words := strings.Split(line, " ")
	if len(words) != 3 || words[0] == "" {
		return fmt.Errorf("%q is not: kind moment method", clip(line))
	}
	moment := slices.Index(moments, words[1])
	if moment < 0 {
		return fmt.Errorf("moment %q is none of %v", clip(words[1]), moments)
	}
	m, err := parseMethod(words[2])
	if err != nil {
		return err
	}
	kind := words[0]
	for _, e := range t.entries[kind] {
		if e.Method == m {
			return fmt.Errorf("%s stands twice", m)
		}
	}
	if t.entries[kind] == nil {
		t.kinds = append(t.kinds, kind)
	} else if t.kinds[len(t.kinds)-1] != kind {
		return fmt.Errorf("the lines of kind %s do not stand together", kind)
	}
	t.entries[kind] = append(t.entries[kind], EntryPoint{m, Moment(moment)})
	return nil
}

// handOff parses a line of hand_offs.txt: method, argument, when, call-backs.
func (t *Table) handOff(line string) error {
	words := strings.Split(line, " ")
	if len(words) < 4 {
		return fmt.Errorf("%q is not: method argument when call-back…", clip(line))
	}
	m, err := parseMethod(words[0])
	if err != nil {
		return err
	}
	arg, err := strconv.Atoi(words[1])
	if params := len(appendShorty(nil, m.Params)) - len("()"); err != nil || arg < -1 || arg >= params {
		return fmt.Errorf("argument %q is none of %s", clip(words[1]), m)
	}
	when := slices.Index(whens, words[2])
	if when < 0 {
		return fmt.Errorf("time %q is none of %v", clip(words[2]), whens)
	}
	h := HandOff{Method: m, Arg: arg, When: When(when)}
	for _, w := range words[3:] {
		r, err := parseMethod(w)
		if err != nil {
			return err
		}
		h.Runs = append(h.Runs, r)
	}
	if n := len(t.handed); n > 0 && compareHandOffs(t.handed[n-1], h) >= 0 {
		return fmt.Errorf("%s %d does not stand after %s %d", m, arg, t.handed[n-1].Method, t.handed[n-1].Arg)
	}
	t.handed = append(t.handed, h)
	return nil
}

func compareHandOffs(a, b HandOff) int {
	if c := strings.Compare(a.Method.String(), b.Method.String()); c != 0 {
		return c
	}
	return a.Arg - b.Arg
}

// parseMethod reads Lclass;->name(params).
func parseMethod(s string) (Method, error) {
	class, rest, ok := strings.Cut(s, "->")
	open := strings.IndexByte(rest, '(')
	if !ok || !validDescriptor(class) || open < 1 || !strings.HasSuffix(rest, ")") {
		return Method{}, fmt.Errorf("%q is not a method Lclass;->name(params)", clip(s))
	}
	return Method{class, rest[:open], rest[open:]}, nil
}

func validDescriptor(s string) bool {
	return len(s) > 2 && s[0] == 'L' && s[len(s)-1] == ';' && validName(s[1:len(s)-1])
}

// validName tells whether a class name looks like android/app/Activity.
func validName(s string) bool {
	return strings.Contains(s, "/") && !strings.ContainsAny(s, ";.,()@[ \t\r") && s[0] != '/' && s[len(s)-1] != '/'
}

// clip shortens a piece of a file for an error.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
