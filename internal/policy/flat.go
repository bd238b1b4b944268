package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxHeaderBytes bounds the line of headings.
const maxHeaderBytes = 600

// flatHeader reads a line whose blanks separate heading cells: a table that
// lost its borders.
func (r *Reader) flatHeader(d *document, s span) ([]field, bool) {
	if s.end-s.start > maxHeaderBytes || strings.Contains(d.str(s), "。") || !strings.ContainsFunc(d.str(s), betweenCells) {
		return nil, false
	}
	chunks := chunksOf(d, s)
	if len(chunks) < minHeaderFields || len(chunks) > 30 {
		return nil, false
	}
	var fields []field
	known := 0
	for i := 0; i < len(chunks); {
		f, taken := fieldNone, 1
		for n := min(4, len(chunks)-i); n >= 1; n-- { // "SDK 名称", "Type of personal information"
			if f = r.fieldOf(d.text[chunks[i].start:chunks[i+n-1].end]); f == fieldNone && n == 1 {
				f = r.fieldByWords(d.str(chunks[i]))
			}
			if f != fieldNone {
				taken = n
				break
			}
		}
		if f != fieldNone {
			known++
		}
		fields = append(fields, f)
		if (len(fields)-known)*3 > len(chunks) {
			return nil, false // more than a third is no heading
		}
		i += taken
	}
	return fields, known >= minHeaderFields && known*3 >= len(fields)*2 && slices.Contains(fields, fieldName)
}

// chunksOf splits a range at blanks outside parentheses.
func chunksOf(d *document, s span) []span {
	var out []span
	from, depth := -1, 0
	for i, r := range d.text[s.start:s.end] {
		at := s.start + i
		switch r {
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(depth-1, 0)
		}
		if betweenCells(r) && depth == 0 {
			if from >= 0 {
				out = append(out, span{from, at})
				from = -1
			}
			continue
		}
		if from < 0 {
			from = at
		}
	}
	if from >= 0 {
		out = append(out, span{from, s.end})
	}
	return out
}

// betweenCells tells whether a mark separates cells.
func betweenCells(r rune) bool { return isBlank(r) || r == '·' || r == '｜' || r == '│' }

// flatEntries reads the rows below such a header: one line each, up to a blank
// line, a heading, or a line that is no row.
func (r *Reader) flatEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		if b.kind == row || b.entry {
			continue
		}
		fields, ok := r.flatHeader(d, b.span)
		if !ok {
			continue
		}
		b.entry = true
		// Where paragraphs are marked up, each stands apart, and so do the rows.
		apart := d.format != formatText && i+1 < len(d.blocks) && d.blocks[i+1].gap
		for i+1 < len(d.blocks) {
			n := &d.blocks[i+1]
			if n.kind != paragraph || n.entry || n.gap && apart && strings.HasSuffix(d.str(n.span), "。") {
				break
			}
			e, ok := r.flatRow(d, fields, n)
			if !ok || n.gap && !apart && !r.sureRow(d, &e) {
				break
			}
			r.trailingLink(d, &e)
			n.entry = true
			i++
			out = append(out, e)
		}
	}
	return out
}

// sureRow tells whether a line behind a blank one is certainly a row: it names a
// known SDK or a company.
func (r *Reader) sureRow(d *document, e *entry) bool {
	return !e.company.empty() || e.link != "" || r.named(d.str(e.name), true) >= 0
}

