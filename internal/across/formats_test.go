package across_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/html"

	"apkaudit/internal/across"
	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

func compile(t *testing.T, url string, data []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = s.Validate(doc)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestDocuments: JSON and SARIF are what their schemas ask for.
func TestDocuments(t *testing.T) {
	w := write(t, "zh", ownApps(t)...)
	validate(t, compile(t, "urn:apkaudit:report:1", audit.Schema), w.format(t, "json", report.Options{}))
	official, err := os.ReadFile("../report/testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	out := w.format(t, "sarif", report.Options{})
	validate(t, compile(t, "https://example.com/sarif.json", official), out)
	if n := strings.Count(out, `"ruleId":`); n == 0 || !strings.Contains(out, "copy%20of%20lanting.apk") {
		t.Errorf("%d results, or none of the copy", n)
	}
}

// TestHostile: what is hostile in a report stays text in every format.
func TestHostile(t *testing.T) {
	w := write(t, "en", across.Entry{File: nasty + ".apk", ReportPath: "reports/" + nasty, Report: hostile(t, nasty)},
		across.Entry{File: "long", ReportPath: "../../etc/passwd", Report: hostile(t, strings.Repeat("很长 very-long ", 2000))})
	for _, name := range []string{across.SummaryFile, across.SDKsFile, across.FindingsFile} {
		for _, row := range rowsOf(t, w.read(t, name)) {
			for _, c := range row {
				if c != "" && c != "-" && strings.ContainsAny(c[:1], "=+-@") || strings.ContainsAny(c, "\x00\x1b\r\n\u202e\u2066\u200b") {
					t.Fatalf("%s: cell %.80q", name, c)
				}
			}
		}
	}
	page := w.read(t, across.PageFile)
	checkPage(t, page)
	if len(page) > 2<<20 {
		t.Errorf("the page of two apps has %d bytes", len(page))
	}
	for _, lang := range []string{"zh", "en"} {
		out := w.format(t, "text", report.Options{Lang: lang})
		if strings.ContainsAny(out, "\x00\x1b\r\u202e\u2066\u200b") {
			t.Errorf("the text holds raw characters: %q", out)
		}
	}
	for _, name := range []string{"json", "sarif"} {
		if out := w.format(t, name, report.Options{}); !json.Valid([]byte(out)) {
			t.Errorf("%s is not JSON", name)
		}
	}
	db := open(t, w)
	var n int
	if err := db.QueryRow("SELECT count(*) FROM apps").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d apps in the database, %v", n, err)
	}
}

// checkPage: the page has our two scripts and style, and no other element that does
// anything; nothing in it leads elsewhere than to reports and our own tables.
func checkPage(t *testing.T, page string) {
	t.Helper()
	if strings.ContainsAny(page, "\x00\x1b\u202e\u2066\u200b") {
		t.Error("the page holds raw control characters")
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	links := regexp.MustCompile(`^(#[a-z]+|(summary|sdks|findings)\.csv|reports/[A-Za-z0-9._-]+\.json)$`)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		seen[n.Data]++
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "href" && n.Data == "a" && !links.MatchString(a.Val) {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if a.Key == "content" && strings.HasPrefix(a.Val, "default-src") && (!strings.HasPrefix(a.Val, "default-src 'none'; ") || strings.Contains(a.Val, "unsafe")) {
				t.Errorf("policy %q", a.Val)
			}
		}
		if n.Data == "script" && len(n.Attr) == 2 && !json.Valid([]byte(n.FirstChild.Data)) {
			t.Error("the rows of the page are not JSON")
		}
	}
	if seen["script"] != 2 || seen["style"] != 1 || seen["img"]+seen["iframe"]+seen["form"]+seen["object"] != 0 {
		t.Errorf("elements %v", seen)
	}
}

// TestPage: the page without its script has every app, SDK, data type, check and gap.
func TestPage(t *testing.T) {
	entries := ownApps(t)
	w := write(t, "zh", entries...)
	page := w.read(t, across.PageFile)
	checkPage(t, page)
	plain, _, _ := strings.Cut(page, `<script type="application/json"`)
	for _, e := range entries {
		if !strings.Contains(plain, ">"+e.File+"<") || !strings.Contains(plain, `href="`+e.ReportPath+`"`) || !strings.Contains(plain, "apkaudit render "+e.ReportPath+" -o html=") {
			t.Errorf("%s is not on the page with its report", e.File)
		}
	}
	var ids []string
	for _, s := range w.Summary.SDKs {
		ids = append(ids, s.ID)
	}
	for _, d := range w.Summary.Data {
		ids = append(ids, d.ID)
	}
	for _, c := range w.Summary.Checks {
		ids = append(ids, c.Rule)
	}
	for _, g := range w.Summary.Gaps {
		ids = append(ids, g.Kind)
	}
	if len(ids) < 40 {
		t.Errorf("only %d rows", len(ids))
	}
	for _, id := range ids {
		if !strings.Contains(plain, "<code>"+id+"</code>") {
			t.Errorf("%s has no row", id)
		}
	}
}

func open(t testing.TB, w written) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestDatabase: the tables hold as many rows as the reports, and SQLite finds no fault.
func TestDatabase(t *testing.T) {
	entries := ownApps(t)
	db := open(t, write(t, "en", entries...))
	want := map[string]int{"apps": len(entries)}
	for _, e := range entries {
		b := &e.Report.Behavior
		for name, n := range map[string]int{"sdks": len(b.SDKs), "permissions": len(b.Permissions), "uses": len(b.Uses), "pairs": len(e.Report.Pairs),
			"findings": len(e.Report.Findings), "gaps": len(e.Report.Gaps), "checks": len(e.Report.Checks), "hosts": len(b.Hosts)} {
			want[name] += n
		}
	}
	for name, n := range want {
		var got int
		if err := db.QueryRow("SELECT count(*) FROM " + name).Scan(&got); err != nil || got != n || n == 0 && name != "hosts" {
			t.Errorf("%s has %d rows, want %d (%v)", name, got, n, err)
		}
	}
	var check, schema string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("%s %v", check, err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil || rows.Next() {
		t.Errorf("a row names an app that is not there (%v)", err)
	}
	rows.Close()
	if err := db.QueryRow("SELECT value FROM meta WHERE key = 'schema'").Scan(&schema); err != nil || schema != fmt.Sprint(across.DatabaseSchema) {
		t.Errorf("schema %q %v", schema, err)
	}
}

// TestQueries runs the examples of the README; each has an answer.
func TestQueries(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, write(t, "en", ownApps(t)...))
	examples := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(examples) < 6 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, x := range examples {
		rows, err := db.Query(x[1])
		if err != nil {
			t.Errorf("%s: %v", x[1], err)
			continue
		}
		if !rows.Next() {
			t.Errorf("%sgives no row (%v)", x[1], rows.Err())
		}
		rows.Close()
	}
}

// TestSchemaInReadme: the README names every table and column.
func TestSchemaInReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, write(t, "en"))
	rows, err := db.Query("SELECT m.name, group_concat(p.name, ' ') FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' GROUP BY m.name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table, columns string
		if err := rows.Scan(&table, &columns); err != nil {
			t.Fatal(err)
		}
		n++
		if line := "| `" + table + "` | " + columns + " |"; !strings.Contains(string(readme), line) {
			t.Errorf("the README lacks the line\n%s", line)
		}
	}
	if n != 11 {
		t.Errorf("%d tables", n)
	}
}

