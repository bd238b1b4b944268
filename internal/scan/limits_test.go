package scan_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// beyond is an input that goes beyond a limit: files of an app, or a document.
type beyond struct {
	limit int64
	files []apktest.File
	doc   policy.Input
}

// elsewhere are limits of which no gap tells: the first two refuse input as a whole,
// which is an error; how long a certificate takes depends on the machine.
var elsewhere = map[string]string{
	"max-file-bytes":   "apk.TestLimits",
	"max-policy-files": "policy.TestOpenLimits",
	"max-signer-time":  "apk.TestSignerTime",
}

// small is a manifest and a class that reads something, with other files beside.
func small(files ...apktest.File) []apktest.File {
	manifest := apktest.AXML(apktest.Manifest("com.shop.app", apktest.E("application",
		apktest.E("activity", apktest.Str("name", ".Main"), apktest.E("intent-filter", apktest.E("action", apktest.Str("name", "android.intent.action.MAIN")), apktest.E("category", apktest.Str("name", "android.intent.category.LAUNCHER")))))))
	return append([]apktest.File{{Name: "AndroidManifest.xml", Data: manifest}, {Name: "classes.dex", Data: reader("Lcom/shop/app/Main;")}}, files...)
}

// reader is a DEX file that reads the device's number and names hosts.
func reader(class string) []byte {
	d := apktest.NewDEX("035")
	c := d.Class(class, "Landroid/app/Activity;")
	code := apktest.NewDEXCode(4, 1, 3).Raw(0x0012)
	for _, host := range []string{"a.acme-track.com", "b.acme-track.com"} {
		code.ConstString(0, "https://"+host+"/x")
	}
	for range 3 {
		code.Invoke(0x6e, "Landroid/app/Activity;->requestPermissions([Ljava/lang/String;I)V", 3, 0, 0)
		code.Invoke(0x6e, "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;", 0)
	}
	c.Method(1, "onCreate", "(Landroid/os/Bundle;)V", code.ReturnVoid())
	return d.Bytes()
}

func many(n int, name string, data []byte) (files []apktest.File) {
	for i := range n {
		files = append(files, apktest.File{Name: fmt.Sprintf(name, i), Data: data})
	}
	return small(files...)
}

func library(texts ...string) []byte {
	return apktest.ELF{Data: []byte("\x00" + strings.Join(texts, "\x00") + "\x00")}.Bytes()
}

// wide is a graph with far more calls than classes: each of many calls through an
// interface may run each of many classes.
func wide() []apktest.File {
	d := apktest.NewDEX("035")
	main := d.Class("Lcom/shop/app/Main;", "Landroid/app/Activity;")
	code, calls := apktest.NewDEXCode(4, 2, 2), apktest.NewDEXCode(1, 1, 1)
	calls.Raw(0x0012)
	face := d.Class("Lcom/shop/app/I;", "").Access(0x601)
	for i := range 600 {
		method := fmt.Sprintf("m%d", i)
		face.Method(0x401, method, "()V", nil)
		calls.Invoke(0x72, "Lcom/shop/app/I;->"+method+"()V", 0)
		class := fmt.Sprintf("Lcom/shop/app/C%d;", i)
		d.Class(class, "", "Lcom/shop/app/I;").Method(0x10001, "<init>", "()V", apktest.NewDEXCode(1, 1, 1).ReturnVoid())
		code.Type(0x22, 0, class).Invoke(0x70, class+"-><init>()V", 0)
	}
	main.Method(9, "all", "()V", calls.ReturnVoid())
	main.Method(1, "onCreate", "(Landroid/os/Bundle;)V", code.Invoke(0x71, "Lcom/shop/app/Main;->all()V").ReturnVoid())
	files := small()
	files[1].Data = d.Bytes()
	return files
}

// document is a DOCX with these parts of its text.
func document(t *testing.T, body string, extra int) policy.Input {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name, data string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+body+`</w:body></w:document>`)
	for i := range extra {
		put(fmt.Sprintf("word/x%d.xml", i), "")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return policy.Input{Name: "p.docx", Data: b.Bytes()}
}

