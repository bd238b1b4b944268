package pdf

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"apkaudit/internal/bounded"
)

// Limits bound what is read of one file.
type Limits struct {
	Decoded    int64 // bytes that filters produce, fonts and images not counted as they are not decoded
	Content    int   // bytes of the contents of all pages
	Pages      int
	Characters int // over all pages
}

// DefaultLimits are far above every policy.
func DefaultLimits() Limits {
	return Limits{Decoded: 48 << 20, Content: 32 << 20, Pages: 2000, Characters: 600_000}
}

// MaxValues is how many values are read outside of pages' contents.
const MaxValues = 2 << 20

// Limits over one file that real ones stay far below.
const (
	maxObjects  = 1 << 20
	maxSections = 1000 // cross-reference sections
	maxDepth    = 60   // references that lead to references
)

// Errors of Open.
var (
	ErrNotPDF    = errors.New("it is no PDF")
	ErrEncrypted = errors.New("it is encrypted with a password")
	ErrBroken    = errors.New("it holds no pages that can be found")
)

func errValues() error {
	return &bounded.LimitError{Limit: "max-pdf-values", Value: MaxValues, What: "the PDF"}
}

// File is an opened PDF. It is not safe for concurrent use.
type File struct {
	ctx     context.Context
	lim     Limits
	b       []byte
	trailer dict
	crypt   *crypt
	budget  *bounded.Budget
	left    int // values

	xref    map[int]xrefEntry
	objects map[int]any // read ones; nil also while being read
	streams map[int]*objStream
	depth   int
	ends    []int // where "endstream" stands, once needed
	rebuilt bool

	pages []pageRef
	fonts map[int]*font
	work  int // bytes of page contents that may still be interpreted
	drawn int // characters so far
	ruled int // lines so far
	forms map[*stream][]byte
}

// xrefEntry says where an object is: at an offset, or in an object stream.
type xrefEntry struct {
	offset int
	gen    int
	in     int // object stream, 0 if none
	index  int
}

// objStream is a decoded object stream.
type objStream struct {
	data []byte
	at   map[int]int
}

