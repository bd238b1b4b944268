package classfile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/classfile"
)

const (
	getString   = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
	getDeviceID = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
	takesLong   = "La/B;->c(JLjava/lang/String;D)V"
	takesInt    = "La/B;->c(I)V"

	aconstNull = 1
	iconst0    = 3
	lconst1    = 10
	dconst0    = 14
	aload0     = 42
	aload1     = 43
	astore1    = 76
	dup        = 89
	swap       = 95
	ifeq       = 153
	gotoOp     = 167

	invokeVirtual = 182
	invokeStatic  = 184
)

func code() *apktest.JavaCode { return apktest.NewJavaCode() }

func sample(k *apktest.JavaCode) []byte {
	return apktest.NewJavaClass("Lcom/acme/A;", "Lcom/acme/Base;", "Ljava/lang/Runnable;", "Lcom/acme/I;").
		Field(0x19, "VERSION", "Ljava/lang/String;", "1.2.3").
		Field(0x19, "BIG", "J", int64(1)<<40).
		Field(0x2, "x", "[I", nil).
		Method(0x1, "run", "()V", k).
		Method(0x401, "none", "(JD)I", nil).Bytes()
}

func parse(t testing.TB, data []byte) *classfile.Class {
	t.Helper()
	c, err := classfile.Parse("A.class", data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refs lists "target args" of the code.
func refs(t testing.TB, c *classfile.Class) []string {
	t.Helper()
	var out []string
	damage, err := c.Walk(func(m *classfile.Method, r *classfile.Ref) error {
		line := fmt.Sprintf("%s", r.Target())
		for _, a := range r.Args {
			switch a.Kind {
			case classfile.ConstUnknown:
				line += " ?"
			case classfile.ConstString, classfile.ConstClass:
				line += fmt.Sprintf(" %q", a.Text)
			default:
				line += fmt.Sprintf(" %d", a.Int)
			}
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range damage {
		out = append(out, "damage: "+d.Error())
	}
	return out
}

func TestParse(t *testing.T) {
	c := parse(t, sample(code().Const("hello").Raw(87).Return()))
	if c.Name != "Lcom/acme/A;" || c.Super != "Lcom/acme/Base;" || !slices.Equal(c.Interfaces, []string{"Ljava/lang/Runnable;", "Lcom/acme/I;"}) || c.Major != 52 {
		t.Errorf("got %+v", c)
	}
	if len(c.Fields) != 3 || c.Fields[0].Value.Text != "1.2.3" || c.Fields[1].Value.Int != 1<<40 || c.Fields[2].Type != "[I" || c.Fields[2].Value.Kind != classfile.ConstUnknown {
		t.Errorf("fields: %+v", c.Fields)
	}
	if len(c.Methods) != 2 || c.Methods[0].Proto != "()V" || !c.Methods[0].HasCode() || c.Methods[1].HasCode() {
		t.Errorf("methods: %+v", c.Methods)
	}
	if got := c.Strings(); !slices.Equal(got, []string{"1.2.3", "hello"}) {
		t.Errorf("strings: %q", got)
	}
	if got := c.References(); !slices.Contains(got, "Lcom/acme/Base;") || slices.Contains(got, "Lhello;") {
		t.Errorf("references: %q", got)
	}
}

// TestConstants: what reaches a call on every way is known, nothing else is.
func TestConstants(t *testing.T) {
	cases := []struct {
		name string
		code *apktest.JavaCode
		want []string
	}{
		{"a constant", code().Raw(aload0).Const("android_id").Invoke(invokeStatic, getString), []string{getString + ` ? "android_id"`}},
		{"through a local", code().Const("android_id").Raw(astore1, aload0, aload1).Invoke(invokeStatic, getString), []string{getString + ` ? "android_id"`}},
		{"beside another local", code().Const("android_id").Raw(astore1, aconstNull, 77, aload0, aload1).Invoke(invokeStatic, getString), []string{getString + ` ? "android_id"`}},
		{"a pair broken by its upper half", code().Const(int64(7)).Raw(64, aconstNull, 77, 31).Invoke(invokeStatic, "La/B;->l(J)V"), []string{"La/B;->l(J)V ?"}},
		{"a local overwritten by a call's result", code().Const("android_id").Raw(astore1, aload0).Invoke(invokeVirtual, getDeviceID).Raw(astore1, aload0, aload1).Invoke(invokeStatic, getString), []string{getDeviceID, getString + " ? ?"}},
		{"wide values", code().Raw(lconst1).Const("s").Raw(dconst0).Invoke(invokeStatic, takesLong), []string{takesLong + ` 1 "s" ?`}},
		{"a long constant", code().Const(int64(1)<<40).Const("s").Raw(dconst0).Invoke(invokeStatic, takesLong), []string{takesLong + ` 1099511627776 "s" ?`}},
		{"small ints", code().Raw(16, 0x80).Invoke(invokeStatic, takesInt).Raw(17, 0xff, 0xfe).Invoke(invokeStatic, takesInt).Raw(iconst0).Invoke(invokeStatic, takesInt).Const(70000).Invoke(invokeStatic, takesInt),
			[]string{takesInt + " -128", takesInt + " -2", takesInt + " 0", takesInt + " 70000"}},
		{"swap and dup", code().Const("android_id").Raw(aload0, swap).Invoke(invokeStatic, getString).Raw(87).Const("k").Raw(dup).Invoke(invokeStatic, "La/B;->d(Ljava/lang/String;Ljava/lang/String;)V"),
			[]string{getString + ` ? "android_id"`, `La/B;->d(Ljava/lang/String;Ljava/lang/String;)V "k" "k"`}},
		{"a branch joins", code().Raw(iconst0, ifeq, 0, 6).Const("a").Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V"), []string{`La/B;->s(Ljava/lang/String;)V ?`}},
		{"a handler joins", code().Const("a").Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V").Handler(3), []string{`La/B;->s(Ljava/lang/String;)V ?`}},
		{"behind a jump", code().Const("a").Raw(gotoOp, 0, 3).Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V"), []string{`La/B;->s(Ljava/lang/String;)V ?`}},
		{"wide prefix", code().Const("a").Raw(196, 58, 1, 0, 196, 25, 1, 0).Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V"), []string{`La/B;->s(Ljava/lang/String;)V "a"`}},
		{"iinc forgets", code().Raw(iconst0, 60, 132, 1, 1, 27).Invoke(invokeStatic, takesInt), []string{takesInt + " ?"}},
		{"fields", code().Field(178, "Landroid/os/Build;->SERIAL:Ljava/lang/String;").Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V"), []string{"Landroid/os/Build;->SERIAL:Ljava/lang/String;", `La/B;->s(Ljava/lang/String;)V ?`}},
		{"a method reference", code().Raw(aconstNull).Lambda("(Landroid/telephony/TelephonyManager;)La/Supplier;", 5, getDeviceID).Raw(87), []string{getDeviceID}},
		{"an interface", code().Raw(aload0).Const("x").Invoke(185, "La/I;->s(Ljava/lang/String;)V"), []string{`La/I;->s(Ljava/lang/String;)V "x"`}},
		{"a table switch", code().Raw(iconst0, 170, 0, 0, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 22).Const("a").Invoke(invokeStatic, "La/B;->s(Ljava/lang/String;)V"), []string{`La/B;->s(Ljava/lang/String;)V ?`}},
		{"damage", code().Invoke(invokeVirtual, getDeviceID).Raw(0xfe), []string{getDeviceID, "damage: Lcom/acme/A;: method run()V: offset 3: unknown opcode 0xfe"}},
		{"a cut-off switch", code().Raw(171, 0, 0), []string{"damage: Lcom/acme/A;: method run()V: offset 0: the bytes end"}},
		{"an index to nothing", code().Raw(182, 0xff, 0xff), []string{"damage: Lcom/acme/A;: method run()V: offset 0: constant 65535 does not exist"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := refs(t, parse(t, sample(c.code))); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWalkStops(t *testing.T) {
	stop := errors.New("enough")
	c := parse(t, sample(code().Invoke(invokeVirtual, getDeviceID).Invoke(invokeVirtual, getDeviceID).Return()))
	n := 0
	if _, err := c.Walk(func(*classfile.Method, *classfile.Ref) error { n++; return stop }); err != stop || n != 1 {
		t.Errorf("got %v after %d", err, n)
	}
}

// TestDamaged: every prefix of a class and every class with one byte changed is
// read or refused with its name, and never more.
func TestDamaged(t *testing.T) {
	data := sample(code().Raw(aload0).Const("android_id").Invoke(invokeStatic, getString).Lambda("()La/S;", 5, getDeviceID).Return())
	for n := range data {
		if _, err := classfile.Parse("A.class", data[:n]); err == nil || !strings.HasPrefix(err.Error(), "A.class: ") {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	for n := range data {
		for _, v := range []byte{0, 0x7f, 0xff} {
			b := slices.Clone(data)
			b[n] = v
			if c, err := classfile.Parse("A.class", b); err == nil {
				refs(t, c)
				c.Strings()
			}
		}
	}
}

// TestModifiedUTF8 reads what Java writes for U+0000 and for characters beyond
// the basic plane.
func TestModifiedUTF8(t *testing.T) {
	for in, want := range map[string]string{"a\xc0\x80b": "a\x00b", "\xed\xa0\xbd\xed\xb8\x80": "😀", "\xed\xa0\xbd": "\ufffd", "中": "中", "\xff": "\ufffd"} {
		if got := parse(t, sample(code().Const(in).Raw(87).Return())).Strings(); !slices.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample(code().Raw(aload0).Const("android_id").Invoke(invokeStatic, getString).Return()))
	f.Add(sample(code().Raw(aconstNull).Lambda("()La/S;", 5, getDeviceID).Raw(iconst0, 171, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0).Return()))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := classfile.Parse("f", data)
		if err != nil {
			return
		}
		c.Strings()
		c.References()
		if _, err := c.Walk(func(_ *classfile.Method, r *classfile.Ref) error { _ = r.Op.IsInvoke(); return nil }); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCode puts arbitrary instructions into a sound class.
func FuzzCode(f *testing.F) {
	f.Add([]byte{aload0, 18, 1, invokeStatic, 0, 9, 177}, uint16(0))
	f.Add([]byte{iconst0, 170, 0, 0, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 22, 196, 58, 1, 0}, uint16(3))
	f.Fuzz(func(t *testing.T, insns []byte, handler uint16) {
		if len(insns) > 1<<15 {
			return
		}
		k := code().Const("x").Invoke(invokeStatic, takesLong).Lambda("(JD)La/S;", 5, getDeviceID).Raw(insns...).Handler(handler)
		refs(t, parse(t, sample(k)))
	})
}
