package batch

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
)

// A file that is being written has another name, and a lock that ends with its process.
// A name of ours without a lock was left by a process that was killed.

// partBytes are the random ones in such a name, and those of the sum behind them.
const partBytes = 8

// partOf is the name of a part of the file called base. The sum says that it is one: no
// file of the user's has such a name by chance, nor the part of another file.
func partOf(base, random string) string {
	return partPrefix + random + "-" + digest([]byte("apkaudit part " + random + " " + base))[:2*partBytes]
}

func isPartOf(base, name string) bool {
	rest, ok := strings.CutPrefix(name, partPrefix)
	random, _, cut := strings.Cut(rest, "-")
	return ok && cut && len(random) == 2*partBytes && name == partOf(base, random)
}

// partTries is how many names are tried for a part.
const partTries = 100

// createPart begins a part and locks it. One that another process takes for left over,
// in the moment before it is locked, is begun again under another name.
func createPart(path string) (f *File, err error) {
	for range partTries {
		var random [partBytes]byte
		_, _ = rand.Read(random[:]) // never fails
		name := filepath.Join(filepath.Dir(path), partOf(filepath.Base(path), hex.EncodeToString(random[:])))
		part, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f := &File{path: path, part: part}
		if f.take() {
			return f, nil
		}
		f.Abort()
	}
	return nil, os.ErrExist
}

// take locks the part, where the system can; false where somebody else has taken it.
func (f *File) take() bool {
	if !canLock {
		return true
	}
	// Not the descriptor that is written to: that one is closed before the part gets its
	// name, and this one after.
	hold, err := os.OpenFile(f.part.Name(), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.hold = hold
	ok, err := lock(hold)
	if err != nil {
		return true // a file system without locks, on which nobody removes parts
	}
	own, err := hold.Stat()
	there, lerr := os.Lstat(f.part.Name())
	return ok && err == nil && lerr == nil && os.SameFile(own, there)
}

// namesAtOnce is how many names of a directory are read at a time.
const namesAtOnce = 1000

// sweepParts removes what processes that were killed have left of a file.
func sweepParts(path string) {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return // which is told when the file is created
	}
	defer dir.Close()
	for base := filepath.Base(path); err == nil; {
		var names []string
		names, err = dir.Readdirnames(namesAtOnce)
		for _, name := range names {
			if isPartOf(base, name) {
				removeLeft(filepath.Join(filepath.Dir(path), name))
			}
		}
	}
}

// removeLeft removes a part that no process writes any more. Where the system cannot
// tell, it stays.
func removeLeft(part string) {
	info, err := os.Lstat(part)
	if err != nil || !canLock || !info.Mode().IsRegular() {
		return
	}
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if left, err := lock(f); left && err == nil {
		os.Remove(part) // what stays is in nobody's way
	}
}
