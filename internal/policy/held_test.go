package policy

import "testing"

// TestEnglishInPassing goes through sentences that are about something else and
// say in passing that the app has data, each kind with one that does not.
func TestEnglishInPassing(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"a right", "You can update the phone number you gave us during registration.", "app+phone_number"},
		{"a right", "You can change the email address and password associated with your account.", "app+email_address app+password"},
		{"a right", "You can change your phone number in the settings of your phone.", ""},
		{"a right", "You can switch off the location in your account settings.", ""},
		{"given", "When you registered, you provided your email address.", "app+email_address"},
		{"a notice", "We will write to the email address we have on file for you.", "app+email_address"},
		{"a notice", "We will write to users who have provided us with an email address.", "app+email_address"},
		{"a notice", "We will write to your email address of choice.", ""},
		{"a right", "You can complain about the phone number you provided if we do not answer.", "app+phone_number"},

		{"others see", "Your phone number, photo and receipts may be available to anyone who uses the service.", "app+phone_number app+photos"},
		{"others see", "When you play, your approximate location and whatever else you choose to enter will be visible to other users.", "app+approximate_location"},
		{"others see", "Your approximate location will be visible to users associated with your account.", "app+approximate_location"},
		{"others see", "The weather for your location is available to subscribers.", ""},
		{"others see", "Photos are available to all users.", ""},
		{"others see, negated", "Your phone number will not be visible to other users.", ""},

		{"joined", "Your location and route history is associated with your account.", "app+location~"},
		{"joined", "We may combine your IP address with statistics.", "app+ip_address"},
		{"joined", "We may link your IP address to your account.", "app+ip_address"},
		{"joined", "These statistics may be associated with your IP address.", "app+ip_address"},
		{"joined", "Combine your photos into an album.", ""},
		{"joined by the user", "You can link your Facebook account to your profile.", "app+third_party_account"},
		{"joined by the user", "You can link photos to an album.", ""},

		{"goes on with and", "You open an account by choosing a name, and providing certain details (e.g. your email address).", "app+email_address"},
		{"sees", "Finally, we see your IP address.", "app+ip_address"},
		{"sees", "Others see your photos.", ""},
		{"determines", "We determine your location with every search.", "app+location~"},
		{"determines", "You can determine your location on the map.", ""},
		{"needs", "We need your phone number to verify the account.", "app+phone_number"},
		{"needs", "Some features require your location.", "app+location~"},
		{"needs", "We do not require your phone number.", ""},
		{"imports", "We may import your contacts.", "app+contacts"},
		{"inserted", "The information about your visits, including your IP address, is transmitted to our server.", "app+ip_address"},

		{"IP location", "We may infer your location from your IP address.", "app+approximate_location app+ip_address"},
		{"IP location", "We use your IP address to determine your location.", "app+approximate_location app+ip_address"},
		{"IP location", "We collect your location, and your IP address.", "app+location~ app+ip_address"},

		{"cookies placed", "Cookies are placed on your computer.", "app+cookies"},
		{"cookies placed", "This means that a third party may place a cookie on your browser.", "third_party+cookies"},
		{"cookies placed", "We do not use browser cookies.", "app-cookies"},
		{"instead", "We use your email address instead of your phone number.", "app+email_address"},

		{"password", "We use passwords to protect the servers.", ""},
		{"password", "Please keep your password confidential.", ""},
		{"password", "You are responsible for what any person does using your password.", ""},
		{"password", "We collect your password.", "app+password"},
		{"in the app", "You move your account with our in-app menu and transfer your phone number to another device.", ""},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestEnglishDenials goes through what a denial leaves out or is made dependent on.
