package pdf

import (
	"strings"
	"unicode/utf8"
)

// font is what is needed of a font: how strings split into codes, what the codes
// stand for and how wide they are.
type font struct {
	composite bool
	kind      predefinedKind // of a composite font's map
	codes     *cmap          // an embedded map of a composite font
	to        *cmap          // ToUnicode
	simple    [256]string
	widths    map[uint32]float64 // thousandths of the size
	width     float64            // of codes without one
	symbols   bool               // a font of signs: what it shows is no text
	bold      bool
}

// fontOf returns a font of a resource dictionary.
func (f *File) fontOf(v any) *font {
	r, isRef := v.(ref)
	if isRef {
		if x, ok := f.fonts[r.num]; ok {
			return x
		}
	}
	d, ok := f.value(v).(dict)
	if !ok {
		return nil
	}
	x := f.readFont(d)
	if isRef {
		f.fonts[r.num] = x
	}
	return x
}

func (f *File) readFont(d dict) *font {
	base, _ := f.value(d["BaseFont"]).(name)
	lower := strings.ToLower(string(base))
	x := &font{widths: map[uint32]float64{}}
	x.bold = strings.Contains(lower, "bold") || strings.Contains(lower, "heavy") || strings.Contains(lower, "black") || strings.HasSuffix(lower, "-bd")
	for _, s := range []string{"symbol", "dingbats", "wingding", "webding", "marlett"} {
		x.symbols = x.symbols || strings.Contains(lower, s)
	}
	if s, ok := f.value(d["ToUnicode"]).(*stream); ok {
		if data, err := f.decode(s); err == nil {
			x.to = f.readCMap(data)
		}
	}
	kind, _ := f.value(d["Subtype"]).(name)
	if kind == "Type0" {
		f.composite(x, d)
	} else {
		f.simpleFont(x, d, kind == "Type3")
	}
	return x
}

// composite reads a Type 0 font.
func (f *File) composite(x *font, d dict) {
	x.composite, x.width = true, 1000
	switch enc := f.value(d["Encoding"]).(type) {
	case name:
		x.kind = predefined(string(enc))
	case *stream:
		if data, err := f.decode(enc); err == nil {
			x.codes = f.readCMap(data)
			base := x.codes.base
			if n, ok := f.value(enc.dict["UseCMap"]).(name); ok && base == "" {
				base = string(n)
			}
			if n, ok := f.value(enc.dict["CMapName"]).(name); ok && predefined(string(n)) != notPredefined {
				base = string(n)
			}
			x.kind = predefined(base)
			if x.kind == identity {
				x.kind = notPredefined // its own code space goes before
			}
		}
	}
	down := f.list(d["DescendantFonts"])
	if len(down) == 0 {
		return
	}
	c, _ := f.value(down[0]).(dict)
	if n, ok := real(f.value(c["DW"])); ok {
		x.width = n
	}
	f.cidWidths(x, f.list(c["W"]))
}

// cidWidths reads the W array: "c [w w …]" and "first last w".
func (f *File) cidWidths(x *font, w array) {
	f.left -= len(w)
	for i := 0; i+1 < len(w); {
		first, ok := f.value(w[i]).(int)
		if !ok || first < 0 {
			return
		}
		switch v := f.value(w[i+1]).(type) {
		case array:
			f.left -= len(v)
			for k, n := range v {
				if n, ok := real(f.value(n)); ok {
					x.widths[uint32(first+k)] = n
				}
			}
			i += 2
		case int:
			if i+2 >= len(w) {
				return
			}
			n, _ := real(f.value(w[i+2]))
			if v-first > 1<<16 || n == x.width {
				v = first - 1
			}
			f.left -= max(v-first, 0)
			for c := first; c <= v && f.left > 0; c++ {
				x.widths[uint32(c)] = n
			}
			i += 3
		default:
			return
		}
	}
}

