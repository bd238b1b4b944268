package policy

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/policy/pdf"
)

// Distances in sizes of the font.
const (
	wordGap  = 0.15 // between letters: a blank
	wideGap  = 0.6  // between Chinese characters: a blank, as text is justified
	runGap   = 0.3  // ends a run
	doubled  = 0.15 // two of one letter closer than half of this are one; the narrowest letter is wider
	pieceGap = 1.4  // ends a piece of a line: a column or a tab
)

// pdfRun is a row of characters that follow each other without a blank space.
type pdfRun struct {
	text      string
	x0, x1, y float64
	size      float64
	bold      bool
	blank     bool // a blank is drawn before it
	href      string
}

// pdfPiece is a part of a line between wide spaces.
type pdfPiece struct {
	text      string
	links     []linkMark
	x0, x1, y float64
	size      float64
	bold      bool
	first     float64 // width of its first word, as far as a line may break behind it
}

// pdfLine is one line of text: pieces from left to right.
type pdfLine struct {
	pieces []pdfPiece
	page   int
	y      float64
	size   float64
	column int     // 0, or 1 and 2 where the page has two columns
	left   float64 // of its column
	right  float64
}

// runsOf joins characters into runs in the order in which they were drawn, and
// leaves out those that are drawn twice to look bold.
func runsOf(glyphs []pdf.Glyph, links []pdf.Link) []pdfRun {
	var out []pdfRun
	var b strings.Builder
	blank := false
	type place struct {
		text string
		x, y int
	}
	drawn := map[place]bool{}
	var cur pdfRun
	flush := func() {
		if b.Len() > 0 {
			cur.text = b.String()
			cur.href = linkAt(links, (cur.x0+cur.x1)/2, cur.y+cur.size*0.3)
			out = append(out, cur)
			b.Reset()
		}
	}
	for _, g := range glyphs {
		if strings.TrimSpace(g.Text) == "" {
			blank = blank || g.Text != ""
			continue
		}
		// Of two grids, moved by half, one has both copies in one field.
		x, y := g.X/max(g.Size*doubled, 0.3), int(math.Round(g.Y*2/g.Size))
		at, half := place{g.Text, 2 * int(math.Floor(x)), y}, place{g.Text, 2*int(math.Floor(x+0.5)) + 1, y}
		if drawn[at] || drawn[half] {
			continue
		}
		drawn[at], drawn[half] = true, true
		gap := g.X - cur.x1
		if b.Len() == 0 || blank || math.Abs(g.Y-cur.y) > 0.1*cur.size || gap > runGap*cur.size || gap < -0.5*cur.size || math.Abs(g.Size-cur.size) > 0.1*cur.size {
			flush()
			cur = pdfRun{x0: g.X, x1: g.X + g.W, y: g.Y, size: g.Size, bold: g.Bold, blank: blank}
		} else if needsBlank(b.String(), g.Text, gap, g.Size) {
			flush()
			cur = pdfRun{x0: g.X, x1: g.X + g.W, y: g.Y, size: g.Size, bold: g.Bold}
		}
		blank = false
		b.WriteString(g.Text)
		cur.x1 = max(cur.x1, g.X+g.W)
	}
	flush()
	return out
}

func linkAt(links []pdf.Link, x, y float64) string {
	for _, l := range links {
		if x >= l.X0-1 && x <= l.X1+1 && y >= l.Y0-1 && y <= l.Y1+1 {
			return l.Href
		}
	}
	return ""
}

// needsBlank tells whether the space between two pieces of text is a blank.
func needsBlank(a, b string, gap, size float64) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if isWide(last) || isWide(first) {
		return gap > wideGap*size
	}
	return gap > wordGap*size
}

// isWide tells Chinese characters and their punctuation, between which no
// blanks stand.
func isWide(r rune) bool {
	return isHan(r) || r >= 0x3000 && r <= 0x30FF || r >= 0xFF00 && r <= 0xFFEF || r >= 0x2E80 && r <= 0x2FDF || unicode.Is(unicode.Hangul, r) ||
		strings.ContainsRune("“”‘’…—·", r)
}

