package learn_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/learn"
	"apkaudit/internal/rules"
)

func putFile(t *testing.T, file string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sdkAPK writes an APK with n classes below each package, with strings of their own.
func sdkAPK(t *testing.T, file string, n int, packages ...string) string {
	t.Helper()
	d := apktest.NewDEX("035")
	for _, p := range packages {
		for i := range n {
			code := apktest.NewDEXCode(1, 0, 0)
			for k := range 4 {
				code.ConstString(0, fmt.Sprintf("%s %d %d", p, i, k))
			}
			d.Class(fmt.Sprintf("L%s/Class%d;", strings.ReplaceAll(p, ".", "/"), i), "").Method(9, "a", "()V", code.ReturnVoid())
		}
	}
	return putFile(t, file, apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))},
		apktest.File{Name: "classes.dex", Data: d.Bytes()}))
}

// TestFingerprints: an SDK is learned from the packages that are asked for and that
// no other signature owns.
func TestFingerprints(t *testing.T) {
	dir := t.TempDir()
	sdkAPK(t, filepath.Join(dir, "one.apk"), 6, "com.tencent.bugly.crashreport", "com.tencent.bugly.lib", "com.umeng.analytics", "com.shop.app")
	sdkAPK(t, filepath.Join(dir, "rest.apk"), 6, "com.shop.app")
	list := putFile(t, filepath.Join(dir, "list.tsv"), []byte("# remark\nbugly\tone.apk\tcom.tencent.bugly,com.umeng\n-\trest.apk\tcom.shop\n"))
	artifacts, err := learn.ReadFingerprintList(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(artifacts) != 2 || artifacts[0].SDK != "bugly" || len(artifacts[0].Prefixes) != 2 || artifacts[1].SDK != "" {
		t.Fatalf("list %+v", artifacts)
	}
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	l, err := learn.Fingerprints(context.Background(), set, artifacts)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.SDKs) != 1 || l.SDKs[0].ID != "bugly" || l.SDKs[0].Classes != 12 {
		t.Errorf("learned %+v", l.SDKs)
	}
	form := l.Encode()
	slices.Reverse(artifacts)
	again, err := learn.Fingerprints(context.Background(), set, artifacts)
	if err != nil || !slices.Equal(form, again.Encode()) {
		t.Errorf("the order of the list changes the result: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := learn.Fingerprints(ctx, set, artifacts); err == nil {
		t.Error("went on after the context ended")
	}
}

// TestFingerprintsOfWhatComesAlong: the code of another SDK in an archive is learned for
// that one, where there is enough of it and it has no archive of its own; a copy of a
// library under the SDK's own name is learned for nobody.
func TestFingerprintsOfWhatComesAlong(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bugly := "com.tencent.bugly.crashreport"
	type archive struct {
		sdk      string
		classes  int // in each package
		packages []string
	}
	cases := []struct {
		name     string
		archives []archive
		want     map[string]int
	}{
		{"another SDK", []archive{{"bugly", 60, []string{bugly, "com.umeng.analytics"}}}, map[string]int{"bugly": 60, "umeng-analytics": 60}},
		{"too little of another SDK", []archive{{"bugly", 40, []string{bugly, "com.umeng.analytics"}}}, map[string]int{"bugly": 40}},
		{"that has an archive of its own", []archive{{"bugly", 60, []string{bugly, "com.umeng.analytics"}}, {"umeng-analytics", 70, []string{"com.umeng.commonsdk"}}}, map[string]int{"bugly": 60, "umeng-analytics": 70}},
		{"a copy of a library", []archive{{"bugly", 60, []string{bugly, "com.tencent.bugly.okhttp3.internal"}}}, map[string]int{"bugly": 60}},
		{"a copy that the signature owns", []archive{{"taptap", 60, []string{"com.taptap.sdk", "tds.androidx.core"}}}, map[string]int{"taptap": 60}},
		{"code that is called after a library", []archive{{"bugly", 10, []string{bugly, "com.tencent.bugly.okhttp3"}}}, map[string]int{"bugly": 20}},
		{"a library inside the library", []archive{{"okhttp", 60, []string{"okhttp3.internal.okio"}}}, map[string]int{}},
		{"a package of nobody", []archive{{"bugly", 60, []string{bugly, "a.b.c"}}}, map[string]int{"bugly": 120}},
	}
	for _, c := range cases {
		var list []learn.FingerprintSource
		for i, a := range c.archives {
			file := sdkAPK(t, filepath.Join(dir, fmt.Sprintf("%d.apk", i)), a.classes, a.packages...)
			list = append(list, learn.FingerprintSource{SDK: a.sdk, File: file, Prefixes: []string{"com", "a", "okhttp3", "tds"}})
		}
		l, err := learn.Fingerprints(context.Background(), set, list)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, k := range l.SDKs {
			if k.Classes > 0 {
				got[k.ID] = k.Classes
			}
		}
		all := 0 // of all versions, where SDK.Classes is that of the largest
		for _, n := range c.want {
			all += n
		}
		if !maps.Equal(got, c.want) || l.NumClasses() != all {
			t.Errorf("%s: learned %v, %d classes, want %v", c.name, got, l.NumClasses(), c.want)
		}
	}
}

func TestFingerprintListErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ text, want string }{
		{"bugly", ":1: want SDK id, file and packages"},
		{"\n\nbugly\t\n", ":3: "},
		{"a\tb\tc\td\n", ":1: "},
	} {
		_, err := learn.ReadFingerprintList(putFile(t, filepath.Join(dir, "l.tsv"), []byte(c.text)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.want)
		}
	}
	file := sdkAPK(t, filepath.Join(dir, "a.apk"), 1, "a.b")
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []learn.FingerprintSource{
		{SDK: "bugly", File: file}, // an APK without packages
		{SDK: "bugly", File: filepath.Join(dir, "none.jar")},
		{SDK: "bugly", File: putFile(t, filepath.Join(dir, "x.jar"), []byte("no archive"))},
	} {
		if _, err := learn.Fingerprints(context.Background(), set, []learn.FingerprintSource{s}); err == nil || !strings.Contains(err.Error(), filepath.Base(s.File)) {
			t.Errorf("%+v: error %v", s, err)
		}
	}
}
