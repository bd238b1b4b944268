package check

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// maxPlaces bounds the places that one finding about the text shows; its text
// gives the count.
const maxPlaces = 10

// defects returns the defects of a kind.
func (f *facts) defects(kind string) []audit.Defect {
	var out []audit.Defect
	for _, d := range f.r.Policy.Defects {
		if d.Kind == kind {
			out = append(out, d)
		}
	}
	return out
}

// places makes evidence of defects: at most limit of them.
func places(list []audit.Defect, limit int) []audit.Quote {
	var out []audit.Quote
	for _, d := range list[:min(len(list), limit)] {
		out = append(out, audit.Quote{Quote: d.Quote, At: d.At})
	}
	return out
}

func number(n int) audit.Text {
	s := strconv.Itoa(n)
	return audit.Text{ZH: s, EN: s}
}

// damages name the kinds of damage in words.
var damages = map[string]audit.Text{
	"stray_character":   {ZH: "夹在正文中的多余汉字", EN: "a stray Chinese character"},
	"leftover_markup":   {ZH: "残留的网页标记", EN: "left-over markup"},
	"undecodable":       {ZH: "乱码字符", EN: "characters read under a wrong encoding"},
	"misread_term":      {ZH: "误写的术语", EN: "a misspelt term"},
	"empty_list":        {ZH: "列举项丢失", EN: "a list whose items are gone"},
	"doubled_separator": {ZH: "重复的标点", EN: "doubled punctuation"},
}

// corruptedText: one finding for each kind of damage and damaged piece, with all
// its places; ten times the same stray character has one cause.
func (f *facts) corruptedText(c *rules.Check) []audit.Finding {
	byCause := map[string][]audit.Defect{}
	var causes []string
	for _, d := range f.defects(audit.DefectCorruption) {
		cause := d.Detail
		if cause == "stray_character" {
			cause += d.Quote // the other kinds come in many shapes
		}
		if byCause[cause] == nil {
			causes = append(causes, cause)
		}
		byCause[cause] = append(byCause[cause], d)
	}
	var out []audit.Finding
	for _, cause := range causes {
		list := byCause[cause]
		quote := list[0].Quote
		x := f.finding(c, audit.VerdictDefect, []string{"damage:" + list[0].Detail}, map[string]audit.Text{
			"damage": damages[list[0].Detail], "quote": {ZH: quote, EN: quote}, "n": number(len(list))})
		x.Policy = places(list, maxPlaces)
		out = append(out, x)
	}
	return out
}

// openLists: lists of data that end in 等 or "such as"; one finding for all.
func (f *facts) openLists(c *rules.Check) []audit.Finding {
	return f.oneFinding(c, f.defects(audit.DefectOpenList))
}

// vaguePurposes: purposes that only say that the service is to get better.
func (f *facts) vaguePurposes(c *rules.Check) []audit.Finding {
	return f.oneFinding(c, f.defects(audit.DefectVaguePurpose))
}

// oneFinding sums up defects of one kind: the count, and a few quotes.
func (f *facts) oneFinding(c *rules.Check, list []audit.Defect) []audit.Finding {
	if len(list) == 0 {
		return nil
	}
	quote := list[0].Quote
	x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"n": number(len(list)), "quote": {ZH: quote, EN: quote}})
	x.Policy = places(list, maxQuotes)
	return []audit.Finding{x}
}

// brokenLinks: addresses that were lost from SDK entries, or lead nowhere. The
// same words without an address in many entries have one cause.
func (f *facts) brokenLinks(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	lost := slices.DeleteFunc(f.defects(audit.DefectLostLink), func(d audit.Defect) bool { return !namesSDK(d.Detail) })
	if len(lost) > 0 {
		quote := lost[0].Quote
		words := map[string]audit.Text{"n": number(len(lost)), "quote": {ZH: quote, EN: quote}, "parties": f.partiesOf(lost)}
		words["detail"] = fill(audit.Text{ZH: "{n} 个 SDK 条目应有隐私政策链接，但没有地址：{parties}。", EN: "SDK entries that should link to a privacy policy and hold no address: {n} ({parties})."}, words)
		x := f.finding(c, audit.VerdictDefect, nil, words)
		x.Policy = places(lost, maxPlaces)
		out = append(out, x)
	}
	for i, d := range f.defects(audit.DefectBrokenLink) {
		if i == maxPlaces {
			break
		}
		words := map[string]audit.Text{"quote": {ZH: d.Quote, EN: d.Quote}, "party": f.set.PartyName(d.Detail)}
		words["detail"] = fill(audit.Text{ZH: "{party}条目中的地址写法有误：“{quote}”。", EN: "The address in the entry of {party} is malformed: \"{quote}\"."}, words)
		x := f.finding(c, audit.VerdictDefect, nil, words)
		x.Party, x.Policy = d.Detail, []audit.Quote{{Quote: d.Quote, At: d.At}}
		out = append(out, x)
	}
	return out
}

