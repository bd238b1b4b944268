package apk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"

	"github.com/google/go-cmp/cmp"
)

const tidepool = "../../testdata/apk/tidepool"

// tidepoolFiles are the split APKs of our own app of several, by name.
func tidepoolFiles(tb testing.TB) map[string][]byte {
	tb.Helper()
	out := map[string][]byte{}
	for _, name := range []string{"base", "split_scanner", "split_sounds", "split_config.zh", "split_config.arm64_v8a"} {
		data, err := os.ReadFile(filepath.Join(tidepool, name+".apk"))
		if err != nil {
			tb.Fatal(err)
		}
		out[name+".apk"] = data
	}
	return out
}

// packed packs files, sorted, each named by rename.
func packed(files map[string][]byte, method uint16, rename func(string) string, more ...apktest.File) []byte {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		more = append(more, apktest.File{Name: rename(n), Data: files[n], Method: method})
	}
	return apktest.ZIP(more...)
}

func asIs(name string) string { return name }

// bundletoolName is how bundletool calls a split APK.
func bundletoolName(name string) string {
	return "splits/" + map[string]string{"base.apk": "base-master.apk", "split_scanner.apk": "scanner-master.apk", "split_sounds.apk": "sounds-master.apk",
		"split_config.zh.apk": "base-zh.apk", "split_config.arm64_v8a.apk": "base-arm64_v8a.apk"}[name]
}

func note(name, text string) apktest.File { return apktest.File{Name: name, Data: []byte(text)} }

// said is what an App says apart from what it came as.
type said struct {
	Package, Version, Label, ZH string
	Code                        int64
	Permissions                 []audit.Permission
	Components                  []audit.Component
	MetaData                    []audit.MetaData
	NativeLibs                  []audit.NativeLib
	Launchers                   []string
	DEX                         int
	Inside                      []string // paths of entries that matter, within their splits
	Texts                       []string
	Clicks                      []string
	Domains                     []string
}

