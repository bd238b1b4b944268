package apk

import (
	"encoding/binary"
	"fmt"
	"sort"
	"unicode/utf16"

	"apkaudit/internal/bounded"
)

const (
	poolHeader  = 28
	poolSorted  = 1 << 0
	poolUTF8    = 1 << 8
	chunkHeader = 8
	noIndex     = 0xffffffff
)

// stringPool reads a string pool chunk in place. Every access is checked
// against the bytes that are there.
type stringPool struct {
	chunk   []byte
	utf8    bool
	count   int
	offsets []byte // count 32-bit offsets into text
	text    []byte
	oddity  string // what a strict reader would stumble over, "" if nothing
}

// parsePool takes a chunk that starts with its header and ends with its size.
func parsePool(chunk []byte) (stringPool, error) {
	p := stringPool{chunk: chunk}
	if len(chunk) < poolHeader {
		return p, fmt.Errorf("string pool of %d bytes", len(chunk))
	}
	le := binary.LittleEndian
	claimed, flags, start := le.Uint32(chunk[8:]), le.Uint32(chunk[16:]), le.Uint32(chunk[20:])
	p.utf8 = flags&poolUTF8 != 0
	if flags&^(poolUTF8|poolSorted) != 0 {
		p.oddity = fmt.Sprintf("string pool has unknown flags 0x%x", flags)
	}
	hs := int(le.Uint16(chunk[2:]))
	if hs != poolHeader {
		p.oddity = fmt.Sprintf("string pool header of %d bytes", hs)
		if hs < poolHeader || hs > len(chunk) {
			hs = poolHeader
		}
	}
	p.count = int(min(int64(claimed), int64(len(chunk)-hs)/4))
	if int64(p.count) < int64(claimed) {
		p.oddity = fmt.Sprintf("string pool claims %d strings, its chunk has room for %d", claimed, p.count)
	}
	p.offsets = chunk[hs : hs+4*p.count]
	if int64(start) <= int64(len(chunk)) {
		p.text = chunk[start:]
	} else if p.count > 0 {
		p.oddity = "string pool points outside its chunk"
	}
	if p.oddity == "" && int(start) < hs+4*p.count && p.count > 0 {
		p.oddity = "string pool's text overlaps its index"
	}
	return p, nil
}

func (p *stringPool) offset(i int) uint32 { return binary.LittleEndian.Uint32(p.offsets[4*i:]) }

// span returns the bytes of string i and where its terminator starts.
func (p *stringPool) span(i int, asUTF8 bool) (body []byte, end int, ok bool) {
	if i < 0 || i >= p.count {
		return nil, 0, false
	}
	off := p.offset(i)
	if int64(off) >= int64(len(p.text)) {
		return nil, 0, false
	}
	at, n := int(off), 0
	if asUTF8 {
		if _, at, ok = length8(p.text, at); !ok {
			return nil, 0, false
		}
		if n, at, ok = length8(p.text, at); !ok {
			return nil, 0, false
		}
	} else {
		if n, at, ok = length16(p.text, at); !ok || n > len(p.text) {
			return nil, 0, false
		}
		n *= 2
	}
	if n > len(p.text)-at {
		return nil, 0, false
	}
	return p.text[at : at+n], at + n, true
}

func length8(b []byte, at int) (n, next int, ok bool) {
	if at >= len(b) {
		return 0, 0, false
	}
	if b[at]&0x80 == 0 {
		return int(b[at]), at + 1, true
	}
	if at+1 >= len(b) {
		return 0, 0, false
	}
	return int(b[at]&0x7f)<<8 | int(b[at+1]), at + 2, true
}

func length16(b []byte, at int) (n, next int, ok bool) {
	if at+2 > len(b) {
		return 0, 0, false
	}
	hi := int(binary.LittleEndian.Uint16(b[at:]))
	if hi&0x8000 == 0 {
		return hi, at + 2, true
	}
	if at+4 > len(b) {
		return 0, 0, false
	}
	return hi&0x7fff<<16 | int(binary.LittleEndian.Uint16(b[at+2:])), at + 4, true
}

// get decodes string i, at most max bytes of it.
func (p *stringPool) get(i, max int) (string, bool) {
	body, _, ok := p.span(i, p.utf8)
	if !ok {
		return "", false
	}
	if p.utf8 {
		return clip(string(body[:min(len(body), max+4)]), max), true
	}
	n := min(len(body)/2, max)
	units := make([]uint16, n)
	for k := range units {
		units[k] = binary.LittleEndian.Uint16(body[2*k:])
	}
	return clip(string(utf16.Decode(units)), max), true
}

// size is the encoded length of string i in bytes.
func (p *stringPool) size(i uint32) int {
	if int64(i) >= int64(p.count) {
		return 0
	}
	body, _, _ := p.span(int(i), p.utf8)
	return len(body)
}

