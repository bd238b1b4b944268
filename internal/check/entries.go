package check

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// entriesOf groups the SDK entries of the policies by party, in text order.
func (f *facts) entriesOf() (parties []string, entries map[string][]*audit.PolicySDK) {
	entries = map[string][]*audit.PolicySDK{}
	for i := range f.r.Policy.SDKs {
		s := &f.r.Policy.SDKs[i]
		p := s.Party()
		if entries[p] == nil {
			parties = append(parties, p)
		}
		entries[p] = append(entries[p], s)
	}
	return parties, entries
}

// entryFields are the fields of an entry, what matters most first.
var entryFields = []struct {
	id    string
	name  audit.Text
	heavy bool // an entry without it does not tell what happens to the data
}{
	{audit.EntryData, audit.Text{ZH: "处理的个人信息", EN: "the personal data"}, true},
	{audit.EntryPurpose, audit.Text{ZH: "使用目的", EN: "the purpose"}, true},
	{audit.EntryCompany, audit.Text{ZH: "公司名称", EN: "the company"}, false},
	{audit.EntryLink, audit.Text{ZH: "隐私政策链接", EN: "the link to its privacy policy"}, false},
}

// lacking is what the entries of one SDK leave out.
type lacking struct {
	party  string
	fields map[string]bool
	blank  map[string]bool // a cell is there and says nothing
	at     []*audit.PolicySDK
	prose  bool
}

// lacks sums up the entries of one SDK. What one entry states, another entry in
// the same language need not repeat; a cell filled with nothing counts by
// itself.
func lacks(party string, entries []*audit.PolicySDK) lacking {
	l := lacking{party: party, fields: map[string]bool{}, blank: map[string]bool{}, prose: true}
	stated := map[string]bool{} // "language field"
	for _, s := range entries {
		l.prose = l.prose && s.Layout == layoutProse
		for _, field := range entryFields {
			if (s.Layout != layoutProse || field.id == audit.EntryData) && !slices.Contains(s.Missing, field.id) && !slices.Contains(s.Blank, field.id) {
				stated[s.Lang+" "+field.id] = true
			}
		}
	}
	for _, s := range entries {
		if s.Layout == layoutProse && !l.prose {
			continue // a list says more of it
		}
		for _, id := range s.Blank {
			if id != audit.EntryLink { // a lost link is a finding of its own
				l.fields[id], l.blank[id] = true, true
				l.add(s)
			}
		}
		for _, id := range s.Missing {
			if !stated[s.Lang+" "+id] {
				l.fields[id] = true
				l.add(s)
			}
		}
	}
	return l
}

// layoutProse is the layout of SDKs that only running text describes.
const layoutProse = "prose"

func (l *lacking) add(s *audit.PolicySDK) {
	if len(l.at) < maxQuotes && !slices.Contains(l.at, s) {
		l.at = append(l.at, s)
	}
}

// Where so many SDKs lack a field, the list has no place for it: one cause, one
// finding. Of data and purpose most must lack it, as each is worth a finding.
const (
	minColumnEntries  = 3
	columnNumerator   = 2 // of columnDenominator
	columnDenominator = 3
)

// incompleteEntries: entries of SDK lists lack data, purpose, company or link.
func (f *facts) incompleteEntries(c *rules.Check) []audit.Finding {
	parties, entries := f.entriesOf()
	var all []lacking
	listed := 0 // SDKs with an entry beyond running prose
	for _, p := range parties {
		if !certainlySDK(p, entries[p]) {
			continue
		}
		l := lacks(p, entries[p])
		if !l.prose {
			listed++
		}
		if k := f.set.SDK(strings.TrimPrefix(p, audit.PrefixSDK)); k != nil && k.Neutral {
			delete(l.fields, "data") // it takes none by itself
		}
		if len(l.fields) > 0 {
			all = append(all, l)
		}
	}
	out := f.namedInProse(c, all)
	for _, field := range entryFields {
		var without []lacking
		for _, l := range all {
			if l.fields[field.id] && !l.blank[field.id] && !l.prose {
				without = append(without, l)
			}
		}
		if len(without) < minColumnEntries || field.heavy && len(without)*columnDenominator < listed*columnNumerator {
			continue
		}
		for _, l := range without {
			delete(l.fields, field.id)
		}
		out = append(out, f.columnMissing(c, field.id, without, listed))
	}
	single := slices.DeleteFunc(all, func(l lacking) bool { return len(l.fields) == 0 || l.prose })
	for _, l := range single[:min(len(single), maxEntryFindings)] {
		out = append(out, f.incompleteEntry(c, l))
	}
	if len(single) > maxEntryFindings {
		rest := single[maxEntryFindings:]
		out = append(out, f.columnMissing(c, firstField(rest[0].fields), rest, listed))
	}
	return out
}

