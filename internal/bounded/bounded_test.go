package bounded

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestBudget(t *testing.T) {
	b := NewBudget("max-test-bytes", 10)
	if err := b.Take(10, "a"); err != nil || b.Left() != 0 {
		t.Fatalf("the whole budget: %v, %d left", err, b.Left())
	}
	err := b.Take(1, "classes.dex")
	var le *LimitError
	if !errors.Is(err, ErrLimit) || !errors.As(err, &le) || le.Limit != "max-test-bytes" || le.Value != 10 || !strings.Contains(err.Error(), "classes.dex") {
		t.Errorf("beyond the budget: %v", err)
	}
	if b.Left() != 0 {
		t.Errorf("%d left below zero", b.Left())
	}
}

func TestBudgetIsShared(t *testing.T) {
	b := NewBudget("max-test-bytes", 1000)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ok := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 500 {
				if b.Take(1, "x") == nil {
					mu.Lock()
					ok++
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	if ok != 1000 {
		t.Errorf("%d bytes were granted of 1000", ok)
	}
}

func TestReadAll(t *testing.T) {
	ctx := context.Background()
	want := strings.Repeat("0123456789", 20_000)
	got, err := ReadAll(ctx, iotest.HalfReader(strings.NewReader(want)), NewBudget("b", int64(len(want))), "x", make([]byte, 3))
	if err != nil || string(got) != want {
		t.Errorf("a budget that fits exactly: %v, %d of %d bytes", err, len(got), len(want))
	}
	got, err = ReadAll(ctx, strings.NewReader(want), NewBudget("b", 70_000), "x", nil)
	if !errors.Is(err, ErrLimit) || len(got) > 70_000 || !strings.HasPrefix(want, string(got)) {
		t.Errorf("beyond the budget: %v, %d bytes", err, len(got))
	}
	boom := errors.New("boom")
	got, err = ReadAll(ctx, io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(boom)), NewBudget("b", 100), "x", nil)
	if !errors.Is(err, boom) || string(got) != "abc" {
		t.Errorf("a failing reader: %v, %q", err, got)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := ReadAll(ended, strings.NewReader(want), NewBudget("b", 1<<20), "x", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestReadFull(t *testing.T) {
	for n, fits := range map[int]bool{0: true, 9: true, 10: true, 11: false, 1000: false} {
		got, err := ReadFull(bytes.NewReader(make([]byte, n)), "max-x", 10, "x")
		if fits != (err == nil) || len(got) > 10 || err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("%d bytes of at most 10: %v, %d read", n, err, len(got))
		}
	}
}

func TestCause(t *testing.T) {
	_, err := os.Open("no such file")
	if got := Cause(err); got == nil || strings.Contains(got.Error(), "no such file\"") || strings.Contains(got.Error(), "open ") || !errors.Is(got, fs.ErrNotExist) {
		t.Errorf("open: %v", got)
	}
	if got := Cause(os.Rename("no such file", "other")); strings.Contains(got.Error(), "rename") || !errors.Is(got, fs.ErrNotExist) {
		t.Errorf("rename: %v", got)
	}
	other := errors.New("other")
	if got := Cause(other); got != other {
		t.Errorf("other: %v", got)
	}
}
