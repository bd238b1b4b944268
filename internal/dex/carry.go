package dex

// Limits on the values that Carry follows; beyond them values are forgotten.
const (
	MaxCarried     = 64   // registers that hold one at a time; a gap names it for the others too
	maxCarriedWays = 1024 // places ahead for which values are kept
	// carriedFactor bounds, by the length of the method in units, the branches that are
	// looked at: many switches may share one table.
	carriedFactor = 4
	carriedSlack  = 64
)

// Passing says where a value is after a call that takes it.
type Passing uint8

// Passings, which may be joined.
const (
	IntoResult   Passing = 1 << iota // what the call returns holds it
	IntoReceiver                     // the first argument holds it from then on
)

// carried are the registers that hold a value, with the place that it comes from.
type carried map[uint32]int

// add is false where there are as many already as may be.
func (h carried) add(reg uint32, source int) bool {
	if old, ok := h[reg]; ok {
		source = min(old, source)
	} else if len(h) == MaxCarried {
		return false
	}
	h[reg] = source
	return true
}

// Carry follows the values that some instructions give, calls and reads of fields that
// isSource picks by their place, and calls take for every call that is handed one:
// with its place, the number of the register handed over (the receiver is 0, a long
// counts twice) and the place of the source. pass says where the value is after the
// call; receiver tells that it is the one that the call is made on.
//
// Values go along moves, casts, conversions, arithmetic, elements put into arrays and
// the calls that pass them on. Where ways meet, a register holds what it holds on any
// of them; what only a jump back or an exception brings is not seen. It is linear in
// the code. all is false where a limit was met and values were forgotten.
func (c *Code) Carry(isSource func(pos int) bool, pass func(pos int, receiver bool) Passing, take func(pos, reg, source int)) (all bool) {
	w := carrier{c: c, code: c.insns, held: carried{}, ahead: map[int]carried{}, pass: pass, take: take, left: carriedFactor*c.Units() + carriedSlack}
	dead := false
	for pos := 0; pos < w.code.Units(); pos += w.code.Width(pos) {
		if ahead, ok := w.ahead[pos]; ok {
			if dead {
				clear(w.held)
			}
			w.join(w.held, ahead)
			delete(w.ahead, pos)
			dead = false
		} else if dead {
			clear(w.held)
		}
		op := w.code.Op(pos)
		switch {
		case op.Ref() == RefMethod:
			w.call(pos, isSource(pos))
			continue
		case op.Ref() == RefField && op.IsFieldRead():
			w.write(pos, pos, isSource(pos))
		default:
			w.step(pos, op)
		}
		w.fresh = false
		dead = writes(op) == endsPath
	}
	return !w.short && w.left >= 0
}

// carrier is the state of Carry.
type carrier struct {
	c      *Code
	code   Insns
	held   carried
	ahead  map[int]carried // by place: what branches seen so far bring
	source int             // of the result of the call before
	fresh  bool            // that call was the instruction before, and its result holds a value
	pass   func(pos int, receiver bool) Passing
	take   func(pos, reg, source int)
	left   int  // of carriedFactor
	short  bool // values were forgotten
}

// join adds all of other. It does so in any order, since the smallest place wins; a
// set that is full already is not joined with.
func (w *carrier) join(h, other carried) {
	if len(h)+len(other) > MaxCarried {
		w.short = true
		return
	}
	for reg, source := range other {
		h.add(reg, source)
	}
}

// hold notes that a register holds a value.
func (w *carrier) hold(reg uint32, source int) {
	if !w.held.add(reg, source) {
		w.short = true
	}
}

// call hands the held arguments over.
func (w *carrier) call(pos int, isSource bool) {
	w.source, w.fresh = pos, isSource
	if len(w.held) == 0 {
		return
	}
	r := argRegs(w.code, pos)
	into := -1
	for i := range r.count {
		source, ok := w.held[r.at(i)]
		if !ok {
			continue
		}
		w.take(pos, int(i), source)
		p := w.pass(pos, i == 0 && !w.code.Op(pos).IsStaticInvoke())
		if p&IntoReceiver != 0 && into < 0 {
			into = source
		}
		if p&IntoResult != 0 && !w.fresh {
			w.source, w.fresh = source, true
		}
	}
	if into >= 0 && r.count > 0 {
		w.hold(r.at(0), into)
	}
}

// write notes that the instruction at pos overwrites its registers, with a value or not.
func (w *carrier) write(pos, source int, holds bool) {
	first, count := writes(w.code.Op(pos)).registers(w.code[2*pos:])
	for i := range count {
		delete(w.held, first+i)
	}
	if holds && count > 0 {
		w.hold(first, source)
	}
}

// step applies an instruction that is no call and reads no field.
func (w *carrier) step(pos int, op Op) {
	if op >= 0x0a && op <= 0x0c { // move-result*
		w.write(pos, w.source, w.fresh)
		return
	}
	if len(w.held) == 0 {
		return
	}
	b := w.code[2*pos:]
	from := func(regs ...uint32) {
		for _, r := range regs {
			if source, ok := w.held[r]; ok {
				w.write(pos, source, true)
				return
			}
		}
		w.write(pos, 0, false)
	}
	switch {
	case op == 0x01 || op == 0x04 || op == 0x07: // move*
		from(uint32(b[1] >> 4))
	case op == 0x02 || op == 0x05 || op == 0x08:
		from(u16(b[2:]))
	case op == 0x03 || op == 0x06 || op == 0x09:
		from(u16(b[4:]))
	case op >= 0x7b && op <= 0x8f: // negation, conversion
		from(uint32(b[1] >> 4))
	case op >= 0x90 && op <= 0xaf, op >= 0x44 && op <= 0x4a: // arithmetic, aget*
		from(uint32(b[2]), uint32(b[3]))
	case op >= 0xb0 && op <= 0xcf: // arithmetic on two addresses
		from(uint32(b[1]&0xf), uint32(b[1]>>4))
	case op == 0x4d: // aput-object
		if source, ok := w.held[uint32(b[1])]; ok {
			w.hold(uint32(b[2]), source)
		}
	case op >= 0x28 && op <= 0x2c, op >= 0x32 && op <= 0x3d:
		w.c.branches(pos, w.toward(pos))
	default:
		w.write(pos, 0, false)
	}
}

// toward keeps what is held for the places that the branch at pos leads to.
func (w *carrier) toward(pos int) func(int64) {
	return func(to int64) {
		if w.left--; w.left < 0 || to <= int64(pos) || to >= int64(w.code.Units()) {
			return
		}
		known, ok := w.ahead[int(to)]
		if !ok {
			if len(w.ahead) == maxCarriedWays {
				w.short = true
				return
			}
			known = carried{}
			w.ahead[int(to)] = known
		}
		w.join(known, w.held)
	}
}
