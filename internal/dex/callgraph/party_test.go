package callgraph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"apkaudit/internal/dex/callgraph"
)

const addTask = "Lq/Queue;->add(Ljava/lang/Runnable;)V"

// packages gives each package to a party of its own and La/ to the app.
func packages(class string) string {
	return strings.TrimPrefix(class[:strings.LastIndexByte(class, '/')+1], "La/")
}

// task adds a class whose run does nothing.
func (a app) task(class, super string) {
	a.Class(class, super, "Ljava/lang/Runnable;").Method(accPublic, "run", "()V", body())
}

// queue adds a library that runs tasks: Main loops it, and a stranger's task exists.
func (a app) queue(main ...step) {
	run := call(opInterface, "Ljava/lang/Runnable;->run()V")
	a.static("La/Main;", append(main, call(opStatic, "Ls/Stranger;->m()V"), call(opStatic, "Lq/Queue;->m()V"))...)
	a.Class("Lq/Queue;", "").
		Method(accPublicStatic, "m", "()V", body(run)).
		Method(accPublic, "add", "(Ljava/lang/Runnable;)V", body()).
		Method(accPublic, "keep", "(Ljava/lang/Object;)V", body()).
		Method(accPublic, "all", "(Ljava/util/List;)V", body()).
		Method(accPublic, "call", "(Lq/Source;)V", body(call(opInterface, "Lq/Source;->next()Ljava/lang/Runnable;")))
	a.Class("Lq/Source;", "").Access(accPublicAbstract|0x200).Method(accPublicAbstract, "next", "()Ljava/lang/Runnable;", nil)
	a.Class("Lq/Base;", "", "Ljava/lang/Runnable;").Method(accConstructor, "<init>", "()V", body())
	a.static("Ls/Stranger;", create("Ls/Task;"))
	a.task("Ls/Task;", "")
}

// TestParties asks which run methods are reached from a library that runs whatever it is
// given, and by which way. A stranger's task, which nobody gives to it, must not be.
func TestParties(t *testing.T) {
	for _, tc := range []struct {
		name  string
		build func(a app)
		want  string // paths, the beginning Main.m left out
	}{
		{"an argument of its type, from where it is created", func(a app) {
			a.queue(create("La/Task;"), callWith(opVirtual, addTask))
			a.task("La/Task;", "")
		}, "Task.run"},
		{"what its own code creates, from where it is called", func(a app) {
			a.queue(call(opStatic, "Lq/Own;->m()V"))
			a.static("Lq/Own;", create("Lq/Task;"))
			a.task("Lq/Task;", "")
		}, "Lq/Queue.m>Lq/Task.run"},
		{"an object that is never given to it", func(a app) {
			a.queue(create("La/Task;"))
			a.task("La/Task;", "")
		}, ""},
		{"another party hands it on", func(a app) {
			a.queue(create("La/Task;"), callWith(opStatic, "Lh/Hand;->on(Ljava/lang/Runnable;)V"))
			a.Class("Lh/Hand;", "").Method(accPublicStatic, "on", "(Ljava/lang/Runnable;)V", body(callWith(opVirtual, addTask)))
			a.task("La/Task;", "")
		}, "Task.run"},
		{"a result", func(a app) {
			a.queue(call(opStatic, "Lq/Own;->m()V"))
			a.static("Lq/Own;", call(opStatic, "La/Make;->task()Ljava/lang/Runnable;"))
			a.Class("La/Make;", "").Method(accPublicStatic, "task", "()Ljava/lang/Runnable;", body(create("La/Task;")))
			a.task("La/Task;", "")
		}, "Lq/Own.m>Make.task>Task.run"},
		{"the result of a method that it asks for", func(a app) {
			a.queue(create("La/From;"), callWith(opVirtual, "Lq/Queue;->call(Lq/Source;)V"))
			a.Class("La/From;", "", "Lq/Source;").Method(accPublic, "next", "()Ljava/lang/Runnable;", body(create("La/Task;")))
			a.task("La/Task;", "")
		}, "Lq/Queue.call>From.next>Task.run"},
		{"as an object, by who creates it", func(a app) {
			a.queue(create("La/Task;"), callWith(opVirtual, "Lq/Queue;->keep(Ljava/lang/Object;)V"))
			a.task("La/Task;", "")
		}, "Task.run"},
		{"in a list, by who creates it", func(a app) {
			a.queue(create("La/Task;"), callWith(opVirtual, "Lq/Queue;->all(Ljava/util/List;)V"))
			a.task("La/Task;", "")
		}, "Task.run"},
		{"as an object, created elsewhere", func(a app) {
			a.queue(call(opStatic, "La/Make;->m()V"), callWith(opVirtual, "Lq/Queue;->keep(Ljava/lang/Object;)V"))
			a.static("La/Make;", create("La/Task;"))
			a.task("La/Task;", "")
		}, ""},
		{"in a static field", func(a app) {
			a.queue(create("La/Task;"), touch("Lq/Queue;->task:Ljava/lang/Runnable;"))
			a.task("La/Task;", "")
		}, "Task.run"},
		{"a class below its own", func(a app) {
			a.queue(create("La/Task;"))
			a.task("La/Task;", "Lq/Base;")
		}, "Task.run"},
		{"a lambda", func(a app) {
			boot := a.Handle(4, "La/L;->boot()V")
			site := a.LambdaSite(boot, "run", "()Ljava/lang/Runnable;", "()V", a.Handle(4, "La/L;->run()V"))
			a.Class("La/L;", "").Method(accPublicStatic, "run", "()V", body())
			a.queue(lambda(site), callWith(opVirtual, addTask))
		}, "L.run"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := newApp()
			tc.build(a)
			g := link(t, a)
			g.Parties(packages)
			if got := runs(t, g); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if all := runs(t, link(t, a)); !strings.Contains(all, "Ls/Task.run") {
				t.Errorf("without parties the stranger's task is not reached: %q", all)
			}
		})
	}
}

