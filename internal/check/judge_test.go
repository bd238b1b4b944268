package check

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// TestVerdicts: the verdict on what a party reads, by what the policy says.
func TestVerdicts(t *testing.T) {
	set := ruleSet(t)
	named := func(c audit.Claim, permission string) audit.Claim {
		c.Permissions = []string{permission}
		return c
	}
	by := func(c audit.Claim, rule string) audit.Claim {
		c.Rule = rule
		return c
	}
	for _, tt := range []struct {
		name, party, data string
		claims            []audit.Claim
		want              string
	}{
		{"nothing said", "app", "imei", nil, "undisclosed"},
		{"by name", "app", "imei", []audit.Claim{claim(1, "app", "imei")}, "disclosed 1"},
		{"by something below", "app", "device_identifier", []audit.Claim{claim(1, "app", "imei")}, "disclosed 1"},
		{"by something that covers it", "app", "approximate_location", []audit.Claim{claim(1, "app", "precise_location")}, "disclosed 1"},
		{"by what it covers", "app", "precise_location", []audit.Claim{claim(1, "app", "approximate_location")}, "undisclosed"},
		{"by a collective term", "app", "imei", []audit.Claim{claim(1, "app", "device_info")}, "vague 1"},
		{"by a collective term and by name", "app", "imei", []audit.Claim{claim(1, "app", "device_info"), claim(2, "app", "imei")}, "disclosed 2"},
		{"by both in one sentence", "app", "imei", []audit.Claim{claim(1, "app", "device_info", "imei")}, "disclosed 1"},
		{"by a permission", "app", "contacts", []audit.Claim{named(claim(1, "app"), contactsPermission)}, "vague 1"},
		{"by a permission that nobody grants", "app", "wifi_info", []audit.Claim{named(claim(1, "app"), "android.permission.ACCESS_WIFI_STATE")}, "undisclosed"},
		{"by the permission for other data", "app", "imei", []audit.Claim{named(claim(1, "app"), contactsPermission)}, "undisclosed"},
		{"by a permission that is denied", "app", "contacts", []audit.Claim{named(denial(1, "app"), contactsPermission)}, "undisclosed"},
		{"by a permission on iOS", "app", "contacts", []audit.Claim{named(onIOS(claim(1, "app")), contactsPermission)}, "undisclosed"},
		{"by something above that is no collective term", "app", "sim_operator", []audit.Claim{claim(1, "app", "carrier")}, "disclosed 1"},
		{"denied", "app", "imei", []audit.Claim{denial(1, "app", "imei")}, "denied 1"},
		{"denied by what is below", "app", "device_identifier", []audit.Claim{denial(1, "app", "imei")}, "denied 1"},
		{"denied by a collective term", "app", "imei", []audit.Claim{denial(1, "app", "device_info")}, "undisclosed"},
		{"denied by its own kind", "app", "precise_location", []audit.Claim{denial(1, "app", "location")}, "denied 1"},
		{"denied by its own kind, and disclosed for others", "app", "precise_location", []audit.Claim{denial(1, "app", "location"), claim(2, "sdk:jpush", "precise_location")}, "denied 1"},
		{"denied by its own kind, and collected", "app", "precise_location", []audit.Claim{denial(1, "app", "location"), claim(2, "app", "precise_location")}, "disclosed 2"},
		{"denied by its own kind, and that collected", "app", "precise_location", []audit.Claim{denial(1, "app", "location"), claim(2, "app", "location")}, "vague 2"},
		{"denied by its own kind for another party", "app", "precise_location", []audit.Claim{denial(1, "sdk:jpush", "location")}, "undisclosed"},
		{"denied by what can be told from it", "app", "wifi_ssid", []audit.Claim{denial(1, "app", "location")}, "undisclosed"},
		{"the collective term itself denied", "app", "device_info", []audit.Claim{denial(1, "app", "device_info")}, "denied 1"},
		{"denied and collected", "app", "imei", []audit.Claim{denial(1, "app", "imei"), claim(2, "app", "imei")}, "disclosed 2"},
		{"denied and named with its permission", "app", "imei", []audit.Claim{denial(1, "app", "imei"), by(claim(2, "app", "imei"), "permission_list")}, "disclosed 2 1"},
		{"denied far from where its permission is named", "app", "imei", []audit.Claim{denial(1, "app", "imei"), by(claim(9, "app", "imei"), "permission_list")}, "denied 1"},
		{"all denied", "app", "imei", []audit.Claim{by(denial(1, "app", "personal_information"), audit.RuleDenialOfAll)}, "denied 1"},
		{"all denied, and yet collected", "app", "imei", []audit.Claim{by(denial(1, "app", "personal_information"), audit.RuleDenialOfAll), claim(2, "app", "imei")}, "disclosed 2"},
		{"all denied, and other data collected", "app", "imei", []audit.Claim{by(denial(1, "app", "personal_information"), audit.RuleDenialOfAll), claim(2, "app", "oaid")}, "undisclosed"},
		{"all denied, and other data denied", "app", "imei", []audit.Claim{by(denial(1, "app", "personal_information"), audit.RuleDenialOfAll), denial(2, "app", "oaid")}, "denied 1"},
		{"for iOS", "app", "imei", []audit.Claim{onIOS(claim(1, "app", "imei"))}, "other_platform 1"},
		{"for iOS by a collective term", "app", "imei", []audit.Claim{onIOS(claim(1, "app", "device_info"))}, "undisclosed"},
		{"for iOS and by a collective term", "app", "imei", []audit.Claim{onIOS(claim(1, "app", "imei")), claim(2, "app", "device_info")}, "vague 2"},
		{"for another party", "sdk:jpush", "imei", []audit.Claim{claim(1, "app", "imei")}, "misattributed 1"},
		{"for another party, by a collective term", "sdk:jpush", "imei", []audit.Claim{claim(1, "app", "device_info")}, "undisclosed"},
		{"for another party on iOS", "sdk:jpush", "imei", []audit.Claim{onIOS(claim(1, "app", "imei"))}, "undisclosed"},
		{"denied for another party", "sdk:jpush", "imei", []audit.Claim{denial(1, "app", "imei")}, "undisclosed"},
		{"code of nobody known", "unknown:a.b", "imei", []audit.Claim{claim(1, "app", "imei")}, "disclosed 1"},
		{"a library", "library:okhttp", "imei", []audit.Claim{claim(1, "app", "imei")}, "disclosed 1"},
		{"a kit by the whole", "sdk:agc-auth", "imei", []audit.Claim{claim(1, "sdk:hms-core", "imei")}, "disclosed 1"},
		{"a whole by its kit", "sdk:hms-core", "imei", []audit.Claim{claim(1, "sdk:agc-auth", "imei")}, "disclosed 1"},
		{"a kit by another kit", "sdk:agc-auth", "imei", []audit.Claim{claim(1, "sdk:agc-storage", "imei")}, "misattributed 1"},
	} {
		r := plainApp(set)
		r.Policy.Claims = tt.claims
		j := newFacts(set, r).judge(tt.party, tt.data)
		got := j.verdict
		for _, c := range j.claims {
			got += " " + string(rune('0'+c.At.Line))
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestPairs: what is compared, and what says nothing of its own.
func TestPairs(t *testing.T) {
	set := ruleSet(t)
	reached := func(u audit.Use, sites int) audit.Use {
		u.BeforeConsent, u.Sites = audit.Yes, sites
		return u
	}
	also := use("library:okhttp", "imei")
	also.AlsoBy = alsoBy(also, "sdk:jpush")
	weakly := called("app", "check_clipboard", "clipboard")
	inLibrary := weakly
	inLibrary.Through = "library:androidx"
	wifi := requested("android.permission.ACCESS_WIFI_STATE")
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   string
	}{
		{"nothing", nil, ""},
		{"one", uses(use("app", "imei")), "app imei undisclosed 1 no"},
		{"twice the same", uses(use("app", "imei"), reached(use("app", "imei"), 2)), "app imei undisclosed 3 yes"},
		{"stated", all(uses(use("app", "imei")), claims(claim(1, "app", "imei"))), "app imei disclosed 1 no policy"},
		{"without a policy", func(r *audit.Report) { r.Behavior.Uses = []audit.Use{use("app", "imei")}; r.Policy.Sources = nil }, "app imei  1 no"},
		{"behaviour is no data", uses(use("app", "overlay", "nothing")), ""},
		{"who reaches it too", uses(also), "library:okhttp imei undisclosed 1 no|sdk:jpush imei undisclosed 1 no"},
		{"sorted", uses(use("sdk:jpush", "imei"), use("app", "oaid"), use("app", "contacts")), "app contacts undisclosed 1 no|app oaid undisclosed 1 no|sdk:jpush imei undisclosed 1 no"},
		{"a collective type beside an exact one", uses(use("app", "device_identifier"), use("app", "imei")), "app imei undisclosed 1 no"},
		{"a collective type beside that of another", uses(use("app", "device_identifier"), use("sdk:jpush", "imei")), "app device_identifier undisclosed 1 no|sdk:jpush imei undisclosed 1 no"},
		{"a step beside what it leads to", all(wifi, uses(called("app", "read_wifi_info", "carrier"), use("app", "ip_address"))), "app ip_address undisclosed 1 no"},
		{"a step and a read of the same", all(wifi, uses(called("app", "read_wifi_info", "carrier"), use("app", "carrier"), use("app", "ip_address"))), "app carrier undisclosed 2 no|app ip_address undisclosed 1 no"},
		{"a weak call of the party itself", uses(weakly), "app clipboard undisclosed 1 no"},
		{"a weak call in a library", uses(inLibrary), "app clipboard undisclosed 1 no"}, // it needs no permission
	} {
		r := plainApp(set)
		if tt.change != nil {
			tt.change(r)
		}
		var got []string
		for _, p := range newFacts(set, r).compared() {
			s := strings.Join([]string{p.Party, p.Data, p.Verdict, string(rune('0' + p.Sites)), p.BeforeConsent}, " ")
			if len(p.Policy) > 0 {
				s += " policy"
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

// TestPermitted: a permission that users grant must be requested, one of several is
// enough, and others are never missing.
func TestPermitted(t *testing.T) {
	set := ruleSet(t)
	for _, tt := range []struct {
		api  string
		have []string
		want bool
	}{
		{"read_x", nil, true},
		{"read_android_id", nil, true},
		{"read_contacts", nil, false},
		{"read_contacts", []string{cameraPermission}, false},
		{"read_contacts", []string{contactsPermission}, true},
		{"read_wifi_mac", nil, true},
		{"external_storage_access", []string{"android.permission.WRITE_EXTERNAL_STORAGE"}, true},
		{"external_storage_access", []string{"android.permission.MANAGE_EXTERNAL_STORAGE"}, true},
		{"external_storage_access", nil, false},
		{"overlay_window", nil, false},
	} {
		r := plainApp(set)
		requested(tt.have...)(r)
		u := called("app", tt.api, "imei")
		if got := newFacts(set, r).permitted(&u); got != tt.want {
			t.Errorf("%s with %v: %v", tt.api, tt.have, got)
		}
	}
}

// TestSites: the places that show most stand first, one of each use before a second one.
func TestSites(t *testing.T) {
	set := ruleSet(t)
	at := func(name string, change func(*audit.Use), data ...string) *audit.Use {
		u := use("app", data...)
		if change != nil {
			change(&u)
		}
		u.Examples = []audit.Example{{Caller: name + "1"}, {Caller: name + "2"}}
		return &u
	}
	weak := at("weak", func(u *audit.Use) { u.API = "check_clipboard" }, "clipboard")
	indirect := at("indirect", func(u *audit.Use) { u.Via = audit.ViaReflection }, "contacts")
	field := at("field", func(u *audit.Use) { u.Via = audit.ViaField }, "device_model")
	unreached := at("unreached", func(u *audit.Use) { u.Reached = audit.No }, "contacts")
	perhaps := at("perhaps", func(u *audit.Use) { u.Reached = audit.Unknown }, "contacts")
	shared := at("shared", func(u *audit.Use) { u.Through = "library:androidx" }, "contacts")
	normal, personal := at("normal", nil, "device_model"), at("personal", nil, "imei")
	for _, tt := range []struct {
		name string
		uses []*audit.Use
		want string
	}{
		{"none", nil, ""},
		{"a weak call", []*audit.Use{weak, normal}, "normal1 weak1 normal2 weak2"},
		{"by reflection", []*audit.Use{indirect, field}, "field1 indirect1 field2 indirect2"},
		{"what runs", []*audit.Use{unreached, perhaps, normal}, "normal1 perhaps1 unreached1 normal2 perhaps2"},
		{"in a library", []*audit.Use{shared, normal}, "normal1 shared1 normal2 shared2"},
		{"the more sensitive", []*audit.Use{normal, personal}, "personal1 normal1 personal2 normal2"},
		{"as they come", []*audit.Use{personal, at("same", nil, "oaid")}, "personal1 same1 personal2 same2"},
	} {
		var got []string
		for _, s := range newFacts(set, plainApp(set)).sites(tt.uses) {
			got = append(got, s.Caller)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestQuotes(t *testing.T) {
	a, b, c, d := claim(1, "app"), claim(2, "app"), claim(3, "app"), claim(4, "app")
	for _, tt := range []struct {
		claims []*audit.Claim
		want   string
	}{
		{nil, ""}, {[]*audit.Claim{&a, &a, &b}, "12"}, {[]*audit.Claim{&a, &b, &c, &d}, "123"},
	} {
		got := ""
		for _, q := range quotes(tt.claims) {
			got += string(rune('0' + q.At.Line))
		}
		if got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

// TestSearchedFor: the names of the type first, then its words, each once, a dozen at most.
func TestSearchedFor(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	if got := f.searchedFor("nothing"); got != nil {
		t.Errorf("%v", got)
	}
	imei := f.set.DataType("imei")
	got := f.searchedFor("imei")
	if len(got) > 12 || got[0] != imei.Name.ZH || slices.Contains(got[1:], got[0]) || !slices.Contains(got, imei.Terms.All()[len(imei.Terms.All())-1]) && len(got) < 12 {
		t.Errorf("%v", got)
	}
	for _, d := range f.set.DataTypes {
		words := slices.Compact([]string{d.Name.ZH, d.Name.EN})
		got := f.searchedFor(d.ID)
		if want := min(12, len(distinct(append(words, d.Terms.All()...)))); len(got) != want || !slices.Equal(got[:len(words)], words) {
			t.Errorf("%s: %d words, want %d: %v", d.ID, len(got), want, got)
		}
	}
}

func TestDataDifferences(t *testing.T) {
	c := asking("data_disclosure", rules.Ask{}, "{party}: {data}, {sites}: {difference}")
	c.Input, c.Parties = "both", []string{"app", "unknown", "sdk"}
	c.Verdicts = []string{audit.VerdictUndisclosed, audit.VerdictMisattributed, audit.VerdictVague, audit.VerdictDenied, audit.VerdictOtherPlatform}
	ofAll := denial(1, "app", "personal_information")
	ofAll.Rule = audit.RuleDenialOfAll
	likely := func(r *audit.Report) { r.Behavior.SDKs = []audit.SDK{{ID: "jpush", Confidence: "likely"}} }
	runRows(t, c, []row{
		{"nothing read", nil, audit.StateSatisfied, "None found", nil},
		{"undisclosed", uses(use("app", "imei")), audit.StateViolated, "",
			[]string{"undisclosed app imei the app's own code: IMEI, 1: The policy does not say that this party handles it. code 1 of 1 searched"}},
		{"disclosed", all(uses(use("app", "imei")), claims(claim(1, "app", "imei"))), audit.StateSatisfied, "Compared: 1", nil},
		{"vague", all(uses(use("app", "imei")), claims(claim(1, "app", "device_info"))), audit.StateViolated, "",
			[]string{"vague app imei the app's own code: IMEI, 1: The policy covers it only by a collective term. code 1 of 1 policy 1"}},
		{"denied", all(uses(use("app", "imei")), claims(denial(1, "app", "imei"))), audit.StateViolated, "",
			[]string{"denied app imei the app's own code: IMEI, 1: The policy says that it is not collected. code 1 of 1 policy 1"}},
		{"all denied", all(uses(use("app", "imei")), claims(ofAll)), audit.StateViolated, "",
			[]string{"denied app imei the app's own code: IMEI, 1: The policy says that no personal data is collected at all. code 1 of 1 policy 1"}},
		{"an SDK that is not named", uses(use("sdk:jpush", "imei")), audit.StateSatisfied, "", nil},
		{"an SDK that is named for other data", all(uses(use("sdk:jpush", "imei")), claims(claim(1, "sdk:jpush", "oaid")), entries(entry(0, "jpush", "oaid"))), audit.StateViolated, "",
			[]string{"undisclosed sdk:jpush imei JPush (Aurora Mobile): IMEI, 1: The policy does not say that this party handles it. code 1 of 1 policy 1 searched"}},
		{"an SDK that is likely", all(likely, uses(use("sdk:jpush", "imei")), claims(claim(1, "sdk:jpush", "oaid"))), audit.StateViolated, "",
			[]string{"undisclosed sdk:jpush imei JPush (Aurora Mobile): IMEI, 1: The policy does not say that this party handles it. [high medium] code 1 of 1 searched"}},
		{"named for others", all(uses(use("sdk:jpush", "imei")), claims(claim(1, "sdk:jpush", "oaid"), claim(2, "app", "imei"), claim(3, "sdk:bugly", "imei"), claim(4, "app", "imei"))), audit.StateViolated, "",
			[]string{"misattributed sdk:jpush imei JPush (Aurora Mobile): IMEI, 1: The policy mentions it only for: the app's own code, Tencent Bugly. code 1 of 1 policy 3 searched"}},
		{"a library is not judged", uses(use("library:okhttp", "imei")), audit.StateSatisfied, "", nil},
	})
	c.Verdicts = []string{audit.VerdictVague}
	runRows(t, c, []row{{"a verdict that is not asked for", uses(use("app", "imei")), audit.StateSatisfied, "None found", nil}})
}

// TestOwnCheck: a check that asks for a type by name takes it from the general one, for
// the verdicts that it asks for and where the profile asks for it.
func TestOwnCheck(t *testing.T) {
	general := rules.Check{ID: "general", Predicate: "data_disclosure", Verdicts: []string{audit.VerdictUndisclosed, audit.VerdictDenied}}
	own := rules.Check{ID: "own", Predicate: "data_disclosure", Verdicts: []string{audit.VerdictUndisclosed}, Ask: rules.Ask{Data: []string{"device_identifier"}}, Profiles: []string{audit.ProfileGDPR}}
	set := *ruleSet(t)
	set.Checks = []rules.Check{{ID: "reads", Predicate: "reads", Verdicts: own.Verdicts, Ask: own.Ask}, general, own}
	for _, tt := range []struct {
		of                     rules.Check
		profile, data, verdict string
		want                   string
	}{
		{general, "", "imei", audit.VerdictUndisclosed, "own"},
		{general, "", "imei", audit.VerdictDisclosed, "own"},
		{general, "", "imei", audit.VerdictDenied, ""},
		{general, "", "contacts", audit.VerdictUndisclosed, ""},
		{own, "", "imei", audit.VerdictUndisclosed, "own"},
		{own, "", "contacts", audit.VerdictUndisclosed, "none"},
		{general, audit.ProfileCNMIIT, "imei", audit.VerdictUndisclosed, ""},
		{general, audit.ProfileGDPR, "imei", audit.VerdictUndisclosed, "own"},
	} {
		r := plainApp(&set)
		r.Tool.Judged.Profile = tt.profile
		if got := newFacts(&set, r).ownCheck(&tt.of, tt.data, tt.verdict); got != tt.want {
			t.Errorf("%s of %s (%s, %s): %q, want %q", tt.data, tt.of.ID, tt.profile, tt.verdict, got, tt.want)
		}
	}
}

// TestPermittedByTarget: what a level of Android asks, it asks only of apps that were
// made for it.
func TestPermittedByTarget(t *testing.T) {
	set := ruleSet(t)
	for target, want := range map[int]bool{30: true, 31: false, 0: false} {
		r := plainApp(set)
		r.App.MinSDK, r.App.TargetSDK = 26, target
		u := called("app", "read_bluetooth_devices", "nearby_bluetooth_devices")
		if got := newFacts(set, r).permitted(&u); got != want {
			t.Errorf("target %d: permitted %v, want %v", target, got, want)
		}
	}
}

// TestOfKind: a type is of a kind by its parents, not by what else it can tell.
func TestOfKind(t *testing.T) {
	f := newFacts(ruleSet(t), plainApp(ruleSet(t)))
	for _, c := range []struct {
		data, kind string
		want       bool
	}{{"nearby_bluetooth_devices", "location", false}, {"nearby_bluetooth_devices", "network_info", true}, {"precise_location", "location", true}} {
		if got := f.ofKind(c.data, []string{c.kind}); got != c.want {
			t.Errorf("%s of %s: %v", c.data, c.kind, got)
		}
	}
}