func TestEnglishDenials(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"exception", "We do not collect any data about you, with the sole exception of persistent identifiers (such as your IP address).", "app+device_identifier~ app+ip_address"},
		{"exception", "We do not collect your email address, except for your IP address.", "app-email_address app+ip_address"},
		{"exception", "We do not share your photos, except with partners.", ""},
		{"condition behind", "We do not collect your photos, unless you send them to us.", ""},
		{"condition behind", "We do not collect your photos, except with your consent.", ""},
		{"condition behind", "We do not collect your photos.", "app-photos"},
		{"neither", "We neither collect nor store your location.", "app-location~"},
		{"neither", "We neither store nor share your location.", ""},
		{"condition behind", "We do not collect your location when the app is closed.", ""},
		{"condition behind", "We do not collect your location if you switch it off.", ""},
		{"but not", "We may collect your device model, but not your name.", "app+device_model app-name"},
		{"but not", "We may share your device model with partners, but not your name.", "third_party+device_model"},
		{"no after no", "Our app collects no personal data, no location and no contacts.", "app-location~ app-contacts"},
		{"no third party", "No third party has access to your email address.", "third_party-email_address"},
		{"no third party", "Third parties have access to your email address.", "third_party+email_address"},
		{"a kind denied", "We do not collect personal information. That is what identifies you. Personal information includes your name and email address.", "app-personal_information~"},
		{"a kind denied", "We collect personal information. That is what identifies you. Personal information includes your email address.", "app+email_address"},
		{"no access", "We have no access to your contacts.", "app-contacts"},
		{"do not track", "We do not track your location.", "app-location~"},
		{"do not track", "We honor Do Not Track and your IP address is collected.", "app+ip_address"},
		{"no access", "We have access to your contacts.", "app+contacts"},
		{"none of them", "No personal data such as your email address is collected.", "app-email_address"},
		{"none of them", "None of your photos are collected.", "app-photos"},
		{"none of them", "No matter where you are, your photos are collected.", "app+photos"},
		{"no denial", "This setting does not limit our ability to collect your location.", "app+location~"},
		{"no denial", "This does not limit the service nor our ability to derive your location from your IP address.", "app+approximate_location app+ip_address"},
		{"a remark", "If you use the app, we do not use advertising IDs (for the rest see below).", "app-gaid"},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestEnglishLists goes through lists of which an item has words of its own, and
// lists of what is handed on.
func TestEnglishLists(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"item with a verb", "We collect the following: your name; your location and that of the devices you use to access our services; your gender.", "app+name app+location~ app+gender"},
		{"item with a negation", "We collect the following: your gender; your location is never collected.", "app+gender app-location~"},
		{"handed on", "We disclose the following categories of information: identifiers; location information; email address.", "third_party+location~ third_party+email_address"},
		{"handed on", "The information shared with partners may include your IP address.", "third_party+ip_address"},
		{"handed on", "The following data are transmitted: your IP address, your phone number.", "app+ip_address app+phone_number"},
		{"handed on", "The advertising ID of your phone is passed to our advertising partners.", "third_party+gaid"},
		{"handed on", "Your device sends us your IP address.", "app+ip_address"},
		{"handed on", "We let advertisers access your advertising ID.", "third_party+gaid"},
		{"handed on", "We disclose the following categories of information to the police only.", ""},
		{"verbs in a row", "We may collect, use and share your email address with our partners.", "app+email_address third_party+email_address"},
		{"verbs in a row", "Your IP address is collected, used and disclosed to advertisers.", "app+ip_address third_party+ip_address"},
		{"verbs in a row", "We collect, store, process and disclose your email address.", "app+email_address"},
		{"verbs in a row", "We collect your IP address and share photos with partners.", "app+ip_address third_party+photos"},
		{"verbs apart", "We receive, and may share with third parties, your phone number.", "app+phone_number third_party+phone_number"},
		{"verbs apart", "We collect and, if you agree, share with partners your IP address.", "app+ip_address third_party+ip_address"},
		{"verbs apart", "We collect statistics, and may share with third parties your phone number.", "third_party+phone_number"},
		{"verbs in a row, negated", "We do not collect, use or share your contacts with third parties.", "app-contacts"},
		{"profile", "Your player profile may include information like: your gender; your age.", "app+gender app+birthday_age"},
		{"profile", "A profile may include your gender.", "app+gender"},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}

// TestNamedSubject tells a vendor whose name begins a clause from the operator.
func TestNamedSubject(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"relative clause", "We work with partners who collect your location.", "third_party+location~"},
		{"relative clause", "We use third-party analytics tools, which collect your IP address.", "third_party+ip_address"},
		{"relative clause", "We work with partners and collect data that may include your location.", "app+location~"},
		{"to the app", "Social networks provide us with your email address.", "app+email_address"},
		{"to the app", "Our partners may share with us your email address.", "app+email_address"},
		{"to others", "We provide our partners with your email address.", "third_party+email_address"},
		{"a vendor", "The app shows ads. AppsFlyer uses cookies and your IP address.", "third_party+cookies third_party+ip_address"},
		{"a service", "The app measures visits. Google Analytics uses cookies.", "third_party+cookies"},
		{"with a vendor", "The app shows ads. With AppsFlyer we use cookies.", "app+cookies"},
		{"the operator", "Privacy policy of AppsFlyer. AppsFlyer uses cookies and your IP address.", "app+cookies app+ip_address"},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
