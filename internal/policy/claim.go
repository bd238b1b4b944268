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

// claimsOf reads the claims of all blocks that no SDK entry took.
func (r *Reader) claimsOf(d *document, secs []section) []claim {
	c := claimReader{r: r, d: d, secs: secs, headers: map[int]header{}, surveys: map[int]header{}, announced: map[int]bool{}, out: d.pool.claims}
	for i := range d.blocks {
		c.block(i)
	}
	d.pool.claims = c.out
	return c.out
}

// claimReader goes through the blocks of a document; a list's introduction and
// a table's heading row reach over several of them.
type claimReader struct {
	r       *Reader
	d       *document
	secs    []section
	list    listState
	headers map[int]header // of the tables met so far
	surveys map[int]header // of those that say of each kind of data whether it is collected
	// announced are the sections whose heading says that what is listed below it
	// is collected
	announced map[int]bool
	out       []claim
}

func (c *claimReader) block(i int) {
	d, b := c.d, &c.d.blocks[i]
	sec := c.secs[b.section]
	for c.list.on && !c.list.reaches(d, b) {
		c.list = c.list.parent()
	}
	switch {
	case b.entry:
	case sec.closed:
		c.list = listState{}
		if sec.class == sectionCookies && b.kind != heading {
			c.out = append(c.out, c.r.cookieClaims(d, b)...)
		}
	case b.kind == heading:
		c.heading(i)
	case b.kind == row:
		c.row(i)
	case b.lang == "zh" && isContents(d.str(b.span)):
		c.list = listState{}
	default:
		said, ok := c.labelClaims(i)
		if !ok {
			said = c.text(b)
		}
		c.out = append(c.out, said...)
		c.restrict(i)
	}
}

// isContents tells whether a paragraph is a table of contents in one line: 目录：1 我们收集
// 什么 ｜ 2 我们如何使用 Cookie.
func isContents(text string) bool {
	rest, ok := strings.CutPrefix(text, "目录")
	if !ok || len(text) > maxPieceLine {
		return false
	}
	return strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\n")
}

// text reads one paragraph or list item.
func (c *claimReader) text(b *block) []claim {
	r, d := c.r, c.d
	sts := r.blockStatements(d, b)
	inList := c.list.item(d, b)
	marker := either(r.linePlatform(d, b.span), c.secs[b.section].platform)
	var out []claim
	var before judgement // of the sentence before, for sentences that go on
	for k := range sts {
		st := &sts[k]
		if st.taken {
			before = judgement{}
			continue
		}
		if k == 0 && c.list.on && len(st.words) > 0 && role(st.words[0].value) == roleAside {
			c.list, inList = listState{}, false
		}
		inherit, goesOn := judgement{}, false
		switch {
		case before.stance != silent && (r.goesOnListing(d, st) || r.listGoesOn(d, st) || r.itemBehindSemicolon(d, st)), before.stance == collected && exemplifies(st):
			inherit, goesOn = before, true
		case inList && c.list.named && k != 1:
			// the name of a paragraph, or what it tells besides
		case inList && (k == 0 || before.stance == silent):
			inherit = c.list.says
		case r.spellsOut(d, st), r.describes(d, sts, k):
			inherit, goesOn = judgement{stance: collected, word: -1}, true
		case k == 0 && c.secs[b.section].class == sectionPermissions && r.permissionItem(d, b, st):
			inherit = judgement{stance: collected, word: -1, permission: true}
		}
		s := statementReader{r: r, d: d, sts: sts, k: k, inherit: inherit, goesOn: goesOn, party: c.defaultParty(b, inList), platform: either(st.platform, marker)}
		if inList {
			s.platform, s.list = either(s.platform, c.list.platform), c.list.rule
		}
		claims := s.claims()
		out = s.withdraw(out)
		out = append(out, claims...)
		if said := s.verdict; said.stance != silent || before.stance == silent || !r.betweenItems(d, st) {
			before = said
		}
		if before.party == "" {
			before.party = s.party
		}
	}
	c.list.open(r, d, b, sts, before, marker)
	return out
}

// defaultParty is who collects where a sentence names nobody: in a section or
// list about third parties, they do.
func (c *claimReader) defaultParty(b *block, inList bool) string {
	if inList && c.list.says.party != "" {
		return c.list.says.party
	}
	if c.secs[b.section].class == sectionSDK {
		return audit.PartyThirdParty
	}
	return audit.PartyApp
}

