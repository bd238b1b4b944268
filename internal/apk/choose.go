package apk

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

var (
	errNoAPK   = errors.New("holds no APK that can be read; fetch it again")
	errSeveral = errors.New("no splits of one another")
)

// choose says which of the APKs that were found are the app: its base, then features,
// what certain devices get, and packs of assets, each by name. A split that Android would
// not install with the base is left out and told. The error says that there is no one app
// in it, or is the context's.
func (o *opening) choose() ([]*split, error) {
	if len(o.found) == 0 {
		return nil, errNoAPK
	}
	slices.SortStableFunc(o.found, func(a, b *split) int { return cmp.Compare(a.file, b.file) })
	o.latest()
	base, err := o.base()
	if err != nil {
		return nil, err
	}
	if err := o.sign(base); err != nil {
		return nil, err
	}
	chosen := []*split{base}
	var reasons []string
	refused := map[string][]*split{}
	for _, s := range o.found {
		if s == base {
			continue
		}
		if err := o.sign(s); err != nil {
			return nil, err
		}
		if why := o.refused(s, chosen); why != "" {
			if refused[why] == nil {
				reasons = append(reasons, why)
			}
			refused[why] = append(refused[why], s)
			o.unread = append(o.unread, s.listed(false))
			continue
		}
		chosen = append(chosen, s)
	}
	for _, why := range reasons {
		first, more := refused[why][0], ""
		if n := len(refused[why]) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		o.gaps.add(audit.GapTampered, partArchive, "%s%s: %s; left out", first.file, more, why)
		o.gaps.take(&first.gaps)
	}
	if list := inCircles(chosen); len(list) > 0 {
		o.gaps.add(audit.GapTampered, partArchive, "%s: need each other, which Android refuses", named(list, "entry"))
	}
	if o.says != "" && base.pkg != o.says && len(base.nodes) > 0 {
		o.gaps.add(audit.GapTampered, partArchive, "%s names package %q, the base is of %q", o.saysIn, clip(o.says, 100), clip(base.pkg, 100))
	}
	rank := func(s *split) int {
		return slices.Index([]string{audit.SplitBase, audit.SplitFeature, audit.SplitConfig, audit.SplitAsset}, s.kind())
	}
	slices.SortStableFunc(chosen[1:], func(a, b *split) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name), cmp.Compare(a.file, b.file))
	})
	for _, s := range chosen[1:] {
		s.prefix = s.file + separator
	}
	return chosen, nil
}

// base finds the APK that makes the app. In a folder, or an archive of nobody's format,
// there must be one; in an app store's the best is taken, as others are none of its app.
func (o *opening) base() (*split, error) {
	var bases []*split
	for _, s := range o.found {
		if s.isBase() {
			bases = append(bases, s)
		}
	}
	if len(bases) == 0 {
		best := o.found[0]
		for _, s := range o.found {
			if better := len(s.nodes) > 0 && s.kind() == audit.SplitFeature; better && best.kind() != audit.SplitFeature {
				best = s
			}
		}
		if len(o.found) > 1 || len(best.nodes) > 0 {
			o.gaps.add(audit.GapUnreadable, partArchive, "no base APK among the %d that it holds; %s was read in its place", len(o.found), best.file)
		}
		return best, nil
	}
	if len(bases) > 1 && o.kind == formZIP {
		var names []string
		for _, s := range bases[:min(len(bases), maxGapNames)] {
			names = append(names, clip(s.file, 100))
		}
		return nil, fmt.Errorf("holds %d APKs that are %w (%s)", len(bases), errSeveral, strings.Join(names, ", "))
	}
	return slices.MinFunc(bases, func(a, b *split) int {
		return cmp.Or(-cmp.Compare(o.suits(a), o.suits(b)), -cmp.Compare(a.arc.size, b.arc.size), cmp.Compare(a.file, b.file))
	}), nil
}

// suits says how much speaks for an APK to be the base.
func (o *opening) suits(s *split) int {
	n := 0
	if o.says != "" && s.pkg == o.says {
		n += 4
	}
	if name := path.Base(s.file); name == "base.apk" || name == "base-master.apk" || name == s.pkg+".apk" {
		n += 2
	}
	return n
}

// refused says why Android would not install a split with those chosen so far, of which
// the first is the base; "" where it would.
func (o *opening) refused(s *split, chosen []*split) string {
	base := chosen[0]
	switch {
	case len(s.nodes) == 0:
		return "its manifest cannot be read"
	case s.pkg != base.pkg:
		return fmt.Sprintf("is of package %q, the base of %q", clip(s.pkg, 100), clip(base.pkg, 100))
	case s.isBase():
		return "is a base APK as well as " + base.file
	case s.version != base.version && !(s.version == 0 && (s.module != "" || s.kind() == audit.SplitAsset)):
		return fmt.Sprintf("has version code %d, the base %d", s.version, base.version)
	case s.signersOf && base.signersOf && !slices.Equal(s.signers, base.signers):
		return "is signed by another key than the base"
	}
	for _, c := range chosen {
		if c.name == s.name {
			return "has the split name of " + c.file
		}
	}
	return ""
}

// sign reads who signed an APK, once; the modules of a bundle are signed together.
func (o *opening) sign(s *split) (err error) {
	if s.signersSet {
		return nil
	}
	s.signersSet = true
	for _, other := range o.found {
		if other != s && other.signersSet && other.arc == s.arc {
			s.signers, s.signersOf = other.signers, other.signersOf
			return nil
		}
	}
	s.signers, s.signersOf, err = o.signers.read(o.ctx, s.arc, &s.gaps)
	return err
}

// latest leaves out the variants of splits that bundletool made for older Androids: of
// base-master.apk and base-master_2.apk a device of today gets the second. One that
// holds other code than what is read is told.
func (o *opening) latest() {
	type key struct{ pkg, name, stem string }
	keyOf := func(s *split) key { stem, _ := variant(s.file); return key{s.pkg, s.name, stem} }
	best := map[key]*split{}
	for _, s := range o.found {
		b := best[keyOf(s)]
		if b != nil {
			_, was := variant(b.file)
			_, is := variant(s.file)
			if was >= is {
				continue
			}
		}
		best[keyOf(s)] = s
	}
	code := map[[2]int64]bool{}
	for _, s := range best {
		for _, d := range s.dex {
			e := &s.arc.entries[s.index[d]]
			code[[2]int64{int64(e.crc), e.usize}] = true
		}
	}
	kept := o.found[:0]
	for _, s := range o.found {
		if s.via != audit.ContainerAPKS || best[keyOf(s)] == s {
			kept = append(kept, s)
			continue
		}
		l := s.listed(false)
		l.Kind = audit.SplitAlternative
		o.unread = append(o.unread, l)
		for _, d := range s.dex {
			if e := &s.arc.entries[s.index[d]]; !code[[2]int64{int64(e.crc), e.usize}] {
				o.gaps.add(audit.GapUnreadable, partCode, "%s: a variant for other devices whose %s differs from what was read", s.file, d)
			}
		}
	}
	o.found = kept
}

// variant parts a split's file name from the number at its end, 1 for none.
func variant(file string) (stem string, n int) {
	stem = strings.TrimSuffix(file, path.Ext(file))
	if at := strings.LastIndexByte(stem, '_'); at >= 0 {
		if n, err := strconv.Atoi(stem[at+1:]); err == nil && n > 1 && n < 1000 {
			return stem[:at], n
		}
	}
	return stem, 1
}
