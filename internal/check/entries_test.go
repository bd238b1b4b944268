package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

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

// without is an entry that leaves fields out.
func without(e audit.PolicySDK, fields ...string) audit.PolicySDK {
	e.Missing = fields
	return e
}

// blank is an entry with cells that say nothing.
func blank(e audit.PolicySDK, fields ...string) audit.PolicySDK {
	e.Blank = fields
	return e
}

// inProse is an entry of running text.
func inProse(e audit.PolicySDK) audit.PolicySDK {
	e.Layout = layoutProse
	return e
}

func inEnglish(e audit.PolicySDK) audit.PolicySDK {
	e.Lang = "en"
	return e
}

func named(e audit.PolicySDK, name string) audit.PolicySDK {
	e.NameAsWritten = name
	return e
}

// TestLacks: what the entries of one SDK leave out together.
func TestLacks(t *testing.T) {
	const data, purpose, link = audit.EntryData, audit.EntryPurpose, audit.EntryLink
	for _, tt := range []struct {
		name    string
		entries []audit.PolicySDK
		want    string // fields, "!" behind those of a blank cell
		at      int
		prose   bool
	}{
		{"nothing", []audit.PolicySDK{entry(1, "a")}, "", 0, false},
		{"two fields", []audit.PolicySDK{without(entry(1, "a"), data, link)}, "data link", 1, false},
		{"stated in another entry", []audit.PolicySDK{without(entry(1, "a"), data), entry(2, "a")}, "", 0, false},
		{"stated in another language", []audit.PolicySDK{without(entry(1, "a"), data), inEnglish(entry(2, "a"))}, "data", 1, false},
		{"missing in both", []audit.PolicySDK{without(entry(1, "a"), data), without(entry(2, "a"), data)}, "data", 2, false},
		{"a blank cell", []audit.PolicySDK{blank(entry(1, "a"), purpose)}, "purpose!", 1, false},
		{"a blank cell beside a full one", []audit.PolicySDK{blank(entry(1, "a"), purpose), entry(2, "a")}, "purpose!", 1, false},
		{"a blank cell states nothing", []audit.PolicySDK{blank(entry(1, "a"), purpose), without(entry(2, "a"), purpose)}, "purpose!", 2, false},
		{"a blank link", []audit.PolicySDK{blank(entry(1, "a"), link)}, "", 0, false},
		{"prose", []audit.PolicySDK{inProse(without(entry(1, "a"), data))}, "data", 1, true},
		{"prose beside a list", []audit.PolicySDK{inProse(without(entry(1, "a"), data)), entry(2, "a")}, "", 0, false},
		{"prose states data", []audit.PolicySDK{inProse(entry(1, "a")), without(entry(2, "a"), data, purpose)}, "purpose", 1, false},
		{"more entries than are shown", []audit.PolicySDK{without(entry(1, "a"), data), without(entry(2, "a"), data), without(entry(3, "a"), data), without(entry(4, "a"), data)}, "data", maxQuotes, false},
	} {
		var list []*audit.PolicySDK
		for i := range tt.entries {
			list = append(list, &tt.entries[i])
		}
		l := lacks("sdk:a", list)
		var got []string
		for _, id := range sortedKeys(l.fields) {
			if l.blank[id] {
				id += "!"
			}
			got = append(got, id)
		}
		if strings.Join(got, " ") != tt.want || len(l.at) != tt.at || l.prose != tt.prose {
			t.Errorf("%s: %v at %d places, prose %v", tt.name, got, len(l.at), l.prose)
		}
	}
}

