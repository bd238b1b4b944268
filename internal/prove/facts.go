package prove

import (
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// facts builds the report of an app from an example.
func (p *prover) facts(f rules.ExampleFacts) *audit.Report {
	r := audit.NewReport()
	r.App = audit.App{File: "example.apk", Package: f.Package, Label: audit.Label{Default: f.Label}, MinSDK: f.MinSDK, TargetSDK: f.TargetSDK,
		Flags: audit.AppFlags{Debuggable: f.Debuggable, AllowBackup: f.AllowBackup, Cleartext: f.Cleartext}}
	r.Tool.Judged = audit.Judged{Profile: f.Profile, Drafts: f.Drafts, Category: f.Category, Children: f.Children}
	if !f.Earlier {
		r.Tool.AnalysisDigest = p.set.AnalysisDigest()
	}
	b := &r.Behavior
	p.permissions(f, b)
	for _, id := range f.SDKs {
		s := audit.SDK{ID: id, Confidence: "certain"}
		if k := p.set.SDK(id); k != nil {
			s.Name, s.Vendor, s.Category = k.Name, k.Vendor, k.Category
		}
		b.SDKs = append(b.SDKs, s)
	}
	for _, u := range f.Uses {
		b.Uses = append(b.Uses, exampleUse(u))
	}
	for _, c := range f.Components {
		b.Components = append(b.Components, audit.Component{Kind: c.Kind, Name: c.Name, Exported: c.Exported, Permission: c.Permission,
			FGSType: c.FGSType, Actions: c.Actions, Party: c.Party})
	}
	for _, s := range f.Startup {
		b.Startup = append(b.Startup, audit.Startup{Kind: s.Kind, Party: s.Party, Component: s.Component, What: s.What, Data: s.Data, Example: example("", "")})
	}
	for _, q := range f.Requests {
		b.Requests = append(b.Requests, audit.Request{Party: q.Party, Permissions: q.Permissions, Example: example(q.Reached, q.BeforeConsent)})
	}
	for _, h := range f.Hosts {
		b.Hosts = append(b.Hosts, audit.Host{Host: h.Host, Party: h.Party, Via: "code"})
	}
	for _, d := range f.DynamicCode {
		b.DynamicCode = append(b.DynamicCode, audit.DynamicCode{Kind: d.Kind, What: d.What, Party: d.Party})
	}
	for _, id := range f.Frameworks {
		b.Frameworks = append(b.Frameworks, audit.Framework{ID: id, Name: audit.Text{ZH: id, EN: id}})
	}
	for _, o := range f.Observations {
		b.Observations = append(b.Observations, audit.Observation{Kind: o.Kind, Party: o.Party, What: o.What, Example: example(o.Reached, o.BeforeConsent)})
	}
	for _, kind := range f.Gaps {
		r.Gaps = append(r.Gaps, audit.Gap{Kind: kind, What: "example"})
	}
	return r
}

// permissions fills the permission rows: of one list nothing is known of their use.
func (p *prover) permissions(f rules.ExampleFacts, b *audit.Behavior) {
	add := func(names []string, used string) {
		for _, name := range names {
			row := audit.Permission{Name: name, Used: used}
			if k := p.set.Permission(name); k != nil {
				row.Protection = k.Protection
			}
			b.Permissions = append(b.Permissions, row)
		}
	}
	add(f.Permissions, audit.Unknown)
	add(f.Used, audit.Yes)
	add(f.Unused, audit.No)
	for _, name := range f.Unrequested {
		b.Unrequested = append(b.Unrequested, audit.PermissionNeed{Name: name, UsedBy: []audit.PermissionUser{{Party: audit.PartyApp, Sites: 1, Reached: 1}}})
	}
}

func exampleUse(u rules.FactUse) audit.Use {
	out := audit.Use{API: u.API, Kind: u.Kind, Data: []string{u.Data}, Party: u.Party, Through: u.Through, Via: u.Via, Sites: 1}
	if out.API == "" {
		out.API = "example"
	}
	e := example(u.Reached, u.BeforeConsent)
	out.Reached, out.BeforeConsent = e.Reached, e.BeforeConsent
	out.Examples = []audit.Example{e}
	return out
}

// example is a call site with the given answers, unknown where none is given.
func example(reached, before string) audit.Example {
	or := func(s string) string {
		if s == "" {
			return audit.Unknown
		}
		return s
	}
	return audit.Example{DEX: "classes.dex", Caller: "Lexample/A;->a()V", Reached: or(reached), BeforeConsent: or(before)}
}
