package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// minHeaderFields is how many cells of a header must be known headings.
const minHeaderFields = 3

// header is a recognised heading row: the field of each column.
type header struct {
	fields    []field
	platforms []string // of each column whose heading is about one: Android 端收集; nil where none is
	at        int      // index of the block
}

// platform is what the heading of a column says of all cells below it.
func (h header) platform(column int) string {
	if column < len(h.platforms) {
		return h.platforms[column]
	}
	return ""
}

func (h header) has(f field) bool {
	for _, x := range h.fields {
		if x == f {
			return true
		}
	}
	return false
}

// columns reads a row as headings; known is how many of them are.
func (r *Reader) columns(d *document, i int) (h header, known int) {
	h = header{at: i}
	for _, c := range d.blocks[i].cells {
		f := r.headingField(d.str(c))
		h.fields = append(h.fields, f)
		if f != fieldNone {
			known++
		}
	}
	known += r.fromAbove(d, &h)
	known += r.columnPlatforms(d, &h)
	known += r.needColumns(d, &h)
	return h, known
}

// needColumns reads the two columns that part data by whether they are needed as data
// both: 必要信息 and 非必要信息, 必填 and 选填. One alone may tell of each entry whether it
// is needed. It returns how many headings more are known.
func (r *Reader) needColumns(d *document, h *header) int {
	need, other := -1, -1
	for k, c := range d.blocks[h.at].cells {
		if c.end-c.start > maxFieldBytes/4 || h.fields[k] != fieldNone && h.fields[k] != fieldNecessity {
			continue
		}
		switch text := d.str(c); {
		case !beginsAny(text, needWords): // as nearly all cells, which need no pattern
		case neededHead.MatchString(text):
			need = k
		case notNeededHead.MatchString(text):
			other = k
		}
	}
	if need < 0 || other < 0 {
		return 0
	}
	more := 0
	for _, k := range []int{need, other} {
		if h.fields[k] == fieldNone {
			more++
		}
		h.fields[k] = fieldData
	}
	return more
}

// Headings of columns of data that are needed, and of others.
var (
	neededHead    = pattern.New(`^(?:必要|必需|必须|必选|必填|基本|基础)(?:的)?(?:个人)?(?:信息|数据|字段)?$`)
	notNeededHead = pattern.New(`^(?:非必要|非必需|非必须|非必选|非必填|可选|选填|扩展|拓展|附加)(?:的)?(?:个人)?(?:信息|数据|字段)?$`)
)

// needWords begin a heading of either kind.
var needWords = []string{"必", "基", "非必", "可选", "选填", "扩展", "拓展", "附加"}

// platformNames are the words of platformWords.
var platformNames = newLooseNeedles("android", "ios", "iphone", "安卓", "苹果")

// fromAbove gives a heading row that stands below another one, which reaches down to it
// in some columns, what the upper one says over several columns: 信息内容 over 必要 and
// 非必要. It returns how many headings more are known.
func (r *Reader) fromAbove(d *document, h *header) int {
	if h.at == 0 {
		return 0
	}
	b, up := &d.blocks[h.at], &d.blocks[h.at-1]
	if up.kind != row || up.table != b.table || len(up.cells) != len(b.cells) || !slices.ContainsFunc(b.cells, func(c span) bool { return !c.empty() && slices.Contains(up.cells, c) }) {
		return 0
	}
	more := 0
	for k, c := range b.cells {
		over := up.cells[k]
		wide := k > 0 && up.cells[k-1] == over || k+1 < len(up.cells) && up.cells[k+1] == over
		if c == over || !wide || h.fields[k] != fieldNone && h.fields[k] != fieldNecessity && h.fields[k] != fieldPlatform {
			continue
		}
		if f := r.headingField(d.str(over)); f == fieldData || f == fieldPermissions {
			if h.fields[k] == fieldNone {
				more++
			}
			h.fields[k] = f
		}
	}
	return more
}

