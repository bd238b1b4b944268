package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// tolerated lists what was found in spite of noise, as "kind datum text".
func tolerated(p audit.Policy) []string {
	var out []string
	for _, c := range p.Claims {
		for _, m := range c.Mentions {
			if m.Noise != "" {
				out = append(out, m.Noise+" "+m.Data+" "+m.Text)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestNoise(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // tolerated; every other mention is exact
		says string   // additional claims, as wantSays has them
	}{
		{"我们将收集您的IEMI、Mac地址、手机号。", []string{"transposed imei IEMI"}, "app+wifi_mac app+phone_number"},
		{"我们将收集您的 IMEl、Mac地址。", []string{"look_alike imei IMEl"}, "app+wifi_mac"},
		{"我们会收集您的lME1。", []string{"look_alike imei lME1"}, ""},
		{"我们会收集SSID、W1-FI信息。", []string{"look_alike wifi_info W1-FI信息"}, "app+wifi_ssid"},
		{"我们会收集IDFA与IDFV、ICCD (集成电路卡识别码)。", []string{"dropped iccid ICCD"}, "app+idfa_idfv@ios app+iccid"},
		{"我们会收集国际移动用户识别码（ISMI）。", []string{"transposed imsi ISMI"}, "app+imsi"},
		{"我们会收集Andriod ID、Android lD、Androidld。", []string{"look_alike android_id Android lD", "look_alike android_id Androidld", "transposed android_id Andriod ID"}, ""},
		{"我们会收集ICCCID、OAID。", []string{"doubled iccid ICCCID"}, "app+oaid"},
		{"我们会收集iccd、imsi。", []string{"dropped iccid iccd"}, "app+imsi"},
		{"我们会收集IRNEI、IMSI。", []string{"look_alike imei IRNEI"}, "app+imsi"},
		{"我们会收集基站1D、设备lD。", []string{"look_alike cell_info 基站1D", "look_alike device_identifier 设备lD"}, ""},
		{"我们会收集您的lP地址。", []string{"look_alike ip_address lP地址"}, ""},
		{"我们会收集您的手机x号码。", []string{"stray_character phone_number 手机x号码"}, ""},
		{"我们会收集您的手机号极 码、国际移动 极设备识别码。", []string{"stray_character imei 国际移动 极设备识别码", "stray_character phone_number 手机号极 码"}, ""},
		{"我们会收集您的地理`位置信息。", []string{"stray_character location 地理`位置信息"}, ""},
		{"We collect your Andriod ID and IMEl.", []string{"look_alike imei IMEl", "transposed android_id Andriod ID"}, ""},
		{"We collect acelerometer data and your geolocaton.", []string{"dropped location geolocaton", "dropped sensors acelerometer"}, ""},
		{"SDK名称:友盟\n收集个人信息类型:IEMI\n", []string{"transposed imei IEMI"}, "sdk:umeng"},
	} {
		p := readOne(t, "a.txt", []byte(c.text))
		checkQuotes(t, p)
		if got := tolerated(p); !slices.Equal(got, c.want) {
			t.Errorf("%q: tolerates %q, want %q", c.text, got, c.want)
		}
		said := says(p)
		for _, w := range strings.Fields(c.says) {
			if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, w) }) {
				t.Errorf("%q says %v, without %s", c.text, said, w)
			}
		}
	}
}

// TestNoiseNeedsNoTolerance: what folding alone reads is no noise.
func TestNoiseNeedsNoTolerance(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"我们会收集ＩＭＥＩ、手机 号码、地理\u200b位置、通\u00ad讯录。", "app+imei app+phone_number app+location~ app+contacts"},
		{"为了向您提供服务，我们会收集您的国际移动设备\n  识别码、IMSI。", "app+imei app+imsi"},
		{"为了向您提供服务，我们会收集您的位置信\n息、手机号码、IP\n地址。", "app+location~ app+phone_number"},
		{"我们会申请 android. permission. READ_ PHONE_STATE 权限。", "app:READ_PHONE_STATE"},
		{"我们会申请 READ PHONE STATE 权限。", "app:READ_PHONE_STATE"},
		{"我们会申请ＲＥＡＤ＿ＰＨＯＮＥ＿ＳＴＡＴＥ权限。", "app:READ_PHONE_STATE"},
	} {
		p := readOne(t, "a.txt", []byte(c.text))
		checkQuotes(t, p)
		if got := tolerated(p); len(got) > 0 {
			t.Errorf("%q tolerates %q", c.text, got)
		}
		said := says(p)
		for _, w := range strings.Fields(c.says) {
			if !slices.Contains(said, w) {
				t.Errorf("%q says %v, without %s", c.text, said, w)
			}
		}
	}
}

func TestNoiseInConstants(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"我们会申请READ_PHONE_STAE权限。", "app:READ_PHONE_STATE"},
		{"我们会申请 android.permission.READ_EXTERNAL_STORAG 权限。", "app:READ_EXTERNAL_STORAGE"},
		{"我们会申请ACESS_FINE_LOCATION、CAMERA权限。", "app:ACCESS_FINE_LOCATION"},
		{"我们会申请READ_C0NTACTS权限。", "app:READ_CONTACTS"},
	} {
		if got := says(readOne(t, "a.txt", []byte(c.text))); !slices.Contains(got, c.want) {
			t.Errorf("%q says %v, without %s", c.text, got, c.want)
		}
	}
}

