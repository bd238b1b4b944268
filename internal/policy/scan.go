package policy

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Reading a text rune by rune costs more than all that is asked of most runes:
// what follows goes by bytes where a byte can tell. Texts are valid UTF-8 here
// (decode sees to that).

// markAt returns the character at text[i] with its width, and 0 for one that is
// no punctuation mark: a letter, or an ideograph of the usual ones.
func markAt(text string, i int) (mark rune, width int) {
	switch c := text[i]; {
	case c < utf8.RuneSelf:
		return rune(c), 1
	case 0xE4 <= c && c <= 0xED:
		return 0, 3
	case c < 0xE2:
		if c < 0xE0 {
			return 0, 2
		}
		return 0, 3
	}
	return wideAt(text, i)
}

// plainAt is the width of the character at text[i] where that is a letter of
// ASCII or of those of three bytes that markAt skips; else it is 0.
func plainAt(text string, i int) int {
	switch c := text[i]; {
	case 0xE4 <= c && c <= 0xED:
		return 3
	case 'a' <= c && c <= 'z':
		return 1
	}
	return 0
}

// wideAt decodes the character at text[i], which is likely one of three bytes.
func wideAt(text string, i int) (rune, int) {
	if c := text[i]; c&0xF0 == 0xE0 && i+2 < len(text) {
		return rune(c&0x0F)<<12 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(text[i:])
}

// usualHan tells whether the character at s[i] is an ideograph of the usual
// ones, U+4E00 to U+9FFF, which has three bytes.
func usualHan(s string, i int) bool {
	c := s[i]
	return 0xE5 <= c && c <= 0xE9 || c == 0xE4 && i+1 < len(s) && s[i+1] >= 0xB8
}

// hanAt tells whether the character at s[i] is Chinese, and its width.
func hanAt(s string, i int) (han bool, width int) {
	switch c := s[i]; {
	case c < utf8.RuneSelf:
		return false, 1
	case c < 0xE0:
		return false, 2
	case usualHan(s, i):
		return true, 3
	}
	r, width := wideAt(s, i)
	return isHan(r), width
}

// runeCount is utf8.RuneCountInString for valid text, eight bytes at a time.
func runeCount(s string) int {
	n := len(s)
	for len(s) >= 8 {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		n -= bits.OnesCount64(x >> 7 &^ (x >> 6) & 0x0101010101010101) // bytes that only continue a character
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		if !utf8.RuneStart(s[i]) {
			n--
		}
	}
	return n
}

// isClean tells that a text is one line without blanks at its ends or beside
// each other. It may say no where that is so.
func isClean(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ' && blank, c < ' ', c == 0xC2, c == 0xE1, c == 0xE2, c == 0xE3 && strings.HasPrefix(s[i:], "\u3000"):
			return false
		default:
			blank = c == ' '
		}
	}
	return !blank || s == ""
}

// hasMark tells whether one of some punctuation marks stands in s.
func hasMark(s, marks string) bool {
	for i := 0; i < len(s); {
		mark, width := markAt(s, i)
		switch {
		case mark == 0 || mark > ' ' && isWord(mark|0x20):
		case strings.ContainsRune(marks, mark):
			return true
		}
		i += width
	}
	return false
}

// count returns how many mentions are of a kind.
func count(ms []mention, of func(*mention) bool) int {
	n := 0
	for i := range ms {
		if of(&ms[i]) {
			n++
		}
	}
	return n
}
