package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// claim is an audit.Claim before positions become code points.
type claim struct {
	party       string
	polarity    string
	platform    string
	specificity string
	lang        string
	purpose     span
	at          span
	rule        string
	mentions    []mention
	permissions []string
}

// statement is one sentence with what the grammar finds in it.
type statement struct {
	span
	words    []hit // grammar hits, in order
	mentions []mention
	lang     string
}

func (s *statement) has(roles ...role) bool {
	return slices.ContainsFunc(s.words, func(h hit) bool { return slices.Contains(roles, role(h.value)) })
}

func (s *statement) first(roles ...role) int {
	for _, h := range s.words {
		if slices.Contains(roles, role(h.value)) {
			return h.start
		}
	}
	return -1
}

// statementsOf splits a range into sentences and finds their words.
func (r *Reader) statementsOf(d *document, s span, lang string) []statement {
	var out []statement
	for _, one := range splitSentences(d, s, lang) {
		f := foldText(d.text, one.start, one.end)
		st := statement{span: one, words: r.grammar.find(&f), mentions: r.mentionsIn(d, one), lang: lang}
		st.words = slices.DeleteFunc(st.words, func(h hit) bool { return insideNoun(h, st.mentions) })
		out = append(out, st)
	}
	return out
}

// insideNoun tells whether a verb is only a part of a datum's name: the 记录 of
// 通话记录 records nothing.
func insideNoun(h hit, ms []mention) bool {
	switch role(h.value) {
	case roleCollect, roleSend, roleAccess:
		return slices.ContainsFunc(ms, func(m mention) bool { return m.permission == "" && contains(m.span, span{h.start, h.end}) })
	}
	return false
}

// splitSentences cuts at full stops and semicolons that stand outside
// parentheses; in English at a stop before a blank and a capital.
func splitSentences(d *document, s span, lang string) []span {
	var out []span
	depth, from := 0, s.start
	text := d.text[s.start:s.end]
	for i, r := range text {
		cut := false
		switch r {
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(depth-1, 0)
		case '。', '；', ';', '！', '!', '?', '？':
			cut = depth == 0 || r == '。'
		case '.':
			if lang == "en" && i+2 < len(text) && (text[i+1] == ' ' || text[i+1] == '\n') {
				next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " \n\"“"))
				cut = depth == 0 && (next >= 'A' && next <= 'Z') && !abbreviation(text[:i])
			}
		}
		if cut {
			end := s.start + i + utf8.RuneLen(r)
			if t := d.trim(span{from, end}); !t.empty() {
				out = append(out, t)
			}
			from, depth = end, 0
		}
	}
	if t := d.trim(span{from, s.end}); !t.empty() {
		out = append(out, t)
	}
	return out
}

func abbreviation(before string) bool {
	for _, a := range []string{" e.g", " i.e", " etc", " Co", " Ltd", " Inc", " No", "(e.g", "(i.e", " vs"} {
		if strings.HasSuffix(before, a) {
			return true
		}
	}
	return false
}

// listState carries a statement's verb to the list items below it.
type listState struct {
	on       bool
	party    string
	rule     string
	platform string
	items    int
	section  int
	perms    bool // the list names permissions
}

// maxListItems bounds how far a verb is inherited.
const maxListItems = 80

// claimsOf reads the claims of all blocks that no SDK entry took.
func (r *Reader) claimsOf(d *document, secs []section) []claim {
	var out []claim
	list := listState{}
	for i := range d.blocks {
		b := &d.blocks[i]
		sec := secs[b.section]
		if b.kind == heading && list.on && numberAt(d.str(b.span)).style == "" || b.entry {
			list = listState{}
		}
		if list.on && (b.section != list.section && b.kind == heading || b.gap && list.items > 0 && b.kind == paragraph && d.format != formatText || list.items > maxListItems) {
			list = listState{}
		}
		if b.entry || b.kind == heading && !list.on {
			continue
		}
		if sec.closed {
			if sec.class == sectionCookies {
				out = append(out, r.cookieClaims(d, b)...)
			}
			continue
		}
		if b.kind == row {
			out = append(out, r.rowClaims(d, i)...)
			continue
		}
		out = append(out, r.blockClaims(d, b, &list)...)
	}
	return out
}

