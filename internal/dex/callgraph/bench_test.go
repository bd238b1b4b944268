package callgraph_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// The made-up app of BenchmarkGraph: what its methods do is drawn by a fixed
// sequence, in the numbers that real apps of many SDKs have.
const (
	benchFiles   = 6
	benchClasses = 6250 // of each file
	benchMethods = 8    // of each class, constructor included
	benchCalls   = 6    // of each method
)

// lcg is a sequence of numbers that look random and are the same in every run.
type lcg uint64

func (l *lcg) below(n int) int {
	*l = *l*6364136223846793005 + 1442695040888963407
	return int(uint64(*l) >> 33 % uint64(n))
}

func benchClass(i int) string { return fmt.Sprintf("Lapp/p%03d/C%05d;", i/50, i) }

// benchApp builds the files. Every tenth class is an interface's implementation, every
// fifth extends an earlier one, every hundredth is an activity.
func benchApp() []*apktest.DEX {
	random := lcg(1)
	var files []*apktest.DEX
	total := benchFiles * benchClasses
	for f := range benchFiles {
		d := apktest.NewDEX("035")
		for k := range benchClasses {
			i := f*benchClasses + k
			super, iface := "", []string(nil)
			switch {
			case i%100 == 0:
				super = "Landroid/app/Activity;"
			case i%5 == 1 && i > 10:
				super = benchClass(random.below(i))
			case i%10 == 2:
				iface = []string{"Ljava/lang/Runnable;"}
			}
			c := d.Class(benchClass(i), super, iface...)
			c.Method(accConstructor, "<init>", "()V", apktest.NewDEXCode(1, 1, 0).ReturnVoid())
			for m := 1; m < benchMethods; m++ {
				code := apktest.NewDEXCode(4, 1, 2)
				for range benchCalls {
					// Mostly what stands near, as in real code.
					to := i - i%50 + random.below(50)
					if random.below(4) == 0 {
						to = random.below(total)
					}
					benchStep(code, &random, benchClass(to))
				}
				name, desc, access := fmt.Sprintf("m%d", m), "()V", uint32(accPublic)
				switch {
				case m == 1 && i%100 == 0:
					name, desc = "onCreate", "(Landroid/os/Bundle;)V"
				case m == 1 && i%10 == 2:
					name = "run"
				case m > 4:
					access = accPublicStatic
				}
				c.Method(access, name, desc, code.ReturnVoid())
			}
		}
		files = append(files, d)
	}
	return files
}

func benchStep(code *apktest.DEXCode, random *lcg, class string) {
	switch random.below(8) {
	case 0:
		code.Type(opNew, 0, class).Invoke(opDirect, class+"-><init>()V", 0)
	case 1, 2, 3:
		code.Invoke(opVirtual, fmt.Sprintf("%s->m%d()V", class, 2+random.below(3)), 0)
	case 4:
		code.Invoke(opInterface, "Ljava/lang/Runnable;->run()V", 0)
	case 5:
		code.Invoke(opVirtual, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z", 0, 1)
	default:
		code.Invoke(opStatic, fmt.Sprintf("%s->m%d()V", class, 5+random.below(benchMethods-5)))
	}
}

// BenchmarkGraph links an app of 300,000 methods and makes the four walks of a scan,
// two at a time as on two cores. Memory is the most that was in use at once, above
// what the collected files take. To reach on two cores: 1.5 s and 400 MB.
func BenchmarkGraph(b *testing.B) {
	var codes []*callgraph.Code
	for i, d := range benchApp() {
		f, err := dex.Parse(fmt.Sprintf("classes%d.dex", i+1), d.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		codes = append(codes, collect(b, f))
	}
	ctx := context.Background()
	var link, walks time.Duration
	nodes, reached, most := 0, 0, uint64(0)
	for b.Loop() {
		peak := watchMemory()
		start := time.Now()
		g, err := callgraph.Link(ctx, codes, android{})
		if err != nil {
			b.Fatal(err)
		}
		link += time.Since(start)
		start = time.Now()
		all := fourWalks(b, g)
		walks += time.Since(start)
		most = max(most, peak())
		nodes, reached = g.NumNodes(), 0
		for n := range nodes {
			if all.Has(callgraph.Node(n)) {
				reached++
			}
		}
	}
	n := float64(b.N)
	b.ReportMetric(float64(nodes), "methods")
	b.ReportMetric(100*float64(reached)/float64(nodes), "reached-%")
	b.ReportMetric(float64(link.Milliseconds())/n, "link-ms")
	b.ReportMetric(float64(walks.Milliseconds())/n, "walks-ms")
	b.ReportMetric(float64((link+walks).Milliseconds())/n, "both-ms")
	b.ReportMetric(float64(most)/1e6, "peak-MB")
}

// fourWalks makes the walks of a scan from every activity and returns the widest.
func fourWalks(b *testing.B, g *callgraph.Graph) *callgraph.Reach {
	var roots []callgraph.Root
	for i := 0; i < benchFiles*benchClasses; i += 100 {
		for _, n := range g.Callbacks(benchClass(i)) {
			roots = append(roots, callgraph.Root{Node: n})
		}
	}
	var wg sync.WaitGroup
	walk := func(m callgraph.Mode) *callgraph.Reach {
		r, err := g.Reach(context.Background(), roots, m)
		if err != nil {
			b.Error(err)
		}
		return r
	}
	whole := callgraph.Mode{Level: callgraph.Gated, Created: true, UserActions: true}
	maybe := whole
	maybe.Doubtful = true
	var widest *callgraph.Reach
	wg.Go(func() { walk(whole) })
	wg.Go(func() {
		widest = walk(maybe)
		widest.Callers()
	})
	wg.Go(func() {
		start := walk(callgraph.Mode{Level: callgraph.Doubtful, Doubtful: true})
		walk(callgraph.Mode{Level: callgraph.Plain, Narrow: start})
	})
	wg.Wait()
	return widest
}

// watchMemory looks at the memory in use until the function that it returns is
// called, which gives the most above that at the beginning.
func watchMemory() func() uint64 {
	runtime.GC()
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	before := inUse()
	var stop atomic.Bool
	most := make(chan uint64)
	go func() {
		high := before
		for !stop.Load() {
			high = max(high, inUse())
			time.Sleep(2 * time.Millisecond)
		}
		most <- high
	}()
	return func() uint64 {
		stop.Store(true)
		return max(<-most, inUse()) - before
	}
}
