package dex_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

func FuzzParse(f *testing.F) {
	f.Add(everyKind().Bytes())
	f.Add(oddNames().Bytes())
	f.Add(sharedCode().Bytes())
	f.Add(constantsDEX(f, append(append(constCases(), joinCases()...), objectCases()...)).Bytes())
	f.Add(apktest.DEXContainer(everyKind(), sharedCode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, _ := dex.ParseAll("fuzz.dex", data)
		for _, file := range files {
			_ = exercise(file)
			file.SignatureMatches()
			for _, p := range file.Problems() {
				if p.File == "" || p.Place == "" || p.What == "" {
					t.Errorf("a problem without place: %v", p)
				}
			}
		}
	})
}

// FuzzCode puts arbitrary instructions and handlers into a sound file, which
// reaches deeper into the code reader than damage to a whole file.
func FuzzCode(f *testing.F) {
	for _, tc := range append(append(constCases(), joinCases()...), objectCases()...) {
		d := apktest.NewDEX("035")
		c := apktest.NewDEXCode(16, 0, 5)
		tc.build(c)
		d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", c.ReturnVoid())
		b := d.Build()
		at := b.Code["La/A;->m()V"]
		units := binary.LittleEndian.Uint32(b.Bytes[at+12:])
		f.Add(b.Bytes[at+16:at+16+2*units], uint16(0))
		f.Add(b.Bytes[at+16:min(at+16+2*units+32, uint32(len(b.Bytes)))], uint16(1))
	}
	base := everyKind()
	f.Fuzz(func(t *testing.T, code []byte, tries uint16) {
		var c dex.Code
		file := readFuzzed(t, base, code, tries, &c)
		if file == nil {
			return
		}
		file.Constants(nil).Calls(&c, 0, func(int, uint32, []dex.Const) {})
	})
}

func FuzzMUTF8(f *testing.F) {
	for _, s := range []string{"a", "\xc0\x80", "\xed\xa0\xbd\xed\xb8\x80", "\xed\xa0\xbd", "\xf0\x9f\x98\x80", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := dex.DecodeMUTF8(b)
		if !utf8.ValidString(s) {
			t.Errorf("%q became %q", b, s)
		}
		if utf8.Valid(b) && s != string(b) {
			t.Errorf("valid %q became %q", b, s)
		}
	})
}
