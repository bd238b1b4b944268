package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wideRunes take two columns: East Asian Width W and F of Unicode's
// EastAsianWidth.txt, merged over unassigned code points. Ambiguous characters
// count as one column whatever the locale, so that the same report gives the
// same lines everywhere.
var wideRunes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115F, 1}, {0x231A, 0x231B, 1}, {0x2329, 0x232A, 1}, {0x23E9, 0x23EC, 1}, {0x23F0, 0x23F0, 1},
		{0x23F3, 0x23F3, 1}, {0x25FD, 0x25FE, 1}, {0x2614, 0x2615, 1}, {0x2648, 0x2653, 1}, {0x267F, 0x267F, 1},
		{0x2693, 0x2693, 1}, {0x26A1, 0x26A1, 1}, {0x26AA, 0x26AB, 1}, {0x26BD, 0x26BE, 1}, {0x26C4, 0x26C5, 1},
		{0x26CE, 0x26CE, 1}, {0x26D4, 0x26D4, 1}, {0x26EA, 0x26EA, 1}, {0x26F2, 0x26F3, 1}, {0x26F5, 0x26F5, 1},
		{0x26FA, 0x26FA, 1}, {0x26FD, 0x26FD, 1}, {0x2705, 0x2705, 1}, {0x270A, 0x270B, 1}, {0x2728, 0x2728, 1},
		{0x274C, 0x274C, 1}, {0x274E, 0x274E, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2795, 0x2797, 1},
		{0x27B0, 0x27B0, 1}, {0x27BF, 0x27BF, 1}, {0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B50, 1}, {0x2B55, 0x2B55, 1},
		{0x2E80, 0x303E, 1}, {0x3041, 0x3247, 1}, {0x3250, 0x4DBF, 1}, {0x4E00, 0xA4C6, 1}, {0xA960, 0xA97C, 1},
		{0xAC00, 0xD7A3, 1}, {0xF900, 0xFAFF, 1}, {0xFE10, 0xFE19, 1}, {0xFE30, 0xFE6B, 1}, {0xFF01, 0xFF60, 1},
		{0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{
		{0x16FE0, 0x1B2FB, 1}, {0x1F004, 0x1F004, 1}, {0x1F0CF, 0x1F0CF, 1}, {0x1F18E, 0x1F18E, 1}, {0x1F191, 0x1F19A, 1},
		{0x1F200, 0x1F320, 1}, {0x1F32D, 0x1F335, 1}, {0x1F337, 0x1F37C, 1}, {0x1F37E, 0x1F393, 1}, {0x1F3A0, 0x1F3CA, 1},
		{0x1F3CF, 0x1F3D3, 1}, {0x1F3E0, 0x1F3F0, 1}, {0x1F3F4, 0x1F3F4, 1}, {0x1F3F8, 0x1F43E, 1}, {0x1F440, 0x1F440, 1},
		{0x1F442, 0x1F4FC, 1}, {0x1F4FF, 0x1F53D, 1}, {0x1F54B, 0x1F54E, 1}, {0x1F550, 0x1F567, 1}, {0x1F57A, 0x1F57A, 1},
		{0x1F595, 0x1F596, 1}, {0x1F5A4, 0x1F5A4, 1}, {0x1F5FB, 0x1F64F, 1}, {0x1F680, 0x1F6C5, 1}, {0x1F6CC, 0x1F6CC, 1},
		{0x1F6D0, 0x1F6D2, 1}, {0x1F6D5, 0x1F6DF, 1}, {0x1F6EB, 0x1F6EC, 1}, {0x1F6F4, 0x1F6FC, 1}, {0x1F7E0, 0x1F7F0, 1},
		{0x1F90C, 0x1F93A, 1}, {0x1F93C, 0x1F945, 1}, {0x1F947, 0x1F9FF, 1}, {0x1FA70, 0x1FAF8, 1}, {0x20000, 0x3FFFD, 1},
	},
}

