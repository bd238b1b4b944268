package check

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// said is what one language of the policies says of a party.
type said struct {
	data    []string // stated as collected
	access  []string // named with a permission, or in passing
	denied  []string
	entries []*audit.PolicySDK
	claims  []*audit.Claim
}

// has tells whether a list covers a datum: by name, or by anything above or
// below it. Translations choose wider and narrower words; that is no
// difference.
func (f *facts) has(list []string, d string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return o == d || f.set.Below(o, d) || f.set.Below(d, o) })
}

// saidIn collects what each language says of each party. The app and third
// parties in general are one: translations move sentences between them.
func (f *facts) saidIn(lang string) map[string]*said {
	out := map[string]*said{}
	of := func(party string) *said {
		if party == audit.PartyThirdParty {
			party = audit.PartyApp
		}
		if out[party] == nil {
			out[party] = &said{}
		}
		return out[party]
	}
	for i := range f.r.Policy.Claims {
		c := &f.r.Policy.Claims[i]
		if c.Lang != lang {
			continue
		}
		s := of(c.Party)
		s.claims = append(s.claims, c)
		switch {
		case c.Polarity == audit.Denies:
			s.denied = union(s.denied, c.Data)
		case saysCollected(c):
			s.data = union(s.data, c.Data)
		default:
			s.access = union(s.access, c.Data)
		}
	}
	for i := range f.r.Policy.SDKs {
		e := &f.r.Policy.SDKs[i]
		if e.Lang == lang {
			s := of(e.Party())
			s.entries = append(s.entries, e)
			s.data = union(union(s.data, e.Data), e.PlatformData.IOS)
		}
	}
	return out
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// Two texts are taken for versions of one policy where they agree on most of
// what the smaller one says; at least minShared data must be there to compare.
const (
	minShared     = 3
	sharedQuarter = 2 // quarters of the smaller side that must be shared
)

// bilingualDifferences: the Chinese and the English version do not say the same.
// One finding per party that both versions speak of, and one for the SDKs that
// only one of them lists.
func (f *facts) bilingualDifferences(c *rules.Check) []audit.Finding {
	both := 0
	for _, l := range []string{"zh", "en"} {
		if slices.ContainsFunc(f.r.Policy.Sources, func(s audit.PolicySource) bool { return slices.Contains(s.Languages, l) }) {
			both++
		}
	}
	if both < 2 {
		return nil
	}
	zh, en := f.saidIn("zh"), f.saidIn("en")
	if !f.versions(zh, en) {
		return nil
	}
	var parties []string
	for p := range zh {
		if en[p] != nil {
			parties = append(parties, p)
		}
	}
	slices.Sort(parties)
	var out []audit.Finding
	for _, p := range parties {
		if kind := audit.PartyKind(p); kind == audit.PartyApp || kind == audit.PrefixSDK && len(zh[p].entries) > 0 && len(en[p].entries) > 0 {
			out = append(out, f.bilingualDifference(c, p, zh[p], en[p])...)
		}
	}
	return append(out, f.listedOnce(c, zh, en)...)
}

// versions tells whether the two languages are versions of one text, and not a
// Chinese policy with, say, an English licence behind it.
func (f *facts) versions(zh, en map[string]*said) bool {
	shared, smaller := 0, 0
	count := func(a, b map[string]*said) (n, of int) {
		for p, s := range a {
			for _, d := range s.data {
				of++
				if o := b[p]; o != nil && (f.has(o.data, d) || f.has(o.access, d)) {
					n++
				}
			}
		}
		return n, of
	}
	shared, smaller = count(zh, en)
	if n, of := count(en, zh); of < smaller {
		shared, smaller = n, of
	}
	return shared >= minShared && shared*4 >= smaller*sharedQuarter
}

// bilingualDifference compares the two versions on one party.
func (f *facts) bilingualDifference(c *rules.Check, party string, zh, en *said) []audit.Finding {
	onlyZH, onlyEN := f.notIn(zh, en), f.notIn(en, zh)
	if party == audit.PartyApp {
		onlyZH = slices.DeleteFunc(onlyZH, func(d string) bool { return !slices.Contains(en.access, d) && f.written(d, "en") })
		onlyEN = slices.DeleteFunc(onlyEN, func(d string) bool { return !slices.Contains(zh.access, d) && f.written(d, "zh") })
	}
	noZH, noEN := f.notDenied(zh, en), f.notDenied(en, zh)
	if len(onlyZH)+len(onlyEN)+len(noZH)+len(noEN) == 0 {
		return nil
	}
	if party == audit.PartyApp && (tooMany(onlyZH, zh.data) || tooMany(onlyEN, en.data)) {
		return nil // texts of their own, not versions of one text
	}
	var parts []audit.Text
	add := func(ids []string, t audit.Text) {
		if len(ids) > 0 {
			parts = append(parts, fill(t, map[string]audit.Text{"data": f.dataNames(ids)}))
		}
	}
	add(onlyZH, audit.Text{ZH: "仅中文版说明收集：{data}。", EN: "Only the Chinese version says that these are collected: {data}."})
	add(onlyEN, audit.Text{ZH: "仅英文版说明收集：{data}。", EN: "Only the English version says that these are collected: {data}."})
	add(noZH, audit.Text{ZH: "仅中文版声明不收集：{data}。", EN: "Only the Chinese version says that these are not collected: {data}."})
	add(noEN, audit.Text{ZH: "仅英文版声明不收集：{data}。", EN: "Only the English version says that these are not collected: {data}."})
	x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"party": f.set.PartyName(party), "differences": joinTexts(parts)})
	x.Party = party
	if party == audit.PartyApp {
		x.Confidence = "low" // running text leaves more room for other words than a list
	}
	x.Policy = slices.Concat(witnesses(zh, onlyZH, saysCollected), witnesses(zh, noZH, isDenial), witnesses(en, onlyZH, isAccess),
		witnesses(en, onlyEN, saysCollected), witnesses(en, noEN, isDenial), witnesses(zh, onlyEN, isAccess))
	for _, side := range []*said{zh, en} { // the entry that lacks them is evidence too
		if len(side.entries) > 0 && !slices.ContainsFunc(x.Policy, func(q audit.Quote) bool { return inside(q.At, side.entries[0].At) }) {
			x.Policy = append(x.Policy, f.entryQuote(side.entries[0]))
		}
	}
	return []audit.Finding{x}
}

