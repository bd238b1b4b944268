package pdf

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"
)

// text decodes one code of a predefined map.
func (k predefinedKind) text(s string) string {
	var e encoding.Encoding
	switch k {
	case codesUTF16:
		return plain(utf16BE(s))
	case codesUTF32:
		if len(s) == 4 {
			return plain(string(rune(beInt([]byte(s)))))
		}
		return ""
	case codesUTF8:
		return plain(s)
	case codesGB:
		e = simplifiedchinese.GB18030
	case codesBig5:
		e = traditionalchinese.Big5
	case codesSJIS:
		e = japanese.ShiftJIS
	case codesEUCJP:
		e = japanese.EUCJP
	case codesJIS:
		b := []byte(s)
		for i := range b {
			b[i] |= 0x80
		}
		s, e = string(b), japanese.EUCJP
	case codesKorean:
		e = korean.EUCKR
	default:
		return ""
	}
	out, err := e.NewDecoder().String(s)
	if err != nil {
		return ""
	}
	return plain(out)
}

// plain is s, or nothing where it is no character.
func plain(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n != len(s) || r == utf8.RuneError || r < 0x20 {
		return ""
	}
	return s
}

// baseEncoding returns the text of a byte in an encoding of ISO 32000-1, annex
// D.
func baseEncoding(enc string, c byte) string {
	switch enc {
	case "WinAnsiEncoding":
		return plain(string(charmap.Windows1252.DecodeByte(c)))
	case "MacRomanEncoding":
		return plain(string(charmap.Macintosh.DecodeByte(c)))
	}
	switch {
	case c == 0x27:
		return "’"
	case c == 0x60:
		return "‘"
	case c >= 0x20 && c < 0x7F:
		return string(rune(c))
	case c >= 0xA1:
		return strings.TrimSpace(string([]rune(standardUpper)[c-0xA1]))
	}
	return ""
}

// standardUpper is the upper part of StandardEncoding, from 0xA1; blanks are
// codes without a character.
const standardUpper = "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß    "

// glyphText returns the text of a glyph's name as the Adobe Glyph List has it:
// letters, uniXXXX, the names of signs, letters with accents, and parts joined
// by "_". "" where the name tells nothing.
func glyphText(n string) string {
	if i := strings.IndexByte(n, '.'); i > 0 {
		n = n[:i]
	}
	if len(n) == 1 && n[0] > 0x20 {
		return n
	}
	if s, ok := glyphNames[n]; ok {
		return s
	}
	if parts := strings.Split(n, "_"); len(parts) > 1 && len(parts) < 8 {
		out := ""
		for _, p := range parts {
			t := glyphText(p)
			if t == "" {
				return ""
			}
			out += t
		}
		return out
	}
	if hex, ok := strings.CutPrefix(n, "uni"); ok && len(hex)%4 == 0 && len(hex) > 0 && len(hex) <= 32 {
		out := ""
		for ; len(hex) > 0; hex = hex[4:] {
			x, err := strconv.ParseUint(hex[:4], 16, 16)
			if err != nil {
				return ""
			}
			out += plain(string(rune(x)))
		}
		return out
	}
	if hex, ok := strings.CutPrefix(n, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if x, err := strconv.ParseUint(hex, 16, 32); err == nil {
			return plain(string(rune(x)))
		}
	}
	for _, a := range accents {
		if base, ok := strings.CutSuffix(n, a.name); ok && len(base) == 1 && unicode.IsLetter(rune(base[0])) {
			return norm.NFC.String(base + a.mark)
		}
	}
	return ""
}

var accents = []struct{ name, mark string }{
	{"grave", "\u0300"}, {"acute", "\u0301"}, {"circumflex", "\u0302"}, {"tilde", "\u0303"}, {"dieresis", "\u0308"},
	{"ring", "\u030A"}, {"cedilla", "\u0327"}, {"caron", "\u030C"}, {"macron", "\u0304"}, {"breve", "\u0306"}, {"ogonek", "\u0328"},
}

var glyphNames = map[string]string{
	"space": " ", "nbspace": " ", "exclam": "!", "quotedbl": `"`, "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
	"quotesingle": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-", "minus": "−",
	"period": ".", "slash": "/", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
	"eight": "8", "nine": "9", "colon": ":", "semicolon": ";", "less": "<", "equal": "=", "greater": ">", "question": "?", "at": "@",
	"bracketleft": "[", "backslash": `\`, "bracketright": "]", "asciicircum": "^", "underscore": "_", "grave": "`", "braceleft": "{",
	"bar": "|", "braceright": "}", "asciitilde": "~", "exclamdown": "¡", "cent": "¢", "sterling": "£", "fraction": "⁄", "yen": "¥",
	"florin": "ƒ", "section": "§", "currency": "¤", "quotedblleft": "“", "quotedblright": "”", "quotedblbase": "„", "quoteleft": "‘",
	"quoteright": "’", "quotesinglbase": "‚", "guillemotleft": "«", "guillemotright": "»", "guilsinglleft": "‹", "guilsinglright": "›",
	"fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "ffl": "ffl", "endash": "–", "emdash": "—", "dagger": "†", "daggerdbl": "‡",
	"periodcentered": "·", "middot": "·", "paragraph": "¶", "bullet": "•", "ellipsis": "…", "perthousand": "‰", "questiondown": "¿",
	"acute": "´", "circumflex": "ˆ", "tilde": "˜", "macron": "¯", "dieresis": "¨", "ring": "˚", "cedilla": "¸", "AE": "Æ", "ae": "æ",
	"OE": "Œ", "oe": "œ", "Oslash": "Ø", "oslash": "ø", "Lslash": "Ł", "lslash": "ł", "Eth": "Ð", "eth": "ð", "Thorn": "Þ", "thorn": "þ",
	"germandbls": "ß", "dotlessi": "ı", "copyright": "©", "registered": "®", "trademark": "™", "degree": "°", "plusminus": "±",
	"onesuperior": "¹", "twosuperior": "²", "threesuperior": "³", "onequarter": "¼", "onehalf": "½", "threequarters": "¾",
	"ordfeminine": "ª", "ordmasculine": "º", "logicalnot": "¬", "brokenbar": "¦", "multiply": "×", "divide": "÷", "mu": "µ", "Euro": "€",
	"sfthyphen": "-", "softhyphen": "-", "arrowright": "→", "arrowleft": "←", "checkmark": "✓", "square": "■", "circle": "○",
}
