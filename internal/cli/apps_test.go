package cli_test

import (
	"fmt"
	"os"
	"path/filepath"

	"apkaudit/internal/apktest"
)

// writeThirdParty writes thirdparty.apk: an app of two classes with an SDK that no
// signature knows (net.acme.track, 26 classes, version 4.8.1), a small library
// (io.tiny), code with shortened names (a.b), and native libraries of an SDK and of
// a neutral library whose code is not there.
func writeThirdParty(dir string) error {
	d := apktest.NewDEX("035")
	call := func(class, method string) {
		d.Class("L"+class+";", "").Method(0x9, "a", "()V", apktest.NewDEXCode(2, 0, 1).Invoke(0x6e, method, 0).ReturnVoid())
	}
	call("com/shop/app/Main", "Landroid/app/Activity;->finish()V")
	d.Class("Lcom/shop/app/Other;", "")
	call("net/acme/track/device/Ids", "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;")
	call("net/acme/track/device/Sim", "Landroid/telephony/TelephonyManager;->getSubscriberId()Ljava/lang/String;")
	call("net/acme/track/place/Where", "Landroid/location/LocationManager;->getLastKnownLocation(Ljava/lang/String;)Landroid/location/Location;")
	d.Class("Lnet/acme/track/Build;", "").StaticString("VERSION", "4.8.1")
	for i := range 22 {
		d.Class(fmt.Sprintf("Lnet/acme/track/core/C%02d;", i), "")
	}
	for i := range 3 {
		d.Class(fmt.Sprintf("Lio/tiny/C%d;", i), "")
	}
	for i := range 30 {
		d.Class(fmt.Sprintf("La/b/C%02d;", i), "")
	}
	uses := func(name string) apktest.Element {
		return apktest.E("uses-permission", apktest.Str("name", "android.permission."+name))
	}
	manifest := apktest.Manifest("com.shop.app", uses("ACCESS_FINE_LOCATION"), uses("CAMERA"), uses("READ_PHONE_STATE"),
		apktest.E("application", apktest.E("activity", apktest.Str("name", "com.shop.app.Main"))))
	data := apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(manifest)}, apktest.File{Name: "classes.dex", Data: d.Bytes()},
		apktest.File{Name: "lib/arm64-v8a/libmsaoaidsec.so", Data: []byte("\x7fELF")}, apktest.File{Name: "lib/arm64-v8a/libmmkv.so", Data: []byte("\x7fELF")})
	return os.WriteFile(filepath.Join(dir, "thirdparty.apk"), data, 0o600)
}
