package apk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"

	"github.com/google/go-cmp/cmp"
)

func write(tb testing.TB, data []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "app.apk")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// smallManifest asks for one permission and names one activity.
func smallManifest() apktest.Element {
	return apktest.Manifest("com.example.app",
		apktest.E("uses-sdk", apktest.Int("minSdkVersion", 21), apktest.Int("targetSdkVersion", 33)),
		apktest.E("uses-permission", apktest.Str("name", "android.permission.CAMERA")),
		apktest.E("application", apktest.Str("label", "Example"),
			apktest.E("activity", apktest.Str("name", ".Main"),
				apktest.E("intent-filter",
					apktest.E("action", apktest.Str("name", "android.intent.action.MAIN")),
					apktest.E("category", apktest.Str("name", "android.intent.category.LAUNCHER"))))))
}

func manifestFile(data []byte) apktest.File {
	return apktest.File{Name: manifestName, Data: data, Method: 8}
}

func dexFile(name string) apktest.File {
	return apktest.File{Name: name, Data: []byte("dex\n035\x00" + strings.Repeat(name, 50)), Method: 8}
}

func smallFiles() []apktest.File {
	return []apktest.File{manifestFile(apktest.AXML(smallManifest())), dexFile("classes.dex"),
		{Name: "assets/a.txt", Data: []byte("hello")}}
}

func gapKinds(gaps []audit.Gap) []string {
	var out []string
	for _, g := range gaps {
		if !slices.Contains(out, g.Kind) {
			out = append(out, g.Kind)
		}
	}
	slices.Sort(out)
	return out
}

func wantGap(t *testing.T, gaps []audit.Gap, kind, part string) {
	t.Helper()
	for _, g := range gaps {
		if g.Kind == kind && strings.Contains(g.What, part) {
			if g.Weakens.ZH == "" || g.Weakens.EN == "" {
				t.Errorf("gap %q does not say in both languages what it weakens", g.What)
			}
			return
		}
	}
	t.Errorf("no gap of kind %s with %q; there are %v", kind, part, gaps)
}

func TestOpenSmall(t *testing.T) {
	data := apktest.ZIP(append(smallFiles(),
		apktest.File{Name: "lib/arm64-v8a/libx.so", Data: []byte("x")},
		apktest.File{Name: "lib/x86/libx.so", Data: []byte("x")})...)
	a := open(t, write(t, data))
	if sum := sha256.Sum256(data); a.Info.SHA256 != hex.EncodeToString(sum[:]) || a.Info.Size != int64(len(data)) {
		t.Errorf("hash %s and size %d of %d bytes", a.Info.SHA256, a.Info.Size, len(data))
	}
	if len(a.Gaps) > 0 {
		t.Errorf("gaps on an honest APK: %v", a.Gaps)
	}
	want := &App{
		Permissions: []audit.Permission{{Name: "android.permission.CAMERA"}},
		Components: []audit.Component{{Kind: "activity", Name: "com.example.app.Main", Exported: true,
			Actions: []string{"android.intent.action.MAIN"}}},
		NativeLibs: []audit.NativeLib{{Name: "libx.so", ABIs: []string{"arm64-v8a", "x86"}}},
		Launchers:  []string{"com.example.app.Main"},
		Entries:    []string{manifestName, "assets/a.txt", "classes.dex", "lib/arm64-v8a/libx.so", "lib/x86/libx.so"},
		DEX:        []string{"classes.dex"},
	}
	got := &App{Permissions: a.Permissions, Components: a.Components, NativeLibs: a.NativeLibs, Launchers: a.Launchers, Entries: a.Entries, DEX: a.DEX}
	if d := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool {
		f := p.String()
		return f != "" && strings.ToLower(f[:1]) == f[:1]
	}, cmp.Ignore())); d != "" {
		t.Errorf("want (-), got (+):\n%s", d)
	}
	if a.Info.Label.Default != "Example" || a.Info.MinSDK != 21 || a.Info.TargetSDK != 33 || a.Info.Container != "apk" {
		t.Errorf("info is %+v", a.Info)
	}
}

// TestReadHead: the beginning of an entry, however long it is.
func TestReadHead(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	a := open(t, write(t, apktest.ZIP(append(smallFiles(), apktest.File{Name: "stored.txt", Data: []byte(text)}, apktest.File{Name: "packed.txt", Data: []byte(text), Method: 8})...)))
	for _, name := range []string{"stored.txt", "packed.txt"} {
		for _, n := range []int64{0, 1, 4096, int64(len(text)) - 1, int64(len(text)), int64(len(text)) + 1} {
			got, err := a.ReadHead(context.Background(), name, n)
			if want := text[:min(n, int64(len(text)))]; err != nil || string(got) != want {
				t.Errorf("%s: %d bytes of %d, %v", name, len(got), n, err)
			}
		}
	}
	if _, err := a.ReadHead(context.Background(), "none.txt", 9); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no entry: %v", err)
	}
}

