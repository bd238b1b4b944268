package apktest

import (
	"encoding/binary"
	"strings"

	"apkaudit/internal/audit"
)

// manifestAttacks are tampered binary XML. Those of kind tampered are read by Android,
// or were by some version of it, and not by tools that believe what a header claims.
func manifestAttacks() []Attack {
	root := attackRoot()
	with := func(data func() []byte) func() []byte {
		return func() []byte { return attackAPK(packed(attackManifest, data())) }
	}
	doc := func(d Document) func() []byte { return with(func() []byte { return d.AXML(root) }) }
	length := uint32(len(AXML(root)))
	wild := func(kind uint16) []byte { return Chunk(kind, []byte("whatever")) }
	lying := wild(0x0105)
	binary.LittleEndian.PutUint32(lying[4:], 0xfffffff0)
	const tampered, limit = audit.GapTampered, audit.GapLimit
	return []Attack{
		{"axml-chunk-before", "a chunk of unknown type before the first tag", Made, tampered, false, doc(Document{Before: wild(0x0999)})},
		{"axml-chunk-inside", "a chunk of unknown type behind the first tag", Made, tampered, false, doc(Document{Middle: wild(0x0105)})},
		{"axml-chunk-odd-type", "a chunk whose type looks like a tag's", Made, tampered, false, doc(Document{Middle: wild(0x7301)})},
		{"axml-chunk-lies", "a chunk of unknown type that claims 4 GB", Made, AnyGap, true, doc(Document{Middle: lying})},
		{"axml-second-pool", "a second string pool behind the first tag", Made, tampered, false, doc(Document{Middle: Pool(make([]string, 60), false)})},
		{"axml-second-map", "a second resource map behind the first tag", Made, tampered, false, doc(Document{Middle: Chunk(0x0180, make([]byte, 400))})},
		{"axml-flag-utf16", "strings in UTF-16 whose flag says UTF-8", Made, tampered, false, doc(Document{FlipFlag: true})},
		{"axml-flag-utf8", "strings in UTF-8 whose flag says UTF-16", Made, tampered, false, doc(Document{UTF8: true, FlipFlag: true})},
		{"axml-pool-flags", "unknown flags of the string pool", Made, tampered, false, doc(Document{PoolFlags: 0x80000})},
		{"axml-string-count", "a pool that claims 2^31 strings", Made, tampered, false, doc(Document{Count: U32(1 << 31)})},
		{"axml-size-large", "a document that claims more than there is", Made, tampered, false, doc(Document{Size: U32(length + 1000)})},
		{"axml-size-4gb", "a document that claims 4 GB", Made, tampered, false, doc(Document{Size: U32(0xffffffff)})},
		{"axml-size-zero", "a document that claims nothing", Made, tampered, false, doc(Document{Size: U32(0)})},
		{"axml-junk-behind", "bytes behind the document", Made, tampered, false, with(func() []byte { return append(AXML(root), make([]byte, 64)...) })},
		{"axml-junk-inside", "a tag that is cut off at the end", Made, tampered, false, doc(Document{After: []byte("\x02\x01\x10\x00\xff\xff\xff\x7f")})},
		{"axml-top-type", "a top chunk of another type", Made, tampered, false, doc(Document{Type: U16(1)})},
		{"axml-attributes", "a tag that claims 65,535 attributes", Made, tampered, false, doc(Document{Attrs: U16(0xffff)})},
		{"axml-plain", "a manifest in plain text", Made, tampered, false, with(func() []byte {
			return []byte(`<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="` + AttackPackage +
				`"><uses-permission android:name="` + AttackPermission + `"/><application/></manifest>`)
		})},
		{"axml-two-applications", "two application elements", Made, tampered, false, with(func() []byte {
			return AXML(attackRoot(E("application", E("service", Str("name", ".Hidden")))))
		})},
		{"axml-blank-names", "attributes have ids only, no names", Made, "", false, doc(Document{BlankIDs: true})},
		{"axml-raw-value", "raw values say VIBRATE where Android reads another permission", Made, "", false, with(func() []byte {
			raw := Str("name", AttackPermission)
			raw.Raw = "android.permission.VIBRATE"
			other := attackRoot()
			other.Children[1] = E("uses-permission", raw)
			return AXML(other)
		})},
		{"axml-cut", "half of the manifest", Made, AnyGap, true, with(func() []byte { return AXML(root)[:length/2] })},
		{"axml-noise", "a manifest of noise", Made, audit.GapUnreadable, true, with(func() []byte { return []byte(strings.Repeat("\x07\x01\x09", 500)) })},
		{"axml-deep", "elements 20,000 deep", Made, "", false, with(func() []byte {
			deep := E("a")
			for range 20_000 {
				deep = E("a", deep)
			}
			return AXML(attackRoot(deep))
		})},
		{"axml-deep-plain", "plain text, elements a million deep", Made, tampered, true, with(func() []byte { return []byte("<manifest>" + strings.Repeat("<a>", 1<<20)) })},
		{"axml-entities", "plain text with entities that grow a billion times", Made, tampered, true, with(func() []byte {
			var b strings.Builder
			b.WriteString("<!DOCTYPE m [<!ENTITY a0 \"lol\">")
			for i := range 30 {
				n := string(rune('0'+i/10)) + string(rune('0'+i%10))
				p := string(rune('0'+(i-1+30)%30/10)) + string(rune('0'+(i+29)%30%10))
				b.WriteString("<!ENTITY b" + n + " \"" + strings.Repeat("&b"+p+";", 10) + "\">")
			}
			return []byte(b.String() + "]><manifest package=\"&b29;\"><application/></manifest>")
		})},
		{"axml-strings-shared", "250,000 strings that share one of a megabyte", Made, AnyGap, true, with(sharedStrings)},
		{"axml-attribute-names", "5,000 attributes named by one string of a megabyte", Made, limit, true, with(func() []byte {
			long := strings.Repeat("<", 1<<20)
			var attrs []any
			for range 5000 {
				attrs = append(attrs, Plain(long, "v"))
			}
			return AXML(attackRoot(E("b", attrs...)))
		})},
		{"axml-components", "40,000 services", Made, limit, false, with(func() []byte {
			other := attackRoot()
			for range 40_000 {
				other.Children[2].Children = append(other.Children[2].Children, E("service", Str("name", ".S")))
			}
			return AXML(other)
		})},
	}
}

