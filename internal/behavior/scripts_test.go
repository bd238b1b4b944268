package behavior_test

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

func scriptUses(res *behavior.Result) []string {
	var out []string
	for _, u := range res.Behavior.Uses {
		if u.Via == audit.ViaScript {
			out = append(out, u.API+" "+u.Target)
		}
	}
	return out
}

func TestScriptCalls(t *testing.T) {
	cases := []struct {
		name, entry, text string
		want              []string
	}{
		{"uni-app", "assets/apps/__UNI__1/www/app-service.js", `var a=plus.device.imei;uni.getLocation({type:"wgs84"})`, []string{"read_imei plus.device.imei", "read_precise_location uni.getLocation"}},
		{"behind another object", "assets/a.js", "window.plus.device.imei", []string{"read_imei plus.device.imei"}},
		{"optional chaining", "assets/a.js", "plus?.device?.imei", []string{"read_imei plus.device.imei"}},
		{"more before the name", "assets/a.js", "surplus.device.imei;$plus.device.imei;_plus.device.imei", nil},
		{"more behind the name", "assets/a.js", "plus.device.imeiList;plus.device.imei2;plus.device.imei$", nil},
		{"blanks between", "assets/a.js", "plus. device.imei", nil},
		{"a part only", "assets/a.js", "plus.device", nil},
		{"the end of the file", "assets/a.js", "plus.device.", nil},
		{"a comment counts", "assets/a.js", "// plus.device.imei", []string{"read_imei plus.device.imei"}},
		{"React Native", "assets/index.android.bundle", "r(d[0]).NativeModules.RNDeviceInfo.getUniqueId()", []string{"read_android_id RNDeviceInfo.getUniqueId"}},
		{"a WebView page", "assets/page.HTML", "<p>plus.device.imei</p><SCRIPT type=x>navigator.geolocation.getCurrentPosition(f)</ScRiPt>uni.getLocation<script>wx.getLocation()", []string{"read_precise_location navigator.geolocation.getCurrentPosition", "read_precise_location wx.getLocation"}},
		{"a page without scripts", "assets/page.htm", "plus.device.imei <scrip", nil},
		{"an app of another framework", "assets/a.js", "device.uuid", nil},
		{"a framework's own runtime", "assets/data/uni-jsframework.js", "plus.device.imei", nil},
		{"no script by its name", "assets/a.txt", "plus.device.imei", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observe(t, "com.shop.app", map[string][]byte{c.entry: []byte(c.text)})
			if got := scriptUses(res); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestScriptUse: sites are places in the script, the party is the app.
func TestScriptUse(t *testing.T) {
	const text = "x=device.uuid;\ny=device.uuid"
	res := observe(t, "com.shop.app", map[string][]byte{"assets/www/js/index.js": []byte(text), "assets/www/cordova.js": []byte("device.serial")})
	if len(res.Behavior.Uses) != 1 || len(res.Sites) != 2 {
		t.Fatalf("%+v", res.Behavior.Uses)
	}
	u := res.Behavior.Uses[0]
	if u.API != "read_android_id" || u.Party != audit.PartyApp || u.Sites != 2 || u.Reached != audit.Unknown || u.BeforeConsent != audit.Unknown {
		t.Errorf("%+v", u)
	}
	for _, e := range u.Examples {
		if e.DEX != "assets/www/js/index.js" || !strings.HasPrefix(text[e.Offset:], "device.uuid") || e.Doubt == "" {
			t.Errorf("%+v", e)
		}
	}
}

// TestScriptHosts: an address counts where it begins a string.
func TestScriptHosts(t *testing.T) {
	res := observe(t, "com.shop.app", map[string][]byte{
		"assets/a.js":   []byte("// see https://blog.acme-docs.com\nvar u='https://api.acme-shop.com/v1',w=\"wss://push.acme-shop.com\",x=`http://10.0.0.1/`;/* http://other.acme-docs.com */"),
		"assets/a.html": []byte(`<a href="https://link.acme-shop.com">x</a><script src="https://cdn.acme-shop.com/x.js"></script>`),
	})
	want := []audit.Host{{Host: "api.acme-shop.com", Party: "app", Via: "script"}, {Host: "cdn.acme-shop.com", Party: "app", Via: "script"}, {Host: "push.acme-shop.com", Party: "app", Via: "script"}}
	if !slices.Equal(res.Behavior.Hosts, want) {
		t.Errorf("got %v", res.Behavior.Hosts)
	}
}

// TestScriptLimits: a script of more than the limit is named, not forgotten.
func TestScriptLimits(t *testing.T) {
	big := append([]byte("plus.device.imei;"), make([]byte, 17<<20)...)
	res := observeFiles(t, observer(t), apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))}, apktest.File{Name: "assets/big.js", Data: big, Method: 8})
	if got := gapOf(res, audit.GapLimit); len(got) != 1 || !strings.Contains(got[0], "assets/big.js") {
		t.Errorf("limit: %q", got)
	}
	if got := scriptUses(res); got != nil {
		t.Errorf("uses %q", got)
	}
}
