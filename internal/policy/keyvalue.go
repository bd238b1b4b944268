package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// keyValueEntries reads "key: value" blocks. An entry begins at a name key, or
// at a numbered line with another key that a name key follows; lines without a
// key continue it as long as its data are written freely.
func (r *Reader) keyValueEntries(d *document) []entry {
	k := kvReader{r: r, d: d, nameAhead: namesAhead(r, d)}
	for i := range d.blocks {
		k.block(i)
	}
	k.close()
	return k.out
}

// namesAhead tells for every block whether a name key follows within the next
// few lines, before any heading. A numbered name key begins its own entry: the
// keys above it belong to another one.
func namesAhead(r *Reader, d *document) []bool {
	const reach = 4
	out := make([]bool, len(d.blocks))
	left := 0
	for i := len(d.blocks) - 1; i >= 0; i-- {
		b := &d.blocks[i]
		out[i] = left > 0
		left--
		if b.entry || b.kind == row || b.kind == heading {
			left = 0
		} else if f, _ := r.keyValue(d.str(b.span)); f == fieldName {
			left = reach
			if numberAt(d.str(b.span)).style != "" {
				left = 0
			}
		}
	}
	return out
}

// maxForeignKeys bounds the lines with unknown keys in a row that an entry spans.
const maxForeignKeys = 3

type kvReader struct {
	r         *Reader
	d         *document
	nameAhead []bool
	out       []entry

	cur      *entry
	blocks   []int    // blocks of the open entry
	last     int      // last block that certainly belongs to it
	free     bool     // lines without key may continue it
	data     bool     // the last key was one of data
	styles   []string // numbering of the lines without key so far
	owner    span     // company named in a line without key; a key wins over it
	open     field    // key whose value follows on the next lines
	platform string
	titles   number // of the last title that named an SDK
	level    int    // of the last title that was a marked-up heading and named one
	bare     bool   // the open key has no colon
	seen     fieldSet
	group    span // heading above
	groupAt  int  // number of entries when the heading was seen

	untold   bool     // the title of the entry only stands where one should
	closedAt int      // last block of the last entry
	firsts   []string // keys with which entries below a title began
}

func (k *kvReader) block(i int) {
	b := &k.d.blocks[i]
	if b.entry || b.kind == row {
		k.close()
		return
	}
	line := k.d.str(b.span)
	f, at := k.r.keyValue(line)
	if f == fieldNone {
		f, at = k.r.keyByWords(line)
	}
	if f == fieldNone || f == fieldCompany {
		if name, value := k.r.nameKeyByWords(line); name != fieldNone {
			f, at = name, value
		}
	}
	bare := fieldNone
	if f == fieldNone {
		if bare = k.bareKey(i); bare != fieldNone {
			f, at = bare, len(line)
		}
	}
	if b.kind == heading && f == fieldNone && !k.numberedOn(b) && !k.underBare(i, line) {
		k.close()
		k.group = span{b.start + numberAt(line).bytes, b.end}
		k.groupAt = len(k.out)
		return
	}
	value := k.d.unbracketed(k.d.unquoted(k.d.trim(span{b.start + at, b.end})))
	if f == fieldName {
		value = k.withoutStop(value)
	}
	if f == fieldCompany && k.ownerFollows(i, value) {
		f = fieldName
	}
	if f == fieldName && !nameLike(k.d.str(value)) {
		f = fieldNone // SDK：为了让您更好地体验，我们…
	}
	switch {
	case f == fieldName:
		if k.cur == nil || !k.cur.name.empty() {
			k.begin(b)
		}
		k.cur.name = value
		k.take(i, fieldName, value)
	case f != fieldNone && k.cur == nil:
		if k.nameAhead[i] {
			k.begin(b)
			k.take(i, f, value)
		} else if name := k.nameAbove(i); !name.empty() && f != fieldNote && f != fieldPlatform {
			k.group = span{} // the title names this entry, not the ones below
			k.begin(&k.d.blocks[i-1])
			k.cur.name = name
			k.free, k.untold = !k.untold, false
			k.take(i-1, fieldName, name)
			k.take(i, f, value)
			if key, _ := splitKey(line); key != "" && !slices.Contains(k.firsts, key) {
				k.firsts = append(k.firsts, key)
			}
		}
	case f != fieldNone:
		numbered := numberAt(line).style != "" && numberAt(line).style != "bullet"
		if k.nameAhead[i] && !k.cur.name.empty() && (numbered || f == fieldCompany && !k.cur.company.empty()) {
			k.begin(b)
		}
		k.take(i, f, value)
		if f == fieldCompany {
			k.companyForGroup(value)
		}
	case k.cur != nil && k.titleAhead(i):
		k.close()
	case k.cur != nil && k.continues(i, line):
		k.takeFree(i)
	case k.cur != nil && (!b.gap || b.kind == item && b.lang == "en") && !k.cur.name.empty() && k.last >= i-maxForeignKeys && k.deniesBelow(i):
		k.take(i, fieldNote, k.d.trim(b.span))
	case k.cur != nil && !b.gap && !k.cur.name.empty() && k.last >= i-maxForeignKeys && beginsWithKey(line):
		// a key that no phrase knows, between keys of the entry
	case k.cur != nil && k.bridges(i, line):
		k.blocks = append(k.blocks, i)
		k.last = i
	default:
		k.close()
		if num := numberAt(line); num.style != "" && len(line) <= maxFieldBytes {
			k.group = span{b.start + num.bytes, b.end}
			k.groupAt = len(k.out)
		}
	}
	if f != fieldNone {
		k.bare = bare != fieldNone
	}
}