// TestPartiesDoubt wants a task that nobody is seen to hand over to be doubtful for that.
func TestPartiesDoubt(t *testing.T) {
	a := newApp()
	a.queue(create("La/Task;"))
	a.task("La/Task;", "")
	g := link(t, a)
	g.Parties(packages)
	got := reach(t, g, callgraph.Mode{Level: callgraph.Doubtful, Doubtful: true})
	if want := fmt.Sprintf("Task.run?%d", callgraph.NotHandedOn); !strings.Contains(got, want) {
		t.Errorf("got %q, want %s in it", got, want)
	}
}

// TestPartiesOwnQueue wants the way through a queue of the app's own, which is what a
// reader asks of the app.
func TestPartiesOwnQueue(t *testing.T) {
	a := newApp()
	a.static("La/Main;", call(opStatic, "Ls/Make;->m()V"), callWith(opStatic, "La/Queue;->run(Ljava/lang/Runnable;)V"))
	a.Class("La/Queue;", "").Method(accPublicStatic, "run", "(Ljava/lang/Runnable;)V", body(call(opInterface, "Ljava/lang/Runnable;->run()V")))
	a.static("Ls/Make;", create("Ls/Task;"), callWith(opStatic, "La/Queue;->run(Ljava/lang/Runnable;)V"))
	a.task("Ls/Task;", "")
	g := link(t, a)
	g.Parties(packages)
	if got, want := runs(t, g), "Queue.run Queue.run>Ls/Task.run"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPartiesPlatformCreates wants objects that the platform creates to be with everybody.
func TestPartiesPlatformCreates(t *testing.T) {
	a := newApp()
	a.queue(literal("La/Job;"))
	a.task("La/Job;", "")
	g := link(t, a)
	g.Parties(packages)
	g.Starts("La/Job;", g.Methods("La/Job;", "<init>"), true)
	if got := runs(t, g); got != "" {
		t.Errorf("a job without a constructor starts nothing, got %q", got)
	}
	g.Starts("La/Job;", g.Methods("La/Main;", "m"), true)
	if got, want := runs(t, g), "Job.run"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// runs lists the ways to methods run, in the order of methods.
func runs(t *testing.T, g *callgraph.Graph) string {
	t.Helper()
	var roots []callgraph.Root
	for _, n := range g.Methods("La/Main;", "m") {
		roots = append(roots, callgraph.Root{Node: n})
	}
	r, err := g.Reach(context.Background(), roots, certain)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range callgraph.Node(g.NumNodes()) {
		if name := g.Descriptor(n); !r.Has(n) || !strings.Contains(name, ";->run(") {
			continue
		}
		var way []string
		for _, p := range r.Path(n)[1:] {
			name, _, _ := strings.Cut(g.Descriptor(p), "(")
			way = append(way, strings.NewReplacer("La/", "", ";->", ".").Replace(name))
		}
		out = append(out, strings.Join(way, ">"))
	}
	return strings.Join(out, " ")
}
