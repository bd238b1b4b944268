package policy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"apkaudit/internal/audit"
)

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecode(t *testing.T) {
	const text = "我们会收集您的手机号码、国际移动设备识别码和位置信息，用于提供服务。\n"
	const rare = "𠮷喆" + text // 喆 needs GBK, 𠮷 the four-byte part of GB18030
	const traditional = "我們會收集您的手機號碼、裝置識別碼和位置資訊，用於提供服務。\n"
	html := func(charset, s string) string { return `<html><meta charset="` + charset + `"><p>` + s + "</p></html>" }
	utf16 := func(order unicode.Endianness, bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(order, bom)
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"UTF-8", "a.txt", []byte(text), text},
		{"UTF-8 with BOM", "a.txt", []byte("\xEF\xBB\xBF" + text), text},
		{"CR and blanks are kept", "a.txt", []byte("一\r\n 二 \r\n"), "一\r\n 二 \r\n"},
		{"UTF-16 LE", "a.txt", encoded(t, utf16(unicode.LittleEndian, unicode.UseBOM), text), text},
		{"UTF-16 BE", "a.txt", encoded(t, utf16(unicode.BigEndian, unicode.UseBOM), text), text},
		{"UTF-16 LE without BOM", "a.txt", encoded(t, utf16(unicode.LittleEndian, unicode.IgnoreBOM), text), text},
		{"UTF-16 BE without BOM", "a.txt", encoded(t, utf16(unicode.BigEndian, unicode.IgnoreBOM), text), text},
		{"UTF-16 LE without BOM, English", "a.txt", encoded(t, utf16(unicode.LittleEndian, unicode.IgnoreBOM), "We collect names.\n"), "We collect names.\n"},
		{"UTF-16 LE without BOM, HTML", "a.html", encoded(t, utf16(unicode.LittleEndian, unicode.IgnoreBOM), html("utf-16", text)), html("utf-16", text)},
		{"GB18030 declared in XHTML", "a.xhtml", encoded(t, simplifiedchinese.GB18030, `<?xml version="1.0" encoding="GBK"?><html><p>`+rare), `<?xml version="1.0" encoding="GBK"?><html><p>` + rare},
		{"GBK, long", "a.txt", encoded(t, simplifiedchinese.GBK, strings.Repeat(text, 400)), strings.Repeat(text, 400)},
		{"GB18030 declared gb2312", "a.html", encoded(t, simplifiedchinese.GB18030, html("gb2312", rare)), html("gb2312", rare)},
		{"GB18030 declared GBK", "a.html", encoded(t, simplifiedchinese.GB18030, html("GBK", rare)), html("GBK", rare)},
		{"GB18030 not declared", "a.txt", encoded(t, simplifiedchinese.GB18030, strings.Repeat(rare, 20)), strings.Repeat(rare, 20)},
		{"GB18030, short", "a.txt", encoded(t, simplifiedchinese.GB18030, text), text},
		{"Big5 declared", "a.html", encoded(t, traditionalchinese.Big5, html("big5", traditional)), html("big5", traditional)},
		{"Big5 not declared", "a.txt", encoded(t, traditionalchinese.Big5, strings.Repeat(traditional, 20)), strings.Repeat(traditional, 20)},
		{"declared UTF-8 and is not", "a.html", encoded(t, simplifiedchinese.GB18030, html("utf-8", strings.Repeat(text, 20))), html("utf-8", strings.Repeat(text, 20))},
		{"few broken bytes", "a.txt", []byte("\xEF\xBB\xBF" + strings.Repeat(text, 9) + "\xFF"), strings.Repeat(text, 9) + "\uFFFD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			format, err := formatOf(c.file, c.data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decode(c.data, format, "")
			if err != nil || got != c.want {
				t.Errorf("%q, %v\nwant %q", got, err, c.want)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ file, data, want string }{
		{"a.txt", "<html><p>x", formatText},
		{"a.HTM", "x", formatHTML},
		{"a.markdown", "x", formatMarkdown},
		{"a", "<!DOCTYPE html><html>", formatHTML},
		{"a", "\n <!-- c -->\n<div class=x>", formatHTML},
		{"https://x.cn/policy", "\xEF\xBB\xBF<html>", formatHTML},
		{"a", "我们会<b>收集</b>", formatText},
		{"a.php", "<p>x</p>", formatHTML},
		{"a.text", "x", formatText},
		{"a.xhtml", "x", formatHTML},
		{"a.txt", "%PDF-1.7\n", formatPDF},
		{"a.html", "\n\n%PDF-1.4\n", formatPDF},
		{"policy", "PK\x03\x04", formatDOCX},
		{"a.doc", "PK\x03\x04", formatDOCX},
	} {
		if got, err := formatOf(c.file, []byte(c.data)); err != nil || got != c.want {
			t.Errorf("%s %q: %s, %v, want %s", c.file, c.data, got, err, c.want)
		}
	}
}

// TestUnreadable: what cannot be read stays among the sources with a gap, and
// the error is one line that names the file and what to do.
func TestUnreadable(t *testing.T) {
	broken := errors.New("permission denied")
	for _, c := range []struct {
		name, want string
		in         Input
	}{
		{"PDF", "PDF", Input{Name: "a.pdf", Data: []byte("%PDF-1.7\n...")}},
		{"PDF named text", "PDF", Input{Name: "a.txt", Data: []byte("%PDF-1.7\n...")}},
		{"DOCX", "container is broken", Input{Name: "a.docx", Data: []byte("PK\x03\x04...")}},
		{"DOCX named text", "container is broken", Input{Name: "a.txt", Data: []byte("PK\x03\x04...")}},
		{"old Office document", "save it as DOCX or PDF", Input{Name: "a.doc", Data: []byte("\xD0\xCF\x11\xE0\xA1\xB1")}},
		{"old Office document named DOCX", "save it as DOCX or PDF", Input{Name: "a.docx", Data: []byte("\xD0\xCF\x11\xE0\xA1\xB1")}},
		{"RTF", "save it as DOCX or PDF", Input{Name: "a.rtf", Data: []byte("{\\rtf1 x}")}},
		{"web archive", "save the page as HTML", Input{Name: "a.mht", Data: []byte("MIME-Version: 1.0\n")}},
		{"compressed", "unpack it", Input{Name: "a.gz", Data: []byte("\x1F\x8B\x08")}},
		{"image", "image", Input{Name: "a.png", Data: []byte("\x89PNG\r\n")}},
		{"image named text", "image", Input{Name: "a.txt", Data: []byte("\xFF\xD8\xFF\xE0")}},
		{"DEX", "give the policy", Input{Name: "classes.dex", Data: []byte("dex\n035\x00")}},
		{"program", "give the policy", Input{Name: "a.so", Data: []byte("\x7fELF\x02")}},
		{"binary", "no text", Input{Name: "a.bin", Data: []byte(strings.Repeat("\x00\x01\x02\x03a", 100))}},
		{"empty", "empty", Input{Name: "a.txt"}},
		{"blank", "empty", Input{Name: "a.txt", Data: []byte(" \r\n\t\n")}},
		{"only a byte order mark", "empty", Input{Name: "a.txt", Data: []byte("\xEF\xBB\xBF")}},
		{"no visible text", "no visible text", Input{Name: "a.html", Data: []byte("<script>x</script>")}},
		{"only dashes", "no visible text", Input{Name: "a.txt", Data: []byte("---\n***\n")}},
		{"too large", "max-policy-bytes of 16777216 reached", Input{Name: "a.txt", Data: make([]byte, DefaultLimits().DocumentBytes+1)}},
		{"could not be opened", "permission denied", Input{Name: "a.txt", Err: broken}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, gaps, err := testReader().Read(context.Background(), []Input{c.in})
			if !errors.Is(err, ErrUnreadable) {
				t.Fatalf("error %v", err)
			}
			for _, msg := range []string{err.Error(), gaps[0].What} {
				if strings.ContainsAny(msg, "\n\r") || !strings.Contains(msg, c.in.Name) || !strings.Contains(msg, c.want) || len(msg) > 300 {
					t.Errorf("message %q, want one line with %q and %q", msg, c.in.Name, c.want)
				}
			}
			kind := audit.GapUnreadable
			if strings.Contains(c.want, " reached") {
				kind = audit.GapLimit
			}
			if len(p.Sources) != 1 || p.Sources[0].File != c.in.Name || len(gaps) != 1 || gaps[0].Kind != kind || gaps[0].Weakens.ZH == "" || gaps[0].Weakens.EN == "" {
				t.Errorf("sources %+v, gaps %+v", p.Sources, gaps)
			}
			if len(p.Claims)+len(p.SDKs)+len(p.Defects) > 0 {
				t.Error("something was read of an unreadable document")
			}
		})
	}
}

