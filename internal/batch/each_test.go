package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// savedRows writes n reports as a run does, each about an app of its own.
func savedRows(t *testing.T, dir string, n int) []Row {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, reportsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	var rows []Row
	for i := range n {
		r := audit.NewReport()
		r.App.Package = fmt.Sprintf("app%d", i)
		r.Decide()
		var b bytes.Buffer
		if err := audit.Encode(&b, r); err != nil {
			t.Fatal(err)
		}
		row := Row{File: fileName(fmt.Sprint(i)), Report: fmt.Sprintf("%s/%d.json", reportsDir, i), ReportSHA256: digest(b.Bytes())}
		if err := writeFile(filepath.Join(dir, row.Report), b.Bytes()); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestEach(t *testing.T) {
	dir := t.TempDir()
	rows := savedRows(t, dir, 40)
	seen := 0
	check := func(row Row, r *audit.Report) error {
		if want := fmt.Sprintf("app%d", seen); row.Path() != fmt.Sprint(seen) || r.App.Package != want {
			t.Errorf("row %s with the report of %s, want %s", row.Path(), r.App.Package, want)
		}
		seen++
		return nil
	}
	if err := Each(context.Background(), dir, rows, check); err != nil || seen != len(rows) {
		t.Errorf("%d of %d rows, %v", seen, len(rows), err)
	}
	if err := Each(context.Background(), dir, nil, check); err != nil {
		t.Error(err)
	}

	full := errors.New("full")
	seen = 0
	if err := Each(context.Background(), dir, rows, func(Row, *audit.Report) error { seen++; return full }); !errors.Is(err, full) || seen != 1 {
		t.Errorf("an error ends it: %v after %d", err, seen)
	}
	ctx, stop := context.WithCancel(context.Background())
	seen = 0
	if err := Each(ctx, dir, rows, func(Row, *audit.Report) error { seen++; stop(); return nil }); !errors.Is(err, context.Canceled) || seen != 1 {
		t.Errorf("an interrupt ends it: %v after %d", err, seen)
	}

	changed := filepath.Join(dir, rows[7].Report)
	if err := os.WriteFile(changed, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	seen = 0
	if err := Each(context.Background(), dir, rows, check); err == nil || !strings.Contains(err.Error(), changed) || seen != 7 {
		t.Errorf("a changed report: %v after %d", err, seen)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("one")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before it is complete")
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if f, err = Create(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("two")); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if data, err := os.ReadFile(path); err != nil || string(data) != "one" {
		t.Errorf("%q, %v", data, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files are left: %v", left)
	}
	gone := filepath.Join(dir, "gone", "x")
	if _, err := Create(gone); err == nil || !strings.HasPrefix(err.Error(), gone+": cannot be written: ") {
		t.Errorf("%v", err)
	}
}
