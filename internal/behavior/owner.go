package behavior

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// prefixTrie finds the longest package prefix by segments: com.umeng never
// matches com.umengx.
type prefixTrie struct {
	next map[string]*prefixTrie
	leaf int // index into owners.prefixes, -1 for none
}

func newTrie() *prefixTrie { return &prefixTrie{leaf: -1} }

func (t *prefixTrie) add(prefix string, leaf int) {
	for prefix != "" {
		seg, rest, _ := strings.Cut(prefix, ".")
		if t.next == nil {
			t.next = map[string]*prefixTrie{}
		}
		n := t.next[seg]
		if n == nil {
			n = newTrie()
			t.next[seg] = n
		}
		t, prefix = n, rest
	}
	t.leaf = leaf
}

// longest returns the leaf of the longest prefix of pkg, or -1.
func (t *prefixTrie) longest(pkg string) int {
	leaf := t.leaf
	for pkg != "" && t.next != nil {
		seg, rest, _ := strings.Cut(pkg, ".")
		if t = t.next[seg]; t == nil {
			break
		}
		if t.leaf >= 0 {
			leaf = t.leaf
		}
		pkg = rest
	}
	return leaf
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
}

// hosting lists organisations below whose name unrelated projects publish, so
// that a shared name there is no shared owner.
var hosting = []string{"com.github", "com.google", "com.android", "org.apache", "com.googlecode", "net.sourceforge", "com.sourceforge", "org.eclipse", "com.gitee"}

