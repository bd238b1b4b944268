package policy

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// cellLineEntries reads tables of which every cell stands on a line of its own,
// as text copied from a web page has them: three or more heading lines, then
// the cells. Where blank lines part the rows, they decide; else every entry has
// one line per heading, or ends at a link.
func (r *Reader) cellLineEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		if d.vain >= maxVain {
			if !d.given {
				d.given = true
				d.gaps = append(d.gaps, limitGap("not all tables with a line for each cell were looked for: max-policy-rows of %d reached", maxVain))
			}
			break
		}
		fields, first := r.headingLines(d, i)
		if len(fields) == 0 {
			continue
		}
		es, next := r.rowsOfCells(d, fields, first)
		if len(es) == 0 {
			continue
		}
		for k := i; k < next; k++ {
			d.blocks[k].entry = true
		}
		out = append(out, es...)
		i = next - 1
	}
	return out
}

// rowsOfCells reads the rows of a table whose first cell is block first; next is
// the block behind them.
func (r *Reader) rowsOfCells(d *document, fields []field, first int) (es []entry, next int) {
	d.upToKeys(first, func() {
		if rows := cellRows(d, first, len(fields)); len(rows) > 0 {
			es, next = r.rowsByBlankLines(d, fields, first, rows)
		}
		if len(es) == 0 {
			es, next = r.rowsByCount(d, fields, first)
		}
	})
	if !slices.ContainsFunc(es, func(e entry) bool { return r.tells(d, &e) || r.named(d.str(e.name), true) >= 0 }) {
		d.vain += max(next-first, 0)
		return nil, first // lines below words that happen to be headings
	}
	return es, next
}

// cellsBelow reads a table whose headings stand in one line and its cells on lines
// of their own from block first on: the first is short and no row by itself, and
// most rows hold an address or data.
func (r *Reader) cellsBelow(d *document, fields []field, first int) (es []entry, next int) {
	if first+len(fields) > len(d.blocks) {
		return nil, first
	}
	name, _, _ := strings.Cut(d.str(d.blocks[first].span), "（")
	if longer(name, maxCellName) {
		return nil, first
	}
	for _, b := range d.blocks[first : first+minHeaderFields] {
		if b.entry || b.kind == row || len(r.flatCells(d, d.head(b.span, maxFlatRow))) >= len(fields) {
			return nil, first
		}
	}
	es, next = r.rowsOfCells(d, fields, first)
	told := 0
	for i := range es {
		if r.tells(d, &es[i]) {
			told++
		}
	}
	if told*2 <= len(es) {
		return nil, first
	}
	for k := first; k < next; k++ {
		d.blocks[k].entry = true
	}
	return es, next
}

// tells tells whether a row holds an address, a company, or data in their column.
func (r *Reader) tells(d *document, e *entry) bool {
	return e.link != "" || r.isCompany(d.str(e.company)) || slices.ContainsFunc(e.parts, func(p part) bool { return p.field == fieldData && len(r.mentionsIn(d, p.span)) > 0 })
}

// maxVain is how many lines are read in all as rows that turn out to be none: a document
// of words that are headings and names at once would be read from each of its lines on.
const maxVain = 100_000

// maxCellName is how long a line may be, in runes, that is the first cell of a
// row and not all of it.
const maxCellName = 30

// Bounds on the heading lines of a table, and on those in a row that no word
// explains.
const (
	maxHeadings        = 16
	maxUnknownHeadings = 2
)

