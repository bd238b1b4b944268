package callgraph

import (
	"bytes"
	"slices"
	"strings"

	"apkaudit/internal/dex"
)

// Node returns the method of a file by its index in method_ids, None where the
// file does not define it or another file defines the class first.
func (g *Graph) Node(file int, method uint32) Node {
	f := g.files[file]
	if int(method) >= len(f.nodeOf) {
		return None
	}
	return f.nodeOf[method]
}

// Descriptor is the method as "Lpkg/Cls;->name(params)ret".
func (g *Graph) Descriptor(n Node) string {
	x := &g.nodes[n]
	return g.files[x.file].d.MethodDescriptor(x.method)
}

// Class is the descriptor of the class that defines the method.
func (g *Graph) Class(n Node) string { return g.classes.names[g.nodes[n].class] }

// Methods lists the methods with code that an object of a class has by the given
// name, of the nearest class that has any; nil where the app does not define the
// class.
func (g *Graph) Methods(class, name string) []Node {
	var out []Node
	g.classes.chain(g.classes.class(class), func(c int32) bool {
		for n := g.first[c]; n < g.first[c+1]; n++ {
			x := &g.nodes[n]
			if string(g.files[x.file].d.MethodName(x.method)) == name {
				out = append(out, n)
			}
		}
		return len(out) == 0
	})
	return out
}

// Callbacks lists the methods of a class, own or of its superclasses in the app,
// that override what the platform calls.
func (g *Graph) Callbacks(class string) []Node {
	c := g.classes.class(class)
	if !g.classes.isDefined(c) {
		return nil
	}
	return g.callbacks(c, newMarks(len(g.classes.names)))
}

// Defines tells whether the app has a class.
func (g *Graph) Defines(class string) bool { return g.classes.isDefined(g.classes.class(class)) }

// Below lists the classes of the app that are below another one, as descriptors in
// the order of the files.
func (g *Graph) Below(class string) []string {
	a := g.classes.class(class)
	if a < 0 || !g.classes.hasSubs[a] {
		return nil
	}
	var out []string
	seen := newMarks(len(g.classes.names))
	for c := range g.classes.defined {
		if c != a && g.classes.names[c] != "" && g.isA(c, a, seen) {
			out = append(out, g.classes.names[c])
		}
	}
	return out
}

// start is what runs when a component of a class is started.
type start struct {
	entry  []Node
	always bool // wherever the class is named, not only beside a call that starts it
}

// Starts says which methods run when a component of a class is started by a class
// literal or by its name; always means that naming the class is enough. It must not be
// called beside Reach.
func (g *Graph) Starts(class string, entry []Node, always bool) {
	if c := g.classes.class(class); g.classes.isDefined(c) && len(entry) > 0 {
		g.starts[c] = start{entry, always}
	}
}

// Under lists the methods of all classes of which the descriptor begins with a
// prefix.
func (g *Graph) Under(prefix string) []Node {
	var out []Node
	for c := range g.classes.defined {
		if strings.HasPrefix(g.classes.names[c], prefix) {
			for n := g.first[c]; n < g.first[c+1]; n++ {
				out = append(out, n)
			}
		}
	}
	return out
}

// Layouts lists the numbers, without their package, of resources that methods hold
// which take layouts, sorted.
func (g *Graph) Layouts() []uint32 {
	var out []uint32
	for _, f := range g.files {
		for _, e := range f.code.edges {
			if e.kind() == layout {
				out = append(out, e.index())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ByName lists the methods of a name with the given parameters in all classes below
// one, in the order of nodes.
func (g *Graph) ByName(class, name, params string) []Node {
	sel := g.selector(name, params)
	a := g.classes.class(class)
	if a < 0 {
		return nil
	}
	var out []Node
	seen := newMarks(len(g.classes.names))
	for n := range g.nodes {
		x := &g.nodes[n]
		if g.files[x.file].short[x.method] == sel && g.isA(x.class, a, seen) {
			out = append(out, Node(n))
		}
	}
	return out
}

// Layout says which classes a layout resource creates, by its number without the
// package. It must not be called beside Reach.
func (g *Graph) Layout(id uint32, classes []string) {
	for _, name := range classes {
		if c := g.classes.class(name); g.classes.isDefined(c) {
			g.layouts[id&0xffffff] = append(g.layouts[id&0xffffff], c)
		}
	}
}

// Names tells which texts of the code stand for classes: their own names and others,
// such as the actions of components, given as text to descriptor. It must be called
// before Reach and not beside it.
func (g *Graph) Names(others map[string]string) {
	g.eachFile(func(f *file) {
		f.named = map[uint32]int32{}
		for _, e := range f.code.edges {
			if e.kind() != nameString {
				continue
			}
			text := f.d.StringBytes(e.index())
			if len(text) == 0 || len(text) > dex.MaxNameBytes {
				continue
			}
			desc, ok := others[string(text)]
			if !ok {
				desc = "L" + string(bytes.ReplaceAll(text, []byte{'.'}, []byte{'/'})) + ";"
			}
			if c := g.classes.class(desc); g.classes.isDefined(c) {
				f.named[e.index()] = c
			}
		}
	})
}

// nativeMethods finds native methods, looking at each class once.
type nativeMethods struct {
	g     *Graph
	known map[int32][]selector
}

// note notes that a reference to a method without code means a native one.
func (n *nativeMethods) note(f *file, method uint32, c int32) {
	n.g.classes.chain(c, func(c int32) bool {
		list, ok := n.known[c]
		if !ok {
			list = n.of(c)
			n.known[c] = list
		}
		if slices.Contains(list, f.full[method]) {
			if f.natives == nil {
				f.natives = map[uint32]int32{}
			}
			f.natives[method] = c
			return false
		}
		return true
	})
}

func (n *nativeMethods) of(c int32) []selector {
	at := n.g.classes.where[c]
	if at.def < 0 {
		return nil
	}
	f := n.g.files[at.file]
	var list []selector
	m := f.d.Members(int(at.def))
	for m.Next() {
		if m.IsMethod() && m.Access()&dex.AccNative != 0 {
			list = append(list, f.full[m.Index()])
		}
	}
	return list
}
