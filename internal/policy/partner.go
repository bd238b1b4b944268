package policy

import (
	"slices"
	"strings"
	"unicode"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// English running text names a partner once, mostly without the word SDK, and goes
// on about it by pronouns: "Adverts come from X. They receive your IP address. The
// library also reads …". The partner is what such sentences are about until another
// is named or the app itself is spoken of.

// maxPartners bounds how many partners one sentence can bring up.
const maxPartners = 8

// leadIns stand before the subject of a sentence that goes on.
var leadIns = pattern.New(`(?i)^(?:(?:for (?:that|this)(?: purpose)?|to do (?:so|this|that)|in (?:doing so|addition|return|the process)|also|besides|moreover|furthermore|additionally|among other things|while it runs|when it (?:runs|starts)|on (?:android|ios)(?: devices)?|(?:if|when|while|whenever) (?:you|the app|the game|an? \w+) [^,.;:]{1,80},),? +)+`)

// takesUpPartner begins a sentence whose subject is what was named before. "The Service"
// in capitals is the app itself.
var takesUpPartner = pattern.New(`^(?:(?:It|it|They|they|Both|both|Each|each|(?:All|Both|Neither|None|Each|all|both|neither|none|each) of (?:them|these|the two))(?: |$)|(?:The|the|This|this|These|these|Its|its|Their|their) (?:[a-z][a-z-]+ ){0,2}(?:SDKs?|librar(?:y|ies)|services?|tools?|plug-?ins?|components?|code|modules?|kits?|company|companies|partners?|providers?|vendors?|networks?|framework|integration)(?: |$)|(?:(?:Also|Automatically|May(?: also)?|Can|Will) )?(?i:collects?|receives?|gets?|reads?|records?|gathers?|obtains?|access(?:es)?|process(?:es)?|logs?|handles?|takes?|uses?|stores?|sees|captures?|retrieves?|acquires?|tracks?|is given|has access to|picks up|looks at) )`)

// takesUpEnglish tells whether an English sentence goes on about what was named before.
func takesUpEnglish(text string) bool {
	text = text[numberAt(text).bytes:]
	text = strings.TrimLeft(text[:min(len(text), maxSubjectReach)], " \u00a0*•-")
	text = text[len(leadIns.FindString(text)):]
	return takesUpPartner.MatchString(text)
}

// isProper tells whether a name that is an English word, too (Branch, Airship), is
// written as a name where it stands: in capitals, with no other word in capitals beside
// it, and at the head of a sentence only before its verb or a mark.
func isProper(d *document, st *statement, at span) bool {
	name := d.str(at)
	if name == "" || !unicode.IsUpper([]rune(name[:min(len(name), 4)])[0]) {
		return false
	}
	before, behind := strings.TrimRight(d.text[st.start:at.start], " “\"*"), d.text[at.end:st.end]
	next, _, _ := strings.Cut(strings.TrimLeft(behind, " "), " ")
	if strings.HasPrefix(behind, " ") && next != "" && unicode.IsUpper(rune(next[0])) && !strings.HasPrefix(next, "SDK") {
		return false // Branch Office
	}
	if strings.TrimSpace(before[numberAt(before).bytes:]) != "" {
		last := before[strings.LastIndexByte(before, ' ')+1:]
		return last != "" && !unicode.IsUpper(rune(last[0])) || endsInAny(before, []string{",", ":", ".", ")", "–", "-"})
	}
	rest := strings.TrimLeft(behind, "”\"* ")
	word := strings.ToLower(strings.TrimRight(next, ",.;:"))
	return rest == "" || strings.ContainsAny(rest[:1], ",.;:(–-") || len(word) > 2 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") || slices.Contains(besideSubject, word)
}

// besideSubject are words that stand right behind the subject of a sentence.
var besideSubject = []string{"is", "may", "will", "can", "also", "and", "or", "then", "only", "never", "could", "might", "which", "automatically"}

// operatorsOwn tells whether a name is the operator's: the title of the policy holds it.
func operatorsOwn(d *document, at span) bool {
	name, title := d.str(at), d.blocks[0].span
	title.end = min(title.end, title.start+maxOwnNameBytes, max(at.start, title.start))
	return slices.Contains(d.own, name) || strings.Contains(d.str(title), name)
}

// partnersIn returns an entry for each partner that an English sentence brings up: the
// only one that it names, or those that it enumerates; none where it says that they are
// no longer there.
func (p *proseReader) partnersIn(st *statement) []entry {
	d := p.d
	if st.lang != "en" || st.has(roleDefinition) {
		return nil
	}
	f := d.view(st.span)
	var hits []proseHit
	for _, h := range p.r.aliases.find(&f) {
		at, n := span{h.start, h.end}, p.r.sdkNames[h.value]
		if n.plainWords(d.str(at)) || operatorsOwn(d, at) || insideAddress(d, at) || n.entryOnly && !isProper(d, st, at) {
			continue
		}
		hit := proseHit{sdk: n.sdk, from: h.from, to: h.to, at: at}
		if len(hits) > 0 && slices.ContainsFunc(hits, func(o proseHit) bool { return p.r.sameVendor(o.sdk, n.sdk) }) {
			continue
		}
		if len(hits) > 0 && !enumerated(d.text[hits[len(hits)-1].at.end:at.start]) {
			return nil // of two partners in one sentence "it" may be either
		}
		if hits = append(hits, hit); len(hits) > maxPartners {
			return nil
		}
	}
	hits = withoutAbsent(d, st, hits)
	out := make([]entry, 0, len(hits))
	for i, h := range hits {
		st.owners = namesCompany(d.str(st.span))
		e := entryOf(st, h, p.r.companyOfHit(d, st, hits, i))
		e.purpose = kindOf(d, st, h.at)
		out = append(out, e)
	}
	return out
}

// aboutPartner keeps what an English paragraph is about.
func (p *proseReader) aboutPartner(topic []entry, st *statement) []entry {
	if st.lang != "en" {
		return nil
	}
	if named := p.partnersIn(st); len(named) > 0 {
		return named
	}
	if st.has(roleFirst) && p.collecting(st, 0) >= 0 && !takesUpEnglish(p.d.str(st.span)) {
		return nil // the app itself
	}
	return topic
}

// partnerGoesOn reads an English sentence that goes on about the partners named before:
// what they take, or do not. They become entries by it.
func (p *proseReader) partnerGoesOn(st *statement, topic []entry) bool {
	if st.lang != "en" || len(topic) == 0 || len(st.mentions) == 0 || st.has(roleRight) {
		return false
	}
	if from := p.dataKey(st); len(p.speech.about)+len(p.speech.title) == 0 && from >= 0 && p.names(st, from) && !st.has(roleFirst) {
		p.giveTopic(topic, part{span{from, st.end}, fieldData, audit.PlatformAny}, st.end)
		return true
	}
	takesUp := takesUpEnglish(p.d.str(st.span))
	verb := p.collecting(st, 0)
	if verb < 0 && (takesUp || p.listsData(st)) && p.mostlyData(st) {
		p.giveTopic(topic, part{st.span, fieldData, audit.PlatformAny}, st.end)
		return true
	}
	if !takesUp && !p.r.outOfTheirs(p.d, st) {
		return false
	}
	at := span{st.start, st.end}
	if verb >= 0 {
		at.start = st.words[verb].start
		at.end = p.upToApp(st, verb)
	}
	denies := len(p.r.deniedIn(p.d, st, judgement{}, "")) > 0
	if verb >= 0 && !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
		verb = -1
	}
	if verb < 0 && !denies {
		return false
	}
	if verb >= 0 {
		p.giveTopic(topic, part{at, fieldData, audit.PlatformAny}, st.end)
	}
	if denies {
		p.giveTopic(topic, part{st.span, fieldNote, audit.PlatformAny}, st.end)
	}
	return true
}

