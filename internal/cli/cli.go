// Package cli is the command line: commands, flags, configuration, exit codes.
// It is the only package that prints, reads flags or fetches a policy address.
//
// It decides nothing about findings: the exit code is computed by package audit
// from the reports.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// Version is the program's version, as reports and `apkaudit version` say it.
const Version = "0.1.0"

// System is what the program uses of its surroundings; tests give their own.
type System struct {
	Stdin       io.Reader
	Stdout      io.Writer
	Stderr      io.Writer
	Getenv      func(string) string
	Dir         string // working directory, absolute
	StdoutTTY   bool
	StderrTTY   bool
	StdoutWidth int // columns, 0 where unknown
	StderrWidth int // the same
	// Now tells the day on which waivers are judged; nothing else depends on it.
	Now func() time.Time
}

// exitError carries an exit code through cobra without a message.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// usageError is a fault in the command line or the configuration.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// anyNumber bounds no arguments.
const anyNumber = -1

// needs asks for so many arguments, and shows the command's form where they are not.
func needs(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef("something is missing: %s", cmd.UseLine())
		case most != anyNumber && len(args) > most:
			return usagef("%q is one too many: %s", args[most], cmd.UseLine())
		}
		return nil
	}
}

// Run executes one command line and returns the exit code.
func Run(ctx context.Context, args []string, sys System) int {
	a := &app{sys: sys}
	root := a.root()
	root.SetArgs(a.withDefaultCommand(root, args))
	root.SetIn(sys.Stdin)
	root.SetOut(sys.Stdout)
	root.SetErr(sys.Stderr)
	err := a.execute(ctx, root)
	if ctx.Err() != nil {
		fmt.Fprintln(sys.Stderr, "apkaudit: interrupted")
		return audit.ExitInterrupted
	}
	var code *exitError
	switch {
	case err == nil:
		return audit.ExitClean
	case errors.As(err, &code):
		return code.code
	}
	fmt.Fprintln(sys.Stderr, "apkaudit: "+oneLine(err.Error()))
	var usage *usageError
	if errors.As(err, &usage) || isCobraUsage(err) {
		fmt.Fprintf(sys.Stderr, "Run 'apkaudit %s--help' for the flags.\n", a.commandName(root, args))
	}
	return audit.ExitNoVerdict
}

// execute runs the command; a crash outside the scan boundary is one line too.
func (a *app) execute(ctx context.Context, root *cobra.Command) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v; please report it with the command line", p)
		}
	}()
	return root.ExecuteContext(ctx)
}

func isCobraUsage(err error) bool {
	for _, p := range []string{"unknown flag", "unknown shorthand", "flag needs an argument", "invalid argument", "requires at least", "accepts ", "unknown command"} {
		if strings.HasPrefix(err.Error(), p) {
			return true
		}
	}
	return false
}

// maxMessage bounds a message; file names can be long.
const maxMessage = 1000

