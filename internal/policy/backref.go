package policy

import (
	"slices"
	"strings"
)

// servedBy are the nouns that stand for the code of a third party, or for what it
// does, where a sentence takes up an SDK that was named without the word SDK: 该工具包,
// 该推送服务.
var servedBy = []string{"工具包", "开发包", "软件包", "组件", "插件", "服务", "产品", "工具", "平台", "sdk"}

// maxKindBytes bounds what says in such a reference which kind of thing it is.
const maxKindBytes = 24

// notBack are what a word that begins like a pronoun really is: 其他, 其中.
var notBack = []string{"其他", "其它", "其中", "其余", "其次", "其实", "其所"}

// ofApp stand in a reference that is one to the app itself: 该应用产品.
var ofApp = []string{"应用", "软件", "公司", "用户", "网站", "，", ",", "的", "等", "会"}

// refers tells whether a text, in small letters, begins with a pronoun for what was
// named last, or with 该 or 此 and a noun that is the subject of a verb: 该统计分析工具包
// 会读取….
func refers(text string) bool {
	if startsWithAny(text, pronouns) {
		return true
	}
	for _, this := range []string{"该", "此"} {
		rest, ok := strings.CutPrefix(text, this)
		if !ok {
			continue
		}
		for _, noun := range servedBy {
			i := strings.Index(rest, noun)
			if i < 0 || i > maxKindBytes || slices.ContainsFunc(ofApp, func(w string) bool { return strings.Contains(rest[:i], w) }) {
				continue
			}
			if behind := strings.TrimLeft(rest[i+len(noun):], " "); startsWithAny(behind, bareVerbs) || startsWithAny(behind, fillers) || startsWithAny(behind, []string{"不", "未", "没有"}) {
				return true
			}
		}
	}
	return false
}

// soleBefore returns the entry of the one SDK that a sentence names, where the next
// begins with a pronoun for it and says which data it gets or does not: 接入了小米公司
// 提供的小米推送。该服务会读取….
func (p *proseReader) soleBefore(before, st *statement) (e entry, ok bool) {
	text := strings.ToLower(strings.TrimLeft(p.d.text[st.start:min(st.end, st.start+2*maxSubjectBytes)], " "))
	if st.lang != "zh" || before.has(roleNegation, roleRight, roleDefinition) || st.has(roleRight) || p.appTakes(st) || !refers(text) || startsWithAny(text, notBack) {
		return entry{}, false
	}
	verb := p.collecting(st, 0)
	for verb >= 0 && role(st.words[verb].value) != roleCollect { // what it only touches does not make an entry
		verb = p.collecting(st, verb+1)
	}
	if !p.namesData(st, verb) && len(p.r.deniedIn(p.d, st, judgement{}, "")) == 0 {
		return entry{}, false
	}
	hits := p.r.namesIn(p.d, before)
	if len(hits) == 0 || slices.ContainsFunc(hits, func(h proseHit) bool { return !sameHit(p.d, h, hits[0]) }) {
		return entry{}, false
	}
	return entryOf(before, hits[0], p.r.companyOfHit(p.d, before, hits, 0)), true
}

// appTakes tells whether a sentence says of the app that it takes data, or names it
// before the verb that does: 我们会收集…; 但我们不会收集… behind what an SDK gets is no
// such thing.
func (p *proseReader) appTakes(st *statement) bool {
	we := slices.IndexFunc(st.words, func(w hit) bool { return role(w.value) == roleFirst })
	if we < 0 {
		return false
	}
	verb := p.collecting(st, 0)
	return verb < 0 || verb > we || p.collecting(st, we) >= 0
}

// denierOf is the party of a denial: that of what the sentence before its clause says
// is collected, where the clause drops its subject: 该SDK会读取IMEI，但不会获取短信.
func denierOf(d *document, st *statement, js []judgement, j judgement) string {
	if j.party != "" || st.lang != "zh" || j.word < 0 {
		return j.party
	}
	i := slices.IndexFunc(st.clauses, func(c clause) bool { return j.word < c.words.end })
	if i <= 0 {
		return ""
	}
	c := st.clauses[i]
	no := slices.IndexFunc(st.words, func(w hit) bool { return w.start >= c.start && role(w.value) == roleNegation })
	if no < 0 || no > j.word {
		return ""
	}
	head := d.text[c.start:st.words[no].start]
	for _, but := range []string{"但是", "但", "而", "却", "不过"} {
		head = strings.TrimPrefix(strings.TrimLeft(head, " ,，"), but)
	}
	if only, _ := subjectless(head); !only {
		return ""
	}
	for k := len(js) - 1; k >= 0; k-- {
		if st.mentions[k].end <= c.start && js[k].stance == collected {
			return js[k].party
		}
	}
	return ""
}
