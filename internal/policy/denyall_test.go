package policy

import (
	"slices"
	"testing"

	"apkaudit/internal/audit"
)

func TestDenialOfAll(t *testing.T) {
	says := func(text string) bool {
		return slices.ContainsFunc(readOne(t, "a.txt", []byte(text+"\n")).Claims, func(c audit.Claim) bool {
			return c.Rule == audit.RuleDenialOfAll && c.Party == audit.PartyApp && c.Polarity == audit.Denies && slices.Equal(c.Data, []string{allData}) && c.Quote == text
		})
	}
	for _, text := range []string{
		"We do not collect any personal information.",
		"This app does not collect, store or share any personal data.",
		"Our app does not collect any personal information from users.",
		"We don't collect or store any user data.",
		"We do not collect any information about you.",
		"Please note that the app does not collect any personally identifiable information.",
		"We do not collect any personal information, such as your name or address.",
		"We never collect any data.",
		"本应用不收集任何个人信息。",
		"我们不会收集您的任何个人信息。",
		"我们郑重承诺不收集、存储或使用用户的个人信息。",
		"请您放心，我们不会收集您的任何信息。",
		"我们不获取您的个人隐私信息。",
		"本软件不会收集用户的个人信息和数据。",
	} {
		if !says(text) {
			t.Errorf("%s: not read as a denial of everything", text)
		}
	}
	for _, text := range []string{
		"We do not collect the information.",
		"We do not collect any personal information from children under 13.",
		"If you opt out, we do not collect any personal information.",
		"We do not knowingly collect any personal information.",
		"We do not collect any other personal information.",
		"We do not collect any personal information unless you provide it.",
		"We do not collect any personal information without your consent.",
		"We do not collect any personal information through cookies.",
		"We do not sell any personal information.",
		"We do not intend to collect any personal information.",
		"We do not collect any sensitive personal information.",
		"Third parties do not collect any personal information.",
		"We do not collect any personal information other than your email.",
		"We do not store any personal information.",
		"我们不会收集您的其他个人信息。",
		"未经您同意，我们不收集您的个人信息。",
		"在此场景下，我们不收集您的个人信息。",
		"该SDK不获取您的个人信息。",
		"支付功能本身并不收集您的个人信息。",
		"我们不收集任何14周岁以下的未成年人个人信息。",
		"我们不会收集与提供服务无关的个人信息。",
		"我们不会收集您的上述个人信息。",
		"除本政策所述外，我们不收集任何个人信息。",
		"我们不会主动收集您的个人信息。",
		"游客模式下我们不收集您的任何个人信息。",
		"此时我们不会收集有关您的个人数据。",
		"我们不会向第三方提供您的任何个人信息。",
		"儿童个人信息\n我们不收集任何个人信息。",
	} {
		if says(text) {
			t.Errorf("%s: read as a denial of everything", text)
		}
	}
}
