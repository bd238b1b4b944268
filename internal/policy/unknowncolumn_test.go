package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tablesOf writes a table as a page, with pipes and with tabs.
func tablesOf(rows [][]string) map[string]string {
	var page, pipes, tabs strings.Builder
	page.WriteString("<h2>第三方SDK目录</h2><table>")
	pipes.WriteString("## 第三方SDK目录\n\n")
	tabs.WriteString("第三方SDK目录\n")
	for i, cells := range rows {
		page.WriteString("<tr><td>" + strings.Join(cells, "</td><td>") + "</td></tr>")
		pipes.WriteString("|" + strings.Join(cells, "|") + "|\n")
		if i == 0 {
			pipes.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
		}
		tabs.WriteString(strings.Join(cells, "\t") + "\n")
	}
	page.WriteString("</table>")
	return map[string]string{"a.html": page.String(), "a.md": pipes.String(), "a.txt": tabs.String()}
}

// told reads a policy and returns its entries, and the data of each party.
func told(t *testing.T, file, text string) (sdks, data []string) {
	t.Helper()
	p := readOne(t, file, []byte(text))
	for _, s := range p.SDKs {
		sdks = append(sdks, s.ID)
	}
	for _, c := range p.Claims {
		for _, x := range c.Data {
			data = append(data, fmt.Sprint(c.Party, " ", x))
		}
	}
	slices.Sort(data)
	return sdks, data
}

func TestColumnOfKinds(t *testing.T) {
	want := []string{"baidu-mtj", "jpush", "umeng-analytics"}
	data := []string{"sdk:baidu-mtj android_id", "sdk:jpush imei", "sdk:umeng-analytics oaid"}
	for _, kind := range []string{"类别", "类型", "业务类别", "功能类别", "分类", "业务板块", "场景"} {
		for file, text := range tablesOf([][]string{
			{kind, "SDK名称", "公司名称", "使用目的", "收集个人信息类型"},
			{"运营支持", "百度移动统计", "北京百度网讯科技有限公司", "统计访问量", "Android ID"},
			{"消息推送", "极光推送", "深圳市和讯华谷信息技术有限公司", "推送消息", "IMEI"},
			{"运营支持", "友盟统计", "友盟同欣（北京）科技有限公司", "统计访问量", "OAID"},
		}) {
			if sdks, got := told(t, file, text); !slices.Equal(sdks, want) || !slices.Equal(got, data) {
				t.Errorf("%s, %s: %v %v", kind, file, sdks, got)
			}
		}
	}
	spanned := "<table><tr><th>类别</th><th>SDK名称</th><th>公司名称</th><th>使用目的</th><th>收集个人信息类型</th></tr>" +
		"<tr><td rowspan=2>运营支持</td><td>百度移动统计</td><td>北京百度网讯科技有限公司</td><td>统计访问量</td><td>Android ID</td></tr>" +
		"<tr><td>友盟统计</td><td>友盟同欣（北京）科技有限公司</td><td>统计访问量</td><td>OAID</td></tr></table>"
	if sdks, got := told(t, "a.html", spanned); !slices.Equal(sdks, []string{want[0], want[2]}) || !slices.Equal(got, []string{data[0], data[2]}) {
		t.Errorf("a kind over two rows: %v %v", sdks, got)
	}
	// Where no other column has the names, the first one is theirs whatever its heading.
	for file, text := range tablesOf([][]string{
		{"组件", "公司名称", "使用目的", "收集个人信息类型"},
		{"极光推送", "深圳市和讯华谷信息技术有限公司", "推送消息", "IMEI"},
	}) {
		if sdks, got := told(t, file, text); !slices.Equal(sdks, want[1:2]) || !slices.Equal(got, data[1:2]) {
			t.Errorf("组件, %s: %v %v", file, sdks, got)
		}
	}
}

func TestUnknownHeadingIsNoData(t *testing.T) {
	for _, heading := range []string{"收集个人信息类型", "会取得哪些信息"} {
		rows := [][]string{
			{"SDK名称", "公司名称", "用来做什么", heading, "隐私政策链接"},
			{"极光推送", "深圳市和讯华谷信息技术有限公司", "通知订单进度", "IMEI", "https://a.example.com/privacy"},
			{"友盟统计", "友盟同欣（北京）科技有限公司", "统计访问量", "OAID", "https://b.example.com/privacy"},
		}
		files := tablesOf(rows)
		files["lines.txt"] = "三、第三方SDK\n"
		for _, cells := range rows {
			files["lines.txt"] += strings.Join(cells, "\n") + "\n"
		}
		for file, text := range files {
			sdks, got := told(t, file, text)
			if !slices.Equal(sdks, []string{"jpush", "umeng-analytics"}) || !slices.Equal(got, []string{"sdk:jpush imei", "sdk:umeng-analytics oaid"}) {
				t.Errorf("%s, %s: %v %v", heading, file, sdks, got)
			}
		}
	}
	// Where no heading speaks of data, the cells do.
	for file, text := range tablesOf([][]string{
		{"SDK名称", "公司名称", "使用目的", "他们拿到什么"},
		{"极光推送", "深圳市和讯华谷信息技术有限公司", "推送消息", "IMEI"},
	}) {
		if _, got := told(t, file, text); !slices.Equal(got, []string{"sdk:jpush imei"}) {
			t.Errorf("no heading of data, %s: %v", file, got)
		}
	}
}
