package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Schema is that of the state file.
const Schema = "apkaudit.batch/1"

// Files below the output directory.
const (
	stateName   = "batch.json"
	journalName = "batch.journal"
	lockName    = ".lock"
	reportsDir  = "reports"
	partPrefix  = ".part-" // of files that are being written
)

// StateFiles are the names of the files in the output directory that say what is done.
func StateFiles() []string { return []string{stateName, journalName, lockName, sumsName} }

// maxStateBytes bounds state and journal, and maxRowBytes one line of the journal.
const (
	maxStateBytes = 2 << 30
	maxRowBytes   = 16 << 20
)

// store is the output directory: reports, and what is known of each input. All is
// written so that an end at any moment loses at most what was not finished yet:
// reports under another name first, rows as lines behind a journal, which is folded
// into the state when a run begins and ends.
type store struct {
	dir  string
	lock *os.File

	mu      sync.Mutex
	rows    map[string]Row // by path
	lost    bool           // reports may be there that no row tells of
	journal *os.File
	bySHA   map[string][]string // paths of rows by the content of their file
	names   map[string]string   // report -> content that it is about
	former  []Row               // what stood in rows before: their reports may be nobody's now
}

// MakeDir makes the output directory where it is not there.
func MakeDir(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, reportsDir), 0o755); err != nil {
		return fmt.Errorf("%s: cannot be made: %w; give another --out", dir, bounded.Cause(err))
	}
	return nil
}

// openStore takes the directory for a run whose keys have base in common. notes are what
// was found damaged there and is done without.
func openStore(dir string, base Key) (s *store, notes []string, err error) {
	if err := MakeDir(dir); err != nil {
		return nil, nil, err
	}
	s = &store{dir: dir, rows: map[string]Row{}, bySHA: map[string][]string{}, names: map[string]string{}}
	if err := s.take(); err != nil {
		return nil, nil, err
	}
	s.sweep()
	notes, err = s.load()
	if s.lost {
		s.recover(base)
	}
	if err == nil {
		err = s.fold()
	}
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, notes, nil
}

// take locks the directory and writes who has it.
func (s *store) take() error {
	path := filepath.Join(s.dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w; give another --out", s.dir, bounded.Cause(err))
	}
	ok, err := lock(f)
	if err == nil && !ok {
		who, _ := bounded.ReadFull(io.LimitReader(f, 32), lockName, 32, path)
		err = fmt.Errorf("process %s is writing there; wait for it or give another --out", bytes.TrimSpace(who))
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0) // only a message reads it
	}
	s.lock = f
	return nil
}

// close lets go of the directory.
func (s *store) close() {
	if s.journal != nil {
		s.journal.Close() // every line was synced when it was written
	}
	s.lock.Close()
}

// sweep removes files that a run which was killed had not finished. One that another
// command is writing there stays.
func (s *store) sweep() {
	for _, dir := range []string{s.dir, filepath.Join(s.dir, reportsDir)} {
		entries, _ := os.ReadDir(dir) // what cannot be listed is told when it is needed
		for _, e := range entries {
			switch part := filepath.Join(dir, e.Name()); {
			case !strings.HasPrefix(e.Name(), partPrefix):
			case canLock:
				removeLeft(part)
			default:
				os.Remove(part) // what stays is in nobody's way
			}
		}
	}
}

// load reads state and journal. A damaged one is kept under another name: what it said
// is found out anew from the reports.
func (s *store) load() (notes []string, err error) {
	path := filepath.Join(s.dir, stateName)
	data, err := readBounded(path, "max-state-bytes", maxStateBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.lost = true
	case err != nil:
		return nil, err
	default:
		var rows []Row
		if err := unseal(data, Schema, &rows); err != nil {
			s.lost = true
			what := "is damaged"
			if other := otherVersion(""); errors.As(err, &other) {
				what = other.Error()
			}
			notes = append(notes, fmt.Sprintf("%s %s and was put aside; what is done is found out from the reports", path, what))
			if err := os.Rename(path, path+".damaged"); err != nil {
				return nil, fmt.Errorf("%s: cannot be renamed: %w", path, bounded.Cause(err))
			}
		}
		for _, r := range rows {
			s.keep(r)
		}
	}
	path = filepath.Join(s.dir, journalName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return notes, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, bounded.Cause(err))
	}
	defer f.Close()
	if bad := s.replay(f); bad > 0 {
		s.lost = true
		notes = append(notes, fmt.Sprintf("%s: %d damaged lines were left out; what they said is done again", path, bad))
	}
	return notes, nil
}

// replay takes the rows of a journal. The last line may be cut off: the run ended
// while it was written, and its target is done again.
func (s *store) replay(f io.Reader) (bad int) {
	r := bufio.NewReaderSize(io.LimitReader(f, maxStateBytes), 64<<10)
	for {
		line, err := readLine(r, maxRowBytes)
		if err != nil {
			return bad
		}
		var row Row
		if err := unseal(line, "", &row); err != nil || row.File == "" {
			bad++
			continue
		}
		s.keep(row)
	}
}

