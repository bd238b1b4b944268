package report

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// htmlInventory is what the code contains: by party and by data, then what comes
// before consent, what starts by itself, what is asked for, and where more code is.
type htmlInventory struct {
	Parties  htmlRows[htmlOwner]
	Data     htmlRows[htmlDatum]
	Others   htmlRows[htmlUse]
	Quiet    htmlRows[htmlUse]
	Before   htmlRows[htmlUse]
	NoBefore audit.Text // said where nothing comes before consent
	Unsure   audit.Text
	Startup  htmlRows[htmlStartup]
	Asks     htmlRows[htmlAsk]
	Missing  htmlRows[htmlRequest]
	Hosts    htmlRows[htmlHosts]
	Places   []htmlPlaces
}

// htmlAnswer is yes, no or unknown in words; Class says which for the style.
type htmlAnswer struct {
	Class string
	Label audit.Text
}

// htmlOwner is the block of one party.
type htmlOwner struct {
	Name, Count, Needs, Hosts audit.Text
	ID                        string
	Before                    bool // something comes before consent
	Open                      bool
	Rows                      []htmlUse
	Left                      int
}

// htmlUse is one behaviour of one party, with the places of its calls.
type htmlUse struct {
	Party, Data, Through audit.Text
	ID                   string
	Notes                []audit.Text
	Sites                int
	Reached, Before      htmlAnswer
	Calls                []htmlCall
	Left                 int
	Shortest             *htmlExample
}

// htmlCall is one reference that code names, with examples of its places.
type htmlCall struct {
	Call     string
	Sites    audit.Text
	Examples []htmlExample
	Left     int // examples of the report that the page has no room for
}

// htmlExample is one call site; path and chain fold out.
type htmlExample struct {
	Where               audit.Text
	Path, Chain         []string
	PathSays, ChainSays audit.Text
	Doubt               audit.Text
}

// htmlDatum is one data type with the parties whose code can read it.
type htmlDatum struct {
	Name            audit.Text
	ID              string
	Sites           int
	Reached, Before htmlAnswer
	Parties         []htmlReader
	Left            int
}

type htmlReader struct {
	Name            audit.Text
	Sites           audit.Text
	Reached, Before htmlAnswer
}

type htmlStartup struct {
	Kind, Party, Data audit.Text
	What              string
	Example           *htmlExample
}

type htmlAsk struct {
	Party, Permissions audit.Text
	Example            htmlExample
	Reached, Before    htmlAnswer
}

type htmlHosts struct{ Party, Hosts audit.Text }

type htmlPlaces struct {
	Label audit.Text
	Items audit.Text
}

// How much one row of the inventory lists.
const (
	htmlSteps     = 40  // methods of a path
	htmlReaders   = 30  // parties of a data type
	htmlHostsOf   = 200 // hosts of a party
	htmlListed    = 100 // items of a list in one cell
	htmlOpenFirst = 3   // parties that may be unfolded: the first, and those with something before consent
)

func (d duo) answer(v string) htmlAnswer { return htmlAnswer{classOf(v), d.value("answer", v)} }

func (d duo) owner(id string) audit.Text {
	return d.both(func(p *printer) string { return p.partyName(id) })
}

// inventory fills in what the code contains.
func (h *htmlReport) inventory(d duo, room *htmlRoom) {
	inv := newInventory(d.zh.r)
	x := &h.Inventory
	var owners []*partyFacts
	for _, p := range inv.parties {
		if len(p.reads) > 0 {
			owners = append(owners, p)
		}
	}
	x.Parties = fewer(&room.rows, owners, func(p *partyFacts) htmlOwner { return d.ownerBlock(p, room) })
	for i := range x.Parties.Rows {
		x.Parties.Rows[i].Open = i == 0 || i < htmlOpenFirst && x.Parties.Rows[i].Before
	}
	x.Data = fewer(&room.rows, byData(owners), d.datum)
	use := func(x *useRow) htmlUse { return d.use(x, room) }
	rows := func(of func(*partyFacts) []*useRow) []*useRow {
		var out []*useRow
		for _, p := range inv.parties {
			out = append(out, of(p)...)
		}
		return out
	}
	x.Others = fewer(&room.rows, rows(func(p *partyFacts) []*useRow { return p.others }), use)
	x.Quiet = fewer(&room.rows, rows(func(p *partyFacts) []*useRow { return p.quiet }), use)
	x.Before = fewer(&room.rows, inv.before, use)
	switch {
	case inv.unsure > 0:
		x.Unsure = d.both(func(p *printer) string { return p.unsure(inv) })
	case len(d.zh.r.Behavior.Uses) > 0 && len(inv.before) == 0:
		x.NoBefore = d.say("before.none")
	}
	b := &d.zh.r.Behavior
	x.Startup = fewer(&room.rows, b.Startup, func(s audit.Startup) htmlStartup { return d.startup(s, room) })
	x.Asks = fewer(&room.rows, b.Requests, func(q audit.Request) htmlAsk {
		permissions := d.permissions(q.Permissions[:min(len(q.Permissions), htmlListed)])
		if len(q.Permissions) == 0 {
			permissions = d.say("requests.unseen")
		}
		return htmlAsk{d.owner(q.Party), permissions, d.example(q.Example, room), d.answer(q.Example.Reached), d.answer(q.Example.BeforeConsent)}
	})
	x.Missing = fewer(&room.rows, b.Unrequested, func(n audit.PermissionNeed) htmlRequest {
		return htmlRequest{Name: d.permissions([]string{n.Name}), ID: clip(clean(n.Name), 120), UsedBy: d.users(n.UsedBy)}
	})
	var named []*partyFacts
	for _, p := range inv.parties {
		if len(p.hosts) > 0 {
			named = append(named, p)
		}
	}
	x.Hosts = fewer(&room.rows, named, func(p *partyFacts) htmlHosts { return htmlHosts{d.owner(p.id), d.hosts(p.hosts)} })
	x.Places = d.codePlaces()
}

