package policy

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits on what a table may claim of itself.
const (
	maxSpan        = 64   // rowspan or colspan taken at face value
	maxTableCells  = 4096 // cells of one row
	maxTokenBytes  = 4 << 20
	maxOpenTables  = 16
	maxHiddenDepth = 10_000
	maxSpans       = 500_000 // columns that cells reach over, in one document
)

// htmlReader turns a token stream into blocks. It keeps no tree: only what is
// open matters, and hostile nesting costs nothing.
type htmlReader struct {
	builder
	line      int
	from      int       // start of the open block, -1 if none
	kind      blockKind // of the open block
	level     int
	space     bool // a blank is due before the next character
	gapNext   bool
	defines   bool // in the definition of a term
	listDepth int
	tables    []*htmlTable
	link      *linkMark
	links     []linkMark
	pre       int    // open <pre> elements outside tables
	pres      []span // what stood in them
	spans     int    // columns that cells reached over so far
}

type htmlTable struct {
	id    int
	cells []span      // of the open row
	carry []carryCell // cells that reach down from rows above, by column
	inRow bool
	cell  int // start of the open cell, -1 if none
	cols  int
	rows  int
	start int // start of the open row's text
	// layout: a table stands inside a cell of this one, so that its cells only
	// arrange the page; they are read like paragraphs.
	layout bool
}

type carryCell struct {
	span
	left int
}

// readHTML extracts what a reader sees: hidden elements, scripts and styles
// are left out.
func readHTML(text string) *document {
	r := &htmlReader{line: 1, from: -1}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(maxTokenBytes)
	skip, depth := "", 0
	for {
		tt := z.Next()
		if tt == html.ErrorToken {
			break
		}
		lines := bytes.Count(z.Raw(), []byte("\n"))
		switch tt {
		case html.TextToken:
			switch {
			case skip != "":
			case r.pre > 0 && len(r.tables) == 0:
				r.preformatted(string(z.Text()))
			default:
				r.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			void := tt == html.SelfClosingTagToken || isVoid(t.DataAtom)
			switch {
			case skip != "":
				if t.Data == skip && !void {
					if tt == html.EndTagToken {
						depth--
					} else if depth < maxHiddenDepth {
						depth++
					}
					if depth == 0 {
						skip = ""
					}
				}
			case tt != html.EndTagToken && !void && isHidden(t):
				skip, depth = t.Data, 1
			case tt == html.EndTagToken:
				r.endTag(t)
			default:
				r.startTag(t)
			}
		}
		if tt != html.TextToken || skip != "" {
			r.line += lines
		}
	}
	for len(r.tables) > 0 {
		r.closeTable()
	}
	r.pre = min(r.pre, 1)
	r.endPre()
	r.flush()
	d := r.finish(formatHTML)
	textRows(d)
	d.links = sortedLinks(r.links)
	if len(r.pres) > 0 {
		r.readPreformatted(d)
	}
	return d
}

// readPreformatted reads what stood in <pre> elements like plain text: line by
// line.
func (r *htmlReader) readPreformatted(d *document) {
	tr := textReader{d: &document{format: formatText, text: d.text}, gap: true, table: r.table}
	var out []block
	k := 0
	for _, s := range r.pres {
		for k < len(d.blocks) && d.blocks[k].start < s.start {
			out = append(out, d.blocks[k])
			k++
		}
		tr.gap = true
		tr.lines(s)
		out = append(out, tr.d.blocks...)
		tr.d.blocks = nil
	}
	out = append(out, d.blocks[k:]...)
	if len(d.blocks) == 0 {
		d.format = formatText // a text in an HTML wrapper: its lines may wrap
	}
	d.blocks = out
}

// endPre closes a <pre> element.
func (r *htmlReader) endPre() {
	if r.pre == 0 {
		return
	}
	if r.pre--; r.pre == 0 {
		r.flush()
		r.pres[len(r.pres)-1].end = r.b.Len()
		r.b.WriteByte('\n')
	}
}

// preformatted appends text of a <pre> element as it stands.
func (r *htmlReader) preformatted(s string) {
	for len(s) > 0 {
		r.mark(r.line)
		n := strings.IndexByte(s, '\n')
		if n < 0 {
			r.b.WriteString(s)
			return
		}
		r.b.WriteString(s[:n+1])
		r.line++
		s = s[n+1:]
	}
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Col, atom.Wbr, atom.Area, atom.Base, atom.Embed, atom.Source, atom.Track:
		return true
	}
	return false
}

