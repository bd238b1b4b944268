package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names that end a proper name: 视频 of 咪咕视频SDK and 城市 of 波克城市公司 are no data.
var nameEndings = []string{"SDK", "公司", "集团", "有限"}

// isNoDatum tells whether a term at a place is only a part of a name or, for 存储,
// the act of storing.
func isNoDatum(d *document, h hit) bool {
	text, behind := d.text[h.start:h.end], d.text[h.end:min(len(d.text), h.end+maxRelative)]
	if text == "存储" {
		return !isStorage(d.text[max(0, h.start-maxRelative):h.start], behind)
	}
	if text[0] < utf8.RuneSelf {
		return false
	}
	before := d.text[max(0, h.start-maxRelative):h.start]
	if (text == "系统设置" || text == "设备设置") && isMenuPath(behind) {
		return true
	}
	if slices.Contains(contactTerms, text) && contactPerson(d, h) {
		return true
	}
	if joinedVerb(text, before) || isPlace(before, behind) {
		return true
	}
	return slices.ContainsFunc(nameEndings, func(end string) bool { return strings.HasPrefix(behind, end) })
}

// isMenuPath tells whether a path through menus goes on behind a term: 系统设置—应用.
func isMenuPath(behind string) bool {
	behind = strings.TrimLeft(behind, " 】]”」")
	return beginsAny(behind, []string{"—", "–", "->", "-", ">", "→", "›", "»", "＞", "－"})
}

// ofAnimal tells whether the sentence up to a term speaks of a pet, and of no person since:
// 为宠物填写名字、生日、绝育情况.
func ofAnimal(d *document, h hit) bool {
	before := clauseHead(d.text[max(0, h.start-maxRelative):h.start])
	i := max(strings.LastIndex(before, "宠物"), strings.LastIndex(before, "爱宠"), strings.LastIndex(before, "毛孩子"))
	if i < 0 {
		return false
	}
	since := before[i:]
	return !personWords.in(since) && !strings.HasPrefix(since, "宠物店") && !strings.HasPrefix(since, "宠物医院") && !strings.HasPrefix(since, "宠物主")
}

// personWords say whose data follow: those of a person.
var personWords = newNeedles("您", "你", "用户", "主人", "饲主", "本人", "个人", "联系人", "医生", "家庭")

// joinedVerb tells whether a term begins with the second of two verbs, whose object
// it ends with: 使用信息 of 收集和使用信息.
func joinedVerb(term, before string) bool {
	if !strings.HasPrefix(term, "使用") && !strings.HasPrefix(term, "存储") {
		return false
	}
	for _, and := range []string{"和", "与", "并", "及", "、", "或"} {
		if verb, ok := strings.CutSuffix(before, and); ok {
			return slices.ContainsFunc([]string{"收集", "获取", "采集", "存储", "保存", "处理", "使用", "共享"}, func(v string) bool { return strings.HasSuffix(verb, v) })
		}
	}
	return false
}

// isPlace tells whether what a term names is where data may stand, and no datum
// itself: 在评论、留言中可能涉及您的信息.
func isPlace(before, behind string) bool {
	list, rest, ok := strings.Cut(behind, "中")
	if !ok || strings.ContainsAny(list, placeEnds) {
		return false
	}
	rest = strings.TrimPrefix(rest, "可能")
	if !slices.ContainsFunc([]string{"涉及", "含有", "包含", "提及", "提到"}, func(v string) bool { return strings.HasPrefix(rest, v) }) {
		return false
	}
	i := strings.LastIndex(before, "在")
	return i >= 0 && !strings.ContainsAny(before[i:], placeEnds)
}

// placeEnds are marks that no list of such places holds.
const placeEnds = "，,。；;：:（）()\n"

// isStorage tells whether 存储 names the storage of the device: beside a noun that
// says so, or as an item of a list.
func isStorage(before, behind string) bool {
	rest := strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(behind, " ”」】)）"), "的"), " ")
	for _, noun := range []string{"权限", "卡", "空间", "器", "访问", "读写", "功能", "授权"} {
		if strings.HasPrefix(rest, noun) {
			return true
		}
	}
	next, _ := utf8.DecodeRuneInString(behind)
	if unicode.IsLetter(next) && !strings.ContainsRune("和及与或等用以", next) || unicode.IsDigit(next) {
		return false
	}
	for _, start := range []string{"、", "，", ",", "/", "：", ":", "“", "「", "【", "您的", "你的", "设备", "手机", "写入", "读写", "读取", "访问", "和", "或"} {
		if strings.HasSuffix(before, start) {
			return true
		}
	}
	return false
}
