package batch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/policy"
)

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	dir := tree(t, map[string]string{"a.apk": "1", "b.APK": "123", "deep/c.xapk": "12", "deep/d.txt": "1", "deep/e.apk.txt": "1",
		"0a1b2c": "PK\x03\x04 no extension", "README": "text", ".hidden/f.apk": "12345", "skip/g.apk": "1"})
	if err := os.Symlink(filepath.Join(dir, "a.apk"), filepath.Join(dir, "link.apk")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		sel  Selection
		want string
	}{
		{"all", Selection{}, "0a1b2c .hidden/f.apk b.APK deep/c.xapk a.apk link.apk skip/g.apk"},
		{"without folders", Selection{Exclude: []string{"skip", ".*"}}, "0a1b2c b.APK deep/c.xapk a.apk link.apk"},
		{"by path", Selection{Include: []string{"deep/*"}}, "deep/c.xapk deep/d.txt deep/e.apk.txt"},
		{"by name", Selection{Include: []string{"*.apk"}, Exclude: []string{"link*"}}, ".hidden/f.apk a.apk skip/g.apk"},
	}
	for _, tt := range tests {
		got, err := Find(context.Background(), []string{dir}, nil, tt.sel)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var names []string
		for _, g := range got {
			rel, _ := filepath.Rel(dir, g.File)
			names = append(names, filepath.ToSlash(rel))
		}
		if s := strings.Join(names, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
	if got, err := Find(context.Background(), []string{filepath.Join(dir, "loop")}, nil, Selection{Exclude: []string{"skip"}}); err != nil || len(got) != 6 {
		t.Errorf("a link to a directory is that directory: %v, %v", got, err)
	}
	got, err := Find(context.Background(), []string{filepath.Join(dir, "deep", "d.txt"), filepath.Join(dir, "deep", "d.txt")}, nil, Selection{})
	if err != nil || len(got) != 1 {
		t.Errorf("a named file is a target, once: %v, %v", got, err)
	}
	if _, err := Find(context.Background(), []string{filepath.Join(dir, "skip")}, nil, Selection{Include: []string{"*.aab"}}); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing to do: %v", err)
	}
	if _, err := Find(context.Background(), []string{filepath.Join(dir, "none")}, nil, Selection{}); err == nil || !strings.Contains(err.Error(), "check the path") {
		t.Errorf("a path that is not there: %v", err)
	}
	if err := CheckSelection(Selection{Exclude: []string{"[a"}}); err == nil || !strings.Contains(err.Error(), "[a") {
		t.Errorf("a pattern that is none: %v", err)
	}
}

