package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A term is often only the core of what a policy names: MAC地址 of 终端MAC地址, 姓名
// of 收货人姓名, 订单 of 订单编号. Judging looks at terms; what is quoted to a person
// is the item as the policy words it.

// Bounds on how far a Chinese item reaches beyond its term, in runes.
const (
	longestModifier = 8
	longestCloser   = 6
)

// isBorder is the value of a border in the matcher of borders; words that only
// contain the sign of one have another.
const isBorder = 1

func newBorders() *matcher {
	m := newMatcher()
	for _, w := range borderWords {
		m.add(w, 0)
	}
	for _, w := range itemBorders {
		m.add(w, isBorder)
	}
	return m
}

// itemBorders end a modifier without being part of it, beside marks, blanks and
// the words of the grammar. The longest word at a place counts.
var itemBorders = []string{
	"您", "你", "我们", "其", "该", "此", "这些", "上述", "以上", "和", "及", "与", "或", "或者", "以及", "并", "一些", "一个", "某些", "中使用", "将", "会", "可能", "需要", "为", "对", "于", "在", "从", "把",
	"了", "到", "时", "后", "是", "有", "由", "用户的", "等", "向", "给", "至", "按", "据", "以", "因", "所", "请", "各", "每", "可", "必须", "要求", "要",
	"设置", "验证", "绑定", "输入", "登录的", "登记", "查看", "修改", "选择", "添加", "创建", "开启", "打开", "关闭", "识别", "分析", "使用", "用",
	"发出", "发送", "接受", "存储", "写入", "检测", "提升", "点击", "保存", "展示", "显示", "推送", "播放", "拍摄", "提高", "申请", "调用", "支持", "提供", "采取", "处理", "维持", "解决", "生成",
}

// borderWords contain the sign of a border and are none.
var borderWords = []string{
	"会员", "会话", "社会", "行为", "对方", "对话", "对战", "关于", "所在", "所处", "所属", "实时", "定时", "临时", "时区", "即时", "后台", "售后", "到期", "有效", "有线", "有关", "自有", "等级",
	"数据", "证据", "依据", "以太网", "以往", "所有", "各类", "可用", "可穿戴", "用户", "应用", "信用", "专用", "费用", "常用", "用途", "通用", "曾用", "在线", "现有", "重要", "主要", "摘要", "使用时长", "使用情况",
	"其他", "其它", "按键", "内存", "处理器",
}

// closingNouns end an item whose term stands before them: 订单编号, 通话记录明细.
var closingNouns = []string{
	"信息", "数据", "记录", "列表", "号码", "编号", "状态", "时间", "日期", "类型", "名称", "版本", "版本号", "详情", "内容", "参数", "资料", "明细", "情况", "标识", "标识符", "日志", "文件", "图像", "照片", "图片", "地址", "ID", "编码", "号", "时长", "次数", "频率", "强度", "大小", "尺寸", "容量", "金额", "关系", "特征", "偏好", "习惯", "答案", "历史", "有效期",
}

// startsChineseItem tells whether an item of a Chinese list begins behind a text:
// 地址 is one behind 姓名、 and none in 姓名、网页地址.
func startsChineseItem(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return !unicode.IsLetter(last) && !unicode.IsDigit(last) || strings.ContainsRune("和及与或的您你含括供写集取录", last)
}

// endsChineseItem tells whether an item of a Chinese list ends before a text, a noun
// that closes it apart: 版本 is one in 型号、版本、语言 and none in 型号、版本更新提示.
func endsChineseItem(behind string) bool {
	behind = strings.TrimLeft(behind, " ")
	for _, noun := range wideNouns {
		if rest, ok := strings.CutPrefix(behind, noun); ok && nothingGoesOn(rest) {
			return true
		}
	}
	return nothingGoesOn(behind)
}

// partOfNext tells whether a word that is no datum alone goes with what a window
// ends before: 收货人 with 姓名, 浏览 with 及搜索记录, but not 地区 with 和性别信息.
func (r *Reader) partOfNext(d *document, h hit, window span) bool {
	if t := r.terms[h.value]; !t.listOnly || h.end < window.end {
		return false
	} else if r.isDoing(t.data) {
		return true
	}
	return !slices.ContainsFunc(itemConjunctions, func(and string) bool { return strings.HasPrefix(d.text[window.end:], and) })
}

