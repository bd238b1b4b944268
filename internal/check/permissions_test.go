package check

import (
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

const (
	cameraPermission   = "android.permission.CAMERA"
	contactsPermission = "android.permission.READ_CONTACTS"
	phonePermission    = "android.permission.READ_PHONE_STATE"
	internetPermission = "android.permission.INTERNET"
)

// permission adds a requested permission of which the use is known.
func permission(name, used string, by ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		p := audit.Permission{Name: name, Used: used}
		for _, party := range by {
			p.UsedBy = append(p.UsedBy, audit.PermissionUser{Party: party, Sites: 2})
		}
		r.Behavior.Permissions = append(r.Behavior.Permissions, p)
	}
}

// until adds a permission that is requested up to an API level.
func until(name string, level int) func(*audit.Report) {
	return func(r *audit.Report) {
		r.Behavior.Permissions = append(r.Behavior.Permissions, audit.Permission{Name: name, MaxSDK: level, Used: audit.Unknown})
	}
}

func TestPermissionsRequested(t *testing.T) {
	const usage = "Whether the code makes use of it cannot be told from the calls."
	runRows(t, asking("permissions_requested", rules.Ask{}, "{constant}: {usage}"), []row{
		{"none", nil, audit.StateSatisfied, "requests no permission that users grant", nil},
		{"one that nobody grants", requested(internetPermission), audit.StateSatisfied, "", nil},
		{"no manifest", noManifest, audit.StateUndecidable, "could not be read in full", nil},
		{"a damaged manifest", gap(audit.GapTampered, "AndroidManifest.xml: x"), audit.StateUndecidable, "could not be read in full", nil},
		{"other damage", gap(audit.GapTampered, "classes.dex"), audit.StateSatisfied, "", nil},
		{"a gap that hides nothing", gap(audit.GapNative, "AndroidManifest.xml"), audit.StateSatisfied, "", nil},
		{"with the installation", until(cameraPermission, 22), audit.StateSatisfied, "", nil},
		{"at run time", until(cameraPermission, 23), audit.StateViolated, "1 found",
			[]string{"violated app " + cameraPermission + " " + cameraPermission + ": " + usage}},
		{"used by two, one of them twice", permission(cameraPermission, audit.Yes, "app", "app", "sdk:jpush"), audit.StateViolated, "",
			[]string{"violated app " + cameraPermission + " " + cameraPermission + ": Calls that need it are in the code of: the app's own code, JPush (Aurora Mobile)."}},
		{"not used", permission(contactsPermission, audit.No), audit.StateViolated, "",
			[]string{"violated app " + contactsPermission + " " + contactsPermission + ": No call that needs it was found in the code."}},
		{"calls of other behaviours", all(requested(cameraPermission), uses(called("app", "read_contacts", "contacts"))), audit.StateViolated, "",
			[]string{"violated app " + cameraPermission + " " + cameraPermission + ": " + usage}},
		{"calls that need it", all(requested(contactsPermission), uses(called("app", "read_contacts", "contacts"))), audit.StateViolated, "",
			[]string{"violated app " + contactsPermission + " " + contactsPermission + ": " + usage + " code 1 of 1"}},
	})
	runRows(t, asking("permissions_requested", rules.Ask{Permissions: []string{cameraPermission}}, ""), []row{
		{"another", requested(contactsPermission), audit.StateSatisfied, "requests none of: Camera", nil},
		{"the one", requested(contactsPermission, cameraPermission), audit.StateViolated, "", []string{"violated app " + cameraPermission}},
	})
}

