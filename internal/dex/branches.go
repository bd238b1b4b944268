package dex

// Test is a branch on a value that came from one instruction: the result of a call
// or a field that was read.
type Test struct {
	Source int // place of the instruction that the value comes from
	At     int // place of the branch
	// Jumps says when the branch is taken: when the value is true (IfTrue), when it is
	// false (IfFalse), or by a comparison that does not tell (IfUnknown).
	Jumps Truth
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

// Tests finds the branches on values of those instructions (calls and field reads)
// that isSource picks, and what of them the method returns: for returns At is the
// place of the return and Jumps says whether the value is returned as it is (IfTrue)
// or turned round. Values are followed along straight code through moves, negation,
// comparisons and calls that take them, and are forgotten where a branch leads to;
// passes says what a call makes of a value that it takes: the value itself (IfTrue), its
// contrary, or something that depends on it. A value that is compared counts as true
// where it is equal or greater.
func (c *Code) Tests(isSource func(pos int) bool, passes func(method uint32) Truth) (branches, returns []Test) {
	f := c.readFlow()
	held := map[uint32]flagged{}
	var result flagged
	fresh := false
	code := c.insns
	for pos := 0; pos < code.Units(); pos += code.Width(pos) {
		if !f.ok || f.targets.has(pos) {
			clear(held)
		}
		b, op := code[2*pos:], code.Op(pos)
		low, high, wide := uint32(b[1]&0xf), uint32(b[1]>>4), uint32(b[1])
		set := func(to uint32, v flagged, known bool) {
			delete(held, to)
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
		case op == 0x63: // sget-boolean
			set(wide, flagged{pos, IfTrue}, isSource(pos))
		case op == 0x01 || op == 0x07: // move
			v, known := held[high]
			set(low, v, known)
		case op == 0x02 || op == 0x08:
			v, known := held[u16(b[2:])]
			set(wide, v, known)
		case op == 0xdf && b[3] == 1: // xor-int/lit8 with 1
			v, known := held[uint32(b[2])]
			set(wide, flagged{v.source, v.truth.not()}, known)
		case op >= 0x38 && op <= 0x3d: // if-testz
			if v, known := held[wide]; known {
				branches = append(branches, Test{v.source, pos, v.truth.after(jumpsOn[op-0x38+6])})
			}
		case op >= 0x32 && op <= 0x37: // if-test
			if v, known := held[low]; known {
				branches = append(branches, Test{v.source, pos, v.truth.after(jumpsOn[op-0x32])})
			} else if v, known := held[high]; known {
				branches = append(branches, Test{v.source, pos, v.truth.after(jumpsOn[turned[op-0x32]])})
			}
		case op == 0x0f || op == opReturnObject:
			if v, known := held[wide]; known {
				returns = append(returns, Test{v.source, pos, v.truth})
			}
		default:
			switch writes(op) {
			case writesNibble, writesNibbleWide:
				delete(held, low)
			case writesByte, writesByteWide:
				delete(held, wide)
			}
		}
		fresh = false
	}
	return branches, returns
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

// Places is a set of places in a method, in 16-bit units.
type Places struct{ set unitSet }

// Has tells whether a place is in the set.
func (p Places) Has(pos int) bool { return p.set.has(pos) }

// Assuming lists the places that can be reached from the start of the method when
// branches, by their place, are always taken or never. All that is missing runs only
// after one of them went the other way. ok is false where a table of the method is
// damaged.
func (c *Code) Assuming(taken map[int]bool) (p Places, ok bool) {
	units := c.Units()
	w := flowWalk{c: c, seen: make(unitSet, (units+63)/64), budget: 8*units + 64}
	w.tries = c.tryRanges()
	w.push(0)
	for len(w.stack) > 0 {
		pos := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if w.budget--; w.budget < 0 || !w.step(pos, taken) {
			return Places{}, false
		}
	}
	return Places{w.seen}, true
}

// flowWalk follows the control flow of a method.
type flowWalk struct {
	c      *Code
	seen   unitSet
	stack  []int
	tries  []tryRange
	budget int
}

func (w *flowWalk) push(pos int64) {
	if pos >= 0 && int(pos) < w.c.Units() && !w.seen.has(int(pos)) {
		w.seen.add(int64(pos), int64(w.c.Units()))
		w.stack = append(w.stack, int(pos))
	}
}

// step follows one instruction; false where a table is damaged.
func (w *flowWalk) step(pos int, taken map[int]bool) bool {
	code := w.c.insns
	b, op := code[2*pos:], code.Op(pos)
	at := int64(pos)
	next, jump := true, int64(-1)
	switch {
	case op >= 0x0e && op <= 0x11, op == 0x27: // return*, throw
		next = false
	case op == 0x28:
		next, jump = false, at+int64(int8(b[1]))
	case op == 0x29:
		next, jump = false, at+int64(int16(u16(b[2:])))
	case op == 0x2a:
		next, jump = false, at+int64(int32(u32(b[2:])))
	case op >= 0x32 && op <= 0x3d:
		jump = at + int64(int16(u16(b[2:])))
	case op == 0x2b, op == 0x2c:
		targets := w.c.switchTargets(at + int64(int32(u32(b[2:]))))
		if targets == nil {
			return false
		}
		w.budget -= len(targets) / 4
		for ; len(targets) > 0; targets = targets[4:] {
			w.push(at + int64(int32(u32(targets))))
		}
	}
	if always, ok := taken[pos]; ok && always {
		next = false
	} else if ok {
		jump = -1
	}
	if next {
		w.push(at + int64(code.Width(pos)))
	}
	w.push(jump)
	for _, t := range w.tries {
		if pos >= t.from && pos < t.to {
			w.budget--
			for _, h := range t.handlers {
				w.push(h)
			}
		}
	}
	return true
}

// tryRange is a try block with the places of its handlers.
type tryRange struct {
	from, to int
	handlers []int64
}

// maxTryRanges bounds the try blocks of one method that are looked at one by one.
const maxTryRanges = 4096

func (c *Code) tryRanges() []tryRange {
	var out []tryRange
	for b := c.tries; len(b) >= tryItemSize && len(out) < maxTryRanges; b = b[tryItemSize:] {
		from := int(u32(b))
		out = append(out, tryRange{from, from + int(u16(b[4:])), c.handlersAt(u16(b[6:]))})
	}
	return out
}

// handlersAt reads one list of handlers, empty where it is damaged.
func (c *Code) handlersAt(off uint32) []int64 {
	if uint64(off) >= uint64(len(c.handlers)) {
		return nil
	}
	b := c.handlers[off:]
	v, n := sleb(b)
	if n == 0 {
		return nil
	}
	b = b[n:]
	number := func() int64 {
		v, n := uleb(b)
		b = b[n:]
		if n == 0 {
			return -1
		}
		return int64(v)
	}
	pairs, all := int64(v), v <= 0
	if pairs < 0 {
		pairs = -pairs
	}
	var out []int64
	for range min(pairs, MaxParams) {
		number() // the type caught
		out = append(out, number())
	}
	if all {
		out = append(out, number())
	}
	return out
}
