package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// statement is one sentence with what the grammar finds in it.
type statement struct {
	span
	lang     string
	words    []hit // grammar hits, in order; none inside the name of a datum
	mentions []mention
	clauses  []clause
	platform string // the sentence's own scope: "iOS端:", "On iOS, …"; "" where it has none
	roles    roleSet
	taken    bool // an SDK entry took it
	lead     int  // where the names end that it begins with as an item of a list of SDKs; 0 where it is none
	owners   bool // it may name companies
}

// roleSet is a set of roles.
type roleSet uint64

func setOf(roles []role) roleSet {
	var s roleSet
	for _, r := range roles {
		s |= 1 << r
	}
	return s
}

func rolesOf(words []hit) roleSet {
	var s roleSet
	for _, h := range words {
		s |= 1 << h.value
	}
	return s &^ (1 << roleNone)
}

// clause is a part of a statement between commas, colons and dashes that stand
// outside parentheses.
type clause struct {
	span
	words span // indices into the statement's words
	roles roleSet
}

func (s *statement) has(roles ...role) bool { return s.roles&setOf(roles) != 0 }

// first returns where the first word of a role begins, or -1.
func (s *statement) first(r role) int {
	if s.has(r) {
		for _, h := range s.words {
			if role(h.value) == r {
				return h.start
			}
		}
	}
	return -1
}

// hasIn tells whether a clause has a word of these roles.
func (s *statement) hasIn(c clause, roles ...role) bool { return c.roles&setOf(roles) != 0 }

// hasBetween tells whether a word of these roles stands in a byte range.
func (s *statement) hasBetween(from, to int, roles ...role) bool {
	wanted := setOf(roles)
	if s.roles&wanted == 0 {
		return false
	}
	i, _ := slices.BinarySearchFunc(s.words, from, func(h hit, at int) int { return h.start - at })
	for ; i < len(s.words) && s.words[i].end <= to; i++ {
		if wanted&(1<<s.words[i].value) != 0 {
			return true
		}
	}
	return false
}

// blockStatements returns the statements of a whole block, found once.
func (r *Reader) blockStatements(d *document, b *block) []statement {
	if !b.split {
		b.statements, b.split = r.statementsOf(d, b.span, b.lang), true
	}
	return b.statements
}

// statementsOf splits a range into sentences and finds their words.
func (r *Reader) statementsOf(d *document, s span, lang string) []statement {
	d.pool.statements = room(d.pool.statements)
	from := len(d.pool.statements)
	for _, one := range splitSentences(d, s, lang) {
		d.pool.statements = append(d.pool.statements, r.statementAt(d, one, ownLanguage(d.str(one), lang)))
	}
	return keep(d.pool.statements, from)
}

func (r *Reader) statementAt(d *document, s span, lang string) statement {
	f := d.view(s)
	d.pool.hits = room(d.pool.hits)
	from := len(d.pool.hits)
	d.pool.hits = r.grammar.findInto(d.pool.hits, &f)
	st := statement{span: s, lang: lang, words: keep(d.pool.hits, from), mentions: r.rawMentions(d, &f)}
	st.mentions = r.withoutLoneWords(d, r.tolerate(d, f, st.words, st.mentions))
	withoutReferences(d, &st)
	st.words = addOwnNames(d, &f, st.words)
	st.words = withoutModifiers(d, st.span, withoutNouns(d, st.words, st.mentions))
	if lang == "en" {
		st.words = r.withoutIdleVerbs(d, &st)
	}
	st.roles = rolesOf(st.words)
	r.joinPermissions(d, &st)
	r.capitalPermissions(d, &st)
	r.scopes(d, &st)
	r.besideDeviceFacts(d, &st)
	r.wifiMembers(d, &st)
	for i := range st.mentions {
		r.coverUmbrella(d, &st, i)
	}
	elaborateContacts(d, st.mentions)
	if lang == "en" {
		locateByIP(d, st.mentions)
	}
	st.clauses = clausesOf(d, &st)
	return st
}

