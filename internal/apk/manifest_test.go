package apk

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"

	"github.com/google/go-cmp/cmp"
)

// TestDefinedPermissions: what the app defines is no request.
func TestDefinedPermissions(t *testing.T) {
	m := apktest.Manifest("com.x", apktest.E("permission", apktest.Str("name", "com.x.permission.B")), apktest.E("permission", apktest.Str("name", "com.x.permission.A")),
		apktest.E("permission", apktest.Str("name", "com.x.permission.B")), apktest.E("permission"), apktest.E("uses-permission", apktest.Str("name", "android.permission.CAMERA")))
	a := open(t, write(t, apktest.ZIP(apktest.File{Name: manifestName, Data: apktest.AXML(m)})))
	if !slices.Equal(a.Defined, []string{"com.x.permission.A", "com.x.permission.B"}) || len(a.Permissions) != 1 {
		t.Errorf("defined %v, requested %v", a.Defined, a.Permissions)
	}
}

func openManifest(t *testing.T, axml []byte, more ...apktest.File) *App {
	t.Helper()
	return open(t, write(t, apktest.ZIP(append([]apktest.File{manifestFile(axml), dexFile("classes.dex")}, more...)...)))
}

func TestFacts(t *testing.T) {
	e, s := apktest.E, apktest.Str
	filter := func(actions ...string) apktest.Element {
		f := e("intent-filter")
		for _, a := range actions {
			f.Children = append(f.Children, e("action", s("name", a)))
		}
		return f
	}
	launcher := e("intent-filter", e("action", s("name", "android.intent.action.MAIN")), e("category", s("name", "android.intent.category.LAUNCHER")))
	sdk := func(target uint32) apktest.Element {
		return e("uses-sdk", apktest.Int("minSdkVersion", 9), apktest.Int("targetSdkVersion", target))
	}
	type row struct {
		name   string
		root   apktest.Element
		verify func(t *testing.T, a *App)
	}
	components := func(want ...audit.Component) func(*testing.T, *App) {
		return func(t *testing.T, a *App) {
			t.Helper()
			if d := cmp.Diff(want, a.Components); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
		}
	}
	permissions := func(want ...audit.Permission) func(*testing.T, *App) {
		return func(t *testing.T, a *App) {
			t.Helper()
			if d := cmp.Diff(want, a.Permissions); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
		}
	}
	man := func(parts ...apktest.Element) apktest.Element { return apktest.Manifest("com.x", parts...) }
	rows := []row{
		{"repeated permission keeps the highest limit", man(
			e("uses-permission", s("name", "b"), apktest.Int("maxSdkVersion", 18)),
			e("uses-permission", s("name", "a")),
			e("uses-permission-sdk-23", s("name", "b"), apktest.Int("maxSdkVersion", 28))),
			permissions(audit.Permission{Name: "a"}, audit.Permission{Name: "b", MaxSDK: 28})},
		{"one request without a limit lifts it", man(
			e("uses-permission", s("name", "a"), apktest.Int("maxSdkVersion", 18)),
			e("uses-permission-sdk-m", s("name", "a"))),
			permissions(audit.Permission{Name: "a"})},
		{"permission elsewhere is none", man(
			e("application", e("uses-permission", s("name", "a"))),
			e("queries", e("uses-permission", s("name", "b")))),
			permissions()},
		{"names", man(e("application",
			e("activity", s("name", ".A")), e("activity", s("name", "B")), e("activity", s("name", "org.y.C")),
			e("activity", s("name", "")), e("activity"))),
			components(audit.Component{Kind: "activity", Name: "com.x.A"}, audit.Component{Kind: "activity", Name: "com.x.B"},
				audit.Component{Kind: "activity", Name: "org.y.C"})},
		{"exported by filter, or not by attribute", man(sdk(30), e("application",
			e("receiver", s("name", ".R"), filter("x", "y", "x")),
			e("service", s("name", ".S"), apktest.Bool("exported", false), filter("x")),
			e("activity", s("name", ".A"), apktest.Bool("exported", true)))),
			components(audit.Component{Kind: "activity", Name: "com.x.A", Exported: true},
				audit.Component{Kind: "receiver", Name: "com.x.R", Exported: true, Actions: []string{"x", "y"}},
				audit.Component{Kind: "service", Name: "com.x.S", Actions: []string{"x"}})},
		{"provider below 17 is public", man(sdk(16), e("application", e("provider", s("name", ".P"), s("authorities", "a;b")))),
			components(audit.Component{Kind: "provider", Name: "com.x.P", Exported: true, Authorities: []string{"a", "b"}})},
		{"provider from 17 is private", man(sdk(17), e("application", e("provider", s("name", ".P"), s("authorities", "a")))),
			components(audit.Component{Kind: "provider", Name: "com.x.P", Authorities: []string{"a"}})},
		{"permissions of components", man(e("application", s("permission", "app"),
			e("activity", s("name", ".A")), e("service", s("name", ".S"), s("permission", "own")),
			e("provider", s("name", ".P"), s("permission", "both"), s("readPermission", "read")))),
			components(audit.Component{Kind: "activity", Name: "com.x.A", Permission: "app"},
				audit.Component{Kind: "provider", Name: "com.x.P", Permission: "read,both", Exported: true},
				audit.Component{Kind: "service", Name: "com.x.S", Permission: "own"})},
		{"processes", man(e("application", s("process", ":main2"),
			e("service", s("name", ".A")), e("service", s("name", ".B"), s("process", ":b")),
			e("service", s("name", ".C"), s("process", "com.x")), e("service", s("name", ".D"), s("process", "")))),
			components(audit.Component{Kind: "service", Name: "com.x.A", Process: ":main2"}, audit.Component{Kind: "service", Name: "com.x.B", Process: ":b"},
				audit.Component{Kind: "service", Name: "com.x.C"}, audit.Component{Kind: "service", Name: "com.x.D"})},
		{"disabled by itself", man(e("application", e("receiver", s("name", ".A"), apktest.Bool("enabled", false)),
			e("receiver", s("name", ".B"), apktest.Bool("enabled", true)), e("receiver", s("name", ".C")))),
			components(audit.Component{Kind: "receiver", Name: "com.x.A", Disabled: true},
				audit.Component{Kind: "receiver", Name: "com.x.B"}, audit.Component{Kind: "receiver", Name: "com.x.C"})},
		{"disabled with the application", man(e("application", apktest.Bool("enabled", false), e("receiver", s("name", ".A"), apktest.Bool("enabled", true)))),
			components(audit.Component{Kind: "receiver", Name: "com.x.A", Disabled: true})},
		{"foreground service types", man(e("application",
			e("service", s("name", ".A"), apktest.Hex("foregroundServiceType", 0x48)),
			e("service", s("name", ".B"), apktest.Hex("foregroundServiceType", 0x40020000)),
			e("service", s("name", ".C"), apktest.Hex("foregroundServiceType", 0xffffffff)))),
			components(audit.Component{Kind: "service", Name: "com.x.A", FGSType: "location|camera"},
				audit.Component{Kind: "service", Name: "com.x.B", FGSType: "specialUse|0x20000"},
				audit.Component{Kind: "service", Name: "com.x.C", FGSType: "manifest"})},
		{"alias launches its target", man(e("application", s("name", ".App"),
			e("activity", s("name", ".A")), e("activity-alias", s("name", ".Icon"), s("targetActivity", ".A"), launcher))),
			func(t *testing.T, a *App) {
				if d := cmp.Diff([]string{"com.x.A"}, a.Launchers); d != "" || a.Application != "com.x.App" {
					t.Errorf("launchers %q, application %q", a.Launchers, a.Application)
				}
				if len(a.Components) != 2 || a.Components[1].Name != "com.x.Icon" || !a.Components[1].Exported {
					t.Errorf("components %+v", a.Components)
				}
			}},
		{"meta-data at three levels", man(e("meta-data", s("name", "m"), s("value", "1")),
			e("application", e("meta-data", s("name", "a"), apktest.Int("value", 7)), e("meta-data", s("name", "a"), apktest.Int("value", 7)),
				e("service", s("name", ".S"), e("meta-data", s("name", "s"), apktest.Ref("resource", 0x7f030001))))),
			func(t *testing.T, a *App) {
				want := []audit.MetaData{{Name: "a", Value: "7"}, {Name: "m", Value: "1"}, {Name: "s", Value: "@0x7f030001"}}
				if d := cmp.Diff(want, a.MetaData); d != "" {
					t.Error(d)
				}
			}},
		{"flags by default", man(sdk(27), e("application")), flags(audit.AppFlags{AllowBackup: true, Cleartext: true})},
		{"flags by default from 28", man(sdk(28), e("application")), flags(audit.AppFlags{AllowBackup: true})},
		{"flags as stated", man(sdk(28), e("application", apktest.Bool("debuggable", true), apktest.Bool("allowBackup", false),
			apktest.Bool("usesCleartextTraffic", true))), flags(audit.AppFlags{Debuggable: true, Cleartext: true})},
		{"sdk defaults", man(e("application")), func(t *testing.T, a *App) {
			if a.Info.MinSDK != 1 || a.Info.TargetSDK != 1 {
				t.Errorf("min %d, target %d", a.Info.MinSDK, a.Info.TargetSDK)
			}
		}},
		{"preview sdk", man(e("uses-sdk", s("minSdkVersion", "Baklava"))), func(t *testing.T, a *App) {
			if a.Info.MinSDK != 10000 || a.Info.TargetSDK != 10000 {
				t.Errorf("min %d, target %d", a.Info.MinSDK, a.Info.TargetSDK)
			}
		}},
		{"label of the launcher where the app has none", man(e("application", e("activity", s("name", ".A"), s("label", "Home"), launcher))),
			func(t *testing.T, a *App) {
				if a.Info.Label.Default != "Home" {
					t.Errorf("label %+v", a.Info.Label)
				}
			}},
	}
	for _, tt := range rows {
		for _, doc := range []apktest.Document{{}, {UTF8: true}, {BlankIDs: true}} {
			t.Run(tt.name, func(t *testing.T) {
				a := openManifest(t, doc.AXML(tt.root))
				if len(a.Gaps) > 0 {
					t.Errorf("gaps %v", a.Gaps)
				}
				tt.verify(t, a)
			})
		}
	}
}