// TestSeveral: documents are read independently, an unreadable one among them
// leaves a gap and no error.
func TestSeveral(t *testing.T) {
	a := Input{Name: "a.txt", Data: []byte("我们会收集您的IMEI。")}
	b := Input{Name: "b.pdf", Data: []byte("%PDF-")}
	c := Input{Name: "c.txt", Data: []byte("我们不会收集您的短信。SDK名称:极光推送")}
	p, gaps, err := testReader().Read(context.Background(), []Input{a, b, c})
	if err != nil || len(gaps) != 1 || len(p.Sources) != 3 {
		t.Fatalf("%d sources, gaps %v, %v", len(p.Sources), gaps, err)
	}
	checkQuotes(t, p)
	alone := readOne(t, c.Name, c.Data)
	for i := range alone.Claims {
		alone.Claims[i].At.Source = 2
	}
	var of2 []audit.Claim
	for _, claim := range p.Claims {
		if claim.At.Source == 2 {
			of2 = append(of2, claim)
		}
	}
	if len(of2) != len(alone.Claims) {
		t.Fatalf("%d claims of the third document, %d alone", len(of2), len(alone.Claims))
	}
	for i := range of2 {
		if of2[i].Quote != alone.Claims[i].Quote || of2[i].At != alone.Claims[i].At {
			t.Errorf("claim %d: %+v, alone %+v", i, of2[i], alone.Claims[i])
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := testReader().Read(ctx, []Input{a}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, html, want string }{
		{"hidden", `<p>一</p><p hidden>二</p><div style="display: none">三<p>四</p></div><p style="visibility:hidden">五</p><p>六</p>`, "一|六"},
		{"never shown", `<head><title>一</title></head><script>二</script><style>三</style><noscript>四</noscript><template>五</template><!-- 六 --><p>七`, "七"},
		{"hidden void element", `<input hidden><p>一</p>`, "一"},
		{"nested hidden", `<div hidden><div>一</div>二</div>三`, "三"},
		{"blocks", `<h1>一</h1>二<p>三<br>四</p><ul><li>五<li>六</ul><div>七<span>八</span></div>`, "一|二|三|四|五|六|七八"},
		{"blanks collapse", "<p> 一\n\t二&nbsp;三  </p>", "一 二\u00a0三"},
		{"entities", "<p>a&amp;b &#x6536;&#38598; &lt;p&gt;</p>", "a&b 收集 <p>"},
		{"cells", "<table><tr><td>一<td> 二 <tr><td>三</table>", "一 | 二|三"},
		{"text between cells", "<table><tr>一<td>二</td>三<td>四</table>", "一|二|三|四"},
		{"br inside a cell", "<table><tr><td>一<br>二<br/>三<td>四</table>", "一\n二\n三 | 四"},
		{"nested lists", "<ul><li>一<ul><li>二<ol><li>三</ol></ul><li>四</ul>五", "一|二|三|四|五"},
		{"details", "<details><summary>一</summary>二<p>三</p></details>", "一|二|三"},
		{"aria-hidden is shown", `<p aria-hidden="true">一</p>`, "一"},
		{"hidden with blanks and marks", "<p style='color:red; DISPLAY\t:\n none !important'>一</p><p style=display:block>二</p>", "二"},
		{"rowspan and colspan", "<table><tr><td rowspan=2>一<td colspan=2>二<tr><td>三<td>四</table>", "一 | 二|三 | 四"},
		{"stray cells", "<td>一</td><tr><td>二", "一|二"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readHTML(c.html)
			checkBlocksAre(t, d, c.want)
		})
	}
}

// checkBlocksAre compares the texts of a document's blocks, joined by strokes.
func checkBlocksAre(t *testing.T, d *document, want string) {
	t.Helper()
	checkBlocks(t, d)
	var got []string
	for _, b := range d.blocks {
		got = append(got, d.str(b.span))
	}
	if g := strings.Join(got, "|"); g != want {
		t.Errorf("%q, want %q", g, want)
	}
}

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, md, want string }{
		{"blocks", "# 一\n\n二\n三\n\n- 四\n- 五\n\n1. 六\n", "一|二\n三|四|五|六"},
		{"inline marks", "**一**`二`*三*[四](http://x)<http://y> ~~五~~", "一二三四http://y 五"},
		{"escapes", `a\*b &amp; c\_d`, "a*b & c_d"},
		{"table", "|一|二|\n|-|-|\n|三|四|\n", "一 | 二|三 | 四"},
		{"HTML inside", "一\n\n<div>二<p hidden>三</p></div>\n\n四", "一|二|四"},
		{"code", "```\n一\n二\n```\n", "一|二"},
		{"beyond the limits", strings.Repeat("> ", 200) + "一", strings.TrimSpace(strings.Repeat("> ", 200)) + " 一"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readMarkdown(c.md)
			checkBlocksAre(t, d, c.want)
		})
	}
}