// Open finds the objects and pages of a PDF. A damaged cross-reference table is
// made anew from the objects that are there.
func Open(ctx context.Context, data []byte, lim Limits) (*File, error) {
	i := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-"))
	if i < 0 {
		return nil, ErrNotPDF
	}
	f := &File{ctx: ctx, lim: lim, b: data[i:], budget: bounded.NewBudget("max-pdf-bytes", lim.Decoded), left: MaxValues, work: lim.Content,
		objects: map[int]any{}, streams: map[int]*objStream{}, fonts: map[int]*font{}, forms: map[*stream][]byte{}}
	f.readXref()
	if err := f.start(); err != nil && !f.rebuilt {
		f.rebuild()
		if err := f.start(); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	return f, nil
}

// start reads what every other step needs: decryption and the pages.
func (f *File) start() error {
	f.crypt = nil
	if err := f.openCrypt(); err != nil {
		return err
	}
	if f.crypt != nil {
		// What was read so far, was read without the key.
		clear(f.objects)
		clear(f.streams)
	}
	if err := f.findPages(); err != nil {
		return err
	}
	if len(f.pages) == 0 {
		return ErrBroken
	}
	return nil
}

func (f *File) lexer(at int) *lexer {
	if at < 0 || at > len(f.b) {
		at = len(f.b)
	}
	return &lexer{b: f.b, i: at, left: &f.left}
}

// readXref follows the cross-reference sections from the end of the file.
func (f *File) readXref() {
	f.xref, f.trailer = map[int]xrefEntry{}, dict{}
	tail := f.b[max(0, len(f.b)-2048):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return
	}
	l := &lexer{b: tail, i: i + len("startxref"), left: &f.left}
	v, _ := l.next()
	at, _ := v.(int)
	seen := map[int]bool{}
	queue := []int{at}
	for len(queue) > 0 && len(seen) < maxSections {
		at, queue = queue[0], queue[1:]
		if at <= 0 || at >= len(f.b) || seen[at] {
			continue
		}
		seen[at] = true
		d := f.section(at)
		for k, v := range d {
			if _, ok := f.trailer[k]; !ok {
				f.trailer[k] = v
			}
		}
		for _, k := range []string{"XRefStm", "Prev"} {
			if n, ok := d[k].(int); ok {
				queue = append(queue, n)
			}
		}
	}
}

// section reads a cross-reference table or stream and returns its trailer.
func (f *File) section(at int) dict {
	l := f.lexer(at)
	v, err := l.next()
	if err != nil {
		return nil
	}
	if v == op("xref") {
		return f.table(l)
	}
	if _, ok := v.(int); !ok {
		return nil
	}
	o, of := f.objectAt(at)
	s, ok := o.(*stream)
	if !ok || of == (ref{}) {
		return nil
	}
	s.key = ref{} // cross-reference streams are never encrypted
	f.xrefStream(s)
	return s.dict
}

func (f *File) table(l *lexer) dict {
	for {
		v, err := l.next()
		if err != nil {
			return nil
		}
		if v == op("trailer") {
			t, _ := l.next()
			d, _ := t.(dict)
			return d
		}
		first, ok1 := v.(int)
		n, err := l.next()
		count, ok2 := n.(int)
		if err != nil || !ok1 || !ok2 || first < 0 {
			return nil
		}
		for k := range count {
			off, _ := l.next()
			gen, _ := l.next()
			kind, err := l.next()
			at, ok1 := off.(int)
			g, ok2 := gen.(int)
			if err != nil || !ok1 || !ok2 {
				return nil
			}
			if kind == op("n") {
				f.enter(first+k, xrefEntry{offset: at, gen: g})
			}
		}
	}
}

// enter notes an entry unless a newer section has one.
func (f *File) enter(num int, e xrefEntry) {
	if _, ok := f.xref[num]; !ok && num >= 0 && num < 1<<24 && len(f.xref) < maxObjects {
		f.xref[num] = e
	}
}

func (f *File) xrefStream(s *stream) {
	data, err := f.decode(s)
	w, _ := s.dict["W"].(array)
	if err != nil || len(w) < 3 {
		return
	}
	var width [3]int
	for i := range width {
		width[i], _ = w[i].(int)
		if width[i] < 0 || width[i] > 8 {
			return
		}
	}
	index, _ := s.dict["Index"].(array)
	if index == nil {
		index = array{0, s.dict["Size"]}
	}
	size := width[0] + width[1] + width[2]
	for i := 0; i+1 < len(index) && size > 0; i += 2 {
		first, _ := index[i].(int)
		count, _ := index[i+1].(int)
		for k := 0; k < count && len(data) >= size; k++ {
			kind := 1
			if width[0] > 0 {
				kind = beInt(data[:width[0]])
			}
			a, b := beInt(data[width[0]:width[0]+width[1]]), beInt(data[width[0]+width[1]:size])
			data = data[size:]
			switch kind {
			case 1:
				f.enter(first+k, xrefEntry{offset: a, gen: b})
			case 2:
				f.enter(first+k, xrefEntry{in: a, index: b})
			}
		}
	}
}

func beInt(b []byte) int {
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

// rebuild makes the cross-reference table from the objects themselves: later
// ones replace earlier ones.
func (f *File) rebuild() {
	f.rebuilt = true
	f.xref, f.trailer = map[int]xrefEntry{}, dict{}
	clear(f.objects)
	clear(f.streams)
	var packed []int
	word := []byte("obj")
	for at := 0; ; {
		i := bytes.Index(f.b[at:], word)
		if i < 0 {
			break
		}
		i += at
		at = i + len(word)
		if num, gen, from, ok := headBefore(f.b, i); ok && len(f.xref) < maxObjects && num < 1<<24 {
			f.xref[num] = xrefEntry{offset: from, gen: gen}
			head := f.b[at:min(at+400, len(f.b))]
			if bytes.Contains(head, []byte("ObjStm")) {
				packed = append(packed, num)
			} else if bytes.Contains(head, []byte("/Root")) || bytes.Contains(head, []byte("/Catalog")) {
				f.trailerFrom(from, ref{num, gen})
			}
		}
	}
	for at := 0; ; {
		i := bytes.Index(f.b[at:], []byte("trailer"))
		if i < 0 {
			break
		}
		at += i + len("trailer")
		l := f.lexer(at)
		v, _ := l.next()
		if d, ok := v.(dict); ok && d["Root"] != nil {
			f.trailer = d
		}
	}
	if err := f.openCrypt(); err == nil {
		for _, num := range packed {
			if s := f.objStream(num); s != nil {
				for in := range s.at {
					if _, ok := f.xref[in]; !ok {
						f.xref[in] = xrefEntry{in: num}
					}
				}
			}
		}
	}
	if f.trailer["Root"] == nil {
		for _, num := range packed {
			s := f.streams[num]
			if s == nil {
				continue
			}
			for in := range s.at {
				if d, ok := f.object(in).(dict); ok && d["Type"] == name("Catalog") {
					f.trailer["Root"] = ref{in, 0}
				}
			}
		}
	}
}

// trailerFrom takes the root from a cross-reference stream or the catalogue
// itself.
func (f *File) trailerFrom(at int, of ref) {
	o, _ := f.objectAt(at)
	switch o := o.(type) {
	case *stream:
		if o.dict["Type"] == name("XRef") && o.dict["Root"] != nil {
			f.trailer = o.dict
		}
	case dict:
		if o["Type"] == name("Catalog") && f.trailer["Root"] == nil {
			f.trailer["Root"] = of
		}
	}
}

// headBefore reads "12 0" before "obj" at i, backwards.
func headBefore(b []byte, i int) (num, gen, from int, ok bool) {
	back := func() (int, bool) {
		for i > 0 && isSpace(b[i-1]) {
			i--
		}
		end := i
		for i > 0 && b[i-1] >= '0' && b[i-1] <= '9' && end-i < 10 {
			i--
		}
		n, isNum := number(b[i:end])
		v, isInt := n.(int)
		return v, isNum && isInt && end > i
	}
	if gen, ok = back(); !ok || i == 0 || !isSpace(b[i-1]) {
		return 0, 0, 0, false
	}
	num, ok = back()
	return num, gen, i, ok
}

// objectAt reads the indirect object at an offset and tells which it is.
func (f *File) objectAt(at int) (any, ref) {
	l := f.lexer(at)
	a, _ := l.next()
	b, _ := l.next()
	c, err := l.next()
	num, ok1 := a.(int)
	gen, ok2 := b.(int)
	if err != nil || !ok1 || !ok2 || c != op("obj") {
		return nil, ref{}
	}
	of := ref{num, gen}
	v, err := l.next()
	if err != nil {
		return nil, of
	}
	if n, ok := v.(int); ok { // an object may be a reference
		g, _ := l.next()
		r, _ := l.next()
		if g, ok := g.(int); ok && r == op("R") {
			return ref{n, g}, of
		}
		return v, of
	}
	d, ok := v.(dict)
	if !ok {
		return v, of
	}
	mark := l.i
	if next, _ := l.next(); next != op("stream") {
		l.i = mark
		return d, of
	}
	if l.i < len(f.b) && f.b[l.i] == '\r' {
		l.i++
	}
	if l.i < len(f.b) && f.b[l.i] == '\n' {
		l.i++
	}
	return &stream{dict: d, raw: f.b[l.i:f.streamEnd(l.i, d)], key: of}, of
}

// streamEnd believes a stream's length only if the stream ends there.
func (f *File) streamEnd(from int, d dict) int {
	if n, ok := f.value(d["Length"]).(int); ok && n >= 0 && n <= len(f.b)-from {
		rest := bytes.TrimLeft(f.b[from+n:min(from+n+20, len(f.b))], "\r\n \t\x00")
		if bytes.HasPrefix(rest, []byte("endstream")) || bytes.HasPrefix(rest, []byte("endobj")) {
			return from + n
		}
	}
	if f.ends == nil {
		f.ends = []int{}
		for at := 0; ; {
			i := bytes.Index(f.b[at:], []byte("endstream"))
			if i < 0 {
				break
			}
			f.ends = append(f.ends, at+i)
			at += i + len("endstream")
		}
	}
	i, _ := slices.BinarySearch(f.ends, from)
	if i == len(f.ends) {
		return len(f.b)
	}
	end := f.ends[i]
	if end > from && f.b[end-1] == '\n' {
		end--
	}
	if end > from && f.b[end-1] == '\r' {
		end--
	}
	return end
}

// value follows references to a value. What cannot be read is nil.
func (f *File) value(v any) any {
	for range maxDepth {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.object(r.num)
	}
	return nil
}

// object reads an object once.
func (f *File) object(num int) any {
	if v, ok := f.objects[num]; ok {
		return v
	}
	e, ok := f.xref[num]
	if !ok || f.depth > maxDepth {
		return nil
	}
	f.depth++
	defer func() { f.depth-- }()
	f.objects[num] = nil // an object that needs itself finds nothing
	var v any
	if e.in > 0 {
		v = f.packed(e.in, num)
	} else {
		var of ref
		v, of = f.objectAt(e.offset)
		if of.num != num {
			v = nil
		} else if f.crypt != nil && f.crypt.method != methodNone {
			v = f.crypt.strings(v, of)
		}
	}
	f.objects[num] = v
	return v
}

// packed reads an object of an object stream.
func (f *File) packed(in, num int) any {
	s := f.objStream(in)
	if s == nil {
		return nil
	}
	at, ok := s.at[num]
	if !ok || at < 0 || at > len(s.data) {
		return nil
	}
	l := &lexer{b: s.data, i: at, left: &f.left}
	v, err := l.next()
	if err != nil {
		return nil
	}
	if _, ok := v.(op); ok {
		return nil
	}
	return v
}

func (f *File) objStream(num int) *objStream {
	if s, ok := f.streams[num]; ok {
		return s
	}
	f.streams[num] = nil
	st, ok := f.object(num).(*stream)
	if !ok {
		return nil
	}
	data, err := f.decode(st)
	if err != nil {
		return nil
	}
	first := f.intOr(st.dict["First"], 0)
	s := &objStream{data: data, at: map[int]int{}}
	l := &lexer{b: data[:min(max(first, 0), len(data))], left: &f.left}
	for {
		a, _ := l.next()
		b, err := l.next()
		n, ok1 := a.(int)
		off, ok2 := b.(int)
		if err != nil || !ok1 || !ok2 {
			break
		}
		if _, twice := s.at[n]; !twice {
			s.at[n] = first + off
		}
	}
	f.streams[num] = s
	return s
}
