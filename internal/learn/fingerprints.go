package learn

import (
	"cmp"
	"context"
	"fmt"
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

// maxArtifactBytes bounds one archive; the largest SDKs have some 40 MB.
const maxArtifactBytes = 256 << 20

// ReadFingerprintList reads a list: one artifact a line, columns by tab: id of the SDK,
// file (relative to the list's folder), and packages by comma, which may be left
// out. The id - stands for code of nobody. Lines that start with # are remarks.
func ReadFingerprintList(list string) ([]FingerprintSource, error) {
	f, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-artifact-list-bytes", 1<<20, list)
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
// versions or modules of it. Classes that another signature of set owns are left
// out, so that code which comes along inside an SDK does not speak for it. The
// result depends on the artifacts only, not on their order.
func Fingerprints(ctx context.Context, set *rules.Set, artifacts []FingerprintSource) (*shape.Learned, error) {
	at := map[string]int{}
	var docs []shape.Document
	sorted := slices.Clone(artifacts)
	slices.SortStableFunc(sorted, func(a, b FingerprintSource) int {
		return cmp.Or(strings.Compare(filepath.Base(a.File), filepath.Base(b.File)), strings.Compare(a.File, b.File))
	})
	owners := newPrefixOwners(set)
	for _, a := range sorted {
		wanted := func(class string) bool { return a.wants(class) && (a.SDK == "" || owners.leaves(class, a.SDK)) }
		classes, err := a.read(ctx, wanted)
		if err != nil {
			return nil, err
		}
		i, ok := at[a.SDK]
		if !ok {
			i = len(docs)
			at[a.SDK] = i
			k := set.SDK(a.SDK)
			docs = append(docs, shape.Document{ID: a.SDK, Neutral: k != nil && k.Neutral})
		}
		docs[i].Versions = append(docs[i].Versions, classes)
	}
	return shape.Learn(docs), nil
}

// wants tells whether a dotted class name is among what is to be learned.
func (a *FingerprintSource) wants(class string) bool {
	return len(a.Prefixes) == 0 || slices.ContainsFunc(a.Prefixes, func(p string) bool { return strings.HasPrefix(class, p+".") })
}

func (a *FingerprintSource) read(ctx context.Context, wanted func(string) bool) ([][]shape.Feature, error) {
	if strings.EqualFold(filepath.Ext(a.File), ".apk") {
		if len(a.Prefixes) == 0 {
			return nil, fmt.Errorf("%s: say which packages of the app are the SDK", a.File)
		}
		return readAPK(ctx, a.File, wanted)
	}
	return readArchive(ctx, a.File, wanted)
}

func readArchive(ctx context.Context, file string, wanted func(string) bool) ([][]shape.Feature, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-artifact-bytes", maxArtifactBytes, file)
	if err != nil {
		return nil, err
	}
	archive, err := classfile.ReadArchive(ctx, file, data)
	if err != nil {
		return nil, err
	}
	var out [][]shape.Feature
	for _, c := range archive.Classes {
		if wanted(dotted(c.Name)) {
			out = append(out, classFeatures(c))
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

func readAPK(ctx context.Context, file string, wanted func(string) bool) ([][]shape.Feature, error) {
	app, err := apk.Open(ctx, file, apk.DefaultLimits())
	if err != nil {
		return nil, err
	}
	defer app.Close()
	var out [][]shape.Feature
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
				if wanted(dotted(d.TypeDescriptor(d.Class(i).Type))) {
					features, err := r.Features(i)
					if err != nil {
						return nil, fmt.Errorf("%s: %w", file, err)
					}
					out = append(out, slices.Clone(features))
				}
			}
		}
	}
	return out, nil
}

// prefixOwners says which signature a package prefix belongs to.
type prefixOwners map[string]string

func newPrefixOwners(set *rules.Set) prefixOwners {
	out := prefixOwners{}
	for i := range set.SDKs {
		k := &set.SDKs[i]
		for _, list := range [][]string{k.Match.Packages, k.Match.Supporting} {
			for _, p := range list {
				out[p] = k.ID
			}
		}
	}
	return out
}

// leaves tells whether the longest prefix above a class leaves it to an SDK:
// it is the SDK's own or nobody's.
func (o prefixOwners) leaves(class, sdk string) bool {
	for p := class; p != ""; {
		i := strings.LastIndexByte(p, '.')
		if i < 0 {
			break
		}
		p = p[:i]
		if owner, ok := o[p]; ok {
			return owner == sdk
		}
	}
	return true
}
