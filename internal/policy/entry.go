package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// Layouts of SDK entries, as the report names them.
const (
	layoutTable    = "table"
	layoutFlat     = "flat_rows"
	layoutCellLine = "cell_per_line"
	layoutKeyValue = "key_value"
	layoutProse    = "prose"
)

// entry is one SDK entry before it is resolved: pieces of the text by field.
type entry struct {
	layout  string
	name    span
	group   span // heading above several entries: a company or product name
	company span
	purpose span
	link    string
	parts   []part // pieces that may name data or permissions
	at      span
	lang    string
	sdks    []int   // resolved already (prose): indices into set.SDKs
	links   []span  // pieces that should hold the vendor's address
	noLink  bool    // a cell or key for it stands empty
	loose   []field // columns of its list, where its cells were told apart by content: one may hide in another
}

// part is a piece of an entry and the field it stands in.
type part struct {
	span
	field    field
	platform string // of a marker line above it
}

// entriesOf finds the SDK entries in all layouts and marks the blocks they
// take.
func (r *Reader) entriesOf(d *document, secs []section) []entry {
	var out []entry
	d.keys = r.nameKeys(d)
	out = append(out, r.recipientRows(d)...)
	out = append(out, r.tableEntries(d)...)
	out = append(out, r.dashedEntries(d)...)
	out = append(out, r.sharedEntries(d)...)
	out = append(out, r.unheadedRows(d)...)
	out = append(out, r.flatEntries(d)...)
	out = append(out, r.pieceEntries(d)...)
	out = append(out, r.gluedEntries(d)...)
	out = append(out, r.periodicEntries(d, true)...)
	out = append(out, r.cellLineEntries(d)...)
	out = append(out, r.periodicEntries(d, false)...)
	out = append(out, r.ownedEntries(d)...)
	out = append(out, r.keyValueEntries(d)...)
	out = append(out, r.proseEntries(d, secs, out)...)
	slices.SortStableFunc(out, func(a, b entry) int { return a.at.start - b.at.start })
	r.linksBelow(d, out)
	return out
}

var urlPattern = pattern.New(`(?i)\b(?:https?://|www\.)[^\s，。；、）)】\]<>"'|·]+`)

// findURL returns the first address written out in a text.
func findURL(s string) string {
	if !urlSigns.in(s) {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c != 'h' && c != 'w' || i > 0 && isWordByte(s[i-1]) {
			continue
		}
		n := urlStart(s[i:])
		if n == 0 {
			continue
		}
		end, _ := urlEnds.next(s, i+n)
		if end < 0 {
			end = len(s)
		}
		if end > i+n {
			return s[i:end]
		}
	}
	return ""
}

// urlStart returns how long the scheme or www. is that s begins with, or 0.
func urlStart(s string) int {
	switch {
	case len(s) > 4 && strings.EqualFold(s[:4], "www."):
		return 4
	case len(s) > 4 && strings.EqualFold(s[:4], "http"):
		n := 4
		if s[n]|0x20 == 's' {
			n++
		}
		if strings.HasPrefix(s[n:], "://") {
			return n + 3
		}
	}
	return 0
}

// urlEnds are what urlPattern ends before.
var urlEnds = newNeedles(" ", "\t", "\n", "\f", "\r", "，", "。", "；", "、", "）", ")", "】", "]", "<", ">", "\"", "'", "|", "·")

// urlSigns are what one of them stands in every address.
var urlSigns = newNeedles("://", "www.", "WWW.")

// linkIn returns the first address in a piece of text, written out or behind a
// link.
func (d *document) linkIn(s span) string {
	if u := findURL(d.str(s)); u != "" {
		return u
	}
	i, _ := slices.BinarySearchFunc(d.links, s.start, func(l linkMark, at int) int { return l.start - at })
	for ; i < len(d.links) && d.links[i].start < s.end; i++ {
		if l := d.links[i]; l.end <= s.end && strings.HasPrefix(l.href, "http") {
			return l.href
		}
	}
	return ""
}

// maxFieldBytes bounds what may be the heading of a column or key.
const maxFieldBytes = 160

// fieldOf returns the field that a heading cell names: the whole cell, or the
// cell without a note in parentheses or a numbering.
func (r *Reader) fieldOf(cell string) field {
	if len(cell) > maxFieldBytes {
		return fieldNone
	}
	cell = cell[numberAt(cell).bytes:]
	cell = strings.Trim(cell, " \t*:：【】[]\"“”")
	if v, ok := r.fields.whole(cell); ok {
		return field(v)
	}
	if i := noteStart(cell); i > 0 {
		if v, ok := r.fields.whole(cell[:i]); ok {
			return field(v)
		}
	}
	return fieldNone
}

