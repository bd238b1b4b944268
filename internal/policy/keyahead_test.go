package policy

import "testing"

// Entries whose keys and values do not follow each other on one line each.
func TestKeysApart(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"keys without colon over their values", "a.txt", "1、微信SDK\n\n所属机构\n\n腾讯\n\n功能用途\n\n产品分享、微信登录\n\n收集的个人信息类型\n\nIMEI、MAC地址\n\n2、友盟SDK\n\n所属机构\n\n友盟\n\n功能用途\n\n统计\n\n收集的个人信息类型\n\nOAID\n\n我们会收集您的短信。\n", []string{"wechat-opensdk|微信SDK|腾讯|imei wifi_mac|", "umeng-analytics|友盟SDK|友盟|oaid|"}},
		{"values below their keys", "a.txt", "穿山甲SDK\n合作目的:\n投放广告\n合作方式:\n嵌入第三方SDK，SDK收集传输\n共享个人信息字段:\nIMEI、OAID\n", []string{"pangle-csj|穿山甲SDK||imei oaid|"}},
		{"a line between the keys", "a.txt", "SDK名称：极光推送\n（适用于安卓）\n使用目的：推送\n收集个人信息类型：IMEI\n", []string{"jpush|极光推送||imei|"}},
		{"a title between the keys", "a.txt", "SDK名称：极光推送\n使用目的：推送\n友盟SDK\n收集个人信息类型：IMEI\n", []string{"jpush|极光推送|||", "umeng-analytics|友盟SDK||imei|"}},
		{"name key word by word", "a.txt", "4. 使用的SDK：穿山甲SDK\n服务类型：广告\n收集信息：OAID\n", []string{"pangle-csj|穿山甲SDK||oaid|"}},
		{"keys with words around", "a.txt", "3、友盟SDK\n\n场景描述：统计\n\n使用过程中我们会获取如下权限：CAMERA\n\n获取您如下的用户信息：IMEI\n", []string{"umeng-analytics|友盟SDK||imei|CAMERA"}},
		{"titles behind addresses on one line", "a.txt", "我们接入以下SDK。微信开放平台 SDK功能类型：社交使用目的：登录数据类型：IMEI官网链接：https://open.weixin.qq.com/\u00a0友盟 SDK功能类型：统计使用目的：统计数据类型：OAID官网链接：https://www.umeng.com/\n", []string{"wechat-opensdk|微信开放平台 SDK||imei|", "umeng-analytics|友盟 SDK||oaid|"}},
		{"personal privacy", "a.txt", "SDK名称：微信\n涉及个人隐私：IMEI\n", []string{"wechat-opensdk|微信||imei|"}},
		{"a letter that ends a word is no number", "a.txt", "使用SDK名称：快手SDK\n服务类型：广告\n收集个人信息类型：imsi、MAC地址、bssid、IMEI 隐私政策链接：https://u.kuaishou.com\n", []string{"kuaishou-ads|快手SDK||imsi wifi_mac wifi_bssid imei|"}},
		{"parenthesis with a purpose in data", "a.txt", "SDK名称：极光推送\n收集个人信息类型：IMEI（用于识别设备）、MAC地址、OAID\n", []string{"jpush|极光推送||imei wifi_mac oaid|"}},
		{"purpose behind data", "a.txt", "SDK名称：极光推送\n收集个人信息类型：IMEI，用于统计设备型号\n", []string{"jpush|极光推送||imei|"}},
		{"title that ends in a full stop", "a.txt", "2.1 友盟+SDK。\n使用目的：统计\n收集个人信息类型：IMEI\n", []string{"umeng-analytics|友盟+SDK||imei|"}},
		{"the value of a key names it", "a.txt", "共享方式：SDK（个推）\n共享目的：推送\n共享数据类型：设备信息（IMEI、OAID）\n\n共享方式：SDK（友盟）\n共享目的：统计\n共享数据类型：MAC地址\n", []string{"getui|个推||imei oaid|", "umeng-analytics|友盟||wifi_mac|"}},
		{"the value of a key only mentions it", "a.txt", "共享方式：通过个推推送消息\n共享目的：推送\n共享数据类型：IMEI\n", nil},
		{"columns in another order than their headings", "a.txt", "SDK名称\n使用权限名称\n服务类型\n对应功能\n隐私政策链接\n\n\n极光推送\n推送消息\nIMEI、MAC地址\n通知\nhttps://a.example.com\n\n\n友盟SDK\n统计\n地图、定位\n分析\nhttps://b.example.com\n", []string{"jpush|极光推送||imei wifi_mac|", "umeng-analytics|友盟SDK|||"}},
		{"marked-up headings of one level", "a.md", "##### 友盟SDK\n\n使用目的：统计\n\n收集信息：IMEI\n\n##### 青梧推送\n\n使用目的：推送\n\n收集信息：OAID\n", []string{"umeng-analytics|友盟SDK||imei|", "sdk?:青梧推送|青梧推送||oaid|"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, c.file, c.text, c.want...) })
	}
}

func TestHeadingWords(t *testing.T) {
	r := testReader()
	for cell, want := range map[string]field{
		"Data collected by SDK":      fieldData,
		"Purpose of using the data":  fieldPurpose,
		"Purpose of the information": fieldPurpose,
		"个人隐私":                       fieldData,
		"功能名称":                       fieldFunction,
		"权限名称":                       fieldPermissions,
		"服务名称":                       fieldName,
		"SDK产品名称":                    fieldName,
		"收集使用的个人信息包括":                fieldData,
		"使用权限名称":                     fieldPermissions,
		"使用的SDK名称":                   fieldName,
	} {
		if got := r.headingField(cell); got != want {
			t.Errorf("%s: got %v, want %v", cell, got, want)
		}
	}
}
