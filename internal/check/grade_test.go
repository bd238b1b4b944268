package check

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func ruleSet(t *testing.T) *rules.Set {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// one is a report of an app in which a party reads data, with a policy that says what.
func one(party, data string, claims ...audit.Claim) *audit.Report {
	r := audit.NewReport()
	r.App.File, r.App.Package = "a.apk", "com.example.app"
	e := audit.Example{DEX: "classes.dex", Caller: "La/B;->c()V", Reached: audit.Yes, BeforeConsent: audit.No}
	r.Behavior.Uses = []audit.Use{{API: "read_x", Data: []string{data}, Party: party, Via: audit.ViaCall, Target: "Lx/Y;->z()V", Sites: 2,
		Reached: audit.Yes, BeforeConsent: audit.No, Examples: []audit.Example{e}}}
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Text: "我们会收集您的手机号码。", Chars: 12, Languages: []string{"zh"}}}
	r.Policy.Claims = claims
	return r
}

func only(t *testing.T, r *audit.Report, rule string) audit.Finding {
	t.Helper()
	var out []audit.Finding
	for _, f := range r.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d findings of %s", len(out), rule)
	}
	return out[0]
}

// TestGrading: severity and confidence follow the stated rules, and each step that
// changes one is written down.
func TestGrading(t *testing.T) {
	set := ruleSet(t)
	for _, tt := range []struct {
		name                 string
		change               func(*audit.Use)
		severity, confidence string
		steps                string // the rules of the steps behind the two levels
	}{
		{"plain", func(*audit.Use) {}, "high", "medium", ""},
		{"before consent, and sensitive", func(u *audit.Use) { u.Data, u.BeforeConsent = []string{"contacts"}, audit.Yes }, "critical", "medium",
			"severity verdict:undisclosed+sensitivity:sensitive+before_consent:yes"},
		{"before consent, not sensitive", func(u *audit.Use) { u.BeforeConsent = audit.Yes }, "high", "medium", ""},
		{"nobody knows whose", func(u *audit.Use) { u.Party = "unknown:a.b" }, "medium", "low", "severity party:unknown confidence party:unknown"},
		{"a neutral library", func(u *audit.Use) { u.Party = "library:okhttp" }, "info", "low", "severity party:library confidence party:library"},
		{"never reached", func(u *audit.Use) { u.Reached = audit.No }, "medium", "low", "severity reached:no confidence reached:no"},
		{"by reflection", func(u *audit.Use) { u.Via = audit.ViaReflection }, "medium", "medium", "severity evidence:indirect"},
		{"in shared code", func(u *audit.Use) { u.Through = "library:androidx" }, "medium", "low", "severity evidence:shared confidence evidence:shared"},
		{"identifies nobody", func(u *audit.Use) { u.Data = []string{"device_model"} }, "low", "medium", "severity sensitivity:normal"},
	} {
		r := one("app", "imei")
		tt.change(&r.Behavior.Uses[0])
		Run(set, r)
		f := only(t, r, "undisclosed_first_party_data")
		if f.Severity != tt.severity || f.Confidence != tt.confidence {
			t.Errorf("%s: %s %s, want %s %s (%+v)", tt.name, f.Severity, f.Confidence, tt.severity, tt.confidence, f.Grading)
		}
		var steps []string
		last := map[string]string{}
		for i, g := range f.Grading {
			last[g.Of] = g.To
			if i >= 2 {
				steps = append(steps, g.Of+" "+g.Rule)
			}
			if g.Why.ZH == "" || g.Why.EN == "" {
				t.Errorf("%s: a step without a reason: %+v", tt.name, g)
			}
		}
		if got := strings.Join(steps, " "); got != tt.steps {
			t.Errorf("%s: steps %q, want %q", tt.name, got, tt.steps)
		}
		if last["severity"] != f.Severity || last["confidence"] != f.Confidence {
			t.Errorf("%s: the steps end at %v", tt.name, last)
		}
	}
}

