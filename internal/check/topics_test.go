package check_test

import (
	"context"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/check"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
)

// judge reads documents and returns what a check came to.
func judge(t *testing.T, rule string, docs ...string) (audit.CheckState, *audit.Report) {
	t.Helper()
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	reader, err := policy.NewReader(set)
	if err != nil {
		t.Fatal(err)
	}
	r := audit.NewReport()
	var inputs []policy.Input
	for _, d := range docs {
		inputs = append(inputs, policy.Input{Name: "policy.txt", Data: []byte(d)})
	}
	if r.Policy, _, err = reader.Read(context.Background(), inputs); err != nil {
		t.Fatal(err)
	}
	check.Run(set, r)
	for _, s := range r.Checks {
		if s.Rule == rule {
			return s, r
		}
	}
	t.Fatalf("no check %s", rule)
	return audit.CheckState{}, nil
}

const (
	refersToRules = "我们会收集您的手机号码。请另见《青禾儿童隐私保护指引》。"
	childrenRules = "青禾儿童隐私保护指引\n本指引适用于不满十四周岁的用户。"
)

// TestElsewhere: a statement in a document that was not given is neither missing
// nor made; once the document is there, it counts.
func TestElsewhere(t *testing.T) {
	const rule = "children_rule_missing"
	s, r := judge(t, rule, refersToRules)
	if s.State != audit.StateUndecidable || !strings.Contains(s.Why.ZH, "《青禾儿童隐私保护指引》") || len(s.Policy) != 1 {
		t.Errorf("a document that is not there: %+v", s)
	}
	for _, f := range r.Findings {
		if f.Rule == rule {
			t.Errorf("undecidable, yet found: %s", f.Why.EN)
		}
	}
	if s, _ = judge(t, rule, refersToRules, childrenRules); s.State != audit.StateSatisfied || strings.Contains(s.Why.ZH, "未提供") {
		t.Errorf("a document that is there: %+v", s)
	}
	if s, _ = judge(t, rule, refersToRules, "青禾儿童隐私保护指引\n我们会收集昵称。"); s.State != audit.StateSatisfied && s.State != audit.StateViolated {
		t.Errorf("a document that is there and empty: %+v", s)
	}
	if s, _ = judge(t, rule, refersToRules+"\n未成年人请在监护人陪同下使用。"); s.State != audit.StateSatisfied || !strings.Contains(s.Why.ZH, "未提供") {
		t.Errorf("a clause and another document: %+v", s)
	}
}

// TestUnreadDocument: what was not found may stand in a document that could not
// be read.
func TestUnreadDocument(t *testing.T) {
	s, _ := judge(t, "retention_missing", "我们会收集您的手机号码。", " ")
	if s.State != audit.StateUndecidable || !strings.Contains(s.Why.EN, "could not be read") {
		t.Errorf("with an unread document: %+v", s)
	}
}

// TestEvidence: a check that is satisfied shows where, one that is violated what
// was searched.
func TestEvidence(t *testing.T) {
	s, _ := judge(t, "retention_missing", "我们会将您的日志保存六个月。")
	if s.State != audit.StateSatisfied || len(s.Policy) != 1 || s.Policy[0].Quote != "我们会将您的日志保存六个月。" {
		t.Errorf("satisfied: %+v", s)
	}
	_, r := judge(t, "retention_missing", "我们会收集您的手机号码。")
	for _, f := range r.Findings {
		if f.Rule == "retention_missing" && (len(f.Searched) == 0 || !strings.Contains(strings.Join(f.Searched, "|"), "保存 + (duration)")) {
			t.Errorf("searched: %q", f.Searched)
		}
	}
}

// TestOtherRegime: a text in English alone gets nothing high for what it leaves
// out, and EU law is asked about only where users in the EU are.
func TestOtherRegime(t *testing.T) {
	_, r := judge(t, "gdpr_complaint", "We collect your email address when you create an account with us.")
	for _, f := range r.Findings {
		if audit.SeverityRank(f.Severity) > audit.SeverityRank(audit.Medium) || strings.HasPrefix(f.Rule, "gdpr_") {
			t.Errorf("%s is %s", f.Rule, f.Severity)
		}
	}
	s, _ := judge(t, "gdpr_complaint", "我们会收集您的手机号码。")
	if s.State != audit.StateNotLooked {
		t.Errorf("EU law on a Chinese text: %+v", s)
	}
}
