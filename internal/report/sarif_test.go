package report

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apkaudit/internal/audit"
)

// official is the schema that OASIS publishes, see testdata/sarif/ORIGIN.md.
func official(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, sarifSchema, data)
}

func sarif(t *testing.T, s *jsonschema.Schema, opt Options, reports ...*audit.Report) sarifLog {
	t.Helper()
	out := render(t, "sarif", opt, reports...)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("not valid SARIF 2.1.0: %v", err)
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, log)
	return log
}

// checkSARIF holds what the schema does not say: code scanning's limits and
// what our contract adds.
func checkSARIF(t *testing.T, log sarifLog) {
	t.Helper()
	results, ids := 0, map[string]bool{}
	if len(log.Runs) > maxRuns {
		t.Errorf("%d runs", len(log.Runs))
	}
	place := func(what string, l sarifLocation) {
		t.Helper()
		uri := l.Physical.ArtifactLocation.URI
		u, err := url.Parse(uri)
		if err != nil || uri == "" || u.IsAbs() || strings.HasPrefix(uri, "/") || u.Host != "" || slices.Contains(strings.Split(u.Path, "/"), "..") ||
			!regexp.MustCompile(`^[A-Za-z0-9._~/%-]+$`).MatchString(uri) {
			t.Errorf("%s: uri %q (%v)", what, uri, err)
		}
		if l.Physical.Region != nil && l.Physical.Region.StartLine < 1 {
			t.Errorf("%s: line %d", what, l.Physical.Region.StartLine)
		}
	}
	for _, run := range log.Runs {
		for _, rule := range run.Tool.Driver.Rules {
			if tags, _ := rule.Properties["tags"].([]any); len(tags) == 0 || len(tags) > 10 {
				t.Errorf("%s: %d tags", rule.ID, len(tags))
			}
			if !regexp.MustCompile(`^\d+\.\d$`).MatchString(fmt.Sprint(rule.Properties["security-severity"])) || rule.Help.Text == "" || rule.Configuration.Level == "" {
				t.Errorf("rule %+v", rule)
			}
		}
		if run.Tool.Driver.Name != "apkaudit" {
			t.Errorf("driver %q", run.Tool.Driver.Name)
		}
		if ids[run.AutomationDetails.ID] || !strings.HasSuffix(run.AutomationDetails.ID, "/") {
			t.Errorf("run id %q", run.AutomationDetails.ID)
		}
		ids[run.AutomationDetails.ID] = true
		results += len(run.Results)
		for _, r := range run.Results {
			if rules := run.Tool.Driver.Rules; r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
				t.Errorf("%s is not rule %d", r.RuleID, r.RuleIndex)
			}
			if len(r.Locations) == 0 || len(r.Locations)+len(r.RelatedLocations) > maxLocations {
				t.Errorf("%s: %d and %d locations", r.RuleID, len(r.Locations), len(r.RelatedLocations))
			}
			for _, l := range r.Locations {
				if l.Physical.Region == nil {
					t.Errorf("%s: a place without a line, which code scanning refuses", r.RuleID)
				}
			}
			if r.PartialFingerprints["primaryLocationLineHash"] == "" || r.Message.Text == "" {
				t.Errorf("%s: no fingerprint or no message", r.RuleID)
			}
			if strings.Contains(r.Message.Text, "](") {
				t.Errorf("%s: the message holds a link: %q", r.RuleID, r.Message.Text)
			}
			for _, l := range append(slices.Clone(r.Locations), r.RelatedLocations...) {
				place(r.RuleID, l)
			}
			for _, f := range r.CodeFlows {
				for _, th := range f.ThreadFlows {
					if len(th.Locations) > maxLocations {
						t.Errorf("%s: a flow of %d steps", r.RuleID, len(th.Locations))
					}
					for _, l := range th.Locations {
						place(r.RuleID, l.Location)
					}
				}
			}
		}
	}
	if results > maxResults {
		t.Errorf("%d results", results)
	}
}

