package policy

import (
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// DefectPlaceholder is the kind of a template's blank that nobody filled in.
const DefectPlaceholder = audit.DefectPlaceholder

// maxBlankBytes bounds what stands between the brackets of a blank.
const maxBlankBytes = 420

// placeholders locates every blank of the document: shapes that only a template
// has. Ordinary brackets, masked examples (138****0000) and notes such as
// [Android only] are none.
func (r *Reader) placeholders(d *document, pts *points) []audit.Defect {
	var begins [256]bool // bytes with which a blank may begin
	for _, c := range []byte("[<{(%$_xXlLTFDMY\xC3\xE3\xE5\xE6\xEF") {
		begins[c] = true
	}
	var out []audit.Defect
	for i := 0; i < len(d.text); {
		if c := d.text[i]; c >= 0xE0 && !wideBlank(d.text, i) {
			i += 3 // at least: no blank begins inside a character
			continue
		} else if !begins[c] || c >= utf8.RuneSelf && !beginsBlank(d.text[i:]) {
			if i++; c >= 0xE0 {
				i += 2 // at least: no blank begins inside a character
			}
			continue
		}
		n := blankAt(d.text, i)
		if n == 0 {
			i++
			continue
		}
		s := d.trim(span{i, i + n})
		out = append(out, audit.Defect{Kind: DefectPlaceholder, Quote: d.str(s), At: at(d, pts, s)})
		i += n
	}
	return out
}

// wideBlank tells whether the character of three bytes or more at text[i] is one
// with which a blank may begin. It compares it as a whole, as first bytes are
// shared with many ideographs.
func wideBlank(text string, i int) bool {
	if i+2 >= len(text) {
		return false
	}
	switch uint32(text[i])<<16 | uint32(text[i+1])<<8 | uint32(text[i+2]) {
	case 0xE38090, 0xE5BE85, 0xE69F90, 0xEFBC88, 0xEFBCBF, 0xEFBC8A: // 【 待 某 （ ＿ ＊
		return true
	}
	return false
}

// beginsBlank tells whether a character outside ASCII is one with which a blank
// begins: most that share its first byte are not.
func beginsBlank(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch s[0] {
	case 0xC3:
		return s[1] == 0x97 // ×
	case 0xE3:
		return s[1] == 0x80 && strings.HasPrefix(s, "【")
	case 0xE5:
		return strings.HasPrefix(s, "待")
	case 0xE6:
		return s[1] == 0x9F && strings.HasPrefix(s, "某某")
	}
	return strings.HasPrefix(s, "＿") || strings.HasPrefix(s, "＊") || strings.HasPrefix(s, "（")
}

// blankAt returns the length of the blank that begins at text[i], or 0.
func blankAt(text string, i int) int {
	if n := valueBlank(text, i); n > 0 {
		return n
	}
	rest := text[i:]
	switch c := rest[0]; c {
	case '[', '<':
		return bracketBlank(text, i, 1)
	case '(':
		return roundBlank(rest, 1)
	case '%':
		return namedSlot(rest)
	case '{':
		if n := braceBlank(rest); n > 0 {
			return n
		}
		return namedSlot(rest)
	case '$':
		return variableBlank(rest)
	case '_':
		return lineBlank(text, i)
	case 'x', 'X', 0xC3: // × is C3 97
		return crossedBlank(text, i)
	case 'l', 'L':
		if len(rest) >= 11 && strings.EqualFold(rest[:11], "lorem ipsum") {
			return 11
		}
	case 0xE3: // 【
		if strings.HasPrefix(rest, "【") {
			return bracketBlank(text, i, len("【"))
		}
	case 0xE6: // 某某公司
		if after, ok := strings.CutPrefix(rest, "某某"); ok {
			for _, w := range []string{"公司", "科技", "平台", "应用", "软件", "有限公司"} {
				if strings.HasPrefix(after, w) {
					return len("某某") + len(w)
				}
			}
		}
	case 0xEF: // （, ＿ and ＊
		if strings.HasPrefix(rest, "（") {
			return roundBlank(rest, len("（"))
		}
		if strings.HasPrefix(rest, "＿") {
			return lineBlank(text, i)
		}
		return crossedBlank(text, i)
	}
	return 0
}

// bracketBlank reads 【请…填写…】, [公司名称], [Company Name], <insert …>, [TODO]. The text
// of a link is none: [Address](https://…).
func bracketBlank(text string, at, open int) int {
	s := text[at:]
	limit := min(len(s), open+maxBlankBytes)
	end := strings.IndexAny(s[open:limit], "】]>\n【[")
	if end < 0 {
		return 0
	}
	inside := s[open : open+end]
	closing, w := utf8.DecodeRuneInString(s[open+end:])
	if closing == '\n' || closing == '【' || closing == '[' || s[0] == '<' && closing != '>' || s[0] != '<' && closing == '>' || strings.HasPrefix(s[open+end:], "](") {
		return 0
	}
	if name := strings.TrimSpace(inside); isUnset(name) || s[0] != '<' && slotAt(text[max(0, at-maxSlotReach):at], name, s[open+end+w:]) {
		return open + end + w
	}
	if (asksToFill(inside) || saysInsert(strings.TrimSpace(inside))) && s[0] != '<' || namesBlankZH(strings.TrimSpace(inside)) || s[0] < utf8.RuneSelf && namesBlankEN(strings.ToLower(strings.TrimSpace(inside)), s[0] == '[') {
		return open + end + w
	}
	return 0
}

// asksToFill: 请…填写.
func asksToFill(s string) bool {
	_, after, ok := strings.Cut(s, "请")
	if !ok {
		return false
	}
	for _, w := range []string{"填写", "补充", "替换", "填入"} {
		if strings.Contains(after, w) {
			return true
		}
	}
	return false
}

// saysInsert: 在此插入公司地址, 插入公司地址. Without a word for the place only what a
// template asks to insert counts, as a button may be called 填写邀请码.
func saysInsert(s string) bool {
	here := s
	for _, w := range []string{"在此处", "在此", "此处", "在这里"} {
		if rest, ok := strings.CutPrefix(s, w); ok {
			here = rest
			break
		}
	}
	for _, w := range []string{"插入", "填写", "填入", "输入", "补充"} {
		rest, ok := strings.CutPrefix(here, w)
		if !ok || rest == "" {
			continue
		}
		return here != s || w == "插入" && startsWithAny(rest, []string{"公司", "企业", "贵", "您的", "应用", "产品", "App", "APP", "app", "开发者", "运营者", "平台", "软件", "名称", "联系", "电话", "邮箱", "地址", "日期", "网址"})
	}
	return false
}

// namesBlankZH: 公司名称, 您的应用名.
func namesBlankZH(s string) bool {
	for _, w := range []string{"您的", "你的", "贵"} {
		s = strings.TrimPrefix(s, w)
	}
	for _, what := range []string{"公司", "应用", "产品", "App", "APP", "app", "开发者", "平台", "软件"} {
		if rest, ok := strings.CutPrefix(s, what); ok {
			switch rest {
			case "名称", "全称", "名", "简称":
				return true
			}
		}
	}
	return false
}

// namesBlankEN: company name, insert address here.
func namesBlankEN(s string, square bool) bool {
	for _, w := range []string{"insert", "enter", "your", "fill in"} {
		if rest, ok := strings.CutPrefix(s, w); ok && (rest == "" || rest[0] == ' ' || rest[0] == ':') && len(rest) <= 60 {
			return true
		}
	}
	s = strings.TrimPrefix(s, "the ")
	if square && (s == "date" || s == "company" || s == "address") {
		return true
	}
	what, part, ok := strings.Cut(s, " ")
	if !ok {
		return false
	}
	switch strings.TrimSuffix(what, "'s") {
	case "company", "app", "application", "developer", "business", "product", "website", "service", "contact":
		switch part {
		case "name", "email", "address", "url":
			return true
		}
	}
	return false
}

// braceBlank: {{app_name}}.
func braceBlank(s string) int {
	if !strings.HasPrefix(s, "{{") {
		return 0
	}
	end := strings.IndexAny(s[2:min(len(s), 2+maxBlankBytes)], "{}\n")
	if end > 0 && strings.HasPrefix(s[2+end:], "}}") && utf8.RuneCountInString(s[2:2+end]) <= 60 {
		return end + 4
	}
	return 0
}

// variableBlank: ${app.name}.
func variableBlank(s string) int {
	if !strings.HasPrefix(s, "${") {
		return 0
	}
	n := spanOf(s[2:min(len(s), 44)], letters+"_. ")
	if n > 0 && n <= 40 && strings.HasPrefix(s[2+n:], "}") {
		return n + 3
	}
	return 0
}

// lineBlank: four or more low lines.
func lineBlank(text string, i int) int {
	n, runes := 0, 0
	for {
		r, w := utf8.DecodeRuneInString(text[i+n:])
		if r != '_' && r != '＿' {
			break
		}
		n += w
		runes++
	}
	if runes < 4 {
		return 0
	}
	return n
}

// crossedBlank: XX公司, ××科技.
func crossedBlank(text string, i int) int {
	if i > 0 && (isLatin(text[i-1]) || '0' <= text[i-1] && text[i-1] <= '9') {
		return 0
	}
	n, runes := 0, 0
	for runes <= 7 {
		r, w := utf8.DecodeRuneInString(text[i+n:])
		if r != 'x' && r != 'X' && r != '×' && r != '＊' {
			break
		}
		n += w
		runes++
	}
	if runes < 2 || runes > 6 {
		return 0
	}
	rest := text[i+n:]
	for _, w := range []string{"科技有限公司", "有限公司", "公司", "科技", "网络", "平台", "软件", "应用", "产品", "app"} {
		if len(rest) >= len(w) && strings.EqualFold(rest[:len(w)], w) {
			return n + len(w)
		}
	}
	return 0
}
