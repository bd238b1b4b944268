package check

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// dataDifferences: a party's code reads a data type, and the policy's verdict
// on the pair is one of the check's.
func (f *facts) dataDifferences(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, p := range f.pairs() {
		if !judges(c, p.party) {
			continue
		}
		if audit.PartyKind(p.party) == audit.PrefixSDK && !f.named(p.party) {
			continue // an SDK that is not named at all is one finding of its own
		}
		j := f.judge(p.party, p.data)
		if owner := f.ownCheck(c, p.data, j.verdict); owner != "" && owner != c.ID {
			continue
		}
		if !slices.Contains(c.Verdicts, j.verdict) {
			if j.verdict == audit.VerdictDisclosed {
				f.agree(c, quotes(j.claims))
			}
			continue
		}
		words := map[string]audit.Text{
			"party": f.set.PartyName(p.party), "data": f.dataName(p.data), "sites": number(sumUp(p.uses).sites), "elsewhere": f.parties(j.claims),
			"difference": difference(j),
		}
		words["difference"] = fill(words["difference"], words)
		props := append(f.partyProps(p.party), "sensitivity:"+f.set.DataType(p.data).Sensitivity)
		x := f.findingOn(c, j.verdict, props, p.uses, nil, words)
		x.Party, x.Data = p.party, p.data
		x.Code, x.Policy, x.Sites = f.sites(p.uses), quotes(j.claims), sumUp(p.uses).sites
		if len(x.Policy) == 0 || j.verdict == audit.VerdictMisattributed {
			x.Searched = f.searchedFor(p.data)
		}
		if len(x.Policy) == 0 {
			x.Policy = f.entryQuotes(p.party)
		}
		out = append(out, x)
	}
	return out
}

// ownCheck is the check on disclosure that asks for a data type by name, which takes it
// from those that ask for all; "" where there is none. What no check is left to ask for
// stays with the general ones, and so does a verdict that it does not ask for.
func (f *facts) ownCheck(c *rules.Check, data, verdict string) string {
	for i := range f.set.Checks {
		k := &f.set.Checks[i]
		if k.Predicate != c.Predicate || len(k.Ask.Data) == 0 || !f.concerns([]string{data}, k.Ask.Data) || verdict != audit.VerdictDisclosed && !slices.Contains(k.Verdicts, verdict) {
			continue
		}
		if asked, _ := f.asked(k); asked {
			return k.ID
		}
	}
	if len(c.Ask.Data) > 0 {
		return "none"
	}
	return ""
}

// weak tells whether only calls that may, but need not, read the data show it.
func (f *facts) weak(uses []*audit.Use) bool {
	return !slices.ContainsFunc(uses, func(u *audit.Use) bool {
		b := f.set.Behaviour(u.API)
		return b == nil || !b.Weak
	})
}

// differences say in a sentence what a verdict means.
var differences = map[string]audit.Text{
	audit.VerdictUndisclosed:   {ZH: "政策中没有说明该方处理这项信息。", EN: "The policy does not say that this party handles it."},
	audit.VerdictMisattributed: {ZH: "政策只在以下主体名下提到这项信息：{elsewhere}。", EN: "The policy mentions it only for: {elsewhere}."},
	audit.VerdictOtherPlatform: {ZH: "政策只针对 iOS 说明了这项信息。", EN: "The policy states it for iOS only."},
	audit.VerdictVague:         {ZH: "政策只用了概括性用语，没有逐一列出。", EN: "The policy covers it only by a collective term."},
	audit.VerdictDenied:        {ZH: "政策声明不收集这项信息。", EN: "The policy says that it is not collected."},
}

// difference says in a sentence what a judgement means.
func difference(j judgement) audit.Text {
	if len(j.claims) > 0 && j.claims[0].Rule == audit.RuleDenialOfAll {
		return audit.Text{ZH: "政策声明不收集任何个人信息。", EN: "The policy says that no personal data is collected at all."}
	}
	return differences[j.verdict]
}

