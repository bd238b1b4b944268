package policy

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	wordNS       = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
	docxPkg      = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	docxRelParts = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/>` +
		`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://www.jiguang.cn/license/privacy" TargetMode="External"/></Relationships>`
	docxStyleParts = `<w:styles ` + wordNS + `><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>` +
		`<w:style w:styleId="mine"><w:name w:val="My head"/><w:basedOn w:val="2"/></w:style><w:style w:styleId="2"><w:name w:val="heading 2"/></w:style>` +
		`<w:style w:styleId="loop"><w:name w:val="x"/><w:basedOn w:val="loop"/></w:style><w:style w:styleId="T"><w:name w:val="toc 1"/></w:style>` +
		`<w:style w:styleId="L"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>` +
		`<w:style w:type="character" w:styleId="H"><w:name w:val="Gone"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`
	docxNotes = `<w:footnotes ` + wordNS + `><w:footnote w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t>脚注说明。</w:t></w:r></w:p></w:footnote></w:footnotes>`
)

// docxOf makes a DOCX with this body.
func docxOf(body string) []byte {
	return docxParts(map[string]string{
		"_rels/.rels": docxPkg, "word/_rels/document.xml.rels": docxRelParts, "word/styles.xml": docxStyleParts, "word/footnotes.xml": docxNotes,
		"word/document.xml": `<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordNS + `><w:body>` + body + `</w:body></w:document>`,
	})
}

func docxParts(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	names := make([]string, 0, len(parts))
	for n := range parts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		w, _ := z.Create(n)
		w.Write([]byte(parts[n]))
	}
	z.Close()
	return b.Bytes()
}

func wp(s string) string { return `<w:p><w:r><w:t xml:space="preserve">` + s + `</w:t></w:r></w:p>` }

func wtc(props, s string) string {
	return `<w:tc><w:tcPr>` + props + `</w:tcPr>` + s + `</w:tc>`
}

func TestDOCX(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"paragraphs", wp("一") + wp("") + wp(" 二 "), "一|二"},
		{"runs join", `<w:p><w:r><w:t>收</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>集</w:t></w:r></w:p>`, "收集"},
		{"headings", `<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>一、收集</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="mine"/></w:pPr><w:r><w:t>设备</w:t></w:r></w:p><w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>型号</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="loop"/></w:pPr><w:r><w:t>文</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="1"/><w:outlineLvl w:val="9"/></w:pPr><w:r><w:t>正文</w:t></w:r></w:p>`,
			"#1 一、收集|#2 设备|#3 型号|文|正文"},
		{"a heading's style on a sentence", `<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>我们会收集您的IMEI。</w:t></w:r></w:p>`, "我们会收集您的IMEI。"},
		{"lists", `<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>手机号</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="L"/></w:pPr><w:r><w:t>昵称</w:t></w:r></w:p>`, "*手机号|*昵称"},
		{"breaks and tabs", `<w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t><w:noBreakHyphen/></w:r></w:p>`, "一|二\t三-"},
		{"deleted", `<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom></w:p>`, "新"},
		{"deleted mark joins", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>我们收</w:t></w:r></w:p>` + wp("集IMEI"), "我们收集IMEI"},
		{"hidden", `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>见</w:t></w:r><w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>的</w:t></w:r></w:p>`, "见的"},
		{"a hidden mark", `<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>见</w:t></w:r></w:p>`, "见"},
		{"table of contents", `<w:p><w:pPr><w:pStyle w:val="T"/></w:pPr><w:r><w:t>一、收集 1</w:t></w:r></w:p>` + wp("正文"), "正文"},
		{"fields", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>见</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`, "见"},
		{"a text box is read once", `<w:p><w:r><w:t>一</w:t><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>` + wp("框") + `</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + wp("框") + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent><w:t>二</w:t></w:r></w:p>`, "一二|框"},
		{"only a fallback", `<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>一</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "一"},
		{"a note is read once, behind its paragraph", `<w:p><w:r><w:t>收集</w:t><w:footnoteReference w:id="2"/></w:r><w:r><w:t>IMEI</w:t></w:r></w:p><w:p><w:r><w:t>再</w:t><w:footnoteReference w:id="2"/></w:r></w:p>`, "收集IMEI|脚注说明。|再"},
		{"controls", `<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>` + wp("框内") + `</w:sdtContent></w:sdt>`, "框内"},
		{"ruby", `<w:p><w:r><w:ruby><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>`, "拼"},
		{"cells between tabs", `<w:p><w:r><w:t>名称</w:t><w:tab/><w:t>公司</w:t><w:tab/><w:t>信息</w:t></w:r></w:p>`, "名称/公司/信息"},
		{"cells between pipes", wp("名称 | 公司 | 信息") + wp("---|---|---") + wp("甲 | 乙 | 丙"), "名称/公司/信息|甲/乙/丙"},
		{"table", `<w:tbl><w:tblGrid/><w:tr>` + wtc("", wp("名称")) + wtc(`<w:gridSpan w:val="2"/>`, wp("信息")) + `</w:tr><w:tr>` + wtc(`<w:vMerge w:val="restart"/>`, wp("极光")) + wtc("", wp("IMEI")+wp("OAID")) + wtc("", wp("必选")) + `</w:tr><w:tr>` + wtc(`<w:vMerge/>`, wp("")) + wtc("", wp("MAC")) + wtc("", wp("可选")) + `</w:tr></w:tbl>`,
			"名称/信息/信息|极光/IMEI\nOAID/必选|极光/MAC/可选"},
		{"moved rows", `<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>` + wtc("", wp("二")) + wtc("", wp("三")) + `</w:tr></w:tbl>`, "/二/三"},
		{"deleted rows", `<w:tbl><w:tr><w:trPr><w:del/></w:trPr>` + wtc("", wp("一")) + wtc("", wp("二")) + `</w:tr><w:tr>` + wtc("", wp("三")) + wtc("", wp("四")) + `</w:tr></w:tbl>`, "三/四"},
		{"one column only arranges", `<w:tbl><w:tr>` + wtc("", wp("一")+wp("二")) + `</w:tr></w:tbl>`, "一|二"},
		{"a table inside", `<w:tbl><w:tr>` + wtc("", wp("外")+`<w:tbl><w:tr>`+wtc("", wp("一"))+wtc("", wp("二"))+`</w:tr></w:tbl>`) + wtc("", wp("旁")) + `</w:tr></w:tbl>`, "外|一/二|旁"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := readDOCX(docxOf(c.body), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			checkBlocks(t, d)
			got := blockTexts(d)
			for i, b := range d.blocks {
				switch b.kind {
				case heading:
					got[i] = fmt.Sprintf("#%d %s", b.level, got[i])
				case item:
					got[i] = "*" + got[i]
				}
			}
			if g := strings.Join(got, "|"); g != c.want {
				t.Errorf("%q, want %q", g, c.want)
			}
			if strings.Contains(d.text, "\n") && d.line(len(d.text)) < 2 {
				t.Error("lines do not count in the text")
			}
		})
	}
}

