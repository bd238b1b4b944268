package check

import (
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// starts adds observations of code that runs without the user.
func starts(list ...audit.Startup) func(*audit.Report) {
	return func(r *audit.Report) { r.Behavior.Startup = append(r.Behavior.Startup, list...) }
}

// started is one of them, of a component that perhaps runs.
func started(kind, party, component, what string, data ...string) audit.Startup {
	return audit.Startup{Kind: kind, Party: party, Component: component, What: what, Data: data, Example: audit.Example{Reached: audit.Unknown, BeforeConsent: audit.Unknown}}
}

// states adds statements of a topic to the policy, a line each.
func states(topic string, values ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		for _, v := range values {
			at := audit.At{Line: len(r.Policy.Topics) + 1, Start: len(r.Policy.Topics)}
			r.Policy.Topics = append(r.Policy.Topics, audit.Topic{Topic: topic, Lang: "zh", Value: v, Quote: topic + " " + v, At: at})
		}
	}
}

func TestStartups(t *testing.T) {
	c := asking("startup", rules.Ask{Startup: []string{audit.StartupAutoInit, audit.StartupAssociated, audit.StartupKeepAlive}, SystemPackages: []string{"com.android.chrome"}}, "{party}: {what}; {data}")
	c.Topics.AnyOf = []string{"self_start"}
	c.Input = "both"
	c.Severity.Caps = map[string]string{"startup:keep_alive": audit.Medium, "language:en": audit.Low}
	other := started(audit.StartupAssociated, "app", "", "com.other.app")
	never := other
	never.Example.Reached = audit.No
	alarm := started(audit.StartupKeepAlive, "app", "", "Landroid/app/AlarmManager;->setRepeating(IJJ)V")
	alarm.Example.Caller = "La/B;->c()V"
	provider := started(audit.StartupAutoInit, "sdk:jpush", "cn.jpush.P", "com.example.authority", "imei", "imei", "device_model")
	began := use("sdk:jpush", "imei")
	began.Examples[0].Path = []string{"Lcn/jpush/P;->onCreate()Z", "La/B;->c()V"}
	beganNormal := use("sdk:jpush", "device_model")
	beganNormal.Examples = began.Examples
	beganElsewhere := use("sdk:jpush", "android_id")
	beganElsewhere.Examples[0].Path = []string{"Lcn/jpush/Q;->onCreate()Z"}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "None found", nil},
		{"part of the app is hidden", gap(audit.GapPacked, "x"), audit.StateUndecidable, "see the gaps", nil},
		{"another app", starts(other), audit.StateViolated, "", []string{"violated app the app's own code: com.other.app; searched"}},
		{"another app, perhaps never", starts(never), audit.StateSatisfied, "", nil},
		{"a part of the system", starts(started(audit.StartupAssociated, "app", "", "com.android.chrome")), audit.StateSatisfied, "", nil},
		{"a kind that is not asked for", starts(started(audit.StartupSelf, "app", "a.B", "android.intent.action.BOOT_COMPLETED")), audit.StateSatisfied, "", nil},
		{"stated", all(starts(other), states("self_start", "")), audit.StateSatisfied, "The policy states it", nil},
		{"alarms alone", starts(alarm), audit.StateViolated, "", []string{"violated app the app's own code: AlarmManager.setRepeating(); [medium high] code 1 of 1 searched"}},
		{"alarms and another app", starts(alarm, other), audit.StateViolated, "", []string{"violated app the app's own code: AlarmManager.setRepeating(), com.other.app; code 1 of 1 searched"}},
		{"a provider that reads", all(starts(provider), uses(began, beganNormal, beganElsewhere)), audit.StateViolated, "",
			[]string{"violated sdk:jpush JPush (Aurora Mobile): cn.jpush.P; IMEI code 1 of 1 searched +imei=undisclosed"}},
		{"a provider that reads nothing personal", starts(started(audit.StartupAutoInit, "sdk:jpush", "cn.jpush.P", "x", "device_model")), audit.StateSatisfied, "", nil},
		{"of two parties", starts(started(audit.StartupAssociated, "sdk:jpush", "", "c.d"), other), audit.StateViolated, "2 found",
			[]string{"violated app the app's own code: com.other.app; searched", "violated sdk:jpush JPush (Aurora Mobile): c.d; searched"}},
		{"a text in English", func(r *audit.Report) { starts(other)(r); r.Policy.Sources[0].Languages = []string{"en"} }, audit.StateViolated, "",
			[]string{"violated app the app's own code: com.other.app; [low high] searched"}},
		{"many names", starts(started(audit.StartupAssociated, "app", "", "a"), started(audit.StartupAssociated, "app", "", "b"), started(audit.StartupAssociated, "app", "", "b"),
			started(audit.StartupAssociated, "app", "", "c"), started(audit.StartupAssociated, "app", "", "d"), started(audit.StartupAssociated, "app", "", "e")), audit.StateViolated, "",
			[]string{"violated app the app's own code: a, b, c, d … (5); searched"}},
		{"four names", starts(started(audit.StartupAssociated, "app", "", "a"), started(audit.StartupAssociated, "app", "", "b"),
			started(audit.StartupAssociated, "app", "", "c"), started(audit.StartupAssociated, "app", "", "d")), audit.StateViolated, "",
			[]string{"violated app the app's own code: a, b, c, d; searched"}},
		{"many places", all(starts(alarm, alarm, alarm, alarm, alarm, alarm, provider), uses(began)), audit.StateViolated, "",
			[]string{"violated sdk:jpush JPush (Aurora Mobile): cn.jpush.P; IMEI code 1 of 1 searched +imei=undisclosed",
				"violated app the app's own code: AlarmManager.setRepeating(); [medium high] code 5 of 5 searched"}},
	})
	c.Topics.AnyOf, c.Input = nil, "apk"
	runRows(t, c, []row{{"nothing is asked of the policy", starts(other), audit.StateViolated, "", []string{"violated app the app's own code: com.other.app;"}}})
}

