package disclose

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Options say how a document is to look.
type Options struct {
	Lang  string // "zh" or "en" of formats in one language; anything else means English
	Table string // one of TableIDs, for csv; "" means sdks
}

// Format is one way to write a document.
type Format struct {
	Name        string // as in -o NAME
	Description string // one line of help
	Write       func(w io.Writer, d *Document, opt Options) error
}

// Formats lists every format; help and completion derive from it.
func Formats() []Format {
	return []Format{
		{"markdown", "text to paste, in Chinese or English", writeMarkdown},
		{"html", "one page to read and print, offline, both languages", writeHTML},
		{"csv", "one table for a spreadsheet, see --table", writeCSV},
		{"play", "draft of Google Play's Data safety form as CSV", writeSafety},
		{"patch", "with --policy: a unified diff of the policy's files", writePatch},
	}
}

// maxText is how many bytes of one text are written: a name of a megabyte is no
// reason to print one.
const maxText = 4 << 10

// plain makes a text from an app or a report one visible line: what draws nothing
// or turns the direction of writing is written as an escape.
func plain(s string) string {
	cut := len(s) > maxText
	if cut {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r == utf8.RuneError || !unicode.IsGraphic(r):
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}

// unbracketed keeps a name from passing for a blank.
var unbracketed = strings.NewReplacer("【", "〔", "】", "〕", "[", "(", "]", ")")

// text is a part in one language, blanks in their brackets.
func (p Part) text(lang string) string {
	s := plain(p.Text.In(lang))
	switch {
	case p.Link && linkable(s):
		return s
	case !p.Blank:
		return unbracketed.Replace(s)
	case lang == "zh":
		return "【" + s + "】"
	}
	return "[" + s + "]"
}

// text is a cell in one language.
func (c Cell) text(lang string) string {
	var b strings.Builder
	for _, p := range c {
		b.WriteString(p.text(lang))
	}
	return b.String()
}
