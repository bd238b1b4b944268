package check

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func TestUndisclosedSDKs(t *testing.T) {
	c := asking("sdk_disclosure", rules.Ask{}, "{party}: {reads}")
	c.Input = "both"
	c.Severity.Caps = map[string]string{"sdk:vendor_named": audit.Low, "sdk:reads_nothing_seen": audit.Medium, "sdk:reads_nothing_personal": audit.Info}
	with := func(id, confidence, category string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.Behavior.SDKs = append(r.Behavior.SDKs, audit.SDK{ID: id, Name: audit.Text{ZH: id, EN: id}, Vendor: audit.Text{ZH: "甲公司", EN: ""}, Category: category, Confidence: confidence})
		}
	}
	says := func(format, text string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.Policy.Sources = append(r.Policy.Sources, document(text, "zh"))
			r.Policy.Sources[1].Format = format
		}
	}
	ofCompany := func(name string) func(*audit.Report) {
		return func(r *audit.Report) {
			e := entry(0, "bugly", "imei")
			e.Company = name
			r.Policy.SDKs = append(r.Policy.SDKs, e)
		}
	}
	jpush := with("jpush", "certain", "push")
	const nothing = "jpush: no known call that reads personal data was found"
	reads := uses(use("sdk:jpush", "device_model", "overlay"), use("sdk:jpush", "oaid", "imei"), use("sdk:jpush", "imei"))
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "None found", nil},
		{"one that reads nothing", jpush, audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [medium high] searched"}},
		{"a possible one", with("jpush", "possible", "push"), audit.StateSatisfied, "", nil},
		{"a likely one", with("jpush", "likely", "push"), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [medium medium] searched"}},
		{"one that is named", all(jpush, claims(claim(1, "sdk:jpush"))), audit.StateSatisfied, "Compared: 1", nil},
		{"one that is named with the whole", all(with("agc-auth", "certain", "login"), claims(claim(1, "sdk:hms-core"))), audit.StateSatisfied, "Compared: 1", nil},
		{"one that reads", all(jpush, reads), audit.StateViolated, "",
			[]string{"undisclosed sdk:jpush jpush: its code contains calls that read: IMEI, OAID, Device model code 3 of 3 searched +imei=undisclosed +oaid=undisclosed +device_model=undisclosed"}},
		{"one that reads nothing about a person", all(jpush, uses(use("sdk:jpush", "device_model"))), audit.StateViolated, "",
			[]string{"undisclosed sdk:jpush jpush: its code contains calls that read: Device model [info high] code 1 of 1 searched +device_model=undisclosed"}},
		{"one that no signature knows", with("nothing", "certain", "push"), audit.StateViolated, "", []string{"undisclosed sdk:nothing nothing: no known call that reads personal data was found [medium high]"}},
		{"a framework", with("flutter", "certain", "framework"), audit.StateSatisfied, "", nil},
		{"a framework that reads behaviour", all(with("flutter", "certain", "framework"), uses(use("sdk:flutter", "overlay"))), audit.StateSatisfied, "", nil},
		{"a packer that reads", all(with("bangcle", "certain", "packer"), uses(use("sdk:bangcle", "imei"))), audit.StateViolated, "",
			[]string{"undisclosed sdk:bangcle bangcle: its code contains calls that read: IMEI code 1 of 1 searched +imei=undisclosed"}},
		{"the vendor is named in an entry", all(jpush, ofCompany("甲公司")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [low high] policy 1 searched"}},
		{"another company is named", all(jpush, ofCompany("乙公司")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [medium high] searched"}},
		{"no company is named", all(jpush, ofCompany("")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [medium high] searched"}},
		{"the vendor is named in the text", all(jpush, says("text", "我们与极光合作。")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [low high] policy 1 searched"}},
		{"the vendor begins the text", all(jpush, says("text", "极光")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [low high] policy 1 searched"}},
		{"the vendor is named in a page", all(jpush, says("html", "我们与极光合作。")), audit.StateViolated, "", []string{"undisclosed sdk:jpush " + nothing + " [medium high] searched"}},
	})
}

func TestVendorQuote(t *testing.T) {
	set := ruleSet(t)
	r := plainApp(set)
	r.Policy.Sources = append(r.Policy.Sources, document("一\n二\n我们与极光合作。", "zh"))
	r.Policy.Sources[1].Format, r.Policy.Sources[1].Sections = "text", []audit.PolicySection{{Start: 4, Section: "三"}}
	got, ok := newFacts(set, r).vendorQuote(&audit.SDK{ID: "jpush"})
	if want := (audit.Quote{Quote: "极光", At: audit.At{Source: 1, Line: 3, Start: 7, End: 9, Section: "三"}}); !ok || len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
}

// TestTextAt: a place outside of the text, as a saved report may have it, is no text.
func TestTextAt(t *testing.T) {
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{document("甲乙丙", "zh")}
	f := newFacts(ruleSet(t), r)
	for at, want := range map[audit.At]string{
		{Start: 1, End: 2}: "乙", {Start: 0, End: 3}: "甲乙丙", {Start: 3, End: 3}: "", {Start: -1, End: 2}: "", {Start: 0, End: 4}: "", {Start: 2, End: 1}: "",
		{Source: 1, End: 1}: "", {Source: -1, End: 1}: "",
	} {
		if got := f.text(at); got != want {
			t.Errorf("%+v: %q, want %q", at, got, want)
		}
	}
}

func TestEntryQuotes(t *testing.T) {
	r := audit.NewReport()
	entries(entry(0, "bugly"), entry(1, "jpush"), entry(2, "jpush"), entry(3, "jpush"), entry(4, "jpush"))(r)
	got := newFacts(ruleSet(t), r).entryQuotes("sdk:jpush")
	if len(got) != maxQuotes || got[0].At.Line != 1 {
		t.Errorf("%+v", got)
	}
}

func TestUndisclosedPermissions(t *testing.T) {
	const read, write = "android.permission.READ_EXTERNAL_STORAGE", "android.permission.WRITE_EXTERNAL_STORAGE"
	const fine = "android.permission.ACCESS_FINE_LOCATION"
	c := asking("permission_disclosure", rules.Ask{}, "{constant}")
	c.Input = "both"
	names := func(cl audit.Claim, permissions ...string) audit.Claim {
		cl.Permissions = permissions
		return cl
	}
	missing := func(name string) []string { return []string{"undisclosed app " + name + " " + name + " searched"} }
	runRows(t, c, []row{
		{"none", requested(internetPermission), audit.StateSatisfied, "None found", nil},
		{"one", requested(contactsPermission), audit.StateViolated, "", missing(contactsPermission)},
		{"with the installation", until(contactsPermission, 22), audit.StateSatisfied, "None found", nil},
		{"at run time", until(contactsPermission, 23), audit.StateViolated, "", missing(contactsPermission)},
		{"named", all(requested(contactsPermission), claims(names(claim(1, "app"), cameraPermission, contactsPermission))), audit.StateSatisfied, "Compared: 1", nil},
		{"another is named", all(requested(contactsPermission), claims(names(claim(1, "app"), cameraPermission))), audit.StateViolated, "", missing(contactsPermission)},
		{"one that policies name alike", all(requested(write), claims(names(claim(1, "app"), read))), audit.StateSatisfied, "Compared: 1", nil},
		{"the data", all(requested(contactsPermission), claims(claim(1, "app", "imei", "contacts"))), audit.StateSatisfied, "Compared: 1", nil},
		{"data below", all(requested(read), claims(claim(1, "app", "photos"))), audit.StateSatisfied, "Compared: 1", nil},
		{"data right above", all(requested(fine), claims(claim(1, "app", "location"))), audit.StateSatisfied, "Compared: 1", nil},
		{"what another permission opens", all(requested(fine), claims(claim(1, "app", "wifi_info"))), audit.StateViolated, "", missing(fine)},
		{"data that only the permission opens", all(requested(fine), claims(claim(1, "app", "wifi_ssid"))), audit.StateSatisfied, "Compared: 1", nil},
		{"data far above", all(requested(contactsPermission), claims(claim(1, "app", "personal_information"))), audit.StateViolated, "", missing(contactsPermission)},
		{"other data", all(requested(contactsPermission), claims(claim(1, "app", "imei"))), audit.StateViolated, "", missing(contactsPermission)},
		{"denied", all(requested(contactsPermission), claims(denial(1, "app", "contacts"))), audit.StateViolated, "", missing(contactsPermission)},
		{"for iOS", all(requested(contactsPermission), claims(onIOS(claim(1, "app", "contacts")))), audit.StateViolated, "", missing(contactsPermission)},
		{"for an SDK that is not there", all(requested(contactsPermission), claims(claim(1, "sdk:jpush", "contacts"))), audit.StateViolated, "", missing(contactsPermission)},
		{"for one that is", all(requested(contactsPermission), embeds("jpush"), claims(claim(1, "sdk:jpush", "contacts"))), audit.StateSatisfied, "Compared: 1", nil},
		{"for third parties", all(requested(contactsPermission), claims(claim(1, "third_party", "contacts"))), audit.StateSatisfied, "Compared: 1", nil},
	})
}

func TestPermissionWords(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	got := f.permissionWords(contactsPermission)
	for _, w := range []string{"READ_CONTACTS", "通讯录", "Contacts"} {
		if !slices.Contains(got, w) {
			t.Errorf("%q is not among %v", w, got)
		}
	}
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("%v", got)
	}
}

func TestAbsentSDKs(t *testing.T) {
	c := asking("sdk_absent", rules.Ask{}, "{party} ({written})")
	c.Input = "both"
	iosOnly := entry(1, "jpush")
	iosOnly.PlatformData.IOS = []string{"idfa_idfv"}
	both := entry(1, "jpush", "imei")
	both.PlatformData = iosOnly.PlatformData
	runRows(t, c, []row{
		{"none listed", embeds("jpush"), audit.StateSatisfied, "", nil},
		{"listed and not there", entries(entry(0, "jpush"), entry(0, "jpush")), audit.StateViolated, "1 found", []string{"absent sdk:jpush JPush (Aurora Mobile) (jpush) policy 2 searched"}},
		{"listed and there", all(entries(entry(0, "jpush")), embeds("jpush")), audit.StateSatisfied, "", nil},
		{"a whole of which a part is there", all(entries(entry(0, "hms-core")), embeds("agc-auth")), audit.StateSatisfied, "", nil},
		{"a part of which the whole is there", all(entries(entry(0, "agc-auth")), embeds("hms-core")), audit.StateViolated, "", []string{"absent sdk:agc-auth AppGallery Connect Auth Service (agc-auth) policy 1 searched"}},
		{"hidden code", all(entries(entry(0, "jpush")), gap(audit.GapPacked, "x")), audit.StateUndecidable, "", nil},
		{"one that no signature knows", entries(entry(0, "sdk?:甲")), audit.StateSatisfied, "", nil},
		{"for iOS only", entries(iosOnly), audit.StateSatisfied, "", nil},
		{"for both platforms", entries(both), audit.StateViolated, "", []string{"absent sdk:jpush JPush (Aurora Mobile) (jpush) policy 1 searched"}},
		{"a library that is there", all(entries(entry(0, "okhttp")), func(r *audit.Report) { r.Behavior.Libraries = []audit.SDK{{ID: "okhttp"}} }), audit.StateSatisfied, "", nil},
	})
}

// defect adds a broken place of the text.
func defect(kind, detail, quote string, start int) func(*audit.Report) {
	return func(r *audit.Report) {
		r.Policy.Defects = append(r.Policy.Defects, audit.Defect{Kind: kind, Detail: detail, Quote: quote, At: audit.At{Line: start, Start: start, End: start + 5}})
	}
}

func TestPlaceholders(t *testing.T) {
	runRows(t, askingPolicy("placeholder", "{quote}"), []row{
		{"none", defect(audit.DefectOpenList, "", "等", 1), audit.StateSatisfied, "", nil},
		{"two", all(defect(audit.DefectPlaceholder, "", "【】", 1), defect(audit.DefectPlaceholder, "", "XX", 2)), audit.StateViolated, "2 found", []string{"defect 【】 policy 1", "defect XX policy 1"}},
	})
}

func TestCoverage(t *testing.T) {
	runRows(t, asking("coverage", rules.Ask{}, "{gaps}"), []row{
		{"none", nil, audit.StateSatisfied, "", nil},
		{"two", all(gap(audit.GapPacked, "a"), gap(audit.GapNative, "b")), audit.StateViolated, "", []string{"violated packed: a; native: b"}},
	})
}

func TestNoPolicy(t *testing.T) {
	runRows(t, asking("no_policy", rules.Ask{}, ""), []row{
		{"there is one", gap(audit.GapPacked, "a"), audit.StateUndecidable, "", nil},
		{"there is none", func(r *audit.Report) { r.Policy.Sources = nil; gap(audit.GapNoPolicy, "a")(r) }, audit.StateViolated, "", []string{"violated"}},
		{"no app", func(r *audit.Report) { r.App.File = "" }, audit.StateNotLooked, "No APK was given", nil},
	})
}

// TestAnswerable: a check is judged where what it looks at was given.
func TestAnswerable(t *testing.T) {
	noApp := func(r *audit.Report) { r.App.File = "" }
	noPolicy := func(r *audit.Report) { r.Policy.Sources = nil }
	unread := func(r *audit.Report) {
		r.Policy.Sources = []audit.PolicySource{{File: "q.pdf", Languages: []string{"zh"}}}
	}
	for _, tt := range []struct {
		input     string
		languages []string
		change    func(*audit.Report)
		state     string
		why       string
	}{
		{"apk", nil, nil, audit.StateSatisfied, ""},
		{"apk", nil, noPolicy, audit.StateSatisfied, ""},
		{"apk", nil, noApp, audit.StateNotLooked, "No APK"},
		{"policy", nil, nil, audit.StateSatisfied, ""},
		{"policy", nil, noApp, audit.StateSatisfied, ""},
		{"policy", nil, noPolicy, audit.StateNotLooked, "no policy to read"},
		{"policy", nil, unread, audit.StateNotLooked, "no policy to read"},
		{"policy", []string{"en", "zh"}, nil, audit.StateSatisfied, ""},
		{"policy", []string{"en"}, nil, audit.StateNotLooked, "not for policies in this language"},
		{"policy", []string{"en"}, noApp, audit.StateNotLooked, "not for policies in this language"},
		{"policy", []string{"zh"}, unread, audit.StateNotLooked, "no policy to read"},
		{"both", nil, nil, audit.StateSatisfied, ""},
		{"both", nil, noApp, audit.StateNotLooked, "No APK"},
		{"both", nil, noPolicy, audit.StateNotLooked, "no policy to read"},
		{"both", nil, all(noApp, noPolicy), audit.StateNotLooked, "No APK"},
	} {
		r := plainApp(ruleSet(t))
		if tt.change != nil {
			tt.change(r)
		}
		c := asking("placeholder", rules.Ask{}, "")
		c.Input, c.Languages = tt.input, tt.languages
		if s, _ := alone(ruleSet(t), c, r); s.State != tt.state || !strings.Contains(s.Why.EN, tt.why) || s.Basis != audit.BasisLaw || s.Rule != "test" {
			t.Errorf("%s in %v: %+v, want %s %q", tt.input, tt.languages, s, tt.state, tt.why)
		}
	}
}

// TestStates: what hides something leaves undecided what nothing was found of.
func TestStates(t *testing.T) {
	unread := func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: "q.pdf"}) }
	hidden := gap(audit.GapPacked, "x")
	broken := defect(audit.DefectPlaceholder, "", "XX", 1)
	for _, tt := range []struct {
		input  string
		change func(*audit.Report)
		state  string
		why    string
	}{
		{"apk", hidden, audit.StateUndecidable, "see the gaps"}, {"apk", unread, audit.StateSatisfied, "None found"}, {"apk", gap(audit.GapNative, "x"), audit.StateSatisfied, "None found"},
		{"policy", hidden, audit.StateSatisfied, "None found"}, {"policy", unread, audit.StateUndecidable, "q.pdf could not be read"},
		{"both", hidden, audit.StateUndecidable, "see the gaps"}, {"both", unread, audit.StateUndecidable, "q.pdf could not be read"},
		{"both", all(broken, hidden, unread), audit.StateViolated, "1 found."},
	} {
		r := plainApp(ruleSet(t))
		tt.change(r)
		c := asking("placeholder", rules.Ask{}, "")
		c.Input = tt.input
		if s, _ := alone(ruleSet(t), c, r); s.State != tt.state || !strings.Contains(s.Why.EN, tt.why) {
			t.Errorf("%s: %+v, want %s, %q", tt.input, s, tt.state, tt.why)
		}
	}
	r := plainApp(ruleSet(t))
	noManifest(r)
	if s, _ := alone(ruleSet(t), asking("target_level", rules.Ask{}, ""), r); s.Rule != "test" || s.Basis != audit.BasisLaw {
		t.Errorf("an answer of its own: %+v", s)
	}
}

func TestValidate(t *testing.T) {
	of := func(predicate string, topics ...string) *rules.Set {
		c := asking(predicate, rules.Ask{}, "")
		c.Topics.AnyOf = topics
		return &rules.Set{Source: rules.Source{Checks: []rules.Check{c}}}
	}
	for _, tt := range []struct {
		set *rules.Set
		err string
	}{
		{of("placeholder"), ""}, {of("nothing"), "unknown predicate"}, {of("placeholder", "a"), "do not go together"},
		{of("topic_missing", "a"), ""}, {of("topic_missing"), "do not go together"}, {of("sdk_topic", "a"), ""}, {of("sdk_topic"), "do not go together"},
		{of("date_inconsistent", "a"), ""}, {of("date_inconsistent"), "do not go together"}, {of("startup"), ""}, {of("startup", "a"), ""},
		{of("screens"), "needs observed"},
	} {
		err := Validate(tt.set)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s with %v: %v, want %q", tt.set.Checks[0].Predicate, tt.set.Checks[0].Topics.AnyOf, err, tt.err)
		}
	}
	if got := Predicates(); len(got) != len(predicates) || !slices.IsSorted(got) {
		t.Errorf("%v", got)
	}
}

// TestOrder: findings by severity, then rule, party, data, permission and place.
func TestOrder(t *testing.T) {
	at := func(source, start int) []audit.Quote {
		return []audit.Quote{{At: audit.At{Source: source, Start: start}}}
	}
	sorted := []audit.Finding{
		{Severity: audit.Critical, Rule: "z"}, {Severity: audit.Low, Rule: "a", Party: "z"}, {Severity: audit.Low, Rule: "b", Party: "a", Data: "z"}, {Severity: audit.Low, Rule: "b", Party: "b", Data: "a", Permission: "z"},
		{Severity: audit.Low, Rule: "b", Party: "b", Data: "b"}, {Severity: audit.Low, Rule: "b", Party: "b", Data: "b", Permission: "p"},
		{Severity: audit.Low, Rule: "b", Party: "b", Data: "b", Permission: "p", Policy: at(0, 0)}, {Severity: audit.Low, Rule: "b", Party: "b", Data: "b", Permission: "p", Policy: at(0, 9)},
		{Severity: audit.Low, Rule: "b", Party: "b", Data: "b", Permission: "p", Policy: at(1, 3)},
	}
	for i := range sorted {
		for j := range sorted {
			if got, want := compareFindings(sorted[i], sorted[j]), i-j; (got < 0) != (want < 0) || (got > 0) != (want > 0) {
				t.Errorf("%d and %d: %d", i, j, got)
			}
		}
	}
}

// TestAgreed: every thing that agrees is counted, and the first distinct places are kept.
func TestAgreed(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	c := rules.Check{ID: "test"}
	for i := range 5 {
		f.agree(&c, []audit.Quote{{Quote: "a"}, {At: audit.At{Line: i}}})
	}
	if a := f.agreed["test"]; a.n != 5 || len(a.policy) != maxQuotes || a.policy[2].At.Line != 1 {
		t.Errorf("%+v", a)
	}
}

func TestListed(t *testing.T) {
	for n, want := range map[int]string{0: "", 2: "a, b", 8: "a, b, c, d, e, f, g, h", 9: "a, b, c, d, e, f, g, h and 1 more"} {
		if got := listedIDs(strings.Split("abcdefghi", "")[:n]); got.EN != want {
			t.Errorf("%d: %q, want %q", n, got.EN, want)
		}
	}
	if got := listedIDs([]string{"a", "b", "a"}); got.EN != "a, b" {
		t.Errorf("%q", got.EN)
	}
	if got := listedIDs(strings.Split("abcdefghij", "")); !strings.HasSuffix(got.ZH, "h 等 10 项") {
		t.Errorf("%q", got.ZH)
	}
}

// TestNames: every id that a report uses has its name.
func TestNames(t *testing.T) {
	set := ruleSet(t)
	r := plainApp(set)
	b := &r.Behavior
	shared := called("sdk:jpush", "read_imei", "imei")
	shared.AlsoBy = []audit.AlsoBy{{Party: "unknown:a"}}
	user := []audit.PermissionUser{{Party: "unknown:b"}}
	b.Uses = []audit.Use{shared, use("", "")}
	b.Permissions = []audit.Permission{{Name: "x.P1", UsedBy: user}, {}}
	b.Unrequested = []audit.PermissionNeed{{Name: "x.P2", UsedBy: []audit.PermissionUser{{Party: "unknown:c"}}}}
	b.NativeLibs = []audit.NativeLib{{Party: "unknown:d"}}
	b.Startup = []audit.Startup{{Party: "unknown:e", Data: []string{"oaid"}}}
	b.Requests = []audit.Request{{Party: "unknown:f", Permissions: []string{"x.P3"}}}
	b.Hosts = []audit.Host{{Party: "unknown:g"}}
	b.DynamicCode = []audit.DynamicCode{{Party: "unknown:h"}}
	b.Packages = []audit.Package{{Party: "unknown:i"}}
	b.Components = []audit.Component{{Party: "unknown:j"}}
	named := claim(1, "unknown:k", "contacts")
	named.Permissions = []string{"x.P4"}
	r.Policy.Claims = []audit.Claim{named}
	listed := entry(1, "bugly", "sms")
	listed.PlatformData.IOS, listed.Permissions = []string{"idfa_idfv"}, []string{"x.P5"}
	r.Policy.SDKs = []audit.PolicySDK{listed}
	r.Checks = []audit.CheckState{{Rule: "undisclosed_sdk"}, {Rule: "nothing"}}
	r.Findings = []audit.Finding{{Data: "photos", Party: "unknown:l", Permission: "x.P6", Clauses: []string{"RD-2-1", "nothing"}}}
	fillNames(set, r)
	if got := sortedKeys(r.Names.Data); !slices.Equal(got, []string{"contacts", "idfa_idfv", "imei", "oaid", "photos", "sms"}) || len(r.Names.Sensitivity) != 6 {
		t.Errorf("data %v", got)
	}
	if got, want := strings.Join(sortedKeys(r.Names.Party), " "), "sdk:bugly sdk:jpush unknown:a unknown:b unknown:c unknown:d unknown:e unknown:f unknown:g unknown:h unknown:i unknown:j unknown:k unknown:l"; got != want {
		t.Errorf("parties %v", got)
	}
	if got := strings.Join(sortedKeys(r.Names.Permission), " "); got != "x.P1 x.P2 x.P3 x.P4 x.P5 x.P6" {
		t.Errorf("permissions %v", got)
	}
	if got := strings.Join(sortedKeys(r.Names.Rule), " "); got != "read_imei undisclosed_sdk" {
		t.Errorf("rules %v", got)
	}
	if got := strings.Join(sortedKeys(r.Names.Clause), " "); got != "RD-2-1" {
		t.Errorf("clauses %v", got)
	}
	if r.Names.Permission["x.P1"].EN != "P1" || r.Names.Data["imei"].EN != "IMEI" || r.Names.Sensitivity["sms"] != "sensitive" || r.Names.Clause["RD-2-1"].ZH == "" {
		t.Errorf("%+v", r.Names)
	}
	if got := (&facts{set: set}).dataName("nothing"); got.EN != "nothing" {
		t.Errorf("an unknown type: %v", got)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