func saidBy(t *testing.T, a *App) said {
	t.Helper()
	ctx := context.Background()
	s := said{Package: a.Info.Package, Version: a.Info.VersionName, Label: a.Info.Label.Default, ZH: a.Info.Label.ZH, Code: a.Info.VersionCode,
		Permissions: a.Permissions, Components: a.Components, MetaData: a.MetaData, NativeLibs: a.NativeLibs, Launchers: a.Launchers, DEX: len(a.DEX)}
	for _, e := range a.Entries {
		if in := a.Inside(e); strings.HasPrefix(in, "assets/") || strings.HasPrefix(in, "lib/") || strings.HasPrefix(in, "res/") || strings.HasSuffix(in, ".dex") {
			s.Inside = append(s.Inside, in)
			if data, err := a.ReadEntry(ctx, e, nil); err != nil || len(data) == 0 {
				t.Errorf("%s: %d bytes, %v", e, len(data), err)
			}
		}
	}
	slices.Sort(s.Inside)
	r, err := a.Resources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r.Texts(func(_ uint32, text []byte) {
		if c := string(text); !strings.HasPrefix(c, "res/") {
			s.Texts = append(s.Texts, c)
		}
	})
	slices.Sort(s.Texts)
	s.Texts = slices.Compact(s.Texts)
	var ids []uint32
	for id := uint32(0x7f000000); id < 0x7f100000; id += 0x10000 {
		ids = append(ids, id)
	}
	layouts, _, err := r.Layouts(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layouts {
		s.Clicks = append(s.Clicks, l.Clicks...)
		for _, x := range l.Ticked {
			s.Texts = append(s.Texts, r.Strings(x.Ref)...)
		}
	}
	for _, c := range a.Configs {
		nodes, _, err := a.ConfigXML(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if n.Text = strings.TrimSpace(n.Text); n.Text != "" {
				s.Domains = append(s.Domains, n.Text)
			}
		}
	}
	return s
}

// tidepoolSays is what every form of the app says.
func tidepoolSays() said {
	return said{Package: "org.example.tidepool", Version: "1.2", Label: "Tidepool", ZH: "潮池", Code: 7,
		Permissions: []audit.Permission{{Name: "android.permission.ACCESS_FINE_LOCATION"}, {Name: "android.permission.INTERNET"}, {Name: "android.permission.READ_PHONE_STATE"}},
		Components: []audit.Component{
			{Kind: "activity", Name: "org.example.tidepool.MainActivity", Exported: true, Actions: []string{"android.intent.action.MAIN"}},
			{Kind: "activity", Name: "org.example.tidepool.scanner.ScanActivity"}},
		MetaData:   []audit.MetaData{{Name: "org.example.tidepool.CHANNEL", Value: "shore"}},
		NativeLibs: []audit.NativeLib{{Name: "libtide.so", ABIs: []string{"arm64-v8a"}}},
		Launchers:  []string{"org.example.tidepool.MainActivity"},
		DEX:        2,
		Inside: []string{"assets/privacy.html", "assets/shells.js", "assets/waves.txt", "classes.dex", "classes.dex", "lib/arm64-v8a/libtide.so",
			"res/layout/main.xml", "res/xml/network.xml"},
		Texts: []string{"I have read and agree to the privacy policy", "One shell", "Scan a shell", "Some shells", "Tidepool", "shore", "我已阅读并同意《隐私政策》", "潮池",
			"I have read and agree to the privacy policy", "我已阅读并同意《隐私政策》"},
		Clicks:  []string{"locate"},
		Domains: []string{"tides.example.org"},
	}
}

// TestContainers opens one app in every form, from a file and from memory: each says the
// same of the app.
func TestContainers(t *testing.T) {
	files := tidepoolFiles(t)
	aab, err := os.ReadFile(tidepool + ".aab")
	if err != nil {
		t.Fatal(err)
	}
	xapk := packed(files, 0, func(n string) string {
		return map[string]string{"base.apk": "org.example.tidepool.apk"}[n] + strings.TrimPrefix(n, "base.apk")
	}, note("manifest.json", `{"package_name":"org.example.tidepool"}`), note("icon.png", "x"), note("Android/obb/org.example.tidepool/main.7.org.example.tidepool.obb", "data"))
	splits := []string{"base base", "feature scanner", "config config.arm64_v8a", "config config.zh", "asset sounds"}
	tests := []struct {
		name, container string
		data            []byte
		splits          []string // kind and name, "-" before what was not read
		file            string   // of the base
		dex             string   // of the feature
	}{
		{"zip, stored", audit.ContainerSplit, packed(files, 0, asIs), splits, "base.apk", "split_scanner.apk!/classes.dex"},
		{"zip, deflated, in a folder", audit.ContainerSplit, packed(files, 8, func(n string) string { return "app/" + n }, note("app/readme.txt", "hi")), splits, "app/base.apk", "app/split_scanner.apk!/classes.dex"},
		{"apks", audit.ContainerAPKS, packed(files, 0, bundletoolName, note("toc.pb", ""), apktest.File{Name: "standalones/standalone-hdpi.apk", Data: files["base.apk"]}, apktest.File{Name: "splits/base-master_2.apk", Data: files["base.apk"]}),
			append(slices.Clone(splits), "-alternative base", "-alternative standalone-hdpi.apk"), "splits/base-master_2.apk", "splits/scanner-master.apk!/classes.dex"},
		{"xapk", audit.ContainerXAPK, xapk, append(slices.Clone(splits), "-obb main.7.org.example.tidepool.obb"), "org.example.tidepool.apk", "split_scanner.apk!/classes.dex"},
		{"apkm", audit.ContainerAPKM, packed(files, 8, asIs, note("info.json", `{"pname":"org.example.tidepool"}`)), splits, "base.apk", "split_scanner.apk!/classes.dex"},
		{"aab", audit.ContainerAAB, aab, []string{"base base", "feature scanner", "asset sounds"}, "base", "scanner!/classes.dex"},
		{"aab without BundleConfig.pb", audit.ContainerAAB, bytes.ReplaceAll(aab, []byte("BundleConfig.pb"), []byte("bundleconfig.pb")), []string{"base base", "feature scanner", "asset sounds"}, "base", "scanner!/classes.dex"},
		{"xapk in a zip", audit.ContainerXAPK, apktest.ZIP(apktest.File{Name: "a.xapk", Data: xapk, Method: 8}), append(slices.Clone(splits), "-obb main.7.org.example.tidepool.obb"), "a.xapk!/org.example.tidepool.apk", "a.xapk!/split_scanner.apk!/classes.dex"},
		{"aab in a zip", audit.ContainerAAB, apktest.ZIP(apktest.File{Name: "a.aab", Data: aab}), []string{"base base", "feature scanner", "asset sounds"}, "base", "a.aab!/scanner!/classes.dex"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fromMemory, err := OpenReader(context.Background(), "-", bytes.NewReader(tt.data), int64(len(tt.data)), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			defer fromMemory.Close()
			for _, a := range []*App{open(t, write(t, tt.data)), fromMemory} {
				if d := cmp.Diff(tidepoolSays(), saidBy(t, a)); d != "" {
					t.Errorf("want (-), got (+):\n%s", d)
				}
				if len(a.Gaps) > 0 {
					t.Errorf("gaps on an honest app: %v", a.Gaps)
				}
				if a.Info.Container != tt.container {
					t.Errorf("container %s, want %s", a.Info.Container, tt.container)
				}
				if d := cmp.Diff(tt.splits, kinds(a)); d != "" {
					t.Errorf("splits: want (-), got (+):\n%s", d)
				}
				if a.Info.Splits[0].File != tt.file || !slices.Equal(a.DEX, []string{"classes.dex", tt.dex}) {
					t.Errorf("base is %s, code %q", a.Info.Splits[0].File, a.DEX)
				}
				if (tt.container == audit.ContainerAAB) != (len(a.Info.Signers) == 0) {
					t.Errorf("signers %v", a.Info.Signers)
				}
			}
		})
	}
}

func kinds(a *App) []string {
	var out []string
	for _, s := range a.Info.Splits {
		mark := "-"
		if s.Read {
			mark = ""
		}
		out = append(out, mark+s.Kind+" "+s.Name)
	}
	return out
}

// TestFolder opens the directory with the same APKs.
func TestFolder(t *testing.T) {
	size, ok, err := SplitSet(tidepool)
	if err != nil || !ok {
		t.Fatalf("SplitSet: %v, %v", ok, err)
	}
	a := open(t, tidepool)
	if d := cmp.Diff(tidepoolSays(), saidBy(t, a)); d != "" {
		t.Errorf("want (-), got (+):\n%s", d)
	}
	if a.Info.Container != audit.ContainerSplit || a.Info.Size != size || len(a.Info.Signers) != 1 || len(a.Gaps) > 0 {
		t.Errorf("info %+v, gaps %v", a.Info, a.Gaps)
	}
	// By sha256sum: (cd DIR && sha256sum *.apk | awk '{ print $2, $1 }' | sha256sum).
	const sum = "5eed643bf3dd26235011e2c8fdcb4070e2bd4fa376b6af1ffd3cdbb14c2b1b83"
	if a.Info.SHA256 != sum {
		t.Errorf("sha256 is %s", a.Info.SHA256)
	}
	for _, s := range a.Info.Splits {
		if len(s.SHA256) != 64 || s.Size == 0 {
			t.Errorf("split %+v", s)
		}
	}
	if lib := a.Library("arm64-v8a", "libtide.so"); lib != "split_config.arm64_v8a.apk!/lib/arm64-v8a/libtide.so" || a.Inside(lib) != "lib/arm64-v8a/libtide.so" {
		t.Errorf("library %q", lib)
	}
}

// folder writes files into a directory.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// splitOf is an unsigned split without code.
func splitOf(pkg, name string, version uint32) []byte {
	m := apktest.Manifest(pkg, apktest.E("application", apktest.Bool("hasCode", false)))
	m.Attrs = append(m.Attrs, apktest.Int("versionCode", version))
	if name != "" {
		m.Attrs = append(m.Attrs, apktest.Plain("split", name))
	}
	return apktest.ZIP(manifestFile(apktest.AXML(m)), note("res/a.txt", "x"))
}

func TestSplitSet(t *testing.T) {
	base, feature := splitOf("a.b", "", 1), splitOf("a.b", "x", 1)
	tests := []struct {
		name  string
		files map[string][]byte
		ok    bool
		part  string // of the message of Open
	}{
		{"empty", nil, false, "is a directory"},
		{"one APK", map[string][]byte{"a.apk": base}, false, "without a base APK and its splits"},
		{"two apps", map[string][]byte{"a.apk": base, "b.apk": splitOf("c.d", "", 1), "x.apk": feature}, false, "holds several APKs"},
		{"splits alone", map[string][]byte{"a.apk": feature, "b.apk": splitOf("a.b", "y", 1)}, false, "is a directory"},
		{"another app's split", map[string][]byte{"a.apk": base, "b.apk": splitOf("c.d", "y", 1)}, false, "is a directory"},
		{"a set", map[string][]byte{"a.apk": base, "b.APK": feature, "notes.txt": []byte("x")}, true, ""},
		{"a set and noise", map[string][]byte{"a.apk": base, "b.apk": feature, "c.apk": []byte("noise"), "d.apk": nil}, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
			_, ok, err := SplitSet(dir)
			if err != nil || ok != tt.ok {
				t.Errorf("%v, %v", ok, err)
			}
			a, err := Open(context.Background(), dir, DefaultLimits())
			if err == nil {
				defer a.Close()
			}
			if tt.ok != (err == nil) || err != nil && (!strings.Contains(err.Error(), tt.part) || !strings.HasPrefix(err.Error(), dir) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("Open: %v", err)
			}
			if tt.name == "a set and noise" {
				wantGap(t, a.Gaps, audit.GapUnreadable, "c.apk")
				wantGap(t, a.Gaps, audit.GapUnreadable, "d.apk")
			}
		})
	}
	if _, _, err := SplitSet(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a directory that is not there")
	}
}

