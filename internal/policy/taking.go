package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// taking is what a sentence says that SDKs get: which of its hits get it, and
// where the data stand.
type taking struct {
	subject int // index of the hit
	at      span
	given   bool // the app hands it to them
}

// takings finds what the SDKs of a sentence collect: a verb that is not negated,
// has data or a list behind it, and has an SDK as its subject. What stands
// behind the verb is theirs up to the subject of the next verb.
func (r *Reader) takings(d *document, st *statement, hits []proseHit, listed bool) []taking {
	var out []taking
	for i, w := range st.words {
		if !r.takes(d, st, i) {
			continue
		}
		subject := r.subjectBefore(d, st, hits, i)
		if subject < 0 {
			if n := len(out); n > 0 && out[n-1].at.end > w.start {
				if we := weBefore(d, st, out[n-1].at.start, i); we >= 0 {
					out[n-1].at.end = st.words[we].start // …, 我们会收集…
				}
			}
			continue
		}
		if n := len(out); n > 0 {
			if sameHit(d, hits[out[n-1].subject], hits[subject]) {
				if out[n-1].at.end == st.end {
					continue
				}
			} else {
				out[n-1].at.end = min(out[n-1].at.end, runStart(d, hits, subject))
			}
		}
		if r.negated(d, st, i) {
			continue // it ends what is said of another, and says of its own subject what that does not get
		}
		if out = append(out, taking{subject: subject, at: span{w.start, st.end}}); len(out) >= maxSentenceNames {
			break
		}
	}
	return slices.DeleteFunc(out, func(t taking) bool {
		return !(listed && t.at.end == st.end) && !slices.ContainsFunc(st.mentions, func(m mention) bool {
			return m.data != "" && m.start >= t.at.start && m.end <= t.at.end
		})
	})
}

// sameHit tells whether two names of a sentence stand for one SDK.
func sameHit(d *document, a, b proseHit) bool {
	return a.sdk == b.sdk && (a.sdk >= 0 || d.str(a.at) == d.str(b.at))
}

// takes tells whether word i can say that an SDK gets data: it collects, or
// touches them, or uses what it needs (需要使用).
func (r *Reader) takes(d *document, st *statement, i int) bool {
	w := st.words[i]
	switch role(w.value) {
	case roleCollect, roleAccess, roleUseOwn:
		return true
	case roleUse:
		if st.lang == "en" {
			return r.usesData(d, st, i)
		}
		before := d.text[st.start:w.start]
		return slices.ContainsFunc(modals, func(m string) bool { return strings.HasSuffix(before, m) }) || strings.HasPrefix(d.text[w.end:st.end], "到") ||
			modalBefore.MatchString(before[max(0, len(before)-maxModal):])
	}
	return false
}

// modalBefore is a modal with what a verb follows behind it, between them: 将依您的操作
// 使用相机, 会在您授权后使用麦克风. maxModal bounds it, in bytes.
var modalBefore = pattern.New(`(?:将|会|可能|需要?)(?:仅|只)?(?:依照?|按照?|根据|遵照|经|应|随|在|于|凭)[^，,。；;：:、将会用]{1,14}$`)

const maxModal = 64

// modals stand before a verb whose subject is left out.
var modals = []string{"需要", "可能", "会", "需", "将", "可", "必须"}

// weBefore returns the last word between a place and word i by which the app is
// the subject, or -1. In Chinese it stands at the beginning of a clause: 为了帮助
// 我们 has another subject.
func weBefore(d *document, st *statement, from, i int) int {
	for k := i - 1; k >= 0 && st.words[k].start >= from; k-- {
		w := st.words[k]
		if role(w.value) != roleFirst {
			continue
		}
		before := strings.TrimRight(d.text[from:w.start], " ”\"")
		if st.lang != "zh" || before == "" || slices.ContainsFunc(clauseEnds, func(m string) bool { return strings.HasSuffix(before, m) }) {
			return k
		}
	}
	return -1
}

// clauseEnds stand before the subject of a clause.
var clauseEnds = []string{",", "，", ":", "：", "；", ";", "。", ")", "）", "时", "后", "且", "则", "而"}

