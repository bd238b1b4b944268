package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// giving decides who hands data to whom in a Chinese clause. 提供, 共享 and their
// like are said of the app that serves the user, of the user who fills in a
// form, of partners that pass data to the app, and of the app that passes data
// to partners: only the subject and the receiver tell these apart.

// userModals stand between the user as a subject and 提供.
var userModals = []string{"需要", "需", "须", "必须", "应", "应当", "可", "可以", "可能", "要", "选择", "能", "得", "请", "将", "会"}

// userAdverbs may stand before 提供 without changing who provides.
var userAdverbs = []string{"至少", "主动", "自愿", "自行", "进一步", "另行", "额外", "继续", "还", "如实", "准确", "一并", "同时"}

// userGives tells whether word w, a bare 提供, has the user as its subject: 您可能
// 需要提供, 您需向我行提供, and without any subject 需要提供.
func (r *Reader) userGives(d *document, st *statement, c clause, w int) bool {
	if strings.HasPrefix(d.text[st.words[w].end:st.end], "的") {
		return r.userGave(d, st, c, w)
	}
	before := d.text[max(c.start, st.words[w].start-maxRelative):st.words[w].start]
	if i := lastReceiver(before); i >= 0 { // 向我行
		before = before[:i]
	}
	modal, whole := false, len(before)
	for stripped := true; stripped; {
		stripped = false
		before = strings.TrimRight(before, " ")
		for _, m := range userModals {
			if strings.HasSuffix(before, m) {
				before, modal, stripped = strings.TrimSuffix(before, m), true, true
			}
		}
		for _, a := range userAdverbs {
			if strings.HasSuffix(before, a) {
				before, stripped = strings.TrimSuffix(before, a), true
			}
		}
	}
	for _, user := range []string{"您", "你", "用户", "客户"} {
		if strings.HasSuffix(before, user) {
			return !strings.HasSuffix(strings.TrimSuffix(before, user), "向") && !strings.HasSuffix(strings.TrimSuffix(before, user), "为")
		}
	}
	behind := d.text[st.words[w].end:st.end]
	own := strings.HasPrefix(behind, "您的") || strings.HasPrefix(behind, "你的") // 提供您的手机号码
	if userMust(before) && (own || !st.hasBetween(st.words[w].start-len(before), st.words[w].start, roleFirst, roleThird) && !endsIn(st, w, roleFirstNoun)) {
		return true
	}
	if modal && own { // 为保障系统安全需要提供您的姓名: a noun further off is not the subject
		subject := st.words[w].start - whole + len(before)
		return !st.hasBetween(c.start, st.words[w].start, roleFirst, roleThird) &&
			!slices.ContainsFunc(st.words[c.words.start:w], func(h hit) bool { return role(h.value) == roleFirstNoun && h.end == subject })
	}
	return (modal || own) && !st.hasBetween(c.start, st.words[w].start, roleFirst, roleFirstNoun, roleThird)
}

// userMust tells whether a text says that the user has to do what follows, however
// much stands between: 您应当按平台页面的提示….
func userMust(before string) bool {
	for _, user := range []string{"您", "你", "用户"} {
		_, rest, found := strings.Cut(before, user)
		for found && rest != "" {
			for _, must := range []string{"应", "须", "需", "必须"} {
				if strings.HasPrefix(rest, must) {
					return !strings.Contains(rest, "我们") && !strings.ContainsAny(rest, "不未")
				}
			}
			_, rest, found = strings.Cut(rest, user)
		}
	}
	return false
}

// endsIn tells whether a word of a role ends right before word w.
func endsIn(st *statement, w int, wanted role) bool {
	return w > 0 && role(st.words[w-1].value) == wanted && st.words[w-1].end == st.words[w].start
}

// prevented tells whether a clause names what word w says as a danger: 防止您的信息
// 遭到未经授权的访问、公开披露.
func prevented(d *document, st *statement, c clause, w int) bool {
	h := st.words[w]
	switch role(h.value) {
	case roleCollect, roleAccess, roleSend:
	default:
		return false
	}
	if st.lang != "zh" {
		return false
	}
	before := d.text[max(c.start, h.start-maxRelative):h.start]
	if strings.HasSuffix(before, "会") || strings.HasSuffix(before, "将") {
		return false // 为避免盗号会收集您的…
	}
	if !dangerWords.in(before) {
		return false // as nearly always
	}
	for _, danger := range dangers {
		if i := strings.LastIndex(before, danger); i >= 0 && !strings.Contains(before[i:], "我们") {
			return true
		}
	}
	return false
}

