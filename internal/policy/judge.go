package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// stance is what a statement says of one mention.
type stance uint8

const (
	silent stance = iota
	collected
	denied
)

// judgement is the stance on one mention and who collects: "" where the
// statement names nobody.
type judgement struct {
	stance     stance
	party      string
	permission bool // by a word for permissions, not by a collecting verb
	word       int  // index of the governing word, -1 where it is inherited
}

// distances, in runes of the fold, within which words of one phrase stand.
type distances struct {
	negation int // 不对用户个人信息进行收集
	joined   int // 收集或使用, collect or use
	near     int // from the start of a clause to an item of an enumeration
}

func distancesIn(lang string) distances {
	if lang == "en" {
		return distances{negation: 24, joined: 6, near: 40} // letters
	}
	return distances{negation: 14, joined: 3, near: 10}
}

// judge decides clause by clause which mentions of a statement count. A mention
// counts under the last verb before it in its clause; clauses that only go on
// enumerating inherit; conditions, refusals, rights and purposes are silent.
// inherit is the judgement with which the statement begins: that of a list's
// introduction, or silent.
func (r *Reader) judge(d *document, st *statement, inherit judgement) []judgement {
	if len(st.mentions) == 0 {
		return nil
	}
	j := judging{r: r, d: d, st: st, dist: distancesIn(st.lang), out: make([]judgement, len(st.mentions)), cur: inherit, inherited: inherit.stance != silent}
	j.cur.word = -1
	m := 0
	for i, c := range st.clauses {
		e := m
		for e < len(st.mentions) && st.mentions[e].start < c.end {
			e++
		}
		j.clause(i, m, e)
		m = e
	}
	j.ownCookies()
	j.sensorAtWork()
	j.accountNames()
	j.alreadyHad()
	j.keptByUs()
	j.linkedWith()
	j.outOfScope()
	return j.out
}

type judging struct {
	r    *Reader
	d    *document
	st   *statement
	dist distances
	out  []judgement

	cur       judgement // what clauses without words of their own inherit
	inherited bool      // cur comes from a list's introduction
	pending   []int     // mentions before any verb: the topic of a verb without object
	exempt    []int     // mentions that a negation leaves out: 除手机号码外
	held      judgement // of a verb whose data a clause behind a purpose spells out (English)
	spared    judgement // of what a clause behind a negated verb leaves out (English)
	asides    []span    // the parentheses of the statement; found is true once they are
	found     bool
}

// between tells whether a word of these roles stands in a byte range and outside
// the parentheses that close there: 收集IMEI（用于识别设备）、MAC地址.
func (j *judging) between(from, to int, roles ...role) bool {
	if !j.st.hasBetween(from, to, roles...) {
		return false
	}
	wanted := setOf(roles)
	i, _ := slices.BinarySearchFunc(j.st.words, from, func(h hit, at int) int { return h.start - at })
	for ; i < len(j.st.words) && j.st.words[i].end <= to; i++ {
		if h := j.st.words[i]; wanted&(1<<h.value) != 0 && !j.aside(h.start, from, to) {
			return true
		}
	}
	return false
}

// aside tells whether a place is in a parenthesis that opens and closes in a range.
func (j *judging) aside(at, from, to int) bool {
	if !j.found {
		j.asides, j.found = parentheses(j.d, j.st.span), true
	}
	i, _ := slices.BinarySearchFunc(j.asides, at+1, func(s span, at int) int { return s.start - at })
	return i > 0 && j.asides[i-1].start >= from && at < j.asides[i-1].end && j.asides[i-1].end <= to
}

// parentheses are the outermost complete parentheses of a range, in order.
func parentheses(d *document, s span) []span {
	var out []span
	depth, open := 0, 0
	for i, c := range d.str(s) {
		switch c {
		case '(', '（':
			if depth == 0 {
				open = s.start + i
			}
			depth++
		case ')', '）':
			if depth--; depth == 0 {
				out = append(out, span{open, s.start + i + utf8.RuneLen(c)})
			}
			depth = max(depth, 0)
		}
	}
	return out
}

