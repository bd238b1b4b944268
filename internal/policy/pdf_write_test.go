package policy

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// testPDF writes PDFs for tests. Every font of it is declared the way that a
// kind of real writer declares it; glyph programs are not embedded.
type testPDF struct {
	objects []string // of number i+1
	pages   []int
	links   []string // annotations of the page being written
	ops     strings.Builder
	plain   bool // contents are not compressed
	packed  bool // objects in an object stream, cross-reference stream
	width   float64
	height  float64
	xobject string
	rotate  int
}

// Fonts of a test PDF.
const (
	fontWin     = "F1" // one byte, WinAnsiEncoding, no widths
	fontUni     = "F2" // Identity-H with ToUnicode
	fontGBK     = "F3" // GBK-EUC-H
	fontUCS2    = "F4" // UniGB-UCS2-H
	fontUTF16   = "F5" // UniGB-UTF16-H
	fontBig5    = "F6" // ETen-B5-H
	fontMute    = "F7" // Identity-H without ToUnicode
	fontGBK2K   = "F8" // GBK2K-H
	fontBold    = "F9" // Identity-H with ToUnicode, bold
	fontJIS     = "FA" // UniJIS-UCS2-H
	fontRanges  = "FB" // Identity-H, ToUnicode by ranges of an embedded map
	fontDiffs   = "FC" // one byte, Differences
	pageObjects = 20   // objects before the first page's
)

func newTestPDF() *testPDF {
	p := &testPDF{width: 595, height: 842}
	p.objects = make([]string, pageObjects)
	p.objects[0] = "<< /Type /Catalog /Pages 2 0 R >>"
	uni := func(base, tounicode string) string {
		return "<< /Type /Font /Subtype /Type0 /BaseFont /" + base + " /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /" + base +
			" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /W [32 [500] 33 126 500] >>]" + tounicode + " >>"
	}
	cjk := func(enc, ordering string) string {
		return "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /" + enc + " /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Song" +
			" /CIDSystemInfo << /Registry (Adobe) /Ordering (" + ordering + ") /Supplement 2 >> /DW 1000 >>] >>"
	}
	p.objects[2] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
	p.objects[3] = uni("AAAAAA+Song", " /ToUnicode 12 0 R")
	p.objects[4] = cjk("GBK-EUC-H", "GB1")
	p.objects[5] = cjk("UniGB-UCS2-H", "GB1")
	p.objects[6] = cjk("UniGB-UTF16-H", "GB1")
	p.objects[7] = cjk("ETen-B5-H", "CNS1")
	p.objects[8] = uni("BBBBBB+Song", "")
	p.objects[9] = cjk("GBK2K-H", "GB1")
	p.objects[10] = uni("CCCCCC+Song-Bold", " /ToUnicode 12 0 R")
	// Codes are UTF-16 units, so one range for each high byte says it all.
	var m strings.Builder
	m.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	for hi := 0; hi < 256; hi++ {
		if hi%100 == 0 {
			fmt.Fprintf(&m, "%d beginbfrange\n", min(100, 256-hi))
		}
		fmt.Fprintf(&m, "<%02X00> <%02XFF> <%02X00>\n", hi, hi, hi)
		if hi%100 == 99 || hi == 255 {
			m.WriteString("endbfrange\n")
		}
	}
	m.WriteString("endcmap end end")
	p.objects[11] = streamOf("", m.String(), true)
	p.objects[12] = cjk("UniJIS-UCS2-H", "Japan1")
	p.objects[13] = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding 15 0 R /ToUnicode 16 0 R /DescendantFonts [<< /DW 1000 >>] >>"
	p.objects[14] = streamOf("/Type /CMap", "begincmap 1 begincodespacerange <00> <7F> endcodespacerange 1 begincodespacerange <8000> <FFFF> endcodespacerange endcmap", false)
	p.objects[15] = streamOf("", "1 beginbfchar <01> <6536> endbfchar 2 beginbfrange <8001> <8002> [<96C6> <00490044>] <41> <5A> <0041> endbfrange", false)
	p.objects[16] = "<< /Type /Font /Subtype /Type1 /BaseFont /Y /FirstChar 1 /Widths [500 500 500 500] /Encoding << /Differences [1 /I /uni004D /eacute /f_i] >> >>"
	return p
}

