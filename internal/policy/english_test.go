package policy

import "testing"

// TestEnglishStatements goes through what decides in an English sentence whether a
// mention counts, each with a case that counts and one that does not.
func TestEnglishStatements(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"use", "We use cookies and IP addresses.", "app+cookies app+ip_address"},
		{"use", "We may use your location to show the weather.", "app+location~"},
		{"use", "When you use your photos in a collage, it looks nice.", ""},
		{"use", "You can use a phone number of your choice.", ""},
		{"use, a noun", "This page is about the use of photos.", ""},
		{"use, a question", "How do we use your location data?", ""},
		{"use, negated", "We will not use your contacts for advertising.", ""},
		{"use, negated", "We do not use advertising IDs.", "app-gaid"},
		{"use, negated", "We do not use advertising IDs to follow you.", ""},

		{"share", "We may share your device model with advertisers.", "third_party+device_model"},
		{"share", "Your email address may be disclosed to our partners.", "third_party+email_address"},
		{"share", "You may share photos with your friends.", ""},
		{"share", "We will not share your contacts with third parties.", ""},
		{"share, a noun", "This page is about photo sharing and videos.", ""},
		{"send", "The app uploads your contacts to our servers.", "app+contacts"},
		{"send", "We send you emails about our offers.", ""},
		{"hand over", "We provide advertisers with your advertising ID.", "third_party+gaid"},
		{"hand over", "We provide you with a photo editor.", ""},

		{"access", "The app requires access to your contacts.", "app+contacts"},
		{"access", "Our service providers may access your email address.", "third_party+email_address"},
		{"access, by the user", "You can protect access to your password.", ""},
		{"access, negated", "Example Player does not access your contact list.", "app-contacts"},

		{"behind a parenthesis with a purpose", "We collect your IMEI (in order to identify the device), device model and IP address.", "app+imei app+device_model app+ip_address"},
		{"behind a purpose", "We collect your IMEI in order to adapt to the device model.", "app+imei"},

		{"user gives", "You will be asked to provide your email address.", "app+email_address"},
		{"user gives", "You may choose to add your birthday.", "app+birthday_age"},
		{"user gives", "Users enter a phone number when they register.", "app+phone_number"},
		{"user takes", "You may receive emails from us.", ""},
		{"user takes", "You may store photos on your own device.", ""},
		{"user takes", "You allow us to collect your photos.", "app+photos"},

		{"noun of a verb", "This notice describes the collection of your IMEI.", "app+imei"},
		{"log in", "Please log in before you look at videos.", ""},
		{"main clause", "If you choose to join the game Example Inc. may collect your contacts.", "app+contacts"},

		{"no", "No IMEI is collected by the app.", "app-imei"},
		{"no", "We collect no location data.", "app-location~"},
		{"no", "Without your consent, no IMEI is collected.", ""},
		{"no", "No photos are stored.", ""},
		{"keeps only", "Your photos are not stored.", ""},
		{"keeps only", "We do not collect or store your photos.", "app-photos"},
		{"the rest of a list", "We do not collect your email address, phone number or any other information.", "app-email_address app-phone_number"},
		{"the rest", "We do not collect any other information such as your phone number.", ""},
		{"do not track", "Do Not Track: the app collects your IMEI in any case.", "app+imei"},

		{"do not track", "Browsers send a signal with your IP address that requests not to track users.", ""},
		{"not asked for", "We will never request your password by phone.", ""},
		{"or not", "Names of your contacts (whether they play or not) are collected.", "app+contacts"},
		{"user declines", "We may collect your email address. If you no longer wish to receive these notifications, write to us.", "app+email_address"},
		{"used", "Your phone number will be used to help you find friends.", "app+phone_number"},
		{"used", "Your phone number will not be used for advertising.", ""},
		{"cookies sent", "Third parties may send cookies to your device.", "third_party+cookies"},
		{"cookies sent", "We may send cookies to your device.", "app+cookies"},

		{"relative clause", "We collect information that can be used to contact you, such as your email address.", "app+email_address"},
		{"purpose", "We collect statistics in order to improve services, such as photos.", ""},
		{"means", "We collect information through cookies and your IP address.", "app+cookies app+ip_address"},
		{"means", "We collect your feedback through email.", ""},
		{"describes", "This information may include your IP address and browser type.", "app+ip_address app+user_agent"},
		{"describes", "This form includes your IP address.", ""},
		{"own cookies", "Our app works better with cookies.", "app+cookies"},
		{"own cookies", "If you disable cookies, our app works worse.", ""},

		{"run-on list", "We collect: Information about your device Information about how it works IMEI.", "app+device_info~ app+imei"},
		{"semicolons", "We collect the following: data not meant to identify you; certain technical data such as your IMEI; your IP address.", "app+device_info~ app+imei app+ip_address"},
		{"numbered", "We keep this short. (2) We collect your IMEI.", "app+imei"},

		{"list word", "We collect your first name, address and email address.", "app+name app+postal_address app+email_address"},
		{"list word", "We collect the name of the app and the address of the server.", ""},
		{"list word", "We do not collect email or web addresses.", "app-email_address"},
		{"list word", "We collect names, phone and email.", "app+name app+phone_number app+email_address"},
	} {
		t.Run(c.kind, func(t *testing.T) { wantSays(t, c.text, c.want) })
	}
}
