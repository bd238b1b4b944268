package policy

import (
	"slices"
	"strings"
	"testing"
)

// A contact person whom the user types in is not the address book.
func TestContactPerson(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"预约门诊需要收集联系人姓名、手机号码、预约时间，并提供给您选定的医院。", "app+name app+phone_number"},
		{"您下单时，我们会收集收货地址、联系人姓名和联系人手机号。", "app+name app+phone_number app+postal_address"},
		{"为了上门维修，我们需要收集您的联系人姓名、联系人手机、详细地址。", "app+name app+postal_address"},
		{"寄送快递时，您需要填写联系人、联系电话和收货地址。", "app+phone_number app+postal_address"},
		{"我们会收集紧急联系人的姓名。", "app+name"},

		{"经您授权，我们会收集联系人姓名和电话号码。", "app+contacts app+name app+phone_number"},
		{"我们会读取您手机中的联系人姓名。", "app+contacts app+name"},
		{"我们会收集您的联系人。", "app+contacts"},
		{"我们会收集您的通讯录（联系人姓名、电话号码）。", "app+contacts"},
		{"为向好友充值，我们会收集您的联系人、手机号码。", "app+contacts app+phone_number"},
		{"我们会获取联系人姓名、电话号码。", "app+contacts app+name app+phone_number"},
	} {
		wantSays(t, c.text, c.want)
	}
}

// Storage among facts about the device is its size; among permissions it is what they open.
func TestDeviceFactsInLists(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"我们会收集机型、制造商、存储空间、系统设置。", "app+device_manufacturer app+device_model app+storage_info app+system_settings"},
		{"我们会收集CPU、内存、存储、屏幕、电池。", "app+battery_info app+cpu_info app+memory_info app+screen_info app+storage_info"},
		{"我们会收集设备品牌、设备存储、显示屏、时区。", "app+device_brand app+screen_info app+storage_info app+timezone"},
		{"我们会收集您的相机、存储、麦克风。", "app+audio_recording app+camera app+media_files~"},
		{"我们会收集您的设备型号、存储、相册。", "app+device_model app+media_files~ app+photos"},
		{"我们会申请存储空间、屏幕、系统版本等权限。", "app+media_files~ app+os_version app+screen_info app:READ_EXTERNAL_STORAGE"},
		{"我们会收集设备型号，并在屏幕上显示结果。", "app+device_model"},
	} {
		wantSays(t, c.text, c.want)
	}
}

// Bare words in the parenthesis behind Wi-Fi belong to it.
func TestWiFiMembers(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"我们会收集Wi-Fi 信息（名称、BSSID、可用 Wi-Fi 列表）。", "app+wifi_bssid app+wifi_scan_list app+wifi_ssid"},
		{"我们会收集WLAN（名称和扫描列表）。", "app+wifi_scan_list app+wifi_ssid"},
		{"我们会收集网络信息（WiFi名称）和应用信息（名称、版本）。", "app+app_list_info~ app+wifi_ssid"},
		{"我们会收集WiFi信息，并告知您接收方（名称、联系方式）。", "app+wifi_info~"},
	} {
		wantSays(t, c.text, c.want)
	}
}

// What a verb phrase asks of the device is the datum that a noun names.
func TestVerbPhrases(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"我们不会读取您手机里安装了哪些应用。", "app-installed_apps"},
		{"我们不会扫描并获取您的设备上装了哪些软件。", "app-installed_apps"},
		{"我们会查看您的手机正在运行哪些应用。", "app+running_apps"},
		{"我们会收集运行进程、正在运行的服务与进程、运行中的程序。", "app+running_apps"},
		{"我们会告诉您安装哪些应用更省电。", ""},
	} {
		wantSays(t, c.text, c.want)
	}
}

