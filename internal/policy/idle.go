package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/rules/pattern"
)

// English verbs of every day say that somebody has data only where data are their
// object: "it takes your location", "Airship is given the IP address". Elsewhere they
// say anything: photos are taken, places are got to, requests are handled.

// everydayTakes are those verbs, among the words of the group access_verb. The bare
// form of one counts only behind a subject or an auxiliary.
var everydayTakes = map[string]bool{
	"takes": true, "gets": true, "handles": true, "sees": true, "looks at": true, "looking at": true,
	"is given": true, "are given": true, "be given": true, "picks up": true, "works with": true, "relies on": true,
	"rely on": false, "take": false, "get": false, "handle": false, "look at": false,
}

// withoutIdleVerbs drops every such verb that has no datum for its object.
func (r *Reader) withoutIdleVerbs(d *document, st *statement) []hit {
	return slices.DeleteFunc(st.words, func(w hit) bool {
		if role(w.value) != roleAccess {
			return false
		}
		verb := strings.ToLower(d.text[w.start:w.end])
		finite, everyday := everydayTakes[verb]
		switch {
		case !everyday:
			return false
		case !finite && !behindAuxiliary(d, st, w.start):
			return true
		}
		return !r.takesDatum(d, st, w, verb)
	})
}

// behindAuxiliary tells whether the word before a place lets a bare verb follow: "we
// get", "does not handle", "may take"; but "you can get" and "to see" are others'.
func behindAuxiliary(d *document, st *statement, at int) bool {
	from := max(st.start, at-maxModals)
	words := strings.Fields(strings.ToLower(d.text[from:at]))
	if len(words) == 0 || byUser(d, clause{span: span{clauseStart(d, st, at), st.end}}, at) {
		return false
	}
	if slices.Contains(words, "how") || slices.Contains(words, "why") {
		return false // how do we handle your data
	}
	last := words[len(words)-1]
	return slices.Contains(auxiliaries, last) || strings.HasSuffix(last, "n't") || strings.HasSuffix(last, "n’t")
}

// auxiliaries stand right before a bare verb whose subject is no user.
var auxiliaries = []string{"we", "they", "may", "will", "can", "could", "might", "must", "not", "never", "nor", "also", "only", "and", "or", "automatically", "partners", "providers", "companies", "networks", "which", "that"}

// maxIdleGap bounds what stands between such a verb and its first datum, in bytes:
// "a push token, your".
const maxIdleGap = 48

// takesDatum tells whether data that a sentence names are the object of verb w.
func (r *Reader) takesDatum(d *document, st *statement, w hit, verb string) bool {
	i, _ := slices.BinarySearchFunc(st.mentions, w.end, func(m mention, at int) int { return m.start - at })
	for i < len(st.mentions) && st.mentions[i].data == "" {
		i++
	}
	if i == len(st.mentions) || st.mentions[i].start-w.end > maxIdleGap {
		return false
	}
	m := st.mentions[i]
	between := strings.ToLower(d.text[w.end:m.start])
	behind := strings.ToLower(d.text[m.end:min(st.end, m.end+maxIdleGap)])
	if strings.ContainsAny(between, ".:;()") || strings.HasPrefix(behind, " into account") || strings.HasPrefix(behind, " into consideration") {
		return false
	}
	words := strings.Fields(strings.ReplaceAll(between, ",", " , "))
	yours := strings.HasPrefix(strings.ToLower(d.str(m.span)), "your ")
	for k, word := range words {
		if slices.Contains(idleStops, word) || word == "of" && (k == 0 || !slices.Contains(measures, words[k-1])) {
			return false
		}
		yours = yours || slices.Contains(possessives, word)
	}
	own := slices.Contains([]string{"photos", "camera", "audio_recording", "videos", "media_files", "screen_content"}, m.data)
	if strings.HasPrefix(verb, "take") && own {
		// who takes a photo makes one; to take a screenshot is to have it
		shot := m.data == "screen_content" && !byUser(d, clause{span: span{clauseStart(d, st, w.start), st.end}}, w.start)
		return shot && len(words) > 0 && strings.HasPrefix(words[0], "a")
	}
	return yours || r.plainDatum(m.data) || r.richList(st, i)
}

// plainDatum tells whether data is such that nobody speaks of it but as data: it
// describes a device, a person or a place. Photos, messages, payments and what is done
// in the app are also what an app or its partners are for.
func (r *Reader) plainDatum(data string) bool {
	return data == "crash_logs" || data == "diagnostics" || !slices.Contains(served, data) && !r.isDoing(data) && !r.below(data, "financial_info")
}

// served are the data that services are made of.
var served = []string{"photos", "videos", "audio_files", "media_files", "files_docs", "camera", "audio_recording", "screen_content", "contacts", "calendar", "communications", "sms", "call_log", "call_state", "phone_call", "in_app_messages", "emails", "notifications", "clipboard", "cookies"}

