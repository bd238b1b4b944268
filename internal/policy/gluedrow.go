package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// The rows of a glued table. Most end at a link; a row whose name nobody knows
// is told by the kind of thing that follows the name.

// Bounds of a glued row.
const (
	maxGluedPurpose = 80  // runes of a purpose
	maxGluedTail    = 900 // bytes of a last row that no link ends
	minGluedUnknown = 2   // runes of a name that nobody knows
	minGluedCompany = 8   // runes of a company behind another cell's last word
)

// cellBegins are words with which a cell on what an SDK does begins.
var cellBegins = pattern.New(`^(?:用于|用来|用以|提供|实现|为了|为您|为用户|向您|向用户|帮助|支持|以便|便于|收集|获取|采集|读取|嵌入|接口|进行|在您|当您|根据|保障|统计|识别)`)

// endsInVerb tells text whose last word takes what follows as its object.
var endsInVerb = pattern.New(`(?:用于|用来|提供|实现|为了|发送|接收|存储|保存|收集|获取|展示|发布|的)$`)

// gluedRows cuts a range into rows; nil where it does not begin with one.
func (r *Reader) gluedRows(d *document, b *block, s span, h *gluedHead) []entry {
	var out []entry
	from := s.start
	strange := 0 // pieces in a row that are none
	for _, at := range append(r.gluedEnds(d, s, h), s.end) {
		if at <= from {
			continue
		}
		piece := d.trim(span{from, at})
		from = at
		if n := len(out); n > 0 && out[n-1].company.empty() && h.has(fieldCompany) {
			// …https://… and the company behind it: it belongs to the row above.
			if c := r.companyIn(d, piece); c.start == piece.start && !c.empty() && !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(d.text[c.end:piece.end])), "SDK") {
				out[n-1].company, piece.start = c, c.end
				piece = d.trim(piece)
			}
		}
		if n := len(out); n > 0 && !h.linkSecond() && isLink(d.str(piece)) {
			joinGlued(d, &out[n-1], piece)
			continue
		}
		name := r.gluedName(d, piece, h)
		tail := at == s.end && len(out) > 0 && !r.endsRow(d, piece, h)
		if tail {
			piece = d.head(piece, maxGluedTail)
			if i := strings.IndexAny(d.str(piece), "。 \n"); i > 0 {
				piece.end = piece.start + i
			}
			if name.end > piece.end || r.isCompany(d.str(name)) || r.companyIn(d, piece).empty() && len(r.mentionsIn(d, piece)) == 0 {
				break
			}
		} else if name.empty() && (len(out) > 0 || len(h.fields) > minHeaderFields) {
			if h.linkSecond() {
				name = nameBeforeLink(d, piece)
			} else if kindFirst(h.fields) {
				name = r.nameBehindKind(d, piece, h)
			} else if !h.apart || h.namesFirst() {
				name = r.gluedUnknown(d, piece, h)
			} else {
				name = r.gluedInner(d, piece)
			}
		}
		switch {
		case !name.empty():
			out = append(out, r.gluedRow(d, b, piece, name, h))
			strange = 0
		case len(out) == 0:
			return nil
		default:
			if strange++; strange > 2 && !h.linkSecond() {
				return out
			}
		}
	}
	return out
}

// tail returns the last bytes of a range, as many as a verb has.
func (d *document) tail(from, to int) string { return d.text[max(from, to-len("用于")):to] }

// isLink tells whether a piece is an address and hardly anything else.
func isLink(text string) bool {
	return text == "" || findURL(text) != "" && utf8.RuneCountInString(strings.TrimSpace(urlPattern.ReplaceAllString(text, ""))) < 6
}

func joinGlued(d *document, e *entry, piece span) {
	e.at.end = max(e.at.end, piece.end)
	if e.link == "" {
		e.link = d.linkIn(piece)
	}
}

// endsRow tells whether a piece ends as the rows of the table do.
func (r *Reader) endsRow(d *document, s span, h *gluedHead) bool {
	if h.fields[len(h.fields)-1] == fieldCompany && r.isCompany(d.str(s)[max(0, s.end-s.start-40):]) {
		return true
	}
	return findURL(d.str(s)) != ""
}

