package disclose

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// writeMarkdown writes the tables as sections of a policy. What is only for the
// author stands in a comment at the top.
func writeMarkdown(w io.Writer, d *Document, opt Options) error {
	lang := "en"
	if opt.Lang == "zh" {
		lang = "zh"
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "<!--\n%s\n", comment(d.Tool+" disclose"))
	for _, n := range slices.Concat(d.Notes, d.Sources) {
		fmt.Fprintf(b, "- %s\n", comment(n.In(lang)))
	}
	b.WriteString("-->\n")
	for i := range d.Tables {
		t := &d.Tables[i]
		fmt.Fprintf(b, "\n## %s\n\n", escape(t.Title.In(lang)))
		if len(t.Rows) == 0 {
			fmt.Fprintf(b, "%s\n", escape(t.Empty.In(lang)))
			continue
		}
		if place := t.Place.In(lang); place != "" {
			fmt.Fprintf(b, "<!-- %s -->\n\n", comment(place))
		}
		if intro := t.Intro.In(lang); intro != "" {
			fmt.Fprintf(b, "%s\n\n", escape(intro))
		}
		writeRows(b, t, lang)
	}
	return b.Flush()
}

func writeRows(b *bufio.Writer, t *Table, lang string) {
	for _, c := range t.Columns {
		fmt.Fprintf(b, "| %s ", escape(c.In(lang)))
	}
	fmt.Fprintf(b, "|\n%s|\n", strings.Repeat("| --- ", len(t.Columns)))
	for _, row := range t.Rows {
		for _, c := range row {
			fmt.Fprintf(b, "| %s ", c.markdown(lang))
		}
		b.WriteString("|\n")
	}
}

// markdown is a cell as Markdown. Words of the signatures hold nothing to escape
// but what escape leaves alone inside a word.
func (c Cell) markdown(lang string) string {
	var b strings.Builder
	for _, p := range c {
		switch s := p.text(lang); {
		case p.Blank:
			b.WriteString(s[:bracket(s)] + escape(s[bracket(s):len(s)-bracket(s)]) + s[len(s)-bracket(s):])
		case p.Link && linkable(s):
			b.WriteString(s)
		case p.Strong:
			b.WriteString("**" + escape(s) + "**")
		default:
			b.WriteString(escape(s))
		}
	}
	return b.String()
}

// bracket is the length in bytes of the bracket around a blank.
func bracket(s string) int {
	if strings.HasPrefix(s, "【") {
		return len("【")
	}
	return len("[")
}

// linkable tells whether an address may stand in a text as it is: a signature of
// the user's own may hold anything.
func linkable(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(rest, " |<>\"'`\\()[]")
}

// escape writes a text so that Markdown shows it as it is: no markup, no HTML, no
// link, no end of a cell. A low line inside a word is no markup.
func escape(s string) string {
	s = plain(s)
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '\\', '`', '*', '[', ']', '<', '>', '|', '#', '~', '!':
			b.WriteByte('\\')
		case '_':
			if i == 0 || i+1 == len(s) || !wordByte(s[i-1]) || !wordByte(s[i+1]) {
				b.WriteByte('\\')
			}
		case '&':
			b.WriteString("&amp;")
			continue
		case ':':
			if strings.HasPrefix(s[i:], "://") {
				b.WriteString(`:\`) // what ends in a stroke behind a letter is an address
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c == '_' || c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)))
}

// comment writes a text so that it cannot end the comment it stands in.
func comment(s string) string {
	s = plain(s)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "- -")
	}
	return strings.NewReplacer("<", "‹", ">", "›").Replace(s)
}
