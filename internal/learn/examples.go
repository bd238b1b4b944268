package learn

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

// maxHits is how many artifacts become examples.
const maxHits = 3

// calls notes what the code calls, the most over the artifacts.
func (d *drafter) calls() {
	most := map[string]int{}
	for _, m := range d.draft.Measured {
		for id, n := range m.Calls {
			most[id] = max(most[id], n)
		}
	}
	if len(most) > 0 {
		d.note("collects", "Measured, not stated: its code calls (call sites) %s.", counted(most))
	}
	if d.draft.SDK.Collects.Given() || d.draft.SDK.Neutral {
		return
	}
	d.note("collects", "Decide: what the vendor itself states that it takes, as collects: {data: [...], source: title, date: 2026-11}.")
}

// examples writes hits with the real counts and misses, and takes the confidence
// of each from the detection itself.
func (d *drafter) examples() error {
	k := &d.draft.SDK
	set, err := d.r.set.With(*k)
	if err != nil {
		return fmt.Errorf("the draft does not go together with the signatures: %w", err)
	}
	o := behavior.New(set)
	found := func(e rules.SDKExample) string {
		sdks, libraries := o.Detect(behavior.Inventory{Package: e.Package, Packages: e.Classes, Components: e.Components, MetaData: e.MetaData, NativeLibs: e.NativeLibs})
		for _, s := range append(sdks, libraries...) {
			if s.ID == k.ID {
				return s.Confidence
			}
		}
		return ""
	}
	hit := func(e rules.SDKExample) {
		e.Want = found(e)
		if e.Want != "" && !slices.ContainsFunc(k.Hit, func(h rules.SDKExample) bool { return fmt.Sprint(h) == fmt.Sprint(e) }) {
			k.Hit = append(k.Hit, e)
		}
	}
	for _, a := range d.artifacts[:min(len(d.artifacts), maxHits)] {
		hit(d.miniature(a))
	}
	if d.self != nil {
		return nil
	}
	first := k.Match.Packages[0]
	for _, a := range d.artifacts {
		if n := a.each(k.Match.Packages)[first]; n > 0 {
			hit(rules.SDKExample{Classes: map[string]int{first: n}})
			break
		}
	}
	miss := func(e rules.SDKExample) {
		if got := found(e); got != "certain" && got != "likely" {
			k.Miss = append(k.Miss, e)
		}
	}
	miss(rules.SDKExample{Classes: map[string]int{first + "x": 20}, Why: "a longer segment"})
	miss(rules.SDKExample{Classes: map[string]int{first + ".demo": 20}, Package: first + ".demo", Why: "the app itself lives under the prefix"})
	if len(k.Match.Ships) > 0 {
		miss(rules.SDKExample{Classes: map[string]int{k.Match.Ships[0].Prefix: 5}, Why: "only what it ships"})
	}
	return nil
}

// miniature is an artifact as an example.
func (d *drafter) miniature(a *artifact) rules.SDKExample {
	m := &d.draft.SDK.Match
	e := rules.SDKExample{Classes: a.each(slices.Concat(m.Packages, m.Supporting))}
	if a.app {
		return e
	}
	own := func(c string) bool { return underAny(c, m.Packages) }
	components := slices.Clone(a.components)
	slices.SortStableFunc(components, func(x, y string) int {
		switch { // the SDK's own first
		case own(x) == own(y):
			return 0
		case own(x):
			return -1
		}
		return 1
	})
	for _, c := range components {
		if slices.ContainsFunc(m.Components, func(p string) bool {
			return p == c || strings.HasSuffix(p, ".*") && under(c, strings.TrimSuffix(p, ".*"))
		}) {
			e.Components = []string{c}
			break
		}
	}
	for _, lib := range a.native {
		if matchesAny(m.NativeLibs, lib) {
			e.NativeLibs = []string{lib}
			break
		}
	}
	return e
}
