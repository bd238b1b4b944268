package batch

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"apkaudit/internal/audit"
)

// readAhead bounds how many reports are read before the one that is due.
const readAhead = 4

// Each hands the reports of rows to do, one after the other in the order of the rows. A
// few are read ahead, at most readAhead. dir is the output directory of the run. An
// error of do, of reading a report or of ctx ends it.
func Each(ctx context.Context, dir string, rows []Row, do func(Row, *audit.Report) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type read struct {
		r   *audit.Report
		err error
	}
	queue := make(chan chan read, min(readAhead, runtime.GOMAXPROCS(0)))
	go func() {
		defer close(queue)
		for _, row := range rows {
			one := make(chan read, 1)
			select {
			case queue <- one:
			case <-ctx.Done():
				return
			}
			go func() {
				r, err := savedReport(dir, row)
				one <- read{r, err}
			}()
		}
	}()
	i := 0
	for one := range queue {
		got := <-one
		if err := ctx.Err(); err != nil {
			return err
		}
		if got.err != nil {
			return got.err
		}
		if err := do(rows[i], got.r); err != nil {
			return err
		}
		i++
	}
	return ctx.Err()
}

// savedReport reads the report of a row, as it was written.
func savedReport(dir string, row Row) (*audit.Report, error) {
	path := filepath.Join(dir, filepath.FromSlash(row.Report))
	data, err := readBounded(path, "max-answer-bytes", maxAnswerBytes)
	if err != nil {
		return nil, err
	}
	if digest(data) != row.ReportSHA256 {
		return nil, fmt.Errorf("%s: was changed by somebody else; run the same command again to have it made anew", path)
	}
	r, err := audit.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
