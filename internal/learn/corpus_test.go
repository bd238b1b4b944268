package learn_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/learn"
)

// TestAgainstApp compares what is measured on archives with what is observed in
// an app that was built of them (testdata/corpus/fetch.sh): two readers of two
// formats must find the same call sites. The compiler between them may drop or
// double a few.
func TestAgainstApp(t *testing.T) {
	root := os.Getenv("APKAUDIT_CORPUS")
	if root == "" {
		t.Skip("set APKAUDIT_CORPUS to the folder with bundle.apk, beside its parts, to compare archives with an app made of them")
	}
	truth, err := os.ReadFile(filepath.Join(root, "..", "bundle.truth.tsv"))
	if err != nil {
		t.Skip("no bundle.apk: run testdata/corpus/fetch.sh")
	}
	set := fullSet(t)
	app, err := apk.Open(context.Background(), filepath.Join(root, "bundle.apk"), apk.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	res, err := behavior.New(set).Observe(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	observed := map[string]map[string]int{} // DEX file -> behaviour -> sites
	for _, s := range res.Sites {
		dex := s.Examples[0].DEX
		if audit.PartyKind(s.Party) == audit.PrefixLibrary {
			continue
		}
		if observed[dex] == nil {
			observed[dex] = map[string]int{}
		}
		observed[dex][s.API]++
	}
	same, all := 0, 0
	for _, row := range strings.Split(strings.TrimSpace(string(truth)), "\n") {
		cols := strings.Split(row, "\t")
		if cols[2] == audit.PartyApp || set.SDK(cols[2]) == nil || set.SDK(cols[2]).Neutral {
			continue
		}
		d, err := learn.Learn(context.Background(), set, []learn.Input{{Path: filepath.Join(root, "..", "parts", cols[1])}}, learn.Options{ID: cols[2]})
		if err != nil {
			t.Fatal(err)
		}
		calls := d.Measured[0].Calls
		for id, n := range calls {
			all++
			if observed[cols[0]][id] == n {
				same++
			} else {
				t.Logf("%s: %s: %d sites, the app has %d", cols[1], id, n, observed[cols[0]][id])
			}
		}
		for id, n := range observed[cols[0]] {
			if calls[id] == 0 {
				all++
				t.Logf("%s: %s: no site, the app has %d", cols[1], id, n)
			}
		}
	}
	t.Logf("%d of %d pairs of archive and behaviour agree", same, all)
	if same*100 < all*98 {
		t.Errorf("only %d of %d agree", same, all)
	}
}
