package classfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/bounded"
)

// Archive is what an SDK archive holds, archives inside it included. Lists are
// sorted; a class that stands in it twice counts once, the first one.
type Archive struct {
	Name      string // as given
	SHA256    string // of the bytes given, hexadecimal
	Classes   []*Class
	Manifests []Manifest // of the archive itself and of AARs inside it
	Native    []NativeLib
	Assets    []string // paths below assets/
	Rules     []Text   // consumer rules for the shrinker: proguard.txt, META-INF/proguard
	Versions  []Text   // files of META-INF that state versions
	Problems  []Problem
	// ProblemCount is the number of problems, kept or not.
	ProblemCount int
}

// NativeLib is a native library for one instruction set.
type NativeLib struct {
	Name string // libfoo.so
	ABI  string
	Size int64 // bytes, as the archive claims
}

// Text is a text file of the archive. Path shows the archives it is in, parted
// by "!/".
type Text struct {
	Path string
	Text string
}

// Problem is something that was skipped.
type Problem struct {
	Place string // the entry, with the archives it is in
	What  string
}

func (p Problem) String() string { return p.Place + ": " + p.What }

// ErrNoArchive is the cause of ReadArchive's error where data is no ZIP.
var ErrNoArchive = errors.New("no ZIP archive")

// IsClass tells whether data starts as a class file.
func IsClass(data []byte) bool { return len(data) >= 10 && u4(data) == 0xcafebabe }

// ReadArchive reads a JAR, AAR, a ZIP of these, or a single class file. It fails
// where data is none of them, or ctx ends; what cannot be read inside becomes a
// problem.
//
// Code is *.class; in an AAR, classes.jar and libs/*.jar; in any other archive
// without classes of its own, every .jar and .aar. Left out are module-info and
// package-info, the copies for later Java versions of a multi-release JAR, jars
// of sources, documentation and lint checks, and jars among assets.
func ReadArchive(ctx context.Context, name string, data []byte) (*Archive, error) {
	sum := sha256.Sum256(data)
	a := &archiveReader{
		ctx: ctx, out: &Archive{Name: name, SHA256: hex.EncodeToString(sum[:])},
		budget: bounded.NewBudget("max-archive-bytes", MaxArchiveBytes), seen: map[string]bool{},
	}
	if IsClass(data) {
		a.class(name, data)
		return a.finish(), nil
	}
	if err := a.archive("", path.Base(name), data, 1); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return a.finish(), ctx.Err()
}

type archiveReader struct {
	ctx     context.Context
	out     *Archive
	budget  *bounded.Budget
	entries int
	seen    map[string]bool // classes by descriptor, libraries by abi/name
	full    bool            // a limit was met
}

func (a *archiveReader) finish() *Archive {
	out := a.out
	slices.SortFunc(out.Classes, func(x, y *Class) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortFunc(out.Native, func(x, y NativeLib) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ABI, y.ABI)) })
	slices.Sort(out.Assets)
	out.Assets = slices.Compact(out.Assets)
	return out
}

func (a *archiveReader) problem(place, format string, args ...any) {
	a.out.ProblemCount++
	if len(a.out.Problems) < MaxProblems {
		a.out.Problems = append(a.out.Problems, Problem{place, fmt.Sprintf(format, args...)})
	}
}

// kind says how an archive's entries are to be taken.
type kind uint8

const (
	kindBundle kind = iota // a ZIP without code of its own
	kindJAR
	kindAAR
)

func kindOf(z *zip.Reader) kind {
	k := kindBundle
	for _, f := range z.File {
		switch {
		case f.Name == "classes.jar":
			return kindAAR
		case strings.HasSuffix(f.Name, ".class"):
			k = kindJAR
		}
	}
	return k
}

// archive reads one level. where is the path of archives up to here, with "!/"
// behind it.
func (a *archiveReader) archive(where, name string, data []byte, depth int) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("%w (%w)", ErrNoArchive, err)
	}
	k := kindOf(z)
	if k == kindBundle && strings.HasSuffix(name, ".aar") {
		k = kindAAR
	}
	for _, f := range z.File {
		if a.full || a.ctx.Err() != nil {
			return nil
		}
		if a.entries++; a.entries > MaxEntries {
			a.full = true
			a.problem(where+f.Name, "max-archive-entries of %d reached", MaxEntries)
			return nil
		}
		// Both sizes are claims. More than the archive has, no entry takes of it.
		f.CompressedSize64 = min(f.CompressedSize64, uint64(len(data)))
		if !strings.HasSuffix(f.Name, "/") {
			a.entry(where, f, k, depth)
		}
	}
	return nil
}

// nativePath finds the folder of an instruction set and the library in it.
var nativePath = regexp.MustCompile(`(?:^|/)(armeabi|armeabi-v7a|arm64-v8a|x86|x86_64|mips|mips64|riscv64)/(lib[^/]+\.so)$`)

