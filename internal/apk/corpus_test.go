package apk

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/audit"

	"github.com/google/go-cmp/cmp"
)

// corpus lists the real APKs below the directory in APKAUDIT_CORPUS.
func corpus(tb testing.TB) []string {
	tb.Helper()
	dir := os.Getenv("APKAUDIT_CORPUS")
	if dir == "" {
		tb.Skip("APKAUDIT_CORPUS is not set: no real APKs to compare with aapt")
	}
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".apk") {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(out) == 0 {
		tb.Skipf("no *.apk below APKAUDIT_CORPUS=%s", dir)
	}
	return out
}

func tool(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	bin, err := exec.LookPath(name)
	if err != nil {
		tb.Skipf("%s is not in PATH: nothing to compare with", name)
	}
	out, err := exec.Command(bin, args...).Output()
	if len(out) == 0 && err != nil {
		tb.Fatalf("%s %v: %v", name, args, err)
	}
	return string(out)
}

func open(tb testing.TB, path string) *App {
	tb.Helper()
	a, err := Open(context.Background(), path, DefaultLimits())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

func TestPermissionsEqualAapt(t *testing.T) {
	line := regexp.MustCompile(`^uses-permission(?:-sdk-23|-sdk-m)?: name='([^']*)'(?: maxSdkVersion='(\d+)')?`)
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want := map[string]int{}
			for _, l := range strings.Split(tool(t, "aapt", "dump", "permissions", path), "\n") {
				m := line.FindStringSubmatch(l)
				if m == nil {
					continue
				}
				n, _ := strconv.Atoi(m[2])
				if have, ok := want[m[1]]; ok && (have == 0 || n == 0) {
					n = 0
				} else if ok {
					n = max(n, have)
				}
				want[m[1]] = n
			}
			got := map[string]int{}
			for _, p := range open(t, path).Permissions {
				got[p.Name] = p.MaxSDK
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("aapt (-), apkaudit (+):\n%s", d)
			}
		})
	}
}

func TestBadgingEqualsAapt(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			badging := tool(t, "aapt", "dump", "badging", path)
			find := func(expr string) string {
				if m := regexp.MustCompile(`(?m)^` + expr).FindStringSubmatch(badging); m != nil {
					return m[1]
				}
				return ""
			}
			a := open(t, path)
			code := ""
			if a.Info.VersionCode != 0 {
				code = strconv.FormatInt(a.Info.VersionCode, 10)
			}
			check := func(what, want, got string) {
				if want != got {
					t.Errorf("%s: aapt says %q, apkaudit %q", what, want, got)
				}
			}
			check("package", find(`package: name='([^']*)'`), a.Info.Package)
			check("versionCode", find(`package: .*versionCode='([^']*)'`), code)
			check("versionName", find(`package: .*versionName='([^']*)'`), a.Info.VersionName)
			check("label", find(`application-label:'([^']*)'`), a.Info.Label.Default)
			check("label zh-CN", find(`application-label-zh-CN:'([^']*)'`), orDefault(a, a.Info.Label.ZH, find(`application-label-zh-CN:'([^']*)'`)))
			check("minSdk", find(`sdkVersion:'([^']*)'`), strconv.Itoa(a.Info.MinSDK))
			check("targetSdk", find(`targetSdkVersion:'([^']*)'`), strconv.Itoa(a.Info.TargetSDK))
			check("debuggable", strconv.FormatBool(strings.Contains(badging, "\napplication-debuggable")), strconv.FormatBool(a.Info.Flags.Debuggable))
			launcher := ""
			if len(a.Launchers) > 0 {
				launcher = a.Launchers[0]
			}
			check("launcher", find(`launchable-activity: name='([^']*)'`), launcher)
			var abis []string
			for _, l := range a.NativeLibs {
				for _, abi := range l.ABIs {
					if !slices.Contains(abis, abi) {
						abis = append(abis, abi)
					}
				}
			}
			sort.Strings(abis)
			native := strings.Fields(strings.ReplaceAll(find(`native-code: (.*)`), "'", ""))
			if !slices.Equal(native, abis) {
				t.Errorf("native code: aapt says %q, apkaudit %q", native, abis)
			}
			for _, g := range a.Gaps {
				t.Errorf("gap on an honest APK: %s %s", g.Kind, g.What)
			}
		})
	}
}

// orDefault is what aapt prints for a locale: the app's own value or the
// default one.
func orDefault(a *App, own, asked string) string {
	if own == "" && asked != "" {
		return a.Info.Label.Default
	}
	return own
}

// xmlNode is an element as `aapt dump xmltree` prints it.
type xmlNode struct {
	name     string
	indent   int
	attrs    map[string]string
	children []*xmlNode
}

