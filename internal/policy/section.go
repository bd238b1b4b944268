package policy

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is the numbering at the start of a line.
type number struct {
	style string // cn (cn) art dec1 dec2 … num (num) circle alpha bullet; "" = none
	value int    // what it counts; 0 where it does not count
	bytes int    // how much of the line it takes, blanks behind it included
}

func (n number) first() bool { return n.value == 1 }

const cnDigits = "一二三四五六七八九十百零〇"

// numberAt reads the numbering that line begins with.
func numberAt(line string) number {
	rest := strings.TrimLeft(line, " \t\u3000\u00a0")
	skipped := len(line) - len(rest)
	style, n, value := numberStyle(rest)
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
	return number{style, value, skipped + n}
}

func numberStyle(s string) (style string, n, value int) {
	r, w := utf8.DecodeRuneInString(s)
	switch {
	case r == '第':
		d := spanOf(s[w:], cnDigits+decimals)
		after, aw := utf8.DecodeRuneInString(s[w+d:])
		if d > 0 && strings.ContainsRune("条章节部款", after) {
			return "art", w + d + aw, countOf(s[w : w+d])
		}
	case r == '(' || r == '（':
		for _, digits := range []struct{ set, style string }{{cnDigits, "(cn)"}, {decimals, "(num)"}, {letters, "(alpha)"}} {
			d := spanOf(s[w:], digits.set)
			after, aw := utf8.DecodeRuneInString(s[w+d:])
			if d > 0 && d <= 9 && (after == ')' || after == '）') && (digits.style != "(alpha)" || d <= 2) {
				return digits.style, w + d + aw, countOf(s[w : w+d])
			}
		}
	case strings.ContainsRune(cnDigits, r) && w > 0:
		d := spanOf(s, cnDigits)
		after, aw := utf8.DecodeRuneInString(s[d:])
		if strings.ContainsRune("、.．", after) && aw > 0 {
			return "cn", d + aw, countOf(s[:d])
		}
	case '0' <= r && r <= '9':
		return decimalStyle(s)
	case '①' <= r && r <= '⑳':
		return "circle", w, int(r-'①') + 1
	case '❶' <= r && r <= '❿':
		return "circle", w, int(r-'❶') + 1
	case strings.ContainsRune("•·●○■◆▪※*-–—>", r):
		if next, _ := utf8.DecodeRuneInString(s[w:]); isBlank(next) || r == '•' || r == '·' || r == '●' || r == '■' || r == '◆' {
			return "bullet", w, 0
		}
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		d := spanOf(s, "ivxIVX")
		if d == 0 {
			d = w
		}
		if d < len(s) && (s[d] == '.' || s[d] == ')') && (d+1 == len(s) || s[d+1] == ' ') || strings.HasPrefix(s[d:], "、") {
			_, aw := utf8.DecodeRuneInString(s[d:])
			return "alpha", d + aw, countOf(s[:d])
		}
	}
	return "", 0, 0
}

const (
	decimals = "0123456789"
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// countOf reads a short numeral: 12, 十二, b, iv. What it cannot read counts 0.
func countOf(s string) int {
	switch c := s[0]; {
	case '0' <= c && c <= '9':
		n, _ := strconv.Atoi(s)
		return n
	case c < utf8.RuneSelf:
		for i, roman := range []string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"} {
			if strings.EqualFold(s, roman) {
				return i + 1
			}
		}
		return int(c|0x20-'a') + 1
	}
	n := 0
	for _, r := range s {
		if r == '十' {
			n = max(n, 1) * 10
			continue
		}
		i := strings.IndexRune("一二三四五六七八九", r)
		if i < 0 {
			return 0 // 百, 零: no document has so many headings
		}
		n += i/len("一") + 1
	}
	return n
}

// decimalStyle reads 1. 1、 1) 1.2 1.2.3. — but not 2022年, 3.5 GB or 14岁.
func decimalStyle(s string) (string, int, int) {
	parts, i, last := 0, 0, 0
	for {
		d := spanOf(s[i:], decimals)
		if d == 0 || d > 3 {
			break
		}
		last = countOf(s[i : i+d])
		i += d
		parts++
		if i < len(s) && s[i] == '.' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
			i++
			continue
		}
		break
	}
	if parts == 0 {
		return "", 0, 0
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
		return style, i + w, last
	case parts > 1 && (w == 0 || isBlank(after) || unicode.Is(unicode.Han, after)):
		return style, i, last
	case parts == 1 && isBlank(after) && i <= 2: // "2 我们收集的信息", not "30 days"
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i:], " \t\u3000\u00a0"))
		if unicode.Is(unicode.Han, next) && !strings.ContainsRune("个天年月日周岁元次条项种", next) || unicode.IsUpper(next) {
			return "num", i, last
		}
	}
	return "", 0, 0
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

// maxWholeTitle bounds the headings that are known as a whole.
const maxWholeTitle = 40

// maxHeadingRunes bounds what may be a heading without mark-up.
const (
	maxHeadingRunes      = 60  // numbered
	maxHeadingLatin      = 110 // numbered, in letters
	maxPlainHeadingRunes = 24
	maxPlainHeadingLatin = 60
	maxHeadingBytes      = 4 * maxHeadingLatin
)

