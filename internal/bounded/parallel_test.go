package bounded_test

import (
	"sync/atomic"
	"testing"

	"apkaudit/internal/bounded"
)

func TestParallel(t *testing.T) {
	var sum atomic.Int64
	bounded.Parallel(100, func(i int) { sum.Add(int64(i)) })
	if sum.Load() != 4950 {
		t.Errorf("sum %d", sum.Load())
	}
	bounded.Parallel(0, func(int) { t.Error("called for nothing") })
}

// TestParallelPanic: the panic arrives in the caller, and the other calls are made.
func TestParallelPanic(t *testing.T) {
	var calls atomic.Int64
	defer func() {
		if p := recover(); p != "damaged" || calls.Load() != 50 {
			t.Errorf("recovered %v after %d calls", p, calls.Load())
		}
	}()
	bounded.Parallel(50, func(i int) {
		calls.Add(1)
		if i%10 == 3 {
			panic("damaged")
		}
	})
	t.Error("no panic")
}
