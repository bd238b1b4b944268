package policy

import (
	"slices"
	"unicode/utf8"

	"apkaudit/internal/rules"
)

// folded is a text as terms are compared (rules.FoldRune), with the way back:
// rune i of the fold begins at byte pos[i] of the text. Line breaks are dropped
// like blanks, so that a term broken over two lines is still found.
type folded struct {
	text  string
	runes []rune
	pos   []int32 // byte offset in text of each rune
	inner []bool  // the rune goes on with the Latin word or number of the rune before
}

// foldText folds a whole text.
func foldText(text string) folded {
	return folded{}.fill(text, runeCount(text))
}

// shortText is room on the stack for the fold of a short text, a name or a heading,
// and for what is found in it: thousands of them are looked at in a document.
type shortText struct {
	runes [shortRunes]rune
	pos   [shortRunes]int32
	inner [shortRunes]bool
	hits  [8]hit
}

const shortRunes = 40

// fold folds a text. The result holds until the next call.
func (t *shortText) fold(text string) folded {
	return folded{runes: t.runes[:0], pos: t.pos[:0], inner: t.inner[:0]}.fill(text, runeCount(text))
}

// find finds the terms of m in the fold. The result holds until the next call.
func (t *shortText) find(m *matcher, f *folded) []hit { return m.findInto(t.hits[:0], f) }

// fill folds a text of n characters into the memory that f has. It returns the
// fold, where storing it would move that memory to the heap.
func (f folded) fill(text string, n int) folded {
	runes, pos, inner := slices.Grow(f.runes[:0], n)[:n], slices.Grow(f.pos[:0], n)[:n], slices.Grow(f.inner[:0], n)[:n]
	k := 0
	word := -1 // where the word in which the text stands goes on; -1 outside words
	for i := 0; i < len(text) && k < n; {
		r, w := rune(text[i]), 1
		switch {
		case r < utf8.RuneSelf:
			folded, keep := rules.FoldRune(r)
			if !keep || folded == '\n' {
				i++
				continue
			}
			r = folded
		case 0xE4 <= r && r <= 0xE9 && i+2 < len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80:
			r, w = (r&0x0F)<<12|rune(text[i+1]&0x3F)<<6|rune(text[i+2]&0x3F), 3
			if r >= hanFirst {
				if rules.Traditional(r) {
					r = rules.FoldHan(r)
				}
				break
			}
			fallthrough
		default:
			r, w = utf8.DecodeRuneInString(text[i:])
			folded, keep := rules.FoldRune(r)
			if !keep || folded == '\n' {
				i += w
				continue
			}
			r = folded
		}
		runes[k], pos[k], inner[k] = r, int32(i), false
		if isWord(r) {
			inner[k] = word == i
			word = i + w
		}
		i += w
		k++
	}
	return folded{text: text, runes: runes[:k], pos: pos[:k], inner: inner[:k]}
}

// index returns the first rune at or behind a byte offset. near is a guess; a
// good one, a little before the answer, spares most of the search.
func (f *folded) index(offset, near int) int {
	at := int32(offset)
	if near >= len(f.pos) || f.pos[near] > at {
		near = 0
	}
	step := 32
	for near+step < len(f.pos) && f.pos[near+step] < at {
		near += step
		step *= 2
	}
	return near + firstFrom(f.pos[near:min(near+step+1, len(f.pos))], at)
}

