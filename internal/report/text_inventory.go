package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// How much of the inventory the short form shows: about two screens for an app
// with fifteen SDKs.
const (
	appRows      = 8  // behaviours of the app's own code
	partyRows    = 3  // behaviours of any other party
	fullParties  = 4  // parties with rows of their own
	briefParties = 10 // parties in one line
	otherRows    = 5  // behaviours that read no data
	beforeRows   = 4
	startupRows  = 4
	requestRows  = 3
	hostParties  = 4
	hostsNamed   = 4
	stepsShown   = 5 // of a path
	doubtsNamed  = 3
)

// inventory prints what the code contains: by party the data that its calls can
// read, then what comes before consent, what starts by itself and so on. Where there
// is a policy the short form is about the differences and only counts these.
func (p *printer) inventory() {
	inv := newInventory(p.r)
	if p.policy && !p.opt.Verbose {
		p.inventoryCounts(inv)
		return
	}
	p.reads(inv)
	p.others(inv)
	p.beforeConsent(inv)
	p.startup()
	p.requests()
	p.permissionUse()
	p.hosts(inv)
	p.otherPlaces()
}

// inventoryCounts says in a line what the long form lists besides the findings.
func (p *printer) inventoryCounts(inv *inventory) {
	var parts []string
	if n := len(inv.before); n > 0 {
		parts = append(parts, p.count("before", n))
	}
	if n := len(p.r.Behavior.Startup); n > 0 {
		parts = append(parts, p.count("startup", n))
	}
	if n := len(p.r.Behavior.Requests); n > 0 {
		parts = append(parts, p.count("requests", n))
	}
	if len(parts) == 0 {
		return
	}
	p.line("")
	p.field(0, p.say("head.code"), strings.Join(parts, " · ")+p.say("inventory.verbose"), 2)
}

// rowGroup is a heading with the rows below it, and what follows them.
type rowGroup struct {
	head string
	rows []gridRow
	tail []string
}

// gridRow is a row of cells with lines below that take the whole width.
type gridRow struct {
	cells []string
	below []string
}

// grid prints groups of rows in columns that all groups share.
func (p *printer) grid(cols []column, groups []rowGroup) {
	const indent, deeper = 2, 4
	var cells [][]string
	for _, g := range groups {
		for _, r := range g.rows {
			cells = append(cells, r.cells)
		}
	}
	if len(cells) == 0 {
		return
	}
	widths := p.widths(indent, cols, cells)
	p.row(indent, cols, widths, titlesOf(cols), dim)
	for _, g := range groups {
		if g.head != "" {
			p.paragraph(0, bold, g.head)
		}
		for _, r := range g.rows {
			p.row(indent, cols, widths, r.cells, "")
			for _, s := range r.below {
				p.paragraph(deeper, dim, s)
			}
		}
		for _, s := range g.tail {
			p.paragraph(indent, dim, s)
		}
	}
}

// paragraph prints wrapped text.
func (p *printer) paragraph(indent int, style, s string) {
	for _, l := range wrap(s, p.width-indent, 0) {
		p.line(strings.Repeat(" ", indent) + p.paint(style, l))
	}
}

func (p *printer) answerColumns() []column {
	return []column{{title: p.say("column.sites"), right: true, fixed: true}, {title: p.say("column.reached"), fixed: true}, {title: p.say("column.before"), fixed: true}}
}

func (p *printer) answers(sites int, reached, before string) []string {
	return []string{grouped(int64(sites)), p.value("answer", reached), p.value("answer", before)}
}

// behaviourName is what the rules call a behaviour, "" where the report has no name for it.
func (p *printer) behaviourName(api string) string {
	t, ok := p.r.Names.Rule[api]
	if !ok || t.In(p.lang) == "" {
		return ""
	}
	return clip(flow(t.In(p.lang)), maxName)
}

// Room for names, in columns.
const (
	maxName   = 60 // of a behaviour, party or host
	ownerCols = 28 // of a party in a table
)

