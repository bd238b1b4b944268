package dex

// Op is an opcode: the low byte of an instruction's first 16-bit unit.
type Op uint8

// Opcodes that callers ask for by name. The others are in the format's bytecode
// description; Ref says what kind of thing any of them names.
const (
	OpNop                    Op = 0x00
	OpConstString            Op = 0x1a
	OpConstStringJumbo       Op = 0x1b
	OpConstClass             Op = 0x1c
	OpCheckCast              Op = 0x1f
	OpInstanceOf             Op = 0x20
	OpNewInstance            Op = 0x22
	OpNewArray               Op = 0x23
	OpIGet                   Op = 0x52 // first of seven
	OpIGetBoolean            Op = 0x55
	OpIPut                   Op = 0x59 // first of seven
	OpSGet                   Op = 0x60 // first of seven
	OpSGetObject             Op = 0x62
	OpSGetBoolean            Op = 0x63
	OpSPut                   Op = 0x67 // first of seven
	OpInvokeVirtual          Op = 0x6e
	OpInvokeSuper            Op = 0x6f
	OpInvokeDirect           Op = 0x70
	OpInvokeStatic           Op = 0x71
	OpInvokeInterface        Op = 0x72
	OpInvokeVirtualRange     Op = 0x74
	OpInvokeSuperRange       Op = 0x75
	OpInvokeDirectRange      Op = 0x76
	OpInvokeStaticRange      Op = 0x77
	OpInvokeInterfaceRange   Op = 0x78
	OpInvokePolymorphic      Op = 0xfa
	OpInvokePolymorphicRange Op = 0xfb
	OpInvokeCustom           Op = 0xfc
	OpInvokeCustomRange      Op = 0xfd
	OpConstMethodHandle      Op = 0xfe
	OpConstMethodType        Op = 0xff
)

// IsFieldRead reports whether op is one of iget* and sget*.
func (op Op) IsFieldRead() bool {
	return op >= OpIGet && op < OpIPut || op >= OpSGet && op < OpSPut
}

// IsStaticInvoke reports whether op is invoke-static or invoke-static/range: the
// calls that pass no receiver.
func (op Op) IsStaticInvoke() bool { return op == OpInvokeStatic || op == OpInvokeStaticRange }

// Comparison is what a branch asks of its operands.
type Comparison uint8

// Comparisons, in the order of the opcodes.
const (
	Equal Comparison = iota
	NotEqual
	Less
	GreaterOrEqual
	Greater
	LessOrEqual
)

// Comparison returns what an if instruction asks, and whether it compares with zero;
// ok is false for other instructions.
func (op Op) Comparison() (c Comparison, withZero, ok bool) {
	switch {
	case op >= 0x32 && op <= 0x37:
		return Comparison(op - 0x32), false, true
	case op >= 0x38 && op <= 0x3d:
		return Comparison(op - 0x38), true, true
	}
	return 0, false, false
}

// Ref says which table the index of an instruction points into.
type Ref uint8

// Kinds of references. RefMethod is every invoke instruction that names a method,
// invoke-polymorphic included; invoke-custom has RefCallSite.
const (
	RefNone Ref = iota
	RefString
	RefType
	RefField
	RefMethod
	RefCallSite
	RefMethodHandle
	RefProto
	numRefs
)

// Ref returns what the instruction refers to.
func (op Op) Ref() Ref { return Ref(opTables.refs[op] & 7) }

// units is the width in 16-bit units, payloads apart.
func (op Op) units() int { return int(opTables.units[op]) }

// opTables hold by opcode the width in 16-bit units and the Ref. They are two, of
// one byte each, so that Insns.Width stays small enough to be inlined. They are
// never written to.
var opTables = makeOpTables()

type opTable struct{ units, refs [256]uint8 }

// opSpecial in opTable.refs marks the opcodes of which width and reference do not
// say all: nop, which may be a payload, const-string/jumbo with its 32-bit index,
// and invoke-polymorphic with two.
const opSpecial = 0x8

