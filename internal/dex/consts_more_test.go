package dex_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// The code of these tests is written with the opcodes' numbers: 0x28 goto, 0x38
// if-eqz, 0x12 const/4, 0x0c move-result-object, 0x0d move-exception, 0x08
// move-object/from16.

// joinCases are about what stays known where ways part and meet.
func joinCases() []constCase {
	use := func(c *apktest.DEXCode) *apktest.DEXCode { return c.Invoke(0x71, sinkS, 0) } // 3 units
	param := func(c *apktest.DEXCode) *apktest.DEXCode { return c.Raw(0x08|0<<8, 300) }  // 2 units
	const takesText = "(Ljava/lang/String;)V"
	return []constCase{
		{"both ways agree", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Raw(0x38|5<<8, 4).ConstString(1, "b"))
		}, []string{`"a"`}, ""},
		{"the same constant on two ways", func(c *apktest.DEXCode) {
			use(c.Raw(0x38|5<<8, 5).ConstString(0, "a").Raw(0x28|3<<8).ConstString(0, "a"))
		}, []string{`"a"`}, ""},
		{"two constants on two ways", func(c *apktest.DEXCode) {
			use(c.Raw(0x38|5<<8, 5).ConstString(0, "a").Raw(0x28|3<<8).ConstString(0, "b"))
		}, []string{"?"}, ""},
		{"unknown on one way", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Raw(0x38|5<<8, 4).Instance(0x54, 0, 1, "Lk/K;->f:Ljava/lang/String;"))
		}, []string{"?"}, ""},
		{"the way that ends does not count", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Raw(0x38|5<<8, 5).ConstString(0, "b").ReturnVoid())
		}, []string{`"a"`}, ""},
		{"three ways", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Raw(0x38|5<<8, 6).Raw(0x38|6<<8, 4).ConstString(0, "b"))
		}, []string{"?"}, ""},
		{"a loop that writes", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a")).ConstString(0, "b").Raw(0x38|5<<8, 0xfffb)
		}, []string{"?"}, ""},
		{"after a loop that does not write", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").ConstString(1, "b").Raw(0x38|5<<8, 0xfffe))
		}, []string{`"a"`}, ""},
		{"a way into the middle of a loop", func(c *apktest.DEXCode) {
			// v0 is "b" where the loop is entered in its middle: if; const a; [use; nop; back].
			use(c.ConstString(0, "b").Raw(0x38|5<<8, 7).ConstString(0, "a")).Raw(0).Raw(0x28 | 0xfc<<8)
		}, []string{"?"}, ""},
		{"loops in one another", func(c *apktest.DEXCode) {
			// outer at 2: if; inner at 4: const b; if back to 4; if back to 2.
			use(c.ConstString(0, "a").Raw(0x38|5<<8, 2).ConstString(0, "b").Raw(0x38|5<<8, 0xfffe).Raw(0x38|5<<8, 0xfffa))
		}, []string{`"b"`}, ""},
		{"a parameter", func(c *apktest.DEXCode) { use(param(c)) }, []string{"p0"}, takesText},
		{"parameters behind a long", func(c *apktest.DEXCode) {
			c.Raw(0x08|0<<8, 303).Raw(0x08|1<<8, 301).Invoke(0x71, sinkS, 0).Invoke(0x71, sinkS, 1)
		}, []string{"p2", "?"}, "(IJLjava/lang/String;)V"},
		{"a parameter overwritten", func(c *apktest.DEXCode) {
			use(param(c.Raw(0x09, 300, 7)))
		}, []string{"?"}, takesText},
		{"a handler forgets", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Invoke(0x71, "Lx/Y;->z()V").Raw(0x28 | 2<<8).Raw(0x0d | 1<<8))
			c.ReturnVoid().Try(apktest.DEXTry{Start: 2, Count: 3, CatchAll: 6})
		}, []string{"", "?"}, ""},
		{"a switch whose ways agree", func(c *apktest.DEXCode) {
			use(c.ConstString(0, "a").Raw(0x2b|5<<8, 10, 0).ConstString(1, "b").Raw(0)).ReturnVoid().Align().PackedSwitchPayload(0, 5, 6)
		}, []string{`"a"`}, ""},
	}
}