// maxEntryFindings bounds the findings about single entries; what is more is
// summed up in one.
const maxEntryFindings = 60

// firstField is the field that matters most among those that are missing.
func firstField(fields map[string]bool) string {
	for _, field := range entryFields {
		if fields[field.id] {
			return field.id
		}
	}
	return ""
}

// namedInProse is one finding for the SDKs that running text names as parts of
// the app without a word on what data they take.
func (f *facts) namedInProse(c *rules.Check, all []lacking) []audit.Finding {
	var ids []string
	var quotes []audit.Quote
	for _, l := range all {
		if l.prose && audit.PartyKind(l.party) == audit.PrefixSDK {
			ids = append(ids, l.party)
			if q := f.entryQuote(l.at[0]); len(quotes) < maxQuotes && !slices.Contains(quotes, q) {
				quotes = append(quotes, q)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	words := map[string]audit.Text{"names": f.partyNames(ids), "missing": fieldName(audit.EntryData)}
	words["subject"] = words["names"]
	words["detail"] = fill(audit.Text{ZH: "政策在正文中提到接入以下 SDK，但没有写明其{missing}：{names}。", EN: "The running text names these SDKs as part of the app without {missing} they handle: {names}."}, words)
	x := f.finding(c, audit.VerdictDefect, []string{"layout:prose"}, words)
	x.Confidence = "low"
	if len(ids) == 1 {
		x.Party = ids[0]
	}
	x.Policy = quotes
	return []audit.Finding{x}
}

// maxNameRunes bounds the name of an SDK; a longer one is a sentence behind
// "SDK:".
const maxNameRunes = 40

// certainlySDK tells whether entries are about an SDK: the line "name: …" of an
// address is laid out like one, and so is a row whose cells have shifted. A name
// that no signature knows must call itself an SDK.
func certainlySDK(party string, entries []*audit.PolicySDK) bool {
	return slices.ContainsFunc(entries, func(s *audit.PolicySDK) bool {
		name := s.NameAsWritten
		return utf8.RuneCountInString(name) <= maxNameRunes && !strings.ContainsAny(name, "，。；") &&
			namesSDK(party)
	})
}

// namesSDK tells whether a party of a policy is one that a signature knows, or
// calls itself an SDK.
func namesSDK(party string) bool {
	return audit.PartyKind(party) != audit.PrefixUnnamed || strings.Contains(strings.ToLower(party[len(audit.PrefixUnnamed):]), "sdk")
}

// columnMissing is the finding for a field that the list has no place for.
func (f *facts) columnMissing(c *rules.Check, id string, without []lacking, total int) audit.Finding {
	var ids []string
	var quotes []audit.Quote
	for _, l := range without {
		ids = append(ids, l.party)
		if len(quotes) < maxQuotes {
			quotes = append(quotes, f.entryQuote(l.at[0]))
		}
	}
	words := map[string]audit.Text{"n": number(len(without)), "of": number(total), "names": f.partyNames(ids), "missing": fieldName(id)}
	words["subject"] = fill(audit.Text{ZH: "{n} 个 SDK 的条目", EN: "entries of {n} SDKs"}, words)
	words["detail"] = fill(audit.Text{ZH: "{of} 个 SDK 中有 {n} 个的条目没有写明{missing}：{names}。", EN: "Of {of} listed SDKs, {n} have an entry without {missing}: {names}."}, words)
	x := f.finding(c, audit.VerdictDefect, []string{weight(map[string]bool{id: true})}, words)
	x.Policy = quotes
	return x
}

// maxNamed bounds how many SDKs one sentence names.
const maxNamed = 8

// incompleteEntry is the finding for one SDK.
func (f *facts) incompleteEntry(c *rules.Check, l lacking) audit.Finding {
	var zh, en []string
	repeats := false
	for _, field := range entryFields {
		if l.fields[field.id] {
			zh, en = append(zh, field.name.ZH), append(en, field.name.EN)
			repeats = repeats || field.id == audit.EntryData && l.blank[field.id]
		}
	}
	words := map[string]audit.Text{"missing": {ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}, "subject": f.set.PartyName(l.party)}
	detail := audit.Text{ZH: "该条目没有写明：{missing}。", EN: "The entry does not state: {missing}."}
	if repeats {
		detail = audit.Text{ZH: "该条目没有写明：{missing}；个人信息一栏只有 SDK 自身的名称或没有内容。", EN: "The entry does not state: {missing}; its data cell holds the SDK's own name or nothing."}
	}
	words["detail"] = fill(detail, words)
	x := f.finding(c, audit.VerdictDefect, []string{weight(l.fields)}, words)
	x.Party = l.party
	for _, s := range l.at {
		x.Policy = append(x.Policy, f.entryQuote(s))
	}
	return x
}

// weight is the property that lowers the severity where only company or link
// are missing.
func weight(fields map[string]bool) string {
	for _, field := range entryFields {
		if field.heavy && fields[field.id] {
			return "missing:content"
		}
	}
	return "missing:source"
}

func fieldName(id string) audit.Text {
	for _, field := range entryFields {
		if field.id == id {
			return field.name
		}
	}
	return audit.Text{ZH: id, EN: id}
}

func (f *facts) entryQuote(s *audit.PolicySDK) audit.Quote {
	return audit.Quote{Quote: f.text(s.At), At: s.At}
}

// companyKey is a company's name without case, blanks, punctuation and the
// forms that say nothing about who it is.
func companyKey(name string) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, rules.Fold(name))
	for _, form := range []string{"有限责任公司", "股份有限公司", "有限公司", "coltd", "companylimited", "limited", "inc", "llc", "ltd"} {
		key = strings.TrimSuffix(key, form)
	}
	return key
}

// Lengths from which a vendor's short name inside a company's name means that
// vendor.
const (
	minBrandHan   = 2
	minBrandLatin = 4
)

// sameCompany tells whether two names, as keys, are one company or the one is a
// brand inside the other.
func sameCompany(a, b string) bool {
	if a == b {
		return a != ""
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	least := minBrandLatin
	if r, _ := utf8.DecodeRuneInString(a); r >= utf8.RuneSelf {
		least = minBrandHan
	}
	return utf8.RuneCountInString(a) >= least && strings.Contains(b, a)
}

// vendorIndex knows which companies run which SDKs, and which vendors belong
// together because they run the same SDK, share a name or are of one group.
type vendorIndex struct {
	ids   []string
	names map[string][]string // by SDK: keys of its vendor's names
	group map[string]string   // by SDK: another one whose vendor belongs to the same group
}

func newVendorIndex(set *rules.Set) *vendorIndex {
	v := &vendorIndex{names: map[string][]string{}}
	for _, k := range set.SDKs {
		if k.Neutral {
			continue
		}
		v.ids = append(v.ids, k.ID)
		for _, n := range append([]string{k.Vendor.ZH, k.Vendor.EN}, k.VendorAliases...) {
			if key := companyKey(n); key != "" && !slices.Contains(v.names[k.ID], key) {
				v.names[k.ID] = append(v.names[k.ID], key)
			}
		}
		if k.Group != "" {
			v.names[k.ID] = append(v.names[k.ID], "group:"+k.Group)
		}
	}
	return v
}

// together tells whether the vendors of two SDKs belong together. The groups
// are made when they are first asked for: hardly any policy needs them.
func (v *vendorIndex) together(a, b string) bool {
	if v.group == nil {
		v.makeGroups()
	}
	return v.root(a) == v.root(b)
}

// makeGroups joins the SDKs whose vendors have a name in common, or of which one
// vendor's name is a brand inside the other's. Looking every part of a name up
// costs far less than comparing each name with each.
func (v *vendorIndex) makeGroups() {
	v.group = make(map[string]string, len(v.ids))
	first := map[string]string{} // by name: the first SDK of that vendor
	for _, id := range v.ids {
		for _, n := range v.names[id] {
			if first[n] == "" {
				first[n] = id
			}
			v.group[v.root(id)] = v.root(first[n])
		}
	}
	for name, id := range first {
		for i := range name {
			for j := i + 1; j <= len(name); j++ {
				if other := first[name[i:j]]; other != "" && sameCompany(name[i:j], name) {
					v.group[v.root(id)] = v.root(other)
				}
			}
		}
	}
}

// root is the SDK that stands for a group.
func (v *vendorIndex) root(id string) string {
	for v.group[id] != "" && v.group[id] != id {
		id = v.group[id]
	}
	return id
}

// maxCompanyBytes bounds what may be the name of a company.
const maxCompanyBytes = 300

// owner returns the first SDK whose vendor's full name is this company, where
// that vendor has nothing to do with SDK id; "" where none does.
func (v *vendorIndex) owner(company, id string) string {
	if len(company) > maxCompanyBytes {
		return ""
	}
	key := companyKey(company)
	if key == "" || slices.ContainsFunc(v.names[id], func(n string) bool { return sameCompany(n, key) }) {
		return ""
	}
	best := ""
	for _, other := range v.ids {
		if !slices.Contains(v.names[other], key) {
			continue
		}
		if v.together(other, id) {
			return ""
		}
		best = cmp.Or(best, other)
	}
	return best
}

// companyMismatches: an entry names a company that is known as the vendor of
// another SDK. Companies that no signature knows prove nothing: an SDK changes
// hands, and groups run theirs through several firms.
func (f *facts) companyMismatches(c *rules.Check) []audit.Finding {
	var v *vendorIndex // of all signatures; many policies name no company
	var out []audit.Finding
	seen := map[string]bool{}
	for i := range f.r.Policy.SDKs {
		s := &f.r.Policy.SDKs[i]
		k := f.set.SDK(s.ID)
		if k == nil || s.Company == "" || seen[s.ID+"|"+s.Company] {
			continue
		}
		if v == nil {
			v = newVendorIndex(f.set)
		}
		if v.names[s.ID] == nil {
			continue
		}
		other := v.owner(s.Company, s.ID)
		if other == "" || sharesWord(s.NameAsWritten, s.Company) || namesVendor(f.set.SDK(other), s.NameAsWritten) {
			continue
		}
		seen[s.ID+"|"+s.Company] = true
		words := map[string]audit.Text{"party": f.set.PartyName(s.Party()), "company": {ZH: s.Company, EN: s.Company},
			"vendor": vendorName(k), "other": f.set.PartyName(audit.PrefixSDK + other), "written": {ZH: s.NameAsWritten, EN: s.NameAsWritten}}
		x := f.finding(c, audit.VerdictDefect, nil, words)
		x.Party, x.Policy = s.Party(), []audit.Quote{f.entryQuote(s)}
		out = append(out, x)
	}
	return out
}

// namesVendor tells whether the name of an entry also says the SDK or vendor k,
// through which another SDK came: 小米推送（友盟集成）.
func namesVendor(k *rules.SDK, name string) bool {
	if k == nil {
		return false
	}
	words := slices.Concat([]string{k.Name.ZH, k.Name.EN, k.Vendor.ZH, k.Vendor.EN}, k.Aliases, k.VendorAliases)
	name = strings.ToLower(name)
	return slices.ContainsFunc(words, func(w string) bool {
		return len(w) > len("ab") && strings.Contains(name, strings.ToLower(w))
	})
}

// plainWords are pairs of characters that stand in the names of many companies
// and SDKs.
var plainWords = []string{"公司", "有限", "科技", "技术", "网络", "信息", "软件", "移动", "互联", "数据", "通信", "中国", "北京", "上海", "深圳", "广州", "杭州", "广告", "支付", "云计", "服务", "平台"}

// sharesWord tells whether the name of an SDK and a company share two characters
// in a row that mean something: 腾讯移动应用接入SDK is from Tencent, whatever SDK it
// was taken for.
func sharesWord(name, company string) bool {
	runes := []rune(name)
	rest := string(runes[:min(len(runes), maxNameRunes)])
	for _, w := range plainWords {
		rest = strings.ReplaceAll(rest, w, " ")
	}
	runes = []rune(rest)
	for i := 0; i+1 < len(runes); i++ {
		if unicode.Is(unicode.Han, runes[i]) && unicode.Is(unicode.Han, runes[i+1]) && strings.Contains(company, string(runes[i:i+2])) {
			return true
		}
	}
	return false
}

func vendorName(k *rules.SDK) audit.Text {
	t := k.Vendor
	return audit.Text{ZH: cmp.Or(t.ZH, t.EN), EN: cmp.Or(t.EN, t.ZH)}
}

// duplicateConflicts: the same SDK stands in two lists of one language, with
// different data.
func (f *facts) duplicateConflicts(c *rules.Check) []audit.Finding {
	parties, entries := f.entriesOf()
	list := f.listNumbers()
	var out []audit.Finding
	for _, p := range parties {
		if audit.PartyKind(p) != audit.PrefixSDK {
			continue
		}
		if a, b := f.conflicting(entries[p], list); a != nil {
			out = append(out, f.duplicateConflict(c, p, a, b))
		}
	}
	return out
}

// maxCompared bounds how many entries of one SDK are compared with each other.
const maxCompared = 40

// maxListGap is how many code points may lie between two entries of one list.
const maxListGap = 3000

// listNumbers numbers the lists in which the entries stand: neighbours in one
// language form a list.
func (f *facts) listNumbers() map[*audit.PolicySDK]int {
	out := map[*audit.PolicySDK]int{}
	n := 0
	var prev *audit.PolicySDK
	for i := range f.r.Policy.SDKs {
		s := &f.r.Policy.SDKs[i]
		if s.Layout == layoutProse {
			continue
		}
		if prev == nil || prev.At.Source != s.At.Source || prev.Lang != s.Lang || s.At.Start-prev.At.End > maxListGap {
			n++
		}
		out[s] = n
		prev = s
	}
	return out
}

// conflicting returns the first two entries that describe one SDK differently.
// Entries of one list with different names describe different functions.
func (f *facts) conflicting(entries []*audit.PolicySDK, list map[*audit.PolicySDK]int) (a, b *audit.PolicySDK) {
	entries = entries[:min(len(entries), maxCompared)]
	for i, x := range entries {
		for _, y := range entries[i+1:] {
			if list[x] == 0 || list[y] == 0 || x.Lang != y.Lang || len(x.Data) == 0 || len(y.Data) == 0 {
				continue
			}
			if list[x] == list[y] && rules.FoldName(x.NameAsWritten) != rules.FoldName(y.NameAsWritten) {
				continue
			}
			if len(f.beyond(x.Data, y.Data))+len(f.beyond(y.Data, x.Data)) > 0 {
				return x, y
			}
		}
	}
	return nil, nil
}

// beyond returns the data of a that b covers neither by name, nor by anything
// above or below it.
func (f *facts) beyond(a, b []string) []string {
	var out []string
	for _, d := range a {
		if !slices.ContainsFunc(b, func(o string) bool { return o == d || f.set.Below(o, d) || f.set.Below(d, o) }) {
			out = append(out, d)
		}
	}
	return out
}

func (f *facts) duplicateConflict(c *rules.Check, party string, a, b *audit.PolicySDK) audit.Finding {
	only := func(s *audit.PolicySDK, data []string) audit.Text {
		if len(data) == 0 {
			return audit.Text{}
		}
		return fill(audit.Text{ZH: "仅第 {line} 行的条目列有：{data}。", EN: "Only the entry of line {line} has: {data}. "}, map[string]audit.Text{"line": number(s.At.Line), "data": f.dataNames(data)})
	}
	x, y := only(a, f.beyond(a.Data, b.Data)), only(b, f.beyond(b.Data, a.Data))
	words := map[string]audit.Text{"party": f.set.PartyName(party), "differences": {ZH: x.ZH + y.ZH, EN: strings.TrimSpace(x.EN + y.EN)}}
	out := f.finding(c, audit.VerdictDefect, nil, words)
	out.Party = party
	out.Policy = []audit.Quote{f.entryQuote(a), f.entryQuote(b)}
	return out
}

// dataNames lists data types in words.
func (f *facts) dataNames(ids []string) audit.Text {
	var zh, en []string
	for _, d := range ids {
		t := f.dataName(d)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
