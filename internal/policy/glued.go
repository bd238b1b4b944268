package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// A table that lost even the blanks between its cells: 第三方SDK名称收集信息类型使用
// 目的隐私政策链接华为推送设备标识…https://…小米推送…. The headings are words of
// headings and little else; a row ends where the kind of thing ends that stands
// in the last column, a link or a company (gluedrow.go).

// Bounds of glued tables.
const (
	minGluedRunes = 10 // of the headings
	maxGluedGap   = 3  // runes of a heading that no word explains
	maxGluedGaps  = 2
	maxGluedName  = 24 // runes of a name
	maxGluedBlock = 64 << 10
)

// gluedHead is a run of headings: the field of each column, as far as they can
// be told apart, and where the run stands.
type gluedHead struct {
	span
	fields   []field
	apart    bool   // blanks or dots stand between the headings
	platform string // that the text right before the headings names
}

func (h *gluedHead) has(fields ...field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return slices.Contains(h.fields, f) })
}

// namesFirst tells whether the rows begin with the name of an SDK or company.
func (h *gluedHead) namesFirst() bool {
	for _, f := range h.fields {
		switch f {
		case fieldNote, fieldPlatform:
		default:
			return f == fieldName || f == fieldCompany
		}
	}
	return false
}

// beforeData tells whether a column of one of some fields stands before the data.
func (h *gluedHead) beforeData(fields ...field) bool {
	data := slices.Index(h.fields, fieldData)
	i := slices.IndexFunc(h.fields, func(f field) bool { return slices.Contains(fields, f) })
	return i >= 0 && i < data
}

func (r *Reader) gluedEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		if b.entry || b.kind == row || b.lang != "zh" || !r.mayHeadGlued(d, i) {
			continue
		}
		heads := r.gluedHeads(d, b.span)
		if len(heads) == 0 {
			continue
		}
		if h := heads[0]; h.start == b.start && h.end == b.end {
			if es, next := r.cellsBelow(d, h.fields, i+1); len(es) > 0 {
				b.entry = true
				out = append(out, es...)
				i = next - 1
				continue
			}
		}
		var found []entry
		for k, h := range heads {
			end := b.end
			if k+1 < len(heads) {
				end = heads[k+1].start
			}
			found = append(found, r.rowsIn(d, b, span{h.end, end}, &h)...)
		}
		next := i + 1
		if last := heads[len(heads)-1]; len(found) == 0 && hanCount(d.str(span{last.end, b.end})) > 2 {
			continue // words of headings in a sentence
		}
		skipped := 0
		for k := next; k < len(d.blocks); k++ {
			n := &d.blocks[k]
			if n.entry || n.kind == row || strings.HasPrefix(numberAt(d.str(n.span)).style, "cn") {
				break
			}
			more := r.rowsIn(d, n, n.span, &heads[len(heads)-1])
			if len(more) == 0 {
				// The heading of a group of rows: 推送类; or a row whose name nobody knows.
				strange := heads[len(heads)-1].has(fieldLink, fieldWebsite) && r.endsRow(d, n.span, &heads[len(heads)-1])
				if skipped++; skipped > 1 || !strange && (n.end-n.start > maxFieldBytes || strings.Contains(d.str(n.span), "。")) {
					break
				}
				continue
			}
			if (n.kind == heading || n.section != b.section) && findURL(d.str(n.span)) == "" {
				break
			}
			skipped, next = 0, k+1
			found = append(found, more...)
		}
		if len(found) < 2 {
			continue
		}
		for k := i; k < next; k++ {
			d.blocks[k].entry = true
		}
		out = append(out, found...)
		i = next - 1
	}
	return out
}

// rowsIn reads the rows in a range of block b.
func (r *Reader) rowsIn(d *document, b *block, s span, h *gluedHead) []entry {
	rows := r.gluedRows(d, b, s, h)
	if !h.apart {
		return rows
	}
	if cells := r.cellsApart(d, b, s, h); len(cells) >= max(1, len(rows)) {
		return cells
	}
	return rows
}

