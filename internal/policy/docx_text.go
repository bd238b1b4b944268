package policy

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// docxNode is a paragraph or a table.
type docxNode struct {
	para  *docxPara
	table *docxTable
}

// docxPara is one paragraph; its links count bytes of its own text.
type docxPara struct {
	text   strings.Builder
	links  []linkMark
	style  string
	level  int
	body   bool // its own outline level says "no heading"
	list   bool
	joins  bool // its end was deleted: it goes on in the next one
	notes  []string
	boxes  []docxNode
	hidden int8 // of the open run
}

type docxTable struct{ rows []docxRow }

type docxRow struct {
	cells   []docxCell
	before  int // empty columns before the first cell
	deleted bool
}

type docxCell struct {
	nodes     []docxNode
	span      int
	continues bool // the cell above reaches down
}

// docxFlow is a sequence of paragraphs and tables that is being read: the body,
// a cell, a text box or a note.
type docxFlow struct {
	up    *docxFlow
	nodes []docxNode
	para  *docxPara
	table *docxTable
}

// docxOpen is an open element and what its end means.
type docxOpen struct {
	name   string
	flow   *docxFlow // the element opened it
	href   string
	from   int  // where the link's text begins
	choice bool // of AlternateContent: its first alternative was read
}

// docxReader reads the text of the parts.
type docxReader struct {
	styles  docxStyles
	rels    docxRels
	notes   map[string][]docxNode // by kind and id
	lim     Limits
	left    int64 // bytes of text that may still come
	nodes   int
	foreign bool // a part in another format is embedded

	open   []docxOpen
	skip   int // depth inside an element that is not read
	flow   *docxFlow
	fields []docxField
}

// docxField is an open complex field, such as a link.
type docxField struct {
	code strings.Builder
	para *docxPara
	from int
	href string
}

// text reads one part and returns its paragraphs and tables.
func (f *docxFile) text(name string, r *docxReader) ([]docxNode, error) {
	r.flow, r.open, r.skip, r.fields = &docxFlow{}, r.open[:0], 0, nil
	err := f.walk(name, r.read)
	for r.flow.up != nil {
		r.flow = r.flow.up
	}
	r.endPara()
	return r.flow.nodes, err
}

func (r *docxReader) read(dec *xml.Decoder) error {
	for {
		t, err := dec.RawToken()
		if err == io.EOF {
			if len(r.open) > 0 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(r.open) == maxDocxDepth {
				return tooDeep()
			}
			err = r.start(t)
		case xml.EndElement:
			err = r.end(t.Name.Local)
		case xml.CharData:
			if r.skip == 0 && len(r.open) > 0 {
				err = r.chars(r.open[len(r.open)-1].name, string(t))
			}
		}
		if err != nil {
			return err
		}
	}
}

// unread are elements whose content nobody sees on the page, or that hold
// earlier states of the text.
var unread = map[string]bool{
	"moveFrom": true, "delText": true, "delInstrText": true, "rt": true, "sdtPr": true, "sdtEndPr": true, "sectPr": true, "tblGrid": true,
	"rPrChange": true, "pPrChange": true, "tblPrChange": true, "tcPrChange": true, "trPrChange": true, "tblPrExChange": true,
	"sectPrChange": true, "tblGridChange": true, "numberingChange": true,
}

func (r *docxReader) start(e xml.StartElement) error {
	name, up := e.Name.Local, ""
	if n := len(r.open); n > 0 {
		up = r.open[n-1].name
	}
	r.open = append(r.open, docxOpen{name: name})
	o := &r.open[len(r.open)-1]
	marker := up == "rPr" || up == "trPr" || up == "tcPr"
	switch {
	case r.skip > 0:
		r.skip++
		return nil
	case unread[name], name == "del" && !marker, name == "Fallback" && len(r.open) > 1 && r.open[len(r.open)-2].choice:
		r.skip = 1
		return nil
	}
	switch name {
	case "Choice":
		if len(r.open) > 1 {
			r.open[len(r.open)-2].choice = true
		}
	case "p":
		if up == "" || !structural[up] {
			return nil // of another vocabulary
		}
		r.endPara()
		r.flow.para = &docxPara{}
	case "tbl":
		r.endPara()
		r.flow.table = &docxTable{}
	case "tr", "tc":
		return r.tablePart(name, o)
	case "txbxContent":
		r.push(o)
	case "footnote", "endnote":
		r.push(o)
		o.href = name + attr(e, "id")
	case "altChunk":
		r.foreign = true
	default:
		r.property(e, up, o)
	}
	return nil
}

