package apktest

import (
	"encoding/binary"
	"unicode/utf16"
)

// Element is one element of a binary XML document.
type Element struct {
	Name     string
	Attrs    []Attr
	Children []Element
	Text     string // before the children
}

// Attr is one attribute. ID is the resource id that Android goes by; 0 makes an
// attribute that has a name only. Kind and Data are the typed value; Kind 3
// (string) takes Value instead.
type Attr struct {
	Name  string
	ID    uint32
	Kind  uint8
	Data  uint32
	Value string
	// Raw is another string for the raw value, which Android does not read.
	Raw string
}

// Kinds of typed values.
const (
	KindReference = 0x01
	KindString    = 0x03
	KindInt       = 0x10
	KindHex       = 0x11
	KindBool      = 0x12
)

// attrID is the framework's id (android.R.attr) of what tests use.
func attrID(name string) uint32 {
	switch name {
	case "label":
		return 0x01010001
	case "name":
		return 0x01010003
	case "permission":
		return 0x01010006
	case "readPermission":
		return 0x01010007
	case "writePermission":
		return 0x01010008
	case "enabled":
		return 0x0101000e
	case "process":
		return 0x01010011
	case "hasCode":
		return 0x0101000c
	case "debuggable":
		return 0x0101000f
	case "exported":
		return 0x01010010
	case "authorities":
		return 0x01010018
	case "value":
		return 0x01010024
	case "resource":
		return 0x01010025
	case "targetActivity":
		return 0x01010202
	case "minSdkVersion":
		return 0x0101020c
	case "versionCode":
		return 0x0101021b
	case "versionName":
		return 0x0101021c
	case "targetSdkVersion":
		return 0x01010270
	case "maxSdkVersion":
		return 0x01010271
	case "allowBackup":
		return 0x01010280
	case "usesCleartextTraffic":
		return 0x010104ec
	case "versionCodeMajor":
		return 0x01010576
	case "foregroundServiceType":
		return 0x01010599
	case "networkSecurityConfig":
		return 0x01010527
	case "fullBackupContent":
		return 0x010104eb
	case "dataExtractionRules":
		return 0x0101063e
	case "description":
		return 0x01010020
	case "checked":
		return 0x01010106
	case "text":
		return 0x0101014f
	case "canRetrieveWindowContent":
		return 0x01010385
	}
	return 0
}

// Str is an android: attribute with a string value.
func Str(name, value string) Attr {
	return Attr{Name: name, ID: attrID(name), Kind: KindString, Value: value}
}

// Int is an android: attribute with a whole number.
func Int(name string, v uint32) Attr {
	return Attr{Name: name, ID: attrID(name), Kind: KindInt, Data: v}
}

// Hex is an android: attribute with flags.
func Hex(name string, v uint32) Attr {
	return Attr{Name: name, ID: attrID(name), Kind: KindHex, Data: v}
}

// Bool is an android: attribute with a truth value.
func Bool(name string, v bool) Attr {
	a := Attr{Name: name, ID: attrID(name), Kind: KindBool}
	if v {
		a.Data = 0xffffffff
	}
	return a
}

// Ref is an android: attribute that refers to a resource.
func Ref(name string, id uint32) Attr {
	return Attr{Name: name, ID: attrID(name), Kind: KindReference, Data: id}
}

// Plain is an attribute without namespace and id, such as package.
func Plain(name, value string) Attr {
	return Attr{Name: name, Kind: KindString, Value: value}
}

// Manifest is a manifest element with its package and children.
func Manifest(pkg string, children ...Element) Element {
	return Element{Name: "manifest", Attrs: []Attr{Plain("package", pkg)}, Children: children}
}

// E is an element; its arguments are Attr and Element values.
func E(name string, parts ...any) Element {
	e := Element{Name: name}
	for _, p := range parts {
		switch p := p.(type) {
		case Attr:
			e.Attrs = append(e.Attrs, p)
		case Element:
			e.Children = append(e.Children, p)
		}
	}
	return e
}

// Document says what is odd about a binary XML document.
type Document struct {
	UTF8      bool    // strings in UTF-8
	FlipFlag  bool    // the pool's flag claims the other encoding
	PoolFlags uint32  // further flags of the pool
	BlankIDs  bool    // names of attributes that have an id are empty in the pool
	Count     *uint32 // claimed number of strings
	Size      *uint32 // claimed size of the document
	Type      *uint16 // type of the document's chunk
	Before    []byte  // chunks before the first node
	Middle    []byte  // chunks behind the first start tag
	After     []byte  // behind the last node, inside the document
	Attrs     *uint16 // claimed number of attributes of the first tag
}

// AXML builds an honest document.
func AXML(root Element) []byte { return Document{}.AXML(root) }

// Chunk is a chunk of any type.
func Chunk(kind uint16, body []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, 8)
	b = binary.LittleEndian.AppendUint32(b, uint32(8+len(body)))
	return append(b, body...)
}

type axmlWriter struct {
	doc     Document
	strings []string
	ids     []uint32
	nodes   []byte
	tags    int
}

