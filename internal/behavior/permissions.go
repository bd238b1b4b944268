package behavior

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// Which permissions the code makes use of, by this rule:
//
//   - A call needs what the lists of needs say of its method and what the behaviours
//     say that it matches; a component of the manifest what the lists say of its
//     broadcasts and its type of foreground service.
//   - A need counts where its API levels meet those on which the app runs and, if it
//     requests the permission for lower levels only, these. What apps need only from a
//     target level on counts as use in any app, and as unrequested in those.
//   - Used is "yes" where a party's code needs the permission, or code of a neutral library
//     that a party calls or that is reached; not where the library asks first whether the
//     app has it. It is "no" where calls that need it are known, nothing else makes use of
//     it, all code could be seen and no such call is there, not even one that needs it only
//     for some arguments. Else it is "unknown".
//   - Unrequested is what the user would have to grant and calls outside of neutral
//     libraries need for certain, while neither it nor another permission that would do
//     is requested or comes with one that is. It says nothing of whether the call is
//     made: SDKs carry code for what their users may not want, and neutral libraries so
//     much of it that theirs is left out whoever calls it.

// requirement is one need of a call, parsed once.
type requirement struct {
	anyOf      []string
	levels     rules.Levels
	fromTarget int
	weak       bool
}

// requirements are what the rules require, by their place in the set.
type requirements struct {
	needs      []requirement
	behaviours [][]requirement
	known      map[string]bool // permissions of which the rules name something that needs them
}

func newRequirements(set *rules.Set) *requirements {
	r := &requirements{behaviours: make([][]requirement, len(set.Behaviours)), known: map[string]bool{}}
	for i := range set.Needs {
		n := &set.Needs[i]
		r.needs = append(r.needs, requirement{n.AnyOf, rules.ParseLevels(n.API), n.FromTarget, n.Weak})
		for _, p := range n.AnyOf {
			r.known[p] = true
		}
	}
	for i := range set.Behaviours {
		for _, p := range set.Behaviours[i].Permissions {
			r.behaviours[i] = append(r.behaviours[i], requirement{anyOf: []string{p.Name}, levels: rules.ParseLevels(p.API), weak: set.Behaviours[i].Weak})
			r.known[p.Name] = true
		}
	}
	return r
}

// permissionSite is an instruction that needs permissions.
type permissionSite struct {
	party      string
	reached    bool
	needs      []*requirement
	behaviours []*requirement
	address    bool   // the behaviours were told by an address or another constant
	library    string // id of the neutral library that the instruction stands in, else ""
}

// siteFacts tells of an instruction whose it is and whether it is in code that is
// reached.
type siteFacts struct {
	r       *reached
	climber *climber
}

func (f siteFacts) node(p place) callgraph.Node {
	return f.r.graph.Node(p.file.first+slices.Index(p.file.dex, p.dex), p.caller)
}

// owner is the party whose code it is.
func (f siteFacts) owner(p place) string {
	return f.climber.partyOf(p.dex.TypeDescriptor(p.dex.Class(p.class).Type))
}

// party is the owner of the code or, of code in a neutral library, whoever is nearest
// of those who reach it.
func (f siteFacts) party(p place) string {
	party := f.owner(p)
	if n := f.node(p); audit.PartyKind(party) == audit.PrefixLibrary && n >= 0 {
		if by := f.climber.claimants(n); len(by) > 0 {
			return by[0].party
		}
	}
	return party
}

// library is the id of the neutral library that the code itself is of, "" for other code.
func (f siteFacts) library(p place) string {
	if id, ok := strings.CutPrefix(f.owner(p), audit.PrefixLibrary); ok {
		return id
	}
	return ""
}

func (f siteFacts) reached(p place) bool {
	n := f.node(p)
	return n != callgraph.None && f.r.all.Has(n)
}

// reachable tells whether code is reached or may be.
func (f siteFacts) reachable(p place) bool {
	n := f.node(p)
	return n != callgraph.None && (f.r.all.Has(n) || f.r.allMaybe.Has(n))
}

// permissionSites lists the instructions that need a permission, each once.
func (o *Observer) permissionSites(files []*codeFile, facts siteFacts) []permissionSite {
	at := map[place]int{}
	var sites []permissionSite
	site := func(p place) *permissionSite {
		i, ok := at[p]
		if !ok {
			i = len(sites)
			at[p] = i
			sites = append(sites, permissionSite{party: facts.party(p), reached: facts.reached(p), library: facts.library(p)})
		}
		return &sites[i]
	}
	for _, f := range files {
		for i := range f.calls {
			for _, n := range f.calls[i].role.needs {
				s := site(f.calls[i].place)
				s.needs = append(s.needs, &o.required.needs[n])
			}
		}
		for _, h := range f.hits {
			if h.field && !strings.HasSuffix(h.dex.FieldDescriptor(h.target), ":Landroid/net/Uri;") {
				continue // no permission guards a plain field; an address leads to a provider that is guarded
			}
			for k := range o.required.behaviours[h.behaviour] {
				s := site(place{f, h.dex, h.class, h.caller, h.offset})
				s.behaviours = append(s.behaviours, &o.required.behaviours[h.behaviour][k])
				s.address = s.address || h.field || len(h.args) > 0
			}
		}
	}
	return sites
}

