// Package apktest builds small files for tests, honest and hostile: archives,
// binary XML, resource tables and DEX. Every builder writes down the lies it is
// told. Only _test.go files import it.
//
// It reads nothing, checks nothing and is no writer for real apps.
package apktest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/flate"
)

// File is one entry of an archive that ZIP builds. The zero values make an
// honest, stored entry; everything else is a lie that the builder writes down
// faithfully.
type File struct {
	Name string
	Data []byte
	// Method is what both headers say: 0 stores, 8 deflates, and anything
	// else is bogus. Bogus data is deflated if Deflated is set.
	Method   uint16
	Deflated bool
	Body     []byte // the packed bytes, in place of what Data is packed to
	Flags    uint16 // general purpose bits: 1 encryption, 8 data descriptor
	// CRC, Size and Packed replace the true checksum and sizes where not nil.
	CRC, Size, Packed *uint32
	// Offset replaces the offset of the local header.
	Offset *uint32
	Extra  []byte // extra field, in both headers
	// Local replaces the name in the local header where it is not empty.
	Local string
	// NoBody leaves out local header and data, for an entry whose Offset is that of
	// another.
	NoBody bool
}

// Archive says what is odd about an archive as a whole.
type Archive struct {
	Prefix      []byte  // before the first header; offsets count it unless Shifted
	Shifted     bool    // offsets as if Prefix were not there
	Block       []byte  // between files and directory, where signing blocks stand
	Suffix      []byte  // behind the end record
	NoDirectory bool    // neither directory nor end record
	Records     *uint16 // claimed number of entries
	End64       bool    // the end record in its 64-bit form, beside the short one
	Claims64    *End64  // what that claims, where it is not true
}

// End64 is what the 64-bit end record says of the directory.
type End64 struct {
	Records, Size, Offset uint64
}

// U32 and U16 are pointers to v, for the fields that replace a true value.
func U32(v uint32) *uint32 { return &v }

// U16 is U32 for 16 bits.
func U16(v uint16) *uint16 { return &v }

// ZIP builds an honest archive.
func ZIP(files ...File) []byte { return Archive{}.ZIP(files...) }

// ZIP builds the archive.
func (a Archive) ZIP(files ...File) []byte {
	var out, dir bytes.Buffer
	out.Write(a.Prefix)
	shift := uint32(0)
	if a.Shifted {
		shift = uint32(len(a.Prefix))
	}
	var packed []byte
	for i, f := range files {
		// A bomb has thousands of entries of the same large data.
		if same := i > 0 && f.NoBody && len(f.Data) > 0 && &f.Data[0] == &files[i-1].Data[0]; !same {
			packed = f.Data
			if f.Method == 8 || f.Deflated {
				packed = deflate(f.Data)
			}
			if f.Body != nil {
				packed = f.Body
			}
		}
		crc, size, n := crc32.ChecksumIEEE(f.Data), uint32(len(f.Data)), uint32(len(packed))
		replace(&crc, f.CRC)
		replace(&size, f.Size)
		replace(&n, f.Packed)
		at := uint32(out.Len()) - shift
		replace(&at, f.Offset)
		if !f.NoBody {
			out.Write(f.body(crc, n, size, packed))
		}
		central := header("PK\x01\x02\x14\x00", 20, f.Flags, f.Method)
		central = sizes(central, crc, n, size)
		central = binary.LittleEndian.AppendUint16(central, uint16(len(f.Name)))
		central = binary.LittleEndian.AppendUint16(central, uint16(len(f.Extra)))
		central = append(central, make([]byte, 10)...)
		central = binary.LittleEndian.AppendUint32(central, at)
		dir.Write(central)
		dir.WriteString(f.Name)
		dir.Write(f.Extra)
	}
	if a.NoDirectory {
		return out.Bytes()
	}
	out.Write(a.Block)
	records := uint16(len(files))
	if a.Records != nil {
		records = *a.Records
	}
	offset := uint32(out.Len()) - shift
	out.Write(dir.Bytes())
	if a.End64 || a.Claims64 != nil {
		out.Write(a.end64(uint64(out.Len()), End64{uint64(len(files)), uint64(dir.Len()), uint64(offset)}))
		if len(files) > 0xffff {
			records = 0xffff
		}
	}
	end := []byte("PK\x05\x06\x00\x00\x00\x00")
	end = binary.LittleEndian.AppendUint16(end, records)
	end = binary.LittleEndian.AppendUint16(end, records)
	end = binary.LittleEndian.AppendUint32(end, uint32(dir.Len()))
	end = binary.LittleEndian.AppendUint32(end, offset)
	end = append(end, 0, 0)
	out.Write(end)
	out.Write(a.Suffix)
	return out.Bytes()
}

// body is the local header with the data behind it.
func (f File) body(crc, n, size uint32, packed []byte) []byte {
	b := header("PK\x03\x04", 20, f.Flags, f.Method)
	if f.Flags&8 != 0 {
		b = append(b, make([]byte, 12)...)
	} else {
		b = sizes(b, crc, n, size)
	}
	name := f.Name
	if f.Local != "" {
		name = f.Local
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(f.Extra)))
	b = append(append(append(b, name...), f.Extra...), packed...)
	if f.Flags&8 != 0 {
		b = append(b, sizes([]byte("PK\x07\x08"), crc, n, size)...)
	}
	return b
}

// end64 is the 64-bit end record, which will stand at at, with its locator.
func (a Archive) end64(at uint64, e End64) []byte {
	if a.Claims64 != nil {
		e = *a.Claims64
	}
	le := binary.LittleEndian
	b := le.AppendUint64([]byte("PK\x06\x06"), 44)
	b = append(b, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{e.Records, e.Records, e.Size, e.Offset} {
		b = le.AppendUint64(b, v)
	}
	b = le.AppendUint64(append(b, "PK\x06\x07\x00\x00\x00\x00"...), at)
	return le.AppendUint32(b, 1)
}

func replace(v *uint32, by *uint32) {
	if by != nil {
		*v = *by
	}
}

func header(sig string, version, flags, method uint16) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(sig), version)
	b = binary.LittleEndian.AppendUint16(b, flags)
	b = binary.LittleEndian.AppendUint16(b, method)
	return append(b, 0, 0, 0x21, 0) // 1980-01-01
}

func sizes(b []byte, crc, packed, size uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, crc)
	b = binary.LittleEndian.AppendUint32(b, packed)
	return binary.LittleEndian.AppendUint32(b, size)
}

func deflate(data []byte) []byte { return deflated(data, (*flate.Writer).Close) }

// deflateBlock is deflate without an end: more may follow.
func deflateBlock(data []byte) []byte { return deflated(data, (*flate.Writer).Flush) }

func deflated(data []byte, end func(*flate.Writer) error) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = end(w)
	}
	if err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	return b.Bytes()
}