// parties names the distinct parties of claims.
func (f *facts) parties(claims []*audit.Claim) audit.Text {
	var ids []string
	for _, c := range claims {
		if !slices.Contains(ids, c.Party) {
			ids = append(ids, c.Party)
		}
	}
	var zh, en []string
	for _, id := range ids {
		t := f.set.PartyName(id)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// named tells whether the policy names a party, as an entry or in passing.
func (f *facts) named(party string) bool { return len(f.said(party)) > 0 }

// entryQuotes are the places where the policy lists an SDK.
func (f *facts) entryQuotes(party string) []audit.Quote {
	var out []audit.Quote
	for _, s := range f.r.Policy.SDKs {
		if s.Party() == party && len(out) < maxQuotes {
			out = append(out, audit.Quote{Quote: f.text(s.At), At: s.At})
		}
	}
	return out
}

// text returns the policy text at a place.
func (f *facts) text(at audit.At) string {
	if at.Source < 0 || at.Source >= len(f.r.Policy.Sources) {
		return ""
	}
	runes, ok := f.runes[at.Source]
	if !ok {
		runes = []rune(f.r.Policy.Sources[at.Source].Text)
		f.runes[at.Source] = runes
	}
	if at.Start < 0 || at.End > len(runes) || at.Start > at.End {
		return ""
	}
	return string(runes[at.Start:at.End])
}

// undisclosedSDKs: an SDK is in the app for certain or likely, collects data by
// its nature, and nothing in the policy names it.
func (f *facts) undisclosedSDKs(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for i := range f.r.Behavior.SDKs {
		s := &f.r.Behavior.SDKs[i]
		party := audit.PrefixSDK + s.ID
		if s.Confidence == "possible" {
			continue
		}
		if said := f.said(party); len(said) > 0 {
			f.agree(c, quotes(said))
			continue
		}
		uses := f.usesOf(party)
		if rules.AppShell(s.Category) && !f.readsPersonalData(uses) {
			continue
		}
		words := map[string]audit.Text{"party": s.Name, "vendor": s.Vendor, "reads": f.readsOf(uses)}
		props := f.partyProps(party)
		quote, vendor := f.vendorQuote(s)
		if vendor {
			props = append(props, "sdk:vendor_named")
		}
		if len(uses) == 0 {
			props = append(props, "sdk:reads_nothing_seen")
		}
		impersonal := func(u *audit.Use) []string {
			if f.rank(u.Data) < personalRank {
				return []string{"sdk:reads_nothing_personal"}
			}
			return nil
		}
		x := f.findingOn(c, audit.VerdictUndisclosed, props, uses, impersonal, words)
		x.Party, x.Code, x.Policy, x.Items, x.Sites = party, f.sites(uses), quote, f.items(party), sumUp(uses).sites
		x.Searched = f.namesOf(s.ID)
		out = append(out, x)
	}
	return out
}

// readsPersonalData tells whether one of the uses is of data about a person.
func (f *facts) readsPersonalData(uses []*audit.Use) bool {
	return slices.ContainsFunc(uses, func(u *audit.Use) bool {
		return slices.ContainsFunc(u.Data, func(d string) bool {
			t := f.set.DataType(d)
			return t != nil && t.Sensitivity != "behaviour"
		})
	})
}

// usesOf lists a party's uses, those of the most sensitive data first.
func (f *facts) usesOf(party string) []*audit.Use {
	out := slices.DeleteFunc(slices.Clone(f.uses[party]), func(u *audit.Use) bool { return !f.counts(u) })
	slices.SortStableFunc(out, func(a, b *audit.Use) int { return cmp.Compare(f.rank(b.Data), f.rank(a.Data)) })
	return out
}

// rank orders data by sensitivity: 3 sensitive, 2 personal, 1 normal.
func (f *facts) rank(data []string) int {
	best := 0
	for _, d := range data {
		if t := f.set.DataType(d); t != nil {
			best = max(best, map[string]int{"sensitive": 3, "personal": 2, "normal": 1}[t.Sensitivity])
		}
	}
	return best
}

// readsOf says in words which data the code of an SDK reads.
func (f *facts) readsOf(uses []*audit.Use) audit.Text {
	var ids []string
	for _, u := range uses {
		for _, d := range u.Data {
			if t := f.set.DataType(d); t != nil && t.Sensitivity != "behaviour" && !slices.Contains(ids, d) {
				ids = append(ids, d)
			}
		}
	}
	if len(ids) == 0 {
		return audit.Text{ZH: "未发现已知的个人信息读取调用", EN: "no known call that reads personal data was found"}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(f.rank([]string{b}), f.rank([]string{a})), cmp.Compare(a, b))
	})
	var zh, en []string
	for _, d := range ids {
		t := f.dataName(d)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return audit.Text{ZH: "其代码中存在读取以下信息的调用：" + strings.Join(zh, "、"), EN: "its code contains calls that read: " + strings.Join(en, ", ")}
}

// vendorQuote finds where the policy names the SDK's vendor without naming the
// SDK.
func (f *facts) vendorQuote(s *audit.SDK) ([]audit.Quote, bool) {
	vendors := []string{s.Vendor.ZH, s.Vendor.EN}
	if k := f.set.SDK(s.ID); k != nil {
		vendors = append(vendors, k.VendorAliases...)
	}
	for _, e := range f.r.Policy.SDKs {
		if e.Company != "" && slices.Contains(vendors, e.Company) {
			return []audit.Quote{{Quote: f.text(e.At), At: e.At}}, true
		}
	}
	for i, src := range f.r.Policy.Sources {
		if src.Format != "text" {
			continue // only there the text's lines are the file's
		}
		for _, v := range vendors {
			if b := strings.Index(src.Text, v); v != "" && b >= 0 {
				start := utf8.RuneCountInString(src.Text[:b])
				at := audit.At{Source: i, Line: 1 + strings.Count(src.Text[:b], "\n"), Start: start, End: start + utf8.RuneCountInString(v), Section: src.SectionAt(start)}
				return []audit.Quote{{Quote: v, At: at}}, true
			}
		}
	}
	return nil, false
}

// namesOf lists the names under which an SDK was looked for.
func (f *facts) namesOf(id string) []string {
	k := f.set.SDK(id)
	if k == nil {
		return nil
	}
	var out []string
	for _, n := range append([]string{k.Name.ZH, k.Name.EN}, k.Aliases...) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// undisclosedPermissions: the manifest asks for a permission that the user
// grants, and the policy names neither it nor the data behind it.
func (f *facts) undisclosedPermissions(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, p := range f.r.Behavior.Permissions {
		if !f.set.Sensitive(p.Name) || p.MaxSDK > 0 && p.MaxSDK < runtimePermissions {
			continue
		}
		if by := f.explained(p.Name); by != nil {
			f.agree(c, quotes([]*audit.Claim{by}))
			continue
		}
		words := map[string]audit.Text{"permission": f.permissionName(p.Name), "constant": {ZH: p.Name, EN: p.Name}}
		x := f.finding(c, audit.VerdictUndisclosed, nil, words)
		x.Party, x.Permission = audit.PartyApp, p.Name
		x.Searched = f.permissionWords(p.Name)
		out = append(out, x)
	}
	return out
}

// explained is the first claim that names a permission or data that it guards, nil
// where there is none. What the policy says of an SDK that is not in this app explains
// nothing.
func (f *facts) explained(name string) *audit.Claim {
	perm := f.set.Permission(name)
	for i := range f.r.Policy.Claims {
		c := &f.r.Policy.Claims[i]
		id, isSDK := strings.CutPrefix(c.Party, audit.PrefixSDK)
		if c.Platform == audit.PlatformIOS || c.Polarity != audit.Collects || isSDK && f.present[id] == nil {
			continue
		}
		if slices.ContainsFunc(c.Permissions, func(p string) bool { return p == name || slices.Contains(perm.Same, p) }) {
			return c
		}
		for _, d := range c.Data {
			for _, guarded := range perm.Data {
				if d == guarded || f.set.Below(d, guarded) || f.parentOf(guarded, d) && !f.freely(d) {
					return c
				}
			}
		}
	}
	return nil
}

// freely tells whether a permission that users are not asked for opens what a collective
// term names: who reads of Wi-Fi information or its state thinks of ACCESS_WIFI_STATE, and
// not of the location that can be told from some of it.
func (f *facts) freely(data string) bool {
	return slices.ContainsFunc(f.set.Permissions, func(p rules.Permission) bool {
		return p.Protection == "normal" && !p.Special && slices.Contains(p.Data, data)
	})
}

// parentOf tells whether p is a direct parent of data type d.
func (f *facts) parentOf(d, p string) bool {
	t := f.set.DataType(d)
	return t != nil && (t.Parent == p || slices.Contains(t.AlsoUnder, p))
}

func (f *facts) permissionWords(name string) []string {
	p := f.set.Permission(name)
	out := []string{name[strings.LastIndexByte(name, '.')+1:], p.Title.ZH, p.Title.EN}
	out = append(out, p.Terms.All()...)
	for _, d := range p.Data {
		t := f.dataName(d)
		out = append(out, t.ZH, t.EN)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// absentSDKs: the policy lists an SDK of which nothing is in the app. Where part
// of the code could not be seen, or an entry is about iOS only, nothing is said.
func (f *facts) absentSDKs(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	if f.blind() {
		return nil
	}
	seen := map[string]bool{}
	for _, s := range f.r.Policy.SDKs {
		if audit.PartyKind(s.ID) == audit.PrefixUnnamed || f.inApp(s.ID) || seen[s.ID] {
			continue
		}
		if len(s.Data) == 0 && len(s.PlatformData.IOS) > 0 {
			continue
		}
		seen[s.ID] = true
		party := s.Party()
		words := map[string]audit.Text{"party": f.set.PartyName(party), "written": {ZH: s.NameAsWritten, EN: s.NameAsWritten}}
		x := f.finding(c, audit.VerdictAbsent, nil, words)
		x.Party, x.Policy = party, f.entryQuotes(party)
		if k := f.set.SDK(s.ID); k != nil {
			x.Searched = append(slices.Clone(k.Match.Packages), k.Match.NativeLibs...)
		}
		out = append(out, x)
	}
	return out
}

// inApp tells whether an SDK, one of its kits or what is built on it is in the app.
func (f *facts) inApp(id string) bool {
	k := f.set.SDK(id)
	return f.present[id] != nil || k != nil && k.PartOf == "" &&
		slices.ContainsFunc(f.set.Family(id), func(part string) bool { return f.present[part] != nil })
}

// placeholders: the text has blanks of a template.
func (f *facts) placeholders(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, d := range f.r.Policy.Defects {
		if d.Kind != "placeholder" {
			continue
		}
		x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"quote": {ZH: d.Quote, EN: d.Quote}})
		x.Policy = []audit.Quote{{Quote: d.Quote, At: d.At}}
		out = append(out, x)
	}
	return out
}

// coverage: something was not looked at.
func (f *facts) coverage(c *rules.Check) []audit.Finding {
	if len(f.r.Gaps) == 0 {
		return nil
	}
	var zh, en []string
	for _, g := range f.r.Gaps {
		said := g.Said()
		zh, en = append(zh, g.Kind+"："+said.ZH), append(en, g.Kind+": "+said.EN)
	}
	gaps := audit.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
	return []audit.Finding{f.finding(c, audit.VerdictViolated, nil, map[string]audit.Text{"gaps": gaps})}
}

// noPolicy: no policy was given and none was found inside the APK.
func (f *facts) noPolicy(c *rules.Check) []audit.Finding {
	if !slices.ContainsFunc(f.r.Gaps, func(g audit.Gap) bool { return g.Kind == audit.GapNoPolicy }) {
		return nil
	}
	return []audit.Finding{f.finding(c, audit.VerdictViolated, nil, nil)}
}
