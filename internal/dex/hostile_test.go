package dex_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/apktest"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

// TestDamage changes one thing in a sound file and looks for the problem that
// names it, and for the calls that must still be seen.
func TestDamage(t *testing.T) {
	le := binary.LittleEndian
	tests := []struct {
		name   string
		change func(b *apktest.BuiltDEX)
		want   string
		calls  int
	}{
		{"sound", func(*apktest.BuiltDEX) {}, "", 3},
		{"checksum", func(b *apktest.BuiltDEX) { b.Bytes[8]++ }, "header: checksum 0x", 3},
		{"file size", func(b *apktest.BuiltDEX) { b.Bytes[0x20]++ }, "header: file size", 3},
		{"header size", func(b *apktest.BuiltDEX) { b.Bytes[0x24]++ }, "header: header size 0x71", 3},
		{"map outside", func(b *apktest.BuiltDEX) { le.PutUint32(b.Bytes[0x34:], 1<<31) }, "map: offset 0x80000000", 3},
		{"map count", func(b *apktest.BuiltDEX) { le.PutUint32(b.Bytes[b.Map:], 1<<31) }, "map: 2147483648 entries", 3},
		{"class data outside", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/One;"]+24:], 1<<31)
		}, "class 0x0: class data at 0x80000000", 2},
		{"class data shared", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/Two;"]+24:], b.ClassData["Ld/One;"])
		}, "class 0x1: shares its class data", 1},
		{"class data overlapping", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/Two;"]+24:], b.ClassData["Ld/One;"]+5)
		}, "class 0x0: members: the list ends", 0},
		{"class defined twice", func(b *apktest.BuiltDEX) {
			copy(b.Bytes[b.ClassDef["Ld/Two;"]:][:4], b.Bytes[b.ClassDef["Ld/One;"]:])
		}, "class 0x1: type 0x", 3},
		{"superclass", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/Two;"]+8:], 999)
		}, "class 0x1: superclass 0x3e7", 3},
		{"source file", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/Two;"]+16:], 999)
		}, "class 0x1: source file 0x3e7", 3},
		{"interfaces", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.ClassDef["Ld/Two;"]+12:], 1<<31)
		}, "class 0x1: interfaces: type list at 0x80000000", 3},
		{"parameters", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[b.TypeList["Ljava/lang/String;"]:], 1<<31)
		}, "parameters: type list", 3},
		{"member index", func(b *apktest.BuiltDEX) {
			b.Bytes[b.ClassData["Ld/One;"]+4] = 0x7f
		}, "class 0x0: members: member 0x7f", 2},
		{"member twice", func(b *apktest.BuiltDEX) {
			at := b.ClassData["Ld/Two;"] + 4 // two virtual methods: step, access, four or fewer bytes of code offset
			for b.Bytes[at+2]&0x80 != 0 {
				at++
			}
			b.Bytes[at+3] = 0
		}, "class 0x1: members: member 0x1 stands twice", 2},
		{"too few members", func(b *apktest.BuiltDEX) { b.Bytes[b.ClassData["Ld/Two;"]+3] = 0x7f }, "class 0x1: members:", 3},
		{"code outside", func(b *apktest.BuiltDEX) {
			at := b.Code["Ld/One;->a()V"]
			le.PutUint32(b.Bytes[at+12:], 1<<30)
		}, "units of instructions, but the file ends after 164: not looked at", 2},
		{"opcode cut off", func(b *apktest.BuiltDEX) {
			b.Bytes[b.Code["Ld/One;->a()V"]+12]--
			b.Bytes[b.Code["Ld/One;->a()V"]+12]--
		}, "the last instruction ends 2 bytes behind the code", 2},
		{"call of nothing", func(b *apktest.BuiltDEX) {
			le.PutUint16(b.Bytes[b.Code["Ld/One;->a()V"]+16+6:], 0xffff)
		}, "unit 0x2: instruction 0x71 refers to entry 0xffff", 2},
		{"jumbo string of nothing", func(b *apktest.BuiltDEX) {
			at := b.Code["Ld/Two;->c()V"] + 16
			le.PutUint32(b.Bytes[at+2:], 1<<20)
		}, "unit 0x0: instruction 0x1b refers to entry 0x100000", 2},
		{"payload too long", func(b *apktest.BuiltDEX) {
			at := b.Code["Ld/Two;->d()V"] + 16
			copy(b.Bytes[at:], "\x00\x03\xff\xff\xff\xff\xff\xff")
		}, "a payload of", 2},
		{"tries outside", func(b *apktest.BuiltDEX) {
			le.PutUint16(b.Bytes[b.Code["Ld/One;->a()V"]+6:], 0xffff)
		}, "65535 try blocks, but the file ends", 2},
		{"string outside", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[le.Uint32(b.Bytes[0x3c:]):], 1<<31)
		}, "string 0x0: offset 0x80000000", 3},
		{"string length too small", func(b *apktest.BuiltDEX) { b.Bytes[b.String["argument"]] = 1 }, "no end within 4 bytes", 3},
		{"string length unending", func(b *apktest.BuiltDEX) {
			copy(b.Bytes[b.String["argument"]:], "\xff\xff\xff\xff\xff\xff")
		}, "no length at", 3},
		{"type of nothing", func(b *apktest.BuiltDEX) {
			le.PutUint32(b.Bytes[le.Uint32(b.Bytes[0x44:]):], 999)
		}, "type 0x0: string 0x3e7", 3},
		{"method of nothing", func(b *apktest.BuiltDEX) {
			at := le.Uint32(b.Bytes[0x5c:]) + 8*b.MethodID["Ld/One;->a()V"]
			le.PutUint16(b.Bytes[at:], 999)
		}, ": class 0x3e7 of", 3},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d := apktest.NewDEX("035")
			sink := func() *apktest.DEXCode {
				return apktest.NewDEXCode(2, 0, 1).ConstString(0, "argument").Invoke(0x71, sinkS, 0)
			}
			d.Class("Ld/One;", "").Method(accPublicStatic, "a", "()V", sink().ReturnVoid())
			jumbo := apktest.NewDEXCode(2, 0, 1).ConstStringJumbo(0, "argument").Invoke(0x71, sinkS, 0)
			d.Class("Ld/Two;", "").Method(accPublic, "c", "()V", jumbo.ReturnVoid()).
				Method(accPublic, "d", "()V", apktest.NewDEXCode(2, 1, 1).Raw(0, 0, 0, 0).Invoke(0x71, sinkS, 0).ReturnVoid())
			b := d.Build()
			tc.change(b)
			if tc.name != "checksum" && tc.name != "file size" {
				apktest.FixDEX(b.Bytes)
			}
			f := mustParse(t, "classes2.dex", b.Bytes)
			calls := 0
			k := f.Constants(nil)
			for range 2 { // the second walk adds no problem
				calls = 0
				err := f.WalkCode(func(_ int, _ uint32, c *dex.Code) error {
					k.Calls(c, dex.NoIndex, func(int, uint32, []dex.Const) { calls++ })
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			all := fmt.Sprint(f.Problems())
			if (tc.want == "") != (f.ProblemCount() == 0) || !strings.Contains(all, tc.want) {
				t.Errorf("problems %s, want %q", all, tc.want)
			}
			if calls != tc.calls {
				t.Errorf("%d calls, want %d; problems %s", calls, tc.calls, all)
			}
			once := map[dex.Problem]bool{}
			for _, p := range f.Problems() {
				if once[p] {
					t.Errorf("counted twice: %v", p)
				}
				once[p] = true
			}
		})
	}
}

