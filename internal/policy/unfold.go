package policy

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// Text copied out of a page may have lost its line breaks: whole policies stand
// on one line. unfold finds their lines again, without changing the text: it
// cuts long blocks before numbers that count on, before the keys of "key:
// value" pairs, and behind headings.

// Bounds of unfolding.
const (
	longBlock    = 1200 // bytes from which a block may hold several lines
	minKeys      = 2    // keys that make a list of "key: value" pairs
	longKey      = 4    // runes of a key that may stand right behind a value
	manyTimes    = 3    // as often as a shorter one must occur to do so
	maxTitleZH   = 24   // runes of a heading that its text follows at once
	titleLookout = 4 * maxTitleZH
)

func (r *Reader) unfold(d *document) {
	var out []block
	about := false // the block before names an SDK
	for i := range d.blocks {
		b := d.blocks[i]
		var cuts []int
		if b.kind == paragraph || b.kind == item {
			named := r.mayName(d, &b)
			if long := b.end-b.start >= longBlock && b.kind == paragraph; long {
				cuts = append(r.keyCuts(d, b.span), numberCuts(d, b.span)...)
			} else if (named || about) && !(named && r.oneOfPieces(d, &b)) {
				cuts = r.keyCuts(d, b.span)
			}
			about = named
		}
		if len(cuts) == 0 {
			if out != nil {
				out = append(out, b)
			}
			continue
		}
		if out == nil {
			out = append(make([]block, 0, 2*len(d.blocks)), d.blocks[:i]...)
		}
		out = r.cutBlock(d, out, b, cuts)
	}
	if out != nil {
		d.blocks = out
	}
}

// cutBlock appends the pieces of a block.
func (r *Reader) cutBlock(d *document, out []block, b block, cuts []int) []block {
	slices.Sort(cuts)
	from := b.start
	for _, at := range append(slices.Compact(cuts), b.end) {
		for _, s := range r.withoutTitle(d, d.trim(span{from, at})) {
			if s.empty() {
				continue
			}
			k := b
			k.span, k.names = s, 0
			out = append(out, k)
			b.gap, b.blank, b.kind = false, 0, paragraph
		}
		from = at
	}
	return out
}

// keyCuts returns where the keys of a list of "key: value" pairs begin, and
// where the numbered titles above them do: 5、支付宝SDK隐私协议地址：….
func (r *Reader) keyCuts(d *document, s span) []int {
	if colons := strings.Count(d.str(s), "：") + strings.Count(d.str(s), ":"); colons < minKeys {
		return nil
	}
	f := d.view(s)
	var cuts []int
	keys := 0
	hits := r.fields.find(&f)
	for i, h := range hits {
		if !colonBehind(d, s, h) {
			hits[i] = r.keyInside(d, s, h)
		}
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.end == 0 })
	hits = withoutAsides(d, s, hits)
	times := map[string]int{}
	count := 0 // the number of the last title
	for _, h := range hits {
		times[d.text[h.start:h.end]]++
	}
	for _, h := range hits {
		if h.to-h.from < longKey && times[d.text[h.start:h.end]] < manyTimes && !standsApart(d, s.start, h.start) {
			continue
		}
		keys++
		at := h.start
		for _, open := range []string{"【", "第三方", "[", "*"} {
			if strings.HasSuffix(d.text[s.start:at], open) {
				at -= len(open)
			}
		}
		title := numberBefore(d, s.start, at)
		if title > s.start {
			cuts = append(cuts, title)
		}
		if _, _, first := numberStyle(d.text[title:at]); first == 1 && title < at {
			if above, n := titleAbove(d, s.start, title, count); above >= s.start {
				cuts, count = append(cuts, above), n
			}
		}
		if at > s.start && (title == at || hasWord(d.text[title+numberAt(d.text[title:at]).bytes:at])) {
			cuts = append(cuts, at)
		}
	}
	if keys < minKeys {
		return nil
	}
	return cuts
}

// withoutAsides drops the keys in a parenthesis behind which the sentence goes on:
// X SDK（提供方：…）会收集… says whose the SDK is and is no line of a list. One that
// ends, or goes on with a key, may be: 公司名称：…（SDK名称：…）.
func withoutAsides(d *document, s span, keys []hit) []hit {
	if len(keys) == 0 {
		return keys
	}
	asides := parentheses(d, s)
	starts := make(map[int]bool, len(keys))
	for _, k := range keys {
		starts[k.start] = true
	}
	asides = slices.DeleteFunc(asides, func(p span) bool {
		rest := strings.TrimLeft(d.text[p.end:s.end], " \u00a0\u3000，,")
		first, _ := utf8.DecodeRuneInString(rest)
		return !unicode.IsLetter(first) || starts[s.end-len(rest)]
	})
	return slices.DeleteFunc(keys, func(h hit) bool {
		i, _ := slices.BinarySearchFunc(asides, h.start, func(p span, at int) int { return p.start - at })
		return i > 0 && h.end < asides[i-1].end
	})
}