// cellsApart reads the rows behind headings that blanks part, as far as blanks
// part the cells too: as if each stood on a line of its own. A block that is hardly
// longer than a row is one.
func (r *Reader) cellsApart(d *document, b *block, s span, h *gluedHead) []entry {
	cells := r.flatCells(d, s)
	if len(cells) < 2*len(h.fields) {
		if e, ok := r.flatRow(d, h.fields, b); ok && s == b.span && r.tells(d, &e) {
			return []entry{e}
		}
		return nil
	}
	lines := *d
	lines.blocks = make([]block, len(cells))
	for i, c := range cells {
		lines.blocks[i] = block{span: c, lang: b.lang, section: b.section}
	}
	es, _ := r.rowsByCount(&lines, h.fields, 0)
	for i := range es {
		es[i].layout = layoutFlat
		for k := range es[i].parts {
			if p := &es[i].parts[k]; p.platform == "" {
				p.platform = h.platform
			}
		}
		if !r.tells(d, &es[i]) {
			return es[:i]
		}
	}
	return es
}

// mayHeadGlued is a quick look whether block i may hold such headings: it or the
// next block may name an SDK, or it is short and speaks of names.
func (r *Reader) mayHeadGlued(d *document, i int) bool {
	b := &d.blocks[i]
	return r.mayName(d, b) || i+1 == len(d.blocks) || r.mayName(d, &d.blocks[i+1]) || b.end-b.start <= maxHeaderBytes && strings.Contains(d.str(b.span), "名称")
}

// gluedHeads finds the runs of heading words that name three columns or more, an
// SDK's or a company's name among them. A few letters that no word explains may
// stand inside a run, but no name of an SDK: the first row begins there.
func (r *Reader) gluedHeads(d *document, s span) []gluedHead {
	s.end = min(s.end, s.start+maxGluedBlock)
	if !gluedWords.in(d.str(s)) {
		return nil
	}
	f := d.view(s)
	var out []gluedHead
	var run []hit
	gaps := 0
	flush := func() {
		// Cells of rows hold such words too: another table says what it names.
		if h, ok := r.gluedHeadOf(d, &f, run); ok && (len(out) == 0 || strings.Contains(d.str(h.span), "名称")) {
			out = append(out, h)
		}
		run, gaps = run[:0], 0
	}
	hits := r.headings.findInto(d.pool.scratch[:0], &f)
	d.pool.scratch = hits
	for _, h := range hits {
		if len(run) > 0 {
			switch gap := h.from - run[len(run)-1].to; {
			case gap == 0:
			case gap <= maxGluedGap && separates(f.runes[run[len(run)-1].to:h.from]):
			case gap <= maxGluedGap && gaps < maxGluedGaps && len(run) > 1 && r.gluedGap(&f, run[len(run)-1].to, h.from) && !beginsRow(d.text[run[len(run)-1].end:s.end], h.start-run[len(run)-1].end):
				gaps++
			default:
				flush()
			}
		}
		run = append(run, h)
	}
	flush()
	return out
}

// gluedWords are the words of which such headings hold one.
var gluedWords = newNeedles("名称", "SDK", "公司", "第三方")

// separates tells whether runes are only what may stand between cells.
func separates(runes []rune) bool {
	for _, c := range runes {
		if isHan(c) || !strings.ContainsRune("·•|｜│*【】[]", c) {
			return false
		}
	}
	return true
}

// gluedGap tells whether runes from to to can belong to a heading.
func (r *Reader) gluedGap(f *folded, from, to int) bool {
	for k := from; k < to; k++ {
		if !isHan(f.runes[k]) {
			return false
		}
		if v, n := r.aliases.longest(f, k); n > 0 && v >= 0 {
			return false
		}
	}
	return true
}

// beginsRow tells whether the letters at the beginning of a text, which no word of
// headings explains, begin a row or another cell: 青梧SDK, but not 青梧SDK名称; 用于.
func beginsRow(text string, gap int) bool {
	rest := strings.ToUpper(text[gap:min(len(text), gap+len("SDK名称"))])
	return strings.HasPrefix(rest, "SDK") && rest != "SDK名称" || cellBegins.MatchString(text)
}

