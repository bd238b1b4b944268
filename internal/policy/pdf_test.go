package policy

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func compareBlocks(t *testing.T, d *document, want []string) {
	t.Helper()
	if got := blockTexts(d); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestPDFPolicy reads one policy in every way in which fonts tell their
// characters: headings, a sentence over the page's end, a table with wrapped
// cells, without header and page numbers.
func TestPDFPolicy(t *testing.T) {
	want := []string{
		"青禾记账 隐私政策", "青禾记账隐私政策", "一、我们收集的信息",
		"为了保障账号安全，我们会收集您的设备型号、操作系统版本、国际移动设备识别码（IMEI）和网络设备硬件地址，用于识别异常登录；我们还会收集您的IP地址。",
		"当您使用附近网点功能时，我们会在征得您的同意后收集您的精确位置，这些信息只用于为您显示距离您最近的网点，并在您关闭该功能后停止收集，但法律法规另有规定的除外。我们不会收集您的通讯录。",
		"二、第三方SDK", "SDK名称/公司名称/收集个人信息类型", "极光推送/和讯华谷公司/IMEI、MAC地址",
		"友盟统计SDK/友盟同欣(北京)科技有限公司/OAID、Android ID、应用列表、设备型号、网络类型",
	}
	for _, font := range []string{fontUni, fontGBK, fontUCS2, fontUTF16, fontGBK2K} {
		t.Run(font, func(t *testing.T) {
			d := pdfText(t, policyPDF(font))
			compareBlocks(t, d, want)
			if len(d.gaps) > 0 {
				t.Errorf("gaps %v", d.gaps)
			}
			if len(d.links) == 0 || !strings.Contains(d.links[0].href, "umeng.com") || d.str(d.links[0].span) == "" {
				t.Errorf("links %v", d.links)
			}
		})
	}
	p := readOne(t, "a.pdf", policyPDF(fontGBK))
	checkQuotes(t, p)
	if p.Sources[0].Format != "pdf" {
		t.Errorf("format %q", p.Sources[0].Format)
	}
	found := map[string]bool{}
	for _, c := range p.Claims {
		found[fmt.Sprintf("%s %s %s p%d %s", c.Party, c.Polarity, strings.Join(c.Data, ","), c.At.Page, c.At.Section)] = true
	}
	for _, w := range []string{
		"app denies contacts p1 青禾记账隐私政策 › 一、我们收集的信息", "sdk:jpush collects imei,wifi_mac p2 青禾记账隐私政策 › 二、第三方SDK",
	} {
		if !found[w] {
			t.Errorf("no claim %q among %v", w, found)
		}
	}
}

func TestPDFEncodings(t *testing.T) {
	for _, c := range []struct{ font, text, want string }{
		{fontWin, "We collect names (\x93IMEI\x94).", "We collect names (“IMEI”)."},
		{fontBig5, "我們會收集您的IMEI。", "我們會收集您的IMEI。"},
		{fontJIS, "端末のIMEIを取得します。", "端末のIMEIを取得します。"},
		{fontUTF16, "𠮷喆IMEI", "𠮷喆IMEI"},
		{fontGBK2K, "𠮷喆IMEI", "𠮷喆IMEI"},
		{fontRanges, "\x01\x80\x01IMEI\x80\x02", "收集IMEIID"},
		{fontDiffs, "\x01\x02\x03\x04", "IMéfi"},
	} {
		for _, packed := range []bool{false, true} {
			p := newTestPDF()
			p.packed = packed
			p.text(c.font, 11, 60, 700, c.text)
			p.endPage()
			compareBlocks(t, pdfText(t, p.bytes()), []string{c.want})
		}
	}
}

// TestPDFSilent: pages whose text cannot be read are named, and what can be read
// is read.
func TestPDFSilent(t *testing.T) {
	text := func(p *testPDF) {
		p.text(fontUni, 11, 60, 700, "我们会收集您的IMEI，用于统计。")
		p.endPage()
	}
	scan := func(p *testPDF) {
		p.objects = append(p.objects, streamOf("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "\x00", false))
		p.xobject = fmt.Sprintf("/Im %d 0 R", len(p.objects))
		p.ops.WriteString("q 595 0 0 842 0 0 cm /Im Do Q\n")
		p.text(fontWin, 9, 290, 30, "7")
		p.endPage()
	}
	mute := func(p *testPDF) {
		p.text(fontMute, 11, 60, 700, "我们会收集您的IMEI，用于统计。")
		p.endPage()
	}
	for _, c := range []struct {
		name  string
		pages []func(*testPDF)
		gap   string
	}{
		{"a scan", []func(*testPDF){scan}, "page 1 of 1 holds no text that can be read"},
		{"a font without codes", []func(*testPDF){mute, mute, mute}, "pages 1-3 of 3 hold no text"},
		{"some pages", []func(*testPDF){text, scan, mute, text, scan}, "pages 2-3, 5 of 5 hold no text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTestPDF()
			for _, page := range c.pages {
				page(p)
			}
			pol, gaps, err := testReader().Read(context.Background(), []Input{{Name: "a.pdf", Data: p.bytes()}})
			if err != nil || len(gaps) != 1 || gaps[0].Kind != audit.GapNoTextLayer || !strings.HasPrefix(gaps[0].What, "a.pdf: "+c.gap) || gaps[0].Weakens.ZH == "" {
				t.Fatalf("gaps %+v, error %v", gaps, err)
			}
			if some := len(c.pages) > 3; (len(pol.Claims) > 0) != some || (pol.Sources[0].Chars > 0) != some && c.name != "a scan" {
				t.Errorf("%d claims, %d characters", len(pol.Claims), pol.Sources[0].Chars)
			}
			if !audit.GapKinds()[gaps[0].Kind] {
				t.Error("the gap does not make the outcome incomplete")
			}
		})
	}
}

func TestPDFColumns(t *testing.T) {
	left := strings.Repeat("左栏文字说明我们如何收集您的个人信息，", 16) + "左栏结束。"
	right := strings.Repeat("右栏文字说明我们如何共享您的个人信息，", 16) + "右栏结束。"
	p := newTestPDF()
	p.text(fontUni, 16, 180, 780, "两栏排版的隐私政策文件")
	p.para(fontUni, 10, 50, 740, 22, left)
	p.para(fontUni, 10, 310, 740, 22, right)
	p.endPage()
	compareBlocks(t, pdfText(t, p.bytes()), []string{"两栏排版的隐私政策文件", left, right})
}

// TestPDFTables: merged cells stand in each of their columns and rows; a table
// goes on over the page's end; one without lines is found by its columns.
func TestPDFTables(t *testing.T) {
	t.Run("merged cells", func(t *testing.T) {
		p := newTestPDF()
		for _, y := range []float64{700, 660, 620, 580} {
			x := 60.0
			if y == 620 {
				x = 160
			}
			p.rule(x, y, 460, y)
		}
		for _, x := range []float64{60, 160, 460} {
			p.rule(x, 700, x, 580)
		}
		p.rule(300, 660, 300, 580)
		for _, c := range []struct {
			x, y float64
			s    string
		}{{64, 675, "名称"}, {250, 675, "信息"}, {64, 615, "极光"}, {164, 635, "IMEI"}, {304, 635, "必选"}, {164, 595, "OAID"}, {304, 595, "可选"}} {
			p.text(fontUni, 10, c.x, c.y, c.s)
		}
		p.endPage()
		compareBlocks(t, pdfText(t, p.bytes()), []string{"名称/信息/信息", "极光/IMEI/必选", "极光/OAID/可选"})
	})
	t.Run("a link's line and spaces between cells", func(t *testing.T) {
		p := newTestPDF()
		for i, row := range [][]string{{"名称", "链接"}, {"极光", "https://a.cn/"}} {
			for k, s := range row {
				x, y := 60+float64(k)*202.5, 700-float64(i)*62.5
				for _, r := range [][4]float64{{x, y, x + 200, y}, {x, y - 60, x + 200, y - 60}, {x, y, x, y - 60}, {x + 200, y, x + 200, y - 60}} {
					p.rule(r[0], r[1], r[2], r[3])
				}
				p.text(fontUni, 10, x+2, y-20, s)
			}
		}
		p.text(fontUni, 10, 264.5, 602.5, "privacy")
		p.rule(264.5, 615, 350, 615)
		p.endPage()
		compareBlocks(t, pdfText(t, p.bytes()), []string{"名称/链接", "极光/https://a.cn/privacy"})
	})
	t.Run("over pages", func(t *testing.T) {
		p := newTestPDF()
		for page := range 2 {
			for i := range 3 {
				p.rule(60, 700-40*float64(i), 460, 700-40*float64(i))
			}
			for _, x := range []float64{60, 160, 460} {
				p.rule(x, 700, x, 620)
			}
			p.text(fontUni, 10, 64, 675, "SDK名称")
			p.text(fontUni, 10, 164, 675, "信息")
			p.text(fontUni, 10, 64, 635, []string{"极光", "友盟"}[page])
			p.text(fontUni, 10, 164, 635, []string{"IMEI", "OAID"}[page])
			p.endPage()
		}
		d := pdfText(t, p.bytes())
		compareBlocks(t, d, []string{"SDK名称/信息", "极光/IMEI", "友盟/OAID"})
		if d.blocks[0].table != d.blocks[2].table || d.page(d.blocks[2].start) != 2 {
			t.Errorf("tables %d and %d, page %d", d.blocks[0].table, d.blocks[2].table, d.page(d.blocks[2].start))
		}
	})
	t.Run("without lines", func(t *testing.T) {
		p := newTestPDF()
		p.para(fontUni, 10, 60, 780, 47, "以下是我们接入的第三方服务，您可以通过链接查看他们的隐私政策，我们会要求他们按照本政策处理您的信息并采取保护措施。")
		for i, row := range [][]string{{"SDK名称", "公司名称", "收集的信息"}, {"极光推送", "和讯华谷公司", "IMEI、MAC地址、"}, {"", "", "应用列表"}, {"友盟统计", "友盟公司", "OAID"}} {
			y := 720 - 30*float64(i)
			if i == 2 {
				y = 720 - 45
			} else if i == 3 {
				y = 720 - 75
			}
			for k, s := range row {
				if s != "" {
					p.text(fontUni, 10, []float64{60, 180, 320}[k], y, s)
				}
			}
		}
		p.endPage()
		compareBlocks(t, pdfText(t, p.bytes()), []string{
			"以下是我们接入的第三方服务，您可以通过链接查看他们的隐私政策，我们会要求他们按照本政策处理您的信息并采取保护措施。",
			"SDK名称/公司名称/收集的信息", "极光推送/和讯华谷公司/IMEI、MAC地址、应用列表", "友盟统计/友盟公司/OAID"})
	})
}

func TestPDFLines(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func(*testPDF)
		want []string
	}{
		{"English wraps with a blank", func(p *testPDF) {
			for i, s := range []string{
				"We collect your device identifiers and the list of the inst-", "alled applications so that our advertising partners can show",
				"ads in the app. We also collect the network type to choose a", "suitable picture size.",
				"We do not collect your contacts. We do not sell your data to", "anyone.",
			} {
				p.text(fontUni, 11, 60, 700-16*float64(i), s)
			}
		}, []string{
			"We collect your device identifiers and the list of the inst-alled applications so that our advertising partners can show ads in the app. We also collect the network type to choose a suitable picture size.",
			"We do not collect your contacts. We do not sell your data to anyone.",
		}},
		{"list items", func(p *testPDF) {
			for i, s := range []string{"我们会收集以下信息，其中必要的信息用于向您提供基本的服务功能并保障账号：", "1. 手机号码", "2. 设备型号", "• 通讯录"} {
				p.text(fontUni, 11, 60, 700-16*float64(i), s)
			}
		}, []string{"我们会收集以下信息，其中必要的信息用于向您提供基本的服务功能并保障账号：", "1. 手机号码", "2. 设备型号", "• 通讯录"}},
		{"drawn twice to look bold", func(p *testPDF) {
			p.text(fontUni, 11, 60, 700, "我们收集IMEI")
			p.text(fontUni, 11, 60.3, 700, "我们收集IMEI")
		}, []string{"我们收集IMEI"}},
		{"a watermark slants", func(p *testPDF) {
			p.text(fontUni, 11, 60, 700, "我们收集IMEI")
			p.ops.WriteString("BT /F1 40 Tf 0.7 0.7 -0.7 0.7 100 600 Tm (SECRET) Tj ET\n")
		}, []string{"我们收集IMEI"}},
		{"beside the page", func(p *testPDF) {
			p.text(fontUni, 11, 60, 700, "我们收集IMEI")
			p.text(fontUni, 11, -500, 700, "看不见")
		}, []string{"我们收集IMEI"}},
		{"the file's own text", func(p *testPDF) {
			p.ops.WriteString("/Span << /ActualText <FEFF65364E00> >> BDC BT /F7 11 Tf 60 700 Td <00010002> Tj ET EMC\n")
		}, []string{"收一"}},
		{"pagination", func(p *testPDF) {
			p.ops.WriteString("/Artifact << /Type /Pagination >> BDC\n")
			p.text(fontUni, 11, 60, 820, "页眉")
			p.ops.WriteString("EMC\n")
			p.text(fontUni, 11, 60, 700, "我们收集IMEI")
		}, []string{"我们收集IMEI"}},
		{"kerning and blanks", func(p *testPDF) {
			p.ops.WriteString("BT /F1 10 Tf 60 700 Td [(We c)20(ollect)-300(the)] TJ 0 -15 Td (IMEI.) Tj ET\n")
		}, []string{"We collect the", "IMEI."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTestPDF()
			c.draw(p)
			p.endPage()
			compareBlocks(t, pdfText(t, p.bytes()), c.want)
		})
	}
	p := newTestPDF()
	p.rotate = 90
	p.ops.WriteString("0 1 -1 0 595 0 cm\n")
	p.text(fontUni, 11, 60, 300, "横向页面收集IMEI")
	p.endPage()
	compareBlocks(t, pdfText(t, p.bytes()), []string{"横向页面收集IMEI"})
}

// TestPDFDamaged: a lost table of objects is made anew, wrong lengths do no harm.
func TestPDFDamaged(t *testing.T) {
	good := policyPDF(fontUni)
	want := blockTexts(pdfText(t, good))
	cut := good[:bytes.LastIndex(good, []byte("xref\n0"))]
	packed := newTestPDF()
	packed.packed = true
	packed.text(fontUni, 11, 60, 700, "我们收集IMEI")
	packed.endPage()
	lost := bytes.Replace(packed.bytes(), []byte("startxref"), []byte("startyref"), 1)
	for name, data := range map[string][]byte{
		"no table":         cut,
		"wrong table":      bytes.ReplaceAll(good, []byte("00000 n"), []byte("00001 f")),
		"shifted":          append([]byte("%junk\n"), good...),
		"bytes inserted":   bytes.Replace(good, []byte("1 0 obj\n"), []byte("   \n  1 0 obj\n"), 1),
		"wrong lengths":    bytes.ReplaceAll(good, []byte("/Length "), []byte("/Length 9")),
		"no end mark":      bytes.TrimSuffix(good, []byte("%%EOF\n")),
		"version 2":        bytes.Replace(good, []byte("%PDF-1.7"), []byte("%PDF-2.0"), 1),
		"bytes at the end": append(slices.Clone(good), make([]byte, 500)...),
	} {
		d, err := readPDF(t.Context(), data, DefaultLimits())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := blockTexts(d); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	compareBlocks(t, pdfText(t, lost), []string{"我们收集IMEI"})
	for data, msg := range map[string]string{
		"%PDF-1.7\n": "damaged PDF",
		string(bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (01234567890123456789012345678901) /U (01234567890123456789012345678901) >>"), 1)): "encrypted with a password",
	} {
		if _, err := readPDF(t.Context(), []byte(data), DefaultLimits()); err == nil || !strings.Contains(err.Error(), msg) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %q", err, msg)
		}
	}
}

// TestPDFEncrypted: a file that opens without a password is read, whatever it
// forbids; one that needs a password is refused.
func TestPDFEncrypted(t *testing.T) {
	for _, name := range []string{"rc4-40", "rc4-128", "aes-128", "aes-256", "aes-256-r5"} {
		data, err := os.ReadFile(filepath.Join("testdata", "pdf", name+".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		compareBlocks(t, pdfText(t, data), []string{"我们会收集您的IMEI。"})
	}
	data, err := os.ReadFile(filepath.Join("testdata", "pdf", "password.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readPDF(t.Context(), data, DefaultLimits()); err == nil || !strings.Contains(err.Error(), "save it without one") {
		t.Errorf("error %v", err)
	}
}
