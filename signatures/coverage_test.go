package signatures_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"apkaudit/internal/rules"
)

// ruleBase is the reference extract of the LibChecker rules (Apache-2.0). It is
// not part of the project, so the test does without it where it is absent.
const ruleBase = "../../shared/reference/sources/libchecker_prefixes.json"

// uncoveredShown bounds the list of labels that no signature matches.
const uncoveredShown = 60

// label is one library of the rule base with the names it is known by. A name
// may be a regular expression: (.*) stands for any run, \. for a dot.
type label struct {
	Label      string   `json:"label"`
	Native     []string `json:"native"`
	Dex        []string `json:"dex"`
	Components []string `json:"components"`
	Actions    []string `json:"actions"`
}

// TestLibCheckerCoverage logs how many libraries of the rule base our signatures
// recognise by at least one of their names. The figure is for authors: only that
// the file is read and most of it is covered is asserted.
func TestLibCheckerCoverage(t *testing.T) {
	labels := readRuleBase(t)
	set, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	own := namesOf(set)
	kinds := []struct {
		name  string
		names func(label) []string
		match func(string) bool
	}{
		{"native libraries", func(l label) []string { return l.Native }, own.native},
		{"code", func(l label) []string { return l.Dex }, own.code},
		{"components", func(l label) []string { return l.Components }, own.component},
		{"actions", func(l label) []string { return l.Actions }, func(a string) bool { return own.actions[a] }},
	}
	covered := make([]bool, len(labels))
	for _, k := range kinds {
		total, n := 0, 0
		for i, l := range labels {
			if len(k.names(l)) == 0 {
				continue
			}
			total++
			if anyMatches(k.names(l), k.match) {
				n, covered[i] = n+1, true
			}
		}
		t.Logf("labels with %s: %d of %d covered", k.name, n, total)
	}
	var open []string
	for i, l := range labels {
		if !covered[i] {
			open = append(open, l.Label)
		}
	}
	n := len(labels) - len(open)
	t.Logf("labels: %d of %d covered", n, len(labels))
	t.Logf("not covered, the first %d: %s", min(len(open), uncoveredShown), strings.Join(open[:min(len(open), uncoveredShown)], ", "))
	if len(labels) == 0 || 2*n <= len(labels) {
		t.Errorf("%d of %d labels covered, want more than half", n, len(labels))
	}
}

// readRuleBase reads the labels and skips the test where the file is absent.
func readRuleBase(t *testing.T) []label {
	t.Helper()
	data, err := os.ReadFile(ruleBase)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference extract of the rule base is not there (%s)", ruleBase)
	}
	if err != nil {
		t.Fatal(err)
	}
	var base struct {
		Labels []label `json:"labels"`
	}
	if err := json.Unmarshal(data, &base); err != nil {
		t.Fatalf("%s: %v", ruleBase, err)
	}
	return base.Labels
}

// anyMatches tells whether one of the names matches. Of an expression an example
// is tried.
func anyMatches(names []string, match func(string) bool) bool {
	example := strings.NewReplacer(`\.`, ".", "(.*)", "1")
	for _, n := range names {
		if match(example.Replace(n)) {
			return true
		}
	}
	return false
}

// names are what all signatures match by, whichever SDK has it.
type names struct {
	libs       []string        // file names, "*" for any run
	prefixes   map[string]bool // package prefixes, required and supporting
	components map[string]bool // class names; "a.b.*" for all below a.b
	actions    map[string]bool
}

func namesOf(set *rules.Set) names {
	n := names{prefixes: map[string]bool{}, components: map[string]bool{}, actions: map[string]bool{}}
	add := func(to map[string]bool, list []string) {
		for _, v := range list {
			to[v] = true
		}
	}
	for _, k := range set.SDKs {
		n.libs = append(n.libs, k.Match.NativeLibs...)
		add(n.prefixes, k.Match.Packages)
		add(n.prefixes, k.Match.Supporting)
		add(n.components, k.Match.Components)
		add(n.actions, k.Match.Actions)
	}
	return n
}

func (n names) native(lib string) bool {
	for _, p := range n.libs {
		if ok, err := path.Match(p, lib); ok && err == nil {
			return true
		}
	}
	return false
}

// code tells whether a class or package lies under a prefix of a signature.
func (n names) code(class string) bool {
	for p := class; ; p = p[:strings.LastIndexByte(p, '.')] {
		if n.prefixes[p] {
			return true
		}
		if !strings.Contains(p, ".") {
			return false
		}
	}
}

func (n names) component(class string) bool {
	if n.components[class] || n.code(class) {
		return true
	}
	for p := class; strings.Contains(p, "."); {
		p = p[:strings.LastIndexByte(p, '.')]
		if n.components[p+".*"] {
			return true
		}
	}
	return false
}
