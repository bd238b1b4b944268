package dex

import "bytes"

const opReturnObject Op = 0x11

const accFinal = 0x10

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
		return code.Op(pos) == opSPutObject && code.Index(pos) == field
	})
}

// staticValue reads the initial value of the n-th static field, if it is a
// string.
func (f *File) staticValue(i, n int) (text string, ok bool) {
	f.staticValues(i, func(k int, kind byte, value uint32) bool {
		if k < n {
			return true
		}
		b := f.nameBytes(value)
		text, ok = DecodeMUTF8(b), kind == valueString && b != nil
		return false
	})
	return text, ok
}

// staticValues calls visit with the initial values of the static fields of
// class_def i, as encodedValue reads them, until it returns false: the values stand
// in the order of the fields, those at the end that are zero are left out.
func (f *File) staticValues(i int, visit func(n int, kind byte, value uint32) bool) {
	off := f.Class(i).values
	if off == 0 || uint64(off) >= uint64(len(f.data)) {
		return
	}
	b := f.data[off:]
	count, size := uleb(b)
	b = b[size:]
	for n := 0; size > 0 && n < int(count); n++ {
		if n == MaxStaticValues {
			f.Cut("max-static-values", MaxStaticValues)
			return
		}
		var kind byte
		var value uint32
		if kind, value, size = encodedValue(b); size == 0 || !visit(n, kind, value) {
			return
		}
		b = b[size:]
	}
}

// finalBytes is how many bytes of name and text count as one more final string.
const finalBytes = 256

// FinalStrings returns by name the texts of the static final String fields of
// class_def i that never hold another text once the class is initialised: the value
// in the file or the one constant that the static initialiser stores. Texts of more than
// MaxConstText bytes are unknown as all such constants are, and of fields with one name
// all but the first are left out. count is how many strings it amounts to, a long one
// being several: at most MaxClassStrings.
func (f *File) FinalStrings(i int) (texts map[string]string, count int) {
	type final struct {
		nth   int
		name  string
		text  string
		known bool
		bad   bool
	}
	fields := map[uint32]*final{}
	nth, clinit := 0, uint32(0)
	m := f.Members(i)
	for m.Next() {
		switch {
		case m.Kind() == StaticField:
			id, _ := f.Field(m.Index())
			if text := m.Access()&accFinal != 0 && string(f.TypeBytes(id.Type)) == "Ljava/lang/String;"; text && len(fields) < MaxClassStrings {
				fields[m.Index()] = &final{nth: nth, name: string(f.FieldName(m.Index()))}
			} else if text {
				f.Cut("max-class-strings", MaxClassStrings)
			}
			nth++
		case m.Kind() == DirectMethod && string(f.MethodName(m.Index())) == "<clinit>":
			clinit = m.CodeOff()
		}
	}
	if len(fields) == 0 {
		return nil, 0
	}
	k := f.Constants(nil)
	byPlace := make(map[int]*final, len(fields))
	for _, v := range fields {
		byPlace[v.nth] = v
	}
	f.staticValues(i, func(n int, kind byte, value uint32) bool {
		if v := byPlace[n]; v != nil && kind == valueString {
			v.text, v.known = k.fileText(value)
			v.bad = !v.known
		}
		return true
	})
	var c Code
	if clinit != 0 && f.ReadCode(clinit, &c) == nil {
		k.follow(&c, NoIndex, func(pos int) {
			if k.code.Op(pos) != opSPutObject {
				return
			}
			v := fields[k.code.Index(pos)]
			if v == nil {
				return
			}
			text, ok := k.plainText(k.regs.narrow(uint32(k.code[2*pos+1])))
			v.bad = v.bad || !ok || v.known && v.text != text
			v.text, v.known = text, true
		})
	} else if clinit != 0 {
		return nil, 0
	}
	texts = make(map[string]string, len(fields))
	for n := range nth {
		v := byPlace[n]
		if v == nil {
			continue
		}
		if _, twice := texts[v.name]; !v.known || v.bad || twice {
			continue
		}
		if count += 1 + (len(v.name)+len(v.text))/finalBytes; count > MaxClassStrings {
			f.Cut("max-class-strings", MaxClassStrings)
			return texts, MaxClassStrings
		}
		texts[v.name] = v.text
	}
	return texts, count
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
	value, differ := Const{}, false
	k := f.Constants(nil)
	k.follow(&c, NoIndex, func(pos int) {
		if pick(k.code, pos) {
			v := k.regs.narrow(uint32(k.code[2*pos+1]))
			differ = differ || v.Kind != ConstString || value.Kind == ConstString && v != value
			value = v
		}
	})
	if differ || value.Kind != ConstString {
		return "", false
	}
	text := f.nameBytes(uint32(value.Value))
	return DecodeMUTF8(text), text != nil
}
