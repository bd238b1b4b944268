package dex

import (
	"errors"
	"fmt"
)

// Access flags that callers ask for; the format has more.
const (
	AccStatic    = 0x8
	AccNative    = 0x100
	AccInterface = 0x200
	AccAbstract  = 0x400
	AccSynthetic = 0x1000
)

// Class is an entry of class_defs.
type Class struct {
	Type       uint32 // type index; may lie outside type_ids in a damaged file
	Access     uint32
	Super      uint32 // type index, NoIndex for none
	SourceFile uint32 // string index, NoIndex for none

	interfaces, data, values uint32
}

// Class returns class_def i of 0 to NumClasses-1.
func (f *File) Class(i int) Class {
	b := f.classes[i*classDefSize : (i+1)*classDefSize]
	return Class{
		Type: u32(b), Access: u32(b[4:]), Super: u32(b[8:]), SourceFile: u32(b[16:]),
		interfaces: u32(b[12:]), data: u32(b[24:]), values: u32(b[28:]),
	}
}

// Interfaces lists the direct interfaces of class_def i, none where the list is
// damaged, at most MaxInterfaces.
func (f *File) Interfaces(i int) TypeList {
	l, _ := f.typeList(f.Class(i).interfaces, MaxInterfaces)
	return l
}

// MemberKind says in which of the four lists of a class a member stands.
type MemberKind uint8

// Member kinds, in the order of the file.
const (
	StaticField MemberKind = iota
	InstanceField
	DirectMethod // static, private, or a constructor
	VirtualMethod
	noMember
)

// Members iterates over the fields and methods that a class defines:
//
//	for m := f.Members(i); m.Next(); {
//		… m.Kind(), m.Index(), m.Access(), m.CodeOff() …
//	}
//
// It ends early at damage; Err says so.
type Members struct {
	b      []byte
	left   [4]uint32
	kind   MemberKind
	first  bool
	limits [4]uint32

	index, access, code uint32
	err                 error
}

// Members starts at the first member of class_def i.
func (f *File) Members(i int) Members {
	s := f.members[i]
	m := Members{b: f.data[s.from:s.to], first: true}
	if s.from == s.to {
		m.kind = noMember
		return m
	}
	fields, methods := uint32(f.NumFields()), uint32(f.NumMethods())
	m.limits = [4]uint32{fields, fields, methods, methods}
	for k := range m.left {
		v, n := uleb(m.b)
		if n == 0 {
			m.fail("%v", errMembersEnd)
			return m
		}
		m.left[k], m.b = v, m.b[n:]
	}
	return m
}

func (m *Members) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf(format, args...)
	}
	m.kind = noMember
}

var errMembersEnd = errors.New("the list ends at the next item or at the end of the file")

// Next moves to the next member and reports whether there is one.
func (m *Members) Next() bool {
	for m.kind < noMember && m.left[m.kind] == 0 {
		m.kind++
		m.first = true
	}
	if m.kind >= noMember {
		return false
	}
	kind := m.kind
	m.left[kind]--
	step, n1 := uleb(m.b)
	b := m.b[n1:]
	access, n2 := ulebLong(b)
	b = b[n2:]
	code, n3 := uint32(0), 1
	if kind >= DirectMethod {
		code, n3 = ulebLong(b)
		b = b[n3:]
	}
	if n1 == 0 || n2 == 0 || n3 == 0 {
		m.fail("%v", errMembersEnd)
		return false
	}
	m.b, m.access, m.code = b, access, code
	// The lists are sorted, each entry gives the distance from the one before.
	// Without this rule one entry could be repeated for as long as bytes last.
	if !m.first && step == 0 {
		m.fail("member 0x%x stands twice in one list", m.index)
		return false
	}
	index := uint64(step)
	if !m.first {
		index += uint64(m.index)
	}
	if index >= uint64(m.limits[kind]) {
		m.fail("member 0x%x of 0x%x", index, m.limits[kind])
		return false
	}
	m.index, m.first = uint32(index), false
	return true
}

// Err returns the damage that ended the iteration, nil where all was read.
func (m *Members) Err() error { return m.err }

// Kind says what the member is.
func (m *Members) Kind() MemberKind { return m.kind }

// IsMethod reports whether the member is a method, else it is a field.
func (m *Members) IsMethod() bool { return m.kind >= DirectMethod }

// Index is the member's index in field_ids or method_ids, always inside it.
func (m *Members) Index() uint32 { return m.index }

// Access are the member's access flags.
func (m *Members) Access() uint32 { return m.access }

// CodeOff is where the code item of a method stands, 0 for a field and for a
// method without code (abstract or native). Two methods may share one.
func (m *Members) CodeOff() uint32 { return m.code }
