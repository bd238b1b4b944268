package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// Running text also names SDKs without that word: as the provider of a service
// (位置服务提供商（高德地图）), as what the app uses for a purpose (我们使用友盟统计
// 进行…), or by the title of their policy behind the company that gets the data.

// providerNouns are what a third party is called that serves the app. Those that
// the user deals with (支付机构, 物流公司) are none.
var providerNouns = []string{"服务提供商", "服务供应商", "服务商", "提供商", "供应商", "服务提供者", "服务方"}

// asProvider tells whether a name stands right behind such a noun, or in the
// parenthesis behind it, as its only or first name.
func asProvider(d *document, st *statement, h proseHit) bool {
	if h.sdk < 0 || st.lang != "zh" {
		return false
	}
	before := strings.TrimRight(d.text[max(st.start, h.at.start-maxFillerBytes):h.at.start], " “\"")
	for _, example := range []string{"例如", "如", "包括", "为", "是", "：", ":"} {
		before = strings.TrimSuffix(before, example)
	}
	before = strings.TrimRight(before, "（( ")
	return endsInAny(before, providerNouns) || ofMaker(d, st, h.at)
}

func endsInAny(s string, ends []string) bool {
	return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(s, e) })
}

// makerNouns are what the makers of phones are called, whose push services a policy
// enumerates without their names: 通过SDK与终端设备制造商（华为、小米等）共享….
var makerNouns = []string{"设备制造商", "终端制造商", "手机制造商", "设备厂商", "终端厂商", "手机厂商"}

// ofMaker tells whether a name stands in the parenthesis behind such a noun, in a
// sentence about SDKs.
func ofMaker(d *document, st *statement, at span) bool {
	if st.lang != "zh" || !st.has(roleSDKWord) || !st.has(roleSend, roleGive) || st.hasBetween(st.start, at.start, roleNegation) {
		return false
	}
	head := d.text[max(st.start, at.start-maxFillerBytes):at.start]
	i := strings.LastIndexAny(head, "(（")
	return i >= 0 && !strings.ContainsAny(head[i:], ")）,，。;；:：") && endsInAny(strings.TrimRight(head[:i], " "), makerNouns)
}

// closers stand between the last of several names and the word SDK that closes
// their enumeration, 华为、小米等手机厂商Push SDK, or what it is for: QQ分享与登录SDK.
var closers = []string{"等", "手机", "终端", "设备", "品牌", "厂商", "系统", "push", "推送", "消息", "通道", "服务", "分享", "登录", "支付", "与", "和", "及", "的", " ", "\u00a0"}

// closedBySDK tells whether the word SDK closes the enumeration that a name ends;
// next is the first word of the statement behind the name.
func closedBySDK(d *document, st *statement, h proseHit, next int) bool {
	for k := next; k < len(st.words) && st.words[k].from-h.to <= maxCloser; k++ {
		w := st.words[k]
		if role(w.value) != roleSDKWord {
			continue
		}
		between := strings.ToLower(d.text[h.at.end:max(h.at.end, w.start)])
		for cut := true; cut && between != ""; {
			cut = false
			for _, c := range closers {
				if rest, ok := strings.CutPrefix(between, c); ok {
					between, cut = rest, true
				}
			}
		}
		return between == ""
	}
	return false
}

// maxCloser bounds, in runes, how far behind a name the word SDK closes a list.
const maxCloser = 12

