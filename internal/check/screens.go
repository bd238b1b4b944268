package check

import (
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// screens: what ask.given names is there, and the texts of the screens hold no text of
// one of the kinds ask.observed, or show something of ask.faults. Texts count where
// they are of one of the parties of the check. What a framework draws or a page brings
// is not among them: then absence decides nothing.
func (f *facts) screens(c *rules.Check) []audit.Finding {
	if faults := f.texts(c, c.Ask.Faults); len(faults) > 0 {
		return []audit.Finding{f.screenFinding(c, faults, say("界面中有：{seen}。", "The screens have: {seen}.", map[string]audit.Text{"seen": quoted(faults)}))}
	}
	given, raised := f.raised(c)
	if !raised {
		f.notRaised(c)
		return nil
	}
	var missing []string
	var seen []audit.Observation
	for _, kind := range c.Ask.Observed {
		found := f.texts(c, []string{kind})
		if len(found) == 0 {
			missing = append(missing, kind)
		}
		seen = append(seen, found...)
	}
	switch {
	case len(missing) == 0:
		f.answer(c, audit.StateSatisfied, say("界面文字中有：{seen}。", "The texts of the screens have: {seen}.", map[string]audit.Text{"seen": quoted(seen)}))
		return nil
	case f.unseenScreens(c):
		return nil
	}
	var names []audit.Text
	for _, kind := range missing {
		names = append(names, screenTexts[kind])
	}
	words := map[string]audit.Text{"given": given, "missing": listed(names)}
	x := f.screenFinding(c, f.texts(c, c.Ask.Given.Observed), say("没有发现{missing}。", "Not found: {missing}.", words))
	return []audit.Finding{x}
}

// screenTexts say what the kinds of observations of texts are.
var screenTexts = map[string]audit.Text{
	audit.ObservedPolicyText:     {ZH: "提到隐私政策的文字", EN: "a text that names a privacy policy"},
	audit.ObservedAgreeText:      {ZH: "表示同意的选项", EN: "a choice to agree"},
	audit.ObservedDisagreeText:   {ZH: "表示不同意的选项", EN: "a choice not to agree"},
	audit.ObservedDisclosureText: {ZH: "说明在后台或关闭时使用信息的文字", EN: "a text on the use of data in the background or while closed"},
}

func (f *facts) screenFinding(c *rules.Check, seen []audit.Observation, difference audit.Text) audit.Finding {
	given, _ := f.raised(c)
	var props []string
	if f.policy {
		props = f.policyProps()
	}
	x := f.finding(c, audit.VerdictViolated, props, map[string]audit.Text{"difference": difference, "given": given, "seen": quoted(seen)})
	x.Party = audit.PartyApp
	return x
}

// texts lists the observations of kinds that are of the check's parties.
func (f *facts) texts(c *rules.Check, kinds []string) []audit.Observation {
	return slices.DeleteFunc(f.observations(kinds), func(o audit.Observation) bool {
		return !judges(c, o.Party)
	})
}

// quoted lists what was observed.
func quoted(list []audit.Observation) audit.Text {
	var words []audit.Text
	for _, w := range distinct(whats(list)) {
		words = append(words, audit.Text{ZH: "“" + w + "”", EN: `"` + w + `"`})
	}
	return listed(words)
}

// personalRank is the rank of data that is about a person.
const personalRank = 2

// raised tells whether what ask.given names is there, and names it: permissions,
// reads and behaviours are each enough, observations must all be there.
func (f *facts) raised(c *rules.Check) (audit.Text, bool) {
	g := &c.Ask.Given
	var names []audit.Text
	for _, p := range f.r.Behavior.Permissions {
		if slices.Contains(g.Permissions, p.Name) {
			names = append(names, f.permissionName(p.Name))
		}
	}
	for i := range f.r.Behavior.Uses {
		u := &f.r.Behavior.Uses[i]
		if u.Reached == audit.No {
			continue
		}
		personal := u.Collects() && f.counts(u) && (f.concerns(u.Data, g.Data) || g.Personal && f.rank(u.Data) >= personalRank)
		if b := f.set.Behaviour(u.API); b != nil && slices.Contains(g.APIs, u.API) {
			names = append(names, b.Name)
		} else if personal {
			names = append(names, f.dataNames(u.Data))
		}
	}
	if len(g.Observed) > 0 && !slices.ContainsFunc(g.Observed, func(kind string) bool { return len(f.texts(c, []string{kind})) == 0 }) {
		names = append(names, quoted(f.texts(c, g.Observed)))
	}
	return listed(distinctTexts(names)), len(names) > 0
}

// notRaised notes why nothing is asked of the app.
func (f *facts) notRaised(c *rules.Check) {
	g := &c.Ask.Given
	if len(g.Observed) > 0 && !f.unseenScreens(c) {
		f.answer(c, audit.StateUndecidable, audit.Text{ZH: "界面文字中没有发现征求同意的提示，本项无从判断。", EN: "No prompt that asks for consent was found among the texts of the screens, so there is nothing to judge."})
		return
	}
	if len(g.Observed) == 0 {
		f.cleanCode(c, audit.Text{ZH: "没有发现需要此项提示的权限或调用。", EN: "No permission and no call was found that asks for such a text."})
	}
}

// unseenScreens tells whether the app has screens whose texts could not be seen, and
// then notes what would decide.
func (f *facts) unseenScreens(c *rules.Check) bool {
	if !f.looked() {
		f.notLookedFor(c)
		return true
	}
	why := audit.Text{ZH: "部分内容未能检查（见覆盖缺口）", EN: "part of the input could not be examined, see the gaps"}
	if !f.blind() {
		var names []audit.Text
		for _, w := range f.r.Behavior.Frameworks {
			names = append(names, w.Name)
		}
		if len(names) == 0 {
			return false
		}
		why = say("界面可能由 {names} 绘制", "the screens may be drawn by {names}", map[string]audit.Text{"names": listed(names)})
	}
	f.answer(c, audit.StateUndecidable, say("未发现，但{why}，文字不在资源中；真机首次启动才能判断。", "None found, but {why}; its texts are not among the resources. A first start on a device would decide.", map[string]audit.Text{"why": why}))
	return true
}
