package scan_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

const testdata = "../../testdata"

// expected is what testdata/policy/EXPECTED.yaml says of the apps and audits.
type expected struct {
	Apps map[string]struct {
		Package     string
		Label       audit.Label
		VersionName string `yaml:"version_name"`
		VersionCode int64  `yaml:"version_code"`
		MinSDK      int    `yaml:"min_sdk"`
		TargetSDK   int    `yaml:"target_sdk"`
		Classes     int
		Permissions []string
		UsedBy      []struct {
			Permission, Party string
			Sites             int
		} `yaml:"used_by"`
		Components []struct{ Kind, Name, Party string }
		SDKs       []struct {
			ID       string
			Classes  int
			MetaData []string `yaml:"meta_data"`
		}
		Unowned []struct {
			Prefix  string
			Classes int
		}
		Uses []struct {
			Party  string
			Data   []string
			Sites  int
			Target string
			Caller string
			Args   []string
		}
	}
	Audits []struct {
		APK       string
		Policy    string
		Findings  []wanted
		Optional  []wanted
		Disclosed []wanted
	}
}

type wanted struct{ Rule, Verdict, Party, Data, Permission, Quote string }

func (w wanted) is(f audit.Finding) bool {
	eq := func(want, got string) bool { return want == "" || want == got }
	quoted := w.Quote == "" || len(f.Policy) > 0 && f.Policy[0].Quote == w.Quote
	return eq(w.Rule, f.Rule) && eq(w.Verdict, f.Verdict) && eq(w.Party, f.Party) && w.Data == f.Data && w.Permission == f.Permission && quoted
}

func readExpected(t *testing.T) expected {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, "policy/EXPECTED.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := yaml.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func newScanner(t testing.TB) *scan.Scanner {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apkPath(name string) string { return filepath.Join(testdata, "apk", name) }

func documents(t testing.TB, name string) []policy.Input {
	t.Helper()
	if name == "" {
		return nil
	}
	docs, err := policy.Open(filepath.Join(testdata, "policy", name))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// plantedRules are the rules of which testdata/policy/EXPECTED.yaml lists every
// finding; it says so in its head. What other rules find in the policies alone
// is tested with those rules.
var plantedRules = map[string]bool{
	"undisclosed_sdk": true, "undisclosed_sdk_data_item": true, "undisclosed_first_party_data": true, "vague_disclosure": true,
	"policy_contradiction": true, "undisclosed_permission": true, "declared_sdk_absent": true, "placeholder_unfilled": true, "coverage_gap": true,
}

// TestPlantedDifferences: each audit of our own apps against our own policies
// names every planted difference and no other.
func TestPlantedDifferences(t *testing.T) {
	e := readExpected(t)
	s := newScanner(t)
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Audits) < 3 {
		t.Fatalf("only %d audits expected: the file was not read right", len(e.Audits))
	}
	for _, a := range e.Audits {
		t.Run(a.APK+" "+a.Policy, func(t *testing.T) {
			r, err := s.App(context.Background(), apkPath(a.APK), documents(t, a.Policy))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range a.Findings {
				if !slices.ContainsFunc(r.Findings, w.is) {
					t.Errorf("missed: %+v", w)
				}
			}
			for _, f := range r.Findings {
				// What a policy leaves out is no difference from the app; blanks
				// of a template are planted too.
				if c := set.Check(f.Rule); c.Input == "policy" && c.Predicate != "placeholder" {
					continue
				}
				listed := func(w wanted) bool { return w.is(f) }
				if plantedRules[f.Rule] && !slices.ContainsFunc(a.Findings, listed) && !slices.ContainsFunc(a.Optional, listed) {
					t.Errorf("invented: %s %s party=%s data=%s permission=%s: %s", f.Rule, f.Verdict, f.Party, f.Data, f.Permission, f.Why.EN)
				}
			}
		})
	}
}

// TestObservedFacts: what the apps' sources contain is what is observed.
func TestObservedFacts(t *testing.T) {
	e := readExpected(t)
	s := newScanner(t)
	for name, want := range e.Apps {
		t.Run(name, func(t *testing.T) {
			r, err := s.App(context.Background(), apkPath(name), nil)
			if err != nil {
				t.Fatal(err)
			}
			a := r.App
			if a.Package != want.Package || a.Label.Default != want.Label.Default || a.Label.ZH != want.Label.ZH || a.VersionName != want.VersionName || a.VersionCode != want.VersionCode || a.MinSDK != want.MinSDK || a.TargetSDK != want.TargetSDK {
				t.Errorf("identity: got %+v", a)
			}
			if len(a.DEX) != 1 || a.DEX[0].Classes != want.Classes {
				t.Errorf("classes: got %+v, want %d", a.DEX, want.Classes)
			}
			var perms []string
			for _, p := range r.Behavior.Permissions {
				perms = append(perms, p.Name)
			}
			slices.Sort(want.Permissions)
			if !slices.Equal(perms, want.Permissions) {
				t.Errorf("permissions: got %v, want %v", perms, want.Permissions)
			}
			for _, u := range want.UsedBy {
				if !slices.ContainsFunc(r.Behavior.Permissions, func(p audit.Permission) bool {
					return p.Name == u.Permission && slices.ContainsFunc(p.UsedBy, func(g audit.PermissionUser) bool {
						return g.Party == u.Party && g.Sites == u.Sites
					})
				}) {
					t.Errorf("use of a permission %+v: got %+v", u, r.Behavior.Permissions)
				}
			}
			for _, c := range want.Components {
				if !slices.ContainsFunc(r.Behavior.Components, func(g audit.Component) bool {
					return g.Kind == c.Kind && g.Name == c.Name && g.Party == c.Party
				}) {
					t.Errorf("component %+v: got %+v", c, r.Behavior.Components)
				}
			}
			for _, k := range want.SDKs {
				if !slices.ContainsFunc(r.Behavior.SDKs, func(g audit.SDK) bool { return g.ID == k.ID && g.Classes == k.Classes }) {
					t.Errorf("SDK %+v: got %+v", k, r.Behavior.SDKs)
				}
			}
			if len(r.Behavior.SDKs) != len(want.SDKs) {
				t.Errorf("SDKs: got %d, want %d: %+v", len(r.Behavior.SDKs), len(want.SDKs), r.Behavior.SDKs)
			}
			for _, u := range want.Unowned {
				if !slices.ContainsFunc(r.Behavior.Unowned, func(g audit.Unowned) bool { return g.Prefix == u.Prefix && g.Classes == u.Classes }) {
					t.Errorf("unowned %+v: got %+v", u, r.Behavior.Unowned)
				}
			}
			for _, u := range want.Uses {
				i := slices.IndexFunc(r.Behavior.Uses, func(g audit.Use) bool {
					return g.Party == u.Party && g.Target == u.Target && slices.Equal(g.Data, u.Data)
				})
				switch {
				case i < 0:
					t.Errorf("use %+v not found", u)
				case r.Behavior.Uses[i].Sites != u.Sites || r.Behavior.Uses[i].Examples[0].Caller != u.Caller || !slices.Equal(r.Behavior.Uses[i].Examples[0].Args, append([]string{}, u.Args...)):
					t.Errorf("use %+v: got %+v", u, r.Behavior.Uses[i])
				}
			}
		})
	}
}

// TestDeterminism: two runs give the same bytes.
func TestDeterminism(t *testing.T) {
	s := newScanner(t)
	var first string
	for i := range 3 {
		r, err := s.App(context.Background(), apkPath("pocketnotes.apk"), documents(t, "pocketnotes.en.md"))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := audit.Encode(&b, r); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b.String()
		} else if b.String() != first {
			t.Fatal("the report differs between runs")
		}
	}
}

