package learn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/behavior"
	"apkaudit/internal/bounded"
	"apkaudit/internal/classfile"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// maxFileBytes bounds one archive on disk; the largest SDKs have some 100 MB.
const maxFileBytes = 512 << 20

// artifact is what one file of an SDK holds, reduced to what signatures and
// measurements are made of.
type artifact struct {
	name    string // shown in proofs: where it comes from, else the file's name
	sha256  string
	version string // stated by its coordinates or its file name, "" where unknown

	packages    map[string]*contents // by dotted package
	manifest    []string             // packages of the manifests
	components  []string
	metaData    []string
	permissions []string
	actions     []string
	native      []string
	assets      []string
	versions    []versionPlace
	kept        []string // class patterns that consumer rules keep
	problems    []string
	app         bool // an app: what stands beside the code is not the SDK's
}

// contents is what one package defines and does.
type contents struct {
	classes int
	calls   map[string]int // sites by behaviour
	hosts   map[string]int // classes by host
}

func (a *artifact) in(pkg string) *contents {
	c := a.packages[pkg]
	if c == nil {
		c = &contents{calls: map[string]int{}, hosts: map[string]int{}}
		a.packages[pkg] = c
	}
	return c
}

// versionPlace is a constant or file that states a version.
type versionPlace struct {
	place string // as in a signature: field:…, method:…, file:…
	value string
}

// Input is one file to learn from.
type Input struct {
	Path string
	// Source is where the file comes from, as in rules.Measured; "" takes the
	// file's name.
	Source string
}

// reader reads artifacts by one set of rules. It is safe for concurrent use.
type reader struct {
	set      *rules.Set
	observer *behavior.Observer
	owner    map[string]int // package prefix -> index into the set's SDKs
}

func newReader(set *rules.Set) *reader {
	r := &reader{set: set, observer: behavior.New(set), owner: map[string]int{}}
	for i, k := range set.SDKs {
		for _, p := range slices.Concat(k.Match.Packages, k.Match.Supporting) {
			r.owner[p] = i
		}
	}
	return r
}

// ownerOf returns the SDK whose signature has the longest prefix of pkg, and
// that prefix; -1 for none.
func (r *reader) ownerOf(pkg string) (int, string) {
	for p := pkg; p != ""; p = parent(p) {
		if i, ok := r.owner[p]; ok {
			return i, p
		}
	}
	return -1, ""
}

// parent drops the last segment of a package.
func parent(pkg string) string {
	if i := strings.LastIndexByte(pkg, '.'); i >= 0 {
		return pkg[:i]
	}
	return ""
}

func under(pkg, prefix string) bool {
	return strings.HasPrefix(pkg, prefix) && (len(pkg) == len(prefix) || pkg[len(prefix)] == '.')
}

func underAny(pkg string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return under(pkg, p) })
}

// read reads one file: an APK, a JAR, AAR, ZIP of these, or a class file.
func (r *reader) read(ctx context.Context, in Input) (*artifact, error) {
	name := in.Source
	if name == "" {
		name = filepath.Base(in.Path)
	}
	data, err := readFile(in.Path)
	if err != nil {
		return nil, err
	}
	if isAPK(data) {
		data = nil // apk.Open reads the file itself
		a, err := r.readAPK(ctx, in.Path)
		if err == nil {
			a.name = name
		}
		return a, err
	}
	archive, err := classfile.ReadArchive(ctx, in.Path, data)
	if err != nil {
		return nil, fmt.Errorf("%w; give an AAR, a JAR, a ZIP of these, or an APK", err)
	}
	a := r.reduce(archive)
	a.name, a.version = name, statedVersion(in.Source, in.Path)
	if len(a.packages) == 0 {
		a.problems = append(a.problems, "no Java classes in it")
	}
	return a, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bounded.Cause(err))
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file", path)
	}
	return bounded.ReadFull(f, "max-artifact-bytes", maxFileBytes, path)
}

// hierarchy is the classes of one archive, for matching inherited calls.
type hierarchy map[string]*classfile.Class

func (h hierarchy) Super(class string) (string, bool) {
	c := h[class]
	if c == nil || c.Super == "" {
		return "", false
	}
	return c.Super, true
}

