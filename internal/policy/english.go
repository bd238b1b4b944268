package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// What only English sentences need: verbs that are statements or not by who
// does them (we share, you share), nouns before their verb, "no" before a noun.

// maxSubjectReach bounds, in bytes, how far before a verb its subject is sought.
const maxSubjectReach = 160

// maxObjectReach bounds, in bytes, how far behind a verb its object or whoever
// receives it is sought.
const maxObjectReach = 400

// maxJoined bounds how many verbs are joined to one: collect, use, store and share.
const maxJoined = 12

// maxQuestionReach is how many letters stand between "how" and its verb.
const maxQuestionReach = 12

// governsEnglish tells whether word w of clause c governs data although its verb
// is none of collecting: the app or a third party, not the user, uses or touches
// data that follows at once, or hands data on.
func (r *Reader) governsEnglish(d *document, st *statement, c clause, w int) bool {
	if st.lang != "en" || joinedToCollect(st, w) && !hasOwnSubject(d, st.words[w]) || asked(st, w) {
		return false
	}
	user, gives := givenByUser(d, st, c, w), role(st.words[w].value) == roleUserGives
	verb := strings.ToLower(d.text[st.words[w].start:st.words[w].end])
	if user && !gives && !usesOwn(d, st.words[w]) && !shows(verb) {
		return false
	}
	if strings.HasPrefix(d.text[st.words[w].end:c.end], " of ") {
		return false // a noun: our use of
	}
	switch role(st.words[w].value) {
	case roleSend:
		return sends(d, st, c, w, verb)
	case rolePurpose: // your phone number is used to verify you
		return strings.Contains(verb, "used") && namedAsYours(d, st, c, w)
	case roleUse: // the others of the group say nothing about having data: delete your photos
		m := objectAtOnce(d, st, w)
		switch {
		case verb == "used":
			return namedAsYours(d, st, c, w)
		case verb == "placed":
			return cookiesBefore(st, c, w)
		case m < 0 || protects(d, st, w, m):
			return false
		case strings.HasPrefix(verb, "us"), strings.HasPrefix(verb, "utili"), strings.HasPrefix(verb, "employ"), strings.HasPrefix(verb, "keep"):
			return true
		case joins(verb):
			return verb == "associated with" || doneBySomebody(d, c, st.words[w].start)
		}
		return setsCookies(verb) && st.mentions[m].data == "cookies"
	case roleEmbed:
		m := objectAtOnce(d, st, w)
		return m >= 0 && !protects(d, st, w, m) && (verb == "we use" || strings.HasPrefix(verb, "embed") && st.mentions[m].data == "cookies")
	case roleAccess:
		switch {
		case verb == "accessed":
			return named(st, c, w)
		case strings.HasPrefix(verb, "see"):
			return false // only with the app right before it: others see your photos, too
		}
		return (verb != "access" || doneBySomebody(d, c, st.words[w].start)) && objectAtOnce(d, st, w) >= 0
	case roleUserGives: // else the app provides others with data, or a service
		if joins(verb) && !user {
			return objectAtOnce(d, st, w) >= 0 && doneBySomebody(d, c, st.words[w].start)
		}
		return objectAtOnce(d, st, w) >= 0 && (user || handsOver(d, st, c, w)) || verb == "provided" && named(st, c, w) && handsOver(d, st, c, w)
	case roleUseOwn:
		return objectAtOnce(d, st, w) >= 0
	}
	return false
}

// usesOwn tells whether a verb is "using your", which nobody says of what users do
// with their data themselves.
func usesOwn(d *document, w hit) bool {
	if role(w.value) != roleUseOwn || !strings.HasPrefix(strings.ToLower(d.text[w.start:w.end]), "using") {
		return false
	}
	rest := strings.ToLower(d.text[w.end:min(len(d.text), w.end+maxListGap)])
	return !strings.Contains(rest, "password") // which people do use themselves
}

