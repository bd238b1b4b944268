package learn

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// How much of a kind a draft lists; the rest is for whoever looks at the archive.
const (
	maxAssets   = 6
	maxVersions = 3
	maxNamed    = 12
	maxDomains  = 12
)

// code fills in packages, supporting and ships.
func (d *drafter) code(s *share) error {
	var own []prefix
	if len(d.opt.Prefixes) > 0 {
		for _, p := range d.opt.Prefixes {
			n := 0
			for pkg, c := range d.packages {
				if under(pkg, p) {
					n += c
				}
			}
			if n == 0 {
				return fmt.Errorf("no artifact defines classes under %s", p)
			}
			own = append(own, prefix{p, n})
		}
	} else {
		own = d.ownPrefixes(s)
	}
	if len(own) == 0 {
		return fmt.Errorf("%s: nothing in it is the SDK's own: it defines %s; if some of that is, name its packages with --prefix", d.artifacts[0].name, d.summary(s))
	}
	d.require(own)
	for _, groups := range []map[string]map[string]int{s.unowned, s.foreign} {
		for key, packages := range groups {
			maps.DeleteFunc(packages, func(pkg string, _ int) bool {
				return slices.ContainsFunc(own, func(p prefix) bool { return under(pkg, p.name) })
			})
			if len(packages) == 0 {
				delete(groups, key)
			}
		}
	}
	d.ships(s)
	if s.short > 0 {
		d.note("match", "%d classes have shortened or no package names; they are nobody's.", s.short)
	}
	if len(s.platform) > 0 {
		d.note("match", "Stubs or copies of platform classes: %s.", counted(s.platform))
	}
	return nil
}

// summary says what an archive holds that yields no draft.
func (d *drafter) summary(s *share) string {
	all := map[string]int{}
	for p, packages := range s.foreign {
		for _, part := range collapse(packages, p, func(string) bool { return false }) {
			all[part.name] = part.classes
		}
	}
	for org, packages := range s.unowned {
		all[org] = total(packages)
	}
	if len(all) == 0 {
		return "no classes with full package names"
	}
	return counted(all)
}

