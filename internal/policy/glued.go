package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table that lost even the blanks between its cells: 第三方SDK名称收集信息类型使用
// 目的隐私政策链接华为推送设备标识…https://…小米推送…. The headings are words of
// headings and nothing else; a row ends where the kind of thing ends that stands
// in the last column, a link or a company.

// Bounds of glued tables.
const (
	minGluedRunes = 10 // of the headings
	maxGluedName  = 24 // runes of a name
	maxGluedBlock = 64 << 10
)

func (r *Reader) gluedEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		if b.entry || b.kind == row || b.lang != "zh" || !r.mayName(d, b) && i+1 < len(d.blocks) && !r.mayName(d, &d.blocks[i+1]) {
			continue
		}
		last, at := r.gluedHeadings(d, b.span)
		if at == 0 {
			continue
		}
		found := r.gluedRows(d, b, span{at, b.end}, last)
		next := i + 1
		for ; next < len(d.blocks); next++ {
			n := &d.blocks[next]
			if n.entry || n.kind != paragraph || n.section != b.section || strings.HasPrefix(numberAt(d.str(n.span)).style, "cn") {
				break
			}
			more := r.gluedRows(d, n, n.span, last)
			if len(more) == 0 {
				break
			}
			found = append(found, more...)
		}
		if len(found) < 2 {
			continue
		}
		for k := i; k < next; k++ {
			d.blocks[k].entry = true
		}
		out = append(out, found...)
		i = next - 1
	}
	return out
}

// gluedHeadings finds a run of heading words that names three columns or more,
// an SDK's or a company's name among them: the field of the last column, and
// where the run ends; 0 where there is none.
func (r *Reader) gluedHeadings(d *document, s span) (last field, end int) {
	s.end = min(s.end, s.start+maxGluedBlock)
	if !gluedWords.in(d.str(s)) {
		return fieldNone, 0
	}
	f := d.view(s)
	from, to := 0, 0
	var found []field
	check := func() bool {
		if to-from < minGluedRunes || len(found) < minHeaderFields {
			return false
		}
		text := d.text[f.start(from):f.end(to)]
		named := strings.Contains(text, "名称") || strings.Contains(text, "SDK") && slices.Contains(found, fieldData)
		return named && strings.Count(text, "、")+strings.Count(text, "，") < 2 && (slices.Contains(found, fieldName) || slices.Contains(found, fieldCompany)) && distinctFields(found) >= minHeaderFields
	}
	for _, h := range r.headings.find(&f) {
		if h.from != to {
			if check() {
				break
			}
			from, found = h.from, found[:0]
		}
		to = h.to
		if v := field(h.value); v != fieldNone {
			found = append(found, v)
		}
	}
	if !check() {
		return fieldNone, 0
	}
	return found[len(found)-1], f.end(to)
}

// gluedWords are the words of which such headings hold one.
var gluedWords = newNeedles("名称", "SDK")

func distinctFields(fields []field) int {
	seen := map[field]bool{}
	for _, f := range fields {
		seen[f] = true
	}
	return len(seen)
}

// gluedRows cuts a range into rows; nil where it does not begin with one.
func (r *Reader) gluedRows(d *document, b *block, s span, last field) []entry {
	var out []entry
	from := s.start
	for _, at := range append(r.gluedEnds(d, s, last), s.end) {
		if at <= from {
			continue
		}
		piece := d.trim(span{from, at})
		if n := len(out); n > 0 && out[n-1].company.empty() {
			// …https://… and the company behind it: it belongs to the row above.
			if c := r.companyIn(d, piece); c.start == piece.start && !c.empty() {
				out[n-1].company, piece.start = c, c.end
			}
		}
		name := r.gluedName(d, piece)
		switch {
		case !name.empty():
			e := entry{layout: layoutFlat, name: name, at: piece, lang: b.lang, company: r.gluedCompany(d, span{name.end, piece.end}), link: d.linkIn(piece)}
			e.parts = []part{{span{name.end, piece.end}, fieldData, ""}}
			out = append(out, e)
		case len(out) == 0:
			return nil
		case at-from < maxRowBytes:
			e := &out[len(out)-1]
			e.at.end = piece.end
			e.parts[0].end = piece.end
			if e.company.empty() {
				e.company = r.companyIn(d, piece)
			}
		}
		from = at
	}
	return out
}

// gluedCompany returns the company of a row, without the data that its name
// seems to begin with: 应用列表信息上海某有限公司.
func (r *Reader) gluedCompany(d *document, s span) span {
	at := r.companyAt(d, s)
	for _, m := range r.mentionsIn(d, at) {
		if m.end < at.end && m.end > at.start {
			at.start = m.end
		}
	}
	return d.trim(at)
}

// companyAt returns the first company of a row, however far it stands in it.
func (r *Reader) companyAt(d *document, s span) span {
	i := strings.Index(d.str(s), "公司")
	if i < 0 {
		return span{}
	}
	from := max(s.start, s.start+i-maxCompanyReach/2)
	for from < s.end && !utf8.RuneStart(d.text[from]) {
		from++
	}
	return r.companyIn(d, span{from, s.end})
}

// gluedEnds returns where rows may end: behind each link, or behind each company
// where that is the last column.
func (r *Reader) gluedEnds(d *document, s span, last field) []int {
	text := d.str(s)
	var ends []int
	if last == fieldCompany {
		for _, m := range companyZH.FindAllStringIndex(text, -1) {
			ends = append(ends, s.start+m[1])
		}
		return ends
	}
	f := d.view(s)
	names := r.aliases.find(&f)
	for _, m := range urlPattern.FindAllStringIndex(text, -1) {
		end := m[1]
		if i := strings.IndexFunc(text[m[0]:m[1]], isHan); i >= 0 {
			end = m[0] + i
		}
		// A name in letters right behind an address seems to belong to it:
		// …?id=1822vivo推送.
		k, _ := slices.BinarySearchFunc(names, s.start+m[0], func(h hit, at int) int { return h.start - at })
		for ; k < len(names) && names[k].start < s.start+end; k++ {
			if names[k].end > s.start+end {
				end = names[k].start - s.start
				break
			}
		}
		ends = append(ends, s.start+end)
	}
	return ends
}

// gluedName returns the name that a row begins with, a number before it apart: a
// known one, or what ends in SDK before anything that is no name.
func (r *Reader) gluedName(d *document, s span) span {
	text := d.str(s)
	skip := len(text) - len(strings.TrimLeft(text, "0123456789.、 \u00a0)）|"))
	s.start += skip
	text = text[skip:]
	head := span{s.start, min(s.end, s.start+4*maxGluedName)}
	for head.end > head.start && head.end < s.end && !utf8.RuneStart(d.text[head.end]) {
		head.end--
	}
	f := d.view(head)
	if len(f.runes) == 0 {
		return span{}
	}
	if v, n := r.aliases.longest(&f, 0); n > 0 && v >= 0 {
		end := f.end(n)
		rest := d.text[end:head.end]
		if i := strings.Index(strings.ToUpper(rest), "SDK"); i >= 0 && i <= 12 && !strings.ContainsFunc(rest[:i], func(c rune) bool { return !unicode.IsLetter(c) && c != ' ' }) {
			end += i + len("SDK")
		}
		return span{head.start, end}
	}
	i := strings.Index(strings.ToUpper(text[:head.end-head.start]), "SDK")
	if i > 0 && utf8.RuneCountInString(text[:i]) <= maxGluedName && !strings.ContainsAny(text[:i], "，。；：、") && r.distinctive(text[:i]) {
		return span{head.start, head.start + i + len("SDK")}
	}
	return span{}
}
