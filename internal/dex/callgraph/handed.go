package callgraph

import (
	"runtime"
	"slices"

	"apkaudit/internal/bounded"
)

// maxHandRounds is how many methods may hand an object on, one to the next, until the
// platform gets it.
const maxHandRounds = 2

// passOn finds the methods that hand one of their parameters over, as a pool's
// execute(Runnable) does: what they are given runs where it is given to them, and not
// every object of that class at each of them. A method counts if it takes a parameter of
// the very class of what it hands over, and creates none itself; that it hands over that
// parameter, and not something else that it keeps, is not looked at.
func (g *Graph) passOn() {
	g.passes = make([][]handOff, len(g.nodes))
	found := make([][]passing, runtime.GOMAXPROCS(0))
	for range maxHandRounds {
		bounded.Parallel(len(found), func(part int) {
			seen := newMarks(len(g.classes.names))
			found[part] = found[part][:0]
			from, to := part*len(g.nodes)/len(found), (part+1)*len(g.nodes)/len(found)
			for n := from; n < to; n++ {
				found[part] = g.passing(Node(n), seen, found[part])
			}
		})
		some := false
		for _, p := range slices.Concat(found...) {
			g.passes[p.by] = append(g.passes[p.by], p.what)
			some = true
		}
		if !some {
			return
		}
	}
}

type passing struct {
	by   Node
	what handOff
}

// passing adds what a method passes on and was not found to before.
func (g *Graph) passing(n Node, seen *marks, found []passing) []passing {
	x := &g.nodes[n]
	f := g.files[x.file]
	for _, e := range x.edges {
		if e.kind() > callVirtual {
			continue
		}
		for _, h := range g.handsOver(f, e) {
			has := func(p handOff) bool { return p.class == h.class && p.run == h.run }
			if slices.ContainsFunc(g.passes[n], has) || g.createsFor(n, h.class, seen) || !g.takesClass(f, x.method, h.class) {
				continue
			}
			if !slices.ContainsFunc(found, func(p passing) bool { return p.by == n && has(p.what) }) {
				found = append(found, passing{n, h})
			}
		}
	}
	return found
}

// handsOver lists what a call hands over: to the platform, or to a method of the app
// that passes it on.
func (g *Graph) handsOver(f *file, e edge) []handOff {
	if f.hands[e.index()] {
		return f.handOffs[e.index()]
	}
	to := f.exact[e.index()]
	if e.kind() == callVirtual {
		t := f.virtual[e.index()]
		if t < 0 {
			return nil // the receiver decides
		}
		to = Node(t)
	}
	if to == None {
		return nil
	}
	return g.passes[to]
}

// createsFor tells whether a method creates an object of a class or one below it.
func (g *Graph) createsFor(n Node, class int32, seen *marks) bool {
	x := &g.nodes[n]
	f := g.files[x.file]
	for _, e := range x.edges {
		switch e.kind() {
		case createType:
			c := f.types[e.index()]
			if f.above[e.index()] == class || c >= 0 && g.isA(c, class, seen) {
				return true
			}
		case callSite:
			if c := f.lambdas[e.index()]; c >= 0 && g.isA(c, class, seen) {
				return true
			}
		}
	}
	return false
}

// takesClass tells whether a method has a parameter of a class.
func (g *Graph) takesClass(f *file, method uint32, class int32) bool {
	m, _ := f.d.Method(method)
	p, ok := f.d.Proto(m.Proto)
	for k := range p.Params.Len() {
		if t := p.Params.At(k); ok && int(t) < len(f.types) && (f.types[t] == class || f.above[t] == class) {
			return true
		}
	}
	return false
}