// headingLines reads the lines from block i on as the headings of a table of
// SDKs; nil where they are none. A heading that no word explains may stand
// before or between others. first is the block behind them.
func (r *Reader) headingLines(d *document, i int) (fields []field, first int) {
	if b := &d.blocks[i]; b.entry || b.kind == row || !mayHead(d.str(b.span)) || r.headingField(d.str(b.span)) == fieldNone {
		return nil, 0
	}
	known, end, unknown, widest := 0, 0, 0, 0
	for k := i; k < min(len(d.blocks), i+maxHeadings) && unknown <= maxUnknownHeadings; k++ {
		b := &d.blocks[k]
		text := d.str(b.span)
		if b.entry || b.kind == row || !mayHead(text) {
			break
		}
		f := r.headingField(text)
		if f == fieldNone && k > i+1 && b.blank > widest || f == fieldName && unknown > 0 && slices.Contains(fields, f) {
			break // the first row
		}
		if k > i {
			widest = max(widest, b.blank)
		}
		fields = append(fields, f)
		if f == fieldNone {
			unknown++
			continue
		}
		unknown = 0
		known++
		end = len(fields)
	}
	if takeTurns(fields[:end]) {
		return nil, 0
	}
	for end < len(fields) && fields[end] == fieldNone && headsAsWell(d, i, i+end) {
		end++
	}
	first = i + end
	fields = namedByKind(fields[:end], slices.ContainsFunc(d.blocks[i:first], func(b block) bool { return strings.EqualFold(d.str(b.span), "SDK类型") }))
	fields = foldHeadings(d, i, fields)
	if known < minHeaderFields || known*2 < len(fields) || !listsSDKs(fields) {
		return nil, 0
	}
	if len(fields) == first-i { // each stands in a line of its own
		r.unknownLines(d, fields, d.blocks[i:first])
	}
	if i > 0 && headsToo(d, i-1) {
		fields = append([]field{fieldNone}, fields...)
	}
	return fields, first
}

// takeTurns tells whether headings and other lines take turns: they are the keys
// of one entry with their values below.
func takeTurns(fields []field) bool {
	for i, f := range fields {
		if (f == fieldNone) != (i%2 == 1) {
			return false
		}
	}
	return len(fields) >= 2*minHeaderFields-1
}

// headsToo tells whether block i, a short line that no word explains, is the
// first heading of those below: it stands as near to them as they to each other
// and farther from what is above.
func headsToo(d *document, i int) bool {
	b := &d.blocks[i]
	text := d.str(b.span)
	return !b.entry && b.kind != row && mayHead(text) && utf8.RuneCountInString(text) <= maxPlainHeadingRunes/2 &&
		d.blocks[i+1].blank == d.blocks[i+2].blank && b.blank > d.blocks[i+1].blank
}

// headsAsWell tells whether block k, a short line that no word explains, is the last
// of the headings that begin at block i: it stands as near to them as they to each
// other, and what follows it stands farther away.
func headsAsWell(d *document, i, k int) bool {
	if k+1 >= len(d.blocks) || utf8.RuneCountInString(d.str(d.blocks[k].span)) > maxPlainHeadingRunes/2 {
		return false
	}
	for j := i + 2; j <= k; j++ {
		if d.blocks[j].blank != d.blocks[i+1].blank {
			return false
		}
	}
	return d.blocks[k+1].blank > d.blocks[k].blank
}

// foldHeadings puts the headings below one that spans several columns in its
// place: 第三方 over 运营方 and 产品. They stand behind the first line of headings,
// more blank lines apart than those, and it has one heading without a field.
func foldHeadings(d *document, i int, fields []field) []field {
	at := slices.Index(fields, fieldNone)
	if at < 0 || slices.Contains(fields[at+1:], fieldNone) {
		return fields
	}
	border, widest := 0, 0
	for k := 1; k < len(fields); k++ {
		if g := d.blocks[i+k].blank; g > widest {
			border, widest = k, g
		}
	}
	below := fields[border:]
	if border <= at || len(below) < 2 || len(below) > 3 || d.blocks[i+1].blank == widest {
		return fields
	}
	out := slices.Clone(fields[:at])
	return append(append(out, below...), fields[at+1:border]...)
}

// mayHead tells whether a line can be the heading of a column.
func mayHead(text string) bool {
	return !longer(text, maxHeadingWords) && !headStops.in(text) && findURL(text) == "" && numberAt(text).style == ""
}

// headStops are marks that no heading of a column holds.
var headStops = newNeedles("。", "；", ";", "，", "：", ":", "？", "！")

// cellRow is one row of a table by blank lines: the blocks of each cell.
type cellRow struct {
	cells []span
	next  int // index of the block behind the row
}

// maxGapBlocks is how many blocks are looked at for the blank lines that part
// rows, and maxGaps how many different numbers of them are tried.
const (
	maxGapBlocks = 120
	maxGaps      = 6
)

