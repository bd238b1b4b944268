package pdf

import (
	"math"

	"apkaudit/internal/bounded"
)

// Limits on pages.
const (
	maxPageNodes  = 20_000
	maxRules      = 20_000 // per page
	maxAllRules   = 200_000
	maxStreams    = 10_000 // of one page's content
	maxLinks      = 500    // per page
	maxFormDepth  = 8
	maxStateDepth = 256
)

// Page is what stands on one page. Places are in points (1/72 inch) with the
// origin at the lower left corner of the page as it is shown.
type Page struct {
	Width, Height float64
	Glyphs        []Glyph // in the order in which they are drawn
	Rules         []Rule
	Links         []Link
	Unread        int     // characters whose text the file does not tell
	Images        float64 // share of the page that images cover, up to 1
	Curves        int     // curved pieces of filled outlines: text may be drawn as such
}

// Glyph is one character, or several that the file draws as one.
type Glyph struct {
	Text string
	X, Y float64 // where it begins on its base line
	W    float64 // how far it advances
	Size float64 // of the font
	// Turn is the writing direction in quarter turns against the clock from left
	// to right, -1 for any other angle. X and Y are turned back by it.
	Turn     int8
	Bold     bool
	Artifact bool // the file says that it belongs to the page, not to the text
}

// Rule is a horizontal or vertical line, X0 <= X1 and Y0 <= Y1.
type Rule struct{ X0, Y0, X1, Y1 float64 }

// Link is an area of the page that leads to an address.
type Link struct {
	Rule
	Href string
}

// pageRef is a page with what it inherits.
type pageRef struct {
	d         dict
	resources dict
	box       [4]float64
	rotate    int
}

// Pages is how many pages the file has.
func (f *File) Pages() int { return len(f.pages) }

// findPages walks the page tree.
func (f *File) findPages() error {
	f.pages = nil
	root, _ := f.value(f.trailer["Root"]).(dict)
	seen := map[int]bool{}
	nodes := 0
	var walk func(v any, up pageRef, depth int) error
	walk = func(v any, up pageRef, depth int) error {
		if r, ok := v.(ref); ok {
			if seen[r.num] {
				return nil
			}
			seen[r.num] = true
		}
		d, ok := f.value(v).(dict)
		if nodes++; !ok || depth > maxDepth || nodes > maxPageNodes {
			return nil
		}
		f.inherit(&up, d)
		kids := f.list(d["Kids"])
		if len(kids) == 0 {
			if d["Type"] == name("Pages") || d["Type"] != name("Page") && d["Contents"] == nil {
				return nil
			}
			if len(f.pages) >= f.lim.Pages {
				return &bounded.LimitError{Limit: "max-pdf-pages", Value: int64(f.lim.Pages), What: "the PDF"}
			}
			up.d = d
			f.pages = append(f.pages, up)
			return nil
		}
		for _, k := range kids {
			if err := walk(k, up, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(root["Pages"], pageRef{box: [4]float64{0, 0, 612, 792}}, 0)
}

func (f *File) inherit(p *pageRef, d dict) {
	if r, ok := f.value(d["Resources"]).(dict); ok {
		p.resources = r
	}
	if n, ok := f.value(d["Rotate"]).(int); ok {
		p.rotate = n
	}
	for _, key := range []string{"MediaBox", "CropBox"} {
		if b, ok := f.box(d[key]); ok {
			p.box = b
		}
	}
}

// box reads a rectangle of a sane size with its corners in order.
func (f *File) box(v any) (b [4]float64, ok bool) {
	a := f.list(v)
	if len(a) != 4 {
		return b, false
	}
	for i := range a {
		b[i], _ = real(f.value(a[i]))
	}
	b[0], b[2] = min(b[0], b[2]), max(b[0], b[2])
	b[1], b[3] = min(b[1], b[3]), max(b[1], b[3])
	return b, b[2]-b[0] > 1 && b[3]-b[1] > 1 && b[2]-b[0] < 1e5 && b[3]-b[1] < 1e5
}

// Page interprets page i, counted from 0. The error is a limit or the context's
// end; what is broken is passed over.
func (f *File) Page(i int) (*Page, error) {
	ref := f.pages[i]
	w, h := ref.box[2]-ref.box[0], ref.box[3]-ref.box[1]
	m := matrix{1, 0, 0, 1, -ref.box[0], -ref.box[1]}
	switch ((ref.rotate/90)%4 + 4) % 4 {
	case 1:
		m = m.mul(matrix{0, -1, 1, 0, 0, w})
		w, h = h, w
	case 2:
		m = m.mul(matrix{-1, 0, 0, -1, w, h})
	case 3:
		m = m.mul(matrix{0, 1, -1, 0, h, 0})
		w, h = h, w
	}
	p := &Page{Width: w, Height: h}
	var content []byte
	parts := f.list(ref.d["Contents"])
	for i, c := range parts {
		if i == maxStreams || len(content) > f.work {
			break
		}
		s, ok := f.value(c).(*stream)
		if !ok {
			continue
		}
		data, err := f.decode(s)
		if fatal(err) {
			return nil, err
		}
		if len(parts) == 1 {
			content = data
		} else {
			content = append(append(content, data...), '\n')
		}
	}
	r := &run{f: f, p: p}
	if err := r.content(content, ref.resources, m, 0); err != nil {
		return nil, err
	}
	p.Images = min(p.Images/(w*h), 1)
	f.links(p, ref.d, m)
	return p, nil
}

// links reads the annotations that lead to an address.
func (f *File) links(p *Page, d dict, m matrix) {
	for i, v := range f.list(d["Annots"]) {
		a, _ := f.value(v).(dict)
		if i >= maxLinks || f.left < 0 {
			return
		}
		action, _ := f.value(a["A"]).(dict)
		uri, ok := f.value(action["URI"]).(str)
		b, isBox := f.box(a["Rect"])
		if !ok || !isBox || len(uri) > 4096 {
			continue
		}
		p.Links = append(p.Links, Link{m.rect(b[0], b[1], b[2], b[3]), string(uri)})
	}
}

// matrix is [a b c d e f] of ISO 32000-1, 8.3.3.
type matrix [6]float64

var ident = matrix{1, 0, 0, 1, 0, 0}

// mul applies m first, then n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) at(x, y float64) (float64, float64) {
	return x*m[0] + y*m[2] + m[4], x*m[1] + y*m[3] + m[5]
}

// rect is the box around a transformed rectangle.
func (m matrix) rect(x0, y0, x1, y1 float64) Rule {
	ax, ay := m.at(x0, y0)
	bx, by := m.at(x1, y1)
	cx, cy := m.at(x0, y1)
	dx, dy := m.at(x1, y0)
	return Rule{min(ax, bx, cx, dx), min(ay, by, cy, dy), max(ax, bx, cx, dx), max(ay, by, cy, dy)}
}

func finite(v ...float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.Abs(x) > 1e6 {
			return false
		}
	}
	return true
}