// keep takes a row that was read; what it names must lie below the directory.
func (s *store) keep(r Row) {
	if r.Report != "" && (!filepath.IsLocal(filepath.FromSlash(r.Report)) || filepath.Dir(filepath.FromSlash(r.Report)) != reportsDir) {
		return
	}
	s.set(r)
}

func (s *store) set(r Row) {
	file := string(r.File)
	if old, ok := s.rows[file]; ok {
		s.bySHA[old.Key.SHA256] = slices.DeleteFunc(s.bySHA[old.Key.SHA256], func(f string) bool { return f == file })
		if old.Report != r.Report {
			s.former = append(s.former, old)
		}
	}
	s.rows[file] = r
	s.names[r.Report] = r.Key.SHA256
	if r.Key.SHA256 != "" {
		s.bySHA[r.Key.SHA256] = append(s.bySHA[r.Key.SHA256], file)
	}
}

// fold writes all rows as the state, by file, and begins a new journal.
func (s *store) fold() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := slices.Collect(maps.Values(s.rows))
	sortRows(rows)
	data, err := seal(Schema, rows)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(s.dir, sumsName), sumsOf(rows)); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(s.dir, stateName), append(data, '\n')); err != nil {
		return err
	}
	if s.journal != nil {
		s.journal.Close()
	}
	path := filepath.Join(s.dir, journalName)
	if s.journal, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, bounded.Cause(err))
	}
	s.tidy()
	return nil
}

// tidy removes the reports that another has taken the place of, since whoever reads the
// directory of reports counts them all. One that somebody has changed stays.
func (s *store) tidy() {
	used := map[string]bool{}
	for _, r := range s.rows {
		used[r.Report] = true
	}
	for _, old := range s.former {
		if !used[old.Report] && s.valid(old) {
			os.Remove(s.path(old.Report)) // what stays is in nobody's way
			delete(s.names, old.Report)
		}
	}
	s.former = nil
}

// row is what is known of a file; false for nothing.
func (s *store) row(file string) (Row, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[file]
	return r, ok
}

// valid tells whether the report of a row is there as it was written.
func (s *store) valid(r Row) bool {
	if r.Report == "" {
		return false
	}
	data, err := readBounded(s.path(r.Report), "max-answer-bytes", maxAnswerBytes)
	return err == nil && digest(data) == r.ReportSHA256
}

// same is a row on the same content whose report is what key asks for, or else one
// whose behaviour can be judged again; false for none.
func (s *store) same(key Key) (Row, bool) {
	s.mu.Lock()
	var usable []Row
	for _, file := range s.bySHA[key.SHA256] {
		if r := s.rows[file]; r.Key.sameBehaviour(key) && r.Facts.Outcome.Verdict != audit.OutcomeError {
			usable = append(usable, r)
		}
	}
	s.mu.Unlock()
	sort := func(a, b Row) int {
		if x, y := a.Key.equal(key), b.Key.equal(key); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return cmp.Compare(a.File, b.File)
	}
	slices.SortFunc(usable, sort)
	for _, r := range usable {
		if s.valid(r) {
			return r, true
		}
	}
	return Row{}, false
}

func (s *store) path(report string) string { return filepath.Join(s.dir, filepath.FromSlash(report)) }

// put stores a report and the row for it, both on the disk when it returns. several says
// that the same app is judged by other policies too, for another file: this report then
// has a name of its own.
func (s *store) put(r Row, report []byte, several bool) (Row, error) {
	sha := r.Key.SHA256
	if sha == "" {
		sha = digest([]byte(r.File)) // not even its bytes could be read
	}
	r.Report = s.name(r, sha, several)
	r.ReportSHA256 = digest(report)
	if err := writeFile(s.path(r.Report), report); err != nil {
		return r, err
	}
	return r, s.note(r)
}

// name is the path of a row's report. Whoever makes two apps whose hashes begin alike,
// which takes seconds, does not have the report of one replaced by that of the other.
func (s *store) name(r Row, sha string, several bool) string {
	name := path.Join(reportsDir, reportName(r.Facts.Package, sha, shaInName, r.Key.Policies, several))
	s.mu.Lock()
	defer s.mu.Unlock()
	if has, ok := s.names[name]; ok && has != r.Key.SHA256 {
		name = path.Join(reportsDir, reportName(r.Facts.Package, sha, len(sha), r.Key.Policies, several))
	}
	s.names[name] = r.Key.SHA256
	return name
}

// note stores a row.
func (s *store) note(r Row) error {
	line, err := seal("", r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(r)
	_, err = s.journal.Write(append(line, '\n'))
	if err == nil {
		err = s.journal.Sync()
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", filepath.Join(s.dir, journalName), bounded.Cause(err))
	}
	return nil
}

// writeFile writes a file that is complete and on the disk, or not there at all.
func writeFile(path string, data []byte) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}

func readBounded(path, limit string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, bounded.Cause(err))
	}
	defer f.Close()
	return bounded.ReadFull(f, limit, most, path)
}
