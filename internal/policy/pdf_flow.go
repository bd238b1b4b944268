package policy

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/bounded"
	"apkaudit/internal/rules/pattern"
)

// pdfWriter makes blocks of the pages' lines and tables.
type pdfWriter struct {
	builder
	links []linkMark
	pages []pageMark

	body   float64 // size of most text
	levels []float64
	pitch  float64 // distance of lines inside paragraphs, in sizes
	right  [3]float64

	open   pdfPara
	last   *pdfLine // of the open paragraph or before it
	table  *pdfTable
	tabled int // number of the table that may go on
}

// pdfPara is the paragraph that is being put together.
type pdfPara struct {
	text   strings.Builder
	links  []linkMark
	pages  []pageMark // where it goes on on another page
	first  *pdfLine
	gap    bool
	number bool
}

// write writes all pages.
func (w *pdfWriter) write(pages []*pdfPage, most int64) error {
	dropFurniture(pages)
	w.measure(pages)
	for _, p := range pages {
		for _, it := range p.items {
			if it.table != nil {
				w.grid(it.table)
			} else {
				w.line(it.line)
			}
			if int64(w.b.Len()+w.open.text.Len()) > most {
				return &bounded.LimitError{Limit: "max-extracted-bytes", Value: most, What: "its text"}
			}
		}
	}
	w.endPara()
	return nil
}

// pageNumber is a line that only counts pages.
var pageNumber = pattern.New(`(?i)^[-–—\s·|]*(?:第\s*\d+\s*页|page\s*\d+|\d+)?[\s,，/／|]*(?:(?:共|of|/)?\s*\d+\s*页?)?[-–—\s·|]*$`)

// dropFurniture removes what stands on pages and not in the text: lines in the
// margins that repeat from page to page, and page numbers. Of a repeated header
// the first stays.
func dropFurniture(pages []*pdfPage) {
	type key struct {
		text string
		at   int
	}
	count := map[key]int{}
	numbers := 0
	keyOf := func(p *pdfPage, l *pdfLine) (key, bool, bool) {
		inTop, inBottom := l.y > p.height*(1-bodyMargin), l.y < p.height*bodyMargin
		text, _ := l.text()
		if !inTop && !inBottom || len(text) > 400 {
			return key{}, false, false
		}
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '#'
			}
			return r
		}, text)
		return key{digits, int(math.Round(l.y / 4))}, inTop, true
	}
	for _, p := range pages {
		for _, it := range p.items {
			if it.line == nil {
				continue
			}
			if k, _, ok := keyOf(p, it.line); ok {
				count[k]++
				if text, _ := it.line.text(); pageNumber.MatchString(text) {
					numbers++
				}
			}
		}
	}
	kept := map[key]bool{}
	for _, p := range pages {
		p.items = slices.DeleteFunc(p.items, func(it pdfItem) bool {
			if it.line == nil {
				return false
			}
			k, top, ok := keyOf(p, it.line)
			if !ok {
				return false
			}
			if text, _ := it.line.text(); pageNumber.MatchString(text) && (numbers > 1 || len(pages) > 1) {
				return true
			}
			if n := count[k]; n < 2 || n < 3 && len(pages) > 3 {
				return false
			}
			first := top && !kept[k] && p == pages[0]
			kept[k] = true
			return !first
		})
	}
}

// measure finds the size of most text, the sizes of headings and the usual
// distance of lines.
func (w *pdfWriter) measure(pages []*pdfPage) {
	sizes, pitches, full := map[float64]int{}, map[float64]int{}, map[float64]int{}
	pairs := 0
	var rights [3][]float64
	for _, p := range pages {
		var prev *pdfLine
		for _, it := range p.items {
			l := it.line
			if l == nil {
				prev = nil
				continue
			}
			text, _ := l.text()
			sizes[roundSize(l.size)] += utf8.RuneCountInString(text)
			rights[l.column] = append(rights[l.column], l.x1())
			if prev != nil && prev.column == l.column && prev.y > l.y && roundSize(prev.size) == roundSize(l.size) {
				if d := math.Round((prev.y-l.y)/l.size*20) / 20; d < 4 {
					pairs++
					pitches[d]++
					if !fits(prev, l, prev.right) {
						full[d]++
					}
				}
			}
			prev = l
		}
	}
	w.body = mostly(sizes)
	// Where the line above is mostly full, the distance is one inside paragraphs:
	// the usual one may be that between paragraphs, if most have one line.
	for d, n := range pitches {
		if n >= max(leastWrapped, pairs/20) && full[d]*2 >= n {
			w.pitch = max(w.pitch, d)
		}
	}
	if w.pitch == 0 {
		w.pitch = mostly(pitches)
	}
	w.pitch = max(w.pitch, 1)
	for s := range sizes {
		if s >= 1.1*w.body {
			w.levels = append(w.levels, s)
		}
	}
	slices.SortFunc(w.levels, func(a, b float64) int { return cmp.Compare(b, a) })
	for i, r := range rights {
		slices.Sort(r)
		if len(r) > 0 {
			w.right[i] = r[len(r)-1-len(r)/20]
		}
	}
}

