package dex

import "unicode/utf8"

// DecodeMUTF8 turns the modified UTF-8 of DEX strings into valid UTF-8: C0 80
// becomes U+0000, a surrogate pair of two three-byte sequences one character, and
// whatever is no character (a lone surrogate, a byte out of place) U+FFFD, one for
// each damaged byte or surrogate. Four-byte sequences, which the format does not
// have but some tools write, are taken as they are.
func DecodeMUTF8(b []byte) string {
	if utf8.Valid(b) { // nearly every string; surrogates and C0 80 are not valid
		return string(b)
	}
	out := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		unit, n := mutf8Unit(b)
		b = b[n:]
		if isHigh(unit) {
			if low, m := mutf8Unit(b); isLow(low) {
				unit = 0x10000 + (unit-0xd800)<<10 + (low - 0xdc00)
				b = b[m:]
			}
		}
		out = utf8.AppendRune(out, unit) // writes U+FFFD for a lone surrogate
	}
	return string(out)
}

func isHigh(r rune) bool { return r >= 0xd800 && r < 0xdc00 }
func isLow(r rune) bool  { return r >= 0xdc00 && r < 0xe000 }

// mutf8Unit reads one sequence and its length; U+FFFD and 1 for a byte out of
// place, U+FFFD and 0 at the end. Overlong two- and three-byte forms are read for
// what they say, as Android's decoder does.
func mutf8Unit(b []byte) (rune, int) {
	tail := func(i int) bool { return i < len(b) && b[i]&0xc0 == 0x80 }
	switch {
	case len(b) == 0:
		return utf8.RuneError, 0
	case b[0] < 0x80:
		return rune(b[0]), 1
	case b[0]&0xe0 == 0xc0 && tail(1):
		return rune(b[0]&0x1f)<<6 | rune(b[1]&0x3f), 2
	case b[0]&0xf0 == 0xe0 && tail(1) && tail(2):
		return rune(b[0]&0x0f)<<12 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), 3
	case b[0]&0xf8 == 0xf0:
		r, n := utf8.DecodeRune(b)
		return r, n
	}
	return utf8.RuneError, 1
}
