package pdf

import (
	"bytes"
	"errors"
	"strconv"
)

// Values of a PDF are nil, bool, int, float64, str, name, dict, array, ref and
// *stream. Reading never yields anything else, except op in content streams.
type (
	name  string
	str   string
	dict  map[string]any
	array []any
	ref   struct{ num, gen int }
	// op is a word that is no value: an operator or a delimiter.
	op string
	// stream is a dictionary with bytes that are still encoded.
	stream struct {
		dict
		raw []byte
		key ref // for decryption; zero where nothing is to be decrypted
	}
)

var (
	errSyntax = errors.New("syntax error")
	errEnd    = errors.New("unexpected end")
)

// maxNesting bounds arrays and dictionaries inside each other.
const maxNesting = 64

// lexer reads values from bytes.
type lexer struct {
	b     []byte
	i     int
	depth int
	left  *int // values that may still be read, shared over a file
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// charge takes what lies between two places from the values that may still be
// read: a file can lead to one long string a thousand times. Call it deferred.
func (l *lexer) charge(from int) {
	if l.left != nil {
		*l.left -= (l.i - from) / 64
	}
}

func (l *lexer) blanks() {
	defer l.charge(l.i)
	for l.i < len(l.b) {
		c := l.b[l.i]
		if c == '%' {
			for l.i < len(l.b) && l.b[l.i] != '\n' && l.b[l.i] != '\r' {
				l.i++
			}
			continue
		}
		if !isSpace(c) {
			return
		}
		l.i++
	}
}

// next reads one value or op. At the end it returns errEnd.
func (l *lexer) next() (any, error) {
	l.blanks()
	if l.i >= len(l.b) {
		return nil, errEnd
	}
	if *l.left--; *l.left < 0 {
		return nil, errValues()
	}
	c := l.b[l.i]
	switch c {
	case '/':
		l.i++
		return l.name(), nil
	case '(':
		l.i++
		return l.literal(), nil
	case '<':
		if l.i+1 < len(l.b) && l.b[l.i+1] == '<' {
			l.i += 2
			return l.container(">>")
		}
		l.i++
		return l.hex(), nil
	case '[':
		l.i++
		return l.container("]")
	case '>':
		if l.i+1 < len(l.b) && l.b[l.i+1] == '>' {
			l.i += 2
			return op(">>"), nil
		}
		fallthrough
	case ']', '{', '}', ')':
		l.i++
		return op(l.b[l.i-1 : l.i]), nil
	}
	from := l.i
	for l.i < len(l.b) && !isSpace(l.b[l.i]) && !isDelim(l.b[l.i]) {
		l.i++
	}
	return word(l.b[from:l.i]), nil
}

// word makes a number, boolean, null or op of a word.
func word(w []byte) any {
	if c := w[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if n, ok := number(w); ok {
			return n
		}
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return op(w)
}

// number reads an integer or a real; writers also produce "--5" and "5-3".
func number(w []byte) (any, bool) {
	neg := false
	i := 0
	for i < len(w) && (w[i] == '-' || w[i] == '+') {
		neg = neg || w[i] == '-'
		i++
	}
	whole, digits := 0, 0
	for i < len(w) && w[i] >= '0' && w[i] <= '9' {
		if digits < 18 {
			whole = whole*10 + int(w[i]-'0')
		}
		digits++
		i++
	}
	if i == len(w) && digits > 0 && digits <= 18 {
		if neg {
			whole = -whole
		}
		return whole, true
	}
	end := i
	if i < len(w) && w[i] == '.' {
		end++
		for end < len(w) && w[end] >= '0' && w[end] <= '9' {
			end++
			digits++
		}
	}
	if digits == 0 || end < len(w) && w[end] != '-' {
		return nil, false
	}
	f, err := strconv.ParseFloat(string(bytes.TrimLeft(w[:end], "+-")), 64)
	if err != nil {
		return nil, false
	}
	if neg {
		f = -f
	}
	return f, true
}

func (l *lexer) name() name {
	from := l.i
	escaped := false
	for l.i < len(l.b) && !isSpace(l.b[l.i]) && !isDelim(l.b[l.i]) {
		escaped = escaped || l.b[l.i] == '#'
		l.i++
	}
	w := l.b[from:l.i]
	if !escaped {
		return name(w)
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if hi, lo := unhex(w[i+1]), unhex(w[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return name(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// literal reads a string in parentheses; an unclosed one ends with the input.
func (l *lexer) literal() str {
	var out []byte
	depth := 1
	defer l.charge(l.i)
	for l.i < len(l.b) {
		c := l.b[l.i]
		l.i++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return str(out)
			}
		case '\\':
			out = l.escape(out)
			continue
		case '\r':
			if l.i < len(l.b) && l.b[l.i] == '\n' {
				l.i++
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return str(out)
}

func (l *lexer) escape(out []byte) []byte {
	if l.i >= len(l.b) {
		return out
	}
	c := l.b[l.i]
	l.i++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.i < len(l.b) && l.b[l.i] == '\n' {
			l.i++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	x := int(c - '0')
	for k := 0; k < 2 && l.i < len(l.b) && l.b[l.i] >= '0' && l.b[l.i] <= '7'; k++ {
		x = x*8 + int(l.b[l.i]-'0')
		l.i++
	}
	return append(out, byte(x))
}

func (l *lexer) hex() str {
	var out []byte
	half, have := 0, false
	defer l.charge(l.i)
	for l.i < len(l.b) {
		c := l.b[l.i]
		l.i++
		if c == '>' {
			break
		}
		x := unhex(c)
		if x < 0 {
			continue
		}
		if have {
			out = append(out, byte(half<<4|x))
		} else {
			half = x
		}
		have = !have
	}
	if have {
		out = append(out, byte(half<<4))
	}
	return str(out)
}

// container reads the values of an array or dictionary up to its end; two
// integers before R become a reference.
func (l *lexer) container(end op) (any, error) {
	if l.depth++; l.depth > maxNesting {
		return nil, errSyntax
	}
	defer func() { l.depth-- }()
	var vals array
	for {
		v, err := l.next()
		if err != nil && !errors.Is(err, errEnd) {
			return nil, err
		}
		o, isOp := v.(op)
		switch {
		case err != nil || isOp && (o == end || o == "endobj" || o == "stream"):
			if o == "endobj" || o == "stream" {
				l.i -= len(o)
			}
			if end == ">>" {
				return pairs(vals), nil
			}
			return vals, nil
		case isOp && o == "R" && len(vals) >= 2:
			num, ok1 := vals[len(vals)-2].(int)
			gen, ok2 := vals[len(vals)-1].(int)
			if ok1 && ok2 {
				vals = append(vals[:len(vals)-2], ref{num, gen})
			}
		case !isOp:
			vals = append(vals, v)
		}
	}
}

// pairs makes a dictionary of keys and values; a value where a key belongs is
// passed over.
func pairs(vals array) dict {
	d := make(dict, len(vals)/2)
	for i := 0; i < len(vals); {
		k, ok := vals[i].(name)
		if !ok {
			i++
			continue
		}
		if i+1 == len(vals) {
			break
		}
		if _, twice := d[string(k)]; !twice {
			d[string(k)] = vals[i+1]
		}
		i += 2
	}
	return d
}