// TestCallSiteDamage changes one byte of a call site: count, bootstrap, name,
// prototype, handle argument, string argument, each of five bytes.
func TestCallSiteDamage(t *testing.T) {
	tests := []struct {
		name  string
		at    uint32
		value byte
		want  string
	}{
		{"too few values", 0, 2, "2 values where 3 to 255 may stand"},
		{"too many values", 0, 0x7f, "value 5 is cut off or of a type"},
		{"bootstrap is no handle", 1, 0x77, "value 0 has type 0x17"},
		{"name is no string", 6, 0x76, "value 1 has type 0x16"},
		{"prototype is no prototype", 11, 0x77, "value 2 has type 0x17"},
		{"nested array", 16, 0x1c, "value 3 is cut off or of a type"},
		{"unknown type", 16, 0x05, "value 3 is cut off or of a type"},
	}
	for _, tc := range tests {
		b := everyKind().Build()
		b.Bytes[b.CallSite[0]+26] = 0x1c // an array behind the five values, no part of the call site
		b.Bytes[b.CallSite[0]+tc.at] = tc.value
		f := mustParse(t, "c.dex", b.Bytes)
		if _, err := f.CallSite(0); err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "call site 0x0") {
			t.Errorf("%s: error %v, want %q in it", tc.name, err, tc.want)
		}
	}
}

