package pattern_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"apkaudit/internal/rules/pattern"
)

func TestPattern(t *testing.T) {
	p := pattern.New(`a(b+)`)
	if !p.MatchString("xabb") || p.FindString("xabb") != "abb" || p.FindStringSubmatch("xabb")[1] != "bb" || p.ReplaceAllString("xab", "c") != "xc" {
		t.Error("it is no regular expression")
	}
}

// TestPatternsCompile: a pattern that is none would be found out only by who uses it first.
func TestPatternsCompile(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "New" || len(call.Args) != 1 {
				return true
			} else if room, ok := f.X.(*ast.Ident); !ok || room.Name != "pattern" {
				return true
			}
			if expr, ok := literal(call.Args[0]); ok {
				n++
				if _, err := regexp.Compile(expr); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || n < 50 {
		t.Errorf("%d patterns, %v", n, err)
	}
}

// literal is the text of string literals joined by +, false where something else is in it.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, ok := literal(e.X)
		y, ok2 := literal(e.Y)
		return x + y, ok && ok2
	}
	return "", false
}
