package behavior

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// kind is a kind of evidence, in the order in which evidence is listed.
type kind int

const (
	kindClass kind = iota
	kindComponent
	kindMetaData
	kindNativeLib
	kindAsset
	kindPermission
	kindAction
	kindString
)

// kindNames are the kinds as reports write them.
var kindNames = [...]string{kindClass: audit.EvidenceClass, kindComponent: audit.EvidenceComponent, kindMetaData: audit.EvidenceMetaData,
	kindNativeLib: audit.EvidenceNativeLib, kindAsset: audit.EvidenceAsset, kindPermission: audit.EvidencePermission,
	kindAction: audit.EvidenceAction, kindString: audit.EvidenceString}

// matcher is one matcher of a signature other than a package: the at-th of its
// kind.
type matcher struct{ sdk, at int }

// matcherIndex finds the matchers that a name of an app fits. Everything is looked
// up by the app's names, so that the cost follows the app and hardly the number of
// signatures.
type matcherIndex struct {
	components  map[string][]matcher // full class names
	below       map[string][]matcher // packages: "com.foo.*" without ".*"
	longest     int                  // length of the longest of those
	metaData    map[string][]matcher
	permissions map[string][]matcher
	own         map[string][]matcher // permissions behind the app's package
	actions     map[string][]matcher
	nativeLibs  globs
	assets      globs
	strings     []wantedString // by text
}

// wantedString is a string constant that matchers ask for.
type wantedString struct {
	text     []byte
	matchers []matcher
}

func newMatcherIndex(set *rules.Set) *matcherIndex {
	x := &matcherIndex{components: map[string][]matcher{}, below: map[string][]matcher{}, metaData: map[string][]matcher{},
		permissions: map[string][]matcher{}, own: map[string][]matcher{}, actions: map[string][]matcher{}}
	wanted := map[string][]matcher{}
	for i := range set.SDKs {
		m := &set.SDKs[i].Match
		put := func(into map[string][]matcher, value string, at int) {
			into[value] = append(into[value], matcher{i, at})
		}
		for at, v := range m.Components {
			if p, ok := strings.CutSuffix(v, ".*"); ok {
				put(x.below, p, at)
				x.longest = max(x.longest, len(p))
			} else {
				put(x.components, v, at)
			}
		}
		for at, v := range m.MetaData {
			put(x.metaData, v, at)
		}
		for at, v := range m.NativeLibs {
			x.nativeLibs.add(v, matcher{i, at})
		}
		for at, v := range m.Assets {
			x.assets.add(v, matcher{i, at})
		}
		for at, v := range m.Permissions {
			if own, ok := strings.CutPrefix(v, "*"); ok {
				put(x.own, own, at)
			} else {
				put(x.permissions, v, at)
			}
		}
		for at, v := range m.Actions {
			put(x.actions, v, at)
		}
		for at, v := range m.Strings {
			put(wanted, v, at)
		}
	}
	for text, ms := range wanted {
		x.strings = append(x.strings, wantedString{[]byte(text), ms})
	}
	slices.SortFunc(x.strings, func(a, b wantedString) int { return bytes.Compare(a.text, b.text) })
	return x
}

// globs finds the patterns that a name fits. In a pattern "*" stands for any run
// of characters but "/".
type globs struct {
	exact    map[string][]matcher
	patterns map[string][]glob // by the text before the first special character
	lengths  []int             // of those texts, ascending
}

type glob struct {
	pattern string
	matcher matcher
}

