package report

import (
	"html"
	"regexp"
	"strings"
)

// breaker is a blank of no width. It stands inside what a host of pull requests
// would make into a link, a mention or a picture although Markdown has no such
// thing. A cleaned text holds none of its own.
const breaker = "\u200b"

// active finds what GitHub and its like turn into something else after Markdown
// was read: mentions and mail addresses, numbers of issues, commits, emoji,
// addresses.
var active = regexp.MustCompile(`(?i)@|#[0-9]|gh-[0-9]|[0-9a-f]{7,}|:[a-z0-9_+-]+:|://|www\.|mailto:|xmpp:`)

// leastCommit is one less than the digits that a host takes for a commit.
const leastCommit = 6

// inert puts breakers into a clean text. One pass leaves what begins with the
// end of a match, so that it takes two.
func inert(s string) string {
	pass := func(m string) string {
		if strings.Trim(m, "0123456789abcdefABCDEF") != "" {
			return m[:1] + breaker + m[1:]
		}
		var b strings.Builder
		for ; len(m) > leastCommit; m = m[leastCommit:] {
			b.WriteString(m[:leastCommit] + breaker)
		}
		return b.String() + m
	}
	return active.ReplaceAllStringFunc(active.ReplaceAllStringFunc(s, pass), pass)
}

// mdText writes a text from an APK or a policy so that Markdown shows it as it
// is: one line, and every character escaped that could begin markup.
func mdText(s string) string {
	s = inert(flow(s))
	var b strings.Builder
	for i, r := range s {
		switch {
		case string(r) == breaker:
			b.WriteString("&#8203;")
		case r == '$': // one of the two ends of a formula on GitHub, escaped or not
			b.WriteString("<span>$</span>")
		case strings.ContainsRune("\\`*_[]<>&#|~", r), i == 0 && strings.ContainsRune("-+=:", r),
			strings.ContainsRune(".)", r) && i > 0 && strings.Trim(s[:i], "0123456789") == "":
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode writes a name as a span of code, which takes no markup at all. Its
// fence is longer than any in the name. A cell of a table is no place for it: a
// bar would end the cell.
func mdCode(s string) string {
	s = flow(s)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// mdHTML writes a text for a line of HTML, where Markdown is not read.
func mdHTML(s string) string {
	return strings.ReplaceAll(html.EscapeString(inert(flow(s))), breaker, "&#8203;")
}
