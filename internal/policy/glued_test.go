package policy

import "testing"

func TestGluedRows(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"links end the rows", "第三方SDK名称信息收集类型信息使用目的隐私政策链接华为推送设备相关信息（如IMEI号、手机型号）等用于实现消息推送https://a.cn/push-data小米推送OAID、MAC地址用于推送https://b.cn/id\n",
			[]string{"hms-core|华为推送||device_info imei device_model|", "mipush|小米推送||oaid wifi_mac|"}},
		{"a name in letters behind an address", "第三方SDK名称信息收集类型使用目的隐私政策链接小米推送OAID用于推送https://a.cn/detail?pId=1822vivo推送IMEI用于推送https://b.cn/privacy.htmlBugly SDK崩溃日志用于修复https://c.cn/\n",
			[]string{"mipush|小米推送||oaid|", "vivo-push|vivo推送||imei|", "bugly|Bugly SDK||crash_logs|"}},
		{"the purpose before the data", "第三方 SDK 名称应用场景收集的个人信息类型第三方 SDK 提供方隐私政策链接友盟 SDK用于推送信息设备标识符(IMEI、MAC地址)友盟https://a.cn青梧分析 SDK用于统计分析OAID、IP地址青梧https://b.cn\n",
			[]string{"umeng-analytics|友盟 SDK||imei wifi_mac|", "sdk?:青梧分析 SDK|青梧分析 SDK||oaid ip_address|"}},
		{"a table for each platform", "iOS 第三方SDK名称使用目的收集信息类型隐私政策链接友盟SDK用于统计IDFA、IP地址https://a.cn极光SDK用于推送设备型号、IP地址https://b.cnAndroid 第三方SDK名称使用目的收集信息类型隐私政策链接友盟SDK用于统计IMEI、OAIDhttps://a.cn\n",
			[]string{"umeng-analytics|友盟SDK||;idfa_idfv ip_address|", "jpush|极光SDK||;device_model ip_address|", "umeng-analytics|友盟SDK||imei oaid|"}},
		{"a company behind the address", "SDK名称收集的个人信息使用场景SDK所属公司及隐私政策链接友盟IMEI、OAID用于统计https://a.cn友盟同欣（北京）科技有限公司穿山甲MAC地址、IP地址用于广告https://b.cn北京巨量引擎网络技术有限公司\n",
			[]string{"umeng-analytics|友盟|友盟同欣（北京）科技有限公司|imei oaid|", "pangle-csj|穿山甲|北京巨量引擎网络技术有限公司|wifi_mac ip_address|"}},
		{"a company in the name", "序号SDK名称收集个人信息使用目的隐私政策链接1友盟SDK（北京友盟网络科技有限公司）IMEI、OAID用于统计https://a.cn/ 2青梧（青梧某某科技有限公司）SDKMAC地址、IP地址用于广告https://b.cn\n",
			[]string{"umeng-analytics|友盟SDK|北京友盟网络科技有限公司|imei oaid|", "sdk?:青梧|青梧|青梧某某科技有限公司|wifi_mac ip_address|"}},
		{"names that nobody knows", "合作伙伴名称合作目的共享个人信息字段隐私政策链接极光提供推送服务设备信息（IMEI、OAID）https://a.cn青梧提供分析服务MAC地址、IP地址https://b.cn\n",
			[]string{"jpush|极光||imei oaid|", "sdk?:青梧|青梧||wifi_mac ip_address|"}},
		{"no links", "第三方SDK名称使用目的收集信息类型友盟SDK用于统计分析IMEI、OAID极光SDK用于消息推送MAC地址、IP地址\n",
			[]string{"umeng-analytics|友盟SDK||imei oaid|", "jpush|极光SDK||wifi_mac ip_address|"}},
		{"the name is not the first column", "功能类型 使用目的 第三方名称 涉及个人信息 第三方官网链接\n第三方登录 根据用户选择提供登录功能 微信 设备信息 https://a.cn\n新浪微博 设备信息 https://b.cn\n",
			[]string{"wechat-opensdk|微信||device_info|", "weibo|新浪微博||device_info|"}},
		{"words of headings in a sentence", "SDK提供的功能、所需的权限与收集的用户信息请见各方的说明，我们不保证其内容。\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

func TestGluedPurpose(t *testing.T) {
	p := wantRows(t, "a.txt", "第三方SDK名称收集信息类型使用目的隐私政策链接友盟SDKIMEI、OAID用于统计分析https://a.cn极光SDKMAC地址用于消息推送https://b.cn\n",
		"umeng-analytics|友盟SDK||imei oaid|", "jpush|极光SDK||wifi_mac|")
	for i, want := range []string{"用于统计分析", "用于消息推送"} {
		if i < len(p.SDKs) && p.SDKs[i].Purpose != want {
			t.Errorf("purpose %d is %q; %q is wanted", i, p.SDKs[i].Purpose, want)
		}
	}
}

func TestRowsOfCells(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a name that spans rows", "SDK名称\n\n\n所属公司名称\n\n\nSDK收集数据的类型\n\n\nSDK用途\n\n\n隐私政策链接\n\n\n\n\n极光推送\n\n\n某某有限公司\n\n\nIMEI、OAID\n\n\n推送\n\n\nhttps://a.cn\n\n\n\n\n设备网络信息\n\n\nIP地址、MAC地址\n\n\n\n\n腾讯Bugly\n\n\n别的有限公司\n\n\n崩溃日志\n\n\n排错\n\n\nhttps://b.cn\n",
			[]string{"jpush|极光推送|某某有限公司|imei oaid network_info ip_address wifi_mac|", "bugly|腾讯Bugly|别的有限公司|crash_logs|"}},
		{"a link is missing", "SDK名称\n收集个人信息类型\n使用目的\n隐私政策链接\n极光推送\nIMEI\n推送\n腾讯Bugly\nOAID\n排错\nhttps://b.cn\n",
			[]string{"jpush|极光推送||imei|", "bugly|腾讯Bugly||oaid|"}},
		{"a cell is missing", "SDK名称\n公司名称\n使用目的\n收集个人信息类型\n极光推送\n推送\nIMEI\n腾讯Bugly\n某某有限公司\n排错\nOAID\n",
			[]string{"jpush|极光推送||imei|", "bugly|腾讯Bugly|某某有限公司|oaid|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want...) })
	}
}

func TestBrokenRowsGoOn(t *testing.T) {
	wantRows(t, "a.txt", "SDK名称\n|\n用途\n|\n收集的信息\n|\n隐私说明  \n  \n---|---|---|---  \n  \n友盟统计\n|\n统计\n|\nIMEI\n|\nhttps://a.cn  \n  \nMAC地址  \n  \n穿山甲\n|\n广告\n|\nOAID\n|\nhttps://b.cn  \n  \n",
		"umeng-analytics|友盟统计||imei wifi_mac|", "pangle-csj|穿山甲||oaid|")
}
