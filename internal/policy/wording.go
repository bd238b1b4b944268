package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// maxWordings bounds how many vague places of one kind are noted per document.
const maxWordings = 400

// openLists locates the lists of collected data that are left open: 等, such as.
func (r *Reader) openLists(d *document, claims []claim, pts *points) []audit.Defect {
	type list struct {
		span
		party string
	}
	var found []list
	for _, c := range claims {
		if c.polarity != audit.Collects || len(found) >= maxWordings {
			continue
		}
		last := c.at.start
		for i, m := range c.mentions {
			if m.data == "" || m.start < last {
				continue
			}
			s := m.span
			if n := opensBehind(d.text[m.end:max(m.end, min(c.at.end, m.end+openReach))]); n > 0 {
				s = span{listStart(c.mentions[:i+1], last), m.end + n}
			} else if n := opensBefore(d.text[max(c.at.start, m.start-openReach):m.start]); n > 0 {
				s.start = m.start - n
			} else {
				continue
			}
			last = s.end
			found = append(found, list{s, c.party})
		}
	}
	slices.SortStableFunc(found, func(a, b list) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	var out []audit.Defect
	for i := 0; i < len(found); {
		l := found[i]
		for i++; i < len(found) && found[i].start <= l.end+itemReach; i++ { // "such as A, B, etc." is one list
			l.end = max(l.end, found[i].end)
		}
		out = append(out, audit.Defect{Kind: audit.DefectOpenList, Detail: l.party, Quote: d.str(l.span), At: at(d, pts, l.span)})
	}
	return out
}

// Reaches, in bytes, within which the words of one list stand.
const (
	openReach = 60
	itemReach = 40
)

// listStart returns where the enumeration that ends with the last mention
// begins, not before from.
func listStart(ms []mention, from int) int {
	i := len(ms) - 1
	for i > 0 && ms[i-1].end <= ms[i].start && ms[i].start-ms[i-1].end <= itemReach && ms[i-1].start >= from {
		i--
	}
	return ms[i].start
}

var (
	openBehindZH = pattern.New(`^ ?(?:信息|数据|地址|号码)?[)）”"]? ?等`)
	openBehindEN = pattern.New(`(?i)^,? ?(?:etc\b\.?|and so on|and (?:other|similar|more)\b)`)
	// 等 as part of a word, or behind a complete list: 等三项信息.
	notOpen     = pattern.New(`^等(?:级|同|于|待|候|额|距|价|你|您|我|[一二两三四五六七八九十0-9]+ ?(?:项|种|类|个|条|方面)|上述|以上|前述)`)
	openBefores = []string{"包括但不限于", "包含但不限于", "包括但不仅限于", "including but not limited to", "including, but not limited to", "including without limitation", "including, without limitation,", "such as", "for example", "e.g.", "例如", "比如", "诸如"}
	// in one
	anyOpenBefore = newLooseNeedles(openBefores...)
)

// opensBehind returns the length of words right behind an item that leave the
// list open, or 0.
func opensBehind(rest string) int {
	const most = len(" 信息” ") // before the 等
	if i := strings.Index(rest[:min(len(rest), most+len("等"))], "等"); i < 0 {
		// not in Chinese
	} else if m := openBehindZH.FindStringIndex(rest); m != nil && !notOpen.MatchString(rest[m[1]-len("等"):]) {
		return m[1]
	}
	switch word := strings.TrimPrefix(strings.TrimPrefix(rest, ","), " "); {
	case word == "" || word[0]|0x20 != 'e' && word[0]|0x20 != 'a': // as most texts go on
	default:
		if m := openBehindEN.FindStringIndex(rest); m != nil {
			return m[1]
		}
	}
	return 0
}

// opensBefore returns how far before an item the words stand that leave the
// list open, or 0.
func opensBefore(before string) int {
	if !anyOpenBefore.in(before) {
		return 0
	}
	lower := strings.ToLower(before)
	for _, w := range openBefores {
		if i := strings.LastIndex(lower, w); i >= 0 && len(lower) == len(before) && utf8.RuneCountInString(before[i+len(w):]) <= 8 && !strings.ContainsAny(before[i:], "。;；") {
			return len(before) - i
		}
	}
	return 0
}

// Purposes that say nothing: only to improve, better or develop the service.
var (
	vagueZH = pattern.New(`^(?:(?:为了|用于|以便于|以便|便于|以实现|为实现|以|为|旨在|来|从而|帮助|我们|您|向|更好地?|更好的|不断|持续|进一步|能够|可以))*(?:(?:改善|改进|提升|优化|提高|完善|增强|改良|研发|开发)(?:更好的?|更优质的?|优质的?|我们的?|产品|您的?|用户的?|客户的?|使用的?|操作|整体|相关|新的?|服务的?|体验|质量|水平|品质|功能|和|与|或|及|以及|、|/|的|我们|您|用户|使用)+[、,，和与及并且以]*)+$`)
	vagueEN = pattern.New(`^(?:(?:in order|used|is|are|so|as|we|can|may|help|helps|us|to|for|the|purpose|of|better|continuously|constantly|further|that)\s+)*(?:(?:improve|improving|enhance|enhancing|optimi[sz]e|optimi[sz]ing|better|upgrade|develop|developing)\s+(?:(?:our|the|your|new|better|overall|user|users|customer|service|services|product|products|app|experience|experiences|quality|and|or|of|&)[\s,/]*)+)+$`)
)

// betterWords begin the verbs of which one must stand in them.
var betterWords = newLooseNeedles("改", "提", "优", "完", "增", "研", "开", "improv", "enhanc", "optimi", "better", "upgrade", "develop")

// saysLittle tells whether a purpose is one of those.
func saysLittle(purpose string) bool {
	if len(purpose) > maxFieldBytes || !betterWords.in(purpose) {
		return false
	}
	zh := strings.TrimRight(strings.Join(strings.Fields(purpose), ""), "。.;；,，、")
	if vagueZH.MatchString(zh) {
		return true
	}
	return vagueEN.MatchString(strings.TrimRight(strings.ToLower(clean(purpose)), ".;, "))
}

// vaguePurposes locates the purposes that say nothing and are the only ones
// given: of SDK entries, and of sentences that set no scene either.
func (r *Reader) vaguePurposes(d *document, entries []entry, parties []string, claims []claim, pts *points) []audit.Defect {
	var out []audit.Defect
	add := func(party string, s span) {
		if len(out) < maxWordings && !slices.ContainsFunc(out, func(x audit.Defect) bool { return x.At.Start == pts.at(s.start) }) {
			out = append(out, audit.Defect{Kind: audit.DefectVaguePurpose, Detail: party, Quote: d.str(s), At: at(d, pts, s)})
		}
	}
	for i, e := range entries {
		if e.layout != layoutProse && !e.purpose.empty() && saysLittle(d.str(e.purpose)) && !r.otherPurpose(d, &e) {
			add(parties[i], e.purpose)
		}
	}
	for _, c := range claims {
		if c.polarity == audit.Collects && !strings.HasPrefix(c.rule, "sdk_") && !c.purpose.empty() && saysLittle(d.str(c.purpose)) && r.onlyPurpose(d, &c) {
			add(c.party, c.purpose)
		}
	}
	return out
}

// otherPurpose tells whether a field of an entry beside its purpose says what
// the SDK is there for: its function or the scene of its use.
func (r *Reader) otherPurpose(d *document, e *entry) bool {
	return slices.ContainsFunc(e.parts, func(p part) bool {
		switch p.field {
		case fieldPurpose, fieldScenario, fieldFunction:
			return p.span != e.purpose && !saysNothing(d.str(p.span)) && !saysLittle(d.str(p.span))
		}
		return false
	})
}

// onlyPurpose tells whether a claim's sentence gives no purpose or scene beside
// the one of the claim.
func (r *Reader) onlyPurpose(d *document, c *claim) bool {
	st := r.statementAt(d, c.at, c.lang)
	if st.has(roleScene) {
		return false
	}
	for _, w := range st.words {
		if role(w.value) == rolePurpose && (w.start < c.purpose.start || w.start >= c.purpose.end) {
			return false
		}
	}
	// The purpose of a heading's claim stands in the sentence below it.
	return !strings.HasPrefix(strings.TrimLeft(d.text[c.purpose.end:min(len(d.text), c.purpose.end+8)], " "), "、")
}

// fillersOfPermissions are the words with which a permission is named; they
// give no purpose.
var fillersOfPermissions = []string{"权限", "使用", "读取", "写入", "获取", "访问", "修改", "调用", "允许", "应用", "程序", "打开", "开启", "连接", "您的", "设备", "手机", "系统", "状态", "信息", "外部", "内部", "读", "写", "的", "和", "与", "或", "及",
	"android", "permission", "permissions", "access", "read", "write", "use", "your", "the", "to", "and", "of", "allow", "modify", "obtain", "get", "phone", "device", "system", "state", "information", "external", "internal"}

// Bounds, in letters and Chinese characters, of what may stand beside the names
// of permissions in a line or sentence that gives no purpose.
const (
	maxBareItem     = 6
	maxBareExplains = 3 // behind a colon, where a purpose would stand
	maxBareSentence = 24
	minBareNamed    = 3 // permissions in one sentence
)

// barePermissions locates the lists and sentences that name permissions without
// a word on what they are for. A line by itself is often the title of what
// follows: only neighbouring lines make a list. A sentence counts where the app
// speaks of itself, as lists of permissions of SDKs stand in their entries.
func (r *Reader) barePermissions(d *document, secs []section, pts *points) []audit.Defect {
	bare := make([][]string, len(d.blocks)) // permissions of the lines that only name them
	alone := make([]bool, len(d.blocks))
	above := -1 // the last block that is no item
	for i := range d.blocks {
		b := &d.blocks[i]
		num := numberAt(d.str(b.span))
		isItem := b.kind == item || num.style != ""
		if !isItem {
			above = i
		}
		if b.entry || b.kind == row || b.kind == heading || secs[b.section].closed {
			continue
		}
		sts := r.blockStatements(d, b)
		named := permissionsNamed(sts)
		if len(named) == 0 || !isItem && (len(named) < minBareNamed || secs[b.section].class == sectionSDK || !asksPermissions(sts)) {
			continue
		}
		if slices.ContainsFunc(sts, func(st statement) bool {
			return st.has(rolePurpose, roleScene, roleNegation, roleRefusal, roleRight)
		}) || isItem && above >= 0 && r.statesPurposeIn(d, &d.blocks[above]) {
			continue
		}
		left := beside(d, b.span, num.bytes, sts)
		if isItem && left <= r.bareLimit(d, b) {
			bare[i] = named
		} else if !isItem && left <= maxBareSentence {
			bare[i], alone[i] = named, true
		}
	}
	var out []audit.Defect
	for i, named := range bare {
		neighbour := i > 0 && bare[i-1] != nil && !alone[i-1] || i+1 < len(bare) && bare[i+1] != nil && !alone[i+1]
		if !alone[i] && !neighbour || len(out) >= maxWordings {
			continue
		}
		b := &d.blocks[i]
		for _, p := range named {
			out = append(out, audit.Defect{Kind: audit.DefectNoPurpose, Detail: p, Quote: d.str(b.span), At: at(d, pts, b.span)})
		}
	}
	return out
}

// statesPurposeIn tells whether a block says what something is for.
func (r *Reader) statesPurposeIn(d *document, b *block) bool {
	return slices.ContainsFunc(r.blockStatements(d, b), func(st statement) bool { return st.has(rolePurpose) })
}

// bareLimit is how much may stand beside the names of a line: less where a
// colon or comma announces more than a name, nothing where a colon ends it.
func (r *Reader) bareLimit(d *document, b *block) int {
	text := d.str(b.span)
	switch last, _ := utf8.DecodeLastRuneInString(text); {
	case last == ':' || last == '：':
		return -1
	case strings.ContainsAny(text, ":：，"):
		return maxBareExplains
	}
	return maxBareItem
}

// asksPermissions tells whether sentences say that the app asks for permissions.
func asksPermissions(sts []statement) bool {
	return slices.ContainsFunc(sts, func(st statement) bool {
		return st.has(roleFirst, roleFirstNoun) && st.has(rolePermission) && !st.has(roleSDKWord, roleThird)
	})
}

func permissionsNamed(sts []statement) []string {
	var out []string
	for _, st := range sts {
		out = union(out, permissionsOf(st.mentions))
	}
	return out
}

// beside counts the letters of a block that are neither numbering, nor names of
// data and permissions, nor words with which these are named.
func beside(d *document, s span, from int, sts []statement) int {
	var rest strings.Builder
	at := s.start + from
	for _, st := range sts {
		for _, m := range st.mentions {
			if m.start > at {
				rest.WriteString(d.text[at:m.start])
				rest.WriteByte(' ')
			}
			at = max(at, m.end)
		}
	}
	if at < s.end {
		rest.WriteString(d.text[at:s.end])
	}
	left := rules.Fold(strings.Join(strings.Fields(strings.ToLower(rest.String())), ""))
	for _, w := range fillersOfPermissions {
		left = strings.ReplaceAll(left, w, "")
	}
	n := 0
	for _, c := range left {
		if unicode.IsLetter(c) {
			n++
		}
	}
	return n
}
