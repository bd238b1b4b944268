package apk

import (
	"context"
	"errors"
	"io/fs"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// EntryError says why an entry was not, or not fully, read. Kind is the gap
// that it amounts to.
type EntryError struct {
	Name string
	Kind string // one of audit.GapKinds
	Err  error
}

func (e *EntryError) Error() string { return clip(e.Name, 200) + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *EntryError) Unwrap() error { return e.Err }

// Gap turns the error into the gap that a report carries; dex tells whether
// code was lost.
func (e *EntryError) Gap(dex bool) audit.Gap {
	p := partEntry
	if dex {
		p = partCode
	}
	var g gapList
	g.add(e.Kind, p, "%s", e.Error())
	return g.list[0]
}

// place is where an entry of the App stands.
type place struct {
	split *split
	i     int // in its archive
}

// find returns the place of an entry. name is as in Entries.
func (a *App) find(name string) (place, error) {
	if p, ok := a.index[name]; ok {
		return p, nil
	}
	return place{}, &EntryError{Name: name, Kind: audit.GapUnreadable, Err: fs.ErrNotExist}
}

// ReadEntry inflates one entry into buf[:0] and returns it. name is as in
// Entries. It is safe for concurrent use; two reads of one name wait for each
// other.
//
// The bytes that could be read are returned even with an error: an *EntryError
// (fs.ErrNotExist, bounded.ErrLimit, a damaged stream, a checksum that does not
// fit), or the context's error.
func (a *App) ReadEntry(ctx context.Context, name string, buf []byte) (data []byte, err error) {
	at, err := a.find(name)
	if err != nil {
		return buf[:0], err
	}
	o := reading{name, a.lim.EntryBytes, "max-entry-bytes", a.otherBudget}
	if a.isDEX[name] {
		o = reading{name, a.lim.DEXBytes, "max-dex-bytes", a.dexBudget}
	}
	return at.split.arc.read(ctx, at.i, o, buf)
}

// ReadHead returns at most the first n bytes of one entry, for readers that look
// for something near its beginning: that there is more is no error. Otherwise it
// is as ReadEntry.
func (a *App) ReadHead(ctx context.Context, name string, n int64) ([]byte, error) {
	at, err := a.find(name)
	if err != nil {
		return nil, err
	}
	data, err := at.split.arc.read(ctx, at.i, reading{name, n, headLimit, a.otherBudget}, nil)
	var full *bounded.LimitError
	if errors.As(err, &full) && full.Limit == headLimit { // not that of all entries together
		err = nil
	}
	return data, err
}

// headLimit stands for the n of ReadHead.
const headLimit = "max-head-bytes"

// Size is how many bytes the archive claims that name has when inflated, 0
// where it is not there. It is a claim: good for sorting, not for allocating.
func (a *App) Size(name string) int64 {
	if at, ok := a.index[name]; ok {
		return at.split.arc.entries[at.i].usize
	}
	return 0
}

// Stored tells whether the archive holds a file uncompressed, so that its first
// bytes cost next to nothing to read. name is as in Entries.
func (a *App) Stored(name string) bool {
	at, ok := a.index[name]
	return ok && at.split.arc.entries[at.i].method == methodStore
}

// Inside is the path of an entry within its split or module: what tells assets from
// libraries. name is as in Entries; of the base it is name itself, and so it is of what
// is no entry.
func (a *App) Inside(name string) string {
	if at, ok := a.index[name]; ok {
		return name[len(at.split.prefix):]
	}
	return name
}

// Prefixes begin the names of the entries of each split, in the order in which they are
// read: "" for the base comes first.
func (a *App) Prefixes() []string {
	out := make([]string, len(a.splits))
	for i, s := range a.splits {
		out[i] = s.prefix
	}
	return out
}

// Library is the entry of a native library for an ABI, "" where there is none. Where
// several splits hold one it is that of the first.
func (a *App) Library(abi, name string) string {
	for _, s := range a.splits {
		entry := s.prefix + "lib/" + abi + "/" + name
		if _, ok := a.index[entry]; ok {
			return entry
		}
	}
	return ""
}

// locate finds the entry that a path in the manifest or the resources of a split means:
// one of its own, else one of the first split that has it; false where none does.
func (a *App) locate(from *split, path string) (string, bool) {
	if _, ok := a.index[from.prefix+path]; ok {
		return from.prefix + path, true
	}
	for _, s := range a.splits {
		if _, ok := a.index[s.prefix+path]; ok {
			return s.prefix + path, true
		}
	}
	return "", false
}
