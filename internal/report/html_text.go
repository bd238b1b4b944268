package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"apkaudit/internal/audit"
)

// htmlText is the text of one policy with its places highlighted.
type htmlText struct {
	ID, File  string
	Lang      string
	About     audit.Text // format, languages, length
	Blocks    []htmlBlock
	Left      int // code points of the text that are not shown
	LeftNotes int // places without a note
	Deep      int // places not highlighted for lying inside too many others
}

// htmlBlock is a run of lines whose notes stand beside them, each as near to
// its line as the notes before allow. The next block begins below all of them.
type htmlBlock struct{ Lines []htmlLine }

// htmlLine is one line of the text that is not blank, with the notes on what
// begins in it.
type htmlLine struct {
	Notes []htmlNote
	No    int // its number as `at` counts, 0 where that is not known
	Gap   bool
	Entry bool // belongs to an SDK entry
	First bool // its first line
	Ops   []htmlOp
}

// htmlOp is a piece of a line: a text, or the begin or end of a highlight.
type htmlOp struct {
	Kind  string // text shown open close words end deep
	Text  string
	Class string
	ID    string // of the first piece of a place
	N     int    // number of the place
	Ref   string // anchor of the note, at the end of the last piece
}

// texts shows every policy, as far as the page has room.
func (ps *places) texts(room *htmlRoom) []htmlText {
	var out []htmlText
	first := 0
	for i, s := range ps.zh.r.Policy.Sources {
		last := first
		for last < len(ps.list) && ps.list[last].source == i {
			last++
		}
		t := htmlText{ID: ps.id + "text" + itoa(i+1), File: clipMiddle(clean(fileBase(s.File)), 80), Lang: langClass(s.Languages), LeftNotes: ps.left[i],
			About: ps.both(func(p *printer) string { return p.sourceAbout(s) })}
		runes := []rune(s.Text)
		n := take(&room.text, len(runes))
		if n < len(runes) { // whole lines only
			for n > 0 && runes[n-1] != '\n' {
				n--
			}
			t.Left = len(runes) - n
		}
		a := annotator{ps: ps, runes: runes[:n], list: ps.list[first:last], words: ps.mentions(ps.list[first:last], n), counted: s.Format == "text"}
		t.Blocks = a.blocks()
		t.Deep = a.deep
		for _, p := range ps.list[first:last] {
			if !p.done {
				p.n = 0 // beyond the text that is shown: nothing links to it
				t.LeftNotes++
			}
		}
		first = last
		out = append(out, t)
	}
	return out
}

// mention is where the words of a data type stand.
type mention struct {
	start, end int
	class      string
	title      audit.Text
}

