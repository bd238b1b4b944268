package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// English policies also turn a list of partners round: what is shared stands first, and
// who gets it behind it (Shared with: X, Y), in a column of its own, below a line for
// each kind of partner, or in one line each with dashes between.

// partnerMarks part the names of several partners.
var partnerMarks = pattern.New(`\s*(?:[,;/&•、]|\band\b|\bor\b|\bas well as\b)\s*`)

// maxListedPartners bounds the partners that one line names.
const maxListedPartners = 40

// onlyPartners returns an entry for each known SDK of a piece that consists of names
// alone; none where most of it is something else.
func (r *Reader) onlyPartners(d *document, s span, lang string) []entry {
	s = d.trim(s)
	if s.empty() || s.end-s.start > maxAnnouncement || lang != "en" {
		return nil
	}
	var out []entry
	seen, from := 0, 0
	text := d.str(s)
	for _, m := range append(partnerMarks.FindAllStringIndex(text, maxListedPartners), []int{len(text), len(text)}) {
		at := d.bare(span{s.start + from, s.start + m[0]})
		from = m[1]
		if at.empty() {
			continue
		}
		if strings.HasSuffix(d.str(at), ".") && m[0] == len(text) {
			at.end--
		}
		seen++
		if k := r.partnerNamed(d.str(at)); k >= 0 && (d.text[at.start] < 'a' || d.text[at.start] > 'z' || strings.ToLower(d.str(at)) != d.str(at)) {
			out = append(out, entry{layout: layoutProse, name: at, at: s, lang: lang, sdks: []int{k}})
		}
	}
	if len(out)*2 <= seen && len(out) != seen {
		return nil
	}
	return out
}

// partnerNamed returns the SDK that a piece of a list names, and no more than that, or
// -1: by its name, or by that of the company behind it.
func (r *Reader) partnerNamed(piece string) int {
	piece = strings.TrimSpace(piece)
	if i := strings.IndexAny(piece, "(（"); i > 0 {
		piece = strings.TrimSpace(piece[:i])
	}
	if piece == "" || len(piece) > maxNameBytes {
		return -1
	}
	if k, _, ok := r.exactName(piece); ok {
		return k
	}
	if k := r.named(piece, true); k >= 0 && (r.isCompany(piece) || !r.ownProduct(piece)) {
		return k
	}
	return -1
}

// shareKeys are the keys whose value is who gets the data of the lines above.
var shareKeys = []string{"shared with", "disclosed to", "recipients", "recipient", "received by", "who receives it", "who gets it", "sent to", "third parties", "partners", "provided to", "transferred to", "sold to", "sold or shared with", "with whom it is shared", "who we share it with"}

// maxSharedLines bounds the lines above such a key that hold its data.
const maxSharedLines = 6

// sharedEntries reads the lines of English lists that say who gets what stands above
// them: the lines of data up to the last blank line or heading.
func (r *Reader) sharedEntries(d *document) []entry {
	var out []entry
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.lang != "en" || b.kind == row || b.entry || i == 0 || b.gap && b.kind != item {
			continue
		}
		key, value := splitKey(d.str(b.span))
		if key == "" || !slices.Contains(shareKeys, strings.ToLower(strings.Trim(key, " *"))) {
			continue
		}
		names := r.onlyPartners(d, span{b.start + value, b.end}, b.lang)
		parts := r.sharedParts(d, i)
		if len(names) == 0 || len(parts) == 0 {
			continue
		}
		b.entry = true
		for _, e := range names {
			e.parts = slices.Clone(parts)
			out = append(out, e)
		}
	}
	return out
}

