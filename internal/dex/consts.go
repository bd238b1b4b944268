package dex

import (
	"bytes"
	"strconv"
	"strings"
)

// ConstKind says what a Const holds.
type ConstKind uint8

// Kinds of constants. Constants.Text gives the text of those that have one.
// Integers are 32 bits (also boolean, char, float as its bits and the null
// reference, which is 0), wide ones 64 bits (long, or double as its bits).
const (
	ConstUnknown ConstKind = iota
	ConstString            // text that stands in the file; Value is a string index
	ConstClass             // a class that stands in the file; Value is a type index
	ConstInt               //
	ConstWide              //
	ConstText              // text that was put together or stands in another file
	ConstNamed             // a class loaded by its name
	ConstURI               // an android.net.Uri parsed from a text
	ConstMember            // a reflected method or field, see Constants.Member
	ConstArray             // an array of references, see Constants.Elements
	ConstParam             // Value is a parameter of the method itself, counted as arguments are
	ConstNamedBy           // a class loaded by the name that is parameter Value of the method itself
	constHigh              // the second register of a wide constant, never shown
	constBuilder           // a StringBuilder, never shown
)

// Const is what is known of a value; the zero Const is unknown.
type Const struct {
	Kind  ConstKind
	Value int64
}

// Limits on constants that are put together. Each is far above what real code
// needs; what would go beyond is unknown.
const (
	// MaxConstText is the longest text, in bytes.
	MaxConstText = 4096
	// MaxConstArray is the longest array whose elements are followed.
	MaxConstArray = 256
	// maxConstObjects is how many arrays and builders are followed at a time.
	maxConstObjects = 256
	// constTextFactor and constArrayFactor bound by the length of a method, in
	// units, the bytes of text and the elements that it puts together.
	constTextFactor  = 64
	constArrayFactor = 4
	// constSlack is what a short method may spend in any case.
	constSlack = 512
	// maxConstTexts and maxConstMembers are how many different texts one method
	// puts together and how many methods and fields it looks up.
	maxConstTexts   = 4096
	maxConstMembers = 4096
	// maxCachedTexts is how many texts of the file are kept decoded.
	maxCachedTexts = 4096
)

// Constants follows constants through the methods of one file, one method at a
// time: what a parameter, a result or a text means is valid until the next call of
// Calls. It is not safe for concurrent use; several for one file are.
type Constants struct {
	file   *File
	static func(field uint32) (string, bool)
	cache  map[uint32]string

	roles    []callRole // by method index
	builders []uint32   // types of string builders

	code    Insns
	regs    constRegs
	joins   joins
	heap    []constObject // what registers of kind array and builder refer to
	stretch int64         // the number of the stretch of straight code
	texts   []string
	textAt  map[string]int64
	members []ConstMemberRef
	result  Const // of the call that ends at resultAt
	after   int
	text    int // budgets, see constTextFactor
	element int
}

// ConstMemberRef is a method or field that reflection looked up.
type ConstMemberRef struct {
	Class Const // unknown, ConstClass, ConstNamed or ConstNamedBy
	Name  Const // with a text, or ConstParam
	Field bool
	types []Const
	known bool
}

// Constants returns a follower of constants. static gives the text that a static
// final String field, by its index in field_ids, holds from class initialisation
// on, whichever file defines it; nil where none is known.
func (f *File) Constants(static func(field uint32) (string, bool)) *Constants {
	return &Constants{file: f, static: static}
}

