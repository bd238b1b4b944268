package policy

import "testing"

// What an SDK does not collect is a denial of that SDK, wherever it is said.
func TestDenialsOfSDKs(t *testing.T) {
	const umeng = "二、第三方SDK\nSDK名称：友盟+SDK\n收集个人信息类型：IMEI\n"
	for _, c := range []struct{ name, text, want string }{
		{"subject", "LinkedME深度链接不会读取您的剪贴板。", "sdk:linkedme-clipboard"},
		{"subject behind a key", "二、第三方SDK\n说明：百度人脸识别SDK不会读取您的应用列表。", "sdk:baidu-face-installed_apps"},
		{"two subjects", "友盟SDK和个推SDK不会收集您的通讯录。", "sdk:umeng-analytics-contacts sdk:getui-contacts"},
		{"unknown subject", "青梧SDK不会收集您的通讯录。", "sdk?:青梧SDK-contacts"},
		{"english subject", "The Umeng SDK does not read your clipboard.", "sdk:umeng-analytics-clipboard"},
		{"the app through an SDK", "我们不会通过友盟SDK收集您的通讯录，我们也不会读取短信。", "app-sms app-contacts"},
		{"of the app", "友盟SDK会收集您的OAID。我们不会读取您的通讯录。", "app-contacts sdk:umeng-analytics+oaid"},
		{"behind what it gets", "友盟SDK会收集您的IMEI，不会收集您的剪贴板。", "sdk:umeng-analytics+imei sdk:umeng-analytics-clipboard"},
		{"before what it gets", "友盟SDK不会读取您的剪贴板，会收集您的IMEI。", "sdk:umeng-analytics+imei sdk:umeng-analytics-clipboard"},
		{"of another one", "友盟SDK会收集您的OAID，个推SDK不会读取您的剪贴板。", "sdk:umeng-analytics+oaid sdk:getui-clipboard"},
		{"pronoun", "友盟SDK会收集您的IMEI。该SDK不会读取您的应用列表。", "sdk:umeng-analytics+imei sdk:umeng-analytics-installed_apps"},
		{"value of a key", "SDK名称：友盟+SDK\n收集个人信息类型：IMEI，不收集剪贴板\n", "sdk:umeng-analytics+imei sdk:umeng-analytics-clipboard"},
		{"the app in the value of a key", "SDK名称：友盟+SDK\n收集个人信息类型：收集IMEI，但我们不会收集您的行踪轨迹\n", "sdk:umeng-analytics+imei app-trajectory"},
		{"an unknown key", umeng + "说明：不会读取您的应用列表。\n", "sdk:umeng-analytics+imei sdk:umeng-analytics-installed_apps"},
		{"a line with a pronoun", umeng + "该SDK不会读取您的应用列表。\n", "sdk:umeng-analytics+imei sdk:umeng-analytics-installed_apps"},
		{"a line about the app", umeng + "我们不会读取您的应用列表。\n", "sdk:umeng-analytics+imei app-installed_apps"},
		{"outside what it collects", "极光推送SDK会收集IMEI；您剪贴板中的内容不在其收集范围之内。", "sdk:jpush+imei sdk:jpush-clipboard"},
		{"no part of its data", "个推SDK会收集OAID。通话记录、短信不属于该SDK收集的个人信息。", "sdk:getui+oaid sdk:getui-call_log sdk:getui-sms"},
		{"not on its list", "友盟统计SDK将读取设备型号，应用列表并未列入其收集的信息范围。", "sdk:umeng-analytics+device_model sdk:umeng-analytics-installed_apps"},
		{"outside what we collect", "您的短信内容不在我们的收集范围内。", "app-sms"},
		{"outside it without consent", "如果您不同意，您的短信内容不在我们的收集范围内。", ""},
		{"english, among", "AppsFlyer collects the Android ID. Your IP address is not among the data it collects.", "sdk:appsflyer+android_id sdk:appsflyer-ip_address"},
		{"english, part of", "Your contacts are not part of what we collect.", "app-contacts"},
		{"english, excluded", "Bugsnag receives crash logs. The clipboard is excluded from what Bugsnag collects.", "sdk:bugsnag+crash_logs sdk:bugsnag-clipboard"},
		{"a verb behind its modal", "极光推送SDK会依您的操作使用相机拍照，并读取OAID。", "sdk:jpush+camera sdk:jpush+oaid"},
		{"in one case only", "当应用不获取位置权限时，友盟SDK不会获取您的位置信息。", ""},
		{"for one version", "SDK名称：友盟+SDK\n收集个人信息类型：IMEI（安卓10以上不收集IMEI）、MAC地址\n", "sdk:umeng-analytics+imei@android sdk:umeng-analytics+wifi_mac"},
		{"in a parenthesis", "SDK名称：友盟+SDK\n收集个人信息类型：在上报时会收集OAID，Android ID（OAID没有值时获取），设备型号，IMEI\n",
			"sdk:umeng-analytics+oaid sdk:umeng-analytics+android_id sdk:umeng-analytics+device_model sdk:umeng-analytics+imei"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
