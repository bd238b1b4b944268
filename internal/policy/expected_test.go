package policy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

const policyDir = "../../testdata/policy"

// testReader is the reader with the built-in rules, compiled once for all
// tests.
var testReader = sync.OnceValue(func() *Reader {
	set, err := rules.Load()
	if err != nil {
		panic(err)
	}
	r, err := NewReader(set)
	if err != nil {
		panic(err)
	}
	return r
})

// readOne reads one document by the built-in rules.
func readOne(t testing.TB, name string, data []byte) audit.Policy {
	t.Helper()
	p, _, err := testReader().Read(context.Background(), []Input{{Name: name, Data: data}})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// expectedParty is what a careful person reads of one party.
type expectedParty struct {
	Data        []string `yaml:"data"`
	Vague       []string `yaml:"vague"`
	IOS         []string `yaml:"ios"`
	Denied      []string `yaml:"denied"`
	Permissions []string `yaml:"permissions"`
}

type expectedSDK struct {
	Lang          string `yaml:"lang"`
	Name          string `yaml:"name"`
	ID            string `yaml:"id"`
	Company       string `yaml:"company"`
	Optional      bool   `yaml:"optional"`
	expectedParty `yaml:",inline"`
}

type expectedPolicy struct {
	Languages    []string      `yaml:"languages"`
	Encoding     string        `yaml:"encoding"`
	Layout       string        `yaml:"layout"`
	SDKs         []expectedSDK `yaml:"sdks"`
	App          expectedParty `yaml:"app"`
	Placeholders []string      `yaml:"placeholders"`
	Silent       []string      `yaml:"silent"`
	NotDenied    []string      `yaml:"not_denied"`
}

func loadExpected(t testing.TB) map[string]expectedPolicy {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(policyDir, "EXPECTED.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Policies map[string]expectedPolicy `yaml:"policies"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Policies
}

func TestExpectedPolicies(t *testing.T) {
	expected := loadExpected(t)
	files, err := os.ReadDir(policyDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") || f.Name() == "EXPECTED.yaml" {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			want, ok := expected[f.Name()]
			if !ok {
				t.Fatal("no row in EXPECTED.yaml")
			}
			data, err := os.ReadFile(filepath.Join(policyDir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			p := readOne(t, f.Name(), data)
			if got := p.Sources[0].Languages; !slices.Equal(got, want.Languages) {
				t.Errorf("languages %v, want %v", got, want.Languages)
			}
			compareSDKs(t, p, want.SDKs)
			compareApp(t, p, want.App)
			comparePlaceholders(t, p, want.Placeholders)
			checkSilent(t, p, want.Silent)
			checkNotDenied(t, p, want.NotDenied)
		})
	}
}

// compareSDKs compares the entries row by row, in text order.
func compareSDKs(t *testing.T, p audit.Policy, want []expectedSDK) {
	t.Helper()
	got := slices.Clone(p.SDKs)
	for _, w := range want {
		id := w.ID
		if id == "unknown" {
			id = audit.PrefixUnnamed + w.Name
		}
		i := slices.IndexFunc(got, func(s audit.PolicySDK) bool { return s.ID == id && s.NameAsWritten == w.Name && s.Lang == w.Lang })
		if i < 0 {
			if !w.Optional {
				t.Errorf("SDK entry %s %q (%s) not found", w.Lang, w.Name, id)
			}
			continue
		}
		s := got[i]
		got = got[i+1:]
		if i > 0 {
			t.Errorf("SDK entries before %q that nobody sees there: %v", w.Name, entryNames(p.SDKs[:len(p.SDKs)-len(got)-1]))
		}
		if s.Company != w.Company {
			t.Errorf("%q: company %q, want %q", w.Name, s.Company, w.Company)
		}
		compareData(t, fmt.Sprintf("%q", w.Name), s.Data, w.expectedParty)
		sameSet(t, fmt.Sprintf("%q: iOS data", w.Name), s.PlatformData.IOS, w.IOS)
		compareEntryClaims(t, p, s)
	}
	if len(got) > 0 {
		t.Errorf("SDK entries that nobody sees: %v", entryNames(got))
	}
}

func entryNames(ss []audit.PolicySDK) []string {
	var out []string
	for _, s := range ss {
		out = append(out, s.NameAsWritten+" ("+s.ID+")")
	}
	return out
}

// compareEntryClaims: every datum of an entry is also a claim of that party,
// with a mention.
func compareEntryClaims(t *testing.T, p audit.Policy, s audit.PolicySDK) {
	t.Helper()
	for _, d := range s.Data {
		if !slices.ContainsFunc(p.Claims, func(c audit.Claim) bool {
			return c.Party == s.Party() && c.Lang == s.Lang && c.Polarity == audit.Collects && c.Platform != audit.PlatformIOS && slices.Contains(c.Data, d) &&
				slices.ContainsFunc(c.Mentions, func(m audit.Mention) bool { return m.Data == d })
		}) {
			t.Errorf("%q: %s stands in no claim", s.NameAsWritten, d)
		}
	}
}

// compareData splits data into exact and collective types. Collective terms
// beyond the wanted ones are right only above a datum that is wanted exactly.
func compareData(t *testing.T, what string, data []string, want expectedParty) {
	t.Helper()
	var exact, vague []string
	for _, d := range data {
		if umbrella(d) {
			vague = append(vague, d)
		} else {
			exact = append(exact, d)
		}
	}
	sameSet(t, what+": data", exact, want.Data)
	for _, d := range want.Vague {
		if !slices.Contains(vague, d) {
			t.Errorf("%s: collective term %s not found", what, d)
		}
	}
	for _, v := range vague {
		if !slices.Contains(want.Vague, v) && !slices.ContainsFunc(want.Data, func(d string) bool { return isUnder(d, v) }) {
			t.Errorf("%s: collective term %s that nobody sees", what, v)
		}
	}
}

// isUnder tells whether data type d stands below above in the tree.
func isUnder(d, above string) bool {
	t := testReader().set.DataType(d)
	if t == nil {
		return false
	}
	for _, p := range append([]string{t.Parent}, t.AlsoUnder...) {
		if p != "" && (p == above || isUnder(p, above)) {
			return true
		}
	}
	return false
}

func sameSet(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if got, want = slices.Compact(got), slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}

func compareApp(t *testing.T, p audit.Policy, want expectedParty) {
	t.Helper()
	var data, ios, denied, perms []string
	for _, c := range p.Claims {
		switch {
		case c.Party != audit.PartyApp:
		case c.Polarity == audit.Denies:
			denied = append(denied, c.Data...)
		case c.Platform == audit.PlatformIOS:
			ios = append(ios, c.Data...)
		default:
			data = append(data, c.Data...)
			for _, perm := range c.Permissions {
				perms = append(perms, strings.TrimPrefix(perm, "android.permission."))
			}
		}
	}
	ios = slices.DeleteFunc(ios, func(d string) bool { return slices.Contains(data, d) })
	compareData(t, "app", data, want)
	sameSet(t, "app: iOS data", ios, want.IOS)
	sameSet(t, "app: denied", denied, want.Denied)
	for _, w := range want.Permissions {
		if !slices.Contains(perms, w) {
			t.Errorf("app: permission %s not found in %v", w, perms)
		}
	}
	for _, perm := range perms {
		if want.Permissions != nil && !slices.Contains(want.Permissions, perm) {
			t.Errorf("app: permission %s that nobody sees", perm)
		}
	}
}

func comparePlaceholders(t *testing.T, p audit.Policy, want []string) {
	t.Helper()
	var got []string
	for _, d := range p.Defects {
		if d.Kind == DefectPlaceholder {
			got = append(got, d.Quote)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("placeholders %q, want %q", got, want)
	}
}

// placesOf finds a piece of text in the source, in code points, ignoring how
// its blanks are written.
func placesOf(t *testing.T, text, piece string) []span {
	t.Helper()
	var out []span
	for from := 0; ; {
		i := strings.Index(text[from:], piece)
		if i < 0 {
			break
		}
		start := utf8.RuneCountInString(text[:from+i])
		out = append(out, span{start, start + utf8.RuneCountInString(piece)})
		from += i + len(piece)
	}
	if out == nil {
		t.Errorf("the document does not hold %q", piece)
	}
	return out
}

// checkSilent: nothing is claimed by these pieces of text: no claim lies
// inside one or overlaps it with a mention, and no placeholder.
func checkSilent(t *testing.T, p audit.Policy, pieces []string) {
	t.Helper()
	for _, piece := range pieces {
		for _, s := range placesOf(t, p.Sources[0].Text, piece) {
			for _, c := range p.Claims {
				inside := c.At.Start >= s.start && c.At.End <= s.end || s.start >= c.At.Start && s.end <= c.At.End && len(c.Mentions) == 0
				for _, m := range c.Mentions {
					inside = inside || m.Start >= s.start && m.End <= s.end
				}
				if inside {
					t.Errorf("silent text %q: claim %s %s %v %v by %s: %q", piece, c.Party, c.Polarity, c.Data, c.Permissions, c.Rule, c.Quote)
				}
			}
			for _, d := range p.Defects {
				if d.At.Start >= s.start && d.At.End <= s.end {
					t.Errorf("silent text %q: placeholder %q", piece, d.Quote)
				}
			}
		}
	}
}

func checkNotDenied(t *testing.T, p audit.Policy, pieces []string) {
	t.Helper()
	for _, piece := range pieces {
		for _, s := range placesOf(t, p.Sources[0].Text, piece) {
			for _, c := range p.Claims {
				if c.Polarity == audit.Denies && c.At.Start < s.end && c.At.End > s.start {
					t.Errorf("%q read as a denial of %v", piece, c.Data)
				}
			}
		}
	}
}