// sends tells whether a sending verb has data for its object: behind an active
// one, before a passive one. What is sent to nobody is a message.
func sends(d *document, st *statement, c clause, w int, verb string) bool {
	if m := objectAtOnce(d, st, w); m >= 0 && st.mentions[m].data == "cookies" {
		return true // we may send cookies to your computer
	}
	if verb == "sharing" && !sharingNow(d, c, st.words[w].start) {
		return false
	}
	rest := d.text[st.words[w].end:min(c.end, st.words[w].end+maxObjectReach)]
	if strings.HasPrefix(verb, "sen") && !st.hasBetween(st.words[w].end, c.end, roleThird) && !strings.HasPrefix(rest, " us ") && !strings.Contains(rest, " to us") && !strings.Contains(rest, " to our ") {
		return false
	}
	if shows(verb) {
		return shownAsYours(d, st, w)
	}
	announced := st.hasBetween(c.start, c.end, roleListIntro) && strings.HasSuffix(d.str(c.span), ":")
	if strings.HasSuffix(verb, "ed") || strings.HasPrefix(verb, "passed") || verb == "sent" || verb == "sold" {
		return announced || named(st, c, w) || inserted(st, c) ||
			st.hasBetween(st.words[w].end, c.end, roleInclude) && speaksOfData(d, c.start, st.words[w].start) // the data shared with partners include
	}
	return announced || objectAtOnce(d, st, w) >= 0
}

// named tells whether clause c names data before word w, a passive verb, and none
// behind it.
func named(st *statement, c clause, w int) bool {
	first, last := mentionsBetween(st, c.span)
	return first < last && st.mentions[last-1].start < st.words[w].start
}

// namedAsYours tells whether the data before a passive verb is the user's: "your
// phone number will be used".
func namedAsYours(d *document, st *statement, c clause, w int) bool {
	first, last := mentionsBetween(st, span{c.start, st.words[w].start})
	if first == last || st.words[w].start-st.mentions[last-1].end > maxListGap {
		return false
	}
	m := st.mentions[first]
	return strings.Contains(strings.ToLower(d.text[max(c.start, m.start-maxListGap):m.end]), "your ")
}

// setsCookies tells whether a verb is one by which cookies come to be.
func setsCookies(verb string) bool {
	return strings.HasPrefix(verb, "plac") || strings.HasPrefix(verb, "add") || strings.HasPrefix(verb, "set") || strings.HasPrefix(verb, "deploy") || verb == "drop"
}

// sharingNow tells "we are sharing" from the noun: data sharing.
func sharingNow(d *document, c clause, verb int) bool {
	words := strings.Fields(strings.ToLower(d.text[max(c.start, verb-maxSubjectReach):verb]))
	return len(words) > 0 && slices.Contains([]string{"are", "is", "be", "by", "not", "and", "or"}, words[len(words)-1])
}

// doneBySomebody tells the verb "access" from the noun by the word before it.
func doneBySomebody(d *document, c clause, verb int) bool {
	words := strings.Fields(strings.ToLower(d.text[max(c.start, verb-maxSubjectReach):verb]))
	return len(words) > 0 && slices.Contains([]string{"we", "may", "will", "can", "could", "might", "must", "to", "not", "never", "also", "app", "parties", "partners", "advertisers", "providers", "networks", "vendors", "affiliates", "companies", "they", "which", "that", "automatically"}, words[len(words)-1])
}

// mentionsBetween returns the mentions of a range as a range of their indices.
func mentionsBetween(st *statement, s span) (first, last int) {
	at := func(m mention, at int) int { return m.start - at }
	first, _ = slices.BinarySearchFunc(st.mentions, s.start, at)
	last, _ = slices.BinarySearchFunc(st.mentions, s.end, at)
	return first, last
}

// asked tells whether verb w stands in a question or a title: how we use cookies.
func asked(st *statement, w int) bool {
	for k := w - 1; k >= 0 && st.words[w].from-st.words[k].to <= maxQuestionReach; k-- {
		if role(st.words[k].value) == roleQuestion {
			return true
		}
	}
	return false
}

// joinedToCollect tells whether a verb is joined to a collecting one before it:
// "collect, use and share" is judged by the first.
func joinedToCollect(st *statement, w int) bool {
	joined := distancesIn(st.lang).joined
	for k := w; k > max(0, w-maxJoined); k-- {
		before := st.words[k-1]
		if st.words[k].from-before.to > joined {
			return false
		}
		switch role(before.value) {
		case roleCollect, roleAccess:
			return true
		case roleProvide, roleSend, roleUse, roleUseOwn:
		default:
			return false
		}
	}
	return false
}