// TestOpenRefuses lists what nothing can be read of.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	haveFIFO := makeFIFO(fifo) == nil
	tests := []struct{ name, path, part string }{
		{"directory", dir, "is a directory"},
		{"missing", filepath.Join(dir, "no.apk"), "no such file"},
		{"empty", write(t, nil), "is empty"},
		{"text", write(t, []byte(strings.Repeat("privacy policy ", 1000))), "is no APK"},
		{"zeros", write(t, make([]byte, 1<<20)), "is no APK"},
		{"odd name", filepath.Join(dir, "a\nb.apk"), `a\nb.apk`},
	}
	if haveFIFO {
		tests = append(tests, struct{ name, path, part string }{"fifo", fifo, "no regular file"})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Open(context.Background(), tt.path, DefaultLimits())
			if err == nil {
				a.Close()
				t.Fatal("no error")
			}
			msg := err.Error()
			if !strings.Contains(msg, tt.part) || strings.ContainsAny(msg, "\n\r") || !strings.Contains(msg, "; ") {
				t.Errorf("message %q: wants %q, one line and a next step", msg, tt.part)
			}
			if tt.name != "odd name" && !strings.Contains(msg, tt.path) {
				t.Errorf("message %q does not name the file", msg)
			}
		})
	}
}

// TestDeviations opens archives that lie, and checks both that the lie is told
// and that the app behind it was read all the same.
func TestDeviations(t *testing.T) {
	axml := apktest.AXML(smallManifest())
	tests := []struct {
		name string
		data []byte
		kind string
		part string
		bare bool // the facts are not expected
	}{
		{"encryption bit", apktest.ZIP(manifestFile(axml), apktest.File{Name: "classes.dex", Data: []byte("dex"), Flags: 1}), audit.GapTampered, "encryption bit", false},
		{"encrypted manifest", apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 8, Flags: 1}, dexFile("classes.dex")), audit.GapTampered, "encryption bit", false},
		{"bogus method, stored manifest", apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 0x5a5a}, dexFile("classes.dex")), audit.GapTampered, "compression method", false},
		{"bogus method, deflated dex", apktest.ZIP(manifestFile(axml), apktest.File{Name: "classes.dex", Data: []byte("dex"), Method: 99, Deflated: true}), audit.GapTampered, "compression method", false},
		{"duplicate entries", apktest.ZIP(manifestFile(axml), dexFile("classes.dex"), dexFile("classes.dex")), audit.GapTampered, "named twice", false},
		{"shadowing name", apktest.ZIP(manifestFileAs("./"+manifestName, apktest.AXML(apktest.Manifest("wrong"))), manifestFile(axml), dexFile("classes.dex")), "", "", false},
		{"no directory", apktest.Archive{NoDirectory: true}.ZIP(smallFiles()...), audit.GapTruncated, "central directory", false},
		{"no directory, descriptors", apktest.Archive{NoDirectory: true}.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 8, Flags: 8}, apktest.File{Name: "classes.dex", Data: []byte("dex"), Flags: 8}), audit.GapTruncated, "central directory", false},
		{"bytes before, offsets shifted", apktest.Archive{Prefix: []byte("MZ junk"), Shifted: true}.ZIP(smallFiles()...), audit.GapTampered, "before the archive", false},
		{"bytes cut out before", apktest.Archive{Prefix: []byte("MZ junk")}.ZIP(smallFiles()...)[len("MZ junk"):], audit.GapTampered, "directory begins 7 bytes earlier than its end record says", false},
		{"dex before", apktest.Archive{Prefix: []byte("dex\n035\x00")}.ZIP(smallFiles()...), audit.GapTampered, "starts with DEX", false},
		{"bytes behind", apktest.Archive{Suffix: []byte("more")}.ZIP(smallFiles()...), audit.GapTampered, "behind the end", false},
		{"too few records", apktest.Archive{Records: apktest.U16(2)}.ZIP(append(smallFiles(), dexFile("classes2.dex"))...), audit.GapTampered, "goes on behind", false},
		{"too many records", apktest.Archive{Records: apktest.U16(999)}.ZIP(smallFiles()...), audit.GapTruncated, "ends after", false},
		{"entry outside", apktest.ZIP(append(smallFiles(), apktest.File{Name: "x", Data: []byte("x"), Offset: apktest.U32(1 << 30)})...), audit.GapTampered, "outside the file", false},
		{"no manifest", apktest.ZIP(dexFile("classes.dex")), audit.GapUnreadable, manifestName + ": not in the archive", true},
		{"no dex", apktest.ZIP(manifestFile(axml)), audit.GapUnreadable, "classes.dex", false},
		{"dex never loaded", apktest.ZIP(append(smallFiles(), dexFile("classes3.dex"))...), audit.GapTampered, "classes3.dex", false},
		{"wrong manifest checksum", apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 8, CRC: apktest.U32(1)}, dexFile("classes.dex")), audit.GapTampered, "checksum", false},
		{"wrong manifest size", apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 8, Size: apktest.U32(uint32(len(axml) + 9))}, dexFile("classes.dex")), audit.GapTampered, "size differs", false},
		{"size of 4 GiB", apktest.ZIP(apktest.File{Name: manifestName, Data: axml, Method: 8, Size: apktest.U32(0xfffffff0)}, dexFile("classes.dex")), audit.GapTampered, "size differs", false},
		{"manifest is noise", apktest.ZIP(manifestFile(bytes.Repeat([]byte{7, 1, 9}, 500)), dexFile("classes.dex")), audit.GapUnreadable, manifestName, true},
		{"manifest is empty", apktest.ZIP(manifestFile(nil), dexFile("classes.dex")), audit.GapUnreadable, manifestName, true},
		{"broken signature", apktest.ZIP(append(smallFiles(), apktest.File{Name: "META-INF/MANIFEST.MF", Data: []byte("x")}, apktest.File{Name: "META-INF/A.SF", Data: []byte("x")}, apktest.File{Name: "META-INF/A.RSA", Data: []byte("x")})...), audit.GapTampered, "signature", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := open(t, write(t, tt.data))
			if tt.kind == "" {
				if len(a.Gaps) > 0 {
					t.Errorf("gaps %v", a.Gaps)
				}
			} else {
				wantGap(t, a.Gaps, tt.kind, tt.part)
			}
			if tt.bare {
				if len(a.DEX) != 1 {
					t.Errorf("DEX is %q: code must be readable without a manifest", a.DEX)
				}
				return
			}
			if a.Info.Package != "com.example.app" || len(a.Permissions) != 1 || len(a.Components) != 1 {
				t.Errorf("facts lost: %q, %v, %v", a.Info.Package, a.Permissions, a.Components)
			}
			for _, name := range a.DEX {
				data, err := a.ReadEntry(context.Background(), name, nil)
				if err != nil || !bytes.HasPrefix(data, []byte("dex")) {
					t.Errorf("%s: %q, %v", name, clip(string(data), 20), err)
				}
			}
		})
	}
}