// partiesOf names the parties that defects are about, at most maxNamed.
func (f *facts) partiesOf(list []audit.Defect) audit.Text {
	var ids []string
	for _, d := range list {
		if !slices.Contains(ids, d.Detail) && len(ids) <= maxNamed {
			ids = append(ids, d.Detail)
		}
	}
	return f.partyNames(ids)
}

func (f *facts) partyNames(ids []string) audit.Text {
	var zh, en []string
	for _, p := range ids[:min(len(ids), maxNamed)] {
		t := f.set.PartyName(p)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	out := audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	if len(ids) > maxNamed {
		out.ZH, out.EN = out.ZH+" 等", out.EN+" and others"
	}
	return out
}

// barePermissions: permissions that the policy names and nowhere explains.
func (f *facts) barePermissions(c *rules.Check) []audit.Finding {
	var bare []audit.Defect
	var names []string
	for _, d := range f.defects(audit.DefectNoPurpose) {
		if slices.Contains(names, d.Detail) || f.explainedElsewhere(d) {
			continue
		}
		names = append(names, d.Detail)
		bare = append(bare, d)
	}
	if len(bare) == 0 {
		return nil
	}
	var zh, en []string
	for _, n := range names[:min(len(names), maxNamed)] {
		t := f.permissionName(n)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	list := audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	if len(names) > maxNamed {
		list.ZH, list.EN = list.ZH+" 等", list.EN+" and others"
	}
	x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"n": number(len(names)), "permissions": list})
	x.Policy = places(bare, maxQuotes)
	return []audit.Finding{x}
}

// explainedElsewhere tells whether another place of the policy says more of a
// permission than its name.
func (f *facts) explainedElsewhere(d audit.Defect) bool {
	for i := range f.r.Policy.Claims {
		c := &f.r.Policy.Claims[i]
		if slices.Contains(c.Permissions, d.Detail) && audit.PartyKind(c.Party) != audit.PrefixSDK && audit.PartyKind(c.Party) != audit.PrefixUnnamed && !f.bareAt(c.At) {
			return true
		}
	}
	return false
}

// bareAt tells whether a place is one of those that only name permissions.
func (f *facts) bareAt(at audit.At) bool {
	return slices.ContainsFunc(f.r.Policy.Defects, func(d audit.Defect) bool {
		return d.Kind == audit.DefectNoPurpose && d.At.Source == at.Source && d.At.Start <= at.Start && at.End <= d.At.End
	})
}

// internalContradictions: the policy says of one party that it collects a datum,
// and in another place that it does not.
func (f *facts) internalContradictions(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	seen := map[string]bool{}
	for i := range f.r.Policy.Claims {
		no := &f.r.Policy.Claims[i]
		if no.Polarity != audit.Denies || no.Rule != "denial" {
			continue // what a pronoun leads to is not certain enough
		}
		for _, m := range no.Mentions {
			d := m.Data
			key := no.Party + " " + d
			if seen[key] || f.umbrella(d) || !plainDenial(no, m) {
				continue
			}
			yes := f.collecting(no, m)
			if yes == nil {
				continue
			}
			seen[key] = true
			x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"party": f.set.PartyName(no.Party), "data": f.dataName(d)})
			x.Party, x.Data = no.Party, d
			x.Policy = quotes([]*audit.Claim{yes, no})
			out = append(out, x)
		}
	}
	return out
}

