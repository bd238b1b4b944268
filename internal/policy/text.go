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
	r := textReader{d: d, gap: true, column: wrapColumn(text)}
	d.blocks = slices.Grow(d.blocks, len(d.lines)/2+1)
	r.lines(span{0, len(text)})
}

// lines reads the lines of a range.
func (r *textReader) lines(s span) {
	text := r.d.text
	for start := s.start; start < s.end; {
		end := s.end
		if i := strings.IndexByte(text[start:end], '\n'); i >= 0 {
			end = start + i
		}
		line := r.d.trim(span{start, end})
		if cols := ruleColumns(r.d.str(line)); cols > 0 && endsHard(text[line.end:end]) {
			if next := r.brokenRows(s, line, cols); next > 0 {
				start = next
				continue
			}
		}
		r.line(line)
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
	column  int // at which the text was broken, 0 where it was not
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
	for _, c := range cells {
		if c.end-c.start > maxCellBytes {
			return nil // a text that some line of links ended up in
		}
	}
	return cells
}

// maxCellBytes bounds a cell of a row on one line.
const maxCellBytes = 6 << 10

// isRule tells whether all cells are dashes, as under a Markdown table's head.
func isRule(d *document, cells []span) bool {
	for _, c := range cells {
		if strings.Trim(d.str(c), "-: ") != "" || c.empty() {
			return false
		}
	}
	return len(cells) > 0
}

// ruleColumns returns how many columns a line of dashes and pipes rules off, or 0.
func ruleColumns(line string) int {
	if len(line) < 5 || line[0] != '-' && line[0] != '|' && line[0] != ':' || strings.Trim(line, "-|: ") != "" {
		return 0
	}
	line = strings.Trim(line, "| ")
	if !strings.Contains(line, "-|") && !strings.Contains(line, "- |") {
		return 0
	}
	return strings.Count(line, "|") + 1
}

// endsHard tells whether what follows the last character of a line is the mark
// of a Markdown line that does not wrap: two blanks.
func endsHard(tail string) bool { return strings.HasPrefix(tail, "  ") }

// maxRowBytes bounds a table row that is broken over lines.
const maxRowBytes = 8 << 10

// brokenRows reads a Markdown table whose rows are broken over lines, as
// programs write it that wrap text at a column: only two blanks at the end of a
// line end a row, once it has all its cells. rule is the line under the
// headings. It returns where the text behind the table begins, or 0.
func (r *textReader) brokenRows(all, rule span, cols int) int {
	d := r.d
	head := r.headAbove(all.start, rule.start, cols)
	if head.empty() {
		return 0
	}
	first := len(d.blocks)
	for first > 0 && d.blocks[first-1].start >= head.start {
		first--
	}
	d.blocks = d.blocks[:first]
	r.table++
	r.pipeRow(head)
	at := min(all.end, rule.end+lineRest(d.text[rule.end:all.end])+1)
	for at < all.end {
		row, next := r.brokenRow(span{at, min(all.end, at+maxRowBytes)}, cols)
		if row.empty() {
			row, next = r.loneCell(all, at, cols)
		}
		if row.empty() {
			break
		}
		r.pipeRow(row)
		at = next
	}
	r.inTable, r.gap, r.blank, r.depth = false, true, 1, 0
	return at
}

// lineRest returns how many bytes of s stand before its first line break.
func lineRest(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// headAbove returns the row that ends above a rule: as many lines as have one
// pipe less than the table has columns.
func (r *textReader) headAbove(from, rule, cols int) span {
	text := r.d.text
	from = max(from, rule-maxRowBytes)
	at, pipes := rule, 0
	for at > from && pipes < cols-1 {
		at--
		if text[at] == '|' {
			pipes++
		}
	}
	if pipes < cols-1 {
		return span{}
	}
	// The first cell stands before the pipe: on its line, or on the line above.
	start := strings.LastIndexByte(text[from:at], '\n') + 1 + from
	if strings.TrimSpace(text[start:at]) == "" && start > from {
		start = strings.LastIndexByte(text[from:start-1], '\n') + 1 + from
	}
	return r.d.trim(span{start, rule})
}

// brokenRow returns the row that s begins with, and where the next one may
// begin; an empty span where s begins with something else.
func (r *textReader) brokenRow(s span, cols int) (row span, next int) {
	text, pipes, begun := r.d.text, 0, false
	for at := s.start; at < s.end; {
		end := s.end
		if i := strings.IndexByte(text[at:end], '\n'); i >= 0 {
			end = at + i
		}
		line := text[at:end]
		pipes += strings.Count(line, "|")
		begun = begun || strings.TrimSpace(line) != ""
		hard := begun && endsHard(line[len(strings.TrimRight(line, " \r")):])
		at = end + 1
		switch {
		case pipes > cols+1 || begun && pipes == 0 && hard:
			return span{}, 0
		case hard && pipes >= cols-1:
			return r.d.trim(span{s.start, end}), at
		}
	}
	return span{}, 0
}

// Bounds of cells that stand alone between rows.
const (
	maxLoneCells = 12
	maxLoneBytes = 600
)

// loneCell returns the one cell that goes on with the row above, whose other
// cells span both: a line without pipe that ends hard. A whole row must follow,
// behind no more than a few of its kind.
func (r *textReader) loneCell(all span, from, cols int) (row span, next int) {
	at := from
	for range maxLoneCells {
		cell, behind := r.loneLine(span{at, min(all.end, at+maxLoneBytes)})
		if cell.empty() {
			return span{}, 0
		}
		if row.empty() {
			row, next = cell, behind
		}
		at = behind
		if whole, _ := r.brokenRow(span{at, min(all.end, at+maxRowBytes)}, cols); !whole.empty() {
			return row, next
		}
	}
	return span{}, 0
}

// loneLine returns the first line of a range that is not blank, where it holds
// no pipe and ends hard.
func (r *textReader) loneLine(s span) (line span, next int) {
	text := r.d.text
	for at := s.start; at < s.end; {
		n := strings.IndexByte(text[at:s.end], '\n')
		if n < 0 {
			break
		}
		l := text[at : at+n]
		bare := strings.TrimRight(l, " \r")
		if strings.TrimSpace(l) == "" {
			at += n + 1
			continue
		}
		if strings.ContainsAny(l, "|=") || !endsHard(l[len(bare):]) {
			break
		}
		return r.d.trim(span{at, at + n}), at + n + 1
	}
	return span{}, 0
}

// pipeRow adds a row whose cells pipes part.
func (r *textReader) pipeRow(s span) {
	d := r.d
	var cells []span
	for from := s.start; from <= s.end; {
		to := s.end
		if i := strings.IndexByte(d.text[from:s.end], '|'); i >= 0 {
			to = from + i
		}
		cells = append(cells, d.trim(span{from, to}))
		from = to + 1
	}
	d.blocks = append(d.blocks, block{span: s, kind: row, cells: cells, table: r.table})
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
	switch d.str(b) {
	case "有限公司", "股份有限公司", "有限责任公司":
		return true // a company whose name was wrapped before its legal form
	}
	last, _ := utf8.DecodeLastRuneInString(d.str(a))
	switch last {
	case '、', '，':
		return true
	case '/':
		return !endsInAddress(d.str(a)) || goesOnAddress(d.str(b))
	}
	if r.depth > 0 && b.start-r.opened < maxOpenBytes && closes(d.str(b)) {
		return true
	}
	if r.column > 0 && r.full(a, b) {
		return true
	}
	// English text wrapped at a column: the line is long, ends in a word and
	// goes on in lower case. Behind an address in Chinese text the next row begins.
	if a.end-a.start < 50 || !unicode.IsLower(first) || !unicode.IsLower(last) && last != ',' {
		return false
	}
	return !endsInAddress(d.str(a)) || hanCount(d.str(a)) == 0 || goesOnAddress(d.str(b))
}

// endsInAddress tells whether the last word of a text is an address.
func endsInAddress(text string) bool {
	return strings.Contains(text[strings.LastIndexAny(text, " \t\u00a0")+1:], "://")
}

// goesOnAddress tells whether a line can be the rest of an address that ends in a
// slash: privacy/index.html, but no name that stands in the next cell.
func goesOnAddress(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return strings.ContainsAny(word, "./=?_-") && !strings.Contains(word, "://") && !strings.ContainsFunc(word, func(c rune) bool { return c >= utf8.RuneSelf })
}

// closes tells whether a text closes a parenthesis that it did not open.
func closes(text string) bool {
	depth := 0
	for _, r := range text {
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
