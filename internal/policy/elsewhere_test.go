package policy

import (
	"context"
	"strings"
	"testing"
)

func TestListsElsewhere(t *testing.T) {
	const says = "我们接入了第三方SDK，详见《青禾第三方SDK目录》（https://a.example/sdk）。我们还有《用户协议》。\n"
	for _, c := range []struct {
		name   string
		inputs []Input
		want   []string // parts of the gaps
	}{
		{"not given", []Input{{Name: "a.txt", Data: []byte(says)}}, []string{`a.txt:1 refers to "青禾第三方SDK目录" (https://a.example/sdk)`}},
		{"named twice", []Input{{Name: "a.txt", Data: []byte(says + says)}}, []string{`a.txt:1 refers to`}},
		{"given as a file", []Input{{Name: "a.txt", Data: []byte(says)}, {Name: "b.txt", Data: []byte("青禾第三方SDK目录\nSDK名称：极光推送\n收集信息：IMEI\n")}}, nil},
		{"given below", []Input{{Name: "a.txt", Data: []byte(says + "附件一：青禾第三方SDK目录\nSDK名称：极光推送\n")}}, nil},
		{"only mentioned again", []Input{{Name: "a.txt", Data: []byte(says + "点击查看青禾第三方SDK目录\n")}}, []string{"a.txt:1"}},
		{"behind a link", []Input{{Name: "a.html", Data: []byte(`<p>See our <a href="https://a.example/l">list of third-party SDKs</a>.</p>`)}}, []string{`a.html:1 refers to "list of third-party SDKs" (https://a.example/l)`}},
		{"other titles and links", []Input{{Name: "a.html", Data: []byte(`<p>《个人信息保护法》、《儿童隐私政策》，<a href="https://a.example/">联系我们的客服</a>。</p>`)}}, nil},
		{"a title that never ends", []Input{{Name: "a.txt", Data: []byte("我们有《" + strings.Repeat("第三方SDK", 50) + "目录》。")}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, gaps, err := testReader().Read(context.Background(), c.inputs)
			if err != nil {
				t.Fatal(err)
			}
			if len(gaps) != len(c.want) {
				t.Fatalf("gaps %v, want %d", gaps, len(c.want))
			}
			for i, w := range c.want {
				if !strings.Contains(gaps[i].What, w) {
					t.Errorf("gap %q, want %q in it", gaps[i].What, w)
				}
			}
		})
	}
}
