package check

import "testing"

func TestSameCompany(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"深圳市腾讯计算机系统有限公司", "深圳市腾讯计算机系统有限公司", true},
		{"支付宝(杭州)信息技术有限公司", "支付宝（杭州）信息技术有限公司", true},
		{"百度", "百度在线网络技术(北京)有限公司", true},
		{"Google LLC", "Google Inc.", true},
		{"AS", "Asus", false}, // too short to be a brand inside a name
		{"北京创智汇聚科技股份有限公司", "广州汇世信息科技有限公司", false},
		{"", "", false},
	} {
		if got := sameCompany(companyKey(tt.a), companyKey(tt.b)); got != tt.want {
			t.Errorf("%q and %q: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestSharesWord(t *testing.T) {
	for _, tt := range []struct {
		name, company string
		want          bool
	}{
		{"腾讯移动应用接入SDK", "深圳市腾讯计算机系统有限公司", true},
		{"移动支付网络SDK", "北京移动支付网络科技有限公司", false}, // words of any company
		{"e.qq.sdk(腾讯广点通)", "北京创智汇聚科技股份有限公司", false},
	} {
		if got := sharesWord(tt.name, tt.company); got != tt.want {
			t.Errorf("%q and %q: %v, want %v", tt.name, tt.company, got, tt.want)
		}
	}
}

func TestListsNamed(t *testing.T) {
	for text, want := range map[string][2]bool{
		"可查看《个人信息收集清单》和《第三方信息共享清单》": {true, true},
		"兰亭app收集个人信息清单业务场景":         {true, false},
		"接入第三方sdk目录":                {false, true},
		"第三方合作清单":                   {false, true},
		"您可以管理好友列表和购物清单":            {false, false},
	} {
		if c, s := listsNamed(text); c != want[0] || s != want[1] {
			t.Errorf("%s: collected %v shared %v, want %v", text, c, s, want)
		}
	}
}
