package callgraph

import (
	"apkaudit/internal/dex"
)

// noClass stands for a class that nothing is known of.
const noClass int32 = -1

// classTable numbers the classes of the app, in the order of files and class_defs,
// and behind them those of the platform above them.
type classTable struct {
	byName  map[string]int32
	names   []string
	defined int32 // classes below it are defined by the app
	where   []classPlace
	super   []int32
	ifaces  [][]int32
	hasSubs []bool // some class of the app is a proper subtype
	clinit  []Node // by class of the app
}

type classPlace struct{ file, def int32 }

// addDefined numbers the classes of one file; of a class that is defined twice the
// first definition counts, as for the class loader.
func (t *classTable) addDefined(file int32, f *dex.File) {
	for i := range f.NumClasses() {
		name := f.TypeBytes(f.Class(i).Type)
		if len(name) < 3 || name[0] != 'L' {
			continue
		}
		if _, dup := t.byName[string(name)]; dup {
			continue
		}
		s := string(name)
		t.byName[s] = int32(len(t.names))
		t.names = append(t.names, s)
		t.where = append(t.where, classPlace{file, int32(i)})
	}
	t.defined = int32(len(t.names))
}

// platform lists the class of each type of a file that the app extends and does not
// define, noClass for the others.
func (t *classTable) platform(f *file) []int32 {
	out := make([]int32, len(f.types))
	for i, c := range f.types {
		out[i] = noClass
		if c < 0 {
			out[i] = t.class(string(f.d.TypeBytes(uint32(i))))
		}
	}
	return out
}

// isDefined tells whether the app has the class itself.
func (t *classTable) isDefined(c int32) bool { return c >= 0 && c < t.defined }

// types lists the class of each type of a file, noClass for those that the app does
// not define.
func (t *classTable) types(f *dex.File) []int32 {
	out := make([]int32, f.NumTypes())
	for i := range out {
		out[i] = noClass
		if c, ok := t.byName[string(f.TypeBytes(uint32(i)))]; ok && t.isDefined(c) {
			out[i] = c
		}
	}
	return out
}

// link finds superclasses and interfaces, those of the platform included.
func (t *classTable) link(files []*dex.File, types [][]int32, p Platform) {
	n := len(t.names)
	t.super, t.ifaces = make([]int32, n), make([][]int32, n)
	of := func(file int32, typ uint32) int32 {
		if uint64(typ) >= uint64(len(types[file])) {
			return noClass
		}
		if c := types[file][typ]; c >= 0 {
			return c
		}
		return t.external(string(files[file].TypeBytes(typ)), p)
	}
	for c := range n {
		at := t.where[c]
		f := files[at.file]
		if at.def < 0 { // the class of a lambda, which has nothing but its interface
			t.super[c], t.ifaces[c] = noClass, []int32{of(at.file, uint32(-at.def-1))}
			continue
		}
		t.super[c] = of(at.file, f.Class(int(at.def)).Super)
		if list := f.Interfaces(int(at.def)); list.Len() > 0 {
			t.ifaces[c] = make([]int32, list.Len())
			for k := range t.ifaces[c] {
				t.ifaces[c][k] = of(at.file, uint32(list.At(k)))
			}
		}
	}
	t.hasSubs = make([]bool, len(t.names))
	seen := newMarks(len(t.names))
	for c := range n {
		f := files[t.where[c].file]
		if !t.ancestors(int32(c), seen, func(a int32) { t.hasSubs[a] = true }) {
			f.Cut("max-ancestors", dex.MaxAncestors)
		}
		if !t.chain(int32(c), func(int32) bool { return true }) {
			f.Cut("max-super-depth", dex.MaxSuperDepth)
		}
	}
}

// external numbers a class that the app does not define, with all above it that
// the platform knows.
func (t *classTable) external(name string, p Platform) int32 {
	if len(name) < 3 || name[0] != 'L' {
		return noClass
	}
	if c, ok := t.byName[name]; ok {
		return c
	}
	c := int32(len(t.names))
	t.byName[name] = c
	t.names = append(t.names, name)
	t.super, t.ifaces = append(t.super, noClass), append(t.ifaces, nil)
	if s := p.Super(name); s != "" {
		super := t.external(s, p)
		t.super[c] = super
	}
	for _, i := range p.Interfaces(name) {
		iface := t.external(i, p)
		t.ifaces[c] = append(t.ifaces[c], iface)
	}
	return c
}

// class returns the number of a class by its descriptor, noClass where the app
// neither has nor extends it.
func (t *classTable) class(name string) int32 {
	if c, ok := t.byName[name]; ok {
		return c
	}
	return noClass
}

// ancestors visits all superclasses and interfaces of c once each, but not c and
// not java.lang.Object. Chains that run in circles end. false where there are more than
// are looked at, of which link tells for each class of the app: above those of the
// platform are few.
func (t *classTable) ancestors(c int32, seen *marks, visit func(a int32)) bool {
	seen.reset()
	seen.add(c)
	stack := append(seen.stack[:0], c)
	for n := 0; len(stack) > 0 && n < dex.MaxAncestors; n++ {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		seen.steps += int64(1 + len(t.ifaces[x]))
		if x != c {
			visit(x)
		}
		if s := t.super[x]; s >= 0 && seen.add(s) && t.names[s] != objectClass {
			stack = append(stack, s)
		}
		for _, i := range t.ifaces[x] {
			if i >= 0 && seen.add(i) {
				stack = append(stack, i)
			}
		}
	}
	seen.stack = stack
	return len(stack) == 0
}

const objectClass = "Ljava/lang/Object;"

// chain visits c and its superclasses that the app defines, nearest first, until
// visit returns false. false where there are more than are followed, of which link tells.
func (t *classTable) chain(c int32, visit func(c int32) bool) bool {
	for range dex.MaxSuperDepth {
		if !t.isDefined(c) || !visit(c) {
			return true
		}
		c = t.super[c]
	}
	return !t.isDefined(c)
}

// marks is a set of small numbers that is emptied at no cost.
type marks struct {
	at    []uint32
	round uint32
	stack []int32 // room for a walk
	steps int64   // classes looked at in all walks
}

func newMarks(n int) *marks { return &marks{at: make([]uint32, n), round: 1} }

func (m *marks) reset() {
	m.round++
	if m.round == 0 {
		clear(m.at)
		m.round = 1
	}
}

// add reports whether x was not in the set.
func (m *marks) add(x int32) bool {
	if m.at[x] == m.round {
		return false
	}
	m.at[x] = m.round
	return true
}