// gluedRow reads one row.
func (r *Reader) gluedRow(d *document, b *block, piece, name span, h *gluedHead) entry {
	e := entry{layout: layoutFlat, name: name, at: piece, lang: b.lang, link: d.linkIn(piece), loose: h.fields}
	body := span{name.end, piece.end}
	if m := gluedURL.FindStringIndex(d.str(body)); m != nil && h.linkSecond() {
		e.link = d.str(body)[m[0]:m[1]]
		body.start += m[1]
	}
	if in := r.ownCompany(d, body); !in.empty() {
		e.company, body.start = in, min(body.end, in.end)
	} else if i := strings.IndexAny(d.str(name), "(（"); i > 0 && !r.isCompany(d.str(name)) && strings.Contains(d.str(name)[i:], "公司") {
		e.company = r.companyIn(d, span{name.start + i, name.end})
		e.name.end = name.start + i
	} else if h.has(fieldCompany) {
		e.company = r.gluedCompany(d, body)
	}
	if note := parenthesisAt(d, body.start, body.end); !note.empty() && len(r.mentionsIn(d, note)) == 0 && note.end-note.start <= 4*maxGluedName {
		body.start = min(body.end, note.end+closeWidth(d, note.end, body.end)) // 优量汇SDK（腾讯广告）
	}
	if e.company.start > body.start && e.company.end <= body.end {
		r.gluedCells(d, &e, span{body.start, e.company.start}, h)
		e.parts = append(e.parts, part{span{e.company.end, body.end}, fieldData, h.platform})
		return e
	}
	r.gluedCells(d, &e, body, h)
	return e
}

// ownCompany returns the company in a parenthesis right behind a name, or in the
// cell behind it: 极光推送深圳市和讯华谷信息技术有限公司.
func (r *Reader) ownCompany(d *document, s span) span {
	c := r.companyIn(d, d.head(s, 3*maxGluedName))
	if c.empty() || c.end > s.end || strings.Trim(d.text[s.start:c.start], " (（SDKsdk\u00a0") != "" {
		return span{}
	}
	if ms := r.mentionsIn(d, c); len(ms) > 0 {
		return span{}
	}
	return c
}

// gluedCells tells the cell of the purpose from that of the data, by the order of
// the headings.
func (r *Reader) gluedCells(d *document, e *entry, s span, h *gluedHead) {
	if m := gluedURL.FindStringIndex(d.str(s)); m != nil {
		// IMEI、OAIDhttps://…: the address is no part of the word before it.
		if m[1] < s.end-s.start {
			e.parts = append(e.parts, part{span{s.start + m[1], s.end}, fieldData, h.platform})
		}
		s.end = s.start + m[0]
	}
	data := s
	switch {
	case h.beforeData(fieldPurpose, fieldScenario, fieldFunction):
		if at := r.listStart(d, s); at > s.start {
			e.parts = append(e.parts, part{span{s.start, at}, fieldPurpose, h.platform})
			if p := r.trimCell(d, span{s.start, at}); isGluedPurpose(d.str(p)) {
				e.purpose = p
			}
			data.start = at
		}
	case h.has(fieldData) && h.has(fieldPurpose, fieldScenario, fieldFunction):
		if at := r.purposeStart(d, s); at > s.start {
			p := span{at, s.end}
			if p = r.trimCell(d, p); isGluedPurpose(d.str(p)) {
				e.purpose, data.end = p, at
			}
		}
	}
	e.parts = append(e.parts, part{data, fieldData, h.platform})
}

// isGluedPurpose tells whether a cell can be a purpose.
func isGluedPurpose(text string) bool {
	return utf8.RuneCountInString(text) <= maxGluedPurpose && hanCount(text) > minGluedUnknown && !strings.HasSuffix(text, "、") && !strings.ContainsRune("，、”。）", firstRune(text))
}

