package policy

import (
	"cmp"
	"math"
	"slices"

	"apkaudit/internal/policy/pdf"
)

// Limits and tolerances (points) of tables with ruling lines.
const (
	maxPageRules  = 3000 // lines of one page that are looked at
	maxGridCols   = 64
	maxGridRows   = 1000
	ruleTolerance = 3.0
	leastColumn   = 8.0 // narrower columns without text are spaces between cells
)

// pdfTable is a table of a page: rows of cells by column. A cell that reaches
// over several columns or rows stands in each.
type pdfTable struct {
	page   int
	xs     []float64 // the columns' edges, or where they begin
	rows   []pdfRow
	top    float64
	bottom float64
}

type pdfRow struct{ cells []*pdfCell }

type pdfCell struct {
	runs  []pdfRun
	lines []*pdfLine
	text  string
	links []linkMark
	row   int // in which it begins
	right float64
}

// ruled finds the tables that lines draw on the page, and takes the runs inside
// them out of the area.
func (a *pdfArea) ruled() []*pdfTable {
	h, v := splitRules(a.rules)
	var out []*pdfTable
	for _, g := range groupRules(h, v) {
		t := newGrid(g)
		if t == nil {
			continue
		}
		rest := a.runs[:0:0]
		inside := 0
		for _, r := range a.runs {
			if c := t.cellAt((r.x0+r.x1)/2, r.y+0.3*r.size); c != nil {
				c.runs = append(c.runs, r)
				inside++
			} else {
				rest = append(rest, r)
			}
		}
		if inside == 0 {
			continue
		}
		a.runs = rest
		out = append(out, t.table(a.page))
	}
	return out
}

// splitRules separates horizontal from vertical lines and joins what continues.
func splitRules(rules []pdf.Rule) (h, v []pdf.Rule) {
	for _, r := range rules {
		if r.X1-r.X0 >= r.Y1-r.Y0 {
			h = append(h, r)
		} else {
			v = append(v, pdf.Rule{X0: r.Y0, Y0: r.X0, X1: r.Y1, Y1: r.X1})
		}
	}
	h, v = joinRules(h), joinRules(v)
	for i, r := range v {
		v[i] = pdf.Rule{X0: r.Y0, Y0: r.X0, X1: r.Y1, Y1: r.X1}
	}
	return h, v
}

// joinRules joins horizontal lines at one height that touch.
func joinRules(in []pdf.Rule) []pdf.Rule {
	slices.SortFunc(in, func(a, b pdf.Rule) int {
		return cmp.Or(cmp.Compare(math.Round(a.Y0), math.Round(b.Y0)), cmp.Compare(a.X0, b.X0))
	})
	var out []pdf.Rule
	for _, r := range in {
		if n := len(out); n > 0 && math.Round(out[n-1].Y0) == math.Round(r.Y0) && r.X0 <= out[n-1].X1+ruleTolerance {
			out[n-1].X1 = max(out[n-1].X1, r.X1)
			continue
		}
		if len(out) == maxPageRules/2 {
			break
		}
		out = append(out, r)
	}
	return out
}

// ruleGroup is a set of lines that touch each other.
type ruleGroup struct{ h, v []pdf.Rule }

func groupRules(h, v []pdf.Rule) []ruleGroup {
	up := make([]int, len(h)+len(v))
	for i := range up {
		up[i] = i
	}
	find := func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	const t = ruleTolerance
	for i, a := range h {
		for j, b := range v {
			if b.X0 >= a.X0-t && b.X0 <= a.X1+t && a.Y0 >= b.Y0-t && a.Y0 <= b.Y1+t {
				up[find(i)] = find(len(h) + j)
			}
		}
	}
	at := map[int]int{}
	var out []ruleGroup
	group := func(i int) *ruleGroup {
		root := find(i)
		k, ok := at[root]
		if !ok {
			k = len(out)
			at[root] = k
			out = append(out, ruleGroup{})
		}
		return &out[k]
	}
	for i, r := range h {
		g := group(i)
		g.h = append(g.h, r)
	}
	for j, r := range v {
		g := group(len(h) + j)
		g.v = append(g.v, r)
	}
	return out
}

// pdfGrid is a table between lines: cells that no line separates are one.
type pdfGrid struct {
	xs, ys []float64 // ascending
	cells  []*pdfCell
	up     []int
}

