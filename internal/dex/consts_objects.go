package dex

import (
	"slices"
	"sort"
)

// Opcodes that only following constants asks for.
const (
	opFilledNewArray      Op = 0x24
	opFilledNewArrayRange Op = 0x25
	opFillArrayData       Op = 0x26
	opAPutObject          Op = 0x4d
	opIPutObject          Op = OpIPut + 2
	opSPutObject          Op = OpSPut + 2
)

// constObject is an array or a string builder that only registers of the method
// refer to, so that nothing but the code followed can change it. It is dead once
// something else may have got hold of it.
type constObject struct {
	dead     bool
	elements []Const // of an array
	text     []byte  // of a builder
}

// The Value of a constant object is its place in Constants.heap and above that the
// stretch of straight code it belongs to, so that one left in a register from an
// earlier stretch is recognised.
const objectBits = 8

// object returns what an array or builder constant refers to, nil where that is no
// longer known.
func (k *Constants) object(c Const) *constObject {
	if !c.Kind.isObject() || c.Value>>objectBits != k.stretch {
		return nil
	}
	if o := &k.heap[c.Value&(1<<objectBits-1)]; !o.dead {
		return o
	}
	return nil
}

func (k *Constants) newObject(kind ConstKind, o constObject) Const {
	if len(k.heap) == maxConstObjects {
		k.file.Cut("max-const-objects", maxConstObjects)
		return Const{}
	}
	k.heap = append(k.heap, o)
	return Const{kind, k.stretch<<objectBits | int64(len(k.heap)-1)}
}

// forgetObjects is for places where ways meet: an object may have changed on one.
func (k *Constants) forgetObjects() {
	k.stretch++
	k.heap = k.heap[:0]
	k.after = -1
}

// leak marks that something else gets hold of the object in a register.
func (k *Constants) leak(reg uint32) {
	if o := k.object(k.regs.get(reg)); o != nil {
		o.dead = true
	}
}

// stepObject applies an instruction to arrays and builders, and reports whether it
// has also written its register.
func (k *Constants) stepObject(pos int) bool {
	t, b := &k.regs, k.code[2*pos:]
	switch k.code.Op(pos) {
	case OpNewInstance:
		if slices.Contains(k.builders, k.code.Index(pos)) {
			t.set(uint32(b[1]), k.newObject(constBuilder, constObject{dead: true}))
			return true
		}
	case OpNewArray:
		t.set(uint32(b[1]&0xf), k.newArray(k.code.Index(pos), t.narrow(uint32(b[1]>>4))))
		return true
	case opFilledNewArray, opFilledNewArrayRange:
		r := argRegs(k.code, pos)
		v := k.newArray(k.code.Index(pos), Const{ConstInt, int64(r.count)})
		for i := range r.count {
			k.store(v, int64(i), r.at(i))
		}
		k.result, k.after = v, pos+k.code.Width(pos)
	case opAPutObject:
		array, index := t.get(u16(b[2:])&0xff), t.narrow(u16(b[2:])>>8)
		if index.Kind != ConstInt {
			index.Value = -1
		}
		k.store(array, index.Value, uint32(b[1]))
	case opIPutObject:
		k.leak(uint32(b[1] & 0xf))
	case opSPutObject:
		k.leak(uint32(b[1]))
	case opFillArrayData:
		k.leak(uint32(b[1]))
	case OpInvokeCustom, OpInvokeCustomRange:
		k.leakArgs(argRegs(k.code, pos))
	}
	return false
}

func (k *Constants) leakArgs(r registers) {
	if len(k.heap) == 0 {
		return
	}
	for i := range r.count {
		k.leak(r.at(i))
	}
}

// newArray is an array of references of a constant length, all null.
func (k *Constants) newArray(typ uint32, length Const) Const {
	d := k.file.TypeBytes(typ)
	if length.Kind != ConstInt || length.Value < 0 || length.Value > MaxConstArray || len(d) < 2 || d[1] != 'L' && d[1] != '[' {
		return Const{}
	}
	elements, ok := k.newElements(int(length.Value))
	if !ok {
		return Const{}
	}
	return k.newObject(ConstArray, constObject{elements: elements})
}

// newElements makes room for null references.
func (k *Constants) newElements(n int) ([]Const, bool) {
	if k.element -= n; k.element < 0 {
		k.file.Cut("max-const-array-factor", constArrayFactor)
		return nil, false
	}
	out := make([]Const, n)
	for i := range out {
		out[i].Kind = ConstInt
	}
	return out, true
}

