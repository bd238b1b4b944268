package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// proseHit is one SDK named in a sentence.
type proseHit struct {
	sdk     int // index into set.SDKs, -1 for an SDK that no signature knows
	from    int // rune indices in the sentence's fold
	to      int
	at      span
	sdkWord bool // "SDK" stands in or right behind the name
	short   bool // the name counts only in a list
	subject bool // of a verb of collecting
}

// Distances, in runes of the fold, within which words belong together.
const (
	sdkWordNear  = 2   // 友盟+ SDK
	subjectNear  = 10  // 友盟会收集, AppsFlyer may collect
	subjectFar   = 100 // 微信支付(腾讯科技(深圳)有限公司)SDK会收集, X SDK(…公司):用于…,收集
	subjectTitle = 300 // 友盟：为了…，该SDK会收集
	listNear     = 60  // a name behind the word SDK
)

// proseEntries reads SDKs named in running text: as the subject of a collecting
// verb, or as code that the app contains.
// others are the entries of all other layouts.
func (r *Reader) proseEntries(d *document, secs []section, others []entry) []entry {
	p := proseReader{r: r, d: d, secs: secs, at: map[proseKey]int{}}
	for i := range d.blocks {
		b := &d.blocks[i]
		switch {
		case b.entry || b.kind == row:
		case secs[b.section].closed:
			if saysOfSDKs(secs[b.section].class) && b.kind != heading {
				p.aside(i)
			}
		case b.kind == heading:
			p.heading(i)
			p.namedBelow(i)
		default:
			p.block(i)
			p.namedBelow(i)
			p.namedByKind(i)
		}
	}
	p.enterTitles(others)
	return p.out
}

// proseReader collects one entry for every SDK and language.
type proseReader struct {
	r    *Reader
	d    *document
	secs []section
	out  []entry
	at   map[proseKey]int // index into out

	speech speech
	titles []entry // headings that name an SDK
	listed int     // the last block of a list of SDKs that a sentence announces, counted from 1
}

type proseKey struct {
	sdk  int
	name string // of an SDK that no signature knows
	lang string
}

func (p *proseReader) block(i int) {
	b := &p.d.blocks[i]
	p.begin(i)
	s := &p.speech
	before := s.named
	if s.named = nil; !p.r.mayName(p.d, b) && !s.below && len(s.about) == 0 {
		return
	}
	if p.ownerBelow(b) {
		s.rest++
		return
	}
	sts := p.r.blockStatements(p.d, b)
	defer func(n int) { // what a block is all about, the next may sum up
		if len(s.named) == n {
			s.named = nil
		}
	}(len(before))
	s.named = before
	var gift vendorGift
	topic := p.topicAbove()
	for k := range sts {
		st := &sts[k]
		p.readLead(i, st)
		p.announce(i, st)
		es, listed := p.r.proseStatement(p.d, st)
		if g, ok := p.r.giftTo(p.d, st); ok {
			gift = g
		}
		if len(es) == 0 && !gift.at.empty() {
			if e, ok := p.r.titledPolicy(p.d, st, gift); ok {
				es, gift = []entry{e}, vendorGift{}
			}
		}
		if len(es) == 0 && p.partnerGoesOn(st, topic) {
			st.taken = true
			continue
		}
		if len(es) == 0 {
			p.describePartner(st, topic)
		}
		topic = p.aboutPartner(topic, st)
		if len(es) == 0 {
			if k > 0 && len(s.about) == 0 {
				if e, ok := p.soleBefore(&sts[k-1], st); ok {
					s.about = append(s.about, p.add(e))
				}
			}
			switch another := p.another(st); {
			case another:
				s.about = nil
			case p.follow(st):
				st.taken = true
			case k == len(sts)-1 && p.sumsUpList(st):
				p.items(i, s.named)
			case k == len(sts)-1 && p.keyOfList(st):
				p.claimTitle()
				p.items(i, s.about)
			case !s.below && !p.field(st):
				s.about = nil
			}
			continue
		}
		if s.below || k == 0 {
			*s = speech{named: s.named, last: i, style: numberAt(p.d.str(b.span)).style, below: p.underItsTitle(st, es)}
		}
		s.about, s.keys = s.about[:0], s.keys[:0]
		for _, e := range es {
			n := p.add(e)
			s.about = append(s.about, n)
			s.remember(n)
			st.taken = st.taken || len(e.parts) > 0
		}
		if k == len(sts)-1 && listed {
			p.items(i, s.about)
		}
	}
	if title, _ := p.titleOf(b, sts); len(title) > 0 {
		s.below, s.style = true, numberAt(p.d.str(b.span)).style
		if p.anotherTitle(title) {
			s.about, s.rest = nil, 0
		}
		if len(s.about) == 0 {
			s.title = title
		}
	} else if s.below {
		s.rest++
		if s.rest >= maxBelow {
			*s = speech{last: i}
		}
	}
}

