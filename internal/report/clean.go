package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRead is how many bytes of a text are looked at for one place of the
// output: a name of a megabyte is no reason to print one.
const maxRead = 4 << 10

// maxMarks is how many combining marks may stand on one letter; more of them
// would draw over neighbouring lines.
const maxMarks = 3

// clean makes a text from an APK or a policy safe to print on one line: control
// characters, line breaks, bidi overrides and other invisible characters are
// written as escapes (\n, \x1b, \u202e), bytes that are no UTF-8 as \xff.
func clean(s string) string { return scrub(s, false) }

// flow is clean for running text: any run of blanks and line breaks becomes one
// blank.
func flow(s string) string { return strings.TrimSpace(scrub(s, true)) }

func scrub(s string, fold bool) string {
	if isPlain(s, fold) {
		return s
	}
	cut := len(s) > maxRead
	if cut {
		end := maxRead
		for end > maxRead-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	var b strings.Builder
	b.Grow(len(s))
	marks, blank := 0, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		raw := s[i : i+size]
		i += size
		if isDrawn(r) {
			b.WriteString(raw)
			marks, blank = 0, false
			continue
		}
		if fold && (unicode.IsSpace(r) || r == '\u2028' || r == '\u2029') {
			if !blank {
				b.WriteByte(' ')
			}
			blank, marks = true, 0
			continue
		}
		blank = false
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, raw[0])
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.IsGraphic(r) && marks <= maxMarks && r != fillerHangul && r != fillerHalf:
			b.WriteRune(r)
		default:
			b.WriteString(escaped(r))
		}
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}

// isPlain tells whether a text needs no cleaning, as most do: it is short and of
// printable ASCII, without runs of blanks where those are folded.
func isPlain(s string, fold bool) bool {
	if len(s) > maxRead || fold && strings.Contains(s, "  ") {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isDrawn tells the most frequent characters that stand as they are, without a look at
// the tables of Unicode: printable ASCII but the blank, and Han.
func isDrawn(r rune) bool {
	return r > ' ' && r <= '~' || r >= '\u4e00' && r <= '\u9fff'
}

// Letters by class that draw nothing.
const (
	fillerHangul = '\u3164'
	fillerHalf   = '\uffa0'
)

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
