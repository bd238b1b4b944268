package policy

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// document is one extracted policy. All offsets inside the package are bytes
// of text; code points are made only for the report.
type document struct {
	source int
	format string
	text   string
	blocks []block
	// lines maps places of the text to lines of the file, for formats whose
	// text is not the file itself: sorted by offset. Empty: the text's own lines.
	lines []lineMark
	links []linkMark // places of the text that link somewhere, in order
	pages []pageMark // where pages begin, for formats that have pages
	gaps  []audit.Gap
	secs  []section // once they were read
	keys  []int     // the blocks with which "key: value" entries surely begin, once they were found

	fold  folded   // of text
	near  int      // where the last view of the fold began: the next is rarely far
	vain  int      // lines that were read as rows and are none, see maxVain
	given bool     // up, which a gap tells
	own   []string // names by which the policy calls the app or its operator
	pool  pool
}

// pool holds what statements are made of in few large pieces.
type pool struct {
	hits       []hit
	mentions   []mention
	clauses    []clause
	statements []statement
	sentences  []span
	cells      []span
	claims     []claim
	exported   []claim
	repaired   repaired // of the statement that is being found
	scratch    []hit    // of one window of text
}

// keep moves what was appended to a pool behind from into a slice of its own.
func keep[T any](all []T, from int) []T { return all[from:len(all):len(all)] }

// room returns a pool with space for a few more, so that appending to it does
// not copy what others hold.
func room[T any](all []T) []T {
	if cap(all)-len(all) < 16 {
		return make([]T, 0, min(max(64, 2*cap(all)), 4096))
	}
	return all
}

// memory is what one document leaves to the next: nothing that a report holds
// lies in it.
type memory struct {
	fold   folded
	pool   pool
	blocks []block
}

// lend gives a document that is about to be read the memory of the one before.
func (m *memory) lend(d *document) { d.fold, d.pool, d.blocks = m.fold, m.pool, m.blocks }

// takeBack ends the use of a document.
func (m *memory) takeBack(d *document) {
	p := &d.pool
	m.fold, m.blocks = d.fold, d.blocks[:0]
	m.pool = pool{p.hits[:0], p.mentions[:0], p.clauses[:0], p.statements[:0], p.sentences[:0], p.cells[:0], p.claims[:0], p.exported[:0], p.repaired, p.scratch[:0]}
}

// view returns the fold of a range.
func (d *document) view(s span) folded {
	d.near = d.fold.index(s.start, d.near)
	return d.fold.viewFrom(d.near, s)
}

// linkMark is a piece of text with the address it links to.
type linkMark struct {
	span
	href string
}

type lineMark struct{ offset, line int }

type pageMark struct{ offset, page int }

type blockKind uint8

const (
	paragraph blockKind = iota
	heading             // marked up as a heading
	item                // a list item
	row                 // a table row, with cells
)

// span is a half-open byte range of the text.
type span struct{ start, end int }

func (s span) empty() bool { return s.start >= s.end }

// block is one paragraph, heading, list item or table row.
type block struct {
	span
	kind    blockKind
	level   int    // of a marked-up heading, from 1
	cells   []span // of a row
	table   int    // rows of one table share a number above 0
	defines bool   // it is the definition of a term, which stands before it
	gap     bool   // a blank line or the end of a block element stands before it
	blank   int    // blank lines before it, of a plain text

	lang    string // "zh" or "en"
	section int    // index into the reader's sections
	entry   bool   // belongs to an SDK entry

	statements []statement // of the whole block, once they were asked for
	split      bool        // statements are there
	names      int8        // whether it may name an SDK: 1 yes, -1 no, 0 not looked at
}

func (d *document) str(s span) string { return d.text[s.start:s.end] }

// trim shortens s by blanks at both ends.
func (d *document) trim(s span) span {
	for s.start < s.end {
		if c := d.text[s.start]; c > ' ' && c < 0xC2 || c > 0xE3 && c < 0xEF {
			break // no blank begins with it
		}
		r, n := utf8.DecodeRuneInString(d.text[s.start:s.end])
		if !isBlank(r) {
			break
		}
		s.start += n
	}
	for s.start < s.end {
		if c := d.text[s.end-1]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeLastRuneInString(d.text[s.start:s.end])
		if !isBlank(r) {
			break
		}
		s.end -= n
	}
	return s
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' || r == '\v' || r == 0xA0 || r == 0x3000 || r == 0x200B || r == 0x2028 || r == 0x2029 || r == 0xFEFF
}

// line returns the line of a byte offset: in the file, from 1.
func (d *document) line(offset int) int {
	i := sort.Search(len(d.lines), func(i int) bool { return d.lines[i].offset > offset })
	if i == 0 {
		return 1
	}
	return d.lines[i-1].line
}

// textLines marks every line of the text itself.
func textLines(text string) []lineMark {
	marks := append(make([]lineMark, 0, strings.Count(text, "\n")+1), lineMark{0, 1})
	for i, n := 0, 1; i < len(text); i++ {
		if text[i] == '\n' {
			n++
			marks = append(marks, lineMark{i + 1, n})
		}
	}
	return marks
}

// points converts byte offsets to code points. Offsets may be asked in any
// order; a mark every step bytes keeps that cheap.
type points struct {
	text  string
	marks []int32 // code points before byte i*step
}

const pointStep = 64

func newPoints(text string) *points {
	p := &points{text: text, marks: make([]int32, 0, len(text)/pointStep+2)}
	n := int32(0)
	for i := 0; i < len(text); i += pointStep {
		p.marks = append(p.marks, n)
		n += int32(runeCount(text[i:min(i+pointStep, len(text))]))
	}
	p.marks = append(p.marks, n)
	return p
}

func (p *points) at(offset int) int {
	m := min(offset/pointStep, len(p.marks)-1)
	from := min(m*pointStep, len(p.text))
	return int(p.marks[m]) + runeCount(p.text[from:max(from, min(offset, len(p.text)))])
}

// builder assembles the text of a marked-up document. It adds nothing but
// line breaks, blanks and " | " between cells.
type builder struct {
	b     strings.Builder
	doc   document
	table int
}

// mark notes that what follows stands at this line of the file.
func (b *builder) mark(line int) {
	if n := len(b.doc.lines); n > 0 && b.doc.lines[n-1].line == line {
		return
	}
	b.doc.lines = append(b.doc.lines, lineMark{b.b.Len(), line})
}

func (b *builder) finish(format string) *document {
	d := b.doc
	d.format = format
	d.text = b.b.String()
	d.blocks = slices.DeleteFunc(d.blocks, func(k block) bool { return d.trim(k.span).empty() })
	for i := range d.blocks {
		d.blocks[i].span = d.trim(d.blocks[i].span)
		for j, c := range d.blocks[i].cells {
			d.blocks[i].cells[j] = d.trim(c)
		}
	}
	return &d
}

func sortedLinks(links []linkMark) []linkMark {
	slices.SortStableFunc(links, func(a, b linkMark) int { return a.start - b.start })
	return links
}
