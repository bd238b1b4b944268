package policy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/audit"
)

// Most shapes are tried with smallerBytes; those of which a little is cheap, with
// hostileBytes. Machines that are shared were seen to differ by a factor of ten, so
// no time alone tells what grows with the square: a document that takes longer than
// hostileAim must not take mostGrowth times as long as one of a quarter of its
// size, where four is in proportion and sixteen the square. What would
// need a minute for 1 MiB is that slow, and grows so, in these sizes. No document at
// all may take hostileLimit.
const (
	hostileBytes = 1 << 20
	smallerBytes = 256 << 10
	hostileAim   = time.Second
	hostileLimit = 30 * time.Second
	mostGrowth   = 9
	clearlyLess  = 5
	hostileTries = 3 // a machine may be busy with something else
)

// inProportion reads a document of a size and fails where that costs more than its
// length allows.
func inProportion(t *testing.T, size int, file string, document func(size int) []byte) {
	t.Helper()
	p, took, err := timed(t, file, document(size))
	t.Logf("%v, %d entries, %d claims, %v", took.Round(time.Millisecond), len(p.SDKs), len(p.Claims), err)
	if took <= hostileAim || raceEnabled {
		return
	}
	if took >= hostileLimit {
		t.Fatalf("%d bytes of this shape take %v or longer", size, hostileLimit)
	}
	quarter := took
	for range hostileTries { // the least of each is the nearest to what it costs
		_, part, _ := timed(t, file, document(size/4))
		_, again, _ := timed(t, file, document(size))
		quarter, took = min(quarter, part), min(took, again)
		if took <= hostileAim || took < clearlyLess*quarter {
			return
		}
	}
	t.Logf("%v after %d tries, a quarter of it %v", took.Round(time.Millisecond), hostileTries, quarter.Round(time.Millisecond))
	if took >= mostGrowth*quarter {
		t.Errorf("%d bytes of this shape took %v, too much for their number", size, took)
	}
}

func timed(t *testing.T, file string, data []byte) (audit.Policy, time.Duration, error) {
	t.Helper()
	r := testReader()
	ctx, stop := context.WithTimeout(t.Context(), hostileLimit)
	defer stop()
	began := time.Now()
	p, _, err := r.Read(ctx, []Input{{Name: file, Data: data}})
	return p, time.Since(began), err
}

// shaped is a document of a size: a start, and a piece again and again.
func shaped(start, piece string) func(size int) []byte {
	return func(size int) []byte { return []byte(start + strings.Repeat(piece, size/len(piece)+1)) }
}

