package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// Chinese lists that tell of each SDK in one line, or in one item of a paragraph,
// whose pieces marks part: 青梧SDK，提供方：青梧科技有限公司，会收集IMEI，用于统计;
// 青梧SDK——青梧科技有限公司——统计——IMEI——https://…. The line begins with the name, and
// each piece says what it is.

// Bounds of such lines.
const (
	maxPieceLine = 4 << 10 // bytes
	maxPieces    = 40
	maxPieceName = 30 // runes
)

// pieceEntries reads such lines.
func (r *Reader) pieceEntries(d *document) []entry {
	var out []entry
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.entry || b.kind == row || b.lang != "zh" || b.end-b.start > maxPieceLine || !pieceSigns.in(d.str(b.span)) || !r.mayName(d, b) {
			continue
		}
		if e, ok := r.pieceEntry(d, b.span, b.lang); ok {
			b.entry = true
			out = append(out, e)
			continue
		}
		if es := r.pieceItems(d, b); len(es) > 1 {
			b.entry = true
			out = append(out, es...)
		}
	}
	return out
}

// oneOfPieces tells whether a block is such a line as a whole: its keys begin no lines
// of their own.
func (r *Reader) oneOfPieces(d *document, b *block) bool {
	if b.lang != "zh" || b.end-b.start > maxPieceLine || !pieceSigns.in(d.str(b.span)) {
		return false
	}
	_, ok := r.pieceEntry(d, b.span, b.lang)
	return ok
}

// pieceSigns are what one of them stands in every such line.
var pieceSigns = newNeedles("，", "——", "--", "；", ",", "。")

// pieceItems reads a paragraph of which each item between semicolons tells of one SDK,
// behind the words that announce them: 我们接入了以下SDK：甲，…；乙，…. All of them must.
func (r *Reader) pieceItems(d *document, b *block) []entry {
	text := d.str(b.span)
	if !strings.Contains(text, "；") {
		return nil
	}
	at := b.span
	if colon := colonAt(text); colon > 0 && colon < strings.Index(text, "；") && announcesOthers.in(text[:colon]) {
		_, w := utf8.DecodeRuneInString(text[colon:])
		at.start += colon + w
	}
	var out []entry
	for _, item := range piecesBetween(d, at, func(c rune) bool { return c == '；' }) {
		e, ok := r.pieceEntry(d, item, b.lang)
		if !ok || len(out) >= maxSentenceNames {
			return nil
		}
		out = append(out, e)
	}
	return out
}

// announcesOthers are words of a sentence that announces a list of others' code.
var announcesOthers = newNeedles("SDK", "sdk", "第三方", "合作", "组件", "插件", "服务商", "供应商")

// piecesBetween splits a range at marks outside parentheses and brackets.
func piecesBetween(d *document, s span, mark func(rune) bool) []span {
	var out []span
	from, depth := s.start, 0
	for i, c := range d.text[s.start:s.end] {
		switch c {
		case '(', '（', '[', '【', '《', '「':
			depth++
		case ')', '）', ']', '】', '》', '」':
			depth = max(depth-1, 0)
		}
		if depth > 0 || !mark(c) {
			continue
		}
		if p := d.trim(span{from, s.start + i}); !p.empty() {
			out = append(out, p)
		}
		from = s.start + i + utf8.RuneLen(c)
	}
	if p := d.trim(span{from, s.end}); !p.empty() {
		out = append(out, p)
	}
	return out
}

// pieceDashes part the pieces of a line that commas do not part.
var pieceDashes = pattern.New(`\s*(?:—{1,3}|-{2,3}| [-–] )\s*`)

