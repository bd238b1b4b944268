package behavior

import (
	"cmp"
	"slices"

	"apkaudit/internal/audit"
)

// useKey makes one Use of sites that differ in nothing but their place.
type useKey struct {
	behaviour int
	party     string
	through   string
	via       string
	target    string
}

// useGroups groups sites into uses.
type useGroups struct {
	o       *Observer
	reached *reached
	climber *climber
	rank    map[string]int // of the files
	at      map[useKey]int
	uses    []audit.Use
	all     []audit.Use // one per site
}

// uses groups the sites of all files. The second result lists every site as a
// Use of its own, with one example.
func (o *Observer) uses(files []*codeFile, facts siteFacts) ([]audit.Use, []audit.Use) {
	g := &useGroups{o: o, reached: facts.r, climber: facts.climber, rank: map[string]int{}, at: map[useKey]int{}}
	for i, f := range files {
		g.rank[f.entry] = i
		for _, h := range f.hits {
			g.add(f, h)
		}
	}
	g.sort()
	return g.uses, g.all
}

// add states one site and joins it to its use.
func (g *useGroups) add(f *codeFile, h siteHit) {
	b := &g.o.set.Behaviours[h.behaviour]
	ex := audit.Example{DEX: f.entry, Caller: h.dex.MethodDescriptor(h.caller), Offset: h.offset, Args: h.args}
	n := f.node(g.reached.graph, h)
	g.reached.answer(&ex, n, h.level)
	one := audit.Use{API: b.ID, Kind: b.Kind, Data: slices.Clone(b.Data), Via: cmp.Or(h.via, audit.ViaCall), Reached: ex.Reached, BeforeConsent: ex.BeforeConsent, Sites: 1}
	if one.Target = h.dex.MethodDescriptor(h.target); h.field {
		one.Via, one.Target = audit.ViaField, h.dex.FieldDescriptor(h.target)
	}
	one.Party = g.climber.partyOf(h.dex.TypeDescriptor(h.dex.Class(h.class).Type))
	if audit.PartyKind(one.Party) == audit.PrefixLibrary && n >= 0 {
		g.claim(&one, &ex, g.climber.claimants(n))
	}
	one.Examples = []audit.Example{ex}
	g.all = append(g.all, one)
	g.join(one, useKey{h.behaviour, one.Party, one.Through, one.Via, one.Target})
}

// claim gives a library's site to the first of those who reach it and lists the
// others.
func (g *useGroups) claim(one *audit.Use, ex *audit.Example, by []claimant) {
	for i, c := range by {
		chain := g.reached.describe(c.chain)
		if i == 0 {
			one.Party, one.Through, ex.Chain = c.party, one.Party, chain
			continue
		}
		one.AlsoBy = append(one.AlsoBy, audit.AlsoBy{Party: c.party, Path: chain})
	}
}

func (g *useGroups) join(one audit.Use, k useKey) {
	i, ok := g.at[k]
	if !ok {
		g.at[k] = len(g.uses)
		one.AlsoBy, one.Examples = slices.Clone(one.AlsoBy), slices.Clone(one.Examples)
		g.uses = append(g.uses, one)
		return
	}
	u := &g.uses[i]
	u.Sites++
	u.Reached = stronger(u.Reached, one.Reached)
	u.BeforeConsent = stronger(u.BeforeConsent, one.BeforeConsent)
	u.Examples = append(u.Examples, one.Examples...)
	for _, a := range one.AlsoBy {
		at := slices.IndexFunc(u.AlsoBy, func(b audit.AlsoBy) bool { return b.Party == a.Party })
		switch {
		case at < 0:
			u.AlsoBy = append(u.AlsoBy, a)
		case len(a.Path) < len(u.AlsoBy[at].Path):
			u.AlsoBy[at] = a
		}
	}
}

func (g *useGroups) byPlace(a, b audit.Example) int {
	return cmp.Or(cmp.Compare(g.rank[a.DEX], g.rank[b.DEX]), cmp.Compare(a.Caller, b.Caller), cmp.Compare(a.Offset, b.Offset))
}

func (g *useGroups) sort() {
	for i := range g.uses {
		u := &g.uses[i]
		slices.SortFunc(u.Examples, g.byPlace)
		u.Examples = examples(u)
		slices.SortFunc(u.AlsoBy, func(a, b audit.AlsoBy) int { return cmp.Compare(a.Party, b.Party) })
	}
	slices.SortFunc(g.uses, byUse)
	slices.SortFunc(g.all, func(a, b audit.Use) int { return cmp.Or(byUse(a, b), g.byPlace(a.Examples[0], b.Examples[0])) })
}

// examples are the first sites of a use. The last of them makes room for one that
// gives the use its answer about consent, or about reach, where no other does: the
// path of that one is the evidence.
func examples(u *audit.Use) []audit.Example {
	shown := slices.Clone(u.Examples[:min(len(u.Examples), audit.MaxExamples)])
	for _, same := range []func(e audit.Example) bool{
		func(e audit.Example) bool { return e.BeforeConsent == u.BeforeConsent },
		func(e audit.Example) bool { return e.BeforeConsent == u.BeforeConsent && e.Reached == u.Reached },
	} {
		if !slices.ContainsFunc(shown, same) {
			if i := slices.IndexFunc(u.Examples, same); i >= 0 {
				shown[len(shown)-1] = u.Examples[i]
			}
		}
	}
	return shown
}

// stronger is the answer for several sites together: yes if it is yes for one.
func stronger(a, b string) string {
	switch {
	case a == audit.Yes || b == audit.Yes:
		return audit.Yes
	case a == audit.Unknown || b == audit.Unknown:
		return audit.Unknown
	}
	return audit.No
}
