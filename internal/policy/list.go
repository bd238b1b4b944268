package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// listState carries what a list's introduction says to the items below it.
type listState struct {
	on       bool
	says     judgement
	rule     string
	platform string
	items    int
	style    string // numbering of the first item; "" for lines without
	kind     blockKind
	topic    bool       // items need verbs of their own; only the party carries over
	marked   bool       // only marked or numbered items count (the introduction is a heading)
	value    int        // number of the last item
	restarts bool       // the items have the numbering of the block above, counted anew
	outer    string     // numbering of the block that holds the introduction
	answer   bool       // the paragraph below the heading is the first item
	named    bool       // the items are paragraphs that begin with a name of their own: "Your phone. Make and model, …"
	above    *listState // the list in whose item this one stands
	depth    int
}

// parent is the list that goes on where this one has ended.
func (l *listState) parent() listState {
	if l.above == nil {
		return listState{}
	}
	return *l.above
}

// itemBehindSemicolon tells whether a Chinese sentence is no more than the next
// item of the list that the one before began: 我们会收集身份信息(姓名);财产信息(银行卡号等).
func (r *Reader) itemBehindSemicolon(d *document, st *statement) bool {
	before := strings.TrimRight(d.text[max(0, st.start-8):st.start], " \n")
	if st.lang != "zh" || len(st.mentions) == 0 || asksUser(d, st) || !strings.HasSuffix(before, ";") && !strings.HasSuffix(before, "；") {
		return false
	}
	if r.describedItem(d, st) {
		return true
	}
	const only = 1<<roleNone | 1<<roleOpenList | 1<<roleInclude | 1<<roleFirstNoun | 1<<roleAndroid | 1<<roleIOS | 1<<roleBoth | 1<<roleOnDevice
	if st.roles&^only != 0 {
		return false
	}
	first := st.mentions[0].start
	return utf8.RuneCountInString(d.text[st.start:first]) <= distancesIn(st.lang).near || st.hasBetween(st.start, first, roleInclude, roleOpenList)
}

// describedItem tells whether an item of a list says at length which information of
// the user it is before it names kinds of that: ；您通过我们的服务通讯的信息，例如….
func (r *Reader) describedItem(d *document, st *statement) bool {
	text := d.str(st.span)
	if strings.HasPrefix(text, "在") { // 在不违反法律的情况下，
		if i := strings.Index(text, "情况下"); i > 0 && i <= maxRelative {
			text = strings.TrimLeft(text[i+len("情况下"):], "，, ")
		}
	}
	if st.hasBetween(st.end-len(text), st.end, roleNegation, roleRight, roleCondition, roleRefusal, rolePurpose, roleCollect, roleProvide, roleScene, roleThird) {
		return false
	}
	head := withoutParentheses(text[:min(len(text), 2*maxRelative)]) // （元数据）
	if i := strings.IndexAny(head, "，,：:；;"); i >= 0 {
		head = head[:i]
	}
	for _, about := range []string{"以及", "有关", "关于"} {
		head = strings.TrimPrefix(head, about)
	}
	return startsWithAny(head, []string{"您", "你"}) && strings.HasSuffix(strings.TrimRight(head, "。 "), "的信息")
}

// asksUser tells whether a Chinese sentence asks its reader for something before
// it names data: 请妥善保管您的银行卡号.
func asksUser(d *document, st *statement) bool {
	return st.lang == "zh" && strings.Contains(d.text[st.start:st.mentions[0].start], "请")
}

// Bounds on how far a verb is inherited.
const (
	maxListItems = 80
	maxListDepth = 4
)

// reaches tells whether the list goes on at block b.
func (l *listState) reaches(d *document, b *block) bool {
	if !l.on {
		return true
	}
	if b.entry || b.kind == heading || b.kind == row || l.items >= maxListItems {
		return false
	}
	if l.named {
		return namedParagraph(d.str(b.span)) > 0
	}
	num := numberAt(d.str(b.span))
	marked := num.style != "" || b.kind == item
	if l.items == 0 && l.answer {
		return true
	}
	if l.items == 0 {
		l.restarts = num.style == l.outer && num.first()
		return marked && (num.style == "" || num.style != l.outer || l.restarts) || !marked && !l.marked && !b.gap
	}
	if l.restarts { // (4) … includes: (1) (2) (3), then (5)
		return num.style == l.outer && num.value == l.value+1
	}
	if l.style == "" && l.kind == paragraph {
		return !b.gap && !marked
	}
	return marked && (num.style != l.outer || l.outer == "")
}

