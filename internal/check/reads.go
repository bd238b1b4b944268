package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// asks tells whether a check asks for a use: by its data or its API. Where it names
// neither, it asks for all that reads data about a person.
func (f *facts) asks(c *rules.Check, u *audit.Use) bool {
	if len(c.Ask.APIs) > 0 {
		return slices.Contains(c.Ask.APIs, u.API) && f.permitted(u) && !forItself(u)
	}
	if !f.counts(u) {
		return false
	}
	if len(c.Ask.Data) > 0 {
		return f.concerns(u.Data, c.Ask.Data)
	}
	return f.rank(u.Data) >= personalRank
}

// partyUses are the uses of one party that a check asks for.
type partyUses struct {
	party string
	uses  []*audit.Use
}

// usesByParty collects the uses that a check asks for and keep lets pass, by party.
func (f *facts) usesByParty(c *rules.Check, keep func(*audit.Use) bool) []partyUses {
	by := map[string][]*audit.Use{}
	for _, u := range f.each {
		if f.asks(c, u) && keep(u) {
			by[u.Party] = append(by[u.Party], u)
		}
	}
	var out []partyUses
	for _, party := range slices.Sorted(maps.Keys(by)) {
		uses := by[party]
		slices.SortStableFunc(uses, func(a, b *audit.Use) int { return cmp.Compare(f.rank(b.Data), f.rank(a.Data)) })
		out = append(out, partyUses{party, uses})
	}
	return out
}

// itemsOf are the data types of some uses of one party, the most sensitive first.
func (f *facts) itemsOf(c *rules.Check, p partyUses) []audit.Item {
	by, reads := map[string][]*audit.Use{}, map[string]bool{}
	for _, u := range p.uses {
		for _, d := range u.Data {
			if t := f.set.DataType(d); t == nil || t.Sensitivity == "behaviour" || len(c.Ask.Data) > 0 && !f.concerns([]string{d}, c.Ask.Data) {
				continue
			}
			by[d], reads[d] = append(by[d], u), true
		}
	}
	var out []audit.Item
	for _, d := range slices.Sorted(maps.Keys(by)) {
		if f.saysNoMore(d, by[d], reads) {
			continue
		}
		s := sumUp(by[d])
		out = append(out, audit.Item{Data: d, Verdict: f.verdicts[[2]string{p.party, d}], Sites: s.sites, Reached: s.reached, BeforeConsent: s.beforeConsent})
	}
	slices.SortStableFunc(out, func(a, b audit.Item) int { return cmp.Compare(f.rank([]string{b.Data}), f.rank([]string{a.Data})) })
	return out
}

// readsFinding is one finding about the uses of one party.
func (f *facts) readsFinding(c *rules.Check, p partyUses, props ...string) audit.Finding {
	items := f.itemsOf(c, p)
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.Data
	}
	words := map[string]audit.Text{"party": f.set.PartyName(p.party), "data": f.dataNames(ids), "sites": number(sumUp(p.uses).sites), "kinds": number(len(ids))}
	x := f.findingOn(c, audit.VerdictViolated, append(props, f.partyProps(p.party)...), p.uses, f.sensitivity, words)
	// The data stand in the items alone: one more of them is the same cause, and must
	// not make a known finding look new.
	x.Party, x.Items, x.Code, x.Sites = p.party, items, f.sites(p.uses), sumUp(p.uses).sites
	return x
}

// readsBeforeConsent: a path from an entry point leads to a call that reads what the
// check asks for, before the user could agree. A call for which the app lacks the
// permission reads nothing then. One finding a party.
func (f *facts) readsBeforeConsent(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, p := range f.usesByParty(c, func(u *audit.Use) bool { return u.BeforeConsent == audit.Yes && f.permitted(u) }) {
		x := f.readsFinding(c, p)
		x.Code = f.sitesBefore(p.uses)
		out = append(out, x)
	}
	if len(out) > 0 {
		return out
	}
	unknown := 0
	for _, p := range f.usesByParty(c, func(u *audit.Use) bool { return u.BeforeConsent != audit.No && f.permitted(u) }) {
		for _, u := range p.uses {
			unknown += u.Sites
		}
	}
	if unknown > 0 {
		f.answer(c, audit.StateUndecidable, audit.Text{
			ZH: fmt.Sprintf("未发现同意之前即可到达的调用，但有 %d 处无法确定；请在设备上冷启动、不点同意进行验证。", unknown),
			EN: fmt.Sprintf("No call was found that is reached before consent, but of %d it could not be decided; a cold start on a device without agreeing would tell.", unknown)})
	}
	return nil
}