// objectAtOnce returns the data that follows verb w within a few words, or
// behind "such as"; -1 where none does.
func objectAtOnce(d *document, st *statement, w int) int {
	end := st.words[w].end
	near := distancesIn(st.lang).near
	first, last := mentionsBetween(st, span{end, min(st.end, end+maxObjectReach)})
	if first == last {
		return -1
	}
	m := st.mentions[first]
	if len(d.text[end:m.start]) <= near+near/2 || st.hasBetween(end, m.start, roleOpenList, roleInclude) {
		return first
	}
	return -1
}

// restEndsList tells whether the words for all the rest only end a list of what
// verb v denies: "we do not collect your name, email or any other information".
func restEndsList(st *statement, v int) bool {
	if st.lang != "en" {
		return false
	}
	first, last := mentionsBetween(st, span{st.words[v].end, st.end})
	return first < last && !st.hasBetween(st.start, st.mentions[first].end, roleRest)
}

// byUser tells whether the user is the subject of the verb at a place of clause
// c: the nearest word before it that can be a subject. "you" behind a preposition
// is none: "information about you".
func byUser(d *document, c clause, verb int) bool {
	words := strings.FieldsFunc(strings.ToLower(d.text[max(c.start, verb-maxSubjectReach):verb]), func(r rune) bool {
		return !('a' <= r && r <= 'z') && r != '’' && r != '\''
	})
	for i := len(words) - 1; i >= 0; i-- {
		switch words[i] {
		case "you", "users", "user", "customers", "members", "visitors", "players", "people", "others", "anyone", "person", "parents", "yourself":
			if i > 0 && slices.Contains([]string{"about", "from", "with", "to", "of", "for", "by", "on"}, words[i-1]) {
				continue
			}
			return true
		case "us":
			if i+1 < len(words) && words[i+1] == "to" {
				return false // you allow us to
			}
		case "app":
			if i > 0 && words[i-1] == "in" {
				continue // our in-app settings
			}
			return false
		case "we", "it", "they", "apps", "application", "applications", "parties", "partners", "companies", "providers", "advertisers", "networks", "which", "that", "who":
			return false
		}
	}
	return false
}

// takesNothing tells whether a collecting verb takes no data of the user: the user
// is its subject ("you may receive emails", "photos you store"), or it is one that
// has other objects as a rule and no data follows at once ("track the results"),
// or it is a noun.
func takesNothing(d *document, st *statement, c clause, w int) bool {
	verb := strings.ToLower(d.text[st.words[w].start:st.words[w].end])
	if st.lang != "en" || strings.HasSuffix(verb, "ed") {
		return false
	}
	words := strings.Fields(strings.ToLower(d.text[max(c.start, st.words[w].start-maxSubjectReach):st.words[w].start]))
	if len(words) > 0 && slices.Contains([]string{"the", "a", "an", "any", "this", "your", "our", "its", "their", "of"}, words[len(words)-1]) {
		// the record, our process; but "we keep a record of"
		return !strings.HasSuffix(verb, "ing") && !strings.HasSuffix(verb, " of") && !strings.HasPrefix(d.text[st.words[w].end:c.end], " of ")
	}
	if slices.ContainsFunc([]string{"track", "monitor", "detect", "infer", "derive", "extract"}, func(s string) bool { return strings.HasPrefix(verb, s) }) && objectAtOnce(d, st, w) < 0 && !speaksOfData(d, st.words[w].end, min(c.end, st.words[w].end+maxListGap)) {
		return true
	}
	if !byUser(d, c, st.words[w].start) {
		return false
	}
	reach := 2
	if strings.HasPrefix(verb, "receiv") {
		reach = 5
	}
	return slices.ContainsFunc(words[max(0, len(words)-reach):], func(s string) bool { return s == "you" || s == "user" || s == "users" || s == "customers" })
}

// handsOver tells whether somebody receives what the verb at word w is about:
// "your email to our partners", "advertisers with your email".
func handsOver(d *document, st *statement, c clause, w int) bool {
	for k := w + 1; k < c.words.end && st.words[k].start-st.words[w].end <= maxObjectReach; k++ {
		if role(st.words[k].value) == roleThird {
			words := strings.Fields(strings.ToLower(d.text[st.words[w].end:st.words[k].start]))
			return slices.Contains(words, "to") || slices.Contains(words, "with") ||
				len(words) <= 2 && strings.HasPrefix(d.text[st.words[k].end:c.end], " with ")
		}
	}
	return false
}