// mayName is a quick look whether a block can name an SDK at all.
func (r *Reader) mayName(d *document, b *block) bool {
	if b.names == 0 {
		f := d.view(b.span)
		b.names = -1
		if r.nameStarts.has(&f) || strings.Contains(d.str(b.span), "SDK") {
			b.names = 1
		}
	}
	return b.names > 0
}

func (p *proseReader) keyOf(e entry) proseKey {
	if len(e.sdks) > 0 {
		return proseKey{sdk: e.sdks[0], lang: e.lang}
	}
	return proseKey{sdk: -1, name: p.d.bareName(e.name), lang: e.lang}
}

// add joins an entry with the one that the same SDK has already, and returns
// its index.
func (p *proseReader) add(e entry) int {
	key := p.keyOf(e)
	i, ok := p.at[key]
	if !ok {
		p.at[key] = len(p.out)
		p.out = append(p.out, e)
		return len(p.out) - 1
	}
	o := &p.out[i]
	o.parts = append(o.parts, e.parts...)
	if o.company.empty() {
		o.company = e.company
	}
	if o.purpose.empty() {
		o.purpose = e.purpose
	}
	if o.link == "" {
		o.link = e.link
	}
	if e.at.start-o.at.end < maxStatementBytes {
		o.at.end = max(o.at.end, e.at.end)
	}
	return i
}

// goesOn reads a sentence without an SDK's name that goes on about the ones
// before: it begins with a collecting verb or has a pronoun for its subject (它,
// 该SDK), or only tells whose they are. It returns whether it says that they
// collect.
func (p *proseReader) goesOn(st *statement, about []int) bool {
	pronoun := p.startsWithPronoun(st)
	if c := p.r.companyIn(p.d, st.span); !c.empty() && pronoun {
		for _, n := range about {
			if p.out[n].company.empty() {
				p.out[n].company = c
			}
		}
	}
	verb := -1
	for i, w := range st.words {
		if role(w.value) == roleCollect && !p.r.negated(p.d, st, i) {
			verb = i
			break
		}
	}
	pronoun = pronoun || p.bareSubject(st, verb)
	if verb < 0 || !pronoun && st.words[verb].from != 0 {
		return false
	}
	any := false
	for _, n := range about {
		if len(p.out[n].parts) > 0 || pronoun {
			p.out[n].parts = append(p.out[n].parts, part{st.span, fieldData, audit.PlatformAny})
			p.out[n].at.end = max(p.out[n].at.end, st.end)
			any = true
		}
	}
	return any
}

// bareSubject tells whether the clause of a word has the word SDK alone for its
// subject: 为了推送消息，在您同意后，SDK会收集….
func (p *proseReader) bareSubject(st *statement, w int) bool {
	i := slices.IndexFunc(st.clauses, func(c clause) bool { return w < c.words.end })
	if w < 0 || i < 0 {
		return false
	}
	c := st.clauses[i]
	return takesUp(strings.ToLower(strings.TrimLeft(p.d.text[c.start:min(c.end, c.start+maxSubjectBytes)], " \u00a0")))
}

// maxSubjectBytes bounds the subject of a clause, in bytes.
const maxSubjectBytes = 32

// startsWithPronoun tells whether a sentence, or its part behind a scene such
// as "on iOS,", has a pronoun for its subject.
func (p *proseReader) startsWithPronoun(st *statement) bool {
	for _, c := range st.clauses[:min(2, len(st.clauses))] {
		from := c.start
		if w := c.words.start; w < c.words.end {
			switch role(st.words[w].value) {
			case roleIOS, roleAndroid, roleBoth:
				from = st.words[w].end
			}
		}
		text := strings.ToLower(strings.TrimLeft(p.d.text[from:min(c.end, from+2*maxSubjectBytes)], " "))
		if refers(text) {
			return true
		}
	}
	return false
}