// Calls calls visit for every invoke instruction that names a method, in the order
// of the code, with its place in 16-bit units, the method_ids index and one Const
// for each parameter: the receiver first unless the call is static, a long or
// double being one. invoke-polymorphic is taken with its own prototype;
// invoke-custom, which names no method, is left out. args is reused. method is the
// index of the method that c belongs to, NoIndex where its parameters do not
// matter.
//
// A value is known where it is constant on every way to the call. Constants are
// carried forward along the code; where ways meet, what all of them agree on stays,
// a loop keeps what it never writes, and an exception handler keeps only parameters
// that nothing in the method writes to. Arrays and string builders are followed
// along straight code until something else gets hold of them. Nothing wrong is ever
// claimed of a method that Android's verifier accepts. An argument that the
// instruction does not pass, as only a damaged file has it, is unknown.
//
// It is linear in the code, apart from the file which it only reads.
func (k *Constants) Calls(c *Code, method uint32, visit func(pos int, target uint32, args []Const)) {
	var room [16]Const
	k.follow(c, method, func(pos int) {
		if k.code.Op(pos).Ref() == RefMethod {
			visit(pos, k.code.Index(pos), k.args(pos, room[:0]))
		}
	})
}

// follow calls see before each instruction that calls a method, stores an object
// into a static field or returns one.
func (k *Constants) follow(c *Code, method uint32, see func(pos int)) {
	if k.roles == nil {
		k.findRoles()
	}
	k.start(c)
	params := k.params(c, method)
	for _, p := range params {
		k.regs.set(p.reg, p.value)
	}
	k.joins.start(c, params)
	code := k.code
	for pos := 0; pos < code.Units(); pos += code.Width(pos) {
		if k.joins.leadsTo(pos) {
			k.forgetObjects()
			k.joins.arrive(pos, &k.regs)
		}
		op := code.Op(pos)
		if op.Ref() == RefMethod {
			see(pos)
			k.call(pos)
			continue
		}
		if op == opSPutObject || op == opReturnObject {
			see(pos)
		}
		k.step(pos)
		k.joins.leave(c, pos, &k.regs)
	}
	if k.joins.cut != (Cut{}) {
		k.file.Cut(k.joins.cut.Limit, k.joins.cut.Value)
	}
}

// start forgets the method before.
func (k *Constants) start(c *Code) {
	k.code = c.insns
	k.regs.forget()
	k.heap, k.texts, k.members = k.heap[:0], k.texts[:0], k.members[:0]
	clear(k.textAt)
	k.after = -1
	k.text = constTextFactor*c.Units() + constSlack
	k.element = constArrayFactor*c.Units() + constSlack
}

// params lists the registers in which the parameters of a method arrive.
func (k *Constants) params(c *Code, method uint32) (out []regConst) {
	m, ok := k.file.Method(method)
	if method == NoIndex || !ok || c.Ins > c.Registers {
		return nil
	}
	reg, end, at := uint32(c.Registers-c.Ins), uint32(c.Registers), int64(0)
	add := func(width uint32) {
		if width == 1 && reg < end {
			out = append(out, regConst{reg, Const{ConstParam, at}})
		}
		reg += width
		at++
	}
	if c.Access&AccStatic == 0 {
		add(1)
	}
	p, _ := k.file.Proto(m.Proto)
	for i := range p.Params.Len() {
		add(k.file.typeWidth(p.Params.At(i)))
	}
	return out
}

// typeWidth is the number of registers that a value of a type takes.
func (f *File) typeWidth(typ uint32) uint32 {
	if t := f.typeStart(typ); t == 'J' || t == 'D' {
		return 2
	}
	return 1
}

// Text returns the text of a constant: a string or URI as it is, a class as its
// descriptor, an array of texts as they are joined by blanks. false for other kinds,
// for an array with an element that is no text, and for a text of more than
// MaxConstText bytes.
func (k *Constants) Text(c Const) (string, bool) {
	switch c.Kind {
	case ConstString:
		return k.fileText(uint32(c.Value))
	case ConstClass:
		d := k.file.TypeDescriptor(uint32(c.Value))
		return d, d != ""
	case ConstText, ConstNamed, ConstURI:
		return k.texts[c.Value], true
	case ConstArray:
		return k.joined(c)
	}
	return "", false
}