func TestSARIFIsValid(t *testing.T) {
	s := official(t)
	for name, reports := range map[string][]*audit.Report{
		"none": nil, "empty": {audit.NewReport()}, "rich": {rich(t)}, "hostile": {hostile()}, "no policy": {withoutPolicy(t)},
		"policy only": {policyOnly(t)}, "several": {rich(t), hostile(), policyOnly(t), policyOnly(t), rich(t)}, "crowded": {crowded(t)},
	} {
		for _, opt := range []Options{{}, {Lang: "zh", WorkDir: "/src/app"}, {Verbose: true, Color: true}} {
			if log := sarif(t, s, opt, reports...); len(log.Runs) != len(reports) {
				t.Errorf("%s: %d runs of %d reports", name, len(log.Runs), len(reports))
			}
		}
	}
	for _, junk := range []string{nasty, "", "../..", "/", strings.Repeat(nasty, 500)} {
		r := rich(t)
		poison(reflect.ValueOf(r).Elem(), junk)
		audit.SetFingerprints("x", r.Findings)
		for i := range r.Findings {
			r.Findings[i].Title.EN += "."
		}
		sarif(t, s, Options{WorkDir: "/src"}, r)
	}
	// the oracle itself refuses what is wrong
	if s.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{"results": []any{}}}}) == nil {
		t.Error("the official schema accepts a run without a tool")
	}
}

func TestSARIFContent(t *testing.T) {
	r := rich(t)
	log := sarif(t, official(t), Options{WorkDir: "/src/app"}, r)
	run := log.Runs[0]
	if len(run.Results) != len(r.Findings) {
		t.Fatalf("%d results of %d findings", len(run.Results), len(r.Findings))
	}
	levels := map[string]string{"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
	for i, f := range r.Findings {
		res := run.Results[i]
		if res.RuleID != f.Rule || res.Level != levels[f.Severity] || res.PartialFingerprints["primaryLocationLineHash"] != f.Fingerprint ||
			res.Properties["verdict"] != f.Verdict || res.Properties["party"] != f.Party || res.Properties["basis"] != f.Basis || res.Properties["data"] != f.Data {
			t.Errorf("finding %d: %+v", i, res)
		}
		if len(f.Policy) > 0 {
			l := res.Locations[0].Physical
			if want := "legal/%E9%9A%90%E7%A7%81%E6%94%BF%E7%AD%96.html"; l.ArtifactLocation.URI != want {
				t.Errorf("finding %d: uri %s, want %s", i, l.ArtifactLocation.URI, want)
			}
			if l.Region == nil || l.Region.StartLine != f.Policy[0].At.Line || l.Region.Snippet.Text != f.Policy[0].Quote {
				t.Errorf("finding %d: region %+v, quote %+v", i, l.Region, f.Policy[0])
			}
			if len(f.Code) > 0 && len(res.RelatedLocations) == 0 {
				t.Errorf("finding %d: the code side is missing", i)
			}
		} else if got := res.Locations[0].Physical.ArtifactLocation.URI; got != "build/out/yunfan%20weather.apk" {
			t.Errorf("finding %d without a quote lies at %s", i, got)
		}
		if (f.Status == audit.StatusWaived) != (len(res.Suppressions) == 1) {
			t.Errorf("finding %d (%s): suppressions %+v", i, f.Status, res.Suppressions)
		}
	}
	byRule := func(rule string) sarifResult {
		i := slices.IndexFunc(run.Results, func(x sarifResult) bool { return x.RuleID == rule })
		return run.Results[i]
	}
	if got := byRule("undisclosed_first_party_data").Locations[0].Logical[0].FullyQualifiedName; got != "com.qx.b.c#a" {
		t.Errorf("logical location %q", got)
	}
	if got := byRule("undisclosed_permission").Locations[0].Logical[0].FullyQualifiedName; got != "android.permission.CAMERA" {
		t.Errorf("logical location %q", got)
	}
	vague := byRule("vague_disclosure")
	if s := vague.Suppressions[0]; s.Kind != "external" || s.Justification != "诊断页面,下个版本移除 (until 2027-01-31) · security" {
		t.Errorf("suppression %+v", s)
	}
	if steps := vague.CodeFlows[0].ThreadFlows[0].Locations; len(steps) != 3 || steps[0].Location.Logical[0].FullyQualifiedName != "cn.example.yunfan.App#onCreate" {
		t.Errorf("code flow %+v", steps)
	}
	for _, rule := range run.Tool.Driver.Rules {
		name := r.Names.Rule[rule.ID]
		if !strings.Contains(rule.FullDescription.Text, name.ZH) || !strings.Contains(rule.FullDescription.Text, name.EN) || rule.ShortDescription.Text != name.EN {
			t.Errorf("rule %s: %+v", rule.ID, rule)
		}
		if rule.Properties["security-severity"] == nil {
			t.Errorf("rule %s has no severity", rule.ID)
		}
	}
	if n := len(run.Invocations[0].Notifications); n != len(r.Gaps) || !run.Invocations[0].ExecutionSuccessful {
		t.Errorf("%d notifications, %d gaps", n, len(r.Gaps))
	}
	if run.Artifacts[0].Hashes["sha-256"] != r.App.SHA256 {
		t.Errorf("artifacts %+v", run.Artifacts)
	}
}

func TestSARIFLimits(t *testing.T) {
	s := official(t)
	var many []*audit.Report
	for i := range maxRuns + 1 {
		r := rich(t)
		r.App.Package = fmt.Sprintf("com.example.a%d", i)
		audit.SetFingerprints(r.App.Package, r.Findings)
		many = append(many, r)
	}
	if log := sarif(t, s, Options{}, many[:maxRuns]...); len(log.Runs) != maxRuns {
		t.Errorf("%d reports give %d runs", maxRuns, len(log.Runs))
	}
	log := sarif(t, s, Options{}, many...)
	if len(log.Runs) != 1 || len(log.Runs[0].Results) != len(many)*len(many[0].Findings) {
		t.Errorf("%d reports give %d runs", len(many), len(log.Runs))
	}
	if n := len(log.Runs[0].Tool.Driver.Rules); n != 9 {
		t.Errorf("%d rules in the merged run", n)
	}

	// more findings than fit: the most severe of all reports stay
	big, small := rich(t), rich(t)
	f := big.Findings[8] // info
	big.Findings = nil
	for range maxResults {
		big.Findings = append(big.Findings, f)
	}
	out := render(t, "sarif", Options{}, big, small)
	var got sarifLog
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, got)
	if a, b := len(got.Runs[0].Results), len(got.Runs[1].Results); a+b != maxResults || b != 8 {
		t.Errorf("%d and %d results are left", a, b)
	}
	if n := got.Runs[0].Invocations[0].Notifications[0].Message.Text; n != "too many results: 8 were left out" {
		t.Errorf("the cut is announced as %q", n)
	}

	// more places than fit
	r := rich(t)
	x := &r.Findings[0]
	for i := range 40 {
		x.Policy = append(x.Policy, x.Policy[0])
		site := x.Code[0]
		site.Caller = fmt.Sprintf("La/B;->m%d()V", i)
		for j := range 30 {
			site.Path = append(site.Path, fmt.Sprintf("La/B;->p%d()V", j))
		}
		x.Code = append(x.Code, site)
	}
	one := sarif(t, s, Options{}, r).Runs[0].Results[0]
	if len(one.Locations) != maxLocations {
		t.Errorf("%d locations", len(one.Locations))
	}
	x.Policy = x.Policy[:1]
	one = sarif(t, s, Options{}, r).Runs[0].Results[0]
	if len(one.Locations) != 1 || len(one.RelatedLocations) != maxLocations-1 || len(one.CodeFlows) != maxFlows {
		t.Errorf("%d locations, %d related, %d flows", len(one.Locations), len(one.RelatedLocations), len(one.CodeFlows))
	}
	steps := one.CodeFlows[0].ThreadFlows[0].Locations
	if last := steps[len(steps)-1].Location.Logical[0].FullyQualifiedName; last != "a.B#p29" {
		t.Errorf("a long path ends in %s", last)
	}
}