// wideNouns close an item without making another datum of it: 点击记录, not 下载文件.
var wideNouns = []string{"信息", "数据", "记录", "行为", "情况", "历史", "操作", "内容", "次数", "时间", "日志", "偏好", "习惯"}

// announces tells whether the text between a collective term and a word makes the
// word the first item of a list.
func announces(between string) bool {
	between = strings.Trim(between, " ")
	for _, mark := range []string{"：", ":", "（", "(", "包括", "如", "括"} {
		if strings.HasSuffix(between, mark) {
			return true
		}
	}
	return false
}

// wordingOf is the item of an enumeration whose term m is, within a statement:
// back to what separates it from the words before, where that is near, and over
// a noun that closes it.
func (r *Reader) wordingOf(d *document, m mention, within span) span {
	out := m.span
	if m.constant {
		return out
	}
	if before := d.text[within.start:m.start]; before != "" {
		out.start -= r.modifier(d, span{m.start - len(lastRunes(before, longestModifier+4)), m.start})
	}
	if behind := d.text[m.end:within.end]; behind != "" {
		out.end += r.closer(d, span{m.end, m.end + len(firstRunes(behind, longestCloser+2))})
		out.end += dependentNoun(d.str(out), d.text[out.end:within.end])
	}
	out.start -= r.sharedHead(d, within.start, out)
	return out
}

// itemConjunctions join the parts of one item.
var itemConjunctions = []string{"以及", "和", "及", "与", "或"}

// dependentNouns name nothing alone: behind an item and a conjunction they are about
// it.
var dependentNouns = []string{"版本", "类型", "内容", "号码", "时间", "日期", "时长", "次数", "频率", "状态", "卡号"}

// dependentNoun returns how many bytes at the beginning of a text go on with the
// item before it: 设备类型和版本, 通话记录及相关内容, 接入网络的信息.
func dependentNoun(item, behind string) int {
	if rest, ok := strings.CutPrefix(behind, "的信息"); ok && nothingGoesOn(rest) {
		return len(behind) - len(rest)
	}
	for _, and := range itemConjunctions {
		rest, ok := strings.CutPrefix(behind, and)
		if !ok || !endsInNoun(item) {
			continue
		}
		rest = strings.TrimPrefix(rest, "相关")
		for _, noun := range dependentNouns {
			if end, ok := strings.CutPrefix(rest, noun); ok && nothingGoesOn(end) {
				return len(behind) - len(end)
			}
		}
		break
	}
	return 0
}

// endsInNoun tells whether an item ends in a noun that may close one.
func endsInNoun(item string) bool {
	return strings.HasSuffix(item, "方式") || slices.ContainsFunc(closingNouns, func(noun string) bool { return strings.HasSuffix(item, noun) })
}

// nothingGoesOn tells whether no item goes on at the beginning of a text.
func nothingGoesOn(rest string) bool {
	c, w := utf8.DecodeRuneInString(rest)
	return w == 0 || c != '的' && !partOfItem(c) || goesApart(rest)
}

// Bounds, in runes, on a word that shares the noun at the end of the item behind it.
const (
	shortestShared = 2
	longestShared  = 4
	sharedWindow   = 10 // in which it is looked for
)

// sharedHead returns how many bytes before an item share the noun that it ends in:
// 硬件及操作系统信息 is one item.
func (r *Reader) sharedHead(d *document, from int, item span) int {
	if !sharesNoun(d.str(item)) {
		return 0
	}
	before := d.text[from:item.start]
	i := slices.IndexFunc(itemConjunctions, func(and string) bool { return strings.HasSuffix(before, and) })
	if i < 0 || itemConjunctions[i] == "以及" {
		return 0
	}
	end := item.start - len(itemConjunctions[i])
	at, n := end, 0
	for at > from && n <= sharedWindow {
		c, w := utf8.DecodeLastRuneInString(d.text[from:at])
		if !unicode.Is(unicode.Han, c) || c == '的' {
			break
		}
		at -= w
		n++
	}
	at = r.lastBorder(d, span{at, end})
	word := d.text[at:end]
	if n = utf8.RuneCountInString(word); n < shortestShared || n > longestShared || endsInNoun(word) || strings.HasSuffix(word, "涉") {
		return 0
	}
	return item.start - at
}

