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

		{"a name that is a plain word", "We use a booster to collect your IMEI with robust security.", ""},
		{"plain words that spell a name", "We use one signal to start app features and collect your IMEI.", ""},
		{"its parts with capitals", "We use One Signal to collect your IMEI.", "onesignal:imei"},
		{"that name marked as an SDK's", "We use Booster SDK to collect your IMEI.", "booster:imei"},
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
		{"closed section, by its package", "一、信息安全\n高德地图（com.amap.api）收集您的IMEI。\n二、其他\n无。", "amap:imei"},
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

// TestProseGoesOn reads fields of an SDK in the sentences and lines behind its
// name, and lists that a sentence announces.
func TestProseGoesOn(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"fields in sentences", "1. 个推SDK。使用目的：推送消息。收集个人信息类型：IMEI、OAID。官网链接：https://example.com/a", "getui:imei,oaid"},
		{"a field with 是", "我们使用了“友盟”SDK，功能是“统计”。所需的权限是“读取网络状态”。收集的用户信息是“IMEI”。", "umeng-analytics:imei"},
		{"no field", "我们接入了友盟SDK。我们重视您的隐私。收集个人信息类型：IMEI。", "umeng-analytics"},
		{"fields in lines below", "（3）友盟SDK //用于统计\n获取信息：IMEI、OAID\n（4）个推SDK //用于推送\n获取信息：位置信息", "umeng-analytics:imei,oaid getui:location"},
		{"fields below a sentence", "共享方式：SDK（个推SDK）\n共享目的：用于推送\n共享数据类型：IMEI、OAID", "getui:imei,oaid"},
		{"a field of a company", "我们接入了友盟SDK。\n数据收集：由青梧科技有限公司收集您的IMEI。", "umeng-analytics"},
		{"the field of another", "我们使用了友盟SDK。收集信息类型：IMEI。收集信息类型：OAID。", "umeng-analytics:imei"},
		{"two parentheses", "中国移动SDK（号码认证）（开发者：某某公司）\n1.个人信息字段：IMEI、手机号码", "cmic-auth:imei,phone_number"},
		{"packages of one", "5) com.qq.e.comm(广点通)、com.qq.e.ads(广点通)\n涉及个人信息：IMEI、OAID", "gdt-ylh:imei,oaid"},
		{"list without numbers", "我们的产品集成友盟SDK，友盟SDK需要收集您的以下信息：\n设备MAC地址、\nIMEI\n以提供统计服务。", "umeng-analytics:imei,wifi_mac"},
		{"list without a colon", "友盟SDK将收集您的以下信息\n1、IMEI；\n2、位置信息；", "umeng-analytics:imei,location"},
		{"list of all", "我们集成了友盟SDK、个推SDK。上述SDK所需要的信息如下：\na.位置信息：用于推荐；\nb.手机号码：用于统计；", "umeng-analytics:location,phone_number getui:location,phone_number"},
		{"list of nobody", "我们集成了友盟SDK、个推SDK。请您阅读如下：\na.位置信息：用于推荐；", "umeng-analytics getui"},
		{"title with its company", "（2）每日互动股份有限公司--个推\n我们与个推合作。", "getui"},
		{"a company's name", "（2）每日互动股份有限公司的个推\n我们与个推合作。", ""},
		{"cells below a name", "极光推送\n消息推送\n设备信息\n位置信息\n某某网络", "jpush:device_info,location"},
		{"a heading below a name", "极光推送\n一、我们的产品\n设备信息", ""},
	})
}