// blockClaims reads one paragraph or list item.
func (r *Reader) blockClaims(d *document, b *block, list *listState) []claim {
	var out []claim
	platform := r.linePlatform(d, b.span)
	sts := r.statementsOf(d, b.span, b.lang)
	own := false
	for k := range sts {
		st := &sts[k]
		if d.isTaken(st.span) {
			own = true
			continue
		}
		claims, spoke := r.statementClaims(d, sts, k, platform)
		own = own || spoke
		if k == 0 && list.on && len(st.words) > 0 && role(st.words[0].value) == roleAside {
			*list = listState{}
		}
		if !spoke && list.on && (k == 0 || !own) && !st.has(roleNegation, roleDefinition, roleRight) {
			claims = r.positive(d, st, list.party, "list_item", either(platform, list.platform))
			if list.perms {
				for i := range claims {
					claims[i].rule = "permission_list"
				}
			}
		}
		out = append(out, claims...)
	}
	if list.on {
		list.items++
	}
	if len(sts) > 0 {
		r.openListState(d, b, &sts[len(sts)-1], list, platform)
	}
	return out
}

func either(a, b string) string {
	if a != "" && a != audit.PlatformAny {
		return a
	}
	if b != "" {
		return b
	}
	return audit.PlatformAny
}

// openListState starts a list where the last sentence of a block announces one.
func (r *Reader) openListState(d *document, b *block, st *statement, list *listState, platform string) {
	text := strings.TrimRight(d.str(st.span), " ")
	last, _ := utf8.DecodeLastRuneInString(text)
	if last != ':' && last != '：' || !r.speaksOfCollecting(st) || st.has(roleNegation, roleRight) && !st.has(roleFirst) {
		return
	}
	if st.has(roleNegation) || r.platformOf(strings.Trim(text, "【】[]()（）:：")) != "" && len(st.mentions) == 0 && !st.has(roleCollect, roleProvide) {
		return
	}
	*list = listState{on: true, party: r.partyOf(st), platform: platform, section: b.section, perms: st.has(rolePermission)}
}

// speaksOfCollecting: the sentence has a verb that takes or gives data, or
// touches it under a permission.
func (r *Reader) speaksOfCollecting(st *statement) bool {
	return st.has(roleCollect, roleProvide, rolePermission)
}

// linePlatform reads a platform marker at the start of a line: 【仅Android】,
// [iOS only], "iOS端:".
func (r *Reader) linePlatform(d *document, s span) string {
	text := d.str(s)
	text = strings.TrimLeft(text[numberAt(text).bytes:], " ")
	open, w := utf8.DecodeRuneInString(text)
	if strings.ContainsRune("【[(（", open) && w > 0 {
		if i := strings.IndexAny(text, "】])）"); i > 0 && i < 60 {
			return r.platformOf(text[w:i])
		}
		return ""
	}
	if i := strings.IndexAny(text, ":："); i > 0 && i < 40 {
		head := text[:i]
		if p := r.platformOf(head); p != "" && utf8.RuneCountInString(head) <= 12 {
			return p
		}
	}
	return ""
}

// partyOf tells who collects: the app, unless third parties are the subject of
// the verb.
func (r *Reader) partyOf(st *statement) string {
	verb := st.first(roleCollect, roleProvide, rolePermission, roleAccess)
	if verb < 0 {
		return audit.PartyApp
	}
	party := audit.PartyApp
	for _, h := range st.words {
		if h.start >= verb {
			break
		}
		switch role(h.value) {
		case roleThird:
			party = audit.PartyThirdParty
		case roleFirst, roleProvide:
			party = audit.PartyApp
		}
	}
	return party
}

