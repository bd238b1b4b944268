package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// defectsOf reads a text and returns "detail: quote" of the defects of a kind.
func defectsOf(t *testing.T, text, kind string) []string {
	t.Helper()
	p := readOne(t, "x.txt", []byte(text))
	runes := []rune(p.Sources[0].Text)
	var out []string
	for _, d := range p.Defects {
		if got := string(runes[d.At.Start:d.At.End]); got != d.Quote {
			t.Errorf("%s: quote %q, but the text has %q there", d.Kind, d.Quote, got)
		}
		if d.Kind == kind {
			out = append(out, d.Detail+": "+d.Quote)
		}
	}
	return out
}

func TestCorruptions(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"one character in an English sentence", "We collect the messages极 you send to us when you ask for help.", []string{"stray_character: 极"}},
		{"and then between Chinese ones", "We store the messages极 you send to us when you ask.\n\n您可以管理极 或删除您的账号，并在设置中查看。", []string{"stray_character: 极", "stray_character: 极"}},
		{"strewn over Chinese text", "我们会收集您极 的手机号码，您可以管理极 或删除，我们会修订本极 政策。", []string{"stray_character: 极", "stray_character: 极", "stray_character: 极"}},
		{"numbered chapters", "第一条 总则\n第二条 收集\n第三条 使用\n第四条 共享\n第五条 权利\n", nil},
		{"English words in Chinese", "我们使用cookie和pixel、sdk或api等技术，收集您的手机号码。", nil},
		{"blanks between columns", "微信 腾讯公司 登录\n微博 新浪公司 分享\n高德 高德公司 地图\n", nil},
		{"tags and entities", "我们会收集手机号码。<br/>并&nbsp;保存</p>", []string{"leftover_markup: <br/>", "leftover_markup: &nbsp;", "leftover_markup: </p>"}},
		{"an address and a comparison", "见 <https://example.com/?a=1&lt;b> ，若 a < b 则 R&D", nil},
		{"misread terms", "我们收集 W1-FI、lMEI、IMS1 和第三方 SKD、IEMI 信息", []string{"misread_term: W1-FI", "misread_term: lMEI", "misread_term: IMS1", "misread_term: SKD", "misread_term: IEMI"}},
		{"terms as they are written", "我们收集 WiFi、WI-FI、IMEI1、IMEI2、MACs、SDKs、AndroidID、DSK、GSM、MIS 信息", nil},
		{"wrong encoding", "我们收集锟斤拷锟斤拷信息", []string{"undecodable: 锟斤拷锟斤拷"}},
		{"a list without items", "please visit the following links: , , , and .", []string{"empty_list: : , ,"}},
		{"doubled separators, and an ellipsis", "姓名、、电话。。等。。。好", []string{"doubled_separator: 、、", "doubled_separator: 。。"}},
	} {
		if got := defectsOf(t, tt.text, audit.DefectCorruption); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReadURL(t *testing.T) {
	for text, broken := range map[string]bool{
		"https://www.jiguang.cn/license/privacy":      false,
		"https://www.jiguang.cn/privacy点击查看":          false,
		"http://127.0.0.1:8080/a":                     false,
		"https://example.com/a?b=c&d=e 提供方":           false,
		"https://example.com/a 1. IMEI":               false,
		"http://a.cn 和 http://b.cn":                   false,
		"https protocol":                              false,
		"https 协议":                                    false,
		"https:// www.jiguang.cn/license":             true,
		"https:/www.jiguang.cn/license":               true,
		"https//www.jiguang.cn/license":               true,
		"http：//www.jiguang.cn":                       true,
		"https://":                                    true,
		"https://privacy/":                            true,
		"https://www.极光.cn/license":                   true,
		"https://www.jiguang .cn/license":             true,
		"https://x.com/cgi-bin/read?lang=zh &t=weixi": true,
	} {
		if _, got := readURL(text); got != broken {
			t.Errorf("readURL(%q) = %v, want %v", text, got, broken)
		}
	}
}

func TestUnfilledFields(t *testing.T) {
	const header = "SDK名称 | 公司名称 | 使用目的 | 收集个人信息类型 | 隐私政策链接\n"
	for _, tt := range []struct {
		name, text     string
		missing, blank []string
	}{
		{"complete", header + "极光推送 | 深圳市和讯华谷信息技术有限公司 | 推送 | IMEI | https://jiguang.cn", nil, nil},
		{"strokes", header + "极光推送 | / | - | / | 无", nil, []string{"company", "purpose", "link", "data"}},
		{"its own name for data", header + "jpush.android(极光推送) | 深圳市和讯华谷信息技术有限公司 | 推送 | jpush | https://jiguang.cn", nil, []string{"data"}},
		{"data that no term knows", header + "极光推送 | 深圳市和讯华谷信息技术有限公司 | 推送 | 推送标签 | https://jiguang.cn", nil, nil},
		{"no data by its own word", header + "极光推送 | 深圳市和讯华谷信息技术有限公司 | 推送 | 不涉及 | https://jiguang.cn", nil, nil},
		{"an empty cell for the link", "SDK名称 | 公司名称 | 隐私政策链接 | 使用目的 | 收集个人信息类型\n极光推送 | 深圳市和讯华谷信息技术有限公司 | | 推送 | IMEI\n", nil, []string{"link"}},
		{"a line over the group says the purpose", "（1）推送消息：为用户提供通知推送功能\n\nSDK名称：极光推送\n收集个人信息类型：IMEI\n", []string{"company", "link"}, nil},
		{"a sentence about all SDKs", "（1）共享：我们为实现以下功能会共享您的信息\n\nSDK名称：极光推送\n收集个人信息类型：IMEI\n", []string{"company", "purpose", "link"}, nil},
		{"cells that ran together", "SDK名称使用目的收集个人信息类型公司名称隐私政策链接极光推送IMEI、OAIDhttps://a.example.com/1友盟SDK用于统计IMEI、OAIDhttps://b.example.com/2", nil, nil},
		{"keys that are not there", "SDK名称：极光推送\n收集个人信息类型：IMEI\n", []string{"company", "purpose", "link"}, nil},
		{"keys that no phrase knows", "SDK名称：极光推送\n收集个人信息类型：IMEI\n隶属企业主体：深圳和讯华谷\n用来实现的功能目的：推送\n隐私政策网址：https://jiguang.cn\n", nil, nil},
		{"values on the next lines", "SDK名称：极光推送\n公司名称：\n深圳市和讯华谷信息技术有限公司\n使用目的：\n推送消息\n收集个人信息类型：IMEI\n隐私政策链接：\nhttps://jiguang.cn/" + strings.Repeat("a", 300) + "\n", nil, nil},
		{"a sentence", "我们接入了极光推送SDK。", []string{"data"}, nil},
		{"a sentence that says it", "我们接入了极光推送SDK，极光推送SDK会收集您的IMEI。", nil, nil},
		{"an address", "详见 https://static.bugly.qq.com/bugly-sdk-privacy-statement.pdf", nil, nil},
	} {
		p := readOne(t, "x.txt", []byte(tt.text))
		for i, s := range p.SDKs {
			if i == 0 && (!slices.Equal(s.Missing, tt.missing) || !slices.Equal(s.Blank, tt.blank)) {
				t.Errorf("%s: missing %v blank %v, want %v and %v", tt.name, s.Missing, s.Blank, tt.missing, tt.blank)
			}
		}
	}
}

func TestWordings(t *testing.T) {
	for _, tt := range []struct {
		name, text, kind string
		want             []string
	}{
		{"等", "我们会收集您的姓名、手机号码等信息，用于注册。", audit.DefectOpenList, []string{"app: 姓名、手机号码等"}},
		{"a counted list, another word, a list of functions", "我们会收集您的姓名、手机号码等两项信息。我们会收集您的账号等级。我们会收集您的姓名，用于登录、注册等。", audit.DefectOpenList, nil},
		{"such as … etc. is one list", "We collect device identifiers such as the IMEI, Android ID, etc.", audit.DefectOpenList, []string{"app: such as the IMEI, Android ID, etc."}},
		{"vague", "为了提升用户体验和服务质量，我们会收集您的手机号码。", audit.DefectVaguePurpose, []string{"app: 为了提升用户体验和服务质量"}},
		{"a heading whose purpose stands below", "2.8 剪切板\n为了提升用户体验和服务质量，使用。", audit.DefectVaguePurpose, []string{"app: 为了提升用户体验和服务质量"}},
		{"vague in English", "In order to improve our services, we collect your phone number.", audit.DefectVaguePurpose, []string{"app: In order to improve our services"}},
		{"a purpose beside it", "为了提升用户体验，我们会收集您的手机号码，用于向您发送通知。", audit.DefectVaguePurpose, nil},
		{"a concrete purpose", "为了向您推送消息，我们会收集您的手机号码。", audit.DefectVaguePurpose, nil},
		{"permissions without a word", "需要以下权限：\n1、相机权限\n2、麦克风权限\n", audit.DefectNoPurpose, []string{"android.permission.CAMERA: 1、相机权限", "android.permission.RECORD_AUDIO: 2、麦克风权限"}},
		{"titles of paragraphs", "1、相机权限\n当您使用扫码功能时，我们会使用相机。\n2、麦克风权限\n当您发送语音时，我们会使用麦克风。\n", audit.DefectNoPurpose, nil},
		{"purposes behind colons", "需要以下权限：\n1、相机权限：实现扫码登录\n2、麦克风权限：录制语音消息\n", audit.DefectNoPurpose, nil},
	} {
		if got := defectsOf(t, tt.text, tt.kind); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
