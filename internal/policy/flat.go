package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of flattened tables, in bytes but for the last.
const (
	maxHeaderBytes = 600      // the line of headings
	maxFlatRow     = 16 << 10 // a line that is one row
	maxNamePieces  = 6        // pieces of one name
)

// flatHeader reads a line whose blanks separate heading cells: a table that
// lost its borders.
func (r *Reader) flatHeader(d *document, s span) ([]field, bool) {
	if s.end-s.start > maxHeaderBytes || strings.Contains(d.str(s), "。") || !strings.ContainsFunc(d.str(s), betweenCells) {
		return nil, false
	}
	chunks := chunksOf(d, s)
	for i := len(chunks) - 1; i > 0; i-- {
		if d.text[chunks[i].start] == '/' { // 官网 /隐私政策
			chunks[i-1].end = chunks[i].end
			chunks = slices.Delete(chunks, i, i+1)
		}
	}
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
	kinds := strings.Contains(strings.ToUpper(d.str(s)), "SDK类型")
	return namedByKind(fields, kinds), known >= minHeaderFields && known*3 >= len(fields)*2 && listsSDKs(fields)
}

// namedByKind makes the column of the SDKs' kinds that of their names where a list
// has no other column that tells them: SDK类型 over 友盟, 微信支付.
func namedByKind(fields []field, kinds bool) []field {
	if at := slices.Index(fields, fieldFunction); kinds && at >= 0 && !listsSDKs(fields) && slices.Contains(fields, fieldData) {
		fields[at] = fieldName
	}
	return fields
}

