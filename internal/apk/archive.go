package apk

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/avast/apkparser"
	"github.com/klauspost/compress/flate"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// archive is one ZIP as Android would open it: a file, a section of another archive, or
// bytes in memory.
type archive struct {
	file    io.ReaderAt
	size    int64
	entries []dirEntry
	index   map[string]int // entry by name
	zip     *apkparser.ZipReader
	locks   []sync.Mutex // one per entry: apkparser's files have one reader each
}

// readArchive reads the directory of an archive; what is wrong with it is added to gaps.
// The error is errNotZIP, that of a read, or the context's.
func readArchive(ctx context.Context, file io.ReaderAt, size int64, lim Limits, left *room, gaps *gapList) (*archive, error) {
	d, err := readDirectory(ctx, file, size, lim, left)
	if err != nil {
		return nil, err
	}
	gaps.take(&d.gaps)
	x := &archive{file: file, size: size, entries: d.entries}
	if x.zip, err = openView(file, size, d.entries); err != nil {
		return nil, err
	}
	x.locks = make([]sync.Mutex, len(d.entries))
	x.index = make(map[string]int, len(d.entries))
	for i := range d.entries {
		x.index[d.entries[i].name] = i
	}
	return x, nil
}

// reading is what a read of one entry may take, and how its errors call the entry.
type reading struct {
	name      string
	limit     int64
	limitName string
	budget    *bounded.Budget
}

// read inflates entry i into buf[:0]. It is safe for concurrent use. The bytes that could
// be read are returned even with an error: an *EntryError or the context's.
func (x *archive) read(ctx context.Context, i int, o reading, buf []byte) (data []byte, err error) {
	e := &x.entries[i]
	x.locks[i].Lock()
	defer x.locks[i].Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = &EntryError{Name: o.name, Kind: audit.GapUnreadable, Err: fmt.Errorf("reader failed: %v", p)}
		}
	}()
	data = buf[:0]
	if want := min(e.usize+1, o.limit+1, e.csize*maxDeflateRatio+512); int64(cap(data)) < want {
		// One byte more than the entry, so that its end is seen without
		// growing. The claim counts only as far as the compressed bytes
		// that are there make it likely.
		data = make([]byte, 0, want)
	}
	full := &bounded.LimitError{Limit: o.limitName, Value: o.limit, What: "inflating"}
	if !e.unsure {
		f := x.zip.FilesOrdered[i]
		if err := f.Open(); err != nil {
			return data, &EntryError{Name: o.name, Kind: audit.GapTampered, Err: fmt.Errorf("local header: %w", err)}
		}
		defer f.Close()
		f.Next()
		data, err = bounded.ReadAll(ctx, &capped{r: f, left: o.limit, err: full}, o.budget, "inflating", data)
		if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, zip.ErrFormat) || ctx.Err() != nil {
			return data, e.judge(ctx, o.name, err)
		}
	}
	// The directory's size is wrong or unknown. archive/zip, under apkparser,
	// then throws away what it has read last; so without it.
	r, err := x.stream(e)
	if err != nil {
		return data[:0], &EntryError{Name: o.name, Kind: audit.GapUnreadable, Err: err}
	}
	data, err = bounded.ReadAll(ctx, &capped{r: r, left: o.limit, err: full}, o.budget, "inflating", data)
	switch {
	case err != nil:
	case e.clipped && e.method == methodStore:
		err = io.ErrUnexpectedEOF // a stored entry has no end of its own
	case !e.unsure:
		err = errSize
	}
	return data, e.judge(ctx, o.name, err)
}

var errSize = errors.New("its size differs from what the directory claims")

