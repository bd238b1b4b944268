package policy

import "testing"

// TestNamesBelow reads lists that name SDKs and say no more of them, below a
// line that says whose they are.
func TestNamesBelow(t *testing.T) {
	const links = "Link to the privacy policy of third-party service providers used by the app\n\n"
	checkProse(t, "a.md", []proseCase{
		{"linked", links + "* [Google Play Services](https://example.com/a)\n* [AdMob](https://example.com/b)\n* [Qingwu](https://example.com/c)\n", "google-play-services admob ?Qingwu"},
		{"an unknown name without a link", links + "* AdMob\n* Unity\n* Qingwu\n", "admob unity"},
		{"among unknown names", links + "* [AdMob](https://example.com/a)\n* [Qingwu](https://example.com/b)\n* [Meiwu](https://example.com/c)\n", ""},
		{"Chinese, with the word for a policy", "第三方SDK的隐私政策链接：\n\n* [友盟隐私政策](https://example.com/a)\n* [个推的隐私权政策](https://example.com/b)\n", "umeng-analytics getui"},
		{"address written out", "第三方SDK的隐私政策链接：\n\n* 友盟：https://example.com/a\n* 个推：https://example.com/b\n", "umeng-analytics getui"},
		{"denied", "We do not use third-party services such as:\n\n* AdMob\n* Unity\n", ""},
		{"not announced", "Games that we like:\n\n* Unity\n* AdMob\n", ""},
	})
}