func TestPolicies(t *testing.T) {
	dir := tree(t, map[string]string{"p/org.example.html": "<p>1", "p/org.example.two.txt": "2", "p/org.many/a.txt": "3", "p/org.many/b.md": "4", "p/org.many.png": "x",
		"map.csv":    "\ufefffile_or_package,policy\norg.example,p/org.example.html\n\"weather, old.apk\",p/org.many\n# a comment\norg.example, https://example.com/privacy\n",
		"places.csv": "./x/../near.apk,p/org.example.html\n",
		"short.csv":  "org.example\n", "gone.csv": "org.example,p/none.html\n", "blank.csv": "a,p/org.many\n,p/org.many\n"})
	if err := os.Symlink("org.many", filepath.Join(dir, "p", "org.linked")); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	all := []policy.Input{{Name: "all.txt", Data: []byte("all")}}
	fetch := func(url string) (policy.Input, error) { return policy.Input{Name: url, Data: []byte("fetched")}, nil }
	tests := []struct{ source, file, pkg, want string }{
		{"", "a.apk", "org.example", "all.txt"},
		{"p", "a.apk", "org.example", "p/org.example.html"},
		{"p", "a.apk", "org.example.two", "p/org.example.two.txt"},
		{"p", "a.apk", "org.many", "p/org.many/a.txt p/org.many/b.md"},
		{"p", "a.apk", "org.linked", "p/org.linked/a.txt p/org.linked/b.md"},
		{"p", "a.apk", "org", "all.txt"},
		{"p", "a.apk", "", "all.txt"},
		{"map.csv", "x/a.apk", "org.example", "p/org.example.html https://example.com/privacy"},
		{"map.csv", "x/weather, old.apk", "org.example", "p/org.many/a.txt p/org.many/b.md"},
		{"map.csv", "b.apk", "org.other", "all.txt"},
		{"places.csv", "near.apk", "", "p/org.example.html"},
		{"places.csv", filepath.Join(here, "near.apk"), "", "p/org.example.html"},
		{"places.csv", "y/near.apk", "", "all.txt"},
	}
	for _, tt := range tests {
		source := tt.source
		if source != "" {
			source = filepath.Join(dir, source)
		}
		p, err := OpenPolicies(source, all, policy.DefaultLimits(), fetch)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := p.For(tt.file, tt.pkg)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range docs {
			if d.Err != nil || len(d.Data) == 0 {
				t.Errorf("%+v: %s: %v", tt, d.Name, d.Err)
			}
			names = append(names, filepath.ToSlash(strings.TrimPrefix(d.Name, dir+string(filepath.Separator))))
		}
		slices.Sort(names)
		want := strings.Fields(tt.want)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("%+v: %v", tt, names)
		}
	}
	for file, says := range map[string]string{"short.csv": "line 1", "gone.csv": ":1:", "blank.csv": ":2:", "none.csv": "no such file"} {
		_, err := OpenPolicies(filepath.Join(dir, file), nil, policy.DefaultLimits(), fetch)
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", file, err)
		}
	}
	// A policy that has gone since the run began is a gap in the report, no end of the run.
	p, err := OpenPolicies(filepath.Join(dir, "p"), nil, policy.DefaultLimits(), fetch)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "p", "org.example.html"))
	docs, err := p.For("a.apk", "org.example")
	if err != nil || len(docs) != 1 || docs[0].Err == nil {
		t.Errorf("a policy that has gone: %+v, %v", docs, err)
	}
}

// TestUnused: what is spelt wrong in a map is told, what some app has is not.
func TestUnused(t *testing.T) {
	dir := tree(t, map[string]string{"p/org.example.html": "<p>1", "p/org.absent.txt": "2", "map.csv": "org.example,p\n./a.apk,p\nB.apk,p\n\norg.exmaple,p\n"})
	a, b := row("a.apk", ""), row("in/b.apk", "")
	a.Facts.Package, b.Facts.Package = "org.example", ""
	for _, tt := range []struct {
		source string
		apps   []Row
		want   string
	}{
		{"map.csv", []Row{a, b}, "map.csv: 2 of 4 rows name no app of this run: line 3 (B.apk), line 5 (org.exmaple)"},
		{"p", []Row{a, b}, ""},
		{"p", []Row{b}, "p: nothing there is named by a package of these apps"},
		{"", []Row{a}, ""},
	} {
		source := tt.source
		if source != "" {
			source = filepath.Join(dir, source)
		}
		p, err := OpenPolicies(source, nil, policy.DefaultLimits(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimPrefix(p.Unused(tt.apps), dir+string(filepath.Separator))
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q", tt.source, got)
		}
	}
}

// TestFindStrange: what a list names and is not there, and a directory that cannot be
// listed, here one whose path is too long, are targets of which the report says so.
func TestFindStrange(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for range 20 {
		name := strings.Repeat("d", 240)
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chdir(name); err != nil { // no path is as long
			t.Skipf("no deep directories here: %v", err)
		}
	}
	if err := os.WriteFile("a.apk", []byte("PK"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.WriteFile("b.apk", []byte("PK"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := Find(t.Context(), []string{dir}, []string{"gone.apk", "b.apk"}, Selection{})
	if err != nil || len(got) != 3 || got[0].File != filepath.Join(dir, "b.apk") || len(got[1].File) < 4000 || got[2].File != "gone.apk" || got[2].ID.known {
		t.Errorf("%d targets, %v", len(got), err)
		for _, g := range got {
			t.Logf("%d bytes, %.80s", g.Size, g.File)
		}
	}
}