// sharedParts are the lines of data above block i.
func (r *Reader) sharedParts(d *document, i int) []part {
	var out []part
	for k := i - 1; k >= 0 && k >= i-maxSharedLines; k-- {
		b := &d.blocks[k]
		if b.entry || b.kind == row || b.kind == heading && k < i-1 {
			break
		}
		at := b.span
		f, value := r.keyByWords(d.str(b.span))
		if f == fieldData {
			at.start += value
		}
		if (f == fieldNone || f == fieldData) && len(r.mentionsIn(d, at)) > 0 && at.end-at.start <= maxDataLine {
			out = append(out, part{at, fieldData, audit.PlatformAny})
		}
		if b.gap && b.kind != item {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// recipientHeading tells whether the heading of a column is one of whom data go to.
func recipientHeading(cell string) bool {
	cell = strings.ToLower(strings.Trim(cell, " *?:"))
	return len(cell) <= maxFieldBytes && (slices.Contains(shareKeys, cell) || strings.HasPrefix(cell, "shared with") || strings.HasPrefix(cell, "disclosed to") ||
		strings.HasPrefix(cell, "third parties") || strings.HasSuffix(cell, "recipients") || strings.HasPrefix(cell, "who receives") || strings.HasPrefix(cell, "who we share"))
}

// dataHeading tells whether the heading of an English column is one of data, as far as
// no phrase says it: "Examples" beside categories.
func dataHeading(cell string) bool {
	cell = strings.ToLower(strings.Trim(cell, " *?:"))
	return cell == "category" || cell == "categories" || cell == "examples" || cell == "data" || cell == "information" || cell == "data type" || cell == "what"
}

// recipientRows reads English tables in whose rows the data stand first and the
// partners that get them in a column behind. The rows go on being the app's own.
func (r *Reader) recipientRows(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		head := &d.blocks[i]
		if head.kind != row || head.lang != "en" || len(head.cells) > maxTableCells {
			continue
		}
		to := slices.IndexFunc(head.cells, func(c span) bool { return recipientHeading(d.str(c)) })
		var data []int
		for k, c := range head.cells {
			if k != to && (dataHeading(d.str(c)) || r.headingField(d.str(c)) == fieldData) {
				data = append(data, k)
			}
		}
		if to < 1 || len(data) == 0 {
			continue
		}
		for ; i+1 < len(d.blocks) && d.blocks[i+1].kind == row && d.blocks[i+1].table == head.table; i++ {
			b := &d.blocks[i+1]
			if len(b.cells) != len(head.cells) || r.answersNo(d, head, b) {
				continue
			}
			for _, e := range r.onlyPartners(d, b.cells[to], b.lang) {
				e.layout, e.at = layoutTable, b.span
				for _, k := range data {
					e.parts = append(e.parts, part{b.cells[k], fieldData, audit.PlatformAny})
				}
				out = append(out, e)
			}
		}
	}
	return out
}

// answersNo tells whether a row says in a column "Collected" that its data are not.
func (r *Reader) answersNo(d *document, head, b *block) bool {
	for k, c := range b.cells {
		if k >= len(head.cells) || !strings.Contains(strings.ToLower(d.str(head.cells[k])), "collected") {
			continue
		}
		if answer := strings.ToLower(strings.Trim(d.str(c), " .*")); answer == "no" || answer == "not collected" {
			return true
		}
	}
	return false
}

// dashes part the cells of a line of a list.
var dashes = pattern.New(` (?:-|–|—|\||·) `)

// Bounds of a list whose lines are parted by dashes.
const (
	minDashCells = 3
	maxDashCells = 8
	maxDashLine  = 600
)

// dashedEntries reads English lists whose items hold the name of a partner and what it
// is for and gets, with dashes between: "X, Inc. - analytics - IP address - USA". At
// least two lines must begin with a known name, and half of them with one or a company.
func (r *Reader) dashedEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); {
		var run []entry
		first, known, companies := i, 0, 0
		for ; i < len(d.blocks); i++ {
			e, ok := r.dashedLine(d, &d.blocks[i])
			if !ok {
				break
			}
			if len(e.sdks) > 0 {
				known++
				run = append(run, e)
			} else if !e.company.empty() {
				companies++
			}
		}
		if known >= 2 && (known+companies)*2 >= i-first {
			for k := first; k < i; k++ {
				d.blocks[k].entry = true
			}
			out = append(out, run...)
		}
		if i == first {
			i++
		}
	}
	return out
}

// dashedLine reads one line of such a list by the content of its cells.
func (r *Reader) dashedLine(d *document, b *block) (entry, bool) {
	text := d.str(b.span)
	if b.lang != "en" || b.kind == row || b.kind == heading || b.entry || len(text) > maxDashLine || !strings.Contains(text, " ") {
		return entry{}, false
	}
	start := numberAt(text).bytes
	cuts := dashes.FindAllStringIndex(text[start:], maxDashCells)
	if len(cuts)+1 < minDashCells || len(cuts) >= maxDashCells {
		return entry{}, false
	}
	e := entry{layout: layoutFlat, at: b.span, lang: b.lang}
	from := start
	for n, c := range append(cuts, []int{len(text) - start, len(text) - start}) {
		cell := d.trim(span{b.start + from, b.start + start + c[0]})
		from = start + c[1]
		switch {
		case n == 0:
			e.name = cell
			if k := r.partnerNamed(d.str(cell)); k >= 0 {
				e.sdks = []int{k}
			}
			if r.isCompany(d.str(cell)) {
				e.company = cell
			}
		default:
			f := r.guess(d, cell)
			if f == fieldPurpose && !e.purpose.empty() {
				f = fieldNote // the country
			}
			r.place(d, &e, cell, r.byContent(d, f, cell, n, true))
		}
	}
	return e, !e.name.empty() && nameLike(d.str(e.name))
}

