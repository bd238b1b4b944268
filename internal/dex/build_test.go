package dex_test

import (
	"os"
	"path/filepath"
	"testing"

	"apkaudit/internal/apktest"
)

const (
	accPublic       = 0x1
	accPublicStatic = 0x9
	accConstructor  = 0x10001
)

// everyKind is a file with each kind of instruction that refers to something, each
// payload in the middle and at the end of code, and call sites.
func everyKind() *apktest.DEX {
	d := apktest.NewDEX("039")
	invokeExact := d.Handle(4, "Lt/Main;->boot()V")
	target := d.Handle(5, "Landroid/location/Location;->getLatitude()D")
	d.Handle(1, "Lt/Main;->flag:I")
	site := d.CallSite(invokeExact, "run", "()V", []uint16{target}, "constant")
	code := apktest.NewDEXCode(8, 0, 5)
	code.ConstString(0, "hello").
		ConstStringJumbo(1, "jumbo").
		Type(0x1c, 2, "Ljava/util/List;").
		Type(0x22, 3, "Lt/Main;").
		Type(0x1f, 3, "Lt/Main;").
		Type2(0x20, 4, 3, "Lt/Main;").
		Type2(0x23, 4, 4, "[I").
		Static(0x60, 5, "Lt/Main;->flag:I").
		Static(0x67, 5, "Lt/Main;->flag:I").
		Instance(0x52, 5, 3, "Lt/Main;->field:I").
		Instance(0x59, 5, 3, "Lt/Main;->field:I").
		Invoke(0x6e, "Lt/Main;->virt(I)V", 3, 5).
		Invoke(0x6f, "Ljava/lang/Object;->toString()Ljava/lang/String;", 3).
		Invoke(0x70, "Lt/Main;-><init>()V", 3).
		Invoke(0x71, "Lt/Main;->boot()V").
		Invoke(0x72, "Ljava/util/List;->size()I", 2).
		InvokeRange(0x74, "Lt/Main;->virt(I)V", 3, 2).
		InvokeRange(0x77, "Lt/Main;->five(IIIII)V", 0, 5).
		InvokePolymorphic("Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;", "(I)V", 3, 5).
		InvokePolymorphicRange("Ljava/lang/invoke/MethodHandle;->invokeExact([Ljava/lang/Object;)Ljava/lang/Object;", "(J)V", 3, 3).
		InvokeCustom(site).
		Raw(0xfe|6<<8, target). // const-method-handle
		MethodType(6, "(I)V")
	code.Raw(0x0028 | 0<<8) // goto over the tables; its target is set below
	jump := code.Pos() - 1
	code.Align()
	code.PackedSwitchPayload(10, 1, 2, 3)
	code.SparseSwitchPayload([]int32{-5, 7}, []int32{1, 2})
	code.ArrayPayload(1, []byte{1, 2, 3})
	code.ArrayPayload(8, make([]byte, 16))
	code.Set(jump, 0x28|uint16(code.Pos()-jump)<<8)
	code.Invoke(0x71, "Lt/Main;->after()V").ReturnVoid().Align()
	code.PackedSwitchPayload(0)
	d.Class("Lt/Main;", "", "Ljava/util/List;", "Ljava/lang/Runnable;").Source("Main.java").
		Field(accPublicStatic, "flag", "I").
		Field(accPublic, "field", "I").
		Method(accPublicStatic, "boot", "()V", apktest.NewDEXCode(0, 0, 0).ReturnVoid()).
		Method(accPublicStatic, "all", "()V", code).
		Method(accPublic|0x400, "virt", "(I)V", nil)
	return d
}

// TestBuilderAgainstDexdump has dexdump, which verifies a file before it lists it,
// accept what the builder makes, and compares the listings.
func TestBuilderAgainstDexdump(t *testing.T) {
	requireDexdump(t)
	tests := map[string]*apktest.DEX{
		"every kind": everyKind(),
		"names":      oddNames(),
		"constants":  constantsDEX(t, constCases()),
		"shared":     sharedCode(),
	}
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			data := d.Bytes()
			path := filepath.Join(t.TempDir(), "t.dex")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			got, want := &listing{invokes: map[string]int{}}, &listing{invokes: map[string]int{}}
			dexdumpListing(t, path, want)
			ourListing(t, "t.dex", data, got)
			if want.total == 0 && name != "names" {
				t.Fatal("dexdump listed no call")
			}
			compareListings(t, name, got, want)
		})
	}
}

// oddNames has strings at the edges of MUTF-8.
func oddNames() *apktest.DEX {
	d := apktest.NewDEX("035")
	d.ExtraStrings = []string{"", "nul\x00inside", "中文", "emoji 😀", "lone \xed\xa0\x80 high", "lone \xed\xb0\x80 low"}
	d.Class("L中/文;", "").Method(accPublicStatic, "方法", "(L中/文;)V", apktest.NewDEXCode(1, 1, 0).ReturnVoid())
	return d
}

// sharedCode has two methods of two classes with one code item.
func sharedCode() *apktest.DEX {
	d := apktest.NewDEX("035")
	code := apktest.NewDEXCode(1, 1, 1).Invoke(0x71, "Lx/Y;->z()V").ReturnVoid()
	d.Class("La/A;", "").Method(accPublic, "m", "()V", code).Method(accPublic, "n", "()V", code)
	d.Class("La/B;", "La/A;").Method(accPublic, "m", "()V", code)
	return d
}
