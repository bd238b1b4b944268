package learn_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/apktest"
	"apkaudit/internal/learn"
	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
)

const (
	getDeviceID = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
	getString   = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
	buildSerial = "Landroid/os/Build;->SERIAL:Ljava/lang/String;"

	aload0, areturn                          = 42, 176
	getStatic, invokeVirtual, invokeStatic   = 178, 182, 184
	accPublic, accStatic, accPublicStaticFin = 1, 8, 0x19
)

// builtIn is the built-in knowledge, read once: nothing here changes a set.
var builtIn = sync.OnceValues(func() (*rules.Set, error) { return rules.LoadFull() })

func fullSet(t testing.TB, overlays ...string) *rules.Set {
	t.Helper()
	load := builtIn
	if len(overlays) > 0 {
		load = func() (*rules.Set, error) { return rules.LoadFull(overlays...) }
	}
	set, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func descriptor(class string) string { return "L" + strings.ReplaceAll(class, ".", "/") + ";" }

// jar holds n empty classes in each package beside the given ones.
func jar(packages map[string]int, classes ...*named) []byte {
	var files []apktest.File
	for pkg, n := range packages {
		for i := range n {
			class := fmt.Sprintf("%s.C%d", pkg, i)
			files = append(files, apktest.File{Name: strings.ReplaceAll(class, ".", "/") + ".class", Data: apktest.NewJavaClass(descriptor(class), "").Bytes()})
		}
	}
	for _, c := range classes {
		files = append(files, apktest.File{Name: strings.ReplaceAll(c.name, ".", "/") + ".class", Data: c.Bytes()})
	}
	return apktest.ZIP(files...)
}

type named struct {
	name string
	*apktest.JavaClass
}

func class(name, super string) *named {
	if super != "" {
		super = descriptor(super)
	}
	return &named{name, apktest.NewJavaClass(descriptor(name), super)}
}

func code() *apktest.JavaCode { return apktest.NewJavaCode() }

// tracker is a class that calls sensitive APIs: directly, with a constant, by a
// method reference, and through a subclass of its own.
func tracker(version string) []*named {
	k := class("com.acme.track.Tracker", "")
	k.Field(accPublicStaticFin, "SDK_VERSION", "Ljava/lang/String;", version).
		Field(accPublicStaticFin, "MIN_VERSION", "Ljava/lang/String;", "9.9").
		Method(accPublic|accStatic, "getVersion", "()Ljava/lang/String;", code().Const(version).Raw(areturn)).
		Method(accPublic, "a", "()V", code().Raw(aload0).Invoke(invokeVirtual, getDeviceID).
			Raw(aload0).Const("android_id").Invoke(invokeStatic, getString).
			Raw(aload0).Const("input_method").Invoke(invokeStatic, getString).
			Field(getStatic, buildSerial).
			Raw(1).Lambda("(Landroid/telephony/TelephonyManager;)La/S;", 5, getDeviceID).
			Const("https://api.acmetrack.io/v1").Const("www.w3.org").Const("http://log.other.cn/x").Return())
	phone := class("com.acme.track.Phone", "android.telephony.TelephonyManager")
	user := class("com.acme.track.User", "")
	user.Method(accPublic, "b", "()V", code().Raw(aload0).Invoke(invokeVirtual, "Lcom/acme/track/Phone;->getDeviceId()Ljava/lang/String;").Return())
	return []*named{k, phone, user}
}

const manifest = `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.acme.track">
<uses-permission android:name="android.permission.READ_PHONE_STATE"/>
<uses-permission android:name="${applicationId}.permission.ACME"/>
<application><service android:name=".push.Service"/><activity android:name="net.other.Page"/>
<meta-data android:name="ACME_KEY" android:value="${KEY}"/></application></manifest>`

func aar(version string, packages map[string]int) []byte {
	return apktest.ZIP(
		apktest.File{Name: "AndroidManifest.xml", Data: []byte(manifest)},
		apktest.File{Name: "classes.jar", Data: jar(packages, tracker(version)...)},
		apktest.File{Name: "proguard.txt", Data: []byte("-keep class com.acme.track.** { *; }\n-keep class androidx.Foo\n-keep class **\n")},
		apktest.File{Name: "jni/arm64-v8a/libacme_v2.1.so"}, apktest.File{Name: "jni/arm64-v8a/libc++_shared.so"},
		apktest.File{Name: "assets/acme.cfg"},
	)
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func draft(t *testing.T, set *rules.Set, opt learn.Options, files ...string) *learn.Draft {
	t.Helper()
	var in []learn.Input
	for _, f := range files {
		in = append(in, learn.Input{Path: f})
	}
	d, err := learn.Learn(context.Background(), set, in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// twoVersions are archives of which the second has a package more.
func twoVersions(t *testing.T) []string {
	t.Helper()
	old := map[string]int{"com.acme.track": 20, "com.acme.net": 8, "com.acme.old": 6, "okhttp3": 30, "org.other.lib": 12}
	latest := map[string]int{"com.acme.track": 30, "com.acme.net": 8, "com.acme.fresh": 9, "com.huawei.hms.ads.identifier": 4}
	return []string{write(t, "acme-track-sdk-1.0.aar", aar("1.0", old)), write(t, "acme-track-sdk-2.1.aar", aar("2.1", latest))}
}

func TestDraft(t *testing.T) {
	d := draft(t, fullSet(t), learn.Options{Category: "analytics", Country: "CN"}, twoVersions(t)...)
	k := &d.SDK
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	check("id", k.ID, "acme-track")
	check("packages", k.Match.Packages, []string{"com.acme.track", "com.acme.net"})
	check("supporting", k.Match.Supporting, []string{"com.acme.fresh", "com.acme.old"})
	check("components", k.Match.Components, []string{"com.acme.track.*", "net.other.Page"})
	check("meta-data", k.Match.MetaData, []string{"ACME_KEY"})
	check("permissions", k.Match.Permissions, []string{"*.permission.ACME"})
	check("native", k.Match.NativeLibs, []string{"libacme_v*.so"})
	check("assets", k.Match.Assets, []string{"acme.cfg"})
	check("version", k.Version, []string{"field:com.acme.track.Tracker.SDK_VERSION", "method:com.acme.track.Tracker.getVersion"})
	check("domains", k.Domains, []string{"acmetrack.io"})
	if !slices.ContainsFunc(k.Match.Ships, func(s rules.Shipped) bool { return s.Prefix == "org.other.lib" && s.MaxClasses == 20 }) {
		t.Errorf("ships: %+v", k.Match.Ships)
	}
	if slices.ContainsFunc(k.Match.Ships, func(s rules.Shipped) bool { return s.Prefix == "okhttp3" }) {
		t.Error("a neutral library is no cargo")
	}
	check("calls", d.Measured[1].Calls, map[string]int{"read_imei": 3, "read_android_id": 1, "read_serial": 1})
	check("version measured", d.Measured[1].Version, "2.1")
	check("hosts", d.Measured[1].Hosts, []string{"api.acmetrack.io", "log.other.cn"})
	text := string(d.YAML())
	for _, want := range []string{"sha256 ", "# Decide: the name", "read_imei 3", "keep the names of com.acme.track.**", "okhttp3 30", "{classes: {com.acme.track: "} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft does not say %q:\n%s", want, text)
		}
	}
}

// TestDraftLoads: a draft is strictly loadable, lacks nothing and its examples
// come out; the same input gives the same bytes, in whatever order cores work.
func TestDraftLoads(t *testing.T) {
	files := twoVersions(t)
	set := fullSet(t)
	d := draft(t, set, learn.Options{}, files...)
	for range 3 {
		if again := draft(t, set, learn.Options{}, files...); string(again.YAML()) != string(d.YAML()) {
			t.Fatal("two runs differ")
		}
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sdks"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"sdks/" + d.SDK.ID + ".yaml": d.YAML(), "measured.yaml": learn.MeasuredYAML(d.Measured)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded := fullSet(t, dir)
	if m := loaded.MeasuredOf(d.SDK.ID); len(m) != 2 || m[0].Calls["read_imei"] != 3 {
		t.Errorf("measured: %+v", m)
	}
	res, err := prove.Run(context.Background(), loaded)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Failures {
		t.Error(f)
	}
	omissions, _ := rules.Lint(loaded)
	for _, m := range append(res.Missing, omissions...) {
		t.Error(m)
	}
}

// TestKnownSDK: an SDK of the set is drafted from its signature, which loses
// nothing.
func TestKnownSDK(t *testing.T) {
	set := fullSet(t)
	before := *set.SDK("jpush")
	file := write(t, "jpush-9.0.jar", jar(map[string]int{"cn.jpush.android.api": 40, "cn.jpush.extra": 7}))
	d := draft(t, set, learn.Options{}, file)
	if !d.Known || d.SDK.ID != "jpush" || d.SDK.Name != before.Name {
		t.Fatalf("got %+v", d.SDK)
	}
	if !slices.Contains(d.SDK.Match.Supporting, "cn.jpush.extra") || !slices.Equal(d.SDK.Match.Packages, before.Match.Packages) {
		t.Errorf("match: %+v", d.SDK.Match)
	}
	if len(d.SDK.Proof) != len(before.Proof)+1 || len(d.SDK.Hit) != len(before.Hit)+1 || len(set.SDK("jpush").Proof) != len(before.Proof) {
		t.Errorf("proofs %d of %d, hits %d of %d", len(d.SDK.Proof), len(before.Proof), len(d.SDK.Hit), len(before.Hit))
	}
	var back rules.SDK
	if err := yaml.Unmarshal(d.YAML(), &back); err != nil || fmt.Sprint(back) != fmt.Sprint(d.SDK) {
		t.Errorf("read back (%v):\n%+v\nwant\n%+v", err, back, d.SDK)
	}
}

// TestSiblingsStayFree: a prefix that would take another signature's packages is
// parted below.
func TestSiblingsStayFree(t *testing.T) {
	d := draft(t, fullSet(t), learn.Options{ID: "acme"}, write(t, "a.jar", jar(map[string]int{"com.tencent.acme.a": 10, "com.tencent.acme.b": 5, "com.tencent.map.acme": 9})))
	if got := d.SDK.Match.Packages; !slices.Equal(got, []string{"com.tencent.acme"}) && !slices.Equal(got, []string{"com.tencent.acme", "com.tencent.map.acme"}) {
		t.Errorf("packages %v", got)
	}
	for _, p := range d.SDK.Match.Packages {
		if p == "com.tencent" || p == "com.tencent.map" {
			t.Errorf("%s takes what is of others", p)
		}
	}
}

func TestRefused(t *testing.T) {
	set := fullSet(t)
	cases := []struct {
		name, want string
		data       []byte
		opt        learn.Options
	}{
		{"a.txt", "no ZIP archive", []byte("hello"), learn.Options{}},
		{"lib.jar", "nothing in it is the SDK's own: it defines okhttp3 9", jar(map[string]int{"okhttp3": 9}), learn.Options{ID: "acme"}},
		{"short.jar", "no classes with full package names", jar(map[string]int{"a.b": 9}), learn.Options{}},
		{"empty.zip", "nothing in it is the SDK's own", apktest.ZIP(), learn.Options{}},
		{"p.jar", "no artifact defines classes under com.nope", jar(map[string]int{"com.acme.x": 9}), learn.Options{Prefixes: []string{"com.nope"}}},
		{"taken.jar", "stands under", jar(map[string]int{"com.umeng.analytics": 9}), learn.Options{ID: "acme", Prefixes: []string{"com.umeng.analytics"}}},
	}
	for _, c := range cases {
		_, err := learn.Learn(context.Background(), set, []learn.Input{{Path: write(t, c.name, c.data)}}, c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := learn.Learn(context.Background(), set, []learn.Input{{Path: t.TempDir()}}, learn.Options{}); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a directory: %v", err)
	}
}

// TestAPK: of an app, the packages named by --prefix are learned.
func TestAPK(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class("Lcom/shop/app/Main;", "").Method(9, "a", "()V", apktest.NewDEXCode(2, 0, 1).Invoke(0x6e, getDeviceID, 0).ReturnVoid())
	for i := range 6 {
		d.Class(fmt.Sprintf("Lcom/acme/track/C%d;", i), "").Method(9, "a", "()V", apktest.NewDEXCode(2, 0, 1).ConstString(0, "https://api.acme.com/x").Invoke(0x6e, getDeviceID, 0).ReturnVoid())
	}
	file := write(t, "shop.apk", apktest.ZIP(
		apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))},
		apktest.File{Name: "classes.dex", Data: d.Bytes()}, apktest.File{Name: "lib/arm64-v8a/libshop.so"}))
	got := draft(t, fullSet(t), learn.Options{ID: "acme", Prefixes: []string{"com.acme.track"}}, file)
	if m := got.Measured[0]; m.Classes != 6 || m.Calls["read_imei"] != 6 || len(m.Hosts) != 1 {
		t.Errorf("measured %+v", m)
	}
	if len(got.SDK.Match.NativeLibs) != 0 || !slices.Equal(got.SDK.Match.Packages, []string{"com.acme.track"}) {
		t.Errorf("match %+v", got.SDK.Match)
	}
}

func TestMeasure(t *testing.T) {
	set := fullSet(t)
	data := jar(map[string]int{"com.umeng.message": 5, "org.some.dep": 3, "okhttp3": 4}, tracker("1.0")...)
	path := write(t, "x.jar", data)
	draft := draft(t, set, learn.Options{ID: "umeng-push"}, path)
	sum := draft.Measured[0].SHA256
	list, err := learn.ParseList("list.tsv", []byte("# c\n\numeng-push\tnpm:x@1:x-3.2.jar\t"+sum+"\numeng-push\tmvn:a:b:1\t"+sum+"\nnope\tmvn:a:b:1\t"+sum+"\njpush\tmvn:a:c:1\t"+strings.Repeat("0", 64)+"\n"))
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	for i := range list {
		list[i].Path = path
	}
	got, err := learn.Measure(context.Background(), set, list)
	if len(got) != 2 || got[0].Artifact != "mvn:a:b:1" || got[0].Version != "1" || got[1].Version != "3.2" || got[0].Classes != 11 || got[0].Calls["read_imei"] != 3 {
		t.Errorf("got %+v", got)
	}
	if err == nil || !strings.Contains(err.Error(), "no SDK has this id") || !strings.Contains(err.Error(), "listed is 000") {
		t.Errorf("errors %v", err)
	}
	before := []rules.Measured{{SDK: "jpush", Artifact: "mvn:a:c:1", SHA256: list[3].SHA256, Classes: 7}, {SDK: "nope", Artifact: "mvn:a:b:1", SHA256: "other"}}
	if kept := learn.Keep(got, before, list); len(kept) != 3 || kept[0].Classes != 7 {
		t.Errorf("kept %+v", kept)
	}
	if _, err := learn.ParseList("list.tsv", []byte("a\tb\tc\n")); err == nil || !strings.HasPrefix(err.Error(), "list.tsv:1: ") {
		t.Errorf("a damaged row: %v", err)
	}
}

// FuzzYAML: whatever names an archive has, the draft reads back as it is.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a", "yes", "1.0", "中文 SDK", "a: b", "#x", "\x00\u2028\U0001F600", "[x]", "-", "a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s[:min(len(s), 100)], "")
		m := []rules.Measured{{SDK: "s" + s, Artifact: s, SHA256: "x", Classes: 1, Hosts: []string{s}, Calls: map[string]int{s: 2}}}
		var doc struct{ Measured []rules.Measured }
		if err := yaml.Unmarshal(learn.MeasuredYAML(m), &doc); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if fmt.Sprint(doc.Measured) != fmt.Sprint(m) {
			t.Errorf("%q became %+v", s, doc.Measured)
		}
	})
}

// FuzzLearn: no archive makes the drafter fall over.
func FuzzLearn(f *testing.F) {
	f.Add(aar("1.0", map[string]int{"com.acme.track": 3}))
	f.Add(jar(map[string]int{"okhttp3": 2, "": 1, "a": 1}))
	set := fullSet(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "f.aar")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := learn.Learn(context.Background(), set, []learn.Input{{Path: path}}, learn.Options{})
		if err == nil {
			d.YAML()
		}
	})
}
