package dex_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

func TestTables(t *testing.T) {
	f := mustParse(t, "t.dex", everyKind().Bytes())
	if n := f.ProblemCount(); n != 0 || f.Version() != 39 || f.Name() != "t.dex" || !f.SignatureMatches() {
		t.Fatalf("version %d, signature %v, problems %v", f.Version(), f.SignatureMatches(), f.Problems())
	}
	methods, fields := map[string]bool{}, map[string]bool{}
	for i := range f.NumMethods() {
		methods[f.MethodDescriptor(uint32(i))] = true
	}
	for i := range f.NumFields() {
		fields[f.FieldDescriptor(uint32(i))] = true
	}
	for _, m := range []string{
		"Lt/Main;->five(IIIII)V", "Ljava/util/List;->size()I",
		"Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;",
	} {
		if !methods[m] {
			t.Errorf("no method %s in %v", m, methods)
		}
	}
	if !fields["Lt/Main;->flag:I"] || len(fields) != 2 {
		t.Errorf("fields %v", fields)
	}
	c := f.Class(0)
	var interfaces []string
	for l, i := f.Interfaces(0), 0; i < l.Len(); i++ {
		interfaces = append(interfaces, f.TypeDescriptor(l.At(i)))
	}
	got := fmt.Sprint(f.TypeDescriptor(c.Type), f.TypeDescriptor(c.Super), f.String(c.SourceFile), c.Access, interfaces)
	if want := "Lt/Main;Ljava/lang/Object;Main.java1 [Ljava/util/List; Ljava/lang/Runnable;]"; got != want {
		t.Errorf("class %s, want %s", got, want)
	}
	var members []string
	for m := f.Members(0); m.Next(); {
		name := f.FieldName(m.Index())
		if m.IsMethod() {
			name = f.MethodName(m.Index())
		}
		members = append(members, fmt.Sprintf("%d %s %x %v", m.Kind(), name, m.Access(), m.CodeOff() != 0))
	}
	want := []string{"0 flag 9 false", "1 field 1 false", "2 all 9 true", "2 boot 9 true", "3 virt 401 false"}
	if !slices.Equal(members, want) {
		t.Errorf("members %q, want %q", members, want)
	}
}

// TestOutside asks every accessor for entries that do not exist.
func TestOutside(t *testing.T) {
	f := mustParse(t, "t.dex", everyKind().Bytes())
	for _, i := range []uint32{1 << 16, 1 << 30, 1<<32 - 1} {
		_, okP := f.Proto(i)
		_, okF := f.Field(i)
		_, okM := f.Method(i)
		_, okH := f.MethodHandle(i)
		_, errC := f.CallSite(i)
		if f.StringBytes(i) != nil || f.TypeBytes(i) != nil || f.MethodName(i) != nil || f.FieldName(i) != nil ||
			okP || okF || okM || okH || errC == nil {
			t.Errorf("entry 0x%x exists", i)
		}
		if s := f.String(i) + f.TypeDescriptor(i) + f.MethodDescriptor(i) + f.FieldDescriptor(i) + f.ProtoDescriptor(i); s != "" {
			t.Errorf("entry 0x%x is %q", i, s)
		}
	}
}