// printed is a PDF of n pages with one sentence on each, its contents compressed.
func printed(n int) policy.Input {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n3 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n")
	var kids strings.Builder
	for i := range n {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		fmt.Fprintf(w, "BT /F1 11 Tf 60 700 Td (We collect your IMEI on page %d to keep your account safe.) Tj ET", i)
		w.Close()
		page := 10 + 2*i
		fmt.Fprintf(&kids, "%d 0 R ", page)
		fmt.Fprintf(&b, "%d 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>\nendobj\n", page, page+1)
		fmt.Fprintf(&b, "%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n", page+1, packed.Len(), packed.Bytes())
	}
	fmt.Fprintf(&b, "2 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%%%EOF\n", n, kids.String())
	return policy.Input{Name: "p.pdf", Data: b.Bytes()}
}

// beyonds has an input for each limit that can be set.
func beyonds(t *testing.T) map[string]beyond {
	script := []byte("var a = 'https://a.example.com/';" + strings.Repeat("// more\n", 20))
	archive := apktest.ZIP(apktest.File{Name: "classes.dex", Data: reader("Lcom/shop/hidden/A;"), Method: 8}, apktest.File{Name: "a.txt", Data: []byte("a")}, apktest.File{Name: "b.txt", Data: []byte("b")})
	padded := append(library("ro.serialno"), make([]byte, 4096)...)
	paragraph := "<w:p><w:r><w:t>We collect your IMEI. </w:t></w:r></w:p>"
	app := small()
	app[0].Data = apktest.AXML(apktest.Manifest("com.shop.app", apktest.E("application", apktest.Ref("label", 0x7f010000))))
	labelled := append(app, apktest.File{Name: "resources.arsc", Data: apktest.ARSC(apktest.Value{ID: 0x7f010000, Kind: apktest.KindString, Text: strings.Repeat("Name", 500)})})
	long := small()
	long[0].Data = apktest.AXML(apktest.Manifest("com.shop.app", apktest.E("application", apktest.E("activity", apktest.Str("name", "."+strings.Repeat("A", 200))))))
	var elements []any
	for i := range 20 {
		elements = append(elements, apktest.E("service", apktest.Str("name", fmt.Sprintf(".S%d", i))))
	}
	broad := small()
	broad[0].Data = apktest.AXML(apktest.Manifest("com.shop.app", apktest.E("application", elements...)))
	signed := small(apktest.File{Name: "META-INF/A.SF", Data: make([]byte, 2000)}, apktest.File{Name: "META-INF/A.RSA"})
	fat := small()
	fat[1].Data = append(reader("Lcom/shop/app/Main;"), make([]byte, 8192)...)
	whole := apktest.File{Name: "base.apk", Data: apktest.ZIP(small()...)}
	note := apktest.File{Name: "manifest.json", Data: []byte(`{"package_name":"com.shop.app"}`)}
	feature := apktest.Manifest("com.shop.app", apktest.E("application", apktest.Bool("hasCode", false)))
	feature.Attrs = append(feature.Attrs, apktest.Plain("split", "x"))
	noise := make([]byte, 100<<10)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
		noise[i] = byte(r.Uint32())
	}
	part := apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(feature)}, apktest.File{Name: "res/a.bin", Data: noise})
	apps := map[string]beyond{
		"max-apks":           {limit: 1, files: []apktest.File{note, whole, {Name: "split_x.apk", Data: part}}},
		"max-depth":          {limit: 1, files: []apktest.File{note, whole, {Name: "x.apk", Data: apktest.ZIP(whole, note)}}},
		"max-inflated-bytes": {limit: 64 << 10, files: []apktest.File{note, whole, {Name: "split_x.apk", Data: part, Method: 8}}},

		"max-entries":         {limit: 10, files: many(20, "assets/%d.txt", []byte("a"))},
		"max-directory-bytes": {limit: 1 << 10, files: many(40, "assets/%d.txt", []byte("a"))},
		"max-manifest-bytes":  {limit: 1 << 10, files: broad},
		"max-manifest-nodes":  {limit: 10, files: broad},
		"max-resource-bytes":  {limit: 1 << 10, files: labelled},
		"max-dex-bytes":       {limit: 4 << 10, files: fat},
		"max-all-dex-bytes":   {limit: 4 << 10, files: fat},
		"max-entry-bytes":     {limit: 4 << 10, files: small(apktest.File{Name: "assets/privacy.txt", Data: bytes.Repeat([]byte("We collect your personal information.\n"), 200)})},
		"max-all-entry-bytes": {limit: 4 << 10, files: small(apktest.File{Name: "lib/x86/liba.so", Data: append(padded, padded...)})},
		"max-signer-bytes":    {limit: 1 << 10, files: signed},
		"max-string-bytes":    {limit: 64, files: long},

		"max-sniffed-files":        {limit: 1, files: many(5, "assets/%d.bin", []byte("a"))},
		"max-nested-file-bytes":    {limit: 1 << 10, files: small(apktest.File{Name: "assets/a.jar", Data: append(apktest.ZIP(apktest.File{Name: "pad", Data: make([]byte, 2000)}), archive...)})},
		"max-nested-bytes":         {limit: 1 << 10, files: many(3, "assets/%d.jar", archive)},
		"max-nested-dex-bytes":     {limit: 1 << 10, files: many(3, "assets/%d.jar", archive)},
		"max-nested-dex-files":     {limit: 1, files: many(3, "assets/%d.jar", archive)},
		"max-nested-sniffed-files": {limit: 1, files: many(1, "assets/%d.jar", archive)},
		"max-native-libraries":     {limit: 1, files: many(3, "lib/x86/lib%d.so", padded)},
		"max-native-bytes":         {limit: 1 << 10, files: many(1, "lib/x86/lib%d.so", padded)},
		"max-native-total-bytes":   {limit: 1 << 10, files: many(3, "lib/x86/lib%d.so", padded)},
		"max-native-hits":          {limit: 1, files: many(1, "lib/x86/lib%d.so", library("ro.serialno", "/proc/cpuinfo", "/sys/class/net/wlan0/address"))},
		"max-scripts":              {limit: 1, files: many(3, "assets/%d.js", script)},
		"max-script-bytes":         {limit: 64, files: many(1, "assets/%d.js", script)},
		"max-script-total-bytes":   {limit: 200, files: many(3, "assets/%d.js", script)},
		"max-hosts":                {limit: 1, files: small()},
		"max-listed-calls":         {limit: 1, files: small()},
		"max-graph-work":           {limit: 1, files: wide()},

		"max-policy-bytes":    {limit: 1 << 10, doc: policy.Input{Name: "p.txt", Data: bytes.Repeat([]byte("We collect your IMEI.\n"), 100)}},
		"max-extracted-bytes": {limit: 1 << 10, doc: document(t, strings.Repeat(paragraph, 100), 0)},
		"max-docx-bytes":      {limit: 1 << 10, doc: document(t, strings.Repeat(paragraph, 100), 0)},
		"max-docx-entries":    {limit: 3, doc: document(t, paragraph, 5)},
		"max-docx-nodes":      {limit: 3, doc: document(t, strings.Repeat(paragraph, 10), 0)},
		"max-pdf-bytes":       {limit: 1 << 10, doc: printed(40)},
		"max-pdf-content":     {limit: 1 << 10, doc: printed(40)},
		"max-pdf-pages":       {limit: 3, doc: printed(5)},
		"max-pdf-characters":  {limit: 100, doc: printed(5)},
		"max-pdf-time":        {limit: 1_000_000, doc: printed(1500)},
	}
	return apps
}