// mentions lists the words that name data in the claims of places, in order and
// without overlap: of two that overlap the earlier and longer one stays.
func (ps *places) mentions(list []*place, size int) []mention {
	var all []mention
	names := map[string]audit.Text{}
	for _, p := range list {
		for _, c := range p.claims {
			for _, m := range c.Mentions {
				if m.Start < p.start || m.End > p.end || m.Start >= m.End || m.End > size {
					continue
				}
				if _, ok := names[m.Data]; !ok {
					names[m.Data] = ps.data([]string{m.Data})
				}
				all = append(all, mention{m.Start, m.End, claimKind(c), names[m.Data]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	out := all[:0]
	for _, m := range all {
		if len(out) == 0 || m.start >= out[len(out)-1].end {
			out = append(out, m)
		}
	}
	return out
}

// annotator goes through one text once, line by line. Places may overlap in
// any way; elements of a page may not. So where a place ends under others,
// those are closed and opened again, and a line's end closes all.
type annotator struct {
	ps      *places
	runes   []rune
	list    []*place // by start
	words   []mention
	counted bool // the lines of the text are those of the file
	open    []*place
	deep    int
	begun   []*place // places that begin in the line at hand
}

// How far, in lines of the text, notes may stand below what they explain before
// the text waits for them; and how high a line of a note is in this measure.
const (
	mostDrift  = 14
	noteHeight = 0.62
)

// blocks cuts the text into lines and lines into blocks.
func (a *annotator) blocks() []htmlBlock {
	var out []htmlBlock
	text, notes := 0.0, 0.0 // where the text and the notes of the block have come to
	gap := false
	for start, no := 0, 1; start < len(a.runes); no++ {
		end := start
		for end < len(a.runes) && a.runes[end] != '\n' {
			end++
		}
		next := end + 1
		if end > start && a.runes[end-1] == '\r' {
			end--
		}
		line := a.line(start, end, next)
		if len(line.Ops) == 0 {
			gap = true
			start = next
			continue
		}
		line.Gap, gap = gap && len(out) > 0, false
		if a.counted {
			line.No = no
		} else if len(a.begun) > 0 {
			line.No = max(a.begun[0].place.Line, 0)
		}
		if len(out) == 0 || len(a.begun) > 0 && notes-text > mostDrift {
			out = append(out, htmlBlock{})
			text, notes = 0, 0
		}
		for _, p := range a.begun {
			n := a.ps.note(p)
			line.Notes = append(line.Notes, n)
			notes = max(notes, text) + noteHeight*float64(n.weight) + 0.5
		}
		text += 1 + float64(lineColumns(a.runes[start:end])/textCols)
		b := &out[len(out)-1]
		b.Lines = append(b.Lines, line)
		start = next
	}
	return out
}

// lineColumns is the width of a line, as far as it matters.
func lineColumns(runes []rune) int {
	n := 0
	for _, r := range runes {
		n += runeColumns(r)
	}
	return n
}

// line writes the line from start to end as pieces, next being where the next
// one starts; a.begun are then the places that begin in it.
func (a *annotator) line(start, end, next int) htmlLine {
	var l lineWriter
	a.begun = nil
	if blank := strings.TrimSpace(string(a.runes[start:end])) == ""; blank {
		a.skip(next)
		return htmlLine{}
	}
	l.entry = slices.ContainsFunc(a.open, func(p *place) bool { return len(p.entries) > 0 })
	l.reopen(a.ps, a.open)
	for pos := start; pos <= end; {
		if l.inWords {
			l.ops = append(l.ops, htmlOp{Kind: "end"})
			l.inWords = false
		}
		if pos == end {
			a.closeAt(&l, next) // nothing but the line break is left of them
			break
		}
		a.closeAt(&l, pos)
		a.openAt(&l, pos)
		stop := end
		if len(a.list) > 0 {
			stop = min(stop, a.list[0].start)
		}
		for _, p := range a.open {
			stop = min(stop, p.end)
		}
		for len(a.words) > 0 && a.words[0].end <= pos {
			a.words = a.words[1:]
		}
		if len(a.words) > 0 {
			if w := a.words[0]; w.start <= pos {
				l.ops = append(l.ops, htmlOp{Kind: "words", Class: w.class, Text: titleOf(w.title)})
				l.inWords = true
				stop = min(stop, w.end)
			} else {
				stop = min(stop, w.start)
			}
		}
		l.text(a.runes[pos:stop])
		pos = stop
	}
	l.closeAll(len(a.open))
	return htmlLine{Ops: l.ops, Entry: l.entry, First: l.first}
}

// skip passes a blank line: places that end in it are over.
func (a *annotator) skip(next int) {
	a.open = slices.DeleteFunc(a.open, func(p *place) bool { return p.end <= next })
}

// closeAt closes the places that end at pos or before, and opens again those
// that were inside them.
func (a *annotator) closeAt(l *lineWriter, pos int) {
	low := slices.IndexFunc(a.open, func(p *place) bool { return p.end <= pos })
	if low < 0 {
		return
	}
	keep := a.open[:low:low]
	for i := len(a.open) - 1; i >= low; i-- {
		p := a.open[i]
		op := htmlOp{Kind: "close"}
		if p.end <= pos {
			op.Ref, op.N = "#"+p.note(a.ps.id), p.n
		}
		l.ops = append(l.ops, op)
	}
	for _, p := range a.open[low:] {
		if p.end > pos {
			keep = append(keep, p)
		}
	}
	l.reopen(a.ps, keep[low:])
	a.open = keep
}

// openAt opens the places that begin at pos, or that began before in lines
// that were blank.
func (a *annotator) openAt(l *lineWriter, pos int) {
	for len(a.list) > 0 && a.list[0].start <= pos {
		p := a.list[0]
		a.list = a.list[1:]
		a.begun = append(a.begun, p)
		p.done = true
		if len(p.entries) > 0 {
			l.entry, l.first = true, true
		}
		if len(a.open) >= htmlNest || p.end <= pos {
			a.deep++
			l.ops = append(l.ops, htmlOp{Kind: "deep", ID: p.anchor(a.ps.id), N: p.n, Ref: "#" + p.note(a.ps.id)})
			continue
		}
		a.open = append(a.open, p)
		l.ops = append(l.ops, htmlOp{Kind: "open", Class: p.kind(), ID: p.anchor(a.ps.id), N: p.n})
	}
}

// lineWriter collects the pieces of one line.
type lineWriter struct {
	ops     []htmlOp
	inWords bool
	entry   bool
	first   bool // a further entry begins
	marks   int  // combining marks on the last letter
}

func (l *lineWriter) reopen(ps *places, open []*place) {
	for _, p := range open {
		l.ops = append(l.ops, htmlOp{Kind: "open", Class: p.kind(), N: p.n})
	}
}

func (l *lineWriter) closeAll(n int) {
	for range n {
		l.ops = append(l.ops, htmlOp{Kind: "close"})
	}
}

// text writes characters as they are, and those that draw nothing, or would
// draw over others, as escapes that can be seen.
func (l *lineWriter) text(runes []rune) {
	var plain, odd strings.Builder
	flush := func(b *strings.Builder, kind string) {
		if b.Len() > 0 {
			l.ops = append(l.ops, htmlOp{Kind: kind, Text: b.String()})
			b.Reset()
		}
	}
	for _, r := range runes {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			l.marks++
		} else {
			l.marks = 0
		}
		if r == '\t' || unicode.IsGraphic(r) && l.marks <= maxMarks && r != fillerHangul && r != fillerHalf {
			flush(&odd, "shown")
			plain.WriteRune(r)
			continue
		}
		flush(&plain, "text")
		odd.WriteString(escaped(r))
	}
	flush(&plain, "text")
	flush(&odd, "shown")
}

// titleOf is both names of a data type, for a tool tip.
func titleOf(t audit.Text) string {
	if t.ZH == t.EN || t.EN == "" {
		return t.ZH
	}
	return t.ZH + " / " + t.EN
}
