package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
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
		if b.entry || b.kind == row || b.lang != "zh" || !r.mayName(d, b) && i+1 < len(d.blocks) && !r.mayName(d, &d.blocks[i+1]) {
			continue
		}
		heads := r.gluedHeads(d, b.span)
		if len(heads) == 0 {
			continue
		}
		var found []entry
		for k, h := range heads {
			end := b.end
			if k+1 < len(heads) {
				end = heads[k+1].start
			}
			found = append(found, r.gluedRows(d, b, span{h.end, end}, &h)...)
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
			more := r.gluedRows(d, n, n.span, &heads[len(heads)-1])
			if len(more) == 0 {
				// The heading of a group of rows: 推送类.
				if skipped++; skipped > 1 || n.end-n.start > maxFieldBytes || strings.Contains(d.str(n.span), "。") {
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
		if h, ok := gluedHeadOf(d, &f, run); ok {
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
			case gap <= maxGluedGap && gaps < maxGluedGaps && len(run) > 1 && r.gluedGap(&f, run[len(run)-1].to, h.from):
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

// gluedHeadOf reads a run of words as the headings of a table.
func gluedHeadOf(d *document, f *folded, run []hit) (gluedHead, bool) {
	if len(run) < minHeaderFields || run[len(run)-1].to-run[0].from < minGluedRunes {
		return gluedHead{}, false
	}
	h := gluedHead{span: span{f.start(run[0].from), f.end(run[len(run)-1].to)}, fields: gluedFields(d, run)}
	text := d.str(h.span)
	marks := 0
	for _, m := range []string{" ", "·", "\u00a0", "\t", "|"} {
		marks += strings.Count(text, m)
	}
	h.apart = marks >= len(h.fields)-1 && marks >= minHeaderFields-1
	h.platform = platformBefore(d.text[max(0, h.start-len(" Android ")):h.start])
	named := strings.Contains(text, "名称") || strings.Contains(strings.ToUpper(text), "SDK") && h.has(fieldData)
	listed := strings.Count(text, "、")+strings.Count(text, "，") >= 2
	return h, named && !listed && h.has(fieldName, fieldCompany) && distinctFields(h.fields) >= minHeaderFields
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

// gluedFields tells the columns of a run of heading words apart, by the nouns
// that decide: the last of a heading does (收集信息的目的, SDK提供方).
func gluedFields(d *document, run []hit) []field {
	var out []field
	for i, h := range run {
		f := field(h.value)
		if f == fieldNone {
			continue
		}
		n := len(out)
		if n == 0 {
			out = append(out, f)
			continue
		}
		last := out[n-1]
		near := i > 0 && field(run[i-1].value) == last // no word between
		if i > 1 && d.text[run[i-1].start:run[i-1].end] == "的" {
			near = field(run[i-2].value) == last
		}
		switch {
		case f == last || last == fieldNone:
		case f == fieldName && last == fieldCompany && near: // 公司名称
		case f == fieldName && slices.Contains(out, fieldName): // 第三方SDK提供方
		case near && last == fieldData && (f == fieldPurpose || f == fieldMethod || f == fieldScenario):
			out[n-1] = f // 收集信息目的
		default:
			out = append(out, f)
		}
	}
	return out
}

func distinctFields(fields []field) int {
	seen := map[field]bool{}
	for _, f := range fields {
		seen[f] = true
	}
	return len(seen)
}

// groupBefore is the heading of a group of rows: 推送类, 3、第三方支付类：.
var groupBefore = regexp.MustCompile(`^(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.]{1,2})?[\p{Han}/、]{2,10}?(?:类型|类)(?:服务|SDK)?[:：]? ?`)

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
var purposeBegins = regexp.MustCompile(`^(?:用于|用来|用以|提供|实现|为了|为您|为用户|向您|向用户|帮助|支持)`)

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