// pieceEntry reads one line or item.
func (r *Reader) pieceEntry(d *document, s span, lang string) (entry, bool) {
	if last, _ := utf8.DecodeLastRuneInString(d.str(s)); last == ':' || last == '：' {
		return entry{}, false // the data follow below
	}
	name, rest := r.leadingName(d, s)
	if kind := kindHead.FindString(d.str(d.head(s, maxFieldBytes))); name.empty() && kind != "" {
		name, rest = r.leadingName(d, span{s.start + len(kind), s.end})
	}
	var owner span
	if name.empty() {
		name, rest, owner = r.sharedWith(d, s)
	}
	if name.empty() || absentZH(d, s, name) {
		return entry{}, false
	}
	if owner.empty() {
		name, owner = r.ownerBehindBar(d, name)
	}
	p := pieceReader{r: r, d: d, e: entry{layout: layoutProse, name: name, at: s, lang: lang}}
	if !owner.empty() {
		p.marked = true
		p.put(owner, fieldCompany)
	}
	if k, _, ok := r.exactName(clean(d.str(name))); ok {
		p.e.sdks = []int{k}
	}
	if aside := parenthesisAt(d, rest.start, min(rest.end, rest.start+maxCompanyReach)); !aside.empty() && strings.TrimSpace(d.text[rest.start:aside.start]) != "" {
		for _, piece := range piecesBetween(d, aside, func(c rune) bool { return strings.ContainsRune("，,；;", c) }) {
			if f, value := r.keyValue(d.str(piece)); f == fieldPurpose {
				p.put(d.trim(span{piece.start + value, piece.end}), f)
			} else {
				p.owned(piece)
			}
		}
		rest.start = min(aside.end+closeWidth(d, aside.end, rest.end), rest.end)
		rest.start += len(d.str(rest)) - len(strings.TrimLeft(d.str(rest), behindName))
	}
	var pieces []span
	if cut := pieceDashes.FindAllStringIndex(d.str(rest), maxPieces); len(cut) >= 2 {
		p.dashed = true
		p.e.layout = layoutFlat
		from := rest.start
		for _, c := range append(cut, []int{rest.end - rest.start, rest.end - rest.start}) {
			if piece := d.trim(span{from, rest.start + c[0]}); !piece.empty() {
				pieces = append(pieces, piece)
			}
			from = rest.start + c[1]
		}
	} else {
		pieces = piecesBetween(d, rest, func(c rune) bool { return strings.ContainsRune("，,；;。", c) })
	}
	if len(pieces) < 2 || len(pieces) > maxPieces {
		return entry{}, false
	}
	for _, piece := range pieces {
		if !p.piece(piece) {
			return entry{}, false
		}
	}
	if p.keys == len(pieces) {
		p.e.layout = layoutKeyValue
	}
	return p.e, p.told(len(pieces))
}

// ownerBehindBar parts a name and the company that a bar sets off from it: 青梧SDK｜青梧科技有
// 限公司.
func (r *Reader) ownerBehindBar(d *document, name span) (alone, owner span) {
	text := d.str(name)
	i := strings.IndexAny(text, "｜|丨")
	if i <= 0 {
		return name, span{}
	}
	_, w := utf8.DecodeRuneInString(text[i:])
	owner = d.trim(span{name.start + i + w, name.end})
	if !r.isCompany(d.str(owner)) {
		return name, span{}
	}
	return d.trim(span{name.start, name.start + i}), owner
}

// leadingName returns the name with which a line begins, its number and quotation marks
// apart, and what stands behind it; an empty name where none does. A name that means
// something else outside lists must stand in marks, or before dashes.
func (r *Reader) leadingName(d *document, s span) (name, rest span) {
	text := d.str(s)
	s.start += numberAt(text).bytes
	s.start += len(ordinalHead.FindString(d.str(s)))
	if f, value := r.keyValue(d.str(s)); f == fieldName {
		s = d.trim(span{s.start + value, s.end}) // SDK名称：青梧SDK；公司：…
	}
	text = d.str(s)
	open, w := utf8.DecodeRuneInString(text)
	end, quoted := -1, false
	if shut, ok := nameMarks[open]; ok {
		if end = strings.Index(text, shut); end > 0 {
			name, quoted = d.trim(span{s.start + w, s.start + end}), true
			end += len(shut)
		}
	} else if end = strings.IndexAny(text[:min(len(text), maxFieldBytes)], "，,：:（(—。；"); end > 0 {
		if behind, full := strings.CutPrefix(text[end:], "。"); full && pronounHead.FindString(behind) == "" {
			return span{}, s
		}
		name = d.trim(span{s.start, s.start + end})
	}
	if two := strings.Index(text, "--"); !quoted && two > 0 && (end < 0 || two < end) {
		end = two
		name = d.trim(span{s.start, s.start + end})
	}
	if end <= 0 || name.empty() || longer(d.str(name), maxPieceName) || !mayName(d.str(name)) {
		return span{}, s
	}
	rest = span{s.start + end, s.end}
	if behind := withoutSDKWord(d.str(rest)); quoted {
		rest.start = rest.end - len(behind)
	}
	_, entryOnly, known := r.exactName(clean(d.str(name)))
	listed := quoted || strings.HasPrefix(d.str(rest), "—") || strings.HasPrefix(d.str(rest), "-")
	if !(known && (!entryOnly || listed)) && !r.namesSDK(d.str(name)) && !(listed && r.named(d.str(name), false) >= 0) {
		return span{}, s
	}
	rest.start += len(d.str(rest)) - len(strings.TrimLeft(d.str(rest), behindName))
	if rest.empty() {
		return span{}, s
	}
	return name, rest
}

