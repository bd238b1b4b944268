package callgraph

import (
	"bytes"

	"apkaudit/internal/dex"
)

// Level says under what condition an instruction runs.
type Level uint8

// Levels. An edge that occurs under several counts under each.
const (
	Plain    Level = iota // nothing that the analysis knows of stands before it
	Doubtful              // behind a branch of which the meaning is not told
	Gated                 // only where a gate let it through
	numLevels
)

// An edge is one 32-bit number: what it is, its level, and an index into a table
// of the DEX file. References have 16 bits in all instructions but
// const-string/jumbo, of which larger indexes are left out.
type edge uint32

const (
	edgeIndexBits = 27
	edgeIndexMask = 1<<edgeIndexBits - 1
	edgeLevelBits = 2
)

type edgeKind uint8

const (
	callExact   edgeKind = iota // static, direct and super calls: index of method_ids
	callVirtual                 // virtual and interface calls: index of method_ids
	createType                  // new-instance: index of type_ids
	touchType                   // access to a static field: index of type_ids
	nameType                    // const-class: index of type_ids
	callSite                    // invoke-custom: index of call_site_ids
	nameString                  // const-string in a method that uses names of classes: index of string_ids
	layout                      // number of a layout resource, without its package, in a method that takes one
	numKinds
)

func newEdge(k edgeKind, l Level, index uint32) edge {
	return edge(uint32(k)<<(edgeIndexBits+edgeLevelBits) | uint32(l)<<edgeIndexBits | index)
}

func (e edge) kind() edgeKind { return edgeKind(e >> (edgeIndexBits + edgeLevelBits)) }
func (e edge) level() Level   { return Level(e >> edgeIndexBits & (1<<edgeLevelBits - 1)) }
func (e edge) index() uint32  { return uint32(e & edgeIndexMask) }

// Code collects the edges of one DEX file. Files may be collected side by side,
// each by one goroutine.
type Code struct {
	f       *dex.File
	methods []body
	edges   []edge
	uses    []callUse // by method_ids
	isClass func(name []byte) bool
	texts   []textState // by string_ids
	seen    []uint32    // by kind and index: number of the last method with that edge
	bases   [numKinds]int
	redone  map[uint32][]edge // by method_ids: edges collected a second time
	reads   []read            // of boolean fields
}

// read is a method that reads a boolean field.
type read struct {
	body  uint32 // number of the method
	field uint32 // field_ids
}

// body is a method with code.
type body struct {
	class  int32  // class_def
	method uint32 // method_ids
	access uint32
	off    uint32 // of the code item
	from   uint32 // its edges end where those of the next body begin
}

// textState is what is known of a text: nothing yet, or whether it names a class.
type textState uint8

const (
	textUnknown textState = iota
	textOther
	textClass
)

// Collect starts to collect the edges of f. isClass tells whether a text is the dotted
// name of a class of the app; nil means that names are not known.
func Collect(f *dex.File, isClass func(name []byte) bool) *Code {
	c := &Code{f: f, uses: callUses(f), isClass: isClass}
	if isClass != nil {
		c.texts = make([]textState, f.NumStrings())
	}
	n := 0
	for k, size := range [numKinds]int{f.NumMethods(), f.NumMethods(), f.NumTypes(), f.NumTypes(), f.NumTypes(), f.NumCallSites()} {
		c.bases[k] = n
		n += size
	}
	c.seen = make([]uint32, n*int(numLevels))
	return c
}

// callUse says what a call does with names and numbers that stand beside it.
type callUse uint8

const (
	findsClass callUse = 1 << iota // turns a name into a class
	starts                         // starts a component or a worker
	namesClass                     // takes the name of a component
	inflates                       // takes the number of a layout
)

// wellKnown are such calls by name; a class that begins with the text must be what they
// are called on.
var wellKnown = map[string]struct {
	class string
	use   callUse
}{
	"forName":   {"Ljava/lang/Class;", findsClass},
	"loadClass": {"Ljava/lang/ClassLoader;", findsClass},
	"findClass": {"Ljava/lang/ClassLoader;", findsClass},

	"setClassName": {"Landroid/content/Intent;", namesClass},
	"<init>":       {"Landroid/content/ComponentName;", namesClass},

	"startActivity": {"", starts}, "startActivityForResult": {"", starts}, "startActivities": {"", starts}, "startActivityIfNeeded": {"", starts},
	"startService": {"", starts}, "startForegroundService": {"", starts}, "bindService": {"", starts},
	"sendBroadcast": {"", starts}, "sendOrderedBroadcast": {"", starts}, "launch": {"Landroidx/activity/result/", starts},
	"enqueue": {"", starts}, "enqueueUniqueWork": {"", starts}, "enqueueUniquePeriodicWork": {"", starts}, "enqueueWork": {"", starts},
	"schedule": {"Landroid/app/job/", starts}, "set": {"Landroid/app/AlarmManager;", starts}, "setExact": {"", starts}, "setRepeating": {"", starts},
	"setInexactRepeating": {"", starts}, "setWindow": {"Landroid/app/AlarmManager;", starts}, "setAlarmClock": {"", starts},
	"setAndAllowWhileIdle": {"", starts}, "setExactAndAllowWhileIdle": {"", starts},

	"setContentView": {"", inflates}, "inflate": {"", inflates}, "addContentView": {"", inflates}, "setView": {"", inflates},
}

func callUses(f *dex.File) []callUse {
	out := make([]callUse, f.NumMethods())
	for i := range out {
		k, ok := wellKnown[string(f.MethodName(uint32(i)))]
		if !ok {
			continue
		}
		if m, ok := f.Method(uint32(i)); ok && bytes.HasPrefix(f.TypeBytes(m.Class), []byte(k.class)) {
			out[i] = k.use
		}
	}
	return out
}

