package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/across"
	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
)

// addAcrossFlags are the flags that say what is written of all apps together besides
// the files in the output directory.
func addAcrossFlags(cmd *cobra.Command) {
	cmd.Flags().String("db", "", "also write all apps as an SQLite database to this file")
	addOptionalFormatFlag(cmd, across.Formats(), "none")
	cmd.Flags().BoolP("verbose", "v", false, "the text lists all apps and checks with findings")
}

// batchOutput is one -o value of a batch.
type batchOutput = outputOf[across.Result]

// batchOutputs reads the -o values; without any, nothing goes to standard output. The
// database's place is checked like theirs.
func (a *app) batchOutputs() ([]batchOutput, error) {
	files := []string{a.config.GetString("db")}
	for _, v := range a.config.GetStringSlice("output") {
		_, file, _ := strings.Cut(v, "=")
		files = append(files, file)
	}
	out := a.config.GetString("out")
	if slices.ContainsFunc(files, func(f string) bool { return f != "" && isBelow(out, f) }) {
		if err := batch.MakeDir(out); err != nil { // it need not be there yet
			return nil, err
		}
	}
	if db := a.config.GetString("db"); db != "" {
		if _, err := a.placeOf(db); err != nil {
			return nil, usagef("--db: %v", err)
		}
	}
	if len(a.config.GetStringSlice("output")) == 0 {
		return nil, nil
	}
	return outputsIn(a, across.Formats())
}

// isBelow tells whether a file is right in a directory.
func isBelow(dir, file string) bool {
	d, err := filepath.Abs(dir)
	f, ferr := filepath.Abs(filepath.Dir(file))
	return err == nil && ferr == nil && d == f
}

// across writes what is said of all apps together, from their reports. It returns of
// each what tells whether baseline and waivers came to anything.
func (a *app) across(ctx context.Context, rows []batch.Row, out []batchOutput) ([]*audit.Report, error) {
	var judged []*audit.Report
	dir := a.config.GetString("out")
	w, err := across.Open(dir, across.Options{Look: a.look(), DB: a.config.GetString("db"),
		SARIF: slices.ContainsFunc(out, func(o batchOutput) bool { return o.format.Name == across.SARIFFormat }),
		Create: func(path string) (across.File, error) {
			f, err := batch.Create(path)
			if err != nil {
				return nil, err
			}
			return f, nil
		}})
	if err != nil {
		return nil, err
	}
	err = batch.Each(ctx, dir, rows, func(row batch.Row, r *audit.Report) error {
		judged = append(judged, &audit.Report{App: audit.App{Package: r.App.Package, File: r.App.File}, Triage: r.Triage, Outcome: r.Outcome})
		return w.Add(ctx, across.Entry{File: row.Path(), ReportPath: filepath.ToSlash(row.Report), Report: r})
	})
	if err != nil {
		w.Abort()
		return nil, err
	}
	res, err := w.Close(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range out {
		if err := write(a, o, res); err != nil {
			return nil, err
		}
	}
	return judged, nil
}

// maxTriageNotes is how many notes on baseline and waivers a run over many apps prints.
const maxTriageNotes = 20

// triageNotes says what of the baseline and the waivers came to nothing.
func (a *app) triageNotes(judged []*audit.Report) error {
	given, err := a.given()
	if err != nil {
		return err
	}
	notes := given.Notes(judged)
	for _, n := range notes[:min(len(notes), maxTriageNotes)] {
		a.note("%s", n)
	}
	if more := len(notes) - maxTriageNotes; more > 0 {
		a.note("… and %d notes more of this kind", more)
	}
	return nil
}