// structural are the elements that hold paragraphs.
var structural = map[string]bool{
	"body": true, "tc": true, "txbxContent": true, "footnote": true, "endnote": true, "sdtContent": true, "customXml": true, "ins": true, "moveTo": true,
}

func (r *docxReader) push(o *docxOpen) {
	o.flow = &docxFlow{up: r.flow}
	r.flow = o.flow
}

func (r *docxReader) tablePart(name string, o *docxOpen) error {
	t := r.flow.table
	if t == nil {
		return nil
	}
	if r.nodes++; r.nodes > r.lim.DOCXNodes {
		return r.tooMany()
	}
	if name == "tr" {
		t.rows = append(t.rows, docxRow{})
		return nil
	}
	if n := len(t.rows); n > 0 {
		t.rows[n-1].cells = append(t.rows[n-1].cells, docxCell{span: 1})
		r.push(o)
	}
	return nil
}

func (r *docxReader) tooMany() error {
	return &bounded.LimitError{Limit: "max-docx-nodes", Value: int64(r.lim.DOCXNodes), What: "its text"}
}

// property reads what stands inside paragraphs, runs, rows and cells.
func (r *docxReader) property(e xml.StartElement, up string, o *docxOpen) {
	p := r.flow.para
	switch name := e.Name.Local; {
	case name == "gridSpan" || name == "vMerge" || name == "gridBefore" || up == "trPr" && name == "del" || up == "tcPr" && name == "cellDel":
		r.cellProperty(e)
	case p == nil:
	case name == "pStyle":
		p.style = attr(e, "val")
	case name == "outlineLvl" && up == "pPr":
		p.level, p.body = outlineOf(e)
	case name == "numPr":
		p.list = true
	case name == "numId" && attr(e, "val") == "0":
		p.list = false
	case name == "del" && up == "rPr" && len(r.open) > 2 && r.open[len(r.open)-3].name == "pPr":
		p.joins = true
	case name == "r":
		p.hidden = 0
	case up == "rPr" && (name == "vanish" || name == "rStyle"):
		if len(r.open) > 2 && r.open[len(r.open)-3].name != "r" {
			return // of the paragraph's mark
		}
		if name == "vanish" {
			p.hidden = flagOf(e)
		} else if p.hidden == 0 {
			p.hidden = r.styles.hidden(attr(e, "val"))
		}
	case name == "tab" && up == "r" || name == "ptab":
		r.add("\t")
	case name == "br" || name == "cr":
		r.add("\n")
	case name == "noBreakHyphen":
		r.add("-")
	case name == "footnoteReference" || name == "endnoteReference":
		if r.visible() {
			p.notes = append(p.notes, strings.TrimSuffix(name, "Reference")+attr(e, "id"))
		}
	case name == "hyperlink":
		o.href, o.from = r.rels.links[attr(e, "id")], p.text.Len()
	case name == "fldSimple":
		o.href, o.from = linkOf(attr(e, "instr")), p.text.Len()
	case name == "fldChar":
		r.field(attr(e, "fldCharType"))
	}
}

// cellProperty reads how a cell or row lies in its table.
func (r *docxReader) cellProperty(e xml.StartElement) {
	f := r.flow
	if f.table == nil && f.up != nil {
		f = f.up // inside the cell's own flow
	}
	if f.table == nil || len(f.table.rows) == 0 {
		return
	}
	row := &f.table.rows[len(f.table.rows)-1]
	var cell *docxCell
	if n := len(row.cells); n > 0 {
		cell = &row.cells[n-1]
	}
	n, _ := strconv.Atoi(attr(e, "val"))
	switch name := e.Name.Local; {
	case name == "del":
		row.deleted = true
	case name == "gridBefore":
		row.before = min(max(n, 0), maxSpan)
		r.nodes += row.before
	case cell == nil:
	case name == "gridSpan":
		cell.span = min(max(n, 1), maxSpan)
		r.nodes += cell.span - 1 // each column of the span costs as much as a cell
	case name == "vMerge":
		cell.continues = attr(e, "val") != "restart"
	case name == "cellDel":
		row.cells = row.cells[:len(row.cells)-1]
	}
}

// field follows begin, separate and end of a complex field.
func (r *docxReader) field(kind string) {
	n := len(r.fields)
	switch {
	case kind == "begin" && n < maxDocxDepth:
		r.fields = append(r.fields, docxField{})
	case kind == "separate" && n > 0:
		f := &r.fields[n-1]
		f.href, f.para, f.from = linkOf(f.code.String()), r.flow.para, r.flow.para.text.Len()
	case kind == "end" && n > 0:
		if f := &r.fields[n-1]; f.para == r.flow.para {
			r.link(f.para, f.from, f.href)
		}
		r.fields = r.fields[:n-1]
	}
}