func roundSize(s float64) float64 { return math.Round(s*2) / 2 }

// mostly returns the most frequent key, the smallest of several.
func mostly(count map[float64]int) float64 {
	best, at := 0, 0.0
	for k, n := range count {
		if n > best || n == best && k < at {
			best, at = n, k
		}
	}
	return at
}

// line adds a line to the open paragraph or begins another.
func (w *pdfWriter) line(l *pdfLine) {
	text, links := l.text()
	w.table = nil
	goesOn, gap := w.joins(l, text)
	if !goesOn {
		w.endPara()
		w.open = pdfPara{first: l, gap: gap, number: numberAt(text).style != ""}
	} else {
		w.open.text.WriteString(joint(w.open.text.String(), text))
	}
	at := w.open.text.Len()
	if goesOn && w.last.page != l.page {
		w.open.pages = append(w.open.pages, pageMark{at, l.page})
	}
	for _, k := range links {
		w.open.links = append(w.open.links, linkMark{span{k.start + at, k.end + at}, k.href})
	}
	w.open.text.WriteString(text)
	w.last = l
}

// joins tells whether line l goes on with the open paragraph, and if not, whether
// a space like a blank line stands between.
func (w *pdfWriter) joins(l *pdfLine, text string) (goesOn, gap bool) {
	prev := w.last
	if prev == nil || w.open.first == nil {
		return false, true
	}
	before := w.open.text.String()
	right := max(prev.right, min(w.right[prev.column], l.x1()))
	if prev.page == l.page && prev.column == l.column && prev.y > l.y {
		// A full line that stops inside a parenthesis or an enumeration goes on, even
		// if the next is a little further away, as large characters make it.
		d := (prev.y - l.y) / max(l.size, prev.size)
		gap = d > 1.5*w.pitch || d > 1.25*w.pitch && (!unfinished(before) || fits(prev, l, right))
	}
	if gap || math.Abs(roundSize(prev.size)-roundSize(l.size)) > 0.12*prev.size {
		return false, gap || prev.size > l.size*1.1 || l.size > prev.size*1.1
	}
	num := numberAt(text)
	if num.style != "" && (!maybeText(num.style) || endsInStop(before) || w.open.number) {
		return false, false
	}
	// The writer would have filled the line before: it was ended on purpose.
	if fits(prev, l, right) {
		return false, false
	}
	if prev.bold() != l.bold() && utf8.RuneCountInString(before) <= maxPlainHeadingRunes && (prev.bold() || endsInStop(before)) && prev == w.open.first && right-prev.x1() > 2*l.size {
		return false, true
	}
	indent := l.x0() - prev.x0()
	switch {
	case prev.column != l.column:
		indent = (l.x0() - l.left) - (prev.x0() - prev.left)
	case indent > 0.8*l.size && !(w.open.number && prev == w.open.first):
		return false, false // a first line that is moved in
	}
	if indent < -0.8*l.size && prev != w.open.first {
		return false, false
	}
	return true, false
}

// fits tells whether the first word of line l would have fit behind the line
// before it.
func fits(prev, l *pdfLine, right float64) bool {
	return prev.x1()+l.pieces[0].first+0.4*l.size < right && right-prev.x1() > 1.2*l.size
}

// maybeText tells the styles of numbers that also stand inside sentences, where a
// line may begin with them.
func maybeText(style string) bool {
	return style == "num" || style == "num)" || style == "(num)" || style == "alpha"
}