func flags(want audit.AppFlags) func(*testing.T, *App) {
	return func(t *testing.T, a *App) {
		t.Helper()
		if a.Info.Flags != want {
			t.Errorf("flags %+v, want %+v", a.Info.Flags, want)
		}
	}
}

func TestVersionCodeMajor(t *testing.T) {
	root := apktest.Manifest("com.x", apktest.E("application"))
	root.Attrs = append(root.Attrs, apktest.Int("versionCode", 0xfffffffe), apktest.Int("versionCodeMajor", 2), apktest.Str("versionName", "1.0"))
	a := openManifest(t, apktest.AXML(root))
	if want := int64(2)<<32 | 0xfffffffe; a.Info.VersionCode != want || a.Info.VersionName != "1.0" {
		t.Errorf("version %d %q, want %d", a.Info.VersionCode, a.Info.VersionName, want)
	}
}

// TestSplit: a split alone says little of the app, which is told; that it has no code is
// no gap of its own.
func TestSplit(t *testing.T) {
	root := apktest.Manifest("com.x", apktest.E("application", apktest.Bool("hasCode", false)))
	root.Attrs = append(root.Attrs, apktest.Plain("split", "config.zh"))
	a := open(t, write(t, apktest.ZIP(manifestFile(apktest.AXML(root)))))
	if a.Split != "config.zh" || len(a.Gaps) != 1 || a.Gaps[0].Kind != audit.GapUnreadable || !strings.Contains(a.Gaps[0].What, `the base APK of com.x is missing, this is its split "config.zh"`) {
		t.Errorf("split %q, gaps %v", a.Split, a.Gaps)
	}
	if a.Info.MinSDK != 0 || a.Info.TargetSDK != 0 || a.Info.Flags != (audit.AppFlags{}) {
		t.Errorf("levels %d, %d and flags %+v are its base's to say", a.Info.MinSDK, a.Info.TargetSDK, a.Info.Flags)
	}
}

