package policy

import (
	"strings"
)

// maxHeadingWords bounds a heading that is read word by word, in runes.
const maxHeadingWords = 30

// headingField returns the field that the heading of a column or key names: as
// a whole, or word by word.
func (r *Reader) headingField(cell string) field {
	if strings.Contains(cell, "*") { // **SDK** **名称**: Markdown that nobody rendered
		cell = strings.ReplaceAll(cell, "*", "")
	}
	if f := r.fieldOf(cell); f != fieldNone {
		return f
	}
	return r.fieldByWords(cell)
}

// fieldByWords reads a heading that no phrase has as a whole. All of it must be
// words of headings; in Chinese the last noun decides (第三方收集个人信息的目的), in
// English the noun before "of", "by" or "using", or else the last one. A list of nouns that data
// is among (获取的权限&信息) is data: its cells hold both.
func (r *Reader) fieldByWords(cell string) field {
	cell = strings.Trim(cell[numberAt(cell).bytes:], " \t*:：【】[]\"“”")
	if cell == "" || len(cell) > maxFieldBytes || !r.headings.mayBegin(cell) {
		return fieldNone // most cells begin otherwise
	}
	if longer(cell, maxHeadingWords) || keyStops.in(cell) {
		return fieldNone
	}
	var room shortText
	f := room.fold(cell)
	at := 0
	var found []field
	english := hanCount(cell) == 0
	for _, h := range room.find(r.headings, &f) {
		if h.from != at {
			return fieldNone
		}
		at = h.to
		word := cell[h.start:h.end]
		if english && len(found) > 0 && (strings.EqualFold(word, "of") || strings.EqualFold(word, "by") || strings.EqualFold(word, "using")) {
			return found[len(found)-1]
		}
		found = addNoun(found, field(h.value), word)
	}
	if at != len(f.runes) || len(found) == 0 {
		return fieldNone
	}
	return decideField(found, cell)
}

// addNoun adds what a word of a heading decides, if it does, to what those before it do.
func addNoun(found []field, v field, word string) []field {
	if v != fieldNone {
		return append(found, v)
	}
	if (word == "类型" || word == "类别") && len(found) == 1 && (found[0] == fieldCompany || found[0] == fieldName) {
		found[0] = fieldFunction // 合作伙伴类型
	}
	return found
}

// keyStops are marks that no heading holds which is read word by word.
var keyStops = newNeedles("。", "；", ";", ":", "：", ",", "，", "?", "？")

// decideField picks the noun that decides.
func decideField(found []field, cell string) field {
	last := found[len(found)-1]
	before := fieldNone
	if len(found) > 1 {
		before = found[len(found)-2]
	}
	listed := strings.ContainsAny(cell, "&/、") || strings.Contains(cell, "及") || strings.Contains(cell, "和")
	switch {
	case found[0] == fieldNote:
		return fieldNote // 是否…
	case last == fieldNote && len(found) > 1:
		return found[0] // 所属机构及联系方式
	case last == fieldName && before == fieldCompany:
		return fieldCompany // 公司名称, 提供方产品
	case last == fieldName && strings.HasSuffix(cell, "名称") && (before == fieldScenario || before == fieldPermissions || before == fieldData || before == fieldFunction && !strings.HasSuffix(cell, "服务名称")):
		return before // 使用权限名称, 功能名称; but 服务名称 is what many lists say for the SDK
	case listed && (last == fieldData && before == fieldPermissions || last == fieldPermissions && before == fieldData):
		return fieldData
	}
	return last
}
