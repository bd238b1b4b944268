package check

import (
	"path"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// sighting is what one party's code shows of what a check asks for. Observations with
// a call site stand among the uses too, as evidence.
type sighting struct {
	party    string
	uses     []*audit.Use
	seen     []audit.Text // what was seen, in words
	data     []string
	observed int // observations among them
}

// sightings collects what the code shows of a check's observations, behaviours, data
// types and code outside of classes*.dex, by party, sorted.
func (f *facts) sightings(c *rules.Check) []*sighting {
	at := map[string]*sighting{}
	of := func(party string) *sighting {
		if at[party] == nil {
			at[party] = &sighting{party: party}
		}
		return at[party]
	}
	for _, u := range f.each {
		if f.asksOf(c, u) {
			of(u.Party).use(f, u)
		}
	}
	for _, o := range f.observations(c.Ask.Observed) {
		owner := o.Party
		if owner == "" {
			owner = audit.PartyApp // texts and scripts that no signature owns are the app's
		}
		s := of(owner)
		s.observed++
		s.seen = append(s.seen, f.observedWords(&o))
		if o.Example.Caller != "" {
			s.uses = append(s.uses, f.observedUse(&o))
		}
	}
	for _, d := range f.r.Behavior.DynamicCode {
		if slices.Contains(c.Ask.DynamicCode, d.Kind) {
			s := of(ownerOfFile(&d))
			s.seen = append(s.seen, audit.Text{ZH: d.What, EN: d.What})
		}
	}
	var out []*sighting
	for party, s := range at {
		if f.judged(c, party) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *sighting) int { return strings.Compare(a.party, b.party) })
	return out
}

// ownerOfFile is whose a file of code is. One that no signature owns may be the app's or
// an SDK's: it is told by the folder in which it stands.
func ownerOfFile(d *audit.DynamicCode) string {
	if d.Party != "" {
		return d.Party
	}
	folder := path.Dir(d.What)
	if folder == "." {
		folder = d.What
	}
	return audit.PrefixUnknown + folder
}

// asksOf tells whether a check asks for a use. A read that does not count against a
// policy does not count here.
func (f *facts) asksOf(c *rules.Check, u *audit.Use) bool {
	if !slices.Contains(c.Ask.APIs, u.API) && !f.concerns(u.Data, c.Ask.Data) {
		return false
	}
	return !u.Collects() || f.counts(u)
}

// use adds a use.
func (s *sighting) use(f *facts, u *audit.Use) {
	s.uses, s.data = append(s.uses, u), append(s.data, u.Data...)
	if b := f.set.Behaviour(u.API); b != nil {
		s.seen = append(s.seen, b.Name)
	}
}

// observedUse is an observation with a call site in the form of a use of what is called
// there, as the observation or a use of the same place names it.
func (f *facts) observedUse(o *audit.Observation) *audit.Use {
	out := &audit.Use{Party: o.Party, Sites: 1, Reached: o.Example.Reached, BeforeConsent: o.Example.BeforeConsent, Examples: []audit.Example{o.Example}}
	for _, word := range strings.Fields(o.What) {
		if strings.Contains(word, memberMark) {
			out.Target = word
			return out
		}
	}
	at := f.siteAt(&o.Example)
	if len(at) == 0 {
		out.Examples = nil // no call is named, so none can be shown
		return out
	}
	out.API, out.Target = at[0].API, at[0].Target
	return out
}

// memberMark stands between class and member in a reference to one.
const memberMark = "->"

// observedWords is what was observed, in words: data types by their names, members as
// Class.name.
func (f *facts) observedWords(o *audit.Observation) audit.Text {
	var out audit.Text
	for i, part := range strings.Split(o.What, ",") {
		var words audit.Text
		for _, word := range strings.Fields(part) {
			t := f.wordOf(word)
			words.ZH, words.EN = words.ZH+" "+t.ZH, words.EN+" "+t.EN
		}
		if i > 0 {
			out.ZH, out.EN = out.ZH+"、", out.EN+", "
		}
		out.ZH, out.EN = out.ZH+strings.TrimSpace(words.ZH), out.EN+strings.TrimSpace(words.EN)
	}
	return out
}

func (f *facts) wordOf(word string) audit.Text {
	if class, name, ok := strings.Cut(word, memberMark); ok {
		class = strings.TrimPrefix(class, "L")
		name, _, _ = strings.Cut(name, "(")
		word = strings.TrimSuffix(class[strings.LastIndexByte(class, '/')+1:], ";") + "." + name
	} else if known := f.set.DataType(word); known != nil {
		return known.Name
	}
	return audit.Text{ZH: word, EN: word}
}

// observed: a party's code shows what the check asks for: observations of ask.observed,
// uses of ask.apis or of ask.data, code files of ask.dynamic_code. One finding per
// party. Parties limits it to kinds of parties.
func (f *facts) observed(c *rules.Check) []audit.Finding {
	if c.Ask.Children && !f.r.Tool.Judged.Children {
		f.answer(c, audit.StateNotLooked, audit.Text{ZH: "本项只针对面向儿童的应用；用 --children 说明应用面向儿童。", EN: "This check is for apps made for children; --children says that this one is."})
		return nil
	}
	var out []audit.Finding
	for _, s := range f.sightings(c) {
		words := map[string]audit.Text{"party": f.set.PartyName(s.party), "sites": number(sumUp(s.uses).sites), "seen": listed(distinctTexts(s.seen)), "data": f.dataNames(distinct(s.asked(f, c)))}
		props := f.partyProps(s.party)
		if len(c.Ask.Observed) > 0 && s.observed == 0 {
			props = append(props, "observed:none")
		}
		x := f.findingOn(c, audit.VerdictViolated, props, s.uses, nil, words)
		x.Party, x.Code = s.party, f.sites(s.uses)
		if c.Ask.Children {
			x.Items = slices.DeleteFunc(f.items(s.party), func(i audit.Item) bool { return !f.concerns([]string{i.Data}, c.Ask.Data) })
		}
		out = append(out, x)
	}
	switch {
	case len(out) > 0:
	case len(c.Ask.Observed) > 0 && !f.looked():
		f.notLookedFor(c)
	default:
		f.cleanCode(c, say("在已检查的代码中未发现；共检查 {classes} 个类。", "None found in the code that was examined, of {classes} classes.", map[string]audit.Text{"classes": number(f.classes())}))
	}
	return out
}

// asked are the data types of a sighting that the check asks for.
func (s *sighting) asked(f *facts, c *rules.Check) []string {
	return slices.DeleteFunc(slices.Clone(s.data), func(d string) bool { return !f.concerns([]string{d}, c.Ask.Data) })
}

// classes counts the classes of the app.
func (f *facts) classes() int {
	n := 0
	for _, d := range f.r.App.DEX {
		n += d.Classes
	}
	return n
}

func distinctTexts(list []audit.Text) []audit.Text {
	var out []audit.Text
	for _, t := range list {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
