package dex

import (
	"crypto/sha1"
	"fmt"
	"hash/adler32"
	"sync/atomic"

	"apkaudit/internal/bounded"
)

// NoIndex is the index that stands for "none": no superclass, no source file.
const NoIndex = 0xffffffff

// Sizes of the header and of one entry of each table, in bytes.
const (
	headerSize    = 0x70
	headerSizeV41 = 0x78

	stringIDSize     = 4
	typeIDSize       = 4
	protoIDSize      = 12
	fieldIDSize      = 8
	methodIDSize     = 8
	classDefSize     = 32
	callSiteIDSize   = 4
	methodHandleSize = 8
	mapItemSize      = 12
	tryItemSize      = 8

	mapCallSites     = 0x0007
	mapMethodHandles = 0x0008

	endianTag  = 0x12345678
	maxTypeIDs = 1 << 16 // references to types and prototypes have 16 bits

	containerVersion = 41 // the first version whose files share one buffer
)

// File is one logical DEX file. See the package comment for who owns the bytes.
type File struct {
	name    string
	data    []byte // everything that offsets may point into: the whole container
	base    uint32 // where the header stands in data
	size    int    // bytes of this logical file, really there
	version int

	// Tables, each cut to whole entries that lie inside data.
	strings, types, protos, fields, methods, classes []byte
	callSites, handles                               []byte

	members []span // by class_def: its class data, never overlapping

	problems problemList
	cuts     cutList
	walked   atomic.Int64 // class_defs whose code problems are on record
}

// span is a range of File.data; both ends are 0 where there is none.
type span struct{ from, to uint32 }

// Name is the name given to Parse; a later file of a container has "#2", "#3" and
// so on behind it.
func (f *File) Name() string { return f.name }

// Version is the format version as a number: 35 to 41.
func (f *File) Version() int { return f.version }

// Size is the number of bytes of this logical file that are really there.
func (f *File) Size() int { return f.size }

// Parse reads the header and checks all tables of data, which it borrows. It fails
// where data is no DEX of a known version or a table does not lie inside data;
// smaller damage leaves the file readable and is kept in Problems, and so are
// deviations for which Android refuses a file, such as a wrong checksum. Of a
// container with several files it reads the first; use ParseAll where that
// matters. name stands in front of errors and problems.
func Parse(name string, data []byte) (*File, error) {
	f, err := parseAt(name, data, 0)
	if err != nil {
		return nil, err
	}
	if f.version >= containerVersion && f.size < len(data) {
		f.problem("header", "the container holds %d more bytes with further files", len(data)-f.size)
	}
	return f, nil
}

// ParseAll reads every logical file of data: one for plain DEX, one or more for a
// version 041 container. On an error it returns the files before it too. An error
// that wraps bounded.ErrLimit reports a container beyond MaxContainerFiles or
// MaxTableFactor.
func ParseAll(name string, data []byte) ([]*File, error) {
	var files []*File
	tables := int64(0)
	for at := 0; ; {
		label := name
		if len(files) > 0 {
			label = fmt.Sprintf("%s#%d", name, len(files)+1)
		}
		f, err := parseAt(label, data, uint32(at))
		if err != nil {
			return files, err
		}
		files = append(files, f)
		at += f.size
		if f.version < containerVersion || at >= len(data) {
			return files, nil
		}
		if len(files) == MaxContainerFiles {
			return files, &bounded.LimitError{Limit: "max-dex-container-files", Value: MaxContainerFiles, What: name}
		}
		tables += f.tableBytes()
		if tables > MaxTableFactor*int64(len(data)) {
			return files, &bounded.LimitError{Limit: "max-dex-table-factor", Value: MaxTableFactor, What: name}
		}
	}
}

func (f *File) tableBytes() int64 {
	n := 0
	for _, t := range [][]byte{f.strings, f.types, f.protos, f.fields, f.methods, f.classes} {
		n += len(t)
	}
	return int64(n)
}

// parseAt reads the file whose header stands at base of data.
func parseAt(name string, data []byte, base uint32) (*File, error) {
	if int64(len(data)) > 1<<32-1 {
		return nil, fmt.Errorf("%s: %d bytes, but a DEX file cannot pass 4 GiB", name, len(data))
	}
	h := data[base:]
	if len(h) < headerSize {
		return nil, fmt.Errorf("%s: header at 0x%x: %d bytes where it needs %d", name, base, len(h), headerSize)
	}
	version, err := readVersion(h)
	if err != nil {
		return nil, fmt.Errorf("%s: header at 0x%x: %w", name, base, err)
	}
	if tag := u32(h[0x28:]); tag != endianTag {
		return nil, fmt.Errorf("%s: header at 0x%x: byte order tag 0x%08x, only 0x%08x is read", name, base, tag, endianTag)
	}
	f := &File{name: name, data: data, base: base, version: version, size: len(h)}
	if err := f.checkHeader(h); err != nil {
		return nil, err
	}
	for _, t := range []struct {
		what  string
		at    int // of the count in the header; the offset follows
		entry uint64
		table *[]byte
	}{
		{"string_ids", 0x38, stringIDSize, &f.strings},
		{"type_ids", 0x40, typeIDSize, &f.types},
		{"proto_ids", 0x48, protoIDSize, &f.protos},
		{"field_ids", 0x50, fieldIDSize, &f.fields},
		{"method_ids", 0x58, methodIDSize, &f.methods},
		{"class_defs", 0x60, classDefSize, &f.classes},
	} {
		count, off := u32(h[t.at:]), u32(h[t.at+4:])
		if *t.table, err = f.table(count, off, t.entry); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, t.what, err)
		}
	}
	f.readMap(u32(h[0x34:]))
	f.checkTables()
	f.layOutMembers()
	return f, nil
}