// sentTo returns who has data under a sending verb: others where the verb says so
// itself, or beside somebody who receives.
func sentTo(d *document, st *statement, c clause, w int) string {
	if m := objectAtOnce(d, st, w); m >= 0 && st.mentions[m].data == "cookies" {
		return audit.PartyApp
	}
	verb := strings.ToLower(d.text[st.words[w].start:st.words[w].end])
	own := shows(verb) || strings.HasPrefix(verb, "upload") || strings.HasPrefix(verb, "transmit") || strings.HasPrefix(verb, "sen")
	if !own || st.hasBetween(st.words[w].end, c.end, roleThird) {
		return audit.PartyThirdParty
	}
	return audit.PartyApp
}

// negatedNoun tells whether "no" stands before what begins at a place, which
// makes a negation of the verb: "collect no location", "no location is collected".
func negatedNoun(d *document, st *statement, at int) bool {
	if st.lang != "en" {
		return false
	}
	before := " " + strings.ToLower(strings.TrimRight(d.text[max(st.start, at-8):at], " "))
	return strings.HasSuffix(before, " no") || strings.HasSuffix(before, "•no")
}

// elaborates tells whether clause c goes on with the data of an earlier clause
// whose verb it does not repeat: ", such as your name", ", including …", 包括….
func elaborates(st *statement, c clause) bool {
	if c.words.start == c.words.end {
		return false
	}
	first := st.words[c.words.start]
	if st.lang == "zh" {
		return first.start == c.start && role(first.value) == roleInclude
	}
	return first.start-c.start <= 1 && (role(first.value) == roleOpenList || role(first.value) == roleInclude)
}

// speaksOfData tells whether a range says "information" or "data": what follows
// it with "that can be used to …, such as" are kinds of that.
func speaksOfData(d *document, from, to int) bool {
	text := strings.ToLower(d.text[from:to])
	return strings.Contains(text, "information") || strings.Contains(text, "data")
}

// touches tells whether data by whose means other data is collected is itself
// read or set on the device by that: cookies, identifiers, the IP address.
func (r *Reader) touches(st *statement, m mention) bool {
	return st.lang == "en" && (m.data == "cookies" || m.data == "ip_address" || r.below(m.data, "device_identifier"))
}

// listGoesOn tells whether a sentence behind a semicolon only goes on with the
// list of the sentence before: it has no verb, condition or purpose.
func (r *Reader) listGoesOn(d *document, st *statement) bool {
	if r.itemOfData(d, st) {
		return true
	}
	if st.lang != "en" || st.has(roleNegation, roleRight, roleCondition, roleRefusal, roleDefinition, rolePurpose, roleScene, roleUse, roleAccess, roleSend) {
		return false
	}
	before := strings.TrimRight(d.text[max(0, st.start-8):st.start], " \n")
	if !strings.HasSuffix(before, ";") {
		return false
	}
	for i := range st.clauses {
		if len(r.verbsIn(d, st, i)) > 0 {
			return false
		}
	}
	return true
}

// explains tells whether a purpose between a verb and a mention belongs to a
// relative clause whose data the mention spells out: "information that can be used
// to contact you, such as your name".
func explains(d *document, st *statement, from, to int) bool {
	if st.lang != "en" {
		return false
	}
	k, _ := slices.BinarySearchFunc(st.words, to, func(h hit, at int) int { return h.end - at })
	for k = min(k, len(st.words)-1); k >= 0 && st.words[k].start >= from && to-st.words[k].end <= maxObjectReach; k-- {
		if st.words[k].end > to {
			continue
		}
		switch role(st.words[k].value) {
		case roleOpenList, roleInclude:
			return speaksOfData(d, max(from, st.words[k].start-maxObjectReach), st.words[k].start)
		case rolePurpose:
			return false
		}
	}
	return false
}

// mainVerb tells the verb of a main clause that follows a scene without a comma:
// "when you call us we may record …".
func mainVerb(d *document, st *statement, c clause, verb int) bool {
	if st.lang != "en" {
		return false
	}
	words := strings.Fields(strings.ToLower(d.text[max(c.start, verb-maxSubjectReach):verb]))
	for i := len(words) - 1; i >= max(1, len(words)-2); i-- {
		switch words[i] {
		case "will", "may", "might", "shall":
			return words[i-1] != "you" && words[i-1] != "users" && words[i-1] != "user"
		}
	}
	return false
}