// packed is where the compressed bytes of an entry stand.
func (x *archive) packed(e *dirEntry) (*io.SectionReader, error) {
	var h [lenLocal]byte
	if _, err := x.file.ReadAt(h[:], e.offset); err != nil {
		return nil, bounded.Cause(err)
	}
	if string(h[:4]) != sigLocal {
		return nil, errors.New("no local header where the directory points")
	}
	at := e.offset + lenLocal + int64(binary.LittleEndian.Uint16(h[26:])) + int64(binary.LittleEndian.Uint16(h[28:]))
	return io.NewSectionReader(x.file, at, max(min(e.csize, x.size-at), 0)), nil
}

// stream reads an entry without regard to what the directory says of its size
// when inflated.
func (x *archive) stream(e *dirEntry) (io.Reader, error) {
	packed, err := x.packed(e)
	if err != nil || e.method == methodStore {
		return packed, err
	}
	return flate.NewReader(packed), nil
}

// whole gives the bytes of an entry that is an archive itself: those of the file where it
// is stored, else inflated into memory, whose bytes are taken from the budget. The error
// is an *EntryError or the context's.
func (x *archive) whole(ctx context.Context, i int, name string, budget *bounded.Budget) (io.ReaderAt, int64, error) {
	e := &x.entries[i]
	if e.method == methodStore {
		s, err := x.packed(e)
		if err != nil {
			return nil, 0, &EntryError{Name: name, Kind: audit.GapUnreadable, Err: err}
		}
		return s, s.Size(), nil
	}
	r, err := x.stream(e)
	if err != nil {
		return nil, 0, &EntryError{Name: name, Kind: audit.GapUnreadable, Err: err}
	}
	m := &memory{}
	sum, err := m.fill(ctx, r, budget)
	if err == nil && !e.unsure && sum != e.crc {
		err = zip.ErrChecksum
	}
	if err != nil {
		return m, m.size, e.judge(ctx, name, err)
	}
	return m, m.size, nil
}

// judge turns a read error into an *EntryError.
func (e *dirEntry) judge(ctx context.Context, name string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, bounded.ErrLimit):
		return &EntryError{Name: name, Kind: audit.GapLimit, Err: err}
	case e.clipped && errors.Is(err, io.ErrUnexpectedEOF):
		return &EntryError{Name: name, Kind: audit.GapTruncated, Err: errors.New("the file ends inside this entry")}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &EntryError{Name: name, Kind: audit.GapTampered, Err: errors.New("its compressed data ends early")}
	case errors.Is(err, errSize):
		return &EntryError{Name: name, Kind: audit.GapTampered, Err: err}
	case errors.Is(err, zip.ErrChecksum):
		return &EntryError{Name: name, Kind: audit.GapTampered, Err: errors.New("its checksum is wrong")}
	}
	return &EntryError{Name: name, Kind: audit.GapUnreadable, Err: err}
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

// memory holds bytes in blocks of one size, so that what grows is never copied.
type memory struct {
	blocks [][]byte
	size   int64
}

const memoryBlock = 1 << 20

// fill takes all of r and returns its checksum. ctx is looked at between blocks.
func (m *memory) fill(ctx context.Context, r io.Reader, budget *bounded.Budget) (uint32, error) {
	sum := crc32.NewIEEE()
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		block := make([]byte, memoryBlock)
		n, err := fillBlock(r, block)
		if terr := budget.Take(int64(n), "inflating"); terr != nil {
			m.blocks, m.size = nil, 0 // a part of an archive is no use
			return 0, terr
		}
		sum.Write(block[:n])
		if n > 0 {
			m.blocks = append(m.blocks, block[:n:n])
			m.size += int64(n)
		}
		if err == io.EOF {
			return sum.Sum32(), nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// fillBlock reads until the block is full. Unlike io.ReadFull it tells the end of a
// stream from one that breaks off.
func fillBlock(r io.Reader, block []byte) (int, error) {
	n := 0
	for n < len(block) {
		k, err := r.Read(block[n:])
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// ReadAt is io.ReaderAt.
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	n := 0
	for n < len(p) && off < m.size {
		k := copy(p[n:], m.blocks[off/memoryBlock][off%memoryBlock:])
		n += k
		off += int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
