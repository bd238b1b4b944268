package batch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
	"apkaudit/internal/scan"
)

// Options say how a run goes.
type Options struct {
	Dir        string // of reports and state; made where it is not there
	Version    string
	Executable string   // the program, for worker processes
	Env        []string // of worker processes, as os.Environ gives it
	Rules      []string // directories of overlays
	Scan       scan.Options
	Triage     Triage
	Workers    int           // processes at a time, at least 1
	Cores      int           // for each worker, at least 1
	Timeout    time.Duration // for all steps of one target together, 0 for none
	MaxMemory  int64         // bytes for one worker, 0 for no bound
	Nice       int           // added to the workers' priority number: 0 to 19
	// Policies are the documents for an app; none where the app's own are to be looked
	// for. It is called from several goroutines.
	Policies func(file, pkg string) ([]policy.Input, error)
	// Again tells the command that scans one file with the same options.
	Again func(file, pkg string) string
}

// How a target came to its report.
const (
	HowScanned = "scanned" // the app was read
	HowJudged  = "judged"  // the behaviour of a saved report was judged again
	HowKept    = "kept"    // the report was there
	HowSame    = "same"    // another file has the same content
)

// Event tells what happens; Row is nil for a start.
type Event struct {
	Start   bool
	Target  Target
	Row     *Row
	How     string
	Seconds float64
	Cause   string // why a worker gave no answer, or the file none, "" where they did
	Lost    bool   // a worker has ended over it
}

// Result is what a run has come to.
type Result struct {
	Rows  []Row // of the targets that are done, by file
	Left  int   // targets that are not
	Notes []string
}

// Run audits the targets in their order. It returns what is done also with an error:
// ctx's, or one by which the run as a whole cannot go on. told is called for every
// event, by one goroutine at a time.
func Run(ctx context.Context, s *scan.Scanner, targets []Target, opt Options, told func(Event)) (Result, error) {
	res := Result{Left: len(targets)}
	base, err := baseKey(s, opt)
	if err != nil {
		return res, err
	}
	st, notes, err := openStore(opt.Dir, base)
	res.Notes = notes
	if err != nil {
		return res, err
	}
	defer st.close()
	r := &runner{opt: opt, scanner: s, store: st, base: base, told: told}
	err = r.all(ctx, targets)
	res.Rows = r.done
	sortRows(res.Rows)
	res.Left = len(targets) - len(res.Rows)
	// Also of a run that was interrupted, so that its sums are there; the journal has all
	// that this may fail to write.
	if ferr := st.fold(); err == nil {
		err = ferr
	}
	return res, err
}

// all does the targets, as many at a time as there are slots. The error is the first by
// which the run cannot go on.
func (r *runner) all(ctx context.Context, targets []Target) error {
	units, err := r.sameContent(ctx, targets)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(max(r.opt.Workers, 1), len(units)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := &slot{r: r}
			defer s.end()
			for i := int(next.Add(1)) - 1; i < len(units) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := s.unit(ctx, units[i]); err != nil && ctx.Err() == nil {
					stop(err)
				}
			}
		}()
	}
	wg.Wait()
	return context.Cause(ctx)
}

// sameContent puts targets of the same content together, each unit at the place of its
// first: a unit is done by one slot, in its order, so that of its files always the same
// one is read. Only files of one size are hashed for it.
func (r *runner) sameContent(ctx context.Context, targets []Target) ([][]Target, error) {
	bySize := map[int64]int{}
	for _, t := range targets {
		bySize[t.Size]++
	}
	sums := make([]string, len(targets))
	bounded.Parallel(len(targets), func(i int) {
		t := targets[i]
		if bySize[t.Size] == 1 || ctx.Err() != nil {
			return
		}
		if old, ok := r.store.row(t.File); ok && t.ID.unchanged(old.ID) {
			sums[i] = old.Key.SHA256
			return
		}
		sums[i], _, _ = hashFile(ctx, t.File) // what cannot be read is alone
	})
	var units [][]Target
	at := map[string]int{}
	for i, t := range targets {
		if u, ok := at[sums[i]]; ok && sums[i] != "" {
			units[u] = append(units[u], t)
			continue
		}
		at[sums[i]] = len(units)
		units = append(units, []Target{t})
	}
	return units, ctx.Err()
}

