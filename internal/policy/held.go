package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Sentences that are about something else and say in passing that the app has data:
// "you can change the email address you gave us", "your location is associated with
// your account", "your phone number may be visible to other users".

// alreadyHad counts data behind which a relative clause says that the app has it,
// whatever the sentence is about: a right, a purpose, a choice.
func (j *judging) alreadyHad() {
	if j.st.lang != "en" || !j.st.has(roleHeld, roleProvide) || j.st.has(roleNegation, roleDefinition, roleMinor, roleCondition, roleRefusal) {
		return
	}
	for k := len(j.st.mentions) - 1; k >= 0; k-- {
		if j.out[k].stance == silent && (j.heldBehind(k) || j.goesWithNext(k)) {
			j.out[k] = judgement{stance: collected, party: audit.PartyApp, word: -1}
		}
	}
}

// heldBehind tells whether the next word behind mention k says that the app has it.
func (j *judging) heldBehind(k int) bool {
	end := j.st.mentions[k].end
	w, _ := slices.BinarySearchFunc(j.st.words, end, func(h hit, at int) int { return h.start - at })
	if w == len(j.st.words) || j.st.words[w].start-end > maxListGap {
		return false
	}
	h := j.st.words[w]
	if r := role(h.value); r != roleHeld && (r != roleProvide || !strings.HasPrefix(strings.ToLower(j.d.text[h.start:h.end]), "you ")) {
		return false
	}
	between := strings.ToLower(j.d.text[end:h.start])
	switch strings.TrimSpace(between) {
	case "", "that", "which", "that is", "which is", "is", "are", "will be", "may be":
		return true
	}
	return strings.HasPrefix(between, " and ") && (strings.HasSuffix(between, " is ") || strings.HasSuffix(between, " are "))
}

// goesWithNext tells whether mention k is an item of the list of which the next
// mention, one that the app has, is another: "the email address and password
// associated with your account".
func (j *judging) goesWithNext(k int) bool {
	if k+1 >= len(j.st.mentions) || j.out[k+1].stance != collected || j.out[k+1].word >= 0 {
		return false
	}
	from, to := j.st.mentions[k].end, j.st.mentions[k+1].start
	if from > to || to-from > maxListGap {
		return false
	}
	switch strings.TrimSpace(strings.TrimSuffix(strings.ToLower(j.d.text[from:to]), "your ")) {
	case ",", "and", "or", ", and", ", or", "and/or":
		return true
	}
	return false
}

// shows tells whether words say that others can see data, which stands before them.
func shows(verb string) bool {
	return slices.ContainsFunc([]string{"visible", "viewable", "available", "displayed to", "accessible"}, func(s string) bool { return strings.HasPrefix(verb, s) })
}

// joins tells whether a verb joins data with other data: who does that has both.
func joins(verb string) bool {
	return strings.HasPrefix(verb, "link") || strings.HasPrefix(verb, "associat") || strings.HasPrefix(verb, "combin")
}

// cookiesBefore tells whether a clause names cookies before word w and nothing
// behind it: "cookies are placed on your computer".
func cookiesBefore(st *statement, c clause, w int) bool {
	first, last := mentionsBetween(st, span{c.start, st.words[w].start})
	return first < last && st.mentions[last-1].data == "cookies" && named(st, c, w)
}

// maxMeansGap bounds, in bytes, what may stand between a location and the IP
// address it is found by.
const maxMeansGap = 64

// locateByIP makes a location that is found by the IP address a rough one: no
// other comes of it, whatever else the app may do about locations.
func locateByIP(d *document, ms []mention) {
	for i := 1; i < len(ms); i++ {
		a, b := &ms[i-1], &ms[i]
		from, to := a.end, b.start
		if from > to || to-from > maxMeansGap {
			continue
		}
		between := " " + strings.ToLower(d.text[from:to])
		if strings.ContainsAny(between, ";:") {
			continue
		}
		switch {
		case a.data == "location" && b.data == "ip_address" && !strings.Contains(between, ",") && anyOf(between, " from ", " based on ", " using ", " via ", " through ", " by ", " indicated by ", " associated with "):
			a.data, a.umbrella = "approximate_location", false
		case a.data == "ip_address" && b.data == "location" && anyOf(between, " determin", " infer", " deriv", " approximat", " estimat", " indicat", " convert", " translat", " into "):
			b.data, b.umbrella = "approximate_location", false
		}
	}
}