// linkOf returns the address of a HYPERLINK field.
func linkOf(code string) string {
	f := strings.Fields(code)
	if len(f) < 2 || !strings.EqualFold(f[0], "HYPERLINK") || !strings.HasPrefix(f[1], `"`) {
		return ""
	}
	return strings.Trim(f[1], `"`)
}

func (r *docxReader) link(p *docxPara, from int, href string) {
	if p != nil && href != "" && p.text.Len() > from && len(p.links) < maxDocxLinks {
		p.links = append(p.links, linkMark{span{from, p.text.Len()}, href})
	}
}

// visible tells whether the open run is shown.
func (r *docxReader) visible() bool {
	p := r.flow.para
	return p != nil && (p.hidden < 0 || p.hidden == 0 && r.styles.hidden(p.style) <= 0)
}

func (r *docxReader) chars(name, s string) error {
	switch name {
	case "t":
		r.add(s)
	case "instrText":
		if n := len(r.fields); n > 0 && r.fields[n-1].code.Len() < 4096 {
			r.fields[n-1].code.WriteString(s)
		}
	}
	if r.left < 0 {
		return &bounded.LimitError{Limit: "max-extracted-bytes", Value: r.lim.ExtractedBytes, What: "its text"}
	}
	return nil
}

func (r *docxReader) add(s string) {
	if !r.visible() {
		return
	}
	r.left -= int64(len(s))
	r.flow.para.text.WriteString(s)
}

func (r *docxReader) end(name string) error {
	n := len(r.open)
	if n == 0 || r.open[n-1].name != name {
		return &xml.SyntaxError{Msg: "tags do not match"}
	}
	o := r.open[n-1]
	r.open = r.open[:n-1]
	if r.skip > 0 {
		r.skip--
		return nil
	}
	switch {
	case o.flow != nil:
		r.pop(o)
	case name == "p" && n > 1 && structural[r.open[n-2].name]:
		return r.endPara()
	case name == "tbl" && r.flow.table != nil:
		r.flow.nodes = append(r.flow.nodes, docxNode{table: r.flow.table})
		r.flow.table = nil
	case o.href != "":
		r.link(r.flow.para, o.from, o.href)
	}
	return nil
}

// pop ends a cell, text box or note.
func (r *docxReader) pop(o docxOpen) {
	r.endPara()
	nodes := r.flow.nodes
	r.flow = o.flow.up
	switch f := r.flow; {
	case o.name == "tc":
		if f.table != nil && len(f.table.rows) > 0 {
			if row := &f.table.rows[len(f.table.rows)-1]; len(row.cells) > 0 {
				row.cells[len(row.cells)-1].nodes = nodes
			}
		}
	case o.name == "txbxContent" && f.para != nil:
		f.para.boxes = append(f.para.boxes, nodes...)
	case o.name == "txbxContent":
		f.nodes = append(f.nodes, nodes...)
	default:
		r.notes[o.href] = nodes
	}
}

// endPara ends the open paragraph. Empty ones are not kept; one whose end was
// deleted takes the next one in.
func (r *docxReader) endPara() error {
	f := r.flow
	p := f.para
	f.para = nil
	if p == nil {
		return nil
	}
	if !p.body && p.level == 0 {
		p.level = r.styles.level(p.style)
	}
	p.list = p.list || r.styles.list(p.style)
	if r.styles.contents(p.style) || p.text.Len() == 0 && len(p.boxes) == 0 && len(p.notes) == 0 {
		return nil
	}
	if n := len(f.nodes); n > 0 && f.nodes[n-1].para != nil && f.nodes[n-1].para.joins {
		to := f.nodes[n-1].para
		base := to.text.Len()
		to.text.WriteString(p.text.String())
		for _, l := range p.links {
			to.links = append(to.links, linkMark{span{l.start + base, l.end + base}, l.href})
		}
		to.notes, to.boxes, to.joins = append(to.notes, p.notes...), append(to.boxes, p.boxes...), p.joins
		return nil
	}
	if r.nodes++; r.nodes > r.lim.DOCXNodes {
		return r.tooMany()
	}
	f.nodes = append(f.nodes, docxNode{para: p})
	return nil
}

// docxWriter makes blocks of paragraphs and tables.
type docxWriter struct {
	builder
	notes map[string][]docxNode
	links []linkMark
}

func (w *docxWriter) nodes(nodes []docxNode) {
	for _, n := range nodes {
		if n.table != nil {
			w.grid(n.table)
		} else {
			w.para(n.para)
		}
	}
}

