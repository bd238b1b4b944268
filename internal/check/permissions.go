package check

import (
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// runtimePermissions is the API level from which users grant permissions while the app
// runs; a request that ends below it concerns nobody today.
const runtimePermissions = 23

// asksFor lists the requested permissions of ask.permissions, or where that is empty
// every one that the user grants.
func (f *facts) asksFor(c *rules.Check) []audit.Permission {
	return slices.DeleteFunc(slices.Clone(f.r.Behavior.Permissions), func(p audit.Permission) bool {
		if p.MaxSDK > 0 && p.MaxSDK < runtimePermissions {
			return true
		}
		if len(c.Ask.Permissions) == 0 {
			return !f.set.Sensitive(p.Name)
		}
		return !slices.Contains(c.Ask.Permissions, p.Name)
	})
}

// permissionsRequested: the manifest requests one of ask.permissions and no observation
// of ask.excuses was made; with ask.unused only what nothing in the app makes use of.
// One finding per permission.
func (f *facts) permissionsRequested(c *rules.Check) []audit.Finding {
	rows := f.asksFor(c)
	if len(rows) == 0 {
		f.cleanManifest(c, f.noneRequested(c))
		return nil
	}
	if c.Ask.Unused {
		if rows = f.unused(c, rows); len(rows) == 0 {
			return nil
		}
	}
	if len(c.Ask.Excuses) > 0 && f.excused(c, rows) {
		return nil
	}
	var out []audit.Finding
	for _, p := range rows {
		var parties []string
		for _, u := range p.UsedBy {
			parties = append(parties, u.Party)
		}
		uses := f.usesGuarded(p.Name)
		words := map[string]audit.Text{"permission": f.permissionName(p.Name), "constant": {ZH: p.Name, EN: p.Name}, "users": f.partyNames(distinct(parties))}
		words["usage"] = usage(&p, words)
		props := f.partyProps(audit.PartyApp)
		if c.Ask.Unused && slices.ContainsFunc(f.r.Gaps, func(g audit.Gap) bool { return g.Kind == audit.GapDynamicCode }) {
			props = append(props, "gap:dynamic_code")
		}
		x := f.finding(c, audit.VerdictViolated, props, words)
		x.Party, x.Permission, x.Code = audit.PartyApp, p.Name, f.sites(uses)
		out = append(out, x)
	}
	return out
}

// usage says what is known of the use of a permission.
func usage(p *audit.Permission, words map[string]audit.Text) audit.Text {
	switch {
	case len(p.UsedBy) > 0:
		return say("代码中需要该权限的调用属于：{users}。", "Calls that need it are in the code of: {users}.", words)
	case p.Used == audit.No:
		return audit.Text{ZH: "代码中没有发现需要该权限的调用。", EN: "No call that needs it was found in the code."}
	}
	return audit.Text{ZH: "静态分析无法判断代码是否使用它。", EN: "Whether the code makes use of it cannot be told from the calls."}
}

func (f *facts) noneRequested(c *rules.Check) audit.Text {
	if len(c.Ask.Permissions) == 0 {
		return audit.Text{ZH: "清单文件没有申请需要用户授权的权限。", EN: "The manifest requests no permission that users grant."}
	}
	return say("清单文件没有申请：{permissions}。", "The manifest requests none of: {permissions}.", map[string]audit.Text{"permissions": f.permissionNames(c.Ask.Permissions)})
}

// unused picks the permissions that nothing in the app makes use of. Where there is
// none, it notes what is known of the others.
func (f *facts) unused(c *rules.Check, rows []audit.Permission) []audit.Permission {
	of := map[string][]string{}
	var out []audit.Permission
	for _, p := range rows {
		used := p.Used
		if used == audit.No && f.requestedByCode(p.Name) {
			used = audit.Unknown // code asks the user for it: something is done with it, if only an intent
		}
		of[used] = append(of[used], p.Name)
		if used == audit.No {
			out = append(out, p)
		}
	}
	if len(out) > 0 {
		return out
	}
	if unknown := slices.Concat(of[audit.Unknown], of[""]); len(unknown) > 0 {
		f.answer(c, audit.StateUndecidable, say(
			"静态分析无法判断应用是否使用：{permissions}；真机测试才能判断。",
			"It could not be told whether the app makes use of: {permissions}. A test on a device would decide.",
			map[string]audit.Text{"permissions": f.permissionNames(unknown)}))
		return nil
	}
	f.cleanManifest(c, say("申请的 {n} 项权限都有需要它的代码：{permissions}。", "All {n} requested permissions that users grant are needed by code: {permissions}.",
		map[string]audit.Text{"n": number(len(rows)), "permissions": f.permissionNames(of[audit.Yes])}))
	return nil
}

// excused tells whether nothing is wrong with the requests, or that this cannot be told.
func (f *facts) excused(c *rules.Check, rows []audit.Permission) bool {
	seen := f.observations(c.Ask.Excuses)
	if len(seen) == 0 && !f.looked() {
		f.notLookedFor(c)
		return true
	}
	if len(seen) == 0 {
		return false
	}
	var names []string
	for _, p := range rows {
		names = append(names, p.Name)
	}
	f.answer(c, audit.StateSatisfied, say("申请了 {permissions}，且有相应的依据：{seen}。", "It requests {permissions}, and there is what allows for it: {seen}.",
		map[string]audit.Text{"permissions": f.permissionNames(names), "seen": listedIDs(whats(seen))}))
	return true
}

// requestedByCode tells whether code asks the user for a permission by its name.
func (f *facts) requestedByCode(name string) bool {
	return slices.ContainsFunc(f.r.Behavior.Requests, func(q audit.Request) bool { return slices.Contains(q.Permissions, name) })
}

func whats(list []audit.Observation) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.What)
	}
	return out
}

