package report

import (
	"slices"

	"apkaudit/internal/audit"
)

// htmlInventory is what the code contains: by party, then what comes before consent, what starts by itself, what is asked for, and where more code is.
type htmlInventory struct {
	Parties  htmlRows[htmlOwner]
	Others   htmlRows[htmlUse]
	Quiet    htmlRows[htmlUse]
	Before   htmlRows[htmlUse]
	NoBefore audit.Text // said where nothing comes before consent
	Unsure   audit.Text
	Startup  htmlRows[htmlStartup]
	Asks     htmlRows[htmlAsk]
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
	Left     int // further examples of the report
}

// htmlExample is one call site; path and chain fold out.
type htmlExample struct {
	Caller, DEX         string
	Offset              int
	Path, Chain         []string
	PathSays, ChainSays audit.Text
	Doubt               audit.Text
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
	htmlPlacesOf  = 3   // places of one call
	htmlSteps     = 40  // methods of a path
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

// use is a row with its calls, and of each the first places; a path is shown for the
// first alone, for the others lead through much the same calls.
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
		shown := take(&room.sites, min(len(t.examples), htmlPlacesOf))
		c.Left = len(t.examples) - shown
		for i, e := range t.examples[:shown] {
			e := x.own(*e)
			if i > 0 {
				e.Path, e.Chain = nil, nil
			}
			c.Examples = append(c.Examples, d.example(e, room))
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
	if len(e.Path) == 1 && e.Path[0] == e.Caller { // the caller is the entry point
		e.Path = nil
	}
	x := htmlExample{Path: steps(e.Path, room), Chain: steps(e.Chain, room)}
	if e.Caller != "" {
		x.Caller, x.DEX, x.Offset = clipMiddle(apiFull(e.Caller), 100), clipMiddle(clean(e.DEX), 40), e.Offset
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
				s = p.andMore(s, rest)
			}
			return s
		}
		if n > 0 {
			out = append(out, htmlPlaces{d.say(zh[i].key), audit.Text{ZH: text(d.zh, zh[i].items), EN: text(d.en, en[i].items)}})
		}
	}
	return out
}