func (g *globs) add(pattern string, m matcher) {
	if g.exact == nil {
		g.exact, g.patterns = map[string][]matcher{}, map[string][]glob{}
	}
	n := strings.IndexAny(pattern, `*?[\`)
	if n < 0 {
		g.exact[pattern] = append(g.exact[pattern], m)
		return
	}
	g.patterns[pattern[:n]] = append(g.patterns[pattern[:n]], glob{pattern, m})
	if at, known := slices.BinarySearch(g.lengths, n); !known {
		g.lengths = slices.Insert(g.lengths, at, n)
	}
}

// find returns the matchers of all patterns that name fits.
func (g *globs) find(name string) []matcher {
	out := g.exact[name]
	for _, n := range g.lengths {
		if n > len(name) {
			break
		}
		for _, p := range g.patterns[name[:n]] {
			if ok, err := path.Match(p.pattern, name); ok && err == nil {
				out = append(out[:len(out):len(out)], p.matcher)
			}
		}
	}
	return out
}

// traits is what an app shows of itself beside its classes.
type traits struct {
	pkg         string
	components  []audit.Component
	metaData    []audit.MetaData
	nativeLibs  []audit.NativeLib
	assets      []string // paths below assets/
	permissions []string // requested or defined, each once
	strings     []int    // matcherIndex.strings that occur in the code, once per file
}

// evidence collects what speaks for each SDK.
type evidence struct {
	set *rules.Set
	at  map[evidenceKey]*audit.SDKEvidence
}

type evidenceKey struct {
	sdk  int
	kind kind
	at   int // matcher; for classes the place in the sorted list of prefixes
}

// hit notes that a name of the app fits matchers of one kind; sample may be "".
func (e *evidence) hit(k kind, ms []matcher, sample string) {
	for _, m := range ms {
		key := evidenceKey{m.sdk, k, m.at}
		ev := e.at[key]
		if ev == nil {
			ev = &audit.SDKEvidence{Kind: kindNames[k], Value: matcherValue(&e.set.SDKs[m.sdk].Match, k, m.at)}
			e.at[key] = ev
		}
		ev.Count++
		if sample != "" && len(ev.Samples) < maxSamples {
			ev.Samples = append(ev.Samples, sample)
		}
	}
}

func matcherValue(m *rules.Match, k kind, at int) string {
	return [...][]string{kindComponent: m.Components, kindMetaData: m.MetaData, kindNativeLib: m.NativeLibs, kindAsset: m.Assets,
		kindPermission: m.Permissions, kindAction: m.Actions, kindString: m.Strings}[k][at]
}

// bySDK lists the evidence of each SDK, kinds and matchers in their order.
func (e *evidence) bySDK() map[int][]audit.SDKEvidence {
	keys := make([]evidenceKey, 0, len(e.at))
	for k := range e.at {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b evidenceKey) int {
		return cmp.Or(cmp.Compare(a.sdk, b.sdk), cmp.Compare(a.kind, b.kind), cmp.Compare(a.at, b.at))
	})
	out := map[int][]audit.SDKEvidence{}
	for _, k := range keys {
		out[k.sdk] = append(out[k.sdk], *e.at[k])
	}
	return out
}

// collect looks up every trait of an app.
func (x *matcherIndex) collect(t *traits, e *evidence) {
	for _, c := range t.components {
		for _, a := range c.Actions {
			e.hit(kindAction, x.actions[a], c.Name)
		}
		if c.Party == audit.PartyApp {
			continue
		}
		e.hit(kindComponent, x.components[c.Name], c.Name)
		for pkg := range dottedPrefixes(c.Name, x.longest) {
			e.hit(kindComponent, x.below[pkg], c.Name)
		}
	}
	for _, m := range t.metaData {
		e.hit(kindMetaData, x.metaData[m.Name], "")
	}
	for _, l := range t.nativeLibs {
		e.hit(kindNativeLib, x.nativeLibs.find(l.Name), l.Name)
	}
	for _, a := range t.assets {
		e.hit(kindAsset, x.assets.find(a), a)
	}
	for _, p := range t.permissions {
		e.hit(kindPermission, x.permissions[p], "")
		if own, ok := strings.CutPrefix(p, t.pkg); ok && t.pkg != "" {
			e.hit(kindPermission, x.own[own], p)
		}
	}
	for _, s := range t.strings {
		e.hit(kindString, x.strings[s].matchers, "")
	}
}

// dottedPrefixes yields a dotted name and every package above it, the longest
// first and none of more than most bytes: a hostile name has thousands of segments.
func dottedPrefixes(name string, most int) iter.Seq[string] {
	return func(yield func(string) bool) {
		if len(name) > most {
			if head := name[:most]; name[most] == '.' {
				name = head
			} else {
				name = packageOf(head)
			}
		}
		for name != "" && yield(name) {
			name = packageOf(name)
		}
	}
}

// findStrings looks for the wanted string constants in the string tables of all
// files. A table does not tell constants from names, so a wanted text that is also
// the name of a class or member counts wherever that is named.
func (x *matcherIndex) findStrings(ctx context.Context, files []*codeFile) ([]int, error) {
	if len(x.strings) == 0 {
		return nil, nil
	}
	err := parallel(ctx, files, func(f *codeFile) {
		for _, d := range f.dex {
			f.strings = x.search(d, 0, len(x.strings), 0, d.NumStrings(), f.strings)
		}
	})
	var found []int
	for _, f := range files {
		found = append(found, f.strings...)
	}
	return found, err
}

// search finds the wanted strings from to end-1 between two entries of a string
// table. Both are sorted, so what lies before one wanted string is looked for
// before its place only.
func (x *matcherIndex) search(d *dex.File, from, end, first, last int, found []int) []int {
	if from >= end || first >= last {
		return found
	}
	mid := from + (end-from)/2
	at, ok := d.FindString(x.strings[mid].text, first, last)
	found = x.search(d, from, mid, first, at, found)
	if ok {
		found = append(found, mid)
		at++
	}
	return x.search(d, mid+1, end, at, last, found)
}
