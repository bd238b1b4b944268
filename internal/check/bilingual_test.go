package check

import (
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// english is a claim of the English version.
func english(c audit.Claim) audit.Claim {
	c.Lang = "en"
	return c
}

// access is a claim that only names a permission.
func access(c audit.Claim) audit.Claim {
	c.Rule = "permission_list"
	return c
}

// twoVersions is a policy in both languages which agree on three data of the app,
// with what is added.
func twoVersions(changes ...func(*audit.Report)) func(*audit.Report) {
	return func(r *audit.Report) {
		r.Policy.Sources = []audit.PolicySource{document("我们重视您。We value you.", "zh", "en")}
		r.Policy.Claims = []audit.Claim{claim(1, "app", "imei", "phone_number", "email_address"), english(claim(2, "app", "imei", "phone_number", "email_address"))}
		for _, change := range changes {
			change(r)
		}
	}
}

func alsoClaims(list ...audit.Claim) func(*audit.Report) {
	return func(r *audit.Report) { r.Policy.Claims = append(r.Policy.Claims, list...) }
}

func TestBilingualDifferences(t *testing.T) {
	c := askingPolicy("bilingual", "{party}: {differences}")
	const onlyZH, onlyEN = "Only the Chinese version says that these are collected: ", "Only the English version says that these are collected: "
	const noZH, noEN = "Only the Chinese version says that these are not collected: ", "Only the English version says that these are not collected: "
	writes := func(text string) func(*audit.Report) {
		return func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, document(text, "zh", "en")) }
	}
	both := func(zh, en audit.PolicySDK) func(*audit.Report) { return entries(zh, inEnglish(en)) }
	runRows(t, c, []row{
		{"the same", twoVersions(), audit.StateSatisfied, "", nil},
		{"one language", all(twoVersions(alsoClaims(claim(3, "app", "contacts"))), func(r *audit.Report) { r.Policy.Sources[0].Languages = []string{"zh"} }), audit.StateSatisfied, "", nil},
		{"the languages in two documents", all(twoVersions(alsoClaims(claim(3, "app", "contacts"))), func(r *audit.Report) {
			r.Policy.Sources = []audit.PolicySource{document("x", "zh"), document("x", "en")}
		}), audit.StateViolated, "", []string{"defect app the app's own code: " + onlyZH + "Contacts. [high low] policy 1"}},
		{"texts on different matters", all(twoVersions(), claims(claim(1, "app", "imei", "phone_number", "contacts"), english(claim(2, "app", "email_address", "imei", "calendar")))), audit.StateSatisfied, "", nil},
		{"only in Chinese", twoVersions(alsoClaims(claim(3, "app", "contacts"))), audit.StateViolated, "", []string{"defect app the app's own code: " + onlyZH + "Contacts. [high low] policy 1"}},
		{"only in English", twoVersions(alsoClaims(english(claim(3, "app", "contacts")))), audit.StateViolated, "", []string{"defect app the app's own code: " + onlyEN + "Contacts. [high low] policy 1"}},
		{"for third parties in the other", twoVersions(alsoClaims(claim(3, "app", "contacts"), english(claim(4, "third_party", "contacts")))), audit.StateSatisfied, "", nil},
		{"a wider word in the other", twoVersions(alsoClaims(claim(3, "app", "oaid"), english(claim(4, "app", "device_identifier")))), audit.StateSatisfied, "", nil},
		{"a narrower word in the other", twoVersions(alsoClaims(claim(3, "app", "device_identifier"))), audit.StateSatisfied, "", nil},
		{"behaviour", twoVersions(alsoClaims(claim(3, "app", "overlay"))), audit.StateSatisfied, "", nil},
		{"the other has the word", twoVersions(alsoClaims(claim(3, "app", "contacts")), writes("your contacts")), audit.StateSatisfied, "", nil},
		{"the other has a word in its own language only", twoVersions(alsoClaims(claim(3, "app", "contacts")), writes("通讯录")), audit.StateViolated, "", []string{"defect app the app's own code: " + onlyZH + "Contacts. [high low] policy 1"}},
		{"the other has a word below", twoVersions(alsoClaims(claim(3, "app", "location")), writes("precise location")), audit.StateSatisfied, "", nil},
		{"the other only names the permission", twoVersions(alsoClaims(claim(3, "app", "contacts"), english(access(claim(4, "app", "contacts")))), writes("your contacts")), audit.StateViolated, "",
			[]string{"defect app the app's own code: " + onlyZH + "Contacts. [high low] policy 2"}},
		{"denied in Chinese", twoVersions(alsoClaims(denial(3, "app", "contacts"))), audit.StateViolated, "", []string{"defect app the app's own code: " + noZH + "Contacts. [high low] policy 1"}},
		{"denied in English", twoVersions(alsoClaims(english(denial(3, "app", "contacts")))), audit.StateViolated, "", []string{"defect app the app's own code: " + noEN + "Contacts. [high low] policy 1"}},
		{"denied in both", twoVersions(alsoClaims(denial(3, "app", "contacts"), english(denial(4, "app", "contacts")))), audit.StateSatisfied, "", nil},
		{"denied and collected in the same version", twoVersions(alsoClaims(denial(3, "app", "imei"))), audit.StateSatisfied, "", nil},
		{"denied, and the other has its permission", twoVersions(alsoClaims(denial(3, "app", "contacts"), english(access(claim(4, "app", "contacts"))))), audit.StateSatisfied, "", nil},
		{"denied in one and collected in the other", twoVersions(alsoClaims(denial(3, "app", "contacts"), english(claim(4, "app", "contacts")))), audit.StateViolated, "",
			[]string{"defect app the app's own code: " + onlyEN + "Contacts. [high low] policy 1"}},
		{"of an SDK in prose", twoVersions(alsoClaims(claim(3, "sdk:jpush", "contacts"), english(claim(4, "sdk:jpush", "imei")))), audit.StateSatisfied, "", nil},
		{"of an SDK in lists", twoVersions(both(entry(3, "jpush", "imei", "oaid"), entry(4, "jpush", "imei"))), audit.StateViolated, "",
			[]string{"defect sdk:jpush JPush (Aurora Mobile): " + onlyZH + "OAID. policy 2"}},
		{"of an SDK for iOS in the other", twoVersions(both(entry(3, "jpush", "imei", "idfa_idfv"), func() audit.PolicySDK {
			e := entry(4, "jpush", "imei")
			e.PlatformData.IOS = []string{"idfa_idfv"}
			return e
		}())), audit.StateSatisfied, "", nil},
		{"of an SDK listed in one", twoVersions(entries(entry(3, "jpush", "imei"), entry(4, "bugly", "imei"), inEnglish(entry(5, "bugly", "imei")))), audit.StateViolated, "",
			[]string{"defect the list of third-party SDKs: Only the Chinese version lists these SDKs: JPush (Aurora Mobile). policy 1"}},
		{"of an SDK listed in the other", twoVersions(entries(inEnglish(entry(3, "jpush", "imei")))), audit.StateViolated, "",
			[]string{"defect the list of third-party SDKs: Only the English version lists these SDKs: JPush (Aurora Mobile). policy 1"}},
		{"of an SDK that is in prose only", twoVersions(entries(inProse(entry(3, "jpush", "imei")))), audit.StateSatisfied, "", nil},
		{"of an SDK that the other may name by another name", twoVersions(entries(entry(3, "jpush", "imei"), inEnglish(entry(4, "sdk?:x", "imei")))), audit.StateSatisfied, "", nil},
		{"of an SDK that the other names in passing", twoVersions(entries(entry(3, "jpush")), alsoClaims(english(claim(4, "sdk:jpush")))), audit.StateSatisfied, "", nil},
	})
	// Much that only one version says makes them texts of their own.
	three := []string{"contacts", "sms", "calendar"}
	runRows(t, c, []row{
		{"three of six", twoVersions(alsoClaims(claim(3, "app", three...))), audit.StateSatisfied, "", nil},
		{"three of twelve", twoVersions(alsoClaims(claim(3, "app", three...), claim(4, "app", "oaid", "android_id", "carrier", "name", "gender", "face"), english(claim(5, "app", "oaid", "android_id", "carrier", "name", "gender", "face")))),
			audit.StateViolated, "", []string{"defect app the app's own code: " + onlyZH + "Calendar events, Contacts, SMS / MMS. [high low] policy 1"}},
	})
}

