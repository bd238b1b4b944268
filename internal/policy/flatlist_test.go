package policy

import (
	"slices"
	"strings"
	"testing"
)

// Lists of SDKs whose headings stand in one line.
func TestHeadingsInOneLine(t *testing.T) {
	const umeng, jpush = "umeng-analytics|友盟SDK||imei|", "jpush|极光推送||oaid|"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"cells below headings with blanks", "SDK名称 使用目的 收集个人信息类型 隐私政策链接\n友盟SDK\n统计\nIMEI\nhttps://a.cn/p\n极光推送\n推送\nOAID\nhttps://b.cn/p\n", []string{umeng, jpush}},
		{"cells below glued headings", "SDK名称使用目的收集个人信息类型\n友盟SDK\n统计\nIMEI\n极光推送\n推送\nOAID\n", []string{umeng, jpush}},
		{"lines that are no cells", "SDK名称使用目的收集个人信息类型\n详见下文\n如有疑问请联系\n我们的客服\n", nil},
		{"addresses that no heading announces", "SDK名称 使用目的 收集个人信息类型\n友盟SDK\n统计\nIMEI\nhttps://a.cn/p\n青梧推送\n推送\nOAID\n隐私政策链接：\nhttps://b.cn/p\n", []string{umeng, "sdk?:青梧推送|青梧推送||oaid|"}},
		{"the text behind the rows", "SDK名称 使用目的 收集个人信息类型\n友盟SDK\n统计\nIMEI\n极光推送\n推送\nOAID\n联系方式\n如有疑问\n请致电客服\n", []string{umeng, jpush}},
		{"numbered rows of a line each", "序号 SDK名称 使用目的 收集个人信息类型\n1 友盟SDK 统计 IMEI\n2 极光推送 推送 OAID\n", []string{umeng, jpush}},
		{"the company is the last column", "SDK名称 使用目的 收集的信息 机构名称\n友盟SDK 统计 IMEI 某某有限公司\n极光推送 推送 OAID 别的有限公司\n",
			[]string{"umeng-analytics|友盟SDK|某某有限公司|imei|", "jpush|极光推送|别的有限公司|oaid|"}},
		{"kinds before the names", "合作伙伴类型 合作伙伴名称 合作目的 共享个人信息字段\n统计服务 友盟 统计分析 IMEI\n推送服务 极光推送 推送 OAID\n", []string{"umeng-analytics|友盟||imei|", jpush}},
		{"an empty cell behind the name", "SDK名称 所属公司 使用目的 获取的信息\n极光推送 - 推送 OAID\n", []string{jpush}},
		{"two lists without a mark between", "SDK名称 使用目的 使用的权限 获取的信息\n极光推送 推送 存储空间、网络状态 OAID、IMEI\n", []string{"jpush|极光推送||oaid imei|READ_EXTERNAL_STORAGE ACCESS_NETWORK_STATE"}},
		{"all in one line", "SDK名称 使用目的 收集个人信息类型 隐私政策链接 友盟SDK 统计 IMEI https://a.cn/p 极光推送 推送 OAID https://b.cn/p\n", []string{umeng, jpush}},
		{"a table of the app's own functions", "功能名称\n收集个人信息类型\n使用目的\n微信登录\nIMEI\n登录\n", nil},
		{"kinds in the place of names", "SDK类型\n使用目的\n收集信息的类型\n隐私政策链接\n友盟SDK\n统计\nIMEI\nhttps://a.cn/p\n极光推送\n推送\nOAID\nhttps://b.cn/p\n", []string{umeng, jpush}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

// An address that ends in a slash ends its cell; a path or a legal form goes on.
func TestCellsOverLines(t *testing.T) {
	const head = "SDK名称\n使用目的\n收集个人信息类型\n隐私政策链接\n公司名称\n"
	p := wantRows(t, "a.txt", head+"友盟SDK\n统计\nIMEI\nhttps://a.cn/\n某某科技\n有限公司\n极光推送\n推送\nOAID\nhttps://b.cn/\nprivacy/index.html\n别的有限公司\n",
		"umeng-analytics|友盟SDK|某某科技 有限公司|imei|", "jpush|极光推送|别的有限公司|oaid|")
	if len(p.SDKs) > 0 && p.SDKs[0].Link != "https://a.cn/" {
		t.Errorf("link %q", p.SDKs[0].Link)
	}
	for line, want := range map[string]bool{"privacy/index.html": true, "?id=1": true, "青梧SDK": false, "Bugly": false, "https://b.cn/": false} {
		if goesOnAddress(line) != want {
			t.Errorf("%s: goes on %v", line, !want)
		}
	}
}

func TestGluedNames(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"the company right behind the name", "SDK名称公司名称收集信息类型使用目的隐私政策链接青梧SDK北京某某科技有限公司IMEI用于统计https://a.cn/p1友盟SDK友盟同欣（北京）科技有限公司OAID用于统计https://b.cn/p2\n",
			[]string{"sdk?:青梧SDK|青梧SDK|北京某某科技有限公司|imei|", "umeng-analytics|友盟SDK|友盟同欣（北京）科技有限公司|oaid|"}},
		{"unknown names without links", "SDK名称使用目的收集信息类型友盟SDK用于统计设备信息（IMEI）青梧SDK用于推送设备信息（OAID）极光SDK用于推送网络信息（IP地址）\n",
			[]string{"umeng-analytics|友盟SDK||imei|", "sdk?:青梧SDK|青梧SDK||oaid|", "jpush|极光SDK||ip_address|"}},
		{"kinds before the names", "合作伙伴类型合作伙伴名称合作目的共享个人信息字段隐私政策统计类合作方友盟提供统计分析IMEI、IP地址https://a.cn/p推送类合作方极光推送提供推送OAID、IP地址https://b.cn/p\n",
			[]string{"umeng-analytics|友盟||imei ip_address|", "jpush|极光推送||oaid ip_address|"}},
		{"words of headings in a cell", "SDK名称使用目的收集信息类型隐私政策链接友盟SDK用于统计IMEI、IP地址https://a.cn/p极光SDK嵌入第三方SDK收集传输个人信息用于推送OAID、IP地址https://b.cn/p\n",
			[]string{"umeng-analytics|友盟SDK||imei ip_address|", "jpush|极光SDK||oaid ip_address|"}},
		{"links behind companies that no heading announces", "SDK名称场景描述个人信息类型第三方机构名称友盟SDK统计IMEI、IP地址某某有限公司https://a.cn/p极光SDK推送OAID、IP地址别的有限公司https://b.cn/p\n",
			[]string{"umeng-analytics|友盟SDK|某某有限公司|imei ip_address|", "jpush|极光SDK|别的有限公司|oaid ip_address|"}},
		{"an address behind each name", "第三方SDK目录如下SDK名称官网链接公司主体使用目的收集个人信息类型友盟SDKhttps://a.cn/北京某某有限公司统计IMEI、IP地址（可选）青梧推送https://b.cn/上海某某有限公司推送OAID极光推送https://c.cn/p深圳某某有限公司推送OAID、IP地址\n",
			[]string{"umeng-analytics|友盟SDK|北京某某有限公司|imei ip_address|", "sdk?:青梧推送|青梧推送|上海某某有限公司|oaid|", "jpush|极光推送|深圳某某有限公司|oaid ip_address|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

// Titles with numbers behind addresses that end in a digit themselves.
func TestTitlesBehindAddresses(t *testing.T) {
	entry := func(title, data, link string) string {
		return title + "（1）公司名称：某某有限公司（2）使用目的：统计（3）收集个人信息类型：" + data + "（4）隐私协议：" + link
	}
	wantRows(t, "a.txt", "我们接入以下工具："+entry("1、友盟SDK", "IMEI", "https://a.cn/p")+entry("2、极光推送SDK", "OAID", "https://b.cn/id=36")+entry("3、青梧SDK", "IP地址", "https://c.cn/p")+"\n",
		"umeng-analytics|友盟SDK|某某有限公司|imei|", "jpush|极光推送SDK|某某有限公司|oaid|", "sdk?:青梧SDK|青梧SDK|某某有限公司|ip_address|")
}

func TestGluedFields(t *testing.T) {
	r := testReader()
	for _, heads := range []string{
		"SDK名称 用途 数据类型 隐私协议地址", "SDK名称 获取信息范围 服务目的", "第三方名称 使用目的 功能类型 涉及个人信息 第三方官网链接", "SDK名称 使用功能 使用目的 数据类型",
		"SDK名称 共享的信息 信息共享的目的 信息共享主体 隐私政策链接", "序号 SDK名称 第三方机构名称 收集信息目的 备注", "第三方SDK名称 收集方式及目的 第三方SDK隐私政策链接",
	} {
		var want []field
		for _, h := range strings.Fields(heads) {
			want = append(want, r.headingField(h))
		}
		text := strings.ReplaceAll(heads, " ", "")
		d := readText(text + "\n")
		d.fold = d.fold.fill(d.text, len(d.text))
		f := d.view(span{0, len(text)})
		if got := r.gluedFields(d, r.headings.find(&f)); !slices.Equal(got, want) {
			t.Errorf("%s: fields %v; %v are wanted", heads, got, want)
		}
	}
	for cell, want := range map[string]field{"使用权限名称": fieldPermissions, "功能名称": fieldFunction, "服务名称": fieldName, "产品名称": fieldName} {
		if got := r.headingField(cell); got != want {
			t.Errorf("%s: got %v, want %v", cell, got, want)
		}
	}
}