// listsSDKs tells whether headings are those of a list of SDKs: a name is among
// them, or a company and data.
func listsSDKs(fields []field) bool {
	return slices.Contains(fields, fieldName) || slices.Contains(fields, fieldCompany) && slices.Contains(fields, fieldData)
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
		if es, next := r.cellsBelow(d, fields, i+1); len(es) > 0 {
			out = append(out, es...)
			i = next - 1
			continue
		}
		// Where paragraphs are marked up, each stands apart, and so do the rows.
		apart := d.format != formatText && i+1 < len(d.blocks) && d.blocks[i+1].gap
		for i+1 < len(d.blocks) {
			n := &d.blocks[i+1]
			if n.kind != paragraph && !r.rowLikeHeading(d, fields, n) || n.entry || n.gap && apart && strings.HasSuffix(d.str(n.span), "。") {
				break
			}
			if es := r.rowsInLine(d, fields, n); len(es) > 0 {
				n.entry = true
				i++
				out = append(out, es...)
				continue
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

// rowsInLine reads a line that holds several rows: twice as many addresses as a
// row has, or more.
func (r *Reader) rowsInLine(d *document, fields []field, b *block) []entry {
	links := 0
	for _, f := range fields {
		if f == fieldLink || f == fieldWebsite {
			links++
		}
	}
	if links == 0 || strings.Count(d.str(b.span), "://") < 2*links {
		return nil
	}
	es := r.cellsApart(d, b, b.span, &gluedHead{fields: fields})
	if len(es) < 2 {
		return nil
	}
	return es
}

// rowLikeHeading tells whether a block that seems to be a heading or an item of a
// plain text is a row: one of a table whose first column numbers the rows, or one
// with a cell for each column.
func (r *Reader) rowLikeHeading(d *document, fields []field, b *block) bool {
	if b.kind == row || d.format != formatText {
		return false
	}
	if numberAt(d.str(b.span)).style != "" {
		return fields[0] == fieldNote
	}
	return b.end-b.start <= maxFlatRow && len(r.flatCells(d, b.span)) == len(fields)
}

// sureRow tells whether a line behind a blank one is certainly a row: it names a
// known SDK or a company.
func (r *Reader) sureRow(d *document, e *entry) bool {
	return !e.company.empty() || e.link != "" || r.named(d.str(e.name), true) >= 0
}

// flatRow reads one line as a row: its blanks part cells, or stand inside one.
// Each piece gets the column that its content and the order of the headings
// agree on.
func (r *Reader) flatRow(d *document, fields []field, b *block) (entry, bool) {
	if b.end-b.start > maxFlatRow {
		return entry{}, false
	}
	cells := r.flatCells(d, b.span)
	if len(cells) < minHeaderFields {
		return entry{}, false
	}
	e := entry{layout: layoutFlat, at: b.span, lang: b.lang}
	cells = r.takeLinks(d, &e, fields, cells)
	if len(cells) < len(fields) {
		e.loose = fields
	}
	at := r.assign(d, fields, cells, false)
	for i := 0; i < len(cells); {
		k := i + 1
		for k < len(cells) && at[k] == at[i] && at[i] != fieldLink && at[i] != fieldWebsite {
			k++
		}
		if c := (span{cells[i].start, cells[k-1].end}); at[i] != fieldCompany || !isNone(d.str(c)) {
			r.place(d, &e, c, at[i])
		}
		i = k
	}
	r.nameless(d, &e)
	return e, !e.name.empty() && utf8.RuneCountInString(d.str(e.name)) <= 60
}

// takeLinks gives an entry the cells that are addresses, where no heading
// announces them, and returns the others.
func (r *Reader) takeLinks(d *document, e *entry, fields []field, cells []span) []span {
	if slices.Contains(fields, fieldLink) || slices.Contains(fields, fieldWebsite) {
		return cells
	}
	return slices.DeleteFunc(cells, func(c span) bool {
		link := isAddress(d.str(c))
		if link {
			r.place(d, e, c, fieldLink)
		}
		return link
	})
}

// flatCells splits a line at its blanks, but for those that stand inside a cell:
// in the name of an SDK, before the word SDK or a
// parenthesis, behind a mark that goes on, and between two words in letters.
func (r *Reader) flatCells(d *document, s span) []span {
	chunks := chunksOf(d, d.head(s, maxGluedBlock))
	if len(chunks) == 0 {
		return nil
	}
	out := chunks[:0:0]
	named := 0 // where a known name ends that blanks stand in
	for i, c := range chunks {
		if n := len(out); n > 0 && !isNone(d.str(c)) && (c.start < named || goesOnInCell(d.str(out[n-1]), d.str(c))) {
			out[n-1].end = c.end
			continue
		}
		out = append(out, c)
		named = r.nameOver(d, c, s.end, chunks[i:min(len(chunks), i+maxNamePieces)])
	}
	return out
}

// nameOver returns where the known name ends that begins with a piece and goes on
// in those behind it. A piece that names an SDK by itself is not gone on with: what
// it does stands in the next column.
func (r *Reader) nameOver(d *document, first span, end int, pieces []span) int {
	text := d.str(first)
	if _, _, known := r.exactName(text); known || strings.HasSuffix(strings.ToUpper(text), "SDK") {
		return 0
	}
	f := d.view(d.head(span{first.start, end}, 2*maxGluedName))
	if len(f.runes) == 0 {
		return 0
	}
	v, n := r.aliases.longest(&f, 0)
	if n == 0 || v < 0 || !slices.ContainsFunc(pieces, func(p span) bool { return p.end == f.end(n) }) {
		return 0
	}
	return f.end(n)
}

// goesOnInCell tells whether a blank between two pieces stands inside a cell.
func goesOnInCell(last, next string) bool {
	if findURL(last) != "" || findURL(next) != "" {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(last)
	after := firstRune(next)
	switch {
	case strings.ContainsRune("、，,：:；;/（(", before) || strings.ContainsRune("、，,：:；;/（()）", after):
		return !isNone(last) && !isNone(next)
	case strings.EqualFold(next, "sdk") || len(next) == 1 && isLatin(next[0]):
		return true
	case len(last) > 2 && last[len(last)-2] == ' ' && isLatin(last[len(last)-1]):
		return true // 沿 Z 轴
	}
	return isLatin(byte(min(before, utf8.RuneSelf-1))) && isLatin(byte(min(after, utf8.RuneSelf-1)))
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
