package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namedLimit is the name of a limit in a message.
var namedLimit = regexp.MustCompile(`\b(?:max|min)-[a-z]+(?:-[a-z]+)*\b`)

// TestLimitsOfMessages: whatever limit a gap or an error names, "apkaudit help limits"
// lists, so that users learn what to raise; and no name is listed twice.
func TestLimitsOfMessages(t *testing.T) {
	listed := map[string]bool{
		"max-memory":     true, // of a worker process, a flag of batch
		"max-head-bytes": true, // never told: that there is more than was asked for is no fault
	}
	for _, b := range defaultLimits().bounds() {
		if listed[b.Name] {
			t.Errorf("%s is listed twice", b.Name)
		}
		listed[b.Name] = true
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "apktest") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, name := range namedLimit.FindAllString(lit.Value, -1) {
				if !listed[name] && !strings.HasPrefix(name, "max-width") && !strings.HasPrefix(name, "min-width") && !strings.HasPrefix(name, "max-height") {
					t.Errorf("%s names %s, which is not listed", path, name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
