package callgraph

import "strings"

// handOff is a call of one file after which methods of objects of a class run.
type handOff struct {
	class  int32
	run    Run
	number int32 // the dispatch that it amounts to where the object comes from elsewhere
}

// handOffNames groups the hand-offs by the name of the call.
func (g *Graph) handOffNames() map[string][]HandOff {
	out := map[string][]HandOff{}
	for _, h := range g.platform.HandOffs() {
		out[h.Name] = append(out[h.Name], h)
	}
	return out
}

// handsOff notes what a call hands over, if it is one of list: its receiver is the
// class that declares the call or one below it.
func (g *Graph) handsOff(f *file, method, class uint32, list []HandOff) {
	for _, h := range list {
		if h.Type != "" && !f.takes(method, h.Type) || !g.under(f, class, h.Class) {
			continue
		}
		for _, run := range h.Runs {
			c := g.classes.class(run.Class)
			if h.Type == "" {
				c = g.classes.class(string(f.d.TypeBytes(class)))
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

// takes tells whether a method has a parameter of a type.
func (f *file) takes(method uint32, typ string) bool {
	m, _ := f.d.Method(method)
	p, ok := f.d.Proto(m.Proto)
	for k := range p.Params.Len() {
		if ok && string(f.d.TypeBytes(p.Params.At(k))) == typ {
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
	for range maxChain {
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
