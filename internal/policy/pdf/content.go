package pdf

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/bounded"
)

// Limits inside one page's content.
const (
	maxOperands = 64
	maxMarked   = 256    // marked content inside each other
	maxPath     = 20_000 // points of one path
	thinRule    = 3.0    // points: a filled area up to this is a line
	leastRule   = 4.0    // points: anything shorter is a dot or a letter's part
)

// fatal tells the errors that end reading.
func fatal(err error) bool {
	return errors.Is(err, bounded.ErrLimit) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// state is the graphics state as far as text needs it.
type state struct {
	ctm                       matrix
	font                      *font
	size, char, word, leading float64
	scale, rise               float64
}

// run interprets the content of one page or form.
type run struct {
	f *File
	p *Page

	state
	stack    []state
	tm, tlm  matrix
	marked   []marked
	artifact int // depth of content that belongs to the page
	replaced int // depth of content whose text the file gives apart
	res      dict
	fonts    map[string]*font
	path     []point
	begun    int // where the open part of the path begins
	depth    int // of forms
}

type point struct {
	x, y float64
	move bool
}

// marked is open marked content.
type marked struct {
	actual   string // its text, where the file gives it
	replaces bool
	from     int // its first character
	artifact bool
}

// content interprets operators. Unknown ones are passed over.
func (r *run) content(data []byte, res dict, m matrix, depth int) error {
	if r.f.work -= len(data); r.f.work < 0 {
		return &bounded.LimitError{Limit: "max-pdf-content", Value: int64(r.f.lim.Content), What: "the PDF"}
	}
	r.ctm, r.scale, r.tm, r.tlm = m, 1, ident, ident
	r.res, r.fonts, r.depth = res, map[string]*font{}, depth
	values := 2*len(data) + 1
	l := &lexer{b: data, left: &values}
	var args array
	for n := 0; ; n++ {
		if n&0xFFF == 0 && r.f.ctx.Err() != nil {
			return r.f.ctx.Err()
		}
		v, err := l.next()
		if errors.Is(err, errEnd) {
			return nil
		}
		if err != nil {
			continue // nested too deeply: what is inside is passed over value by value
		}
		o, ok := v.(op)
		if !ok {
			if len(args) == maxOperands {
				args = args[:copy(args, args[1:])]
			}
			args = append(args, v)
			continue
		}
		if o == "BI" {
			r.inlineImage(l)
		} else if err := r.operator(o, args); err != nil {
			return err
		}
		args = args[:0]
	}
}

// nums reads the last n operands as numbers.
func nums(args array, n int) ([6]float64, bool) {
	var out [6]float64
	if len(args) < n {
		return out, false
	}
	for i, v := range args[len(args)-n:] {
		x, ok := real(v)
		if !ok || !finite(x) {
			return out, false
		}
		out[i] = x
	}
	return out, true
}

func (r *run) operator(o op, args array) error {
	switch o {
	case "q":
		if len(r.stack) < maxStateDepth {
			r.stack = append(r.stack, r.state)
		}
	case "Q":
		if n := len(r.stack); n > 0 {
			r.state, r.stack = r.stack[n-1], r.stack[:n-1]
		}
	case "cm":
		if n, ok := nums(args, 6); ok {
			r.ctm = matrix(n).mul(r.ctm)
		}
	case "Do":
		return r.object(args)
	case "gs":
		r.extended(args)
	case "BMC", "BDC":
		r.begin(args)
	case "EMC":
		r.endMarked()
	case "m", "l", "c", "v", "y", "h", "re", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
		r.draw(o, args)
	default:
		return r.textOperator(o, args)
	}
	return nil
}

func (r *run) textOperator(o op, args array) error {
	one, hasOne := nums(args, 1)
	two, hasTwo := nums(args, 2)
	switch o {
	case "BT":
		r.tm, r.tlm = ident, ident
	case "Tf":
		if len(args) >= 2 {
			n, _ := args[len(args)-2].(name)
			r.font = r.fontNamed(string(n))
			r.size = one[0]
		}
	case "Tc":
		r.char = one[0]
	case "Tw":
		r.word = one[0]
	case "TL":
		r.leading = one[0]
	case "Ts":
		r.rise = one[0]
	case "Tz":
		if hasOne && one[0] != 0 {
			r.scale = one[0] / 100
		}
	case "Td", "TD":
		if hasTwo {
			if o == "TD" {
				r.leading = -two[1]
			}
			r.newLine(two[0], two[1])
		}
	case "Tm":
		if n, ok := nums(args, 6); ok {
			r.tm = n
			r.tlm = n
		}
	case "T*":
		r.newLine(0, -r.leading)
	case "Tj":
		return r.showLast(args)
	case "'":
		r.newLine(0, -r.leading)
		return r.showLast(args)
	case "\"":
		if n := len(args); n >= 3 {
			r.word, _ = real(args[n-3])
			r.char, _ = real(args[n-2])
		}
		r.newLine(0, -r.leading)
		return r.showLast(args)
	case "TJ":
		if len(args) == 0 {
			return nil
		}
		list, _ := args[len(args)-1].(array)
		for _, v := range list {
			if s, ok := v.(str); ok {
				if err := r.show(string(s)); err != nil {
					return err
				}
			} else if n, ok := real(v); ok && finite(n) {
				r.tm = matrix{1, 0, 0, 1, -n / 1000 * r.size * r.scale, 0}.mul(r.tm)
			}
		}
	}
	return nil
}

func (r *run) newLine(x, y float64) {
	r.tlm = matrix{1, 0, 0, 1, x, y}.mul(r.tlm)
	r.tm = r.tlm
}

func (r *run) fontNamed(n string) *font {
	if x, ok := r.fonts[n]; ok {
		return x
	}
	fonts, _ := r.f.value(r.res["Font"]).(dict)
	x := r.f.fontOf(fonts[n])
	r.fonts[n] = x
	return x
}

// extended takes the font of an extended graphics state.
func (r *run) extended(args array) {
	if len(args) == 0 {
		return
	}
	n, _ := args[0].(name)
	states, _ := r.f.value(r.res["ExtGState"]).(dict)
	d, _ := r.f.value(states[string(n)]).(dict)
	if a := r.f.list(d["Font"]); len(a) == 2 {
		r.font = r.f.fontOf(a[0])
		r.size, _ = real(r.f.value(a[1]))
	}
}

func (r *run) showLast(args array) error {
	if len(args) == 0 {
		return nil
	}
	s, _ := args[len(args)-1].(str)
	return r.show(string(s))
}

// show draws a string.
func (r *run) show(s string) error {
	if r.font == nil {
		return nil
	}
	for len(s) > 0 {
		c, n := r.font.next(s)
		s = s[n:]
		if err := r.glyph(c); err != nil {
			return err
		}
		advance := c.width/1000*r.size + r.char
		if c.blank {
			advance += r.word
		}
		r.tm = matrix{1, 0, 0, 1, advance * r.scale, 0}.mul(r.tm)
	}
	return nil
}

func (r *run) glyph(c char) error {
	m := matrix{r.scale, 0, 0, 1, 0, r.rise}.mul(r.tm).mul(r.ctm)
	x, y := m.at(0, 0)
	ex, ey := m.at(c.width/1000*r.size, 0)
	ux, uy := m.at(0, r.size)
	size := math.Hypot(ux-x, uy-y)
	if !finite(x, y, ex, ey, size) || size < 0.5 {
		return nil
	}
	p := r.p
	if x < -1 || y < -1 || x > p.Width+1 || y > p.Height+1 {
		return nil // beside the page nobody sees it
	}
	if !c.known && r.replaced == 0 {
		p.Unread++
		return nil
	}
	if r.f.drawn++; r.f.drawn > r.f.lim.Characters {
		return &bounded.LimitError{Limit: "max-pdf-characters", Value: int64(r.f.lim.Characters), What: "the PDF"}
	}
	g := Glyph{Text: c.text, X: x, Y: y, W: math.Hypot(ex-x, ey-y), Size: size, Bold: r.font.bold, Artifact: r.artifact > 0}
	g.Turn = turnOf(m)
	switch g.Turn {
	case 1:
		g.X, g.Y = y, p.Width-x
	case 2:
		g.X, g.Y = p.Width-x, p.Height-y
	case 3:
		g.X, g.Y = p.Height-y, x
	}
	p.Glyphs = append(p.Glyphs, g)
	return nil
}

// turnOf is the direction of a base line in quarter turns, -1 if it slants.
func turnOf(m matrix) int8 {
	dx, dy := m[0], m[1]
	switch {
	case math.Abs(dy) <= math.Abs(dx)*0.05 && dx > 0:
		return 0
	case math.Abs(dx) <= math.Abs(dy)*0.05 && dy > 0:
		return 1
	case math.Abs(dy) <= math.Abs(dx)*0.05 && dx < 0:
		return 2
	case math.Abs(dx) <= math.Abs(dy)*0.05 && dy < 0:
		return 3
	}
	return -1
}

// begin opens marked content: its properties stand in the content or among the
// resources.
func (r *run) begin(args array) {
	if len(r.marked) == maxMarked {
		return
	}
	k := marked{from: len(r.p.Glyphs)}
	if len(args) > 0 {
		tag, _ := args[0].(name)
		var d dict
		if len(args) > 1 {
			switch v := args[1].(type) {
			case dict:
				d = v
			case name:
				props, _ := r.f.value(r.res["Properties"]).(dict)
				d, _ = r.f.value(props[string(v)]).(dict)
			}
		}
		if t, ok := r.f.value(d["ActualText"]).(str); ok {
			k.actual, k.replaces = textString(string(t)), true
		}
		kind, _ := r.f.value(d["Type"]).(name)
		k.artifact = tag == "Artifact" && kind == "Pagination"
	}
	if k.artifact {
		r.artifact++
	}
	if k.replaces {
		r.replaced++
	}
	r.marked = append(r.marked, k)
}

// textString decodes a text string: UTF-16 or UTF-8 with a mark, else Latin-1 as
// the greater part of PDFDocEncoding.
func textString(s string) string {
	switch {
	case len(s) >= 2 && s[0] == 0xFE && s[1] == 0xFF:
		return utf16BE(s[2:])
	case len(s) >= 3 && s[:3] == "\xEF\xBB\xBF":
		return s[3:]
	}
	out := make([]rune, len(s))
	for i := range out {
		out[i] = rune(s[i])
	}
	return string(out)
}

// endMarked closes marked content. Where the file gives its text, that stands
// instead of its characters, if they lie in one line.
func (r *run) endMarked() {
	n := len(r.marked)
	if n == 0 {
		return
	}
	k := r.marked[n-1]
	r.marked = r.marked[:n-1]
	if k.artifact {
		r.artifact--
	}
	if k.replaces {
		r.replaced--
	}
	g := r.p.Glyphs
	if !k.replaces || k.from >= len(g) {
		return
	}
	first, last := g[k.from], g[len(g)-1]
	if first.Turn != last.Turn || math.Abs(first.Y-last.Y) > first.Size/2 || last.X < first.X {
		return
	}
	first.Text, first.W = clean(k.actual), last.X+last.W-first.X
	r.p.Glyphs = append(g[:k.from], first)
}

// clean drops the marks of byte order and language that text strings may hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xFEFF || r < 0x20 || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

// object draws an image or a form.
func (r *run) object(args array) error {
	if len(args) == 0 {
		return nil
	}
	n, _ := args[0].(name)
	objects, _ := r.f.value(r.res["XObject"]).(dict)
	s, ok := r.f.value(objects[string(n)]).(*stream)
	if !ok {
		return nil
	}
	kind, _ := r.f.value(s.dict["Subtype"]).(name)
	if kind == "Image" {
		r.image()
		return nil
	}
	if kind != "Form" || r.depth >= maxFormDepth {
		return nil
	}
	data, ok := r.f.forms[s]
	if !ok {
		var err error
		if data, err = r.f.decode(s); fatal(err) {
			return err
		}
		r.f.forms[s] = data
	}
	m := ident
	if a := r.f.list(s.dict["Matrix"]); len(a) == 6 {
		for i := range a {
			m[i], _ = real(r.f.value(a[i]))
		}
	}
	res, ok := r.f.value(s.dict["Resources"]).(dict)
	if !ok {
		res = r.res
	}
	inner := &run{f: r.f, p: r.p, artifact: r.artifact, replaced: r.replaced}
	return inner.content(data, res, m.mul(r.ctm), r.depth+1)
}

// image notes how much of the page the unit square covers.
func (r *run) image() {
	b := r.ctm.rect(0, 0, 1, 1)
	w := min(b.X1, r.p.Width) - max(b.X0, 0)
	h := min(b.Y1, r.p.Height) - max(b.Y0, 0)
	if finite(w, h) && w > 0 && h > 0 {
		r.p.Images += w * h
	}
}

// inlineImage passes over the bytes of an image inside the content.
func (r *run) inlineImage(l *lexer) {
	r.image()
	for {
		v, err := l.next()
		if errors.Is(err, errEnd) {
			return
		}
		if v == op("ID") {
			break
		}
	}
	for {
		i := bytes.Index(l.b[l.i:], []byte("EI"))
		if i < 0 {
			l.i = len(l.b)
			return
		}
		at := l.i + i
		l.i = at + 2
		if isSpace(l.b[at-1]) && (l.i == len(l.b) || isSpace(l.b[l.i])) {
			return
		}
	}
}

// draw builds paths and keeps the straight lines of what is painted.
func (r *run) draw(o op, args array) {
	switch o {
	case "m", "l":
		if n, ok := nums(args, 2); ok {
			r.add(n[0], n[1], o == "m")
		}
	case "c", "v", "y":
		r.p.Curves++
		k := 4
		if o == "c" {
			k = 6
		}
		if n, ok := nums(args, k); ok {
			r.add(n[k-2], n[k-1], false)
		}
	case "re":
		if n, ok := nums(args, 4); ok {
			x, y, w, h := n[0], n[1], n[2], n[3]
			r.add(x, y, true)
			r.add(x+w, y, false)
			r.add(x+w, y+h, false)
			r.add(x, y+h, false)
			r.add(x, y, false)
		}
	case "h":
		r.closePath()
	case "s", "b", "b*":
		r.closePath()
		r.stroke()
	case "S", "B", "B*":
		r.stroke()
	case "f", "F", "f*":
		r.fill()
	}
	switch o {
	case "m", "l", "c", "v", "y", "re", "h":
	default:
		r.path, r.begun = r.path[:0], 0
	}
}

func (r *run) add(x, y float64, move bool) {
	if len(r.path) < maxPath {
		if move {
			r.begun = len(r.path)
		}
		x, y = r.ctm.at(x, y)
		r.path = append(r.path, point{x, y, move})
	}
}

func (r *run) closePath() {
	if r.begun < len(r.path) && len(r.path) < maxPath {
		p := r.path[r.begun]
		p.move = false
		r.path = append(r.path, p)
	}
}

func (r *run) stroke() {
	for i := 1; i < len(r.path); i++ {
		a, b := r.path[i-1], r.path[i]
		if !b.move {
			r.rule(Rule{min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)}, 0.5)
		}
	}
}

