package policy

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestEverydayVerbs goes through the verbs and labels by which an English item about a
// partner tells its data, and what is none of them. Each text stands in an item that
// begins with the name of the partner.
func TestEverydayVerbs(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"It handles a push token, your Android ID in hashed form, IP address and latitude and longitude.", "+app_set_id +android_id +ip_address +precise_location"},
		{"What it takes: Google advertising ID, memory, storage, time zone.", "+gaid +memory_info +storage_info +timezone"},
		{"It gets the IP address and your language.", "+ip_address +language"},
		{"It is given your email address.", "+email_address"},
		{"It sees the carrier and the time zone.", "+carrier +timezone"},
		{"It looks at the battery level, the language and the carrier.", "+battery_info +language +carrier"},
		{"It uses the Android ID and the IP address.", "+android_id +ip_address"},
		{"It also takes the list of installed apps.", "+installed_apps"},
		{"It relies on your location and the language.", "+location~ +language"},
		{"It needs the IP address, the device model and the language.", "+ip_address +device_model +language"},
		{"Flurry handles the IP address and your language.", "+ip_address +language"},
		{"The library stores the Android ID. Their code logs the carrier.", "+android_id +carrier"},
		{"Handles the IP address and the time zone.", "+ip_address +timezone"},
		{"May take the IP address.", "+ip_address"},
		{"It works from the IP address, the device model and the language.", "+ip_address +device_model +language"},
		{"IP address, device model, language and Android ID.", "+ip_address +device_model +language +android_id"},
		{"What it collects: language and IP address.", "+language +ip_address"},
		{"Data it collects: language.", "+language"},
		{"Information collected: language.", "+language"},
		{"Data collected from your device: language.", "+language"},
		{"Information the SDK may use: language.", "+language"},
		{"Data: language.", "+language"},
		{"Collected: language.", "+language"},
		{"Takes: language.", "+language"},
		{"Data shared: language.", "+language"},

		{"It relies on servers in Ireland and on photos of quality.", ""},
		{"It does not handle the IP address.", "-ip_address"},
		{"It never gets your location.", "-location~"},
		{"It does not look at your contacts.", "-contacts"},
		{"What it does: language packs, screens.", ""},
		{"What it does not take: the language.", ""},
		{"Data retention: the IP address for a month.", ""},
		{"It handles messages, photos and payments.", ""},
		{"It takes photos for you.", ""},
		{"It takes care of your contacts.", ""},
		{"It takes your location into account.", ""},
		{"It gets better with the time zone.", ""},
		{"It handles requests from any IP address.", ""},
		{"It looks at how contacts are sorted.", ""},
		{"It hides the IP address, the device model and the language.", ""},
		{"It deletes the IP address, the device model and the language.", ""},
		{"It offers maps, photos, location sharing and contacts.", ""},
		{"You can get your contacts back.", ""},
		{"How do they handle your location?", ""},
	} {
		text := "# Partners\n\n- **Flurry** (Yahoo Inc., New York, USA). Counts visits. " + c.text + "\n"
		var want []string
		for _, w := range strings.Fields(c.says) {
			want = append(want, "sdk:flurry"+w)
		}
		t.Run(c.text, func(t *testing.T) {
			p := readOne(t, "a.md", []byte(text))
			checkQuotes(t, p)
			wantClaims(t, p, strings.Join(want, " "))
			if rows := entryRows(p); !slices.Equal(rows, []string{"flurry|Yahoo Inc.||"}) {
				t.Errorf("entries %q", rows)
			}
		})
	}
}

