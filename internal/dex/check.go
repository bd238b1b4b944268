package dex

import (
	"bytes"
	"fmt"
	"slices"
)

// checkTables looks at every entry of every table once, so that what an accessor
// answers with nil or false later is on record as a problem. It is linear in the
// bytes of the tables and of the strings, see strings.
func (f *File) checkTables() {
	f.checkStrings()
	if n := f.NumTypes(); n > maxTypeIDs {
		f.problem("type_ids", "%d types, but a reference has 16 bits", n)
	}
	if n := f.NumProtos(); n > maxTypeIDs {
		f.problem("proto_ids", "%d prototypes, but a reference has 16 bits", n)
	}
	strs, types, protos := uint32(f.NumStrings()), uint32(f.NumTypes()), uint32(f.NumProtos())
	for i, b := uint32(0), f.types; len(b) > 0; i, b = i+1, b[typeIDSize:] {
		if s := u32(b); s >= strs {
			f.problem(fmt.Sprintf("type 0x%x", i), "string 0x%x of 0x%x", s, strs)
		}
	}
	for i, b := uint32(0), f.protos; len(b) > 0; i, b = i+1, b[protoIDSize:] {
		if s, r := u32(b), u32(b[4:]); s >= strs || r >= types {
			f.problem(fmt.Sprintf("prototype 0x%x", i), "string 0x%x of 0x%x, return type 0x%x of 0x%x", s, strs, r, types)
		} else if _, err := f.typeList(u32(b[8:]), MaxParams); err != nil {
			f.problem(fmt.Sprintf("prototype 0x%x", i), "parameters: %v", err)
		}
	}
	for i, b := uint32(0), f.fields; len(b) > 0; i, b = i+1, b[fieldIDSize:] {
		if c, t, s := u16(b), u16(b[2:]), u32(b[4:]); c >= types || t >= types || s >= strs {
			f.problem(fmt.Sprintf("field 0x%x", i), "class 0x%x and type 0x%x of 0x%x, name 0x%x of 0x%x", c, t, types, s, strs)
		}
	}
	for i, b := uint32(0), f.methods; len(b) > 0; i, b = i+1, b[methodIDSize:] {
		if c, p, s := u16(b), u16(b[2:]), u32(b[4:]); c >= types || p >= protos || s >= strs {
			f.problem(fmt.Sprintf("method 0x%x", i), "class 0x%x of 0x%x, prototype 0x%x of 0x%x, name 0x%x of 0x%x",
				c, types, p, protos, s, strs)
		}
	}
	f.checkClasses(strs, types)
}

// checkStrings finds the end of every string once. The work is bounded by the
// lengths that the strings claim, and their sum by the bytes there: strings that
// claim more overlap, and none is looked at beyond what is left.
func (f *File) checkStrings() {
	left := len(f.data)
	for i, n := uint32(0), uint32(f.NumStrings()); i < n; i++ {
		window, err := f.stringWindow(i)
		if err != nil {
			f.problem(fmt.Sprintf("string 0x%x", i), "%v", err)
			continue
		}
		end := bytes.IndexByte(window, 0)
		if end < 0 {
			f.problem(fmt.Sprintf("string 0x%x", i), "no end within %d bytes, the most that its length allows", len(window))
			end = len(window)
		}
		if left -= end; left < 0 {
			f.problem("string_ids", "strings overlap: from 0x%x on they claim more bytes than there are", i)
			// What is left of the table becomes unreadable, else a small file
			// could make each name cost a scan of all of it.
			f.strings = f.strings[:i*stringIDSize]
			return
		}
	}
}

// checkClasses also looks for types that two class_defs define, of which the first
// counts, as in Android's class linker.
func (f *File) checkClasses(strs, types uint32) {
	defined := make([]uint32, types) // class_def + 1
	for i, n := uint32(0), uint32(f.NumClasses()); i < n; i++ {
		c := f.Class(int(i))
		place := func() string { return fmt.Sprintf("class 0x%x", i) }
		switch {
		case c.Type >= types:
			f.problem(place(), "type 0x%x of 0x%x", c.Type, types)
		case defined[c.Type] != 0:
			f.problem(place(), "type 0x%x is already defined by class 0x%x", c.Type, defined[c.Type]-1)
		default:
			defined[c.Type] = i + 1
		}
		if c.Super != NoIndex && c.Super >= types {
			f.problem(place(), "superclass 0x%x of 0x%x", c.Super, types)
		}
		if c.SourceFile != NoIndex && c.SourceFile >= strs {
			f.problem(place(), "source file 0x%x of 0x%x", c.SourceFile, strs)
		}
		if _, err := f.typeList(c.interfaces, MaxInterfaces); err != nil {
			f.problem(place(), "interfaces: %v", err)
		}
	}
}

// layOutMembers gives each class_def the bytes from its class data up to the next
// one's. Items of a sound file never overlap, and Android refuses a file where two
// classes share one; cutting them apart makes reading all of them linear whatever
// the file says.
func (f *File) layOutMembers() {
	n := f.NumClasses()
	f.members = make([]span, n)
	order := make([]uint64, 0, n) // offset in the high half, class_def in the low one
	for i := range n {
		off := f.Class(i).data
		if uint64(off) >= uint64(len(f.data)) {
			f.problem(fmt.Sprintf("class 0x%x", i), "class data at 0x%x, but there are 0x%x bytes", off, len(f.data))
		} else if off != 0 {
			order = append(order, uint64(off)<<32|uint64(i))
		}
	}
	slices.Sort(order) // compilers write them sorted, so this costs little
	end := uint32(len(f.data))
	for k := len(order) - 1; k >= 0; k-- {
		off, i := uint32(order[k]>>32), uint32(order[k])
		if k > 0 && uint32(order[k-1]>>32) == off {
			f.problem(fmt.Sprintf("class 0x%x", i), "shares its class data at 0x%x with class 0x%x", off, uint32(order[k-1]))
			continue
		}
		f.members[i] = span{from: off, to: end}
		end = off
	}
}