// newGrid makes a grid of a group of lines; nil where they make no table of at
// least two columns.
func newGrid(g ruleGroup) *pdfGrid {
	if len(g.h) < 2 || len(g.v) < 1 {
		return nil
	}
	var xs, ys, ends, tops []float64
	for _, r := range g.v {
		xs = append(xs, r.X0)
		tops = append(tops, r.Y0, r.Y1)
	}
	for _, r := range g.h {
		ys = append(ys, r.Y0)
		ends = append(ends, r.X0, r.X1)
	}
	// A table may be open at its sides: the lines across say how far it reaches.
	xs = positions(append(xs, slices.Min(ends), slices.Max(ends)))
	ys = positions(append(ys, slices.Min(tops), slices.Max(tops)))
	if len(xs) < 3 || len(ys) < 2 || len(xs) > maxGridCols || len(ys) > maxGridRows {
		return nil
	}
	t := &pdfGrid{xs: xs, ys: ys}
	nc, nr := len(xs)-1, len(ys)-1
	below := make([]bool, nc*nr) // a line at the lower edge of the cell
	right := make([]bool, nc*nr) // a line at its right edge
	for _, r := range g.h {
		if row := nearest(ys, r.Y0); row < nr {
			for c := range nc {
				// The line below a link is no edge: it does not reach both sides.
				below[row*nc+c] = below[row*nc+c] || r.X0 <= xs[c]+ruleTolerance && r.X1 >= xs[c+1]-ruleTolerance
			}
		}
	}
	for _, r := range g.v {
		if c := nearest(xs, r.X0) - 1; c >= 0 {
			for row := range nr {
				right[row*nc+c] = right[row*nc+c] || r.Y0 <= ys[row]+ruleTolerance && r.Y1 >= ys[row+1]-ruleTolerance
			}
		}
	}
	t.up = make([]int, nc*nr)
	for i := range t.up {
		t.up[i] = i
	}
	parts := nc * nr
	for row := range nr {
		for c := range nc {
			i := row*nc + c
			if c+1 < nc && !right[i] && t.join(i, i+1) {
				parts--
			}
			if row > 0 && !below[i] && t.join(i, i-nc) {
				parts--
			}
		}
	}
	if parts < 2 {
		return nil
	}
	t.cells = make([]*pdfCell, nc*nr)
	return t
}

func (t *pdfGrid) find(i int) int {
	for t.up[i] != i {
		t.up[i] = t.up[t.up[i]]
		i = t.up[i]
	}
	return i
}

func (t *pdfGrid) join(a, b int) bool {
	a, b = t.find(a), t.find(b)
	t.up[a] = b
	return a != b
}

// positions sorts and joins places that are as good as one.
func positions(in []float64) []float64 {
	slices.Sort(in)
	var out []float64
	for _, x := range in {
		if n := len(out); n == 0 || x-out[n-1] > ruleTolerance {
			out = append(out, x)
		}
	}
	return out
}

func nearest(xs []float64, x float64) int {
	i, _ := slices.BinarySearch(xs, x)
	if i == len(xs) || i > 0 && x-xs[i-1] < xs[i]-x {
		i--
	}
	return i
}

// cellAt returns the cell around a place.
func (t *pdfGrid) cellAt(x, y float64) *pdfCell {
	c, ok := slices.BinarySearch(t.xs, x)
	if !ok {
		c--
	}
	row, ok := slices.BinarySearch(t.ys, y)
	if !ok {
		row--
	}
	if c < 0 || row < 0 || c >= len(t.xs)-1 || row >= len(t.ys)-1 {
		return nil
	}
	return t.cell(row, c)
}

func (t *pdfGrid) cell(row, c int) *pdfCell {
	root := t.find(row*(len(t.xs)-1) + c)
	if t.cells[root] == nil {
		t.cells[root] = &pdfCell{row: -1}
	}
	return t.cells[root]
}

// table reads the cells of a grid, from the top row.
func (t *pdfGrid) table(page int) *pdfTable {
	keep := t.columns()
	out := &pdfTable{page: page, xs: t.xs, bottom: t.ys[0], top: t.ys[len(t.ys)-1]}
	for row := len(t.ys) - 2; row >= 0; row-- {
		var r pdfRow
		filled := false
		for _, c := range keep {
			cell := t.cell(row, c)
			if cell.row < 0 {
				cell.row = len(out.rows)
			}
			cell.right = max(cell.right, t.xs[c+1])
			r.cells = append(r.cells, cell)
		}
		for _, c := range r.cells {
			if c.row == len(out.rows) && len(c.runs) > 0 {
				c.fill(page)
			}
			filled = filled || c.text != ""
		}
		if filled {
			out.rows = append(out.rows, r)
		} else {
			for _, c := range r.cells {
				if c.row == len(out.rows) {
					c.row = -1
				}
			}
		}
	}
	return out
}

// columns lists the columns that are no mere space between the borders of cells.
func (t *pdfGrid) columns() []int {
	var keep []int
	for c := range len(t.xs) - 1 {
		used := t.xs[c+1]-t.xs[c] >= leastColumn
		for row := 0; row < len(t.ys)-1 && !used; row++ {
			used = len(t.cell(row, c).runs) > 0
		}
		if used {
			keep = append(keep, c)
		}
	}
	return keep
}

// fill makes the text of a cell of its runs: lines that only wrap are joined,
// others stay lines.
func (c *pdfCell) fill(page int) {
	for _, runs := range rowsOf(c.runs) {
		c.lines = append(c.lines, lineOf(piecesOf(runs), page))
	}
	c.runs = nil
	c.joinLines()
}

// joinLines joins the lines of a cell. One that ends although the next word
// would have fit was ended by its author.
func (c *pdfCell) joinLines() {
	right := 0.0
	for _, l := range c.lines {
		right = max(right, l.x1())
	}
	c.text, c.links = "", nil
	for i, l := range c.lines {
		text, links := l.text()
		if i > 0 {
			prev := c.lines[i-1]
			sep := joint(c.text, text)
			if !unfinished(c.text) && prev.x1()+l.pieces[0].first+0.3*l.size < right && right-prev.x1() > 1.5*l.size {
				sep = "\n"
			}
			c.text += sep
		}
		for _, k := range links {
			c.links = append(c.links, linkMark{span{k.start + len(c.text), k.end + len(c.text)}, k.href})
		}
		c.text += text
	}
}