// synthetic is a typical app of a large batch: n tells one from another.
func synthetic(base *audit.Report, n int) *audit.Report {
	r := *base
	r.App.Package = fmt.Sprintf("com.example.app%d", n)
	r.App.SHA256 = fmt.Sprintf("%064x", n)
	r.App.Label = audit.Label{Default: fmt.Sprintf("App %d", n), ZH: fmt.Sprintf("应用 %d", n)}
	r.Behavior.SDKs = nil
	for i := range 20 {
		s := base.Behavior.SDKs[i%len(base.Behavior.SDKs)]
		s.ID = fmt.Sprintf("sdk_%d", (n*7+i*i)%400)
		r.Behavior.SDKs = append(r.Behavior.SDKs, s)
	}
	r.Findings = nil
	for i := range 40 {
		f := base.Findings[(n+i)%len(base.Findings)]
		f.Rule = fmt.Sprintf("rule_%d", (n+i)%70)
		f.Data = fmt.Sprintf("data_%d", i)
		r.Findings = append(r.Findings, f)
	}
	r.Pairs = nil
	for i := range 60 {
		p := base.Pairs[i%len(base.Pairs)]
		p.Data, p.Party = fmt.Sprintf("data_%d", (n+i)%90), fmt.Sprintf("sdk:sdk_%d", i%20)
		r.Pairs = append(r.Pairs, p)
	}
	r.Checks = nil
	for i := range 94 {
		c := base.Checks[i%len(base.Checks)]
		c.Rule = fmt.Sprintf("rule_%d", i)
		r.Checks = append(r.Checks, c)
	}
	audit.SetFingerprints(r.App.Package, r.Findings)
	r.Decide()
	return &r
}

