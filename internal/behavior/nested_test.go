package behavior_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

// plugin is a DEX file of an SDK and of unknown code.
func plugin() []byte {
	return callers(apktest.NewDEX("035"), getDeviceID, "com.umeng.analytics.A", "com.acme.plugin.B").Bytes()
}

func nestedUses(res *behavior.Result) []string {
	var out []string
	for _, u := range res.Behavior.Uses {
		if u.Nested != "" {
			out = append(out, u.Nested+" "+u.Party+" "+u.API)
		}
	}
	return out
}

func listed(res *behavior.Result) []string {
	var out []string
	for _, d := range res.Behavior.DynamicCode {
		out = append(out, d.What)
	}
	return out
}

func TestNestedCode(t *testing.T) {
	jar := apktest.ZIP(apktest.File{Name: "classes.dex", Data: plugin(), Method: 8})
	renamed := apktest.ZIP(apktest.File{Name: "core/payload.png", Data: plugin()})
	cases := []struct {
		entry string
		data  []byte
		want  string // where the DEX file is said to be, "" for nowhere
	}{
		{"assets/plugin.dex", plugin(), "assets/plugin.dex"},
		{"assets/icons/a.png", plugin(), "assets/icons/a.png"},
		{"assets/plugin.jar", jar, "assets/plugin.jar!/classes.dex"},
		{"assets/data.bin", jar, "assets/data.bin!/classes.dex"},
		{"res/raw/song.mp3", jar, "res/raw/song.mp3!/classes.dex"},
		{"res/drawable/b.png", plugin(), "res/drawable/b.png"}, // stored
		{"lib/arm64-v8a/libplugin.so", jar, "lib/arm64-v8a/libplugin.so!/classes.dex"},
		{"lib/arm64-v8a/sub/x.so", jar, "lib/arm64-v8a/sub/x.so!/classes.dex"},
		{"extra.zip", renamed, "extra.zip!/core/payload.png"},
		{"com/acme/res/x.dat", plugin(), "com/acme/res/x.dat"},
		{"assets/pictures.zip", apktest.ZIP(apktest.File{Name: "a.png", Data: []byte("\x89PNG")}), ""},
		{"META-INF/x.dex", plugin(), ""},
	}
	for _, c := range cases {
		t.Run(c.entry, func(t *testing.T) {
			app := callers(apktest.NewDEX("035"), buildSerialCall, "com.shop.app.Main")
			res := observe(t, "com.shop.app", map[string][]byte{c.entry: c.data}, app)
			var want, dynamic []string
			if c.want != "" {
				want = []string{c.want + " sdk:umeng-analytics read_imei", c.want + " unknown:com.acme read_imei"}
				dynamic = []string{c.entry}
			}
			if got := nestedUses(res); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if got := listed(res); !slices.Equal(got, dynamic) {
				t.Errorf("listed %q", got)
			}
			if len(res.DEX) != 1 || len(res.Behavior.Packages) != 1 || len(res.Behavior.SDKs) != 0 {
				t.Errorf("nested code counts as the app's own: %v %v %v", res.DEX, res.Behavior.Packages, res.Behavior.SDKs)
			}
		})
	}
}

const buildSerialCall = "Landroid/os/Build;->getSerial()Ljava/lang/String;"

// TestNestedUse: whether nested code is loaded is not known.
func TestNestedUse(t *testing.T) {
	res := observe(t, "com.shop.app", map[string][]byte{"assets/a.dex": plugin()})
	if len(res.Sites) != 2 {
		t.Fatalf("%d sites", len(res.Sites))
	}
	for _, u := range append(slices.Clone(res.Sites), res.Behavior.Uses...) {
		at := u.Examples[0]
		if u.Reached != audit.Unknown || u.BeforeConsent != audit.Unknown || u.Via != audit.ViaCall || u.Target != getDeviceID || at.Doubt != audit.DoubtReflection || at.DEX != "assets/a.dex" || at.Caller == "" {
			t.Errorf("%+v", u)
		}
	}
	if got := gapOf(res, audit.GapDynamicCode); len(got) != 1 || !strings.Contains(got[0], "DEX files scanned in them: 1 with 2 classes") {
		t.Errorf("gap %q", got)
	}
}

