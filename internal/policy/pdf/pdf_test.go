package pdf

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func TestLexer(t *testing.T) {
	for _, c := range []struct {
		in   string
		want any
	}{
		{"12", 12}, {"-7 ", -7}, {"+.5", 0.5}, {"--5", -5}, {"4.", 4.0}, {"5-3", 5.0}, {"1.5-3", 1.5}, {"123456789012345678901234", 123456789012345678901234.0},
		{"true", true}, {"null", nil}, {"Tj", op("Tj")}, {"/A#20B#zz", name("A B#zz")}, {"/", name("")},
		{`(a\(b\)(c)\n\101\8\` + "\r\n" + `d)`, str("a(b)(c)\nA8d")}, {"(open", str("open")}, {"<48 65 6>", str("He`")}, {"<4", str("@")},
		{"[1 2 (x) [/y] 3 0 R]", array{1, 2, str("x"), array{name("y")}, ref{3, 0}}},
		{"<< /A 1 /B << /C [] >> 7 /D 1 0 R /A 2 /E >>", dict{"A": 1, "B": dict{"C": array(nil)}, "D": ref{1, 0}}},
		{"% note\n 5", 5}, {">>", op(">>")}, {"}", op("}")},
	} {
		left := 1000
		l := &lexer{b: []byte(c.in), left: &left}
		if got, err := l.next(); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %#v, %v, want %#v", c.in, got, err, c.want)
		}
	}
	left := 1000
	if _, err := (&lexer{b: []byte(strings.Repeat("[", 100)), left: &left}).next(); err == nil {
		t.Error("no limit on nesting")
	}
	left = 10
	if _, err := (&lexer{b: []byte("[" + strings.Repeat("1 ", 100) + "]"), left: &left}).next(); err == nil {
		t.Error("no limit on values")
	}
}

func TestFilters(t *testing.T) {
	f, err := Open(context.Background(), []byte("%PDF-1.4\n1 0 obj << /Type /Catalog /Pages << /Kids [<< /Type /Page >>] >> >> endobj trailer << /Root 1 0 R >>"), DefaultLimits())
	if err != nil || f.Pages() != 1 {
		t.Fatal(err)
	}
	for _, c := range []struct{ filter, parms, in, want string }{
		{"AHx", "", "48 65 6C6c 6F>", "Hello"},
		{"A85", "", "87cURD]i,\"Ebo80~>", "Hello World!"},
		{"RL", "", "\x04Hello\xFE!\x80x", "Hello!!!"},
		{"LZW", "", "\x80\x0B\x60\x50\x22\x0C\x0C\x85\x01", "-----A---B"}, // the example of ISO 32000-1, 7.4.4.2
		{"Fl", "", "\x78\x9c\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00\x00\x00", "Hello"},
		{"AHx", "/Predictor 2 /Columns 3", "414243>", "ABC"},
		{"DCT", "", "x", ""},
	} {
		left := 100
		p, _ := (&lexer{b: []byte("<<" + c.parms + ">>"), left: &left}).next()
		got, err := f.decode(&stream{dict: dict{"Filter": name(c.filter), "DecodeParms": p}, raw: []byte(c.in)})
		if string(got) != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v, want %q", c.filter, got, err, c.want)
		}
	}
	rows := "\x00\x01\x02\x03" + "\x01\x01\x01\x01" + "\x02\x01\x01\x01" + "\x03\x02\x02\x02" + "\x04\x01\x01\x01"
	want := "\x01\x02\x03" + "\x01\x02\x03" + "\x02\x03\x04" + "\x03\x05\x06" + "\x04\x06\x07"
	if got := string(unPNG([]byte(rows), 3, 1)); got != want {
		t.Errorf("predictors: %x, want %x", got, want)
	}
}

func TestGlyphText(t *testing.T) {
	for n, want := range map[string]string{
		"A": "A", "space": " ", "f_i": "fi", "ffi": "ffi", "uni6536": "收", "uni65364E00": "收一", "u20BB7": "𠮷", "eacute": "é", "Ccaron": "Č", "a.alt": "a",
		"g12": "", "uniD800": "", "uni12": "", "glyph7": "", ".notdef": "", "f_zz": "",
	} {
		if got := glyphText(n); got != want {
			t.Errorf("%s: %q, want %q", n, got, want)
		}
	}
	if n := len([]rune(standardUpper)); n != 0x100-0xA1 {
		t.Errorf("StandardEncoding has %d upper codes", n)
	}
	for c, want := range map[byte]string{0xA1: "¡", 0xAE: "ﬁ", 0xB7: "•", 0xD0: "—", 0xE1: "Æ", 0xFB: "ß", 0x27: "’", 0xA0: ""} {
		if got := baseEncoding("", c); got != want {
			t.Errorf("%x: %q, want %q", c, got, want)
		}
	}
}

func TestPredefined(t *testing.T) {
	for n, want := range map[string]predefinedKind{
		"GBK-EUC-H": codesGB, "GBKp-EUC-H": codesGB, "GB-EUC-V": codesGB, "GBpc-EUC-H": codesGB, "GBK2K-H": codesGB, "UniGB-UCS2-H": codesUTF16, "UniGB-UTF16-H": codesUTF16,
		"UniCNS-UTF16-H": codesUTF16, "UniJIS-UCS2-HW-H": codesUTF16, "UniKS-UCS2-H": codesUTF16, "UniJIS-UTF32-H": codesUTF32, "UniGB-UTF8-H": codesUTF8,
		"ETen-B5-H": codesBig5, "ETenms-B5-H": codesBig5, "B5pc-H": codesBig5, "HKscs-B5-H": codesBig5, "90ms-RKSJ-H": codesSJIS, "83pv-RKSJ-H": codesSJIS, "EUC-H": codesEUCJP, "H": codesJIS,
		"KSCms-UHC-H": codesKorean, "KSC-EUC-H": codesKorean, "Identity-V": identity, "CNS-EUC-H": notPredefined, "Own": notPredefined,
	} {
		if got := predefined(n); got != want {
			t.Errorf("%s: %d, want %d", n, got, want)
		}
	}
	for _, c := range []struct {
		k    predefinedKind
		in   string
		n    int
		want string
	}{
		{codesGB, "\xCA\xD5\xBC\xAF", 2, "收"}, {codesGB, "A", 1, "A"}, {codesGB, "\x95\x32\x82\x36", 4, "𠀀"}, {codesUTF16, "\xD8\x42\xDF\xB7", 4, "𠮷"},
		{codesBig5, "\xA6\xAC", 2, "收"}, {codesSJIS, "\x8E\xFB", 2, "収"}, {codesSJIS, "\xB1", 1, "ｱ"}, {codesJIS, "\x3C\x7D", 2, "収"}, {codesEUCJP, "\xBC\xFD", 2, "収"},
		{codesUTF32, "\x00\x00\x65\x36", 4, "收"}, {codesUTF8, "\xE6\x94\xB6", 3, "收"}, {codesKorean, "\xB0\xA1", 2, "가"}, {codesGB, "\xFF", 1, ""}, {codesUTF16, "\xD8\x42", 2, ""},
	} {
		n := c.k.next(c.in)
		if got := c.k.text(c.in[:n]); n != c.n || got != c.want {
			t.Errorf("%x: %d bytes %q, want %d %q", c.in, n, got, c.n, c.want)
		}
	}
}