// through says which behaviour a row is: its name, or without one the first of
// the references that the code names.
func (p *printer) through(x *useRow) string {
	name := p.behaviourName(x.api)
	if name == "" {
		targets := x.targets()
		name = targets[0].call()
		if n := len(targets) - 1; n > 0 {
			name = p.andMore(name, n)
		}
	}
	if notes := p.rowNotes(x); len(notes) > 0 {
		name += " [" + strings.Join(notes, "; ") + "]"
	}
	return name
}

// rowNotes says in what other way than by a plain call the code names the API.
func (p *printer) rowNotes(x *useRow) []string {
	var notes []string
	for _, w := range x.ways {
		notes = append(notes, p.value("via", w))
	}
	for _, f := range x.nested {
		notes = append(notes, p.say("code.nested", "file", clipMiddle(clean(f), 40)))
	}
	if x.shared {
		notes = append(notes, p.say("via.shared"))
	}
	return notes
}

// evidence is, for the long form, what code a row rests on: each reference with
// its sites and the most telling one of them.
func (p *printer) evidence(x *useRow) []string {
	if !p.opt.Verbose {
		return nil
	}
	var out []string
	for _, t := range x.targets() {
		s := t.call() + " · " + p.count("sites", t.sites)
		if e := telling(t.examples); e != nil {
			s += p.say("then") + p.site(x.own(*e))
		}
		out = append(out, s)
	}
	return out
}

// telling is the example that says most: one before consent, else one that is reached.
func telling(examples []*audit.Example) *audit.Example {
	if len(examples) == 0 {
		return nil
	}
	return slices.MinFunc(examples, func(a, b *audit.Example) int {
		return cmp.Or(cmp.Compare(answerRank(a.BeforeConsent), answerRank(b.BeforeConsent)), cmp.Compare(answerRank(a.Reached), answerRank(b.Reached)))
	})
}

// partyName is the name of a party, short enough for a line.
func (p *printer) partyName(id string) string {
	if id == "" {
		return p.say("party.none")
	}
	return clip(p.named(p.r.Names.Party, id), maxName)
}

// partyLabel is the name for a cell of a table.
func (p *printer) partyLabel(id string) string { return clip(p.partyName(id), ownerCols) }

// reads prints by party the data that calls in its code can read.
func (p *printer) reads(inv *inventory) {
	var list []*partyFacts
	rows := 0
	for _, x := range inv.parties {
		if len(x.reads) > 0 {
			list = append(list, x)
			rows += len(x.reads)
		}
	}
	key := "section.inventory"
	if p.policy {
		key = "section.calls"
	}
	p.section(key, rows)
	if len(list) == 0 {
		p.line(p.say("code.none"))
		return
	}
	p.paragraph(0, dim, p.say("inventory.how"))
	full := p.shown(len(list), fullParties)
	var groups []rowGroup
	for _, x := range list[:full] {
		groups = append(groups, p.readsOf(x))
	}
	cols := append([]column{{title: p.say("column.data")}, {title: p.say("column.api")}}, p.answerColumns()...)
	p.grid(cols, groups)
	p.briefly(list[full:])
}

// readsOf is the block of one party.
func (p *printer) readsOf(x *partyFacts) rowGroup {
	g := rowGroup{head: p.partyName(x.id) + " · " + p.count("types", len(dataOf(x.reads))) + " · " + p.count("sites", sitesOf(x.reads))}
	limit := partyRows
	if x.id == audit.PartyApp {
		limit = appRows
	}
	n := p.shown(len(x.reads), limit)
	named := map[string]bool{}
	for _, r := range x.reads[:n] {
		for _, d := range r.data {
			named[d] = true
		}
		g.rows = append(g.rows, gridRow{append([]string{p.dataNames(r.data), p.through(r)}, p.answers(r.sites, r.reached, r.before)...), p.evidence(r)})
	}
	if rest := len(x.reads) - n; rest > 0 {
		s := p.say("more", "n", grouped(int64(rest)))
		if left := slices.DeleteFunc(dataOf(x.reads[n:]), func(d string) bool { return named[d] }); len(left) > 0 {
			s += p.say("colon")
			s += p.fitting(p.dataList(left), p.width-2-columns(s))
		}
		g.tail = append(g.tail, s)
	}
	if s := p.needsOf(x); s != "" {
		g.tail = append(g.tail, s)
	}
	return g
}