// cellRows finds the rows of a table of n columns that begins at block first:
// the numbers of blank lines that part rows and cells are those under which the
// rows, from the first on, come nearest to n cells. nil where blank lines do not
// part rows.
func cellRows(d *document, first, n int) []cellRow {
	var gaps []int
	for k := first; k < len(d.blocks) && k < first+maxGapBlocks; k++ {
		if g := d.blocks[k].blank; !slices.Contains(gaps, g) && len(gaps) < maxGaps {
			gaps = append(gaps, g)
		}
	}
	slices.Sort(gaps)
	var best []cellRow
	score := 0
	for i := range gaps {
		for k := i + 1; k < len(gaps); k++ {
			if rows, s := splitRows(d, first, n, gaps[i], gaps[k]); s >= score && s > 0 {
				best, score = rows, s
			}
		}
	}
	return best
}

// splitRows cuts the blocks from first on into rows at rowGap blank lines and
// into cells at cellGap, up to the first row that is none. A line that is
// indented below another belongs to its cell. The score counts cells, those of
// full rows more than those of rows that have one or two too few or too many.
func splitRows(d *document, first, n, cellGap, rowGap int) (rows []cellRow, score int) {
	for i := first; i < len(d.blocks); {
		var r cellRow
		var plain []span // the cells where no line goes on with the one above
		k := i
		for ; k < len(d.blocks) && (k == i || d.blocks[k].blank < rowGap); k++ {
			b := &d.blocks[k]
			if b.entry || b.kind == row {
				return rows, score
			}
			if k == i || b.blank >= cellGap && (b.blank > 0 || !indented(d, b)) {
				r.cells = append(r.cells, b.span)
			} else {
				r.cells[len(r.cells)-1].end = b.end
			}
			if k == i || b.blank >= cellGap {
				plain = append(plain, b.span)
			} else {
				plain[len(plain)-1].end = b.end
			}
			if len(r.cells) > n+2 {
				return rows, score
			}
		}
		if len(plain) == n && len(r.cells) == n-1 {
			r.cells = plain // one cell is indented
		}
		if len(rows) > 0 && len(r.cells) == 1 && isAddress(d.str(r.cells[0])) {
			above := &rows[len(rows)-1] // its address stands apart
			above.cells = append(above.cells, r.cells[0])
			above.next, i = k, k
			continue
		}
		off := max(n-len(r.cells), len(r.cells)-n)
		if part := len(rows) > 0 && len(r.cells) < n; len(r.cells) < 2 || off > 2 && off*2 > n && !part {
			return rows, score
		}
		score += len(r.cells) * max(1, 10-4*off)
		r.next = k
		rows = append(rows, r)
		i = k
	}
	return rows, score
}

// indented tells whether a line of the text begins with blanks.
func indented(d *document, b *block) bool {
	return b.start > 0 && (d.text[b.start-1] == ' ' || d.text[b.start-1] == '\t')
}

// rowsByBlankLines makes the entries of such rows; next is the block behind the
// last one.
func (r *Reader) rowsByBlankLines(d *document, fields []field, first int, rows []cellRow) (out []entry, next int) {
	next = first
	n := len(fields)
	for _, row := range rows {
		if r.isHeadingRow(d, row.cells) || endsTable(d, row.cells) || numberAt(d.str(row.cells[0])).style != "" && numberAt(d.str(rows[0].cells[0])).style == "" {
			break
		}
		if len(out) > 0 && (n-len(row.cells))*2 > n {
			if !r.continuesRow(d, row.cells) {
				break
			}
			e := &out[len(out)-1] // further kinds of data of the same SDK, whose name spans the rows
			for _, c := range row.cells {
				e.parts = append(e.parts, part{c, fieldData, r.linePlatform(d, c)})
			}
			e.at.end = row.cells[len(row.cells)-1].end
			next = row.next
			continue
		}
		e := entry{layout: layoutCellLine, lang: d.blocks[next].lang, at: span{row.cells[0].start, row.cells[len(row.cells)-1].end}}
		r.placeCells(d, &e, fields, row.cells)
		r.nameless(d, &e)
		if len(row.cells) == n && len(out) > 0 && r.tells(d, &e) {
			r.cutName(d, &e)
		}
		if e.name.empty() || !mayName(d.str(e.name)) {
			break
		}
		if len(out) > 0 {
			mergedCells(fields, &out[len(out)-1], &e, row.cells)
		}
		out = append(out, e)
		next = row.next
	}
	return out, next
}