// behindName are the marks between a name and its first piece.
const behindName = "，,：:；。 —-"

// kindHead says before a name which kind of thing it names: 统计组件：.
var kindHead = pattern.New(`^[^，。；（）()：:我们以下如]{0,8}(?:SDK|组件|插件|服务|工具|通道)[：:]`)

// sharedHead begins a line about the one with whom data are shared: 与青梧科技有限公司（青
// 梧SDK）共享：.
var sharedHead = pattern.New(`^(?:我们)?与([^，。；（）()：]{2,40}(?:[（(][^，。；（）()：]{1,12}[)）][^，。；（）()：]{2,16})?)[（(]([^，。；（）()：]{2,30})[)）](?:共享|分享)[：:，,]`)

// ownedHead begins a line with the company and its SDK: 青梧科技有限公司的青梧SDK，.
var ownedHead = pattern.New(`^([^，。；：的]{4,40}公司)的([^，。；：（）]{2,30})[：:，,]`)

// sharedWith returns the name and the company in a line with one of these heads, and
// what stands behind it.
func (r *Reader) sharedWith(d *document, s span) (name, rest, owner span) {
	s.start += numberAt(d.str(s)).bytes
	text := d.str(d.head(s, maxCompanyReach))
	m := sharedHead.FindStringSubmatchIndex(text)
	if m == nil {
		m = ownedHead.FindStringSubmatchIndex(text)
	}
	if m == nil {
		return span{}, s, span{}
	}
	name, owner = span{s.start + m[4], s.start + m[5]}, span{s.start + m[2], s.start + m[3]}
	_, _, known := r.exactName(d.str(name))
	if !known && !r.namesSDK(d.str(name)) || !r.isCompany(d.str(owner)) {
		return span{}, s, span{}
	}
	return name, span{s.start + m[1], s.end}, owner
}

// ordinalHead counts in words: 一是, 其二，.
var ordinalHead = pattern.New(`^(?:其[一二三四五六七八九十]+[，,、：:]?|[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[，,、：:])`)

// nameMarks are the marks around a name, and what closes them.
var nameMarks = map[rune]string{'「': "」", '《': "》", '【': "】", '“': "”", '『': "』"}

// pieceReader puts the pieces of one line into its entry.
type pieceReader struct {
	r       *Reader
	d       *document
	e       entry
	dashed  bool
	data    bool     // the last piece named data that are collected
	seen    fieldSet // of the pieces so far
	marked  bool     // one of them says which field it is: a key, a company, an address
	keys    int      // pieces that begin with a key
	unknown int      // pieces of which nothing is known
}

// piece reads one piece; false where the line is not about the SDK alone.
func (p *pieceReader) piece(s span) bool {
	r, d := p.r, p.d
	s.start += len(pronounHead.FindString(d.str(s)))
	text := d.str(s)
	f, value := r.keyValue(text)
	if f == fieldNone {
		f, value = r.keyByWords(text)
	}
	if f == fieldNone && findURL(text) == text {
		f, value = fieldLink, 0
	}
	switch {
	case f == fieldName:
		return false // a table's heading, or another list
	case f != fieldNone:
		p.marked = true
		p.keys++
		p.put(d.trim(span{s.start + value, s.end}), f)
	case p.owned(s):
	case findURL(text) != "" && !longer(urlPattern.ReplaceAllString(text, ""), maxPieceName):
		p.marked = true
		p.put(s, fieldLink)
	case beginsAny(text, purposeHeads):
		p.put(s, fieldPurpose)
	case p.collected(s):
	case handsToIt.MatchString(text) && len(r.mentionsIn(d, s)) > 0:
		p.put(s, fieldData)
	case p.data && len(r.mentionsIn(d, s)) > 0 && r.isList(d, s), p.dashed && r.isList(d, s):
		p.put(s, fieldData)
		p.data = true
	case p.dashed && p.e.purpose.empty():
		p.put(s, fieldPurpose)
	default:
		st := r.statementAt(d, s, p.e.lang)
		p.unknown++
		p.data = false
		if r.tellsBehaviour(&st) { // 存在开机自启动的情况
			p.put(s, fieldData)
			p.data = false
			return true
		}
		another := r.named(text, false) >= 0 || r.namesSDK(text)
		return !another && !st.has(roleFirst, roleRight, roleCondition, roleListIntro) && len(st.mentions) == 0
	}
	return true
}

