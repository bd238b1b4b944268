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
	s, notes, err := openStore(dir)
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

// TestStrangeRows: a state file that was made to point elsewhere makes nothing be read
// or written there.
func TestStrangeRows(t *testing.T) {
	dir := filled(t)
	st := state{Schema: Schema}
	for _, path := range []string{"../secret.json", "/etc/passwd", "reports/../../x", "batch.json", "reports/a/b.json"} {
		r := row("x"+path, strings.Repeat("c", 64))
		r.Report = path
		st.Rows = append(st.Rows, r)
	}
	data, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, stateName), data, 0o644); err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, dir)
	for _, r := range st.Rows {
		if got, ok := s.row(string(r.File)); ok {
			t.Errorf("%s was taken", got.Report)
		}
	}
}

// TestOneRun: a second run is refused while the first has the directory.
func TestOneRun(t *testing.T) {
	dir := filled(t)
	s, _ := open(t, dir)
	if _, _, err := openStore(dir); err == nil || !strings.Contains(err.Error(), "process") {
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
		if got := reportName(pkg, sha, nil, false); got != want {
			t.Errorf("%q: %s, want %s", pkg, got, want)
		}
	}
	if a, b := reportName("p", sha, []string{"1"}, true), reportName("p", sha, []string{"2"}, true); a == b {
		t.Errorf("two policies, one name: %s", a)
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
	line, err := json.Marshal(row("a", strings.Repeat("a", 64)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(line, '\n'))
	f.Add([]byte("{}\n\n{\"file\":{\"base64\":\"!\"}}\n"))
	f.Add(append(bytes.Repeat(append(line, '\n'), 3), line[:20]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &store{rows: map[string]Row{}, bySHA: map[string][]string{}}
		s.replay(bytes.NewReader(data))
		for file, r := range s.rows {
			if file == "" || r.Report != "" && filepath.Dir(filepath.FromSlash(r.Report)) != reportsDir {
				t.Errorf("row %q names %q", file, r.Report)
			}
		}
	})
}
