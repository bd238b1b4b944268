package apk

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/flate"

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

// ReadEntry inflates one entry into buf[:0] and returns it. name is as in
// Entries. It is safe for concurrent use; two reads of one name wait for each
// other.
//
// The bytes that could be read are returned even with an error: an *EntryError
// (fs.ErrNotExist, bounded.ErrLimit, a damaged stream, a checksum that does not
// fit), or the context's error.
func (a *App) ReadEntry(ctx context.Context, name string, buf []byte) (data []byte, err error) {
	i, ok := a.index[name]
	if !ok {
		return buf[:0], &EntryError{Name: name, Kind: audit.GapUnreadable, Err: fs.ErrNotExist}
	}
	limit, limitName, budget := a.lim.EntryBytes, "max-entry-bytes", a.otherBudget
	if a.isDEX[name] {
		limit, limitName, budget = a.lim.DEXBytes, "max-dex-bytes", a.dexBudget
	}
	return a.read(ctx, i, limit, limitName, budget, buf)
}

// ReadHead returns at most the first n bytes of one entry, for readers that look
// for something near its beginning: that there is more is no error. Otherwise it
// is as ReadEntry.
func (a *App) ReadHead(ctx context.Context, name string, n int64) ([]byte, error) {
	i, ok := a.index[name]
	if !ok {
		return nil, &EntryError{Name: name, Kind: audit.GapUnreadable, Err: fs.ErrNotExist}
	}
	data, err := a.read(ctx, i, n, "max-head-bytes", a.otherBudget, nil)
	if errors.Is(err, bounded.ErrLimit) {
		err = nil
	}
	return data, err
}

// Size is how many bytes the archive claims that name has when inflated, 0
// where it is not there. It is a claim: good for sorting, not for allocating.
func (a *App) Size(name string) int64 {
	if i, ok := a.index[name]; ok {
		return a.dir.entries[i].usize
	}
	return 0
}

func (a *App) read(ctx context.Context, i int, limit int64, limitName string, budget *bounded.Budget, buf []byte) (data []byte, err error) {
	e := &a.dir.entries[i]
	a.locks[i].Lock()
	defer a.locks[i].Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = &EntryError{Name: e.name, Kind: audit.GapUnreadable, Err: fmt.Errorf("reader failed: %v", p)}
		}
	}()
	data = buf[:0]
	if want := min(e.usize+1, limit+1, e.csize*maxDeflateRatio+512); int64(cap(data)) < want {
		// One byte more than the entry, so that its end is seen without
		// growing. The claim counts only as far as the compressed bytes
		// that are there make it likely.
		data = make([]byte, 0, want)
	}
	full := &bounded.LimitError{Limit: limitName, Value: limit, What: "inflating"}
	if !e.unsure {
		f := a.zip.FilesOrdered[i]
		if err := f.Open(); err != nil {
			return data, &EntryError{Name: e.name, Kind: audit.GapTampered, Err: fmt.Errorf("local header: %w", err)}
		}
		defer f.Close()
		f.Next()
		data, err = bounded.ReadAll(ctx, &capped{r: f, left: limit, err: full}, budget, "inflating", data)
		if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, zip.ErrFormat) || ctx.Err() != nil {
			return data, e.judge(ctx, err)
		}
	}
	// The directory's size is wrong or unknown. archive/zip, under apkparser,
	// then throws away what it has read last; so without it.
	r, err := a.stream(e)
	if err != nil {
		return data[:0], &EntryError{Name: e.name, Kind: audit.GapUnreadable, Err: err}
	}
	data, err = bounded.ReadAll(ctx, &capped{r: r, left: limit, err: full}, budget, "inflating", data)
	switch {
	case err != nil:
	case e.clipped && e.method == methodStore:
		err = io.ErrUnexpectedEOF // a stored entry has no end of its own
	case !e.unsure:
		err = errSize
	}
	return data, e.judge(ctx, err)
}

var errSize = errors.New("its size differs from what the directory claims")

// stream reads an entry without regard to what the directory says of its size
// when inflated.
func (a *App) stream(e *dirEntry) (io.Reader, error) {
	var h [lenLocal]byte
	if _, err := a.file.ReadAt(h[:], e.offset); err != nil {
		return nil, bounded.Cause(err)
	}
	if string(h[:4]) != sigLocal {
		return nil, errors.New("no local header where the directory points")
	}
	at := e.offset + lenLocal + int64(binary.LittleEndian.Uint16(h[26:])) + int64(binary.LittleEndian.Uint16(h[28:]))
	packed := io.NewSectionReader(a.file, at, max(min(e.csize, a.size-at), 0))
	if e.method == methodStore {
		return packed, nil
	}
	return flate.NewReader(packed), nil
}

// judge turns a read error into an *EntryError.
func (e *dirEntry) judge(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, bounded.ErrLimit):
		return &EntryError{Name: e.name, Kind: audit.GapLimit, Err: err}
	case e.clipped && errors.Is(err, io.ErrUnexpectedEOF):
		return &EntryError{Name: e.name, Kind: audit.GapTruncated, Err: errors.New("the file ends inside this entry")}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &EntryError{Name: e.name, Kind: audit.GapTampered, Err: errors.New("its compressed data ends early")}
	case errors.Is(err, errSize):
		return &EntryError{Name: e.name, Kind: audit.GapTampered, Err: err}
	case errors.Is(err, zip.ErrChecksum):
		return &EntryError{Name: e.name, Kind: audit.GapTampered, Err: errors.New("its checksum is wrong")}
	}
	return &EntryError{Name: e.name, Kind: audit.GapUnreadable, Err: err}
}

// capped passes on at most left bytes and fails at the next one.
type capped struct {
	r    io.Reader
	left int64
	err  error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		var one [1]byte
		n, err := c.r.Read(one[:])
		if n > 0 {
			return 0, c.err
		}
		return 0, err
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}
