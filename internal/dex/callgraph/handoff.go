package callgraph

import (
	"strings"

	"apkaudit/internal/dex"
)

// handOff is a call of one file after which methods of objects of a class run.
type handOff struct {
	class  int32
	run    Run
	number int32 // the dispatch that it amounts to where the object comes from elsewhere
}

// fileHandOff is a hand-off with the type of its argument in one file, noType where it is
// the receiver.
type fileHandOff struct {
	HandOff
	typ uint32
}

const noType = 1 << 16

// handOffsIn groups the hand-offs that a file can have by the name of the call: it must
// name the type of the argument.
func (g *Graph) handOffsIn(f *file) map[string][]fileHandOff {
	types := map[string]uint32{}
	for _, h := range g.platform.HandOffs() {
		types[h.Type] = noType
	}
	for t := range f.types {
		if _, wanted := types[string(f.d.TypeBytes(uint32(t)))]; wanted {
			types[f.d.TypeDescriptor(uint32(t))] = uint32(t)
		}
	}
	out := map[string][]fileHandOff{}
	for _, h := range g.platform.HandOffs() {
		if t := types[h.Type]; t != noType || h.Type == "" {
			out[h.Name] = append(out[h.Name], fileHandOff{h, t})
		}
	}
	return out
}

// handsOff notes what a call hands over, if it is one of list: its receiver is the
// class that declares the call or one below it.
func (g *Graph) handsOff(f *file, method uint32, m dex.Method, list []fileHandOff) {
	p, _ := f.d.Proto(m.Proto)
	for _, h := range list {
		if h.typ != noType && !takes(p.Params, h.typ) || !g.under(f, m.Class, h.Class) {
			continue
		}
		for _, run := range h.Runs {
			c := g.classes.class(run.Class)
			if h.Type == "" {
				c = g.classes.class(string(f.d.TypeBytes(m.Class)))
			}
			if c < 0 {
				continue // no class of the app is one
			}
			if f.handOffs == nil {
				f.handOffs = map[uint32][]handOff{}
			}
			f.hands[method] = true
			f.handOffs[method] = append(f.handOffs[method], handOff{class: c, run: run})
		}
	}
}

// takes tells whether a type is among parameters.
func takes(params dex.TypeList, typ uint32) bool {
	for k := range params.Len() {
		if params.At(k) == typ {
			return true
		}
	}
	return false
}

// handed visits what runs of an object of class c that is handed over.
func (g *Graph) handed(c int32, run Run, seen *marks, visit func(n Node)) {
	if l := g.lambda(c); l != nil {
		if l.body != None && g.platform.Runs(run, l.name, l.params) {
			visit(l.body)
		}
		return
	}
	for _, n := range g.callbacks(c, seen) {
		x := &g.nodes[n]
		f := g.files[x.file]
		if g.platform.Runs(run, string(f.d.MethodName(x.method)), f.params(x.method)) {
			visit(n)
		}
	}
}

// params are the parameter descriptors of a method reference.
func (f *file) params(method uint32) string {
	m, ok := f.d.Method(method)
	if !ok {
		return ""
	}
	desc := f.d.ProtoDescriptor(m.Proto)
	if end := strings.IndexByte(desc, ')'); end > 0 {
		return desc[1:end]
	}
	return ""
}

// under tells whether a type of a file is a class of the platform or below it.
func (g *Graph) under(f *file, typ uint32, platform string) bool {
	name := string(f.d.TypeBytes(typ))
	// Twice: link tells of classes with longer chains of the app's own classes, and those of
	// the platform above them are short.
	for range 2 * dex.MaxSuperDepth {
		if name == platform {
			return true
		}
		c := g.classes.class(name)
		switch {
		case c < 0:
			if g.implements(name, platform) {
				return true
			}
			name = g.platform.Super(name)
		case g.classes.super[c] < 0:
			return g.below(c, platform)
		default:
			if g.below(c, platform) {
				return true
			}
			name = g.classes.names[g.classes.super[c]]
		}
		if name == "" {
			return false
		}
	}
	return false
}

// below looks at the direct interfaces of a numbered class.
func (g *Graph) below(c int32, name string) bool {
	for _, i := range g.classes.ifaces[c] {
		if i >= 0 && (g.classes.names[i] == name || g.implements(g.classes.names[i], name)) {
			return true
		}
	}
	return false
}

// implements tells whether a class of the platform has another among its
// interfaces.
func (g *Graph) implements(class, iface string) bool {
	for _, i := range g.platform.Interfaces(class) {
		if i == iface || g.implements(i, iface) {
			return true
		}
	}
	return false
}
