package check

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// targetLevel: the target API level is below one of ask.targets that the profile cares
// about. The lowest is told.
func (f *facts) targetLevel(c *rules.Check) []audit.Finding {
	if f.manifestUnread() {
		f.cleanManifest(c, audit.Text{})
		return nil
	}
	have := f.r.App.TargetSDK
	words := map[string]audit.Text{"target": number(have)}
	p := f.profile()
	for _, t := range c.Ask.Targets {
		if have >= t.Below || p != audit.ProfileAll && len(t.Profiles) > 0 && !slices.Contains(t.Profiles, p) {
			continue
		}
		words["level"], words["difference"] = number(t.Below), t.Text
		x := f.finding(c, audit.VerdictViolated, []string{t.Property()}, words)
		x.Party = audit.PartyApp
		return []audit.Finding{x}
	}
	f.answer(c, audit.StateSatisfied, say("目标 API 级别为 {target}。", "The target level is {target}.", words))
	return nil
}

// manifestFlag: the manifest sets ask.flag, or leaves it at Android's default of true,
// and no observation of ask.excuses was made.
func (f *facts) manifestFlag(c *rules.Check) []audit.Finding {
	flags := map[string]bool{rules.FlagDebuggable: f.r.App.Flags.Debuggable, rules.FlagAllowBackup: f.r.App.Flags.AllowBackup}
	if f.manifestUnread() || !flags[c.Ask.Flag] {
		f.cleanManifest(c, audit.Text{ZH: "清单文件没有打开该选项。", EN: "The manifest does not set it."})
		return nil
	}
	if len(c.Ask.Excuses) > 0 {
		seen := f.observations(c.Ask.Excuses)
		if len(seen) > 0 {
			f.answer(c, audit.StateSatisfied, say("清单文件打开了该选项，并有相应的规则：{seen}。", "The manifest sets it, and names rules for it: {seen}.", map[string]audit.Text{"seen": listedIDs(whats(seen))}))
			return nil
		}
		if !f.looked() {
			f.notLookedFor(c)
			return nil
		}
	}
	x := f.finding(c, audit.VerdictViolated, nil, nil)
	x.Party = audit.PartyApp
	return []audit.Finding{x}
}

// componentsFound: the manifest has enabled components as ask.component describes them.
// One finding per party, which names them.
func (f *facts) componentsFound(c *rules.Check) []audit.Finding {
	ask := &c.Ask.Component
	found := map[string][]string{}
	var parties, exempt []string
	all := 0
	for i := range f.r.Behavior.Components {
		k := &f.r.Behavior.Components[i]
		if k.Kind != ask.Kind || k.Disabled || ask.Permission != "" && k.Permission != ask.Permission {
			continue
		}
		all++
		if ask.Unguarded && (!k.Exported || k.Permission != "") {
			continue
		}
		if f.exempt(c, k) {
			exempt = append(exempt, k.Name)
			continue
		}
		if !slices.Contains(parties, k.Party) {
			parties = append(parties, k.Party)
		}
		found[k.Party] = append(found[k.Party], k.Name)
	}
	if len(parties) > 0 && ask.Configured != "" && !f.looked() {
		f.notLookedFor(c)
		return nil
	}
	var out []audit.Finding
	slices.Sort(parties)
	for _, party := range parties {
		x := f.finding(c, audit.VerdictViolated, f.partyProps(party), map[string]audit.Text{"party": f.set.PartyName(party), "components": listedIDs(found[party])})
		x.Party = party
		out = append(out, x)
	}
	if len(out) == 0 {
		words := map[string]audit.Text{"all": number(all), "exempt": listedIDs(exempt)}
		f.cleanManifest(c, pick(len(exempt) > 0,
			say("只有按规定可以例外的组件：{exempt}。", "There are only such as may be there: {exempt}.", words),
			say("清单文件中没有这样的组件；此类组件共 {all} 个。", "The manifest has none; it has {all} components of the kind.", words)))
	}
	return out
}

// exempt tells whether the configuration of a component excuses it.
func (f *facts) exempt(c *rules.Check, k *audit.Component) bool {
	ask := &c.Ask.Component
	return ask.Exempt != "" && slices.ContainsFunc(f.observations([]string{ask.Configured}), func(o audit.Observation) bool {
		said := strings.Fields(o.What)
		return slices.Contains(said, k.Name) && slices.Contains(said, ask.Exempt)
	})
}

// foregroundTypes: a service declares a type of foreground service, and nothing in the
// code reads what such a service is for. One finding per party.
func (f *facts) foregroundTypes(c *rules.Check) []audit.Finding {
	found := map[string][]string{}
	types := map[string][]string{}
	var parties, fitting []string
	for i := range f.r.Behavior.Components {
		k := &f.r.Behavior.Components[i]
		for _, use := range c.Ask.Foreground {
			if k.Kind != "service" || k.Disabled || !slices.Contains(strings.Split(k.FGSType, "|"), use.Type) {
				continue
			}
			if f.readsAny(use.Data) {
				fitting = append(fitting, use.Type)
				continue
			}
			if !slices.Contains(parties, k.Party) {
				parties = append(parties, k.Party)
			}
			found[k.Party] = append(found[k.Party], k.Name)
			types[k.Party] = append(types[k.Party], use.Type)
		}
	}
	if len(parties) > 0 && f.blind() {
		f.answer(c, audit.StateUndecidable, audit.Text{
			ZH: "声明了前台服务类型，但部分代码未能检查，无法判断是否使用；未加固的安装包才能判断。",
			EN: "Types of foreground service are declared, but part of the code could not be examined; the unpacked build would decide."})
		return nil
	}
	var out []audit.Finding
	slices.Sort(parties)
	for _, party := range parties {
		x := f.finding(c, audit.VerdictViolated, f.partyProps(party), map[string]audit.Text{
			"party": f.set.PartyName(party), "components": listedIDs(found[party]), "types": listedIDs(types[party])})
		x.Party = party
		out = append(out, x)
	}
	if len(out) == 0 {
		words := map[string]audit.Text{"types": listedIDs(fitting)}
		f.cleanManifest(c, pick(len(fitting) > 0,
			say("声明的前台服务类型都有对应的代码：{types}。", "The declared types have code to go with them: {types}.", words),
			audit.Text{ZH: "没有声明相机、麦克风或位置类型的前台服务。", EN: "No foreground service of the types camera, microphone or location is declared."}))
	}
	return out
}

// readsAny tells whether any code, of whomever, reads one of the data types or gives
// access to it.
func (f *facts) readsAny(data []string) bool {
	return slices.ContainsFunc(f.r.Behavior.Uses, func(u audit.Use) bool { return f.concerns(u.Data, data) })
}
