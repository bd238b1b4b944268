package classfile

import (
	"fmt"
	"strings"
)

// Ref is an instruction that calls a method or reads or writes a field, or a
// method handle that an invokedynamic instruction passes to its bootstrap method
// (a method reference such as TelephonyManager::getDeviceId, a lambda body).
type Ref struct {
	Op     Op
	Offset int    // of the instruction, in bytes
	Class  string // descriptor of the class named, which may inherit the member
	Name   string
	Desc   string // (params)ret, or the type of a field
	// Args has one Const for each parameter of a call, receiver left out and a
	// long or double being one; empty for handles. It is reused.
	Args []Const
}

// Target is the member as DEX writes it: Lpkg/Class;->name(params)ret or
// Lpkg/Class;->NAME:type.
func (r *Ref) Target() string { return Member(r.Class, r.Name, r.Desc) }

// Member writes a method or field of a class as DEX does.
func Member(class, name, desc string) string {
	if strings.HasPrefix(desc, "(") {
		return class + "->" + name + desc
	}
	return class + "->" + name + ":" + desc
}

// Walk calls visit for every instruction of the class's code that names a
// member, methods in the order of the file. The first error of visit ends it. A
// method whose code is damaged is visited up to the damage; damage gets one error
// each, with the method and the offset in bytes.
//
// A value is known where it is constant on every way to the call: constants are
// carried forward along straight code and forgotten wherever a branch, a switch
// or an exception handler leads to. That loses values that are set before a
// branch target and never claims a wrong one.
func (c *Class) Walk(visit func(*Method, *Ref) error) (damage []error, err error) {
	for i := range c.Methods {
		m := &c.Methods[i]
		if m.code == nil {
			continue
		}
		s := simulation{c: c, m: m, visit: visit}
		derr := s.run()
		if s.stop != nil {
			return damage, s.stop
		}
		if derr != nil {
			damage = append(damage, fmt.Errorf("%s: method %s%s: %w", c.Name, m.Name, m.Proto, derr))
		}
	}
	return damage, nil
}

// simulation carries constants through the code of one method.
type simulation struct {
	c      *Class
	m      *Method
	visit  func(*Method, *Ref) error
	stop   error // of visit
	stack  []Const
	locals map[uint16]Const
	args   []Const
}

func (s *simulation) run() error {
	targets, end, damage := branchTargets(s.m)
	for pos := 0; pos < end; {
		n, err := width(s.m.code, pos)
		if err != nil {
			return err // not reached: branchTargets ends before it
		}
		if targets[pos/64]&(1<<(pos%64)) != 0 {
			s.forget()
		}
		if err := s.step(pos); err != nil {
			return fmt.Errorf("offset %d: %w", pos, err)
		}
		if s.stop != nil {
			return nil
		}
		pos += n
	}
	return damage
}

// branchTargets marks the places that something but the instruction before leads
// to, and returns where readable code ends.
func branchTargets(m *Method) (set []uint64, end int, damage error) {
	code := m.code
	set = make([]uint64, len(code)/64+1)
	mark := func(target int64) {
		if target >= 0 && target < int64(len(code)) {
			set[target/64] |= 1 << (target % 64)
		}
	}
	for _, h := range m.handlers {
		mark(int64(h))
	}
	for pos := 0; pos < len(code); {
		n, err := width(code, pos)
		if err != nil {
			return set, pos, fmt.Errorf("offset %d: %w", pos, err)
		}
		switch op := int(code[pos]); {
		case op >= 153 && op <= opJsr, op == 198, op == 199:
			mark(int64(pos) + int64(int16(u2(code[pos+1:]))))
		case op == opGotoW, op == opJsrW:
			mark(int64(pos) + int64(int32(u4(code[pos+1:]))))
		case op == opTableSwitch, op == opLookupSwitch:
			mark(int64(pos) + int64(int32(u4(code[(pos+4)&^3:]))))
			table, count, step, _ := switchTable(code, pos)
			for k := range int(count) {
				mark(int64(pos) + int64(int32(u4(code[table+k*step+step-4:]))))
			}
		}
		pos += n
	}
	return set, len(code), nil
}