// TestBestEvidenceGrades: a weak use beside a weak one of another kind makes no strong
// finding.
func TestBestEvidenceGrades(t *testing.T) {
	set := ruleSet(t)
	r := one("app", "contacts")
	u := r.Behavior.Uses[0]
	unreached, early := u, u
	unreached.Reached = audit.No
	early.Via, early.Through, early.BeforeConsent = audit.ViaReflection, "library:androidx", audit.Yes
	r.Behavior.Uses = []audit.Use{unreached, early}
	Run(set, r)
	if f := only(t, r, "undisclosed_first_party_data"); f.Severity != "medium" || f.Confidence != "low" || f.Sites != 4 {
		t.Errorf("%s %s, %d sites: %+v", f.Severity, f.Confidence, f.Sites, f.Grading)
	}
}

// TestOwnCheckLeavesDenials: a check that asks for sensors by name does not ask for
// denials, so that the general one does.
func TestOwnCheckLeavesDenials(t *testing.T) {
	set := ruleSet(t)
	r := one("app", "sensors", audit.Claim{Party: "app", Data: []string{"sensors"}, Polarity: audit.Denies, Platform: audit.PlatformAny})
	Run(set, r)
	if f := only(t, r, "policy_contradiction"); f.Data != "sensors" {
		t.Errorf("%+v", f)
	}
}

// TestNamesAsWords: the name of an app is looked for as a word.
func TestNamesAsWords(t *testing.T) {
	for _, tt := range []struct {
		text, name string
		want       bool
	}{
		{"we use google services", "go", false}, {"welcome to go, the app", "go", true}, {"go", "go", true}, {"cargo", "go", false}, {"", "go", false},
	} {
		if got := standsAsWord(tt.text, tt.name); got != tt.want {
			t.Errorf("%q in %q: %v", tt.name, tt.text, got)
		}
	}
}

// TestLibrariesNeverHigh: whatever a neutral library does, no finding about it is high.
func TestLibrariesNeverHigh(t *testing.T) {
	set := ruleSet(t)
	for _, d := range set.DataTypes {
		r := one("library:okhttp", d.ID, audit.Claim{Party: "app", Data: []string{d.ID}, Polarity: audit.Denies, Platform: audit.PlatformAny})
		r.Behavior.Uses[0].BeforeConsent = audit.Yes
		Run(set, r)
		for _, f := range r.Findings {
			if f.Party == "library:okhttp" && audit.SeverityRank(f.Severity) > audit.SeverityRank(audit.Medium) {
				t.Errorf("%s: %s is %s", d.ID, f.Rule, f.Severity)
			}
		}
	}
}

