package apktest

import (
	"encoding/binary"
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

const (
	xapkNote   = "manifest.json"
	attackJSON = `{"xapk_version":2,"package_name":"` + AttackPackage + `","split_apks":[{"file":"base.apk","id":"base"}]}`
)

// splitRoot is the manifest of a split of the app.
func splitRoot(pkg, name string, children ...Element) Element {
	root := Manifest(pkg, append(children, E("application", Bool("hasCode", false)))...)
	root.Attrs = append(root.Attrs, Plain("split", name))
	return root
}

// splitAPK is a split of the app without code.
func splitAPK(pkg, name string, more ...File) []byte {
	return ZIP(append([]File{packed(attackManifest, AXML(splitRoot(pkg, name))), {Name: "assets/a.txt", Data: []byte("a")}}, more...)...)
}

func feature(name string) File { return File{Name: name + ".apk", Data: splitAPK(AttackPackage, name)} }

// xapk is the app as a store's archive, with further files.
func xapk(files ...File) []byte { return noted(attackJSON, files...) }

func noted(note string, files ...File) []byte {
	return ZIP(append([]File{{Name: xapkNote, Data: []byte(note)}, {Name: "base.apk", Data: attackAPK()}}, files...)...)
}

// nestedIn puts an archive into so many others.
func nestedIn(levels int, data []byte) []byte {
	for i := range levels {
		data = ZIP(packed(fmt.Sprintf("%d.zip", i), data))
	}
	return data
}

// containerAttacks are archives of APKs.
func containerAttacks() []Attack {
	const tampered, truncated, limit, unreadable = audit.GapTampered, audit.GapTruncated, audit.GapLimit, audit.GapUnreadable
	with := func(files ...File) func() []byte { return func() []byte { return xapk(files...) } }
	list := []Attack{
		{"container-quine", "an archive of APKs that inflates to itself at every depth", "made after R. Cox, Zip files all the way down", limit, false, func() []byte {
			return Quine("all/the/way/down/to/the/very/bottom.zip.apk", File{Name: xapkNote, Data: []byte(attackJSON)}, File{Name: "base.apk", Data: attackAPK()})
		}},
		{"container-quine-alone", "an archive that holds itself and nothing else", "made after R. Cox, Zip files all the way down", limit, true, func() []byte { return Quine("all/the/way/down/to/the/very/bottom.zip") }},
		{"container-self", "a stored entry that claims the rest of the archive, with its directory", Made, tampered, false, func() []byte { return swallow(func(f ...File) []byte { return xapk(f...) }) }},
		{"container-deep", "the app in ten archives", Made, limit, true, func() []byte { return nestedIn(10, attackAPK()) }},
		{"container-deep-beside", "beside the base an archive ten deep", Made, limit, false, with(File{Name: "x.apk", Data: nestedIn(10, splitAPK(AttackPackage, "x"))})},
		{"container-tree", "30 archives of 30 archives of 30", Made, limit, false, func() []byte {
			inner := ZIP()
			for range 3 {
				var files []File
				for i := range 30 {
					files = append(files, File{Name: fmt.Sprintf("t%02d.apk", i), Data: inner})
				}
				inner = ZIP(append(files, File{Name: xapkNote, Data: []byte("{}")})...)
			}
			return xapk(packed("tree.apk", inner))
		}},
		{"container-many", "100,000 APKs inside", Made, limit, false, func() []byte {
			files, inner := []File(nil), splitAPK(AttackPackage, "x")
			for i := range 99_998 {
				files = append(files, File{Name: fmt.Sprintf("s/%05d.apk", i), Data: inner})
			}
			return Archive{End64: true}.ZIP(append([]File{{Name: xapkNote, Data: []byte(attackJSON)}, {Name: "base.apk", Data: attackAPK()}}, files...)...)
		}},
		{"container-entries", "480 splits of 400 files each", Made, limit, false, func() []byte {
			var files, inner []File
			for i := range 400 {
				inner = append(inner, File{Name: fmt.Sprintf("assets/%d.txt", i)})
			}
			for i := range 480 {
				name := fmt.Sprintf("s%03d", i)
				files = append(files, packed(name+".apk", splitAPK(AttackPackage, name, inner...)))
			}
			return xapk(files...)
		}},
		{"container-bomb", "a split that inflates to 1 GB", Made, limit, false, func() []byte {
			return xapk(File{Name: "x.apk", Body: kibibytes(1 << 20), Method: 8, Size: U32(100)})
		}},
		{"container-bomb-deep", "an archive in a split that inflates to 1 GB", Made, limit, false, func() []byte {
			return xapk(packed("x.apk", ZIP(File{Name: "y.apk", Body: kibibytes(1 << 20), Method: 8, Size: U32(100)})))
		}},
		{"container-bomb-manifest", "a manifest of 1 GB in a split that claims to be small", Made, limit, false, func() []byte {
			return xapk(packed("x.apk", ZIP(File{Name: attackManifest, Body: kibibytes(1 << 20), Method: 8, Size: U32(100)})))
		}},
		{"container-outside", "a split whose files are said to lie outside it", Made, tampered, false, with(File{Name: "x.apk", Data: ZIP(
			packed(attackManifest, AXML(splitRoot(AttackPackage, "x"))), File{Name: "assets/a.txt", Data: []byte("a"), Offset: U32(1 << 20)})})},
		{"container-reaches-out", "a split whose file is said to go on behind it", Made, truncated, false, with(File{Name: "x.apk", Data: ZIP(
			packed(attackManifest, AXML(splitRoot(AttackPackage, "x"))), File{Name: "classes.dex", Data: attackDEX().Bytes(), Size: U32(1 << 20), Packed: U32(1 << 20)})}, File{Name: "y.obb", Data: make([]byte, 1<<20)})},
		{"container-overlap", "300 splits that share their bytes", Made, tampered, false, func() []byte {
			files := []File{{Name: "shared.apk", Data: splitAPK(AttackPackage, "x", File{Name: "assets/b", Data: make([]byte, 4<<20)})}}
			at := len(xapk()) - 22
			for _, n := range []string{xapkNote, "base.apk"} {
				at -= 46 + len(n)
			}
			for i := range 300 {
				files = append(files, File{Name: fmt.Sprintf("s%03d.apk", i), Data: files[0].Data, NoBody: true, Offset: U32(uint32(at))})
			}
			return xapk(files...)
		}},
		{"container-encrypted", "a split that is encrypted", Made, tampered, false, with(feature("a"), File{Name: "x.apk", Data: []byte(strings.Repeat("\xf5garbage", 500)), Method: 8, Deflated: true, Flags: 1, CRC: U32(7)})},
		{"container-method", "a split of an unknown compression method", Made, tampered, false, with(File{Name: "x.apk", Data: splitAPK(AttackPackage, "x"), Method: 0x5a5a})},
		{"container-noise", "a split of noise", Made, unreadable, false, with(File{Name: "x.apk", Data: []byte(strings.Repeat("\x07\x01\x09", 500))})},
		{"container-cut", "a split of which the second half is missing", Made, AnyGap, false, with(File{Name: "x.apk", Data: splitAPK(AttackPackage, "x", File{Name: "assets/b", Data: []byte(strings.Repeat("abc", 999))})[:900]})},
		{"container-no-base", "splits without a base", Made, unreadable, false, func() []byte {
			permission := E("uses-permission", Str("name", AttackPermission))
			return ZIP(File{Name: xapkNote, Data: []byte("{}")}, File{Name: "x.apk", Data: ZIP(packed(attackManifest, AXML(splitRoot(AttackPackage, "x", permission))))}, feature("y"))
		}},
		{"container-two-bases", "two bases of one package, the second with more permissions", Made, tampered, false, func() []byte {
			other := attackRoot(E("uses-permission", Str("name", "android.permission.CAMERA")))
			return xapk(File{Name: "base2.apk", Data: attackAPK(packed(attackManifest, AXML(other)))})
		}},
		{"container-two-apps", "two apps in an archive of nobody's format", Made, AnyGap, true, func() []byte {
			return ZIP(File{Name: "a.apk", Data: attackAPK()}, File{Name: "b.apk", Data: ZIP(packed(attackManifest, AXML(Manifest("com.other.app"))))})
		}},
		{"container-two-packages", "splits of two packages", Made, tampered, false, with(feature("a"), File{Name: "x.apk", Data: splitAPK("com.other.app", "x")})},
		{"container-same-name", "a split that claims another's name", Made, tampered, false, with(feature("a"), File{Name: "b.apk", Data: splitAPK(AttackPackage, "a", packed("classes.dex", attackDEX().Bytes()))})},
		{"container-versions", "a split of another version", Made, tampered, false, func() []byte {
			root := splitRoot(AttackPackage, "x")
			root.Attrs = append(root.Attrs, Int("versionCode", 7))
			return xapk(File{Name: "x.apk", Data: ZIP(packed(attackManifest, AXML(root)))})
		}},
		{"container-cycle", "splits that need each other", Made, tampered, false, func() []byte {
			needs := func(name, other string) File {
				return File{Name: name + ".apk", Data: ZIP(packed(attackManifest, AXML(splitRoot(AttackPackage, name, E("uses-split", Str("name", other))))))}
			}
			return xapk(needs("a", "b"), needs("b", "c"), needs("c", "a"))
		}},
		{"container-names", "APKs under names that lead out of the folder", "CVE-2018-1000117 and others (Zip Slip)", tampered, false, func() []byte {
			a := feature("a")
			a.Name = "../../../../data/local/tmp/a.apk"
			return xapk(a, File{Name: "/b.apk", Data: feature("b").Data}, File{Name: `..\c.apk`, Data: feature("c").Data})
		}},
		{"container-case", "endings in capitals", Made, "", false, func() []byte {
			return ZIP(File{Name: xapkNote, Data: []byte(`{"package_name":"` + AttackPackage + `"}`)}, File{Name: "Base.APK", Data: attackAPK()}, File{Name: "A.Apk", Data: feature("a").Data})
		}},
		{"container-case-twice", "two bases whose names differ in case only", Made, tampered, false, with(File{Name: "BASE.APK", Data: attackAPK()})},
		{"container-manifest", "an archive of APKs that has a manifest and code of its own", Made, audit.GapDynamicCode, false, func() []byte {
			other := ZIP(packed(attackManifest, AXML(Manifest("com.other.app"))), packed("classes.dex", attackDEX().Bytes()))
			return attackAPK(File{Name: xapkNote, Data: []byte(`{"package_name":"com.other.app"}`)}, File{Name: "base.apk", Data: other}, File{Name: "toc.pb"})
		}},
	}
	return append(append(list, noteAttacks()...), bundleAttacks()...)
}

// noteAttacks are archives of APKs whose own list of what they hold lies.
func noteAttacks() []Attack {
	const tampered, truncated, limit, unreadable = audit.GapTampered, audit.GapTruncated, audit.GapLimit, audit.GapUnreadable
	note := func(text string) func() []byte { return func() []byte { return noted(text) } }
	return []Attack{
		{"container-note-huge", "a manifest.json of 20 MB", Made, limit, false, func() []byte {
			return noted(`{"package_name":"` + AttackPackage + `","x":"` + strings.Repeat("x", 20<<20) + `"}`)
		}},
		{"container-note-bomb", "a manifest.json that inflates to 1 GB", Made, limit, false, func() []byte {
			return ZIP(File{Name: xapkNote, Body: kibibytes(1 << 20), Method: 8, Size: U32(100)}, File{Name: "base.apk", Data: attackAPK()})
		}},
		{"container-note-deep", "a manifest.json of arrays half a million deep", Made, unreadable, false, note(`{"x":` + strings.Repeat("[", 500_000))},
		{"container-note-lies", "a manifest.json that names another package", Made, tampered, false, note(`{"package_name":"com.other.app"}`)},
		{"container-note-missing", "a manifest.json that lists splits that are not there", Made, truncated, false,
			note(`{"package_name":"` + AttackPackage + `","split_apks":[{"file":"base.apk"},{"file":"config.arm64_v8a.apk"}]}`)},
		{"container-note-outside", "a manifest.json that lists files outside the archive", Made, tampered, false,
			note(`{"package_name":"` + AttackPackage + `","split_apks":[{"file":"base.apk"},{"file":"../../../../data/app/x.apk"},{"file":"/etc/passwd"}]}`)},
		{"container-note-encrypted", "a manifest.json that cannot be inflated", Made, unreadable, false, func() []byte {
			return ZIP(File{Name: xapkNote, Body: []byte("\xff\xff\xff\xff"), Method: 8, Size: U32(100)}, File{Name: "base.apk", Data: attackAPK()})
		}},
		{"container-apkm-note", "an info.json of noise", Made, unreadable, false, func() []byte {
			return ZIP(File{Name: "info.json", Data: []byte("\xff\xfe\x00{")}, File{Name: "base.apk", Data: attackAPK()}, feature("a"))
		}},
		{"container-toc-noise", "a toc.pb of noise", Made, unreadable, false, func() []byte {
			return apks([]byte(strings.Repeat("\xff", 99)))
		}},
		{"container-toc-huge", "a toc.pb of 20 MB", Made, limit, false, func() []byte { return apks(Message(9, make([]byte, 20<<20))) }},
		{"container-toc-length", "a toc.pb with a field of 2^62 bytes", Made, unreadable, false, func() []byte { return apks(hugeField()) }},
		{"container-toc-missing", "a toc.pb that lists splits that are not there", Made, truncated, false, func() []byte {
			return apks(Message(1, Message(2, Message(2, Message(2, "splits/base-arm64_v8a.apk"), 2, Message(2, "splits/base-master.apk")))))
		}},
		{"container-toc-lies", "a toc.pb that names another package", Made, tampered, false, func() []byte { return apks(Message(4, "com.other.app")) }},
	}
}

// apks is the app as bundletool's archive.
func apks(toc []byte) []byte {
	return ZIP(File{Name: "toc.pb", Data: toc}, File{Name: "splits/base-master.apk", Data: attackAPK()}, File{Name: "splits/a-master.apk", Data: feature("a").Data})
}

// hugeField is a message whose one field claims 2^62 bytes.
func hugeField() []byte { return append(binary.AppendUvarint([]byte{1<<3 | 2}, 1<<62), "text"...) }

// kibibytes is so many KiB of zeros, deflated. Made of the same pieces again and again they
// are never in memory.
func kibibytes(n int) []byte {
	piece := deflateBlock(make([]byte, 1<<20))
	out := make([]byte, 0, (n>>10)*len(piece)+5)
	for range n >> 10 {
		out = append(out, piece...)
	}
	return append(out, 1, 0, 0, 0xff, 0xff)
}

// aab is a bundle of the app: its base with further files.
func aab(files ...File) []byte {
	out := []File{{Name: "BundleConfig.pb"}, packed("base/manifest/"+attackManifest, ProtoXML(attackRoot())), packed("base/dex/classes.dex", attackDEX().Bytes())}
next:
	for _, f := range files {
		for i := range out[:3] {
			if out[i].Name == f.Name {
				out[i] = f
				continue next
			}
		}
		out = append(out, f)
	}
	return ZIP(out...)
}

// module is the manifest of a module of a bundle.
func module(name string, root Element) File {
	return packed(name+"/manifest/"+attackManifest, ProtoXML(root))
}

// bundleAttacks are bundles, whose files are protocol buffers.
func bundleAttacks() []Attack {
	const tampered, limit, unreadable = audit.GapTampered, audit.GapLimit, audit.GapUnreadable
	with := func(files ...File) func() []byte { return func() []byte { return aab(files...) } }
	base := func(data func() []byte) func() []byte {
		return func() []byte { return aab(packed("base/manifest/"+attackManifest, data())) }
	}
	table := func(data func() []byte) func() []byte {
		return func() []byte {
			root := attackRoot()
			root.Children[2].Attrs = []Attr{Ref("label", 0x7f010000)}
			return aab(packed("base/resources.pb", data()), packed("base/manifest/"+attackManifest, ProtoXML(root)))
		}
	}
	deep := func(n int, field int) []byte {
		var out []byte
		for range n {
			out = Message(1, Message(3, "a", field, out))
		}
		return out
	}
	return []Attack{
		{"bundle-deep", "a manifest of elements 300 deep", Made, limit, false, base(func() []byte {
			return Message(1, Message(3, "manifest", 4, Message(2, "package", 3, AttackPackage),
				5, ProtoXML(E("uses-permission", Str("name", AttackPermission))), 5, deep(300, 5)))
		})},
		{"bundle-deep-items", "values 10,000 deep where one is expected", Made, "", false, func() []byte {
			var item []byte
			for range 10_000 {
				item = Message(7, item, 1, item[:min(len(item), 10)])
			}
			root := Message(1, Message(3, "manifest", 4, Message(2, "package", 3, AttackPackage), 5, ProtoXML(E("uses-permission", Str("name", AttackPermission))),
				5, ProtoXML(E("application")), 4, Message(2, "x", 6, item)))
			return aab(packed("base/manifest/"+attackManifest, root))
		}},
		{"bundle-length", "a manifest with a field of 2^62 bytes behind what matters", Made, unreadable, false, base(func() []byte { return append(ProtoXML(attackRoot()), hugeField()...) })},
		{"bundle-field", "a manifest with a text of 12 MB", Made, limit, false, base(func() []byte {
			return ProtoXML(attackRoot(E("meta-data", Str("name", "x"), Str("value", strings.Repeat("x", 12<<20)))))
		})},
		{"bundle-manifest-bomb", "a manifest of 1 GB", Made, limit, true, func() []byte {
			return aab(File{Name: "base/manifest/" + attackManifest, Body: kibibytes(1 << 20), Method: 8, Size: U32(100)})
		}},
		{"bundle-group", "a manifest that is a group, a kind of field out of use", Made, unreadable, true, base(func() []byte { return []byte{0x0b, 0x0c} })},
		{"bundle-noise", "a manifest of noise", Made, unreadable, true, base(func() []byte { return []byte(strings.Repeat("\x07\x01\x09", 500)) })},
		{"bundle-elements", "two million elements", Made, limit, true, base(func() []byte {
			return Message(1, append(Message(3, "manifest"), strings.Repeat(string(Message(5, Message(1, ""))), 2<<20)...))
		})},
		{"bundle-table-length", "a resource table with a field of 2^62 bytes", Made, unreadable, false, table(hugeField)},
		{"bundle-table-packages", "a resource table of 100,000 packages", Made, limit, false, table(func() []byte { return []byte(strings.Repeat(string(Message(2, "")), 100_000)) })},
		{"bundle-table-bomb", "a resource table of 1 GB", Made, limit, false, func() []byte {
			root := attackRoot()
			root.Children[2].Attrs = []Attr{Ref("label", 0x7f010000)}
			return aab(File{Name: "base/resources.pb", Body: kibibytes(1 << 20), Method: 8, Size: U32(100)}, packed("base/manifest/"+attackManifest, ProtoXML(root)))
		}},
		{"bundle-no-base", "modules without a base", Made, unreadable, false, func() []byte {
			permission := E("uses-permission", Str("name", AttackPermission))
			return ZIP(File{Name: "BundleConfig.pb"}, module("x", Manifest(AttackPackage, permission)), module("y", Manifest(AttackPackage)))
		}},
		{"bundle-two-packages", "a module of another package", Made, tampered, false, with(module("x", splitRoot("com.other.app", "x")), packed("x/dex/classes.dex", attackDEX().Bytes()))},
		{"bundle-same-name", "a module whose manifest claims another's name", Made, tampered, false, with(module("a", splitRoot(AttackPackage, "a")), module("b", splitRoot(AttackPackage, "a")))},
		{"bundle-cycle", "modules that need each other", Made, tampered, false, with(
			module("a", splitRoot(AttackPackage, "a", E("uses-split", Str("name", "b")))), module("b", splitRoot(AttackPackage, "b", E("uses-split", Str("name", "a")))))},
		{"bundle-modules", "30,000 modules", Made, limit, false, func() []byte {
			var files []File
			for i := range 30_000 {
				name := fmt.Sprintf("m%d", i)
				files = append(files, File{Name: name + "/manifest/" + attackManifest, Data: ProtoXML(splitRoot(AttackPackage, name))})
			}
			return aab(files...)
		}},
		{"bundle-manifest", "a bundle that has a manifest and code of an APK too", Made, audit.GapDynamicCode, false, func() []byte {
			return attackAPK(File{Name: "BundleConfig.pb"}, module("base", Manifest("com.other.app")), packed("base/dex/classes.dex", attackDEX().Bytes()))
		}},
		{"bundle-case", "a bundle whose folders are in capitals", Made, unreadable, true, func() []byte {
			return ZIP(File{Name: "BUNDLECONFIG.PB"}, packed("BASE/MANIFEST/"+attackManifest, ProtoXML(attackRoot())), packed("BASE/DEX/classes.dex", attackDEX().Bytes()))
		}},
	}
}
