package classfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Tags of the constant pool (JVMS table 4.4-A).
const (
	tagUtf8          = 1
	tagInteger       = 3
	tagFloat         = 4
	tagLong          = 5
	tagDouble        = 6
	tagClass         = 7
	tagString        = 8
	tagFieldref      = 9
	tagMethodref     = 10
	tagInterface     = 11
	tagNameAndType   = 12
	tagMethodHandle  = 15
	tagMethodType    = 16
	tagDynamic       = 17
	tagInvokeDynamic = 18
	tagModule        = 19
	tagPackage       = 20
)

// tagSize gives the bytes behind a tag; Utf8 has its length in the first two.
func tagSize(tag byte) (int, bool) {
	switch tag {
	case tagUtf8, tagClass, tagString, tagMethodType, tagModule, tagPackage:
		return 2, true
	case tagMethodHandle:
		return 3, true
	case tagInteger, tagFloat, tagFieldref, tagMethodref, tagInterface, tagNameAndType, tagDynamic, tagInvokeDynamic:
		return 4, true
	case tagLong, tagDouble:
		return 8, true
	}
	return 0, false
}

// pool is the constant pool. Texts are decoded once per Utf8 entry, however many
// entries name it, so that what is produced stays in proportion to the file.
type pool struct {
	data  []byte
	at    []uint32 // by index: offset of the tag, 0 = no entry
	texts map[uint16]string
	descs map[uint16]string // by Utf8 index of a class name: its descriptor
	proto map[uint16]*proto // by Utf8 index of a method descriptor
}

var errEnds = errors.New("the bytes end")

// readPool reads the entries behind the count at data[8:] and returns the
// offset of what follows.
func readPool(data []byte) (*pool, int, error) {
	if len(data) < 10 {
		return nil, 0, errEnds
	}
	count := int(binary.BigEndian.Uint16(data[8:]))
	if count == 0 {
		return nil, 0, errors.New("constant pool: a count of 0")
	}
	p := &pool{data: data, at: make([]uint32, 0, min(count, len(data))), texts: map[uint16]string{}, descs: map[uint16]string{}, proto: map[uint16]*proto{}}
	p.at = append(p.at, 0)
	pos := 10
	for len(p.at) < count {
		if pos >= len(data) {
			return nil, 0, fmt.Errorf("constant %d of %d: %w", len(p.at), count, errEnds)
		}
		tag := data[pos]
		n, ok := tagSize(tag)
		if !ok {
			return nil, 0, fmt.Errorf("constant %d: unknown tag %d", len(p.at), tag)
		}
		if len(data)-pos-1 < n {
			return nil, 0, fmt.Errorf("constant %d: %w", len(p.at), errEnds)
		}
		if tag == tagUtf8 {
			n += int(binary.BigEndian.Uint16(data[pos+1:]))
			if len(data)-pos-1 < n {
				return nil, 0, fmt.Errorf("constant %d: a text of %d bytes: %w", len(p.at), n-2, errEnds)
			}
		}
		p.at = append(p.at, uint32(pos))
		if tag == tagLong || tag == tagDouble {
			p.at = append(p.at, 0) // takes two indexes (JVMS 4.4.5)
		}
		pos += 1 + n
	}
	return p, pos, nil
}

// entry returns the bytes behind the tag of an entry with one of the tags.
func (p *pool) entry(i uint16, tags ...byte) ([]byte, byte, error) {
	if int(i) < len(p.at) && p.at[i] != 0 {
		b := p.data[p.at[i]:]
		for _, t := range tags {
			if b[0] == t {
				return b[1:], t, nil
			}
		}
		return nil, 0, fmt.Errorf("constant %d has tag %d, wanted %d", i, b[0], tags)
	}
	return nil, 0, fmt.Errorf("constant %d does not exist", i)
}

func u2(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func u4(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// text returns a Utf8 entry.
func (p *pool) text(i uint16) (string, error) {
	if s, ok := p.texts[i]; ok {
		return s, nil
	}
	b, _, err := p.entry(i, tagUtf8)
	if err != nil {
		return "", err
	}
	s := decode(b[2 : 2+int(u2(b))])
	p.texts[i] = s
	return s, nil
}

// named returns the text that an entry with one index (Class, String, Module …)
// points to, and that text's own index.
func (p *pool) named(i uint16, tag byte) (string, uint16, error) {
	b, _, err := p.entry(i, tag)
	if err != nil {
		return "", 0, err
	}
	s, err := p.text(u2(b))
	return s, u2(b), err
}

// class returns the descriptor of a Class entry: Lpkg/Name; or an array type.
func (p *pool) class(i uint16) (string, error) {
	name, at, err := p.named(i, tagClass)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", fmt.Errorf("constant %d: a class without name", i)
	}
	if name[0] == '[' {
		return name, nil
	}
	d, ok := p.descs[at]
	if !ok {
		d = "L" + name + ";"
		p.descs[at] = d
	}
	return d, nil
}

// nameAndType returns name and descriptor, and the index of the latter's text.
func (p *pool) nameAndType(i uint16) (name, desc string, at uint16, err error) {
	b, _, err := p.entry(i, tagNameAndType)
	if err != nil {
		return "", "", 0, err
	}
	if name, err = p.text(u2(b)); err != nil {
		return "", "", 0, err
	}
	desc, err = p.text(u2(b[2:]))
	return name, desc, u2(b[2:]), err
}

// decode turns the modified UTF-8 of JVMS 4.4.7 into valid UTF-8: C0 80 is
// U+0000, surrogate pairs are one character, damage is U+FFFD.
func decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	units := make([]uint16, 0, len(b))
	for len(b) > 0 {
		n, unit := 1, uint16(utf8.RuneError)
		switch c := b[0]; {
		case c < 0x80:
			unit = uint16(c)
		case c>>5 == 6 && len(b) > 1 && b[1]>>6 == 2:
			n, unit = 2, uint16(c&0x1f)<<6|uint16(b[1]&0x3f)
		case c>>4 == 14 && len(b) > 2 && b[1]>>6 == 2 && b[2]>>6 == 2:
			n, unit = 3, uint16(c&0xf)<<12|uint16(b[1]&0x3f)<<6|uint16(b[2]&0x3f)
		}
		units, b = append(units, unit), b[n:]
	}
	return string(utf16.Decode(units))
}