// makeOpTables writes the widths down by runs of opcodes with one instruction
// format, as the format's bytecode description lists them. Unused opcodes have
// one unit, as for dexdump.
func makeOpTables() (t opTable) {
	set := func(from, to, units int, ref Ref) {
		for op := from; op <= to; op++ {
			t.units[op], t.refs[op] = uint8(units), uint8(ref)
		}
	}
	set(0x00, 0xff, 1, RefNone)
	set(0x02, 0x02, 2, RefNone) // move/from16
	set(0x03, 0x03, 3, RefNone) // move/16
	set(0x05, 0x05, 2, RefNone)
	set(0x06, 0x06, 3, RefNone)
	set(0x08, 0x08, 2, RefNone)
	set(0x09, 0x09, 3, RefNone)
	set(0x13, 0x13, 2, RefNone) // const/16
	set(0x14, 0x14, 3, RefNone)
	set(0x15, 0x16, 2, RefNone)
	set(0x17, 0x17, 3, RefNone)
	set(0x18, 0x18, 5, RefNone) // const-wide
	set(0x19, 0x19, 2, RefNone)
	set(0x1a, 0x1a, 2, RefString)
	set(0x1b, 0x1b, 3, RefString)
	set(0x1c, 0x1c, 2, RefType)
	set(0x1f, 0x20, 2, RefType) // check-cast, instance-of
	set(0x22, 0x23, 2, RefType) // new-instance, new-array
	set(0x24, 0x25, 3, RefType) // filled-new-array
	set(0x26, 0x26, 3, RefNone) // fill-array-data
	set(0x29, 0x29, 2, RefNone) // goto/16
	set(0x2a, 0x2c, 3, RefNone) // goto/32, packed-switch, sparse-switch
	set(0x2d, 0x3d, 2, RefNone) // cmp, if-test, if-testz
	set(0x44, 0x51, 2, RefNone) // aget, aput
	set(0x52, 0x6d, 2, RefField)
	set(0x6e, 0x72, 3, RefMethod)
	set(0x74, 0x78, 3, RefMethod)
	set(0x90, 0xaf, 2, RefNone) // binary operations on three registers
	set(0xd0, 0xe2, 2, RefNone) // binary operations with a literal
	set(0xfa, 0xfb, 4, RefMethod)
	set(0xfc, 0xfd, 3, RefCallSite)
	set(0xfe, 0xfe, 2, RefMethodHandle)
	set(0xff, 0xff, 2, RefProto)
	for _, op := range []Op{OpNop, OpConstStringJumbo, OpInvokePolymorphic, OpInvokePolymorphicRange} {
		t.refs[op] |= opSpecial
	}
	return t
}

// Payload kinds: the first unit of a pseudo-instruction that holds a table.
const (
	payloadPacked = 0x0100
	payloadSparse = 0x0200
	payloadArray  = 0x0300
)

// payloadBytes is the size of the nop or payload at the start of b, which may be
// more than b has. A payload's low byte is that of nop, so a linear walk meets it
// wherever it stands.
func payloadBytes(b []byte) uint64 {
	if b[1] == 0 || b[1] > 3 {
		return 2
	}
	if len(b) < 4 {
		return 4
	}
	n := uint64(u16(b[2:]))
	switch u16(b) {
	case payloadPacked:
		return 8 + 4*n
	case payloadSparse:
		return 4 + 8*n
	}
	if len(b) < 8 {
		return 8
	}
	// n is the width of an element here, and the count follows.
	return 8 + (n*uint64(u32(b[4:]))+1)&^1
}

// Insns are the instructions of a method. Places and widths count 16-bit units:
//
//	code := c.Insns()
//	for pos := 0; pos < code.Units(); pos += code.Width(pos) {
//		if op := code.Op(pos); op.Ref() == dex.RefMethod { … code.Index(pos) … }
//	}
//
// A payload table counts as one OpNop, however wide. Insns is made by Code.Insns
// only, over code that was checked, so that the loop ends exactly at the end and
// every reference lies inside its table. The methods take a place instead of
// keeping one, so that the loop runs in registers; all but Width's rare case are
// inlined. They panic for a place that is not that of an instruction.
type Insns []byte

// Units is the length of the code.
func (s Insns) Units() int { return len(s) / 2 }

// Op is the opcode of the instruction at pos.
func (s Insns) Op(pos int) Op { return Op(s[2*pos]) }

// Width is the width of the instruction at pos, that of the whole table for a
// payload.
func (s Insns) Width(pos int) int {
	op := s[2*pos]
	if op == 0 {
		return s.nopWidth(pos)
	}
	return int(opTables.units[op])
}

// nopWidth stays out of line so that Width fits into its callers.
//
//go:noinline
func (s Insns) nopWidth(pos int) int { return int(payloadBytes(s[2*pos:]) / 2) }

// Index is the index of the thing that the instruction at pos refers to; it means
// nothing where the opcode's Ref is RefNone and lies inside the table otherwise.
func (s Insns) Index(pos int) uint32 {
	if s.Op(pos) == OpConstStringJumbo {
		return u32(s[2*pos+2:])
	}
	return u16(s[2*pos+2:])
}

// Proto is the second reference of invoke-polymorphic: the prototype index of the
// call. It must be asked of invoke-polymorphic instructions only.
func (s Insns) Proto(pos int) uint32 { return u16(s[2*pos+6:]) }