// Add collects the edges of one method; it is to be called for every method, in
// the order of dex.File.WalkCode. level says under what condition the instruction
// at a place runs; nil means that all are plain.
func (c *Code) Add(class int, method uint32, code *dex.Code, level func(pos int) Level) {
	c.methods = append(c.methods, body{class: int32(class), method: method, access: code.Access, off: code.Off, from: uint32(len(c.edges))})
	c.edges = c.collect(c.edges, uint32(len(c.methods)), code, level)
}

// Read notes that the method added last reads a boolean field. Which fields are worth it
// the caller knows.
func (c *Code) Read(field uint32) {
	if n := len(c.methods); n > 0 {
		c.reads = append(c.reads, read{uint32(n - 1), field})
	}
}

// Reading lists the methods that read a field, by index of field_ids, for which wanted
// is true, as far as Read noted them; one that reads several may be listed twice.
func (c *Code) Reading(wanted func(field uint32) bool) []Body {
	var out []Body
	for _, r := range c.reads {
		if m := c.methods[r.body]; wanted(r.field) {
			out = append(out, Body{int(m.class), m.method, m.off, m.access})
		}
	}
	return out
}

// Redo collects the edges of one method anew, when its levels are known only after
// all code was seen. It must not be called beside Link.
func (c *Code) Redo(method uint32, code *dex.Code, level func(pos int) Level) {
	if c.redone == nil {
		c.redone = map[uint32][]edge{}
	}
	c.redone[method] = c.collect(nil, uint32(len(c.methods)+len(c.redone)+1), code, level)
}

// Body is a method with its class_def, its access flags and the place of its code item.
type Body struct {
	Class               int
	Method, Off, Access uint32
}

// Calling lists the collected methods that call a method, by index of method_ids, for
// which called is true.
func (c *Code) Calling(called func(method uint32) bool) []Body {
	var out []Body
	for i, m := range c.methods {
		for _, e := range c.edgesOf(i) {
			if e.kind() <= callVirtual && called(e.index()) {
				out = append(out, Body{int(m.class), m.method, m.off, m.access})
				break
			}
		}
	}
	return out
}

func (c *Code) collect(out []edge, stamp uint32, code *dex.Code, level func(pos int) Level) []edge {
	ins := code.Insns()
	var uses callUse
	named := false
	for _, at := range code.Refs() {
		pos := int(at)
		op := ins.Op(pos)
		if op.Ref() == dex.RefString {
			named = named || c.namesClass(ins.Index(pos))
			continue
		}
		kind, index, ok := c.classify(op, ins.Index(pos))
		if !ok {
			continue
		}
		l := Plain
		if level != nil {
			l = level(pos)
		}
		if kind <= callVirtual {
			uses |= c.uses[index]
		}
		if s := &c.seen[(c.bases[kind]+int(index))*int(numLevels)+int(l)]; *s != stamp {
			*s = stamp
			out = append(out, newEdge(kind, l, index))
		}
	}
	if named || uses&(findsClass|starts|namesClass) != 0 {
		out = c.strings(out, code, level)
	}
	if uses&inflates != 0 {
		out = layouts(out, code, level)
	}
	return out
}

// namesClass tells whether a text names a class of the app; each is looked at once.
func (c *Code) namesClass(index uint32) bool {
	if int(index) >= len(c.texts) {
		return false
	}
	s := &c.texts[index]
	if *s == textUnknown {
		*s = textOther
		if text := c.f.StringBytes(index); len(text) > 0 && len(text) <= dex.MaxNameBytes && c.isClass(text) {
			*s = textClass
		}
	}
	return *s == textClass
}

// appPackage is the package number of an app's own resources, the high byte of their
// numbers.
const appPackage = 0x7f

// layouts adds the numbers of resources that a method holds as constants.
func layouts(out []edge, code *dex.Code, level func(pos int) Level) []edge {
	code.Ints(func(pos int, value int32) {
		if uint32(value)>>24 != appPackage {
			return
		}
		l := Plain
		if level != nil {
			l = level(pos)
		}
		out = append(out, newEdge(layout, l, uint32(value)&0xffffff))
	})
	return out
}

// strings adds the text constants of a method that uses names of classes.
func (c *Code) strings(out []edge, code *dex.Code, level func(pos int) Level) []edge {
	ins := code.Insns()
	for _, at := range code.Refs() {
		pos := int(at)
		if ins.Op(pos).Ref() != dex.RefString || ins.Index(pos) > edgeIndexMask {
			continue
		}
		l := Plain
		if level != nil {
			l = level(pos)
		}
		out = append(out, newEdge(nameString, l, ins.Index(pos)))
	}
	return out
}

// classify says which edge an instruction is, if any.
func (c *Code) classify(op dex.Op, index uint32) (edgeKind, uint32, bool) {
	switch op {
	case dex.OpInvokeVirtual, dex.OpInvokeInterface, dex.OpInvokeVirtualRange, dex.OpInvokeInterfaceRange:
		return callVirtual, index, true
	case dex.OpInvokeStatic, dex.OpInvokeDirect, dex.OpInvokeSuper, dex.OpInvokeStaticRange, dex.OpInvokeDirectRange, dex.OpInvokeSuperRange:
		return callExact, index, true
	case dex.OpNewInstance:
		return createType, index, true
	case dex.OpConstClass:
		return nameType, index, true
	case dex.OpInvokeCustom, dex.OpInvokeCustomRange:
		return callSite, index, true
	}
	if op >= dex.OpSGet && op < dex.OpInvokeVirtual {
		fd, ok := c.f.Field(index)
		return touchType, fd.Class, ok && int(fd.Class) < c.f.NumTypes()
	}
	return 0, 0, false
}
