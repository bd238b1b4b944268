package native

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// MaxSegments is how many program headers are read; real libraries have about
// ten.
const MaxSegments = 256

// MinText is the shortest text in bytes: a JNI method name such as "get", a
// signature such as "()I".
const MinText = 3

// ErrNotELF says that the bytes do not begin as an ELF file.
var ErrNotELF = errors.New("not an ELF file")

// Library is an ELF file, open for reading its texts.
type Library struct {
	data    []byte
	mapped  []span // sorted, not overlapping, inside data
	Machine string // instruction set as debug/elf names it, such as EM_AARCH64
	// Problems are headers that do not fit the file: what they speak of was not
	// read.
	Problems []string
}

// span is a range of file offsets.
type span struct{ from, to int }

// Sizes of the headers, in bytes, and where their fields stand.
const (
	header32, header64 = 52, 64
	entry32, entry64   = 32, 56
	extendedNumber     = 0xffff // e_phnum where the number does not fit; no library has as many
)

// Open reads the header and the program headers of data. It fails where data is no
// ELF file (ErrNotELF) or nothing in it is mapped; whatever else is wrong is told
// in Problems.
func Open(data []byte) (*Library, error) {
	if len(data) < header32 || !bytes.HasPrefix(data, []byte(elf.ELFMAG)) {
		return nil, ErrNotELF
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(data[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	l := &Library{data: data, Machine: elf.Machine(order.Uint16(data[18:])).String()}
	var table, size, number uint64
	wide := elf.Class(data[elf.EI_CLASS]) == elf.ELFCLASS64
	switch {
	case wide && len(data) < header64:
		return nil, fmt.Errorf("%d bytes, but the header needs %d", len(data), header64)
	case wide:
		table, size, number = order.Uint64(data[32:]), uint64(order.Uint16(data[54:])), uint64(order.Uint16(data[56:]))
	default:
		table, size, number = uint64(order.Uint32(data[28:])), uint64(order.Uint16(data[42:])), uint64(order.Uint16(data[44:]))
	}
	least := uint64(entry32)
	if wide {
		least = entry64
	}
	if size < least {
		return nil, fmt.Errorf("program headers of %d bytes, they need %d", size, least)
	}
	if number == extendedNumber || number > MaxSegments {
		l.problem("%d program headers, only %d are read", number, MaxSegments)
		number = MaxSegments
	}
	for i := range number {
		at := table + i*size
		if table > uint64(len(data)) || at+least > uint64(len(data)) {
			l.problem("program header %d at 0x%x lies outside the file", i, at)
			break
		}
		l.segment(data[at:at+least], order, wide)
	}
	if l.mapped = merge(l.mapped); len(l.mapped) == 0 {
		return nil, errors.New("no program header maps any part of the file")
	}
	return l, nil
}

// segment notes the part of the file that one program header maps.
func (l *Library) segment(h []byte, order binary.ByteOrder, wide bool) {
	if elf.ProgType(order.Uint32(h)) != elf.PT_LOAD {
		return
	}
	from, size := uint64(order.Uint32(h[4:])), uint64(order.Uint32(h[16:]))
	if wide {
		from, size = order.Uint64(h[8:]), order.Uint64(h[32:])
	}
	all := uint64(len(l.data))
	if from > all || size > all-from {
		l.problem("a segment of 0x%x bytes at 0x%x does not fit into 0x%x bytes", size, from, all)
		from = min(from, all)
		size = min(size, all-from)
	}
	if size > 0 {
		l.mapped = append(l.mapped, span{int(from), int(from + size)})
	}
}

func (l *Library) problem(format string, args ...any) {
	if len(l.Problems) < MaxSegments {
		l.Problems = append(l.Problems, fmt.Sprintf(format, args...))
	}
}

// merge sorts ranges and joins those that overlap or touch, so that no byte is read
// twice however many segments map it.
func merge(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Texts calls visit for every text, in the order of the file, with its offset in
// bytes, until visit returns false. A text is a whole run between two zero bytes, or the ends of a mapped
// part, of at least MinText bytes, all of them printable ASCII, tab or line end. It
// aliases the bytes given to Open. One pass over the file, no allocation.
func (l *Library) Texts(visit func(text []byte, offset int) bool) {
	for _, s := range l.mapped {
		b := l.data[:s.to]
		for at := s.from; at < len(b); {
			if b[at] == 0 { // zeros mostly stand in rows
				at++
				continue
			}
			end := at
			for end < len(b) && isTextByte(b[end]) {
				end++
			}
			if end < len(b) && b[end] != 0 {
				n := bytes.IndexByte(b[end:], 0)
				if n < 0 {
					break
				}
				at = end + n + 1
				continue
			}
			if end-at >= MinText && !visit(b[at:end:end], at) {
				return
			}
			at = end + 1
		}
	}
}

func isTextByte(c byte) bool { return c >= ' ' && c <= '~' || c == '\n' || c == '\t' || c == '\r' }