// columnPlatforms notes the columns that are about one platform. Where no column has data
// and two only name platforms, theirs are the data. It returns how many headings more
// are known.
func (r *Reader) columnPlatforms(d *document, h *header) int {
	cells := d.blocks[h.at].cells
	var only []int // columns whose heading is a platform and nothing else
	more := 0
	for k, c := range cells {
		if c.empty() || c.end-c.start > maxFieldBytes || !platformNames.in(d.str(c)) {
			continue
		}
		p := r.titlePlatform(d, c)
		if p == "" && r.besidePlatform(d.str(c)) != fieldNone {
			p = r.platformOf(platformWords.FindString(d.str(c))) // Data collected on Android
		}
		if p == "" || p == audit.PlatformAny {
			continue
		}
		if h.platforms == nil {
			h.platforms = make([]string, len(cells))
		}
		h.platforms[k] = p
		if f := r.besidePlatform(d.str(c)); h.fields[k] == fieldNone && f != fieldNone {
			h.fields[k] = f
			more++
		}
		if (h.fields[k] == fieldNone || h.fields[k] == fieldPlatform) && barePlatform.MatchString(d.str(c)) {
			only = append(only, k)
		}
	}
	if len(only) == 2 && !h.has(fieldData) {
		for _, k := range only {
			if h.fields[k] == fieldNone {
				more++
			}
			h.fields[k] = fieldData
		}
	}
	return more
}

// besidePlatform returns the field that a heading names beside a platform: Android 端收集,
// "Collected on iOS".
func (r *Reader) besidePlatform(heading string) field {
	rest := strings.Trim(platformWords.ReplaceAllString(heading, " "), " 的-—：:")
	if rest == "" {
		return fieldNone
	}
	if f := r.headingField(rest); f != fieldNone {
		return f
	}
	if takenHead.MatchString(rest) {
		return fieldData
	}
	return fieldNone
}

// What a heading says of a platform, and that data are taken there.
var (
	platformWords = pattern.New(`(?i)[（(【\[]?(?:仅|限|在|\b(?:on|for) )?(?:android|安卓|ios|iphone|苹果)\s?(?:端|版|版本|系统|平台|设备)?[）)】\]]?`)
	takenHead     = pattern.New(`(?i)^(?:所|需|会)?(?:收集|采集|获取|读取)(?:的|情况|项|内容)?$|^(?:data |information )?(?:collected|collects|received|receives|read|obtained)$`)
)

// barePlatform is a heading that names a platform and nothing else.
var barePlatform = pattern.New(`(?i)^[（(【\[]?(?:android|安卓|ios|苹果)\s?(?:端|版|版本|系统|平台|设备)?[）)】\]]?$`)

// headerOf reads a row as the heading row of a table of SDKs.
func (r *Reader) headerOf(d *document, i int) (header, bool) {
	h, known := r.columns(d, i)
	need := minHeaderFields
	if len(h.fields) == 2 {
		need = 2
	}
	return h, known >= need && known*2 >= len(h.fields)
}

// tableEntries reads the tables whose header names an SDK, or whose header
// names a company and data.
func (r *Reader) tableEntries(d *document) []entry {
	var out []entry
	for i := 0; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		if b.kind != row {
			continue
		}
		h, ok := r.headerOf(d, i)
		if !ok || !r.listsSDKs(d, h, b.span) {
			continue
		}
		b.entry = true
		for i+1 < len(d.blocks) && d.blocks[i+1].kind == row && d.blocks[i+1].table == b.table {
			if _, again := r.headerOf(d, i+1); again {
				break
			}
			i++
			d.blocks[i].entry = true
			if n := len(out); n > 0 && out[n-1].at.start > b.start && r.continuesAbove(d, h, &d.blocks[i]) {
				for _, c := range d.blocks[i].cells {
					out[n-1].parts = append(out[n-1].parts, part{c, fieldData, r.linePlatform(d, c)})
				}
				out[n-1].at.end = d.blocks[i].end
				continue
			}
			e, ok := r.rowEntry(d, h, &d.blocks[i])
			switch {
			case !ok:
			case len(out) > 0 && out[len(out)-1].name == e.name: // a name that reaches over several rows
				joinRows(&out[len(out)-1], e)
			default:
				out = append(out, e)
			}
		}
	}
	return out
}

