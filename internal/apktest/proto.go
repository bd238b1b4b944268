package apktest

import "encoding/binary"

// Message is a protocol buffer message of fields, each a number and its value: an int, a
// string, or the bytes of a message. The files of a bundle are such messages.
func Message(fields ...any) []byte {
	var b []byte
	for i := 0; i+1 < len(fields); i += 2 {
		key := uint64(fields[i].(int)) << 3
		switch v := fields[i+1].(type) {
		case int:
			b = binary.AppendUvarint(binary.AppendUvarint(b, key), uint64(v))
		case string:
			b = appendField(b, key, []byte(v))
		case []byte:
			b = appendField(b, key, v)
		}
	}
	return b
}

func appendField(b []byte, key uint64, data []byte) []byte {
	b = binary.AppendUvarint(b, key|2)
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// ProtoXML is a document in the form that a bundle has (aapt.pb.XmlNode). It knows
// strings, numbers, references and truth values.
func ProtoXML(e Element) []byte {
	fields := []any{3, e.Name}
	for _, a := range e.Attrs {
		fields = append(fields, 4, protoAttr(a))
	}
	for _, c := range e.Children {
		fields = append(fields, 5, ProtoXML(c))
	}
	return Message(1, Message(fields...))
}

func protoAttr(a Attr) []byte {
	fields := []any{2, a.Name, 3, a.Value}
	if a.ID != 0 {
		fields = append(fields, 5, int(a.ID))
	}
	switch a.Kind {
	case KindReference:
		fields = append(fields, 6, Message(1, Message(2, int(a.Data))))
	case KindInt:
		fields = append(fields, 6, Message(7, Message(6, int(a.Data))))
	case KindBool:
		fields = append(fields, 6, Message(7, Message(8, int(a.Data&1))))
	}
	return Message(fields...)
}