// rows groups runs by their base lines, from the top, each from left to right. A
// run belongs to a line if it overlaps the line's first run by half its height.
func rowsOf(runs []pdfRun) [][]pdfRun {
	slices.SortStableFunc(runs, func(a, b pdfRun) int { return cmp.Compare(b.y, a.y) })
	var out [][]pdfRun
	var open []int // the last few lines: one that lies higher may still go on
	for _, r := range runs {
		placed := false
		for k := len(open) - 1; k >= 0 && !placed; k-- {
			l := out[open[k]]
			if overlap(l[0], r) >= 0.5 {
				out[open[k]] = append(l, r)
				placed = true
			}
		}
		if !placed {
			out = append(out, []pdfRun{r})
			if open = append(open, len(out)-1); len(open) > 3 {
				open = open[1:]
			}
		}
	}
	for _, l := range out {
		slices.SortStableFunc(l, func(a, b pdfRun) int { return cmp.Compare(a.x0, b.x0) })
	}
	return out
}

// overlap is the part of the lower one's height that two runs share.
func overlap(a, b pdfRun) float64 {
	top := min(a.y+0.75*a.size, b.y+0.75*b.size)
	bottom := max(a.y-0.2*a.size, b.y-0.2*b.size)
	return (top - bottom) / (0.95 * min(a.size, b.size))
}

// piecesOf joins the runs of one line into pieces.
func piecesOf(runs []pdfRun) []pdfPiece {
	var out []pdfPiece
	var b strings.Builder
	var cur pdfPiece
	weight := 0
	inWord := false // the first word may go on in the next run
	flush := func() {
		if b.Len() > 0 {
			cur.text = b.String()
			cur.bold = weight > 0
			out = append(out, cur)
			b.Reset()
		}
	}
	for _, r := range runs {
		gap := r.x0 - cur.x1
		if b.Len() == 0 || gap > pieceGap*max(r.size, cur.size) {
			flush()
			cur, weight, inWord = pdfPiece{x0: r.x0, x1: r.x1, y: r.y, size: r.size}, 0, true
		} else if gap > wordGap*r.size && (r.blank || needsBlank(b.String(), r.text, gap, r.size)) {
			b.WriteByte(' ')
			inWord = false
		}
		if inWord {
			var w float64
			w, inWord = firstWord(r, b.Len() == 0)
			cur.first = r.x0 - cur.x0 + w
		}
		if r.href != "" {
			cur.links = append(cur.links, linkMark{span{b.Len(), b.Len() + len(r.text)}, r.href})
		}
		b.WriteString(r.text)
		cur.x1 = max(cur.x1, r.x1)
		if n := len(r.text); r.bold {
			weight += n
		} else {
			weight -= n
		}
		if r.size > cur.size {
			cur.size, cur.y = r.size, r.y
		}
	}
	flush()
	return out
}

// firstWord estimates the width of what a line cannot break inside, at the
// beginning of a run: a Chinese character or a word, and whether that may go on
// in the next run.
func firstWord(r pdfRun, begins bool) (width float64, goesOn bool) {
	n, total := 0, 0
	goesOn = true
	for _, c := range r.text {
		total++
		switch {
		case !goesOn:
		case isWide(c):
			goesOn = false
			if n == 0 && begins {
				n = 1
			}
		default:
			n++
		}
	}
	return (r.x1 - r.x0) * float64(n) / float64(max(total, 1)), goesOn
}

func (l *pdfLine) x0() float64 { return l.pieces[0].x0 }

func (l *pdfLine) x1() float64 { return l.pieces[len(l.pieces)-1].x1 }

// text joins the pieces of a line with blanks.
func (l *pdfLine) text() (string, []linkMark) {
	if len(l.pieces) == 1 {
		return l.pieces[0].text, l.pieces[0].links
	}
	var b strings.Builder
	var links []linkMark
	for i, p := range l.pieces {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, k := range p.links {
			links = append(links, linkMark{span{k.start + b.Len(), k.end + b.Len()}, k.href})
		}
		b.WriteString(p.text)
	}
	return b.String(), links
}

// lineOf makes a line of pieces.
func lineOf(pieces []pdfPiece, page int) *pdfLine {
	l := &pdfLine{pieces: pieces, page: page, y: pieces[0].y, size: pieces[0].size}
	for _, p := range pieces {
		if p.size > l.size {
			l.size, l.y = p.size, p.y
		}
	}
	return l
}

func (l *pdfLine) bold() bool {
	for _, p := range l.pieces {
		if !p.bold {
			return false
		}
	}
	return true
}

// joint is what stands between two lines of one paragraph.
func joint(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if isWide(last) || isWide(first) || last == '-' && len(a) > 1 && unicode.IsLower(first) || last == '/' || strings.HasPrefix(b, "/") && !strings.Contains(a, " ") {
		return ""
	}
	return " "
}
