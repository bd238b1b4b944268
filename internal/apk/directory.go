package apk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

const (
	sigLocal      = "PK\x03\x04"
	sigCentral    = "PK\x01\x02"
	sigDescriptor = "PK\x07\x08"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"

	lenLocal   = 30
	lenCentral = 46
	lenEnd     = 22

	methodStore   = 0
	methodDeflate = 8

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
)

// dirEntry is one file of the archive as Android would open it.
type dirEntry struct {
	name    string
	method  uint16 // methodStore or methodDeflate, bogus values already mapped
	crc     uint32
	csize   int64
	usize   int64 // as claimed; unsure says that nobody claimed it
	offset  int64 // of the local header in the file
	clipped bool  // the file ends before csize
	unsure  bool  // found without a directory: crc and usize are unknown
}

// directory is the list of files, with what was odd about it.
type directory struct {
	entries []dirEntry
	gaps    gapList

	encrypted, bogus, duplicate, outside []string

	lim  Limits
	room *room
}

// room is what the archives of one App have left of the limits that hold for their
// directories together.
type room struct {
	entries int   // of max-entries
	bytes   int64 // of max-directory-bytes
}

// readDirectory lists the files of a ZIP archive. Where no central directory is
// readable, the local headers are searched instead. A nil error with no entries
// means an empty archive; errNotZIP that there is no trace of one. What it takes is
// taken out of left.
func readDirectory(ctx context.Context, r io.ReaderAt, size int64, lim Limits, left *room) (*directory, error) {
	d := &directory{lim: lim, room: left}
	found, err := d.readCentral(r, size)
	if err != nil {
		return nil, err
	}
	if !found {
		if err := d.scanLocal(ctx, r, size); err != nil {
			return nil, err
		}
		if len(d.entries) == 0 {
			if d.room.entries <= 0 {
				return nil, &bounded.LimitError{Limit: "max-entries", Value: int64(lim.Entries), What: "central directory"}
			}
			return nil, errNotZIP
		}
		d.gaps.add(audit.GapTruncated, partArchive, "no readable central directory: %d files found by their local headers", len(d.entries))
	}
	d.normalise(size)
	return d, nil
}

// normalise drops doubles, maps bogus compression methods as Android does and
// turns what was counted into gaps.
func (d *directory) normalise(size int64) {
	seen := make(map[string]bool, len(d.entries))
	kept := d.entries[:0]
	for _, e := range d.entries {
		if seen[e.name] {
			// Android refuses such archives since 4.4; before that,
			// signature check and loader picked different ones.
			d.duplicate = append(d.duplicate, e.name)
			continue
		}
		seen[e.name] = true
		if e.offset < 0 || e.offset+lenLocal > size {
			d.outside = append(d.outside, e.name)
			continue
		}
		if e.method != methodStore && e.method != methodDeflate {
			d.bogus = append(d.bogus, e.name)
			// Android's asset manager maps what is not deflate as it is; its
			// class loader inflates what is not stored.
			if e.name == manifestName || e.name == resourcesName {
				e.method, e.csize = methodStore, e.usize
			} else {
				e.method = methodDeflate
			}
		}
		if rest := size - e.offset - lenLocal; e.csize > rest || e.csize < 0 {
			e.csize, e.clipped = rest, true
		}
		kept = append(kept, e)
	}
	d.entries = kept
	tell := func(kind string, names []string, what string) {
		if len(names) > 0 {
			d.gaps.add(kind, partArchive, "%s: %s", named(names, "entry"), what)
		}
	}
	tell(audit.GapTampered, d.duplicate, "named twice in the directory, the first was read")
	tell(audit.GapTampered, d.outside, "start outside the file")
	tell(audit.GapTampered, d.bogus, "unknown compression method, read as Android would")
	tell(audit.GapTampered, d.encrypted, "encryption bit set, which Android ignores")
}

// endRecord is what the end-of-directory record claims.
type endRecord struct {
	at, offset, size, records int64
	comment                   int64
	tail                      int64 // bytes behind the record
}