// counted writes "a.b 12, c.d 3", the largest first.
func counted(packages map[string]int) string {
	var all []prefix
	for name, n := range packages {
		all = append(all, prefix{name, n})
	}
	slices.SortFunc(all, byClasses)
	var parts []string
	for i, p := range all {
		if i == maxNamed {
			parts = append(parts, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %d", p.name, p.classes))
	}
	return strings.Join(parts, ", ")
}

// ownPrefixes are those of the signature that the set has, and those of the
// SDK's organisations that no signature owns.
func (d *drafter) ownPrefixes(s *share) []prefix {
	var own []prefix
	for p, n := range s.known {
		own = append(own, prefix{p, n})
	}
	var names []string
	for _, a := range d.artifacts {
		if !a.app {
			names = append(names, stem(a.name))
		}
	}
	for _, org := range s.organisations(d.hints(), names) {
		found := collapse(s.unowned[org], org, d.taken)
		delete(s.unowned, org)
		if d.self != nil && len(found) > 0 {
			d.note("match", "Not in the signature so far: %s.", named(found))
		}
		own = append(own, found...)
	}
	slices.SortFunc(own, byClasses)
	return own
}

func named(list []prefix) string {
	m := map[string]int{}
	for _, p := range list {
		m[p.name] = p.classes
	}
	return counted(m)
}

// hints are names that point at the SDK's organisation: those of the signature,
// of the manifests, of Maven groups.
func (d *drafter) hints() []string {
	var out []string
	if d.self != nil {
		out = append(out, d.self.Match.Packages...)
	}
	for _, a := range d.artifacts {
		out = append(out, a.manifest...)
		if kind, rest, _ := strings.Cut(a.name, ":"); kind == "mvn" {
			group, _, _ := strings.Cut(rest, ":")
			out = append(out, group)
		}
	}
	return out
}

// taken tells whether another SDK's signature has a prefix at or below p.
func (d *drafter) taken(p string) bool {
	for q, i := range d.r.owner {
		if under(q, p) && (d.self == nil || &d.r.set.SDKs[i] != d.self) {
			return true
		}
	}
	return false
}

// fewClasses is below how many classes a prefix beside larger ones proves
// nothing alone.
const fewClasses = 5

// require parts the prefixes that the signature does not have yet: what is in
// every artifact, large enough and not too short a name is required, the rest
// supports.
func (d *drafter) require(own []prefix) {
	m := &d.draft.SDK.Match
	var weak []string
	for _, p := range own {
		if slices.Contains(m.Packages, p.name) || slices.Contains(m.Supporting, p.name) {
			continue
		}
		everywhere := !slices.ContainsFunc(d.artifacts, func(a *artifact) bool { return a.below(p.name) == 0 })
		if weakName(p.name) {
			weak = append(weak, p.name)
		}
		if len(d.opt.Prefixes) > 0 || d.self == nil && everywhere && p.classes >= fewClasses && !weakName(p.name) {
			m.Packages = append(m.Packages, p.name)
		} else {
			m.Supporting = append(m.Supporting, p.name)
		}
	}
	if d.self == nil {
		d.promote()
	}
	if weak = slices.DeleteFunc(weak, func(p string) bool { return slices.Contains(m.Packages, p) }); len(weak) > 0 {
		d.note("match", "Too short a name to prove the SDK alone: %s.", strings.Join(weak, ", "))
	}
}

// promote makes a package required for each artifact that has none so far: a small
// SDK, or versions whose packages were renamed.
func (d *drafter) promote() {
	m := &d.draft.SDK.Match
	for _, a := range d.artifacts {
		if slices.ContainsFunc(m.Packages, func(p string) bool { return a.below(p) > 0 }) {
			continue
		}
		best := ""
		for _, p := range m.Supporting {
			switch {
			case a.below(p) == 0:
			case best == "", weakName(best) && !weakName(p), weakName(best) == weakName(p) && a.below(p) > a.below(best):
				best = p
			}
		}
		if best == "" {
			continue
		}
		m.Packages = append(m.Packages, best)
		m.Supporting = slices.DeleteFunc(m.Supporting, func(p string) bool { return p == best })
		d.note("match", "Decide: whether %s proves the SDK: it is small, short of name, or not in every artifact.", best)
	}
}

// ships lists foreign packages. Those of neutral libraries stay theirs.
func (d *drafter) ships(s *share) {
	if d.anyApp() {
		if len(s.unowned)+len(s.foreign) > 0 {
			d.note("match", "Other code in the app: %s.", d.summary(s))
		}
		return
	}
	m := &d.draft.SDK.Match
	neutral := map[string]int{}
	others := map[string]int{}
	ship := func(p string, n int) {
		known := slices.ContainsFunc(m.Ships, func(sh rules.Shipped) bool { return under(p, sh.Prefix) })
		if !known && !underAny(p, m.Packages) {
			others[p] = n
			m.Ships = append(m.Ships, shipped(p, n))
		}
	}
	for p, packages := range s.foreign {
		if d.r.set.SDKs[d.r.owner[p]].Neutral {
			neutral[p] = total(packages)
		} else {
			ship(p, total(packages))
		}
	}
	for org, packages := range s.unowned {
		maps.DeleteFunc(packages, func(pkg string, _ int) bool {
			return slices.ContainsFunc(m.Ships, func(sh rules.Shipped) bool { return under(pkg, sh.Prefix) })
		})
		if len(packages) == 0 {
			continue
		}
		for _, p := range d.whole(org, packages) {
			ship(p.name, p.classes)
		}
	}
	slices.SortFunc(m.Ships, func(a, b rules.Shipped) int { return strings.Compare(a.Prefix, b.Prefix) })
	if len(others) > 0 {
		d.note("ships", "Decide: foreign packages in the archive (%s). Those of the vendor belong under supporting; those that apps also have from elsewhere stay here.", counted(others))
	}
	if len(neutral) > 0 {
		d.note("match", "Bundled libraries that stay themselves: %s.", counted(neutral))
	}
}

// whole is what the packages of a foreign organisation share, or its parts where
// a signature stands below that.
func (d *drafter) whole(org string, packages map[string]int) []prefix {
	shared := ""
	for pkg := range packages {
		if shared == "" {
			shared = pkg
		}
		for !under(pkg, shared) {
			shared = parent(shared)
		}
	}
	if d.taken(shared) || strings.Count(shared, ".") < strings.Count(org, ".") {
		return collapse(packages, org, d.taken)
	}
	return []prefix{{shared, total(packages)}}
}

func (d *drafter) anyApp() bool {
	return slices.ContainsFunc(d.artifacts, func(a *artifact) bool { return a.app })
}

// shipped allows half as many classes again, for other versions.
func shipped(p string, n int) rules.Shipped {
	return rules.Shipped{Prefix: p, MaxClasses: (n*3/2 + 10) / 10 * 10}
}

// notOwn are names in manifests that are not an SDK's.
var notOwn = pattern.New(`^(?:android\.|androidx\.|com\.android\.|com\.google\.|java\.|javax\.|kotlin)`)

// manifest fills in components, meta-data, permissions and actions.
func (d *drafter) manifest() {
	m := &d.draft.SDK.Match
	own := slices.Concat(m.Packages, m.Supporting)
	component := func(name, pattern string) bool {
		known := slices.ContainsFunc(m.Components, func(p string) bool {
			return p == name || under(name, strings.TrimSuffix(p, ".*")) && strings.HasSuffix(p, ".*")
		})
		if !known {
			m.Components = append(m.Components, pattern)
		}
		return !known
	}
	var foreign []string
	for _, a := range d.artifacts {
		for _, c := range a.components {
			i := slices.IndexFunc(own, func(p string) bool { return under(c, p) })
			owner, _ := d.r.ownerOf(parent(c))
			switch {
			case i >= 0:
				component(c, own[i]+".*")
			case a.app || notOwn.MatchString(c) || owner >= 0 || strings.Contains(c, "${"):
			default:
				if component(c, c) {
					foreign = append(foreign, c)
				}
			}
		}
		if a.app {
			continue
		}
		for _, n := range a.metaData {
			if !notOwn.MatchString(n) && !strings.Contains(n, "${") && !d.othersMeta(n) {
				m.MetaData = add(m.MetaData, n)
			}
		}
		for _, p := range a.permissions {
			if p = strings.Replace(p, "${applicationId}", "*", 1); !notOwn.MatchString(p) && d.r.set.Permission(p) == nil && !strings.Contains(p, "${") {
				m.Permissions = add(m.Permissions, p)
			}
		}
		for _, n := range a.actions {
			if underAny(n, orgs(own)) {
				m.Actions = add(m.Actions, n)
			}
		}
	}
	if d.self == nil {
		for _, list := range []*[]string{&m.Components, &m.MetaData, &m.Permissions, &m.Actions} {
			slices.Sort(*list)
		}
	}
	if len(foreign) > 0 {
		d.note("components", "Decide: declared under other names: %s.", strings.Join(foreign, ", "))
	}
	if len(m.Permissions) > 0 {
		d.note("permissions", "Decide: whether only this SDK has them.")
	}
}

func orgs(prefixes []string) []string {
	var out []string
	for _, p := range prefixes {
		out = add(out, behavior.Organisation(p))
	}
	return out
}

// othersMeta tells of meta-data that the signature of another SDK names.
func (d *drafter) othersMeta(name string) bool {
	return slices.ContainsFunc(d.r.set.SDKs, func(k rules.SDK) bool {
		return k.ID != d.opt.ID && (d.self == nil || k.ID != d.self.ID) && slices.Contains(k.Match.MetaData, name)
	})
}

// runtimeLibs come from the compiler, not from the SDK.
var runtimeLibs = []string{"libc++_shared.so", "libgnustl_shared.so", "libstlport_shared.so", "libomp.so"}

// libVersion is a version at the end of a library's name.
var libVersion = pattern.New(`^(lib.*?[A-Za-z](?:[-_.]?[vV])?)[-_.]?\d+(?:[._]\d+)+(.*)\.so$|^(lib.*?[A-Za-z])\d{3,}()\.so$`)

func libPattern(name string) string {
	m := libVersion.FindStringSubmatch(name)
	if m == nil {
		return name
	}
	return m[1] + m[3] + "*.so"
}

// files fills in native libraries and assets.
func (d *drafter) files() {
	m := &d.draft.SDK.Match
	var assets, others []string
	for _, a := range d.artifacts {
		if a.app {
			continue
		}
		for _, lib := range a.native {
			switch {
			case slices.Contains(runtimeLibs, lib):
			case d.othersLib(lib):
				others = add(others, lib)
			case !matchesAny(m.NativeLibs, lib):
				m.NativeLibs = append(m.NativeLibs, libPattern(lib))
			}
		}
		for _, name := range a.assets {
			assets = add(assets, name)
		}
	}
	if len(others) > 0 {
		d.note("native_libs", "Named by other signatures already: %s.", strings.Join(others, ", "))
	}
	dirs := map[string]int{}
	for _, name := range assets {
		dirs[path.Dir(name)]++
	}
	const many = 3
	var found []string
	for _, name := range assets {
		if matchesAny(m.Assets, name) {
			continue
		}
		if dir := path.Dir(name); dirs[dir] > many && dir != "." {
			name = dir + "/*"
		}
		found = add(found, name)
	}
	if n := len(found); n > maxAssets {
		d.note("assets", "The first %d of %d names.", maxAssets, n)
		found = found[:maxAssets]
	}
	m.Assets = append(m.Assets, found...)
	if len(found) > 0 {
		d.note("assets", "Decide: whether the names are the SDK's alone.")
	}
}

func (d *drafter) othersLib(name string) bool {
	return slices.ContainsFunc(d.r.set.SDKs, func(k rules.SDK) bool {
		return (d.self == nil || k.ID != d.self.ID) && matchesAny(k.Match.NativeLibs, name)
	})
}

// matchesAny compares a name with patterns in which "*" stands for anything but
// "/".
func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
}

// hosts fills in the domains that share their name with the packages, and notes
// the other hosts.
func (d *drafter) hosts() {
	k := &d.draft.SDK
	var labels, owners []string
	for _, p := range slices.Concat(k.Match.Packages, k.Match.Supporting) {
		org := behavior.Organisation(p)
		owners = add(owners, org[strings.LastIndexByte(org, '.')+1:])
		for _, seg := range strings.Split(p, ".") {
			if len(seg) > 3 {
				labels = add(labels, seg)
			}
		}
	}
	count, own := map[string]int{}, map[string]bool{}
	for _, a := range d.artifacts {
		for host, n := range d.r.hostsOf(a, k) {
			label, _, _ := strings.Cut(domainOf(host), ".")
			switch {
			case slices.Contains(k.Domains, domainOf(host)):
			case slices.Contains(labels, label), sharesName(label, owners):
				own[domainOf(host)] = true
			default:
				count[host] += n
			}
		}
	}
	domains := slices.Sorted(maps.Keys(own))
	k.Domains = append(k.Domains, domains[:min(len(domains), maxDomains)]...)
	if len(count) > 0 {
		d.note("domains", "Decide: which of the other hosts in its code are the vendor's (classes): %s.", counted(count))
	}
}

// sharesName tells whether a domain's name begins with that of one of the owners,
// or the other way round (anythink, anythinktech).
func sharesName(domain string, owners []string) bool {
	const enough = 4
	return slices.ContainsFunc(owners, func(o string) bool {
		return min(len(o), len(domain)) >= enough && (strings.HasPrefix(o, domain) || strings.HasPrefix(domain, o))
	})
}

// version lists where the version stands: a constant that says what the
// coordinates or the manifest say, else one that looks like it.
func (d *drafter) version() {
	k := &d.draft.SDK
	if len(k.Version) > 0 {
		return
	}
	own := slices.Concat(k.Match.Packages, k.Match.Supporting)
	found := map[string]int{} // place -> rank
	value := map[string][]string{}
	for _, a := range d.artifacts {
		for _, v := range a.versions {
			kind, rest, _ := strings.Cut(v.place, ":")
			if kind != "file" && !underAny(rest, own) {
				continue
			}
			rank := 1
			if a.version != "" && strings.TrimLeft(v.value, "vV") == strings.TrimLeft(a.version, "vV") {
				rank += 10
			}
			found[v.place] += rank
			value[v.place] = add(value[v.place], v.value)
		}
	}
	var all []prefix
	for place, rank := range found {
		all = append(all, prefix{place, rank})
	}
	slices.SortFunc(all, byClasses)
	var shown []string
	for _, v := range all {
		if len(k.Version) == maxVersions || len(k.Version) > 0 && v.classes < 10 {
			break
		}
		k.Version = append(k.Version, v.name)
		for _, text := range value[v.name] {
			shown = add(shown, text)
		}
	}
	if len(all) > 0 && all[0].classes < 10 {
		d.note("version", "Decide: whether these state the SDK's version; the artifact states none to compare with.")
	}
	if len(shown) > 0 {
		d.note("version", "In the artifacts: %s.", strings.Join(shown, ", "))
	}
}

// rulesKept notes which own names survive an app's shrinker.
func (d *drafter) rulesKept() {
	var kept []string
	m := &d.draft.SDK.Match
	organisations := orgs(slices.Concat(m.Packages, m.Supporting))
	for _, a := range d.artifacts {
		for _, c := range a.kept {
			if underAny(c, organisations) {
				kept = add(kept, c)
			}
		}
	}
	if len(kept) == 0 {
		return
	}
	more := ""
	if len(kept) > maxNamed {
		more = fmt.Sprintf(" and %d more", len(kept)-maxNamed)
		kept = kept[:maxNamed]
	}
	d.note("match", "Its consumer rules keep the names of %s%s.", strings.Join(kept, ", "), more)
}