func (j *judging) clause(i, from, to int) {
	c := j.st.clauses[i]
	verbs := j.r.verbsIn(j.d, j.st, i)
	right := j.st.hasIn(c, roleRight)
	switch {
	case j.r.conditional(j.d, j.st, c) && (right || !j.resumes(c, verbs)):
		j.cur = judgement{word: -1}
	case right && !(j.st.hasIn(c, roleFirst) && len(verbs) > 0), userManages(j.d, j.st, c) && !strings.Contains(j.d.str(c.span), "我们"):
		j.cur = judgement{word: -1}
	case j.supposes(i):
		j.cur = judgement{word: -1}
	case len(verbs) == 0:
		j.verbless(i, from, to)
	default:
		j.governed(i, from, to, verbs)
	}
}

// isResult tells whether a mention is what its clause says is made of the data, and by
// which measure: the jobs of 按通勤距离排列职位, not the location of 根据您的位置推荐商品.
func isResult(d *document, c clause, m mention) bool {
	if c.end-c.start > 2*maxRelative {
		return false
	}
	at := resultHead.FindStringIndex(d.str(c.span))
	return at != nil && m.start >= c.start+at[1]
}

// inResult tells whether a mention is such a result in the clause that it stands in.
func inResult(d *document, st *statement, m mention) bool {
	i, _ := slices.BinarySearchFunc(st.clauses, m.start, func(c clause, at int) int { return c.end - 1 - at })
	return i < len(st.clauses) && isResult(d, st.clauses[i], m)
}

var resultHead = pattern.New(`^[ ，,]*(?:并|再|从而|然后)?(?:按照?|依照|根据|依据)[^、（(]{0,20}?(?:排列|排序|推荐|展示|显示|匹配|筛选|计算|生成)`)

// resumes tells whether a clause that contains a condition goes on to a verb of
// its own: 如您不提供X我们将收集Y.
func (j *judging) resumes(c clause, verbs []int) bool {
	if len(verbs) == 0 {
		return false
	}
	last := verbs[len(verbs)-1]
	for w := last - 1; w >= c.words.start; w-- {
		switch role(j.st.words[w].value) {
		case roleFirst:
			if wished(j.d.text[c.start:j.st.words[w].start]) {
				return false
			}
			// 停止我们对您的位置信息的收集
			return w == c.words.start || role(j.st.words[w-1].value) != roleCondition || j.st.words[w-1].end < j.st.words[w].start
		case roleCondition, roleRefusal:
			return false
		}
	}
	return false
}

// verbless judges a clause without a verb.
func (j *judging) verbless(i, from, to int) {
	c := j.st.clauses[i]
	if j.adverbial(c) {
		if j.st.hasIn(c, rolePurpose) {
			j.interrupt()
		}
		return
	}
	exempt := j.exempts(c)
	if j.cur.stance == silent && j.held.stance != silent && elaborates(j.st, c) {
		j.cur = j.held
	}
	if j.spared.stance != silent && spares(j.st, c) {
		j.cur = j.spared
	}
	prev := c.start
	for k := from; k < to; k++ {
		m := j.st.mentions[k]
		quiet := j.between(c.start, m.start, rolePurpose, roleExclude) || j.instrumental(c.start, m.start) ||
			j.st.hasBetween(c.start, m.start, roleSend) && !sharedAsWell(j.st, c, m.start)
		near := j.near(j.itemStart(c, prev, m.start), m.start) || prev == c.start && j.st.hasBetween(c.start, m.start, roleInclude, roleOpenList) || j.inherited && i == 0 || announced(j.d, j.st, i)
		prev = m.end
		quiet = quiet || j.st.lang == "zh" && isResult(j.d, c, m)
		switch {
		case quiet:
		case exempt:
			j.exempt = append(j.exempt, k)
		case j.cur.stance == silent:
			j.pending = append(j.pending, k)
		case near:
			j.out[k] = j.unlessNot(c, k)
		}
	}
	if j.st.hasIn(c, rolePurpose) {
		j.interrupt()
	}
}

// interrupt ends what is inherited at a purpose; an enumeration behind it takes it
// up again: 我们会收集设备信息，以保障安全，包括….
func (j *judging) interrupt() {
	if j.st.lang == "zh" && j.cur.stance != silent {
		j.held = j.cur
	}
	j.cur = judgement{word: -1}
}

// exempts tells whether a clause names what the rest is not about: 除手机号码外.
func (j *judging) exempts(c clause) bool {
	text := strings.Trim(j.d.str(c.span), " ,，")
	return strings.HasPrefix(text, "除") && !strings.HasPrefix(text, "除非") && strings.HasSuffix(text, "外")
}

