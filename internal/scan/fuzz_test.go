package scan_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// FuzzApp audits anything as an app and as its policy: an error of one line that names
// the file, or a report that tells of no crash, comes back from its saved form as it
// was, and judged again gives the same.
func FuzzApp(f *testing.F) {
	policy := []byte("We collect your IMEI.\nSDK name: Acme Track\n")
	f.Add(apktest.ZIP(small()...), policy)
	f.Add(apktest.ZIP(small(apktest.File{Name: "assets/a.jar", Data: apktest.ZIP(apktest.File{Name: "classes.dex", Data: reader("Lcom/shop/hidden/A;")})})...), policy)
	f.Add(apktest.ZIP(small(apktest.File{Name: "lib/x86/liba.so", Data: library("ro.serialno")}, apktest.File{Name: "assets/a.js", Data: []byte("plus.device.imei")})...), []byte("<html><p>隐私政策 收集IMEI"))
	f.Add(apktest.Archive{NoDirectory: true}.ZIP(small()...), []byte(nil))
	set, err := rules.Load()
	if err != nil {
		f.Fatal(err)
	}
	opt := scan.DefaultOptions()
	opt.Limits.APK.FileBytes, opt.Limits.APK.DEXBytes, opt.Limits.APK.AllEntryBytes = 1<<20, 1<<20, 4<<20
	s, err := scan.New(set, opt, "test")
	if err != nil {
		f.Fatal(err)
	}
	s = s.Lenient()
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, app, text []byte) {
		if len(app) > 1<<16 || len(text) > 1<<14 {
			t.Skip()
		}
		file, doc := filepath.Join(dir, "a.apk"), filepath.Join(dir, "p")
		for name, data := range map[string][]byte{file: app, doc: text} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		docs, err := opt.Limits.Policy.Open(doc)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.App(context.Background(), file, docs)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") || !strings.HasPrefix(err.Error(), file+": ") {
				t.Errorf("message %q", err)
			}
			return
		}
		for _, g := range r.Gaps {
			if g.Kind == audit.GapCrashed {
				t.Fatalf("gap %+v", g)
			}
		}
		var once, again bytes.Buffer
		if err := audit.Encode(&once, r); err != nil {
			t.Fatal(err)
		}
		saved, err := audit.DecodeAll(once.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		judged, err := s.Recheck(context.Background(), saved[0], docs)
		if err != nil {
			t.Fatal(err)
		}
		if err := audit.Encode(&again, judged); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), again.Bytes()) {
			t.Fatal("the saved report, judged again, is another one")
		}
	})
}
