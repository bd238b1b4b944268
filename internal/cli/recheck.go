package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
)

func (a *app) recheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recheck REPORT.json... --policy NEW",
		Short: "Judge saved reports again with another policy, without the APK",
		Long: `Judge the apps of saved JSON reports against a policy that was edited, without
the APKs: findings, exit code and formats are those of a scan of the same APK with
that policy. A file may hold one report or several, as scan -o json writes them.

A report's facts about the app are used, with what could not be examined; its policy
and its findings are not. The checks are those of this version. Where the report was
made with other signatures, a note says so: only a new scan reads the code again.

Exit codes as for scan.`,
		Example: `  apkaudit scan app.apk --policy policy.html -o json=app.json
  apkaudit recheck app.json --policy edited.html
  apkaudit recheck app.json --policy edited.html --baseline app.json --fail-on new
  apkaudit recheck a.json b.json --policy policy/ -o sarif=out.sarif`,
		Args: needs(1, anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error { return a.recheck(cmd.Context(), args) },
	}
	addGateFlags(cmd)
	addJudgeFlags(cmd.Flags())
	addScanFlags(cmd.Flags())
	addTriageFlags(cmd.Flags())
	return cmd
}

// recheck judges saved reports again and writes them.
func (a *app) recheck(ctx context.Context, files []string) error {
	out, err := a.outputs()
	if err != nil {
		return err
	}
	names := a.config.GetStringSlice("policy")
	if len(names) == 0 {
		return usagef("no policy to judge by; give it with --policy FILE, DIR or URL")
	}
	given, err := a.given()
	if err != nil {
		return err
	}
	saved, err := a.readAll(files)
	if err != nil {
		return err
	}
	docs, err := a.documents(ctx, names)
	if err != nil {
		return err
	}
	s, err := a.scanner()
	if err != nil {
		return err
	}
	var reports []*audit.Report
	for _, old := range saved {
		if old.App.File == "" {
			return fmt.Errorf("%s: is about policies alone, there is no app to judge; read the new policy with: apkaudit policy", old.from)
		}
		r, err := s.Recheck(ctx, old.Report, docs)
		if err != nil {
			return err
		}
		if old.Tool.AnalysisDigest != s.AnalysisDigest() {
			a.note("%s: the code of %s was read with other signatures than this version has; scan the APK again to read it with these", old.from, old.App.File)
		}
		if profileOf(r) != profileOf(old.Report) {
			a.note("%s: %s was judged with other options (profile %s) than now (profile %s)", old.from, old.App.File, profileOf(old.Report).Profile, profileOf(r).Profile)
		}
		given.Apply(r)
		reports = append(reports, r)
	}
	return a.finish(ctx, out, given, reports)
}

// profileOf is what a report was judged by, the default written out.
func profileOf(r *audit.Report) audit.Judged {
	j := r.Tool.Judged
	if j.Profile == "" {
		j.Profile = audit.ProfileAll
	}
	return j
}

// savedReport is a report and the file that it was read from.
type savedReport struct {
	*audit.Report
	from string
}

// readAll reads the reports of several files, in order.
func (a *app) readAll(files []string) ([]savedReport, error) {
	var out []savedReport
	for _, file := range files {
		reports, err := a.readReports(file)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			out = append(out, savedReport{r, file})
		}
	}
	return out, nil
}

func (a *app) renderCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "render REPORT.json...",
		Short: "Write saved reports in another format",
		Long: `Write saved JSON reports in another format or language. Nothing is judged again:
findings, their status and the verdict are those of the report.

The exit code is 0, as the reports have been judged before; with --fail-on on the
command line it is computed as for scan.`,
		Example: `  apkaudit render app.json
  apkaudit render app.json -o html=app.html -o sarif=app.sarif
  apkaudit render a.json b.json --lang zh -v
  apkaudit render app.json --fail-on high -o text=app.txt`,
		Args: needs(1, anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := a.outputs()
			if err != nil {
				return err
			}
			saved, err := a.readAll(args)
			if err != nil {
				return err
			}
			var reports []*audit.Report
			for _, s := range saved {
				reports = append(reports, s.Report)
			}
			if err := a.writeReports(cmd.Context(), out, reports); err != nil || !cmd.Flags().Changed("fail-on") {
				return err
			}
			return exit(audit.ExitCode(a.gate(), reports))
		},
	}
	addExitFlags(cmd.Flags(), "", "compute the exit code as scan does, with this lowest severity: ")
	addReportFlags(cmd)
	return cmd
}