// subjectBefore returns the SDK that is the subject of word i, or -1: the last
// one named before it, near it, with no "we" between. A name that stands as a
// title before its sentence (友盟：…) or that a pronoun takes up (该SDK) may be
// farther.
func (r *Reader) subjectBefore(d *document, st *statement, hits []proseHit, i int) int {
	w := st.words[i]
	k, _ := slices.BinarySearchFunc(hits, w.from+1, func(h proseHit, at int) int { return h.to - at })
	last := k - maxSubjects
	for k--; k >= 0; k-- {
		if k < last && k > 0 {
			k = 0 // the one that may head the sentence
		}
		h := hits[k]
		dist := w.from - h.to
		if dist > subjectNear { // Example（某某公司）可能读取
			dist -= utf8.RuneCountInString(d.text[h.at.end:min(w.start, afterAsides(d, h.at.end, st.end))])
		}
		if dist > subjectTitle {
			break
		}
		if takenUp(d, st, h.at.end, w.start) {
			return k
		}
		if weBefore(d, st, h.at.end, i) >= 0 {
			if h.at.end <= st.lead && embeddedAgain(d, st, h.at.end, i) {
				return k
			}
			break
		}
		switch {
		case st.hasBetween(h.at.end, w.start, roleFirst):
		case dist <= subjectNear, h.subject && dist <= receiverNear, h.sdkWord && dist <= subjectFar,
			h.sdk >= 0 && heads(d, st, h) && (dist <= subjectFar || titled(d, st, h)):
			return k
		}
	}
	return -1
}

// embeddedAgain tells whether what stands between a name and word i says that the app
// embeds the SDK, and the verb has no other subject: 微信：我们的产品集成了微信登录，需要
// 收集….
func embeddedAgain(d *document, st *statement, from, i int) bool {
	c := slices.IndexFunc(st.clauses, func(c clause) bool { return i < c.words.end })
	if c < 0 || !st.hasBetween(from, st.clauses[c].start, roleEmbed) {
		return false
	}
	only, modal := subjectless(d.text[st.clauses[c].start:st.words[i].start])
	return only && modal
}

// maxSubjects bounds how many names before a verb may be its subject, so that no
// sentence of names and verbs alone costs much.
const maxSubjects = 4

// titled tells whether a colon stands behind a name, or behind the parenthesis
// that explains it.
func titled(d *document, st *statement, h proseHit) bool {
	at := h.at.end
	if list := parenthesisAt(d, at, min(st.end, at+maxCompanyReach)); !list.empty() {
		at = min(list.end+closeWidth(d, list.end, st.end), st.end)
	}
	rest := strings.TrimLeft(d.text[at:st.end], " ”\"*】")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
}

// closeWidth is the size of the bracket at a place.
func closeWidth(d *document, at, end int) int {
	if at >= end {
		return 0
	}
	_, w := utf8.DecodeRuneInString(d.text[at:end])
	return w
}

// takenUp tells whether the last subject before a verb is a pronoun for an SDK, or
// sums those before up: 本软件接入的上述手机厂商Push SDK.
func takenUp(d *document, st *statement, from, verb int) bool {
	between := d.text[from:verb]
	at := strings.LastIndexAny(between, ",，:：")
	if at < 0 {
		return false
	}
	_, w := utf8.DecodeRuneInString(between[at:])
	subject := strings.ToLower(strings.TrimLeft(between[at+w:], " "))
	if takesUp(subject) {
		return true
	}
	n := strings.LastIndex(subject, "sdk")
	return n >= 0 && len(subject)-n <= maxFillerBytes && slices.ContainsFunc(summings, func(s string) bool { return strings.Contains(subject[:n], s) })
}

// summings stand before the noun that sums up what was named, or are that noun: 如您
// 使用华为手机，手机厂商Push SDK会收集….
var summings = []string{"上述", "前述", "以上", "这些", "该等", "手机厂商", "终端厂商"}

// pronouns take up the SDK named last; plurals all those named before.
var (
	pronouns = []string{"它", "该sdk", "该 sdk", "其", "此sdk", "此 sdk", "该插件", "该第三方", "该服务", "it ", "this sdk", "the sdk ", "they "}
	plurals  = []string{"上述sdk", "以上sdk", "前述sdk", "这些sdk", "该等sdk", "该类sdk", "此类sdk", "这类sdk", "上述第三方sdk", "以上第三方sdk", "这些第三方sdk", "该等第三方sdk", "上述 sdk", "以上 sdk", "这些 sdk", "these sdks"}
)

