package behavior

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
	"apkaudit/signatures"
)

// When a class agrees with a learned one, and how many classes make an SDK. The
// figures were chosen on the SDKs that testdata/corpus/renamed.sh lists under
// "choose" and are reported for the others.
const (
	// agreeBits is the least weight of what a class has in common with a learned
	// class, agreeShare its least part of that class's weight, and agreeRival how
	// many times it outweighs what the class has in common with any other SDK.
	agreeBits  = 24
	agreeShare = 0.3
	agreeRival = 1.5

	// An SDK is recognised by at least structureClasses agreeing classes that are at
	// least structureShare of the classes that one version of it has.
	structureClasses = 6
	structureShare   = 0.08

	// A package is given to an SDK where classes with packageShare of the package's
	// features agree with it, and with other recognised SDKs at most packageStray of
	// that: single classes are taken for another's now and then.
	packageShare = 0.5
	packageStray = 0.02
)

// Bounds of the comparison.
const (
	// renamedMin is the number of classes without owner that look renamed from which
	// the comparison is worth its time.
	renamedMin = 20
	// maxFileFeatures bounds the features looked up for one DEX file, far above what
	// real files have.
	maxFileFeatures = 1 << 20
	// renamedName is the longest simple name of a class that looks renamed.
	renamedName = 3
)

// builtinStructure returns the learned set of the signatures, decoded at its first
// use.
func builtinStructure() func() (*shape.Learned, error) {
	return sync.OnceValues(func() (*shape.Learned, error) { return shape.Decode(signatures.Fingerprints) })
}

// agreement is a class of the app that agrees with a learned class.
type agreement struct {
	sdk      int    // index into the learned SDKs
	learned  uint32 // number of the learned class
	class    string // dotted
	pkg      *codePackage
	features int
}

// structure is what the comparison found: the SDKs recognised, by the order of the
// set, and what could not be looked at.
type structure struct {
	matches []structureMatch
	gaps    []audit.Gap
}

// structureMatch is an SDK recognised by its structure.
type structureMatch struct {
	sdk      int // index into the set's SDKs
	evidence audit.SDKEvidence
	classes  int // those of the packages that were given to it, and those that agree elsewhere
}

// renamed finds SDKs whose classes have new names, among code without owner that
// looks renamed, and gives them the packages that are theirs alone. Where there is
// no such code it costs nothing. It fails only where ctx ends or the learned set is
// damaged.
func (o *Observer) renamed(ctx context.Context, files []*codeFile, own *owners) (structure, error) {
	search := own.renamedPackages(o.everyPackage)
	if search == nil {
		return structure{}, nil
	}
	learned, err := o.learned()
	if err != nil {
		return structure{}, fmt.Errorf("built-in signatures: %w", err)
	}
	scans := make([]shapeScan, len(files))
	order := make([]int, len(files))
	for i, f := range files {
		scans[i] = shapeScan{f: f, search: search, learned: learned, features: map[*codePackage]int{}}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(files[b].size, files[a].size) })
	if err := parallel(ctx, order, func(i int) { scans[i].run(ctx) }); err != nil {
		return structure{}, err
	}
	var out structure
	var all []agreement
	features := map[*codePackage]int{}
	for i := range scans {
		all = append(all, scans[i].found...)
		out.gaps = append(out.gaps, scans[i].gaps...)
		for p, n := range scans[i].features {
			features[p] += n
		}
	}
	out.matches = o.decide(learned, all, features)
	return out, nil
}

// renamedPackages lists, by name, the packages without owner whose classes look
// renamed; nil where they have too few classes. With every set it lists all
// packages.
func (own *owners) renamedPackages(every bool) map[string]*codePackage {
	out := map[string]*codePackage{}
	classes := 0
	for name, p := range own.byName {
		if every || audit.PartyKind(p.party) == audit.PrefixUnknown && p.looksRenamed() {
			out[name] = p
			classes += p.classes
		}
	}
	if classes < renamedMin {
		return nil
	}
	return out
}

// looksRenamed goes by the smallest names, which are the first that an obfuscator
// gives away.
func (p *codePackage) looksRenamed() bool {
	return !slices.ContainsFunc(p.samples, func(class string) bool {
		simple, _, _ := strings.Cut(class[strings.LastIndexByte(class, '.')+1:], "$")
		return len(simple) > renamedName
	})
}

// shapeScan compares the classes of one entry of the APK.
type shapeScan struct {
	f        *codeFile
	search   map[string]*codePackage
	learned  *shape.Learned
	found    []agreement
	features map[*codePackage]int // all features by package
	gaps     []audit.Gap
}

func (s *shapeScan) run(ctx context.Context) {
	m := s.learned.NewMatcher()
	for _, d := range s.f.dex {
		if gap, met := limitGap(s.file(ctx, d, m)); met {
			s.gaps = append(s.gaps, gap)
		}
	}
}

