package behavior

import (
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// constants decides the calls of one DEX file that count by what they are given:
// those of a listed method with a constant, and look-ups by reflection. Where such
// a call is given a parameter of the method it stands in, that method is noted as a
// wrapper.
//
// An instruction is one site at most. One that names a listed API is decided by
// what apiIndex lists for it alone; what is left may be a look-up, and what is left
// then the call of a wrapper.
type constants struct {
	in      *indirect
	f       *codeFile
	d       *dex.File
	follow  *dex.Constants
	statics map[string]map[string]string // final strings by class
	fields  map[uint32]string            // by field index, "" where unknown
	left    int                          // of maxStatics

	code  *callgraph.Code // which method bodies call what
	flags *flagRefs
}

// maxStatics bounds the final strings, and the classes looked at for them, that are
// kept for one DEX file. Compilers put the value of most such fields right where it
// is used.
const maxStatics = 1 << 13

// newConstants is for one DEX file of f.
func newConstants(in *indirect, f *codeFile, d *dex.File) *constants {
	c := &constants{in: in, f: f, d: d, statics: map[string]map[string]string{}, fields: map[uint32]string{}, left: maxStatics}
	c.follow = d.Constants(c.static)
	return c
}

// static is the text of a static final String field of the app, whichever file
// defines its class.
func (c *constants) static(field uint32) (string, bool) {
	if s, ok := c.fields[field]; ok {
		return s, s != ""
	}
	id, _ := c.d.Field(field)
	class := c.d.TypeDescriptor(id.Class)
	texts, ok := c.statics[class]
	if !ok && string(c.d.TypeBytes(id.Type)) == stringType {
		if in, def := c.in.supers.find(class); in != nil && c.left <= 0 {
			c.f.cut("max-final-strings", maxStatics)
		} else if in != nil {
			count := 0
			texts, count = in.FinalStrings(def)
			c.left -= count + 1
		}
		c.statics[class] = texts
	}
	s := ""
	if string(c.d.TypeBytes(id.Type)) == stringType {
		s = texts[string(c.d.FieldName(field))]
	}
	c.fields[field] = s
	return s, s != ""
}

const stringType = "Ljava/lang/String;"

// lookup stands in the table of marked methods for those of reflection.
var lookup = &apiMethod{behaviour: -1, consumes: "a look-up"}

// isLookup tells whether a method finds or calls a member by reflection.
func isLookup(class, name string) bool {
	switch class {
	case "Ljava/lang/Class;":
		return name == "getMethod" || name == "getDeclaredMethod" || isFieldLookup(name)
	case "Ljava/lang/reflect/Method;":
		return name == "invoke"
	}
	return false
}

func isFieldLookup(name string) bool { return name == "getField" || name == "getDeclaredField" }

// markLookups marks the look-ups in the table of methods and reports whether there
// are any. The table is sorted by class; in a file where it is not, look-ups may be
// missed.
func (c *constants) markLookups(methods []*apiMethod) bool {
	some := false
	for _, class := range []string{"Ljava/lang/Class;", "Ljava/lang/reflect/Method;"} {
		t, ok := typeIndex(c.d, class)
		if !ok {
			continue
		}
		first := sort.Search(len(methods), func(i int) bool {
			m, _ := c.d.Method(uint32(i))
			return m.Class >= t
		})
		for i := first; i < len(methods); i++ {
			if m, _ := c.d.Method(uint32(i)); m.Class != t {
				break
			}
			if methods[i] == nil && isLookup(class, string(c.d.MethodName(uint32(i)))) {
				methods[i], some = lookup, true
			}
		}
	}
	return some
}

// calls finds the sites of one method and notes it where it is a wrapper.
func (c *constants) calls(methods []*apiMethod, class int, method uint32, code *dex.Code) {
	ins := code.Insns()
	c.follow.Calls(code, method, func(pos int, target uint32, args []dex.Const) {
		m := methods[target]
		if m == nil || !m.byConstant() {
			return
		}
		h := siteHit{target: target, class: class, caller: method, offset: pos}
		switch {
		case m == lookup:
			h.via = audit.ViaReflection
			if use, ok := c.lookUp(target, args); ok {
				c.add(use, h)
			}
		case ins.Op(pos).IsStaticInvoke() || len(args) == 0:
			c.add(consumer{api: m, args: c.arguments(args)}, h)
		default:
			c.add(consumer{api: m, args: c.arguments(args[1:])}, h)
		}
	})
}

// add keeps a site, or notes the method that it would be in as a wrapper.
func (c *constants) add(use consumer, h siteHit) {
	h.dex = c.d
	b, args := c.in.decide(use)
	if b >= 0 {
		h.behaviour, h.args = b, args
		c.f.hits = append(c.f.hits, h)
		if use.api == nil || b != use.api.behaviour {
			return
		}
		// The API is a site with any argument; those who hand over one that says
		// more are sites as well.
		use.api = use.api.withConstant()
	}
	if slices.ContainsFunc(use.args, func(a argument) bool { return a.param > 0 }) {
		c.in.note(c.f, c.d, h.caller, use)
	}
}

// arguments are constants as decide wants them.
func (c *constants) arguments(args []dex.Const) []argument {
	out := make([]argument, len(args))
	for i, a := range args {
		switch a.Kind {
		case dex.ConstParam, dex.ConstNamedBy:
			out[i].param = int(a.Value) + 1
		case dex.ConstInt:
			out[i].text = strconv.FormatInt(a.Value, 10)
		default:
			out[i].text, _ = c.follow.Text(a)
		}
	}
	return out
}

// lookUp is what a call of reflection, receiver first, consumes: the class and name
// that it looks up, or the arguments in the array that it calls a listed method
// with.
func (c *constants) lookUp(target uint32, args []dex.Const) (consumer, bool) {
	name := string(c.d.MethodName(target))
	if name == "invoke" {
		return c.reflectiveCall(args)
	}
	if len(args) < 2 {
		return consumer{}, false
	}
	use := consumer{args: c.arguments(args[:2]), field: isFieldLookup(name)}
	if args[0].Kind == dex.ConstInt {
		use.args[0] = argument{}
	}
	if !use.field && len(args) > 2 {
		if types, ok := c.follow.Elements(args[2]); ok {
			use.types, use.typed = c.typesText(types)
		}
	}
	return use, use.args[1] != argument{}
}

// typesText puts parameter types together, false where one is not known.
func (c *constants) typesText(types []dex.Const) (string, bool) {
	var b strings.Builder
	for _, t := range types {
		s, ok := c.follow.Text(t)
		if !ok || t.Kind != dex.ConstClass && t.Kind != dex.ConstNamed {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// reflectiveCall is what Method.invoke consumes where the method is one of those
// that count with a constant.
func (c *constants) reflectiveCall(args []dex.Const) (consumer, bool) {
	if len(args) < 3 {
		return consumer{}, false
	}
	m, ok := c.follow.Member(args[0])
	values, some := c.follow.Elements(args[2])
	if !ok || m.Field || !some {
		return consumer{}, false
	}
	class, known := c.follow.Text(m.Class)
	name, named := c.follow.Text(m.Name)
	if !known || !named {
		return consumer{}, false
	}
	types, typed := "", false
	if t, ok := m.Types(); ok {
		types, typed = c.typesText(t)
	}
	api := c.in.o.apis.counting(class, name, types, typed, len(values))
	if api == nil {
		return consumer{}, false
	}
	return consumer{api: api, args: c.arguments(values), through: []string{dotted(class), name}}, true
}

// counting finds the method of a class that counts with a constant: the one with
// these parameter types, else the first with that number of parameters.
func (x *apiIndex) counting(class, name, types string, typed bool, n int) *apiMethod {
	c := x.classes[class]
	if c == nil {
		return nil
	}
	list := c.methods[name]
	for i := range list {
		m := &list[i]
		if m.byConstant() && (typed && m.params == "("+types || !typed && countTypes(m.params[1:]) == n) {
			return m.withConstant()
		}
	}
	return nil
}

// withConstant is the method where it counts with a constant only.
func (m *apiMethod) withConstant() *apiMethod {
	only := *m
	only.behaviour = -1
	return &only
}

// countTypes counts type descriptors that stand one after another.
func countTypes(s string) int {
	n := 0
	for ; s != ""; n++ {
		s = strings.TrimLeft(s, "[")
		if end := strings.IndexByte(s, ';'); s != "" && s[0] == 'L' && end > 0 {
			s = s[end:]
		}
		s = s[min(1, len(s)):]
	}
	return n
}

// consumer is a call that counts by what it is given.
type consumer struct {
	api     *apiMethod // nil for a look-up of a class and a name, which are args then
	args    []argument // receiver left out
	through []string   // class and name, where reflection calls api
	field   bool       // a look-up of a field
	types   string     // parameter types of a look-up, if typed
	typed   bool
}

// argument is a constant as text, "" where unknown, or parameter param-1 of the
// method itself.
type argument struct {
	text  string
	param int
}

// with puts the arguments of a wrapper's call, receiver first, in place of its
// parameters.
func (use consumer) with(args []argument) consumer {
	out := slices.Clone(use.args)
	for i, a := range out {
		switch {
		case a.param > len(args):
			out[i] = argument{}
		case a.param > 0:
			out[i] = args[a.param-1]
		}
	}
	use.args = out
	return use
}

// decide returns the behaviour that a consumer's arguments stand for, or -1, and
// the constants to show: those handed over, with class and name before them where
// reflection is used; only these two may be "".
func (in *indirect) decide(use consumer) (behaviour int, shown []string) {
	texts := make([]string, len(use.args))
	for i, a := range use.args {
		texts[i] = a.text
	}
	if use.api == nil {
		texts[0] = className(texts[0])
		return in.lookUp(use, texts[0], texts[1]), texts
	}
	b := use.api.decide(texts)
	return b, slices.Concat(use.through, slices.DeleteFunc(texts, func(s string) bool { return s == "" }))
}

// className is the dotted name of a class given so or as a descriptor.
func className(s string) string {
	if strings.HasPrefix(s, "L") && strings.HasSuffix(s, ";") {
		return dotted(s)
	}
	return s
}

// lookUp returns the behaviour of the listed member that has a class and a name. Of
// overloads the one with the types asked for counts, else the first listed; a
// method that counts only with a constant does not. Where the class is not known,
// the name of a method alone counts if it is distinctive.
func (in *indirect) lookUp(use consumer, class, name string) int {
	if name == "" {
		return -1
	}
	if class == "" {
		if b, ok := in.distinctive[name]; ok && !use.field {
			return b
		}
		return -1
	}
	c := in.o.apis.classes["L"+strings.ReplaceAll(class, ".", "/")+";"]
	if c == nil {
		return -1
	}
	found := -1
	if use.field {
		for f, b := range c.fields {
			if n, _, _ := strings.Cut(f, ":"); n == name && (found < 0 || b < found) {
				found = b
			}
		}
		return found
	}
	for _, m := range c.methods[name] {
		if use.typed && m.params == "("+use.types && m.behaviour >= 0 {
			return m.behaviour
		}
		if found < 0 {
			found = m.behaviour
		}
	}
	return found
}

// A name is distinctive from so many characters and words on. "getAddress" and
// "getLanguage" may be a method of anything.
const (
	minDistinctive      = 8
	minDistinctiveWords = 3
)

// isCommon tells names of several words that classes of the platform have which
// are not listed and mean something else by them.
func isCommon(name string) bool {
	switch name {
	case "createVirtualDisplay", "getBlockCount", "getCountryIso", "getFreeBytes", "getIpAddress", "getMessageBody", "getNetworkType",
		"getNextEntry", "getPhoneNumber", "getRawOffset", "getServiceState", "getSignalStrength", "getTotalBytes", "getUserData":
		return true
	}
	return false
}

// distinctive lists the method names that stand for a listed API even where the
// class that they are looked up in is not known, with the behaviour: long names of
// several words, as getSimSerialNumber, that a class of the platform has, that only
// one behaviour lists, and that isCommon leaves.
func (x *apiIndex) distinctive() map[string]int {
	out, platform := map[string]int{}, map[string]bool{}
	for class, c := range x.classes {
		for name, list := range c.methods {
			if len(name) < minDistinctive || words(name) < minDistinctiveWords || isCommon(name) {
				continue
			}
			platform[name] = platform[name] || isFramework(class)
			for _, m := range list {
				if b, seen := out[name]; seen && b != m.behaviour {
					out[name] = -1
				} else {
					out[name] = m.behaviour
				}
			}
		}
	}
	maps.DeleteFunc(out, func(name string, b int) bool { return b < 0 || !platform[name] })
	return out
}

// words counts the words of a name in camel case.
func words(name string) int {
	n := 1
	for i := 1; i < len(name); i++ {
		if isUpper(name[i]) && !isUpper(name[i-1]) {
			n++
		}
	}
	return n
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
