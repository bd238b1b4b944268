package apk

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"apkaudit/internal/bounded"
)

// protoTable writes the resource table of a bundle (aapt.pb.ResourceTable) in the form
// that an APK has, so that one reader reads both. Kept are values that are one thing, and
// the strings of styles, arrays and plurals, which the pool of an APK holds too. What could be
// read is returned even with an error, which is errProto or a *bounded.LimitError.
func protoTable(data []byte) ([]byte, error) {
	w := &protoTableWriter{index: map[string]uint32{}}
	m := &protoMessage{rest: data}
	var err error
	for f, ok := m.next(); ok && err == nil; f, ok = m.next() {
		if f.num != 2 {
			continue
		}
		if w.number == maxPackages {
			err = &bounded.LimitError{Limit: "max-packages", Value: maxPackages, What: "resource table"}
			break
		}
		err = w.pkg(f)
	}
	if err == nil {
		err = m.err
	}
	if err == nil && w.many {
		err = &bounded.LimitError{Limit: "max-configurations", Value: maxConfigs, What: "resource table"}
	}
	return w.file(), err
}

type protoTableWriter struct {
	many     bool // a type has more configurations than are kept
	pool     poolWriter
	index    map[string]uint32 // of strings in the pool
	packages []byte
	number   int
	values   int
}

// protoEntry is one value of a resource by its number in the type.
type protoEntry struct {
	id   uint16
	key  uint32
	item protoItem // the data of a string is its index
}

// configCost is how many values a configuration counts for, by the bytes that it takes.
const configCost = 8

// protoConfig is what one type holds for one configuration.
type protoConfig struct {
	config  [smallConfig]byte
	entries []protoEntry
}

func (w *protoTableWriter) string(s []byte) uint32 {
	i, ok := w.index[string(s)]
	if !ok {
		w.values++
		i = w.pool.add(s)
		w.index[string(s)] = i
	}
	return i
}

// pkg writes aapt.pb.Package.
func (w *protoTableWriter) pkg(f protoField) error {
	id := uint32(0)
	var body []byte
	keys := &poolWriter{}
	var err error
	m := sub(f)
	for f, ok := m.next(); ok && err == nil; f, ok = m.next() {
		switch f.num {
		case 1:
			id = uint32(sub(f).first(1).n)
		case 3:
			body, err = w.typ(body, keys, f)
		}
	}
	if err == nil {
		err = m.err
	}
	types := (&poolWriter{}).chunk()
	names := keys.chunk()
	const header = packageHeaderMin + 4
	le := binary.LittleEndian
	head := make([]byte, header)
	le.PutUint16(head, chunkPackage)
	le.PutUint16(head[2:], header)
	le.PutUint32(head[4:], uint32(header+len(types)+len(names)+len(body)))
	le.PutUint32(head[8:], id)
	le.PutUint32(head[packageKeys-8:], header)
	le.PutUint32(head[packageKeys:], uint32(header+len(types)))
	w.packages = slices.Concat(w.packages, head, types, names, body)
	w.number++
	return err
}

// typ appends the chunks of aapt.pb.Type, one for each configuration.
func (w *protoTableWriter) typ(out []byte, keys *poolWriter, f protoField) ([]byte, error) {
	id := uint32(0)
	configs := map[[smallConfig]byte]int{}
	var list []protoConfig
	var err error
	m := sub(f)
	for f, ok := m.next(); ok && err == nil; f, ok = m.next() {
		switch f.num {
		case 1:
			id = uint32(sub(f).first(1).n)
		case 3:
			list, err = w.entry(list, configs, keys, f)
		}
	}
	if err == nil {
		err = m.err
	}
	if id == 0 || id > 0xff {
		return out, err
	}
	for _, c := range list {
		slices.SortStableFunc(c.entries, func(a, b protoEntry) int { return cmp.Compare(a.id, b.id) })
		c.entries = slices.CompactFunc(c.entries, func(a, b protoEntry) bool { return a.id == b.id })
		for part := range slices.Chunk(c.entries, maxSparse) {
			out = appendSparse(out, uint8(id), &c.config, part)
		}
	}
	return out, err
}

