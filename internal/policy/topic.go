package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// maxTopicQuotes bounds how often one topic is noted in a document, per
// language: a check needs evidence, not a concordance.
const maxTopicQuotes = 6

// Bounds on a value that stands on the line behind its words ("Updated:").
const (
	maxLabelRunes = 40
	maxValueRunes = 60
)

// maxEntryBytes is how long a block may be to be nothing but an entry of an SDK
// list. Pages saved without line breaks hold a whole policy in one block.
const maxEntryBytes = 3000

// topicWords is what signatures/topics says, compiled: one matcher over all
// words, each leading to the groups of words that it belongs to.
type topicWords struct {
	words  *matcher
	slots  [][]int32 // by value of the matcher: slots that the word fills
	topics []topicRule
	owner  []int32 // by slot: index of its topic
	bodies *matcher
	bare   []int32 // topics that a value alone states
	inSDKs []bool  // by value of the matcher: a topic of the word also stands in entries of SDKs
}

// topicRule is one topic. Its slots follow each other: base is any, base+1 none
// and from base+2 the groups of all.
type topicRule struct {
	*rules.Topic
	base      int32
	wordless  bool // a value alone states it
	in, notIn []sectionClass
}

func newTopicWords(set *rules.Set) topicWords {
	w := topicWords{words: newMatcher(), bodies: newBodies()}
	at := map[string]int32{} // folded word -> value of the matcher
	enter := func(words []string, slot int32) {
		for _, word := range words {
			f := rules.Fold(word)
			v, ok := at[f]
			if !ok {
				v = int32(len(w.slots))
				at[f] = v
				w.slots = append(w.slots, nil)
				w.words.add(word, v)
			}
			w.slots[v] = append(w.slots[v], slot)
		}
	}
	for i := range set.Topics {
		t := &set.Topics[i]
		rule := topicRule{Topic: t, base: int32(len(w.owner)), wordless: len(t.Any.All())+len(t.All) == 0, in: classesNamed(t.In), notIn: classesNamed(t.NotIn)}
		enter(t.Any.All(), rule.base)
		enter(t.None.All(), rule.base+1)
		for k, group := range t.All {
			enter(group.All(), rule.base+2+int32(k))
		}
		if rule.wordless {
			w.bare = append(w.bare, int32(len(w.topics)))
		}
		w.topics = append(w.topics, rule)
		for range 2 + len(t.All) {
			w.owner = append(w.owner, int32(i))
		}
	}
	w.inSDKs = make([]bool, len(w.slots))
	for v, slots := range w.slots {
		w.inSDKs[v] = slices.ContainsFunc(slots, func(slot int32) bool { return w.topics[w.owner[slot]].Entry })
	}
	return w
}

func classesNamed(names []string) []sectionClass {
	var out []sectionClass
	for _, n := range names {
		if n == "open" {
			out = append(out, sectionOpen)
		}
		for _, g := range sectionGroups {
			if g.id == "section_"+n {
				out = append(out, g.class)
			}
		}
	}
	return out
}

// every calls found for each place where a term stands, also inside another
// one: a short word must not be lost because a longer one holds it.
func (m *matcher) every(f *folded, found func(value int32, from int)) {
	for i := m.begin(f, 0); i < len(f.runes); i = m.begin(f, i+1) {
		at, j := int32(0), i+1
		if m.single(f.runes[i]) || j == len(f.runes) {
			at = m.first(f.runes[i])
		} else {
			at, j = m.startAt(f.runes[i], f.runes[j]).to, j+1
		}
		for at > 0 {
			if v := m.nodes[at].value; v >= 0 && f.wordEnd(j) {
				found(v, i)
			}
			if j == len(f.runes) {
				break
			}
			at = m.next(at, f.runes[j])
			j++
		}
	}
}

// topicHit is a word of some topic at a byte of the text.
type topicHit struct {
	value  int32
	at     int
	titled bool // inside the title of a document, 《…》
}

// topicReader carries the state of one document.
type topicReader struct {
	r     *Reader
	d     *document
	secs  []section
	pts   *points
	hits  []topicHit // of the block
	fresh []int32    // slot -> number of the sentence that filled it last
	now   int32      // number of the sentence
	signs valueSigns // of the sentence
	runes int        // how long it is, -1 where nobody asked
	tried []int32    // topic -> number of the sentence that named it last
	named []int32    // topics that words of the sentence belong to, in order
	count []int32    // 2*topic, and one more for English -> how often it was noted
	found [valueKinds][2]foundValue
	out   []audit.Topic
}

