package learn

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/bounded"
	"apkaudit/internal/classfile"
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// FingerprintSource is one file that an SDK is learned from.
type FingerprintSource struct {
	SDK  string // id of a signature, "" for code of nobody, against which the others are weighed
	File string // .jar, .aar, .zip of these, or .apk
	// Prefixes are the dotted packages to learn, all where there are none. An APK
	// needs some: the rest of it is somebody else's.
	Prefixes []string
}

// nobody stands in a list for code that belongs to no SDK.
const nobody = "-"

// maxListOfArtifacts bounds the file that names archives.
const maxListOfArtifacts = 1 << 20

// ReadFingerprintList reads a list: one artifact a line, columns by tab: id of the SDK,
// file (relative to the list's folder), and packages by comma, which may be left
// out. The id - stands for code of nobody. Lines that start with # are remarks.
func ReadFingerprintList(list string) ([]FingerprintSource, error) {
	f, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-artifact-list-bytes", maxListOfArtifacts, list)
	if err != nil {
		return nil, err
	}
	var out []FingerprintSource
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(line, "\t")
		if len(cols) < 2 || len(cols) > 3 || cols[0] == "" || cols[1] == "" {
			return nil, fmt.Errorf("%s:%d: want SDK id, file and packages by tab", list, i+1)
		}
		a := FingerprintSource{SDK: cols[0], File: cols[1]}
		if a.SDK == nobody {
			a.SDK = ""
		}
		if !filepath.IsAbs(a.File) {
			a.File = filepath.Join(filepath.Dir(list), a.File)
		}
		if len(cols) == 3 && cols[2] != "" {
			a.Prefixes = strings.Split(cols[2], ",")
		}
		out = append(out, a)
	}
	return out, nil
}

// Fingerprints learns the structure of SDKs from artifacts and returns what
// signatures/fingerprints.bin holds in its encoded form. Several artifacts of one SDK are
// versions or modules of it. Classes that another signature of set owns do not speak
// for the SDK in whose archive they come along, but for their own, where that one has
// no artifact; copies of libraries under the SDK's own packages speak for nobody. The
// result depends on the artifacts only, not on their order.
func Fingerprints(ctx context.Context, set *rules.Set, artifacts []FingerprintSource) (*shape.Learned, error) {
	sorted := slices.Clone(artifacts)
	slices.SortStableFunc(sorted, func(a, b FingerprintSource) int {
		return cmp.Or(strings.Compare(filepath.Base(a.File), filepath.Base(b.File)), strings.Compare(a.File, b.File))
	})
	owners := newPrefixOwners(set)
	own, along := map[string]classesOf{}, map[string]classesOf{} // by id
	for _, a := range sorted {
		parts, err := a.read(ctx, func(class string) (part, bool) {
			if a.SDK == "" {
				return part{}, a.wants(class)
			}
			return owners.part(class, a.SDK), a.wants(class)
		})
		if err != nil {
			return nil, err
		}
		found := withoutCopies(parts)
		own[a.SDK] = append(own[a.SDK], found[a.SDK])
		for id, classes := range found {
			if id != a.SDK && len(classes) >= minAlong {
				along[id] = append(along[id], classes)
			}
		}
	}
	for id, versions := range along {
		if _, ok := own[id]; !ok {
			own[id] = versions
		}
	}
	var docs []shape.Document
	for _, id := range slices.Sorted(maps.Keys(own)) {
		k := set.SDK(id)
		docs = append(docs, shape.Document{ID: id, Neutral: k != nil && k.Neutral, Versions: own[id]})
	}
	return shape.Learn(docs), nil
}

// classesOf are the classes of each artifact, each class a set of features.
type classesOf = [][][]shape.Feature

// minAlong is the fewest classes of an SDK inside the archive of another one that it
// is learned from; fewer may be stubs.
const minAlong = 50

// part is a part of an archive: the code of one SDK, or what may be a copy of a library
// under the SDK's own packages.
type part struct{ id, copy string }

// minCopied is the fewest classes that are a copy of a library; fewer are code that
// works with it, and is called after it.
const minCopied = 20

// withoutCopies returns the classes by id.
func withoutCopies(parts map[part][][]shape.Feature) map[string][][]shape.Feature {
	out := map[string][][]shape.Feature{}
	for _, p := range slices.SortedFunc(maps.Keys(parts), func(a, b part) int { return cmp.Or(strings.Compare(a.id, b.id), strings.Compare(a.copy, b.copy)) }) {
		if p.copy == "" || len(parts[p]) < minCopied {
			out[p.id] = append(out[p.id], parts[p]...)
		}
	}
	return out
}

// wants tells whether a dotted class name is among what is to be learned.
func (a *FingerprintSource) wants(class string) bool {
	return len(a.Prefixes) == 0 || slices.ContainsFunc(a.Prefixes, func(p string) bool { return strings.HasPrefix(class, p+".") })
}

