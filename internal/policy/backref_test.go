package policy

import "testing"

// A sentence that takes up the one SDK of the sentence before speaks of that SDK, in
// what it says that it gets and in what it says that it does not.
func TestBackReferences(t *testing.T) {
	const named = "本软件嵌入了北京腾云天下科技有限公司提供的TalkingData统计分析工具包。"
	for _, c := range []struct{ name, text, want string }{
		{"the kind of code", named + "该工具包会读取IMEI。", "sdk:talkingdata+imei"},
		{"the kind with its purpose", named + "该统计分析工具包会读取IMEI。", "sdk:talkingdata+imei"},
		{"component", named + "该组件会读取IMEI。", "sdk:talkingdata+imei"},
		{"product", named + "该产品会读取IMEI。", "sdk:talkingdata+imei"},
		{"plug-in", named + "该插件会读取IMEI。", "sdk:talkingdata+imei"},
		{"pronoun", named + "其会读取IMEI。", "sdk:talkingdata+imei"},
		{"the word SDK", "本软件接入了小米科技有限责任公司提供的小米推送。该SDK会读取IMEI。", "sdk:mipush+imei"},
		{"behind the word SDK", "本软件嵌入了TalkingData SDK。该工具包会读取IMEI。", "sdk:talkingdata+imei"},
		{"denial", "本软件使用了小米推送。该服务不会获取您手机中正在运行的程序。", "sdk:mipush-running_apps"},
		{"denial in the second half", "本软件使用了小米推送。该服务会读取IMEI，但不会获取您手机中正在运行的程序。", "sdk:mipush+imei sdk:mipush-running_apps"},
		{"denial of the app", "本软件使用了小米推送。该服务会读取IMEI，但我们不会获取您手机中正在运行的程序。", "sdk:mipush+imei app-running_apps"},
		{"denial without a name", "该SDK会读取IMEI，但不会获取您手机中正在运行的程序。", "third_party+imei third_party-running_apps"},
		{"two SDKs", "本软件使用了小米推送和友盟统计。该服务会读取IMEI。", "app+imei"},
		{"none", "我们提供客服功能。该服务会收集您的手机号码。", "app+phone_number"},
		{"another one", "本软件使用了小米推送。其他服务会读取IMEI。", "app+imei"},
		{"the app too", "本软件使用了小米推送。该服务会读取IMEI，我们会收集OAID。", "app+imei app+oaid"},
		{"only touched", "您可以用高德地图导航。该服务会访问您的通讯录。", "app+contacts"},
		{"a paragraph of its own", "本软件使用了小米推送。\n\n该服务会读取IMEI。", "app+imei"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
