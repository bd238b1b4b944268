package policy

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// stated returns "topic=value" of what a text states.
func stated(p audit.Policy) []string {
	var out []string
	for _, t := range p.Topics {
		out = append(out, t.Topic+"="+t.Value)
	}
	return out
}

// TestTopicValues: dates, times, addresses and names as policies write them.
func TestTopicValues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"生效日期：2021年11月1日", "effective_date=2021-11-01"},
		{"生效日期：2021年【11】月【1】日", "effective_date=2021-11-01"},
		{"生效日期：2021/11/01", "effective_date=2021-11-01"},
		{"生效日期：20211101", "effective_date=2021-11-01"},
		{"生效日期：2021.11.1", "effective_date=2021-11-01"},
		{"生效日期：2021年11月", "effective_date=2021-11"},
		{"本政策自二〇二一年十一月一日起生效。", "effective_date=2021-11-01"},
		{"生效日期\n2021年11月1日", "effective_date=2021-11-01"},
		{"更新日期：2021年10月1日，生效日期：2021年11月1日", "update_date=2021-10-01|effective_date=2021-11-01"},
		{"2021年10月1日更新，2021年11月1日生效", "update_date=2021-10-01|effective_date=2021-11-01"},
		{"Effective date: November 1st, 2021", "effective_date=2021-11-01"},
		{"Effective as of 1 Nov 2021", "effective_date=2021-11-01"},
		{"Effective date: 13/11/2021", "effective_date=2021-11-13"},
		{"Effective date: 4/5/2021", "effective_date=2021"},
		{"Last updated: May, 2018", "update_date=2018-05"},
		{"Last edited on 2019-28-06", "update_date=2019-06-28"},
		{"我们会在十五个工作日内答复您的请求。", "response_deadline=15 working_days"},
		{"我们会在15个工作日内受理，并在三十天内答复您的请求。", "response_deadline=30 days"},
		{"我们会将日志保存6个月。", "retention_period=6 months"},
		{"We keep logs for ninety days.", "retention_period=90 days"},
		{"如有疑问，请联系 privacy@qinghe.example。", "contact_email=privacy@qinghe.example"},
		{"客服热线：0571-88001234", "contact_phone=0571-88001234"},
		{"本应用由杭州青禾网络科技有限公司开发。", "operator_named=杭州青禾网络科技有限公司"},
		{"青禾公司（以下简称“我们”）重视隐私。", "operator_named=青禾公司"},
		{"请另见《青禾儿童隐私保护指引》。", "children_elsewhere=《青禾儿童隐私保护指引》"},
	} {
		got := stated(readOne(t, "a.txt", []byte(c.text)))
		for _, want := range strings.Split(c.want, "|") {
			if !slices.Contains(got, want) {
				t.Errorf("%q states %q, want %q", c.text, got, want)
			}
		}
	}
}

// TestNoTopic: what only looks like a statement.
func TestNoTopic(t *testing.T) {
	for _, c := range []struct{ text, topic string }{
		{"生效日期：2021年13月45日", "effective_date"},
		{"我们向14周岁以下的用户保存记录。", "retention_period"},
		{"客服电话更新于2021-11-01。", "contact_phone"},
		{"请阅读《儿童个人信息网络保护规定》。", "children_elsewhere"},
		{"请阅读《儿童隐私政策》。", "children_rule"}, // inside a title
		{"生效日期\n\n我们会在2021年11月1日之前收集您的手机号码，用来为您建立账号并在您登录时核对身份，也用来在您忘记密码时为您找回。", "effective_date"},
		{"第三方公司（以下简称“合作方”）会收集您的信息，我们与青禾公司（以下简称“青禾”）合作。", "operator_named"},
	} {
		for _, s := range readOne(t, "a.txt", []byte(c.text)).Topics {
			if s.Topic == c.topic {
				t.Errorf("%q states %s=%q in %q", c.text, s.Topic, s.Value, s.Quote)
			}
		}
	}
}

// TestTopicReach: words that stand far apart on a page without line breaks do
// not make a statement, and each topic is noted a few times only.
func TestTopicReach(t *testing.T) {
	far := "您可以注销账号" + strings.Repeat("，我们重视您的隐私", 200) + "，需要手持身份证"
	if got := stated(readOne(t, "a.txt", []byte(far))); slices.Contains(got, "deletion_condition=") {
		t.Error("words a page apart count as one statement")
	}
	var many strings.Builder
	for i := range 50 {
		many.WriteString("您可以撤回同意")
		many.WriteString(strings.Repeat("啊", i))
		many.WriteString("。\n")
	}
	n := 0
	for _, s := range stated(readOne(t, "a.txt", []byte(many.String()))) {
		if s == "withdraw_consent=" {
			n++
		}
	}
	if n != maxTopicQuotes {
		t.Errorf("one topic is noted %d times, want %d", n, maxTopicQuotes)
	}
}