// describes tells whether a sentence says what information consists of: "This
// information may include your IP address". In an open section that is what the
// app has, unless the sentence before speaks of something else.
func (r *Reader) describes(d *document, sts []statement, k int) bool {
	st := &sts[k]
	quiet := []role{roleNegation, roleRight, roleDefinition, roleMinor, roleExclude, roleCondition, roleRefusal, roleCollect, roleProvide}
	if st.lang != "en" || len(st.mentions) == 0 || st.has(quiet...) || k > 0 && othersThan(&sts[k-1]) {
		return false
	}
	for _, w := range st.words {
		if role(w.value) == roleInclude || role(w.value) == roleOpenList {
			subject := strings.Fields(strings.ToLower(d.text[st.start:w.start]))
			if r.deniedBefore(d, sts[:k], strings.Join(subject, " ")) {
				return false
			}
			return len(subject) <= maxSubjectWords && st.mentions[len(st.mentions)-1].start >= w.end &&
				slices.ContainsFunc(subject, func(s string) bool { return s == "information" || s == "data" || s == "examples" || s == "profile" })
		}
	}
	return false
}

// othersThan tells whether a sentence speaks of information that the app does not
// have of everybody.
func othersThan(st *statement) bool {
	return st.has(roleRight, roleDefinition, roleMinor) ||
		st.has(roleNegation) && st.has(roleCollect, roleAccess, roleProvide, roleUserGives, roleSend, roleUse, roleUseOwn)
}

// betweenItems tells whether a sentence stands between the semicolons of a list
// without a verb of its own: what is said of the list reaches past it.
func (r *Reader) betweenItems(d *document, st *statement) bool {
	if st.lang != "en" || !strings.HasSuffix(strings.TrimRight(d.str(st.span), " "), ";") || !strings.HasSuffix(strings.TrimRight(d.text[max(0, st.start-8):st.start], " \n"), ";") {
		return false
	}
	for i := range st.clauses {
		if len(r.verbsIn(d, st, i)) > 0 {
			return false
		}
	}
	return true
}

// maxSubjectWords bounds how long a subject such as "the information requested on
// these pages may" is.
const maxSubjectWords = 8

// withoutLoneWords drops the mentions whose term counts only as an item of a list
// that do not stand in one: "name" beside "email address", not "the name of the
// app". What stays counts for the next word as well.
func (r *Reader) withoutLoneWords(d *document, ms []mention) []mention {
	if !slices.ContainsFunc(ms, func(m mention) bool { return m.listOnly }) {
		return ms
	}
	known := -1
	pass := func(i int) {
		if known >= 0 && ms[i].listOnly && r.listed(d, ms[known], ms[i]) {
			ms[i].listOnly = false
		}
		if !ms[i].listOnly || d.text[ms[i].start] < utf8.RuneSelf { // 观看 of 浏览、观看直播、收藏 does not part the others
			known = i
		}
	}
	for i := range ms { // behind a neighbour
		pass(i)
	}
	known = -1
	for i := len(ms) - 1; i >= 0; i-- { // before one
		pass(i)
	}
	return slices.DeleteFunc(ms, func(m mention) bool { return m.listOnly })
}

// maxListGap is how many bytes may stand between two items of a list: a comma, a
// conjunction, an item without a type of its own.
const maxListGap = 24

// listed tells whether two mentions are items of one list and the first is data of
// the kind that makes the second a datum.
func (r *Reader) listed(d *document, known, word mention) bool {
	usage := r.isDoing(word.data) // 行为信息：点击、浏览
	if known.listOnly || !r.vouches(known.data, word.data) || dependsOnItem(d, word) {
		return false
	}
	from, to := min(known.end, word.end), max(known.start, word.start)
	if from > to || to-from > maxListGap || !startsItem(d, word) {
		return false
	}
	between := strings.ToLower(d.text[from:to])
	return strings.ContainsAny(between, ",/&、") || usage && announces(between) || strings.Contains(between, " and ") || strings.Contains(between, " or ") ||
		slices.Contains(itemConjunctions, strings.TrimSpace(between))
}

