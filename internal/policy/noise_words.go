package policy

import (
	"strings"

	"apkaudit/internal/rules"
)

// addSlips collects the words to which slips lead back.
func (r *Reader) addSlips() {
	s := &r.slips
	s.sums = make([]slipSum, 1<<16)
	s.learn = r.learnWords
	seen := map[string]bool{}
	add := func(word string, kind slipKind) {
		if !seen[word] {
			seen[word] = true
			s.add(word, kind)
		}
	}
	for _, t := range r.set.DataTypes {
		for _, term := range t.Terms.All() {
			latinParts(term, func(part string) { addPart(part, add) })
		}
	}
	for _, p := range r.set.Permissions {
		if short, ok := strings.CutPrefix(p.Name, "android.permission."); ok && strings.Contains(short, "_") {
			if word := rules.Fold(short); len(word) >= minWord && len(word) <= maxSlip {
				add(word, slipConstant)
			}
		}
	}
}

// learnWords collects the words and ideographs of the signatures that are no
// noise. Most documents have no place that asks for them.
func (r *Reader) learnWords() {
	s := &r.slips
	s.known = map[string]bool{}
	for _, words := range r.vocabulary() {
		for _, w := range words {
			s.know(w)
			s.noteHan(w)
		}
	}
	for _, k := range r.set.SDKs {
		for _, words := range [][]string{{k.Name.EN, k.Name.ZH, k.Vendor.EN}, k.Aliases, k.EntryNames} {
			for _, w := range words {
				s.know(w)
			}
		}
	}
}

// addPart enters the Latin part of a term: as a whole where a code stands in
// it, and its long words.
func addPart(part string, add func(string, slipKind)) {
	code := false
	eachWord(part, func(w string) {
		switch {
		case isCode(w):
			code = true
		case len(w) >= minWord || w == "Android":
			add(strings.ToLower(w), slipWord)
		}
	})
	switch whole := rules.Fold(part); {
	case !code || len(whole) < minPart || len(whole) > maxSlip/2:
	case len(whole) < minCode:
		add(whole, slipPart)
	default:
		add(whole, slipCode)
	}
}

// isCode tells whether a word is an abbreviation or a made-up name: it has a
// capital or a digit behind its first letter.
func isCode(w string) bool {
	return len(w) > 1 && strings.ContainsAny(w[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
}

// latinParts calls f with the parts of a term that are written in Latin letters
// and digits, with blanks, hyphens and underscores between them.
func latinParts(term string, f func(string)) {
	from, to := -1, 0 // of the part so far, without what joins at its end
	for i := 0; i <= len(term); i++ {
		switch {
		case i < len(term) && isWord(rune(term[i])|0x20) && term[i] < 0x80:
			if from < 0 {
				from = i
			}
			to = i + 1
		case i < len(term) && (term[i] == ' ' || term[i] == '-' || term[i] == '_'):
		case from >= 0:
			f(term[from:to])
			from = -1
		}
	}
}

// eachWord calls f with every run of Latin letters and digits of a Latin part.
func eachWord(part string, f func(string)) {
	from := 0
	for i := 0; i <= len(part); i++ {
		if i == len(part) || part[i] == ' ' || part[i] == '-' || part[i] == '_' {
			if from < i {
				f(part[from:i])
			}
			from = i + 1
		}
	}
}

// vocabulary lists the words for data, permissions and what is said of them.
func (r *Reader) vocabulary() [][]string {
	var out [][]string
	for _, t := range r.set.DataTypes {
		out = append(out, t.Terms.ZH, t.Terms.EN, t.NotTerms.ZH, t.NotTerms.EN)
	}
	for _, p := range r.set.Permissions {
		out = append(out, []string{p.Name}, p.Terms.ZH, p.Terms.EN)
	}
	for _, g := range r.set.Phrases {
		out = append(out, g.ZH, g.EN)
	}
	return out
}

// noteHan notes the ideographs of a term.
func (s *slips) noteHan(term string) {
	for _, c := range term {
		if hanFirst <= c && c <= hanLast {
			s.han[(c-hanFirst)/64] |= 1 << (c % 64)
		}
	}
}

// hasHan tells whether a term has an ideograph; it says so of rare ones.
func (s *slips) hasHan(c rune) bool {
	s.once.Do(s.learn)
	return c < hanFirst || c > hanLast || s.han[(c-hanFirst)/64]&(1<<(c%64)) != 0
}

// isKnown tells whether a word that looks like a slip is a word by itself.
func (s *slips) isKnown(word string) bool {
	s.once.Do(s.learn)
	return s.known[word]
}

// know notes the words of a term that look like a slip of another word: they
// are none.
func (s *slips) know(term string) {
	latinParts(term, func(part string) {
		several := false
		eachWord(part, func(w string) {
			s.knowWord(w)
			several = several || len(w) < len(part)
		})
		if several {
			s.knowWord(part)
		}
	})
}

// knowWord does so for one word, or for several that stand together.
func (s *slips) knowWord(word string) {
	if len(word) < minPart || len(word) > 2*maxSlip {
		return
	}
	var buf [2 * maxSlip]byte
	folded := buf[:0]
	sum := uint32(0)
	for i := range len(word) {
		if c := word[i] | 0x20; isWord(rune(c)) && word[i] != ' ' {
			folded = append(folded, c)
			sum += letterSum(rune(c))
		}
	}
	s.targetsFor(sum, func(i int32) {
		if s.targets[i].text != string(folded) {
			s.known[string(folded)] = true
		}
	})
}
