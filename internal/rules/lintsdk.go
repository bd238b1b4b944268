package rules

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// lintSDKs lists what in the signatures of SDKs can never match, names that
// stand twice, and names that are missing.
func lintSDKs(s *Set, add, hint func(format string, args ...any)) {
	names := map[string]string{} // folded name of an SDK -> its id
	for _, k := range s.SDKs {
		for _, n := range []string{k.Name.ZH, k.Name.EN} {
			if f := FoldName(n); names[f] == "" {
				names[f] = k.ID
			}
		}
	}
	owner := map[string]string{} // package prefix -> id
	for _, k := range s.SDKs {
		for _, p := range slices.Concat(k.Match.Packages, k.Match.Supporting) {
			owner[p] = k.ID
		}
	}
	for i := range s.SDKs {
		k := &s.SDKs[i]
		if len(k.Proof) == 0 {
			add("sdk %s has no proof", k.ID)
		}
		m := &k.Match
		if len(m.Packages)+len(m.Components)+len(m.MetaData)+len(m.NativeLibs)+len(m.Assets)+len(m.Permissions)+len(m.Actions)+len(m.Strings) == 0 {
			add("sdk %s matches nothing", k.ID)
		}
		if !k.Neutral && len(k.Aliases)+len(k.EntryNames) == 0 {
			add("sdk %s has no aliases: policies can only name it by its full name", k.ID)
		}
		lintPrefixes(k, owner, add)
		lintPatterns(k, hint)
		lintNames(k, names, add, hint)
	}
}

// underPrefix tells whether a package or class is prefix or lies below it.
func underPrefix(name, prefix string) bool {
	return strings.HasPrefix(name, prefix) && (len(name) == len(prefix) || name[len(prefix)] == '.')
}

// lintPrefixes finds package prefixes that change nothing. A supporting prefix
// below a required one does: its classes alone prove nothing.
func lintPrefixes(k *SDK, owner map[string]string, add func(format string, args ...any)) {
	m := &k.Match
	for _, list := range [][]string{m.Packages, m.Supporting} {
		for _, p := range list {
			for _, q := range list {
				if p != q && underPrefix(p, q) && !between(p, q, owner) {
					add("sdk %s: the prefix %s stands under %s, which does the same", k.ID, p, q)
				}
			}
		}
	}
	for i, sh := range m.Ships {
		if slices.ContainsFunc(m.Ships[:i], func(o Shipped) bool { return o.Prefix == sh.Prefix }) {
			add("sdk %s: ships %s twice", k.ID, sh.Prefix)
		}
		for _, q := range slices.Concat(m.Packages, m.Supporting) {
			if underPrefix(sh.Prefix, q) && !between(sh.Prefix, q, owner) && !othersBelow(sh.Prefix, k.ID, owner) {
				add("sdk %s: ships %s, which is its own under %s", k.ID, sh.Prefix, q)
			}
		}
	}
	for _, p := range m.NotWhen {
		if len(m.Packages) > 0 && !slices.ContainsFunc(m.Packages, func(q string) bool { return !underPrefix(q, p) }) {
			add("sdk %s can never be there: not_when %s holds its own code", k.ID, p)
		}
	}
}

// between tells whether p belongs to another SDK or list than q by a prefix in
// between, so that p does something.
func between(p, q string, owner map[string]string) bool {
	for p = path.Dir(strings.ReplaceAll(p, ".", "/")); ; p = path.Dir(p) {
		dotted := strings.ReplaceAll(p, "/", ".")
		if dotted == q || !underPrefix(dotted, q) {
			return false
		}
		if _, ok := owner[dotted]; ok {
			return true
		}
	}
}

// othersBelow tells whether another SDK has a prefix at or below p.
func othersBelow(p, id string, owner map[string]string) bool {
	for q, o := range owner {
		if o != id && underPrefix(q, p) {
			return true
		}
	}
	return false
}

// lintPatterns finds components and libraries that another pattern of the SDK
// covers, or that stand twice.
func lintPatterns(k *SDK, hint func(format string, args ...any)) {
	for i, c := range k.Match.Components {
		for j, p := range k.Match.Components {
			below, wild := strings.CutSuffix(p, ".*")
			if i != j && (c == p && i > j || c != p && wild && underPrefix(strings.TrimSuffix(c, ".*"), below)) {
				hint("sdk %s: the component %s is covered by %s", k.ID, c, p)
			}
		}
	}
	for _, list := range [][]string{k.Match.NativeLibs, k.Match.Assets} {
		for i, l := range list {
			for j, p := range list {
				if ok, err := path.Match(p, l); i != j && ok && err == nil && (l != p || i > j) {
					hint("sdk %s: %s is covered by %s", k.ID, l, p)
				}
			}
		}
	}
	for _, list := range [][]string{k.Match.MetaData, k.Match.Permissions, k.Match.Actions, k.Match.Strings} {
		for i, x := range list {
			if slices.Contains(list[:i], x) {
				hint("sdk %s: %s stands twice", k.ID, x)
			}
		}
	}
}

// lintNames finds names that lead nowhere: the same for the reader as one before,
// or as the name of another SDK. A vendor in China that gives its SDK no name in
// Chinese characters is worth a note.
func lintNames(k *SDK, names map[string]string, add, hint func(format string, args ...any)) {
	seen := map[string]string{}
	for _, a := range slices.Concat(k.Aliases, k.EntryNames) {
		if first, dup := seen[Fold(a)]; dup {
			hint("sdk %s: the alias %q reads the same as %q", k.ID, a, first)
			continue
		}
		seen[Fold(a)] = a
		if other := names[FoldName(a)]; other != "" && other != k.ID {
			add("sdk %s: the alias %q is the name of %s", k.ID, a, other)
		}
	}
	for _, n := range []string{k.Name.ZH, k.Name.EN} {
		if first := names[FoldName(n)]; first != k.ID {
			add("sdk %s: its name %q is that of %s", k.ID, n, first)
		}
	}
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	if k.Country == "CN" && !k.Neutral && k.Note == "" && !han(k.Name.ZH) && !slices.ContainsFunc(k.Aliases, han) {
		add("sdk %s: no name in Chinese characters although its vendor is in China; say in a note if it has none", k.ID)
	}
}
