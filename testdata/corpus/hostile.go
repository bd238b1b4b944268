// Command hostile builds every attack that internal/apktest knows, has the program scan
// each in a process of its own and all of them in one batch, and prints what happened.
//
//	go run testdata/corpus/hostile.go scan PROGRAM [PATTERN]   the attacks whose name fits PATTERN
//	go run testdata/corpus/hostile.go write DIR [PATTERN]      writes them as files
//
// It ends with 1 where an attack costs more than it may, ends the program, puts control
// characters into its output, is not told of by the gap that it should have, or hides
// what the app's manifest says. Where aapt is installed, the number of tampered
// archives and manifests that it does not read is printed too.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// What no input may take from a program with its default limits.
const (
	mostTime   = 20 * time.Second
	mostMemory = 1000 << 10 // KiB
	patience   = 10 * time.Minute
)

func main() {
	args := os.Args[1:]
	if len(args) == 2 {
		args = append(args, ".")
	}
	bad, err := 0, errors.New("usage: go run testdata/corpus/hostile.go scan PROGRAM [PATTERN] | write DIR [PATTERN]")
	switch {
	case len(args) == 3 && args[0] == "scan":
		bad, err = run(args[1], args[2])
	case len(args) > 1 && args[0] == "measure":
		err = measure(args[1], args[2:])
	case len(args) == 3 && args[0] == "write":
		err = write(args[1], args[2])
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(2)
	case bad > 0:
		os.Exit(1)
	}
}

// outcome is what a process has done.
type outcome struct {
	code    int
	took    time.Duration
	busy    time.Duration // on a processor
	memory  int64         // KiB, of the largest process
	verdict string
	kinds   []string
	out     []byte
	said    string // the last line of standard error
	report  *audit.Report
	overdue bool
}

// chosen are the attacks whose name fits.
func chosen(pattern string) ([]apktest.Attack, error) {
	name, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(apktest.Attacks(), func(a apktest.Attack) bool { return !name.MatchString(a.Name) })
	if len(list) == 0 {
		return nil, errors.New("no attack has a name that fits " + pattern)
	}
	return list, nil
}

func write(dir, pattern string) error {
	attacks, err := chosen(pattern)
	if err != nil {
		return err
	}
	for _, a := range attacks {
		if err := os.WriteFile(filepath.Join(dir, a.Name+".apk"), a.Build(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func run(program, pattern string) (bad int, err error) {
	attacks, err := chosen(pattern)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "hostile-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in")
	if err := os.Mkdir(in, 0o755); err != nil {
		return 0, err
	}
	// A process counts the memory of the one that started it as its own: the attacks are
	// built in another.
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if out, err := exec.Command(self, "write", in, pattern).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the attacks: %w: %s", err, out)
	}
	var alone []outcome
	fmt.Printf("%-26s %9s %-11s %-34s %4s %7s %7s %6s\n", "attack", "bytes", "verdict", "gaps", "exit", "s", "CPU s", "MB")
	for _, a := range attacks {
		file := filepath.Join(in, a.Name+".apk")
		size, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		o, err := scan(program, file, filepath.Join(dir, "report.json"))
		if err != nil {
			return 0, err
		}
		fmt.Printf("%-26s %9d %-11s %-34s %4d %7.2f %7.2f %6.0f\n", a.Name, size.Size(), o.verdict, strings.Join(o.kinds, " "), o.code, o.took.Seconds(), o.busy.Seconds(), float64(o.memory)/1000)
		bad += tell(a.Name, faults(a, o))
		if o.report != nil {
			o.report = &audit.Report{}
		}
		o.out = nil
		alone = append(alone, o)
	}
	more, err := together(program, in, filepath.Join(dir, "out"), attacks, alone)
	bad += more
	if err != nil {
		return bad, err
	}
	refused(in, attacks)
	fmt.Printf("%d attacks, %d faults\n", len(attacks), bad)
	return bad, nil
}

func tell(name string, faults []string) int {
	for _, f := range faults {
		fmt.Printf("    FAULT %s: %s\n", name, f)
	}
	return len(faults)
}

// faults are what an outcome should not be.
func faults(a apktest.Attack, o outcome) []string {
	var out []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	// A busy machine makes everything slow, but no processor work.
	add(o.overdue || min(o.took, o.busy) > mostTime, "took %s, %s on a processor", o.took, o.busy)
	add(o.memory > mostMemory, "took %d MB", o.memory/1000)
	add(o.code < 0 || o.code > audit.ExitIncomplete, "exit code %d: %s", o.code, o.said)
	add(slices.Contains(o.kinds, audit.GapCrashed), "crashed: %s", o.said)
	add(a.Gap != "" && a.Gap != apktest.AnyGap && o.report != nil && !slices.Contains(o.kinds, a.Gap), "no gap of kind %s", a.Gap)
	add(a.Gap != "" && o.verdict == audit.OutcomeClean, "is clean")
	if r := o.report; r != nil {
		add(!a.Lost && r.App.Package != apktest.AttackPackage, "package %q", r.App.Package)
		add(!a.Lost && !slices.ContainsFunc(r.Behavior.Permissions, func(p audit.Permission) bool { return p.Name == apktest.AttackPermission }), "lost the permission")
		add(a.Gap == apktest.AnyGap && !slices.ContainsFunc(o.kinds, func(k string) bool { return audit.GapKinds()[k] }), "nothing tells that it is incomplete")
	} else {
		add(!a.Lost, "no report: %s", o.said)
	}
	if i := bytes.IndexFunc(o.out, control); i >= 0 {
		out = append(out, fmt.Sprintf("the output holds %q", o.out[max(i-20, 0):min(i+20, len(o.out))]))
	}
	return out
}

// control are characters that change what a terminal shows of others.
func control(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func scan(program, file, report string) (outcome, error) {
	os.Remove(report) // the one of the attack before
	o, err := process(program, "scan", file, "-o", "text", "-o", "json="+report)
	if err != nil {
		return o, err
	}
	data, err := os.ReadFile(report)
	if err != nil {
		o.verdict = "no report"
		return o, nil // such as for what is no archive
	}
	return o, o.read(data)
}

func (o *outcome) read(data []byte) (err error) {
	if o.report, err = audit.Decode(data); err != nil {
		return err
	}
	o.verdict = o.report.Outcome.Verdict
	for _, g := range o.report.Gaps {
		if !slices.Contains(o.kinds, g.Kind) && g.Kind != audit.GapNoPolicy {
			o.kinds = append(o.kinds, g.Kind)
		}
	}
	slices.Sort(o.kinds)
	return nil
}

func process(program string, args ...string) (outcome, error) {
	ctx, stop := context.WithTimeout(context.Background(), patience+time.Minute)
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return outcome{}, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"measure", program}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	figures, write, err := os.Pipe()
	if err != nil {
		return outcome{}, err
	}
	defer figures.Close()
	cmd.ExtraFiles = []*os.File{write}
	began := time.Now()
	err = cmd.Run()
	write.Close()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %s", err, errs.Bytes())
	}
	o := outcome{took: time.Since(began), overdue: ctx.Err() != nil}
	var micros int64
	if _, err := fmt.Fscan(figures, &o.code, &micros, &o.memory); err != nil {
		return o, err
	}
	o.busy = time.Duration(micros) * time.Microsecond
	o.out = append(out.Bytes(), errs.Bytes()...)
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	o.said = lines[len(lines)-1]
	return o, nil
}

// measure runs a program from this small process: one counts the memory of the process
// that starts it as its own. File 3 gets exit code, microseconds on a processor and KiB.
func measure(program string, args []string) error {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return err
	}
	memory := int64(0)
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = u.Maxrss
	}
	busy := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	_, err = fmt.Fprintln(os.NewFile(3, "figures"), cmd.ProcessState.ExitCode(), busy.Microseconds(), memory)
	return err
}