func TestIncompleteEntries(t *testing.T) {
	const data, purpose, company, link = audit.EntryData, audit.EntryPurpose, audit.EntryCompany, audit.EntryLink
	c := askingPolicy("entry_incomplete", "{subject}: {detail}")
	c.Severity.Caps = map[string]string{"missing:source": audit.Low, "layout:prose": audit.Medium}
	const quoted = " policy 1"
	single := "The entry does not state: the personal data."
	lacking := func(fields []string, ids ...string) func(*audit.Report) {
		return func(r *audit.Report) {
			for i, id := range ids {
				r.Policy.SDKs = append(r.Policy.SDKs, without(entry(i, id), fields...))
			}
		}
	}
	full := func(ids ...string) func(*audit.Report) { return lacking(nil, ids...) }
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "", nil},
		{"complete", full("jpush"), audit.StateSatisfied, "", nil},
		{"without data", lacking([]string{data}, "jpush"), audit.StateViolated, "", []string{"defect sdk:jpush JPush (Aurora Mobile): " + single + quoted}},
		{"without a company", lacking([]string{company}, "jpush"), audit.StateViolated, "", []string{"defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the company. [low high]" + quoted}},
		{"without company and purpose", lacking([]string{company, purpose}, "jpush"), audit.StateViolated, "", []string{"defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the purpose, the company." + quoted}},
		{"a cell with its own name", entries(blank(entry(0, "jpush"), data)), audit.StateViolated, "",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the personal data; its data cell holds the SDK's own name or nothing." + quoted}},
		{"a blank purpose", entries(blank(entry(0, "jpush"), purpose)), audit.StateViolated, "", []string{"defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the purpose." + quoted}},
		{"a library without data", lacking([]string{data}, "okhttp"), audit.StateSatisfied, "", nil},
		{"a library without purpose", lacking([]string{data, purpose}, "okhttp"), audit.StateViolated, "", []string{"defect sdk:okhttp OkHttp: The entry does not state: the purpose." + quoted}},
		{"no SDK", lacking([]string{data}, "sdk?:甲"), audit.StateSatisfied, "", nil},
		{"an SDK by its name", lacking([]string{data}, "sdk?:甲SDK"), audit.StateViolated, "", []string{"defect sdk?:甲SDK 甲SDK: " + single + quoted}},
		{"a sentence", entries(named(without(entry(0, "jpush"), data), "我们接入了它。")), audit.StateSatisfied, "", nil},
		{"a long name", entries(named(without(entry(0, "jpush"), data), strings.Repeat("长", 41))), audit.StateSatisfied, "", nil},
		{"a name as long as names are", entries(named(without(entry(0, "jpush"), data), strings.Repeat("长", 40))), audit.StateViolated, "", []string{"defect sdk:jpush JPush (Aurora Mobile): " + single + quoted}},
		{"two without company", lacking([]string{company}, "jpush", "bugly"), audit.StateViolated, "2 found", []string{
			"defect sdk:bugly Tencent Bugly: The entry does not state: the company. [low high]" + quoted, "defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the company. [low high]" + quoted}},
		{"three without company", all(lacking([]string{company}, "jpush", "bugly", "okhttp"), full("hms-core")), audit.StateViolated, "1 found",
			[]string{"defect entries of 3 SDKs: Of 4 listed SDKs, 3 have an entry without the company: JPush (Aurora Mobile), Tencent Bugly, OkHttp. [low high] policy 3"}},
		{"three of four without data", all(lacking([]string{data}, "jpush", "bugly", "hms-core"), full("agc-auth")), audit.StateViolated, "1 found",
			[]string{"defect entries of 3 SDKs: Of 4 listed SDKs, 3 have an entry without the personal data: JPush (Aurora Mobile), Tencent Bugly, Huawei HMS Core SDK. policy 3"}},
		{"four of six without data", all(lacking([]string{data}, "jpush", "bugly", "hms-core", "agc-auth"), full("agc-storage", "umeng-analytics")), audit.StateViolated, "1 found",
			[]string{"defect entries of 4 SDKs: Of 6 listed SDKs, 4 have an entry without the personal data: JPush (Aurora Mobile), Tencent Bugly, Huawei HMS Core SDK, AppGallery Connect Auth Service. policy 3"}},
		{"three of five without data", all(lacking([]string{data}, "jpush", "bugly", "hms-core"), full("agc-auth", "agc-storage")), audit.StateViolated, "3 found", []string{"defect sdk:bugly Tencent Bugly: " + single + quoted,
			"defect sdk:hms-core Huawei HMS Core SDK: " + single + quoted, "defect sdk:jpush JPush (Aurora Mobile): " + single + quoted}},
		{"three without company, one of them a blank cell", all(lacking([]string{company}, "jpush", "bugly"), func(r *audit.Report) {
			r.Policy.SDKs = append(r.Policy.SDKs, blank(entry(9, "agc-auth"), company))
		}), audit.StateViolated, "3 found", []string{"defect sdk:agc-auth AppGallery Connect Auth Service: The entry does not state: the company. [low high]" + quoted,
			"defect sdk:bugly Tencent Bugly: The entry does not state: the company. [low high]" + quoted, "defect sdk:jpush JPush (Aurora Mobile): The entry does not state: the company. [low high]" + quoted}},
		{"three without link, one without data too", all(lacking([]string{link}, "jpush", "bugly"), lacking([]string{link, data}, "agc-auth")), audit.StateViolated, "2 found", []string{
			"defect sdk:agc-auth AppGallery Connect Auth Service: " + single + quoted,
			"defect entries of 3 SDKs: Of 3 listed SDKs, 3 have an entry without the link to its privacy policy: JPush (Aurora Mobile), Tencent Bugly, AppGallery Connect Auth Service. [low high] policy 3"}},
		{"one in prose", entries(inProse(without(entry(0, "jpush"), data))), audit.StateViolated, "",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): The running text names these SDKs as part of the app without the personal data they handle: JPush (Aurora Mobile). [medium low]" + quoted}},
		{"two in prose", entries(inProse(without(entry(0, "jpush"), data)), inProse(without(entry(1, "bugly"), data))), audit.StateViolated, "1 found",
			[]string{"defect JPush (Aurora Mobile), Tencent Bugly: The running text names these SDKs as part of the app without the personal data they handle: JPush (Aurora Mobile), Tencent Bugly. [medium low] policy 2"}},
		{"in prose, of nobody known", entries(inProse(without(entry(0, "sdk?:甲SDK"), data))), audit.StateSatisfied, "", nil},
	})
}

