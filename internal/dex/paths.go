package dex

import (
	"cmp"
	"slices"
)

// Places is a set of places in a method, in 16-bit units.
type Places struct{ set unitSet }

// Has tells whether a place is in the set.
func (p Places) Has(pos int) bool { return p.set.has(pos) }

// Assuming lists the places that can be reached from the start of the method when
// branches and switches, by their place, are always taken or never (a switch then goes
// on behind itself). All that is missing runs only after one of them went the other
// way. ok is false where a table of the method is damaged or a limit is met, which is
// noted as a Cut of the file.
func (c *Code) Assuming(taken map[int]bool) (p Places, ok bool) {
	w := c.newFlowWalk(taken)
	units := int64(c.Units())
	seen := make(unitSet, (units+63)/64)
	var stack []int
	push := func(pos int) {
		if !seen.has(pos) {
			seen.add(int64(pos), units)
			stack = append(stack, pos)
		}
	}
	w.to(0, push)
	for len(stack) > 0 {
		pos := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !w.next(pos, push) {
			return Places{}, false
		}
	}
	return Places{seen}, true
}

// Booleans are the values that a method may return.
type Booleans uint8

// Values of a boolean; Other is one that is no constant.
const (
	False Booleans = 1 << iota
	True
	Other
)

// Returns tells which booleans a method may return when branches are always taken or
// never, see Assuming; 0 where a table is damaged or a limit is met, or it returns none.
func (c *Code) Returns(taken map[int]bool) Booleans {
	var returns []int
	for pos := 0; pos < c.Units(); pos += c.insns.Width(pos) {
		if c.insns.Op(pos) == 0x0f {
			returns = append(returns, pos)
		}
	}
	if len(returns) == 0 {
		return 0
	}
	register := func(pos int) uint32 { return uint32(c.insns[2*pos+1]) }
	w := c.newFlowWalk(taken)
	var out Booleans
	var done regSet // one walk for each register, however many places return it
	for i, pos := range returns {
		reg := register(pos)
		if done.has(reg) || out == False|True|Other {
			continue
		}
		done.add(reg)
		values := w.valuesOf(reg)
		if values == nil {
			return 0
		}
		for _, at := range returns[i:] {
			if register(at) == reg {
				out |= values[at]
			}
		}
	}
	return out
}

// valuesOf tells by place what a register may hold there, 0 where the place is not
// reached; nil where a table is damaged or a limit is met. Values only grow, so that each
// place is looked at a few times at most. The result is reused.
func (w *flowWalk) valuesOf(reg uint32) []Booleans {
	if w.values == nil {
		w.values = make([]Booleans, w.c.Units())
	}
	clear(w.values)
	w.spend(len(w.values) / clearedAtOnce)
	values := w.values
	var stack []int
	flow := func(v Booleans) func(int) {
		return func(to int) {
			if values[to]|v != values[to] {
				values[to] |= v
				stack = append(stack, to)
			}
		}
	}
	w.to(0, flow(Other))
	for len(stack) > 0 {
		pos := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !w.next(pos, flow(w.written(pos, reg, values[pos]))) {
			return nil
		}
	}
	return values
}

// written is what a register holds behind an instruction.
func (w *flowWalk) written(pos int, reg uint32, before Booleans) Booleans {
	code := w.c.insns
	b, op := code[2*pos:], code.Op(pos)
	constant := func(v int32) Booleans {
		switch v {
		case 0:
			return False
		case 1:
			return True
		}
		return Other
	}
	low, wide := uint32(b[1]&0xf), uint32(b[1])
	switch {
	case op == 0x12 && low == reg:
		return constant(int32(int8(b[1]) >> 4))
	case op == 0x13 && wide == reg:
		return constant(int32(int16(u16(b[2:]))))
	case op == 0x01 || op == 0x04 || op == 0x07:
		if low == reg {
			return Other
		}
	case op >= 0x02 && op <= 0x09, op >= 0x12 && op <= 0x1c: // other moves and constants
		if wide == reg && op != 0x12 {
			return Other
		}
	}
	switch writes(op) {
	case writesNibble, writesNibbleWide:
		if low == reg || writes(op) == writesNibbleWide && low+1 == reg {
			return Other
		}
	case writesByte, writesByteWide:
		if wide == reg || writes(op) == writesByteWide && wide+1 == reg {
			return Other
		}
	}
	return before
}

// flowWalk follows the control flow of a method.
type flowWalk struct {
	c      *Code
	taken  map[int]bool
	starts unitSet // where instructions begin: a damaged branch leads elsewhere
	tries  []tryRange
	values []Booleans // room for valuesOf
	budget int        // of pathFactor
}

