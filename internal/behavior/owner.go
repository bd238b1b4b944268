package behavior

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// prefixIndex finds the longest package prefix by segments: com.umeng never
// matches com.umengx.
type prefixIndex struct {
	prefixes []signaturePrefix
	leaf     map[string]int // prefix -> index into prefixes
	most     int            // length of the longest prefix
	below    map[string]siblings
}

// siblings counts the SDKs with a prefix below a package.
type siblings struct{ last, sdks int }

func newPrefixIndex(set *rules.Set) *prefixIndex {
	n := 0
	for i := range set.SDKs {
		n += len(set.SDKs[i].Match.Packages) + len(set.SDKs[i].Match.Supporting)
	}
	x := &prefixIndex{prefixes: make([]signaturePrefix, 0, n), leaf: make(map[string]int, n), below: make(map[string]siblings, n)}
	for i := range set.SDKs {
		m := &set.SDKs[i].Match
		for _, p := range m.Packages {
			x.add(signaturePrefix{p, i, true})
		}
		for _, p := range m.Supporting {
			x.add(signaturePrefix{p, i, false})
		}
	}
	return x
}

func (x *prefixIndex) add(p signaturePrefix) {
	x.leaf[p.prefix] = len(x.prefixes)
	x.prefixes = append(x.prefixes, p)
	x.most = max(x.most, len(p.prefix))
	for pkg := range dottedPrefixes(packageOf(p.prefix), len(p.prefix)) {
		if s := x.below[pkg]; s.sdks == 0 || s.last != p.sdk {
			x.below[pkg] = siblings{p.sdk, s.sdks + 1}
		}
	}
}

// longest returns the index of the longest prefix of pkg, or -1.
func (x *prefixIndex) longest(pkg string) int {
	for p := range dottedPrefixes(pkg, x.most) {
		if leaf, ok := x.leaf[p]; ok {
			return leaf
		}
	}
	return -1
}

// under tells whether pkg is prefix or lies below it.
func under(pkg, prefix string) bool {
	return strings.HasPrefix(pkg, prefix) && (len(pkg) == len(prefix) || pkg[len(prefix)] == '.')
}

// signaturePrefix is one package prefix of the signature set.
type signaturePrefix struct {
	prefix   string
	sdk      int // index into the set's SDKs
	required bool
}

// codePackage is one Java package with what is defined in it.
type codePackage struct {
	name    string
	classes int
	samples []string // the three smallest class names

	party  string
	prefix string // the prefix that gave the party
	sdk    int    // index into the set's SDKs, -1 for none
	leaf   int    // index of the signature prefix that gave it, -1 where another SDK brought it
}

// hosting lists organisations below whose name unrelated projects publish, so
// that a shared name there is no shared owner.
var hosting = []string{"com.github", "com.google", "com.android", "org.apache", "com.googlecode", "net.sourceforge", "com.sourceforge", "org.eclipse", "com.gitee", "com.gitlab", "org.bitbucket"}

// maxDomainLabels is how many labels of a registered domain are looked at.
const maxDomainLabels = 8

// organisation is the part of a package name that names its owner: the
// registered domain turned round (com.umeng, cn.com.chinatelecom), or the first
// two segments where the name is no domain.
func organisation(pkg string) string {
	segs := strings.SplitN(pkg, ".", maxDomainLabels+1)
	segs = segs[:min(len(segs), maxDomainLabels)] // a hostile name has thousands
	if len(segs) < 2 {
		return pkg
	}
	n := 2
	rev := slices.Clone(segs)
	slices.Reverse(rev)
	if d, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(strings.Join(rev, "."))); err == nil {
		n = min(strings.Count(d, ".")+1, len(segs))
	}
	if org := strings.Join(segs[:n], "."); slices.Contains(hosting, org) && len(segs) > n {
		n++
	}
	return strings.Join(segs[:n], ".")
}

// product is the part of a package name under which code without owner is listed:
// the organisation or, where the signatures know several SDKs of that, one segment
// more.
func (x *prefixIndex) product(pkg string) string {
	org := organisation(pkg)
	if x.below[org].sdks < 2 || len(pkg) <= len(org) {
		return org
	}
	next, _, _ := strings.Cut(pkg[len(org)+1:], ".")
	return org + "." + next
}

