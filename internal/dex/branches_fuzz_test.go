package dex_test

import (
	"encoding/binary"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// FuzzBranches follows values to the branches on them, and the control flow with
// branches that always or never jump. Handlers lie behind the instructions, so that
// a part of the bytes is given to them.
func FuzzBranches(f *testing.F) {
	const (
		invokeStatic, moveResult, ifEqz, ifNe, goTo, returnVoid = 0x0071, 0x000a, 0x0038, 0x1032, 0x0028, 0x000e
		packedSwitch                                            = 0x002b
	)
	seed := func(units ...uint16) {
		var b []byte
		for _, u := range units {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		f.Add(b, uint16(0), uint8(len(units)), uint16(3))
	}
	seed(invokeStatic, 0, 0, moveResult, ifEqz, 3, returnVoid, returnVoid)
	seed(invokeStatic, 0, 0, moveResult, ifNe, 0xfffc, 0x00fe<<8|goTo, returnVoid)
	seed(packedSwitch, 4, 0, returnVoid, 0x0100, 2, 1, 0, 3, 0, 0, 0)
	f.Add([]byte{0x71, 0, 0, 0, 0, 0, 0x0e, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 1, 0, 3}, uint16(1), uint8(4), uint16(0))
	base := everyKind()
	f.Fuzz(func(t *testing.T, code []byte, tries uint16, cut uint8, choice uint16) {
		var c dex.Code
		if readFuzzed(t, base, code, tries, &c) == nil {
			return
		}
		units := c.Units()
		isSource := func(pos int) bool { return pos%2 == int(cut)%2 }
		passes := func(m uint32) dex.Truth { return dex.Truth((m + uint32(cut)) % 3) }
		tests := c.Tests(isSource, passes)
		branches := tests.Branches
		taken := map[int]bool{}
		for _, b := range append(append(branches, tests.Returns...), tests.Writes...) {
			if b.Source < 0 || b.Source >= b.At || b.At >= units || !isSource(b.Source) {
				t.Errorf("of %d units: a value of %d is told at %d", units, b.Source, b.At)
			}
		}
		for i, b := range branches {
			taken[b.At] = choice>>(i%16)&1 != 0
		}
		every, ok := c.Assuming(nil)
		some, ok2 := c.Assuming(taken)
		if units == 0 || !ok || !ok2 {
			return
		}
		if !every.Has(0) || !some.Has(0) {
			t.Error("the first instruction is not reached")
		}
		for pos := range units {
			if some.Has(pos) && !every.Has(pos) {
				t.Errorf("place %d is reached only when branches are taken always or never: %v", pos, taken)
			}
		}
		c.Ints(func(pos int, _ int32) {
			if pos < 0 || pos >= units {
				t.Errorf("a constant at %d of %d units", pos, units)
			}
		})
	})
}

// readFuzzed puts instructions, and what follows them as tables of handlers, into a
// sound file and reads them; nil where they are no code item.
func readFuzzed(t *testing.T, base *apktest.DEX, code []byte, tries uint16, c *dex.Code) *dex.File {
	t.Helper()
	if len(code) > 1<<16 {
		return nil
	}
	data := base.Bytes()
	at := uint32(len(data)+3) &^ 3
	for uint32(len(data)) < at {
		data = append(data, 0)
	}
	units := uint32(len(code) / 2)
	data = binary.LittleEndian.AppendUint16(data, 16)
	data = append(data, 0, 0, 5, 0)
	data = binary.LittleEndian.AppendUint16(data, tries)
	data = append(data, 0, 0, 0, 0)
	data = binary.LittleEndian.AppendUint32(data, units)
	data = append(data, code...)
	file := mustParse(t, "fuzz.dex", data)
	if file.ReadCode(at, c) != nil {
		return nil
	}
	return file
}