// TestRefusedSplits: what Android would not install together is told and not united.
func TestRefusedSplits(t *testing.T) {
	base := splitOf("a.b", "", 5)
	tests := []struct {
		name, part string
		file       apktest.File
	}{
		{"package", `is of package "evil"`, apktest.File{Name: "x.apk", Data: splitOf("evil", "x", 5)}},
		{"version", "has version code 6, the base 5", apktest.File{Name: "x.apk", Data: splitOf("a.b", "x", 6)}},
		{"second base", "is a base APK as well", apktest.File{Name: "x.apk", Data: splitOf("a.b", "", 5)}},
		{"twice", "has the split name of a.apk", apktest.File{Name: "x.apk", Data: splitOf("a.b", "a", 5)}},
		{"no manifest", "its manifest cannot be read", apktest.File{Name: "x.apk", Data: apktest.ZIP(dexFile("classes.dex"))}},
		{"signature", "is signed by another key", apktest.File{Name: "x.apk", Data: tidepoolFiles(t)["split_scanner.apk"]}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first, says := base, "a.b"
			if tt.name == "signature" {
				m := apktest.Manifest("org.example.tidepool")
				m.Attrs = append(m.Attrs, apktest.Int("versionCode", 7))
				first, says = apktest.ZIP(manifestFile(apktest.AXML(m)), dexFile("classes.dex")), "org.example.tidepool"
			}
			a := open(t, write(t, apktest.ZIP(note("manifest.json", fmt.Sprintf(`{"package_name":%q}`, says)), apktest.File{Name: "base.apk", Data: first},
				apktest.File{Name: "a.apk", Data: splitOf("a.b", "a", 5)}, tt.file)))
			wantGap(t, a.Gaps, audit.GapTampered, "x.apk: "+tt.part)
			for _, s := range a.Info.Splits {
				if s.File == "x.apk" && s.Read || s.File == "base.apk" && !s.Read {
					t.Errorf("split %+v", s)
				}
			}
			if slices.ContainsFunc(a.Entries, func(e string) bool { return strings.HasPrefix(e, "x.apk!/") }) {
				t.Errorf("entries %q", a.Entries)
			}
		})
	}
}