// together has all attacks done by one batch, and compares.
func together(program, in, out string, attacks []apktest.Attack, alone []outcome) (bad int, err error) {
	o, err := process(program, "batch", in, "--out", out, "--progress", "json")
	if err != nil {
		return 0, err
	}
	verdicts := map[string]string{}
	s := bufio.NewScanner(bytes.NewReader(o.out))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var e struct {
			Event, File, Verdict, Cause string
			Lost                        bool
		}
		if json.Unmarshal(s.Bytes(), &e) == nil && e.Event == "done" {
			verdicts[strings.TrimSuffix(filepath.Base(e.File), ".apk")] = e.Verdict
			if e.Lost {
				bad += tell(filepath.Base(e.File), []string{e.Cause})
			}
		}
	}
	for i, a := range attacks {
		want := cmp.Or(strings.TrimPrefix(alone[i].verdict, "no report"), audit.OutcomeError)
		if got := verdicts[a.Name]; got != want {
			bad += tell(a.Name, []string{fmt.Sprintf("%q in a batch, %q alone", got, want)})
		}
	}
	if o.overdue || o.code < 0 || o.memory > mostMemory {
		bad += tell("batch", []string{fmt.Sprintf("exit code %d, %d MB: %s", o.code, o.memory/1000, o.said)})
	}
	fmt.Printf("in one batch: %d of %d done, exit code %d, %.1f s, the largest process %d MB\n", len(verdicts), len(attacks), o.code, o.took.Seconds(), o.memory/1000)
	return bad, nil
}

// refused prints how many of the tampered archives and manifests aapt does not read,
// though the facts are in them and Android finds them.
func refused(in string, attacks []apktest.Attack) {
	aapt, err := exec.LookPath("aapt")
	if err != nil {
		return
	}
	tampered, not := 0, 0
	for _, a := range attacks {
		if aimed := strings.HasPrefix(a.Name, "axml-") || strings.HasPrefix(a.Name, "zip-"); !aimed || a.Gap != audit.GapTampered || a.Lost {
			continue
		}
		tampered++
		out, err := exec.Command(aapt, "dump", "permissions", filepath.Join(in, a.Name+".apk")).Output()
		if err != nil || !bytes.Contains(out, []byte(apktest.AttackPermission)) {
			not++
		}
	}
	fmt.Printf("tampered archives and manifests whose facts were read: %d, of them not read by aapt: %d\n", tampered, not)
}