func streamOf(head, data string, deflate bool) string {
	if deflate {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		z.Write([]byte(data))
		z.Close()
		data, head = b.String(), head+" /Filter /FlateDecode"
	}
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", head, len(data), data)
}

// code writes text in the codes of a font.
func code(font, s string) string {
	switch font {
	case fontWin, fontDiffs, fontRanges:
		return s
	case fontGBK:
		b, _ := simplifiedchinese.GBK.NewEncoder().String(s)
		return b
	case fontGBK2K:
		b, _ := simplifiedchinese.GB18030.NewEncoder().String(s)
		return b
	case fontBig5:
		b, _ := traditionalchinese.Big5.NewEncoder().String(s)
		return b
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}

// text draws a piece of text with its lower left corner at a place.
func (p *testPDF) text(font string, size, x, y float64, s string) {
	fmt.Fprintf(&p.ops, "BT /%s %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n", font, size, x, y, hex.EncodeToString([]byte(code(font, s))))
}

// para draws text broken into lines of n Chinese characters' width, and returns
// the place of the line behind.
func (p *testPDF) para(font string, size, x, y float64, n int, s string) float64 {
	line, width := "", 0
	for _, r := range s {
		w := 2
		if r < 0x80 {
			w = 1
		}
		if width+w > 2*n {
			p.text(font, size, x, y, line)
			line, width = "", 0
			y -= 1.5 * size
		}
		line += string(r)
		width += w
	}
	p.text(font, size, x, y, line)
	return y - 1.5*size
}

func (p *testPDF) rule(x0, y0, x1, y1 float64) {
	fmt.Fprintf(&p.ops, "%g %g m %g %g l S\n", x0, y0, x1, y1)
}

func (p *testPDF) link(x0, y0, x1, y1 float64, href string) {
	p.links = append(p.links, fmt.Sprintf("<< /Type /Annot /Subtype /Link /Rect [%g %g %g %g] /A << /S /URI /URI (%s) >> >>", x0, y0, x1, y1, href))
}

// endPage closes a page.
func (p *testPDF) endPage() {
	fonts := ""
	for i, n := range []string{fontWin, fontUni, fontGBK, fontUCS2, fontUTF16, fontBig5, fontMute, fontGBK2K, fontBold} {
		fonts += fmt.Sprintf("/%s %d 0 R ", n, i+3)
	}
	fonts += "/FA 13 0 R /FB 14 0 R /FC 17 0 R"
	p.objects = append(p.objects, streamOf("", p.ops.String(), !p.plain))
	content := len(p.objects)
	p.objects = append(p.objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Rotate %d /Contents %d 0 R /Resources << /Font << %s >> /XObject << %s >> >> /Annots [%s] >>",
		p.width, p.height, p.rotate, content, fonts, p.xobject, strings.Join(p.links, " ")))
	p.pages = append(p.pages, len(p.objects))
	p.ops.Reset()
	p.links = nil
}

// bytes writes the file.
func (p *testPDF) bytes() []byte {
	kids := ""
	for _, n := range p.pages {
		kids += fmt.Sprintf("%d 0 R ", n)
	}
	p.objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, len(p.pages))
	if p.packed {
		return p.packedBytes()
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	at := make([]int, len(p.objects))
	for i, o := range p.objects {
		if o == "" {
			o = "null"
		}
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(p.objects)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(p.objects)+1, start)
	return b.Bytes()
}

