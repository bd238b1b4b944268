package apk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/avast/apkparser"
)

// view is the file as apkparser gets to see it: the original bytes and, behind
// them, a central directory written by this package. It is safe for concurrent
// ReadAt; Read and Seek are for one goroutine.
type view struct {
	base io.ReaderAt
	size int64
	tail []byte
	pos  int64
}

func (v *view) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	n := 0
	if off < v.size {
		want := min(int64(len(p)), v.size-off)
		m, err := v.base.ReadAt(p[:want], off)
		n = m
		if int64(m) < want {
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
	}
	if n == len(p) {
		return n, nil
	}
	at := off + int64(n) - v.size
	if at >= int64(len(v.tail)) {
		return n, io.EOF
	}
	n += copy(p[n:], v.tail[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (v *view) Read(p []byte) (int, error) {
	n, err := v.ReadAt(p, v.pos)
	v.pos += int64(n)
	return n, err
}

func (v *view) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += v.pos
	case io.SeekEnd:
		off += v.size + int64(len(v.tail))
	}
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	v.pos = off
	return off, nil
}

// openView lets apkparser open the entries. They are called by their number,
// so that no name can shadow another after path cleaning; the files come back
// in the order of entries.
func openView(base io.ReaderAt, size int64, entries []dirEntry) (zr *apkparser.ZipReader, err error) {
	defer func() {
		if p := recover(); p != nil {
			zr, err = nil, fmt.Errorf("ZIP reader failed: %v", p)
		}
	}()
	zr, err = apkparser.OpenZipReader(&view{base: base, size: size, tail: writeCentral(size, entries)})
	if err != nil {
		return nil, err
	}
	if len(zr.FilesOrdered) != len(entries) {
		return nil, fmt.Errorf("ZIP reader found %d of %d entries", len(zr.FilesOrdered), len(entries))
	}
	return zr, nil
}

// writeCentral writes a central directory and its end record for a file of
// size bytes. Sizes above 4 GiB are impossible below Limits.FileBytes, except
// as claims, which are cut.
func writeCentral(size int64, entries []dirEntry) []byte {
	var b bytes.Buffer
	b.Grow(len(entries)*(lenCentral+8) + 98)
	le := binary.LittleEndian
	for i, e := range entries {
		name := fmt.Appendf(nil, "%08x", i)
		var h [lenCentral]byte
		copy(h[:], sigCentral)
		le.PutUint16(h[4:], 20)
		le.PutUint16(h[6:], 20)
		le.PutUint16(h[10:], e.method)
		le.PutUint32(h[16:], e.crc)
		le.PutUint32(h[20:], cut32(e.csize))
		le.PutUint32(h[24:], cut32(e.usize))
		le.PutUint16(h[28:], uint16(len(name)))
		le.PutUint32(h[42:], cut32(e.offset))
		b.Write(h[:])
		b.Write(name)
	}
	n := int64(b.Len())
	var e64 [56 + 20]byte // ZIP64 record and locator, for more than 65,534 entries
	copy(e64[:], sigEnd64)
	le.PutUint64(e64[4:], 44)
	le.PutUint16(e64[12:], 45)
	le.PutUint16(e64[14:], 45)
	le.PutUint64(e64[24:], uint64(len(entries)))
	le.PutUint64(e64[32:], uint64(len(entries)))
	le.PutUint64(e64[40:], uint64(n))
	le.PutUint64(e64[48:], uint64(size))
	copy(e64[56:], sigLocator64)
	le.PutUint64(e64[64:], uint64(size+n))
	le.PutUint32(e64[72:], 1)
	b.Write(e64[:])
	var end [lenEnd]byte
	copy(end[:], sigEnd)
	le.PutUint16(end[8:], 0xffff)
	le.PutUint16(end[10:], 0xffff)
	le.PutUint32(end[12:], 0xffffffff)
	le.PutUint32(end[16:], 0xffffffff)
	b.Write(end[:])
	return b.Bytes()
}

// cut32 keeps a claim below the values that stand for "see the ZIP64 field".
func cut32(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32-1)) }
