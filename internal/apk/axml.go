package apk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Chunk types of binary XML and resource tables, from
// frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h.
const (
	chunkPool        = 0x0001
	chunkTable       = 0x0002
	chunkXML         = 0x0003
	chunkFirstNode   = 0x0100
	chunkStartTag    = 0x0102
	chunkEndTag      = 0x0103
	chunkText        = 0x0104
	chunkLastNode    = 0x0104
	chunkNodeLimit   = 0x017f
	chunkResourceMap = 0x0180
	chunkPackage     = 0x0200
	chunkType        = 0x0201
	chunkTypeSpec    = 0x0202

	nodeHeader   = 16 // chunk header, line, comment
	startTagBody = 20
	attrBytes    = 20

	typeReference  = 0x01
	typeString     = 0x03
	typeDynamicRef = 0x07
)

var errPlainText = errors.New("plain text where binary XML belongs")

// cleaner rewrites binary XML so that a strict reader sees what Android sees.
type cleaner struct {
	in    []byte
	out   []byte
	gaps  *gapList
	pool  stringPool
	ids   []byte // resource map: 32-bit attribute ids by string index
	names int64  // bytes of attribute names so far
	cut   []uint16
}

// cleanAXML copies a binary manifest without what a reader stumbles over:
// unknown or misplaced chunks are cut out, sizes corrected, a string pool with
// a wrong encoding flag or overlapping strings is written anew, and attributes
// are made to name what Android takes them for. Each is told in gaps.
//
// The error is errPlainText, a *bounded.LimitError, or says that the bytes are
// no binary XML at all.
func cleanAXML(data []byte, gaps *gapList) ([]byte, error) {
	if t := bytes.TrimLeft(data, "\xef\xbb\xbf \t\r\n"); len(t) > 0 && t[0] == '<' && len(data) > 0 && data[0] != 0x03 {
		return nil, errPlainText
	}
	if len(data) < chunkHeader {
		return nil, fmt.Errorf("%d bytes are no binary XML", len(data))
	}
	le := binary.LittleEndian
	c := &cleaner{in: data, gaps: gaps}
	kind, hs, size := le.Uint16(data), int64(le.Uint16(data[2:])), int64(le.Uint32(data[4:]))
	if kind != chunkXML {
		c.odd("top chunk of type 0x%04x instead of 0x0003", kind)
	}
	if hs != chunkHeader {
		c.odd("top chunk header of %d bytes", hs)
		if hs < chunkHeader || hs > int64(len(data)) {
			hs = chunkHeader
		}
	}
	switch n := int64(len(data)); {
	case size > n:
		c.odd("claims %d bytes, has %d", size, n)
		size = n
	case size < hs:
		c.odd("claims %d bytes, has %d", size, n)
		size = n
	case n-size >= 4: // up to three bytes of padding say nothing
		c.odd("%d bytes behind its end", n-size)
	}
	body := data[hs:size]
	nodes, err := c.head(body)
	if err != nil {
		return nil, err
	}
	if err := c.nodes(body, nodes); err != nil {
		return nil, err
	}
	if len(c.cut) > 0 {
		c.odd("%d chunks of unknown or misplaced type (first 0x%04x) cut out", len(c.cut), c.cut[0])
	}
	le.PutUint32(c.out[4:], uint32(len(c.out)))
	return c.out, nil
}

func (c *cleaner) odd(format string, args ...any) {
	c.gaps.add(audit.GapTampered, partManifest, manifestName+": "+format, args...)
}

// chunkAt reads a chunk header; ok is false where the chunk does not fit.
func chunkAt(b []byte, at int) (kind uint16, header, size int, ok bool) {
	if at < 0 || len(b)-at < chunkHeader {
		return 0, 0, 0, false
	}
	le := binary.LittleEndian
	kind, header = le.Uint16(b[at:]), int(le.Uint16(b[at+2:]))
	n := int64(le.Uint32(b[at+4:]))
	if header < chunkHeader || n < int64(header) || n > int64(len(b)-at) {
		return kind, header, int(min(n, int64(len(b)))), false
	}
	return kind, header, int(n), true
}

// head reads the chunks before the first node and writes document header,
// string pool and resource map. As in Android the last of each counts. It
// returns where the nodes start.
func (c *cleaner) head(body []byte) (int, error) {
	var pool, ids []byte
	idHeader, at := 0, 0
	for {
		kind, hs, size, ok := chunkAt(body, at)
		if !ok {
			if len(body)-at >= chunkHeader {
				c.odd("chunk 0x%04x at 0x%x claims %d bytes, %d are left", kind, at, size, len(body)-at)
			}
			break
		}
		if kind >= chunkFirstNode && kind <= chunkLastNode {
			break
		}
		switch kind {
		case chunkPool:
			pool = body[at : at+size]
		case chunkResourceMap:
			ids, idHeader = body[at:at+size], hs
		default:
			c.cut = append(c.cut, kind)
		}
		at += size
	}
	if pool == nil {
		return 0, errors.New("no string pool")
	}
	var err error
	if c.pool, err = parsePool(pool); err != nil {
		return 0, err
	}
	if c.pool.count > maxPoolStrings {
		return 0, &bounded.LimitError{Limit: "max-pool-strings", Value: maxPoolStrings, What: "string pool"}
	}
	if ids != nil {
		c.ids = ids[idHeader:]
		c.ids = c.ids[:len(c.ids)/4*4]
	}
	if pool, err = c.cleanPool(pool); err != nil {
		return 0, err
	}
	le := binary.LittleEndian
	c.out = make([]byte, 0, len(c.in)+len(pool))
	c.out = append(c.out, 3, 0, chunkHeader, 0, 0, 0, 0, 0)
	c.out = append(c.out, pool...)
	if len(c.ids) > 0 {
		c.out = le.AppendUint16(c.out, chunkResourceMap)
		c.out = le.AppendUint16(c.out, chunkHeader)
		c.out = le.AppendUint32(c.out, uint32(chunkHeader+len(c.ids)))
		c.out = append(c.out, c.ids...)
	}
	return at, nil
}