// endsInStop tells whether a text ends in a stop, a colon or the like.
func endsInStop(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " "))
	return strings.ContainsRune("。；：！？.;:!?”）)", r)
}

// unfinished tells whether a text ends inside a bracket or an enumeration.
func unfinished(s string) bool {
	s = s[max(0, len(s)-maxOpenBytes):]
	last, _ := utf8.DecodeLastRuneInString(s)
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '（', '【', '《', '[':
			depth++
		case ')', '）', '】', '》', ']':
			depth = max(depth-1, 0)
		}
	}
	return depth > 0 || strings.ContainsRune("、，,/", last)
}

// endPara writes the open paragraph.
func (w *pdfWriter) endPara() {
	text := w.open.text.String()
	if strings.TrimSpace(text) == "" {
		w.open = pdfPara{}
		return
	}
	l := w.open.first
	b := block{gap: w.open.gap || len(w.doc.blocks) == 0}
	if size := roundSize(l.size); size >= 1.1*w.body && headingText(text) {
		b.kind = heading
		b.level = 1
		for i, s := range w.levels {
			if s == size {
				b.level = min(i+1, 9)
			}
		}
	}
	if b.gap && w.b.Len() > 0 {
		w.b.WriteByte('\n')
	}
	at := w.b.Len()
	w.page(at, l.page)
	for _, m := range w.open.pages {
		w.page(at+m.offset, m.page)
	}
	for _, k := range w.open.links {
		w.links = append(w.links, linkMark{span{k.start + at, k.end + at}, k.href})
	}
	w.b.WriteString(text)
	b.span = span{at, w.b.Len()}
	w.b.WriteByte('\n')
	w.doc.blocks = append(w.doc.blocks, b)
	w.open = pdfPara{}
}

func (w *pdfWriter) page(offset, page int) {
	if n := len(w.pages); n == 0 || w.pages[n-1].page != page {
		w.pages = append(w.pages, pageMark{offset, page})
	}
}

// grid writes the rows of a table. One that begins a page with the columns of
// the table before goes on with it: a repeated header is left out, and a row
// without a first cell goes on with the row above.
func (w *pdfWriter) grid(t *pdfTable) {
	goesOn := w.table != nil && w.table.page < t.page && sameColumns(w.table.xs, t.xs)
	w.endPara()
	rows := t.rows
	if goesOn {
		if len(rows) > 0 && len(w.table.rows) > 0 && sameRow(w.table.rows[0], rows[0]) {
			rows = rows[1:]
		}
		t.rows = append(w.table.rows[:min(1, len(w.table.rows)):min(1, len(w.table.rows))], rows...)
	} else {
		w.builder.table++
		w.tabled = w.builder.table
		if len(w.doc.blocks) > 0 {
			w.b.WriteByte('\n')
		}
	}
	at := map[*pdfCell]span{}
	for i, r := range rows {
		w.row(r, i == 0 && !goesOn, t.page, at)
	}
	w.table, w.last = t, nil
}

func (w *pdfWriter) row(r pdfRow, first bool, page int, at map[*pdfCell]span) {
	start := w.b.Len()
	w.page(start, page)
	var cells []span
	var prev *pdfCell
	for _, c := range r.cells {
		s, known := at[c]
		if !known {
			if prev != nil && w.b.Len() > start {
				w.b.WriteString(" | ")
			}
			s.start = w.b.Len()
			for _, k := range c.links {
				w.links = append(w.links, linkMark{span{k.start + s.start, k.end + s.start}, k.href})
			}
			w.b.WriteString(c.text)
			s.end = w.b.Len()
			at[c] = s
		}
		cells = append(cells, s)
		prev = c
	}
	if w.b.Len() == start {
		return
	}
	w.doc.blocks = append(w.doc.blocks, block{span: span{start, w.b.Len()}, kind: row, cells: cells, table: w.tabled, gap: first})
	w.b.WriteByte('\n')
}

func sameColumns(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > 2*ruleTolerance {
			return false
		}
	}
	return true
}

func sameRow(a, b pdfRow) bool {
	if len(a.cells) != len(b.cells) {
		return false
	}
	for i := range a.cells {
		if a.cells[i].text != b.cells[i].text {
			return false
		}
	}
	return true
}
