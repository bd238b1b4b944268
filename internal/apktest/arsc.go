package apktest

import (
	"encoding/binary"
	"sort"
)

// Value is one resource in one configuration.
type Value struct {
	ID      uint32
	Lang    string // two letters, "" for the default
	Country string // two letters
	Script  string // four letters, such as Hant
	SDK     uint16
	MCC     uint16 // mobile country code: never a default
	Kind    uint8  // KindString takes Text, the others Data
	Data    uint32
	Text    string
	Key     uint8 // of Table.Keys
}

// Table says what is odd about a resource table.
type Table struct {
	UTF8    bool
	Sparse  bool     // entries as sorted pairs
	Compact bool     // entries of 8 bytes
	Narrow  bool     // 16-bit offsets
	Pool    *uint32  // claimed number of strings
	Entries *uint32  // claimed number of entries of each type
	Start   *uint32  // claimed offset of the entries of each type
	Spec    *uint32  // claimed number of entries of each type spec
	Size    *uint32  // claimed size of the last type chunk
	Styles  *uint32  // claimed number of styles of the pool
	Keys    []string // names of resources; nil is one named key
}

// ARSC builds an honest table.
func ARSC(values ...Value) []byte { return Table{}.ARSC(values...) }

type config struct {
	pkg, kind             uint8
	lang, country, script string
	sdk, mcc              uint16
}

// ARSC builds the table.
func (t Table) ARSC(values ...Value) []byte {
	le := binary.LittleEndian
	var texts []string
	byConfig := map[config][]Value{}
	var configs []config
	for _, v := range values {
		if v.Kind == KindString {
			v.Data = uint32(len(texts))
			texts = append(texts, v.Text)
		}
		c := config{uint8(v.ID >> 24), uint8(v.ID >> 16), v.Lang, v.Country, v.Script, v.SDK, v.MCC}
		if byConfig[c] == nil {
			configs = append(configs, c)
		}
		byConfig[c] = append(byConfig[c], v)
	}
	pool := Pool(texts, t.UTF8)
	if t.Pool != nil {
		le.PutUint32(pool[8:], *t.Pool)
	}
	if t.Styles != nil {
		le.PutUint32(pool[12:], *t.Styles)
	}
	body := pool
	count := uint32(0)
	for _, pkg := range packages(configs) {
		body = append(body, t.pkg(pkg, configs, byConfig)...)
		count++
	}
	out := le.AppendUint32([]byte{2, 0, 12, 0}, uint32(12+len(body)))
	out = le.AppendUint32(out, count)
	return append(out, body...)
}

func packages(configs []config) []uint8 {
	seen := map[uint8]bool{}
	var out []uint8
	for _, c := range configs {
		if !seen[c.pkg] {
			seen[c.pkg] = true
			out = append(out, c.pkg)
		}
	}
	return out
}

func (t Table) pkg(id uint8, configs []config, values map[config][]Value) []byte {
	le := binary.LittleEndian
	const header = 288
	types := Pool([]string{"a", "b", "c", "d", "e", "f", "g", "h"}, true)
	keys := Pool([]string{"key"}, true)
	if t.Keys != nil {
		keys = Pool(t.Keys, true)
	}
	out := make([]byte, header)
	copy(out, []byte{0, 2, header & 0xff, header >> 8})
	le.PutUint32(out[8:], uint32(id))
	le.PutUint32(out[268:], header)
	le.PutUint32(out[276:], uint32(header+len(types)))
	out = append(append(out, types...), keys...)
	spec := map[uint8]bool{}
	last := 0
	for _, c := range configs {
		if c.pkg != id {
			continue
		}
		n := uint32(0)
		for _, o := range configs {
			for _, v := range values[o] {
				if o.pkg == id && o.kind == c.kind {
					n = max(n, v.ID&0xffff+1)
				}
			}
		}
		if !spec[c.kind] {
			spec[c.kind] = true
			claimed := n
			if t.Spec != nil {
				claimed = *t.Spec
			}
			b := le.AppendUint32([]byte{2, 2, 16, 0}, 16+4*n)
			b = le.AppendUint32(b, uint32(c.kind))
			b = le.AppendUint32(b, claimed)
			out = append(append(out, b...), make([]byte, 4*n)...)
		}
		last = len(out)
		out = append(out, t.typ(c, n, values[c])...)
	}
	if t.Size != nil {
		le.PutUint32(out[last+4:], *t.Size)
	}
	le.PutUint32(out[4:], uint32(len(out)))
	return out
}

func (t Table) typ(c config, count uint32, values []Value) []byte {
	le := binary.LittleEndian
	const header = 20 + 64
	values = append([]Value(nil), values...)
	sort.SliceStable(values, func(i, j int) bool { return values[i].ID < values[j].ID })
	var data, index []byte
	at := map[uint32]uint32{}
	for _, v := range values {
		at[v.ID&0xffff] = uint32(len(data))
		if t.Compact {
			data = append(data, v.Key, 0, 1<<3, v.Kind)
			data = le.AppendUint32(data, v.Data)
			continue
		}
		data = append(data, 8, 0, 0, 0, v.Key, 0, 0, 0, 8, 0, 0, v.Kind)
		data = le.AppendUint32(data, v.Data)
	}
	flags := byte(0)
	switch {
	case t.Sparse:
		flags, count = 1, uint32(len(values))
		for _, v := range values {
			index = le.AppendUint16(index, uint16(v.ID))
			index = le.AppendUint16(index, uint16(at[v.ID&0xffff]/4))
		}
	case t.Narrow:
		flags = 2
		for e := range count {
			off, ok := at[e]
			if !ok {
				off = 0xffff * 4
			}
			index = le.AppendUint16(index, uint16(off/4))
		}
		if len(index)%4 != 0 {
			index = append(index, 0, 0)
		}
	default:
		for e := range count {
			off, ok := at[e]
			if !ok {
				off = 0xffffffff
			}
			index = le.AppendUint32(index, off)
		}
	}
	start := uint32(header + len(index))
	if t.Entries != nil {
		count = *t.Entries
	}
	size := start + uint32(len(data))
	if t.Start != nil {
		start = *t.Start
	}
	out := le.AppendUint32([]byte{1, 2, header, 0}, size)
	out = append(out, c.kind, flags, 0, 0)
	out = le.AppendUint32(out, count)
	out = le.AppendUint32(out, start)
	conf := make([]byte, 64)
	le.PutUint32(conf, 64)
	le.PutUint16(conf[4:], c.mcc)
	copy(conf[8:10], c.lang)
	copy(conf[10:12], c.country)
	le.PutUint16(conf[24:], c.sdk)
	copy(conf[36:40], c.script)
	return append(append(append(out, conf...), index...), data...)
}
