package policy

import (
	"fmt"
	"strings"
	"testing"
)

// A key in a parenthesis behind which the sentence goes on is no line of a list.
func TestKeysInAsides(t *testing.T) {
	const company = "深圳市腾讯计算机系统有限公司"
	for _, c := range []struct{ name, text, want string }{
		{"the company", "腾讯定位SDK（提供方：" + company + "）会收集您的IMEI，隐私政策：https://x.cn/p\n", "tencent-map|腾讯定位SDK|" + company + "|imei|"},
		{"behind a comma", "腾讯定位SDK（提供方：" + company + "），会收集您的IMEI，隐私政策：https://x.cn/p\n", "tencent-map|腾讯定位SDK|" + company + "|imei|"},
		{"two keys", "1、腾讯定位SDK（提供方：腾讯；使用目的：定位）会收集您的IMEI，隐私政策：https://x.cn/p\n", "tencent-map|腾讯定位SDK|腾讯|imei|"},
		{"keys behind it", "腾讯定位SDK（提供方：" + company + "）会收集您的IMEI，用途：定位，隐私政策：https://x.cn/p\n", "tencent-map|腾讯定位SDK|" + company + "|imei|"},
		{"english", "Tencent Location SDK (provider: Tencent Technology Co., Ltd.) collects your IMEI, Privacy policy: https://x.cn/p\n", "tencent-map|Tencent Location SDK|Tencent Technology Co., Ltd.|imei|"},
		{"the name behind its company", "第三方名称：" + company + "(SDK名称：腾讯定位)\n收集信息：IMEI\n", "tencent-map|腾讯定位|" + company + "|imei|"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRows(t, "a.txt", c.text, c.want) })
	}
}

// What a text says of permissions is no datum, whatever it is called.
func TestSpeaksOfPermissions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"应用权限申请与使用情况说明\n\n为了便于您了解，说明如下。", ""},
		{"为便于您了解权限的申请与使用情况，请阅读下文。", ""},
		{"以下为权限使用情况说明：", ""},
		{"我们会收集您的使用情况。", "app+usage_data~"},
		{"我们需要您开启相机权限和位置权限。", "app+camera app+location~ app:CAMERA app:ACCESS_FINE_LOCATION"},
	} {
		wantSays(t, c.text, c.want)
	}
}

// A "key: value" block behind a list is no row of it, however the list's cells stand.
func TestKeysBehindList(t *testing.T) {
	const keyed = "SDK名称：百度定位\n使用目的：定位\n收集个人信息类型：MAC地址\n"
	rows := [][]string{{"SDK名称", "使用目的", "收集个人信息类型"}, {"友盟SDK", "统计", "IMEI"}, {"极光推送", "推送", "OAID"}}
	for _, c := range []struct{ name, cell, row string }{
		{"a row a line", " ", "\n"}, {"a cell a line", "\n", "\n"}, {"rows apart", "\n", "\n\n"}, {"cells apart", "\n\n", "\n\n\n"}, {"tabs", "\t", "\n"},
	} {
		for _, gap := range []string{"\n", "\n\n"} {
			for n := 2; n <= len(rows); n++ {
				t.Run(fmt.Sprintf("%s, %d rows, %d", c.name, n-1, len(gap)), func(t *testing.T) {
					lines := make([]string, n)
					for i := range lines {
						lines[i] = strings.Join(rows[i], c.cell)
					}
					want := []string{"umeng-analytics|友盟SDK||imei|", "jpush|极光推送||oaid|"}[:n-1]
					wantRows(t, "a.txt", strings.Join(lines, c.row)+gap+keyed, append(want, "baidu-location|百度定位||wifi_mac|")...)
				})
			}
		}
	}
}
