package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// FuzzConfig reads anything as apkaudit.yaml: it is refused in a line that names the
// file, or every setting has a value that it may have.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"fail-on: medium\npolicy: [a.txt, b.txt]\n", "lang: zh\nmax-dex-bytes: 256MiB\nmax-signer-time: 3s\n", "- a", "lang: {a: b}", "fail-on: [high]",
		"quiet: maybe", "jobs: 1e9", "a: &a [*a]", "lang: !!binary aGk=", "LANG: zh", "policy: a.txt", "max-entries: 0x10", "? [a]\n: b", "fail-on: high\nfail-on: low",
		"timeout: 5", "lang: ~", "%YAML 9.9\n---\n", "\ufefflang: zh", "---\nlang: zh\n---\nlang: en",
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			t.Skip()
		}
		if err := os.WriteFile(filepath.Join(dir, configFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		code := Run(context.Background(), []string{"config"}, System{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: dir, Getenv: func(string) string { return "" }, Now: time.Now})
		switch {
		case code == audit.ExitNoVerdict:
			if !strings.HasPrefix(errs.String(), "apkaudit: "+configFile) || strings.Count(errs.String(), "\n") > 2 {
				t.Errorf("message %q", errs.String())
			}
			return
		case code != audit.ExitClean || errs.Len() > 0:
			t.Fatalf("exit %d: %s", code, errs.String())
		}
		seen := map[string]string{}
		for line := range strings.Lines(out.String()) {
			name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			seen[name] = value
		}
		for name, allowed := range settings {
			value, there := seen[name]
			if !there || allowed != nil && !slices.Contains(allowed, value) {
				t.Errorf("%s is %q", name, value)
			}
		}
		for _, b := range defaultLimits().bounds() {
			n, err := quantity(b.Unit, seen[b.Name])
			if err != nil || n < b.Least {
				t.Errorf("%s is %q: %v", b.Name, seen[b.Name], err)
			}
		}
	})
}

// FuzzQuantity reads anything as a limit; what is read is written so that it is read
// again as the same.
func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"128MiB", "1.5MB", "-1", "+5", "0x10", "3s", "1e9", " 5", "5 ", "5\n5", "9223372036854775807", "9223372036854775807GB", "", "B", "MB", "1h2m3.5s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, u := range []bounded.Unit{bounded.Count, bounded.Bytes, bounded.Time} {
			n, err := quantity(u, s)
			if err != nil {
				continue
			}
			var x int64
			text := bounded.Of("max-x", &x, u, 0, "").Text(n)
			if again, err := quantity(u, text); err != nil || again != n {
				t.Errorf("%q is %d, written as %q, which is %d, %v", s, n, text, again, err)
			}
		}
	})
}