// runeColumns is how many terminal columns a printable rune takes: 0, 1 or 2.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wideRunes, r):
		return 2
	}
	return 1
}

// columns is the width of a clean text without colours.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// clip cuts s to at most n columns; where something was cut it ends in "…".
func clip(s string, n int) string {
	used, fits := 0, 0 // fits: bytes that leave room for "…"
	for i, r := range s {
		w := runeColumns(r)
		if used+w > n {
			return s[:fits] + "…"
		}
		used += w
		if used <= n-1 {
			fits = i + utf8.RuneLen(r)
		}
	}
	return s
}

// clipMiddle is clip for names whose end says as much as their beginning.
func clipMiddle(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	tail, used := "", 0
	for rest := s; rest != ""; {
		r, size := utf8.DecodeLastRuneInString(rest)
		if used += runeColumns(r); used > n/2 {
			break
		}
		rest = rest[:len(rest)-size]
		tail = s[len(rest):]
	}
	return clip(s, n-columns(tail)) + tail
}

// pad fills s up to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}

// Characters that may not begin a line (closing brackets, commas, stops) or end
// one (opening brackets), full-width and ASCII.
const (
	noLineStart = "\uff0c\u3002\u3001\uff1b\uff1a\uff01\uff1f\uff09\u3011\u300b\u201d\u2019\u300f\u300d\u2026,.;:!?)]}%"
	noLineEnd   = "\uff08\u3010\u300a\u201c\u2018\u300e\u300c(["
)

// wrap breaks a clean text into lines of at most n columns, at blanks and
// between wide characters, and inside a word only where it is longer than a
// line. With most > 0 the text is cut after that many lines.
func wrap(s string, n, most int) []string {
	n = max(n, 2)
	var lines []string
	line, lineCols := "", 0
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, lineCols = "", 0
	}
	for _, tok := range tokens(s) {
		w := columns(tok)
		if lineCols+w > n && line != "" && tok != " " { // not lineCols > 0: it may hold a mark of no width
			flush()
		}
		for w > n { // a word longer than a line
			head := wordCut(tok, n)
			lines = append(lines, head)
			tok = tok[len(head):]
			w -= columns(head)
		}
		if tok == " " && (lineCols == 0 || lineCols+1 > n) {
			continue
		}
		line += tok
		lineCols += w
		if most > 0 && len(lines) > most {
			break
		}
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	if most > 0 && len(lines) > most {
		lines = lines[:most]
		lines[most-1] = clip(lines[most-1]+"…", n)
	}
	return lines
}

// wordCut is hardCut, after a joint of a path or name where one is near.
func wordCut(s string, n int) string {
	head := hardCut(s, n)
	if i := strings.LastIndexAny(head, "./$#_-(:;,|"); i >= len(head)/2 && len(head) < len(s) {
		return head[:i+1]
	}
	return head
}

// hardCut returns the longest head of s of at most n columns, at least one rune.
func hardCut(s string, n int) string {
	used := 0
	for i, r := range s {
		if used+runeColumns(r) > n && i > 0 {
			return s[:i]
		}
		used += runeColumns(r)
	}
	return s
}

// tokens splits a text where a line may be broken: blanks stand alone, wide
// characters too, with the closing marks that follow them.
func tokens(s string) []string {
	var out []string
	start := 0
	prevWide := false
	for i, r := range s {
		wide := runeColumns(r) == 2
		boundary := i > start && (r == ' ' || s[start] == ' ' || wide || prevWide)
		if boundary && r != ' ' && s[start] != ' ' && strings.ContainsRune(noLineStart, r) {
			boundary = false
		}
		if boundary && strings.ContainsRune(noLineEnd, lastRune(s[start:i])) {
			boundary = false
		}
		if boundary {
			out = append(out, s[start:i])
			start = i
		}
		prevWide = wide || prevWide && !boundary && runeColumns(r) == 0
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