// gluedHeadOf reads a run of words as the headings of a table.
func (r *Reader) gluedHeadOf(d *document, f *folded, run []hit) (gluedHead, bool) {
	if len(run) < minHeaderFields || run[len(run)-1].to-run[0].from < minGluedRunes {
		return gluedHead{}, false
	}
	h := gluedHead{span: span{f.start(run[0].from), f.end(run[len(run)-1].to)}}
	text := d.str(h.span)
	if !strings.Contains(text, "名称") && !strings.Contains(strings.ToUpper(text), "SDK") || strings.Count(text, "、")+strings.Count(text, "，") >= 2 {
		return gluedHead{}, false // before its columns are told apart
	}
	h.fields = r.gluedFields(d, run)
	marks := 0
	for _, m := range []string{" ", "·", "\u00a0", "\t", "|"} {
		marks += strings.Count(text, m)
	}
	h.apart = marks >= len(h.fields)-1 && marks >= minHeaderFields-1
	h.platform = platformBefore(d.text[max(0, h.start-len(" Android ")):h.start])
	named := strings.Contains(text, "名称") || strings.Contains(strings.ToUpper(text), "SDK") && h.has(fieldData, fieldPermissions)
	return h, named && h.has(fieldName, fieldCompany) && distinctFields(h.fields) >= minHeaderFields
}

// platformBefore returns the platform whose name ends a text: iOS 操作系统第三方
// SDK名称….
func platformBefore(text string) string {
	text = strings.ToLower(strings.TrimRight(text, " \u00a0"))
	switch {
	case strings.HasSuffix(text, "ios") || strings.HasSuffix(text, "苹果"):
		return audit.PlatformIOS
	case strings.HasSuffix(text, "android") || strings.HasSuffix(text, "安卓"):
		return audit.PlatformAndroid
	}
	return ""
}

// gluedFields tells the columns of a run of heading words apart: of all ways to cut
// the run into headings it takes the plainest. What the list of headings has as a
// whole is plain, what is read word by word is less so the more nouns it holds.
func (r *Reader) gluedFields(d *document, run []hit) []field {
	best := make([]int, len(run)+1)
	from := make([]int, len(run)+1)
	fields := make([]field, len(run)+1)
	for k := 1; k <= len(run); k++ {
		best[k] = -1
		for i := max(0, k-maxHeadingRun); i < k; i++ {
			cost, f := r.headingCost(d, run[i:k], i == 0)
			if cost += best[i]; best[i] >= 0 && f != fieldNone && (best[k] < 0 || cost < best[k]) {
				best[k], from[k], fields[k] = cost, i, f
			}
		}
	}
	k := len(run)
	for k > 0 && best[k] < 0 {
		k-- // words that are no heading, at the end
	}
	var out []field
	for ; k > 0; k = from[k] {
		out = append(out, fields[k])
	}
	slices.Reverse(out)
	if len(out) > 1 && out[0] == fieldName && out[1] == fieldName {
		out = out[1:] // 第三方SDK目录如下|SDK名称: a caption
	}
	return out
}

// maxHeadingRun bounds the words of one heading.
const maxHeadingRun = 10

