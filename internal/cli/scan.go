package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
	"apkaudit/internal/report"
	"apkaudit/internal/scan"
	"apkaudit/internal/triage"
)

// addGateFlags are the flags of commands that judge: how reports are written, and
// what decides the exit code.
func addGateFlags(cmd *cobra.Command) {
	addExitFlags(cmd.Flags(), "high", "lowest severity that makes the exit code 1: ")
	addReportFlags(cmd)
}

// addReportFlags are the flags that say in which formats reports are written.
func addReportFlags(cmd *cobra.Command) {
	addOutputFlags(cmd, report.Formats())
	cmd.Flags().String("template", "", "Go template file of a format of your own, written with -o template[=FILE]; the README lists fields and functions")
}

// addExitFlags are the flags that decide the exit code.
func addExitFlags(f *pflag.FlagSet, failOn, help string) {
	f.String("fail-on", failOn, help+strings.Join(audit.FailOnValues(), ", "))
	f.Bool("exit-zero", false, "exit 0 where findings would make it 1")
	f.Bool("allow-incomplete", false, "exit 0 where parts that could not be examined would make it 3")
}

// addOutputFlags are the flags that say what is written, in one of the formats, the
// first of which is the default.
func addOutputFlags[T any](cmd *cobra.Command, formats []report.FormatOf[T]) {
	addFormatFlag(cmd, formats)
	cmd.Flags().BoolP("verbose", "v", false, "show everything that the text report leaves out")
}

// addFormatFlag is the flag -o, with its completion; the first format is the default.
func addFormatFlag[T any](cmd *cobra.Command, formats []report.FormatOf[T]) {
	addOptionalFormatFlag(cmd, formats, formats[0].Name)
}

// addOptionalFormatFlag is the flag -o where something else may be the default.
func addOptionalFormatFlag[T any](cmd *cobra.Command, formats []report.FormatOf[T], standard string) {
	var names []string
	var offered []cobra.Completion
	for _, x := range formats {
		names = append(names, x.Name)
		offered = append(offered, cobra.CompletionWithDesc(x.Name, x.Description))
	}
	cmd.Flags().StringArrayP("output", "o", nil, "FORMAT or FORMAT=FILE, may repeat; formats: "+strings.Join(names, ", ")+" (default "+standard+")")
	_ = cmd.RegisterFlagCompletionFunc("output", completeOutput(offered)) // fails only for unknown flags
}

// addJudgeFlags are what findings depend on besides facts and rules.
func addJudgeFlags(f *pflag.FlagSet) {
	f.String("profile", audit.ProfileAll, "whose checks, clauses and words: "+strings.Join(audit.Profiles(), ", "))
	f.Bool("drafts", false, "also check what is only drafted and not in force yet")
	f.String("category", "", "kind of the app, to find data that it does not need: an id that 'apkaudit explain categories' lists")
	f.Bool("children", false, "the app is made for children: also look for what stores forbid in such apps")
}

func addScanFlags(f *pflag.FlagSet) {
	f.StringArray("policy", nil, "privacy policy: file, directory or https address; may repeat")
}