// withoutReferences drops what stands inside the title of a document (《…》) or
// inside a quoted heading: “我们如何收集和使用信息”部分.
func withoutReferences(d *document, st *statement) {
	if len(st.mentions) == 0 {
		return
	}
	text := d.str(st.span)
	for at := 0; ; {
		i := quoteAt(text[at:])
		if i < 0 {
			return
		}
		at += i
		open, w := utf8.DecodeRuneInString(text[at:])
		end := strings.IndexAny(text[at+w:], closer(open))
		if end < 0 {
			return
		}
		inside := span{at + w, at + w + end}
		_, cw := utf8.DecodeRuneInString(text[inside.end:])
		if open == '《' || isReference(text[inside.start:inside.end], text[inside.end+cw:]) {
			s := span{st.start + inside.start, st.start + inside.end}
			st.mentions = slices.DeleteFunc(st.mentions, func(m mention) bool { return contains(s, m.span) })
			st.words = slices.DeleteFunc(st.words, func(h hit) bool { return contains(s, span{h.start, h.end}) })
		}
		at = inside.end + cw
	}
}

// quoteAt returns where the first opening quotation mark or title mark stands,
// or -1.
func quoteAt(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 0xE2:
			if strings.HasPrefix(s[i:], "“") {
				return i
			}
		case 0xE3:
			if strings.HasPrefix(s[i:], "《") || strings.HasPrefix(s[i:], "「") {
				return i
			}
		}
	}
	return -1
}

func closer(open rune) string {
	switch open {
	case '《':
		return "》"
	case '“':
		return "”"
	}
	return "」"
}

// isReference tells whether quoted text is a heading of the document.
func isReference(quoted, behind string) bool {
	for _, start := range []string{"如何", "我们如何", "我们怎样", "我们怎么", "How ", "how "} {
		if strings.HasPrefix(quoted, start) {
			return true
		}
	}
	for _, end := range []string{"部分", "章节", "一节", "一章", "条款", "一条", " section", " part", " above", " below"} {
		if strings.HasPrefix(behind, end) {
			return true
		}
	}
	return false
}

// withoutNouns drops the words that are only a part of a datum's name: the 记录
// of 通话记录 records nothing, the Android of Android ID is no platform. A verb
// that the name begins with stays one: 读取系统日志.
func withoutNouns(d *document, words []hit, ms []mention) []hit {
	k := 0
	return slices.DeleteFunc(words, func(h hit) bool {
		for k < len(ms) && ms[k].end <= h.start {
			k++
		}
		for i := k; i < len(ms) && ms[i].start <= h.start; i++ {
			m := ms[i]
			if m.permission != "" && !m.constant || h.end > m.end {
				continue
			}
			verb := role(h.value) == roleCollect && h.start == m.start && d.text[h.start] >= utf8.RuneSelf
			if !verb {
				return true
			}
		}
		return false
	})
}

// withoutModifiers drops the words for a purpose that only say which thing is
// meant: 您用于登录的手机号, 浏览器或用于接入服务的程序.
func withoutModifiers(d *document, s span, words []hit) []hit {
	return slices.DeleteFunc(words, func(h hit) bool {
		return role(h.value) == rolePurpose && d.text[h.start:h.end] == "用于" && modifiesNoun(d.text[s.start:h.start], d.text[h.end:s.end])
	})
}

// modifiesNoun tells whether a phrase that begins between two texts belongs to a
// noun behind it: it follows its subject or another item, and ends in 的.
func modifiesNoun(before, behind string) bool {
	if !slices.ContainsFunc([]string{"您", "你", "用户", "或", "、"}, func(w string) bool { return strings.HasSuffix(before, w) }) {
		return false
	}
	if i := strings.IndexAny(behind, "、，,。；;：:（("); i >= 0 {
		behind = behind[:i]
	}
	for _, whose := range []string{"您的", "你的", "我们的"} {
		behind = strings.ReplaceAll(behind, whose, "")
	}
	return strings.Contains(behind, "的")
}

// addOwnNames makes the names that the policy gives the app subjects like "we".
func addOwnNames(d *document, f *folded, words []hit) []hit {
	if len(d.own) == 0 || len(f.runes) == 0 {
		return words
	}
	from, to := f.start(0), f.end(len(f.runes))
	text := d.text[from:to]
	added := false
	for _, name := range d.own {
		for at := 0; ; {
			i := strings.Index(text[at:], name)
			if i < 0 {
				break
			}
			s := span{from + at + i, from + at + i + len(name)}
			at += i + len(name)
			if slices.ContainsFunc(words, func(h hit) bool { return h.start < s.end && s.start < h.end }) {
				continue
			}
			a, _ := slices.BinarySearch(f.pos, int32(s.start))
			b, _ := slices.BinarySearch(f.pos, int32(s.end))
			words = append(words, hit{int32(roleFirst), s.start, s.end, a, b})
			added = true
		}
	}
	if added {
		slices.SortFunc(words, func(a, b hit) int { return a.start - b.start })
	}
	return words
}

