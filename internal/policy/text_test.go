package policy

import (
	"slices"
	"strings"
	"testing"
)

func TestNumberAt(t *testing.T) {
	for _, c := range []struct {
		line, style string
		value       int
		rest        string
	}{
		{"一、定义", "cn", 1, "定义"},
		{"十二、其他", "cn", 12, "其他"},
		{"二十. 其他", "cn", 20, "其他"},
		{"(三)共享", "(cn)", 3, "共享"},
		{"（十一）注销", "(cn)", 11, "注销"},
		{"第五条 权利", "art", 5, "权利"},
		{"第3章 定义", "art", 3, "定义"},
		{"1. 手机号", "num", 1, "手机号"},
		{"1、手机号", "num", 1, "手机号"},
		{"26)结束", "num)", 26, "结束"},
		{"1.2 注册", "dec2", 2, "注册"},
		{"1.2.2.1 In order", "dec4", 1, "In order"},
		{"2 我们收集的信息", "num", 2, "我们收集的信息"},
		{"(2)用途", "(num)", 2, "用途"},
		{"a. 为了", "alpha", 1, "为了"},
		{"iv) fourth", "alpha", 4, "fourth"},
		{"③ 相机", "circle", 3, "相机"},
		{"②.SDK名称", "circle", 2, "SDK名称"},
		{"- item", "bullet", 0, "item"},
		{"•项目", "bullet", 0, "项目"},
		{"  3. indented", "num", 3, "indented"},
		{"2022年3月", "", 0, "2022年3月"},
		{"3.5GB内存", "", 0, "3.5GB内存"},
		{"14岁以下", "", 0, "14岁以下"},
		{"30 days", "", 0, "30 days"},
		{"5 个工作日", "", 0, "5 个工作日"},
		{"-5°C", "", 0, "-5°C"},
		{"IMEI", "", 0, "IMEI"},
		{"", "", 0, ""},
	} {
		n := numberAt(c.line)
		if n.style != c.style || n.value != c.value || c.line[n.bytes:] != c.rest {
			t.Errorf("%q: style %q value %d rest %q, want %q %d %q", c.line, n.style, n.value, c.line[n.bytes:], c.style, c.value, c.rest)
		}
	}
}