// readVersion accepts the magics "dex\n035\0" to "dex\n041\0".
func readVersion(h []byte) (int, error) {
	magic := string(h[:8])
	switch {
	case magic[:4] == "dey\n":
		return 0, fmt.Errorf("magic %q: optimised DEX (odex) is not read", magic)
	case magic[:4] == "cdex":
		return 0, fmt.Errorf("magic %q: compact DEX is not read", magic)
	case magic[:4] != "dex\n":
		return 0, fmt.Errorf("magic %q is not that of a DEX file", magic)
	case magic[7] != 0 || magic[4:6] < "03" || magic[4:7] < "035" || magic[4:7] > "041" || magic[6] < '0' || magic[6] > '9':
		return 0, fmt.Errorf("magic %q: versions 035 to 041 are read", magic)
	}
	return int(magic[5]-'0')*10 + int(magic[6]-'0'), nil
}

// checkHeader compares the header's statements about the file as a whole with the
// bytes there. Only a container's must be right, because they say where the next
// file begins.
func (f *File) checkHeader(h []byte) error {
	claimed, want := u32(h[0x20:]), uint32(headerSize)
	if f.version >= containerVersion {
		want = headerSizeV41
		if len(h) < headerSizeV41 {
			return fmt.Errorf("%s: header at 0x%x: %d bytes where version 041 needs %d", f.name, f.base, len(h), headerSizeV41)
		}
		if claimed < headerSizeV41 {
			return fmt.Errorf("%s: header at 0x%x: a file size of %d leaves no room for the header", f.name, f.base, claimed)
		}
		f.size = min(len(h), int(claimed))
		if c := u32(h[0x70:]); int64(c) != int64(len(f.data)) {
			f.problem("header", "container size %d, but there are %d bytes", c, len(f.data))
		}
		if o := u32(h[0x74:]); o != f.base {
			f.problem("header", "header offset 0x%x, but it stands at 0x%x", o, f.base)
		}
	}
	if int64(claimed) > int64(len(h)) || f.version < containerVersion && int64(claimed) != int64(len(h)) {
		f.problem("header", "file size %d, but there are %d bytes", claimed, len(h))
	}
	if got := u32(h[0x24:]); got != want {
		f.problem("header", "header size 0x%x instead of 0x%x", got, want)
	}
	if !f.checksumMatches(h) {
		f.problem("header", "checksum 0x%08x does not match the content", u32(h[8:]))
	}
	return nil
}

// checksumMatches looks at the Adler-32 sum of what follows it. For a container it
// is satisfied with the sum over this file or over all that follows in the
// container, since tools differ.
func (f *File) checksumMatches(h []byte) bool {
	claimed := u32(h[8:])
	if adler32.Checksum(h[12:f.size]) == claimed {
		return true
	}
	return f.version >= containerVersion && f.size < len(h) && adler32.Checksum(h[12:]) == claimed
}

// SignatureMatches reports whether the SHA-1 in the header is that of the content.
// Android never looks at it and it costs as much as reading the code, so Parse
// does not either; a mismatch says that the file was changed after it was built.
func (f *File) SignatureMatches() bool {
	h := f.data[f.base:]
	claimed := [sha1.Size]byte(h[12:32])
	if sha1.Sum(h[32:f.size]) == claimed {
		return true
	}
	return f.version >= containerVersion && f.size < len(h) && sha1.Sum(h[32:]) == claimed
}

// table cuts count entries out of the data.
func (f *File) table(count, off uint32, entry uint64) ([]byte, error) {
	if count == 0 {
		return nil, nil
	}
	end := uint64(off) + uint64(count)*entry
	if end > uint64(len(f.data)) {
		return nil, fmt.Errorf("%d entries at 0x%x end at 0x%x, but there are 0x%x bytes", count, off, end, len(f.data))
	}
	return f.data[off:end:end], nil
}

// readMap takes the two tables that only the map knows.
func (f *File) readMap(off uint32) {
	if uint64(off)+4 > uint64(len(f.data)) || off == 0 {
		f.problem("map", "offset 0x%x lies outside the file", off)
		return
	}
	items, err := f.table(u32(f.data[off:]), off+4, mapItemSize)
	if err != nil {
		f.problem("map", "%v", err)
		return
	}
	for ; len(items) > 0; items = items[mapItemSize:] {
		count, at := u32(items[4:]), u32(items[8:])
		switch u16(items) {
		case mapCallSites:
			f.callSites, err = f.table(count, at, callSiteIDSize)
		case mapMethodHandles:
			f.handles, err = f.table(count, at, methodHandleSize)
		}
		if err != nil {
			f.problem("map", "item 0x%x: %v", u16(items), err)
			return
		}
	}
}
