package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
	"apkaudit/internal/scan"
)

// Defaults of what a worker process may take, and how kind it is to others.
const (
	defaultTimeout   = 2 * time.Minute
	defaultMaxMemory = "1536MiB"
	defaultNice      = 10
)

func (a *app) batchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "batch PATH... --out DIR",
		Short: "Compare a folder of apps with their policies; safe to interrupt",
		Long: `Scan files and folders of apps, each in a worker process, and write a report for
each as soon as it is done. A crash, a hang or an app that takes too much memory costs
that one app, whose report says so and how to see it again. The same command started
again does only what is left or has changed: after an interrupt, a power cut, a new
version of the rules or an edited policy. --timeout is the time that one app may take,
from opening it to its report; an app that took longer is reported without its code,
within ten seconds more.

Below folders, files ending in .apk .apks .xapk .apkm .aab are taken, files without an
extension that begin like an archive, and folders with the split APKs of one app; the
largest first. --include and --exclude choose by patterns. --from reads paths from a
list: one a line, or, where the list holds a NUL byte, with one behind each, as
"find -print0" writes them.

--policies says whose policy is whose: a folder with PACKAGE.html, PACKAGE.pdf … or
PACKAGE/, or a CSV file with the columns file_or_package,policy: a file is a path as the
working directory has it, or a bare name; the policy's path is relative to the CSV file.
Apps that it does not name are compared with --policy, or else with a policy found inside
the APK. What names no app is told.

DIR gets reports/PACKAGE-SHA256.json for each app, index.html to sort and search,
summary.csv (a row for each input file), sdks.csv, findings.csv and batch.json, which
is how the next run knows what is done. --db FILE writes it all as an SQLite database,
whose tables the README describes; -o writes all apps as one document. These are made
when every app is done: an interrupted run leaves those of the run before.

Exit codes as for scan, over all apps; 130 interrupted, with everything that was done
kept.`,
		Example: `  apkaudit batch apks/ --out reports
  apkaudit batch apks/ --out reports --policies policies/ -j 8
  apkaudit batch apks/ --out reports --policies map.csv --fail-on new --baseline released.json
  apkaudit batch --from list.txt --out reports --db reports/all.sqlite -o text
  apkaudit batch apks/ --out reports -o sarif=all.sarif -o json=all.json
  find /data -name '*.apk' -print0 | apkaudit batch --from - --out reports`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.batch(cmd.Context(), args) },
	}
	f := cmd.Flags()
	addBatchFlags(f)
	f.String("from", "", "file with one path a line, or a NUL byte behind each, - for standard input")
	addAcrossFlags(cmd)
	addExitFlags(f, "high", "lowest severity that makes the exit code 1: ")
	addJudgeFlags(f)
	addScanFlags(f)
	addTriageFlags(f)
	addProgressFlag(f)
	return cmd
}

// addBatchFlags are the flags that no other command has and that files may set.
func addBatchFlags(f *pflag.FlagSet) {
	f.String("out", "", "directory for reports and state")
	f.String("policies", "", "directory of policies named by package, or CSV file: file_or_package,policy")
	f.IntP("jobs", "j", runtime.GOMAXPROCS(0), "worker processes at a time")
	f.Duration("timeout", defaultTimeout, "time for all steps of one app together, 0 for none")
	f.String("max-memory", defaultMaxMemory, "memory for one worker process, 0 for no bound")
	f.Int("nice", defaultNice, "how far worker processes stand back for others, 0 to 19")
	f.StringArray("include", nil, "pattern of files to take below folders, such as '*.apk' or 'release/*'; may repeat")
	f.StringArray("exclude", nil, "pattern of files and folders to leave out; may repeat")
}

func (a *app) workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "worker",
		Short:  "Answer the requests of a batch run",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return batch.Work(a.sys.Stdin, a.sys.Stdout, Version)
		},
	}
}

// batch runs over all targets and turns what came of them into the exit code.
func (a *app) batch(ctx context.Context, paths []string) error {
	targets, err := a.targets(ctx, paths)
	if err != nil {
		return err
	}
	for _, t := range targets {
		a.inputs = append(a.inputs, t.File)
	}
	opt, policies, err := a.batchOptions(ctx)
	if err != nil {
		return err
	}
	out, err := a.batchOutputs()
	if err != nil {
		return err
	}
	s, err := a.scannerOf(opt.Scan)
	if err != nil {
		return err
	}
	res, err := a.runBatch(ctx, s, targets, opt)
	for _, n := range res.Notes {
		a.note("%s", n)
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintf(a.sys.Stderr, "apkaudit: %d done, %d left; run the same command to continue\n", len(res.Rows), res.Left)
		return ctx.Err()
	case err != nil && len(res.Rows) > 0:
		return fmt.Errorf("%w; %d done, %d left: run the same command to continue", err, len(res.Rows), res.Left)
	case err != nil:
		return err
	}
	judged, err := a.across(ctx, res.Rows, out)
	if ctx.Err() != nil {
		fmt.Fprintf(a.sys.Stderr, "apkaudit: %d done, the tables over all apps are not written; run the same command to have them\n", len(res.Rows))
	}
	if err != nil {
		return err
	}
	if err := a.triageNotes(judged); err != nil {
		return err
	}
	if note := policies.Unused(res.Rows); note != "" {
		a.note("%s", note)
	}
	a.note("%s", a.summed(res))
	code := batch.ExitCode(a.gate(), res.Rows)
	if code == audit.ExitNoVerdict {
		a.noVerdict(judged)
	}
	return exit(code)
}

