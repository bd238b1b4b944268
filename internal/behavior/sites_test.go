package behavior_test

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/framework"
)

// TestSites compares the call sites and field reads that a scan finds with what
// `dexdump -d` lists of the same apps, for every framework descriptor of the
// catalogue. It wants the apps in $APKAUDIT_SITES, parted by blanks (see
// testdata/corpus/sites.sh).
//
// What dexdump lists is expected where the receiver that an instruction names, or a
// class above it, is listed with that member, and no class of the app between them
// declares the member itself. Classes and superclasses of the app are taken from
// dexdump too, those of the platform from signatures/framework. Members that count
// by themselves must be found exactly. Those that count with a constant only are
// looked at from the other side: each site must be among dexdump's lines.
func TestSites(t *testing.T) {
	apks := strings.Fields(os.Getenv("APKAUDIT_SITES"))
	if len(apks) == 0 {
		t.Skip("set APKAUDIT_SITES to APKs")
	}
	if _, err := exec.LookPath("dexdump"); err != nil {
		t.Skip("dexdump is not installed: it is the oracle of this test")
	}
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	o, listed := behavior.New(set), listedMembers(set)
	all := siteTally{members: map[string]bool{}}
	for _, apk := range apks {
		t.Run(filepath.Base(apk), func(t *testing.T) {
			d := dumpAPK(t, apk)
			all.join(compareSites(t, d, listed, observeFile(t, o, apk)))
		})
	}
	t.Logf("all apps: %s", all.String())
}

// memberKind says how a listed member counts.
type memberKind uint8

const (
	countsAlone memberKind = iota + 1
	countsWithConstant
)

// listedMembers are the framework members of the catalogue, "Lcls;->name(params)ret"
// or "Lcls;->name:type".
func listedMembers(set *rules.Set) map[string]memberKind {
	out := map[string]memberKind{}
	add := func(member string, k memberKind) {
		if old, ok := out[member]; ofFramework(member) && (!ok || k < old) {
			out[member] = k
		}
	}
	for i := range set.Behaviours {
		b := &set.Behaviours[i]
		for _, m := range b.Methods {
			add(m, countsAlone)
		}
		for _, f := range b.Fields {
			add(f, countsAlone)
		}
		for k := range b.Calls {
			add(b.Calls[k].Method, countsWithConstant)
		}
	}
	for _, c := range set.Consumers {
		add(c.Method, countsWithConstant)
	}
	return out
}

func ofFramework(class string) bool {
	return slices.ContainsFunc([]string{"Landroid/", "Ljava/", "Ljavax/", "Ldalvik/"}, func(p string) bool { return strings.HasPrefix(class, p) })
}

// place is where an instruction stands.
type place struct {
	dex, caller string
	offset      int
}

// dump is what dexdump lists of an app.
type dump struct {
	classes map[string]*dumpClass // the first definition of each
	refs    map[place]string      // invoked methods and fields read
}

type dumpClass struct {
	super   string
	members map[string]bool // "name(params)ret", "name:type"
}

var (
	dexEntry   = regexp.MustCompile(`^classes([0-9]*)\.dex$`)
	codeLine   = regexp.MustCompile(`^[0-9a-f]{6,}:.{40}\|([0-9a-f]{4,}): (invoke-[a-z/-]+|[is]get[a-z-]*) (.*)$`)
	quotedText = regexp.MustCompile(`: '(.*)'$`)
)

