package apktest

import (
	"encoding/binary"
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

// damagedCodeAttacks are the code of the app with one lie in it.
func damagedCodeAttacks() []Attack {
	le := binary.LittleEndian
	// damaged is the app's code with one thing changed.
	damaged := func(change func(b *BuiltDEX)) func() []byte {
		return func() []byte {
			b := attackDEX().Build()
			change(b)
			return attackAPK(packed("classes.dex", b.Bytes))
		}
	}
	// field lies in one 32-bit field of the header.
	field := func(at int, v uint32) func() []byte {
		return damaged(func(b *BuiltDEX) { le.PutUint32(b.Bytes[at:], v) })
	}
	const tampered, unreadable = audit.GapTampered, audit.GapUnreadable
	return []Attack{
		{"dex-file-size", "a file size of 4 GB", Made, tampered, false, field(0x20, 0xffffffff)},
		{"dex-header-size", "a header of 4 GB", Made, tampered, false, field(0x24, 0xffffffff)},
		{"dex-endian", "the other byte order", Made, unreadable, false, field(0x28, 0x78563412)},
		{"dex-string-count", "2^31 strings", Made, unreadable, false, field(0x38, 1<<31)},
		{"dex-type-count", "2^31 types", Made, unreadable, false, field(0x40, 1<<31)},
		{"dex-method-count", "2^31 methods", Made, unreadable, false, field(0x58, 1<<31)},
		{"dex-class-count", "2^31 classes", Made, unreadable, false, field(0x60, 1<<31)},
		{"dex-method-table", "a method table 4 GB away", Made, unreadable, false, field(0x5c, 0xfffffff0)},
		{"dex-checksum", "a wrong checksum", Made, tampered, false, damaged(func(b *BuiltDEX) { b.Bytes[8]++ })},
		{"dex-magic", "a version that does not exist", Made, unreadable, false, damaged(func(b *BuiltDEX) { copy(b.Bytes[4:], "999\x00") })},
		{"dex-code-outside", "instructions for a gigabyte", Made, tampered, false, damaged(func(b *BuiltDEX) {
			for _, at := range b.Code {
				le.PutUint32(b.Bytes[at+12:], 1<<29)
			}
		})},
		{"dex-cut", "half of the code", Made, AnyGap, false, func() []byte {
			b := attackDEX().Bytes()
			return attackAPK(packed("classes.dex", b[:len(b)/2]))
		}},
	}
}

// codeAttacks are files beside the honest code of the app that are odd, or large in what
// they claim or cost.
func codeAttacks() []Attack {
	le := binary.LittleEndian
	beside := func(data func() []byte) func() []byte {
		return func() []byte { return attackAPK(packed("classes2.dex", data())) }
	}
	second := func(fill func(d *DEX)) func() []byte {
		return beside(func() []byte { d := NewDEX("035"); fill(d); return d.Bytes() })
	}
	const tampered, limit = audit.GapTampered, audit.GapLimit
	return []Attack{
		{"dex-own-superclass", "a class that is its own superclass, and two that are each other's", Made, "", false, second(func(d *DEX) {
			d.Class("La/A;", "La/A;").Method(9, "m", "()V", NewDEXCode(0, 0, 0).Invoke(0x71, "La/A;->x()V").ReturnVoid())
			d.Class("La/B;", "La/C;").Method(9, "m", "()V", NewDEXCode(0, 0, 0).Invoke(0x71, "La/B;->x()V").ReturnVoid())
			d.Class("La/C;", "La/B;", "La/D;")
			d.Class("La/D;", "", "La/D;", "La/E;").Access(0x601)
			d.Class("La/E;", "", "La/D;").Access(0x601)
		})},
		{"dex-superclass-chain", "30,000 classes, each below the one before", Made, audit.GapLimit, false, second(func(d *DEX) {
			for i := range 30_000 {
				super := ""
				if i > 0 {
					super = fmt.Sprintf("La/C%05d;", i-1)
				}
				d.Class(fmt.Sprintf("La/C%05d;", i), super)
			}
		})},
		{"dex-million-methods", "a table of a million methods", Made, "", false, second(func(d *DEX) {
			for i := range 1_000_000 {
				d.ExtraMethods = append(d.ExtraMethods, fmt.Sprintf("La/A%d;->m%d()V", i%50_000, i))
			}
		})},
		{"dex-million-bodies", "16 files of 60,000 methods with code", Made, "", false, func() []byte {
			var files []File
			for n := range 16 {
				files = append(files, packed(fmt.Sprintf("classes%d.dex", n+2), manyMethods(n, 60_000)))
			}
			return attackAPK(files...)
		}},
		{"dex-string-60mb", "one string of 60 MB", Made, "", false, second(func(d *DEX) { d.ExtraStrings = []string{strings.Repeat("https://a.example.com/", 60<<20/22)} })},
		{"dex-strings-endless", "5,000 strings of which none ends", Made, tampered, false, beside(func() []byte {
			d := attackDEX()
			long := strings.Repeat("x", 1<<20)
			d.ExtraStrings = []string{long}
			for i := range 5000 {
				d.ExtraStrings = append(d.ExtraStrings, fmt.Sprint("s", i))
			}
			b := d.Build()
			for i := range uint32(5000) {
				le.PutUint32(b.Bytes[le.Uint32(b.Bytes[0x3c:])+4*i:], b.String[long])
			}
			return FixDEX(b.Bytes)
		})},
		{"dex-strings-hosts", "300,000 strings that look like hosts", Made, "", false, second(func(d *DEX) {
			for i := range 300_000 {
				d.ExtraStrings = append(d.ExtraStrings, fmt.Sprintf("https://h%d.example%d.com/path", i, i%9999))
			}
		})},
		{"dex-shared-code", "60,000 methods that share one body of 120 KB", Made, limit, false, second(func(d *DEX) {
			code := NewDEXCode(1, 0, 0).Raw(make([]uint16, 60_000)...)
			c := d.Class("La/A;", "")
			for i := range 60_000 {
				c.Method(9, fmt.Sprint("m", i), "()V", code)
			}
		})},
		{"dex-switches", "10,000 switches on one table of 30,000 targets", Made, "", false, second(func(d *DEX) {
			c := NewDEXCode(1, 0, 1)
			for i := range 10_000 {
				off := int32(30_000 - 3*i)
				c.Raw(0x2b, uint16(off), uint16(off>>16))
			}
			targets := make([]int32, 30_000)
			for i := range targets {
				targets[i] = int32(i % 9000)
			}
			c.PackedSwitchPayload(0, targets...)
			d.Class("La/A;", "").Method(9, "m", "()V", c.ConstString(0, "s").Invoke(0x71, "La/A;->n(Ljava/lang/String;)V", 0).ReturnVoid())
		})},
		{"dex-branches", "a method of 60,000 branches, each to the one before", Made, "", false, second(func(d *DEX) {
			c := NewDEXCode(200, 0, 1)
			for i := range 30_000 {
				c.ConstString(uint8(i%16), fmt.Sprint("s", i)).Raw(0x38|uint16(i%200)<<8, ^uint16(5)+1)
			}
			d.Class("La/A;", "").Method(9, "m", "()V", c.Invoke(0x71, "La/A;->n(Ljava/lang/String;)V", 0).ReturnVoid())
		})},
		{"dex-payload-lies", "an array of 4 GB in a method", Made, tampered, false, second(func(d *DEX) {
			d.Class("La/A;", "").Method(9, "m", "()V", NewDEXCode(1, 0, 0).Raw(0x0300, 0xffff, 0xffff, 0xffff).ReturnVoid())
		})},
		{"dex-doubling", "a text that is put together from itself 200 times", Made, "", false, second(func(d *DEX) {
			c := NewDEXCode(3, 0, 2).ConstString(0, strings.Repeat("x", 1000))
			for range 200 {
				c.Invoke(0x6e, "Ljava/lang/String;->concat(Ljava/lang/String;)Ljava/lang/String;", 0, 0).Raw(0x000c)
			}
			d.Class("La/A;", "").Method(9, "m", "()V", c.Invoke(0x71, "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;", 0).ReturnVoid())
		})},
		{"dex-tries", "65,535 try blocks", Made, "", false, second(func(d *DEX) {
			c := NewDEXCode(1, 0, 0).Raw(make([]uint16, 60_000)...).ReturnVoid()
			for i := range 60_000 {
				c.Try(DEXTry{Start: uint32(i), Count: 1, Types: []string{"Ljava/lang/Exception;"}, Places: []uint32{uint32(60_000 - i)}, CatchAll: 0})
			}
			d.Class("La/A;", "").Method(9, "m", "()V", c)
		})},
		{"dex-container", "a container of 500 files", Made, "", false, beside(func() []byte {
			var list []*DEX
			for i := range 500 {
				d := NewDEX("041")
				d.Class(fmt.Sprintf("La/A%d;", i), "")
				list = append(list, d)
			}
			return DEXContainer(list...)
		})},
		{"dex-missing-number", "classes3.dex without classes2.dex: Android never loads it", Made, tampered, false, func() []byte {
			return attackAPK(packed("classes3.dex", attackDEX().Bytes()))
		}},
	}
}

// manyMethods is a DEX file of n methods, each of which calls the next.
func manyMethods(file, n int) []byte {
	d := NewDEX("035")
	var c *DEXClass
	name := func(i int) string { return fmt.Sprintf("Lf%d/C%d;", file, i/1000) }
	for i := range n {
		if i%1000 == 0 {
			c = d.Class(name(i), "")
		}
		next := (i + 1) % n
		c.Method(9, fmt.Sprintf("m%05d", i), "()V", NewDEXCode(0, 0, 0).Invoke(0x71, fmt.Sprintf("%s->m%05d()V", name(next), next)).ReturnVoid())
	}
	return d.Bytes()
}

// graphAttacks are sound code whose calls are many to follow. All of it is run by the
// activity of the app.
func graphAttacks() []Attack {
	// from is the app whose onCreate has this body, and what else fill defines.
	from := func(body *DEXCode, fill func(d *DEX)) func() []byte {
		return func() []byte {
			d := NewDEX("035")
			fill(d)
			d.Class(attackMain, "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V", body.Invoke(0x6e, attackSink, 0).ReturnVoid())
			return attackAPK(packed("classes.dex", d.Bytes()))
		}
	}
	code := func() *DEXCode { return NewDEXCode(4, 2, 2) }
	create := func(c *DEXCode, class string) {
		c.Type(0x22, 0, class).Invoke(0x70, class+"-><init>()V", 0)
	}
	constructor := func(c *DEXClass) { c.Method(0x10001, "<init>", "()V", NewDEXCode(1, 1, 0).ReturnVoid()) }
	return []Attack{
		{"graph-complete", "400 methods, each of which calls every other", Made, "", false, from(code().Invoke(0x71, "La/A;->m0()V"), func(d *DEX) {
			c := d.Class("La/A;", "")
			for i := range 400 {
				body := NewDEXCode(0, 0, 0)
				for k := range 400 {
					body.Invoke(0x71, fmt.Sprintf("La/A;->m%d()V", k))
				}
				c.Method(9, fmt.Sprintf("m%d", i), "()V", body.ReturnVoid())
			}
		})},
		{"graph-chain", "a chain of 60,000 calls to the identifier", Made, "", false, from(code().Invoke(0x71, "La/A;->m0()V"), func(d *DEX) {
			c := d.Class("La/A;", "")
			for i := range 50_000 {
				next := NewDEXCode(1, 0, 1).Invoke(0x71, fmt.Sprintf("La/A;->m%d()V", i+1)).ReturnVoid()
				if i == 49_999 {
					next = NewDEXCode(1, 0, 1).Invoke(0x6e, attackSink, 0).ReturnVoid()
				}
				c.Method(9, fmt.Sprintf("m%d", i), "()V", next)
			}
		})},
		{"graph-tower", "1,000 classes below 1,000 interfaces, 1,000 calls that none answers", Made, AnyGap, false, func() []byte {
			body := code()
			d := NewDEX("035")
			for i := range 1000 {
				var up []string
				if i > 0 {
					up = []string{fmt.Sprintf("La/I%d;", i-1)}
				}
				d.Class(fmt.Sprintf("La/I%d;", i), "", up...).Access(0x601)
			}
			for i := range 1000 {
				class := fmt.Sprintf("La/C%d;", i)
				constructor(d.Class(class, "", "La/I999;"))
				create(body, class)
				body.Invoke(0x72, fmt.Sprintf("La/I999;->m%d()V", i), 0)
			}
			d.Class(attackMain, "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V", body.Invoke(0x6e, attackSink, 0).ReturnVoid())
			return attackAPK(packed("classes.dex", d.Bytes()))
		}},
		{"graph-implementations", "an interface with 10,000 implementations and 10,000 calls of it", Made, "", false, func() []byte {
			body := code()
			d := NewDEX("035")
			d.Class("La/I;", "").Access(0x601).Method(0x401, "m", "()V", nil)
			for i := range 10_000 {
				class := fmt.Sprintf("La/C%d;", i)
				c := d.Class(class, "", "La/I;")
				constructor(c)
				c.Method(1, "m", "()V", NewDEXCode(1, 1, 1).Invoke(0x72, "La/I;->m()V", 0).ReturnVoid())
				create(body, class)
			}
			d.Class(attackMain, "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V", body.Invoke(0x72, "La/I;->m()V", 0).Invoke(0x6e, attackSink, 0).ReturnVoid())
			return attackAPK(packed("classes.dex", d.Bytes()))
		}},
		{"graph-threads", "5,000 objects handed to threads, timers and listeners", Made, "", false, func() []byte {
			body := code()
			d := NewDEX("035")
			for i := range 5000 {
				class := fmt.Sprintf("La/R%d;", i)
				c := d.Class(class, "", "Ljava/lang/Runnable;", "Landroid/view/View$OnClickListener;")
				constructor(c)
				c.Method(1, "run", "()V", NewDEXCode(1, 1, 1).Invoke(0x72, "Ljava/lang/Runnable;->run()V", 0).ReturnVoid())
				create(body, class)
				body.Invoke(0x6e, "Landroid/os/Handler;->post(Ljava/lang/Runnable;)Z", 1, 0).Invoke(0x6e, "Landroid/view/View;->setOnClickListener(Landroid/view/View$OnClickListener;)V", 1, 0)
			}
			d.Class(attackMain, "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V", body.Invoke(0x6e, attackSink, 0).ReturnVoid())
			return attackAPK(packed("classes.dex", d.Bytes()))
		}},
		{"graph-wrappers", "20,000 methods that pass a class's name on to Class.forName", Made, "", false, from(code().ConstString(0, "android.telephony.TelephonyManager").Invoke(0x71, "La/A;->m0(Ljava/lang/String;)V", 0), func(d *DEX) {
			c := d.Class("La/A;", "")
			for i := range 20_000 {
				next := fmt.Sprintf("La/A;->m%d(Ljava/lang/String;)V", i+1)
				if i == 19_999 {
					next = "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"
				}
				c.Method(9, fmt.Sprintf("m%d", i), "(Ljava/lang/String;)V", NewDEXCode(1, 1, 1).Invoke(0x71, next, 0).ReturnVoid())
			}
		})},
	}
}

// nativeAttacks are native libraries.
func nativeAttacks() []Attack {
	lib := func(e func() ELF) func() []byte {
		return func() []byte { return attackAPK(File{Name: "lib/arm64-v8a/libx.so", Data: e().Bytes()}) }
	}
	far, many, small := uint64(1)<<62, uint16(0xffff), uint16(1)
	return []Attack{
		{"elf-table-far", "program headers 2^62 bytes away", Made, "", false, lib(func() ELF { return ELF{Table: &far} })},
		{"elf-table-many", "65,535 program headers", Made, "", false, lib(func() ELF { return ELF{Number: &many, Data: make([]byte, 100)} })},
		{"elf-table-small", "program headers of one byte", Made, "", false, lib(func() ELF { return ELF{Size: &small} })},
		{"elf-segments", "60,000 segments that all map the whole file", Made, "", false, lib(func() ELF {
			e := ELF{Data: []byte("getDeviceId\x00https://a.example.com/\x00")}
			for range 60_000 {
				e.Segments = append(e.Segments, ELFSegment{Type: 1, Size: 4 << 20})
			}
			return e
		})},
		{"elf-segment-4eb", "a segment of 2^62 bytes", Made, "", false, lib(func() ELF { return ELF{Segments: []ELFSegment{{Type: 1, Offset: 1, Size: 1 << 62}}} })},
		{"elf-strings", "60 MB of strings that look like hosts and classes", Made, "", false, lib(func() ELF {
			var b strings.Builder
			for i := 0; b.Len() < 60<<20; i++ {
				fmt.Fprintf(&b, "https://h%d.example.com/\x00android/telephony/TelephonyManager\x00getDeviceId\x00", i)
			}
			return ELF{Data: []byte(b.String())}
		})},
		{"elf-names", "100,000 signatures of methods", Made, audit.GapLimit, false, lib(func() ELF {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, "(Lcom/example/C%d;)V\x00", i)
			}
			return ELF{Data: []byte(b.String())}
		})},
		{"elf-string-endless", "60 MB without a NUL", Made, "", false, lib(func() ELF { return ELF{Data: []byte(strings.Repeat("a", 60<<20))} })},
		{"elf-cut", "a library of four bytes", Made, "", false, func() []byte { return attackAPK(File{Name: "lib/arm64-v8a/libx.so", Data: []byte("\x7fELF")}) }},
		{"packer", "the stub of a packer where the code should be", "seen in many apps of the corpus", audit.GapPacked, false, func() []byte {
			return attackAPK(File{Name: "lib/arm64-v8a/libjiagu.so", Data: ELF{}.Bytes()}, File{Name: "assets/libjiagu.so", Data: ELF{}.Bytes()})
		}},
	}
}
