package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	places, err := a.ownPlaces(out)
	if err != nil {
		return nil, err
	}
	dbPlace := ""
	if db := a.config.GetString("db"); db != "" {
		at, err := a.databasePlace(db)
		if err != nil {
			return nil, usagef("--db: %v", err)
		}
		if places[at] {
			return nil, usagef("--db: %s is a file that the run needs itself; give another name", db)
		}
		dbPlace = at
	}
	if len(a.config.GetStringSlice("output")) == 0 {
		return nil, nil
	}
	list, err := outputsIn(a, across.Formats())
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		at, err := a.placeOf(o.file)
		if err == nil && places[at] {
			return nil, usagef("-o %s=%s: %s is a file that the run needs itself; give another name", o.format.Name, o.file, o.file)
		}
		if err == nil && at != "" && at == dbPlace {
			return nil, usagef("-o %s=%s: %s is written twice", o.format.Name, o.file, o.file)
		}
	}
	return list, nil
}

// ownPlaces are the files that a run writes without being asked, where their directory
// is there already: else nothing else can be written to it either.
func (a *app) ownPlaces(out string) (map[string]bool, error) {
	places := map[string]bool{}
	if info, err := os.Stat(out); err != nil || !info.IsDir() {
		return places, nil
	}
	for _, name := range slices.Concat(across.Files(), batch.StateFiles()) {
		file := filepath.Join(out, name)
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return nil, usagef("--out %s: %s is a directory, where a file is to be written; move it away", out, file)
		}
		at, err := a.placeOf(file)
		if err != nil {
			return nil, usagef("--out %s: %v", out, err)
		}
		places[at] = true
	}
	return places, nil
}

// databasePlace is the place of a database: a regular file, or none yet, since nothing
// else can be replaced by one.
func (a *app) databasePlace(file string) (string, error) {
	if file == "-" {
		return "", errors.New("a database cannot go to standard output; give a file name")
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return "", fmt.Errorf("%s is no regular file; give a file name", file)
	}
	return a.placeOf(file)
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
		short := &audit.Report{App: audit.App{Package: r.App.Package, File: r.App.File}, Triage: r.Triage, Outcome: r.Outcome}
		if r.Outcome.Verdict == audit.OutcomeError {
			short.Gaps = r.Gaps
		}
		judged = append(judged, short)
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

// noVerdict says why there is none of any app.
func (a *app) noVerdict(judged []*audit.Report) {
	if len(judged) == 0 || len(judged[0].Gaps) == 0 {
		return
	}
	line := judged[0].Gaps[0].What
	if more := len(judged) - 1; more > 0 {
		line += fmt.Sprintf(" (and %d more without a verdict)", more)
	}
	fmt.Fprintln(a.sys.Stderr, "apkaudit: "+oneLine(line))
}
