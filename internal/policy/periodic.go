package policy

import (
	"slices"
	"strings"
)

// Tables of which every cell stands on a line of its own, below headings that no phrase
// knows (干什么用, 会拿到哪些信息), or below none: their rows repeat. Each has an
// address or a company as many lines behind the last one, and what the columns hold
// tells which they are.

// Bounds of such rows, in lines.
const (
	minPeriod     = 3
	maxPeriod     = 8
	maxPeriodCell = 3 << 10 // bytes of a cell
)

// periodicEntries reads such tables whose rows end with an address: those below headings
// of which phrases do not know all, or those below none.
func (r *Reader) periodicEntries(d *document, headings bool) []entry {
	return r.anchored(d, isAddress, func(first, last, n int) []entry {
		return r.periodic(d, first-n+1, last, n, headings)
	})
}

// ownedEntries reads such tables without addresses, whose rows begin with a company, or
// with the name of an SDK and its company.
func (r *Reader) ownedEntries(d *document) []entry {
	return r.anchored(d, r.isCompany, func(first, last, n int) []entry {
		if first == 0 {
			first += n
		}
		for first < last && !r.surelyName(d, first-1) && !r.surelyName(d, first+1) {
			first += n // the heading of the column, 合作公司
		}
		switch {
		case first >= last:
			return nil
		case r.surelyName(d, first-1):
			first, last = first-1, last-1
		}
		if last+n > len(d.blocks) {
			return nil
		}
		if es := r.periodic(d, first, last+n-1, n, true); len(es) > 0 {
			return es
		}
		return r.periodic(d, first, last+n-1, n, false)
	})
}

// anchored finds the lines that are of one kind and as far apart from each other, and
// has what lies between the first and the last of them read; n is how far.
func (r *Reader) anchored(d *document, kind func(string) bool, read func(first, last, n int) []entry) []entry {
	var out []entry
	var at []int
	for i := range d.blocks {
		if b := &d.blocks[i]; !b.entry && b.kind != row && b.end-b.start <= maxPeriodCell && kind(d.str(b.span)) {
			at = append(at, i)
		}
	}
	for k := 0; k+1 < len(at); {
		n := at[k+1] - at[k]
		last := k + 1
		for last+1 < len(at) && at[last+1]-at[last] == n {
			last++
		}
		if n >= minPeriod && n <= maxPeriod {
			if es := read(at[k], at[last], n); len(es) > 0 {
				out = append(out, es...)
				k = last + 1
				continue
			}
		}
		k = last
	}
	return out
}

// unheadedRows reads the tables of which no phrase knows the headings, or that have
// none: rows of as many cells each.
func (r *Reader) unheadedRows(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		if b.kind != row || b.entry || b.lang != "zh" || len(b.cells) < minPeriod {
			continue
		}
		last := i
		rows := [][]span{b.cells}
		for last+1 < len(d.blocks) {
			n := &d.blocks[last+1]
			if n.kind != row || n.entry || n.table != b.table || len(n.cells) != len(b.cells) {
				break
			}
			last++
			rows = append(rows, n.cells)
		}
		var heads []span
		if first := r.contentCells(d, b.cells); len(rows) > 1 && !first {
			heads, rows = b.cells, rows[1:]
		}
		if es := r.entriesByContent(d, heads, rows, layoutTable); len(rows) > 1 && len(es) > 0 {
			out = append(out, es...)
			for k := i; k <= last; k++ {
				d.blocks[k].entry = true
			}
		}
		i = last
	}
	return out
}

// contentCells tells whether cells are those of a row and not headings: one is a
// company, an address or a known SDK.
func (r *Reader) contentCells(d *document, cells []span) bool {
	return slices.ContainsFunc(cells, func(c span) bool {
		_, _, known := r.exactName(d.str(c))
		return known && r.headingField(d.str(c)) == fieldNone || isAddress(d.str(c)) || r.isCompany(d.str(c))
	})
}

// periodic reads rows of n lines each, from block start to block last.
func (r *Reader) periodic(d *document, start, last, n int, headings bool) []entry {
	if start < 0 || (last-start+1)%n != 0 {
		return nil
	}
	for i := start; i <= last; i++ {
		b := &d.blocks[i]
		if b.entry || b.kind == row || b.lang != "zh" && !isAddress(d.str(b.span)) && !r.mayName(d, b) && hanCount(d.str(b.span)) > 0 || b.end-b.start > maxPeriodCell || fieldKey(r, d.str(b.span)) != fieldNone {
			return nil
		}
	}
	rows := make([][]span, 0, (last-start+1)/n)
	for i := start; i <= last; i += n {
		cells := make([]span, n)
		for k := range cells {
			cells[k] = d.blocks[i+k].span
		}
		rows = append(rows, cells)
	}
	from := start - n
	headed := from >= 0 && r.headingsAt(d, from, n)
	if headed != headings || !headed && len(rows) < minUnheaded {
		return nil
	}
	var heads []span
	if headed {
		if known, behind := r.headingLines(d, from); len(known) == n && behind == start {
			return nil // phrases know all of them: cellLineEntries reads it
		}
		for _, b := range d.blocks[from:start] {
			heads = append(heads, b.span)
		}
	} else {
		from = start
	}
	out := r.entriesByContent(d, heads, rows, layoutCellLine)
	if len(out) > 0 {
		for i := from; i <= last; i++ {
			d.blocks[i].entry = true
		}
	}
	return out
}

