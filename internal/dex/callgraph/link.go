package callgraph

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"

	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

// Node is a method with code.
type Node int32

// None is no method.
const None Node = -1

// selector stands for name and prototype of a method, or for name and parameters:
// a hash under a key of this process, so that no file can be made to collide.
type selector uint64

// Graph is the call graph of one app. It is not changed after Link but for what
// Starts adds, and safe for concurrent use.
type Graph struct {
	files   []*file
	classes classTable
	methods *table
	nodes   []node

	dispatches []dispatch
	byClass    [][]int32 // dispatches by class
	user       []bool    // by node: runs only after the user did something
	starts     map[int32]start
	layouts    map[uint32][]int32 // classes that a layout creates, by its number
	seed       maphash.Seed
	platform   Platform
	callbackOf []callbacks // by class of the app
	passes     [][]handOff // by node: what it hands over of its parameters
	first      []Node      // by class of the app: its first method; one more at the end
	lambdas    []lambda    // the last classes of the app
	tasks      int         // how many dispatches are one
	parties    *parties    // nil: all of one
}

type node struct {
	file   int32
	method uint32
	class  int32
	access uint32
	edges  []edge
}

// dispatch is a call of which the receiver decides: a method of the class under a full
// selector or, for what is handed over, what runs of it.
type dispatch struct {
	class int32
	sel   selector
	run   Run
	task  int32 // its number among the tasks, else noTask
}

// noTask is the number of a dispatch that is no task, see Graph.isTask.
const noTask int32 = -1

func (d *dispatch) isHandOff() bool { return d.run.Name != "" }

// file is one DEX file with what its references stand for.
type file struct {
	code     *Code
	d        *dex.File
	types    []int32    // class by type_ids, of those that the app defines
	above    []int32    // class by type_ids, of those of the platform that the app extends
	full     []selector // by method_ids: name and prototype
	short    []selector // by method_ids: name and parameters
	nodeOf   []Node     // by method_ids: the method that this file defines
	exact    []Node     // by method_ids: target of a static, direct or super call
	virtual  []target   // by method_ids: target of a virtual or interface call
	hands    []bool     // by method_ids: it is in handOffs
	handOffs map[uint32][]handOff
	natives  map[uint32]int32 // by method_ids: class of a native method
	lambdas  []int32          // class by call_site_ids
	named    map[uint32]int32 // class by string_ids, of names of classes of the app
	pending  []pendingDispatch
}

// target is a node, a dispatch (below firstDispatch) or nothing.
type target int32

const (
	noTarget      target = -1
	firstDispatch target = -2
)

func dispatchTarget(d int32) target      { return firstDispatch - target(d) }
func (t target) dispatch() (int32, bool) { return int32(firstDispatch - t), t <= firstDispatch }

type pendingDispatch struct {
	method uint32
	d      dispatch
	task   bool // of a class that the app does not define, so that it may be one
}