// TestVersions: two texts are versions of one where they share three data and half of
// what the smaller one says.
func TestVersions(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	data := strings.Fields("imei oaid contacts sms face name gender calendar")
	say := func(ids ...string) map[string]*said { return map[string]*said{"app": {data: ids}} }
	for _, tt := range []struct {
		name   string
		zh, en map[string]*said
		want   bool
	}{
		{"three of three", say(data[:3]...), say(data[:3]...), true},
		{"two of two", say(data[:2]...), say(data[:2]...), false},
		{"three of six", say(data[:6]...), say(append([]string{"carrier", "clipboard", "photos"}, data[:3]...)...), true},
		{"three of seven", say(data[:7]...), say(append([]string{"carrier", "clipboard", "photos", "videos"}, data[:3]...)...), false},
		{"all of the smaller", say(data[:3]...), say(data...), true},
		{"all of the smaller, the other way", say(data...), say(data[:3]...), true},
		{"of other parties", say(data[:3]...), map[string]*said{"sdk:a": {data: data[:3]}}, false},
		{"by permissions", say(data[:3]...), map[string]*said{"app": {data: []string{"carrier", "clipboard", "photos", "videos"}, access: data[:3]}}, true},
	} {
		if got := f.versions(tt.zh, tt.en); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestTooMany(t *testing.T) {
	list := strings.Fields("a b c d e f g h i j k l m")
	for _, tt := range []struct {
		only, all int
		want      bool
	}{{2, 2, false}, {3, 11, true}, {3, 12, false}, {3, 13, false}, {0, 0, false}} {
		if got := tooMany(list[:tt.only], list[:tt.all]); got != tt.want {
			t.Errorf("%d of %d: %v", tt.only, tt.all, got)
		}
	}
}

func TestInside(t *testing.T) {
	outer := audit.At{Source: 1, Start: 5, End: 9}
	for at, want := range map[audit.At]bool{outer: true, {Source: 1, Start: 6, End: 8}: true, {Source: 0, Start: 6, End: 8}: false, {Source: 1, Start: 4, End: 8}: false, {Source: 1, Start: 6, End: 10}: false} {
		if got := inside(at, outer); got != want {
			t.Errorf("%+v: %v", at, got)
		}
	}
}