func TestPlaceholders(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"电话:【请填写联系电话】。", "【请填写联系电话】"},
		{"为您提供【请APP开发者填写具体应用场景】功能", "【请APP开发者填写具体应用场景】"},
		{"由XX公司、XXX有限公司和××科技提供", "XX公司|XXX有限公司|××科技"},
		{"{{app_name}}和${app.name}", "{{app_name}}|${app.name}"},
		{"电话:____ 地址:＿＿＿＿", "____|＿＿＿＿"},
		{"[公司名称]、【您的应用名】、[Company Name]、<insert address>", "[公司名称]|【您的应用名】|[Company Name]|<insert address>"},
		{"[Date] [your name here] Lorem ipsum dolor", "[Date]|[your name here]|Lorem ipsum"},
		{"某某公司", "某某公司"},
		{"【请仔细阅读】【提示】[Android only] 138****0000 ___ [1] <p> MAXX公司 {a}", ""},
		{"【请填写\n电话】", ""},
		{"XXXXXXXX公司", ""},
		{"Representative: [TODO], DPO: [to be completed], (to be confirmed), <TBD>, 【待补充】、[待填写]", "[TODO]|[to be completed]|(to be confirmed)|<TBD>|【待补充】|[待填写]"},
		{"Effective date: TBD\n\nAddress: TODO\n\nUpdated: DD/MM/YYYY\n\n生效日期：XXXX年XX月XX日\n\n电话：待定\n\n邮箱：xxx@xxx.com", "TBD|TODO|DD/MM/YYYY|XXXX年XX月XX日|待定|xxx@xxx.com"},
		{"Write to [email address] or call [phone number]. The law of [State/Country] applies. 电话：[联系电话]", "[email address]|[phone number]|[State/Country]|[联系电话]"},
		{"We keep it for [X] days. 保存[X]个月 {COMPANY_NAME} {Company Name} %APP_NAME% [●]", "[X]|[X]|{COMPANY_NAME}|{Company Name}|%APP_NAME%|[●]"},
		{"Press [Delete account] or [Settings]; see [1], [Date](https://a.example), a TODO list: TODO lists are synced. [X] done", ""},
		{"点击【联系电话】拨打，订单状态：待定订单会显示，【待付款】，联系方式：【电话】: 0571", ""},
	} {
		d := readText(c.text)
		var got []string
		for _, x := range testReader().placeholders(d, newPoints(c.text)) {
			got = append(got, x.Quote)
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("%q: %q, want %q", c.text, g, c.want)
		}
	}
}

