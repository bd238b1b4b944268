package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// speech is what running text speaks of as it goes on from sentence to sentence
// and, below a title, from block to block.
type speech struct {
	about []int    // entries that the last sentence was about
	named []int    // entries of this block and of the one before
	title []entry  // of a line that only names SDKs: entries once what follows says what they collect
	below bool     // about, or title, stands in a line of its own above
	style string   // of the number of the block that names them
	last  int      // the block that was read last
	rest  int      // blocks read below it
	keys  []string // of its fields so far
}

// maxBelow bounds how many blocks describe the SDK of a title.
const maxBelow = 8

// fillers stand before a verb whose subject is left out.
var fillers = []string{"可能", "会", "将", "需要", "需", "可", "主要", "还", "也", "同时", "并且", "并", "且", "其中", "此时", "通常", "仅", "只", "必须", "涉及", "所", "用于", "在", "您", "的", "功能", "运行", "使用", "过程", "中", "时"}

// begin readies the speech for block i.
func (p *proseReader) begin(i int) {
	s, d := &p.speech, p.d
	b := &d.blocks[i]
	num := numberAt(d.str(b.span))
	switch {
	case i != s.last+1:
		*s = speech{}
	case s.below && num.style != "" && num.style == s.style:
		*s = speech{}
	case !s.below && (num.style != "" && num.style == s.style || strings.Contains(d.text[d.blocks[i-1].end:max(d.blocks[i-1].end, b.start)], "\n") && !p.fieldOfAbove(i)):
		s.about, s.title = nil, nil // else an item in the line that named them
	}
	s.last = i
}

// subjectless tells whether a text before a verb names no subject.
func subjectless(text string) (only, modal bool) {
	text = strings.TrimLeft(text[numberAt(text).bytes:], " ,，、:：")
	for text != "" {
		n := len(text)
		for _, f := range fillers {
			if rest, ok := strings.CutPrefix(text, f); ok {
				modal = modal || slices.Contains(modals, f)
				text = strings.TrimLeft(rest, " ,，、")
				break
			}
		}
		if len(text) == n {
			return false, modal
		}
	}
	return true, modal
}

// dropped finds the verb of a sentence that says what the SDKs named before get
// and leaves them out: 可能需要获取您的IMEI. Its clause begins with it, and no
// clause before it has another subject. sure is false where the app could be
// meant as well.
func (p *proseReader) dropped(st *statement) (verb int, sure bool) {
	if st.lang != "zh" || st.has(roleFirst, roleRight, roleCondition, roleUserGives, roleProvide) {
		return -1, false
	}
	for _, c := range st.clauses {
		for w := c.words.start; w < c.words.end; w++ {
			if !p.r.takes(p.d, st, w) {
				continue
			}
			if p.r.negated(p.d, st, w) {
				break
			}
			only, modal := subjectless(p.d.text[c.start:st.words[w].start])
			if !only {
				break
			}
			return w, modal || isNounKey(p.d.text[st.words[w].end:st.end])
		}
	}
	return -1, false
}

// isNounKey tells whether what stands behind a verb makes it a noun for the data
// that follow: 收集的用户信息是…, 收集信息类型：….
func isNounKey(rest string) bool {
	if strings.HasPrefix(rest, "的") {
		return true
	}
	end := strings.IndexAny(rest[:min(len(rest), maxFillerBytes)], ":：是为、，,")
	if end < 0 {
		return false
	}
	key, mark := rest[:end], rest[end:]
	return !strings.HasPrefix(mark, "、") && !strings.HasPrefix(mark, "，") && !strings.HasPrefix(mark, ",") &&
		slices.ContainsFunc([]string{"信息", "数据", "内容", "类型", "范围", "字段"}, func(n string) bool { return strings.HasSuffix(key, n) })
}

// plural tells whether a sentence begins with words for all SDKs named before.
func (p *proseReader) plural(st *statement) bool {
	text := strings.TrimLeft(strings.ToLower(p.d.text[st.start:min(st.end, st.start+64)]), " ")
	text = strings.TrimLeft(text[numberAt(text).bytes:], " ")
	return startsWithAny(text, plurals) || len(p.speech.about) > 0 && startsWithAny(text, []string{"第三方sdk", "第三方 sdk"})
}

