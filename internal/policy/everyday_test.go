package policy

import "testing"

// TestEveryday reads what policies in everyday English say of their SDKs: below a
// heading, in keys that are questions, and in bullets of which not each names a datum
// that is known.
func TestEveryday(t *testing.T) {
	const head = "# Privacy policy\n\n## Third-party SDKs\n\n"
	for _, c := range []struct{ text, want string }{
		{"### Leanplum\n\nLeanplum, Inc. supplies an SDK. It collects the Android ID and the IP address.",
			"sdk:leanplum+android_id sdk:leanplum+ip_address"},
		{"### Leanplum\n\nLeanplum, Inc. supplies an SDK. This SDK does not collect the Android ID.", "sdk:leanplum-android_id"},
		{"### AppsFlyer\n\nWho they are: AppsFlyer Ltd.\n\nWhat it collects: IMEI, IP address.",
			"sdk:appsflyer+imei sdk:appsflyer+ip_address"},
		{"### Braze\n\nWhat their code obtains: IMEI", "sdk:braze+imei"},
		{"### Braze\n\nWhat we collect: IMEI", "app+imei"},
		{"### Localytics\n\nInformation obtained:\n\n- your IMEI\n- the colour of the case\n- the language",
			"sdk:localytics+imei sdk:localytics+language"},
	} {
		t.Run(c.text, func(t *testing.T) {
			wantClaims(t, readOne(t, "a.md", []byte(head+c.text+"\n")), c.want)
		})
	}
}

// TestOwnSubject reads "we use" behind a clause whose verb could be one of collecting.
func TestOwnSubject(t *testing.T) {
	wantSays(t, "When you record a run, we use your precise location so that we can draw the route.", "app+precise_location")
	wantSays(t, "When you record a run, we use your IP address.", "app+ip_address")
	wantSays(t, "We collect and use your IP address.", "app+ip_address")
	wantSays(t, "When you record a run, we do not use your IP address.", "")
}

// TestBeginsFields reads an SDK of one line: its name, which counts only in lists, with
// its company, and then its fields.
func TestBeginsFields(t *testing.T) {
	wantSays(t, "Analytics component: Analysys (Beijing Analysys Co., Ltd.). Purpose: statistics. Information: IMEI.", "sdk:analysys+imei")
	wantSays(t, "Analysys (Beijing Analysys Co., Ltd.). Purpose: statistics. Information collected: IMEI.", "sdk:analysys+imei")
	wantSays(t, "We speak with Analysys (Beijing Analysys Co., Ltd.). We collect your IMEI.", "app+imei")
}

// TestTakes reads "takes" where a datum is its object.
func TestTakes(t *testing.T) {
	wantSays(t, "Urban Airship takes the Android ID and the IP address.", "sdk:airship+android_id sdk:airship+ip_address")
	wantSays(t, "Urban Airship takes steps to protect your IP address.", "")
	wantSays(t, "Urban Airship takes your location into account.", "")
	wantSays(t, "The app takes photos.", "")
}
