package policy

import (
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// What stands behind data and says that they are no part of what is collected:
// 剪贴板内容不在其收集范围之内, 通讯录不属于我们收集的信息, "your contacts are not part of
// what it collects", "are outside what we collect".
var (
	outsideZH = pattern.New(`^(?:的?(?:内容|信息|数据|列表))?[^，,。；;不未]{0,8}(?:不|并不|均不|都不|也不|未|并未|均未)(?:会)?(?:被)?(?:在|属于|属|列入|纳入|计入|包括在|包含在|处于)[^，,。；;不未]{0,16}?(收集|采集|获取|读取)(?:、使用|和使用|及使用|使用)?(?:的|之)?(?:个人)?(?:信息|数据|资料)?(?:的|之)?(?:种类|类型)?(?:范围|之列|列表|清单|对象|内容|信息|数据|资料)?(?:之|以)?(?:内|中|列)?[。.；;，,]?$`)
	outsideEN = pattern.New(`(?i)^[^.;,]{0,24}? (?:(?:is|are)(?:n['’]t| not| never)(?: \w+)? (?:part of|among|one of|included in|contained in|within|on the list of|in the scope of|covered by|in|something(?: that)?|anything(?: that)?)|(?:is|are|stays?|remains?) (?:outside(?: of)?|excluded from|out of the scope of|left out of|no part of)) (?:[^.;,]{0,40}? )?(collects?|collected|gathers?|gathered|receives?|received|takes|taken|collecting|collection|obtains?)\b[^.;,]{0,16}[.;]?$`)
)

// outOfScope denies the data that a clause says to stand outside what is collected.
func (j *judging) outOfScope() {
	for i, c := range j.st.clauses {
		verb, between := j.r.outside(j.d, j.st, i)
		if verb < 0 {
			continue
		}
		by := judgement{stance: denied, word: verb, party: j.r.subjectOf(j.d, j.st, i, verb)}
		switch {
		case j.st.hasBetween(between.start, between.end, roleFirst):
			by.party = audit.PartyApp
		case theirs.MatchString(j.d.str(between)):
			by.party = ""
		}
		if j.r.inSomeCase(j.d, j.st, i) {
			by = judgement{word: -1}
		}
		first, last := mentionsBetween(j.st, span{c.start, between.start})
		for k := first; k < last; k++ {
			j.out[k] = by
		}
	}
}

// outside finds the verb by which a clause says that the data before it stand outside
// what is collected, and what stands between them; -1 where it does not. The clause has
// no other verb before it.
func (r *Reader) outside(d *document, st *statement, i int) (verb int, between span) {
	c := st.clauses[i]
	if !st.hasIn(c, roleCollect) || st.has(roleRight, roleMinor, roleDefinition) {
		return -1, span{}
	}
	first, last := mentionsBetween(st, c.span)
	if first == last {
		return -1, span{}
	}
	pattern, end := outsideZH, st.mentions[last-1].end
	if st.lang == "en" {
		pattern = outsideEN
	}
	m := pattern.FindStringSubmatchIndex(d.text[end:c.end])
	if m == nil || st.hasBetween(c.start, end, roleCollect, roleAccess, roleProvide, roleSend, roleExcept) {
		return -1, span{}
	}
	at := span{end, end + m[2]}
	verb = slices.IndexFunc(st.words, func(h hit) bool { return h.start <= at.end && at.end < h.end })
	if verb < 0 || role(st.words[verb].value) != roleCollect {
		return -1, span{}
	}
	return verb, at
}

// theirs are the pronouns by which such a clause takes up the SDK named before.
var theirs = pattern.New(`(?i)其|它|该|此|上述|\b(?:it|they|its|their|this|these)\b`)

// outOfTheirs tells whether a sentence says of data that they are outside what the SDKs
// named before collect.
func (r *Reader) outOfTheirs(d *document, st *statement) bool {
	for i := range st.clauses {
		if verb, between := r.outside(d, st, i); verb >= 0 {
			return theirs.MatchString(d.str(between)) && !r.inSomeCase(d, st, i) && !st.hasBetween(between.start, between.end, roleFirst)
		}
	}
	return false
}

// inSomeCase tells whether a clause, or one before it, states a condition.
func (r *Reader) inSomeCase(d *document, st *statement, i int) bool {
	return slices.ContainsFunc(st.clauses[:i+1], func(c clause) bool { return r.conditional(d, st, c) })
}
