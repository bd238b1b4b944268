package policy

import (
	"testing"
)

// TestGiving tells who hands data to whom: 提供 and 共享 are said of the app, of
// its user and of partners.
func TestGiving(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"user to app", "您可能需要提供姓名、手机号码。", "app+name app+phone_number"},
		{"user to a named app", "您需向我行提供手机号、姓名。", "app+name app+phone_number"},
		{"user, without subject", "使用该功能时,需要提供手机号码。", "app+phone_number"},
		{"what the user has", "注册时,提供您的手机号码。", "app+phone_number"},
		{"what the user has, for the sake of a system", "为保障系统安全及其他功能需要提供您的手机号码。", "app+phone_number"},
		{"what the user has, by a system", "系统需要提供您的手机号码。", ""},
		{"what the user has, to others", "我们会向合作伙伴提供您的手机号码。", "third_party+phone_number"},
		{"user has given", "您在注册时提供的手机号、昵称。", "app+nickname_avatar app+phone_number"},
		{"user has uploaded", "您上传的头像、照片。", "app+nickname_avatar app+photos"},
		{"user fills in", "您可以完善您的头像、昵称。", "app+nickname_avatar"},
		{"app to user", "我们向您提供位置信息。", ""},
		{"app to user, modal", "我们可以提供位置信息。", ""},
		{"refusal", "如果您不提供手机号码,将无法注册。", ""},

		{"app to partners", "我们可能会与第三方共享您的订单信息、手机号码。", "third_party+transaction_record third_party+phone_number"},
		{"object before", "我们会将您的手机号码共享给合作伙伴。", "third_party+phone_number"},
		{"receiver of any name", "我们可能会与手机厂商共享手机型号。", "third_party+device_model"},
		{"receiver is no datum", "我们会与终端设备制造商(华为、小米等)共享手机型号。", "third_party+device_model"},
		{"not at all", "我们不会与任何第三方共享您的手机号码。", ""},
		{"not at all, told at length", "我们不会向任何提供技术服务和技术支持的外部第三方SDK共享包括手机号码在内的信息。", ""},
		{"public", "您授权我们获取您在第三方平台的公开信息(头像、昵称)。", "app+nickname_avatar"},
		{"user to others", "您可以将照片分享给第三方。", ""},
		{"user is let", "我们的产品可让您与第三方分享您的照片。", ""},
		{"feature", "第三方分享功能会展示照片。", ""},
		{"partners to app", "运营商会将您的手机号码发送给我们。", "app+phone_number"},
		{"no receiver", "我们会公开规则。", ""},

		{"noun", "该SDK会收集IMEI以及道具领取记录、系统版本。", "third_party+imei third_party+os_version"},
		{"receiver is a noun", "我们会向您告知接收方的姓名和手机号码。", ""},
		{"children, found out", "如果我们发现未经同意收集了未成年人的姓名,会尽快删除。", ""},
		{"instrument", "我们会通过手机号码收集订单信息。", "app+transaction_record"},
		{"instrument of what the object came to be by", "我们会获取您通过搜索产生的订单信息。", "app+transaction_record"},
		{"unknown item between", "我们会收集日志信息,以及使用服务的总体频次、崩溃数据、运行与安装、性能数据。", "app+usage_data~ app+crash_logs app+diagnostics"},
		{"for example", "我们会收集日志信息。例如您的搜索内容、IP地址。", "app+usage_data~ app+search_history app+ip_address"},
		{"for example, of something silent", "我们重视您的信息。例如您的搜索内容、IP地址。", ""},
		{"consent is no datum", "我们会在取得您的同意后向您展示手机号码。", ""},
		{"noun that closes a name", "我们会收集手机唯一标识信息(IMEI)。", "app+imei"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestPermissionPhrases: an enumeration that ends in 权限 names one permission an
// item.
func TestPermissionPhrases(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one", "我们会获取您的麦克风权限。", "app+audio_recording app:RECORD_AUDIO"},
		{"word between", "我们会申请相机的使用权限。", "app+camera app:CAMERA"},
		{"enumeration", "我们需要调用您的相机、麦克风和日历权限。", "app+camera app+audio_recording app+calendar app:CAMERA app:RECORD_AUDIO app:READ_CALENDAR"},
		{"parentheses between", "我们需要访问您的相机(摄像头)、通讯录(联系人)、麦克风的权限。", "app+camera app+contacts app+audio_recording app:CAMERA app:READ_CONTACTS app:RECORD_AUDIO"},
		{"behind a colon", "我们需要您授权以下权限:相机、麦克风。", "app+camera app+audio_recording app:CAMERA app:RECORD_AUDIO"},
		{"data named apart", "我们会收集您的手机号码,并获取相机权限。", "app+phone_number app+camera app:CAMERA"},
		{"refused", "我们不会获取您的相机、麦克风权限。", "app-camera app-audio_recording"},
		{"turned off", "您可以随时关闭相机、麦克风权限。", ""},
		{"no permission", "我们会收集您的通讯录、照片。", "app+contacts app+photos"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestPageBeforeThePolicy: what a saved page says above the policy is no heading
// of it.
func TestPageBeforeThePolicy(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"buttons", "确定撤回取消\n\n欢迎使用本产品(以下简称“我们”)。《隐私政策》(以下简称“本隐私政策”)适用于本产品。我们会收集您的手机号码。", "app+phone_number"},
		{"a heading of the policy", "一、撤回同意\n我们会收集您的手机号码。", ""},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestNoDenial holds negations that deny nothing of what the sentence names: what
// cannot be had, is not kept, or is denied of something else.
func TestNoDenial(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"not kept", "我们不会存储您的照片。", ""},
		{"neither taken nor kept", "我们不会收集和存储您的照片。", "app-photos"},
		{"taken by others", "我们会加密手机号码,保证其不会被恶意获取。", ""},
		{"cannot be had", "如您不上传,我们将无法获取您的照片。", ""},
		{"consequence", "请授权我们访问相册,否则我们将无法获取您的视频。", "app+photos app:READ_EXTERNAL_STORAGE"},
		{"another object", "禁用通讯录后,您不能充分取得我们提供的服务。", ""},
		{"all of the user's information", "使用相机时,我们不会收集您的任何个人信息。", ""},
		{"no object", "手机号码、通讯录,我们不会收集。", "app-phone_number app-contacts"},
		{"pronoun", "您可以使用通讯录,我们不会收集该信息。", "app-contacts"},
		{"not all of it", "我们不会读取您全量通讯录。", ""},
		{"nothing unrelated", "我们不会收集您的剪切板中的其他无关信息。", ""},
		{"another subject goes on", "该功能不会收集个人信息,但我们需要将订单号、手机号码与第三方共享。", "third_party+transaction_record third_party+phone_number"},
		{"in a parenthesis", "我们会获取IMEI(新版本不收集)、MAC地址。", "app+imei app+wifi_mac"},
		{"found out by parents", "如您发现我们收集了未成年人的姓名,请联系我们。", ""},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestManaging: what users can do with their data says nothing of collecting.
func TestManaging(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"words between", "您可以在本产品的设置中查询和访问您的昵称、手机号码。", ""},
		{"stop us", "您可以随时取消授权,停止我们对您的位置信息的收集。", ""},
		{"contact", "您可以随时通过本政策中提供的手机号码联系我们。", ""},
		{"fill in", "您可以选择填写您的昵称。", "app+nickname_avatar"},
		{"we collect then", "如您更改手机号码,我们会收集您的姓名。", "app+name"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestHostileGiving reads large documents of shapes that look far around a word.
func TestHostileGiving(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large documents")
	}
	for _, piece := range []string{
		"相机、麦克风权限、", "存储权限（", "权限：相机、", "我们将手机号、与第三方共享", "您可提供手机号、", "获取您通过搜索产生的订单、",
		"（收集手机号", "手机号（收集IMEI）、", "手机号不会收集，",
	} {
		t.Run(piece, func(t *testing.T) { inProportion(t, smallerBytes, "a.txt", shaped("", piece)) })
	}
}