// headingCost tells how plain it is to read some words as one heading, and as
// which. A heading of one noun is plain; a second one may decide what the first is
// about (收集信息目的), unless the first ends headings; more are hardly one heading.
func (r *Reader) headingCost(d *document, words []hit, first bool) (cost int, f field) {
	text := d.str(span{words[0].start, words[len(words)-1].end})
	if v, ok := r.fields.whole(text); ok {
		switch {
		case !first && strings.HasSuffix(strings.ToUpper(text), "SDK"):
			return 9, field(v) // it begins other headings more often
		case len(words) == 1 && words[0].to-words[0].from <= 2:
			return 7, field(v) // 目的
		}
		return 4, field(v)
	}
	var nounsOf [maxHeadingRun]field
	found := nounsOf[:0]
	for i, w := range words {
		if i > 0 && w.from != words[i-1].to {
			return 0, fieldNone
		}
		found = addNoun(found, field(w.value), d.text[w.start:w.end])
	}
	if len(found) == 0 || longer(text, maxHeadingWords) {
		return 0, fieldNone
	}
	f = decideField(found, text)
	nouns := 0
	var last hit
	for _, w := range words {
		v := field(w.value)
		if v == fieldNone {
			continue
		}
		switch {
		case nouns == 0:
		case v == field(last.value) && w.from == last.to && d.text[w.start:w.end] != d.text[last.start:last.end]:
			nouns-- // 隐私政策|链接
		case headingList.MatchString(d.text[last.end:]):
		case endsHeading(field(last.value)) || v == fieldNote || v == fieldPlatform || headingKinds.MatchString(d.text[last.start:w.start]):
			cost += 8
		}
		nouns++
		last = w
	}
	cost += 1 + 5*nouns
	if nouns > 2 {
		cost += 5
	}
	if len(words) == 1 || headingEnds.MatchString(text) {
		cost += 2
	}
	return cost, f
}

// headingKinds are words with which headings end: 信息类型, SDK名称.
var headingKinds = pattern.New(`名称|类型|类别|种类|字段|范围|内容`)

// headingList are marks and words between the nouns of one heading.
var headingList = pattern.New(`^(?:[&/、及和与或])`)

// endsHeading tells whether a noun is the last of its heading: no other follows it
// but in a list (使用目的及场景).
func endsHeading(f field) bool {
	switch f {
	case fieldPurpose, fieldScenario, fieldMethod, fieldLink, fieldNote:
		return true
	}
	return false
}

// headingEnds are words and marks with which no heading begins.
var headingEnds = pattern.New(`^(?:类型|类别|范围|字段|内容|种类|描述|说明|情况|列表|清单|名称|方|名|的|及|和|与|或|/|、|&|[)）])`)

func distinctFields(fields []field) int {
	seen := map[field]bool{}
	for _, f := range fields {
		seen[f] = true
	}
	return len(seen)
}

// groupBefore is the heading of a group of rows: 推送类, 3、第三方支付类：.
var groupBefore = pattern.New(`^(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.]{1,2})?[\p{Han}/、]{2,10}?(?:类型|类)(?:服务|SDK)?[:：]? ?`)

// gluedName returns the name that a row begins with, a number before it apart: a
// known one, or what ends in SDK before anything that is no name.
func (r *Reader) gluedName(d *document, s span, h *gluedHead) span {
	text := d.str(s)
	skip := len(text) - len(strings.TrimLeft(text, "0123456789.、 \u00a0)）|"))
	s.start += skip
	if m := groupBefore.FindString(d.str(d.head(s, 2*maxGluedName))); m != "" {
		after := d.head(span{s.start + len(m), s.end}, 4*maxGluedName)
		if f := d.view(after); len(f.runes) > 0 {
			if v, n := r.aliases.longest(&f, 0); n > 0 && v >= 0 {
				s.start += len(m)
			}
		}
	}
	head := d.head(s, 4*maxGluedName)
	text = d.str(head)
	f := d.view(head)
	if len(f.runes) == 0 || strings.HasPrefix(text, "（") || strings.HasPrefix(text, "(") {
		return span{}
	}
	if name := r.nameBeforeCompany(d, &f, head); !name.empty() {
		return name
	}
	if c := r.companyIn(d, head); c.start == head.start && !c.empty() && len(r.mentionsIn(d, c)) == 0 {
		if rest := d.text[c.end:head.end]; len(rest) >= len("SDK") && strings.EqualFold(rest[:len("SDK")], "SDK") {
			c.end += len("SDK")
		}
		return c // a company in the place of a name
	}
	if v, n := r.aliases.longest(&f, 0); n > 0 && v >= 0 {
		end := f.end(n)
		rest := d.text[end:head.end]
		if i := strings.Index(strings.ToUpper(rest), "SDK"); i >= 0 && i <= maxGluedName && !strings.ContainsFunc(rest[:i], notInName) && !r.beginsCell(d, span{end, end + i}) {
			return span{head.start, end + i + len("SDK")}
		}
		if strings.HasSuffix(strings.ToUpper(d.text[head.start:end]), "SDK") {
			return span{head.start, end}
		}
		return span{head.start, end + wordsOfName(rest, h)}
	}
	if open, quoted := strings.Index(text, "“"), strings.Index(text, "”SDK"); open >= 0 && quoted > open && utf8.RuneCountInString(text[:open]) <= maxGluedName/3 {
		return span{head.start + open + len("“"), head.start + quoted} // 我们使用了“百度地图”SDK
	}
	i := strings.Index(strings.ToUpper(text), "SDK")
	if i > 0 && utf8.RuneCountInString(text[:i]) <= maxGluedName && !strings.ContainsAny(text[:i], "，。；：、的”我") && r.distinctive(text[:i]) && !r.beginsCell(d, span{head.start, head.start + i}) {
		return span{head.start, head.start + i + len("SDK")}
	}
	return span{}
}