// firstFrom is the index of the first of ascending offsets that is at or behind
// one, or their number.
func firstFrom(pos []int32, at int32) int {
	low, high := 0, len(pos)
	for low < high {
		if mid := int(uint(low+high) >> 1); pos[mid] < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// viewFrom is the part of a fold that stands in s, which begins at rune i. It shares
// memory with f.
func (f *folded) viewFrom(i int, s span) folded {
	// A fold has no more runes than the text has bytes, and few less than a
	// third of them: the end is near.
	rest := f.pos[i:min(len(f.pos), i+max(0, s.end-s.start)+1)]
	return f.part(i, i+firstFrom(rest, int32(s.end)))
}

// part is the part of a fold between two of its runes.
func (f *folded) part(i, j int) folded {
	return folded{text: f.text, runes: f.runes[i:j], pos: f.pos[i:j], inner: f.inner[i:j]}
}

// start and end give the byte range of fold[i:j] in the text.
func (f *folded) start(i int) int { return int(f.pos[i]) }
func (f *folded) end(j int) int {
	at := int(f.pos[j-1])
	if f.text[at] < utf8.RuneSelf {
		return at + 1
	}
	_, n := wideAt(f.text, at)
	return at + n
}

// matcher finds terms in folded text, longest first. It is a trie over runes
// with a sieve before it: most places of a text are ruled out by the two runes
// that stand there. Chinese needs no segmentation for this. Nothing in it is a
// pointer, so that it costs the garbage collector nothing.
type matcher struct {
	sieve [sieveWords]uint64 // by the hash of a first rune: the hashes of second runes, all of them for a term of one rune
	nodes []node             // nodes[0] stands before the first rune
	ways  []way              // ways on that do not stand in a node: hashed, to is 0 in an empty place
	used  int                // places taken in ways
	pairs []start            // the nodes behind the first two runes, hashed: to is 0 in an empty place
	begun int                // places taken in pairs
}

// start leads from before the first rune over two runes.
type start struct {
	a, b rune
	to   int32
}

// node is a place in the trie. Most have one way on, which stands in the node
// itself.
type node struct {
	value int32 // index of the term's value, or -1
	r     rune  // the first way on leads over r to a node
	to    int32 // 0 where there is none, as no way leads to nodes[0]
	// more has a bit (wayBit) for each of the others: most questions end at it
	// instead of in the table of ways, which no cache holds.
	more uint32
}

// wayBit is the bit in node.more of a way over r.
func wayBit(r rune) uint32 { return 1 << (runeHash(r) >> 27) }

// way leads from a node over a rune to another node.
type way struct {
	from int32
	r    rune
	to   int32
}

// sieveWords is the size of the sieve: 16 KiB, half of what a processor holds
// closest.
const (
	sieveLog   = 11
	sieveWords = 1 << sieveLog
)

func runeHash(r rune) uint32 { return uint32(r) * 0x9E3779B1 }

// sieved are the second runes that may follow a first one, by their bits.
func (m *matcher) sieved(first uint32) *uint64 { return &m.sieve[first>>(32-sieveLog)] }

func sieveBit(second uint32) uint64 { return 1 << (second >> 15 & 63) }

// single tells whether a term of one rune may be r.
func (m *matcher) single(r rune) bool { return *m.sieved(runeHash(r)) == 1<<64-1 }

func newMatcher() *matcher {
	return &matcher{nodes: []node{{value: -1}}, ways: make([]way, 16), pairs: make([]start, 16)}
}

// first returns the node of the terms that begin with r, or -1.
func (m *matcher) first(r rune) int32 {
	if to := m.place(0, r).to; to > 0 {
		return to
	}
	return -1
}

// next returns the node that follows one over r, or -1.
func (m *matcher) next(at int32, r rune) int32 {
	n := &m.nodes[at]
	if n.r == r && n.to > 0 {
		return n.to
	}
	if n.more&wayBit(r) != 0 {
		if to := m.place(at, r).to; to > 0 {
			return to
		}
	}
	return -1
}

// place is where the way from a node over r stands, or where it would be. There
// always is an empty place.
func (m *matcher) place(from int32, r rune) *way {
	mask := uint32(len(m.ways) - 1)
	for h := (uint32(from)*0x85EBCA6B + uint32(r)) * 0x9E3779B1 >> 12; ; h++ {
		if w := &m.ways[h&mask]; w.to == 0 || w.from == from && w.r == r {
			return w
		}
	}
}

// startAt is where the start over two runes stands, or where it would be.
func (m *matcher) startAt(a, b rune) *start {
	mask := uint32(len(m.pairs) - 1)
	for h := (uint32(a)*0x85EBCA6B + uint32(b)) * 0x9E3779B1 >> 12; ; h++ {
		if s := &m.pairs[h&mask]; s.to == 0 || s.a == a && s.b == b {
			return s
		}
	}
}

// addStart enters the first two runes of a term.
func (m *matcher) addStart(a, b rune, to int32) {
	if m.startAt(a, b).to > 0 {
		return
	}
	if m.begun++; m.begun*2 > len(m.pairs) {
		old := m.pairs
		m.pairs = make([]start, 4*len(old))
		for _, s := range old {
			if s.to > 0 {
				*m.startAt(s.a, s.b) = s
			}
		}
	}
	*m.startAt(a, b) = start{a, b, to}
}

// lead returns the node that follows one over r, and makes it where there is
// none.
func (m *matcher) lead(at int32, r rune) int32 {
	if to := m.next(at, r); to > 0 {
		return to
	}
	to := int32(len(m.nodes))
	if len(m.nodes) == cap(m.nodes) { // twice as many: append would copy them more often
		m.nodes = slices.Grow(m.nodes, len(m.nodes))
	}
	m.nodes = append(m.nodes, node{value: -1})
	n := &m.nodes[at]
	if n.to == 0 && at > 0 {
		n.r, n.to = r, to
		return to
	}
	n.more |= wayBit(r)
	if m.used++; m.used*2 > len(m.ways) {
		old := m.ways
		m.ways = make([]way, 4*len(old))
		for _, w := range old {
			if w.to > 0 {
				*m.place(w.from, w.r) = w
			}
		}
	}
	*m.place(at, r) = way{at, r, to}
	return to
}

// add enters a term; of two equal terms the first stays.
func (m *matcher) add(term string, value int32) {
	var buf [64]rune
	runes := buf[:0]
	for _, c := range term {
		if k, keep := rules.FoldRune(c); keep {
			runes = append(runes, k)
		}
	}
	if len(runes) == 0 {
		return
	}
	sieved := m.sieved(runeHash(runes[0]))
	if len(runes) == 1 {
		*sieved = 1<<64 - 1
	} else {
		*sieved |= sieveBit(runeHash(runes[1]))
	}
	at := int32(0)
	for i, r := range runes {
		if at = m.lead(at, r); i == 1 {
			m.addStart(runes[0], r, at)
		}
	}
	if m.nodes[at].value < 0 {
		m.nodes[at].value = value
	}
}

// hit is one term found: its value and its place in the text (bytes) and in
// the fold.
type hit struct {
	value      int32
	start, end int
	from, to   int // indices into the fold
}

// find returns the leftmost longest hits, not overlapping.
func (m *matcher) find(f *folded) []hit { return m.findInto(nil, f) }

// findInto appends the hits to out.
func (m *matcher) findInto(out []hit, f *folded) []hit {
	for i := m.begin(f, 0); i < len(f.runes); {
		v, n := m.longest(f, i)
		if n == 0 {
			i = m.begin(f, i+1)
			continue
		}
		out = append(out, hit{v, f.start(i), f.end(i + n), i, i + n})
		i = m.begin(f, i+n)
	}
	return out
}

// begin returns the next place from i on where a term may begin, or the length
// of the fold.
func (m *matcher) begin(f *folded, i int) int {
	if i >= len(f.runes) {
		return len(f.runes)
	}
	first := runeHash(f.runes[i])
	for k, r := range f.runes[i+1:] {
		second := runeHash(r)
		if *m.sieved(first)&sieveBit(second) != 0 && f.wordStart(i+k) {
			return i + k
		}
		first = second
	}
	if last := len(f.runes) - 1; m.single(f.runes[last]) {
		return last
	}
	return len(f.runes)
}

// mayBegin is a quick look whether a text can begin with a term.
func (m *matcher) mayBegin(s string) bool {
	first := rune(-1)
	for _, c := range s {
		k, keep := rules.FoldRune(c)
		if !keep || k == '\n' {
			continue
		}
		if first >= 0 {
			return *m.sieved(runeHash(first))&sieveBit(runeHash(k)) != 0
		}
		first = k
	}
	return first >= 0 && m.single(first)
}

// longest returns the longest term that starts at i, as value and length in
// runes; length 0 means none.
func (m *matcher) longest(f *folded, i int) (value int32, length int) {
	if !f.wordStart(i) {
		return 0, 0
	}
	at, j := int32(0), i+2
	if i+1 < len(f.runes) && !m.single(f.runes[i]) {
		at = m.startAt(f.runes[i], f.runes[i+1]).to
	} else {
		at, j = m.first(f.runes[i]), i+1
	}
	if at <= 0 {
		return 0, 0
	}
	for ; ; j++ {
		n := &m.nodes[at]
		if n.value >= 0 && f.wordEnd(j) {
			value, length = n.value, j-i
		}
		if j >= len(f.runes) {
			return value, length
		}
		if at = m.next(at, f.runes[j]); at < 0 {
			return value, length
		}
	}
}

// whole returns the value of the term that s is as a whole.
func (m *matcher) whole(s string) (value int32, ok bool) {
	at := int32(-1)
	for _, c := range s {
		k, keep := rules.FoldRune(c)
		switch {
		case !keep:
			continue
		case at < 0:
			at = m.first(k)
		default:
			at = m.next(at, k)
		}
		if at < 0 {
			return 0, false
		}
	}
	if at < 0 || m.nodes[at].value < 0 {
		return 0, false
	}
	return m.nodes[at].value, true
}

// has tells whether a term stands anywhere in f.
func (m *matcher) has(f *folded) bool {
	for i := m.begin(f, 0); i < len(f.runes); i = m.begin(f, i+1) {
		if _, n := m.longest(f, i); n > 0 {
			return true
		}
	}
	return false
}

func isWord(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// wordStart tells whether a term may begin at rune i: not inside a Latin word
// or a number. Blanks count here although terms ignore them.
func (f *folded) wordStart(i int) bool { return i == 0 || !f.inner[i] }

// wordEnd tells whether a term may end before rune j: not inside a Latin word,
// an English plural apart.
func (f *folded) wordEnd(j int) bool {
	if f.breaks(j) || f.runes[j] == 's' && f.breaks(j+1) {
		return true
	}
	return f.runes[j] == 'e' && !f.breaks(j+1) && f.runes[j+1] == 's' && f.breaks(j+2)
}

// breaks tells whether no word goes on from the rune before j.
func (f *folded) breaks(j int) bool { return j >= len(f.runes) || !f.inner[j] }
