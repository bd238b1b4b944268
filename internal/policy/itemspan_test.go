package policy

import (
	"slices"
	"strings"
	"testing"
)

// TestWording: a mention is quoted as the policy words the item, not as the term
// that it was found by.
func TestWording(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"term alone", "我们会收集您的姓名、手机号码。", "姓名|手机号码"},
		{"modifier", "我们会收集收货人姓名、终端MAC地址和收货手机号。", "收货人姓名|终端MAC地址|收货手机号"},
		{"behind 的", "我们会收集您的设备的屏幕尺寸。", "屏幕尺寸"},
		{"behind a verb", "您需要填写真实姓名并绑定手机号。", "真实姓名|手机号"},
		{"behind a verb that takes no data", "我们会收集登录时间、展示头像。", "头像|登录时间"},
		{"noun that closes", "我们会收集通话记录明细、订单编号、订单状态。", "通话记录明细|订单编号|订单状态"},
		{"noun that closes, then more", "我们会收集订单编号等信息用于配送。", "订单编号"},
		{"no closing noun", "我们会收集手机号用于注册登录。", "手机号"},
		{"other data before", "我们会收集头像昵称。", "头像|昵称"},
		{"too long for a modifier", "我们会收集某某某某某某某某某某某某姓名。", "姓名"},
		{"parenthesis", "我们会收集网络设备信息（手机MAC地址、本机IP地址）。", "手机MAC地址|本机IP地址"},
		{"bracket", "我们会收集【头像】。", "头像"},
		{"a word that holds a sign of a border", "我们会收集会员姓名、常用邮箱、社会保险身份证号。", "会员姓名|常用邮箱|社会保险身份证号"},
		{"noun that depends on the item before", "我们会收集设备类型和版本、网络接入方式及类型、通话记录及相关内容。", "设备类型和版本|网络接入方式及类型|通话记录及相关内容"},
		{"item of its own behind a conjunction", "我们会收集昵称和内容、设备型号和姓名。", "昵称|设备型号|姓名"},
		{"behind 的信息", "我们会收集接入网络的信息、手机号码的信息页面。", "接入网络的信息|手机号码"},
		{"shared noun", "我们会收集您的硬件及操作系统信息、进程及崩溃记录。", "进程及崩溃记录|硬件及操作系统信息"},
		{"no shared noun", "我们会收集您的照片和设备信息、日志信息，不涉及通话记录。", "照片|设备信息|日志信息"},
		{"English", "We collect your full phone number and device model.", "phone number|device model"},
		{"start of the text", "手机号码：我们会收集您的手机号码。", "手机号码"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, "a.txt", []byte(c.text))
			checkQuotes(t, p)
			var got []string
			for _, claim := range p.Claims {
				for _, m := range claim.Mentions {
					if !slices.Contains(got, m.Text) {
						got = append(got, m.Text)
					}
				}
			}
			if s := strings.Join(got, "|"); s != c.want {
				t.Errorf("%q\nmentions %s\nwants    %s", c.text, s, c.want)
			}
		})
	}
}