// richList tells whether a sentence enumerates data from mention i on: at least three
// kinds, identifiers or several kinds that no permission guards among them.
func (r *Reader) richList(st *statement, i int) bool {
	ms := st.mentions[i:]
	return len(ms) >= 3 && r.listsData(ms)
}

// idleStops are words between a verb and a datum that make the datum no object of it.
var idleStops = []string{"to", "for", "from", "in", "on", "with", "by", "into", "onto", "that", "which", "who", "whom", "when", "if", "as", "at", "about", "over", "under", "against", "through", "care", "place", "part", "rid", "back", "ready", "started", "requests", "request", "how", "what", "where", "why", "better", "more", "faster", "no"}

// measures are nouns of which a datum is the whole: a list of installed apps.
var measures = []string{"list", "lists", "name", "names", "number", "version", "make", "kind", "type", "types", "copy", "record", "records", "state", "amount", "hash", "part", "any", "all", "none"}

// possessives say whose a datum is.
var possessives = []string{"your", "the user's", "user's", "users'", "user’s", "users’", "their", "its"}

// usesData tells whether word i is "uses" with data for its object, said of a partner:
// "The library uses the Android ID".
func (r *Reader) usesData(d *document, st *statement, i int) bool {
	w := st.words[i]
	verb := strings.ToLower(d.text[w.start:w.end])
	switch verb {
	case "uses", "utilizes", "utilises":
	case "use", "utilize", "utilise":
		if !behindAuxiliary(d, st, w.start) {
			return false
		}
	default:
		return false
	}
	return r.takesDatum(d, st, w, verb)
}

// dataLabels are keys for data inside an item about a partner, beside those that are
// the heading of a column: "What it takes: …", "Data handled: …", "Collected: …".
var dataLabels = pattern.New(`(?i)^(?:the )?(?:(?:what|(?:personal |technical |device |user )*(?:data|information|details))(?: (?:that |which )?(?:it|they|(?:the |this |its |their )(?:sdk|code|library|service|tool|company|provider|partner))(?: (?:may|can|might|will|also|automatically)){0,2} (?:collect|take|get|handle|see|obtain|gather|receive|read|use|process|record|log|store|access|need|require|learn|know)s?| (?:is |are )?(?:collected|taken|handled|obtained|gathered|received|processed|recorded|logged|stored|accessed|shared|sent|read|used|given|passed on))?(?: (?:from|about|on) (?:you|us|your (?:device|phone)|the device))?|collected|takes|handles|obtains|gathers|received|processed|shared)$`)

// dataLabel returns how many bytes before its value an English text begins with such a
// key, or 0.
func dataLabel(text string) int {
	if text == "" || text[0] >= utf8.RuneSelf {
		return 0
	}
	key, value := splitKey(text[:min(len(text), maxFieldBytes)])
	if key == "" || !dataLabels.MatchString(strings.Trim(key, " *_")) {
		return 0
	}
	return value
}

// mostlyData tells whether an English sentence that goes on about a partner is little
// else than an enumeration of data, whatever its verb is: "It works from the IP address,
// the device model and the language". What a partner offers, hides or deletes is none.
func (p *proseReader) mostlyData(st *statement) bool {
	const other = 1<<roleNegation | 1<<roleRight | 1<<roleFirst | 1<<roleThird | 1<<roleCondition | 1<<roleRefusal | 1<<roleDefinition | 1<<roleMinor | 1<<roleScene | 1<<roleExclude | 1<<roleExcept | 1<<roleConsent
	i := slices.IndexFunc(st.mentions, func(m mention) bool { return m.data != "" })
	if st.roles&other != 0 || i < 0 {
		return false
	}
	plain := 0
	for _, m := range st.mentions[i:] {
		if m.data != "" && p.r.plainDatum(m.data) {
			plain++
		}
	}
	if plain < minPlain {
		return false
	}
	head := strings.ToLower(p.d.text[st.start:st.mentions[i].start])
	if len(head) > maxSubjectReach/2 || strings.ContainsAny(head, ",;:") {
		return false
	}
	for _, word := range strings.Fields(head) {
		if startsWithAny(word, featureVerbs) || slices.Contains([]string{"to", "without", "that"}, word) {
			return false
		}
	}
	text := p.d.text[st.mentions[i].start:st.end]
	return 2*plain > strings.Count(text, ",")+1
}

// minPlain is how many data that describe a device, a person or a place make a list.
const minPlain = 3

// featureVerbs begin words for what a partner does for the app or against data.
var featureVerbs = []string{"offer", "provid", "support", "let", "allow", "enabl", "help", "show", "display", "encrypt", "delet", "remov", "eras", "hid", "mask", "anonymi", "protect", "block", "strip", "ignor", "discard", "drop", "avoid", "omit", "leav", "replac", "conver", "send", "sent", "lack", "exclud"}
