package native_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/behavior/native"
)

func texts(t *testing.T, data []byte) (out []string) {
	t.Helper()
	l, err := native.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	l.Texts(func(text []byte, offset int) bool {
		if !bytes.HasPrefix(data[offset:], text) {
			t.Errorf("%q is not at 0x%x", text, offset)
		}
		out = append(out, string(text))
		return true
	})
	return out
}

func u64(v uint64) *uint64 { return &v }

func segment(typ elf.ProgType, from, size uint64) apktest.ELFSegment {
	return apktest.ELFSegment{Type: typ, Offset: from, Size: size}
}

func load(from, size uint64) apktest.ELFSegment { return segment(elf.PT_LOAD, from, size) }

var body = []byte("\x00ro.serialno\x00/sys/class/net/wlan0/address\x00\x01binary\x00get\x00no\x00a\xffb-part\x00line one\nline two\x00\x00\x00last")

var bodyTexts = []string{"ro.serialno", "/sys/class/net/wlan0/address", "get", "line one\nline two", "last"}

func TestTexts(t *testing.T) {
	for name, e := range map[string]apktest.ELF{
		"64 bits": {Data: body}, "32 bits": {Data: body, Narrow: true},
		"64 bits, big-endian": {Data: body, BigEndian: true}, "32 bits, big-endian": {Data: body, Narrow: true, BigEndian: true},
	} {
		if got := texts(t, e.Bytes()); !slices.Equal(got, bodyTexts) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestTextsStop: false ends the walk.
func TestTextsStop(t *testing.T) {
	l, err := native.Open(apktest.ELF{Data: body}.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	l.Texts(func([]byte, int) bool { n++; return n < 2 })
	if n != 2 {
		t.Errorf("visited %d texts", n)
	}
}

// TestOnlyMapped: bytes that no PT_LOAD segment maps are not the library's, and
// whatever part is mapped twice is read once.
func TestOnlyMapped(t *testing.T) {
	base := apktest.ELF{Segments: make([]apktest.ELFSegment, 3)}
	at := uint64(base.ELFData())
	data := []byte("one\x00two\x00three\x00four\x00five\x00")
	for name, c := range map[string]struct {
		segments []apktest.ELFSegment
		want     []string
	}{
		"two parts":    {[]apktest.ELFSegment{load(at, 8), load(at+14, 5), segment(elf.PT_NOTE, at, 24)}, []string{"one", "two", "four"}},
		"overlapping":  {[]apktest.ELFSegment{load(at+4, 15), load(at, 10), load(at+6, 2)}, []string{"one", "two", "three", "four"}},
		"not in order": {[]apktest.ELFSegment{load(at+14, 5), load(at, 3), load(at+4, 3)}, []string{"one", "two", "four"}},
		"same thrice":  {[]apktest.ELFSegment{load(at, 24), load(at, 24), load(at, 24)}, []string{"one", "two", "three", "four", "five"}},
	} {
		base.Segments, base.Data = c.segments, data
		if got := texts(t, base.Bytes()); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestLies: sizes and offsets that lie cost what lies outside, and are told.
func TestLies(t *testing.T) {
	const far = 1 << 63
	one := func(typ elf.ProgType, from, size uint64) []apktest.ELFSegment {
		return []apktest.ELFSegment{segment(typ, from, size)}
	}
	for name, c := range map[string]struct {
		e        apktest.ELF
		problems bool
		fails    bool
	}{
		"a segment beyond the end":        {e: apktest.ELF{Data: body, Segments: one(elf.PT_LOAD, 0, 1<<40)}, problems: true},
		"offset and size overflow":        {e: apktest.ELF{Data: body, Segments: []apktest.ELFSegment{load(far+5, far), load(0, ^uint64(0))}}, problems: true},
		"32 bits, a segment beyond":       {e: apktest.ELF{Data: body, Narrow: true, Segments: one(elf.PT_LOAD, 0, 0xffffffff)}, problems: true},
		"more headers than bytes":         {e: apktest.ELF{Data: body, Number: apktest.U16(200)}, problems: true},
		"the extended number":             {e: apktest.ELF{Data: body, Number: apktest.U16(0xffff)}, problems: true},
		"headers far outside":             {e: apktest.ELF{Data: body, Table: u64(far)}, problems: true, fails: true},
		"headers near the end of numbers": {e: apktest.ELF{Data: body, Table: u64(^uint64(0) - 3)}, problems: true, fails: true},
		"headers of no size":              {e: apktest.ELF{Data: body, Size: apktest.U16(0)}, fails: true},
		"no headers":                      {e: apktest.ELF{Data: body, Number: apktest.U16(0)}, fails: true},
		"nothing mapped":                  {e: apktest.ELF{Data: body, Segments: one(elf.PT_DYNAMIC, 0, 10)}, fails: true},
		"an empty segment":                {e: apktest.ELF{Data: body, Segments: one(elf.PT_LOAD, 0, 0)}, fails: true},
	} {
		data := c.e.Bytes()
		l, err := native.Open(data)
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		if (len(l.Problems) > 0) != c.problems {
			t.Errorf("%s: problems %q", name, l.Problems)
		}
		if got := texts(t, data); !slices.Contains(got, "ro.serialno") {
			t.Errorf("%s: what is there was not read: %q", name, got)
		}
	}
}

func TestNotELF(t *testing.T) {
	whole := apktest.ELF{Data: body}.Bytes()
	for name, data := range map[string][]byte{"empty": nil, "text": []byte(strings.Repeat("x", 100)), "cut short": whole[:40], "archive": []byte("PK\x03\x04" + strings.Repeat("\x00", 60))} {
		if _, err := native.Open(data); !errors.Is(err, native.ErrNotELF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := native.Open(whole[:60]); err == nil || errors.Is(err, native.ErrNotELF) {
		t.Errorf("a cut header of 64 bits: %v", err)
	}
}

// TestAgainstDebugELF compares the texts of this test's own program with those that
// a plain reading of what debug/elf finds gives.
func TestAgainstDebugELF(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Skipf("programs here are no ELF files: %v", err)
	}
	var want []string
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		for _, run := range bytes.Split(data[p.Off:p.Off+p.Filesz], []byte{0}) {
			plain := len(run) >= native.MinText && bytes.IndexFunc(run, func(r rune) bool { return r > 126 || r < 32 && r != '\n' && r != '\r' && r != '\t' }) < 0
			if plain {
				want = append(want, string(run))
			}
		}
	}
	got := texts(t, data)
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 1000 || !slices.Equal(got, want) {
		t.Errorf("%d texts, %d by debug/elf", len(got), len(want))
	}
}

func TestMethod(t *testing.T) {
	for symbol, want := range map[string]string{
		"Java_com_foo_Bar_baz":                          "com.foo.Bar baz",
		"Java_com_foo_Bar_baz__ILjava_lang_String_2":    "com.foo.Bar baz",
		"Java_com_foo_Bar_baz__":                        "com.foo.Bar baz",
		"Java_com_foo_1x_Bar_get_1all":                  "com.foo_x.Bar get_all",
		"Java_com_foo_Bar__1init":                       "com.foo.Bar _init",
		"Java_com_foo_Bar_00024Inner_run":               "com.foo.Bar$Inner run",
		"Java_Main_a":                                   "Main a",
		"JNI_OnLoad":                                    "",
		"Java_":                                         "",
		"Java_main":                                     "",
		"Java_com_foo_":                                 "",
		"Java_com_foo_Bar_0zzzz_x":                      "",
		"Java_com_foo-Bar_x":                            "",
		"Java_" + strings.Repeat("a", 2000) + "_method": "",
	} {
		class, method, ok := native.Method([]byte(symbol))
		got := ""
		if ok {
			got = class + " " + method
		}
		if got != want {
			t.Errorf("%s: %q, want %q", symbol, got, want)
		}
	}
}

func FuzzTexts(f *testing.F) {
	f.Add(apktest.ELF{Data: body}.Bytes())
	f.Add(apktest.ELF{Data: body, Narrow: true, BigEndian: true}.Bytes())
	f.Add(apktest.ELF{Data: body, Number: apktest.U16(0xffff)}.Bytes())
	f.Add(apktest.ELF{Data: body, Segments: []apktest.ELFSegment{load(10, 200), load(64, 1<<62), load(1<<63, 1<<63)}}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := native.Open(data)
		if err != nil {
			return
		}
		end := 0
		l.Texts(func(text []byte, offset int) bool {
			switch {
			case offset < end:
				t.Fatalf("the text at 0x%x begins before 0x%x", offset, end)
			case len(text) < native.MinText, bytes.IndexByte(text, 0) >= 0:
				t.Fatalf("the text %q", text)
			case !bytes.Equal(data[offset:offset+len(text)], text):
				t.Fatalf("the text %q is not at 0x%x", text, offset)
			}
			end = offset + len(text)
			native.Method(text)
			return true
		})
	})
}
