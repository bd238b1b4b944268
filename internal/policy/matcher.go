package policy

import (
	"slices"
	"unicode/utf8"

	"apkaudit/internal/rules"
)

// folded is a text as terms are compared (rules.FoldRune), with the way back:
// rune i of the fold stands at bytes pos[i]..pos[i+1]… of the text.
type folded struct {
	text  string
	runes []rune
	pos   []int32 // byte offset in text of each rune; one more than runes
	width []uint8 // bytes of the original character
}

// foldText folds text[from:to]. A line break inside the range is dropped, so
// that a term broken over two lines of one paragraph is still found.
func foldText(text string, from, to int) folded {
	f := folded{text: text, runes: make([]rune, 0, (to-from)/2+1), pos: make([]int32, 0, (to-from)/2+2)}
	f.width = make([]uint8, 0, (to-from)/2+1)
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if k, keep := rules.FoldRune(r); keep && k != '\n' {
			f.runes = append(f.runes, k)
			f.pos = append(f.pos, int32(i))
			f.width = append(f.width, uint8(n))
		}
		i += n
	}
	f.pos = append(f.pos, int32(to))
	return f
}

// start and end give the byte range of fold[i:j] in the text.
func (f *folded) start(i int) int { return int(f.pos[i]) }
func (f *folded) end(j int) int   { return int(f.pos[j-1]) + int(f.width[j-1]) }

// matcher finds terms in folded text, longest first. It is a trie over runes:
// the first rune through a table, the rest by binary search. Chinese needs no
// segmentation for this.
type matcher struct {
	root  map[rune]int32
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
	return &matcher{root: map[rune]int32{}}
}

// add enters a term; of two equal terms the first stays.
func (m *matcher) add(term string, value int32) {
	runes := []rune(rules.Fold(term))
	if len(runes) == 0 {
		return
	}
	at, ok := m.root[runes[0]]
	if !ok {
		at = m.newNode()
		m.root[runes[0]] = at
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
func (m *matcher) find(f *folded) []hit {
	var out []hit
	for i := 0; i < len(f.runes); {
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
	at, ok := m.root[f.runes[i]]
	if !ok || !f.wordStart(i) {
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
		k, found := slices.BinarySearchFunc(n.edges, f.runes[j], func(e edge, r rune) int { return int(e.r) - int(r) })
		if !found {
			return value, length
		}
		at = n.edges[k].to
	}
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