// dumpAPK lists the DEX files of an app, in the order of the class loader.
func dumpAPK(t *testing.T, apk string) *dump {
	t.Helper()
	z, err := zip.OpenReader(apk)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var entries []*zip.File
	for _, e := range z.File {
		if dexEntry.MatchString(e.Name) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *zip.File) int {
		if n := len(a.Name) - len(b.Name); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	d := &dump{classes: map[string]*dumpClass{}, refs: map[place]string{}}
	for _, e := range entries {
		d.addEntry(t, e)
	}
	return d
}

func (d *dump) addEntry(t *testing.T, e *zip.File) {
	t.Helper()
	r, err := e.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	path := filepath.Join(t.TempDir(), e.Name)
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dexdump", "-d", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.parse(out, e.Name)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("dexdump -d %s: %v", e.Name, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// parse reads the headers of classes and members, which have fixed columns, and the
// lines of code such as
//
//	1660c0: 7010 dcb0 0000   |0000: invoke-direct {v0}, La/B;.<init>:()V // method@b0dc
//
// of the method whose header came last.
func (d *dump) parse(r io.Reader, dex string) {
	in := bufio.NewReaderSize(r, 1<<20)
	var class *dumpClass
	name, desc, method := "", "", ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\n")
		text := func() string {
			if m := quotedText.FindStringSubmatch(line); m != nil {
				return m[1]
			}
			return ""
		}
		switch {
		case strings.HasPrefix(line, "  Class descriptor  : "):
			desc, class = text(), &dumpClass{members: map[string]bool{}}
			if d.classes[desc] == nil {
				d.classes[desc] = class
			}
		case strings.HasPrefix(line, "  Superclass        : "):
			class.super = text()
		case strings.HasPrefix(line, "      name          : "):
			name = text()
		case strings.HasPrefix(line, "      type          : "):
			member := name + text()
			if !strings.HasPrefix(text(), "(") {
				member = name + ":" + text()
			}
			class.members[member] = true
			method = desc + "->" + member
		default:
			d.code(line, dex, method)
		}
	}
}

func (d *dump) code(line, dex, method string) {
	m := codeLine.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(m[2], "invoke-custom") {
		return
	}
	insn, _, _ := strings.Cut(m[3], " // ")
	p := place{dex: dex, caller: method}
	if _, err := fmt.Sscanf(m[1], "%x", &p.offset); err != nil {
		return
	}
	if _, rest, ok := strings.Cut(insn, "}, "); ok { // a call: behind its registers
		ref, _, _ := strings.Cut(rest, ", ")
		class, member, _ := cutMember(ref)
		d.refs[p] = class + "->" + strings.Replace(member, ":", "", 1)
		return
	}
	parts := strings.Split(insn, ", ")
	class, member, _ := cutMember(parts[len(parts)-1])
	d.refs[p] = class + "->" + member
}

// cutMember parts "La/B;.name:type"; arrays have methods too.
func cutMember(ref string) (class, member string, ok bool) {
	if class, member, ok = strings.Cut(ref, ";."); ok {
		return class + ";", member, true
	}
	return strings.Cut(ref, ".")
}

// behind finds the listed member that a reference of the app means, "" for none.
func (d *dump) behind(ref string, listed map[string]memberKind, names map[string]bool, platform *framework.Table) string {
	class, member, _ := strings.Cut(ref, "->")
	if !names[member] {
		return ""
	}
	const maxDepth = 64
	for range maxDepth {
		if _, ok := listed[class+"->"+member]; ok {
			return class + "->" + member
		}
		if c := d.classes[class]; c != nil {
			if c.members[member] {
				return ""
			}
			class = c.super
		} else {
			class = platform.Super(class)
		}
		if class == "" {
			return ""
		}
	}
	return ""
}

// siteTally counts sites of both sides, of methods and of fields.
type siteTally struct {
	calls, fields    siteCount
	members          map[string]bool
	constant, astray int // sites that count with a constant, sites where dexdump has another instruction
}

type siteCount struct{ expected, found, both int }

func (c *siteCount) join(o siteCount) {
	*c = siteCount{c.expected + o.expected, c.found + o.found, c.both + o.both}
}

func (s *siteTally) of(member string) *siteCount {
	if strings.Contains(member, "(") {
		return &s.calls
	}
	return &s.fields
}

func (s *siteTally) join(o *siteTally) {
	s.calls.join(o.calls)
	s.fields.join(o.fields)
	maps.Copy(s.members, o.members)
	s.constant, s.astray = s.constant+o.constant, s.astray+o.astray
}

func (s *siteTally) String() string {
	line := func(c siteCount) string {
		return fmt.Sprintf("recall %s, precision %s", share(c.both, c.expected), share(c.both, c.found))
	}
	return fmt.Sprintf("%d members; calls: %s; field reads: %s; with constants: %d sites, each a call in dexdump's list but for %d",
		len(s.members), line(s.calls), line(s.fields), s.constant, s.astray)
}

// compareSites fails for every member of which the sites differ.
func compareSites(t *testing.T, d *dump, listed map[string]memberKind, res *behavior.Result) *siteTally {
	t.Helper()
	names := map[string]bool{}
	for m := range listed {
		_, member, _ := strings.Cut(m, "->")
		names[member] = true
	}
	platform := framework.Load()
	expected := map[place]string{} // of members that count alone
	tally := &siteTally{members: map[string]bool{}}
	for p, ref := range d.refs {
		if m := d.behind(ref, listed, names, platform); m != "" && listed[m] == countsAlone {
			expected[p] = m
			tally.members[m] = true
			tally.of(m).expected++
		}
	}
	missed, wrong := maps.Clone(expected), map[string]int{}
	for _, u := range res.Sites {
		if u.Via != audit.ViaCall && u.Via != audit.ViaField || u.Nested != "" {
			continue
		}
		e := u.Examples[0]
		p := place{e.DEX, e.Caller, e.Offset}
		m := d.behind(d.refs[p], listed, names, platform)
		switch {
		case d.refs[p] != u.Target:
			tally.astray++
			wrong[fmt.Sprintf("%s: dexdump has %q there, not", u.API, d.refs[p])+" "+u.Target]++
		case m == "" && !ofFramework(u.Target):
			// a member of a library, of which the catalogue lists no framework descriptor
		case m == "":
			tally.of(u.Target).found++
			wrong[u.API+" "+u.Target]++
		case listed[m] == countsAlone:
			tally.of(m).found++
			if _, ok := missed[p]; ok {
				tally.of(m).both++
				delete(missed, p)
			} else {
				wrong[u.API+" twice at one place: "+u.Target]++
			}
		default:
			tally.constant++
		}
	}
	byMember := map[string]int{}
	for p, m := range missed {
		byMember[fmt.Sprintf("%s, called as %s", m, d.refs[p])]++
	}
	for _, m := range slices.Sorted(maps.Keys(byMember)) {
		t.Errorf("missed  %4d sites of %s", byMember[m], m)
	}
	for _, m := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("too many %4d sites of %s", wrong[m], m)
	}
	t.Logf("%s", tally.String())
	return tally
}