// sumsUpList tells whether a sentence announces below it what all SDKs named
// before get: 上述SDK所需要的信息如下：.
func (p *proseReader) sumsUpList(st *statement) bool {
	text := p.d.str(st.span)
	return len(p.speech.named) > 0 && p.plural(st) && announcesData(p.d, st) && !st.has(roleNegation, roleOtherList) &&
		(strings.Contains(text, "信息") || strings.Contains(text, "数据") || p.collecting(st, 0) >= 0)
}

// follow reads a sentence that names no SDK and goes on about those before.
func (p *proseReader) follow(st *statement) bool {
	s := &p.speech
	if len(s.named) > 0 && p.plural(st) {
		return p.gets(st, s.named, p.collecting(st, 0))
	}
	if len(s.about) == 0 && len(s.title) == 0 {
		return false
	}
	if len(s.about) == 0 && len(s.title) == 1 && p.startsWithPronoun(st) &&
		(p.namesData(st, p.collecting(st, 0)) || !st.has(roleFirst) && len(p.r.deniedIn(p.d, st, judgement{}, "")) > 0) {
		p.claimTitle() // "It collects …" right below the title
	}
	if p.goesOn(st, s.about) || p.deniesOn(st, s.about) {
		return true
	}
	if s.below && listsPermissions(st) {
		return false
	}
	if s.below && p.listsData(st) {
		p.claimTitle()
		return p.give(s.about, st.span, st.end)
	}
	if from := p.dataKey(st); from >= 0 && p.names(st, from) {
		p.claimTitle()
		return p.give(s.about, span{from, st.end}, st.end)
	}
	verb, sure := p.dropped(st)
	if verb < 0 || !sure && !s.below && !slices.ContainsFunc(s.about, func(n int) bool { return len(p.out[n].parts) > 0 }) {
		return false
	}
	if p.namesData(st, verb) {
		p.claimTitle()
	}
	return p.gets(st, s.about, verb)
}

// dataKey returns where the value of a key for data begins that a clause of a
// sentence begins with, or -1: 服务类型：登录，收集个人信息类型：设备信息.
func (p *proseReader) dataKey(st *statement) int {
	for i, c := range st.clauses {
		if i > 0 && !endsPart(p.d.text[st.start:c.start]) {
			continue // the value of the key before
		}
		if f, value := p.r.keyByWords(p.d.text[c.start:st.end]); f == fieldData {
			return c.start + value
		}
		if value := dataLabel(p.d.text[c.start:st.end]); st.lang == "en" && value > 0 {
			return c.start + value
		}
	}
	return -1
}

// endsPart tells whether a text ends in a comma.
func endsPart(s string) bool { return strings.HasSuffix(s, "，") || strings.HasSuffix(s, ",") }

// collecting returns the first word from on that takes data and is not negated,
// or -1.
func (p *proseReader) collecting(st *statement, from int) int {
	for i := from; i < len(st.words); i++ {
		if p.r.takes(p.d, st, i) && !p.r.negated(p.d, st, i) {
			return i
		}
	}
	return -1
}

func (p *proseReader) namesData(st *statement, verb int) bool {
	return verb >= 0 && p.names(st, st.words[verb].start)
}

// names tells whether a sentence names data from a place on.
func (p *proseReader) names(st *statement, from int) bool {
	return slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && m.start >= from })
}

// gets gives what stands behind a verb to entries.
func (p *proseReader) gets(st *statement, about []int, verb int) bool {
	if len(about) == 0 || !p.namesData(st, verb) {
		return false
	}
	return p.give(about, span{st.words[verb].start, st.end}, st.end)
}

// give adds a piece of text with data to entries, which reach to its end.
func (p *proseReader) give(about []int, at span, end int) bool {
	for _, n := range about {
		if len(p.out[n].parts) < maxParts {
			p.out[n].parts = append(p.out[n].parts, part{at, fieldData, audit.PlatformAny})
			p.out[n].at.end = max(p.out[n].at.end, end)
		}
	}
	return len(about) > 0
}

// maxParts bounds the sentences that one SDK gets from what follows it, and
// maxNamed how many SDKs one sentence can sum up.
const (
	maxParts = 64
	maxNamed = 24
)

// remember notes that a block names an entry.
func (s *speech) remember(n int) {
	if len(s.named) < maxNamed && !slices.Contains(s.named, n) {
		s.named = append(s.named, n)
	}
}

