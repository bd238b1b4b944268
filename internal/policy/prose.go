package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// proseHit is one SDK named in a sentence.
type proseHit struct {
	sdk     int
	from    int // rune indices in the sentence's fold
	to      int
	at      span
	sdkWord bool // "SDK" stands in or right behind the name
}

// Distances, in runes of the fold, within which words belong together.
const (
	sdkWordNear = 2  // 友盟+ SDK
	subjectNear = 10 // 友盟会收集, AppsFlyer may collect
	subjectFar  = 40 // 微信支付(腾讯科技(深圳)有限公司)SDK会收集
)

// proseEntries reads SDKs named in running text: as the subject of a collecting
// verb, or as code that the app contains.
func (r *Reader) proseEntries(d *document, secs []section) []entry {
	var out []entry
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.entry || b.kind == heading || b.kind == row || secs[b.section].closed {
			continue
		}
		sts := r.statementsOf(d, b.span, b.lang)
		for k := 0; k < len(sts); k++ {
			es := r.proseStatement(d, &sts[k])
			if len(es) == 0 {
				continue
			}
			// A sentence without a subject of its own goes on about the SDK.
			for k+1 < len(sts) && len(es) > 0 && len(es[0].parts) > 0 && r.goesOn(&sts[k+1]) {
				k++
				for j := range es {
					es[j].parts = append(es[j].parts, part{sts[k].span, fieldData, audit.PlatformAny})
					es[j].at.end = sts[k].end
				}
			}
			out = append(out, es...)
			for _, e := range es {
				if len(e.parts) > 0 {
					d.taken = append(d.taken, e.at)
				}
			}
		}
	}
	return r.joinProse(out)
}

// goesOn tells whether a sentence begins with a collecting verb.
func (r *Reader) goesOn(st *statement) bool {
	return len(st.words) > 0 && role(st.words[0].value) == roleCollect && st.words[0].from == 0
}

// proseStatement reads one sentence: an entry for every SDK that it says is
// contained, with data for those that it says collect.
func (r *Reader) proseStatement(d *document, st *statement) []entry {
	if st.has(roleRight) || st.has(roleDefinition) {
		return nil
	}
	f := foldText(d.text, st.start, st.end)
	hits := r.namesIn(d, st, &f)
	if len(hits) == 0 {
		return nil
	}
	members := r.memberLists(d, hits)
	verb, subject := r.collectingSubject(st, hits)
	collects := map[int]bool{}
	if subject >= 0 {
		for _, m := range r.withMembers(hits, members, subject) {
			collects[m] = true
		}
	}
	embeds := st.has(roleEmbed) && st.has(roleSDKWord)
	var out []entry
	for _, h := range hits {
		switch {
		case collects[h.sdk]:
		case embeds, h.sdkWord && !st.has(roleNegation):
		default:
			continue
		}
		if slices.ContainsFunc(out, func(e entry) bool { return e.sdks[0] == h.sdk }) {
			continue
		}
		e := entry{layout: layoutProse, name: h.at, at: st.span, lang: st.lang, sdks: []int{h.sdk}}
		if collects[h.sdk] {
			e.parts = []part{{span{st.words[verb].start, st.end}, fieldData, audit.PlatformAny}}
			e.purpose = r.purposeOf(d, st)
		}
		out = append(out, e)
	}
	return out
}

// namesIn finds the SDK names of a sentence. A name that also means something
// else counts only with "SDK" behind it or inside a list of SDKs.
func (r *Reader) namesIn(d *document, st *statement, f *folded) []proseHit {
	var out []proseHit
	for _, h := range r.aliases.find(f) {
		n := r.sdkNames[h.value]
		p := proseHit{sdk: n.sdk, from: h.from, to: h.to, at: span{h.start, h.end}}
		p.sdkWord = strings.HasSuffix(strings.ToLower(d.text[h.start:h.end]), "sdk")
		for _, w := range st.words {
			if role(w.value) == roleSDKWord && w.from >= h.to && w.from-h.to <= sdkWordNear {
				p.sdkWord = true
				p.at.end = max(p.at.end, w.end)
			}
		}
		if n.entryOnly && !p.sdkWord && !r.insideSDKList(st, h) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// insideSDKList tells whether a name stands in a parenthesis right behind an
// SDK word: 推送通道SDK(如小米、华为等).
func (r *Reader) insideSDKList(st *statement, h hit) bool {
	for _, w := range st.words {
		if role(w.value) == roleSDKWord && w.end < h.start && h.from-w.to < 60 {
			return true
		}
	}
	return false
}

// memberLists maps a hit to the hits in the parenthesis behind it.
func (r *Reader) memberLists(d *document, hits []proseHit) map[int][]int {
	out := map[int][]int{}
	for i, h := range hits {
		rest := d.text[h.at.end:]
		if !strings.HasPrefix(rest, "(") && !strings.HasPrefix(rest, "（") {
			continue
		}
		end := closing(d, h.at.end+len("("), min(len(d.text), h.at.end+600))
		for k := i + 1; k < len(hits) && hits[k].at.start < end; k++ {
			out[i] = append(out[i], k)
		}
	}
	return out
}

// withMembers returns the SDKs of a hit and of its members, looked up under
// every hit of the same SDK in the sentence.
func (r *Reader) withMembers(hits []proseHit, members map[int][]int, subject int) []int {
	out := []int{hits[subject].sdk}
	for i, h := range hits {
		if h.sdk == hits[subject].sdk {
			for _, m := range members[i] {
				out = append(out, hits[m].sdk)
			}
		}
	}
	return out
}

// collectingSubject finds a collecting verb that is not negated, has data
// behind it, and has an SDK as its subject: the last one named before it, near
// it, with no "we" between.
func (r *Reader) collectingSubject(st *statement, hits []proseHit) (verb, subject int) {
	for i, w := range st.words {
		if role(w.value) != roleCollect || negatedAt(st, i) {
			continue
		}
		if !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && m.start >= w.end }) {
			continue
		}
		subject = -1
		for k, h := range hits {
			if h.to <= w.from && w.from-h.to <= subjectFar && !r.firstBetween(st, h.at.end, w.start) && (h.sdkWord || w.from-h.to <= subjectNear) {
				subject = k
			}
		}
		if subject >= 0 {
			return i, subject
		}
	}
	return -1, -1
}

func (r *Reader) firstBetween(st *statement, from, to int) bool {
	return slices.ContainsFunc(st.words, func(h hit) bool { return role(h.value) == roleFirst && h.start >= from && h.end <= to })
}

// joinProse makes one entry of an SDK's sentences per language, unless each of
// them has data of its own.
func (r *Reader) joinProse(es []entry) []entry {
	var out []entry
	for _, e := range es {
		i := slices.IndexFunc(out, func(o entry) bool { return o.sdks[0] == e.sdks[0] && o.lang == e.lang })
		switch {
		case i < 0:
			out = append(out, e)
		case len(out[i].parts) == 0 && len(e.parts) > 0:
			out[i] = e
		case len(e.parts) > 0:
			out[i].parts = append(out[i].parts, e.parts...)
		}
	}
	return out
}
