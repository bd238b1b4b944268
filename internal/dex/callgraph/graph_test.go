package callgraph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

const (
	opConstClass      = 0x1c
	opNew             = 0x22
	opSGet            = 0x60
	opVirtual         = 0x6e
	opSuper           = 0x6f
	opDirect          = 0x70
	opStatic          = 0x71
	opInterface       = 0x72
	accPublic         = 0x1
	accPublicStatic   = 0x9
	accConstructor    = 0x10001
	accPublicNative   = 0x101
	accPublicAbstract = 0x401
)

// android is the platform of the tests: a few of its classes.
type android struct{}

func (android) Super(class string) string {
	return map[string]string{
		"Landroid/app/Activity;": "Landroid/content/Context;", "Landroid/content/Context;": "Ljava/lang/Object;",
		"Ljava/lang/Thread;": "Ljava/lang/Object;", "Landroid/os/Handler;": "Ljava/lang/Object;", "Ljava/lang/Runnable;": "Ljava/lang/Object;",
	}[class]
}

func (android) Interfaces(class string) []string {
	if class == "Ljava/lang/Thread;" {
		return []string{"Ljava/lang/Runnable;"}
	}
	return nil
}

func (android) Callback(class, name, params string) bool {
	return slices.Contains([]string{
		"Landroid/app/Activity;->onCreate Landroid/os/Bundle;", "Ljava/lang/Runnable;->run ",
		"Landroid/view/View$OnClickListener;->onClick Landroid/view/View;",
	}, class+"->"+name+" "+params)
}

func (android) CallbackName(name string) bool {
	return slices.Contains([]string{"onCreate", "run", "onClick"}, name)
}

func (android) UserActions() []callgraph.Method {
	return []callgraph.Method{{Class: "Landroid/view/View$OnClickListener;", Name: "onClick"}}
}

func (android) HandOffs() []callgraph.HandOff {
	run := []callgraph.Run{{Class: "Ljava/lang/Runnable;", Name: "*"}}
	return []callgraph.HandOff{
		{Class: "Landroid/os/Handler;", Name: "post", Type: "Ljava/lang/Runnable;", Runs: run},
		{Class: "Ljava/lang/Thread;", Name: "start", Runs: run},
	}
}

func (android) Runs(r callgraph.Run, name, params string) bool { return name == "run" && params == "" }

// app is a DEX file in the making, of classes whose methods consist of calls.
type app struct{ *apktest.DEX }

func newApp() app { return app{apktest.NewDEX("039")} }

// step writes one instruction.
type step func(c *apktest.DEXCode)

func call(op uint8, method string) step {
	return func(c *apktest.DEXCode) {
		if op == opStatic {
			c.Invoke(op, method)
			return
		}
		c.Invoke(op, method, 0)
	}
}

func callWith(op uint8, method string) step {
	return func(c *apktest.DEXCode) { c.Invoke(op, method, 0, 1) }
}
func create(class string) step  { return func(c *apktest.DEXCode) { c.Type(opNew, 0, class) } }
func literal(class string) step { return func(c *apktest.DEXCode) { c.Type(opConstClass, 0, class) } }
func touch(field string) step   { return func(c *apktest.DEXCode) { c.Static(opSGet, 0, field) } }
func text(s string) step        { return func(c *apktest.DEXCode) { c.ConstString(0, s) } }
func lambda(site uint16) step   { return func(c *apktest.DEXCode) { c.InvokeCustom(site) } }

func body(steps ...step) *apktest.DEXCode {
	c := apktest.NewDEXCode(4, 1, 2)
	for _, s := range steps {
		s(c)
	}
	return c.ReturnVoid()
}

// static adds a class with one static method m()V.
func (a app) static(class string, steps ...step) {
	a.Class(class, "").Method(accPublicStatic, "m", "()V", body(steps...))
}

