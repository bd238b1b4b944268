package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

const (
	// policiesEnv names the directory that holds the public repositories whose
	// policies the gold labels, one directory for each repository name. The
	// policies themselves are not part of the project.
	policiesEnv = "APKAUDIT_POLICIES"

	// goldErrorsEnv set to 1 prints each error with its file and cause.
	goldErrorsEnv = "APKAUDIT_GOLD_ERRORS"

	goldFiles   = "testdata/gold/*.yaml"
	secondFiles = "testdata/gold/second/*.yaml" // the same policies, labelled by another

	// fewestGoldPolicies is how many labelled policies make figures worth
	// printing. An F1 below absurdF1 over all layouts together is no measure
	// any more: something in the reader, the gold or the scorer is broken.
	fewestGoldPolicies = 40
	absurdF1           = 0.3
)

// goldPolicy is one labelled policy; testdata/gold/*.yaml say by which rules.
type goldPolicy struct {
	Repo     string      `yaml:"repo"`
	Path     string      `yaml:"path"` // inside the repository
	SHA256   string      `yaml:"sha256"`
	Layout   string      `yaml:"layout"`
	Entries  []goldEntry `yaml:"entries"`
	Optional []goldEntry `yaml:"optional"` // read or not, they count neither way
}

type goldEntry struct {
	Name    string   `yaml:"name"`
	ID      string   `yaml:"id"` // "" for a product that the signatures do not know
	Company string   `yaml:"company"`
	Data    []string `yaml:"data"`
	IOS     []string `yaml:"ios"`
	Either  []string `yaml:"either"` // types that count neither way
}

func loadGold(t testing.TB, pattern string) []goldPolicy {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no gold found (%v)", pattern, err)
	}
	var all []goldPolicy
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Policies []goldPolicy `yaml:"policies"`
		}
		dec := yaml.NewDecoder(bytes.NewReader(data))
		dec.KnownFields(true)
		if err := dec.Decode(&doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, doc.Policies...)
	}
	return all
}

// TestGoldFiles checks the labels themselves, so that a data type or an SDK that
// was renamed does not pass for an error of the reader.
func TestGoldFiles(t *testing.T) {
	for _, pattern := range []string{goldFiles, secondFiles} {
		t.Run(filepath.Base(filepath.Dir(pattern)), func(t *testing.T) { checkGold(t, loadGold(t, pattern)) })
	}
}

func checkGold(t *testing.T, gold []goldPolicy) {
	set := testReader().set
	seen := map[string]bool{}
	for _, p := range gold {
		key := p.Repo + "/" + p.Path
		if seen[key] || seen[p.SHA256] {
			t.Errorf("%s is labelled twice", key)
		}
		seen[key], seen[p.SHA256] = true, true
		if !fs.ValidPath(p.Path) || p.Repo == "" || p.Layout == "" || len(p.SHA256) != 2*sha256.Size {
			t.Errorf("%s: repo, path, sha256 or layout is not complete", key)
		}
		for _, e := range append(slices.Clone(p.Entries), p.Optional...) {
			if e.Name == "" {
				t.Errorf("%s: an entry without a name", key)
			}
			if e.ID != "" && set.SDK(e.ID) == nil {
				t.Errorf("%s: %s: no SDK %q in the signatures", key, e.Name, e.ID)
			}
			for _, d := range slices.Concat(e.Data, e.IOS, e.Either) {
				if set.DataType(d) == nil {
					t.Errorf("%s: %s: no data type %q", key, e.Name, d)
				}
			}
		}
	}
}

// goldScore is what one policy, one layout or all of them came to.
type goldScore struct {
	policies      int
	entries, data score
	causes        map[string]int
}

func (g *goldScore) add(o goldScore) {
	g.policies += o.policies
	g.entries.add(o.entries)
	g.data.add(o.data)
	for c, n := range o.causes {
		g.cause(c, n)
	}
}

func (g *goldScore) cause(name string, n int) {
	if g.causes == nil {
		g.causes = map[string]int{}
	}
	g.causes[name] += n
}