// TestFingerprintsOfParties: one more datum of the same cause leaves a finding the same.
func TestFingerprintsOfParties(t *testing.T) {
	set := ruleSet(t)
	early := func(data ...string) string {
		r := one("app", "imei")
		u := &r.Behavior.Uses[0]
		u.Data, u.BeforeConsent = data, audit.Yes
		Run(set, r)
		return only(t, r, "collect_before_consent").Fingerprint
	}
	if a, b := early("imei"), early("imei", "wifi_mac"); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// TestProfiles: a profile leaves out checks and clauses of others, and says so.
func TestProfiles(t *testing.T) {
	set := ruleSet(t)
	for profile, want := range map[string]struct {
		state  string
		clause string
	}{
		audit.ProfileAll:        {audit.StateSatisfied, "RD-2-1"},
		audit.ProfileCNMIIT:     {audit.StateNotLooked, "RD-2-1"},
		audit.ProfileGooglePlay: {audit.StateSatisfied, "PLAY-userdata"},
	} {
		r := one("app", "imei")
		r.Tool.Judged.Profile = profile
		Run(set, r)
		f := only(t, r, "undisclosed_first_party_data")
		if !slices.Contains(f.Clauses, want.clause) {
			t.Errorf("%s: clauses %v", profile, f.Clauses)
		}
		if profile == audit.ProfileGooglePlay && slices.Contains(f.Clauses, "RD-2-1") {
			t.Errorf("%s: clauses %v", profile, f.Clauses)
		}
		i := slices.IndexFunc(r.Checks, func(c audit.CheckState) bool { return c.Rule == "all_files_access" })
		if got := r.Checks[i]; got.State != want.state || got.Basis != audit.BasisStore {
			t.Errorf("%s: %+v", profile, got)
		}
		if len(r.Checks) != len(set.Checks) {
			t.Errorf("%s: %d of %d checks have a state", profile, len(r.Checks), len(set.Checks))
		}
	}
}

// TestAgreement: what agrees is counted, with the place of the policy.
func TestAgreement(t *testing.T) {
	set := ruleSet(t)
	r := one("app", "phone_number", audit.Claim{Party: "app", Data: []string{"phone_number"}, Polarity: audit.Collects, Platform: audit.PlatformAny,
		Specificity: audit.Exact, Quote: "我们会收集您的手机号码。", At: audit.At{Line: 1, End: 12}})
	Run(set, r)
	i := slices.IndexFunc(r.Checks, func(c audit.CheckState) bool { return c.Rule == "undisclosed_first_party_data" })
	if c := r.Checks[i]; c.State != audit.StateSatisfied || len(c.Policy) != 1 || !strings.Contains(c.Why.EN, "Compared: 1") {
		t.Errorf("%+v", c)
	}
	if len(r.Pairs) != 1 || r.Pairs[0].Verdict != audit.VerdictDisclosed || r.Pairs[0].Sites != 2 {
		t.Errorf("pairs %+v", r.Pairs)
	}
}

// TestMeans: a call that is only a step to data which the party reads is no pair of its
// own; without that read it is one.
func TestMeans(t *testing.T) {
	set := ruleSet(t)
	pairs := func(data string) []string {
		r := one("app", data)
		step := r.Behavior.Uses[0]
		step.API, step.Data = "read_wifi_info", []string{"wifi_info"}
		r.Behavior.Uses = append(r.Behavior.Uses, step)
		r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.ACCESS_WIFI_STATE"}}
		Run(set, r)
		var out []string
		for _, p := range r.Pairs {
			out = append(out, p.Data)
		}
		return out
	}
	if got := pairs("wifi_mac"); !slices.Equal(got, []string{"wifi_mac"}) {
		t.Errorf("beside the MAC address: %v", got)
	}
	if got := pairs("imei"); !slices.Equal(got, []string{"imei", "wifi_info"}) {
		t.Errorf("beside other data: %v", got)
	}
}

// TestPermissionMissing: a call whose permission the app does not request weighs little,
// and one that only asks the system is no read at all.
func TestPermissionMissing(t *testing.T) {
	set := ruleSet(t)
	r := one("app", "imei")
	r.Behavior.Uses[0].API = "read_imei"
	Run(set, r)
	if f := only(t, r, "undisclosed_first_party_data"); f.Severity != "low" || f.Confidence != "low" {
		t.Errorf("without: %s %s", f.Severity, f.Confidence)
	}
	r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.READ_PHONE_STATE", MaxSDK: 30}}
	Run(set, r)
	if f := only(t, r, "undisclosed_first_party_data"); f.Severity != "high" {
		t.Errorf("with: %s %+v", f.Severity, f.Grading)
	}
	r.Behavior.Uses[0].API, r.Behavior.Uses[0].Data = "read_wallpaper", []string{"photos"}
	Run(set, r)
	if len(r.Pairs) != 0 {
		t.Errorf("a question to the system: %+v", r.Pairs)
	}
}

// TestNotices: a finding carries the words for its kind of party, and those of no other
// profile.
func TestNotices(t *testing.T) {
	set := ruleSet(t)
	words := func(party, profile string) string {
		r := one(party, "imei")
		r.Tool.Judged.Profile = profile
		r.Behavior.Uses[0].BeforeConsent = audit.Yes
		Run(set, r)
		return only(t, r, "collect_before_consent").Notice.ZH
	}
	if got := words("sdk:jpush", audit.ProfileCNMIIT); !strings.Contains(got, "SDK存在收集") {
		t.Errorf("of an SDK: %q", got)
	}
	if got := words("app", audit.ProfileCNStore); !strings.Contains(got, "未经用户同意") || strings.Contains(got, "SDK") {
		t.Errorf("of the app: %q", got)
	}
	if got := words("app", audit.ProfileGDPR); got != "" {
		t.Errorf("a regulator of another country speaks: %q", got)
	}
}

// TestOldPermissions: a permission that is asked for only where it was granted with the
// installation is none that a policy has to explain.
func TestOldPermissions(t *testing.T) {
	set := ruleSet(t)
	for max, want := range map[int]int{0: 1, 30: 1, 22: 0} {
		r := one("app", "imei")
		r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.CAMERA", Protection: "dangerous", MaxSDK: max}}
		Run(set, r)
		n := 0
		for _, f := range r.Findings {
			if f.Rule == "undisclosed_permission" {
				n++
			}
		}
		if n != want {
			t.Errorf("up to API level %d: %d findings", max, n)
		}
	}
}

// TestStepBeforeConsent: a step to other data is told by its own name where the other
// data is read only later.
func TestStepBeforeConsent(t *testing.T) {
	set := ruleSet(t)
	r := one("app", "wifi_mac")
	step := r.Behavior.Uses[0]
	step.API, step.Data, step.BeforeConsent = "read_wifi_info", []string{"wifi_info"}, audit.Yes
	r.Behavior.Uses = append(r.Behavior.Uses, step)
	r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.ACCESS_WIFI_STATE"}}
	Run(set, r)
	if f := only(t, r, "collect_before_consent"); len(f.Items) != 1 || f.Items[0].Data != "wifi_info" {
		t.Errorf("%q: %+v", f.Title.EN, f.Items)
	}
	r.Behavior.Uses[0].BeforeConsent = audit.Yes
	Run(set, r)
	if f := only(t, r, "collect_before_consent"); len(f.Items) != 1 || f.Items[0].Data != "wifi_mac" {
		t.Errorf("with the MAC address: %+v", f.Items)
	}
}

// TestSensitivity: the most sensitive data of a use grade it.
func TestSensitivity(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	for _, tt := range []struct {
		data []string
		want string
	}{
		{nil, ""}, {[]string{"nothing"}, ""}, {[]string{"overlay"}, "sensitivity:behaviour"}, {[]string{"device_model", "contacts", "imei"}, "sensitivity:sensitive"},
		{[]string{"imei", "device_model"}, "sensitivity:personal"}, {[]string{"nothing", "device_model"}, "sensitivity:normal"},
	} {
		if got := strings.Join(f.sensitivity(&audit.Use{Data: tt.data}), " "); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.data, got, tt.want)
		}
	}
}