// needsOf says which permissions a party's calls need and how many hosts it names,
// which have a section of their own.
func (p *printer) needsOf(x *partyFacts) string {
	if len(x.permissions) == 0 {
		return ""
	}
	hosts := ""
	if len(x.hosts) > 0 {
		hosts = " · " + p.count("hosts", len(x.hosts))
	}
	room := p.width - 2 - columns(p.say("inventory.needs", "names", "")) - columns(hosts)
	return p.say("inventory.needs", "names", p.fitting(lastWords(x.permissions), p.most(room))) + hosts
}

// dataList are the names of data types.
func (p *printer) dataList(ids []string) []string {
	var out []string
	for _, d := range ids {
		out = append(out, clip(p.named(p.r.Names.Data, d), maxName))
	}
	return out
}

// fitting joins as many items as fit into so many columns (0 = all), one at least, and
// says how many more there are.
func (p *printer) fitting(items []string, room int) string {
	if room <= 0 || len(items) < 2 {
		return p.list(items)
	}
	separator := columns(p.say("list"))
	more := " " + p.say("more.short", "n", grouped(int64(len(items))))
	used, fit := 0, 0
	for i, x := range items {
		used += columns(x)
		if used+columns(more) <= room || i == 0 {
			fit = i + 1
		}
		if used > room {
			break
		}
		used += separator
		if i == len(items)-1 {
			return p.list(items)
		}
	}
	return p.andMore(p.list(items[:fit]), len(items)-fit)
}

// lastWords are names of permissions without what stands before their last dot.
func lastWords(names []string) []string {
	var out []string
	for _, x := range names {
		out = append(out, clipMiddle(clean(x[strings.LastIndexByte(x, '.')+1:]), 40))
	}
	return out
}

// briefly prints one line for each further party.
func (p *printer) briefly(list []*partyFacts) {
	if len(list) == 0 {
		return
	}
	cols := append([]column{{title: p.say("column.others"), name: true}, {title: p.say("column.data")}}, p.answerColumns()...)
	room := p.width - 2 - ownerCols - columnGap*(len(cols)-1)
	for _, c := range cols[2:] {
		room -= columns(c.title)
	}
	n := min(len(list), briefParties)
	var rows [][]string
	for _, x := range list[:n] {
		rows = append(rows, append([]string{p.partyLabel(x.id), p.fitting(p.dataList(dataOf(x.reads)), room)},
			p.answers(sitesOf(x.reads), strongest(x.reads, reachedOf), strongest(x.reads, beforeOf))...))
	}
	p.table(2, cols, rows)
	p.more(2, len(list)-n)
}

// others prints what the code does besides reading data; where data goes, what runs
// before the first screen and what lowers suspicion in the long form alone.
func (p *printer) others(inv *inventory) {
	p.behaviours("section.others", inv, func(x *partyFacts) []*useRow { return x.others })
	if p.opt.Verbose {
		p.behaviours("section.quiet", inv, func(x *partyFacts) []*useRow { return x.quiet })
	}
}

