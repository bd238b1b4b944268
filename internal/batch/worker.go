package batch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
	"apkaudit/internal/triage"
)

// ExitMemory is the exit code of a worker that has taken more memory than it may.
const ExitMemory = 86

// maxRequestBytes bounds one line from the parent: the documents of one app.
const maxRequestBytes = 512 << 20

// memoryLook is the time between two looks at the memory that a worker takes.
const memoryLook = 20 * time.Millisecond

// Work is the body of a worker process: it answers the requests on in until that
// ends, as it does when the parent dies. A request that is being worked on then is
// left: the process ends at once.
func Work(in io.Reader, out io.Writer, version string) error {
	requests := make(chan []byte)
	go func() {
		r := bufio.NewReaderSize(in, 64<<10)
		for {
			line, err := readLine(r, maxRequestBytes)
			if err != nil {
				os.Exit(audit.ExitClean)
			}
			requests <- line
		}
	}()
	var set settings
	answer := bufio.NewWriter(out)
	w, err := newWorker(<-requests, version, &set)
	if err != nil {
		return errors.Join(err, writeFrame(answer, header{Kind: frameBroken, Error: err.Error()}, nil))
	}
	if err := writeFrame(answer, header{Kind: frameReady}, nil); err != nil {
		return err
	}
	for line := range requests {
		h, body := w.answer(context.Background(), line)
		h.Grown = w.grown(set.MaxMemory)
		if err := writeFrame(answer, h, body); err != nil {
			return err
		}
	}
	return nil
}

// worker holds what requests have in common and the target that is open.
type worker struct {
	s     *scan.Scanner
	given triage.Given
	open  *scan.Target
	buf   bytes.Buffer
}

func newWorker(line []byte, version string, set *settings) (*worker, error) {
	if err := json.Unmarshal(line, set); err != nil {
		return nil, fmt.Errorf("settings of a worker: %w", err)
	}
	if set.Version != version {
		return nil, fmt.Errorf("this worker is version %s, its parent %s; was the program replaced during the run? start it again", version, set.Version)
	}
	beNice(set.Nice)
	limitMemory(set.MaxMemory)
	loaded, err := rules.Load(set.Rules...)
	if err != nil {
		return nil, err
	}
	given, err := set.Triage.read()
	if err != nil {
		return nil, err
	}
	s, err := scan.New(loaded, set.Options, version)
	if err != nil {
		return nil, err
	}
	return &worker{s: s.Lenient(), given: given}, nil
}

// limitMemory makes the garbage collector work harder from half the limit on, where only
// very large apps come to, and ends the process above it.
func limitMemory(most int64) {
	if most <= 0 {
		return
	}
	debug.SetMemoryLimit(most / 2)
	go func() {
		for range time.Tick(memoryLook) {
			if inUse() > most {
				fmt.Fprintf(os.Stderr, "max-memory of %d bytes reached\n", most)
				os.Exit(ExitMemory)
			}
		}
	}()
}

// inUse is the memory that the process has from the system and has not given back,
// in bytes.
func inUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}

// grown tells whether the process holds so much that a new one is better for the
// next target.
func (w *worker) grown(most int64) bool { return most > 0 && inUse() > most/4 }

// answer does what one request asks for.
func (w *worker) answer(ctx context.Context, line []byte) (header, []byte) {
	var q request
	if err := json.Unmarshal(line, &q); err != nil {
		return header{Kind: frameBroken, Error: err.Error()}, nil
	}
	switch q.Do {
	case doOpen:
		if err := w.opening(ctx, string(q.File)); err != nil {
			return w.failed(ctx, q, err)
		}
		info := w.open.Info()
		return header{Kind: frameOpened, SHA256: info.SHA256, Package: info.Package}, nil
	case doLeave:
		w.close()
		return header{Kind: frameReady}, nil
	}
	r, err := w.report(ctx, q)
	w.close()
	if err != nil {
		return w.failed(ctx, q, err)
	}
	return w.written(frameReport, r)
}

// failed says why there is no verdict, in the report and beside it.
func (w *worker) failed(ctx context.Context, q request, cause error) (header, []byte) {
	r := w.s.Failed(string(q.File), cause)
	r.App.SHA256, r.App.Size, _ = hashFile(ctx, string(q.File)) // what cannot be read has none
	h, body := w.written(frameFailed, r)
	if h.Kind == frameFailed {
		h.Error, h.SHA256 = cause.Error(), r.App.SHA256
	}
	return h, body
}

// written is a report as the parent gets it.
func (w *worker) written(kind string, r *audit.Report) (header, []byte) {
	w.given.Apply(r)
	w.buf.Reset()
	if err := audit.Encode(&w.buf, r); err != nil {
		return header{Kind: frameBroken, Error: err.Error()}, nil
	}
	return header{Kind: kind, Summary: FactsOf(r)}, w.buf.Bytes()
}

func (w *worker) opening(ctx context.Context, file string) (err error) {
	w.close()
	w.open, err = w.s.Open(ctx, file)
	return err
}

// report is the report that q asks for.
func (w *worker) report(ctx context.Context, q request) (*audit.Report, error) {
	var docs []policy.Input
	for _, d := range q.Docs {
		docs = append(docs, d.input())
	}
	if q.Do == doRecheck {
		return w.recheck(ctx, q, docs)
	}
	if w.open == nil {
		if err := w.opening(ctx, string(q.File)); err != nil {
			return nil, err
		}
	}
	if q.Do == doShell && q.Cause != nil {
		return w.open.Shell(ctx, docs, *q.Cause)
	}
	return w.open.Audit(ctx, docs)
}

// recheck judges a saved report again. The app's file is opened only where the policy
// is to be looked for in it.
func (w *worker) recheck(ctx context.Context, q request, docs []policy.Input) (*audit.Report, error) {
	saved, err := readReport(string(q.Report))
	if err != nil {
		return nil, err
	}
	saved.App.File = strings.ToValidUTF8(string(q.File), "\ufffd") // where the app is now
	if len(docs) > 0 {
		return w.s.Recheck(ctx, saved, docs)
	}
	if w.open == nil {
		if err := w.opening(ctx, string(q.File)); err != nil {
			return nil, err
		}
	}
	return w.open.Recheck(ctx, saved)
}

func (w *worker) close() {
	if w.open != nil {
		w.open.Close() // it was only read
		w.open = nil
	}
}

// readReport reads a report that this program has stored.
func readReport(file string) (*audit.Report, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(f, maxAnswerBytes)); err != nil {
		return nil, err
	}
	return audit.Decode(b.Bytes())
}
