package behavior

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex/callgraph"
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
	switch class := dotted(h.dex.TypeDescriptor(h.dex.Class(h.class).Type)); {
	case audit.PartyKind(one.Party) != audit.PrefixLibrary:
	case g.o.readsForItself(one.Party, class):
		one.Through = one.Party
	case n >= 0:
		g.claim(&one, &ex, g.climber.claimants(n), h.level)
	}
	one.Examples = []audit.Example{ex}
	g.all = append(g.all, one)
	g.join(one, useKey{h.behaviour, one.Party, one.Through, one.Via, one.Target})
}

// readsForItself tells whether what a class of a neutral library reads serves the library
// and goes to nobody who calls it.
func (o *Observer) readsForItself(library, class string) bool {
	k := o.set.SDK(strings.TrimPrefix(library, audit.PrefixLibrary))
	class, _, _ = strings.Cut(class, "$")
	return k != nil && slices.ContainsFunc(k.Match.OwnReads, func(p string) bool { return under(class, p) })
}

// claim gives a library's site to the first of those who reach it and lists the
// others, each with what is known of the site as that party reaches it.
func (g *useGroups) claim(one *audit.Use, ex *audit.Example, by []claimant, level callgraph.Level) {
	for i, c := range by {
		chain := g.reached.describe(c.chain)
		if i == 0 {
			one.Party, one.Through, ex.Chain = c.party, one.Party, chain
			continue
		}
		other := *ex
		other.Chain = chain
		g.reached.answerBy(&other, c.chain, level)
		one.AlsoBy = append(one.AlsoBy, audit.AlsoBy{Party: c.party, Path: chain, Sites: 1, Reached: other.Reached, BeforeConsent: other.BeforeConsent, Examples: []audit.Example{other}})
	}
	if len(by) > 0 {
		g.reached.answerBy(ex, by[0].chain, level)
		one.Reached, one.BeforeConsent = ex.Reached, ex.BeforeConsent
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
		u.AlsoBy = joinAlsoBy(u.AlsoBy, a)
	}
}

// joinAlsoBy adds what a party does with one more site. Its example is the one that
// shows the most, of several the one with the shortest chain.
func joinAlsoBy(list []audit.AlsoBy, a audit.AlsoBy) []audit.AlsoBy {
	at := slices.IndexFunc(list, func(b audit.AlsoBy) bool { return b.Party == a.Party })
	if at < 0 {
		return append(list, a)
	}
	b := &list[at]
	x, y := &a.Examples[0], &b.Examples[0]
	if cmp.Or(cmp.Compare(answerRank(x.BeforeConsent), answerRank(y.BeforeConsent)),
		cmp.Compare(answerRank(x.Reached), answerRank(y.Reached)), cmp.Compare(len(b.Path), len(a.Path))) > 0 {
		b.Path, b.Examples = a.Path, a.Examples
	}
	b.Sites += a.Sites
	b.Reached, b.BeforeConsent = stronger(b.Reached, a.Reached), stronger(b.BeforeConsent, a.BeforeConsent)
	return list
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