// componentSites lists the components of the manifest that need a permission. They are
// entry points, so reached.
func (o *Observer) componentSites(components []audit.Component) []permissionSite {
	var sites []permissionSite
	for i := range components {
		c := &components[i]
		s := permissionSite{party: c.Party, reached: true}
		for k := range o.set.Needs {
			n := &o.set.Needs[k]
			receives := c.Kind == "receiver" && slices.ContainsFunc(n.Receives, func(a string) bool { return slices.Contains(c.Actions, a) })
			if receives || n.Foreground != "" && hasFlag(c.FGSType, n.Foreground) {
				s.needs = append(s.needs, &o.required.needs[k])
			}
		}
		if len(s.needs) > 0 {
			sites = append(sites, s)
		}
	}
	return sites
}

// permissionUse answers what an app's code and components need.
type permissionUse struct {
	o         *Observer
	app       *apk.App
	native    bool // the app has native code
	unseen    bool // there is code that could not be looked at
	sites     []permissionSite
	requested map[string]rules.Levels // what is requested, or comes with it
}

// permissions states of each requested permission what makes use of it, and what is
// needed without being requested. The gaps of res are those of code that was not seen.
func (o *Observer) permissions(app *apk.App, files []*codeFile, res *Result, facts siteFacts) {
	b := &res.Behavior
	u := &permissionUse{o: o, app: app, native: len(b.NativeLibs) > 0, unseen: len(b.Packers) > 0 || len(res.Gaps) > 0}
	for _, f := range files {
		u.unseen = u.unseen || len(f.problem) > 0 || slices.ContainsFunc(f.dex, func(d *dex.File) bool { return d.ProblemCount() > 0 })
	}
	u.sites = append(o.permissionSites(files, facts), o.componentSites(b.Components)...)
	u.requested = o.granted(app)
	b.Permissions = u.stated()
	b.Unrequested = u.unrequested()
}

// runsOn are the API levels that the app runs on.
func (u *permissionUse) runsOn() rules.Levels {
	return rules.Levels{From: u.app.Info.MinSDK, To: math.MaxInt}
}

func limited(p audit.Permission, from rules.Levels) rules.Levels {
	if p.MaxSDK > 0 {
		from.To = p.MaxSDK
	}
	return from
}

// granted lists the permissions that the app requests and what comes with them, with
// the levels they are requested for.
func (o *Observer) granted(app *apk.App) map[string]rules.Levels {
	out := map[string]rules.Levels{}
	add := func(name string, l rules.Levels) {
		if was, ok := out[name]; ok {
			l.To = max(l.To, was.To)
		}
		out[name] = l
	}
	for _, p := range app.Permissions {
		add(p.Name, limited(p, rules.Levels{From: 1, To: math.MaxInt}))
	}
	for range 2 { // what comes with a permission may bring another one
		for _, i := range o.set.Implied {
			l, ok := out[i.Name]
			if !ok || i.BelowTarget > 0 && app.Info.TargetSDK >= i.BelowTarget {
				continue
			}
			for _, name := range i.Adds {
				add(name, l)
			}
		}
	}
	return out
}

// usage is what makes use of one requested permission.
type usage struct {
	on    rules.Levels // on which the app runs and requests it
	users userCounts
	sure  bool // a site needs it that somebody has, or that is reached
	maybe bool // a site may need it
	last  int  // number of the site counted last, from 1
}

// stated fills in the protection levels of the requested permissions and what makes
// use of them.
func (u *permissionUse) stated() []audit.Permission {
	out := slices.Clone(u.app.Permissions)
	use := make(map[string]*usage, len(out))
	for _, p := range out {
		use[p.Name] = &usage{on: limited(p, u.runsOn()), users: userCounts{}}
	}
	for i := range u.sites {
		s := &u.sites[i]
		for _, r := range s.needs {
			u.count(use, r, s, i+1)
		}
		for _, r := range s.behaviours {
			u.count(use, r, s, i+1)
		}
	}
	for i := range out {
		p := &out[i]
		p.Protection = "unknown"
		if known := u.o.set.Permission(p.Name); known != nil {
			p.Protection = known.Protection
		}
		p.UsedBy = use[p.Name].users.list()
		p.Used = u.used(p.Name, use[p.Name])
	}
	return out
}