// terminated tells whether string i reads well in an encoding: inside the
// chunk, with its terminator where the length says.
func (p *stringPool) terminated(i int, asUTF8 bool) bool {
	_, end, ok := p.span(i, asUTF8)
	if !ok || end >= len(p.text) || p.text[end] != 0 {
		return false
	}
	return asUTF8 || end+1 < len(p.text) && p.text[end+1] == 0
}

// flipped tells whether the strings are in the other encoding than the flag
// says: fewer than half read well as declared and nine of ten the other way.
func (p *stringPool) flipped() bool {
	const sample = 256
	n := min(p.count, sample)
	declared, other := 0, 0
	for i := 0; i < n; i++ {
		if p.terminated(i, p.utf8) {
			declared++
		}
		if p.terminated(i, !p.utf8) {
			other++
		}
	}
	return n > 0 && declared*2 < n && other*10 >= n*9
}

// overlaps tells whether strings share bytes other than by being the same
// string. Android allows it; apkparser reads a pool front to back and would
// lose the second.
func (p *stringPool) overlaps() bool {
	order := make([]uint32, p.count)
	sorted := true
	for i := range order {
		order[i] = p.offset(i)
		sorted = sorted && (i == 0 || order[i] >= order[i-1])
	}
	ends := func(i int) (int, bool) {
		_, end, ok := p.span(i, p.utf8)
		return end, ok
	}
	if !sorted {
		idx := make([]int, p.count)
		for i := range idx {
			idx[i] = i
		}
		sort.Slice(idx, func(a, b int) bool { return order[idx[a]] < order[idx[b]] })
		for k := 1; k < len(idx); k++ {
			if end, ok := ends(idx[k-1]); ok && order[idx[k]] != order[idx[k-1]] && int64(order[idx[k]]) < int64(end) {
				return true
			}
		}
		return false
	}
	for i := 1; i < p.count; i++ {
		if end, ok := ends(i - 1); ok && order[i] != order[i-1] && int64(order[i]) < int64(end) {
			return true
		}
	}
	return false
}

// rebuild writes the pool anew, every string at its own place; replace holds
// strings to put in by index.
func (p *stringPool) rebuild(replace map[uint32]string) ([]byte, error) {
	var b poolBuilder
	at := map[uint32]int{} // source offset -> number in b
	for i := 0; i < p.count; i++ {
		if s, ok := replace[uint32(i)]; ok {
			b.refs = append(b.refs, b.add(s))
			continue
		}
		off := p.offset(i)
		n, ok := at[off]
		if !ok {
			s, _ := p.get(i, maxPoolBytes)
			if b.bytes+2*len(s) > maxPoolBytes {
				return nil, &bounded.LimitError{Limit: "max-pool-bytes", Value: maxPoolBytes, What: "string pool"}
			}
			n = b.add(s)
			at[off] = n
		}
		b.refs = append(b.refs, n)
	}
	return b.chunk(), nil
}

// poolBuilder writes a UTF-16 string pool; UTF-8 pools cannot hold strings of
// more than 32,767 bytes.
type poolBuilder struct {
	texts [][]uint16
	refs  []int // string index -> text
	bytes int
}

func (b *poolBuilder) add(s string) int {
	u := utf16.Encode([]rune(s))
	b.texts = append(b.texts, u)
	b.bytes += 2*len(u) + 6
	return len(b.texts) - 1
}

func (b *poolBuilder) chunk() []byte {
	le := binary.LittleEndian
	starts := make([]int, len(b.texts))
	text := make([]byte, 0, b.bytes+4)
	for i, u := range b.texts {
		starts[i] = len(text)
		if len(u) > 0x7fff {
			text = le.AppendUint16(text, uint16(len(u)>>16)|0x8000)
		}
		text = le.AppendUint16(text, uint16(len(u)))
		for _, c := range u {
			text = le.AppendUint16(text, c)
		}
		text = le.AppendUint16(text, 0)
	}
	for len(text)%4 != 0 {
		text = append(text, 0)
	}
	start := poolHeader + 4*len(b.refs)
	out := make([]byte, 0, start+len(text))
	out = le.AppendUint16(out, 0x0001)
	out = le.AppendUint16(out, poolHeader)
	out = le.AppendUint32(out, uint32(start+len(text)))
	out = le.AppendUint32(out, uint32(len(b.refs)))
	out = le.AppendUint32(out, 0)
	out = le.AppendUint32(out, 0)
	out = le.AppendUint32(out, uint32(start))
	out = le.AppendUint32(out, 0)
	for _, r := range b.refs {
		out = le.AppendUint32(out, uint32(starts[r]))
	}
	return append(out, text...)
}
