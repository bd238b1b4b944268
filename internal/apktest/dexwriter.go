package apktest

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// dexWriter lays one DEX out. Offsets are counted from base bytes before out.
type dexWriter struct {
	d    *DEX
	base uint32
	out  []byte

	stringList, typeList, protoList, fieldList, methodList []string
	stringIdx, typeIdx, protoIdx, fieldIdx, methodIdx      map[string]uint32

	lists, strData, code, classData map[string]uint32
	values                          map[string]uint32 // by class: its static values
	codeOff                         map[*DEXCode]uint32
	mapAt                           uint32
	sections                        []dexSection
}

type dexSection struct {
	kind       uint16
	count, off uint32
}

func newDEXWriter(d *DEX, base uint32) *dexWriter {
	w := &dexWriter{
		d: d, base: base, lists: map[string]uint32{}, strData: map[string]uint32{},
		code: map[string]uint32{}, classData: map[string]uint32{}, codeOff: map[*DEXCode]uint32{}, values: map[string]uint32{},
	}
	w.collect()
	return w
}

// collect fills and sorts the tables of references.
func (w *dexWriter) collect() {
	strs, types, protos := map[string]bool{}, map[string]bool{}, map[string]bool{}
	fields, methods := map[string]bool{}, map[string]bool{}
	addType := func(t string) { types[t], strs[t] = true, true }
	addProto := func(p string) {
		protos[p], strs[shorty(p)] = true, true
		params, ret := splitProto(p)
		for _, t := range append(params, ret) {
			addType(t)
		}
	}
	addMethod := func(ref string) {
		c, n, p := splitMethod(ref)
		methods[ref], strs[n] = true, true
		addType(c)
		addProto(p)
	}
	addField := func(ref string) {
		c, n, t := splitField(ref)
		fields[ref], strs[n] = true, true
		addType(c)
		addType(t)
	}
	add := map[dexRefKind]func(string){
		dexString: func(s string) { strs[s] = true }, dexType: addType, dexField: addField, dexMethod: addMethod, dexProto: addProto,
	}
	for _, s := range w.d.ExtraStrings {
		strs[s] = true
	}
	for _, m := range w.d.ExtraMethods {
		addMethod(m)
	}
	for _, f := range w.d.ExtraFields {
		addField(f)
	}
	for _, h := range w.d.handles {
		if h.kind < 4 {
			addField(h.ref)
		} else {
			addMethod(h.ref)
		}
	}
	for _, s := range w.d.callSites {
		strs[s.name] = true
		addProto(s.proto)
		for _, t := range s.types {
			addProto(t)
		}
		for _, c := range s.constants {
			strs[c] = true
		}
	}
	for _, c := range w.d.classes {
		addType(c.typ)
		addType(c.super)
		for _, i := range c.interfaces {
			addType(i)
		}
		if c.source != "" {
			strs[c.source] = true
		}
		for _, f := range c.fields {
			addField(f.ref)
		}
		for _, v := range c.values {
			strs[v] = true
		}
		for _, m := range c.methods {
			addMethod(m.ref)
			if m.code == nil {
				continue
			}
			for _, fix := range m.code.fixes {
				add[fix.kind](fix.ref)
			}
			for _, t := range m.code.tries {
				for _, typ := range t.Types {
					addType(typ)
				}
			}
		}
	}
	w.sort(strs, types, protos, fields, methods)
}

func indexOf(list []string) map[string]uint32 {
	m := make(map[string]uint32, len(list))
	for i, s := range list {
		m[s] = uint32(i)
	}
	return m
}