// TestNoPackage: a manifest that names no package is not whole, which is told: one changed
// byte in the attribute's name, and checks that need the manifest have no answer.
func TestNoPackage(t *testing.T) {
	for _, pkg := range []string{"", "com.x"} {
		a := openManifest(t, apktest.AXML(apktest.Manifest(pkg, apktest.E("application"))))
		told := slices.ContainsFunc(a.Gaps, func(g audit.Gap) bool {
			return g.Kind == audit.GapUnreadable && strings.HasPrefix(g.What, "AndroidManifest.xml: names no package")
		})
		if told != (pkg == "") {
			t.Errorf("package %q: gaps %+v", pkg, a.Gaps)
		}
	}
}

// TestManifestDeviations: each lie is told, and the facts come out in spite of
// it.
func TestManifestDeviations(t *testing.T) {
	root := smallManifest()
	length := uint32(len(apktest.AXML(root)))
	wild := func(kind uint16) []byte { return apktest.Chunk(kind, []byte("whatever")) }
	fakePool := apktest.Pool(make([]string, 60), false)
	tests := []struct {
		name, part string
		data       []byte
	}{
		{"unknown chunk before", "cut out", apktest.Document{Before: wild(0x0999)}.AXML(root)},
		{"unknown chunk inside", "cut out", apktest.Document{Middle: wild(0x0105)}.AXML(root)},
		{"unknown chunk, odd bit", "cut out", apktest.Document{Middle: wild(0x7301)}.AXML(root)},
		{"pool behind the first tag", "cut out", apktest.Document{Middle: fakePool}.AXML(root)},
		{"resource map behind the first tag", "cut out", apktest.Document{Middle: apktest.Chunk(0x0180, make([]byte, 400))}.AXML(root)},
		{"flipped flag, really UTF-16", "UTF-8 flag", apktest.Document{FlipFlag: true}.AXML(root)},
		{"flipped flag, really UTF-8", "UTF-8 flag", apktest.Document{UTF8: true, FlipFlag: true}.AXML(root)},
		{"unknown pool flags", "unknown flags", apktest.Document{PoolFlags: 0x80000}.AXML(root)},
		{"string count of 2^31", "claims 2147483648 strings", apktest.Document{Count: apktest.U32(1 << 31)}.AXML(root)},
		{"size too large", "claims", apktest.Document{Size: apktest.U32(length + 1000)}.AXML(root)},
		{"size of 4 GiB", "claims", apktest.Document{Size: apktest.U32(0xffffffff)}.AXML(root)},
		{"size of zero", "claims", apktest.Document{Size: apktest.U32(0)}.AXML(root)},
		{"junk behind", "behind its end", append(apktest.AXML(root), make([]byte, 64)...)},
		{"junk inside, at the end", "claims", apktest.Document{After: []byte("\x02\x01\x10\x00\xff\xff\xff\x7f")}.AXML(root)},
		{"wrong top type", "top chunk of type 0x0001", apktest.Document{Type: apktest.U16(1)}.AXML(root)},
		{"too many attributes", "claims 65535 attributes", apktest.Document{Attrs: apktest.U16(0xffff)}.AXML(root)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := openManifest(t, tt.data)
			wantGap(t, a.Gaps, audit.GapTampered, tt.part)
			if a.Info.Package != "com.example.app" || len(a.Permissions) != 1 || len(a.Components) != 1 || !a.Components[0].Exported {
				t.Errorf("facts lost: %q, %v, %v; gaps %v", a.Info.Package, a.Permissions, a.Components, a.Gaps)
			}
		})
	}
}