// trimCell drops the method that stands before or behind a cell, and what opens
// the next one.
func (r *Reader) trimCell(d *document, s span) span {
	f := d.view(s)
	for _, m := range r.methods.find(&f) {
		if m.start == s.start {
			s.start = m.end
		} else {
			s.end = m.start
			break
		}
	}
	text := strings.TrimRight(d.str(s), "(（:： ")
	s.end = s.start + len(text)
	return d.trim(s)
}

// listStart returns where the list of data of a row begins, behind its purpose:
// at a name of data that others or a parenthesis follow; -1 where none does.
func (r *Reader) listStart(d *document, s span) int {
	ms := r.mentionsIn(d, s)
	for i, m := range ms {
		if endsInVerb.MatchString(d.tail(s.start, m.start)) || i > 0 && ms[i-1].end == m.start && endsInVerb.MatchString(d.tail(s.start, ms[i-1].start)) {
			continue // 用于推送信息
		}
		rest := strings.TrimLeft(d.text[m.end:s.end], " 信息等号码")
		next, _ := utf8.DecodeRuneInString(rest)
		if rest == "" || strings.ContainsRune("(（:：、，,/;；", next) || i+1 < len(ms) && ms[i+1].start-m.end <= 1 {
			return m.start
		}
	}
	if n := len(ms); n > 0 {
		rest := d.text[ms[n-1].end:s.end]
		if utf8.RuneCountInString(rest) <= maxGluedName/2 && !endsInVerb.MatchString(d.tail(s.start, ms[n-1].start)) {
			return ms[n-1].start
		}
	}
	return -1
}

// purposeStart returns where the last cell of a row begins that says what the
// data is for; -1 where none does.
func (r *Reader) purposeStart(d *document, s span) int {
	text := d.str(s)
	best := -1
	for _, w := range []string{"用于", "为了", "提供", "帮助", "实现"} {
		if i := strings.LastIndex(text, w); i > best {
			best = i
		}
	}
	if best < 0 || strings.LastIndexAny(text[:best], "（(") > strings.LastIndexAny(text[:best], "）)") {
		return -1
	}
	// 用于提供…, 为您提供…: the cell begins with the first of its words.
	for _, w := range []string{"用于", "为了", "为您", "为用户", "向您", "向用户"} {
		if i := strings.LastIndex(text[:best], w); i >= 0 && best-i <= 4*utf8.UTFMax && !strings.ContainsAny(text[i:best], "，。；、)）") {
			best = i
		}
	}
	return s.start + best
}

// gluedUnknown returns a name that nobody knows at the beginning of a row: a few
// letters before a company, a list of data, or words with which a cell begins.
func (r *Reader) gluedUnknown(d *document, s span, h *gluedHead) span {
	text := d.str(s)
	skip := len(text) - len(strings.TrimLeft(text, "0123456789. \u00a0|"))
	s.start += skip
	head := d.head(s, 4*maxGluedName)
	end := -1
	if i := strings.IndexAny(d.str(head), " ·\u00a0\t|"); i > 0 && h.apart {
		end = head.start + i
	}
	for i := range d.str(head) {
		if end >= 0 {
			break
		}
		if cellBegins.MatchString(d.text[head.start+i : head.end]) {
			end = head.start + i
			break
		}
	}
	if ms := r.mentionsIn(d, head); len(ms) > 0 && !h.apart && (end < 0 || ms[0].start < end) {
		end = ms[0].start
	}
	if end <= head.start {
		return span{}
	}
	name := d.trim(span{head.start, end})
	name.end -= len(d.str(name)) - len(strings.TrimSuffix(d.str(name), "无"))
	n := utf8.RuneCountInString(d.str(name))
	if n < minGluedUnknown || n > maxGluedName/2 || strings.ContainsAny(d.str(name), "，。；：、的（()）") || strings.EqualFold(d.str(name), "SDK") || !r.distinctive(d.str(name)) || findURL(d.str(s)) == "" {
		return span{}
	}
	return name
}

