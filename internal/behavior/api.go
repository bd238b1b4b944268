package behavior

import (
	"strconv"
	"strings"

	"apkaudit/internal/rules"
)

// apiIndex finds the behaviour that a method or field reference stands for.
type apiIndex struct {
	set       *rules.Set
	classes   map[string]*apiClass // by type descriptor
	names     map[string]bool      // member names that occur anywhere
	constants constantSets
}

type apiClass struct {
	methods map[string][]apiMethod // by name
	fields  map[string]int         // "name:type" -> behaviour
}

// apiMethod is one listed method. It may stand for a behaviour by itself, and for
// others with certain constant arguments.
type apiMethod struct {
	params    string // "(…)" as listed, without the closing parenthesis
	returns   string // "" where the return type is not compared
	behaviour int    // -1 where the method counts only with a constant
	calls     []constCall
	consumes  string       // kind of the constants that it understands, "" for none
	arg       int          // parameter that is one of them
	constants constantSets // all of them
}

// byConstant tells whether the arguments decide what a call stands for.
func (m *apiMethod) byConstant() bool { return len(m.calls) > 0 || m.consumes != "" }

// constCall is a call that counts with one of some constants.
type constCall struct {
	behaviour int
	call      *rules.Call
}

func newAPIIndex(set *rules.Set) *apiIndex {
	x := &apiIndex{set: set, classes: map[string]*apiClass{}, names: map[string]bool{}, constants: newConstantSets(set)}
	for i := range set.Behaviours {
		b := &set.Behaviours[i]
		for _, m := range b.Methods {
			x.method(m).behaviour = i
		}
		for _, f := range b.Fields {
			class, rest, _ := strings.Cut(f, "->")
			x.class(class).fields[rest] = i
			name, _, _ := strings.Cut(rest, ":")
			x.names[name] = true
		}
		for k := range b.Calls {
			m := x.method(b.Calls[k].Method)
			m.calls = append(m.calls, constCall{i, &b.Calls[k]})
		}
	}
	for _, c := range set.Consumers {
		m := x.method(c.Method)
		m.consumes, m.arg, m.constants = c.Kind, c.Arg, x.constants
	}
	return x
}

func (x *apiIndex) class(descriptor string) *apiClass {
	c := x.classes[descriptor]
	if c == nil {
		c = &apiClass{methods: map[string][]apiMethod{}, fields: map[string]int{}}
		x.classes[descriptor] = c
	}
	return c
}

// method returns the entry for a descriptor, made if need be.
func (x *apiIndex) method(descriptor string) *apiMethod {
	class, rest, _ := strings.Cut(descriptor, "->")
	open := strings.IndexByte(rest, '(')
	name := rest[:open]
	params, returns, _ := strings.Cut(rest[open:], ")")
	if !isFramework(class) {
		returns = ""
	}
	x.names[name] = true
	c := x.class(class)
	for i := range c.methods[name] {
		if m := &c.methods[name][i]; m.params == params && m.returns == returns {
			return m
		}
	}
	c.methods[name] = append(c.methods[name], apiMethod{params: params, returns: returns, behaviour: -1})
	return &c.methods[name][len(c.methods[name])-1]
}

// isFramework tells whether a class descriptor belongs to the platform, whose
// method signatures no shrinker changes.
func isFramework(class string) bool {
	for _, p := range []string{"Landroid/", "Ljava/", "Ljavax/", "Ldalvik/"} {
		if strings.HasPrefix(class, p) {
			return true
		}
	}
	return false
}

// match finds the entry for a member of a class. proto is "(params)ret".
func (c *apiClass) match(name, proto string) *apiMethod {
	params, returns, _ := strings.Cut(proto, ")")
	for i := range c.methods[name] {
		m := &c.methods[name][i]
		switch {
		case m.returns != "" && m.params == params && m.returns == returns:
			return m
		case m.returns == "" && strings.HasPrefix(params, m.params): // leading parameters
			return m
		}
	}
	return nil
}

// decide returns the behaviour of a call with the given constant arguments,
// receiver left out: strings as they are, ints in decimal, the elements of arrays
// of strings joined by one blank, "" where unknown. -1 means none. A listed call
// decides before a constant does, and a constant before the method by itself.
func (m *apiMethod) decide(args []string) int {
	for _, c := range m.calls {
		if c.call.Arg < len(args) && constantMatches(c.call, args[c.call.Arg]) {
			return c.behaviour
		}
	}
	if m.consumes != "" && m.arg < len(args) {
		if b := m.constants.find(m.consumes, args[m.arg]); b >= 0 {
			return b
		}
	}
	return m.behaviour
}

func constantMatches(c *rules.Call, value string) bool {
	if value == "" {
		return false
	}
	for _, e := range c.Equals {
		if e == value {
			return true
		}
	}
	for _, p := range c.Prefix {
		if strings.HasPrefix(value, p) {
			return true
		}
	}
	n, err := strconv.ParseInt(value, 10, 64)
	return err == nil && n&c.Bits != 0
}

// Match returns the id of the behaviour that a method or field descriptor
// stands for with these constant arguments, or "". It is how examples are
// proved; scanning works on the same index.
func (o *Observer) Match(target string, args []string) string {
	class, rest, ok := strings.Cut(target, "->")
	c := o.apis.classes[class]
	if !ok || c == nil {
		return ""
	}
	found := -1
	if open := strings.IndexByte(rest, '('); open >= 0 {
		if m := c.match(rest[:open], rest[open:]); m != nil {
			found = m.decide(args)
		}
	} else if b, ok := c.fields[rest]; ok {
		found = b
	}
	if found < 0 {
		return ""
	}
	return o.set.Behaviours[found].ID
}
