package cli_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"apkaudit/internal/cli"
)

var update = flag.Bool("update", false, "write the golden parts of testdata/cli anew")

// TestMain makes the test binary the program itself, so that scripts run it as
// a user would.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"apkaudit": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			dir, _ := os.Getwd()
			os.Exit(cli.Run(ctx, os.Args[1:], cli.System{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Dir: dir, Now: today}))
		},
	})
}

// today is the day on which scripts run: $TODAY, so that waivers end when a script
// wants them to.
func today() time.Time {
	day, err := time.Parse(time.DateOnly, os.Getenv("TODAY"))
	if err != nil {
		return time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)
	}
	return day
}

// TestScripts runs the golden command scripts. Each finds our own apps and
// policies and the SDK archives of sdkFiles in its working directory; seeds are the five real policies where
// they are at hand ($SEEDS is empty elsewhere).
func TestScripts(t *testing.T) {
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(testdata, "cli"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			for _, dir := range []string{"apk", "apk/consent", "policy"} {
				files, err := filepath.Glob(filepath.Join(testdata, dir, "*.*"))
				if err != nil {
					return err
				}
				for _, f := range files {
					data, err := os.ReadFile(f)
					if err != nil {
						return err
					}
					if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(f)), data, 0o600); err != nil {
						return err
					}
				}
			}
			for name, data := range sdkFiles() {
				path := filepath.Join(env.WorkDir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, data, 0o600); err != nil {
					return err
				}
			}
			env.Setenv("LANG", "en_US.UTF-8")
			env.Setenv("GOGC", "400") // hundreds of short runs: memory is the cheaper
			if err := writeContainers(testdata, env.WorkDir); err != nil {
				return err
			}
			return writeThirdParty(env.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit":  exitCode,
			"bytes": firstBytes,
		},
	})
}

// exitCode runs a command and compares its exit code: exit CODE COMMAND ARG…
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var ee *exec.ExitError
		if !asExit(err, &ee) {
			ts.Fatalf("%v", err)
		}
		got = ee.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func asExit(err error, into **exec.ExitError) bool {
	ee, ok := err.(*exec.ExitError)
	*into = ee
	return ok
}

// firstBytes writes the first N bytes of a file: bytes N FROM TO
func firstBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: bytes N FROM TO")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	data, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	if n > len(data) {
		ts.Fatalf("%s has only %d bytes", args[1], len(data))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data[:n], 0o600))
}
