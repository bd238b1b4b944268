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
	NotAPIs       []string `yaml:"not_apis" json:"not_apis,omitempty"`             // behaviours that another check asks for
	Startup       []string `yaml:"startup" json:"startup,omitempty"`               // audit's Startup constants
	Observed      []string `yaml:"observed" json:"observed,omitempty"`             // audit's Observed constants
	SDKCategories []string `yaml:"sdk_categories" json:"sdk_categories,omitempty"` // categories of SDKs
	// SystemPackages are parts of the system or of a device's maker that apps may
	// start: no other app is woken by them.
	SystemPackages []string `yaml:"system_packages" json:"system_packages,omitempty"`
}

// checkAsked verifies the ids that checks ask for.
func checkAsked(s *Source, o *origin) error {
	data := dataIndex(s)
	behaviours := index(s.Behaviours, func(b Behaviour) string { return b.ID })
	permissions := index(s.Permissions, func(p Permission) string { return p.Name })
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
		for _, group := range []struct {
			what  string
			ids   []string
			known func(string) bool
		}{
			{"permission", c.Ask.Permissions, in(permissions)},
			{"data type", c.Ask.Data, in(data)},
			{"behaviour", slices.Concat(c.Ask.APIs, c.Ask.NotAPIs), in(behaviours)},
			{"startup kind", c.Ask.Startup, of(startups)},
			{"observation", c.Ask.Observed, of(audit.Observations())},
			{"category of SDKs", c.Ask.SDKCategories, of(categories)},
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

// startups are the kinds of startup that a check can ask for.
var startups = append([]string{audit.StartupAutoInit}, startupKinds...)