// TestEachLimitIsTold: whatever goes beyond a limit gives a gap of the kind "limit" that
// calls it as flags do, and an incomplete outcome; raised to the default it gives none.
func TestEachLimitIsTold(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	inputs := beyonds(t)
	opt := scan.DefaultOptions()
	for _, b := range opt.Limits.Bounds() {
		if b.IsFixed() || elsewhere[b.Name] != "" {
			continue
		}
		in, ok := inputs[b.Name]
		if !ok {
			t.Errorf("%s: no input goes beyond it", b.Name)
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			if gap := gapOf(audited(t, set, scan.DefaultOptions(), in), b.Name); gap != nil {
				t.Errorf("by the defaults: %s", gap.What)
			}
			low := scan.DefaultOptions()
			for _, x := range low.Limits.Bounds() {
				if x.Name == b.Name {
					if err := x.Set(in.limit); err != nil {
						t.Fatal(err)
					}
				}
			}
			r := audited(t, set, low, in)
			if gap := gapOf(r, b.Name); gap == nil || gap.Kind != audit.GapLimit || !r.Outcome.Incomplete {
				t.Errorf("gap %+v of %+v, outcome %+v", gap, r.Gaps, r.Outcome)
			}
		})
	}
}

// gapOf finds the gap that names a limit.
func gapOf(r *audit.Report, name string) *audit.Gap {
	for i := range r.Gaps {
		if strings.Contains(r.Gaps[i].What, " "+name+" of ") || strings.HasPrefix(r.Gaps[i].What, name+" of ") {
			return &r.Gaps[i]
		}
	}
	return nil
}