func (p *printer) behaviours(key string, inv *inventory, of func(*partyFacts) []*useRow) {
	var list []*useRow
	for _, x := range inv.parties {
		list = append(list, of(x)...)
	}
	if len(list) == 0 {
		return
	}
	p.section(key, len(list))
	// Several parties share few lines: what comes before consent first, whoever does it.
	if !p.opt.Verbose {
		slices.SortStableFunc(list, func(a, b *useRow) int {
			return cmp.Or(cmp.Compare(answerRank(a.before), answerRank(b.before)), cmp.Compare(answerRank(a.reached), answerRank(b.reached)))
		})
	}
	n := p.shown(len(list), otherRows)
	g := rowGroup{}
	for _, x := range list[:n] {
		cells := append([]string{p.partyLabel(x.party), p.through(x)}, p.answers(x.sites, x.reached, x.before)...)
		g.rows = append(g.rows, gridRow{cells, p.evidence(x)})
	}
	cols := append([]column{{title: p.say("column.party")}, {title: p.say("column.api")}}, p.answerColumns()...)
	p.grid(cols, []rowGroup{g})
	p.more(2, len(list)-n)
}

// beforeConsent prints what a path leads to without the user's consent, each with
// the shortest path, and why the answer to others is unknown.
func (p *printer) beforeConsent(inv *inventory) {
	n := len(inv.before)
	if len(p.r.Behavior.Uses) == 0 {
		return
	}
	switch {
	case n > 0:
		p.section("section.before", n)
	case inv.unsure > 0:
		p.section("section.before", -1) // a nought would look like an answer
	default:
		p.section("section.before", 0)
		p.line(p.say("before.none"))
	}
	shown := p.shown(n, beforeRows)
	for _, x := range inv.before[:shown] {
		what := p.through(x)
		if x.kind == audit.KindCollect || x.kind == "" {
			what = p.dataNames(x.data) + " · " + what
		}
		for i, l := range wrap(p.partyName(x.party)+" · "+what, p.width-2, p.most(2)) {
			mark := "  "
			if i == 0 {
				mark = "- "
			}
			p.line(mark + l)
		}
		if e := x.shortest(); e != nil {
			for _, l := range wrap(p.route(e), p.width-indentCols, p.most(2)) {
				p.line(strings.Repeat(" ", indentCols) + p.paint(dim, l))
			}
		}
	}
	p.more(2, n-shown)
	if inv.unsure > 0 {
		p.paragraph(0, dim, p.unsure(inv))
	}
}

// unsure sums up for how many behaviours nothing tells whether they come before
// consent, and why.
func (p *printer) unsure(inv *inventory) string {
	reasons := slices.Sorted(maps.Keys(inv.doubts))
	slices.SortStableFunc(reasons, func(a, b string) int { return cmp.Compare(inv.doubts[b], inv.doubts[a]) })
	var parts []string
	for _, d := range reasons {
		if d != "" {
			parts = append(parts, p.say("before.doubt", "why", p.value("doubt", d), "n", grouped(int64(inv.doubts[d]))))
		}
	}
	s := p.say("before.unsure", "n", p.count("behaviours", inv.unsure))
	if len(parts) > 0 {
		s += p.say("colon") + p.some(parts, doubtsNamed)
	}
	return s
}

// route is a path as names joined by arrows, and where its last method is; a long
// path of the short form keeps both ends.
func (p *printer) route(e *audit.Example) string {
	place := p.say("route.at", "dex", clipMiddle(clean(e.DEX), 40), "offset", itoa(e.Offset))
	if len(e.Path) == 0 {
		return clipMiddle(apiFull(e.Caller), 70) + place
	}
	return p.steps(e.Path) + place
}

// steps joins the methods of a path.
func (p *printer) steps(path []string) string {
	var out []string
	for _, m := range path {
		if p.opt.Verbose {
			out = append(out, clipMiddle(apiFull(m), 80))
			continue
		}
		name, _ := apiName(m)
		out = append(out, name)
	}
	if n := len(out); n > stepsShown && !p.opt.Verbose {
		out = slices.Concat(out[:2], []string{p.say("route.left", "n", grouped(int64(n-stepsShown+1)))}, out[n-stepsShown+3:])
	}
	return strings.Join(out, " → ")
}