// summedUp is where a sentence sums up the SDKs named before as such, or -1.
func summedUp(d *document, st *statement) int {
	for _, w := range st.words {
		if role(w.value) != roleSDKWord {
			continue
		}
		from := max(st.start, w.start-maxFillerBytes)
		for _, s := range summings {
			if i := strings.LastIndex(d.text[from:w.start], s); i >= 0 && !strings.ContainsAny(d.text[from+i:w.start], ",，、") {
				return from + i
			}
		}
	}
	return -1
}

// takesUp tells whether a clause, in small letters, begins with a pronoun for the
// SDK named last, or with that word alone as the subject of a verb: SDK会收集….
func takesUp(clause string) bool {
	if refers(clause) {
		return true
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(clause, "push "), "sdk")
	return ok && startsWithAny(strings.TrimLeft(rest, " "), bareVerbs)
}

// bareVerbs stand behind the word SDK where it is the subject.
var bareVerbs = []string{"会", "将", "可能", "需要", "需", "收集", "采集", "获取", "读取"}

func startsWithAny(s string, starts []string) bool {
	return slices.ContainsFunc(starts, func(p string) bool { return strings.HasPrefix(s, p) })
}

// runStart is where the enumeration that hit i ends begins.
func runStart(d *document, hits []proseHit, i int) int {
	for i > 0 && together(d, hits, i) {
		i--
	}
	return hits[i].at.start
}

// together tells whether hit i is enumerated together with the one before.
func together(d *document, hits []proseHit, i int) bool {
	from := hits[i-1].at.end
	return from <= hits[i].at.start && hits[i].at.start-from <= maxListBytes && enumerated(d.text[from:hits[i].at.start])
}

// givings finds what the app hands to SDKs: 将您的IMEI共享给友盟SDK, 向友盟SDK传输
// 您的IMEI.
func (r *Reader) givings(d *document, st *statement, hits []proseHit) []taking {
	if st.lang != "zh" || !st.has(roleSend, roleGive) {
		return nil
	}
	var out []taking
	verbs := 0
	for i, w := range st.words {
		if v := role(w.value); v != roleSend && v != roleGive || nounOfGiver(d, st, w) || r.negated(d, st, i) {
			continue
		}
		if verbs++; verbs > maxGivings {
			break
		}
		k, _ := slices.BinarySearchFunc(hits, w.from-subjectNear, func(h proseHit, at int) int { return h.to - at })
		if vendor := r.handsToVendor(d, st, i, hits); vendor >= 0 {
			out = append(out, taking{subject: vendor, at: handed(d, st, w), given: true})
		}
		if t, ok := handedThrough(d, st, w, hits); ok {
			out = append(out, t)
		}
		for ; k < len(hits) && hits[k].from-w.to <= receiverFar; k++ {
			h := hits[k]
			if !h.sdkWord && !asProvider(d, st, h) {
				continue
			}
			var at span
			switch {
			case h.from >= w.to && (h.from-w.to <= receiverNear && !strings.ContainsAny(d.text[w.end:h.at.start], "，,。；") || r.onlyCompanies(d.text[w.end:h.at.start])):
				at = handed(d, st, w)
			case w.from >= h.to && w.from-h.to <= sdkWordNear && receives(d.text[st.start:h.at.start]):
				at = span{w.end, st.end}
			case w.from >= h.to && !h.sdkWord:
				if at = beforeReceiver(d, handed(d, st, w), h); at.empty() { // 将您的位置与服务商（高德地图）共享
					at = span{w.end, st.end}
				}
			}
			if !at.empty() && slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
				out = append(out, taking{subject: k, at: at, given: true})
			}
		}
	}
	return out
}

// handed is what stands before a verb that hands it over: 将…提供给, and in the
// passive voice 您的IMEI会被共享至.
func handed(d *document, st *statement, verb hit) span {
	from := max(st.start, verb.start-maxHanded)
	if strings.HasSuffix(d.text[from:verb.start], "被") {
		return span{clauseStart(d, st, verb.start), verb.start}
	}
	if i := strings.LastIndex(d.text[from:verb.start], "将"); i >= 0 {
		return span{from + i, verb.start}
	}
	return span{}
}

