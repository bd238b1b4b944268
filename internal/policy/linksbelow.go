package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of the lines below a table that give the addresses of its entries.
const (
	maxAddressLines  = 60
	maxAddressBlocks = 20
)

// linksBelow gives the entries of a table without a column for it the addresses that
// lines below the table give, each by a name of the SDK or its company: 上述合作方的隐私政策：
// 友盟：https://…. entries are in the order of the text.
func (r *Reader) linksBelow(d *document, entries []entry) {
	for i := 0; i < len(entries); {
		n := i + 1
		for n < len(entries) && entries[n].layout == layoutTable && d.tableAt(entries[n].at.start) == d.tableAt(entries[i].at.start) {
			n++
		}
		if group := entries[i:n]; entries[i].layout == layoutTable && slices.ContainsFunc(group, unlinked) {
			r.linkGroup(d, group)
		}
		i = n
	}
}

// unlinked tells whether an entry has neither an address nor a place for one.
func unlinked(e entry) bool { return e.link == "" && len(e.links) == 0 && !e.noLink }

// tableAt returns the table that a place stands in, or 0.
func (d *document) tableAt(at int) int {
	i, found := slices.BinarySearchFunc(d.blocks, at, func(b block, at int) int { return b.start - at })
	if !found {
		i--
	}
	if i < 0 || d.blocks[i].kind != row {
		return 0
	}
	return d.blocks[i].table
}

// linkGroup reads the lines below one table.
func (r *Reader) linkGroup(d *document, group []entry) {
	end := group[len(group)-1].at.end
	i, _ := slices.BinarySearchFunc(d.blocks, end, func(b block, at int) int { return b.start - at })
	announced, lines := false, 0
	for n := 0; n < maxAddressBlocks && i < len(d.blocks); n, i = n+1, i+1 {
		b := &d.blocks[i]
		if b.kind == heading || b.kind == row || b.entry && !announced {
			return
		}
		from := b.start
		for line := range strings.SplitSeq(d.str(b.span), "\n") {
			s := d.trim(span{from, from + len(line)})
			from += len(line) + 1
			if lines++; lines > maxAddressLines {
				return
			}
			tells := slices.ContainsFunc(policyWords, func(w string) bool { return strings.Contains(strings.ToLower(line), w) })
			if announced || tells {
				r.linkLine(d, group, s)
			}
			announced = announced || tells
		}
	}
}

// linkLine reads one line of a name and an address.
func (r *Reader) linkLine(d *document, group []entry, s span) {
	url := d.linkIn(s)
	if url == "" || s.end-s.start > maxPieceLine {
		return
	}
	if at := strings.Index(d.str(s), findURL(d.str(s))); at > 0 {
		s.end = s.start + at
	}
	s.start += numberAt(d.str(s)).bytes
	name := clean(d.str(d.nameBefore(s)))
	if utf8.RuneCountInString(name) < 2 || longer(name, maxPieceName) || strings.ContainsAny(name, "，,。；;") || !r.distinctive(name) {
		return
	}
	known, _, ok := r.exactName(name)
	for k := range group {
		e := &group[k]
		if !unlinked(*e) {
			continue
		}
		if strings.Contains(d.str(e.name), name) || strings.Contains(d.str(e.company), name) || ok && r.named(d.str(e.name), true) == known {
			e.link = url
			e.links = append(e.links, s)
		}
	}
}
