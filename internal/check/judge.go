package check

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// pair is a party that reads a data type, with the uses that show it.
type pair struct {
	party, data string
	uses        []*audit.Use
}

// pairs collects (party, data) over all uses, sorted. Data types that describe
// behaviour and no personal data are left out, and so are collective types of
// which the same party reads something exact.
func (f *facts) pairs() []pair {
	at := map[[2]string]int{}
	reads := map[string]map[string]bool{} // data types by party
	var out []pair
	add := func(party, data string, u *audit.Use) {
		if t := f.set.DataType(data); t == nil || t.Sensitivity == "behaviour" {
			return
		}
		k := [2]string{party, data}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, pair{party: party, data: data})
			if reads[party] == nil {
				reads[party] = map[string]bool{}
			}
			reads[party][data] = true
		}
		out[i].uses = append(out[i].uses, u)
	}
	for _, u := range f.each {
		if !f.counts(u) {
			continue
		}
		for _, d := range u.Data {
			add(u.Party, d, u)
		}
	}
	out = slices.DeleteFunc(out, func(p pair) bool { return f.saysNoMore(p.data, p.uses, reads[p.party]) })
	slices.SortFunc(out, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.party, b.party), cmp.Compare(a.data, b.data))
	})
	return out
}

// compared lists every pair with the verdict of the policies, "" where there are
// none.
func (f *facts) compared() []audit.Pair {
	var out []audit.Pair
	for _, p := range f.pairs() {
		s := sumUp(p.uses)
		x := audit.Pair{Party: p.party, Data: p.data, Sites: s.sites, Reached: s.reached, BeforeConsent: s.beforeConsent}
		if f.policy {
			j := f.judge(p.party, p.data)
			x.Verdict, x.Policy = j.verdict, quotes(j.claims)
		}
		out = append(out, x)
	}
	return out
}

// items are the pairs of one party, the most sensitive data first.
func (f *facts) items(party string) []audit.Item {
	var out []audit.Item
	for _, p := range f.r.Pairs {
		if p.Party == party {
			out = append(out, audit.Item{Data: p.Data, Verdict: p.Verdict, Sites: p.Sites, Reached: p.Reached, BeforeConsent: p.BeforeConsent})
		}
	}
	slices.SortStableFunc(out, func(a, b audit.Item) int { return cmp.Compare(f.rank([]string{b.Data}), f.rank([]string{a.Data})) })
	return out
}

// counts tells whether a use is held against what a policy says. What is only asked of
// the system, such as where shared storage is, reads nothing without the permission; and
// what a neutral library reads for its own ends is nobody's read.
func (f *facts) counts(u *audit.Use) bool {
	return u.Collects() && !forItself(u) && (u.Through == "" && !f.weak([]*audit.Use{u}) || f.permitted(u))
}

// partial tells whether calls give some of what they are for without a permission.
func (f *facts) partial(permission string) bool {
	return slices.ContainsFunc(f.set.Elsewhere, func(e rules.Elsewhere) bool { return e.Name == permission && e.Partial })
}

// forItself tells whether a neutral library reads for its own ends.
func forItself(u *audit.Use) bool { return u.Through != "" && u.Through == u.Party }

// saysNoMore tells whether a data type of some uses says nothing beside what else is
// read. Who reads the SSID also fetches the Wi-Fi state: a collective type says nothing
// more beside what lies below it, nor does a call that is only a step to other data.
func (f *facts) saysNoMore(data string, uses []*audit.Use, reads map[string]bool) bool {
	if f.umbrella(data) && anyKey(reads, func(d string) bool { return f.set.Below(d, data) }) {
		return true
	}
	return !slices.ContainsFunc(uses, func(u *audit.Use) bool {
		b := f.set.Behaviour(u.API)
		return b == nil || !slices.ContainsFunc(b.MeansFor, func(d string) bool { return reads[d] })
	})
}

