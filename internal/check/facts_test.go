package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// row is a report that differs in one thing from one without fault, and what a check
// then comes to: its state, a part of its reason, and its findings as shown gives them.
type row struct {
	name   string
	change func(*audit.Report)
	state  string
	why    string
	found  []string
}

// asking is a check of which the title shows the words of a finding.
func asking(predicate string, ask rules.Ask, title string) rules.Check {
	return rules.Check{ID: "test", Predicate: predicate, Input: "apk", Ask: ask, Title: audit.Text{EN: title},
		Severity: rules.Severity{Level: audit.High}, Confidence: audit.High, Basis: audit.BasisLaw}
}

// asking about a policy instead.
func askingPolicy(predicate, title string) rules.Check {
	c := asking(predicate, rules.Ask{}, title)
	c.Input = "policy"
	return c
}

// plainApp is an app, and a policy that says nothing of it.
func plainApp(set *rules.Set) *audit.Report {
	r := audit.NewReport()
	r.App.File, r.App.Package, r.App.TargetSDK = "a.apk", "com.example.app", 33
	r.Tool.AnalysisDigest = set.AnalysisDigest()
	r.Policy.Sources = []audit.PolicySource{document("我们重视您。", "zh")}
	return r
}

// runRows judges each row by one check alone.
func runRows(t *testing.T, c rules.Check, rows []row) {
	t.Helper()
	set := ruleSet(t)
	for _, tt := range rows {
		r := plainApp(set)
		if tt.change != nil {
			tt.change(r)
		}
		s, findings := alone(set, c, r)
		var found []string
		for _, f := range findings {
			found = append(found, shown(f))
		}
		if s.State != tt.state || !strings.Contains(s.Why.EN, tt.why) || s.Why.ZH == "" {
			t.Errorf("%s %s: %s, %q, want %s, %q", c.Predicate, tt.name, s.State, s.Why.EN, tt.state, tt.why)
		}
		if !slices.Equal(found, tt.found) {
			t.Errorf("%s %s:\n%s\nwant\n%s", c.Predicate, tt.name, strings.Join(found, "\n"), strings.Join(tt.found, "\n"))
		}
	}
}

// alone judges a report by one check.
func alone(set *rules.Set, c rules.Check, r *audit.Report) (audit.CheckState, []audit.Finding) {
	only := *set
	only.Checks = []rules.Check{c}
	Run(&only, r)
	return r.Checks[0], r.Findings
}

