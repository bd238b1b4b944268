package dex

import (
	"errors"
	"fmt"
	"slices"

	"apkaudit/internal/bounded"
)

// codeHeaderSize is the size of a code item before its instructions.
const codeHeaderSize = 16

// Code is the body of one method, checked: its instructions fill it exactly and
// every reference lies inside its table.
type Code struct {
	Off       uint32 // where the code item stands, in bytes
	Registers uint16
	Ins       uint16 // registers of the method's own parameters, the last ones
	Outs      uint16
	Access    uint32     // access flags of the method, set by WalkCode
	Kind      MemberKind // DirectMethod or VirtualMethod, set by WalkCode

	file     *File // where limits that are met are noted
	insns    Insns
	refs     []uint32
	tries    []byte // the table of try blocks
	handlers []byte // from the list of handlers to the end of the file
}

// Units is the length of the code in 16-bit units.
func (c *Code) Units() int { return len(c.insns) / 2 }

// Insns are the instructions.
func (c *Code) Insns() Insns { return c.insns }

// Refs are the places, in 16-bit units and in order, of all instructions that
// refer to something: those whose Op has a Ref other than RefNone. Going through
// them is faster than going through Insns. The slice is reused by ReadCode and so
// by WalkCode.
func (c *Code) Refs() []uint32 { return c.refs }

// Ints calls visit for every constant of 32 bits that is loaded by an instruction of
// its own (const, const/high16), with its place. Smaller ones have other instructions.
func (c *Code) Ints(visit func(pos int, value int32)) {
	for pos := 0; pos < c.insns.Units(); pos += c.insns.Width(pos) {
		switch c.insns.Op(pos) {
		case 0x14:
			visit(pos, int32(u32(c.insns[2*pos+2:])))
		case 0x15:
			visit(pos, int32(u16(c.insns[2*pos+2:])<<16))
		}
	}
}

// ReadCode fills c with the code item at off, which Members.CodeOff or an earlier
// Code.Off gave. It fails where the item is damaged; c is unusable then. A Code that is
// used again keeps its room, so that reading many allocates next to nothing.
func (f *File) ReadCode(off uint32, c *Code) error {
	room := c.refs[:0]
	*c = Code{refs: room}
	if uint64(off)+codeHeaderSize > uint64(len(f.data)) {
		return fmt.Errorf("code item at 0x%x, but there are 0x%x bytes", off, len(f.data))
	}
	h := f.data[off:]
	units, tries := uint64(u32(h[12:])), int(u16(h[6:]))
	rest := h[codeHeaderSize:]
	if 2*units > uint64(len(rest)) {
		return fmt.Errorf("code item at 0x%x: %d units of instructions, but the file ends after %d", off, units, len(rest)/2)
	}
	*c = Code{
		file: f,
		Off:  off, Registers: uint16(u16(h)), Ins: uint16(u16(h[2:])), Outs: uint16(u16(h[4:])),
		insns: rest[: 2*units : 2*units],
		// An instruction with a reference has two units at least, and one entry
		// more is written to than kept.
		refs: slices.Grow(room, int(units/2)+1),
	}
	if tries > 0 {
		from := 2 * (units + units&1) // the table stands at a multiple of four
		end := from + uint64(tries)*tryItemSize
		if end > uint64(len(rest)) {
			return fmt.Errorf("code item at 0x%x: %d try blocks, but the file ends", off, tries)
		}
		c.tries, c.handlers = rest[from:end:end], rest[end:]
	}
	return f.checkInsns(c)
}

// checkInsns walks over the instructions once and makes sure of what Insns relies
// on. Android's verifier demands the same of every instruction, reached or not, so
// a method that fails here cannot run on a device.
func (f *File) checkInsns(c *Code) error {
	limits := [numRefs]uint32{ // by Ref
		RefNone:         1 << 16,
		RefString:       uint32(f.NumStrings()),
		RefType:         uint32(f.NumTypes()),
		RefField:        uint32(f.NumFields()),
		RefMethod:       uint32(f.NumMethods()),
		RefCallSite:     uint32(len(f.callSites) / callSiteIDSize),
		RefMethodHandle: uint32(len(f.handles) / methodHandleSize),
		RefProto:        uint32(f.NumProtos()),
	}
	code := c.insns
	refs, n := c.refs[:cap(c.refs)], 0
	p := 0
	for p+4 <= len(code) {
		op := code[p]
		ref := opTables.refs[op]
		if ref&opSpecial != 0 {
			size, err := f.checkSpecial(c, p, &limits)
			if err != nil {
				return err
			}
			refs[n] = uint32(p / 2)
			n += hasRef(ref & 7)
			p += size
			continue
		}
		refs[n] = uint32(p / 2)
		n += hasRef(ref)
		// No branch on whether there is a reference: it would be mispredicted for
		// every third instruction, and RefNone's limit lets any 16 bits pass.
		if index := u16(code[p+2 : p+4]); index >= limits[ref&7] {
			return c.damage(p, "instruction 0x%02x refers to entry 0x%x of 0x%x", op, index, limits[ref&7])
		}
		p += int(opTables.units[op]) * 2
	}
	if p < len(code) { // one unit is left
		if op := Op(code[p]); op.units() != 1 || op == OpNop && payloadBytes(code[p:]) != 2 {
			return c.damage(p, "instruction 0x%02x does not fit into the last unit", uint8(op))
		}
	} else if p > len(code) {
		return c.damage(p, "the last instruction ends %d bytes behind the code", p-len(code))
	}
	c.refs = refs[:n]
	return nil
}