// statementClaims reads sentence k of a block. spoke is true where the sentence
// itself says something about collecting, even if that yields no claim.
func (r *Reader) statementClaims(d *document, sts []statement, k int, platform string) (out []claim, spoke bool) {
	st := &sts[k]
	if st.has(roleDefinition) && !st.has(roleFirst) {
		return nil, true
	}
	denied, denials, hasDenial := r.denials(d, sts, k, platform)
	out = append(out, denials...)
	if st.has(roleRight) && !st.has(roleProvide) && !(st.has(roleCollect) && st.has(roleFirst)) {
		return out, true
	}
	if !r.speaksOfCollecting(st) || hasDenial && !r.positiveVerb(st) {
		return out, hasDenial
	}
	rest := *st
	rest.mentions = slices.DeleteFunc(slices.Clone(st.mentions), func(m mention) bool {
		return slices.ContainsFunc(denied, func(x mention) bool { return x.span == m.span }) || r.inPurpose(d, st, m)
	})
	rule := "statement"
	if !st.has(roleCollect, roleProvide) {
		rule = "permission_statement"
	}
	out = append(out, r.positive(d, &rest, r.partyOf(st), rule, platform)...)
	return out, true
}

// positiveVerb tells whether a verb of the sentence is not negated.
func (r *Reader) positiveVerb(st *statement) bool {
	for i, h := range st.words {
		switch role(h.value) {
		case roleCollect, roleProvide, rolePermission:
			if !negatedAt(st, i) {
				return true
			}
		}
	}
	return false
}

// maxNegationRunes is how far a negation may stand before its verb:
// 不对用户个人信息进行收集.
const maxNegationRunes = 14

// negatedAt tells whether word i of the sentence is under a negation: one
// stands shortly before it, with no other verb or clause border between.
func negatedAt(st *statement, i int) bool {
	for j := i - 1; j >= 0; j-- {
		switch role(st.words[j].value) {
		case roleNegation:
			limit := maxNegationRunes
			if st.lang == "en" {
				limit = 24 // letters
			}
			return st.words[i].from-st.words[j].to <= limit
		case roleCollect, roleProvide, roleSend, roleContrast:
			return false
		}
	}
	return false
}

// inPurpose tells whether a mention stands in a clause that gives a purpose:
// 用于接受验证码, in order to find your location.
func (r *Reader) inPurpose(d *document, st *statement, m mention) bool {
	for _, h := range st.words {
		if role(h.value) != rolePurpose || h.start > m.start {
			continue
		}
		between := d.text[h.end:m.start]
		if !strings.ContainsAny(between, ",，;；。:：") && !r.verbBetween(st, h.end, m.start) {
			return true
		}
	}
	return false
}

func (r *Reader) verbBetween(st *statement, from, to int) bool {
	for _, h := range st.words {
		if h.start >= from && h.end <= to {
			switch role(h.value) {
			case roleCollect, roleProvide, rolePermission:
				return true
			}
		}
	}
	return false
}

// denials finds what sentence k says is not collected. It returns the mentions
// that are denied, the claims, and whether the sentence negates collecting at
// all. A negation that is conditional, about the rest only, or about sending
// denies nothing.
func (r *Reader) denials(d *document, sts []statement, k int, platform string) (denied []mention, out []claim, found bool) {
	st := &sts[k]
	for i, h := range st.words {
		if role(h.value) != roleCollect || !negatedAt(st, i) {
			continue
		}
		found = true
		if st.has(roleCondition) && st.first(roleCondition) < h.start || st.has(roleRest) {
			continue
		}
		reach := denialReach(d, st, i)
		object := mentionsWithin(st.mentions, reach)
		at := st.span
		rule := "denial"
		if len(object) == 0 {
			object, at = r.antecedent(d, sts, k, i)
			rule = "denial_antecedent"
		}
		if len(object) == 0 {
			continue
		}
		denied = append(denied, object...)
		out = append(out, groupClaims(r, claim{party: r.partyOf(st), polarity: audit.Denies, lang: st.lang, at: at, rule: rule}, object, platform)...)
	}
	return denied, out, found
}

