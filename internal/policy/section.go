package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is the numbering at the start of a line.
type number struct {
	style string // cn (cn) art dec1 dec2 … num (num) circle alpha bullet; "" = none
	first bool   // the first of its kind: 一、 1. a)
	bytes int    // how much of the line it takes, blanks behind it included
}

const cnDigits = "一二三四五六七八九十百零〇"

// numberAt reads the numbering that line begins with.
func numberAt(line string) number {
	rest := strings.TrimLeft(line, " \t\u3000\u00a0")
	skipped := len(line) - len(rest)
	style, n, first := numberStyle(rest)
	if style == "" {
		return number{}
	}
	for n < len(rest) {
		r, w := utf8.DecodeRuneInString(rest[n:])
		if !isBlank(r) && !(strings.HasPrefix(style, "circle") && (r == '.' || r == '、')) {
			break
		}
		n += w
	}
	return number{style, first, skipped + n}
}

func numberStyle(s string) (style string, n int, first bool) {
	r, w := utf8.DecodeRuneInString(s)
	switch {
	case r == '第':
		d := spanOf(s[w:], cnDigits+"0123456789")
		after, aw := utf8.DecodeRuneInString(s[w+d:])
		if d > 0 && strings.ContainsRune("条章节部款", after) {
			return "art", w + d + aw, s[w:w+d] == "一" || s[w:w+d] == "1"
		}
	case r == '(' || r == '（' || r == '【' && false:
		for _, digits := range []struct{ set, style string }{{cnDigits, "(cn)"}, {"0123456789", "(num)"}, {"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "(alpha)"}} {
			d := spanOf(s[w:], digits.set)
			after, aw := utf8.DecodeRuneInString(s[w+d:])
			if d > 0 && d <= 9 && (after == ')' || after == '）') && (digits.style != "(alpha)" || d <= 2) {
				return digits.style, w + d + aw, s[w:w+d] == "一" || s[w:w+d] == "1" || s[w:w+d] == "a"
			}
		}
	case strings.ContainsRune(cnDigits, r) && w > 0:
		d := spanOf(s, cnDigits)
		after, aw := utf8.DecodeRuneInString(s[d:])
		if strings.ContainsRune("、.．", after) && aw > 0 {
			return "cn", d + aw, s[:d] == "一"
		}
	case '0' <= r && r <= '9':
		return decimalStyle(s)
	case '①' <= r && r <= '⑳' || '❶' <= r && r <= '❿':
		return "circle", w, r == '①'
	case strings.ContainsRune("•·●○■◆▪※*-–—>", r):
		if next, _ := utf8.DecodeRuneInString(s[w:]); isBlank(next) || r == '•' || r == '·' || r == '●' || r == '■' || r == '◆' {
			return "bullet", w, false
		}
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		d := spanOf(s, "ivxIVX")
		if d == 0 {
			d = w
		}
		if d < len(s) && (s[d] == '.' || s[d] == ')') && (d+1 == len(s) || s[d+1] == ' ') || strings.HasPrefix(s[d:], "、") {
			_, aw := utf8.DecodeRuneInString(s[d:])
			return "alpha", d + aw, r == 'a' || r == 'A' || r == 'i' || r == 'I'
		}
	}
	return "", 0, false
}

// decimalStyle reads 1. 1、 1) 1.2 1.2.3. — but not 2022年, 3.5 GB or 14岁.
func decimalStyle(s string) (string, int, bool) {
	parts, i := 0, 0
	for {
		d := spanOf(s[i:], "0123456789")
		if d == 0 || d > 3 {
			break
		}
		i += d
		parts++
		if i < len(s) && s[i] == '.' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
			i++
			continue
		}
		break
	}
	if parts == 0 {
		return "", 0, false
	}
	after, w := utf8.DecodeRuneInString(s[i:])
	style := "num"
	if parts > 1 {
		style = "dec" + string(rune('0'+min(parts, 9)))
	}
	switch {
	case strings.ContainsRune(".．、)）:：", after) && w > 0:
		if after == ')' || after == '）' {
			style = "num)"
		}
		return style, i + w, strings.HasPrefix(s, "1") && parts == 1
	case parts > 1 && (w == 0 || isBlank(after) || unicode.Is(unicode.Han, after)):
		return style, i, false
	}
	return "", 0, false
}

func spanOf(s, set string) int {
	for i, r := range s {
		if !strings.ContainsRune(set, r) {
			return i
		}
	}
	return len(s)
}

// section is the reach of one heading.
type section struct {
	class  sectionClass
	closed bool // no collection claims
	title  span
}

// maxHeadingRunes bounds what may be a heading without mark-up.
const (
	maxHeadingRunes      = 60  // numbered
	maxHeadingLatin      = 110 // numbered, in letters
	maxPlainHeadingRunes = 24
	maxPlainHeadingLatin = 60
)

