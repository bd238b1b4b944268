package apk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
)

// Types of values beside those of axml.go.
const (
	typeDec  = 0x10
	typeHex  = 0x11
	typeBool = 0x12
)

// xmlReader reads the tags of one binary XML file, as far as the file is sound.
type xmlReader struct {
	pool stringPool
	ids  []byte // resource map: 32-bit attribute ids by string index
}

// xmlAttr is one attribute: what it is called and its typed value.
type xmlAttr struct {
	name string
	kind byte
	data uint32
}

var errTag = errors.New("a tag that does not fit")

// walk calls start for every start tag with its name and attributes, end for every end
// tag and text for every text; end and text may be nil. An error of start ends it.
func (x *xmlReader) walk(data []byte, start func(name string, attrs []xmlAttr) error, end func(), text func(string)) {
	le := binary.LittleEndian
	if len(data) < chunkHeader || le.Uint16(data) != chunkXML {
		return
	}
	for at := int(le.Uint16(data[2:])); ; {
		kind, header, n, ok := chunkAt(data, at)
		if !ok {
			return
		}
		body := data[at+header : at+n]
		switch {
		case kind == chunkPool:
			p, err := parsePool(data[at : at+n])
			if err != nil {
				return
			}
			x.pool = p
		case kind == chunkResourceMap:
			x.ids = body
		case kind == chunkStartTag:
			name, attrs, err := x.tag(body)
			if err != nil || start(name, attrs) != nil {
				return
			}
		case kind == chunkEndTag && end != nil:
			end()
		case kind == chunkText && text != nil && len(body) >= 4:
			text(x.text(le.Uint32(body)))
		}
		at += n
	}
}

func (x *xmlReader) text(i uint32) string {
	s, _ := x.pool.get(int(min(i, 1<<30)), maxXMLText)
	return s
}

// tag reads one start tag. An attribute whose name was blanked, as some tools do, is
// called after its id where that is known.
func (x *xmlReader) tag(b []byte) (name string, attrs []xmlAttr, err error) {
	if len(b) < startTagBody {
		return "", nil, errTag
	}
	le := binary.LittleEndian
	start, size, count := int(le.Uint16(b[8:])), int(le.Uint16(b[10:])), int(le.Uint16(b[12:]))
	if size < attrBytes || start+count*size > len(b) {
		return "", nil, errTag
	}
	attrs = make([]xmlAttr, count)
	for i := range attrs {
		at := b[start+i*size:]
		index := le.Uint32(at[4:])
		attrs[i] = xmlAttr{x.text(index), at[15], le.Uint32(at[16:])}
		if from := int64(index) * 4; attrs[i].name == "" && from+4 <= int64(len(x.ids)) {
			attrs[i].name = knownAttr(le.Uint32(x.ids[from:]))
		}
	}
	return x.text(le.Uint32(b[4:])), attrs, nil
}

// knownAttr is the name behind an id of android.R.attr, of those that are asked for.
func knownAttr(id uint32) string {
	switch id {
	case 0x01010020:
		return "description"
	case 0x01010106:
		return "checked"
	case 0x0101014f:
		return "text"
	case 0x0101026f:
		return "onClick"
	case 0x01010385:
		return "canRetrieveWindowContent"
	}
	return ""
}

// value writes a value as it stands in source; a reference reads "@0x7f0b0001".
func (x *xmlReader) value(a xmlAttr) string {
	switch a.kind {
	case typeString:
		return x.text(a.data)
	case typeBool:
		return strconv.FormatBool(a.data != 0)
	case typeDec:
		return strconv.Itoa(int(int32(a.data)))
	case typeReference, typeDynamicRef:
		return fmt.Sprintf("@0x%08x", a.data)
	}
	return fmt.Sprintf("0x%x", a.data)
}

// XMLNode is one element of an XML file that configures something.
type XMLNode struct {
	Name   string
	Parent int // index, -1 for the root
	Attrs  map[string]string
	Text   string // what stands directly in it
}

// Limits of such a file, beside those of every entry of the archive.
const (
	maxXMLBytes = 256 << 10 // that are read
	maxXMLNodes = 4096
	maxXMLText  = 512 // bytes of one name or value
)

var errNodes = errors.New("too many elements")

// parseNodes reads the elements of a binary XML file, as far as it is sound; all is false
// where it has more than maxXMLNodes.
func parseNodes(data []byte) (nodes []XMLNode, all bool) {
	all = true
	var open []int
	x := &xmlReader{}
	x.walk(data, func(name string, attrs []xmlAttr) error {
		if len(nodes) == maxXMLNodes {
			all = false
			return errNodes
		}
		n := XMLNode{Name: name, Parent: -1, Attrs: map[string]string{}}
		if len(open) > 0 {
			n.Parent = open[len(open)-1]
		}
		for _, a := range attrs {
			if _, twice := n.Attrs[a.name]; !twice {
				n.Attrs[a.name] = x.value(a)
			}
		}
		open = append(open, len(nodes))
		nodes = append(nodes, n)
		return nil
	}, func() {
		if len(open) > 0 {
			open = open[:len(open)-1]
		}
	}, func(s string) {
		if len(open) > 0 {
			n := &nodes[open[len(open)-1]]
			n.Text = clip(n.Text+s, maxXMLText)
		}
	})
	return nodes, all
}
