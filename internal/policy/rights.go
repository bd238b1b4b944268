package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// managing are verbs by which users look after data that is there already.
var managing = []string{"查询", "访问", "查阅", "查看", "更正", "修改", "更改", "删除", "管理", "导出", "关闭", "取消", "撤回", "撤销", "清除", "注销", "更换", "申请个人信息副本"}

// mayWords let the user do what follows.
var mayWords = []string{"可以", "可", "有权", "能够", "能"}

// userManages tells whether a Chinese clause says what users can do with their
// data, whatever stands between the words of it: 您可以在设置中查询和访问您的昵称.
func userManages(d *document, st *statement, c clause) bool {
	const longest = 180 // bytes: what is told later in a clause is no longer about the right
	if st.lang != "zh" {
		return false
	}
	text := strings.TrimLeftFunc(d.str(c.span), func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune(" .、，,)）(（", r) })
	rest, ok := strings.CutPrefix(text, "您")
	if !ok {
		if rest, ok = strings.CutPrefix(text, "你"); !ok {
			if rest, ok = strings.CutPrefix(text, "用户"); !ok {
				return false
			}
		}
	}
	for _, adverb := range []string{"也", "还", "随时", "均"} {
		rest = strings.TrimPrefix(rest, adverb)
	}
	may := false
	for _, m := range mayWords {
		if strings.HasPrefix(rest, m) {
			rest, may = rest[len(m):], true
			break
		}
	}
	if !may {
		return false
	}
	if len(rest) > longest {
		rest = rest[:longest]
	}
	for _, m := range managing {
		if i := strings.Index(rest, m); i >= 0 && !strings.Contains(rest[:i], "我们") {
			return true
		}
	}
	return false
}

// ofTopic is the judgement of what a clause has named before verb v: nothing is
// denied of it where the verb has another object.
func (j *judging) ofTopic(i, v int) judgement {
	out := j.by(i, v)
	if out.stance == denied && j.st.lang == "zh" && !withoutObject(j.d, j.st, j.st.clauses[i], v) {
		out.stance = silent
	}
	return out
}

// isSubject tells whether mention m does what verb v says of other data (Cookie会收集
// 该等信息), or the verb only says which thing is meant: 指纹保存在您授权收集的设备上.
func (j *judging) isSubject(c clause, m mention, v int) bool {
	h := j.st.words[v]
	if j.st.lang == "zh" && role(h.value) == roleCollect && strings.HasPrefix(j.d.text[h.end:c.end], "的") {
		return true
	}
	return j.st.lang == "zh" && j.st.hasBetween(h.end, min(c.end, h.end+maxRelative), rolePronoun) && !j.st.hasBetween(m.end, h.start, roleFirst, roleNegation) && !strings.ContainsAny(j.d.text[m.end:h.start], "将把被由")
}

// withoutObject tells whether nothing follows verb w in its clause that it could
// be about, or only a pronoun: 应用没有收集, but not 不能取得我们的服务.
func withoutObject(d *document, st *statement, c clause, w int) bool {
	const filler = 2 // runes
	loose, at := 0, st.words[w].end
	for k := w + 1; k <= c.words.end; k++ {
		to := c.end
		if k < c.words.end {
			to = st.words[k].start
		}
		if at < to {
			loose += looseRunes(d.text[at:min(to, at+maxRelative)])
		}
		if loose > filler {
			return false
		}
		if k < c.words.end {
			if role(st.words[k].value) == rolePronoun {
				return true
			}
			at = max(at, st.words[k].end)
		}
	}
	return true
}

// takesFee tells whether word w takes money: 收取一定的服务费.
func takesFee(d *document, st *statement, c clause, w int) bool {
	const near = 36 // bytes
	h := st.words[w]
	return d.text[h.start:h.end] == "收取" && strings.Contains(d.text[h.end:min(c.end, h.end+near)], "费")
}

// endsScene tells whether a Chinese clause only says when something happens.
func endsScene(d *document, c clause) bool {
	text := strings.TrimRight(d.str(c.span), " ,，:：")
	return strings.HasSuffix(text, "时") || strings.HasSuffix(text, "时候") || strings.HasSuffix(text, "后")
}

// looseRunes counts the characters that say something.
func looseRunes(s string) int {
	for _, f := range []string{"任何", "您的", "以及", "或者"} {
		s = strings.ReplaceAll(s, f, "")
	}
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if unicode.IsPunct(r) || unicode.IsSpace(r) {
			n--
		}
	}
	return n
}

// keeping are verbs of what happens to data once it is there.
var keeping = []string{"留存", "存储您的", "储存您的", "保存您的", "处理您的"}

// keeps tells whether word w keeps data instead of taking it.
func keeps(d *document, st *statement, w int) bool {
	return slices.Contains(keeping, d.text[st.words[w].start:st.words[w].end])
}

// reaches returns for each verb of a clause up to where it governs: a verb in a
// parenthesis governs nothing behind that: IMEI(安卓10以上不收集)、MAC地址.
func (j *judging) reaches(c clause, verbs []int) []int {
	out := make([]int, len(verbs))
	var inside []int // verbs whose parenthesis is open
	var open []int   // for each open parenthesis how many of them stand before it
	next := 0
	for i, r := range j.d.str(c.span) {
		for next < len(verbs) && j.st.words[verbs[next]].start <= c.start+i {
			out[next] = c.end
			inside = append(inside, next)
			next++
		}
		switch r {
		case '(', '（':
			open = append(open, len(inside))
		case ')', '）':
			if n := len(open); n > 0 {
				for _, k := range inside[open[n-1]:] {
					out[k] = c.start + i
				}
				inside, open = inside[:open[n-1]], open[:n-1]
			}
		}
	}
	for ; next < len(verbs); next++ {
		out[next] = c.end
	}
	return out
}
