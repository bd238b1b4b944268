package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// entryRows sums up the entries of a policy: id, company, purpose and address, parted by
// dashes, in the order of the text.
func entryRows(p audit.Policy) []string {
	var out []string
	for _, s := range p.SDKs {
		out = append(out, strings.Join([]string{s.ID, s.Company, s.Purpose, s.Link}, "|"))
	}
	return out
}

// TestEnglishPartners goes through the ways in which English policies write of a
// partner without the word SDK beside each sentence. What they claim stands in the form
// of says, the entries in that of entryRows.
func TestEnglishPartners(t *testing.T) {
	for _, c := range []struct{ name, file, text, rows, says string }{
		{"a sentence goes on with it", "a.txt", "For links we rely on Branch, a service of Branch Metrics, Inc. It collects the IP address and the make and model of your device.\n",
			"branch|Branch Metrics, Inc.||", "sdk:branch+ip_address sdk:branch+device_brand sdk:branch+device_model"},
		{"the library, a sentence later", "a.txt", "Statistics are made with Flurry, which belongs to Yahoo. That is all. The library reads the Android ID and your language.\n",
			"flurry|||", "sdk:flurry+android_id sdk:flurry+language"},
		{"they, with a denial", "a.txt", "Some of the adverts come from InMobi. They receive your IP address. They do not get your email address.\n",
			"inmobi|||", "sdk:inmobi+ip_address sdk:inmobi-email_address"},
		{"both of them", "a.txt", "Adverts are delivered by AppLovin and Vungle. Both of them read the advertising ID.\n",
			"applovin|||;vungle|||", "sdk:applovin+gaid sdk:vungle+gaid"},
		{"a word that is a name", "a.txt", "Braze, Inc. gets your email address. Their SDK also records your language. Airship receives the time zone.\n",
			"braze|Braze, Inc.||;airship|||", "sdk:braze+email_address sdk:braze+language sdk:airship+timezone"},
		{"a title in brackets", "a.txt", "Partners\n\n[Sigmob SDK]\n\nIt collects the OAID.\n\n<MobPush>\n\nIt collects the IP address.\n\n== InMobi ==\n\nThey receive your language.\n",
			"sigmob|||;mobtech-push|||;inmobi|||", "sdk:sigmob+oaid sdk:mobtech-push+ip_address sdk:inmobi+language"},
		{"a word that is no name", "a.txt", "Adjust your settings so that it collects no location. Branch Offices collect your email address.\n", "", "app+email_address app-location~"},
		{"the app again", "a.txt", "Adverts come from InMobi. We like them. We collect your email address.\n", "", "app+email_address"},
		{"the app in the same sentence", "a.txt", "Adverts come from InMobi. It reads the Android ID, and we collect your email address.\n",
			"inmobi|||", "sdk:inmobi+android_id"},
		{"we share with", "a.txt", "We share your email address with Criteo.\n", "criteo|||", "sdk:criteo+email_address"},
		{"a title, its kind and its address", "a.txt", "Partners\n\nOneSignal\nOneSignal is used for push messages. The service processes your time zone and language.\nPrivacy Policy: https://onesignal.com/privacy\n",
			"onesignal||for push messages|https://onesignal.com/privacy", "sdk:onesignal+timezone sdk:onesignal+language"},
		{"a block of a generator", "a.txt", "Services\n\nMixpanel (Mixpanel, Inc.)\nMixpanel is an analytics service provided by Mixpanel, Inc.\nPersonal Data processed: Cookies; email address; Usage Data.\nPlace of processing: United States – Privacy Policy (https://mixpanel.com/privacy/) – Opt Out.\n",
			"mixpanel|Mixpanel, Inc.|an analytics service|https://mixpanel.com/privacy/", "sdk:mixpanel+cookies sdk:mixpanel+email_address sdk:mixpanel+usage_data~"},
		{"a definition list", "a.html", `<p>Our app contains code of these partners:</p><dl><dt>AppsFlyer</dt><dd>Counts installs. Receives: advertising ID. <a href="https://appsflyer.com/p">Privacy policy</a></dd><dt>Amplitude</dt><dd>Counts screens. Receives: carrier. <a href="https://amplitude.com/p">Privacy policy</a></dd></dl>`,
			"appsflyer||Counts installs.|https://appsflyer.com/p;amplitude||Counts screens.|https://amplitude.com/p", "sdk:appsflyer+gaid sdk:amplitude+carrier"},
		{"everyday keys", "a.md", "### Kochava\n\n* Who they are: Kochava Inc., a company in the USA\n* What do they receive? advertising ID, brand and model\n* Why we use it: installs\n* What it does not collect: your name, your contacts\n* Opt out: in the settings\n\n### Localytics\n\n* Who they are - Upland Software, Inc.\n* What they receive - carrier\n",
			"kochava|Kochava Inc.|installs|;localytics|Upland Software, Inc.||", "sdk:kochava+gaid sdk:kochava+device_brand sdk:kochava+device_model sdk:kochava-name sdk:kochava-contacts sdk:localytics+carrier"},
		{"a key for the partner", "a.txt", "Partner: Kochava\nWhat they receive: the IP address\n\nPartner: Localytics\nWhat they receive: the carrier\n",
			"kochava|||;localytics|||", "sdk:kochava+ip_address sdk:localytics+carrier"},
		{"a table of recipients", "a.md", "| Recipient | Purpose | Legal basis | Categories of data | Country |\n|---|---|---|---|---|\n| Adjust GmbH | Attribution | consent | IP address, device type and OS version | Germany |\n| Functional Software, Inc. (Sentry) | Errors | interest | Crash reports | USA |\n",
			"adjust|Adjust GmbH|Attribution|;sentry||Errors|", "sdk:adjust+ip_address sdk:adjust+device_model sdk:adjust+os_version sdk:sentry+crash_logs"},
		{"who gets it, in a column", "a.md", "| Data | Why | Who gets it |\n|---|---|---|\n| Email address | Your account | Braze |\n| Advertising ID | Adverts | AppLovin, ironSource |\n",
			"braze|||;applovin|||;ironsource|||", "sdk:braze+email_address sdk:applovin+gaid sdk:ironsource+gaid app+email_address app+gaid"},
		{"what was collected, yes or no", "a.md", "| Category | Examples | Collected | Disclosed to |\n|---|---|---|---|\n| Identifiers | Email address | YES | Braze |\n| Biometric information | Fingerprints | NO | None |\n",
			"braze|||", "sdk:braze+email_address app+email_address app-fingerprint app-biometric_info~"},
		{"shared with, below the data", "a.txt", "Location\nApproximate location\nShared with: AppLovin, ironSource\n\nDevice or other IDs\nShared with: Adjust\n",
			"applovin|||;ironsource|||;adjust|||", "sdk:applovin+approximate_location sdk:ironsource+approximate_location sdk:adjust+device_identifier~"},
		{"lines with dashes", "a.txt", "Sub-processors\n\n- Mixpanel, Inc. - product analytics - IP address, OS version - USA\n- OneSignal, Inc. - push notifications - time zone - USA\n",
			"mixpanel|Mixpanel, Inc.|product analytics|;onesignal|OneSignal, Inc.|push notifications|", "sdk:mixpanel+ip_address sdk:mixpanel+os_version sdk:onesignal+timezone"},
		{"names by their kind", "a.txt", "The third parties we share personal information with are as follows:\n\nAdvertising\nGoogle AdMob and Unity Ads\n\nPush Messages\nOneSignal\n",
			"admob||Advertising|;unity-ads||Advertising|;onesignal||Push Messages|", ""},
		{"a heading that asks", "a.md", "# What do you collect?\n\nYour email address, and your precise location while you run.\n", "", "app+email_address app+precise_location"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, c.file, []byte(c.text))
			checkQuotes(t, p)
			wantClaims(t, p, c.says)
			var rows []string
			if c.rows != "" {
				rows = strings.Split(c.rows, ";")
			}
			if got := entryRows(p); !slices.Equal(got, rows) {
				t.Errorf("entries\n  %q\nwant\n  %q", got, rows)
			}
		})
	}
}