// continuesRow tells whether the few cells of a row go on with the row above,
// whose other cells span both: they list data and name no SDK.
func (r *Reader) continuesRow(d *document, cells []span) bool {
	lists := false
	for _, c := range cells {
		if text := d.str(c); r.named(text, true) >= 0 || r.isCompany(text) || strings.Contains(text, "我们") {
			return false
		}
		lists = lists || r.isList(d, c)
	}
	return lists
}

// placeCells puts the cells of a row into the fields of an entry: by the
// headings where there is one for each, corrected by content, else by content in
// the order of the headings.
func (r *Reader) placeCells(d *document, e *entry, fields []field, cells []span) {
	if len(cells) > len(fields) {
		cells = r.takeLinks(d, e, fields, cells)
	}
	if len(cells) == len(fields) {
		for i, c := range cells {
			r.place(d, e, c, r.byContent(d, fields[i], c, i, true))
		}
		return
	}
	e.loose = fields
	for i, f := range r.assign(d, fields, cells, true) {
		r.place(d, e, cells[i], f)
	}
}

// isHeadingRow tells whether the cells are headings again: another table begins.
func (r *Reader) isHeadingRow(d *document, cells []span) bool {
	known := 0
	for _, c := range cells {
		if r.headingField(d.str(c)) != fieldNone {
			known++
		}
	}
	return known >= minHeaderFields
}

// endsTable tells whether a row is the text behind the table: it begins with a
// chapter's number, or with a sentence.
func endsTable(d *document, cells []span) bool {
	text := d.str(cells[0])
	style := numberAt(text).style
	return style == "cn" || style == "(cn)" || style == "art" || strings.HasSuffix(text, "。")
}

// mayName tells whether a cell can be a name.
func mayName(text string) bool {
	u := findURL(text)
	return !strings.ContainsAny(text, "。；;：") && utf8.RuneCountInString(text) <= 80 && (u == "" || u == text && !strings.Contains(u, "/")) // www.example.com names its SDK
}

// cutName cuts a name before what is said of it in the same cell: 青梧SDK：青梧科技有限公司.
func (r *Reader) cutName(d *document, e *entry) {
	text := d.str(e.name)
	i := colonAt(text)
	if i <= 0 {
		return
	}
	_, w := utf8.DecodeRuneInString(text[i:])
	rest := d.trim(span{e.name.start + i + w, e.name.end})
	if r.isCompany(d.str(rest)) {
		e.company = rest
	}
	e.name = d.trim(span{e.name.start, e.name.start + i})
}

// rowsByCount makes the entries of rows that no blank lines part.
func (r *Reader) rowsByCount(d *document, fields []field, first int) (out []entry, next int) {
	i := first
	told := true // of all rows so far
	for i < len(d.blocks) {
		n := r.cellLines(d, i, fields)
		if n == 0 {
			break
		}
		e := entry{layout: layoutCellLine, lang: d.blocks[i].lang, at: span{d.blocks[i].start, d.blocks[i+n-1].end}}
		cells := make([]span, n)
		for k := range cells {
			cells[k] = d.blocks[i+k].span
		}
		r.placeCells(d, &e, fields, cells)
		if r.nameless(d, &e); !e.name.empty() {
			tells := r.tells(d, &e)
			if told && !tells && len(out) > 1 && r.named(d.str(e.name), true) < 0 {
				break // the text behind the table
			}
			told = told && tells
			if len(out) > 0 {
				mergedCells(fields, &out[len(out)-1], &e, cells)
			}
			out = append(out, e)
		}
		i += n
	}
	return out, i
}