// sort orders each table as the format demands; later tables are ordered by
// indexes into earlier ones.
func (w *dexWriter) sort(strs, types, protos, fields, methods map[string]bool) {
	units := make(map[string][]uint16, len(strs))
	for s := range strs {
		units[s] = utf16Units(mutf8(s))
	}
	w.stringList = sortedKeys(strs, func(a, b string) int { return slices.Compare(units[a], units[b]) })
	w.stringIdx = indexOf(w.stringList)
	byKey := func(key func(string) []uint32) func(a, b string) int {
		return func(a, b string) int { return slices.Compare(key(a), key(b)) }
	}
	w.typeList = sortedKeys(types, byKey(func(t string) []uint32 { return []uint32{w.stringIdx[t]} }))
	w.typeIdx = indexOf(w.typeList)
	w.protoList = sortedKeys(protos, byKey(func(p string) []uint32 {
		params, ret := splitProto(p)
		key := []uint32{w.typeIdx[ret]}
		for _, t := range params {
			key = append(key, w.typeIdx[t])
		}
		return key
	}))
	w.protoIdx = indexOf(w.protoList)
	w.fieldList = sortedKeys(fields, byKey(func(f string) []uint32 {
		c, n, t := splitField(f)
		return []uint32{w.typeIdx[c], w.stringIdx[n], w.typeIdx[t]}
	}))
	w.fieldIdx = indexOf(w.fieldList)
	w.methodList = sortedKeys(methods, byKey(func(m string) []uint32 {
		c, n, p := splitMethod(m)
		return []uint32{w.typeIdx[c], w.stringIdx[n], w.protoIdx[p]}
	}))
	w.methodIdx = indexOf(w.methodList)
}

func (w *dexWriter) here() uint32 { return w.base + uint32(len(w.out)) }

func (w *dexWriter) align() {
	for len(w.out)%4 != 0 {
		w.out = append(w.out, 0)
	}
}

func (w *dexWriter) put16(v ...uint16) {
	for _, x := range v {
		w.out = binary.LittleEndian.AppendUint16(w.out, x)
	}
}

func (w *dexWriter) put32(v ...uint32) {
	for _, x := range v {
		w.out = binary.LittleEndian.AppendUint32(w.out, x)
	}
}

func (w *dexWriter) putULEB(v uint32) {
	w.out = binary.AppendUvarint(w.out, uint64(v))
}

// putSLEB writes the small numbers of handler lists.
func (w *dexWriter) putSLEB(v int) {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			w.out = append(w.out, b)
			return
		}
		w.out = append(w.out, b|0x80)
	}
}

func (w *dexWriter) section(kind uint16, count int) {
	if count > 0 {
		w.sections = append(w.sections, dexSection{kind, uint32(count), w.here()})
	}
}

func (w *dexWriter) headerSize() int {
	if w.d.Version >= "041" {
		return 0x78
	}
	return 0x70
}

// write lays out everything but the sums and sizes of finish. The tables come
// first and point into the data, so their room is kept and filled at the end.
func (w *dexWriter) write() {
	d := w.d
	w.section(0x0000, 1)
	w.out = make([]byte, w.headerSize())
	type table struct {
		kind        uint16
		count, size int
		at          int
	}
	tables := []table{
		{kind: 1, count: len(w.stringList), size: 4}, {kind: 2, count: len(w.typeList), size: 4},
		{kind: 3, count: len(w.protoList), size: 12}, {kind: 4, count: len(w.fieldList), size: 8},
		{kind: 5, count: len(w.methodList), size: 8}, {kind: 6, count: len(d.classes), size: 32},
		{kind: 7, count: len(d.callSites), size: 4}, {kind: 8, count: len(d.handles), size: 8},
	}
	for i := range tables {
		t := &tables[i]
		w.section(t.kind, t.count)
		t.at = len(w.out)
		w.out = append(w.out, make([]byte, t.count*t.size)...)
		if i < 6 && t.count > 0 {
			at := 0x38 + 8*i
			binary.LittleEndian.PutUint32(w.out[at:], uint32(t.count))
			binary.LittleEndian.PutUint32(w.out[at+4:], w.base+uint32(t.at))
		}
	}
	data := len(w.out)
	w.putTypeLists()
	w.putCode()
	w.putStrings()
	w.putClassData()
	w.putStaticValues()
	w.putCallSites()
	w.align()
	w.mapAt = w.here()
	w.section(0x1000, 1)
	w.put32(uint32(len(w.sections)))
	for _, s := range w.sections {
		w.put16(s.kind, 0)
		w.put32(s.count, s.off)
	}
	le := binary.LittleEndian
	le.PutUint32(w.out[0x34:], w.mapAt)
	if w.headerSize() == 0x70 {
		le.PutUint32(w.out[0x68:], uint32(len(w.out)-data))
		le.PutUint32(w.out[0x6c:], w.base+uint32(data))
	}
	end := w.out
	for i, fill := range []func(){w.fillStrings, w.fillTypes, w.fillProtos, w.fillFields, w.fillMethods, w.fillClasses, w.fillCallSites, w.fillHandles} {
		w.out = end[:tables[i].at:len(end)]
		fill() // appends in place
	}
	w.out = end
}

