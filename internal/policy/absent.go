package policy

import (
	"strings"

	"apkaudit/internal/rules/pattern"
)

// What a Chinese sentence says of an SDK that the app does not contain: 我们未接入X SDK,
// X SDK已于2024年1月下线. Its name is no disclosure, whatever else the sentence holds.

// notBuiltIn is a denied word for building in or using, or one for taking out, with what
// may stand between it and the name: further names, or what kind of thing the name is.
var notBuiltIn = pattern.New(`(?:(?:不会|不再|不|从未|并未|尚未|暂未|均未|未|没有|未曾)(?:再|有)?(?:接入|集成|嵌入|内置|引入|植入|使用|采用|包含|含有|含|搭载)(?:过|了)?` +
	`|(?:停止(?:使用|接入|集成)|停用|移除|下线|剔除|卸载|弃用)了?)([^，,。；;：:]{0,60})$`)

// builtInAgain are words of building in behind a denied one: 未接入甲而使用乙.
var builtInAgain = newNeedles("接入", "集成", "嵌入", "内置", "引入", "植入", "使用", "采用", "通过", "而", "但")

// onlySometimes are words that make a denial one for a case or a place: 在您同意前, 如
// 您拒绝, iOS版.
var onlySometimes = newNeedles("如果", "如您", "如需", "如不", "如未", "若", "当您", "前", "未经", "您可", "除", "仅", "否则", "拒绝", "无需", "关闭", "iOS", "IOS", "ios", "苹果", "鸿蒙", "小程序", "网页", "H5", "海外", "国际版", "儿童")

// nowadays drops words that hold the sign of a case and are none.
var nowadays = strings.NewReplacer("目前", "", "当前", "")

// builtOut is what stands right behind a name when the SDK was taken out: 已移除, 现已不
// 再使用. The sentence or its clause ends there.
var builtOut = pattern.New(`^[ ”」】》（(]?(?:组件|插件|服务)?(?:现|目前|均|也|都|我们)?(?:` +
	`已经?(?:于|在|自|从)?[0-9 年月日起.\-版本vV]{0,24}(?:被|全部|完全|彻底|正式)?(?:移除|下线|停用|停止使用|停止接入|停止集成|弃用|卸载|剔除|去除|终止合作)` +
	`|(?:已|已经)?(?:不再|未|没有)(?:被)?(?:使用|集成|接入|嵌入|启用)|(?:替换|更换|切换)(?:为|成).*)(?:了)?[ ]?(?:$|[，,。；;、）)])`)

// absent tells whether a sentence says of the SDK with a name in it that the app does
// not contain it, or no longer.
func absent(d *document, st *statement, name span) bool {
	if st.lang == "zh" {
		return absentZH(d, st.span, name)
	}
	return absentEN(d, st, name)
}

func absentZH(d *document, sentence, name span) bool {
	if strings.IndexByte(d.str(name), '\n') >= 0 || !sentenceDenies(d.str(sentence)) {
		return false
	}
	behind := d.text[name.end:max(name.end, sentence.end)]
	if head := behind[:min(len(behind), maxAbsentBytes)]; builtOut.MatchString(withoutSDKWord(head)) {
		return true
	}
	before := d.text[max(sentence.start, name.start-maxAbsentBytes):max(sentence.start, name.start)]
	m := notBuiltIn.FindStringSubmatch(before)
	if m == nil || builtInAgain.in(m[1]) || onlySometimes.in(nowadays.Replace(before)) {
		return false
	}
	behind = strings.TrimLeft(withoutSDKWord(behind), " ”」】》")
	for _, of := range []string{"的", "收集的", "获取的", "采集的", "提供的", "以外", "之外", "则", "将", "可能"} {
		if strings.HasPrefix(behind, of) {
			return false // 不会使用X SDK收集的信息进行…
		}
	}
	return true
}

// maxAbsentBytes bounds what is looked at on both sides of a name.
const maxAbsentBytes = 240

// denialSigns are what one of them stands in every such sentence.
var denialSigns = newNeedles("未", "不", "没有", "已", "停止", "停用", "移除", "下线", "剔除", "卸载", "弃用")

func sentenceDenies(text string) bool { return denialSigns.in(text) }

// withoutSDKWord drops the word SDK that follows a name.
func withoutSDKWord(text string) string {
	text = strings.TrimLeft(text, " ")
	if len(text) >= len("SDK") && strings.EqualFold(text[:len("SDK")], "SDK") {
		return text[len("SDK"):]
	}
	return text
}

// withoutAbsent drops the names of SDKs that a sentence says the app does not
// contain.
func withoutAbsent(d *document, st *statement, hits []proseHit) []proseHit {
	out := hits[:0]
	for _, h := range hits {
		if !absent(d, st, h.at) {
			out = append(out, h)
		}
	}
	return out
}