func manifestFileAs(name string, data []byte) apktest.File {
	return apktest.File{Name: name, Data: data, Method: 8}
}

// TestEmptyArchive: an archive without files is readable, and says nothing.
func TestEmptyArchive(t *testing.T) {
	a := open(t, write(t, apktest.ZIP()))
	wantGap(t, a.Gaps, audit.GapUnreadable, manifestName)
	wantGap(t, a.Gaps, audit.GapUnreadable, "classes.dex")
}

// TestTruncated cuts an archive at many places; from the first entry on the
// files before the cut must come out.
func TestTruncated(t *testing.T) {
	whole := apktest.ZIP(smallFiles()...)
	manifestEnd := bytes.Index(whole, []byte("classes.dex")) - lenLocal
	for n := 1; n < len(whole); n++ {
		a, err := Open(context.Background(), write(t, whole[:n]), DefaultLimits())
		if err != nil {
			if n > lenLocal+len(manifestName) {
				t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
			}
			continue
		}
		if len(a.Gaps) == 0 || !slices.Contains(gapKinds(a.Gaps), audit.GapTruncated) {
			t.Fatalf("cut at %d of %d: gaps %v", n, len(whole), a.Gaps)
		}
		if n >= manifestEnd && a.Info.Package != "com.example.app" {
			t.Fatalf("cut at %d of %d: manifest before the cut is lost: %v", n, len(whole), a.Gaps)
		}
		a.Close()
	}
}

