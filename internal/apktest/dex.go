package apktest

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"slices"
	"strings"
)

// DEX is a Dalvik executable in the making: classes with fields, methods and
// code. Types are written as descriptors ("La/B;", "[I"), methods as
// "La/B;->name(I)V" and fields as "La/B;->name:I". What the classes and their code
// name enters the tables by itself, sorted as the format demands, so that dexdump
// accepts the result. Mistakes in the arguments panic: this is for tests.
//
// Strings are taken as UTF-8 and written as MUTF-8; one that is not valid UTF-8 is
// taken as MUTF-8 already, for tests of surrogates and damage.
type DEX struct {
	// Version is the three digits of the magic, such as "035".
	Version string
	// ExtraStrings enter the string table although nothing names them.
	ExtraStrings []string
	// ExtraMethods and ExtraFields do the same for references.
	ExtraMethods, ExtraFields []string

	classes   []*DEXClass
	handles   []dexHandle
	callSites []dexCallSite
}

// DEXClass is a class of a DEX.
type DEXClass struct {
	typ, super, source string
	access             uint32
	interfaces         []string
	fields             []dexMember
	methods            []dexMember
	values             map[string]string // by reference: initial text of a static field
}

type dexMember struct {
	ref    string
	access uint32
	code   *DEXCode // nil for a field and for a method without code
}

type dexHandle struct {
	kind uint16
	ref  string
}

type dexCallSite struct {
	bootstrap         uint16
	name, proto       string
	handles           []uint16
	types             []string // prototypes among the further constants
	constants         []string
	encodedArrayStart uint32
}

// NewDEX returns an empty file of a version such as "035".
func NewDEX(version string) *DEX { return &DEX{Version: version} }

// Class adds a public class. A superclass in the same file must be added first;
// super "" stands for java.lang.Object.
func (d *DEX) Class(typ, super string, interfaces ...string) *DEXClass {
	if super == "" {
		super = "Ljava/lang/Object;"
	}
	c := &DEXClass{typ: typ, super: super, access: 1, interfaces: interfaces}
	d.classes = append(d.classes, c)
	return c
}

// Source sets the name of the source file.
func (c *DEXClass) Source(name string) *DEXClass {
	c.source = name
	return c
}

// Access sets the class's access flags.
func (c *DEXClass) Access(flags uint32) *DEXClass {
	c.access = flags
	return c
}

// Field defines a field, static if access has the flag 8.
func (c *DEXClass) Field(access uint32, name, typ string) *DEXClass {
	c.fields = append(c.fields, dexMember{ref: c.typ + "->" + name + ":" + typ, access: access})
	return c
}

// StaticString defines a public static final String field with its value.
func (c *DEXClass) StaticString(name, value string) *DEXClass {
	c.Field(0x19, name, "Ljava/lang/String;")
	if c.values == nil {
		c.values = map[string]string{}
	}
	c.values[c.fields[len(c.fields)-1].ref] = value
	return c
}

// Method defines a method, such as Method(9, "run", "(I)V", code). It goes to the
// direct methods if it is static (8), private (2) or a constructor (0x10000). Two
// methods given the same code share one code item.
func (c *DEXClass) Method(access uint32, name, proto string, code *DEXCode) *DEXClass {
	c.methods = append(c.methods, dexMember{ref: c.typ + "->" + name + proto, access: access, code: code})
	return c
}

// Handle adds a method handle and returns its index. Kinds 0 to 3 name a field, 4
// to 8 a method.
func (d *DEX) Handle(kind uint16, ref string) uint16 {
	d.handles = append(d.handles, dexHandle{kind, ref})
	return uint16(len(d.handles) - 1)
}

// CallSite adds a call site with a bootstrap handle, a name, a prototype and
// further constants, method handles first and then strings; it returns its index.
func (d *DEX) CallSite(bootstrap uint16, name, proto string, handles []uint16, constants ...string) uint16 {
	d.callSites = append(d.callSites, dexCallSite{
		bootstrap: bootstrap, name: name, proto: proto, handles: handles, constants: constants,
	})
	return uint16(len(d.callSites) - 1)
}