// simpleFont reads a font of one-byte codes.
func (f *File) simpleFont(x *font, d dict, type3 bool) {
	base := ""
	var diffs array
	switch enc := f.value(d["Encoding"]).(type) {
	case name:
		base = string(enc)
	case dict:
		n, _ := f.value(enc["BaseEncoding"]).(name)
		base = string(n)
		diffs = f.list(enc["Differences"])
	}
	if kind, _ := f.value(d["Subtype"]).(name); base == "" && kind == "TrueType" {
		base = "WinAnsiEncoding"
	}
	if !type3 {
		for c := range x.simple {
			x.simple[c] = baseEncoding(base, byte(c))
		}
	}
	widths := f.list(d["Widths"])
	f.left -= len(diffs) + len(widths)
	at := 0
	for _, v := range diffs {
		switch v := f.value(v).(type) {
		case int:
			at = v
		case name:
			if at >= 0 && at < 256 {
				x.simple[at] = glyphText(string(v))
			}
			at++
		}
	}
	scale := 1.0
	if type3 {
		scale = 0
		if m := f.list(d["FontMatrix"]); len(m) == 6 {
			if n, ok := real(f.value(m[0])); ok {
				scale = n * 1000
			}
		}
	}
	desc, _ := f.value(d["FontDescriptor"]).(dict)
	x.width = 556 // of most letters in Helvetica, for the standard fonts without widths
	if n, ok := real(f.value(desc["MissingWidth"])); ok && len(widths) > 0 {
		x.width = n * scale
	}
	first := f.intOr(d["FirstChar"], 0)
	for i, v := range widths {
		if n, ok := real(f.value(v)); ok && i < 256 {
			x.widths[uint32(first+i)] = n * scale
		}
	}
}

func real(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// char is one code of a shown string.
type char struct {
	text  string
	known bool
	width float64 // thousandths of the size
	blank bool    // the one-byte code 32, which word spacing applies to
}

// next takes the first code off a string, which is not empty.
func (x *font) next(s string) (c char, n int) {
	if !x.composite {
		code := uint32(s[0])
		c.width = x.widthOf(code)
		c.blank = code == 32
		c.text, c.known = x.textOf(code, x.simple[s[0]])
		return c, 1
	}
	var code uint32
	switch {
	case x.kind > identity:
		n = x.kind.next(s)
		for i := range n {
			code = code<<8 | uint32(s[i])
		}
		c.text, c.known = x.textOf(code, x.kind.text(s[:n]))
		c.width = 1000
		if r, _ := utf8.DecodeRuneInString(c.text); n == 1 || r < 0x80 {
			c.width = 500 // the half-width forms; the map's own numbers of glyphs are not known
		}
		c.blank = n == 1 && s[0] == 32
		return c, n
	case x.codes != nil && len(x.codes.space) > 0:
		code, n = x.codes.next(s)
	default:
		n = min(2, len(s))
		for i := range n {
			code = code<<8 | uint32(s[i])
		}
	}
	c.width = x.widthOf(code)
	c.blank = n == 1 && code == 32
	c.text, c.known = x.textOf(code, "")
	return c, n
}

func (x *font) widthOf(code uint32) float64 {
	if w, ok := x.widths[code]; ok {
		return w
	}
	return x.width
}

// textOf asks ToUnicode first. Signs of private areas are known and no text.
func (x *font) textOf(code uint32, otherwise string) (string, bool) {
	s := otherwise
	if x.to != nil {
		if t, ok := x.to.text(code); ok && t != "" && t != "\x00" {
			s = t
		}
	}
	out := strings.Map(func(r rune) rune {
		switch {
		case r == 0xF0B7 || x.symbols && r == 0xB7:
			return '•'
		case r == 0xA0 || r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == 0xAD:
			return '-'
		case r < 0x20 || r == utf8.RuneError || r >= 0xE000 && r <= 0xF8FF || r == 0xFEFF || r >= 0xF0000:
			return -1
		}
		return r
	}, s)
	return out, out != "" || s != "" && s != "\uFFFD" || x.symbols
}
