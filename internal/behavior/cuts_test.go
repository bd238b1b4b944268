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
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// limitsTold lists the gaps of the kind "limit" by file and limit.
func limitsTold(gaps []audit.Gap) (out []string) {
	for _, g := range gaps {
		if g.Kind != audit.GapLimit {
			continue
		}
		file, rest, _ := strings.Cut(g.What, ": ")
		limit, _, _ := strings.Cut(rest[strings.LastIndex(rest, ": ")+2:], " of ")
		out = append(out, file+" "+limit)
	}
	slices.Sort(out)
	return out
}

// chain adds classes, each below the one before, and returns the last.
func chain(d *apktest.DEX, name, super string, n int) string {
	for i := range n {
		class := fmt.Sprintf("Lcom/shop/app/%s%d;", name, i)
		d.Class(class, super)
		super = class
	}
	return super
}

// tower adds interfaces, each below the one before, and returns the last.
func tower(d *apktest.DEX, n int) string {
	last := ""
	for i := range n {
		class := fmt.Sprintf("Lcom/shop/app/I%d;", i)
		above := []string{last}
		if i == 0 {
			above = nil
		}
		d.Class(class, "", above...).Access(0x601)
		last = class
	}
	return last
}

// codeCuts are classes at a limit of what is looked at in code, by the limit and what is
// cut by it: n says how far beyond.
var codeCuts = map[string]func(d *apktest.DEX, n int){
	"max-super-depth of a wrapper": func(d *apktest.DEX, n int) {
		const get = "lookItUp(Landroid/content/ContentResolver;Ljava/lang/String;)V"
		d.Class("Lcom/shop/app/Base;", "").Method(accPublicStatic, "lookItUp", strings.TrimPrefix(get, "lookItUp"), apktest.NewDEXCode(2, 2, 2).
			Invoke(opInvokeStatic, getString, 0, 1).ReturnVoid())
		low := chain(d, "T", "Lcom/shop/app/Base;", dex.MaxSuperDepth-1+n)
		d.Class(appMain, "").Method(accPublicStatic, "a", "()V", apktest.NewDEXCode(2, 0, 2).Raw(0x0112).
			ConstString(0, "android_id").Invoke(opInvokeStatic, low+"->"+get, 1, 0).ReturnVoid())
	},
	"max-super-depth": func(d *apktest.DEX, n int) {
		low := chain(d, "T", "Landroid/telephony/TelephonyManager;", dex.MaxSuperDepth+n)
		d.Class(appMain, "").Method(accPublicStatic, "a", "()V", apktest.NewDEXCode(1, 0, 1).Raw(0x0012).
			Invoke(opInvokeVirtual, low+"->getDeviceId()Ljava/lang/String;", 0).ReturnVoid())
	},
	"max-class-strings": func(d *apktest.DEX, n int) {
		k := d.Class("Lcom/shop/app/Keys;", "")
		for i := range dex.MaxClassStrings + n {
			k.StaticString(fmt.Sprintf("F%05d", i), "android_id")
		}
		d.Class(appMain, "").Method(accPublicStatic, "a", "()V", apktest.NewDEXCode(2, 0, 2).Raw(0x0112).
			Static(opSGetObject, 0, "Lcom/shop/app/Keys;->F00000:Ljava/lang/String;").Invoke(opInvokeStatic, getString, 1, 0).ReturnVoid())
	},
	// A class with a method that gives what was stored, below a tower of interfaces: two are
	// looked at for each, Object being one.
	"max-source-classes": func(d *apktest.DEX, n int) {
		d.Class(appMain, "", tower(d, 511+n)).Method(accPublicStatic, "a", "()Z", apktest.NewDEXCode(1, 0, 0).
			Invoke(opInvokeStatic, "Lx/Consent;->hasAgreed()Z").Raw(0x000a, 0x000f))
	},
	// A branch on consent, and code each instruction of which may throw to many places.
	"max-path-factor": func(d *apktest.DEX, n int) {
		const length, handlers = 200, 62
		c := apktest.NewDEXCode(1, 0, 0).Invoke(opInvokeStatic, "Lx/Consent;->hasAgreed()Z").Raw(0x000a, 0x0038, 2).Raw(make([]uint16, length)...)
		try := apktest.DEXTry{Start: 6, Count: length, CatchAll: -1}
		for range handlers + n {
			try.Types, try.Places = append(try.Types, appMain), append(try.Places, uint32(c.Pos()))
		}
		c.ReturnVoid().Try(try)
		d.Class(appMain, "").Method(accPublicStatic, "a", "()V", c)
	},
}