// TestProseRoles reads names without the word SDK where the sentence says what they
// are to the app, and data by who gets them.
func TestProseRoles(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"provider in a parenthesis", "我们会将GPS信息与位置服务提供商（高德地图）进行共享。", "amap:precise_location"},
		{"provider by name", "您的录音将被共享至语音识别服务提供商科大讯飞。", "iflytek:audio_recording"},
		{"payment of the user's", "您可以选择与我们合作的第三方支付机构（包括支付宝支付、微信支付）所提供的服务。", ""},
		{"no provider", "我们不会将您的位置信息提供给服务商（高德地图）。", ""},
		{"used by the app", "本软件使用腾讯Bugly，用于分析崩溃。", "bugly"},
		{"used by the user", "您使用百度地图时，用于导航的位置信息由您提供。", ""},
		{"used by nobody named", "用户使用百度地图，用于导航。", ""},
		{"passive", "上传过程中，您的IMEI、IP地址将会被友盟收集。", "umeng-analytics:imei,ip_address"},
		{"passive, denied", "您的IMEI不会被友盟收集。", ""},
		{"subjects", "如您使用支付宝、微信进行支付，支付宝、微信将会采集您的IMEI。", "alipay:imei wechat-opensdk:imei"},
		{"no subjects", "您通过微信登录时，我们会收集您的头像；微信好友可能看到您的IMEI。", ""},
		{"closed by the word", "如您使用华为/小米手机时，华为/小米等Push SDK需要读取您的IMEI。", "hms-core:imei mipush:imei"},
		{"not closed", "如您使用华为、小米手机时，我们的SDK需要读取您的IMEI。", ""},
		{"subject that needs more", "如您使用高德提供的地图服务，高德需要您打开权限并收集您的位置信息。", "amap:location"},
		{"another subject", "如您使用高德，高德需要打开权限，我们收集您的位置信息。", ""},
		{"subject behind its company", "为了统计，Appsflyer（普速（北京）科技有限公司）可能读取您的IMEI。", "appsflyer:imei"},
		{"vendor and policy", "由每日互动股份有限公司提供推送服务，我们可能会将您的IMEI提供给每日互动股份有限公司，用于推送。详见《个推用户隐私政策》。", "getui:imei"},
		{"vendor and another's policy", "我们可能会将您的IMEI提供给每日互动股份有限公司，用于推送。详见《友盟隐私政策》。", ""},
		{"vendor alone", "我们可能会将您的IMEI提供给每日互动股份有限公司。", ""},

		{"in quotation marks", "我们使用了“青梧统计”的SDK，获取的用户信息是IMEI。", "?青梧统计:imei"},
		{"vendor in quotation marks", "我们使用了“网易青梧”SDK，收集IMEI。", "?网易青梧:imei"},
		{"its policy", "青梧云SDK更多隐私政策请参看：https://example.com/privacy", "?青梧云SDK"},
		{"its purpose", "青梧套件SDK（用于数据统计）；", "?青梧套件SDK"},
		{"no name", "第三方SDK（用于数据统计）；", ""},
		{"joined", "我们的产品集成QingwuAdsSDK，收集IMEI。", "?QingwuAdsSDK:imei"},
		{"joined, no name", "我们使用OCRSDK，收集IMEI。", ""},
		{"a web beacon", "这些Cookie和web beacon可能会收集您的IMEI。", ""},
		{"joined, in a parenthesis", "青梧音视频（QingwuAvSDK、QingwuImSDK）用于聊天。", ""},
		{"behind its company", "我们使用了第三方（海岬科技有限公司，以下称“海岬”）QingwuPushSDK服务。", "?QingwuPushSDK"},
		{"blank in the name", "青梧识别 SDK：为了验证，我们使用了青梧识别SDK，该SDK需要获取IMEI。", "?青梧识别SDK:imei"},

		{"a datum, no name", "我们的产品集成友盟SDK，友盟SDK需要收集您的IMEI、OAID、国际移动用户识别码。", "umeng-analytics:imei,imsi,oaid"},
		{"whose it is", "我们的产品集成友盟+ U-Share SDK，将收集您的IMEI。", "umeng-share:imei"},
		{"source", "第三方SDK来源：腾讯Bugly\n收集个人信息类型：IMEI、日志信息", "bugly:imei,usage_data"},
	})
}

// TestProseUses reads English sentences by what the app uses.
func TestProseUses(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"used", "We use Crashlytics, a crash reporting service, to find errors.", "firebase"},
		{"used by another name", "Our apps may also use the services of AppsFlyer.", "appsflyer"},
		{"sent to", "For these reports, your IP address is sent to Crashlytics.", "firebase:ip_address"},
		{"not sent", "Your IP address is not sent to Crashlytics.", ""},
		{"not used", "We do not use Crashlytics in this app.", ""},
		{"used by the user", "You can use Crashlytics in your own app.", ""},
	})
}