func TestPermissionsUnused(t *testing.T) {
	asks := func(names ...string) func(*audit.Report) {
		return func(r *audit.Report) { r.Behavior.Requests = []audit.Request{{Party: "app", Permissions: names}} }
	}
	runRows(t, asking("permissions_requested", rules.Ask{Unused: true}, ""), []row{
		{"used", permission(cameraPermission, audit.Yes, "app"), audit.StateSatisfied, "All 1 requested permissions", nil},
		{"not used", permission(cameraPermission, audit.No), audit.StateViolated, "", []string{"violated app " + cameraPermission}},
		{"one of two", all(permission(cameraPermission, audit.No), permission(contactsPermission, audit.Yes)), audit.StateViolated, "", []string{"violated app " + cameraPermission}},
		{"unknown", all(permission(cameraPermission, audit.Unknown), permission(contactsPermission, audit.Yes)), audit.StateUndecidable, "makes use of: Camera", nil},
		{"an earlier report", permission(cameraPermission, ""), audit.StateUndecidable, "A test on a device", nil},
		{"the code asks for it", all(permission(cameraPermission, audit.No), asks(contactsPermission, cameraPermission)), audit.StateUndecidable, "", nil},
		{"the code asks for another", all(permission(cameraPermission, audit.No), asks(contactsPermission)), audit.StateViolated, "", []string{"violated app " + cameraPermission}},
		{"code that is not there", all(permission(cameraPermission, audit.No), gap(audit.GapDynamicCode, "x")), audit.StateViolated, "",
			[]string{"violated app " + cameraPermission + " [low low]"}},
	})
}

func TestPermissionsExcused(t *testing.T) {
	c := asking("permissions_requested", rules.Ask{Permissions: []string{contactsPermission}, Excuses: []string{audit.ObservedContactPicker}}, "")
	runRows(t, c, []row{
		{"no excuse", requested(contactsPermission), audit.StateViolated, "", []string{"violated app " + contactsPermission}},
		{"an excuse", all(requested(contactsPermission), observes(audit.ObservedContactPicker, "app", "pick")), audit.StateSatisfied, "allows for it: pick", nil},
		{"another observation", all(requested(contactsPermission), observes(audit.ObservedPhotoPicker, "app", "pick")), audit.StateViolated, "", []string{"violated app " + contactsPermission}},
		{"nobody looked", all(requested(contactsPermission), earlier), audit.StateUndecidable, "made by another analysis", nil},
		{"an excuse, whoever looked", all(requested(contactsPermission), earlier, observes(audit.ObservedContactPicker, "app", "pick")), audit.StateSatisfied, "", nil},
		{"a gap of another kind", all(requested(contactsPermission), gap(audit.GapDynamicCode, "x")), audit.StateViolated, "", []string{"violated app " + contactsPermission}},
	})
}

func TestPermissionsUnrequested(t *testing.T) {
	needs := func(r *audit.Report) {
		r.Behavior.Unrequested = []audit.PermissionNeed{{Name: contactsPermission, UsedBy: []audit.PermissionUser{
			{Party: "app", Sites: 2}, {Party: "sdk:jpush", Sites: 3}}}}
		r.Behavior.Uses = []audit.Use{called("app", "read_contacts", "contacts")}
	}
	runRows(t, asking("permissions_unrequested", rules.Ask{}, "{constant}: {users}, {sites}"), []row{
		{"none", nil, audit.StateSatisfied, "is requested", nil},
		{"part of the code is hidden", gap(audit.GapPacked, "x"), audit.StateUndecidable, "unpacked build", nil},
		{"one", needs, audit.StateViolated, "", []string{"violated " + contactsPermission + " " + contactsPermission + ": the app's own code, JPush (Aurora Mobile), 5 code 1 of 1"}},
	})
}

// asksUser adds a request of a party, which may run before consent.
func asksUser(party, before string, names ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		r.Behavior.Requests = append(r.Behavior.Requests, audit.Request{Party: party, Permissions: names,
			Example: audit.Example{DEX: "classes.dex", Caller: "La/B;->contacts()V", Reached: audit.Yes, BeforeConsent: before}})
	}
}

