package batch

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func row(file, sha string) Row {
	r := audit.NewReport()
	r.App.Package, r.App.SHA256 = "org.example."+file, sha
	return Row{File: fileName(file), Key: Key{SHA256: sha, Tool: "1"}, Facts: FactsOf(r)}
}

func open(t *testing.T, dir string) (*store, []string) {
	t.Helper()
	s, notes, err := openStore(dir, Key{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s, notes
}

// filled is a directory with the reports of two files, as a run leaves it that ends
// without folding its journal.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deep", "out")
	s, notes := open(t, dir)
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	for _, r := range []Row{row("a", strings.Repeat("a", 64)), row("b", strings.Repeat("b", 64))} {
		if _, err := s.put(r, []byte("report of "+r.File), false); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	return dir
}

func TestStore(t *testing.T) {
	dir := filled(t)
	for _, way := range []string{"from the journal", "from the state"} {
		s, notes := open(t, dir)
		for _, file := range []string{"a", "b"} {
			r, ok := s.row(file)
			if !ok || !s.valid(r) || len(notes) > 0 || r.Report != "reports/org.example."+file+"-"+strings.Repeat(file, 12)+".json" {
				t.Errorf("%s: %s: %+v, valid %t, notes %v", way, file, r, s.valid(r), notes)
			}
		}
		s.close()
	}
}

// TestTornJournal: a line that a power cut has ended early is as if it had never been.
func TestTornJournal(t *testing.T) {
	dir := filled(t)
	path := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(whole, '\n') + 1
	for cut := first; cut < len(whole); cut += 37 {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		os.Remove(filepath.Join(dir, stateName))
		s, notes := open(t, dir)
		_, a := s.row("a")
		_, b := s.row("b")
		if !a || b || len(notes) > 0 {
			t.Fatalf("cut at %d of %d: a %t, b %t, notes %v", cut, len(whole), a, b, notes)
		}
		s.close()
	}
}

// TestDamage: damaged state is told and done without; files of a run that was killed
// are swept away; a report that was changed is not valid.
func TestDamage(t *testing.T) {
	dir := filled(t)
	s, _ := open(t, dir) // folds
	s.close()
	for _, damage := range []string{"", "{", `{"schema":"other/1"}`, "\x00\xff"} {
		if err := os.WriteFile(filepath.Join(dir, stateName), []byte(damage), 0o644); err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(dir, reportsDir, partPrefix+"123")
		if err := os.WriteFile(part, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		s, notes := open(t, dir)
		if len(notes) != 1 || !s.lost {
			t.Errorf("%q: notes %v, lost %t", damage, notes, s.lost)
		}
		if _, err := os.Stat(part); err == nil {
			t.Errorf("%q: an unfinished file is still there", damage)
		}
		s.close()
	}
	dir = filled(t)
	if err := os.WriteFile(filepath.Join(dir, journalName), []byte("{}\nnothing\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, notes := open(t, dir); len(notes) != 1 || !strings.Contains(notes[0], "2 damaged lines") {
		t.Errorf("journal: notes %v", notes)
	}
	dir = filled(t)
	s, _ = open(t, dir)
	r, _ := s.row("a")
	if err := os.WriteFile(s.path(r.Report), []byte("report of x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if s.valid(r) {
		t.Error("a changed report is valid")
	}
}

// TestChangedByte: one changed byte of what is kept of rows shows, wherever it is.
func TestChangedByte(t *testing.T) {
	dir := filled(t)
	journal, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, dir) // folds
	s.close()
	whole, err := os.ReadFile(filepath.Join(dir, stateName))
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole[:len(whole)-1] {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1
		var rows []Row
		if err := unseal(damaged, Schema, &rows); err == nil {
			t.Fatalf("state: byte %d of %d: %s", at, len(whole), damaged)
		}
	}
	first := bytes.IndexByte(journal, '\n')
	for at := range first {
		damaged := bytes.Clone(journal)
		damaged[at] ^= 1
		s := &store{rows: map[string]Row{}, bySHA: map[string][]string{}, names: map[string]string{}}
		if bad := s.replay(bytes.NewReader(damaged)); bad == 0 || len(s.rows) != 1 {
			t.Fatalf("journal: byte %d of %d: %d damaged lines, %d rows", at, first, bad, len(s.rows))
		}
	}
}

// TestLostState: without the state, a report is known by its sum; one that was changed
// as well is none.
func TestLostState(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	var of []string
	for _, name := range []string{"a", "b", "c"} {
		r := audit.NewReport()
		r.App.File, r.App.Package, r.App.SHA256 = name, "org.example."+name, strings.Repeat(name, 64)
		r.Outcome.Verdict = audit.OutcomeClean
		var b bytes.Buffer
		if err := audit.Encode(&b, r); err != nil {
			t.Fatal(err)
		}
		row, err := s.put(row(name, r.App.SHA256), b.Bytes(), false)
		if err != nil {
			t.Fatal(err)
		}
		of = append(of, s.path(row.Report))
	}
	if err := s.fold(); err != nil {
		t.Fatal(err)
	}
	s.close()
	data, err := os.ReadFile(of[1])
	if err == nil {
		err = os.WriteFile(of[1], bytes.Replace(data, []byte("org.example.b"), []byte("org.example.x"), 1), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, stateName))
	for _, way := range []string{"from the reports", "from the state"} {
		s, _ = open(t, dir)
		_, a := s.row("a")
		_, b := s.row("b")
		_, c := s.row("c")
		if !a || b || !c {
			t.Errorf("%s: known are a %t, b %t, c %t", way, a, b, c)
		}
		s.close()
	}
	os.Remove(filepath.Join(dir, stateName))
	os.Remove(filepath.Join(dir, sumsName))
	if s, _ := open(t, dir); len(s.rows) > 0 {
		t.Errorf("without sums %d reports were believed", len(s.rows))
	}
}

// TestOtherVersion: what the rows of another version mean nobody knows.
func TestOtherVersion(t *testing.T) {
	dir := filled(t)
	s, _ := open(t, dir) // folds
	s.close()
	path := filepath.Join(dir, stateName)
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.Replace(data, []byte(Schema), []byte("apkaudit.batch/2"), 1), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, notes := open(t, dir)
	if _, ok := s.row("a"); ok || !s.lost || len(notes) != 1 || !strings.Contains(notes[0], "of another version") {
		t.Errorf("row taken %t, lost %t, notes %v", ok, s.lost, notes)
	}
}

// TestStrangeRows: a state file that was made to point elsewhere makes nothing be read
// or written there.
func TestStrangeRows(t *testing.T) {
	dir := filled(t)
	var rows []Row
	for _, path := range []string{"../secret.json", "/etc/passwd", "reports/../../x", "batch.json", "reports/a/b.json"} {
		r := row("x"+path, strings.Repeat("c", 64))
		r.Report = path
		rows = append(rows, r)
	}
	data, err := seal(Schema, rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, stateName), data, 0o644); err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, dir)
	for _, r := range rows {
		if got, ok := s.row(string(r.File)); ok {
			t.Errorf("%s was taken", got.Report)
		}
	}
}

// TestOneRun: a second run is refused while the first has the directory.
func TestOneRun(t *testing.T) {
	dir := filled(t)
	s, _ := open(t, dir)
	if _, _, err := openStore(dir, Key{}); err == nil || !strings.Contains(err.Error(), "process") {
		t.Errorf("a second run: %v", err)
	}
	s.close()
	open(t, dir)
}

func TestReportName(t *testing.T) {
	sha := strings.Repeat("0123456789ab", 6)[:64]
	for pkg, want := range map[string]string{
		"org.example.app": "org.example.app-0123456789ab.json", "": "unknown-0123456789ab.json",
		"../../etc/passwd": "_.._etc_passwd-0123456789ab.json", "包": "_-0123456789ab.json", ".hidden": "hidden-0123456789ab.json",
		"a\x00b/c\nd": "a_b_c_d-0123456789ab.json", strings.Repeat("x", 500): strings.Repeat("x", 120) + "-0123456789ab.json",
	} {
		if got := reportName(pkg, sha, shaInName, nil, false); got != want {
			t.Errorf("%q: %s, want %s", pkg, got, want)
		}
	}
	if a, b := reportName("p", sha, shaInName, []string{"1"}, true), reportName("p", sha, shaInName, []string{"2"}, true); a == b {
		t.Errorf("two policies, one name: %s", a)
	}
}

// TestSameBeginning: apps whose hashes begin alike keep a report each, and each the same
// one when it is made again.
func TestSameBeginning(t *testing.T) {
	s, _ := open(t, t.TempDir())
	for range 2 {
		var got []Row
		for _, end := range []string{"a", "b"} {
			r := row("x", strings.Repeat("0", 63)+end)
			r.File = fileName(end)
			r, err := s.put(r, []byte("report of "+end), false)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if got[0].Report == got[1].Report || !s.valid(got[0]) || !s.valid(got[1]) {
			t.Errorf("reports %s, valid %t, and %s, valid %t", got[0].Report, s.valid(got[0]), got[1].Report, s.valid(got[1]))
		}
	}
}

// TestTidy: a report that another has taken the place of goes, when the state says so; not
// while another file has it, nor one that somebody has changed.
func TestTidy(t *testing.T) {
	s, _ := open(t, t.TempDir())
	put := func(file, sha string) Row {
		r := row(file, strings.Repeat(sha, 64))
		r.Facts.Package = "org.example"
		r, err := s.put(r, []byte("report of "+sha), false)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	there := func(r Row) bool { _, err := os.Stat(s.path(r.Report)); return err == nil }
	alone, shared, edited := put("a", "a"), put("b", "b"), put("d", "d")
	same := shared
	same.File = "c"
	if err := s.note(same); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path(edited.Report), []byte("with remarks"), 0o644); err != nil {
		t.Fatal(err)
	}
	now := []Row{put("a", "1"), put("b", "2"), put("d", "3")}
	if !there(alone) {
		t.Error("a report is gone before the state says that it is not wanted")
	}
	if err := s.fold(); err != nil {
		t.Fatal(err)
	}
	if there(alone) || !there(shared) || !there(edited) || !there(now[0]) || !there(now[1]) || !there(now[2]) {
		t.Errorf("there are: alone %t, shared %t, edited %t", there(alone), there(shared), there(edited))
	}
}

// TestFileName: paths that are not UTF-8 come back as they were.
func TestFileName(t *testing.T) {
	for _, name := range []string{"", "app.apk", "包名.apk", "\xc4\xe3\xba\xc3.apk", `{"base64":"eA=="}`, "a\nb\"c"} {
		data, err := json.Marshal(fileName(name))
		if err != nil {
			t.Fatal(err)
		}
		var back fileName
		if err := json.Unmarshal(data, &back); err != nil || string(back) != name {
			t.Errorf("%q became %q as %s: %v", name, back, data, err)
		}
	}
}

func FuzzReplay(f *testing.F) {
	line, err := seal("", row("a", strings.Repeat("a", 64)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(line, '\n'))
	if line, err = json.Marshal(row("b", strings.Repeat("b", 64))); err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("{}\n\n{\"file\":{\"base64\":\"!\"}}\n"))
	f.Add(append(bytes.Repeat(append(line, '\n'), 3), line[:20]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &store{rows: map[string]Row{}, bySHA: map[string][]string{}, names: map[string]string{}}
		s.replay(bytes.NewReader(data))
		for line := range bytes.Lines(data) { // a fuzzer makes no sums
			if whole, err := seal("", json.RawMessage(line)); err == nil {
				s.replay(bytes.NewReader(append(whole, '\n')))
			}
		}
		for file, r := range s.rows {
			if file == "" || r.Report != "" && filepath.Dir(filepath.FromSlash(r.Report)) != reportsDir {
				t.Errorf("row %q names %q", file, r.Report)
			}
		}
	})
}