// denialReach is what a negated verb denies: up to the end of the statement, a
// contrast or the next verb that is not negated.
func denialReach(d *document, st *statement, i int) span {
	end := st.end
	for j := i + 1; j < len(st.words); j++ {
		switch role(st.words[j].value) {
		case roleContrast, rolePurpose:
			end = st.words[j].start
		case roleCollect, roleProvide:
			if negatedAt(st, j) || st.words[j].from-st.words[i].to <= 3 {
				continue // 收集、存储或使用
			}
			end = st.words[j].start
		default:
			continue
		}
		break
	}
	return span{st.words[i].end, end}
}

func mentionsWithin(ms []mention, s span) []mention {
	var out []mention
	for _, m := range ms {
		if m.start >= s.start && m.end <= s.end && m.data != "" && !m.covered {
			out = append(out, m)
		}
	}
	return out
}

// antecedent finds what "此信息", or a denial without object, speaks of: data
// named earlier in the same item, nearest sentence first.
func (r *Reader) antecedent(d *document, sts []statement, k, i int) ([]mention, span) {
	st := &sts[k]
	verb := st.words[i]
	topic := mentionsWithin(st.mentions, span{st.start, verb.start})
	if len(topic) > 0 {
		return topic, st.span
	}
	pronoun := false
	for _, h := range st.words {
		pronoun = pronoun || role(h.value) == rolePronoun
	}
	if !pronoun {
		return nil, span{}
	}
	for j := k - 1; j >= 0; j-- {
		if ms := mentionsWithin(sts[j].mentions, sts[j].span); len(ms) > 0 {
			return ms, span{sts[j].start, st.end}
		}
	}
	return nil, span{}
}

// positive makes the claims of a sentence that says data is collected.
func (r *Reader) positive(d *document, st *statement, party, rule, platform string) []claim {
	return groupClaims(r, claim{party: party, polarity: audit.Collects, lang: st.lang, at: st.span, rule: rule, purpose: r.purposeOf(d, st)}, st.mentions, platform)
}

// purposeOf returns the clause that states the purpose, without the word that
// begins it left out: 为了…, in order to ….
func (r *Reader) purposeOf(d *document, st *statement) span {
	p := st.first(rolePurpose)
	if p < 0 {
		return span{}
	}
	rest := d.text[p:st.end]
	if i := strings.IndexAny(rest, ",，;；。"); i > 0 {
		rest = rest[:i]
	}
	return d.trim(span{p, p + len(rest)})
}

// groupClaims splits mentions into one claim per platform and specificity.
func groupClaims(r *Reader, base claim, ms []mention, platform string) []claim {
	var out []claim
	for _, plat := range []string{audit.PlatformAny, audit.PlatformAndroid, audit.PlatformIOS} {
		for _, spec := range []string{audit.Exact, audit.Umbrella} {
			c := base
			c.platform, c.specificity, c.mentions, c.permissions = plat, spec, nil, nil
			for _, m := range ms {
				if m.covered || either(m.platform, platform) != plat {
					continue
				}
				mspec := audit.Exact
				if m.data != "" && r.umbrella(m.data) {
					mspec = audit.Umbrella
				}
				if mspec == spec {
					c.mentions = append(c.mentions, m)
				}
			}
			if len(c.mentions) > 0 {
				c.permissions = permissionsOf(c.mentions)
				out = append(out, c)
			}
		}
	}
	return out
}

// cookieClaims: a cookie section is closed, but it does say that cookies are
// used.
func (r *Reader) cookieClaims(d *document, b *block) []claim {
	var out []claim
	for _, st := range r.statementsOf(d, b.span, b.lang) {
		st.mentions = slices.DeleteFunc(st.mentions, func(m mention) bool { return m.data != "cookies" })
		if len(st.mentions) > 0 && st.has(roleCollect, roleAccess) && !st.has(roleNegation, roleRight) {
			return r.positive(d, &st, audit.PartyApp, "cookie_section", audit.PlatformAny)
		}
	}
	return out
}
