package behavior

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// maxWhat is how many characters of a text an observation shows.
const maxWhat = 160

// shorten is the text of an observation on one line, cut behind maxWhat characters.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxWhat {
		return text
	}
	return string([]rune(text)[:maxWhat]) + "…"
}

// observations states the single facts about an app: those found while its code was
// walked over, those of its manifest, and screens, which are those of its texts. The gaps
// are about files that the manifest names.
func (o *Observer) observations(ctx context.Context, app *apk.App, files []*codeFile, b *audit.Behavior, facts siteFacts, screens []audit.Observation) ([]audit.Gap, error) {
	list := &observedList{o: o, facts: facts, found: map[observedKey]observedPlace{}, rows: screens}
	for _, f := range files {
		for i := range f.observed {
			if h := &f.observed[i]; h.tasks == nil {
				list.add(h.kind, h.what, h.observedPlace)
			}
		}
		for i := range f.texts {
			for _, kind := range f.texts[i].told.kinds {
				list.add(kind, f.texts[i].told.what, f.texts[i].observedPlace)
			}
		}
	}
	list.tasks(files)
	list.linked(files)
	for i := range b.Components {
		list.rows = append(list.rows, o.handler(&b.Components[i])...)
	}
	configs, gaps, err := configured(ctx, app, b.Components)
	if err != nil {
		return nil, err
	}
	list.rows = append(list.rows, configs...)
	b.Observations = list.first()
	return gaps, nil
}

// handler tells whether a component makes the app one that can be the default for
// messages or calls.
func (o *Observer) handler(c *audit.Component) []audit.Observation {
	var out []audit.Observation
	for i := range o.set.Observed {
		x := &o.set.Observed[i]
		if len(x.Actions) == 0 || x.Component != c.Kind || x.Permission != c.Permission || c.Disabled {
			continue
		}
		for _, a := range c.Actions {
			if slices.Contains(x.Actions, a) {
				out = append(out, ofFile(x.Kind, c.Party, manifest, c.Name+" "+a))
			}
		}
	}
	return out
}

const manifest = "AndroidManifest.xml"

// observedList collects observations, of which the first few of each kind and party
// are told.
type observedList struct {
	o     *Observer
	facts siteFacts
	found map[observedKey]observedPlace // what stands in code
	rows  []audit.Observation           // the others
}

// observedKey is what makes several call sites one observation.
type observedKey struct{ kind, party, what string }

// observedPlace is the first of them.
type observedPlace struct {
	place
	level callgraph.Level
}

// add keeps the first place of an observation, by dex, caller and offset.
func (l *observedList) add(kind, what string, at observedPlace) {
	key := observedKey{kind, l.facts.party(at.place), what}
	if old, ok := l.found[key]; !ok || at.compare(&old) < 0 {
		l.found[key] = at
	}
}

func (p *observedPlace) compare(other *observedPlace) int {
	if c := cmp.Compare(p.file.order, other.file.order); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(p.dex.MethodDescriptor(p.caller), other.dex.MethodDescriptor(other.caller)), cmp.Compare(p.offset, other.offset))
}

// tasks adds the timers whose task reads data itself.
func (l *observedList) tasks(files []*codeFile) {
	var reading map[string]bool
	for _, f := range files {
		for i := range f.observed {
			h := &f.observed[i]
			if h.tasks == nil {
				continue
			}
			if reading == nil {
				reading = l.o.readingTasks(files)
			}
			if slices.ContainsFunc(h.tasks, func(class string) bool { return reading[class] }) {
				l.add(h.kind, h.what, h.observedPlace)
			}
		}
	}
}

// readingTasks are the classes of which the method run reads data.
func (o *Observer) readingTasks(files []*codeFile) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		for i := range f.hits {
			if h := &f.hits[i]; o.set.Behaviours[h.behaviour].Kind == audit.KindCollect && string(h.dex.MethodName(h.caller)) == "run" {
				out[h.dex.TypeDescriptor(h.dex.Class(h.class).Type)] = true
			}
		}
	}
	return out
}

