package dex

import (
	"bytes"
	"errors"
	"fmt"
)

// NumStrings is the number of entries of string_ids; the others are alike.
func (f *File) NumStrings() int { return len(f.strings) / stringIDSize }

// NumTypes is the number of entries of type_ids.
func (f *File) NumTypes() int { return len(f.types) / typeIDSize }

// NumProtos is the number of entries of proto_ids.
func (f *File) NumProtos() int { return len(f.protos) / protoIDSize }

// NumFields is the number of entries of field_ids.
func (f *File) NumFields() int { return len(f.fields) / fieldIDSize }

// NumMethods is the number of entries of method_ids.
func (f *File) NumMethods() int { return len(f.methods) / methodIDSize }

// NumClasses is the number of entries of class_defs.
func (f *File) NumClasses() int { return len(f.classes) / classDefSize }

// stringWindow returns the bytes in which string i must end: a string of n UTF-16
// units has at most 3n bytes and a zero. The error is for a problem report.
func (f *File) stringWindow(i uint32) ([]byte, error) {
	at := uint64(i) * stringIDSize
	if at+stringIDSize > uint64(len(f.strings)) {
		return nil, errIndex
	}
	off := u32(f.strings[at:])
	if uint64(off) >= uint64(len(f.data)) {
		return nil, fmt.Errorf("offset 0x%x, but there are 0x%x bytes", off, len(f.data))
	}
	b := f.data[off:]
	units, n := uleb(b)
	if n == 0 {
		return nil, fmt.Errorf("no length at 0x%x", off)
	}
	b = b[n:]
	return b[:min(uint64(len(b)), 3*uint64(units)+1)], nil
}

var errIndex = errors.New("index outside the table")

// StringBytes returns string i as the MUTF-8 of the file, without the zero at its
// end, or nil where the index or the string is damaged (an empty string is not
// nil). It aliases the bytes given to Parse. Each call looks for the end of the
// string, so keep the answer for an index that is asked for often.
func (f *File) StringBytes(i uint32) []byte {
	window, err := f.stringWindow(i)
	if err != nil {
		return nil
	}
	end := bytes.IndexByte(window, 0)
	if end < 0 {
		return nil
	}
	return window[:end:end]
}

// String returns string i as valid UTF-8, "" where it is damaged. See DecodeMUTF8.
func (f *File) String(i uint32) string { return DecodeMUTF8(f.StringBytes(i)) }

// nameBytes is StringBytes for names, which have a length limit.
func (f *File) nameBytes(i uint32) []byte {
	window, err := f.stringWindow(i)
	if err != nil {
		return nil
	}
	window = window[:min(len(window), MaxNameBytes+1)]
	end := bytes.IndexByte(window, 0)
	if end < 0 {
		return nil
	}
	return window[:end:end]
}

// TypeBytes returns the descriptor of type i, such as "Ljava/lang/String;", "I" or
// "[B", as the MUTF-8 of the file, nil where it is damaged or longer than
// MaxNameBytes. It aliases the bytes given to Parse.
func (f *File) TypeBytes(i uint32) []byte {
	at := uint64(i) * typeIDSize
	if at+typeIDSize > uint64(len(f.types)) {
		return nil
	}
	return f.nameBytes(u32(f.types[at:]))
}

// typeStart is the first byte of a type descriptor, 0 where it is damaged. Unlike
// TypeBytes it does not look for the end of the string.
func (f *File) typeStart(i uint32) byte {
	at := uint64(i) * typeIDSize
	if at+typeIDSize > uint64(len(f.types)) {
		return 0
	}
	window, err := f.stringWindow(u32(f.types[at:]))
	if err != nil || len(window) == 0 {
		return 0
	}
	return window[0]
}

// TypeDescriptor is TypeBytes as valid UTF-8, "" where it is damaged.
func (f *File) TypeDescriptor(i uint32) string { return DecodeMUTF8(f.TypeBytes(i)) }

// TypeList is a list of type indexes of a File.
type TypeList struct{ b []byte }

// Len is the number of types.
func (l TypeList) Len() int { return len(l.b) / 2 }

// At returns the type index at place i of 0 to Len-1.
func (l TypeList) At(i int) uint32 { return u16(l.b[2*i:]) }

// typeList reads the type_list at off, 0 being none, and cuts it at most entries.
func (f *File) typeList(off uint32, most uint64) (TypeList, error) {
	if off == 0 {
		return TypeList{}, nil
	}
	if uint64(off)+4 > uint64(len(f.data)) {
		return TypeList{}, fmt.Errorf("type list at 0x%x, but there are 0x%x bytes", off, len(f.data))
	}
	count, b := uint64(u32(f.data[off:])), f.data[off+4:]
	if 2*count > uint64(len(b)) {
		return TypeList{}, fmt.Errorf("type list at 0x%x: %d types, but there are 0x%x bytes", off, count, len(f.data))
	}
	if count > most {
		return TypeList{b[:2*most]}, fmt.Errorf("type list at 0x%x: %d types, only %d are read", off, count, most)
	}
	return TypeList{b[:2*count]}, nil
}

// Proto is an entry of proto_ids: a prototype.
type Proto struct {
	Shorty uint32 // string index
	Return uint32 // type index
	Params TypeList
}

// Proto returns entry i, false where it is outside the table. A damaged parameter
// list is empty.
func (f *File) Proto(i uint32) (Proto, bool) {
	at := uint64(i) * protoIDSize
	if at+protoIDSize > uint64(len(f.protos)) {
		return Proto{}, false
	}
	b := f.protos[at:]
	params, _ := f.typeList(u32(b[8:]), MaxParams)
	return Proto{Shorty: u32(b), Return: u32(b[4:]), Params: params}, true
}

// Field is an entry of field_ids: a reference to a field.
type Field struct {
	Class uint32 // type index
	Type  uint32 // type index
	Name  uint32 // string index
}

// Field returns entry i, false where it is outside the table.
func (f *File) Field(i uint32) (Field, bool) {
	at := uint64(i) * fieldIDSize
	if at+fieldIDSize > uint64(len(f.fields)) {
		return Field{}, false
	}
	b := f.fields[at:]
	return Field{Class: u16(b), Type: u16(b[2:]), Name: u32(b[4:])}, true
}

// FieldName returns the name of field i as MUTF-8, nil where it is damaged.
func (f *File) FieldName(i uint32) []byte {
	if id, ok := f.Field(i); ok {
		return f.nameBytes(id.Name)
	}
	return nil
}

// Method is an entry of method_ids: a reference to a method. Class is the static
// receiver that the call names, not always the class that declares the method; it
// may be an array type.
type Method struct {
	Class uint32 // type index
	Proto uint32 // prototype index
	Name  uint32 // string index
}

// Method returns entry i, false where it is outside the table.
func (f *File) Method(i uint32) (Method, bool) {
	at := uint64(i) * methodIDSize
	if at+methodIDSize > uint64(len(f.methods)) {
		return Method{}, false
	}
	b := f.methods[at:]
	return Method{Class: u16(b), Proto: u16(b[2:]), Name: u32(b[4:])}, true
}

// MethodName returns the name of method i as MUTF-8, nil where it is damaged.
func (f *File) MethodName(i uint32) []byte {
	if id, ok := f.Method(i); ok {
		return f.nameBytes(id.Name)
	}
	return nil
}
