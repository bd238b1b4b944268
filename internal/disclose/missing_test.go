package disclose

import (
	"slices"
	"testing"

	"apkaudit/internal/audit"
)

// policied is a report with a policy of two documents.
func policied(change func(*audit.Report)) *audit.Report {
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: `dir\p.txt`, Format: "text"}, {File: "dir/q.txt", Format: "text"}}
	if change != nil {
		change(r)
	}
	return r
}

func placed(source, line int, section string) audit.At {
	return audit.At{Source: source, Line: line, Start: line, End: line + 1, Section: section}
}

func listed(id, layout string, line int) audit.PolicySDK {
	return audit.PolicySDK{ID: id, Layout: layout, Lang: "zh", At: placed(0, line, "")}
}

func said(party string, line int, data ...string) audit.Claim {
	return audit.Claim{Party: party, Data: data, Polarity: audit.Collects, Lang: "zh", At: placed(0, line, "")}
}

// withVerdict are pairs of a party with one verdict.
func withVerdict(verdict, party string, data ...string) []audit.Pair {
	out := reads(party, data...)
	for i := range out {
		out[i].Verdict = verdict
	}
	return out
}

// TestMissingSDKs: what the policy names nowhere, and what is there for certain or likely.
func TestMissingSDKs(t *testing.T) {
	set := fullSet(t)
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   bool
	}{
		{"not named", nil, true},
		{"possible", func(r *audit.Report) { r.Behavior.SDKs[0].Confidence = "possible" }, false},
		{"listed", func(r *audit.Report) { r.Policy.SDKs = []audit.PolicySDK{listed("agc-auth", "table", 1)} }, false},
		{"in passing", func(r *audit.Report) { r.Policy.Claims = []audit.Claim{said("sdk:agc-auth", 1)} }, false},
		{"as a part", func(r *audit.Report) { r.Policy.Claims = []audit.Claim{said("sdk:hms-core", 1)} }, false},
		{"another", func(r *audit.Report) { r.Policy.Claims = []audit.Claim{said("sdk:jpush", 1), said("app", 2)} }, true},
		{"another is listed", func(r *audit.Report) { r.Policy.SDKs = []audit.PolicySDK{listed("jpush", "table", 1)} }, true},
	} {
		r := policied(func(r *audit.Report) { r.Behavior.SDKs = []audit.SDK{an("agc-auth", "login")} })
		if tt.change != nil {
			tt.change(r)
		}
		d := Missing(set, r, nil)
		if got := len(d.Table(TableSDKs).Rows) == 1; got != tt.want || !d.Missing {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestMissingData: what the policy leaves out of the app's own data, with the gravest
// reason, whether pairs or findings tell.
func TestMissingData(t *testing.T) {
	set := fullSet(t)
	const rest = " | the app | [enter the purpose] | [enter the scenario] | "
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   string
	}{
		{"all stated", func(r *audit.Report) { r.Pairs = withVerdict(audit.VerdictDisclosed, "app", "imei") }, ""},
		{"not stated", func(r *audit.Report) { r.Pairs = withVerdict(audit.VerdictUndisclosed, "app", "imei") }, "IMEI" + rest + "the policy does not say it"},
		{"vague", func(r *audit.Report) { r.Pairs = withVerdict(audit.VerdictVague, "app", "imei") }, "IMEI" + rest + "the policy has only a collective term for it"},
		{"of an SDK", func(r *audit.Report) { r.Pairs = withVerdict(audit.VerdictUndisclosed, "sdk:jpush", "imei") }, ""},
		{"one of two", func(r *audit.Report) {
			r.Pairs = append(withVerdict(audit.VerdictUndisclosed, "app", "imei"), withVerdict(audit.VerdictDisclosed, "app", "oaid")...)
		}, "IMEI" + rest + "the policy does not say it"},
		{"by a finding", func(r *audit.Report) {
			r.Pairs = reads("app", "imei", "oaid")
			r.Findings = []audit.Finding{{Party: "app", Data: "imei", Verdict: audit.VerdictUndisclosed}, {Party: "app", Data: "oaid", Verdict: audit.VerdictViolated}}
		}, "IMEI" + rest + "the policy does not say it"},
		{"by an item of a finding", func(r *audit.Report) {
			r.Pairs = reads("app", "imei", "oaid")
			r.Findings = []audit.Finding{{Party: "app", Verdict: audit.VerdictViolated, Items: []audit.Item{{Data: "imei", Verdict: audit.VerdictVague}, {Data: "oaid", Verdict: audit.VerdictDisclosed}}}}
		}, "IMEI" + rest + "the policy has only a collective term for it"},
		{"denied for one of two", func(r *audit.Report) {
			r.Pairs = append(withVerdict(audit.VerdictDenied, "app", "imei"), withVerdict(audit.VerdictUndisclosed, "unknown:a.b", "imei")...)
		}, "IMEI | the app, code in a.b | [enter the purpose] | [enter the scenario] | the policy says that it is not collected: correct that first"},
		{"denied, with the place", func(r *audit.Report) {
			r.Pairs = withVerdict(audit.VerdictDenied, "app", "imei")
			no := said("app", 7, "device_info")
			no.Polarity = audit.Denies
			r.Policy.Claims = []audit.Claim{said("app", 5, "device_info"), no}
		}, "IMEI" + rest + "the policy says that it is not collected: correct that first (p.txt line 7)"},
	} {
		if got := shown(Missing(set, policied(tt.change), nil).Table(TableData)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestMissingPermissions(t *testing.T) {
	set := fullSet(t)
	const camera, contacts = "android.permission.CAMERA", "android.permission.READ_CONTACTS"
	r := policied(func(r *audit.Report) {
		r.Behavior.Permissions = []audit.Permission{{Name: camera}, {Name: contacts}, {Name: "android.permission.READ_SMS"}}
		r.Findings = []audit.Finding{{Party: "app", Permission: camera, Verdict: audit.VerdictUndisclosed}, {Party: "app", Permission: "android.permission.READ_SMS", Verdict: audit.VerdictViolated}}
		r.Policy.Defects = []audit.Defect{{Kind: audit.DefectNoPurpose, Detail: contacts}, {Kind: audit.DefectNoPurpose, Detail: camera}, {Kind: audit.DefectOpenList, Detail: "android.permission.READ_SMS"}}
	})
	const use = " | [enter what the permission is for] | - | "
	if got, want := shown(Missing(set, r, nil).Table(TablePermissions)), rowsOf("CAMERA (Camera)"+use+"the policy does not say it", "READ_CONTACTS (Read contacts)"+use+"the policy does not say what it is for"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestAdditions: what the policy must say more of an SDK that it names.
func TestAdditions(t *testing.T) {
	set := fullSet(t)
	entry := func(layout string, missing ...string) func(*audit.Report) {
		return func(r *audit.Report) {
			e := listed("bugly", layout, 9)
			e.Missing = missing
			r.Policy.SDKs = []audit.PolicySDK{e}
		}
	}
	both := func(changes ...func(*audit.Report)) func(*audit.Report) {
		return func(r *audit.Report) {
			for _, c := range changes {
				c(r)
			}
		}
	}
	lacks := func(verdict string, data ...string) func(*audit.Report) {
		return func(r *audit.Report) { r.Pairs = append(r.Pairs, withVerdict(verdict, "sdk:bugly", data...)...) }
	}
	const why, where = " | the policy does not say it", " | p.txt line 9"
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   string
	}{
		{"not named", lacks(audit.VerdictUndisclosed, "imei"), ""},
		{"perhaps there, and not named", both(lacks(audit.VerdictUndisclosed, "imei"), func(r *audit.Report) { r.Behavior.SDKs[0].Confidence = "possible" }), ""},
		{"nothing is missing", entry("table"), ""},
		{"data", both(entry("table"), lacks(audit.VerdictUndisclosed, "imei", "contacts")), "Tencent Bugly | Contacts, IMEI" + why + where},
		{"data in two ways", both(entry("table"), lacks(audit.VerdictVague, "imei"), lacks(audit.VerdictUndisclosed, "oaid"), lacks(audit.VerdictDisclosed, "contacts")),
			rowsOf("Tencent Bugly | OAID"+why+where, "Tencent Bugly | IMEI | the policy has only a collective term for it"+where)},
		{"of one named in passing", both(func(r *audit.Report) {
			r.Policy.Claims = []audit.Claim{said("app", 4, "oaid"), said("sdk:bugly", 5, "oaid")}
		}, lacks(audit.VerdictUndisclosed, "imei")), "Tencent Bugly | IMEI" + why + " | p.txt line 4"},
		{"of one in prose", both(entry("prose", audit.EntryCompany), lacks(audit.VerdictUndisclosed, "imei")), "Tencent Bugly | IMEI" + why + where},
		{"a company", entry("table", audit.EntryCompany), "Tencent Bugly | Company: Shenzhen Tencent Computer Systems Co., Ltd. | the entry lacks it" + where},
		{"a purpose and a link", entry("table", audit.EntryLink, audit.EntryPurpose),
			rowsOf("Tencent Bugly | Purpose: [enter the purpose; proposed: finding the causes of crashes] | the entry lacks it"+where, "Tencent Bugly | Privacy policy link: https://privacy.qq.com | the entry lacks it"+where)},
		{"data that code reads, by the entry", both(entry("table", audit.EntryData), lacks(audit.VerdictUndisclosed, "imei")), "Tencent Bugly | IMEI" + why + where},
		{"a blank cell", both(entry("table"), func(r *audit.Report) { r.Policy.SDKs[0].Blank = []string{audit.EntryCompany} }), "Tencent Bugly | Company: Shenzhen Tencent Computer Systems Co., Ltd. | the entry lacks it" + where},
	} {
		r := policied(func(r *audit.Report) { r.Behavior.SDKs = []audit.SDK{an("bugly", "crash")} })
		tt.change(r)
		if got := shown(Missing(set, r, nil).Table(TableAdditions)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestMissingStated: an entry without data gets what the vendor states, where no call of
// the SDK is known.
func TestMissingStated(t *testing.T) {
	set := fullSet(t)
	for stated, want := range map[string]string{"imei": "Personal information collected (its vendor states so): IMEI", "": "Personal information collected (its code contains calls that read it): [enter what its vendor states; no known call was found]"} {
		set.SDK("bugly").Collects.Data = slices.DeleteFunc([]string{stated}, func(s string) bool { return s == "" })
		r := policied(func(r *audit.Report) {
			r.Behavior.SDKs = []audit.SDK{an("bugly", "crash")}
			e := listed("bugly", "table", 9)
			e.Missing = []string{audit.EntryData}
			r.Policy.SDKs = []audit.PolicySDK{e}
		})
		if got := shown(Missing(set, r, nil).Table(TableAdditions)); got != "Tencent Bugly | "+want+" | the entry lacks it | p.txt line 9" {
			t.Errorf("%s", got)
		}
	}
}

// TestPlaces: where the policy says most of a matter, in a language if one is asked for.
func TestPlaces(t *testing.T) {
	r := policied(func(r *audit.Report) {
		en := listed("bugly", "table", 40)
		en.Lang = "en"
		r.Policy.SDKs = []audit.PolicySDK{listed("jpush", "prose", 50), listed("jpush", "table", 20), listed("bugly", "table", 30), en}
		english, denies, ofSDK, permission := said("app", 3, "oaid"), said("app", 4, "imei"), said("sdk:jpush", 5, "imei"), said("app", 6, "camera")
		english.Lang, denies.Polarity, permission.Permissions = "en", audit.Denies, []string{"android.permission.CAMERA"}
		r.Policy.Claims = []audit.Claim{said("app", 1, "imei"), said("app", 2, "imei"), english, denies, ofSDK, permission, said("app", 7)}
	})
	l := newLack(newFacts(fullSet(t), r))
	for _, tt := range []struct {
		name string
		at   *audit.At
		want int
	}{
		{"SDKs", l.sdkPlace(""), 40}, {"SDKs in Chinese", l.sdkPlace("zh"), 30}, {"SDKs in French", l.sdkPlace("fr"), 0},
		{"data", l.dataPlace(""), 3}, {"data in Chinese", l.dataPlace("zh"), 2}, {"data in English", l.dataPlace("en"), 3},
		{"permissions", l.permissionPlace(""), 6}, {"permissions in English", l.permissionPlace("en"), 3},
		{"a list's entry", &l.entryOf("jpush").At, 20}, {"the first of entries", &l.entryOf("bugly").At, 30},
	} {
		got := 0
		if tt.at != nil {
			got = tt.at.Line
		}
		if got != tt.want {
			t.Errorf("%s: line %d, want %d", tt.name, got, tt.want)
		}
	}
	if l.entryOf("okhttp") != nil {
		t.Error("an entry of an SDK that has none")
	}
	r.Policy.SDKs = []audit.PolicySDK{listed("jpush", "prose", 50), listed("jpush", "prose", 60)}
	l = newLack(newFacts(fullSet(t), r))
	if l.sdkPlace("").Line != 60 || l.entryOf("jpush").At.Line != 50 {
		t.Errorf("in prose: %+v", l.sdkPlace(""))
	}
}

func TestLastOfMost(t *testing.T) {
	for _, tt := range []struct {
		at   []audit.At
		want int
	}{
		{nil, 0},
		{[]audit.At{placed(0, 1, "a")}, 1},
		{[]audit.At{placed(0, 1, "a"), placed(0, 2, "b"), placed(0, 3, "b")}, 3},
		{[]audit.At{placed(0, 2, "a"), placed(0, 1, "a")}, 2},
		{[]audit.At{placed(0, 1, "a"), placed(0, 2, "b")}, 1},
		{[]audit.At{placed(0, 1, "a"), placed(1, 2, "a"), placed(1, 3, "a")}, 3},
		{[]audit.At{placed(0, 9, ""), placed(1, 2, "a"), placed(1, 3, "a")}, 3},
	} {
		var at []*audit.At
		for i := range tt.at {
			at = append(at, &tt.at[i])
		}
		got := 0
		if p := lastOfMost(at); p != nil {
			got = p.Line
		}
		if got != tt.want {
			t.Errorf("%+v: line %d, want %d", tt.at, got, tt.want)
		}
	}
}

func TestPlaceText(t *testing.T) {
	l := &lack{facts: newFacts(fullSet(t), policied(nil))}
	const none = "the policy has no such part; add a section"
	at := func(source int, section string) *audit.At { a := placed(source, 3, section); return &a }
	for _, tt := range []struct {
		at          *audit.At
		text, after string
	}{
		{nil, none, none}, {at(0, ""), "p.txt line 3", "to stand after: p.txt line 3"}, {at(1, "A › B"), "q.txt line 3 (A › B)", "to stand after: q.txt line 3 (A › B)"},
	} {
		if text, after := l.placeText(tt.at).EN, l.afterText(tt.at).EN; text != tt.text || after != tt.after {
			t.Errorf("%+v: %q and %q", tt.at, text, after)
		}
	}
	for _, source := range []int{2, -1} { // of a saved report
		if got := l.placeText(at(source, "")).EN; got != none {
			t.Errorf("source %d: %q", source, got)
		}
	}
}
