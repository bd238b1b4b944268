package callgraph_test

import (
	"context"
	"encoding/binary"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// fuzzSeeds are files with each kind of edge.
func fuzzSeeds() []app {
	first := newApp()
	first.Class("La/Main;", "Landroid/app/Activity;").
		Method(accConstructor, "<init>", "()V", body()).
		Method(accPublic, "onCreate", "(Landroid/os/Bundle;)V", body(create("La/Task;"), callWith(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z"), literal("La/Other;"),
			text("a.Named"), call(opStatic, "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"))).
		Method(accPublic, "doubtful", "()V", body(call(opVirtual, "La/Base;->m()V"), touch("La/Other;->f:I"))).
		Method(accPublic, "gated", "()V", body(call(opDirect, "La/Main;->nat()V"))).
		Method(accPublicNative, "nat", "()V", nil)
	first.Class("La/Click;", "", "Landroid/view/View$OnClickListener;").Method(0x10008, "<clinit>", "()V", body()).
		Method(accPublic, "onClick", "(Landroid/view/View;)V", body(create("La/Task;")))
	first.Class("La/Task;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body(call(opInterface, "La/Iface;->m()V")))
	second := newApp()
	second.Class("La/Iface;", "").Access(accPublicAbstract|0x200).Method(accPublicAbstract, "m", "()V", nil)
	second.Class("La/Base;", "", "La/Iface;").Method(accPublic, "m", "()V", body(call(opSuper, "Ljava/lang/Object;->toString()Ljava/lang/String;")))
	second.Class("La/Other;", "La/Base;").Method(accPublicStatic, "<clinit>", "()V", body(create("La/Base;"))).Method(accPublic, "m", "()V", body())
	circle := newApp()
	circle.Class("La/A;", "La/B;").Method(accPublic, "m", "()V", body(call(opVirtual, "La/B;->m()V")))
	circle.Class("La/B;", "La/A;").Method(accPublic, "n", "()V", body(call(opVirtual, "La/A;->n()V")))
	lambdas := newApp()
	boot := lambdas.Handle(4, "La/L;->boot()V")
	impl := lambdas.Handle(4, "La/L;->lambda$0()V")
	site := lambdas.LambdaSite(boot, "run", "()Ljava/lang/Runnable;", "()V", impl)
	lambdas.Class("La/L;", "").Method(accPublicStatic, "m", "()V", body(lambda(site))).Method(accPublicStatic, "lambda$0", "()V", body()).
		Method(accPublicStatic, "boot", "()V", body())
	queue := newApp()
	queue.queue(create("La/Task;"), callWith(opVirtual, addTask))
	queue.task("La/Task;", "Lq/Base;")
	return []app{first, second, circle, lambdas, queue}
}

// FuzzGraph links damaged files and makes every kind of walk. Two files are one app,
// so that what one says of a class of the other is met too.
func FuzzGraph(f *testing.F) {
	seeds := fuzzSeeds()
	for i, s := range seeds {
		f.Add(s.Bytes(), seeds[(i+1)%len(seeds)].Bytes())
	}
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var files []*dex.File
		for _, data := range [][]byte{one, two} {
			list, _ := dex.ParseAll("fuzz.dex", data)
			files = append(files, list...)
		}
		exerciseGraph(t, files)
	})
}

// FuzzGraphCode puts arbitrary instructions into a method of a sound file, which
// reaches deeper than damage to a whole file.
func FuzzGraphCode(f *testing.F) {
	for _, s := range fuzzSeeds() {
		for _, at := range s.Build().Code {
			b := s.Bytes()
			units := binary.LittleEndian.Uint32(b[at+12:])
			f.Add(b[at+16 : at+16+2*units])
		}
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		if len(code) > 1<<14 {
			return
		}
		units := make([]uint16, len(code)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(code[2*i:])
		}
		var files []*dex.File
		for i, s := range fuzzSeeds()[:2] {
			s.Class("La/Fuzz;", "La/Base;").Method(accPublic, "m", "()V", apktest.NewDEXCode(16, 1, 5).Raw(units...))
			s.Class("La/Root;", "").Method(accPublicStatic, "m", "()V", body(create("La/Fuzz;"), call(opVirtual, "La/Base;->m()V")))
			parsed, err := dex.Parse([]string{"classes.dex", "classes2.dex"}[i], s.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, parsed)
		}
		exerciseGraph(t, files)
	})
}