// items gives the list items below block i to the SDKs that it introduces.
func (p *proseReader) items(i int, about []int) {
	outer := numberAt(p.d.str(p.d.blocks[i].span)).style
	for k := i + 1; k < len(p.d.blocks) && k <= i+maxListItems; k++ {
		b := &p.d.blocks[k]
		num := numberAt(p.d.str(b.span))
		if b.entry || b.kind == heading || b.kind == row || (num.style == "" || num.style == outer) && b.kind != item && !p.dataLine(b) {
			return
		}
		sts := p.r.blockStatements(p.d, b)
		for s := range sts {
			sts[s].taken = true
		}
		for _, n := range about {
			p.out[n].parts = append(p.out[n].parts, part{b.span, fieldData, audit.PlatformAny})
			p.out[n].at.end = max(p.out[n].at.end, b.end)
		}
	}
}

// proseStatement reads one sentence: an entry for every SDK that it says is
// contained, with data for those that it says collect. listed is true where
// what they collect follows as a list.
func (r *Reader) proseStatement(d *document, st *statement) (out []entry, listed bool) {
	if st.has(roleDefinition) || r.aboutRights(d, st) {
		return nil, false
	}
	hits := withoutAbsent(d, st, r.namesIn(d, st))
	if len(hits) == 0 {
		return nil, false
	}
	st.owners = namesCompany(d.str(st.span))
	members := r.memberLists(d, hits)
	listed = announcesData(d, st)
	takings := r.takings(d, st, hits, listed)
	listed = listed && len(takings) > 0 && !st.has(roleOtherList)
	takings = append(takings, r.givings(d, st, hits)...)
	takings = append(takings, r.passives(d, st, hits)...)
	takings = append(takings, r.sendings(d, st, hits)...)
	collects, denied := map[int][]part{}, map[int][]part{}
	if len(takings) > 0 { // else nobody takes the sentence, and its denials are read with it
		denied = r.denyings(d, st, hits, takings)
	}
	for _, t := range takings {
		for _, m := range withMembers(d, hits, members, t.subject) {
			if p := (part{t.at, fieldData, audit.PlatformAny}); !slices.Contains(collects[m], p) {
				collects[m] = append(collects[m], p)
			}
		}
	}
	listing := r.listing(d, st, hits)
	var owner span
	for i, h := range hits {
		if contains(owner, h.at) {
			continue // a part of the company's name
		}
		company := r.companyOfHit(d, st, hits, i)
		if !company.empty() {
			owner = company
		}
		gets := len(collects[i]) > 0
		switch {
		case gets:
		case h.sdk < 0 && company.empty() && !(listing[i] && r.introduced(d, st, hits, i)):
			continue
		case listing[i], !company.empty():
		default:
			continue
		}
		e := entry{layout: layoutProse, name: h.at, company: company, at: st.span, lang: st.lang}
		if h.sdk >= 0 {
			e.sdks = []int{h.sdk}
		}
		if k := slices.IndexFunc(out, func(o entry) bool { return r.sameSDK(d, o, e) }); k >= 0 {
			if out[k].company.empty() {
				out[k].company = company
			}
			if len(out[k].parts) > 0 || !gets {
				continue
			}
			out = slices.Delete(out, k, k+1)
		}
		if gets || h.at.end <= st.lead {
			e.parts = collects[i]
			e.purpose = r.purposeOf(d, st)
		}
		if e.purpose.empty() {
			e.purpose = kindOf(d, st, h.at)
		}
		e.parts = append(e.parts, denied[i]...)
		out = append(out, e)
	}
	return out, listed
}

