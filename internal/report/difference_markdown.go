package report

import (
	"fmt"
	"io"
	"strings"

	"apkaudit/internal/audit"
)

// Limits of a difference in Markdown. The whole stays below what the largest host
// takes for one comment.
const (
	openRows      = 10    // a section of more rows is folded
	markdownRows  = 60    // of a section; the short form
	maxChangeText = 60000 // bytes
)

// writeDifferenceMarkdown writes a difference as a comment of a pull request.
func writeDifferenceMarkdown(w io.Writer, d *audit.Difference, opt Options) error {
	x := newDiffer(newPrinter(nil, audit.NewReport(), opt), d)
	var out strings.Builder
	fmt.Fprintf(&out, "## %s\n\n- **%s** %s\n- **%s** %s\n\n", x.say("changed.title"),
		x.say("head.old"), mdText(x.side(&d.Old)), x.say("head.new"), mdText(x.side(&d.New)))
	for _, n := range d.Notes {
		fmt.Fprintf(&out, "> %s\n\n", mdText(n.In(x.lang)))
	}
	groups := x.groups()
	if len(groups) == 0 {
		fmt.Fprintf(&out, "%s\n\n", x.say("changed.none"))
	}
	left := 0
	for _, g := range groups {
		text := x.markdownGroup(g)
		if out.Len()+len(text) > maxChangeText {
			left += g.n
			continue
		}
		out.WriteString(text)
	}
	if left > 0 {
		fmt.Fprintf(&out, "%s\n\n", mdText(x.say("changed.cut", "n", grouped(int64(left)))))
	}
	fmt.Fprintf(&out, "**%s** %s\n", x.say("head.total"), x.total())
	_, err := io.WriteString(w, out.String())
	return err
}

// markdownGroup is one section, folded where it is long or of little weight.
func (x *differ) markdownGroup(g changeGroup) string {
	var out strings.Builder
	title := fmt.Sprintf("%s (%s)", mdText(g.title), grouped(int64(g.n)))
	folded := g.hidden || len(g.rows) > openRows
	if folded {
		fmt.Fprintf(&out, "<details><summary>%s</summary>\n\n", mdHTML(g.title)+" ("+grouped(int64(g.n))+")")
	} else {
		fmt.Fprintf(&out, "### %s\n\n", title)
	}
	n := x.shown(len(g.rows), markdownRows)
	for _, r := range g.rows[:n] {
		tag := ""
		if r.severity != "" {
			tag = "**" + mdText(x.value("severity", r.severity)) + "** "
		}
		fmt.Fprintf(&out, "- %s: %s%s\n", x.value("change", r.change), tag, mdText(r.text))
	}
	if rest := len(g.rows) - n; rest > 0 {
		fmt.Fprintf(&out, "- %s\n", mdText(x.say("more", "n", grouped(int64(rest)))))
	}
	if folded {
		out.WriteString("\n</details>\n")
	}
	out.WriteString("\n")
	return out.String()
}
