package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// permissionNoun is what a phrase that names a permission ends in.
const permissionNoun = "权限"

// permissionFillers may stand between the name of what a permission opens and
// the word 权限, or between two such names.
var permissionFillers = []string{
	"以及", "访问", "使用", "读写", "读取", "写入", "获取", "开启", "调用", "功能", "相关", "系统", "设备", "授权", "信息", "存储空间", "空间",
	"的", "等", "类", "您", "和", "及", "与", "或", "、", "/", "，", ",", "“", "”", "「", "」", "‘", "’", " ", "(", ")", "（", "）", "【", "】", "[", "]",
}

// joinPermissions adds the permissions that an enumeration names which ends in
// 权限 (相机、存储权限) or follows 权限 behind a colon (以下权限：相机、麦克风): every
// item of it, not the last alone, is the name of a permission.
func (r *Reader) joinPermissions(d *document, st *statement) {
	text := d.str(st.span)
	if st.lang != "zh" || len(st.mentions) == 0 || !strings.Contains(text, permissionNoun) {
		return
	}
	items := r.permissionItems(d, st)
	count := len(st.mentions) // in order; what is added goes behind them at first
	for from := 0; ; {
		i := strings.Index(text[from:], permissionNoun)
		if i < 0 {
			break
		}
		from += i + len(permissionNoun)
		at := span{st.start + from - len(permissionNoun), st.start + from}
		r.addPermissions(d, st, itemsBefore(d, items, at.end), at, count)
		if next, w := utf8.DecodeRuneInString(text[from:]); strings.ContainsRune(":：（(", next) && w > 0 {
			r.addPermissions(d, st, itemsBehind(d, items, at.end+w), at, count)
		}
	}
	slices.SortStableFunc(st.mentions, func(a, b mention) int { return a.start - b.start })
}

// permissionItems are the places of a statement that name data or a permission,
// in order and apart.
func (r *Reader) permissionItems(d *document, st *statement) []mention {
	items := append(slices.Clone(st.mentions), r.permissionWords(d, st.span)...)
	slices.SortStableFunc(items, func(a, b mention) int { return a.start - b.start })
	apart := items[:0]
	for _, m := range items {
		if !m.constant && (len(apart) == 0 || m.start >= apart[len(apart)-1].end) {
			apart = append(apart, m)
		}
	}
	return apart
}

// itemsBefore are the items of the enumeration that ends in 权限 at a place, back
// to one that has its own 权限.
func itemsBefore(d *document, items []mention, at int) []mention {
	last, _ := slices.BinarySearchFunc(items, at, func(m mention, at int) int { return m.start - at })
	first := last
	for first > 0 {
		m := items[first-1]
		own := strings.HasSuffix(d.str(m.span), permissionNoun)
		if gap := strings.TrimSuffix(d.text[min(m.end, at):at], permissionNoun); !onlyFillers(gap) || own && first < last || first < last && (isData(d, m) || asksAnew(gap)) {
			break
		}
		first--
		at = m.start
	}
	return items[first:last]
}

// asksAnew tells whether the text between two items begins to ask for something
// else: 获取您的手机号码和授权位置权限.
func asksAnew(gap string) bool {
	for _, and := range []string{"和授权", "及授权", "并授权", "和开启", "并开启", "和获取", "并获取"} {
		if strings.Contains(gap, and) {
			return true
		}
	}
	return false
}

// isData tells whether an item of an enumeration calls itself data: 网络状态信息、存储
// 权限 names one permission.
func isData(d *document, m mention) bool {
	const noun = "信息"
	return m.data != "" && (strings.HasSuffix(d.str(m.span), noun) || strings.HasPrefix(d.text[m.end:], noun))
}

// itemsBehind are the items of the enumeration that follows a place.
func itemsBehind(d *document, items []mention, at int) []mention {
	first, _ := slices.BinarySearchFunc(items, at, func(m mention, at int) int { return m.start - at })
	last := first
	for last < len(items) && onlyFillers(d.text[at:items[last].start]) {
		at = items[last].end
		last++
		if strings.HasSuffix(d.text[:at], permissionNoun) {
			break
		}
	}
	return items[first:last]
}

// onlyFillers tells whether a short text says nothing of its own.
func onlyFillers(s string) bool {
	const longest = 48 // bytes
	if len(s) > longest {
		return false
	}
	if i := strings.IndexAny(s, "）)"); i > 0 && !strings.ContainsAny(s[:i], "（(") {
		s = s[i:] // the item before stands inside the parenthesis: 相册（图片库）
	}
	for s != "" {
		n := 0
		if open, w := utf8.DecodeRuneInString(s); open == '（' || open == '(' { // 相册（图片库）
			if i := strings.IndexAny(s, "）)"); i > 0 {
				_, n = utf8.DecodeRuneInString(s[i:])
				n += i
			} else {
				n = w
			}
		}
		for _, f := range permissionFillers {
			if n == 0 && strings.HasPrefix(s, f) {
				n = len(f)
				break
			}
		}
		if n == 0 {
			return false
		}
		s = s[n:]
	}
	return true
}

// addPermissions adds the permissions that items stand for beside the word 权限
// at a place.
func (r *Reader) addPermissions(d *document, st *statement, items []mention, at span, count int) {
	for _, m := range items {
		to := m.end
		if m.end <= at.start && onlyFillers(d.text[m.end:at.start]) && !strings.ContainsAny(d.text[m.end:at.start], "、/，,") {
			to = at.end // 位置权限
		}
		first, _ := slices.BinarySearchFunc(st.mentions[:count], m.start, func(o mention, at int) int { return o.start - at })
		for k := first; k < count && st.mentions[k].start < to; k++ {
			st.mentions[k].opened = true
		}
		named := r.permissionWords(d, span{m.start, to})
		if len(named) == 0 { // 联系人 alone is data, 联系人权限 is not
			f := foldText(d.text[m.start:m.end] + permissionNoun)
			for _, h := range r.permWords.find(&f) {
				named = append(named, mention{permission: r.set.Permissions[h.value].Name})
			}
		}
		for _, p := range named {
			if slices.ContainsFunc(st.mentions, func(o mention) bool { return o.permission == p.permission && o.start < to && m.start < o.end }) {
				continue
			}
			st.mentions = append(st.mentions, mention{span: m.span, permission: p.permission, platform: audit.PlatformAny, opened: true})
		}
	}
}

// permissionTopic stands between the noun 权限 and what else a text says of permissions.
var permissionTopic = pattern.New(`^的?(?:(?:申请|调用|使用|获取|开启|管理)(?:以及|与|和|及|、))?$`)

// aboutPermission tells whether a collective term only names what a Chinese text says
// of permissions: it goes on with that noun, word v, and is no second item beside it.
// 权限申请与使用情况说明 speaks of no data about use.
func (j *judging) aboutPermission(v int, m mention) bool {
	h := j.st.words[v]
	return j.st.lang == "zh" && role(h.value) == rolePermission && strings.HasSuffix(j.d.text[h.start:h.end], permissionNoun) &&
		m.data != "" && m.umbrella && !m.opened && permissionTopic.MatchString(j.d.text[h.end:m.start])
}