func audited(t *testing.T, set *rules.Set, opt scan.Options, in beyond) *audit.Report {
	t.Helper()
	s, err := scan.New(set, opt, "test")
	if err != nil {
		t.Fatal(err)
	}
	var r *audit.Report
	if in.files == nil {
		r, err = s.Lenient().Policies(context.Background(), []policy.Input{in.doc})
	} else {
		file := filepath.Join(t.TempDir(), "a.apk")
		if err := os.WriteFile(file, apktest.ZIP(in.files...), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err = s.App(context.Background(), file, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEmbeddedBeyondLimit: a policy inside the app that is larger than policies may be is
// told, not passed over.
func TestEmbeddedBeyondLimit(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	opt := scan.DefaultOptions()
	opt.Limits.Policy.DocumentBytes = 1 << 10
	r := audited(t, set, opt, beyonds(t)["max-entry-bytes"])
	if gap := gapOf(r, "max-policy-bytes"); gap == nil || gap.Side != audit.SidePolicy || !r.Outcome.Incomplete {
		t.Errorf("gaps %+v", r.Gaps)
	}
}

// TestEmbeddedDamaged: a file of the app that is named as a policy and cannot be read is
// told, since it may be one.
func TestEmbeddedDamaged(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	wrong := uint32(1)
	files := small(apktest.File{Name: "assets/privacy_policy.txt", Data: []byte("text"), Method: 8, CRC: &wrong}, apktest.File{Name: "assets/privacy_policy.pdf", Data: []byte("%PDF-1.4 and no more")},
		apktest.File{Name: "assets/policy.txt", Data: []byte("rule 1: no cookies in the kitchen")})
	r := audited(t, set, scan.DefaultOptions(), beyond{files: files})
	told := map[string]bool{}
	for _, g := range r.Gaps {
		for _, name := range []string{"privacy_policy.txt", "privacy_policy.pdf", "assets/policy.txt"} {
			if strings.Contains(g.What, name) && g.Side == audit.SidePolicy {
				told[name] = true
			}
		}
	}
	if !told["privacy_policy.txt"] || !told["privacy_policy.pdf"] || told["assets/policy.txt"] || !r.Outcome.Incomplete {
		t.Errorf("incomplete %t, gaps %+v", r.Outcome.Incomplete, r.Gaps)
	}
}

// TestEachLimitIsNamed: every field of the limits has a name by which it can be set.
func TestEachLimitIsNamed(t *testing.T) {
	var fields func(v reflect.Type) int
	fields = func(v reflect.Type) (n int) {
		if v.Kind() != reflect.Struct {
			return 1
		}
		for i := range v.NumField() {
			n += fields(v.Field(i).Type)
		}
		return n
	}
	named := map[string]bool{}
	var limits scan.Limits
	for _, b := range limits.Bounds() {
		if !b.IsFixed() {
			named[b.Name] = true
		}
	}
	if n := fields(reflect.TypeOf(limits)); n != len(named) {
		t.Errorf("%d limits, of which %d have a name", n, len(named))
	}
}

// TestLimitsEnterTheDigest: a report tells by which limits it was made.
func TestLimitsEnterTheDigest(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	names := []string{""}
	for _, b := range (&scan.Limits{}).Bounds() {
		if !b.IsFixed() {
			names = append(names, b.Name)
		}
	}
	for _, name := range names {
		opt := scan.DefaultOptions()
		for _, b := range opt.Limits.Bounds() {
			if b.Name == name {
				if err := b.Set(b.Value() + 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		s, err := scan.New(set, opt, "test")
		if err != nil {
			t.Fatal(err)
		}
		sum := s.Tool().OptionsDigest
		if other, twice := seen[sum]; twice {
			t.Errorf("%q has the digest of %q", name, other)
		}
		seen[sum] = name
	}
}