// TestCutsAreTold: each limit on what is looked at in code that is met is one gap for its
// file, in classes.dex and in code elsewhere, and none where the code just fits.
func TestCutsAreTold(t *testing.T) {
	limits := behavior.DefaultLimits()
	for what, build := range codeCuts {
		name, _, _ := strings.Cut(what, " ")
		t.Run(what, func(t *testing.T) {
			for _, beyond := range []int{0, 5} {
				d := apktest.NewDEX("035")
				build(d, beyond)
				var want, nested []string
				if beyond > 0 {
					want, nested = []string{"classes.dex " + name}, []string{"assets/a.dex " + name}
				}
				res := observe(t, "com.shop.app", nil, d)
				if got := limitsTold(res.Gaps); !slices.Equal(got, want) {
					t.Errorf("%d beyond: got %q, want %q", beyond, got, want)
				}
				for _, g := range res.Gaps {
					if g.Kind == audit.GapLimit && strings.Contains(g.Said().ZH, " looked ") {
						t.Errorf("in Chinese: %s", g.Said().ZH)
					}
				}
				if got := limitsTold(observe(t, "com.shop.app", map[string][]byte{"assets/a.dex": d.Bytes()}).Gaps); !slices.Equal(got, nested) {
					t.Errorf("nested, %d beyond: got %q, want %q", beyond, got, nested)
				}
			}
			for _, b := range limits.Bounds() {
				if b.Name == name {
					return
				}
			}
			t.Error("the limit is not listed")
		})
	}
}

// TestHundredsOfInterfaces: generated classes have so many.
func TestHundredsOfInterfaces(t *testing.T) {
	d := apktest.NewDEX("035")
	var plain []string
	for i := range 300 {
		plain = append(plain, fmt.Sprintf("Lcom/shop/app/P%d;", i))
		d.Class(plain[i], "").Access(0x601)
	}
	d.Class(appMain, "", plain...).Method(accPublicStatic, "a", "()Z", apktest.NewDEXCode(1, 0, 0).
		Invoke(opInvokeStatic, "Lx/Consent;->hasAgreed()Z").Raw(0x000a, 0x000f))
	if got := limitsTold(observe(t, "com.shop.app", nil, d).Gaps); got != nil {
		t.Errorf("got %q", got)
	}
}

// TestWideHierarchyIsTold: a class with more interfaces above it than are looked at.
func TestWideHierarchyIsTold(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class(appMain, "", tower(d, dex.MaxAncestors+1))
	if got := limitsTold(observe(t, "com.shop.app", nil, d).Gaps); !slices.Equal(got, []string{"classes.dex max-ancestors"}) {
		t.Errorf("got %q", got)
	}
}

