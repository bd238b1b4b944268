package dex

// ConstKind says what a Const holds.
type ConstKind uint8

// Kinds of constants. Integers are 32 bits (also boolean, char, float as its bits
// and the null reference, which is 0), wide ones 64 bits (long, or double as its
// bits).
const (
	ConstUnknown ConstKind = iota
	ConstString            // Value is a string index
	ConstClass             // Value is a type index
	ConstInt
	ConstWide
	constHigh // the second register of a wide constant, never shown
)

// Const is what is known of a value; the zero Const is unknown.
type Const struct {
	Kind  ConstKind
	Value int64
}

// ConstText returns a string constant's text or a class constant's descriptor,
// false for other kinds.
func (f *File) ConstText(c Const) (string, bool) {
	switch c.Kind {
	case ConstString:
		return f.String(uint32(c.Value)), true
	case ConstClass:
		return f.TypeDescriptor(uint32(c.Value)), true
	}
	return "", false
}

// ConstArgs calls visit for every invoke instruction that names a method, in the
// order of the code, with its place in 16-bit units, the method_ids index and one
// Const for each parameter: the receiver first unless the call is static, a long
// or double being one. invoke-polymorphic is taken with its own prototype;
// invoke-custom, which names no method, is left out. args is reused.
//
// A value is known where it is constant on every way to the call: constants are
// carried forward along straight code and forgotten at every place that a branch,
// a switch or an exception handler leads to. That loses values that are set before
// a branch target and never claims a wrong one. An argument that the instruction
// does not pass, as only a damaged file has it, is unknown.
//
// It is linear in the code, apart from f which it only reads.
func (c *Code) ConstArgs(f *File, visit func(pos int, method uint32, args []Const)) {
	targets, ok := c.branchTargets()
	var t constTracker
	var argRoom [16]Const
	code := c.insns
	for pos := 0; pos < code.Units(); pos += code.Width(pos) {
		if !ok || targets.has(pos) {
			t.forget()
		}
		if code.Op(pos).Ref() == RefMethod {
			visit(pos, code.Index(pos), t.args(f, code, pos, argRoom[:0]))
			continue
		}
		t.step(code, pos)
	}
}

// constTracker holds what is known of each register. The registers that nearly all
// instructions are limited to are an array, of which the first top are valid, so
// that forgetting costs nothing; those that only move/16 reaches are in a map. A
// method's claim of how many registers it needs plays no part.
type constTracker struct {
	low  [256]Const
	top  uint32
	high map[uint32]Const
}

func (t *constTracker) forget() { t.top, t.high = 0, nil }

func (t *constTracker) get(reg uint32) Const {
	if reg >= uint32(len(t.low)) {
		return t.high[reg]
	}
	if reg < t.top {
		return t.low[reg]
	}
	return Const{}
}

func (t *constTracker) set(reg uint32, v Const) {
	switch {
	case reg < t.top:
		t.low[reg] = v
	case v.Kind == ConstUnknown:
		delete(t.high, reg)
	case reg < uint32(len(t.low)):
		clear(t.low[t.top:reg])
		t.low[reg] = v
		t.top = reg + 1
	default:
		if t.high == nil {
			t.high = make(map[uint32]Const)
		}
		t.high[reg] = v
	}
}

// setWide writes a register pair. Overwriting either half later breaks the pair,
// which wide notices.
func (t *constTracker) setWide(reg uint32, v Const) {
	t.set(reg, v)
	high := Const{}
	if v.Kind == ConstWide {
		high.Kind = constHigh
	}
	t.set(reg+1, high)
}

func (t *constTracker) wide(reg uint32) Const {
	if v := t.get(reg); v.Kind == ConstWide && t.get(reg+1).Kind == constHigh {
		return v
	}
	return Const{}
}

func (t *constTracker) narrow(reg uint32) Const {
	if v := t.get(reg); v.Kind < ConstWide {
		return v
	}
	return Const{}
}

// step applies an instruction that is no call.
func (t *constTracker) step(code Insns, pos int) {
	b := code[2*pos:]
	op := code.Op(pos)
	nibble, byteReg := uint32(b[1]&0xf), uint32(b[1])
	s16 := func() int64 { return int64(int16(u16(b[2:]))) }
	switch {
	case op == 0x01 || op == 0x07: // move, move-object
		t.set(nibble, t.narrow(uint32(b[1]>>4)))
	case op == 0x02 || op == 0x08:
		t.set(byteReg, t.narrow(u16(b[2:])))
	case op == 0x03 || op == 0x09:
		t.set(u16(b[2:]), t.narrow(u16(b[4:])))
	case op == 0x04: // move-wide
		t.setWide(nibble, t.wide(uint32(b[1]>>4)))
	case op == 0x05:
		t.setWide(byteReg, t.wide(u16(b[2:])))
	case op == 0x06:
		t.setWide(u16(b[2:]), t.wide(u16(b[4:])))
	case op == 0x12: // const/4: a signed nibble
		t.set(nibble, Const{ConstInt, int64(int8(b[1]) >> 4)})
	case op == 0x13:
		t.set(byteReg, Const{ConstInt, s16()})
	case op == 0x14:
		t.set(byteReg, Const{ConstInt, int64(int32(u32(b[2:])))})
	case op == 0x15: // const/high16
		t.set(byteReg, Const{ConstInt, int64(int32(u16(b[2:]) << 16))})
	case op == 0x16:
		t.setWide(byteReg, Const{ConstWide, s16()})
	case op == 0x17:
		t.setWide(byteReg, Const{ConstWide, int64(int32(u32(b[2:])))})
	case op == 0x18:
		t.setWide(byteReg, Const{ConstWide, int64(u64(b[2:]))})
	case op == 0x19: // const-wide/high16
		t.setWide(byteReg, Const{ConstWide, s16() << 48})
	case op == OpConstString || op == OpConstStringJumbo:
		t.set(byteReg, Const{ConstString, int64(code.Index(pos))})
	case op == OpConstClass:
		t.set(byteReg, Const{ConstClass, int64(code.Index(pos))})
	default:
		switch writes(op) {
		case writesNibble:
			t.set(nibble, Const{})
		case writesByte:
			t.set(byteReg, Const{})
		case writesNibbleWide:
			t.setWide(nibble, Const{})
		case writesByteWide:
			t.setWide(byteReg, Const{})
		case endsPath:
			t.forget()
		}
	}
}

