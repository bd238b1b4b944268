package batch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestParts: of the parts beside a file, its next writer removes those that a killed
// process has left of this file, and nothing else.
func TestParts(t *testing.T) {
	if !canLock {
		t.Skip("no locks")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "all.sqlite")
	begin := func(path string, killed bool) string {
		t.Helper()
		f, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if killed { // what the system does at the end of a process
			f.part.Close()
			f.hold.Close()
		} else {
			t.Cleanup(f.Abort)
		}
		return filepath.Base(f.Name())
	}
	write := func(name string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("the user's"), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	alive := begin(path, false)
	left := begin(path, true)
	other := begin(filepath.Join(dir, "other.sqlite"), true)
	random := strings.Repeat("0123", partBytes/2)
	linked := partOf("all.sqlite", random)
	if err := os.Symlink(write("mine"), filepath.Join(dir, linked)); err != nil {
		t.Fatal(err)
	}
	want := []string{alive, other, linked, "mine", write(".part-list"), write(partPrefix + random + "-" + random), write(other + "-copy")}
	next := begin(path, false)
	want = append(want, next)
	var got []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q, without %s", got, want, left)
	}
}

// TestPartsOfMany: writers of one file do not take each other's part for left over.
func TestPartsOfMany(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "all.json")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				f, err := Create(path)
				if err != nil {
					t.Error(err)
					return
				}
				if err := f.Commit(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v; want the file alone", len(entries), err)
	}
}

// TestDirectoryInPlace: what stands in the way of a file is named for what it is.
func TestDirectoryInPlace(t *testing.T) {
	dir := t.TempDir()
	for _, begin := range []func(string) (*File, error){Create, create} {
		_, err := begin(dir)
		if want := dir + ": is a directory, where a file is to be written; move it away"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