// hasRef is 1 for a reference and 0 for RefNone, without a branch.
func hasRef(ref uint8) int { return int(ref+7) >> 3 }

// checkSpecial checks an instruction marked opSpecial at p, with at least four
// bytes there, and returns its size.
func (f *File) checkSpecial(c *Code, p int, limits *[numRefs]uint32) (size int, err error) {
	b := c.insns[p:]
	op := Op(b[0])
	if op == OpNop {
		n := payloadBytes(b)
		if n > uint64(len(b)) {
			return 0, c.damage(p, "a payload of %d bytes where %d are left", n, len(b))
		}
		return int(n), nil
	}
	size = 2 * op.units()
	if size > len(b) {
		return 0, c.damage(p, "instruction 0x%02x needs %d bytes where %d are left", uint8(op), size, len(b))
	}
	index := u16(b[2:])
	if op == OpConstStringJumbo {
		index = u32(b[2:])
	} else if proto := u16(b[6:]); proto >= limits[RefProto] {
		return 0, c.damage(p, "instruction 0x%02x refers to prototype 0x%x of 0x%x", uint8(op), proto, limits[RefProto])
	}
	if index >= limits[op.Ref()] {
		return 0, c.damage(p, "instruction 0x%02x refers to entry 0x%x of 0x%x", uint8(op), index, limits[op.Ref()])
	}
	return size, nil
}

func (c *Code) damage(p int, format string, args ...any) error {
	return fmt.Errorf("code item at 0x%x, unit 0x%x: %s", c.Off, p/2, fmt.Sprintf(format, args...))
}

// SkipClass, returned by the function given to WalkCode, goes on with the next
// class_def.
var SkipClass = errors.New("skip the rest of this class")

// WalkCode calls visit for every method of every class_def that has code, in the
// order of the file; method is an index of method_ids. The Code is reused after
// each call. Methods whose code is damaged are skipped and kept in Problems (once,
// however often the file is walked), and so is the rest of a class whose list of
// members is damaged.
//
// An error of visit ends the walk and is returned, SkipClass excepted. An error
// that wraps bounded.ErrLimit says that MaxWalkFactor was reached: what follows
// was not looked at.
func (f *File) WalkCode(visit func(classDef int, method uint32, code *Code) error) error {
	budget := MaxWalkFactor * int64(f.size)
	var c Code
	for i, n := 0, f.NumClasses(); i < n; i++ {
		record := int64(i) >= f.walked.Load()
		err := f.walkClass(i, &c, &budget, record, visit)
		if record {
			f.walked.Store(int64(i) + 1)
		}
		if err != nil && err != SkipClass {
			return err
		}
	}
	return nil
}

func (f *File) walkClass(i int, c *Code, budget *int64, record bool, visit func(int, uint32, *Code) error) error {
	m := f.Members(i)
	for m.Next() {
		if m.CodeOff() == 0 {
			continue
		}
		err := f.ReadCode(m.CodeOff(), c)
		if *budget -= int64(codeHeaderSize + len(c.insns)); *budget < 0 {
			return &bounded.LimitError{Limit: "max-dex-walk-factor", Value: MaxWalkFactor, What: f.name}
		}
		if err != nil {
			if record {
				f.problem(fmt.Sprintf("method 0x%x", m.Index()), "%v: not looked at", err)
			}
			continue
		}
		c.Access, c.Kind = m.Access(), m.Kind()
		if err := visit(i, m.Index(), c); err != nil {
			return err
		}
	}
	if err := m.Err(); err != nil && record {
		f.problem(fmt.Sprintf("class 0x%x", i), "members: %v: the rest was not looked at", err)
	}
	return nil
}