// TestTruncatedReal cuts the real APKs at every quarter.
func TestTruncatedReal(t *testing.T) {
	for _, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for q := 1; q < 4; q++ {
			within(t, 10*time.Second, func() {
				a := open(t, write(t, data[:len(data)*q/4]))
				wantGap(t, a.Gaps, audit.GapTruncated, "central directory")
				for _, name := range a.DEX {
					var ee *EntryError
					if _, err := a.ReadEntry(context.Background(), name, nil); err != nil && (!errors.As(err, &ee) || ee.Kind != audit.GapTruncated) {
						t.Errorf("%s at quarter %d: %s: %v", filepath.Base(path), q, name, err)
					}
				}
			})
		}
	}
}

func TestLimits(t *testing.T) {
	many := smallFiles()
	for i := range 50 {
		many = append(many, apktest.File{Name: "assets/" + strings.Repeat("n", i+1)})
	}
	tests := []struct {
		name  string
		set   func(*Limits)
		files []apktest.File
		part  string
	}{
		{"entries", func(l *Limits) { l.Entries = 10 }, many, "max-entries of 10"},
		{"directory", func(l *Limits) { l.DirectoryBytes = 500 }, many, "max-directory-bytes of 500"},
		{"manifest", func(l *Limits) { l.ManifestBytes = 100 }, smallFiles(), "max-manifest-bytes of 100"},
		{"nodes", func(l *Limits) { l.ManifestNodes = 2 }, smallFiles(), "max-manifest-nodes of 2"},
		{"strings", func(l *Limits) { l.StringBytes = 20 }, smallFiles(), "max-string-bytes of 20"},
		{"resources", func(l *Limits) { l.ResourceBytes = 100 }, append(labelFiles(), dexFile("classes.dex")), "max-resource-bytes of 100"},
		{"signer", func(l *Limits) { l.SignerBytes = 50 }, append(smallFiles(), apktest.File{Name: "META-INF/A.SF", Data: make([]byte, 100)}, apktest.File{Name: "META-INF/A.RSA"}), "max-signer-bytes of 50"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lim := DefaultLimits()
			tt.set(&lim)
			a, err := Open(context.Background(), write(t, apktest.ZIP(tt.files...)), lim)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			wantGap(t, a.Gaps, audit.GapLimit, tt.part)
		})
	}
	t.Run("file", func(t *testing.T) {
		lim := DefaultLimits()
		lim.FileBytes = 10
		if _, err := Open(context.Background(), write(t, apktest.ZIP(smallFiles()...)), lim); err == nil || !strings.Contains(err.Error(), "max-file-bytes") {
			t.Errorf("error is %v", err)
		}
	})
}

func labelFiles() []apktest.File {
	return []apktest.File{
		manifestFile(apktest.AXML(apktest.Manifest("com.example.app", apktest.E("application", apktest.Ref("label", 0x7f010000))))),
		{Name: resourcesName, Data: apktest.ARSC(apktest.Value{ID: 0x7f010000, Kind: apktest.KindString, Text: "Name"})},
	}
}

func TestReadEntry(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	files := append(smallFiles(),
		apktest.File{Name: "assets/big", Data: big, Method: 8},
		apktest.File{Name: "assets/crc", Data: big, Method: 8, CRC: apktest.U32(7)},
		apktest.File{Name: "assets/long", Data: big, Method: 8, Size: apktest.U32(1 << 31)},
		apktest.File{Name: "assets/noise", Data: []byte("\xff\xff\xff\xff"), Method: 9},
		apktest.File{Name: "assets/local", Data: big, Offset: apktest.U32(3)})
	lim := DefaultLimits()
	lim.EntryBytes, lim.DEXBytes, lim.AllEntryBytes = int64(len(big)), 100, 1<<30
	a, err := Open(context.Background(), write(t, apktest.ZIP(files...)), lim)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tests := []struct {
		name string
		want []byte
		kind string
		is   error
	}{
		{"assets/a.txt", []byte("hello"), "", nil},
		{"assets/big", big, "", nil},
		{"assets/crc", big, audit.GapTampered, nil},
		{"assets/long", big, audit.GapTampered, nil},
		{"assets/noise", nil, audit.GapUnreadable, nil},
		{"assets/local", nil, audit.GapTampered, nil},
		{"assets/none", nil, audit.GapUnreadable, fs.ErrNotExist},
		{"classes.dex", []byte("dex\n035\x00" + strings.Repeat("classes.dex", 50))[:100], audit.GapLimit, bounded.ErrLimit},
	}
	buf := make([]byte, 0, 16)
	for _, tt := range tests {
		data, err := a.ReadEntry(context.Background(), tt.name, buf)
		if !bytes.Equal(data, tt.want) {
			t.Errorf("%s: %d bytes, want %d", tt.name, len(data), len(tt.want))
		}
		var ee *EntryError
		switch {
		case tt.kind == "" && err != nil, tt.kind != "" && !errors.As(err, &ee):
			t.Errorf("%s: error %v, want kind %q", tt.name, err, tt.kind)
		case tt.kind != "" && (ee.Kind != tt.kind || tt.is != nil && !errors.Is(err, tt.is)):
			t.Errorf("%s: error %v of kind %s, want %s and %v", tt.name, err, ee.Kind, tt.kind, tt.is)
		case tt.kind != "":
			if g := ee.Gap(true); g.Kind != tt.kind || g.Weakens != weakens(partCode) {
				t.Errorf("%s: gap %+v", tt.name, g)
			}
		}
	}
	if n := a.Size("assets/big"); n != int64(len(big)) {
		t.Errorf("size is %d", n)
	}
}