// dangers begin what a policy wants to keep from happening.
var dangers = []string{"防止", "以防", "避免", "非授权", "降低", "免遭", "免受", "遭到", "遭受", "遭"}

// dangerWords finds any of them.
var dangerWords = newNeedles(dangers...)

// userGave tells whether word w stands in 您在注册时提供的X: what the user has
// given is with the app. 用户上传的X, in a table about an SDK, says what it is for.
func (r *Reader) userGave(d *document, st *statement, c clause, w int) bool {
	before := d.text[max(c.start, st.words[w].start-maxRelative):st.words[w].start]
	if strings.TrimSpace(before) == "" && userBefore(d, st, c) {
		return true
	}
	for _, must := range []string{"要求", "需要", "需", "须"} {
		if strings.HasSuffix(before, must) { // 可能要求提供的身份信息
			return !st.hasBetween(c.start, st.words[w].start, roleThird, roleSDKWord)
		}
	}
	i := max(strings.LastIndex(before, "您"), strings.LastIndex(before, "你"))
	return i >= 0 && !st.hasBetween(st.words[w].start-len(before)+i, st.words[w].start, roleFirst, roleThird, roleSDKWord, roleInstrument) &&
		!strings.HasSuffix(before[:i], "为") && !strings.HasSuffix(before[:i], "向") && !strings.HasSuffix(before[:i], "给")
}

// userBefore tells whether the clause before one says where the user is at work, who
// is the subject of the next then: 您在使用服务时，上传的照片.
func userBefore(d *document, st *statement, c clause) bool {
	i := slices.IndexFunc(st.clauses, func(o clause) bool { return o.start == c.start })
	if i <= 0 {
		return false
	}
	text := strings.TrimRight(d.str(st.clauses[i-1].span), " ,，")
	return (strings.Contains(text, "您在") || strings.Contains(text, "你在")) && !strings.Contains(text, "我们") &&
		slices.ContainsFunc([]string{"时", "过程中", "期间"}, func(end string) bool { return strings.HasSuffix(text, end) })
}

// accountNames counts the number or address that an account has for its name:
// 您可以通过手机号创建账号.
func (j *judging) accountNames() {
	if j.st.lang != "zh" || j.st.has(roleThird, roleSDKWord) {
		return
	}
	for k, m := range j.st.mentions {
		if j.out[k].stance != silent || m.data != "phone_number" && m.data != "email_address" || !makesAccount(j.d.text[m.end:j.st.end]) {
			continue
		}
		i := slices.IndexFunc(j.st.clauses, func(c clause) bool { return m.start < c.end })
		if c := j.st.clauses[i]; j.st.hasIn(c, roleNegation, roleCondition, roleRefusal) || !userDoesBy(j.d.text[c.start:m.start]) {
			continue
		}
		j.out[k] = judgement{stance: collected, party: audit.PartyApp, word: -1}
	}
}

// userDoesBy tells whether a text ends in what the user does something by: 您可以通过.
func userDoesBy(before string) bool {
	for _, own := range []string{"您的", "你的", "自己的", "本人"} {
		before = strings.TrimSuffix(before, own)
	}
	for _, by := range []string{"通过", "使用", "利用", "用"} {
		if user, ok := strings.CutSuffix(before, by); ok {
			return strings.Contains(user, "您") || strings.Contains(user, "你")
		}
	}
	return false
}

// makesAccount tells whether a text begins with what makes or opens an account.
func makesAccount(behind string) bool {
	behind = strings.TrimPrefix(behind, "进行")
	return slices.ContainsFunc([]string{"注册", "创建", "登录", "登陆"}, func(v string) bool { return strings.HasPrefix(behind, v) })
}

// userUploaded tells whether word w stands in 您上传的X.
func (r *Reader) userUploaded(d *document, st *statement, c clause, w int) bool {
	v := st.words[w]
	return d.text[v.start:v.end] == "上传" && strings.HasPrefix(d.text[v.end:st.end], "的") && r.userGave(d, st, c, w)
}

// lastReceiver returns where a short "向 somebody" ends a text, or -1.
func lastReceiver(before string) int {
	const longest = 36 // bytes: twelve characters
	i := strings.LastIndex(before, "向")
	if i < 0 || len(before)-i > longest || strings.ContainsAny(before[i:], ",，、:：") {
		return -1
	}
	return i
}

// namesProvider tells whether word w is part of what a partner is called: 服务提供商.
func namesProvider(d *document, st *statement, w int) bool {
	return startsWithAny(d.text[st.words[w].end:st.end], []string{"商", "方", "者"})
}