// store puts a register into an array. The array knows an object in it no longer,
// since it can be reached another way then.
func (k *Constants) store(array Const, index int64, reg uint32) {
	k.leak(reg)
	o := k.object(array)
	if o == nil {
		return
	}
	if index < 0 || index >= int64(len(o.elements)) {
		o.dead = true
		return
	}
	v := k.regs.narrow(reg)
	if v.Kind.isObject() {
		v = Const{}
	}
	o.elements[index] = v
}

// callRole says what a call means for constants.
type callRole uint8

const (
	roleNone       callRole = iota
	roleSame                // the receiver, or the argument of a static call, as text
	roleClassName           // the class named by the first text
	roleURI                 // the URI of the first text
	roleConcat              // receiver and argument, one after the other
	roleBuilder             // a constructor of a string builder
	roleAppend              // StringBuilder.append of something that has a text
	roleAppendInt           // the same of an int
	roleAppendChar          // and of a char
	roleMethod              // Class.getMethod, getDeclaredMethod
	roleField               // Class.getField, getDeclaredField
	roleInvoke              // Method.invoke, which hands on only the elements of its array
)

// rolesOf lists the methods with a role by class and then by name and parameters;
// where the parameters are left out any will do.
var rolesOf = map[string]map[string]callRole{
	"Ljava/lang/Class;": {
		"forName": roleClassName, "getMethod": roleMethod, "getDeclaredMethod": roleMethod,
		"getField": roleField, "getDeclaredField": roleField,
	},
	"Ljava/lang/ClassLoader;":            {"loadClass": roleClassName},
	"Ldalvik/system/BaseDexClassLoader;": {"loadClass": roleClassName},
	"Ldalvik/system/PathClassLoader;":    {"loadClass": roleClassName},
	"Ldalvik/system/DexClassLoader;":     {"loadClass": roleClassName},
	"Landroid/net/Uri;":                  {"parse": roleURI},
	"Ljava/lang/reflect/Method;":         {"invoke": roleInvoke},
	"Ljava/lang/Object;":                 {"toString": roleSame},
	"Ljava/lang/CharSequence;":           {"toString": roleSame},
	"Ljava/lang/String;": {
		"toString": roleSame, "intern": roleSame, "valueOf(Ljava/lang/Object;": roleSame,
		"concat": roleConcat,
	},
	"Ljava/lang/StringBuilder;": builderRoles,
	"Ljava/lang/StringBuffer;":  builderRoles,
}

var builderRoles = map[string]callRole{
	"<init>": roleBuilder, "toString": roleSame, "append(Ljava/lang/String;": roleAppend, "append(Ljava/lang/CharSequence;": roleAppend,
	"append(Ljava/lang/Object;": roleAppend, "append(I": roleAppendInt, "append(C": roleAppendChar,
}

// findRoles looks the methods with a role up. In a file whose tables are not sorted
// some may be missed, which loses no more than constants.
func (k *Constants) findRoles() {
	f := k.file
	k.roles = make([]callRole, f.NumMethods())
	for class, names := range rolesOf {
		t, ok := f.findType(class)
		if !ok {
			continue
		}
		if builder := names["<init>"] == roleBuilder; builder {
			k.builders = append(k.builders, t)
		}
		first := sort.Search(len(k.roles), func(i int) bool {
			m, _ := f.Method(uint32(i))
			return m.Class >= t
		})
		for i := first; i < len(k.roles); i++ {
			m, _ := f.Method(uint32(i))
			if m.Class != t {
				break
			}
			name := string(f.MethodName(uint32(i)))
			role := names[name]
			if p, ok := f.Proto(m.Proto); role == roleNone && ok && p.Params.Len() == 1 {
				role = names[name+"("+string(f.TypeBytes(p.Params.At(0)))]
			}
			k.roles[i] = role
		}
	}
}

// findType returns the index of a type in type_ids, which the format sorts by the
// index of the descriptor.
func (f *File) findType(descriptor string) (uint32, bool) {
	s, ok := f.FindString([]byte(descriptor), 0, f.NumStrings())
	n := f.NumTypes()
	t := sort.Search(n, func(i int) bool { return u32(f.types[i*typeIDSize:]) >= uint32(s) })
	return uint32(t), ok && t < n && u32(f.types[t*typeIDSize:]) == uint32(s)
}

