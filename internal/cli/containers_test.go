package cli_test

import (
	"os"
	"path/filepath"
	"strings"

	"apkaudit/internal/apktest"
)

// writeContainers writes our own app of several APKs in the forms that stores and tools
// give it: a folder, tidepool.zip, .apks, .xapk (named .apk as well) and .apkm. Its
// bundle, tidepool.aab, is committed as it is.
func writeContainers(testdata, dir string) error {
	files, err := filepath.Glob(filepath.Join(testdata, "apk/tidepool/*.apk"))
	if err != nil {
		return err
	}
	var plain, apks, xapk []apktest.File
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		name := filepath.Base(f)
		path := filepath.Join(dir, "tidepool", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
		plain = append(plain, apktest.File{Name: name, Data: data, Method: 8})
		apks = append(apks, apktest.File{Name: "splits/" + strings.TrimPrefix(strings.Replace(name, "base", "base-master", 1), "split_"), Data: data})
		xapk = append(xapk, apktest.File{Name: strings.Replace(name, "base", "org.example.tidepool", 1), Data: data})
	}
	apks = append(apks, apktest.File{Name: "toc.pb"}, apktest.File{Name: "standalones/standalone-hdpi.apk", Data: []byte("for Android 4")})
	xapk = append(xapk, apktest.File{Name: "manifest.json", Data: []byte(`{"package_name":"org.example.tidepool"}`)},
		apktest.File{Name: "Android/obb/org.example.tidepool/main.7.org.example.tidepool.obb", Data: []byte("data")})
	for name, list := range map[string][]apktest.File{
		"tidepool.zip":   plain,
		"tidepool.apks":  apks,
		"tidepool.xapk":  xapk,
		"misnamed.apk":   xapk,
		"tidepool.apkm":  append(plain[:len(plain):len(plain)], apktest.File{Name: "info.json", Data: []byte(`{"pname":"org.example.tidepool"}`)}),
		"tampered.xapk":  append(xapk[:len(xapk):len(xapk)], apktest.File{Name: "split_extra.apk", Data: extraSplit()}),
		"several.zip":    {{Name: "a.apk", Data: plain[0].Data}, {Name: "b.apk", Data: plain[0].Data}},
		"no-archive.zip": {{Name: "a.apk", Data: []byte("noise")}},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), apktest.ZIP(list...), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// extraSplit is a split for tidepool that somebody else made, and did not sign.
func extraSplit() []byte {
	m := apktest.Manifest("org.example.tidepool", apktest.E("uses-permission", apktest.Str("name", "android.permission.READ_SMS")))
	m.Attrs = append(m.Attrs, apktest.Int("versionCode", 7), apktest.Plain("split", "extra"))
	return apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(m)}, apktest.File{Name: "classes.dex", Data: apktest.NewDEX("035").Bytes()})
}
