package report

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// rich is a report with something in every list: the example of package audit.
func rich(t testing.TB) *audit.Report {
	t.Helper()
	data, err := os.ReadFile("../audit/testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := audit.DecodeAll(data)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// withoutPolicy is the rich report as a scan without --policy gives it.
func withoutPolicy(t testing.TB) *audit.Report {
	r := rich(t)
	r.Policy = audit.Policy{}
	r.Findings = []audit.Finding{{Rule: "no_policy_in_apk", Basis: audit.BasisLaw, Severity: audit.Info, Confidence: "low", Verdict: audit.VerdictViolated, Status: audit.StatusNew,
		Title: audit.Text{ZH: "未提供隐私政策,APK 中也未找到", EN: "No privacy policy given, and none found inside the APK"}}}
	audit.SetFingerprints(r.App.Package, r.Findings)
	r.Gaps = []audit.Gap{{Kind: audit.GapNoPolicy, Side: audit.SidePolicy, What: "no policy was given", Weakens: audit.Text{ZH: "没有可比对的内容", EN: "there is nothing to compare with"}}}
	r.Checks = r.Checks[9:]
	r.Triage = audit.Triage{}
	r.Normalize()
	r.Decide()
	return r
}

// policyOnly is the rich report as `policy` gives it.
func policyOnly(t testing.TB) *audit.Report {
	r := rich(t)
	r.App, r.Behavior = audit.App{}, audit.Behavior{}
	r.Findings = r.Findings[1:2]
	audit.SetFingerprints("", r.Findings)
	r.Gaps = nil
	r.Checks = r.Checks[9:]
	r.Triage = audit.Triage{}
	r.Normalize()
	r.Decide()
	return r
}

// nasty is what a hostile APK or policy puts into any string: a terminal
// escape, a bidi override, line breaks, table and formula characters, a link,
// invisible characters, bytes that are no UTF-8, a stack of marks.
const nasty = "a\x1b[31mred\u202egpj.exe\r\n| =cmd()|{n}](http://x)\u200b\u2066\x00\xff\u2028\U000e0041Z\u0301\u0301\u0301\u0301\u0301"

// hostile is a small report made by somebody who wants to fool its reader.
func hostile() *audit.Report {
	long := strings.Repeat("极长very-long ", 20000)
	wide := strings.Repeat("字", 3000)
	r := audit.NewReport()
	r.Tool.Version = "0.1.0"
	r.App = audit.App{File: "evil\x1b]0;title\x07 dir/" + nasty + ".apk", SHA256: strings.Repeat("ab", 32), Size: 1, Container: "apk", Package: "com.evil.\u202enommoc",
		Label: audit.Label{Default: "Bank\nTotal    0\nVerdict  clean\u202e", ZH: long}, VersionName: long, VersionCode: -1, MinSDK: -5,
		Signers: []audit.Signer{{Subject: nasty}}, DEX: []audit.DEX{{Name: nasty, Classes: 1, Methods: 1}}}
	text := "第一行\n我们收集| =1+1 | IMEI\u202e 和 " + wide + " 【请填写】\n"
	quote := "我们收集| =1+1 | IMEI\u202e 和 " + wide
	r.Policy.Sources = []audit.PolicySource{{File: "../../etc/\x1b[2Jpolicy|=.html", Format: "html", Languages: []string{"zh"}, Chars: len([]rune(text)), Text: text}, {File: "", Format: ""}}
	at := audit.At{Source: 0, Line: 2, Start: 4, End: 4 + len([]rune(quote))}
	r.Policy.Claims = []audit.Claim{{Party: "sdk?:" + nasty, Data: []string{"imei"}, Polarity: audit.Collects, Platform: audit.PlatformAny, Specificity: audit.Exact, Lang: "zh", Quote: quote, At: at,
		Mentions: []audit.Mention{{Data: "imei", Text: "IMEI", Start: 4 + 14, End: 4 + 18}}},
		{Party: audit.PartyApp, Data: []string{"imei"}, Permissions: []string{nasty}, Polarity: audit.Denies, Platform: audit.PlatformIOS, Specificity: audit.Umbrella, Lang: "zh", Quote: "x", At: audit.At{Source: 7, Line: 3},
			Mentions: []audit.Mention{{Data: "imei", Start: -5, End: 900}}}}
	r.Policy.SDKs = []audit.PolicySDK{{ID: "sdk?:" + nasty, NameAsWritten: nasty, Company: long, Data: []string{"imei"}, Permissions: []string{nasty}, Lang: "zh", At: at}}
	r.Policy.Defects = []audit.Defect{{Kind: "placeholder", Quote: long, At: at}}
	r.Policy.Topics = []audit.Topic{{Topic: nasty, Lang: "zh", Value: nasty, Quote: long, At: at}}
	site := audit.Site{API: "x", Target: "Lcom/" + strings.Repeat("a/", 9000) + "B;->c()V", Example: audit.Example{DEX: nasty, Caller: "no reference " + nasty, Offset: 1, Args: []string{nasty, long}, Path: []string{nasty, "La;->b()V"}}}
	r.Behavior.Uses = []audit.Use{{API: "x", Data: []string{"imei"}, Party: "unknown:" + nasty, Target: site.Target, Sites: 2, Nested: nasty, Reached: "no", BeforeConsent: "yes", Examples: []audit.Example{site.Example}}}
	r.Behavior.Uses = append(r.Behavior.Uses,
		audit.Use{API: nasty, Kind: audit.KindAction, Party: nasty, Via: nasty, Target: nasty, Sites: -1, Reached: nasty, BeforeConsent: nasty, Examples: []audit.Example{{Doubt: nasty, Chain: []string{nasty, long}, Offset: -7}}},
		audit.Use{API: long, Data: []string{long, nasty}, Party: "", AlsoBy: []audit.AlsoBy{{Party: nasty, Path: []string{nasty}}, {Party: long}}, Via: audit.ViaNative, Target: "Lx;->" + nasty, Sites: 1 << 40, Nested: long})
	r.Behavior.Startup = []audit.Startup{{Kind: nasty, Party: nasty, Component: "a." + nasty, What: long, Data: []string{nasty, long}, Example: site.Example}, {Kind: audit.StartupKeepAlive}}
	r.Behavior.Requests = []audit.Request{{Party: nasty, Permissions: []string{nasty, long}, Example: site.Example}, {}}
	r.Behavior.Unrequested = []audit.PermissionNeed{{Name: nasty, UsedBy: []audit.PermissionUser{{Party: nasty, Sites: -1}, {Party: long}}}}
	r.Behavior.Hosts = []audit.Host{{Host: nasty, Party: nasty, Via: nasty}, {Host: long}}
	r.Behavior.DynamicCode = []audit.DynamicCode{{Kind: nasty, What: nasty, Party: nasty}, {What: long, Party: long}}
	r.Behavior.NativeLibs = []audit.NativeLib{{Name: nasty, ABIs: []string{nasty}, Party: nasty}}
	r.Behavior.Frameworks = []audit.Framework{{Name: audit.Text{ZH: nasty, EN: long}, Evidence: nasty}}
	r.Behavior.SDKs = []audit.SDK{{ID: "x\ny", Name: audit.Text{ZH: nasty, EN: long}, Confidence: "possible", Version: long, Classes: 1 << 40}}
	r.Behavior.Libraries = []audit.SDK{{ID: nasty, Name: audit.Text{ZH: nasty, EN: long}, Confidence: nasty, Version: nasty, Classes: -1}}
	r.Behavior.Permissions = []audit.Permission{{Name: "android.permission." + nasty, Protection: "dangerous"}}
	r.Behavior.Unowned = []audit.Unowned{{Prefix: long, Classes: 99, Samples: []string{nasty, long}, Permissions: []string{nasty}, APIs: []audit.UnownedAPI{{API: nasty, Data: []string{nasty, long}, Sites: 1}}},
		{Prefix: "com.x;reboot", Classes: 1 << 40}, {Prefix: nasty, Classes: 1}}
	r.Gaps = []audit.Gap{{Kind: audit.GapTampered, Side: audit.SideApp, What: nasty + long, Weakens: audit.Text{ZH: "所有结论", EN: "every answer"}}}
	r.Names.Party["unknown:"+nasty] = audit.Text{ZH: nasty, EN: nasty}
	finding := audit.Finding{Rule: "r|=", Basis: audit.BasisLaw, Severity: audit.High, Confidence: "high", Verdict: audit.VerdictUndisclosed, Party: "unknown:" + nasty, Data: "imei", Status: audit.StatusNew,
		Title: audit.Text{ZH: "标题:" + nasty, EN: "Title: " + nasty}, Why: audit.Text{ZH: long, EN: long}, Fix: audit.Text{ZH: "=1+1|x", EN: "=1+1|x"}, Clauses: []string{nasty, "C-1"},
		Code: []audit.Site{site}, Policy: []audit.Quote{{Quote: quote, At: at}, {Quote: nasty, At: audit.At{Source: -1, Line: -4}}}, Searched: []string{nasty, long}}
	waived := finding
	waived.Status, waived.Waiver = audit.StatusWaived, &audit.Waiver{Reason: nasty, Until: nasty}
	nowhere := audit.Finding{Rule: "nowhere", Basis: audit.BasisLaw, Severity: audit.Medium, Confidence: "high", Verdict: audit.VerdictUndisclosed, Status: audit.StatusKnown, Permission: nasty}
	r.Findings = []audit.Finding{waived, nowhere, finding}
	r.Triage = audit.Triage{Baseline: nasty, Waivers: []audit.WaiverState{
		{File: nasty, Line: 1, Rule: nasty, Party: "sdk:" + nasty, Data: nasty, Permission: nasty, Waiver: audit.Waiver{Reason: long, Until: nasty, By: nasty}, State: audit.WaiverExpired},
		{File: long, Line: 2, Fingerprint: nasty, Waiver: audit.Waiver{Reason: nasty, Until: "2027-01-31"}, State: audit.WaiverUnused}}}
	r.Checks = []audit.CheckState{{Rule: "r|=", Basis: audit.BasisLaw, State: audit.StateViolated}, {Rule: nasty, State: audit.StateUndecidable, Why: audit.Text{ZH: nasty, EN: nasty}, Policy: []audit.Quote{{Quote: quote, At: at}, {Quote: nasty, At: audit.At{Source: -1, Line: -4}}}}}
	audit.SetFingerprints(r.App.Package, r.Findings)
	r.Normalize()
	r.Decide()
	return r
}

// poisoned are reports of every kind whose strings are all s, and where they are asked
// for the hostile one, which has its own.
func poisoned(t *testing.T, s string, withHostile bool) map[string]*audit.Report {
	t.Helper()
	reports := map[string]*audit.Report{"rich": rich(t), "policy": policyOnly(t), "inventory": withoutPolicy(t)}
	for _, r := range reports {
		if n := poison(reflect.ValueOf(r).Elem(), s); n < 50 {
			t.Fatalf("only %d strings", n)
		}
	}
	if withHostile {
		reports["hostile"] = hostile()
	}
	return reports
}

// poison writes s into every string of a report, keys of maps included, and
// returns how many there were.
func poison(v reflect.Value, s string) int {
	n := 0
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
		return 1
	case reflect.Struct:
		for i := range v.NumField() {
			n += poison(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += poison(v.Index(i), s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			n += poison(v.Elem(), s)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			n += poison(e, s)
			v.SetMapIndex(k, e)
			v.SetMapIndex(reflect.ValueOf(s), e)
		}
	}
	return n
}

// crowded is a typical app: dozens of SDKs and findings, hundreds of call sites.
func crowded(t testing.TB) *audit.Report {
	r := rich(t)
	base := r.Findings
	r.Findings = nil
	for i := range 60 {
		f := base[i%6]
		f.Title.EN = fmt.Sprintf("%s, case %d", f.Title.EN, i)
		f.Data = fmt.Sprintf("data_%d", i)
		r.Findings = append(r.Findings, f)
	}
	audit.SetFingerprints(r.App.Package, r.Findings)
	sdk, use, perm, gap, src := r.Behavior.SDKs[0], r.Behavior.Uses[0], r.Behavior.Permissions[0], r.Gaps[0], r.Policy.Sources[1]
	for i := range 40 {
		sdk.ID, sdk.Name = fmt.Sprintf("sdk-%d", i), audit.Text{ZH: fmt.Sprintf("开发包 %d", i), EN: fmt.Sprintf("Kit %d", i)}
		r.Behavior.SDKs = append(r.Behavior.SDKs, sdk)
		perm.Name = fmt.Sprintf("android.permission.P_%d", i)
		r.Behavior.Permissions = append(r.Behavior.Permissions, perm)
		r.Behavior.Unowned = append(r.Behavior.Unowned, audit.Unowned{Prefix: fmt.Sprintf("com.p%d", i), Classes: i})
		r.Checks = append(r.Checks, audit.CheckState{Rule: fmt.Sprintf("check_%d", i), State: audit.StateUndecidable})
	}
	for i := range 300 {
		use.Target = fmt.Sprintf("Landroid/x/Y;->m%d()V", i)
		r.Behavior.Uses = append(r.Behavior.Uses, use)
	}
	for range 8 {
		r.Gaps = append(r.Gaps, gap)
		r.Policy.Sources = append(r.Policy.Sources, src)
	}
	r.Decide()
	return r
}

// wordy is a long policy alone.
func wordy(t testing.TB) *audit.Report {
	r := policyOnly(t)
	r.Policy.Sources = r.Policy.Sources[:1]
	entry, claim := r.Policy.SDKs[0], r.Policy.Claims[5]
	claim.At.Source, entry.At.Source = 0, 0
	for i := range 60 {
		entry.ID = fmt.Sprintf("sdk-%d", i)
		entry.Data = []string{"imei", "mac_address", "phone_number", "location", "contacts"}
		entry.Permissions = []string{fmt.Sprintf("android.permission.P_%d", i)}
		r.Policy.SDKs = append(r.Policy.SDKs, entry)
		claim.Data = []string{fmt.Sprintf("data_%d", i)}
		r.Policy.Claims = append(r.Policy.Claims, claim)
		d := r.Policy.Defects[0]
		d.At.Line += i
		r.Policy.Defects = append(r.Policy.Defects, d)
	}
	return r
}

func render(t testing.TB, format string, opt Options, reports ...*audit.Report) string {
	t.Helper()
	f, err := FindIn(Formats(), format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out, reports, opt); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out.String()
}
