package policy

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// mention is a data type or permission that a piece of text names.
type mention struct {
	span
	data       string
	permission string
	constant   bool
	platform   string
	covered    bool // an umbrella whose complete list follows: the list counts, not the umbrella
}

// mentionsIn finds what a range names, with inline platform notes applied and
// umbrella terms resolved against the list behind them.
func (r *Reader) mentionsIn(d *document, s span) []mention {
	f := foldText(d.text, s.start, s.end)
	var out []mention
	for _, h := range r.data.find(&f) {
		t := r.terms[h.value]
		if t.data == "" && t.permission == "" || isMeaningless(t.data) {
			continue
		}
		m := mention{span: span{h.start, h.end}, data: t.data, permission: t.permission, constant: t.constant, platform: audit.PlatformAny}
		if r.onlyIOS(t.data) {
			m.platform = audit.PlatformIOS
		}
		out = append(out, m)
		if t.permission != "" && !t.constant {
			out = append(out, r.dataInside(d, m.span)...) // 访问通讯录 names the permission and the data
		}
	}
	for i := range out {
		r.inlinePlatform(d, &out[i], s.end)
		r.coverUmbrella(d, out, i, s.end)
	}
	return out
}

// dataInside finds the data types named by the words of a permission phrase.
func (r *Reader) dataInside(d *document, s span) []mention {
	f := foldText(d.text, s.start, s.end)
	var out []mention
	for _, h := range r.dataOnly.find(&f) {
		if t := r.terms[h.value]; t.data != "" && !isMeaningless(t.data) {
			out = append(out, mention{span: span{h.start, h.end}, data: t.data, platform: audit.PlatformAny})
		}
	}
	return out
}

// inlinePlatform reads a note in parentheses right behind a mention:
// "IMEI(仅Android)", "IDFA (iOS only)".
func (r *Reader) inlinePlatform(d *document, m *mention, end int) {
	rest := strings.TrimLeft(d.text[m.end:end], " ")
	open, w := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("(（[【", open) || w == 0 {
		return
	}
	i := strings.IndexAny(rest, ")）]】")
	if i < 0 || i > 60 {
		return
	}
	if p := r.platformOf(rest[w:i]); p != "" {
		m.platform = p
	}
}

// platformOf returns the platform that a short note is about: ios, android or
// any, and "" where it names none. A note with other words counts only where
// it begins with the platform.
func (r *Reader) platformOf(note string) string {
	f := foldText(note, 0, len(note))
	android, ios := false, false
	first := -1
	for _, h := range r.grammar.find(&f) {
		switch role(h.value) {
		case roleBoth:
			android, ios = true, true
		case roleAndroid:
			android = true
		case roleIOS:
			ios = true
		default:
			continue
		}
		if first < 0 {
			first = h.from
		}
	}
	switch {
	case first < 0 || first > 3:
		return ""
	case android && ios:
		return audit.PlatformAny
	case ios:
		return audit.PlatformIOS
	}
	return audit.PlatformAndroid
}

// coverUmbrella looks at what follows an umbrella term. A parenthesis or colon
// with items makes it exact, unless the list is open (等, such as …): then the
// umbrella counts beside its items.
func (r *Reader) coverUmbrella(d *document, all []mention, i, end int) {
	m := &all[i]
	if m.data == "" || !r.umbrella(m.data) {
		return
	}
	list := umbrellaList(d, m.end, end)
	if list.empty() {
		return
	}
	named := slices.ContainsFunc(all[i+1:], func(o mention) bool {
		return o.data != "" && o.start >= list.start && o.end <= list.end && !(r.umbrella(o.data) && o.data == m.data)
	})
	if named && !r.openList(d, list) {
		m.covered = true
	}
}

// umbrellaList returns the list that specifies an umbrella term ending at from:
// the parenthesis behind it, or what follows a colon up to the end of the
// statement.
func umbrellaList(d *document, from, end int) span {
	rest := d.text[from:end]
	trimmed := strings.TrimLeft(rest, " ")
	for _, filler := range []string{"等信息", "等"} {
		trimmed = strings.TrimPrefix(trimmed, filler)
	}
	at := from + len(rest) - len(trimmed)
	open, w := utf8.DecodeRuneInString(trimmed)
	switch open {
	case '(', '（', '[', '【':
		if w > 0 {
			return span{at + w, closing(d, at+w, end)}
		}
	case ':', '：':
		stop := strings.IndexAny(trimmed[w:], "。;；\n")
		if stop < 0 {
			stop = len(trimmed) - w
		}
		return span{at + w, at + w + stop}
	}
	return span{}
}

// closing finds the end of a parenthesis that opened before from; end where it
// never closes.
func closing(d *document, from, end int) int {
	depth := 1
	for i, r := range d.text[from:end] {
		switch r {
		case '(', '（', '[', '【':
			depth++
		case ')', '）', ']', '】':
			if depth--; depth == 0 {
				return from + i
			}
		}
	}
	return end
}

// openList tells whether a list says of itself that it is not complete.
func (r *Reader) openList(d *document, s span) bool {
	f := foldText(d.text, s.start, s.end)
	for _, h := range r.grammar.find(&f) {
		if role(h.value) == roleOpenList {
			return true
		}
	}
	return false
}

// dataOf returns the distinct data types of mentions that keep accepts, in the
// order of the text.
func dataOf(ms []mention, keep func(mention) bool) []string {
	var out []string
	for _, m := range ms {
		if m.data != "" && !m.covered && keep(m) && !slices.Contains(out, m.data) {
			out = append(out, m.data)
		}
	}
	return out
}

// permissionsOf returns the distinct permissions that mentions name.
func permissionsOf(ms []mention) []string {
	var out []string
	for _, m := range ms {
		if m.permission != "" && !slices.Contains(out, m.permission) {
			out = append(out, m.permission)
		}
	}
	return out
}
