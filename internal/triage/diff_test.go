package triage_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/triage"
)

// lines are the rows of a list, "new party id field old→new".
func lines(list []audit.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s→%s", c.Change, c.Party, c.ID, c.Field, c.Old, c.New)), " "))
	}
	return out
}

// pair makes an old and a new report of one app, edited by set.
func pair(set func(older, newer *audit.Report)) (older, newer *audit.Report) {
	older, newer = reportOf("a.b"), reportOf("a.b")
	set(older, newer)
	return older, newer
}

func TestDiffLists(t *testing.T) {
	use := func(party, data, before string, also ...string) audit.Use {
		u := audit.Use{Kind: audit.KindCollect, Party: party, Data: []string{data}, BeforeConsent: before}
		for _, p := range also {
			u.AlsoBy = append(u.AlsoBy, audit.AlsoBy{Party: p})
		}
		return u
	}
	claim := func(party, data, polarity, specificity, platform, lang string) audit.Claim {
		return audit.Claim{Party: party, Data: []string{data}, Polarity: polarity, Specificity: specificity, Platform: platform, Lang: lang}
	}
	source := func(file, text string) audit.PolicySource {
		return audit.PolicySource{File: file, Text: text, SHA256: text, Format: "text", Chars: len(text)}
	}
	type lister = func(*audit.Difference) []audit.Change
	for _, c := range []struct {
		name string
		of   lister
		set  func(o, n *audit.Report)
		want []string
	}{
		{"app", func(d *audit.Difference) []audit.Change { return d.App }, func(o, n *audit.Report) {
			o.App.VersionName, n.App.VersionName = "1", "2"
			o.App.VersionCode, n.App.VersionCode = 9, 10
			o.App.Signers, n.App.Signers = []audit.Signer{{SHA256: "b"}, {SHA256: "a"}}, []audit.Signer{{SHA256: "c"}}
			o.App.TargetSDK, n.App.TargetSDK, o.App.MinSDK, n.App.MinSDK = 30, 34, 21, 21
			n.App.Flags.Debuggable = true
		}, []string{"changed version_name 1→2", "changed version_code 9→10", "changed signers a, b→c", "changed target_sdk 30→34", "changed debuggable false→true"}},
		{"the order of signers is no change", func(d *audit.Difference) []audit.Change { return d.App }, func(o, n *audit.Report) {
			o.App.Signers, n.App.Signers = []audit.Signer{{SHA256: "b"}, {SHA256: "a"}}, []audit.Signer{{SHA256: "a"}, {SHA256: "b"}}
		}, nil},
		{"sdks", func(d *audit.Difference) []audit.Change { return d.SDKs }, func(o, n *audit.Report) {
			o.Behavior.SDKs = []audit.SDK{{ID: "gone", Version: "1"}, {ID: "same", Version: "2"}, {ID: "up", Version: "3"}, {ID: "lost", Version: "4"}}
			n.Behavior.SDKs = []audit.SDK{{ID: "up", Version: "3.1"}, {ID: "came"}, {ID: "same", Version: "2"}, {ID: "lost"}}
		}, []string{"new came →", "gone gone 1→", "changed lost version 4→", "changed up version 3→3.1"}},
		{"libraries", func(d *audit.Difference) []audit.Change { return d.Libraries }, func(o, n *audit.Report) {
			n.Behavior.Libraries = []audit.SDK{{ID: "okhttp", Version: "4.9"}}
		}, []string{"new okhttp →4.9"}},
		{"permissions", func(d *audit.Difference) []audit.Change { return d.Permissions }, func(o, n *audit.Report) {
			o.Behavior.Permissions = []audit.Permission{{Name: "A"}, {Name: "B", MaxSDK: 28}, {Name: "C"}}
			n.Behavior.Permissions = []audit.Permission{{Name: "C"}, {Name: "B"}, {Name: "D"}}
		}, []string{"gone A →", "changed B max_sdk 28→", "new D →"}},
		{"data by pairs", func(d *audit.Difference) []audit.Change { return d.Data }, func(o, n *audit.Report) {
			o.Pairs = []audit.Pair{{Party: "app", Data: "imei", Verdict: "undisclosed"}, {Party: "sdk:x", Data: "imei", Verdict: "vague"}, {Party: "app", Data: "mac", Verdict: "disclosed"}}
			n.Pairs = []audit.Pair{{Party: "app", Data: "imei", Verdict: "disclosed"}, {Party: "sdk:y", Data: "oaid", Verdict: "undisclosed"}, {Party: "app", Data: "mac", Verdict: "disclosed"}}
		}, []string{"changed app imei verdict undisclosed→disclosed", "gone sdk:x imei vague→", "new sdk:y oaid →undisclosed"}},
		{"data of a report without pairs", func(d *audit.Difference) []audit.Change { return d.Data }, func(o, n *audit.Report) {
			o.Behavior.Uses = []audit.Use{use("app", "imei", audit.No), {Kind: audit.KindAction, Party: "app", Data: []string{"sms"}}}
			n.Behavior.Uses = []audit.Use{use("app", "imei", audit.Yes), use("sdk:x", "mac", audit.No, "sdk:y")}
			n.Pairs = []audit.Pair{{Party: "app", Data: "imei", Verdict: "disclosed"}}
		}, []string{"new sdk:x mac →", "new sdk:y mac →"}},
		{"data of shortened names", func(d *audit.Difference) []audit.Change { return d.Data }, func(o, n *audit.Report) {
			o.Pairs = []audit.Pair{{Party: "unknown:a.b", Data: "imei"}, {Party: "unknown:com.acme", Data: "imei"}}
			n.Pairs = []audit.Pair{{Party: "unknown:c.d", Data: "imei"}, {Party: "unknown:e.f", Data: "oaid"}}
		}, []string{"new unknown oaid →", "gone unknown:com.acme imei →"}},
		{"before consent", func(d *audit.Difference) []audit.Change { return d.BeforeConsent }, func(o, n *audit.Report) {
			o.Pairs = []audit.Pair{{Party: "app", Data: "imei", BeforeConsent: audit.Unknown}, {Party: "app", Data: "mac", BeforeConsent: audit.Yes}}
			n.Pairs = []audit.Pair{{Party: "app", Data: "imei", BeforeConsent: audit.Yes}, {Party: "app", Data: "mac", BeforeConsent: audit.No}}
		}, []string{"new app imei →", "gone app mac →"}},
		{"hosts", func(d *audit.Difference) []audit.Change { return d.Hosts }, func(o, n *audit.Report) {
			o.Behavior.Hosts = []audit.Host{{Host: "a.example", Party: "app"}, {Host: "b.example", Party: "app", Via: "code"}}
			n.Behavior.Hosts = []audit.Host{{Host: "b.example", Party: "app", Via: "native"}, {Host: "b.example", Party: "sdk:x"}}
		}, []string{"gone app a.example →", "new sdk:x b.example →"}},
		{"exported", func(d *audit.Difference) []audit.Change { return d.Exported }, func(o, n *audit.Report) {
			o.Behavior.Components = []audit.Component{{Name: "a.A", Exported: true, Party: "app"}, {Name: "a.B", Party: "app"}, {Name: "a.C", Exported: true, Party: "app", Permission: "P"}}
			n.Behavior.Components = []audit.Component{{Name: "a.A", Party: "app"}, {Name: "a.B", Exported: true, Party: "app"}, {Name: "a.C", Exported: true, Party: "app"}, {Name: "a.D", Party: "app"}}
		}, []string{"gone app a.A →", "new app a.B →", "changed app a.C permission P→"}},
		{"the same text under another name", func(d *audit.Difference) []audit.Change { return d.Sources }, func(o, n *audit.Report) {
			o.Policy.Sources, n.Policy.Sources = []audit.PolicySource{source("old.txt", "x")}, []audit.PolicySource{source("new.txt", "x")}
		}, nil},
		{"one edited policy", func(d *audit.Difference) []audit.Change { return d.Sources }, func(o, n *audit.Report) {
			o.Policy.Sources, n.Policy.Sources = []audit.PolicySource{source("old.txt", "x")}, []audit.PolicySource{source("new.txt", "y")}
		}, []string{"changed new.txt text x→y"}},
		{"several policies", func(d *audit.Difference) []audit.Change { return d.Sources }, func(o, n *audit.Report) {
			o.Policy.Sources = []audit.PolicySource{source("v1/a.txt", "a"), source("v1/b.txt", "b"), source("v1/c.txt", "c"), source(`v1\d.txt`, "d"), source("e.txt", "e")}
			n.Policy.Sources = []audit.PolicySource{source("v2/d.txt", "d2"), source("v2/b.txt", "a"), source("v2/c.txt", "c"), source("f.txt", "f"), source("g.txt", "g")}
		}, []string{"gone e.txt e→", "new f.txt →f", "new g.txt →g", "gone v1/b.txt b→", "changed v2/d.txt text d→d2"}},
		{"entries", func(d *audit.Difference) []audit.Change { return d.Entries }, func(o, n *audit.Report) {
			o.Policy.SDKs = []audit.PolicySDK{{ID: "x", NameAsWritten: "X", Company: "Foo, Inc.", Lang: "en"}, {ID: "x", NameAsWritten: "某", Company: "某公司", Lang: "zh"}, {ID: "sdk?:W", NameAsWritten: "W"}}
			n.Policy.SDKs = []audit.PolicySDK{{ID: "x", NameAsWritten: "某", Company: "某公司", Link: "https://x.example", Lang: "zh"}, {ID: "x", NameAsWritten: "X", Company: "Foo, Inc.", Lang: "en"}, {ID: "y", NameAsWritten: "Y"}}
		}, []string{"changed sdk:x link →https://x.example", "new sdk:y →Y", "gone sdk?:W W→"}},
		{"claims", func(d *audit.Difference) []audit.Change { return d.Claims }, func(o, n *audit.Report) {
			o.Policy.Claims = []audit.Claim{claim("app", "imei", "collects", "umbrella", "any", "zh"), claim("app", "imei", "collects", "umbrella", "any", "en"), claim("app", "mac", "denies", "exact", "any", "zh")}
			n.Policy.Claims = []audit.Claim{claim("app", "imei", "collects", "exact", "any", "zh"), claim("app", "imei", "collects", "umbrella", "any", "zh"), claim("sdk:x", "oaid", "collects", "exact", "ios", "zh")}
		}, []string{"changed app imei said collects umbrella any→collects exact any, collects umbrella any", "gone app mac denies exact any→", "new sdk:x oaid →collects exact ios"}},
		{"named permissions", func(d *audit.Difference) []audit.Change { return d.Named }, func(o, n *audit.Report) {
			o.Policy.Claims = []audit.Claim{{Party: "app", Permissions: []string{"A", "B"}, Polarity: "collects"}}
			n.Policy.Claims = []audit.Claim{{Party: "app", Permissions: []string{"B"}, Polarity: "denies"}, {Party: "sdk:x", Permissions: []string{"A"}, Polarity: "collects"}}
		}, []string{"gone app A collects→", "changed app B said collects→denies", "new sdk:x A →collects"}},
		{"gaps", func(d *audit.Difference) []audit.Change { return d.Gaps }, func(o, n *audit.Report) {
			o.Gaps = []audit.Gap{{Kind: "native", What: "2 libraries"}, {Kind: "limit", What: "a"}, {Kind: "limit", What: "b"}, {Kind: "packed", What: "p"}}
			n.Gaps = []audit.Gap{{Kind: "native", What: "3 libraries"}, {Kind: "limit", What: "b"}, {Kind: "obfuscated", What: "o"}}
		}, []string{"gone limit a→", "changed native what 2 libraries→3 libraries", "new obfuscated →o", "gone packed p→"}},
	} {
		older, newer := pair(c.set)
		if got := lines(c.of(triage.Diff(older, newer))); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestDiffFindings(t *testing.T) {
	older := reportOf("a.b", "sdk sdk:x", "data app imei", "data unknown:a.b oaid", "blank", "blank")
	newer := reportOf("a.b", "data unknown:c.d oaid", "sdk sdk:y", "data app imei", "blank")
	newer.Findings[2].Severity = audit.Low
	d := triage.Diff(older, newer)
	var got []string
	for _, f := range d.Findings {
		got = append(got, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s←%s", f.Change, f.Rule, f.Party, f.Data, f.Severity, f.OldSeverity)), " "))
	}
	want := []string{"gone blank high←high", "gone sdk sdk:x high←high", "new sdk sdk:y high←", "changed data app imei low←high"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	gate := func(failOn string) int { return audit.DifferenceExitCode(audit.Gate{FailOn: failOn}, d) }
	if gate("new") != 1 || gate("high") != 1 || gate("critical") != 0 || gate("none") != 0 {
		t.Error("the gate does not look at new findings alone")
	}
	newer.Findings[1].Status = audit.StatusWaived
	d = triage.Diff(older, newer)
	if gate("new") != 0 {
		t.Error("a waived finding reaches the gate")
	}
	newer.Gaps = []audit.Gap{{Kind: audit.GapPacked}}
	newer.Decide()
	d = triage.Diff(older, newer)
	if gate("new") != 3 || audit.DifferenceExitCode(audit.Gate{FailOn: "new", AllowIncomplete: true}, d) != 0 {
		t.Error("what was not examined passes the gate")
	}
}

// TestDiffOfTwoApps: findings of different packages are the same findings.
func TestDiffOfTwoApps(t *testing.T) {
	older, newer := reportOf("a.b", "sdk sdk:x", "blank"), reportOf("a.b.debug", "sdk sdk:x", "data app imei")
	before := string(encoded(t, older))
	d := triage.Diff(older, newer)
	if len(d.Findings) != 2 || d.Findings[0].Rule != "blank" || d.Findings[1].Rule != "data" {
		t.Errorf("%+v", d.Findings)
	}
	if len(d.Notes) == 0 || !strings.Contains(d.Notes[0].EN, "a.b and a.b.debug") || !strings.Contains(d.Notes[0].ZH, "a.b.debug") {
		t.Errorf("notes %+v", d.Notes)
	}
	if string(encoded(t, older)) != before {
		t.Error("a report was changed")
	}
}

func TestDiffNotes(t *testing.T) {
	policy := []audit.PolicySource{{File: "p", Format: "text", Chars: 1, Text: "x"}}
	for _, c := range []struct {
		name string
		set  func(o, n *audit.Report)
		want []string // the beginning of each note
	}{
		{"alike", func(o, n *audit.Report) {}, nil},
		{"one file", func(o, n *audit.Report) { o.App.SHA256, n.App.SHA256 = "a", "a" }, []string{"Both reports are of the same file"}},
		{"signatures", func(o, n *audit.Report) { n.Tool.AnalysisDigest, n.Tool.RulesDigest = "a", "b" }, []string{"The code was read with different signatures"}},
		{"rules", func(o, n *audit.Report) { n.Tool.RulesDigest = "b" }, []string{"The reports were judged by different rules"}},
		{"profile", func(o, n *audit.Report) { n.Tool.Judged.Profile = audit.ProfileGDPR }, []string{"The reports were judged with different options"}},
		{"no policy now", func(o, n *audit.Report) { o.Policy.Sources = policy }, []string{"The new report has no policy"}},
		{"no policy before", func(o, n *audit.Report) { n.Policy.Sources = policy }, []string{"The old report has no policy"}},
		{"policies in both", func(o, n *audit.Report) { o.Policy.Sources, n.Policy.Sources = policy, policy }, nil},
		{"incomplete", func(o, n *audit.Report) { o.Outcome.Incomplete, n.Outcome.Incomplete = true, true }, []string{"The old report is incomplete", "The new report is incomplete"}},
	} {
		d := triage.Diff(pair(c.set))
		ok := len(d.Notes) == len(c.want)
		for i := range d.Notes {
			ok = ok && d.Notes[i].ZH != "" && strings.HasPrefix(d.Notes[i].EN, c.want[i])
		}
		if !ok {
			t.Errorf("%s: %+v, want %q", c.name, d.Notes, c.want)
		}
	}
}

// TestDiffNames: reports of policies alone go by the first of their files.
func TestDiffNames(t *testing.T) {
	r := reportOf("")
	r.App.File = ""
	r.Policy.Sources = []audit.PolicySource{{File: "p", SHA256: "1"}, {File: "q", SHA256: "2"}}
	d := triage.Diff(r, reportOf("a.b"))
	if d.Old.File != "p" || d.Old.SHA256 != "1" || !slices.Equal(d.Old.Policies, []string{"p", "q"}) || d.New.File != "a.b.apk" {
		t.Errorf("%+v and %+v", d.Old, d.New)
	}
	r.App.File, r.Policy.Sources = "", nil
	if d := triage.Diff(r, r); d.Old.File != "" {
		t.Errorf("%+v", d.Old)
	}
}

// TestDiffSources: only two documents that are left over are one document.
func TestDiffSources(t *testing.T) {
	docs := func(names ...string) *audit.Report {
		r := reportOf("a.b")
		for _, n := range names {
			r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: n, Text: n, SHA256: n, Format: "text", Chars: 1})
		}
		return r
	}
	for _, c := range []struct {
		older, newer *audit.Report
		want         []string
	}{
		{docs("a"), docs("b"), []string{"changed b text a→b"}},
		{docs("a"), docs("b", "c"), []string{"gone a a→", "new b →b", "new c →c"}},
		{docs("a", "b"), docs("c"), []string{"gone a a→", "gone b b→", "new c →c"}},
		{docs("a", "x"), docs("x", "b"), []string{"changed b text a→b"}},
		{docs("a"), docs("a"), nil},
	} {
		if got := lines(triage.Diff(c.older, c.newer).Sources); !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestDiffUsedNames: what a difference shows has its name, and nothing else does.
func TestDiffUsedNames(t *testing.T) {
	name := func(s string) audit.Text { return audit.Text{ZH: s, EN: s} }
	older, newer := reportOf("a.b"), reportOf("a.b", "data sdk:x imei")
	newer.Findings[0].Permission = "p"
	for _, r := range []*audit.Report{older, newer} {
		r.Behavior.SDKs = []audit.SDK{{ID: "same", Name: name("same")}}
		r.Behavior.Libraries = []audit.SDK{{ID: "lib", Name: name("lib")}}
	}
	newer.Behavior.SDKs = append(newer.Behavior.SDKs, audit.SDK{ID: "added", Name: name("added")})
	newer.Names.Data, newer.Names.Sensitivity = map[string]audit.Text{"imei": name("IMEI"), "oaid": name("OAID")}, map[string]string{"imei": "personal"}
	newer.Names.Permission, newer.Names.Rule = map[string]audit.Text{"p": name("P")}, map[string]audit.Text{"data": name("Data")}
	newer.Names.Party = map[string]audit.Text{"sdk:x": name("X")}
	older.Names.Party, older.Names.Data = map[string]audit.Text{"sdk:x": name("Old X")}, map[string]audit.Text{"imei": name("Old")}
	n := triage.Diff(older, newer).Names
	if len(n.Data) != 1 || n.Data["imei"] != name("IMEI") || n.Sensitivity["imei"] != "personal" || n.Permission["p"] != name("P") || n.Rule["data"] != name("Data") {
		t.Errorf("%+v", n)
	}
	if len(n.Party) != 2 || n.Party["sdk:x"] != name("X") || n.Party["sdk:added"] != name("added") {
		t.Errorf("parties %+v", n.Party)
	}
}

// TestDiffOfNothing: a report does not differ from itself, and a full one differs in
// every list from an empty one.
func TestDiffOfNothing(t *testing.T) {
	same := triage.Diff(full(t), full(t))
	fuller := full(t)
	fuller.Behavior.Components[0].Exported, fuller.Pairs[0].BeforeConsent = true, audit.Yes
	all := triage.Diff(reportOf("cn.example"), fuller)
	for name, list := range map[string]func(*audit.Difference) int{
		"sdks": func(d *audit.Difference) int { return len(d.SDKs) }, "libraries": func(d *audit.Difference) int { return len(d.Libraries) },
		"permissions": func(d *audit.Difference) int { return len(d.Permissions) }, "data": func(d *audit.Difference) int { return len(d.Data) },
		"before_consent": func(d *audit.Difference) int { return len(d.BeforeConsent) }, "hosts": func(d *audit.Difference) int { return len(d.Hosts) },
		"exported": func(d *audit.Difference) int { return len(d.Exported) }, "findings": func(d *audit.Difference) int { return len(d.Findings) },
		"sources": func(d *audit.Difference) int { return len(d.Sources) }, "entries": func(d *audit.Difference) int { return len(d.Entries) },
		"claims": func(d *audit.Difference) int { return len(d.Claims) }, "named": func(d *audit.Difference) int { return len(d.Named) },
		"gaps": func(d *audit.Difference) int { return len(d.Gaps) }, "app": func(d *audit.Difference) int { return len(d.App) },
	} {
		if n := list(same); n != 0 {
			t.Errorf("%s: %d differences of a report with itself", name, n)
		}
		if list(all) == 0 {
			t.Errorf("%s: a full report differs in nothing from an empty one", name)
		}
	}
	for range 20 {
		if !bytes.Equal(encoded(t, triage.Diff(reportOf("cn.example"), fuller)), encoded(t, all)) {
			t.Fatal("two runs differ")
		}
	}
	for _, c := range all.Data {
		if c.Party != audit.ShortenedParty && all.Names.Party[c.Party] == (audit.Text{}) || all.Names.Data[c.ID] == (audit.Text{}) {
			t.Errorf("no name for %s, %s", c.Party, c.ID)
		}
	}
	for _, c := range all.SDKs {
		if all.Names.Party["sdk:"+c.ID] == (audit.Text{}) {
			t.Errorf("no name for the SDK %s", c.ID)
		}
	}
}

// FuzzDecode: a saved document, whatever it holds, is refused or survives being
// compared, triaged and written again: the second reading gives the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, full(f)))
	f.Add(encoded(f, &audit.Reports{Schema: audit.ReportsSchema, Reports: []*audit.Report{reportOf("a.b", "sdk sdk:x", "blank", "blank"), reportOf("")}}))
	for _, seed := range []string{
		`{"schema":"apkaudit.report/1"}`, `{"schema":"apkaudit.report/1","findings":[{}],"gaps":[{"kind":"no_policy"},{"kind":"unreadable"}]}`,
		`{"schema":"apkaudit.reports/1","reports":[null]}`, `{"schema":"apkaudit.report/1","reports":[{}],"schema":"apkaudit.reports/1"}`,
		`{"schema":"apkaudit.report/1","pairs":[{"party":"unknown:a.b","data":"x"}],"triage":{"waivers":[{"line":-1}]},"names":{"party":{"":null}}}`,
		`{"schema":"apkaudit.report/1","findings":[{"waiver":null,"severity":"\ud800"}],"app":{"version_code":1e99}}`,
	} {
		f.Add([]byte(seed))
	}
	other := reportOf("a.b", "sdk sdk:x", "blank")
	f.Fuzz(func(t *testing.T, data []byte) {
		reports, err := audit.DecodeAll(data)
		if err != nil {
			return
		}
		var doc any = &audit.Reports{Schema: audit.ReportsSchema, Reports: reports}
		once := encoded(t, doc)
		again, err := audit.DecodeAll(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !bytes.Equal(once, encoded(t, &audit.Reports{Schema: audit.ReportsSchema, Reports: again})) {
			t.Fatal("the second reading differs")
		}
		for _, r := range reports {
			if n := len(triage.Diff(r, r).Findings); n != 0 {
				t.Errorf("%d findings differ from themselves", n)
			}
			encoded(t, triage.Diff(other, r))
			b, err := triage.ReadBaseline("old.json", once)
			if err == nil {
				triage.Given{Baseline: b}.Apply(r)
			}
		}
	})
}