// item notes block b as an item and tells whether it is one.
func (l *listState) item(d *document, b *block) bool {
	if !l.on {
		return false
	}
	if l.items == 0 {
		l.style, l.kind = numberAt(d.str(b.span)).style, b.kind
	}
	l.value = numberAt(d.str(b.span)).value
	l.items++
	return true
}

// open starts a list where the last sentence of a block announces one.
func (l *listState) open(r *Reader, d *document, b *block, sts []statement, said judgement, marker string) {
	if len(sts) == 0 {
		return
	}
	st := &sts[len(sts)-1]
	text := strings.TrimRight(d.str(st.span), " ")
	last, _ := utf8.DecodeLastRuneInString(text)
	if last != ':' && last != '：' || st.has(roleOtherList) || st.taken {
		return
	}
	next := listState{on: true, platform: either(st.platform, marker), outer: numberAt(d.str(b.span)).style}
	switch {
	case said.stance != silent:
		next.says, next.rule = said, "list_item"
		if said.stance == collected && (st.has(rolePermission) || strings.Contains(text, "权限")) {
			next.rule = "permission_list"
		}
	case st.has(roleThird) && !st.has(roleNegation, roleRight):
		next.says, next.topic = judgement{party: audit.PartyThirdParty}, true
	default:
		return
	}
	if l.on && l.items > 0 && l.depth < maxListDepth {
		outer := *l
		next.above, next.depth = &outer, l.depth+1
	}
	*l = next
}

// heading reads what a heading itself says, and starts a list where it says
// what is collected and marked items follow: "Information we collect".
func (c *claimReader) heading(i int) {
	r, d, b := c.r, c.d, &c.d.blocks[i]
	c.list = listState{}
	title := span{b.start + numberAt(d.str(b.span)).bytes, b.end}
	st := r.statementAt(d, title, b.lang)
	if st.has(roleQuestion, roleOtherList, roleRight) {
		return
	}
	says := statementReader{r: r, d: d, sts: []statement{st}, party: c.defaultParty(b, false), platform: either(st.platform, c.secs[b.section].platform)}
	c.out = append(c.out, says.claims()...)
	if says.verdict.stance == silent {
		c.topic(i, &st)
	}
	if c.announces(b.section, &st) {
		c.list = listState{on: true, says: judgement{stance: collected, word: -1, party: audit.PartyApp}, rule: "list_item", marked: true, answer: c.answeredBelow(i)}
	} else if asksWhatIsKept(d.str(title)) {
		answer, named := c.answeredBelow(i), c.namedBelow(i)
		c.list = listState{on: answer || named, says: judgement{stance: collected, word: -1, party: audit.PartyApp}, rule: "list_item", marked: true, answer: answer, named: named && !answer}
	}
}

// keptQuestions are English headings that ask what the app has: "What the game keeps".
var keptQuestions = pattern.New(`(?i)^(?:what|which) (?:(?:data|information|personal \w+) )?(?:(?:do|does) )?(?:we|i|you|(?:the|this|our) (?:app|game|application|service))(?: \w+){0,2} (?:collect|keep|store|save|know|gather|process|record|hold)s?\b`)

// asksWhatIsKept tells whether a heading is one of them.
func asksWhatIsKept(title string) bool {
	return len(title) <= maxFieldBytes && keptQuestions.MatchString(title) && !strings.Contains(title, " not ") && !strings.Contains(title, "n't") && !strings.Contains(title, "never")
}

// paragraphName is a short name in a sentence or key of its own that heads an English
// paragraph, before text that goes on in capitals.
var paragraphName = pattern.New(`^[A-Z][\w'’&/-]*(?: [\w'’&/-]+){0,5}[.:] +["“(]?[A-Z]`)

