package across

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// DatabaseSchema is the number of the tables' schema, as the table meta has it.
const DatabaseSchema = 1

var (
	//go:embed schema.sql
	databaseSchema string
	//go:embed indexes.sql
	databaseIndexes string
)

const (
	rowsAtOnce     = 50       // rows of one INSERT; SQLite takes fewer than 32,767 values
	appsAtOnce     = 500      // apps of one transaction
	databaseMemory = 16 << 10 // KiB of pages that SQLite keeps
)

// database is a file that is filled with the reports.
type database struct {
	file   File
	path   string
	db     *sql.DB
	conn   *sql.Conn
	tables map[string]*table
	names  map[nameKey]bool
	app    int // of the last report
}

type nameKey struct{ kind, id string }

// table inserts rows of one table, several at a time.
type table struct {
	name  string
	width int
	many  *sql.Stmt // of rowsAtOnce rows
	args  []any
}

// createDatabase begins a database of that path.
func createDatabase(path string, create func(string) (File, error)) (*database, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	d := &database{file: f, path: path, tables: map[string]*table{}, names: map[nameKey]bool{}}
	if err := d.begin(); err != nil {
		d.abort()
		return nil, d.named(err)
	}
	return d, nil
}

// named says which file an error of the driver is about.
func (d *database) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: cannot be written: %w", d.path, err)
}

// begin opens the file and makes the tables. The file is not safe before it is synced
// as a whole, so that SQLite need not sync and keep a journal; nor need it lock what
// nobody else knows of, which on some systems would meet the lock of who made the file.
func (d *database) begin() error {
	name, err := filepath.Abs(d.file.Name())
	if err != nil {
		return err
	}
	if d.db, err = sql.Open("sqlite", "file:"+uriPath(name)+"?nolock=1"); err != nil {
		return err
	}
	d.db.SetMaxOpenConns(1)
	ctx := context.Background()
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return err
	}
	for _, s := range []string{"PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA temp_store=MEMORY",
		fmt.Sprintf("PRAGMA cache_size=-%d", databaseMemory), databaseSchema, "BEGIN"} {
		if _, err := d.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	for name, width := range map[string]int{"names": 4, "apps": 26, "sdks": 7, "permissions": 4, "uses": 10, "pairs": 7, "findings": 15, "gaps": 5, "checks": 4, "hosts": 4} {
		t := &table{name: name, width: width}
		if t.many, err = d.conn.PrepareContext(ctx, t.insert(rowsAtOnce)); err != nil {
			return err
		}
		d.tables[name] = t
	}
	return nil
}

// uriPath is a file's path in SQLite's file: names.
func uriPath(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// insert is the statement for n rows. A row that is there already stays: of two that
// claim the same place in a report the first counts.
func (t *table) insert(n int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", t.width), ",") + ")"
	return "INSERT OR IGNORE INTO " + t.name + " VALUES " + strings.TrimSuffix(strings.Repeat(row+",", n), ",")
}

func (d *database) row(ctx context.Context, name string, args ...any) error {
	t := d.tables[name]
	t.args = append(t.args, args...)
	if len(t.args) < rowsAtOnce*t.width {
		return nil
	}
	_, err := t.many.ExecContext(ctx, t.args...)
	t.args = t.args[:0]
	return err
}

// flush writes the rows that wait.
func (d *database) flush(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(d.tables)) {
		t := d.tables[name]
		if len(t.args) == 0 {
			continue
		}
		if _, err := d.conn.ExecContext(ctx, t.insert(len(t.args)/t.width), t.args...); err != nil {
			return err
		}
		t.args = t.args[:0]
	}
	return nil
}

// add writes the rows of one report.
func (d *database) add(ctx context.Context, e *Entry) error {
	d.app++
	steps := []func(context.Context, *Entry) error{d.addApp, d.addSDKs, d.addPermissions, d.addUses, d.addPairs, d.addFindings, d.addRest, d.addNames}
	for _, step := range steps {
		if err := step(ctx, e); err != nil {
			return d.named(err)
		}
	}
	if d.app%appsAtOnce != 0 {
		return nil
	}
	if err := d.flush(ctx); err != nil {
		return d.named(err)
	}
	_, err := d.conn.ExecContext(ctx, "COMMIT; BEGIN")
	return d.named(err)
}

// stored is a text as the database holds it: bounded.
func stored(s string) string { return report.CutText(strings.ToValidUTF8(s, "\ufffd"), maxStored) }

// maxStored bounds the code points of a value of the database.
const maxStored = 8000

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (d *database) addApp(ctx context.Context, e *Entry) error {
	r := e.Report
	a, c := &r.App, &r.Outcome.Counts
	var signers []string
	for _, s := range a.Signers {
		signers = append(signers, s.SHA256)
	}
	return d.row(ctx, "apps", d.app, strings.ToValidUTF8(e.File, "\ufffd"), a.SHA256, a.Size, a.Container, stored(a.Package), stored(a.Label.Default), stored(a.Label.ZH), stored(a.Label.EN),
		stored(a.VersionName), a.VersionCode, a.MinSDK, a.TargetSDK, truth(a.Flags.Debuggable), truth(a.Flags.AllowBackup), truth(a.Flags.Cleartext),
		r.Outcome.Verdict, c.Critical, c.High, c.Medium, c.Low, c.Info, truth(report.Compared(r)), stored(strings.Join(policiesOf(r), " | ")),
		stored(strings.Join(signers, " ")), e.ReportPath)
}