// sitesBefore is sites, with those places first that are reached before consent.
func (f *facts) sitesBefore(uses []*audit.Use) []audit.Site {
	var early []*audit.Use
	for _, u := range uses {
		own := *u
		own.Examples = slices.Clone(u.Examples)
		slices.SortStableFunc(own.Examples, func(a, b audit.Example) int {
			return cmp.Compare(answerRank(b.BeforeConsent), answerRank(a.BeforeConsent))
		})
		early = append(early, &own)
	}
	return f.sites(early)
}

func answerRank(answer string) int {
	return slices.Index([]string{audit.No, audit.Unknown, audit.Yes}, answer)
}

// reads: code of a party reads what the check asks for, whatever the policy says of
// it. Where the checks of disclosure have a finding on it, this one is but a note.
func (f *facts) reads(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, p := range f.usesByParty(c, func(*audit.Use) bool { return true }) {
		var props []string
		if f.differs(c, p) {
			props = append(props, "disclosure:differs")
		}
		out = append(out, f.readsFinding(c, p, props...))
	}
	return out
}

// differs tells whether the checks of disclosure have all that the check asks for of a
// party: an SDK that the policy does not name, or data that it does not state.
func (f *facts) differs(c *rules.Check, p partyUses) bool {
	if !f.policy {
		return false
	}
	if id, isSDK := cutSDK(p.party); isSDK && f.present[id] != nil && f.present[id].Confidence != "possible" && !f.named(p.party) {
		return true
	}
	items := f.itemsOf(c, p)
	return len(items) > 0 && !slices.ContainsFunc(items, func(it audit.Item) bool {
		return it.Verdict == audit.VerdictDisclosed || it.Verdict == ""
	})
}

// beyondCategory: the app's own code reads data about a person that the basic function
// of its kind of app does not need.
func (f *facts) beyondCategory(c *rules.Check) []audit.Finding {
	k := f.set.Category(f.r.Tool.Judged.Category)
	if k == nil {
		f.answer(c, audit.StateNotLooked, audit.Text{
			ZH: "没有给出应用类型；用 --category 指定。", EN: "The kind of app was not given; --category names it."})
		return nil
	}
	var out []audit.Finding
	needed := func(d string) bool {
		return slices.ContainsFunc(k.Needs, func(n string) bool { return n == d || f.set.Below(d, n) })
	}
	for _, p := range f.usesByParty(c, func(u *audit.Use) bool { return slices.ContainsFunc(u.Data, func(d string) bool { return !needed(d) }) }) {
		if p.party != audit.PartyApp {
			continue
		}
		x := f.readsFinding(c, p)
		x.Why = fill(x.Why, map[string]audit.Text{"category": k.Name})
		x.Title = fill(x.Title, map[string]audit.Text{"category": k.Name})
		out = append(out, x)
	}
	return out
}

// notSeen: the policy names data for the app or for an SDK that is there, of the kinds
// that the check asks for, calls that read it are known, and none is in the code.
func (f *facts) notSeen(c *rules.Check) []audit.Finding {
	if f.blind() {
		return nil
	}
	claimed := map[string][]*audit.Claim{}
	for i := range f.r.Policy.Claims {
		k := &f.r.Policy.Claims[i]
		id, isSDK := cutSDK(k.Party)
		if k.Polarity != audit.Collects || k.Platform == audit.PlatformIOS || k.Specificity != audit.Exact || isPermissionRule(k.Rule) ||
			isSDK && f.present[id] == nil || !isSDK && k.Party != audit.PartyApp {
			continue
		}
		claimed[k.Party] = append(claimed[k.Party], k)
	}
	var out []audit.Finding
	for _, party := range slices.Sorted(maps.Keys(claimed)) {
		if x, ok := f.notSeenOf(c, party, claimed[party]); ok {
			out = append(out, x)
		}
	}
	return out
}