// dependsOnItem tells whether a Chinese word belongs to the item before it: 设备类型和版本.
func dependsOnItem(d *document, word mention) bool {
	if !slices.Contains(dependentNouns, d.text[word.start:word.end]) {
		return false
	}
	_, joined := cutAny(d.text[:word.start], itemConjunctions...)
	return joined
}

// vouches tells whether data beside a lone word makes it a datum: what somebody
// does or writes beside such, a property of the device beside one, what somebody
// owns beside money, and everything about a person beside who it is.
func (r *Reader) vouches(known, word string) bool {
	switch {
	case r.isDoing(word):
		return r.isDoing(known)
	case r.below(word, "device_info"):
		return r.below(known, "device_info") && !r.below(known, "app_list_info") // 应用名称、版本 is that of the app
	case r.below(word, "financial_info") && r.below(known, "financial_info"):
		return true
	}
	return r.below(known, "identity_info") || r.below(known, "account_info")
}

// isDoing tells whether a data type is what somebody does or writes in the app.
func (r *Reader) isDoing(data string) bool {
	return r.below(data, "usage_data") || r.below(data, "user_content")
}

// keepsOnly tells whether verb v only speaks of keeping data, and is joined to no
// verb of taking it: "your photos are not stored" does not say that they are not
// read, "do not collect or store" does.
func keepsOnly(d *document, st *statement, v int) bool {
	if st.lang != "en" {
		return false
	}
	joined := distancesIn(st.lang).joined
	for k := v; k > v-maxJoined; k-- {
		verb := strings.ToLower(d.text[st.words[k].start:st.words[k].end])
		switch role(st.words[k].value) {
		case roleCollect:
			if !slices.ContainsFunc([]string{"stor", "sav", "retain"}, func(s string) bool { return strings.HasPrefix(verb, s) }) {
				return false
			}
		case roleAccess:
			return false
		case roleSend, roleUse, roleUseOwn, roleProvide, roleUserGives, roleNegation: // neither … nor …
		default:
			return true
		}
		if k == 0 || st.words[k].from-st.words[k-1].to > joined {
			break
		}
	}
	return true
}

// usesNone tells whether the negation of verb v says that cookies, identifiers or a
// sensor of the device are not used at all: "we do not use cookies", "we don't use your
// camera", but not "… for advertising".
func (r *Reader) usesNone(d *document, st *statement, v int) bool {
	m := -1
	if w := st.words[v]; st.lang == "en" && (role(w.value) == roleUse || role(w.value) == roleUseOwn && strings.Contains(strings.ToLower(d.text[w.start:w.end]), "us")) {
		m = objectAtOnce(d, st, v)
	}
	if m < 0 {
		return false
	}
	data := st.mentions[m].data
	sensor := slices.Contains(sensorsUsed, data) && negatedAtOnce(d, st, st.words[v].start)
	if data != "cookies" && !sensor && !r.below(data, "device_identifier") {
		return false
	}
	rest := strings.ToLower(withoutParentheses(d.text[st.mentions[m].end:min(st.end, st.mentions[m].end+maxObjectReach)]))
	if sensor && (startsWithAny(strings.TrimLeft(d.text[st.mentions[m].end:st.end], " "), []string{"roll", "app", "system"}) || anyOf(rest, " as ", " when ", " while ", " until ", " before ", " in any way that", " other than", " without", " beyond", " more ", " longer ")) {
		return false
	}
	return !strings.Contains(rest, " for ") && !strings.Contains(rest, " to ")
}

// negatedAtOnce tells whether a negation stands right before a verb, or before the verbs
// that it is joined to: "we do not collect or use your location", but not "may not work
// if use of …".
func negatedAtOnce(d *document, st *statement, verb int) bool {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(d.text[max(st.start, verb-maxModals):verb], ",", " ")))
	for k := len(words) - 1; k >= 0; k-- {
		w := words[k]
		switch {
		case w == "not", w == "never", w == "nor", strings.HasSuffix(w, "n't"), strings.HasSuffix(w, "n’t"):
			return true
		case !slices.Contains([]string{"or", "and", "ever", "currently", "even", "access", "collect", "track", "request", "record", "activate", "the", "we", "will", "do"}, w):
			return false
		}
	}
	return false
}

// sensorsUsed are the data that to use is to have: those of a camera or microphone, and
// what a device finds out of its place.
var sensorsUsed = []string{"camera", "audio_recording", "location", "precise_location", "approximate_location", "background_location"}