// write says which register an instruction overwrites with a value that is not
// tracked.
type write uint8

const (
	writesNone write = iota
	writesNibble
	writesByte
	writesNibbleWide
	writesByteWide
	endsPath // what follows is reached by a branch or not at all
)

// writes covers every opcode that step does not treat by itself. Unused opcodes
// end the path, since nothing is known of them.
func writes(op Op) write {
	switch {
	case op == 0x0b: // move-result-wide
		return writesByteWide
	case op >= 0x0a && op <= 0x0d: // move-result*, move-exception
		return writesByte
	case op >= 0x0e && op <= 0x11, op == 0x27, op >= 0x28 && op <= 0x2a: // return*, throw, goto*
		return endsPath
	case op == 0x20, op == 0x21, op == 0x23: // instance-of, array-length, new-array
		return writesNibble
	case op == 0x22: // new-instance
		return writesByte
	case op >= 0x2d && op <= 0x31: // cmp*
		return writesByte
	case op >= 0x3e && op <= 0x43, op == 0x73, op == 0x79, op == 0x7a, op >= 0xe3 && op <= 0xf9: // unused
		return endsPath
	case op == 0x45, op == 0x61: // aget-wide, sget-wide
		return writesByteWide
	case op >= 0x44 && op <= 0x4a, op >= 0x60 && op <= 0x66: // aget*, sget*
		return writesByte
	case op == 0x53: // iget-wide
		return writesNibbleWide
	case op >= 0x52 && op <= 0x58: // iget*
		return writesNibble
	case op >= 0x7b && op <= 0x8f:
		return writesUnary(op)
	case op >= 0x9b && op <= 0xa5, op >= 0xab && op <= 0xaf: // long and double operations
		return writesByteWide
	case op >= 0x90 && op <= 0xaf: // int and float operations
		return writesByte
	case op >= 0xbb && op <= 0xc5, op >= 0xcb && op <= 0xcf: // the same on two addresses
		return writesNibbleWide
	case op >= 0xb0 && op <= 0xd7: // and operations with a 16-bit literal
		return writesNibble
	case op >= 0xd8 && op <= 0xe2: // operations with an 8-bit literal
		return writesByte
	case op == OpConstMethodHandle, op == OpConstMethodType:
		return writesByte
	}
	// nop, monitor-*, check-cast (which leaves the same reference in place),
	// filled-new-array, fill-array-data, switches, if*, aput*, iput*, sput*,
	// invoke-custom.
	return writesNone
}

// writesUnary covers negation and conversion, by the width of the result.
func writesUnary(op Op) write {
	switch op {
	case 0x7d, 0x7e, 0x80, 0x81, 0x83, 0x86, 0x88, 0x89, 0x8b:
		return writesNibbleWide
	}
	return writesNibble
}

// args lists what is known of the arguments of the call at pos, appended to out.
func (t *constTracker) args(f *File, code Insns, pos int, out []Const) []Const {
	b, op := code[2*pos:], code.Op(pos)
	var list [5]uint32
	first, count, isRange := u16(b[4:]), uint32(b[1]), true
	switch op {
	case OpInvokeVirtual, OpInvokeSuper, OpInvokeDirect, OpInvokeStatic, OpInvokeInterface, OpInvokePolymorphic:
		list = [5]uint32{first & 0xf, first >> 4 & 0xf, first >> 8 & 0xf, first >> 12, uint32(b[1] & 0xf)}
		count, isRange = min(uint32(b[1]>>4), 5), false
	}
	reg := func(k uint32) uint32 {
		if isRange {
			return first + k
		}
		return list[k]
	}
	at := uint32(0)
	if !op.IsStaticInvoke() {
		v := Const{}
		if count > 0 {
			v = t.narrow(reg(0))
		}
		out = append(out, v)
		at = 1
	}
	params := f.callParams(code, pos)
	for k := range params.Len() {
		kind := f.typeStart(params.At(k))
		wide := kind == 'J' || kind == 'D'
		v := Const{}
		switch {
		case wide && at+1 < count && reg(at)+1 == reg(at+1):
			v = t.wide(reg(at))
		case !wide && at < count:
			v = t.narrow(reg(at))
		}
		out = append(out, v)
		at++
		if wide {
			at++
		}
	}
	return out
}

// callParams is the parameter list of the call at pos, empty where it is damaged.
func (f *File) callParams(code Insns, pos int) TypeList {
	proto := uint32(NoIndex)
	if op := code.Op(pos); op == OpInvokePolymorphic || op == OpInvokePolymorphicRange {
		proto = code.Proto(pos)
	} else if m, ok := f.Method(code.Index(pos)); ok {
		proto = m.Proto
	}
	p, _ := f.Proto(proto)
	return p.Params
}
