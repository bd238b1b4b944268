package check

import (
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func TestTargetLevel(t *testing.T) {
	target := func(level int, profile string) func(*audit.Report) {
		return func(r *audit.Report) { r.App.TargetSDK, r.Tool.Judged.Profile = level, profile }
	}
	c := asking("target_level", rules.Ask{Targets: []rules.TargetLevel{
		{Below: 23, As: "install_time", Text: audit.Text{EN: "old"}}, {Below: 30, As: "store", Profiles: []string{audit.ProfileGooglePlay}, Text: audit.Text{EN: "store"}}}}, "{target} < {level}: {difference}")
	c.Profiles = audit.Profiles()
	c.Severity.Caps = map[string]string{"target:store": audit.Low}
	runRows(t, c, []row{
		{"high enough", target(30, ""), audit.StateSatisfied, "level is 30", nil},
		{"below the store's", target(29, ""), audit.StateViolated, "", []string{"violated app 29 < 30: store [low high]"}},
		{"below both", target(22, audit.ProfileGooglePlay), audit.StateViolated, "", []string{"violated app 22 < 23: old"}},
		{"below one of another profile", target(29, audit.ProfileGDPR), audit.StateSatisfied, "", nil},
		{"below the one of the profile", target(29, audit.ProfileGooglePlay), audit.StateViolated, "", []string{"violated app 29 < 30: store [low high]"}},
		{"below one of every profile", target(22, audit.ProfileGDPR), audit.StateViolated, "", []string{"violated app 22 < 23: old"}},
		{"no manifest", all(target(0, ""), noManifest), audit.StateUndecidable, "", nil},
	})
}

func TestManifestFlag(t *testing.T) {
	backup := func(r *audit.Report) { r.App.Flags.AllowBackup = true }
	runRows(t, asking("manifest_flag", rules.Ask{Flag: rules.FlagDebuggable}, ""), []row{
		{"off", nil, audit.StateSatisfied, "does not set it", nil},
		{"another flag", backup, audit.StateSatisfied, "does not set it", nil},
		{"on", func(r *audit.Report) { r.App.Flags.Debuggable = true }, audit.StateViolated, "", []string{"violated app"}},
		{"on, in an earlier report", func(r *audit.Report) { r.App.Flags.Debuggable = true; earlier(r) }, audit.StateViolated, "", []string{"violated app"}},
		{"no manifest", noManifest, audit.StateUndecidable, "", nil},
	})
	runRows(t, asking("manifest_flag", rules.Ask{Flag: rules.FlagAllowBackup, Excuses: []string{audit.ObservedBackupRules}}, ""), []row{
		{"off", nil, audit.StateSatisfied, "does not set it", nil},
		{"on", backup, audit.StateViolated, "", []string{"violated app"}},
		{"on with rules", all(backup, observes(audit.ObservedBackupRules, "app", "rules.xml")), audit.StateSatisfied, "names rules for it: rules.xml", nil},
		{"nobody looked for rules", all(backup, earlier), audit.StateUndecidable, "another analysis", nil},
		{"no manifest, whatever it says", all(backup, func(r *audit.Report) { r.App.Package = "" }), audit.StateUndecidable, "could not be read in full", nil},
	})
}

// component adds a component of the app, exported and unguarded.
func component(kind, name string, change func(*audit.Component)) func(*audit.Report) {
	return func(r *audit.Report) {
		k := audit.Component{Kind: kind, Name: name, Exported: true, Party: "app"}
		if change != nil {
			change(&k)
		}
		r.Behavior.Components = append(r.Behavior.Components, k)
	}
}

func ofJPush(k *audit.Component) { k.Party = "sdk:jpush" }

func TestComponents(t *testing.T) {
	runRows(t, asking("components", rules.Ask{Component: rules.AskedComponent{Kind: "provider", Unguarded: true}}, "{party}: {components}"), []row{
		{"none", nil, audit.StateSatisfied, "it has 0 components of the kind", nil},
		{"another kind", component("service", "A", nil), audit.StateSatisfied, "it has 0", nil},
		{"one", component("provider", "A", nil), audit.StateViolated, "", []string{"violated app the app's own code: A"}},
		{"one of an earlier report", all(component("provider", "A", nil), earlier), audit.StateViolated, "", []string{"violated app the app's own code: A"}},
		{"disabled", component("provider", "A", func(k *audit.Component) { k.Disabled = true }), audit.StateSatisfied, "it has 0", nil},
		{"not exported", component("provider", "A", func(k *audit.Component) { k.Exported = false }), audit.StateSatisfied, "it has 1", nil},
		{"guarded", component("provider", "A", func(k *audit.Component) { k.Permission = "p" }), audit.StateSatisfied, "it has 1", nil},
		{"of two parties", all(component("provider", "A", ofJPush), component("provider", "B", nil), component("provider", "C", ofJPush)), audit.StateViolated, "2 found",
			[]string{"violated app the app's own code: B", "violated sdk:jpush JPush (Aurora Mobile): A, C"}},
		{"no manifest", noManifest, audit.StateUndecidable, "", nil},
	})
	guarded := func(k *audit.Component) { k.Permission = "p" }
	runRows(t, asking("components", rules.Ask{Component: rules.AskedComponent{Kind: "service", Permission: "p", Configured: audit.ObservedAccessibility, Exempt: "tool=true"}}, "{components}"), []row{
		{"without the permission", component("service", "A", nil), audit.StateSatisfied, "it has 0", nil},
		{"with it", component("service", "A", guarded), audit.StateViolated, "", []string{"violated app A"}},
		{"nobody looked", all(component("service", "A", guarded), earlier), audit.StateUndecidable, "another analysis", nil},
		{"nobody looked, but nothing is asked", earlier, audit.StateSatisfied, "it has 0", nil},
		{"exempt", all(component("service", "A", guarded), observes(audit.ObservedAccessibility, "app", "m.xml: A tool=true")), audit.StateSatisfied, "such as may be there: A", nil},
		{"another is exempt", all(component("service", "A", guarded), observes(audit.ObservedAccessibility, "app", "m.xml: B tool=true")), audit.StateViolated, "", []string{"violated app A"}},
		{"configured, and not exempt", all(component("service", "A", guarded), observes(audit.ObservedAccessibility, "app", "m.xml: A tool=false")), audit.StateViolated, "", []string{"violated app A"}},
	})
}

func TestForegroundTypes(t *testing.T) {
	typed := func(types string) func(*audit.Component) { return func(k *audit.Component) { k.FGSType = types } }
	runRows(t, asking("foreground_types", rules.Ask{Foreground: []rules.ForegroundUse{{Type: "camera", Data: []string{"camera"}}, {Type: "location", Data: []string{"location"}}}}, "{components} {types}"), []row{
		{"none", component("service", "A", nil), audit.StateSatisfied, "No foreground service", nil},
		{"another type", component("service", "A", typed("dataSync")), audit.StateSatisfied, "No foreground service", nil},
		{"one without code", component("service", "A", typed("dataSync|camera")), audit.StateViolated, "", []string{"violated app A camera"}},
		{"two without code", component("service", "A", typed("location|camera")), audit.StateViolated, "", []string{"violated app A camera, location"}},
		{"one with code", all(component("service", "A", typed("location")), uses(use("sdk:jpush", "precise_location"))), audit.StateSatisfied, "to go with them: location", nil},
		{"code for another", all(component("service", "A", typed("camera")), uses(use("app", "precise_location"))), audit.StateViolated, "", []string{"violated app A camera"}},
		{"no service", component("activity", "A", typed("camera")), audit.StateSatisfied, "No foreground service", nil},
		{"disabled", component("service", "A", func(k *audit.Component) { k.FGSType, k.Disabled = "camera", true }), audit.StateSatisfied, "No foreground service", nil},
		{"part of the code is hidden", all(component("service", "A", typed("camera")), gap(audit.GapPacked, "x")), audit.StateUndecidable, "Types of foreground service are declared", nil},
		{"hidden code, and none declared", gap(audit.GapPacked, "x"), audit.StateSatisfied, "", nil},
		{"of two parties", all(component("service", "A", func(k *audit.Component) { k.FGSType, k.Party = "camera", "sdk:jpush" }), component("service", "B", typed("camera")), component("service", "C", typed("camera"))),
			audit.StateViolated, "", []string{"violated app B, C camera", "violated sdk:jpush A camera"}},
	})
}
