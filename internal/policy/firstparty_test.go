package policy

import (
	"maps"
	"slices"
	"testing"

	"apkaudit/internal/audit"
)

// TestSeedFirstParty measures on the seed policies what the reader finds the
// app itself to collect. Recall is what is held: a type that the reader misses
// turns into an "undisclosed" that the policy does not deserve.
func TestSeedFirstParty(t *testing.T) {
	const wantRecall = 0.90
	gold := loadSeeds(t)
	var all score
	for _, name := range slices.Sorted(maps.Keys(gold)) {
		var s score
		t.Run(name, func(t *testing.T) {
			s = scoreFirstParty(t, readSeed(t, name), gold[name])
			logScore(t, "first party", s)
		})
		all.add(s)
	}
	if all == (score{}) {
		t.Skip("no seed policy was read")
	}
	logScore(t, "all: first party", all)
	if _, r, _ := all.figures(); r < wantRecall {
		t.Errorf("first party: recall %.4f, at least %.2f is wanted", r, wantRecall)
	}
}

// scoreFirstParty compares, language by language, the set of types that the app
// is said to collect with the gold; types that count neither way are left out.
func scoreFirstParty(t *testing.T, p audit.Policy, gold seedGold) score {
	t.Helper()
	if len(gold.FirstParty) == 0 {
		t.Errorf("the gold does not say what the app collects")
	}
	var s score
	for _, lang := range gold.Languages {
		checkFirstPartyGold(t, lang, gold)
		want, either := gold.FirstParty[lang], gold.FirstPartyEither[lang]
		got := slices.DeleteFunc(firstPartyData(p, lang), func(d string) bool {
			return slices.Contains(either, d) || spelledOutIn(want, d)
		})
		s.add(scoreData(t, lang, got, want))
	}
	return s
}

// spelledOutIn tells whether d is a collective term that is not in the gold
// itself but stands above a type that is.
func spelledOutIn(want []string, d string) bool {
	return umbrella(d) && !slices.Contains(want, d) &&
		slices.ContainsFunc(want, func(w string) bool { return isUnder(w, d) })
}

// firstPartyData is the sorted set of data types of the claims that the app
// collects something, in one language and for any platform.
func firstPartyData(p audit.Policy, lang string) []string {
	set := map[string]bool{}
	for _, c := range p.Claims {
		if c.Lang != lang || c.Party != audit.PartyApp || c.Polarity != audit.Collects {
			continue
		}
		for _, d := range c.Data {
			set[d] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// checkFirstPartyGold keeps slips of the pen out of the figures.
func checkFirstPartyGold(t *testing.T, lang string, gold seedGold) {
	t.Helper()
	seen := map[string]bool{}
	for _, d := range slices.Concat(gold.FirstParty[lang], gold.FirstPartyEither[lang]) {
		if seen[d] {
			t.Errorf("gold, %s: %s is listed twice", lang, d)
		}
		seen[d] = true
		if testReader().set.DataType(d) == nil {
			t.Errorf("gold, %s: %s is no data type", lang, d)
		}
	}
}