func xmltree(tb testing.TB, path string) *xmlNode {
	tb.Helper()
	elem := regexp.MustCompile(`^( *)E: (\S+)`)
	att := regexp.MustCompile(`^ *A: (?:[a-z]+:)?(\w+)(?:\(0x[0-9a-f]+\))?=(.*)$`)
	root := &xmlNode{indent: -1}
	stack := []*xmlNode{root}
	for _, l := range strings.Split(tool(tb, "aapt", "dump", "xmltree", path, manifestName), "\n") {
		if m := elem.FindStringSubmatch(l); m != nil {
			n := &xmlNode{name: m[2], indent: len(m[1]), attrs: map[string]string{}}
			for stack[len(stack)-1].indent >= n.indent {
				stack = stack[:len(stack)-1]
			}
			top := stack[len(stack)-1]
			top.children = append(top.children, n)
			stack = append(stack, n)
		} else if m := att.FindStringSubmatch(l); m != nil {
			v := m[2]
			if strings.HasPrefix(v, `"`) {
				v, _, _ = strings.Cut(v[1:], `" (Raw:`)
			}
			stack[len(stack)-1].attrs[m[1]] = v
		}
	}
	return root
}

// TestComponentsEqualAapt compares with the tree that aapt prints: names,
// explicit and implied exported, permissions, authorities and actions.
func TestComponentsEqualAapt(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			tree := xmltree(t, path)
			a := open(t, path)
			var want []audit.Component
			for _, app := range tree.children[0].children {
				if app.name != "application" {
					continue
				}
				for _, c := range app.children {
					if kind := componentKind(c.name); kind != "" {
						want = append(want, componentOf(t, c, kind, a.Info.Package))
					}
				}
			}
			sort.SliceStable(want, func(i, j int) bool {
				return want[i].Kind < want[j].Kind || want[i].Kind == want[j].Kind && want[i].Name < want[j].Name
			})
			got := slices.Clone(a.Components)
			for i := range got {
				got[i].FGSType = ""
				got[i].Permission = strings.Split(got[i].Permission, ",")[0]
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("aapt (-), apkaudit (+):\n%s", d)
			}
		})
	}
}

func componentOf(t *testing.T, n *xmlNode, kind, pkg string) audit.Component {
	c := audit.Component{Kind: kind, Name: n.attrs["name"], Permission: n.attrs["permission"], Process: n.attrs["process"]}
	c.Disabled = strings.HasSuffix(n.attrs["enabled"], "0x0")
	if strings.HasPrefix(c.Name, ".") {
		c.Name = pkg + c.Name
	}
	if s := n.attrs["authorities"]; s != "" {
		c.Authorities = strings.Split(s, ";")
	}
	for _, f := range n.children {
		if f.name != "intent-filter" {
			continue
		}
		c.Exported = true
		for _, a := range f.children {
			if a.name == "action" && !slices.Contains(c.Actions, a.attrs["name"]) {
				c.Actions = append(c.Actions, a.attrs["name"])
			}
		}
	}
	switch e := n.attrs["exported"]; {
	case strings.HasSuffix(e, "0xffffffff"):
		c.Exported = true
	case strings.HasSuffix(e, "0x0"):
		c.Exported = false
	case e != "":
		t.Fatalf("%s: exported=%q", c.Name, e)
	}
	return c
}

func TestSignersEqualApksigner(t *testing.T) {
	digest := regexp.MustCompile(`Signer (?:#\d+|\(minSdk.*\)) certificate SHA-256 digest: ([0-9a-f]{64})`)
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var want, got []string
			for _, m := range digest.FindAllStringSubmatch(tool(t, "apksigner", "verify", "--print-certs", path), -1) {
				if !slices.Contains(want, m[1]) {
					want = append(want, m[1])
				}
			}
			for _, s := range open(t, path).Info.Signers {
				got = append(got, s.SHA256)
			}
			sort.Strings(want)
			if !slices.Equal(want, got) {
				t.Errorf("apksigner says %q, apkaudit %q", want, got)
			}
		})
	}
}

// TestHashEqualsSha256sum also proves that the streamed hash covers the file.
func TestHashEqualsSha256sum(t *testing.T) {
	for _, path := range corpus(t) {
		want, _, _ := strings.Cut(tool(t, "sha256sum", path), " ")
		if got := open(t, path).Info.SHA256; got != want {
			t.Errorf("%s: sha256sum says %s, apkaudit %s", filepath.Base(path), want, got)
		}
	}
}

// TestEntriesEqualUnzip inflates every entry and compares name by name with
// what unzip extracts.
func TestEntriesEqualUnzip(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a := open(t, path)
			var buf []byte
			for i, name := range a.Entries {
				data, err := a.ReadEntry(context.Background(), name, buf)
				if err != nil {
					t.Fatal(err)
				}
				buf = data
				if i%97 == 0 && !strings.ContainsAny(name, "[]*?") {
					if want := tool(t, "unzip", "-p", path, name); want != string(data) {
						t.Errorf("%s: unzip gives %d bytes, apkaudit %d", name, len(want), len(data))
					}
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, path := range corpus(b) {
		b.Run(filepath.Base(path), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a, err := Open(context.Background(), path, DefaultLimits())
				if err != nil {
					b.Fatal(err)
				}
				a.Close()
			}
		})
		b.Run(filepath.Base(path)+"/hash", func(b *testing.B) {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			st, err := f.Stat()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := startHash(context.Background(), []source{{data: f, size: st.Size()}})(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// within fails when f takes longer than the house allows for one hostile input;
// it is generous so that a busy machine does not fail the test.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > d {
		t.Errorf("took %s, at most %s allowed", took, d)
	}
}
