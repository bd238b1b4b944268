package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// What a Chinese sentence says of data beside the verb that takes it: a relative
// clause with a negation of its own, an object that 将 brings forward behind a means,
// a supposition that ends in 的, data that other data is linked with, and data that
// is kept.

// negatedBetween tells whether a negation stands in a byte range that belongs to no
// relative clause about whom data shows: 共享不识别您身份的设备信息.
func (j *judging) negatedBetween(from, to int) bool {
	if !j.st.hasBetween(from, to, roleNegation) {
		return false
	}
	for _, w := range j.st.words {
		if w.start < from || w.end > to || role(w.value) != roleNegation {
			continue
		}
		if j.st.lang != "zh" || !identifies(j.d.text[w.end:to]) {
			return true
		}
	}
	return false
}

// identifies tells whether a text begins with a verb for telling who somebody is, in
// a relative clause.
func identifies(text string) bool {
	for _, able := range []string{"能够", "能", "可", "会", "具备"} {
		text = strings.TrimPrefix(text, able)
	}
	for _, verb := range []string{"识别", "辨识", "辨认", "关联到", "定位到"} {
		if whom, ok := strings.CutPrefix(text, verb); ok {
			for _, own := range []string{"您的", "你的", "用户的"} {
				whom = strings.TrimPrefix(whom, own)
			}
			return strings.Contains(whom, "的")
		}
	}
	return false
}

// byMeans tells whether a word for a means stands in a byte range and no 将 or 把
// behind it, which begins the object: 通过加密方式将您的手机号….
func (j *judging) byMeans(from, to int) bool {
	return j.st.hasBetween(from, to, roleInstrument) && (j.st.lang != "zh" || !broughtForward(j.d.text[from:to]))
}

// broughtForward tells whether 将 or 把 ends a means in a text that goes on to a datum.
func broughtForward(text string) bool {
	i := max(strings.LastIndex(text, "将"), strings.LastIndex(text, "把"))
	return i > 0 && slices.ContainsFunc([]string{"方式", "手段", "技术", "途径", "渠道", "形式", "接口"}, func(noun string) bool { return strings.HasSuffix(text[:i], noun) })
}

// supposes tells whether clause i only supposes that data is taken: 需要收集儿童信息的，
// 我们会…, 对于收集儿童信息的情况，….
func (j *judging) supposes(i int) bool {
	if j.st.lang != "zh" || i+1 == len(j.st.clauses) || len(j.st.mentions) == 0 {
		return false
	}
	text := strings.TrimRight(j.d.str(j.st.clauses[i].span), " ,，")
	for _, noun := range []string{"情况", "情形", "情况下", "情形下"} {
		text = strings.TrimSuffix(text, noun)
	}
	text, ok := strings.CutSuffix(text, "的")
	end := j.st.clauses[i].start + len(text)
	return ok && slices.ContainsFunc(j.st.mentions, func(m mention) bool { return m.end == end })
}

// wished tells whether a text ends in a wish: 您不希望 before 我们分享您的位置信息.
func wished(before string) bool {
	return slices.ContainsFunc([]string{"希望", "想", "想要", "愿", "愿意"}, func(w string) bool { return strings.HasSuffix(before, w) })
}

// permitsTheRest tells whether word w says of data only that the user permits it: 您
// 授权的其他信息.
func permitsTheRest(d *document, st *statement, w int) bool {
	return startsWithAny(d.text[st.words[w].end:st.end], []string{"的信息", "的其他信息", "的其它信息", "的相关信息"})
}

// permitsViewing tells whether the user permits somebody, with word w, to look at
// data or to keep it, for which the system has no permission: 授权我们查看、储存….
func permitsViewing(d *document, st *statement, w int) bool {
	rest := d.text[st.words[w].end:st.end]
	for _, whom := range []string{"我们", "我司", "我行", "我方", "本公司", "本平台", "平台"} {
		if rest, ok := strings.CutPrefix(rest, whom); ok {
			return startsWithAny(rest, []string{"查看", "查询", "查阅", "储存", "存储", "保存", "留存"})
		}
	}
	return false
}

