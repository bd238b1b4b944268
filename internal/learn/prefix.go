package learn

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/behavior"
)

// prefix is a package prefix with the classes below it, the most over all
// artifacts.
type prefix struct {
	name    string
	classes int
}

func byClasses(a, b prefix) int {
	return cmp.Or(cmp.Compare(b.classes, a.classes), cmp.Compare(a.name, b.name))
}

// tree counts classes by package segment.
type tree struct {
	next  map[string]*tree
	own   int // classes of the package itself
	total int
}

func (t *tree) add(pkg string, classes int) {
	t.total += classes
	if pkg == "" {
		t.own += classes
		return
	}
	seg, rest, _ := strings.Cut(pkg, ".")
	if t.next == nil {
		t.next = map[string]*tree{}
	}
	n := t.next[seg]
	if n == nil {
		n = &tree{}
		t.next[seg] = n
	}
	n.add(rest, classes)
}

// collapse turns packages of one organisation into prefixes that are the SDK's
// own: below the organisation's name, so that siblings stay free, and as long as
// nothing parts. A prefix with which a signature of another SDK would lose its
// packages is parted further. taken tells whether one stands at or below it.
func collapse(packages map[string]int, org string, taken func(prefix string) bool) []prefix {
	root := &tree{}
	for pkg, n := range packages {
		root.add(strings.TrimPrefix(strings.TrimPrefix(pkg, org), "."), n)
	}
	var out []prefix
	var down func(t *tree, name string)
	down = func(t *tree, name string) {
		atOrg := name == org
		switch {
		case len(t.next) == 0, !atOrg && !taken(name) && (t.own > 0 || len(t.next) > 1), atOrg && t.own > 0 && !taken(name):
			out = append(out, prefix{name, t.total})
			return
		}
		for seg, n := range t.next {
			down(n, name+"."+seg)
		}
	}
	down(root, org)
	if len(out) > maxParts && !taken(org) {
		return []prefix{{org, root.total}} // the vendor has no siblings; parts are what a shrinker left
	}
	slices.SortFunc(out, byClasses)
	return out
}

// maxParts is how many prefixes one organisation is parted into.
const maxParts = 8

// platform are names that an app gets from the system; an archive that defines
// them carries stubs or copies.
var platform = []string{"android", "java", "javax", "dalvik", "org.json", "org.xmlpull", "org.w3c", "org.xml", "junit"}

// isShort tells of names that a shrinker made: nobody's.
func isShort(pkg string) bool {
	for _, seg := range strings.Split(pkg, ".") {
		if len(seg) > 2 {
			return false
		}
	}
	return true
}

// weakName tells of prefixes too short to prove anything alone (com.loc).
func weakName(prefix string) bool {
	segs := strings.Split(prefix, ".")
	return len(segs) == 1 && len(prefix) < 6 || len(segs) == 2 && len(segs[1]) <= 3
}

// share is who owns the packages of all artifacts together.
type share struct {
	self     int                       // index of the SDK that the set knows already, -1 for none
	known    map[string]int            // its prefixes in the signature, with classes
	foreign  map[string]map[string]int // by signature prefix of another SDK: packages
	unowned  map[string]map[string]int // by organisation: packages
	platform map[string]int
	short    int // classes with shrunk or no package names
}

// divide sorts the packages by owner.
func (r *reader) divide(packages map[string]int, self int) *share {
	s := &share{self: self, known: map[string]int{}, foreign: map[string]map[string]int{}, unowned: map[string]map[string]int{}, platform: map[string]int{}}
	put := func(m map[string]map[string]int, key, pkg string, n int) {
		if m[key] == nil {
			m[key] = map[string]int{}
		}
		m[key][pkg] += n
	}
	for pkg, n := range packages {
		owner, p := r.ownerOf(pkg)
		switch {
		case owner >= 0 && owner == self:
			s.known[p] += n
		case owner >= 0:
			put(s.foreign, p, pkg, n)
		case underAny(pkg, platform):
			s.platform[pkg] += n
		case isShort(pkg):
			s.short += n
		default:
			put(s.unowned, behavior.Organisation(pkg), pkg, n)
		}
	}
	return s
}

// likelySelf is the SDK of the set whose signature owns at least half of the
// classes; -1 for none. A neutral library must own nearly all: else it is what an
// SDK brings along.
func (r *reader) likelySelf(packages map[string]int) int {
	count := map[int]int{}
	all := 0
	for pkg, n := range packages {
		owner, _ := r.ownerOf(pkg)
		count[owner] += n
		all += n
	}
	for i, n := range count {
		if i >= 0 && n*2 >= all && n > 0 && (!r.set.SDKs[i].Neutral || count[-1]*10 < all) {
			return i
		}
	}
	return -1
}

// organisations are those whose packages are the SDK's own: that of the manifest
// or of the coordinates where it defines classes, those that an archive is named
// after, else the one with the most. Hints are packages or group ids, names those
// of the archives.
func (s *share) organisations(hints, names []string) []string {
	var out []string
	for _, org := range slices.Sorted(maps.Keys(s.unowned)) {
		const enough = 4
		last := strings.ToLower(org[strings.LastIndexByte(org, '.')+1:])
		if len(last) >= enough && slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(n), last) }) {
			hints = append(hints, org)
		}
	}
	for _, h := range hints {
		if org := behavior.Organisation(h); len(s.unowned[org]) > 0 && !slices.Contains(out, org) {
			out = append(out, org)
		}
	}
	if len(out) > 0 || s.self >= 0 {
		return out
	}
	var all []prefix
	for org, packages := range s.unowned {
		all = append(all, prefix{org, total(packages)})
	}
	slices.SortFunc(all, byClasses)
	if len(all) > 0 {
		out = append(out, all[0].name)
	}
	return out
}

func total(packages map[string]int) int {
	n := 0
	for _, c := range packages {
		n += c
	}
	return n
}