// linked adds the methods that read a datum of each of two groups.
func (l *observedList) linked(files []*codeFile) {
	for i := range l.o.set.Observed {
		x := &l.o.set.Observed[i]
		if len(x.Data) == 0 {
			continue
		}
		for _, f := range files {
			l.linkedIn(f, x)
		}
	}
}

func (l *observedList) linkedIn(f *codeFile, x *rules.Observed) {
	type method struct {
		dex    *dex.File
		caller uint32
	}
	data, first := map[method][]string{}, map[method]*siteHit{}
	for i := range f.hits {
		h := &f.hits[i]
		b, m := &l.o.set.Behaviours[h.behaviour], method{h.dex, h.caller}
		for _, d := range b.Data {
			if b.Kind != audit.KindCollect || !slices.Contains(x.Data, d) && !slices.Contains(x.WithData, d) {
				continue
			}
			data[m] = append(data[m], d)
			if old := first[m]; old == nil || h.offset < old.offset {
				first[m] = h
			}
		}
	}
	for m, ids := range data {
		slices.Sort(ids)
		ids = slices.Compact(ids)
		one := func(group []string) bool {
			return slices.ContainsFunc(ids, func(d string) bool { return slices.Contains(group, d) })
		}
		if h := first[m]; one(x.Data) && one(x.WithData) {
			l.add(x.Kind, strings.Join(ids, ","), observedPlace{place{f, h.dex, h.class, h.caller, h.offset}, h.level})
		}
	}
}

// first lists the observations by kind and party, of each the first MaxObserved: what
// stands in code by place, then the others, texts with other than Latin letters before
// the rest. Where a party names no policy, its texts that agree to something or do not
// are about something else and left out.
func (l *observedList) first() []audit.Observation {
	type group struct{ kind, party string }
	inCode := map[group][]observedKey{}
	for k, at := range l.found {
		if audit.PartyKind(k.party) == audit.PrefixLibrary && !l.facts.reachable(at.place) {
			continue // nobody uses that part of the library
		}
		g := group{k.kind, k.party}
		inCode[g] = append(inCode[g], k)
	}
	others := map[group][]audit.Observation{}
	for _, r := range l.rows {
		g := group{r.Kind, r.Party}
		if _, ok := inCode[g]; !ok {
			inCode[g] = nil
		}
		others[g] = append(others[g], r)
	}
	for g := range inCode {
		_, names := inCode[group{audit.ObservedPolicyText, g.party}]
		if (g.kind == audit.ObservedAgreeText || g.kind == audit.ObservedDisagreeText) && !names {
			delete(inCode, g) // agrees to something else
		}
	}
	var out []audit.Observation
	for _, g := range slices.SortedFunc(maps.Keys(inCode), func(a, b group) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.party, b.party)) }) {
		keys := inCode[g]
		slices.SortFunc(keys, func(a, b observedKey) int {
			x, y := l.found[a], l.found[b]
			return cmp.Or(x.compare(&y), cmp.Compare(a.what, b.what))
		})
		keys = keys[:min(len(keys), audit.MaxObserved)]
		for _, k := range keys {
			at := l.found[k]
			row := audit.Observation{Kind: k.kind, Party: k.party, What: k.what, Example: audit.Example{DEX: at.file.entry, Caller: at.dex.MethodDescriptor(at.caller), Offset: at.offset}}
			l.facts.r.answer(&row.Example, l.facts.node(at.place), at.level)
			out = append(out, row)
		}
		rest := others[g]
		slices.SortFunc(rest, func(a, b audit.Observation) int {
			return cmp.Or(latinLast(a.What, b.What), cmp.Compare(a.What, b.What))
		})
		rest = slices.CompactFunc(rest, func(a, b audit.Observation) bool { return a.What == b.What })
		out = append(out, rest[:min(len(rest), audit.MaxObserved-len(keys))]...)
	}
	return out
}

// latinLast orders texts with other than Latin letters first.
func latinLast(a, b string) int {
	latin := func(s string) int {
		if strings.IndexFunc(s, isHan) >= 0 {
			return 0
		}
		return 1
	}
	return cmp.Compare(latin(a), latin(b))
}