// TestPolymorphicProto damages the second reference of invoke-polymorphic.
func TestPolymorphicProto(t *testing.T) {
	d := apktest.NewDEX("038")
	d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", apktest.NewDEXCode(1, 0, 1).
		InvokePolymorphic("Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;", "(I)V", 0).ReturnVoid())
	b := d.Build()
	at := b.Code["La/A;->m()V"]
	binary.LittleEndian.PutUint16(b.Bytes[at+16+6:], 77)
	f := mustParse(t, "p.dex", apktest.FixDEX(b.Bytes))
	var c dex.Code
	if err := f.ReadCode(at, &c); err == nil || !strings.Contains(err.Error(), "refers to prototype 0x4d") {
		t.Errorf("error %v", err)
	}
	if c.Insns().Units() != 0 && len(c.Refs()) != 0 {
		t.Error("a damaged code item gave references")
	}
}

// TestLongNames has names at the limit and above it.
func TestLongNames(t *testing.T) {
	d := apktest.NewDEX("035")
	for n := dex.MaxNameBytes - 1; n < dex.MaxNameBytes+2; n++ {
		d.ExtraMethods = append(d.ExtraMethods, "La/A;->"+strings.Repeat("x", n)+"()V")
	}
	f := mustParse(t, "n.dex", d.Bytes())
	for i := range uint32(3) {
		name, full := f.MethodName(i), f.MethodDescriptor(i)
		m, _ := f.Method(i)
		length := len(f.StringBytes(m.Name))
		if fits := length <= dex.MaxNameBytes; (name != nil) != fits || (full != "") != fits {
			t.Errorf("a name of %d bytes: %d, descriptor of %d", length, len(name), len(full))
		}
	}
}

// TestBombs are small files that claim much work. Each must be refused or be done
// in a moment; the time limit is a thousand times what is needed.
func TestBombs(t *testing.T) {
	le := binary.LittleEndian
	tests := []struct {
		name  string
		build func() []byte
		check func(t *testing.T, f *dex.File, err error)
	}{
		{"methods sharing one long code item", func() []byte {
			code := apktest.NewDEXCode(1, 0, 0).Raw(make([]uint16, 60000)...)
			d := apktest.NewDEX("035")
			c := d.Class("La/A;", "")
			for i := range 3000 {
				c.Method(accPublicStatic, fmt.Sprint("m", i), "()V", code)
			}
			return d.Bytes()
		}, func(t *testing.T, _ *dex.File, err error) {
			var limit *bounded.LimitError
			if !errors.As(err, &limit) || limit.Limit != "max-dex-walk-factor" {
				t.Errorf("error %v", err)
			}
		}},
		{"classes sharing class data", func() []byte {
			d := apktest.NewDEX("035")
			c := d.Class("La/A;", "")
			for i := range 3000 {
				c.Method(accPublicStatic, fmt.Sprint("m", i), "()V", apktest.NewDEXCode(0, 0, 0).ReturnVoid())
			}
			for i := range 3000 {
				d.Class(fmt.Sprintf("Lb/B%d;", i), "")
			}
			b := d.Build()
			for typ, at := range b.ClassDef {
				if typ != "La/A;" {
					le.PutUint32(b.Bytes[at+24:], b.ClassData["La/A;"])
				}
			}
			return b.Bytes
		}, func(t *testing.T, f *dex.File, err error) {
			if err != nil || f.ProblemCount() < 3000 || len(f.Problems()) != dex.MaxProblems {
				t.Errorf("%v, %d problems, %d kept", err, f.ProblemCount(), len(f.Problems()))
			}
		}},
		{"strings sharing a long one", func() []byte {
			d := apktest.NewDEX("035")
			long := strings.Repeat("x", 1<<20)
			d.ExtraStrings = []string{long}
			for i := range 5000 {
				d.ExtraStrings = append(d.ExtraStrings, fmt.Sprint("s", i))
			}
			b := d.Build()
			ids := le.Uint32(b.Bytes[0x3c:])
			at := b.String[long]
			for i := range uint32(5000) {
				le.PutUint32(b.Bytes[ids+4*i:], at)
			}
			return b.Bytes
		}, func(t *testing.T, f *dex.File, err error) {
			if err != nil || f.NumStrings() > 3 || !strings.Contains(fmt.Sprint(f.Problems()), "strings overlap") {
				t.Errorf("%v, %d strings, %v", err, f.NumStrings(), f.Problems())
			}
		}},
		{"methods with one long name", func() []byte {
			d := apktest.NewDEX("035")
			long := strings.Repeat("x", 1<<22)
			for i := range 20000 {
				d.ExtraMethods = append(d.ExtraMethods, fmt.Sprintf("La/A%d;->%s()V", i%10, fmt.Sprint("m", i)))
			}
			d.ExtraStrings = []string{long}
			b := d.Build()
			ids, methods := le.Uint32(b.Bytes[0x3c:]), le.Uint32(b.Bytes[0x5c:])
			at := b.String[long]
			for i := range le.Uint32(b.Bytes[0x38:]) {
				if le.Uint32(b.Bytes[ids+4*i:]) == at {
					for m := range le.Uint32(b.Bytes[0x58:]) {
						le.PutUint32(b.Bytes[methods+8*m+4:], i)
					}
				}
			}
			return b.Bytes
		}, func(t *testing.T, f *dex.File, err error) {
			if err != nil || f.NumMethods() != 20000 || f.MethodDescriptor(7) != "" {
				t.Errorf("%v, %d methods, first of %d bytes", err, f.NumMethods(), len(f.MethodDescriptor(7)))
			}
		}},
		{"switches on one table", func() []byte {
			c := apktest.NewDEXCode(1, 0, 1)
			for i := range 10000 {
				off := int32(30000 - 3*i)
				c.Raw(0x2b, uint16(off), uint16(off>>16))
			}
			c.PackedSwitchPayload(0, make([]int32, 30000)...)
			c.ConstString(0, "s").Invoke(0x71, sinkS, 0).ReturnVoid()
			d := apktest.NewDEX("035")
			d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", c)
			return d.Bytes()
		}, func(t *testing.T, f *dex.File, err error) {
			if err != nil || f.ProblemCount() != 0 {
				t.Errorf("%v, %v", err, f.Problems())
			}
		}},
		{"many empty payloads", func() []byte {
			c := apktest.NewDEXCode(1, 0, 1)
			for range 100000 {
				c.SparseSwitchPayload(nil, nil)
			}
			d := apktest.NewDEX("035")
			d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", c.Invoke(0x71, "La/A;->m()V").ReturnVoid())
			return d.Bytes()
		}, func(t *testing.T, f *dex.File, err error) {
			if err != nil || f.ProblemCount() != 0 {
				t.Errorf("%v, %v", err, f.Problems())
			}
		}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			data := tc.build()
			start := time.Now()
			f := mustParse(t, "bomb.dex", data)
			err := exercise(f)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%d bytes took %v", len(data), took)
			}
			tc.check(t, f, err)
		})
	}
}