// announced tells whether clause i of a statement follows a colon: a list that its
// verb announced, whose items a lost line break may have run together.
func announced(d *document, st *statement, i int) bool {
	return st.lang == "en" && i > 0 && strings.HasSuffix(d.str(st.clauses[i-1].span), ":")
}

// ownCookies counts cookies of which a sentence about the app or its operator
// speaks in any words: nobody tells what "our cookies" are for who has none.
func (j *judging) ownCookies() {
	if j.st.lang != "en" || !j.st.has(roleFirst) || j.st.has(roleNegation, roleRight, roleCondition, roleRefusal, roleDefinition, roleMinor) {
		return
	}
	for k, m := range j.st.mentions {
		if m.data == "cookies" && j.out[k].stance == silent {
			j.out[k] = judgement{stance: collected, word: -1}
		}
	}
}

// startsItem tells whether an item of a list begins with a word, possessives and
// the like apart: not the addresses of "email and other electronic addresses".
func startsItem(d *document, m mention) bool {
	before := strings.TrimRight(strings.ToLower(d.text[max(0, m.start-maxListGap):m.start]), " ")
	if d.text[m.start] >= utf8.RuneSelf {
		return startsChineseItem(before) && endsChineseItem(d.text[m.end:])
	}
	if before == "" || before[len(before)-1] == '.' || !isLetter(before[len(before)-1]) {
		return true
	}
	word := before[strings.LastIndexAny(before, " ,/(\n")+1:]
	return slices.Contains([]string{"and", "or", "your", "their", "his", "her", "the", "a", "any", "as", "current", "home", "work", "mobile", "user's", "includes", "include", "including", "collect", "provide"}, word)
}

// tracksNobody tells whether a negated verb is about tracking a person and not
// about data, as in "requests not to track users" and "Do Not Track".
func tracksNobody(d *document, st *statement, i, v int) bool {
	verb := strings.ToLower(d.text[st.words[v].start:st.words[v].end])
	return st.lang == "en" && strings.HasPrefix(verb, "track") && objectAtOnce(d, st, v) < 0 && !namedAsYours(d, st, st.clauses[i], v)
}

// passive tells whether governing verb v is one that stands behind its data: "your
// IP address is used to …".
func passive(d *document, st *statement, v int) bool {
	if st.lang != "en" {
		return false
	}
	switch role(st.words[v].value) {
	case rolePurpose:
		return true
	case roleSend:
		return shows(strings.ToLower(d.text[st.words[v].start:st.words[v].end]))
	case roleUse:
		return strings.EqualFold(d.text[st.words[v].start:st.words[v].end], "used")
	}
	return false
}

// sensorAtWork counts the camera or microphone by whose means an English sentence has the
// user do something in the app: "you take a picture with the camera of your device".
// No app shows a picture by a camera that it does not open.
func (j *judging) sensorAtWork() {
	if j.st.lang != "en" || j.st.has(roleNegation, roleRight, roleRefusal, roleDefinition, roleMinor, roleThird) {
		return
	}
	for k, m := range j.st.mentions {
		if j.out[k].stance != silent || m.data != "camera" && m.data != "audio_recording" {
			continue
		}
		before := strings.ToLower(j.d.text[max(j.st.start, m.start-maxSensorReach):m.start])
		behind := strings.ToLower(j.d.text[m.end:min(j.st.end, m.end+maxListGap)])
		if sensorMeans.MatchString(before) && !startsWithAny(behind, []string{" app", " roll", " shop", " maker", " brand", " of another", " of your own"}) {
			j.out[k] = judgement{stance: collected, party: audit.PartyApp, word: -1}
		}
	}
}

// maxSensorReach bounds what stands between what the user does and the means, in bytes.
const maxSensorReach = 96

// sensorMeans is what stands before a camera or microphone that the user uses.
var sensorMeans = pattern.New(`(?:^|\W)(?:(?:tak|photograph|scann?|captur|snapp?|film|record|shoot|sing|speak|spok|dictat|say|talk|identif|measur)\w*\b[^.;:]{0,48}\b(?:with|using|by|via|through|into|from)|(?:point|aim|hold)\w*)\s+(?:the |your |its |their |(?:the|your) (?:phone|device|tablet|handset)['’]s |(?:phone|device) |built-in |rear |front )*$`)
