package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readText makes blocks of a plain text: one per line, lines that only wrap
// joined, lines with cell separators as rows. The text is kept byte for byte.
func readText(text string) *document {
	d := &document{}
	d.readText(text)
	return d
}

// readText does the same in the memory that d has.
func (d *document) readText(text string) {
	d.format, d.text, d.lines = formatText, text, textLines(text)
	r := textReader{d: d, gap: true}
	d.blocks = slices.Grow(d.blocks, len(d.lines)/2+1)
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		r.line(r.d.trim(span{start, end}))
		start = end + 1
	}
}

// textReader carries what the lines so far mean for the next one.
type textReader struct {
	d       *document
	gap     bool // a blank line stands above
	blank   int  // how many
	table   int
	inTable bool
	depth   int // parentheses open in the last block
	opened  int // where the outermost of them opened
}

func (r *textReader) line(s span) {
	if s.empty() {
		r.gap = true
		r.blank++
		return
	}
	d := r.d
	blank := r.blank
	r.blank = 0
	if cells := splitCells(d, s); cells != nil {
		if !r.inTable || r.gap {
			r.table++
		}
		r.inTable = true
		if !isRule(d, cells) {
			d.blocks = append(d.blocks, block{span: s, kind: row, cells: cells, table: r.table, gap: r.gap, blank: blank})
		}
		r.gap, r.depth = false, 0
		return
	}
	r.inTable = false
	wraps := false
	if n := len(d.blocks); n > 0 && !r.gap && d.blocks[n-1].kind == paragraph {
		wraps = r.wraps(d.blocks[n-1].span, s)
	}
	if !wraps && !hasWord(d.str(s)) {
		r.gap = true // a line of dashes or stars
		return
	}
	if wraps {
		d.blocks[len(d.blocks)-1].end = s.end
	} else {
		d.blocks = append(d.blocks, block{span: s, gap: r.gap, blank: blank})
		r.depth = 0
	}
	r.gap = false
	r.parentheses(s)
}

// parentheses counts those that line s leaves open.
func (r *textReader) parentheses(s span) {
	text := r.d.str(s)
	if r.depth == 0 && strings.IndexByte(text, '(') < 0 && !strings.Contains(text, "（") {
		return
	}
	for i := 0; i < len(text); {
		if n := plainAt(text, i); n > 0 {
			i += n
			continue
		}
		c, width := markAt(text, i)
		switch c {
		case '(', '（':
			if r.depth == 0 {
				r.opened = s.start + i
			}
			r.depth++
		case ')', '）':
			r.depth = max(r.depth-1, 0)
		}
		i += width
	}
}

// maxOpenBytes is how long a parenthesis may be open and still reach over a
// line's end.
const maxOpenBytes = 600

// splitCells returns the cells of a row written with pipes or tabs: at least
// two separators, or nil. Separators at the ends make no cells of their own.
func splitCells(d *document, s span) []span {
	line := d.str(s)
	sep := byte('|')
	if strings.Count(line, "|") < 2 {
		sep = '\t'
		if strings.Count(line, "\t") < 2 {
			return nil
		}
	}
	d.pool.cells = room(d.pool.cells)
	first := len(d.pool.cells)
	cells := d.pool.cells
	for from := s.start; from <= s.end; {
		to := s.end
		if i := strings.IndexByte(d.text[from:s.end], sep); i >= 0 {
			to = from + i
		}
		cells = append(cells, d.trim(span{from, to}))
		from = to + 1
	}
	d.pool.cells, cells = cells, keep(cells, first)
	if sep == '|' && len(cells) > 0 && cells[0].empty() {
		cells = cells[1:]
	}
	if sep == '|' && len(cells) > 0 && cells[len(cells)-1].empty() {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// isRule tells whether all cells are dashes, as under a Markdown table's head.
func isRule(d *document, cells []span) bool {
	for _, c := range cells {
		if strings.Trim(d.str(c), "-: ") != "" || c.empty() {
			return false
		}
	}
	return len(cells) > 0
}

// wraps tells whether line b continues block a: a parenthesis is open, a ends
// within an enumeration, or b begins with closing punctuation.
func (r *textReader) wraps(a, b span) bool {
	d := r.d
	first, _ := utf8.DecodeRuneInString(d.str(b))
	switch first {
	case '。', ';', '；', ',', '，', '、', ')', '）', '】', '》', '”', '」':
		return true
	}
	if numberAt(d.str(b)).style != "" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(d.str(a))
	switch last {
	case '、', '，', '/':
		return true
	}
	if r.depth > 0 && b.start-r.opened < maxOpenBytes && closes(d.str(b)) {
		return true
	}
	// English text wrapped at a column: the line is long, ends in a word and
	// goes on in lower case.
	return a.end-a.start >= 50 && unicode.IsLower(first) && (unicode.IsLower(last) || last == ',')
}

// closes tells whether a line closes a parenthesis that it did not open.
func closes(line string) bool {
	depth := 0
	for _, r := range line {
		switch r {
		case '(', '（':
			depth++
		case ')', '）':
			if depth--; depth < 0 {
				return true
			}
		}
	}
	return false
}

// hasWord tells whether a line has a letter or digit.
func hasWord(line string) bool {
	for _, r := range line {
		if r >= 0x4E00 && r <= 0x9FFF || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}
