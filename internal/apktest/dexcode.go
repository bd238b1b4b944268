package apktest

// DEXCode is the body of a method in the making: 16-bit units in which references
// are filled in when the DEX is built. Each adding method returns the code, so that
// calls can be chained.
type DEXCode struct {
	registers, ins, outs uint16

	units []uint16
	fixes []dexFix
	tries []DEXTry
}

// DEXTry is one try block: Count units from Start, handlers as pairs of a type and
// a place, and a place for all exceptions or -1.
type DEXTry struct {
	Start    uint32
	Count    uint16
	Types    []string
	Places   []uint32
	CatchAll int
}

type dexRefKind uint8

const (
	dexString dexRefKind = iota
	dexType
	dexField
	dexMethod
	dexProto
)

// dexFix is a place where the index of a reference goes.
type dexFix struct {
	unit int
	kind dexRefKind
	ref  string
	wide bool // 32 bits
}

// NewDEXCode starts a body with the numbers of all registers, of incoming ones and
// of outgoing ones.
func NewDEXCode(registers, ins, outs uint16) *DEXCode {
	return &DEXCode{registers: registers, ins: ins, outs: outs}
}

// Pos is the place of the next instruction in 16-bit units.
func (c *DEXCode) Pos() int { return len(c.units) }

// Raw adds units as they are.
func (c *DEXCode) Raw(units ...uint16) *DEXCode {
	c.units = append(c.units, units...)
	return c
}

// Set overwrites one unit, for a branch whose target is known later.
func (c *DEXCode) Set(pos int, unit uint16) *DEXCode {
	c.units[pos] = unit
	return c
}

// Try adds a try block.
func (c *DEXCode) Try(t DEXTry) *DEXCode {
	c.tries = append(c.tries, t)
	return c
}

func (c *DEXCode) ref(kind dexRefKind, ref string, head uint16, tail ...uint16) *DEXCode {
	c.fixes = append(c.fixes, dexFix{unit: len(c.units) + 1, kind: kind, ref: ref})
	c.units = append(c.units, head, 0)
	c.units = append(c.units, tail...)
	return c
}

// ConstString adds const-string.
func (c *DEXCode) ConstString(reg uint8, s string) *DEXCode {
	return c.ref(dexString, s, 0x1a|uint16(reg)<<8)
}

// ConstStringJumbo adds const-string/jumbo.
func (c *DEXCode) ConstStringJumbo(reg uint8, s string) *DEXCode {
	c.ref(dexString, s, 0x1b|uint16(reg)<<8, 0)
	c.fixes[len(c.fixes)-1].wide = true
	return c
}

// Type adds an instruction of format 21c that names a type, such as const-class
// (0x1c), check-cast (0x1f) or new-instance (0x22).
func (c *DEXCode) Type(op, reg uint8, typ string) *DEXCode {
	return c.ref(dexType, typ, uint16(op)|uint16(reg)<<8)
}

// Type2 adds an instruction of format 22c that names a type: instance-of (0x20) or
// new-array (0x23), with two registers below 16.
func (c *DEXCode) Type2(op, a, b uint8, typ string) *DEXCode {
	return c.ref(dexType, typ, uint16(op)|uint16(a)<<8|uint16(b)<<12)
}

// Static adds sget* or sput*.
func (c *DEXCode) Static(op, reg uint8, field string) *DEXCode {
	return c.ref(dexField, field, uint16(op)|uint16(reg)<<8)
}

// Instance adds iget* or iput*, with two registers below 16.
func (c *DEXCode) Instance(op, a, b uint8, field string) *DEXCode {
	return c.ref(dexField, field, uint16(op)|uint16(a)<<8|uint16(b)<<12)
}

// Invoke adds an invoke-kind instruction (0x6e to 0x72) with at most five
// registers below 16.
func (c *DEXCode) Invoke(op uint8, method string, regs ...uint8) *DEXCode {
	head, tail := packRegs(op, regs)
	return c.ref(dexMethod, method, head, tail)
}

