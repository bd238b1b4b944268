package behavior

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// unowned states what is known of each prefix that no signature owns: its size,
// some of its classes, what its calls can read and which requested permissions
// they need. The prefixes and numbers are those of the packages listed.
func (own *owners) unowned(sites []audit.Use, requested []audit.Permission) []audit.Unowned {
	at := map[string]*audit.Unowned{} // by party
	for _, p := range own.packages {
		if audit.PartyKind(p.party) != audit.PrefixUnknown {
			continue
		}
		u := at[p.party]
		if u == nil {
			u = &audit.Unowned{Prefix: p.listedPrefix(), Obfuscated: p.prefix == "" || isShort(p.prefix)}
			at[p.party] = u
		}
		u.Classes += p.classes
		u.Samples = smallest(append(u.Samples, p.samples...))
	}
	for _, s := range sites {
		if u := at[s.Party]; u != nil {
			u.APIs = countAPI(u.APIs, s)
		}
	}
	for _, p := range requested { // sorted by name
		for _, by := range p.UsedBy {
			if u := at[by.Party]; u != nil {
				u.Permissions = append(u.Permissions, p.Name)
			}
		}
	}
	var out []audit.Unowned
	for _, u := range at {
		slices.SortFunc(u.APIs, func(a, b audit.UnownedAPI) int {
			return cmp.Or(cmp.Compare(b.Sites, a.Sites), cmp.Compare(a.API, b.API))
		})
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b audit.Unowned) int {
		return cmp.Or(cmp.Compare(b.Classes, a.Classes), cmp.Compare(a.Prefix, b.Prefix))
	})
	return out
}

// countAPI adds one call site to the behaviours of a prefix, of which there are
// few.
func countAPI(apis []audit.UnownedAPI, site audit.Use) []audit.UnownedAPI {
	for i := range apis {
		if apis[i].API == site.API {
			apis[i].Sites += site.Sites
			return apis
		}
	}
	return append(apis, audit.UnownedAPI{API: site.API, Data: slices.Clone(site.Data), Sites: site.Sites})
}

// isShort tells whether a dotted name has only segments of one or two characters,
// as shrinkers make them.
func isShort(pkg string) bool {
	for seg := range strings.SplitSeq(pkg, ".") {
		if len(seg) > obfuscatedSegment {
			return false
		}
	}
	return true
}