func isHidden(t html.Token) bool {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Head, atom.Title, atom.Iframe, atom.Object, atom.Select, atom.Textarea:
		return true
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			s := strings.Join(strings.Fields(strings.ToLower(a.Val)), "")
			if strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") {
				return true
			}
		}
	}
	return false
}

func (r *htmlReader) startTag(t html.Token) {
	switch t.DataAtom {
	case atom.Br:
		r.breakLine()
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.flush()
		r.kind, r.level = heading, int(t.Data[1]-'0')
	case atom.Li, atom.Dt, atom.Dd:
		r.flush()
		r.kind, r.defines = item, t.DataAtom == atom.Dd
	case atom.Ul, atom.Ol:
		r.flush()
		r.listDepth++
	case atom.Table:
		if t := r.grid(); t != nil && t.inRow {
			inside := t.cell >= 0
			r.closeRow()
			t.layout = inside
		}
		r.flush()
		if len(r.tables) < maxOpenTables {
			r.table++
			r.tables = append(r.tables, &htmlTable{id: r.table, cell: -1})
		}
	case atom.Pre:
		r.flush()
		if r.pre++; r.pre == 1 {
			r.pres = append(r.pres, span{r.b.Len(), r.b.Len()})
		}
	case atom.Tr:
		r.openRow()
	case atom.Td, atom.Th:
		r.openCell(t)
	case atom.A:
		for _, a := range t.Attr {
			if a.Key == "href" {
				r.link = &linkMark{span: span{r.b.Len(), r.b.Len()}, href: a.Val}
			}
		}
	default:
		if isBlockTag(t.DataAtom) {
			r.flush()
		}
	}
}

func (r *htmlReader) endTag(t html.Token) {
	switch t.DataAtom {
	case atom.Table:
		r.closeTable()
	case atom.Pre:
		r.endPre()
	case atom.Tr:
		r.closeRow()
	case atom.Td, atom.Th:
		r.closeCell()
	case atom.Ul, atom.Ol:
		r.flush()
		r.listDepth = max(r.listDepth-1, 0)
	case atom.A:
		if r.link != nil {
			r.link.end = r.b.Len()
			if r.link.start < r.link.end && r.b.String()[r.link.start] == ' ' {
				r.link.start++ // the blank before its text
			}
			r.links = append(r.links, *r.link)
			r.link = nil
		}
	default:
		if isBlockTag(t.DataAtom) || t.DataAtom == atom.Li || len(t.Data) == 2 && t.Data[0] == 'h' {
			r.flush()
		}
	}
}

func isBlockTag(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Blockquote,
		atom.Pre, atom.Hr, atom.Form, atom.Address, atom.Figure, atom.Figcaption, atom.Dl, atom.Body, atom.Html, atom.Details, atom.Summary, atom.Caption, atom.Fieldset:
		return true
	}
	return false
}

// inCell returns the innermost table while one of its cells is open.
func (r *htmlReader) inCell() *htmlTable {
	if n := len(r.tables); n > 0 && r.tables[n-1].cell >= 0 {
		return r.tables[n-1]
	}
	return nil
}

// text appends the characters of one text node, blanks collapsed.
func (r *htmlReader) text(s string) {
	for len(s) > 0 {
		c := s[0]
		if c == '\n' {
			r.line++
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' {
			r.space = true
			s = s[1:]
			continue
		}
		n := strings.IndexAny(s, " \t\n\r\f")
		if n < 0 {
			n = len(s)
		}
		r.word(s[:n])
		s = s[n:]
	}
}

func (r *htmlReader) word(w string) {
	if r.inCell() == nil && r.from < 0 {
		if t := r.grid(); t != nil && t.inRow { // text between cells ends the row
			r.closeRow()
		}
		r.mark(r.line)
		r.from = r.b.Len()
	} else {
		if t := r.inCell(); r.space && (t == nil || r.b.Len() > t.cell) {
			r.b.WriteByte(' ')
		}
		r.mark(r.line)
	}
	r.space = false
	r.b.WriteString(w)
}

