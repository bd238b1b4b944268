package behavior_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

// consentSet is a folder of test apps of the figure "before consent": what each
// does stands in its expect.yaml, the rules of these answers in consent/README.md.
type consentSet struct {
	name     string
	sources  string // folder of the apps' folders
	apks     string // folder of the built apps
	minCases int
}

const maxConsentAPK = 20480 // bytes

// consentCase is one expect.yaml.
type consentCase struct {
	Name  string         `yaml:"-"`
	Case  string         `yaml:"case"`
	Reads []expectedRead `yaml:"reads"`
}

// expectedRead is one sensitive read of a test app and the true answers about it.
type expectedRead struct {
	At            string `yaml:"at"`  // class.method, the class with dots and $
	API           string `yaml:"api"` // id of signatures/apis
	Reached       string `yaml:"reached"`
	BeforeConsent string `yaml:"before_consent"`
	Why           string `yaml:"why"`
	// KnownMiss says why the answer of today is another one, in the same words
	// where the reason is the same: they are counted. It must go once the answer
	// is right.
	KnownMiss string `yaml:"known_miss"`
}

// answers are what the scan says of one read. Absent stands for both where the
// scan has no such site.
type answers struct{ reached, before string }

const absent = "absent"

// TestConsent compares the answers about the reads of the test apps with the
// truth and fails for a difference that is no known miss, and for a known miss
// that is right by now. The sets are measured apart: the scan is developed against
// the first; the second was written without knowledge of it and tells how far the
// answers carry.
func TestConsent(t *testing.T) {
	sets := []consentSet{
		{"consent", "../../testdata/apps/consent", "../../testdata/apk/consent", 30},
		{"heldout", "../../testdata/apps/heldout", "../../testdata/apk/heldout", 40},
	}
	o := observer(t)
	for _, set := range sets {
		t.Run(set.name, func(t *testing.T) { measureConsent(t, o, set) })
	}
}

// measureConsent judges every read of one set and prints the set's tables.
func measureConsent(t *testing.T, o *behavior.Observer, set consentSet) {
	cases := readConsentCases(t, set)
	reached, before := confusion{}, confusion{}
	reads, missed := 0, map[string]int{}
	for _, c := range cases {
		sites := consentSites(t, o, filepath.Join(set.apks, c.Name+".apk"))
		for _, r := range c.Reads {
			reads++
			got, ok := sites[r.key()]
			if !ok {
				got = answers{absent, absent}
			}
			delete(sites, r.key())
			reached.add(r.Reached, got.reached)
			before.add(r.BeforeConsent, got.before)
			if r.KnownMiss != "" {
				missed[r.KnownMiss]++
			}
			judgeRead(t, c.Name, r, got)
		}
		for _, k := range slices.Sorted(maps.Keys(sites)) {
			t.Errorf("%s: the app has a read that its expect.yaml does not name: %s", c.Name, k)
		}
	}
	t.Logf("%d apps, %d reads", len(cases), reads)
	for _, why := range slices.SortedFunc(maps.Keys(missed), func(a, b string) int {
		return cmp.Or(cmp.Compare(missed[b], missed[a]), cmp.Compare(a, b))
	}) {
		t.Logf("missed %2d: %s", missed[why], why)
	}
	t.Logf("before consent\n%s", before)
	t.Logf("reached\n%s", reached)
}

// judgeRead prints how an answer differs and fails where nothing explains it.
func judgeRead(t *testing.T, name string, r expectedRead, got answers) {
	t.Helper()
	want := answers{r.Reached, r.BeforeConsent}
	if got == want {
		if r.KnownMiss != "" {
			t.Errorf("%s: %s is right by now: remove its known_miss", name, r.key())
		}
		return
	}
	var diff []string
	if got.before != want.before {
		diff = append(diff, fmt.Sprintf("before consent %s, not %s", got.before, want.before))
	}
	if got.reached != want.reached {
		diff = append(diff, fmt.Sprintf("reached %s, not %s", got.reached, want.reached))
	}
	line := fmt.Sprintf("%s: %s: %s. Truth: %s", name, r.key(), strings.Join(diff, "; "), r.Why)
	if r.KnownMiss == "" {
		t.Error(line)
		return
	}
	t.Logf("known miss  %s Why missed: %s", line, r.KnownMiss)
}

func (r expectedRead) key() string { return r.At + " " + r.API }