// goesOnListing tells whether a sentence continues the enumeration of the one
// before: 包括…, 这些信息包括:…, It includes …, or data and nothing else.
func (r *Reader) goesOnListing(d *document, st *statement) bool {
	if len(st.words) == 0 {
		return len(st.mentions) > 0 && !asksUser(d, st)
	}
	i := 0
	for i < len(st.words) && role(st.words[i].value) == rolePronoun {
		i++
	}
	if i < len(st.words) && st.words[i].from <= 2*distancesIn(st.lang).near {
		switch role(st.words[i].value) {
		case roleInclude, roleListIntro:
			return true
		}
	}
	// 这些使用范围: …
	first := st.words[0]
	return i > 0 && first.from <= 2 && strings.ContainsAny(d.text[first.end:min(st.end, first.end+40)], ":：")
}

// exemplifies tells whether a Chinese sentence begins with examples of what the
// one before says: 例如您的搜索内容、IP地址.
func exemplifies(st *statement) bool {
	return st.lang == "zh" && len(st.words) > 0 && st.words[0].start == st.start && role(st.words[0].value) == roleOpenList
}

// permissionItem tells whether a line of a section on permissions begins with
// what it is about: "相机:用于扫码". It adds the permissions that the word stands
// for.
func (r *Reader) permissionItem(d *document, b *block, st *statement) bool {
	if len(st.mentions) == 0 || st.has(roleNegation, roleRight, roleCondition, roleRefusal) || len(r.verbsIn(d, st, 0)) > 0 {
		return false
	}
	first := st.mentions[0].span
	if first.start > behindPlatform(d, st, b.start+numberAt(d.str(b.span)).bytes) || !strings.ContainsAny(d.str(st.span), ":：") {
		return false
	}
	for _, m := range r.permissionWords(d, first) {
		if !slices.ContainsFunc(st.mentions, func(o mention) bool { return o.permission == m.permission }) {
			st.mentions = slices.Insert(st.mentions, 1, m)
		}
	}
	return true
}

// behindPlatform is the place behind a platform and a dash that stand at a place:
// Android-相机.
func behindPlatform(d *document, st *statement, at int) int {
	if len(st.words) == 0 || st.words[0].start > at {
		return at
	}
	switch w := st.words[0]; role(w.value) {
	case roleAndroid, roleIOS, roleBoth:
		rest := d.text[w.end:st.end]
		return w.end + len(rest) - len(strings.TrimLeft(rest, " -—－–:："))
	}
	return at
}

// spellsOut tells whether a sentence says what a collective term holds: 日志信息
// 包括…, "Usage data may include …". Outside the definitions that is what the
// app collects.
func (r *Reader) spellsOut(d *document, st *statement) bool {
	if len(st.mentions) < 2 || !st.mentions[0].umbrella || st.has(roleCollect, roleProvide, rolePermission, roleRight) {
		return false
	}
	near := distancesIn(st.lang).near
	from := st.mentions[0]
	if utf8.RuneCountInString(d.text[st.start:from.start]) > near {
		return false
	}
	for _, w := range st.words {
		if role(w.value) == roleInclude && w.start >= from.end {
			return utf8.RuneCountInString(d.text[from.end:w.start]) <= near/2
		}
	}
	return false
}

// statementReader reads sentence k of a block.
type statementReader struct {
	r        *Reader
	d        *document
	sts      []statement
	k        int
	inherit  judgement
	party    string // where the sentence names nobody
	platform string
	list     string // rule under which inherited claims go
	goesOn   bool   // it goes on with the enumeration of the sentence before

	verdict   judgement // what the sentence as a whole says, for what follows
	withdrawn []mention // of earlier sentences, denied by this one
}

func (s *statementReader) claims() []claim {
	st := &s.sts[s.k]
	if st.has(roleDefinition) && !st.has(roleFirst) {
		return s.constants(st, nil)
	}
	js := s.r.judge(s.d, st, s.inherit)
	denials := s.denials(st, js)
	out := append(s.withdraw(s.positive(st, js)), denials...)
	out = append(out, s.denialOfAll(st)...)
	s.verdict = s.overall(st, js)
	return append(out, s.constants(st, js)...)
}

// overall is what a sentence as a whole says: that of its last governing verb.
func (s *statementReader) overall(st *statement, js []judgement) judgement {
	for i := len(js) - 1; i >= 0; i-- {
		if js[i].stance != silent {
			return js[i]
		}
	}
	for i := len(st.clauses) - 1; i >= 0; i-- {
		if s.r.conditional(s.d, st, st.clauses[i]) || st.hasIn(st.clauses[i], roleRight) {
			return judgement{}
		}
		verbs := s.r.verbsIn(s.d, st, i)
		if len(verbs) == 0 {
			continue
		}
		v := verbs[len(verbs)-1]
		j := judgement{stance: collected, word: v, permission: role(st.words[v].value) == rolePermission, party: s.r.partyOf(s.d, st, i, v)}
		if s.r.negated(s.d, st, v) {
			j.stance = silent
			if s.r.denies(s.d, st, i, v) {
				j.stance = denied
			}
		}
		return j
	}
	if s.goesOn || len(st.words) == 0 {
		return s.inherit
	}
	return judgement{}
}