func (j *judging) near(from, to int) bool {
	return to <= from || utf8.RuneCountInString(j.d.text[from:to]) <= j.dist.near
}

// adverbial tells whether a clause sets a scene: 当您…时, 为了…, when you ….
func (j *judging) adverbial(c clause) bool {
	if j.st.lang == "zh" && j.verbBehindScene(c) {
		return false
	}
	if c.words.start < c.words.end {
		first := j.st.words[c.words.start]
		if (role(first.value) == roleScene || role(first.value) == rolePurpose) && j.near(c.start, first.start) && !j.names(c.start, first.start) {
			return true
		}
	}
	text := strings.TrimRight(j.d.str(c.span), " ,，:：")
	return strings.HasSuffix(text, "时") || strings.HasSuffix(text, "时候") || strings.HasSuffix(text, "后") && j.st.hasIn(c, roleConsent)
}

// verbBehindScene tells whether a clause goes on to a verb of its own behind the
// scene that it sets: 当您注册账户时填写或提交的信息.
func (j *judging) verbBehindScene(c clause) bool {
	if !j.st.hasIn(c, roleProvide, roleCollect) {
		return false
	}
	i := strings.LastIndex(j.d.str(c.span), "时")
	return i >= 0 && j.st.hasBetween(c.start+i, c.end, roleProvide, roleCollect)
}

// names tells whether a mention stands in a byte range.
func (j *judging) names(from, to int) bool {
	return slices.ContainsFunc(j.st.mentions, func(m mention) bool { return m.start >= from && m.end <= to })
}

// governed judges a clause with verbs.
func (j *judging) governed(i, from, to int, verbs []int) {
	c := j.st.clauses[i]
	words := j.st.words
	object := to > from && j.st.mentions[to-1].start >= words[verbs[0]].start
	scene := j.adverbial(c) && !mainVerb(j.d, j.st, c, words[verbs[len(verbs)-1]].start)
	reach := j.reaches(c, verbs)
	prev := c.start
	for k := from; k < to; k++ {
		m := j.st.mentions[k]
		near := j.near(prev, m.start)
		prev = m.end
		v, aside := -1, false // aside: a parenthesis with a verb of its own stands between
		for n, w := range verbs {
			if words[w].start <= m.start && m.start < reach[n] {
				v, aside = w, false
			} else if words[w].start <= m.start {
				aside = true
			}
		}
		switch {
		case v >= 0 && j.st.hasBetween(words[v].end, m.start, roleExcept):
			// "no information other than your email address"
			if by := j.by(i, v); j.r.negated(j.d, j.st, v) {
				by.stance = collected
				j.out[k] = by
			}
		case v >= 0 && j.aboutPermission(v, m):
			// 权限申请与使用情况说明
		case v >= 0:
			by := j.by(i, v)
			if !j.between(words[v].end, m.start, roleExclude) && !j.instrumental(words[v].end, m.start) &&
				(!j.between(words[v].end, m.start, rolePurpose) || explains(j.d, j.st, words[v].end, m.start)) &&
				(by.stance == denied || aside || !j.negatedBetween(words[v].end, m.start)) {
				j.out[k] = j.noneOf(by, v, j.firstBehind(v, from, k))
			}
		case j.cur.stance != silent && near && !j.st.hasBetween(c.start, m.start, rolePurpose, roleInstrument, roleExclude, roleContrast, roleFirst): // an item before a verb of its own: 手机号码、设备信息(包括获取ICCID)
			j.out[k] = j.cur
		case role(words[verbs[0]].value) == rolePermission:
			if !j.st.hasBetween(c.start, m.start, rolePurpose, roleInstrument) {
				j.out[k] = j.by(i, verbs[0])
			}
		case (!object || passive(j.d, j.st, verbs[0])) && !scene && !j.isSubject(c, m, verbs[0]) && j.handsOver(c, m, verbs[0]) && !j.st.hasBetween(c.start, m.start, rolePurpose, roleNegation) && !j.byMeans(c.start, m.start):
			j.out[k] = j.noneOf(j.ofTopic(i, verbs[0]), verbs[0], from)
		}
	}
	if len(j.exempt) > 0 && j.r.negated(j.d, j.st, verbs[0]) {
		for _, k := range j.exempt {
			j.out[k] = j.by(i, verbs[0])
			j.out[k].stance = collected
		}
	}
	j.exempt = nil
	j.means(i, from, to, verbs)
	if !object {
		for _, k := range j.pending {
			j.out[k] = j.ofTopic(i, verbs[0])
		}
	}
	j.pending = nil
	last := verbs[len(verbs)-1]
	if by := j.by(i, last); by.stance != collected && reach[len(verbs)-1] < c.end && j.cur.stance == collected {
		return // the verb stands in a parenthesis: IMEI（没有值时不获取）、MAC地址
	}
	j.cur, j.inherited = j.by(i, last), false
	j.held, j.spared = judgement{}, judgement{}
	if j.st.lang == "en" && role(words[last].value) == roleCollect && j.r.negated(j.d, j.st, last) {
		j.spared = judgement{stance: collected, party: j.cur.party, word: last}
	}
	if scene || j.between(words[last].end, c.end, rolePurpose) && !j.st.hasBetween(words[last].end, c.end, roleListIntro) {
		if !scene && speaksOfData(j.d, words[last].end, min(c.end, words[last].end+maxObjectReach)) {
			j.held = j.cur
		}
		j.cur = judgement{word: -1}
	}
}

