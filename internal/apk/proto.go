package apk

import (
	"errors"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

var errProto = errors.New("is no sound protocol buffer")

// protoField is one field of a protocol buffer message.
type protoField struct {
	num  protowire.Number
	n    uint64 // of numbers; the bits of a float
	data []byte // of messages and strings
}

// protoMessage reads the fields of one message front to back. Nothing is allocated by
// what a length claims: a field that is longer than the message is cut and ends it with
// errProto.
type protoMessage struct {
	rest []byte
	err  error
}

// next returns the next field; false at the end of the message, or where it breaks.
func (m *protoMessage) next() (f protoField, ok bool) {
	if len(m.rest) == 0 || m.err != nil {
		return f, false
	}
	num, kind, n := protowire.ConsumeTag(m.rest)
	if n < 0 {
		m.err = errProto
		return f, false
	}
	f.num, m.rest = num, m.rest[n:]
	switch kind {
	case protowire.VarintType:
		f.n, n = protowire.ConsumeVarint(m.rest)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(m.rest)
		f.n = uint64(v)
	case protowire.Fixed64Type:
		f.n, n = protowire.ConsumeFixed64(m.rest)
	case protowire.BytesType:
		var size uint64
		if size, n = protowire.ConsumeVarint(m.rest); n < 0 {
			break
		}
		if left := uint64(len(m.rest) - n); size > left {
			m.err, size = errProto, left
		}
		f.data = m.rest[n : n+int(size)]
		n += int(size)
	default:
		n = -1 // groups went out of use before the format was made
	}
	if n < 0 {
		m.err = errProto
		return f, false
	}
	m.rest = m.rest[n:]
	return f, true
}

// sub reads the fields of a message within.
func sub(f protoField) *protoMessage { return &protoMessage{rest: f.data} }

// first is the first field of that number, an empty one where there is none.
func (m *protoMessage) first(num protowire.Number) protoField {
	for f, ok := m.next(); ok; f, ok = m.next() {
		if f.num == num {
			return f
		}
	}
	return protoField{}
}

// Types of values beside those of axml.go and xmltree.go, from ResourceTypes.h.
const (
	typeNull      = 0x00
	typeAttribute = 0x02
	typeFloat     = 0x04
	typeDimension = 0x05
	typeFraction  = 0x06
	typeARGB8     = 0x1c
	typeRGB8      = 0x1d
	typeARGB4     = 0x1e
	typeRGB4      = 0x1f
)

// protoItem is one value: a string, or a type and its data.
type protoItem struct {
	kind byte
	data uint32
	text string // where kind is typeString
}

// readItem reads aapt.pb.Item; false for one that holds no value, such as an id. The
// numbers of fields here and in the readers that use it are those of
// frameworks/base/tools/aapt2/Resources.proto.
func readItem(f protoField) (it protoItem, ok bool) {
	m := sub(f)
	for f, more := m.next(); more; f, more = m.next() {
		switch f.num {
		case 1:
			return readReference(f)
		case 2, 3, 4, 5: // a string, raw, styled, or the path of a file
			return protoItem{kind: typeString, text: string(sub(f).first(1).data)}, true
		case 7:
			return readPrimitive(f)
		}
	}
	return it, false
}

func readReference(f protoField) (it protoItem, ok bool) {
	it.kind = typeReference
	m := sub(f)
	for f, more := m.next(); more; f, more = m.next() {
		switch f.num {
		case 1:
			if f.n == 1 {
				it.kind = typeAttribute
			}
		case 2:
			it.data = uint32(f.n)
		}
	}
	return it, true
}

func readPrimitive(f protoField) (it protoItem, ok bool) {
	m := sub(f)
	if f, ok = m.next(); !ok {
		return it, false
	}
	it.data = uint32(f.n)
	switch f.num {
	case 1, 2: // null and empty, which differ in their data
		it.data = uint32(f.num) - 1
		it.kind = typeNull
	case 3:
		it.kind = typeFloat
	case 4, 13:
		it.kind = typeDimension
	case 5, 14:
		it.kind = typeFraction
	case 6:
		it.kind = typeDec
	case 7:
		it.kind = typeHex
	case 8:
		it.kind = typeBool
		if it.data != 0 {
			it.data = math.MaxUint32
		}
	case 9:
		it.kind = typeARGB8
	case 10:
		it.kind = typeRGB8
	case 11:
		it.kind = typeARGB4
	case 12:
		it.kind = typeRGB4
	default:
		return it, false
	}
	return it, true
}