type runner struct {
	opt     Options
	scanner *scan.Scanner
	store   *store
	base    Key // what all keys have in common

	mu   sync.Mutex
	told func(Event)
	done []Row
}

func baseKey(s *scan.Scanner, opt Options) (Key, error) {
	tool := s.Tool()
	t, err := opt.Triage.digest()
	return Key{Tool: tool.Version, Analysis: tool.AnalysisDigest, Rules: tool.RulesDigest, Options: tool.OptionsDigest, Limits: limitsDigest(opt.Scan), Triage: t}, err
}

// key is that of a report on the content by the documents.
func (r *runner) key(sha string, docs []policy.Input) Key {
	k := r.base
	k.SHA256 = sha
	for _, d := range docs {
		k.Policies = append(k.Policies, digest(d.Data))
	}
	return k
}

func (r *runner) tell(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Row != nil {
		r.done = append(r.done, *e.Row)
	}
	r.told(e)
}

// slot is one place for a worker process.
type slot struct {
	r *runner
	p *process
}

func (s *slot) end() {
	if s.p != nil {
		s.p.end()
		s.p = nil
	}
}

// startTries is how often a worker is started that somebody else ends meanwhile.
const startTries = 10

// begin starts the slot's worker. An error is one of the program, not of the target
// that is next.
func (s *slot) begin() (err error) {
	o := s.r.opt
	env := append(slices.Clone(o.Env), fmt.Sprintf("GOMAXPROCS=%d", max(o.Cores, 1)))
	set := settings{Version: o.Version, Rules: o.Rules, Options: o.Scan, Triage: o.Triage, MaxMemory: o.MaxMemory, Nice: o.Nice}
	var fail *failure
	for range startTries {
		if s.p, err = start(o.Executable, env, set); !errors.As(err, &fail) {
			return err
		}
		if !fail.outside {
			break
		}
	}
	return errors.New(err.Error())
}

// unit does targets of the same content. The error is ctx's, or one by which the run
// cannot go on.
func (s *slot) unit(ctx context.Context, targets []Target) error {
	var done []Row
	for _, t := range targets {
		s.r.tell(Event{Start: true, Target: t})
		began := time.Now()
		j := &job{slot: s, t: t, before: done, row: Row{File: fileName(t.File), ID: t.ID}}
		if err := j.run(ctx); err != nil {
			return err
		}
		done = append(done, j.row)
		s.r.tell(Event{Target: t, Row: &j.row, How: j.how, Seconds: time.Since(began).Seconds(), Cause: j.cause, Lost: j.ended})
	}
	return nil
}

// job is what is done about one target.
type job struct {
	*slot
	t      Target
	before []Row // of files with the same content
	row    Row
	how    string
	cause  string
	ended  bool // a worker, over it
	docs   []policy.Input
	over   time.Time // when its time is, zero before a worker was asked for anything
}

// reportTime is what a target has beyond its time, for the report without its code: an
// app that takes too long is told with what its manifest says.
const reportTime = 10 * time.Second

// ask has the request answered by the slot's worker, which is started where there is
// none. A *failure says that the worker has ended over it.
func (j *job) ask(ctx context.Context, q request) (header, []byte, error) {
	began := time.Now()
	if j.p == nil {
		if err := j.begin(); err != nil {
			return header{}, nil, err
		}
	}
	h, body, err := j.p.exchange(ctx, q, j.due(q.Do, time.Since(began)))
	if err == nil && h.Kind == frameBroken {
		err = errors.New(h.Error)
	}
	if err != nil || h.Grown {
		keep := err == nil && h.Kind == frameOpened // the next request is about what is open
		if !keep {
			j.end()
		}
	}
	return h, body, err
}

