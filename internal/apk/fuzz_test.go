package apk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// fuzzLimits are small, so that a fuzzer meets them; the rules stay the same.
func fuzzLimits() Limits {
	l := DefaultLimits()
	l.Entries, l.ManifestBytes, l.ResourceBytes, l.DEXBytes, l.EntryBytes = 200, 1<<20, 1<<20, 1<<20, 1<<20
	l.SignerTime = 2 * time.Second
	return l
}

// FuzzOpen feeds whole files: no panic, one-line errors, gaps of known kinds
// that say in both languages what they weaken.
func FuzzOpen(f *testing.F) {
	axml := apktest.AXML(smallManifest())
	f.Add(apktest.ZIP(smallFiles()...))
	f.Add(apktest.ZIP(labelFiles()...))
	f.Add(apktest.Archive{NoDirectory: true}.ZIP(smallFiles()...))
	f.Add(apktest.Archive{Prefix: []byte("junk"), Shifted: true}.ZIP(smallFiles()...))
	f.Add(apktest.Archive{Records: apktest.U16(0xffff)}.ZIP(smallFiles()...))
	f.Add(apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 77, Flags: 9}, dexFile("classes2.dex")))
	f.Add(apktest.ZIP(append(smallFiles(), apktest.File{Name: "META-INF/MANIFEST.MF", Data: []byte("Manifest-Version: 1.0\n\n")},
		apktest.File{Name: "META-INF/A.SF", Data: []byte("Signature-Version: 1.0\n\n")}, apktest.File{Name: "META-INF/A.RSA", Data: []byte("0\x80")})...))
	f.Add([]byte("PK\x05\x06"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "f.apk")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := Open(context.Background(), path, fuzzLimits())
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("message %q", err)
			}
			return
		}
		defer a.Close()
		for _, g := range a.Gaps {
			if _, known := audit.GapKinds()[g.Kind]; !known || g.What == "" || g.Weakens.ZH == "" || g.Weakens.EN == "" {
				t.Errorf("gap %+v", g)
			}
		}
		for _, name := range a.Entries {
			data, err := a.ReadEntry(context.Background(), name, nil)
			var ee *EntryError
			if err != nil && !errors.As(err, &ee) || len(data) > 1<<20 {
				t.Errorf("%q: %d bytes, %v", name, len(data), err)
			}
		}
	})
}

// FuzzManifest feeds binary XML: no panic, and no more kept than the limits
// allow.
func FuzzManifest(f *testing.F) {
	root := smallManifest()
	for _, d := range []apktest.Document{{}, {UTF8: true}, {FlipFlag: true}, {BlankIDs: true}, {Count: apktest.U32(1 << 31)},
		{Before: apktest.Chunk(0x999, nil)}, {Middle: apktest.Chunk(0x105, nil)}, {Attrs: apktest.U16(0xffff)}, {PoolFlags: 2}} {
		f.Add(d.AXML(root))
	}
	f.Add(hugeStrings())
	f.Add([]byte("<manifest package='a'><application/></manifest>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, lim := &split{}, fuzzLimits()
		nodes, err := parseManifest(context.Background(), data, lim, lim.ManifestNodes, &s.gaps)
		if err != nil {
			t.Fatal(err)
		}
		s.nodes = nodes
		factsOf(s)
		if len(nodes) == 0 && len(s.gaps.list) == 0 {
			t.Error("nothing read and no gap")
		}
		for _, n := range nodes {
			for _, at := range n.attrs {
				if len(at.value) > lim.StringBytes {
					t.Errorf("%s has %d bytes", at.name, len(at.value))
				}
			}
		}
	})
}

// FuzzResources feeds resource tables to the guard and what stands behind it.
func FuzzResources(f *testing.F) {
	values := []apktest.Value{text("", "", "App"), text("zh", "CN", "应用"), text("en", "", "A"),
		{ID: 0x7f030009, Kind: apktest.KindReference, Data: labelID}}
	huge := apktest.U32(1 << 31)
	for _, t := range []apktest.Table{{}, {UTF8: true}, {Sparse: true}, {Narrow: true}, {Compact: true}, {Pool: huge}, {Entries: huge},
		{Spec: huge}, {Start: huge}, {Size: huge}, {Styles: huge}} {
		f.Add(t.ARSC(values...))
	}
	ids := []uint32{labelID, 0x7f030009, 0x7f010000, 0x01010000}
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := fuzzLimits()
		var gaps gapList
		var r *resources
		grew := allocated(func() { r = loadResources(data, ids, lim, &gaps) })
		if grew > 8<<20+64*uint64(len(data)) {
			t.Errorf("%d KiB allocated for %d bytes", grew>>10, len(data))
		}
		for _, ref := range []string{"@7f030002", "@7f030009", "@7f010000", "@1010000"} {
			l := r.label(ref)
			for _, s := range []string{r.value(ref), l.Default, l.ZH, l.EN} {
				// The readers put 3-byte marks for bad bytes.
				if len(s) > 3*lim.StringBytes {
					t.Errorf("%s gives %d bytes", ref, len(s))
				}
			}
			if !utf8.ValidString(l.ZH) || !utf8.ValidString(l.EN) {
				t.Errorf("%s gives %q", ref, l)
			}
		}
	})
}