// listing tells which of the SDKs of a sentence it says are contained: all of
// them where the app embeds SDKs or third parties, else those with the word SDK,
// those behind "SDK:", those with their purpose in a parenthesis, and what is
// enumerated together with one of these (A、B、C SDK).
func (r *Reader) listing(d *document, st *statement, hits []proseHit) []bool {
	out := make([]bool, len(hits))
	all := r.embeds(d, st) && (st.has(roleSDKWord) || st.has(roleThird) && r.contains(d, st))
	third := st.has(roleThird, roleSDKWord, roleEmbed)
	for i, h := range hits {
		out[i] = all || h.at.end <= st.lead || !st.hasBetween(st.start, h.at.start, roleNegation) && (h.sdkWord || third && r.explained(d, st, h) || behindSDKWord(d, st, h) || r.embedded(d, st, h) || r.usedByApp(d, st, h) || third && asProvider(d, st, h))
	}
	for i := 1; i < len(hits); i++ {
		if out[i-1] && !out[i] && enumerated(d.text[hits[i-1].at.end:max(hits[i-1].at.end, hits[i].at.start)]) {
			out[i] = true
		}
	}
	for i := len(hits) - 2; i >= 0; i-- {
		if out[i+1] && !out[i] && enumerated(d.text[hits[i].at.end:max(hits[i].at.end, hits[i+1].at.start)]) {
			out[i] = true
		}
	}
	return out
}

// embeds tells whether a sentence says that the app contains something.
func (r *Reader) embeds(d *document, st *statement) bool {
	for i, w := range st.words {
		if role(w.value) == roleEmbed && !r.negated(d, st, i) {
			return true
		}
	}
	return false
}

// embedded tells whether a name stands right behind a word that says that code is
// built in: 集成了友盟统计.
func (r *Reader) embedded(d *document, st *statement, h proseHit) bool {
	if h.sdk < 0 || !st.has(roleEmbed) {
		return false
	}
	for i, w := range st.words {
		if role(w.value) == roleEmbed && w.end <= h.at.start && h.from-w.to <= sdkWordNear && !softly(d, w) && !r.negated(d, st, i) {
			return true
		}
	}
	return false
}

// softly tells whether an embedding word can also mean the mere use of a
// service.
func softly(d *document, w hit) bool {
	word := d.text[w.start:w.end]
	return strings.HasPrefix(word, "使用") || strings.HasPrefix(word, "合作") || strings.EqualFold(word, "we use")
}

// contains tells whether an embedding verb of the sentence says that code is
// built in: to use a third party's service need not mean that.
func (r *Reader) contains(d *document, st *statement) bool {
	return slices.ContainsFunc(st.words, func(w hit) bool {
		return role(w.value) == roleEmbed && !softly(d, w)
	})
}

// explained tells whether a parenthesis right behind a name says what it is for:
// 魅族（用于信息推送）.
func (r *Reader) explained(d *document, st *statement, h proseHit) bool {
	list := parenthesisAt(d, h.at.end, min(st.end, h.at.end+maxCompanyReach))
	if list.empty() {
		return false
	}
	i, _ := slices.BinarySearchFunc(st.words, list.start, func(w hit, at int) int { return w.start - at })
	return i < len(st.words) && role(st.words[i].value) == rolePurpose && st.words[i].start-list.start < 8
}

// listMarks stand between the word SDK and the names that it announces.
var listMarks = []string{"包括但不限于", "包括", "包含", "分别为", "分别是", "主要为", "主要有", "具体为", "来源", "如下", "为", "是", "有", "如", ":", "：", "（", "(", "“", "\"", " ", "include", "are", "such as"}

// behindSDKWord tells whether a name stands right behind the word SDK and a word
// that announces a list: 第三方SDK为：个推、极光.
func behindSDKWord(d *document, st *statement, h proseHit) bool {
	for _, w := range st.words {
		if w.end > h.at.start || h.at.start-w.end > maxFillerBytes {
			continue
		}
		between := strings.ToLower(d.text[w.end:h.at.start])
		switch {
		case role(w.value) == roleSDKWord:
		case role(w.value) == roleThird && !h.short && st.has(roleUse, roleEmbed) && colonAt(between) == 0: // 使用的第三方：友盟
		default:
			continue
		}
		if strings.Trim(between, " \u00a0)）") == "" {
			continue
		}
		for changed := true; changed; {
			changed = false
			for _, m := range listMarks {
				if rest, ok := strings.CutPrefix(between, m); ok {
					between, changed = rest, true
				}
			}
		}
		if between == "" {
			return true
		}
	}
	return false
}

// maxFillerBytes bounds what stands between parts of an enumeration.
const maxFillerBytes = 48

