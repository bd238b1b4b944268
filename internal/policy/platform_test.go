package policy

import (
	"testing"

	"apkaudit/internal/audit"
)

// What stands below a heading about one platform is of that platform, until the
// section ends.
func TestPlatformOfSection(t *testing.T) {
	const ios = "sdk:umeng-analytics+clipboard@ios"
	for _, c := range []struct{ name, file, text, want string }{
		{"list", "a.md", "## 二、第三方SDK\n\n### iOS 端\n\n- 友盟+SDK：收集剪贴板内容。\n", ios},
		{"until the section ends", "a.md", "## 二、第三方SDK\n\n### iOS 端\n\n- 友盟+SDK：收集剪贴板内容。\n\n## 三、我们收集的信息\n\n我们会收集您的IMEI。\n", ios + " app+imei"},
		{"sections inside", "a.md", "## iOS 端\n\n### 我们收集的信息\n\n我们会收集您的IMEI。\n", "app+imei@ios"},
		{"both inside one", "a.md", "## iOS 端\n\n### iOS和Android\n\n我们会收集您的IMEI。\n", "app+imei"},
		{"key: value", "a.txt", "二、第三方SDK\n（一）Android端\nSDK名称：个推SDK\n收集个人信息类型：IMEI\n（二）iOS端\nSDK名称：友盟+SDK\n收集个人信息类型：剪贴板内容\n", "sdk:getui+imei@android " + ios},
		{"table", "a.md", "## 第三方SDK（iOS版）\n\n| SDK名称 | 收集个人信息 | 使用目的 |\n|---|---|---|\n| 友盟SDK | 剪贴板 | 统计 |\n", ios},
		{"english", "a.md", "## Third-party SDKs on iOS\n\nThe Umeng SDK collects your clipboard.\n", ios},
		{"both", "a.md", "## 第三方SDK（iOS和Android）\n\n友盟SDK会收集您的IMEI。\n", "sdk:umeng-analytics+imei"},
		{"among others", "a.md", "## 支付SDK（iOS、微信）\n\n友盟SDK会收集您的IMEI。\n", "sdk:umeng-analytics+imei"},
		{"a maker", "a.md", "## 苹果登录\n\n我们会收集您的IMEI。\n", "app+imei"},
		{"part of a datum", "a.md", "## Android ID\n\n我们会收集您的IMEI。\n", "app+android_id app+imei"},
		{"a line that breaks off", "a.txt", "3.1 对于使用 iOS\n的用户，我们会收集您的IMEI。\n", "app+imei"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, c.file, []byte(c.text))
			checkQuotes(t, p)
			wantClaims(t, p, c.want)
		})
	}
}

func TestTitlePlatform(t *testing.T) {
	r := testReader()
	for title, want := range map[string]string{
		"iOS 端": audit.PlatformIOS, "iOS操作系统应用权限列表": audit.PlatformIOS, "APP权限：相册读取、写入权限IOS": audit.PlatformIOS, "苹果端SDK": audit.PlatformIOS,
		"第三方SDK（仅限iOS）": audit.PlatformIOS, "Permissions (iOS)": audit.PlatformIOS, "安卓应用权限": audit.PlatformAndroid, "双端": audit.PlatformAny, "iOS/Android": audit.PlatformAny,
		"苹果登录SDK": "", "对于使用 iOS": "", "支付SDK（iOS、微信）": "", "收集Android ID": "", "第三方SDK": "",
	} {
		d := &document{text: title}
		d.fold = foldText(title)
		if got := r.titlePlatform(d, span{0, len(title)}); got != want {
			t.Errorf("%s: %q, want %q", title, got, want)
		}
	}
}