// positive makes the claims of what a sentence says is collected, one for each
// party and rule.
func (s *statementReader) positive(st *statement, js []judgement) []claim {
	if !slices.ContainsFunc(js, func(j judgement) bool { return j.stance == collected }) {
		return nil
	}
	type key struct{ party, rule string }
	var keys []key
	groups := map[key][]mention{}
	for i, j := range js {
		if j.stance != collected {
			continue
		}
		k := key{j.party, "statement"}
		if k.party == "" {
			k.party = s.party
		}
		switch {
		case j.word < 0 && s.list != "":
			k.rule = s.list
		case j.permission || st.mentions[i].opened:
			k.rule = "permission_statement"
		case j.word >= 0 && k.party != audit.PartyApp && handsData(st, j.word):
			k.rule = "sharing_statement"
		}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], st.mentions[i])
		other := ""
		switch {
		case j.word < 0:
		case k.party == audit.PartyApp && alsoShared(s.d, st, j.word):
			other = audit.PartyThirdParty
		case k.party == audit.PartyThirdParty && s.r.alsoCollected(s.d, st, j.word):
			other = audit.PartyApp
		}
		if other != "" {
			k.party = other
			if groups[k] == nil {
				keys = append(keys, k)
			}
			groups[k] = append(groups[k], st.mentions[i])
		}
	}
	var out []claim
	for _, k := range keys {
		base := claim{party: k.party, polarity: audit.Collects, lang: st.lang, at: st.span, rule: k.rule, purpose: s.r.purposeOf(s.d, st)}
		out = append(out, groupClaims(s.r, base, groups[k], s.platform)...)
	}
	return out
}

// constants makes a claim of the permission constants that no verb governs: to
// name one in an open section explains it.
func (s *statementReader) constants(st *statement, js []judgement) []claim {
	var ms []mention
	for i, m := range st.mentions {
		if m.constant && (js == nil || js[i].stance == silent) {
			ms = append(ms, m)
		}
	}
	if len(ms) == 0 || st.has(roleRefusal) {
		return nil
	}
	base := claim{party: s.party, polarity: audit.Collects, lang: st.lang, at: st.span, rule: "permission_list", purpose: s.r.purposeOf(s.d, st)}
	return groupClaims(s.r, base, ms, s.platform)
}

// denials makes the claims of what a sentence says is not collected. A negated
// verb without object of its own speaks of what stands before it: in the
// sentence, or in the sentences before where a pronoun leads there.
func (s *statementReader) denials(st *statement, js []judgement) []claim {
	byParty := func(j judgement) string {
		if party := denierOf(s.d, st, js, j); party != "" {
			return party
		}
		return s.party
	}
	var out []claim
	own := map[int][]mention{} // by governing word
	var order []int
	for i, j := range js {
		if j.stance == denied && !st.mentions[i].covered && st.mentions[i].data != "" {
			if own[j.word] == nil {
				order = append(order, i)
			}
			own[j.word] = append(own[j.word], st.mentions[i])
		}
	}
	for _, i := range order {
		parties := s.r.sdksDenying(s.d, st, js[i].word)
		if len(parties) == 0 {
			parties = []string{byParty(js[i])}
		}
		for _, party := range parties {
			base := claim{party: party, polarity: audit.Denies, lang: st.lang, at: st.span, rule: ruleDenial}
			out = append(out, groupClaims(s.r, base, own[js[i].word], s.platform)...)
		}
	}
	for i, c := range st.clauses {
		for w := c.words.start; w < c.words.end; w++ {
			if role(st.words[w].value) != roleCollect || own[w] != nil || !s.r.negated(s.d, st, w) || !s.r.denies(s.d, st, i, w) || st.lang == "zh" && !withoutObject(s.d, st, c, w) {
				continue
			}
			ms, at := s.antecedent(st, js, w)
			if len(ms) > 0 {
				base := claim{party: audit.PartyApp, polarity: audit.Denies, lang: st.lang, at: at, rule: "denial_antecedent"}
				out = append(out, groupClaims(s.r, base, ms, s.platform)...)
			}
		}
	}
	return out
}