// TestSitesFrom: of what begins in a component, the first places are shown.
func TestSitesFrom(t *testing.T) {
	r := audit.NewReport()
	for range audit.MaxExamples + 2 {
		u := use("app", "imei")
		u.Examples[0].Path = []string{"La/P;->onCreate()Z"}
		u.Examples = append(u.Examples, u.Examples[0])
		r.Behavior.Uses = append(r.Behavior.Uses, u)
	}
	f := newFacts(ruleSet(t), r)
	if n := len(f.sitesFrom("app", "a.P", 2)); n != 2 {
		t.Errorf("%d places, want 2", n)
	}
	if got := f.sitesFrom("sdk:jpush", "a.P", 5); len(got) != 0 {
		t.Errorf("%d places of another party", len(got))
	}
	r.Behavior.Uses = r.Behavior.Uses[:1]
	f = newFacts(ruleSet(t), r)
	if got := f.sitesFrom("app", "a.P", 5); len(got) != 1 {
		t.Errorf("%d places of one use", len(got))
	}
	if got := f.sitesFrom("app", "a", 5); len(got) != 0 {
		t.Errorf("%d places of a package", len(got))
	}
}

func TestShortName(t *testing.T) {
	for name, want := range map[string]string{"android.intent.action.BOOT_COMPLETED": "BOOT_COMPLETED", "com.x.ACTION": "com.x.ACTION", "La/b/C;->d(I)V": "C.d()", "LC;->d": "C.d()"} {
		if got := shortName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestSDKTopic(t *testing.T) {
	c := asking("sdk_topic", rules.Ask{SDKCategories: []string{"face"}}, "{sdks}")
	c.Topics.AnyOf, c.Input = []string{"face_data"}, "both"
	face := func(confidence string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.Behavior.SDKs = append(r.Behavior.SDKs, audit.SDK{ID: "a", Name: audit.Text{ZH: "甲", EN: "A"}, Category: "face", Confidence: confidence},
				audit.SDK{ID: "b", Name: audit.Text{ZH: "乙", EN: "B"}, Category: "push", Confidence: confidence})
		}
	}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "for certain or likely", nil},
		{"hidden code", gap(audit.GapPacked, "x"), audit.StateUndecidable, "", nil},
		{"one", face("likely"), audit.StateViolated, "", []string{"violated app A searched"}},
		{"one, perhaps", face("possible"), audit.StateSatisfied, "for certain or likely", nil},
		{"stated", all(face("certain"), states("face_data", "")), audit.StateSatisfied, "The policy states it", nil},
	})
}

func TestPermissionTopic(t *testing.T) {
	c := asking("permission_topic", rules.Ask{Permissions: []string{cameraPermission}}, "{constant}")
	c.Topics.AnyOf, c.Input = []string{"background_location"}, "both"
	runRows(t, c, []row{
		{"not requested", requested(contactsPermission), audit.StateSatisfied, "does not request", nil},
		{"no manifest", noManifest, audit.StateUndecidable, "", nil},
		{"requested", requested(contactsPermission, cameraPermission), audit.StateViolated, "", []string{"violated app " + cameraPermission + " " + cameraPermission + " searched"}},
		{"requested and stated", all(requested(cameraPermission), states("background_location", "")), audit.StateSatisfied, "The policy states it", nil},
	})
}

func TestUnreadPolicies(t *testing.T) {
	c := asking("unread_policy", rules.Ask{}, "{file}")
	runRows(t, c, []row{
		{"all read", nil, audit.StateSatisfied, "", nil},
		{"one not", func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: "q.pdf"}) }, audit.StateViolated, "", []string{"violated q.pdf policy 1"}},
	})
	r := plainApp(ruleSet(t))
	r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: "q.pdf"})
	if _, found := alone(ruleSet(t), c, r); found[0].Policy[0].At != (audit.At{Source: 1, Line: 1}) {
		t.Errorf("%+v", found[0].Policy)
	}
}