// enumerated tells whether the text between two names only enumerates: marks,
// 和, "and", and what parentheses say of the first.
func enumerated(between string) bool {
	depth, rest := 0, make([]rune, 0, 8)
	for _, c := range between {
		switch c {
		case '(', '（', '【', '[':
			depth++
		case ')', '）', '】', ']':
			depth = max(depth-1, 0)
		default:
			if depth == 0 && !isBlank(c) {
				rest = append(rest, c)
			}
		}
		if len(rest) > 4 {
			return false
		}
	}
	switch strings.ToLower(string(rest)) {
	case "、", "，", ",", "/", "和", "及", "与", "以及", "或", "或者", ";", "；", "and", ",and", "or", "”、“", "”“", "、“", "”、":
		return true
	}
	return false
}

// introduced tells whether a sentence brings up an SDK that no signature knows as
// one of the app: it begins with the name, enumerates it with others, or names
// it right behind the verb that embeds it.
func (r *Reader) introduced(d *document, st *statement, hits []proseHit, i int) bool {
	if i > 0 && together(d, hits, i) || i+1 < len(hits) && together(d, hits, i+1) {
		first, last := i, i
		for first > 0 && together(d, hits, first) {
			first--
		}
		for last+1 < len(hits) && together(d, hits, last+1) {
			last++
		}
		return slices.ContainsFunc(hits[first:last+1], func(h proseHit) bool { return h.sdkWord || behindSDKWord(d, st, h) })
	}
	h := hits[i]
	if heads(d, st, h) {
		return titled(d, st, h) || strings.Trim(d.text[h.at.end:st.end], " 。.;；") == "" || r.explained(d, st, h) || policyBehind(d, st, h)
	}
	for k := len(st.words) - 1; k >= 0; k-- {
		w := st.words[k]
		if w.end > h.at.start {
			continue
		}
		between := d.text[w.end:h.at.start]
		if len(between) < maxCompanyReach && strings.ContainsAny(between, "(（") {
			between = withoutParentheses(between) // 第三方（某某公司，以下称“某某”）X SDK
		}
		if utf8.RuneCountInString(between) > receiverNear || strings.ContainsAny(between, ",，。；:：") {
			return false
		}
		switch role(w.value) {
		case roleEmbed:
			return true
		case roleUse, roleInstrument:
			return h.from == w.to
		case roleThird, roleGive, roleNone: // 使用了第三方X SDK, 使用了由X公司提供的X SDK
		default:
			return false
		}
	}
	return false
}

func (r *Reader) sameSDK(d *document, a, b entry) bool {
	if len(a.sdks) > 0 && len(b.sdks) > 0 {
		return a.sdks[0] == b.sdks[0]
	}
	return len(a.sdks) == 0 && len(b.sdks) == 0 && d.bareName(a.name) == d.bareName(b.name)
}

// bareName is a name without the blanks that one mention of it has and another
// has not: 青梧 SDK, 青梧SDK.
func (d *document) bareName(s span) string {
	return strings.ReplaceAll(clean(d.str(s)), " ", "")
}

