package behavior_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

const droidBenchTruth = "../../testdata/corpus/droidbench.tsv"

// benchRead is one line of droidbench.tsv.
type benchRead struct {
	category, app string
	api           string // id of signatures/apis, or noAPI or noRead
	at            string // class.method
	source        string // the API that it calls
	reached       string
	why           string // why a scan answers otherwise
}

// What stands in droidbench.tsv instead of an id.
const (
	noAPI  = "-"    // the catalogue has none for it
	noRead = "none" // the app reads nothing
)

// benchSink is what most of the apps do with what they read. It is no source.
const benchSink = "send_sms"

// benchLocation is what some of them take the location with.
const benchLocation = "take_coordinates"

// benchCount counts the sources of one category.
type benchCount struct{ sources, found, run, reached, right int }

// TestDroidBench looks for the sources that the apps of DroidBench call. It wants
// their folder in $APKAUDIT_DROIDBENCH (see testdata/corpus/droidbench.sh), and
// fails for an answer that is wrong without a reason in droidbench.tsv, and for a
// reason that is no longer needed.
func TestDroidBench(t *testing.T) {
	root := os.Getenv("APKAUDIT_DROIDBENCH")
	if root == "" {
		t.Skip("set APKAUDIT_DROIDBENCH to the folder apk of DroidBench")
	}
	o := observer(t)
	counts, missed, extra := map[string]*benchCount{}, map[string]int{}, 0
	truth := droidBenchReads(t)
	for _, app := range slices.Sorted(maps.Keys(truth)) {
		category, name, _ := strings.Cut(app, "/")
		c := counts[category]
		if c == nil {
			c = &benchCount{}
			counts[category] = c
		}
		sites := readsOf(observeFile(t, o, filepath.Join(root, category, name+".apk")))
		for _, r := range truth[app] {
			if r.api == noRead {
				continue
			}
			got, found := sites[r.at+" "+r.api]
			delete(sites, r.at+" "+r.api)
			c.add(r, got, found)
			if ok := found && got.reached == r.reached; ok != (r.why == "") {
				t.Errorf("%s: %s %s (%s): found %t, reached %q, truth %s; its reason in droidbench.tsv: %q", app, r.at, r.api, r.source, found, got.reached, r.reached, r.why)
			}
			if r.why != "" {
				missed[r.why]++
				t.Logf("explained %-50s %s (%s): found %t, reached %q, truth %s", app, r.at, r.source, found, got.reached, r.reached)
			}
		}
		for k, a := range sites {
			// The support library reads too; whether that runs is asked, for what the app
			// itself does every read is named.
			if !strings.HasPrefix(k, "android.support.") && !strings.HasPrefix(k, "androidx.") {
				t.Errorf("%s: a read that droidbench.tsv does not name: %s, reached %s", app, k, a.reached)
			}
			extra++
		}
	}
	t.Logf("reads of the support library beside them: %d", extra)
	for _, why := range slices.SortedFunc(maps.Keys(missed), func(a, b string) int {
		return cmp.Or(cmp.Compare(missed[b], missed[a]), cmp.Compare(a, b))
	}) {
		t.Logf("%3d: %s", missed[why], why)
	}
	t.Logf("sources by category\n%s", benchTable(counts))
}

// readsOf are the answers about the sites of an app by caller and behaviour, those of
// one method joined. Taking the coordinates out of a location is no read of the
// catalogue, but a source of DroidBench.
func readsOf(res *behavior.Result) map[string]answers {
	out := map[string]answers{}
	for _, u := range res.Sites {
		if u.API == benchSink || !u.Collects() && u.API != benchLocation {
			continue
		}
		e := u.Examples[0]
		k := dottedMethod(e.Caller) + " " + u.API
		old, ok := out[k]
		if !ok {
			old = answers{e.Reached, e.BeforeConsent}
		}
		out[k] = answers{surer(old.reached, e.Reached), surer(old.before, e.BeforeConsent)}
	}
	return out
}

// observeFile observes an app.
func observeFile(tb testing.TB, o *behavior.Observer, file string) *behavior.Result {
	tb.Helper()
	app, err := apk.Open(context.Background(), file, apk.DefaultLimits())
	if err != nil {
		tb.Fatal(err)
	}
	defer app.Close()
	res, err := o.Observe(context.Background(), app)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

func (c *benchCount) add(r benchRead, got answers, found bool) {
	c.sources++
	if found {
		c.found++
		if got.reached == r.reached {
			c.right++
		}
	}
	if r.reached == audit.Yes {
		c.run++
		if found && got.reached != audit.No {
			c.reached++
		}
	}
}

// benchTable prints a line for each category and one for all.
func benchTable(counts map[string]*benchCount) string {
	var b strings.Builder
	row := func(name string, c *benchCount) {
		fmt.Fprintf(&b, "%-28s %20s %26s %22s\n", name, share(c.found, c.sources), share(c.reached, c.run), share(c.right, c.found))
	}
	fmt.Fprintf(&b, "%-28s %20s %26s %22s\n", "", "found", "of those that run, found", "reached is right,")
	fmt.Fprintf(&b, "%-28s %20s %26s %22s\n", "category", "", "and reached yes/unknown", "of those found")
	all := &benchCount{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		c := counts[name]
		row(name, c)
		*all = benchCount{all.sources + c.sources, all.found + c.found, all.run + c.run, all.reached + c.reached, all.right + c.right}
	}
	row("all", all)
	return b.String()
}

// droidBenchReads reads the table by app.
func droidBenchReads(t *testing.T) map[string][]benchRead {
	t.Helper()
	data, err := os.ReadFile(droidBenchTruth)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]benchRead{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 6 && len(c) != 7 {
			t.Fatalf("%s: %d columns in %q", droidBenchTruth, len(c), line)
		}
		r := benchRead{category: c[0], app: c[1], api: c[2], at: c[3], source: c[4], reached: c[5]}
		if len(c) == 7 {
			r.why = c[6]
		}
		if r.api == noAPI && r.why == "" {
			t.Errorf("%s: %s/%s has no reason", droidBenchTruth, r.category, r.app)
		}
		app := r.category + "/" + r.app
		out[app] = append(out[app], r)
	}
	return out
}
