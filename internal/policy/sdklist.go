package policy

import (
	"slices"
	"strings"
)

// Running text also lists SDKs without calling each of them one: below a heading or
// a sentence that announces the SDKs of the app, what begins with a name and goes
// on with a colon or a purpose is about that SDK (高德地图：用于定位).

// maxItemGap bounds how many blocks stand between two items of such a list: the
// company, the address.
const maxItemGap = 3

// maxLead bounds the names that an item begins with, in bytes.
const maxLead = 400

// announce notes that what follows statement st of block i lists the SDKs of the
// app: 我们接入的第三方SDK如下：.
func (p *proseReader) announce(i int, st *statement) {
	if !st.has(roleSDKWord) || st.has(roleNegation, roleRight, roleQuestion, roleCondition) {
		return
	}
	text := p.d.str(st.span)
	colon := colonAt(text)
	if colon < 0 || !st.hasBetween(st.start, st.start+colon, roleSDKWord) || !st.hasBetween(st.start, st.start+colon, roleEmbed, roleUse, roleThird) {
		return
	}
	if before := text[:colon]; strings.HasSuffix(before, "如下") || strings.HasSuffix(before, "SDK") || strings.HasSuffix(before, "包括") || strings.Trim(text[colon:], " :：") == "" {
		p.listed = i + 1
	}
}

// inList tells whether block i can be an item of a list of SDKs.
func (p *proseReader) inList(i int) bool {
	return p.listed > 0 && i+1-p.listed <= maxItemGap || p.secs[p.d.blocks[i].section].class == sectionSDK
}

// readLead finds the names that statement st of block i begins with where it is an
// item of a list of SDKs.
func (p *proseReader) readLead(i int, st *statement) {
	if st.lang != "zh" || p.d.blocks[i].names < 0 || !p.inList(i) {
		return
	}
	d := p.d
	from := st.start + numberAt(d.str(st.span)).bytes
	from += len(d.text[from:st.end]) - len(strings.TrimLeft(d.text[from:st.end], leadMarks))
	f := d.view(span{from, min(st.end, from+maxLead)})
	if _, n := p.r.aliases.longest(&f, 0); n == 0 {
		return // as most sentences begin
	}
	at, n := from, 0
	for _, h := range p.r.aliases.find(&f) {
		if h.start < at {
			continue // explains the one before
		}
		if n > 0 && !enumerated(d.text[at:h.start]) {
			break
		}
		at = afterAsides(d, h.end, st.end)
		n++
	}
	if n > 0 && (p.describes(st, at) || from > st.start && aloneIn(p.d, i, st, at)) {
		st.lead = at
		p.listed = max(p.listed, i+1)
	}
}

// leadMarks stand before the name of an item.
const leadMarks = " \u00a0\t“\"【「*●·•◆-：:"

// describes tells whether a sentence goes on, behind the names that it begins with,
// with what these are for or get: a colon, or a word for a purpose.
func (p *proseReader) describes(st *statement, at int) bool {
	rest := strings.TrimLeft(p.d.text[at:st.end], " \u00a0”\"】」*")
	at = st.end - len(rest)
	i, _ := slices.BinarySearchFunc(st.words, at, func(w hit, at int) int { return w.start - at })
	if i < len(st.words) && role(st.words[i].value) == rolePurpose && strings.Trim(p.d.text[at:st.words[i].start], ",， ") == "" {
		return true
	}
	if !strings.HasPrefix(rest, ":") && !strings.HasPrefix(rest, "：") {
		return false
	}
	return st.hasBetween(at, st.end, rolePurpose, roleCollect, roleAccess) || slices.ContainsFunc(st.mentions, func(m mention) bool { return m.start >= at })
}

// aloneIn tells whether a sentence is all of block i and ends behind the names that it
// begins with: a numbered title, 4.8 微信支付.
func aloneIn(d *document, i int, st *statement, at int) bool {
	return d.trim(d.blocks[i].span) == d.trim(st.span) && strings.Trim(d.text[at:st.end], " \u00a0:：”\"】」*。") == ""
}
