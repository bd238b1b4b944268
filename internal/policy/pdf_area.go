package policy

import (
	"cmp"
	"math"
	"slices"

	"apkaudit/internal/policy/pdf"
)

// What tells columns of prose from tables.
const (
	leastColumnLines = 8    // on each side of the space between two columns
	columnFill       = 0.7  // of a column's width that its lines take, at the median
	crossing         = 0.15 // of the lines may reach over that space: titles
	leastWrapped     = 3    // lines that reach a column's edge where lines wrap
	leastTableCols   = 3    // of a table without lines
	leastTableRows   = 2
	bodyMargin       = 0.12 // of the page's height: where headers and footers stand
)

// pdfArea is the part of a page with one writing direction.
type pdfArea struct {
	page          int
	width, height float64
	runs          []pdfRun
	rules         []pdf.Rule
	tables        []*pdfTable
	lines         []*pdfLine
	split         float64 // the middle of the space between two columns, 0 if there is one
}

// prepare finds tables, lines and the space between columns.
func (a *pdfArea) prepare() {
	a.tables = a.ruled()
	for _, runs := range rowsOf(a.runs) {
		a.lines = append(a.lines, lineOf(piecesOf(runs), a.page))
	}
	a.runs, a.rules = nil, nil
	a.split = a.gutter(a.lines)
}

// free tells whether no line reaches over a place.
func (a *pdfArea) free(x float64) bool {
	for _, l := range a.lines {
		for _, p := range l.pieces {
			if p.x0 < x && p.x1 > x {
				return false
			}
		}
	}
	return true
}

// arrange puts tables and lines into reading order.
func (a *pdfArea) arrange() []pdfItem {
	var items []pdfItem
	if a.split > 0 {
		items = a.columns(a.lines, a.split)
	} else {
		setMargins(a.lines, a.width)
		items = a.unruled(a.lines)
	}
	for _, t := range a.tables {
		items = append(items, pdfItem{table: t, top: t.top})
	}
	if len(a.tables) > 0 {
		slices.SortStableFunc(items, func(x, y pdfItem) int { return cmp.Compare(y.top, x.top) })
	}
	return items
}

// setMargins gives lines the edges of their column: the outermost ones, but for
// single lines that stand out. Where hardly any line comes near the right edge,
// the lines do not wrap, and the edge is where the page's right margin is as
// wide as its left one; width is that of the page, or 0 inside columns.
func setMargins(lines []*pdfLine, width float64) {
	if len(lines) == 0 {
		return
	}
	var x0, x1 []float64
	for _, l := range lines {
		x0, x1 = append(x0, l.x0()), append(x1, l.x1())
	}
	slices.Sort(x0)
	slices.Sort(x1)
	left, right := x0[len(x0)/20], x1[len(x1)-1-len(x1)/20]
	near := 0
	for _, l := range lines {
		if l.x1() > right-1.5*l.size {
			near++
		}
	}
	if near < max(leastWrapped, len(lines)/10) {
		right = max(right, width-left)
	}
	for _, l := range lines {
		l.left, l.right = left, right
	}
}

// gutter finds the space between two columns of prose: hardly any line reaches
// over it, and on both sides lines fill their column. In a table they do not. 0
// where there is none.
func (a *pdfArea) gutter(lines []*pdfLine) float64 {
	const step = 3.0 // points
	n := int(a.width/step) + 1
	if len(lines) < leastColumnLines || n < 10 || n > 1<<16 {
		return 0
	}
	covered := make([]int, n+1) // differences
	for _, l := range lines {
		for _, p := range l.pieces {
			from, to := int(p.x0/step), int(p.x1/step)+1
			covered[min(max(from, 0), n)]++
			covered[min(max(to, 0), n)]--
		}
	}
	best, at, sum := math.MaxInt, -1, 0
	for i := range n {
		sum += covered[i]
		if i > n*3/10 && i < n*7/10 && (sum < best || sum == best && abs(i-n/2) < abs(at-n/2)) {
			best, at = sum, i
		}
	}
	if at < 0 || float64(best) > crossing*float64(len(lines)) {
		return 0
	}
	x := (float64(at) + 0.5) * step
	var left, right []pdfPiece
	for _, l := range lines {
		for _, p := range l.pieces {
			switch {
			case p.x1 <= x:
				left = append(left, p)
			case p.x0 >= x:
				right = append(right, p)
			}
		}
	}
	if !filled(left) || !filled(right) {
		return 0
	}
	return x
}

func abs(n int) int { return max(n, -n) }

// filled tells whether pieces of lines fill a column as prose does.
func filled(pieces []pdfPiece) bool {
	if len(pieces) < leastColumnLines {
		return false
	}
	x0, x1 := math.Inf(1), 0.0
	var widths []float64
	for _, p := range pieces {
		x0, x1 = min(x0, p.x0), max(x1, p.x1)
		widths = append(widths, p.x1-p.x0)
	}
	slices.Sort(widths)
	return widths[len(widths)/2] >= columnFill*(x1-x0) && x1-x0 >= 8*pieces[0].size
}