// continuesAbove tells whether a row of few cells goes on with the one above.
func (r *Reader) continuesAbove(d *document, h header, b *block) bool {
	if len(b.cells)*2 >= len(h.fields) {
		return false
	}
	if !h.has(fieldData) {
		return false
	}
	for _, c := range b.cells {
		if text := d.str(c); r.named(text, true) >= 0 || r.isCompany(text) {
			return false
		}
	}
	return true
}

// listsSDKs tells whether the headings are those of a table of SDKs: they name
// one, or a company and either data or the word SDK.
func (r *Reader) listsSDKs(d *document, h header, s span) bool {
	return h.has(fieldName) || h.has(fieldCompany) && (h.has(fieldData) || strings.Contains(strings.ToUpper(d.str(s)), "SDK"))
}

// nameless names an entry whose table has no column of names: by the cell that
// names an SDK (微信登录/分享), else by its company.
func (r *Reader) nameless(d *document, e *entry) {
	if !e.name.empty() {
		return
	}
	for _, p := range e.parts {
		switch p.field {
		case fieldScenario, fieldFunction, fieldPurpose, fieldNone:
			text := d.str(p.span)
			if !saysSDK(text) && saysSDK(d.str(e.company)) {
				continue // （青梧SDK）青梧科技有限公司
			}
			if !strings.ContainsAny(text, "，,。；;") && utf8.RuneCountInString(text) <= maxNameRunes/2 && (r.named(text, false) >= 0 || saysSDK(text)) {
				e.name = p.span
				return
			}
		}
	}
	e.company = d.withoutPolicyLink(e.company)
	e.name = e.company
	if !r.isCompany(d.str(e.name)) {
		e.company = span{}
	}
}

// withoutPolicyLink drops a link to a policy from the end of an English cell that names
// whose policy it is: "Example, Inc. privacy policy".
func (d *document) withoutPolicyLink(s span) span {
	i, _ := slices.BinarySearchFunc(d.links, s.start+1, func(l linkMark, at int) int { return l.start - at })
	for ; i < len(d.links) && d.links[i].start < s.end; i++ {
		if l := d.links[i]; l.end == s.end && isLinkText(d.text[l.start:l.end]) {
			if head := d.trim(span{s.start, l.start}); !head.empty() {
				return head
			}
		}
	}
	return s
}

// underCompany tells whether a name stands in a cell whose English heading asks for the
// company itself, not for a partner or service of any name.
func (d *document) underCompany(h header, b *block, name span) bool {
	heads := d.blocks[h.at].cells
	if b.lang != "en" || len(heads) != len(b.cells) {
		return false
	}
	i := slices.IndexFunc(b.cells, func(c span) bool { return contains(c, name) })
	if i < 0 {
		return false
	}
	head := strings.ToLower(strings.Trim(d.str(heads[i]), " *:"))
	return slices.Contains([]string{"company", "company name", "third-party company", "third party company", "legal entity", "entity", "vendor", "vendor name"}, head)
}

// saysSDK tells whether a cell holds the word SDK.
func saysSDK(cell string) bool { return strings.Contains(strings.ToUpper(cell), "SDK") }

// namesSDK tells whether a cell says of itself that it names an SDK: 青梧SDK.
func (r *Reader) namesSDK(cell string) bool {
	return len(cell) > len("SDK") && strings.EqualFold(cell[len(cell)-len("SDK"):], "SDK") && r.distinctive(cell[:len(cell)-len("SDK")])
}

// joinRows adds a row to the entry whose name reaches down to it.
func joinRows(e *entry, row entry) {
	e.at.end = max(e.at.end, row.at.end)
	if e.company.empty() {
		e.company = row.company
	}
	if e.purpose.empty() {
		e.purpose = row.purpose
	}
	if e.link == "" {
		e.link = row.link
	}
	e.links = append(e.links, row.links...)
	for _, p := range row.parts {
		if !slices.Contains(e.parts, p) {
			e.parts = append(e.parts, p)
		}
	}
}