func findEnd(r io.ReaderAt, size int64) (endRecord, bool, error) {
	n := min(size, maxTailSearch)
	buf := make([]byte, n)
	if _, err := r.ReadAt(buf, size-n); err != nil && err != io.EOF {
		return endRecord{}, false, err
	}
	at := len(buf)
	for {
		at = bytes.LastIndex(buf[:at], []byte(sigEnd))
		if at < 0 {
			return endRecord{}, false, nil
		}
		if at+lenEnd <= len(buf) {
			break
		}
	}
	b := buf[at:]
	e := endRecord{
		at:      size - n + int64(at),
		records: int64(binary.LittleEndian.Uint16(b[10:])),
		size:    int64(binary.LittleEndian.Uint32(b[12:])),
		offset:  int64(binary.LittleEndian.Uint32(b[16:])),
		comment: int64(binary.LittleEndian.Uint16(b[20:])),
		tail:    int64(len(b) - lenEnd),
	}
	if e.records == 0xffff || e.size == 0xffffffff || e.offset == 0xffffffff {
		e.readEnd64(r)
	}
	return e, true, nil
}

// readEnd64 takes the 64-bit values where a ZIP64 locator stands before the
// record; without one the 32-bit values stay.
func (e *endRecord) readEnd64(r io.ReaderAt) {
	var loc [20]byte
	if e.at < int64(len(loc)) {
		return
	}
	if _, err := r.ReadAt(loc[:], e.at-int64(len(loc))); err != nil || string(loc[:4]) != sigLocator64 {
		return
	}
	var b [56]byte
	at := int64(binary.LittleEndian.Uint64(loc[8:]))
	if at < 0 {
		return
	}
	if _, err := r.ReadAt(b[:], at); err != nil || string(b[:4]) != sigEnd64 {
		return
	}
	e.records = int64(binary.LittleEndian.Uint64(b[32:]))
	e.size = int64(binary.LittleEndian.Uint64(b[40:]))
	e.offset = int64(binary.LittleEndian.Uint64(b[48:]))
}

// readCentral reads the central directory; false means there is none to read.
func (d *directory) readCentral(r io.ReaderAt, size int64) (bool, error) {
	end, ok, err := findEnd(r, size)
	if err != nil || !ok {
		return false, err
	}
	if end.records == 0 && end.size == 0 {
		// An empty archive, unless the record was put there to hide files.
		return size == lenEnd+end.comment, nil
	}
	base := int64(0)
	if !hasSignature(r, end.offset, size) {
		// Bytes put before the archive, or cut out of it, shift everything;
		// Android takes offsets as they stand.
		shift := end.at - end.size - end.offset
		if end.size < 0 || !hasSignature(r, end.offset+shift, size) {
			return false, nil
		}
		base = shift
		if shift < 0 {
			d.gaps.add(audit.GapTampered, partArchive, "the archive's directory begins %d bytes earlier than its end record says: bytes before it were cut out, or the record belongs to another archive", -shift)
		} else {
			d.gaps.add(audit.GapTampered, partArchive, "%d bytes before the archive: its directory offsets do not count them", shift)
		}
	}
	at := end.offset + base
	n := min(end.size, size-at)
	if at < end.at && n > end.at-at {
		// Android refuses such an archive.
		d.gaps.add(audit.GapTampered, partArchive, "central directory: reaches %d bytes into the end record", n-(end.at-at))
		n = end.at - at
	}
	if n > d.room.bytes {
		d.gaps.add(audit.GapLimit, partArchive, "central directory: max-directory-bytes of %d reached", d.lim.DirectoryBytes)
		n = d.room.bytes
	}
	if n < 0 {
		return false, nil
	}
	d.room.bytes -= n
	buf := make([]byte, n)
	if m, err := r.ReadAt(buf, at); err != nil && err != io.EOF {
		return false, err
	} else if m < len(buf) {
		buf = buf[:m]
	}
	if end.tail != end.comment {
		d.gaps.add(audit.GapTampered, partArchive, "%d bytes behind the end of the archive, its comment accounts for %d", end.tail, end.comment)
	}
	d.parseCentral(buf, end.records, base)
	return len(d.entries) > 0, nil
}

