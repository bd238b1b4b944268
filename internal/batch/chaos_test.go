//go:build chaos

package batch_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// The chaos suite runs the real program and does to it what a machine may do: it kills
// and stops processes, fills the disk, damages files. Each test can be run alone:
//
//	go test -tags chaos -run Chaos -v -timeout 2h ./internal/batch
//
// APKAUDIT_CHAOS_APKS is a folder, or a file with a path a line, of further apps;
// APKAUDIT_CHAOS_SEED, _KILLS and _MUTANTS replace 1, 20 and 10000. A test prints its
// seed and its figures.

func number(t *testing.T, name string, other int) int {
	t.Helper()
	s := os.Getenv("APKAUDIT_CHAOS_" + name)
	if s == "" {
		return other
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("APKAUDIT_CHAOS_%s: %v", name, err)
	}
	return n
}

func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := number(t, "SEED", 1)
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 7))
}

// program builds the program.
func program(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "apkaudit")
	if out, err := exec.Command("go", "build", "-o", bin, "apkaudit/cmd/apkaudit").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bin
}

// maxChaosAPK is the size of the largest app from outside that is taken, and
// maxChaosApps how many.
const (
	maxChaosAPK  = 3 << 20
	maxChaosApps = 60
)

// chaosApps are the small apps of the project and those that the environment names.
func chaosApps(t *testing.T) []string {
	t.Helper()
	apps := find(t, "../../testdata/apk", 1<<30)
	if from := os.Getenv("APKAUDIT_CHAOS_APKS"); from != "" {
		data, err := os.ReadFile(from)
		var more []string
		if err != nil {
			more = find(t, from, maxChaosAPK)
		}
		for line := range strings.Lines(string(data)) {
			if st, err := os.Stat(strings.TrimSpace(line)); err == nil && st.Size() <= maxChaosAPK {
				more = append(more, strings.TrimSpace(line))
			}
		}
		apps = append(apps, more[:min(len(more), maxChaosApps)]...)
	}
	return apps
}

