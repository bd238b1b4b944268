package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// mention is a data type or permission that a piece of text names.
type mention struct {
	span
	data       string
	permission string
	constant   bool // the permission is written as its constant
	platform   string
	umbrella   bool // the data type is a collective term
	listOnly   bool // the term counts only beside other data about a person
	opened     bool // it names what a permission opens: the camera of 相机权限
	covered    bool // an umbrella whose complete list stands beside it: the list counts, not the umbrella
	noise      noise
}

// rawMentions finds what a view of the text names.
func (r *Reader) rawMentions(d *document, f *folded) []mention {
	d.pool.hits = room(d.pool.hits)
	hits := r.data.findInto(d.pool.hits[len(d.pool.hits):], f) // only until the end of this function
	if len(hits) == 0 {
		return nil
	}
	d.pool.mentions = room(d.pool.mentions)
	from := len(d.pool.mentions)
	out := d.pool.mentions
	for _, h := range hits {
		out = r.mentionsOf(out, d, f, h)
	}
	d.pool.mentions = out
	return keep(out, from)
}

// mentionsOf adds what a hit of the terms names.
func (r *Reader) mentionsOf(out []mention, d *document, f *folded, h hit) []mention {
	t := r.terms[h.value]
	if t.data == "" && t.permission == "" || isMeaningless(t.data) || t.permission == "" && isNoDatum(d, h) {
		return out
	}
	if (t.data == "birthday_age" || t.data == "gender" || t.data != "" && r.below(t.data, "health_fitness")) && ofAnimal(d, h) {
		return out
	}
	if t.constant && !writtenAsConstant(d.text[h.start:h.end]) {
		return r.dataInside(out, f, h) // "call phone numbers" is no CALL_PHONE
	}
	out = append(out, r.mentionOf(t, h))
	if m := &out[len(out)-1]; m.permission == "" {
		m.end = withNoun(d.text[:f.end(len(f.runes))], *m)
	}
	if t.permission != "" && !t.constant {
		out = r.dataInside(out, f, h) // 访问通讯录 names the permission and the data
	}
	return out
}

// writtenAsConstant tells whether a text is a constant's name and not words
// that fold to it.
func writtenAsConstant(s string) bool {
	return strings.ContainsAny(s, "_.") || strings.ToUpper(s) == s
}

// withNoun is where the name of a datum ends with the noun that closes it: IMEI信息
// is one name, and what stands in a parenthesis behind it belongs to the IMEI.
func withNoun(text string, m mention) int {
	const noun = "信息"
	if strings.HasPrefix(text[m.end:], noun) && !strings.HasSuffix(text[m.start:m.end], noun) {
		return m.end + len(noun)
	}
	return m.end
}

func (r *Reader) mentionOf(t term, h hit) mention {
	m := mention{span: span{h.start, h.end}, data: t.data, permission: t.permission, constant: t.constant, platform: audit.PlatformAny, umbrella: t.umbrella, listOnly: t.listOnly}
	if t.ios {
		m.platform = audit.PlatformIOS
	}
	return m
}

// dataInside adds the data types named by the words of a permission phrase.
func (r *Reader) dataInside(out []mention, f *folded, h hit) []mention {
	part := f.part(h.from, h.to)
	for _, in := range r.dataOnly.find(&part) {
		if t := r.terms[in.value]; t.data != "" && !isMeaningless(t.data) {
			out = append(out, r.mentionOf(t, in))
		}
	}
	return out
}

// mentionsIn finds what a range names, as one statement.
func (r *Reader) mentionsIn(d *document, s span) []mention {
	st := r.statementAt(d, s, "")
	return st.mentions
}