// TestRejudge: judging a saved report again gives the same findings, so that
// everything a check looks at is in the report.
func TestRejudge(t *testing.T) {
	s := newScanner(t)
	r, err := s.App(context.Background(), apkPath("lanting.apk"), documents(t, "lanting.zh.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var saved strings.Builder
	if err := audit.Encode(&saved, r); err != nil {
		t.Fatal(err)
	}
	back, err := audit.DecodeAll([]byte(saved.String()))
	if err != nil {
		t.Fatal(err)
	}
	s.Rejudge(back[0])
	var again strings.Builder
	if err := audit.Encode(&again, back[0]); err != nil {
		t.Fatal(err)
	}
	if again.String() != saved.String() {
		t.Error("judging the saved report again gives another report")
	}
}

// TestUnreadableTargets: what cannot be read is an error of one line that names
// the file; what can be read in part is a report with gaps.
func TestUnreadableTargets(t *testing.T) {
	s := newScanner(t)
	dir := t.TempDir()
	good, err := os.ReadFile(apkPath("lanting.apk"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, file := range []string{write("empty.apk", nil), write("text.apk", []byte("hello, this is no archive")), dir, filepath.Join(dir, "absent.apk")} {
		_, err := s.App(context.Background(), file, nil)
		if err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", file, err)
		}
	}
	for _, part := range []int{1, 2, 3} {
		file := write(fmt.Sprintf("cut%d.apk", part), good[:len(good)*part/4])
		r, err := s.App(context.Background(), file, nil)
		if err != nil {
			continue // nothing readable is left: an error is right
		}
		if !r.Outcome.Incomplete || len(r.Gaps) == 0 {
			t.Errorf("%s: a cut-off APK counts as fully examined", file)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.App(ctx, apkPath("lanting.apk"), nil); err == nil {
		t.Error("a cancelled context gives a report")
	}
}
