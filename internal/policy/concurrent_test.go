package policy

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"apkaudit/internal/audit"
)

// TestConcurrentReads: one Reader serves several goroutines, and what one
// document leaves behind for the next shows in no other's result.
func TestConcurrentReads(t *testing.T) {
	names, err := filepath.Glob("../../testdata/policy/*")
	if err != nil || len(names) < 8 {
		t.Fatal(names, err)
	}
	read := func(name string) audit.Policy {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		p, _, _ := testReader().Read(context.Background(), []Input{{Name: name, Data: data}})
		return p
	}
	want := map[string]audit.Policy{}
	for _, name := range names {
		want[name] = read(name)
	}
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range names {
				name := names[(i*(k+1)+k)%len(names)]
				if got := read(name); !reflect.DeepEqual(got, want[name]) {
					t.Errorf("%s reads otherwise beside other documents", name)
				}
			}
		}()
	}
	wg.Wait()
}
