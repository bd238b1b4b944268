package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// Kinds of damage, the detail of a corruption.
const (
	damageStray       = "stray_character"   // one Chinese character inside words or where it means nothing
	damageMarkup      = "leftover_markup"   // tags and entities that readers see
	damageUndecodable = "undecodable"       // text read under a wrong encoding
	damageLookalike   = "misread_term"      // W1-FI for WI-FI, SKD for SDK
	damageEmptyList   = "empty_list"        // ", , and"
	damageMarks       = "doubled_separator" // 、、
)

// maxCorruptions bounds how many places of one document are noted.
const maxCorruptions = 400

// corruptions locates the places where the text was damaged on its way: by
// extraction, recognition or a wrong encoding.
func (d *document) corruptions(pts *points) []audit.Defect {
	type place struct {
		span
		detail string
	}
	var all []place
	add := func(detail string, spans []span) {
		for _, s := range spans {
			if !slices.ContainsFunc(all, func(o place) bool { return o.start < s.end && s.start < o.end }) && len(all) < maxCorruptions {
				all = append(all, place{s, detail})
			}
		}
	}
	signs := damageSigns.present(d.text)
	add(damageMarkup, d.leftoverMarkup())
	add(damageStray, d.strayCharacters())
	add(damageUndecodable, d.undecodable(signs))
	add(damageLookalike, d.misreadTerms())
	add(damageEmptyList, d.emptyLists(signs))
	add(damageMarks, d.doubledSeparators(signs))
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	var out []audit.Defect
	for _, p := range all {
		out = append(out, audit.Defect{Kind: audit.DefectCorruption, Detail: p.detail, Quote: d.str(p.span), At: at(d, pts, p.span)})
	}
	return out
}

// tags are the elements of web pages that a reader has no reason to see. A tag
// may be damaged itself: "<极 p>".
var (
	leftoverTag    = pattern.New(`(?i)</?(?:\p{Han} ?)?(?:p|br|div|span|strong|em|b|i|u|li|ul|ol|td|tr|th|table|tbody|font|h[1-6]|a|img|script|style|section)(?:\s+[a-z-]+\s*=[^<>\n]{0,200}|\s*)/?>`)
	leftoverEntity = pattern.New(`&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|mdash|hellip|middot|#\d{2,5}|#x[0-9a-fA-F]{2,5});`)
)

// leftoverMarkup finds tags and entities in text that was to be read.
func (d *document) leftoverMarkup() []span {
	var out []span
	if d.format == formatMarkdown {
		return nil // mark-up of its own is part of the format
	}
	if strings.IndexByte(d.text, '<') >= 0 {
		for _, m := range leftoverTag.FindAllStringIndex(d.text, maxCorruptions) {
			out = append(out, span{m[0], m[1]})
		}
	}
	if strings.IndexByte(d.text, '&') >= 0 {
		for _, m := range leftoverEntity.FindAllStringIndex(d.text, maxCorruptions) {
			if !inAddress(d.text, m[0]) {
				out = append(out, span{m[0], m[1]})
			}
		}
	}
	return out
}

// inAddress tells whether a place stands inside a web address.
func inAddress(text string, at int) bool {
	from := at
	for from > 0 && at-from < maxURLBytes && text[from-1] > ' ' && text[from-1] < utf8.RuneSelf {
		from--
	}
	return strings.Contains(text[from:at], "://")
}

// minStray is how often a character must stand where it means nothing, all by
// itself, to be one that something strewed over the text.
const minStray = 3

