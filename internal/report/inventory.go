package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// inventory is what the code contains, by party: what text and page print of the
// behaviour. It is made of the report alone and points into it.
type inventory struct {
	parties []*partyFacts // in the order in which a reader asks for them
	before  []*useRow     // what a path leads to before consent, reads of data first
	doubts  map[string]int
	unsure  int // rows of which nothing tells whether they come before consent
}

// partyFacts is what the code of one party contains.
type partyFacts struct {
	id          string
	reads       []*useRow // kind collect
	others      []*useRow // actions, capabilities, changes and the like
	quiet       []*useRow // sinks, entry points and what lowers suspicion: for the long form
	permissions []string  // that its calls need
	dangerous   int       // of those
	hosts       []audit.Host
}

// useRow is one behaviour of one party: the uses of one rule and one set of data.
type useRow struct {
	party, api, kind string
	data             []string
	uses             []*audit.Use
	shared           bool // the code belongs to another party, whose calls this one reaches
	weight           int  // how sensitive its most sensitive data is, from 0
	sites            int
	reached, before  string
	ways             []string // how the code names the API, where that is no plain call or field
	nested           []string
}

// newInventory sorts the uses by party.
func newInventory(r *audit.Report) *inventory {
	inv := &inventory{doubts: map[string]int{}}
	byID := map[string]*partyFacts{}
	party := func(id string) *partyFacts {
		if byID[id] == nil {
			byID[id] = &partyFacts{id: id}
			inv.parties = append(inv.parties, byID[id])
		}
		return byID[id]
	}
	type key struct {
		party, api, kind, data string
		shared                 bool
	}
	rows := map[key]*useRow{}
	add := func(id string, u *audit.Use, shared bool) {
		k := key{id, u.API, u.Kind, strings.Join(u.Data, "\x00"), shared}
		if rows[k] == nil {
			rows[k] = &useRow{party: id, api: u.API, kind: u.Kind, data: u.Data, shared: shared, reached: audit.No, before: audit.No, weight: weightOf(r, u.Data)}
			party(id).add(rows[k], u.Collects())
		}
		rows[k].merge(u)
	}
	for i := range r.Behavior.Uses {
		u := &r.Behavior.Uses[i]
		// A library collects nothing by itself: where somebody else is to blame for
		// its call, that party is listed and the library is not.
		if audit.PartyKind(u.Party) != audit.PrefixLibrary || len(u.AlsoBy) == 0 {
			add(u.Party, u, false)
		}
		for _, a := range u.AlsoBy {
			if a.Party != u.Party {
				add(a.Party, u, true)
			}
		}
	}
	for _, h := range r.Behavior.Hosts {
		p := party(h.Party)
		p.hosts = append(p.hosts, h)
	}
	inv.needs(r, byID)
	inv.sort()
	return inv
}

// add files a row under its kind.
func (p *partyFacts) add(x *useRow, collects bool) {
	switch {
	case collects:
		p.reads = append(p.reads, x)
	case x.kind == audit.KindSink || x.kind == audit.KindEntryPoint || x.kind == audit.KindBenign:
		p.quiet = append(p.quiet, x)
	default:
		p.others = append(p.others, x)
	}
}

// merge adds a use to a row. Of several answers yes outweighs unknown, and unknown
// outweighs no.
func (x *useRow) merge(u *audit.Use) {
	x.uses = append(x.uses, u)
	x.sites += u.Sites
	reached, before := u.Reached, u.BeforeConsent
	if x.shared { // the report answers for the party that was found first, not for this one
		reached, before = audit.Unknown, audit.Unknown
	}
	if answerRank(reached) < answerRank(x.reached) {
		x.reached = reached
	}
	if answerRank(before) < answerRank(x.before) {
		x.before = before
	}
	if u.Via != "" && u.Via != audit.ViaCall && u.Via != audit.ViaField && !slices.Contains(x.ways, u.Via) {
		x.ways = append(x.ways, u.Via)
	}
	if u.Nested != "" && !slices.Contains(x.nested, u.Nested) {
		x.nested = append(x.nested, u.Nested)
	}
}

