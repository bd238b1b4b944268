package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxEverydayWords bounds the words of a key that asks in everyday words.
const maxEverydayWords = 6

// everydayKey returns the field of a key that is no noun but a question about the
// SDK above it: "What it collects", "What their code obtains", "Who they are", "Why do we
// use it". What asks of the app or of the reader is none.
func everydayKey(key string) field {
	if len(key) < len("who") || key[numberAt(key).bytes:] == "" {
		return fieldNone
	}
	key = strings.Trim(key[numberAt(key).bytes:], " *_?")
	if len(key) > maxFieldBytes || !startsWithAny(strings.ToLower(key[:min(len(key), 4)]), []string{"what", "who ", "why ", "how ", "wher"}) {
		return fieldNone // most lines begin otherwise
	}
	key = strings.ToLower(key)
	for _, whose := range []string{" from us", " from you", " about you", " of yours", " from your device", " from your phone"} {
		key = strings.TrimSuffix(key, whose)
	}
	words := strings.Fields(key)
	n := len(words)
	if n < 3 || n > maxEverydayWords {
		return fieldNone
	}
	last := words[n-1]
	switch words[0] {
	case "why":
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains([]string{"it", "they", "them", "this"}, w) }) {
			return fieldPurpose
		}
		return fieldNone
	case "how", "where":
		if strings.Contains(key, "opt") || slices.Contains([]string{"it", "they", "them"}, words[n-2]) {
			return fieldNote
		}
		return fieldNone
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(ownWords, w) }) {
		return fieldNone
	}
	switch {
	case words[0] == "what" && slices.Contains(everydayVerbs, last):
		return fieldData
	case words[0] == "what" && last == "for":
		return fieldPurpose
	case words[0] == "who" && n == 3 && (last == "are" || last == "is" || last == "they"), words[0] == "who" && last == "it":
		return fieldCompany // who they are, who runs it, who is behind it
	}
	return fieldNone
}

// everydayVerbs end a question for the data that somebody gets.
var everydayVerbs = []string{"collect", "collects", "obtain", "obtains", "gather", "gathers", "receive", "receives", "get", "gets", "read", "reads", "see", "sees", "learn", "learns", "process", "processes", "collected", "received", "shared", "sent", "transferred"}

// keyMarks part a key from its value where no colon does: "What they receive - IP
// address", "What do they receive? IP address".
var keyMarks = []string{" - ", " – ", " — ", "? "}

// splitEnglishKey splits such a line; an empty key where it is none.
func (r *Reader) splitEnglishKey(line string) (f field, value int) {
	from := numberAt(line).bytes
	head := line[from:min(len(line), from+maxFieldBytes)]
	if head == "" || head[0] >= utf8.RuneSelf || strings.IndexByte(head, ' ') < 0 {
		return fieldNone, 0
	}
	for _, mark := range keyMarks {
		key, _, ok := strings.Cut(head, mark)
		if !ok || strings.ContainsAny(key, ".,:;") {
			continue
		}
		f := everydayKey(key)
		if whole, is := r.fields.whole(strings.Trim(key, " *_")); is && f == fieldNone && mark != "? " && strings.Contains(key, " ") {
			f = field(whole)
		}
		if f != fieldNone && f != fieldName {
			return f, from + len(key) + len(mark)
		}
	}
	return everydayStart(line, from)
}

// everydayStarts are keys that stand before their value with nothing between, as where a
// page only sets them in bold.
var everydayStarts = []struct {
	key string
	field
}{
	{"who they are ", fieldCompany}, {"what they receive ", fieldData}, {"what it receives ", fieldData}, {"what they collect ", fieldData},
	{"what it collects ", fieldData}, {"what they get ", fieldData}, {"what it gets ", fieldData}, {"what it is for ", fieldPurpose},
}

// everydayStart reads such a line.
func everydayStart(line string, from int) (field, int) {
	if c := line[from] | 0x20; c != 'w' {
		return fieldNone, 0
	}
	head := strings.ToLower(line[from:min(len(line), from+maxFillerBytes)])
	for _, s := range everydayStarts {
		rest, ok := strings.CutPrefix(head, s.key)
		if ok && !startsWithAny(rest, []string{"is ", "are ", "may ", "will ", "depends ", "about ", "from ", "can ", "when ", "if "}) {
			return s.field, from + len(s.key)
		}
	}
	return fieldNone, 0
}

// partnerKeys name, before a name that is known, who is meant: "Partner: X".
var partnerKeys = []string{"partner", "our partner", "partner name", "name of partner", "name of the partner", "recipient", "third party", "third-party", "service", "third-party service", "tool", "tracker", "sub-processor", "subprocessor", "service used", "library"}

// ownWords speak of the app or of its user.
var ownWords = []string{"we", "us", "our", "you", "your", "app", "application", "i", "my", "not", "never"}

// bulletBelow tells whether block i is one more bullet of the list that is the value
// of the open key, though it names no datum that is known: the bullets behind it
// still belong to the key. One that names an SDK is none.
func (k *kvReader) bulletBelow(i int) bool {
	b := &k.d.blocks[i]
	if b.kind != item && numberAt(k.d.str(b.span)).style != "bullet" || b.end-b.start > maxDataLine || k.r.mayName(k.d, b) {
		return false
	}
	return !slices.ContainsFunc(k.r.blockStatements(k.d, b), func(st statement) bool {
		return st.has(roleFirst, roleSDKWord, roleNegation, roleThird)
	})
}

// hasOwnSubject tells whether a verb is one with its subject, "we use", which goes on
// with no verb before it: when you record a run, we use your location.
func hasOwnSubject(d *document, w hit) bool {
	return strings.HasPrefix(strings.ToLower(d.text[w.start:w.end]), "we ")
}

// beginsFields tells whether an English sentence is a name with its company in a
// parenthesis and no more, at most behind a key, and a field of what it names follows
// on the same line: "Analytics: X (X Co., Ltd.). Purpose: statistics."
func (r *Reader) beginsFields(d *document, st *statement, at span) bool {
	if st.lang != "en" {
		return false
	}
	head := strings.TrimRight(d.text[st.start:at.start], " ")
	if strings.TrimSpace(head[numberAt(head).bytes:]) != "" && !strings.HasSuffix(head, ":") || strings.ContainsAny(head, ",()") || len(head) > maxFillerBytes {
		return false
	}
	list := parenthesisAt(d, at.end, min(st.end, at.end+maxCompanyReach))
	if list.empty() || r.companyIn(d, list).empty() || strings.Trim(d.text[list.end:st.end], ") .;") != "" {
		return false
	}
	line, _, _ := strings.Cut(d.text[st.end:min(len(d.text), st.end+maxFieldBytes)], "\n")
	f, _ := r.keyByWords(strings.TrimLeft(line, " "))
	return f != fieldNone
}