// colonBehind tells whether a colon follows a word for a key.
func colonBehind(d *document, s span, h hit) bool {
	rest := strings.TrimLeft(d.text[h.end:min(s.end, h.end+8)], " \u00a0")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
}

// keyInside returns the key that begins inside a word for one that no colon
// follows: 友盟SDK功能类型： holds 功能类型, though SDK功能 is a key too. Its end is 0
// where there is none.
func (r *Reader) keyInside(d *document, s span, h hit) hit {
	text := d.text[h.start:h.end]
	if len(text) < 4 || !strings.EqualFold(text[:3], "sdk") {
		return hit{}
	}
	end := min(s.end, h.end+maxTitleZH)
	for end > h.end && end < s.end && !utf8.RuneStart(d.text[end]) {
		end--
	}
	f := d.view(span{h.start + 3, end})
	for _, in := range r.fields.find(&f) {
		if in.start < h.end && colonBehind(d, s, in) {
			return in
		}
	}
	return hit{}
}

// standsApart tells whether a word begins here and not inside another one.
func standsApart(d *document, from, at int) bool {
	before, w := utf8.DecodeLastRuneInString(d.text[from:at])
	first, _ := utf8.DecodeRuneInString(d.text[at:])
	return w == 0 || isHan(before) != isHan(first) || !isHan(before) && !unicode.IsLetter(before)
}

// titleNumber is a number with its mark.
var titleNumber = pattern.New(`(?:[0-9]{1,2}[、．.)）:：]|[（(](?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}|[a-z])[)）]|[①-⑳]|[a-z][.、])`)

// maxTitleBytes is how far a title may reach before its first key.
const maxTitleBytes = 120

// numberBefore returns where a number begins that stands before a place, with
// at most a short title between; else the place.
func numberBefore(d *document, from, at int) int {
	from = max(from, at-maxTitleBytes)
	for from < at && !utf8.RuneStart(d.text[from]) {
		from++
	}
	text := d.text[from:at]
	if i := strings.LastIndexAny(text, "。；;，,\n"); i >= 0 {
		_, w := utf8.DecodeRuneInString(text[i:])
		from += i + w
		text = text[i+w:]
	}
	if strings.HasSuffix(strings.TrimRight(text, " \u00a0\u3000"), "】") {
		if i := strings.LastIndex(text, "【"); i >= 0 {
			return from + i
		}
	}
	ms := titleNumber.FindAllStringIndex(text, -1)
	for k := len(ms) - 1; k >= 0; k-- {
		m := ms[k]
		if colonAt(text[m[1]:]) >= 0 {
			break
		}
		digit := '0' <= text[m[0]] && text[m[0]] <= '9' // …/id=10(3) ends before the bracket
		if digit && m[0] > 0 && '0' <= text[m[0]-1] && text[m[0]-1] <= '9' || m[1] < len(text) && '0' <= text[m[1]] && text[m[1]] <= '9' {
			continue // 1.2
		}
		if c := text[m[0]]; 'a' <= c && c <= 'z' && m[0] > 0 && isWordByte(text[m[0]-1]) {
			continue // the end of a word: bssid、 qq.com
		}
		return from + m[0]
	}
	if title := titleBehindLink(d, from, at); title > 0 {
		return title
	}
	return at
}

// numberedTitle is a numbered name at the end of a text: 2、青梧 SDK.
var numberedTitle = pattern.New(`([0-9]{1,2})[、．.](?:[^，。；：:、/（(]|[（(][^（()）：:]{1,30}[)）]){2,20}$`)

// titleAbove returns where the numbered title begins that stands right before the
// first of the numbered keys of an entry, and its number: …/p2、青梧SDK（1）公司名称：. A
// number behind a digit, as at an address's end, begins where it goes on from the
// last title's. Less than from where there is none.
func titleAbove(d *document, from, at, count int) (title, number int) {
	begin := max(from, at-maxTitleBytes)
	for begin < at && !utf8.RuneStart(d.text[begin]) {
		begin++
	}
	text := d.text[begin:at]
	m := numberedTitle.FindStringSubmatchIndex(text)
	if m == nil {
		return from - 1, 0
	}
	digits := text[m[2]:m[3]]
	if next := strconv.Itoa(count + 1); strings.HasSuffix(text[:m[3]], next) {
		return begin + m[3] - len(next), count + 1
	}
	if m[0] > 0 && '0' <= text[m[0]-1] && text[m[0]-1] <= '9' {
		return from - 1, 0
	}
	n, _ := strconv.Atoi(digits)
	return begin + m[2], n
}