// TestManifestDisguise: what a tool might read differs from what Android reads.
func TestManifestDisguise(t *testing.T) {
	name := apktest.Str("name", "android.permission.READ_SMS")
	disguised := name
	disguised.Raw = "android.permission.VIBRATE"
	tests := []struct {
		name string
		perm apktest.Element
	}{
		{"raw value differs", apktest.E("uses-permission", disguised)},
		{"another attribute spelled name", apktest.E("uses-permission", apktest.Plain("name", "android.permission.VIBRATE"), name)},
		{"name given twice", apktest.E("uses-permission", name, apktest.Str("name", "android.permission.VIBRATE"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := openManifest(t, apktest.AXML(apktest.Manifest("com.x", tt.perm)))
			if len(a.Permissions) != 1 || a.Permissions[0].Name != "android.permission.READ_SMS" {
				t.Errorf("permissions %v", a.Permissions)
			}
		})
	}
	t.Run("second application", func(t *testing.T) {
		a := openManifest(t, apktest.AXML(apktest.Manifest("com.x",
			apktest.E("application", apktest.E("service", apktest.Str("name", ".A"))),
			apktest.E("application", apktest.E("service", apktest.Str("name", ".B"))))))
		if len(a.Components) != 1 || a.Components[0].Name != "com.x.A" {
			t.Errorf("components %v", a.Components)
		}
		wantGap(t, a.Gaps, audit.GapTampered, "1 further application")
	})
}

// TestOverlappingStrings: the last string is the tail of the one before, which
// a reader that goes through the pool once would lose.
func TestOverlappingStrings(t *testing.T) {
	// "\x01X" read one unit later is a string of length 1.
	pool := apktest.Pool([]string{"abc", "\x01X", "??"}, false)
	data := apktest.Chunk(3, append(pool, startTag(2)...))
	overlapped := bytes.Clone(data)
	copy(overlapped[8+28+8:], []byte{12, 0, 0, 0}) // third offset: the second string starts at 10
	var gaps gapList
	clean, err := cleanAXML(overlapped, &gaps)
	if err != nil {
		t.Fatal(err)
	}
	wantGap(t, gaps.list, audit.GapTampered, "overlap")
	p, err := parsePool(clean[8:])
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"abc", "\x01X", "X"} {
		if got, _ := p.get(i, 100); got != want {
			t.Errorf("string %d is %q, want %q", i, got, want)
		}
	}
	if p.overlaps() {
		t.Error("the rebuilt pool overlaps")
	}
}