// withoutStop drops the full stop behind the name of an SDK: SDK名称：青梧SDK。
func (k *kvReader) withoutStop(value span) span {
	text := k.d.str(value)
	name, ok := strings.CutSuffix(text, "。")
	if !ok || strings.ContainsAny(name, "，,") {
		return value
	}
	if _, _, known := k.r.exactName(name); !known && !k.r.namesSDK(name) {
		return value
	}
	return k.d.trim(span{value.start, value.start + len(name)})
}

// nameLike tells whether a value can be a name: it is no sentence.
func nameLike(value string) bool {
	n := utf8.RuneCountInString(value)
	return !strings.ContainsAny(value, "。；;") && (n <= maxNameRunes/2 || n <= maxNameRunes && !strings.Contains(value, "，"))
}

const maxNameRunes = 60

// unquoted drops the quotation marks around a value, and the comma behind them, as
// programs write them: "青梧SDK",.
func (d *document) unquoted(s span) span {
	text := d.str(s)
	inner, ok := strings.CutSuffix(strings.TrimRight(text, ", "), `"`)
	if inner, opened := strings.CutPrefix(inner, `"`); ok && opened && !strings.Contains(inner, `"`) {
		return span{s.start + 1, s.start + 1 + len(inner)}
	}
	return s
}

// unbracketed drops brackets at the end of s that close or open nothing in it.
func (d *document) unbracketed(s span) span {
	for !s.empty() {
		text := d.str(s)
		last, w := utf8.DecodeLastRuneInString(text)
		closes := strings.ContainsRune(")）", last) && strings.Count(text, "(")+strings.Count(text, "（") < strings.Count(text, ")")+strings.Count(text, "）")
		if !closes && !strings.ContainsRune("(（", last) {
			return s
		}
		s = d.trim(span{s.start, s.end - w})
	}
	return s
}

// bare drops blanks, marks and the brackets 【】 around a title.
func (d *document) bare(s span) span {
	text := d.str(s)
	left := strings.TrimLeft(text, " \t\u00a0\u3000【[*")
	s.start += len(text) - len(left)
	s.end = s.start + len(strings.TrimRight(left, " \t\u00a0\u3000】]*，,：:；;"))
	return s
}

func (k *kvReader) begin(b *block) {
	k.close()
	k.cur = &entry{layout: layoutKeyValue, group: k.group, at: b.span, lang: b.lang}
	k.free, k.open, k.platform, k.data, k.styles, k.owner = true, fieldNone, "", false, nil, span{}
	k.bare, k.seen = false, 0
}

// nameAbove returns the name of an SDK that stands alone on the line above
// block i, as a title over its keys; an empty span where none does.
func (k *kvReader) nameAbove(i int) (title span) {
	if i == 0 {
		return span{}
	}
	b := &k.d.blocks[i-1]
	text := k.d.str(b.span)
	num := numberAt(text)
	name := k.d.bare(span{b.start + num.bytes, b.end})
	core := k.d.withoutNote(name)
	if b.entry || b.kind == row || len(text) > maxNotedTitle || core.end-core.start > maxFieldBytes || strings.ContainsAny(k.d.str(core), ":：。,，") {
		return span{}
	}
	defer func() {
		if !title.empty() {
			k.titles = num
			k.level = b.level
		}
	}()
	_, entryOnly, known := k.r.exactName(k.d.str(core))
	known = known && !entryOnly
	if known || k.r.namesSDK(k.d.str(core)) {
		if asideOf(k.d.text[core.end:name.end]) && (known || k.r.named(k.d.str(core), false) >= 0) {
			return core
		}
		return name // the parenthesis may tell which: 定位SDK（青梧地图）
	}
	if k.inStep(i) && k.titleLike(core) {
		k.untold = true
		return name
	}
	f := k.d.view(core)
	if num.style == "" && b.kind != heading && !strings.HasPrefix(text, "【") {
		return span{}
	}
	// A numbered title names its SDK among other words, or counts on from one
	// that does; a marked-up heading is of the same level as one that does.
	counts := b.kind == heading && b.level > 0 && b.level == k.level || num.style != "" && num.style == k.titles.style && num.value == k.titles.value+1
	if (counts || k.r.named(k.d.str(name), false) >= 0) && len(f.runes) <= maxTitleZH && k.r.distinctive(k.d.str(name)) {
		return name
	}
	return span{}
}

