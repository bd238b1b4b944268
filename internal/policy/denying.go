package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// What an SDK does not collect: as the subject of a sentence (X SDK不会读取您的剪贴板),
// in a cell or line of its entry (IMEI，不收集剪贴板), or where a sentence goes on about
// it (该SDK不会…).

// ruleDenial is the rule of a claim that something is not collected.
const ruleDenial = "denial"

// sdksDenying returns the parties that are the subject of a negated verb, word v,
// where SDKs are named before it: those, or the app where it does not collect through
// one; none where no SDK is.
func (r *Reader) sdksDenying(d *document, st *statement, v int) []string {
	if v < 0 {
		return nil
	}
	hits := r.namesIn(d, st)
	subject, byApp := r.denier(d, st, hits, v)
	switch {
	case byApp:
		return []string{audit.PartyApp}
	case subject < 0:
		return nil
	}
	var out []string
	for _, i := range withMembers(d, hits, r.memberLists(d, hits), subject) {
		e := entryOf(st, hits[i], span{})
		for _, id := range r.resolve(d, &e) {
			if party := (audit.PolicySDK{ID: id}).Party(); !slices.Contains(out, party) {
				out = append(out, party)
			}
		}
	}
	return out
}

// denier returns the name that is the subject of a negated verb, word v, or -1. byApp
// tells whether it only is what the app would use: 我们不会通过友盟SDK收集….
func (r *Reader) denier(d *document, st *statement, hits []proseHit, v int) (subject int, byApp bool) {
	if len(hits) == 0 {
		return -1, false
	}
	first, _ := r.negation(d, st, v)
	subject = r.subjectBefore(d, st, hits, first)
	if subject >= 0 && st.hasBetween(clauseStart(d, st, hits[subject].at.start), hits[subject].at.start, roleFirst) {
		return -1, true
	}
	return subject, false
}

// denyings finds the clauses in which a sentence that tells what SDKs get says
// before, or of another one, what they do not: X SDK不会读取您的剪贴板，会收集您的IMEI.
func (r *Reader) denyings(d *document, st *statement, hits []proseHit, takings []taking) map[int][]part {
	if !st.has(roleNegation) {
		return nil
	}
	members := r.memberLists(d, hits)
	out := map[int][]part{}
	for i, w := range st.words {
		if !r.takes(d, st, i) || !r.negated(d, st, i) || slices.ContainsFunc(takings, func(t taking) bool { return t.at.start <= w.start && w.end <= t.at.end }) {
			continue
		}
		subject, _ := r.denier(d, st, hits, i)
		if subject < 0 {
			continue
		}
		at := span{clauseStart(d, st, w.start), st.end}
		for _, t := range takings {
			if end := clauseStart(d, st, t.at.start); end > w.start {
				at.end = min(at.end, end)
			}
		}
		for _, m := range withMembers(d, hits, members, subject) {
			if p := (part{at, fieldNote, audit.PlatformAny}); !slices.Contains(out[m], p) {
				out[m] = append(out[m], p)
			}
		}
	}
	return out
}

// partDenials makes the claims of what one part of an entry says that its SDK does not
// collect, still without a party, and of what the app does not: 但我们不会收集….
func (r *Reader) partDenials(d *document, e entry, p part) []claim {
	inherit := judgement{}
	switch p.field {
	case fieldName, fieldCompany, fieldLink, fieldWebsite, fieldPackage, fieldPlatform, fieldNecessity, fieldPermissions:
		return nil
	case fieldData, fieldNone:
		inherit = judgement{stance: collected, word: -1}
	}
	var out []claim
	value := 0
	if p.field == fieldNote {
		value = denialKey(d.str(p.span))
	}
	sts := r.statementsOf(d, p.span, e.lang)
	for i := range sts {
		st := &sts[i]
		if value > 0 {
			ms := slices.DeleteFunc(slices.Clone(st.mentions), func(m mention) bool { return m.data == "" || m.start < p.start+value })
			base := claim{polarity: audit.Denies, lang: e.lang, at: st.span, rule: ruleDenial}
			out = append(out, groupClaims(r, base, ms, either(st.platform, p.platform))...)
			continue
		}
		for _, party := range []string{"", audit.PartyApp} {
			if ms := r.deniedIn(d, st, inherit, party); len(ms) > 0 {
				base := claim{party: party, polarity: audit.Denies, lang: e.lang, at: st.span, rule: ruleDenial}
				out = append(out, groupClaims(r, base, ms, either(st.platform, p.platform))...)
			}
		}
	}
	return out
}