func find(t *testing.T, dir string, most int64) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".apk" {
			return err
		}
		if st, err := d.Info(); err == nil && st.Size() <= most {
			out = append(out, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// chaos is a folder of apps and the reports of a run that nothing happened to.
type chaos struct {
	t    *testing.T
	r    *rand.Rand
	bin  string
	in   string
	want map[string]string // by name of the report
	took time.Duration
}

func newChaos(t *testing.T) *chaos {
	t.Helper()
	c := &chaos{t: t, r: random(t), bin: program(t), in: t.TempDir()}
	for i, app := range chaosApps(t) {
		data, err := os.ReadFile(app)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.in, fmt.Sprintf("%04d.apk", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := t.TempDir()
	began := time.Now()
	run := c.finish(out)
	c.took = time.Since(began)
	c.want = reportsOf(t, out)
	t.Logf("%d apps, %d reports, %.1f s without chaos", len(run.how), len(c.want), c.took.Seconds())
	return c
}

// command starts the program on the folder, in a process group of its own.
func (c *chaos) command(out string, flags ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(c.bin, append([]string{"batch", c.in, "--out", out, "--exit-zero", "-j", "3", "--nice", "0", "--progress", "json"}, flags...)...)
	said := &bytes.Buffer{}
	cmd.Stderr = said
	return cmd, said
}

// batchRun is what a run said.
type batchRun struct {
	how    map[string]string // by file name
	causes map[string]string
	code   int
	said   string
	memory int64 // KiB, of the largest process
}

func (c *chaos) run(out string, flags ...string) batchRun {
	c.t.Helper()
	cmd, said := c.command(out, flags...)
	_ = cmd.Run() // its state says all that the error does
	return told(c.t, cmd, said)
}

func told(t *testing.T, cmd *exec.Cmd, said *bytes.Buffer) batchRun {
	t.Helper()
	if cmd.ProcessState == nil {
		t.Fatal("the program was not started")
	}
	b := batchRun{how: map[string]string{}, causes: map[string]string{}, code: cmd.ProcessState.ExitCode()}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		b.memory = u.Maxrss
	}
	s := bufio.NewScanner(said)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var e struct {
			Event, File, How, Cause string
			Lost                    bool
		}
		if json.Unmarshal(s.Bytes(), &e) != nil {
			b.said += s.Text() + "\n"
			continue
		}
		if e.Event == "done" {
			b.how[filepath.Base(e.File)] = e.How
			if e.Lost {
				b.causes[filepath.Base(e.File)] = e.Cause
			}
		}
	}
	return b
}

// finish runs to the end, which has to be a good one.
func (c *chaos) finish(out string, flags ...string) batchRun {
	c.t.Helper()
	b := c.run(out, flags...)
	if b.code != audit.ExitClean {
		c.t.Fatalf("exit code %d: %s", b.code, b.said)
	}
	return b
}

func reportsOf(t *testing.T, out string) map[string]string {
	t.Helper()
	reports := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(out, "reports"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(out, "reports", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(e.Name()) == ".json" { // others are unfinished
			reports[e.Name()] = string(data)
		}
	}
	return reports
}

// compare counts the reports that are missing and those that differ from a run without
// chaos.
func (c *chaos) compare(out string) (missing, differing int) {
	got := reportsOf(c.t, out)
	for name, want := range c.want {
		data, ok := got[name]
		switch {
		case !ok:
			missing++
		case data != want:
			differing++
			c.t.Logf("%s: %s", name, firstDifference(want, data))
		}
	}
	for name := range got {
		if _, ok := c.want[name]; !ok {
			differing++
			c.t.Logf("%s: nobody asked for it", name)
		}
	}
	return missing, differing
}

// firstDifference shows where two texts part.
func firstDifference(want, got string) string {
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	near := func(s string) string { return s[max(i-30, 0):min(i+30, len(s))] }
	return fmt.Sprintf("%q, want %q", near(got), near(want))
}

// workers lists the living processes of the program below parent; 0 stands for any.
func (c *chaos) workers(parent int) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		stat, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if string(line) != c.bin+"\x00worker\x00" || len(fields) < 2 || fields[0] == "Z" {
			continue
		}
		if parent == 0 || fields[1] == strconv.Itoa(parent) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// none waits until no worker is left and says how many stay.
func (c *chaos) none() int {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if len(c.workers(0)) == 0 {
			return 0
		}
	}
	return len(c.workers(0))
}

func needProc(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc to find worker processes in")
	}
}

// TestChaosWorkers kills and stops workers while they work: every app has a report, and
// what nothing happened to has the right one.
func TestChaosWorkers(t *testing.T) {
	needProc(t)
	c := newChaos(t)
	out := t.TempDir()
	cmd, said := c.command(out, "--timeout", "5s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	killed, stopped := 0, 0
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(time.Duration(100+c.r.IntN(300)) * time.Millisecond):
			pids := c.workers(cmd.Process.Pid)
			if len(pids) == 0 {
				continue
			}
			pid := pids[c.r.IntN(len(pids))]
			if c.r.IntN(4) == 0 {
				stopped++
				_ = syscall.Kill(pid, syscall.SIGSTOP)
			} else {
				killed++
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
	b := told(t, cmd, said)
	missing, differing := c.compare(out)
	t.Logf("killed %d, stopped %d; apps without an answer %d; reports missing %d, of another kind %d; exit code %d; workers left %d",
		killed, stopped, len(b.causes), missing, differing, b.code, c.none())
	if b.code != audit.ExitClean || missing > 0 && differing == 0 || len(b.how) != len(find(t, c.in, 1<<30)) {
		t.Errorf("exit code %d, %d of all apps done: %s", b.code, len(b.how), b.said)
	}
	if differing > len(b.causes) {
		t.Errorf("%d reports differ, %d apps were without an answer", differing, len(b.causes))
	}
	for name, data := range reportsOf(t, out) {
		if data == c.want[name] {
			continue
		}
		r, err := audit.Decode([]byte(data))
		if err != nil || !slices.ContainsFunc(r.Gaps, func(g audit.Gap) bool { return g.Kind == audit.GapCrashed || g.Kind == audit.GapTimeout }) {
			t.Errorf("%s: differs and does not say why: %v", name, err)
		}
	}
	again := c.finish(out)
	missing, differing = c.compare(out)
	t.Logf("with the same command once more: apps without an answer %d; reports missing %d, of another kind %d", len(again.causes), missing, differing)
	if missing+differing > 0 {
		t.Error("an app was lost to what was done to its worker")
	}
	if n := c.none(); n > 0 {
		t.Errorf("%d workers are left", n)
	}
}

// TestChaosParent ends the whole program at random moments; the same command does the
// rest, and the reports are those of a run that was not ended.
func TestChaosParent(t *testing.T) {
	needProc(t)
	c := newChaos(t)
	var missing, differing, left, again, early int
	runs := number(t, "KILLS", 20)
	for range runs {
		out := filepath.Join(t.TempDir(), "out")
		for range 1 + c.r.IntN(2) { // some are ended twice
			cmd, _ := c.command(out)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(c.r.Int64N(int64(c.took))))
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			left += c.none()
		}
		before := reportsOf(t, out)
		for name, data := range before {
			if c.want[name] != data {
				early++
			}
		}
		b := c.finish(out)
		m, d := c.compare(out)
		missing, differing = missing+m, differing+d
		scanned := 0
		for _, how := range b.how {
			if how == "scanned" {
				scanned++
			}
		}
		again += max(scanned-(len(c.want)-len(before)), 0)
	}
	t.Logf("%d runs ended: reports missing %d, differing %d, unfinished ones under their final name %d, done twice %d, workers left %d", runs, missing, differing, early, again, left)
	if missing+differing+early+left > 0 {
		t.Error("something was lost")
	}
}

// TestChaosFiles damages state, journal and reports between runs: each run ends well and
// with the right reports.
func TestChaosFiles(t *testing.T) {
	c := newChaos(t)
	out := t.TempDir()
	c.finish(out)
	var missing, differing, harmed int
	for range number(t, "KILLS", 20) {
		files := []string{filepath.Join(out, "batch.json"), filepath.Join(out, "batch.journal"), filepath.Join(out, "reports.sha256")}
		for name := range c.want {
			files = append(files, filepath.Join(out, "reports", name))
		}
		slices.Sort(files[3:])
		// Half of what is damaged is of the few that say which reports are whole.
		for range 1 + c.r.IntN(6) {
			harmed++
			c.harm(files[c.r.IntN([]int{3, len(files)}[c.r.IntN(2)])])
		}
		c.finish(out)
		m, d := c.compare(out)
		missing, differing = missing+m, differing+d
	}
	t.Logf("files damaged %d; reports missing %d, differing %d", harmed, missing, differing)
	if missing+differing > 0 {
		t.Error("something was lost")
	}
}

func (c *chaos) harm(file string) {
	c.t.Helper()
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		c.t.Fatal(err)
	}
	donor := []byte(fmt.Sprintf(`{"file":"/etc/passwd","report":"../../x","key":{"sha256":%q}}`+"\n\x00\xff", strings.Repeat("0", 64)))
	switch c.r.IntN(4) {
	case 0:
		err = os.Remove(file)
	case 1:
		err = os.WriteFile(file, append(data, donor...), 0o644)
	default:
		if len(data) == 0 {
			return
		}
		at := c.r.IntN(len(data))
		if c.r.IntN(2) == 0 {
			data = data[:at]
		} else {
			data[at] ^= 1 << c.r.IntN(8)
		}
		err = os.WriteFile(file, data, 0o644)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// TestChaosFullDisk runs on a file system that is too small: the run ends with a clear
// message, what was written stays, and with more room the same command does the rest.
func TestChaosFullDisk(t *testing.T) {
	c := newChaos(t)
	dir := t.TempDir()
	var size int
	for _, data := range c.want {
		size += len(data)
	}
	for _, part := range []int{1, 30, 60, 90} { // percent of the room that is needed
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", max(size*part/100, 64<<10))); err != nil {
			t.Skipf("a small file system cannot be mounted: %v; run this as root with the right to mount", err)
		}
		unmount := func() {
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		}
		out := filepath.Join(dir, "out")
		b := c.run(out)
		before := reportsOf(t, out)
		wrong := 0
		for name, data := range before {
			if c.want[name] != data {
				wrong++
			}
		}
		t.Logf("%d %% of the room: exit code %d, %d of %d reports, wrong ones %d: %s", part, b.code, len(before), len(c.want), wrong, strings.TrimSpace(b.said))
		if b.code != audit.ExitNoVerdict || !strings.Contains(b.said, "no space left") || wrong > 0 {
			t.Errorf("exit code %d, %d wrong reports: %s", b.code, wrong, b.said)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", 4*size+(64<<20))); err != nil {
			unmount()
			t.Fatal(err)
		}
		again := c.finish(out)
		kept := 0
		for _, how := range again.how {
			if how == "kept" {
				kept++
			}
		}
		missing, differing := c.compare(out)
		t.Logf("with more room: kept %d, reports missing %d, differing %d", kept, missing, differing)
		if missing+differing > 0 {
			t.Error("something was lost")
		}
		unmount()
	}
}

// mutantsAtOnce is how many damaged apps stand on the disk at a time.
const mutantsAtOnce = 500

// TestChaosMutants feeds damaged apps: none ends a worker, or takes it too long.
func TestChaosMutants(t *testing.T) {
	c := &chaos{t: t, r: random(t), bin: program(t)}
	var apps [][]byte
	for _, app := range chaosApps(t) {
		data, err := os.ReadFile(app)
		if err != nil {
			t.Fatal(err)
		}
		apps = append(apps, data)
	}
	keep := os.Getenv("APKAUDIT_CHAOS_KEEP") // folder for what ends a worker
	total := number(t, "MUTANTS", 10_000)
	causes, verdicts, highest := 0, map[string]int{}, int64(0)
	began := time.Now()
	for done := 0; done < total; {
		c.in = t.TempDir()
		n := min(mutantsAtOnce, total-done)
		for i := range n {
			a, b := apps[c.r.IntN(len(apps))], apps[c.r.IntN(len(apps))]
			if err := os.WriteFile(filepath.Join(c.in, fmt.Sprintf("%05d.apk", done+i)), apktest.Mutate(c.r, a, b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		out := filepath.Join(c.in, "out")
		b := c.finish(out, "--timeout", "60s")
		if len(b.how) != n {
			t.Errorf("%d of %d done: %s", len(b.how), n, b.said)
		}
		for file, cause := range b.causes {
			causes++
			t.Errorf("%s: %s", file, cause)
			if data, err := os.ReadFile(filepath.Join(c.in, file)); err == nil && keep != "" {
				_ = os.WriteFile(filepath.Join(keep, file), data, 0o644)
			}
		}
		highest = max(highest, b.memory)
		for _, data := range reportsOf(t, out) {
			r, err := audit.Decode([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			verdicts[r.Outcome.Verdict]++
			for _, g := range r.Gaps {
				if g.Kind == audit.GapCrashed {
					causes++
					t.Errorf("%s: %s", r.App.File, g.What)
					if data, err := os.ReadFile(r.App.File); err == nil && keep != "" {
						_ = os.WriteFile(filepath.Join(keep, filepath.Base(r.App.File)), data, 0o644)
					}
				}
			}
		}
		os.RemoveAll(c.in) // the next ones need the room
		done += n
	}
	t.Logf("%d damaged apps in %.0f s: crashes and hangs %d, verdicts %v, the largest process %d MB", total, time.Since(began).Seconds(), causes, verdicts, highest/1000)
}