// TestHostileSize reads large documents of one repeated shape: no shape may cost
// more than its length allows.
func TestHostileSize(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large documents")
	}
	row := "友盟统计SDK | 友盟同欣(北京)科技有限公司 | 统计分析 | IMEI、MAC地址、Android ID | https://www.umeng.com/page/policy |\n"
	header := "SDK名称 | 公司名称 | 使用目的 | 收集个人信息类型 | 隐私政策链接 |\n"
	kv := "SDK名称:极光推送\n公司名称:深圳市和讯华谷信息技术有限公司\n收集个人信息类型:IMEI、MAC地址、设备信息(包括IMSI、OAID)\n\n"
	for _, c := range []struct{ name, file, start, piece string }{
		{"table rows", "a.txt", header, row},
		{"rows without header", "a.txt", "", row},
		{"tab rows", "a.txt", strings.ReplaceAll(header, " | ", "\t"), strings.ReplaceAll(row, " | ", "\t")},
		{"HTML table rows", "a.html", "<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr>", "<tr><td>友盟统计SDK</td><td rowspan=9>友盟</td><td>IMEI、MAC地址</td></tr>"},
		{"HTML cells", "a.html", "<table><tr>", "<td>IMEI"},
		{"nested HTML tables", "a.html", "", "<table><tr><td>IMEI"},
		{"Markdown rows", "a.md", "|SDK名称|公司名称|收集个人信息类型|\n|---|---|---|\n", "|友盟统计SDK|友盟|IMEI、MAC地址|\n"},
		{"Markdown quotes", "a.md", "", "> "},
		{"Markdown emphasis", "a.md", "", "*a_ "},
		{"Markdown brackets", "a.md", "", "[a]("},
		{"key: value blocks", "a.txt", "", kv},
		{"keys only", "a.txt", "", "SDK名称:\n"},
		{"one entry without end", "a.txt", "SDK名称:穿山甲\n", "【仅Android】IMEI、MAC地址\n"},
		{"parentheses", "a.txt", "", "("},
		{"parentheses on lines", "a.txt", "", "(\n"},
		{"umbrellas in parentheses", "a.txt", "", "设备信息("},
		{"umbrellas with colons", "a.txt", "", "设备信息:"},
		{"one line", "a.txt", "我们会收集您的", "手机号码、设备信息"},
		{"one line without a stop", "a.txt", "", "我们会收集您的手机号码但不会获取您的位置信息用于推送"},
		{"one line of letters", "a.txt", "", "abcdefgh "},
		{"one word", "a.txt", "", "a"},
		{"aliases in a line", "a.txt", "", "友盟SDK极光推送SDK"},
		{"aliases on lines", "a.txt", "", "友盟SDK会收集IMEI。\n极光推送SDK会收集MAC地址。\n"},
		{"unknown SDKs", "a.txt", "", "我们接入了青梧SDK,它由杭州青梧有限公司提供。"},
		{"negations", "a.txt", "", "不会不收集没有获取"},
		{"pronouns", "a.txt", "", "我们会获取通讯录。应用没有收集此信息。"},
		{"commas", "a.txt", "我们会收集", ",IMEI"},
		{"headings", "a.txt", "", "一、我们如何收集\n1. 定义\n(1) 权利\n"},
		{"list items", "a.txt", "我们会收集以下信息:\n", "1. IMEI包括:\n"},
		{"platform notes", "a.txt", "我们会收集", "【仅Android】IMEI【仅iOS】IDFA(仅iOS)"},
		{"flat rows", "a.txt", "SDK名称 所属公司 使用目的 使用的权限 获取的信息\n", "友盟SDK 友盟有限公司 统计 手机状态 IMEI、MAC 点击跳转\n"},
		{"flat row without end", "a.txt", "SDK名称 所属公司 使用目的 使用的权限 获取的信息\n", "IMEI、MAC "},
		{"rows in one line", "a.txt", "SDK名称 使用目的 收集信息类型 隐私政策链接 ", "友盟SDK 统计 IMEI、MAC https://a.cn/policy "},
		{"an address behind each name", "a.txt", "SDK名称官网链接使用目的收集信息类型", "友盟SDKhttps://a.cn/policy，统计IMEI、MAC"},
		{"cells below headings in one line", "a.txt", "SDK名称 使用目的 收集信息类型\n", "友盟SDK\n统计\nIMEI\n"},
		{"glued rows", "a.txt", "第三方SDK名称使用目的收集信息类型隐私政策链接", "友盟SDK用于统计IMEI、MAChttps://a.cn/policy"},
		{"glued rows without links", "a.txt", "第三方SDK名称使用目的收集信息类型", "友盟SDK用于统计IMEI、MAC"},
		{"glued headings", "a.txt", "友盟SDK", "第三方SDK名称使用目的收集信息类型隐私政策链接"},
		{"glued address", "a.txt", "第三方SDK名称使用目的收集信息类型隐私政策链接友盟SDKhttps://a.cn/", "openinstall"},
		{"cells on lines without end", "a.txt", "SDK名称\n公司名称\n使用目的\n收集个人信息类型\n", "友盟SDK\nIMEI\n"},
		{"broken Markdown rows", "a.txt", "SDK名称\n|\n使用目的\n|\n收集的信息  \n  \n---|---|---  \n  \n", "友盟\n|\n统计\n|\nIMEI  \n  \nMAC地址  \n  \n"},
		{"lone lines in Markdown", "a.txt", "SDK名称\n|\n使用目的\n|\n收集的信息  \n  \n---|---|---  \n  \n友盟\n|\n统计\n|\nIMEI  \n", "MAC地址  \n"},
		{"cells on lines", "a.txt", "SDK名称\n公司名称\n使用目的\n收集个人信息类型\n", "友盟\n友盟有限公司\n统计\nIMEI\n"},
		{"placeholders", "a.txt", "", "【请填写{{"},
		{"quotes", "a.txt", "", "“我们如何收集IMEI《"},
		{"naming notes", "a.txt", "", "(以下简称“"},
		{"line breaks", "a.txt", "", "\n"},
		{"slips", "a.txt", "我们会收集", "IEMI、lME1、iccd、"},
		{"slips that fit nowhere", "a.txt", "", "，，IEMI是"},
		{"strangers", "a.txt", "我们会收集", "手机x号极 码"},
		{"wrapped lines", "a.txt", "", "为了服务，我们会收集您的位置信\n息、身\n份证号码，以及您的IP\n地址以及电子邮\n"},
		{"unknown words", "a.txt", "We collect ", "rnrnrnrn mmmm_mmmm_"},
		{"broken bytes", "a.txt", "我们会收集IMEI。", "\xff\xfe\xfd隐私"},
		{"HTML links", "a.html", "", "<a href=http://x>IMEI</a><p>"},
		{"HTML hidden", "a.html", "", "<div hidden>IMEI"},
		{"company names", "a.txt", "", "SDK由北京(京)有限公"},
		{"English companies", "a.txt", "", "SDK by Acme Of (The) North "},
		{"dates before a word", "a.txt", "", "2021年1月1日2021-2-3更新"},
		{"dates on lines", "a.txt", "", "更新日期：\n2021年1月1日\n"},
		{"no dates", "a.txt", "", "更新日期2021年99月"},
		{"titles", "a.txt", "", "《儿童《注销》"},
		{"addresses and numbers", "a.txt", "", "电话a@b0571 88#"},
		{"companies of the operator", "a.txt", "", "我们公司Ltd由Inc"},
		{"durations", "a.txt", "", "保存30个工作日答复请求"},
		{"words of topics", "a.txt", "", "注销账号撤回同意保存期限境内存储。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			size := smallerBytes
			switch c.name {
			case "table rows", "tab rows", "HTML table rows", "flat rows", "key: value blocks", "list items",
				"parentheses", "one line", "aliases in a line":
				size = hostileBytes
			}
			inProportion(t, size, c.file, shaped(c.start, c.piece))
		})
	}
}