// Link joins the collected files, which stand in the order in which the class
// loader looks for classes. Nothing can be added to them any more.
func Link(ctx context.Context, codes []*Code, p Platform) (*Graph, error) {
	g := &Graph{seed: maphash.MakeSeed(), platform: p, starts: map[int32]start{}, layouts: map[uint32][]int32{}}
	g.classes.byName = map[string]int32{}
	ds := make([]*dex.File, len(codes))
	for i, c := range codes {
		g.files = append(g.files, &file{code: c, d: c.f})
		ds[i] = c.f
		g.classes.addDefined(int32(i), c.f)
	}
	g.eachFile(func(f *file) {
		f.types = g.classes.types(f.d)
		g.selectors(f)
	})
	types := make([][]int32, len(g.files))
	for i, f := range g.files {
		types[i] = f.types
	}
	g.addLambdas()
	g.classes.link(ds, types, p)
	g.eachFile(func(f *file) { f.above = g.classes.platform(f) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.number()
	g.closeRanges()
	g.eachFile(g.resolve)
	g.bindLambdas()
	g.joinDispatches()
	for _, c := range codes {
		c.seen, c.texts, c.reads = nil, nil, nil // megabytes for each file, which only collecting needs
	}
	g.passOn()
	g.markUserActions()
	g.callbackOf = make([]callbacks, g.classes.defined)
	return g, ctx.Err()
}

// eachFile works on all files side by side.
func (g *Graph) eachFile(work func(f *file)) {
	bounded.Parallel(len(g.files), func(i int) { work(g.files[i]) })
}

func (g *Graph) hash(b []byte) uint64 { return maphash.Bytes(g.seed, b) }

// selectors hashes name and prototype of every method reference.
func (g *Graph) selectors(f *file) {
	d := f.d
	type proto struct{ params, all uint64 }
	protos := make([]proto, d.NumProtos())
	var buf []byte
	for i := range protos {
		buf = d.AppendProtoDescriptor(buf[:0], uint32(i))
		end := slices.Index(buf, ')')
		if end < 1 {
			continue
		}
		params := g.hash(buf[1:end])
		protos[i] = proto{params, params*31 + g.hash(buf[end:])}
	}
	f.full, f.short = make([]selector, d.NumMethods()), make([]selector, d.NumMethods())
	for i := range f.full {
		m, ok := d.Method(uint32(i))
		if !ok || int(m.Proto) >= len(protos) {
			continue
		}
		name := g.hash(d.MethodName(uint32(i)))
		f.full[i] = join(name, protos[m.Proto].all)
		f.short[i] = join(name, protos[m.Proto].params)
	}
}

func join(name, proto uint64) selector { return selector(name*0x9e3779b97f4a7c15 ^ proto) }

// selector of name and parameters, as file.short.
func (g *Graph) selector(name, params string) selector {
	return join(maphash.String(g.seed, name), maphash.String(g.seed, params))
}

// number gives every method with code its node.
func (g *Graph) number() {
	total := 0
	for _, f := range g.files {
		total += len(f.code.methods)
	}
	g.nodes = make([]node, 0, total)
	g.methods = newTable(total)
	g.classes.clinit = make([]Node, g.classes.defined)
	for i := range g.classes.clinit {
		g.classes.clinit[i] = None
	}
	clinit := g.selector("<clinit>", "")
	g.first = make([]Node, g.classes.defined+1)
	for k, f := range g.files {
		f.nodeOf = make([]Node, f.d.NumMethods())
		for i := range f.nodeOf {
			f.nodeOf[i] = None
		}
		for i, m := range f.code.methods {
			if len(f.types) == 0 {
				break
			}
			class := f.types[min(f.d.Class(int(m.class)).Type, uint32(len(f.types)-1))]
			if class < 0 || g.classes.where[class] != (classPlace{int32(k), m.class}) {
				continue // defined a second time: never loaded
			}
			if f.nodeOf[m.method] != None {
				continue // a damaged file lists one method in two classes
			}
			n := Node(len(g.nodes))
			g.nodes = append(g.nodes, node{file: int32(k), method: m.method, class: class, access: m.access, edges: f.code.edgesOf(i)})
			f.nodeOf[m.method] = n
			g.first[class+1] = n + 1
			g.methods.put(class, f.full[m.method], n)
			if f.short[m.method] == clinit {
				g.classes.clinit[class] = n
			}
		}
	}
}

// closeRanges makes first hold for classes without methods too.
func (g *Graph) closeRanges() {
	for c := range g.classes.defined {
		g.first[c+1] = max(g.first[c+1], g.first[c])
	}
}

// edgesOf lists the edges of body i.
func (c *Code) edgesOf(i int) []edge {
	if again, ok := c.redone[c.methods[i].method]; ok {
		return again
	}
	end := uint32(len(c.edges))
	if i+1 < len(c.methods) {
		end = c.methods[i+1].from
	}
	return c.edges[c.methods[i].from:end]
}

// find returns the method that an object of class c runs under a full selector:
// its own, that of a superclass, or the default of an interface.
func (g *Graph) find(c int32, sel selector, seen *marks) Node {
	found := None
	g.classes.chain(c, func(c int32) bool {
		found = g.methods.get(c, sel)
		return found == None
	})
	if found != None || len(g.classes.ifaces[c]) == 0 && g.classes.super[c] < 0 {
		return found
	}
	g.classes.ancestors(c, seen, func(a int32) {
		if found == None && g.classes.isDefined(a) {
			found = g.methods.get(a, sel)
		}
	})
	return found
}

// resolve finds what the references of one file stand for.
func (g *Graph) resolve(f *file) {
	n := f.d.NumMethods()
	f.exact, f.virtual = make([]Node, n), make([]target, n)
	seen := newMarks(len(g.classes.names))
	offs := g.handOffsIn(f)
	f.hands = make([]bool, n)
	natives := nativeMethods{g: g, known: map[int32][]selector{}}
	for i := range n {
		f.exact[i], f.virtual[i] = None, noTarget
		m, ok := f.d.Method(uint32(i))
		if !ok || int(m.Class) >= len(f.types) {
			continue
		}
		name := f.d.MethodName(uint32(i))
		c := f.types[m.Class]
		if list := offs[string(name)]; list != nil {
			g.handsOff(f, uint32(i), m, list)
		}
		if c < 0 {
			c = g.classes.class(string(f.d.TypeBytes(m.Class)))
			if c >= 0 && g.classes.hasSubs[c] && g.classes.names[c] != objectClass {
				f.pending = append(f.pending, pendingDispatch{uint32(i), dispatch{class: c, sel: f.full[i]}, true})
			}
			continue
		}
		f.exact[i] = g.find(c, f.full[i], seen)
		if f.exact[i] == None {
			natives.note(f, uint32(i), c)
		}
		if g.classes.hasSubs[c] {
			f.pending = append(f.pending, pendingDispatch{uint32(i), dispatch{class: c, sel: f.full[i]}, false})
		} else if f.exact[i] != None {
			f.virtual[i] = target(f.exact[i])
		}
	}
}

// joinDispatches numbers the dispatches of all files, equal ones once.
func (g *Graph) joinDispatches() {
	g.byClass = make([][]int32, len(g.classes.names))
	add := func(d dispatch, task bool) int32 {
		n := int32(len(g.dispatches))
		d.task = noTask
		if task {
			d.task = int32(g.tasks)
			g.tasks++
		}
		g.dispatches = append(g.dispatches, d)
		g.byClass[d.class] = append(g.byClass[d.class], n)
		return n
	}
	calls, hands := map[uint64]int32{}, map[handOff]int32{}
	seen := newMarks(len(g.classes.names))
	for _, f := range g.files {
		for _, p := range f.pending {
			k := tableKey(p.d.class, p.d.sel)
			n, ok := calls[k]
			if !ok {
				n = add(p.d, p.task && g.isTask(p.d.class, string(f.d.MethodName(p.method)), f.params(p.method), seen))
				calls[k] = n
			}
			f.virtual[p.method] = dispatchTarget(n)
		}
		f.pending = nil
		for _, at := range slices.Sorted(maps.Keys(f.handOffs)) {
			for i := range f.handOffs[at] {
				h := &f.handOffs[at][i]
				n, ok := hands[*h]
				if !ok {
					n = add(dispatch{class: h.class, run: h.run}, !g.classes.isDefined(h.class))
					hands[*h] = n
				}
				h.number = n
			}
		}
	}
}

// markUserActions finds the methods that run only after the user did something.
func (g *Graph) markUserActions() {
	g.user = make([]bool, len(g.nodes))
	names := map[int32][]string{}
	for _, m := range g.platform.UserActions() {
		if c := g.classes.class(m.Class); c >= 0 {
			names[c] = append(names[c], m.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	above := make([]bool, len(g.classes.names)) // has such a class above it, found over all classes once
	seen := newMarks(len(g.classes.names))
	for c := range g.classes.defined {
		g.classes.ancestors(c, seen, func(a int32) { above[c] = above[c] || names[a] != nil })
	}
	for n := range g.nodes {
		x := &g.nodes[n]
		if !above[x.class] {
			continue
		}
		name := string(g.files[x.file].d.MethodName(x.method))
		g.classes.ancestors(x.class, seen, func(a int32) {
			g.user[n] = g.user[n] || slices.Contains(names[a], name)
		})
	}
	for i := range g.lambdas {
		l := &g.lambdas[i]
		g.classes.ancestors(l.class, seen, func(a int32) {
			if slices.Contains(names[a], l.name) && l.body != None {
				g.user[l.body] = true
			}
		})
	}
}