// TestVersionCutsAreTold: a limit that was met in search of a version is told, once, where
// the version stays unknown.
func TestVersionCutsAreTold(t *testing.T) {
	many := func(n int) map[string][]byte {
		out := map[string][]byte{}
		for i := range n {
			out[fmt.Sprintf("META-INF/net.acme.track_%02d.version", i)] = []byte("unspecified")
		}
		return out
	}
	one := func(name, data string) map[string][]byte { return map[string][]byte{name: []byte(data)} }
	library := func(data string) map[string][]byte { return one("lib/x86/libacme.so", "\x7fELF"+data) }
	blank := func(n int) string { return strings.Repeat(" ", n) }
	const file, native = "[file:acme.txt]", `["native:libacme.so:Acme version "]`
	cases := []struct {
		name, places  string
		entries       map[string][]byte
		version, want string
	}{
		{"far down in a file", file, one("acme.txt", blank(4<<10)+"1.0"), "", "max-version-text"},
		{"at the end of what is read", file, one("acme.txt", "#"+blank(4<<10-len("#\nversion=1.2"))+"\nversion=1.2.3"), "", "max-version-text"},
		{"in a line that goes on", file, one("acme.txt", "1.2.3 "+blank(5<<10)+"z"), "1.2.3", ""},
		{"in a file that just fits", file, one("acme.txt", blank(4<<10-3)+"1.0"), "1.0", ""},
		{"none in a file", file, one("acme.txt", "unspecified"), "", ""},
		{"many files", `["file:META-INF/net.acme.track_*.version"]`, many(9), "", "max-version-files"},
		{"as many files as are read", `["file:META-INF/net.acme.track_*.version"]`, many(8), "", ""},
		{"far down in a library", native, library(blank(8<<20) + "Acme version 1.0\x00"), "", "max-version-native"},
		{"at the end of what is read of a library", native, library(blank(8<<20-4-len("Acme version 1.2")) + "Acme version 1.2.3\x00"), "", "max-version-native"},
		{"early in a large library", native, library("Acme version 1.0\x00" + blank(9<<20)), "1.0", ""},
		{"behind many places of a library", native, library(strings.Repeat("Acme version ?", 16) + "Acme version 1.0\x00"), "", "max-version-tries"},
		{"the last of many places of a library", native, library(strings.Repeat("Acme version ?", 15) + "Acme version 1.0\x00"), "1.0", ""},
		{"stated elsewhere", `["file:META-INF/net.acme.track_*.version", field:net.acme.track.Build.VERSION]`, many(9), "4.8.1", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := withSDKs(t, map[string]string{"acme": "{packages: [net.acme.track], native_libs: [libacme.so]}\nversion: " + c.places})
			res := observeApp(t, o, apktest.Manifest("com.shop.app"), c.entries, versioned())
			if got := versionsOf(res.Behavior.SDKs); got != "acme="+c.version {
				t.Errorf("got %q, want %q", got, c.version)
			}
			var want []string
			if c.want != "" {
				want = []string{"versions of SDKs " + c.want}
			}
			if got := limitsTold(res.Gaps); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	// What was met for one SDK says nothing of the next.
	o := withSDKs(t, map[string]string{
		"acme":  "{packages: [net.acme.track]}\nversion: [\"file:META-INF/net.acme.track_*.version\", field:net.acme.track.Build.VERSION]",
		"other": "{packages: [net.other]}\nversion: [\"file:META-INF/none_*.version\"]",
	})
	d := versioned()
	d.Class("Lnet/other/A;", "")
	res := observeApp(t, o, apktest.Manifest("com.shop.app"), many(9), d)
	if got := limitsTold(res.Gaps); versionsOf(res.Behavior.SDKs) != "acme=4.8.1 other=" || got != nil {
		t.Errorf("got %q, %q", versionsOf(res.Behavior.SDKs), got)
	}
	// Files that no signature names: more of them than are read.
	agreed := many(9)
	for name := range agreed {
		agreed[name] = []byte("1.0")
	}
	o = withSDKs(t, map[string]string{"acme": "{packages: [net.acme.track]}"})
	res = observeApp(t, o, apktest.Manifest("com.shop.app"), agreed, versioned())
	if got := limitsTold(res.Gaps); !slices.Equal(got, []string{"versions of SDKs max-version-files"}) {
		t.Errorf("got %q", got)
	}
}

// TestManyPhrases: rules may have any number of phrases, of which the last counts like the
// first.
func TestManyPhrases(t *testing.T) {
	const n = 2000
	var en []string
	for i := range n {
		en = append(en, fmt.Sprintf("phrase number %d", i))
	}
	text := "observations:\n  - id: ours\n    kind: policy_text\n    name: {zh: 甲, en: X}\n    text:\n      most: 100\n      all: [{en: [" + strings.Join(en, ", ") + "]}]\n" +
		"      none: [{en: [unless this stands there]}]\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "observations.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := apktest.NewDEXCode(1, 0, 0)
	for _, s := range []string{"Phrase number 0", "Phrase number 1999", "Phrase number 1998, unless this stands there", "Phrase number", "隐私政策"} {
		c.ConstString(0, s)
	}
	d := apktest.NewDEX("035")
	d.Class(appMain, "").Method(accPublicStatic, "a", "()V", c.ReturnVoid())
	got := observed(observeApp(t, behavior.New(set), apktest.Manifest("com.shop.app"), nil, d))
	if want := []string{"policy_text Phrase number 0", "policy_text Phrase number 1999", "policy_text 隐私政策"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