// notCode are jars that no app contains.
var notCode = regexp.MustCompile(`(?i)(?:^|/)(?:lint|api|annotations)\.jar$|[-_.](?:sources?|src|javadoc|docs?)\.jar$`)

// versionFile are files of META-INF that state the version of what they stand in.
var versionFile = regexp.MustCompile(`^META-INF/(?:[^/]+\.version|MANIFEST\.MF|maven/.+/pom\.properties)$`)

var ruleFile = regexp.MustCompile(`^(?:proguard\.txt|consumer-rules\.pro|META-INF/proguard/[^/]+)$`)

func (a *archiveReader) entry(where string, f *zip.File, k kind, depth int) {
	place := where + f.Name
	switch name := f.Name; {
	case strings.HasSuffix(name, ".class"):
		if k != kindBundle && !skippedClass(name) {
			a.with(f, place, MaxClassBytes, "max-class-bytes", func(b []byte) { a.class(place, b) })
		}
	case name == "AndroidManifest.xml":
		a.with(f, place, MaxTextBytes, "max-text-bytes", func(b []byte) { a.manifest(place, b) })
	case ruleFile.MatchString(name):
		a.with(f, place, MaxTextBytes, "max-text-bytes", func(b []byte) { a.out.Rules = append(a.out.Rules, Text{place, string(b)}) })
	case versionFile.MatchString(name):
		a.with(f, place, MaxTextBytes, "max-text-bytes", func(b []byte) { a.out.Versions = append(a.out.Versions, Text{place, string(b)}) })
	case nativePath.MatchString(name):
		m := nativePath.FindStringSubmatch(name)
		lib := NativeLib{Name: m[2], ABI: m[1], Size: int64(min(f.UncompressedSize64, 1<<62))}
		if key := lib.ABI + "/" + lib.Name; !a.seen[key] {
			a.seen[key] = true
			a.out.Native = append(a.out.Native, lib)
		}
	case strings.HasPrefix(name, "assets/"):
		a.out.Assets = append(a.out.Assets, name[len("assets/"):])
	case isCodeArchive(name, k):
		a.with(f, place, MaxArchiveBytes, "max-archive-bytes", func(b []byte) { a.inner(place, name, b, depth) })
	}
}

// skippedClass tells of entries that do not become code of an app.
func skippedClass(name string) bool {
	base := path.Base(name)
	return base == "module-info.class" || base == "package-info.class" || strings.HasPrefix(name, "META-INF/versions/")
}

func isCodeArchive(name string, k kind) bool {
	if notCode.MatchString(name) {
		return false
	}
	switch k {
	case kindAAR:
		return name == "classes.jar" || strings.HasPrefix(name, "libs/") && strings.HasSuffix(name, ".jar")
	case kindBundle:
		return strings.HasSuffix(name, ".jar") || strings.HasSuffix(name, ".aar")
	}
	return false
}

func (a *archiveReader) inner(place, name string, data []byte, depth int) {
	if depth == MaxDepth {
		a.problem(place, "max-archive-depth of %d reached", MaxDepth)
		return
	}
	if err := a.archive(place+"!/", path.Base(name), data, depth+1); err != nil {
		a.problem(place, "%v", err)
	}
}

// with reads an entry and hands it on; what is wrong with it is a problem.
func (a *archiveReader) with(f *zip.File, place string, limit int64, limitName string, use func([]byte)) {
	r, err := f.Open()
	if err != nil {
		a.problem(place, "%v", err)
		return
	}
	defer r.Close()
	// One byte over the limit shows that there is more. What the entry claims
	// serves as a first size as far as deflate can reach it.
	buf := make([]byte, 0, min(int64(min(f.UncompressedSize64, 1<<40))+1, 8*int64(min(f.CompressedSize64, 1<<40))+512, limit))
	data, err := bounded.ReadAll(a.ctx, io.LimitReader(r, limit+1), a.budget, place, buf)
	switch {
	case errors.Is(err, bounded.ErrLimit):
		a.full = true
		a.problem(place, "%v", err)
	case err != nil:
		a.problem(place, "%v", err)
	case int64(len(data)) > limit:
		a.problem(place, "%v", &bounded.LimitError{Limit: limitName, Value: limit, What: "entry"})
	default:
		use(data)
	}
}

func (a *archiveReader) class(place string, data []byte) {
	c, err := Parse(place, data)
	switch {
	case err != nil:
		a.problem(place, "%s", strings.TrimPrefix(err.Error(), place+": "))
	case c.Access&AccModule == 0 && !a.seen[c.Name]:
		a.seen[c.Name] = true
		a.out.Classes = append(a.out.Classes, c)
	}
}

func (a *archiveReader) manifest(place string, data []byte) {
	m, err := ParseManifest(a.ctx, data)
	if err != nil {
		a.problem(place, "%v", err)
	}
	if m != nil {
		a.out.Manifests = append(a.out.Manifests, *m)
	}
}