func (a *app) scanCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan APK...",
		Short: "Compare apps with their privacy policy",
		Long: `Open one or a few APKs, state what their code contains, read the policy and
report the differences. With several APKs the same policy is used for each.

An APK may also be a directory with the split APKs of one app, an archive of APKs
(.apks, .xapk, .apkm, .zip) or an app bundle (.aab). Its splits or modules are one app
in the report; what a file is follows from its content, not from its name. - stands
for an app on standard input.

A policy is a PDF, DOCX, HTML, Markdown or plain text file, a directory of them,
or the https address of one. Without --policy, a policy found among the APK's own
files is used and named; where there is none, the report lists what the code
contains: by party (the app, SDKs, unknown code) the data that its calls can read,
whether a path from an entry point leads there and whether before consent; then what
starts without the user, permissions and the calls that need them, hosts, and other
places that hold code. What can be read before consent is a finding without a policy
too. -v lists all of it; "apkaudit explain ID APK" lists every call site of one thing.

--profile takes only the checks and clauses of one regulator or store, and its words
in the rectification sheet. -v, or "apkaudit explain FINGERPRINT REPORT.json", tells
how the severity of a finding came about; "apkaudit explain CHECK", on what it rests.

With --baseline, findings that the saved report has are known and reach no gate;
with --waivers, findings that the file accepts do not either. Both stay in the
report with their status.

Exit codes: 0 nothing at or above --fail-on; 1 a finding reaches it; 2 no
verdict (usage, unreadable input); 3 part of the input could not be examined;
130 interrupted.`,
		Example: `  apkaudit scan app.apk --policy policy.html
  apkaudit scan app.apk --policy policy/ --lang zh
  apkaudit scan a.apk b.apk --policy policy.txt -o json=out.json -o text
  apkaudit scan app.apk --policy https://example.com/privacy -o sarif=out.sarif --fail-on medium
  apkaudit scan app.apk --policy policy.html --baseline released.json --waivers waivers.yaml --fail-on new`,
		Args: needs(1, anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), args) },
	}
	addGateFlags(cmd)
	addJudgeFlags(cmd.Flags())
	addScanFlags(cmd.Flags())
	addTriageFlags(cmd.Flags())
	addProgressFlag(cmd.Flags())
	return cmd
}

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy FILE|DIR|URL...",
		Short: "Read privacy policies without an app",
		Long: `Read privacy policies (PDF, DOCX, HTML, Markdown, plain text; Chinese and
English) and print the SDK entries, data types and permissions that they state,
with quotes, and what the text leaves out or gets wrong. Each file is read by itself;
versions in two languages, in one file or two, are compared.

PDF and DOCX are recognised by their content. Pages of a PDF without text (scans,
fonts without character codes) are named as a gap and make the outcome
incomplete. Old Word documents (.doc), RTF, images and encrypted files are
refused with the next step.

Exit codes as for scan.`,
		Example: `  apkaudit policy policy.html
  apkaudit policy privacy.pdf
  apkaudit policy policy/ -o json
  apkaudit policy policy.html -o html=page.html
  apkaudit policy https://example.com/privacy --lang zh`,
		Args: needs(1, anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			out, err := a.outputs()
			if err != nil {
				return err
			}
			given, err := a.given()
			if err != nil {
				return err
			}
			docs, err := a.documents(ctx, args)
			if err != nil {
				return err
			}
			s, err := a.scanner()
			if err != nil {
				return err
			}
			r, err := s.Policies(ctx, docs)
			if err != nil {
				return err
			}
			given.Apply(r)
			return a.finish(ctx, out, given, []*audit.Report{r})
		},
	}
	addGateFlags(cmd)
	addJudgeFlags(cmd.Flags())
	addTriageFlags(cmd.Flags())
	return cmd
}

// scan audits all targets and writes the reports.
func (a *app) scan(ctx context.Context, files []string) error {
	out, err := a.outputs()
	if err != nil {
		return err
	}
	given, err := a.given()
	if err != nil {
		return err
	}
	docs, err := a.documents(ctx, a.config.GetStringSlice("policy"))
	if err != nil {
		return err
	}
	s, err := a.scanner()
	if err != nil {
		return err
	}
	reports, err := a.scanAll(ctx, s, files, docs, given)
	if err != nil {
		return err
	}
	return a.finish(ctx, out, given, reports)
}