// organisation is the part of a package name that names its owner: the
// registered domain turned round (com.umeng, cn.com.chinatelecom), or the first
// two segments where the name is no domain.
func organisation(pkg string) string {
	segs := strings.Split(pkg, ".")
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

// owners decides who owns each package of one app.
type owners struct {
	set      *rules.Set
	trie     *prefixTrie
	prefixes []signaturePrefix
	packages []*codePackage
	byName   map[string]*codePackage
	roots    []string // the app's own namespaces, longest first
	org      string   // organisation of the manifest package
	present  []bool   // by SDK: required code in sufficient number
}

// appRoots are the app's own namespaces: the manifest package, and the
// packages of its Application and launcher classes unless a signature owns
// those.
func (o *owners) appRoots(manifest string, classes []string) {
	add := func(pkg string) {
		if pkg != "" && !slices.Contains(o.roots, pkg) {
			o.roots = append(o.roots, pkg)
		}
	}
	add(manifest)
	for _, c := range classes {
		pkg := packageOf(c)
		if o.trie.longest(pkg) < 0 {
			add(pkg)
		}
	}
	slices.SortFunc(o.roots, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	if manifest != "" {
		o.org = organisation(manifest)
	}
}

// packageOf returns the package of a dotted class name.
func packageOf(class string) string {
	if i := strings.LastIndexByte(class, '.'); i >= 0 {
		return class[:i]
	}
	return ""
}

// assign decides the owner of every package: the app's own namespaces, then the
// longest signature prefix, then what present SDKs ship, then the app's
// organisation; the rest is unknown.
func (o *owners) assign() {
	for _, p := range o.packages {
		o.base(p)
	}
	o.presence()
	o.ships()
	o.presence()
	o.unknown()
}

// base gives a package to the app or to the longest signature prefix. The app
// wins where its namespace is at least as long.
func (o *owners) base(p *codePackage) {
	p.sdk, p.party, p.prefix = -1, "", ""
	root := ""
	for _, r := range o.roots {
		if under(p.name, r) {
			root = r
			break
		}
	}
	if leaf := o.trie.longest(p.name); leaf >= 0 && len(o.prefixes[leaf].prefix) > len(root) {
		o.give(p, o.prefixes[leaf].sdk, o.prefixes[leaf].prefix)
		return
	}
	if root != "" {
		p.party, p.prefix = audit.PartyApp, root
	}
}

func (o *owners) give(p *codePackage, sdk int, prefix string) {
	kind := audit.PrefixSDK
	if o.set.SDKs[sdk].Neutral {
		kind = audit.PrefixLibrary
	}
	p.sdk, p.party, p.prefix = sdk, kind+o.set.SDKs[sdk].ID, prefix
}

// presence finds the SDKs of which one required prefix has enough classes.
func (o *owners) presence() {
	o.present = make([]bool, len(o.set.SDKs))
	count := map[string]int{}
	for _, p := range o.packages {
		if p.sdk >= 0 {
			count[o.set.SDKs[p.sdk].ID+" "+p.prefix] += p.classes
		}
	}
	for _, s := range o.prefixes {
		k := &o.set.SDKs[s.sdk]
		if s.required && count[k.ID+" "+s.prefix] >= max(k.Match.MinClasses, 1) {
			o.present[s.sdk] = true
		}
	}
}

// ships gives foreign packages that a present SDK brings along to that SDK,
// while they are no bigger than what it ships. A longer prefix of another
// signature keeps its classes. An SDK of which all required code came along with
// another one (the core module inside a product) ships nothing itself; of
// several shippers the one with the most code of its own takes a package.
func (o *owners) ships() {
	type shipment struct {
		prefix   string
		packages []*codePackage
	}
	cargo := make([][]shipment, len(o.set.SDKs)) // by SDK, of those present
	all := make([]map[*codePackage]bool, len(o.set.SDKs))
	for i, here := range o.present {
		if !here {
			continue
		}
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
	carries := make([][]int, len(o.set.SDKs))
	for j, here := range o.present {
		if here {
			carries[j] = o.carriers(j, all)
		}
	}
	for _, i := range o.bySize() {
		if slices.ContainsFunc(carries[i], func(c int) bool { return !slices.Contains(carries[c], i) }) {
			continue
		}
		for _, sh := range cargo[i] {
			for _, p := range sh.packages {
				if !o.shipped(p) {
					o.give(p, i, sh.prefix)
				}
			}
		}
	}
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
	for _, p := range o.packages {
		if under(p.name, sh.Prefix) && p.party != audit.PartyApp && p.sdk != i && (p.sdk < 0 || len(p.prefix) <= len(sh.Prefix)) {
			take = append(take, p)
			total += p.classes
		}
	}
	if total > sh.MaxClasses {
		return nil
	}
	return take
}

// carriers lists the SDKs whose shipments hold all the required code of SDK j.
func (o *owners) carriers(j int, cargo []map[*codePackage]bool) []int {
	var own []*codePackage
	for _, p := range o.packages {
		if p.sdk == j && slices.Contains(o.set.SDKs[j].Match.Packages, p.prefix) {
			own = append(own, p)
		}
	}
	var out []int
	for i, packages := range cargo {
		if i != j && len(packages) > 0 && len(own) > 0 && !slices.ContainsFunc(own, func(p *codePackage) bool { return !packages[p] }) {
			out = append(out, i)
		}
	}
	return out
}

// shipped tells whether a package was already given to a shipper.
func (o *owners) shipped(p *codePackage) bool {
	return p.sdk >= 0 && !slices.ContainsFunc(o.prefixes, func(s signaturePrefix) bool { return s.sdk == p.sdk && s.prefix == p.prefix })
}

// maxUnknownSegments bounds how precise an unknown prefix is made.
const maxUnknownSegments = 4

// unknown names the owners of what is left: the app where the organisation is
// the app's, else the longest prefix that all packages of one organisation
// share.
func (o *owners) unknown() {
	groups := map[string][]*codePackage{}
	for _, p := range o.packages {
		if p.party == "" {
			org := organisation(p.name)
			groups[org] = append(groups[org], p)
		}
	}
	for org, ps := range groups {
		party, prefix := audit.PartyApp, org
		if org != o.org || slices.Contains(hosting, org) {
			prefix = sharedPrefix(ps)
			party = audit.PrefixUnknown + prefix
			if prefix == "" {
				party = audit.PrefixUnknown + defaultPackage
			}
		}
		for _, p := range ps {
			p.party, p.prefix = party, prefix
		}
	}
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
	switch {
	case p.party != "":
		return p.party
	case o.org != "" && organisation(pkg) == o.org:
		return audit.PartyApp
	case pkg == "":
		return audit.PrefixUnknown + defaultPackage
	}
	return audit.PrefixUnknown + organisation(pkg)
}
