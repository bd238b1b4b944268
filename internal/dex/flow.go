package dex

// unitSet is a set of places in a method, in 16-bit units.
type unitSet []uint64

func (s unitSet) has(pos int) bool { return s[pos>>6]>>(pos&63)&1 != 0 }

// add takes any place and drops those outside the method.
func (s unitSet) add(pos, units int64) {
	if pos >= 0 && pos < units {
		s[pos>>6] |= 1 << (pos & 63)
	}
}

// branchTargets collects every place that a branch, a switch or an exception
// handler leads to. ok is false where a table is damaged, or where the tables
// together have far more entries than the method has instructions (many switches
// on one table would make this quadratic): then any place may be a target.
func (c *Code) branchTargets() (set unitSet, ok bool) {
	units := int64(c.Units())
	set = make(unitSet, (units+63)/64)
	budget := 4*units + 64
	for p := 0; p < c.insns.Units(); p += c.insns.Width(p) {
		pos, b := int64(p), c.insns[2*p:]
		switch op := c.insns.Op(p); {
		case op == 0x28: // goto
			set.add(pos+int64(int8(b[1])), units)
		case op == 0x2a: // goto/32
			set.add(pos+int64(int32(u32(b[2:]))), units)
		case op == 0x29, op >= 0x32 && op <= 0x3d: // goto/16, if-*
			set.add(pos+int64(int16(u16(b[2:]))), units)
		case op == 0x2b, op == 0x2c: // packed-switch, sparse-switch
			targets := c.switchTargets(pos + int64(int32(u32(b[2:]))))
			if targets == nil {
				return set, false
			}
			if budget -= int64(len(targets)/4) + 1; budget < 0 {
				return set, false
			}
			for ; len(targets) > 0; targets = targets[4:] {
				set.add(pos+int64(int32(u32(targets))), units)
			}
		}
	}
	return set, c.addHandlers(set, budget)
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

// addHandlers adds where the exception handlers begin; false as for branchTargets.
func (c *Code) addHandlers(set unitSet, budget int64) bool {
	if len(c.tries) == 0 {
		return true
	}
	units := int64(c.Units())
	b, ok := c.handlers, true
	number := func() int64 {
		v, n := uleb(b)
		ok = ok && n > 0
		b = b[n:]
		return int64(v)
	}
	for lists := number(); ok && lists > 0; lists-- {
		v, n := sleb(b)
		if n == 0 {
			return false
		}
		b = b[n:]
		pairs, catchAll := int64(v), v <= 0
		if pairs < 0 {
			pairs = -pairs
		}
		if budget -= pairs + 1; budget < 0 {
			return false
		}
		for ; ok && pairs > 0; pairs-- {
			number() // the type caught
			set.add(number(), units)
		}
		if ok && catchAll {
			set.add(number(), units)
		}
	}
	return ok
}