// noteStart returns where a cell's text ends and a note or an alternative
// begins, or -1.
func noteStart(cell string) int {
	for i := 0; i < len(cell); {
		c, width := markAt(cell, i)
		switch c {
		case '(', '（', '/', '、':
			return i
		}
		i += width
	}
	return -1
}

// colonAt returns where the first colon stands, or -1.
func colonAt(s string) int {
	ascii := strings.IndexByte(s, ':')
	if ascii >= 0 {
		s = s[:ascii]
	}
	if wide := strings.Index(s, "："); wide >= 0 {
		return wide
	}
	return ascii
}

// fieldKey returns the field of a "key: value" line, and fieldNone where the
// text before the first colon is no known key.
func fieldKey(r *Reader, line string) field {
	f, _ := r.keyValue(line)
	return f
}

// splitKey splits a "key: value" line after its numbering: the key and the byte
// offset of the value; an empty key where there is none.
func splitKey(line string) (key string, value int) {
	if len(line) <= maxFieldBytes && colonAt(line) < 0 && !strings.Contains(line, "】") {
		return "", 0 // before anything is asked about the numbering
	}
	from := numberAt(line).bytes
	if strings.HasPrefix(line[from:], "【") {
		if shut := strings.Index(line[from:min(len(line), from+maxFieldBytes)], "】"); shut > 0 {
			return bracketKey(line, from, from+shut)
		}
	}
	i := colonAt(line[from:min(len(line), from+maxFieldBytes)])
	if i <= 0 {
		return "", 0
	}
	_, w := utf8.DecodeRuneInString(line[from+i:])
	return line[from : from+i], from + i + w
}

// bracketKey splits a line whose key stands in brackets, with or without a colon behind
// them: 【SDK名称】青梧SDK. shut is where they close.
func bracketKey(line string, from, shut int) (key string, value int) {
	value = shut + len("】")
	rest := line[value:]
	if c, w := utf8.DecodeRuneInString(rest); c == ':' || c == '：' {
		value += w
	}
	return line[from+len("【") : shut], value
}

// keyValue splits a "key: value" line: the field and the byte offset of the value.
func (r *Reader) keyValue(line string) (field, int) {
	key, value := splitKey(line)
	if key == "" {
		return fieldNone, 0
	}
	if f := r.fieldOf(key); f != fieldNone {
		return f, value
	}
	return fieldNone, 0
}

// keyByWords splits a "key: value" line whose key is read word by word, as
// those inside an entry are.
func (r *Reader) keyByWords(line string) (field, int) {
	key, value := splitKey(line)
	if key == "" {
		return r.splitEnglishKey(line)
	}
	if f := r.fieldByWords(key); f != fieldNone && f != fieldName {
		return f, value
	}
	if f := everydayKey(key); f != fieldNone {
		return f, value
	}
	if hanCount(key) == 0 { // "Receives: …" in running English
		if f := r.fieldOf(key); f != fieldNone && f != fieldName {
			return f, value
		}
	}
	return fieldNone, 0
}

