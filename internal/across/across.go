package across

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// Names of the files below the output directory.
const (
	PageFile     = "index.html"
	SummaryFile  = "summary.csv"
	SDKsFile     = "sdks.csv"
	FindingsFile = "findings.csv"
)

// Files are the names of all of them.
func Files() []string { return []string{PageFile, SummaryFile, SDKsFile, FindingsFile} }

// File is a file that appears under its name with Commit, complete and on the disk, or
// not at all.
type File interface {
	io.Writer
	Name() string // under which it is written until then
	Commit() error
	Abort()
}

// Options say what is written besides the files in the output directory.
type Options struct {
	Look   report.Options                  // language and directory that uris are relative to
	DB     string                          // file of the SQLite database, "" for none
	SARIF  bool                            // Result.SARIF is wanted
	Create func(path string) (File, error) // begins a file; its errors, and those of File, name it
}

// Entry is one input file. Several may have the same report.
type Entry struct {
	File       string // as it was given
	ReportPath string // of the JSON report below the output directory, with slashes
	Report     *audit.Report
}

// Result is what the formats of -o are made of.
type Result struct {
	Summary *audit.Summary
	SARIF   *report.MergedSARIF // nil where it was not asked for
}

// Writer takes the reports of a batch in the order of their input files.
type Writer struct {
	opt    Options
	tally  *tally
	sheets []*sheet
	page   *out
	db     *database // nil for none
	sarif  *report.MergedSARIF
}

// out is one file with its buffer.
type out struct {
	File
	buf *bufio.Writer
}

const bufferBytes = 256 << 10

// Open begins the files. Nothing appears in dir before Close.
func Open(dir string, opt Options) (*Writer, error) {
	w := &Writer{opt: opt, tally: newTally()}
	if err := w.open(dir); err != nil {
		w.Abort()
		return nil, err
	}
	return w, nil
}

func (w *Writer) open(dir string) (err error) {
	findings := func(e *Entry) [][]string { return report.FindingRows(e.Report, w.opt.Look) }
	for _, s := range []struct {
		name    string
		columns []string
		rows    func(*Entry) [][]string
	}{
		{SummaryFile, summaryColumns(), summaryRows},
		{SDKsFile, sdkColumns(), sdkRows},
		{FindingsFile, report.FindingColumns(), findings},
	} {
		o, err := w.create(filepath.Join(dir, s.name))
		if err != nil {
			return err
		}
		w.sheets = append(w.sheets, &sheet{o, report.NewSheet(o.buf, s.columns), s.rows})
	}
	if w.page, err = w.create(filepath.Join(dir, PageFile)); err != nil {
		return err
	}
	if w.opt.DB != "" {
		if w.db, err = createDatabase(w.opt.DB, w.opt.Create); err != nil {
			return err
		}
	}
	if w.opt.SARIF {
		w.sarif = report.NewMergedSARIF(w.opt.Look)
	}
	return nil
}

func (w *Writer) create(path string) (*out, error) {
	f, err := w.opt.Create(path)
	if err != nil {
		return nil, err
	}
	return &out{f, bufio.NewWriterSize(f, bufferBytes)}, nil
}

// Add takes one report. It is not changed and not kept.
func (w *Writer) Add(ctx context.Context, e Entry) error {
	r := *e.Report
	r.App.File = e.File // of files with the same content the report names the first
	e.Report = &r
	stored := make(chan error, 1) // the database takes about as long as all else
	go func() {
		if w.db == nil {
			stored <- nil
			return
		}
		stored <- w.db.add(ctx, &e)
	}()
	return errors.Join(w.addRest(&e), <-stored)
}

// addRest adds a report to everything but the database.
func (w *Writer) addRest(e *Entry) error {
	for _, s := range w.sheets {
		if err := s.add(e); err != nil {
			return err
		}
	}
	w.tally.add(e)
	if w.sarif != nil {
		return w.sarif.Add(e.Report)
	}
	return nil
}

// Close writes what is said of all reports and lets the files appear. With an error
// none does, or those that could be finished before it.
func (w *Writer) Close(ctx context.Context) (res Result, err error) {
	defer func() {
		if err != nil {
			w.Abort()
		}
	}()
	res = Result{w.tally.summary(), w.sarif}
	if err := writePage(w.page.buf, w.tally, w.opt.Look.Lang); err != nil {
		return res, err
	}
	if w.db != nil {
		if err := w.db.finish(ctx, res.Summary.Tool); err != nil {
			return res, err
		}
	}
	for _, s := range w.sheets {
		if err := s.Flush(); err != nil {
			return res, err
		}
	}
	for _, o := range w.outs() {
		if err := o.buf.Flush(); err != nil {
			return res, err
		}
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	for _, o := range w.outs() {
		if err := o.Commit(); err != nil {
			return res, err
		}
	}
	if w.db != nil {
		return res, w.db.file.Commit()
	}
	return res, nil
}

// outs are the files in the output directory, the page last: it names the others.
func (w *Writer) outs() []*out {
	var list []*out
	for _, s := range w.sheets {
		list = append(list, s.out)
	}
	if w.page != nil {
		list = append(list, w.page)
	}
	return list
}

// Abort gives up what did not appear yet.
func (w *Writer) Abort() {
	for _, o := range w.outs() {
		o.Abort()
	}
	if w.db != nil {
		w.db.abort()
	}
}

// maxText bounds the code points of a text that is kept for the page and summaries.
const maxText = 300

func kept(s string) string { return report.CutText(s, maxText) }

func keptText(t audit.Text) audit.Text { return audit.Text{ZH: kept(t.ZH), EN: kept(t.EN)} }

// policiesOf are the files of the policies that the app was compared with.
func policiesOf(r *audit.Report) []string {
	var list []string
	for _, s := range r.Policy.Sources {
		if s.Chars > 0 {
			list = append(list, s.File)
		}
	}
	return list
}

// labelOf is the name of an app for one language.
func labelOf(l audit.Label, lang string) string {
	own := l.EN
	if lang == "zh" {
		own = l.ZH
	}
	return cmp.Or(own, l.Default)
}
