package apktest

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Quine is an archive whose first entry inflates to the whole archive, with others beside
// it: who opens what is inside what is inside comes to no end. Only the checksum of that
// entry is wrong. It is made after R. Cox, "Zip Files All The Way Down" (2010), with
// repetitions of other lengths. The name has 32 to 61 bytes.
func Quine(name string, others ...File) []byte {
	var body, whole []byte
	size := 0
	// The first round finds out how long the packed bytes are, the second what the
	// headers say then, and the third packs these.
	for range 3 {
		self := File{Name: name, Method: 8, Body: body, Size: U32(uint32(size))}
		whole = ZIP(append([]File{self}, others...)...)
		at := lenLocalHeader + len(name)
		prefix, suffix := whole[:at], whole[at+len(body):]
		body = quine(prefix, suffix)
		size = len(prefix) + len(body) + len(suffix)
		whole = bytes.Join([][]byte{prefix, body, suffix}, nil)
	}
	return whole
}

const lenLocalHeader = 30

// Bytes of the instructions that quine uses, and what they print. With these, each part of
// it prints what was written and not yet printed, and no more.
const (
	headerBytes = 5  // of stored bytes
	repeatA     = 9  // repeats prefix and header
	repeatB     = 7  // repeats four instructions
	printed     = 24 // by repeatB: repeatA + 3*headerBytes, and 2*repeatB + 2*headerBytes
)

// quine is the deflated bytes that inflate to prefix, themselves and suffix.
func quine(prefix, suffix []byte) []byte {
	stored := func(n int) []byte {
		b := binary.LittleEndian.AppendUint16([]byte{0}, uint16(n))
		return binary.LittleEndian.AppendUint16(b, ^uint16(n))
	}
	n := len(prefix) + headerBytes
	a := repeat(false, n, n)
	a = append(a, stored(0)...) // so that a whole number of bytes is read
	b := repeat(false, printed, 11, 10, 3)
	nothing := []byte{2, 0, 0, 0, 0xff, 0xff} // an empty block and one of no stored bytes
	last, tail := []byte(nil), len(suffix)
	for len(suffix)+len(last) != tail || last == nil {
		tail = len(suffix) + len(last)
		last = repeat(true, tail, matches(tail)...)
	}
	end := stored(tail)
	return bytes.Join([][]byte{
		stored(n), prefix, stored(n), a,
		stored(repeatA), a,
		stored(headerBytes), stored(repeatA),
		stored(printed), a, stored(headerBytes), stored(repeatA), stored(printed), b,
		stored(printed), b, stored(printed), b, stored(printed), b,
		stored(printed), b, nothing, nothing, end, b, nothing, nothing, end, last, suffix, last,
	}, nil)
}

// matches parts n bytes into lengths that one match can have.
func matches(n int) []int {
	const most, least = 258, 3
	var out []int
	for n > most+least {
		out = append(out, most)
		n -= most
	}
	if n > most {
		out = append(out, least)
		n -= least
	}
	return append(out, n)
}

// repeat is a block with the fixed code that prints bytes from so far back.
func repeat(final bool, back int, lengths ...int) []byte {
	w := &bitWriter{}
	w.low(1, map[bool]int{true: 1}[final])
	w.low(2, 1)
	for _, n := range lengths {
		// Codes of lengths from 257 on stand for 3, of distances from 0 on for 1; each
		// group of codes (4 and 2) stands for twice as many as the one before.
		code, extra, value := coded(n-3, 4)
		if n == 258 {
			code, extra = 28, 0
		}
		if code += 257; code < 280 {
			w.high(7, code-256)
		} else {
			w.high(8, code-280+0xc0)
		}
		w.low(extra, value)
		code, extra, value = coded(back-1, 2)
		w.high(5, code)
		w.low(extra, value)
	}
	w.high(7, 0)
	return w.out
}

// coded is the code of a number in deflate, with the bits behind it.
func coded(n, group int) (code, extra, value int) {
	extra = max(bits.Len(uint(n/group))-1, 0)
	return extra*group + n>>extra, extra, n & (1<<extra - 1)
}

// bitWriter writes as deflate does: into bytes from the lowest bit on.
type bitWriter struct {
	out []byte
	n   int
}

func (w *bitWriter) bit(b int) {
	if w.n%8 == 0 {
		w.out = append(w.out, 0)
	}
	w.out[w.n/8] |= byte(b&1) << (w.n % 8)
	w.n++
}

// low writes a number, its lowest bit first.
func (w *bitWriter) low(n, v int) {
	for i := range n {
		w.bit(v >> i)
	}
}

// high writes a code, its highest bit first.
func (w *bitWriter) high(n, v int) {
	for i := n - 1; i >= 0; i-- {
		w.bit(v >> i)
	}
}