// sharesNoun tells whether an item ends in a noun that several words can share.
func sharesNoun(item string) bool {
	return slices.ContainsFunc([]string{"信息", "记录", "数据", "日志", "频率"}, func(noun string) bool { return strings.HasSuffix(item, noun) && len(item) > len(noun) })
}

// lastRunes and firstRunes are the end and the beginning of a text.
func lastRunes(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
	}
	return s[i:]
}

func firstRunes(s string, n int) string {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, w := utf8.DecodeRuneInString(s[i:])
		i += w
	}
	return s[:i]
}

// modifier returns how many bytes at the end of a window belong to the item
// that follows it.
func (r *Reader) modifier(d *document, window span) int {
	at, n := window.end, 0
	for at > window.start && n <= longestModifier {
		c, w := utf8.DecodeLastRuneInString(d.text[window.start:at])
		if !partOfItem(c) {
			break
		}
		at -= w
		n++
	}
	if n == 0 {
		return 0
	}
	from := r.lastBorder(d, span{at, window.end})
	if from == at && n > longestModifier {
		return 0
	}
	for from < window.end && '0' <= d.text[from] && d.text[from] <= '9' { // 2.1日志信息
		from++
	}
	return window.end - from
}

// partOfItem tells whether a character can stand inside an item.
func partOfItem(r rune) bool {
	return unicode.Is(unicode.Han, r) && r != '的' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// lastBorder is where the last word of a window ends that cannot be part of an
// item: a border, a word of the grammar or the name of other data.
func (r *Reader) lastBorder(d *document, window span) int {
	f := d.view(window)
	from := window.start
	hits := r.grammar.findInto(d.pool.scratch[:0], &f)
	for _, h := range hits {
		switch role(h.value) {
		case roleNone, roleFirstNoun, roleThird, roleAndroid, roleIOS, roleBoth, roleUse, roleMinor, roleSDKWord, roleOnDevice:
			continue
		}
		from = max(from, h.end)
	}
	hits = r.data.findInto(hits[:0], &f)
	for _, h := range hits {
		if !r.partOfNext(d, h, window) {
			from = max(from, h.end)
		}
	}
	hits = r.borders.findInto(hits[:0], &f)
	for _, h := range hits {
		if h.value == isBorder {
			from = max(from, h.end)
		}
	}
	d.pool.scratch = hits
	return from
}

// closer returns how many bytes at the beginning of a window close the item that
// stands before it: nothing but a noun, up to the next mark.
func (r *Reader) closer(d *document, window span) int {
	text := d.str(window)
	n, at := 0, 0
	for at < len(text) && n <= longestCloser {
		c, w := utf8.DecodeRuneInString(text[at:])
		if !partOfItem(c) || goesApart(text[at:]) {
			break
		}
		at += w
		n++
	}
	if n == 0 {
		return 0
	}
	f := d.view(span{window.start, window.start + at})
	hits := r.grammar.findInto(d.pool.scratch[:0], &f)
	for _, h := range hits {
		if word := d.text[h.start:h.end]; word != "记录" && word != "使用" {
			at = min(at, h.start-window.start)
		}
	}
	hits = r.data.findInto(hits[:0], &f)
	for _, h := range hits {
		at = min(at, h.start-window.start)
	}
	d.pool.scratch = hits
	if n = utf8.RuneCountInString(text[:at]); n == 0 || n > longestCloser {
		return 0
	}
	for _, noun := range closingNouns {
		if strings.HasSuffix(text[:at], noun) {
			return at
		}
	}
	return 0
}

// goesApart tells whether a text begins with a word that ends an item.
func goesApart(s string) bool {
	for _, w := range []string{"等", "和", "及", "与", "或", "以", "用于", "进行", "来", "并", "完善"} {
		if strings.HasPrefix(s, w) && !strings.HasPrefix(s, "等级") {
			return true
		}
	}
	return false
}
