package behavior_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

// truthFile says which SDKs real apps contain, see its head.
const truthFile = "../../testdata/corpus/apps.tsv"

// appTruth is what is known of one real app from its own project.
type appTruth struct {
	source   string
	expected []string // named by the archives or dependencies of the project
	also     []string // there as well, by looking at the code; neither asked for nor false
}

func readTruth(t *testing.T) map[string]appTruth {
	t.Helper()
	f, err := os.Open(truthFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]appTruth{}
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 4 || len(c[0]) != 64 {
			t.Fatalf("%s: not four columns with a sha256 first: %q", truthFile, line)
		}
		out[c[0]] = appTruth{c[1], strings.Fields(c[2]), strings.Fields(c[3])}
	}
	return out
}

// score counts one SDK over all apps.
type score struct{ expected, found, wrong int }

// TestDetection compares the SDKs found in real apps with what the projects of
// these apps contain: recall and precision by SDK, every miss and false hit. The
// apps are looked for by their sha256 below the folder in APKAUDIT_APPS.
func TestDetection(t *testing.T) {
	dir := os.Getenv("APKAUDIT_APPS")
	if dir == "" {
		t.Skip("APKAUDIT_APPS is not set: no real apps to look at; the file " + truthFile + " says which")
	}
	truth := readTruth(t)
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := behavior.New(set)
	scores := map[string]*score{}
	of := func(id string) *score {
		if scores[id] == nil {
			scores[id] = &score{}
		}
		return scores[id]
	}
	apps := 0
	for _, path := range apksBelow(t, dir) {
		want, ok := truth[sumOf(t, path)]
		if !ok {
			continue
		}
		apps++
		found := detect(t, o, path)
		for _, id := range want.expected {
			of(id).expected++
			if found[id] {
				of(id).found++
			} else {
				t.Logf("missed  %-28s %s", id, want.source)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(found)) {
			if !slices.Contains(want.expected, id) && !slices.Contains(want.also, id) {
				of(id).wrong++
				t.Logf("false   %-28s %s", id, want.source)
			}
		}
	}
	if apps == 0 {
		t.Fatalf("none of the apps of %s is below %s", truthFile, dir)
	}
	var all score
	for _, id := range slices.Sorted(maps.Keys(scores)) {
		s := scores[id]
		t.Logf("%-28s expected %3d found %3d false %2d", id, s.expected, s.found, s.wrong)
		all.expected += s.expected
		all.found += s.found
		all.wrong += s.wrong
	}
	t.Logf("%d apps, %d SDKs and libraries: expected %d, recall %.3f, precision %.3f", apps, len(scores), all.expected,
		float64(all.found)/float64(all.expected), float64(all.found)/float64(all.found+all.wrong))
}

func apksBelow(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".apk") {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// detect returns the ids of the SDKs and libraries that are certainly or likely
// in an app.
func detect(t *testing.T, o *behavior.Observer, path string) map[string]bool {
	t.Helper()
	res := observeAPK(t, o, path)
	found := map[string]bool{}
	for _, list := range [][]audit.SDK{res.Behavior.SDKs, res.Behavior.Libraries} {
		for _, k := range list {
			if k.Confidence != "possible" {
				found[k.ID] = true
			}
		}
	}
	return found
}
