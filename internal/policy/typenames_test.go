package policy

import (
	"slices"
	"testing"

	"apkaudit/internal/audit"
)

// unreadNames are the names of data types that are not read as exactly that type,
// each with the reason. Types that only say what an app does are no data.
var unreadNames = map[string]string{
	"zh emails":            "邮件 can be the address too",
	"en emails":            "so can \"emails\"",
	"zh in_app_messages":   "应用内消息 are mostly what the app shows",
	"en in_app_messages":   "so are in-app messages",
	"en communications":    "a word of every policy: marketing communications",
	"en face":              "a word of everyday",
	"en phone_call":        "the name says what the app does",
	"en health_fitness":    "the name of a group: \"health and fitness data\" is read",
	"en fitness_info":      "the name is a list",
	"en religion_politics": "the name is a list",
	"en minor_info":        "the name says whose the data are",
	"zh media_files":       "the name is a list, of several types",
	"en media_files":       "the name is a list, of several types",
}

// TestTypeNames says that the name under which a report shows a type of data is read
// as that type: who writes it into a policy has disclosed it.
func TestTypeNames(t *testing.T) {
	r := testReader()
	for _, k := range r.set.DataTypes {
		if !r.personal(k.ID) || isMeaningless(k.ID) {
			continue
		}
		want := audit.PartyApp + "+" + k.ID
		if k.Umbrella {
			want += "~"
		}
		if k.Platform == audit.PlatformIOS {
			want += "@" + audit.PlatformIOS
		}
		for _, c := range []struct{ lang, text string }{{"zh", "我们会收集您的" + k.Name.ZH + "。"}, {"en", "We collect your " + k.Name.EN + "."}} {
			got := says(readOne(t, "a.txt", []byte(c.text)))
			_, unread := unreadNames[c.lang+" "+k.ID]
			if slices.Equal(got, []string{want}) == unread {
				t.Errorf("%s %s: %q says %v; listed as not read: %v", c.lang, k.ID, c.text, got, unread)
			}
		}
	}
}

func TestStorageSpacePermission(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"We collect your storage space.", "app+storage_info"},
		{"The Umeng SDK collects: device model, storage space, screen resolution.", "sdk:umeng-analytics+device_model sdk:umeng-analytics+screen_info sdk:umeng-analytics+storage_info"},
		{"We collect your IMEI with the storage space permission.", "app+imei"},
	} {
		wantSays(t, c.text, c.want)
	}
}