const (
	builder   = "Ljava/lang/StringBuilder;"
	appendS   = builder + "->append(Ljava/lang/String;)" + builder
	forName   = "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"
	getMethod = "Ljava/lang/Class;->getMethod(Ljava/lang/String;[Ljava/lang/Class;)Ljava/lang/reflect/Method;"
	sinkA     = "Lk/K;->a([Ljava/lang/String;)V"
)

// objectCases are about arrays, builders and results.
func objectCases() []constCase {
	array := func(c *apktest.DEXCode) *apktest.DEXCode { // {"a", "b"} in v0
		c.Raw(0x12|1<<8|2<<12).Type2(0x23, 0, 1, "[Ljava/lang/String;")
		c.Raw(0x12|2<<8).ConstString(3, "a").Raw(0x4d|3<<8, 0|2<<8)
		return c.Raw(0x12|2<<8|1<<12).ConstString(3, "b").Raw(0x4d|3<<8, 0|2<<8)
	}
	build := func(c *apktest.DEXCode, parts ...string) *apktest.DEXCode { // into v0, toString into v1
		c.Type(0x22, 0, builder).Invoke(0x70, builder+"-><init>()V", 0)
		for _, p := range parts {
			c.ConstString(1, p).Invoke(0x6e, appendS, 0, 1).Raw(0x0c)
		}
		return c.Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c | 1<<8)
	}
	return []constCase{
		{"an array", func(c *apktest.DEXCode) { array(c).Invoke(0x71, sinkA, 0) }, []string{`{"a" "b"}="a b"`}, ""},
		{"an array with an empty place", func(c *apktest.DEXCode) {
			c.Raw(0x12|1<<8|1<<12).Type2(0x23, 0, 1, "[Ljava/lang/String;").Invoke(0x71, sinkA, 0)
		}, []string{`{0}`}, ""},
		{"an array filled at once", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").ConstString(1, "b")
			d := c.Type2(0x24, 0, 2, "[Ljava/lang/String;") // count in the high nibble
			d.Raw(0|1<<4).Raw(0x0c|0<<8).Invoke(0x71, sinkA, 0)
		}, []string{`{"a" "b"}="a b"`}, ""},
		{"an array that a call has had", func(c *apktest.DEXCode) {
			array(c).Invoke(0x71, sinkA, 0).Invoke(0x71, sinkA, 0)
		}, []string{`{"a" "b"}="a b"`, "?"}, ""},
		{"an array that a call site has had", func(c *apktest.DEXCode) {
			array(c).InvokeCustom(0, 7, 0).Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an array on which a method is called", func(c *apktest.DEXCode) {
			array(c).Invoke(0x6e, "Ljava/lang/reflect/Method;->invoke(Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;", 7, 0, 6).Invoke(0x71, sinkA, 0)
		}, []string{`? {"a" "b"}="a b" ?`, "?"}, ""},
		{"an array of arguments", func(c *apktest.DEXCode) {
			array(c).Invoke(0x6e, "Ljava/lang/reflect/Method;->invoke(Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;", 7, 6, 0).Invoke(0x71, sinkA, 0)
		}, []string{`? ? {"a" "b"}="a b"`, `{"a" "b"}="a b"`}, ""},
		{"an array that stands in a field", func(c *apktest.DEXCode) {
			array(c).Static(0x69, 0, "Lk/K;->A:[Ljava/lang/String;").Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an array that stands in an array", func(c *apktest.DEXCode) {
			array(c).Raw(0x4d|0<<8, 7|2<<8).Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an unknown place", func(c *apktest.DEXCode) {
			array(c).Raw(0x4d|3<<8, 0|9<<8).Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an array where ways meet", func(c *apktest.DEXCode) {
			array(c).Raw(0x38|5<<8, 2).Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an alias", func(c *apktest.DEXCode) {
			array(c).Raw(0x07|4<<8|0<<12).Raw(0x4d|9<<8, 4|2<<8).Invoke(0x71, sinkA, 0)
		}, []string{`{"a" ?}`}, ""},
		{"an array too long", func(c *apktest.DEXCode) {
			c.Raw(0x13|1<<8, dex.MaxConstArray+1).Type2(0x23, 0, 1, "[Ljava/lang/String;").Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"a negative length", func(c *apktest.DEXCode) {
			c.Raw(0x12|1<<8|0xf<<12).Type2(0x23, 0, 1, "[Ljava/lang/String;").Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"an array of numbers", func(c *apktest.DEXCode) {
			c.Raw(0x12|1<<8|1<<12).Type2(0x23, 0, 1, "[I").Invoke(0x71, sinkA, 0)
		}, []string{"?"}, ""},
		{"put together", func(c *apktest.DEXCode) { build(c, "con", "tent", "://x").Invoke(0x71, sinkS, 1) },
			[]string{"?", `? "con"`, `? "tent"`, `? "://x"`, "?", `"content://x"`}, ""},
		{"a builder that a call has had", func(c *apktest.DEXCode) {
			c.Type(0x22, 0, builder).Invoke(0x70, builder+"-><init>()V", 0).Invoke(0x71, "Lk/K;->b("+builder+")V", 0)
			c.Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c|1<<8).Invoke(0x71, sinkS, 1)
		}, []string{"?", "?", "?", "?"}, ""},
		{"a builder not set up", func(c *apktest.DEXCode) {
			c.Type(0x22, 0, builder).Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c|1<<8).Invoke(0x71, sinkS, 1)
		}, []string{"?", "?"}, ""},
		{"a capacity is no text", func(c *apktest.DEXCode) {
			c.Type(0x22, 0, builder).Raw(0x12|1<<8|4<<12).Invoke(0x70, builder+"-><init>(I)V", 0, 1).Raw(0x12 | 2<<8 | 7<<12)
			c.Invoke(0x6e, builder+"->append(I)"+builder, 0, 2).Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c|1<<8).Invoke(0x71, sinkS, 1)
		}, []string{"? 4", "? 7", "?", `"7"`}, ""},
		{"a first text and a character", func(c *apktest.DEXCode) {
			c.Type(0x22, 0, builder).ConstString(1, "a").Invoke(0x70, builder+"-><init>(Ljava/lang/String;)V", 0, 1).Raw(0x13|2<<8, '/')
			c.Invoke(0x6e, builder+"->append(C)"+builder, 0, 2).Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c|1<<8).Invoke(0x71, sinkS, 1)
		}, []string{`? "a"`, "? 47", "?", `"a/"`}, ""},
		{"null appended", func(c *apktest.DEXCode) {
			c.Type(0x22, 0, builder).Invoke(0x70, builder+"-><init>()V", 0).Raw(0x12|1<<8).Invoke(0x6e, appendS, 0, 1)
			c.Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c|1<<8).Invoke(0x71, sinkS, 1)
		}, []string{"?", "? 0", "?", "?"}, ""},
		{"too long a text", func(c *apktest.DEXCode) {
			build(c, strings.Repeat("x", dex.MaxConstText), "y").Invoke(0x71, sinkS, 1)
		}, []string{"?", `? "` + strings.Repeat("x", dex.MaxConstText) + `"`, `? "y"`, "?", "?"}, ""},
		{"concat", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").ConstString(1, "b").Invoke(0x6e, "Ljava/lang/String;->concat(Ljava/lang/String;)Ljava/lang/String;", 0, 1)
			c.Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"a" "b"`, `"ab"`}, ""},
		{"the same text again", func(c *apktest.DEXCode) {
			c.ConstString(0, "a").Invoke(0x6e, "Ljava/lang/String;->intern()Ljava/lang/String;", 0).Raw(0x0c)
			c.Invoke(0x71, "Ljava/lang/String;->valueOf(Ljava/lang/Object;)Ljava/lang/String;", 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"a"`, `"a"`, `"a"`}, ""},
		{"a static field", func(c *apktest.DEXCode) {
			c.Static(0x62, 0, "Lk/K;->S:Ljava/lang/String;").Invoke(0x71, sinkS, 0).Static(0x62, 0, "Lk/K;->T:Ljava/lang/String;").Invoke(0x71, sinkS, 0)
		}, []string{`"static text"`, "?"}, ""},
		{"a class by name", func(c *apktest.DEXCode) {
			c.ConstString(0, "a.B$C").Invoke(0x71, forName, 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"a.B$C"`, "La/B$C;.class"}, ""},
		{"an array class by name", func(c *apktest.DEXCode) {
			c.ConstString(0, "[La.B;").Invoke(0x71, forName, 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"[La.B;"`, "[La/B;.class"}, ""},
		{"a class by a parameter", func(c *apktest.DEXCode) {
			c.Raw(0x08|0<<8, 300).Invoke(0x71, forName, 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{"p0", "p0.class"}, "(Ljava/lang/String;)V"},
		{"a URI", func(c *apktest.DEXCode) {
			c.ConstString(0, "content://sms").Invoke(0x71, "Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;", 0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"content://sms"`, "uri content://sms"}, ""},
		{"a method looked up", func(c *apktest.DEXCode) {
			c.Type(0x1c, 0, "La/B;").ConstString(1, "get").Raw(0x12|2<<8|1<<12).Type2(0x23, 3, 2, "[Ljava/lang/Class;").Raw(0x12 | 2<<8)
			c.Type(0x1c, 4, "Ljava/lang/String;").Raw(0x4d|4<<8, 3|2<<8).Invoke(0x6e, getMethod, 0, 1, 3).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`La/B;.class "get" {Ljava/lang/String;.class}`, `La/B;.class."get"(Ljava/lang/String;.class)`}, ""},
		{"a method of an unknown class", func(c *apktest.DEXCode) {
			c.ConstString(1, "get").Invoke(0x6e, getMethod, 0, 1, 3).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`? "get" ?`, `?."get"`}, ""},
		{"a result that another instruction parts from its call", func(c *apktest.DEXCode) {
			c.ConstString(0, "a.B").Invoke(0x71, forName, 0).Raw(0).Raw(0x0c).Invoke(0x71, sinkS, 0)
		}, []string{`"a.B"`, "?"}, ""},
	}
}

// TestConstantsHostile: code that would make every join, array and text cost as
// much as the registers or the limits allow ends in time that the length of the
// code bounds, without a wrong order or a value beyond the limits.
func TestConstantsHostile(t *testing.T) {
	const registers = 250
	fill := func(c *apktest.DEXCode) {
		for r := range uint8(registers) {
			c.ConstString(r, fmt.Sprint("text ", r))
		}
	}
	tests := map[string]func(c *apktest.DEXCode){
		"joins": func(c *apktest.DEXCode) {
			fill(c)
			for i := range 20000 {
				c.Raw(0x12|uint16(i%16)<<8).Raw(0x38|5<<8, uint16(3+i%5000)) // if-eqz, far ahead
			}
			for range 20000 {
				c.Raw(0)
			}
		},
		"loops": func(c *apktest.DEXCode) {
			fill(c)
			for i := range 20000 {
				c.Raw(0).Raw(0x38|5<<8, uint16(-1-i%3000))
			}
		},
		"one switch of many": func(c *apktest.DEXCode) {
			fill(c)
			targets := make([]int32, 20000)
			at := c.Pos()
			for i := range targets {
				targets[i] = int32(4 + i)
			}
			c.Raw(0x2b|5<<8, 0, 0).Raw(0)
			for range targets {
				c.Raw(0x12 | uint16(1)<<8)
			}
			c.Align()
			c.Set(at+1, uint16(c.Pos()-at)).Set(at+2, uint16((c.Pos()-at)>>16))
			c.PackedSwitchPayload(0, targets...)
		},
		"arrays": func(c *apktest.DEXCode) {
			c.Raw(0x13|1<<8, dex.MaxConstArray)
			for range 20000 {
				c.Type2(0x23, 0, 1, "[Ljava/lang/String;")
			}
			c.Invoke(0x71, sinkA, 0)
		},
		"texts": func(c *apktest.DEXCode) {
			c.ConstString(1, strings.Repeat("x", 100))
			for range 5000 {
				c.Type(0x22, 0, builder).Invoke(0x70, builder+"-><init>()V", 0)
				for range 40 {
					c.Invoke(0x6e, appendS, 0, 1)
				}
				c.Invoke(0x6e, builder+"->toString()Ljava/lang/String;", 0).Raw(0x0c | 2<<8)
			}
		},
	}
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			c := apktest.NewDEXCode(registers, 0, 5)
			build(c)
			c.ConstString(0, "end").Invoke(0x71, sinkS, 0).ReturnVoid()
			d := apktest.NewDEX("035")
			d.Class("La/A;", "").Method(accPublicStatic, "m", "()V", c)
			f := mustParse(t, "h.dex", d.Bytes())
			k := f.Constants(nil)
			last := ""
			err := f.WalkCode(func(_ int, method uint32, c *dex.Code) error {
				units := c.Units()
				allocated := testing.AllocsPerRun(1, func() {
					k.Calls(c, method, func(pos int, _ uint32, args []dex.Const) {
						if pos == units-4 {
							last = showArgs(k, args)
						}
					})
				})
				if most := float64(units); allocated > most {
					t.Errorf("%v allocations for %d units", allocated, units)
				}
				return nil
			})
			if err != nil || f.ProblemCount() != 0 || last != `"end"` {
				t.Errorf("%v, %v; the last call has %s", err, f.Problems(), last)
			}
		})
	}
}

// TestFinalStrings: only what can never be another text counts.
func TestFinalStrings(t *testing.T) {
	const finalStatic = 0x19
	d := apktest.NewDEX("035")
	k := d.Class("La/B;", "").StaticString("A", "one").StaticString("B", "two").
		Field(finalStatic, "C", "Ljava/lang/String;").Field(finalStatic, "D", "Ljava/lang/String;").
		Field(accPublicStatic, "E", "Ljava/lang/String;").Field(finalStatic, "F", "Ljava/lang/String;").
		Field(finalStatic, "G", "Ljava/lang/Object;").Field(finalStatic, "H", "Ljava/lang/String;")
	put := func(c *apktest.DEXCode, text, field string) {
		c.ConstString(0, text).Static(0x69, 0, "La/B;->"+field+":Ljava/lang/String;")
	}
	c := apktest.NewDEXCode(2, 0, 1)
	put(c, "another", "B")
	put(c, "three", "C")
	put(c, "four", "D")
	put(c, "five", "D")
	put(c, "six", "E")
	c.Invoke(0x71, "Lx/Y;->z()Ljava/lang/String;").Raw(0x0c).Static(0x69, 0, "La/B;->F:Ljava/lang/String;")
	c.ConstString(0, "o").Static(0x69, 0, "La/B;->G:Ljava/lang/Object;")
	k.Method(accConstructor|8, "<clinit>", "()V", c.ReturnVoid())
	b := d.Build()
	f := mustParse(t, "s.dex", b.Bytes)
	if got, n := f.FinalStrings(0); fmt.Sprint(got, n) != "map[A:one C:three] 2" {
		t.Error(got)
	}
	// Where the initialiser cannot be read nothing is known.
	binary.LittleEndian.PutUint32(b.Bytes[b.Code["La/B;-><clinit>()V"]+12:], math.MaxUint32)
	f = mustParse(t, "s.dex", apktest.FixDEX(b.Bytes))
	if got, n := f.FinalStrings(0); len(got) != 0 || n != 0 {
		t.Errorf("with a damaged initialiser: %v", got)
	}
}