// TestSARIFSize: a report of 30,000 findings, or of fewer with texts that cannot be
// compressed, gives a file that can be uploaded: the most severe 25,000 at most,
// 10 MB at most after gzip, and a notification of what was left out.
func TestSARIFSize(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('!' + random.IntN(90))
		}
		return string(b)
	}
	for _, c := range []struct{ all, noise, least, most int }{{30000, 0, maxResults, maxResults}, {8000, 900, 3000, 7000}} {
		name, width := fmt.Sprintf("%d with %d", c.all, c.noise), c.noise
		r := rich(t)
		base := r.Findings
		r.Findings = make([]audit.Finding, c.all)
		critical := 0
		for i := range r.Findings {
			f := base[i%len(base)]
			if i >= 10*len(base) { // enough of all evidence; what follows counts
				f.Code, f.Policy = nil, nil
			}
			f.Data = fmt.Sprintf("data_%d", i)
			f.Title.EN += fmt.Sprintf(" %d ", i) + noise(width)
			f.Why.EN += noise(width)
			if f.Severity == audit.Critical {
				critical++
			}
			r.Findings[i] = f
		}
		audit.SetFingerprints(r.App.Package, r.Findings)
		out := render(t, "sarif", Options{}, r)
		var log sarifLog
		if err := json.Unmarshal([]byte(out), &log); err != nil {
			t.Fatal(err)
		}
		checkSARIF(t, log)
		run := log.Runs[0]
		size := packed([]byte(out))
		t.Logf("%s: %d results, %d bytes, %d after gzip", name, len(run.Results), len(out), size)
		if size > 10<<20 || len(run.Results) < c.least || len(run.Results) > c.most {
			t.Errorf("%s: %d results, %d bytes after gzip", name, len(run.Results), size)
		}
		kept := 0
		for _, x := range run.Results {
			if x.Properties["severity"] == audit.Critical {
				kept++
			}
		}
		if kept != critical {
			t.Errorf("%s: %d of %d critical results are left", name, kept, critical)
		}
		want := fmt.Sprintf("too many results: %s were left out", grouped(int64(c.all-len(run.Results))))
		if n := run.Invocations[0].Notifications[0]; n.Message.Text != want || n.Level != "warning" {
			t.Errorf("%s: the cut is announced as %+v", name, n)
		}
	}
}