const (
	// pathFactor bounds, by the length of the method in units, the places looked at in one
	// walk or a few of them, each switch target and exception handler being one. Real
	// methods need a few: only tables that are shared make more.
	pathFactor = 64
	pathSlack  = 64
	// clearedAtOnce is how many bytes are cleared in the time of one place.
	clearedAtOnce = 64
)

// spend is false, and the limit noted, where more is looked at than may be.
func (w *flowWalk) spend(n int) bool {
	if w.budget -= n; w.budget < 0 {
		w.c.file.Cut("max-path-factor", pathFactor)
	}
	return w.budget >= 0
}

func (c *Code) newFlowWalk(taken map[int]bool) *flowWalk {
	units := c.Units()
	w := &flowWalk{c: c, taken: taken, starts: make(unitSet, (units+63)/64), budget: pathFactor*units + pathSlack}
	w.tries = w.tryRanges()
	for pos := 0; pos < units; pos += c.insns.Width(pos) {
		w.starts.add(int64(pos), int64(units))
	}
	return w
}

// to visits a place if an instruction begins there.
func (w *flowWalk) to(pos int64, visit func(pos int)) {
	if pos >= 0 && pos < int64(w.c.Units()) && w.starts.has(int(pos)) {
		visit(int(pos))
	}
}

// next visits the places that follow an instruction; false where a table is damaged or
// the walk takes too long.
func (w *flowWalk) next(pos int, visit func(pos int)) bool {
	code := w.c.insns
	b, op := code[2*pos:], code.Op(pos)
	at := int64(pos)
	behind, jump := true, int64(-1)
	always, told := w.taken[pos]
	if !w.spend(1) {
		return false
	}
	switch {
	case op >= 0x0e && op <= 0x11, op == 0x27: // return*, throw
		behind = false
	case op == 0x28:
		behind, jump = false, at+int64(int8(b[1]))
	case op == 0x29:
		behind, jump = false, at+int64(int16(u16(b[2:])))
	case op == 0x2a:
		behind, jump = false, at+int64(int32(u32(b[2:])))
	case op >= 0x32 && op <= 0x3d:
		jump = at + int64(int16(u16(b[2:])))
	case op == 0x2b, op == 0x2c:
		targets := w.c.switchTargets(at + int64(int32(u32(b[2:]))))
		if targets == nil {
			return false
		}
		w.budget -= len(targets) / 4
		for ; len(targets) > 0 && (always || !told); targets = targets[4:] {
			w.to(at+int64(int32(u32(targets))), visit)
		}
	}
	switch {
	case told && always:
		behind = false
	case told:
		jump = -1
	}
	if behind {
		w.to(at+int64(code.Width(pos)), visit)
	}
	w.to(jump, visit)
	// The format sorts try blocks and lets none overlap.
	n, _ := slices.BinarySearchFunc(w.tries, pos, func(t tryRange, pos int) int { return cmp.Compare(t.from, pos+1) })
	if n > 0 && pos < w.tries[n-1].to {
		w.budget -= len(w.tries[n-1].handlers)
		for _, h := range w.tries[n-1].handlers {
			w.to(h, visit)
		}
	}
	return true
}

// tryRange is a try block with the places of its handlers.
type tryRange struct {
	from, to int
	handlers []int64
}

// tryRanges lists the try blocks. One that were left out would make its handlers look as if
// nothing led to them, so that all are read or the walk fails.
func (w *flowWalk) tryRanges() []tryRange {
	b := w.c.tries
	out := make([]tryRange, 0, len(b)/tryItemSize)
	for ; len(b) >= tryItemSize && w.budget >= 0; b = b[tryItemSize:] {
		from := int(u32(b))
		out = append(out, tryRange{from, from + int(u16(b[4:])), w.handlersAt(u16(b[6:]))})
	}
	return out
}

// handlersAt reads one list of handlers, as far as it is not damaged.
func (w *flowWalk) handlersAt(off uint32) []int64 {
	if uint64(off) >= uint64(len(w.c.handlers)) {
		return nil
	}
	b := w.c.handlers[off:]
	v, n := sleb(b)
	if n == 0 {
		return nil
	}
	b = b[n:]
	number := func() (int64, bool) {
		v, n := uleb(b)
		b = b[n:]
		return int64(v), n > 0
	}
	pairs, all := int64(v), v <= 0
	if pairs < 0 {
		pairs = -pairs
	}
	var out []int64
	for ; pairs > 0; pairs-- {
		_, typed := number() // the type caught
		at, ok := number()
		if !typed || !ok || !w.spend(1) {
			return out
		}
		out = append(out, at)
	}
	if at, ok := number(); all && ok {
		out = append(out, at)
	}
	return out
}