// TestContent: what a file is follows from its content alone.
func TestContent(t *testing.T) {
	app := apktest.ZIP(smallFiles()...)
	tests := []struct {
		name, container string
		data            []byte
	}{
		{"APK beside other APKs' notes", "apk", apktest.ZIP(append(smallFiles(), note("toc.pb", ""), note("manifest.json", "{}"), apktest.File{Name: "base.apk", Data: app})...)},
		{"one APK in a zip", "apk", apktest.ZIP(apktest.File{Name: "x/app.apk", Data: app, Method: 8})},
		{"one APK three deep", "apk", apktest.ZIP(apktest.File{Name: "b.zip", Data: apktest.ZIP(apktest.File{Name: "a.zip", Data: apktest.ZIP(apktest.File{Name: "app.apk", Data: app})}), Method: 8})},
		{"universal", "apks", apktest.ZIP(note("toc.pb", ""), apktest.File{Name: "universal.apk", Data: app})},
		{"standalone", "apks", apktest.ZIP(apktest.File{Name: "standalones/standalone-x86.apk", Data: []byte("PK")}, apktest.File{Name: "standalones/standalone-arm64_v8a.apk", Data: app})},
		{"code beside an xapk's files", "xapk", apktest.ZIP(note("manifest.json", "{}"), apktest.File{Name: "base.apk", Data: app}, dexFile("classes.dex"))},
		{"finder's shadow", "apk", apktest.ZIP(apktest.File{Name: "app.apk", Data: app}, apktest.File{Name: "__MACOSX/._app.apk", Data: []byte("x")})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := open(t, write(t, tt.data))
			if a.Info.Container != tt.container || a.Info.Package != "com.example.app" || len(a.DEX) != 1 || len(a.Gaps) > 0 {
				t.Errorf("%s of %s, code %q, gaps %v", a.Info.Container, a.Info.Package, a.DEX, a.Gaps)
			}
		})
	}
}

