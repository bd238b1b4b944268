package check

import (
	"testing"

	"apkaudit/internal/audit"
)

// TestCleartextRules: the configuration counts alone, and of its domains the longest.
func TestCleartextRules(t *testing.T) {
	config := func(what ...string) []audit.Observation {
		var out []audit.Observation
		for _, w := range what {
			out = append(out, audit.Observation{Kind: audit.ObservedCleartextConfig, Party: audit.PartyApp, What: "res/xml/network.xml: " + w})
		}
		return out
	}
	for _, tt := range []struct {
		name    string
		flag    bool
		target  int
		config  []audit.Observation
		address string
		want    bool
	}{
		{"the manifest permits", true, 33, nil, "http://a.example-server.cn/x", true},
		{"the manifest forbids", false, 33, nil, "http://a.example-server.cn/x", false},
		{"the configuration wins", true, 33, config("base-config false"), "http://a.example-server.cn", false},
		{"the configuration permits", false, 33, config("base-config true"), "http://a.example-server.cn", true},
		{"nothing said, new target", true, 28, config("domain-config false: b.cn"), "http://a.cn", false},
		{"nothing said, old target", false, 27, config("domain-config false: b.cn"), "http://a.cn", true},
		{"a domain", false, 33, config("base-config false", "domain-config true: *.example-server.cn, b.cn"), "http://a.example-server.cn:8080/x", true},
		{"a domain itself", false, 33, config("base-config false", "domain-config true: *.example-server.cn"), "http://example-server.cn", true},
		{"a host alone", false, 33, config("base-config true", "domain-config false: example-server.cn"), "http://api.example-server.cn", true},
		{"that host", false, 33, config("base-config true", "domain-config false: example-server.cn"), "http://example-server.cn", false},
		{"the longer domain", false, 33, config("domain-config true: *.example-server.cn", "domain-config false: a.example-server.cn"), "http://a.example-server.cn", false},
		{"it says nothing of cleartext", true, 33, config("network-security-config"), "http://a.cn", false},
		{"no part of a name", false, 33, config("domain-config true: server.cn"), "http://example-server.cn", false},
	} {
		f := &facts{r: audit.NewReport()}
		f.r.App.Flags.Cleartext, f.r.App.TargetSDK, f.r.Behavior.Observations = tt.flag, tt.target, tt.config
		if got := f.cleartextRules().permit(tt.address); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