// TestSections gives for every line the state of its section: "-" closed, "+"
// open; a line that is a heading has "#" behind it.
func TestSections(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"definitions close", "前言\n一、名词解释\n个人信息包括姓名。\n二、我们收集的信息\n手机号码。", "+# -# - +# +"},
		{"numbered text inside", "一、定义\n1. 姓名:您的姓名。\n2. 电话:您的电话。\n二、我们收集的信息\n手机号码。", "-# - - +# +"},
		{"a sentence counts on", "一、释义\n1. 姓名:您的姓名。\n二、为了提供服务,我们会收集以下信息:\n1. 手机号码;", "-# - + +"},
		{"headings nest", "1. 我们收集的信息\n1.1 注册\n手机号码。\n1.2 您的权利\n查询。\n2. Cookie\n小文件。", "+# +# + -# - -# -"},
		{"children close all below", "一、儿童个人信息\n(一)我们如何收集\n姓名。\n二、我们收集的信息\n姓名。", "-# -# - +# +"},
		{"whole titles", "一、账号安全\n我们会收集IMEI。\n二、安全\n加密。", "+# + -# -"},
		{"English", "1. Definitions\nA name.\n2. Information we collect\nA phone number.\n3. How we use cookies\nFiles.", "-# - +# + -# -"},
		{"English sentences are no headings", "2. Information we collect\n2.1 When you sign up, we collect your rights.\n2.2 We protect you.", "+# + +"},
		{"plain", "定义\n姓名。\n\n我们收集的信息\n\n手机号码。", "-# - +# +"},
		{"capitals", "TERMS USED HERE\n\nA name.\n\nINFORMATION WE COLLECT\n\nA phone.", "-# - +# +"},
		{"items below an announcement", "一、我们收集的信息\n我们会收集以下信息:\n1. 通讯录\n2. 您的权利\n3. 短信", "+# + + + +"},
		{"appended policy for children", "一、我们收集的信息\n手机号。\n十、联系我们\n电话。\n公司希望通过《儿童个人信息保护规则》(以下简称“本政策”)说明。\n一、我们如何收集和使用儿童个人信息\n姓名。\n二、我们如何共享\n姓名。", "+# + +# + - -# - -# -"},
		{"collecting before rights", "二、我们如何收集您的信息以及您可以如何管理\n手机号码。\n三、您如何管理我们收集的信息\n删除。", "+# + -# -"},
		{"no heading above chapter one closes it", "术语定义\n\n姓名。\n\n一、我们的服务\n手机号码。\n二、我们收集的信息\n手机号码。", "-# - +# + +# +"},
		{"exceptions", "一、我们收集的信息\n(一)征得同意的例外\n1. 与国家安全有关的;\n(二)设备信息\nIMEI。", "+# -# - +# +"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readText(c.text)
			d.fold = foldText(d.text)
			languages(d)
			secs := testReader().sectionsOf(d)
			var got []string
			for _, b := range d.blocks {
				s := "+"
				if secs[b.section].closed {
					s = "-"
				}
				if b.kind == heading {
					s += "#"
				}
				got = append(got, s)
			}
			if g := strings.Join(got, " "); g != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", c.text, g, c.want)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	for _, c := range []struct {
		name, text string
		blocks     string
		document   []string
	}{
		{"Chinese", "我们会收集您的手机号码。", "zh", []string{"zh"}},
		{"English", "We collect your phone number.", "en", []string{"en"}},
		{"names take the language around them", "我们会收集您的信息。\nIMEI、OAID\nWe collect some data.\nIMEI, OAID", "zh zh en en", []string{"zh", "en"}},
		{"unsure at the start", "IMEI\nV1.0\n我们会收集您的信息。", "zh zh zh", []string{"zh"}},
		{"nothing but names", "IMEI\nOAID", "en en", []string{"en"}},
		{"a few English words", strings.Repeat("我们会收集您的手机号码。\n", 20) + "Please read the terms.", strings.Repeat("zh ", 20) + "en", []string{"zh"}},
		{"Chinese with English names", "微信 Open SDK 会收集 Android ID。", "zh", []string{"zh"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readText(c.text)
			languages(d)
			var got []string
			for _, b := range d.blocks {
				got = append(got, b.lang)
			}
			if g := strings.Join(got, " "); g != c.blocks {
				t.Errorf("blocks %q, want %q", g, c.blocks)
			}
			if g := languagesOf(d); !slices.Equal(g, c.document) {
				t.Errorf("document %v, want %v", g, c.document)
			}
		})
	}
}

