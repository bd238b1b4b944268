package dex_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// only reads the one method of a class with this body.
func only(t *testing.T, build *apktest.DEXCode) (*dex.File, *dex.Code) {
	t.Helper()
	d := apktest.NewDEX("035")
	d.Class("La/A;", "").Method(accPublicStatic, "m", "()Z", build)
	b := d.Build()
	f := mustParse(t, "classes.dex", b.Bytes)
	var c dex.Code
	if err := f.ReadCode(b.Code["La/A;->m()Z"], &c); err != nil {
		t.Fatal(err)
	}
	return f, &c
}

// cutsOf lists the limits that were met.
func cutsOf(f *dex.File) (names []string) {
	for _, c := range f.Cuts() {
		names = append(names, c.Limit)
	}
	return names
}

const nop = 0x0000

// TestReturnsOfLongMethods: what a method returns is found however long it is and
// however many places return it.
func TestReturnsOfLongMethods(t *testing.T) {
	const places = 2000
	c := apktest.NewDEXCode(2, 0, 0)
	ask := c.Pos()
	c.Raw(0x0038, 4) // if-eqz v0: to the last return
	c.Raw(0x1112)    // const/4 v1, 1
	c.Raw(0x0128)    // goto the next
	for range places {
		c.Raw(0x0138, 3) // if-eqz v1: behind the return
		c.Raw(0x010f)    // return v1
	}
	c.Raw(0x0112, 0x010f) // const/4 v1, 0; return v1
	end := c.Pos() - 2
	c.Set(ask+1, uint16(end-ask))
	f, code := only(t, c)
	for _, tc := range []struct {
		taken map[int]bool
		want  dex.Booleans
	}{{nil, dex.True | dex.False}, {map[int]bool{ask: true}, dex.False}} {
		if got := code.Returns(tc.taken); got != tc.want {
			t.Errorf("taken %v: got %b, want %b", tc.taken, got, tc.want)
		}
	}
	if cuts := cutsOf(f); cuts != nil {
		t.Errorf("limits met: %v", cuts)
	}
}

// TestHandlersAreReached: handlers of the last of many try blocks, and the last of many
// handlers of one.
func TestHandlersAreReached(t *testing.T) {
	const blocks, types = 5000, 300
	c := apktest.NewDEXCode(1, 0, 0)
	for i := range blocks {
		c.Raw(nop)
		c.Try(apktest.DEXTry{Start: uint32(i), Count: 1, CatchAll: blocks + 1})
	}
	c.Raw(0x000e) // return-void
	last := c.Pos()
	c.Raw(0x000e)
	c.Raw(nop, 0x000e)
	many := apktest.DEXTry{Start: blocks, Count: 1, CatchAll: -1}
	for range types {
		many.Types, many.Places = append(many.Types, "La/A;"), append(many.Places, uint32(last))
	}
	many.Places[types-1] = uint32(last + 1)
	c.Try(many)
	f, code := only(t, c)
	places, ok := code.Assuming(nil)
	if !ok || !places.Has(last) || !places.Has(last+1) || !places.Has(last+2) {
		t.Errorf("ok %t, handlers reached: %t %t", ok, places.Has(last), places.Has(last+1))
	}
	if cuts := cutsOf(f); cuts != nil {
		t.Errorf("limits met: %v", cuts)
	}
}

// TestPathLimit: a method with far more handlers than code is not followed to the end,
// which is noted once.
func TestPathLimit(t *testing.T) {
	c := apktest.NewDEXCode(1, 0, 0).Raw(0x0012, 0x000f)
	for range 100 {
		try := apktest.DEXTry{Start: 0, Count: 1, CatchAll: -1}
		for range 250 {
			try.Types, try.Places = append(try.Types, "La/A;"), append(try.Places, 0)
		}
		c.Try(try)
	}
	f, code := only(t, c)
	if _, ok := code.Assuming(nil); ok || code.Returns(nil) != 0 {
		t.Error("all of it was followed")
	}
	if cuts := cutsOf(f); !slices.Equal(cuts, []string{"max-path-factor"}) {
		t.Errorf("limits met: %v", cuts)
	}
	if !slices.ContainsFunc(dex.CutLimits(), func(c dex.Cut) bool { return c == f.Cuts()[0] }) {
		t.Error("the limit is not listed")
	}
}

