package policy

import "testing"

func TestMergedCells(t *testing.T) {
	text := "功能类型\n使用目的\n第三方SDK名称\n收集信息\n隐私政策链接\n\n\n推送\n向您推送通知\n极光推送\nIMEI\nhttps://a.example.com\n\n\n友盟SDK\nOAID\nhttps://b.example.com\n\n\n地图\n显示地图\n高德地图\n位置信息\nhttps://c.example.com\n"
	want := map[string]string{"jpush": "向您推送通知", "umeng-analytics": "向您推送通知", "amap": "显示地图"}
	sdks := readOne(t, "a.txt", []byte(text)).SDKs
	if len(sdks) != len(want) {
		t.Fatalf("%d entries, want %d", len(sdks), len(want))
	}
	for _, s := range sdks {
		if s.Purpose != want[s.ID] {
			t.Errorf("%s: purpose %q, want %q", s.ID, s.Purpose, want[s.ID])
		}
	}
	// Columns behind the name span no rows that a row could leave out.
	text = "第三方SDK名称\n使用目的\n收集信息\n隐私政策链接\n\n\n极光推送\n向您推送通知\nIMEI\nhttps://a.example.com\n\n\n友盟SDK\nOAID\nhttps://b.example.com\n"
	for _, s := range readOne(t, "a.txt", []byte(text)).SDKs {
		if s.ID == "umeng-analytics" && s.Purpose != "" {
			t.Errorf("purpose %q of a row that has none", s.Purpose)
		}
	}
}