// permitted tells whether the app requests what a behaviour needs. What a neutral
// library holds for others to use, and for which the app lacks the permission, is
// nobody's read: the night mode of AppCompat would ask for the location in every app. A
// permission of levels on which the app does not run, or without which the call still
// gives some of the data, is none that it needs.
func (f *facts) permitted(u *audit.Use) bool {
	b := f.set.Behaviour(u.API)
	if b == nil {
		return true
	}
	needs := false
	levels := rules.Levels{From: f.r.App.MinSDK, To: math.MaxInt}
	if f.r.App.TargetSDK > 0 { // what later levels ask, they ask only of apps that were made for them
		levels.To = max(f.r.App.TargetSDK, levels.From)
	}
	for _, need := range b.Permissions {
		p := f.set.Permission(need.Name)
		if p == nil || p.Protection != "dangerous" && !p.Special || !b.Weak && f.partial(need.Name) ||
			!rules.ParseLevels(need.API).Overlap(levels) {
			continue
		}
		needs = true
		if slices.ContainsFunc(f.r.Behavior.Permissions, func(q audit.Permission) bool { return q.Name == need.Name }) {
			return true
		}
	}
	return !needs
}

func anyKey[K comparable, V any](m map[K]V, ok func(K) bool) bool {
	for k := range m {
		if ok(k) {
			return true
		}
	}
	return false
}

// judgement is the verdict on one pair and the policy places behind it.
type judgement struct {
	verdict string
	claims  []*audit.Claim
}

// match tells how a claim's data covers type t: 2 by name, 1 by a collective
// term above it, 0 not at all. Where the code's own type is a collective one
// (Wi-Fi information), its name or anything below it covers it by name.
func (f *facts) match(c *audit.Claim, t string) int {
	best := 0
	for _, d := range c.Data {
		switch {
		case d == t, f.set.Below(d, t), f.covers(d, t):
			return 2
		case f.set.Below(t, d):
			if !f.umbrella(d) {
				return 2
			}
			best = 1
		}
	}
	return best
}

// ofKind tells whether a data type is of one of several kinds by its own parents, and not
// only because it can tell the same.
func (f *facts) ofKind(data string, kinds []string) bool {
	for range maxDepth {
		t := f.set.DataType(data)
		if t == nil {
			return false
		}
		if slices.Contains(kinds, data) {
			return true
		}
		data = t.Parent
	}
	return false
}

// maxDepth bounds the way up the tree of data types, in which loading refuses circles.
const maxDepth = 8

// covers tells whether naming d names t as well.
func (f *facts) covers(d, t string) bool {
	k := f.set.DataType(d)
	return k != nil && slices.Contains(k.Covers, t)
}

func (f *facts) umbrella(id string) bool {
	t := f.set.DataType(id)
	return t != nil && t.Umbrella
}

// speaker is the party whose claims speak for a party of the code. Code without
// a known owner may be the app's own, so the app's claims count for it.
func speaker(party string) string {
	switch audit.PartyKind(party) {
	case audit.PrefixUnknown, audit.PrefixLibrary:
		return audit.PartyApp
	}
	return party
}

// said lists the claims that speak for a party of the code: its own, for a kit
// those about the whole that it belongs to, and for such a whole or base those
// about its kits and what is built on it, which bring its code along.
func (f *facts) said(party string) []*audit.Claim {
	var out []*audit.Claim
	for _, p := range f.speakers(party) {
		out = append(out, f.claims[p]...)
	}
	return out
}

// speakers lists the parties of said, the party's own first.
func (f *facts) speakers(party string) []string {
	out := []string{speaker(party)}
	if id, ok := strings.CutPrefix(party, audit.PrefixSDK); ok {
		for _, other := range f.set.Family(id) {
			out = append(out, audit.PrefixSDK+other)
		}
	}
	return out
}

