package dex

import "fmt"

// HandleKind says what a method handle does.
type HandleKind uint16

// Kinds of method handles: the first four name a field, the others a method.
const (
	HandleStaticPut HandleKind = iota
	HandleStaticGet
	HandleInstancePut
	HandleInstanceGet
	HandleInvokeStatic
	HandleInvokeInstance
	HandleInvokeConstructor
	HandleInvokeDirect
	HandleInvokeInterface
)

// MethodHandle is an entry of the method handle table: a reference to code or a
// field that const-method-handle or a call site carries instead of an invoke.
type MethodHandle struct {
	Kind  HandleKind
	Index uint32 // of field_ids or method_ids
}

// IsMethod reports whether Index is one of method_ids, else of field_ids.
func (h MethodHandle) IsMethod() bool { return h.Kind >= HandleInvokeStatic }

// NumMethodHandles is the number of method handles.
func (f *File) NumMethodHandles() int { return len(f.handles) / methodHandleSize }

// MethodHandle returns entry i, false where it is outside the table or names
// nothing in field_ids or method_ids.
func (f *File) MethodHandle(i uint32) (MethodHandle, bool) {
	at := uint64(i) * methodHandleSize
	if at+methodHandleSize > uint64(len(f.handles)) {
		return MethodHandle{}, false
	}
	b := f.handles[at:]
	h := MethodHandle{Kind: HandleKind(u16(b)), Index: u16(b[4:])}
	limit := f.NumFields()
	if h.IsMethod() {
		limit = f.NumMethods()
	}
	return h, h.Kind <= HandleInvokeInterface && int(h.Index) < limit
}

// CallSite is what invoke-custom calls: a bootstrap method builds the target from
// Name, Proto and further constants. For a lambda or method reference the code to
// run is among Handles.
type CallSite struct {
	Bootstrap uint32   // method handle index
	Name      uint32   // string index
	Proto     uint32   // prototype index
	Handles   []uint32 // method handles among the further constants
	Types     []uint32 // method types among them: prototype indexes
}

// NumCallSites is the number of call sites.
func (f *File) NumCallSites() int { return len(f.callSites) / callSiteIDSize }

// Types of encoded values that a call site has in fixed places.
const (
	valueMethodType   = 0x15
	valueMethodHandle = 0x16
	valueString       = 0x17
)

// CallSite reads entry i. The indexes in it are those of the file and may lie
// outside their tables.
func (f *File) CallSite(i uint32) (CallSite, error) {
	at := uint64(i) * callSiteIDSize
	if at+callSiteIDSize > uint64(len(f.callSites)) {
		return CallSite{}, fmt.Errorf("%s: call site 0x%x: %w", f.name, i, errIndex)
	}
	off := u32(f.callSites[at:])
	fail := func(format string, args ...any) (CallSite, error) {
		return CallSite{}, fmt.Errorf("%s: call site 0x%x at 0x%x: %s", f.name, i, off, fmt.Sprintf(format, args...))
	}
	if uint64(off) >= uint64(len(f.data)) {
		return fail("there are 0x%x bytes", len(f.data))
	}
	b := f.data[off:]
	count, n := uleb(b)
	if n == 0 || count < 3 || count > MaxCallSiteArgs {
		return fail("%d values where 3 to %d may stand", count, MaxCallSiteArgs)
	}
	b = b[n:]
	var cs CallSite
	for k := range count {
		kind, value, size := encodedValue(b)
		if size == 0 {
			return fail("value %d is cut off or of a type that no call site has", k)
		}
		b = b[size:]
		switch {
		case k == 0 && kind == valueMethodHandle:
			cs.Bootstrap = value
		case k == 1 && kind == valueString:
			cs.Name = value
		case k == 2 && kind == valueMethodType:
			cs.Proto = value
		case k < 3:
			return fail("value %d has type 0x%02x", k, kind)
		case kind == valueMethodHandle:
			cs.Handles = append(cs.Handles, value)
		case kind == valueMethodType:
			cs.Types = append(cs.Types, value)
		}
	}
	return cs, nil
}

// encodedValue reads one value and its size in bytes, 0 where it is cut off or
// nested. Of a value of more than four bytes the low 32 bits are returned: only
// indexes are asked for.
func encodedValue(b []byte) (kind byte, value uint32, size int) {
	if len(b) == 0 {
		return 0, 0, 0
	}
	kind = b[0] & 0x1f
	switch kind {
	case 0x1e, 0x1f: // null, boolean
		return kind, uint32(b[0] >> 5), 1
	case 0x00, 0x02, 0x03, 0x04, 0x06, 0x10, 0x11, // byte, short, char, int, long, float, double
		valueMethodType, valueMethodHandle, valueString, 0x18, 0x19, 0x1a, 0x1b: // type, field, method, enum
		size = 2 + int(b[0]>>5)
		if size > len(b) {
			return 0, 0, 0
		}
		for i, c := range b[1:min(size, 5)] {
			value |= uint32(c) << (8 * i)
		}
		return kind, value, size
	}
	return 0, 0, 0 // an array, an annotation or no type at all
}