// TestSteps: a value moves along its scale, not beyond its ends, and a bound never raises it.
func TestSteps(t *testing.T) {
	set := *ruleSet(t)
	for _, tt := range []struct {
		from string
		step rules.Step
		want string
	}{
		{audit.Medium, rules.Step{}, audit.Medium}, {audit.Medium, rules.Step{Raise: 1}, audit.High}, {audit.High, rules.Step{Raise: 3}, audit.Critical}, {audit.Medium, rules.Step{Lower: 1}, audit.Low},
		{audit.Low, rules.Step{Lower: 3}, audit.Info}, {audit.High, rules.Step{AtMost: audit.Medium}, audit.Medium}, {audit.Low, rules.Step{AtMost: audit.Medium}, audit.Low},
		{audit.High, rules.Step{Lower: 1, AtMost: audit.Low}, audit.Low}, {audit.High, rules.Step{Raise: 1, AtMost: audit.High}, audit.High},
	} {
		g := &grader{set: &set, severity: tt.from, confidence: audit.High}
		g.apply([]string{"party:app", "verdict:denied"}, tt.step, rules.Step{})
		if g.severity != tt.want || len(g.steps) != map[bool]int{true: 1}[tt.from != tt.want] || g.confidence != audit.High {
			t.Errorf("%s by %+v: %s, %+v", tt.from, tt.step, g.severity, g.steps)
		}
		if len(g.steps) > 0 && (g.steps[0].Rule != "party:app+verdict:denied" || g.steps[0].Of != audit.GradeSeverity || g.steps[0].To != tt.want || !strings.Contains(g.steps[0].Why.EN, ", ") || !strings.Contains(g.steps[0].Why.ZH, "，")) {
			t.Errorf("%+v", g.steps[0])
		}
	}
	// What raises comes first, then the check's own cap, then what every check has in common.
	set.Grading = []rules.GradeRule{{When: []string{"party:app"}, Severity: rules.Step{Raise: 1, Lower: 1}, Confidence: rules.Step{Lower: 1}}, {When: []string{"party:app", "party:sdk"}, Severity: rules.Step{Lower: 3}}}
	c := rules.Check{Severity: rules.Severity{Level: audit.Medium, Caps: map[string]string{"party:app": audit.Medium, "party:sdk": audit.Info}}, Confidence: audit.High}
	f := newFacts(&set, audit.NewReport())
	if g := f.grade(&c, []string{"party:app"}); g.severity != audit.Low || g.confidence != audit.Medium || len(g.steps) != 6 {
		t.Errorf("%s %s: %+v", g.severity, g.confidence, g.steps)
	}
}