// TestManyEntries: beyond a number of single findings the rest is summed up in one.
func TestManyEntries(t *testing.T) {
	set := ruleSet(t)
	for n, want := range map[int]int{maxEntryFindings: maxEntryFindings, maxEntryFindings + 1: maxEntryFindings + 1, maxEntryFindings + 5: maxEntryFindings + 1} {
		r := plainApp(set)
		for i := range 3 * n { // of so many listed ones few lack it, so that the column is there
			e := entry(i, set.SDKs[i].ID)
			e.NameAsWritten = "x"
			if i < n {
				e.Blank = []string{audit.EntryPurpose}
			}
			r.Policy.SDKs = append(r.Policy.SDKs, e)
		}
		_, found := alone(set, askingPolicy("entry_incomplete", "{subject}: {detail}"), r)
		if len(found) != want {
			t.Errorf("%d entries: %d findings, want %d", n, len(found), want)
		}
		if n > maxEntryFindings && !strings.HasPrefix(found[0].Title.EN, fmt.Sprintf("entries of %d SDKs: Of %d listed SDKs, %d have an entry without the purpose", n-maxEntryFindings, 3*n, n-maxEntryFindings)) {
			t.Errorf("%d entries: %s", n, found[0].Title.EN)
		}
	}
}

func TestCompanyMismatches(t *testing.T) {
	c := askingPolicy("company_mismatch", "{party}: {company}, {vendor}, {other}")
	of := func(id, name, company string) func(*audit.Report) {
		return func(r *audit.Report) {
			e := named(entry(len(r.Policy.SDKs), id, "imei"), name)
			e.Company = company
			r.Policy.SDKs = append(r.Policy.SDKs, e)
		}
	}
	const tencent = "深圳市腾讯计算机系统有限公司"
	found := []string{"defect sdk:jpush JPush (Aurora Mobile): " + tencent + ", Shenzhen Hexun Huagu Information Technology Co., Ltd., Tencent Bugly policy 1"}
	runRows(t, c, []row{
		{"its own", of("jpush", "JPush", "深圳市和讯华谷信息技术有限公司"), audit.StateSatisfied, "", nil},
		{"none", of("jpush", "JPush", ""), audit.StateSatisfied, "", nil},
		{"an alias of its vendor", of("jpush", "JPush", "极光"), audit.StateSatisfied, "", nil},
		{"of nobody known", of("jpush", "JPush", "杭州青禾网络科技有限公司"), audit.StateSatisfied, "", nil},
		{"of another", of("jpush", "JPush", tencent), audit.StateViolated, "", found},
		{"of a firm of the group", of("umeng-analytics", "友盟", "阿里巴巴"), audit.StateSatisfied, "", nil},
		{"an SDK that no signature knows", of("sdk?:甲", "甲", tencent), audit.StateSatisfied, "", nil},
		{"a library", of("okhttp", "OkHttp", tencent), audit.StateSatisfied, "", nil},
		{"a name that says the company", of("jpush", "腾讯推送", tencent), audit.StateSatisfied, "", nil},
		{"too long", of("jpush", "JPush", tencent+strings.Repeat(" ", 300)), audit.StateSatisfied, "", nil},
		{"twice the same", all(of("jpush", "JPush", tencent), of("jpush", "JPush", tencent)), audit.StateViolated, "1 found", found},
	})
}

