package behavior

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/rules"
)

// screenTexts finds the observations that a text of the screens stands for. All phrases
// are looked for in one pass over the text.
type screenTexts struct {
	signs   []textSign
	starts  [1 << 10]uint64   // a bit for the first two bytes of each phrase
	phrases map[uint16][]word // by those bytes
	count   int               // of all phrases
	most    int               // characters of the longest text that any sign is about
}

// word is one phrase.
type word struct {
	text  string // Latin letters in lower case
	latin bool   // counts as whole words only
	at    int    // number
}

// textSign is one entry of the observations, its phrases by their numbers.
type textSign struct {
	of   *rules.Observed
	all  []phraseSet
	none phraseSet
}

// phraseSet is a set of phrases by their numbers.
type phraseSet []uint64

// with adds a phrase and makes room for it.
func (s phraseSet) with(i int) phraseSet {
	for len(s) <= i/64 {
		s = append(s, 0)
	}
	s[i/64] |= 1 << (i % 64)
	return s
}

func (s phraseSet) meets(other phraseSet) bool {
	for i := range min(len(s), len(other)) {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// roomyPhrases is how many phrases a text is looked at for without an allocation: nearly
// twice as many as the built-in entries have. Rules of a user may have any number.
const roomyPhrases = 512

func newScreenTexts(set *rules.Set) *screenTexts {
	x := &screenTexts{phrases: map[uint16][]word{}}
	add := func(to *phraseSet, t rules.Terms) {
		for i, phrase := range t.All() {
			if len(phrase) < 2 {
				continue
			}
			p := word{strings.ToLower(phrase), i >= len(t.ZH), x.count}
			pair := uint16(p.text[0])<<8 | uint16(p.text[1])
			x.phrases[pair] = append(x.phrases[pair], p)
			x.starts[pair>>6] |= 1 << (pair & 63)
			*to = to.with(x.count)
			x.count++
		}
	}
	for i := range set.Observed {
		o := &set.Observed[i]
		if len(o.Text.All) == 0 {
			continue
		}
		s := textSign{of: o, all: make([]phraseSet, len(o.Text.All))}
		for k, t := range o.Text.All {
			add(&s.all[k], t)
		}
		for _, t := range o.Text.None {
			add(&s.none, t)
		}
		x.most = max(x.most, o.Text.Most)
		x.signs = append(x.signs, s)
	}
	return x
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// find lists the entries that a text stands for.
func (x *screenTexts) find(text []byte) []*rules.Observed {
	if len(text) < 2 || len(text) > x.most*utf8.UTFMax {
		return nil
	}
	var room [roomyPhrases / 64]uint64
	found := phraseSet(room[:])
	some := false
	first := lower(text[0])
	for i := 1; i < len(text); i++ {
		second := lower(text[i])
		pair := uint16(first)<<8 | uint16(second)
		first = second
		if x.starts[pair>>6]>>(pair&63)&1 == 0 {
			continue
		}
		for _, p := range x.phrases[pair] {
			if p.standsAt(text, i-1) {
				if !some && x.count > roomyPhrases {
					found = make(phraseSet, (x.count+63)/64)
				}
				found[p.at/64] |= 1 << (p.at % 64)
				some = true
			}
		}
	}
	if !some {
		return nil
	}
	var out []*rules.Observed
	length := utf8.RuneCount(text)
	for i := range x.signs {
		if s := &x.signs[i]; length <= s.of.Text.Most && !s.none.meets(found) && !slices.ContainsFunc(s.all, func(g phraseSet) bool { return !g.meets(found) }) {
			out = append(out, s.of)
		}
	}
	return out
}

// standsAt tells whether the phrase stands at a place of a text.
func (p *word) standsAt(text []byte, at int) bool {
	end := at + len(p.text)
	if end > len(text) {
		return false
	}
	for k := range len(p.text) {
		if lower(text[at+k]) != p.text[k] {
			return false
		}
	}
	return !p.latin || (at == 0 || !isNamePart(text[at-1])) && (end == len(text) || !isNamePart(text[end]))
}

func isNamePart(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }
