package behavior_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apk"
	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/learn"
	"apkaudit/internal/rules"
	"apkaudit/signatures"
)

// tsv reads the rows of a table whose columns are parted by tabs.
func tsv(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// TestRenamedSDKs prints how many SDKs are recognised in the apps that
// testdata/corpus/renamed.sh builds; see there. Its table is in README.
func TestRenamedSDKs(t *testing.T) {
	dir := os.Getenv("APKAUDIT_RENAMED")
	if dir == "" {
		t.Skip("APKAUDIT_RENAMED is not set; run testdata/corpus/renamed.sh")
	}
	set, learned := learnFrom(t, filepath.Join(dir, "learn.tsv"))
	form := learned.Encode()
	fmt.Printf("learned: %d SDKs, %d classes, %d features, %d bytes\n\n", len(learned.SDKs), learned.NumClasses(), learned.NumFeatures(), len(form))
	o := behavior.New(set)
	o.SetStructure(learned, false)

	groups := tsv(t, filepath.Join(dir, "groups.tsv"))
	apps, err := filepath.Glob(filepath.Join(dir, "apks", "*"))
	if err != nil || len(apps) == 0 {
		t.Fatalf("no apps in %s: %v", dir, err)
	}
	score := map[string]*[4]int{} // by mode and group: present, recognised, not there, falsely recognised
	fmt.Printf("%-7s %-10s %-10s %-18s %7s %7s  %s\n", "group", "app", "mode", "SDK", "classes", "agree", "packages given: classes right/wrong")
	for _, folder := range apps {
		name := filepath.Base(folder)
		app, mode, _ := strings.Cut(name, ".")
		res := observeFolder(t, o, folder)
		truth := map[string]string{} // class -> SDK
		classes := map[string]int{}
		for _, row := range tsv(t, filepath.Join(folder, "truth.tsv")) {
			truth[row[0]] = row[1]
			classes[row[1]]++
		}
		group := ""
		held := map[string]bool{}
		for _, row := range groups {
			if row[1] == app {
				group = row[2]
				if row[3] == "held" {
					held[row[0]] = true
				}
			}
		}
		key := mode + " " + group
		if score[key] == nil {
			score[key] = &[4]int{}
		}
		s := score[key]
		found := structural(res)
		for _, k := range learned.SDKs {
			n, right, wrong := found[k.ID], 0, 0
			for _, p := range res.Behavior.Packages {
				if audit.PartyKind(p.Party) != audit.PrefixUnknown && strings.HasSuffix(p.Party, ":"+k.ID) {
					for class, sdk := range truth {
						switch i := strings.LastIndexByte(class, '.'); {
						case i < 0 || class[:i] != p.Prefix:
						case sdk == k.ID:
							right++
						default:
							wrong++
						}
					}
				}
			}
			if held[k.ID] {
				s[0]++
				s[1] += min(n, 1)
			} else {
				s[2]++
				s[3] += min(n, 1)
			}
			if held[k.ID] || n > 0 {
				note := ""
				if !held[k.ID] {
					note = "  FALSE"
				}
				fmt.Printf("%-7s %-10s %-10s %-18s %7d %7d  %d/%d%s\n", group, app, mode, k.ID, classes[k.ID], n, right, wrong, note)
			}
		}
	}
	fmt.Printf("\n%-20s %8s %10s %10s %6s\n", "mode and group", "present", "recognised", "not there", "false")
	for _, key := range slices.Sorted(maps.Keys(score)) {
		s := score[key]
		fmt.Printf("%-20s %8d %10d %10d %6d\n", key, s[0], s[1], s[2], s[3])
	}
	forced(t, set, learned, "the set learned here")
	shipped, err := shape.Decode(signatures.Fingerprints)
	if err != nil {
		t.Fatal(err)
	}
	forced(t, set, shipped, "the shipped set")
}

// forced compares all code of the ordinary apps, named or not.
func forced(t *testing.T, set *rules.Set, learned *shape.Learned, what string) {
	dir := os.Getenv("APKAUDIT_CORPUS")
	files, _ := filepath.Glob(filepath.Join(dir, "*.apk"))
	if dir == "" || len(files) == 0 {
		return
	}
	o := behavior.New(set)
	o.SetStructure(learned, true)
	fmt.Printf("\nordinary apps, all classes compared with %s: SDKs that structure alone would name\n", what)
	for _, file := range files {
		app, err := apk.Open(context.Background(), file, apk.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		res, err := o.Observe(context.Background(), app)
		app.Close()
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]bool{}
		for _, list := range [][]audit.SDK{res.Behavior.SDKs, res.Behavior.Libraries} {
			for _, k := range list {
				named[k.ID] = slices.ContainsFunc(k.Evidence, func(e audit.SDKEvidence) bool { return e.Kind == "class" })
			}
		}
		var right, wrong []string
		for id, n := range structural(res) {
			if named[id] {
				right = append(right, fmt.Sprintf("%s (%d)", id, n))
			} else {
				wrong = append(wrong, fmt.Sprintf("%s (%d)", id, n))
			}
		}
		slices.Sort(right)
		slices.Sort(wrong)
		fmt.Printf("%-20s there under its own name: %v; not there: %v\n", filepath.Base(file), right, wrong)
	}
}

// structural lists the SDKs with evidence by structure and how many classes agree.
func structural(res *behavior.Result) map[string]int {
	out := map[string]int{}
	for _, list := range [][]audit.SDK{res.Behavior.SDKs, res.Behavior.Libraries} {
		for _, k := range list {
			for _, e := range k.Evidence {
				if e.Kind == "structure" {
					out[k.ID] = e.Count
				}
			}
		}
	}
	return out
}

// learnFrom learns from a list of artifacts. SDKs without a signature are given an
// empty one, so that they can be stated.
func learnFrom(t *testing.T, list string) (*rules.Set, *shape.Learned) {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	artifacts, err := learn.ReadFingerprintList(list)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, a := range artifacts {
		if a.SDK != "" && set.SDK(a.SDK) == nil && !have[a.SDK] {
			have[a.SDK] = true
			set.SDKs = append(set.SDKs, rules.SDK{ID: a.SDK})
		}
	}
	learned, err := learn.Fingerprints(context.Background(), set, artifacts)
	if err != nil {
		t.Fatal(err)
	}
	return set, learned
}

// observeFolder observes an app made of the DEX files of a folder.
func observeFolder(t *testing.T, o *behavior.Observer, folder string) *behavior.Result {
	t.Helper()
	dexes, _ := filepath.Glob(filepath.Join(folder, "*.dex"))
	files := []apktest.File{{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.example.renamed"))}}
	for _, f := range dexes {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, apktest.File{Name: filepath.Base(f), Data: data})
	}
	return observeFiles(t, o, files...)
}
