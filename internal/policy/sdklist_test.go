package policy

import "testing"

// TestProseLists reads lines of a list of SDKs that do not call each of them one.
func TestProseLists(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"below a heading", "一、我们使用的第三方SDK\n1）华为推送、vivo推送：用于推送消息。\n2）融云：用于聊天。", "hms-core vivo-push rongcloud"},
		{"below another heading", "一、我们的产品\n1）融云：用于聊天。", ""},
		{"behind an announcement", "目前集成的第三方SDK如下：小米推送 用于接收消息，SDK会采集设备信息；支付宝 用于收款，SDK会采集IMEI；", "mipush:device_info alipay:imei"},
		{"announced of the user", "您可以关闭的第三方SDK如下：支付宝 用于收款；", ""},
		{"no purpose", "一、我们使用的第三方SDK\n微信：青梧客服。", ""},
		{"other words behind", "一、我们使用的第三方SDK\n微信好友可能看到您用于登录的头像。", ""},
		{"titles", "一、第三方SDK说明\n1.1 微信支付\n用于付款。\n1.2 腾讯Bugly\n用于分析。", "wechat-opensdk bugly"},
		{"embedded again", "一、第三方SDK\n（1）微信：我们的产品集成了微信登录，需要收集您的IMEI，用于登录。", "wechat-opensdk:imei"},
		{"the app collects", "一、第三方SDK\n（1）微信：用于登录，我们需要收集您的IMEI。", "wechat-opensdk"},

		{"third parties used", "使用的第三方：小米推送、魅族推送，用于推送消息。这些SDK将收集您的IMEI。", "mipush:imei meizu-push:imei"},
		{"third parties not used", "第三方：小米推送的用户。", ""},
		{"makers of phones", "我们可能会通过SDK与终端设备制造商（华为、小米等）共享IMEI。", "hms-core:imei mipush:imei"},
		{"makers that get nothing", "我们不会通过SDK与终端设备制造商（华为、小米等）共享IMEI。", ""},
		{"makers of the user's phone", "如您使用手机厂商（华为、小米等）的手机，我们会收集IMEI。", ""},
		{"a maker's, by the phone", "如您使用华为手机的，我们接入的手机厂商Push SDK需要收集IMEI。", "hms-core:imei"},
		{"what it is for, before the word", "我们使用了以下SDK：\n微博分享与登录SDK（用于分享）", "weibo"},
		{"through it", "我们会将您的IMEI通过应用中嵌入的支付宝SDK等方式与支付宝公司共享。", "alipay:imei"},
		{"not through it", "我们会将您的IMEI通过加密通道保存，支付宝SDK等方式与支付宝公司共享。", "alipay"},
	})
}

// TestProseBareSDK reads the word SDK alone as the subject, below titles and behind
// names.
func TestProseBareSDK(t *testing.T) {
	checkProse(t, "a.txt", []proseCase{
		{"in the sentence", "友盟SDK：当您打开应用时，我们将通过SDK来统计，SDK将收集您的IMEI。", "umeng-analytics:imei"},
		{"in the next", "我们接入了友盟SDK。SDK会收集您的IMEI。", "umeng-analytics:imei"},
		{"another clause", "我们接入了友盟SDK。SDK会处理请求，自动获取IMEI是为了登录。", "umeng-analytics"},
		{"another noun", "我们接入了友盟SDK。SDK目录由我们收集IMEI的部门维护。", "umeng-analytics"},
		{"several in a title", "Push SDK（小米、华为）\n为了推送消息，在您同意后，Push SDK 可能获取您的IMEI。", "mipush:imei hms-core:imei"},
		{"several in a title, subject dropped", "（2）推送SDK（小米、华为）\n在您授权同意后，获取您的IMEI。", "mipush:imei hms-core:imei"},
		{"list below a key", "友盟（com.umeng）\n数据类型：\n（1）IMEI；\n（2）位置信息\n", "umeng-analytics:imei,location"},
		{"no list of data", "友盟（com.umeng）\n使用目的：\n（1）位置信息的统计\n", "umeng-analytics"},
		{"whose it is", "友盟分享SDK\n服务提供商：友盟\n信息类型：IMEI", "umeng-share:imei"},
		{"a border in a title", "云从SDK：\n需要收集您的IMEI。", "?云从SDK:imei"},
		{"a border in a sentence", "不得向SDK：提供IMEI。", ""},
		{"two by 或者", "我们通过青梧SDK或者海岬核验SDK验证。", "?青梧SDK ?海岬核验SDK"},
		{"nouns with 为", "我们使用了“友盟”SDK，功能为“统计”。所需权限为读取网络状态。收集的个人信息为设备信息（IMEI）。", "umeng-analytics:imei"},
		{"for what", "我们使用了“友盟”SDK。收集IMEI为我们的义务。", "umeng-analytics"},
		{"no name", "若发现超限会立即分离相关SDK。", ""},
	})
}