func (k *Constants) joined(array Const) (string, bool) {
	all, ok := k.Elements(array)
	if !ok || len(all) == 0 {
		return "", false
	}
	var b strings.Builder
	for i, e := range all {
		s, ok := k.plainText(e)
		if !ok || b.Len()+len(s) >= MaxConstText {
			return "", false
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// Elements lists the elements of an array, unknown ones included. It is valid
// until the function given to Calls returns.
func (k *Constants) Elements(c Const) ([]Const, bool) {
	if o := k.object(c); c.Kind == ConstArray && o != nil {
		return o.elements, true
	}
	return nil, false
}

// Member returns what a constant of the kind ConstMember stands for.
func (k *Constants) Member(c Const) (ConstMemberRef, bool) {
	if c.Kind != ConstMember {
		return ConstMemberRef{}, false
	}
	return k.members[c.Value], true
}

// Types lists the parameter types that a method was looked up with, false where
// they are not known.
func (m ConstMemberRef) Types() ([]Const, bool) { return m.types, m.known }

// plainText is the text of a string constant.
func (k *Constants) plainText(c Const) (string, bool) {
	if c.Kind == ConstString || c.Kind == ConstText {
		return k.Text(c)
	}
	return "", false
}

// fileText decodes each string once, so that a long one that many calls name costs
// little.
func (k *Constants) fileText(i uint32) (string, bool) {
	if s, ok := k.cache[i]; ok {
		return s, s != tooLong
	}
	if k.cache == nil || len(k.cache) >= maxCachedTexts {
		k.cache = make(map[uint32]string)
	}
	s := tooLong
	if window, err := k.file.stringWindow(i); err == nil {
		window = window[:min(len(window), MaxConstText+1)]
		if end := bytes.IndexByte(window, 0); end >= 0 {
			s = DecodeMUTF8(window[:end])
		}
	}
	k.cache[i] = s
	return s, s != tooLong
}

// tooLong marks texts in the cache that are damaged or too long. No decoded text
// is that, since decoding gives valid UTF-8.
const tooLong = "\xff"

// newText makes a constant of a text that was put together, the same one for the
// same text.
func (k *Constants) newText(kind ConstKind, s string) Const {
	if len(s) > MaxConstText {
		return Const{}
	}
	at, ok := k.textAt[s]
	if !ok {
		k.text -= len(s)
		switch {
		case k.text < 0:
			k.file.Cut("max-const-text-factor", constTextFactor)
			return Const{}
		case len(k.texts) == maxConstTexts:
			k.file.Cut("max-const-texts", maxConstTexts)
			return Const{}
		}
		if k.textAt == nil {
			k.textAt = make(map[string]int64)
		}
		at = int64(len(k.texts))
		k.texts = append(k.texts, s)
		k.textAt[s] = at
	}
	return Const{kind, at}
}

// step applies an instruction that is no call.
func (k *Constants) step(pos int) {
	t, code := &k.regs, k.code
	b := code[2*pos:]
	op := code.Op(pos)
	nibble, byteReg := uint32(b[1]&0xf), uint32(b[1])
	s16 := func() int64 { return int64(int16(u16(b[2:]))) }
	switch {
	case op == 0x01 || op == 0x07: // move, move-object
		t.set(nibble, t.narrow(uint32(b[1]>>4)))
	case op == 0x02 || op == 0x08:
		t.set(byteReg, t.narrow(u16(b[2:])))
	case op == 0x03 || op == 0x09:
		t.set(u16(b[2:]), t.narrow(u16(b[4:])))
	case op == 0x04: // move-wide
		t.setWide(nibble, t.wide(uint32(b[1]>>4)))
	case op == 0x05:
		t.setWide(byteReg, t.wide(u16(b[2:])))
	case op == 0x06:
		t.setWide(u16(b[2:]), t.wide(u16(b[4:])))
	case op == 0x0c: // move-result-object
		v := Const{}
		if k.after == pos {
			v = k.result
		}
		t.set(byteReg, v)
	case op == 0x12: // const/4: a signed nibble
		t.set(nibble, Const{ConstInt, int64(int8(b[1]) >> 4)})
	case op == 0x13:
		t.set(byteReg, Const{ConstInt, s16()})
	case op == 0x14:
		t.set(byteReg, Const{ConstInt, int64(int32(u32(b[2:])))})
	case op == 0x15: // const/high16
		t.set(byteReg, Const{ConstInt, int64(int32(u16(b[2:]) << 16))})
	case op == 0x16:
		t.setWide(byteReg, Const{ConstWide, s16()})
	case op == 0x17:
		t.setWide(byteReg, Const{ConstWide, int64(int32(u32(b[2:])))})
	case op == 0x18:
		t.setWide(byteReg, Const{ConstWide, int64(u64(b[2:]))})
	case op == 0x19: // const-wide/high16
		t.setWide(byteReg, Const{ConstWide, s16() << 48})
	case op == OpConstString || op == OpConstStringJumbo:
		t.set(byteReg, Const{ConstString, int64(code.Index(pos))})
	case op == OpConstClass:
		t.set(byteReg, Const{ConstClass, int64(code.Index(pos))})
	case op == OpSGet+2: // sget-object
		t.set(byteReg, k.staticText(code.Index(pos)))
	case !k.stepObject(pos):
		t.unset(writes(op), b)
	}
}

func (k *Constants) staticText(field uint32) Const {
	if k.static == nil {
		return Const{}
	}
	if s, ok := k.static(field); ok {
		return k.newText(ConstText, s)
	}
	return Const{}
}

// args lists what is known of the arguments of the call at pos, appended to out.
func (k *Constants) args(pos int, out []Const) []Const {
	f, code, t := k.file, k.code, &k.regs
	r := argRegs(code, pos)
	at := uint32(0)
	if !code.Op(pos).IsStaticInvoke() {
		v := Const{}
		if r.count > 0 {
			v = t.narrow(r.at(0))
		}
		out = append(out, k.shown(v))
		at = 1
	}
	params := f.callParams(code, pos)
	for i := range params.Len() {
		width := f.typeWidth(params.At(i))
		v := Const{}
		switch {
		case width == 2 && at+1 < r.count && r.at(at)+1 == r.at(at+1):
			v = t.wide(r.at(at))
		case width == 1 && at < r.count:
			v = t.narrow(r.at(at))
		}
		out = append(out, k.shown(v))
		at += width
	}
	return out
}

// shown hides what is of no use outside.
func (k *Constants) shown(v Const) Const {
	if v.Kind == constBuilder || v.Kind == ConstArray && k.object(v) == nil {
		return Const{}
	}
	return v
}

// registers are those that an instruction passes.
type registers struct {
	list    [5]uint32
	first   uint32
	count   uint32
	isRange bool
}

func (r *registers) at(i uint32) uint32 {
	if r.isRange {
		return r.first + i
	}
	return r.list[i]
}

// argRegs reads the registers of an invoke or filled-new-array instruction.
func argRegs(code Insns, pos int) registers {
	b := code[2*pos:]
	first := u16(b[4:])
	switch code.Op(pos) {
	case OpInvokeVirtual, OpInvokeSuper, OpInvokeDirect, OpInvokeStatic, OpInvokeInterface, OpInvokePolymorphic, OpInvokeCustom, opFilledNewArray:
		return registers{
			list:  [5]uint32{first & 0xf, first >> 4 & 0xf, first >> 8 & 0xf, first >> 12, uint32(b[1] & 0xf)},
			count: min(uint32(b[1]>>4), 5),
		}
	}
	return registers{first: first, count: uint32(b[1]), isRange: true}
}

// callParams is the parameter list of the call at pos, empty where it is damaged.
func (f *File) callParams(code Insns, pos int) TypeList {
	proto := uint32(NoIndex)
	if op := code.Op(pos); op == OpInvokePolymorphic || op == OpInvokePolymorphicRange {
		proto = code.Proto(pos)
	} else if m, ok := f.Method(code.Index(pos)); ok {
		proto = m.Proto
	}
	p, _ := f.Proto(proto)
	return p.Params
}

// decimal is how StringBuilder.append shows an int.
func decimal(v int64) string { return strconv.FormatInt(v, 10) }