// topicsOf finds the statements of a document: one pass of the matcher over
// each block, sentences only where a word was found.
func (r *Reader) topicsOf(d *document, secs []section, pts *points) []audit.Topic {
	if len(r.topics.topics) == 0 {
		return nil
	}
	t := topicReader{r: r, d: d, secs: secs, pts: pts, fresh: make([]int32, len(r.topics.owner)), tried: make([]int32, len(r.topics.topics)), count: make([]int32, 2*len(r.topics.topics))}
	for i := range d.blocks {
		t.block(i)
	}
	return t.out
}

func (t *topicReader) block(i int) {
	b := &t.d.blocks[i]
	f := t.d.view(b.span)
	t.hits = t.hits[:0]
	t.r.topics.words.every(&f, func(v int32, from int) {
		t.hits = append(t.hits, topicHit{value: v, at: int(f.pos[from])})
	})
	if text := t.d.str(b.span); len(t.hits) == 0 && !signsIn(text).bareValue(text) && !labelled(b, text) {
		return
	}
	hits := t.hits
	if t.onlyEntry(b) && !slices.ContainsFunc(hits, func(h topicHit) bool { return t.r.topics.inSDKs[h.value] }) &&
		!slices.ContainsFunc(t.r.topics.bare, func(k int32) bool { return t.r.topics.topics[k].Entry }) {
		return
	}
	for _, in := range titles(t.d, b.span) {
		for k := range hits {
			hits[k].titled = hits[k].titled || in.start <= hits[k].at && hits[k].at < in.end
		}
	}
	for _, s := range t.sentences(b) {
		for !s.empty() {
			part := t.piece(s)
			n := 0
			for n < len(hits) && hits[n].at < part.end {
				n++
			}
			t.sentence(i, part, hits[:n])
			hits = hits[n:]
			s = t.d.trim(span{part.end, s.end})
		}
	}
}

// onlyEntry tells whether a block is nothing but an entry of an SDK list.
func (t *topicReader) onlyEntry(b *block) bool { return b.entry && b.end-b.start <= maxEntryBytes }

// sentences returns the sentences of a block, which its statements are. The
// result holds until the next call.
func (t *topicReader) sentences(b *block) []span {
	if !b.split {
		return splitSentences(t.d, b.span, b.lang)
	}
	out := t.d.pool.sentences[:0]
	for i := range b.statements {
		out = append(out, b.statements[i].span)
	}
	t.d.pool.sentences = out
	return out
}

// maxPieceBytes is how far apart the words of one statement may stand. Pages
// saved without line breaks have sentences that run over many headings.
const maxPieceBytes = 1200

// piece returns the beginning of a sentence, cut where it pauses.
func (t *topicReader) piece(s span) span {
	if s.end-s.start <= maxPieceBytes {
		return s
	}
	head := t.d.text[s.start : s.start+maxPieceBytes]
	if i := strings.LastIndexAny(head, "，,、：: \n"); i > maxPieceBytes/2 {
		_, n := utf8.DecodeRuneInString(head[i:])
		return span{s.start, s.start + i + n}
	}
	end := s.start + maxPieceBytes
	for !utf8.RuneStart(t.d.text[end]) {
		end--
	}
	return span{s.start, end}
}

// sentence notes the topics that sentence s of block i states. Words in pieces
// that the splitter trimmed away cannot be: they are blanks.
func (t *topicReader) sentence(i int, s span, hits []topicHit) {
	t.now++
	t.signs = signsIn(t.d.str(s))
	t.runes = -1
	w := &t.r.topics
	t.named = t.named[:0]
	for _, h := range hits {
		for _, slot := range w.slots[h.value] {
			k := w.owner[slot]
			if h.titled && !w.topics[k].counts() {
				continue
			}
			t.fresh[slot] = t.now
			if t.tried[k] != t.now {
				t.tried[k] = t.now
				t.named = append(t.named, k)
			}
		}
	}
	t.underHeading(i, s)
	for _, k := range t.named {
		t.try(i, s, k, hits)
	}
	if len(w.bare) == 0 || !t.signs.bareValue(t.d.str(s)) {
		return
	}
	for _, k := range w.bare {
		t.try(i, s, k, hits)
	}
}

// placeLabel begins a line or sentence whose label takes its meaning from the heading
// above: 地点：境内 below 存储.
var placeLabel = pattern.New(`^(?:所在)?(?:地点|地域|地区|区域|位置|场所|所在地|期限|时间|时长)[：:]`)

