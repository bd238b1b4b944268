package policy

import (
	"slices"
	"strings"
	"sync"
)

// noise is what was tolerated to find a term. Policies pass through scanners,
// typing and copying, and their terms come out damaged: IEMI, IMEl, Andriod ID,
// W1-FI, 手机x号码. Tolerance is a second look at what the exact search left, and it
// goes by these rules:
//
//   - A Latin word is a slip of a term's word where ONE edit leads from one to
//     the other: two neighbours changed places, one letter of the term is
//     missing, one is doubled, or letters stand for others that look alike (0 O,
//     1 l I, 5 S, 8 B, rn m). No other letter may be replaced.
//   - It has four letters or more, and the term's word is a code (IMEI, OpenUDID,
//     WiFi: a capital or a digit behind its first letter, at least four letters)
//     or has at least eight letters, of which the first is in its place and the
//     last is not missing; Android, a name, counts as such. Of shorter codes only
//     look-alikes are repaired, and only within a longer term (基站1D, lP地址).
//     Permission constants count as a whole (READ_PHONE_STAE), in capitals with
//     their underscores.
//   - A word that stands anywhere in the signatures is itself: no edit turns one
//     known word into another (IMEI IMSI, IDFA IDFV, SSID BSSID, OAID VAID AAID).
//     Ordinary words that would pass for a slip are listed there as well
//     (ordinary_word). A word with two corrections has none. Neither has one,
//     look-alikes apart, that a single edit of ANY kind leads to two codes (AOID:
//     OAID or AAID).
//   - Between the characters of a Chinese term of four or more, one character may
//     be a stranger: a Latin letter, a digit or a mark that separates nothing; an
//     ideograph only if a blank stands beside it and no term or grammar word of
//     the signatures has it. So 设备间信息 and 身份的信息 stay what they are. Blanks,
//     line breaks, invisible characters, full-width forms and traditional
//     characters are no noise (rules.FoldRune).
//   - The place must fit: a term found exactly shortly before or behind, or a word
//     for collecting or permitting shortly before; a code must be written as one,
//     with a capital or a digit behind its first letter, unless a term stands
//     right beside it, and not inside an address. In a cell or line that holds
//     nothing else a code needs no more.
//   - What is repaired is read again as a whole, longest term first, and counts
//     only if a term of the data types (or a permission constant) goes over the
//     repaired place. Quotes and mentions keep the text as written; the mention
//     says in noise what was tolerated.
//
// Names of SDKs are not repaired: they are short, made up and too like each
// other.
type noise uint8

const (
	noiseNone noise = iota
	noiseTransposed
	noiseLookAlike
	noiseDropped
	noiseDoubled
	noiseStray
)

// String is what a report calls it; "" where a term stands as it should.
func (n noise) String() string {
	switch n {
	case noiseTransposed:
		return "transposed"
	case noiseLookAlike:
		return "look_alike"
	case noiseDropped:
		return "dropped"
	case noiseDoubled:
		return "doubled"
	case noiseStray:
		return "stray_character"
	}
	return ""
}

// Limits of the mechanism, in runes of the fold.
const (
	minCode    = 4
	minWord    = 8  // of a word that is no code
	minPart    = 2  // of a Latin part of a longer term, such as the ID of 设备ID
	maxSlip    = 48 // what is longer is no word
	noiseReach = 24 // how far a neighbour or a governing word may stand
	minStrayed = 4  // of a Chinese term with a stranger in it
)

type slipKind uint8

const (
	slipWord     slipKind = iota // a word of at least minWord letters
	slipCode                     // a code, or a part of a term with one in it
	slipPart                     // a code shorter than that, only for its look-alikes within a longer term
	slipConstant                 // a permission constant without its prefix
)

// slipTarget is a word that slips lead back to, folded.
type slipTarget struct {
	text string
	kind slipKind
}

// slips knows the words of the terms by the sum of their letters. Letters that
// look alike are one letter there, so that a sum stays what it is when letters
// change places or look-alikes stand in, and changes by a letter of the word
// where one is missing or doubled: all slips of a word are found under few sums.
type slips struct {
	targets []slipTarget
	sums    []slipSum             // hashed by sum; target is 0 in an empty place
	used    int                   // places taken in sums
	codes   [maxSlip + 1][]string // by length
	once    sync.Once
	learn   func()                                 // fills what follows, when it is first asked for
	known   map[string]bool                        // words of the signatures that look like a slip of another
	han     [(hanLast - hanFirst + 64) / 64]uint64 // ideographs of terms and grammar
}

// The usual ideographs.
const (
	hanFirst = 0x4E00
	hanLast  = 0x9FFF
)

type slipSum struct {
	sum    uint32
	target int32 // index into targets + 1
}

// looks is the letter under which look-alikes meet.
func looks(r rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', 'l':
		return 'i'
	case '5':
		return 's'
	case '8':
		return 'b'
	}
	return r
}

func letterSum(r rune) uint32 {
	x := uint32(looks(r)) * 0x9E3779B1
	x ^= x >> 15
	return x * 0x85EBCA6B
}

func wordSum(word string) uint32 {
	sum := uint32(0)
	for _, r := range word {
		sum += letterSum(r)
	}
	return sum
}