// link collects the files, every instruction at a level that its method's name tells.
func link(t testing.TB, ds ...app) *callgraph.Graph {
	t.Helper()
	var codes []*callgraph.Code
	for i, d := range ds {
		f, err := dex.Parse(fmt.Sprintf("classes%d.dex", i+1), d.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, collect(t, f))
	}
	g, err := callgraph.Link(context.Background(), codes, android{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func collect(t testing.TB, f *dex.File) *callgraph.Code {
	t.Helper()
	c := callgraph.Collect(f, nil)
	err := f.WalkCode(func(class int, method uint32, code *dex.Code) error {
		var level func(int) callgraph.Level
		switch string(f.MethodName(method)) {
		case "doubtful":
			level = func(int) callgraph.Level { return callgraph.Doubtful }
		case "gated":
			level = func(int) callgraph.Level { return callgraph.Gated }
		}
		c.Add(class, method, code, level)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reach lists what is reached from La/Main;->m()V, short and sorted, with its doubt.
func reach(t testing.TB, g *callgraph.Graph, mode callgraph.Mode) string {
	t.Helper()
	var roots []callgraph.Root
	for _, n := range g.Methods("La/Main;", "m") {
		roots = append(roots, callgraph.Root{Node: n})
	}
	r, err := g.Reach(context.Background(), roots, mode)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range callgraph.Node(g.NumNodes()) {
		if !r.Has(n) {
			continue
		}
		name, _, _ := strings.Cut(g.Descriptor(n), "(")
		name = strings.NewReplacer("La/", "", ";->", ".").Replace(name)
		if d := r.Doubt(n); d != callgraph.NoDoubt {
			name += fmt.Sprintf("?%d", d)
		}
		out = append(out, name)
		if path := r.Path(n); path[len(path)-1] != n || g.Descriptor(path[0]) != "La/Main;->m()V" {
			t.Errorf("%s: path %v", name, path)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

var certain = callgraph.Mode{}

func TestReach(t *testing.T) {
	maybe := callgraph.Mode{Level: callgraph.Doubtful, Doubtful: true}
	all := callgraph.Mode{Level: callgraph.Gated, Created: true, UserActions: true}
	for _, tc := range []struct {
		name  string
		build func(a app)
		mode  callgraph.Mode
		want  string
	}{
		{"static call", func(a app) {
			a.static("La/Main;", call(opStatic, "La/B;->m()V"))
			a.static("La/B;")
			a.static("La/C;")
		}, certain, "B.m Main.m"},
		{"a static method is found in a superclass", func(a app) {
			a.static("La/Main;", call(opStatic, "La/C;->m()V"))
			a.static("La/B;")
			a.Class("La/C;", "La/B;")
		}, certain, "B.m Main.m"},
		{"only created classes receive a call", func(a app) {
			shape := a.Class("La/Shape;", "")
			shape.Method(accPublicAbstract, "area", "()V", nil)
			a.Class("La/Circle;", "La/Shape;").Method(accPublic, "area", "()V", body())
			a.Class("La/Square;", "La/Shape;").Method(accPublic, "area", "()V", body())
			a.static("La/Main;", create("La/Circle;"), call(opVirtual, "La/Shape;->area()V"))
		}, certain, "Circle.area Main.m"},
		{"created after the call", func(a app) {
			a.Class("La/Shape;", "").Access(0x601).Method(accPublicAbstract, "area", "()V", nil)
			a.Class("La/Circle;", "", "La/Shape;").Method(accPublic, "area", "()V", body())
			a.static("La/Main;", call(opInterface, "La/Shape;->area()V"), call(opStatic, "La/Later;->m()V"))
			a.static("La/Later;", create("La/Circle;"))
		}, certain, "Circle.area Later.m Main.m"},
		{"an inherited method", func(a app) {
			a.Class("La/Base;", "").Method(accPublic, "go", "()V", body())
			a.Class("La/Sub;", "La/Base;")
			a.static("La/Main;", create("La/Sub;"), call(opVirtual, "La/Base;->go()V"))
		}, certain, "Base.go Main.m"},
		{"a default method of an interface", func(a app) {
			a.Class("La/I;", "").Access(0x601).Method(accPublic, "go", "()V", body())
			a.Class("La/Sub;", "", "La/I;")
			a.static("La/Main;", create("La/Sub;"), call(opInterface, "La/I;->go()V"))
		}, certain, "I.go Main.m"},
		{"a super call does not come back", func(a app) {
			a.Class("La/Base;", "").Method(accPublic, "go", "()V", body())
			a.Class("La/Sub;", "La/Base;").Method(accPublic, "go", "()V", body(call(opSuper, "La/Base;->go()V")))
			a.static("La/Main;", create("La/Sub;"), call(opVirtual, "La/Sub;->go()V"))
		}, certain, "Base.go Main.m Sub.go"},
		{"initialisers of a class that is touched and of those above it", func(a app) {
			a.Class("La/Base;", "").Method(0x10008, "<clinit>", "()V", body())
			a.Class("La/Sub;", "La/Base;").Field(accPublicStatic, "x", "I").Method(0x10008, "<clinit>", "()V", body())
			a.static("La/Main;", touch("La/Sub;->x:I"))
		}, certain, "Base.<clinit> Main.m Sub.<clinit>"},
		{"what is posted runs", func(a app) {
			a.Class("La/Job;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
			a.Class("La/Other;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/Job;"), callWith(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z"), call(opStatic, "La/Keep;->m()V"))
			a.static("La/Keep;", create("La/Other;"))
		}, certain, "Job.run Keep.m Main.m"},
		{"what is posted elsewhere runs", func(a app) {
			a.Class("La/Job;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/Job;"), call(opStatic, "La/Poster;->m()V"))
			a.static("La/Poster;", callWith(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z"))
		}, certain, "Job.run Main.m Poster.m"},
		{"a thread of the app's own is started through its class", func(a app) {
			a.Class("La/T;", "Ljava/lang/Thread;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/T;"), call(opVirtual, "La/T;->start()V"))
		}, certain, "Main.m T.run"},
		{"a pool runs what it is given, where it is given", func(a app) {
			a.Class("La/Job;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
			a.Class("La/Other;", "", "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
			a.Class("La/Pool;", "").Method(accPublicStatic, "go", "(Ljava/lang/Runnable;)V", body(callWith(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z")))
			a.static("La/Keep;", create("La/Other;"))
			a.static("La/Main;", create("La/Job;"), call(opStatic, "La/Keep;->m()V"), func(c *apktest.DEXCode) { c.Invoke(opStatic, "La/Pool;->go(Ljava/lang/Runnable;)V", 0) })
		}, certain, "Job.run Keep.m Main.m Pool.go"},
		{"a thread of the platform's starts none of the app's", func(a app) {
			a.Class("La/T;", "Ljava/lang/Thread;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/T;"), call(opStatic, "La/Other;->m()V"))
			a.static("La/Other;", create("Ljava/lang/Thread;"), call(opVirtual, "Ljava/lang/Thread;->start()V"))
		}, certain, "Main.m Other.m"},
		{"a thread that is not started", func(a app) {
			a.Class("La/T;", "Ljava/lang/Thread;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/T;"))
		}, certain, "Main.m"},
		{"the same, doubtfully", func(a app) {
			a.Class("La/T;", "Ljava/lang/Thread;").Method(accPublic, "run", "()V", body())
			a.static("La/Main;", create("La/T;"))
		}, maybe, fmt.Sprintf("Main.m T.run?%d", callgraph.NotHandedOn)},
		{"a click", func(a app) {
			a.Class("La/L;", "", "Landroid/view/View$OnClickListener;").Method(accPublic, "onClick", "(Landroid/view/View;)V", body())
			a.static("La/Main;", create("La/L;"))
		}, maybe, "Main.m"},
		{"a click, all told", func(a app) {
			a.Class("La/L;", "", "Landroid/view/View$OnClickListener;").Method(accPublic, "onClick", "(Landroid/view/View;)V", body())
			a.static("La/Main;", create("La/L;"))
		}, all, "L.onClick Main.m"},
		{"behind a gate", func(a app) {
			a.static("La/Main;", call(opStatic, "La/B;->gated()V"), call(opStatic, "La/B;->doubtful()V"))
			a.static("La/C;")
			a.Class("La/B;", "").Method(accPublicStatic, "gated", "()V", body(call(opStatic, "La/C;->m()V"))).
				Method(accPublicStatic, "doubtful", "()V", body(call(opStatic, "La/D;->m()V")))
			a.static("La/D;")
		}, maybe, fmt.Sprintf("B.doubtful B.gated D.m?%d Main.m", callgraph.StoredFlag)},
		{"found by name", func(a app) {
			a.static("La/Main;", text("a.Hidden"), text("go"), call(opStatic, "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"))
			a.Class("La/Hidden;", "").Method(accConstructor, "<init>", "()V", body()).Method(accPublic, "go", "()V", body()).Method(accPublic, "stay", "()V", body())
		}, maybe, fmt.Sprintf("Hidden.<init>?%d Hidden.go?%d Main.m", callgraph.Reflection, callgraph.Reflection)},
		{"a name alone", func(a app) {
			a.static("La/Main;", text("a.Hidden"), text("go"))
			a.Class("La/Hidden;", "").Method(accPublic, "go", "()V", body())
		}, maybe, "Main.m"},
		{"native code may call its class", func(a app) {
			a.Class("La/N;", "").Method(accPublicNative|8, "init", "()V", nil).Method(accPublic, "back", "()V", body())
			a.static("La/Main;", call(opStatic, "La/N;->init()V"))
		}, maybe, fmt.Sprintf("Main.m N.back?%d", callgraph.Native)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := newApp()
			tc.build(a)
			g := link(t, a)
			g.Names(nil)
			if got := reach(t, g, tc.mode); got != tc.want {
				t.Errorf("reached %s\nwant    %s", got, tc.want)
			}
		})
	}
}

// TestAcrossFiles has the class, its superclass and the caller in three files.
func TestAcrossFiles(t *testing.T) {
	a, b, c := newApp(), newApp(), newApp()
	a.static("La/Main;", create("La/Sub;"), call(opVirtual, "La/Base;->go()V"))
	b.Class("La/Base;", "").Method(accPublic, "go", "()V", body())
	c.Class("La/Sub;", "La/Base;").Method(accPublic, "go", "()V", body())
	if got := reach(t, link(t, a, b, c), certain); got != "Main.m Sub.go" {
		t.Error(got)
	}
}

// TestFirstDefinitionCounts: a class that two files define is the first one's.
func TestFirstDefinitionCounts(t *testing.T) {
	a, b := newApp(), newApp()
	a.static("La/Main;", call(opStatic, "La/B;->m()V"))
	a.static("La/B;", call(opStatic, "La/C;->m()V"))
	b.static("La/B;", call(opStatic, "La/D;->m()V"))
	b.static("La/C;")
	b.static("La/D;")
	g := link(t, a, b)
	if got := reach(t, g, certain); got != "B.m C.m Main.m" {
		t.Error(got)
	}
	second := g.File(1)
	for i := range uint32(second.NumMethods()) {
		if second.MethodDescriptor(i) == "La/B;->m()V" && g.Node(1, i) != callgraph.None {
			t.Error("the second definition is a node")
		}
	}
}

func TestLambda(t *testing.T) {
	a := newApp()
	boot := a.Handle(4, "Ljava/lang/invoke/LambdaMetafactory;->metafactory(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;")
	impl := a.Handle(4, "La/Main;->lambda$0()V")
	site := a.LambdaSite(boot, "run", "()Ljava/lang/Runnable;", "()V", impl)
	a.Class("La/Main;", "").
		Method(accPublicStatic, "m", "()V", body(lambda(site), callWith(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z"))).
		Method(accPublicStatic, "lambda$0", "()V", body(call(opStatic, "La/B;->m()V")))
	a.static("La/B;")
	if got := reach(t, link(t, a), certain); got != "B.m Main.lambda$0 Main.m" {
		t.Error(got)
	}
}

// TestNarrow: a call with more receivers than say anything is no certain way to each.
func TestNarrow(t *testing.T) {
	a := newApp()
	a.Class("La/I;", "").Access(0x601).Method(accPublicAbstract, "go", "()V", nil)
	var steps []step
	for i := range callgraph.MaxReceivers + 1 {
		class := fmt.Sprintf("La/C%d;", i)
		a.Class(class, "", "La/I;").Method(accPublic, "go", "()V", body())
		steps = append(steps, create(class))
	}
	a.static("La/Main;", append(steps, call(opInterface, "La/I;->go()V"))...)
	g := link(t, a)
	wide, err := g.Reach(context.Background(), []callgraph.Root{{Node: g.Methods("La/Main;", "m")[0]}}, callgraph.Mode{Doubtful: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := reach(t, g, callgraph.Mode{Narrow: wide}); got != "Main.m" {
		t.Error(got)
	}
	if got := reach(t, g, certain); strings.Count(got, ".go") != callgraph.MaxReceivers+1 {
		t.Error(got)
	}
}

// TestNarrowAtTheLimit: a call for which not all receivers were looked at is no certain way
// to those that were.
func TestNarrowAtTheLimit(t *testing.T) {
	const tower, classes = 400, 400 // interfaces above each class
	a := newApp()
	for i := range tower {
		above := []string{fmt.Sprintf("La/I%d;", i+1)}
		if i == tower-1 {
			above = nil
		}
		k := a.Class(fmt.Sprintf("La/I%d;", i), "", above...).Access(0x601)
		if i == 0 {
			k.Method(accPublicAbstract, "go", "()V", nil)
		}
	}
	var steps []step
	for i := range classes {
		class := fmt.Sprintf("La/C%d;", i)
		k := a.Class(class, "", "La/I0;")
		if i == 0 {
			k.Method(accPublic, "go", "()V", body())
		}
		steps = append(steps, create(class))
	}
	a.static("La/Main;", append(steps, call(opInterface, "La/I0;->go()V"))...)
	g := link(t, a)
	wide, err := g.Reach(context.Background(), []callgraph.Root{{Node: g.Methods("La/Main;", "m")[0]}}, callgraph.Mode{Doubtful: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := reach(t, g, callgraph.Mode{Narrow: wide}); got != "Main.m" {
		t.Error(got)
	}
	if got := reach(t, g, callgraph.Mode{Doubtful: true}); got != "C0.go Main.m" {
		t.Error(got)
	}
}

// TestHierarchyLimits: a class with more above it than is followed is noted in its file,
// each limit once.
func TestHierarchyLimits(t *testing.T) {
	for _, tc := range []struct {
		name          string
		classes, face int // superclasses, the class itself included, and interfaces
		want          []string
	}{
		{"at the limits", dex.MaxSuperDepth, dex.MaxAncestors - dex.MaxSuperDepth, nil},
		{"superclasses", dex.MaxSuperDepth + 3, 1, []string{"max-super-depth"}},
		{"interfaces", 1, dex.MaxAncestors + 3, []string{"max-ancestors"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := newApp(), newApp()
			a.static("La/Main;")
			for i := range tc.face {
				var above []string
				if i > 0 {
					above = []string{fmt.Sprintf("La/I%d;", i-1)}
				}
				b.Class(fmt.Sprintf("La/I%d;", i), "", above...).Access(0x601)
			}
			super, iface := "", fmt.Sprintf("La/I%d;", tc.face-1)
			for i := range tc.classes {
				if i == 0 {
					b.Class("La/C0;", "", iface)
				} else {
					b.Class(fmt.Sprintf("La/C%d;", i), super)
				}
				super = fmt.Sprintf("La/C%d;", i)
			}
			g := link(t, a, b)
			var got []string
			for _, c := range g.File(1).Cuts() {
				got = append(got, c.Limit)
			}
			if !slices.Equal(got, tc.want) || len(g.File(0).Cuts()) > 0 {
				t.Errorf("got %v and %v, want %v", got, g.File(0).Cuts(), tc.want)
			}
		})
	}
}

// TestHandOffBelowManyClasses: the platform's classes above a chain of the app's as long as
// is followed count all the same.
func TestHandOffBelowManyClasses(t *testing.T) {
	a := newApp()
	super := "Ljava/lang/Thread;"
	for i := range dex.MaxSuperDepth {
		class := fmt.Sprintf("La/T%d;", i)
		k := a.Class(class, super)
		if i == 0 {
			k.Method(accPublic, "run", "()V", body())
		}
		super = class
	}
	a.static("La/Main;", create(super), call(opVirtual, super+"->start()V"))
	if got := reach(t, link(t, a), certain); got != "Main.m T0.run" {
		t.Error(got)
	}
}

func TestStartsAndCallers(t *testing.T) {
	a := newApp()
	a.Class("La/Screen;", "Landroid/app/Activity;").Method(accPublic, "onCreate", "(Landroid/os/Bundle;)V", body(call(opStatic, "La/Deep;->m()V")))
	a.static("La/Main;", literal("La/Screen;"), callWith(opVirtual, "Landroid/app/Activity;->startActivity(Landroid/content/Intent;)V"))
	a.static("La/Deep;")
	g := link(t, a)
	g.Starts("La/Screen;", g.Callbacks("La/Screen;"), false)
	if got := reach(t, g, certain); got != "Deep.m Main.m Screen.onCreate" {
		t.Error(got)
	}
	r, err := g.Reach(context.Background(), nil, callgraph.Mode{Level: callgraph.Gated, Created: true, Doubtful: true})
	if err != nil {
		t.Fatal(err)
	}
	deep := g.Methods("La/Deep;", "m")[0]
	up := r.Callers().Of(deep)
	if len(up) != 1 || g.Descriptor(up[0]) != "La/Screen;->onCreate(Landroid/os/Bundle;)V" {
		t.Errorf("callers %v", up)
	}
	if !g.IsA("La/Screen;", "Landroid/content/Context;") || g.IsA("La/Deep;", "Landroid/content/Context;") {
		t.Error("IsA")
	}
	if got := g.Below("Landroid/content/Context;"); !slices.Equal(got, []string{"La/Screen;"}) {
		t.Error(got)
	}
}

func TestRedo(t *testing.T) {
	a := newApp()
	a.static("La/Main;", call(opStatic, "La/B;->m()V"))
	a.static("La/B;")
	f, err := dex.Parse("classes.dex", a.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, f)
	bodies := c.Calling(func(m uint32) bool { return f.MethodDescriptor(m) == "La/B;->m()V" })
	if len(bodies) != 1 {
		t.Fatal(bodies)
	}
	var code dex.Code
	if err := f.ReadCode(bodies[0].Off, &code); err != nil {
		t.Fatal(err)
	}
	c.Redo(bodies[0].Method, &code, func(int) callgraph.Level { return callgraph.Gated })
	g, err := callgraph.Link(context.Background(), []*callgraph.Code{c}, android{})
	if err != nil {
		t.Fatal(err)
	}
	if got := reach(t, g, certain); got != "Main.m" {
		t.Error(got)
	}
}

// TestCircles: classes that extend each other, and calls in circles, end.
func TestCircles(t *testing.T) {
	a := newApp()
	a.Class("La/A;", "La/B;").Method(accPublic, "go", "()V", body())
	a.Class("La/B;", "La/A;")
	a.Class("La/I;", "", "La/J;").Access(0x601)
	a.Class("La/J;", "", "La/I;").Access(0x601)
	a.Class("La/K;", "", "La/I;")
	a.static("La/Main;", create("La/B;"), create("La/K;"), call(opVirtual, "La/B;->go()V"), call(opInterface, "La/I;->none()V"), call(opStatic, "La/Main;->m()V"))
	if got := reach(t, link(t, a), certain); got != "A.go Main.m" {
		t.Error(got)
	}
}

// TestManyReceiversOfManyCalls: thousands of classes that all receive thousands of
// calls meet the limit on work, not the end of time.
func TestManyReceiversOfManyCalls(t *testing.T) {
	a := newApp()
	const n = 3000
	iface := a.Class("La/I;", "").Access(0x601)
	var creates, calls []step
	for i := range n {
		iface.Method(accPublicAbstract, fmt.Sprintf("m%d", i), "()V", nil)
		calls = append(calls, call(opInterface, fmt.Sprintf("La/I;->m%d()V", i)))
		class := fmt.Sprintf("La/C%d;", i)
		a.Class(class, "", "La/I;")
		creates = append(creates, create(class))
	}
	a.static("La/Main;", append(creates, calls...)...)
	g := link(t, a)
	r, err := g.Reach(context.Background(), []callgraph.Root{{Node: g.Methods("La/Main;", "m")[0]}}, certain)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Exceeded() {
		t.Error("the limit was not met")
	}
}

// TestCallersAtTheLimit: where not all callers are found, the limit on work is met, though
// the walk itself was short.
func TestCallersAtTheLimit(t *testing.T) {
	const tower, objects, calls = 400, 40, 40
	a := newApp()
	for i := range tower {
		above := "Ljava/lang/Runnable;"
		if i > 0 {
			above = fmt.Sprintf("La/I%d;", i-1)
		}
		a.Class(fmt.Sprintf("La/I%d;", i), "", above).Access(0x601)
	}
	var steps []step
	for i := range objects {
		class := fmt.Sprintf("La/C%d;", i)
		a.Class(class, "", fmt.Sprintf("La/I%d;", tower-1))
		steps = append(steps, create(class))
	}
	for i := range calls { // each hands over whichever of the objects is a task
		class := fmt.Sprintf("La/H%d;", i)
		a.Class(class, "Landroid/os/Handler;")
		steps = append(steps, callWith(opVirtual, class+"->post(Ljava/lang/Runnable;)Z"))
	}
	a.static("La/K;", steps...)
	a.static("La/Main;")
	g := link(t, a)
	for work, want := range map[int]bool{1: true, callgraph.DefaultWork: false} {
		r, err := g.Reach(context.Background(), []callgraph.Root{{Node: g.Methods("La/Main;", "m")[0]}}, callgraph.Mode{Work: work})
		if err != nil || r.Exceeded() {
			t.Fatal(err)
		}
		if r.Callers(); r.Exceeded() != want {
			t.Errorf("work %d: exceeded %t", work, r.Exceeded())
		}
	}
}

// TestRootOfTheUser: what only the user sets off is no root of a walk without the user,
// and its class is not touched by it.
func TestRootOfTheUser(t *testing.T) {
	a := newApp()
	a.Class("La/L;", "", "Landroid/view/View$OnClickListener;").
		Method(0x10008, "<clinit>", "()V", body()).
		Method(accPublic, "onClick", "(Landroid/view/View;)V", body())
	g := link(t, a)
	roots := []callgraph.Root{{Node: g.Methods("La/L;", "onClick")[0]}}
	for _, users := range []bool{false, true} {
		r, err := g.Reach(context.Background(), roots, callgraph.Mode{UserActions: users})
		if err != nil {
			t.Fatal(err)
		}
		for n := range callgraph.Node(g.NumNodes()) {
			if r.Has(n) != users || (r.Path(n) != nil) != users {
				t.Errorf("users %v: %s has path %v", users, g.Descriptor(n), r.Path(n))
			}
		}
	}
}

func TestCancel(t *testing.T) {
	a := newApp()
	a.static("La/Main;")
	g := link(t, a)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := g.Reach(ctx, []callgraph.Root{{Node: 0}}, certain); err == nil {
		t.Error("a cancelled walk gives no error")
	}
	if _, err := callgraph.Link(ctx, nil, android{}); err == nil {
		t.Error("a cancelled link gives no error")
	}
}