// scanAll audits the targets one after the other. Where there are several, one that
// cannot be read has a report that says so.
func (a *app) scanAll(ctx context.Context, s *scan.Scanner, files []string, docs []policy.Input, given triage.Given) ([]*audit.Report, error) {
	var total int64
	for _, file := range files {
		total += sizeOf(file)
	}
	p := a.newProgress(len(files), total)
	defer p.close()
	var reports []*audit.Report
	for _, file := range files {
		p.tell(step{file: file, size: sizeOf(file)})
		began := time.Now()
		r, err := a.audit(ctx, s, file, docs)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && (len(files) == 1 || scan.ErrPolicy(err)):
			return nil, err
		case err != nil:
			fmt.Fprintln(a.sys.Stderr, "apkaudit: "+oneLine(err.Error()))
			r = s.Failed(file, err)
		}
		given.Apply(r)
		reports = append(reports, r)
		p.tell(step{file: file, size: sizeOf(file), verdict: r.Outcome.Verdict, counts: r.Outcome.Counts, seconds: time.Since(began).Seconds()})
	}
	return reports, nil
}

// stdin is how the command line names standard input, and stdinName how reports do.
const (
	stdin     = "-"
	stdinName = "stdin"
)

// maxStdinBytes bounds an app that is read from standard input, which has to stand in
// memory.
const maxStdinBytes = 1 << 30

