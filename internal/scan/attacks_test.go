package scan_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// quick are the attacks that cost little. testdata/corpus/hostile.go runs them all, with
// the built program, and measures.
var quick = regexp.MustCompile(`^(container|bundle|zip|file|name|axml|arsc|elf-(table|segment|cut|names)|script-hits|bomb-(resources|entries-code)|packer|nested-(dex|apk|deep|self|lies|encrypted)|dex-(own|strings-endless|checksum|.*-count|payload|doubling|cut|code)|policy-(html-tables-deep|html-deep|markdown-deep|html-script|pdf))`)

// TestAttacks: each attack is told of by its gap, is never clean, and what can be read of
// the app is.
func TestAttacks(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), "test")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, a := range apktest.Attacks() {
		if names[a.Name] || a.What == "" || a.Seen == "" {
			t.Errorf("%s: named twice, or does not say what it is", a.Name)
		}
		names[a.Name] = true
		if !quick.MatchString(a.Name) {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.apk")
			if err := os.WriteFile(file, a.Build(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := s.App(context.Background(), file, nil)
			if err != nil {
				if !a.Lost {
					t.Error(err)
				}
				return
			}
			inChinese(t, r.Gaps)
			has := func(want func(kind string) bool) bool {
				return slices.ContainsFunc(r.Gaps, func(g audit.Gap) bool { return want(g.Kind) })
			}
			switch {
			case has(func(k string) bool { return k == audit.GapCrashed }):
				t.Errorf("crashed: %+v", r.Gaps)
			case a.Gap == apktest.AnyGap && !r.Outcome.Incomplete, a.Gap != "" && a.Gap != apktest.AnyGap && !has(func(k string) bool { return k == a.Gap }):
				t.Errorf("no gap %q: %+v", a.Gap, r.Gaps)
			case a.Gap != "" && r.Outcome.Verdict == audit.OutcomeClean:
				t.Error("is clean")
			}
			if a.Lost {
				return
			}
			if r.App.Package != apktest.AttackPackage || !slices.ContainsFunc(r.Behavior.Permissions, func(p audit.Permission) bool { return p.Name == apktest.AttackPermission }) {
				t.Errorf("lost: package %q, permissions %v", r.App.Package, r.Behavior.Permissions)
			}
		})
	}
}

// english are three words in a row, as messages have them and names of files, limits and
// methods do not.
var english = regexp.MustCompile(`[a-zA-Z]{2,}[,;:]? [a-z]{2,}[,;:]? [a-z]{2,}`)

// foreign are messages of libraries, and where and how a DEX file deviates from its format:
// they stay as they are behind what they are the cause of.
var foreign = regexp.MustCompile(`(: (header|map|string_ids|type_ids|proto_ids|field_ids|method_ids|class_defs|(method|string|type|class|field|prototype) 0x[0-9a-f]+): |\S{200}|flate: |zip: |invalid character |unexpected end of |json: |exceeded max depth|XML syntax error|EOF|parser failed: |reader failed: |the archive's own: ).*`)

// inChinese complains of a gap that is not told in Chinese.
func inChinese(t *testing.T, gaps []audit.Gap) {
	t.Helper()
	for _, g := range gaps {
		if left := english.FindString(foreign.ReplaceAllString(g.Said().ZH, "")); left != "" {
			t.Errorf("%q is left in Chinese: %s", left, g.Said().ZH)
		}
	}
}
