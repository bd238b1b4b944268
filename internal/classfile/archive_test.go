package classfile_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/classfile"
)

func class(name string) []byte { return apktest.NewJavaClass(name, "").Bytes() }

func file(name string, data []byte) apktest.File {
	return apktest.File{Name: name, Data: data, Method: 8}
}

func text(name, s string) apktest.File { return file(name, []byte(s)) }

func read(t testing.TB, name string, data []byte) *classfile.Archive {
	t.Helper()
	a, err := classfile.ReadArchive(context.Background(), name, data)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func names(a *classfile.Archive) []string {
	var out []string
	for _, c := range a.Classes {
		out = append(out, c.Name)
	}
	return out
}

const libraryManifest = `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.acme.push" android:versionName="3.1">
  <uses-permission android:name="android.permission.INTERNET"/>
  <uses-permission android:name="android.permission.INTERNET"/>
  <permission android:name="${applicationId}.permission.PUSH"/>
  <application>
    <service android:name=".PushService"><intent-filter><action android:name="com.acme.PUSH"/></intent-filter></service>
    <receiver android:name="com.acme.push.r.Boot"/>
    <meta-data android:name="ACME_KEY" android:value="1"/>
  </application>
</manifest>`

func sampleAAR() []byte {
	return apktest.ZIP(
		text("AndroidManifest.xml", libraryManifest),
		file("classes.jar", apktest.ZIP(file("com/acme/push/A.class", class("Lcom/acme/push/A;")), text("META-INF/acme.version", "3.1.0"))),
		file("libs/dep.jar", apktest.ZIP(file("org/dep/B.class", class("Lorg/dep/B;")), file("com/acme/push/A.class", class("Lcom/acme/push/A;")))),
		file("lint.jar", apktest.ZIP(file("com/acme/lint/L.class", class("Lcom/acme/lint/L;")))),
		file("assets/plugin.jar", apktest.ZIP(file("x/X.class", class("Lx/X;")))),
		text("jni/arm64-v8a/libacme.so", "ELF"), text("jni/x86/libacme.so", "ELF!"),
		text("proguard.txt", "-keep class com.acme.push.** { *; }"),
	)
}

func TestAAR(t *testing.T) {
	a := read(t, "acme.aar", sampleAAR())
	if got := names(a); !slices.Equal(got, []string{"Lcom/acme/push/A;", "Lorg/dep/B;"}) {
		t.Errorf("classes %q", got)
	}
	want := classfile.Manifest{Package: "com.acme.push", VersionName: "3.1", Permissions: []string{"android.permission.INTERNET"},
		Components: []classfile.Component{{Kind: "service", Name: "com.acme.push.PushService"}, {Kind: "receiver", Name: "com.acme.push.r.Boot"}},
		MetaData:   []classfile.MetaData{{Name: "ACME_KEY", Value: "1"}}, Actions: []string{"com.acme.PUSH"}}
	if len(a.Manifests) != 1 || fmt.Sprint(a.Manifests[0]) != fmt.Sprint(want) {
		t.Errorf("manifest %+v", a.Manifests)
	}
	if fmt.Sprint(a.Native) != "[{libacme.so arm64-v8a 3} {libacme.so x86 4}]" || !slices.Equal(a.Assets, []string{"plugin.jar"}) {
		t.Errorf("native %v, assets %v", a.Native, a.Assets)
	}
	if len(a.Rules) != 1 || len(a.Versions) != 1 || a.Versions[0] != (classfile.Text{Path: "classes.jar!/META-INF/acme.version", Text: "3.1.0"}) {
		t.Errorf("rules %v, versions %v", a.Rules, a.Versions)
	}
	if len(a.Problems) != 0 {
		t.Errorf("problems %v", a.Problems)
	}
}

func TestOtherContainers(t *testing.T) {
	jar := apktest.ZIP(
		file("com/a/A.class", class("Lcom/a/A;")), file("META-INF/versions/9/com/a/A.class", class("Lcom/a/A;")),
		file("META-INF/versions/9/module-info.class", class("Lmodule-info;")), file("module-info.class", class("Lmodule-info;")),
		file("com/a/package-info.class", class("Lcom/a/package-info;")))
	cases := []struct {
		name string
		data []byte
		want []string
	}{
		{"a.jar", jar, []string{"Lcom/a/A;"}},
		{"A.class", class("Lcom/a/A;"), []string{"Lcom/a/A;"}},
		{"sdk.zip", apktest.ZIP(file("libs/a.jar", jar), file("libs/acme.aar", sampleAAR()), file("libs/a-sources.jar", jar)), []string{"Lcom/a/A;", "Lcom/acme/push/A;", "Lorg/dep/B;"}},
		{"empty.zip", apktest.ZIP(), nil},
		{"resources.aar", apktest.ZIP(text("AndroidManifest.xml", libraryManifest)), nil},
	}
	for _, c := range cases {
		a := read(t, c.name, c.data)
		if got := names(a); !slices.Equal(got, c.want) || len(a.Problems) != 0 {
			t.Errorf("%s: got %q, problems %v", c.name, got, a.Problems)
		}
	}
	if _, err := classfile.ReadArchive(context.Background(), "x.jar", []byte("hello")); !errors.Is(err, classfile.ErrNoArchive) || !strings.HasPrefix(err.Error(), "x.jar: ") {
		t.Errorf("got %v", err)
	}
}

// TestHostileArchive: what is wrong becomes a problem with its place.
func TestHostileArchive(t *testing.T) {
	deep := apktest.ZIP(file("A.class", class("LA;")))
	for range 5 {
		deep = apktest.ZIP(file("in.jar", deep))
	}
	cases := []struct{ name, want string }{
		{"deep.zip", "in.jar!/in.jar!/in.jar: max-archive-depth of 3 reached"},
		{"cut.jar", "A.class: constant 1: the bytes end"},
		{"crc.jar", "A.class: A.class: zip: checksum error"},
		{"manifest.aar", "AndroidManifest.xml: XML syntax error"},
		{"binary.aar", "AndroidManifest.xml: is binary XML"},
		{"root.aar", `AndroidManifest.xml: the root is "html"`},
	}
	whole := class("LA;")
	data := map[string][]byte{
		"deep.zip":     deep,
		"cut.jar":      apktest.ZIP(file("A.class", whole[:12])),
		"crc.jar":      apktest.ZIP(apktest.File{Name: "A.class", Data: whole, Method: 8, CRC: apktest.U32(1)}),
		"manifest.aar": apktest.ZIP(text("AndroidManifest.xml", "<manifest package='a'><a")),
		"binary.aar":   apktest.ZIP(file("AndroidManifest.xml", []byte{3, 0, 8, 0})),
		"root.aar":     apktest.ZIP(text("AndroidManifest.xml", "<html/>")),
	}
	for _, c := range cases {
		a := read(t, c.name, data[c.name])
		if len(a.Problems) != 1 || !strings.HasPrefix(a.Problems[0].String(), c.want) {
			t.Errorf("%s: problems %v, want %q", c.name, a.Problems, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := classfile.ReadArchive(ctx, "a.aar", sampleAAR()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestClaimedSizes: what an entry claims to hold is not allocated.
func TestClaimedSizes(t *testing.T) {
	lie := apktest.U32(0xfffffff0)
	data := apktest.ZIP(apktest.File{Name: "libs/acme.jar", Data: []byte("PK"), Size: lie, Packed: lie}, file("a.class", []byte("x")), file("classes.jar", nil))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read(t, "a.aar", data)
	runtime.ReadMemStats(&after)
	if grew := after.TotalAlloc - before.TotalAlloc; grew > 1<<20 {
		t.Errorf("%d bytes allocated for %d", grew, len(data))
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(sampleAAR())
	f.Add(apktest.ZIP(file("libs/acme.aar", sampleAAR())))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := classfile.ReadArchive(context.Background(), "f.zip", data)
		if err != nil {
			return
		}
		for _, p := range a.Problems {
			if p.Place == "" || p.What == "" {
				t.Errorf("a problem without place: %v", p)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(libraryManifest))
	f.Fuzz(func(t *testing.T, data []byte) {
		classfile.ParseManifest(context.Background(), data)
	})
}