// maxKindLine bounds a line that says which kind of partners the next one names.
const maxKindLine = 80

// namedByKind enters the partners of English lists that name those of one kind in a
// line each, below a line for the kind: "Analytics", "X and Y", "Push messages", "Z".
// A sentence above says that data are shared with those below.
func (p *proseReader) namedByKind(i int) {
	d, b := p.d, &p.d.blocks[i]
	if b.lang != "en" || b.end-b.start > maxAnnouncement || b.kind == heading || !p.announcesPartners(b) {
		return
	}
	var items []entry
	var blocks []int
	kind, kinds := span{}, 0
	for k := i + 1; k < len(d.blocks) && k <= i+maxListItems; k++ {
		o := &d.blocks[k]
		if o.entry || o.kind == row || o.end-o.start > maxAnnouncement {
			break
		}
		start := o.start + numberAt(d.str(o.span)).bytes
		if es := p.r.onlyPartners(d, span{start, o.end}, o.lang); len(es) > 0 {
			for _, e := range es {
				e.purpose = kind
				items = append(items, e)
			}
			blocks = append(blocks, k)
			kinds = 0
			continue
		}
		if kinds++; kinds > 3 || o.end-o.start > maxKindLine || strings.ContainsAny(d.str(o.span), ".:?") || numberAt(d.str(o.span)).style != "" && numberAt(d.str(o.span)).style != "bullet" {
			break
		}
		kind = o.span
	}
	if len(blocks) < 2 {
		return
	}
	for _, e := range items {
		p.titles = append(p.titles, e)
	}
	for _, k := range blocks {
		d.blocks[k].entry = true
	}
}

// announcesPartners tells whether an English block says, at its end, that whom data are
// shared with stands below.
func (p *proseReader) announcesPartners(b *block) bool {
	sts := p.r.blockStatements(p.d, b)
	if len(sts) == 0 {
		return false
	}
	st := &sts[len(sts)-1]
	text := strings.ToLower(strings.TrimRight(p.d.str(st.span), " .:"))
	return st.has(roleThird, roleSDKWord) && !st.has(roleNegation, roleRight, roleQuestion) &&
		(strings.HasSuffix(p.d.str(st.span), ":") || strings.HasSuffix(text, "as follows") || strings.HasSuffix(text, "below") || strings.HasSuffix(text, "following"))
}

// surveyColumns reads the headings of the English table in which a law wants the app to
// say which kinds of data it has collected: categories, examples, yes or no.
func (r *Reader) surveyColumns(d *document, i int) (header, bool) {
	b := &d.blocks[i]
	h := header{at: i, fields: make([]field, len(b.cells))}
	if b.lang != "en" || len(b.cells) < 2 || len(b.cells) > maxTableCells {
		return h, false
	}
	data, asked := false, false
	for k, c := range b.cells {
		text := d.str(c)
		switch {
		case longer(text, maxHeadingWords):
			return h, false
		case dataHeading(text) || r.headingField(text) == fieldData:
			h.fields[k], data = fieldData, true
		case strings.Contains(strings.ToLower(text), "collected"):
			h.fields[k], asked = fieldNecessity, true
		default:
			h.fields[k] = fieldNote
		}
	}
	return h, data && asked
}

// surveyRow makes the claims of a row of such a table.
func (c *claimReader) surveyRow(b *block, h header) {
	no := c.r.answersNo(c.d, &c.d.blocks[h.at], b)
	for k, cell := range b.cells {
		if k >= len(h.fields) || h.fields[k] != fieldData || cell.empty() {
			continue
		}
		st := c.r.statementAt(c.d, cell, b.lang)
		base := claim{party: audit.PartyApp, polarity: audit.Collects, lang: b.lang, at: cell, rule: "data_table"}
		if no {
			base.polarity, base.rule = audit.Denies, ruleDenial
		}
		c.out = append(c.out, groupClaims(c.r, base, st.mentions, either(st.platform, c.secs[b.section].platform))...)
	}
}
