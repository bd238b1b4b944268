package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the one list of import rules: room -> rooms it may import
// directly. What a room may import includes what those may import.
var mayImport = map[string][]string{
	"audit":      {},
	"bounded":    {},
	"classfile":  {"audit", "bounded"},
	"signatures": {},
	"dex":        {"audit", "bounded"},
	"apk":        {"audit", "bounded", "dex"},
	"rules":      {"audit", "bounded", "signatures"},
	"behavior":   {"apk", "dex", "rules"},
	"policy":     {"bounded", "rules"},
	"learn":      {"behavior", "classfile"},
	"check":      {"audit", "rules"},
	"triage":     {"audit"},
	"report":     {"audit"},
	"disclose":   {"audit", "rules"},
	"scan":       {"behavior", "policy", "check", "triage"},
	"batch":      {"scan"},
	"across":     {"audit", "report"},
	"prove":      {"behavior", "policy", "check"},
	"apktest":    {"audit", "bounded"},
	"cli":        {"scan", "batch", "across", "prove", "learn", "report", "disclose", "rules", "triage"},
	"cmd":        {"cli"},
}

// only names the rooms that may import a package of the outside world.
var only = map[string][]string{
	"net/http":                            {"cli"},   // outbound: fetches a policy URL that the user gave
	"os/exec":                             {"batch"}, // its own worker
	"embed":                               {"audit", "report", "across", "disclose", "signatures"},
	"log":                                 {},
	"github.com/avast/apkparser":          {"apk"},
	"github.com/avast/apkverifier":        {"apk"},
	"github.com/shogo82148/androidbinary": {"apk"},
	"google.golang.org/protobuf/encoding/protowire": {"apk"},
	"github.com/spf13/viper":                        {"cli"},
	"github.com/spf13/cobra":                        {"cli"},
	"github.com/schollz/progressbar/v3":             {"cli"},
	"modernc.org/sqlite":                            {"across"},
}

const (
	maxFileLines = 900
	maxFuncLines = 120
)

type source struct {
	room string // audit, policy, cmd …
	path string // below the module root
	test bool
	file *ast.File
	fset *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	root := ".."
	var out []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if name := d.Name(); rel != "." && (strings.HasPrefix(name, ".") || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		parts := strings.Split(rel, "/")
		room := parts[0]
		if room == "internal" && len(parts) > 2 {
			room = parts[1] // a sub-package obeys its parent's line
		}
		out = append(out, source{room, rel, strings.HasSuffix(rel, "_test.go"), f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("found only %d Go files: the walk is broken", len(out))
	}
	return out
}

func roomOf(importPath string) (string, bool) {
	rest, ok := strings.CutPrefix(importPath, "apkaudit/")
	if !ok {
		return "", false
	}
	parts := strings.Split(rest, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[1], true
	}
	return parts[0], true
}

func reachable(room string, seen map[string]bool) map[string]bool {
	for _, next := range mayImport[room] {
		if !seen[next] {
			seen[next] = true
			reachable(next, seen)
		}
	}
	return seen
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.path == "internal/doc.go" {
			continue
		}
		if _, known := mayImport[s.room]; !known {
			t.Errorf("%s: the room %q is not in the list of import rules", s.path, s.room)
			continue
		}
		allowed := reachable(s.room, map[string]bool{s.room: true})
		for _, imp := range s.file.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			if to, ours := roomOf(p); ours && (!allowed[to] || to == "apktest") {
				t.Errorf("%s imports %s: %s may not import %s", s.path, p, s.room, to)
			}
			for pkg, rooms := range only {
				if (p == pkg || strings.HasPrefix(p, pkg+"/")) && !slices.Contains(rooms, s.room) {
					t.Errorf("%s imports %s, which only %v may", s.path, p, rooms)
				}
			}
		}
	}
}

func TestHouseStyle(t *testing.T) {
	banned := []string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc"}
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if slices.Contains(banned, s.file.Name.Name) {
			t.Errorf("%s: package %s says nothing about what it holds", s.path, s.file.Name.Name)
		}
		if s.file.Doc != nil {
			documented[path.Dir(s.path)] = true
		}
		if !s.test {
			documented[path.Dir(s.path)] = documented[path.Dir(s.path)] || false
		}
		if n := s.fset.File(s.file.Pos()).LineCount(); n > maxFileLines {
			t.Errorf("%s has %d lines; find the second thing it does (limit %d)", s.path, n, maxFileLines)
		}
		for _, d := range s.file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init", s.path)
			}
			if n := s.fset.Position(fn.End()).Line - s.fset.Position(fn.Pos()).Line; !s.test && n > maxFuncLines {
				t.Errorf("%s: func %s has %d lines (limit %d)", s.path, fn.Name.Name, n, maxFuncLines)
			}
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

// TestEveryRoomIsListed keeps mayImport free of rooms that do not exist.
func TestEveryRoomIsListed(t *testing.T) {
	for room := range mayImport {
		dir := room
		if room == "cmd" || room == "signatures" {
			dir = filepath.Join("..", room)
		}
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("room %q is in the list but not in the tree", room)
		}
	}
}
