package disclose

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// lack is what the policy of a report leaves out, by the verdicts of the checks.
type lack struct {
	*facts
	unnamed     map[string]bool      // ids of SDKs that the policy does not name
	verdicts    map[[2]string]string // party, data -> why it is lacking
	permissions map[string]string    // name -> why
	entries     map[string][]*audit.PolicySDK
	claims      map[string][]*audit.Claim // by party
	denials     map[string]*audit.At      // by data type, of those that were asked for
}

// Missing writes only what the policy of the report lacks or says too vaguely,
// with the places where it belongs. originals are the bytes of the policy's files
// by the name of their source; what is in them Patch can change.
func Missing(set *rules.Set, r *audit.Report, originals map[string][]byte) *Document {
	f := newFacts(set, r)
	l := newLack(f)
	l.collect()
	d := f.document()
	d.Missing = true
	var sdks []*audit.SDK
	for _, s := range f.sdks {
		if l.unnamed[s.ID] {
			sdks = append(sdks, s)
		}
	}
	rows := f.dataRows(func(p audit.Pair) bool {
		return audit.PartyKind(p.Party) != audit.PrefixSDK && l.verdicts[[2]string{p.Party, p.Data}] != ""
	})
	permissions := f.permissions(func(name string) bool { return l.permissions[name] != "" })
	additions := l.additions()

	t := f.sdkTable(sdks)
	t.Place, t.Empty = l.afterText(l.sdkPlace("")), audit.Text{ZH: "政策没有遗漏 SDK。", EN: "The policy names every SDK that it must name."}
	d.Tables = append(d.Tables, t, l.additionTable(additions), l.missingData(rows), l.missingPermissions(permissions))
	d.Sources, d.Safety = f.sources(sdks), f.safety()
	d.edits, d.left = l.edits(originals, sdks, additions, rows, permissions)
	return d
}

// lacking are the verdicts that ask for something to be written.
var lacking = []string{audit.VerdictUndisclosed, audit.VerdictVague, audit.VerdictMisattributed, audit.VerdictOtherPlatform, audit.VerdictDenied}

// newLack makes the entries and statements about one SDK quick to find.
func newLack(f *facts) *lack {
	l := &lack{facts: f, unnamed: map[string]bool{}, verdicts: map[[2]string]string{}, permissions: map[string]string{},
		entries: map[string][]*audit.PolicySDK{}, claims: map[string][]*audit.Claim{}, denials: map[string]*audit.At{}}
	for i := range l.r.Policy.SDKs {
		s := &l.r.Policy.SDKs[i]
		l.entries[s.ID] = append(l.entries[s.ID], s)
	}
	for i := range l.r.Policy.Claims {
		c := &l.r.Policy.Claims[i]
		l.claims[c.Party] = append(l.claims[c.Party], c)
	}
	return l
}

// collect reads the verdicts off the pairs, where the report holds any, and off
// the findings. Which SDKs are not named it sees for itself: a profile may leave out
// the findings about them.
func (l *lack) collect() {
	for _, s := range l.sdks {
		l.unnamed[s.ID] = s.Confidence != "possible" && !l.named(s.ID)
	}
	for _, f := range l.r.Findings {
		switch {
		case !slices.Contains(lacking, f.Verdict):
		case f.Permission != "":
			l.permissions[f.Permission] = f.Verdict
		case f.Data != "":
			l.verdicts[[2]string{f.Party, f.Data}] = f.Verdict
		}
		for _, x := range f.Items {
			if slices.Contains(lacking, x.Verdict) {
				l.verdicts[[2]string{f.Party, x.Data}] = x.Verdict
			}
		}
	}
	for _, p := range l.r.Pairs {
		if slices.Contains(lacking, p.Verdict) {
			l.verdicts[[2]string{p.Party, p.Data}] = p.Verdict
		}
	}
	for _, d := range l.r.Policy.Defects {
		if d.Kind == audit.DefectNoPurpose && l.permissions[d.Detail] == "" {
			l.permissions[d.Detail] = audit.DefectNoPurpose
		}
	}
}

// addition is what the entry of one SDK lacks.
type addition struct {
	id     string
	data   map[string][]string // by verdict
	fields []Cell              // company, purpose, link
	entry  *audit.PolicySDK    // nil where only running text names the SDK
}

