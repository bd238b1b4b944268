package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// patch is a place of a fold that is read as something else.
type patch struct {
	from, to int    // runes of the fold
	text     string // what they are read as; "" for a stranger that is left out
	target   slipKind
	noise    noise
}

// maxPatches bounds how many places of one statement are repaired.
const maxPatches = 64

// tolerate returns the mentions of a statement with those added that it makes
// in spite of noise.
func (r *Reader) tolerate(d *document, f folded, words []hit, mentions []mention) []mention {
	n := noiseReader{r: r, d: d, f: f, words: words, mentions: mentions, governs: rolesOf(words)&governing != 0}
	if len(mentions) == 0 && !n.governs && len(f.runes) > maxAlone {
		return mentions
	}
	n.scan()
	if len(n.patches) > 0 {
		n.repair()
	}
	return n.mentions
}

// governing are the roles of words behind which data is expected.
const governing = roleSet(1<<roleCollect | 1<<roleProvide | 1<<rolePermission | 1<<roleAccess | 1<<roleUseOwn)

// maxAlone is how long, in runes, a line or cell may be that holds one item.
const maxAlone = 40

// noiseReader looks at one statement a second time.
type noiseReader struct {
	r        *Reader
	d        *document
	f        folded
	words    []hit
	mentions []mention
	governs  bool // a governing word stands in the statement
	mention  int  // the first mention that does not end before the place looked at
	patches  []patch
}

// scan finds the places to repair.
func (n *noiseReader) scan() {
	runes, pos := n.f.runes, n.f.pos
	for i := 0; i < len(runes) && len(n.patches) < maxPatches; {
		r := runes[i]
		if hanFirst <= r && r <= hanLast && (i == 0 || i+1 == len(runes) || pos[i]-pos[i-1] == 3 && pos[i+1]-pos[i] == 3) {
			i++ // an ideograph among ideographs
			continue
		}
		if !isWord(r) {
			if n.stranger(i) {
				n.patches = append(n.patches, patch{from: i, to: i + 1, noise: noiseStray})
			}
			i++
			continue
		}
		to, sum := n.word(i)
		if to == i+1 && n.stranger(i) {
			n.patches = append(n.patches, patch{from: i, to: to, noise: noiseStray})
		} else if !n.named(i, to) {
			i = n.latin(i, to, sum)
			continue
		}
		i = to
	}
}

// word returns the end of the Latin word that begins at rune i, and the sum of
// its letters.
func (n *noiseReader) word(i int) (to int, sum uint32) {
	runes, inner := n.f.runes, n.f.inner
	sum = letterSum(runes[i])
	for to = i + 1; to < len(runes) && inner[to]; to++ {
		sum += letterSum(runes[to])
	}
	return to, sum
}

// named tells whether a mention found exactly covers a range of the fold.
// Ranges are asked in order.
func (n *noiseReader) named(from, to int) bool {
	start, end := n.f.start(from), n.f.end(to)
	for n.mention < len(n.mentions) && n.mentions[n.mention].end <= start {
		n.mention++
	}
	for _, m := range n.mentions[n.mention:] {
		if m.start > start {
			return false
		}
		if m.end >= end {
			return true
		}
	}
	return false
}

// latin looks at the word between two runes, by itself and with what follows
// it behind a blank or hyphen, and returns where to go on.
func (n *noiseReader) latin(from, to int, sum uint32) int {
	s := &n.r.slips
	end, total := to, sum
	if c := n.glue(to); c != 0 {
		next, more := n.word(to)
		end, total = next, sum+more
		if c == '_' {
			for n.glue(end) == '_' && end-from <= maxSlip {
				next, more = n.word(end)
				end, total = next, total+more
			}
		}
	}
	if end > to && (s.may(total) || n.mayLookAlike(from, end)) && n.slip(from, end) {
		return end
	}
	if s.may(sum) || n.mayLookAlike(from, to) {
		n.slip(from, to)
	}
	return to
}

// mayLookAlike tells whether rn or m, which a sum of letters does not know for
// each other, stand in a code.
func (n *noiseReader) mayLookAlike(from, to int) bool {
	if to-from < minCode || to-from > 8 {
		return false
	}
	for i, r := range n.f.runes[from:to] {
		if r == 'r' && from+i+1 < to && n.f.runes[from+i+1] == 'n' {
			return true
		}
	}
	return false
}

// glue returns the one character that joins the word ending before rune i to
// the word that begins there; 0 where none does.
func (n *noiseReader) glue(i int) byte {
	if i >= len(n.f.runes) || !isWord(n.f.runes[i]) {
		return 0
	}
	at := n.f.start(i)
	if at-n.f.end(i) != 1 {
		return 0
	}
	switch c := n.d.text[at-1]; c {
	case ' ', '-', '_':
		return c
	}
	return 0
}