// subjects returns those of the names that count only in a list which a sentence
// makes the subject of what it says is collected (支付宝、微信会收集您的IMEI), or
// which it enumerates with one that the word SDK marks.
func (r *Reader) subjects(d *document, st *statement, short, known []proseHit) []proseHit {
	if st.lang == "en" {
		return r.englishSubjects(d, st, short)
	}
	if st.lang != "zh" {
		return nil
	}
	var out []proseHit
	for i := len(short) - 1; i >= 0; i-- {
		h := short[i]
		next := proseHit{at: span{st.end, st.end}}
		if len(out) > 0 {
			next = out[len(out)-1]
		} else if k := slices.IndexFunc(known, func(o proseHit) bool { return o.sdkWord && o.at.start >= h.at.end }); k >= 0 {
			next = known[k]
		}
		switch {
		case enumerated(d.text[h.at.end:max(h.at.end, next.at.start)]):
			h.sdkWord, h.subject = next.sdkWord, next.subject
		case r.collects(d, st, h):
			h.subject = true
		default:
			continue
		}
		out = append(out, h)
	}
	for i := len(out) - 1; i >= 0; i-- { // a run of subjects must begin a clause
		h := out[i]
		if h.sdkWord {
			continue
		}
		before := strings.TrimRight(d.text[st.start:h.at.start], " “\"")
		if strings.HasSuffix(strings.ToLower(strings.TrimRight(before, ",， ")), "web") {
			out = slices.Delete(out, i, i+1) // a web beacon
			continue
		}
		starts := strings.Trim(before[numberAt(before).bytes:], " ") == "" || slices.ContainsFunc(clauseEnds, func(m string) bool { return strings.HasSuffix(before, m) })
		if !starts && (i+1 == len(out) || !enumerated(d.text[out[i+1].at.end:max(out[i+1].at.end, h.at.start)])) {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// collects tells whether the verb of a name is one of collecting, and data stand
// behind it.
func (r *Reader) collects(d *document, st *statement, h proseHit) bool {
	i := slices.IndexFunc(st.words, func(w hit) bool { return w.start >= h.at.end && role(w.value) == roleCollect })
	if i < 0 || st.words[i].from-h.to > receiverNear || r.negated(d, st, i) {
		return false
	}
	w := st.words[i]
	between := d.text[h.at.end:w.start]
	only, modal := subjectless(between)
	if !only { // 需要您打开权限并收集
		modal = !strings.ContainsAny(between, ",，;；:：、") && !st.hasBetween(h.at.end, w.start, roleFirst) && slices.ContainsFunc(modals, func(m string) bool { return strings.HasPrefix(between, m) })
		only = modal
	}
	return only && (modal || w.from == h.to) && slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && m.start >= w.end })
}

// usedByApp tells whether a name is what the app uses for a purpose: the app is
// the subject of 使用 or 采用, and the name stands right behind it. What the user
// uses, and what is used to no end, may be no part of the app.
func (r *Reader) usedByApp(d *document, st *statement, h proseHit) bool {
	if h.sdk < 0 {
		return false
	}
	if st.lang == "en" {
		return usedInEnglish(d, st, h)
	}
	i := slices.IndexFunc(st.words, func(w hit) bool { return w.start >= h.at.start })
	if i < 0 {
		i = len(st.words)
	}
	if i--; i < 0 || h.from-st.words[i].to > sdkWordNear {
		return false
	}
	v := st.words[i]
	verb := strings.ToLower(d.text[v.start:v.end])
	switch {
	case r.negated(d, st, i):
		return false
	case verb != "使用" && verb != "使用了":
		return false
	}
	subject := i - 1
	for subject >= 0 && role(st.words[subject].value) != roleFirst {
		subject--
	}
	if subject < 0 {
		return false
	}
	only, _ := subjectless(d.text[st.words[subject].end:v.start])
	return only && st.hasBetween(h.at.end, st.end, rolePurpose)
}

// usesEnglish ends in the app's use of what follows: "We use ", "our apps may also
// use the services of ".
var usesEnglish = pattern.New(`(?i)\b(?:we|our (?:apps?|applications?|games?|services?)|(?:the|this) (?:app|application|game))(?: may| also| will| currently)* (?:uses?|utilizes?|integrates?) (?:(?:the|a|an|third|party|third-party|analytics|advertising|service|services|sdk|tool|tools|platform|of|from|by|called|such|as) ?)*[“"']?$`)

// usedInEnglish tells whether a name stands right behind the app's use of it.
func usedInEnglish(d *document, st *statement, h proseHit) bool {
	return !h.short && usesEnglish.MatchString(d.text[max(st.start, h.at.start-maxSubjectReach):h.at.start])
}

// sendsTo are the verbs behind which an English sentence names who gets its data.
var sendsTo = []string{" sent to", " shared with", " provided to", " transmitted to", " transferred to", " disclosed to"}

// sendings finds the data that an English sentence says are sent to SDKs: "Your IP
// address is sent to Crashlytics".
func (r *Reader) sendings(d *document, st *statement, hits []proseHit) []taking {
	if st.lang != "en" {
		return nil
	}
	var out []taking
	for k, h := range hits {
		before := strings.ToLower(d.text[st.start:h.at.start])
		before = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(before, " “\""), " the"), " ")
		at := span{st.start, st.start + len(before)}
		if !slices.ContainsFunc(sendsTo, func(v string) bool { return strings.HasSuffix(before, v) }) || st.hasBetween(at.start, at.end, roleNegation, roleRight) {
			continue
		}
		if slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
			out = append(out, taking{subject: k, at: at, given: true})
		}
	}
	return append(out, r.handsInEnglish(d, st, hits)...)
}

