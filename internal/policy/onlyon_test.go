package policy

import (
	"testing"

	"apkaudit/internal/audit"
)

func TestOnlyOn(t *testing.T) {
	for text, want := range map[string]string{
		"Collected by the iPhone app only.":         audit.PlatformIOS,
		"On iOS only.":                              audit.PlatformIOS,
		"Only on Android.":                          audit.PlatformAndroid,
		"This applies to iPhones only.":             audit.PlatformIOS,
		"It is used by the iOS version only.":       audit.PlatformIOS,
		"We ask for this only on Android devices.":  audit.PlatformAndroid,
		"This is not read on Android.":              audit.PlatformIOS,
		"Not collected by the iOS version.":         audit.PlatformAndroid,
		"On iOS.":                                   "",
		"Only when you use the iPhone app at night": "",
		"We ask for this on Android and on iPhones only when you press Send.": "",
		"该信息仅在iOS版收集。":                                                        audit.PlatformIOS,
		"仅限苹果设备。":                                                             audit.PlatformIOS,
		"只由安卓版读取":                                                             audit.PlatformAndroid,
		"安卓版不收集。":                                                             audit.PlatformIOS,
		"仅在您使用安卓手机时用于验证码。":                                                    "",
		"iOS版收集。":                                                             "",
	} {
		if got := onlyOn(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestPlatformBehind: such a sentence goes for what stands before it, and for the term
// or title that its paragraph explains.
func TestPlatformBehind(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.html", "<h2>Data the app collects</h2><dl><dt>Android ID</dt><dd>To recognise the phone.</dd><dt>Precise location</dt><dd>To show shops. Collected by the iPhone app only.</dd><dt>Contacts</dt><dd>To invite friends. This is not read on Android.</dd><dt>Calendar</dt><dd>To enter events.</dd></dl>",
			"app+android_id app+precise_location@ios app+contacts@ios app+calendar"},
		{"a.txt", "We collect your clipboard to find codes. This applies to iPhones only.\n\nWe collect your language.\n", "app+clipboard@ios app+language"},
		{"a.txt", "我们收集您的精确位置。该信息仅在iOS版收集。我们收集您的通讯录。\n", "app+precise_location@ios app+contacts"},
		{"a.md", "We collect:\n\n- your contacts\n- your calendar\n- On iOS only.\n", "app+contacts app+calendar"},
	} {
		wantClaims(t, readOne(t, c.file, []byte(c.text)), c.want)
	}
}