// startTag is a start tag without attributes, named by string i.
func startTag(i byte) []byte {
	b := []byte{2, 1, 16, 0, 36, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, i, 0, 0, 0, 20, 0, 20, 0, 0, 0}
	return append(b, make([]byte, 6)...)
}

func TestPlainManifest(t *testing.T) {
	plain := `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.x">
  <uses-permission android:name="android.permission.CAMERA"/>
  <application android:label="Plain"><activity android:name=".A"><intent-filter><action android:name="x"/></intent-filter></activity></application>
</manifest>`
	for _, text := range []string{plain, "\ufeff" + plain, plain[strings.Index(plain, "<manifest"):]} {
		a := openManifest(t, []byte(text))
		wantGap(t, a.Gaps, audit.GapTampered, "plain text")
		if a.Info.Package != "com.x" || len(a.Permissions) != 1 || len(a.Components) != 1 || !a.Components[0].Exported || a.Info.Label.Default != "Plain" {
			t.Errorf("facts lost: %+v %v %v", a.Info, a.Permissions, a.Components)
		}
	}
}

// TestHostileManifest: documents of a few kilobytes that ask for gigabytes.
func TestHostileManifest(t *testing.T) {
	long := strings.Repeat("<", 1<<20)
	var attrs []any
	for range 5000 {
		attrs = append(attrs, apktest.Plain(long, "v"))
	}
	deep := apktest.E("a")
	for range 2000 {
		deep = apktest.E("a", deep)
	}
	many := apktest.E("application")
	for range maxComponents + 10 {
		many.Children = append(many.Children, apktest.E("service", apktest.Str("name", ".S")))
	}
	tests := []struct {
		name string
		data []byte
		kind string
	}{
		{"attribute names of a megabyte", apktest.AXML(apktest.Manifest("com.x", apktest.E("b", attrs...))), audit.GapLimit},
		{"depth", apktest.AXML(apktest.Manifest("com.x", deep)), ""},
		{"components", apktest.AXML(apktest.Manifest("com.x", many)), audit.GapLimit},
		{"plain depth", []byte("<manifest>" + strings.Repeat("<a>", 1<<20)), audit.GapTampered},
		{"strings of 2 GiB", hugeStrings(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var gaps gapList
			grew := allocated(func() {
				nodes, err := parseManifest(context.Background(), tt.data, DefaultLimits(), DefaultLimits().ManifestNodes, &gaps)
				if err != nil {
					t.Fatal(err)
				}
				s := &split{nodes: nodes}
				factsOf(s)
				gaps.list = append(gaps.list, s.gaps.list...)
			})
			if grew > 256<<20 { // the race detector adds to what is counted
				t.Errorf("%d MiB allocated for %d KiB", grew>>20, len(tt.data)>>10)
			}
			if tt.kind != "" {
				wantGap(t, gaps.list, tt.kind, "")
			}
		})
	}
}

// hugeStrings is a pool whose strings all claim 2^31 characters.
func hugeStrings() []byte {
	pool := apktest.Pool(make([]string, 1000), false)
	for i := 28 + 4000; i+1 < len(pool); i += 2 {
		pool[i], pool[i+1] = 0xff, 0xff
	}
	return apktest.Chunk(3, append(pool, startTag(0)...))
}

// factsOf makes facts of one manifest without resources.
func factsOf(s *split) *App {
	a := &App{splits: []*split{s}}
	f := newFacts(a)
	f.value = (*resources)(nil).value
	f.read(s)
	f.finish()
	return a
}
