package report

import (
	"bytes"
	"io"
	"strings"

	"apkaudit/internal/audit"
)

// changesShown is how many changes of a section the short form shows.
const changesShown = 12

// writeDifferenceText writes a difference for people.
func writeDifferenceText(w io.Writer, d *audit.Difference, opt Options) error {
	var out bytes.Buffer
	x := newDiffer(newPrinter(&out, audit.NewReport(), opt), d)
	x.line(x.paint(bold, x.say("changed.title")))
	x.field(0, x.say("head.old"), x.side(&d.Old), 3)
	x.field(0, x.say("head.new"), x.side(&d.New), 3)
	for _, n := range d.Notes {
		x.field(0, x.say("head.note"), flow(n.In(x.lang)), 0)
	}
	groups := x.groups()
	hidden := 0
	for _, g := range groups {
		if g.hidden && !opt.Verbose {
			hidden += g.n
			continue
		}
		x.group(g)
	}
	x.line("")
	if hidden > 0 {
		x.line(x.paint(dim, x.say("changed.hidden", "n", grouped(int64(hidden)))))
	}
	if len(groups) == 0 {
		x.line(x.say("changed.none"))
	}
	x.field(0, x.say("head.total"), x.total(), 0)
	_, err := w.Write(out.Bytes())
	return err
}

// group prints one section.
func (x *differ) group(g changeGroup) {
	x.line("")
	x.line(x.paint(bold, g.title+" ("+grouped(int64(g.n))+")"))
	n := x.shown(len(g.rows), changesShown)
	for _, r := range g.rows[:n] {
		mark, style := changeMark(r.change)
		head, tag := "  "+mark+" ", ""
		if r.severity != "" {
			tag = x.value("severity", r.severity) + " "
		}
		indent := columns(head)
		for i, l := range wrap(tag+r.text, x.width-indent, x.most(2)) {
			if i > 0 {
				x.line(strings.Repeat(" ", indent) + l)
				continue
			}
			if tag != "" && strings.HasPrefix(l, tag) {
				l = x.paint(severityStyle(r.severity), strings.TrimSpace(tag)) + " " + l[len(tag):]
			}
			x.line(x.paint(style, head) + l)
		}
	}
	x.more(4, len(g.rows)-n)
}

// changeMark is the sign of a change and its colour.
func changeMark(change string) (mark, style string) {
	switch change {
	case audit.ChangeNew:
		return "+", green
	case audit.ChangeGone:
		return "-", red
	}
	return "~", yellow
}