// deniedIn returns the data that a statement denies by a verb of its own: of the app
// where that is the party, else of whom the statement is about. What it names as
// collected too is denied for a case only: IDFA（5.0版本前不获取IDFA）.
func (r *Reader) deniedIn(d *document, st *statement, inherit judgement, party string) []mention {
	if !st.has(roleNegation) || len(st.mentions) == 0 {
		return nil
	}
	js := r.judge(d, st, inherit)
	var out []mention
	for i, j := range js {
		m := st.mentions[i]
		if j.stance != denied || j.word < 0 || m.data == "" || m.covered || (j.party == audit.PartyApp) != (party == audit.PartyApp) {
			continue
		}
		both := false
		for k, o := range js {
			both = both || o.stance == collected && st.mentions[k].data == m.data
		}
		if !both {
			out = append(out, m)
		}
	}
	return out
}

// deniesOn reads a sentence without an SDK's name whose subject is a pronoun for
// those before, and which denies data: 该SDK不会读取您的剪贴板.
func (p *proseReader) deniesOn(st *statement, about []int) bool {
	if len(about) == 0 || st.has(roleFirst) || len(p.r.deniedIn(p.d, st, judgement{}, "")) == 0 {
		return false
	}
	verb := slices.IndexFunc(st.words, func(w hit) bool { return role(w.value) == roleNegation })
	if !p.startsWithPronoun(st) && !p.bareSubject(st, verb) && !p.r.outOfTheirs(p.d, st) {
		return false
	}
	for _, n := range about {
		p.out[n].parts = append(p.out[n].parts, part{st.span, fieldNote, audit.PlatformAny})
		p.out[n].at.end = max(p.out[n].at.end, st.end)
	}
	return true
}

// denialKeys are English keys whose value is what the SDK above does not get: "What it
// does not collect: your name".
var denialKeys = pattern.New(`(?i)^(?:what |data |information )?(?:(?:it|they|the sdk|this sdk|the library|their code|its code) )?(?:(?:does|do|is|are) not|(?:does|do|is|are)n['’]t|not|never)(?: ever)? (?:collects?|collected|receives?|received|gets?|reads?|access(?:es|ed)?|sees?|shared?|sent|obtains?)(?: from you| from us| about you)?$`)

// denialKey returns where the value of such a key begins, or 0.
func denialKey(line string) int {
	key, value := splitKey(line)
	if key == "" || !denialKeys.MatchString(strings.Trim(key, " *_")) {
		return 0
	}
	return value
}

// deniesBelow tells whether a line below the keys of an entry, behind a key that no
// phrase knows or behind none, only says what its SDK does not collect: it names no
// other subject than a pronoun. 说明：不会读取您的应用列表.
func (k *kvReader) deniesBelow(i int) bool {
	b := &k.d.blocks[i]
	if b.kind == heading {
		return false
	}
	if denialKey(k.d.str(b.span)) > 0 {
		return true
	}
	sts := k.r.blockStatements(k.d, b)
	for n := range sts {
		st := &sts[n]
		if st.has(roleFirst, roleThird) || len(k.r.namesIn(k.d, st)) > 0 || len(k.r.deniedIn(k.d, st, judgement{}, "")) == 0 {
			return false
		}
		no := slices.IndexFunc(st.words, func(w hit) bool { return role(w.value) == roleNegation })
		head := k.d.text[st.start:st.words[no].start]
		if _, value := splitKey(k.d.str(st.span)); n == 0 && value > 0 && value <= len(head) {
			head = head[value:]
		}
		if only, _ := subjectless(head); !only && !takesUp(strings.ToLower(strings.TrimLeft(head, " \u00a0"))) {
			return false
		}
	}
	return len(sts) > 0
}
