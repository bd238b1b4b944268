package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// topic is what the policies say of one data type or permission about one
// party, with every statement that says it in this way.
type topic struct {
	party, data, permission         string
	polarity, platform, specificity string
	said                            []said // in the order of the text; never empty
	best                            int    // of said: the statement to quote first
}

// said is one statement and where, in code points of its quote, the words
// stand that name the topic; from == to where no words do.
type said struct {
	quote, lang string
	at          audit.At
	from, to    int
}

// topics groups the claims by party, data type, polarity, platform and
// specificity, parties in the order in which a reader asks for them.
func topics(claims []audit.Claim, lang string) []topic {
	type key struct{ party, data, polarity, platform, specificity string }
	index := map[key]int{}
	var out []topic
	for i := range claims {
		c := &claims[i]
		words := map[string]audit.Mention{}
		for _, m := range c.Mentions {
			if _, ok := words[m.Data]; !ok {
				words[m.Data] = m
			}
		}
		for _, d := range c.Data {
			k := key{c.Party, d, c.Polarity, c.Platform, c.Specificity}
			n, ok := index[k]
			if !ok {
				n = len(out)
				index[k] = n
				out = append(out, topic{party: c.Party, data: d, polarity: c.Polarity, platform: c.Platform, specificity: c.Specificity})
			}
			s := said{quote: c.Quote, lang: c.Lang, at: c.At}
			if m, ok := words[d]; ok {
				s.from, s.to = m.Start-c.At.Start, m.End-c.At.Start
			}
			out[n].said = append(out[n].said, s)
		}
	}
	for i := range out {
		out[i].choose(lang)
	}
	slices.SortStableFunc(out, func(a, b topic) int {
		return cmp.Or(cmp.Compare(partyRank(a.party), partyRank(b.party)), cmp.Compare(a.party, b.party))
	})
	return out
}

// leastContext is how many code points a quote must have beside the words that
// name the data before it counts as a sentence and not as a bare item.
const leastContext = 4

// choose picks the statement to quote: in the reader's language before the
// other, a sentence before a bare list item, an earlier one before a later.
func (t *topic) choose(lang string) {
	rank := func(s said) int {
		n := 0
		if s.lang == lang {
			n += 2
		}
		if utf8.RuneCountInString(s.quote) >= s.to-s.from+leastContext {
			n++
		}
		return n
	}
	t.best = 0
	for i := range t.said {
		if rank(t.said[i]) > rank(t.said[t.best]) {
			t.best = i
		}
	}
}

// permissionTopics lists the permissions that the policies name, each with its
// statements and SDK entries. text gives the text of an entry's place.
func permissionTopics(p *audit.Policy, names map[string]audit.Text, lang string, text func(audit.At) string) []topic {
	type key struct{ permission, party, polarity string }
	index := map[key]int{}
	var out []topic
	add := func(permission, party, polarity string, s said) {
		k := key{permission, party, polarity}
		n, ok := index[k]
		if !ok {
			n = len(out)
			index[k] = n
			out = append(out, topic{party: party, permission: permission, polarity: polarity, platform: audit.PlatformAny, specificity: audit.Exact})
		}
		t := &out[n]
		if slices.ContainsFunc(t.said[max(0, len(t.said)-1):], func(x said) bool { return x.at == s.at }) {
			return // the exact and the collective part of one statement
		}
		if from, to := permissionWords(s.quote, permission, names[permission]); from < to {
			s.from, s.to = from, to
		}
		t.said = append(t.said, s)
	}
	for i := range p.Claims {
		c := &p.Claims[i]
		for _, x := range c.Permissions {
			s := said{quote: c.Quote, lang: c.Lang, at: c.At}
			if len(c.Mentions) > 0 { // the data that the permission is about
				s.from, s.to = c.Mentions[0].Start-c.At.Start, c.Mentions[0].End-c.At.Start
			}
			add(x, c.Party, c.Polarity, s)
		}
	}
	for _, e := range p.SDKs {
		for _, x := range e.Permissions {
			if _, ok := index[key{x, e.Party(), audit.Collects}]; !ok {
				add(x, e.Party(), audit.Collects, said{quote: text(e.At), lang: e.Lang, at: e.At})
			}
		}
	}
	for i := range out {
		out[i].choose(lang)
	}
	slices.SortStableFunc(out, func(a, b topic) int {
		return cmp.Or(cmp.Compare(partyRank(a.party), partyRank(b.party)), cmp.Compare(a.party, b.party))
	})
	return out
}

// permissionWords finds the words of a quote that name a permission: its
// constant, or its name in one of the languages. Claims carry no positions of
// permissions.
func permissionWords(quote, permission string, name audit.Text) (from, to int) {
	for _, w := range []string{permission[strings.LastIndexByte(permission, '.')+1:], name.ZH, name.EN} {
		if w == "" {
			continue
		}
		if i := strings.Index(quote, w); i >= 0 {
			from = utf8.RuneCountInString(quote[:i])
			return from, from + utf8.RuneCountInString(w)
		}
	}
	return 0, 0
}

// slicer returns a function that gives the text of places, at most most code
// points of each; a place that is not in the text gives "".
func slicer(sources []audit.PolicySource, most int) func(audit.At) string {
	runes := map[int][]rune{}
	return func(at audit.At) string {
		if at.Source < 0 || at.Source >= len(sources) {
			return ""
		}
		text, ok := runes[at.Source]
		if !ok {
			text = []rune(sources[at.Source].Text)
			runes[at.Source] = text
		}
		if at.Start < 0 || at.End > len(text) || at.Start >= at.End {
			return ""
		}
		return string(text[at.Start:min(at.End, at.Start+most)])
	}
}
