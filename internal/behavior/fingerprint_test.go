package behavior_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/apk"
	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/dex"
	"apkaudit/signatures"
)

// addSDK adds classes of an SDK in miniature: each has strings, calls and
// prototypes of its own. name gives the class names, dotted.
func addSDK(d *apktest.DEX, sdk string, classes int, name func(i int) string) *apktest.DEX {
	for i := range classes {
		self := "L" + strings.ReplaceAll(name(i), ".", "/") + ";"
		code := apktest.NewDEXCode(3, 1, 2)
		for n := range 4 {
			code.ConstString(0, fmt.Sprintf("%s %d %d", sdk, i, n))
		}
		code.Invoke(opInvokeVirtual, getDeviceID, 0).Invoke(opInvokeStatic, getString, 0, 1).ReturnVoid()
		d.Class(self, "", "Ljava/lang/Runnable;").Field(1, "a", self).
			Method(accPublicStatic, "a", "("+self+")V", code)
	}
	return d
}

// learnSDK is the learned form of SDKs made by addSDK under their own names.
func learnSDK(t *testing.T, sdks map[string]int) *shape.Learned {
	t.Helper()
	var docs []shape.Document
	for id, n := range sdks {
		d := addSDK(apktest.NewDEX("035"), id, n, func(i int) string { return fmt.Sprintf("com.%s.core.Class%d", id, i) })
		f, err := dex.Parse(id, d.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		r := shape.NewReader(f)
		var classes [][]shape.Feature
		for i := range f.NumClasses() {
			features, _ := r.Features(i)
			classes = append(classes, append([]shape.Feature(nil), features...))
		}
		docs = append(docs, shape.Document{ID: id, Versions: [][][]shape.Feature{classes}})
	}
	return shape.Learn(docs)
}

// short gives the names that an obfuscator gives: pkg.a, pkg.b …
func short(pkg string, from int) func(int) string {
	return func(i int) string {
		i += from
		name := string(rune('a' + i%26))
		if i >= 26 {
			name = string(rune('a'+i/26-1)) + name
		}
		return strings.TrimPrefix(pkg+"."+name, ".")
	}
}

func find(list []audit.SDK, id string) *audit.SDK {
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

func observeDEX(t *testing.T, o *behavior.Observer, d *apktest.DEX) *behavior.Result {
	t.Helper()
	return observeFiles(t, o, apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))},
		apktest.File{Name: "classes.dex", Data: d.Bytes()})
}

// TestRenamedSDK: an SDK without its names is recognised by its structure, likely at
// most, and what it calls is its own where a package is its alone.
func TestRenamedSDK(t *testing.T) {
	o := observer(t)
	o.SetStructure(learnSDK(t, map[string]int{"bugly": 30, "jpush": 30, "gson": 30, "no-such-sdk": 30}), false)
	d := addSDK(apktest.NewDEX("035"), "bugly", 24, short("a.b", 0))
	addSDK(d, "gson", 12, short("a.c", 0))
	addSDK(d, "no-such-sdk", 12, short("a.d", 0))
	addSDK(d, "app", 24, short("a.e", 0))
	res := observeDEX(t, o, d)
	k := find(res.Behavior.SDKs, "bugly")
	if k == nil || k.Confidence != "likely" || k.Classes != 24 || k.Name.EN == "" {
		t.Fatalf("bugly: %+v", k)
	}
	e := k.Evidence[len(k.Evidence)-1]
	if e.Kind != "structure" || e.Count != 24 || e.Value != "score 0.80 of 30 classes" || len(e.Samples) != 3 || e.Samples[0] != "a.b.a" {
		t.Errorf("evidence: %+v", e)
	}
	if lib := find(res.Behavior.Libraries, "gson"); lib == nil || lib.Confidence != "likely" {
		t.Errorf("gson: %+v", lib)
	}
	if len(res.Behavior.SDKs) != 1 || len(res.Behavior.Libraries) != 1 {
		t.Errorf("SDKs %+v, libraries %+v", res.Behavior.SDKs, res.Behavior.Libraries)
	}
	if got, want := strings.Join(parties(res), " "), "library:gson sdk:bugly unknown:a.d unknown:a.e"; got != want {
		t.Errorf("parties %s, want %s", got, want)
	}
	for _, p := range res.Behavior.Packages {
		if p.Prefix == "a.b" && p.Party != "sdk:bugly" {
			t.Errorf("package %+v", p)
		}
	}
}