func TestWalk(t *testing.T) {
	f := mustParse(t, "t.dex", everyKind().Bytes())
	var got []string
	err := f.WalkCode(func(class int, method uint32, c *dex.Code) error {
		if string(f.MethodName(method)) != "all" {
			return nil
		}
		code := c.Insns()
		var refs []uint32
		for pos := 0; pos < code.Units(); pos += code.Width(pos) {
			op := code.Op(pos)
			switch op.Ref() {
			case dex.RefNone:
				continue
			case dex.RefString:
				got = append(got, f.String(code.Index(pos)))
			case dex.RefType:
				got = append(got, f.TypeDescriptor(code.Index(pos)))
			case dex.RefField:
				got = append(got, fmt.Sprintf("%s %v", f.FieldName(code.Index(pos)), op.IsFieldRead()))
			case dex.RefMethod:
				s := fmt.Sprintf("%s %v", f.MethodName(code.Index(pos)), op.IsStaticInvoke())
				if op == dex.OpInvokePolymorphic || op == dex.OpInvokePolymorphicRange {
					s += f.ProtoDescriptor(code.Proto(pos))
				}
				got = append(got, s)
			case dex.RefCallSite:
				site, err := f.CallSite(code.Index(pos))
				if err != nil {
					t.Error(err)
				}
				h, ok := f.MethodHandle(site.Handles[0])
				boot, ok2 := f.MethodHandle(site.Bootstrap)
				got = append(got, fmt.Sprintln(ok, ok2, boot.IsMethod(), f.MethodDescriptor(boot.Index),
					f.String(site.Name), f.ProtoDescriptor(site.Proto), f.MethodDescriptor(h.Index)))
			case dex.RefMethodHandle:
				h, _ := f.MethodHandle(code.Index(pos))
				got = append(got, fmt.Sprint(h.Kind, h.IsMethod()))
			case dex.RefProto:
				got = append(got, f.ProtoDescriptor(code.Index(pos)))
			}
			refs = append(refs, uint32(pos))
		}
		if !slices.Equal(refs, c.Refs()) {
			t.Errorf("references at %v, by Refs at %v", refs, c.Refs())
		}
		return nil
	})
	want := []string{
		"hello", "jumbo", "Ljava/util/List;", "Lt/Main;", "Lt/Main;", "Lt/Main;", "[I",
		"flag true", "flag false", "field true", "field false",
		"virt false", "toString false", "<init> false", "boot true", "size false", "virt false", "five true",
		"invoke false(I)V", "invokeExact false(J)V",
		"true true true Lt/Main;->boot()V run ()V Landroid/location/Location;->getLatitude()D\n",
		"5 true", "(I)V", "after true",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n got %q\nwant %q", err, got, want)
	}
}

func TestWalkStops(t *testing.T) {
	d := sharedCode()
	f := mustParse(t, "t.dex", d.Bytes())
	calls := 0
	err := f.WalkCode(func(class int, _ uint32, _ *dex.Code) error {
		calls++
		return dex.SkipClass
	})
	if err != nil || calls != 2 {
		t.Errorf("SkipClass: %d calls, %v", calls, err)
	}
	stop := errors.New("stop")
	calls = 0
	err = f.WalkCode(func(int, uint32, *dex.Code) error {
		calls++
		return stop
	})
	if err != stop || calls != 1 {
		t.Errorf("stop: %d calls, %v", calls, err)
	}
	offsets := map[uint32]int{}
	err = f.WalkCode(func(_ int, _ uint32, c *dex.Code) error {
		offsets[c.Off]++
		return nil
	})
	if err != nil || len(offsets) != 1 {
		t.Errorf("shared code item: %v, %v", offsets, err)
	}
}

func TestMUTF8(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{"中文", "中文"},
		{"\xc0\x80", "\x00"},
		{"a\xc0\x80b", "a\x00b"},
		{"\xed\xa0\xbd\xed\xb8\x80", "😀"},
		{"x\xed\xa0\xbd\xed\xb8\x80y", "x😀y"},
		{"\xed\xa0\xbd", "\ufffd"},
		{"\xed\xa0\xbdz", "\ufffdz"},
		{"\xed\xb8\x80\xed\xa0\xbd", "\ufffd\ufffd"},
		{"\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80", "\ufffd😀"},
		{"\xf0\x9f\x98\x80", "😀"},
		{"\xf0\x9f\x98", "\ufffd\ufffd\ufffd"},
		{"\x80", "\ufffd"},
		{"\xe4\xb8", "\ufffd\ufffd"},
		{"\xff", "\ufffd"},
		{"\xc1\x81", "A"},
		{"\xed\xa0", "\ufffd\ufffd"},
	}
	for _, tc := range tests {
		if got := dex.DecodeMUTF8([]byte(tc.in)); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.in, got, tc.want)
		}
	}
	f := mustParse(t, "n.dex", oddNames().Bytes())
	if f.ProblemCount() != 0 {
		t.Error(f.Problems())
	}
	all := map[string]bool{}
	for i := range f.NumStrings() {
		if b := f.StringBytes(uint32(i)); b == nil {
			t.Errorf("string %d is damaged", i)
		}
		all[f.String(uint32(i))] = true
	}
	for _, s := range []string{"", "nul\x00inside", "中文", "emoji 😀", "lone \ufffd high", "lone \ufffd low"} {
		if !all[s] {
			t.Errorf("no string %q in %v", s, all)
		}
	}
	if got := f.MethodDescriptor(0); got != "L中/文;->方法(L中/文;)V" {
		t.Errorf("descriptor %q", got)
	}
}