// placeLabels are how such labels end.
var placeLabels = newNeedles("点：", "域：", "区：", "置：", "所：", "地：", "限：", "间：", "长：", "点:", "域:", "区:", "置:", "所:", "地:", "限:", "间:", "长:")

// labelled tells whether a piece of a block begins with such a label.
func labelled(b *block, text string) bool {
	if b.kind == heading || b.kind == row || b.lang != "zh" {
		return false
	}
	text = text[:min(len(text), 2*maxLabelRunes)]
	if !placeLabels.in(text) {
		return false // as nearly all pieces, which need no pattern
	}
	return placeLabel.MatchString(text[numberAt(text).bytes:])
}

// underHeading adds to a sentence behind such a label the words of the heading above,
// where they are one part of what a topic needs: never the whole of it.
func (t *topicReader) underHeading(i int, s span) {
	b := &t.d.blocks[i]
	if !labelled(b, t.d.str(s)) {
		return
	}
	w := &t.r.topics
	f := t.d.view(t.secs[b.section].title)
	w.words.every(&f, func(v int32, _ int) {
		for _, slot := range w.slots[v] {
			k := w.owner[slot]
			if slot < w.topics[k].base+2 {
				continue
			}
			t.fresh[slot] = t.now
			if t.tried[k] != t.now {
				t.tried[k] = t.now
				t.named = append(t.named, k)
			}
		}
	})
}

// counts tells whether words inside the title of a document count: what another
// document is called says nothing about this one.
func (r *topicRule) counts() bool { return r.Titles || slices.Contains(r.Value, "title") }

// try notes topic k if sentence s of block i states it.
func (t *topicReader) try(i int, s span, k int32, hits []topicHit) {
	rule, b := &t.r.topics.topics[k], &t.d.blocks[i]
	if b.kind == heading && !rule.Heading || !rule.Entry && t.onlyEntry(b) || !t.worded(rule) {
		return
	}
	class := t.secs[b.section].class
	if len(rule.in) > 0 && !slices.Contains(rule.in, class) || slices.Contains(rule.notIn, class) {
		return
	}
	lang := b.lang
	if text := t.d.str(s); lang == "zh" && strings.IndexFunc(text, isHan) < 0 && strings.IndexFunc(text, unicode.IsLetter) >= 0 {
		lang = "en" // a line such as "Effective date: March 1" is too short to tell
	}
	key := 2 * k
	if lang == "en" {
		key++
	}
	if t.count[key] >= maxTopicQuotes {
		return
	}
	value, ok := "", len(rule.Value) == 0
	if !ok {
		value, s, ok = t.value(rule, i, s, hits)
	}
	quote := t.d.str(s)
	if !ok || slices.ContainsFunc(t.out, func(o audit.Topic) bool { return o.Topic == rule.ID && o.Quote == quote }) {
		return
	}
	t.count[key]++
	t.out = append(t.out, audit.Topic{Topic: rule.ID, Lang: lang, Value: value, Quote: quote, At: at(t.d, t.pts, s)})
}

// worded tells whether the words of the sentence at hand state the topic.
func (t *topicReader) worded(rule *topicRule) bool {
	has := func(slot int32) bool { return t.fresh[slot] == t.now }
	if has(rule.base + 1) {
		return false
	}
	if has(rule.base) || rule.wordless {
		return true
	}
	for g := range rule.All {
		if !has(rule.base + 2 + int32(g)) {
			return false
		}
	}
	return len(rule.All) > 0
}

// value finds a value of the rule's kinds in sentence s of block i, or on the
// line behind where the sentence is a mere label. It returns the place with the
// value in it.
func (t *topicReader) value(rule *topicRule, i int, s span, hits []topicHit) (string, span, bool) {
	b := &t.d.blocks[i]
	if rule.Alone && t.length(s) > maxValueRunes {
		return "", s, false
	}
	for _, kind := range rule.Value {
		if t.signs.rulesOut(kind) {
			continue
		}
		v, at := t.valueIn(kind, s)
		if kind == "date" && !at.empty() {
			v, at = dateBeside(t.d, s, t.wordIn(rule, hits), v, at)
		}
		if !at.empty() {
			switch {
			case rule.Alone && !t.onlyValues(s):
			case kind == "title":
				if v, ok := t.titleOf(rule, s, hits); ok {
					return v, s, true
				}
			default:
				return v, s, true
			}
		}
	}
	if rule.Alone || i+1 >= len(t.d.blocks) || s.end != b.end || t.length(s) > maxLabelRunes {
		return "", s, false
	}
	if slices.Contains(rule.Value, "date") {
		if v, at := t.dateInPieces(i + 1); v != "" {
			return v, span{s.start, at.end}, true
		}
	}
	next := &t.d.blocks[i+1]
	if next.entry || longer(t.d.str(next.span), maxValueRunes) {
		return "", s, false
	}
	for _, kind := range rule.Value {
		if kind == "title" {
			continue
		}
		if v, at := t.valueIn(kind, next.span); !at.empty() && onlyMarks(t.d.text[next.start:at.start]) {
			return v, span{s.start, next.end}, true
		}
	}
	return "", s, false
}

