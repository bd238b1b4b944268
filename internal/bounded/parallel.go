package bounded

import (
	"runtime"
	"sync"
)

// Parallel calls work for 0 to n-1, on every core, and waits. A panic in one of them
// goes on in the caller, where the boundary of a scan can recover from it: in a goroutine
// of its own it would end the process.
func Parallel(n int, work func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	var once sync.Once
	var cause any
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				call(work, i, func(p any) { once.Do(func() { cause = p }) })
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	if cause != nil {
		panic(cause)
	}
}

// call hands a panic of one call on, so that the others are still made.
func call(work func(i int), i int, caught func(p any)) {
	defer func() {
		if p := recover(); p != nil {
			caught(p)
		}
	}()
	work(i)
}