// linkedWith silences what other data is linked with, and what partners serve the app
// with: 将手机号与您的账号关联 takes the number, 为我们提供位置数据的供应商 none.
func (j *judging) linkedWith() {
	if j.st.lang != "zh" {
		return
	}
	for k, m := range j.st.mentions {
		if j.out[k].stance != collected {
			continue
		}
		i := slices.IndexFunc(j.st.clauses, func(c clause) bool { return m.start < c.end })
		if i < 0 {
			continue
		}
		if before := j.d.text[j.st.clauses[i].start:m.start]; servesUs(before) || linked(before, j.d.text[m.end:j.st.clauses[i].end]) {
			j.out[k] = judgement{word: -1}
		}
	}
}

// servesUs tells whether a text ends in what partners do for the app: 为我们提供.
func servesUs(before string) bool {
	before, ok := strings.CutSuffix(before, "提供")
	if !ok {
		return false
	}
	_, ok = cutAny(before, "为我们", "为我司", "为我方", "为本公司", "为本平台")
	return ok
}

// takenElsewhere tells whether word w only says on which device the user lets data be
// taken: 仅保存在您授权采集指纹的手机上.
func takenElsewhere(d *document, st *statement, w int) bool {
	if w == 0 || role(st.words[w-1].value) != rolePermission || st.words[w-1].end != st.words[w].start || !strings.HasSuffix(d.text[st.start:st.words[w-1].start], "您") {
		return false
	}
	_, head, relative := strings.Cut(d.text[st.words[w].end:min(st.end, st.words[w].end+maxRelative)], "的")
	return relative && startsWithAny(head, []string{"移动设备", "手机", "设备", "终端"})
}

// linked tells whether what stands between two texts is what something else is linked
// with: 将其与您的 and 进行绑定.
func linked(before, behind string) bool {
	for _, own := range []string{"您的", "你的", "用户的", "该", "您在", "您"} {
		before = strings.TrimSuffix(before, own)
	}
	before, ok := cutAny(before, "与", "同", "跟")
	if !ok || !strings.Contains(before, "将") && !strings.Contains(before, "把") && !slices.ContainsFunc([]string{"信息", "数据", "难以", "无法", "不会", "不"}, func(w string) bool { return strings.HasSuffix(before, w) }) {
		return false
	}
	for _, how := range []string{"进行", "相", "加以", "建立"} {
		behind = strings.TrimPrefix(behind, how)
	}
	return startsWithAny(behind, []string{"关联", "绑定", "结合", "匹配", "联系起来"})
}

// cutAny cuts the first of some endings off that a text has.
func cutAny(text string, endings ...string) (string, bool) {
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(text, e); ok {
			return rest, true
		}
	}
	return text, false
}

// keptByUs counts data of which a sentence says that it is kept with the app's
// operator: 您的评论、照片，这些信息会存储在我们的服务器中.
func (j *judging) keptByUs() {
	if j.st.lang != "zh" || len(j.st.mentions) == 0 {
		return
	}
	at := keptAt(j.d.str(j.st.span))
	if at < 0 {
		return
	}
	at += j.st.start
	i := slices.IndexFunc(j.st.clauses, func(c clause) bool { return at < c.end })
	if j.st.has(roleNegation, roleRight, roleCondition, roleRefusal, roleMinor) || i < 0 {
		return
	}
	from := j.st.clauses[i].start
	if at > from && j.st.hasBetween(from, min(at, from+maxPronounEnd), rolePronoun) {
		from = j.st.start
	}
	if scene := strings.LastIndex(j.d.text[from:at], "时，"); scene >= 0 {
		from += scene
	}
	for k, m := range j.st.mentions {
		if m.start >= from && m.end <= at && j.out[k].stance == silent && !j.st.hasBetween(from, m.start, rolePurpose) {
			j.out[k] = judgement{stance: collected, party: audit.PartyApp, word: -1}
		}
	}
}

// maxPronounEnd bounds, in bytes, where a pronoun ends that a clause begins with.
const maxPronounEnd = 24

// keptAt is where a text says that something is kept with "us", or -1.
func keptAt(text string) int {
	us := strings.Index(text, "我们的服务器")
	if us < 0 {
		us = strings.Index(text, "我们的系统")
	}
	if us < 0 {
		return -1
	}
	before, ok := cutAny(text[:us], "于", "在", "到", "至")
	if !ok {
		return -1
	}
	before, ok = cutAny(before, "存储", "储存", "保存", "存放")
	if !ok || !slices.ContainsFunc([]string{"会", "将", "被", "均", "都"}, func(w string) bool { return strings.HasSuffix(before, w) }) {
		return -1
	}
	return len(before)
}