// TestGold measures SDK entries and their data on real policies, by layout.
func TestGold(t *testing.T) {
	dir := os.Getenv(policiesEnv)
	if dir == "" {
		t.Skipf("%s is not set: it names the directory that holds the labelled policies, as <dir>/APPCH/…", policiesEnv)
	}
	gold := loadGold(t, goldFiles)
	if len(gold) < fewestGoldPolicies {
		t.Errorf("%d policies are labelled, at least %d are wanted", len(gold), fewestGoldPolicies)
	}
	var all goldScore
	layouts := map[string]*goldScore{}
	for _, p := range gold {
		data, err := os.ReadFile(filepath.Join(dir, path.Base(p.Repo), filepath.FromSlash(p.Path)))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("%s/%s is not below %s (%s)", p.Repo, p.Path, policiesEnv, dir)
		}
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != p.SHA256 {
			t.Errorf("%s/%s is not the file that was labelled: sha256 %x, want %s", p.Repo, p.Path, sum, p.SHA256)
			continue
		}
		s := goldRun{t: t, file: p.Path, loud: os.Getenv(goldErrorsEnv) == "1"}.policy(p, readOne(t, path.Base(p.Path), data))
		if layouts[p.Layout] == nil {
			layouts[p.Layout] = &goldScore{}
		}
		layouts[p.Layout].add(s)
		all.add(s)
	}
	for _, l := range slices.Sorted(maps.Keys(layouts)) {
		logGold(t, l, *layouts[l])
	}
	logGold(t, "all", all)
	_, _, entries := all.entries.figures()
	_, _, types := all.data.figures()
	if entries < absurdF1 || types < absurdF1 {
		t.Errorf("F1 of entries %.2f, of data %.2f: below %.1f", entries, types, absurdF1)
	}
}

// TestGoldAgreement prints how far two labellers agree, the entries of the second
// scored against the first labels as those of the reader are: no reader can be
// measured more finely than that.
func TestGoldAgreement(t *testing.T) {
	first := map[string]goldPolicy{}
	for _, p := range loadGold(t, goldFiles) {
		first[p.SHA256] = p
	}
	var all goldScore
	for _, other := range loadGold(t, secondFiles) {
		p, ok := first[other.SHA256]
		if !ok {
			t.Fatalf("%s: not labelled by the first labeller", other.Path)
		}
		var read audit.Policy
		for _, e := range other.Entries {
			read.SDKs = append(read.SDKs, audit.PolicySDK{ID: cmp.Or(e.ID, audit.PrefixUnnamed+e.Name), NameAsWritten: e.Name, Company: e.Company,
				Data: e.Data, PlatformData: audit.PlatformData{IOS: e.IOS}})
		}
		all.add(goldRun{t: t, file: p.Path, loud: os.Getenv(goldErrorsEnv) == "1"}.policy(p, read))
	}
	logGold(t, "second labeller against the first", all)
	if _, _, entries := all.entries.figures(); entries < absurdF1 {
		t.Errorf("F1 of entries %.2f: the labellers speak of different things", entries)
	}
}

func logGold(t *testing.T, layout string, g goldScore) {
	t.Helper()
	t.Logf("%s: %d policies", layout, g.policies)
	logScore(t, "  entries", g.entries)
	logScore(t, "  data", g.data)
	for _, c := range slices.SortedFunc(maps.Keys(g.causes), func(a, b string) int {
		if n := g.causes[b] - g.causes[a]; n != 0 {
			return n
		}
		return strings.Compare(a, b)
	}) {
		t.Logf("    %4d  %s", g.causes[c], c)
	}
}

// goldRun scores one policy.
type goldRun struct {
	t    *testing.T
	file string
	loud bool
}

func (g goldRun) log(format string, args ...any) {
	g.t.Helper()
	if g.loud {
		g.t.Logf("%s: %s", g.file, fmt.Sprintf(format, args...))
	}
}

// policy compares the entries of p with the gold. The data of a missed entry are
// missing and those of an invented one too many: an entry not read must not
// raise the figures of the data.
func (g goldRun) policy(gold goldPolicy, p audit.Policy) goldScore {
	s := goldScore{policies: 1}
	pair, rest := pairGold(gold, p.SDKs)
	for i, w := range gold.Entries {
		if pair[i] >= 0 {
			s.entries.hit++
			g.data(&s, w, p.SDKs[pair[i]])
			continue
		}
		cause := "entry missed: nothing of that name"
		if slices.ContainsFunc(rest, func(k int) bool { return sameName(p.SDKs[k].NameAsWritten, w.Name) }) {
			cause = "entry missed: read as another SDK"
		} else if slices.ContainsFunc(p.SDKs, func(k audit.PolicySDK) bool { return knownAs(k, w.ID) }) {
			cause = "entry missed: this SDK was read once less"
		}
		g.log("%s: %q (%s)", cause, w.Name, w.ID)
		s.entries.missed++
		s.cause(cause, 1)
		if n := len(w.Data) + len(w.IOS); n > 0 {
			s.data.missed += n
			s.cause("data missing: entry missed", n)
		}
	}
	for _, k := range rest {
		e := p.SDKs[k]
		cause := "entry invented: no such SDK"
		switch {
		case slices.ContainsFunc(gold.Entries, func(w goldEntry) bool { return knownAs(e, w.ID) }):
			cause = "entry invented: this SDK was read once more"
		case slices.ContainsFunc(gold.Entries, func(w goldEntry) bool { return sameName(e.NameAsWritten, w.Name) }):
			cause = "entry invented: a name that is another SDK"
		}
		g.log("%s: line %d %q (%s) %v %v, %s", cause, e.At.Line, e.NameAsWritten, e.ID, e.Data, e.PlatformData.IOS, e.Layout)
		s.entries.extra++
		s.cause(cause, 1)
		if n := len(e.Data) + len(e.PlatformData.IOS); n > 0 {
			s.data.extra += n
			s.cause("data too many: entry invented", n)
		}
	}
	return s
}