// exercise calls everything that a File offers, and checks what holds for any
// input. It returns the error of the walk.
func exercise(f *dex.File) error {
	for i := range f.NumMethods() {
		f.MethodDescriptor(uint32(i))
	}
	for i := range f.NumFields() {
		f.FieldDescriptor(uint32(i))
	}
	for i := range f.NumProtos() {
		f.ProtoDescriptor(uint32(i))
	}
	for i := range f.NumMethodHandles() {
		f.MethodHandle(uint32(i))
	}
	for i := range f.NumCallSites() {
		_, _ = f.CallSite(uint32(i))
	}
	for i := range f.NumClasses() {
		c := f.Class(i)
		f.String(c.SourceFile)
		for l, k := f.Interfaces(i), 0; k < l.Len(); k++ {
			f.TypeBytes(l.At(k))
		}
	}
	k := f.Constants(func(uint32) (string, bool) { return "static", true })
	return f.WalkCode(func(_ int, method uint32, c *dex.Code) error {
		code, at, refs := c.Insns(), 0, c.Refs()
		for pos := 0; pos < code.Units(); pos += code.Width(pos) {
			if code.Op(pos).Ref() != dex.RefNone {
				if at >= len(refs) || refs[at] != uint32(pos) {
					panic(fmt.Sprintf("Refs lacks place %d", pos))
				}
				at++
			}
			if pos+code.Width(pos) > code.Units() || code.Width(pos) < 1 {
				panic("an instruction leaves the code")
			}
		}
		if at != len(refs) {
			panic("Refs has more places than Insns")
		}
		last := -1
		k.Calls(c, method, func(pos int, callee uint32, args []dex.Const) {
			if pos <= last || int(callee) >= f.NumMethods() || len(args) > dex.MaxParams+1 {
				panic("Calls out of order or out of range")
			}
			last = pos
			for _, a := range args {
				if a.Kind > dex.ConstNamedBy || a.Kind == dex.ConstString && int(a.Value) >= f.NumStrings() {
					panic("a constant that is none")
				}
				showConst(k, a)
			}
		})
		return nil
	})
}