func (f *facts) notSeenOf(c *rules.Check, party string, claims []*audit.Claim) (audit.Finding, bool) {
	var ids []string
	var evidence []*audit.Claim
	for _, k := range claims {
		for _, d := range k.Data {
			if slices.Contains(ids, d) || !f.concerns([]string{d}, c.Ask.Data) || !f.observable(d) || f.seen(d) {
				continue
			}
			ids, evidence = append(ids, d), append(evidence, k)
		}
	}
	if len(ids) == 0 {
		return audit.Finding{}, false
	}
	slices.Sort(ids)
	words := map[string]audit.Text{"party": f.set.PartyName(party), "data": f.dataNames(ids), "kinds": number(len(ids))}
	x := f.finding(c, audit.VerdictAbsent, f.partyProps(party), words)
	x.Party, x.Policy = party, quotes(evidence)
	for _, d := range ids {
		x.Items = append(x.Items, audit.Item{Data: d, Verdict: audit.VerdictDisclosed, Reached: audit.No, BeforeConsent: audit.No})
	}
	return x, true
}

// observable tells whether a call of the platform is known that reads a data type:
// what users type in leaves no such trace.
func (f *facts) observable(d string) bool {
	t := f.set.DataType(d)
	if t == nil || t.Umbrella || t.Platform != "" || t.Sensitivity == "behaviour" {
		return false
	}
	return slices.ContainsFunc(f.set.Behaviours, func(b rules.Behaviour) bool {
		return b.Kind == audit.KindCollect && !b.Weak && len(b.Methods) > 0 && slices.Contains(b.Data, d)
	})
}

// seen tells whether any code of the app reads a data type or something that is of its
// kind; whose code it is may be in doubt.
func (f *facts) seen(d string) bool {
	return slices.ContainsFunc(f.r.Behavior.Uses, func(u audit.Use) bool {
		return slices.ContainsFunc(u.Data, func(x string) bool { return x == d || f.set.Below(x, d) || f.set.Below(d, x) })
	})
}

// namesApp: neither the name of the app nor its package stands in the policy.
func (f *facts) namesApp(c *rules.Check) []audit.Finding {
	names := f.appNames()
	if len(names) == 0 {
		f.answer(c, audit.StateUndecidable, audit.Text{
			ZH: "应用没有可用于比对的名称。", EN: "The app has no name that could be looked for."})
		return nil
	}
	for i, s := range f.r.Policy.Sources {
		text, folded := strings.ToLower(s.Text), rules.Fold(s.Text)
		for _, n := range names {
			// Folding drops blanks, and with them where Latin words end.
			if latinOnly := !strings.ContainsFunc(n, func(r rune) bool { return r >= utf8.RuneSelf }); latinOnly && standsAsWord(text, strings.ToLower(n)) ||
				!latinOnly && strings.Contains(folded, rules.Fold(n)) {
				f.answer(c, audit.StateSatisfied, audit.Text{
					ZH: fmt.Sprintf("政策第 %d 份文件中出现了“%s”。", i+1, n), EN: fmt.Sprintf("%q stands in policy %d.", n, i+1)})
				return nil
			}
		}
	}
	joined := strings.Join(names, " / ")
	x := f.finding(c, audit.VerdictViolated, nil, map[string]audit.Text{"names": {ZH: joined, EN: joined}})
	x.Party, x.Searched = audit.PartyApp, names
	return []audit.Finding{x}
}

// appNames are the names under which the user knows the app, and its package. A label
// of one character says too little to look for.
func (f *facts) appNames() []string {
	var out []string
	for _, n := range []string{f.r.App.Label.Default, f.r.App.Label.ZH, f.r.App.Label.EN, f.r.App.Package} {
		n = strings.TrimSpace(n)
		if len([]rune(rules.Fold(n))) > 1 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// standsAsWord tells whether a name stands in a text, both in lower case, and not inside a longer
// word of Latin letters: "go" is not named by "google".
func standsAsWord(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		after, _ := utf8.DecodeRuneInString(text[from+i+len(name):])
		first, _ := utf8.DecodeRuneInString(name)
		last, _ := utf8.DecodeLastRuneInString(name)
		if !(latin(before) && latin(first)) && !(latin(last) && latin(after)) {
			return true
		}
		from += i + len(name)
	}
}

// latin tells whether a rune is a Latin letter or a digit.
func latin(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
