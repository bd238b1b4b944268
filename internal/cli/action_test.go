package cli_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"apkaudit/internal/report"
)

// runner is what the scripts of the GitHub action find around them.
type runner struct {
	t                     *testing.T
	work, temp, out, page string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	r := &runner{t, filepath.Join(dir, "work"), filepath.Join(dir, "temp dir"), filepath.Join(dir, "output"), filepath.Join(dir, "summary")}
	for _, d := range []string{r.work, r.temp} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{r.out, r.page} {
		r.write(f, "", 0o644)
	}
	return r
}

func (r *runner) write(path, text string, mode os.FileMode) {
	r.t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		r.t.Fatal(err)
	}
}

// run executes a script of the action and returns all that it printed.
func (r *runner) run(script string, env ...string) (string, error) {
	r.t.Helper()
	action, err := filepath.Abs("../../.github/actions/apkaudit")
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command("bash", filepath.Join(action, script))
	cmd.Dir = r.work
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+r.temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "GITHUB_OUTPUT="+r.out,
		"GITHUB_STEP_SUMMARY="+r.page, "GITHUB_ACTION_PATH="+action)
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// outputs are the lines that the step leaves for later ones.
func (r *runner) outputs() map[string]string {
	r.t.Helper()
	data, err := os.ReadFile(r.out)
	if err != nil {
		r.t.Fatal(err)
	}
	m := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		m[name] = value
	}
	return m
}

// stub stands for the program: it writes its arguments, one a line in brackets,
// and the files that -o asks for, and ends with $STUB_EXIT.
const stub = `#!/usr/bin/env bash
printf '[%s]\n' "$@"
echo "::add-mask::a line of an app"
for a in "$@"; do
  case "$a" in json=*|sarif=*|markdown=*) [ "$STUB_EXIT" = 2 ] || head -c "${STUB_SIZE:-5}" /dev/zero | tr '\0' r >"${a#*=}" ;; esac
done
exit "$STUB_EXIT"
`

// reportPath is the path of a report in the runner's temporary directory.
var reportPath = regexp.MustCompile(`=/.*/apkaudit-report\.[^/]+/apkaudit\.[a-z]+\]$`)