// namesIn finds the SDK names of a sentence. A name that also means something
// else counts only with "SDK" behind it or inside a list of SDKs.
func (r *Reader) namesIn(d *document, st *statement) []proseHit {
	f := d.view(st.span)
	var out []proseHit
	listFrom := -1 // behind the first word for SDKs
	for _, w := range st.words {
		if role(w.value) == roleSDKWord {
			listFrom = w.to
			break
		}
	}
	var short []proseHit // names that count only as subjects, here
	next, summed := 0, summedUp(d, st)
	titles := titlesIn(d, st.span)
	for _, h := range r.aliases.find(&f) {
		at := span{h.start, h.end}
		if len(out) >= maxSentenceNames {
			break
		}
		for len(titles) > 0 && titles[0].end < at.start {
			titles = titles[1:]
		}
		if slices.Contains(d.own, d.str(at)) || len(titles) > 0 && contains(titles[0], at) || insideAddress(d, at) {
			continue
		}
		n := r.sdkNames[h.value]
		if n.plainWords(d.str(at)) {
			continue
		}
		p := proseHit{sdk: n.sdk, from: h.from, to: h.to, at: at}
		p.sdkWord = strings.HasSuffix(strings.ToLower(d.str(at)), "sdk") || packageLike(d.str(at))
		for next < len(st.words) && st.words[next].end <= h.start {
			next++
		}
		for k := next; !p.sdkWord && k < len(st.words) && st.words[k].from-h.to <= sdkWordNear; k++ {
			if w := st.words[k]; role(w.value) == roleSDKWord && w.from >= h.to && !strings.ContainsAny(d.text[h.end:w.start], ",，、;；:：") && !(n.entryOnly && strings.ContainsFunc(d.text[h.end:w.start], isHan)) {
				p.sdkWord = true
				p.at.end = max(p.at.end, withBracket(d, h.end, w.end))
			}
		}
		p.sdkWord = p.sdkWord || closedBySDK(d, st, p, next)
		if list := parenthesisAt(d, h.end, min(st.end, h.end+maxCompanyReach)); !p.sdkWord && !list.empty() {
			p.sdkWord = st.hasBetween(list.end, min(st.end, list.end+12), roleSDKWord) // 微信支付(…公司)SDK
		}
		takes := !p.sdkWord && r.companyTakes(d, st, at)
		if !p.sdkWord && !takes && inCompany(d, h.end, st.end) {
			continue
		}
		p.short = n.entryOnly && !p.sdkWord && !takes
		switch {
		case p.short && isDatum(st, at):
			continue
		case p.short && h.end > st.lead && h.end > summed && !ofMaker(d, st, at) && !r.beginsFields(d, st, at) && !wholeTitle(d, st, at) && (listFrom < 0 || h.from < listFrom || h.from-listFrom >= listNear):
			short = append(short, p)
			continue
		}
		out = append(out, p)
	}
	out = append(out, r.subjects(d, st, short, out)...)
	unknown := r.unknownNames(d, st, &f, out)
	out = append(out, unknown...)
	out = append(out, r.listedNames(d, st, &f, out)...)
	titles = titlesIn(d, st.span)
	out = slices.DeleteFunc(out, func(h proseHit) bool {
		if h.short { // 网易 in 网易七鱼
			return slices.ContainsFunc(unknown, func(o proseHit) bool { return contains(o.at, h.at) })
		}
		return h.sdk < 0 && (slices.ContainsFunc(titles, func(t span) bool { return contains(t, h.at) }) || ownsName(d, h.at))
	})
	slices.SortStableFunc(out, func(a, b proseHit) int { return a.from - b.from })
	return r.withoutQualifiers(d, out)
}

// withBracket is where a name ends with the bracket that a word in it opened:
// 极光（sdk）.
func withBracket(d *document, name, end int) int {
	if strings.ContainsAny(d.text[name:end], "(（") {
		if rest := d.text[end:]; strings.HasPrefix(rest, ")") || strings.HasPrefix(rest, "）") {
			return end + closeWidth(d, end, len(d.text))
		}
	}
	return end
}

// memberLists maps a hit to the hits in the parenthesis behind it: 推送通道SDK(如
// 小米、华为等).
func (r *Reader) memberLists(d *document, hits []proseHit) map[int][]int {
	out := map[int][]int{}
	for i, h := range hits {
		list := parenthesisAt(d, h.at.end, min(len(d.text), h.at.end+maxListBytes))
		for k := i + 1; k < len(hits) && hits[k].at.start < list.end; k++ {
			out[i] = append(out[i], k)
		}
	}
	return out
}

// heads tells whether a name begins the sentence, its number apart.
func heads(d *document, st *statement, h proseHit) bool {
	head := d.text[st.start:h.at.start]
	return strings.Trim(head[numberAt(head).bytes:], openMarks) == ""
}

// openMarks and closeMarks stand around a name that is a title: [Name], «Name», == Name ==.
const (
	openMarks  = " \u00a0“\"【[［〔「『«<＜〈*_=#~|"
	closeMarks = " \u00a0”\"】]］〕」』»>＞〉*_=#~|.:：。"
)

// withMembers returns the hits that a verb with hit subject as its subject is
// about: those enumerated with it, or those with the parenthesis that lists it,
// and the members of each, under every hit of the same SDK in the sentence.
func withMembers(d *document, hits []proseHit, members map[int][]int, subject int) []int {
	for k := range hits {
		if slices.Contains(members[k], subject) {
			subject = k // the parenthesis only lists who is meant
			break
		}
	}
	out := []int{subject}
	for i := subject; i > 0 && together(d, hits, i); i-- {
		out = append(out, i-1)
	}
	for _, o := range slices.Clone(out) {
		for i, h := range hits {
			if i == o || h.sdk >= 0 && h.sdk == hits[o].sdk {
				out = append(out, i)
				out = append(out, members[i]...)
			}
		}
	}
	return out
}