// TestEnglishPartnersGone: a policy that says of an SDK that it is not in the app does
// not name it, unless it says only what it is not used for.
func TestEnglishPartnersGone(t *testing.T) {
	for text, named := range map[string]bool{
		"We do not use the Facebook SDK.":                                        false,
		"The Facebook SDK has been removed.":                                     false,
		"We no longer use Mixpanel.":                                             false,
		"Mixpanel is not part of the app.":                                       false,
		"Until 2023 we also worked with Pollfish.":                               false,
		"AdColony and Vungle were taken out in 2024.":                            false,
		"We don't use analytics SDKs such as Mixpanel.":                          false,
		"Earlier versions of the app contained the Facebook SDK.":                false,
		"We do not use Mixpanel without your consent.":                           true,
		"We do not use the Facebook SDK to show adverts.":                        true,
		"We use Mixpanel, and your name is not part of what it gets.":            true,
		"Our statistics come from Mixpanel.":                                     true,
		"Tapjoy shows the videos and does not collect your name.":                true,
		"Nothing is sent to Vungle before you have agreed.":                      true,
		"We use Mixpanel. The former SDK was removed.":                           true,
		"If you do not want that, you can turn Mixpanel off in the settings.":    true,
		"Adverts come from Chartboost. Contacts are not used for it.":            true,
		"We do not collect your contacts; Mixpanel counts the screens you open.": true,
	} {
		p := readOne(t, "a.txt", []byte("Partners\n\n"+text+"\n"))
		got := len(p.SDKs) > 0 || slices.ContainsFunc(p.Claims, func(c audit.Claim) bool {
			return strings.HasPrefix(c.Party, audit.PrefixSDK) && c.Polarity == audit.Collects
		})
		if got != named {
			t.Errorf("%q: named %v, want %v", text, got, named)
		}
	}
}

// TestHostilePartners reads long lines of what the readers of partners look for: none
// may cost more than in proportion to its length.
func TestHostilePartners(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large documents")
	}
	for _, c := range []struct{ name, file, start, piece string }{
		{"names in one line", "a.txt", "", "Kochava and Braze, "},
		{"names that are gone", "a.txt", "", "no longer Kochava not Braze "},
		{"names that get data", "a.txt", "", "Braze gets IP address and Airship "},
		{"shared with names", "a.txt", "We share ", "your email address with Criteo to Braze "},
		{"sentences that go on", "a.txt", "Adverts come from Vungle. ", "They receive your IP address. "},
		{"companies", "a.txt", "", "Braze, Inc. gets your IP address "},
		{"dashes on lines", "a.txt", "", "- Mixpanel, Inc. - analytics - IP address\n"},
		{"dashes in one line", "a.txt", "", " - Mixpanel"},
		{"keys on lines", "a.txt", "Kochava\n", "* What they receive - IP address\n"},
		{"shared lines", "a.txt", "", "IP address\nShared with: Braze, Kochava\n"},
		{"announcements", "a.txt", "", "The third parties are as follows:\nAdvertising\nBraze\n"},
		{"rows of recipients", "a.md", "|Data|Who gets it|\n|---|---|\n", "|IP address|Braze, Kochava|\n"},
		{"headings that ask", "a.md", "", "# What do we collect?\n\nYour email address\n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inProportion(t, smallerBytes, c.file, shaped(c.start, c.piece))
		})
	}
}
