package rules

import (
	"slices"

	"apkaudit/internal/audit"
)

// Ask is what a check about code and manifest asks for; each predicate reads the
// keys that its own documentation names. An empty list asks for everything.
type Ask struct {
	Permissions   []string `yaml:"permissions" json:"permissions,omitempty"`       // names of permissions
	Data          []string `yaml:"data" json:"data,omitempty"`                     // data types, with all below them
	APIs          []string `yaml:"apis" json:"apis,omitempty"`                     // behaviours
	Startup       []string `yaml:"startup" json:"startup,omitempty"`               // audit's Startup constants
	Observed      []string `yaml:"observed" json:"observed,omitempty"`             // audit's Observed constants
	SDKCategories []string `yaml:"sdk_categories" json:"sdk_categories,omitempty"` // categories of SDKs
	// SystemPackages are parts of the system or of a device's maker that apps may
	// start: no other app is woken by them.
	SystemPackages []string `yaml:"system_packages" json:"system_packages,omitempty"`
	DynamicCode    []string `yaml:"dynamic_code" json:"dynamic_code,omitempty"` // kinds of audit.DynamicCode
	// Excuses are observations with which nothing is wrong; Faults are observations
	// that are wrong by themselves.
	Excuses []string `yaml:"excuses" json:"excuses,omitempty"`
	Faults  []string `yaml:"faults" json:"faults,omitempty"`
	// Given is what raises the question; without any of it nothing is asked.
	Given Given `yaml:"given" json:"given,omitzero"`
	// Unused asks only for permissions that nothing in the app makes use of.
	Unused bool `yaml:"unused" json:"unused,omitempty"`
	// Least is how many permissions, of how many Groups, one request must name. A
	// group is what the platform asks the user for in one dialogue.
	Least       int        `yaml:"least" json:"least,omitempty"`
	LeastGroups int        `yaml:"least_groups" json:"least_groups,omitempty"`
	Groups      [][]string `yaml:"groups" json:"groups,omitempty"`
	// Targets are target API levels, the lowest first; FromTarget is the first from
	// which the check asks anything.
	Targets    []TargetLevel `yaml:"targets" json:"targets,omitempty"`
	FromTarget int           `yaml:"from_target" json:"from_target,omitempty"`
	// Flag is one of ManifestFlags.
	Flag       string          `yaml:"flag" json:"flag,omitempty"`
	Component  AskedComponent  `yaml:"component" json:"component,omitzero"`
	Foreground []ForegroundUse `yaml:"foreground" json:"foreground,omitempty"`
	// Children asks only of apps that are said to be made for children.
	Children bool `yaml:"children" json:"children,omitempty"`
	// NotHosts are hosts of pages that apps show or hand to a browser.
	NotHosts []string `yaml:"not_hosts" json:"not_hosts,omitempty"`
	// Home is the country, ISO 3166-1 alpha-2, whose vendors are not abroad.
	Home string `yaml:"home" json:"home,omitempty"`
}

// Given are permissions that are requested, behaviours and data types of uses, of which
// any is enough, and observations, which must all be there.
type Given struct {
	Permissions []string `yaml:"permissions" json:"permissions,omitempty"`
	APIs        []string `yaml:"apis" json:"apis,omitempty"`
	Data        []string `yaml:"data" json:"data,omitempty"`
	Observed    []string `yaml:"observed" json:"observed,omitempty"`
	// Personal is any read of data about a person.
	Personal bool `yaml:"personal" json:"personal,omitempty"`
}

// TargetLevel is a target API level below which something holds: As becomes the
// property "target:" + As of the finding. Profiles are those that it matters to,
// all where none is given.
type TargetLevel struct {
	Below    int        `yaml:"below" json:"below"`
	As       string     `yaml:"as" json:"as"`
	Profiles []string   `yaml:"profiles" json:"profiles,omitempty"`
	Text     audit.Text `yaml:"text" json:"text"` // what holds, a sentence
}

