package dex

// MethodDescriptor returns method i as "Lpkg/Cls;->name(params)ret" in valid
// UTF-8, "" where any part of it is damaged or it would pass MaxDescriptorBytes.
func (f *File) MethodDescriptor(i uint32) string {
	return DecodeMUTF8(f.AppendMethodDescriptor(nil, i))
}

// FieldDescriptor returns field i as "Lpkg/Cls;->name:type", else as
// MethodDescriptor.
func (f *File) FieldDescriptor(i uint32) string {
	return DecodeMUTF8(f.AppendFieldDescriptor(nil, i))
}

// ProtoDescriptor returns prototype i as "(params)ret", else as MethodDescriptor.
func (f *File) ProtoDescriptor(i uint32) string {
	return DecodeMUTF8(f.AppendProtoDescriptor(nil, i))
}

// AppendMethodDescriptor appends the descriptor as MUTF-8 to dst; where it is
// damaged or too long dst is returned as it was.
func (f *File) AppendMethodDescriptor(dst []byte, i uint32) []byte {
	id, ok := f.Method(i)
	if !ok {
		return dst
	}
	class, name := f.TypeBytes(id.Class), f.nameBytes(id.Name)
	if class == nil || name == nil || len(class)+len(name)+len("->") > MaxDescriptorBytes {
		return dst
	}
	out := append(append(append(dst, class...), "->"...), name...)
	whole := f.appendProto(out, id.Proto, len(dst)+MaxDescriptorBytes)
	if whole == nil {
		return dst
	}
	return whole
}

// AppendFieldDescriptor is AppendMethodDescriptor for a field.
func (f *File) AppendFieldDescriptor(dst []byte, i uint32) []byte {
	id, ok := f.Field(i)
	if !ok {
		return dst
	}
	class, name, typ := f.TypeBytes(id.Class), f.nameBytes(id.Name), f.TypeBytes(id.Type)
	if class == nil || name == nil || typ == nil || len(class)+len(name)+len(typ)+len("->:") > MaxDescriptorBytes {
		return dst
	}
	dst = append(append(append(dst, class...), "->"...), name...)
	return append(append(dst, ':'), typ...)
}

// AppendProtoDescriptor is AppendMethodDescriptor for a prototype.
func (f *File) AppendProtoDescriptor(dst []byte, i uint32) []byte {
	if whole := f.appendProto(dst, i, len(dst)+MaxDescriptorBytes); whole != nil {
		return whole
	}
	return dst
}

// appendProto returns nil where the prototype is damaged or the result would be
// longer than most. A parameter list that was cut is damage here: a descriptor
// must never look complete when it is not.
func (f *File) appendProto(dst []byte, i uint32, most int) []byte {
	at := uint64(i) * protoIDSize
	if at+protoIDSize > uint64(len(f.protos)) {
		return nil
	}
	params, err := f.typeList(u32(f.protos[at+8:]), MaxParams)
	if err != nil {
		return nil
	}
	dst = append(dst, '(')
	for k := range params.Len() {
		t := f.TypeBytes(params.At(k))
		if t == nil || len(dst)+len(t) > most {
			return nil
		}
		dst = append(dst, t...)
	}
	t := f.TypeBytes(u32(f.protos[at+4:]))
	if t == nil || len(dst)+len(t)+1 > most {
		return nil
	}
	return append(append(dst, ')'), t...)
}
