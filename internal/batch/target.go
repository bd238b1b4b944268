package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/bounded"
)

// Target is one input: a file, or a directory with the split APKs of one app.
type Target struct {
	File string // as given, or below the directory that was given
	Size int64  // bytes; of all APKs of a directory
	ID   fileID // of what stands there now
}

// Selection says which files below directories are targets. Patterns are those of
// path.Match on the slash-separated path below the given directory, or on the name
// alone where they hold no slash.
type Selection struct {
	Include []string // none: what looks like an Android package
	Exclude []string
}

// maxTargets bounds how many inputs one run takes.
const maxTargets = 1_000_000

// ErrNothing is the cause where the given paths hold no target.
var ErrNothing = errors.New("no Android package found")

// Find lists the targets of the given paths, largest first, files of one size by
// name; what is given twice is one target. A path that is no directory is a target
// whatever it is called, and a symbolic link to a directory is that directory. Below
// directories, a symbolic link to a file counts, one to a directory does not.
//
// A given path that is not there is an error that names it. One of listed, which
// programs write, and what cannot be looked at below a directory is a target: its report
// says what is wrong with it, and it costs no other.
func Find(ctx context.Context, given, listed []string, sel Selection) ([]Target, error) {
	f := &finder{ctx: ctx, sel: sel, seen: map[string]bool{}}
	for _, p := range given {
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	for _, p := range listed {
		_, err := os.Stat(p)
		if err == nil {
			err = f.add(p)
		} else {
			err = f.take(p, 0, fileID{})
		}
		if err != nil {
			return nil, err
		}
	}
	if len(f.targets) == 0 {
		return nil, fmt.Errorf("%s: %w; give APK, APKS, XAPK, APKM or AAB files, or --include a pattern", strings.Join(slices.Concat(given, listed), ", "), ErrNothing)
	}
	slices.SortFunc(f.targets, func(a, b Target) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.File, b.File))
	})
	return f.targets, nil
}

// CheckSelection reports a pattern that is none.
func CheckSelection(sel Selection) error {
	for _, p := range slices.Concat(sel.Include, sel.Exclude) {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("pattern %q: %w; see path patterns such as *.apk or beta-?/*.apk", p, err)
		}
	}
	return nil
}

type finder struct {
	ctx     context.Context
	sel     Selection
	seen    map[string]bool
	targets []Target
}

func (f *finder) add(p string) error {
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file or directory; check the path", p)
	case err != nil:
		return fmt.Errorf("%s: %w; check the path", p, bounded.Cause(err))
	case !info.IsDir():
		return f.take(p, info.Size(), identify(info))
	}
	return f.walk(p)
}

func (f *finder) walk(root string) error {
	start := root
	if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		start += string(filepath.Separator) // WalkDir does not follow the link itself
	}
	return filepath.WalkDir(start, func(p string, d fs.DirEntry, err error) error {
		if err != nil && p == start {
			return fmt.Errorf("%s: cannot be listed: %w; make it readable", p, bounded.Cause(err))
		}
		if err != nil {
			return f.take(p, 0, fileID{})
		}
		if err := f.ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if rel != "." && matches(f.sel.Exclude, rel) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return f.directory(p)
		}
		return f.file(p, rel)
	})
}

// directory takes a directory with the split APKs of one app as one target.
func (f *finder) directory(p string) error {
	size, ok, err := apk.SplitSet(p)
	if err != nil || !ok {
		return nil // the walk says what cannot be listed
	}
	info, err := os.Stat(p)
	if err != nil {
		return nil
	}
	id := identify(info)
	id.known = false // a directory does not change with the files in it
	if err := f.take(p, size, id); err != nil {
		return err
	}
	return fs.SkipDir
}

// file takes a file below a directory where it is wanted. One that is gone since
// it was listed is none.
func (f *finder) file(p, rel string) error {
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil && matches(f.sel.Include, rel), err != nil && len(f.sel.Include) == 0 && isPackageName(p):
		return f.take(p, 0, fileID{})
	case err != nil, !info.Mode().IsRegular():
		return nil
	}
	wanted := matches(f.sel.Include, rel)
	if len(f.sel.Include) == 0 {
		wanted = looksLikePackage(p)
	}
	if !wanted {
		return nil
	}
	return f.take(p, info.Size(), identify(info))
}

func (f *finder) take(p string, size int64, id fileID) error {
	key, err := filepath.Abs(p)
	if err != nil {
		return err
	}
	if f.seen[key] {
		return nil
	}
	if len(f.targets) == maxTargets {
		return fmt.Errorf("%s: max-targets of %d reached; give fewer files a run", p, maxTargets)
	}
	f.seen[key] = true
	f.targets = append(f.targets, Target{File: p, Size: size, ID: id})
	return nil
}

func matches(patterns []string, rel string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		of := rel
		if !strings.Contains(p, "/") {
			of = path.Base(rel)
		}
		ok, _ := path.Match(p, of) // CheckSelection has seen the patterns
		return ok
	})
}

// looksLikePackage tells a package by its extension, and a file without one, as
// collections of samples name them by their hash, by its first bytes.
func looksLikePackage(p string) bool {
	if isPackageName(p) {
		return true
	}
	if filepath.Ext(p) != "" {
		return false
	}
	f, err := os.Open(p)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [4]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == "PK\x03\x04"
}

func isPackageName(p string) bool {
	return slices.Contains(apk.Extensions(), strings.ToLower(filepath.Ext(p)))
}
