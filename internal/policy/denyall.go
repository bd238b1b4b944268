package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// allData is the type under which all personal data stands.
const allData = "personal_information"

// What stands behind a negated verb that takes everything, up to the end of the
// sentence. A word is needed by which it is people's data or all of it: "we do not
// collect the information" is about some information.
var (
	everythingZH = pattern.New(`^(?:[、或和及与]?(?:存储|保存|储存|留存|传输|上传|分享|共享|披露|使用))*(?:您的?|你的?|用户的?|使用者的?)?(?:(?:任何|一切|任意)(?:有关|关于)?(?:您的?|你的?|用户的?)?(?:个人|隐私|身份|用户){0,2}(?:信息|数据|资料|隐私)|(?:个人|用户)(?:隐私|身份)?(?:信息|数据|资料|隐私))(?:[或和及与、](?:个人|隐私|使用)?(?:信息|数据|资料))?$`)
	everythingEN = pattern.New(`(?i)^(?:(?:any|our|your|users?['’]?s?|the) ){0,3}(?:(?:types?|kinds?|forms?|sorts?) of )?(?:(?:any|your|users?['’]?s?) )?(any |personal |private |user |(?:personally |personal )?(?:identifiable |identifying ))+(?:data|information|info)(?: or (?:personal )?(?:data|information))?(?: (?:about|from|of|on) (?:you|(?:our |the |its )?users?|anyone))?(?: (?:at all|whatsoever|in any way|of any kind))?$`)
	anyDataEN    = pattern.New(`(?i)^any (?:data|information|info)(?: (?:about|from|of|on) (?:you|(?:our |the |its )?users?|anyone))?(?: (?:at all|whatsoever|in any way|of any kind))?$`)
)

// examplesOf begins the examples behind what is denied; what they name is denied
// as well, by itself.
var examplesOf = pattern.New(`(?i)[,(（，]? ?(?:such as |including |like |e\.g\.|for example|包括|例如|比如|如).*$`)

// Bounds of what may stand before the subject of a denial of everything, and
// between it and the negation, in runes: "please note", 郑重承诺.
const (
	maxPreface  = 10
	maxPromise  = 8
	maxDenyAll  = 240 // bytes of the sentence
	prefaceEach = 3   // so much longer are English words than Chinese ones
)

// denialOfAll makes the claim of a sentence by which the app takes no personal
// data at all. It has to say so of the app itself and without a case, a time, a
// kind, a party or a purpose, as most policies deny only something: 在此场景下我们
// 不收集您的个人信息, "we do not collect any information from children".
func (s *statementReader) denialOfAll(st *statement) []claim {
	if s.party != audit.PartyApp || st.end-st.start > maxDenyAll || !st.has(roleNegation) || !st.has(roleCollect) || !st.has(roleFirst) ||
		st.has(roleCondition, roleRest, roleRefusal, roleScene, roleMinor, roleThird, roleSDKWord, roleDefinition, roleRight, roleConsent, roleBefore,
			roleExcept, roleExclude, rolePronoun, roleContrast, rolePermission, roleHeld, roleOtherList) {
		return nil
	}
	for i, c := range st.clauses {
		for w := c.words.start; w < c.words.end; w++ {
			if role(st.words[w].value) != roleCollect || !s.r.negated(s.d, st, w) || !s.r.denies(s.d, st, i, w) {
				continue
			}
			first, n := s.r.negation(s.d, st, w)
			if object := s.everything(st, w); !object.empty() && s.saysItOfTheApp(st, first, n) {
				m := mention{span: object, data: allData, umbrella: true, platform: audit.PlatformAny}
				return []claim{{party: audit.PartyApp, polarity: audit.Denies, platform: either(s.platform, audit.PlatformAny), specificity: audit.Umbrella,
					lang: st.lang, at: st.span, rule: audit.RuleDenialOfAll, mentions: []mention{m}}}
			}
			return nil
		}
	}
	return nil
}

// everything returns what the verbs from w on take where that is all personal
// data: 收集、存储或使用任何个人信息.
func (s *statementReader) everything(st *statement, w int) span {
	last := w
	for k := w + 1; k < len(st.words) && st.words[k].from-st.words[last].to <= distancesIn(st.lang).joined; k++ {
		switch role(st.words[k].value) {
		case roleCollect, roleSend, roleUse, roleUseOwn, roleAccess, roleProvide, roleGive:
			last = k
		}
	}
	object := s.d.trim(span{st.words[last].end, st.end})
	text := strings.TrimRight(s.d.str(object), " .。!！;；")
	text = strings.TrimRight(examplesOf.ReplaceAllString(text, ""), " ")
	if strings.HasPrefix(text, "or ") {
		return span{}
	}
	if everythingZH.MatchString(text) || everythingEN.MatchString(text) || anyDataEN.MatchString(text) {
		return span{object.start, object.start + len(text)}
	}
	return span{}
}

// saysItOfTheApp tells whether the app is the subject of a verb, word v, that word
// n negates, and little stands before it.
func (s *statementReader) saysItOfTheApp(st *statement, v, n int) bool {
	subject := -1
	for k := range min(v, n) {
		if role(st.words[k].value) == roleFirst {
			subject = k
		}
	}
	if subject < 0 {
		return false
	}
	preface, promise := maxPreface, maxPromise
	if st.lang == "en" {
		preface, promise = prefaceEach*preface, prefaceEach*promise
	}
	before := s.d.text[st.start:st.words[subject].start]
	promised := s.d.text[st.words[subject].end:st.words[min(v, n)].start]
	if utf8.RuneCountInString(before) > preface || utf8.RuneCountInString(promised) > promise {
		return false
	}
	around := strings.ToLower(before + " " + s.d.text[st.words[subject].end:st.words[v].start])
	return !slices.ContainsFunc(limits, func(w string) bool { return strings.Contains(around, w) })
}

// limits are words by which a sentence speaks of a part of the app or of a time.
var limits = []string{"模式", "功能", "权限", "场景", "情况", "页面", "服务", "接口", "期间", "时", "下", "中", "主动", "额外", "mode", "feature", "page", "section", "service", "when", "while", "during", "on this", "intend", "actively", "knowingly", "intentionally"}
