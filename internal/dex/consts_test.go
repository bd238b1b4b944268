package dex_test

import (
	"fmt"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// constCase is one method and what Calls must say of each call in it.
type constCase struct {
	name  string
	build func(c *apktest.DEXCode)
	want  []string
	proto string // of the method, "()V" where empty; its parameters are in v300 and on
}

const (
	sinkS  = "Lk/K;->s(Ljava/lang/String;)V"
	sinkIJ = "Lk/K;->ij(IJI)V"
	sinkV  = "Lk/K;->v(Ljava/lang/String;)V" // called with a receiver
)

func constCases() []constCase {
	return []constCase{
		{"string", func(c *apktest.DEXCode) { c.ConstString(0, "a").Invoke(0x71, sinkS, 0) }, []string{`"a"`}, ""},
		{"jumbo", func(c *apktest.DEXCode) { c.ConstStringJumbo(0, "a").Invoke(0x71, sinkS, 0) }, []string{`"a"`}, ""},
		{"class", func(c *apktest.DEXCode) { c.Type(0x1c, 0, "Lk/K;").Invoke(0x71, sinkS, 0) }, []string{"Lk/K;.class"}, ""},
		{"receiver", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").ConstString(1, "b").Invoke(0x6e, sinkV, 1, 0)
		}, []string{`"b" "a"`}, ""},
		{"receiver unknown", func(c *apktest.DEXCode) { c.ConstString(0, "a").Invoke(0x6e, sinkV, 9, 0) }, []string{`? "a"`}, ""},
		{"range", func(c *apktest.DEXCode) { c.ConstString(4, "a").InvokeRange(0x77, sinkS, 4, 1) }, []string{`"a"`}, ""},
		{"check-cast keeps", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Type(0x1f, 0, "Ljava/lang/String;").Invoke(0x71, sinkS, 0)
		}, []string{`"a"`}, ""},
		{"moved", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x07|1<<8|0<<12).Raw(0x08|2<<8, 1).Raw(0x09, 300, 2).Raw(0x09, 3, 300).Invoke(0x71, sinkS, 3)
		}, []string{`"a"`}, ""},
		{"overwritten by move of unknown", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x07|0<<8|5<<12).Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"overwritten high register", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x09, 300, 0).Raw(0x09, 300, 5).Raw(0x09, 0, 300).Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"overwritten by a result", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Invoke(0x71, sinkS, 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"a"`, "?"}, ""},
		{"overwritten by iget", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Instance(0x54, 0, 1, "Lk/K;->f:Ljava/lang/String;").Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"iput does not write", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Instance(0x5b, 0, 1, "Lk/K;->f:Ljava/lang/String;").Invoke(0x71, sinkS, 0)
		}, []string{`"a"`}, ""},
		{"integers", func(c *apktest.DEXCode) {
			c.Raw(0x12|0<<8|0xf<<12). // const/4 v0, -1
							Raw(0x18|1<<8, 1, 0, 0, 0x8000). // const-wide v1
							Raw(0x15|3<<8, 0x8000).          // const/high16 v3
							Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"-1 -9223372036854775807L -2147483648"}, ""},
		{"more integers", func(c *apktest.DEXCode) {
			c.Raw(0x13|0<<8, 0x8000).Raw(0x17|1<<8, 0xffff, 0xffff).Raw(0x14|3<<8, 1, 1).Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"-32768 -1L 65537"}, ""},
		{"wide 16", func(c *apktest.DEXCode) {
			c.Raw(0x16|1<<8, 0xfffe).Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"? -2L ?"}, ""},
		{"wide high16 moved", func(c *apktest.DEXCode) {
			c.Raw(0x19|4<<8, 0x4000).Raw(0x04|1<<8|4<<12).Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"? 4611686018427387904L ?"}, ""},
		{"wide half overwritten", func(c *apktest.DEXCode) {
			c.Raw(0x16|1<<8, 7).Raw(0x12|2<<8|1<<12).Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"? ? ?"}, ""},
		{"wide overlapping", func(c *apktest.DEXCode) {
			c.Raw(0x16|0<<8, 7).Raw(0x16|1<<8, 8).Invoke(0x71, sinkIJ, 0, 1, 2, 3)
		}, []string{"? 8L ?"}, ""},
		{"half of wide is no integer", func(c *apktest.DEXCode) {
			c.Raw(0x16|0<<8, 7).Invoke(0x71, sinkIJ, 0, 1, 2, 1)
		}, []string{"? ? ?"}, ""},
		{"branch falls through", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x38|5<<8, 5).Invoke(0x71, sinkS, 0) // if-eqz v5, +5
		}, []string{`"a"`}, ""},
		{"branch target", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x38|5<<8, 4).ConstString(0, "b").Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"high register at a branch target", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x09, 300, 0).Raw(0x38|5<<8, 2).Raw(0x09, 0, 300).Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"backward branch target", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Invoke(0x71, sinkS, 0).Raw(0x38|5<<8, 0xfffd)
		}, []string{`"a"`}, ""}, // the loop never writes to it
		{"after goto", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x28|4<<8).Invoke(0x71, sinkS, 0)
		}, []string{"?"}, ""},
		{"packed switch target", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x2b|5<<8, 12, 0). // to the table 12 units on
									ConstString(0, "b").    // at 5 units
									Invoke(0x71, sinkS, 0). // at 7
									Invoke(0x71, sinkS, 0). // at 10: a target
									ReturnVoid().PackedSwitchPayload(0, 8)
		}, []string{`"b"`, "?"}, ""},
		{"sparse switch target", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Raw(0x2c|5<<8, 10, 0).Invoke(0x71, sinkS, 0).Invoke(0x71, sinkS, 0).
				ReturnVoid().SparseSwitchPayload([]int32{3}, []int32{6})
		}, []string{`"a"`, `"a"`}, ""}, // both ways agree
		{"handler", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Invoke(0x71, sinkS, 0).ConstString(0, "b").Invoke(0x71, sinkS, 0)
			c.ReturnVoid().Try(apktest.DEXTry{Start: 2, Count: 3, Types: []string{"Ljava/lang/Exception;"}, Places: []uint32{7}, CatchAll: -1})
		}, []string{`"a"`, "?"}, ""},
		{"catch all", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Invoke(0x71, sinkS, 0).ConstString(0, "b").Invoke(0x71, sinkS, 0)
			c.ReturnVoid().Try(apktest.DEXTry{Start: 2, Count: 3, Types: []string{"Ljava/lang/Exception;"}, Places: []uint32{10}, CatchAll: 7})
		}, []string{`"a"`, "?"}, ""},
	}
}

// constantsDEX puts each case into a method of its own, m0, m1 ….
func constantsDEX(t testing.TB, cases []constCase) *apktest.DEX {
	t.Helper()
	d := apktest.NewDEX("038")
	d.CallSite(d.Handle(4, "Lt/Main;->boot()V"), "run", "()V", nil)
	k := d.Class("Lk/K;", "").Field(accPublic, "f", "Ljava/lang/String;").Field(accPublicStatic, "S", "Ljava/lang/String;")
	for i, tc := range cases {
		proto, registers := tc.proto, uint16(0)
		if proto == "" {
			proto = "()V"
		} else {
			registers = paramRegisters(proto)
		}
		c := apktest.NewDEXCode(300+registers, registers, 5)
		tc.build(c)
		k.Method(accPublicStatic, fmt.Sprintf("m%d", i), proto, c.ReturnVoid())
	}
	return d
}

// paramRegisters counts the registers of "(IJLjava/lang/String;)V".
func paramRegisters(proto string) (n uint16) {
	for i := 1; proto[i] != ')'; i++ {
		switch proto[i] {
		case 'J', 'D':
			n++
		case 'L':
			i += strings.IndexByte(proto[i:], ';')
		}
		n++
	}
	return n
}

func showConst(k *dex.Constants, c dex.Const) string {
	text, isText := k.Text(c)
	switch c.Kind {
	case dex.ConstString, dex.ConstText:
		return fmt.Sprintf("%q", text)
	case dex.ConstClass, dex.ConstNamed:
		return text + ".class"
	case dex.ConstURI:
		return "uri " + text
	case dex.ConstArray:
		all, ok := k.Elements(c)
		if !ok {
			return "no array?"
		}
		s := "{" + showArgs(k, all) + "}"
		if isText {
			s += fmt.Sprintf("=%q", text)
		}
		return s
	case dex.ConstMember:
		m, ok := k.Member(c)
		if !ok {
			return "no member?"
		}
		s := showConst(k, m.Class) + "." + showConst(k, m.Name)
		if types, ok := m.Types(); ok {
			s += "(" + showArgs(k, types) + ")"
		}
		return s
	}
	switch {
	case isText:
		return "text of a number?"
	case c.Kind == dex.ConstInt:
		return fmt.Sprint(c.Value)
	case c.Kind == dex.ConstWide:
		return fmt.Sprintf("%dL", c.Value)
	case c.Kind == dex.ConstParam:
		return fmt.Sprintf("p%d", c.Value)
	case c.Kind == dex.ConstNamedBy:
		return fmt.Sprintf("p%d.class", c.Value)
	case c == dex.Const{}:
		return "?"
	}
	return fmt.Sprintf("kind %d?", c.Kind)
}

func showArgs(k *dex.Constants, args []dex.Const) string {
	var s []string
	for _, a := range args {
		s = append(s, showConst(k, a))
	}
	return strings.Join(s, " ")
}

func TestCalls(t *testing.T) {
	cases := append(constCases(), joinCases()...)
	cases = append(cases, objectCases()...)
	f := mustParse(t, "k.dex", constantsDEX(t, cases).Bytes())
	got := map[string][]string{}
	k := f.Constants(func(field uint32) (string, bool) { return "static text", string(f.FieldName(field)) == "S" })
	err := f.WalkCode(func(_ int, method uint32, c *dex.Code) error {
		name := string(f.MethodName(method))
		k.Calls(c, method, func(_ int, _ uint32, args []dex.Const) { got[name] = append(got[name], showArgs(k, args)) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, tc := range cases {
		if g := got[fmt.Sprintf("m%d", i)]; strings.Join(g, "|") != strings.Join(tc.want, "|") {
			t.Errorf("%s: %q, want %q", tc.name, g, tc.want)
		}
	}
}

// TestCallsPolymorphic checks that the call's own prototype gives the
// parameters, not that of MethodHandle.invoke.
func TestCallsPolymorphic(t *testing.T) {
	d := apktest.NewDEX("038")
	const invoke = "Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;"
	c := apktest.NewDEXCode(8, 0, 5)
	c.Raw(0x16|1<<8, 9).ConstString(3, "x")
	c.InvokePolymorphic(invoke, "(JLjava/lang/String;)V", 0, 1, 2, 3)
	c.InvokePolymorphicRange(invoke, "(JLjava/lang/String;)V", 0, 4)
	c.InvokePolymorphic(invoke, "(JJJJ)V", 0) // passes less than it says
	c.ReturnVoid()
	d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", c)
	f := mustParse(t, "p.dex", d.Bytes())
	var got []string
	k := f.Constants(nil)
	err := f.WalkCode(func(_ int, _ uint32, c *dex.Code) error {
		k.Calls(c, dex.NoIndex, func(pos int, method uint32, args []dex.Const) {
			got = append(got, fmt.Sprintf("%d %s %s", pos, f.MethodName(method), showArgs(k, args)))
		})
		return nil
	})
	want := []string{`4 invoke ? 9L "x"`, `8 invoke ? 9L "x"`, "12 invoke ? ? ? ? ?"}
	if err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}