// file compares the classes of one DEX file. Its error is a limit that was reached.
func (s *shapeScan) file(ctx context.Context, d *dex.File, m *shape.Matcher) error {
	var r *shape.Reader
	looked := 0
	for i := range d.NumClasses() {
		if i%256 == 0 && ctx.Err() != nil {
			return nil // parallel reports it
		}
		class := dotted(d.TypeDescriptor(d.Class(i).Type))
		p := s.search[packageOf(class)]
		if p == nil {
			continue
		}
		if r == nil {
			r = shape.NewReader(d)
		}
		features, err := r.Features(i)
		if err != nil {
			return err
		}
		if looked += len(features); looked > maxFileFeatures {
			return &bounded.LimitError{Limit: "max-shape-features", Value: maxFileFeatures, What: d.Name()}
		}
		s.features[p] += len(features)
		b, ok := m.Best(features)
		if ok && b.Bits >= agreeBits && b.Share >= agreeShare && b.Bits >= agreeRival*b.Rival {
			s.found = append(s.found, agreement{sdk: b.SDK, learned: b.Class, class: class, pkg: p, features: len(features)})
		}
	}
	return nil
}

// decide says which SDKs the agreeing classes make, and gives packages. SDKs that
// were learned but have no signature in the set are nothing that can be stated.
func (o *Observer) decide(learned *shape.Learned, all []agreement, features map[*codePackage]int) []structureMatch {
	index := make(map[string]int, len(o.set.SDKs))
	for i := range o.set.SDKs {
		index[o.set.SDKs[i].ID] = i
	}
	bySDK := make([][]agreement, len(learned.SDKs))
	for _, a := range all {
		bySDK[a.sdk] = append(bySDK[a.sdk], a)
	}
	recognised := map[int]bool{} // learned SDKs
	for k, list := range bySDK {
		n := distinct(list)
		_, known := index[learned.SDKs[k].ID]
		recognised[k] = known && n >= structureClasses && float64(n) >= structureShare*float64(learned.SDKs[k].Classes)
	}
	given := o.givePackages(all, features, func(learnedSDK int) (int, bool) {
		return index[learned.SDKs[learnedSDK].ID], recognised[learnedSDK]
	})
	var out []structureMatch
	for k, list := range bySDK {
		if recognised[k] {
			out = append(out, stateStructure(index[learned.SDKs[k].ID], learned.SDKs[k].Classes, list, given))
		}
	}
	slices.SortFunc(out, func(a, b structureMatch) int { return cmp.Compare(a.sdk, b.sdk) })
	return out
}

// distinct counts the learned classes that were met: a learned class can be there
// once.
func distinct(list []agreement) int {
	met := map[uint32]bool{}
	for _, a := range list {
		met[a.learned] = true
	}
	return len(met)
}

// stateStructure puts the agreeing classes of one SDK into words.
func stateStructure(sdk, of int, list []agreement, given map[*codePackage]int) structureMatch {
	n := distinct(list)
	m := structureMatch{sdk: sdk}
	names := make([]string, 0, len(list))
	for _, a := range list {
		names = append(names, a.class)
		if _, whole := given[a.pkg]; !whole {
			m.classes++
		}
	}
	for p, owner := range given {
		if owner == sdk {
			m.classes += p.classes
		}
	}
	slices.Sort(names)
	m.evidence = audit.SDKEvidence{
		Kind: audit.EvidenceStructure, Value: fmt.Sprintf("score %.2f of %d classes", float64(n)/float64(max(of, n)), of), Count: n,
		Samples: slices.Clone(names[:min(len(names), maxSamples)]),
	}
	return m
}

// givePackages gives a package without owner to the one recognised SDK that its
// classes agree with, and returns the owners of those given. A package in which two
// SDKs or much other code stand together stays without owner.
func (o *Observer) givePackages(all []agreement, features map[*codePackage]int, recognised func(int) (sdk int, ok bool)) map[*codePackage]int {
	votes := map[*codePackage]map[int]int{} // features of agreeing classes, by SDK
	for _, a := range all {
		sdk, ok := recognised(a.sdk)
		if !ok || audit.PartyKind(a.pkg.party) != audit.PrefixUnknown {
			continue
		}
		if votes[a.pkg] == nil {
			votes[a.pkg] = map[int]int{}
		}
		votes[a.pkg][sdk] += a.features
	}
	given := map[*codePackage]int{}
	for p, by := range votes {
		sum, best, most := 0, -1, 0
		for sdk, n := range by {
			sum += n
			if n > most { // of two with the same number none gets the package
				best, most = sdk, n
			}
		}
		if float64(sum-most) <= packageStray*float64(most) && float64(most) >= packageShare*float64(features[p]) {
			given[p] = best
			p.party, p.prefix = o.partyOfSDK(best), p.name
		}
	}
	return given
}

// addTo states the SDKs recognised. Structure alone makes an SDK likely at most,
// and confirms nothing of one that is there under its own names.
func (s *structure) addTo(b *audit.Behavior, set *rules.Set) {
	for _, m := range s.matches {
		k := &set.SDKs[m.sdk]
		list := &b.SDKs
		if k.Neutral {
			list = &b.Libraries
		}
		i := slices.IndexFunc(*list, func(have audit.SDK) bool { return have.ID == k.ID })
		if i < 0 {
			i = slices.IndexFunc(*list, func(have audit.SDK) bool { return have.ID > k.ID })
			if i < 0 {
				i = len(*list)
			}
			*list = slices.Insert(*list, i, audit.SDK{ID: k.ID, Name: k.Name, Vendor: k.Vendor, Category: k.Category, Confidence: possible})
		}
		found := &(*list)[i]
		if found.Confidence == possible {
			found.Confidence = likely
		}
		found.Classes += m.classes
		found.Evidence = append(found.Evidence, m.evidence)
	}
}