func TestPermissionsBundled(t *testing.T) {
	c := asking("permissions_bundled", rules.Ask{Least: 2, LeastGroups: 2, Groups: [][]string{{cameraPermission}, {contactsPermission, phonePermission}, {internetPermission}}}, "{party}: {n}")
	c.Severity.Caps = map[string]string{"before_consent:yes": audit.Medium}
	c.Confidence = audit.Medium
	three := []string{cameraPermission, contactsPermission, phonePermission}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "0 requests may run at start; none asks for 2", nil},
		{"part of the code is hidden", gap(audit.GapPacked, "x"), audit.StateUndecidable, "", nil},
		{"two of one group", asksUser("app", audit.Yes, contactsPermission, phonePermission), audit.StateSatisfied, "1 requests", nil},
		{"two of two groups", asksUser("app", audit.Yes, cameraPermission, phonePermission), audit.StateViolated, "", []string{"violated app the app's own code: 2 [medium medium]"}},
		{"one, and one that is not asked for", asksUser("app", audit.Yes, cameraPermission, "android.permission.READ_SMS"), audit.StateSatisfied, "1 requests", nil},
		{"after consent", asksUser("app", audit.No, cameraPermission, phonePermission), audit.StateSatisfied, "0 requests", nil},
		{"perhaps before consent", asksUser("app", audit.Unknown, cameraPermission, phonePermission), audit.StateUndecidable, "Of 1 requests", nil},
		{"a small one, perhaps before consent", asksUser("app", audit.Unknown, cameraPermission), audit.StateSatisfied, "1 requests", nil},
		{"of permissions that are not seen", asksUser("app", audit.Yes), audit.StateUndecidable, "Of 1 requests", nil},
		{"the largest of each party", all(asksUser("sdk:jpush", audit.Yes, cameraPermission, phonePermission), asksUser("app", audit.Yes, three[1:]...),
			asksUser("app", audit.Yes, cameraPermission, phonePermission), asksUser("app", audit.Yes, three...), asksUser("app", audit.Yes, three[:2]...)), audit.StateViolated, "",
			[]string{"violated app the app's own code: 3 [medium medium]", "violated sdk:jpush JPush (Aurora Mobile): 2 [medium medium]"}},
		{"at the place of a use", all(asksUser("app", audit.Yes, cameraPermission, phonePermission), uses(use("app", "imei"), use("app", "contacts"))), audit.StateViolated, "",
			[]string{"violated app the app's own code: 2 [medium medium] code 1 of 1"}},
	})
}

func TestPermissionForData(t *testing.T) {
	const adID = "com.google.android.gms.permission.AD_ID"
	target := func(level int) func(*audit.Report) { return func(r *audit.Report) { r.App.TargetSDK = level } }
	unreached := use("app", "gaid")
	unreached.Reached = audit.No
	written := use("app", "gaid")
	written.Kind = audit.KindModify
	runRows(t, asking("permission_for_data", rules.Ask{Permissions: []string{adID}, Data: []string{"gaid"}, FromTarget: 33}, "{constant}: {difference}"), []row{
		{"neither", nil, audit.StateSatisfied, "is not requested", nil},
		{"part of the code is hidden", gap(audit.GapPacked, "x"), audit.StateUndecidable, "unpacked build", nil},
		{"both", all(requested(adID), uses(use("app", "gaid"))), audit.StateSatisfied, "is requested, and the code", nil},
		{"the id alone", uses(use("app", "gaid")), audit.StateViolated, "",
			[]string{"violated " + adID + " " + adID + ": The code contains calls that read: Google advertising ID; without " + adID + " they get zeros. code 1 of 1"}},
		{"the id alone, part of the code hidden", all(uses(use("app", "gaid")), gap(audit.GapPacked, "x")), audit.StateViolated, "",
			[]string{"violated " + adID + " " + adID + ": The code contains calls that read: Google advertising ID; without " + adID + " they get zeros. code 1 of 1"}},
		{"an older target level", all(uses(use("app", "gaid")), target(32)), audit.StateSatisfied, "below 33", nil},
		{"the permission alone", requested(adID), audit.StateViolated, "",
			[]string{"violated " + adID + " " + adID + ": " + adID + " is requested, but no call that reads it was found: Google advertising ID."}},
		{"the permission alone, part of the code hidden", all(requested(adID), gap(audit.GapPacked, "x")), audit.StateUndecidable, "whether the permission is needed", nil},
		{"a call that never runs", uses(unreached), audit.StateSatisfied, "", nil},
		{"a call that writes", uses(written), audit.StateSatisfied, "", nil},
		{"other data", uses(use("app", "imei")), audit.StateSatisfied, "", nil},
	})
}