// runBatch runs and shows how far it is.
func (a *app) runBatch(ctx context.Context, s *scan.Scanner, targets []batch.Target, opt batch.Options) (batch.Result, error) {
	var total int64
	for _, t := range targets {
		total += t.Size
	}
	p := a.newProgress(len(targets), total)
	defer p.close()
	return batch.Run(ctx, s, targets, opt, func(e batch.Event) {
		st := step{file: e.Target.File, size: e.Target.Size, seconds: e.Seconds, cause: e.Cause, lost: e.Lost}
		if e.Row != nil {
			st.verdict, st.counts = e.Row.Facts.Outcome.Verdict, e.Row.Facts.Outcome.Counts
			if e.How != batch.HowScanned {
				st.how = e.How
			}
		}
		p.tell(st)
	})
}

// summed says in one line what a run has come to.
func (a *app) summed(res batch.Result) string {
	verdicts := map[string]int{}
	var counts audit.Counts
	for i := range res.Rows {
		f := &res.Rows[i].Facts
		verdicts[f.Outcome.Verdict]++
		for _, s := range audit.Severities() {
			*counts.Of(s) += *f.Outcome.Counts.Of(s)
		}
	}
	var parts []string
	for _, v := range []string{audit.OutcomeClean, audit.OutcomeFindings, audit.OutcomeIncomplete, audit.OutcomeError} {
		if verdicts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", verdicts[v], v))
		}
	}
	apps := "apps"
	if len(res.Rows) == 1 {
		apps = "app"
	}
	return fmt.Sprintf("%d %s: %s; %s; reports in %s", len(res.Rows), apps, strings.Join(parts, ", "), inWords(counts), a.config.GetString("out"))
}

// targets lists what the command line names.
func (a *app) targets(ctx context.Context, paths []string) ([]batch.Target, error) {
	sel := batch.Selection{Include: a.config.GetStringSlice("include"), Exclude: a.config.GetStringSlice("exclude")}
	if err := batch.CheckSelection(sel); err != nil {
		return nil, usagef("%v", err)
	}
	var listed []string
	if from := a.config.GetString("from"); from != "" {
		var err error
		if listed, err = a.listed(from); err != nil {
			return nil, err
		}
	}
	if len(paths)+len(listed) == 0 {
		return nil, usagef("no apps given; name files or folders, or a list with --from FILE")
	}
	return batch.Find(ctx, paths, listed, sel)
}

// maxTargetListBytes bounds a list of paths.
const maxTargetListBytes = 256 << 20

// listed reads a list of paths.
func (a *app) listed(from string) ([]string, error) {
	var in io.Reader = a.sys.Stdin
	if from != "-" {
		f, err := os.Open(from)
		if err != nil {
			return nil, fmt.Errorf("--from %s: %w; check the path", from, bounded.Cause(err))
		}
		defer f.Close()
		in = f
	}
	data, err := bounded.ReadFull(in, "max-target-list-bytes", maxTargetListBytes, from)
	if err != nil {
		return nil, fmt.Errorf("--from %w; give shorter lists, one a run", err)
	}
	paths, err := pathsIn(string(data))
	if err != nil {
		return nil, fmt.Errorf("--from %s: %w", from, err)
	}
	return paths, nil
}

// pathsIn are the paths of a list: with a NUL byte behind each where there is one in the
// list, as "find -print0" writes them, or else one a line. What is between NUL bytes is
// taken as it stands, since a name can have blanks and line breaks at its ends.
func pathsIn(list string) ([]string, error) {
	if isUTF16(list) {
		return nil, errors.New("is UTF-16; save it as UTF-8")
	}
	var paths []string
	if strings.Contains(list, "\x00") {
		for p := range strings.SplitSeq(list, "\x00") {
			if p != "" {
				paths = append(paths, p)
			}
		}
		return paths, nil
	}
	for line := range strings.Lines(strings.TrimPrefix(list, "\ufeff")) { // as editors on Windows begin a file
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if strings.TrimSpace(line) != "" {
			paths = append(paths, line)
		}
	}
	return paths, nil
}

// isUTF16 tells a list that has NUL bytes because each character has two bytes, as some
// shells of Windows write it: taken for paths, its "/" and "." would be folders to scan.
func isUTF16(list string) bool {
	if strings.HasPrefix(list, "\xff\xfe") || strings.HasPrefix(list, "\xfe\xff") {
		return true
	}
	if !strings.Contains(list, "\x00") {
		return false
	}
	for p := range strings.SplitSeq(list, "\x00") {
		if p == "\n" || p == "\r" {
			return true
		}
	}
	return false
}