// call applies a call: what becomes of the objects it gets, and its result.
func (k *Constants) call(pos int) {
	r := argRegs(k.code, pos)
	role := k.roles[k.code.Index(pos)]
	if role == roleNone {
		k.leakArgs(r)
		return
	}
	reg := func(i uint32) Const {
		if i >= r.count {
			return Const{}
		}
		return k.regs.narrow(r.at(i))
	}
	first := uint32(1) // the first argument behind the receiver
	if k.code.Op(pos).IsStaticInvoke() {
		first = 0
	}
	result := Const{}
	switch role {
	case roleSame:
		result = k.sameText(reg(0))
	case roleClassName:
		result = k.classNamed(reg(first))
	case roleURI:
		if s, ok := k.plainText(reg(first)); ok {
			result = k.newText(ConstURI, s)
		}
	case roleConcat:
		a, ok := k.plainText(reg(0))
		b, too := k.plainText(reg(1))
		if ok && too {
			result = k.newText(ConstText, a+b)
		}
	case roleBuilder:
		k.startBuilder(reg(0), reg(1), r.count, pos)
	case roleAppend, roleAppendInt, roleAppendChar:
		result = k.appendTo(role, reg(0), reg(1))
	case roleInvoke:
		if r.count > 1 {
			k.leak(r.at(1)) // what the method is called on
		}
	case roleMethod, roleField:
		result = k.lookUp(role == roleField, reg(0), reg(1), reg(2))
	}
	// Apart from that, a method with a role keeps and changes none of its arguments.
	k.result, k.after = result, pos+k.code.Width(pos)
}

func (k *Constants) sameText(v Const) Const {
	if v.Kind == constBuilder {
		if o := k.object(v); o != nil {
			return k.newText(ConstText, string(o.text))
		}
		return Const{}
	}
	if v.Kind == ConstString || v.Kind == ConstText || v.Kind == ConstURI {
		if v.Kind == ConstURI {
			v.Kind = ConstText
		}
		return v
	}
	return Const{}
}

// classNamed is the class that Class.forName finds for a name.
func (k *Constants) classNamed(name Const) Const {
	if name.Kind == ConstParam {
		return Const{ConstNamedBy, name.Value}
	}
	s, ok := k.plainText(name)
	if !ok || s == "" {
		return Const{}
	}
	d := []byte(s)
	for i := range d {
		if d[i] == '.' {
			d[i] = '/'
		}
	}
	if d[0] != '[' {
		d = append(append([]byte{'L'}, d...), ';')
	}
	return k.newText(ConstNamed, string(d))
}

// startBuilder makes a new builder known: with no text, with a capacity, or with a
// first text.
func (k *Constants) startBuilder(builder, text Const, count uint32, pos int) {
	if builder.Kind != constBuilder || builder.Value>>objectBits != k.stretch {
		return
	}
	o := &k.heap[builder.Value&(1<<objectBits-1)]
	*o = constObject{}
	if count < 2 {
		return
	}
	if params := k.file.callParams(k.code, pos); params.Len() == 1 && k.file.typeStart(params.At(0)) == 'I' {
		return
	}
	s, ok := k.plainText(text)
	o.text, o.dead = append(o.text, s...), !ok
}

// appendTo appends to a builder and returns it, as the call does.
func (k *Constants) appendTo(role callRole, builder, v Const) Const {
	o := k.object(builder)
	if o == nil {
		return Const{}
	}
	s, ok := "", false
	switch {
	case role == roleAppend:
		s, ok = k.plainText(v)
	case role == roleAppendInt && v.Kind == ConstInt:
		s, ok = decimal(v.Value), true
	case role == roleAppendChar && v.Kind == ConstInt && v.Value > 0 && v.Value < 0x80:
		s, ok = string(rune(v.Value)), true
	}
	if ok && len(s) > k.text {
		k.file.Cut("max-const-text-factor", constTextFactor)
	}
	if k.text -= len(s); !ok || k.text < 0 || len(o.text)+len(s) > MaxConstText {
		o.dead = true
		return Const{}
	}
	o.text = append(o.text, s...)
	return builder
}

// lookUp is the method or field that a class is asked for by name.
func (k *Constants) lookUp(field bool, class, name, params Const) Const {
	if _, ok := k.plainText(name); !ok && name.Kind != ConstParam {
		return Const{}
	}
	m := ConstMemberRef{Name: name, Field: field}
	switch class.Kind {
	case ConstClass, ConstNamed, ConstNamedBy, ConstParam:
		m.Class = class
	}
	if o := k.object(params); o != nil && !field {
		if k.element -= len(o.elements); k.element >= 0 {
			m.types, m.known = slices.Clone(o.elements), true
		} else {
			k.file.Cut("max-const-array-factor", constArrayFactor)
		}
	}
	if len(k.members) == maxConstMembers {
		k.file.Cut("max-const-members", maxConstMembers)
		return Const{}
	}
	k.members = append(k.members, m)
	return Const{ConstMember, int64(len(k.members) - 1)}
}