// TestActionPassesInputs: inputs become arguments as they are, never commands.
func TestActionPassesInputs(t *testing.T) {
	r := newRunner(t)
	program := filepath.Join(r.temp, "apkaudit")
	r.write(program, stub, 0o755)
	for _, name := range []string{"b.apk", "a one.apk", "-x.apk"} {
		r.write(filepath.Join(r.work, name), "", 0o644)
	}
	out, err := r.run("scan.sh", "APKAUDIT="+program, "STUB_EXIT=1",
		"INPUT_APK=*.apk\r\nabsent-*.apk\n$(touch hacked).apk\n", "INPUT_POLICY=docs/privacy policy.html\n`touch hacked`;touch hacked",
		"INPUT_FAIL_ON=high\" ; touch hacked #", "INPUT_PROFILE=", "INPUT_BASELINE=old.json", "INPUT_WAIVERS=", "INPUT_LANG=zh", "INPUT_ARGS=--rules\nmy rules\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "[") {
			got = append(got, reportPath.ReplaceAllString(strings.TrimSpace(line), "=]"))
		}
	}
	want := []string{"[scan]", "[--policy]", "[docs/privacy policy.html]", "[--policy]", "[`touch hacked`;touch hacked]", "[--fail-on]", "[high\" ; touch hacked #]",
		"[--baseline]", "[old.json]", "[--lang]", "[zh]", "[--rules]", "[my rules]", "[-o]", "[text]", "[-o]", "[json=]", "[-o]", "[sarif=]", "[-o]", "[markdown=]",
		"[--]", "[-x.apk]", "[a one.apk]", "[b.apk]", "[absent-*.apk]", "[$(touch hacked).apk]"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("arguments:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := os.Stat(filepath.Join(r.work, "hacked")); err == nil {
		t.Error("an input was run as a command")
	}
	stop, resume := strings.Index(out, "::stop-commands::"), strings.LastIndex(out, "::\n")
	if mask := strings.Index(out, "::add-mask::"); stop != 0 || mask < stop || resume < mask {
		t.Errorf("the runner would listen to what an app says:\n%s", out)
	}
	if o := r.outputs(); o["exit-code"] != "1" || !strings.HasSuffix(o["json"], "apkaudit.json") || !strings.HasSuffix(o["sarif"], "apkaudit.sarif") {
		t.Errorf("outputs: %v", o)
	}
	if page, _ := os.ReadFile(r.page); string(page) != "rrrrr" {
		t.Errorf("summary: %q", page)
	}
}

// TestActionWithoutVerdict: exit code 2 leaves no paths, and a report that is too
// large for the summary page is replaced by a sentence.
func TestActionWithoutVerdict(t *testing.T) {
	r := newRunner(t)
	program := filepath.Join(r.temp, "apkaudit")
	r.write(program, stub, 0o755)
	if out, err := r.run("scan.sh", "APKAUDIT="+program, "STUB_EXIT=2", "INPUT_APK=a.apk"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if o := r.outputs(); len(o) != 1 || o["exit-code"] != "2" {
		t.Errorf("outputs: %v", o)
	}
	if out, err := r.run("scan.sh", "APKAUDIT="+program, "STUB_EXIT=0", "STUB_SIZE=1000001", "INPUT_APK=a.apk"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if page, _ := os.ReadFile(r.page); len(page) > 200 || !strings.Contains(string(page), "too large") {
		t.Errorf("the summary has %d bytes", len(page))
	}
}

// TestActionScans runs the real program on a real APK.
func TestActionScans(t *testing.T) {
	if _, err := report.FindIn(report.Formats(), "markdown"); err != nil {
		t.Skip("the program has no Markdown report yet")
	}
	r := newRunner(t)
	apk, err := filepath.Abs("../../testdata/apk/lanting.apk")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := filepath.Abs("../../testdata/policy/lanting.zh.txt")
	if err != nil {
		t.Fatal(err)
	}
	for failOn, code := range map[string]string{"": "1", "none": "0", "never": "2"} {
		r.write(r.out, "", 0o644)
		out, err := r.run("scan.sh", "APKAUDIT=apkaudit", "INPUT_APK="+apk, "INPUT_POLICY="+policy, "INPUT_FAIL_ON="+failOn, "INPUT_LANG=en")
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		o := r.outputs()
		if o["exit-code"] != code || (o["sarif"] != "") != (code != "2") {
			t.Errorf("--fail-on %q: outputs %v, want exit code %s\n%s", failOn, o, code, out)
		}
	}
	if page, _ := os.ReadFile(r.page); !bytes.Contains(page, []byte("lanting")) {
		t.Errorf("the summary does not name the app:\n%s", page)
	}
}

// TestActionInstallsReleases: an archive is unpacked only if the checksums of
// its release name it.
func TestActionInstallsReleases(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl")
	}
	const name = "apkaudit_0.1.0_linux_amd64.tar.gz"
	archive := tarball(t, "apkaudit", "#!/bin/sh\necho released\n")
	sum := fmt.Sprintf("%x", sha256.Sum256(archive))
	for _, c := range []struct {
		what, version, path, sums, says string
	}{
		{"right", "0.1.0", "/home/r/_actions/acme/apkaudit/v1/.github/actions/apkaudit", sum + "  " + name + "\n", ""},
		{"tag", "v0.1.0", `D:\a\_actions\acme\apkaudit\v1\.github\actions\apkaudit`, "00  other.tar.gz\n" + sum + " *" + name + "\n", ""},
		{"wrong sum", "0.1.0", "/home/r/_actions/acme/apkaudit/v1/.github/actions/apkaudit", strings.Repeat("0", 64) + "  " + name + "\n", "not what checksums.txt"},
		{"not named", "0.1.0", "/home/r/_actions/acme/apkaudit/v1/.github/actions/apkaudit", sum + "  other-" + name + "\n", "does not name"},
		{"other version", "0.2.0", "/home/r/_actions/acme/apkaudit/v1/.github/actions/apkaudit", "", "is 0.2.0 a released version?"},
		{"no version", "0.1.0/../x", "/home/r/_actions/acme/apkaudit/v1/.github/actions/apkaudit", "", "is no version"},
		{"local", "0.1.0", "/home/r/work/app/.github/actions/apkaudit", "", "leave the input version empty"},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := newRunner(t)
			dir := filepath.Join(r.work, "acme/apkaudit/releases/download/v0.1.0")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			r.write(filepath.Join(dir, name), string(archive), 0o644)
			r.write(filepath.Join(dir, "checksums.txt"), c.sums, 0o644)
			out, err := r.run("install.sh", "INPUT_VERSION="+c.version, "GITHUB_ACTION_PATH="+c.path, "GITHUB_SERVER_URL=file://"+r.work)
			program := r.outputs()["program"]
			if c.says != "" {
				if err == nil || program != "" || !strings.Contains(out, c.says) || !strings.Contains(out, "::error::") {
					t.Errorf("err %v, program %q, want an error with %q:\n%s", err, program, c.says, out)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if said, err := exec.Command(program).Output(); err != nil || string(said) != "released\n" {
				t.Errorf("%s says %q, %v", program, said, err)
			}
		})
	}
}

// tarball packs one executable file.
func tarball(t *testing.T, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
