package apktest

import (
	"bytes"
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

// Attack is one APK that is made to mislead, to exhaust or to end whoever reads it.
type Attack struct {
	Name string // in words that can be a file name: letters, digits and hyphens
	What string // one line
	// Seen is what showed it: a CVE, the sha256 of a real file, or Made.
	Seen string
	// Gap is the kind of gap that has to tell of it, "" where there is nothing to tell
	// because Android reads the file as an honest one, and so must the reader.
	Gap string
	// Lost says that package and permission of the app need not be found.
	Lost  bool
	Build func() []byte
}

// AnyGap as the Gap of an attack is any kind that makes a report incomplete.
const AnyGap = "*"

// Made stands for an attack that is known from its description only.
const Made = "made"

// Real files that have shown an attack, by sha256.
const (
	seenNULName      = "5043e79831e896fc733bfbb620bb4be7377fcfc16db77cd2cb5348e824f9c5c4"
	seenCutDirectory = "1e332dc0b473de5fae8ef6c347672fe5386aba881a1b9ac77d0193092e308d9e"
	seenBadOffsets   = "94be14416a8bbffb5d156295a0e69eeac586b915bbb070b5d4729ffeeef97eff"
	seenNoManifest   = "0c9f14b2912c81e612fa17ce13f9d4ce2611ad5856e114bcfa63c0ff1ccb72bb"
)

// What the app of every attack is where it can be read.
const (
	AttackPackage    = "com.example.app"
	AttackPermission = "android.permission.READ_PHONE_STATE"
)

const (
	attackManifest  = "AndroidManifest.xml"
	attackResources = "resources.arsc"
	attackMain      = "Lcom/example/app/Main;"
	attackSink      = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
)

// Attacks lists every attack, by what it is aimed at.
func Attacks() []Attack {
	var out []Attack
	for _, list := range [][]Attack{
		archiveAttacks(), archiveBombs(), nameAttacks(), manifestAttacks(), resourceAttacks(),
		damagedCodeAttacks(), codeAttacks(), graphAttacks(), nativeAttacks(), nestedAttacks(), policyAttacks(), containerAttacks(),
	} {
		out = append(out, list...)
	}
	return out
}

// attackRoot is the manifest of the app in the attacks.
func attackRoot(children ...Element) Element {
	app := E("application", Str("label", "Example"),
		E("activity", Str("name", ".Main"), E("intent-filter",
			E("action", Str("name", "android.intent.action.MAIN")), E("category", Str("name", "android.intent.category.LAUNCHER")))))
	return Manifest(AttackPackage, append([]Element{E("uses-sdk", Int("minSdkVersion", 21), Int("targetSdkVersion", 33)),
		E("uses-permission", Str("name", AttackPermission)), app}, children...)...)
}

// attackDEX is its code: one class with one call that reads an identifier.
func attackDEX() *DEX {
	d := NewDEX("035")
	d.Class(attackMain, "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V", NewDEXCode(4, 2, 2).Invoke(0x6e, attackSink, 0).ReturnVoid())
	return d
}

func packed(name string, data []byte) File { return File{Name: name, Data: data, Method: 8} }

// attackFiles are the files of the app, those given in place of those of the same name.
func attackFiles(files ...File) []File {
	out := []File{packed(attackManifest, AXML(attackRoot())), packed("classes.dex", attackDEX().Bytes())}
next:
	for _, f := range files {
		for i := range out[:2] {
			if out[i].Name == f.Name && f.Data != nil {
				out[i] = f
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

// attackAPK is the app with further files.
func attackAPK(files ...File) []byte { return ZIP(attackFiles(files...)...) }

// archiveAttacks lie about what the archive holds.
func archiveAttacks() []Attack {
	honest := func() []File { return attackFiles() }
	main := func(change func(f *File)) func() []byte {
		return func() []byte {
			files := honest()
			for i := range files {
				change(&files[i])
			}
			return ZIP(files...)
		}
	}
	zip := func(a Archive) func() []byte { return func() []byte { return a.ZIP(honest()...) } }
	other := func() []byte { return AXML(Manifest("com.other.app")) }
	const tampered, truncated = audit.GapTampered, audit.GapTruncated
	return []Attack{
		{"zip-encrypted-flag", "every entry claims to be encrypted, which Android ignores", Made, tampered, false, main(func(f *File) { f.Flags = 1 })},
		{"zip-strong-encryption-flags", "all general purpose bits but that of the descriptor", Made, tampered, false, main(func(f *File) { f.Flags = 0xfff7 })},
		{"zip-bogus-method-stored", "unknown compression method, manifest stored", Made, tampered, false, func() []byte {
			return ZIP(File{Name: attackManifest, Data: AXML(attackRoot()), Method: 0x5a5a}, packed("classes.dex", attackDEX().Bytes()))
		}},
		{"zip-bogus-method-deflated", "unknown compression method, code deflated", Made, tampered, false, func() []byte {
			return attackAPK(File{Name: "classes.dex", Data: attackDEX().Bytes(), Method: 99, Deflated: true})
		}},
		{"zip-prefix", "bytes before the archive, counted by its offsets", Made, "", false, zip(Archive{Prefix: bytes.Repeat([]byte("junk"), 999)})},
		{"zip-prefix-shifted", "bytes before the archive, not counted by its offsets", Made, tampered, false, zip(Archive{Prefix: []byte("MZ junk"), Shifted: true})},
		{"zip-dex-before", "a DEX file before the archive: Android 5 to 8 run that", "CVE-2017-13156", tampered, false, zip(Archive{Prefix: attackDEX().Bytes()})},
		{"zip-suffix", "bytes behind the end record", Made, tampered, false, zip(Archive{Suffix: []byte("more")})},
		{"zip-second-end", "an end record of an empty archive behind the real one", Made, truncated, false, zip(Archive{Suffix: ZIP()})},
		{"zip-end-in-comment", "a whole other archive behind the real one", Made, "", true, func() []byte {
			return append(attackAPK(), ZIP(packed(attackManifest, other()), packed("classes.dex", attackDEX().Bytes()))...)
		}},
		{"zip64-records", "end record in its 64-bit form for a few files", Made, "", false, zip(Archive{End64: true, Records: U16(0xffff)})},
		{"zip64-claims", "64-bit end record that claims 2^63 files", Made, truncated, false, func() []byte {
			size := len(attackAPK())
			return Archive{Records: U16(0xffff), Claims64: &End64{1 << 63, uint64(size), 1 << 62}}.ZIP(honest()...)
		}},
		{"zip64-extra", "extra fields of a 64-bit entry, for sizes that need none", Made, "", false, main(func(f *File) {
			f.Extra = append([]byte{1, 0, 16, 0}, bytes.Repeat([]byte{0xff}, 16)...)
		})},
		{"zip-extra-cut", "extra fields that claim more than is there", Made, "", false, main(func(f *File) { f.Extra = []byte{1, 0, 0xff, 0xff, 1} })},
		{"zip-claims-4gb", "every size is claimed to be 4 GB", Made, tampered, false, main(func(f *File) { f.Size = U32(0xfffffff0) })},
		{"zip-claims-4gb-packed", "every packed size is claimed to be 4 GB", Made, tampered, false, main(func(f *File) { f.Size, f.Packed = U32(0xfffffff0), U32(0xfffffff0) })},
		{"zip-claims-nothing", "every size is claimed to be 0", Made, tampered, false, main(func(f *File) { f.Size = U32(0) })},
		{"zip-wrong-checksums", "no checksum is right", Made, tampered, false, main(func(f *File) { f.CRC = U32(7) })},
		{"zip-descriptors", "sizes stand behind the data", Made, "", false, main(func(f *File) { f.Flags = 8 })},
		{"zip-duplicate-manifest", "two manifests, Android takes the first", "CVE-2013-4787", tampered, false, func() []byte {
			return ZIP(append(honest(), packed(attackManifest, other()))...)
		}},
		{"zip-duplicate-code", "two classes.dex", "CVE-2013-4787", tampered, false, func() []byte {
			return ZIP(append(honest(), packed("classes.dex", NewDEX("035").Bytes()))...)
		}},
		{"zip-local-name", "local headers name other files than the directory", Made, "", false, main(func(f *File) { f.Local = "res/icon.png" })},
		{"zip-extra-length", "local header with an extra field of 65535 bytes", "CVE-2013-4787 (bug 9695860)", "", false, main(func(f *File) { f.Extra = make([]byte, 65535) })},
		{"zip-overlap", "code and pictures share their data", Made, "", false, func() []byte {
			files := honest()
			at := uint32(len(ZIP(files[:1]...)) - 46 - len(attackManifest) - 22)
			code := files[1]
			code.Name, code.NoBody, code.Offset = "assets/picture.png", true, U32(at)
			return ZIP(append(files, code)...)
		}},
		{"zip-outside", "a file is said to start outside the archive", Made, tampered, false, func() []byte {
			return ZIP(append(honest(), File{Name: "assets/x", Data: []byte("x"), Offset: U32(1 << 30)})...)
		}},
		{"zip-directory-cut", "the directory ends before its last entry", seenCutDirectory, truncated, false, zip(Archive{Records: U16(99)})},
		{"zip-directory-short", "the end record says 1 file of 2: the code is not found", Made, tampered, false, zip(Archive{Records: U16(1)})},
		{"zip-no-directory", "no directory at all", Made, truncated, false, zip(Archive{NoDirectory: true})},
		{"zip-half", "the second half of the file is missing", Made, truncated, true, func() []byte { b := attackAPK(); return b[:len(b)/2] }},
		{"zip-directory-into-end", "the directory reaches into the end record", seenBadOffsets, tampered, false, func() []byte {
			b := attackAPK()
			b[len(b)-10] += 2
			return b
		}},
		{"zip-code-only", "code without a manifest", seenNoManifest, audit.GapUnreadable, true, func() []byte { return ZIP(packed("classes.dex", attackDEX().Bytes())) }},
		{"zip-empty", "an archive of nothing", Made, audit.GapUnreadable, true, func() []byte { return ZIP() }},
		{"file-zeros", "a megabyte of zeros", Made, audit.GapUnreadable, true, func() []byte { return make([]byte, 1<<20) }},
		{"file-empty", "no byte", Made, audit.GapUnreadable, true, func() []byte { return nil }},
	}
}

// archiveBombs are small and become large, or many.
func archiveBombs() []Attack {
	zeros := func(n int) []byte { return make([]byte, n) }
	bomb := func(name string, mb int) func() []byte {
		return func() []byte { return attackAPK(packed(name, zeros(mb<<20))) }
	}
	many := func(n int, name string, archive Archive) func() []byte {
		return func() []byte {
			files := attackFiles()
			for i := range n {
				files = append(files, File{Name: fmt.Sprintf(name, i)})
			}
			return archive.ZIP(files...)
		}
	}
	// kernel has many entries of one packed body, as in "A better zip bomb" of 2019.
	kernel := func(n int, name string, body []byte) func() []byte {
		return func() []byte {
			files := attackFiles()
			at := len(ZIP(files...)) - 22
			for _, f := range files {
				at -= 46 + len(f.Name)
			}
			for i := range n {
				files = append(files, File{Name: fmt.Sprintf(name, i+2), Data: body, Method: 8, NoBody: i > 0, Offset: U32(uint32(at)), Local: "kernel"})
			}
			return ZIP(files...)
		}
	}
	const limit = audit.GapLimit
	return []Attack{
		{"bomb-asset", "200 MB of zeros as a page among the assets, ratio 1000", Made, limit, false, bomb("assets/www/index.html", 200)},
		{"bomb-script", "200 MB of zeros as a script", Made, limit, false, bomb("assets/index.android.bundle", 200)},
		{"bomb-code", "300 MB of zeros as code", Made, limit, false, bomb("classes2.dex", 300)},
		{"bomb-manifest", "200 MB of zeros as manifest", Made, limit, true, bomb(attackManifest, 200)},
		{"bomb-resources", "200 MB of zeros as resource table", Made, limit, false, bomb(attackResources, 200)},
		{"bomb-library", "300 MB of zeros as native library", Made, limit, false, bomb("lib/arm64-v8a/libx.so", 300)},
		{"bomb-policy", "200 MB of zeros as policy", Made, "", false, bomb("assets/privacy_policy.html", 200)},
		{"bomb-entries", "100,000 entries", Made, "", false, many(99_998, "assets/%d", Archive{End64: true})},
		{"bomb-entries-more", "200,000 entries", Made, limit, false, many(200_000, "assets/%d", Archive{End64: true})},
		{"bomb-entries-libraries", "60,000 native libraries of one byte", Made, "", false, many(60_000, "lib/arm64-v8a/lib%d.so", Archive{})},
		{"bomb-entries-policies", "60,000 policies", Made, "", false, many(60_000, "assets/privacy%d.html", Archive{})},
		{"bomb-entries-code", "60,000 code files of one byte", Made, AnyGap, false, many(60_000, "classes%d.dex", Archive{})},
		{"bomb-overlap-pages", "2,000 pages of one packed body, 20 GB in all", "A better zip bomb (WOOT 2019)", limit, false, kernel(2000, "assets/%d.html", bytes.Repeat([]byte("<p>https://a.example.com/x</p>\n"), 10<<20/32))},
		{"bomb-overlap-code", "200 DEX files of one packed body", "A better zip bomb (WOOT 2019)", limit, false, kernel(200, "classes%d.dex", zeros(100<<20))},
		{"bomb-overlap-libraries", "500 native libraries of one packed body", "A better zip bomb (WOOT 2019)", limit, false, kernel(500, "lib/arm64-v8a/lib%d.so", ELF{Data: bytes.Repeat([]byte("https://a.example.com/\x00"), 2<<20)}.Bytes())},
		{"bomb-directory", "a directory of 34 MB in names", Made, limit, false, func() []byte {
			files := attackFiles()
			for i := range 520 {
				files = append(files, File{Name: fmt.Sprintf("assets/%d/", i) + strings.Repeat("n", 65_000)})
			}
			return ZIP(files...)
		}},
	}
}

// nameAttacks put into names what no name should hold.
func nameAttacks() []Attack {
	names := func(list ...string) func() []byte {
		return func() []byte {
			var files []File
			for _, n := range list {
				files = append(files, File{Name: n, Data: append([]byte("dex\n035\x00"), n...)})
			}
			return attackAPK(files...)
		}
	}
	label := func(s string) func() []byte {
		return func() []byte {
			root := attackRoot(E("uses-permission", Str("name", s)), E("meta-data", Str("name", s), Str("value", s)))
			root.Attrs = append(root.Attrs, Str("versionName", s))
			root.Children[2].Attrs = []Attr{Str("label", s)}
			return attackAPK(packed(attackManifest, AXML(root)))
		}
	}
	const odd = "\x1b[31mred\x1b]0;title\x07\r\noverwritten\x00\x9b2J\u202eltr\u2066\u200b\ufeff"
	return []Attack{
		{"name-traversal", "names that lead out of the folder", "CVE-2018-1000117 and others (Zip Slip)", "", false, names("../../../../tmp/x", "/etc/passwd", `..\..\x.dex`, "assets/../../classes2.dex", "C:\\x.dex")},
		{"name-nul", "names with NUL: classes.dex\\x00.png", seenNULName, "", false, names("classes.dex\x00.png", "AndroidManifest.xml\x00", "\x00", "assets/a\x00b.html")},
		{"name-control", "control and escape characters, bidirectional overrides in names of entries", Made, "", false, names("assets/"+odd+".dex", "lib/arm64-v8a/lib"+odd+".so", "assets/\u202egnp.xed")},
		{"name-64k", "names of 65,535 bytes", Made, "", false, names("assets/"+strings.Repeat("x", 65_528), "lib/arm64-v8a/"+strings.Repeat("y", 65_500)+".so", strings.Repeat("a/", 30_000)+"b.dex")},
		{"name-bytes", "names that are not UTF-8, empty ones, slashes", Made, "", false, names("\xff\xfe\xfd.dex", "", "/", "//", "assets//x.html", "classes.dex/", "META-INF/\xff.SF")},
		{"name-like-manifest", "names that differ from the manifest's in case or by a dot", Made, "", false, func() []byte {
			other := AXML(Manifest("com.other.app"))
			return ZIP(append([]File{packed("./"+attackManifest, other), packed("androidmanifest.xml", other), packed("/"+attackManifest, other), packed(attackManifest+" ", other)}, attackFiles()...)...)
		}},
		{"name-in-manifest", "control and escape characters in label, version, permission, meta-data", Made, "", false, label(odd)},
		{"name-long-in-manifest", "a label and a permission of a megabyte", Made, audit.GapLimit, false, label(strings.Repeat("长", 1<<20/3))},
		{"name-package", "a package name that is a path, with an escape", Made, "", true, func() []byte {
			root := attackRoot()
			root.Attrs = []Attr{Plain("package", "../../../../tmp/evil\x1b[2J\u202e")}
			return attackAPK(packed(attackManifest, AXML(root)))
		}},
	}
}