// nameBeforeLink returns what stands before the address of a row, if it can be a name.
func nameBeforeLink(d *document, s span) span {
	m := gluedURL.FindStringIndex(d.str(s))
	if m == nil {
		return span{}
	}
	name := d.trim(span{s.start, s.start + m[0]})
	if n := utf8.RuneCountInString(d.str(name)); n < minGluedUnknown || n > maxGluedName/2 || strings.ContainsAny(d.str(name), "，。；：、的（()）") {
		return span{}
	}
	return name
}

// kindFirst tells whether rows begin with what kind of service the SDK is.
func kindFirst(fields []field) bool { return fields[0] == fieldFunction || fields[0] == fieldScenario }

// nameBehindKind returns the name or company that a row begins with behind its kind:
// 统计服务|青梧科技有限公司.
func (r *Reader) nameBehindKind(d *document, s span, h *gluedHead) span {
	head := d.head(s, 2*maxGluedName)
	f := d.view(head)
	hits := r.aliases.find(&f)
	if len(hits) == 0 || servesFor.MatchString(d.text[head.start:hits[0].start]) || strings.ContainsAny(d.text[head.start:hits[0].start], "，。；：（(") {
		return span{}
	}
	return r.gluedName(d, span{hits[0].start, s.end}, h)
}

// servesFor are words of a purpose, which no kind of service holds.
var servesFor = pattern.New(`用于|用来|提供|实现|为了|为您|帮助`)

// gluedInner returns the name of a row that begins with another column: the cell
// before that of the data, where blanks part them.
func (r *Reader) gluedInner(d *document, s span) span {
	s = d.head(s, maxCompanyReach)
	chunks := chunksOf(d, s)
	for i, c := range chunks {
		if i == 0 || !r.isList(d, c) {
			continue
		}
		name := chunks[i-1]
		text := d.str(name)
		if n := utf8.RuneCountInString(text); n < minGluedUnknown || n > maxGluedName || strings.ContainsAny(text, "，。；：、的（()）") || !r.distinctive(text) || cellBegins.MatchString(text) {
			return span{}
		}
		return name
	}
	return span{}
}

// beginsCell tells whether a range holds a word with which another cell begins.
func (r *Reader) beginsCell(d *document, s span) bool {
	text := d.str(s)
	for i := range text {
		if cellBegins.MatchString(text[i:]) {
			return true
		}
	}
	return false
}

func notInName(c rune) bool { return !unicode.IsLetter(c) && c != ' ' }

// gluedCompany returns the company of a row, without the data that its name
// seems to begin with: 应用列表信息上海某有限公司.
func (r *Reader) gluedCompany(d *document, s span) span {
	at := r.companyAt(d, s)
	for _, m := range r.mentionsIn(d, at) {
		if m.end < at.end && m.end > at.start {
			at.start = m.end
		}
	}
	text := d.str(at)
	for _, w := range []string{"服务", "功能", "授权", "信息", "用于", "提供", "数据"} {
		if i := strings.LastIndex(text, w); i >= 0 && utf8.RuneCountInString(text[i+len(w):]) >= minGluedCompany {
			at.start = max(at.start, at.end-len(text)+i+len(w))
		}
	}
	at.start += len(platformFirst.FindString(d.str(at)))
	return d.trim(at)
}

// platformFirst is the cell of a platform right before a company.
var platformFirst = pattern.New(`(?i)^(?:(?:android|ios|安卓|苹果|双端)[/、和及 ]*)+`)

// companyAt returns the first company of a row, however far it stands in it.
func (r *Reader) companyAt(d *document, s span) span {
	i := strings.Index(d.str(s), "公司")
	if i < 0 {
		return span{}
	}
	from := max(s.start, s.start+i-maxCompanyReach/2)
	for from < s.end && !utf8.RuneStart(d.text[from]) {
		from++
	}
	return r.companyIn(d, span{from, s.end})
}

