package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// A sentence can say of what was named before, and of no data of its own, on which
// platform alone it is collected: "Collected by the iPhone app only.", 仅iOS版收集。, or on
// which it is not: "Not read on Android.", 安卓版不采集。
var (
	onlyEN = pattern.New(`(?i)^(?:\(?(?:(?:this|it|that|they|these|those)(?: (?:data|information|item|permission)s?)?(?: (?:is|are|will be|happens?|applies|apply))? |(?:it|this|we|the app)(?: only)? (?:collects?|reads?|uses?|asks?(?: for)?|needs?|does|do)(?: (?:this|it|that|so|them))? )?(?:only )?(?:(?:collected|read|used|asked for|requested|obtained|processed|recorded|applies|apply|applicable|available|needed|required|accessed)(?: only)? )?(?:(?:by|on|in|for|from|to|with)(?: only)? )?(?:only )?(?:our |the |an? |your )?(?:apple )?(ios|iphones?|ipads?|android)(?: and ipads?)?(?: (?:app|application|version|edition|devices?|phones?|users?|client|build)s?)?(?:(?:,? (?:and )?not (?:on|by|in|for) (?:the )?(?:android|ios|iphones?)(?: \w+)?)|(?: only)?)?\)?[.;]?)$`)
	onlyZH = pattern.New(`^[(（]?(?:该|此|上述|前述|以上|这)?(?:项|类|等|些)?(?:信息|数据|权限|内容|功能)?(?:目前)?(?:均)?(?:仅|只)(?:会)?(?:由|在|限于?|适用于|针对|对|有|用于)?(?:本应用)?(?:的)?(iOS|iPhone|苹果|安卓|Android)(?:端|版本?|设备|系统|手机|用户|客户端|平台|应用)?(?:应用|App|APP)?(?:中|上|时|才)?(?:会)?(?:收集|采集|读取|获取|使用|适用|申请|需要|调用)?[)）]?[。；;.]?$`)
	notOn  = pattern.New(`(?i)^[(（]?(?:(?:(?:this|it|that|they|these) (?:is|are) |(?:this|it|that|they|these)(?: (?:is|are))? )?(?:not|never) (?:collected|read|used|asked for|requested|obtained|processed|accessed|needed|required) (?:by|on|in|for|from) (?:the |our |your |an? )?(ios|iphones?|ipads?|android)(?: (?:app|version|edition|devices?|phones?|users?)s?)?|(iOS|iPhone|苹果|安卓|Android)(?:端|版本?|设备|系统|手机|用户|客户端|平台)?(?:上|中)?(?:均)?不(?:会)?(?:收集|采集|读取|获取|使用|适用|申请|需要|涉及)(?:该|此)?(?:项|类)?(?:信息|数据)?)[)）]?[。；;.]?$`)
	// onlyWord stands in every sentence of the first two kinds.
	onlyWord = pattern.New(`(?i)only|not (?:on|by|in|for)|仅|只`)
)

// maxOnly bounds such a sentence, in bytes.
const maxOnly = 120

// onlyOn returns the platform to which a sentence restricts what stands before it, or "".
func onlyOn(text string) string {
	if len(text) > maxOnly {
		return ""
	}
	for _, pattern := range []*pattern.Pattern{onlyEN, onlyZH} {
		if m := pattern.FindStringSubmatch(text); m != nil && onlyWord.MatchString(text) {
			return platformNamed(m[1])
		}
	}
	if m := notOn.FindStringSubmatch(text); m != nil {
		if platformNamed(m[1]+m[2]) == audit.PlatformAndroid {
			return audit.PlatformIOS
		}
		return audit.PlatformAndroid
	}
	return ""
}

func platformNamed(word string) string {
	if strings.EqualFold(word, "android") || word == "安卓" {
		return audit.PlatformAndroid
	}
	return audit.PlatformIOS
}

// restrict gives the claims before such a sentence of block i its platform: those of the
// block, and where it explains a short line above, a term or a title, those of that.
func (c *claimReader) restrict(i int) {
	d, b := c.d, &c.d.blocks[i]
	sts := c.r.blockStatements(d, b)
	for k := range sts {
		st := &sts[k]
		if st.taken || !st.has(roleAndroid, roleIOS) || slices.ContainsFunc(st.mentions, func(m mention) bool { return m.data != "" }) {
			continue
		}
		text := d.str(st.span)
		platform := onlyOn(text[numberAt(text).bytes:])
		if platform == "" {
			continue
		}
		from := b.start
		if i > 0 && c.explainsAbove(i) {
			from = d.blocks[i-1].start
		}
		for n := len(c.out) - 1; n >= 0 && c.out[n].at.start >= from; n-- {
			if o := &c.out[n]; o.at.end <= st.start && o.polarity == audit.Collects {
				o.platform = platform
			}
		}
	}
}

// explainsAbove tells whether block i explains the short line above it: a definition its
// term, a paragraph its title.
func (c *claimReader) explainsAbove(i int) bool {
	a, b := &c.d.blocks[i-1], &c.d.blocks[i]
	if a.entry || a.kind == row || b.kind == item && !b.defines || a.section != b.section && a.kind != heading || numberAt(c.d.str(b.span)).style != "" {
		return false
	}
	text := c.d.str(a.span)
	return len(text) <= maxFieldBytes && !endsInAny(text, []string{".", "。", ";", "；"})
}
