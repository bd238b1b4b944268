package policy

import (
	"strings"
	"unicode/utf8"
)

// needles finds any of a few strings in one pass over a text, where a search
// for each of them by itself would read the text as often as there are strings.
// It is fixed once it is made.
type needles struct {
	first [128]uint64  // which first characters there are, by their hash
	by    [256][]int32 // indices into all, by the end of that hash, in order
	all   []string
	loose bool // Latin letters count in either case
}

func newNeedles(all ...string) *needles {
	n := &needles{all: all}
	for i, s := range all {
		h, _ := signHash(s, 0)
		n.by[h&255] = append(n.by[h&255], int32(i))
		n.first[h>>6&127] |= 1 << (h & 63)
	}
	return n
}

// newLooseNeedles makes needles, written in lower case, whose Latin letters count
// in either case.
func newLooseNeedles(all ...string) *needles {
	n := newNeedles(all...)
	n.loose = true
	for i, s := range all {
		if c := s[0]; isLatin(c) {
			upper := c &^ 0x20
			n.by[upper] = append(n.by[upper], int32(i))
			n.first[upper>>6] |= 1 << (upper & 63)
		}
	}
	return n
}

// at tells whether needle k stands at the beginning of text.
func (n *needles) at(k int32, text string) bool {
	word := n.all[k]
	if !n.loose {
		return strings.HasPrefix(text, word)
	}
	if len(text) < len(word) {
		return false
	}
	for i := 0; i < len(word); i++ {
		if c := text[i]; c != word[i] && (c < 'A' || c > 'Z' || c|0x20 != word[i]) {
			return false
		}
	}
	return true
}

// signHash is the hash of the character at s[i], and its length in bytes; inside
// a character, or where the character is cut off, it is one of no needle.
func signHash(s string, i int) (h uint32, width int) {
	c := uint32(s[i])
	switch {
	case c < utf8.RuneSelf:
		return c, 1
	case c >= 0xE0 && i+2 < len(s):
		h, width = c<<12^uint32(s[i+1])<<6^uint32(s[i+2]), 3
		if c >= 0xF0 {
			width = 4
		}
	case c >= 0xC0 && i+1 < len(s):
		h, width = c<<12^uint32(s[i+1])<<6, 2
	default:
		return noSign, 1
	}
	return h*0x9E3779B1>>19 | utf8.RuneSelf, width
}

// wideHash is signHash for a character of three bytes, the most frequent ones of a
// Chinese text: short enough to stand inside the loops over it.
func wideHash(a, b, c byte) uint32 {
	return (uint32(a)<<12^uint32(b)<<6^uint32(c))*0x9E3779B1>>19 | utf8.RuneSelf
}

// noSign is the hash of no character: the sign for deletion is in no text.
const noSign = 0x7F

// next returns where the first needle begins at or behind from, and the index of
// the earliest one that does; -1 where there is none.
func (n *needles) next(text string, from int) (at, which int) {
	for i := from; i < len(text); {
		var h uint32
		w := 3
		if c := text[i]; c&0xF0 == 0xE0 && i+2 < len(text) {
			h = wideHash(c, text[i+1], text[i+2])
		} else {
			h, w = signHash(text, i)
		}
		if n.first[h>>6&127]&(1<<(h&63)) != 0 {
			for _, k := range n.by[h&255] {
				if n.at(k, text[i:]) {
					return i, int(k)
				}
			}
		}
		i += w
	}
	return -1, -1
}

// present returns which of the first 64 needles stand in text, a bit for each.
func (n *needles) present(text string) (bits uint64) {
	for i := 0; i < len(text); {
		var h uint32
		w := 3
		if c := text[i]; c&0xF0 == 0xE0 && i+2 < len(text) {
			h = wideHash(c, text[i+1], text[i+2])
		} else {
			h, w = signHash(text, i)
		}
		if n.first[h>>6&127]&(1<<(h&63)) != 0 {
			for _, k := range n.by[h&255] {
				if bits&(1<<k) == 0 && n.at(k, text[i:]) {
					bits |= 1 << k
				}
			}
		}
		i += w
	}
	return bits
}

// in tells whether a needle stands in text.
func (n *needles) in(text string) bool {
	at, _ := n.next(text, 0)
	return at >= 0
}