// slip notes the words between two runes where they are a slip and stand where
// one may be.
func (n *noiseReader) slip(from, to int) bool {
	if to-from > maxSlip {
		return false
	}
	var buf [maxSlip]byte
	word := buf[:0]
	for _, r := range n.f.runes[from:to] {
		word = append(word, byte(r))
	}
	target, noise := n.r.slips.of(string(word))
	if noise == noiseNone {
		return false
	}
	written := span{n.f.start(from), n.f.end(to)}
	if n.cut(written) {
		return false
	}
	joined := strings.ContainsAny(n.d.str(written), " -_")
	fits := false
	switch target.kind {
	case slipConstant:
		text := n.d.str(written)
		fits = strings.Contains(text, "_") && strings.ToUpper(text) == text
	case slipCode:
		fits = !n.inAddress(written) && n.codeFits(written)
	case slipPart:
		fits = !joined && !n.inAddress(written)
	case slipWord:
		fits = !joined && !n.inAddress(written) && (n.nearMention(written) || n.governed(written) || n.alone(written))
	}
	if fits {
		n.patches = append(n.patches, patch{from: from, to: to, text: target.text, target: target.kind, noise: noise})
	}
	return fits
}

// cut tells whether what was looked at begins or ends inside a word.
func (n *noiseReader) cut(s span) bool {
	text := n.d.text
	return s.start > 0 && goesOn(text[s.start-1]) || s.end < len(text) && goesOn(text[s.end])
}

// goesOn tells whether a byte may belong to the word or constant beside it.
func goesOn(c byte) bool { return isLatin(c) || c == '_' }

// codeFits tells whether a slip of a code stands where data is named.
func (n *noiseReader) codeFits(s span) bool {
	if isCode(n.d.str(s)) {
		return n.nearMention(s) || n.governed(s) || n.alone(s)
	}
	return n.besideMention(s)
}

// alone tells whether a statement holds nothing but this.
func (n *noiseReader) alone(s span) bool {
	whole := n.d.text[n.f.start(0):n.f.end(len(n.f.runes))]
	if len(n.f.runes) > maxAlone {
		return false
	}
	return s.end-s.start+2 >= len(strings.Trim(whole, " :：;；,，、。.\t"))
}

// nearMention tells whether a term stands shortly before or behind: one found
// exactly, or one repaired before this one.
func (n *noiseReader) nearMention(s span) bool {
	return n.anyBeside(s, func(between string) bool { return utf8.RuneCountInString(between) <= noiseReach })
}

// besideMention tells whether a term stands right before or behind, but for
// what separates the items of an enumeration.
func (n *noiseReader) besideMention(s span) bool {
	return n.anyBeside(s, func(between string) bool {
		return strings.Trim(strings.TrimSpace(between), "、,，/\\;；()（）[]【】|&+和及与或 ") == ""
	})
}

// anyBeside tells whether a term stands before or behind s with something
// between that accept takes.
func (n *noiseReader) anyBeside(s span, accept func(between string) bool) bool {
	try := func(from, to int) bool {
		return from <= to && to-from <= 4*noiseReach && accept(n.d.text[from:to])
	}
	// The mentions around s are those at n.mention, but for what nests.
	for _, m := range n.mentions[max(0, n.mention-3):min(len(n.mentions), n.mention+3)] {
		if m.data != "" && (try(m.end, s.start) || try(s.end, m.start)) {
			return true
		}
	}
	if k := len(n.patches); k > 0 && n.patches[k-1].text != "" {
		return try(n.f.end(n.patches[k-1].to), s.start)
	}
	return false
}

// governed tells whether a word behind which data is expected stands shortly
// before.
func (n *noiseReader) governed(s span) bool {
	if !n.governs {
		return false
	}
	i, _ := slices.BinarySearchFunc(n.words, s.start, func(h hit, at int) int { return h.start - at })
	for i--; i >= 0; i-- {
		w := n.words[i]
		if s.start-w.end > 4*noiseReach {
			return false
		}
		if governing&(1<<w.value) != 0 && w.end <= s.start {
			return utf8.RuneCountInString(n.d.text[w.end:s.start]) <= noiseReach
		}
	}
	return false
}

// inAddress tells whether a word belongs to the address of a page, a mailbox or
// a package.
func (n *noiseReader) inAddress(s span) bool {
	text := n.d.text
	if s.start > 0 && strings.IndexByte("=&?.@%#", text[s.start-1]) >= 0 {
		return true
	}
	if s.end < len(text) && strings.IndexByte("=&@%#", text[s.end]) >= 0 || s.end+1 < len(text) && text[s.end] == '.' && isLatin(text[s.end+1]) {
		return true
	}
	from := s.start
	for from > 0 && s.start-from < 100 && text[from-1] > ' ' && text[from-1] < utf8.RuneSelf {
		from--
	}
	return strings.Contains(text[from:s.start], "://") || strings.Contains(text[from:s.start], "www.")
}

