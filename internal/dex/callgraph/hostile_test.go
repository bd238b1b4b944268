package callgraph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/dex/callgraph"
)

// hostileTime is what a small file may cost, with much room for a slow or busy machine:
// what is not bounded takes minutes.
const hostileTime = raceFactor * 20 * time.Second

// boundedWalks makes every walk over an app that was made to be slow.
func boundedWalks(t *testing.T, what string, d app) {
	t.Helper()
	g := link(t, d)
	g.Names(nil)
	start := time.Now()
	g.Parties(packages)
	r, err := g.Reach(context.Background(), []callgraph.Root{{Node: g.Methods("La/Main;", "m")[0]}}, callgraph.Mode{Level: callgraph.Gated, Created: true, UserActions: true, Doubtful: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Callers()
	t.Logf("%s: %v, exceeded %v", what, time.Since(start), r.Exceeded())
	if time.Since(start) > hostileTime {
		t.Errorf("%s: %v", what, time.Since(start))
	}
}

// TestHostileTower has many classes below a thousand interfaces, one above the other,
// and as many calls that none of them answers.
func TestHostileTower(t *testing.T) {
	for _, n := range []int{200, 1000} {
		d := newApp()
		const tower = 1000
		for i := range tower {
			var up []string
			if i > 0 {
				up = []string{fmt.Sprintf("La/I%d;", i-1)}
			}
			d.Class(fmt.Sprintf("La/I%d;", i), "", up...).Access(0x601)
		}
		top := fmt.Sprintf("La/I%d;", tower-1)
		var steps []step
		for i := range n {
			d.Class(fmt.Sprintf("La/C%d;", i), "", top).Method(accConstructor, "<init>", "()V", body())
			steps = append(steps, create(fmt.Sprintf("La/C%d;", i)))
		}
		for i := range n {
			steps = append(steps, call(opInterface, fmt.Sprintf("%s->m%d()V", top, i)))
		}
		d.static("La/Main;", steps...)
		boundedWalks(t, fmt.Sprintf("tower %d", n), d)
	}
}

// TestHostileHandOff has a method that creates and hands over thousands of objects.
func TestHostileHandOff(t *testing.T) {
	for _, n := range []int{2000, 4000} {
		d := newApp()
		var steps []step
		for i := range n {
			d.Class(fmt.Sprintf("La/C%d;", i), "", "Ljava/lang/Runnable;").Method(accConstructor, "<init>", "()V", body())
			d.Class(fmt.Sprintf("La/H%d;", i), "Landroid/os/Handler;").Method(accConstructor, "<init>", "()V", body())
			steps = append(steps, create(fmt.Sprintf("La/C%d;", i)), callWith(opVirtual, fmt.Sprintf("La/H%d;->post(Ljava/lang/Runnable;)Z", i)))
		}
		d.static("La/Main;", steps...)
		boundedWalks(t, fmt.Sprintf("hand-offs %d", n), d)
	}
}

// TestHostileNames has a method with thousands of texts, and a class with as many methods.
func TestHostileNames(t *testing.T) {
	for _, n := range []int{5000, 10000} {
		d := newApp()
		steps := []step{call(opStatic, "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"), text("a.C")}
		c := d.Class("La/C;", "")
		for i := range n {
			c.Method(accPublicStatic, fmt.Sprintf("q%d", i), "()V", body())
			steps = append(steps, text(fmt.Sprintf("x%d", i)))
		}
		d.static("La/Main;", steps...)
		boundedWalks(t, fmt.Sprintf("names %d", n), d)
	}
}

// TestLambdaOfPlatformMethod: a method reference such as System::gc as a Runnable has
// no body in the app.
func TestLambdaOfPlatformMethod(t *testing.T) {
	a := newApp()
	boot := a.Handle(4, "La/L;->boot()V")
	site := a.LambdaSite(boot, "run", "()Ljava/lang/Runnable;", "()V", a.Handle(4, "Ljava/lang/System;->gc()V"))
	a.Class("La/L;", "").Method(accPublicStatic, "m", "()V", body(lambda(site))).Method(accPublicStatic, "boot", "()V", body())
	g := link(t, a)
	roots := []callgraph.Root{{Node: g.Methods("La/L;", "m")[0]}}
	if _, err := g.Reach(context.Background(), roots, callgraph.Mode{Created: true}); err != nil {
		t.Fatal(err)
	}
}

// TestHostileParties has a method that creates thousands of tasks and calls as many
// methods of other parties that take anything. Nothing is told apart then, and so nothing
// is lost.
func TestHostileParties(t *testing.T) {
	const n = 3000
	d := newApp()
	var steps []step
	for i := range n {
		d.task(fmt.Sprintf("La/T%d;", i), "")
		steps = append(steps, create(fmt.Sprintf("La/T%d;", i)))
		steps = append(steps, callWith(opStatic, fmt.Sprintf("Lp%d/C;->m%d(Ljava/lang/Object;Ljava/lang/Runnable;)V", i%500, i)))
	}
	for i := range 500 {
		d.Class(fmt.Sprintf("Lp%d/C;", i), "").Method(accPublic, "m", "(Ljava/lang/Runnable;)V", body())
	}
	d.queue(steps...)
	boundedWalks(t, "parties", d)
	g := link(t, d)
	g.Parties(packages)
	if got := runs(t, g); !strings.Contains(got, "Ls/Task.run") {
		t.Errorf("more ways than are followed, and the stranger's task is not reached")
	}
}