func TestVersions(t *testing.T) {
	for _, v := range []string{"035", "036", "037", "038", "039", "040"} {
		f := mustParse(t, v, apktest.NewDEX(v).Bytes())
		if fmt.Sprintf("%03d", f.Version()) != v || f.ProblemCount() != 0 {
			t.Errorf("%s: version %d, %v", v, f.Version(), f.Problems())
		}
	}
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   string
	}{
		{"empty", func([]byte) []byte { return nil }, "c.dex: header at 0x0: 0 bytes"},
		{"short", func(b []byte) []byte { return b[:0x6f] }, "111 bytes where it needs 112"},
		{"042", func(b []byte) []byte { copy(b[4:], "042"); return b }, "versions 035 to 041"},
		{"034", func(b []byte) []byte { copy(b[4:], "034"); return b }, "versions 035 to 041"},
		{"03:", func(b []byte) []byte { copy(b[4:], "03:"); return b }, "versions 035 to 041"},
		{"odex", func(b []byte) []byte { copy(b, "dey\n036\x00"); return b }, "optimised"},
		{"cdex", func(b []byte) []byte { copy(b, "cdex001\x00"); return b }, "compact"},
		{"zip", func(b []byte) []byte { copy(b, "PK\x03\x04"); return b }, "not that of a DEX"},
		{"big endian", func(b []byte) []byte { copy(b[0x28:], "\x12\x34\x56\x78"); return b }, "byte order tag 0x78563412"},
		{"strings outside", func(b []byte) []byte { copy(b[0x38:], "\xff\xff\xff\xff"); return b }, "c.dex: string_ids: 4294967295 entries"},
		{"classes outside", func(b []byte) []byte { b[0x60], b[0x67] = 1, 0xff; return b }, "c.dex: class_defs: 1 entries"},
	}
	for _, tc := range tests {
		_, err := dex.Parse("c.dex", tc.change(apktest.NewDEX("035").Bytes()))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q in it", tc.name, err, tc.want)
		}
	}
}

func TestContainer(t *testing.T) {
	one, two := sharedCode(), apktest.NewDEX("041")
	two.Class("Lsecond/S;", "").Method(accPublicStatic, "m", "()V",
		apktest.NewDEXCode(1, 0, 1).ConstString(0, "two").Invoke(0x71, sinkS, 0).ReturnVoid())
	data := apktest.DEXContainer(one, two)
	files, err := dex.ParseAll("classes.dex", data)
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var got []string
	for _, f := range files {
		if f.ProblemCount() != 0 || f.Version() != 41 || !f.SignatureMatches() {
			t.Errorf("%s: version %d: %v", f.Name(), f.Version(), f.Problems())
		}
		k := f.Constants(nil)
		err := f.WalkCode(func(class int, method uint32, c *dex.Code) error {
			k.Calls(c, dex.NoIndex, func(_ int, callee uint32, args []dex.Const) {
				got = append(got, f.Name()+" "+f.MethodDescriptor(method)+" "+f.MethodDescriptor(callee)+" "+showArgs(k, args))
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	want := []string{
		"classes.dex La/A;->m()V Lx/Y;->z()V ", "classes.dex La/A;->n()V Lx/Y;->z()V ", "classes.dex La/B;->m()V Lx/Y;->z()V ",
		"classes.dex#2 Lsecond/S;->m()V " + sinkS + ` "two"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	first, err := dex.Parse("classes.dex", data)
	if err != nil || len(first.Problems()) != 1 || !strings.Contains(first.Problems()[0].String(), "further files") {
		t.Errorf("Parse of a container: %v, %v", first.Problems(), err)
	}
	// A second header that is none is an error, and the first file stays readable.
	copy(data[files[0].Size():], "junk")
	if files, err = dex.ParseAll("classes.dex", data); err == nil || len(files) != 1 {
		t.Errorf("damaged second file: %d files, %v", len(files), err)
	}
}

// TestContainerLimit makes headers that share one table of strings.
func TestContainerLimit(t *testing.T) {
	const count, table = 16, 20000
	data := make([]byte, count*0x78+4*table)
	le := binary.LittleEndian
	for i := range count {
		h := data[i*0x78:]
		copy(h, "dex\n041\x00")
		le.PutUint32(h[0x20:], 0x78)
		le.PutUint32(h[0x24:], 0x78)
		le.PutUint32(h[0x28:], 0x12345678)
		le.PutUint32(h[0x38:], table)
		le.PutUint32(h[0x3c:], count*0x78)
	}
	files, err := dex.ParseAll("c.dex", data)
	if !errors.Is(err, bounded.ErrLimit) || len(files) > 4 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