// startup prints what runs or is started without the user.
func (p *printer) startup() {
	list := p.r.Behavior.Startup
	if len(list) == 0 {
		return
	}
	p.section("section.startup", len(list))
	n := p.shown(len(list), startupRows)
	g := rowGroup{}
	for _, s := range list[:n] {
		row := gridRow{cells: []string{p.value("startup", s.Kind), p.partyLabel(s.Party), p.startupWhat(s), p.dataNames(s.Data)}}
		if p.opt.Verbose && s.Example.Caller != "" {
			row.below = []string{p.site(s.Example)}
		}
		g.rows = append(g.rows, row)
	}
	p.grid([]column{{title: p.say("column.startup"), fixed: true}, {title: p.say("column.party")}, {title: p.say("column.what"), name: true}, {title: p.say("column.starts")}}, []rowGroup{g})
	p.more(2, len(list)-n)
}

// startupWhat names the component or the call, and what it hangs on.
func (p *printer) startupWhat(s audit.Startup) string {
	name := clean(s.Component[strings.LastIndexByte(s.Component, '.')+1:])
	if s.Component == "" && s.Example.Caller != "" {
		name, _ = apiName(s.Example.Caller)
	}
	if p.opt.Verbose && s.Component != "" {
		name = clean(s.Component)
	}
	name = clipMiddle(name, 80)
	switch what := clipMiddle(clean(s.What), 80); {
	case what == "":
		return name
	case name == "":
		return what
	default:
		return name + " (" + what + ")"
	}
}

// requests prints which permissions are asked for together, and when.
func (p *printer) requests() {
	list := p.r.Behavior.Requests
	if len(list) == 0 {
		return
	}
	p.section("section.requests", len(list))
	n := p.shown(len(list), requestRows)
	g := rowGroup{}
	for _, q := range list[:n] {
		names := p.some(lastWords(q.Permissions), namesShown)
		if names == "" {
			names = p.say("requests.unseen")
		}
		caller, _ := apiName(q.Example.Caller)
		row := gridRow{cells: []string{p.partyLabel(q.Party), names, caller, p.value("answer", q.Example.Reached), p.value("answer", q.Example.BeforeConsent)}}
		if p.opt.Verbose {
			row.below = []string{p.site(q.Example)}
		}
		g.rows = append(g.rows, row)
	}
	p.grid([]column{{title: p.say("column.party")}, {title: p.say("column.asks")}, {title: p.say("column.where"), name: true},
		{title: p.say("column.reached"), fixed: true}, {title: p.say("column.before"), fixed: true}}, []rowGroup{g})
	p.more(2, len(list)-n)
}

// permissionUse prints which permissions calls need, by whom, and which not.
func (p *printer) permissionUse() {
	g := groupPermissions(&p.r.Behavior)
	n := len(g.used) + len(g.unused) + len(g.unknown)
	if n+len(g.unrequested) == 0 {
		return
	}
	p.section("section.permissions", n)
	names := func(list []audit.Permission) []string {
		var out []string
		for _, x := range dangerousFirst(list) {
			out = append(out, p.permissionUsers(x.Name, x.UsedBy))
		}
		return out
	}
	p.labelled("perm.used", names(g.used), 4)
	p.labelled("perm.unused", names(g.unused), 2)
	var missing []string
	for _, x := range g.unrequested {
		missing = append(missing, p.permissionUsers(x.Name, x.UsedBy))
	}
	p.labelled("perm.unrequested", missing, 2)
	p.labelled("perm.unknown", names(g.unknown), 2)
}

func dangerousFirst(list []audit.Permission) []audit.Permission {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b audit.Permission) int {
		if (a.Protection == "dangerous") == (b.Protection == "dangerous") {
			return 0
		}
		if a.Protection == "dangerous" {
			return -1
		}
		return 1
	})
	return list
}

