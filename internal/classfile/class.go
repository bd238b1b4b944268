package classfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Access flags that callers ask for; the format has more.
const (
	AccPublic     = 0x0001
	AccPrivate    = 0x0002
	AccStatic     = 0x0008
	AccFinal      = 0x0010
	AccNative     = 0x0100
	AccInterface  = 0x0200
	AccAbstract   = 0x0400
	AccSynthetic  = 0x1000
	AccAnnotation = 0x2000
	AccEnum       = 0x4000
	AccModule     = 0x8000
)

// Class is one class file. Types are descriptors: Lpkg/Name;, I, [J.
type Class struct {
	Name       string // Lmodule-info; for a module declaration
	Super      string // "" for java.lang.Object and modules
	Interfaces []string
	Access     uint16
	Major      uint16 // version of the format: 52 is Java 8
	Fields     []Field
	Methods    []Method

	pool      *pool
	bootstrap [][]uint16 // static arguments by bootstrap method
}

// Field is a field that the class declares.
type Field struct {
	Access    uint16
	Name      string
	Type      string
	Signature string // generic type, "" where it has none
	Value     Const  // of the ConstantValue attribute; zero where there is none
}

// Method is a method that the class declares.
type Method struct {
	Access    uint16
	Name      string
	Proto     string // (params)ret
	Signature string // generic signature, "" where it has none

	code     []byte // nil for abstract and native methods
	handlers []uint16
}

// HasCode tells whether the method has a body.
func (m *Method) HasCode() bool { return m.code != nil }

// ConstKind says what a Const holds.
type ConstKind uint8

// Kinds of constants; the zero Const is unknown. Booleans, chars and shorts are
// ints.
const (
	ConstUnknown ConstKind = iota
	ConstString            // Text
	ConstClass             // Text is the descriptor
	ConstInt               // Int
	ConstLong              // Int
	ConstFloat             // Float, also of a double
	constHigh              // the upper slot of a long or double on the stack
)

// Const is a constant value.
type Const struct {
	Kind  ConstKind
	Text  string
	Int   int64
	Float float64
}

type reader struct {
	b   []byte
	pos int
}

func (r *reader) take(n int) ([]byte, error) {
	if n < 0 || len(r.b)-r.pos < n {
		return nil, errEnds
	}
	b := r.b[r.pos : r.pos+n]
	r.pos += n
	return b, nil
}

func (r *reader) u2() (uint16, error) {
	b, err := r.take(2)
	if err != nil {
		return 0, err
	}
	return u2(b), nil
}

// ErrNoClass is the cause of Parse's error where the bytes are no class file.
var ErrNoClass = errors.New("no class file")

