package policy

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// platformNote is a platform in brackets: behind a term it qualifies the term,
// else what follows it.
type platformNote struct {
	open, close int // bytes of the brackets: [open, close)
	round       bool
	alone       bool // holds the platform and nothing else
	platform    string
}

// maxNoteBytes bounds a note in brackets.
const maxNoteBytes = 120

// scopes gives the mentions of a statement their platforms: by notes in
// brackets, by a platform right before them (iOS 设备的序列号), and by the scope
// of the whole statement ("iOS端:", "在 iOS 版本中,").
func (r *Reader) scopes(d *document, st *statement) {
	if !st.has(roleAndroid, roleIOS, roleBoth) {
		return
	}
	notes := r.platformNotes(d, st)
	marker := "" // of the last note that reaches forward
	next := 0
	var inner platformNote // the last note that holds data of its own
	for i := range st.mentions {
		m := &st.mentions[i]
		for next < len(notes) && notes[next].open < m.start {
			if n := notes[next]; !r.qualifies(d, st, n, i) {
				marker = n.platform
			}
			next++
		}
		own := m.platform
		if marker != "" {
			m.platform = marker
		}
		if next < len(notes) && r.behind(d, notes[next], m) {
			if n := notes[next]; r.holdsOwn(st, n, i) {
				inner = n
			} else if n.platform != "" && (marker != audit.PlatformAny || n.alone) {
				m.platform = n.platform
			}
		}
		if inner.open < m.start && m.end < inner.close {
			m.platform = inner.platform
		}
		if p := r.attributive(d, st, m); p != "" {
			m.platform = p
		}
		if own == audit.PlatformIOS {
			m.platform = own
		}
	}
	st.platform = r.leadingScope(d, st)
}

// holdsOwn tells whether a note behind mention i is about one platform and names
// other data than the mention: 崩溃日志（iOS版本另收集MAC地址）. Then what it names
// is of that platform, and the mention is not.
func (r *Reader) holdsOwn(st *statement, n platformNote, i int) bool {
	if n.platform == "" || n.platform == audit.PlatformAny {
		return false
	}
	for _, m := range st.mentions[i+1:] {
		if m.start >= n.close {
			break
		}
		if m.data != "" && m.start > n.open && !r.below(st.mentions[i].data, m.data) {
			return true
		}
	}
	return false
}

// platformNotes finds the bracketed platforms of a statement.
func (r *Reader) platformNotes(d *document, st *statement) []platformNote {
	var out []platformNote
	for _, h := range st.words {
		switch role(h.value) {
		case roleAndroid, roleIOS, roleBoth:
		default:
			continue
		}
		if len(out) > 0 && h.start < out[len(out)-1].close {
			continue
		}
		from := max(st.start, h.start-maxNoteBytes)
		open := strings.LastIndexAny(d.text[from:h.start], "(（[【")
		if open < 0 || strings.ContainsAny(d.text[from+open:h.start], ")）]】") {
			continue
		}
		open += from
		bracket, w := utf8.DecodeRuneInString(d.text[open:])
		end := closing(d, open+w, min(st.end, open+w+maxNoteBytes))
		if end >= st.end || end == open+w+maxNoteBytes {
			continue
		}
		_, cw := utf8.DecodeRuneInString(d.text[end:])
		note := d.text[open+w : end]
		p := platformOfWords(st, span{open + w, end})
		out = append(out, platformNote{open: open, close: end + cw, round: strings.ContainsRune("(（", bracket),
			alone: utf8.RuneCountInString(note) <= utf8.RuneCountInString(d.text[h.start:h.end])+4, platform: p})
	}
	return out
}

// platformOfWords returns the platform that a note is about: the words of the
// grammar in it, where the first stands near its start. A condition (如为iOS端)
// restricts nothing.
func platformOfWords(st *statement, note span) string {
	android, ios, first := false, false, -1
	for _, h := range st.words {
		if h.start < note.start || h.end > note.end {
			continue
		}
		switch role(h.value) {
		case roleBoth:
			android, ios = true, true
		case roleAndroid:
			android = true
		case roleIOS:
			ios = true
		case roleOpenList, roleCondition:
			if first < 0 {
				return ""
			}
			continue
		default:
			continue
		}
		if first < 0 {
			first = h.start
		}
	}
	if first < 0 || first-note.start > 12 {
		return ""
	}
	return platformFrom(android, ios)
}

