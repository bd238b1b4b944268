package disclose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// facts are what a report tells, in the order of the tables. A saved report may hold
// thousands of SDKs: what belongs to one is looked up.
type facts struct {
	set     *rules.Set
	r       *audit.Report
	pairs   []audit.Pair
	sdks    []*audit.SDK            // that a policy must name
	pairsOf map[string][]audit.Pair // by party
	needs   map[string][]string     // by party: the permissions that its calls and components need
	names   map[string]audit.Text   // of the embedded SDKs, by id
	short   map[string]bool         // prefixes of obfuscated code
}

func newFacts(set *rules.Set, r *audit.Report) *facts {
	f := &facts{set: set, r: r, pairsOf: map[string][]audit.Pair{}, needs: map[string][]string{}, names: map[string]audit.Text{}, short: map[string]bool{}}
	f.pairs = slices.DeleteFunc(slices.Clone(r.Pairs), func(p audit.Pair) bool { return audit.PartyKind(p.Party) == audit.PrefixLibrary })
	for _, p := range f.pairs {
		f.pairsOf[p.Party] = append(f.pairsOf[p.Party], p)
	}
	for _, p := range r.Behavior.Permissions {
		for _, u := range p.UsedBy {
			if list := f.needs[u.Party]; len(list) == 0 || list[len(list)-1] != p.Name {
				f.needs[u.Party] = append(list, p.Name)
			}
		}
	}
	for _, u := range r.Behavior.Unowned {
		f.short[u.Prefix] = f.short[u.Prefix] || u.Obfuscated
	}
	for _, s := range slices.Backward(r.Behavior.SDKs) { // the first of an id counts
		f.names[s.ID] = s.Name
	}
	for i := range r.Behavior.SDKs {
		if s := &r.Behavior.SDKs[i]; f.mustBeNamed(s) {
			f.sdks = append(f.sdks, s)
		}
	}
	slices.SortStableFunc(f.sdks, func(a, b *audit.SDK) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.ID, b.ID))
	})
	return f
}

// mustBeNamed tells whether a policy must name an SDK: what an app is built in or
// packed with is no recipient of data unless it reads some.
func (f *facts) mustBeNamed(s *audit.SDK) bool {
	return s.Category != "framework" && s.Category != "packer" || len(f.dataOf(audit.PrefixSDK+s.ID)) > 0
}

// dataOf lists the data types that a party's code reads, the most sensitive first.
func (f *facts) dataOf(party string) []string {
	var out []string
	for _, p := range f.pairsOf[party] {
		out = append(out, p.Data)
	}
	f.sortData(out)
	return out
}

func (f *facts) sortData(ids []string) {
	rank := func(id string) int {
		t := f.set.DataType(id)
		if t == nil {
			return 3
		}
		return slices.Index([]string{"sensitive", "personal", "normal"}, t.Sensitivity)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
}

// dataParts names data types; sensitive ones are strong.
func (f *facts) dataParts(ids []string) []Part {
	var out []Part
	for _, id := range ids {
		t := f.set.DataType(id)
		out = append(out, Part{Text: f.dataName(id), Strong: t != nil && t.Sensitivity == "sensitive"})
	}
	return out
}

// dataName is the name of a data type as a policy writes it.
func (f *facts) dataName(id string) audit.Text {
	t := f.set.DataType(id)
	if t == nil {
		return same(id)
	}
	name := t.Name
	if w, ok := written[id]; ok {
		name.ZH, name.EN = cmp.Or(w.ZH, name.ZH), cmp.Or(w.EN, name.EN)
	}
	return name
}

// dataRow is one line of the list of collected personal information.
type dataRow struct {
	data    string
	parties []string
	pairs   []audit.Pair // of the parties, in their order
}

// dataRows groups the pairs by data type; with only, those for which it holds.
func (f *facts) dataRows(only func(audit.Pair) bool) []dataRow {
	by := map[string]*dataRow{}
	var ids []string
	for _, p := range f.pairs {
		if only != nil && !only(p) {
			continue
		}
		if by[p.Data] == nil {
			ids = append(ids, p.Data)
			by[p.Data] = &dataRow{data: p.Data}
		}
		row := by[p.Data]
		row.parties, row.pairs = append(row.parties, p.Party), append(row.pairs, p)
	}
	f.sortData(ids)
	var out []dataRow
	for _, id := range ids {
		out = append(out, *by[id])
	}
	return out
}

// permissions lists the requested permissions that the user grants; with only,
// those for which it holds.
func (f *facts) permissions(only func(name string) bool) []*audit.Permission {
	var out []*audit.Permission
	for i := range f.r.Behavior.Permissions {
		p := &f.r.Behavior.Permissions[i]
		if f.set.Sensitive(p.Name) && (only == nil || only(p.Name)) {
			out = append(out, p)
		}
	}
	return out
}

// permissionName is the constant with what it permits.
func (f *facts) permissionName(name string) audit.Text {
	short := name[strings.LastIndexByte(name, '.')+1:]
	p := f.set.Permission(name)
	if p == nil {
		return same(short)
	}
	return audit.Text{ZH: short + "（" + p.Title.ZH + "）", EN: short + " (" + p.Title.EN + ")"}
}

// permissionsOf lists the permissions that calls and components of a party need.
func (f *facts) permissionsOf(party string) []Part {
	var out []Part
	for _, name := range f.needs[party] {
		out = append(out, Part{Text: same(name[strings.LastIndexByte(name, '.')+1:])})
	}
	return out
}

// maxPrefixes bounds the package prefixes that one cell names.
const maxPrefixes = 3

// who names the parties of a cell: the app, SDKs, and code that nobody owns.
func (f *facts) who(parties []string) Cell {
	var parts []Part
	var sdksZH, sdksEN, prefixes []string
	obfuscated := false
	for _, p := range parties {
		id := strings.TrimPrefix(p, audit.PartyKind(p))
		switch audit.PartyKind(p) {
		case audit.PartyApp:
			parts = append(parts, Part{Text: theApp})
		case audit.PrefixSDK:
			n := f.sdkName(id)
			sdksZH, sdksEN = append(sdksZH, n.ZH), append(sdksEN, n.EN)
		case audit.PrefixUnknown:
			if f.obfuscated(id) {
				obfuscated = true
			} else {
				prefixes = append(prefixes, id)
			}
		}
	}
	if n := len(prefixes); n > 0 {
		shown := strings.Join(prefixes[:min(n, maxPrefixes)], ", ")
		t := audit.Text{ZH: "代码包 " + shown, EN: "code in " + shown}
		if n > maxPrefixes {
			t = audit.Text{ZH: t.ZH + " 等 " + strconv.Itoa(n) + " 处", EN: t.EN + " and " + strconv.Itoa(n-maxPrefixes) + " more"}
		}
		parts = append(parts, Part{Text: t})
	}
	if obfuscated {
		parts = append(parts, Part{Text: audit.Text{ZH: "包名被混淆的代码", EN: "code with obfuscated names"}})
	}
	if len(sdksZH) > 0 {
		parts = append(parts, Part{Text: audit.Text{ZH: "第三方 SDK：" + strings.Join(sdksZH, "、"), EN: "third-party SDKs: " + strings.Join(sdksEN, ", ")}})
	}
	return joined(parts)
}

func (f *facts) obfuscated(prefix string) bool {
	return prefix == "" || f.short[prefix]
}

// sdkName is an SDK's name, from its signature where there is one.
func (f *facts) sdkName(id string) audit.Text {
	if k := f.set.SDK(id); k != nil {
		return k.Name
	}
	if name, ok := f.names[id]; ok {
		return name
	}
	return same(id)
}