// due is until when the target's next request has to be answered: one time holds for all
// of them. starting is what the worker took to be there, which is no fault of the target.
func (j *job) due(do string, starting time.Duration) due {
	whole := j.r.opt.Timeout
	if whole <= 0 {
		return due{}
	}
	now := time.Now()
	if j.over.IsZero() {
		j.over = now.Add(whole)
	} else {
		j.over = j.over.Add(starting)
	}
	over := j.over
	if do == doShell {
		over = over.Add(reportTime)
	}
	return due{over.Sub(now), whole}
}

func (j *job) run(ctx context.Context) error {
	old, known := j.r.store.row(j.t.File)
	if known && j.t.ID.unchanged(old.ID) && old.Key.SHA256 != "" {
		done, err := j.without(ctx, old)
		if done || err != nil {
			return err
		}
	}
	h, body, err := j.ask(ctx, request{Do: doOpen, File: j.row.File})
	var fail *failure
	switch {
	case errors.As(err, &fail):
		return j.lost(ctx, "", fail)
	case err != nil:
		return err
	case h.Kind == frameFailed:
		j.cause = h.Error
		return j.store(ctx, HowScanned, j.r.key(h.SHA256, nil), h, body) // without a hash the next run tries again
	}
	j.row.Facts.Package = h.Package
	if j.docs, err = j.r.opt.Policies(j.t.File, h.Package); err != nil {
		return err
	}
	key := j.r.key(h.SHA256, j.docs)
	saved, found := j.r.store.same(key)
	if found && saved.Key.equal(key) {
		_, _, err := j.ask(ctx, request{Do: doLeave})
		if fail := (*failure)(nil); err != nil && !errors.As(err, &fail) { // a worker that has ended has left it too
			return err
		}
		return j.keep(saved, HowSame)
	}
	if found {
		return j.judge(ctx, saved, key)
	}
	return j.scan(ctx, key)
}

// without finishes a file that has not changed since its report was made, where that
// takes no look into it.
func (j *job) without(ctx context.Context, old Row) (done bool, err error) {
	if j.docs, err = j.r.opt.Policies(j.t.File, old.Facts.Package); err != nil {
		return false, err
	}
	key := j.r.key(old.Key.SHA256, j.docs)
	// Judged for itself, a file would get another report under the name of the one that
	// a file of the same content has.
	same := slices.IndexFunc(j.before, func(r Row) bool { return r.Key.equal(key) })
	switch {
	case j.r.fits(old.Key, key) && j.r.store.valid(old):
		return true, j.keep(old, HowKept)
	case same >= 0:
		return true, j.keep(j.before[same], HowSame)
	case old.Key.sameBehaviour(key) && old.Facts.Outcome.Verdict != audit.OutcomeError && j.r.store.valid(old):
		return true, j.judge(ctx, old, key)
	}
	return false, nil
}

// fits tells whether a report by one key is what the other asks for. One that a
// worker's bounds cut short is, as long as those are the same.
func (r *runner) fits(old, want Key) bool {
	if old.Bounds != "" && old.Bounds == r.bounds() {
		old.Bounds = ""
	}
	return old.equal(want)
}

// killed stands for the bounds where none cut a report short, but somebody else the
// worker, such as a system that ran out of memory: the next run tries again.
const killed = "killed"

func (r *runner) boundsOf(f *failure) string {
	if f.outside {
		return killed
	}
	return r.bounds()
}

func (r *runner) bounds() string { return fmt.Sprintf("%s %d", r.opt.Timeout, r.opt.MaxMemory) }

func (j *job) keep(old Row, how string) error {
	old.File, old.ID = j.row.File, j.t.ID
	j.row, j.how = old, how
	if how == HowKept {
		return nil // the store has this very row
	}
	return j.r.store.note(j.row)
}