// giveTopic makes entries of the partners that a paragraph is about, by a piece of text
// that says what they take or do not; they reach to end.
func (p *proseReader) giveTopic(topic []entry, said part, end int) {
	for _, e := range topic {
		e.parts = []part{said}
		if t := p.speech.title; len(t) == 1 && p.r.sameSDK(p.d, t[0], e) {
			if e.purpose.empty() {
				e.purpose = t[0].purpose
			}
			e.link = t[0].link
		}
		p.out[p.add(e)].at.end = max(end, e.at.end)
	}
}

// topicAbove is what the paragraph of block i is about by the line above it: a title
// that names a partner and no more.
func (p *proseReader) topicAbove() []entry {
	s := &p.speech
	if !s.below {
		return nil
	}
	out := slices.Clone(s.title)
	for _, n := range s.about {
		e := p.out[n]
		e.parts, e.links, e.loose = nil, nil, nil
		out = append(out, e)
	}
	return out
}

// gone are what an English sentence says of a partner that is no part of the app (any
// more), before its name and behind it.
var (
	goneBefore = pattern.New(`(?i)(?:\b(?:do|does|did|will|have|has|is|are|was|were) not\b|n['’]t\b|\bnever\b|\bno longer\b|\bstopped\b|\bceased\b|\bremoved\b|\bdropped\b|\bdiscontinued\b|\bgot rid of\b|\bnot any more\b|\b(?:until|before|up to) (?:\w+ )?\d{4}\b|\bused to\b|\bformerly\b|\bpreviously\b|\bearlier versions?\b|\bfree of\b|\bneither\b|\bnor\b|\bwithout (?:the |any )?$)`)
	goneVerbs  = pattern.New(`(?i)\b(?:us(?:e|es|ed|ing)|includ(?:e|es|ed|ing)|contain(?:s|ed|ing)?|integrat\w+|embed\w*|work(?:s|ed|ing)? with|rely|relied|removed|dropped|discontinued|rid of|part of|load\w*|ship\w*|employ\w*|incorporat\w+|free of|without|have|has|nor|cooperat\w+|partner\w*)\b`)
	goneBehind = pattern.New(`^(?: SDKs?)?(?:,? (?:and|or) (?:the )?[A-Z][\w.+-]*(?: [A-Z][\w.+-]*){0,3})?,? (?:(?:was|were|has been|have been|had been|is|are|got|gets?|will be) (?:\w+ )?(?:removed|dropped|taken out|retired|discontinued|replaced|switched off|phased out|uninstalled|no longer (?:\w+ )?(?:used|included|part|present|in|active|with|integrated|embedded|contained)|not (?:\w+ )?(?:used|included|part|present|in (?:the|our|this)|integrated|embedded|contained))|(?:is|are)n['’]t (?:\w+ )?(?:used|included|part|present|in (?:the|our|this)|integrated|embedded))\b`)
	goneHedge  = pattern.New(`(?i)\b(?:unless|without your|until you|before you|if you|when you|except|other than|only)\b`)
)