// maxNotedTitle bounds a title with the packages of its SDK in a parenthesis, in bytes.
const maxNotedTitle = 3 * maxFieldBytes

// withoutNote drops the parenthesis that ends a title.
func (d *document) withoutNote(title span) span {
	text := d.str(title)
	if !strings.HasSuffix(text, ")") && !strings.HasSuffix(text, "）") {
		return title
	}
	at := strings.IndexAny(text, "(（")
	if at <= 0 {
		return title
	}
	return d.trim(span{title.start, title.start + at})
}

// asideOf tells whether the parenthesis behind a name is no part of it: it lists
// packages or other names, or says whose the SDK is. One that tells a platform is.
func asideOf(note string) bool {
	return strings.ContainsAny(note, ",，、:：;；.") && !namesPlatform.MatchString(note)
}

var namesPlatform = pattern.New(`(?i)android|ios|安卓|苹果`)

// titleLike tells whether a short piece can be the title of an entry: it has words
// of its own beside SDK and data that it names, and is no piece of an address.
func (k *kvReader) titleLike(core span) bool {
	text := k.d.str(core)
	if len(text) > 3*maxTitleZH || hostPath.MatchString(text) {
		return false
	}
	var own strings.Builder
	at := core.start
	for _, m := range k.r.mentionsIn(k.d, core) {
		if m.start >= at {
			own.WriteString(k.d.text[at:m.start])
			at = m.end
		}
	}
	own.WriteString(k.d.text[at:core.end])
	rest := strings.TrimRight(own.String(), " \u00a0")
	if n := len(rest) - len("SDK"); n >= 0 && strings.EqualFold(rest[n:], "SDK") {
		rest = rest[:n]
	}
	return k.r.distinctive(strings.Trim(rest, "、，,/和与及 "))
}

// hostPath is a piece of an address whose beginning is lost: example.com/sdk.
var hostPath = pattern.New(`[A-Za-z0-9]\.[a-z]{2,}/`)

// inStep tells whether block i begins as the entries before it did, and directly
// behind the last one but for the line between: that line is its title.
func (k *kvReader) inStep(i int) bool {
	if len(k.firsts) == 0 || k.closedAt < i-2-maxForeignKeys {
		return false
	}
	for n := k.closedAt + 1; n < i-1; n++ {
		if !beginsWithKey(k.d.str(k.d.blocks[n].span)) {
			return false
		}
	}
	return k.beginsEntry(i)
}

// beginsEntry tells whether block i has the key with which an entry before it began.
func (k *kvReader) beginsEntry(i int) bool {
	key, _ := splitKey(k.d.str(k.d.blocks[i].span))
	return key != "" && slices.Contains(k.firsts, key)
}

// titleAhead tells whether block i, a line without key below the open entry, is the
// title of another one: the key below it begins entries, and it or one that follows
// is a key that the open entry has already.
func (k *kvReader) titleAhead(i int) bool {
	if len(k.firsts) == 0 || i+1 >= len(k.d.blocks) || k.last != i-1 || !k.beginsEntry(i+1) {
		return false
	}
	b := &k.d.blocks[i]
	if !k.titleLike(k.d.withoutNote(b.span)) {
		return false
	}
	for n := 1; n <= maxKeysNext; n++ {
		f := k.keyAt(i + n)
		if f == fieldNone {
			return false
		}
		if k.seen.has(f) {
			return true
		}
	}
	return false
}

// numberedOn tells whether a short numbered line that looks like a heading goes
// on with the numbered lines of the open entry: it has their style and names
// data.
func (k *kvReader) numberedOn(b *block) bool {
	return k.cur != nil && k.free && slices.Contains(k.styles, numberAt(k.d.str(b.span)).style) && k.mentions(b)
}

// mentions tells whether a block names data or permissions.
func (k *kvReader) mentions(b *block) bool {
	return slices.ContainsFunc(k.r.blockStatements(k.d, b), func(st statement) bool { return len(st.mentions) > 0 })
}

