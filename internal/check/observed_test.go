package check

import (
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// seenAt adds an observation with a call site.
func seenAt(kind, party, what, caller string) func(*audit.Report) {
	return func(r *audit.Report) {
		r.Behavior.Observations = append(r.Behavior.Observations, audit.Observation{Kind: kind, Party: party, What: what,
			Example: audit.Example{DEX: "classes.dex", Caller: caller, Reached: audit.No, BeforeConsent: audit.No}})
	}
}

func TestObserved(t *testing.T) {
	c := asking("observed", rules.Ask{Observed: []string{audit.ObservedLogged}, APIs: []string{"webview_js_bridge"}}, "{party}: {seen}, {sites}")
	c.Parties = []string{"app", "sdk"}
	bridge := called("app", "webview_js_bridge", "dynamic_code")
	bridge.Kind = audit.KindCapability
	shared := bridge
	shared.Party, shared.AlsoBy = "sdk:jpush", alsoBy(bridge, "app")
	runRows(t, c, []row{
		{"nothing", func(r *audit.Report) { r.App.DEX = []audit.DEX{{Classes: 3}, {Classes: 4}} }, audit.StateSatisfied, "of 7 classes", nil},
		{"part of the code is hidden", gap(audit.GapPacked, "x"), audit.StateUndecidable, "unpacked build", nil},
		{"nobody looked", earlier, audit.StateUndecidable, "another analysis", nil},
		{"an observation", observes(audit.ObservedLogged, "sdk:jpush", "imei Landroid/util/Log;->d(Ljava/lang/String;)I, x"), audit.StateViolated, "",
			[]string{"violated sdk:jpush JPush (Aurora Mobile): IMEI Log.d, x, 0"}},
		{"of another kind", observes(audit.ObservedLinkedIDs, "app", "imei"), audit.StateSatisfied, "", nil},
		{"of another party", observes(audit.ObservedLogged, "library:okhttp", "imei"), audit.StateSatisfied, "", nil},
		{"of a file without owner", observes(audit.ObservedLogged, "", "a.js", "a.js", "b.js"), audit.StateViolated, "", []string{"violated app the app's own code: a.js, b.js, 0"}},
		{"with a call", seenAt(audit.ObservedLogged, "app", "imei La/B;->c()V", "Lq/R;->s()V"), audit.StateViolated, "", []string{"violated app the app's own code: IMEI B.c, 1 [medium low] code 1 of 1"}},
		{"with a call of a class without a package", seenAt(audit.ObservedLogged, "app", "imei Lb;->c()V", "Lq/R;->s()V"), audit.StateViolated, "", []string{"violated app the app's own code: IMEI b.c, 1 [medium low] code 1 of 1"}},
		{"with a call that nothing names", seenAt(audit.ObservedLogged, "app", "imei", "Lq/R;->s()V"), audit.StateViolated, "", []string{"violated app the app's own code: IMEI, 1 [medium low]"}},
		{"with the call of a use", all(seenAt(audit.ObservedLogged, "app", "imei", "La/B;->contacts()V"), uses(use("app", "contacts"))), audit.StateViolated, "",
			[]string{"violated app the app's own code: IMEI, 1 [medium low] code 1 of 1"}},
		{"a behaviour", uses(bridge), audit.StateViolated, "", []string{"violated app the app's own code: Open interfaces of the app to web pages, 1 code 1 of 1"}},
		{"a behaviour that others reach", uses(shared), audit.StateViolated, "", []string{
			"violated sdk:jpush JPush (Aurora Mobile): Open interfaces of the app to web pages, 1 code 1 of 1",
			"violated app the app's own code: Open interfaces of the app to web pages, 1 [medium low] code 1 of 1"}},
		{"a behaviour that is not asked for", uses(called("app", "read_contacts", "contacts")), audit.StateSatisfied, "", nil},
	})
	c.Severity.Caps = map[string]string{"observed:none": audit.Low}
	runRows(t, c, []row{
		{"a behaviour alone", uses(bridge), audit.StateViolated, "", []string{"violated app the app's own code: Open interfaces of the app to web pages, 1 [low high] code 1 of 1"}},
		{"with an observation", all(uses(bridge), observes(audit.ObservedLogged, "app", "x")), audit.StateViolated, "",
			[]string{"violated app the app's own code: Open interfaces of the app to web pages, x, 1 code 1 of 1"}},
	})
}

func TestObservedData(t *testing.T) {
	runRows(t, asking("observed", rules.Ask{Data: []string{"device_identifier"}, DynamicCode: []string{"file"}}, "{seen}: {data}"), []row{
		{"nothing, whoever looked", earlier, audit.StateSatisfied, "", nil},
		{"data below", uses(use("app", "imei", "contacts")), audit.StateViolated, "", []string{"violated app : IMEI code 1 of 1"}},
		{"other data", uses(use("app", "contacts")), audit.StateSatisfied, "", nil},
		{"a read that does not count", uses(func() audit.Use { u := called("app", "read_imei", "imei"); u.Through = "library:androidx"; return u }()), audit.StateSatisfied, "", nil},
		{"a file", func(r *audit.Report) {
			r.Behavior.DynamicCode = []audit.DynamicCode{{Kind: "file", What: "a.dex", Party: "app"}}
		}, audit.StateViolated, "", []string{"violated app a.dex:"}},
		{"a call", func(r *audit.Report) {
			r.Behavior.DynamicCode = []audit.DynamicCode{{Kind: "call", What: "a.dex", Party: "app"}}
		}, audit.StateSatisfied, "", nil},
	})
	children := func(r *audit.Report) { r.Tool.Judged.Children = true }
	runRows(t, asking("observed", rules.Ask{Data: []string{"gaid"}, Children: true}, ""), []row{
		{"not for children", uses(use("app", "gaid")), audit.StateNotLooked, "--children", nil},
		{"for children", all(children, uses(use("app", "gaid"), use("app", "imei"))), audit.StateViolated, "", []string{"violated app code 1 of 1 +gaid=undisclosed"}},
		{"for children, other data", all(children, uses(use("app", "imei"))), audit.StateSatisfied, "", nil},
	})
}

func TestScreens(t *testing.T) {
	c := asking("screens", rules.Ask{Observed: []string{audit.ObservedPolicyText, audit.ObservedDisagreeText}, Faults: []string{audit.ObservedPreticked},
		Given: rules.Given{Permissions: []string{cameraPermission}, APIs: []string{"webview_js_bridge"}, Data: []string{"contacts"}}}, "{given}: {difference} {seen}")
	c.Parties = []string{"app"}
	both := all(observes(audit.ObservedPolicyText, "app", "Policy"), observes(audit.ObservedDisagreeText, "app", "No", "No"))
	unreached := use("app", "contacts")
	unreached.Reached = audit.No
	flutter := func(r *audit.Report) {
		r.Behavior.Frameworks = []audit.Framework{{ID: "flutter", Name: audit.Text{ZH: "Flutter", EN: "Flutter"}}}
	}
	runRows(t, c, []row{
		{"nothing asks for it", nil, audit.StateSatisfied, "asks for such a text", nil},
		{"nothing asks for it, hidden code", gap(audit.GapPacked, "x"), audit.StateUndecidable, "", nil},
		{"the texts are there", all(requested(cameraPermission), both), audit.StateSatisfied, `have: "Policy", "No".`, nil},
		{"the texts of another party", all(requested(cameraPermission), observes(audit.ObservedPolicyText, "sdk:jpush", "Policy"), observes(audit.ObservedDisagreeText, "sdk:jpush", "No")), audit.StateViolated, "",
			[]string{"violated app Camera: Not found: a text that names a privacy policy, a choice not to agree."}},
		{"one is missing", all(requested(cameraPermission), observes(audit.ObservedPolicyText, "app", "Policy")), audit.StateViolated, "",
			[]string{"violated app Camera: Not found: a choice not to agree."}},
		{"for a behaviour", uses(called("app", "webview_js_bridge", "dynamic_code")), audit.StateViolated, "",
			[]string{"violated app Open interfaces of the app to web pages: Not found: a text that names a privacy policy, a choice not to agree."}},
		{"for data", uses(use("app", "contacts")), audit.StateViolated, "", []string{"violated app Contacts: Not found: a text that names a privacy policy, a choice not to agree."}},
		{"for data that nothing reaches", uses(unreached), audit.StateSatisfied, "", nil},
		{"for other data", uses(use("app", "imei")), audit.StateSatisfied, "", nil},
		{"nobody looked", all(requested(cameraPermission), earlier), audit.StateUndecidable, "another analysis", nil},
		{"drawn by a framework", all(requested(cameraPermission), flutter), audit.StateUndecidable, "drawn by Flutter", nil},
		{"part of it is hidden", all(requested(cameraPermission), gap(audit.GapPacked, "x"), flutter), audit.StateUndecidable, "see the gaps", nil},
		{"a fault", observes(audit.ObservedPreticked, "app", "I agree"), audit.StateViolated, "", []string{`violated app : The screens have: "I agree". "I agree"`}},
		{"a fault beside the texts", all(requested(cameraPermission), both, observes(audit.ObservedPreticked, "app", "I agree")), audit.StateViolated, "",
			[]string{`violated app Camera: The screens have: "I agree". "I agree"`}},
		{"a fault of another party", observes(audit.ObservedPreticked, "sdk:jpush", "I agree"), audit.StateSatisfied, "", nil},
	})
	c.Ask = rules.Ask{Observed: []string{audit.ObservedDisagreeText}, Given: rules.Given{Observed: []string{audit.ObservedPolicyText, audit.ObservedAgreeText}}}
	c.Severity.Caps = map[string]string{"language:en": audit.Low}
	runRows(t, c, []row{
		{"no prompt", nil, audit.StateUndecidable, "No prompt that asks for consent", nil},
		{"half a prompt", observes(audit.ObservedPolicyText, "app", "Policy"), audit.StateUndecidable, "No prompt that asks for consent", nil},
		{"no prompt that was seen", flutter, audit.StateUndecidable, "drawn by Flutter", nil},
		{"a prompt", all(observes(audit.ObservedPolicyText, "app", "Policy"), observes(audit.ObservedAgreeText, "app", "Yes")), audit.StateViolated, "",
			[]string{`violated app "Policy", "Yes": Not found: a choice not to agree. "Policy", "Yes"`}},
		{"a prompt, and a policy in English", func(r *audit.Report) {
			all(observes(audit.ObservedPolicyText, "app", "Policy"), observes(audit.ObservedAgreeText, "app", "Yes"))(r)
			r.Policy.Sources[0].Languages = []string{"en"}
		}, audit.StateViolated, "", []string{`violated app "Policy", "Yes": Not found: a choice not to agree. "Policy", "Yes" [low high]`}},
		{"a prompt, and no policy", func(r *audit.Report) {
			all(observes(audit.ObservedPolicyText, "app", "Policy"), observes(audit.ObservedAgreeText, "app", "Yes"))(r)
			r.Policy.Sources = nil
		}, audit.StateViolated, "", []string{`violated app "Policy", "Yes": Not found: a choice not to agree. "Policy", "Yes"`}},
	})
	c = asking("screens", rules.Ask{Observed: []string{audit.ObservedPolicyText}, Given: rules.Given{Personal: true}}, "{given}")
	runRows(t, c, []row{
		{"data about a person", uses(use("app", "imei")), audit.StateViolated, "", []string{"violated app IMEI"}},
		{"data about nobody", uses(use("app", "device_model")), audit.StateSatisfied, "", nil},
		{"data about a person, written", uses(func() audit.Use { u := use("app", "imei"); u.Kind = audit.KindModify; return u }()), audit.StateSatisfied, "", nil},
	})
}

func TestDataSafety(t *testing.T) {
	runRows(t, asking("data_safety", rules.Ask{}, ""), []row{
		{"nothing", nil, audit.StateSatisfied, "No type of data", nil},
		{"two reads of one type", uses(use("app", "imei"), use("app", "android_id"), use("sdk:jpush", "contacts")), audit.StateSatisfied, "hold 2 types", nil},
		{"a type that the form does not know", uses(use("app", "battery_info")), audit.StateSatisfied, "No type of data", nil},
		{"a call that never runs", uses(func() audit.Use { u := use("app", "contacts"); u.Reached = audit.No; return u }()), audit.StateSatisfied, "No type of data", nil},
		{"hidden code", gap(audit.GapPacked, "x"), audit.StateUndecidable, "", nil},
	})
}
