package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// unsetWords say by themselves that something is still to be written: [TODO], 【待补充】.
var unsetWords = []string{"todo", "to do", "tbd", "tba", "tbc", "fixme", "placeholder", "to be completed", "to be confirmed", "to be determined",
	"to be added", "to be defined", "to be decided", "to be inserted", "to be provided", "to be filled in", "to be filled",
	"待补充", "待填写", "待填", "待定", "待完善", "待确认", "待添加", "待补", "待提供", "此处填写"}

// isUnset tells whether the inside of a bracket says so: alone, or before a colon and
// what is to be written.
func isUnset(inside string) bool {
	inside = strings.ToLower(strings.TrimSpace(inside))
	if i := colonAt(inside); i > 0 {
		inside = strings.TrimSpace(inside[:i])
	}
	return slices.Contains(unsetWords, inside)
}

// What a bracket in a template stands for, where a sentence goes on with it: "write to
// [email address]", 电话：[联系电话]. Where none does it may be a button or a field.
var (
	slotEN     = pattern.New(`(?i)^(?:(?:e-?mail|postal|street|mailing|business|registered) address|(?:tele)?phone number|contact (?:details|information|email|person)|(?:effective|last updated|publication|launch) date|date of [a-z ]{3,30}|month,? day,? year|day,? month,? year|country|state|city|jurisdiction|state ?/ ?country|country ?/ ?state|(?:full |legal )?name of [a-z' ]{3,40}|(?:dpo|developer|controller|owner)(?:'s)? name(?: and [a-z ]{3,30})?)$`)
	slotZH     = pattern.New(`^(?:联系电话|电话|电话号码|邮箱|电子邮箱|邮箱地址|地址|注册地址|联系地址|联系方式|日期|生效日期|更新日期|姓名|公司|负责人姓名)$`)
	beforeSlot = pattern.New(`(?i)(?:[:：]|(?:^|[^a-z])(?:at|to|call|by|in|of|on|is|are|from|with|until|within|since|updated|dated))[ \x{a0}]*$`)
	figure     = pattern.New(`(?i)^(?:x{1,3}|n|number|#|数字)$`)
	unit       = pattern.New(`(?i)^ ?(?:\(?[a-z]+\)? )?(?:days?|weeks?|months?|years?|hours?|business days?|working days?|个|天|日|年|月|周|小时)`)
)

// maxSlotReach bounds what is looked at before and behind a slot, in bytes.
const maxSlotReach = 24

// slotAt tells whether a bracket with this inside, between two texts, is a slot.
func slotAt(before, inside, behind string) bool {
	if inside == "●" || inside == "•" {
		return true
	}
	if figure.MatchString(inside) {
		return unit.MatchString(clip(behind, maxSlotReach))
	}
	if colonAt(clip(strings.TrimLeft(behind, " "), len("："))) == 0 {
		return false // it is a key: 【电话】：0571…
	}
	return (slotEN.MatchString(inside) || slotZH.MatchString(inside)) && beforeSlot.MatchString(before[max(0, len(before)-maxSlotReach):])
}

// roundBlank: (to be confirmed), （此处填写姓名）.
func roundBlank(s string, open int) int {
	end := strings.IndexAny(s[open:min(len(s), open+maxRoundBlank)], ")）(（\n")
	if end <= 0 {
		return 0
	}
	closing, w := utf8.DecodeRuneInString(s[open+end:])
	inside := strings.TrimSpace(s[open : open+end])
	if closing != ')' && closing != '）' || !isUnset(inside) && !saysInsert(inside) {
		return 0
	}
	return open + end + w
}

// maxRoundBlank bounds a blank in round brackets, in bytes.
const maxRoundBlank = 64

// The values that stand for one that is missing: TBD, 待补充, XXX, DD/MM/YYYY, and an
// address of crosses.
var (
	unsetValue = pattern.New(`^(?:TBD|TBA|TBC|TODO|FIXME|[xX×＊]{2,6}@[xX×＊]{2,6}\.[a-z]{2,4}|(?:DD|MM)[/.-](?:DD|MM)[/.-]YYYY|YYYY[/.-]MM[/.-]DD|(?:YYYY|XXXX|xxxx) ?年 ?(?:MM|XX|xx) ?月 ?(?:DD|XX|xx) ?日|[xX×＊]{3,6}|待补充|待填写|待定|待完善|待确认|待提供)`)
	endsValue  = pattern.New(`^[ \x{a0}]*(?:$|[\n\r.。;；,，|)）*])`)
)

// maxUnset bounds what is looked at of such a value, in bytes, and beginsUnset are the
// bytes with which one begins.
const (
	maxUnset    = 48
	beginsUnset = "TFxXDMY\xC3\xE5\xEF"
)

// valueBlank reads a value behind a colon that says that there is none yet.
func valueBlank(text string, i int) int {
	if strings.IndexByte(beginsUnset, text[i]) < 0 {
		return 0
	}
	before := strings.TrimRight(text[max(0, i-8):i], " *_\u00a0\u3000")
	if !strings.HasSuffix(before, ":") && !strings.HasSuffix(before, "：") {
		return 0
	}
	n := len(unsetValue.FindString(clip(text[i:], maxUnset)))
	if n == 0 || !endsValue.MatchString(clip(text[i+n:], maxUnset)) {
		return 0
	}
	return n
}

// namedSlot: {COMPANY_NAME}, {Company Name}, {公司名称}, %COMPANY_NAME%.
func namedSlot(s string) int {
	end := strings.IndexAny(s[1:min(len(s), maxRoundBlank)], "{}%\n")
	if end <= 0 || s[0] == '{' && s[1+end] != '}' || s[0] == '%' && s[1+end] != '%' {
		return 0
	}
	inside := s[1 : 1+end]
	if !slotConstant.MatchString(inside) && (s[0] == '%' || !namesBlankZH(inside) && !namesBlankEN(strings.ToLower(inside), false)) {
		return 0
	}
	return end + 2
}

var slotConstant = pattern.New(`^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$`)