func TestDOCXLinks(t *testing.T) {
	d, err := readDOCX(docxOf(`<w:p><w:r><w:t>见</w:t></w:r><w:hyperlink r:id="rId3"><w:r><w:t>极光</w:t></w:r></w:hyperlink></w:p>`+
		`<w:tbl><w:tr>`+wtc("", wp("一"))+wtc("", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://a.cn/b"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>链接</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`)+`</w:tr></w:tbl>`), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range d.links {
		got = append(got, d.str(l.span)+" "+l.href)
	}
	if g := strings.Join(got, "|"); g != "极光 https://www.jiguang.cn/license/privacy|链接 https://a.cn/b" {
		t.Errorf("links %q", g)
	}
}

// TestDOCXPolicy: entries, claims, sections and lines of a whole document.
func TestDOCXPolicy(t *testing.T) {
	data := docxOf(`<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>一、我们收集的信息</w:t></w:r></w:p>` + wp("我们会收集您的IMEI和设备型号。") +
		`<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>二、第三方SDK</w:t></w:r></w:p><w:tbl><w:tr>` + wtc("", wp("SDK名称")) + wtc("", wp("公司名称")) + wtc("", wp("收集个人信息类型")) +
		`</w:tr><w:tr>` + wtc("", wp("极光推送")) + wtc("", wp("深圳市和讯华谷信息技术有限公司")) + wtc("", wp("OAID、MAC地址")) + `</w:tr></w:tbl>`)
	for _, name := range []string{"a.docx", "a.txt", "policy"} {
		p := readOne(t, name, data)
		checkQuotes(t, p)
		if p.Sources[0].Format != "docx" || len(p.SDKs) != 1 || p.SDKs[0].ID != "jpush" || p.SDKs[0].At.Section != "二、第三方SDK" || p.SDKs[0].At.Line != 5 || p.SDKs[0].At.Page != 0 {
			t.Errorf("%s: format %s, entries %+v", name, p.Sources[0].Format, p.SDKs)
		}
		if len(p.Claims) == 0 || p.Claims[0].At.Section != "一、我们收集的信息" || p.Claims[0].At.Line != 2 {
			t.Errorf("claims %+v", p.Claims)
		}
	}
}

func TestDOCXRefused(t *testing.T) {
	limits := DefaultLimits()
	limits.DOCXBytes, limits.ExtractedBytes = 1<<20, 256<<10 // the defaults are far more to read
	bomb := strings.Repeat("<w:p/>", int(limits.DOCXBytes)/6+1)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"broken container": {[]byte("PK\x03\x04..."), "container is broken"},
		"another ZIP":      {docxParts(map[string]string{"a.txt": "x"}), "no DOCX document"},
		"a workbook":       {docxParts(map[string]string{"xl/workbook.xml": "<x/>", "_rels/.rels": strings.ReplaceAll(docxPkg, "word/document", "xl/workbook")}), "no DOCX document"},
		"broken XML":       {docxOf("<w:p><w:r>"), "is broken"},
		"bad tags":         {docxOf("<w:p></w:r>"), "is broken"},
		"too deep":         {docxOf(strings.Repeat("<w:x>", maxDocxDepth)), "max-docx-depth"},
		"too large":        {docxOf(bomb), "max-docx-bytes"},
		"too much text":    {docxOf(wp(strings.Repeat("文", int(limits.ExtractedBytes)/3+1))), "max-extracted-bytes"},
		"too many cells":   {docxOf("<w:tbl><w:tr>" + strings.Repeat("<w:tc/>", limits.DOCXNodes+1) + "</w:tr></w:tbl>"), "max-docx-nodes"},
	} {
		if _, err := readDOCX(c.data, limits); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	d, err := readDOCX(docxOf(wp("一")+`<w:altChunk r:id="x"/>`), DefaultLimits())
	if err != nil || len(d.gaps) != 1 {
		t.Errorf("an embedded part: %v, %v", d, err)
	}
}