// A denial is plain where the negated verb has the datum as its object, and
// nothing in the sentence limits it to a case, a time, a party or a purpose.
var (
	plainZH  = pattern.New(`(?:不会|不|并未|从未|没有|未|绝不|从不)(?:主动|直接)?(?:收集|获取|采集|读取|访问|收集、使用|收集和使用|收集或使用|读取或收集)(?:任何|您的?|你的?|用户的?|手机中的?|设备上?的?|或者?|和|、|[^，。；,;:：（(]{0,12}、)*$`)
	plainEN  = pattern.New(`(?i)\b(?:not|never|n't) (?:collect|read|obtain|gather|access|store or collect|collect or store)(?: or (?:collect|read|use|store|share))? (?:any |your |the |user |users' |[\w' ]{0,20}(?:,|or|and) )*$`)
	limitsZH = []string{"时", "如果", "若", "除", "经", "同意", "授权", "之前", "之外", "以外", "sdk", "第三方", "儿童", "未成年", "无关", "多余", "额外", "其他", "其它", "仅", "只", "不存储", "误", "是否", "可能", "拒绝", "关闭", "共享", "代表", "此种", "这种", "该种", "情形", "场景", "本地", "原图", "原始"}
	limitsEN = []string{" if ", " unless", " except", " without ", " when ", " before ", "third part", "children", "other than", "only", "consent", " sdk", " additional", " until", "knowingly", " from "}
)

// maxDenial bounds, in bytes, the sentences that may be plain denials.
const maxDenial = 400

func plainDenial(c *audit.Claim, m audit.Mention) bool {
	if len(c.Quote) > maxDenial {
		return false
	}
	lower := strings.ToLower(c.Quote)
	limits, plain := limitsZH, plainZH
	if c.Lang == "en" {
		limits, plain = limitsEN, plainEN
	}
	if slices.ContainsFunc(limits, func(w string) bool { return strings.Contains(lower, w) }) {
		return false
	}
	runes := []rune(c.Quote)
	at := m.Start - c.At.Start
	return at >= 0 && at <= len(runes) && plain.MatchString(string(runes[:at]))
}

// collecting finds a claim that says the opposite of a denial: same party,
// language, platform and word for the datum, and not merely its permission.
func (f *facts) collecting(no *audit.Claim, m audit.Mention) *audit.Claim {
	word := rules.Fold(m.Text)
	for _, c := range f.claims[no.Party] {
		apart := c.At.Source != no.At.Source || c.At.End <= no.At.Start || no.At.End <= c.At.Start
		platform := c.Platform == no.Platform || c.Platform == audit.PlatformAny || no.Platform == audit.PlatformAny
		if saysCollected(c) && c.Lang == no.Lang && platform && apart &&
			slices.ContainsFunc(c.Mentions, func(o audit.Mention) bool { return o.Data == m.Data && sameWord(rules.Fold(o.Text), word) }) {
			return c
		}
	}
	return nil
}

// sameWord tells whether two words for one kind of data are the same but for
// what trails them: 身份证 and 身份证信息, but not 被叫号码 and 通话记录.
func sameWord(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// permissionWords are the words of a sentence that asks for a permission.
var permissionWords = []string{"权限", "授权", "授予", "permission", "grant", "authori"}

// saysCollected tells whether a claim states that data is taken, and not only
// that a permission for it is asked: "we access your microphone" does, "grant
// access to the microphone" does not.
func saysCollected(c *audit.Claim) bool {
	if c.Polarity != audit.Collects || isPermissionRule(c.Rule) {
		return false
	}
	if len(c.Permissions) == 0 {
		return true
	}
	lower := strings.ToLower(c.Quote)
	return !slices.ContainsFunc(permissionWords, func(w string) bool { return strings.Contains(lower, w) })
}

// Lengths from which a policy is called long, and below which it is called
// short. No rule gives numbers; these are ours.
const (
	longHan    = 15000 // Chinese characters of one document
	longWords  = 6000  // English words of one document
	shortHan   = 1500  // of all documents together
	shortWords = 600
	fewKinds   = 3 // kinds of data
)

// size counts the Chinese characters of a text and its words in letters.
func size(text string) (han, words int) {
	inWord := false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			inWord = false
		case unicode.IsLetter(r):
			if !inWord {
				words++
			}
			inWord = true
		default:
			inWord = inWord && (r == '\'' || r == '’')
		}
	}
	return han, words
}