// usesGuarded lists the uses of behaviours that need a permission.
func (f *facts) usesGuarded(name string) []*audit.Use {
	var out []*audit.Use
	for i := range f.r.Behavior.Uses {
		u := &f.r.Behavior.Uses[i]
		b := f.set.Behaviour(u.API)
		if b != nil && slices.ContainsFunc(b.Permissions, func(p rules.APIPermission) bool { return p.Name == name }) {
			out = append(out, u)
		}
	}
	return out
}

// permissionsUnrequested: calls need a permission that the manifest does not request.
func (f *facts) permissionsUnrequested(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, p := range f.r.Behavior.Unrequested {
		var parties []string
		sum := 0
		for _, u := range p.UsedBy {
			parties = append(parties, u.Party)
			sum += u.Sites
		}
		words := map[string]audit.Text{"permission": f.permissionName(p.Name), "constant": {ZH: p.Name, EN: p.Name}, "users": f.partyNames(distinct(parties)), "sites": number(sum)}
		x := f.finding(c, audit.VerdictViolated, nil, words)
		x.Permission, x.Code = p.Name, f.sites(f.usesGuarded(p.Name))
		out = append(out, x)
	}
	if len(out) == 0 {
		f.cleanCode(c, audit.Text{ZH: "代码中需要用户授权的调用，其权限都已申请。", EN: "Whatever the code calls that users would have to grant is requested."})
	}
	return out
}

// bundle is what one request names of the permissions that a check asks for.
type bundle struct {
	names  []string
	groups int
}

func (f *facts) bundleOf(c *rules.Check, q *audit.Request) bundle {
	var b bundle
	for _, group := range c.Ask.Groups {
		before := len(b.names)
		for _, name := range group {
			if slices.Contains(q.Permissions, name) {
				b.names = append(b.names, name)
			}
		}
		if len(b.names) > before {
			b.groups++
		}
	}
	return b
}

// permissionsBundled: one call, which can be reached before the user has done anything,
// asks for at least ask.least permissions of ask.least_groups groups. One finding per
// party, with its largest request.
func (f *facts) permissionsBundled(c *rules.Check) []audit.Finding {
	type request struct {
		*audit.Request
		bundle
	}
	worst := map[string]request{}
	var parties []string
	early, unseen := 0, 0
	for i := range f.r.Behavior.Requests {
		q := &f.r.Behavior.Requests[i]
		if q.Example.BeforeConsent == audit.No {
			continue
		}
		early++
		b := f.bundleOf(c, q)
		large := len(b.names) >= c.Ask.Least && b.groups >= c.Ask.LeastGroups
		if len(q.Permissions) == 0 || large && q.Example.BeforeConsent != audit.Yes {
			unseen++
		}
		if !large || q.Example.BeforeConsent != audit.Yes {
			continue
		}
		old, known := worst[q.Party]
		if !known {
			parties = append(parties, q.Party)
		}
		if !known || len(b.names) > len(old.names) {
			worst[q.Party] = request{q, b}
		}
	}
	var out []audit.Finding
	slices.Sort(parties)
	for _, party := range parties {
		q := worst[party]
		words := map[string]audit.Text{"party": f.set.PartyName(party), "n": number(len(q.names)), "permissions": f.permissionNames(q.names)}
		props := append(f.partyProps(party), "reached:"+q.Example.Reached, "before_consent:"+q.Example.BeforeConsent)
		x := f.finding(c, audit.VerdictViolated, props, words)
		x.Party, x.Code = party, f.requestSite(q.Request)
		out = append(out, x)
	}
	switch {
	case len(out) > 0:
	case unseen > 0:
		f.answer(c, audit.StateUndecidable, say("有 {n} 处权限申请可能在启动时执行，但无法确定申请了哪些权限或是否在启动时；真机测试才能判断。",
			"Of {n} requests that may run at start it could not be decided which permissions they name, or whether they run then. A test on a device would decide.", map[string]audit.Text{"n": number(unseen)}))
	default:
		f.cleanCode(c, say("启动时可能执行的权限申请有 {n} 处，没有一处一次申请 {least} 项以上、分属不同权限组的权限。", "{n} requests may run at start; none asks for {least} or more permissions of different groups at once.",
			map[string]audit.Text{"n": number(early), "least": number(c.Ask.Least)}))
	}
	return out
}