// take puts the value of a key into the entry.
func (k *kvReader) take(i int, f field, value span) {
	b := &k.d.blocks[i]
	k.blocks = append(k.blocks, i)
	k.last = i
	k.cur.at.end = b.end
	k.open, k.platform, k.data = fieldNone, "", f == fieldData
	k.seen |= 1 << uint(f)
	if value.empty() {
		k.open = f
		k.cur.noLink = k.cur.noLink || f == fieldLink
		return
	}
	if f == fieldData {
		k.free = false
	}
	if f != fieldName {
		k.r.place(k.d, k.cur, value, f)
	}
}

// continues decides whether a line without key belongs to the open entry: it
// follows an empty key, or the entry writes its data freely and the line names
// data, a platform, or announces a list.
func (k *kvReader) continues(i int, line string) bool {
	if k.cur.name.empty() {
		return false
	}
	b := &k.d.blocks[i]
	if k.awaits(b, line) || k.valueBelow(i, line) {
		return true
	}
	platform := k.r.linePlatform(k.d, b.span) != ""
	if k.open == fieldNone && !k.free && !(k.data && platform && !b.gap) {
		return false
	}
	names := k.mentions(b)
	if k.open == fieldData && k.bulletBelow(i) && !names {
		return true
	}
	if b.gap && k.d.format == formatText && k.open == fieldNone && !names {
		return false
	}
	if platform || names {
		return !strings.HasPrefix(line, "注") && !strings.HasPrefix(line, "Note") && !k.firstParty(b, platform)
	}
	last, _ := utf8.DecodeLastRuneInString(line)
	return last == ':' || last == '：' || k.announces(b)
}

// awaits tells whether a line is the value of the key above it: an address, a
// company, or a few words on what the SDK is for.
func (k *kvReader) awaits(b *block, line string) bool {
	switch k.open {
	case fieldLink, fieldWebsite:
		return len(line) <= maxURLBytes && k.d.linkIn(b.span) != ""
	case fieldCompany:
		return k.r.isCompany(line)
	case fieldPurpose, fieldFunction, fieldScenario:
		if len(line) > maxFieldBytes || numberAt(line).style != "" {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(line)
		return last != ':' && last != '：' && !strings.Contains(strings.TrimSuffix(line, "。"), "。") && !k.mentions(b)
	}
	return false
}

// announces tells whether a line says that a list follows.
func (k *kvReader) announces(b *block) bool {
	return slices.ContainsFunc(k.r.blockStatements(k.d, b), func(st statement) bool { return st.has(roleListIntro) })
}

// firstParty tells whether a line turns back to the app itself.
func (k *kvReader) firstParty(b *block, platform bool) bool {
	if platform || k.open != fieldNone && !k.bare || numberAt(k.d.str(b.span)).style != "" {
		return false
	}
	return slices.ContainsFunc(k.r.blockStatements(k.d, b), func(st statement) bool {
		return st.has(roleFirst) && st.has(roleCollect) && !st.has(roleSDKWord, roleThird)
	})
}

func (k *kvReader) takeFree(i int) {
	b := &k.d.blocks[i]
	k.blocks = append(k.blocks, i)
	if line := k.d.str(b.span); k.awaits(b, line) || k.valueBelow(i, line) {
		k.take(i, k.open, b.span)
		return
	}
	if p := k.r.linePlatform(k.d, b.span); p != "" {
		k.platform = p
	} else if style := numberAt(k.d.str(b.span)).style; style != "" {
		k.platform = ""
		k.styles = append(k.styles, style)
	}
	if k.owner.empty() {
		k.owner = k.r.ownerIn(k.d, k.r.blockStatements(k.d, b))
	}
	if k.mentions(b) {
		k.last = i
		k.cur.at.end = b.end
		f := k.open
		if f == fieldNone {
			f = fieldData
		}
		k.cur.parts = append(k.cur.parts, part{b.span, f, either(k.platform, audit.PlatformAny)})
	}
}

// companyForGroup gives a company that stands after several entries of one
// heading to those that have none.
func (k *kvReader) companyForGroup(company span) {
	if k.group.empty() || slices.ContainsFunc(k.out[min(k.groupAt, len(k.out)):], func(e entry) bool { return !e.company.empty() }) {
		return // each has its own, or none
	}
	for i := k.groupAt; i < len(k.out); i++ {
		if k.out[i].layout == layoutKeyValue && k.out[i].company.empty() {
			k.out[i].company = company
		}
	}
}

// close ends the open entry; blocks behind its last certain one are given
// back.
func (k *kvReader) close() {
	if k.cur != nil && !k.cur.name.empty() {
		for _, i := range k.blocks {
			if i <= k.last {
				k.d.blocks[i].entry = true
			}
		}
		if k.cur.company.empty() {
			k.cur.company = k.owner
		}
		k.out = append(k.out, *k.cur)
		k.closedAt = k.last
	}
	k.cur, k.blocks = nil, nil
}