func (h hierarchy) Declares(class, name, proto string) bool {
	return slices.ContainsFunc(h[class].Methods, func(m classfile.Method) bool { return m.Name == name && m.Proto == proto })
}

// reduce takes out of an archive what is of use.
func (r *reader) reduce(in *classfile.Archive) *artifact {
	a := &artifact{sha256: in.SHA256, packages: map[string]*contents{}}
	h := make(hierarchy, len(in.Classes))
	for _, c := range in.Classes {
		h[c.Name] = c
	}
	for _, c := range in.Classes {
		r.class(a, h, c)
	}
	for _, m := range in.Manifests {
		a.fromManifest(m)
	}
	for _, l := range in.Native {
		a.native = append(a.native, l.Name)
	}
	a.assets = in.Assets
	for _, t := range in.Versions {
		if path := t.Path[strings.LastIndex(t.Path, "!/")+1:]; strings.HasSuffix(path, ".version") {
			if v := versionText.FindString(t.Text); v != "" {
				a.versions = append(a.versions, versionPlace{"file:" + strings.TrimPrefix(path, "/"), v})
			}
		}
	}
	for _, t := range in.Rules {
		a.kept = append(a.kept, keptClasses(t.Text)...)
	}
	for _, p := range in.Problems {
		a.problems = append(a.problems, p.String())
	}
	if more := in.ProblemCount - len(in.Problems); more > 0 {
		a.problems = append(a.problems, fmt.Sprintf("%d more problems", more))
	}
	a.tidy()
	return a
}

func (a *artifact) fromManifest(m classfile.Manifest) {
	if m.Package != "" {
		a.manifest = append(a.manifest, m.Package)
	}
	if a.version == "" && versionText.MatchString(m.VersionName) {
		a.version = m.VersionName
	}
	for _, c := range m.Components {
		a.components = append(a.components, c.Name)
	}
	for _, d := range m.MetaData {
		a.metaData = append(a.metaData, d.Name)
	}
	a.permissions = append(a.permissions, m.Permissions...)
	a.actions = append(a.actions, m.Actions...)
}

// maxListed is how much of one kind is kept of an artifact; real SDKs have some
// hundred components or assets.
const maxListed = 3000

// tidy sorts the lists, drops what stands twice and cuts what no SDK has.
func (a *artifact) tidy() {
	for _, list := range []*[]string{&a.manifest, &a.components, &a.metaData, &a.permissions, &a.actions, &a.native, &a.assets, &a.kept} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		if n := len(*list); n > maxListed {
			a.problems = append(a.problems, fmt.Sprintf("max-listed of %d reached: %d more, from %s", maxListed, n-maxListed, (*list)[maxListed]))
			*list = (*list)[:maxListed]
		}
	}
	slices.SortFunc(a.versions, func(x, y versionPlace) int { return strings.Compare(x.place, y.place) })
}

// dotted turns Lcom/foo/Bar; into com.foo.Bar.
func dotted(desc string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(desc, "L"), ";"), "/", ".")
}

// sourceSegment is a package segment as source code can have it.
var sourceSegment = pattern.New(`^[A-Za-z_$][\w$]*$`)

// maxPackage is the longest package name that is taken for one.
const maxPackage = 255

// packageOf is the package of a class down to the first segment that no source
// code has: shrinkers make names of any characters, which signatures cannot hold.
func packageOf(class string) string {
	pkg := parent(class)
	if len(pkg) > maxPackage {
		return ""
	}
	at := 0
	for _, seg := range strings.Split(pkg, ".") {
		if !sourceSegment.MatchString(seg) {
			return strings.TrimSuffix(pkg[:at], ".")
		}
		at += len(seg) + 1
	}
	return pkg
}