// TestNestedHostile: what cannot be read is told and ends nothing.
func TestNestedHostile(t *testing.T) {
	bomb := apktest.ZIP(apktest.File{Name: "classes.dex", Data: append(plugin(), make([]byte, 129<<20)...), Method: 8}, apktest.File{Name: "classes2.dex", Data: plugin()})
	deep := apktest.ZIP(apktest.File{Name: "inner.jar", Data: apktest.ZIP(apktest.File{Name: "classes.dex", Data: plugin()})}, apktest.File{Name: "classes.dex", Data: plugin()})
	locked := apktest.ZIP(apktest.File{Name: "classes.dex", Data: bytes.Repeat([]byte("\xf5garbage"), 50), Method: 8, Deflated: true, Flags: 1, CRC: apktest.U32(7)})
	ignored := apktest.ZIP(apktest.File{Name: "classes.dex", Data: plugin(), Method: 8, Flags: 1})
	lies := apktest.ZIP(apktest.File{Name: "classes.dex", Data: plugin(), Offset: apktest.U32(1 << 30)})
	many := uint16(60_000)
	cases := []struct {
		name, kind, want string
		data             []byte
		uses             int
	}{
		{"bomb.jar", audit.GapLimit, "max-nested-dex-bytes", bomb, 0},
		{"deep.apk", audit.GapDynamicCode, "inner.jar", deep, 2},
		{"locked.jar", audit.GapUnreadable, "encrypted", locked, 0},
		{"ignored.jar", "", "", ignored, 2},
		{"lies.jar", audit.GapUnreadable, "classes.dex", lies, 0},
		{"cut.jar", audit.GapUnreadable, "archive", apktest.ZIP(apktest.File{Name: "classes.dex", Data: plugin()})[:200], 0},
		{"count.jar", audit.GapUnreadable, "archive", apktest.Archive{Records: &many}.ZIP(apktest.File{Name: "classes.dex", Data: plugin()}), 0},
		{"secret.dex", audit.GapUnreadable, "may be encrypted", []byte("\x8f\x12\x99\x00 secret"), 0},
		{"old.dex", audit.GapUnreadable, "odex", []byte("dey\n036\x00" + strings.Repeat("\x00", 200)), 0},
		{"damaged.dex", audit.GapUnreadable, "damaged.dex", plugin()[:100], 0},
		{"empty.dex", "", "", nil, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observe(t, "com.shop.app", map[string][]byte{"assets/" + c.name: c.data})
			found := c.kind == ""
			for _, g := range gapOf(res, c.kind) {
				found = found || strings.Contains(g, c.want)
			}
			if !found {
				t.Errorf("no gap %s %q: %+v", c.kind, c.want, res.Gaps)
			}
			if got := nestedUses(res); len(got) != c.uses {
				t.Errorf("uses %q", got)
			}
		})
	}
}

// TestNestedManyArchives: the number of entries that are looked at is bounded over
// all archives.
func TestNestedManyArchives(t *testing.T) {
	var files []apktest.File
	for range 9000 {
		files = append(files, apktest.File{Name: "x", Data: []byte("12345678")})
	}
	for i := range files {
		files[i].Name = strings.Repeat("x", 1+i%90) + string(rune('a'+i%26)) + strings.Repeat("y", i/90)
	}
	files = append(files, apktest.File{Name: "z.png", Data: plugin()}, apktest.File{Name: "classes.dex", Data: plugin()})
	res := observe(t, "com.shop.app", map[string][]byte{"assets/a.zip": apktest.ZIP(files...)})
	if got := gapOf(res, audit.GapLimit); len(got) != 1 || !strings.Contains(got[0], "809 files in it") {
		t.Errorf("limit: %q", got)
	}
	if got := nestedUses(res); len(got) != 2 || !strings.HasPrefix(got[0], "assets/a.zip!/classes.dex") {
		t.Errorf("what is named as code is read beyond the limit too: %q", got)
	}
}