// additions lists what the policy must say more of the SDKs that it names.
func (l *lack) additions() []addition {
	var out []addition
	for _, s := range l.sdks {
		if l.unnamed[s.ID] {
			continue
		}
		a := addition{id: s.ID, data: map[string][]string{}, entry: l.entryOf(s.ID)}
		n := 0
		for _, id := range l.dataOf(audit.PrefixSDK + s.ID) {
			if v := l.verdicts[[2]string{audit.PrefixSDK + s.ID, id}]; v != "" && l.named(s.ID) {
				a.data[v] = append(a.data[v], id)
				n++
			}
		}
		if a.entry != nil {
			a.fields = l.missingFields(s, a.entry)
		}
		if n > 0 || len(a.fields) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// named tells whether the policy speaks of an SDK or of what it is part of.
func (l *lack) named(id string) bool {
	family := append([]string{id}, l.set.Family(id)...)
	return slices.ContainsFunc(family, func(id string) bool { return len(l.claims[audit.PrefixSDK+id])+len(l.entries[id]) > 0 })
}

// layoutProse is the layout of entries that are running text and have no fields.
const layoutProse = "prose"

// entryOf is the first entry of a list about an SDK, or the first at all.
func (l *lack) entryOf(id string) *audit.PolicySDK {
	var first *audit.PolicySDK
	for _, s := range l.entries[id] {
		if s.Layout != layoutProse {
			return s
		}
		if first == nil {
			first = s
		}
	}
	return first
}

// missingFields are the fields that an entry of a list has not filled in, each
// with its heading.
func (l *lack) missingFields(s *audit.SDK, e *audit.PolicySDK) []Cell {
	if e.Layout == layoutProse {
		return nil
	}
	k := l.set.SDK(s.ID)
	lacks := func(field string) bool { return slices.Contains(e.Missing, field) || slices.Contains(e.Blank, field) }
	var out []Cell
	field := func(name string, heading audit.Text, content Cell) {
		if lacks(name) {
			out = append(out, append(plainCell(audit.Text{ZH: heading.ZH + colon.ZH, EN: heading.EN + colon.EN}), content...))
		}
	}
	field(audit.EntryCompany, colCompany, l.companyOf(s, k))
	field(audit.EntryPurpose, colPurpose, purposeOf(s.Category))
	if len(l.dataOf(audit.PrefixSDK+s.ID)) == 0 {
		if k != nil && len(k.Collects.Data) > 0 {
			field(audit.EntryData, colStated, l.statedData(k))
		} else {
			field(audit.EntryData, colCode, l.codeData(s, k))
		}
	}
	field(audit.EntryLink, colLink, linkOf(k))
	return out
}

func (l *lack) additionTable(list []addition) Table {
	t := Table{
		ID:      TableAdditions,
		Title:   audit.Text{ZH: "已列出的 SDK 须补充的内容", EN: "What entries of listed SDKs lack"},
		Columns: []audit.Text{colSDK, colAdd, colWhyAdd, colWhere},
		Empty:   audit.Text{ZH: "已列出的 SDK 无须补充。", EN: "The listed SDKs lack nothing."},
	}
	for _, a := range list {
		where := plainCell(l.placeText(l.dataPlace("")))
		if a.entry != nil {
			where = plainCell(l.placeText(&a.entry.At))
		}
		name := plainCell(l.sdkName(a.id))
		for _, v := range lacking {
			if len(a.data[v]) > 0 {
				t.Rows = append(t.Rows, []Cell{name, joined(l.dataParts(a.data[v])), plainCell(reasons[v]), where})
			}
		}
		for _, f := range a.fields {
			t.Rows = append(t.Rows, []Cell{name, f, plainCell(reasons[""]), where})
		}
	}
	return t
}

func (l *lack) missingData(rows []dataRow) Table {
	t := l.dataTable(rows)
	t.Place, t.Columns = l.afterText(l.dataPlace("")), append(slices.Clone(t.Columns), colWhyAdd)
	t.Empty = audit.Text{ZH: "应用自身读取的个人信息，政策均已说明。", EN: "The policy states all personal data that the app's own code reads."}
	for i, row := range rows {
		why := ""
		for _, p := range row.parties {
			if v := l.verdicts[[2]string{p, row.data}]; why == "" || slices.Index(lacking, v) > slices.Index(lacking, why) {
				why = v
			}
		}
		cell := plainCell(reasons[why])
		if at := l.denial(row.data); why == audit.VerdictDenied && at != nil {
			place := l.placeText(at)
			cell = append(cell, Part{Text: audit.Text{ZH: "（" + place.ZH + "）", EN: " (" + place.EN + ")"}})
		}
		t.Rows[i] = append(t.Rows[i], cell)
	}
	return t
}

// denial is where the policy says that a data type is not collected.
func (l *lack) denial(data string) *audit.At {
	at, known := l.denials[data]
	if !known {
		at = l.findDenial(data)
		l.denials[data] = at
	}
	return at
}

func (l *lack) findDenial(data string) *audit.At {
	for i := range l.r.Policy.Claims {
		c := &l.r.Policy.Claims[i]
		if c.Polarity == audit.Denies && slices.ContainsFunc(c.Data, func(d string) bool { return d == data || l.set.Below(data, d) }) {
			return &c.At
		}
	}
	return nil
}

func (l *lack) missingPermissions(list []*audit.Permission) Table {
	t := l.permissionTable(list)
	t.Place, t.Columns = l.afterText(l.permissionPlace("")), append(slices.Clone(t.Columns), colWhyAdd)
	t.Empty = audit.Text{ZH: "权限及其用途，政策均已说明。", EN: "The policy states all permissions and what they are for."}
	for i, p := range list {
		t.Rows[i] = append(t.Rows[i], plainCell(reasons[l.permissions[p.Name]]))
	}
	return t
}

// reasons say why something is to be added, by verdict; "" is a field of an entry.
var reasons = map[string]audit.Text{
	"":                         {ZH: "条目缺少该项", EN: "the entry lacks it"},
	audit.VerdictUndisclosed:   {ZH: "政策没有说明", EN: "the policy does not say it"},
	audit.VerdictVague:         {ZH: "政策只用了概括性用语", EN: "the policy has only a collective term for it"},
	audit.VerdictMisattributed: {ZH: "政策只写在其他主体名下", EN: "the policy says it only of another party"},
	audit.VerdictOtherPlatform: {ZH: "政策只针对 iOS 说明", EN: "the policy says it of iOS only"},
	audit.VerdictDenied:        {ZH: "政策声明不收集：须先改正该处", EN: "the policy says that it is not collected: correct that first"},
	audit.DefectNoPurpose:      {ZH: "政策没有说明该权限的用途", EN: "the policy does not say what it is for"},
}

// sdkPlace is the end of the policy's list of SDKs: its last entry in the source
// that has the most, nil where there is none. With lang, only entries in that
// language count.
func (l *lack) sdkPlace(lang string) *audit.At {
	var at []*audit.At
	for _, prose := range []bool{false, true} {
		for i := range l.r.Policy.SDKs {
			if s := &l.r.Policy.SDKs[i]; (s.Layout == layoutProse) == prose && (lang == "" || s.Lang == lang) {
				at = append(at, &s.At)
			}
		}
		if len(at) > 0 {
			break
		}
	}
	return lastOfMost(at)
}

// dataPlace is the last place of the section in which the policy says most of what
// the app itself collects, with lang in that language.
func (l *lack) dataPlace(lang string) *audit.At {
	return l.claimPlace(lang, func(c *audit.Claim) bool { return len(c.Data) > 0 && len(c.Permissions) == 0 })
}

// permissionPlace is the same for permissions.
func (l *lack) permissionPlace(lang string) *audit.At {
	if at := l.claimPlace(lang, func(c *audit.Claim) bool { return len(c.Permissions) > 0 }); at != nil {
		return at
	}
	return l.dataPlace(lang)
}

func (l *lack) claimPlace(lang string, about func(*audit.Claim) bool) *audit.At {
	var at []*audit.At
	for i := range l.r.Policy.Claims {
		if c := &l.r.Policy.Claims[i]; c.Party == audit.PartyApp && c.Polarity == audit.Collects && (lang == "" || c.Lang == lang) && about(c) {
			at = append(at, &c.At)
		}
	}
	return lastOfMost(at)
}

// lastOfMost is the last place in the section that holds most of the places; of
// equal ones in the first.
func lastOfMost(places []*audit.At) *audit.At {
	type section struct {
		source int
		path   string
	}
	count := map[section]int{}
	var most section
	for _, at := range places {
		count[section{at.Source, at.Section}]++
	}
	for _, at := range places {
		if s := (section{at.Source, at.Section}); count[s] > count[most] {
			most = s
		}
	}
	var last *audit.At
	for _, at := range places {
		if (section{at.Source, at.Section}) == most && (last == nil || at.End > last.End) {
			last = at
		}
	}
	return last
}

// placeText names a place of the policy; of none it says so.
func (l *lack) placeText(at *audit.At) audit.Text {
	if at == nil || at.Source < 0 || at.Source >= len(l.r.Policy.Sources) {
		return audit.Text{ZH: "政策中没有相应的部分，请新增一节", EN: "the policy has no such part; add a section"}
	}
	file := path.Base(strings.ReplaceAll(l.r.Policy.Sources[at.Source].File, `\`, "/"))
	t := audit.Text{ZH: file + " 第 " + strconv.Itoa(at.Line) + " 行", EN: file + " line " + strconv.Itoa(at.Line)}
	if at.Section != "" {
		t = audit.Text{ZH: t.ZH + "（" + at.Section + "）", EN: t.EN + " (" + at.Section + ")"}
	}
	return t
}

// afterText is placeText for what is to stand behind a place.
func (l *lack) afterText(at *audit.At) audit.Text {
	t := l.placeText(at)
	if at == nil {
		return t
	}
	return audit.Text{ZH: "写在此处之后：" + t.ZH, EN: "to stand after: " + t.EN}
}
