package apktest

import (
	"debug/elf"
	"encoding/binary"
)

// ELF is a native library in the making: a header, program headers and the bytes
// behind them, which begin at ELFData. It has no sections, as a stripped library.
// Everything that is set lies and is written down as it is.
type ELF struct {
	Narrow    bool // 32 bits
	BigEndian bool
	Data      []byte       // what stands behind the program headers
	Segments  []ELFSegment // nil for one that maps the whole file

	Table  *uint64 // replaces the offset of the program headers
	Size   *uint16 // replaces the size of one
	Number *uint16 // replaces their number
}

// ELFSegment is one program header.
type ELFSegment struct {
	Type   elf.ProgType
	Offset uint64
	Size   uint64 // in the file
}

// ELFData is where Data begins in a library with so many segments.
func (e ELF) ELFData() int {
	n := max(len(e.Segments), 1)
	if e.Narrow {
		return 52 + 32*n
	}
	return 64 + 56*n
}

// Bytes builds the library.
func (e ELF) Bytes() []byte {
	segments := e.Segments
	if segments == nil {
		segments = []ELFSegment{{Type: elf.PT_LOAD, Size: uint64(e.ELFData() + len(e.Data))}}
	}
	class, table, size, number, machine := elf.ELFCLASS64, uint64(64), uint16(56), uint16(len(segments)), elf.EM_AARCH64
	if e.Narrow {
		class, table, size, machine = elf.ELFCLASS32, 52, 32, elf.EM_ARM
	}
	var order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	} = binary.LittleEndian
	data := elf.ELFDATA2LSB
	if e.BigEndian {
		order, data = binary.BigEndian, elf.ELFDATA2MSB
	}
	if e.Table != nil {
		table = *e.Table
	}
	if e.Size != nil {
		size = *e.Size
	}
	if e.Number != nil {
		number = *e.Number
	}
	b := append([]byte(elf.ELFMAG), byte(class), byte(data), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	word := func(v uint64) {
		if e.Narrow {
			b = order.AppendUint32(b, uint32(v))
		} else {
			b = order.AppendUint64(b, v)
		}
	}
	b = order.AppendUint16(b, uint16(elf.ET_DYN))
	b = order.AppendUint16(b, uint16(machine))
	b = order.AppendUint32(b, 1)
	word(0) // entry point
	word(table)
	word(0) // section headers
	b = order.AppendUint32(b, 0)
	for _, v := range []uint16{0, size, number, 0, 0, 0} {
		b = order.AppendUint16(b, v)
	}
	for _, s := range segments {
		b = order.AppendUint32(b, uint32(s.Type))
		if !e.Narrow {
			b = order.AppendUint32(b, uint32(elf.PF_R))
		}
		word(s.Offset)
		word(s.Offset) // addresses
		word(s.Offset)
		word(s.Size)
		word(s.Size)
		if e.Narrow {
			b = order.AppendUint32(b, uint32(elf.PF_R))
		}
		word(4096)
	}
	return append(b, e.Data...)
}