func TestSplitSentences(t *testing.T) {
	for _, c := range []struct {
		name, lang, text string
		want             []string
	}{
		{"stops", "zh", "我们收集IMEI。我们不收集短信;仅此。", []string{"我们收集IMEI。", "我们不收集短信;", "仅此。"}},
		{"parentheses", "zh", "设备信息(IMEI;OAID)和日志。", []string{"设备信息(IMEI;OAID)和日志。"}},
		{"a stop in parentheses cuts", "zh", "设备信息(IMEI。和日志", []string{"设备信息(IMEI。", "和日志"}},
		{"no blank pieces", "zh", " 。 ", []string{"。"}},
		{"English", "en", "We collect names. You may opt out. ok", []string{"We collect names.", "You may opt out. ok"}},
		{"abbreviations", "en", "Data, e.g. Names. By Acme Co. Ltd. Only. No. 5 Street.", []string{"Data, e.g. Names.", "By Acme Co. Ltd. Only.", "No. 5 Street."}},
		{"versions", "en", "Version 1.2. Then", []string{"Version 1.2.", "Then"}},
		{"address", "en", "See www.example.com. Thanks", []string{"See www.example.com.", "Thanks"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &document{text: c.text, format: formatText}
			var got []string
			for _, s := range splitSentences(d, span{0, len(c.text)}, c.lang) {
				got = append(got, d.str(s))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	long := strings.Repeat("手机号码、", 4*maxStatementBytes/15)
	d := &document{text: long}
	for _, s := range splitSentences(d, span{0, len(long)}, "zh") {
		if s.end-s.start > 2*maxStatementBytes+8 {
			t.Errorf("a sentence of %d bytes", s.end-s.start)
		}
	}
}

func TestMatcher(t *testing.T) {
	m := newMatcher()
	for i, w := range []string{"IMEI", "MAC", "MAC address", "设备识别码", "移动设备识别码", "Wi-Fi", "SSID", "battery", "Android ID", "address", "国"} {
		m.add(w, int32(i))
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "IMEI", []string{"IMEI"}},
		{"case", "imei、Imei", []string{"imei", "Imei"}},
		{"full width", "ＩＭＥＩ", []string{"ＩＭＥＩ"}},
		{"longest", "移动设备识别码", []string{"移动设备识别码"}},
		{"longest with blanks", "MAC  address", []string{"MAC  address"}},
		{"stray blanks", "A n d r o i d  I D", []string{"A n d r o i d  I D"}},
		{"hyphens and underscores", "WiFi、Wi-Fi、WI_FI", []string{"WiFi", "Wi-Fi", "WI_FI"}},
		{"line break inside", "移动设\n备识别码", []string{"移动设\n备识别码"}},
		{"not inside a word", "MACHINE STOMAC BSSID IMEIX", nil},
		{"beside Chinese", "的IMEI和", []string{"IMEI"}},
		{"plural", "addresses, batterys", []string{"addresses", "batterys"}},
		{"no plural of others", "addressed", nil},
		{"digits", "IMEI2", nil},
		{"traditional and variant ideographs", "⺇囯國国", []string{"國", "国"}},
		{"not overlapping", "MAC MAC address", []string{"MAC", "MAC address"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := foldText(c.text)
			var got []string
			for _, h := range m.find(&f) {
				s := c.text[h.start:h.end]
				if strings.HasPrefix(s, "address") && len(s) < len("address")+2 {
					s = c.text[h.start:min(len(c.text), h.end+2)]
				} else if s == "battery" {
					s = c.text[h.start:min(len(c.text), h.end+1)]
				}
				got = append(got, s)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if v, ok := m.whole("wi fi"); !ok || v != 5 {
		t.Errorf("whole: %d %v", v, ok)
	}
	for _, s := range []string{"", "Wi-Fi network", "Wi"} {
		if _, ok := m.whole(s); ok {
			t.Errorf("%q is no whole term", s)
		}
	}
	f := foldText("前言IMEI后记")
	v := f.viewFrom(f.index(len("前言"), 0), span{len("前言"), len("前言IMEI")})
	if hs := m.find(&v); len(hs) != 1 || hs[0].start != len("前言") || hs[0].from != 0 {
		t.Errorf("view: %v", hs)
	}
}

func TestPoints(t *testing.T) {
	text := strings.Repeat("手a机\xff号😀", 100)
	p := newPoints(text)
	n := 0
	for i := range text {
		if got := p.at(i); got != n {
			t.Fatalf("byte %d is point %d, want %d", i, got, n)
		}
		n++
	}
}

func TestWraps(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"open parenthesis", "设备信息(IMEI\nOAID)等", []string{"设备信息(IMEI\nOAID)等"}},
		{"parenthesis that never closes", "设备信息(IMEI\n支付宝(杭州)公司", []string{"设备信息(IMEI", "支付宝(杭州)公司"}},
		{"enumeration", "我们会收集IMEI、\nOAID", []string{"我们会收集IMEI、\nOAID"}},
		{"numbered line", "我们会收集IMEI、\n1. OAID", []string{"我们会收集IMEI、", "1. OAID"}},
		{"closing punctuation", "始终了解\n。请联系", []string{"始终了解\n。请联系"}},
		{"blank line", "我们会收集IMEI、\n\nOAID", []string{"我们会收集IMEI、", "OAID"}},
		{"English column", "This is a long English line that goes on and on with\nmore words in the next", []string{"This is a long English line that goes on and on with\nmore words in the next"}},
		{"English sentences", "This is a long English line that goes on and on here.\nMore words", []string{"This is a long English line that goes on and on here.", "More words"}},
		{"a line of dashes", "一\n----\n二", []string{"一", "二"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readText(c.text)
			var got []string
			for _, b := range d.blocks {
				got = append(got, d.str(b.span))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
