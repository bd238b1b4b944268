package policy

import (
	"slices"
	"strings"
)

// maxNameBytes bounds how long the name of a company at the head of a clause is.
const maxNameBytes = 64

// maxOwnNameBytes is how much of a document's beginning says whose policy it is.
const maxOwnNameBytes = 400

// namedOther tells whether a known vendor or SDK is the subject of verb v: it begins
// the clause, and its verb follows at once ("Example Analytics may collect …"). A
// name that the policy begins with is the operator's own.
func (r *Reader) namedOther(d *document, st *statement, c clause, v int) bool {
	if st.lang != "en" {
		return false
	}
	start := c.start
	for start < c.end && d.text[start] == ' ' {
		start++
	}
	w := c.words.start
	if start >= st.words[v].start || st.words[v].start-start > maxSubjectReach || d.text[start] < 'A' || d.text[start] > 'Z' || w > v || st.words[w].start-start > maxNameBytes {
		return false
	}
	if st.hasBetween(start, st.words[v].start, roleFirst, roleFirstNoun, roleThird, roleSDKWord) {
		return false // a subject of its own may stand before the verb
	}
	subject := strings.Fields(d.text[start:st.words[w].start])
	for len(subject) > 0 && slices.Contains([]string{"may", "will", "can", "might", "could", "also", "then", "automatically", "itself"}, subject[len(subject)-1]) {
		subject = subject[:len(subject)-1]
	}
	name := strings.Join(subject, " ")
	if name == "" || slices.Contains(d.own, name) || strings.Contains(d.text[:min(len(d.text), maxOwnNameBytes, start)], name) {
		return false
	}
	f := foldText(name)
	for _, m := range []*matcher{r.companies, r.aliases} {
		if _, n := m.longest(&f, 0); n == len(f.runes) && n > 0 {
			return true
		}
	}
	return false
}