// policyTooLong: a document is so long that hardly anybody reads it.
func (f *facts) policyTooLong(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	for _, s := range f.r.Policy.Sources {
		han, words := size(s.Text)
		long := slices.Contains(s.Languages, "zh") && han > longHan || slices.Contains(s.Languages, "en") && words > longWords
		if !long {
			continue
		}
		out = append(out, f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"file": {ZH: s.File, EN: s.File}, "han": number(han), "words": number(words)}))
	}
	return out
}

// policyTooShort: the documents name no kind of data, or are too short to hold
// rules.
func (f *facts) policyTooShort(c *rules.Check) []audit.Finding {
	han, words := 0, 0
	zh := false
	for _, s := range f.r.Policy.Sources {
		h, w := size(s.Text)
		han, words = han+h, words+w
		zh = zh || len(s.Languages) > 0 && s.Languages[0] == "zh"
	}
	concrete, denied := f.concreteData()
	short := zh && han < shortHan || !zh && words < shortWords
	length := audit.Text{ZH: "{han} 个汉字、{words} 个英文单词", EN: "{han} Chinese characters and {words} English words"}
	texts := map[string]audit.Text{"han": number(han), "words": number(words), "kinds": number(concrete)}
	texts["length"] = fill(length, texts)
	texts["headline"] = audit.Text{ZH: "隐私政策缺少具体的处理规则", EN: "The policy holds hardly any concrete rules"}
	switch {
	case concrete == 0 && !denied && !f.listsSDKs():
		texts["detail"] = audit.Text{ZH: "全文没有列出任何一项具体的个人信息", EN: "It names no kind of personal data at all"}
		return []audit.Finding{f.finding(c, audit.VerdictDefect, []string{"content:none"}, texts)}
	case concrete > 0 && concrete < fewKinds:
		texts["detail"] = fill(audit.Text{ZH: "全文只列出了 {kinds} 项具体的个人信息", EN: "Kinds of personal data that it names: {kinds}"}, texts)
		return []audit.Finding{f.finding(c, audit.VerdictDefect, []string{"content:few"}, texts)}
	case short:
		texts["headline"] = audit.Text{ZH: "隐私政策篇幅很短", EN: "The policy is very short"}
		texts["detail"] = fill(audit.Text{ZH: "全文列出了 {kinds} 项具体的个人信息", EN: "Kinds of personal data that it names: {kinds}"}, texts)
		return []audit.Finding{f.finding(c, audit.VerdictDefect, []string{"content:some"}, texts)}
	}
	return nil
}

// listsSDKs tells whether an entry of an SDK holds data.
func (f *facts) listsSDKs() bool {
	return slices.ContainsFunc(f.r.Policy.SDKs, func(s audit.PolicySDK) bool { return len(s.Data) > 0 })
}

// concreteData counts the kinds of data that the policies name beyond collective
// terms and cookies, and tells whether they deny any.
func (f *facts) concreteData() (kinds int, denied bool) {
	seen := map[string]bool{}
	for i := range f.r.Policy.Claims {
		c := &f.r.Policy.Claims[i]
		denied = denied || c.Polarity == audit.Denies
		for _, d := range c.Data {
			if t := f.set.DataType(d); t != nil && !t.Umbrella && t.Sensitivity != "behaviour" && d != "cookies" && d != "user_content" && !seen[d] {
				seen[d] = true
				kinds++
			}
		}
	}
	return kinds, denied
}

// inChinese tells whether a policy is written in Chinese, at least in part.
func (f *facts) inChinese() bool {
	return slices.ContainsFunc(f.r.Policy.Sources, func(s audit.PolicySource) bool { return slices.Contains(s.Languages, "zh") })
}

// sensitiveMarks are the words with which policies mark sensitive data.
var sensitiveMarks = []string{"敏感", "单独同意", "sensitive", "separate consent", "explicit consent", "special categor"}

