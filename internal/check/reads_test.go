package check

import (
	"slices"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func TestReads(t *testing.T) {
	c := asking("reads", rules.Ask{Data: []string{"device_identifier"}}, "{party}: {data}, {sites}, {kinds}")
	shared := use("library:okhttp", "imei")
	shared.AlsoBy = alsoBy(shared, "app")
	written := use("app", "imei")
	written.Kind = audit.KindModify
	through := called("app", "read_imei", "imei")
	through.Through = "library:androidx"
	two := use("app", "oaid")
	two.Sites = 3
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "None found", nil},
		{"hidden code", gap(audit.GapPacked, "x"), audit.StateUndecidable, "", nil},
		{"other data", uses(use("app", "contacts")), audit.StateSatisfied, "", nil},
		{"what is written", uses(written), audit.StateSatisfied, "", nil},
		{"what a library keeps without the permission", uses(through), audit.StateSatisfied, "", nil},
		{"and with it", all(uses(through), requested(phonePermission)), audit.StateViolated, "", []string{"violated app the app's own code: IMEI, 1, 1 [info low] code 1 of 1 +imei=undisclosed"}},
		{"below what is asked for", uses(use("app", "imei", "contacts"), two), audit.StateViolated, "",
			[]string{"violated app the app's own code: IMEI, OAID, 4, 2 [info high] code 2 of 4 +imei=undisclosed +oaid=undisclosed"}},
		{"stated", all(uses(use("app", "imei")), claims(claim(1, "app", "imei"))), audit.StateViolated, "", []string{"violated app the app's own code: IMEI, 1, 1 code 1 of 1 +imei=disclosed"}},
		{"one of two stated", all(uses(use("app", "imei", "oaid")), claims(claim(1, "app", "imei"))), audit.StateViolated, "",
			[]string{"violated app the app's own code: IMEI, OAID, 1, 2 code 1 of 1 +imei=disclosed +oaid=undisclosed"}},
		{"no policy", func(r *audit.Report) { r.Behavior.Uses = []audit.Use{use("app", "imei")}; r.Policy.Sources = nil }, audit.StateViolated, "",
			[]string{"violated app the app's own code: IMEI, 1, 1 code 1 of 1 +imei"}},
		{"of two parties", uses(shared), audit.StateViolated, "2 found", []string{
			"violated app the app's own code: IMEI, 1, 1 [info low] code 1 of 1 +imei=undisclosed", "violated library:okhttp OkHttp: IMEI, 1, 1 [info low] code 1 of 1 +imei=undisclosed"}},
	})
	c.Ask = rules.Ask{APIs: []string{"read_imei"}}
	runRows(t, c, []row{
		{"without the permission", uses(called("app", "read_imei", "imei")), audit.StateSatisfied, "", nil},
		{"with it", all(uses(called("app", "read_imei", "imei")), requested(phonePermission)), audit.StateViolated, "", []string{"violated app the app's own code: IMEI, 1, 1 [info high] code 1 of 1 +imei=undisclosed"}},
		{"data that nobody knows, and behaviour", all(uses(called("app", "read_imei", "imei", "nothing", "overlay")), requested(phonePermission)), audit.StateViolated, "", []string{"violated app the app's own code: IMEI, 1, 1 [info high] code 1 of 1 +imei=undisclosed"}},
		{"another behaviour", uses(called("app", "read_android_id", "android_id")), audit.StateSatisfied, "", nil},
	})
	c.Ask = rules.Ask{}
	runRows(t, c, []row{
		{"data about nobody", uses(use("app", "device_model")), audit.StateSatisfied, "", nil},
		{"the most sensitive first", uses(use("app", "device_model", "android_id"), use("app", "imei", "contacts")), audit.StateViolated, "",
			[]string{"violated app the app's own code: Contacts, Android ID, IMEI, Device model, 2, 4 [info high] code 2 of 2 +contacts=undisclosed +android_id=undisclosed +imei=undisclosed +device_model=undisclosed"}},
	})
}

