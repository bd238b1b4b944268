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
}

// foldText folds a whole text.
func foldText(text string) folded { return foldRunes(text, utf8.RuneCountInString(text)) }

// foldRunes folds a text of n characters.
func foldRunes(text string, n int) folded {
	f := folded{text: text, runes: make([]rune, 0, n), pos: make([]int32, 0, n)}
	for i, r := range text {
		if r < 0x4E00 || r > 0x9FFF { // the usual ideographs fold to themselves
			k, keep := rules.FoldRune(r)
			if !keep || k == '\n' {
				continue
			}
			r = k
		}
		f.runes = append(f.runes, r)
		f.pos = append(f.pos, int32(i))
	}
	return f
}

// view is the part of a fold that stands in s. It shares memory with f.
func (f *folded) view(s span) folded {
	i, _ := slices.BinarySearch(f.pos, int32(s.start))
	j, _ := slices.BinarySearch(f.pos[i:], int32(s.end))
	return folded{text: f.text, runes: f.runes[i : i+j], pos: f.pos[i : i+j]}
}

// start and end give the byte range of fold[i:j] in the text.
func (f *folded) start(i int) int { return int(f.pos[i]) }
func (f *folded) end(j int) int {
	at := int(f.pos[j-1])
	_, n := utf8.DecodeRuneInString(f.text[at:])
	return at + n
}

// matcher finds terms in folded text, longest first. It is a trie over runes:
// the first rune through a table of pages, the rest by binary search. Chinese
// needs no segmentation for this.
type matcher struct {
	root  [256]*[256]int32 // by the high and low byte of the first rune: 1 + index of its node
	far   map[rune]int32   // the same for first runes beyond the basic plane
	nodes []node
}

type node struct {
	edges []edge
	value int32 // index of the term's value, or -1
}

type edge struct {
	r  rune
	to int32
}

func newMatcher() *matcher {
	return &matcher{far: map[rune]int32{}}
}

// first returns the node of the terms that begin with r, or -1.
func (m *matcher) first(r rune) int32 {
	if uint32(r) > 0xFFFF {
		return m.far[r] - 1
	}
	if page := m.root[r>>8]; page != nil {
		return page[r&0xFF] - 1
	}
	return -1
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
	at := m.first(runes[0])
	if at < 0 {
		at = m.newNode()
		if r := runes[0]; uint32(r) > 0xFFFF {
			m.far[r] = at + 1
		} else {
			if m.root[r>>8] == nil {
				m.root[r>>8] = new([256]int32)
			}
			m.root[r>>8][r&0xFF] = at + 1
		}
	}
	for _, r := range runes[1:] {
		i, found := slices.BinarySearchFunc(m.nodes[at].edges, r, func(e edge, r rune) int { return int(e.r) - int(r) })
		if !found {
			to := m.newNode()
			m.nodes[at].edges = slices.Insert(m.nodes[at].edges, i, edge{r, to})
		}
		at = m.nodes[at].edges[i].to
	}
	if m.nodes[at].value < 0 {
		m.nodes[at].value = value
	}
}

func (m *matcher) newNode() int32 {
	m.nodes = append(m.nodes, node{value: -1})
	return int32(len(m.nodes) - 1)
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
	for i := 0; i < len(f.runes); {
		if m.first(f.runes[i]) < 0 {
			i++
			continue
		}
		v, n := m.longest(f, i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, hit{v, f.start(i), f.end(i + n), i, i + n})
		i += n
	}
	return out
}

// longest returns the longest term that starts at i, as value and length in
// runes; length 0 means none.
func (m *matcher) longest(f *folded, i int) (value int32, length int) {
	at := m.first(f.runes[i])
	if at < 0 || !f.wordStart(i) {
		return 0, 0
	}
	for j := i + 1; ; j++ {
		n := &m.nodes[at]
		if n.value >= 0 && f.wordEnd(j) {
			value, length = n.value, j-i
		}
		if j >= len(f.runes) {
			return value, length
		}
		if at = n.next(f.runes[j]); at < 0 {
			return value, length
		}
	}
}

// next returns the node behind r, or -1.
func (n *node) next(r rune) int32 {
	lo, hi := 0, len(n.edges)
	for lo < hi {
		mid := (lo + hi) / 2
		switch e := n.edges[mid]; {
		case e.r == r:
			return e.to
		case e.r < r:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return -1
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
			at = m.nodes[at].next(k)
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
	for i, r := range f.runes {
		if m.first(r) < 0 {
			continue
		}
		if _, n := m.longest(f, i); n > 0 {
			return true
		}
	}
	return false
}

func isWord(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// wordStart tells whether a term may begin at rune i: not inside a Latin word
// or a number. Blanks count here although terms ignore them.
func (f *folded) wordStart(i int) bool {
	return i == 0 || !isWord(f.runes[i]) || !isWord(f.runes[i-1]) || f.gap(i)
}

// gap tells whether something that terms ignore stands before rune i.
func (f *folded) gap(i int) bool { return f.end(i) < int(f.pos[i]) }

// wordEnd tells whether a term may end before rune j: not inside a Latin word,
// an English plural apart.
func (f *folded) wordEnd(j int) bool {
	if j >= len(f.runes) || !isWord(f.runes[j-1]) || !isWord(f.runes[j]) || f.gap(j) {
		return true
	}
	if f.runes[j] == 's' && f.breakAfter(j) {
		return true
	}
	return f.runes[j] == 'e' && j+1 < len(f.runes) && f.runes[j+1] == 's' && !f.gap(j+1) && f.breakAfter(j+1)
}

func (f *folded) breakAfter(j int) bool {
	return j+1 >= len(f.runes) || !isWord(f.runes[j+1]) || f.gap(j+1)
}
