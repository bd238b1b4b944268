package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// unfilled tells what an entry leaves out: missing, what it has no place for,
// and blank, what it has a cell or key for that says nothing. Words that may
// stand for a field under a heading that no phrase knows count for it. Where the
// cells of a row ran together, what its columns should hold is not missing. Running
// prose is only asked which data the SDK takes, as a sentence is no list.
func (r *Reader) unfilled(d *document, e *entry, row audit.PolicySDK) (missing, blank []string) {
	text := ""
	hints := func(words []string) bool {
		if text == "" {
			text = strings.ToLower(d.str(d.withTail(e)))
		}
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	hidden := func(fields ...field) bool { // perhaps in another cell
		return slices.ContainsFunc(fields, func(f field) bool { return slices.Contains(e.loose, f) })
	}
	if e.layout != layoutProse {
		switch {
		case !e.company.empty() && saysNothing(row.Company):
			blank = append(blank, audit.EntryCompany)
		case e.company.empty() && !hidden(fieldCompany) && !hints(companyHints):
			missing = append(missing, audit.EntryCompany)
		}
		switch {
		case !e.purpose.empty() && saysNothing(row.Purpose):
			blank = append(blank, audit.EntryPurpose)
		case e.purpose.empty() && !hidden(fieldPurpose, fieldScenario, fieldFunction) && !hints(purposeHints) && !r.statesPurpose(d, e) && !r.groupPurpose(d, e):
			missing = append(missing, audit.EntryPurpose)
		}
		switch {
		case row.Link != "" || slices.ContainsFunc(e.links, func(s span) bool { return namesSite(d.str(s)) }):
		case len(e.links) > 0 && !r.wordsForLink(d, e.links):
			// a cell of another column
		case len(e.links) > 0 || e.noLink:
			blank = append(blank, audit.EntryLink)
		case d.linkIn(d.withTail(e)) == "" && !hints(linkHints):
			missing = append(missing, audit.EntryLink)
		}
	}
	if len(row.Data)+len(row.PlatformData.IOS) == 0 {
		switch content := r.dataCell(d, e); {
		case content == cellJunk:
			blank = append(blank, audit.EntryData)
		case content == cellAbsent && !r.speaksOfData(d, e):
			missing = append(missing, audit.EntryData)
		}
	}
	return missing, blank
}

// Words by which an entry shows that it has a field, whatever heads it.
var (
	companyHints = []string{"公司", "提供方", "主体", "开发者", "运营商", "集团", " inc", " ltd", "company", "provider", "vendor", "developer", "limited"}
	purposeHints = []string{"目的", "用途", "功能", "场景", "用于", "以便", "purpose", "function", "used to", "used for"}
	linkHints    = []string{"://", "www.", "隐私政策", "隐私权政策", "隐私协议", "隐私链接", "链接", "官网", "privacy policy", "link"}
)

// maxLinkWords bounds, in characters, the words that stand for a link.
const maxLinkWords = 24

// wordsForLink tells whether pieces in the place of a link are what a page shows
// for one: 点击查看, the title of a policy, or a stroke.
func (r *Reader) wordsForLink(d *document, links []span) bool {
	return r.linkWords(d, links) >= 0
}

// linkWords returns the first of the pieces that holds such words, or -1.
func (r *Reader) linkWords(d *document, links []span) int {
	return slices.IndexFunc(links, func(s span) bool {
		text := d.str(s)
		f := d.view(s)
		if blankAt(text, 0) > 0 {
			return false // a placeholder is a defect of its own
		}
		return saysNothing(text) || utf8.RuneCountInString(text) <= maxLinkWords && (r.linkTexts.has(&f) ||
			slices.ContainsFunc([]string{"查看", "点击", "链接", "隐私", "协议", "政策", "规则", "privacy", "policy", "link", "click"}, func(w string) bool { return strings.Contains(strings.ToLower(text), w) }))
	})
}

// speaksOfData tells whether an entry without a data cell says something of
// data all the same: it names some outside its own name, or says that something
// is collected. Of prose the whole paragraph and the next one count, and only a
// sentence in which the app says what it contains asks for data at all: a title
// or an address that holds the name is none.
func (r *Reader) speaksOfData(d *document, e *entry) bool {
	s := d.withTail(e)
	if e.layout == layoutProse {
		if !r.tellsContent(d, e) {
			return true
		}
		s = d.paragraphs(s)
	}
	return slices.ContainsFunc(r.statementsOf(d, s, e.lang), func(st statement) bool {
		return st.has(roleCollect) || slices.ContainsFunc(st.mentions, func(m mention) bool {
			return m.data != "" && !contains(e.name, m.span) && !contains(e.company, m.span)
		})
	})
}

// tellsContent tells whether an entry of prose stands in a sentence that says
// what the app contains or uses, and not inside an address.
func (r *Reader) tellsContent(d *document, e *entry) bool {
	return !inAddress(d.text, e.name.start) && slices.ContainsFunc(r.statementsOf(d, e.at, e.lang), func(st statement) bool {
		return st.has(roleEmbed, roleFirst, roleFirstNoun)
	})
}

// Bounds of the lines behind an entry that may go on with it under keys that no
// phrase knows.
const (
	tailBlocks = 8
	tailBytes  = 1500
)

// withTail widens an entry of keys or lines by what stands behind it up to the
// next entry, heading or table.
func (d *document) withTail(e *entry) span {
	s := e.at
	if e.layout != layoutKeyValue && e.layout != layoutCellLine {
		return s
	}
	i, _ := slices.BinarySearchFunc(d.blocks, s.end, func(b block, at int) int { return b.start - at })
	for n := 0; n < tailBlocks && i < len(d.blocks); n, i = n+1, i+1 {
		b := &d.blocks[i]
		title := b.kind == heading && (b.level > 0 || numberAt(d.str(b.span)).style != "") // a short line is no certain title
		if b.entry || title || b.kind == row || b.end-e.at.end > tailBytes {
			break
		}
		s.end = b.end
	}
	return s
}

// paragraphs widens a range to the blocks it stands in and the one behind them.
func (d *document) paragraphs(s span) span {
	i, _ := slices.BinarySearchFunc(d.blocks, s.start+1, func(b block, at int) int { return b.start - at })
	if i > 0 && d.blocks[i-1].end > s.start {
		s.start = d.blocks[i-1].start
	}
	for ; i < len(d.blocks) && d.blocks[i].start < s.end; i++ {
	}
	if i > 0 {
		s.end = max(s.end, d.blocks[i-1].end)
	}
	if i < len(d.blocks) {
		s.end = max(s.end, d.blocks[i].end)
	}
	return span{s.start, min(s.end, s.start+2*maxStatementBytes)}
}

// saysNothing tells whether a cell holds no word: a stroke, a slash, 无, N/A.
func saysNothing(cell string) bool {
	cell = strings.TrimFunc(cell, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(cell) > len("待补充") {
		return false // as most cells are
	}
	switch strings.ToLower(cell) {
	case "", "无", "暂无", "略", "空", "无此项", "null", "none", "n/a", "na", "nil", "tbd", "todo", "待补充", "待定":
		return true
	}
	return false
}

// statesPurpose tells whether a part of the entry says what its data is for.
func (r *Reader) statesPurpose(d *document, e *entry) bool {
	return slices.ContainsFunc(e.parts, func(p part) bool {
		return p.field != fieldName && slices.ContainsFunc(r.statementsOf(d, p.span, e.lang), func(st statement) bool { return st.has(rolePurpose) })
	})
}

// groupPurpose tells whether the numbered line over a group of entries says what
// they are for: （1）账号登录：为用户提供第三方账号登录功能. A sentence about all SDKs
// of the app (为保障功能的实现，我们接入了以下SDK) does not.
func (r *Reader) groupPurpose(d *document, e *entry) bool {
	i, found := slices.BinarySearchFunc(d.blocks, e.at.start, func(b block, at int) int { return b.start - at })
	if !found {
		i--
	}
	for n := 0; ; n++ {
		if i--; i < 0 || n == maxGroupLines || !d.blocks[i].entry && d.blocks[i].end-d.blocks[i].start > maxFieldBytes {
			return false
		}
		if !d.blocks[i].entry && numberAt(d.str(d.blocks[i].span)).style != "" {
			break
		}
	}
	b := &d.blocks[i]
	_, what := splitKey(d.str(b.span))
	if what == 0 {
		return false
	}
	text := d.str(b.span)[what:]
	return !strings.Contains(text, "我们") && slices.ContainsFunc([]string{"用于", "为", "提供", "实现", "以便", "便于"}, func(w string) bool { return strings.HasPrefix(text, w) })
}

// maxGroupLines bounds how far above an entry the line over its group is sought.
const maxGroupLines = 60

// What the data cells of an entry without any known datum hold.
type cellContent uint8

const (
	cellAbsent  cellContent = iota // there is none
	cellJunk                       // nothing, or a piece of the SDK's own name
	cellUnknown                    // words that may name data
)

// dataCell looks at the data cells of an entry in which no datum was found.
// That nothing is collected, or data of a kind that no term covers, is an
// answer; a stroke or the SDK's own name is none.
func (r *Reader) dataCell(d *document, e *entry) cellContent {
	content := cellAbsent
	for _, p := range e.parts {
		text := d.str(p.span)
		if saysNone(text) {
			return cellUnknown
		}
		if p.field != fieldData && !(p.field == fieldNone && e.layout == layoutProse) {
			continue
		}
		if !saysNothing(text) && !repeats(d.str(e.name), text) {
			return cellUnknown
		}
		content = cellJunk
	}
	return content
}

// saysNone tells whether a cell states that no data is collected.
func saysNone(text string) bool {
	lower := strings.ToLower(text)
	for _, w := range []string{"不收集", "不会收集", "未收集", "无需收集", "不涉及", "不采集", "不会采集", "不获取", "不会获取", "无个人信息", "没有收集", "not collect", "no personal", "no data"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	text = strings.TrimSpace(text)
	return text == "无" || strings.EqualFold(text, "none")
}

// repeats tells whether a cell only repeats a piece of the entry's name.
func repeats(name, cell string) bool {
	n, c := nameKey(name), nameKey(cell)
	return utf8.RuneCountInString(c) >= 2 && strings.Contains(n, c)
}

func nameKey(s string) string {
	return strings.TrimSuffix(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, rules.Fold(s)), "sdk")
}

// maxSiteBytes bounds the cell in which a bare site name is looked for.
const maxSiteBytes = 400

// namesSite tells whether a cell names a web site without a scheme:
// umeng.com/policy.
func namesSite(cell string) bool {
	cell = cell[:min(len(cell), maxSiteBytes)]
	for at := 0; ; {
		i := strings.IndexByte(cell[at:], '.')
		if i < 0 {
			return false
		}
		at += i + 1
		if at < 2 || !isHostByte(cell[at-2]) {
			continue
		}
		n := spanOf(cell[at:], letters)
		if n < 2 || n > 6 {
			continue
		}
		if end := at + n; end == len(cell) || !isHostByte(cell[end]) {
			return true
		}
	}
}

func isHostByte(c byte) bool { return isLatin(c) || '0' <= c && c <= '9' || c == '-' }