// TestTestsOfManyBranches: where the branches of a method are too many to follow, that
// values on branches are forgotten is noted.
func TestTestsOfManyBranches(t *testing.T) {
	c := apktest.NewDEXCode(1, 0, 0)
	for range 20 { // switches on one table
		c.Raw(0x002b, 0, 0)
	}
	c.Raw(0x000e)
	c.Align()
	table := c.Pos()
	c.PackedSwitchPayload(0, make([]int32, 200)...)
	for i := range 20 {
		c.Set(3*i+1, uint16(table-3*i))
	}
	f, code := only(t, c)
	code.Tests(func(int) bool { return true }, func(uint32) dex.Truth { return dex.IfUnknown })
	if cuts := cutsOf(f); !slices.Equal(cuts, []string{"max-flow-factor"}) {
		t.Errorf("limits met: %v", cuts)
	}
}

// TestTestsOfManyHandlers: the same where it is the handlers of exceptions.
func TestTestsOfManyHandlers(t *testing.T) {
	c := apktest.NewDEXCode(1, 0, 0).Raw(0x0012, 0x000f)
	try := apktest.DEXTry{Start: 0, Count: 1, CatchAll: -1}
	for range 200 {
		try.Types, try.Places = append(try.Types, "La/A;"), append(try.Places, 0)
	}
	f, code := only(t, c.Try(try))
	code.Tests(func(int) bool { return true }, func(uint32) dex.Truth { return dex.IfUnknown })
	if cuts := cutsOf(f); !slices.Equal(cuts, []string{"max-flow-factor"}) {
		t.Errorf("limits met: %v", cuts)
	}
}

// TestClassStrings: of a class with more constants than are looked at the rest is noted.
func TestClassStrings(t *testing.T) {
	for _, n := range []int{dex.MaxClassStrings, dex.MaxClassStrings + 1} {
		d := apktest.NewDEX("035")
		k := d.Class("La/A;", "")
		for i := range n {
			k.StaticString(fmt.Sprintf("f%05d", i), "text")
		}
		f := mustParse(t, "classes.dex", d.Bytes())
		if texts, count := f.FinalStrings(0); len(texts) != dex.MaxClassStrings || count != dex.MaxClassStrings {
			t.Errorf("of %d: %d, which count as %d", n, len(texts), count)
		}
		if cuts := cutsOf(f); (len(cuts) > 0) != (n > dex.MaxClassStrings) || len(cuts) > 0 && cuts[0] != "max-class-strings" {
			t.Errorf("of %d: limits met: %v", n, cuts)
		}
	}
}

// TestLongClassStrings: a long constant is known and counts as several.
func TestLongClassStrings(t *testing.T) {
	const long = dex.MaxConstText
	for _, n := range []int{1, 240, 241} { // of 17 each
		d := apktest.NewDEX("035")
		k := d.Class("La/A;", "").StaticString("longer", strings.Repeat("a", long+1))
		for i := range n {
			k.StaticString(fmt.Sprintf("f%03d", i), strings.Repeat("a", long))
		}
		f := mustParse(t, "classes.dex", d.Bytes())
		texts, count := f.FinalStrings(0)
		if len(texts["f000"]) != long || len(texts["longer"]) != 0 || len(texts) != min(n, 240) || count < 17*len(texts) || count > dex.MaxClassStrings {
			t.Errorf("of %d: %d, which count as %d", n, len(texts), count)
		}
		if cuts := cutsOf(f); (len(cuts) > 0) != (n > 240) {
			t.Errorf("of %d: limits met: %v", n, cuts)
		}
	}
}

// TestStaticValues: the value of a field behind more than are read is unknown, which is
// noted.
func TestStaticValues(t *testing.T) {
	d := apktest.NewDEX("035")
	k := d.Class("La/A;", "")
	for i := range dex.MaxStaticValues + 1 {
		k.StaticString(fmt.Sprintf("f%05d", i), "text")
	}
	f := mustParse(t, "classes.dex", d.Bytes())
	for _, i := range []int{0, dex.MaxStaticValues - 1, dex.MaxStaticValues} {
		want := i < dex.MaxStaticValues
		if text, ok := f.StaticString(0, fmt.Sprintf("f%05d", i)); ok != want || ok && text != "text" {
			t.Errorf("%d: %q %t", i, text, ok)
		}
		if cuts := cutsOf(f); want && cuts != nil || !want && !slices.Equal(cuts, []string{"max-static-values"}) {
			t.Errorf("%d: limits met: %v", i, cuts)
		}
	}
}
