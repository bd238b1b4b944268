package cli_test

import (
	"bytes"
	"context"
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