// finish writes what depends on the container: sizes and sums.
func (w *dexWriter) finish(container int) {
	le := binary.LittleEndian
	copy(w.out, "dex\n"+w.d.Version+"\x00")
	le.PutUint32(w.out[0x20:], uint32(len(w.out)))
	le.PutUint32(w.out[0x24:], uint32(w.headerSize()))
	le.PutUint32(w.out[0x28:], 0x12345678)
	if w.headerSize() == 0x78 {
		le.PutUint32(w.out[0x70:], uint32(container))
		le.PutUint32(w.out[0x74:], w.base)
	}
	sumDEX(w.out)
}

func (w *dexWriter) fillStrings() {
	for _, s := range w.stringList {
		w.put32(w.strData[s])
	}
}

func (w *dexWriter) fillTypes() {
	for _, t := range w.typeList {
		w.put32(w.stringIdx[t])
	}
}

func (w *dexWriter) fillProtos() {
	for _, p := range w.protoList {
		params, ret := splitProto(p)
		w.put32(w.stringIdx[shorty(p)], w.typeIdx[ret], w.lists[strings.Join(params, "")])
	}
}

func (w *dexWriter) fillFields() {
	for _, f := range w.fieldList {
		c, n, t := splitField(f)
		w.put16(uint16(w.typeIdx[c]), uint16(w.typeIdx[t]))
		w.put32(w.stringIdx[n])
	}
}

func (w *dexWriter) fillMethods() {
	for _, m := range w.methodList {
		c, n, p := splitMethod(m)
		w.put16(uint16(w.typeIdx[c]), uint16(w.protoIdx[p]))
		w.put32(w.stringIdx[n])
	}
}

func (w *dexWriter) fillClasses() {
	for _, c := range w.d.classes {
		source := ^uint32(0)
		if c.source != "" {
			source = w.stringIdx[c.source]
		}
		w.put32(w.typeIdx[c.typ], c.access, w.typeIdx[c.super], w.lists[strings.Join(c.interfaces, "")],
			source, 0, w.classData[c.typ], w.values[c.typ])
	}
}

func (w *dexWriter) fillCallSites() {
	for _, s := range w.d.callSites {
		w.put32(s.encodedArrayStart)
	}
}

func (w *dexWriter) fillHandles() {
	for _, h := range w.d.handles {
		index := w.methodIdx[h.ref]
		if h.kind < 4 {
			index = w.fieldIdx[h.ref]
		}
		w.put16(h.kind, 0, uint16(index), 0)
	}
}

// putTypeLists writes each list of parameters or interfaces once. The empty list
// has no item, so its offset is 0.
func (w *dexWriter) putTypeLists() {
	var lists [][]string
	for _, p := range w.protoList {
		params, _ := splitProto(p)
		lists = append(lists, params)
	}
	for _, c := range w.d.classes {
		lists = append(lists, c.interfaces)
	}
	count := 0
	start := w.here()
	for _, l := range lists {
		key := strings.Join(l, "")
		if _, done := w.lists[key]; done || key == "" {
			continue
		}
		w.align()
		w.lists[key] = w.here()
		w.put32(uint32(len(l)))
		for _, t := range l {
			w.put16(uint16(w.typeIdx[t]))
		}
		count++
	}
	if count > 0 {
		w.sections = append(w.sections, dexSection{0x1001, uint32(count), start})
	}
}

