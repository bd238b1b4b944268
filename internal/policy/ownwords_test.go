package policy

import (
	"testing"

	"apkaudit/internal/audit"
)

// Words that stand close to each other say together what is meant.
func TestOwnWords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a note with data of its own", "我们会收集您的崩溃日志（iOS版本另收集MAC地址）。\n", "app+crash_logs app+wifi_mac@ios"},
		{"what follows the note", "我们会收集您的崩溃日志（iOS版本另收集MAC地址）、IMEI。\n", "app+crash_logs app+imei app+wifi_mac@ios"},
		{"a note without data", "我们会收集您的IMEI（仅Android）和剪贴板。\n", "app+clipboard app+imei@android"},
		{"exact before collective", "我们会收集您的经纬度位置。\n", "app+precise_location"},
		{"collective before exact", "我们会收集您所处位置的经纬度。\n", "app+precise_location"},
		{"two names", "我们会收集您的位置和经纬度。\n", "app+location~ app+precise_location"},
		{"storage beside memory", "我们会收集内存与存储空间。\n", "app+memory_info app+storage_info"},
		{"storage before memory", "我们会收集存储空间和内存。\n", "app+memory_info app+storage_info"},
		{"storage alone", "我们会访问存储空间。\n", "app+media_files~ app:READ_EXTERNAL_STORAGE"},
		{"exact position", "We collect the exact position of your phone.\n", "app+precise_location"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readOne(t, "a.txt", []byte(c.text))
			checkQuotes(t, p)
			wantClaims(t, p, c.want)
		})
	}
}

// What a template asks to insert is a blank, the name of a button is none.
func TestInsertBlanks(t *testing.T) {
	for text, want := range map[string]bool{
		"公司地址：[在此插入公司地址]": true, "公司地址：[插入公司地址]": true, "公司地址：【在此填写公司地址】": true,
		"点击【填写邀请码】": false, "点击【插入图片】": false, "点击【输入手机号】": false,
	} {
		p := readOne(t, "a.txt", []byte(text+"\n"))
		got := false
		for _, d := range p.Defects {
			got = got || d.Kind == DefectPlaceholder
		}
		if got != want {
			t.Errorf("%s: placeholder %v, want %v", text, got, want)
		}
	}
}

// A claim is in the language of its own line.
func TestClaimLanguage(t *testing.T) {
	for file, text := range map[string]string{
		"a.txt": "我们收集的信息\nWe collect your phone number.\n我们会收集您的手机号码。\nWe read IMEI and OAID.\n我们收集IMEI、OAID。\n",
		"a.md":  "## 我们收集的信息\n\nWe collect your phone number.\n我们会收集您的手机号码。\nWe read IMEI and OAID.\n我们收集IMEI、OAID。\n",
	} {
		var langs []string
		p := readOne(t, file, []byte(text))
		for _, c := range p.Claims {
			if c.Polarity == audit.Collects {
				langs = append(langs, c.Lang)
			}
		}
		if len(langs) != 4 || langs[0] != "en" || langs[1] != "zh" || langs[2] != "en" || langs[3] != "zh" {
			t.Errorf("%s: languages %v, want en zh en zh", file, langs)
		}
	}
}