func TestReadsBeforeConsent(t *testing.T) {
	perhaps := use("app", "imei")
	perhaps.BeforeConsent, perhaps.Sites = audit.Unknown, 3
	runRows(t, asking("reads_before_consent", rules.Ask{}, "{data}"), []row{
		{"none", nil, audit.StateSatisfied, "None found", nil},
		{"after consent", uses(use("app", "imei")), audit.StateSatisfied, "", nil},
		{"before it", uses(earlyUse("app", "imei")), audit.StateViolated, "", []string{"violated app IMEI code 1 of 1 +imei=undisclosed"}},
		{"before it, and sensitive", uses(earlyUse("app", "contacts")), audit.StateViolated, "", []string{"violated app Contacts code 1 of 1 +contacts=undisclosed"}},
		{"perhaps", uses(perhaps, perhaps), audit.StateUndecidable, "but of 6 it could not", nil},
		{"perhaps, about nobody", uses(func() audit.Use { u := perhaps; u.Data = []string{"device_model"}; return u }()), audit.StateSatisfied, "", nil},
	})
	// A place that is reached before consent is shown before one that is not.
	late := earlyUse("app", "imei")
	late.Examples = append([]audit.Example{{Caller: "La/Late;->c()V", BeforeConsent: audit.No}, {Caller: "La/Perhaps;->c()V", BeforeConsent: audit.Unknown}}, late.Examples...)
	r := plainApp(ruleSet(t))
	r.Behavior.Uses = []audit.Use{late}
	_, found := alone(ruleSet(t), asking("reads_before_consent", rules.Ask{}, ""), r)
	var callers []string
	for _, s := range found[0].Code {
		callers = append(callers, s.Caller)
	}
	if want := []string{"La/B;->imei()V", "La/Perhaps;->c()V", "La/Late;->c()V"}; !slices.Equal(callers, want) {
		t.Errorf("places %v, want %v", callers, want)
	}
	if r.Behavior.Uses[0].Examples[0].Caller != "La/Late;->c()V" {
		t.Error("the report's own places are in another order")
	}
}

func TestBeyondCategory(t *testing.T) {
	c := asking("beyond_category", rules.Ask{}, "{category}: {data}")
	of := func(category string) func(*audit.Report) {
		return func(r *audit.Report) { r.Tool.Judged.Category = category }
	}
	set := ruleSet(t)
	k := set.Categories[slices.IndexFunc(set.Categories, func(k rules.Category) bool {
		return slices.Contains(k.Needs, "location") && !slices.Contains(k.Needs, "contacts")
	})]
	runRows(t, c, []row{
		{"of no category", uses(use("app", "contacts")), audit.StateNotLooked, "--category", nil},
		{"needed", all(of(k.ID), uses(use("app", "location"), use("app", "precise_location"))), audit.StateSatisfied, "", nil},
		{"not needed", all(of(k.ID), uses(use("app", "contacts"), use("app", "location"))), audit.StateViolated, "", []string{"violated app " + k.Name.EN + ": Contacts code 1 of 1 +contacts=undisclosed"}},
		{"one of two in a call", all(of(k.ID), uses(use("app", "contacts", "location"))), audit.StateViolated, "", []string{"violated app " + k.Name.EN + ": Contacts, Location code 1 of 1 +contacts=undisclosed +location=undisclosed"}},
		{"of an SDK", all(of(k.ID), uses(use("sdk:jpush", "contacts"))), audit.StateSatisfied, "", nil},
	})
}