// goneSigns are what one of them holds, in most sentences none.
var goneSigns = newNeedles("not ", "n't", "n’t", "never", "no longer", "any longer", "nor ", "either", "free of", "without", "top", "eased", "emove", "rop", "iscontinue", "rid of", "ntil", "efore", "p to", "used to", "ormerly", "reviously", "arlier", "taken out", "etire", "eplace", "switched off", "phased out", "ninstall")

// maxGoneReach is how many bytes before a name an English sentence can say that it is
// gone.
const maxGoneReach = 96

// absentEN is absent of an English sentence: "We do not use X", "X has been removed". What it is not used
// for, or not used without consent, is no such thing.
func absentEN(d *document, st *statement, at span) bool {
	if st.lang != "en" {
		return false
	}
	window := d.text[max(st.start, at.start-maxSubjectReach):min(st.end, at.end+maxSubjectReach)]
	if !goneSigns.in(window) || goneHedge.MatchString(window) {
		return false
	}
	behind := d.text[at.end:min(st.end, at.end+maxSubjectReach)]
	if goneBehind.MatchString(behind) {
		return true
	}
	before := d.text[max(st.start, at.start-maxGoneReach):at.start]
	before = before[strings.LastIndexAny(before, ".;:")+1:]
	i := goneBefore.FindStringIndex(before)
	if i == nil || !goneVerbs.MatchString(before[i[0]:]) {
		return false
	}
	aim := strings.TrimPrefix(strings.TrimLeft(behind, "”\" "), "SDK")
	return !startsWithAny(strings.ToLower(strings.TrimLeft(aim, " ")), []string{"to ", "for ", "in order", "as "})
}

// wholeTitle tells whether an English line is a name in capitals and no more, at most
// with a parenthesis behind it: a word such as Airship, too, is a name there.
func wholeTitle(d *document, st *statement, at span) bool {
	if st.lang != "en" || st.end-st.start > maxFieldBytes || d.text[at.start] < 'A' || d.text[at.start] > 'Z' {
		return false
	}
	head := d.text[st.start:at.start]
	rest := d.text[min(afterAsides(d, at.end, st.end), st.end):st.end]
	return strings.Trim(head[numberAt(head).bytes:], openMarks) == "" && strings.Trim(rest, closeMarks) == ""
}

// kindNouns end what an English sentence says that a partner is: "X is a crash reporting
// service of …".
var kindNouns = pattern.New(`^(?: \([^)]{1,80}\))?,? is ((?:an?|the|our) [a-z][\w ,/-]{2,80}?(?:service|platform|tool|SDK|library|solution|provider|network|system|product|kit|toolkit)s?)\b`)