// sensitiveUnmarked: a Chinese policy collects data that Chinese law calls
// sensitive, and the word stands nowhere.
func (f *facts) sensitiveUnmarked(c *rules.Check) []audit.Finding {
	if !f.inChinese() {
		return nil
	}
	for _, s := range f.r.Policy.Sources {
		lower := strings.ToLower(s.Text)
		if slices.ContainsFunc(sensitiveMarks, func(w string) bool { return strings.Contains(lower, w) }) {
			return nil
		}
	}
	var ids []string
	var claims []*audit.Claim
	for _, cl := range f.claims[audit.PartyApp] {
		if cl.Polarity != audit.Collects || cl.Platform == audit.PlatformIOS || !saysCollected(cl) {
			continue
		}
		for _, d := range cl.Data {
			if f.legallySensitive(d) && !slices.Contains(ids, d) {
				ids = append(ids, d)
				claims = append(claims, cl)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	x := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"data": f.dataNames(ids)})
	x.Policy = quotes(claims)
	x.Searched = slices.Clone(sensitiveMarks)
	return []audit.Finding{x}
}

// legallySensitive tells whether a data type is sensitive by law, not merely one
// that users care about.
func (f *facts) legallySensitive(d string) bool {
	t := f.set.DataType(d)
	return t != nil && d != "minor_info" && !t.Umbrella && t.Sensitivity == "sensitive" && (f.set.Below(d, "sensitive_personal_information") || f.set.Below(d, "identity_info"))
}

// Names of the two lists that apps for mainland China have to offer: words for a
// list, and what stands shortly before them.
var (
	listWords     = []string{"清单", "目录", "列表", "名单"}
	sharedWords   = []string{"共享", "第三方", "sdk", "合作方", "合作伙伴", "对外提供"}
	collectsWords = []string{"收集", "个人信息"}
)

// maxListTitle bounds, in characters, what may stand before the word for a list.
const maxListTitle = 14

// listsNamed tells which of the two lists a folded text names.
func listsNamed(text string) (collected, shared bool) {
	for _, w := range listWords {
		for at := 0; ; {
			i := strings.Index(text[at:], w)
			if i < 0 {
				break
			}
			title := titleAtEnd(text[at : at+i])
			at += i + len(w)
			has := func(words []string) bool {
				return slices.ContainsFunc(words, func(x string) bool { return strings.Contains(title, x) })
			}
			shared = shared || has(sharedWords)
			collected = collected || w == "清单" && has(collectsWords) && !has(sharedWords)
		}
	}
	return collected, shared
}

// titleAtEnd returns the last few characters of a text, up to a border of
// sentences or quoted titles.
func titleAtEnd(text string) string {
	from := len(text)
	for range maxListTitle {
		r, width := utf8.DecodeLastRuneInString(text[:from])
		if width == 0 || strings.ContainsRune("。;,、《\n", r) {
			break
		}
		from -= width
	}
	return text[from:]
}

// listsAbsent: a Chinese policy mentions neither of the two lists, or one only.
// A list of SDKs inside the policy is the shared one.
func (f *facts) listsAbsent(c *rules.Check) []audit.Finding {
	if !f.inChinese() {
		return nil
	}
	collected := false
	shared := slices.ContainsFunc(f.r.Policy.SDKs, func(s audit.PolicySDK) bool { return s.Layout != layoutProse })
	for _, s := range f.r.Policy.Sources {
		c, sh := listsNamed(rules.Fold(s.Text))
		collected, shared = collected || c, shared || sh
	}
	if collected && shared {
		return nil
	}
	var missing []audit.Text
	var searched []string
	if !collected {
		missing = append(missing, audit.Text{ZH: "已收集个人信息清单", EN: "the list of personal information collected"})
		searched = append(searched, "收集个人信息清单", "个人信息收集清单", "个人信息清单")
	}
	if !shared {
		missing = append(missing, audit.Text{ZH: "与第三方共享个人信息清单", EN: "the list of personal information shared with third parties"})
		searched = append(searched, "第三方信息共享清单", "第三方SDK目录", "SDK清单", "合作方清单")
	}
	lists := missing[0]
	for _, m := range missing[1:] {
		lists = audit.Text{ZH: lists.ZH + "、" + m.ZH, EN: lists.EN + " and " + m.EN}
	}
	found := f.finding(c, audit.VerdictDefect, nil, map[string]audit.Text{"lists": lists})
	found.Searched = searched
	return []audit.Finding{found}
}
