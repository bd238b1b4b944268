package behavior_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"apkaudit/internal/apk"
	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

func observer(t testing.TB) *behavior.Observer {
	t.Helper()
	o, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// builtIn observes by the built-in knowledge, read once.
var builtIn = sync.OnceValues(func() (*behavior.Observer, error) {
	set, err := rules.Load()
	if err != nil {
		return nil, err
	}
	return behavior.New(set), nil
})

const (
	opInvokeVirtual = 0x6e
	opInvokeStatic  = 0x71
	opSGetObject    = 0x62
	opSPutObject    = 0x69
	accPublicStatic = 0x9

	getDeviceID = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
	getString   = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
	buildSerial = "Landroid/os/Build;->SERIAL:Ljava/lang/String;"
)

// observe builds an APK of the DEX files and observes it.
func observe(t *testing.T, pkg string, entries map[string][]byte, dexes ...*apktest.DEX) *behavior.Result {
	t.Helper()
	return observeApp(t, observer(t), apktest.Manifest(pkg), entries, dexes...)
}

// observeApp is observe with rules and a manifest of its own.
func observeApp(t *testing.T, o *behavior.Observer, manifest apktest.Element, entries map[string][]byte, dexes ...*apktest.DEX) *behavior.Result {
	t.Helper()
	var files []apktest.File
	add := func(name string, data []byte) { files = append(files, apktest.File{Name: name, Data: data}) }
	add("AndroidManifest.xml", apktest.AXML(manifest))
	for i, d := range dexes {
		name := "classes.dex"
		if i > 0 {
			name = fmt.Sprintf("classes%d.dex", i+1)
		}
		add(name, d.Bytes())
	}
	for name, data := range entries {
		add(name, data)
	}
	return observeFiles(t, o, files...)
}

// observeFiles builds an APK and observes it.
func observeFiles(t *testing.T, o *behavior.Observer, files ...apktest.File) *behavior.Result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.apk")
	if err := os.WriteFile(file, apktest.ZIP(files...), 0o600); err != nil {
		t.Fatal(err)
	}
	return observeAPK(t, o, file)
}