// handsOn tells whether word w, a verb that sends data away, has somebody else
// than the app or its user as a receiver and not the user as its subject.
func (r *Reader) handsOn(d *document, st *statement, c clause, w int) bool {
	v := st.words[w]
	rest := d.text[v.end:st.end]
	for _, noun := range []string{"的", "功能", "给您", "给你", "至您", "到您"} {
		if strings.HasPrefix(rest, noun) {
			return false // 我们共享的信息, 分享功能
		}
	}
	if d.text[v.start:v.end] == "公开" && strings.HasPrefix(rest, "信息") {
		return false // 您在第三方平台的公开信息
	}
	// Who gets the data may be told at length between the negation and the verb.
	if no := lastBetween(st, c.start, v.start, roleNegation); no >= 0 && !st.hasBetween(no, v.start, roleContrast) {
		return false
	}
	if role(v.value) == roleGive && d.text[v.start:v.end] != "提供" {
		return false // 完善, 输入: for oneself
	}
	return (st.hasIn(c, roleThird) || role(v.value) == roleSend && (hasReceiver(d.text[c.start:v.end], rest) || r.weShare(d, st, c, w))) && !r.userActs(d, st, w)
}

// weShare tells whether the app is the subject of a verb that says by itself that
// others get the data: 我们可能会共享您的….
func (r *Reader) weShare(d *document, st *statement, c clause, w int) bool {
	switch d.text[st.words[w].start:st.words[w].end] {
	case "共享", "转让", "披露":
		return lastBetween(st, c.start, st.words[w].start, roleFirst) >= 0 && !prevented(d, st, c, w)
	}
	return false
}

// lastBetween returns where the last word of a role in a byte range begins, or -1.
func lastBetween(st *statement, from, to int, wanted role) int {
	i, _ := slices.BinarySearchFunc(st.words, to, func(h hit, at int) int { return h.start - at })
	for i--; i >= 0 && st.words[i].start >= from; i-- {
		if role(st.words[i].value) == wanted {
			return st.words[i].start
		}
	}
	return -1
}

// hasReceiver tells from the text up to the end of a verb and behind it whether
// it names a receiver: 与手机厂商共享, 分享至….
func hasReceiver(upTo, behind string) bool {
	const longest = 120 // bytes
	upTo = upTo[max(0, len(upTo)-longest):]
	for _, to := range []string{"给", "至", "到", "予"} {
		if strings.HasPrefix(behind, to) || strings.HasSuffix(upTo, to) {
			return true
		}
	}
	i := max(strings.LastIndex(upTo, "与"), strings.LastIndex(upTo, "向"))
	if i < 0 {
		return false
	}
	who := upTo[i+len("与"):]
	for _, none := range []string{"您", "你", "我们", "用户"} {
		if strings.HasPrefix(who, none) {
			return false
		}
	}
	return utf8.RuneCountInString(who) >= 4 // with the verb
}

// userActs tells whether the user is the subject of word w: 您可以将照片分享给…,
// 您公开的….
func (r *Reader) userActs(d *document, st *statement, w int) bool {
	i := slices.IndexFunc(st.clauses, func(c clause) bool { return w < c.words.end })
	if i < 0 {
		return false
	}
	from, to := st.clauses[i].start, st.words[w].start
	before := strings.TrimLeft(d.text[from:to], " （(1234567890.、）)")
	for _, lets := range []string{"让您", "使您", "供您", "帮助您", "允许您", "让你", "使你"} {
		if strings.Contains(before, lets) {
			return true
		}
	}
	for _, user := range []string{"您", "你", "用户"} {
		if strings.HasPrefix(before, user) && !strings.HasPrefix(before, user+"的") && !st.hasBetween(from, to, roleFirst) || strings.HasSuffix(before, user) {
			return true
		}
	}
	return false
}

// receiver is who has the data after word w of clause c, a verb that sends data
// away: the app where somebody hands data to us, else third parties.
func (r *Reader) receiver(d *document, st *statement, c clause, w int) string {
	if toOwnServer(d.text[st.words[w].end:c.end]) {
		return audit.PartyApp
	}
	for k := c.words.start; k < c.words.end; k++ {
		if role(st.words[k].value) != roleFirst {
			continue
		}
		if st.words[k].start <= st.words[w].end+len("给") && k > w {
			return audit.PartyApp // 发送给我们
		}
		before := d.text[max(c.start, st.words[k].start-len("向")):st.words[k].start]
		for _, p := range []string{"向", "给", "至", "与", "同"} {
			if strings.HasSuffix(before, p) && slices.ContainsFunc(st.words[c.words.start:k], func(h hit) bool { return role(h.value) == roleThird }) {
				return audit.PartyApp
			}
		}
	}
	return audit.PartyThirdParty
}

