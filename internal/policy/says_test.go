package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// says sums up what a text claims: "app+imei", "app-sms" for a denial,
// "third_party+location~" for a collective term, "app+idfa_idfv@ios" for one
// platform, "app:CAMERA" for a permission. Claims that only name an SDK are left
// out.
func says(p audit.Policy) []string {
	var out []string
	for _, c := range p.Claims {
		if strings.HasPrefix(c.Rule, "sdk_named") {
			continue
		}
		sign, at := "+", ""
		if c.Polarity == audit.Denies {
			sign = "-"
		}
		if c.Platform != audit.PlatformAny {
			at = "@" + c.Platform
		}
		if c.Specificity == audit.Umbrella {
			at = "~" + at
		}
		for _, d := range c.Data {
			out = append(out, c.Party+sign+d+at)
		}
		for _, perm := range c.Permissions {
			out = append(out, c.Party+":"+strings.TrimPrefix(perm, "android.permission."))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wantSays compares with claims written in one line, in any order.
func wantSays(t *testing.T, text, want string) {
	t.Helper()
	p := readOne(t, "a.txt", []byte(text))
	checkQuotes(t, p)
	wantClaims(t, p, want)
}

// wantClaims compares the claims of a policy with those written in one line.
func wantClaims(t *testing.T, p audit.Policy, want string) {
	t.Helper()
	got, wanted := says(p), strings.Fields(want)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("%q\nsays  %v\nwants %v", p.Sources[0].Text, got, wanted)
	}
}

// TestNegation goes through the kinds of negation of a policy, each with a case
// that denies and one that does not, in both languages.
func TestNegation(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"plain", "我们不会收集您的通讯录。", "app-contacts"},
		{"plain", "我们会收集您的通讯录。", "app+contacts"},
		{"plain", "应用不会读取、收集或者上传您的短信和通话记录。", "app-sms app-call_log"},
		{"plain", "我们没有获取您的IMEI,但会收集Android ID。", "app-imei app+android_id"},
		{"plain", "我们从未收集您的位置信息。", "app-location~"},
		{"plain", "We do not collect your contacts.", "app-contacts"},
		{"plain", "We never read your text messages or call logs.", "app-sms app-call_log"},
		{"plain", "We don't access your calendar, but we collect your email address.", "app-calendar app+email_address"},
		{"plain", "Your contacts are not collected.", "app-contacts"},

		{"(a) antecedent", "您需要授予应用访问摄像头的权限,应用没有收集此信息。", "app-camera app:CAMERA"},
		{"(a) antecedent", "您需要授予应用查询通话记录的权限。这部分信息应用没有收集。", "app-call_log app:READ_CALL_LOG"},
		{"(a) antecedent", "您需要授予应用访问摄像头的权限,应用会收集此信息。", "app+camera app:CAMERA"},
		{"(a) antecedent", "You need to grant the app access to the camera, the app does not collect this information.", "app-camera app:CAMERA"},
		{"(a) antecedent", "You need to grant the app access to the camera. The app collects this information.", "app+camera app:CAMERA"},
		{"(a) no antecedent", "应用没有收集此信息。", ""},

		{"(b) before consent", "在您同意前,我们不会收集您的IMEI。", ""},
		{"(b) before consent", "在您点击“同意”之前,我们不会收集您的IMEI。", ""},
		{"(b) before consent", "在您同意后,我们会收集您的IMEI。", "app+imei"},
		{"(b) before consent", "Before you agree, we do not collect your IMEI.", ""},
		{"(b) before consent", "We will not collect your IMEI without your consent.", ""},
		{"(b) before consent", "After you agree, we collect your IMEI.", "app+imei"},

		{"(c) exception", "除上述信息之外,我们不会收集您的通讯录等其他信息。", ""},
		{"(c) exception", "我们会收集您的IMEI,除此之外不会收集其他信息。", "app+imei"},
		{"(c) exception", "除手机号码外,我们不会收集其他个人信息。", "app+phone_number"},
		{"(c) exception", "We collect your email address; apart from the above, we do not collect your contacts.", "app+email_address"},
		{"(c) exception", "We do not collect any information other than your email address.", "app+email_address"},

		{"(d) on the device", "我们会读取您的照片,照片仅在本地处理,不会上传。", "app+photos"},
		{"(d) on the device", "我们不会读取您的照片。", "app-photos"},
		{"(d) on the device", "We access your photos on your phone and do not upload them.", "app+photos app:READ_EXTERNAL_STORAGE"},
		{"(d) on the device", "We do not access your photos.", "app-photos"},

		{"(e) purpose", "我们不会将您的位置信息用于广告。", ""},
		{"(e) purpose", "我们不会将收集的位置信息用于广告。", ""},
		{"(e) purpose", "我们不会为了广告收集您的位置信息。", ""},
		{"(e) purpose", "我们会收集您的位置信息用于广告。", "app+location~"},
		{"(e) purpose", "We will not use the location we collect for advertising.", ""},
		{"(e) purpose", "We will not use your contacts for advertising.", ""},
		{"(e) purpose", "We collect your contacts for advertising.", "app+contacts"},

		{"(f) sharing", "我们不会与任何公司共享您的手机号码,但法律要求的情况除外。", ""},
		{"(f) sharing", "我们不会向第三方提供您的照片。", ""},
		{"(f) sharing", "第三方会收集您的照片。", "third_party+photos"},
		{"(f) sharing", "We will not share your contacts with third parties.", ""},
		{"(f) sharing", "Third parties may collect your contacts.", "third_party+contacts"},

		{"(g) without consent", "未经您明确同意,我们不会削减您的权利。", ""},
		{"(g) without consent", "未经您同意,我们不会收集您的通讯录。", ""},
		{"(g) without consent", "经您同意,我们会收集您的通讯录。", "app+contacts"},
		{"(g) without consent", "Without your permission we do not read your contacts.", ""},
		{"(g) without consent", "With your permission we read your contacts.", "app+contacts app:READ_CONTACTS"},

		{"(h) refusal", "如您拒绝提供位置信息,您将无法使用地图。", ""},
		{"(h) refusal", "如果您不提供手机号码,您将无法注册。我们会收集昵称。", "app+nickname_avatar"},
		{"(h) refusal", "您需要向我们提供手机号码,如您拒绝提供,将无法注册。", "app+phone_number"},
		{"(h) refusal", "If you do not provide your email address, we cannot remind you.", ""},
		{"(h) refusal", "You provide your email address; if you refuse, we cannot remind you.", "app+email_address"},

		{"(i) children", "我们不会主动收集儿童的手机号码。", ""},
		{"(i) children", "我们不会在明知的情况下收集未满十四周岁的用户的照片。", ""},
		{"(i) children", "我们不会收集您的照片。", "app-photos"},
		{"(i) children", "We do not knowingly collect photos from children.", ""},
		{"(i) Do Not Track", "We do not respond to Do Not Track signals.", ""},
		{"(i) children", "We do not collect photos.", "app-photos"},

		{"(j) double", "我们收集的信息包括但不限于IMEI、MAC地址。", "app+imei app+wifi_mac"},
		{"(j) double", "我们不仅收集IMEI,还收集MAC地址。", "app+imei app+wifi_mac"},
		{"(j) double", "我们不得不收集您的IMEI。", "app+imei"},
		{"(j) double", "我们并非不收集您的IMEI。", "app+imei"},
		{"(j) double", "我们不收集您的IMEI。", "app-imei"},
		{"(j) double", "We collect information including but not limited to your IMEI.", "app+imei"},
		{"(j) double", "We not only collect your IMEI but also your MAC address.", "app+imei app+wifi_mac"},
		{"(j) neither", "We collect neither your contacts nor your photos.", "app-contacts app-photos"},

		{"boilerplate", "我们会采取措施,确保未收集无关的个人信息。", ""},
		{"boilerplate", "We ensure that irrelevant personal information is not collected.", ""},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

func TestStatements(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"object", "我们会收集您的手机号码、昵称和头像。", "app+phone_number app+nickname_avatar"},
		{"scene is no object", "当您使用相机时,我们会收集您的位置信息。", "app+location~"},
		{"scene is no object", "When you open the camera, we collect your location.", "app+location~"},
		{"second object behind a scene", "We collect your email address when you sign up, and your photos when you scan a receipt.", "app+email_address app+photos"},
		{"purpose is no object", "我们会收集手机号码,用于向通讯录好友推荐您。", "app+phone_number"},
		{"purpose first", "为了向您显示附近的Wi-Fi,我们会收集您的精确位置。", "app+precise_location"},
		{"verb inside a noun", "通话记录。", ""},
		{"verb and noun", "我们会读取系统日志。", "app+system_logs"},
		{"topic", "您的手机号码会被我们收集。", "app+phone_number"},
		{"topic in another clause", "手机号属于敏感个人信息,收集此类信息是为了实名。", "app+phone_number"},
		{"instrument", "我们通过麦克风收集您的位置信息。", "app+location~"},
		{"instrument of the same kind", "我们通过GPS收集您的位置信息。", "app+location~ app+precise_location"},
		{"access", "为了扫码,我们会访问您的相机。", "app+camera"},
		{"access by the user", "您可以访问您的通讯录。", ""},
		{"use", "摇一摇会使用加速度传感器。", "app+sensors"},
		{"left out", "我们会收集设备信息(不包括IMEI)。", "app+device_info~"},
		{"permission phrase", "您需要授予应用对麦克风的使用权限。", "app+audio_recording app:RECORD_AUDIO"},
		{"constants", "电话权限(READ_PHONE_STATE):用于账号安全。", "app:READ_PHONE_STATE"},
		{"constant in capitals", "相机权限(CAMERA):用于扫码。", "app+camera app:CAMERA"},
		{"constant words", "您可以随时呼叫。We may call phone numbers.", ""},
		{"goes on", "我们会收集设备信息。包括:设备型号、IMEI。", "app+device_info~ app+device_model app+imei"},
		{"goes on in English", "We collect information about your device. It includes: device model, IMEI.", "app+device_info~ app+device_model app+imei"},
		{"spelled out", "日志信息包括IP地址、崩溃日志。", "app+usage_data~ app+ip_address app+crash_logs"},
		{"spelled out in English", "Usage data may include your IP address and the device model.", "app+usage_data~ app+ip_address app+device_model"},
		{"uses your data", "我们可能会使用或整合您的交易信息、设备型号,以及我们关联方取得的信息。", "app+transaction_record app+device_model"},
		{"remark in parentheses", "我们会收集您的位置信息(但不会据此判断您的行踪轨迹)。", "app+location~"},
		{"right", "您可以查看、更正、删除手机号码。", ""},
		{"right in English", "You may delete your contacts and photos.", ""},
		{"definition", "设备信息是指IMEI、MAC地址等。", ""},
		{"document title", "请阅读《儿童个人信息保护规则》,我们会收集IMEI。", "app+imei"},
		{"quoted heading", "为实现“我们如何收集和使用位置信息”部分所述目的,我们会收集IMEI。", "app+imei"},
		{"third party", "我们的合作伙伴可能收集您的IP地址。", "third_party+ip_address"},
		{"from a third party", "我们会从第三方获取您的头像。", "app+nickname_avatar"},
		{"third party in a scene", "当您参加第三方举办的活动时,需要您提供手机号码。", "app+phone_number"},
		{"own name", "某某公司(以下统称“小蓝鲸”或“我们”)。\n第三方登录时,小蓝鲸会收集您的昵称。", "app+nickname_avatar"},
		{"people in the address book", "我们会读取您的通讯录(姓名、手机号码)。", "app+contacts"},
		{"one sentence, two parties", "我们会收集昵称,第三方会收集IMEI。", "app+nickname_avatar third_party+imei"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"numbered", "我们会收集以下信息:\n1. IMEI;\n2. MAC地址。\n3. 位置信息\n以上信息用于短信提醒。", "app+imei app+wifi_mac app+location~"},
		{"ends at a paragraph", "我们会收集以下信息:\n1. IMEI\n您的通讯录不受影响。\n2. 短信", "app+imei"},
		{"unnumbered", "我们会收集以下信息:\nIMEI\nMAC地址\n\n通讯录", "app+imei app+wifi_mac"},
		{"denied", "以下信息我们不会收集:\n1. 通讯录;\n2. 短信。", "app-contacts app-sms"},
		{"purposes", "我们会将收集的信息用于下列用途:\n1. 向您发送短信;\n2. 设置语言。", ""},
		{"English", "We collect the following:\n- IMEI\n- contacts\n\nPhotos are nice.", "app+imei app+contacts"},
		{"inner list", "我们会收集以下信息:\n1. 设备信息,包括:\n(1) IMEI\n(2) MAC地址\n2. 位置信息", "app+device_info~ app+imei app+wifi_mac app+location~"},
		{"counted anew", "(4)我们会收集日志信息。这些信息包括:\n(1)IP地址;\n(2)崩溃日志。\n(5)短信", "app+usage_data~ app+ip_address app+crash_logs"},
		{"own verb", "我们会收集以下信息:\n1. 登录时,我们不会收集短信;\n2. IMEI", "app-sms app+imei"},
		{"third parties", "我们接入的第三方服务商包括以下几种:\n(1)用于推送,获取您的IMEI;\n(2)用于支付。", "third_party+imei"},
		{"permissions", "在第三方向您提供服务时,可能会获取到以下权限:\n1)读取手机短信;\n2)NFC", "third_party+sms third_party:READ_SMS third_party+nfc"},
		{"section on permissions", "三、我们申请的系统权限\n1. 相机:用于扫码\n2. 手机状态:用于识别设备\n3. 位置\n四、其他\n1. 短信:用于登录", "app+camera app:CAMERA app+device_info~ app:READ_PHONE_STATE"},
		{"heading", "Information we collect\n\n- Contacts\n- Photos\n\nYour calendar is yours.", "app+contacts app+photos"},
		{"heading that asks", "How we collect information\n\n- Contacts\n- Photos\n", ""},
		{"heading names the datum", "2.7 读取\n2.8 剪切板\n用于获取邀请码。\n", "app+clipboard"},
		{"remark", "我们会收集以下信息:\n请注意,您的短信属于敏感信息。\n", ""},
		{"heading in a section on collecting", "1. Information We Collect\n1.1 Information You Provide\n- Email address\n1.2 Information Collected Automatically\n- IP address\n1.3 Device data\n- Device model", "app+email_address app+ip_address app+device_model"},
		{"heading on using", "1. Information We Collect\n1.1 How we use it\n- Email address\n1.2 Use of your data\n- IP address", ""},
		{"heading of another section", "1. Contact\n1.1 Device data\n- Device model", ""},
		{"a verb behind the scene", "当您注册账户时填写或提交的信息，包括您的姓名、性别。", "app+name app+gender"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

func TestUmbrellas(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"alone", "我们会收集设备信息。", "app+device_info~"},
		{"closed list", "我们会收集设备信息(IMEI、MAC地址)。", "app+imei app+wifi_mac"},
		{"open list", "我们会收集设备信息(如IMEI、MAC地址)。", "app+device_info~ app+imei app+wifi_mac"},
		{"open at its end", "我们会收集设备信息(IMEI、MAC地址等)。", "app+device_info~ app+imei app+wifi_mac"},
		{"not limited to", "我们会收集设备信息(包括但不限于IMEI)。", "app+device_info~ app+imei"},
		{"colon", "我们会收集设备信息:IMEI、MAC地址。", "app+imei app+wifi_mac"},
		{"unknown items", "我们会收集设备信息(某些字段)。", "app+device_info~"},
		{"summed up", "我们会收集设备品牌、型号等设备信息。", "app+device_brand app+device_model"},
		{"nested", "我们会收集设备信息(设备标识符(IMEI、OAID)、MAC地址)。", "app+imei app+oaid app+wifi_mac"},
		{"English closed", "We collect device information (IMEI, MAC address).", "app+imei app+wifi_mac"},
		{"English open", "We collect device information (such as IMEI).", "app+device_info~ app+imei"},
		{"English without list", "We collect device information and the IMEI.", "app+device_info~ app+imei"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

func TestPlatforms(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"note behind", "我们会收集IMEI(仅Android)、MAC地址。", "app+imei@android app+wifi_mac"},
		{"note behind, square", "我们会收集IMEI【仅Android】、MAC地址。", "app+imei@android app+wifi_mac"},
		{"marker before", "我们会收集【双端】IP地址、【仅Android】IMEI、MAC地址【仅iOS】设备型号。", "app+ip_address app+imei@android app+wifi_mac@android app+device_model@ios"},
		{"line marker", "【仅iOS】我们会收集设备型号。", "app+device_model@ios"},
		{"label", "iOS端:我们会收集设备型号。", "app+device_model@ios"},
		{"scope", "在 iOS 版本中,我们会收集设备型号。", "app+device_model@ios"},
		{"scope in English", "On iOS, we collect the device model.", "app+device_model@ios"},
		{"English note", "We collect the IMEI (Android only) and the IP address.", "app+imei@android app+ip_address"},
		{"attribute", "我们会收集iOS设备的设备型号。", "app+device_model@ios"},
		{"both", "【双端】我们会收集设备型号。", "app+device_model"},
		{"both, one restricted to versions", "【双端】我们会收集MAC地址(如为iOS端,则仅适用于iOS3200以下版本)。", "app+wifi_mac"},
		{"only on iOS by nature", "我们会收集IDFA、Android ID。", "app+idfa_idfv@ios app+android_id"},
		{"platform inside a name", "我们会收集Android ID、Android系统版本。", "app+android_id app+os_version"},
		{"list", "【仅iOS】我们会收集以下信息:\n1. 设备型号\n2. 【仅Android】IMEI", "app+device_model@ios app+imei@android"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