func (a *app) batchOptions(ctx context.Context) (opt batch.Options, policies *batch.Policies, err error) {
	dir := a.config.GetString("out")
	if dir == "" {
		return opt, nil, usagef("no place for the reports; give a directory with --out DIR")
	}
	if _, err := a.given(); err != nil { // an error in these costs no scan
		return opt, nil, err
	}
	memory, err := byteSize(a.config.GetString("max-memory"))
	if err != nil {
		return opt, nil, usagef("--max-memory: %v", err)
	}
	jobs, nice := a.config.GetInt("jobs"), a.config.GetInt("nice")
	if jobs < 1 {
		return opt, nil, usagef("--jobs %d: at least one worker process is needed", jobs)
	}
	if t := a.config.GetDuration("timeout"); t < 0 {
		return opt, nil, usagef("--timeout %s: is negative; 0 is for none", t)
	}
	if nice < 0 || nice > 19 {
		return opt, nil, usagef("--nice %d: is not between 0 and 19", nice)
	}
	program, err := os.Executable()
	if err != nil {
		return opt, nil, fmt.Errorf("the program cannot find itself to start worker processes: %w", err)
	}
	all, err := a.documents(ctx, a.config.GetStringSlice("policy"))
	if err != nil {
		return opt, nil, err
	}
	policies, err = batch.OpenPolicies(a.config.GetString("policies"), all, a.limits.scan.Policy, func(url string) (policy.Input, error) { return a.fetch(ctx, url) })
	if err != nil {
		return opt, nil, err
	}
	set, err := a.ruleSet()
	if err != nil {
		return opt, nil, err
	}
	scanned := scan.Options{Limits: a.limits.scan}
	if scanned.Judged, err = a.judged(set); err != nil {
		return opt, nil, err
	}
	return batch.Options{
		Dir: dir, Version: Version, Executable: program, Env: os.Environ(), Rules: a.config.GetStringSlice("rules"), Scan: scanned,
		Triage:  batch.Triage{Baseline: a.config.GetString("baseline"), Waivers: a.config.GetString("waivers"), Today: a.sys.Now().Format(time.DateOnly)},
		Workers: jobs, Cores: max(runtime.GOMAXPROCS(0)/jobs, 1), Timeout: a.config.GetDuration("timeout"), MaxMemory: memory, Nice: nice,
		Policies: policies.For, Again: a.again(policies, scanned.Judged),
	}, policies, nil
}

// again tells how one app of a batch is scanned alone: by the same policy, rules, limits
// and choices.
func (a *app) again(policies *batch.Policies, j audit.Judged) func(file, pkg string) string {
	same := a.sameFlags(j)
	return func(file, pkg string) string {
		line := "apkaudit scan " + shellWord(asArgument(file))
		named := policies.Named(file, pkg)
		if len(named) == 0 {
			named = a.config.GetStringSlice("policy")
		}
		for _, p := range named {
			line += " --policy " + shellWord(p)
		}
		return line + same
	}
}

// sameFlags are the flags that make another command read and judge as this one does,
// each after a blank; what stands in a configuration file or the environment too.
func (a *app) sameFlags(j audit.Judged) string {
	var b strings.Builder
	add := func(flag, value string) { b.WriteString(" --" + flag + " " + shellWord(value)) }
	for _, dir := range a.config.GetStringSlice("rules") {
		add("rules", dir)
	}
	if j.Profile != audit.ProfileAll {
		add("profile", j.Profile)
	}
	if j.Category != "" {
		add("category", j.Category)
	}
	if j.Drafts {
		b.WriteString(" --drafts")
	}
	if j.Children {
		b.WriteString(" --children")
	}
	own := a.limits.bounds()
	for i, usual := range defaultLimits().bounds() {
		if n := own[i].Value(); n != usual.Value() {
			add(usual.Name, usual.Text(n))
		}
	}
	return b.String()
}

// asArgument is a path that no command takes for a flag.
func asArgument(file string) string {
	if strings.HasPrefix(file, "-") {
		return "." + string(filepath.Separator) + file
	}
	return file
}

// shellWord quotes a word for a POSIX shell where it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+=:,@%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// byteSize reads a number of bytes with an optional unit.
func byteSize(s string) (int64, error) {
	units := []struct {
		name string
		of   int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		var n int64
		if _, err := fmt.Sscanf(digits+"\n", "%d\n", &n); err != nil || n < 0 || n > (1<<62)/u.of {
			break
		}
		return n * u.of, nil
	}
	return 0, errors.New(`"` + s + `" is no size such as 800MB or 2GiB`)
}

// scannerOf is a scanner by the options of this run.
func (a *app) scannerOf(opt scan.Options) (*scan.Scanner, error) {
	set, err := a.ruleSet()
	if err != nil {
		return nil, err
	}
	return scan.New(set, opt, Version)
}