// AXML builds the document.
func (d Document) AXML(root Element) []byte {
	w := &axmlWriter{doc: d}
	// As aapt does, names with an id come first, so that the resource map
	// covers a prefix of the pool.
	w.collect(root)
	w.element(root)
	body := w.pool()
	var ids []byte
	for _, id := range w.ids {
		ids = binary.LittleEndian.AppendUint32(ids, id)
	}
	body = append(body, Chunk(0x0180, ids)...)
	body = append(body, d.Before...)
	body = append(body, w.nodes...)
	body = append(body, d.After...)
	kind := uint16(3)
	if d.Type != nil {
		kind = *d.Type
	}
	out := Chunk(kind, body)
	if d.Size != nil {
		binary.LittleEndian.PutUint32(out[4:], *d.Size)
	}
	return out
}

func (w *axmlWriter) collect(e Element) {
	for _, a := range e.Attrs {
		if a.ID != 0 && w.byID(a) < 0 {
			w.ids = append(w.ids, a.ID)
			w.strings = append(w.strings, a.Name)
		}
	}
	for _, c := range e.Children {
		w.collect(c)
	}
}

func (w *axmlWriter) byID(a Attr) int {
	for i, id := range w.ids {
		if id == a.ID && w.strings[i] == a.Name {
			return i
		}
	}
	return -1
}

// str gives the index of s behind the names that have ids.
func (w *axmlWriter) str(s string) uint32 {
	for i := len(w.ids); i < len(w.strings); i++ {
		if w.strings[i] == s {
			return uint32(i)
		}
	}
	w.strings = append(w.strings, s)
	return uint32(len(w.strings) - 1)
}

func (w *axmlWriter) node(kind uint16, ext []byte) {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = binary.LittleEndian.AppendUint32(b, uint32(16+len(ext)))
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, 0xffffffff)
	w.nodes = append(append(w.nodes, b...), ext...)
}

func (w *axmlWriter) element(e Element) {
	le := binary.LittleEndian
	const none = 0xffffffff
	ext := le.AppendUint32(nil, none)
	ext = le.AppendUint32(ext, w.str(e.Name))
	ext = le.AppendUint16(ext, 20)
	ext = le.AppendUint16(ext, 20)
	count := uint16(len(e.Attrs))
	if w.tags == 0 && w.doc.Attrs != nil {
		count = *w.doc.Attrs
	}
	ext = le.AppendUint16(ext, count)
	ext = append(ext, make([]byte, 6)...)
	for _, a := range e.Attrs {
		space, name := uint32(none), uint32(0)
		if a.ID != 0 {
			space, name = w.str("http://schemas.android.com/apk/res/android"), uint32(w.byID(a))
		} else {
			name = w.str(a.Name)
		}
		raw, data := uint32(none), a.Data
		if a.Kind == KindString {
			data = w.str(a.Value)
			raw = data
			if a.Raw != "" {
				raw = w.str(a.Raw)
			}
		}
		ext = le.AppendUint32(ext, space)
		ext = le.AppendUint32(ext, name)
		ext = le.AppendUint32(ext, raw)
		ext = le.AppendUint16(ext, 8)
		ext = append(ext, 0, a.Kind)
		ext = le.AppendUint32(ext, data)
	}
	w.node(0x0102, ext)
	if w.tags == 0 {
		w.nodes = append(w.nodes, w.doc.Middle...)
	}
	w.tags++
	if e.Text != "" {
		text := le.AppendUint32(nil, w.str(e.Text))
		w.node(0x0104, append(text, 8, 0, 0, 0, 0, 0, 0, 0))
	}
	for _, c := range e.Children {
		w.element(c)
	}
	w.node(0x0103, le.AppendUint32(le.AppendUint32(nil, none), w.str(e.Name)))
}

func (w *axmlWriter) pool() []byte {
	list := append([]string(nil), w.strings...)
	if w.doc.BlankIDs {
		for i := range w.ids {
			list[i] = ""
		}
	}
	out := Pool(list, w.doc.UTF8)
	le := binary.LittleEndian
	flags := le.Uint32(out[16:]) | w.doc.PoolFlags
	if w.doc.FlipFlag {
		flags ^= 0x100
	}
	le.PutUint32(out[16:], flags)
	if w.doc.Count != nil {
		le.PutUint32(out[8:], *w.doc.Count)
	}
	return out
}

// Pool builds a string pool chunk.
func Pool(list []string, asUTF8 bool) []byte {
	le := binary.LittleEndian
	var index, text []byte
	for _, s := range list {
		index = le.AppendUint32(index, uint32(len(text)))
		units := utf16.Encode([]rune(s))
		if asUTF8 {
			text = length8(length8(text, len(units)), len(s))
			text = append(append(text, s...), 0)
			continue
		}
		if len(units) > 0x7fff {
			text = le.AppendUint16(text, uint16(len(units)>>16)|0x8000)
		}
		text = le.AppendUint16(text, uint16(len(units)))
		for _, u := range units {
			text = le.AppendUint16(text, u)
		}
		text = le.AppendUint16(text, 0)
	}
	for len(text)%4 != 0 {
		text = append(text, 0)
	}
	flags := uint32(0)
	if asUTF8 {
		flags = 0x100
	}
	b := le.AppendUint32([]byte{1, 0, 28, 0}, uint32(28+len(index)+len(text)))
	b = le.AppendUint32(b, uint32(len(list)))
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, flags)
	b = le.AppendUint32(b, uint32(28+len(index)))
	b = le.AppendUint32(b, 0)
	return append(append(b, index...), text...)
}

func length8(b []byte, n int) []byte {
	if n > 0x7f {
		b = append(b, byte(n>>8)|0x80)
	}
	return append(b, byte(n))
}
