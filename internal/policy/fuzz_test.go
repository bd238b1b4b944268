package policy

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// maxFuzzBytes keeps single fuzz inputs quick.
const maxFuzzBytes = 1 << 16

// addPolicies seeds a fuzz target with the policies of the test data.
func addPolicies(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(policyDir, pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("no test data for %s: %v", pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// readAnything reads bytes as a document of that name and checks what holds of
// every policy.
func readAnything(t *testing.T, name string, data []byte) {
	if len(data) > maxFuzzBytes {
		t.Skip()
	}
	p, gaps, err := testReader().Read(context.Background(), []Input{{Name: name, Data: data}})
	if err != nil {
		if len(gaps) != 1 || gaps[0].Kind != audit.GapUnreadable && gaps[0].Kind != audit.GapLimit || len(p.Sources) != 1 {
			t.Fatalf("an unreadable document needs a source and a gap: %v %v", p.Sources, gaps)
		}
		return
	}
	checkQuotes(t, p)
}

// checkBlocks: blocks stand inside the text in order, cells inside their rows.
func checkBlocks(t *testing.T, d *document) {
	t.Helper()
	end := 0
	for i, b := range d.blocks {
		if b.start < end || b.end > len(d.text) || b.empty() {
			t.Fatalf("block %d stands at %v, behind %d of %d", i, b.span, end, len(d.text))
		}
		end = b.end
		for _, c := range b.cells {
			if c.start > c.end || c.end > len(d.text) {
				t.Fatalf("block %d: cell %v", i, c)
			}
		}
	}
	for i := 1; i < len(d.lines); i++ {
		if d.lines[i].offset < d.lines[i-1].offset {
			t.Fatalf("line marks out of order: %v after %v", d.lines[i], d.lines[i-1])
		}
	}
}

func FuzzReadText(f *testing.F) {
	addPolicies(f, "*.txt")
	f.Add([]byte("SDK名称 | 公司名称 | 使用目的 |\n友盟 | | |\n"))
	f.Add([]byte("SDK名称:\nSDK名称:极光推送\n【仅iOS】\n(IMEI"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := decode(data, formatText, ""); err == nil {
			checkBlocks(t, readText(text))
		}
		readAnything(t, "a.txt", data)
	})
}

func FuzzReadHTML(f *testing.F) {
	addPolicies(f, "*.html")
	f.Add([]byte("<table><tr><td rowspan=3>a<td colspan=2>b<table><tr><td>c</table><tr>x<td>d"))
	f.Add([]byte("<p hidden>x<div style='display:none'><br>a</div>收集IMEI<ul><li>b<a href=http://x>c</a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := decode(data, formatHTML, ""); err == nil {
			checkBlocks(t, readHTML(text))
		}
		readAnything(t, "a.html", data)
	})
}

func FuzzReadMarkdown(f *testing.F) {
	addPolicies(f, "*.md")
	f.Add([]byte("- a\n  > b\n\n|x|y|\n|-|-|\n|1|\n<table><tr><td>z\n\n```\nIMEI\n```\n"))
	f.Add([]byte("[a]: b\n*a _b ![c](d) <e@f.g> &amp; \\* `h`\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := decode(data, formatMarkdown, ""); err == nil {
			checkBlocks(t, readMarkdown(text))
		}
		readAnything(t, "a.md", data)
	})
}

func FuzzReadPDF(f *testing.F) {
	for _, font := range []string{fontUni, fontGBK, fontUCS2, fontMute} {
		p := newTestPDF()
		p.plain = true
		f.Add(drawPolicy(p, font))
	}
	for _, packed := range []bool{false, true} {
		p := newTestPDF()
		p.plain, p.packed, p.rotate = true, packed, 90
		p.text(fontRanges, 11, 60, 700, "\x01\x80\x01IMEI")
		p.text(fontDiffs, 11, 60, 600, "\x01\x02\x03")
		p.ops.WriteString("/Span << /ActualText <FEFF6536> >> BDC BT /F7 11 Tf 60 500 Td [(a) -300 <0001>] TJ ET EMC q 2 0 0 2 0 0 cm /Im Do Q BI /W 1 ID x EI 1 2 3 4 re f\n")
		p.endPage()
		f.Add(p.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxFuzzBytes {
			t.Skip()
		}
		if d, err := readPDF(t.Context(), data, DefaultLimits()); err == nil {
			checkBlocks(t, d)
		}
		readAnything(t, "a.pdf", data)
	})
}

func FuzzReadDOCX(f *testing.F) {
	// What is no ZIP is taken for the text's part, as a mutated container seldom
	// opens.
	body := `<w:document ` + wordNS + `><w:body><w:p><w:pPr><w:pStyle w:val="1"/><w:numPr/></w:pPr><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>收集IMEI</w:t><w:tab/><w:br/></w:r>` +
		`<w:hyperlink r:id="rId3"><w:r><w:t>x</w:t><w:footnoteReference w:id="2"/></w:r></w:hyperlink></w:p><w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>` +
		wtc(`<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>`, wp("a")) + wtc(`<w:vMerge/>`, wp("b")+`<w:tbl><w:tr><w:tc/></w:tr></w:tbl>`) + `</w:tr></w:tbl>` +
		`<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>` + wp("框") + `</w:txbxContent></mc:Choice><mc:Fallback/></mc:AlternateContent><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "a"</w:instrText>` +
		`<w:fldChar w:fldCharType="separate"/><w:t>c</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p></w:body></w:document>`
	f.Add([]byte(body))
	f.Add(docxOf(wp("我们会收集您的IMEI。")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxFuzzBytes {
			t.Skip()
		}
		if !bytes.HasPrefix(data, []byte("PK")) {
			data = docxParts(map[string]string{"_rels/.rels": docxPkg, "word/_rels/document.xml.rels": docxRelParts, "word/styles.xml": docxStyleParts, "word/footnotes.xml": docxNotes, "word/document.xml": string(data)})
		}
		if d, err := readDOCX(data, DefaultLimits()); err == nil {
			checkBlocks(t, d)
		}
		readAnything(t, "a.docx", data)
	})
}

func FuzzDecode(f *testing.F) {
	addPolicies(f, "*.*.*")
	f.Add([]byte("\xEF\xBB\xBF收集"))
	f.Add([]byte("\xFF\xFE6e\xC6\x96"))
	f.Add([]byte("\xFE\xFF\x65\x36\x96\xC6"))
	f.Add([]byte("<meta charset=big5>\xA6\xAC\xB6\xB0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []string{formatText, formatHTML} {
			text, err := decode(data, format, "")
			if err == nil && !utf8.ValidString(text) {
				t.Fatalf("%s: not valid UTF-8: %q", format, text)
			}
		}
		readAnything(t, "policy", data)
	})
}
