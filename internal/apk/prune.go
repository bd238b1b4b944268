package apk

import (
	"encoding/binary"
	"sort"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// smallTable is a resource table that holds nothing but a few values.
type smallTable struct {
	data    []byte
	number  map[uint32]uint32
	locales map[uint32][]locale
	target  map[uint32]uint32
	byLang  map[localeValue]uint32
}

// value is one configuration's value of one resource.
type value struct {
	config []byte
	locale locale
	plain  bool
	kind   byte
	data   uint32
}

// prune follows ids through the table, references included, and writes a small
// dense table of what they stand for: default values, Chinese and English, and
// any other configuration only where there is no default.
func (t *table) prune(ids []uint32, lim Limits, gaps *gapList) smallTable {
	s := smallTable{number: map[uint32]uint32{}, locales: map[uint32][]locale{}, target: map[uint32]uint32{}, byLang: map[localeValue]uint32{}}
	w := &tableWriter{pool: &t.pool, index: map[uint32]uint32{}, limit: lim.StringBytes, types: map[typeKey]*typeOut{}}
	queue := append([]uint32(nil), ids...)
	seen := map[uint32]bool{}
	for i := 0; i < len(queue); i++ {
		id := queue[i]
		if seen[id] {
			continue
		}
		seen[id] = true
		if len(seen) > maxReferences || w.full {
			gaps.add(audit.GapLimit, partLabel, "%s: more than %d resources or %d bytes of text referred to", resourcesName, maxReferences, maxResourceText)
			break
		}
		values := t.values(id)
		if len(values) == 0 {
			continue
		}
		s.number[id] = w.entry(id)
		for k, v := range values {
			if v.kind == typeReference || v.kind == typeDynamicRef {
				queue = append(queue, v.data)
				if k == 0 {
					s.target[id] = v.data
				}
				if key := (localeValue{id, v.locale}); v.locale.lang != [2]byte{} {
					if _, ok := s.byLang[key]; !ok {
						s.byLang[key] = v.data
					}
				}
			}
			s.locales[id] = append(s.locales[id], v.locale)
			w.add(id, v)
		}
	}
	if w.long > 0 {
		gaps.add(audit.GapLimit, partLabel, "%s: %d values cut at max-string-bytes of %d", resourcesName, w.long, lim.StringBytes)
	}
	s.data = w.table()
	return s
}

// values lists what id stands for, the default first.
func (t *table) values(id uint32) []value {
	var keep, other []value
	chunks := t.types[typeKey{uint8(id >> 24), uint8(id >> 16)}]
	haveDefault := false
	for i := range chunks {
		c := &chunks[i]
		kind, data, ok := c.lookup(int(id & 0xffff))
		if !ok {
			continue
		}
		v := value{config: c.config, locale: c.locale(), plain: c.plain(), kind: kind, data: data}
		switch {
		case v.locale == locale{}:
			haveDefault = true
			keep = append(keep, v)
		case v.locale.lang == [2]byte{'z', 'h'}, v.locale.lang == [2]byte{'e', 'n'}:
			keep = append(keep, v)
		case len(other) == 0:
			other = append(other, v)
		}
	}
	if !haveDefault {
		keep = append(keep, other...)
	}
	rank := func(v value) int {
		switch {
		case v.locale == locale{} && v.plain:
			return 0
		case v.locale == locale{}:
			return 1
		case v.locale.lang == [2]byte{'e', 'n'}:
			return 2
		}
		return 3
	}
	sort.SliceStable(keep, func(i, j int) bool { return rank(keep[i]) < rank(keep[j]) })
	return keep
}

// tableWriter writes a resource table with dense types. Types keep their
// number, entries are counted anew.
type tableWriter struct {
	pool  *stringPool
	out   poolBuilder
	index map[uint32]uint32 // pool index -> new index
	limit int
	types map[typeKey]*typeOut
	full  bool
	long  int // texts that were cut
}

type typeOut struct {
	entries int
	configs [3][]configOut // plain defaults, other defaults, languages
}

type configOut struct {
	config string
	values map[int]value
}

const smallConfig = 64 // bytes of a written configuration: what both readers know and more

// entry gives id a number in the small table.
func (w *tableWriter) entry(id uint32) uint32 {
	key := typeKey{uint8(id >> 24), uint8(id >> 16)}
	t := w.types[key]
	if t == nil {
		t = &typeOut{}
		w.types[key] = t
	}
	t.entries++
	return id&0xffff0000 | uint32(t.entries-1)
}

// add writes a value for the entry made last for its type.
func (w *tableWriter) add(id uint32, v value) {
	t := w.types[typeKey{uint8(id >> 24), uint8(id >> 16)}]
	if v.kind == typeString {
		n, ok := w.text(v.data)
		if !ok {
			return
		}
		v.data = n
	}
	var config [smallConfig]byte
	copy(config[4:], v.config[min(4, len(v.config)):])
	binary.LittleEndian.PutUint32(config[:], smallConfig)
	copy(config[10:12], v.locale.country[:])
	class := 2 // apkparser takes the first configuration that has a value
	switch {
	case v.locale == (locale{}) && v.plain:
		class = 0
	case v.locale == (locale{}):
		class = 1
	}
	list := t.configs[class]
	for i := range list {
		if list[i].config == string(config[:]) {
			if _, ok := list[i].values[t.entries-1]; !ok {
				list[i].values[t.entries-1] = v
			}
			return
		}
	}
	t.configs[class] = append(list, configOut{string(config[:]), map[int]value{t.entries - 1: v}})
}

func (w *tableWriter) text(i uint32) (uint32, bool) {
	if n, ok := w.index[i]; ok {
		return n, true
	}
	if w.out.bytes > maxResourceText {
		w.full = true
		return 0, false
	}
	s, ok := w.pool.get(int(i), w.limit+utf8.UTFMax) // so that a character more is seen
	if !ok {
		return 0, false
	}
	if len(s) > w.limit {
		w.long++
		s = clip(s, w.limit)
	}
	n := uint32(len(w.out.refs))
	w.out.refs = append(w.out.refs, w.out.add(s))
	w.index[i] = n
	return n, true
}

// table writes the file.
func (w *tableWriter) table() []byte {
	byPkg := map[uint8][]uint8{}
	for k := range w.types {
		byPkg[k.pkg] = append(byPkg[k.pkg], k.id)
	}
	pkgs := make([]int, 0, len(byPkg))
	for p := range byPkg {
		pkgs = append(pkgs, int(p))
	}
	sort.Ints(pkgs)
	body := w.out.chunk()
	for _, p := range pkgs {
		ids := byPkg[uint8(p)]
		sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
		body = append(body, w.packageChunk(uint8(p), ids)...)
	}
	le := binary.LittleEndian
	out := make([]byte, 0, 12+len(body))
	out = le.AppendUint16(out, chunkTable)
	out = le.AppendUint16(out, 12)
	out = le.AppendUint32(out, uint32(12+len(body)))
	out = le.AppendUint32(out, uint32(len(pkgs)))
	return append(out, body...)
}

func (w *tableWriter) packageChunk(pkg uint8, ids []uint8) []byte {
	const header = packageHeaderMin + 4
	var names, keys poolBuilder
	for i := 0; i <= int(ids[len(ids)-1]); i++ {
		if i == 0 {
			names.add("t")
			keys.refs = append(keys.refs, keys.add("k"))
		}
		names.refs = append(names.refs, 0)
	}
	typePool, keyPool := names.chunk(), keys.chunk()
	le := binary.LittleEndian
	out := make([]byte, header)
	le.PutUint16(out, chunkPackage)
	le.PutUint16(out[2:], header)
	le.PutUint32(out[8:], uint32(pkg))
	le.PutUint32(out[268:], header)
	le.PutUint32(out[276:], uint32(header+len(typePool)))
	out = append(append(out, typePool...), keyPool...)
	for _, id := range ids {
		t := w.types[typeKey{pkg, id}]
		out = le.AppendUint16(out, chunkTypeSpec)
		out = le.AppendUint16(out, 16)
		out = le.AppendUint32(out, uint32(16+4*t.entries))
		out = le.AppendUint32(out, uint32(id))
		out = le.AppendUint32(out, uint32(t.entries))
		out = append(out, make([]byte, 4*t.entries)...)
		for _, class := range t.configs {
			for _, c := range class {
				out = c.append(out, id, t.entries)
			}
		}
	}
	le.PutUint32(out[4:], uint32(len(out)))
	return out
}

// append writes one type chunk.
func (c *configOut) append(out []byte, id uint8, entries int) []byte {
	const header = typeHeaderMin + smallConfig
	le := binary.LittleEndian
	start := header + 4*entries
	out = le.AppendUint16(out, chunkType)
	out = le.AppendUint16(out, header)
	out = le.AppendUint32(out, uint32(start+16*len(c.values)))
	out = le.AppendUint32(out, uint32(id))
	out = le.AppendUint32(out, uint32(entries))
	out = le.AppendUint32(out, uint32(start))
	out = append(out, c.config...)
	n := uint32(0)
	for e := range entries {
		if _, ok := c.values[e]; ok {
			out = le.AppendUint32(out, 16*n)
			n++
		} else {
			out = le.AppendUint32(out, noIndex)
		}
	}
	for e := range entries {
		v, ok := c.values[e]
		if !ok {
			continue
		}
		out = le.AppendUint16(out, 8)
		out = le.AppendUint16(out, 0)
		out = le.AppendUint32(out, 0)
		out = le.AppendUint16(out, 8)
		out = append(out, 0, v.kind)
		out = le.AppendUint32(out, v.data)
	}
	return out
}