// toOwnServer tells whether what stands behind a verb of sending is a server of
// which nobody else's name is said: 上传到服务器, 上传至云端.
func toOwnServer(text string) bool {
	for _, to := range []string{"到", "至", "给"} {
		text = strings.TrimPrefix(text, to)
	}
	return slices.ContainsFunc([]string{"服务器", "云端", "云服务器", "后台", "服务端", "应用服务器"}, func(w string) bool { return strings.HasPrefix(text, w) })
}

// asksConsent tells whether the object of word w is the user's consent: 取得您的
// 同意, 获取您的授权.
func asksConsent(d *document, st *statement, w int) bool {
	const near = 8 // runes
	next := w + 1
	if next == len(st.words) || st.words[next].from-st.words[w].to > near {
		return false
	}
	n := st.words[next]
	if v := role(n.value); v != roleConsent && v != rolePermission || d.text[n.start:n.end] == permissionNoun || strings.HasPrefix(d.text[n.end:st.end], "的") {
		return false
	}
	return !slices.ContainsFunc(st.mentions, func(m mention) bool { return m.start >= st.words[w].end && m.start <= n.start })
}

// isNoun tells whether a word for 记录 ends a name (浏览记录、…) instead of
// governing what follows.
func isNoun(d *document, st *statement, w int) bool {
	h := st.words[w]
	if d.text[h.start:h.end] != "记录" {
		return false
	}
	rest := d.text[h.end:st.end]
	for _, end := range []string{"、", "，", ",", "。", "；", "）", ")", "等", "和", "及", "与", "或", "以及", "信息", "数据"} {
		if strings.HasPrefix(rest, end) {
			next := w + 1
			verb := next < len(st.words) && st.words[next].start <= h.end+len(end) && role(st.words[next].value) == roleCollect
			return !verb
		}
	}
	return rest == ""
}

// relatives end what an instrument belongs to: 获取您通过搜索产生的记录 names the
// records, and the search is no more than how they came to be.
var relatives = []string{"产生的", "提供的", "填写的", "上传的", "发布的", "提交的", "形成的", "生成的", "使用的"}

// maxRelative bounds how far from a word the phrase is looked for that it belongs to.
const maxRelative = 150 // bytes

// instrumental tells whether what stands at a place is a means: 通过 governs it.
func (j *judging) instrumental(from, to int) bool {
	if !j.between(from, to, roleInstrument) {
		return false
	}
	i, _ := slices.BinarySearchFunc(j.st.words, from, func(h hit, at int) int { return h.start - at })
	for role(j.st.words[i].value) != roleInstrument || j.aside(j.st.words[i].start, from, to) {
		i++ // between found one
	}
	by := j.st.words[i]
	if before := j.d.text[from:by.start]; !strings.HasSuffix(before, "您") && !strings.HasSuffix(before, "你") && !strings.HasSuffix(before, "用户") {
		return true
	}
	text := j.d.text[by.end:min(to, by.end+maxRelative)]
	return !slices.ContainsFunc(relatives, func(rel string) bool { return strings.Contains(text, rel) })
}

// itemStart is where the item of an enumeration begins that ends at a place: behind
// the last 、 after from, where an item stands before it or the clause goes on
// enumerating (以及…).
func (j *judging) itemStart(c clause, from, to int) int {
	if to <= from {
		return from
	}
	text := j.d.text[from:to]
	i := strings.LastIndex(text, "、")
	if i < 0 {
		return from
	}
	if from == c.start {
		goesOn := false
		for _, and := range []string{"以及", "及", "和", "或"} {
			goesOn = goesOn || strings.HasPrefix(strings.TrimLeft(text, " "), and)
		}
		if !goesOn {
			return from
		}
	}
	return from + i + len("、")
}

// handsOver tells whether mention m is what a verb after it, w, hands on: between
// 将 and the verb where there is a 将; what stands before that is the subject.
func (j *judging) handsOver(c clause, m mention, w int) bool {
	if !j.handed(w) {
		return true
	}
	v := j.st.words[w]
	before := j.d.text[max(c.start, v.start-4*maxRelative):v.start]
	i := max(strings.LastIndex(before, "将"), strings.LastIndex(before, "把"))
	return i < 0 || m.start >= v.start-len(before)+i
}

// handed tells whether word w sends or gives data.
func (j *judging) handed(w int) bool { return w >= 0 && handsData(j.st, w) }

func handsData(st *statement, w int) bool {
	r := role(st.words[w].value)
	return r == roleSend || r == roleGive
}
