package check

import (
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
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

func TestHostOf(t *testing.T) {
	for address, want := range map[string]string{"http://a-b.cn:80/x": "a-b.cn", "http://A_1.cn": "A_1.cn", "a.cn": "", "http://": "", "http:///x": ""} {
		if got := hostOf(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestBelow(t *testing.T) {
	domains := map[string]int{"b.cn": 1, "a.b.cn": 2}
	for host, want := range map[string]int{"b.cn": 1, "x.b.cn": 1, "y.x.a.b.cn": 2, "a.b.cn": 2, "ab.cn": 0, "cn": 0} {
		if got, ok := below(domains, host); got != want || ok != (want > 0) {
			t.Errorf("%s: %d %v, want %d", host, got, ok, want)
		}
	}
}

func TestCleartext(t *testing.T) {
	c := asking("cleartext", rules.Ask{NotHosts: []string{"play.google.com"}}, "{party}: {seen}")
	c.Parties = []string{"app", "sdk"}
	permits := func(r *audit.Report) { r.App.Flags.Cleartext = true }
	config := func(what string) func(*audit.Report) {
		return observes(audit.ObservedCleartextConfig, "app", "res/xml/n.xml: "+what)
	}
	address := func(party string, what ...string) func(*audit.Report) {
		return observes(audit.ObservedCleartextURL, party, what...)
	}
	runRows(t, c, []row{
		{"not permitted", address("app", "http://a.cn"), audit.StateSatisfied, "does not permit cleartext", nil},
		{"nobody looked", all(permits, earlier), audit.StateUndecidable, "another analysis", nil},
		{"no manifest", noManifest, audit.StateUndecidable, "could not be read in full", nil},
		{"no address", permits, audit.StateSatisfied, "no such http:// address", nil},
		{"no address, hidden code", all(permits, gap(audit.GapPacked, "x")), audit.StateUndecidable, "unpacked build", nil},
		{"an address", all(permits, address("app", "http://b.cn", "http://a.cn")), audit.StateViolated, "", []string{"violated app the app's own code: http://b.cn, http://a.cn"}},
		{"of two parties", all(permits, address("sdk:jpush", "http://b.cn"), address("app", "http://a.cn")), audit.StateViolated, "",
			[]string{"violated app the app's own code: http://a.cn", "violated sdk:jpush JPush (Aurora Mobile): http://b.cn"}},
		{"of a library", all(permits, address("library:okhttp", "http://a.cn")), audit.StateSatisfied, "", nil},
		{"a page", all(permits, address("app", "http://play.google.com/x")), audit.StateSatisfied, "", nil},
		{"one domain is permitted", all(config("domain-config true: *.a.cn"), address("app", "http://x.a.cn", "http://b.cn")), audit.StateViolated, "", []string{"violated app the app's own code: http://x.a.cn"}},
		{"one host is permitted", all(config("domain-config true: a.cn"), address("app", "http://x.a.cn", "http://a.cn")), audit.StateViolated, "", []string{"violated app the app's own code: http://a.cn"}},
		{"one host is forbidden, and nothing else said", all(permits, config("domain-config false: a.cn"), address("app", "http://b.cn")), audit.StateSatisfied, "does not permit cleartext", nil},
		{"with a call that never runs", all(permits, seenAt(audit.ObservedCleartextURL, "app", "http://a.cn", "La/B;->c()V")), audit.StateViolated, "", []string{"violated app the app's own code: http://a.cn [medium low]"}},
		{"as many pages as are kept", all(permits, address("app", "http://play.google.com/1", "http://play.google.com/2", "http://play.google.com/3", "http://play.google.com/4", "http://play.google.com/5")), audit.StateUndecidable, "more than are listed", nil},
		{"one page less", all(permits, address("app", "http://play.google.com/1", "http://play.google.com/2", "http://play.google.com/3", "http://play.google.com/4"), address("sdk:jpush", "http://play.google.com/5")), audit.StateSatisfied, "", nil},
	})
}

func TestForeignHosts(t *testing.T) {
	c := asking("foreign_hosts", rules.Ask{Home: "CN", NotHosts: []string{"www.google-analytics.com"}}, "{party}: {n} {hosts}")
	c.Parties = []string{"app", "sdk"}
	host := func(party string, names ...string) func(*audit.Report) {
		return func(r *audit.Report) {
			for _, n := range names {
				r.Behavior.Hosts = append(r.Behavior.Hosts, audit.Host{Host: n, Party: party})
			}
		}
	}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "or it names none", nil},
		{"hidden code", gap(audit.GapPacked, "x"), audit.StateUndecidable, "unpacked build", nil},
		{"at home", host("app", "a.jpush.cn"), audit.StateSatisfied, "", nil},
		{"of nobody known", host("app", "a.example-server.cn", "b.cn"), audit.StateUndecidable, "names 2 hosts", nil},
		{"abroad", host("app", "x.crashlytics.com", "b.cn", "x.crashlytics.com"), audit.StateViolated, "", []string{"violated app the app's own code: 2 x.crashlytics.com (Google LLC, US)"}},
		{"of a library", host("library:okhttp", "x.crashlytics.com", "b.cn"), audit.StateSatisfied, "", nil},
		{"a page", host("app", "www.google-analytics.com"), audit.StateSatisfied, "", nil},
		{"of two parties", all(host("sdk:jpush", "x.crashlytics.com"), host("app", "y.crashlytics.com")), audit.StateViolated, "",
			[]string{"violated app the app's own code: 1 y.crashlytics.com (Google LLC, US)", "violated sdk:jpush JPush (Aurora Mobile): 1 x.crashlytics.com (Google LLC, US)"}},
	})
}

// TestVendorDomains: a domain of vendors in two countries is of none.
func TestVendorDomains(t *testing.T) {
	f := &facts{set: &rules.Set{Source: rules.Source{SDKs: []rules.SDK{
		{ID: "a", Country: "CN", Domains: []string{"both.cn", "same.cn", "unknown.cn"}}, {ID: "b", Country: "US", Domains: []string{"both.cn"}},
		{ID: "c", Country: "CN", Domains: []string{"same.cn"}}, {ID: "d", Domains: []string{"unknown.cn", "d.cn"}}}}}}
	got := f.vendorDomains()
	for domain, want := range map[string]vendorDomain{"both.cn": {}, "same.cn": {"a", "CN"}, "unknown.cn": {}, "d.cn": {"d", ""}} {
		if got[domain] != want {
			t.Errorf("%s: %+v, want %+v", domain, got[domain], want)
		}
	}
}