// TestRenamedNot: what must not be recognised, or not be given.
func TestRenamedNot(t *testing.T) {
	cases := []struct {
		name  string
		build func(d *apktest.DEX)
		found bool // bugly among the SDKs
		given bool // a package of its own
	}{
		{"two SDKs in one package", func(d *apktest.DEX) {
			addSDK(d, "bugly", 20, short("o", 0))
			addSDK(d, "jpush", 20, short("o", 20))
		}, true, false},
		{"mostly other code in the package", func(d *apktest.DEX) {
			addSDK(d, "bugly", 10, short("o", 0))
			addSDK(d, "app", 30, short("o", 10))
		}, true, false},
		{"the default package", func(d *apktest.DEX) { addSDK(d, "bugly", 25, short("", 0)) }, true, true},
		{"too few classes agree", func(d *apktest.DEX) {
			addSDK(d, "bugly", 4, short("o", 0))
			addSDK(d, "app", 30, short("o", 4))
		}, false, false},
		{"names that are not short", func(d *apktest.DEX) {
			addSDK(d, "bugly", 25, func(i int) string { return fmt.Sprintf("org.other.thing.Class%d", i) })
		}, false, false},
		{"the app's own code", func(d *apktest.DEX) { addSDK(d, "bugly", 25, short("com.shop.app", 0)) }, false, false},
		{"little renamed code", func(d *apktest.DEX) { addSDK(d, "bugly", 15, short("o", 0)) }, false, false},
		{"one class over and over", func(d *apktest.DEX) {
			for i := range 30 {
				addSDK(d, "bugly", 1, short("o", i))
			}
		}, false, false},
	}
	learned := learnSDK(t, map[string]int{"bugly": 30, "jpush": 30})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := observer(t)
			o.SetStructure(learned, false)
			d := apktest.NewDEX("035")
			c.build(d)
			res := observeDEX(t, o, d)
			if found := find(res.Behavior.SDKs, "bugly") != nil; found != c.found {
				t.Errorf("found: %v", found)
			}
			given := false
			for _, p := range res.Behavior.Packages {
				given = given || p.Party == "sdk:bugly"
			}
			if given != c.given {
				t.Errorf("given: %v, %+v", given, res.Behavior.Packages)
			}
		})
	}
}

// TestStructureConfirmsNothing: an SDK that is there under its own name does not
// become certain because some of its classes were renamed.
func TestStructureConfirmsNothing(t *testing.T) {
	o := observer(t)
	o.SetStructure(learnSDK(t, map[string]int{"bugly": 30}), false)
	d := addSDK(apktest.NewDEX("035"), "bugly", 25, short("o", 0))
	callers(d, getDeviceID, "com.tencent.bugly.crashreport.CrashReport")
	before := observeDEX(t, observer(t), callers(apktest.NewDEX("035"), getDeviceID, "com.tencent.bugly.crashreport.CrashReport"))
	k, was := find(observeDEX(t, o, d).Behavior.SDKs, "bugly"), find(before.Behavior.SDKs, "bugly")
	if k == nil || was == nil || k.Confidence != was.Confidence || k.Classes != 26 {
		t.Errorf("%+v, before %+v", k, was)
	}
}

// TestStructureCancelled: the comparison ends with its context.
func TestStructureCancelled(t *testing.T) {
	learned := learnSDK(t, map[string]int{"bugly": 30})
	o := observer(t)
	ctx, cancel := context.WithCancel(context.Background())
	o.SetStructureFunc(func() (*shape.Learned, error) {
		cancel()
		return learned, nil
	})
	if _, err := o.Observe(ctx, openDEX(t, addSDK(apktest.NewDEX("035"), "bugly", 600, short("o", 0)))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestStructureDamaged: a damaged learned set is an error that names it.
func TestStructureDamaged(t *testing.T) {
	o := observer(t)
	o.SetStructureFunc(func() (*shape.Learned, error) { return shape.Decode([]byte("nothing")) })
	_, err := o.Observe(context.Background(), openDEX(t, addSDK(apktest.NewDEX("035"), "bugly", 30, short("o", 0))))
	if err == nil || !strings.Contains(err.Error(), "fingerprints") {
		t.Errorf("error %v", err)
	}
}

// TestStructureOnDemand: an app whose code has its names never asks for the learned
// set.
func TestStructureOnDemand(t *testing.T) {
	o := observer(t)
	o.SetStructureFunc(func() (*shape.Learned, error) { return nil, errors.New("asked for") })
	d := callers(apktest.NewDEX("035"), getDeviceID, "com.shop.app.Main", "com.umeng.analytics.MobclickAgent", "a.b.c")
	addSDK(d, "thing", 40, func(i int) string { return fmt.Sprintf("com.acme.thing.Class%d", i) })
	if _, err := o.Observe(context.Background(), openDEX(t, d)); err != nil {
		t.Error(err)
	}
}

// openDEX opens an app of one DEX file.
func openDEX(t *testing.T, d *apktest.DEX) *apk.App {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.apk")
	data := apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))}, apktest.File{Name: "classes.dex", Data: d.Bytes()})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	app, err := apk.Open(context.Background(), file, apk.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	return app
}

// TestShippedStructure: the built-in learned set can be read, is in the form that is
// written today and stays within its size.
func TestShippedStructure(t *testing.T) {
	l, err := shape.Decode(signatures.Fingerprints)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(signatures.Fingerprints); n > shape.MaxEncodedBytes {
		t.Errorf("%d bytes, at most %d", n, shape.MaxEncodedBytes)
	}
	if len(l.SDKs) < 100 {
		t.Errorf("%d SDKs, at least 100", len(l.SDKs))
	}
	if !bytes.Equal(l.Encode(), signatures.Fingerprints) {
		t.Error("not what Encode writes")
	}
}
