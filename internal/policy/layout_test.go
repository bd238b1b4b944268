package policy

import (
	"fmt"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// rows sums up SDK entries: "id|name|company|data;ios|permissions", one line
// each.
func rows(p audit.Policy) string {
	var b strings.Builder
	for _, s := range p.SDKs {
		var perms []string
		for _, perm := range s.Permissions {
			perms = append(perms, strings.TrimPrefix(perm, "android.permission."))
		}
		data := strings.Join(s.Data, " ")
		if len(s.PlatformData.IOS) > 0 {
			data += ";" + strings.Join(s.PlatformData.IOS, " ")
		}
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s\n", s.ID, s.NameAsWritten, s.Company, data, strings.Join(perms, " "))
	}
	return b.String()
}

func wantRows(t *testing.T, file, text string, want ...string) audit.Policy {
	t.Helper()
	p := readOne(t, file, []byte(text))
	checkQuotes(t, p)
	wanted := strings.Join(want, "\n")
	if wanted != "" {
		wanted += "\n"
	}
	if got := rows(p); got != wanted {
		t.Errorf("%s\ngot\n%swant\n%s", text, got, wanted)
	}
	return p
}

func TestKeyValue(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "SDK名称:极光推送\n公司名称:深圳市和讯华谷信息技术有限公司\n收集个人信息类型:IMEI、MAC地址\n", []string{"jpush|极光推送|深圳市和讯华谷信息技术有限公司|imei wifi_mac|"}},
		{"wide colons and blanks", "SDK 名称：极光推送\n  收集个人信息类型 ： IMEI\n", []string{"jpush|极光推送||imei|"}},
		{"numbered", "①.SDK名称:极光推送\n收集个人信息类型:IMEI\n②.SDK名称:腾讯Bugly\n收集个人信息类型:OAID\n", []string{"jpush|极光推送||imei|", "bugly|腾讯Bugly||oaid|"}},
		{"another key first", "1. 场景描述:推送\nSDK名称:极光推送\n收集个人信息类型:IMEI\n2. 场景描述:崩溃\nSDK名称:腾讯Bugly\n收集个人信息类型:OAID\n", []string{"jpush|极光推送||imei|", "bugly|腾讯Bugly||oaid|"}},
		{"unknown SDK", "SDK名称:青梧SDK\n收集个人信息类型:IMEI\n", []string{"sdk?:青梧SDK|青梧SDK||imei|"}},
		{"one company for two", "(1)友盟+\nSDK名称:友盟统计SDK\n收集个人信息类型:IMEI\nSDK名称:友盟分享SDK\n收集个人信息类型:OAID\n公司名称:友盟同欣(北京)科技有限公司\n", []string{"umeng-analytics|友盟统计SDK|友盟同欣(北京)科技有限公司|imei|", "umeng-share|友盟分享SDK|友盟同欣(北京)科技有限公司|oaid|"}},
		{"value on the next lines", "SDK名称:极光推送\n收集个人信息类型:\nIMEI\nMAC地址\n公司名称:极光\n", []string{"jpush|极光推送|极光|imei wifi_mac|"}},
		{"platform lines", "SDK名称:腾讯QQ互联\n个人信息字段:【双端】网络类型\n【仅Android】IMEI\n【仅iOS】设备型号\n\n我们会收集您的短信。", []string{"qq-connect|腾讯QQ互联||network_type imei;device_model|"}},
		{"free text", "SDK名称:穿山甲\n为了投放广告,可能获取以下信息:\n设备品牌、型号\n第三方SDK公司名称:某有限公司\n", []string{"pangle-csj|穿山甲|某有限公司|device_brand device_model|"}},
		{"ends at the app's own text", "SDK名称:极光推送\n收集个人信息类型:IMEI\n我们会收集您的短信。\n", []string{"jpush|极光推送||imei|"}},
		{"purpose names no data", "SDK名称:极光推送\n使用目的:向您的手机号码发送消息\n收集个人信息类型:IMEI\n", []string{"jpush|极光推送||imei|"}},
		{"scope that collects", "SDK名称:极光推送\n使用范围:记录日志信息、崩溃日志\n收集个人信息类型:IMEI\n", []string{"jpush|极光推送||usage_data crash_logs imei|"}},
		{"unknown key between", "SDK名称:极光推送\n接入的缘由:推送\n收集个人信息类型:IMEI\n", []string{"jpush|极光推送||imei|"}},
		{"title over keys before a numbered name", "⑧穿山甲SDK\n\n公司名称:某有限公司\n\n收集个人信息类型:OAID\n\n⑨SDK名称:青梧SDK\n\n收集个人信息类型:IMEI\n", []string{"pangle-csj|穿山甲SDK|某有限公司|oaid|", "sdk?:青梧SDK|青梧SDK||imei|"}},
		{"permissions", "SDK名称:极光推送\n权限:READ_PHONE_STATE、CAMERA、剪切板\n", []string{"jpush|极光推送||clipboard|READ_PHONE_STATE CAMERA"}},
		{"explained items", "SDK名称:腾讯云对象存储SDK\n收集信息:IP 地址:分析网络状态;系统属性:根据系统版本的差异来优化\n", []string{"tencent-cos|腾讯云对象存储SDK||ip_address system_properties|"}},
		{"nothing collected", "SDK名称:极光推送\n收集个人信息类型:不收集您的IMEI\n", []string{"jpush|极光推送|||"}},
		{"name above the keys", "(1)友盟SDK\n使用目的:统计分析\n收集信息:IMEI\n(2)青梧推送SDK\n收集信息:OAID\n(3)推送\n收集信息:短信\n", []string{"umeng-analytics|友盟SDK||imei|", "sdk?:青梧推送SDK|青梧推送SDK||oaid|"}},
		{"English", "SDK name: JPush\nCompany: Acme Co., Ltd.\nInformation collected: IMEI, MAC address\nPrivacy policy link: https://jiguang.cn\n", []string{"jpush|JPush|Acme Co., Ltd.|imei wifi_mac|"}},
		{"no name key", "公司名称:某有限公司\n收集个人信息类型:IMEI\n", nil},
		{"company in a line without key", "SDK名称:微信支付\n微信支付(腾讯科技(深圳)有限公司)SDK会收集您的IMEI\n", []string{"wechat-opensdk|微信支付|腾讯科技(深圳)有限公司|imei|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

// deepList is a Markdown list of n levels that ends before the text of the last.
func deepList(n int) string { return strings.Repeat("- ", n) }

func TestTables(t *testing.T) {
	head := "SDK名称 | 公司名称 | 使用目的 | 收集个人信息类型 | 隐私政策链接 |\n"
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"pipes", "a.txt", head + "极光推送 | 深圳市和讯华谷信息技术有限公司 | 推送 | IMEI、MAC地址 | https://a.cn |\n", []string{"jpush|极光推送|深圳市和讯华谷信息技术有限公司|imei wifi_mac|"}},
		{"separator row", "a.txt", head + "---|---|---|---|---|\n极光推送 | 某有限公司 | 推送 | IMEI | - |\n", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"tabs", "a.txt", "SDK名称\t公司名称\t使用目的\t收集个人信息类型\n极光推送\t某有限公司\t推送\tIMEI\n", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"a cell is missing", "a.txt", head + "极光推送 | 某有限公司 | IMEI、MAC地址 | https://a.cn |\n", []string{"jpush|极光推送|某有限公司|imei wifi_mac|"}},
		{"cells are shifted", "a.txt", "SDK名称 | 公司名称 | 使用目的 | 可能调用的权限 | 权限授权方式 | 个人信息类型 |\n极光推送 | 某有限公司 | 推送 | 设备信息(IMEI、OAID) | 弹窗 | 加密传输 |\n", []string{"jpush|极光推送|某有限公司|imei oaid|"}},
		{"junk data", "a.txt", head + "jpush.android(极光;极光推送) | 某有限公司 | 推送 | jpush | - |\n", []string{"jpush|jpush.android(极光;极光推送)|某有限公司||"}},
		{"rows of another table", "a.txt", "权限名称 | 使用目的 |\nCAMERA | 扫码 |\n\n" + head + "极光推送 | 某有限公司 | 推送 | IMEI | - |\n", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"rowspan of the company", "a.html", "<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr><tr><td>友盟统计SDK</td><td rowspan=2>友盟</td><td>IMEI</td></tr><tr><td>友盟分享SDK</td><td>OAID</td></tr></table>", []string{"umeng-analytics|友盟统计SDK|友盟|imei|", "umeng-share|友盟分享SDK|友盟|oaid|"}},
		{"rowspan of the name", "a.html", "<table><tr><th>SDK名称</th><th>个人信息类型</th><th>个人信息字段</th></tr><tr><td rowspan=2>极光推送</td><td>设备信息</td><td>IMEI</td></tr><tr><td>网络信息</td><td>IP地址</td></tr></table>", []string{"jpush|极光推送||device_info imei network_info ip_address|"}},
		{"colspan", "a.html", "<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr><tr><td>极光推送</td><td colspan=2>IMEI</td></tr></table>", []string{"jpush|极光推送||imei|"}},
		{"lying spans", "a.html", "<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr><tr><td rowspan=99999999>极光推送</td><td>某有限公司</td><td>IMEI</td></tr></table>", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"line breaks in a cell", "a.html", "<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr><tr><td>极光推送</td><td>某有限公司</td><td>【双端】IP地址<br>【仅Android】IMEI、OAID<br>【仅iOS】设备型号</td></tr></table>", []string{"jpush|极光推送|某有限公司|ip_address imei oaid;device_model|"}},
		{"inside a layout table", "a.html", "<table><tr><td>前言<table><tr><th>SDK名称</th><th>公司名称</th><th>收集个人信息类型</th></tr><tr><td>极光推送</td><td>某有限公司</td><td>IMEI</td></tr></table></td></tr></table>", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"Markdown", "a.md", "|SDK name|Company|Information collected|\n|---|---|---|\n|**JPush**|Acme Ltd.|IMEI, [Android only] OAID, [iOS only] device model|\n", []string{"jpush|JPush|Acme Ltd.|imei oaid;device_model|"}},
		{"numbered rows", "a.md", "|序号|SDK名称|公司名称|个人信息类型|\n|---|---|---|---|\n|1|极光推送|某有限公司|IMEI|\n|2|青梧SDK|别的有限公司|OAID|\n", []string{"jpush|极光推送|某有限公司|imei|", "sdk?:青梧SDK|青梧SDK|别的有限公司|oaid|"}},
		{"lists too deep for Markdown", "a.md", deepList(maxMarkdownDepth) + "- 极光推送SDK会收集您的IMEI。\n", []string{"jpush|极光推送SDK||imei|"}},
		{"broken lines in Markdown", "a.md", "SDK名称：极光推送  \n公司名称：某有限公司  \n收集个人信息类型：IMEI\n", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"unbroken lines of keys in Markdown", "a.md", "SDK名称：极光推送\n公司名称：某有限公司\n收集个人信息类型：IMEI、\nOAID\n", []string{"jpush|极光推送|某有限公司|imei oaid|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, c.file, c.text, c.want...) })
	}
}

func TestFlatRows(t *testing.T) {
	head := "SDK名称 所属公司 使用场景 使用目的 使用的权限 共享方式 获取的信息 隐私政策链接\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", head + "极光推送 某有限公司 有新消息时 推送消息 手机状态 SDK本地收集 IMEI、OAID 点击跳转\n", []string{"jpush|极光推送|某有限公司|imei oaid|READ_PHONE_STATE"}},
		{"cells with blanks", head + "微信Open SDK 某有限公司 登录,可使用微信 完成登录 网络权限、改变 Z 轴排列任务 SDK本地收集 设备信息(IMEI、MAC地址)、网络信息(包括SSID、 BSSID) 点击跳转\n", []string{"wechat-opensdk|微信Open SDK|某有限公司|imei wifi_mac wifi_ssid wifi_bssid|INTERNET REORDER_TASKS"}},
		{"no company", head + "ijk 视频播放器 - 观看视频 播放视频 点击跳转\n", []string{"ijkplayer|ijk 视频播放器|||"}},
		{"goes on behind a blank line", head + "极光推送 某有限公司 推送 推送 手机状态 SDK本地收集 IMEI 点击跳转\n\n青梧推送 某有限公司 推送 推送 手机状态 SDK本地收集 OAID 点击跳转\n", []string{"jpush|极光推送|某有限公司|imei|READ_PHONE_STATE", "sdk?:青梧推送|青梧推送|某有限公司|oaid|READ_PHONE_STATE"}},
		{"ends at text", head + "极光推送 某有限公司 推送 推送 手机状态 SDK本地收集 IMEI 点击跳转\n\n我们 会 保存 您的短信。\n", []string{"jpush|极光推送|某有限公司|imei|READ_PHONE_STATE"}},
		{"version notes", head + "MobTech ShareSDK 某有限公司 分享 分享 手机状态 SDK本地收集 IMEI(仅2022年3月份之前的版本收集)、ICCID(仅在秒验产品中收集) 点击跳转\n", []string{"mobtech-sharesdk|MobTech ShareSDK|某有限公司|imei iccid|READ_PHONE_STATE"}},
		{"unbalanced parenthesis", head + "极光推送 某有限公司 推送 推送 手机状态 SDK本地收集 设备信息(IMEI、(OAID 点击跳转\n友盟Umeng 某(北京)有限公司 统计 统计 手机状态 SDK本地收集 IMSI 点击跳转\n", []string{"jpush|极光推送|某有限公司|imei oaid|READ_PHONE_STATE", "umeng-analytics|友盟Umeng|某(北京)有限公司|imsi|READ_PHONE_STATE"}},
		{"a sentence is no header", "我们 使用 第三方SDK 和 权限。\n极光推送 某有限公司 IMEI\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

func TestCellLines(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"links end entries", "SDK名称\n公司名称\n收集个人信息类型\n隐私政策链接\n极光推送\n某有限公司\nIMEI\nhttps://a.cn\n腾讯Bugly\n某有限公司\nOAID\nMAC地址\nhttps://b.cn\n", []string{"jpush|极光推送|某有限公司|imei|", "bugly|腾讯Bugly|某有限公司|oaid wifi_mac|"}},
		{"as many lines as headings", "SDK名称\n公司名称\n收集个人信息类型\n极光推送\n某有限公司\nIMEI\n腾讯Bugly\n另一有限公司\nOAID\n", []string{"jpush|极光推送|某有限公司|imei|", "bugly|腾讯Bugly|另一有限公司|oaid|"}},
		{"ends at a heading", "SDK名称\n公司名称\n收集个人信息类型\n极光推送\n某有限公司\nIMEI\n四、您的权利\n查询\n更正\n", []string{"jpush|极光推送|某有限公司|imei|"}},
		{"two headings are none", "SDK名称\n公司名称\n极光推送\n某有限公司\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

func TestProse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"subject", "极光推送SDK会收集您的IMEI和OAID。", []string{"jpush|极光推送SDK||imei oaid|"}},
		{"subject without SDK", "友盟会收集您的IMEI。", []string{"umeng-analytics|友盟||imei|"}},
		{"contained", "我们接入了极光推送SDK。", []string{"jpush|极光推送SDK|||"}},
		{"company behind 由", "我们接入了极光推送SDK,它由深圳市和讯华谷信息技术有限公司提供。极光推送SDK会收集IMEI。", []string{"jpush|极光推送SDK|深圳市和讯华谷信息技术有限公司|imei|"}},
		{"company in parentheses", "微信支付(腾讯科技(深圳)有限公司)SDK会收集您的IMEI。", []string{"wechat-opensdk|微信支付|腾讯科技(深圳)有限公司|imei|"}},
		{"company in English", "The app includes JPush, provided by Shenzhen Hexun Huagu Information Technology Co., Ltd. JPush collects the IMEI.", []string{"jpush|JPush|Shenzhen Hexun Huagu Information Technology Co., Ltd.|imei|"}},
		{"goes on", "极光推送SDK会收集您的IMEI。采集地理位置用于推送。", []string{"jpush|极光推送SDK||imei location|"}},
		{"pronoun", "我们接入了极光推送SDK。该SDK会收集您的IMEI;在 iOS 系统上,它会收集设备型号。", []string{"jpush|极光推送SDK||imei;device_model|"}},
		{"members", "推送通道SDK(如小米、vivo等)会收集您的IMEI。", []string{"umeng-push|推送通道SDK||imei|", "mipush|小米||imei|", "vivo-push|vivo||imei|"}},
		{"we collect, not it", "我们通过极光推送SDK推送消息,我们会收集您的IMEI。", []string{"jpush|极光推送SDK|||"}},
		{"negated", "极光推送SDK不会收集您的IMEI。", []string{"jpush|极光推送SDK|||"}},
		{"unknown with company", "我们接入了青梧推送SDK,由杭州青梧数据科技有限公司提供。", []string{"sdk?:青梧推送SDK|青梧推送SDK|杭州青梧数据科技有限公司||"}},
		{"unknown subject", "青梧推送SDK会收集您的IMEI。", []string{"sdk?:青梧推送SDK|青梧推送SDK||imei|"}},
		{"unknown in English", "The Harborlight Attribution SDK collects the IP address.", []string{"sdk?:Harborlight Attribution SDK|Harborlight Attribution SDK||ip_address|"}},
		{"not a name", "第三方推送SDK会收集您的IMEI。", nil},
		{"not a name in English", "The third-party SDK collects the IP address.", nil},
		{"everyday word", "小米手机会收集您的IMEI。", nil},
		{"list of items", "1. 高德定位SDK(高德软件有限公司):用于绘制路线,收集精确位置。\n2. 青梧SDK(杭州青梧有限公司):收集以下信息:\n(1)IMEI;\n(2)OAID。\n3. 以上。", []string{"amap|高德定位SDK|高德软件有限公司|precise_location|", "sdk?:青梧SDK|青梧SDK|杭州青梧有限公司|imei oaid|"}},
		{"closed section", "一、定义\n极光推送SDK会收集您的IMEI。\n二、收集\n手机号码。", nil},
		{"own name", "微信公司(以下统称“微信”或“我们”)。微信会收集您的IMEI。", nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

// TestNamedOnly: an SDK that is named without data gets a claim whose quote is
// the sentence, line or row that names it.
func TestNamedOnly(t *testing.T) {
	for _, c := range []struct{ name, text, rule, quote string }{
		{"in passing", "我们很重视隐私。您可以用支付宝支付付款。谢谢。", "sdk_named_in_passing", "您可以用支付宝支付付款。"},
		{"key: value", "SDK名称:极光推送\n使用目的:推送\n", "sdk_named", "SDK名称:极光推送"},
		{"row", "SDK名称 | 公司名称 | 使用目的 |\n极光推送 | 某公司 | 推送 |\n", "sdk_named", "极光推送 | 某公司 | 推送 |"},
		{"prose", "你好。我们接入了极光推送SDK。再见。", "sdk_named", "我们接入了极光推送SDK。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, "a.txt", []byte(c.text))
			checkQuotes(t, p)
			if len(p.Claims) != 1 || p.Claims[0].Rule != c.rule || p.Claims[0].Quote != c.quote {
				t.Errorf("claims %+v, want %s %q", p.Claims, c.rule, c.quote)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, group, company, want string }{
		{"极光推送", "", "", "jpush"},
		{"友盟统计SDK(com.umeng)", "", "", "umeng-analytics"},
		{"Youmeng SDK (com. umeng)", "", "", "umeng-analytics"},
		{"igexin SDK", "", "", "getui"},
		{"App支付", "支付宝", "支付宝(中国)网络技术有限公司", "alipay"},
		{"获取手机号码", "", "上海创蓝云智信息科技股份有限公司", "chuanglan-shanyan"},
		{"weibo.ssosdk(新浪微博登录\\SSO授权)", "", "", "weibo"},
		{"青梧SDK", "", "", "sdk?:青梧SDK"},
		{"青梧  SDK", "", "", "sdk?:青梧 SDK"},
	} {
		text := strings.Join([]string{c.name, c.group, c.company}, "\n")
		d := readText(text)
		d.fold = foldText(text)
		e := entry{name: span{0, len(c.name)}}
		at := len(c.name) + 1
		if c.group != "" {
			e.group = span{at, at + len(c.group)}
		}
		at += len(c.group) + 1
		if c.company != "" {
			e.company = span{at, at + len(c.company)}
		}
		if got := testReader().resolve(d, &e); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q under %q by %q: %v, want %s", c.name, c.group, c.company, got, c.want)
		}
	}
}