// count adds a site to the permissions that one of its requirements names.
func (u *permissionUse) count(use map[string]*usage, r *requirement, s *permissionSite, number int) {
	for _, name := range r.anyOf {
		x := use[name]
		if x == nil || !r.levels.Overlap(x.on) {
			continue
		}
		x.maybe = true
		if r.weak || x.last == number || u.guarded(s, name) {
			continue
		}
		x.last = number
		x.users.add(s)
		x.sure = x.sure || s.reached || audit.PartyKind(s.party) != audit.PrefixLibrary
	}
}

// guarded tells whether a site is in a library that does without the permission where
// the app has none.
func (u *permissionUse) guarded(s *permissionSite, name string) bool {
	return s.library != "" && slices.ContainsFunc(u.o.set.Guarded, func(g rules.Guarded) bool {
		return g.Library == s.library && slices.Contains(g.Permissions, name)
	})
}

// used answers whether anything makes use of a permission.
func (u *permissionUse) used(name string, x *usage) string {
	switch {
	case x.sure:
		return audit.Yes
	case x.maybe || u.unseen || !u.o.required.known[name] || u.elsewhere(name):
		return audit.Unknown
	}
	return audit.No
}

// elsewhere tells whether a permission may be made use of without a site.
func (u *permissionUse) elsewhere(name string) bool {
	return slices.ContainsFunc(u.o.set.Elsewhere, func(e rules.Elsewhere) bool {
		return e.Name == name && (!e.Native || u.native)
	})
}

// unrequested lists what calls need and the app does not request, see the rule above.
func (u *permissionUse) unrequested() []audit.PermissionNeed {
	users := map[string]userCounts{}
	for i := range u.sites {
		s := &u.sites[i]
		if s.library != "" {
			continue
		}
		for _, name := range u.missing(s) {
			if users[name] == nil {
				users[name] = userCounts{}
			}
			users[name].add(s)
		}
	}
	var out []audit.PermissionNeed
	for _, name := range slices.Sorted(maps.Keys(users)) {
		out = append(out, audit.PermissionNeed{Name: name, UsedBy: users[name].list()})
	}
	return out
}

// missing lists the permissions that a site needs and the app does not request, each
// once. Needs know which permissions do in place of each other. What only behaviours
// describe counts where it names a provider or the like, since their methods may also
// be those that hand out what another call got; any other permission that the user
// grants at the same levels does then.
func (u *permissionUse) missing(s *permissionSite) []string {
	var out []string
	add := func(r *requirement, name string, enough []string) {
		switch {
		case r.weak, !r.levels.Overlap(u.runsOn()), u.app.Info.TargetSDK < r.fromTarget:
			return
		case slices.Contains(out, name), !u.o.set.Sensitive(name), u.optional(name):
			return
		}
		if !slices.ContainsFunc(enough, func(p string) bool { l, ok := u.requested[p]; return ok && l.Overlap(r.levels) }) {
			out = append(out, name)
		}
	}
	for _, r := range s.needs {
		add(r, r.anyOf[0], r.anyOf)
	}
	if len(s.needs) > 0 || !s.address {
		return out
	}
	for _, r := range s.behaviours {
		var enough []string
		for _, q := range s.behaviours {
			if q.levels.Overlap(r.levels) && u.o.set.Sensitive(q.anyOf[0]) {
				enough = append(enough, q.anyOf[0])
			}
		}
		if r.anyOf[0] == u.o.least(enough) {
			add(r, r.anyOf[0], enough)
		}
	}
	return out
}

// least is the first of some permissions that brings along none of the others.
func (o *Observer) least(names []string) string {
	for _, n := range names {
		if !slices.ContainsFunc(names, func(other string) bool { return o.brings(n, other) }) {
			return n
		}
	}
	return ""
}

// optional tells whether calls work without a permission and only give less.
func (u *permissionUse) optional(name string) bool {
	return slices.ContainsFunc(u.o.set.Elsewhere, func(e rules.Elsewhere) bool { return e.Name == name && e.Optional })
}

// brings tells whether a permission always comes with another one.
func (o *Observer) brings(name, other string) bool {
	return slices.ContainsFunc(o.set.Implied, func(i rules.Implied) bool {
		return i.Name == name && i.BelowTarget == 0 && slices.Contains(i.Adds, other)
	})
}

// userCounts counts sites by party.
type userCounts map[string]audit.PermissionUser

func (c userCounts) add(s *permissionSite) {
	n := c[s.party]
	n.Party = s.party
	n.Sites++
	if s.reached {
		n.Reached++
	}
	c[s.party] = n
}

// list gives the users with the most sites first.
func (c userCounts) list() []audit.PermissionUser {
	return slices.SortedFunc(maps.Values(c), func(a, b audit.PermissionUser) int {
		return cmp.Or(cmp.Compare(b.Sites, a.Sites), cmp.Compare(a.Party, b.Party))
	})
}

// hasFlag tells whether flags, joined by "|", hold one.
func hasFlag(flags, flag string) bool { return slices.Contains(strings.Split(flags, "|"), flag) }