// observeAPK observes an APK on disk.
func observeAPK(t *testing.T, o *behavior.Observer, file string) *behavior.Result {
	t.Helper()
	app, err := apk.Open(context.Background(), file, apk.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	res, err := o.Observe(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// callers builds one class per name, each with one call of method.
func callers(d *apktest.DEX, method string, classes ...string) *apktest.DEX {
	for _, c := range classes {
		d.Class("L"+strings.ReplaceAll(c, ".", "/")+";", "").Method(accPublicStatic, "a", "()V",
			apktest.NewDEXCode(2, 0, 1).Invoke(opInvokeVirtual, method, 0).ReturnVoid())
	}
	return d
}

func parties(res *behavior.Result) []string {
	var out []string
	for _, u := range res.Behavior.Uses {
		out = append(out, u.Party)
	}
	slices.Sort(out)
	return out
}

// TestOwners: the app's namespace first, then the longest signature prefix,
// then the app's organisation, else unknown with the shared prefix.
func TestOwners(t *testing.T) {
	cases := []struct {
		name, app string
		classes   []string
		want      []string
	}{
		{"app, SDK, library, unknown", "com.shop.app", []string{"com.shop.app.Main", "com.umeng.analytics.MobclickAgent", "androidx.core.app.A", "com.acme.track.net.B", "com.acme.track.io.C"},
			[]string{"app", "library:androidx", "sdk:umeng-analytics", "unknown:com.acme.track"}},
		{"the app under an SDK's prefix is the app", "com.umeng.analytics.demo", []string{"com.umeng.analytics.demo.Main", "com.umeng.analytics.MobclickAgent"},
			[]string{"app", "sdk:umeng-analytics"}},
		{"com.tencent.mm is itself; Bugly inside stays Bugly", "com.tencent.mm", []string{"com.tencent.mm.ui.A", "com.tencent.bugly.crashreport.CrashReport"},
			[]string{"app", "sdk:bugly"}},
		{"an SDK nested in the app's namespace by a longer prefix", "com.tencent.mm", []string{"com.tencent.mm.opensdk.openapi.WXApiImplV10"}, []string{"sdk:wechat-opensdk"}},
		{"segments, not characters", "com.shop.app", []string{"com.umeng.analyticsx.A"}, []string{"unknown:com.umeng.analyticsx"}},
		{"the app's organisation", "com.shop.app", []string{"com.shop.base.net.A"}, []string{"app"}},
		{"no shared owner on a hosting name", "com.github.alice.app", []string{"com.github.bob.lib.A"}, []string{"unknown:com.github.bob.lib"}},
		{"short names", "com.shop.app", []string{"a.b.C"}, []string{"unknown:a.b"}},
		{"no package", "com.shop.app", []string{"A"}, []string{"unknown:(default)"}},
		{"two-level domains", "cn.com.bank.app", []string{"cn.com.bank.net.A", "cn.com.other.A"}, []string{"app", "unknown:cn.com.other"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observe(t, c.app, nil, callers(apktest.NewDEX("035"), getDeviceID, c.classes...))
			if got := parties(res); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			n := 0
			for _, p := range res.Behavior.Packages {
				n += p.Classes
			}
			if n != len(c.classes) {
				t.Errorf("packages list %d classes of %d: %+v", n, len(c.classes), res.Behavior.Packages)
			}
		})
	}
}

// TestUseCarriesThePlace: target, data, site count and examples are those of
// the code; sites over several files are one use.
func TestUseCarriesThePlace(t *testing.T) {
	var names []string
	for i := range 7 {
		names = append(names, fmt.Sprintf("com.shop.app.C%d", i))
	}
	res := observe(t, "com.shop.app", nil, callers(apktest.NewDEX("035"), getDeviceID, names[:3]...), callers(apktest.NewDEX("039"), getDeviceID, names[3:]...))
	if len(res.Behavior.Uses) != 1 {
		t.Fatalf("got %+v, want one use", res.Behavior.Uses)
	}
	u := res.Behavior.Uses[0]
	if u.API != "read_imei" || u.Target != getDeviceID || !slices.Equal(u.Data, []string{"imei"}) || u.Sites != 7 || u.Reached != audit.No || u.BeforeConsent != audit.No {
		t.Errorf("got %+v", u)
	}
	if len(u.Examples) != audit.MaxExamples || u.Examples[0].DEX != "classes.dex" || u.Examples[0].Caller != "Lcom/shop/app/C0;->a()V" || u.Examples[0].Offset != 0 || u.Examples[4].DEX != "classes2.dex" {
		t.Errorf("examples: %+v", u.Examples)
	}
	if len(res.Sites) != 7 {
		t.Errorf("%d sites listed, want 7", len(res.Sites))
	}
	if len(res.DEX) != 2 || res.DEX[0].Classes != 3 || res.DEX[1].Classes != 4 {
		t.Errorf("DEX: %+v", res.DEX)
	}
}

func code() *apktest.DEXCode { return apktest.NewDEXCode(4, 0, 3) }

// TestMatching: fields are reads, constants decide, superclasses of the app
// stand for their framework parent, library methods match by leading
// parameters.
func TestMatching(t *testing.T) {
	cases := []struct {
		name string
		code *apktest.DEXCode
		want []string // "behaviour sites"
	}{
		{"a field read", code().Static(opSGetObject, 0, buildSerial), []string{"read_serial 1"}},
		{"a field write is no read", code().Static(opSPutObject, 0, buildSerial), nil},
		{"the constant decides", code().ConstString(1, "android_id").Invoke(opInvokeStatic, getString, 0, 1), []string{"read_android_id 1"}},
		{"another constant", code().ConstString(1, "input_method").Invoke(opInvokeStatic, "La/B;->c()V").Invoke(opInvokeStatic, "Landroid/provider/Settings$Global;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;", 0, 1), nil},
		{"a string that merely stands in the method", code().ConstString(2, "android_id").Invoke(opInvokeStatic, "La/B;->c(Ljava/lang/String;)V", 2), nil},
		{"the same name on another class", code().Invoke(opInvokeVirtual, "Lcom/acme/Phone;->getDeviceId()Ljava/lang/String;", 0), nil},
		{"another overload", code().Invoke(opInvokeVirtual, "Landroid/telephony/TelephonyManager;->getDeviceId(Ljava/lang/String;)Ljava/lang/String;", 0, 1), nil},
		{"a library method with a renamed return type", code().Invoke(opInvokeVirtual, "Lcom/google/android/gms/location/FusedLocationProviderClient;->getLastLocation()La/b/C;", 0), []string{"read_fused_location 1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := apktest.NewDEX("035")
			d.Class("Lcom/shop/app/Main;", "").Method(accPublicStatic, "a", "()V", c.code.ReturnVoid())
			var got []string
			for _, u := range observe(t, "com.shop.app", nil, d).Behavior.Uses {
				got = append(got, fmt.Sprintf("%s %d", u.API, u.Sites))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestInheritedReceiver: a call on a subclass of the app names that subclass in
// the DEX; it counts unless the app overrides the method.
func TestInheritedReceiver(t *testing.T) {
	build := func(override bool) (*apktest.DEX, *apktest.DEX) {
		base := apktest.NewDEX("035")
		k := base.Class("Lcom/shop/app/Phone;", "Landroid/telephony/TelephonyManager;")
		if override {
			k.Method(1, "getDeviceId", "()Ljava/lang/String;", apktest.NewDEXCode(1, 1, 0).Raw(0x0011))
		}
		return base, callers(apktest.NewDEX("035"), "Lcom/shop/app/Phone;->getDeviceId()Ljava/lang/String;", "com.shop.app.Main")
	}
	a, b := build(false)
	if got := observe(t, "com.shop.app", nil, a, b).Behavior.Uses; len(got) != 1 || got[0].API != "read_imei" || !strings.HasPrefix(got[0].Target, "Lcom/shop/app/Phone;") {
		t.Errorf("inherited: got %+v", got)
	}
	a, b = build(true)
	if got := observe(t, "com.shop.app", nil, a, b).Behavior.Uses; len(got) != 0 {
		t.Errorf("overridden: got %+v", got)
	}
	// A circle of superclasses ends.
	circle := apktest.NewDEX("035")
	circle.Class("Lcom/shop/app/A;", "Lcom/shop/app/B;")
	other := apktest.NewDEX("035")
	other.Class("Lcom/shop/app/B;", "Lcom/shop/app/A;")
	observe(t, "com.shop.app", nil, circle, other, callers(apktest.NewDEX("035"), "Lcom/shop/app/A;->getDeviceId()Ljava/lang/String;", "com.shop.app.Main"))
}

// TestOwnCalls: a listed class that calls itself reads nothing; another class of its
// SDK that calls it does.
func TestOwnCalls(t *testing.T) {
	const account = "Lcom/google/android/gms/auth/api/signin/GoogleSignInAccount;"
	for caller, want := range map[string]int{
		"com.google.android.gms.auth.api.signin.GoogleSignInAccount": 0,
		"com.google.android.gms.auth.api.signin.GoogleSignIn":        1,
		"com.shop.app.Main": 1,
	} {
		d := callers(apktest.NewDEX("035"), account+"->getEmail()Ljava/lang/String;", caller)
		if got := observe(t, "com.shop.app", nil, d).Behavior.Uses; len(got) != want {
			t.Errorf("%s: %+v", caller, got)
		}
	}
}

func gapKinds(res *behavior.Result) []string {
	var out []string
	for _, g := range res.Gaps {
		if g.Weakens.ZH == "" || g.Weakens.EN == "" || g.What == "" {
			out = append(out, "gap without text: "+g.Kind)
		}
		out = append(out, g.Kind)
	}
	return out
}

// TestGaps: what the walk cannot see is told.
func TestGaps(t *testing.T) {
	plain := callers(apktest.NewDEX("035"), getDeviceID, "com.shop.app.Main")
	if got := gapKinds(observe(t, "com.shop.app", nil, plain)); len(got) != 0 {
		t.Errorf("a plain app has gaps: %v", got)
	}
	got := gapKinds(observe(t, "com.shop.app", map[string][]byte{"lib/arm64-v8a/libx.so": []byte("\x7fELF"), "assets/plugin.jar": []byte("PK")}, plain))
	if !slices.Contains(got, audit.GapNative) || !slices.Contains(got, audit.GapDynamicCode) {
		t.Errorf("native library and nested jar: gaps %v", got)
	}
	short := apktest.NewDEX("035")
	for i := range 80 {
		short.Class(fmt.Sprintf("La/b/C%d;", i), "")
	}
	if got := gapKinds(observe(t, "com.shop.app", nil, short)); !slices.Contains(got, audit.GapObfuscated) {
		t.Errorf("shortened names: gaps %v", got)
	}
	damaged := plain.Bytes()
	damaged = damaged[:len(damaged)-20]
	res := observe(t, "com.shop.app", map[string][]byte{"classes2.dex": damaged}, plain)
	if got := gapKinds(res); len(got) == 0 {
		t.Error("a cut-off DEX leaves no gap")
	}
}