// means counts what data is collected by where it is a kind of that data: 通过GPS
// 收集您的位置信息 names the precise location.
func (j *judging) means(i, from, to int, verbs []int) {
	c := j.st.clauses[i]
	if !j.st.hasIn(c, roleInstrument) {
		return
	}
	for k := from; k < to; k++ {
		if j.out[k].stance != silent {
			continue
		}
		if last := verbs[len(verbs)-1]; j.r.touches(j.st, j.st.mentions[k]) {
			if by := j.by(i, last); by.stance == collected {
				j.out[k] = by
			}
			continue
		}
		for o := from; o < to; o++ {
			if j.out[o].stance == collected && !j.handed(j.out[o].word) && j.st.mentions[o].data != "" && j.r.below(j.st.mentions[k].data, j.st.mentions[o].data) {
				j.out[k] = j.out[o]
				break
			}
		}
	}
}

// noneOf turns a judgement around where "no" stands before the first of the
// mentions that share it.
func (j *judging) noneOf(by judgement, v, first int) judgement {
	if by.stance != collected || !negatedNoun(j.d, j.st, j.st.mentions[first].start) && !noneOfThem(j.d, j.st, first, v) {
		return by
	}
	by.stance = silent
	if role(j.st.words[v].value) != roleCollect || keepsOnly(j.d, j.st, v) || j.st.has(roleRest, roleMinor) ||
		slices.ContainsFunc(j.st.clauses, func(c clause) bool { return j.r.conditional(j.d, j.st, c) }) {
		return by
	}
	by.stance = denied
	return by
}

// firstBehind returns the first mention from on that stands behind word v.
func (j *judging) firstBehind(v, from, k int) int {
	for from < k && j.st.mentions[from].start < j.st.words[v].end {
		from++
	}
	return from
}

// by is the judgement of what stands under word v of clause i.
func (j *judging) by(i, v int) judgement {
	out := judgement{stance: collected, word: v, permission: role(j.st.words[v].value) == rolePermission && !permitsViewing(j.d, j.st, v)}
	if j.r.negated(j.d, j.st, v) {
		out.stance = silent
		if j.r.denies(j.d, j.st, i, v) {
			out.stance = denied
		}
	}
	out.party = j.r.partyOf(j.d, j.st, i, v)
	return out
}

// partyOf returns who has data under word v of clause i: whoever collects, or
// whoever it is handed to.
func (r *Reader) partyOf(d *document, st *statement, i, v int) string {
	if givesUs(d, st, st.clauses[i], v) {
		return audit.PartyApp
	}
	party := r.subjectOf(d, st, i, v)
	switch {
	case role(st.words[v].value) == roleUserGives && (givenByUser(d, st, st.clauses[i], v) || joins(strings.ToLower(d.text[st.words[v].start:st.words[v].end]))):
		return audit.PartyApp
	case role(st.words[v].value) == roleUserGives:
		return audit.PartyThirdParty
	case st.lang == "en" && role(st.words[v].value) == roleSend && party != audit.PartyThirdParty:
		return sentTo(d, st, st.clauses[i], v)
	}
	return party
}