// targetsFor calls f with every target under a sum.
func (s *slips) targetsFor(sum uint32, f func(int32)) {
	mask := uint32(len(s.sums) - 1)
	for h := sum >> 7; s.sums[h&mask].target != 0; h++ {
		if e := s.sums[h&mask]; e.sum == sum {
			f(e.target - 1)
		}
	}
}

func (s *slips) enter(sum uint32, target int32) {
	if s.used++; s.used*2 > len(s.sums) {
		old := s.sums
		s.sums = make([]slipSum, 2*len(old))
		for _, e := range old {
			if e.target != 0 {
				s.put(e)
			}
		}
	}
	s.put(slipSum{sum, target + 1})
}

func (s *slips) put(e slipSum) {
	mask := uint32(len(s.sums) - 1)
	h := e.sum >> 7
	for s.sums[h&mask].target != 0 {
		h++
	}
	s.sums[h&mask] = e
}

// add enters a folded word.
func (s *slips) add(word string, kind slipKind) {
	n := int32(len(s.targets))
	s.targets = append(s.targets, slipTarget{word, kind})
	if kind == slipCode {
		s.codes[len(word)] = append(s.codes[len(word)], word)
	}
	sum := wordSum(word)
	s.enter(sum, n)
	if kind == slipPart {
		return
	}
	for i, r := range word {
		if strings.IndexByte(word[:i], byte(r)) < 0 {
			s.enter(sum-letterSum(r), n)
			s.enter(sum+letterSum(r), n)
		}
	}
}

// may tells quickly whether something may be a slip, by the sum of its
// letters. It does not know of rn and m.
func (s *slips) may(sum uint32) bool {
	mask := uint32(len(s.sums) - 1)
	for h := sum >> 7; s.sums[h&mask].target != 0; h++ {
		if s.sums[h&mask].sum == sum {
			return true
		}
	}
	return false
}

// of returns the one target that a folded word is a slip of, with what
// happened to it; noiseNone where there is none or more than one.
func (s *slips) of(word string) (slipTarget, noise) {
	if len(word) < minPart || len(word) > maxSlip {
		return slipTarget{}, noiseNone
	}
	var target slipTarget
	kind, several := noiseNone, false
	try := func(sum uint32) {
		s.targetsFor(sum, func(i int32) {
			t := s.targets[i]
			if k := slipOf(word, t); k != noiseNone && t != target {
				several = several || kind != noiseNone
				target, kind = t, k
			}
		})
	}
	sum := wordSum(word)
	try(sum)
	if strings.Contains(word, "rn") {
		try(sum - letterSum('r') - letterSum('n') + letterSum('m'))
	}
	if strings.Contains(word, "m") {
		try(sum + letterSum('r') + letterSum('n') - letterSum('m'))
	}
	if several || kind == noiseNone || s.isKnown(word) || target.kind == slipCode && kind != noiseLookAlike && s.betweenCodes(word, target.text) {
		return slipTarget{}, noiseNone
	}
	return target, kind
}

// betweenCodes tells whether a single edit leads from a word to a code other
// than the one.
func (s *slips) betweenCodes(word, one string) bool {
	for n := len(word) - 1; n <= len(word)+1; n++ {
		if n < len(s.codes) && slices.ContainsFunc(s.codes[n], func(code string) bool { return code != one && oneEdit(word, code) }) {
			return true
		}
	}
	return false
}

// slipOf names what turned a target into a word.
func slipOf(word string, t slipTarget) noise {
	w := t.text
	switch {
	case word == w:
		return noiseNone
	case alike(word, w):
		return noiseLookAlike
	case t.kind == slipPart || len(word) < minCode:
		return noiseNone
	}
	i := commonPrefix(word, w)
	switch len(word) - len(w) {
	case 0:
		if i+1 < len(w) && word[i] == w[i+1] && word[i+1] == w[i] && word[i+2:] == w[i+2:] && (t.kind != slipWord || i > 0) {
			return noiseTransposed
		}
	case -1:
		if word[i:] == w[i+1:] && (t.kind != slipWord || i > 0 && i < len(w)-1) {
			return noiseDropped
		}
	case 1:
		if i > 0 && word[i] == word[i-1] && word[i+1:] == w[i:] {
			return noiseDoubled
		}
	}
	return noiseNone
}

// alike tells whether two words are the same but for look-alikes, at most one
// of them rn for m.
func alike(a, b string) bool {
	if len(a) == len(b) {
		for i := range len(a) {
			if looks(rune(a[i])) != looks(rune(b[i])) {
				return false
			}
		}
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a) != len(b)+1 {
		return false
	}
	i := commonPrefix(a, b)
	return i < len(b) && strings.HasPrefix(a[i:], "rn") && b[i] == 'm' && a[i+2:] == b[i+1:]
}

func commonPrefix(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// oneEdit tells whether one letter replaced, missing or too many, or one pair
// of neighbours the wrong way round, is all that a and b differ by.
func oneEdit(a, b string) bool {
	i := commonPrefix(a, b)
	switch len(a) - len(b) {
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i+1:] == b[i:]
	case -1:
		return a[i:] == b[i+1:]
	}
	return false
}
