package apktest

import (
	"encoding/binary"
	"strings"
)

// JavaClass builds a class file. Names are descriptors, as in DEX builders.
type JavaClass struct {
	access      uint16
	pool        [][]byte
	index       map[string]uint16
	name, super string
	interfaces  []string
	fields      [][]byte
	methods     [][]byte
	nFields     uint16
	nMethods    uint16
	bootstrap   [][]uint16 // method handle, arguments
}

// NewJavaClass starts a public class; an empty super is java.lang.Object.
func NewJavaClass(name, super string, interfaces ...string) *JavaClass {
	if super == "" {
		super = "Ljava/lang/Object;"
	}
	return &JavaClass{access: 0x21, index: map[string]uint16{}, name: name, super: super, interfaces: interfaces}
}

// add returns the index of a constant, made if need be.
func (c *JavaClass) add(tag byte, body []byte) uint16 {
	key := string(tag) + string(body)
	if i, ok := c.index[key]; ok {
		return i
	}
	i := uint16(len(c.pool) + 1)
	c.index[key] = i
	c.pool = append(c.pool, append([]byte{tag}, body...))
	if tag == 5 || tag == 6 { // takes two indexes
		c.pool = append(c.pool, nil)
	}
	return i
}

func be16(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

func (c *JavaClass) utf8(s string) uint16 {
	return c.add(1, append(be16(uint16(len(s))), s...))
}

func (c *JavaClass) class(desc string) uint16 {
	if !strings.HasPrefix(desc, "[") {
		desc = strings.TrimSuffix(strings.TrimPrefix(desc, "L"), ";")
	}
	return c.add(7, be16(c.utf8(desc)))
}

// constant adds a string, an int or an int64.
func (c *JavaClass) constant(v any) uint16 {
	switch v := v.(type) {
	case string:
		return c.add(8, be16(c.utf8(v)))
	case int:
		return c.add(3, binary.BigEndian.AppendUint32(nil, uint32(v)))
	case int64:
		return c.add(5, binary.BigEndian.AppendUint64(nil, uint64(v)))
	}
	panic("apktest: a constant of another type")
}

// ref adds a Fieldref (9), Methodref (10) or InterfaceMethodref (11) for a
// member written as DEX does.
func (c *JavaClass) ref(tag byte, target string) uint16 {
	class, rest, _ := strings.Cut(target, "->")
	at := strings.IndexAny(rest, "(:")
	name, desc := rest[:at], strings.TrimPrefix(rest[at:], ":")
	return c.add(tag, be16(c.class(class), c.add(12, be16(c.utf8(name), c.utf8(desc)))))
}

func (c *JavaClass) attribute(name string, body []byte) []byte {
	b := be16(c.utf8(name))
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	return append(b, body...)
}

// Field adds a field; value is its constant (string, int, int64) or nil.
func (c *JavaClass) Field(access uint16, name, typ string, value any) *JavaClass {
	b := be16(access, c.utf8(name), c.utf8(typ))
	if value == nil {
		b = append(b, 0, 0)
	} else {
		b = append(append(b, 0, 1), c.attribute("ConstantValue", be16(c.constant(value)))...)
	}
	c.fields = append(c.fields, b)
	c.nFields++
	return c
}

// Method adds a method; code may be nil.
func (c *JavaClass) Method(access uint16, name, proto string, code *JavaCode) *JavaClass {
	b := be16(access, c.utf8(name), c.utf8(proto))
	if code == nil {
		b = append(b, 0, 0)
	} else {
		body := be16(20, 20)
		insns := code.bytes(c)
		body = binary.BigEndian.AppendUint32(body, uint32(len(insns)))
		body = append(body, insns...)
		body = append(body, be16(uint16(len(code.handlers)))...)
		for _, h := range code.handlers {
			body = append(body, be16(0, uint16(len(insns)), h, 0)...)
		}
		b = append(append(b, 0, 1), c.attribute("Code", append(body, 0, 0))...)
	}
	c.methods = append(c.methods, b)
	c.nMethods++
	return c
}

// Bytes writes the class file.
func (c *JavaClass) Bytes() []byte {
	tail := be16(c.access, c.class(c.name), c.class(c.super), uint16(len(c.interfaces)))
	for _, i := range c.interfaces {
		tail = append(tail, be16(c.class(i))...)
	}
	tail = append(tail, be16(c.nFields)...)
	for _, f := range c.fields {
		tail = append(tail, f...)
	}
	tail = append(tail, be16(c.nMethods)...)
	for _, m := range c.methods {
		tail = append(tail, m...)
	}
	if len(c.bootstrap) == 0 {
		tail = append(tail, 0, 0)
	} else {
		body := be16(uint16(len(c.bootstrap)))
		for _, m := range c.bootstrap {
			body = append(body, be16(m[0], uint16(len(m)-1))...)
			body = append(body, be16(m[1:]...)...)
		}
		tail = append(append(tail, 0, 1), c.attribute("BootstrapMethods", body)...)
	}
	out := []byte{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52}
	out = append(out, be16(uint16(len(c.pool)+1))...)
	for _, e := range c.pool {
		out = append(out, e...)
	}
	return append(out, tail...)
}

// JavaCode is the body of a method of a class file in the making.
type JavaCode struct {
	parts    []func(*JavaClass) []byte
	handlers []uint16
}

// NewJavaCode starts a body.
func NewJavaCode() *JavaCode { return &JavaCode{} }

func (k *JavaCode) bytes(c *JavaClass) []byte {
	var out []byte
	for _, p := range k.parts {
		out = append(out, p(c)...)
	}
	return out
}

func (k *JavaCode) add(p func(*JavaClass) []byte) *JavaCode {
	k.parts = append(k.parts, p)
	return k
}

// Raw adds bytes as they are.
func (k *JavaCode) Raw(b ...byte) *JavaCode { return k.add(func(*JavaClass) []byte { return b }) }

// Const loads a string, int or int64 (ldc_w, ldc2_w).
func (k *JavaCode) Const(v any) *JavaCode {
	return k.add(func(c *JavaClass) []byte {
		op := byte(19)
		if _, long := v.(int64); long {
			op = 20
		}
		return append([]byte{op}, be16(c.constant(v))...)
	})
}

// Invoke calls a method: op is 182 (virtual), 183 (special), 184 (static) or
// 185 (interface).
func (k *JavaCode) Invoke(op byte, target string) *JavaCode {
	return k.add(func(c *JavaClass) []byte {
		if op == 185 {
			return append(append([]byte{op}, be16(c.ref(11, target))...), 1, 0)
		}
		return append([]byte{op}, be16(c.ref(10, target))...)
	})
}

// Field reads or writes a field: op is 178 (getstatic) to 181 (putfield).
func (k *JavaCode) Field(op byte, target string) *JavaCode {
	return k.add(func(c *JavaClass) []byte { return append([]byte{op}, be16(c.ref(9, target))...) })
}

// Lambda is an invokedynamic call whose bootstrap method is given a handle
// (kind 5 virtual, 6 static …) of a method; proto is what it takes and leaves.
func (k *JavaCode) Lambda(proto string, kind byte, target string) *JavaCode {
	return k.add(func(c *JavaClass) []byte {
		factory := c.add(15, append([]byte{6}, be16(c.ref(10, "Ljava/lang/invoke/LambdaMetafactory;->metafactory()V"))...))
		handle := c.add(15, append([]byte{kind}, be16(c.ref(10, target))...))
		c.bootstrap = append(c.bootstrap, []uint16{factory, handle})
		site := c.add(18, append(be16(uint16(len(c.bootstrap)-1)), be16(c.add(12, be16(c.utf8("run"), c.utf8(proto))))...))
		return append(append([]byte{186}, be16(site)...), 0, 0)
	})
}

// Handler puts an exception handler at a place.
func (k *JavaCode) Handler(pos uint16) *JavaCode {
	k.handlers = append(k.handlers, pos)
	return k
}

// Return is return of a void method.
func (k *JavaCode) Return() *JavaCode { return k.Raw(177) }
