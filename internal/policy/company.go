package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// isCompany tells whether a whole piece is the name of a company.
func (r *Reader) isCompany(s string) bool {
	s = strings.TrimRight(strings.TrimSpace(s), ".。;； ")
	if s == "" || longer(s, 60) {
		return false
	}
	last := s[len(s)-1]
	if 'A' <= last && last <= 'Z' {
		last |= 0x20
	}
	if !r.suffixEnds[last] && (last < utf8.RuneSelf || len(s) >= 3 && usualHan(s, len(s)-3)) {
		return false // as most pieces end
	}
	s = strings.ToLower(s)
	for _, suf := range r.suffixes {
		suf = strings.TrimRight(suf, ".")
		head, ok := strings.CutSuffix(s, suf)
		if !ok || head == "" {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(head); suf[0] >= utf8.RuneSelf || !unicode.IsLetter(before) {
			return true
		}
	}
	return false
}

// Names of companies in running text: in Chinese what ends in 公司, in English
// words in capitals that a legal form ends.
var (
	companyZH = pattern.New(`[\p{Han}A-Za-z0-9·&]{2,24}(?:[(（][\p{Han}A-Za-z]{1,12}[)）][\p{Han}A-Za-z0-9·&]{0,16})?(?:有限责任公司|股份有限公司|有限公司|集团公司)`)
	companyEN = pattern.New(`(?:[A-Z][\w&'’.-]*|\([A-Z]\w*\))(?:,? (?:[A-Z][\w&'’.-]*|\([A-Z]\w*\)|&|and|of)){0,8}?,? (?:Co\., ?Ltd\.?|Company Limited|Incorporated|Inc\.?|LLC|Ltd\.?|Limited|GmbH|Corporation|Corp\.|B\.V\.|S\.A\.|AS|AB|AG|Oy|PLC|Pty)`)
)

// legalForms are what companyEN ends in: without one of them it is not tried.
var legalForms = []string{"Ltd", "Limited", "Inc", "LLC", "GmbH", "Corp", "B.V.", "S.A.", " AS", " AB", " AG", " Oy", "PLC", "Pty"}

// namesCompany is a quick look whether a text can name a company.
func namesCompany(text string) bool { return companyWords.in(text) }

// companyWords are the words that one of them must hold; fullForms those that
// companyZH ends in.
var (
	companyWords = newNeedles(append([]string{"公司"}, legalForms...)...)
	legalWords   = newNeedles(legalForms...)
	fullForms    = newNeedles("有限公司", "有限责任公司", "集团公司")
)

// maxCompanyReach bounds how far a company's name is looked for.
const maxCompanyReach = 320

// companyBorders are words before a company's name that a Chinese text does not
// separate from it.
var companyBorders = []string{"由", "是", "的", "与"}

// companyIn returns the first company that a piece of text names.
func (r *Reader) companyIn(d *document, s span) span {
	s.end = min(s.end, s.start+maxCompanyReach)
	text := d.str(s)
	if fullForms.in(text) {
		if m := companyZH.FindStringIndex(text); m != nil {
			at := span{s.start + m[0], s.start + m[1]}
			for _, b := range companyBorders {
				if i := strings.LastIndex(d.str(at), b); i >= 0 && utf8.RuneCountInString(d.text[at.start+i+len(b):at.end]) > 4 {
					at.start += i + len(b)
				}
			}
			return at
		}
	}
	if !legalWords.in(text) {
		return span{}
	}
	if m := companyEN.FindStringIndex(text); m != nil {
		end := s.start + m[1]
		if end < len(d.text) && isLatin(d.text[end]) {
			return span{}
		}
		return span{s.start + m[0], end}
	}
	return span{}
}

func isLatin(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// ownerWords stand between an SDK's name and the company behind it.
var ownerWords = pattern.New(`(?i)^[\s,，]*(?:[(（](?:系?由|是)?|(?:它|其)?由|是|(?:which |that )?(?:is |was )?(?:provided|operated|developed|offered|supplied|run|made|published|owned) by|by|from|of|(?:(?:an? |the )?(?:service|product|tool|brand|offer|subsidiary|part) (?:of|from|by))|(?i:is (?:an? |the )?[a-z][\w /-]{2,60} )?(?:provided|operated|developed|offered|supplied|run|made|owned) by)[\s]*$`)

// companyOfHit returns the company that a sentence gives SDK i of it: in a
// parenthesis right behind the name, or behind words such as 由 and "provided
// by", before the next SDK.
func (r *Reader) companyOfHit(d *document, st *statement, hits []proseHit, i int) span {
	if !st.owners {
		return span{}
	}
	if at := hits[i].at; st.lang == "en" {
		if c := r.companyIn(d, span{at.start, st.end}); c.start == at.start && c.end > at.end {
			return c // the name is the beginning of the company's
		}
	}
	from := hits[i].at.end
	c := r.companyIn(d, span{from, st.end})
	if c.empty() || c.start-from > 60 {
		return span{}
	}
	if slices.ContainsFunc(hits[i+1:], func(h proseHit) bool { return h.at.start < c.start && h.at.start >= from }) {
		return span{}
	}
	between := d.text[from:c.start]
	if comma := strings.LastIndexAny(between, ",，"); comma >= 0 {
		between = between[comma:]
	}
	if between = strings.TrimRight(between, " "); ownerWords.MatchString(between) || r.isOwnerKey(between) {
		return c
	}
	return span{}
}

// isOwnerKey tells whether a text is a parenthesis that begins with the key of a
// company: （提供方：.
func (r *Reader) isOwnerKey(text string) bool {
	text = strings.TrimLeft(text, " \u00a0")
	open, w := utf8.DecodeRuneInString(text)
	if open != '(' && open != '（' {
		return false
	}
	f, value := r.keyByWords(text[w:])
	if f == fieldNone {
		f, value = r.keyValue(text[w:])
	}
	return f == fieldCompany && strings.TrimSpace(text[w+value:]) == ""
}

// ownerIn returns the company that the first sentence gives the first SDK it
// names.
func (r *Reader) ownerIn(d *document, sts []statement) span {
	if len(sts) == 0 {
		return span{}
	}
	if hits := r.namesIn(d, &sts[0]); len(hits) > 0 {
		sts[0].owners = true
		return r.companyOfHit(d, &sts[0], hits, 0)
	}
	return span{}
}

// Names of SDKs that no signature knows, as they stand before "SDK".
const (
	maxUnknownRunes = 20
	maxUnknownWords = 5
)

// unknownNames finds SDKs that no signature knows: a name of its own right
// before the word SDK. Words that only describe (第三方推送SDK) are no name.
func (r *Reader) unknownNames(d *document, st *statement, f *folded, known []proseHit) []proseHit {
	var out []proseHit
	for _, w := range st.words {
		if role(w.value) != roleSDKWord || slices.ContainsFunc(known, func(h proseHit) bool { return h.at.start < w.end && w.start <= h.at.end }) {
			continue
		}
		start := r.unknownStart(d, st, w)
		if start < 0 || !r.distinctive(d.text[start:w.start]) || !strings.ContainsFunc(d.text[start:w.start], unicode.IsLetter) ||
			isDatum(st, span{start, w.start}) || insideAddress(d, span{start, w.start}) {
			continue
		}
		from, _ := slices.BinarySearch(f.pos, int32(start))
		at := span{start, w.end}
		if q := strings.IndexAny(d.str(at), "”】」"); q > 0 {
			at.end = start + q // “青梧统计”的SDK
			if slices.ContainsFunc(known, func(h proseHit) bool { return h.sdkWord && h.at.start < at.end && at.start < h.at.end }) {
				continue
			}
		}
		out = append(out, proseHit{sdk: -1, from: from, to: w.to, at: at, sdkWord: true})
	}
	return append(out, r.joinedNames(d, st, f, known)...)
}

// joinedNames finds the SDKs that no signature knows whose name ends in SDK
// itself: TradPlusSDK.
func (r *Reader) joinedNames(d *document, st *statement, f *folded, known []proseHit) []proseHit {
	var out []proseHit
	for from := st.start; from < st.end; {
		i := strings.Index(d.text[from:st.end], "SDK")
		if i < 0 {
			break
		}
		at := span{from + i, from + i + len("SDK")}
		from = at.end
		for at.start > st.start && isNameByte(d.text[at.start-1]) {
			at.start--
		}
		if at.end-at.start < minJoined || at.end < st.end && (isNameByte(d.text[at.end]) || d.text[at.end] == '.') || d.text[at.start] < 'A' || d.text[at.start] > 'Z' || !r.distinctive(d.text[at.start:at.end-len("SDK")]) || insideAddress(d, at) || packageLike(d.str(at)) ||
			slices.ContainsFunc(known, func(h proseHit) bool { return h.at.start < at.end && at.start < h.at.end }) ||
			slices.ContainsFunc(st.words, func(w hit) bool { return role(w.value) == roleSDKWord && contains(at, span{w.start, w.end}) }) {
			continue
		}
		if before := d.text[st.start:at.start]; strings.LastIndexAny(before, "(（") > strings.LastIndexAny(before, ")）") {
			continue // the code of what the parenthesis explains
		}
		a, _ := slices.BinarySearch(f.pos, int32(at.start))
		z, _ := slices.BinarySearch(f.pos, int32(at.end))
		out = append(out, proseHit{sdk: -1, from: a, to: z, at: at, sdkWord: true})
	}
	return out
}

// minJoined is how long a name is that ends in SDK, in letters.
const minJoined = len("XXSDK")

// isNameByte tells whether a byte can stand in the Latin name of a product.
func isNameByte(c byte) bool {
	return isLatin(c) || '0' <= c && c <= '9' || c == '+' || c == '_' || c == '-'
}

// isDatum tells whether a piece is the name of a datum or the end of one:
// 网络信息SDK names none.
func isDatum(st *statement, s span) bool {
	return slices.ContainsFunc(st.mentions, func(m mention) bool { return contains(m.span, s) })
}

// unknownStart returns where the name before the word SDK begins, or -1: a run
// of words in capitals, or of Chinese characters up to a border.
func (r *Reader) unknownStart(d *document, st *statement, sdk hit) int {
	from := st.start + numberAt(d.text[st.start:min(st.end, st.start+40)]).bytes
	for _, w := range st.words {
		if w.end <= sdk.start {
			switch role(w.value) {
			case roleEmbed, rolePurpose, roleFirst, roleInclude, roleOpenList, roleCollect, roleUse, roleScene, roleNegation, roleThird, roleContrast:
				from = w.end
			}
		}
	}
	if st.lang == "en" {
		return englishNameStart(d, from, sdk.start)
	}
	if start := quotedBefore(d, from, sdk.start); start >= 0 {
		return start
	}
	start := sdk.start
	for n := 0; start > from; n++ {
		c, width := utf8.DecodeLastRuneInString(d.text[from:start])
		if n > maxUnknownRunes || !(unicode.Is(unicode.Han, c) || unicode.IsLetter(c) || unicode.IsDigit(c) || c == ' ' || c == '+' || c == '.') {
			break
		}
		start -= width
		if strings.ContainsRune(unknownBorders, c) {
			if start > from && isTitle(d, st, from, sdk) {
				continue // 云从SDK：
			}
			start += width
			break
		}
		if n == maxUnknownRunes {
			return -1
		}
	}
	for _, b := range nameBorders {
		if i := strings.LastIndex(d.text[start:sdk.start], b); i >= 0 {
			start += i + len(b)
		}
	}
	if strings.HasPrefix(d.text[start:sdk.start], "者") && strings.HasSuffix(d.text[from:start], "或") {
		start += len("者")
	}
	for start < sdk.start && d.text[start] == ' ' {
		start++
	}
	if start >= sdk.start {
		return -1
	}
	return start
}

// unknownBorders are characters that seldom stand in a name, titleBorders those
// of them that do not even in the title of a paragraph.
const (
	unknownBorders = "的和与及或由为了以因请于将向从至把被让给您其是"
	titleBorders   = "的和与及或了请把被您其是"
)

// isTitle tells whether a sentence begins with a name, from a place on, that the
// word SDK and a colon close, or its end.
func isTitle(d *document, st *statement, from int, sdk hit) bool {
	name := d.text[from:sdk.start]
	rest := strings.TrimLeft(d.text[sdk.end:st.end], " ")
	return !longer(name, maxTitleName) && !strings.ContainsAny(name, titleBorders) &&
		(rest == "" || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "："))
}

// maxTitleName bounds the name in such a title, in runes.
const maxTitleName = 16

// quotedBefore returns where the name in quotation marks begins that the word SDK
// follows: “青梧统计”的SDK; or -1.
func quotedBefore(d *document, from, sdk int) int {
	text := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(d.text[from:sdk], " "), "的"), " ")
	for _, q := range []struct{ open, end string }{{"“", "”"}, {"【", "】"}, {"「", "」"}} {
		if inner, ok := strings.CutSuffix(text, q.end); ok {
			i := strings.LastIndex(inner, q.open)
			if name := inner[i+1:]; i >= 0 && utf8.RuneCountInString(name) <= maxUnknownRunes && !strings.ContainsAny(name, "，。；、") {
				return from + i + len(q.open)
			}
		}
	}
	return -1
}