// claimTitle makes an entry of the title above, as what follows says what it
// collects.
func (p *proseReader) claimTitle() {
	s := &p.speech
	for _, t := range s.title {
		s.about = append(s.about, p.add(t))
	}
	s.title = nil
}

// listsPermissions tells whether most of what a sentence names are permissions:
// 读取外置存储卡、写入外部存储卡.
func listsPermissions(st *statement) bool {
	n := 0
	for _, m := range st.mentions {
		if m.permission != "" {
			n++
		}
	}
	return n > 0 && n*2 >= len(st.mentions)-n
}

// listsData tells whether a sentence is a list of data alone: it begins with a
// datum and names more, or is one, and nobody does anything in it.
func (p *proseReader) listsData(st *statement) bool {
	if st.has(roleSend, roleProvide, roleNegation, roleFirst, rolePermission) || len(st.mentions) == 0 {
		return false
	}
	first := st.mentions[0]
	if first.start != st.start+numberAt(p.d.str(st.span)).bytes {
		return false
	}
	if len(st.mentions) == 1 {
		return first.data != "" && strings.Trim(p.d.text[first.end:st.end], " .。；;") == ""
	}
	return p.r.listsData(st.mentions)
}

// titleOf returns the entries that a block would be which only names one SDK, its
// number, a parenthesis and a colon apart, or several in the parenthesis behind that
// word, and whether the word SDK or a package's name marks it.
func (p *proseReader) titleOf(b *block, sts []statement) (title []entry, sdkWord bool) {
	if len(sts) != 1 || len(p.d.str(b.span)) > maxFieldBytes {
		return nil, false
	}
	st := &sts[0]
	hits := p.r.namesIn(p.d, st)
	if len(hits) == 0 {
		return nil, false
	}
	if title := p.membersOf(st, hits); len(title) > 0 {
		return title, true
	}
	h := hits[0]
	company := p.companyBefore(st, h)
	if company.empty() && !heads(p.d, st, h) && !isValue(p.d.text[st.start:h.at.start]) {
		return nil, false
	}
	rest := strings.TrimLeft(p.d.text[afterName(p.d, hits, st.end):st.end], " ”\"*】)）")
	if !strings.HasPrefix(rest, "//") && strings.Trim(rest, closeMarks) != "" {
		return nil, false
	}
	return []entry{entryOf(st, h, company)}, h.sdkWord || !company.empty()
}

// entryOf returns the entry of a name in a title.
func entryOf(st *statement, h proseHit, company span) entry {
	e := entry{layout: layoutProse, name: h.at, company: company, at: st.span, lang: st.lang}
	if h.sdk >= 0 {
		e.sdks = []int{h.sdk}
	}
	return e
}

// membersOf returns the entries of a title that enumerates several SDKs of one kind
// in a parenthesis: Push SDK（小米、华为）.
func (p *proseReader) membersOf(st *statement, hits []proseHit) []entry {
	i := slices.IndexFunc(st.words, func(w hit) bool { return role(w.value) == roleSDKWord })
	if i < 0 || len(hits) < 2 || hits[0].at.start < st.words[i].end || longer(p.d.text[st.start:st.words[i].start], maxKind) {
		return nil
	}
	list := parenthesisAt(p.d, st.words[i].end, st.end)
	if list.empty() || strings.Trim(p.d.text[min(list.end+closeWidth(p.d, list.end, st.end), st.end):st.end], ":：。 ") != "" {
		return nil
	}
	out := make([]entry, 0, len(hits))
	for k, h := range hits {
		if !contains(list, h.at) || k > 0 && !together(p.d, hits, k) {
			return nil
		}
		out = append(out, entryOf(st, h, span{}))
	}
	return out
}

// maxKind bounds, in runes, what says which kind of SDKs a title enumerates, with its
// number.
const maxKind = 20

// companyBefore returns the company that stands with a dash before a name at the
// head of a line: 某某科技有限公司--个推.
func (p *proseReader) companyBefore(st *statement, h proseHit) span {
	head := p.d.text[st.start:h.at.start]
	name := strings.TrimRight(head, " -—–")
	at := p.d.trim(span{st.start + numberAt(head).bytes, st.start + len(name)})
	if strings.TrimRight(head, " ") == name || at.empty() || !p.r.isCompany(p.d.str(at)) {
		return span{}
	}
	return at
}