// audit audits one app: a file, a directory of splits, or standard input.
func (a *app) audit(ctx context.Context, s *scan.Scanner, file string, docs []policy.Input) (*audit.Report, error) {
	if file != stdin {
		return s.App(ctx, file, docs)
	}
	data, err := bounded.ReadFull(a.sys.Stdin, "max-stdin-bytes", maxStdinBytes, stdinName)
	if err != nil {
		return nil, fmt.Errorf("%w; save the app to a file and give that", err)
	}
	t, err := s.OpenReader(ctx, stdinName, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return t.Audit(ctx, docs)
}

// sizeOf is a file's size in bytes, 0 where it cannot be told.
func sizeOf(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// finish writes the reports and turns them into the exit code.
func (a *app) finish(ctx context.Context, out []output, given triage.Given, reports []*audit.Report) error {
	for _, n := range given.Notes(reports) {
		a.note("%s", n)
	}
	if err := a.writeReports(ctx, out, reports); err != nil {
		return err
	}
	return exit(audit.ExitCode(a.gate(), reports))
}

// writeReports writes the reports in every format that was asked for.
func (a *app) writeReports(ctx context.Context, out []output, reports []*audit.Report) error {
	for _, o := range out {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := write(a, o, reports); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) gate() audit.Gate {
	return audit.Gate{FailOn: a.config.GetString("fail-on"), AllowIncomplete: a.config.GetBool("allow-incomplete"), ExitZero: a.config.GetBool("exit-zero")}
}

// exit ends the run with an exit code.
func exit(code int) error {
	if code == audit.ExitClean {
		return nil
	}
	return &exitError{code}
}

// documents reads the policies that the user named: files, directories, https
// addresses.
func (a *app) documents(ctx context.Context, names []string) ([]policy.Input, error) {
	var docs []policy.Input
	for _, name := range names {
		if isURL(name) {
			in, err := a.fetch(ctx, name)
			if err != nil {
				return nil, err
			}
			docs = append(docs, in)
			continue
		}
		found, err := a.limits.scan.Policy.Open(name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	return docs, nil
}

// outputOf is one -o value: a format and where it goes, "" for standard output.
type outputOf[T any] struct {
	format report.FormatOf[T]
	file   string
}

type output = outputOf[[]*audit.Report]

// outputs reads the -o values of reports.
func (a *app) outputs() ([]output, error) {
	formats, err := a.formats()
	if err != nil {
		return nil, err
	}
	return outputsIn(a, formats)
}

// outputsIn reads the -o values before anything else is done, so that a typing
// error costs no scan. The first format is the one where none is asked for.
func outputsIn[T any](a *app, formats []report.FormatOf[T]) ([]outputOf[T], error) {
	values := a.config.GetStringSlice("output")
	if len(values) == 0 {
		values = []string{formats[0].Name}
	}
	var out []outputOf[T]
	seen := map[string]bool{}
	for _, v := range values {
		name, file, hasFile := strings.Cut(v, "=")
		if name == report.TemplateName && a.config.GetString("template") == "" {
			return nil, usagef("-o %s: name the template's file with --template FILE", v)
		}
		f, err := report.FindIn(formats, name)
		if err != nil {
			return nil, usagef("-o %s: %v", v, err)
		}
		if hasFile && file == "" {
			return nil, usagef("-o %s: the file name is missing", v)
		}
		at, err := a.placeOf(file)
		if err != nil {
			return nil, usagef("-o %s: %v", v, err)
		}
		if seen[at] && file == "" {
			return nil, usagef("-o %s: only one format can go to standard output; give the others a file: -o %s=FILE", v, name)
		}
		if seen[at] && at != "" {
			return nil, usagef("-o %s: %s is written twice", v, file)
		}
		seen[at] = true
		out = append(out, outputOf[T]{f, file})
	}
	return out, nil
}

// placeOf tells files apart however they are spelt, "" for standard output. What is no
// regular file, such as a device, may be written to twice and is a place of its own each
// time. A file whose directory is not there is a fault, and so is a directory and what is
// read.
func (a *app) placeOf(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return "", fmt.Errorf("%s is a directory; give a file name", file)
	case err == nil && !info.Mode().IsRegular():
		a.devices++
		return fmt.Sprint("device ", a.devices), nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return "", fmt.Errorf("%s: its directory is not there; make it first", file)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	at := filepath.Join(dir, filepath.Base(file))
	if a.isRead(file, at) {
		return "", fmt.Errorf("%s is read by the same command; write to another file", file)
	}
	return at, nil
}

// isRead tells whether the command reads a file, which stands at that place.
func (a *app) isRead(file, at string) bool {
	there, missing := os.Stat(file)
	read := slices.Concat(a.inputs, a.config.GetStringSlice("policy"))
	for _, flag := range []string{"policies", "baseline", "waivers", "from", "template"} {
		read = append(read, a.config.GetString(flag))
	}
	return slices.ContainsFunc(read, func(in string) bool {
		if in == "" || in == "-" || filepath.Base(in) != filepath.Base(file) {
			return false
		}
		if same, err := filepath.Abs(in); err == nil && same == at {
			return true
		}
		info, err := os.Stat(in) // its directory may be spelt otherwise
		return err == nil && missing == nil && os.SameFile(info, there)
	})
}

// look is how what is printed is to look.
func (a *app) look() report.Options {
	return report.Options{Lang: a.config.GetString("lang"), Verbose: a.config.GetBool("verbose"), WorkDir: a.sys.Dir,
		Color: a.sys.StdoutTTY && a.sys.Getenv("NO_COLOR") == "", Width: a.sys.StdoutWidth}
}

// formats are those of reports, with the one of --template where it is given.
func (a *app) formats() ([]report.Format, error) {
	list := report.Formats()
	file := a.config.GetString("template")
	if file == "" {
		return list, nil
	}
	data, err := readRegular(file, "max-template-bytes", a.limits.template)
	if err != nil {
		return nil, err
	}
	own, err := report.Template(file, data)
	if err != nil {
		return nil, usagef("--template: %v", err)
	}
	return append(list, own), nil
}

// write writes one output. A file appears complete or not at all; a device or pipe is
// written to directly.
func write[T any](a *app, o outputOf[T], content T) error {
	opt := a.look()
	if o.file == "" {
		return o.format.Write(a.sys.Stdout, content, opt)
	}
	opt.Color = false
	if info, err := os.Stat(o.file); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(o.file, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", o.file, bounded.Cause(err))
		}
		if err := errors.Join(o.format.Write(f, content, opt), f.Close()); err != nil {
			return fmt.Errorf("%s: cannot be written: %w", o.file, bounded.Cause(err))
		}
		return nil
	}
	f, err := batch.Create(o.file)
	if err != nil {
		return err
	}
	if err := o.format.Write(f, content, opt); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}
