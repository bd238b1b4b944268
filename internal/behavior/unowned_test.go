package behavior_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// TestUnowned: code that no signature owns is listed by product, with what it
// touches, and the numbers are those of packages.
func TestUnowned(t *testing.T) {
	d := apktest.NewDEX("035")
	callers(d, getDeviceID, "net.acme.track.a.A", "net.acme.track.b.B", "a.b.C", "com.github.bob.lib.A", "com.github.alice.A")
	for _, c := range []string{"net.acme.track.b.Z", "net.acme.track.b.Y", "net.acme.track.b.X", "net.acme.track.c.W",
		"com.umeng.newproduct.a.A", "com.umeng.newproduct.b.A", "com.umeng.otherproduct.A", "com.shop.base.A", "x.y.Z", "Plain"} {
		d.Class("L"+strings.ReplaceAll(c, ".", "/")+";", "")
	}
	manifest := apktest.Manifest("com.shop.app", apktest.E("uses-permission", apktest.Str("name", "android.permission.READ_PHONE_STATE")),
		apktest.E("uses-permission", apktest.Str("name", "android.permission.CAMERA")))
	b := observeApp(t, observer(t), manifest, nil, d).Behavior
	var got []string
	for _, u := range b.Unowned {
		s := fmt.Sprintf("%s %d %v", u.Prefix, u.Classes, u.Samples)
		for _, a := range u.APIs {
			s += fmt.Sprintf(" %s%v*%d", a.API, a.Data, a.Sites)
		}
		if s += " " + strings.Join(u.Permissions, ","); u.Obfuscated {
			s += " obfuscated"
		}
		got = append(got, strings.TrimSpace(s))
	}
	phone := " read_imei[imei]*1 android.permission.READ_PHONE_STATE"
	want := []string{
		"net.acme.track 6 [net.acme.track.a.A net.acme.track.b.B net.acme.track.b.X] read_imei[imei]*2 android.permission.READ_PHONE_STATE",
		"com.umeng.newproduct 2 [com.umeng.newproduct.a.A com.umeng.newproduct.b.A]",
		"(default) 1 [Plain]  obfuscated",
		"a.b 1 [a.b.C]" + phone + " obfuscated",
		"com.github.alice 1 [com.github.alice.A]" + phone,
		"com.github.bob.lib 1 [com.github.bob.lib.A]" + phone,
		"com.umeng.otherproduct 1 [com.umeng.otherproduct.A]",
		"x.y 1 [x.y.Z]  obfuscated",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	addsUp(t, b)
}

// addsUp compares the code without owner with the packages, prefix by prefix.
func addsUp(t *testing.T, b audit.Behavior) {
	t.Helper()
	left := map[string]int{}
	for _, p := range b.Packages {
		if audit.PartyKind(p.Party) == audit.PrefixUnknown {
			left[p.Prefix] += p.Classes
		}
	}
	for _, u := range b.Unowned {
		if left[u.Prefix] != u.Classes {
			t.Errorf("%s: %d classes, %d in packages", u.Prefix, u.Classes, left[u.Prefix])
		}
		delete(left, u.Prefix)
	}
	if len(left) > 0 {
		t.Errorf("packages without a row: %v", left)
	}
}