// handedThrough finds the SDK that what a verb hands over goes through: 将您的IMEI通过
// 嵌入的支付宝SDK等方式与支付宝公司共享.
func handedThrough(d *document, st *statement, verb hit, hits []proseHit) (taking, bool) {
	at := handed(d, st, verb)
	i := strings.LastIndex(d.str(at), "通过")
	if i < 0 {
		return taking{}, false
	}
	through := at.start + i
	for k := len(hits) - 1; k >= 0; k-- {
		h := hits[k]
		if h.sdkWord && h.at.start > through && h.at.end <= verb.start && !strings.ContainsAny(d.text[through:h.at.start], ",，。;；") {
			at.end = through
			ok := slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) })
			return taking{subject: k, at: at, given: true}, ok
		}
	}
	return taking{}, false
}

// nounOfGiver tells whether a verb is only the beginning of a noun for somebody:
// 提供 in 服务提供商.
func nounOfGiver(d *document, st *statement, verb hit) bool {
	return startsWithAny(d.text[verb.end:st.end], []string{"商", "方", "者"})
}

// beforeReceiver cuts what is handed over before the word that makes a name in it
// the receiver: 您的位置 of 将您的位置与服务商（高德地图）.
func beforeReceiver(d *document, at span, h proseHit) span {
	if at.empty() || !contains(at, h.at) {
		return at
	}
	text := d.text[at.start:h.at.start]
	end := -1
	for _, w := range []string{"与", "向", "给", "和", "同", "至"} {
		end = max(end, strings.LastIndex(text, w))
	}
	if end < 0 {
		return span{}
	}
	return span{at.start, at.start + end}
}

// handsToVendor returns the SDK of the sentence whose vendor gets what word i
// hands over, or -1: 使用了个推SDK，可能会将您的IMEI提供给每日互动股份有限公司.
func (r *Reader) handsToVendor(d *document, st *statement, i int, hits []proseHit) int {
	w := st.words[i]
	at := handed(d, st, w)
	if at.empty() || !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
		return -1
	}
	f := d.view(span{w.end, min(st.end, w.end+maxFieldBytes)})
	for _, c := range r.companies.find(&f) {
		if c.from > receiverNear || strings.ContainsAny(d.text[w.end:c.start], "，,。；") {
			break
		}
		for k, h := range hits {
			if h.sdkWord && h.sdk >= 0 && h.to <= w.from && r.sameVendor(h.sdk, int(c.value)) {
				return k
			}
		}
	}
	return -1
}

// onlyCompanies tells whether the text between a verb and an SDK only says whose
// it is, of one company or several: 甲有限公司、乙有限公司的.
func (r *Reader) onlyCompanies(between string) bool {
	owners, ok := strings.CutSuffix(between, "的")
	if !ok || strings.ContainsAny(owners, "，,。；") {
		return false
	}
	for owner := range strings.SplitSeq(owners, "、") {
		if !r.isCompany(owner) {
			return false
		}
	}
	return true
}

// maxGivings bounds the verbs of one sentence that hand data over, and maxHanded
// how long the list before one of them may be, in bytes.
const (
	maxGivings = 64
	maxHanded  = 1500
)

// receiverNear is how far an SDK stands behind the verb that hands data to it,
// in runes of the fold: 共享至深圳市腾讯计算机系统有限公司的腾讯验证码SDK.
const receiverNear = 24

// receiverFar is how far it may stand where only its owners do between.
const receiverFar = 100

// receives tells whether a text ends in a word that makes what follows the
// receiver.
func receives(before string) bool {
	return slices.ContainsFunc([]string{"向", "给", "与", "和"}, func(w string) bool { return strings.HasSuffix(strings.TrimRight(before, " “\""), w) })
}

// aboutRights tells whether a sentence is about what the user may do, not about
// what SDKs do: a word for rights stands before any collecting verb, and outside
// a purpose (为使您能够接收推送).
func (r *Reader) aboutRights(d *document, st *statement) bool {
	if !st.has(roleRight) {
		return false
	}
	for i, w := range st.words {
		switch role(w.value) {
		case roleCollect, roleEmbed:
			return false
		case roleRight:
			before := strings.TrimRight(d.text[st.start:w.start], " ")
			aim := i > 0 && role(st.words[i-1].value) == rolePurpose && w.from-st.words[i-1].to <= sdkWordNear
			if !aim && !slices.ContainsFunc([]string{"使", "让", "便", "于", "以", "令", "为了", "为"}, func(s string) bool { return strings.HasSuffix(before, s) }) {
				return true
			}
		}
	}
	return false
}