func platformFrom(android, ios bool) string {
	switch {
	case android && ios:
		return audit.PlatformAny
	case ios:
		return audit.PlatformIOS
	case android:
		return audit.PlatformAndroid
	}
	return ""
}

// behind tells whether a note stands right behind a mention and qualifies it:
// always in round brackets; in square ones where a separator follows, as a
// marker before an item looks the same.
func (r *Reader) behind(d *document, n platformNote, m *mention) bool {
	if n.open < m.end || strings.TrimSpace(d.text[m.end:n.open]) != "" {
		return false
	}
	return n.round || endsItem(d, n.close)
}

// qualifies tells whether a note belongs to the mention before mention i.
func (r *Reader) qualifies(d *document, st *statement, n platformNote, i int) bool {
	return n.platform == "" || i > 0 && r.behind(d, n, &st.mentions[i-1])
}

// endsItem tells whether an item of an enumeration ends at a place.
func endsItem(d *document, at int) bool {
	rest := strings.TrimLeft(d.text[at:min(len(d.text), at+16)], " ")
	if rest == "" {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(",，、;；。./)）\n|", next)
}

// attributive returns the platform that stands right before a mention: 安卓设备的
// IMEI.
func (r *Reader) attributive(d *document, st *statement, m *mention) string {
	for i := len(st.words) - 1; i >= 0; i-- {
		h := st.words[i]
		if h.end > m.start {
			continue
		}
		if m.start-h.end > 24 {
			return ""
		}
		between := strings.Trim(d.text[h.end:m.start], " 设备系统端版手机的上下")
		switch role(h.value) {
		case roleAndroid, roleIOS:
			if between == "" {
				return platformFrom(role(h.value) == roleAndroid, role(h.value) == roleIOS)
			}
		}
		return ""
	}
	return ""
}

// maxScopeBytes bounds the clause that gives a statement its platform.
const maxScopeBytes = 60

// leadingScope returns the platform that a statement's first words name: a
// bracket, a short label before a colon, or a first clause without verb.
func (r *Reader) leadingScope(d *document, st *statement) string {
	if p := r.linePlatform(d, st.span); p != "" {
		return p
	}
	stop := strings.IndexAny(d.text[st.start:min(st.end, st.start+maxScopeBytes)], ",，")
	if stop < 0 {
		return ""
	}
	android, ios := false, false
	for _, h := range st.words {
		if h.start >= st.start+stop {
			break
		}
		switch role(h.value) {
		case roleBoth:
			android, ios = true, true
		case roleAndroid:
			android = true
		case roleIOS:
			ios = true
		case roleCollect, roleProvide, rolePermission, roleAccess:
			return ""
		}
	}
	for _, m := range st.mentions {
		if m.start < st.start+stop {
			return ""
		}
	}
	return platformFrom(android, ios)
}

// linePlatform reads a platform marker at the start of a line: 【仅Android】,
// [iOS only], "iOS端:".
func (r *Reader) linePlatform(d *document, s span) string {
	text := d.text[s.start:min(s.end, s.start+maxNoteBytes)]
	text = strings.TrimLeft(text[numberAt(text).bytes:], " ")
	open, w := utf8.DecodeRuneInString(text)
	if opens(open) && w > 0 {
		if i := strings.IndexAny(text, "】])）"); i > 0 && i < 60 {
			return r.platformOf(text[w:i])
		}
		return ""
	}
	if i := colonAt(text[:min(len(text), 40)]); i > 0 {
		head := text[:i]
		if utf8.RuneCountInString(head) <= 12 {
			return r.platformOf(head)
		}
	}
	return ""
}

// platformOf returns the platform that a short note is about: ios, android or
// any, and "" where it names none or does not begin with it.
func (r *Reader) platformOf(note string) string {
	var room shortText
	f := room.fold(note)
	android, ios, first := false, false, -1
	for _, h := range room.find(r.grammar, &f) {
		switch role(h.value) {
		case roleBoth:
			android, ios = true, true
		case roleAndroid:
			android = true
		case roleIOS:
			ios = true
		default:
			continue
		}
		if first < 0 {
			first = h.from
		}
	}
	if first < 0 || first > 3 {
		return ""
	}
	return platformFrom(android, ios)
}

func either(a, b string) string {
	if a != "" && a != audit.PlatformAny {
		return a
	}
	if b != "" {
		return b
	}
	return audit.PlatformAny
}

// platformNouns stand behind a platform that a title is about: iOS端的第三方SDK.
var platformNouns = []string{"端", "版", "系统", "平台", "设备", "手机", "客户端", "应用", "用户", "app", "version", "device", "platform", "user"}

// titlePlatform returns the platform that all below a heading is about, any where
// it names both, and "" where it plainly names none: the platform begins the title
// (iOS 端, Android permissions), ends it (SDKs on iOS), or stands in brackets there.
// A maker's name alone is none: 苹果登录.
func (r *Reader) titlePlatform(d *document, title span) string {
	if title.end-title.start > maxHeadingBytes {
		return ""
	}
	var android, ios, plain bool
	f := d.view(title)
	words := r.grammar.find(&f)
	for i, h := range words {
		p := role(h.value)
		switch p {
		case roleNegation, roleQuestion, roleExclude, roleExcept:
			return ""
		case roleAndroid, roleIOS, roleBoth:
		default:
			continue
		}
		if slices.ContainsFunc(r.rawMentions(d, &f), func(m mention) bool { return m.start <= h.start && h.end <= m.end }) {
			continue // Android ID
		}
		android, ios = android || p != roleIOS, ios || p != roleAndroid
		plain = plain || plainPlatform(d, title, words, i)
	}
	if !plain && !(android && ios) {
		return ""
	}
	return platformFrom(android, ios)
}

// plainPlatform tells whether word i of a title is a platform that says what the
// title is about.
func plainPlatform(d *document, title span, words []hit, i int) bool {
	h := words[i]
	before := strings.Trim(d.text[title.start:h.start], " \u00a0*#-—")
	behind := strings.ToLower(strings.TrimLeft(d.text[h.end:title.end], " \u00a0"))
	word := d.text[h.start:h.end]
	closed := strings.Trim(behind, ")）】]*:：. ") == ""
	switch {
	case endsInAny(before, platformBrackets):
		return closed || startsWithAny(withoutStart(behind, platformNouns), []string{")", "）", "]", "】"}) // not （iOS、微信）
	case startsWithAny(behind, platformNouns), endsInAny(word, platformNouns):
		return true
	case before == "":
		return closed || word != maker
	case i > 0 && words[i-1].to == h.from && takesObject(role(words[i-1].value)):
		return false // the line breaks off: 对于使用 iOS
	}
	return closed && word != maker
}

// takesObject tells whether a word is a verb behind which a noun stands.
func takesObject(v role) bool {
	return v == roleUse || v == roleUseOwn || v == roleAccess || v == roleCollect || v == roleProvide
}

// withoutStart drops the first of starts that a text begins with.
func withoutStart(s string, starts []string) string {
	for _, w := range starts {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return rest
		}
	}
	return s
}

// maker stands for the platform too, but not in 苹果登录.
const maker = "苹果"

// platformBrackets open the place for a platform in a title.
var platformBrackets = []string{"(", "（", "[", "【", "：", ":"}

// platformAt returns the platform of the section that a place stands in.
func (d *document) platformAt(offset int) string {
	i := sort.Search(len(d.blocks), func(i int) bool { return d.blocks[i].start > offset })
	if i == 0 || len(d.secs) == 0 {
		return ""
	}
	return d.secs[d.blocks[i-1].section].platform
}