// answerRank orders answers by what they tell: yes, unknown (and anything later
// versions may add), no.
func answerRank(a string) int {
	switch a {
	case audit.Yes:
		return 0
	case audit.No:
		return 2
	}
	return 1
}

// needs gives each party the permissions that its calls need.
func (inv *inventory) needs(r *audit.Report, byID map[string]*partyFacts) {
	seen := map[[2]string]bool{}
	add := func(name, protection string, users []audit.PermissionUser) {
		for _, u := range users {
			if p, k := byID[u.Party], [2]string{u.Party, name}; p != nil && !seen[k] {
				seen[k] = true
				p.permissions = append(p.permissions, name)
				if protection == "dangerous" {
					p.dangerous++
				}
			}
		}
	}
	for _, x := range r.Behavior.Permissions {
		add(x.Name, x.Protection, x.UsedBy)
	}
	for _, x := range r.Behavior.Unrequested {
		add(x.Name, "", x.UsedBy)
	}
}

// weightOf ranks data types by how sensitive the most sensitive of them is.
func weightOf(r *audit.Report, data []string) int {
	best := -1
	for _, d := range data {
		best = max(best, slices.Index([]string{"behaviour", "normal", "personal", "sensitive"}, r.Names.Sensitivity[d]))
	}
	return best + 1
}

// sensitive weighs what a party reads: how sensitive the most sensitive of it is,
// and how many data types are as sensitive.
func sensitive(rows []*useRow) (weight, types int) {
	for _, x := range rows {
		weight = max(weight, x.weight)
	}
	return weight, len(dataOf(slices.DeleteFunc(slices.Clone(rows), func(x *useRow) bool { return x.weight < weight })))
}

// sort orders parties and rows: of parties of one kind those that read the most
// sensitive data, then those that read more of it.
func (inv *inventory) sort() {
	for _, p := range inv.parties {
		for _, list := range [][]*useRow{p.reads, p.others, p.quiet} {
			slices.SortStableFunc(list, compareRows)
		}
	}
	slices.SortStableFunc(inv.parties, func(a, b *partyFacts) int {
		weightA, typesA := sensitive(a.reads)
		weightB, typesB := sensitive(b.reads)
		return cmp.Or(cmp.Compare(partyRank(a.id), partyRank(b.id)), cmp.Compare(weightB, weightA), cmp.Compare(typesB, typesA), cmp.Compare(b.dangerous, a.dangerous),
			cmp.Compare(len(dataOf(b.reads)), len(dataOf(a.reads))), cmp.Compare(sitesOf(b.reads), sitesOf(a.reads)), cmp.Compare(a.id, b.id))
	})
	for _, reads := range []bool{true, false} {
		for _, p := range inv.parties {
			list := p.others
			if reads {
				list = p.reads
			}
			for _, x := range list {
				switch {
				case x.shared: // its call site is counted once
				case x.before == audit.Yes:
					inv.before = append(inv.before, x)
				case x.before != audit.No:
					inv.unsure++
					inv.doubts[x.doubt()]++
				}
			}
		}
	}
}