// usedFor and kindAfterColon are the other ways: "X is used for push messages", "X
// (X, Inc.): attribution."
var (
	usedFor        = pattern.New(`^(?: \([^)]{1,80}\))?,? is used ((?:for|to) [^.;:()]{3,80})`)
	kindAfterColon = pattern.New(`^[*_]{0,3}(?: \([^)]{1,80}\))?[*_]{0,3}: ([a-z][a-z ,/-]{2,60})\.?$`)
)

// kindOf is what an English sentence says that the SDK at a place is.
func kindOf(d *document, st *statement, at span) span {
	if st.lang != "en" {
		return span{}
	}
	behind := d.text[at.end:min(st.end, at.end+maxSubjectReach)]
	for _, kind := range []*pattern.Pattern{kindNouns, usedFor, kindAfterColon} {
		if m := kind.FindStringSubmatchIndex(behind); m != nil {
			return span{at.end + m[2], at.end + m[3]}
		}
	}
	return span{}
}

// readMore are the words of a sentence that leads to a partner's policy, beside those
// for the policy itself.
var readMore = []string{"read more", "learn more", "find out", "more information", "further information", "more about", "details"}

// isLinkText tells whether a sentence is only the words of a link to a policy.
func isLinkText(text string) bool {
	text = strings.ToLower(strings.Trim(text, " .()"))
	return slices.ContainsFunc(policyWords, func(w string) bool { return strings.HasSuffix(text, w) || strings.HasPrefix(text, w) })
}

// describePartner reads of an English sentence about a partner by itself its address
// and, right below the title that names it, what it is for.
func (p *proseReader) describePartner(st *statement, topic []entry) {
	d, s := p.d, &p.speech
	if st.lang != "en" || len(topic) != 1 && len(s.about) != 1 {
		return
	}
	link := ""
	if text := strings.ToLower(d.str(st.span)); slices.ContainsFunc(policyWords, func(w string) bool { return strings.Contains(text, w) }) ||
		slices.ContainsFunc(readMore, func(w string) bool { return strings.Contains(text, w) }) {
		link = d.linkIn(st.span)
	}
	aim := span{}
	if s.below && s.rest == 0 && link == "" && len(st.mentions) == 0 && !st.has(roleNegation, roleFirst, roleRight) && st.end-st.start <= maxFieldBytes && !p.field(st) && !isLinkText(d.str(st.span)) {
		aim = st.span
		for _, e := range p.partnersIn(st) {
			if !e.purpose.empty() {
				aim = e.purpose
			}
		}
	}
	set := func(e *entry) {
		if e.link == "" {
			e.link = link
		}
		if e.purpose.empty() {
			e.purpose = aim
		}
	}
	read := func(e entry) int {
		if n, ok := p.at[p.keyOf(e)]; ok {
			return n
		}
		return -1
	}
	switch {
	case len(s.about) == 1:
		set(&p.out[s.about[0]])
	case len(s.title) == 1 && read(s.title[0]) < 0:
		set(&s.title[0])
	case read(topic[0]) >= 0:
		if len(s.title) != 1 {
			aim = span{}
		}
		set(&p.out[read(topic[0])])
	}
}

// underItsTitle tells whether an English sentence tells of the one SDK that the line
// above names: what stands below goes on about it.
func (p *proseReader) underItsTitle(st *statement, es []entry) bool {
	s := &p.speech
	if st.lang != "en" || !s.below || len(es) != 1 {
		return false
	}
	if len(s.about) == 1 {
		return p.r.sameSDK(p.d, p.out[s.about[0]], es[0])
	}
	return len(s.about) == 0 && len(s.title) == 1 && p.r.sameSDK(p.d, s.title[0], es[0])
}

// anotherTitle tells whether an English line names another SDK than the one that the
// text before it is about.
func (p *proseReader) anotherTitle(title []entry) bool {
	s := &p.speech
	return len(title) == 1 && title[0].lang == "en" && len(s.about) > 0 &&
		!slices.ContainsFunc(s.about, func(n int) bool { return p.r.sameSDK(p.d, p.out[n], title[0]) })
}

// upToApp is where what an English sentence says of its subject from a verb on ends: at
// "and we collect …", else with the sentence. "The app version" is no such thing.
func (p *proseReader) upToApp(st *statement, verb int) int {
	for k := verb + 1; k < len(st.words); k++ {
		w := st.words[k]
		if role(w.value) != roleFirst || p.collecting(st, k) < 0 {
			continue
		}
		before := strings.TrimRight(p.d.text[st.start:w.start], " ")
		if endsInAny(before, []string{",", ";", " and", " but", " while", " whereas"}) {
			return w.start
		}
	}
	return st.end
}

