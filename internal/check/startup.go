package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// startups: code of a party runs or is started without the user, in a way that the
// check asks for, and the policy does not say so where the check names statements.
// One finding a party.
func (f *facts) startups(c *rules.Check) []audit.Finding {
	by := map[string][]audit.Startup{}
	for _, s := range f.r.Behavior.Startup {
		if slices.Contains(c.Ask.Startup, s.Kind) && s.Example.Reached != audit.No && !slices.Contains(c.Ask.SystemPackages, s.What) &&
			(s.Kind != audit.StartupAutoInit || f.rank(s.Data) >= personalRank) {
			by[s.Party] = append(by[s.Party], s)
		}
	}
	if len(by) > 0 && f.statedOnce(c) {
		return nil
	}
	var out []audit.Finding
	for _, party := range slices.Sorted(maps.Keys(by)) {
		out = append(out, f.startupFinding(c, party, by[party]))
	}
	return out
}

// statedOnce tells whether the policy makes one of the statements that a check about
// code asks for, or refers to another document for it, and notes the answer.
func (f *facts) statedOnce(c *rules.Check) bool {
	if stated := f.stated(c.Topics.AnyOf); len(stated) > 0 {
		f.satisfied(c, stated)
		return true
	}
	return false
}

func (f *facts) startupFinding(c *rules.Check, party string, list []audit.Startup) audit.Finding {
	var what, data []string
	for _, s := range list {
		name := s.What
		if s.Kind == audit.StartupAutoInit {
			name = s.Component
		}
		if name = shortName(name); !slices.Contains(what, name) {
			what = append(what, name)
		}
		data = append(data, s.Data...)
	}
	slices.Sort(data)
	data = slices.DeleteFunc(slices.Compact(data), func(d string) bool { return f.rank([]string{d}) < personalRank })
	joined := strings.Join(what[:min(len(what), maxParts)], ", ")
	if len(what) > maxParts {
		joined += fmt.Sprintf(" … (%d)", len(what))
	}
	words := map[string]audit.Text{"party": f.set.PartyName(party), "what": {ZH: joined, EN: joined}, "data": f.dataNames(data), "kinds": number(len(data))}
	props := append(f.partyProps(party), f.policyProps()...)
	if !slices.ContainsFunc(list, func(s audit.Startup) bool { return s.Kind != audit.StartupKeepAlive }) {
		props = append(props, "startup:keep_alive")
	}
	x := f.finding(c, audit.VerdictViolated, props, words)
	x.Party = party
	for _, s := range list {
		switch {
		case len(x.Code) == audit.MaxExamples:
		case s.Example.Caller != "":
			x.Code = append(x.Code, audit.Site{API: s.Kind, Target: s.What, Example: s.Example})
		default:
			x.Code = append(x.Code, f.sitesFrom(party, s.Component, audit.MaxExamples-len(x.Code))...)
		}
	}
	for _, it := range f.items(party) {
		if slices.Contains(data, it.Data) {
			x.Items = append(x.Items, it)
		}
	}
	if f.policy && len(c.Topics.AnyOf) > 0 {
		x.Searched = f.topicSearch(c.Topics.AnyOf)
	}
	return x
}

// sitesFrom are call sites, at most so many, of a party or of what it brings along, of
// which the path that is shown begins in a component: what runs when the component does.
func (f *facts) sitesFrom(party, component string, most int) []audit.Site {
	prefix := "L" + strings.ReplaceAll(component, ".", "/") + ";->"
	var out []audit.Site
	kin := append([]string{party}, f.speakers(party)[1:]...)
	for _, u := range f.each {
		for _, e := range u.Examples {
			if len(out) < most && slices.Contains(kin, u.Party) && f.counts(u) && f.rank(u.Data) >= personalRank && len(e.Path) > 0 && strings.HasPrefix(e.Path[0], prefix) {
				out = append(out, audit.Site{API: u.API, Target: u.Target, Example: e})
				break
			}
		}
	}
	return out
}

// maxParts bounds the parts of the app that one sentence names.
const maxParts = 4

// shortName is the last part of an intent action of the platform or of a method; other
// names stay as they are.
func shortName(s string) string {
	if rest, ok := strings.CutPrefix(s, "android.intent.action."); ok {
		return rest
	}
	if class, method, ok := strings.Cut(s, ";->"); ok {
		class = strings.TrimPrefix(class, "L")
		method, _, _ = strings.Cut(method, "(")
		return class[strings.LastIndexByte(class, '/')+1:] + "." + method + "()"
	}
	return s
}

// sdkTopic: the app holds SDKs of a category that the check asks for, and the policy
// makes none of the statements that go with them.
func (f *facts) sdkTopic(c *rules.Check) []audit.Finding {
	var zh, en []string
	for _, s := range f.r.Behavior.SDKs {
		if s.Confidence != "possible" && slices.Contains(c.Ask.SDKCategories, s.Category) {
			zh, en = append(zh, s.Name.ZH), append(en, s.Name.EN)
		}
	}
	if len(zh) == 0 {
		f.cleanCode(c, audit.Text{ZH: "应用中未发现确定含有的此类 SDK。", EN: "No SDK of that kind is in the app for certain or likely."})
		return nil
	}
	if f.statedOnce(c) {
		return nil
	}
	words := map[string]audit.Text{"sdks": {ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}}
	x := f.finding(c, audit.VerdictViolated, f.policyProps(), words)
	x.Party, x.Searched = audit.PartyApp, f.topicSearch(c.Topics.AnyOf)
	return []audit.Finding{x}
}

// permissionTopic: the app requests one of the permissions, and the policy makes none
// of the statements that go with them.
func (f *facts) permissionTopic(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	requested := false
	for _, p := range f.r.Behavior.Permissions {
		if !slices.Contains(c.Ask.Permissions, p.Name) {
			continue
		}
		requested = true
		if f.statedOnce(c) {
			return nil
		}
		x := f.finding(c, audit.VerdictViolated, f.policyProps(), map[string]audit.Text{"permission": f.permissionName(p.Name), "constant": {ZH: p.Name, EN: p.Name}})
		x.Party, x.Permission, x.Searched = audit.PartyApp, p.Name, f.topicSearch(c.Topics.AnyOf)
		out = append(out, x)
	}
	if !requested {
		f.cleanManifest(c, audit.Text{ZH: "应用没有申请相关权限。", EN: "The app does not request the permission."})
	}
	return out
}

// unreadPolicies: a document that was named as the policy could not be read.
func (f *facts) unreadPolicies(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for i, s := range f.r.Policy.Sources {
		if s.Chars > 0 {
			continue
		}
		x := f.finding(c, audit.VerdictViolated, nil, map[string]audit.Text{"file": {ZH: s.File, EN: s.File}})
		x.Policy = []audit.Quote{{At: audit.At{Source: i, Line: 1}}}
		out = append(out, x)
	}
	return out
}