// written tells whether a language of the policies has any word for a datum or
// for one below it: it may say in other ways that it is collected.
func (f *facts) written(data, lang string) bool {
	if f.folded == nil {
		for _, s := range f.r.Policy.Sources {
			f.folded = append(f.folded, rules.Fold(s.Text))
		}
	}
	for i := range f.set.DataTypes {
		t := &f.set.DataTypes[i]
		if t.ID != data && !f.set.Below(t.ID, data) {
			continue
		}
		words := t.Terms.EN
		if lang == "zh" {
			words = t.Terms.ZH
		}
		for _, w := range words {
			w = rules.Fold(w)
			if slices.ContainsFunc(f.folded, func(text string) bool { return strings.Contains(text, w) }) {
				return true
			}
		}
	}
	return false
}

// tooMany tells whether so much of what one version says of the app is not in
// the other that they are different texts, such as one for each market.
func tooMany(only, all []string) bool { return len(only) > minOnly && len(only)*4 > len(all) }

// minOnly is how many kinds of data may stand in one version only, however
// little it says.
const minOnly = 2

func inside(a, b audit.At) bool { return a.Source == b.Source && a.Start >= b.Start && a.End <= b.End }

// joinTexts puts sentences behind each other as each language does.
func joinTexts(parts []audit.Text) audit.Text {
	var zh, en []string
	for _, p := range parts {
		zh, en = append(zh, p.ZH), append(en, p.EN)
	}
	return audit.Text{ZH: strings.Join(zh, ""), EN: strings.Join(en, " ")}
}

// notIn returns what a says is collected and b does not say. That b names the
// permission for it is not to say that it is collected.
func (f *facts) notIn(a, b *said) []string {
	var out []string
	for _, d := range a.data {
		if t := f.set.DataType(d); t != nil && t.Sensitivity != "behaviour" && !f.has(b.data, d) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// notDenied returns what a says is not collected and b has no word of.
func (f *facts) notDenied(a, b *said) []string {
	var out []string
	for _, d := range a.denied {
		if !f.has(b.denied, d) && !f.has(b.data, d) && !f.has(b.access, d) && !f.has(a.data, d) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

func isDenial(c *audit.Claim) bool { return c.Polarity == audit.Denies }

func isAccess(c *audit.Claim) bool { return c.Polarity == audit.Collects && !saysCollected(c) }

// witnesses quotes the claims of one kind in which one side speaks of the data.
func witnesses(s *said, data []string, kind func(*audit.Claim) bool) []audit.Quote {
	var claims []*audit.Claim
	for _, c := range s.claims {
		if kind(c) && slices.ContainsFunc(c.Data, func(d string) bool { return slices.Contains(data, d) }) {
			claims = append(claims, c)
		}
	}
	return quotes(claims)
}

// listedOnce: SDKs that one version lists and the other never names. Where the
// other has entries that no signature knows, they may be the same under a
// translated name, and nothing is said.
func (f *facts) listedOnce(c *rules.Check, zh, en map[string]*said) []audit.Finding {
	var out []audit.Finding
	for _, side := range []struct {
		a, b map[string]*said
		t    audit.Text
	}{
		{zh, en, audit.Text{ZH: "仅中文版列出以下 SDK：{data}。", EN: "Only the Chinese version lists these SDKs: {data}."}},
		{en, zh, audit.Text{ZH: "仅英文版列出以下 SDK：{data}。", EN: "Only the English version lists these SDKs: {data}."}},
	} {
		if anyKey(side.b, func(p string) bool { return audit.PartyKind(p) == audit.PrefixUnnamed }) {
			continue
		}
		var ids []string
		for p, s := range side.a {
			if audit.PartyKind(p) == audit.PrefixSDK && side.b[p] == nil && slices.ContainsFunc(s.entries, func(e *audit.PolicySDK) bool { return e.Layout != layoutProse }) {
				ids = append(ids, p)
			}
		}
		if len(ids) == 0 {
			continue
		}
		slices.Sort(ids)
		x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{
			"party": {ZH: "第三方 SDK 清单", EN: "the list of third-party SDKs"}, "differences": fill(side.t, map[string]audit.Text{"data": f.partyNames(ids)})})
		for _, p := range ids[:min(len(ids), maxQuotes)] {
			x.Policy = append(x.Policy, f.entryQuote(side.a[p].entries[0]))
		}
		out = append(out, x)
	}
	return out
}
