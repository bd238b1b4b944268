package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mail programs and editors break English text at a column. Which lines belong
// together then shows in the lines themselves: a line goes on below where the first
// word of the next one would not have fitted into it, whatever marks stand there.

// Bounds by which a text shows that it was broken at a column, in characters.
const (
	minColumn    = 56
	maxColumn    = 110
	minBroken    = 10 // lines that end and go on in small letters
	fewLines     = 20 // so many lines for each one that may break the rule
	maxKeyColumn = 40 // how far the colon of a key may stand
)

// wrapColumn returns the column at which an English text was broken, or 0: so many
// lines go on in small letters as no list has, none of them had room for the word that
// follows, and hardly any line is longer.
func wrapColumn(text string) int {
	column, broken := 0, 0
	eachBreak(text, func(a, b string) {
		if goesOnSmall(a, b) {
			broken++
			column = max(column, runeCount(a))
		}
	})
	if broken < minBroken || column < minColumn || column > maxColumn {
		return 0
	}
	short, long, lines := 0, 0, 0
	eachBreak(text, func(a, b string) {
		lines++
		if goesOnSmall(a, b) && hasRoom(a, b, column) {
			short++
		}
		if runeCount(a) > column && strings.ContainsRune(strings.TrimLeft(a, " \t"), ' ') {
			long++
		}
	})
	if short*fewLines > broken || long*fewLines > lines {
		return 0
	}
	return column
}

// eachBreak calls found for each two lines of a text that follow each other, without
// the blanks at their ends. An empty one stands behind the last.
func eachBreak(text string, found func(a, b string)) {
	before, any := "", false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if any {
			found(before, line)
		}
		before, any = line, true
	}
	if any {
		found(before, "")
	}
}

// goesOnSmall tells whether a line ends in a small letter or a comma and the next one
// begins with a small letter, as only one text does that was broken.
func goesOnSmall(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(b, " \t"))
	return (unicode.IsLower(last) || last == ',' && strings.ContainsRune(strings.TrimLeft(a, " \t"), ' ')) && unicode.IsLower(first)
}

// hasRoom tells whether the first word of line b had room at the end of line a.
func hasRoom(a, b string, column int) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(b, " \t"), " ")
	return runeCount(a)+1+runeCount(word) <= column
}

// full tells whether line b goes on with the last line of block a, as its first word
// did not fit there. A line that begins with a key is one of its own, and one that
// stands farther left begins another paragraph.
func (r *textReader) full(a, b span) bool {
	text := r.d.text
	lineOf := func(at int) (line string, indent int) {
		start := strings.LastIndexByte(text[:at], '\n') + 1
		end := at + lineRest(text[at:])
		line = strings.TrimRight(text[start:end], " \t\r")
		return line, len(line) - len(strings.TrimLeft(line, " \t"))
	}
	above, left := lineOf(a.end - 1)
	below, right := lineOf(b.start)
	if hasRoom(above, below, r.column) || right < left || hanCount(above)+hanCount(below) > 0 {
		return false
	}
	key := colonAt(below[:min(len(below), maxKeyColumn)])
	return key < 0 || strings.HasPrefix(below[key+1:], "//")
}
