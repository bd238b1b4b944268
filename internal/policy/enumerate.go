package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on the names in one sentence, and on one that no signature knows.
const (
	maxSentenceNames = 200
	maxItemRunes     = 16
	minItemRunes     = 2
)

// listedNames finds the SDKs that no signature knows among those that a sentence
// enumerates: what stands between the same marks as the names known, or right
// behind "SDK为：". Only Chinese enumerations have a mark of their own, 、.
func (r *Reader) listedNames(d *document, st *statement, f *folded, known []proseHit) []proseHit {
	if st.lang != "zh" || len(known) == 0 || len(known) >= maxSentenceNames || !st.has(roleSDKWord) || !strings.Contains(d.str(st.span), "、") {
		return nil
	}
	var out []proseHit
	taken := func(s span) bool {
		over := func(h proseHit) bool { return h.at.start < s.end && s.start < h.at.end }
		return slices.ContainsFunc(known, over) || slices.ContainsFunc(out, over)
	}
	asides := make([]span, 0, len(known)) // what parentheses say of a name
	for _, h := range known {
		if list := parenthesisAt(d, h.at.end, st.end); !list.empty() {
			asides = append(asides, list)
		}
	}
	enter := func(s span) bool {
		s = d.quoted(s)
		if len(out) >= maxSentenceNames || taken(s) || slices.ContainsFunc(asides, func(a span) bool { return contains(a, s) }) || !r.mayBeName(d, st, s) {
			return false
		}
		from, _ := slices.BinarySearch(f.pos, int32(s.start))
		to, _ := slices.BinarySearch(f.pos, int32(s.end))
		out = append(out, proseHit{sdk: -1, from: from, to: to, at: s})
		return true
	}
	for _, h := range known {
		for at := h.at.end; ; {
			item, next := itemBehind(d, st, at)
			if item.empty() || !enter(item) {
				break
			}
			at = next
		}
		for at := h.at.start; ; {
			item := itemBefore(d, st, at)
			if item.empty() || !enter(item) {
				break
			}
			at = item.start
		}
	}
	return out
}

// quoted drops the quotation marks around a name.
func (d *document) quoted(s span) span {
	s = d.trim(s)
	text := d.str(s)
	s.start += len(text) - len(strings.TrimLeft(text, "“\"「‘' "))
	s.end -= len(text) - len(strings.TrimRight(text, "”\"」’' "))
	return s
}

// itemBehind returns the item of an enumeration that begins behind at, after a
// parenthesis and the mark 、, and where the enumeration goes on.
func itemBehind(d *document, st *statement, at int) (item span, next int) {
	if list := parenthesisAt(d, at, st.end); !list.empty() {
		at = list.end + closeWidth(d, list.end, st.end)
	}
	rest := strings.TrimLeft(d.text[at:st.end], " ”\"」")
	rest, ok := strings.CutPrefix(rest, "、")
	if !ok {
		return span{}, 0
	}
	from := st.end - len(rest)
	size := itemSize(rest)
	if size < 0 {
		return span{}, 0
	}
	return span{from, from + size}, from + size
}

// itemSize is the length of the item that a text begins with, -1 where none
// ends within reach.
func itemSize(text string) int {
	n := 0
	for i, c := range text {
		switch {
		case strings.ContainsRune("、,，。；;：:()（）和及与等/|", c):
			return i
		case n > maxItemRunes:
			return -1
		}
		n++
	}
	return len(text)
}

// itemBefore returns the item of an enumeration that ends before the mark 、 at
// which another begins.
func itemBefore(d *document, st *statement, at int) span {
	text := strings.TrimRight(d.text[st.start:at], " “\"「")
	text, ok := strings.CutSuffix(text, "、")
	if !ok {
		return span{}
	}
	end := len(text)
	for n := 0; n <= maxItemRunes; n++ {
		c, w := utf8.DecodeLastRuneInString(text)
		if w == 0 || strings.ContainsRune("、,，。；;：:()（）和及与是为/|“\"", c) {
			return span{st.start + len(text), st.start + end}
		}
		text = text[:len(text)-w]
	}
	return span{}
}

// mayBeName tells whether an item of an enumeration of SDKs can be a name: no
// word of a sentence, no datum, and not only words that describe.
func (r *Reader) mayBeName(d *document, st *statement, s span) bool {
	text := d.str(s)
	n := utf8.RuneCountInString(text)
	if n < minItemRunes || n > maxItemRunes || strings.ContainsAny(text, "《》<>=&?;") || !strings.ContainsFunc(text, unicode.IsLetter) || packageLike(text) || insideAddress(d, s) {
		return false
	}
	if slices.ContainsFunc(st.mentions, func(m mention) bool { return m.start < s.end && s.start < m.end }) {
		return false
	}
	for _, w := range st.words {
		if w.start < s.end && s.start < w.end && role(w.value) != roleSDKWord && role(w.value) != roleNone {
			return false
		}
	}
	for _, part := range notNames {
		if strings.Contains(text, part) {
			return false
		}
	}
	return r.distinctive(text)
}

// notNames stand in no name of an SDK.
var notNames = []string{"我们", "您", "他们", "公司", "信息", "功能", "权限", "的", "用户", "账号", "帐号", "手机号", "等", "进行", "通过", "能力", "商", "设备", "方式"}

// insideAddress tells whether a place stands inside a web address.
func insideAddress(d *document, s span) bool {
	if d.text[s.start] >= utf8.RuneSelf {
		return false
	}
	from := max(0, s.start-maxAddressReach)
	i := strings.LastIndexFunc(d.text[from:s.start], func(c rune) bool { return c >= utf8.RuneSelf || strings.ContainsRune(" \t\n()<>\"'|,;", c) })
	head := d.text[from+i+1 : s.start]
	return strings.Contains(head, "://") || strings.HasPrefix(head, "www.")
}

// maxAddressReach bounds how far back an address may begin, in bytes.
const maxAddressReach = 200

// titlesIn finds the titles of documents (《…》) in a range.
func titlesIn(d *document, s span) []span {
	var out []span
	for at := s.start; at < s.end; {
		i := strings.Index(d.text[at:s.end], "《")
		if i < 0 {
			break
		}
		at += i
		n := strings.Index(d.text[at:s.end], "》")
		if n < 0 {
			break
		}
		if !saysSDK(d.text[at+max(0, n-len("SDK")) : at+n]) { // 《青梧SDK》 is a name in marks
			out = append(out, span{at, at + n})
		}
		at += n
	}
	return out
}

// inCompany tells whether a name is only the beginning of a company's: 中国移动 in
// 中国移动互联网有限公司.
func inCompany(d *document, at, end int) bool {
	if rest := d.text[at:end]; strings.HasPrefix(rest, "公司") {
		return true
	}
	n, depth := 0, 0
	for i, c := range d.text[at:end] {
		n++
		switch {
		case n > maxCompanyRunes:
			return false
		case c == '(' || c == '（':
			depth++
			if depth > 1 || i == 0 {
				return false
			}
		case c == ')' || c == '）':
			if depth--; depth < 0 {
				return false
			}
		case c == '公' && strings.HasPrefix(d.text[at+i:end], "公司"):
			return depth == 0
		case !unicode.IsLetter(c) || strings.ContainsRune("的和与由", c):
			return false
		}
	}
	return false
}

// maxCompanyRunes bounds how far behind a name that of its company may end.
const maxCompanyRunes = 24

// ownsName tells whether a name contains one of the app's own: its SDK is no
// third party's.
func ownsName(d *document, s span) bool {
	return slices.ContainsFunc(d.own, func(own string) bool { return strings.Contains(d.str(s), own) })
}