// maxStatementBytes bounds one sentence: what is longer is cut, so that no
// question about a sentence can cost more than its length allows.
const maxStatementBytes = 6 << 10

// splitSentences cuts at full stops and semicolons that stand outside
// parentheses; in English at a stop before a blank and a capital. Parts of an
// HTML cell that a line break separates are sentences of their own. The result
// holds until the next call.
func splitSentences(d *document, s span, lang string) []span {
	out := d.pool.sentences[:0]
	depth, from := 0, s.start
	text := d.text[s.start:s.end]
	for i := 0; i < len(text); {
		if n := plainAt(text, i); n > 0 && s.start+i-from < 2*maxStatementBytes {
			i += n
			continue
		}
		r, width := markAt(text, i)
		cut := false
		switch r {
		case 0:
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(depth-1, 0)
		case '。', '；', ';', '！', '!', '?', '？':
			cut = depth == 0 || r == '。'
		case '\n':
			cut = d.format == formatHTML
		case '.':
			cut = depth == 0 && (lang == "en" && endsSentence(text, i) || lang == "zh" && endsEnglishLine(text, i))
		case ',', '，', '、', ' ':
			cut = s.start+i-from >= maxStatementBytes
		}
		if cut || s.start+i-from >= 2*maxStatementBytes {
			end := min(s.start+i+width, s.end)
			if t := d.trim(span{from, end}); !t.empty() {
				out = append(out, t)
			}
			from, depth = end, 0
		}
		i += width
	}
	if t := d.trim(span{from, s.end}); !t.empty() {
		out = append(out, t)
	}
	d.pool.sentences = out
	return out
}

// endsSentence tells whether the stop at text[i] ends an English sentence.
func endsSentence(text string, i int) bool {
	rest := text[i+1:]
	if rest == "" || rest[0] != ' ' && rest[0] != '\n' {
		return false
	}
	next := strings.TrimLeft(rest[:min(len(rest), 16)], " \n\"“")
	if strings.HasPrefix(next, "(") && numberAt(next).style != "" && !abbreviation(text[:i]) {
		return true // "… . (2) Your name": an item follows
	}
	return next != "" && 'A' <= next[0] && next[0] <= 'Z' && !abbreviation(text[:i])
}

// endsEnglishLine tells whether the stop at text[i] ends a line without Chinese
// below which a Chinese one begins: lines of both languages take turns.
func endsEnglishLine(text string, i int) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(text[i+1:min(len(text), i+16)], " "), "\n")
	if !ok {
		return false
	}
	if han, _ := hanAt(rest, 0); !han {
		return false
	}
	line := text[strings.LastIndexByte(text[:i], '\n')+1 : i]
	return ownLanguage(line, "zh") == "en"
}

func abbreviation(before string) bool {
	for _, a := range []string{" e.g", " i.e", " etc", " Co", " Ltd", " Inc", " No", "(e.g", "(i.e", " vs"} {
		if strings.HasSuffix(before, a) {
			return true
		}
	}
	return false
}

// clausesOf cuts a statement at commas and colons outside parentheses.
func clausesOf(d *document, st *statement) []clause {
	d.pool.clauses = room(d.pool.clauses)
	first := len(d.pool.clauses)
	out := d.pool.clauses
	depth, from, w := 0, st.start, 0
	end := func(at int) {
		c := clause{span: span{from, at}, words: span{w, w}}
		for w < len(st.words) && st.words[w].start < at {
			w++
		}
		c.words.end = w
		c.roles = rolesOf(st.words[c.words.start:w])
		out = append(out, c)
		from = at
	}
	text := d.str(st.span)
	for i := 0; i < len(text); {
		if n := plainAt(text, i); n > 0 {
			i += n
			continue
		}
		r, width := markAt(text, i)
		i += width
		switch r {
		case 0:
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(depth-1, 0)
		case ',', '，', ':', '：', ';', '；', '—':
			if depth == 0 {
				end(st.start + i)
			}
		}
	}
	if from < st.end || len(out) == first {
		end(st.end)
	}
	d.pool.clauses = out
	return keep(out, first)
}