// AskedComponent picks components of the manifest. Permission is the one that must
// guard it, where one is given; Unguarded asks for exported ones that none guards.
// Exempt is what the observation Configured says of one that is excused.
type AskedComponent struct {
	Kind       string `yaml:"kind" json:"kind,omitempty"`
	Permission string `yaml:"permission" json:"permission,omitempty"`
	Unguarded  bool   `yaml:"unguarded" json:"unguarded,omitempty"`
	Configured string `yaml:"configured" json:"configured,omitempty"`
	Exempt     string `yaml:"exempt" json:"exempt,omitempty"`
}

// ForegroundUse is a type of foreground service and the data, of which a service of
// that type reads some.
type ForegroundUse struct {
	Type string   `yaml:"type" json:"type"`
	Data []string `yaml:"data" json:"data"`
}

// Flags of the manifest that a check can ask for.
const (
	FlagDebuggable  = "debuggable"
	FlagAllowBackup = "allow_backup"
)

// ManifestFlags lists them.
func ManifestFlags() []string { return []string{FlagDebuggable, FlagAllowBackup} }

// checkAsked verifies the ids that checks ask for.
func checkAsked(s *Source, o *origin) error {
	data := dataIndex(s)
	behaviours := index(s.Behaviours, func(b Behaviour) string { return b.ID })
	permissions := index(s.Permissions, func(p Permission) string { return p.Name })
	properties := index(s.Properties, propertyID)
	var categories []string
	for _, k := range s.SDKs {
		categories = append(categories, k.Category)
	}
	in := func(m map[string]int) func(string) bool {
		return func(id string) bool { _, ok := m[id]; return ok }
	}
	of := func(list []string) func(string) bool {
		return func(id string) bool { return slices.Contains(list, id) }
	}
	for _, c := range s.Checks {
		a := &c.Ask
		for _, group := range []struct {
			what  string
			ids   []string
			known func(string) bool
		}{
			{"permission", slices.Concat(a.Permissions, a.Given.Permissions, slices.Concat(a.Groups...), given(a.Component.Permission)), in(permissions)},
			{"data type", slices.Concat(a.Data, a.Given.Data, a.foregroundData()), in(data)},
			{"behaviour", slices.Concat(a.APIs, a.Given.APIs), in(behaviours)},
			{"startup kind", a.Startup, of(startups)},
			{"observation", slices.Concat(a.Observed, a.Excuses, a.Faults, a.Given.Observed, given(a.Component.Configured)), of(audit.Observations())},
			{"category of SDKs", a.SDKCategories, of(categories)},
			{"kind of dynamic code", a.DynamicCode, of(dynamicKinds)},
			{"flag of the manifest", given(a.Flag), of(ManifestFlags())},
			{"kind of component", given(a.Component.Kind), of(componentKinds)},
			{"profile", a.targetProfiles(), of(named)},
			{"property", a.targetProperties(), in(properties)},
		} {
			for _, id := range group.ids {
				if !group.known(id) {
					return o.fault("check", c.ID, id, "unknown %s %q", group.what, id)
				}
			}
		}
	}
	return nil
}

// given is a list of one id, or of none where it is "".
func given(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

func (a *Ask) foregroundData() []string {
	var out []string
	for _, f := range a.Foreground {
		out = append(out, f.Data...)
	}
	return out
}

func (a *Ask) targetProfiles() []string {
	var out []string
	for _, t := range a.Targets {
		out = append(out, t.Profiles...)
	}
	return out
}

func (a *Ask) targetProperties() []string {
	var out []string
	for _, t := range a.Targets {
		out = append(out, t.Property())
	}
	return out
}

// Property is that of a finding about the level.
func (t *TargetLevel) Property() string { return "target:" + t.As }

// dynamicKinds are the kinds of audit.DynamicCode.
var dynamicKinds = []string{"file", "call"}

// startups are the kinds of startup that a check can ask for.
var startups = append([]string{audit.StartupAutoInit}, startupKinds...)