// rowEntry assigns the cells of a row. Where the row has as many cells as the
// header, the header decides, corrected by content; else content decides.
func (r *Reader) rowEntry(d *document, h header, b *block) (entry, bool) {
	e := entry{layout: layoutTable, at: b.span, lang: b.lang}
	cells := b.cells
	if len(cells) > 1 && h.fields[0] == fieldNone && h.has(fieldName) && isSerial(d.str(cells[0])) {
		cells, h.fields = cells[1:], h.fields[1:]
		if h.platforms != nil {
			h.platforms = h.platforms[1:]
		}
	}
	aligned := len(cells) == len(h.fields)
	for i, c := range cells {
		if c.empty() && aligned && h.fields[i] == fieldLink {
			e.noLink = true
		}
		if c.empty() || i > 0 && c == cells[i-1] {
			continue
		}
		f := fieldNone
		wide := i+1 < len(cells) && c == cells[i+1] // one cell over several columns
		if i < len(h.fields) && (aligned || i == 0) && !(wide && i > 0) {
			f = h.fields[i]
		}
		from := len(e.parts)
		r.place(d, &e, c, r.underHeading(d, h, f, c, i, aligned))
		if p := h.platform(i); p != "" && f != fieldNone && !wide {
			for k := range e.parts[from:] {
				e.parts[from+k].platform = either(e.parts[from+k].platform, p)
			}
		}
	}
	r.nameless(d, &e)
	if e.name.empty() {
		return e, false
	}
	if e.company.empty() && d.underCompany(h, b, e.name) {
		e.company = e.name // whatever its legal form: the heading says that it is one
	}
	e.at.start = min(e.at.start, e.name.start)
	return e, true
}

// isSerial tells whether a cell holds only the number of its row.
func isSerial(cell string) bool {
	return cell != "" && strings.Trim(cell, "0123456789.、()（） ") == ""
}

// byContent corrects the field that the header gives a cell.
func (r *Reader) byContent(d *document, f field, c span, column int, aligned bool) field {
	text := d.str(c)
	switch {
	case f == fieldName:
		return f
	case isAddress(text):
		if f == fieldWebsite {
			return f
		}
		return fieldLink
	case r.isCompany(text) && f != fieldData:
		return fieldCompany
	case aligned && (f == fieldPurpose || f == fieldScenario || f == fieldFunction) && r.onlyLists(d, c):
		return fieldData // the headings stand in another order than the cells
	case aligned && f != fieldNone:
		return f
	case column == 0:
		return fieldName
	}
	return r.guess(d, c)
}

// isAddress tells whether a cell is an address, with a word or two beside it at most.
func isAddress(text string) bool {
	return findURL(text) != "" && utf8.RuneCountInString(urlPattern.ReplaceAllString(text, "")) < 12
}

// onlyLists tells whether a cell enumerates data that no purpose consists of:
// IMEI、设备型号, not 地图、定位.
func (r *Reader) onlyLists(d *document, c span) bool {
	return r.mayMention(d, c) && r.isList(d, c) && r.listsData(r.mentionsIn(d, c))
}

// guess decides what a piece without heading is.
func (r *Reader) guess(d *document, c span) field {
	f := d.view(c)
	if hs := r.methods.find(&f); len(hs) > 0 && utf8.RuneCountInString(d.str(c)) < 24 {
		return fieldMethod
	}
	if hs := r.linkTexts.find(&f); len(hs) > 0 && utf8.RuneCountInString(d.str(c)) < 12 {
		return fieldLink
	}
	data, perms := 0, 0
	for _, m := range r.mentionsIn(d, c) {
		if m.permission != "" {
			perms++
		} else {
			data++
		}
	}
	switch {
	case perms > 0 && perms >= data:
		return fieldPermissions
	case data > 0 && data*8 >= utf8.RuneCountInString(d.str(c))/4:
		return fieldData
	}
	return fieldPurpose
}

// place puts a piece into its field of the entry.
func (r *Reader) place(d *document, e *entry, s span, f field) {
	s = d.trim(s)
	if s.empty() {
		return
	}
	if f == fieldCompany || f == fieldLink || f == fieldWebsite {
		s = r.besideAddress(d, e, s, f)
	}
	switch f {
	case fieldName:
		if e.name.empty() {
			e.name = d.bare(s)
		}
	case fieldCompany:
		if e.company.empty() {
			e.company = r.companyAlone(d, s)
		}
		return
	case fieldPurpose, fieldScenario, fieldFunction:
		if e.purpose.empty() || f == fieldPurpose && !slices.Contains(e.parts, part{e.purpose, f, r.linePlatform(d, e.purpose)}) {
			e.purpose = s
		}
	case fieldLink, fieldWebsite:
		if u := d.linkIn(s); u != "" && (e.link == "" || f == fieldLink) {
			e.link = u
		}
		e.links = append(e.links, s)
		return
	}
	e.parts = append(e.parts, part{s, f, r.linePlatform(d, s)})
}

