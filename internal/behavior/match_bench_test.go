package behavior

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// The size of set that matching is measured with: the built-in one is filled up.
const (
	benchSDKs  = 1200
	benchRoots = 40 // organisations that the further SDKs share
)

// benchRules loads the built-in SDKs and so many more, each with two prefixes and
// one or two matchers of every other kind.
func benchRules(b *testing.B) *rules.Set {
	b.Helper()
	set, err := rules.Load()
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "sdks")
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := len(set.SDKs); i < benchSDKs; i++ {
		org := fmt.Sprintf("com.vendor%d", i%benchRoots)
		text := strings.NewReplacer("ID", fmt.Sprintf("bench-%d", i), "PKG", fmt.Sprintf("%s.product%d", org, i), "ORG", org, "N", fmt.Sprint(i)).Replace(`id: ID
name: {zh: ID, en: ID}
vendor: {zh: 甲, en: A}
category: analytics
match:
  packages: [PKG.api, PKG.core]
  supporting: [PKG.base]
  components: [PKG.Main, "PKG.ui.*"]
  meta_data: [KEY_N]
  native_libs: [libbench-N.so, "libbench-N-*.so"]
  assets: ["bench-N/*"]
  permissions: ["*.permission.N"]
  actions: [PKG.ACTION]
  strings: [api-N.bench.example]
`)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("bench-%d.yaml", i)), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	if set, err = rules.Load(filepath.Dir(dir)); err != nil {
		b.Fatal(err)
	}
	return set
}

// BenchmarkMatching measures which part of observing a real app is spent on
// recognising SDKs: owners of all classes, every kind of matcher, versions. It needs
// $APKAUDIT_CORPUS (see testdata/corpus/fetch.sh) and looks at its largest app. The
// figure to reach: at most 5 %.
func BenchmarkMatching(b *testing.B) {
	file, size := "", int64(0)
	err := filepath.WalkDir(os.Getenv("APKAUDIT_CORPUS"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".apk") {
			return nil
		}
		if info, err := d.Info(); err == nil && info.Size() > size {
			file, size = path, info.Size()
		}
		return nil
	})
	if err != nil || file == "" {
		b.Skip("set APKAUDIT_CORPUS to a directory with APKs")
	}
	o := New(benchRules(b))
	ctx := context.Background()
	var matching, whole time.Duration
	for b.Loop() {
		app, err := apk.Open(ctx, file, apk.DefaultLimits())
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		res, err := o.Observe(ctx, app)
		whole += time.Since(start)
		if err != nil || len(res.DEX) == 0 {
			b.Fatal(err)
		}
		files, _, err := o.readCode(ctx, app)
		if err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		if _, _, err := o.recognise(ctx, app, files, &audit.Behavior{}); err != nil {
			b.Fatal(err)
		}
		matching += time.Since(start)
		app.Close()
	}
	b.ReportMetric(100*float64(matching)/float64(whole), "share-%")
	b.ReportMetric(float64(matching.Microseconds())/float64(b.N)/1000, "matching-ms")
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N)/1000, "observe-ms")
}
