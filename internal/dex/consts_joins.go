package dex

import (
	"cmp"
	"slices"
)

// joins carries constants over the branches of one method.
type joins struct {
	flow
	fixed   []regConst // parameters that nothing in the method overwrites
	pending []pendingWay
	room    []regConst // of pending, not overwritten while anything is
	last    span       // of room: the newest snapshot
	inside  []regConst // what the loop at hand never overwrites
	loop    int        // the loop at hand, or the next one
	live    bool       // the instruction before goes on to this one
	work    int        // budget, see joinFactor
}

// pendingWay is what all branches seen so far that lead to a place agree on.
type pendingWay struct {
	to    int
	known span // of joins.room, in the order of the registers
}

func (j *joins) start(c *Code, params []regConst) {
	*j = joins{flow: c.readFlow(), pending: j.pending[:0], room: j.room[:0], inside: j.inside[:0], live: true,
		work: joinFactor*c.Units() + joinSlack}
	if !j.ok {
		return
	}
	for _, p := range params {
		if p.reg < 256 && !j.written.has(p.reg) {
			j.fixed = append(j.fixed, p)
		}
	}
}

// leadsTo reports whether a branch or a handler may lead to a place.
func (j *joins) leadsTo(pos int) bool { return !j.ok || j.targets.has(pos) }

// arrive makes t what is known at a place to which branches lead.
func (j *joins) arrive(pos int, t *constRegs) {
	known, some := j.take(pos)
	if j.work -= len(known); !j.ok || j.work < 0 || j.forget.has(pos) || !some && !j.live {
		t.restore(j.fixed)
	} else if some {
		if j.live {
			known = agreeing(known, t)
		}
		t.restore(known)
	}
	j.live = true
	if j.ok && j.heads.has(pos) {
		j.enterLoop(pos, t)
	}
}

// take removes what is pending for places up to pos and returns that for pos. The
// answer may be changed.
func (j *joins) take(pos int) (known []regConst, some bool) {
	n := 0
	for n < len(j.pending) && j.pending[n].to <= pos {
		if j.pending[n].to == pos {
			known, some = slices.Clone(j.at(j.pending[n].known)), true
		}
		n++
	}
	j.pending = slices.Delete(j.pending, 0, n)
	return known, some
}

func (j *joins) at(s span) []regConst { return j.room[s.from:s.to] }

// agreeing keeps of known what t says as well.
func agreeing(known []regConst, t *constRegs) []regConst {
	return slices.DeleteFunc(known, func(r regConst) bool { return t.get(r.reg) != r.value })
}

// enterLoop keeps what the loop never overwrites. At its first place that is what
// all ways into the loop agree on: they come from above, since a jump back from
// below would make the loop longer.
func (j *joins) enterLoop(pos int, t *constRegs) {
	for j.loop < len(j.loops) && j.loops[j.loop].to < pos {
		j.loop++
	}
	if j.loop == len(j.loops) || j.loops[j.loop].from > pos {
		t.restore(j.fixed) // too many loops
		return
	}
	if l := &j.loops[j.loop]; l.from == pos {
		j.inside = t.snapshot(j.inside[:0])
		j.work -= len(j.inside)
		j.inside = slices.DeleteFunc(j.inside, func(r regConst) bool { return l.written.has(r.reg) })
		for _, p := range j.pending {
			if p.to > l.to {
				break
			}
			j.work -= len(j.inside) + int(p.known.to-p.known.from)
			j.inside = common(j.inside, j.at(p.known))
		}
		if j.work < 0 || j.forget.any(l.from, l.to) {
			j.inside = append(j.inside[:0], j.fixed...)
		}
	}
	t.restore(j.inside)
}

// common keeps of a what is in b; both are in the order of the registers.
func common(a, b []regConst) []regConst {
	return slices.DeleteFunc(a, func(r regConst) bool {
		for len(b) > 0 && b[0].reg < r.reg {
			b = b[1:]
		}
		return len(b) == 0 || b[0] != r
	})
}

// leave notes what is known at the places ahead that the instruction at pos leads
// to, and whether it goes on to the next one.
func (j *joins) leave(c *Code, pos int, t *constRegs) {
	op := c.insns.Op(pos)
	if op >= 0x28 && op <= 0x2c || op >= 0x32 && op <= 0x3d {
		units := int64(c.Units())
		if j.ok {
			j.snapshot(t)
			c.branches(pos, func(to int64) {
				if to > int64(pos) && to < units {
					j.note(int(to), t)
				}
			})
		}
	}
	if writes(op) == endsPath {
		t.forget()
		j.live = false
	}
}

// snapshot makes j.last what t says.
func (j *joins) snapshot(t *constRegs) {
	if !t.changed {
		return
	}
	t.changed = false
	if len(j.pending) == 0 {
		j.room = j.room[:0]
	}
	from := len(j.room)
	if j.work -= int(t.top); j.work >= 0 && len(j.room) < maxJoinRoom {
		j.room = t.snapshot(j.room)
	}
	j.short()
	j.last = span{uint32(from), uint32(len(j.room))}
}

// short notes where values are forgotten because of a limit.
func (j *joins) short() {
	switch {
	case j.work < 0:
		j.cut = Cut{"max-join-factor", joinFactor}
	case len(j.room) >= maxJoinRoom:
		j.cut = Cut{"max-join-room", maxJoinRoom}
	}
}

// note notes the newest snapshot, which is of t, for a place.
func (j *joins) note(to int, t *constRegs) {
	i, seen := slices.BinarySearchFunc(j.pending, to, func(p pendingWay, to int) int { return cmp.Compare(p.to, to) })
	switch {
	case j.forget.has(to) || j.work < 0:
		j.short()
		j.forget.add(int64(to), int64(to)+1)
	case !seen && len(j.pending) == maxPendingWays:
		j.cut = Cut{"max-pending-ways", maxPendingWays}
		j.forget.add(int64(to), int64(to)+1)
	case !seen:
		j.pending = slices.Insert(j.pending, i, pendingWay{to, j.last})
	case j.pending[i].known != j.last:
		p := &j.pending[i]
		from := len(j.room)
		j.work -= int(p.known.to - p.known.from)
		for _, r := range j.at(p.known) {
			if len(j.room) < maxJoinRoom && t.get(r.reg) == r.value {
				j.room = append(j.room, r)
			}
		}
		p.known = span{uint32(from), uint32(len(j.room))}
	}
}
