package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/cli"
)

// run executes a command line in the testdata directory.
func run(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = cli.Run(ctx, args, cli.System{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Dir: dir})
	return code, out.String(), errs.String()
}

// TestInterrupt: an ended context is exit code 130, says so, and leaves no
// output behind.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.json")
	for _, args := range [][]string{
		{"scan", "../../testdata/apk/lanting.apk", "-o", "json=" + out},
		{"policy", "../../testdata/policy/lanting.zh.txt", "-o", "json=" + out},
		{"rules", "test"},
	} {
		code, stdout, stderr := run(t, ctx, args...)
		if code != 130 || !strings.Contains(stderr, "interrupted") || stdout != "" {
			t.Errorf("%v: code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left behind: %v", left)
	}
}

// TestColour: escape sequences only on a terminal, and never with NO_COLOR.
func TestColour(t *testing.T) {
	for _, c := range []struct {
		tty  bool
		no   string
		want bool
	}{{true, "", true}, {false, "", false}, {true, "1", false}} {
		var out bytes.Buffer
		env := func(name string) string {
			if name == "NO_COLOR" {
				return c.no
			}
			return ""
		}
		cli.Run(context.Background(), []string{"scan", "../../testdata/apk/lanting.apk"}, cli.System{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: env, Dir: t.TempDir(), StdoutTTY: c.tty})
		if got := strings.Contains(out.String(), "\x1b["); got != c.want {
			t.Errorf("terminal %v, NO_COLOR %q: colour %v", c.tty, c.no, got)
		}
	}
}

// TestLargeFiles: a saved report or a file of waivers beyond its limit is refused
// without being read.
func TestLargeFiles(t *testing.T) {
	big := filepath.Join(t.TempDir(), "big")
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(100<<20+1), f.Close()); err != nil {
		t.Fatal(err)
	}
	const apk = "../../testdata/apk/lanting.apk"
	for _, args := range [][]string{
		{"scan", apk, "--baseline", big}, {"scan", apk, "--waivers", big}, {"render", big}, {"recheck", big, "--policy", "../../testdata/policy/lanting.zh.txt"},
	} {
		code, stdout, stderr := run(t, context.Background(), args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, "larger than") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}