// columns reads two columns of prose one after the other; lines over both end
// what stands above them.
func (a *pdfArea) columns(lines []*pdfLine, x float64) []pdfItem {
	var items []pdfItem
	var left, right []*pdfLine
	flush := func() {
		for i, col := range [][]*pdfLine{left, right} {
			setMargins(col, 0)
			for _, l := range col {
				l.column = i + 1
				items = append(items, pdfItem{line: l, top: l.y})
			}
		}
		left, right = nil, nil
	}
	var wide []*pdfLine
	for _, l := range lines {
		var lp, rp []pdfPiece
		over := false
		for _, p := range l.pieces {
			switch {
			case p.x1 <= x:
				lp = append(lp, p)
			case p.x0 >= x:
				rp = append(rp, p)
			default:
				over = true
			}
		}
		if over {
			flush()
			wide = append(wide, l)
			items = append(items, pdfItem{line: l, top: l.y})
			continue
		}
		if len(lp) > 0 {
			left = append(left, lineOf(lp, a.page))
		}
		if len(rp) > 0 {
			right = append(right, lineOf(rp, a.page))
		}
	}
	flush()
	setMargins(wide, a.width)
	return items
}

// unruled finds tables without lines: rows of at least three pieces that leave
// the same columns free.
func (a *pdfArea) unruled(lines []*pdfLine) []pdfItem {
	var items []pdfItem
	for i := 0; i < len(lines); {
		if n, cols := tableReach(lines[i:]); n > 0 {
			t := alignedTable(lines[i:i+n], cols, a.page)
			items = append(items, pdfItem{table: t, top: t.top})
			i += n
			continue
		}
		items = append(items, pdfItem{line: lines[i], top: lines[i].y})
		i++
	}
	return items
}

type extent struct{ x0, x1 float64 }

// tableReach returns how many of the lines, from the first on, make a table, and
// its columns.
func tableReach(lines []*pdfLine) (int, []extent) {
	if n := len(lines[0].pieces); n < leastTableCols || n > maxGridCols {
		return 0, nil
	}
	var cols []extent
	full, n := 0, 0
	for i, l := range lines {
		if len(l.pieces) > maxGridCols || i > 0 && lines[i-1].y-l.y > 4*max(l.size, lines[i-1].size) {
			break
		}
		next := slices.Clone(cols)
		for _, p := range l.pieces {
			next = merge(next, extent{p.x0, p.x1})
		}
		if len(next) < leastTableCols || len(l.pieces) == 1 && len(next) < len(cols) {
			break
		}
		if cols = next; len(l.pieces) >= leastTableCols {
			full++
			n = i + 1
		} else if len(l.pieces) > 1 || i > 0 && lines[i-1].y-l.y < 2*l.size {
			n = i + 1
		}
	}
	if full < leastTableRows {
		return 0, nil
	}
	return n, cols
}

// merge adds an extent to others that are in order, joining what overlaps.
func merge(cols []extent, e extent) []extent {
	i := 0
	for i < len(cols) && cols[i].x1 < e.x0 {
		i++
	}
	k := i
	for k < len(cols) && cols[k].x0 <= e.x1 {
		e = extent{min(e.x0, cols[k].x0), max(e.x1, cols[k].x1)}
		k++
	}
	return slices.Replace(cols, i, k, e)
}

// alignedTable makes rows of lines: a row begins where the distance to the line
// above is that between rows, or, where all distances are the same, where the
// first column has text.
func alignedTable(lines []*pdfLine, cols []extent, page int) *pdfTable {
	t := &pdfTable{page: page, top: lines[0].y + lines[0].size, bottom: lines[len(lines)-1].y}
	for _, c := range cols {
		t.xs = append(t.xs, c.x0)
	}
	least, most := math.Inf(1), 0.0
	for i := 1; i < len(lines); i++ {
		d := lines[i-1].y - lines[i].y
		least, most = min(least, d), max(most, d)
	}
	byDistance := most > 1.3*least
	var row *pdfRow
	for i, l := range lines {
		begins := i == 0
		if byDistance && i > 0 {
			begins = lines[i-1].y-l.y > 1.2*least
		} else if i > 0 {
			begins = l.pieces[0].x0 <= cols[0].x1
		}
		if begins {
			t.rows = append(t.rows, pdfRow{})
			row = &t.rows[len(t.rows)-1]
			for _, c := range cols {
				row.cells = append(row.cells, &pdfCell{row: len(t.rows) - 1, right: c.x1})
			}
		}
		at := map[int][]pdfPiece{}
		for _, p := range l.pieces {
			c, _ := slices.BinarySearchFunc(cols, p.x0+0.01, func(c extent, x float64) int { return cmp.Compare(c.x1, x) })
			c = min(c, len(cols)-1)
			at[c] = append(at[c], p)
		}
		for c, ps := range at {
			row.cells[c].lines = append(row.cells[c].lines, lineOf(ps, page))
		}
	}
	for i := range t.rows {
		for _, c := range t.rows[i].cells {
			c.joinLines()
		}
	}
	return t
}