// passives finds what a sentence says that SDKs get in the passive voice: 您的IMEI
// 会被友盟收集.
func (r *Reader) passives(d *document, st *statement, hits []proseHit) []taking {
	if st.lang != "zh" {
		return nil
	}
	var out []taking
	for k, h := range hits {
		if !strings.HasSuffix(strings.TrimRight(d.text[st.start:h.at.start], " “\""), "被") {
			continue
		}
		i := slices.IndexFunc(st.words, func(w hit) bool { return w.start >= h.at.end })
		if i < 0 || st.words[i].from-h.to > subjectNear || role(st.words[i].value) != roleCollect || r.negated(d, st, i) {
			continue
		}
		at := span{clauseStart(d, st, h.at.start), h.at.start}
		if slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
			out = append(out, taking{subject: k, at: at})
		}
	}
	return out
}

// clauseStart is where the clause begins that holds a place, commas in
// parentheses apart.
func clauseStart(d *document, st *statement, at int) int {
	depth := 0
	for from := at; from > st.start; {
		c, w := utf8.DecodeLastRuneInString(d.text[st.start:from])
		switch c {
		case ')', '）':
			depth++
		case '(', '（':
			depth--
		case ',', '，', ';', '；', ':', '：':
			if depth <= 0 {
				return from
			}
		}
		from -= w
	}
	return st.start
}

// vendorGift is what the app hands to a company by its name, until the title of a
// policy tells which SDK the company is behind.
type vendorGift struct {
	vendor  int // an SDK of the company
	company span
	data    span
	at      span
}

// giftTo returns what a sentence says that the app hands to a company that is
// known as the vendor of an SDK: 将您的IMEI提供给….
func (r *Reader) giftTo(d *document, st *statement) (vendorGift, bool) {
	if st.lang != "zh" || !st.has(roleSend, roleGive) || !namesCompany(d.str(st.span)) {
		return vendorGift{}, false
	}
	for i, w := range st.words {
		if v := role(w.value); v != roleSend && v != roleGive || r.negated(d, st, i) {
			continue
		}
		at := handed(d, st, w)
		if at.empty() || !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" && contains(at, m.span) }) {
			continue
		}
		f := d.view(span{w.end, min(st.end, w.end+maxFieldBytes)})
		for _, c := range r.companies.find(&f) {
			if c.from > receiverNear || strings.ContainsAny(d.text[w.end:c.start], "，,。；") {
				break
			}
			return vendorGift{vendor: int(c.value), company: r.companyIn(d, span{w.end, st.end}), data: at, at: st.span}, true
		}
	}
	return vendorGift{}, false
}

// titledPolicy returns the entry of the SDK whose policy a sentence names behind a
// gift to its vendor: …提供给每日互动股份有限公司。详见《个推用户隐私政策》.
func (r *Reader) titledPolicy(d *document, st *statement, g vendorGift) (entry, bool) {
	for _, t := range titlesIn(d, st.span) {
		f := d.view(t)
		for _, h := range r.aliases.find(&f) {
			n := r.sdkNames[h.value]
			if n.entryOnly || !r.sameVendor(n.sdk, g.vendor) {
				continue
			}
			return entry{layout: layoutProse, name: span{h.start, h.end}, company: g.company, at: span{g.at.start, st.end}, lang: st.lang,
				sdks: []int{n.sdk}, parts: []part{{g.data, fieldData, audit.PlatformAny}}}, true
		}
	}
	return entry{}, false
}