// maxModals bounds what stands between the subject of an English verb and the verb:
// "may also automatically".
const maxModals = 32

// modalsEnglish are the words of it.
var modalsEnglish = []string{"may", "will", "can", "could", "might", "also", "then", "only", "automatically", "and", "itself", "does", "do", "not", "never", "directly"}

// englishSubjects returns those of the names that are words, too, which an English
// sentence makes the subject of a verb of collecting ("Airship receives your IP
// address"), or whom it says the app shares data with.
func (r *Reader) englishSubjects(d *document, st *statement, short []proseHit) []proseHit {
	var out []proseHit
	for _, h := range short {
		if !isProper(d, st, h.at) || operatorsOwn(d, h.at) {
			continue
		}
		if r.receivesEnglish(d, st, h.at) >= 0 {
			out = append(out, h)
			continue
		}
		i, _ := slices.BinarySearchFunc(st.words, h.at.end, func(w hit, at int) int { return w.start - at })
		for i < len(st.words) && !r.takes(d, st, i) && st.words[i].start-h.at.end <= maxModals {
			i++
		}
		if i == len(st.words) || st.words[i].start-h.at.end > maxModals {
			continue
		}
		only := true
		for _, w := range strings.Fields(strings.ToLower(d.text[h.at.end:st.words[i].start])) {
			only = only && slices.Contains(modalsEnglish, w)
		}
		if only {
			h.subject = true
			out = append(out, h)
		}
	}
	return out
}

// receivesEnglish returns the word by which an English sentence says that the app hands
// data to the name at a place, or -1: "We share your email address with X".
func (r *Reader) receivesEnglish(d *document, st *statement, at span) int {
	before := strings.ToLower(strings.TrimRight(d.text[max(st.start, at.start-maxObjectReach):at.start], " “\""))
	for _, whose := range []string{" our partner", " the company", " the provider", " the service", " the"} {
		before = strings.TrimSuffix(before, whose)
	}
	if st.lang != "en" || !strings.HasSuffix(before, " with") && !strings.HasSuffix(before, " to") || !st.has(roleSend, roleUserGives) {
		return -1
	}
	for i := len(st.words) - 1; i >= 0; i-- {
		w := st.words[i]
		if w.end > at.start || role(w.value) != roleSend && role(w.value) != roleUserGives {
			continue
		}
		verb := strings.ToLower(d.text[w.start:w.end])
		if strings.HasSuffix(verb, "ed") || verb == "sent" || strings.HasSuffix(verb, "ing") && !sharingNow(d, clause{span: st.span}, w.start) || at.start-w.end > maxObjectReach || r.negated(d, st, i) || byUser(d, clause{span: st.span}, w.start) {
			return -1
		}
		if !st.hasBetween(max(st.start, w.start-maxModals), w.start, roleFirst) {
			return -1 // what somebody else hands over
		}
		data := slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && m.start >= w.end && m.end <= at.start })
		if !data || strings.ContainsAny(d.text[w.end:at.start], ".;:") {
			return -1
		}
		return i
	}
	return -1
}

// handsInEnglish finds what the app hands to SDKs in the active voice.
func (r *Reader) handsInEnglish(d *document, st *statement, hits []proseHit) []taking {
	var out []taking
	for k, h := range hits {
		if i := r.receivesEnglish(d, st, h.at); i >= 0 && len(out) < maxPartners {
			out = append(out, taking{subject: k, at: span{st.words[i].end, h.at.start}, given: true})
		}
	}
	return out
}

// companyTakes tells whether an English sentence goes on, behind the name of a company
// that begins at a place, with what that company takes: "Example, Inc. gets your name".
func (r *Reader) companyTakes(d *document, st *statement, at span) bool {
	if st.lang != "en" || !namesCompany(d.text[at.start:min(st.end, at.start+maxFieldBytes)]) {
		return false
	}
	c := r.companyIn(d, span{at.start, st.end})
	if c.start != at.start || c.empty() {
		return false
	}
	i, _ := slices.BinarySearchFunc(st.words, c.end, func(w hit, at int) int { return w.start - at })
	for i < len(st.words) && st.words[i].start-c.end <= maxModals {
		if r.takes(d, st, i) {
			return !strings.ContainsAny(d.text[c.end:st.words[i].start], ",;:()")
		}
		i++
	}
	return false
}
