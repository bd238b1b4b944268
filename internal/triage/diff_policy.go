package triage

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// sourceChanges compares the policies by their text. Documents of the same name are
// the same document, and so are the only two that are left over.
func sourceChanges(older, newer []audit.PolicySource) []audit.Change {
	var out []audit.Change
	pair := func(key func(audit.PolicySource) string, report bool) {
		waiting := map[string][]audit.PolicySource{}
		for _, s := range older {
			waiting[key(s)] = append(waiting[key(s)], s)
		}
		var left []audit.PolicySource
		taken := map[string]int{}
		for _, s := range newer {
			k := key(s)
			if taken[k] == len(waiting[k]) {
				left = append(left, s)
				continue
			}
			if was := waiting[k][taken[k]]; report {
				out = append(out, audit.Change{Change: audit.ChangeChanged, ID: s.File, Field: "text", Old: was.SHA256, New: s.SHA256})
			}
			taken[k]++
		}
		newer = left
		left = nil
		for _, s := range older {
			if k := key(s); taken[k] > 0 {
				taken[k]--
			} else {
				left = append(left, s)
			}
		}
		older = left
	}
	pair(func(s audit.PolicySource) string { return s.Format + "\n" + s.Text }, false)
	pair(func(s audit.PolicySource) string { return base(s.File) }, true)
	if len(older) == 1 && len(newer) == 1 {
		pair(func(audit.PolicySource) string { return "" }, true)
	}
	for _, s := range older {
		out = append(out, audit.Change{Change: audit.ChangeGone, ID: s.File, Old: s.SHA256})
	}
	for _, s := range newer {
		out = append(out, audit.Change{Change: audit.ChangeNew, ID: s.File, New: s.SHA256})
	}
	slices.SortStableFunc(out, func(a, b audit.Change) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Change, b.Change)) })
	return out
}

// base is the name of a file without its directory, on any system.
func base(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

// entries are the SDK entries of the policies; those of several languages are one.
func entries(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, s := range r.Policy.SDKs {
		add(out, thing{party: s.Party()}, s.NameAsWritten, field{"company", s.Company}, field{"purpose", s.Purpose}, field{"link", s.Link})
	}
	return out
}

// claims are the data types that the policies speak of for each party, and how:
// polarity, specificity and platform, as the report names them.
func claims(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, c := range r.Policy.Claims {
		said := strings.Join([]string{c.Polarity, c.Specificity, c.Platform}, " ")
		for _, d := range c.Data {
			add(out, thing{c.Party, d}, said, field{"said", said})
		}
	}
	return out
}

// named are the permissions that the policies name for each party.
func named(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, c := range r.Policy.Claims {
		for _, p := range c.Permissions {
			add(out, thing{c.Party, p}, c.Polarity, field{"said", c.Polarity})
		}
	}
	return out
}

// usedNames are the readable names of the ids that a difference shows.
func usedNames(d *audit.Difference, older, newer *audit.Report) audit.Names {
	names := audit.Names{Data: map[string]audit.Text{}, Sensitivity: map[string]string{}, Party: map[string]audit.Text{},
		Permission: map[string]audit.Text{}, Rule: map[string]audit.Text{}}
	sources := []*audit.Report{newer, older}
	party := func(id string) {
		take(names.Party, id, sources, func(n *audit.Names) map[string]audit.Text { return n.Party })
	}
	data := func(id string) {
		take(names.Data, id, sources, func(n *audit.Names) map[string]audit.Text { return n.Data })
		take(names.Sensitivity, id, sources, func(n *audit.Names) map[string]string { return n.Sensitivity })
	}
	permission := func(id string) {
		take(names.Permission, id, sources, func(n *audit.Names) map[string]audit.Text { return n.Permission })
	}
	for _, list := range [][]audit.Change{d.Data, d.BeforeConsent, d.Hosts, d.Exported, d.Entries, d.Claims, d.Named} {
		for _, c := range list {
			party(c.Party)
		}
	}
	for _, list := range [][]audit.Change{d.Data, d.BeforeConsent, d.Claims} {
		for _, c := range list {
			data(c.ID)
		}
	}
	for _, list := range [][]audit.Change{d.Permissions, d.Named} {
		for _, c := range list {
			permission(c.ID)
		}
	}
	for _, f := range d.Findings {
		party(f.Party)
		data(f.Data)
		for _, id := range f.Added {
			data(id)
		}
		permission(f.Permission)
		take(names.Rule, f.Rule, sources, func(n *audit.Names) map[string]audit.Text { return n.Rule })
	}
	for _, r := range sources {
		embedded(names.Party, audit.PrefixSDK, d.SDKs, r.Behavior.SDKs)
		embedded(names.Party, audit.PrefixLibrary, d.Libraries, r.Behavior.Libraries)
	}
	return names
}

// take copies the name of an id from the first report that has one.
func take[T any](into map[string]T, id string, from []*audit.Report, of func(*audit.Names) map[string]T) {
	for _, r := range from {
		if name, ok := of(&r.Names)[id]; ok {
			into[id] = name
			return
		}
	}
}

// embedded names the SDKs or libraries that changed, which a report names where it
// lists them.
func embedded(into map[string]audit.Text, prefix string, changed []audit.Change, list []audit.SDK) {
	wanted := map[string]bool{}
	for _, c := range changed {
		wanted[prefix+c.ID] = true
	}
	for _, s := range list {
		party := prefix + s.ID
		if _, ok := into[party]; !ok && wanted[party] {
			into[party] = s.Name
		}
	}
}
