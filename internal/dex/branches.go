package dex

// Tests are the places at which values of some instructions end: branches on them,
// returns of them, and writes of them into fields (iput-boolean, sput-boolean).
type Tests struct{ Branches, Returns, Writes []Test }

// Test is a branch on a value that came from one instruction: the result of a call
// or a field that was read.
type Test struct {
	Source int // place of the instruction that the value comes from
	At     int // place of the branch
	// Jumps says when the branch is taken: when the value is true (IfTrue), when it is
	// false (IfFalse), or by a comparison that does not tell (IfUnknown).
	Jumps Truth
	// Than is the constant that the value is compared with, where HasThan says that it
	// is known: zero for if-testz.
	Than    int64
	HasThan bool
}

// Truth says what a branch, or a returned value, makes of a boolean.
type Truth uint8

// Truths.
const (
	IfUnknown Truth = iota
	IfTrue
	IfFalse
)

func (t Truth) not() Truth {
	switch t {
	case IfTrue:
		return IfFalse
	case IfFalse:
		return IfTrue
	}
	return IfUnknown
}

// jumpsOn says by comparison, eq ne lt ge gt le and the same with zero, whether the
// branch is taken where the value counts as true. Equal to zero is false.
var jumpsOn = [12]Truth{IfTrue, IfFalse, IfFalse, IfTrue, IfTrue, IfFalse, IfFalse, IfTrue, IfFalse, IfTrue, IfTrue, IfFalse}

// turned is the comparison with its operands exchanged.
var turned = [6]int{0, 1, 4, 5, 2, 3}

// after turns a truth round where the other one is false.
func (t Truth) after(other Truth) Truth {
	if other == IfFalse {
		return t.not()
	}
	return t
}

// flagged is what a register holds of a source: the value as it is (IfTrue), turned
// round, or something computed from it.
type flagged struct {
	source int
	truth  Truth
}

// Tests finds the branches on values of those instructions (calls, reads of boolean
// fields, of elements of arrays of ints and of the length of arrays) that isSource picks, and what of them the method returns or keeps in fields: for
// those At is the place of the return or write and Jumps says whether the value is
// passed as it is (IfTrue) or turned round. Values are followed along straight code through moves, negation,
// comparisons and calls that take them, and are forgotten where a branch leads to;
// passes says what a call makes of a value that it takes: the value itself (IfTrue), its
// contrary, or something that depends on it. A value that is compared counts as true
// where it is equal or greater.
func (c *Code) Tests(isSource func(pos int) bool, passes func(method uint32) Truth) (out Tests) {
	f := c.readFlow()
	if !f.ok && f.cut != (Cut{}) {
		c.file.Cut(f.cut.Limit, f.cut.Value)
	}
	held := map[uint32]flagged{}
	small := map[uint32]int64{} // constants that registers hold
	var result flagged
	fresh := false
	code := c.insns
	for pos := 0; pos < code.Units(); pos += code.Width(pos) {
		if !f.ok || f.targets.has(pos) {
			clear(held)
			clear(small)
		}
		b, op := code[2*pos:], code.Op(pos)
		low, high, wide := uint32(b[1]&0xf), uint32(b[1]>>4), uint32(b[1])
		set := func(to uint32, v flagged, known bool) {
			delete(held, to)
			delete(small, to)
			if known {
				held[to] = v
			}
		}
		switch {
		case op.Ref() == RefMethod:
			result, fresh = flagged{pos, IfTrue}, isSource(pos)
			if !fresh {
				result, fresh = passedOn(code, pos, held, passes)
			}
			continue
		case op == 0x0a || op == 0x0c: // move-result, move-result-object
			set(wide, result, fresh)
		case op == 0x55: // iget-boolean
			set(low, flagged{pos, IfTrue}, isSource(pos))
		case op == 0x63 || op == 0x44: // sget-boolean, aget
			set(wide, flagged{pos, IfTrue}, isSource(pos))
		case op == 0x21: // array-length
			set(low, flagged{pos, IfTrue}, isSource(pos))
		case op == 0x12: // const/4
			set(low, flagged{}, false)
			small[low] = int64(int8(b[1]) >> 4)
		case op == 0x01 || op == 0x07: // move
			v, known := held[high]
			set(low, v, known)
		case op == 0x02 || op == 0x08:
			v, known := held[u16(b[2:])]
			set(wide, v, known)
		case op == 0xdf && b[3] == 1: // xor-int/lit8 with 1
			v, known := held[uint32(b[2])]
			set(wide, flagged{v.source, v.truth.not()}, known)
		case op == 0x2b || op == 0x2c: // packed-switch, sparse-switch
			if v, known := held[wide]; known {
				out.Branches = append(out.Branches, Test{Source: v.source, At: pos})
			}
		case op >= 0x38 && op <= 0x3d: // if-testz
			if v, known := held[wide]; known {
				out.Branches = append(out.Branches, Test{Source: v.source, At: pos, Jumps: v.truth.after(jumpsOn[op-0x38+6]), HasThan: v.truth == IfTrue})
			}
		case op >= 0x32 && op <= 0x37: // if-test
			if v, known := held[low]; known {
				than, ok := small[high]
				out.Branches = append(out.Branches, Test{v.source, pos, v.truth.after(jumpsOn[op-0x32]), than, ok && v.truth == IfTrue})
			} else if v, known := held[high]; known {
				than, ok := small[low]
				out.Branches = append(out.Branches, Test{v.source, pos, v.truth.after(jumpsOn[turned[op-0x32]]), than, ok && v.truth == IfTrue})
			}
		case op == 0x0f || op == opReturnObject:
			if v, known := held[wide]; known {
				out.Returns = append(out.Returns, Test{Source: v.source, At: pos, Jumps: v.truth})
			}
		case op == 0x5c || op == 0x6a: // iput-boolean, sput-boolean
			from := low
			if op == 0x6a {
				from = wide
			}
			if v, known := held[from]; known {
				out.Writes = append(out.Writes, Test{Source: v.source, At: pos, Jumps: v.truth})
			}
		default:
			switch writes(op) {
			case writesNibble, writesNibbleWide:
				set(low, flagged{}, false)
			case writesByte, writesByteWide:
				set(wide, flagged{}, false)
			}
		}
		fresh = false
	}
	return out
}

// passedOn is what a call makes of a value that it takes.
func passedOn(code Insns, pos int, held map[uint32]flagged, passes func(method uint32) Truth) (flagged, bool) {
	if len(held) == 0 {
		return flagged{}, false
	}
	b, op := code[2*pos:], code.Op(pos)
	if op > OpInvokeInterface {
		return flagged{}, false // ranges carry the many parts of an object, no flags
	}
	regs, count := u16(b[4:]), int(b[1]>>4)
	for k := range min(count, 4) {
		v, ok := held[regs>>(4*k)&0xf]
		if !ok {
			continue
		}
		switch passes(code.Index(pos)) {
		case IfFalse:
			v.truth = v.truth.not()
		case IfUnknown:
			v.truth = IfUnknown
		}
		return v, true
	}
	return flagged{}, false
}

// ArrayOf is the register of the array of which the instruction at pos reads an element
// or the length, false for other instructions.
func (c *Code) ArrayOf(pos int) (reg uint32, ok bool) {
	switch b := c.insns[2*pos:]; c.insns.Op(pos) {
	case 0x44: // aget
		return uint32(b[2]), true
	case 0x21: // array-length
		return uint32(b[1] >> 4), true
	}
	return 0, false
}

// IsLength tells whether the instruction at pos reads the length of an array.
func (c *Code) IsLength(pos int) bool { return c.insns.Op(pos) == 0x21 }
