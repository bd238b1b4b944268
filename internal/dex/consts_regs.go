package dex

// constRegs holds what is known of each register. The registers that nearly all
// instructions are limited to are an array, of which the first top are valid, so
// that forgetting costs nothing; those that only move/16 reaches are in a map. A
// method's claim of how many registers it needs plays no part.
type constRegs struct {
	low     [256]Const
	top     uint32
	high    map[uint32]Const
	changed bool // since the last snapshot
}

// regConst is a register and its value.
type regConst struct {
	reg   uint32
	value Const
}

func (t *constRegs) forget() { t.top, t.high, t.changed = 0, nil, true }

// restore knows the values of list only.
func (t *constRegs) restore(list []regConst) {
	t.forget()
	for _, r := range list {
		t.set(r.reg, r.value)
	}
}

func (t *constRegs) get(reg uint32) Const {
	if reg >= uint32(len(t.low)) {
		return t.high[reg]
	}
	if reg < t.top {
		return t.low[reg]
	}
	return Const{}
}

func (t *constRegs) set(reg uint32, v Const) {
	t.changed = true
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
func (t *constRegs) setWide(reg uint32, v Const) {
	t.set(reg, v)
	high := Const{}
	if v.Kind == ConstWide {
		high.Kind = constHigh
	}
	t.set(reg+1, high)
}

func (t *constRegs) wide(reg uint32) Const {
	if v := t.get(reg); v.Kind == ConstWide && t.get(reg+1).Kind == constHigh {
		return v
	}
	return Const{}
}

func (t *constRegs) narrow(reg uint32) Const {
	if v := t.get(reg); v.Kind != ConstWide && v.Kind != constHigh {
		return v
	}
	return Const{}
}

// unset makes unknown what the instruction at the start of b writes.
func (t *constRegs) unset(w write, b []byte) {
	first, count := w.registers(b)
	for i := range count {
		t.set(first+i, Const{})
	}
}

// snapshot appends what is known of the low registers and is no object: an object
// may change on one of the ways.
func (t *constRegs) snapshot(out []regConst) []regConst {
	for reg, v := range t.low[:t.top] {
		if v.Kind != ConstUnknown && !v.Kind.isObject() {
			out = append(out, regConst{uint32(reg), v})
		}
	}
	return out
}

func (k ConstKind) isObject() bool { return k == ConstArray || k == constBuilder }

// write says which registers an instruction overwrites.
type write uint8

const (
	writesNone write = iota
	writesNibble
	writesByte
	writesWord
	writesNibbleWide
	writesByteWide
	writesWordWide
	endsPath // what follows is reached by a branch or not at all
)

// registers are those that the instruction at the start of b overwrites.
func (w write) registers(b []byte) (first, count uint32) {
	switch w {
	case writesNibble:
		return uint32(b[1] & 0xf), 1
	case writesByte:
		return uint32(b[1]), 1
	case writesWord:
		return u16(b[2:]), 1
	case writesNibbleWide:
		return uint32(b[1] & 0xf), 2
	case writesByteWide:
		return uint32(b[1]), 2
	case writesWordWide:
		return u16(b[2:]), 2
	}
	return 0, 0
}

// writes covers every opcode. Unused opcodes end the path, since nothing is known
// of them.
func writes(op Op) write {
	switch {
	case op >= 0x01 && op <= 0x09: // move*
		return [...]write{writesNibble, writesByte, writesWord, writesNibbleWide, writesByteWide, writesWordWide,
			writesNibble, writesByte, writesWord}[op-1]
	case op == 0x0b: // move-result-wide
		return writesByteWide
	case op >= 0x0a && op <= 0x0d: // move-result*, move-exception
		return writesByte
	case op >= 0x0e && op <= 0x11, op == 0x27, op >= 0x28 && op <= 0x2a: // return*, throw, goto*
		return endsPath
	case op == 0x12: // const/4
		return writesNibble
	case op >= 0x16 && op <= 0x19: // const-wide*
		return writesByteWide
	case op >= 0x13 && op <= 0x1c: // const*
		return writesByte
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
	// invoke*.
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