// strayCharacters finds a Chinese character that the text is strewn with. One
// inside an English sentence or a tag gives itself away; it then counts also
// between Chinese characters where a blank follows it, which Chinese does not
// write. Without such a witness a character counts that stands so at least
// minStray times, behind different characters, and hardly ever otherwise.
func (d *document) strayCharacters() []span {
	type sight struct {
		span
		before rune
	}
	between := map[rune][]sight{} // followed by a blank between Chinese characters
	var out []span
	witness := map[rune]bool{}
	lower := func(i int) bool { return i >= 0 && i < len(d.text) && 'a' <= d.text[i] && d.text[i] <= 'z' }
	look := func(i int, r rune, w int) {
		if !lower(i-1) && !lower(i+w) && !strings.HasPrefix(d.text[i+w:], " ") && !strings.HasSuffix(d.text[:i], "<") {
			return // as most stand
		}
		before, pw := utf8.DecodeLastRuneInString(d.text[:i])
		before2, _ := utf8.DecodeLastRuneInString(d.text[:i-pw])
		next, nw := utf8.DecodeRuneInString(d.text[i+w:])
		next2, _ := utf8.DecodeRuneInString(d.text[i+w+nw:])
		switch {
		case betweenLatin(before2, before, next, next2) && !hanNear(d.text, i, i+w):
			out = append(out, span{i, i + w})
			witness[r] = true
		case before == '<' && (next == ' ' || unicode.In(next, unicode.Latin)):
			witness[r] = true // the tag itself is left-over mark-up
		case next == ' ' && isHan(before) && !isCNDigit(before) && isHan(next2) && len(between[r]) < maxCorruptions:
			between[r] = append(between[r], sight{span{i, i + w}, before})
		}
	}
	// What counts stands beside a letter, a bracket or a blank: at a border
	// between ASCII and other characters.
	for i, last := 0, -1; i < len(d.text); {
		for i < len(d.text) && d.text[i] < utf8.RuneSelf {
			i++
		}
		if i == len(d.text) {
			break
		}
		from := i
		for i < len(d.text) && d.text[i] >= utf8.RuneSelf {
			if i++; d.text[i-1] >= 0xE0 {
				i += 2 // inside the character
			}
		}
		i = min(i, len(d.text))
		if r, w := utf8.DecodeRuneInString(d.text[from:i]); isHan(r) {
			look(from, r, w)
			last = from
		}
		if r, w := utf8.DecodeLastRuneInString(d.text[from:i]); isHan(r) && i-w != last {
			look(i-w, r, w)
		}
	}
	var chars []rune
	total := map[rune]int{}
	for r := range between {
		if len(between[r]) >= minStray && !witness[r] {
			total[r] = 0
		}
		chars = append(chars, r)
	}
	slices.Sort(chars)
	if len(total) > 0 {
		countRunes(d.text, total)
	}
	for _, r := range chars {
		seen := map[rune]bool{}
		for _, s := range between[r] {
			seen[s.before] = true
		}
		n := len(between[r])
		strewn := n >= minStray && len(seen) >= minStray && n*4 >= total[r]*3
		if !witness[r] && !strewn {
			continue
		}
		for _, s := range between[r] {
			out = append(out, s.span)
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return out
}

// countRunes counts how often the characters stand in a text that the map has.
func countRunes(text string, counts map[rune]int) {
	var known [64]uint64 // by their last bits: most characters are none of them
	for r := range counts {
		known[r>>6&63] |= 1 << (r & 63)
	}
	for i := 0; i < len(text); {
		r, w := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, w = wideAt(text, i)
		}
		i += w
		if known[r>>6&63]&(1<<(r&63)) == 0 {
			continue
		}
		if n, ok := counts[r]; ok {
			counts[r] = n + 1
		}
	}
}

// betweenLatin tells whether a character stands alone in English running text:
// glued to a lower-case letter on one side, and a word on the other.
func betweenLatin(prev2, prev, next, next2 rune) bool {
	lower := func(r rune) bool { return 'a' <= r && r <= 'z' }
	left := lower(prev) && lower(prev2)
	right := lower(next) && lower(next2)
	return left && (right || next == ' ' && lower(next2)) || right && prev == ' ' && lower(prev2)
}

// hanNear tells whether other Chinese characters stand near a place on its line:
// then English words merely stand in a Chinese sentence.
func hanNear(text string, from, to int) bool {
	const reach = 60 // bytes
	before, after := text[max(0, from-reach):from], text[to:min(len(text), to+reach)]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ = strings.Cut(after, "\n")
	return strings.IndexFunc(before, isHan) >= 0 || strings.IndexFunc(after, isHan) >= 0
}

// mojibake are sequences that a text in UTF-8 shows when it was read under
// another encoding, and the signs that replace what could not be read.
var mojibake = []string{"\uFFFD", "锟斤拷", "烫烫烫", "屯屯屯", "â€™", "â€œ", "â€\u009d", "Ã©", "Ã¼", "ï¼Œ", "ã€‚", "锛屾", "銆�"}

// separatorPairs are two separators in a row.
var separatorPairs = []string{"、、", "，，", "、，", "，、", "。。", "；；", ",，", "，。"}

// damageSigns are these, and the signs of an empty list; few texts hold any.
var damageSigns = newNeedles(slices.Concat(mojibake, separatorPairs, emptySigns)...)

func (d *document) undecodable(signs uint64) []span {
	var out []span
	for k, bad := range mojibake {
		if signs&(1<<k) == 0 {
			continue
		}
		for at := 0; len(out) < maxCorruptions; {
			i := strings.Index(d.text[at:], bad)
			if i < 0 {
				break
			}
			at += i
			end := at + len(bad)
			for strings.HasPrefix(d.text[end:], bad) {
				end += len(bad)
			}
			out = append(out, span{at, end})
			at = end
		}
	}
	return out
}

// readTerms are the abbreviations of policies that recognition and typing get
// wrong.
var readTerms = []string{"WIFI", "IMEI", "IMSI", "MEID", "ICCID", "OAID", "SSID", "BSSID", "IDFA", "IDFV", "GPS", "SDK", "SIM", "MAC"}

// misreadTerms finds terms with a letter taken for a digit (W1-FI, lMEI) or with
// two letters changed round (SKD).
func (d *document) misreadTerms() []span {
	known := map[string]bool{}
	for _, t := range readTerms {
		known[t] = true
	}
	var out []span
	for i := 0; i < len(d.text) && len(out) < maxCorruptions; {
		c := d.text[i]
		if c >= 0xE0 {
			i += 3 // at least
			continue
		}
		if !isWordByte(c) {
			i++
			continue
		}
		n := 0
		for i+n < len(d.text) && (isWordByte(d.text[i+n]) || d.text[i+n] == '-' && i+n+1 < len(d.text) && isLatin(d.text[i+n+1])) {
			n++
		}
		word := d.text[i : i+n]
		if n >= 3 && n <= 12 && misread(word, known) && !inAddress(d.text, i) {
			out = append(out, span{i, i + n})
		}
		i += n
	}
	return out
}

func isWordByte(c byte) bool { return isLatin(c) || '0' <= c && c <= '9' || c == '_' }

// misread tells whether a word becomes a term by undoing one misreading. In
// lower case it is an ordinary word.
func misread(word string, known map[string]bool) bool {
	upper := false
	for i := 0; i < len(word); i++ {
		c := word[i]
		if 'a' <= c && c <= 'z' && c != 'l' && !(c == 's' && i == len(word)-1) {
			return false // no misreading is of a lower-case letter but l
		}
		upper = upper || 'A' <= c && c <= 'Z'
	}
	if !upper {
		return false
	}
	plain := strings.ReplaceAll(strings.TrimSuffix(word, "s"), "-", "") // SKDs
	if known[strings.ToUpper(plain)] || strings.Contains(plain, "_") {
		return false
	}
	if strings.ContainsAny(plain, "10l") {
		undone := strings.NewReplacer("1", "I", "0", "O", "l", "I").Replace(plain)
		if undone != plain && known[undone] {
			return true
		}
	}
	if strings.ToUpper(plain) != plain || strings.ContainsRune(word, '-') || len(plain) < 3 {
		return false
	}
	for i := 1; i+1 < len(plain); i++ { // the first letter is hardly ever wrong
		b := []byte(plain)
		b[i], b[i+1] = b[i+1], b[i]
		if plain[i] != plain[i+1] && known[string(b)] && (string(b) == "SDK" || len(b) >= 4) {
			return true
		}
	}
	return false
}

// emptyList: an enumeration whose items are gone, ": , , , and .".
var emptyList = pattern.New(`(?i)(?:[,，] ?){2,}(?:and|or|和|或)? ?[.。]|[:：] ?[,，] ?[,，]`)

// emptySigns stand in a text that has one.
var emptySigns = []string{", ,", ",,", "，，", "， ，"}

func (d *document) emptyLists(signs uint64) []span {
	if signs>>(len(mojibake)+len(separatorPairs)) == 0 {
		return nil
	}
	var out []span
	for _, m := range emptyList.FindAllStringIndex(d.text, maxCorruptions) {
		out = append(out, d.trim(span{m[0], m[1]}))
	}
	return out
}

// doubledSeparators finds two separators in a row: 、、 or ，，.
func (d *document) doubledSeparators(signs uint64) []span {
	var out []span
	for k, pair := range separatorPairs {
		if signs&(1<<(k+len(mojibake))) == 0 {
			continue
		}
		for at := 0; len(out) < maxCorruptions; {
			i := strings.Index(d.text[at:], pair)
			if i < 0 {
				break
			}
			at += i
			end := at + len(pair)
			run := 2
			for r, w := utf8.DecodeRuneInString(d.text[end:]); strings.ContainsRune(pair, r) && w > 1; r, w = utf8.DecodeRuneInString(d.text[end:]) {
				end += w
				run++
			}
			if !(run > 2 && strings.HasPrefix(pair, "。")) { // 。。。 is an ellipsis
				out = append(out, span{at, end})
			}
			at = end
		}
	}
	return out
}