// class counts one class with its calls, hosts and version constants.
func (r *reader) class(a *artifact, h hierarchy, c *classfile.Class) {
	name := dotted(c.Name)
	p := a.in(packageOf(name))
	p.classes++
	for _, host := range hostsOf(c.Strings()) {
		p.hosts[host]++
	}
	a.versions = append(a.versions, versionsIn(name, c)...)
	var args []string
	damage, err := c.Walk(func(_ *classfile.Method, ref *classfile.Ref) error {
		if !ref.Op.IsInvoke() && !ref.Op.IsFieldRead() {
			return nil
		}
		args = args[:0]
		for _, v := range ref.Args {
			args = append(args, constText(v))
		}
		if id := r.observer.MatchReference(h, ref.Class, ref.Name, ref.Desc, args); id != "" {
			p.calls[id]++
		}
		return nil
	})
	if err != nil {
		damage = append(damage, err)
	}
	for _, d := range damage {
		a.problems = append(a.problems, d.Error())
	}
}

// constText writes a constant as behaviour matching compares it: strings as
// they are, ints in decimal, "" where unknown.
func constText(v classfile.Const) string {
	switch v.Kind {
	case classfile.ConstString, classfile.ConstClass:
		return v.Text
	case classfile.ConstInt, classfile.ConstLong:
		return strconv.FormatInt(v.Int, 10)
	}
	return ""
}

// keepRule is the class pattern of a -keep rule with all its variants.
var keepRule = pattern.New(`(?m)^\s*-keep(?:names)?(?:,\w+)*\s+(?:(?:public|final|abstract|static|@[\w.$]+)\s+)*(?:class|interface|enum)\s+([\w.$*?]+)`)

// keptClasses lists the classes that the consumer rules keep by name. Patterns
// for all classes say nothing of the SDK.
func keptClasses(text string) []string {
	var out []string
	for _, m := range keepRule.FindAllStringSubmatch(text, -1) {
		if strings.Contains(strings.TrimRight(m[1], ".*"), ".") {
			out = append(out, m[1])
		}
	}
	return out
}

var (
	versionText  = pattern.New(`\d+(?:\.\d+)+(?:[-.+_][0-9A-Za-z]+)*`)
	versionWhole = pattern.New(`^[vV]?\d+(?:\.\d+)+(?:[-.+_][0-9A-Za-z]+)*$`)
	fileVersion  = pattern.New(`[-_][vV]?(\d+(?:\.\d+)+(?:[-.+_]?[0-9A-Za-z]+)*)$`)
)

// statedVersion reads the version out of the coordinates, else out of the file
// name, else "".
func statedVersion(source, path string) string {
	kind, rest, _ := strings.Cut(source, ":")
	parts := strings.Split(rest, ":")
	switch {
	case kind == "mvn" && len(parts) >= 3:
		return parts[2]
	case kind == "npm", kind == "repo":
		path = rest
	}
	if m := fileVersion.FindStringSubmatch(stem(path)); m != nil {
		return m[1]
	}
	return ""
}

// stem is the file name without folders and its last extension.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// versionName are names of constants and methods that hold a version; those of
// formats, protocols and single features are no version of the SDK.
var (
	versionName    = pattern.New(`(?i)^(?:get)?_?(?:[a-z]{0,12}_?)?(?:sdk_?)?ver(?:sion)?(?:_?(?:name|string|str|sdk|value))?$`)
	notVersionName = pattern.New(`(?i)http|tls|ssl|api_?level|protocol|schema|os_?ver|min_?|max_?|android|agent|java|kotlin|db|xml|format|config|param|key`)
)

// versionsIn lists the constants and methods of a class that state a version.
func versionsIn(class string, c *classfile.Class) []versionPlace {
	var out []versionPlace
	ok := func(name string) bool { return versionName.MatchString(name) && !notVersionName.MatchString(name) }
	for _, f := range c.Fields {
		if f.Access&classfile.AccStatic != 0 && f.Value.Kind == classfile.ConstString && versionWhole.MatchString(f.Value.Text) && ok(f.Name) {
			out = append(out, versionPlace{"field:" + class + "." + f.Name, f.Value.Text})
		}
	}
	for i := range c.Methods {
		m := &c.Methods[i]
		if m.Proto != "()Ljava/lang/String;" || !ok(m.Name) {
			continue
		}
		if v := c.Returns(m); v.Kind == classfile.ConstString && versionWhole.MatchString(v.Text) {
			out = append(out, versionPlace{"method:" + class + "." + m.Name, v.Text})
		}
	}
	return out
}