func TestNamesVendor(t *testing.T) {
	k := &rules.SDK{Name: audit.Text{ZH: "友盟统计", EN: "Umeng"}, Vendor: audit.Text{ZH: "友盟同欣", EN: "XY"}, Aliases: []string{"U-App"}, VendorAliases: []string{"锐讯灵通"}}
	for name, want := range map[string]bool{"小米推送（友盟统计集成）": true, "push by UMENG": true, "u-app": true, "锐讯灵通": true, "友盟同欣": true, "xyz": false, "小米": false} {
		if got := namesVendor(k, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if namesVendor(nil, "小米") {
		t.Error("no SDK is named")
	}
}

// TestVendorGroups: vendors of one name, of one group or of a name inside another's
// belong together, and chains of them too.
func TestVendorGroups(t *testing.T) {
	vendor := func(id, zh, group string, aliases ...string) rules.SDK {
		return rules.SDK{ID: id, Vendor: audit.Text{ZH: zh}, Group: group, VendorAliases: aliases}
	}
	neutral := vendor("n", "甲技术有限公司", "")
	neutral.Neutral = true
	set := &rules.Set{Source: rules.Source{SDKs: []rules.SDK{vendor("a", "蓝天有限公司", ""), vendor("b", "北京蓝天网络有限公司", ""), vendor("c", "白云", "", "北京蓝天网络有限公司"),
		vendor("d", "青山", "g"), vendor("e", "绿水", "g"), vendor("f", "红花", ""), vendor("h", "红花", ""), neutral}}}
	v := newVendorIndex(set)
	if slices.Contains(v.ids, "n") || len(v.ids) != 7 {
		t.Errorf("vendors of %v", v.ids)
	}
	for pair, want := range map[string]bool{"ab": true, "bc": true, "ac": true, "de": true, "ad": false, "fh": true, "af": false, "aa": true} {
		if got := v.together(pair[:1], pair[1:]); got != want {
			t.Errorf("%s: %v, want %v", pair, got, want)
		}
	}
	for _, tt := range []struct{ company, id, want string }{
		{"红花有限公司", "a", "f"}, {"红花", "h", ""}, {"蓝天", "c", ""}, {"青山", "e", ""}, {"黄土", "a", ""}, {"", "a", ""}, {"红花" + strings.Repeat(" ", maxCompanyBytes), "a", ""},
		{"红花" + strings.Repeat(" ", maxCompanyBytes-len("红花")), "a", "f"},
	} {
		if got := v.owner(tt.company, tt.id); got != tt.want {
			t.Errorf("%s for %s: %q, want %q", tt.company, tt.id, got, tt.want)
		}
	}
}

func TestDuplicateConflicts(t *testing.T) {
	c := askingPolicy("duplicate_entries", "{party}: {differences}")
	far := func(e audit.PolicySDK) audit.PolicySDK {
		e.At.Start, e.At.End = e.At.Start+10_000, e.At.End+10_000
		return e
	}
	conflict := []string{"defect sdk:jpush JPush (Aurora Mobile): Only the entry of line 0 has: IMEI. Only the entry of line 1 has: OAID. policy 2"}
	runRows(t, c, []row{
		{"one", entries(entry(0, "jpush", "imei")), audit.StateSatisfied, "", nil},
		{"in two lists", entries(entry(0, "jpush", "imei"), far(entry(1, "jpush", "oaid"))), audit.StateViolated, "", conflict},
		{"in one list", entries(entry(0, "jpush", "imei"), entry(1, "jpush", "oaid")), audit.StateViolated, "", conflict},
		{"in one list under two names", entries(named(entry(0, "jpush", "imei"), "a"), named(entry(1, "jpush", "oaid"), "b")), audit.StateSatisfied, "", nil},
		{"in two lists under two names", entries(named(entry(0, "jpush", "imei"), "a"), named(far(entry(1, "jpush", "oaid")), "b")), audit.StateViolated, "", conflict},
		{"with the same data", entries(entry(0, "jpush", "imei"), entry(1, "jpush", "imei")), audit.StateSatisfied, "", nil},
		{"with wider words", entries(entry(0, "jpush", "imei"), entry(1, "jpush", "device_info")), audit.StateSatisfied, "", nil},
		{"with more in the second", entries(entry(0, "jpush", "imei"), entry(1, "jpush", "imei", "oaid")), audit.StateViolated, "",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): Only the entry of line 1 has: OAID. policy 2"}},
		{"with more in the first", entries(entry(0, "jpush", "imei", "oaid"), entry(1, "jpush", "imei")), audit.StateViolated, "",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): Only the entry of line 0 has: OAID. policy 2"}},
		{"the third differs", entries(entry(0, "jpush", "imei"), entry(1, "jpush", "imei"), entry(2, "jpush", "oaid")), audit.StateViolated, "1 found",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): Only the entry of line 0 has: IMEI. Only the entry of line 2 has: OAID. policy 2"}},
		{"in two languages", entries(entry(0, "jpush", "imei"), inEnglish(entry(1, "jpush", "oaid"))), audit.StateSatisfied, "", nil},
		{"one without data", entries(entry(0, "jpush", "imei"), entry(1, "jpush")), audit.StateSatisfied, "", nil},
		{"the first without data", entries(entry(0, "jpush"), entry(1, "jpush", "imei")), audit.StateSatisfied, "", nil},
		{"in prose", entries(entry(0, "jpush", "imei"), inProse(entry(1, "jpush", "oaid"))), audit.StateSatisfied, "", nil},
		{"prose first", entries(inProse(entry(0, "jpush", "imei")), entry(1, "jpush", "oaid")), audit.StateSatisfied, "", nil},
		{"of nobody known", entries(entry(0, "sdk?:甲", "imei"), entry(1, "sdk?:甲", "oaid")), audit.StateSatisfied, "", nil},
	})
}

// TestListNumbers: neighbours in one language and document form a list.
func TestListNumbers(t *testing.T) {
	at := func(source, start int, lang string) audit.PolicySDK {
		e := entry(0, "a")
		e.At, e.Lang = audit.At{Source: source, Start: start, End: start + 1}, lang
		return e
	}
	r := audit.NewReport()
	entries(at(0, 0, "zh"), at(0, 1+maxListGap, "zh"), at(0, 3+2*maxListGap, "zh"), inProse(at(0, 4+2*maxListGap, "zh")), at(0, 5+2*maxListGap, "en"), at(1, 6+2*maxListGap, "en"))(r)
	f := newFacts(ruleSet(t), r)
	got := f.listNumbers()
	for i, want := range []int{1, 1, 2, 0, 3, 4} {
		if n := got[&r.Policy.SDKs[i]]; n != want {
			t.Errorf("entry %d: list %d, want %d", i, n, want)
		}
	}
}
