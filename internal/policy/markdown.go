package policy

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

type markdownReader struct {
	builder
	src   []byte
	marks []lineMark // of the source
	depth int
	deep  bool // something lies deeper than is read
	links []linkMark
	hard  []int // where lines of the current leaf end by the author's will
	soft  []int // where its other lines end
}

// maxMarkdownDepth bounds nesting: a document with deeper content is read as
// plain text, so that nothing of it is lost.
const maxMarkdownDepth = 100

// Limits of what is read as Markdown. The parser's cost grows with the square of
// these counts, measured with goldmark 1.8.7: 80,000 bytes of unclosed links
// take four seconds. A document beyond them is read as plain text.
const (
	maxQuoteDepth  = 100 // ">" and list marks at the start of a line
	maxOpenLinks   = 50  // "](" without ")" behind it, in one paragraph
	maxMixedMarks  = 500 // "*" and "_", in one paragraph
	maxDefinitions = 500 // "[name]:" lines
	linkReach      = 500 // bytes from "](" to ")"
)

// readMarkdown extracts the blocks of a Markdown document (CommonMark with
// tables); positions lead back to the lines of the source.
func readMarkdown(src string) *document {
	if strainsMarkdown(src) {
		return readText(src)
	}
	r := &markdownReader{src: []byte(src), marks: textLines(src)}
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	root := md.Parser().Parse(text.NewReader(r.src))
	r.blocks(root, paragraph)
	if r.deep {
		return readText(src)
	}
	d := r.finish(formatMarkdown)
	d.links = sortedLinks(r.links)
	return d
}

// strainsMarkdown tells whether a document is beyond the limits.
func strainsMarkdown(src string) bool {
	definitions, links, stars, lows := 0, 0, 0, 0
	for line := range strings.Lines(src) {
		text := strings.TrimLeft(line, " \t>")
		if opened(line) > maxQuoteDepth {
			return true
		}
		if strings.TrimSpace(text) == "" {
			links, stars, lows = 0, 0, 0
			continue
		}
		if text[0] == '[' && strings.Contains(text[:min(len(text), linkReach)], "]:") {
			definitions++
		}
		stars += strings.Count(line, "*")
		lows += strings.Count(line, "_")
		links += openLinks(line)
		if definitions > maxDefinitions || links > maxOpenLinks || min(stars, lows) > maxMixedMarks {
			return true
		}
	}
	return false
}

// opened counts the marks of quotes and list items that stand before the text of a line:
// each may open one level more.
func opened(line string) int {
	before := line[:len(line)-len(strings.TrimLeft(line, " \t>-+*0123456789.)"))]
	n := strings.Count(before, ">")
	for _, mark := range []string{"- ", "+ ", "* ", ". ", ") "} {
		n += strings.Count(before, mark)
	}
	return n
}

// openLinks counts the links of a line that do not close.
func openLinks(line string) int {
	n := 0
	for {
		i := strings.Index(line, "](")
		if i < 0 || n > maxOpenLinks {
			return n
		}
		line = line[i+2:]
		if !strings.Contains(line[:min(len(line), linkReach)], ")") {
			n++
		}
	}
}

func (r *markdownReader) blocks(parent ast.Node, kind blockKind) {
	if r.depth++; r.depth > maxMarkdownDepth {
		r.depth--
		r.deep = true
		return
	}
	defer func() { r.depth-- }()
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			r.leaf(n, heading, n.Level)
		case *ast.Paragraph, *ast.TextBlock:
			r.leaf(n, kind, 0)
		case *ast.ListItem:
			r.blocks(n, item)
		case *extast.Table:
			r.table++
			for row := n.FirstChild(); row != nil; row = row.NextSibling() {
				r.row(row)
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			r.raw(n)
		case *ast.HTMLBlock:
			r.html(n)
		default:
			r.blocks(n, kind)
		}
	}
}

func (r *markdownReader) add(b block) {
	b.gap = true
	r.doc.blocks = append(r.doc.blocks, b)
	r.b.WriteByte('\n')
}