// flatRow assigns the pieces of one line by content: the company by its
// suffix, the method and the link by their set phrases, permissions and data
// by what they list; the order of the header settles what content cannot.
func (r *Reader) flatRow(d *document, fields []field, b *block) (entry, bool) {
	chunks := chunksOf(d, b.span)
	if len(chunks) < 3 {
		return entry{}, false
	}
	e := entry{layout: layoutFlat, at: b.span, lang: b.lang}
	rest := r.flatName(d, &e, chunks)
	if e.name.empty() || utf8.RuneCountInString(d.str(e.name)) > 60 {
		return entry{}, false
	}
	for len(rest) > 0 {
		last := rest[len(rest)-1]
		text := d.str(last)
		f := d.view(last)
		if findURL(text) == "" && (!r.linkTexts.has(&f) || utf8.RuneCountInString(text) > 12) {
			break
		}
		r.place(d, &e, last, fieldLink)
		rest = rest[:len(rest)-1]
	}
	before, after := rest, []span(nil)
	for i, c := range rest {
		f := d.view(c)
		if r.methods.has(&f) && utf8.RuneCountInString(d.str(c)) <= 16 {
			before, after = rest[:i], rest[i+1:]
			break
		}
	}
	var lists []field
	for _, f := range fields {
		if f == fieldPermissions || f == fieldData {
			lists = append(lists, f)
		}
	}
	dataAfterMethod := slices.Index(fields, fieldData) > slices.Index(fields, fieldMethod)
	if len(after) > 0 && dataAfterMethod {
		r.place(d, &e, joined(after), fieldData)
		lists = slices.DeleteFunc(lists, func(f field) bool { return f == fieldData })
		r.flatLists(d, &e, before, lists)
		return e, true
	}
	r.flatLists(d, &e, before, lists)
	if len(after) > 0 {
		r.flatLists(d, &e, after, lists)
	}
	return e, true
}

// flatName takes the name and the company off the front of a row.
func (r *Reader) flatName(d *document, e *entry, chunks []span) (rest []span) {
	for i := 1; i < len(chunks) && i <= 8; i++ {
		text := d.str(chunks[i])
		none := text == "-" || text == "—" || text == "/" || text == "无"
		if none || r.isCompany(text) {
			e.name = joined(chunks[:i])
			if !none {
				e.company = chunks[i]
			}
			return chunks[i+1:]
		}
	}
	e.name = chunks[0]
	f := d.view(span{chunks[0].start, chunks[len(chunks)-1].end})
	if v, n := r.aliases.longest(&f, 0); n > 0 && v >= 0 {
		for i, c := range chunks {
			if f.end(n) <= c.end {
				e.name = joined(chunks[:i+1])
				return chunks[i+1:]
			}
		}
	}
	return chunks[1:]
}

func joined(chunks []span) span {
	if len(chunks) == 0 {
		return span{}
	}
	return span{chunks[0].start, chunks[len(chunks)-1].end}
}

// flatLists splits pieces into running text (the purpose) and, from the first
// piece that is a list of permissions or data on, the lists, which the header
// has in the given order.
func (r *Reader) flatLists(d *document, e *entry, chunks []span, order []field) {
	first := len(chunks)
	for i, c := range chunks {
		if len(order) > 0 && r.isList(d, c) {
			first = i
			break
		}
	}
	r.place(d, e, joined(chunks[:first]), fieldPurpose)
	tail := chunks[first:]
	if len(tail) == 0 {
		return
	}
	if len(order) == 1 {
		r.place(d, e, joined(tail), order[0])
		return
	}
	// Two lists: the border is the last piece that begins a list of its own.
	border := 0
	for i := len(tail) - 1; i > 0; i-- {
		if r.isList(d, tail[i]) {
			border = i
			break
		}
	}
	if border == 0 || len(order) < 2 {
		r.place(d, e, joined(tail), r.guess(d, joined(tail)))
		return
	}
	r.place(d, e, joined(tail[:border]), order[0])
	r.place(d, e, joined(tail[border:]), order[1])
}

// isList tells whether a piece enumerates data or permissions: at least half of
// its items name one, and the names make up a good part of it.
func (r *Reader) isList(d *document, c span) bool {
	items := 1
	for _, sep := range []string{"、", "，", ",", ";", "；", "/"} {
		items += strings.Count(d.str(c), sep)
	}
	ms, named := r.mentionsIn(d, c), 0
	for _, m := range ms {
		named += m.end - m.start
	}
	return len(ms)*2 >= items && named*3 >= c.end-c.start
}