// TestChineseClaims: what counts as a claim in Chinese, each mechanism with a row
// that it makes and one that it must not.
func TestChineseClaims(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"items between 您的 and the datum", "我们可能使用或整合您的档案信息、设备型号。", "app+device_model"},
		{"other words between", "我们可能使用各种方式向您展示设备型号。", ""},
		{"使用 behind other verbs", "您授权我们提取、公开及使用您的位置信息。", "app+location~"},
		{"使用 behind a scene", "我们会在您授权后使用您的位置信息。", "app+location~"},
		{"获得", "我们将获得来自第三方的信息，包括昵称、头像。", "app+nickname_avatar"},
		{"获得 consent", "我们将获得您的同意，您可以修改昵称。", ""},
		{"查询", "我们将会查询您的订单信息。", "app+transaction_record"},
		{"查询 by the user", "您可以查询您的订单信息。", ""},
		{"保存", "我们可能会保存您与我们的通话记录。", "app+call_log"},
		{"taken up behind a purpose", "我们会收集设备信息，以保障您的账号安全，包括IMEI、设备型号。", "app+device_info~ app+imei app+device_model"},
		{"a purpose alone", "我们会收集IMEI，以保障设备型号的适配。", "app+imei"},
		{"permitted data", "我们会收集您的位置（包括您授权的GPS位置以及WLAN接入点）。", "app+precise_location app+wifi_info~"},
		{"data beside a permission", "我们可能会使用您的网络状态信息、IMEI信息和存储权限。", "app+network_info~ app+imei app+media_files~ app:READ_EXTERNAL_STORAGE"},
		{"the user must", "您应当按平台页面的提示准确完整地提供您的姓名。", "app+name"},
		{"the user need not", "您不应按平台页面的提示提供您的姓名。", ""},
		{"danger", "我们会防止您的手机号码遭到第三方窃取、公开披露给他人。", ""},
		{"no danger", "为避免盗号，我们会收集您的手机号码。", "app+phone_number"},
		{"storing", "我们会自动收集您的使用情况并存储为网络日志。", "app+usage_data~"},
		{"storage", "我们会获取您的存储卡读写权限。", "app+media_files~ app:READ_EXTERNAL_STORAGE"},
		{"part of a name", "我们会收集城市公司提供的音频SDK信息。", ""},
		{"no part of a name", "我们会收集您所在城市、音频信息。", "app+approximate_location app+audio_files"},
		{"address in a list", "您需要提供姓名、地址、电话。", "app+name app+postal_address app+phone_number"},
		{"address of something", "您需要提供姓名、网页地址。", "app+name"},
		{"actions in a list", "我们会收集您的行为信息：点击、浏览、分享。", "app+app_interactions"},
		{"no denial in a scene", "当您决定不再读取日历时,您可以关闭日历权限。", ""},
		{"denial", "当您使用地图时,我们不会读取日历。", "app-calendar"},
		{"key of a permission", "存储权限:用来保存设备信息。", "app+media_files~ app:READ_EXTERNAL_STORAGE"},
		{"path to a setting", "相册权限设置路径为:我的—设置—隐私。", ""},
		{"platform before an item", "一、设备权限\nAndroid-录音:用于语音服务。", "app+audio_recording@android"},
		{"platform before nothing", "一、设备权限\nAndroid:用于语音服务。", ""},
		{"sharing without receiver", "我们可能会共享您的昵称。", "third_party+nickname_avatar"},
		{"the user shares", "您可以共享您的昵称。", ""},
		{"asked of the user", "参与活动时可能要求提供的身份信息，包括您的姓名。", "app+identity_info~ app+name"},
		{"asked of others", "第三方可能要求提供的身份信息，由其负责。", ""},
		{"two requests", "我们需要获取您的手机号码和授权位置权限。", "app+phone_number app+location~ app:ACCESS_FINE_LOCATION"},
		{"a fee", "我们会收取订单服务费。", ""},
		{"no fee", "我们会收取您的订单信息。", "app+transaction_record"},
		{"thing that the verb is about", "您的指纹仅保存在您授权收集的设备上。", ""},
		{"subject of the verb", "这些第三方Cookies收集和使用该等信息。", ""},
		{"object of the verb", "您的通讯录应用没有收集。", "app-contacts"},
		{"item behind a semicolon", "我们会收集身份信息（姓名等）；财产信息（如银行卡号等）。", "app+identity_info~ app+name app+financial_info~ app+bank_card"},
		{"sentence behind a semicolon", "我们会收集姓名；请妥善保管您的银行卡号。", "app+name"},
		{"behind a parenthesis that gives a purpose", "我们会收集IMEI（用于识别设备）、设备型号和MAC地址。", "app+imei app+device_model app+wifi_mac"},
		{"in a parenthesis that gives a purpose", "我们会收集IMEI（用于定位、识别设备型号）和MAC地址。", "app+imei app+wifi_mac"},
		{"behind a parenthesis with means", "我们会收集位置信息（如通过GPS得到的经纬度）、姓名。", "app+location~ app+precise_location app+name"},
		{"purpose that only describes a thing", "我们会收集您用于登录的手机号码、设备型号或用于接入服务的程序的IP地址。", "app+phone_number app+device_model app+ip_address"},
		{"purpose", "我们会收集手机号码，用于您的设备型号的适配。", "app+phone_number"},
		{"name of an account", "您可以通过手机号码创建账号。", "app+phone_number"},
		{"no name of an account", "您可以通过手机号码联系我们。", ""},
		{"not the name of an account", "您无需通过手机号码注册。", ""},
		{"where data may stand", "我们收集的其他用户的信息中可能有您的信息（如在评论、留言、视频中涉及您的信息）。", ""},
		{"what data stands in", "我们会收集您的评论、视频。", "app+user_content app+videos"},
		{"two verbs before 信息", "本政策说明我们收集和使用信息的方式。", ""},
		{"one verb before 使用信息", "我们会收集使用信息。", "app+usage_data~"},
		{"something else denied", "我们会收集设备型号，但不会展示您的昵称。", "app+device_model"},
		{"negation inside an item", "我们会收集设备型号，包括不可变更的IMEI。", "app+device_model app+imei"},
		{"keeping", "您授权我们查看、储存您的姓名。", "app+name"},
		{"typing error for 收集", "为提供服务，我们需要手机您的设备型号。", "app+device_model"},
		{"the telephone", "我们会向您的手机发送通知。", ""},
		{"to the own server", "我们会将您的邮箱上传到服务器。", "app+email_address"},
		{"to another's server", "我们会将您的邮箱上传至第三方服务器。", "third_party+email_address"},
		{"item of something silent", "我们重视您的姓名；银行卡号（如尾号）。", ""},
		{"actions", "您点击、浏览、分享时，我们会收集姓名。", "app+name"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
