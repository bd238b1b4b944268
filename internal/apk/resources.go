package apk

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/avast/apkparser"
	"github.com/shogo82148/androidbinary"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// resources answers for the few resources that a manifest refers to. The
// libraries behind it never see resources.arsc itself: androidbinary allocates
// what counts in a file claim (a kilobyte can ask for gigabytes, which recover
// cannot catch), and neither knows sparse or compact tables. So every chunk is
// walked here, and both read a small table written from what was found.
type resources struct {
	table   *apkparser.ResourceTable
	bin     *androidbinary.TableFile
	number  map[uint32]uint32      // resource id -> id in the small table
	locales map[uint32][]locale    // configurations that have a value, by id
	target  map[uint32]uint32      // default value of a reference -> what it refers to
	byLang  map[localeValue]uint32 // same, by language
}

type locale struct{ lang, country [2]byte }

type localeValue struct {
	id     uint32
	locale locale
}

// reference reads "@7f0b0001" as apkparser prints unresolved references.
func reference(s string) (uint32, bool) {
	if len(s) < 2 || len(s) > 9 || s[0] != '@' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	return uint32(n), err == nil
}

// references adds the resources that the nodes refer to, in order.
func references(nodes []node, ids []uint32, seen map[uint32]bool) []uint32 {
	for i := range nodes {
		for _, a := range nodes[i].attrs {
			if id, ok := reference(a.value); ok && !seen[id] && len(ids) <= maxReferences { // one more: prune tells
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// loadResources reads what ids stand for out of a resource table.
func loadResources(data []byte, ids []uint32, lim Limits, gaps *gapList) (res *resources) {
	defer func() {
		if p := recover(); p != nil {
			res = nil
			gaps.add(audit.GapUnreadable, partLabel, "%s: reader failed: %v", resourcesName, p)
		}
	}()
	t, err := walkTable(data, gaps)
	if err != nil {
		gaps.add(gapKind(err), partLabel, "%s: %v", resourcesName, err)
		if t == nil {
			return nil
		}
	}
	small := t.prune(ids, lim, gaps)
	if len(small.number) == 0 {
		return nil
	}
	res = &resources{number: small.number, locales: small.locales, target: small.target, byLang: small.byLang}
	res.table, err = apkparser.ParseResourceTable(bytes.NewReader(small.data))
	if err == nil {
		res.bin, err = androidbinary.NewTableFile(bytes.NewReader(small.data))
	}
	if err != nil {
		gaps.add(audit.GapUnreadable, partLabel, "%s: %v", resourcesName, err)
		return nil
	}
	return res
}

// value resolves a manifest value: what a reference stands for by default, or
// "@0x7f0b0001" where nothing is known of it; anything else as it is.
func (r *resources) value(s string) string {
	id, ok := reference(s)
	if !ok {
		return s
	}
	first := id
	for hop := 0; r != nil && hop < maxReferenceHops; hop++ {
		n, ok := r.number[id]
		if !ok {
			break
		}
		if to, ok := r.target[id]; ok {
			id = to
			continue
		}
		e, err := r.table.GetResourceEntry(n)
		if err != nil || e == nil || e.IsComplex() {
			break
		}
		v, err := e.GetValue().String()
		if err != nil {
			break
		}
		return v
	}
	return fmt.Sprintf("@0x%08x", first)
}

// valueOf resolves manifest values by several tables: by the first that knows them.
func valueOf(tables []*resources) func(string) string {
	return func(s string) string {
		v := s
		for _, r := range tables {
			if v = r.value(s); v == s || !strings.HasPrefix(v, "@0x") {
				break
			}
		}
		return v
	}
}

// labelOf gives a label of the base by locale, from its table and those of its parts for
// certain languages.
func labelOf(tables []*resources, s string) audit.Label {
	var out audit.Label
	for _, r := range tables {
		l := r.label(s)
		out = audit.Label{Default: cmp.Or(out.Default, l.Default), ZH: cmp.Or(out.ZH, l.ZH), EN: cmp.Or(out.EN, l.EN)}
	}
	return out
}

// label gives a manifest label by locale; ZH and EN stay empty where the app
// has no value of its own for the language.
func (r *resources) label(s string) audit.Label {
	id, ok := reference(s)
	if !ok {
		return audit.Label{Default: s}
	}
	var l audit.Label
	if v := r.value(s); !strings.HasPrefix(v, "@0x") {
		l.Default = v
	}
	if r != nil {
		l.ZH = r.localised(id, [2]byte{'z', 'h'}, "CN", "SG", "HK", "TW", "MO")
		l.EN = r.localised(id, [2]byte{'e', 'n'}, "US", "GB")
	}
	return l
}

// localised asks androidbinary for a label in one language: in the plain
// language or the first of the preferred countries, else in any country.
func (r *resources) localised(id uint32, lang [2]byte, prefer ...string) (s string) {
	defer func() {
		if recover() != nil {
			s = "" // a pool index that does not exist; the default label stands
		}
	}()
	for hop := 0; hop < maxReferenceHops; hop++ {
		country, ok := r.country(id, lang, prefer)
		if !ok {
			return ""
		}
		if to, ok := r.byLang[localeValue{id, locale{lang, country}}]; ok {
			id = to
			continue
		}
		want := country
		if want == [2]byte{} {
			copy(want[:], prefer[0])
		}
		v, err := r.bin.GetResource(androidbinary.ResID(r.number[id]), &androidbinary.ResTableConfig{Language: lang, Country: want})
		if err != nil {
			return ""
		}
		s, _ := v.(string)
		return s
	}
	return ""
}

// country picks the country of a language that has a value for id; zero means
// the language without a country.
func (r *resources) country(id uint32, lang [2]byte, prefer []string) ([2]byte, bool) {
	var have [][2]byte
	for _, l := range r.locales[id] {
		if l.lang == lang {
			have = append(have, l.country)
		}
	}
	if len(have) == 0 {
		return [2]byte{}, false
	}
	rank := func(c [2]byte) int {
		for i, p := range prefer {
			if string(c[:]) == p {
				return 2 * i
			}
		}
		if c == [2]byte{} {
			return 1 // after the first choice, before all others
		}
		return 2 * len(prefer)
	}
	sort.Slice(have, func(i, j int) bool {
		a, b := rank(have[i]), rank(have[j])
		return a < b || a == b && bytes.Compare(have[i][:], have[j][:]) < 0
	})
	return have[0], true
}

// table is resources.arsc as walked: where its pool and type chunks are.
type table struct {
	pool  stringPool
	types map[typeKey][]typeChunk
	keys  map[uint8]stringPool // names of resources by package
	many  bool                 // a type has more configurations than are looked at
}

type typeKey struct{ pkg, id uint8 }

// typeChunk is one configuration of one resource type, in place.
type typeChunk struct {
	data    []byte
	header  int
	flags   byte
	count   int
	entries int // offset of the entries
	config  []byte
}

const (
	typeSparse   = 1 << 0
	typeOffset16 = 1 << 1

	entryComplex = 1 << 0
	entryCompact = 1 << 3

	packageHeaderMin = chunkHeader + 4 + 256 + 16
	packageKeys      = chunkHeader + 4 + 256 + 8 // where the offset of the names stands
	typeHeaderMin    = 20
)

// walkTable checks every chunk of a resource table. What it returns points into
// data; nothing is allocated by a claimed count.
func walkTable(data []byte, gaps *gapList) (*table, error) {
	le := binary.LittleEndian
	if len(data) < chunkHeader+4 {
		return nil, fmt.Errorf("%d bytes are no resource table", len(data))
	}
	hs, size := int(le.Uint16(data[2:])), int64(le.Uint32(data[4:]))
	if le.Uint16(data) != chunkTable || hs < chunkHeader+4 || hs > len(data) {
		return nil, fmt.Errorf("no resource table: starts with chunk 0x%04x, header of %d bytes", le.Uint16(data), hs)
	}
	if size > int64(len(data)) || size < int64(hs) {
		gaps.add(audit.GapTampered, partLabel, "%s: claims %d bytes, has %d", resourcesName, size, len(data))
		size = int64(len(data))
	}
	t := &table{types: map[typeKey][]typeChunk{}, keys: map[uint8]stringPool{}}
	body, havePool, chunks := data[:size], false, 0
	for at := hs; len(body)-at >= chunkHeader; {
		kind, header, n, ok := chunkAt(body, at)
		if !ok {
			return t, fmt.Errorf("chunk 0x%04x at 0x%x does not fit", kind, at)
		}
		if chunks++; chunks > maxResourceChunks {
			return t, &bounded.LimitError{Limit: "max-resource-chunks", Value: maxResourceChunks, What: "resource table"}
		}
		switch kind {
		case chunkPool:
			if !havePool { // Android keeps the first
				p, err := parsePool(body[at : at+n])
				if err != nil {
					return t, err
				}
				if p.flipped() {
					p.utf8 = !p.utf8
					gaps.add(audit.GapTampered, partLabel, "%s: string pool's UTF-8 flag is wrong", resourcesName)
				}
				t.pool, havePool = p, true
			}
		case chunkPackage:
			if err := t.walkPackage(body[at:at+n], header, &chunks, gaps); err != nil {
				return t, fmt.Errorf("package at 0x%x: %w", at, err)
			}
		}
		at += n
	}
	if t.many {
		return t, &bounded.LimitError{Limit: "max-configurations", Value: maxConfigs, What: "resource table"}
	}
	return t, nil
}

func (t *table) walkPackage(pkg []byte, header int, chunks *int, gaps *gapList) error {
	le := binary.LittleEndian
	if header < packageHeaderMin || header > len(pkg) {
		return fmt.Errorf("header of %d bytes", header)
	}
	id := le.Uint32(pkg[8:])
	if kind, _, n, ok := chunkAt(pkg, int(min(le.Uint32(pkg[packageKeys:]), 1<<30))); ok && kind == chunkPool {
		at := int(le.Uint32(pkg[packageKeys:]))
		if p, err := parsePool(pkg[at : at+n]); err == nil && id < 256 {
			t.keys[uint8(id)] = p
		}
	}
	for at := header; len(pkg)-at >= chunkHeader; {
		kind, hs, n, ok := chunkAt(pkg, at)
		if !ok {
			if hs < chunkHeader || n < hs {
				return fmt.Errorf("chunk 0x%04x at 0x%x does not fit", kind, at)
			}
			// apkparser meets such tables in the wild: the last chunk
			// claims more than its package has.
			gaps.add(audit.GapTampered, partLabel, "%s: chunk 0x%04x claims more than its package holds", resourcesName, kind)
			n = len(pkg) - at
		}
		if *chunks++; *chunks > maxResourceChunks {
			return &bounded.LimitError{Limit: "max-resource-chunks", Value: maxResourceChunks, What: "resource table"}
		}
		if kind == chunkType && id > 0 && id < 256 {
			if err := t.addType(uint8(id), pkg[at:at+n], hs); err != nil {
				return fmt.Errorf("type chunk at 0x%x: %w", at, err)
			}
		}
		at += n
	}
	return nil
}

func (t *table) addType(pkg uint8, data []byte, hs int) error {
	le := binary.LittleEndian
	if len(data) < typeHeaderMin || hs < typeHeaderMin || hs > len(data) {
		return fmt.Errorf("%d bytes, header of %d", len(data), hs)
	}
	c := typeChunk{data: data, header: hs, flags: data[9], config: data[typeHeaderMin:hs]}
	count, entries := int64(le.Uint32(data[12:])), int64(le.Uint32(data[16:]))
	width := int64(4)
	if c.flags&typeOffset16 != 0 && c.flags&typeSparse == 0 {
		width = 2
	}
	if count*width > int64(len(data)-hs) || count > 0 && entries > int64(len(data)) {
		return fmt.Errorf("claims %d entries at %d in %d bytes", count, entries, len(data))
	}
	c.count, c.entries = int(count), int(entries)
	if len(c.config) >= 4 {
		if n := int64(le.Uint32(c.config)); n < int64(len(c.config)) {
			c.config = c.config[:max(n, 0)]
		}
	}
	key := typeKey{pkg, data[8]}
	if len(t.types[key]) == maxConfigs {
		t.many = true
		return nil
	}
	t.types[key] = append(t.types[key], c)
	return nil
}

// locale reads language and country of the configuration; three-letter codes
// come out packed, which is neither "zh" nor "en".
func (c *typeChunk) locale() locale {
	var l locale
	if len(c.config) >= 12 {
		copy(l.lang[:], c.config[8:10])
		copy(l.country[:], c.config[10:12])
	}
	if len(c.config) >= 40 && string(c.config[36:40]) == "Hant" && l.country == [2]byte{} {
		copy(l.country[:], "TW") // traditional script: never the first choice for zh
	}
	return l
}

// plain tells whether nothing but the locale (and the API level) selects the
// configuration.
func (c *typeChunk) plain() bool {
	for i, b := range c.config {
		switch {
		case i < 4, i >= 8 && i < 12, i >= 24 && i < 28, i >= 36:
		case b != 0:
			return false
		}
	}
	return true
}

// lookup returns type and data of a simple value.
func (c *typeChunk) lookup(entry int) (kind byte, data uint32, ok bool) {
	le := binary.LittleEndian
	off := int64(-1)
	index := c.data[c.header:]
	switch {
	case c.flags&typeSparse != 0:
		// Pairs of entry number and offset/4, sorted by number.
		i := sort.Search(c.count, func(i int) bool { return int(le.Uint16(index[4*i:])) >= entry })
		if i < c.count && int(le.Uint16(index[4*i:])) == entry {
			off = int64(le.Uint16(index[4*i+2:])) * 4
		}
	case entry >= c.count:
	default:
		off = c.offset(entry)
	}
	_, kind, data, ok = c.simple(off)
	return kind, data, ok
}

// offset is where the i-th entry that is written down begins, counted from the
// entries, -1 where it has no value.
func (c *typeChunk) offset(i int) int64 {
	le := binary.LittleEndian
	index := c.data[c.header:]
	switch {
	case c.flags&typeSparse != 0:
		return int64(le.Uint16(index[4*i+2:])) * 4
	case c.flags&typeOffset16 != 0:
		if n := le.Uint16(index[2*i:]); n != 0xffff {
			return int64(n) * 4
		}
	default:
		if n := le.Uint32(index[4*i:]); n != noIndex {
			return int64(n)
		}
	}
	return -1
}

// simple reads an entry that is one value; key is the index of its name.
func (c *typeChunk) simple(off int64) (key uint32, kind byte, data uint32, ok bool) {
	le := binary.LittleEndian
	at := int64(c.entries) + off
	if off < 0 || at+8 > int64(len(c.data)) {
		return 0, 0, 0, false
	}
	e := c.data[at:]
	flags := le.Uint16(e[2:])
	if flags&entryCompact != 0 {
		return uint32(le.Uint16(e)), byte(flags >> 8), le.Uint32(e[4:]), true
	}
	size := int(le.Uint16(e))
	if flags&entryComplex != 0 || size < 8 || size+8 > len(e) {
		return 0, 0, 0, false
	}
	v := e[size:]
	return le.Uint32(e[4:]), v[3], le.Uint32(v[4:]), true
}