// lateAttrs are attributes that apkparser's table of ids does not know. It then
// takes the name from the string pool, which obfuscators blank.
func lateAttr(id uint32) string {
	switch id {
	case 0x01010576:
		return "versionCodeMajor"
	case 0x01010599:
		return "foregroundServiceType"
	case 0x01010527:
		return ConfigNetwork
	case 0x010104eb:
		return ConfigBackup
	case 0x0101063e:
		return ConfigExtraction
	}
	return ""
}

// cleanPool returns the pool as it is, or rewritten where a strict reader would
// see something else than Android.
func (c *cleaner) cleanPool(chunk []byte) ([]byte, error) {
	rewrite := c.pool.oddity != ""
	if rewrite {
		c.odd("%s", c.pool.oddity)
	}
	if c.pool.flipped() {
		c.odd("string pool's UTF-8 flag is wrong")
		c.pool.utf8 = !c.pool.utf8
		rewrite = true
	}
	if !rewrite && c.pool.overlaps() {
		c.odd("strings of the pool overlap")
		rewrite = true
	}
	replace := map[uint32]string{}
	for i := 0; i+4 <= len(c.ids) && i/4 < c.pool.count; i += 4 {
		want := lateAttr(binary.LittleEndian.Uint32(c.ids[i:]))
		if want == "" {
			continue
		}
		if have, _ := c.pool.get(i/4, len(want)+1); have != want {
			replace[uint32(i/4)] = want
		}
	}
	if !rewrite && len(replace) == 0 {
		return chunk, nil
	}
	return c.pool.rebuild(replace)
}

// nodes copies the node chunks from at on. Android stops at the first chunk
// that does not fit and skips types that it does not know.
func (c *cleaner) nodes(body []byte, at int) error {
	for len(body)-at >= chunkHeader {
		kind, hs, size, ok := chunkAt(body, at)
		if !ok {
			c.odd("chunk 0x%04x at 0x%x claims %d bytes, %d are left", kind, at, size, len(body)-at)
			return nil
		}
		chunk := body[at : at+size]
		at += size
		if kind < chunkFirstNode || kind > chunkLastNode {
			c.cut = append(c.cut, kind)
			continue
		}
		if hs < nodeHeader {
			c.odd("node 0x%04x with a header of %d bytes cut out", kind, hs)
			continue
		}
		from := len(c.out)
		c.out = append(c.out, chunk...)
		if kind == chunkStartTag {
			if err := c.startTag(c.out[from:], hs); err != nil {
				return err
			}
		}
	}
	return nil
}

// startTag mends one start tag in place.
func (c *cleaner) startTag(tag []byte, hs int) error {
	le := binary.LittleEndian
	ext := tag[hs:]
	if len(ext) < startTagBody {
		c.odd("start tag of %d bytes", len(tag))
		return nil
	}
	start, stride, count := int(le.Uint16(ext[8:])), int(le.Uint16(ext[10:])), int(le.Uint16(ext[12:]))
	if count == 0 {
		return nil
	}
	if stride < attrBytes || start < 14 {
		c.odd("start tag with attributes of %d bytes at %d", stride, start)
		le.PutUint16(ext[12:], 0)
		return nil
	}
	if room := max(len(ext)-start, 0) / stride; count > room {
		c.odd("start tag claims %d attributes, has room for %d", count, room)
		count = room
		le.PutUint16(ext[12:], uint16(count))
	}
	root := false
	if name, ok := c.pool.get(int(le.Uint32(ext[4:])), 16); ok {
		root = name == "manifest"
	}
	for i := 0; i < count; i++ {
		if err := c.attr(ext[start+i*stride:], root); err != nil {
			return err
		}
	}
	return nil
}

// attr makes one attribute say what Android reads: the resource id decides what
// it is, and the typed value what it holds.
func (c *cleaner) attr(a []byte, root bool) error {
	le := binary.LittleEndian
	name := le.Uint32(a[4:])
	id := uint32(0)
	if at := int64(name) * 4; at+4 <= int64(len(c.ids)) {
		id = le.Uint32(c.ids[at:])
	}
	if id>>24 != 0x01 && !root {
		// Android finds attributes by id only (package and split of the
		// root tag excepted); one that merely spells "name" must not win.
		if s, ok := c.pool.get(int(name), 64); ok && wantedAttr(s) {
			le.PutUint32(a[4:], noIndex)
			name = noIndex
		}
	}
	if name != noIndex {
		c.names += int64(c.pool.size(name))
		if c.names > maxAttrNameBytes {
			return &bounded.LimitError{Limit: "max-attribute-name-bytes", Value: maxAttrNameBytes, What: manifestName}
		}
	}
	if raw, data := le.Uint32(a[8:]), le.Uint32(a[16:]); a[15] == typeString && raw != data && int64(data) < int64(c.pool.count) && id != 0 {
		if raw != noIndex {
			c.odd("attributes with two different values, Android's was read")
		}
		le.PutUint32(a[8:], data)
	}
	return nil
}