// verbsIn returns the words of clause i that govern data: collecting verbs,
// verbs by which the user gives data, words for permissions, and verbs that
// touch data with the app as their subject.
func (r *Reader) verbsIn(d *document, st *statement, i int) []int {
	var out []int
	c := st.clauses[i]
	for w := c.words.start; w < c.words.end; w++ {
		if prevented(d, st, c, w) {
			continue
		}
		switch role(st.words[w].value) {
		case roleCollect:
			if !takesNothing(d, st, c, w) && (st.lang != "zh" || !takenElsewhere(d, st, w) && !isNoun(d, st, w) && !asksConsent(d, st, w) && !takesFee(d, st, c, w)) {
				out = append(out, w)
			}
		case rolePermission:
			if st.lang != "zh" || !permitsTaking(d, st, w) && (len(out) == 0 || !permitted(d, st, w)) {
				out = append(out, w)
			}
		case roleProvide:
			out = append(out, w)
		case roleGive:
			if st.lang == "zh" && !namesProvider(d, st, w) && (r.userGives(d, st, c, w) || r.handsOn(d, st, c, w)) {
				out = append(out, w)
			}
		case roleSend:
			if st.lang == "zh" && (r.handsOn(d, st, c, w) || r.userUploaded(d, st, c, w)) || r.governsEnglish(d, st, c, w) {
				out = append(out, w)
			}
		case roleAccess, roleUseOwn:
			if r.accessed(d, st, c, w) && !(st.lang == "zh" && asksConsent(d, st, w)) || r.governsEnglish(d, st, c, w) {
				out = append(out, w)
			}
		case roleUse: // 需要使用精准定位信息
			if st.lang == "zh" && r.accessed(d, st, c, w) && usesData(d, st, w) || r.governsEnglish(d, st, c, w) {
				out = append(out, w)
			}
		case roleEmbed, roleUserGives, rolePurpose:
			if r.governsEnglish(d, st, c, w) {
				out = append(out, w)
			}
		}
	}
	if len(out) > 1 && st.lang == "zh" && role(st.words[out[0]].value) == rolePermission && permitsTheRest(d, st, out[0]) {
		out = out[1:]
	}
	return out
}

// permitted tells whether word w only says of data that the user permits it: 您授权
// 的GPS位置 behind a verb of its own.
func permitted(d *document, st *statement, w int) bool {
	h := st.words[w]
	before := d.text[st.start:h.start]
	return strings.HasPrefix(d.text[h.end:st.end], "的") && (strings.HasSuffix(before, "您") || strings.HasSuffix(before, "你") || strings.HasSuffix(before, "用户"))
}

// permitsTaking tells whether word w belongs to a thing that the user permits to
// take data: 您授权采集的设备.
func permitsTaking(d *document, st *statement, w int) bool {
	if w+1 == len(st.words) {
		return false
	}
	h, next := st.words[w], st.words[w+1]
	return role(next.value) == roleCollect && next.start == h.end &&
		(strings.HasPrefix(d.text[next.end:st.end], "的") && strings.HasSuffix(d.text[st.start:h.start], "您") || takenElsewhere(d, st, w+1))
}

// usesData tells whether data is the object of a verb: it follows at once, or
// behind 您的.
func usesData(d *document, st *statement, w int) bool {
	end := st.words[w].end
	for _, m := range st.mentions {
		if m.start >= end {
			return beginsObject(d.text[end:m.start]) && !userUses(d, st, w, m)
		}
	}
	return false
}

// userUses tells whether a verb only says that the user takes advantage of a function
// named after data: 您需要使用地理位置功能时.
func userUses(d *document, st *statement, w int, m mention) bool {
	before := d.text[max(st.start, st.words[w].start-maxRelative):st.words[w].start]
	for _, must := range []string{"需要", "需", "可以", "可", "要"} {
		before = strings.TrimSuffix(before, must)
	}
	return strings.HasPrefix(d.text[m.end:st.end], "功能") && (strings.HasSuffix(before, "您") || strings.HasSuffix(before, "你") || strings.HasSuffix(before, "用户"))
}

// beginsObject tells whether the text between a verb and a datum lets that be its
// object: nothing, …您的, or the items before it: 使用您的会员信息、.
func beginsObject(between string) bool {
	const longest = 60 // bytes
	if between == "" {
		return true
	}
	_, items, yours := strings.Cut(between, "您的")
	return yours && len(between) <= longest && (items == "" || strings.HasSuffix(items, "、"))
}