// TestProfileWords: the clauses and words of a profile, those of others where it has none.
func TestProfileWords(t *testing.T) {
	set := ruleSet(t)
	notice := func(profile, when, text string) rules.Notice {
		return rules.Notice{Profile: profile, When: when, Text: audit.Text{ZH: text, EN: text}}
	}
	c := rules.Check{Clauses: []string{"RD-2-1", "PLAY-userdata", "nothing"}, Notices: []rules.Notice{
		notice(audit.ProfileCNMIIT, "party:sdk", "sdk"), notice(audit.ProfileCNMIIT, "", "{x}"), notice(audit.ProfileGooglePlay, "", "play")}}
	for profile, want := range map[string][2]string{
		"":                      {"RD-2-1 PLAY-userdata nothing", "y"},
		audit.ProfileAll:        {"RD-2-1 PLAY-userdata nothing", "y"},
		audit.ProfileCNMIIT:     {"RD-2-1", "y"},
		audit.ProfileGooglePlay: {"PLAY-userdata", "play"},
		audit.ProfileCNStore:    {"RD-2-1", "y"},
		audit.ProfileGDPR:       {"RD-2-1 PLAY-userdata nothing", ""},
	} {
		r := audit.NewReport()
		r.Tool.Judged.Profile = profile
		f := newFacts(set, r)
		clauses := strings.Join(f.clauses(&c), " ")
		words := f.notice(&c, []string{"party:app"}, map[string]audit.Text{"x": {ZH: "y", EN: "y"}}).EN
		if clauses != want[0] || words != want[1] {
			t.Errorf("%q: %q and %q, want %q", profile, clauses, words, want)
		}
	}
	if got := newFacts(set, audit.NewReport()).notice(&c, []string{"party:sdk"}, nil).EN; got != "sdk" {
		t.Errorf("of an SDK: %q", got)
	}
}

// TestAsked: a draft is asked for on demand, a check of other profiles not at all.
func TestAsked(t *testing.T) {
	for _, tt := range []struct {
		basis    string
		profiles []string
		judged   audit.Judged
		want     bool
	}{
		{audit.BasisLaw, nil, audit.Judged{}, true},
		{audit.BasisDraft, nil, audit.Judged{}, false},
		{audit.BasisDraft, nil, audit.Judged{Drafts: true}, true},
		{audit.BasisLaw, []string{audit.ProfileGDPR}, audit.Judged{Profile: audit.ProfileGDPR}, true},
		{audit.BasisLaw, []string{audit.ProfileGDPR}, audit.Judged{Profile: audit.ProfileCNMIIT}, false},
		{audit.BasisLaw, []string{audit.ProfileGDPR}, audit.Judged{Profile: audit.ProfileAll}, true},
		{audit.BasisDraft, []string{audit.ProfileGDPR}, audit.Judged{Profile: audit.ProfileGDPR}, false},
	} {
		r := audit.NewReport()
		r.Tool.Judged = tt.judged
		got, why := newFacts(ruleSet(t), r).asked(&rules.Check{Basis: tt.basis, Profiles: tt.profiles})
		if got != tt.want || got != (why.EN == "") || got != (why.ZH == "") {
			t.Errorf("%+v: %v, %q", tt, got, why.EN)
		}
	}
}

// TestUseProps: what a use weakens its finding by.
func TestUseProps(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	field, wrapper, earlier := use("app", "imei"), use("app", "imei"), use("app", "imei")
	field.Via, wrapper.Via, earlier.Via = audit.ViaField, audit.ViaWrapper, ""
	inLibrary := earlyUse("app", "imei")
	inLibrary.Through = "library:androidx"
	const after = "reached:yes before_consent:no"
	for _, tt := range []struct {
		use  audit.Use
		want string
	}{
		{use("app", "imei"), after}, {field, after}, {earlier, after}, {wrapper, after + " evidence:indirect"}, {inLibrary, "reached:yes before_consent:yes evidence:shared"},
		{called("app", "check_clipboard", "clipboard"), after + " evidence:weak"}, {called("app", "read_contacts", "contacts"), after + " permission:missing"},
	} {
		if got := strings.Join(f.useProps(&tt.use), " "); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
