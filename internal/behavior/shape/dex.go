package shape

import (
	"slices"

	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

// Reader describes classes of one DEX file. It keeps the sum of every string, type
// and member once it is asked for, so that a walk over many classes hashes each
// name once. It is not safe for concurrent use.
type Reader struct {
	d       *dex.File
	left    int64 // bytes that may still be read
	strings []sum
	types   []sum
	kept    []uint8  // by type: 1 the framework defines it, 2 it does not
	protos  [3][]sum // of ordinary methods, constructors, static initialisers
	methods []sum
	fields  []sum
	code    dex.Code
	c       collector
}

// renamed marks a member of a class that may be renamed, which is no feature.
const renamed sum = 0xffffffffffffffff

// What a Reader may read beyond dex.MaxWalkFactor times the file, and what a damaged
// string counts for, whose length cannot be told. Code items and strings may
// overlap, so that a small file can name far more bytes than it has.
const (
	minRead       = 1 << 20
	damagedString = 1 << 16
)

// NewReader returns a Reader of d.
func NewReader(d *dex.File) *Reader {
	r := &Reader{
		d: d, left: dex.MaxWalkFactor*int64(d.Size()) + minRead, strings: make([]sum, d.NumStrings()), types: make([]sum, d.NumTypes()), kept: make([]uint8, d.NumTypes()),
		methods: make([]sum, d.NumMethods()), fields: make([]sum, d.NumFields()),
	}
	for i := range r.protos {
		r.protos[i] = make([]sum, d.NumProtos())
	}
	return r
}

// Features returns what survives renaming of class_def i, sorted and each once.
// What is damaged is left out. The slice is good until the next call. The error
// reports that too much was read already, and wraps bounded.ErrLimit.
func (r *Reader) Features(i int) ([]Feature, error) {
	r.c.reset()
	r.header(i)
	for m := r.d.Members(i); r.left >= 0 && m.Next(); {
		if !m.IsMethod() {
			if f, ok := r.d.Field(m.Index()); ok {
				r.c.field(r.typeOf(f.Type))
			}
			continue
		}
		id, ok := r.d.Method(m.Index())
		if !ok {
			continue
		}
		if m.CodeOff() != 0 && r.d.ReadCode(m.CodeOff(), &r.code) == nil {
			r.left -= 2 * int64(r.code.Units())
			r.refs()
		}
		r.c.method(r.protoOf(id, r.d.MethodName(m.Index())))
	}
	if r.left < 0 {
		return nil, &bounded.LimitError{Limit: "max-dex-walk-factor", Value: dex.MaxWalkFactor, What: r.d.Name()}
	}
	return r.c.finish(), nil
}

func (r *Reader) header(i int) {
	c := r.d.Class(i)
	kept := false
	keeps := func(t uint32) sum {
		kept = kept || keepsMeaning(r.d.TypeDescriptor(t))
		return r.typeOf(t)
	}
	var interfaces []sum
	super := keeps(c.Super)
	list := r.d.Interfaces(i)
	for k := range list.Len() {
		interfaces = append(interfaces, keeps(list.At(k)))
	}
	r.c.header(super, interfaces, kept)
}

// refs takes what the code at hand refers to.
func (r *Reader) refs() {
	ins := r.code.Insns()
	for _, p := range r.code.Refs() {
		pos := int(p)
		index := ins.Index(pos)
		switch ins.Op(pos).Ref() {
		case dex.RefString:
			r.c.add(ofString, r.stringOf(index))
		case dex.RefMethod:
			if s := r.methodOf(index); s != renamed {
				r.c.member(s)
			}
		case dex.RefField:
			if s := r.fieldOf(index); s != renamed {
				r.c.member(s)
			}
		}
	}
}

func (r *Reader) stringOf(i uint32) sum {
	if r.strings[i] == 0 {
		raw := r.d.StringBytes(i)
		if r.left -= int64(len(raw)); raw == nil {
			r.left -= damagedString
		}
		if isASCII(raw) { // as nearly all are: then it needs no decoding
			r.strings[i] = hash(kindString, raw)
		} else {
			r.strings[i] = stringSum(dex.DecodeMUTF8(raw))
		}
	}
	return r.strings[i]
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func (r *Reader) typeOf(i uint32) sum {
	if uint64(i) >= uint64(len(r.types)) {
		return typeSum("")
	}
	if r.types[i] == 0 {
		desc := r.d.TypeDescriptor(i)
		r.left -= int64(len(desc))
		r.types[i] = typeSum(desc)
	}
	return r.types[i]
}

// keptOf spares most members, those of the app, the search for their names.
func (r *Reader) keptOf(t uint32) bool {
	if uint64(t) >= uint64(len(r.kept)) {
		return false
	}
	if r.kept[t] == 0 {
		r.kept[t] = 2
		if IsKept(r.d.TypeDescriptor(t)) {
			r.kept[t] = 1
		}
	}
	return r.kept[t] == 1
}

func (r *Reader) protoOf(m dex.Method, name []byte) sum {
	kept := slices.Index(keptNames, special(string(name)))
	list := r.protos[kept]
	if uint64(m.Proto) >= uint64(len(list)) {
		return protoSum("", "")
	}
	if list[m.Proto] == 0 {
		list[m.Proto] = protoSum(keptNames[kept], r.proto(m.Proto))
	}
	return list[m.Proto]
}

func (r *Reader) proto(i uint32) string {
	desc := r.d.ProtoDescriptor(i)
	r.left -= int64(len(desc))
	return desc
}

func (r *Reader) methodOf(i uint32) sum {
	if r.methods[i] == 0 {
		r.methods[i] = renamed
		if m, ok := r.d.Method(i); ok && r.keptOf(m.Class) {
			if s, kept := memberSum(r.d.TypeDescriptor(m.Class), r.d.String(m.Name), r.proto(m.Proto)); kept {
				r.methods[i] = s
			}
		}
	}
	return r.methods[i]
}

func (r *Reader) fieldOf(i uint32) sum {
	if r.fields[i] == 0 {
		r.fields[i] = renamed
		if f, ok := r.d.Field(i); ok && r.keptOf(f.Class) {
			if s, kept := memberSum(r.d.TypeDescriptor(f.Class), r.d.String(f.Name), r.d.TypeDescriptor(f.Type)); kept {
				r.fields[i] = s
			}
		}
	}
	return r.fields[i]
}
