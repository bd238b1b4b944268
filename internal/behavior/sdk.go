package behavior

import (
	"cmp"
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// Confidence of an SDK: certain is required code and anything else of its own,
// likely is required code alone, possible is anything else, however much: native
// libraries, assets, manifest entries and strings are copied, forgotten and
// shared, and code that is only referred to may not be there at all.
const (
	certain  = "certain"
	likely   = "likely"
	possible = "possible"
)

// sdks states which SDKs and libraries the app contains, and gives native
// libraries their owner. v may be nil.
func (o *Observer) sdks(b *audit.Behavior, own *owners, t *traits, v *versions) {
	e := &evidence{set: o.set, at: map[evidenceKey]*audit.SDKEvidence{}}
	own.codeEvidence(e)
	o.matchers.collect(t, e)
	by := e.bySDK()
	ids := make([]int, 0, len(by))
	for i := range by {
		if !own.isDisplaced(i) {
			ids = append(ids, i)
		}
	}
	slices.Sort(ids) // by id, the order of files
	for _, i := range ids {
		o.state(b, i, by[i], own.present[i], v)
	}
	for n := range b.NativeLibs {
		l := &b.NativeLibs[n]
		if owner := own.ownerOf(o.matchers.nativeLibs.find(l.Name)); owner >= 0 {
			l.Party = o.partyOfSDK(owner)
		}
	}
}

// state adds one SDK with its evidence to what the app contains.
func (o *Observer) state(b *audit.Behavior, i int, ev []audit.SDKEvidence, present bool, v *versions) {
	k := &o.set.SDKs[i]
	found := audit.SDK{ID: k.ID, Name: k.Name, Vendor: k.Vendor, Category: k.Category, Confidence: possible, Evidence: ev}
	if present {
		found.Confidence = likely
		if ownEvidence(k, ev) > 1 {
			found.Confidence = certain
		}
	}
	// A string that names a packer's library stands in every detector of packers.
	beyondText := slices.IndexFunc(ev, func(e audit.SDKEvidence) bool { return e.Kind != audit.EvidenceString })
	for _, e := range ev {
		if e.Kind == audit.EvidenceClass {
			found.Classes += e.Count
		}
	}
	switch {
	case k.Category == "packer" && beyondText >= 0:
		b.Packers = append(b.Packers, audit.Framework{ID: k.ID, Name: k.Name, Evidence: ev[beyondText].Value})
	case k.Category == "framework" && present:
		b.Frameworks = append(b.Frameworks, audit.Framework{ID: k.ID, Name: k.Name, Evidence: ev[0].Value})
	}
	if v != nil {
		v.fill(&found, i)
	}
	if k.Neutral {
		b.Libraries = append(b.Libraries, found)
	} else {
		b.SDKs = append(b.SDKs, found)
	}
}

// ownEvidence counts the evidence of the SDK itself: code that it merely ships
// confirms nothing.
func ownEvidence(k *rules.SDK, ev []audit.SDKEvidence) int {
	n := 0
	for _, e := range ev {
		if e.Kind != audit.EvidenceClass || slices.Contains(k.Match.Packages, e.Value) || slices.Contains(k.Match.Supporting, e.Value) {
			n++
		}
	}
	return n
}

// ownerOf returns the SDK to which a native library belongs that signatures name:
// one whose code is there before one that is only possible, -1 for none.
func (own *owners) ownerOf(ms []matcher) int {
	owner := -1
	for _, m := range ms {
		switch {
		case own.isDisplaced(m.sdk):
		case owner < 0, own.present[m.sdk] && !own.present[owner]:
			owner = m.sdk
		case own.present[m.sdk] == own.present[owner]:
			owner = min(owner, m.sdk)
		}
	}
	return owner
}

func (o *Observer) partyOfSDK(i int) string {
	if o.set.SDKs[i].Neutral {
		return audit.PrefixLibrary + o.set.SDKs[i].ID
	}
	return audit.PrefixSDK + o.set.SDKs[i].ID
}

// codeEvidence adds the prefixes that own classes. Only classes that the app
// defines count: references to an SDK that is left out are no presence.
func (own *owners) codeEvidence(e *evidence) {
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
		ev := at[k]
		if ev == nil {
			ev = &audit.SDKEvidence{Kind: audit.EvidenceClass, Value: p.prefix}
			at[k] = ev
			keys = append(keys, k)
		}
		ev.Count += p.classes
		ev.Samples = append(ev.Samples, p.samples...)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.sdk, b.sdk), cmp.Compare(a.prefix, b.prefix)) })
	for n, k := range keys {
		ev := at[k]
		ev.Samples = smallest(ev.Samples)
		e.at[evidenceKey{k.sdk, kindClass, n}] = ev
	}
}

// smallest keeps the first names by alphabet.
func smallest(names []string) []string {
	slices.Sort(names)
	return slices.Clone(names[:min(len(names), maxSamples)])
}

// Inventory is an app in miniature: what the recognition of SDKs looks at.
// Packages gives the number of classes by package, Assets are paths below assets/,
// Permissions are requested or defined ones, Strings are constants of the code.
type Inventory struct {
	Package     string
	Packages    map[string]int
	Components  []string
	MetaData    []string
	NativeLibs  []string
	Assets      []string
	Permissions []string
	Actions     []string
	Strings     []string
}

// Detect recognises SDKs in an inventory, by the same steps as Observe. It is
// how the examples of signatures are proved.
func (o *Observer) Detect(inv Inventory) (sdks, libraries []audit.SDK) {
	own := o.newOwners()
	for name, classes := range inv.Packages {
		p := &codePackage{name: name, classes: classes, sdk: -1, leaf: -1, samples: []string{name + ".A"}}
		own.byName[name] = p
		own.packages = append(own.packages, p)
	}
	own.appRoots(inv.Package, "", nil)
	own.assign()
	t := &traits{pkg: inv.Package, assets: inv.Assets, permissions: inv.Permissions}
	for _, c := range inv.Components {
		t.components = append(t.components, audit.Component{Name: c, Party: own.partyOf(c)})
	}
	for _, a := range inv.Actions {
		t.components = append(t.components, audit.Component{Party: audit.PartyApp, Actions: []string{a}})
	}
	for _, m := range inv.MetaData {
		t.metaData = append(t.metaData, audit.MetaData{Name: m})
	}
	for _, l := range inv.NativeLibs {
		t.nativeLibs = append(t.nativeLibs, audit.NativeLib{Name: l})
	}
	for i, s := range o.matchers.strings {
		if slices.Contains(inv.Strings, string(s.text)) {
			t.strings = append(t.strings, i)
		}
	}
	b := audit.Behavior{NativeLibs: slices.Clone(t.nativeLibs)}
	o.sdks(&b, own, t, nil)
	return b.SDKs, b.Libraries
}