func (d *database) addSDKs(ctx context.Context, e *Entry) error {
	named, compared := namedSDKs(e.Report), report.Compared(e.Report)
	for i := range e.Report.Behavior.SDKs {
		s := &e.Report.Behavior.SDKs[i]
		var is any
		if compared {
			is = truth(named[s.ID])
		}
		err := d.row(ctx, "sdks", d.app, stored(s.ID), stored(s.Category), s.Confidence, stored(s.Version), s.Classes, is)
		if err == nil {
			err = d.name(ctx, "sdk", s.ID, s.Name)
		}
		if err == nil {
			err = d.name(ctx, "vendor", s.ID, s.Vendor)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *database) addPermissions(ctx context.Context, e *Entry) error {
	for _, p := range e.Report.Behavior.Permissions {
		if err := d.row(ctx, "permissions", d.app, stored(p.Name), p.Protection, p.Used); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) addUses(ctx context.Context, e *Entry) error {
	for i := range e.Report.Behavior.Uses {
		u := &e.Report.Behavior.Uses[i]
		if err := d.row(ctx, "uses", d.app, stored(u.API), u.Kind, stored(strings.Join(u.Data, " ")), stored(u.Party), u.Via, stored(u.Target),
			u.Sites, u.Reached, u.BeforeConsent); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) addPairs(ctx context.Context, e *Entry) error {
	for i := range e.Report.Pairs {
		p := &e.Report.Pairs[i]
		var verdict any
		if p.Verdict != "" {
			verdict = p.Verdict
		}
		if err := d.row(ctx, "pairs", d.app, stored(p.Party), stored(p.Data), verdict, p.Sites, p.Reached, p.BeforeConsent); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) addFindings(ctx context.Context, e *Entry) error {
	for i := range e.Report.Findings {
		f := &e.Report.Findings[i]
		if err := d.row(ctx, "findings", d.app, stored(f.Rule), f.Severity, f.Confidence, f.Verdict, f.Basis, stored(f.Party), stored(f.Data), stored(f.Permission),
			stored(f.Title.ZH), stored(f.Title.EN), f.Sites, stored(strings.Join(f.Clauses, " ")), f.Status, f.Fingerprint); err != nil {
			return err
		}
	}
	return nil
}

// addRest writes gaps, checks and hosts.
func (d *database) addRest(ctx context.Context, e *Entry) error {
	r := e.Report
	for _, g := range r.Gaps {
		if err := d.row(ctx, "gaps", d.app, g.Kind, g.Side, truth(audit.GapKinds()[g.Kind]), stored(g.What)); err != nil {
			return err
		}
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		if err := d.row(ctx, "checks", d.app, stored(c.Rule), c.State, c.Basis); err != nil {
			return err
		}
	}
	for _, h := range r.Behavior.Hosts {
		if err := d.row(ctx, "hosts", d.app, stored(h.Host), stored(h.Party), h.Via); err != nil {
			return err
		}
	}
	return nil
}

// addNames writes the names of the report's ids. Of several names for one id the first
// stays; unknown code has none but its id.
func (d *database) addNames(ctx context.Context, e *Entry) error {
	n := &e.Report.Names
	for _, x := range []struct {
		kind  string
		names map[string]audit.Text
	}{{"data", n.Data}, {"party", n.Party}, {"permission", n.Permission}, {"rule", n.Rule}} {
		for _, id := range slices.Sorted(maps.Keys(x.names)) {
			if audit.PartyKind(id) == audit.PrefixUnknown {
				continue
			}
			if err := d.name(ctx, x.kind, id, x.names[id]); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(n.Clause)) {
		if err := d.name(ctx, "clause", id, audit.Text{ZH: n.Clause[id].ZH, EN: n.Clause[id].EN}); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) name(ctx context.Context, kind, id string, t audit.Text) error {
	k := nameKey{kind, stored(id)}
	if d.names[k] {
		return nil
	}
	d.names[k] = true
	return d.row(ctx, "names", kind, k.id, stored(t.ZH), stored(t.EN))
}

// finish writes what waits, the indexes and the table meta, and closes the database. The
// file still has to appear.
func (d *database) finish(ctx context.Context, tool audit.Tool) error {
	err := d.flush(ctx)
	for _, m := range [][2]string{{"schema", strconv.Itoa(DatabaseSchema)}, {"tool", tool.Name}, {"version", tool.Version}, {"rules_digest", tool.RulesDigest}, {"apps", strconv.Itoa(d.app)}} {
		if err == nil {
			_, err = d.conn.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?)", m[0], m[1])
		}
	}
	for _, s := range []string{databaseIndexes, "COMMIT", "PRAGMA user_version=" + strconv.Itoa(DatabaseSchema), "ANALYZE"} {
		if err == nil {
			_, err = d.conn.ExecContext(ctx, s)
		}
	}
	return d.named(errors.Join(err, d.close()))
}

func (d *database) close() error {
	if d.db == nil {
		return nil
	}
	var errs []error
	for _, t := range d.tables {
		if t.many != nil {
			errs = append(errs, t.many.Close())
		}
	}
	if d.conn != nil {
		errs = append(errs, d.conn.Close())
	}
	errs = append(errs, d.db.Close())
	d.db = nil
	return errors.Join(errs...)
}

func (d *database) abort() {
	_ = d.close() // nothing of it is wanted
	d.file.Abort()
}
