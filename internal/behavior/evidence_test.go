package behavior_test

import (
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// launched is a manifest of an app whose launcher is that class.
func launched(pkg, activity string) apktest.Element {
	return apktest.Manifest(pkg, apktest.E("application", apktest.E("activity", apktest.Str("name", activity), apktest.Bool("exported", true),
		apktest.E("intent-filter", apktest.E("action", apktest.Str("name", "android.intent.action.MAIN")),
			apktest.E("category", apktest.Str("name", "android.intent.category.LAUNCHER"))))))
}

// TestLauncherIsTheApp: a launcher below the package of an SDK is the app's where
// nothing else of the app is known, and never where the SDK is what apps are built in.
func TestLauncherIsTheApp(t *testing.T) {
	cases := []struct {
		name, pkg, launcher string
		classes             []string
		want                []string
	}{
		{"an app of the vendor", "cn.jiot", "cn.jiguang.example.ui.MainActivity", []string{"cn.jiguang.example.net.A", "cn.jiguang.common.B"}, []string{"app", "sdk:jiguang-core"}},
		{"a screen of an SDK beside the app's own", "cn.jiguang.shop", "cn.jiguang.shop.Main", []string{"cn.jiguang.example.ui.A"}, []string{"sdk:jiguang-core"}},
		{"a frame for apps", "com.shop.app", "io.dcloud.PandoraEntry", []string{"io.dcloud.common.A"}, []string{"sdk:dcloud-uniapp"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observeApp(t, observer(t), launched(c.pkg, c.launcher), nil, callers(apktest.NewDEX("035"), getDeviceID, c.classes...))
			if got := parties(res); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestSharedEvidence: what is said of a library's call for a party rests on the way by
// which that party reaches it, and what the library reads for its own ends goes to
// nobody.
func TestSharedEvidence(t *testing.T) {
	const lib = "Landroidx/core/telephony/Compat;"
	d := apktest.NewDEX("035")
	d.Class(lib, "").Method(accPublicStatic, "id", "()V", apktest.NewDEXCode(2, 0, 1).Invoke(opInvokeVirtual, getDeviceID, 0).ReturnVoid())
	d.Class("Landroidx/appcompat/app/TwilightManager;", "").Method(accPublicStatic, "at", "()V", apktest.NewDEXCode(2, 0, 1).Invoke(opInvokeVirtual, getDeviceID, 0).ReturnVoid())
	d.Class("Lcom/shop/app/Main;", "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V",
		apktest.NewDEXCode(4, 2, 2).Invoke(opInvokeStatic, lib+"->id()V").Invoke(opInvokeStatic, "Landroidx/appcompat/app/TwilightManager;->at()V").ReturnVoid())
	caller(d, "Lcom/umeng/analytics/MobclickAgent;", code().Invoke(opInvokeStatic, lib+"->id()V"))
	res := observeApp(t, observer(t), launched("com.shop.app", "com.shop.app.Main"), nil, d)
	if len(res.Behavior.Uses) != 2 {
		t.Fatalf("%+v", res.Behavior.Uses)
	}
	u, own := res.Behavior.Uses[0], res.Behavior.Uses[1]
	if u.Party != audit.PartyApp || u.BeforeConsent != audit.Yes || len(u.AlsoBy) != 1 || len(u.Examples[0].Path) != 2 {
		t.Errorf("of the app: %+v", u)
	}
	if a := u.AlsoBy[0]; a.Party != "sdk:umeng-analytics" || a.Sites != 1 || a.Reached != audit.No || a.BeforeConsent != audit.No ||
		len(a.Examples) != 1 || len(a.Examples[0].Path) != 0 || !slices.Equal(a.Examples[0].Chain, a.Path) {
		t.Errorf("of the SDK, whose code nobody calls: %+v", a)
	}
	if own.Party != "library:androidx" || own.Through != own.Party || len(own.AlsoBy) != 0 {
		t.Errorf("of the library: %+v", own)
	}
}
