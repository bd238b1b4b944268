package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// tellers are the functions that make gaps, or parts of what gaps say, of a format.
var tellers = []string{"add", "codeGap", "nativeGap", "scriptGap", "gap", "limitGap", "tell", "odd"}

// verb is a place of a format that something is put into.
var verb = regexp.MustCompile(`%[#0-9]*[sdvqxc]`)

// leftOut is put together from what stands elsewhere.
const leftOut = "%s%s: %s; left out"

// words are three words in a row, as messages have them.
var words = regexp.MustCompile(`[a-zA-Z]{2,}[,;:]? [a-z]{2,}[,;:]? [a-z]{2,}`)

// TestGapsInChinese: what the rooms that read apps say was not looked at is told in
// Chinese too. The messages are those in the source.
func TestGapsInChinese(t *testing.T) {
	count := 0
	for _, room := range []string{"apk", "behavior", "scan"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, format := range gapFormats(tree) {
				if format == leftOut {
					continue
				}
				count++
				said := (&audit.Gap{What: filled(format)}).Said().ZH
				if left := words.FindString(said); left != "" {
					t.Errorf("%s: %q is left in Chinese: %s", file, left, said)
				}
			}
		}
	}
	if count < 60 {
		t.Errorf("found %d messages only", count)
	}
}

// filled puts something into a format.
func filled(format string) string {
	n := 0
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		switch n++; v[len(v)-1] {
		case 'd', 'x', 'c':
			return strconv.Itoa(n + 10)
		case 'q':
			return `"a.b"`
		}
		if strings.HasSuffix(format, v) && strings.Count(format, v) == 1 || strings.HasSuffix(format, " of "+v+" reached") {
			return "9"
		}
		return "x.apk"
	})
}

// gapFormats lists the texts in calls of tellers and in What of a gap.
func gapFormats(tree *ast.File) []string {
	var out []string
	before, behind := "", ""
	take := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if _, ok := n.(*ast.CompositeLit); ok {
				return false // a Text, which says it in both languages
			}
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil && strings.Contains(s, " ") {
					out = append(out, before+s+behind)
				}
			}
			return true
		})
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if slices.Contains(tellers, name) {
				if name == "odd" {
					before = "AndroidManifest.xml: "
				}
				for _, a := range n.Args {
					take(a)
				}
				before = ""
			}
		case *ast.FuncDecl:
			if n.Name.Name == "refused" { // its results are the reasons of leftOut
				before, behind = "x.apk: ", "; left out"
				take(n.Body)
				before, behind = "", ""
			}
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && k.Name == "What" {
				take(n.Value)
			}
		}
		return true
	})
	slices.Sort(out)
	return slices.Compact(out)
}