// entriesByContent makes the entries of rows whose columns their cells tell apart, and
// the headings, where there are some, of those that they do not.
func (r *Reader) entriesByContent(d *document, heads []span, rows [][]span, layout string) []entry {
	fields := r.columnsByContent(d, rows)
	if fields == nil {
		return nil
	}
	for k, h := range heads {
		f := r.headingField(d.str(h))
		if showsItself(f) && showsItself(fields[k]) && f != fields[k] {
			return nil // the heading of another column, above rows of another table
		}
		if fields[k] == fieldNone && f != fieldData && f != fieldName && f != fieldCompany {
			fields[k] = f
		}
	}
	for k := range fields {
		if fields[k] == fieldNone && isSerial(d.str(rows[0][k])) {
			fields[k] = fieldNote
		}
	}
	if k := slices.Index(fields, fieldNone); k >= 0 && !slices.Contains(fields, fieldPurpose) {
		fields[k] = fieldPurpose
	}
	out := make([]entry, 0, len(rows))
	for _, cells := range rows {
		e := entry{layout: layout, lang: "zh", at: cells[0]}
		for k, c := range cells {
			if !c.empty() { // one that reaches over several rows stands above the others
				e.at = span{min(e.at.start, c.start), max(e.at.end, c.end)}
			}
			f := fields[k]
			if f == fieldNone {
				f = fieldNote
			}
			r.place(d, &e, c, f)
		}
		if !e.name.empty() {
			out = append(out, e)
		}
	}
	return out
}

// maxCompanyHeading is how long a heading is that ends as companies do, in runes: 合作公司.
const maxCompanyHeading = 6

// minUnheaded is how many rows must repeat where no headings stand above them.
const minUnheaded = 3

// headingsAt tells whether the n lines from a block on can be headings: short lines
// that hold no datum and name no SDK.
func (r *Reader) headingsAt(d *document, from, n int) bool {
	for i := from; i < from+n; i++ {
		b := &d.blocks[i]
		text := d.str(b.span)
		if b.entry || b.kind == row || !mayHead(text) || longer(text, maxPlainHeadingRunes/2) || r.isCompany(text) && longer(text, maxCompanyHeading) {
			return false
		}
		if _, _, known := r.exactName(text); known && r.headingField(text) == fieldNone {
			return false
		}
	}
	return true
}

// showsItself tells whether the cells of a column show by themselves that they are of a field.
func showsItself(f field) bool {
	return f == fieldLink || f == fieldCompany || f == fieldName || f == fieldData
}

// columnsByContent tells the columns of rows apart by what most of their cells are: one
// holds addresses, one lists data, one names companies; the name is the column that
// names known SDKs, else the first of the others that is short in every row. nil where
// no column holds data or names, or neither companies nor known SDKs are named.
func (r *Reader) columnsByContent(d *document, rows [][]span) []field {
	n := len(rows[0])
	known, company, data, links := make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	brief := make([]bool, n)
	for k := range n {
		brief[k] = true
		for _, cells := range rows {
			text := d.str(cells[k])
			_, _, exact := r.exactName(text)
			switch {
			case isAddress(text):
				links[k]++
			case exact || r.namesSDK(text):
				known[k]++
			case r.isCompany(text):
				company[k]++
			}
			brief[k] = brief[k] && text != "" && mayName(text) && !longer(text, maxPieceName) && !strings.ContainsAny(text, "，、：") && !isAddress(text) && !isSerial(text)
		}
	}
	fields := make([]field, n)
	best := func(counts []int, f field) bool {
		at := -1
		for k := range n {
			if fields[k] == fieldNone && counts[k]*2 >= len(rows) && counts[k] > 0 && (at < 0 || counts[k] > counts[at]) {
				at = k
			}
		}
		if at >= 0 {
			fields[at] = f
		}
		return at >= 0
	}
	linked, owned := best(links, fieldLink), best(company, fieldCompany)
	if !linked && !owned {
		return nil // as nearly always, before the cells are read
	}
	for k := range n {
		for _, cells := range rows {
			if fields[k] == fieldNone && r.isList(d, cells[k]) {
				data[k]++
			}
		}
	}
	if !best(data, fieldData) {
		return nil
	}
	if best(known, fieldName) {
		return fields
	}
	k := slices.IndexFunc(fields, func(f field) bool { return f == fieldNone })
	if !owned || !linked || k < 0 || !brief[k] {
		return nil
	}
	fields[k] = fieldName
	return fields
}