// leaf adds a heading or paragraph. A paragraph is one block a line where its
// author broke the line, or where the line begins with a key as in 公司名称：….
func (r *markdownReader) leaf(n ast.Node, kind blockKind, level int) {
	from := r.b.Len()
	r.hard, r.soft = r.hard[:0], r.soft[:0]
	r.inline(n, 0)
	end := r.b.Len()
	if kind == heading {
		r.hard, r.soft = nil, nil
	}
	text := r.b.String()
	for _, at := range r.soft {
		if beginsWithKey(text[at:end]) {
			r.hard = append(r.hard, at)
		}
	}
	slices.Sort(r.hard)
	first := true
	for _, at := range append(r.hard, end) {
		if at > from {
			r.doc.blocks = append(r.doc.blocks, block{span: span{from, at}, kind: kind, level: level, gap: first})
			from, first = at, false
		}
	}
	r.b.WriteByte('\n')
}

// beginsWithKey tells whether a line begins with a short Chinese key and a colon.
func beginsWithKey(line string) bool {
	const longest = 20 // characters
	han, n := false, 0
	for _, c := range line {
		switch n++; {
		case c == '：' || c == ':':
			return han
		case n > longest || strings.ContainsRune("\n，。；、,;.", c):
			return false
		}
		han = han || unicode.Is(unicode.Han, c)
	}
	return false
}

func (r *markdownReader) row(n ast.Node) {
	from := r.b.Len()
	var cells []span
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if len(cells) > 0 {
			r.b.WriteString(" | ")
		}
		start := r.b.Len()
		r.inline(c, 0)
		cells = append(cells, span{start, r.b.Len()})
	}
	r.add(block{span: span{from, r.b.Len()}, kind: row, cells: cells, table: r.table})
}

func (r *markdownReader) raw(n ast.Node) {
	for i := 0; i < n.Lines().Len(); i++ {
		from := r.b.Len()
		seg := n.Lines().At(i)
		r.segment(seg)
		r.add(block{span: span{from, r.b.Len()}})
	}
}

// html reads an HTML block of the Markdown as HTML; its lines count from where
// it stands.
func (r *markdownReader) html(n *ast.HTMLBlock) {
	if n.Lines().Len() == 0 {
		return
	}
	var buf bytes.Buffer
	for i := 0; i < n.Lines().Len(); i++ {
		seg := n.Lines().At(i)
		buf.Write(seg.Value(r.src))
	}
	first := r.lineOf(n.Lines().At(0).Start)
	inner := readHTML(buf.String())
	base := r.b.Len()
	for _, m := range inner.lines {
		r.doc.lines = append(r.doc.lines, lineMark{base + m.offset, first + m.line - 1})
	}
	shift := func(s span) span { return span{s.start + base, s.end + base} }
	tables := map[int]int{}
	for _, b := range inner.blocks {
		b.span = shift(b.span)
		for i := range b.cells {
			b.cells[i] = shift(b.cells[i])
		}
		if b.table > 0 {
			if tables[b.table] == 0 {
				r.table++
				tables[b.table] = r.table
			}
			b.table = tables[b.table]
		}
		r.doc.blocks = append(r.doc.blocks, b)
	}
	for _, l := range inner.links {
		r.links = append(r.links, linkMark{shift(l.span), l.href})
	}
	r.b.WriteString(inner.text)
	r.b.WriteByte('\n')
}

func (r *markdownReader) inline(parent ast.Node, depth int) {
	if depth > maxMarkdownDepth {
		r.deep = true
		return
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		from := r.b.Len()
		switch n := n.(type) {
		case *ast.Text:
			r.segment(n.Segment)
			switch {
			case n.HardLineBreak():
				r.b.WriteByte('\n')
				r.hard = append(r.hard, r.b.Len())
			case n.SoftLineBreak():
				r.b.WriteByte('\n')
				r.soft = append(r.soft, r.b.Len())
			}
		case *ast.String:
			r.b.Write(n.Value)
		case *ast.AutoLink:
			r.b.Write(n.Label(r.src))
			r.links = append(r.links, linkMark{span{from, r.b.Len()}, string(n.URL(r.src))})
		case *ast.Link:
			r.inline(n, depth+1)
			r.links = append(r.links, linkMark{span{from, r.b.Len()}, string(n.Destination)})
		case *ast.RawHTML:
			r.b.WriteByte(' ')
		default:
			r.inline(n, depth+1)
		}
	}
}

func (r *markdownReader) lineOf(offset int) int {
	return (&document{lines: r.marks}).line(offset)
}

func (r *markdownReader) segment(seg text.Segment) {
	v := seg.Value(r.src)
	r.mark(r.lineOf(seg.Start))
	if bytes.IndexByte(v, '\\') >= 0 || bytes.IndexByte(v, '&') >= 0 {
		v = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(v)))
	}
	r.b.Write(v)
}
