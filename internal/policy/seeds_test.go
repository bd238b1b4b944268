package policy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

// seedsDir holds the policies that this project was created from, beside the
// project; they are not part of it.
const seedsDir = "../../../shared/seeds"

// seedGold is testdata/seeds.yaml, which explains the fields.
type seedGold struct {
	Languages    []string            `yaml:"languages"`
	Entries      []expectedSDK       `yaml:"entries"`
	Denied       map[string][]string `yaml:"denied"`
	NoTypesUnder []string            `yaml:"no_types_under"`
	Silent       [][2]int            `yaml:"silent"`

	// What the app itself collects, by language; see firstparty_test.go.
	FirstParty       map[string][]string `yaml:"first_party"`
	FirstPartyEither map[string][]string `yaml:"first_party_either"`
}

func loadSeeds(t testing.TB) map[string]seedGold {
	t.Helper()
	data, err := os.ReadFile("testdata/seeds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Seeds map[string]seedGold `yaml:"seeds"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Seeds
}

// readSeed reads one seed policy; the test is skipped where they are absent.
func readSeed(t testing.TB, name string) audit.Policy {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(seedsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the seed policies are not beside this checkout (%s)", seedsDir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return readOne(t, name, data)
}

// score counts what was found against a gold.
type score struct{ hit, extra, missed int }

func (s *score) add(o score) { s.hit += o.hit; s.extra += o.extra; s.missed += o.missed }

func (s score) figures() (p, r, f float64) {
	p, r = 1, 1
	if s.hit+s.extra > 0 {
		p = float64(s.hit) / float64(s.hit+s.extra)
	}
	if s.hit+s.missed > 0 {
		r = float64(s.hit) / float64(s.hit+s.missed)
	}
	if p+r > 0 {
		f = 2 * p * r / (p + r)
	}
	return p, r, f
}

// TestSeedPolicies measures SDK entries and their data on the seed policies.
func TestSeedPolicies(t *testing.T) {
	var entries, data score
	gold := loadSeeds(t)
	names := make([]string, 0, len(gold))
	for name := range gold {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var e, d score
		t.Run(name, func(t *testing.T) {
			p := readSeed(t, name)
			e, d = scoreSeed(t, p, gold[name])
			checkSeed(t, p, gold[name])
			logScore(t, "entries", e)
			logScore(t, "data", d)
		})
		entries.add(e)
		data.add(d)
	}
	if entries == (score{}) {
		t.Skip("no seed policy was read")
	}
	logScore(t, "all: entries", entries)
	logScore(t, "all: data", data)
	if entries.extra+entries.missed > 0 {
		t.Errorf("SDK entries: %d invented, %d missed", entries.extra, entries.missed)
	}
	if _, _, f := data.figures(); f < 0.95 {
		t.Errorf("data of SDK entries: F1 %.4f, at least 0.95 is wanted", f)
	}
}

func logScore(t *testing.T, what string, s score) {
	t.Helper()
	p, r, f := s.figures()
	t.Logf("%-14s P %.4f  R %.4f  F1 %.4f  (%d right, %d too many, %d missing)", what, p, r, f, s.hit, s.extra, s.missed)
}

// scoreSeed compares entries in text order and the data of each, Android and
// iOS apart. Collective terms above a datum of the entry count neither way.
func scoreSeed(t *testing.T, p audit.Policy, gold seedGold) (entries, data score) {
	got := slices.Clone(p.SDKs)
	for _, w := range gold.Entries {
		i := slices.IndexFunc(got, func(s audit.PolicySDK) bool { return s.ID == w.ID && s.NameAsWritten == w.Name && s.Lang == w.Lang })
		if i < 0 {
			t.Errorf("entry %s %q (%s) is missing", w.Lang, w.Name, w.ID)
			entries.missed++
			data.missed += len(w.Data) + len(w.IOS)
			continue
		}
		s := got[i]
		got = slices.Delete(got, i, i+1)
		entries.hit++
		if s.Company != w.Company {
			t.Errorf("%s %q: company %q, want %q", w.Lang, w.Name, s.Company, w.Company)
		}
		data.add(scoreData(t, w.Lang+" "+w.Name, s.Data, w.Data))
		data.add(scoreData(t, w.Lang+" "+w.Name+" (iOS)", s.PlatformData.IOS, w.IOS))
		compareEntryClaims(t, p, s)
	}
	for _, s := range got {
		t.Errorf("entry %s %q (%s) that nobody sees", s.Lang, s.NameAsWritten, s.ID)
		entries.extra++
		data.extra += len(s.Data)
	}
	return entries, data
}

func scoreData(t *testing.T, what string, got, want []string) score {
	var s score
	for _, d := range want {
		if slices.Contains(got, d) {
			s.hit++
		} else {
			t.Logf("%s: %s is missing", what, d)
			s.missed++
		}
	}
	for _, d := range got {
		spelledOut := umbrella(d) && slices.ContainsFunc(got, func(x string) bool { return isUnder(x, d) })
		if !slices.Contains(want, d) && !spelledOut {
			t.Logf("%s: %s is too many", what, d)
			s.extra++
		}
	}
	return s
}

// checkSeed looks at what the app says of itself.
func checkSeed(t *testing.T, p audit.Policy, gold seedGold) {
	if got := p.Sources[0].Languages; !slices.Equal(got, gold.Languages) {
		t.Errorf("languages %v, want %v", got, gold.Languages)
	}
	denied := map[string][]string{}
	for _, c := range p.Claims {
		if c.Polarity == audit.Denies {
			denied[c.Lang] = append(denied[c.Lang], c.Data...)
			if c.Party != audit.PartyApp {
				t.Errorf("line %d: %s denies %v: %q", c.At.Line, c.Party, c.Data, c.Quote)
			}
		}
		for _, s := range gold.Silent {
			if c.At.Line >= s[0] && c.At.Line <= s[1] {
				t.Errorf("line %d is silent; claim %s %s %v %v by %s: %q", c.At.Line, c.Party, c.Polarity, c.Data, c.Permissions, c.Rule, c.Quote)
			}
		}
		for _, above := range gold.NoTypesUnder {
			for _, d := range c.Data {
				if d == above || isUnder(d, above) {
					t.Errorf("line %d: %s %s %s, but the policy names nothing of the kind: %q", c.At.Line, c.Party, c.Polarity, d, c.Quote)
				}
			}
		}
	}
	for _, lang := range []string{"zh", "en"} {
		sameSet(t, "denied in "+lang+":", denied[lang], gold.Denied[lang])
	}
}