// Bounds of the lines that a date was broken into, one for each figure and sign.
const (
	maxDatePiece  = 4  // characters of one
	maxDatePieces = 12 // lines
)

// dateInPieces reads a date that was broken over short lines from block i on:
// 2021 / 年 / 7 / 月 / 30 / 日. A date that one line holds is none.
func (t *topicReader) dateInPieces(i int) (string, span) {
	var joined strings.Builder
	for k := i; k < len(t.d.blocks) && k < i+maxDatePieces; k++ {
		text := t.d.str(t.d.blocks[k].span)
		if longer(text, maxDatePiece) {
			break
		}
		joined.WriteString(strings.Trim(text, " 【】[]"))
		if strings.Contains(text, "日") {
			whole := &document{text: joined.String()}
			if v, at := dateIn(whole, span{0, len(whole.text)}); k > i && at.start == 0 && at.end == len(whole.text) {
				return v, span{t.d.blocks[i].start, t.d.blocks[k].end}
			}
			break
		}
	}
	return "", span{}
}

// length returns how many characters the sentence at hand has.
func (t *topicReader) length(s span) int {
	if t.runes < 0 {
		t.runes = runeCount(t.d.str(s))
	}
	return t.runes
}

// foundValue is the value of a kind that a piece of text holds.
type foundValue struct {
	in, at span
	value  string
}

// The kinds of values that several topics ask for.
const valueKinds = 5

func kindIndex(kind string) int {
	switch kind {
	case "date":
		return 0
	case "company":
		return 1
	case "email":
		return 2
	case "phone":
		return 3
	case "duration":
		return 4
	}
	return -1
}

// valueIn finds a value as the reader does, and remembers the last two answers
// of a kind: several topics ask the same of a sentence.
func (t *topicReader) valueIn(kind string, s span) (string, span) {
	k := kindIndex(kind)
	if k < 0 {
		return t.r.valueIn(t.d, kind, s)
	}
	for i := range t.found[k] {
		if f := &t.found[k][i]; f.in == s {
			return f.value, f.at
		}
	}
	v, at := t.r.valueIn(t.d, kind, s)
	t.found[k][1] = t.found[k][0]
	t.found[k][0] = foundValue{in: s, at: at, value: v}
	return v, at
}

// longer tells whether a text has more than n characters.
func longer(s string, n int) bool {
	return len(s) > n && (len(s) > n*utf8.UTFMax || runeCount(s) > n)
}

// wordIn returns where the first word of the topic stands, or -1.
func (t *topicReader) wordIn(rule *topicRule, hits []topicHit) int {
	for _, h := range hits {
		if slices.Contains(t.r.topics.slots[h.value], rule.base) {
			return h.at
		}
	}
	return -1
}

// titleOf returns the title (《…》) in s that holds a word of the topic: 《…儿童…》.
func (t *topicReader) titleOf(rule *topicRule, s span, hits []topicHit) (string, bool) {
	for _, at := range titles(t.d, s) {
		for _, h := range hits {
			if at.start <= h.at && h.at < at.end && slices.Contains(t.r.topics.slots[h.value], rule.base) {
				return t.d.str(at), true
			}
		}
	}
	return "", false
}

// onlyValues tells whether a sentence is a signature: a company, a date, or
// both.
func (t *topicReader) onlyValues(s span) bool {
	rest := t.d.str(s)
	for _, kind := range []string{"company", "date"} {
		if _, at := t.valueIn(kind, s); !at.empty() {
			rest = strings.Replace(rest, t.d.str(at), "", 1)
		}
	}
	return onlyMarks(rest)
}

// onlyMarks tells whether a piece of text holds punctuation and blanks alone,
// perhaps with a word for the kind of value.
func onlyMarks(s string) bool {
	for _, w := range []string{"日期", "时间", "版本", "Date", "date"} {
		s = strings.ReplaceAll(s, w, "")
	}
	return !hasWord(s)
}