// The heading of a column may name the platform of all cells below it.
func TestColumnPlatform(t *testing.T) {
	table := func(head string, rows ...string) string {
		out := "| " + head + " |\n|" + strings.Repeat("---|", strings.Count(head, "|")+1) + "\n"
		for _, row := range rows {
			out += "| " + row + " |\n"
		}
		return out
	}
	for _, c := range []struct{ text, want string }{
		{table("名称 | 提供者 | 用途 | Android 端收集 | iOS 端收集", "青梧SDK | 青梧科技有限公司 | 统计 | IMEI、IP 地址 | IDFA、IP 地址、剪贴板内容"),
			"sdk?:青梧SDK+imei@android sdk?:青梧SDK+ip_address@android sdk?:青梧SDK+idfa_idfv@ios sdk?:青梧SDK+ip_address@ios sdk?:青梧SDK+clipboard@ios"},
		{table("SDK名称 | 公司 | 收集（Android） | 收集（iOS）", "青梧SDK | 青梧科技有限公司 | OAID | 剪贴板内容"), "sdk?:青梧SDK+clipboard@ios sdk?:青梧SDK+oaid@android"},
		{table("SDK名称 | 公司 | 安卓 | 苹果", "青梧SDK | 青梧科技有限公司 | OAID | 剪贴板内容"), "sdk?:青梧SDK+clipboard@ios sdk?:青梧SDK+oaid@android"},
		{table("SDK name | Company | Data collected on Android | Data collected on iOS", "QingwuSDK | Qingwu Ltd | Android ID | clipboard"), "sdk?:QingwuSDK+android_id@android sdk?:QingwuSDK+clipboard@ios"},
		{table("SDK名称 | 公司 | 收集的个人信息 | 苹果登录", "青梧SDK | 青梧科技有限公司 | OAID | 支持"), "sdk?:青梧SDK+oaid"},
		{table("功能 | Android 收集的信息 | iOS 收集的信息 | 目的", "登录 | Android ID | 剪贴板内容 | 安全"), "app+android_id@android app+clipboard@ios"},
	} {
		p := readOne(t, "a.md", []byte(c.text))
		checkQuotes(t, p)
		wantClaims(t, p, c.want)
	}
}

// Headings in two rows, and two columns of data.
func TestTwoColumnsOfData(t *testing.T) {
	const two = `<table><tr><th rowspan="2">信息类别</th><th colspan="2">信息内容</th><th rowspan="2">使用目的</th></tr>
<tr><th>必要</th><th>非必要</th></tr>
<tr><td>位置</td><td>—</td><td>精确位置</td><td>导航</td></tr><tr><td>标识</td><td>Android ID</td><td>手机号</td><td>安全</td></tr></table>`
	const one = `<table><tr><th>业务功能</th><th>必填信息</th><th>选填信息</th><th>目的</th></tr>
<tr><td>登录</td><td>手机号</td><td>精确位置</td><td>安全</td></tr></table>`
	const sdk = `<table><tr><th rowspan="2">SDK名称</th><th rowspan="2">公司</th><th colspan="2">收集的个人信息</th><th rowspan="2">目的</th></tr>
<tr><th>Android</th><th>iOS</th></tr>
<tr><td>青梧SDK</td><td>青梧科技有限公司</td><td>OAID</td><td>IP地址</td><td>统计</td></tr></table>`
	const flag = `<table><tr><th>SDK名称</th><th>公司</th><th>收集的个人信息</th><th>是否必要</th></tr>
<tr><td>青梧SDK</td><td>青梧科技有限公司</td><td>OAID</td><td>必要</td></tr></table>`
	for _, c := range []struct{ text, want string }{
		{two, "app+android_id app+location~ app+phone_number app+precise_location"},
		{one, "app+phone_number app+precise_location"},
		{sdk, "sdk?:青梧SDK+ip_address@ios sdk?:青梧SDK+oaid@android"},
		{flag, "sdk?:青梧SDK+oaid"},
	} {
		p := readOne(t, "a.html", []byte("<html><body>"+c.text+"</body></html>"))
		checkQuotes(t, p)
		wantClaims(t, p, c.want)
	}
}