// entry adds the values of aapt.pb.Entry.
func (w *protoTableWriter) entry(list []protoConfig, configs map[[smallConfig]byte]int, keys *poolWriter, f protoField) ([]protoConfig, error) {
	e := protoEntry{}
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 1:
			e.id = uint16(sub(f).first(1).n)
		case 2:
			e.key = keys.add(f.data)
		}
	}
	broken := m.err
	m = sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		if f.num != 6 {
			continue
		}
		if w.values++; w.values > maxProtoValues {
			return list, &bounded.LimitError{Limit: "max-proto-values", Value: maxProtoValues, What: "resource table"}
		}
		config, item, simple := w.value(f)
		if !simple {
			continue
		}
		at, ok := configs[config]
		if !ok {
			at = len(list)
			if at == maxConfigs {
				w.many = true
				continue
			}
			configs[config] = at
			w.values += configCost
			list = append(list, protoConfig{config: config})
		}
		e.item = item
		list[at].entries = append(list[at].entries, e)
	}
	return list, broken
}

// value reads aapt.pb.ConfigValue; false for a value that is more than one thing.
func (w *protoTableWriter) value(f protoField) (config [smallConfig]byte, item protoItem, simple bool) {
	binary.LittleEndian.PutUint32(config[:], smallConfig)
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 1:
			readConfig(f, &config)
		case 2:
			v := sub(f)
			for f, ok := v.next(); ok; f, ok = v.next() {
				switch f.num {
				case 4:
					if item, simple = readItem(f); simple && item.kind == typeString {
						item.data = w.string([]byte(item.text))
					}
				case 5:
					w.compound(f)
				}
			}
		}
	}
	return config, item, simple
}

// compound keeps the strings of styles, arrays and plurals.
func (w *protoTableWriter) compound(f protoField) {
	var entry, item protowire.Number // where an entry stands, and its value in it
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 2:
			entry, item = 3, 4
		case 4:
			entry, item = 1, 3
		case 5:
			entry, item = 1, 4
		default:
			continue
		}
		list := sub(f)
		for f, ok := list.next(); ok; f, ok = list.next() {
			if f.num != entry {
				continue
			}
			if it, ok := readItem(sub(f).first(item)); ok && it.kind == typeString {
				w.string([]byte(it.text))
			}
		}
	}
}

// Where a configuration as readers of resource tables look at it has its parts.
const (
	configLanguage    = 8
	configCountry     = 10
	configOrientation = 12
	configDensity     = 14
	configAPILevel    = 24
	configScript      = 36
)

// readConfig reads aapt.pb.Configuration: locale, density and API level. Of the rest it
// is only told that there is some, which is all that readers ask.
func readConfig(f protoField, config *[smallConfig]byte) {
	le := binary.LittleEndian
	m := sub(f)
	for f, ok := m.next(); ok; f, ok = m.next() {
		switch f.num {
		case 3:
			readLocale(string(f.data), config)
		case 18:
			le.PutUint16(config[configDensity:], uint16(f.n))
		case 24:
			le.PutUint16(config[configAPILevel:], uint16(f.n))
		default:
			if f.n != 0 || len(f.data) > 0 {
				config[configOrientation] = 1
			}
		}
	}
}

// readLocale reads a BCP 47 tag such as zh-Hant-TW.
func readLocale(tag string, config *[smallConfig]byte) {
	for i, part := range strings.SplitN(tag, "-", 5) {
		switch {
		case i == 0 && len(part) == 2:
			copy(config[configLanguage:], part)
		case i == 0 && len(part) == 3:
			copy(config[configLanguage:], []byte{0x80 | part[0]&0x7f, part[1]})
		case i > 0 && len(part) == 2:
			copy(config[configCountry:], strings.ToUpper(part))
		case i > 0 && len(part) == 3:
			copy(config[configCountry:], []byte{0x80 | part[0]&0x7f, part[1]})
		case i > 0 && len(part) == 4:
			copy(config[configScript:], strings.ToUpper(part[:1])+strings.ToLower(part[1:]))
		}
	}
}

