package callgraph

import (
	"bytes"

	"apkaudit/internal/dex"
)

// lambda is the class that a call site makes at run time: it implements one method
// of one interface by calling another method.
type lambda struct {
	class  int32
	file   int32
	site   uint32
	name   string // of the interface's method
	params string
	body   Node // what it calls, None for a method of the platform
}

// addLambdas numbers the classes of lambdas behind those of the app.
func (g *Graph) addLambdas() {
	for k, f := range g.files {
		f.lambdas = make([]int32, f.d.NumCallSites())
		for i := range f.lambdas {
			f.lambdas[i] = noClass
			cs, err := f.d.CallSite(uint32(i))
			if err != nil || len(cs.Handles) == 0 || len(cs.Types) == 0 {
				continue // no lambda
			}
			p, ok := f.d.Proto(cs.Proto)
			if !ok || int(p.Return) >= f.d.NumTypes() {
				continue
			}
			c := int32(len(g.classes.names))
			f.lambdas[i] = c
			g.classes.names = append(g.classes.names, "")
			g.classes.where = append(g.classes.where, classPlace{int32(k), -int32(p.Return) - 1})
			g.lambdas = append(g.lambdas, lambda{class: c, file: int32(k), site: uint32(i), body: None})
		}
	}
	g.classes.defined = int32(len(g.classes.names))
}

// bindLambdas finds what each lambda calls and under which selector.
func (g *Graph) bindLambdas() {
	for i := range g.lambdas {
		l := &g.lambdas[i]
		f := g.files[l.file]
		cs, err := f.d.CallSite(l.site)
		if err != nil {
			continue
		}
		desc := f.d.AppendProtoDescriptor(nil, cs.Types[0])
		end := bytes.IndexByte(desc, ')')
		if end < 1 {
			continue
		}
		l.name, l.params = f.d.String(cs.Name), string(desc[1:end])
		for _, h := range cs.Handles {
			if mh, ok := f.d.MethodHandle(h); ok && mh.IsMethod() {
				l.body = g.handle(f, mh)
			}
		}
		if l.body != None {
			g.methods.put(l.class, join(g.hash([]byte(l.name)), g.hash(desc[1:end])*31+g.hash(desc[end:])), l.body)
		}
	}
}

// handle is the method that a method handle stands for, None where the receiver
// decides.
func (g *Graph) handle(f *file, h dex.MethodHandle) Node {
	if n := f.exact[h.Index]; n != None {
		return n
	}
	if t := f.virtual[h.Index]; t >= 0 {
		return Node(t)
	}
	return None
}

// lambda returns the lambda whose class c is, nil for another class.
func (g *Graph) lambda(c int32) *lambda {
	if n := int(g.classes.defined) - len(g.lambdas); int(c) >= n && g.classes.isDefined(c) {
		return &g.lambdas[int(c)-n]
	}
	return nil
}