func (s *simulation) forget() {
	s.stack = s.stack[:0]
	clear(s.locals)
}

func (s *simulation) push(v Const) { s.stack = append(s.stack, v) }

func (s *simulation) pushSlots(n int) {
	for range n {
		s.push(Const{})
	}
}

// pop takes the top of the stack: unknown where it is from before a branch.
func (s *simulation) pop() Const {
	if len(s.stack) == 0 {
		return Const{}
	}
	v := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	return v
}

func (s *simulation) popSlots(n int) {
	s.stack = s.stack[:max(len(s.stack)-n, 0)]
}

// pushConst pushes a constant, with its upper slot where it has two.
func (s *simulation) pushConst(v Const, wide bool) {
	s.push(v)
	if wide {
		s.push(Const{Kind: constHigh})
	}
}

// popValue takes a parameter of one or two slots.
func (s *simulation) popValue(wide bool) Const {
	if !wide {
		if v := s.pop(); v.Kind != constHigh {
			return v
		}
		return Const{}
	}
	high, v := s.pop(), s.pop()
	if high.Kind != constHigh {
		return Const{}
	}
	return v
}

// step applies one instruction.
func (s *simulation) step(pos int) error {
	code, op := s.m.code, int(s.m.code[pos])
	switch {
	case op >= 2 && op <= 8: // iconst
		s.push(Const{Kind: ConstInt, Int: int64(op) - 3})
	case op == 9 || op == 10: // lconst
		s.pushConst(Const{Kind: ConstLong, Int: int64(op) - 9}, true)
	case op == opBipush:
		s.push(Const{Kind: ConstInt, Int: int64(int8(code[pos+1]))})
	case op == opSipush:
		s.push(Const{Kind: ConstInt, Int: int64(int16(u2(code[pos+1:])))})
	case op == opLdc:
		return s.load(uint16(code[pos+1]), false)
	case op == opLdcW, op == opLdc2W:
		return s.load(u2(code[pos+1:]), op == opLdc2W)
	case op >= 21 && op <= 45:
		s.loadLocal(op, code[pos+1:])
	case op >= 54 && op <= 78:
		s.storeLocal(op, code[pos+1:])
	case op == opIinc:
		delete(s.locals, uint16(code[pos+1]))
	case op >= opDup && op <= opSwap:
		s.duplicate(op)
	case op >= int(OpGetStatic) && op <= int(OpPutField):
		return s.field(Op(op), pos)
	case op >= int(OpInvokeVirtual) && op <= int(OpInvokeInterface):
		return s.call(Op(op), pos)
	case op == int(OpInvokeDynamic):
		return s.dynamic(pos)
	case op == opCheckcast: // leaves the same reference
	case op == opWide:
		s.wide(pos)
	case op == opMultiNewArray:
		s.popSlots(int(code[pos+3]))
		s.push(Const{})
	case op >= opGoto && op <= opLookupSwitch, op >= 172 && op <= 177, op == 191, op == opGotoW, op == opJsrW:
		s.forget() // what follows is reached by a branch or not at all
	default:
		s.popSlots(int(effects[2*op] - '0'))
		s.pushSlots(int(effects[2*op+1] - '0'))
	}
	return nil
}

func (s *simulation) load(index uint16, wide bool) error {
	v, err := s.c.pool.constant(index)
	s.pushConst(v, wide)
	return err
}

// loadLocal is xload with its index behind it and xload_n with it inside.
func (s *simulation) loadLocal(op int, operand []byte) {
	s.loadKind(localOf(op-21, operand))
}

// localOf tells kind and index of a local variable from the number of its
// instruction: the five with the index behind them come first, then four for each
// kind with the index inside.
func localOf(n int, operand []byte) (kind int, index uint16) {
	if n >= 5 {
		return (n - 5) / 4, uint16(n-5) % 4
	}
	return n, uint16(operand[0])
}