// capitalPermissions finds permission constants that are also ordinary words
// (CAMERA, INTERNET): they count in capitals only, and only beside another
// constant or in a parenthesis behind a word for permissions.
func (r *Reader) capitalPermissions(d *document, st *statement) {
	constant := slices.ContainsFunc(st.mentions, func(m mention) bool { return m.constant })
	if !constant && !st.has(rolePermission) && !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.permission != "" }) {
		return
	}
	if constant {
		st.mentions = r.withCapitals(d, st.span, st.mentions)
		return
	}
	// 相机权限(CAMERA)
	text := d.str(st.span)
	for at := 0; ; {
		i := strings.Index(text[at:], "权限")
		if i < 0 {
			return
		}
		at += i + len("权限")
		if list := parenthesisAt(d, st.start+at, st.end); !list.empty() {
			st.mentions = r.withCapitals(d, list, st.mentions)
		}
	}
}

// withCapitals adds the permissions of a range that are written as a word in
// capitals to its mentions.
func (r *Reader) withCapitals(d *document, s span, ms []mention) []mention {
	text, added := d.str(s), false
	for i := 0; i < len(text); {
		if text[i] < 'A' || text[i] > 'Z' {
			i++
			continue
		}
		n := spanOf(text[i:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
		at := span{s.start + i, s.start + i + n}
		name, known := r.capitals[text[i:i+n]]
		inner := i > 0 && isLetter(text[i-1]) || i+n < len(text) && isLetter(text[i+n])
		i += n
		if !known || inner {
			continue
		}
		ms = slices.DeleteFunc(ms, func(m mention) bool { return m.start == at.start && m.end == at.end })
		if !slices.ContainsFunc(ms, func(m mention) bool { return contains(m.span, at) }) {
			ms = append(ms, mention{span: at, permission: name, constant: true, platform: audit.PlatformAny})
			added = true
		}
	}
	if !added {
		return ms
	}
	slices.SortStableFunc(ms, func(a, b mention) int { return a.start - b.start })
	return ms
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '.' || c == '_'
}

// elaborateContacts marks what a parenthesis says about the people in an
// address book: their names and numbers are no data of the user beside it.
func elaborateContacts(d *document, ms []mention) {
	for i, m := range ms {
		if m.data != "contacts" {
			continue
		}
		list := parenthesisAt(d, m.end, min(len(d.text), m.end+maxListBytes))
		for k := i + 1; k < len(ms) && ms[k].end <= list.end; k++ {
			switch ms[k].data {
			case "name", "phone_number", "email_address", "postal_address", "nickname_avatar":
				ms[k].covered = true
			}
		}
	}
}

// besideDeviceFacts reads the storage that is named among facts about the device as its
// size, not as the files in it: 内存与存储空间, 机型、存储空间、系统设置. Beside what a
// permission guards (相机、存储、麦克风) it stays what the permission opens.
func (r *Reader) besideDeviceFacts(d *document, st *statement) {
	ms := st.mentions
	for i := range ms {
		m := &ms[i]
		if m.data != "media_files" || m.permission != "" || !slices.Contains(storageWords, d.str(m.span)) {
			continue
		}
		fact, guarded := false, false
		beside := func(o mention, from, to int) {
			switch {
			case joined(d, from, to):
				fact = fact || o.data == "memory_info" || r.deviceFact(o)
			case nextItem(d, from, to):
				fact = fact || r.deviceFact(o)
			default:
				return
			}
			guarded = guarded || o.permission != "" || r.guarded[o.data] && !r.deviceFact(o) && !r.below(o.data, "device_info")
		}
		if i > 0 {
			beside(ms[i-1], ms[i-1].end, m.start)
		}
		if i+1 < len(ms) {
			beside(ms[i+1], m.end, ms[i+1].start)
		}
		if fact && !guarded && !permissionBehind(d.text[m.end:st.end]) {
			m.data, m.umbrella = "storage_info", false
		}
	}
}

// storageWords name the storage of a device, which may be its size or what is in it.
var storageWords = []string{"存储空间", "存储", "存储信息", "手机存储", "设备存储", "内部存储", "外部存储"}

// deviceFact tells whether a mention is an exact fact about the device or its system.
func (r *Reader) deviceFact(m mention) bool {
	return m.permission == "" && !m.umbrella && (r.below(m.data, "hardware_info") || r.below(m.data, "os_info"))
}

// permissionBehind tells whether a list goes on to the word for permissions: 系统版本、存储
// 等权限.
func permissionBehind(rest string) bool {
	if i := strings.IndexAny(rest, "，,；;。（("); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > maxRelative {
		return false
	}
	return strings.Contains(rest, "权限")
}

// nextItem tells whether nothing but the mark between two items stands between two
// terms, or a short note about the first.
func nextItem(d *document, from, to int) bool {
	if from >= to || to-from > maxListGap {
		return false
	}
	between := d.text[from:to]
	if strings.HasPrefix(between, "（") || strings.HasPrefix(between, "(") {
		shut := strings.IndexAny(between, "）)")
		if shut < 0 {
			return false
		}
		_, w := utf8.DecodeRuneInString(between[shut:])
		between = between[shut+w:]
	}
	return slices.Contains([]string{"、", "，", ",", "/", "；", ";"}, strings.TrimSpace(between))
}

// joined tells whether nothing but an "and" stands between two terms.
func joined(d *document, from, to int) bool {
	return from < to && slices.Contains([]string{"与", "和", "及", "以及", "/"}, strings.TrimSpace(d.text[from:to]))
}

// maxListBytes bounds how long a parenthesis behind a term may be.
const maxListBytes = 2000

// parenthesisAt returns the inside of a parenthesis that begins at from, blanks
// apart; an empty span where none does.
func parenthesisAt(d *document, from, end int) span {
	for from < end && d.text[from] == ' ' {
		from++
	}
	open, w := utf8.DecodeRuneInString(d.text[from:end])
	if w == 0 || !opens(open) {
		return span{}
	}
	return span{from + w, closing(d, from+w, min(end, from+w+maxListBytes))}
}

// opens tells whether a character opens a parenthesis.
func opens(r rune) bool { return r == '(' || r == '（' || r == '[' || r == '【' }

// closing finds the end of a parenthesis that opened before from; end where it
// never closes.
func closing(d *document, from, end int) int {
	depth := 1
	for i, r := range d.text[from:end] {
		switch r {
		case '(', '（', '[', '【':
			depth++
		case ')', '）', ']', '】':
			if depth--; depth == 0 {
				return from + i
			}
		}
	}
	return end
}

// coverUmbrella looks at the list that stands beside an umbrella term. A list
// behind it, in a parenthesis or after a colon, makes it exact unless the list
// is open (等, such as …): then the umbrella counts beside its items. A list
// before it that it only sums up (A、B等设备信息) does the same.
func (r *Reader) coverUmbrella(d *document, st *statement, i int) {
	m := &st.mentions[i]
	if !m.umbrella {
		return
	}
	if i > 0 && sumsUp(d, st.mentions[i-1].end, m.start) && r.below(st.mentions[i-1].data, m.data) {
		m.covered = true
		return
	}
	if i > 0 && oneName(d, st.mentions[i-1].end, m.start) && r.below(st.mentions[i-1].data, m.data) && st.mentions[i-1].data != m.data ||
		i+1 < len(st.mentions) && oneName(d, m.end, st.mentions[i+1].start) && r.below(st.mentions[i+1].data, m.data) && st.mentions[i+1].data != m.data {
		m.covered = true
		return
	}
	list, colon := umbrellaList(d, m.end, st.end)
	if list.empty() {
		return
	}
	for k := i + 1; k < len(st.mentions) && st.mentions[k].end <= list.end; k++ {
		o := st.mentions[k]
		if o.data == "" || o.start < list.start || o.umbrella && o.data == m.data {
			continue
		}
		if st.hasBetween(list.start, o.start, roleExclude, roleNegation) {
			return // 设备信息(不包括IMEI)
		}
		// Behind a colon an explanation may follow instead of a list: a list
		// begins with an item.
		if colon && utf8.RuneCountInString(d.text[list.start:o.start]) > 6 && !st.hasBetween(list.start, o.start, roleInclude, roleOpenList) {
			return
		}
		m.covered = !st.hasBetween(list.start, list.end, roleOpenList)
		return
	}
}

// oneName tells whether two terms are one name, of which the more exact one says
// what is meant: 经纬度位置, 位置的经纬度.
func oneName(d *document, from, to int) bool {
	return from == to || from < to && d.text[from:to] == "的"
}

// sumsUp tells whether the text between two terms says that the second sums up
// a list that the first ends.
func sumsUp(d *document, from, to int) bool {
	if from > to || to-from > 24 {
		return false
	}
	between := strings.TrimSpace(d.text[from:to])
	switch strings.ToLower(between) {
	case "等", "等的", "信息等", "等其他", "等您的", "and other", ", and other", "or other":
		return true
	}
	return false
}

// below tells whether data type is the same as above or stands under it.
func (r *Reader) below(data, above string) bool {
	for range 8 { // the tree is not deeper; its loading refuses circles
		t := r.set.DataType(data)
		if t == nil {
			return false
		}
		if data == above || slices.Contains(t.AlsoUnder, above) {
			return true
		}
		data = t.Parent
	}
	return false
}

// umbrellaList returns the list that specifies an umbrella term ending at from:
// the parenthesis behind it, or what follows a colon up to the end of the
// statement.
func umbrellaList(d *document, from, end int) (list span, colon bool) {
	rest := d.text[from:min(end, from+40)]
	trimmed := strings.TrimLeft(rest, " ")
	for _, filler := range []string{"等信息", "等"} {
		trimmed = strings.TrimPrefix(trimmed, filler)
	}
	at := from + len(rest) - len(trimmed)
	switch open, w := utf8.DecodeRuneInString(trimmed); {
	case w > 0 && opens(open):
		return parenthesisAt(d, at, end), false
	case w > 0 && (open == ':' || open == '：'):
		return span{at + w, min(end, at+w+maxListBytes)}, true
	}
	return span{}, false
}

// dataOf returns the distinct data types of mentions that keep accepts, in the
// order of the text.
func dataOf(ms []mention, keep func(mention) bool) []string {
	var out []string
	for _, m := range ms {
		if m.data != "" && !m.covered && keep(m) && !slices.Contains(out, m.data) {
			out = append(out, m.data)
		}
	}
	return out
}

// permissionsOf returns the distinct permissions that mentions name.
func permissionsOf(ms []mention) []string {
	var out []string
	for _, m := range ms {
		if m.permission != "" && !slices.Contains(out, m.permission) {
			out = append(out, m.permission)
		}
	}
	return out
}

// wifiMembers reads bare words in the parenthesis behind Wi-Fi as what they are of it:
// Wi-Fi 信息（名称、BSSID、列表）.
func (r *Reader) wifiMembers(d *document, st *statement) {
	for i := 0; i < len(st.mentions); i++ {
		m := st.mentions[i]
		if m.data != "wifi_info" || m.permission != "" {
			continue
		}
		list := parenthesisAt(d, m.end, st.end)
		if list.empty() {
			continue
		}
		for _, item := range piecesBetween(d, list, func(c rune) bool { return strings.ContainsRune("、，,；;/和与及", c) }) {
			data := wifiMember[strings.TrimPrefix(d.str(item), "的")]
			if data == "" || slices.ContainsFunc(st.mentions, func(o mention) bool { return o.start < item.end && item.start < o.end }) {
				continue
			}
			st.mentions = append(st.mentions, mention{span: item, data: data, platform: m.platform})
		}
		slices.SortStableFunc(st.mentions, func(a, b mention) int { return a.start - b.start })
	}
}

// wifiMember are words that say of Wi-Fi what they are only together with it.
var wifiMember = map[string]string{
	"名称": "wifi_ssid", "名字": "wifi_ssid", "网络名": "wifi_ssid", "网络名称": "wifi_ssid", "热点名称": "wifi_ssid", "连接名称": "wifi_ssid",
	"列表": "wifi_scan_list", "附近列表": "wifi_scan_list", "扫描列表": "wifi_scan_list", "扫描结果": "wifi_scan_list", "周边列表": "wifi_scan_list",
	"路由器地址": "wifi_bssid", "热点地址": "wifi_bssid", "接入点地址": "wifi_bssid",
}