// antecedent finds what a denial without object speaks of: data that the
// sentence itself names before the verb, else, behind a pronoun, data of the
// nearest sentence before. What it finds is withdrawn from what those say.
func (s *statementReader) antecedent(st *statement, js []judgement, w int) ([]mention, span) {
	verb := st.words[w]
	if ms := deniable(st.mentions, js, verb.start); len(ms) > 0 {
		s.withdrawn = append(s.withdrawn, ms...)
		return ms, st.span
	}
	if !st.has(rolePronoun) {
		return nil, span{}
	}
	for k := s.k - 1; k >= 0; k-- {
		prev := &s.sts[k]
		if ms := deniable(prev.mentions, s.r.judge(s.d, prev, judgement{}), prev.end); len(ms) > 0 {
			s.withdrawn = append(s.withdrawn, ms...)
			return ms, span{prev.start, st.end}
		}
	}
	return nil, span{}
}

// deniable returns the data before a place: what is said to be collected or
// permitted, or all of it where nothing is said.
func deniable(ms []mention, js []judgement, before int) []mention {
	var said, all []mention
	for i, m := range ms {
		if m.data == "" || m.covered || m.end > before {
			continue
		}
		all = append(all, m)
		if js[i].stance == collected {
			said = append(said, m)
		}
	}
	if len(said) > 0 {
		return said
	}
	return all
}

// withdraw takes data that this sentence denies out of the claims of the block
// so far, which stand in text order; their permissions stay.
func (s *statementReader) withdraw(claims []claim) []claim {
	if len(s.withdrawn) == 0 {
		return claims
	}
	first := len(claims)
	for first > 0 && claims[first-1].at.end > s.withdrawn[0].start {
		first--
	}
	gone := func(m mention) bool {
		return m.data != "" && slices.ContainsFunc(s.withdrawn, func(x mention) bool { return x.span == m.span && x.data == m.data })
	}
	tail := claims[first:]
	for i := range tail {
		if tail[i].polarity == audit.Collects {
			tail[i].mentions = slices.DeleteFunc(tail[i].mentions, gone)
		}
	}
	tail = slices.DeleteFunc(tail, func(c claim) bool { return len(c.mentions) == 0 })
	return claims[:first+len(tail)]
}

// purposeOf returns the clause that states the purpose, with the word that
// begins it: 为了…, in order to ….
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
	groups := [...]struct{ platform, specificity string }{
		{audit.PlatformAny, audit.Exact}, {audit.PlatformAny, audit.Umbrella}, {audit.PlatformAndroid, audit.Exact},
		{audit.PlatformAndroid, audit.Umbrella}, {audit.PlatformIOS, audit.Exact}, {audit.PlatformIOS, audit.Umbrella},
	}
	groupOf := func(m *mention) int {
		if m.covered {
			return -1
		}
		for g := 0; g < len(groups); g += 2 {
			if either(m.platform, platform) == groups[g].platform {
				if m.umbrella {
					g++
				}
				return g
			}
		}
		return -1
	}
	var sizes [len(groups)]int
	total, used := 0, 0
	for i := range ms {
		if g := groupOf(&ms[i]); g >= 0 {
			if sizes[g] == 0 {
				used++
			}
			sizes[g]++
			total++
		}
	}
	if total == 0 {
		return nil
	}
	all := make([]mention, 0, total)
	out := make([]claim, 0, used)
	for g, size := range sizes {
		if size == 0 {
			continue
		}
		from := len(all)
		for i := range ms {
			if groupOf(&ms[i]) == g {
				all = append(all, ms[i])
			}
		}
		c := base
		c.platform, c.specificity, c.mentions = groups[g].platform, groups[g].specificity, all[from:len(all):len(all)]
		c.permissions = permissionsOf(c.mentions)
		out = append(out, c)
	}
	return out
}

// cookieClaims: a section on cookies is about a web site and closed; where it
// says that cookies are kept on the user's device, that is a claim.
func (r *Reader) cookieClaims(d *document, b *block) []claim {
	f := d.view(b.span)
	if !r.cookies.has(&f) {
		return nil
	}
	for i := range r.blockStatements(d, b) {
		st := &b.statements[i]
		ms := slices.DeleteFunc(slices.Clone(st.mentions), func(m mention) bool { return m.data != "cookies" })
		if len(ms) > 0 && st.has(roleOnDevice) && st.has(roleFirst) && !st.has(roleNegation, roleRight) {
			base := claim{party: audit.PartyApp, polarity: audit.Collects, lang: st.lang, at: st.span, rule: "cookie_section", purpose: r.purposeOf(d, st)}
			return groupClaims(r, base, ms, st.platform)
		}
	}
	return nil
}