// judge gives the verdict on (party, data) by the order of policy.md: denied,
// disclosed, vague, other platform, denied by a collective term, denied with all
// other data, misattributed, undisclosed.
func (f *facts) judge(party, data string) judgement {
	own := f.said(party)
	var named, vague, ios, denied, deniedKind, deniedAll []*audit.Claim
	collected := false         // a statement beyond the mere mention of a permission
	var granted []*audit.Claim // mentions of a permission that guards it
	for _, c := range own {
		m := f.match(c, data)
		switch {
		case m == 0:
			if c.Polarity == audit.Collects && c.Platform != audit.PlatformIOS && f.guards(c.Permissions, data) {
				vague = append(vague, c) // the permission is named, the data behind it is not
			}
		case c.Polarity == audit.Denies:
			if m == 2 || slices.Contains(c.Data, data) {
				denied = append(denied, c)
			} else if c.Rule == audit.RuleDenialOfAll {
				deniedAll = append(deniedAll, c)
			} else if t := f.set.DataType(data); t != nil && slices.Contains(c.Data, t.Parent) {
				deniedKind = append(deniedKind, c) // the location: all of it; "device information" is too wide to deny the IMEI
			}
		case c.Platform == audit.PlatformIOS:
			if m == 2 {
				ios = append(ios, c)
			}
		case m == 2:
			named = append(named, c)
			collected = collected || !isPermissionRule(c.Rule)
			if isPermissionRule(c.Rule) {
				granted = append(granted, c)
			}
		case isPermissionRule(c.Rule) && !f.ofKind(data, c.Data):
			// the permission for the location says nothing of Bluetooth devices by which one
			// could be found
		default:
			vague = append(vague, c)
		}
	}
	switch {
	case len(denied) > 0 && !collected && !slices.ContainsFunc(denied, func(c *audit.Claim) bool { return !admitsAccess(c, granted) }):
		return judgement{audit.VerdictDisclosed, slices.Concat(named, denied)} // access is what the code shows, and what the policy admits
	case len(denied) > 0 && !collected:
		return judgement{audit.VerdictDenied, denied}
	case len(named) > 0:
		return judgement{audit.VerdictDisclosed, named}
	case len(vague) > 0:
		return judgement{audit.VerdictVague, vague}
	case len(ios) > 0:
		return judgement{audit.VerdictOtherPlatform, ios}
	}
	if len(deniedKind) > 0 {
		return judgement{audit.VerdictDenied, deniedKind} // "we do not collect your location": what others do with it does not matter
	}
	if len(deniedAll) > 0 && !slices.ContainsFunc(own, func(c *audit.Claim) bool { return c.Polarity == audit.Collects && len(c.Data) > 0 }) {
		return judgement{audit.VerdictDenied, deniedAll} // beside a list of data such a sentence is about something else
	}
	if other := f.elsewhere(party, data); len(other) > 0 {
		return judgement{audit.VerdictMisattributed, other}
	}
	return judgement{verdict: audit.VerdictUndisclosed}
}

// nearText is how far from a denial, in code points, the permission may be named of whose
// data it says that they are not kept.
const nearText = 200

// admitsAccess tells whether a denial admits that the data are read, and denies only that
// they are collected: "grant us access to the camera; we do not collect what it shows", or
// so said of a permission named beside it. A permission that is named elsewhere admits
// nothing of the kind.
func admitsAccess(denial *audit.Claim, granted []*audit.Claim) bool {
	if deniesAccess(denial) {
		return false
	}
	lower := strings.ToLower(denial.Quote)
	if slices.ContainsFunc(permissionWords, func(w string) bool { return strings.Contains(lower, w) }) {
		return true
	}
	return slices.ContainsFunc(granted, func(c *audit.Claim) bool {
		return c.At.Source == denial.At.Source && c.At.Start < denial.At.End+nearText && denial.At.Start < c.At.End+nearText
	})
}

