package pdf

import (
	"sort"
	"strings"
	"unicode/utf16"
)

// cmap is a character map: which bytes make a code, and the text of codes.
type cmap struct {
	space  []codeRange
	chars  map[uint32]string
	ranges []textRange // by lo, once read
	base   string      // the predefined map that it builds on
}

// codeRange is a range of codes of n bytes.
type codeRange struct {
	lo, hi uint32
	n      int
}

// textRange maps codes from lo to hi to the text of lo counted on, or to the
// texts of a list.
type textRange struct {
	lo, hi uint32
	text   string
	list   array
}

// readCMap reads an embedded character map. What of it cannot be read is passed
// over.
func (f *File) readCMap(data []byte) *cmap {
	m := &cmap{chars: map[uint32]string{}}
	l := &lexer{b: data, left: &f.left}
	var args array
	for {
		v, err := l.next()
		if err != nil {
			break
		}
		o, ok := v.(op)
		if !ok {
			if len(args) < 4096 {
				args = append(args, v)
			}
			continue
		}
		m.operator(o, args)
		args = args[:0]
	}
	sort.SliceStable(m.ranges, func(i, j int) bool { return m.ranges[i].lo < m.ranges[j].lo })
	return m
}

func (m *cmap) operator(o op, args array) {
	switch o {
	case "usecmap":
		if n := len(args); n > 0 {
			base, _ := args[n-1].(name)
			m.base = string(base)
		}
	case "endcodespacerange":
		for i := 0; i+1 < len(args); i += 2 {
			lo, n := codeOf(args[i])
			hi, k := codeOf(args[i+1])
			if n == k && n > 0 && len(m.space) < 100 {
				m.space = append(m.space, codeRange{lo, hi, n})
			}
		}
	case "endbfchar":
		for i := 0; i+1 < len(args); i += 2 {
			if c, n := codeOf(args[i]); n > 0 {
				m.chars[c] = textOf(args[i+1])
			}
		}
	case "endbfrange":
		for i := 0; i+2 < len(args); i += 3 {
			lo, n := codeOf(args[i])
			hi, k := codeOf(args[i+1])
			if n == 0 || k == 0 || hi < lo {
				continue
			}
			list, _ := args[i+2].(array)
			m.ranges = append(m.ranges, textRange{lo, hi, textOf(args[i+2]), list})
		}
	}
}

// codeOf reads a code of one to four bytes.
func codeOf(v any) (code uint32, n int) {
	s, ok := v.(str)
	if !ok || len(s) > 4 {
		return 0, 0
	}
	for i := 0; i < len(s); i++ {
		code = code<<8 | uint32(s[i])
	}
	return code, len(s)
}

// textOf reads UTF-16BE text, or a glyph's name.
func textOf(v any) string {
	switch v := v.(type) {
	case str:
		return utf16BE(string(v))
	case name:
		return glyphText(string(v))
	}
	return ""
}

func utf16BE(s string) string {
	if len(s) == 1 {
		return string(rune(s[0]))
	}
	u := make([]uint16, len(s)/2)
	for i := range u {
		u[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return string(utf16.Decode(u))
}

// text returns what a code stands for.
func (m *cmap) text(code uint32) (string, bool) {
	if s, ok := m.chars[code]; ok {
		return s, true
	}
	i := sort.Search(len(m.ranges), func(i int) bool { return m.ranges[i].lo > code })
	// Ranges of a sane map do not overlap: the nearest few decide.
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		r := m.ranges[k]
		if code > r.hi {
			continue
		}
		if r.list != nil {
			if n := int(code - r.lo); n < len(r.list) {
				return textOf(r.list[n]), true
			}
			continue
		}
		runes := []rune(r.text)
		if len(runes) == 0 {
			return "", true
		}
		runes[len(runes)-1] += rune(code - r.lo)
		return string(runes), true
	}
	return "", false
}

// next splits the first code off a string by the code space.
func (m *cmap) next(s string) (code uint32, n int) {
	for n = 1; n <= 4 && n <= len(s); n++ {
		code = code<<8 | uint32(s[n-1])
		for _, r := range m.space {
			if r.n == n && inSpace(code, r) {
				return code, n
			}
		}
	}
	n = 2
	if len(m.space) > 0 {
		n = m.space[0].n
	}
	n = min(n, len(s))
	code = 0
	for i := range n {
		code = code<<8 | uint32(s[i])
	}
	return code, n
}

// inSpace compares byte by byte, as code spaces are boxes.
func inSpace(code uint32, r codeRange) bool {
	for i := range r.n {
		sh := 8 * i
		if c := code >> sh & 0xFF; c < r.lo>>sh&0xFF || c > r.hi>>sh&0xFF {
			return false
		}
	}
	return true
}

// predefinedKind is how the codes of a predefined CJK map are written.
type predefinedKind uint8

const (
	notPredefined predefinedKind = iota
	identity
	codesUTF16
	codesUTF32
	codesUTF8
	codesGB
	codesBig5
	codesSJIS
	codesEUCJP
	codesJIS // seven-bit EUC-JP
	codesKorean
)

// predefined classifies the maps of ISO 32000-1, table 118, by name. Their codes
// are those of a character set, so no table of the map itself is needed.
func predefined(n string) predefinedKind {
	n = strings.TrimSuffix(strings.TrimSuffix(n, "-H"), "-V")
	switch {
	case n == "Identity":
		return identity
	case strings.HasPrefix(n, "Uni"):
		switch {
		case strings.Contains(n, "UTF32"):
			return codesUTF32
		case strings.Contains(n, "UTF8"):
			return codesUTF8
		}
		return codesUTF16 // UCS2 and UTF16
	case strings.HasPrefix(n, "GB"):
		return codesGB // GB-EUC, GBpc-EUC, GBK-EUC, GBKp-EUC, GBK2K
	case strings.HasPrefix(n, "B5") || strings.HasPrefix(n, "ETen") || strings.HasPrefix(n, "HKscs-B5"):
		return codesBig5
	case strings.Contains(n, "RKSJ"):
		return codesSJIS
	case n == "EUC":
		return codesEUCJP
	case n == "H" || n == "V":
		return codesJIS
	case strings.HasPrefix(n, "KSC"):
		return codesKorean
	}
	return notPredefined
}

// next splits the first code off a string.
func (k predefinedKind) next(s string) int {
	c := s[0]
	n := 2
	switch k {
	case codesUTF16:
		if c >= 0xD8 && c <= 0xDB {
			n = 4
		}
	case codesUTF32:
		n = 4
	case codesUTF8:
		switch {
		case c < 0x80:
			n = 1
		case c >= 0xF0:
			n = 4
		case c >= 0xE0:
			n = 3
		}
	case codesGB:
		switch {
		case c <= 0x80 || c == 0xFF:
			n = 1
		case len(s) > 1 && s[1] >= 0x30 && s[1] <= 0x39:
			n = 4
		}
	case codesBig5, codesEUCJP, codesKorean:
		if c <= 0x80 || c == 0xFF {
			n = 1
		}
	case codesSJIS:
		if c <= 0x80 || c >= 0xA0 && c <= 0xDF || c >= 0xFD {
			n = 1
		}
	}
	return min(n, len(s))
}
