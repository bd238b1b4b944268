package dex_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// TestFindString compares with a search through all entries, for texts that are
// there and for neighbours of them.
func TestFindString(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class("La/B;", "")
	for i := range 300 {
		d.ExtraStrings = append(d.ExtraStrings, fmt.Sprintf("text %d", i*7))
	}
	d.ExtraStrings = append(d.ExtraStrings, "", "文本", "é", strings.Repeat("x", 5000))
	f := mustParse(t, "classes.dex", d.Bytes())
	var all []string
	for i := range f.NumStrings() {
		all = append(all, string(f.StringBytes(uint32(i))))
	}
	for _, s := range append(slices.Clone(all), "text", "text 7x", "zzz", "\x00", strings.Repeat("x", 4999), strings.Repeat("x", 5001)) {
		at, ok := f.FindString([]byte(s), 0, f.NumStrings())
		want, there := slices.BinarySearch(all, s)
		if ok != there || at != want {
			t.Errorf("%.20q: %d %v, want %d %v", s, at, ok, want, there)
		}
	}
	if _, ok := f.FindString([]byte(all[0]), 1, f.NumStrings()); ok {
		t.Error("found outside the range")
	}
}

// TestFindStringHostile: entries out of order or out of the file are at most not
// found, and a huge string that all entries share is not read again and again.
func TestFindStringHostile(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class("La/B;", "")
	d.ExtraStrings = []string{"aaa", "bbb", "ccc", strings.Repeat("m", 1<<20)}
	built := d.Build()
	table := binary.LittleEndian.Uint32(built.Bytes[0x3c:])
	n := int(binary.LittleEndian.Uint32(built.Bytes[0x38:]))
	for name, entry := range map[string]func(i int) uint32{
		"outside": func(int) uint32 { return 1 << 31 },
		"the end": func(int) uint32 { return uint32(len(built.Bytes) - 1) },
		"huge":    func(int) uint32 { return built.String[strings.Repeat("m", 1<<20)] },
		"swapped": func(i int) uint32 { return built.String[[]string{"ccc", "aaa", "bbb"}[i%3]] },
	} {
		b := bytes.Clone(built.Bytes)
		for i := range n {
			binary.LittleEndian.PutUint32(b[int(table)+4*i:], entry(i))
		}
		f, err := dex.Parse("classes.dex", apktest.FixDEX(b))
		if err != nil {
			continue
		}
		for _, s := range []string{"aaa", "bbb", "mmm", "", "zzz"} {
			if at, ok := f.FindString([]byte(s), 0, n); at < 0 || at > n || ok && string(f.StringBytes(uint32(at))) != s {
				t.Errorf("%s: %q found at %d", name, s, at)
			}
		}
	}
}

// TestStaticStringHostile: damage to the values ends in no value.
func TestStaticStringHostile(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class("La/B;", "").StaticString("A", "one").StaticString("B", "two")
	built := d.Build()
	def := built.ClassDef["La/B;"]
	values := binary.LittleEndian.Uint32(built.Bytes[def+28:])
	read := func(b []byte) string {
		f, err := dex.Parse("classes.dex", apktest.FixDEX(b))
		if err != nil {
			return "no file"
		}
		var out []string
		for _, name := range []string{"A", "B", "C"} {
			s, ok := f.StaticString(0, name)
			out = append(out, fmt.Sprintf("%s %v", s, ok))
		}
		return strings.Join(out, ",")
	}
	if got := read(bytes.Clone(built.Bytes)); got != "one true,two true, false" {
		t.Errorf("an honest file: %s", got)
	}
	for _, c := range []struct {
		name  string
		at    uint32
		value []byte
		want  string
	}{
		{"values outside the file", def + 28, []byte{0xff, 0xff, 0xff, 0x7f}, " false, false, false"},
		{"fewer values than fields", values, []byte{1}, "one true, false, false"},
		{"a value of another kind", values + 1, []byte{0x04 | 3<<5}, " false,two true, false"},
		{"a nested value, of unknown size", values + 1, []byte{0x1c}, " false, false, false"},
		{"a string outside the table", values + 2, []byte{0xff, 0xff, 0xff, 0xff}, " false,two true, false"},
		{"a count that does not end", values, []byte{0xff, 0xff, 0xff, 0xff, 0xff}, " false, false, false"},
	} {
		b := bytes.Clone(built.Bytes)
		copy(b[c.at:], c.value)
		if got := read(b); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzStrings: no file makes the readers of string values fail.
func FuzzStrings(f *testing.F) {
	d := apktest.NewDEX("035")
	d.Class("La/B;", "").StaticString("A", "one").
		Method(accPublicStatic, "m", "()Ljava/lang/String;", apktest.NewDEXCode(1, 0, 0).ConstString(0, "x").Raw(0x0011))
	f.Add(d.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := dex.Parse("classes.dex", data)
		if err != nil {
			return
		}
		for i := range min(file.NumClasses(), 20) {
			file.StaticString(i, "A")
			file.ReturnedString(i, "m")
		}
		if at, ok := file.FindString([]byte("one"), 0, file.NumStrings()); ok && string(file.StringBytes(uint32(at))) != "one" {
			t.Errorf("found %q", file.StringBytes(uint32(at)))
		}
	})
}
