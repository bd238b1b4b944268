package cli_test

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"apkaudit/internal/apktest"
)

// sdkFiles are two versions of an SDK that no signature knows, an archive of a
// known one, and a list of artifacts, for scripts that learn.
func sdkFiles() map[string][]byte {
	files := map[string][]byte{
		"acme-track-1.0.aar":     acmeArchive("1.0", "com.acme.track", "com.acme.legacy"),
		"acme-track-1.1.aar":     acmeArchive("1.1", "com.acme.track", "com.acme.track.net"),
		"anim-2.0.jar":           acmeJar("2.0", "com.bright.anim"),
		"umeng-push-7.0.jar":     acmeJar("7.0", "com.umeng.message", "com.umeng.channel"),
		"broken.aar":             []byte("PK\x03\x04 not an archive"),
		"list.tsv":               nil,
		"artifacts/whatever.bin": nil,
	}
	push := files["umeng-push-7.0.jar"]
	files["artifacts/whatever.bin"] = push
	files["list.tsv"] = fmt.Appendf(nil, "# SDK, source, sha256\numeng-push\tmvn:com.umeng.umsdk:push:7.0:aar\t%x\njpush\trepo:a/b:libs/jpush.jar\t%s\n",
		sha256.Sum256(push), strings.Repeat("0", 64))
	return files
}

func acmeJar(version string, packages ...string) []byte {
	var files []apktest.File
	add := func(class string, k *apktest.JavaClass) {
		files = append(files, apktest.File{Name: strings.ReplaceAll(class, ".", "/") + ".class", Data: k.Bytes()})
	}
	for _, pkg := range packages {
		for i := range 9 {
			class := fmt.Sprintf("%s.C%d", pkg, i)
			add(class, apktest.NewJavaClass("L"+strings.ReplaceAll(class, ".", "/")+";", ""))
		}
	}
	name := packages[0] + ".Agent"
	agent := apktest.NewJavaClass("L"+strings.ReplaceAll(name, ".", "/")+";", "")
	agent.Field(0x19, "SDK_VERSION", "Ljava/lang/String;", version)
	agent.Method(9, "start", "(Landroid/telephony/TelephonyManager;)V", apktest.NewJavaCode().
		Raw(42).Invoke(182, "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;").
		Const("https://log.acme.com/v1").Return())
	add(name, agent)
	return apktest.ZIP(files...)
}

func acmeArchive(version string, packages ...string) []byte {
	return apktest.ZIP(
		apktest.File{Name: "AndroidManifest.xml", Data: []byte(`<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.acme.track">
<uses-permission android:name="android.permission.READ_PHONE_STATE"/><application><service android:name=".PushService"/></application></manifest>`)},
		apktest.File{Name: "classes.jar", Data: acmeJar(version, packages...)},
		apktest.File{Name: "jni/arm64-v8a/libacme.so", Data: []byte("ELF")},
	)
}