// namedParagraph returns where the text behind such a name begins, or 0.
func namedParagraph(text string) int {
	const longest = 64 // bytes
	m := paragraphName.FindStringIndex(text[:min(len(text), longest)])
	if m == nil {
		return 0
	}
	return m[1] - 1
}

// namedBelow tells whether several paragraphs below an English heading begin with names
// of their own, one of them before data alone.
func (c *claimReader) namedBelow(i int) bool {
	named, data := 0, false
	for k := i + 1; k < len(c.d.blocks) && k <= i+maxNamedBelow; k++ {
		b := &c.d.blocks[k]
		at := namedParagraph(c.d.str(b.span))
		if b.kind != paragraph || b.lang != "en" || b.entry || at == 0 {
			break
		}
		named++
		sts := c.r.blockStatements(c.d, b)
		data = data || len(sts) > 1 && len(sts[1].mentions) > 0 && sts[1].mentions[0].start-sts[1].start <= maxListGap && !sts[1].hasBetween(sts[1].start, sts[1].mentions[0].start, roleNegation, roleRight, roleFirst, roleThird)
	}
	return named > 1 && data
}

// maxNamedBelow bounds the paragraphs that are looked at for that.
const maxNamedBelow = 8

// answeredBelow tells whether the paragraph below an English heading answers it by the
// names of data alone: "Your email address and, while you run, your location."
func (c *claimReader) answeredBelow(i int) bool {
	if i+1 >= len(c.d.blocks) || c.d.blocks[i].lang != "en" {
		return false
	}
	b := &c.d.blocks[i+1]
	if b.kind != paragraph || b.entry || b.end-b.start > maxDataLine || numberAt(c.d.str(b.span)).style != "" {
		return false
	}
	sts := c.r.blockStatements(c.d, b)
	if len(sts) == 0 || len(sts[0].mentions) == 0 || sts[0].has(roleNegation, roleRight, roleThird, roleSDKWord) {
		return false
	}
	head := strings.ToLower(c.d.text[sts[0].start:sts[0].mentions[0].start])
	return head == "" || startsWithAny(head, []string{"your ", "only your ", "just your ", "nothing but your ", "the ", "an ", "a "}) && len(head) <= maxListGap
}

// announces tells whether a heading says that what is listed below it is
// collected: "Information we collect"; in a section on collecting also
// "Information collected automatically" and "Information you provide"; and below
// such a heading one that only sorts the data, "Device data".
func (c *claimReader) announces(sec int, st *statement) bool {
	s := &c.secs[sec]
	if st.has(roleNegation, roleQuestion, roleOtherList, roleRight) || s.class != sectionOpen && s.class != sectionCollection {
		return false
	}
	said := st.has(roleFirst) && st.has(roleCollect) || s.class == sectionCollection && st.has(roleCollect, roleProvide, roleUserGives)
	if !said && c.announced[s.up] && !st.has(roleUse, roleUseOwn, rolePurpose, roleSend, roleThird) {
		said = true
	}
	if said {
		c.announced[sec] = true
	}
	return said
}

// topic reads a heading that is the name of a datum and no more, where the text
// below says what it is used for: "2.8 剪切板".
func (c *claimReader) topic(i int, st *statement) {
	d := c.d
	if len(st.mentions) == 0 || i+1 >= len(d.blocks) {
		return
	}
	named := 0
	for _, m := range st.mentions {
		named += m.end - m.start
	}
	next := &d.blocks[i+1]
	if named*3 < (st.end-st.start)*2 || next.kind == heading || next.kind == row || next.entry || next.section != d.blocks[i].section {
		return
	}
	below := c.r.blockStatements(d, next)
	if slices.ContainsFunc(below, func(s statement) bool { return s.has(roleNegation, roleRight, roleDefinition) }) {
		return
	}
	for _, below := range below {
		if below.has(roleCollect, roleUse, roleUseOwn, roleAccess, rolePurpose) {
			base := claim{party: c.defaultParty(&d.blocks[i], false), polarity: audit.Collects, lang: st.lang, at: st.span, rule: "topic_heading", purpose: c.r.purposeOf(d, &below)}
			c.out = append(c.out, groupClaims(c.r, base, st.mentions, either(st.platform, c.secs[d.blocks[i].section].platform))...)
			return
		}
	}
}