// para writes one paragraph: a block a line, as its author broke it.
func (w *docxWriter) para(p *docxPara) {
	text := p.text.String()
	if strings.TrimSpace(text) != "" {
		kind := paragraph
		switch {
		case p.level > 0 && headingText(text):
			kind = heading
		case p.list:
			kind = item
		}
		base := w.b.Len()
		w.moveLinks(p, base)
		gap := true
		for line := range strings.Lines(text) {
			w.lineBlock(line, kind, p.level, gap)
			gap = false
		}
		w.b.WriteByte('\n')
	}
	w.behind(p)
}

// headingText tells a heading from body text that only bears a heading's
// style.
func headingText(s string) bool {
	s = strings.TrimSpace(s)
	return utf8.RuneCountInString(s) <= maxHeadingLatin && !strings.HasSuffix(s, "。") && !strings.HasSuffix(s, "；")
}

func (w *docxWriter) lineBlock(line string, kind blockKind, level int, gap bool) {
	from := w.b.Len()
	w.b.WriteString(line)
	if kind != heading {
		level = 0
	}
	w.doc.blocks = append(w.doc.blocks, block{span: span{from, w.b.Len()}, kind: kind, level: level, gap: gap})
}

func (w *docxWriter) moveLinks(p *docxPara, base int) {
	for _, l := range p.links {
		w.links = append(w.links, linkMark{span{l.start + base, l.end + base}, l.href})
	}
}

// behind writes the text boxes and notes of a paragraph, each note once.
func (w *docxWriter) behind(p *docxPara) {
	w.nodes(p.boxes)
	for _, id := range p.notes {
		nodes := w.notes[id]
		delete(w.notes, id)
		w.nodes(nodes)
	}
}

// grid writes a table. A row with a table inside, and a table of one column,
// only arrange the page: their cells are read like paragraphs.
func (w *docxWriter) grid(t *docxTable) {
	columns := 0
	for _, row := range t.rows {
		columns = max(columns, len(row.cells))
	}
	w.table++
	id := w.table
	var carry []span // by column: the cell that vertical merging continues
	var later []*docxPara
	for _, row := range t.rows {
		switch {
		case row.deleted:
		case columns < 2 || row.nested():
			carry = nil
			for _, c := range row.cells {
				w.nodes(c.nodes)
			}
		default:
			carry = w.gridRow(row, id, carry, &later)
		}
	}
	for _, p := range later {
		w.behind(p)
	}
}

func (row *docxRow) nested() bool {
	for _, c := range row.cells {
		for _, n := range c.nodes {
			if n.table != nil {
				return true
			}
		}
	}
	return false
}

// gridRow writes one row and returns its cells by column.
func (w *docxWriter) gridRow(tr docxRow, id int, above []span, later *[]*docxPara) []span {
	start := w.b.Len()
	cells := make([]span, tr.before, tr.before+len(tr.cells))
	for i := range cells {
		cells[i] = span{start, start}
	}
	for _, c := range tr.cells {
		if len(cells)+c.span > maxTableCells {
			break
		}
		if c.continues {
			for range c.span {
				s := span{start, start}
				if n := len(cells); n < len(above) {
					s = above[n]
				}
				cells = append(cells, s)
			}
			continue
		}
		if w.b.Len() > start {
			w.b.WriteString(" | ")
		}
		s := span{start: w.b.Len()}
		for _, n := range c.nodes {
			if n.para.text.Len() > 0 {
				if w.b.Len() > s.start {
					w.b.WriteByte('\n')
				}
				w.moveLinks(n.para, w.b.Len())
				w.b.WriteString(strings.TrimRight(n.para.text.String(), "\n"))
			}
			if len(n.para.boxes)+len(n.para.notes) > 0 {
				*later = append(*later, n.para)
			}
		}
		s.end = w.b.Len()
		for range c.span {
			cells = append(cells, s)
		}
	}
	if w.b.Len() > start {
		w.doc.blocks = append(w.doc.blocks, block{span: span{start, w.b.Len()}, kind: row, cells: cells, table: id})
		w.b.WriteByte('\n')
	}
	return cells
}

// partUnread is the gap where a DOCX embeds a part of another format.
func partUnread() audit.Gap {
	return audit.Gap{Kind: audit.GapUnreadable, What: "a document of another format is embedded in it, which was not read; paste its text into the document", Weakens: audit.Text{
		ZH: "嵌入的部分未被读取：其中的声明未计入，凡依赖政策文本的结论可能偏严。",
		EN: "The embedded part was not read: what it states is not counted, so answers that depend on the policy may be too strict.",
	}}
}
