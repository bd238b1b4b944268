package native

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// methodPrefix begins the name of every exported function that implements a native
// method by its name.
const methodPrefix = "Java_"

// maxSymbol bounds the symbol names that are looked at, in bytes.
const maxSymbol = 1024

// Method takes the dotted class and the method out of the name of an exported
// function that implements a native method: Java_com_foo_Bar_baz. ok is false for
// every other name. The rules are those of the JNI specification ("Resolving Native
// Method Names").
func Method(symbol []byte) (class, method string, ok bool) {
	if len(symbol) > maxSymbol || !strings.HasPrefix(string(symbol[:min(len(symbol), len(methodPrefix))]), methodPrefix) {
		return "", "", false
	}
	name := withoutSignature(string(symbol[len(methodPrefix):]))
	var parts []string
	var part []uint16
	for len(name) > 0 {
		unit, n, sep := mangled(name)
		switch {
		case n == 0:
			return "", "", false
		case sep:
			parts = append(parts, string(utf16.Decode(part)))
			part = part[:0]
		default:
			part = append(part, unit)
		}
		name = name[n:]
	}
	parts = append(parts, string(utf16.Decode(part)))
	last := len(parts) - 1
	for _, p := range parts {
		if p == "" {
			return "", "", false
		}
	}
	if last < 1 {
		return "", "", false
	}
	return strings.Join(parts[:last], "."), parts[last], true
}

// withoutSignature cuts off the signature of an overload, which stands behind two
// underscores. Two underscores before 0 or 1 are a separator and an escape:
// Java_com_foo_Bar__1init is the method _init.
func withoutSignature(name string) string {
	for i := 0; i+1 < len(name); i++ {
		if name[i] == '_' && name[i+1] == '_' && (i+2 == len(name) || name[i+2] != '0' && name[i+2] != '1') {
			return name[:i]
		}
	}
	return name
}

// mangled reads one unit of a mangled name and its length, 0 where it is none; sep
// is the separator of packages.
func mangled(s string) (unit uint16, n int, sep bool) {
	c := s[0]
	letter := c|0x20 >= 'a' && c|0x20 <= 'z'
	switch {
	case letter, c >= '0' && c <= '9':
		return uint16(c), 1, false
	case c != '_':
		return 0, 0, false
	case len(s) > 1 && s[1] == '1':
		return '_', 2, false
	case len(s) > 1 && (s[1] == '2' || s[1] == '3'): // only in signatures
		return 0, 0, false
	case len(s) > 5 && s[1] == '0':
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return 0, 0, false
		}
		return uint16(v), 6, false
	}
	return 0, 1, true
}
