package cli

import (
	"context"
	"path/filepath"
	"slices"

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

// across writes what is said of all apps together, from their reports.
func (a *app) across(ctx context.Context, rows []batch.Row, out []batchOutput) error {
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
		return err
	}
	err = batch.Each(ctx, dir, rows, func(row batch.Row, r *audit.Report) error {
		return w.Add(ctx, across.Entry{File: row.Path(), ReportPath: filepath.ToSlash(row.Report), Report: r})
	})
	if err != nil {
		w.Abort()
		return err
	}
	res, err := w.Close(ctx)
	if err != nil {
		return err
	}
	for _, o := range out {
		if err := write(a, o, res); err != nil {
			return err
		}
	}
	return nil
}