// exerciseGraph links files, calls everything that a graph and its walks offer, and
// checks that they agree with each other.
func exerciseGraph(t *testing.T, files []*dex.File) {
	t.Helper()
	ctx := context.Background()
	var codes []*callgraph.Code
	for _, file := range files {
		c := callgraph.Collect(file, nil)
		// What cannot be read is left out, as in a scan.
		_ = file.WalkCode(func(class int, method uint32, code *dex.Code) error {
			c.Add(class, method, code, func(pos int) callgraph.Level { return callgraph.Level(pos / 4 % 3) })
			return nil
		})
		c.Calling(func(m uint32) bool { return m%2 == 0 })
		codes = append(codes, c)
	}
	g, err := callgraph.Link(ctx, codes, android{})
	if err != nil {
		t.Fatal(err)
	}
	g.Parties(packages)
	for _, id := range g.Layouts() {
		g.Layout(id, []string{"La/Base;", "La/Main;", "Lnone;"})
	}
	g.Names(map[string]string{"a.Named": "La/Other;"})
	var roots []callgraph.Root
	for n := range g.NumNodes() {
		node := callgraph.Node(n)
		if file, method := g.Place(node); g.Node(file, method) != node {
			t.Errorf("node %d stands at method %d of file %d, where another one is", n, method, file)
		}
		if n%3 == 0 {
			roots = append(roots, callgraph.Root{Node: node, Doubt: callgraph.Doubt(n % 2)})
		}
		class := g.Class(node)
		_, _, _, _ = g.Descriptor(node), g.Methods(class, "m"), g.Callbacks(class), g.Below(class)
		g.Starts(class, []callgraph.Node{node}, n%2 == 0)
	}
	g.ByName("Landroid/app/Activity;", "onCreate", "Landroid/os/Bundle;")
	whole := checkWalk(t, g, roots, callgraph.Mode{Level: callgraph.Gated, Created: true, UserActions: true, Doubtful: true})
	checkCallers(t, g, whole)
	start := checkWalk(t, g, roots, callgraph.Mode{Level: callgraph.Doubtful, Doubtful: true})
	narrow := checkWalk(t, g, roots, callgraph.Mode{Level: callgraph.Plain, Narrow: start})
	if whole.Exceeded() || start.Exceeded() {
		return
	}
	for n := range g.NumNodes() {
		// Fewer ways lead nowhere else.
		if node := callgraph.Node(n); narrow.Has(node) && !start.Has(node) || start.Has(node) && !whole.Has(node) {
			t.Errorf("%s is reached by a narrower walk only", g.Descriptor(node))
		}
	}
}

// checkWalk walks twice with the same result and looks at every path.
func checkWalk(t *testing.T, g *callgraph.Graph, roots []callgraph.Root, mode callgraph.Mode) *callgraph.Reach {
	t.Helper()
	first, err := g.Reach(context.Background(), roots, mode)
	if err != nil {
		t.Fatal(err)
	}
	again, err := g.Reach(context.Background(), roots, mode)
	if err != nil {
		t.Fatal(err)
	}
	isRoot := map[callgraph.Node]bool{}
	for _, r := range roots {
		isRoot[r.Node] = true
	}
	for i := range g.NumNodes() {
		n := callgraph.Node(i)
		if first.Has(n) != again.Has(n) && !first.Exceeded() {
			t.Errorf("%s is reached by one of two equal walks", g.Descriptor(n))
		}
		path := first.Path(n)
		if !first.Has(n) {
			if path != nil {
				t.Errorf("%s is not reached and has a path", g.Descriptor(n))
			}
			continue
		}
		if len(path) == 0 || len(path) > g.NumNodes() || path[len(path)-1] != n || !isRoot[path[0]] {
			t.Errorf("the path %v to node %d does not lead from a root to it", path, n)
		}
		for _, step := range path {
			if !first.Has(step) {
				t.Errorf("the path %v to node %d passes node %d, which is not reached", path, n, step)
			}
		}
		first.Doubt(n)
	}
	return first
}

// checkCallers looks at the turned-round graph: real methods, each once.
func checkCallers(t *testing.T, g *callgraph.Graph, r *callgraph.Reach) {
	t.Helper()
	c := r.Callers()
	for i := range g.NumNodes() {
		last := callgraph.None
		for _, up := range c.Of(callgraph.Node(i)) {
			if up <= last || int(up) >= g.NumNodes() {
				t.Errorf("the callers of node %d are not in order, each once: %v", i, c.Of(callgraph.Node(i)))
				break
			}
			last = up
		}
	}
}