// TestManyInputs reads many documents of one line in one call: what a document
// costs by itself must stay small. Twenty seconds are the aim for so many,
// reports included.
func TestManyInputs(t *testing.T) {
	var inputs []Input
	for i := range 2540 {
		inputs = append(inputs, Input{Name: "a.txt", Data: fmt.Appendf(nil, "%d. 我们会收集您的手机号码、设备信息(包括IMEI)。\n", i)})
	}
	began := time.Now()
	p, _, err := testReader().Read(context.Background(), inputs)
	if err != nil || len(p.Claims) < len(inputs) {
		t.Fatalf("%d claims, %v", len(p.Claims), err)
	}
	if took := time.Since(began); took > hostileLimit && !raceEnabled {
		t.Errorf("%d documents took %v", len(inputs), took)
	}
}

// ordinary are Chinese policies: the ones of the project's test data, and the
// seed policies where they are there.
func ordinary(b *testing.B) []Input {
	var inputs []Input
	for _, dir := range []string{policyDir, seedsDir} {
		files, _ := filepath.Glob(filepath.Join(dir, "*.zh.*"))
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			inputs = append(inputs, Input{Name: filepath.Base(f), Data: data})
		}
	}
	return inputs
}

// BenchmarkRead reads ordinary Chinese policies. Beside its own speed it states
// that of what no reader can do without, decoding and folding the same bytes, and
// how many times as long reading takes.
func BenchmarkRead(b *testing.B) {
	inputs := ordinary(b)
	size := 0
	for _, in := range inputs {
		size += len(in.Data)
	}
	r := testReader()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := r.Read(context.Background(), inputs); err != nil {
			b.Fatal(err)
		}
	}
	reading := b.Elapsed() / time.Duration(b.N)
	const rounds = 20
	began := time.Now()
	var fold folded
	for range rounds {
		for _, in := range inputs {
			format, _ := formatOf(in.Name, in.Data)
			text, err := decode(in.Data, format, "")
			if err != nil {
				b.Fatal(err)
			}
			fold = fold.fill(text, runeCount(text))
		}
	}
	limit := time.Since(began) / rounds
	b.ReportMetric(float64(size)/1e6/limit.Seconds(), "limit-MB/s")
	b.ReportMetric(reading.Seconds()/limit.Seconds(), "times-limit")
}

// BenchmarkNewReader compiles the words: a cost of every start.
func BenchmarkNewReader(b *testing.B) {
	set := testReader().set
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewReader(set); err != nil {
			b.Fatal(err)
		}
	}
}