// compareRows puts the party's own calls first, of those what comes before consent,
// then the more sensitive data, what is reached, what stands in most places.
func compareRows(a, b *useRow) int {
	shared := func(x *useRow) int {
		if x.shared {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(shared(a), shared(b)), cmp.Compare(answerRank(a.before), answerRank(b.before)), cmp.Compare(b.weight, a.weight), cmp.Compare(answerRank(a.reached), answerRank(b.reached)),
		cmp.Compare(b.sites, a.sites), cmp.Compare(a.api, b.api), slices.Compare(a.data, b.data))
}

// doubt is why the row's answer is unknown, "" where no example says so.
func (x *useRow) doubt() string {
	for _, u := range x.uses {
		for _, e := range u.Examples {
			if e.Doubt != "" && answerRank(e.BeforeConsent) == 1 {
				return e.Doubt
			}
		}
	}
	return ""
}

// shortest is the example with the shortest path that comes before consent, nil
// where the report shows none.
func (x *useRow) shortest() *audit.Example {
	var best *audit.Example
	for _, u := range x.uses {
		for i := range u.Examples {
			e := &u.Examples[i]
			if e.BeforeConsent == audit.Yes && (best == nil || len(e.Path) > 0 && (len(best.Path) == 0 || len(e.Path) < len(best.Path))) {
				best = e
			}
		}
	}
	return best
}

// own is an example as it concerns the row's party: path and answers of a shared
// call are those of the party that was found first, and this one has a way of its own.
func (x *useRow) own(e audit.Example) audit.Example {
	if !x.shared {
		return e
	}
	e.Path, e.Chain, e.Reached, e.BeforeConsent, e.Doubt = nil, nil, audit.Unknown, audit.Unknown, ""
	for _, u := range x.uses {
		for _, a := range u.AlsoBy {
			if a.Party == x.party {
				e.Chain = a.Path
				return e
			}
		}
	}
	return e
}

// targets lists the different references of a row, most sites first, with the
// constants seen there.
func (x *useRow) targets() []useTarget {
	at := map[string]*useTarget{}
	for _, u := range x.uses {
		t := at[u.Target]
		if t == nil {
			t = &useTarget{target: u.Target}
			at[u.Target] = t
		}
		t.sites += u.Sites
		for i := range u.Examples {
			t.examples = append(t.examples, &u.Examples[i])
		}
	}
	var out []useTarget
	for _, name := range slices.Sorted(maps.Keys(at)) {
		out = append(out, *at[name])
	}
	slices.SortStableFunc(out, func(a, b useTarget) int { return cmp.Compare(b.sites, a.sites) })
	return out
}

// useTarget is one method or field that a party's code names.
type useTarget struct {
	target   string
	sites    int
	examples []*audit.Example
}

// call writes the target as Class.method("constant") or Class.FIELD.
func (t *useTarget) call() string {
	name, isField := apiName(t.target)
	if isField {
		return name
	}
	var args []string
	for _, e := range t.examples {
		args = append(args, e.Args...)
	}
	return name + "(" + constants(args) + ")"
}

// dataOf lists the different data types of rows.
func dataOf(rows []*useRow) []string {
	var out []string
	seen := map[string]bool{}
	for _, x := range rows {
		for _, d := range x.data {
			if !seen[d] {
				seen[d] = true
				out = append(out, d)
			}
		}
	}
	return out
}

func sitesOf(rows []*useRow) int {
	n := 0
	for _, x := range rows {
		n += x.sites
	}
	return n
}

// strongest is the answer of several rows together. What is shared says nothing
// where there is more.
func strongest(rows []*useRow, answer func(*useRow) string) string {
	best, shared := "", true
	for _, x := range rows {
		if best == "" || shared && !x.shared || shared == x.shared && answerRank(answer(x)) < answerRank(best) {
			best, shared = answer(x), x.shared
		}
	}
	return best
}

func reachedOf(x *useRow) string { return x.reached }
func beforeOf(x *useRow) string  { return x.before }

// permissionGroups parts the permissions by what is known of their use.
type permissionGroups struct {
	used, unused, unknown []audit.Permission
	unrequested           []audit.PermissionNeed
}

func groupPermissions(b *audit.Behavior) permissionGroups {
	g := permissionGroups{unrequested: b.Unrequested}
	for _, x := range b.Permissions {
		switch permissionState(x) {
		case audit.Yes:
			g.used = append(g.used, x)
		case audit.No:
			g.unused = append(g.unused, x)
		default:
			g.unknown = append(g.unknown, x)
		}
	}
	return g
}

// permissionState is whether calls need a permission. Reports of earlier versions do
// not say, but name those whose calls do.
func permissionState(x audit.Permission) string {
	if x.Used != audit.Yes && x.Used != audit.No && len(x.UsedBy) > 0 {
		return audit.Yes
	}
	return x.Used
}
