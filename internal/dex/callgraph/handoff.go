package callgraph

// handOff is a call of one file after which methods of objects of a class run.
type handOff struct {
	class  int32
	sel    selector // of name and parameters
	number int32    // the dispatch that it amounts to where the object comes from elsewhere
}

// handOffNames groups the hand-offs by the name of the call.
func (g *Graph) handOffNames() map[string][]HandOff {
	out := map[string][]HandOff{}
	for _, h := range g.platform.HandOffs() {
		out[h.Call.Name] = append(out[h.Call.Name], h)
	}
	return out
}

// handsOff notes what a call hands over, if it is one of list: its receiver is the
// class that declares the call or one below it.
func (g *Graph) handsOff(f *file, method, class uint32, list []HandOff, seen *marks) {
	params := ""
	for _, h := range list {
		if params == "" {
			params = f.params(method)
		}
		if h.Call.Params != params || !g.under(f, class, h.Call.Class) {
			continue
		}
		for _, run := range h.Runs {
			c := g.classes.class(run.Class)
			if h.Receiver {
				c = g.classes.class(string(f.d.TypeBytes(class)))
			}
			if c < 0 {
				continue // no class of the app is one
			}
			if f.handOffs == nil {
				f.handOffs = map[uint32][]handOff{}
			}
			f.handOffs[method] = append(f.handOffs[method], handOff{class: c, sel: g.selector(run.Name, run.Params)})
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
	for i := 1; i < len(desc); i++ {
		if desc[i] == ')' {
			return desc[1:i]
		}
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