// accessed tells whether a verb such as 访问 or "access" has the app as its
// subject: it stands right before, or a modal verb does.
func (r *Reader) accessed(d *document, st *statement, c clause, w int) bool {
	for k := w - 1; k >= c.words.start; k-- {
		switch role(st.words[k].value) {
		case roleFirst:
			return true
		case roleFirstNoun:
			if st.words[w].from-st.words[k].to <= subjectNear/2 {
				return true
			}
		case roleNegation, roleUse, roleCollect, roleAccess, rolePronoun, roleConsent, rolePermission, roleSend:
			continue
		case roleScene: // 我们会在您授权后使用您的…
			if strings.HasPrefix(d.text[st.words[k].start:st.words[k].end], "在") {
				continue
			}
		}
		break
	}
	before := d.text[c.start:st.words[w].start]
	for _, modal := range []string{"会", "将", "需要", "可能", "需"} {
		if strings.HasSuffix(before, modal) {
			return true
		}
	}
	return false
}

// conditional tells whether a clause states a condition or a refusal: what
// holds without consent, before consent, or when the user declines.
func (r *Reader) conditional(d *document, st *statement, c clause) bool {
	for w := c.words.start; w < c.words.end; w++ {
		switch role(st.words[w].value) {
		case roleCondition, roleRefusal:
			return true
		case roleBefore: // 在您点击“同意”之前
			if w > c.words.start {
				p := st.words[w-1]
				if v := role(p.value); (v == roleConsent || v == rolePermission) && st.words[w].from-p.to <= 4 {
					return true
				}
			}
		}
	}
	return false
}

// negated tells whether word i of a statement is under a negation: one stands
// shortly before it, with no other verb between that is not joined to it.
func (r *Reader) negated(d *document, st *statement, i int) bool {
	_, n := r.negation(d, st, i)
	return n >= 0
}

// negation returns the first of the verbs joined with word i and the word that
// negates them, or -1.
func (r *Reader) negation(d *document, st *statement, i int) (first, negator int) {
	dist := distancesIn(st.lang)
	first = i
	if next := i + 1; next < len(st.words) && role(st.words[next].value) == roleNegation && strings.EqualFold(d.text[st.words[next].start:st.words[next].end], "neither") {
		return first, next // collect neither … nor …
	}
	if st.lang == "en" && negatesItself(strings.ToLower(d.text[st.words[i].start:st.words[i].end])) {
		return first, i
	}
	for k := i - 1; k >= 0; k-- {
		w := st.words[k]
		switch role(w.value) {
		case roleNegation:
			if st.words[first].from-w.to <= dist.negation {
				return first, k
			}
			return first, -1
		case roleCollect, roleProvide, roleSend, roleUse, roleUseOwn, roleAccess:
			if st.words[first].from-w.to > dist.joined {
				return first, -1
			}
			first = k
		case roleContrast, rolePermission:
			return first, -1
		case roleThird:
			if negatedNoun(d, st, w.start) && st.words[first].from-w.to <= dist.negation {
				return first, k // no third party has access
			}
		case roleFirst:
			// 不会将我们收集的信息用于…, "not use the data we collect"
			if text := strings.ToLower(d.text[w.start:w.end]); text == "我们" || text == "we" {
				return first, -1
			}
		}
	}
	return first, -1
}