// LambdaSite adds the call site of a lambda: a bootstrap handle, the name of the
// interface's method, the prototype that makes the object, that of the interface's
// method, and the handle of what it runs.
func (d *DEX) LambdaSite(bootstrap uint16, name, proto, method string, impl uint16) uint16 {
	n := d.CallSite(bootstrap, name, proto, []uint16{impl})
	d.callSites[n].types = []string{method}
	return n
}

// BuiltDEX are the bytes of a DEX and where its parts stand, for tests that damage
// them.
type BuiltDEX struct {
	Bytes     []byte
	Code      map[string]uint32 // by method: offset of its code item
	ClassDef  map[string]uint32 // by type
	ClassData map[string]uint32 // by type, absent for a class without members
	String    map[string]uint32 // by text: offset of its string data
	TypeList  map[string]uint32 // by the descriptors in it, put together
	MethodID  map[string]uint32 // by method: its index in method_ids
	CallSite  []uint32          // offsets of the encoded arrays
	Map       uint32
}

// Bytes builds the file.
func (d *DEX) Bytes() []byte { return d.Build().Bytes }

// Build builds the file and says where its parts stand.
func (d *DEX) Build() *BuiltDEX {
	w := newDEXWriter(d, 0)
	w.write()
	w.finish(len(w.out))
	return w.built()
}

// DEXContainer builds one version 041 container of several files, whose Version is
// ignored.
func DEXContainer(files ...*DEX) []byte {
	var out []byte
	var writers []*dexWriter
	for _, d := range files {
		v41 := *d
		v41.Version = "041"
		w := newDEXWriter(&v41, uint32(len(out)))
		w.write()
		for len(w.out)%4 != 0 {
			w.out = append(w.out, 0)
		}
		writers = append(writers, w)
		out = append(out, w.out...)
	}
	at := 0
	for _, w := range writers {
		w.finish(len(out))
		copy(out[at:], w.out)
		at += len(w.out)
	}
	return out
}

// FixDEX writes the right file size, signature and checksum into a single-file
// DEX, after a test changed its bytes.
func FixDEX(b []byte) []byte {
	binary.LittleEndian.PutUint32(b[0x20:], uint32(len(b)))
	sumDEX(b)
	return b
}

func sumDEX(b []byte) {
	sig := sha1.Sum(b[32:])
	copy(b[12:], sig[:])
	binary.LittleEndian.PutUint32(b[8:], adler32.Checksum(b[12:]))
}

// splitMethod cuts "La/B;->name(I)V" into class, name and prototype.
func splitMethod(ref string) (class, name, proto string) {
	class, rest, ok := strings.Cut(ref, "->")
	open := strings.IndexByte(rest, '(')
	if !ok || open < 0 {
		panic(fmt.Sprintf("apktest: %q is no method", ref))
	}
	return class, rest[:open], rest[open:]
}

// splitField cuts "La/B;->name:I" into class, name and type.
func splitField(ref string) (class, name, typ string) {
	class, rest, ok := strings.Cut(ref, "->")
	name, typ, ok2 := strings.Cut(rest, ":")
	if !ok || !ok2 {
		panic(fmt.Sprintf("apktest: %q is no field", ref))
	}
	return class, name, typ
}

// splitProto cuts "(I[La/B;)V" into parameter types and return type.
func splitProto(proto string) (params []string, ret string) {
	end := strings.IndexByte(proto, ')')
	if !strings.HasPrefix(proto, "(") || end < 0 {
		panic(fmt.Sprintf("apktest: %q is no prototype", proto))
	}
	for rest := proto[1:end]; rest != ""; {
		n := 0
		for n < len(rest) && rest[n] == '[' {
			n++
		}
		if n == len(rest) {
			panic(fmt.Sprintf("apktest: %q ends in an array of nothing", proto))
		}
		if rest[n] == 'L' {
			semi := strings.IndexByte(rest, ';')
			if semi < 0 {
				panic(fmt.Sprintf("apktest: %q has a type without its end", proto))
			}
			n = semi
		}
		params = append(params, rest[:n+1])
		rest = rest[n+1:]
	}
	return params, proto[end+1:]
}

func shorty(proto string) string {
	short := func(t string) string {
		if t[0] == '[' {
			return "L"
		}
		return t[:1]
	}
	params, ret := splitProto(proto)
	s := short(ret)
	for _, p := range params {
		s += short(p)
	}
	return s
}

func sortedKeys(set map[string]bool, less func(a, b string) int) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, less)
	return keys
}