// readConsentCases reads every expect.yaml of a set and checks that apps and APKs
// belong together.
func readConsentCases(t *testing.T, set consentSet) []consentCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(set.sources, "*", "expect.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < set.minCases {
		t.Errorf("%s has %d apps, want %d or more", set.sources, len(files), set.minCases)
	}
	var cases []consentCase
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := consentCase{Name: filepath.Base(filepath.Dir(f))}
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		checkConsentCase(t, c)
		cases = append(cases, c)
	}
	apks, err := filepath.Glob(filepath.Join(set.apks, "*.apk"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range apks {
		name := strings.TrimSuffix(filepath.Base(a), ".apk")
		if !slices.ContainsFunc(cases, func(c consentCase) bool { return c.Name == name }) {
			t.Errorf("%s has no %s/%s/expect.yaml", a, set.sources, name)
		}
	}
	return cases
}

// checkConsentCase finds mistakes in the truth itself.
func checkConsentCase(t *testing.T, c consentCase) {
	t.Helper()
	if c.Case == "" || len(c.Reads) == 0 {
		t.Errorf("%s: expect.yaml has no case or no reads", c.Name)
	}
	seen := map[string]bool{}
	for _, r := range c.Reads {
		if seen[r.key()] {
			t.Errorf("%s: %s stands twice in expect.yaml", c.Name, r.key())
		}
		seen[r.key()] = true
		if r.Why == "" {
			t.Errorf("%s: %s has no why", c.Name, r.key())
		}
		for _, a := range []string{r.Reached, r.BeforeConsent} {
			if a != audit.Yes && a != audit.No && a != audit.Unknown {
				t.Errorf("%s: %s: %q is no answer", c.Name, r.key(), a)
			}
		}
		if r.BeforeConsent == audit.Yes && r.Reached != audit.Yes || r.Reached == audit.No && r.BeforeConsent != audit.No {
			t.Errorf("%s: %s: reached %s does not go with before consent %s", c.Name, r.key(), r.Reached, r.BeforeConsent)
		}
	}
}

// consentSites scans an APK and returns the answers about its reads of personal
// data by caller and behaviour. Several sites in one method are one read, with
// the most certain answer for each question.
func consentSites(t *testing.T, o *behavior.Observer, file string) map[string]answers {
	t.Helper()
	if fi, err := os.Stat(file); err == nil && fi.Size() > maxConsentAPK {
		t.Errorf("%s has %d bytes, more than %d", file, fi.Size(), maxConsentAPK)
	}
	app, err := apk.Open(context.Background(), file, apk.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	res, err := o.Observe(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]answers{}
	for _, u := range res.Sites {
		if !u.Collects() {
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

// dottedMethod turns Lcom/example/App$1;->run()V into com.example.App$1.run.
func dottedMethod(descriptor string) string {
	class, method, _ := strings.Cut(descriptor, ";->")
	name, _, _ := strings.Cut(method, "(")
	return strings.ReplaceAll(strings.TrimPrefix(class, "L"), "/", ".") + "." + name
}

// surer returns the answer that stands for both: yes before unknown before no.
func surer(a, b string) string {
	for _, x := range []string{audit.Yes, audit.Unknown} {
		if a == x || b == x {
			return x
		}
	}
	return a
}

// confusion counts answers by truth and answer.
type confusion map[[2]string]int

func (c confusion) add(truth, answer string) { c[[2]string{truth, answer}]++ }

// String prints the table, the share of right answers, and for "yes" the
// precision and recall.
func (c confusion) String() string {
	columns := []string{audit.Yes, audit.No, audit.Unknown, absent}
	for k := range maps.Keys(c) {
		if !slices.Contains(columns, k[1]) {
			columns = append(columns, k[1])
		}
	}
	slices.Sort(columns[4:])
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s", "truth \\ answer")
	for _, a := range columns {
		fmt.Fprintf(&b, "%9s", fmt.Sprintf("%.8s", a))
	}
	right, all, said, is := 0, 0, 0, 0
	for _, truth := range columns[:3] {
		fmt.Fprintf(&b, "\n%-16s", truth)
		for _, a := range columns {
			n := c[[2]string{truth, a}]
			fmt.Fprintf(&b, "%9d", n)
			all += n
			if a == truth {
				right += n
			}
			if a == audit.Yes {
				said += n
			}
			if truth == audit.Yes {
				is += n
			}
		}
	}
	hit := c[[2]string{audit.Yes, audit.Yes}]
	fmt.Fprintf(&b, "\nyes: precision %s, recall %s; right answers %s", share(hit, said), share(hit, is), share(right, all))
	return b.String()
}

// share prints n of all as a quotient and a fraction.
func share(n, all int) string {
	if all == 0 {
		return "- (0 of 0)"
	}
	return fmt.Sprintf("%.3f (%d of %d)", float64(n)/float64(all), n, all)
}
