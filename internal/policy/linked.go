package policy

import (
	"slices"
	"strings"
)

// maxAnnouncement bounds the line above a list of names, in bytes.
const maxAnnouncement = 320

// policyWords are what an address in a list of SDKs leads to, and what stands
// between it and the name.
var policyWords = []string{"隐私权政策", "隐私政策", "隐私协议", "隐私声明", "隐私保护政策", "隐私保护声明", "privacy policy", "privacy statement", "privacy notice", "privacy & terms"}

// policyBehind tells whether a sentence only says where the policy of the SDK
// stands whose name it begins with: X SDK隐私政策：https://….
func policyBehind(d *document, st *statement, h proseHit) bool {
	rest := strings.ToLower(d.text[h.at.end:min(st.end, h.at.end+maxFieldBytes)])
	at := -1
	for _, w := range policyWords {
		if i := strings.Index(rest, w); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at >= 0 && at <= maxFillerBytes && !strings.ContainsAny(rest[:at], "《。") && findURL(rest) != ""
}

// namedBelow enters the SDKs that the lines below block i name and say no more
// of, where the block says that they are third parties' in the app: "Link to
// the privacy policy of third-party service providers used by the app". A name
// that no signature knows counts where it is a link among names that are known.
func (p *proseReader) namedBelow(i int) {
	linked, ok := p.announcesNames(i)
	if !ok {
		return
	}
	var items []entry
	known, last := 0, i
	for k := i + 1; k < len(p.d.blocks) && k <= i+maxListItems; k++ {
		b := &p.d.blocks[k]
		if b.entry || b.kind == heading || b.kind == row || b.kind != item && b.gap && k > i+1 {
			break
		}
		e, found := p.nameAlone(b, linked)
		if !found {
			if b.kind == item && len(items) == 1 && e.lang == "en" && items[0].link == "" {
				return // names and what is said of them take turns
			}
			break
		}
		if len(e.sdks) > 0 {
			known++
		}
		items, last = append(items, e), k
	}
	if known*2 < len(items) || len(items) == 1 && p.d.blocks[last].kind != item && items[0].link == "" {
		return // a line alone is the title of what follows
	}
	p.titles = append(p.titles, items...) // unless more is said of them elsewhere
	for k := i + 1; k <= last; k++ {
		p.d.blocks[k].entry = true
	}
	if last > i {
		p.speech = speech{last: last}
	}
}

// announcesNames tells whether a block says that third parties' code is in the
// app, and whether addresses follow.
func (p *proseReader) announcesNames(i int) (linked, ok bool) {
	d, b := p.d, &p.d.blocks[i]
	if b.end-b.start > maxAnnouncement || !p.shortName(i+1) && !p.shortName(i+2) {
		return false, false
	}
	sts := p.r.blockStatements(d, b)
	if len(sts) == 0 {
		return false, false
	}
	st := &sts[len(sts)-1]
	if st.has(roleNegation, roleRight, roleQuestion, roleOtherList, roleCondition) || !st.has(roleSDKWord, roleThird) {
		return false, false
	}
	text := strings.ToLower(d.str(st.span))
	linked = slices.ContainsFunc(policyWords, func(w string) bool { return strings.Contains(text, w) })
	return linked || st.has(roleSDKWord), linked || b.kind == heading || strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：") || st.has(roleEmbed, roleUse)
}

// shortName is a quick look whether block i can be a name alone.
func (p *proseReader) shortName(i int) bool {
	return i < len(p.d.blocks) && p.d.blocks[i].end-p.d.blocks[i].start <= maxFieldBytes && p.r.mayName(p.d, &p.d.blocks[i])
}

// nameAlone reads a line that is the name of an SDK and no more, its address
// apart.
func (p *proseReader) nameAlone(b *block, linked bool) (entry, bool) {
	d := p.d
	s := span{b.start + numberAt(d.str(b.span)).bytes, b.end}
	if s.end-s.start > maxFieldBytes {
		return entry{}, false
	}
	link := d.linkIn(s)
	if u := findURL(d.str(s)); u != "" {
		s.end = s.start + strings.Index(d.str(s), u)
	}
	s = d.nameBefore(s)
	e := entry{layout: layoutProse, name: s, link: link, at: b.span, lang: b.lang, links: []span{b.span}}
	if k, _, ok := p.r.exactName(clean(d.str(s))); ok {
		e.sdks = []int{k}
		return e, true
	}
	return e, linked && link != "" && b.kind == item && !s.empty() && d.wholeLink(s) && p.r.distinctive(d.str(s))
}

// nameBefore drops the word for a privacy policy, and marks, from the end of a
// line that names an SDK.
func (d *document) nameBefore(s span) span {
	const marks = " \u00a0:：-–—(（[【《》'’的"
	cut := func() { s.end = s.start + len(strings.TrimRight(d.str(s), marks)) }
	cut()
	for _, w := range policyWords {
		if text := d.str(s); len(text) > len(w) && strings.EqualFold(text[len(text)-len(w):], w) {
			s.end -= len(w)
			cut()
			break
		}
	}
	s.start += len(d.str(s)) - len(strings.TrimLeft(d.str(s), " \u00a0《[【"))
	return s
}

// wholeLink tells whether a piece of text is the text of a link.
func (d *document) wholeLink(s span) bool {
	i, _ := slices.BinarySearchFunc(d.links, s.end, func(l linkMark, at int) int { return l.end - at })
	return i < len(d.links) && d.links[i].start <= s.start
}