// owners decides who owns each package of one app.
type owners struct {
	set       *rules.Set
	index     *prefixIndex
	notWhen   []int          // SDKs with not_when
	packages  []*codePackage // by name once assigned
	byName    map[string]*codePackage
	roots     []string    // the app's own namespaces, longest first
	org       string      // organisation of the manifest package
	present   []bool      // by SDK: required code in sufficient number
	displaced map[int]int // SDK that is not said to be there -> whose code its classes are, -1 for nobody's
}

// appRoots are the app's own namespaces: the manifest package, and the packages of its
// Application and launcher classes unless a signature owns those. Where a signature
// owns all of them, the first launcher that stands below what the signature names is
// the app's all the same: an app of the SDK's vendor, or a sample that grew up.
func (o *owners) appRoots(manifest, application string, launchers []string) {
	add := func(pkg string) {
		if pkg != "" && !slices.Contains(o.roots, pkg) {
			o.roots = append(o.roots, pkg)
		}
	}
	add(manifest)
	own := false
	for _, c := range append([]string{application}, launchers...) {
		pkg := packageOf(c)
		if o.index.longest(pkg) < 0 {
			add(pkg)
			own = own || pkg != ""
		} else if under(pkg, manifest) {
			own = true
		}
	}
	for _, l := range launchers {
		if root := o.belowSignature(l); root != "" && !own {
			add(root)
			own = true
		}
	}
	slices.SortFunc(o.roots, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	if manifest != "" {
		o.org = organisation(manifest)
	}
}

// belowSignature is the package right below the one by which a signature owns a
// launcher, "" where the launcher stands in that package itself, or is of an SDK that
// apps are built in or that brings screens of its own.
func (o *owners) belowSignature(launcher string) string {
	pkg := packageOf(launcher)
	leaf := o.index.longest(pkg)
	if leaf < 0 {
		return ""
	}
	s := o.index.prefixes[leaf]
	k := &o.set.SDKs[s.sdk]
	below := func(p string) bool { return under(launcher, strings.TrimSuffix(p, ".*")) }
	if pkg == s.prefix || k.Neutral || rules.AppShell(k.Category) || slices.ContainsFunc(k.Match.Components, below) {
		return ""
	}
	next, _, _ := strings.Cut(pkg[len(s.prefix)+1:], ".")
	return s.prefix + "." + next
}

// packageOf returns the package of a dotted class name.
func packageOf(class string) string {
	if i := strings.LastIndexByte(class, '.'); i >= 0 {
		return class[:i]
	}
	return ""
}

// assign decides the owner of every package. The precedence, all of it:
//
//  1. The app's own namespaces, unless a signature has a longer prefix below them.
//  2. The longest prefix of any signature, required and supporting alike. Prefixes
//     are whole segments, and no two SDKs have the same one.
//  3. not_when: while classes of somebody else than the app are defined under one of
//     these packages, the SDK is not said to be there. Its classes go to the SDK that
//     owns those, or to nobody.
//  4. Presence: an SDK is there if one of its required prefixes, each counted by
//     itself, owns at least min_classes classes.
//  5. ships: what a present SDK brings along becomes its own, unless there are more
//     classes than max_classes or a signature has a longer prefix. What products of several
//     vendors ship stays with the present SDK whose own it is, since nothing tells which
//     brought it; else the one with the most classes of its own takes it. An SDK of which
//     all required code came along ships nothing. After this presence is decided again.
//  6. The app's organisation; the rest is unknown, by product (see unknown).
func (o *owners) assign() {
	slices.SortFunc(o.packages, func(a, b *codePackage) int { return cmp.Compare(a.name, b.name) })
	for _, p := range o.packages {
		o.base(p)
	}
	o.displace()
	o.presence()
	o.ships()
	o.presence()
	o.unknown()
}

// base gives a package to the app or to the longest signature prefix. The app
// wins where its namespace is at least as long.
func (o *owners) base(p *codePackage) {
	p.sdk, p.leaf, p.party, p.prefix = -1, -1, "", ""
	root := ""
	for _, r := range o.roots {
		if under(p.name, r) {
			root = r
			break
		}
	}
	if leaf := o.index.longest(p.name); leaf >= 0 && len(o.index.prefixes[leaf].prefix) > len(root) {
		s := o.index.prefixes[leaf]
		o.give(p, s.sdk, s.prefix)
		p.leaf = leaf
		return
	}
	if root != "" {
		p.party, p.prefix = audit.PartyApp, root
	}
}

// give makes a package part of an SDK that has no prefix of its own for it.
func (o *owners) give(p *codePackage, sdk int, prefix string) {
	kind := audit.PrefixSDK
	if o.set.SDKs[sdk].Neutral {
		kind = audit.PrefixLibrary
	}
	p.sdk, p.leaf, p.party, p.prefix = sdk, -1, kind+o.set.SDKs[sdk].ID, prefix
}

// under lists the packages that are prefix or lie below it.
func (o *owners) under(prefix string) []*codePackage {
	at := func(name string) int {
		n, _ := slices.BinarySearchFunc(o.packages, name, func(p *codePackage, name string) int { return cmp.Compare(p.name, name) })
		return n
	}
	below := o.packages[at(prefix+"."):at(prefix+"/")] // "/" is what follows "."
	if n := at(prefix); n < len(o.packages) && o.packages[n].name == prefix {
		return append([]*codePackage{o.packages[n]}, below...)
	}
	return below
}

// displace finds the SDKs that others bring along under its own name (not_when)
// and hands their classes on.
func (o *owners) displace() {
	o.displaced = map[int]int{}
	for _, i := range o.notWhen {
		for _, prefix := range o.set.SDKs[i].Match.NotWhen {
			for _, p := range o.under(prefix) {
				if p.party == audit.PartyApp || p.classes == 0 {
					continue
				}
				if by, known := o.displaced[i]; (!known || by < 0) && p.sdk != i {
					o.displaced[i] = p.sdk
				} else if !known {
					o.displaced[i] = -1
				}
			}
		}
	}
	if len(o.displaced) == 0 {
		return
	}
	for _, p := range o.packages {
		if o.isDisplaced(p.sdk) {
			o.handOn(p)
		}
	}
}

func (o *owners) isDisplaced(sdk int) bool {
	_, ok := o.displaced[sdk]
	return ok
}

// handOn gives the package of a displaced SDK to the one that brings it along.
func (o *owners) handOn(p *codePackage) {
	to := p.sdk
	for range len(o.displaced) { // each may be displaced in turn; a circle ends with nobody
		to = o.displaced[to]
		if to < 0 || !o.isDisplaced(to) {
			break
		}
	}
	if to < 0 || o.isDisplaced(to) {
		p.sdk, p.leaf, p.party, p.prefix = -1, -1, "", ""
		return
	}
	o.give(p, to, p.prefix)
}

// presence finds the SDKs of which one required prefix has enough classes.
func (o *owners) presence() {
	o.present = make([]bool, len(o.set.SDKs))
	count := map[int]int{}
	for _, p := range o.packages {
		if p.leaf >= 0 {
			count[p.leaf] += p.classes
		}
	}
	for leaf, n := range count {
		s := o.index.prefixes[leaf]
		if s.required && n >= max(o.set.SDKs[s.sdk].Match.MinClasses, 1) {
			o.present[s.sdk] = true
		}
	}
}

// ships gives foreign packages that a present SDK brings along to that SDK,
// while they are no bigger than what it ships. A longer prefix of another
// signature keeps its classes. An SDK of which all required code came along with
// another one (the core module inside a product) ships nothing itself. Of several
// shippers the one with the most code of its own takes a package, but for what is
// contested (see there).
func (o *owners) ships() {
	type shipment struct {
		prefix   string
		packages []*codePackage
	}
	order := o.bySize()
	cargo := map[int][]shipment{} // by SDK, of those present
	all := map[int]map[*codePackage]bool{}
	for _, i := range order {
		for _, sh := range o.set.SDKs[i].Match.Ships {
			packages := o.shipment(i, sh)
			if len(packages) == 0 {
				continue
			}
			cargo[i] = append(cargo[i], shipment{sh.Prefix, packages})
			if all[i] == nil {
				all[i] = map[*codePackage]bool{}
			}
			for _, p := range packages {
				all[i][p] = true
			}
		}
	}
	if len(cargo) == 0 {
		return
	}
	required := o.requiredCode()
	carries := map[int][]int{}
	for _, j := range order {
		carries[j] = carriers(j, required[j], all)
	}
	order = slices.DeleteFunc(order, func(i int) bool {
		return slices.ContainsFunc(carries[i], func(c int) bool { return !slices.Contains(carries[c], i) })
	})
	contested := o.contested(order, all)
	for _, i := range order {
		for _, sh := range cargo[i] {
			for _, p := range sh.packages {
				if (p.sdk < 0 || p.leaf >= 0) && !contested[p] { // nobody brought it yet
					o.give(p, i, sh.prefix)
				}
			}
		}
	}
}

// contested are the packages of a present SDK that products of more than one vendor ship:
// to give them to either would accuse one of what the other may have brought.
func (o *owners) contested(shippers []int, cargo map[int]map[*codePackage]bool) map[*codePackage]bool {
	out := map[*codePackage]bool{}
	first := map[*codePackage]string{} // vendor
	for _, i := range shippers {
		vendor := o.set.SDKs[i].Vendor.EN
		for p := range cargo[i] {
			if by, claimed := first[p]; !claimed {
				first[p] = vendor
			} else if by != vendor && p.sdk >= 0 && o.present[p.sdk] {
				out[p] = true
			}
		}
	}
	return out
}

// bySize lists the present SDKs, those with the most classes of their own first.
func (o *owners) bySize() []int {
	size := make([]int, len(o.set.SDKs))
	for _, p := range o.packages {
		if p.sdk >= 0 {
			size[p.sdk] += p.classes
		}
	}
	var out []int
	for i, here := range o.present {
		if here {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(size[b], size[a]) }) // then by id, the order of files
	return out
}

// shipment lists the packages that SDK i takes under one shipped prefix: none
// where there are more classes than it ships.
func (o *owners) shipment(i int, sh rules.Shipped) []*codePackage {
	var take []*codePackage
	total := 0
	for _, p := range o.under(sh.Prefix) {
		if p.party != audit.PartyApp && p.sdk != i && (p.sdk < 0 || len(p.prefix) <= len(sh.Prefix)) {
			take = append(take, p)
			total += p.classes
		}
	}
	if total > sh.MaxClasses {
		return nil
	}
	return take
}

// requiredCode lists by SDK the packages below its required prefixes.
func (o *owners) requiredCode() map[int][]*codePackage {
	out := map[int][]*codePackage{}
	for _, p := range o.packages {
		if p.leaf >= 0 && o.index.prefixes[p.leaf].required {
			out[p.sdk] = append(out[p.sdk], p)
		}
	}
	return out
}

// carriers lists the SDKs whose shipments hold all the required code of SDK j.
func carriers(j int, required []*codePackage, cargo map[int]map[*codePackage]bool) []int {
	var out []int
	for i, packages := range cargo {
		if i != j && len(required) > 0 && !slices.ContainsFunc(required, func(p *codePackage) bool { return !packages[p] }) {
			out = append(out, i)
		}
	}
	return out
}

// maxUnknownSegments bounds how precise an unknown prefix is made.
const maxUnknownSegments = 4

// unknown names the owners of what is left: the app where the organisation is
// the app's, else the longest prefix that all packages of one product share.
func (o *owners) unknown() {
	groups := map[string][]*codePackage{}
	for _, p := range o.packages {
		switch {
		case p.party != "":
		case o.ofApp(p.name):
			p.party, p.prefix = audit.PartyApp, o.org
		default:
			product := o.index.product(p.name)
			groups[product] = append(groups[product], p)
		}
	}
	for _, ps := range groups {
		prefix := sharedPrefix(ps)
		party := audit.PrefixUnknown + prefix
		if prefix == "" {
			party = audit.PrefixUnknown + defaultPackage
		}
		for _, p := range ps {
			p.party, p.prefix = party, prefix
		}
	}
}

// ofApp tells whether a package is of the app's organisation.
func (o *owners) ofApp(pkg string) bool {
	return o.org != "" && organisation(pkg) == o.org && !slices.Contains(hosting, o.org)
}

// defaultPackage stands for classes outside any package.
const defaultPackage = "(default)"

func sharedPrefix(ps []*codePackage) string {
	segs := strings.Split(ps[0].name, ".")
	for _, p := range ps[1:] {
		other := strings.Split(p.name, ".")
		n := 0
		for n < len(segs) && n < len(other) && segs[n] == other[n] {
			n++
		}
		segs = segs[:n]
	}
	return strings.Join(segs[:min(len(segs), maxUnknownSegments)], ".")
}

// partyOf returns the party of a dotted class name, whether or not its package
// has code.
func (o *owners) partyOf(class string) string {
	pkg := packageOf(class)
	if p := o.byName[pkg]; p != nil {
		return p.party
	}
	p := &codePackage{name: pkg}
	o.base(p)
	if o.isDisplaced(p.sdk) {
		o.handOn(p)
	}
	switch {
	case p.party != "":
		return p.party
	case o.ofApp(pkg):
		return audit.PartyApp
	case pkg == "":
		return audit.PrefixUnknown + defaultPackage
	}
	return audit.PrefixUnknown + o.index.product(pkg)
}