// anyOf tells whether a text has one of several words.
func anyOf(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// spares tells whether a clause names what a negation before it leaves out: ", with
// the sole exception of your IP address".
func spares(st *statement, c clause) bool {
	if c.words.start == c.words.end {
		return false
	}
	first := st.words[c.words.start]
	return role(first.value) == roleExcept && first.start-c.start <= maxLeadBytes
}

// qualified tells whether a sentence goes on to say when what verb v denies happens
// all the same: "we do not collect your photos, unless you send them to us".
func qualified(d *document, st *statement, v int) bool {
	if st.lang != "en" {
		return false
	}
	rest := strings.ToLower(d.text[st.words[v].end:min(st.end, st.words[v].end+maxObjectReach)])
	return anyOf(rest, " unless ", " if ", " when the app is ", " while the app is ", " when you are not ", " in the background", "except with ", "except if ", "except when ", "except where ", "except as ", "except to ", "other than as ", "other than with ", "other than when ", "other than to ")
}

// maxLeadBytes is how much may stand before the first word of a clause: a blank,
// "and".
const maxLeadBytes = 5

// shownAsYours tells whether a statement begins with data of the user about which
// word w says that others see it: "your phone number, photo and receipts may be
// visible to …".
func shownAsYours(d *document, st *statement, w int) bool {
	first, last := mentionsBetween(st, span{st.start, st.words[w].start})
	if first == last || st.words[w].start-st.mentions[first].end > maxObjectReach {
		return false
	}
	m := st.mentions[first]
	head := strings.ToLower(strings.TrimRight(d.text[max(st.start, m.start-maxListGap):m.start], " "))
	head, yours := strings.CutSuffix(head, "your")
	head = strings.TrimRight(head, " ") // not "the weather at your location is available to …"
	return yours && (head == "" || strings.HasSuffix(head, ",")) &&
		!st.hasBetween(m.end, st.words[w].start, roleCollect, roleSend, roleUse, roleAccess, roleFirst, roleThird, roleNegation)
}

// inserted tells whether the clause before c only spells out what c's verb is about:
// "the information, including your IP address, is transmitted to …".
func inserted(st *statement, c clause) bool {
	i, _ := slices.BinarySearchFunc(st.clauses, c.start, func(o clause, at int) int { return o.start - at })
	if i == 0 || i == len(st.clauses) {
		return false
	}
	before := st.clauses[i-1]
	first, last := mentionsBetween(st, before.span)
	return first < last && elaborates(st, before)
}

// itemOfData tells whether a sentence behind a semicolon begins with data, so that
// its verbs only describe that: "; your location and that of the devices you use".
func (r *Reader) itemOfData(d *document, st *statement) bool {
	if st.lang != "en" || len(st.mentions) == 0 || st.has(roleNegation, roleRight, roleCondition, roleRefusal, roleDefinition) {
		return false
	}
	if !strings.HasSuffix(strings.TrimRight(d.text[max(0, st.start-8):st.start], " \n"), ";") {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(d.text[st.start:st.mentions[0].start])) {
	case "", "your", "the", "and your", "and", "or", "a", "an":
		return true
	}
	return false
}

// withoutParentheses returns a text without what stands in its parentheses, of
// which the last may never close.
func withoutParentheses(text string) string {
	var out strings.Builder
	depth := 0
	for _, c := range text {
		switch {
		case opens(c):
			depth++
		case depth > 0 && (c == ')' || c == '）' || c == ']' || c == '】'):
			depth--
		case depth == 0:
			out.WriteRune(c)
		}
	}
	return out.String()
}

// givenByUser tells whether the user is the subject of the verb at word w, for a verb
// of giving also where that goes on with "and": "you choose a name, and enter …".
func givenByUser(d *document, st *statement, c clause, w int) bool {
	if byUser(d, c, st.words[w].start) {
		return true
	}
	if role(st.words[w].value) != roleUserGives || c.start == st.start {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(d.text[c.start:st.words[w].start])) {
	case "and", "or", "and by", "by":
		return byUser(d, clause{span: st.span}, st.words[w].start)
	}
	return false
}

// protects tells whether verb w, with mention m for its object, is about a password
// that guards something: "we use passwords", "keep your password secret".
func protects(d *document, st *statement, w, m int) bool {
	if st.mentions[m].data != "password" {
		return false
	}
	between := " " + strings.ToLower(d.text[st.words[w].end:st.mentions[m].start])
	return !strings.Contains(between, " your ") || anyOf(between, "confidential", "secure", "secret", "safe")
}

// alsoShared tells whether a verb of handing on is joined to verb v and names who
// receives: "we collect and share with advertisers …", "is collected, used and
// disclosed to our partners".
func alsoShared(d *document, st *statement, v int) bool {
	if st.lang != "en" {
		return false
	}
	joined := distancesIn(st.lang).joined
	for k := v + 1; k < len(st.words) && k <= v+maxJoined && st.words[k].from-st.words[k-1].to <= joined; k++ {
		switch role(st.words[k].value) {
		case roleSend:
			return handsOver(d, st, clause{span: span{st.words[k].start, st.end}, words: span{k, len(st.words)}}, k)
		case roleCollect, roleUse, roleUseOwn, roleAccess:
		default:
			return false
		}
	}
	return false
}

// sharedAsWell tells whether the verbs of handing on before a place of clause c are
// all joined to a collecting one of the clause before: "we collect, use and share".
func sharedAsWell(st *statement, c clause, at int) bool {
	if st.lang != "en" {
		return false
	}
	for w := c.words.start; w < c.words.end && st.words[w].start < at; w++ {
		if role(st.words[w].value) == roleSend && !joinedToCollect(st, w) {
			return false
		}
	}
	return true
}

// alsoCollected tells whether a verb of handing on has its data in common with a
// collecting verb of a clause before, which ends without data of its own: "we
// receive, and may share with partners, your phone number".
func (r *Reader) alsoCollected(d *document, st *statement, w int) bool {
	if st.lang != "en" || role(st.words[w].value) != roleSend {
		return false
	}
	for i := len(st.clauses) - 1; i >= 0; i-- {
		c := st.clauses[i]
		if st.words[w].start-c.end > maxObjectReach {
			return false
		}
		v := c.words.end - 1
		if v >= w || v < c.words.start || role(st.words[v].value) != roleCollect {
			continue
		}
		switch strings.Trim(strings.ToLower(d.text[st.words[v].end:c.end]), " ,") {
		case "", "and", "or":
			return !r.negated(d, st, v) && r.subjectOf(d, st, i, v) != audit.PartyThirdParty
		}
	}
	return false
}

// noneOfThem tells whether a clause says "no" of all that stands before verb v, of
// which a mention is only an example: "no data such as your email address is
// collected", "none of your photos are collected".
func noneOfThem(d *document, st *statement, m, v int) bool {
	if st.lang != "en" || st.mentions[m].start >= st.words[v].start {
		return false
	}
	i, _ := slices.BinarySearchFunc(st.clauses, st.words[v].start, func(c clause, at int) int { return c.end - at })
	if i == len(st.clauses) {
		return false
	}
	start := st.clauses[i].start
	head := strings.ToLower(strings.TrimLeft(d.text[start:min(st.words[v].start, start+maxListGap)], " "))
	return strings.HasPrefix(head, "none of ") || strings.HasPrefix(head, "no ") && !anyOf(head, "no matter", "no later", "no sooner")
}

// unlessNot is what an enumeration says of mention k of clause c: what goes for the
// others, or the contrary behind "no" or "not": "we collect your device model, but
// not your name".
func (j *judging) unlessNot(c clause, k int) judgement {
	at := j.st.mentions[k].start
	if j.cur.stance != collected || !negatedNoun(j.d, j.st, at) && !j.st.hasBetween(c.start, at, roleNegation) {
		return j.cur
	}
	if j.st.lang == "zh" {
		if j.onlyDescribes(c, at) {
			return j.cur
		}
		return judgement{word: -1} // 我们不对第三方的Cookie负责: something else is denied
	}
	out := judgement{stance: denied, party: j.cur.party, word: j.cur.word}
	if out.word < 0 || role(j.st.words[out.word].value) != roleCollect || keepsOnly(j.d, j.st, out.word) || j.st.has(roleRest, roleMinor) {
		return judgement{word: -1}
	}
	return out
}

// onlyDescribes tells whether the negation in a Chinese clause before a place
// begins an item of the enumeration: 包括不可变更的设备标识.
func (j *judging) onlyDescribes(c clause, at int) bool {
	for _, h := range j.st.words[c.words.start:c.words.end] {
		if role(h.value) != roleNegation || h.end > at {
			continue
		}
		before := j.d.text[c.start:h.start]
		if !slices.ContainsFunc([]string{"包括", "包含", "如", "、", "的", "和", "及", "或", "与"}, func(w string) bool { return strings.HasSuffix(before, w) }) {
			return false
		}
	}
	return true
}

// negatesItself tells whether the words of a verb hold its negation: "no access to",
// and "do not track your", which without "your" is the name of a browser setting.
func negatesItself(verb string) bool {
	return strings.HasPrefix(verb, "no ") || strings.HasPrefix(verb, "do not ")
}

// maxDenialReach is how many sentences a denial of a kind of data may stand before
// the one that says what that kind consists of.
const maxDenialReach = 3

// deniedBefore tells whether one of the last sentences denies that the kind of data
// is collected with which a sentence begins: "We do not collect personal
// information. … Personal information includes …".
func (r *Reader) deniedBefore(d *document, before []statement, subject string) bool {
	kind := ""
	for _, k := range []string{"personal information", "personal data", "personally identifiable information"} {
		if strings.Contains(subject, k) {
			kind = k
		}
	}
	if kind == "" {
		return false
	}
	for k := len(before) - 1; k >= max(0, len(before)-maxDenialReach); k-- {
		st := &before[k]
		if !st.has(roleNegation) || !st.has(roleCollect) || !strings.Contains(strings.ToLower(d.str(st.span)), kind) {
			continue
		}
		for i := range st.clauses {
			for _, v := range r.verbsIn(d, st, i) {
				if r.negated(d, st, v) && r.denies(d, st, i, v) {
					return true
				}
			}
		}
	}
	return false
}

// givesUs tells whether the app is the one that verb v hands data to: "partners
// provide us with your name", "may share with us your name".
func givesUs(d *document, st *statement, c clause, v int) bool {
	if st.lang != "en" {
		return false
	}
	switch role(st.words[v].value) {
	case roleProvide, roleUserGives, roleSend:
	default:
		return false
	}
	verb := strings.ToLower(d.text[st.words[v].start:min(c.end, st.words[v].end+len(" with us "))])
	return strings.Contains(verb, " us ") || strings.HasSuffix(verb, " us")
}

// relates tells whether a relative clause about the third party at word k holds verb
// v: "partners who collect …", "third-party tools, which collect …".
func relates(d *document, st *statement, k, v int) bool {
	if st.lang != "en" || st.words[v].start-st.words[k].end > maxObjectReach {
		return false
	}
	between := " " + strings.ToLower(d.text[st.words[k].end:st.words[v].start])
	for _, pronoun := range []string{" who ", " which ", " that "} {
		if before, _, found := strings.Cut(between, pronoun); found {
			return len(strings.Fields(before)) <= 3 && !anyOf(before, "information", "data", "cookie")
		}
	}
	return false
}