// denies tells whether the negation of word v, in clause i, denies that data is
// collected. It does not where it is conditional, about children, about the
// rest only, about a purpose or about handing data on.
func (r *Reader) denies(d *document, st *statement, i, v int) bool {
	switch role(st.words[v].value) {
	case roleCollect:
		if keepsOnly(d, st, v) || tracksNobody(d, st, i, v) || takesNothing(d, st, st.clauses[i], v) {
			return false
		}
	case roleAccess:
		if st.lang == "en" && strings.HasPrefix(strings.ToLower(d.text[st.words[v].start:st.words[v].end]), "request") {
			return false // what is not asked for in one way may be in another
		}
	default:
		if !r.usesNone(d, st, v) {
			return false
		}
	}
	if st.has(roleMinor) || st.has(roleRest) && !restEndsList(st, v) || qualified(d, st, v) {
		return false
	}
	for _, c := range st.clauses[:i+1] {
		if r.conditional(d, st, c) {
			return false
		}
	}
	first, n := r.negation(d, st, v)
	if n >= first {
		return true
	}
	if c := st.clauses[i]; st.lang == "zh" && endsScene(d, c) && !st.hasBetween(c.start, st.words[v].start, roleFirst) {
		return false // 当您决定不再读取日历时
	}
	if st.lang == "zh" && onlyThen(d, st, i) {
		return false
	}
	between := d.text[st.words[n].end:st.words[first].start]
	if negator := d.text[st.words[n].start:st.words[n].end]; strings.Contains(between, "被") || negator == "无法" || keeps(d, st, first) {
		return false // 不会被恶意获取: others do not get it; what cannot be had is not promised; what is not kept is had
	}
	if st.hasBetween(st.words[n].end, st.words[v].start, rolePurpose) {
		return false
	}
	// 不会将收集的信息用于…: the negated verb comes later.
	if strings.Contains(between, "将") || strings.Contains(between, "把") {
		return !st.hasBetween(st.words[v].end, st.clauses[i].end, rolePurpose, roleUse, roleSend)
	}
	return true
}

// onlyThen tells whether a clause before clause i says in which case something is not
// so, as what follows holds then alone: 当应用不获取位置权限时，不会获取位置信息.
func onlyThen(d *document, st *statement, i int) bool {
	return slices.ContainsFunc(st.clauses[:i], func(c clause) bool { return endsScene(d, c) && st.hasIn(c, roleNegation) })
}

// subjectOf returns who collects under word v of clause i: the nearest subject
// before it, in its clause or else before; "" where there is none.
func (r *Reader) subjectOf(d *document, st *statement, i, v int) string {
	if r.namedOther(d, st, st.clauses[i], v) {
		return audit.PartyThirdParty
	}
	from := 0
	switch c := st.clauses[i]; role(st.words[v].value) {
	case roleGive:
		if r.userGives(d, st, c, v) {
			return audit.PartyApp
		}
		return r.receiver(d, st, c, v)
	case roleSend:
		if st.lang == "zh" && r.userUploaded(d, st, c, v) {
			return audit.PartyApp
		}
		if st.lang == "zh" {
			return r.receiver(d, st, c, v)
		}
	case roleProvide:
		from = st.clauses[i].words.start
	}
	for k := v - 1; k >= from; k-- {
		switch role(st.words[k].value) {
		case roleFirst:
			return audit.PartyApp
		case roleFirstNoun:
			if k >= st.clauses[i].words.start && st.words[v].from-st.words[k].to <= subjectNear/2 && !r.afterPreposition(d, st, k) {
				return audit.PartyApp
			}
		case roleThird:
			if !r.afterPreposition(d, st, k) || relates(d, st, k, v) {
				return audit.PartyThirdParty
			}
		case roleSDKWord:
			if k >= st.clauses[i].words.start && st.words[v].from-st.words[k].to <= subjectNear && !r.afterPreposition(d, st, k) {
				return audit.PartyThirdParty
			}
		}
	}
	// "by" names the one who does it: collected by third parties.
	if v+1 < len(st.words) && role(st.words[v+1].value) == roleThird && strings.HasSuffix(strings.TrimRight(d.text[st.start:st.words[v+1].start], " "), " by") {
		return audit.PartyThirdParty
	}
	if role(st.words[v].value) == roleProvide {
		return audit.PartyApp
	}
	return ""
}

// prepositions before a party that is then no subject: 从第三方获取, from third
// parties.
var prepositions = []string{"从", "向", "与", "和", "跟", "对", "通过", "使用", "利用", "接入", "给", "及", "根据", "按照", "以及", "或",
	" from", " with", " to", " through", " via", " of", " and", " or", " use", " using", " on"}

func (r *Reader) afterPreposition(d *document, st *statement, w int) bool {
	from := max(st.start, st.words[w].start-40)
	before := strings.TrimRight(strings.ToLower(d.text[from:st.words[w].start]), " ")
	for _, filler := range []string{"其他", "其它", "任何", "授权", "相关", "这些", "某些", "的", " other", " mobile", " our", " the", " these", " any", " certain"} {
		before = strings.TrimRight(strings.TrimSuffix(before, filler), " ")
	}
	return slices.ContainsFunc(prepositions, func(p string) bool { return strings.HasSuffix(before, p) || before == strings.TrimSpace(p) })
}
