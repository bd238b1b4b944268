package behavior

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// Confidence of an SDK: certain is required code and anything else of it,
// likely is required code alone, possible is anything else alone.
const (
	certain  = "certain"
	likely   = "likely"
	possible = "possible"
)

// sdks states which SDKs and libraries the app contains, and gives native
// libraries their owner.
func (o *Observer) sdks(b *audit.Behavior, own *owners, entries []string) {
	code := own.codeEvidence()
	for i := range o.set.SDKs {
		k := &o.set.SDKs[i]
		found := audit.SDK{ID: k.ID, Name: k.Name, Vendor: k.Vendor, Category: k.Category, Evidence: code[i]}
		for _, e := range code[i] {
			found.Classes += e.Count
		}
		found.Evidence = append(found.Evidence, manifestEvidence(k, b)...)
		found.Evidence = append(found.Evidence, libraryEvidence(k, b.NativeLibs)...)
		found.Evidence = append(found.Evidence, assetEvidence(k, entries)...)
		if len(found.Evidence) == 0 {
			continue
		}
		switch {
		case !own.present[i]:
			found.Confidence = possible
		case ownEvidence(k, found.Evidence) > 1:
			found.Confidence = certain
		default:
			found.Confidence = likely
		}
		switch {
		case k.Category == "packer":
			b.Packers = append(b.Packers, audit.Framework{ID: k.ID, Name: k.Name, Evidence: found.Evidence[0].Value})
		case k.Category == "framework" && own.present[i]:
			b.Frameworks = append(b.Frameworks, audit.Framework{ID: k.ID, Name: k.Name, Evidence: found.Evidence[0].Value})
		}
		if k.Neutral {
			b.Libraries = append(b.Libraries, found)
		} else {
			b.SDKs = append(b.SDKs, found)
		}
		for n := range b.NativeLibs {
			if b.NativeLibs[n].Party == "" && matchesAny(k.Match.NativeLibs, b.NativeLibs[n].Name) {
				b.NativeLibs[n].Party = o.partyOfSDK(i)
			}
		}
	}
}

// ownEvidence counts the evidence of the SDK itself: code that it merely ships
// confirms nothing.
func ownEvidence(k *rules.SDK, ev []audit.SDKEvidence) int {
	n := 0
	for _, e := range ev {
		if e.Kind != "class" || slices.Contains(k.Match.Packages, e.Value) || slices.Contains(k.Match.Supporting, e.Value) {
			n++
		}
	}
	return n
}

func (o *Observer) partyOfSDK(i int) string {
	if o.set.SDKs[i].Neutral {
		return audit.PrefixLibrary + o.set.SDKs[i].ID
	}
	return audit.PrefixSDK + o.set.SDKs[i].ID
}

// codeEvidence lists by SDK the prefixes that own classes.
func (own *owners) codeEvidence() map[int][]audit.SDKEvidence {
	type key struct {
		sdk    int
		prefix string
	}
	at := map[key]*audit.SDKEvidence{}
	var keys []key
	for _, p := range own.packages {
		if p.sdk < 0 {
			continue
		}
		k := key{p.sdk, p.prefix}
		e := at[k]
		if e == nil {
			e = &audit.SDKEvidence{Kind: "class", Value: p.prefix}
			at[k] = e
			keys = append(keys, k)
		}
		e.Count += p.classes
		e.Samples = append(e.Samples, p.samples...)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.sdk, b.sdk), cmp.Compare(a.prefix, b.prefix)) })
	out := map[int][]audit.SDKEvidence{}
	for _, k := range keys {
		e := at[k]
		slices.Sort(e.Samples)
		e.Samples = slices.Clone(e.Samples[:min(len(e.Samples), maxSamples)])
		out[k.sdk] = append(out[k.sdk], *e)
	}
	return out
}

func manifestEvidence(k *rules.SDK, b *audit.Behavior) []audit.SDKEvidence {
	var out []audit.SDKEvidence
	for _, want := range k.Match.Components {
		n := 0
		var samples []string
		for _, c := range b.Components {
			if componentMatches(want, c.Name) && c.Party != audit.PartyApp {
				n++
				if len(samples) < maxSamples {
					samples = append(samples, c.Name)
				}
			}
		}
		if n > 0 {
			out = append(out, audit.SDKEvidence{Kind: "component", Value: want, Count: n, Samples: samples})
		}
	}
	for _, want := range k.Match.MetaData {
		n := 0
		for _, m := range b.MetaData {
			if m.Name == want {
				n++
			}
		}
		if n > 0 {
			out = append(out, audit.SDKEvidence{Kind: "meta_data", Value: want, Count: n})
		}
	}
	return out
}

func componentMatches(want, name string) bool {
	if p, ok := strings.CutSuffix(want, ".*"); ok {
		return under(name, p)
	}
	return want == name
}

func libraryEvidence(k *rules.SDK, libs []audit.NativeLib) []audit.SDKEvidence {
	var out []audit.SDKEvidence
	for _, want := range k.Match.NativeLibs {
		var samples []string
		for _, l := range libs {
			if matches(want, l.Name) {
				samples = append(samples, l.Name)
			}
		}
		if len(samples) > 0 {
			out = append(out, audit.SDKEvidence{Kind: "native_lib", Value: want, Count: len(samples), Samples: samples[:min(len(samples), maxSamples)]})
		}
	}
	return out
}

func assetEvidence(k *rules.SDK, entries []string) []audit.SDKEvidence {
	var out []audit.SDKEvidence
	for _, want := range k.Match.Assets {
		var samples []string
		for _, e := range entries {
			if name, ok := strings.CutPrefix(e, "assets/"); ok && matches(want, name) {
				samples = append(samples, name)
			}
		}
		if len(samples) > 0 {
			out = append(out, audit.SDKEvidence{Kind: "asset", Value: want, Count: len(samples), Samples: samples[:min(len(samples), maxSamples)]})
		}
	}
	return out
}

// matches compares a name with a pattern in which "*" stands for any run of
// characters but "/".
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// Inventory is an app in miniature: what the recognition of SDKs looks at.
// Packages gives the number of classes by package.
type Inventory struct {
	Package    string
	Packages   map[string]int
	Components []string
	MetaData   []string
	NativeLibs []string
}

// Detect recognises SDKs in an inventory, by the same steps as Observe. It is
// how the examples of signatures are proved.
func (o *Observer) Detect(inv Inventory) (sdks, libraries []audit.SDK) {
	own := o.newOwners()
	names := make([]string, 0, len(inv.Packages))
	for name := range inv.Packages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := &codePackage{name: name, classes: inv.Packages[name], sdk: -1, samples: []string{name + ".A"}}
		own.byName[name] = p
		own.packages = append(own.packages, p)
	}
	own.appRoots(inv.Package, nil)
	own.assign()
	var b audit.Behavior
	for _, c := range inv.Components {
		b.Components = append(b.Components, audit.Component{Name: c, Party: own.partyOf(c)})
	}
	for _, m := range inv.MetaData {
		b.MetaData = append(b.MetaData, audit.MetaData{Name: m})
	}
	for _, l := range inv.NativeLibs {
		b.NativeLibs = append(b.NativeLibs, audit.NativeLib{Name: l})
	}
	o.sdks(&b, own, nil)
	return b.SDKs, b.Libraries
}