// shown is a finding in a line: verdict, subject and title, the levels unless both are
// high, what of evidence there is, and the items.
func shown(f audit.Finding) string {
	parts := []string{f.Verdict, f.Party, f.Data, f.Permission, strings.TrimSpace(f.Title.EN)}
	if f.Severity != audit.High || f.Confidence != audit.High {
		parts = append(parts, "["+f.Severity+" "+f.Confidence+"]")
	}
	if f.Sites > 0 || len(f.Code) > 0 {
		parts = append(parts, fmt.Sprintf("code %d of %d", len(f.Code), f.Sites))
	}
	if len(f.Policy) > 0 {
		parts = append(parts, fmt.Sprintf("policy %d", len(f.Policy)))
	}
	if len(f.Searched) > 0 {
		parts = append(parts, "searched")
	}
	for _, it := range f.Items {
		parts = append(parts, strings.TrimSuffix("+"+it.Data+"="+it.Verdict, "="))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// use is a read by a call that is reached after consent.
func use(party string, data ...string) audit.Use {
	e := audit.Example{DEX: "classes.dex", Caller: "La/B;->" + strings.Join(data, "_") + "()V", Reached: audit.Yes, BeforeConsent: audit.No}
	return audit.Use{API: "read_x", Data: data, Party: party, Via: audit.ViaCall, Target: "Lx/Y;->z()V", Sites: 1,
		Reached: audit.Yes, BeforeConsent: audit.No, Examples: []audit.Example{e}}
}

// alsoBy is a party that reaches the call site of a use too.
func alsoBy(u audit.Use, party string) []audit.AlsoBy {
	return []audit.AlsoBy{{Party: party, Sites: 1, Reached: u.Reached, BeforeConsent: u.BeforeConsent, Examples: u.Examples}}
}

// called is use of a known behaviour.
func called(party, api string, data ...string) audit.Use {
	u := use(party, data...)
	u.API = api
	return u
}

// earlyUse is use that is reached before consent.
func earlyUse(party string, data ...string) audit.Use {
	u := use(party, data...)
	u.BeforeConsent, u.Examples[0].BeforeConsent = audit.Yes, audit.Yes
	return u
}

func uses(list ...audit.Use) func(*audit.Report) {
	return func(r *audit.Report) { r.Behavior.Uses = list }
}

// requested are permissions of whose use nothing is known.
func requested(names ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		for _, n := range names {
			r.Behavior.Permissions = append(r.Behavior.Permissions, audit.Permission{Name: n, Used: audit.Unknown})
		}
	}
}

// gap is a gap that makes the report incomplete.
func gap(kind, what string) func(*audit.Report) {
	return func(r *audit.Report) { r.Gaps = append(r.Gaps, audit.Gap{Kind: kind, What: what}) }
}

// earlier makes it a report of another analysis.
func earlier(r *audit.Report) { r.Tool.AnalysisDigest = "" }

// noManifest makes it a report of an app whose manifest could not be read.
func noManifest(r *audit.Report) { r.App.Package = "" }

// observes adds observations of one kind of one party.
func observes(kind, party string, what ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		for _, w := range what {
			r.Behavior.Observations = append(r.Behavior.Observations, audit.Observation{Kind: kind, Party: party, What: w})
		}
	}
}

// all makes several changes.
func all(changes ...func(*audit.Report)) func(*audit.Report) {
	return func(r *audit.Report) {
		for _, change := range changes {
			change(r)
		}
	}
}

// document is a policy that was read.
func document(text string, languages ...string) audit.PolicySource {
	return audit.PolicySource{File: "p.txt", Text: text, Chars: len([]rune(text)), Languages: languages}
}

// claim is a statement that a party collects data, at a line of its own.
func claim(line int, party string, data ...string) audit.Claim {
	return audit.Claim{Party: party, Data: data, Polarity: audit.Collects, Platform: audit.PlatformAny, Specificity: audit.Exact, Lang: "zh",
		Quote: fmt.Sprintf("第%d句", line), At: audit.At{Line: line, Start: 100 * line, End: 100*line + 10}}
}

// denial is the opposite of claim.
func denial(line int, party string, data ...string) audit.Claim {
	c := claim(line, party, data...)
	c.Polarity = audit.Denies
	return c
}

// onIOS is a claim about iOS alone.
func onIOS(c audit.Claim) audit.Claim {
	c.Platform = audit.PlatformIOS
	return c
}

func claims(list ...audit.Claim) func(*audit.Report) {
	return func(r *audit.Report) { r.Policy.Claims = list }
}

// entry is a row of a list of SDKs that leaves nothing out.
func entry(line int, id string, data ...string) audit.PolicySDK {
	return audit.PolicySDK{ID: id, NameAsWritten: id, Data: data, Lang: "zh", Layout: "table", At: audit.At{Line: line, Start: line, End: line + 1}}
}

func entries(list ...audit.PolicySDK) func(*audit.Report) {
	return func(r *audit.Report) { r.Policy.SDKs = list }
}

// embeds adds SDKs that are in the app for certain.
func embeds(ids ...string) func(*audit.Report) {
	return func(r *audit.Report) {
		for _, id := range ids {
			r.Behavior.SDKs = append(r.Behavior.SDKs, audit.SDK{ID: id, Name: audit.Text{ZH: id, EN: id}, Confidence: "certain"})
		}
	}
}