// isWide tells for the kinds int, long, float, double, reference (0 to 4)
// whether a value takes two slots.
func isWide(kind int) bool { return kind == 1 || kind == 3 }

func (s *simulation) loadKind(kind int, index uint16) {
	s.pushConst(s.locals[index], isWide(kind))
}

func (s *simulation) storeLocal(op int, operand []byte) {
	s.storeKind(localOf(op-54, operand))
}

func (s *simulation) storeKind(kind int, index uint16) {
	v := s.popValue(isWide(kind))
	if below := s.locals[index-1].Kind; below == ConstLong || below == ConstFloat {
		delete(s.locals, index-1) // its upper half stood here
	}
	if isWide(kind) {
		delete(s.locals, index+1)
	}
	if v.Kind == ConstUnknown {
		delete(s.locals, index)
		return
	}
	if s.locals == nil {
		s.locals = map[uint16]Const{}
	}
	s.locals[index] = v
}

// wide is the prefix for indexes above 255; a damaged one changes nothing.
func (s *simulation) wide(pos int) {
	op, index := int(s.m.code[pos+1]), u2(s.m.code[pos+2:])
	switch {
	case op == opIinc:
		delete(s.locals, index)
	case op >= 21 && op <= 25:
		s.loadKind(op-21, index)
	case op >= 54 && op <= 58:
		s.storeKind(op-54, index)
	}
}

// duplicate is dup, dup_x1 … swap, which all work on slots.
func (s *simulation) duplicate(op int) {
	take := func(n int) []Const {
		out := make([]Const, n)
		for i := n - 1; i >= 0; i-- {
			out[i] = s.pop()
		}
		return out
	}
	under := 0
	switch op {
	case opDupX1, opDup2X1:
		under = 1
	case opDupX2, opDup2X2:
		under = 2
	case opSwap:
		v := take(2)
		s.stack = append(s.stack, v[1], v[0])
		return
	}
	n := 1
	if op >= opDup2 {
		n = 2
	}
	top := take(n)
	below := take(under)
	s.stack = append(s.stack, top...)
	s.stack = append(s.stack, below...)
	s.stack = append(s.stack, top...)
}

// member resolves a Fieldref or Methodref entry.
func (p *pool) member(i uint16, tags ...byte) (r Ref, desc uint16, err error) {
	b, _, err := p.entry(i, tags...)
	if err != nil {
		return r, 0, err
	}
	if r.Class, err = p.class(u2(b)); err != nil {
		return r, 0, err
	}
	r.Name, r.Desc, desc, err = p.nameAndType(u2(b[2:]))
	return r, desc, err
}

func (s *simulation) emit(r *Ref) {
	if s.stop == nil {
		s.stop = s.visit(s.m, r)
	}
}

func (s *simulation) field(op Op, pos int) error {
	r, _, err := s.c.pool.member(u2(s.m.code[pos+1:]), tagFieldref)
	if err != nil {
		return err
	}
	slots := 1
	if r.Desc == "J" || r.Desc == "D" {
		slots = 2
	}
	switch op {
	case OpGetField:
		s.popSlots(1)
	case OpPutField:
		s.popSlots(1 + slots)
	case OpPutStatic:
		s.popSlots(slots)
	}
	if op.IsFieldRead() {
		s.pushSlots(slots)
	}
	r.Op, r.Offset = op, pos
	s.emit(&r)
	return nil
}

func (s *simulation) call(op Op, pos int) error {
	r, desc, err := s.c.pool.member(u2(s.m.code[pos+1:]), tagMethodref, tagInterface)
	if err != nil {
		return err
	}
	p, err := s.c.pool.prototype(desc)
	if err != nil {
		return err
	}
	s.popArgs(p)
	if op != OpInvokeStatic {
		s.popSlots(1)
	}
	s.pushSlots(p.returns)
	r.Op, r.Offset, r.Args = op, pos, s.args
	s.emit(&r)
	return nil
}