// TestCharsetOfServer: what the server says goes before what the page says, and
// behind what the bytes say.
func TestCharsetOfServer(t *testing.T) {
	const text = "我們會收集您的手機號碼。"
	big5 := encoded(t, traditionalchinese.Big5, `<meta charset="gbk"><p>`+text)
	for _, c := range []struct {
		charset string
		data    []byte
	}{{"Big5", big5}, {"gbk", []byte("<p>" + text)}, {"nonsense", []byte("<p>" + text)}} {
		_, d, err := load(context.Background(), 0, Input{Name: "https://a.cn/p", Data: c.data, Format: formatHTML, Charset: c.charset}, &memory{}, DefaultLimits())
		if err != nil || d.text != text+"\n" {
			t.Errorf("%s: %v %v", c.charset, d, err)
		}
	}
}

// TestOpenDirectory: documents of every kind are taken, sorted; those that are
// not read leave a gap.
func TestOpenDirectory(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{
		"a.txt": "我们会收集IMEI。", "b.PDF": string(policyPDF(fontUni)), "c.docx": string(docxOf(wp("我们会收集您的OAID。"))), "d.doc": "\xD0\xCF\x11\xE0", "e.markdown": "# 一", "logo.png": "x",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, gaps, err := testReader().Read(context.Background(), in)
	if err != nil || len(gaps) != 1 || !strings.Contains(gaps[0].What, "d.doc") {
		t.Fatalf("gaps %v, %v", gaps, err)
	}
	checkQuotes(t, p)
	var got []string
	for _, s := range p.Sources {
		got = append(got, filepath.Base(s.File)+" "+s.Format)
	}
	if g := strings.Join(got, ","); g != "a.txt text,b.PDF pdf,c.docx docx,d.doc ,e.markdown markdown" {
		t.Errorf("sources %s", g)
	}
}
