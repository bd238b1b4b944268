package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/disclose"
	"apkaudit/internal/policy"
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

func (a *app) discloseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "disclose APK|REPORT.json",
		Short: "Write what the privacy policy must contain, or what it lacks",
		Long: `Write what the privacy policy of an app must contain, from what its code (or a
report of it saved with -o json) tells: the list of third-party SDKs, the list of
collected personal information, the purposes of permissions, and a draft of Google
Play's Data safety form.

Only what the code, the SDK signatures and the vendors' own statements tell is
filled in. Everything else, such as what data is for, is a blank in brackets: 【…】
or [enter …]. "apkaudit policy FILE" reports every blank that is left as unfilled.
A purpose inside a blank is a proposal by the kind of SDK: confirm or replace it.

With --policy only what that policy lacks or says too vaguely is written, with the
lines where it belongs; -o patch writes it as a unified diff of plain text and
Markdown policies (patch -p0 < FILE, or git apply -p0).

-o play writes the Data safety form in the layout that the Play Console exports and
imports. It is a draft to import and complete: types of which the code contains
reads are marked as collected; sharing, ephemeral processing, choice, purposes,
accounts and deletion are left without an answer.

-o csv writes one table, chosen with --table: ` + strings.Join(disclose.TableIDs(), ", ") + `.

Exit codes: 0 written; 2 usage or unreadable input; 3 part of the input could not
be examined, so that the lists may be incomplete.`,
		Example: `  apkaudit disclose app.apk --lang zh > lists.md
  apkaudit disclose app.apk -o html=lists.html -o play=data_safety.csv
  apkaudit disclose app.apk -o csv=sdks.csv --table sdks
  apkaudit disclose app.apk --policy policy.md
  apkaudit disclose app.apk --policy policy.txt -o patch=policy.diff`,
		Args: needs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.disclose(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.StringArray("policy", nil, "write only what this policy lacks: file, directory or https address; may repeat")
	f.String("table", "", "table of -o csv: "+strings.Join(disclose.TableIDs(), ", ")+" (default "+disclose.TableSDKs+")")
	addFormatFlag(cmd, disclosures(disclose.Options{}))
	_ = cmd.RegisterFlagCompletionFunc("table", cobra.FixedCompletions(disclose.TableIDs(), cobra.ShellCompDirectiveNoFileComp)) // fails only for unknown flags
	f.Bool("allow-incomplete", false, "exit 0 where parts that could not be examined would make it 3")
	return cmd
}

func (a *app) disclose(ctx context.Context, file string) error {
	opt := disclose.Options{Lang: a.config.GetString("lang"), Table: a.config.GetString("table")}
	if opt.Table != "" && !slices.Contains(disclose.TableIDs(), opt.Table) {
		return usagef("unknown --table %q (one of %s)", opt.Table, strings.Join(disclose.TableIDs(), ", "))
	}
	out, err := outputsIn(a, disclosures(opt))
	if err != nil {
		return err
	}
	policies := a.config.GetStringSlice("policy")
	if len(policies) == 0 && slices.ContainsFunc(out, func(o outputOf[*disclose.Document]) bool { return o.format.Name == "patch" }) {
		return usagef("-o patch needs the policy to change: --policy FILE")
	}
	docs, err := a.documents(ctx, policies)
	if err != nil {
		return err
	}
	set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
	if err != nil {
		return err
	}
	r, err := a.examined(ctx, set, file, docs)
	if err != nil {
		return err
	}
	doc := disclose.New(set, r)
	if len(docs) > 0 {
		doc = disclose.Missing(set, r, originals(docs))
	}
	for _, o := range out {
		if err := write(a, o, doc); err != nil {
			return err
		}
	}
	gate := audit.Gate{FailOn: "none", AllowIncomplete: a.config.GetBool("allow-incomplete")}
	if code := audit.ExitCode(gate, []*audit.Report{r}); code != audit.ExitClean {
		return &exitError{code}
	}
	return nil
}

// disclosures are the formats of disclosures, written as opt says.
func disclosures(opt disclose.Options) []report.FormatOf[*disclose.Document] {
	var out []report.FormatOf[*disclose.Document]
	for _, f := range disclose.Formats() {
		out = append(out, report.FormatOf[*disclose.Document]{Name: f.Name, Description: f.Description,
			Write: func(w io.Writer, d *disclose.Document, _ report.Options) error { return f.Write(w, d, opt) }})
	}
	return out
}

// examined scans an APK, or loads a saved report and judges it by the given
// policies.
func (a *app) examined(ctx context.Context, set *rules.Set, file string, docs []policy.Input) (*audit.Report, error) {
	saved, err := isReport(file)
	if err != nil {
		return nil, err
	}
	s, err := scan.New(set, scan.Options{Limits: a.limits.scan, Judged: scan.DefaultOptions().Judged}, Version)
	if err != nil {
		return nil, err
	}
	if !saved {
		return s.App(ctx, file, docs)
	}
	r, err := a.readReport(file)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		s.Rejudge(r) // by today's rules
		return r, nil
	}
	return s.Recheck(ctx, r, docs)
}

// originals are the files that a patch can change, by the name of their source.
func originals(docs []policy.Input) map[string][]byte {
	out := map[string][]byte{}
	for _, d := range docs {
		if !isURL(d.Name) && d.Err == nil {
			out[d.Name] = d.Data
		}
	}
	return out
}
