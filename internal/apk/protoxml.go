package apk

import (
	"encoding/binary"

	"apkaudit/internal/bounded"
)

// protoXML writes an XML file of a bundle (aapt.pb.XmlNode) in the binary form that an
// APK has, so that one reader reads both. What could be read is returned even with an
// error, which is errProto or a *bounded.LimitError. Of what matters to no reader nothing
// is kept: comments, lines and namespaces.
func protoXML(data []byte) ([]byte, error) {
	w := &xmlWriter{index: map[poolName]uint32{}}
	err := w.node(&protoMessage{rest: data}, 0)
	if err == nil && w.many {
		err = &bounded.LimitError{Limit: "max-attributes", Value: maxAttributes, What: "XML"}
	}
	return w.file(), err
}

// xmlWriter writes binary XML.
type xmlWriter struct {
	pool  poolBuilder
	index map[poolName]uint32
	ids   []byte // resource map: for every string of the pool, 0 for no attribute
	nodes []byte
	count int
	many  bool // an element has more attributes than are kept
}

// poolName is a string of the pool; names of attributes differ by their id too.
type poolName struct {
	text string
	id   uint32
}

func (w *xmlWriter) text(s string, id uint32) uint32 {
	key := poolName{s, id}
	i, ok := w.index[key]
	if !ok {
		i = uint32(len(w.pool.refs))
		w.index[key] = i
		w.pool.refs = append(w.pool.refs, w.pool.add(s))
		w.ids = binary.LittleEndian.AppendUint32(w.ids, id)
	}
	return i
}

// node writes an element or text with all that is in it.
func (w *xmlWriter) node(m *protoMessage, depth int) error {
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 1:
			if err := w.element(f, depth); err != nil {
				return err
			}
		case 2:
			if depth > 0 { // layouts are full of blanks between their elements
				w.chunk(chunkText, w.text(string(f.data), 0), 0, 0)
			}
		}
	}
	return m.err
}

func (w *xmlWriter) take() error {
	if w.count++; w.count > maxProtoNodes {
		return &bounded.LimitError{Limit: "max-proto-nodes", Value: maxProtoNodes, What: "XML"}
	}
	return nil
}

func (w *xmlWriter) element(f protoField, depth int) error {
	if depth >= maxProtoDepth {
		return &bounded.LimitError{Limit: "max-proto-depth", Value: maxProtoDepth, What: "XML"}
	}
	if err := w.take(); err != nil {
		return err
	}
	le := binary.LittleEndian
	name, count := "", 0
	var attrs []byte
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 3:
			name = string(f.data)
		case 4:
			if err := w.take(); err != nil {
				return err
			}
			if count++; count > maxAttributes {
				w.many = true
				continue
			}
			attrs = w.attr(attrs, f)
		}
	}
	tag := w.text(name, 0)
	at := len(w.nodes)
	w.chunk(chunkStartTag, noIndex, tag)
	w.nodes = le.AppendUint16(w.nodes, startTagBody)
	w.nodes = le.AppendUint16(w.nodes, attrBytes)
	w.nodes = le.AppendUint16(w.nodes, uint16(min(count, maxAttributes)))
	w.nodes = append(append(w.nodes, 0, 0, 0, 0, 0, 0), attrs...)
	le.PutUint32(w.nodes[at+4:], uint32(len(w.nodes)-at))
	broken := m.err
	m = sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		if f.num == 5 {
			if err := w.node(sub(f), depth+1); err != nil {
				return err
			}
		}
	}
	w.chunk(chunkEndTag, noIndex, tag)
	return broken
}

// attr appends aapt.pb.XmlAttribute.
func (w *xmlWriter) attr(out []byte, f protoField) []byte {
	var name, value string
	var id uint32
	it, typed := protoItem{}, false
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 2:
			name = string(f.data)
		case 3:
			value = string(f.data)
		case 5:
			id = uint32(f.n)
		case 6:
			it, typed = readItem(f)
		}
	}
	if !typed {
		it = protoItem{kind: typeString, text: value}
	}
	raw := uint32(noIndex)
	if it.kind == typeString {
		it.data = w.text(it.text, 0)
		raw = it.data
	}
	le := binary.LittleEndian
	out = le.AppendUint32(out, noIndex)
	out = le.AppendUint32(out, w.text(name, id))
	out = le.AppendUint32(out, raw)
	out = append(out, 8, 0, 0, it.kind)
	return le.AppendUint32(out, it.data)
}

// chunk writes a node with the words of its body.
func (w *xmlWriter) chunk(kind uint16, body ...uint32) {
	le := binary.LittleEndian
	w.nodes = le.AppendUint16(w.nodes, kind)
	w.nodes = le.AppendUint16(w.nodes, nodeHeader)
	w.nodes = le.AppendUint32(w.nodes, uint32(nodeHeader+4*len(body)))
	w.nodes = le.AppendUint32(w.nodes, 1)
	w.nodes = le.AppendUint32(w.nodes, noIndex)
	for _, n := range body {
		w.nodes = le.AppendUint32(w.nodes, n)
	}
}

// file puts the parts together.
func (w *xmlWriter) file() []byte {
	le := binary.LittleEndian
	pool := w.pool.chunk()
	out := make([]byte, 0, 2*chunkHeader+len(pool)+len(w.ids)+len(w.nodes))
	out = le.AppendUint16(out, chunkXML)
	out = le.AppendUint16(out, chunkHeader)
	out = le.AppendUint32(out, uint32(cap(out)))
	out = append(out, pool...)
	out = le.AppendUint16(out, chunkResourceMap)
	out = le.AppendUint16(out, chunkHeader)
	out = le.AppendUint32(out, uint32(chunkHeader+len(w.ids)))
	return append(append(out, w.ids...), w.nodes...)
}