// pairGold finds the entry read for each gold entry, -1 where there is none, and
// the entries read that nothing in the gold, optional or not, stands for. Each is
// used once; the surest likeness goes first: id and name, id alone, the same
// name, a name inside the other. A name decides only where the gold has no id.
func pairGold(gold goldPolicy, got []audit.PolicySDK) (pair, rest []int) {
	used := make([]bool, len(got))
	match := func(w []goldEntry, pair []int) {
		for i := range pair {
			pair[i] = -1
		}
		for _, like := range []func(goldEntry, audit.PolicySDK) bool{
			func(w goldEntry, k audit.PolicySDK) bool {
				return knownAs(k, w.ID) && goldName(w.Name) == goldName(k.NameAsWritten)
			},
			func(w goldEntry, k audit.PolicySDK) bool { return knownAs(k, w.ID) },
			func(w goldEntry, k audit.PolicySDK) bool {
				return w.ID == "" && goldName(w.Name) == goldName(k.NameAsWritten)
			},
			func(w goldEntry, k audit.PolicySDK) bool { return w.ID == "" && sameName(w.Name, k.NameAsWritten) },
		} {
			for i, e := range w {
				if pair[i] >= 0 {
					continue
				}
				for k := range got {
					if !used[k] && like(e, got[k]) {
						pair[i], used[k] = k, true
						break
					}
				}
			}
		}
	}
	pair = make([]int, len(gold.Entries))
	match(gold.Entries, pair)
	match(gold.Optional, make([]int, len(gold.Optional)))
	for k := range got {
		if !used[k] {
			rest = append(rest, k)
		}
	}
	return pair, rest
}

func knownAs(k audit.PolicySDK, id string) bool { return id != "" && k.ID == id }

// goldName folds a name to its letters and digits, without the word SDK.
func goldName(name string) string {
	f := strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name))
	if s := strings.ReplaceAll(f, "sdk", ""); s != "" {
		return s
	}
	return f
}

// sameName tells whether one name is the other or stands inside it.
func sameName(a, b string) bool {
	a, b = goldName(a), goldName(b)
	if utf8.RuneCountInString(a) < 2 || utf8.RuneCountInString(b) < 2 {
		return a == b && a != ""
	}
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// data compares the types of a matched entry, Android and iOS apart.
func (g goldRun) data(s *goldScore, w goldEntry, k audit.PolicySDK) {
	g.types(s, w, k, w.Data, k.Data, w.IOS, k.PlatformData.IOS)
	g.types(s, w, k, w.IOS, k.PlatformData.IOS, w.Data, k.Data)
}

// types scores got against want; wantOther and gotOther are the other platform's.
// A collective term above a type of the entry counts neither way, as in
// scoreData; nor do the types that the gold leaves open.
func (g goldRun) types(s *goldScore, w goldEntry, k audit.PolicySDK, want, got, wantOther, gotOther []string) {
	where := fmt.Sprintf("line %d %q (%s)", k.At.Line, w.Name, k.ID)
	above := func(d string, types []string) bool {
		return umbrella(d) && slices.ContainsFunc(types, func(x string) bool { return isUnder(x, d) })
	}
	fault := func(cause, d string) {
		g.log("%s: %s: %s", cause, where, d)
		s.cause(cause, 1)
	}
	for _, d := range want {
		switch {
		case slices.Contains(got, d):
			s.data.hit++
		case above(d, want):
		default:
			s.data.missed++
			switch {
			case slices.Contains(gotOther, d):
				fault("data missing: read for the other platform", d)
			case slices.ContainsFunc(got, func(x string) bool { return isUnder(d, x) }):
				fault("data missing: only the collective term was read", d)
			case len(k.Data)+len(k.PlatformData.IOS) == 0:
				fault("data missing: nothing was read of the entry", d)
			default:
				fault("data missing: not read in the entry", d)
			}
		}
	}
	for _, d := range got {
		if slices.Contains(want, d) || slices.Contains(w.Either, d) || above(d, want) || above(d, got) {
			continue
		}
		s.data.extra++
		switch {
		case slices.Contains(wantOther, d):
			fault("data too many: read for the other platform", d)
		case umbrella(d):
			fault("data too many: a collective term", d)
		case len(w.Data)+len(w.IOS) == 0:
			fault("data too many: the entry names no types", d)
		default:
			fault("data too many: not said of the entry", d)
		}
	}
}

// umbrella tells whether a data type is a collective term.
func umbrella(data string) bool {
	t := testReader().set.DataType(data)
	return t != nil && t.Umbrella
}