// sharedStrings is a document whose pool has many offsets to one long string.
func sharedStrings() []byte {
	list := make([]string, 250_000)
	list[0] = strings.Repeat("x", 1<<20)
	pool := Pool(list, false)
	le := binary.LittleEndian
	for i := range list {
		le.PutUint32(pool[28+4*i:], 0)
	}
	root := AXML(attackRoot())
	first := 8 + int(le.Uint32(root[12:])) // behind the honest pool
	return Chunk(3, append(pool, root[first:]...))
}

// resourceAttacks are resource tables.
func resourceAttacks() []Attack {
	const label = 0x7f010000
	values := []Value{{ID: label, Kind: KindString, Text: "Example"}, {ID: label, Lang: "zh", Kind: KindString, Text: "例子"}}
	with := func(data func() []byte) func() []byte {
		return func() []byte {
			root := attackRoot()
			root.Children[2].Attrs = []Attr{Ref("label", label)}
			return attackAPK(packed(attackManifest, AXML(root)), File{Name: attackResources, Data: data()})
		}
	}
	table := func(t Table) func() []byte { return with(func() []byte { return t.ARSC(values...) }) }
	huge := U32(1 << 31)
	const tampered = audit.GapTampered
	return []Attack{
		{"arsc-pool-count", "a pool that claims 2^31 strings", Made, "", false, table(Table{Pool: huge})},
		{"arsc-styles", "a pool that claims 2^31 styles", Made, "", false, table(Table{Styles: huge})},
		{"arsc-entries", "types that claim 2^31 entries", Made, AnyGap, false, table(Table{Entries: huge})},
		{"arsc-sparse", "sparse types that claim 2^31 entries", Made, AnyGap, false, table(Table{Sparse: true, Entries: huge})},
		{"arsc-spec", "type specs that claim 2^31 entries", Made, "", false, table(Table{Spec: huge})},
		{"arsc-start", "entries that start 4 GB behind the table", Made, AnyGap, false, table(Table{Start: U32(0xfffffff0)})},
		{"arsc-size", "a type chunk that claims 4 GB", Made, tampered, false, table(Table{Size: U32(0xfffffff0)})},
		{"arsc-size-zero", "a type chunk that claims nothing", Made, AnyGap, false, table(Table{Size: U32(0)})},
		{"arsc-cut", "half of the table", Made, AnyGap, false, with(func() []byte { b := ARSC(values...); return b[:len(b)/2] })},
		{"arsc-cycle", "labels that refer to each other", Made, "", false, with(func() []byte {
			return ARSC(Value{ID: label, Kind: KindReference, Data: label + 1}, Value{ID: label + 1, Kind: KindReference, Data: label})
		})},
		{"arsc-configurations", "a label in 2,000 configurations", Made, audit.GapLimit, false, with(func() []byte {
			var list []Value
			for i := range 2000 {
				list = append(list, Value{ID: label, Kind: KindString, Text: "x", MCC: uint16(i)})
			}
			return ARSC(list...)
		})},
		{"arsc-chunks", "a million chunks of 8 bytes", Made, AnyGap, true, with(func() []byte {
			chunk := Chunk(0x0999, nil)
			body := append(Pool([]string{"a"}, true), []byte(strings.Repeat(string(chunk), 1<<20))...)
			out := binary.LittleEndian.AppendUint32([]byte{2, 0, 12, 0}, uint32(12+len(body)))
			return append(binary.LittleEndian.AppendUint32(out, 1), body...)
		})},
		{"arsc-text", "a label of 30 MB", Made, audit.GapLimit, false, with(func() []byte {
			return Table{UTF8: false}.ARSC(Value{ID: label, Kind: KindString, Text: strings.Repeat("长", 10<<20)})
		})},
	}
}