// isValue tells whether the text before a name makes it the value of a key: 合作
// 方式：SDK（.
func isValue(before string) bool {
	i := colonAt(before)
	if i <= 0 || longer(before[:i], maxHeadingWords) {
		return false
	}
	rest := strings.Trim(before[i:], " :：（(【“\"")
	return rest == "" || strings.EqualFold(rest, "SDK")
}

// heading reads a heading that only names an SDK: what follows may describe it.
func (p *proseReader) heading(i int) {
	b := &p.d.blocks[i]
	named := p.r.mayName(p.d, b)
	if (!named || p.ownerBelow(b)) && p.lineBelow(i) {
		return
	}
	p.speech = speech{last: i}
	if !named {
		return
	}
	sts := p.r.blockStatements(p.d, b)
	for k := range sts {
		p.readLead(i, &sts[k])
		p.announce(i, &sts[k])
	}
	title, sdkWord := p.titleOf(b, sts)
	if len(title) == 0 && (len(sts) > 1 || len(sts) == 1 && announcesData(p.d, &sts[0]) && p.collecting(&sts[0], 0) >= 0) {
		p.block(i) // a short paragraph
		return
	}
	if len(title) == 0 {
		for k := range sts {
			es, _ := p.r.proseStatement(p.d, &sts[k])
			p.titles = append(p.titles, es...)
		}
		return
	}
	p.speech.below, p.speech.title = true, title
	p.speech.style = numberAt(p.d.str(b.span)).style
	if sdkWord || sts[0].lead > 0 {
		p.titles = append(p.titles, title...)
	}
}

// lineBelow reads a line below a title that passes for a heading as it is short:
// what the SDK is for, right below its name; its company; its data. It returns
// whether the line is one of these.
func (p *proseReader) lineBelow(i int) bool {
	s, b := &p.speech, &p.d.blocks[i]
	text := p.d.str(b.span)
	if !s.below || s.last != i-1 || s.rest >= maxBelow || numberAt(text).style != "" {
		return false
	}
	sts := p.r.blockStatements(p.d, b)
	data := len(sts) == 1 && p.listsData(&sts[0])
	if s.rest > 0 && !data && !p.r.isCompany(text) && !p.ownerBelow(b) {
		return false
	}
	if data {
		sts[0].taken = p.follow(&sts[0])
	}
	s.last = i
	s.rest++
	return true
}

// enterTitles makes entries of the headings that name an SDK by that word, where
// nothing else in the document speaks of it.
func (p *proseReader) enterTitles(others []entry) {
	if len(p.titles) == 0 {
		return
	}
	known := map[string]bool{}
	for i := range others {
		for _, id := range p.r.resolve(p.d, &others[i]) {
			known[id] = true
		}
	}
	for _, e := range p.titles {
		if _, read := p.at[p.keyOf(e)]; !read && !known[p.r.resolve(p.d, &e)[0]] {
			p.add(e)
		}
	}
}

// saysOfSDKs tells whether a sentence in a closed section of a class can still
// say what an SDK of the app collects: rights, security and the like end where
// the next heading stands, and a heading is easily missed. Definitions and what
// is said of children count for nothing.
func saysOfSDKs(class sectionClass) bool {
	return class != sectionDefinitions && class != sectionChildren
}

// maxTail bounds what stands between a name and the word SDK, with that word.
const maxTail = len("”的 SDK")

// aside reads a block of a closed section: only what it says outright of an SDK
// that it calls by that word or by its package: that the app embeds it, or what it
// gets.
func (p *proseReader) aside(i int) {
	b := &p.d.blocks[i]
	if !p.r.mayName(p.d, b) {
		return
	}
	s := &p.speech
	*s = speech{last: i}
	sts := p.r.blockStatements(p.d, b)
	for k := range sts {
		st := &sts[k]
		es, _ := p.r.proseStatement(p.d, st)
		if len(es) == 0 && !p.another(st) && (p.follow(st) || p.field(st)) {
			continue
		}
		s.about, s.keys = s.about[:0], s.keys[:0]
		for _, e := range es {
			called := p.d.text[e.name.start:min(st.end, e.name.end+maxTail)] // “青梧”的SDK
			code := packageLike(p.d.str(parenthesisAt(p.d, e.name.end, st.end)))
			if (len(e.parts) > 0 || p.r.embeds(p.d, st)) && (code || strings.Contains(strings.ToLower(called), "sdk")) {
				s.about = append(s.about, p.add(e))
			}
		}
		for _, n := range s.about {
			s.remember(n)
		}
	}
}