func TestNotSeen(t *testing.T) {
	c := asking("not_seen", rules.Ask{Data: []string{"device_identifier", "contacts"}}, "{party}: {data}, {kinds}")
	c.Input = "both"
	vague := claim(1, "app", "imei")
	vague.Specificity = audit.Umbrella
	ofPermission := claim(1, "app", "imei")
	ofPermission.Rule = "permission_list"
	runRows(t, c, []row{
		{"nothing claimed", nil, audit.StateSatisfied, "", nil},
		{"claimed and not read", claims(claim(1, "app", "imei"), claim(2, "app", "contacts", "imei")), audit.StateViolated, "",
			[]string{"absent app the app's own code: Contacts, IMEI, 2 policy 2 +contacts=disclosed +imei=disclosed"}},
		{"claimed and read", all(claims(claim(1, "app", "imei")), uses(use("sdk:jpush", "imei"))), audit.StateSatisfied, "", nil},
		{"something above is read", all(claims(claim(1, "app", "imei")), uses(use("app", "device_identifier"))), audit.StateSatisfied, "", nil},
		{"something else is read", all(claims(claim(1, "app", "imei")), uses(use("app", "oaid"))), audit.StateViolated, "", []string{"absent app the app's own code: IMEI, 1 policy 1 +imei=disclosed"}},
		{"hidden code", all(claims(claim(1, "app", "imei")), gap(audit.GapPacked, "x")), audit.StateUndecidable, "", nil},
		{"denied", claims(denial(1, "app", "imei")), audit.StateSatisfied, "", nil},
		{"for iOS", claims(onIOS(claim(1, "app", "imei"))), audit.StateSatisfied, "", nil},
		{"by a collective term", claims(vague), audit.StateSatisfied, "", nil},
		{"by its permission", claims(ofPermission), audit.StateSatisfied, "", nil},
		{"for third parties", claims(claim(1, "third_party", "imei")), audit.StateSatisfied, "", nil},
		{"for an SDK that is not there", claims(claim(1, "sdk:jpush", "imei")), audit.StateSatisfied, "", nil},
		{"for one that is", all(claims(claim(1, "sdk:jpush", "imei")), embeds("jpush")), audit.StateViolated, "", []string{"absent sdk:jpush JPush (Aurora Mobile): IMEI, 1 policy 1 +imei=disclosed"}},
		{"data that is not asked for", claims(claim(1, "app", "carrier")), audit.StateSatisfied, "", nil},
		{"data that no call reads", claims(claim(1, "app", "idfa_idfv")), audit.StateSatisfied, "", nil},
	})
}

// TestObservable: what a platform's call reads for certain is.
func TestObservable(t *testing.T) {
	set := ruleSet(t)
	f := newFacts(set, audit.NewReport())
	for data, want := range map[string]bool{"imei": true, "contacts": true, "device_identifier": false, "idfa_idfv": false, "overlay": false, "user_content": false, "nothing": false, "running_apps": true} {
		if got := f.observable(data); got != want {
			t.Errorf("%s: %v, want %v", data, got, want)
		}
	}
}

func TestNamesApp(t *testing.T) {
	c := asking("names_app", rules.Ask{}, "{names}")
	c.Input = "both"
	named := func(label, text string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.App.Label.Default, r.App.Label.EN = label, label
			r.Policy.Sources = []audit.PolicySource{document("x", "zh"), document(text, "zh")}
		}
	}
	runRows(t, c, []row{
		{"in Chinese", named("青禾", "欢迎使用青 禾。"), audit.StateSatisfied, `"青禾" stands in policy 2`, nil},
		{"in Latin letters", named("Green", "Welcome to GREEN."), audit.StateSatisfied, "", nil},
		{"inside a word", named("Green", "Greenhouse"), audit.StateViolated, "", []string{"violated app Green / com.example.app searched"}},
		{"its package", named("Green", "com.example.app"), audit.StateSatisfied, "", nil},
		{"another app", named("青禾", "欢迎使用白桦。"), audit.StateViolated, "", []string{"violated app 青禾 / com.example.app searched"}},
		{"a label of one character", named(" 青 ", "青"), audit.StateViolated, "", []string{"violated app com.example.app searched"}},
		{"no name", func(r *audit.Report) { r.App.Package = "" }, audit.StateUndecidable, "has no name", nil},
	})
}