// bigBatch is how many apps the test of size has. APKAUDIT_BIG_BATCH sets another
// number, for measurements.
const bigBatch = 2000

// TestBigBatch: thousands of apps take little memory, and a page that opens.
func TestBigBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	n := bigBatch
	if v := os.Getenv("APKAUDIT_BIG_BATCH"); v != "" {
		if _, err := fmt.Sscan(v, &n); err != nil {
			t.Fatal(err)
		}
	}
	base := rich(t)
	dir := t.TempDir()
	ctx := context.Background()
	begin := time.Now()
	w, err := across.Open(dir, across.Options{DB: filepath.Join(dir, databaseName), SARIF: true, Create: create})
	if err != nil {
		t.Fatal(err)
	}
	var highest uint64
	for i := range n {
		e := across.Entry{File: fmt.Sprintf("apks/%05d.apk", i), Report: synthetic(base, i)}
		e.ReportPath = fmt.Sprintf("reports/%s-%s.json", e.Report.App.Package, e.Report.App.SHA256[52:])
		if err := w.Add(ctx, e); err != nil {
			t.Fatal(err)
		}
		if i%500 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			highest = max(highest, m.HeapAlloc)
		}
	}
	added := time.Since(begin)
	res, err := w.Close(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var sarif bytes.Buffer
	if err := res.SARIF.Write(&sarif); err != nil {
		t.Fatal(err)
	}
	var sizes []string
	for _, name := range []string{across.PageFile, across.SummaryFile, across.SDKsFile, across.FindingsFile, databaseName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, fmt.Sprintf("%s %.1f MB", name, float64(info.Size())/1e6))
		if name == across.PageFile && info.Size() > int64(n)*2000+1e6 {
			t.Errorf("the page has %d bytes for %d apps", info.Size(), n)
		}
	}
	t.Logf("%d apps: %.1f s to add, %.1f s in all; heap %d MB; SARIF %.1f MB with %d results; %s", n, added.Seconds(), time.Since(begin).Seconds(), highest>>20,
		float64(sarif.Len())/1e6, bytes.Count(sarif.Bytes(), []byte(`"ruleId":`)), strings.Join(sizes, ", "))
	if highest > 400<<20 {
		t.Errorf("the heap grew to %d MB", highest>>20)
	}
	if keep := os.Getenv("APKAUDIT_KEEP_PAGE"); keep != "" {
		data, err := os.ReadFile(filepath.Join(dir, across.PageFile))
		if err == nil {
			err = os.WriteFile(keep, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if i := slices.IndexFunc(res.Summary.SDKs, func(s audit.SummarySDK) bool { return s.Apps == 0 }); i >= 0 {
		t.Errorf("%+v", res.Summary.SDKs[i])
	}
}