func (w *dexWriter) putCode() {
	w.align()
	start := w.here()
	for _, c := range w.d.classes {
		for _, m := range c.methods {
			if m.code == nil {
				continue
			}
			if _, done := w.codeOff[m.code]; !done {
				w.align()
				w.codeOff[m.code] = w.here()
				w.putCodeItem(m.code)
			}
			w.code[m.ref] = w.codeOff[m.code]
		}
	}
	if n := len(w.codeOff); n > 0 {
		w.sections = append(w.sections, dexSection{0x2001, uint32(n), start})
	}
}

func (w *dexWriter) putCodeItem(c *DEXCode) {
	w.put16(c.registers, c.ins, c.outs, uint16(len(c.tries)))
	w.put32(0, uint32(len(c.units)))
	units := slices.Clone(c.units)
	for _, fix := range c.fixes {
		index := map[dexRefKind]map[string]uint32{
			dexString: w.stringIdx, dexType: w.typeIdx, dexField: w.fieldIdx, dexMethod: w.methodIdx, dexProto: w.protoIdx,
		}[fix.kind][fix.ref]
		units[fix.unit] = uint16(index)
		if fix.wide {
			units[fix.unit+1] = uint16(index >> 16)
		}
	}
	w.put16(units...)
	if len(c.tries) == 0 {
		return
	}
	w.align()
	table := len(w.out)
	w.out = append(w.out, make([]byte, 8*len(c.tries))...)
	list := len(w.out)
	w.putULEB(uint32(len(c.tries)))
	for i, t := range c.tries {
		entry := w.out[table+8*i:]
		binary.LittleEndian.PutUint32(entry, t.Start)
		binary.LittleEndian.PutUint16(entry[4:], t.Count)
		binary.LittleEndian.PutUint16(entry[6:], uint16(len(w.out)-list))
		n := len(t.Types)
		if t.CatchAll >= 0 {
			n = -n
		}
		w.putSLEB(n)
		for k, typ := range t.Types {
			w.putULEB(w.typeIdx[typ])
			w.putULEB(t.Places[k])
		}
		if t.CatchAll >= 0 {
			w.putULEB(uint32(t.CatchAll))
		}
	}
}

func (w *dexWriter) putStrings() {
	w.section(0x2002, len(w.stringList))
	for _, s := range w.stringList {
		m := mutf8(s)
		w.strData[s] = w.here()
		w.putULEB(uint32(len(utf16Units(m))))
		w.out = append(append(w.out, m...), 0)
	}
}

func (w *dexWriter) putClassData() {
	start := w.here()
	count := 0
	for _, c := range w.d.classes {
		if len(c.fields)+len(c.methods) == 0 {
			continue
		}
		var lists [4][]dexMember
		for _, f := range c.fields {
			k := 1
			if f.access&8 != 0 {
				k = 0
			}
			lists[k] = append(lists[k], f)
		}
		for _, m := range c.methods {
			k := 3
			if m.access&(8|2|0x10000) != 0 {
				k = 2
			}
			lists[k] = append(lists[k], m)
		}
		w.classData[c.typ] = w.here()
		count++
		for _, l := range lists {
			w.putULEB(uint32(len(l)))
		}
		for k, l := range lists {
			index := w.fieldIdx
			if k >= 2 {
				index = w.methodIdx
			}
			slices.SortFunc(l, func(a, b dexMember) int { return int(index[a.ref]) - int(index[b.ref]) })
			last := uint32(0)
			for _, m := range l {
				w.putULEB(index[m.ref] - last)
				last = index[m.ref]
				w.putULEB(m.access)
				if k >= 2 {
					w.putULEB(w.code[m.ref])
				}
			}
		}
	}
	if count > 0 {
		w.sections = append(w.sections, dexSection{0x2000, uint32(count), start})
	}
}