// sections assigns a section to every block. Headings are marked up, numbered
// short lines, or short lines without punctuation. Levels follow from the order
// in which numbering styles first nest, as no document states them.
func (r *Reader) sectionsOf(d *document) []section {
	out := []section{{}} // 0: text under no heading
	var stack []openHeading
	children := false // inside an appended children's policy
	for i := range d.blocks {
		b := &d.blocks[i]
		style, title, num, ok := r.headingOf(d, i)
		if ok {
			stack = closeFor(stack, style, num.first)
			class := r.classOf(d, title)
			if len(stack) == 0 && num.first {
				children = class == sectionChildren
			}
			s := section{class: class, title: title, closed: class.closed()}
			if len(stack) > 0 {
				up := out[stack[len(stack)-1].sec]
				if up.closed && (class == sectionOpen || up.class == sectionChildren || up.class == sectionDefinitions || up.class == sectionExceptions) {
					s.closed = true
					if class == sectionOpen {
						s.class = up.class
					}
				}
			}
			s.closed = s.closed || children
			out = append(out, s)
			stack = append(stack, openHeading{style, len(out) - 1})
			b.section = len(out) - 1
			b.kind = heading
			continue
		}
		if len(stack) > 0 {
			b.section = stack[len(stack)-1].sec
		}
	}
	return out
}

// openHeading is a heading whose reach has not ended.
type openHeading struct {
	style string
	sec   int
}

// closeFor ends the headings that a new one of that style ends: everything from
// the last heading of the same style on, or of a deeper one where styles tell
// their depth (1.1 before 1.1.3, h2 before h3). A style not open yet nests,
// unless it goes on counting from before (六、 after an unnumbered heading).
func closeFor(stack []openHeading, style string, first bool) []openHeading {
	for k, o := range stack {
		sameFamily := len(o.style) == len(style) && style != "" && o.style[:len(o.style)-1] == style[:len(style)-1] && (strings.HasPrefix(style, "dec") || len(style) == 2 && style[0] == 'h')
		if o.style == style || sameFamily && o.style > style {
			return stack[:k]
		}
	}
	if style != "plain" && !first {
		for len(stack) > 0 && stack[len(stack)-1].style == "plain" {
			stack = stack[:len(stack)-1]
		}
	}
	return stack
}

// headingOf tells whether block i is a heading, and in which style.
func (r *Reader) headingOf(d *document, i int) (style string, title span, num number, ok bool) {
	b := &d.blocks[i]
	if b.kind == row {
		return
	}
	line := d.str(b.span)
	num = numberAt(line)
	title = span{b.start + num.bytes, b.end}
	if b.kind == heading {
		return "h" + string(rune('0'+b.level)), title, num, true
	}
	text := strings.TrimSpace(line[num.bytes:])
	if text == "" || strings.Contains(text, "\n") {
		return
	}
	runes, han := utf8.RuneCountInString(text), hanCount(text)
	latin := han*4 < runes
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case num.style == "":
		limit := maxPlainHeadingRunes
		if latin {
			limit = maxPlainHeadingLatin
		}
		if runes > limit || strings.ContainsAny(text, "。;；,，、：:|!！") || last == '.' || !latin && strings.ContainsAny(text, " ") && r.classOf(d, title) == sectionOpen {
			return
		}
		if latin && !titleCase(text) || !latin && !b.gap && r.classOf(d, title) == sectionOpen {
			return
		}
		return "plain", title, num, true
	case num.style == "circle" || num.style == "bullet" || num.style == "num)":
		return
	}
	limit := maxHeadingRunes
	if latin {
		limit = maxHeadingLatin
	}
	if runes > limit || strings.ContainsAny(text, "。;；，！!") || strings.ContainsRune("：:、", last) {
		return
	}
	if !latin && (strings.ContainsAny(text, ",") || fieldKey(r, text) != fieldNone) || latin && (strings.Count(text, ",") > 3 || strings.Contains(text, ": ")) {
		return
	}
	return num.style, title, num, true
}

func hanCount(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// titleCase: most words of a plain English heading begin with a capital.
func titleCase(s string) bool {
	words, caps := strings.Fields(s), 0
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsUpper(r) || unicode.IsDigit(r) {
			caps++
		} else if len(w) <= 4 {
			caps++ // "of", "and", "your"
		}
	}
	return len(words) > 0 && caps == len(words)
}

// classOf returns the class that a heading announces.
func (r *Reader) classOf(d *document, title span) sectionClass {
	f := foldText(d.text, title.start, title.end)
	for _, c := range r.sections {
		if len(c.words.find(&f)) > 0 {
			return c.class
		}
	}
	return sectionOpen
}

// languages gives every block its language by what it is written in; blocks
// with too few words take that of the block before, or at the start behind.
func languages(d *document) {
	known := ""
	unsure := 0
	for i := range d.blocks {
		b := &d.blocks[i]
		if l := languageOf(d.str(b.span)); l != "" {
			known = l
			for k := 0; k < unsure; k++ {
				d.blocks[k].lang = l
			}
			unsure = 0
		}
		if known == "" {
			unsure = i + 1
		}
		b.lang = known
	}
	for i := range d.blocks {
		if d.blocks[i].lang == "" {
			d.blocks[i].lang = "en"
		}
	}
}

// languageOf compares Chinese characters with words in lower-case letters:
// names and abbreviations say nothing about the language around them.
func languageOf(s string) string {
	han, words, inWord := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			inWord = false
		case 'a' <= r && r <= 'z':
			if !inWord {
				words++
			}
			inWord = true
		case 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '.' || r == '/' || r == ':':
			inWord = inWord || r >= 'A' && r <= 'Z'
		default:
			inWord = false
		}
	}
	switch {
	case han >= 2 && han*2 >= words:
		return "zh"
	case words >= 3 && words > han:
		return "en"
	}
	return ""
}
