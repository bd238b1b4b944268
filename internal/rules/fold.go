package rules

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldRune maps a character to the one under which terms are compared: lower
// case, full-width forms as their plain ones, compatibility ideographs as the
// usual ones, traditional ideographs as their simplified ones. keep is false for characters that terms ignore: blanks, hyphens,
// underscores and invisible marks. Line breaks are kept; whether a term may
// span one is the reader's decision.
func FoldRune(r rune) (folded rune, keep bool) {
	switch {
	case r < 0x80:
		switch {
		case r == ' ' || r == '\t' || r == '-' || r == '_' || r == '\r':
			return 0, false
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A', true
		}
		return r, true
	case hanFirst <= r && r <= hanLast:
		return FoldHan(r), true
	case 0xFF01 <= r && r <= 0xFF5E:
		return FoldRune(r - 0xFEE0)
	case r == 0xA0 || r == 0x3000 || r == 0xAD || 0x2000 <= r && r <= 0x2011 || 0x2060 <= r && r <= 0x206F || 0x202A <= r && r <= 0x202F || r == 0xFEFF || 0xFE00 <= r && r <= 0xFE0F:
		return 0, false
	case 0x2E80 <= r && r <= 0x2FDF || 0xF900 <= r && r <= 0xFAFF:
		if f := []rune(norm.NFKC.String(string(r))); len(f) == 1 && f[0] != r {
			return FoldRune(f[0])
		}
		return r, true
	}
	return unicode.ToLower(r), true
}

// Fold returns s as FoldRune compares it.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if f, keep := FoldRune(r); keep {
			b.WriteRune(f)
		}
	}
	return b.String()
}
