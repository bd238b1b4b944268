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
	Flags    uint16 // general purpose bits: 1 encryption, 8 data descriptor
	// CRC, Size and Packed replace the true checksum and sizes where not nil.
	CRC, Size, Packed *uint32
	// Offset replaces the offset of the local header.
	Offset *uint32
}

// Archive says what is odd about an archive as a whole.
type Archive struct {
	Prefix      []byte  // before the first header; offsets count it unless Shifted
	Shifted     bool    // offsets as if Prefix were not there
	Block       []byte  // between files and directory, where signing blocks stand
	Suffix      []byte  // behind the end record
	NoDirectory bool    // neither directory nor end record
	Records     *uint16 // claimed number of entries
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
	for _, f := range files {
		packed := f.Data
		if f.Method == 8 || f.Deflated {
			packed = deflate(f.Data)
		}
		crc, size, n := crc32.ChecksumIEEE(f.Data), uint32(len(f.Data)), uint32(len(packed))
		replace(&crc, f.CRC)
		replace(&size, f.Size)
		replace(&n, f.Packed)
		at := uint32(out.Len()) - shift
		replace(&at, f.Offset)
		local := header("PK\x03\x04", 20, f.Flags, f.Method)
		if f.Flags&8 != 0 {
			local = append(local, make([]byte, 12)...)
		} else {
			local = sizes(local, crc, n, size)
		}
		local = binary.LittleEndian.AppendUint16(local, uint16(len(f.Name)))
		local = binary.LittleEndian.AppendUint16(local, 0)
		out.Write(local)
		out.WriteString(f.Name)
		out.Write(packed)
		if f.Flags&8 != 0 {
			out.Write(sizes([]byte("PK\x07\x08"), crc, n, size))
		}
		central := header("PK\x01\x02\x14\x00", 20, f.Flags, f.Method)
		central = sizes(central, crc, n, size)
		central = binary.LittleEndian.AppendUint16(central, uint16(len(f.Name)))
		central = append(central, make([]byte, 12)...)
		central = binary.LittleEndian.AppendUint32(central, at)
		dir.Write(central)
		dir.WriteString(f.Name)
	}
	if a.NoDirectory {
		return out.Bytes()
	}
	out.Write(a.Block)
	records := uint16(len(files))
	if a.Records != nil {
		records = *a.Records
	}
	end := []byte("PK\x05\x06\x00\x00\x00\x00")
	end = binary.LittleEndian.AppendUint16(end, records)
	end = binary.LittleEndian.AppendUint16(end, records)
	end = binary.LittleEndian.AppendUint32(end, uint32(dir.Len()))
	end = binary.LittleEndian.AppendUint32(end, uint32(out.Len())-shift)
	end = append(end, 0, 0)
	out.Write(dir.Bytes())
	out.Write(end)
	out.Write(a.Suffix)
	return out.Bytes()
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

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	return b.Bytes()
}