// judge judges the behaviour of a saved report again.
func (j *job) judge(ctx context.Context, saved Row, key Key) error {
	h, body, err := j.ask(ctx, request{Do: doRecheck, File: j.row.File, Docs: documents(j.docs), Report: fileName(j.r.store.path(saved.Report))})
	var fail *failure
	switch {
	case errors.As(err, &fail) || err == nil && h.Kind == frameFailed:
		return j.scan(ctx, key) // which says better what is wrong
	case err != nil:
		return err
	}
	return j.store(ctx, HowJudged, key, h, body)
}

func (j *job) scan(ctx context.Context, key Key) error {
	h, body, err := j.ask(ctx, request{Do: doScan, File: j.row.File, Docs: documents(j.docs)})
	var fail *failure
	switch {
	case errors.As(err, &fail):
		return j.lost(ctx, key.SHA256, fail)
	case err != nil:
		return err
	case h.Kind == frameFailed:
		j.cause = h.Error
	}
	return j.store(ctx, HowScanned, key, h, body)
}

// lost reports a target over which a worker has ended: without its code, and where
// even that ends a worker, without anything.
func (j *job) lost(ctx context.Context, sha string, fail *failure) error {
	j.cause, j.ended = fail.what, true
	if sha == "" {
		sha, _, _ = hashFile(ctx, j.t.File)
		if j.docs == nil {
			var err error
			if j.docs, err = j.r.opt.Policies(j.t.File, ""); err != nil {
				return err
			}
		}
	}
	key := j.r.key(sha, j.docs)
	key.Bounds = j.r.boundsOf(fail)
	gap := audit.Gap{Kind: fail.kind, Side: audit.SideApp,
		What: fail.what + "; to see it again: " + j.r.opt.Again(j.t.File, j.row.Facts.Package),
		Weakens: audit.Text{
			ZH: "该应用的代码未被检查完毕，本报告不含代码中的行为：未发现不代表不存在。",
			EN: "The code of this app was not examined to the end, and the report holds nothing of it: what was not found may still be there.",
		}}
	h, body, err := j.ask(ctx, request{Do: doShell, File: j.row.File, Docs: documents(j.docs), Cause: &gap})
	if again := (*failure)(nil); errors.As(err, &again) {
		key.Bounds = j.r.boundsOf(again)
		h, body, err = j.nothing(sha, gap)
	}
	if err != nil {
		return err
	}
	return j.store(ctx, HowScanned, key, h, body)
}

// nothing is the report of a target that ends every worker.
func (j *job) nothing(sha string, gap audit.Gap) (header, []byte, error) {
	r := j.r.scanner.Lost(j.t.File, gap)
	r.App.SHA256, r.App.Size = sha, j.t.Size
	var b bytes.Buffer
	err := audit.Encode(&b, r)
	return header{Kind: frameFailed, Summary: FactsOf(r)}, b.Bytes(), err
}

// store puts the report on the disk and finishes the target.
func (j *job) store(ctx context.Context, how string, key Key, h header, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.row.Key, j.row.Facts, j.how = key, h.Summary, how
	several := slices.ContainsFunc(j.before, func(r Row) bool { return !slices.Equal(r.Key.Policies, key.Policies) })
	var err error
	j.row, err = j.r.store.put(j.row, body, several)
	return err
}

func documents(in []policy.Input) []document {
	var out []document
	for _, d := range in {
		out = append(out, documentOf(d))
	}
	return out
}

// hashFile is the SHA-256 of a regular file, as reports name it, and its size in bytes.
func hashFile(ctx context.Context, file string) (sum string, size int64, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s: is no regular file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 256<<10)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		switch {
		case err == io.EOF:
			return hex.EncodeToString(h.Sum(nil)), size, nil
		case err != nil:
			return "", 0, fmt.Errorf("%s: %w", file, bounded.Cause(err))
		case ctx.Err() != nil:
			return "", 0, ctx.Err()
		}
	}
}