// finishEntry resolves an entry and reads its data and permissions.
func (r *Reader) finishEntry(d *document, e entry) ([]audit.PolicySDK, []claim) {
	ids := r.resolve(d, &e)
	perms, claims, denials := []string{}, []claim{}, []claim(nil)
	var android, ios []string
	for _, p := range e.parts {
		p.platform = either(p.platform, d.platformAt(p.start))
		denials = append(denials, r.partDenials(d, e, p)...)
		ms := r.partMentions(d, e, p)
		if len(ms) == 0 {
			continue
		}
		base := claim{polarity: audit.Collects, lang: e.lang, at: p.span, rule: "sdk_" + e.layout, purpose: e.purpose}
		claims = append(claims, groupClaims(r, base, ms, p.platform)...)
		for _, id := range permissionsOf(ms) {
			if !slices.Contains(perms, id) {
				perms = append(perms, id)
			}
		}
		android = union(android, dataOf(ms, func(m mention) bool {
			return either(m.platform, p.platform) != audit.PlatformIOS && r.personal(m.data)
		}))
		ios = union(ios, dataOf(ms, func(m mention) bool {
			return either(m.platform, p.platform) == audit.PlatformIOS && r.personal(m.data)
		}))
	}
	ios = slices.DeleteFunc(ios, func(x string) bool { return slices.Contains(android, x) })
	var rows []audit.PolicySDK
	var all []claim
	for _, id := range ids {
		row := audit.PolicySDK{ID: id, NameAsWritten: clean(d.str(e.name)), Company: clean(d.str(e.company)), Purpose: clean(d.str(e.purpose)),
			Data: slices.Clone(android), Permissions: slices.Clone(perms), Link: e.link, Lang: e.lang,
			PlatformData: audit.PlatformData{IOS: slices.Clone(ios)}, Layout: e.layout}
		row.Missing, row.Blank = r.unfilled(d, &e, row)
		rows = append(rows, row)
		for _, c := range slices.Concat(claims, denials) {
			if c.party == audit.PartyApp {
				continue
			}
			c.party = row.Party()
			all = append(all, c)
		}
		if len(claims) == 0 {
			all = append(all, claim{party: row.Party(), polarity: audit.Collects, platform: either(d.platformAt(e.at.start), ""), specificity: audit.Umbrella, lang: e.lang, at: e.naming(d), rule: "sdk_named"})
		}
	}
	for _, c := range denials {
		if c.party == audit.PartyApp {
			all = append(all, c)
		}
	}
	return rows, all
}

// naming is the piece of text that names the SDK: the row, line or sentence.
func (e *entry) naming(d *document) span {
	if e.layout != layoutKeyValue && e.layout != layoutCellLine {
		return e.at
	}
	from := strings.LastIndexByte(d.text[:e.name.start], '\n') + 1
	return d.trim(span{max(from, e.at.start), max(e.name.end, e.at.start)})
}

// clean makes one line of a piece of text.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// partMentions reads the data and permissions of one part by its field and its
// content: a column of data counts whole; a permission column counts as
// permissions, and as data only where it lists data without speaking of
// permissions; a purpose counts only where it says that something is collected.
func (r *Reader) partMentions(d *document, e entry, p part) []mention {
	switch p.field {
	case fieldName, fieldCompany, fieldLink, fieldWebsite, fieldPackage, fieldNote, fieldPlatform, fieldNecessity:
		return nil
	case fieldPurpose, fieldScenario, fieldFunction, fieldMethod:
		if !r.mayMention(d, p.span) {
			return nil
		}
	}
	before := judgement{}
	sts := r.statementsOf(d, p.span, e.lang)
	n := 0
	for i := range sts {
		n += len(sts[i].mentions)
	}
	out := make([]mention, 0, n)
	field := p.field
	if field == fieldPermissions && r.holdsData(sts) {
		field = fieldData
	}
	for i := range sts {
		st := &sts[i]
		var ms []mention
		switch field {
		case fieldPurpose, fieldScenario, fieldFunction, fieldMethod:
			inherit := judgement{}
			if before.stance != silent && r.goesOnListing(d, st) {
				inherit = before
			}
			ms, before = r.saidMentions(d, st, inherit)
		case fieldPermissions:
			ms = r.permissionCell(d, st)
		default:
			ms = r.listedMentions(d, st)
		}
		for _, m := range ms {
			if !contains(e.name, m.span) && !contains(e.company, m.span) {
				m.platform = either(m.platform, st.platform)
				out = append(out, m)
			}
		}
	}
	return out
}

// mayMention is a quick look whether a piece names data or a permission: few
// purposes do.
func (r *Reader) mayMention(d *document, s span) bool {
	if s.end-s.start >= maxStatementBytes || strings.ContainsFunc(d.str(s), func(c rune) bool { return 'A' <= c && c <= 'Z' }) {
		return true // CAMERA is a permission in capitals only
	}
	f := d.view(s)
	return r.data.has(&f)
}

// saidMentions keeps what a statement says is collected, and returns what it
// says as a whole.
func (r *Reader) saidMentions(d *document, st *statement, inherit judgement) (out []mention, said judgement) {
	js := r.judge(d, st, inherit)
	for i, j := range js {
		if j.stance == collected && !j.permission && !forUser(d, st, j.word) {
			out = append(out, st.mentions[i])
			said = j
		}
	}
	return out, said
}

// forUser tells whether the governing word of a mention in a purpose is what the
// user does with the SDK: 使用本地图片, 分享图片到微信.
func forUser(d *document, st *statement, word int) bool {
	if word < 0 {
		return false
	}
	h := st.words[word]
	return role(h.value) == roleUse || role(h.value) == roleSend && d.text[h.start:h.end] == "分享"
}

