package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/report"
	"apkaudit/internal/triage"
)

func (a *app) diffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changed between two APKs or saved reports",
		Long: `Compare two versions of an app, or an app before and after its policy was edited.
OLD and NEW are each an APK or a saved JSON report. APKs are scanned with --policy,
else with the policy found inside them.

Told are new, gone and changed: SDKs and their versions, permissions, the data that
each party's code can read, reads before consent, hosts, exported components, the
app's version and signer, what the policy says, findings, and what was not
examined. Libraries are listed with -v.

The exit code is 0 unless --fail-on is given on the command line. Then the findings
that only NEW has are held against it: --fail-on new takes any of low or above, a
severity takes those at or above it; and what of NEW could not be examined makes
the exit code 3, as for scan.`,
		Example: `  apkaudit diff old.apk new.apk
  apkaudit diff old.apk new.apk --policy policy.html --fail-on new
  apkaudit diff released.json new.json -o markdown=changes.md
  apkaudit diff before.json after.json -o json`,
		Args: needs(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.diff(cmd, args[0], args[1]) },
	}
	addExitFlags(cmd.Flags(), "", "exit 1 where NEW has a finding that OLD lacks, of this severity or above: ")
	addOutputFlags(cmd, report.DifferenceFormats())
	addScanFlags(cmd.Flags())
	addJudgeFlags(cmd.Flags())
	return cmd
}

func (a *app) diff(cmd *cobra.Command, older, newer string) error {
	out, err := outputsIn(a, report.DifferenceFormats())
	if err != nil {
		return err
	}
	var sides [2]side
	for i, file := range []string{older, newer} {
		if sides[i], err = a.openSide(file); err != nil {
			return err
		}
	}
	if err := a.scanSides(cmd, sides[:]); err != nil {
		return err
	}
	for _, s := range sides {
		if s.report.Outcome.Verdict == audit.OutcomeError {
			return fmt.Errorf("%s: is a report without an answer, there is nothing to compare; scan the APK again", s.file)
		}
	}
	d := triage.Diff(sides[0].report, sides[1].report)
	for _, o := range out {
		if err := write(a, o, d); err != nil {
			return err
		}
	}
	if !cmd.Flags().Changed("fail-on") {
		return nil
	}
	return exit(audit.DifferenceExitCode(a.gate(), d))
}

// side is one of the two that are compared; report is nil for an APK that is still
// to be scanned.
type side struct {
	file   string
	report *audit.Report
}

// openSide reads a saved report; what does not begin like one is taken for an APK.
func (a *app) openSide(file string) (side, error) {
	saved, err := isReport(file)
	if err != nil || !saved {
		return side{file: file}, err
	}
	r, err := a.readReport(file)
	return side{file, r}, err
}

// scanSides scans those that are APKs.
func (a *app) scanSides(cmd *cobra.Command, sides []side) error {
	apks := 0
	for _, s := range sides {
		if s.report == nil {
			apks++
		}
	}
	if apks == 0 {
		if cmd.Flags().Changed("policy") {
			return usagef("--policy is for APKs; judge saved reports by it with: apkaudit recheck REPORT.json --policy NEW")
		}
		return nil
	}
	ctx := cmd.Context()
	docs, err := a.documents(ctx, a.config.GetStringSlice("policy"))
	if err != nil {
		return err
	}
	return a.scanWith(ctx, sides, docs)
}

func (a *app) scanWith(ctx context.Context, sides []side, docs []policy.Input) error {
	s, err := a.scanner()
	if err != nil {
		return err
	}
	for i := range sides {
		if sides[i].report != nil {
			continue
		}
		if sides[i].report, err = s.App(ctx, sides[i].file, docs); err != nil {
			return err
		}
	}
	return nil
}
