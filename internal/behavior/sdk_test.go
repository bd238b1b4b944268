package behavior_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

// withSDKs is an observer that knows further SDKs: each text is what stands under
// match: and behind it, in flow style, by id; "B makes " before it names another vendor than A.
func withSDKs(t testing.TB, sdks map[string]string) *behavior.Observer {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sdks")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for id, rest := range sdks {
		vendor, match, other := strings.Cut(rest, " makes ")
		if !other {
			vendor, match = "A", rest
		}
		text := fmt.Sprintf("id: %s\nname: {zh: 甲, en: A}\nvendor: {zh: 甲, en: %s}\ncategory: %s\nmatch: %s\n", id, vendor, category(id), match)
		if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := rules.Load(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	return behavior.New(set)
}

// category makes ids that end in -packer packers.
func category(id string) string {
	if strings.HasSuffix(id, "-packer") {
		return "packer"
	}
	return "analytics"
}

// detected lists "id confidence classes" of what an inventory is found to contain.
func detected(o *behavior.Observer, inv behavior.Inventory) []string {
	sdks, libs := o.Detect(inv)
	var out []string
	for _, s := range append(sdks, libs...) {
		out = append(out, fmt.Sprintf("%s %s %d", s.ID, s.Confidence, s.Classes))
	}
	return out
}

// full is a signature with a matcher of every kind.
const full = `{packages: [net.acme.track, net.acme.core], min_classes: 3, supporting: [net.acme.base], components: [net.acme.track.Main, "net.acme.ui.*"],
  meta_data: [ACME_KEY], native_libs: [libacme.so, "libacme-*.so"], assets: [acme.cfg, "acme/*.bin"], permissions: [net.acme.SEND, "*.permission.ACME"],
  actions: [net.acme.RECEIVE], strings: [api.acme.example]}`

// TestConfidence: required code in sufficient number with anything else is
// certain, alone it is likely, and nothing else, however much, is more than
// possible.
func TestConfidence(t *testing.T) {
	o := withSDKs(t, map[string]string{"acme": full, "acme-lib": `{packages: [org.acme.lib], native_libs: [libacmelib.so]}
neutral: true`})
	code := func(n int) map[string]int { return map[string]int{"net.acme.track": n} }
	cases := []struct {
		name string
		inv  behavior.Inventory
		want string
		kind string // of the evidence besides code
	}{
		{"code", behavior.Inventory{Packages: code(3)}, "acme likely 3", ""},
		{"too few classes", behavior.Inventory{Packages: code(2)}, "acme possible 2", ""},
		{"too few classes and more", behavior.Inventory{Packages: code(2), NativeLibs: []string{"libacme.so"}, Components: []string{"net.acme.track.Main"}}, "acme possible 2", "native_lib"},
		{"min_classes is per prefix", behavior.Inventory{Packages: map[string]int{"net.acme.track": 2, "net.acme.core": 2}}, "acme possible 4", ""},
		{"min_classes counts below the prefix", behavior.Inventory{Packages: map[string]int{"net.acme.track.a": 2, "net.acme.track.b": 1}}, "acme likely 3", ""},
		{"two prefixes", behavior.Inventory{Packages: map[string]int{"net.acme.track": 3, "net.acme.core": 1}}, "acme certain 4", ""},
		{"supporting code", behavior.Inventory{Packages: map[string]int{"net.acme.base": 30}}, "acme possible 30", ""},
		{"code and supporting code", behavior.Inventory{Packages: map[string]int{"net.acme.track": 3, "net.acme.base": 1}}, "acme certain 4", ""},
		{"component", behavior.Inventory{Components: []string{"net.acme.track.Main"}}, "acme possible 0", "component"},
		{"component below a package", behavior.Inventory{Components: []string{"net.acme.ui.a.Dialog"}}, "acme possible 0", "component"},
		{"meta-data", behavior.Inventory{MetaData: []string{"ACME_KEY"}}, "acme possible 0", "meta_data"},
		{"native library", behavior.Inventory{NativeLibs: []string{"libacme.so"}}, "acme possible 0", "native_lib"},
		{"native library by pattern", behavior.Inventory{NativeLibs: []string{"libacme-4.2.so"}}, "acme possible 0", "native_lib"},
		{"asset", behavior.Inventory{Assets: []string{"acme/model.bin"}}, "acme possible 0", "asset"},
		{"library and asset", behavior.Inventory{NativeLibs: []string{"libacme.so"}, Assets: []string{"acme.cfg"}}, "acme possible 0", "asset"},
		{"permission", behavior.Inventory{Permissions: []string{"net.acme.SEND"}}, "acme possible 0", "permission"},
		{"permission of the app's own package", behavior.Inventory{Package: "com.shop.app", Permissions: []string{"com.shop.app.permission.ACME"}}, "acme possible 0", "permission"},
		{"action", behavior.Inventory{Actions: []string{"net.acme.RECEIVE"}}, "acme possible 0", "action"},
		{"string", behavior.Inventory{Strings: []string{"api.acme.example"}}, "acme possible 0", "string"},
		{"code and string", behavior.Inventory{Packages: code(3), Strings: []string{"api.acme.example"}}, "acme certain 3", "string"},
		{"code and permission", behavior.Inventory{Packages: code(3), Permissions: []string{"net.acme.SEND"}}, "acme certain 3", "permission"},
		{"neutral library", behavior.Inventory{NativeLibs: []string{"libacmelib.so"}}, "acme-lib possible 0", "native_lib"},
		{"longer segment", behavior.Inventory{Packages: map[string]int{"net.acme.tracker": 9}}, "", ""},
		{"another's permission", behavior.Inventory{Package: "com.shop", Permissions: []string{"com.shop.app.permission.ACME", "x.net.acme.SEND"}}, "", ""},
		{"pattern over a folder", behavior.Inventory{Assets: []string{"acme/a/b.bin", "x/acme.cfg"}}, "", ""},
		{"part of a string", behavior.Inventory{Strings: []string{"https://api.acme.example/v1"}}, "", ""},
		{"the app itself", behavior.Inventory{Package: "net.acme.track", Packages: code(30), Components: []string{"net.acme.track.Main"}}, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(detected(o, c.inv), ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			sdks, libs := o.Detect(c.inv)
			if c.kind != "" && !slices.ContainsFunc(append(sdks, libs...)[0].Evidence, func(e audit.SDKEvidence) bool { return e.Kind == c.kind }) {
				t.Errorf("no evidence of kind %s: %+v %+v", c.kind, sdks, libs)
			}
		})
	}
	if _, libs := o.Detect(behavior.Inventory{NativeLibs: []string{"libacmelib.so"}}); len(libs) != 1 {
		t.Error("a neutral library that is only possible is not listed under libraries")
	}
}

// TestPrecedence proves the comment of owners.assign, line by line.
func TestPrecedence(t *testing.T) {
	sdks := map[string]string{
		"a-outer": `{packages: [net.acme], min_classes: 2}`,
		"b-inner": `{packages: [net.acme.inner.core]}`,
		"c-ship":  `{packages: [org.carrier], ships: [{prefix: net.freight, max_classes: 10}]}`,
		"d-ship":  `{packages: [org.lorry], ships: [{prefix: net.freight, max_classes: 10}]}`,
		"k-ship":  `B makes {packages: [org.cart], ships: [{prefix: net.freight, max_classes: 10}, {prefix: net.ownerless, max_classes: 10}]}`,
		"l-ship":  `{packages: [org.wagon], ships: [{prefix: net.ownerless, max_classes: 10}]}`,
		"e-cargo": `{packages: [net.freight], supporting: [net.freight.box.label]}`,
		"f-guest": `{packages: [net.guest], native_libs: [libguest.so], not_when: [org.host]}`,
		"g-host":  `{packages: [org.host]}`,
		"h-loop":  `{packages: [net.loop.a], not_when: [net.loop.b]}`,
		"i-loop":  `{packages: [net.loop.b], not_when: [net.loop.a]}`,
		"j-shy":   `{packages: [net.shy], not_when: [net.nobody]}`,
	}
	o := withSDKs(t, sdks)
	cases := []struct {
		name string
		app  string
		code map[string]int
		libs []string
		want string
	}{
		{"the longest prefix owns", "", map[string]int{"net.acme.inner": 2, "net.acme.inner.core": 5, "net.acme.inner.cores": 1}, nil, "a-outer likely 3, b-inner likely 5"},
		{"what a longer prefix owns does not count for the shorter", "", map[string]int{"net.acme": 1, "net.acme.inner.core": 5}, nil, "a-outer possible 1, b-inner likely 5"},
		{"the app's namespace wins where it is as long", "net.acme.inner.core", map[string]int{"net.acme.inner.core": 5, "net.acme": 2}, nil, "a-outer likely 2"},
		{"a longer prefix inside the app's namespace stays", "net.acme", map[string]int{"net.acme": 9, "net.acme.inner.core": 5}, nil, "b-inner likely 5"},
		{"shipped code belongs to the shipper", "", map[string]int{"org.carrier": 3, "net.freight": 10}, nil, "c-ship likely 13"},
		{"more than is shipped stays with its own SDK", "", map[string]int{"org.carrier": 3, "net.freight": 11}, nil, "c-ship likely 3, e-cargo likely 11"},
		{"of two shippers the larger takes it", "", map[string]int{"org.carrier": 3, "org.lorry": 4, "net.freight": 10}, nil, "c-ship likely 3, d-ship likely 14"},
		{"of products of two vendors neither takes what has an SDK of its own", "", map[string]int{"org.carrier": 3, "org.cart": 4, "net.freight": 10}, nil, "c-ship likely 3, e-cargo likely 10, k-ship likely 4"},
		{"one of them that is not there does not count", "", map[string]int{"org.cart": 4, "net.freight": 10}, nil, "k-ship likely 14"},
		{"what has none goes to the larger", "", map[string]int{"org.cart": 4, "org.wagon": 5, "net.ownerless": 10}, nil, "k-ship likely 4, l-ship likely 15"},
		{"a longer prefix than the shipped one keeps its classes", "", map[string]int{"org.carrier": 3, "net.freight": 2, "net.freight.box.label": 4}, nil, "c-ship likely 5, e-cargo possible 4"},
		{"nothing is shipped by who is not there", "", map[string]int{"net.freight": 10}, nil, "e-cargo likely 10"},
		{"a guest by itself", "", map[string]int{"net.guest": 4}, []string{"libguest.so"}, "f-guest certain 4"},
		{"not_when: the host has the code and the guest is not named", "", map[string]int{"net.guest": 4, "org.host.x": 2}, []string{"libguest.so"}, "g-host likely 6"},
		{"not_when is anchored on segments", "", map[string]int{"net.guest": 4, "org.hostess": 2}, nil, "f-guest likely 4"},
		{"not_when: an app under the host's name is no host", "org.host.shop", map[string]int{"net.guest": 4, "org.host.shop": 2}, nil, "f-guest likely 4"},
		{"not_when in a circle: neither is named", "", map[string]int{"net.loop.a": 3, "net.loop.b": 3}, nil, ""},
		{"not_when of code without signature", "", map[string]int{"net.shy": 3, "net.nobody.x": 3}, nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(detected(o, behavior.Inventory{Package: c.app, Packages: c.code, NativeLibs: c.libs}), ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestNotWhenHandsOn: calls in code that another SDK brings along are that SDK's,
// and where nobody owns it, the code is listed as such.
func TestNotWhenHandsOn(t *testing.T) {
	o := withSDKs(t, map[string]string{
		"f-guest": `{packages: [net.guest], native_libs: [libguest.so], not_when: [org.host]}`,
		"g-host":  `{packages: [org.host]}`,
		"j-shy":   `{packages: [net.shy], not_when: [net.nobody]}`,
	})
	d := callers(apktest.NewDEX("035"), getDeviceID, "net.guest.A", "org.host.B", "net.shy.C", "net.nobody.D")
	res := observeApp(t, o, apktest.Manifest("com.shop.app"), map[string][]byte{"lib/arm64-v8a/libguest.so": []byte("x")}, d)
	if got := parties(res); !slices.Equal(got, []string{"sdk:g-host", "unknown:net.nobody", "unknown:net.shy"}) {
		t.Errorf("parties %v", got)
	}
	if n := res.Behavior.NativeLibs; len(n) != 1 || n[0].Party != "" {
		t.Errorf("native libraries %+v", n)
	}
}

// TestManifestAndStrings: the same matchers on a real manifest and real DEX files.
func TestManifestAndStrings(t *testing.T) {
	o := withSDKs(t, map[string]string{"acme": full, "acme-host": `{packages: [net.other], strings: [a.example, m.example, z.example]}`})
	manifest := apktest.Manifest("com.shop.app",
		apktest.E("permission", apktest.Str("name", "com.shop.app.permission.ACME")),
		apktest.E("uses-permission", apktest.Str("name", "com.shop.app.permission.ACME")),
		apktest.E("application", apktest.E("receiver", apktest.Str("name", "com.shop.app.Push"),
			apktest.E("intent-filter", apktest.E("action", apktest.Str("name", "net.acme.RECEIVE"))))))
	first, second := apktest.NewDEX("035"), apktest.NewDEX("035")
	first.ExtraStrings = []string{"a.example", "a.exampl", "m.example.org", "zz"}
	second.ExtraStrings = []string{"a.example", "z.example", "api.acme.example"}
	// A reference to a class that no file defines is no presence.
	first.ExtraMethods = []string{"Lnet/other/Api;->start()V"}
	first.Class("Lcom/shop/app/Main;", "")
	second.Class("Lcom/shop/app/Other;", "")
	b := observeApp(t, o, manifest, nil, first, second).Behavior
	var got []string
	for _, s := range b.SDKs {
		for _, e := range s.Evidence {
			got = append(got, fmt.Sprintf("%s %s %s %s %d %v", s.ID, s.Confidence, e.Kind, e.Value, e.Count, e.Samples))
		}
	}
	want := []string{
		"acme-host possible string a.example 2 []",
		"acme-host possible string z.example 1 []",
		"acme possible permission *.permission.ACME 1 [com.shop.app.permission.ACME]",
		"acme possible action net.acme.RECEIVE 1 [com.shop.app.Push]",
		"acme possible string api.acme.example 1 []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestReferencedNotDefined: code that only calls an SDK does not contain it.
func TestReferencedNotDefined(t *testing.T) {
	d := apktest.NewDEX("035")
	code := apktest.NewDEXCode(2, 0, 1)
	for _, m := range []string{"Lcom/umeng/analytics/MobclickAgent;->onEvent()V", "Lcn/jpush/android/api/JPushInterface;->init()V"} {
		code.Invoke(opInvokeStatic, m)
	}
	d.ExtraFields = []string{"Lcom/umeng/commonsdk/UMConfigure;->sdk:I"}
	d.Class("Lcom/shop/app/Main;", "Lcom/umeng/message/UmengMessageService;").Method(accPublicStatic, "a", "()V", code.ReturnVoid())
	if b := observe(t, "com.shop.app", nil, d).Behavior; len(b.SDKs)+len(b.Libraries) != 0 {
		t.Errorf("references count as presence: %+v %+v", b.SDKs, b.Libraries)
	}
}

// TestPackerByText: a text that names a packer does not make an app a packed one.
func TestPackerByText(t *testing.T) {
	o := withSDKs(t, map[string]string{"shell-packer": "{packages: [net.shell], native_libs: [libshell.so], strings: [libshell.so]}"})
	d := apktest.NewDEX("035")
	d.ExtraStrings = []string{"libshell.so"}
	d.Class("Lcom/shop/app/Main;", "")
	b := observeApp(t, o, apktest.Manifest("com.shop.app"), nil, d).Behavior
	if len(b.SDKs) != 1 || b.SDKs[0].Confidence != "possible" || len(b.Packers) != 0 {
		t.Errorf("%+v %+v", b.SDKs, b.Packers)
	}
	b = observeApp(t, o, apktest.Manifest("com.shop.app"), map[string][]byte{"lib/x86/libshell.so": []byte("x")}, d).Behavior
	if len(b.Packers) != 1 || b.Packers[0].Evidence != "libshell.so" {
		t.Errorf("its library is there: %+v", b.Packers)
	}
}

// TestNativeLibraryOwner: where two signatures name a library, it belongs to the
// SDK whose code is there.
func TestNativeLibraryOwner(t *testing.T) {
	o := withSDKs(t, map[string]string{"a-first": `{packages: [net.first], native_libs: [libshared.so]}`, "b-second": `{packages: [net.second], native_libs: ["libsh*.so"]}`})
	d := apktest.NewDEX("035")
	d.Class("Lnet/second/A;", "")
	b := observeApp(t, o, apktest.Manifest("com.shop.app"), map[string][]byte{"lib/x86/libshared.so": []byte("x")}, d).Behavior
	if len(b.NativeLibs) != 1 || b.NativeLibs[0].Party != "sdk:b-second" {
		t.Errorf("native libraries %+v", b.NativeLibs)
	}
}

// TestHostileNames: names of thousands of segments cost no more than long names.
func TestHostileNames(t *testing.T) {
	o := withSDKs(t, map[string]string{"acme": `{packages: [net.acme.track], components: ["net.acme.ui.*"]}`})
	deep := strings.Repeat(".a", 30_000)
	inv := behavior.Inventory{Packages: map[string]int{}}
	for i := range 2000 {
		inv.Packages[fmt.Sprintf("net.acme.track.x%d%s", i, deep)] = 1
		inv.Components = append(inv.Components, fmt.Sprintf("net.acme.ui.x%d%s", i, deep))
	}
	if got := strings.Join(detected(o, inv), ", "); got != "acme certain 2000" {
		t.Errorf("got %q", got)
	}
}
