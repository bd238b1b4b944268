package dex

import "bytes"

// maxStaticValues bounds the encoded values of one class that are looked at. A
// class cannot have more static fields than field references.
const maxStaticValues = 1 << 16

const opReturnObject Op = 0x11

// FindString returns the index of a string in string_ids, which the format sorts,
// searching entries from to end-1. Where it is absent the index is where it would
// stand. text is MUTF-8, which is UTF-8 for all text of the basic plane without
// U+0000. In a file with unsorted entries a string that is there may not be found.
func (f *File) FindString(text []byte, from, end int) (index int, ok bool) {
	for from < end {
		mid := from + (end-from)/2
		switch c := f.compareString(uint32(mid), text); {
		case c == 0:
			return mid, true
		case c < 0:
			from = mid + 1
		default:
			end = mid
		}
	}
	return from, false
}

// compareString compares string i with text as bytes.Compare does, a damaged one
// being the smallest. It looks at no more bytes than text has, so that a string of
// megabytes that many entries share costs nothing.
func (f *File) compareString(i uint32, text []byte) int {
	window, err := f.stringWindow(i)
	if err != nil {
		return -1
	}
	c := bytes.Compare(window[:min(len(window), len(text))], text)
	switch {
	case c == 0 && len(window) > len(text):
		return int(min(window[len(text)], 1)) // 0 where it ends here
	case c == 0:
		return -1 // it does not end
	}
	return c
}

// StaticString returns the text that a static String field of class_def i holds
// when the class is initialised: the value in the file or, where the file has
// none, the one constant that the static initialiser stores. false where there is
// no such field, nothing constant, or a text longer than MaxNameBytes.
func (f *File) StaticString(i int, name string) (string, bool) {
	nth, clinit := 0, uint32(0)
	field, found := uint32(0), -1
	m := f.Members(i)
	for m.Next() {
		switch {
		case m.Kind() == StaticField:
			if found < 0 && string(f.FieldName(m.Index())) == name {
				field, found = m.Index(), nth
			}
			nth++
		case m.Kind() == DirectMethod && string(f.MethodName(m.Index())) == "<clinit>":
			clinit = m.CodeOff()
		}
	}
	if found < 0 {
		return "", false
	}
	if s, ok := f.staticValue(i, found); ok {
		return s, true
	}
	return f.constOf(clinit, func(code Insns, pos int) bool {
		return code.Op(pos) == OpSPut+2 && code.Index(pos) == field // sput-object
	})
}

// staticValue reads the initial value of the n-th static field, if it is a
// string: the values stand in the order of the fields, those at the end that are
// zero are left out.
func (f *File) staticValue(i, n int) (string, bool) {
	off := f.Class(i).values
	if off == 0 || uint64(off) >= uint64(len(f.data)) || n >= maxStaticValues {
		return "", false
	}
	b := f.data[off:]
	count, size := uleb(b)
	if size == 0 || uint64(n) >= uint64(count) {
		return "", false
	}
	b = b[size:]
	for k := 0; ; k++ {
		kind, value, size := encodedValue(b)
		if size == 0 {
			return "", false
		}
		if k == n {
			text := f.nameBytes(value)
			return DecodeMUTF8(text), kind == valueString && text != nil
		}
		b = b[size:]
	}
}

// ReturnedString returns the one string constant that a method of class_def i
// returns, whatever way is taken through it. Of several methods of that name the
// first that takes no arguments counts.
func (f *File) ReturnedString(i int, name string) (string, bool) {
	m := f.Members(i)
	for m.Next() {
		if !m.IsMethod() || string(f.MethodName(m.Index())) != name {
			continue
		}
		id, _ := f.Method(m.Index())
		if p, ok := f.Proto(id.Proto); ok && p.Params.Len() == 0 {
			return f.constOf(m.CodeOff(), func(code Insns, pos int) bool { return code.Op(pos) == opReturnObject })
		}
	}
	return "", false
}

// constOf returns the string that the register named first by each of the picked
// instructions holds; false where one is not constant or two differ.
func (f *File) constOf(codeOff uint32, pick func(code Insns, pos int) bool) (string, bool) {
	var c Code
	if codeOff == 0 || f.ReadCode(codeOff, &c) != nil {
		return "", false
	}
	targets, ok := c.branchTargets()
	var t constTracker
	value := Const{}
	for pos := 0; pos < c.insns.Units(); pos += c.insns.Width(pos) {
		if !ok || targets.has(pos) {
			t.forget()
		}
		if pick(c.insns, pos) {
			v := t.narrow(uint32(c.insns[2*pos+1]))
			if v.Kind != ConstString || value.Kind == ConstString && v != value {
				return "", false
			}
			value = v
		}
		if c.insns.Op(pos).Ref() != RefMethod {
			t.step(c.insns, pos)
		}
	}
	if value.Kind != ConstString {
		return "", false
	}
	text := f.nameBytes(uint32(value.Value))
	return DecodeMUTF8(text), text != nil
}
