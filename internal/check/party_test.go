package check

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// shared is an app with a library's call that the app reaches before consent and an SDK
// in code that nobody calls.
func shared() *audit.Report {
	r := one("app", "imei")
	u := &r.Behavior.Uses[0]
	u.Through, u.Reached, u.BeforeConsent = "library:okhttp", audit.Yes, audit.Yes
	u.Examples = []audit.Example{{DEX: "classes.dex", Caller: "Llib;->a()V", Path: []string{"Lapp;->b()V"}, Reached: audit.Yes, BeforeConsent: audit.Yes}}
	u.AlsoBy = []audit.AlsoBy{{Party: "sdk:jpush", Path: []string{"Lpush;->c()V", "Llib;->a()V"}, Sites: 1, Reached: audit.No, BeforeConsent: audit.No,
		Examples: []audit.Example{{DEX: "classes.dex", Caller: "Llib;->a()V", Chain: []string{"Lpush;->c()V", "Llib;->a()V"}, Reached: audit.No, BeforeConsent: audit.No}}}}
	r.Behavior.SDKs = []audit.SDK{{ID: "jpush", Confidence: "certain", Category: "push"}}
	return r
}

// TestEvidenceOfTheParty: a finding on a party rests on its own way to a shared call.
func TestEvidenceOfTheParty(t *testing.T) {
	set := ruleSet(t)
	r := shared()
	Run(set, r)
	if f := only(t, r, "collect_before_consent"); f.Party != audit.PartyApp {
		t.Errorf("before consent: %s", f.Party)
	}
	f := only(t, r, "undisclosed_sdk")
	if len(f.Code) != 1 || len(f.Code[0].Path) != 0 || f.Code[0].Chain[0] != "Lpush;->c()V" || f.Code[0].Reached != audit.No {
		t.Errorf("the SDK's evidence: %+v", f.Code)
	}
	if f.Items[0].BeforeConsent != audit.No {
		t.Errorf("items: %+v", f.Items)
	}
	// A report of an earlier version knows the chain alone.
	r = shared()
	r.Behavior.Uses[0].AlsoBy[0] = audit.AlsoBy{Party: "sdk:jpush", Path: []string{"Lpush;->c()V", "Llib;->a()V"}}
	Run(set, r)
	f = only(t, r, "undisclosed_sdk")
	if len(f.Code) != 1 || len(f.Code[0].Path) != 0 || f.Code[0].Reached != audit.Unknown || f.Items[0].Sites != 2 {
		t.Errorf("of an earlier version: %+v %+v", f.Code, f.Items)
	}
}

// TestLibraryForItself: what a library reads for its own ends is nobody's read.
func TestLibraryForItself(t *testing.T) {
	r := one("library:androidx", "imei")
	r.Behavior.Uses[0].Through = "library:androidx"
	Run(ruleSet(t), r)
	if len(r.Pairs) != 0 {
		t.Errorf("%+v", r.Pairs)
	}
}

// TestLeftAside: where a check is not about those who do what it asks for, it does not
// read as if nobody did.
func TestLeftAside(t *testing.T) {
	set := ruleSet(t)
	r := one("library:androidx", "imei")
	u := &r.Behavior.Uses[0]
	u.API, u.Kind, u.Data = "dynamic_code_loading", audit.KindBehaviour, []string{"dynamic_code"}
	r.Tool.AnalysisDigest = set.AnalysisDigest()
	Run(set, r)
	i := slices.IndexFunc(r.Checks, func(s audit.CheckState) bool { return s.Rule == "dynamic_code" })
	if s := r.Checks[i]; s.State != audit.StateSatisfied || !strings.Contains(s.Why.EN, "AndroidX") || !strings.Contains(s.Why.ZH, "AndroidX") {
		t.Errorf("%+v", s)
	}
}