// gluedEnds returns where rows may end: behind each link, or behind each company
// where that is the last column.
func (r *Reader) gluedEnds(d *document, s span, h *gluedHead) []int {
	text := d.str(s)
	var ends []int
	links := gluedURL.FindAllStringIndex(text, -1)
	if h.linkSecond() {
		return r.namesBeforeLinks(d, s, links)
	}
	if len(links) < 2 {
		if starts := r.gluedStarts(d, s, h); len(starts) >= 2 {
			return starts
		}
	}
	if h.fields[len(h.fields)-1] == fieldCompany && !h.has(fieldLink, fieldWebsite) {
		for _, m := range companyZH.FindAllStringIndex(text, -1) {
			end := m[1]
			for len(links) > 0 && links[0][0] < end {
				links = links[1:]
			}
			if len(links) > 0 && strings.Trim(text[end:links[0][0]], " \u00a0") == "" {
				end = r.addressEnd(text, links[0][0], links[0][1]) // of an address that no heading announces
			}
			ends = append(ends, s.start+end)
		}
		return ends
	}
	for _, m := range links {
		ends = append(ends, s.start+r.addressEnd(text, m[0], m[1]))
	}
	return ends
}

// linkSecond tells whether an address follows each name.
func (h *gluedHead) linkSecond() bool {
	return len(h.fields) > minHeaderFields && h.fields[0] == fieldName && (h.fields[1] == fieldLink || h.fields[1] == fieldWebsite)
}

// namesBeforeLinks returns where rows begin whose second column is an address: at
// the known name right before it, else behind the list of the row above.
func (r *Reader) namesBeforeLinks(d *document, s span, links [][]int) []int {
	var starts []int
	from := s.start
	for _, m := range links {
		at := s.start + m[0]
		begin := max(from, at-2*maxGluedName)
		for begin < at && !utf8.RuneStart(d.text[begin]) {
			begin++
		}
		text := d.text[begin:at]
		start, sure := begin, false
		if i := strings.LastIndexAny(text, "）)。；;，,、"); i >= 0 {
			mark, w := utf8.DecodeRuneInString(text[i:])
			start, sure = begin+i+w, !strings.ContainsRune("，,、", mark)
		}
		if ms := r.mentionsIn(d, span{start, at}); len(ms) > 0 {
			start, sure = ms[len(ms)-1].end, true
		}
		if !sure && len(starts) > 0 {
			start = at // the last item of a list is glued to the name
		}
		f := d.view(span{begin, at})
		for _, hit := range r.aliases.find(&f) {
			if rest := strings.TrimSpace(d.text[hit.end:at]); rest == "" || strings.EqualFold(rest, "SDK") {
				start = hit.start
			}
		}
		starts = append(starts, start)
		from = s.start + m[1]
	}
	return starts
}

// gluedStarts returns where rows begin that no link ends: at the names of known
// SDKs behind which the next column begins.
func (r *Reader) gluedStarts(d *document, s span, h *gluedHead) []int {
	f := d.view(s)
	var starts []int
	last := span{s.start, s.start}
	depth, seen := 0, s.start
	for _, hit := range r.aliases.find(&f) {
		for _, c := range d.text[seen:max(seen, hit.start)] {
			switch c {
			case '(', '（', '【':
				depth++
			case ')', '）', '】':
				depth = max(depth-1, 0)
			}
		}
		seen = max(seen, hit.start)
		before, _ := utf8.DecodeLastRuneInString(d.text[s.start:hit.start])
		if depth > 0 || hit.start < last.end || strings.ContainsRune(notBeforeRow, before) {
			continue
		}
		name := r.gluedName(d, span{hit.start, s.end}, h)
		if name.empty() || d.str(name) == d.str(last) || !r.columnFollows(d, name, s.end, h) {
			continue
		}
		starts = append(starts, hit.start)
		last = name
	}
	for _, at := range r.unknownStarts(d, s) {
		i, known := slices.BinarySearch(starts, at.end)
		if known || i > 0 && starts[i-1] >= at.start || !r.columnFollows(d, at, s.end, h) {
			continue // a known name stands in it
		}
		i, _ = slices.BinarySearch(starts, at.start)
		starts = slices.Insert(starts, i, at.start)
	}
	return starts
}