// permissionUsers is "CAMERA (JPush 3 [2 reached], the app's own code 1)".
func (p *printer) permissionUsers(name string, users []audit.PermissionUser) string {
	s := lastWords([]string{name})[0]
	var by []string
	for _, u := range users {
		by = append(by, p.partyLabel(u.Party)+" "+grouped(int64(u.Sites))+p.reachedSites(u))
	}
	if len(by) == 0 {
		return s
	}
	return s + " (" + p.some(by, 2) + ")"
}

// reachedSites says how many of the sites are reached, nothing where none is known to be.
func (p *printer) reachedSites(u audit.PermissionUser) string {
	if u.Reached <= 0 {
		return ""
	}
	return p.say("perm.reached", "n", grouped(int64(u.Reached)))
}

// labelled prints a list behind a label, at most so many lines of it in the short
// form; the long form gives every item a line of its own.
func (p *printer) labelled(key string, items []string, most int) {
	if len(items) == 0 {
		return
	}
	const indent, labels = 2, 18
	label := pad(clip(p.say(key), labels-1), labels)
	texts := []string{p.list(items)}
	if p.opt.Verbose {
		texts = items
	}
	for _, t := range texts {
		for _, l := range wrap(t, p.width-indent-labels, p.most(most)) {
			p.line(strings.Repeat(" ", indent) + p.paint(dim, label) + l)
			label = pad("", labels)
		}
	}
}

// hosts prints the hosts that each party's code names.
func (p *printer) hosts(inv *inventory) {
	var list []*partyFacts
	for _, x := range inv.parties {
		if len(x.hosts) > 0 {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return
	}
	p.section("section.hosts", len(p.r.Behavior.Hosts))
	n := p.shown(len(list), hostParties)
	for _, x := range list[:n] {
		var names []string
		for _, h := range x.hosts {
			names = append(names, p.host(h))
		}
		for i, l := range wrap(p.partyName(x.id)+p.say("colon")+p.some(names, hostsNamed), p.width-4, p.most(2)) {
			p.line(strings.Repeat(" ", 2+2*min(i, 1)) + l)
		}
	}
	p.more(2, len(list)-n)
}

// host is a host, marked where no code names it but a native library or a script.
func (p *printer) host(h audit.Host) string {
	s := clipMiddle(clean(h.Host), maxName)
	if h.Via != "" && h.Via != "code" {
		s += " [" + p.value("via", h.Via) + "]"
	}
	return s
}

// otherPlaces prints where code is that no DEX file of the app holds.
func (p *printer) otherPlaces() {
	b := &p.r.Behavior
	if len(b.DynamicCode)+len(b.NativeLibs)+len(b.Frameworks)+len(b.Packers) == 0 {
		return
	}
	p.section("section.places", -1)
	for _, x := range p.codePlaces() {
		p.labelled(x.key, x.items, 2)
	}
}

// labelledItems are items under a label.
type labelledItems struct {
	key   string
	items []string
}

func (p *printer) codePlaces() []labelledItems {
	b := &p.r.Behavior
	var dynamic, native, frames []string
	for _, c := range b.DynamicCode {
		dynamic = append(dynamic, p.owned(p.value("dynamic", c.Kind)+" "+clipMiddle(clean(c.What), maxName), c.Party))
	}
	for _, l := range b.NativeLibs {
		native = append(native, p.owned(clipMiddle(clean(l.Name), 40), l.Party))
	}
	for _, list := range [][]audit.Framework{b.Frameworks, b.Packers} {
		for _, f := range list {
			frames = append(frames, clip(flow(f.Name.In(p.lang)), 40)+" ("+clipMiddle(clean(f.Evidence), 40)+")")
		}
	}
	return []labelledItems{{"places.dynamic", dynamic}, {"places.native", native}, {"places.frameworks", frames}}
}

// owned is a thing with the party that it belongs to, where one is known.
func (p *printer) owned(what, party string) string {
	if party == "" {
		return what
	}
	return what + " (" + clip(p.partyName(party), 40) + ")"
}
