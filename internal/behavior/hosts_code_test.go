package behavior_test

import (
	"fmt"
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// TestCodeHosts: a host belongs to the party whose code loads the string; one that
// no instruction loads does not count, and neither does a table of names.
func TestCodeHosts(t *testing.T) {
	d := apktest.NewDEX("035")
	d.ExtraStrings = []string{"https://never.acme-shop.com"}
	loads := func(class string, texts ...string) {
		code := apktest.NewDEXCode(2, 0, 0)
		for i, s := range texts {
			if i%2 == 0 {
				code.ConstString(0, s)
			} else {
				code.ConstStringJumbo(0, s)
			}
		}
		d.Class(class, "").Method(accPublicStatic, "a", "()V", code.ReturnVoid())
	}
	var table []string
	for i := range 25 {
		table = append(table, fmt.Sprintf("mail%d.acme-post.com", i))
	}
	loads("Lcom/shop/app/Main;", "https://api.acme-shop.com/v1", "plain text", "https://api.acme-shop.com/v2", "See https://docs-of.acme-shop.com")
	loads("Lcom/umeng/analytics/A;", "alog.acme-count.com", "https://api.acme-shop.com/v1")
	loads("Lcom/shop/app/Table;", append(table, "https://table.acme-shop.com")...)
	res := observe(t, "com.shop.app", nil, d)
	want := []audit.Host{
		{Host: "alog.acme-count.com", Party: "sdk:umeng-analytics", Via: "code"},
		{Host: "api.acme-shop.com", Party: "app", Via: "code"},
		{Host: "api.acme-shop.com", Party: "sdk:umeng-analytics", Via: "code"},
		{Host: "table.acme-shop.com", Party: "app", Via: "code"},
	}
	if !slices.Equal(res.Behavior.Hosts, want) {
		t.Errorf("got %v", res.Behavior.Hosts)
	}
	nested := observe(t, "com.shop.app", map[string][]byte{"assets/x.bin": d.Bytes()})
	if !slices.Equal(nested.Behavior.Hosts, want) {
		t.Errorf("nested: %v", nested.Behavior.Hosts)
	}
}
