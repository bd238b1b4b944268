package apktest

import (
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

// nestedAttacks hide files in files.
func nestedAttacks() []Attack {
	asset := func(name string, data func() []byte) func() []byte {
		return func() []byte { return attackAPK(File{Name: "assets/" + name, Data: data()}) }
	}
	deep := func(levels int, inner []byte) []byte {
		for range levels {
			inner = ZIP(packed("classes.dex", attackDEX().Bytes()), packed("inner.jar", inner))
		}
		return inner
	}
	const dynamic, limit = audit.GapDynamicCode, audit.GapLimit
	return []Attack{
		{"nested-dex", "code named as a picture among the assets", Made, dynamic, false, asset("a.png", func() []byte { return attackDEX().Bytes() })},
		{"nested-apk", "an app inside the app", Made, dynamic, false, asset("a.apk", func() []byte { return attackAPK() })},
		{"nested-deep", "archives in archives, 100 deep", Made, dynamic, false, asset("a.jar", func() []byte { return deep(100, nil) })},
		{"nested-bomb", "an archive of an archive of 200 MB of zeros as code", Made, limit, false, asset("a.jar", func() []byte {
			return ZIP(packed("classes.dex", append(attackDEX().Bytes(), make([]byte, 200<<20)...)))
		})},
		{"nested-many", "2,000 archives with code", Made, AnyGap, false, func() []byte {
			jar := ZIP(packed("classes.dex", attackDEX().Bytes()))
			var files []File
			for i := range 2000 {
				files = append(files, File{Name: fmt.Sprintf("assets/%d.jar", i), Data: jar})
			}
			return attackAPK(files...)
		}},
		{"nested-self", "an archive that holds the rest of itself", "made after R. Cox, Zip files all the way down", dynamic, false, asset("a.zip", selfZIP)},
		{"nested-self-apk", "an app that holds the rest of itself", "made after R. Cox, Zip files all the way down", "", false, selfZIPApp},
		{"nested-encrypted", "encrypted code in an archive", Made, AnyGap, false, asset("a.jar", func() []byte {
			return ZIP(File{Name: "classes.dex", Data: []byte(strings.Repeat("\xf5garbage", 50)), Method: 8, Deflated: true, Flags: 1, CRC: U32(7)})
		})},
		{"nested-lies", "an archive whose code is said to lie elsewhere", Made, audit.GapUnreadable, false, asset("a.jar", func() []byte {
			return ZIP(File{Name: "classes.dex", Data: attackDEX().Bytes(), Offset: U32(1 << 30)})
		})},
		{"script-lines", "a script of one line of 20 MB", Made, "", false, asset("index.android.bundle", func() []byte {
			return []byte(strings.Repeat(`var a="https://a.example.com/x";getDeviceId();`, 20<<20/46))
		})},
		{"script-hits", "a script with 100,000 places that ask for the location", Made, limit, false, asset("index.android.bundle", func() []byte {
			return []byte(strings.Repeat("navigator.geolocation.getCurrentPosition(f);", 100_000))
		})},
		{"script-brackets", "a page of ten million open brackets and quotes", Made, "", false, asset("www/index.html", func() []byte {
			return []byte(strings.Repeat("<\"'`{[(", 10<<20/7))
		})},
	}
}

// selfZIP is an archive whose first entry claims everything behind its header.
func selfZIP() []byte { return swallow(ZIP, packed("classes.dex", attackDEX().Bytes())) }

func selfZIPApp() []byte { return swallow(ZIP, attackFiles()...) }

// swallow puts an entry before the others that claims all that follows it.
func swallow(build func(...File) []byte, files ...File) []byte {
	first := File{Name: "assets/self.apk"}
	size := func(n int) *uint32 { return U32(uint32(n)) }
	n := len(build(append([]File{first}, files...)...)) - 30 - len(first.Name)
	first.Size, first.Packed = size(n), size(n)
	return build(append([]File{first}, files...)...)
}

// policyAttacks are policies inside the app.
func policyAttacks() []Attack {
	const words = "Privacy policy. We collect personal information and share personal data with third parties. 隐私政策：我们收集个人信息，与第三方共享。"
	named := func(ext string, data func() []byte) func() []byte {
		return func() []byte { return attackAPK(packed("assets/privacy_policy"+ext, data())) }
	}
	text := func(ext, before, one string, n int, after string) func() []byte {
		return named(ext, func() []byte { return []byte(before + strings.Repeat(one, n) + after) })
	}
	page := "<html><body><p>" + words + "</p>"
	const limit = audit.GapLimit
	rows := strings.Repeat("<tr>"+strings.Repeat("<td>SDK</td>", 300)+"</tr>", 300)
	return []Attack{
		{"policy-line", "2 MB of text in one line", Made, "", false, text(".txt", words, "We collect your location, phone number and IMEI, and share them with Umeng, JPush and Bugly; ", 2<<20/94, "")},
		{"policy-line-zh", "2 MB of Chinese in one line, all commas", Made, "", false, text(".txt", words, "我们收集您的位置信息、手机号码、IMEI，并共享给友盟、极光、腾讯；", 2<<20/90, "")},
		{"policy-word", "4 MB without a space or stop", Made, "", false, text(".txt", words, "收集", 4<<20/6, "")},
		{"policy-lines", "a million lines of one letter", Made, limit, false, text(".txt", words+"\n", "a\n", 1<<20, "")},
		{"policy-enumeration", "500,000 items between commas", Made, "", false, text(".txt", words+"We collect ", "IMEI、", 500_000, "。")},
		{"policy-brackets", "a million open brackets", Made, "", false, text(".txt", words, "（(「【", 250_000, "")},
		{"policy-html-deep", "elements 500,000 deep", Made, "", false, text(".html", page, "<div>", 500_000, words)},
		{"policy-html-tables-deep", "tables in tables, 20,000 deep", Made, "", false, text(".html", page, "<table><tr><td>SDK", 20_000, words)},
		{"policy-html-table", "a table of 300 x 300 cells, ten times", Made, "", false, text(".html", page, "<table>"+rows+"</table>", 10, "")},
		{"policy-html-spans", "cells that span 1000 x 65534 others", Made, "", false, text(".html", page+"<table>", `<tr><td colspan="1000" rowspan="65534">SDK</td><td colspan=99999999 rowspan=99999999>友盟</td></tr>`, 2000, "</table>")},
		{"policy-html-attributes", "an element of 300,000 attributes", Made, "", false, text(".html", page+"<p ", "a='b' ", 300_000, ">x</p>")},
		{"policy-html-entities", "2 MB of entities", Made, "", false, text(".html", page, "&nbsp;&#x202e;&#27;&NotEqualTilde;", 2<<20/34, "")},
		{"policy-html-formatting", "100,000 open formatting elements", Made, "", false, text(".html", page, "<b><i><a href=x><p>", 25_000, words)},
		{"policy-html-script", "escape sequences, scripts and bidirectional overrides to be quoted", Made, "", false, text(".html", page, "<p>We share your location with \x1b[31mEvil\x1b[0m\u202e Inc &lt;script&gt;alert(1)&lt;/script&gt; and =cmd|'/c calc'!A1.</p>", 20, "")},
		{"policy-markdown-table", "a table of 100,000 rows", Made, limit, false, text(".md", words+"\n\n| SDK | data | purpose |\n|---|---|---|\n", "| Umeng | IMEI, location | statistics |\n", 40_000, "")},
		{"policy-markdown-deep", "quotes and lists 100,000 deep", Made, "", false, text(".md", words+"\n\n", "> - ", 100_000, words)},
		{"policy-docx-bomb", "a document of 200 MB of zeros", Made, "", false, named(".docx", func() []byte {
			return ZIP(packed("word/document.xml", make([]byte, 200<<20)), packed("[Content_Types].xml", nil))
		})},
		{"policy-docx-deep", "a document of elements 300,000 deep", Made, "", false, named(".docx", func() []byte {
			return ZIP(packed("word/document.xml", []byte("<w:document><w:body>"+strings.Repeat("<w:tbl><w:tr><w:tc><w:p>", 75_000)+"<w:t>"+words+"</w:t>")), packed("[Content_Types].xml", nil))
		})},
		{"policy-pdf-loop", "a document whose pages are their own parents", Made, "", false, text(".pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 999999999>>endobj\n", "% x\n", 1000, "trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF")},
		{"policy-pdf-objects", "200,000 objects that open arrays", Made, "", false, text(".pdf", "%PDF-1.4\n", "1 0 obj [[[[<<(", 200_000, "\ntrailer<</Root 1 0 R>>\n%%EOF")},
		{"policy-utf16", "UTF-16 that claims to be UTF-8 and ends in the middle", Made, "", false, text(".txt", "\xff\xfe", "\x36\x65\xc6\x96\x2a\x4e", 200_000, "\x00")},
		{"policy-many", "8 policies of 2 MB", Made, limit, false, func() []byte {
			var files []File
			for i := range 8 {
				files = append(files, packed(fmt.Sprintf("assets/privacy%d.txt", i), []byte(words+fmt.Sprint(i)+strings.Repeat("We collect your location, phone number and IMEI and share them with Umeng.\n", 2<<20/74))))
			}
			return attackAPK(files...)
		}},
	}
}