// value writes an encoded value, always four bytes wide.
func (w *dexWriter) value(kind byte, v uint32) {
	w.out = append(w.out, kind|3<<5)
	w.put32(v)
}

// encodedArrays counts the items of kind 0x2005.
func (w *dexWriter) encodedArrays() int {
	n := len(w.d.callSites)
	for _, c := range w.d.classes {
		if len(c.values) > 0 {
			n++
		}
	}
	return n
}

// putStaticValues writes an array for each class with values: one for each of its
// static fields in their order, null where there is none.
func (w *dexWriter) putStaticValues() {
	w.section(0x2005, w.encodedArrays())
	for _, c := range w.d.classes {
		if len(c.values) == 0 {
			continue
		}
		var static []dexMember
		for _, f := range c.fields {
			if f.access&8 != 0 {
				static = append(static, f)
			}
		}
		slices.SortFunc(static, func(a, b dexMember) int { return int(w.fieldIdx[a.ref]) - int(w.fieldIdx[b.ref]) })
		w.values[c.typ] = w.here()
		w.putULEB(uint32(len(static)))
		for _, f := range static {
			if v, ok := c.values[f.ref]; ok {
				w.value(0x17, w.stringIdx[v])
			} else {
				w.out = append(w.out, 0x1e)
			}
		}
	}
}

// putCallSites goes on with the arrays that putStaticValues began.
func (w *dexWriter) putCallSites() {
	for i := range w.d.callSites {
		s := &w.d.callSites[i]
		s.encodedArrayStart = w.here()
		w.putULEB(uint32(3 + len(s.types) + len(s.handles) + len(s.constants)))
		w.value(0x16, uint32(s.bootstrap))
		w.value(0x17, w.stringIdx[s.name])
		w.value(0x15, w.protoIdx[s.proto])
		for _, t := range s.types {
			w.value(0x15, w.protoIdx[t])
		}
		for _, h := range s.handles {
			w.value(0x16, uint32(h))
		}
		for _, c := range s.constants {
			w.value(0x17, w.stringIdx[c])
		}
	}
}

func (w *dexWriter) built() *BuiltDEX {
	b := &BuiltDEX{
		Bytes: w.out, Code: w.code, ClassDef: map[string]uint32{}, ClassData: w.classData,
		String: w.strData, TypeList: w.lists, MethodID: w.methodIdx, Map: w.mapAt,
	}
	for _, s := range w.d.callSites {
		b.CallSite = append(b.CallSite, s.encodedArrayStart)
	}
	defs := binary.LittleEndian.Uint32(w.out[0x64:])
	for i, c := range w.d.classes {
		b.ClassDef[c.typ] = defs + 32*uint32(i)
	}
	return b
}

// mutf8 encodes a string; see DEX for those that are not valid UTF-8.
func mutf8(s string) []byte {
	if !utf8.ValidString(s) {
		return []byte(s)
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		switch {
		case u != 0 && u < 0x80:
			out = append(out, byte(u))
		case u < 0x800:
			out = append(out, 0xc0|byte(u>>6), 0x80|byte(u&0x3f))
		default:
			out = append(out, 0xe0|byte(u>>12), 0x80|byte(u>>6&0x3f), 0x80|byte(u&0x3f))
		}
	}
	return out
}

// utf16Units decodes MUTF-8, a byte out of place being a unit of its own.
func utf16Units(b []byte) []uint16 {
	var out []uint16
	for i := 0; i < len(b); {
		switch {
		case b[i]&0xe0 == 0xc0 && i+1 < len(b):
			out = append(out, uint16(b[i]&0x1f)<<6|uint16(b[i+1]&0x3f))
			i += 2
		case b[i]&0xf0 == 0xe0 && i+2 < len(b):
			out = append(out, uint16(b[i]&0xf)<<12|uint16(b[i+1]&0x3f)<<6|uint16(b[i+2]&0x3f))
			i += 3
		default:
			out = append(out, uint16(b[i]))
			i++
		}
	}
	return out
}