// titleBehindLink returns where the name of an SDK begins that stands between an
// address or the end of a sentence and a key: https://a.cn 百度地图 SDK功能类型：…; 0
// where none does.
func titleBehindLink(d *document, from, at int) int {
	text := strings.TrimRight(d.text[from:at], " \u00a0\u3000")
	if n := len(text); n < 3 || !strings.EqualFold(text[n-3:], "sdk") {
		return 0
	}
	i := strings.LastIndex(text, "://")
	if i < 0 {
		if !strings.HasSuffix(d.text[:from], "。") || longer(text, maxTitleZH) {
			return 0
		}
		return from
	}
	end := strings.IndexAny(text[i:], " \u00a0\u3000·，。；、）)】]")
	if end < 0 {
		return 0
	}
	title := strings.TrimLeft(text[i+end:], " \u00a0\u3000·")
	if title == "" || longer(title, maxTitleZH) || strings.ContainsAny(title, "，。；、）)】]") {
		return 0
	}
	return from + len(text) - len(title)
}

// numberCut is a place where a number may begin a line.
type numberCut struct {
	at    int
	style string
	value int
}

// numberCuts returns where numbers stand that count on from one: 一、 (一) 1、 ①.
// A number inside a sentence has no successor.
func numberCuts(d *document, s span) []int {
	var found []numberCut
	before := rune('。')
	for i, c := range d.text[s.start:s.end] {
		at := s.start + i
		if beginsNumber(c) && mayPrecede(before, c) {
			if style, n, value := numberStyle(d.text[at:min(s.end, at+40)]); n > 0 && value > 0 && style != "alpha" && !strings.HasPrefix(style, "dec") {
				found = append(found, numberCut{at, style, value})
			}
		}
		before = c
	}
	return chained(found)
}

// beginsNumber tells whether a numbering can begin with a character.
func beginsNumber(c rune) bool {
	return '0' <= c && c <= '9' || c == '(' || c == '（' || c == '第' || '①' <= c && c <= '⑳' || isCNDigit(c)
}

// mayPrecede tells whether a number may begin behind a character: digits behind
// the end of a sentence or a blank only, Chinese numerals anywhere but behind
// another one.
func mayPrecede(before, c rune) bool {
	if strings.ContainsRune("。；;：:！!？?)）】”》", before) || isBlank(before) {
		return true
	}
	switch {
	case '0' <= c && c <= '9':
		return false
	case c == '(' || c == '（' || c == '第':
		return strings.ContainsRune("，,", before) || isHan(before)
	}
	return !strings.ContainsRune(cnDigits+"第(（", before)
}

// chained keeps the numbers that follow one another: each has its successor or
// its predecessor, of the same style, counted from one.
func chained(found []numberCut) []int {
	keep := make([]bool, len(found))
	last := map[string]int{} // index of the last number of a chain, by style
	for i, n := range found {
		k, open := last[n.style]
		switch {
		case open && n.value == found[k].value+1:
			keep[i], keep[k] = true, true
			last[n.style] = i
		case n.value == 1:
			last[n.style] = i
		}
	}
	var cuts []int
	for i, n := range found {
		if keep[i] {
			cuts = append(cuts, n.at)
		}
	}
	return cuts
}

// bodyStarts are words with which the text below a heading begins.
var bodyStarts = []string{"我们", "您", "你", "为", "当", "在", "如果", "如您", "本", "请", "根据", "上述", "以下", "若", "除", "（", "(", "一、", "1", "“"}

// withoutTitle cuts the heading off a piece that begins with a number and a
// heading that says what the section is about.
func (r *Reader) withoutTitle(d *document, s span) []span {
	num := numberAt(d.text[s.start:min(s.end, s.start+40)])
	if num.style == "" || s.end-s.start < 2*titleLookout {
		return []span{s}
	}
	from := s.start + num.bytes
	title := clip(d.text[from:s.end], titleLookout)
	if i := strings.IndexAny(title, "。；;，,：:!！"); i >= 0 {
		title = title[:i]
	}
	end := r.titleEnd(d, span{from, from + len(title)})
	if end == 0 {
		return []span{s}
	}
	return []span{{s.start, end}, d.trim(span{end, s.end})}
}

// titleEnd returns where a heading ends that a word of a section stands in: at
// the first word behind it with which a text begins; 0 where there is none.
func (r *Reader) titleEnd(d *document, s span) int {
	f := d.view(s)
	for _, c := range r.sections {
		hs := c.words.find(&f)
		if len(hs) == 0 {
			continue
		}
		behind := hs[len(hs)-1].end
		if !c.class.closed() {
			behind = hs[0].end
		}
		best := -1
		for _, w := range bodyStarts {
			if i := strings.Index(d.text[behind:s.end], w); i >= 0 && (best < 0 || behind+i < best) {
				best = behind + i
			}
		}
		if best < 0 || utf8.RuneCountInString(d.text[s.start:best]) > maxTitleZH {
			return 0
		}
		return best
	}
	return 0
}

// clip cuts a text to at most n bytes at a character's border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