// read returns the features of the classes that sort keeps, by the part that it gives.
func (a *FingerprintSource) read(ctx context.Context, sort func(class string) (part, bool)) (map[part][][]shape.Feature, error) {
	if strings.EqualFold(filepath.Ext(a.File), ".apk") {
		if len(a.Prefixes) == 0 {
			return nil, fmt.Errorf("%s: say which packages of the app are the SDK", a.File)
		}
		return readAPK(ctx, a.File, sort)
	}
	return readArchive(ctx, a.File, sort)
}

func readArchive(ctx context.Context, file string, sort func(string) (part, bool)) (map[part][][]shape.Feature, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-artifact-bytes", maxFileBytes, file)
	if err != nil {
		return nil, err
	}
	archive, err := classfile.ReadArchive(ctx, file, data)
	if err != nil {
		return nil, err
	}
	out := map[part][][]shape.Feature{}
	for _, c := range archive.Classes {
		if p, ok := sort(dotted(c.Name)); ok {
			out[p] = append(out[p], classFeatures(c))
		}
	}
	return out, nil
}

// classFeatures puts a class file into the words of package shape. Code that is
// damaged is left out.
func classFeatures(c *classfile.Class) []shape.Feature {
	k := shape.Class{Super: c.Super, Interfaces: c.Interfaces, Strings: c.Strings()}
	for _, f := range c.Fields {
		k.Fields = append(k.Fields, f.Type)
	}
	at := make(map[*classfile.Method]int, len(c.Methods))
	for i := range c.Methods {
		m := &c.Methods[i]
		at[m] = i
		k.Methods = append(k.Methods, shape.Method{Name: m.Name, Proto: m.Proto})
	}
	_, _ = c.Walk(func(m *classfile.Method, r *classfile.Ref) error { // visit never fails
		if !strings.HasPrefix(r.Class, "[") {
			uses := &k.Methods[at[m]].Uses
			*uses = append(*uses, shape.Member{Class: r.Class, Name: r.Name, Desc: r.Desc})
		}
		return nil
	})
	return k.Features()
}

func readAPK(ctx context.Context, file string, sort func(string) (part, bool)) (map[part][][]shape.Feature, error) {
	app, err := apk.Open(ctx, file, apk.DefaultLimits())
	if err != nil {
		return nil, err
	}
	defer app.Close()
	out := map[part][][]shape.Feature{}
	for _, entry := range app.DEX {
		data, err := app.ReadEntry(ctx, entry, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		files, err := dex.ParseAll(entry, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, d := range files {
			r := shape.NewReader(d)
			for i := range d.NumClasses() {
				if p, ok := sort(dotted(d.TypeDescriptor(d.Class(i).Type))); ok {
					features, err := r.Features(i)
					if err != nil {
						return nil, fmt.Errorf("%s: %w", file, err)
					}
					out[p] = append(out[p], slices.Clone(features))
				}
			}
		}
	}
	return out, nil
}

// prefixOwners says which signature a package prefix belongs to, and by which
// segment of a package a library is called.
type prefixOwners struct {
	prefixes map[string]ownedPrefix
	called   map[string]string // id
}

// ownedPrefix is a prefix of a signature; required ones are the SDK's very name,
// whatever they are called, others may be copies that lie beside it.
type ownedPrefix struct {
	id       string
	required bool
}

// minCalled is the fewest letters of a segment that tells a library: gson.
const minCalled = 4

func newPrefixOwners(set *rules.Set) prefixOwners {
	out := prefixOwners{map[string]ownedPrefix{}, map[string]string{}}
	for i := range set.SDKs {
		k := &set.SDKs[i]
		for n, list := range [][]string{k.Match.Packages, k.Match.Supporting} {
			for _, p := range list {
				out.prefixes[p] = ownedPrefix{k.ID, n == 0}
				if last := p[strings.LastIndexByte(p, '.')+1:]; k.Neutral && len(last) >= minCalled && strings.HasPrefix(last, k.ID) {
					out.called[last] = k.ID
				}
			}
		}
	}
	return out
}

// part returns whom a class in the archive of an SDK belongs to by the longest prefix
// above it, the SDK itself where nobody has one, and the package in it which is called
// after a library: com.acme.sdk.okhttp3.
func (o prefixOwners) part(class, sdk string) part {
	out := part{id: sdk}
	at := strings.IndexByte(class, '.')
	for i := strings.LastIndexByte(class, '.'); i >= 0; i = strings.LastIndexByte(class[:i], '.') {
		if owner, ok := o.prefixes[class[:i]]; ok {
			out.id = owner.id
			if owner.required {
				at = i
			}
			break
		}
	}
	for at >= 0 {
		n := strings.IndexByte(class[at+1:], '.')
		if n < 0 {
			break
		}
		segment := class[at+1 : at+1+n]
		at += 1 + n
		if library, ok := o.called[segment]; ok && library != out.id {
			out.copy = class[:at]
			break
		}
	}
	return out
}