// Parse reads one class file, which it borrows; name stands before errors. It
// fails where a table does not lie inside data or an index points to nothing;
// code is looked at by Walk.
func Parse(name string, data []byte) (*Class, error) {
	if len(data) < 10 || u4(data) != 0xcafebabe {
		return nil, fmt.Errorf("%s: %w", name, ErrNoClass)
	}
	if len(data) > MaxClassBytes {
		return nil, fmt.Errorf("%s: %d bytes are more than a class file has (max-class-bytes of %d)", name, len(data), MaxClassBytes)
	}
	p, pos, err := readPool(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &Class{Major: u2(data[6:]), pool: p}
	r := &reader{b: data, pos: pos}
	if err := c.header(r); err != nil {
		return nil, fmt.Errorf("%s: header: %w", name, err)
	}
	if err := c.fields(r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := c.methods(r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	err = c.attributes(r, func(attr string, body []byte) error {
		if attr == "BootstrapMethods" {
			return c.readBootstrap(body)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: class attributes: %w", name, err)
	}
	return c, nil
}

func (c *Class) header(r *reader) error {
	b, err := r.take(8)
	if err != nil {
		return err
	}
	c.Access = u2(b)
	if c.Name, err = c.pool.class(u2(b[2:])); err != nil {
		return err
	}
	if super := u2(b[4:]); super != 0 {
		if c.Super, err = c.pool.class(super); err != nil {
			return err
		}
	}
	for range u2(b[6:]) {
		i, err := r.u2()
		if err != nil {
			return err
		}
		name, err := c.pool.class(i)
		if err != nil {
			return fmt.Errorf("interface: %w", err)
		}
		c.Interfaces = append(c.Interfaces, name)
	}
	return nil
}

// member reads what fields and methods have in common.
func (c *Class) member(r *reader) (access uint16, name, desc string, err error) {
	b, err := r.take(6)
	if err != nil {
		return 0, "", "", err
	}
	if name, err = c.pool.text(u2(b[2:])); err != nil {
		return 0, "", "", err
	}
	desc, err = c.pool.text(u2(b[4:]))
	return u2(b), name, desc, err
}

func (c *Class) fields(r *reader) error {
	n, err := r.u2()
	if err != nil {
		return fmt.Errorf("fields: %w", err)
	}
	for i := range n {
		var f Field
		if f.Access, f.Name, f.Type, err = c.member(r); err != nil {
			return fmt.Errorf("field %d: %w", i, err)
		}
		err = c.attributes(r, func(attr string, body []byte) (err error) {
			switch {
			case len(body) != 2:
			case attr == "ConstantValue":
				f.Value, err = c.pool.constant(u2(body))
			case attr == "Signature":
				f.Signature, err = c.pool.text(u2(body))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		c.Fields = append(c.Fields, f)
	}
	return nil
}

func (c *Class) methods(r *reader) error {
	n, err := r.u2()
	if err != nil {
		return fmt.Errorf("methods: %w", err)
	}
	for i := range n {
		var m Method
		if m.Access, m.Name, m.Proto, err = c.member(r); err != nil {
			return fmt.Errorf("method %d: %w", i, err)
		}
		err = c.attributes(r, func(attr string, body []byte) (err error) {
			switch {
			case attr == "Code" && m.code == nil:
				return m.readCode(body)
			case attr == "Signature" && len(body) == 2:
				m.Signature, err = c.pool.text(u2(body))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("method %s%s: %w", m.Name, m.Proto, err)
		}
		c.Methods = append(c.Methods, m)
	}
	return nil
}

// attributes calls visit for each attribute of a table.
func (c *Class) attributes(r *reader, visit func(name string, body []byte) error) error {
	n, err := r.u2()
	if err != nil {
		return fmt.Errorf("attributes: %w", err)
	}
	for i := range n {
		head, err := r.take(6)
		if err != nil {
			return fmt.Errorf("attribute %d: %w", i, err)
		}
		name, err := c.pool.text(u2(head))
		if err != nil {
			return fmt.Errorf("attribute %d: %w", i, err)
		}
		size := u4(head[2:])
		if size > math.MaxInt32 {
			return fmt.Errorf("attribute %s: %d bytes: %w", name, size, errEnds)
		}
		body, err := r.take(int(size))
		if err != nil {
			return fmt.Errorf("attribute %s: %d bytes: %w", name, size, err)
		}
		if err := visit(name, body); err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return nil
}

// readCode takes the instructions and the places of the exception handlers
// (JVMS 4.7.3); max_stack and max_locals are claims of no use here.
func (m *Method) readCode(body []byte) error {
	r := &reader{b: body}
	head, err := r.take(8)
	if err != nil {
		return err
	}
	size := u4(head[4:])
	if size > math.MaxUint16 {
		return fmt.Errorf("%d bytes of code, more than a method has", size)
	}
	if m.code, err = r.take(int(size)); err != nil {
		return fmt.Errorf("%d bytes of code: %w", size, err)
	}
	n, err := r.u2()
	if err != nil {
		return fmt.Errorf("handlers: %w", err)
	}
	for range n {
		h, err := r.take(8)
		if err != nil {
			return fmt.Errorf("handlers: %w", err)
		}
		m.handlers = append(m.handlers, u2(h[4:]))
	}
	return nil
}

// readBootstrap keeps the static arguments of every bootstrap method
// (JVMS 4.7.23).
func (c *Class) readBootstrap(body []byte) error {
	r := &reader{b: body}
	n, err := r.u2()
	if err != nil {
		return err
	}
	for i := range n {
		head, err := r.take(4)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		list, err := r.take(2 * int(u2(head[2:])))
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		args := make([]uint16, min(len(list)/2, maxBootstrapArgs))
		for k := range args {
			args[k] = u2(list[2*k:])
		}
		c.bootstrap = append(c.bootstrap, args)
	}
	return nil
}

// constant returns a loadable constant; kinds that are no plain value are
// unknown.
func (p *pool) constant(i uint16) (Const, error) {
	b, tag, err := p.entry(i, tagInteger, tagFloat, tagLong, tagDouble, tagString, tagClass, tagMethodHandle, tagMethodType, tagDynamic)
	if err != nil {
		return Const{}, err
	}
	switch tag {
	case tagInteger:
		return Const{Kind: ConstInt, Int: int64(int32(u4(b)))}, nil
	case tagFloat:
		return Const{Kind: ConstFloat, Float: float64(math.Float32frombits(u4(b)))}, nil
	case tagLong:
		return Const{Kind: ConstLong, Int: int64(u4(b))<<32 | int64(u4(b[4:]))}, nil
	case tagDouble:
		return Const{Kind: ConstFloat, Float: math.Float64frombits(uint64(u4(b))<<32 | uint64(u4(b[4:])))}, nil
	case tagString:
		s, err := p.text(u2(b))
		return Const{Kind: ConstString, Text: s}, err
	case tagClass:
		s, err := p.class(i)
		return Const{Kind: ConstClass, Text: s}, err
	}
	return Const{}, nil
}

// Strings lists the string constants that code, fields and call sites of the
// class use, sorted, each once.
func (c *Class) Strings() []string {
	var out []string
	for i := range c.pool.at {
		if s, _, err := c.pool.named(uint16(i), tagString); err == nil {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// References lists the classes that the class names in its constant pool, as
// descriptors without array dimensions, sorted, each once.
func (c *Class) References() []string {
	var out []string
	for i := range c.pool.at {
		if d, err := c.pool.class(uint16(i)); err == nil {
			if d = strings.TrimLeft(d, "["); strings.HasPrefix(d, "L") {
				out = append(out, d)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