// ownerBlock is what the code of one party contains.
func (d duo) ownerBlock(x *partyFacts, room *htmlRoom) htmlOwner {
	o := htmlOwner{Name: d.owner(x.id), ID: clipMiddle(clean(x.id), maxName), Before: strongest(x.reads, beforeOf) == audit.Yes}
	o.Count = d.both(func(p *printer) string {
		return p.count("types", len(dataOf(x.reads))) + " · " + p.count("sites", sitesOf(x.reads))
	})
	if len(x.permissions) > 0 {
		o.Needs = d.permissions(x.permissions[:min(len(x.permissions), htmlListed)])
	}
	o.Hosts = d.hosts(x.hosts)
	n := take(&room.rows, len(x.reads))
	o.Left = len(x.reads) - n
	for _, r := range x.reads[:n] {
		o.Rows = append(o.Rows, d.use(r, room))
	}
	return o
}

func (d duo) use(x *useRow, room *htmlRoom) htmlUse {
	u := htmlUse{Party: d.owner(x.party), Data: d.data(x.data), Through: d.both(func(p *printer) string { return p.behaviourName(x.api) }), ID: clip(clean(x.api), maxName),
		Sites: x.sites, Reached: d.answer(x.reached), Before: d.answer(x.before)}
	zh, en := d.zh.rowNotes(x), d.en.rowNotes(x)
	for i := range min(len(zh), htmlCalls) {
		u.Notes = append(u.Notes, audit.Text{ZH: zh[i], EN: en[i]})
	}
	targets := x.targets()
	n := min(len(targets), htmlCalls)
	u.Left = len(targets) - n
	for _, t := range targets[:n] {
		c := htmlCall{Call: t.call(), Sites: d.both(func(p *printer) string { return p.count("sites", t.sites) })}
		n := min(len(t.examples), audit.MaxExamples)
		shown := take(&room.sites, n)
		c.Left = n - shown
		for _, e := range t.examples[:shown] {
			c.Examples = append(c.Examples, d.example(x.own(*e), room))
		}
		u.Calls = append(u.Calls, c)
	}
	if e := x.shortest(); e != nil {
		example := d.example(*e, room)
		u.Shortest = &example
	}
	return u
}

// example is a call site with its path and chain as lists of methods.
func (d duo) example(e audit.Example, room *htmlRoom) htmlExample {
	x := htmlExample{Path: steps(e.Path, room), Chain: steps(e.Chain, room)}
	if e.Caller != "" {
		x.Where = d.both(func(p *printer) string { return p.siteAt(e) })
	}
	x.PathSays = d.both(func(p *printer) string { return p.say("html.path", "n", p.count("steps", len(e.Path))) })
	x.ChainSays = d.both(func(p *printer) string { return p.say("html.chain", "n", p.count("steps", len(e.Chain))) })
	if e.Doubt != "" {
		x.Doubt = d.both(func(p *printer) string { return p.say("code.doubt", "why", p.value("doubt", e.Doubt)) })
	}
	return x
}