// What a denial denies beyond keeping the data: to read them at all.
var (
	noAccessZH = pattern.New(`(?:不会?|没有|未曾?|从不|绝不|无法|不能)(?:主动|直接|擅自|私自|以任何方式)?(?:收集|采集)?[、和或及]?(?:读取|访问|获取|调取|查看|扫描|监听)`)
	noAccessEN = pattern.New(`(?i)(?:\bnot|\bnever|n't|\bnor)(?: \w+(?:,| or| and)?){0,3} (?:access|read|obtain|retrieve|look at|scan|monitor)\b`)
)

// deniesAccess tells whether a denial says that the data are not even read. One that
// only says that they are not collected is not contradicted by a read which the user
// grants: what becomes of the data is not seen.
func deniesAccess(c *audit.Claim) bool {
	return noAccessZH.MatchString(c.Quote) || noAccessEN.MatchString(c.Quote)
}

// guards tells whether one of the permissions, granted by the user, guards a
// data type. Naming INTERNET or ACCESS_WIFI_STATE says nothing about data.
func (f *facts) guards(permissions []string, data string) bool {
	return slices.ContainsFunc(permissions, func(name string) bool {
		p := f.set.Permission(name)
		return p != nil && f.set.Sensitive(name) && slices.Contains(p.Data, data)
	})
}

func isPermissionRule(rule string) bool {
	return rule == "permission_statement" || rule == "permission_table" || rule == "permission_list"
}

// elsewhere finds claims that name the data for another party.
func (f *facts) elsewhere(party, data string) []*audit.Claim {
	own := f.speakers(party)
	var out []*audit.Claim
	for i := range f.r.Policy.Claims {
		c := &f.r.Policy.Claims[i]
		if !slices.Contains(own, c.Party) && c.Polarity == audit.Collects && c.Platform != audit.PlatformIOS && f.match(c, data) == 2 {
			out = append(out, c)
		}
	}
	return out
}

// maxQuotes bounds the policy places of one finding.
const maxQuotes = 3

// quotes makes evidence of claims: distinct places, at most maxQuotes.
func quotes(claims []*audit.Claim) []audit.Quote {
	var out []audit.Quote
	for _, c := range claims {
		q := audit.Quote{Quote: c.Quote, At: c.At}
		if !slices.Contains(out, q) {
			out = append(out, q)
		}
		if len(out) == maxQuotes {
			break
		}
	}
	return out
}

// sites makes evidence of uses: up to audit.MaxExamples call sites, one of each
// API first. What the app has the permission for, names the data for certain, runs and
// stands in the party's own code goes before what does not.
func (f *facts) sites(uses []*audit.Use) []audit.Site {
	uses = slices.Clone(uses)
	weak := func(u *audit.Use) bool { return f.weak([]*audit.Use{u}) }
	slices.SortStableFunc(uses, func(a, b *audit.Use) int {
		return cmp.Or(compareBool(!f.permitted(a), !f.permitted(b)), compareBool(weak(a), weak(b)), compareBool(!direct(a), !direct(b)), cmp.Compare(answerRank(b.Reached), answerRank(a.Reached)),
			compareBool(a.Through != "", b.Through != ""), cmp.Compare(f.rank(b.Data), f.rank(a.Data)))
	})
	var out []audit.Site
	for round := 0; round < audit.MaxExamples; round++ {
		for _, u := range uses {
			if round < len(u.Examples) && len(out) < audit.MaxExamples {
				out = append(out, audit.Site{API: u.API, Target: u.Target, Example: u.Examples[round]})
			}
		}
	}
	return out
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// searchedFor lists the words looked for in vain, the readable names first.
func (f *facts) searchedFor(data string) []string {
	const most = 12
	t := f.set.DataType(data)
	if t == nil {
		return nil
	}
	out := slices.Compact([]string{t.Name.ZH, t.Name.EN})
	for _, w := range t.Terms.All() {
		if !slices.Contains(out, w) && len(out) < most {
			out = append(out, w)
		}
	}
	return out
}
