package behavior_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

// library builds a native library that holds these texts.
func library(texts ...string) []byte {
	return apktest.ELF{Data: []byte("\x00" + strings.Join(texts, "\x00") + "\x00")}.Bytes()
}

// seen lists the uses that the code of classes*.dex does not contain, in short.
func seen(res *behavior.Result) []string {
	var out []string
	for _, u := range res.Behavior.Uses {
		if u.Via == audit.ViaCall && u.Nested == "" {
			continue
		}
		at := u.Examples[0]
		out = append(out, fmt.Sprintf("%s %s %s %s %v", u.Via, u.API, u.Party, u.Target, at.Args))
	}
	return out
}

func gapOf(res *behavior.Result, kind string) []string {
	var out []string
	for _, g := range res.Gaps {
		if g.Kind == kind {
			out = append(out, g.What)
		}
	}
	return out
}

func TestNativeTexts(t *testing.T) {
	const lib = "lib/arm64-v8a/libacme.so"
	jni := []string{"android/telephony/TelephonyManager", "getDeviceId", "()Ljava/lang/String;"}
	cases := []struct {
		name  string
		texts []string
		want  []string
	}{
		{"a property", []string{"ro.serialno"}, []string{"native read_serial unknown:libacme.so " + lib + " [ro.serialno]"}},
		{"part of a text is none", []string{"x.ro.serialno", "ro.serialno2", "get ro.serialno please"}, nil},
		{"a file", []string{"/sys/class/net/wlan0/address"}, []string{"native read_wifi_mac unknown:libacme.so " + lib + " [/sys/class/net/wlan0/address]"}},
		{"a command", []string{"cat /sys/class/net/wlan0/address"}, []string{"native read_wifi_mac unknown:libacme.so " + lib + " [cat /sys/class/net/wlan0/address]"}},
		{"sentences that begin as a command", []string{"mount failed", "getprop of it", "su denied."}, nil},
		{"a path up to a place holder", []string{"/system/bin/su%c"}, []string{"native detect_root_emulator unknown:libacme.so " + lib + " [/system/bin/su%c]"}},
		{"a setting's key alone", []string{"android_id"}, nil},
		{"a JNI call", jni, []string{"native read_imei unknown:libacme.so " + lib + " [android/telephony/TelephonyManager getDeviceId ()Ljava/lang/String;]"}},
		{"a JNI class as a descriptor", []string{"Landroid/telephony/TelephonyManager;", jni[1], jni[2]}, []string{"native read_imei unknown:libacme.so " + lib + " [android/telephony/TelephonyManager getDeviceId ()Ljava/lang/String;]"}},
		{"a JNI class with dots", []string{"android.telephony.TelephonyManager", jni[1], jni[2]}, []string{"native read_imei unknown:libacme.so " + lib + " [android/telephony/TelephonyManager getDeviceId ()Ljava/lang/String;]"}},
		{"no class", jni[1:], nil},
		{"no name", []string{jni[0], jni[2]}, nil},
		{"no signature", jni[:2], nil},
		{"another signature", []string{jni[0], jni[1], "()I"}, nil},
		{"a JNI field", []string{"android/os/Build", "SERIAL", "Ljava/lang/String;"}, []string{"native read_serial unknown:libacme.so " + lib + " [android/os/Build SERIAL Ljava/lang/String;]"}},
		{"a JNI call that a constant decides", []string{"android/provider/Settings$Secure", "getString", "(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;", "android_id"},
			[]string{"native read_android_id unknown:libacme.so " + lib + " [android/provider/Settings$Secure getString (Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String; android_id]"}},
		{"such a call with another constant", []string{"android/provider/Settings$Secure", "getString", "(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;", "acme_key"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observe(t, "com.shop.app", map[string][]byte{lib: library(c.texts...)})
			if got := seen(res); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestNativeUse: nothing is said of when native code runs, and the place is an
// offset in the library.
func TestNativeUse(t *testing.T) {
	const entry = "lib/armeabi-v7a/libacme.so"
	data := library("padding", "ro.serialno", "ro.boot.serialno", "ro.serialno")
	res := observe(t, "com.shop.app", map[string][]byte{entry: data})
	if len(res.Behavior.Uses) != 1 || len(res.Sites) != 2 {
		t.Fatalf("uses %+v, sites %d", res.Behavior.Uses, len(res.Sites))
	}
	u := res.Behavior.Uses[0]
	at := u.Examples[0]
	if u.Sites != 2 || u.Reached != audit.Unknown || u.BeforeConsent != audit.Unknown || u.Nested != "" || len(u.Data) == 0 || u.Kind != audit.KindCollect {
		t.Errorf("use %+v", u)
	}
	jni := library("android/telephony/TelephonyManager", "()Ljava/lang/String;", "getSubscriberId", "getDeviceId")
	for _, site := range observe(t, "com.shop.app", map[string][]byte{entry: jni}).Sites {
		if e := site.Examples[0]; !strings.HasPrefix(string(jni[e.Offset:]), e.Args[1]+"\x00") {
			t.Errorf("a JNI call stands where its name does: %+v", e)
		}
	}
	if at.DEX != entry || at.Caller != "" || at.Doubt != audit.DoubtNative || !strings.HasPrefix(string(data[at.Offset:]), "ro.serialno\x00") {
		t.Errorf("example %+v", at)
	}
}

// TestNativeOwner: the signature's library, else the one party whose native methods
// it implements, else nobody known.
func TestNativeOwner(t *testing.T) {
	for _, c := range []struct {
		name    string
		symbols []string
		want    string
	}{
		{"libBugly.so", []string{"Java_com_shop_app_Main_read"}, "sdk:bugly"},
		{"libcore.so", []string{"Java_com_shop_app_Main_read", "Java_com_shop_app_b_C_d"}, "app"},
		{"libcore.so", []string{"Java_com_umeng_analytics_A_b"}, "sdk:umeng-analytics"},
		{"libcore.so", []string{"Java_com_acme_track_A_b"}, "unknown:com.acme"},
		{"libcore.so", []string{"Java_com_shop_app_Main_read", "Java_com_acme_track_A_b"}, "unknown:libcore.so"},
		{"libcore.so", nil, "unknown:libcore.so"},
	} {
		res := observe(t, "com.shop.app", map[string][]byte{"lib/x86/" + c.name: library(append(c.symbols, "ro.serialno", "https://api.acme-track.com/v1")...)})
		if got := parties(res); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s %v: %v, want %s", c.name, c.symbols, got, c.want)
		}
		if want := []audit.Host{{Host: "api.acme-track.com", Party: c.want, Via: "native"}}; !slices.Equal(res.Behavior.Hosts, want) {
			t.Errorf("%s %v: hosts %v", c.name, c.symbols, res.Behavior.Hosts)
		}
	}
}

// TestNativeABI: of each library one ABI is read.
func TestNativeABI(t *testing.T) {
	entries := map[string][]byte{}
	for abi, property := range map[string]string{"arm64-v8a": "ro.serialno", "armeabi-v7a": "ro.boot.serialno", "x86_64": "ro.boot.serialno", "armeabi": "ro.boot.serialno"} {
		entries["lib/"+abi+"/libboth.so"] = library(property)
	}
	entries["lib/x86/libother.so"] = library("ro.boot.serialno")
	entries["lib/x86_64/libother.so"] = library("ro.serialno")
	res := observe(t, "com.shop.app", entries)
	want := []string{
		"native read_serial unknown:libboth.so lib/arm64-v8a/libboth.so [ro.serialno]",
		"native read_serial unknown:libother.so lib/x86_64/libother.so [ro.serialno]",
	}
	if got := seen(res); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestNativeGaps: what was read, and what was not, is said.
func TestNativeGaps(t *testing.T) {
	entries := map[string][]byte{
		"lib/x86/libgood.so": library("dlopen", "__system_property_get"),
		"lib/x86/libtext.so": []byte("no library at all"),
		"lib/x86/libcut.so":  library("ro.serialno")[:80],
		"lib/x86/liblies.so": apktest.ELF{Data: []byte("\x00ro.serialno\x00"), Segments: []apktest.ELFSegment{{Type: 1, Offset: 0, Size: 1 << 60}}}.Bytes(),
	}
	res := observe(t, "com.shop.app", entries)
	native := gapOf(res, audit.GapNative)
	if len(native) != 1 || !strings.Contains(native[0], "native libraries: 4 (strings of 2 read") || !strings.Contains(native[0], "dlopen in 1") || !strings.Contains(native[0], "no ELF files: lib/x86/libtext.so") {
		t.Errorf("native: %q", native)
	}
	if got := gapOf(res, audit.GapTampered); len(got) != 1 || !strings.Contains(got[0], "liblies.so") {
		t.Errorf("tampered: %q", got)
	}
	if got := gapOf(res, audit.GapUnreadable); len(got) != 1 || !strings.Contains(got[0], "libcut.so") {
		t.Errorf("unreadable: %q", got)
	}
	if got := seen(res); len(got) != 1 {
		t.Errorf("the library that lies about its size was not read: %q", got)
	}
}

// TestManyLibraries: beyond the limit libraries are named, not forgotten, and every
// run says the same.
func TestManyLibraries(t *testing.T) {
	entries := map[string][]byte{}
	for i := range 300 {
		entries[fmt.Sprintf("lib/arm64-v8a/lib%03d.so", i)] = library("ro.serialno", fmt.Sprintf("https://h%d.acme-track.com", i))
	}
	first := observe(t, "com.shop.app", entries)
	if got := gapOf(first, audit.GapLimit); len(got) != 1 || !strings.Contains(got[0], "lib256.so") || !strings.Contains(got[0], "39 more") {
		t.Errorf("limit: %q", got)
	}
	if n := len(seen(first)); n != 256 {
		t.Errorf("%d libraries were read", n)
	}
	if again := observe(t, "com.shop.app", entries); !reflect.DeepEqual(first, again) {
		t.Error("another run says something else")
	}
}

// TestShortTexts: a library of nothing but short texts ends with a gap.
func TestShortTexts(t *testing.T) {
	data := library(strings.Repeat("a.b\x00", 100_000), "ro.serialno")
	res := observe(t, "com.shop.app", map[string][]byte{"lib/x86/libshort.so": data})
	if got := gapOf(res, audit.GapLimit); len(got) != 1 || !strings.Contains(got[0], "libshort.so") {
		t.Errorf("limit: %q", got)
	}
}

// TestFrameworkGaps: code in a form that is not read is told once for each
// framework.
func TestFrameworkGaps(t *testing.T) {
	res := observe(t, "com.shop.app", map[string][]byte{
		"lib/x86/libflutter.so": library("x"), "lib/x86/libapp.so": library("x"), "assets/flutter_assets/AssetManifest.json": []byte("{}"),
		"lib/x86/libil2cpp.so": library("x"), "assets/bin/Data/data.unity3d": []byte("x"), "assemblies/Acme.dll": []byte("MZ"), "lib/x86/libcocos2djs.so": library("x"),
		"assets/index.android.bundle": []byte("\xc6\x1f\xbc\x03\xc1\x03\x19\x1f rest"),
	})
	var got []string
	for _, g := range gapOf(res, audit.GapNative) {
		name, _, _ := strings.Cut(g, ":")
		got = append(got, name)
	}
	if want := []string{"native libraries", "Flutter", "Unity", "Xamarin / .NET", "Cocos", "Hermes"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