// packedBytes writes objects without streams into an object stream, and the
// table as a stream with a predictor.
func (p *testPDF) packedBytes() []byte {
	var b, head, body bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	n := len(p.objects)
	entries := make([][3]int, n+3)
	count := 0
	for i, o := range p.objects {
		if o == "" {
			o = "null"
		}
		if strings.HasSuffix(o, "endstream") {
			entries[i+1] = [3]int{1, b.Len(), 0}
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
			continue
		}
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.WriteString(o + "\n")
		entries[i+1] = [3]int{2, n + 1, count}
		count++
	}
	entries[n+1] = [3]int{1, b.Len(), 0}
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, streamOf(fmt.Sprintf("/Type /ObjStm /N %d /First %d", count, head.Len()), head.String()+body.String(), true))
	entries[n+2] = [3]int{1, b.Len(), 0}
	var rows bytes.Buffer
	prev := make([]byte, 5)
	for _, e := range entries {
		row := []byte{byte(e[0]), byte(e[1] >> 16), byte(e[1] >> 8), byte(e[1]), byte(e[2])}
		rows.WriteByte(2)
		for i := range row {
			rows.WriteByte(row[i] - prev[i])
		}
		prev = row
	}
	start := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+2, streamOf(fmt.Sprintf("/Type /XRef /Size %d /Root 1 0 R /W [1 3 1] /DecodeParms << /Predictor 12 /Columns 5 >>", n+3), rows.String(), true))
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// policyPDF is a small policy over two pages with a table, a header, page
// numbers and a sentence that goes on over the page's end.
func policyPDF(font string) []byte { return drawPolicy(newTestPDF(), font) }

func drawPolicy(p *testPDF, font string) []byte {
	const header = "青禾记账 隐私政策"
	p.text(font, 9, 60, 810, header)
	p.text(font, 18, 200, 770, "青禾记账隐私政策")
	p.text(font, 14, 60, 730, "一、我们收集的信息")
	y := p.para(font, 11, 60, 700, 42, "为了保障账号安全，我们会收集您的设备型号、操作系统版本、国际移动设备识别码（IMEI）和网络设备硬件地址，用于识别异常登录；我们还会收集您的IP地址。")
	p.para(font, 11, 60, y-20, 42, "当您使用附近网点功能时，我们会在征得您的同意后收集您的精确位置，这些信息只用于为您显示距离您最近的网点，并在您关闭该功能后停止收集，但法律法规另有规定的除外。我们不会收")
	p.text(fontWin, 9, 290, 30, "1")
	p.endPage()
	p.text(font, 9, 60, 810, header)
	y = p.para(font, 11, 60, 770, 42, "集您的通讯录。")
	p.text(font, 14, 60, y-20, "二、第三方SDK")
	top := y - 50
	for i := range 4 {
		p.rule(60, top-float64(i)*40, 540, top-float64(i)*40)
	}
	for _, x := range []float64{60, 180, 300, 540} {
		p.rule(x, top, x, top-120)
	}
	for i, c := range []struct {
		x float64
		s string
	}{{64, "SDK名称"}, {184, "公司名称"}, {304, "收集个人信息类型"}, {64, "极光推送"}, {184, "和讯华谷公司"}, {304, "IMEI、MAC地址"}} {
		p.text(font, 10, c.x, top-25-float64(i/3)*40, c.s)
	}
	p.text(font, 10, 64, top-105, "友盟统计SDK")
	p.text(font, 10, 184, top-98, "友盟同欣(北京)科技")
	p.text(font, 10, 184, top-112, "有限公司")
	p.text(font, 10, 304, top-98, "OAID、Android ID、应用列表、设备型号、网络")
	p.text(font, 10, 304, top-112, "类型")
	p.link(300, top-120, 540, top-80, "https://www.umeng.com/policy")
	p.text(fontWin, 9, 290, 30, "2")
	p.endPage()
	return p.bytes()
}

func pdfText(t *testing.T, data []byte) *document {
	t.Helper()
	d, err := readPDF(t.Context(), data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	checkBlocks(t, d)
	return d
}

// blockTexts are the blocks of a document, rows with / between cells.
func blockTexts(d *document) []string {
	var out []string
	for _, b := range d.blocks {
		if b.kind != row {
			out = append(out, d.str(b.span))
			continue
		}
		var cells []string
		for _, c := range b.cells {
			cells = append(cells, d.str(c))
		}
		out = append(out, strings.Join(cells, "/"))
	}
	return out
}