// InvokeRange adds an invoke-kind/range instruction (0x74 to 0x78).
func (c *DEXCode) InvokeRange(op uint8, method string, first uint16, count uint8) *DEXCode {
	return c.ref(dexMethod, method, uint16(op)|uint16(count)<<8, first)
}

// InvokePolymorphic adds invoke-polymorphic.
func (c *DEXCode) InvokePolymorphic(method, proto string, regs ...uint8) *DEXCode {
	head, tail := packRegs(0xfa, regs)
	c.ref(dexMethod, method, head, tail, 0)
	return c.protoFix(proto)
}

// InvokePolymorphicRange adds invoke-polymorphic/range.
func (c *DEXCode) InvokePolymorphicRange(method, proto string, first uint16, count uint8) *DEXCode {
	c.ref(dexMethod, method, 0xfb|uint16(count)<<8, first, 0)
	return c.protoFix(proto)
}

func (c *DEXCode) protoFix(proto string) *DEXCode {
	c.fixes = append(c.fixes, dexFix{unit: len(c.units) - 1, kind: dexProto, ref: proto})
	return c
}

// InvokeCustom adds invoke-custom on a call site's index.
func (c *DEXCode) InvokeCustom(site uint16, regs ...uint8) *DEXCode {
	head, tail := packRegs(0xfc, regs)
	return c.Raw(head, site, tail)
}

// MethodType adds const-method-type.
func (c *DEXCode) MethodType(reg uint8, proto string) *DEXCode {
	return c.ref(dexProto, proto, 0xff|uint16(reg)<<8)
}

// ReturnVoid adds return-void.
func (c *DEXCode) ReturnVoid() *DEXCode { return c.Raw(0x0e) }

// packRegs packs registers as format 35c does: count and fifth register into the
// head, the first four into the third unit.
func packRegs(op uint8, regs []uint8) (head, tail uint16) {
	if len(regs) > 5 {
		panic("apktest: more than five registers")
	}
	head = uint16(op) | uint16(len(regs))<<12
	for i, r := range regs {
		if r > 15 {
			panic("apktest: a register above 15")
		}
		if i == 4 {
			head |= uint16(r) << 8
		} else {
			tail |= uint16(r) << (4 * i)
		}
	}
	return head, tail
}

// PackedSwitchPayload adds the table of a packed-switch: offsets in units from the
// switch instruction. Payloads must stand at an even place.
func (c *DEXCode) PackedSwitchPayload(firstKey int32, targets ...int32) *DEXCode {
	c.Raw(0x0100, uint16(len(targets)), uint16(firstKey), uint16(firstKey>>16))
	for _, t := range targets {
		c.Raw(uint16(t), uint16(t>>16))
	}
	return c
}

// SparseSwitchPayload adds the table of a sparse-switch.
func (c *DEXCode) SparseSwitchPayload(keys, targets []int32) *DEXCode {
	c.Raw(0x0200, uint16(len(keys)))
	for _, list := range [][]int32{keys, targets} {
		for _, v := range list {
			c.Raw(uint16(v), uint16(v>>16))
		}
	}
	return c
}

// ArrayPayload adds the table of fill-array-data with elements of width bytes.
func (c *DEXCode) ArrayPayload(width uint16, data []byte) *DEXCode {
	n := uint32(len(data) / int(width))
	c.Raw(0x0300, width, uint16(n), uint16(n>>16))
	for i := 0; i < len(data); i += 2 {
		u := uint16(data[i])
		if i+1 < len(data) {
			u |= uint16(data[i+1]) << 8
		}
		c.Raw(u)
	}
	return c
}

// Align adds a nop where the next unit stands at an odd place.
func (c *DEXCode) Align() *DEXCode {
	if len(c.units)%2 != 0 {
		c.Raw(0)
	}
	return c
}
