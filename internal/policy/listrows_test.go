package policy

import "testing"

// Rows of lists whose cells stand one a line.
func TestCellsOfRows(t *testing.T) {
	const umeng, jpush = "umeng-analytics|友盟SDK||imei|", "jpush|极光推送||oaid|"
	const head = "SDK名称\n使用目的\n收集个人信息类型\n隐私政策链接\n\n\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"an unknown heading at the end", "SDK名称\n使用目的\n收集个人信息类型\n详细资料\n\n\n友盟SDK\n统计\nIMEI\nhttps://a.cn/p\n\n\n极光推送\n推送\nOAID\nhttps://b.cn/p\n", []string{umeng, jpush}},
		{"an indented cell", head + "友盟SDK\nIMEI\n统计\nhttps://a.cn/p\n\n\n极光推送\n 推送\nOAID\nhttps://b.cn/p\n\n\n青梧推送\n推送\nOAID\nhttps://c.cn/p\n", []string{umeng, jpush, "sdk?:青梧推送|青梧推送||oaid|"}},
		{"an indented line of a cell", head + "友盟SDK\n统计\nIMEI、\n OAID\nhttps://a.cn/p\n\n\n极光推送\n推送\nOAID\nhttps://b.cn/p\n", []string{"umeng-analytics|友盟SDK||imei oaid|", jpush}},
		{"more in the cell of a name", head + "友盟SDK\n统计\nIMEI\nhttps://a.cn/p\n\n\n青梧SDK：青梧有限公司\n推送\nOAID\nhttps://b.cn/p\n\n\n极光推送\n推送\nOAID\nhttps://c.cn/p\n", []string{umeng, "sdk?:青梧SDK|青梧SDK|青梧有限公司|oaid|", jpush}},
		{"the address in a row of its own", "SDK名称\n\n公司名称\n\n收集个人信息类型\n\n\n\n友盟SDK\n\n友盟有限公司\n\nIMEI\n\n\n\n处理规则：https://a.cn/p\n\n\n\n极光推送\n\n极光有限公司\n\nOAID\n\n\n\n处理规则：https://b.cn/p\n",
			[]string{"umeng-analytics|友盟SDK|友盟有限公司|imei|", "jpush|极光推送|极光有限公司|oaid|"}},
		{"a company and its address in one cell", "SDK名称\n所属机构及官网\n使用目的\n收集个人信息类型\n\n\n友盟SDK\n友盟有限公司 https://a.cn/\n统计\nIMEI\n\n\n极光推送\n极光有限公司 https://b.cn/\n推送\nOAID\n",
			[]string{"umeng-analytics|友盟SDK|友盟有限公司|imei|", "jpush|极光推送|极光有限公司|oaid|"}},
		{"a purpose that speaks of a known name", "SDK合作方\n使用目的\n收集个人信息类型\n\n\n青梧浏览\n友盟统计，优化网页展示\nIMEI\n\n\n极光推送\n推送\nOAID\n", []string{"sdk?:青梧浏览|青梧浏览||imei|", jpush}},
		{"words of a sentence that happen to be headings", "第三方\n公司\n使用目的\n权限\n详见下文\n如有疑问\n请与客服联系\n谢谢合作\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
	p := readOne(t, "a.txt", []byte("SDK名称\n\n公司名称\n\n收集个人信息类型\n\n\n\n友盟SDK\n\n友盟有限公司\n\nIMEI\n\n\n\n处理规则：https://a.cn/p\n\n\n\n极光推送\n\n极光有限公司\n\nOAID\n"))
	if len(p.SDKs) != 2 || p.SDKs[0].Link != "https://a.cn/p" {
		t.Errorf("entries %+v", p.SDKs)
	}
}

// Titles over "key: value" lines.
func TestTitlesOverKeys(t *testing.T) {
	const first = "友盟SDK\n公司：友盟有限公司\n收集信息：IMEI\n"
	const umeng = "umeng-analytics|友盟SDK|友盟有限公司|imei|"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"packages behind the name", "友盟SDK（com.umeng.a, com.umeng.b）\n公司：友盟有限公司\n收集信息：IMEI\n", []string{umeng}},
		{"whose it is behind the name", "友盟SDK（开发者：友盟有限公司）\n收集信息：IMEI\n", []string{"umeng-analytics|友盟SDK||imei|"}},
		{"which it is behind the name", "定位SDK（百度地图）\n收集信息：IMEI\n", []string{"baidu-location|定位SDK（百度地图）||imei|"}},
		{"a title nobody knows in the place of one", first + "青梧浏览器（Qingwu）\n公司：青梧有限公司\n收集信息：OAID\n", []string{umeng, "sdk?:青梧浏览器（Qingwu）|青梧浏览器（Qingwu）|青梧有限公司|oaid|"}},
		{"a title that looks like data", first + "青梧多功能图片选择工具库\n公司：青梧有限公司\n收集信息：OAID\n", []string{umeng, "sdk?:青梧多功能图片选择工具库|青梧多功能图片选择工具库|青梧有限公司|oaid|"}},
		{"a line before another key is no title", first + "青梧浏览器\n使用目的：选择图片\n", []string{umeng}},
		{"a line far from the entry is no title", first + "以下是我们的其他说明。\n请您阅读。\n青梧浏览器\n公司：青梧有限公司\n", []string{umeng}},
		{"nor is a list of data", first + "IMEI、OAID\n公司：青梧有限公司\n", []string{umeng}},
		{"nor is a piece of an address", first + "example.com/sdk.html\n公司：青梧有限公司\n", []string{umeng}},
		{"a full stop behind the name", "SDK名称：青梧SDK。\n收集信息：IMEI\n", []string{"sdk?:青梧SDK|青梧SDK||imei|"}},
		{"a sentence is no name", "SDK：我们使用了它。\n收集信息：IMEI\n", nil},
		{"a line separator behind the name", "青梧SDK\u2028\n公司：青梧有限公司\n收集信息：IMEI\n", []string{"sdk?:青梧SDK|青梧SDK|青梧有限公司|imei|"}},
		{"a company of its own is no other's", "(1)SDK名称：友盟SDK\n公司：友盟有限公司\n(2)SDK名称：青梧SDK\n收集信息：IMEI\n(3)SDK名称：极光推送\n公司：极光有限公司\n",
			[]string{"umeng-analytics|友盟SDK|友盟有限公司||", "sdk?:青梧SDK|青梧SDK||imei|", "jpush|极光推送|极光有限公司||"}},
		{"what the user does with it", "友盟分享SDK\n使用目的：帮助您使用本地图片分享到微信\n收集信息：IMEI\n", []string{"umeng-share|友盟分享SDK||imei|"}},
		{"what the SDK does", "友盟分享SDK\n使用目的：读取本地图片，分享到微信\n收集信息：IMEI\n", []string{"umeng-share|友盟分享SDK||photos imei|"}},
		{"a number in brackets behind a number", "(1)友盟统计运营主体：友盟有限公司收集信息：IMEI隐私政策链接：https://example.com/id=10(2)极光推送运营主体：极光有限公司收集信息：OAID隐私政策链接：https://example.com/id=11(3)青梧SDK运营主体：青梧有限公司收集信息：IMSI隐私政策链接：https://example.com/p\n",
			[]string{"umeng-analytics|友盟统计|友盟有限公司|imei|", "jpush|极光推送|极光有限公司|oaid|", "sdk?:青梧SDK|青梧SDK|青梧有限公司|imsi|"}},
		{"dots between addresses and titles", "友盟 SDK使用目的：统计收集信息：IMEI官网链接：https://example.com/p·青梧 SDK使用目的：推送收集信息：OAID官网链接：https://example.com/q\n",
			[]string{"umeng-analytics|友盟 SDK||imei|", "sdk?:青梧 SDK|青梧 SDK||oaid|"}},
		{"a common word that is a name by itself", "SDK名称：移动\n收集信息：IMEI\nSDK名称：青梧移动反馈SDK\n收集信息：OAID\n", []string{"cmic-auth|移动||imei|", "sdk?:青梧移动反馈SDK|青梧移动反馈SDK||oaid|"}},
		{"rows in small letters behind addresses", "青梧SDK 使用目的：播放视频信息类型：IMEI官网链接：https://example.com/first\nkeyboard SDK 使用目的：输入信息类型：OAID官网链接：https://example.com/second\n",
			[]string{"sdk?:青梧SDK|青梧SDK||imei|", "sdk?:keyboard SDK|keyboard SDK||oaid|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}