// sectionsOf assigns a section to every block. Headings are marked up, numbered
// short lines, or short lines without punctuation. Levels follow from the order
// in which numbering styles first nest, as no document states them.
func (r *Reader) sectionsOf(d *document) []section {
	s := sectioner{r: r, d: d, out: []section{{}}, items: map[string]int{}}
	for i := range d.blocks {
		s.block(i)
	}
	return s.out
}

type sectioner struct {
	r        *Reader
	d        *document
	out      []section // 0: text under no heading
	stack    []openHeading
	items    map[string]int // last number of each style among the paragraphs of the open section
	children bool           // inside an appended policy for children
}

// openHeading is a heading whose reach has not ended.
type openHeading struct {
	style string
	value int
	sec   int
}

func (s *sectioner) block(i int) {
	b := &s.d.blocks[i]
	style, title, num, ok := s.r.headingOf(s.d, i)
	switch {
	case ok:
		s.stack = closeFor(s.stack, style, num.first())
		class := s.r.classOf(s.d, title)
		if len(s.stack) == 0 && num.first() {
			s.children = class == sectionChildren || s.children && s.r.aboutChildren(s.d, title)
		}
		s.open(b, style, num.value, class, title)
		b.kind = heading
	case b.kind != row && s.sibling(num):
		// A numbered sentence that counts on from a heading ends its reach.
		s.stack = closeFor(s.stack, num.style, false)
		s.open(b, num.style, num.value, sectionOpen, title)
	default:
		if num.style != "" {
			s.items[num.style] = num.value
		}
		if n := len(s.stack); n > 0 {
			b.section = s.stack[n-1].sec
		}
		if b.kind != row {
			s.naming(b)
		}
	}
	if s.children && !s.out[b.section].closed {
		s.out = append(s.out, section{class: sectionChildren, closed: true, title: s.out[b.section].title})
		b.section = len(s.out) - 1
	}
}

// open begins a section at block b. A section inside a closed one is closed as
// long as its own heading says nothing else.
func (s *sectioner) open(b *block, style string, value int, class sectionClass, title span) {
	n := section{class: class, title: title, closed: class.closed()}
	if len(s.stack) > 0 {
		up := s.out[s.stack[len(s.stack)-1].sec]
		if up.closed && (class == sectionOpen || up.class == sectionChildren || up.class == sectionDefinitions || up.class == sectionExceptions) {
			n.closed = true
			if class == sectionOpen {
				n.class = up.class
			}
		} else if class == sectionOpen && up.class == sectionSDK {
			n.class = up.class
		}
	}
	s.out = append(s.out, n)
	s.stack = append(s.stack, openHeading{style, value, len(s.out) - 1})
	b.section = len(s.out) - 1
	clear(s.items)
}

// sibling tells whether a numbered paragraph counts on from an open heading,
// and not from the paragraphs above it in that heading's own text.
func (s *sectioner) sibling(num number) bool {
	if num.value < 2 || s.items[num.style] != 0 {
		return false
	}
	for _, o := range s.stack {
		if o.style == num.style {
			return o.value == num.value-1
		}
	}
	return false
}

// selfNaming is where a document gives itself a name: "(以下简称“本政策”)".
var selfNaming = regexp.MustCompile(`(?:以下简称|以下称|下称)[“"'‘「]?(?:本政策|本规则|本声明|本协议)`)

// naming looks for the beginning of another document: an appended policy for
// children names itself.
func (s *sectioner) naming(b *block) {
	text := s.d.str(b.span)
	if len(text) > maxStatementBytes {
		text = text[:maxStatementBytes]
	}
	if !strings.Contains(text, "称") {
		return
	}
	if m := selfNaming.FindStringIndex(text); m != nil {
		s.children = s.r.aboutChildren(s.d, span{max(b.start, b.start+m[0]-120), b.start + m[0]})
	}
}

func (r *Reader) aboutChildren(d *document, s span) bool {
	f := d.view(s)
	return r.sections[0].words.has(&f) // sectionGroups begins with children
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
	if text == "" || len(text) > maxHeadingBytes || strings.Contains(text, "\n") {
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
	if latin && isSentence(text) {
		return
	}
	if !latin && (strings.ContainsAny(text, ",") || fieldKey(r, text) != fieldNone) || latin && (strings.Count(text, ",") > 3 || strings.Contains(text, ": ")) {
		return
	}
	return num.style, title, num, true
}

// isSentence tells an English sentence from a heading that ends in a stop: it
// speaks of "we" or "you", or goes on behind a stop.
func isSentence(s string) bool {
	if strings.Contains(strings.TrimSuffix(s, "."), ". ") {
		return true
	}
	if !strings.HasSuffix(s, ".") {
		return false
	}
	for _, question := range []string{"How ", "What ", "Why ", "Which ", "Where "} {
		if strings.HasPrefix(s, question) {
			return false
		}
	}
	s = " " + strings.ToLower(s)
	return strings.Contains(s, " we ") || strings.Contains(s, " you ")
}

func hanCount(s string) int {
	n := 0
	for _, r := range s {
		if isHan(r) {
			n++
		}
	}
	return n
}

func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x2E80 && unicode.Is(unicode.Han, r)
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
	f := d.view(title)
	if len(f.runes) <= maxWholeTitle {
		if class, ok := r.titles[strings.Trim(string(f.runes), ".:：。")]; ok {
			return class
		}
	}
	for _, c := range r.sections {
		if c.words.has(&f) {
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
		case isHan(r):
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