func hasSignature(r io.ReaderAt, at, size int64) bool {
	var b [4]byte
	if at < 0 || at+4 > size {
		return false
	}
	_, err := r.ReadAt(b[:], at)
	return (err == nil || err == io.EOF) && string(b[:]) == sigCentral
}

func (d *directory) parseCentral(buf []byte, records, base int64) {
	for i := int64(0); i < records; i++ {
		if d.room.entries <= 0 {
			d.gaps.add(audit.GapLimit, partArchive, "central directory: max-entries of %d reached, %d claimed", d.lim.Entries, records)
			return
		}
		e, n := parseHeader(buf)
		if n == 0 {
			d.gaps.add(audit.GapTruncated, partArchive, "central directory ends after %d of %d entries", i, records)
			return
		}
		if binary.LittleEndian.Uint16(buf[8:])&flagEncrypted != 0 {
			d.encrypted = append(d.encrypted, e.name)
		}
		e.offset += base
		d.keep(e)
		buf = buf[n:]
	}
	if _, n := parseHeader(buf); n > 0 {
		d.gaps.add(audit.GapTampered, partArchive, "central directory goes on behind its %d entries; Android does not read those", records)
	}
}

func (d *directory) keep(e dirEntry) {
	d.entries = append(d.entries, e)
	d.room.entries--
}

// parseHeader reads one central header; 0 means that none stands there.
func parseHeader(b []byte) (dirEntry, int) {
	if len(b) < lenCentral || string(b[:4]) != sigCentral {
		return dirEntry{}, 0
	}
	le := binary.LittleEndian
	nameLen, extraLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:]))
	n := lenCentral + nameLen + extraLen + int(le.Uint16(b[32:]))
	if n > len(b) {
		return dirEntry{}, 0
	}
	e := dirEntry{
		name:   string(b[lenCentral : lenCentral+nameLen]),
		method: le.Uint16(b[10:]),
		crc:    le.Uint32(b[16:]),
		csize:  int64(le.Uint32(b[20:])),
		usize:  int64(le.Uint32(b[24:])),
		offset: int64(le.Uint32(b[42:])),
	}
	if e.csize == 0xffffffff || e.usize == 0xffffffff || e.offset == 0xffffffff {
		e.readExtra64(b[lenCentral+nameLen : lenCentral+nameLen+extraLen])
	}
	return e, n
}

// readExtra64 takes the 64-bit values of the fields that are full.
func (e *dirEntry) readExtra64(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		if id == 1 {
			v := extra[:n]
			for _, f := range []*int64{&e.usize, &e.csize, &e.offset} {
				if *f == 0xffffffff && len(v) >= 8 {
					*f, v = int64(binary.LittleEndian.Uint64(v)), v[8:]
				}
			}
			return
		}
		extra = extra[n:]
	}
}

// scanLocal finds files by their local headers in an archive whose directory is
// gone. Headers inside a stored nested archive are passed over where the outer
// header's size leads to another header.
func (d *directory) scanLocal(ctx context.Context, r io.ReaderAt, size int64) error {
	s := &scanner{r: r, size: size}
	at, err := s.find(ctx, 0, sigLocal)
	for ; at >= 0 && err == nil; at, err = s.find(ctx, at, sigLocal) {
		if d.room.entries <= 0 {
			d.gaps.add(audit.GapLimit, partArchive, "local headers: max-entries of %d reached", d.lim.Entries)
			return nil
		}
		e, flags, body, ok := s.local(at)
		if !ok {
			at += 4
			continue
		}
		if flags&flagEncrypted != 0 {
			d.encrypted = append(d.encrypted, e.name)
		}
		next := body + e.csize
		if flags&flagDescriptor != 0 || !s.boundary(next) {
			if next, err = s.next(ctx, body); err != nil {
				return err
			}
			e.unsure = true
			e.trimDescriptor(s, body, next)
		}
		d.keep(e)
		at = next
	}
	return err
}

type scanner struct {
	r    io.ReaderAt
	size int64
	buf  []byte
	from int64 // file offset of buf
}