// steps are the methods of a path; a very long one keeps both ends, and one that the
// page has no room for is an ellipsis.
func steps(path []string, room *htmlRoom) []string {
	if len(path) > 0 && take(&room.steps, min(len(path), htmlSteps)) == 0 {
		return []string{"…"}
	}
	if len(path) > htmlSteps {
		path = slices.Concat(path[:htmlSteps/2], []string{"…"}, path[len(path)-htmlSteps/2:])
	}
	var out []string
	for _, m := range path {
		out = append(out, clipMiddle(apiFull(m), 160))
	}
	return out
}

// datumRows are the rows of all parties that can read one data type.
type datumRows struct {
	id   string
	rows []*useRow
	by   []string // parties, in their order
}

// byData turns the rows of the parties around. Data types that come before consent
// stand first, then what most parties read.
func byData(owners []*partyFacts) []datumRows {
	at := map[string]*datumRows{}
	var list []*datumRows
	for _, p := range owners {
		for _, x := range p.reads {
			for _, id := range x.data {
				if at[id] == nil {
					at[id] = &datumRows{id: id}
					list = append(list, at[id])
				}
				if m := at[id]; len(m.by) == 0 || m.by[len(m.by)-1] != p.id {
					m.by = append(m.by, p.id)
				}
				at[id].rows = append(at[id].rows, x)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *datumRows) int {
		if x := answerRank(strongest(a.rows, beforeOf)) - answerRank(strongest(b.rows, beforeOf)); x != 0 {
			return x
		}
		if x := len(b.by) - len(a.by); x != 0 {
			return x
		}
		return strings.Compare(a.id, b.id)
	})
	var out []datumRows
	for _, x := range list {
		out = append(out, *x)
	}
	return out
}

func (d duo) datum(x datumRows) htmlDatum {
	out := htmlDatum{Name: d.data([]string{x.id}), ID: clip(clean(x.id), maxName), Reached: d.answer(strongest(x.rows, reachedOf)),
		Before: d.answer(strongest(x.rows, beforeOf)), Left: max(0, len(x.by)-htmlReaders)}
	for _, r := range x.rows {
		if !r.shared { // the same sites count for the party that owns the code
			out.Sites += r.sites
		}
	}
	for _, id := range x.by[:len(x.by)-out.Left] {
		rows := slices.DeleteFunc(slices.Clone(x.rows), func(r *useRow) bool { return r.party != id })
		out.Parties = append(out.Parties, htmlReader{d.owner(id), d.both(func(p *printer) string { return p.count("sites", sitesOf(rows)) }),
			d.answer(strongest(rows, reachedOf)), d.answer(strongest(rows, beforeOf))})
	}
	return out
}

func (d duo) startup(s audit.Startup, room *htmlRoom) htmlStartup {
	x := htmlStartup{Kind: d.value("startup", s.Kind), Party: d.owner(s.Party), Data: d.data(s.Data[:min(len(s.Data), htmlListed)]), What: d.zh.startupWhat(s)}
	if s.Example.Caller != "" {
		e := d.example(s.Example, room)
		x.Example = &e
	}
	return x
}

// users lists the parties whose calls need a permission, with the number of sites.
func (d duo) users(users []audit.PermissionUser) audit.Text {
	return d.both(func(p *printer) string {
		var out []string
		for _, u := range users[:min(len(users), noteParties)] {
			out = append(out, p.partyName(u.Party)+" "+p.count("sites", u.Sites)+p.reachedSites(u))
		}
		if n := len(users) - len(out); n > 0 {
			out = append(out, p.say("more.short", "n", grouped(int64(n))))
		}
		return p.list(out)
	})
}

func (d duo) hosts(hosts []audit.Host) audit.Text {
	return d.both(func(p *printer) string {
		var out []string
		for _, x := range hosts[:min(len(hosts), htmlHostsOf)] {
			out = append(out, p.host(x))
		}
		if n := len(hosts) - len(out); n > 0 {
			out = append(out, p.say("more.short", "n", grouped(int64(n))))
		}
		return p.list(out)
	})
}

// codePlaces says where code is that no DEX file of the app holds.
func (d duo) codePlaces() []htmlPlaces {
	zh, en := d.zh.codePlaces(), d.en.codePlaces()
	var out []htmlPlaces
	for i := range zh {
		n := min(len(zh[i].items), htmlListed)
		text := func(p *printer, items []string) string {
			s := p.list(items[:n])
			if rest := len(items) - n; rest > 0 {
				s += " " + p.say("more.short", "n", grouped(int64(rest)))
			}
			return s
		}
		if n > 0 {
			out = append(out, htmlPlaces{d.say(zh[i].key), audit.Text{ZH: text(d.zh, zh[i].items), EN: text(d.en, en[i].items)}})
		}
	}
	return out
}