// companyAlone drops what an English piece says of the company that it begins with:
// "Example Inc., a company in the USA".
func (r *Reader) companyAlone(d *document, s span) span {
	text := d.str(s)
	if len(text) > maxFieldBytes || hanCount(text) > 0 || r.isCompany(text) {
		return s
	}
	if c := r.companyIn(d, s); c.start == s.start && !c.empty() && strings.HasPrefix(d.text[c.end:s.end], ", ") {
		return c
	}
	return s
}

// besideAddress parts a cell that holds a company and its address: the piece for the
// field goes on, the other is put into the entry.
func (r *Reader) besideAddress(d *document, e *entry, s span, f field) span {
	text := d.str(s)
	url := findURL(text)
	if url == "" {
		return s
	}
	at := strings.Index(text, url)
	before := d.trim(span{s.start, s.start + at})
	if !r.isCompany(d.str(before)) {
		return s
	}
	address := span{s.start + at, s.end}
	if f == fieldCompany {
		r.place(d, e, address, fieldLink)
		return before
	}
	r.place(d, e, before, fieldCompany)
	return address
}

// row reads a table row that is no SDK entry: a table of permissions or of
// personal data of the app itself, or else its cells as sentences.
func (c *claimReader) row(i int) {
	r, d, b := c.r, c.d, &c.d.blocks[i]
	h, ok := c.headers[b.table]
	if survey, is := c.surveys[b.table]; is {
		c.surveyRow(b, survey)
		return
	}
	for k, cell := range b.cells {
		f, platform := fieldNone, ""
		if ok && len(h.fields) == len(b.cells) {
			f = h.fields[k]
			if k+1 == len(b.cells) || b.cells[k+1] != cell {
				platform = h.platform(k)
			}
		}
		switch f {
		case fieldPermissions, fieldData:
			c.cell(b, cell, f, platform)
		case fieldPurpose, fieldScenario, fieldFunction, fieldLink, fieldWebsite, fieldCompany, fieldNote, fieldMethod:
			// what the data is for names no data
		default:
			c.list = listState{}
			c.out = append(c.out, c.text(&block{span: cell, lang: b.lang, section: b.section})...)
		}
	}
	c.list = listState{}
	if h, is := r.surveyColumns(d, i); is {
		c.surveys[b.table] = h
	}
	if h, ok := r.columnsOf(d, i); ok {
		c.headers[b.table] = h
	}
}

// cell reads a cell of a column of data or permissions, which is about a platform or "".
func (c *claimReader) cell(b *block, cell span, f field, column string) {
	if cell.empty() {
		return
	}
	st := c.r.statementAt(c.d, cell, b.lang)
	base := claim{party: audit.PartyApp, polarity: audit.Collects, lang: b.lang, at: cell, rule: "data_table"}
	if f == fieldPermissions {
		base.rule = "permission_table"
		st.mentions = c.r.withCapitals(c.d, cell, st.mentions)
		for _, m := range c.r.permissionWords(c.d, cell) {
			if !slices.ContainsFunc(st.mentions, func(o mention) bool { return o.permission == m.permission }) {
				st.mentions = append(st.mentions, m)
			}
		}
	}
	platform := either(either(either(st.platform, c.r.linePlatform(c.d, cell)), column), c.secs[b.section].platform)
	c.out = append(c.out, groupClaims(c.r, base, st.mentions, platform)...)
}

// columnsOf reads row i as the heading row of a table of the app's own data or
// permissions.
func (r *Reader) columnsOf(d *document, i int) (header, bool) {
	h, known := r.columns(d, i)
	return h, known >= 2 || known == 1 && (h.has(fieldPermissions) || h.has(fieldData)) && !strings.ContainsAny(d.str(d.blocks[i].span), "。，;；")
}