// fill makes buf start at or before at with at least 4 bytes behind it.
func (s *scanner) fill(at int64) error {
	if s.buf == nil {
		s.buf = make([]byte, 0, 256<<10)
	}
	s.buf, s.from = s.buf[:cap(s.buf)], at
	n, err := s.r.ReadAt(s.buf, at)
	s.buf = s.buf[:n]
	if err == io.EOF {
		err = nil
	}
	return err
}

// find returns the first offset of sig at or behind at, or -1.
func (s *scanner) find(ctx context.Context, at int64, sig string) (int64, error) {
	for at >= 0 && at+int64(len(sig)) <= s.size {
		if err := ctx.Err(); err != nil {
			return -1, err
		}
		if at < s.from || at+int64(len(sig)) > s.from+int64(len(s.buf)) {
			if err := s.fill(at); err != nil {
				return -1, err
			}
		}
		window := s.buf[at-s.from:]
		if i := bytes.Index(window, []byte(sig)); i >= 0 {
			return at + int64(i), nil
		}
		if len(window) < len(sig) {
			return -1, nil
		}
		at += int64(len(window) - len(sig) + 1)
	}
	return -1, nil
}

// next is the offset of the next header behind body, or the end of the file.
func (s *scanner) next(ctx context.Context, body int64) (int64, error) {
	local, err := s.find(ctx, body, sigLocal)
	if err != nil {
		return 0, err
	}
	if local < 0 {
		local = s.size
		if central, err := s.find(ctx, body, sigCentral); err != nil {
			return 0, err
		} else if central >= 0 {
			return central, nil
		}
	}
	return local, nil
}

// boundary tells whether a header, or the end of the file, stands at at.
func (s *scanner) boundary(at int64) bool {
	if at == s.size {
		return true
	}
	var b [4]byte
	if at < 0 || at > s.size-4 {
		return false
	}
	if _, err := s.r.ReadAt(b[:], at); err != nil && err != io.EOF {
		return false
	}
	return string(b[:]) == sigLocal || string(b[:]) == sigCentral
}

func (s *scanner) local(at int64) (e dirEntry, flags uint16, body int64, ok bool) {
	var b [lenLocal]byte
	if at+lenLocal > s.size {
		return e, 0, 0, false
	}
	if _, err := s.r.ReadAt(b[:], at); err != nil && err != io.EOF {
		return e, 0, 0, false
	}
	le := binary.LittleEndian
	nameLen := int64(le.Uint16(b[26:]))
	body = at + lenLocal + nameLen + int64(le.Uint16(b[28:]))
	if nameLen == 0 || body > s.size {
		return e, 0, 0, false
	}
	name := make([]byte, nameLen)
	if _, err := s.r.ReadAt(name, at+lenLocal); err != nil && err != io.EOF {
		return e, 0, 0, false
	}
	return dirEntry{
		name:   string(name),
		method: le.Uint16(b[8:]),
		crc:    le.Uint32(b[14:]),
		csize:  int64(le.Uint32(b[18:])),
		usize:  int64(le.Uint32(b[22:])),
		offset: at,
	}, le.Uint16(b[6:]), body, true
}

// trimDescriptor sets the size of an entry whose data ends at next, without the
// data descriptor where one stands there.
func (e *dirEntry) trimDescriptor(s *scanner, body, next int64) {
	e.csize = next - body
	e.clipped = next == s.size
	var b [16]byte
	if e.csize < int64(len(b)) {
		return
	}
	if _, err := s.r.ReadAt(b[:], next-int64(len(b))); err != nil && err != io.EOF {
		return
	}
	if string(b[:4]) == sigDescriptor && int64(binary.LittleEndian.Uint32(b[8:])) == e.csize-int64(len(b)) {
		e.csize -= int64(len(b))
		e.crc, e.usize = binary.LittleEndian.Uint32(b[4:]), int64(binary.LittleEndian.Uint32(b[12:]))
		e.clipped, e.unsure = false, false
	}
}

var errNotZIP = errors.New("no ZIP structure found")
