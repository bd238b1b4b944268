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
	r.Behavior.Uses[0].API, r.Behavior.Uses[0].Data = "external_storage_access", []string{"media_files"}
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