// TestReadEntryReuses: a buffer that is large enough is the one that comes back.
func TestReadEntryReuses(t *testing.T) {
	a := open(t, write(t, apktest.ZIP(smallFiles()...)))
	buf := make([]byte, 0, 64<<10)
	data, err := a.ReadEntry(context.Background(), "classes.dex", buf)
	if err != nil || &data[0] != &buf[:1][0] {
		t.Errorf("another buffer came back (%v)", err)
	}
}

// TestReadEntryConcurrent is for the race detector, with several readers of the
// same names too.
func TestReadEntryConcurrent(t *testing.T) {
	for _, archive := range []apktest.Archive{{}, {NoDirectory: true}} {
		var files []apktest.File
		for i := range 20 {
			files = append(files, dexFile("classes"+strings.Repeat("x", i)+".dex"))
		}
		a := open(t, write(t, archive.ZIP(append(files, smallFiles()...)...)))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for _, name := range a.Entries {
					data, err := a.ReadEntry(context.Background(), name, nil)
					if err != nil || strings.HasSuffix(name, ".dex") && !bytes.Contains(data, []byte(name)) {
						t.Errorf("%s: %q, %v", name, data, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestContext(t *testing.T) {
	path := write(t, apktest.ZIP(smallFiles()...))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, path, DefaultLimits()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open gives %v", err)
	}
	a := open(t, path)
	if _, err := a.ReadEntry(ctx, "classes.dex", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadEntry gives %v", err)
	}
	// A file in which nothing is found takes a while to search.
	big := write(t, append([]byte("PK\x03\x04"), make([]byte, 64<<20)...))
	within(t, 5*time.Second, func() {
		if _, err := Open(&endsSoon{Context: context.Background()}, big, DefaultLimits()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Open gives %v", err)
		}
	})
}

// endsSoon is a context that ends after it was asked a few times, however fast
// the machine is.
type endsSoon struct {
	context.Context
	asked atomic.Int32
}

func (c *endsSoon) Err() error {
	if c.asked.Add(1) > 3 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestLocalHeaderFlood: a file full of local headers and without a directory
// makes a reader that searches anew from each of them run for hours.
func TestLocalHeaderFlood(t *testing.T) {
	one := []byte("PK\x03\x04\x14\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00a")
	path := write(t, bytes.Repeat(one, 1<<20))
	within(t, 20*time.Second, func() {
		grew := allocated(func() {
			a := open(t, path)
			wantGap(t, a.Gaps, audit.GapLimit, "max-entries")
		})
		if grew > 256<<20 {
			t.Errorf("%d MiB allocated", grew>>20)
		}
	})
}

// TestBomb: a manifest, a resource table and code that inflate without end.
func TestBomb(t *testing.T) {
	zeros := make([]byte, DefaultLimits().DEXBytes+1)
	data := apktest.ZIP(apktest.File{Name: manifestName, Data: zeros[:DefaultLimits().ManifestBytes+1], Method: 8}, apktest.File{Name: "classes.dex", Data: zeros, Method: 8})
	grew := allocated(func() {
		a := open(t, write(t, data))
		wantGap(t, a.Gaps, audit.GapLimit, "max-manifest-bytes")
		_, err := a.ReadEntry(context.Background(), "classes.dex", nil)
		if !errors.Is(err, bounded.ErrLimit) {
			t.Errorf("error is %v", err)
		}
	})
	// Growing by a quarter each time adds up to several times the limit.
	if grew > 1<<30 {
		t.Errorf("%d MiB allocated", grew>>20)
	}
}

// allocated measures how many bytes f allocates in total.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
