package policy

import (
	"slices"
	"strings"
	"testing"
)

// proseSays sums up the entries of a text: "getui:imei,oaid" for one with data,
// "getui" for one without, "?青梧推送" for a name that no signature knows.
func proseSays(t *testing.T, file, text string) []string {
	t.Helper()
	p := readOne(t, file, []byte(text))
	checkQuotes(t, p)
	var out []string
	for _, s := range p.SDKs {
		name := strings.Replace(s.ID, "sdk?:", "?", 1)
		data := slices.Clone(s.Data)
		slices.Sort(data)
		if len(data) > 0 {
			name += ":" + strings.Join(data, ",")
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// proseCase is a text and its entries as proseSays sums them up.
type proseCase struct{ kind, text, want string }

func checkProse(t *testing.T, file string, cases []proseCase) {
	t.Helper()
	for _, c := range cases {
		got, want := proseSays(t, file, c.text), strings.Fields(c.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q\nreads %v\nwants %v", c.kind, c.text, got, want)
		}
	}
}

// TestProseNames goes through the ways in which running text names SDKs and says what
// they get, each with a case that it must not be mistaken for.
func TestProseNames(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"enumerated, marked once", "第三方广告SDK为：快手、广点通、穿山甲、青梧。", "kuaishou-ads gdt-ylh pangle-csj ?青梧"},
		{"enumerated, marked last", "我们接入了个推、青梧推送、友盟SDK。", "getui ?青梧推送 umeng-analytics"},
		{"enumerated in a parenthesis", "第三方SDK（具体为快手联盟SDK、百度联盟SDK）可能会收集您的IMEI。", "kuaishou-ads:imei baidu-ads:imei"},
		{"enumerated data", "友盟SDK需要收集IMEI、青梧信息、OAID。", "umeng-analytics:imei,oaid"},
		{"enumerated packages of one", "我们接入了友盟SDK（包名：com.a.b、com.c.d）、个推SDK。", "umeng-analytics getui"},

		{"all of an enumeration collect", "个推SDK、友盟SDK需要收集您的IMEI、OAID。", "getui:imei,oaid umeng-analytics:imei,oaid"},
		{"each its own", "个推SDK会收集您的IMEI，友盟SDK会收集您的OAID。", "getui:imei umeng-analytics:oaid"},
		{"the app goes on", "个推SDK会收集您的IMEI，我们会收集您的OAID。", "getui:imei"},
		{"the app embeds, the SDK collects", "我们使用了友盟SDK，可能需要收集您设备的IMEI。", "umeng-analytics:imei"},

		{"needs", "友盟SDK需要使用您的IMEI。", "umeng-analytics:imei"},
		{"reads", "友盟SDK会调用您的剪贴板。", "umeng-analytics:clipboard"},
		{"needs not", "友盟SDK不会使用您的IMEI。", "umeng-analytics"},

		{"its owner before the verb", "第三方服务包括：友盟（北京某某网络技术科技有限公司）可能读取您的IMEI。", "umeng-analytics:imei"},
		{"its owner before the verb, in English", "Our partners include Bugly (Example Inc.), which may read your IMEI.", "bugly:imei"},
		{"a remark before the verb", "第三方服务包括：友盟SDK（仅在您开启推送以及其他相关服务时），我们可能读取您的IMEI。", "umeng-analytics"},
		{"handed to it and its owners", "将您的IMEI、OAID共享至甲某某互联网有限公司、乙某某信息技术股份有限公司的极光登录SDK，用于登录。", "jiguang-verification:imei,oaid"},
		{"handed to companies", "将您的IMEI、OAID共享至甲某某互联网有限公司、乙某某信息技术股份有限公司，我们还接入了友盟SDK。", "umeng-analytics"},
		{"keys in one line", "3、个推推送SDK。使用目的：推送消息。收集个人信息类型：IMEI、OAID。", "getui:imei,oaid"},
		{"several keys in a sentence", "我们使用了友盟SDK。服务类型：统计，分析，收集个人信息类型：IMEI。", "umeng-analytics:imei"},
		{"nouns in place of keys", "我们使用了友盟SDK，功能是统计。所需的权限是网络。收集的用户信息是IMEI。", "umeng-analytics:imei"},
		{"another's address between", "我们使用了友盟SDK。使用目的：统计，详见https://a.example.com。收集个人信息类型：IMEI。", "umeng-analytics"},
		{"other words between", "我们使用了友盟SDK。我们重视您的隐私。收集个人信息类型：IMEI。", "umeng-analytics"},
		{"handed over", "我们将您的IMEI、位置信息共享至某某（北京）科技有限公司的友盟SDK，用于推送。", "umeng-analytics:imei,location"},
		{"handed to", "我们将向友盟SDK传输您的IMEI。", "umeng-analytics"},
		{"provided to", "我们会向友盟SDK提供您的IMEI。", "umeng-analytics:imei"},

		{"subject dropped", "我们使用了支付宝SDK、微信支付SDK，以便完成支付。可能需要获取您的IMEI、OAID。", "alipay:imei,oaid wechat-opensdk:imei,oaid"},
		{"noun for a verb", "我们使用了“百度地图”SDK，功能是定位。收集的用户信息是位置信息。", "baidu-location:location"},
		{"the app is the subject", "我们使用了支付宝SDK。我们可能需要获取您的IMEI。", "alipay"},
		{"summed up", "我们接入了友盟SDK。我们还接入了个推SDK，用于推送。上述SDK可能会收集您的IMEI。", "umeng-analytics:imei getui:imei"},
		{"taken up", "友盟：为了统计应用的使用情况，帮助我们改进产品和服务的体验，并向您提供更稳定的功能，该SDK会收集您的IMEI。", "umeng-analytics:imei"},

		{"handed to its vendor", "我们使用了个推推送SDK，我们可能会将您的IMEI提供给每日互动股份有限公司。", "getui:imei"},
		{"handed to another", "我们使用了个推推送SDK，我们可能会将您的IMEI提供给青梧有限公司。", "getui"},
		{"summed up in the sentence", "如您使用小米、魅族手机的，本软件接入的上述手机厂商Push SDK需要收集IMEI。", "mipush:imei meizu-push:imei"},
		{"key in a sentence", "我们使用了友盟SDK用于统计；收集信息类型：IMEI、OAID；用途：统计。", "umeng-analytics:imei,oaid"},
		{"items in one line", "1、我们使用了友盟SDK，用于统计：（1）收集信息类型：IMEI、OAID；（2）用途：统计。2、我们会收集手机号码。", "umeng-analytics:imei,oaid"},
		{"third parties' right behind", "我们接入了友盟SDK。第三方SDK可能会收集您的IMEI。", "umeng-analytics:imei"},
		{"third parties' alone", "我们重视隐私。第三方SDK可能会收集您的IMEI。", ""},
		{"embedded by name", "应用集成了友盟统计。", "umeng-analytics"},
		{"used by the user", "您使用了支付宝支付。", ""},
		{"purpose of the user's", "极光推送SDK：为使您能够接收信息推送，该SDK会读取您的IMEI。", "jpush:imei"},
		{"right of the user's", "您可以通过友盟SDK的设置查看收集的IMEI。", ""},
		{"right after", "友盟SDK会收集您的IMEI，您可以通过设置关闭。", "umeng-analytics:imei"},

		{"package names it", "（3）com.tencent.tauth(腾讯开放平台)", "qq-connect"},
		{"inside an address", "隐私政策：https://example.com/getui/privacy.html", ""},
		{"behind an address", "隐私政策：https://example.com/privacy.html友盟SDK用于统计。", "umeng-analytics"},
		{"title of a document", "友盟SDK详见《个推用户隐私政策》。", "umeng-analytics"},
		{"part of a company's name", "友盟SDK通过中国移动互联网有限公司获取您的IMEI。", "umeng-analytics:imei"},
		{"no name", "我们仅允许SDK使用您的IMEI。", ""},
		{"no name", "我们会通过SDK收集您的IMEI。", ""},
		{"datum before the word", "我们可能共享：位置信息SDK。", ""},
		{"generic maker", "终端设备制造商SDK会收集您的IMEI。", ""},
		{"a verb", "优化SDK与服务器的网络连接。", ""},
		{"behind a verb", "我们可能会调用青梧一键登录SDK，收集您的IMEI。", "?青梧一键登录SDK:imei"},
		{"embedded, unknown", "我们接入了第三方青梧SDK。", "?青梧SDK"},
		{"not embedded", "我们没有接入友盟SDK。", ""},
		{"a datum in the name", "海岬心率SDK：用于显示心率，收集您的IMEI。", "?海岬心率SDK:imei"},
		{"closed section", "一、信息安全\n我们使用了友盟SDK。可能需要获取您的IMEI。\n二、其他\n无。", "umeng-analytics:imei"},
		{"closed section, in passing", "一、信息安全\n友盟会保护IMEI。\n二、其他\n无。", ""},
		{"defined", "一、定义\n友盟SDK会收集您的IMEI。\n二、其他\n无。", ""},
		{"denied", "我们集成了友盟SDK，友盟SDK不收集您的任何个人信息。", "umeng-analytics"},
	})
}

// TestProseTitles reads lines that only name an SDK and the lines below that
// describe it.
func TestProseTitles(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"described", "4.2 穿山甲SDK：\n需要获取您的IMEI，位置信息。\n4.3 优量汇SDK：\n需要获取您的OAID。", "pangle-csj:imei,location gdt-ylh:oaid"},
		{"with its developer", "青梧SDK（开发者：某某公司）\n收集您的IMEI和OAID，用于推送。", "?青梧SDK:imei,oaid"},
		{"named without the word", "●极光推送：\n设备信息（IMEI、OAID）、应用列表\n用于推送", "jpush:imei,installed_apps,oaid"},
		{"the app speaks", "友盟SDK：\n我们会收集您的IMEI。", "umeng-analytics"},
		{"permissions", "友盟SDK：\n读取手机状态和身份、写入外部存储卡", "umeng-analytics"},
		{"too far", "友盟统计：\n用于统计。\n我们重视您的隐私。\n\n1、关于我们\n需要获取您的IMEI。", ""},
	})
}