// TestSARIFBaseline: results carry a state only where there was a baseline.
func TestSARIFBaseline(t *testing.T) {
	states := func(r *audit.Report) map[string]string {
		out := map[string]string{}
		for i, x := range sarif(t, official(t), Options{}, r).Runs[0].Results {
			out[r.Findings[i].Status] = x.BaselineState
		}
		return out
	}
	r := rich(t)
	if got := states(r); got[audit.StatusNew] != "new" || got[audit.StatusKnown] != "unchanged" || got[audit.StatusWaived] != "" {
		t.Errorf("states %v", got)
	}
	for i := range r.Findings {
		r.Findings[i].Status = audit.StatusNew
	}
	if got := states(r); got[audit.StatusNew] != "new" {
		t.Errorf("a baseline that knows none: %v", got)
	}
	r.Triage.Baseline = ""
	if got := states(r); got[audit.StatusNew] != "" {
		t.Errorf("without a baseline: %v", got)
	}
}

func TestSARIFError(t *testing.T) {
	r := audit.NewReport()
	r.Outcome.Verdict = audit.OutcomeError
	r.Decide()
	if sarif(t, official(t), Options{}, r).Runs[0].Invocations[0].ExecutionSuccessful {
		t.Error("a report without a verdict counts as a success")
	}
}

func TestRelativeURI(t *testing.T) {
	for _, c := range []struct{ dir, file, want string }{
		{"/src/app", "policy.html", "policy.html"},
		{"/src/app", "./legal/../policy.html", "policy.html"},
		{"/src/app", "legal/privacy en.txt", "legal/privacy%20en.txt"},
		{"/src/app", "/src/app/legal/p.txt", "legal/p.txt"},
		{"/src/app", "/src/application/p.txt", "p.txt"},
		{"/src/app", "/elsewhere/p.txt", "p.txt"},
		{"/src/app", "../p.txt", "p.txt"},
		{"/src/app", "../app/p.txt", "p.txt"},
		{"/src/app", "../../src/app/legal/p.txt", "legal/p.txt"},
		{"/src/app", "", nameless},
		{"/src/app", ".", nameless},
		{"/src/app", "..", nameless},
		{"/src/app", "/", nameless},
		{"/src/app", "/src/app", nameless},
		{"", "p.txt", "p.txt"},
		{"", "/abs/p.txt", "p.txt"},
		{"", "../p.txt", "p.txt"},
		{"/src/app", "隐私.html", "%E9%9A%90%E7%A7%81.html"},
		{"/src/app", "a:b?c#d%20.txt", "a%3Ab%3Fc%23d%2520.txt"},
		{"/src/app", "x\n\x1b\xff.txt", "x%0A%1B%FF.txt"},
		{"/src/app", "app.apk!/assets/privacy.html", "app.apk%21/assets/privacy.html"},
		{"/src/app", "https://example.com/legal/privacy.html?v=2", "privacy.html"},
		{"/src/app", "https://example.com/", "example.com"},
		{"/src/app", "https://example.com", "example.com"},
	} {
		if got := relativeURI(c.dir, c.file); got != c.want {
			t.Errorf("relativeURI(%q, %q) = %q, want %q", c.dir, c.file, got, c.want)
		}
	}
}