// fill keeps filled areas that are as thin as lines.
func (r *run) fill() {
	for i := 0; i < len(r.path); {
		b := Rule{r.path[i].x, r.path[i].y, r.path[i].x, r.path[i].y}
		for i++; i < len(r.path) && !r.path[i].move; i++ {
			p := r.path[i]
			b = Rule{min(b.X0, p.x), min(b.Y0, p.y), max(b.X1, p.x), max(b.Y1, p.y)}
		}
		r.rule(b, thinRule)
	}
}

// rule notes a line if it is one: long, thin and along an axis.
func (r *run) rule(b Rule, thin float64) {
	w, h := b.X1-b.X0, b.Y1-b.Y0
	if !finite(b.X0, b.Y0, b.X1, b.Y1) || len(r.p.Rules) >= maxRules || r.f.ruled >= maxAllRules {
		return
	}
	r.f.ruled++
	switch {
	case h <= thin && w >= leastRule && w > h:
		mid := (b.Y0 + b.Y1) / 2
		r.p.Rules = append(r.p.Rules, Rule{b.X0, mid, b.X1, mid})
	case w <= thin && h >= leastRule && h > w:
		mid := (b.X0 + b.X1) / 2
		r.p.Rules = append(r.p.Rules, Rule{mid, b.Y0, mid, b.Y1})
	}
}