// A label takes its meaning from the heading above, and a right is one under any of its
// names.
func TestLabelsUnderHeadings(t *testing.T) {
	for _, c := range []struct {
		text, topic string
		want        bool
	}{
		{"### 存储\n\n1. 地点：中华人民共和国境内。\n", "storage_place", true},
		{"### 五、信息的保存\n\n地域：中国境内（杭州）。不向境外提供。\n", "storage_place", true},
		{"### 信息如何存放\n\n期限：六个月。\n", "retention_period", true},
		{"伍、保存\n地点：境内（阿里云华东 1 节点）。不向境外提供。\n期限：手机号——三年。\n", "storage_place", true},
		{"### 门店\n\n地点：中国境内各大城市。\n", "storage_place", false},
		{"### 存储\n\n我们提醒您：中华人民共和国境内均可使用。\n", "storage_place", false},
		{"### 活动\n\n期限：六个月。\n", "retention_period", false},
		{"陆、您可以怎样管理\n查看、改正：我的 > 车辆管理；\n", "access_right", true},
		{"您可以\n查询与修改：我的 > 资料；\n", "access_right", true},
		{"您可以查看、下载壁纸。\n", "access_right", false},
	} {
		got := stated(readOne(t, "a.md", []byte(c.text)))
		if has := slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.topic+"=") }); has != c.want {
			t.Errorf("%q states %q; %s: %v", c.text, got, c.topic, has)
		}
	}
}

// Addresses below a table belong to the entries that they name.
func TestLinksBelowTables(t *testing.T) {
	const table = "<table><tr><th>第三方公司名称</th><th>产品</th><th>共享信息</th><th>使用目的</th></tr>" +
		"<tr><td>青梧科技有限公司</td><td>青梧统计SDK</td><td>IMEI</td><td>统计</td></tr>" +
		"<tr><td>每日互动股份有限公司</td><td>个推·消息推送</td><td>OAID</td><td>推送</td></tr></table>"
	first, second := "sdk?:青梧统计SDK|青梧科技有限公司|统计|imei|", "getui|每日互动股份有限公司|推送|oaid|"
	checkRows(t, "a.html", []zhCase{
		{"lines of one paragraph", table + "<p>上述合作方的隐私政策：<br>青梧：https://a.cn/p<br>个推：<a href=\"https://b.cn/p\">https://b.cn/p</a></p>", []string{first + "a.cn", second + "b.cn"}},
		{"items", table + "<p>各SDK隐私政策链接如下：</p><ul><li>青梧统计：https://a.cn/p</li><li>每日互动：https://b.cn/p</li></ul>", []string{first + "a.cn", second + "b.cn"}},
		{"each with its words", table + "<p>青梧统计隐私政策：https://a.cn/p</p>", []string{first + "a.cn", second}},
		{"addresses of something else", table + "<p>官方网站：https://a.cn/p</p>", []string{first, second}},
		{"below another heading", table + "<h2>五、联系我们</h2><p>隐私政策：</p><p>青梧：https://a.cn/p</p>", []string{first, second}},
		{"of the app", table + "<p>本隐私政策：https://a.cn/p</p>", []string{first, second}},
	})
}

// What only looks like data of the user: what is made of it, a path through menus, a table
// of contents, what a pet has.
func TestNoDataOfTheUser(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"高德定位SDK会取得您的精确位置，按通勤距离排列职位。", "sdk:amap+precise_location"},
		{"我们会收集您的精确位置，根据热度推荐职业。", "app+precise_location"},
		{"我们会收集您的精确位置，职业。", "app+education_work app+precise_location"},
		{"我们会收集您的手机号码，根据您的精确位置推荐商品。", "app+phone_number app+precise_location"},
		{"权限随时可以在“系统设置—应用—青梧”里关掉。", ""},
		{"我们会收集系统设置、系统属性。", "app+system_properties app+system_settings"},
		{"目录：1 我们收集什么 ｜ 2 我们申请哪些权限 ｜ 3 我们如何使用 Cookie", ""},
		{"您可以为宠物填写名字、生日、体重、绝育情况。", ""},
		{"您可以填写宠物的生日，并需要提供您的生日、手机号码。", "app+birthday_age app+phone_number"},
		{"您需要填写宠物名字、手机号码、收货地址。", "app+phone_number app+postal_address"},
	} {
		wantSays(t, c.text, c.want)
	}
}
