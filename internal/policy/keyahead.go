package policy

import (
	"slices"
	"strings"
)

// Bounds of looking ahead inside one entry.
const (
	maxBridge   = 2 * maxFieldBytes // bytes of a line without key between two keys
	maxKeysNext = 4                 // keys looked at behind such a line
)

// nameKeyByWords splits a line whose key is one for the name read word by word
// (使用的SDK：穿山甲SDK). Such words are also those of a sentence, so the value must
// be the name of a known SDK and nothing else.
func (r *Reader) nameKeyByWords(line string) (field, int) {
	key, at := splitKey(line)
	if key == "" || r.fieldByWords(key) != fieldName && !isPartnerKey(key) {
		return fieldNone, 0
	}
	if _, entryOnly, known := r.exactName(strings.TrimSpace(line[at:])); !known || entryOnly {
		return fieldNone, 0
	}
	return fieldName, at
}

// isPartnerKey tells whether a key says of its value that it is a partner.
func isPartnerKey(key string) bool {
	return slices.Contains(partnerKeys, strings.ToLower(strings.Trim(key, " *_")))
}

// nameKeys returns the blocks with which "key: value" entries surely begin: the key
// of a name and its value, SDK名称：青梧SDK.
func (r *Reader) nameKeys(d *document) []int {
	var out []int
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.kind == row {
			continue
		}
		line := d.str(b.span)
		if f, at := r.keyValue(line); f == fieldName && nameLike(line[at:]) && strings.TrimSpace(line[at:]) != "" {
			out = append(out, i)
		}
	}
	return out
}

// upToKeys reads rows below the headings of a list while the document seems to end
// where a "key: value" entry begins behind block first: its lines are no cells.
func (d *document) upToKeys(first int, read func()) {
	i, _ := slices.BinarySearch(d.keys, first)
	if i == len(d.keys) {
		read()
		return
	}
	all := d.blocks
	d.blocks = all[:d.keys[i]]
	read()
	d.blocks = all
}

// keyAt returns the field of the key that block i begins with.
func (k *kvReader) keyAt(i int) field {
	if i < 0 || i >= len(k.d.blocks) || k.d.blocks[i].kind == row || k.d.blocks[i].entry {
		return fieldNone
	}
	line := k.d.str(k.d.blocks[i].span)
	f, _ := k.r.keyValue(line)
	if f == fieldNone {
		f, _ = k.r.keyByWords(line)
	}
	return f
}

// bareAt returns the field of block i where it is a key that stands alone on
// its line, without a colon.
func (k *kvReader) bareAt(i int) field {
	if i < 0 || i >= len(k.d.blocks) || k.d.blocks[i].kind == row || k.d.blocks[i].entry {
		return fieldNone
	}
	text := k.d.str(k.d.blocks[i].span)
	if !mayHead(text) {
		return fieldNone
	}
	return k.r.headingField(text)
}

// bareKey reads keys and values that take turns line by line, without a colon:
// a table of two columns whose cells stand one a line. The line two below or two
// above must be such a key too, and the one between must be none.
func (k *kvReader) bareKey(i int) field {
	f := k.bareAt(i)
	if f == fieldNone || f == fieldName || k.bareAt(i+1) != fieldNone || k.bareAt(i-1) != fieldNone && k.open == fieldNone {
		return fieldNone
	}
	if k.cur != nil && k.bare && k.last == i-1 {
		return f
	}
	if g := k.bareAt(i + 2); g == fieldNone || g == fieldName || g == f || k.bareAt(i+3) != fieldNone {
		return fieldNone
	}
	if k.cur != nil && k.last == i-1 || k.cur == nil {
		return f
	}
	return fieldNone
}

// bridges tells whether a line without key stands between two keys of the open
// entry: the keys behind it go on with what the entry lacks yet, its data, and
// no title stands over them.
func (k *kvReader) bridges(i int, line string) bool {
	if k.cur.name.empty() || k.last != i-1 || k.seen.has(fieldData) || len(line) > maxBridge || numberAt(line).style != "" {
		return false
	}
	b := &k.d.blocks[i]
	if i+1 >= len(k.d.blocks) || b.kind == heading || b.kind == row || k.d.blocks[i+1].blank > b.blank+1 {
		return false
	}
	data := false
	for n := 1; n <= maxKeysNext && !data; n++ {
		f := k.keyAt(i + n)
		if f == fieldNone || f == fieldName || k.seen.has(f) || numberAt(k.d.str(k.d.blocks[i+n].span)).style != "" {
			return false
		}
		data = f == fieldData
	}
	return data && k.nameAbove(i+1).empty()
}

// fieldSet is a set of fields, a bit each.
type fieldSet uint32

func (s fieldSet) has(f field) bool { return s&(1<<uint(f)) != 0 }

// valueBelow tells whether a line is the value of the key above it whatever it
// says: that key stands empty and the line below is a key again.
func (k *kvReader) valueBelow(i int, line string) bool {
	if k.open == fieldNone || k.last != i-1 || i+1 >= len(k.d.blocks) || len(line) > maxBridge {
		return false
	}
	if k.bare {
		if numberAt(line).style != "" && !k.nameAbove(i+1).empty() {
			return false // the next entry's title
		}
		return k.open != fieldData || !k.mentions(&k.d.blocks[i])
	}
	return k.open != fieldData && k.open != fieldPermissions && numberAt(line).style == "" && k.keyAt(i+1) != fieldNone && k.nameAbove(i+1).empty()
}

// underBare tells whether a line that looks like a heading is the value of a key
// without colon.
func (k *kvReader) underBare(i int, line string) bool {
	return k.cur != nil && k.bare && k.open != fieldNone && k.last == i-1 && (k.valueBelow(i, line) || k.mentions(&k.d.blocks[i]))
}

// maxKeysToOwner is how many keys behind the first one the key may stand that says whose
// an SDK is.
const maxKeysToOwner = 8

// ownerFollows tells whether the value of a key for the company, at block i, is the name
// of the SDK: it is no company, and one more such key of the same entry has one. 第三方名
// 称：青梧推送, 所属公司：青梧科技有限公司.
func (k *kvReader) ownerFollows(i int, value span) bool {
	name := k.d.str(value)
	if k.d.blocks[i].lang != "zh" || name == "" || longer(name, maxPieceName) || !nameLike(name) || k.nameAhead[i] || k.r.isCompany(name) || k.cur != nil && !k.seen.has(fieldCompany) {
		return false
	}
	key, _ := splitKey(k.d.str(k.d.blocks[i].span))
	for n := i + 1; n <= i+maxKeysToOwner && n < len(k.d.blocks); n++ {
		line := k.d.str(k.d.blocks[n].span)
		other, at := splitKey(line)
		f := k.keyAt(n)
		if f == fieldNone || f == fieldName || other == key {
			return false
		}
		if f == fieldCompany {
			return k.r.isCompany(line[at:]) && k.nameAbove(i).empty()
		}
	}
	return false
}