// TestNoOneApp: an archive of which nothing can be said, or of several apps, is told in
// one line.
func TestNoOneApp(t *testing.T) {
	tests := []struct {
		name, part string
		data       []byte
	}{
		{"two apps", "holds 2 APKs that are no splits of one another (a.apk, b.apk)", apktest.ZIP(apktest.File{Name: "a.apk", Data: splitOf("a.b", "", 1)}, apktest.File{Name: "b.apk", Data: splitOf("c.d", "", 1)})},
		{"no archive inside", "holds no APK that can be read", apktest.ZIP(note("manifest.json", "{}"), note("base.apk", "noise"))},
		{"too deep", "max-depth of 3", nest(apktest.ZIP(smallFiles()...), 4)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.data)
			_, err := Open(context.Background(), path, DefaultLimits())
			if err == nil || !strings.Contains(err.Error(), tt.part) || !strings.HasPrefix(err.Error(), path) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// TestSharedBytes: stored members that all stand in the same place, each to be searched
// from end to end, cost no more than the file is long.
func TestSharedBytes(t *testing.T) {
	base := splitOf("a.b", "", 1)
	body := apktest.File{Name: "big.apk", Data: bytes.Repeat([]byte("PK\x03\x04 no header"), 2<<20)}
	files := []apktest.File{{Name: "base.apk", Data: base}, note("manifest.json", "{}"), body}
	at := uint32(len(apktest.Archive{NoDirectory: true}.ZIP(files[:2]...)))
	for i := range 400 {
		n := uint32(len(body.Data))
		files = append(files, apktest.File{Name: fmt.Sprintf("x%03d.apk", i), Offset: apktest.U32(at), Size: &n, Packed: &n})
	}
	within(t, 15*time.Second, func() {
		a := open(t, write(t, apktest.ZIP(files...)))
		wantGap(t, a.Gaps, audit.GapTampered, "shares its bytes")
		if a.Info.Package != "a.b" {
			t.Errorf("package %q", a.Info.Package)
		}
	})
}

// nest puts an archive into n others.
func nest(data []byte, n int) []byte {
	for i := range n {
		data = apktest.ZIP(apktest.File{Name: fmt.Sprintf("%d.zip", i), Data: data, Method: 8})
	}
	return data
}

// TestHostileContainers: what archives of archives are made of to exhaust a reader.
func TestHostileContainers(t *testing.T) {
	base := apktest.File{Name: "base.apk", Data: splitOf("a.b", "", 1)}
	xapkNote := note("manifest.json", `{"package_name":"a.b"}`)
	many := []apktest.File{xapkNote, base}
	for i := range 99_000 {
		many = append(many, apktest.File{Name: fmt.Sprintf("s/%05d.apk", i), Data: apktest.ZIP()})
	}
	entries := []apktest.File{manifestFile(apktest.AXML(apktest.Manifest("a.b"))), dexFile("classes.dex")}
	for i := range 3000 {
		entries = append(entries, apktest.File{Name: fmt.Sprintf("assets/%04d", i)})
	}
	wide := apktest.File{Name: "wide.apk", Data: apktest.ZIP(entries...), Method: 8}
	zeros := make([]byte, 64<<20)
	tests := []struct {
		name, part string
		kind       string
		files      []apktest.File
		set        func(*Limits)
	}{
		{"100,000 inner APKs", "max-apks of 500", audit.GapLimit, many, nil},
		{"bomb", "max-inflated-bytes of 4194304", audit.GapLimit, []apktest.File{xapkNote, base, {Name: "x.apk", Data: zeros, Method: 8}, {Name: "y.apk", Data: zeros, Method: 8}}, func(l *Limits) { l.InflatedBytes = 4 << 20 }},
		{"bomb in an inner manifest", "max-manifest-bytes", audit.GapLimit, []apktest.File{xapkNote, base, {Name: "x.apk", Data: apktest.ZIP(apktest.File{Name: manifestName, Data: zeros, Method: 8}), Method: 8}}, nil},
		{"entries over all", "max-entries of 3003", audit.GapLimit, []apktest.File{xapkNote, base, wide}, func(l *Limits) { l.Entries = 3003 }},
		{"claims 4 GiB", "its checksum is wrong", audit.GapTampered, []apktest.File{xapkNote, base, {Name: "x.apk", Data: wide.Data, Method: 8, Size: apktest.U32(0xfffffff0), CRC: apktest.U32(1)}}, nil},
		{"deflate breaks off", "x.apk", audit.GapUnreadable, []apktest.File{xapkNote, base, {Name: "x.apk", Data: []byte("\xff\xff\xff\xff"), Method: 9}}, nil},
		{"an archive in an xapk", "max-depth of 1", audit.GapLimit, []apktest.File{xapkNote, base, {Name: "x.apk", Data: apktest.ZIP(base, xapkNote)}}, func(l *Limits) { l.Depth = 1 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lim := DefaultLimits()
			if tt.set != nil {
				tt.set(&lim)
			}
			path := write(t, apktest.ZIP(tt.files...))
			within(t, 20*time.Second, func() {
				grew := allocated(func() {
					a, err := Open(context.Background(), path, lim)
					if err != nil {
						t.Fatal(err)
					}
					defer a.Close()
					wantGap(t, a.Gaps, tt.kind, tt.part)
					if a.Info.Package != "a.b" || a.Info.Container != audit.ContainerXAPK {
						t.Errorf("%s of %q", a.Info.Container, a.Info.Package)
					}
				})
				t.Logf("%d MiB allocated", grew>>20)
				if grew > 256<<20 {
					t.Errorf("%d MiB allocated", grew>>20)
				}
			})
		})
	}
}

// TestSelfContaining: an archive whose stored member is the rest of the archive, with its
// directory, does not go on for ever.
func TestSelfContaining(t *testing.T) {
	data := apktest.ZIP(apktest.File{Name: "a.apk", Data: []byte("PK\x05\x06")}, note("manifest.json", "{}"))
	at := bytes.Index(data, []byte(sigCentral))
	rest := uint32(len(data) - lenLocal - len("a.apk"))
	for _, field := range []int{at + 20, at + 24} {
		for i := range 4 {
			data[field+i] = byte(rest >> (8 * i))
		}
	}
	within(t, 10*time.Second, func() {
		if a, err := Open(context.Background(), write(t, data), DefaultLimits()); err == nil {
			a.Close()
		}
	})
}
