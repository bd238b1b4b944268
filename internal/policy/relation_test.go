package policy

import "testing"

// TestRelations tells what a sentence says of data beside the verb that takes it.
func TestRelations(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"whom data does not show", "我们可能与合作伙伴共享不识别您身份的画像及去标识化的手机型号。", "third_party+device_model"},
		{"whom data does not show, handed on", "我们可能向合作伙伴提供无法识别个人身份的手机型号。", "third_party+device_model"},
		{"what is not shown", "我们可能向合作伙伴提供无法识别您的身份信息的报表。", ""},
		{"not collected", "我们收集信息时不读取您的通讯录。", "app-contacts"},

		{"brought forward behind a means", "我们会通过加密传输的方式将您的手机号码分享至甲乙公司。", "third_party+phone_number"},
		{"a means", "我们会通过手机号码将订单分享至甲乙公司。", ""},

		{"supposition", "需要收集儿童个人信息的，我们会事先征得监护人的同意。", ""},
		{"supposition, with a noun", "对于经同意而收集您的通讯录的情况，我们只会在法律允许时使用。", ""},
		{"no supposition", "我们会收集您的通讯录，用于推荐好友。", "app+contacts"},
		{"wish", "如您不希望我们与其他用户分享您的位置信息，可设置为隐身。", ""},
		{"refusal with a main clause", "如您拒绝，我们将收集手机型号。", "app+device_model"},

		{"permitted rest", "经您同意，我们会将您的昵称、头像及其他您授权的信息与甲乙产品共享。", "third_party+nickname_avatar"},
		{"permitted to look at", "您授权我们查看、储存您的资料，包括姓名。", "app+name"},

		{"linked with", "我们可能与合作伙伴共享手机型号，这些信息难以与您的身份信息相关联。", "third_party+device_model"},
		{"linked", "我们会收集您的手机号码，并将其与您的账号进行绑定。", "app+phone_number"},
		{"linked with each other", "我们会收集手机号码与身份信息。", "app+phone_number app+identity_info~"},
		{"partners serve the app", "我们可能将您的邮箱与第三方分享，例如为我们提供位置数据的地图服务商。", "third_party+email_address"},
		{"the user serves the app", "您需要为完成注册提供手机号码。", "app+phone_number"},
		{"a partner by its name", "我们的服务提供商会为姓名服务。", ""},

		{"kept", "您订购会员时产生的记录，包括消费记录，这些信息会存储于我们的服务器中。", "app+transaction_record"},
		{"kept, of a scene", "您使用评论功能时，您的昵称会保存在我们的服务器中。", "app+nickname_avatar"},
		{"not kept", "您的昵称不会存储在我们的服务器中。", ""},
		{"kept by the user", "您的昵称会存储在您的手机中。", ""},

		{"taken elsewhere", "您的指纹仅保存在您授权采集指纹的手机上。", ""},
		{"taken here", "经您授权，我们会采集您的指纹。", "app+fingerprint"},
		{"a function", "您需要使用地理位置功能时，我们会收集手机型号。", "app+device_model"},
		{"no function", "我们需要使用精准定位信息。", "app+precise_location"},

		{"the user at work", "您在使用本应用过程中，上传的照片、头像。", "app+photos app+nickname_avatar"},
		{"the app at work", "我们在提供服务过程中，上传的照片由他人制作。", ""},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestDescribedItems: an item of a list may say at length which information it is.
func TestDescribedItems(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"described", "我们会收集以下信息：手机型号、语言；您通过本应用通讯的信息，例如通讯时间。", "app+device_model app+language app+communications~"},
		{"behind a proviso", "我们会收集以下信息：手机型号；在不违反法律的情况下，有关您已安装的应用的信息。", "app+device_model app+installed_apps"},
		{"a sentence of its own", "我们会收集手机型号；您可以删除通讯的信息，例如通讯时间。", "app+device_model"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestLoneWords: a word that names data only beside others of its kind.
func TestLoneWords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"property of the device", "我们会收集手机型号、版本。", "app+device_model app+os_version"},
		{"property of the app", "我们会收集应用名称、版本。", "app+own_app_info"},
		{"not the whole item", "我们会收集手机型号、版本更新提示。", "app+device_model"},
		{"behind a conjunction", "我们会收集浏览及搜索记录。", "app+app_interactions app+search_history"},
		{"another word between", "我们会收集行为信息，包括浏览、观看直播、点赞。", "app+usage_data~ app+app_interactions"},
		{"what a file is called", "我们会收集浏览记录、下载文件。", "app+app_interactions app+files_docs"},
		{"money beside money", "我们会收集消费记录、余额。", "app+transaction_record app+virtual_property"},
		{"money beside nothing", "我们会收集页面、余额。", ""},
	} {
		t.Run(c.name, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