// stranger tells whether rune i, a single one, stands between ideographs to
// whose word it cannot belong.
func (n *noiseReader) stranger(i int) bool {
	f := &n.f // not a copy: this is asked for every rune
	if i == 0 || i+1 >= len(f.runes) || !isHan(f.runes[i-1]) || !isHan(f.runes[i+1]) {
		return false
	}
	switch r := f.runes[i]; {
	case isWord(r):
		return true
	case isHan(r):
		before, behind := n.blank(i), n.blank(i+1)
		return (before || behind) && !n.r.slips.hasHan(r)
	default:
		return strings.ContainsRune(strayMarks, r) && !n.blank(i) && !n.blank(i+1)
	}
}

// strayMarks separate, bracket and list nothing.
const strayMarks = "^~`�¨´¬¦¤"

// blank tells whether a blank, and no line break, stands before rune i.
func (n *noiseReader) blank(i int) bool {
	from, to := n.f.end(i), n.f.start(i)
	return from < to && !strings.Contains(n.d.text[from:to], "\n")
}

// repair reads the statement again as the patches have it.
func (n *noiseReader) repair() {
	n.d.pool.repaired.patch(&n.f, n.patches)
	fixed := &n.d.pool.repaired
	n.d.pool.hits = room(n.d.pool.hits)
	hits := n.r.data.findInto(n.d.pool.hits[len(n.d.pool.hits):], &fixed.folded)
	var found []mention
	p := 0
	for _, h := range hits {
		for p < len(fixed.places) && fixed.places[p].end < h.from {
			p++
		}
		kind := noiseNone
		for k := p; k < len(fixed.places) && fixed.places[k].start <= h.to && kind == noiseNone; k++ {
			kind = n.covers(h, n.patches[k], fixed.places[k])
		}
		if kind == noiseNone {
			continue
		}
		from := len(found)
		found = n.r.mentionsOf(found, n.d, &fixed.folded, h)
		for k := range found[from:] {
			found[from+k].noise = kind
		}
	}
	n.merge(found)
}

// covers tells whether a hit goes over a repaired place as it must, and what
// was wrong there.
func (n *noiseReader) covers(h hit, p patch, at span) noise {
	ok := false
	switch {
	case p.text == "":
		ok = h.from < at.start && at.start < h.to && h.to-h.from >= minStrayed
	case p.target == slipPart:
		ok = h.from <= at.start && at.end <= h.to && h.to-h.from > at.end-at.start
	default:
		ok = h.from <= at.start && at.end <= h.to
	}
	if !ok {
		return noiseNone
	}
	return p.noise
}

// merge puts new mentions among those found exactly. A longer one takes the
// place of what it contains; one that cuts into another is dropped.
func (n *noiseReader) merge(found []mention) {
	old := n.mentions
	found = slices.DeleteFunc(found, func(m mention) bool {
		return slices.ContainsFunc(old, func(o mention) bool {
			return o.start < m.end && m.start < o.end && !contains(m.span, o.span)
		})
	})
	if len(found) == 0 {
		return
	}
	out := slices.DeleteFunc(slices.Clone(old), func(o mention) bool {
		return slices.ContainsFunc(found, func(m mention) bool { return contains(m.span, o.span) })
	})
	out = append(out, found...)
	slices.SortStableFunc(out, func(a, b mention) int { return a.start - b.start })
	n.mentions = out
}

// repaired is a fold with patches in it.
type repaired struct {
	folded
	places []span // where each patch stands in it; a stranger left out has no length
}

// patch fills the memory that p has with f as the patches have it. The runes of
// a patch take the places of those it stands for, its last rune that of their
// last.
func (p *repaired) patch(f *folded, patches []patch) {
	p.text = f.text
	p.runes, p.pos, p.inner, p.places = p.runes[:0], p.pos[:0], p.inner[:0], p.places[:0]
	at := 0
	for _, one := range patches {
		p.copy(f, at, one.from)
		at = one.to
		start := len(p.runes)
		for i, r := range one.text {
			from := min(one.from+i, one.to-1)
			if i == len(one.text)-1 {
				from = one.to - 1
			}
			p.runes, p.pos, p.inner = append(p.runes, r), append(p.pos, f.pos[from]), append(p.inner, i > 0)
		}
		p.places = append(p.places, span{start, len(p.runes)})
	}
	p.copy(f, at, len(f.runes))
}

func (p *repaired) copy(f *folded, from, to int) {
	p.runes, p.pos, p.inner = append(p.runes, f.runes[from:to]...), append(p.pos, f.pos[from:to]...), append(p.inner, f.inner[from:to]...)
}