// cellLines tells how many lines the entry that starts at block i takes; 0
// where the list has ended. A table whose last column is a link ends each
// entry at a link; else every entry has one line per heading.
func (r *Reader) cellLines(d *document, i int, fields []field) int {
	first := d.str(d.blocks[i].span)
	if strings.ContainsAny(first, "。;；:：") || utf8.RuneCountInString(first) > 60 || d.blocks[i].kind == row || d.blocks[i].entry || findURL(first) != "" {
		return 0
	}
	if num := numberAt(first); num.style == "cn" || num.style == "art" {
		return 0
	}
	n := len(fields)
	if k := r.nextSerial(d, i, fields); k > 0 {
		return k
	}
	names := fields[0] == fieldName || fields[0] == fieldCompany && !slices.Contains(fields, fieldName)
	if last := fields[n-1]; last == fieldLink || last == fieldWebsite {
		for k := 1; k < n*2 && i+k < len(d.blocks); k++ {
			if d.blocks[i+k].entry || d.blocks[i+k].kind == row {
				return 0
			}
			s := d.blocks[i+k].span
			if k >= 2 && k >= n-2 && names && r.surelyName(d, i+k) {
				return k // the link is missing
			}
			f := d.view(s)
			if findURL(d.str(s)) != "" && k >= n/2 || r.linkTexts.has(&f) && s.end-s.start < 40 || k == n-1 && isNone(d.str(s)) {
				return k + 1 + r.linksAt(d, i+k+1)
			}
		}
		return 0
	}
	if links := r.linksAt(d, i+n); links > 0 && !r.taken(d, i, i+n) {
		return n + links
	}
	if names && r.surelyName(d, i) && (i+n >= len(d.blocks) || !r.surelyName(d, i+n)) {
		// A cell is missing or has several lines where the next name tells so.
		for off := 1; off <= max(2, n/2); off++ {
			for _, k := range []int{n - off, n + off} {
				if k >= 2 && i+k < len(d.blocks) && r.surelyName(d, i+k) && !r.taken(d, i, i+k) {
					return k
				}
			}
		}
	}
	if i+n > len(d.blocks) {
		return 0
	}
	for k := 0; k < n; k++ {
		if d.blocks[i+k].entry || d.blocks[i+k].kind == row {
			return 0
		}
	}
	return n
}

// nextSerial tells how many lines stand from the number of a row to that of the
// next one; 0 where the first column holds none.
func (r *Reader) nextSerial(d *document, i int, fields []field) int {
	if fields[0] != fieldNote || !isSerial(d.str(d.blocks[i].span)) {
		return 0
	}
	next := strconv.Itoa(serialOf(d.str(d.blocks[i].span)) + 1)
	for k := 2; k <= 3*len(fields) && i+k < len(d.blocks) && !d.blocks[i+k].entry && d.blocks[i+k].kind != row; k++ {
		if text := d.str(d.blocks[i+k].span); len(text) <= len(next)+len("、") && isSerial(text) && strings.Trim(text, ".、() ") == next {
			return k
		}
	}
	return 0
}

// serialOf returns the number that a cell holds.
func serialOf(cell string) int {
	n, _ := strconv.Atoi(strings.Trim(cell, ".、()（） "))
	return n
}

// linksAt counts the lines from block i on that hold addresses, and words for a
// link before one: they belong to the row above, whatever its headings.
func (r *Reader) linksAt(d *document, i int) int {
	n := 0
	for k := i; k < len(d.blocks) && k < i+maxLinkLines && d.blocks[k].kind != row && !d.blocks[k].entry; k++ {
		text := d.str(d.blocks[k].span)
		f, value := r.keyValue(text)
		label := f == fieldLink || f == fieldWebsite
		switch {
		case strings.Contains(text, "://") && (isLink(text) || label && isLink(text[value:])): // www.example.com may name the next SDK
			n = k + 1 - i
		case !label || text[value:] != "":
			return n
		}
	}
	return n
}

// maxLinkLines bounds the lines of addresses of one row.
const maxLinkLines = 6

// surelyName tells whether block i is a line that names an SDK and nothing else.
func (r *Reader) surelyName(d *document, i int) bool {
	text := d.str(d.blocks[i].span)
	if len(text) > maxFieldBytes || !mayName(text) || r.isList(d, d.blocks[i].span) {
		return false
	}
	_, _, known := r.exactName(text)
	return known || utf8.RuneCountInString(text) <= maxGluedName && strings.HasSuffix(strings.ToUpper(text), "SDK") && r.distinctive(text)
}

// taken tells whether one of some blocks belongs to an entry or is a table's.
func (r *Reader) taken(d *document, from, to int) bool {
	return slices.ContainsFunc(d.blocks[from:to], func(b block) bool { return b.entry || b.kind == row })
}

// isNone tells whether a cell only says that there is nothing.
func isNone(cell string) bool {
	switch strings.TrimSpace(cell) {
	case "-", "—", "--", "——", "/", "\\", "无", "暂无", "N/A", "None", "none":
		return true
	}
	return false
}