// TestNoNoise holds what is near a term and is none.
func TestNoNoise(t *testing.T) {
	for _, text := range []string{
		// words and abbreviations of their own
		"我们会收集您观看IMAX影片的偏好、IMEI。", "我们会收集您的SIM、IMSI。", "我们会收集MACD指标、MAC地址。", "我们会收集INFO、IMEI。",
		"We collect Medium posts, Ideal payments and your IMEI.", "We collect the ICC profile of images and the ICCID.",
		"We collect the said information, your IMEI and what avid readers enter.", "我们会使用Web Beacon、Bluetooth收集信息。",
		"We collect beacon data and the IMEI.", "我们会收集VLAN、WAN、HiFi、WLAN信息。", "我们会收集RAID、CAID、UTDID、GUIN、EAID、MUID、OAID。",
		"We collect your county and device mode, and your IMEI.", "We collect the altitude, an eternal storage and your IMEI.",
		"Your internet service provides your IP address. We collect what is Applied, your IMEI.", "我们会收集HDCP、IP地址。",
		// names
		"我们的联系人Aida、Imee、Guido会收集您的IMEI。", "Our officers Vaidya, Uudi and Maida collect the IMEI.",
		// between two terms
		"我们会收集AOID、IMEI。", "我们会收集SSIID、BSID、IMEI。", "我们会收集duid、imei。", "我们会收集MEI、IMEI。",
		// Chinese with something inside that means something
		"我们会收集设备间信息、机房位置和信息。", "我们会收集身份的信息、设备及信息。", "我们会收集账号、密码和设备（型号）。",
		"我们会收集联系。地址是北京。", "我们会访问系统“设置”，收集IMEI。", "我们会收集距离· 传感器类型、设备状态* 信息存储。",
		"我们会收集手机/号码簿、银行卡卡号。",
		// places where no data is named
		"您可以阅读 https://example.com/IEMI/ICCD?id=IMEl 并联系 IEMI@example.com，我们会收集IMEI。",
		"IEMI是一家电影公司的简称，由张三创立。", "请参阅图ICCD。",
		"我们使用ACTION_INSTALL_PACKAGE收集安装结果。",
	} {
		p := readOne(t, "a.txt", []byte(text))
		if got := tolerated(p); len(got) > 0 {
			t.Errorf("%q tolerates %q", text, got)
		}
		for _, c := range p.Claims {
			if len(c.Permissions) > 0 {
				t.Errorf("%q: %v", text, c.Permissions)
			}
		}
	}
}

// TestUnwrap gives texts of which only the first goes on over the line's end.
func TestUnwrap(t *testing.T) {
	for _, c := range []struct {
		text   string
		blocks int
	}{
		{"为了向您提供服务，我们会收集您的身\n份证号码、姓名。", 1},
		{"为了向您提供服务，我们会收集您的身\n\n份证号码、姓名。", 2},                // a blank line
		{"统计分析、渠道归因、崩溃监测、展示广告\n信息共享主体：北京某公司。", 2},           // a key
		{"我们收集的信息，用于手机号登录\n账号信息、昵称。", 2},                    // a term of its own
		{"手机号、微信登录\n密码等。", 2},                               // a short line
		{"本页列出全部内容说明以及所有用户\n信息收集", 2},                       // no marks
		{"为了向您提供服务，我们会收集您的身\n1、份证号码，姓名。", 2},                // a number
		{"为了向您提供服务，我们会收集您的姓名。\n份证号码、姓名。", 2},                // a full stop
		{"为了向您提供服务，我们会收集您的姓名和其他\n有关的内容，例如性别。", 2},           // no term
		{"为了向您提供服务，我们会收集您的网络状\n态、运营商信息以及您的位置信\n息，用于推荐。", 1}, // twice
	} {
		r := testReader()
		src, d, err := load(t.Context(), 0, Input{Name: "a.txt", Data: []byte(c.text)}, &memory{}, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		d.fold = d.fold.fill(d.text, src.Chars)
		if r.unwrap(d); len(d.blocks) != c.blocks {
			t.Errorf("%q: %d blocks, want %d", c.text, len(d.blocks), c.blocks)
		}
	}
}

func TestTraditional(t *testing.T) {
	wantSays(t, "一、我們如何收集您的個人資訊\n我們會蒐集您的手機號碼、通訊錄、位置資訊（包括精確位置）和國際移動設備識別碼。\n我們不會收集您的通話記錄。\n",
		"app+phone_number app+contacts app+precise_location app+imei app-call_log")
}

// TestKnownWordsStayApart: no term, permission constant or SDK name is read as
// a slip of another.
func TestKnownWordsStayApart(t *testing.T) {
	r := testReader()
	for _, words := range r.vocabulary() {
		for _, w := range words {
			latinParts(w, func(part string) {
				if target, noise := r.slips.of(rules.Fold(part)); noise != noiseNone {
					t.Errorf("%s is read as %s (%s)", part, target.text, noise)
				}
			})
		}
	}
	for _, w := range strings.Fields("imei imsi meid idfa idfv ssid bssid ssaid oaid vaid aaid uaid gaid adid uuid guid udid iccid gps gsm mac mcc mnc id ip sn cid") {
		if target, noise := r.slips.of(w); noise != noiseNone {
			t.Errorf("%s is read as %s (%s)", w, target.text, noise)
		}
	}
}

func FuzzSlip(f *testing.F) {
	f.Add("imel", "imei")
	f.Add("irnei", "imei")
	f.Add("", "a")
	f.Fuzz(func(t *testing.T, word, target string) {
		if len(word) > 64 || len(target) > 64 {
			t.Skip()
		}
		for _, kind := range []slipKind{slipWord, slipCode, slipConstant, slipPart} {
			if slipOf(target, slipTarget{target, kind}) != noiseNone {
				t.Errorf("%q is a slip of itself", target)
			}
			slipOf(word, slipTarget{target, kind})
		}
		if oneEdit(word, target) != oneEdit(target, word) {
			t.Errorf("one edit from %q to %q, but not back", word, target)
		}
	})
}