// tellsBehaviour tells whether a piece says only what the SDK does beside taking data:
// that it starts by itself, that others start it.
func (r *Reader) tellsBehaviour(st *statement) bool {
	return len(st.mentions) > 0 && !st.has(roleFirst, roleNegation, roleCondition, roleRight) &&
		!slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data == "" || r.personal(m.data) })
}

// handsToIt begins a piece that says what the app hands to the SDK: 共享您的IMEI.
var handsToIt = pattern.New(`^(?:我们)?(?:可能|会|将|需要?|仅)*(?:向其|与其|为其)?(?:共享|提供|传输|传递|处理|委托处理)`)

// pronounHead is a pronoun for the SDK that a piece begins with.
var pronounHead = pattern.New(`^(?:(?:该|此|本) ?(?i:SDK|组件|插件|服务|产品|工具包|软件包|功能|第三方)|其|它)`)

// put places a piece into the entry.
func (p *pieceReader) put(s span, f field) {
	p.seen |= 1 << uint(f)
	p.data = f == fieldData
	p.r.place(p.d, &p.e, s, f)
}

// purposeHeads begin a piece that says what the SDK is for.
var purposeHeads = []string{"用于", "用来", "用以", "主要用于", "为了", "以便", "以实现", "旨在", "以用于", "目的是"}

func beginsAny(text string, heads []string) bool {
	for _, h := range heads {
		if strings.HasPrefix(text, h) {
			return true
		}
	}
	return false
}

// owned reads a piece that only says whose the SDK is: 青梧科技有限公司, 由青梧科技有限公司提供.
func (p *pieceReader) owned(s span) bool {
	text := p.d.str(s)
	if f, value := p.r.keyByWords(text); f == fieldCompany && value > 0 {
		s = p.d.trim(span{s.start + value, s.end})
		text = p.d.str(s)
		p.marked = true
		p.put(s, fieldCompany)
		return true
	}
	from, to := 0, len(text)
	for _, w := range []string{"系由", "由", "系", "是"} {
		if strings.HasPrefix(text, w) {
			from = len(w)
			break
		}
	}
	for _, w := range []string{"开发并提供", "提供的服务", "提供服务", "提供", "开发", "运营", "研发", "所有"} {
		if strings.HasSuffix(text[from:to], w) {
			to -= len(w)
			break
		}
	}
	company := p.d.trim(span{s.start + from, s.start + to})
	if !p.r.isCompany(p.d.str(company)) || p.r.companyIn(p.d, company) != company || len(p.r.mentionsIn(p.d, company)) > 0 {
		return false
	}
	p.marked = true
	p.put(company, fieldCompany)
	return true
}

// collected reads a piece that says what the SDK collects, or does not: 会收集IMEI.
func (p *pieceReader) collected(s span) bool {
	st := p.r.statementAt(p.d, s, p.e.lang)
	if st.has(roleFirst, roleThird) {
		return false
	}
	for i, w := range st.words {
		if !p.r.takes(p.d, &st, i) {
			continue
		}
		switch only, _ := subjectless(p.d.text[s.start:w.start]); {
		case p.r.negated(p.d, &st, i):
			p.put(s, fieldNote) // its denials are read from there
			return true
		case only && len(st.mentions) > 0:
			p.put(s, fieldData)
			p.data = true
			return true
		}
		return false
	}
	return false
}

// told tells whether the pieces make an entry: one of them says which field it is, two
// fields are told of, and few pieces say nothing.
func (p *pieceReader) told(pieces int) bool {
	kinds := 0
	for _, f := range []field{fieldCompany, fieldLink, fieldData, fieldPurpose} {
		if p.seen.has(f) {
			kinds++
		}
	}
	return p.marked && kinds >= 2 && (p.seen.has(fieldData) || p.seen.has(fieldPurpose)) && p.unknown*3 <= pieces
}