// listedMentions keeps what a statement of a data cell lists: not what it
// denies, leaves out, names as a purpose, or says in explanation of an item.
func (r *Reader) listedMentions(d *document, st *statement) []mention {
	js := r.judge(d, st, judgement{stance: collected, word: -1})
	if len(st.mentions) > 0 && !slices.ContainsFunc(js, func(j judgement) bool { return j.stance != denied }) {
		return nil
	}
	from := st.end // where the explanation of an item begins
	for i, m := range st.mentions {
		if rest := d.text[m.end:st.end]; !m.umbrella && m.data != "" && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")) && i == 0 {
			from = m.end
		}
	}
	out := make([]mention, 0, len(st.mentions))
	for i, m := range st.mentions {
		if js[i].stance == denied || m.start >= from || r.inPurpose(d, st, m) || st.lang == "zh" && js[i].stance == silent && inResult(d, st, m) {
			continue
		}
		out = append(out, m)
	}
	return out
}

// inPurpose tells whether a mention stands behind a word for a purpose or an
// exclusion, with no clause border or verb between: 用于接受验证码.
func (r *Reader) inPurpose(d *document, st *statement, m mention) bool {
	for i := len(st.words) - 1; i >= 0; i-- {
		h := st.words[i]
		if h.end > m.start {
			continue
		}
		if strings.ContainsAny(d.text[h.end:m.start], ",，;；。:：") {
			return false
		}
		if closes(d.text[h.end:m.start]) {
			continue // IMEI（用于识别设备）、MAC地址
		}
		switch role(h.value) {
		case rolePurpose, roleExclude:
			return true
		case roleCollect, roleProvide, rolePermission:
			return false
		}
	}
	return false
}

func contains(outer, inner span) bool {
	return !outer.empty() && outer.start <= inner.start && inner.end <= outer.end
}

// holdsData tells whether a permission cell holds data: it speaks of collecting
// or lists data, as where columns are shifted.
func (r *Reader) holdsData(sts []statement) bool {
	var all []mention
	for _, st := range sts {
		if st.has(roleCollect) {
			return true
		}
		all = append(all, st.mentions...)
	}
	return r.listsData(all)
}

// listsData tells whether mentions are those of a data cell: identifiers, or
// several kinds of data that no permission guards.
func (r *Reader) listsData(ms []mention) bool {
	unguarded := 0
	for _, m := range ms {
		t := r.set.DataType(m.data)
		if t == nil || t.Umbrella {
			continue
		}
		if t.Parent == "device_identifier" || t.Parent == "sim_info" {
			return true
		}
		if !r.guarded[m.data] && r.sensitive(m.data) {
			unguarded++
		}
	}
	return unguarded >= 2
}

// permissionCell keeps the permissions of a permission cell. Words for data stand
// for the permissions that guard them; data that no permission guards, such as
// the clipboard, is data in this column too.
func (r *Reader) permissionCell(d *document, st *statement) []mention {
	var out []mention
	named := r.permissionWords(d, st.span)
	for _, m := range r.withCapitals(d, st.span, st.mentions) {
		switch {
		case m.permission != "":
			out = append(out, m)
		case slices.ContainsFunc(named, func(o mention) bool { return o.start < m.end && m.start < o.end }):
			// a word for the permission
		case slices.ContainsFunc(out, func(o mention) bool { return o.permission != "" && contains(o.span, m.span) }):
		case !r.guarded[m.data] && !m.umbrella && r.personal(m.data) && r.sensitive(m.data):
			out = append(out, m)
		default:
			for _, p := range r.guards[m.data] {
				out = append(out, mention{span: m.span, permission: p, platform: m.platform})
			}
		}
	}
	for _, m := range named {
		if !slices.ContainsFunc(out, func(o mention) bool { return o.permission == m.permission }) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b mention) int { return a.start - b.start })
	return out
}

// permissionWords finds the permissions that a range names where it can name
// nothing else: 手机状态 in a column of permissions is READ_PHONE_STATE.
func (r *Reader) permissionWords(d *document, s span) []mention {
	f := d.view(s)
	hits := r.permWords.findInto(d.pool.scratch[:0], &f)
	d.pool.scratch = hits
	if len(hits) == 0 {
		return nil
	}
	out := make([]mention, 0, len(hits))
	for _, h := range hits {
		out = append(out, mention{span: span{h.start, h.end}, permission: r.set.Permissions[h.value].Name, platform: audit.PlatformAny})
	}
	return out
}