// nameBorders are words before a name that stand in none.
var nameBorders = []string{"通过", "允许", "调用", "使用", "采用", "提供", "委托", "开启", "关闭", "发现", "包括", "以及", "关于", "需要", "可能", "自带", "或者", "相关"}

// englishNameStart goes back over words in capitals.
func englishNameStart(d *document, from, to int) int {
	start := -1
	end := to
	for range maxUnknownWords {
		text := strings.TrimRight(d.text[from:end], " ")
		i := strings.LastIndexByte(text, ' ') + 1
		word := text[i:]
		if word == "" || word[0] < 'A' || word[0] > 'Z' || strings.ContainsAny(word, ",;:()\"") {
			break
		}
		switch strings.ToLower(word) {
		case "the", "our", "this", "an", "a", "third-party", "each", "these", "their", "its", "your", "no", "any", "other", "such":
			return start
		}
		start, end = from+i, from+i
	}
	return start
}

// distinctive tells whether anything is left of a name without the words that
// only describe.
func (r *Reader) distinctive(name string) bool {
	var room shortText
	f := room.fold(name)
	left := 0
	at := 0
	for _, h := range room.find(r.generic, &f) {
		left += h.from - at
		at = h.to
	}
	return left+len(f.runes)-at >= 2
}

// addGeneric enters the words of which an SDK's name cannot consist alone.
func (r *Reader) addGeneric(words []string) {
	r.generic = newMatcher()
	for _, w := range words {
		r.generic.add(rules.Fold(w), 0)
	}
}
