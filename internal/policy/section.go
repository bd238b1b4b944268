package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// section is the reach of one heading.
type section struct {
	class  sectionClass
	closed bool // no collection claims
	title  span
	head   span   // its heading with the number
	up     int    // the section around it, 0 if none
	path   string // once it was asked for

	platform string // the only one that it is about, by its heading or those above it; else "" or any
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
	run      itemRun
	children bool // inside an appended policy for children
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
	ok = ok && !s.run.item(b, num)
	s.run.next(s.d, b, num, ok)
	switch {
	case ok:
		s.run = itemRun{}
		if (style == "cn" || style == "art") && num.first() {
			s.endPreamble()
		}
		s.stack = closeFor(s.stack, style, num.first())
		class := s.r.classOf(s.d, title)
		if len(s.stack) == 0 && num.first() {
			s.children = s.children && class == sectionChildren // else another document begins
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
		copied := s.out[b.section]
		copied.class, copied.closed = sectionChildren, true
		s.out = append(s.out, copied)
		b.section = len(s.out) - 1
	}
}

// endPreamble ends the headings without numbers before chapter one: "术语和定义"
// above it is no part of the chapters. An appended policy for children is, whose
// chapters count anew.
func (s *sectioner) endPreamble() {
	for n := len(s.stack); n > 0; n-- {
		top := s.stack[n-1]
		if top.style != "plain" || s.out[top.sec].class == sectionChildren {
			return
		}
		s.stack = s.stack[:n-1]
	}
}

// itemRun follows the items below a line that announces them with a colon: short
// numbered lines there are no headings as long as they count on.
type itemRun struct {
	announced bool // the block before ends with a colon
	plain     bool // the items have no numbers
	last      map[string]int
}

// item tells whether block b, which looks like a heading, is an item.
func (r *itemRun) item(b *block, num number) bool {
	switch {
	case b.kind == heading:
		return false
	case num.style == "":
		return (r.announced || r.plain) && !b.gap
	case r.announced:
		return true
	}
	n, ok := r.last[num.style]
	return ok && n != 0 && num.value == n+1
}

// next notes block b for the blocks behind it.
func (r *itemRun) next(d *document, b *block, num number, isHeading bool) {
	n, counts := r.last[num.style]
	counts = counts && num.value == n+1
	text := strings.TrimRight(d.str(b.span), " ")
	announces := strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
	switch {
	case isHeading || b.kind == row:
		*r = itemRun{}
	case num.style == "":
		*r = itemRun{announced: announces, plain: (r.announced || r.plain) && !b.gap && !announces}
	case r.announced || counts || announces:
		if r.last == nil {
			r.last = map[string]int{}
		}
		r.last[num.style] = num.value
		r.announced, r.plain = announces, false
	default:
		r.announced, r.plain = false, false
	}
}

// open begins a section at block b. A section inside a closed one is closed as
// long as its own heading says nothing else.
func (s *sectioner) open(b *block, style string, value int, class sectionClass, title span) {
	n := section{class: class, title: title, head: b.span, closed: class.closed()}
	if len(s.stack) > 0 {
		n.up = s.stack[len(s.stack)-1].sec
		up := s.out[n.up]
		n.platform = up.platform
		if up.closed && (class == sectionOpen || up.class == sectionChildren || up.class == sectionDefinitions || up.class == sectionExceptions) {
			n.closed = true
			if class == sectionOpen {
				n.class = up.class
			}
		} else if class == sectionOpen && up.class == sectionSDK {
			n.class = up.class
		}
	}
	if p := s.r.titlePlatform(s.d, title); p != "" {
		n.platform = p
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

// naming looks for the beginning of another document: an appended policy for
// children names itself.
func (s *sectioner) naming(b *block) {
	text := s.d.str(b.span)
	if len(text) > maxStatementBytes {
		text = text[:maxStatementBytes]
	}
	if at := selfNaming(text); at >= 0 {
		s.children = s.r.aboutChildren(s.d, span{max(b.start, b.start+at-120), b.start + at})
		s.begin(b)
	}
}

// selfNaming returns where a document gives itself a name, "(以下简称“本政策”)", or
// -1.
func selfNaming(text string) int {
	for at := 0; ; {
		i := strings.Index(text[at:], "称")
		if i < 0 {
			return -1
		}
		at += i
		start := -1
		for _, w := range []string{"以下简", "以下", "下"} {
			if strings.HasSuffix(text[:at], w) {
				start = at - len(w)
				break
			}
		}
		at += len("称")
		if start < 0 {
			continue
		}
		rest := text[at:]
		if quote, w := utf8.DecodeRuneInString(rest); w > 0 && strings.ContainsRune("“\"'‘「", quote) {
			rest = rest[w:]
		}
		for _, name := range []string{"本政策", "本规则", "本声明", "本协议", "本隐私政策", "本隐私权政策", "本隐私协议"} {
			if strings.HasPrefix(rest, name) {
				return start
			}
		}
	}
}

// begin opens block b, with which a document begins, where only lines without
// number or mark-up stand above it: those are a page's buttons and notes, such as
// 撤回, and not the headings that they look like.
func (s *sectioner) begin(b *block) {
	for _, o := range s.stack {
		if o.style != "plain" {
			return
		}
	}
	s.stack = nil
	b.section = 0
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
	switch num.style {
	case "":
		return "plain", title, num, !amongItems(d, i) && r.plainHeading(d, i, title, text)
	case "circle", "bullet", "num)":
		return
	}
	return num.style, title, num, r.numberedHeading(d, title, text)
}

// amongItems tells whether block i is one of several items of a list.
func amongItems(d *document, i int) bool {
	isItem := func(k int) bool { return k >= 0 && k < len(d.blocks) && d.blocks[k].kind == item }
	return isItem(i) && (isItem(i-1) || isItem(i+1))
}

// plainHeading tells whether a line without numbering is a heading: it is short,
// without punctuation, and stands apart or has words that headings have.
func (r *Reader) plainHeading(d *document, i int, title span, text string) bool {
	runes := runeCount(text)
	if runes > maxPlainHeadingLatin {
		return false
	}
	latin := hanCount(text)*4 < runes
	limit := maxPlainHeadingRunes
	if latin {
		limit = maxPlainHeadingLatin
	}
	if runes > limit || hasMark(text, "。;；,，、：:|!！") || strings.HasSuffix(text, ".") {
		return false
	}
	b := &d.blocks[i]
	if !latin {
		return b.gap && !strings.Contains(text, " ") || r.classOf(d, title) != sectionOpen
	}
	apart := b.gap && (i+1 == len(d.blocks) || d.blocks[i+1].gap)
	return titleCase(text) || apart && r.classOf(d, title) != sectionOpen
}

// numberedHeading tells whether the text behind a number is a heading: it is
// short and no sentence, item or "key: value" line.
func (r *Reader) numberedHeading(d *document, title span, text string) bool {
	runes := runeCount(text)
	latin := hanCount(text)*4 < runes
	limit := maxHeadingRunes
	if latin {
		limit = maxHeadingLatin
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if runes > limit || hasMark(text, "。;；，！!") || strings.ContainsRune("：:、", last) {
		return false
	}
	if latin {
		return !isSentence(text) && strings.Count(text, ",") <= 3 && !strings.Contains(text, ": ")
	}
	if colonAt(text) > 0 && r.classOf(d, title) == sectionOpen {
		return false // "1. 相机:用于扫码"
	}
	return !strings.Contains(text, ",") && fieldKey(r, text) == fieldNone
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
	for i := 0; i < len(s); {
		if usualHan(s, i) {
			n++
			i += 3
			continue
		}
		han, width := hanAt(s, i)
		if han {
			n++
		}
		i += width
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
		if !c.words.has(&f) {
			continue
		}
		if c.class == sectionRights && r.collectsFirst(&f, c.words) {
			return sectionCollection
		}
		return c.class
	}
	return sectionOpen
}

// collectsFirst tells whether a heading that speaks of the user's rights speaks
// of collecting before: 我们如何收集您的信息以及您如何管理.
func (r *Reader) collectsFirst(f *folded, rights *matcher) bool {
	for _, c := range r.sections {
		if c.class == sectionCollection {
			hs := c.words.find(f)
			return len(hs) > 0 && hs[0].from < rights.find(f)[0].from
		}
	}
	return false
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

// ownLanguage returns the language of a sentence in a block of the given one: its
// own where its words tell.
func ownLanguage(s, around string) string {
	if l := languageOf(s); l != "" {
		return l
	}
	if around == "zh" && strings.IndexByte(s, ' ') > 0 && strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		padded := " " + strings.ToLower(s) + " "
		for _, w := range []string{" the ", " and ", " or ", " of ", " your ", " we ", " is ", " are "} {
			if strings.Contains(padded, w) {
				return "en"
			}
		}
	}
	return around
}

// languageOf compares Chinese characters with words in lower-case letters:
// names and abbreviations say nothing about the language around them.
func languageOf(s string) string {
	han, words, inWord := 0, 0, false
	for i := 0; i < len(s); {
		r := s[i]
		if usualHan(s, i) {
			han++
			inWord = false
			i += 3
			if rest := len(s) - i; han >= 2 && han*2 >= words+(rest+1)/2 {
				return "zh" // whatever follows
			}
			continue
		}
		isHan, width := hanAt(s, i)
		i += width
		switch {
		case isHan:
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