// TestEverydayDenials goes through what the app says that it stays away from, in words of
// every day, and what is no denial.
func TestEverydayDenials(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"We never look at your address book.", "app-contacts"},
		{"We do not collect your address book.", "app-contacts"},
		{"The app doesn't get your contacts.", "app-contacts"},
		{"We do not use your camera.", "app-camera"},
		{"Our app doesn't use the microphone of your phone.", "app-audio_recording"},
		{"We do not collect or use your location.", "app-location~"},
		{"We handle your email address with care.", "app+email_address"},
		{"We do not use your location for advertising.", ""},
		{"We never use your location when the app is closed.", ""},
		{"We do not use your camera roll.", ""},
		{"We do not use your camera without your consent.", ""},
		{"Some features may not work if use of location data is disabled.", ""},
		{"You do not have to use your camera.", ""},
		{"How do we handle your contacts?", ""},
		{"You can get your contacts back.", ""},
		{"Please add us to your address book.", ""},
	} {
		t.Run(c.text, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestSensorAtWork: who does something with the camera in the app is told that it opens it.
func TestSensorAtWork(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"To identify a plant you take a picture with the camera of your device.", "app+camera"},
		{"You can take pictures with your camera.", "app+camera"},
		{"Scan the code by pointing your camera at it.", "app+camera"},
		{"Dictate a note into the phone's microphone.", "app+audio_recording"},
		{"You cannot take pictures with the camera.", ""},
		{"Take a picture with the camera app of your phone and mail it to us.", ""},
		{"We compare prices of cameras.", ""},
		{"A camera is not needed.", ""},
	} {
		t.Run(c.text, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestPermissionLabels goes through the forms of a line that begins with the name of a
// permission, and what is no such line.
func TestPermissionLabels(t *testing.T) {
	const head = "Policy\n\n# Permissions\n\n"
	for _, c := range []struct{ name, file, text, want string }{
		{"leaders", "a.txt", "Policy\n\nPERMISSIONS\n\nCAMERA ........... to photograph a plant\nSTORAGE/PHOTOS ... To choose a picture\n", "app+camera app:CAMERA app+photos app:READ_EXTERNAL_STORAGE"},
		{"leaders of other marks", "a.md", head + "Microphone … for notes\n\nCalendar . . . . . to add events\n", "app+audio_recording app:RECORD_AUDIO app+calendar app:READ_CALENDAR"},
		{"a dash", "a.md", head + "**Location** — passed to our partner, so that offers reach people nearby.\n\n**Phone** – to tell installations apart.\n", "app+location~ app:ACCESS_FINE_LOCATION app:READ_PHONE_STATE"},
		{"a hyphen in a list", "a.md", head + "- Access to your contacts - to invite friends\n- Camera permission (optional) - to scan\n", "app+contacts app:READ_CONTACTS app+camera app:CAMERA"},
		{"a colon, and what it says besides", "a.md", head + "Phone: we read the IMEI.\n", "app:READ_PHONE_STATE app+imei"},
		{"terms and explanations", "a.html", "<h1>Policy</h1><h2>Permissions</h2><dl><dt>Phone state</dt><dd>Lets a partner tell the carrier.</dd></dl>", "app+device_info~ app:READ_PHONE_STATE"},
		{"the state of the network is no data", "a.md", head + "- Wi-Fi state: to upload large pictures over Wi-Fi only\n- Network and Wi-Fi state ... to save money\n", "app:ACCESS_WIFI_STATE app:ACCESS_NETWORK_STATE"},
		{"not asked for", "a.md", head + "We do not ask for:\n\n- Camera\n- Contacts: you type them\n", ""},
		{"denied in the line", "a.md", head + "Contacts — we do not ask for them.\n", ""},
		{"no permission", "a.md", head + "Colours — to choose\n\nOur promise: a quiet app.\n", ""},
		{"another section", "a.md", "Policy\n\n# Contact\n\nPhone — for urgent questions\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, c.file, []byte(c.text))
			checkQuotes(t, p)
			wantClaims(t, p, c.want)
		})
	}
}

// TestOwnersAside: what an English name says of its owner does not go before the name.
func TestOwnersAside(t *testing.T) {
	table := func(heading, name string) string {
		return "<h1>Policy</h1><table><tr><th>" + heading + "</th><th>What for</th><th>Categories of data</th></tr>" +
			"<tr><td>" + name + `<br><a href="https://example.com/p">privacy policy</a></td><td>Trials</td><td>Android ID; language</td></tr>` +
			`<tr><td>Kochava Inc.<br><a href="https://example.com/q">privacy policy</a></td><td>Installs</td><td>IP address</td></tr></table>`
	}
	for _, c := range []struct{ heading, name, id, company string }{
		{"Company", "Leanplum, Inc. (a CleverTap company)", "leanplum", "Leanplum, Inc. (a CleverTap company)"},
		{"Vendor", "Leanplum – part of CleverTap", "leanplum", "Leanplum – part of CleverTap"},
		{"Company", "Leanplum (owned by CleverTap)", "leanplum", "Leanplum (owned by CleverTap)"},
		{"Company", "Apteligent (Crittercism)", "crittercism", "Apteligent (Crittercism)"},
		{"Company", "CleverTap", "clevertap", "CleverTap"},
		{"Partner", "Leanplum", "leanplum", ""},
	} {
		t.Run(c.heading+" "+c.name, func(t *testing.T) {
			p := readOne(t, "a.html", []byte(table(c.heading, c.name)))
			checkQuotes(t, p)
			if len(p.SDKs) != 2 || p.SDKs[0].ID != c.id || p.SDKs[0].Company != c.company || p.SDKs[0].NameAsWritten != c.name {
				t.Fatalf("entries %+v", p.SDKs)
			}
			if missing := slices.Contains(p.SDKs[0].Missing, "company"); missing != (c.company == "") {
				t.Errorf("missing %q", p.SDKs[0].Missing)
			}
		})
	}
}

// TestNamedParagraphs: below a heading that asks for what the app has, paragraphs begin
// with names of their own.
func TestNamedParagraphs(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"names of their own", "# P\n\n## Which information do you hold about me?\n\n**The basics.** Your email address and a passcode. We never sell your photos.\n\n**Your phone.** Make and model, Android version, IP address.\n",
			"app+email_address app+password app+device_brand app+device_model app+os_version app+ip_address"},
		{"another question", "# P\n\n## How do you protect it?\n\n**The basics.** Your email address and a passcode.\n\n**Your phone.** Make and model, IP address.\n", ""},
		{"what is not held", "# P\n\n## What data do you not hold?\n\n**The basics.** Your email address.\n\n**Your phone.** Make and model, IP address.\n", ""},
		{"collected automatically", "P\n\nA.2  Information collected automatically\n\n- Usage. Plants viewed.\n- Technical information, such as IP address and language.\n", "app+device_info~ app+ip_address app+language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, "a.md", []byte(c.text))
			checkQuotes(t, p)
			wantClaims(t, p, c.want)
		})
	}
}

// TestEverydaySpeed: no text of such words and marks costs more than its length.
func TestEverydaySpeed(t *testing.T) {
	for _, unit := range []string{"It takes a, handles the ", "Data: ", "What it takes: IP address. ", "takes with the camera ", "Camera ... ", "- Camera — to scan\n", "We do not use your camera, ", "Leanplum (a CleverTap company) "} {
		text := "# Permissions\n\n- Flurry (Yahoo Inc.). " + strings.Repeat(unit, 200_000/len(unit)) + "\n"
		began := time.Now()
		readOne(t, "a.md", []byte(text))
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%q: %v", unit, took)
		} else {
			t.Logf("%q: %v", unit, took)
		}
	}
}
