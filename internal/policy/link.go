package policy

import (
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// linkDefects locates the lost and the broken addresses of an entry. rows are
// what the entry became; the first names the party.
func (r *Reader) linkDefects(d *document, pts *points, e *entry, rows []audit.PolicySDK) []audit.Defect {
	if len(rows) == 0 || e.layout == layoutProse {
		return nil
	}
	var out []audit.Defect
	add := func(kind string, s span) {
		out = append(out, audit.Defect{Kind: kind, Detail: rows[0].Party(), Quote: d.str(s), At: at(d, pts, s)})
	}
	broken := brokenURLs(d, e.at)
	for _, s := range broken {
		add(audit.DefectBrokenLink, s)
	}
	if len(broken) > 0 {
		return out
	}
	for _, x := range rows[0].Blank {
		if x != audit.EntryLink {
			continue
		}
		s := e.name
		if i := r.linkWords(d, e.links); i >= 0 {
			s = e.links[i]
		}
		add(audit.DefectLostLink, s)
	}
	return out
}

// trailingLink notes the words for a link that end a flattened row without
// standing apart: an unclosed parenthesis keeps them with the cell before.
func (r *Reader) trailingLink(d *document, e *entry) {
	if len(e.links) > 0 || e.link != "" {
		return
	}
	f := d.view(e.at)
	hits := r.linkTexts.find(&f)
	if n := len(hits); n > 0 && hits[n-1].end == e.at.end {
		e.links = append(e.links, span{hits[n-1].start, hits[n-1].end})
	}
}

// maxURLBytes bounds one address.
const maxURLBytes = 2000

// brokenURLs finds what was meant as an address and leads nowhere as written:
// blanks inside, a damaged scheme, no host, or Chinese text in the host.
func brokenURLs(d *document, s span) []span {
	var out []span
	text := d.str(s)
	for from := 0; from < len(text); {
		i := indexFold(text[from:], "http")
		if i < 0 {
			break
		}
		from += i
		if from > 0 && (isLatin(text[from-1]) || strings.IndexByte("/=?&%.", text[from-1]) >= 0) {
			from += len("http")
			continue
		}
		n, broken := readURL(text[from:])
		if broken {
			out = append(out, span{s.start + from, s.start + from + n})
		}
		from += max(n, len("http"))
	}
	return out
}

func indexFold(s, lower string) int {
	for i := 0; i+len(lower) <= len(s); i++ {
		if (s[i]|0x20) == lower[0] && strings.EqualFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// readURL reads the address at the start of s: its length, and whether it is
// broken. A word that begins like one (HTTP, https protocol) is none.
func readURL(s string) (n int, broken bool) {
	n = len("http")
	if n < len(s) && (s[n]|0x20) == 's' {
		n++
	}
	sep := schemeEnd(s[n:])
	if sep == "" {
		return n, false
	}
	n += len(sep)
	broken = sep != "://"
	if rest := strings.TrimLeft(s[n:], " "); len(rest) < len(s)-n { // a blank behind the scheme
		if !startsHost(rest) {
			return n, broken || sep == "://"
		}
		n, broken = len(s)-len(rest), true
	}
	host := hostLen(s[n:])
	switch {
	case host == 0:
		return n, true
	case !strings.Contains(s[n:n+host], ".") && !strings.HasPrefix(s[n:], "localhost"):
		broken = true
	}
	if han := hanInHost(s[n+host:]); han > 0 {
		return n + host + han, true
	}
	n += host
	n += pathLen(s[n:])
	if more := gapInPath(s, n); more > 0 {
		return n + more, true
	}
	return n, broken
}

// schemeEnd returns what separates a scheme from its host, "://" or a damaged
// form of it; "" where none stands there.
func schemeEnd(s string) string {
	for _, sep := range []string{"://", "：//", ":/", "//", "：/", ": //", ":\\\\"} {
		if strings.HasPrefix(s, sep) {
			return sep
		}
	}
	return ""
}

func startsHost(s string) bool {
	n := hostLen(s)
	return n > 3 && strings.Contains(s[:n], ".")
}

func hostLen(s string) int {
	n := 0
	for n < len(s) && n < 253 && (isHostByte(s[n]) || s[n] == '.' || s[n] == '_') {
		n++
	}
	return n
}

// hanInHost returns the bytes of Chinese text that stand inside a host: more of
// the host must follow. Text right behind an address is only not set apart.
func hanInHost(s string) int {
	n := 0
	for n < len(s) && n < 30 {
		r, w := utf8.DecodeRuneInString(s[n:])
		if !isHan(r) {
			break
		}
		n += w
	}
	if n == 0 || n == len(s) || s[n] != '.' || n+1 >= len(s) || !isLatin(s[n+1]) {
		return 0
	}
	return n + 1 + hostLen(s[n+1:])
}

func pathLen(s string) int {
	n := 0
	for n < len(s) && n < maxURLBytes && s[n] > ' ' && s[n] < utf8.RuneSelf && strings.IndexByte("<>\"'|()[]", s[n]) < 0 {
		n++
	}
	return n
}

// gapInPath tells how much of an address stands behind a blank at s[n]: the
// address ends in the middle (at a dot, slash, or behind "?x=") or what follows
// begins in the middle of one.
func gapInPath(s string, n int) int {
	blanks := 0
	for n+blanks < len(s) && s[n+blanks] == ' ' {
		blanks++
	}
	if blanks == 0 || blanks > 2 || n == 0 {
		return 0
	}
	rest := s[n+blanks:]
	more := pathLen(rest)
	if more < 2 {
		return 0
	}
	next := rest[:more]
	switch {
	case next[0] == '.' && isLatin(next[1]), next[0] == '/' && isLatin(next[1]) && strings.HasSuffix(s[:n], "com"), next[0] == '?', next[0] == '&', next[0] == '=':
		return blanks + more
	case strings.IndexByte(".=&?", s[n-1]) >= 0 && isHostByte(next[0]) && !strings.HasPrefix(next, "http") && strings.ContainsAny(next, "./=&"):
		return blanks + more
	}
	return 0
}
