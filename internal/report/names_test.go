package report

import (
	"encoding/json"
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

// enums are the enumerations of the report whose values are printed as words.
var enums = map[string][2]string{ // kind of label -> definition and key of the schema
	"severity": {"severity", ""}, "confidence": {"confidence", ""}, "verdict": {"finding", "verdict"}, "status": {"finding", "status"},
	"via": {"use", "via"}, "answer": {"answer", ""}, "doubt": {"example", "doubt"}, "does": {"use", "kind"}, "startup": {"startup", "kind"},
	"state": {"check", "state"}, "basis": {"check", "basis"}, "grade": {"grade", "of"}, "evidence": {"sdk_evidence", "kind"}, "gap": {"gap", "kind"}, "outcome": {"outcome", "verdict"}, "defect": {"defect", "kind"}, "waived": {"waiver_state", "state"}, "short": {"outcome", "verdict"},
}

func TestLabels(t *testing.T) {
	for key, l := range labels {
		if l.ZH == "" || l.EN == "" {
			t.Errorf("%s: %+v lacks a language", key, l)
		}
		if holes(l.ZH) != holes(l.EN) {
			t.Errorf("%s: the languages have different places to fill: %+v", key, l)
		}
		if (strings.HasPrefix(key, "head.") || strings.HasPrefix(key, "field.")) && key != "field.permissions" && (columns(l.ZH) >= labelCols || columns(l.EN) >= labelCols) {
			t.Errorf("%s is too wide for its column", key)
		}
	}
	var schema struct {
		Defs map[string]struct {
			Enum       []string
			Properties map[string]struct{ Enum []string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(audit.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	for kind, at := range enums {
		d := schema.Defs[at[0]]
		values := d.Enum
		if at[1] != "" {
			values = d.Properties[at[1]].Enum
		}
		if len(values) == 0 {
			t.Errorf("%s: the schema has no such enumeration", kind)
		}
		for _, v := range values {
			if _, ok := labels[kind+"."+v]; !ok && v != "" {
				t.Errorf("no label for %s.%s", kind, v)
			}
		}
	}
	for _, v := range schema.Defs["sdk"].Properties["confidence"].Enum {
		if _, ok := labels["confidence."+v]; !ok {
			t.Errorf("no label for confidence.%s", v)
		}
	}
}

// holes are the names to fill, sorted.
func holes(s string) string {
	var out []string
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			slices.Sort(out)
			return strings.Join(out, " ")
		}
		name, after, _ := strings.Cut(rest, "}")
		out, s = append(out, name), after
	}
}

// TestLabelsAreUsed compares the table with the keys that the package's code
// writes: none missing, none left over.
func TestLabelsAreUsed(t *testing.T) {
	used := map[string]bool{}
	prefixes := []string{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "names.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					if s, err := strconv.Unquote(n.Value); err == nil {
						used[s] = true
					}
				}
			case *ast.CallExpr:
				sel, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || len(n.Args) == 0 {
					return true
				}
				lit, ok := n.Args[0].(*ast.BasicLit)
				if !ok {
					return true
				}
				key, _ := strconv.Unquote(lit.Value)
				switch sel.Sel.Name {
				case "say", "section":
					if _, ok := labels[key]; !ok {
						t.Errorf("%s: no label %q", e.Name(), key)
					}
				case "count":
					if _, ok := labels["unit."+key]; !ok {
						t.Errorf("%s: no unit %q", e.Name(), key)
					}
					used["unit."+key], used["unit."+key+".one"] = true, true
				case "value":
					prefixes = append(prefixes, key+".")
				}
			}
			return true
		})
	}
	templates, err := filepath.Glob("html*.tmpl")
	if err != nil || len(templates) == 0 {
		t.Fatal("no templates", err)
	}
	for _, file := range templates {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\((?:L|lab) "([^"]+)"|\{(?:L|lab) "([^"]+)"`).FindAllStringSubmatch(string(page), -1) {
			key := m[1] + m[2]
			if used[key] = true; labels[key] == (audit.Text{}) {
				t.Errorf("%s: no label %q", file, key)
			}
		}
	}
	used["code.calls"], used["code.reads"] = used["code.call"], used["code.read"] // made by adding an s
	for key := range labels {
		if !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("label %q is not used", key)
		}
	}
}

func TestSay(t *testing.T) {
	w := words{"en"}
	if got := w.say("code.in", "caller", "{dex}", "dex", "d", "offset", "1"); got != "in {dex} (d, offset 1)" {
		t.Errorf("a replacement was read again: %q", got)
	}
	if got := w.count("classes", 1); got != "1 class" {
		t.Error(got)
	}
	if got := w.count("classes", 12345); got != "12,345 classes" {
		t.Error(got)
	}
	if got := w.value("severity", "later\x1baddition"); got != `later\x1baddition` {
		t.Errorf("an unknown value is %q", got)
	}
	names := map[string]audit.Text{"a": {ZH: "甲"}, "b": {}}
	for id, want := range map[string]string{"a": "甲", "b": "b", "c\n": `c\n`} {
		if got := w.named(names, id); got != want {
			t.Errorf("name of %q: %q, want %q", id, got, want)
		}
	}
}