// oneLine keeps messages on one line whatever a file is called. Bytes that are no UTF-8
// are written as reports for people have them, such as \xff.
func oneLine(s string) string {
	s = escapeBytes(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxMessage { // what is wrong stands behind the name
		s = strings.ToValidUTF8(s[:maxMessage/2], "") + "…" + strings.ToValidUTF8(s[len(s)-maxMessage/2:], "")
	}
	return s
}

// escapeBytes writes bytes that are no UTF-8 as escapes.
func escapeBytes(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// app holds what the commands share.
type app struct {
	sys    System
	config *viper.Viper
	source string         // the configuration file in use, "" for none
	lines  map[string]int // of its keys
	limits *limits

	inputs  []string // files that the command names to be read, never written to
	devices int      // outputs so far that are no regular files
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "apkaudit",
		Short: "Tell where an Android app does what its privacy policy does not say",
		Long: `apkaudit opens an APK, finds its permissions, embedded SDKs and every place in
the bytecode that reads personal data, works out who reads it (the app or which
SDK), reads the declared privacy policy (Chinese and English) and reports each
difference with evidence from both sides: the call site and the policy sentence.

It works offline, runs nothing of the APK and writes nothing but the reports you
ask for. "apkaudit FILE.apk" alone means "apkaudit scan FILE.apk".`,
		Example: `  apkaudit scan app.apk --policy policy.html
  apkaudit scan app.apk --policy policy/ -o sarif=out.sarif -o text
  apkaudit policy policy.txt
  apkaudit explain undisclosed_sdk`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       Version,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("apkaudit {{.Version}}\n")
	pf := root.PersistentFlags()
	pf.String("lang", a.defaultLang(), "language of reports: zh or en (default from LC_ALL, LC_MESSAGES, LANG)")
	pf.StringArray("rules", nil, "directory with signatures of your own; may repeat, later ones win")
	pf.BoolP("quiet", "q", false, "no progress and no notes on standard error")
	addLimitFlags(pf)
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		a.inputs = args
		return a.loadConfig(cmd)
	}
	root.AddCommand(a.scanCommand(), a.batchCommand(), a.workerCommand(), a.policyCommand(), a.recheckCommand(), a.renderCommand(), a.diffCommand(), a.discloseCommand(), a.explainCommand(), a.rulesCommand(), a.sdkCommand(), a.configCommand(), a.versionCommand(), a.manCommand(), limitsTopic())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	a.addCompletions(root)
	return root
}

// withDefaultCommand makes "apkaudit FILE" mean "apkaudit scan FILE".
func (a *app) withDefaultCommand(root *cobra.Command, args []string) []string {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		if arg == cobra.ShellCompRequestCmd || arg == cobra.ShellCompNoDescRequestCmd {
			last := len(args) - 1 // the word being typed, which may become a command
			return slices.Concat(args[:1], a.withDefaultCommand(root, args[1:max(last, 1)]), args[max(last, 1):])
		}
		if slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == arg || c.HasAlias(arg) }) {
			return args
		}
		return append([]string{"scan"}, args...)
	}
	return args
}

// commandName is the command that args name, with a blank behind, for hints.
func (a *app) commandName(root *cobra.Command, args []string) string {
	c, _, err := root.Find(a.withDefaultCommand(root, args))
	if err != nil || c == root {
		return ""
	}
	return strings.TrimPrefix(c.CommandPath(), "apkaudit ") + " "
}

func (a *app) defaultLang() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := a.sys.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// note prints to standard error unless --quiet; where programs read that, as an event.
func (a *app) note(format string, args ...any) {
	if a.config.GetBool("quiet") {
		return
	}
	text := oneLine(fmt.Sprintf(format, args...))
	if a.config.GetString("progress") == progressJSON {
		a.event(noteEvent{Event: "note", Text: text})
		return
	}
	fmt.Fprintln(a.sys.Stderr, text)
}

// ruleSet loads the rules with the user's overlays.
func (a *app) ruleSet() (*rules.Set, error) { return rules.Load(a.config.GetStringSlice("rules")...) }

// judged are the choices by which findings are made, checked against the rules.
func (a *app) judged(set *rules.Set) (audit.Judged, error) {
	j := audit.Judged{Profile: a.config.GetString("profile"), Drafts: a.config.GetBool("drafts"),
		Category: a.config.GetString("category"), Children: a.config.GetBool("children")}
	if j.Profile == "" {
		j.Profile = audit.ProfileAll
	}
	if j.Category != "" && set.Category(j.Category) == nil {
		return j, usagef("--category %s: unknown kind of app; 'apkaudit explain categories' lists them", j.Category)
	}
	return j, nil
}

func (a *app) scanner() (*scan.Scanner, error) {
	set, err := a.ruleSet()
	if err != nil {
		return nil, err
	}
	opt := scan.Options{Limits: a.limits.scan}
	opt.Judged, err = a.judged(set)
	if err != nil {
		return nil, err
	}
	return scan.New(set, opt, Version)
}