func (r *htmlReader) breakLine() {
	if t := r.inCell(); t != nil {
		if r.b.Len() > t.cell {
			r.b.WriteByte('\n')
		}
		r.space = false
		return
	}
	kind, level := r.kind, r.level
	r.flush()
	r.kind, r.level = kind, level
	r.gapNext = false
}

// flush ends the open block; inside a cell it only separates words.
func (r *htmlReader) flush() {
	if r.inCell() != nil {
		r.space = true
		return
	}
	if r.from >= 0 {
		r.doc.blocks = append(r.doc.blocks, block{span: span{r.from, r.b.Len()}, kind: r.kind, level: r.level, gap: r.gapNext, defines: r.defines})
		r.b.WriteByte('\n')
	}
	r.from, r.kind, r.level, r.space, r.gapNext, r.defines = -1, paragraph, 0, false, true, false
}

// grid returns the innermost table, or nil where rows and cells only arrange the
// page.
func (r *htmlReader) grid() *htmlTable {
	if n := len(r.tables); n > 0 && !r.tables[n-1].layout {
		return r.tables[n-1]
	}
	return nil
}

func (r *htmlReader) openRow() {
	r.closeRow()
	r.flush()
	t := r.grid()
	if t == nil {
		return
	}
	t.inRow, t.cells, t.start = true, nil, r.b.Len()
}

func (r *htmlReader) openCell(tok html.Token) {
	t := r.grid()
	if t == nil {
		r.flush()
		return
	}
	if !t.inRow {
		r.openRow()
	}
	r.closeCell()
	r.endParagraph()
	t.fillCarried()
	if len(t.cells) > 0 && r.b.Len() > t.start {
		r.b.WriteString(" | ")
	}
	t.cell = r.b.Len()
	r.space = false
	t.cols, t.rows = 1, 1
	for _, a := range tok.Attr {
		n, err := strconv.Atoi(strings.TrimSpace(a.Val))
		if err != nil || n < 1 {
			continue
		}
		switch a.Key {
		case "colspan":
			if r.spans += min(n, maxSpan); r.spans <= maxSpans {
				t.cols = min(n, maxSpan)
			}
		case "rowspan":
			t.rows = min(n, maxSpan)
		}
	}
}

// endParagraph ends a block of text that stands between cells.
func (r *htmlReader) endParagraph() {
	if r.from >= 0 && r.inCell() == nil {
		r.flush()
	}
}

// fillCarried puts the cells that reach down from rows above before the next
// column.
func (t *htmlTable) fillCarried() {
	for c := len(t.cells); c < len(t.carry) && t.carry[c].left > 0; c++ {
		t.carry[c].left--
		t.cells = append(t.cells, t.carry[c].span)
	}
}

func (r *htmlReader) closeCell() {
	t := r.inCell()
	if t == nil {
		if r.grid() == nil {
			r.flush()
		}
		return
	}
	s := span{t.cell, r.b.Len()}
	t.cell = -1
	for i := 0; i < t.cols && len(t.cells) < maxTableCells; i++ {
		c := len(t.cells)
		t.cells = append(t.cells, s)
		if t.rows > 1 {
			for len(t.carry) <= c {
				t.carry = append(t.carry, carryCell{})
			}
			t.carry[c] = carryCell{s, t.rows - 1}
		}
	}
	r.space = false
}

func (r *htmlReader) closeRow() {
	r.closeCell()
	r.endParagraph()
	t := r.grid()
	if t == nil || !t.inRow {
		return
	}
	t.fillCarried()
	t.inRow = false
	if r.b.Len() > t.start && len(t.cells) > 0 {
		r.doc.blocks = append(r.doc.blocks, block{span: span{t.start, r.b.Len()}, kind: row, cells: slices.Clone(t.cells), table: t.id})
		r.b.WriteByte('\n')
	}
	r.space = false
}

func (r *htmlReader) closeTable() {
	if len(r.tables) == 0 {
		return
	}
	r.closeRow()
	r.flush()
	r.tables = r.tables[:len(r.tables)-1]
	r.gapNext = true
}
