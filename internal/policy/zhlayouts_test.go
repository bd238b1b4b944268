package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// zhRows sums an entry up: id, company, purpose, data and the host of its link.
func zhRows(t *testing.T, file, text string) []string {
	t.Helper()
	p := readOne(t, file, []byte(text))
	checkQuotes(t, p)
	out := []string{}
	for _, s := range p.SDKs {
		_, host, _ := strings.Cut(s.Link, "://")
		host, _, _ = strings.Cut(host, "/")
		out = append(out, strings.Join([]string{s.ID, s.Company, s.Purpose, strings.Join(s.Data, " "), host}, "|"))
	}
	return out
}

type zhCase struct {
	name, text string
	want       []string
}

func checkRows(t *testing.T, file string, cases []zhCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := zhRows(t, file, c.text); !slices.Equal(got, c.want) {
				t.Errorf("%s\ngot\n%s\nwant\n%s", c.text, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// Lines that tell of one SDK each, in pieces that marks part.
func TestPieces(t *testing.T) {
	checkRows(t, "a.txt", []zhCase{
		{"commas", "Bugly SDK，提供方：腾讯，会收集设备型号、崩溃日志，用于分析崩溃，隐私政策：https://a.cn/p\n",
			[]string{"bugly|腾讯|用于分析崩溃|device_model crash_logs|a.cn"}},
		{"a company that no key marks", "1）青梧SDK，由青梧科技有限公司提供，将获取IMEI，Android ID，用于统计。\n",
			[]string{"sdk?:青梧SDK|青梧科技有限公司|用于统计|imei android_id|"}},
		{"in a parenthesis", "声网SDK（由青梧网络科技有限公司提供）：用于通话，收集IP地址，https://a.cn/p。\n",
			[]string{"agora|青梧网络科技有限公司|用于通话|ip_address|a.cn"}},
		{"dashes", "小米推送SDK——青梧软件有限公司——推送消息——OAID、设备型号——https://a.cn/p\n",
			[]string{"mipush|青梧软件有限公司|推送消息|oaid device_model|a.cn"}},
		{"hyphens", "小米推送SDK -- 青梧软件有限公司 -- 推送消息 -- OAID\n", []string{"mipush|青梧软件有限公司|推送消息|oaid|"}},
		{"items of a paragraph", "我们接入了以下第三方服务：「友盟统计」，青梧科技有限公司，收集IMEI，用于统计；「高德地图」，青桐软件有限公司，收集OAID，用于展示地图。\n",
			[]string{"umeng-analytics|青梧科技有限公司|用于统计|imei|", "amap|青桐软件有限公司|用于展示地图|oaid|"}},
		{"a company behind a bar, the method, and that it starts by itself", "【小米推送｜青梧科技有限公司】用途：推送消息。收集：应用列表、机型；收集方式：SDK 自行收集；该 SDK 存在开机自启动的情况，目的是保证送达。详见：https://a.cn/p\n",
			[]string{"mipush|青梧科技有限公司|推送消息|installed_apps device_model|a.cn"}},
		{"behind a bar, no company", "【小米推送｜消息】青梧科技有限公司，收集：OAID；该组件会被其他应用关联启动；用于推送。\n",
			[]string{"mipush|青梧科技有限公司|用于推送|oaid|"}},
		{"keys from the name on", "SDK名称：极光推送；公司：青梧科技有限公司；目的：推送；收集信息：IMEI；链接：https://a.cn/p\nSDK名称：个推；公司：青桐科技有限公司；目的：推送；收集信息：OAID；链接：https://b.cn/p\n",
			[]string{"jpush|青梧科技有限公司|推送|imei|a.cn", "getui|青桐科技有限公司|推送|oaid|b.cn"}},
		{"behind its kind", "分析组件：友盟统计（青梧科技有限公司）。用途：统计。信息：IMEI、OAID。隐私政策：https://a.cn/p\n",
			[]string{"umeng-analytics|青梧科技有限公司|统计|imei oaid|a.cn"}},
		{"counted in words, with pronouns", "一是信鸽推送。该组件由青梧科技有限公司开发，用于推送。运行时将取得IMSI，但不会取得您的位置。\n",
			[]string{"tencent-tpns|青梧科技有限公司|用于推送|imsi|"}},
		{"with whom data are shared", "（1）与青梧软件有限公司（高德地图SDK）共享：为展示地图，共享您的经纬度；其隐私政策：https://a.cn/p。\n",
			[]string{"amap|青梧软件有限公司||precise_location|a.cn"}},
		{"behind its company", "我们委托以下供应商处理：青梧科技有限公司的友盟统计，处理IMEI，目的是统计；青桐科技有限公司的个推，处理OAID，目的是推送。\n",
			[]string{"umeng-analytics|青梧科技有限公司|目的是统计|imei|", "getui|青桐科技有限公司|目的是推送|oaid|"}},

		{"another begins", "友盟SDK，青梧科技有限公司，会收集IMEI；个推SDK，青桐科技有限公司，会收集OAID。\n",
			[]string{"umeng-analytics|青梧科技有限公司||imei|", "getui|青桐科技有限公司||oaid|"}},
		{"no key, company or address", "友盟SDK，会收集您的IMEI，用于统计。\n", []string{"umeng-analytics||用于统计|imei|"}},
		{"a sentence of the user", "微信，您可以用它登录，我们会收集昵称，用于登录。\n", []string{}},
	})
	p := readOne(t, "a.txt", []byte("一是信鸽推送。该组件由青梧科技有限公司开发，用于推送。运行时将取得IMSI，但不会取得您的位置。\n"))
	wantClaims(t, p, "sdk:tencent-tpns+imsi sdk:tencent-tpns-location~")
}

// Rows of one cell a line below headings that no phrase knows, or below none.
func TestPeriodicRows(t *testing.T) {
	const a, b, c = "友盟推送\n青梧科技有限公司\n给您发通知\nIMEI、OAID\n", "融云\n青桐科技有限公司\n聊天\n设备型号、网络类型\n", "青梧听写\n青梧科技有限公司\n把话写下来\n录音、网络类型\n"
	const link = "https://a.cn/p\n"
	one, two := "umeng-push|青梧科技有限公司|给您发通知|imei oaid|", "rongcloud|青桐科技有限公司|聊天|device_model network_type|"
	three := "sdk?:青梧听写|青梧科技有限公司|把话写下来|audio_recording network_type|"
	checkRows(t, "a.txt", []zhCase{
		{"strange headings", "四、伙伴\n\n伙伴\n谁做的\n干嘛\n拿什么\n看这里\n" + a + link + b + link + "五、权利\n", []string{one + "a.cn", two + "a.cn"}},
		{"no headings", "四、伙伴\n\n" + a + link + b + link + c + link + "五、权利\n", []string{one + "a.cn", two + "a.cn", three + "a.cn"}},
		{"no addresses", "四、伙伴\n\n产品一栏\n合作公司\n何故\n它需要什么\n" + a + b + "五、权利\n", []string{one, two}},
		{"plain questions for headings", "组件\n服务商\n干什么用\n会拿到哪些信息\n条款链接\n" + a + link + c + link, []string{one + "a.cn", three + "a.cn"}},
	})
	for _, text := range []string{
		"联系我们\n\n南昌办事处\n青梧科技有限公司\n设备维修\n红谷滩一路\n" + link + "合肥办事处\n青桐科技有限公司\n设备销售\n望江二路\n" + link + "北京办事处\n青桐科技有限公司\n设备租赁\n长安三路\n" + link, // no data
		"您可以关闭的权限\n\n相机\n扫码\n" + link + "位置\n推荐门店\n" + link + "麦克风\n语音\n" + link,
	} {
		if got := zhRows(t, "a.txt", text); len(got) > 0 {
			t.Errorf("%s\ngot %v", text, got)
		}
	}
}

// Tables of which no phrase knows the headings, or that have none.
func TestUnheadedTables(t *testing.T) {
	want := []string{"umeng-push|青梧科技有限公司|发通知|oaid installed_apps|a.cn", "rongcloud|青桐科技有限公司|聊天|device_model ip_address|b.cn"}
	const one, two = "友盟推送 | 青梧科技有限公司 | 发通知 | OAID、应用列表 | https://a.cn/p", "融云 | 青桐科技有限公司 | 聊天 | 设备型号、IP地址 | https://b.cn/p"
	checkRows(t, "a.txt", []zhCase{
		{"none", one + "\n" + two + "\n", want},
		{"strange", "伙伴 | 谁做的 | 干嘛 | 拿什么 | 看这里\n" + one + "\n" + two + "\n", want},
		{"the app's own data", "手机号码 | 登录 | 登录页\n精确位置 | 推荐 | 首页\n收货地址 | 配送 | 下单页\n", []string{}},
	})
	checkRows(t, "a.md", []zhCase{{"markdown", "| 伙伴 | 谁做的 | 干嘛 | 拿什么 | 看这里 |\n|---|---|---|---|---|\n| " + one + " |\n| " + two + " |\n", want}})
}

// Keys in brackets and in quotation marks, and a key for the company over the SDK's name.
func TestKeysOfOtherShapes(t *testing.T) {
	want := []string{"jpush|青梧科技有限公司|推送|imei|a.cn", "getui|青桐科技有限公司|推送|oaid|b.cn"}
	checkRows(t, "a.txt", []zhCase{
		{"brackets", "【SDK名称】极光推送\n【服务商】青梧科技有限公司\n【使用目的】推送\n【收集信息】IMEI\n【隐私政策】https://a.cn/p\n\n【SDK名称】个推\n【服务商】：青桐科技有限公司\n【使用目的】推送\n【收集信息】OAID\n【隐私政策】https://b.cn/p\n", want},
		{"json", "[{\n\"SDK名称\": \"极光推送\",\n\"提供方\": \"青梧科技有限公司\",\n\"用途\": \"推送\",\n\"收集信息\": \"IMEI\",\n\"隐私政策\": \"https://a.cn/p\"\n},\n{\n\"SDK名称\": \"个推\",\n\"提供方\": \"青桐科技有限公司\",\n\"用途\": \"推送\",\n\"收集信息\": \"OAID\",\n\"隐私政策\": \"https://b.cn/p\"\n}]\n", want},
		{"the name under 第三方名称", "1、第三方名称：极光推送\n共享信息：IMEI\n共享目的：推送\n所属公司：青梧科技有限公司\n隐私政策：https://a.cn/p\n2、第三方名称：个推\n共享信息：OAID\n共享目的：推送\n所属公司：青桐科技有限公司\n隐私政策：https://b.cn/p\n", want},
		{"starred titles", "★ 极光推送（JPush）\n所属：青梧科技有限公司\n作用：推送\n获取的信息：IMEI\n政策地址：https://a.cn/p\n\n★ 个推\n所属：青桐科技有限公司\n作用：推送\n获取的信息：OAID\n政策地址：https://b.cn/p\n", want},
	})
}

// What a sentence says the app does not contain is no entry, and nothing that it says
// of it is a disclosure.
func TestAbsent(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"我们未接入极光推送SDK。", ""},
		{"本应用不集成极光推送SDK，不会收集您的应用列表。", "app-installed_apps"},
		{"我们目前没有使用极光推送SDK、友盟SDK。", ""},
		{"本产品未集成任何广告类SDK（如穿山甲SDK、优量汇SDK）。", ""},
		{"本软件不含TalkingData。", ""},
		{"穿山甲广告SDK已移除，自3.0版本起不再收集您的IMEI。", "sdk:pangle-csj-imei"},
		{"原使用的个推SDK已于2024年1月下线。", ""},
		{"高德地图SDK（已下线）。", ""},
		{"自V2.1.0起，我们停止使用友盟SDK。", ""},
		{"我们已将个推SDK替换为极光推送SDK，极光推送SDK会收集您的IMEI。", "sdk:jpush+imei"},

		{"我们接入了极光推送SDK。", "sdk:jpush+"},
		{"在您同意之前，我们不会使用友盟SDK。", "sdk:umeng-analytics+"},
		{"如果您不使用微信SDK登录，可以用手机号码登录。", "sdk:wechat-opensdk+"},
		{"我们不会使用友盟SDK收集的信息识别您。", "sdk:umeng-analytics+"},
		{"我们未接入极光推送SDK而使用友盟SDK。", "sdk:umeng-analytics+"},
		{"iOS版未集成友盟SDK。", "sdk:umeng-analytics+"},
		{"友盟SDK已移除广告标识，仅收集IMEI。", "sdk:umeng-analytics+imei"},
	} {
		p := readOne(t, "a.txt", []byte("一、第三方SDK\n"+c.text+"\n"))
		got := []string{}
		for _, c := range p.Claims {
			sign := "+"
			if c.Polarity == audit.Denies {
				sign = "-"
			}
			if party := c.Party + sign + strings.Join(c.Data, ","); !slices.Contains(got, party) {
				got = append(got, party)
			}
		}
		want := strings.Fields(c.want)
		if !slices.Equal(got, want) {
			t.Errorf("%s\nsays %v\nwants %v", c.text, got, want)
		}
	}
}