// unknownStarts returns the names that end in SDK and stand right behind the list
// of a row: …、IP地址）青梧SDK.
func (r *Reader) unknownStarts(d *document, s span) []span {
	text := d.str(s)
	var out []span
	for from := 0; ; {
		i := indexFold(text[from:], "sdk")
		if i < 0 || len(out) == maxUnknownStarts {
			return out
		}
		at := from + i
		from = at + len("sdk")
		begin := max(0, at-4*maxGluedName)
		for begin < at && !utf8.RuneStart(text[begin]) {
			begin++
		}
		if k := strings.LastIndexAny(text[begin:at], "）)。；;"); k >= 0 {
			_, w := utf8.DecodeRuneInString(text[begin+k:])
			begin += k + w
		} else if ms := r.mentionsIn(d, span{s.start + begin, s.start + at}); len(ms) > 0 {
			begin = ms[len(ms)-1].end - s.start
		} else {
			continue
		}
		name := text[begin:at]
		if n := utf8.RuneCountInString(name); n >= minGluedUnknown && n <= maxGluedName/2 && !strings.ContainsFunc(name, notInName) && r.distinctive(name) && !r.beginsCell(d, span{s.start + begin, s.start + at}) {
			out = append(out, span{s.start + begin, s.start + from})
		}
	}
}

// maxUnknownStarts bounds the rows of one table whose names nobody knows.
const maxUnknownStarts = 100

// notBeforeRow are marks and words that stand before a name inside a cell.
const notBeforeRow = "、，,和及与或由在用过向给到从以至的（(“\"《<:：/.-_@?=&"

// columnFollows tells whether the second column of a table begins right behind
// a name.
func (r *Reader) columnFollows(d *document, name span, end int, h *gluedHead) bool {
	rest := d.head(span{name.end, end}, maxCompanyReach/2)
	if !r.ownCompany(d, rest).empty() {
		return true
	}
	text := strings.TrimLeft(d.str(rest), " \u00a0")
	if strings.HasPrefix(text, "公司") {
		return false
	}
	if cellBegins.MatchString(text) {
		return true
	}
	if strings.HasSuffix(strings.ToUpper(d.str(name)), "SDK") {
		return !strings.ContainsRune("、，,。；;和及与或等的会将可需中）)", firstRune(text))
	}
	ms := r.mentionsIn(d, rest)
	return h.has(fieldData) && !h.beforeData(fieldPurpose, fieldScenario, fieldFunction) && len(ms) > 0 && strings.TrimSpace(d.text[name.end:ms[0].start]) == ""
}

func firstRune(text string) rune {
	c, _ := utf8.DecodeRuneInString(text)
	return c
}

// gluedURL finds addresses that stand right behind letters: openinstallhttps://….
var gluedURL = pattern.New(`(?i)(?:https?://|\bwww\.)[^\s，。；、）)】\]<>"'|\p{Han}]+`)

// gluedWord is a name in capitals behind what addresses end in:
// …/privacy.htmlBugly, …/policyVIVO.
var gluedWord = pattern.New(`(?:\.s?html?|\.pdf|privacy|policy|[a-z]/)([A-Z][A-Za-z+]{1,16})$`)

// maxGluedWord bounds a name in letters behind an address, in bytes.
const maxGluedWord = 24

// addressEnd returns where the address text[from:to] ends: a name in letters
// right behind it seems to belong to it (…?id=1822vivo推送).
func (r *Reader) addressEnd(text string, from, to int) int {
	window := text[:min(len(text), to+2*maxGluedWord)]
	for at := max(from+len("http://a.b"), to-maxGluedWord); at < to; at++ {
		if !isLatin(text[at]) {
			continue
		}
		f := foldText(window[at:])
		v, n := r.aliases.longest(&f, 0)
		if n < 2 || v < 0 {
			continue
		}
		if end := at + f.end(n); end > to || end == to && (isLatin(text[at-1]) || isDigit(text[at-1])) {
			return at
		}
	}
	if next, _ := utf8.DecodeRuneInString(text[to:]); isHan(next) || next == ' ' {
		start := max(from, to-2*maxGluedWord)
		if m := gluedWord.FindStringSubmatchIndex(text[start:to]); m != nil {
			return start + m[2]
		}
	}
	return to
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
