package dex

import (
	"cmp"
	"math/bits"
	"slices"
)

// unitSet is a set of places in a method, in 16-bit units.
type unitSet []uint64

func (s unitSet) has(pos int) bool { return s[pos>>6]>>(pos&63)&1 != 0 }

// add takes any place and drops those outside the method.
func (s unitSet) add(pos, units int64) {
	if pos >= 0 && pos < units {
		s[pos>>6] |= 1 << (pos & 63)
	}
}

// any reports whether a place of from to to, both inside, is in the set.
func (s unitSet) any(from, to int) bool {
	for from <= to && from>>6 < len(s) {
		word := s[from>>6] >> (from & 63)
		if word != 0 && from+bits.TrailingZeros64(word) <= to {
			return true
		}
		from = (from>>6 + 1) << 6
	}
	return false
}

// regSet is a set of the registers below 256.
type regSet [4]uint64

func (s *regSet) has(reg uint32) bool { return reg < 256 && s[reg>>6]>>(reg&63)&1 != 0 }

func (s *regSet) add(reg uint32) {
	if reg < 256 {
		s[reg>>6] |= 1 << (reg & 63)
	}
}

// Limits on what is kept of the ways through one method. Beyond each of them the
// values at the place concerned are forgotten.
const (
	// maxLoopEdges is how many jumps back are told apart.
	maxLoopEdges = 2048
	// flowFactor bounds, by the length of the method in units, where its branches lead.
	flowFactor = 4
	// maxPendingWays is how many places ahead, that a branch seen leads to, have
	// their values kept at a time.
	maxPendingWays = 1024
	// joinFactor bounds, by the length of the method in units, how many register
	// values are copied and compared where ways part and meet.
	joinFactor = 16
	joinSlack  = 4096
	// maxJoinRoom is how many register values are kept for places ahead.
	maxJoinRoom = 1 << 18
)

// flow says where the ways through a method meet.
type flow struct {
	targets unitSet // every place that a branch, a switch or an exception handler leads to
	heads   unitSet // those that a jump back leads to
	forget  unitSet // those where nothing is known: exception handlers
	written regSet  // what any instruction writes
	loops   []loop  // in order, none touching another; nil where there are too many
	ok      bool    // false: any place may be a target
	cut     Cut     // the limit that was met, none where none was
}

// loop is a range of code such that every way from a place in it back to that place
// stays inside: the union of jumps back that overlap.
type loop struct {
	from, to int // both inside
	written  regSet
}

// readFlow collects where branches lead. ok is false where a table is damaged, or
// where the tables together have far more entries than the method has instructions
// (many switches on one table would make this quadratic).
func (c *Code) readFlow() (f flow) {
	units := int64(c.Units())
	room := make(unitSet, 3*((units+63)/64))
	n := len(room) / 3
	f = flow{targets: room[:n], heads: room[n : 2*n], forget: room[2*n:]}
	budget := flowFactor*units + 64
	tooMany := false
	for p := 0; p < c.insns.Units(); p += c.insns.Width(p) {
		first, count := writes(c.insns.Op(p)).registers(c.insns[2*p:])
		for i := range count {
			f.written.add(first + i)
		}
		ok := c.branches(p, func(to int64) {
			f.targets.add(to, units)
			budget--
			if to > int64(p) || to < 0 {
				return
			}
			f.heads.add(to, units)
			if tooMany = tooMany || len(f.loops) == maxLoopEdges; !tooMany {
				f.loops = append(f.loops, loop{from: int(to), to: p})
			}
		})
		if budget < 0 {
			f.cut = Cut{"max-flow-factor", flowFactor}
		}
		if !ok || budget < 0 {
			return f
		}
	}
	if f.ok, budget = c.addHandlers(f.forget, budget); budget < 0 {
		f.cut = Cut{"max-flow-factor", flowFactor}
	}
	for i, s := range f.forget {
		f.targets[i] |= s
	}
	if tooMany {
		f.loops, f.cut = nil, Cut{"max-loop-edges", maxLoopEdges}
	}
	if len(f.loops) > 0 {
		c.joinLoops(&f)
	}
	return f
}

// joinLoops unites loops that overlap and finds what each writes.
func (c *Code) joinLoops(f *flow) {
	slices.SortFunc(f.loops, func(a, b loop) int { return cmp.Compare(a.from, b.from) })
	joined := f.loops[:0]
	for _, l := range f.loops {
		if n := len(joined); n > 0 && l.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, l.to)
			continue
		}
		joined = append(joined, l)
	}
	f.loops = joined
	i := 0
	for p := 0; p < c.insns.Units() && i < len(joined); p += c.insns.Width(p) {
		for i < len(joined) && joined[i].to < p {
			i++
		}
		if i == len(joined) || p < joined[i].from {
			continue
		}
		first, count := writes(c.insns.Op(p)).registers(c.insns[2*p:])
		for k := range count {
			joined[i].written.add(first + k)
		}
	}
}

// branches calls each with every place that the branch or switch at p leads to,
// false where its table is damaged.
func (c *Code) branches(p int, each func(to int64)) bool {
	pos, b := int64(p), c.insns[2*p:]
	switch op := c.insns.Op(p); {
	case op == 0x28: // goto
		each(pos + int64(int8(b[1])))
	case op == 0x2a: // goto/32
		each(pos + int64(int32(u32(b[2:]))))
	case op == 0x29, op >= 0x32 && op <= 0x3d: // goto/16, if-*
		each(pos + int64(int16(u16(b[2:]))))
	case op == 0x2b, op == 0x2c: // packed-switch, sparse-switch
		targets := c.switchTargets(pos + int64(int32(u32(b[2:]))))
		if targets == nil {
			return false
		}
		for ; len(targets) > 0; targets = targets[4:] {
			each(pos + int64(int32(u32(targets))))
		}
	}
	return true
}

// switchTargets returns the branch offsets of the switch table at a place, four
// bytes each, nil where there is no such table.
func (c *Code) switchTargets(at int64) []byte {
	if at < 0 || 2*at+4 > int64(len(c.insns)) {
		return nil
	}
	b := c.insns[2*at:]
	n := uint64(u16(b[2:]))
	if payloadBytes(b) > uint64(len(b)) {
		return nil
	}
	switch u16(b) {
	case payloadPacked:
		return b[8 : 8+4*n]
	case payloadSparse:
		return b[4+4*n : 4+8*n]
	}
	return nil
}

// addHandlers adds where the exception handlers begin; false as for readFlow. left is what
// remains of the budget, negative where it was not enough.
func (c *Code) addHandlers(set unitSet, budget int64) (ok bool, left int64) {
	if len(c.tries) == 0 {
		return true, budget
	}
	units := int64(c.Units())
	b := c.handlers
	ok = true
	number := func() int64 {
		v, n := uleb(b)
		ok = ok && n > 0
		b = b[n:]
		return int64(v)
	}
	for lists := number(); ok && lists > 0; lists-- {
		v, n := sleb(b)
		if n == 0 {
			return false, budget
		}
		b = b[n:]
		pairs, catchAll := int64(v), v <= 0
		if pairs < 0 {
			pairs = -pairs
		}
		if budget -= pairs + 1; budget < 0 {
			return false, budget
		}
		for ; ok && pairs > 0; pairs-- {
			number() // the type caught
			set.add(number(), units)
		}
		if ok && catchAll {
			set.add(number(), units)
		}
	}
	return ok, budget
}
