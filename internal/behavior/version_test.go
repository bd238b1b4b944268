package behavior_test

import (
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

const (
	accStaticInit   = 0x10008
	opReturnObject0 = 0x0011 // return-object v0
)

// versioned is code that says its version in every way that code can.
func versioned() *apktest.DEX {
	d := apktest.NewDEX("035")
	d.Class("Lnet/acme/track/Build;", "").
		Field(accPublicStatic, "AAA", "Ljava/lang/String;").
		StaticString("VERSION", "4.8.1").
		StaticString("WORD", "android 5.5.8").
		StaticString("WORDS", "built with gradle 8.1").
		StaticString("GLUED", "Android_SDK_3.1.0 3.1").
		StaticString("LIE", "task ':core:writeVersionFile' property 'version'").
		StaticString("LONG", "1."+strings.Repeat("2", 60)).
		StaticString("SHELL", "1.2$(reboot)").
		Field(accPublicStatic, "INIT", "Ljava/lang/String;").
		Field(accPublicStatic, "TWICE", "Ljava/lang/String;").
		Method(accStaticInit, "<clinit>", "()V", apktest.NewDEXCode(2, 0, 0).
			ConstString(0, "2.0").Static(opSPutObject, 0, "Lnet/acme/track/Build;->TWICE:Ljava/lang/String;").
			ConstString(1, "5.6.7-beta").Static(opSPutObject, 1, "Lnet/acme/track/Build;->INIT:Ljava/lang/String;").
			ConstString(0, "2.1").Static(opSPutObject, 0, "Lnet/acme/track/Build;->TWICE:Ljava/lang/String;").ReturnVoid()).
		Method(accPublicStatic, "name", "()Ljava/lang/String;", apktest.NewDEXCode(1, 0, 0).ConstString(0, "v9.1.0").Raw(opReturnObject0)).
		Method(accPublicStatic, "given", "(Ljava/lang/String;)Ljava/lang/String;", apktest.NewDEXCode(1, 1, 0).Raw(opReturnObject0)).
		Method(accPublicStatic, "called", "()Ljava/lang/String;", apktest.NewDEXCode(1, 0, 0).
			Invoke(opInvokeStatic, "Lnet/acme/track/Build;->name()Ljava/lang/String;").Raw(0x000c).Raw(opReturnObject0))
	return d
}

// TestVersions: each place of a version, and what is no version.
func TestVersions(t *testing.T) {
	entries := map[string][]byte{
		"META-INF/net.acme_track.version":            []byte("3.2.1\n"),
		"META-INF/maven/net.acme/x/pom.properties":   []byte("#made by\n#Mon\nversion=7.0.2\ngroupId=net.acme\n"),
		"META-INF/acme.version":                      []byte("task ':acme:writeVersionFile' property 'version'"),
		"acme.properties":                            []byte("version=1.9.0\nclient=acme\n"),
		"META-INF/net.acme.track_a.version":          []byte("8.8"),
		"META-INF/net.acme.track_b.version":          []byte("8.8\n"),
		"META-INF/net.acme.other_a.version":          []byte("1.0"),
		"META-INF/net.acme.other_b.version":          []byte("2.0"),
		"META-INF/net.acme.outer.part_core.version":  []byte("6.0"),
		"META-INF/big.version":                       []byte(strings.Repeat(" ", 1<<20) + "1.0"),
		"lib/arm64-v8a/libacme.so":                   []byte("\x7fELF\x00Acme version \x00Acme version 6.5.4_r3\x00Acme version 9"),
		"lib/x86/libacme.so":                         []byte("Acme version 1.1"),
		"lib/x86/libplain.so":                        []byte("Acme version unknown"),
		"assets/META-INF/net.acme.track_z.version":   []byte("0.1"),
		"META-INF/deep/net.acme.track_y.version":     []byte("0.2"),
		"META-INF/maven/net.acme.track/pom.xml":      []byte("version=0.3"),
		"META-INF/services/net.acme.track_x.version": []byte("0.4"),
	}
	manifest := apktest.Manifest("com.shop.app", apktest.E("application",
		apktest.E("meta-data", apktest.Str("name", "acme.version"), apktest.Str("value", "2.3.4")),
		apktest.E("meta-data", apktest.Str("name", "acme.key"), apktest.Str("value", "unspecified"))))
	cases := []struct{ name, version, want string }{
		{"field", "[field:net.acme.track.Build.VERSION]", "4.8.1"},
		{"field behind one without value", "[field:net.acme.track.Build.AAA]", ""},
		{"field set by the initialiser", "[field:net.acme.track.Build.INIT]", "5.6.7-beta"},
		{"field set twice", "[field:net.acme.track.Build.TWICE]", ""},
		{"no such field", "[field:net.acme.track.Build.NONE]", ""},
		{"no such class", "[field:net.acme.track.None.VERSION]", ""},
		{"method", "[method:net.acme.track.Build.name]", "v9.1.0"},
		{"method with arguments", "[method:net.acme.track.Build.given]", ""},
		{"method that asks another", "[method:net.acme.track.Build.called]", ""},
		{"file", "[file:META-INF/net.acme_track.version]", "3.2.1"},
		{"file by pattern", `["file:META-INF/net.acme_*.version"]`, "3.2.1"},
		{"Maven's file", `["file:META-INF/maven/net.acme/*/pom.properties"]`, "7.0.2"},
		{"properties", "[file:acme.properties]", "1.9.0"},
		{"no such file", "[file:META-INF/none.version]", ""},
		{"meta-data", "[meta_data:acme.version]", "2.3.4"},
		{"native library, one ABI", `["native:libacme.so:Acme version "]`, "6.5.4_r3"},
		{"native library by pattern", `["native:libac*.so:Acme version "]`, "6.5.4_r3"},
		{"native library without one", `["native:libplain.so:Acme version "]`, ""},
		{"the first that is there", `[meta_data:acme.key, field:net.acme.track.Build.NONE, "file:acme.properties", field:net.acme.track.Build.VERSION]`, "1.9.0"},
		{"a build tool's mistake", "[field:net.acme.track.Build.LIE]", ""},
		{"a word before it", "[field:net.acme.track.Build.WORD]", "5.5.8"},
		{"more words before it", "[field:net.acme.track.Build.WORDS]", ""},
		{"glued to a name", "[field:net.acme.track.Build.GLUED]", ""},
		{"too long", "[field:net.acme.track.Build.LONG]", ""},
		{"no version's characters", "[field:net.acme.track.Build.SHELL]", ""},
		{"a text that fails in its file", "[file:META-INF/acme.version]", ""},
		{"far down in a file", "[file:META-INF/big.version]", ""},
		{"meta-data without a number", "[meta_data:acme.key]", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := withSDKs(t, map[string]string{"acme": "{packages: [net.acme.trac, net.acme.track.Build, net.acme], native_libs: [libacme.so]}\nversion: " + c.version})
			if got := versionsOf(observeApp(t, o, manifest, entries, versioned()).Behavior.SDKs); got != "acme="+c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	// Without the code nothing is said, but for what its own library says.
	o := withSDKs(t, map[string]string{
		"absent":    "{packages: [net.none], meta_data: [acme.key]}\nversion: [meta_data:acme.version, \"native:libacme.so:Acme version \", file:acme.properties]",
		"lib":       "{packages: [net.none2], native_libs: [libacme.so]}\nversion: [meta_data:acme.version, \"native:libacme.so:Acme version \"]",
		"group":     "{packages: [net.acme.track]}",
		"group-odd": "{packages: [net.acme.other]}",
		"group-out": "{packages: [net.acme.outer]}",
	})
	d := versioned()
	d.Class("Lnet/acme/other/A;", "")
	d.Class("Lnet/acme/outer/A;", "")
	want := "absent= group-odd= group-out= group=8.8 lib=6.5.4_r3"
	if got := versionsOf(observeApp(t, o, manifest, entries, d).Behavior.SDKs); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func versionsOf(sdks []audit.SDK) string {
	var out []string
	for _, s := range sdks {
		out = append(out, s.ID+"="+s.Version)
	}
	return strings.Join(out, " ")
}