const (
	sparseEntry = 16     // bytes of an entry that is one value
	maxSparse   = 16_000 // entries of one chunk, whose offsets count in four bytes up to 0xffff
)

// appendSparse writes a type chunk that lists the entries it has.
func appendSparse(out []byte, id uint8, config *[smallConfig]byte, entries []protoEntry) []byte {
	const header = typeHeaderMin + smallConfig
	le := binary.LittleEndian
	start := header + 4*len(entries)
	out = le.AppendUint16(out, chunkType)
	out = le.AppendUint16(out, header)
	out = le.AppendUint32(out, uint32(start+sparseEntry*len(entries)))
	out = append(out, id, typeSparse, 0, 0)
	out = le.AppendUint32(out, uint32(len(entries)))
	out = le.AppendUint32(out, uint32(start))
	out = append(out, config[:]...)
	for i, e := range entries {
		out = le.AppendUint16(out, e.id)
		out = le.AppendUint16(out, uint16(i*sparseEntry/4))
	}
	for _, e := range entries {
		out = le.AppendUint16(out, 8)
		out = le.AppendUint16(out, 0)
		out = le.AppendUint32(out, e.key)
		out = le.AppendUint16(out, 8)
		out = append(out, 0, e.item.kind)
		out = le.AppendUint32(out, e.item.data)
	}
	return out
}

func (w *protoTableWriter) file() []byte {
	le := binary.LittleEndian
	pool := w.pool.chunk()
	out := make([]byte, 0, chunkHeader+4+len(pool)+len(w.packages))
	out = le.AppendUint16(out, chunkTable)
	out = le.AppendUint16(out, chunkHeader+4)
	out = le.AppendUint32(out, uint32(cap(out)))
	out = le.AppendUint32(out, uint32(w.number))
	return append(append(out, pool...), w.packages...)
}

// poolWriter writes a UTF-8 string pool, which holds strings of up to 32,767 bytes; a
// longer one is cut. Unlike a poolBuilder it keeps no second form of its strings.
type poolWriter struct {
	offsets []byte
	text    []byte
}

const maxPooled = 0x7fff

func (p *poolWriter) add(s []byte) uint32 {
	if len(s) > maxPooled {
		s = []byte(clip(string(s), maxPooled))
	}
	p.offsets = binary.LittleEndian.AppendUint32(p.offsets, uint32(len(p.text)))
	p.text = appendLength8(p.text, min(utf8.RuneCount(s), maxPooled))
	p.text = appendLength8(p.text, len(s))
	p.text = append(append(p.text, s...), 0)
	return uint32(len(p.offsets)/4 - 1)
}

func appendLength8(b []byte, n int) []byte {
	if n > 0x7f {
		b = append(b, byte(n>>8)|0x80)
	}
	return append(b, byte(n))
}

func (p *poolWriter) chunk() []byte {
	for len(p.text)%4 != 0 {
		p.text = append(p.text, 0)
	}
	le := binary.LittleEndian
	out := make([]byte, poolHeader, poolHeader+len(p.offsets)+len(p.text))
	le.PutUint16(out, chunkPool)
	le.PutUint16(out[2:], poolHeader)
	le.PutUint32(out[4:], uint32(cap(out)))
	le.PutUint32(out[8:], uint32(len(p.offsets)/4))
	le.PutUint32(out[16:], poolUTF8)
	le.PutUint32(out[20:], uint32(poolHeader+len(p.offsets)))
	return append(append(out, p.offsets...), p.text...)
}
