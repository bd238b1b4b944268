package policy

import (
	"slices"
	"strings"
)

// maxEverydayWords bounds the words of a key that asks in everyday words.
const maxEverydayWords = 6

// everydayKey returns the field of a key that is no noun but a question about the
// SDK above it: "What it collects", "What their code obtains", "Who they are". What
// speaks of the app or of the reader is none.
func everydayKey(key string) field {
	if len(key) < len("who") || key[numberAt(key).bytes:] == "" {
		return fieldNone
	}
	key = strings.Trim(key[numberAt(key).bytes:], " *")
	if len(key) > maxFieldBytes || !startsWithAny(strings.ToLower(key[:min(len(key), 4)]), []string{"what", "who "}) {
		return fieldNone // most lines begin otherwise
	}
	words := strings.Fields(strings.ToLower(key))
	n := len(words)
	if n < 3 || n > maxEverydayWords || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(ownWords, w) }) {
		return fieldNone
	}
	last := words[n-1]
	switch {
	case words[0] == "what" && slices.Contains([]string{"collect", "collects", "obtain", "obtains", "gather", "gathers", "receive", "receives", "get", "gets"}, last):
		return fieldData
	case words[0] == "what" && last == "for":
		return fieldPurpose
	case words[0] == "who" && n == 3 && (last == "are" || last == "is"), words[0] == "who" && n == 3 && last == "it":
		return fieldCompany // who they are, who runs it
	}
	return fieldNone
}

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

// withoutIdleTakes drops every "takes" that has no datum for its object: steps, place,
// photos of the user's own making.
func withoutIdleTakes(d *document, st *statement) []hit {
	return slices.DeleteFunc(st.words, func(w hit) bool {
		if role(w.value) != roleAccess || !strings.EqualFold(d.text[w.start:w.end], "takes") {
			return false
		}
		i := slices.IndexFunc(st.mentions, func(m mention) bool { return m.start >= w.end && m.data != "" })
		if i < 0 || strings.Contains(d.text[w.end:st.end], " into account") || strings.Contains(d.text[w.end:st.end], " into consideration") {
			return true
		}
		switch strings.ToLower(strings.TrimSpace(d.text[w.end:st.mentions[i].start])) {
		case "the", "your", "the user's", "its user's", "":
			return slices.Contains([]string{"photos", "camera", "audio_recording", "videos", "media_files"}, st.mentions[i].data)
		}
		return true
	})
}