// nameBeforeCompany returns the name that a range begins with and its company
// follows at once: 青梧SDK|北京某某有限公司, 百度地图|百度在线…有限公司. It ends in SDK, or is a
// known one; and the rest begins as companies do.
func (r *Reader) nameBeforeCompany(d *document, f *folded, head span) span {
	c := r.companyIn(d, head)
	if c.empty() || c.start != head.start {
		return span{}
	}
	text := d.str(c)
	end := 0
	if i := indexFold(text, "sdk"); i > 0 && utf8.RuneCountInString(text[:i]) <= maxGluedName/2 {
		end = i + len("SDK")
	} else if v, n := r.aliases.longest(f, 0); n > 0 && v >= 0 && f.end(n) < c.end {
		end = f.end(n) - c.start
		rest := d.view(span{c.start + end, c.end})
		if _, n := r.companies.longest(&rest, 0); n == 0 && !placeBegins.MatchString(text[end:]) {
			return span{}
		}
	}
	if end == 0 || utf8.RuneCountInString(text[end:]) < minGluedCompany || strings.HasPrefix(text[end:], "（") || strings.HasPrefix(text[end:], "(") {
		return span{}
	}
	return span{head.start, head.start + end}
}

// placeBegins are places with which the names of companies begin.
var placeBegins = pattern.New(`^(?:北京|上海|天津|重庆|广东|浙江|江苏|湖北|湖南|四川|福建|安徽|山东|海南|深圳|广州|杭州|南京|苏州|成都|武汉|厦门|珠海|东莞|西安|长沙|合肥|青岛|无锡|宁波|中国|\p{Han}{2,3}[省市])`)

// head returns the first n bytes of a range, less a broken rune.
func (d *document) head(s span, n int) span {
	s.end = min(s.end, s.start+n)
	for s.end > s.start && s.end < len(d.text) && !utf8.RuneStart(d.text[s.end]) {
		s.end--
	}
	return s
}

// maxMoreName bounds what may follow the name of an SDK in its cell, in bytes.
const maxMoreName = 24

// purposeBegins are words with which the cell of a purpose begins.
var purposeBegins = pattern.New(`^(?:用于|用来|用以|提供|实现|为了|为您|为用户|向您|向用户|帮助|支持)`)

// wordsOfName returns how much of what follows a known name belongs to it, where
// the next column is a purpose: up to the word with which that begins
// (极光|开放平台|提供…).
func wordsOfName(rest string, h *gluedHead) int {
	first := slices.IndexFunc(h.fields, func(f field) bool { return f == fieldName || f == fieldCompany })
	if first+1 >= len(h.fields) {
		return 0
	}
	switch h.fields[first+1] {
	case fieldPurpose, fieldScenario, fieldFunction:
	default:
		return 0
	}
	for i, c := range rest {
		if i > maxMoreName || notInName(c) {
			return 0
		}
		if purposeBegins.MatchString(rest[i:]) {
			return i
		}
	}
	return 0
}