// place is where an instruction stands.
type place struct {
	dex, caller string
	offset      int
}

// siteAt is the call site of an example as evidence, where a use names what is called
// there. Reports may hold many thousands of both, so that places are looked up.
func (f *facts) siteAt(e *audit.Example) []audit.Site {
	if f.at == nil {
		f.at = map[place]*audit.Use{}
		for i := range f.r.Behavior.Uses {
			u := &f.r.Behavior.Uses[i]
			for _, x := range u.Examples {
				if p := (place{x.DEX, x.Caller, x.Offset}); f.at[p] == nil {
					f.at[p] = u
				}
			}
		}
	}
	if u := f.at[place{e.DEX, e.Caller, e.Offset}]; u != nil {
		return []audit.Site{{API: u.API, Target: u.Target, Example: *e}}
	}
	return nil
}

// requestAPI is the behaviour of calls that ask the user for permissions.
const requestAPI = "request_permissions"

// requestSite is the call site of a request. A library that asks for its callers is no
// listed API, so that no use need name the place.
func (f *facts) requestSite(q *audit.Request) []audit.Site {
	if at := f.siteAt(&q.Example); at != nil || q.Target == "" {
		return at
	}
	return []audit.Site{{API: requestAPI, Target: q.Target, Example: q.Example}}
}

// permissionForData: from a target level on, a permission of ask.permissions and reads
// of ask.data go together; one of them is there without the other.
func (f *facts) permissionForData(c *rules.Check) []audit.Finding {
	name := c.Ask.Permissions[0]
	words := map[string]audit.Text{"permission": f.permissionName(name), "constant": {ZH: name, EN: name}, "level": number(c.Ask.FromTarget), "data": f.dataNames(c.Ask.Data)}
	if f.r.App.TargetSDK < c.Ask.FromTarget {
		f.cleanManifest(c, say("目标 API 级别低于 {level}，不需要该权限。", "The target level is below {level}; the permission is not needed.", words))
		return nil
	}
	var uses []*audit.Use
	for i := range f.r.Behavior.Uses {
		if u := &f.r.Behavior.Uses[i]; u.Collects() && f.concerns(u.Data, c.Ask.Data) && u.Reached != audit.No {
			uses = append(uses, u)
		}
	}
	requested := len(f.asksFor(c)) > 0
	switch {
	case requested == (len(uses) > 0):
		f.cleanCode(c, pick(requested,
			say("申请了 {constant}，代码中也有读取{data}的调用。", "{constant} is requested, and the code contains calls that read: {data}.", words),
			say("没有申请 {constant}，代码中也没有发现读取{data}的调用。", "{constant} is not requested, and no call that reads it was found: {data}.", words)))
		return nil
	case requested && f.blind():
		f.answer(c, audit.StateUndecidable, audit.Text{ZH: "部分代码未能检查，无法判断该权限是否需要。", EN: "Part of the code could not be examined; whether the permission is needed cannot be told."})
		return nil
	}
	words["difference"] = pick(requested,
		say("申请了 {constant}，但没有发现读取{data}的调用。", "{constant} is requested, but no call that reads it was found: {data}.", words),
		say("代码中有读取{data}的调用，但没有申请 {constant}，读到的将全是零。", "The code contains calls that read: {data}; without {constant} they get zeros.", words))
	x := f.finding(c, audit.VerdictViolated, nil, words)
	x.Permission, x.Code = name, f.sites(uses)
	return []audit.Finding{x}
}

func pick(first bool, a, b audit.Text) audit.Text {
	if first {
		return a
	}
	return b
}

// concerns tells whether one of some data types is one of those asked for or below one.
func (f *facts) concerns(data, asked []string) bool {
	return slices.ContainsFunc(data, func(d string) bool {
		return slices.ContainsFunc(asked, func(a string) bool { return d == a || f.set.Below(d, a) })
	})
}