// popArgs takes the arguments of a call, the last one being on top.
func (s *simulation) popArgs(p *proto) {
	s.args = append(s.args[:0], make([]Const, len(p.wide))...)
	for i := len(p.wide) - 1; i >= 0; i-- {
		s.args[i] = s.popValue(p.wide[i])
	}
}

// dynamic visits the method handles that the bootstrap method is given.
func (s *simulation) dynamic(pos int) error {
	b, _, err := s.c.pool.entry(u2(s.m.code[pos+1:]), tagInvokeDynamic)
	if err != nil {
		return err
	}
	_, _, desc, err := s.c.pool.nameAndType(u2(b[2:]))
	if err != nil {
		return err
	}
	p, err := s.c.pool.prototype(desc)
	if err != nil {
		return err
	}
	s.popArgs(p)
	s.pushSlots(p.returns)
	if int(u2(b)) >= len(s.c.bootstrap) {
		return fmt.Errorf("bootstrap method %d of %d", u2(b), len(s.c.bootstrap))
	}
	for _, arg := range s.c.bootstrap[u2(b)] {
		if r, ok := s.c.pool.handle(arg); ok {
			r.Offset = pos
			s.emit(&r)
		}
	}
	return nil
}

// handle returns the member of a MethodHandle entry (JVMS table 5.4.3.5-A).
func (p *pool) handle(i uint16) (Ref, bool) {
	b, _, err := p.entry(i, tagMethodHandle)
	if err != nil {
		return Ref{}, false
	}
	r, _, err := p.member(u2(b[1:]), tagFieldref, tagMethodref, tagInterface)
	switch {
	case b[0] >= 1 && b[0] <= 4:
		r.Op = [...]Op{OpGetField, OpGetStatic, OpPutField, OpPutStatic}[b[0]-1]
	default:
		r.Op = OpInvokeDynamic
	}
	return r, err == nil
}

// proto is what a call does to the stack.
type proto struct {
	wide    []bool // by parameter: takes two slots
	returns int    // slots
}

// prototype reads a method descriptor (JVMS 4.3.3), each once.
func (p *pool) prototype(at uint16) (*proto, error) {
	if out, ok := p.proto[at]; ok {
		return out, nil
	}
	desc, err := p.text(at)
	if err != nil {
		return nil, err
	}
	out := &proto{}
	params, ret, ok := strings.Cut(desc, ")")
	if !ok || !strings.HasPrefix(params, "(") {
		return nil, fmt.Errorf("%q is no method descriptor", short(desc))
	}
	for params = params[1:]; params != ""; {
		n := typeLen(params)
		if n == 0 || len(out.wide) == maxArgs {
			return nil, fmt.Errorf("%q is no method descriptor", short(desc))
		}
		out.wide = append(out.wide, params[0] == 'J' || params[0] == 'D')
		params = params[n:]
	}
	switch {
	case ret == "J" || ret == "D":
		out.returns = 2
	case ret != "V":
		out.returns = 1
	}
	p.proto[at] = out
	return out, nil
}

// typeLen is the length of the type descriptor at the start of s, 0 for none.
func typeLen(s string) int {
	n := len(s) - len(strings.TrimLeft(s, "["))
	if n == len(s) {
		return 0
	}
	switch s[n] {
	case 'B', 'C', 'D', 'F', 'I', 'J', 'S', 'Z':
		return n + 1
	case 'L':
		if end := strings.IndexByte(s[n:], ';'); end > 1 {
			return n + end + 1
		}
	}
	return 0
}

// short keeps hostile texts out of messages.
func short(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

// Returns is the constant that a method does nothing but return; unknown for any
// other body.
func (c *Class) Returns(m *Method) Const {
	const areturn = 176
	var index uint16
	switch b := m.code; {
	case len(b) == 3 && b[0] == opLdc && b[2] == areturn:
		index = uint16(b[1])
	case len(b) == 4 && b[0] == opLdcW && b[3] == areturn:
		index = u2(b[1:])
	default:
		return Const{}
	}
	v, err := c.pool.constant(index)
	if err != nil {
		return Const{}
	}
	return v
}
