package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// inDocument moves the statements that a change adds to a document of the policy.
func inDocument(source int, lang string, change func(*audit.Report)) func(*audit.Report) {
	return func(r *audit.Report) {
		n := len(r.Policy.Topics)
		change(r)
		for i := range r.Policy.Topics[n:] {
			t := &r.Policy.Topics[n+i]
			t.At.Source, t.Lang = source, lang
		}
	}
}

func unreadDocument(r *audit.Report) {
	r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: "q.pdf"})
}

func englishPolicy(r *audit.Report) { r.Policy.Sources[0].Languages = []string{"en"} }

// asksTopics is a check about statements.
func asksTopics(predicate string, topics rules.AskedTopics) rules.Check {
	c := askingPolicy(predicate, "{missing}{value}: {difference}")
	c.Topics = topics
	c.Severity.Caps = map[string]string{"language:en": audit.Low, "missing:one": audit.Medium}
	return c
}

func TestTopicMissing(t *testing.T) {
	set := ruleSet(t)
	name := func(id string) string { return set.Topic(id).Name.EN }
	c := asksTopics("topic_missing", rules.AskedTopics{AnyOf: []string{"retention_period", "children_rule"}, Vague: []string{"retention_vague"}, Elsewhere: []string{"children_elsewhere"}, Given: []string{"account_exists"}})
	for _, id := range c.Topics.All() {
		if set.Topic(id) == nil {
			t.Fatalf("no topic %s", id)
		}
	}
	both := name("retention_period") + ", " + name("children_rule")
	given := states("account_exists", "")
	runRows(t, c, []row{
		{"nothing raises the question", states("retention_period", ""), audit.StateUndecidable, "No statement was seen in the policy on: " + name("account_exists"), nil},
		{"stated", all(given, states("children_rule", "")), audit.StateSatisfied, "The policy states it", nil},
		{"not stated", given, audit.StateViolated, "", []string{"violated " + both + "{value}: Nothing of it was seen in the policy text that was given. policy 1 searched"}},
		{"not stated, in English", all(given, englishPolicy), audit.StateViolated, "", []string{"violated " + both + "{value}: Nothing of it was seen in the policy text that was given. [low high] policy 1 searched"}},
		{"vague", all(given, states("retention_vague", "x")), audit.StateViolated, "", []string{"vague " + both + "{value}: The policy answers only in general terms. policy 1 searched"}},
		{"vague and stated", all(given, states("retention_vague", "x"), states("retention_period", "")), audit.StateSatisfied, "", nil},
		{"in another document", all(given, states("children_elsewhere", "《甲》")), audit.StateUndecidable, "another document, 《甲》", nil},
		{"in another document too", all(given, states("children_rule", ""), states("children_elsewhere", "《甲》")), audit.StateSatisfied, "also refers to 《甲》", nil},
		{"in another document that is there", all(given, states("children_elsewhere", "《甲》"), func(r *audit.Report) {
			r.Policy.Sources = append(r.Policy.Sources, document("甲\n乙", "zh"))
		}), audit.StateViolated, "", []string{"violated " + both + "{value}: Nothing of it was seen in the policy text that was given. policy 1 searched"}},
		{"a document could not be read", all(given, unreadDocument), audit.StateUndecidable, "q.pdf could not be read", nil},
		{"stated, whatever could not be read", all(given, states("children_rule", ""), unreadDocument), audit.StateSatisfied, "", nil},
	})
	c.Topics = rules.AskedTopics{AllOf: []string{"retention_period", "children_rule"}}
	runRows(t, c, []row{
		{"both", all(states("retention_period", ""), states("children_rule", "")), audit.StateSatisfied, "", nil},
		{"one of two", states("retention_period", ""), audit.StateViolated, "", []string{"violated " + name("children_rule") + "{value}: Nothing of it was seen in the policy text that was given. [medium high] searched"}},
		{"none of two", nil, audit.StateViolated, "", []string{"violated " + both + "{value}: Nothing of it was seen in the policy text that was given. searched"}},
	})
	c.Topics = rules.AskedTopics{AllOf: []string{"retention_period"}}
	runRows(t, c, []row{{"the only one", nil, audit.StateViolated, "", []string{"violated " + name("retention_period") + "{value}: Nothing of it was seen in the policy text that was given. searched"}}})
	c.Topics = rules.AskedTopics{AllOf: []string{"retention_period"}, AnyOf: []string{"children_rule"}}
	runRows(t, c, []row{
		{"all of the one, none of the other", states("retention_period", ""), audit.StateViolated, "", []string{"violated " + name("children_rule") + "{value}: Nothing of it was seen in the policy text that was given. searched"}},
		{"one of the other, none of the one", states("children_rule", ""), audit.StateViolated, "", []string{"violated " + name("children_rule") + ", " + name("retention_period") + "{value}: Nothing of it was seen in the policy text that was given. searched"}},
		{"of both", all(states("children_rule", ""), states("retention_period", "")), audit.StateSatisfied, "", nil},
	})
	r := plainApp(set)
	all(states("children_rule", "", ""), states("retention_period", "", ""))(r)
	if s, _ := alone(set, c, r); len(s.Policy) != maxQuotes {
		t.Errorf("places %+v", s.Policy)
	}
}

func TestTopicPresent(t *testing.T) {
	c := asksTopics("topic_present", rules.AskedTopics{AnyOf: []string{"deletion_deadline"}, WorkingDays: 15})
	found := func(value string) []string { return []string{"violated {missing}" + value + ": {difference} policy 1"} }
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "", nil},
		{"as long as may be", states("deletion_deadline", "15 working_days"), audit.StateSatisfied, "", nil},
		{"in other words", states("deletion_deadline", "21 days"), audit.StateSatisfied, "", nil},
		{"longer", states("deletion_deadline", "22 days"), audit.StateViolated, "", found("22 days")},
		{"without a time", states("deletion_deadline", "x"), audit.StateViolated, "", found("x")},
		{"one of two", states("deletion_deadline", "1 days", "16 working_days"), audit.StateViolated, "", found("16 working_days")},
		{"two of two", states("deletion_deadline", "30 days", "16 working_days"), audit.StateViolated, "1 found", []string{"violated {missing}30 days: {difference} policy 2"}},
		{"in English", all(englishPolicy, inDocument(0, "en", states("deletion_deadline", "30 days"))), audit.StateViolated, "", []string{"violated {missing}30 days: {difference} [low high] policy 1"}},
	})
	c.Topics.WorkingDays, c.Languages = 0, []string{"zh"}
	runRows(t, c, []row{
		{"no time is asked about", states("deletion_deadline", "1 days"), audit.StateViolated, "", found("1 days")},
		{"in another language", inDocument(0, "en", states("deletion_deadline", "1 days")), audit.StateSatisfied, "", nil},
	})
}

func TestDateInconsistent(t *testing.T) {
	c := asksTopics("date_inconsistent", rules.AskedTopics{AnyOf: []string{"update_date"}, Given: []string{"effective_date"}})
	updated := func(values ...string) func(*audit.Report) { return states("update_date", values...) }
	effect := func(values ...string) func(*audit.Report) { return states("effective_date", values...) }
	differ := func(what string) []string { return []string{"defect {missing}{value}: " + what + " policy 2"} }
	late := func(update, effect string) []string {
		return differ(fmt.Sprintf("It was updated on %s, more than 30 days after it took effect on %s.", update, effect))
	}
	english := func(values ...string) func(*audit.Report) { return inDocument(0, "en", effect(values...)) }
	second := func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, document("x", "zh")) }
	runRows(t, c, []row{
		{"none", nil, audit.StateUndecidable, "two dates to compare", nil},
		{"one", updated("2024-05-31"), audit.StateUndecidable, "two dates to compare", nil},
		{"one of each language of two matters", all(updated("2024-05-31"), inDocument(0, "en", updated("2024-05-31"))), audit.StateUndecidable, "", nil},
		{"no dates", all(updated("x"), effect("y")), audit.StateUndecidable, "", nil},
		{"the same", all(updated("2024-05-31"), effect("2024-05-31")), audit.StateSatisfied, "", nil},
		{"30 days later", all(updated("2024-06-30"), effect("2024-05-31")), audit.StateSatisfied, "", nil},
		{"31 days later", all(updated("2024-07-01"), effect("2024-05-31")), audit.StateViolated, "", late("2024-07-01", "2024-05-31")},
		{"30 days after the end of the month", all(updated("2024-06-30"), effect("2024-05")), audit.StateSatisfied, "", nil},
		{"31 days after the end of the month", all(updated("2024-07-01"), effect("2024-05")), audit.StateViolated, "", late("2024-07-01", "2024-05")},
		{"30 days after the end of the year", all(updated("2024-01-30"), effect("2023")), audit.StateSatisfied, "", nil},
		{"31 days after the end of the year", all(updated("2024-01-31"), effect("2023")), audit.StateViolated, "", late("2024-01-31", "2023")},
		{"long before", all(updated("2023-01-01"), effect("2024-05-31")), audit.StateSatisfied, "", nil},
		{"the latest of each", all(updated("2024-07-01", "2020-01-01"), effect("2019-01-01", "2024-06-30")), audit.StateSatisfied, "", nil},
		{"of two documents", all(second, updated("2024-07-01"), inDocument(1, "zh", effect("2020-01-01"))), audit.StateUndecidable, "", nil},
		{"in the second document", all(second, inDocument(1, "zh", updated("2024-07-01")), inDocument(1, "zh", effect("2020-01-01"))), audit.StateViolated, "", late("2024-07-01", "2020-01-01")},
		{"of two languages", all(effect("2024-05-31"), english("2024-06-01")), audit.StateViolated, "", differ("The Chinese part takes effect on 2024-05-31, the English part on 2024-06-01.")},
		{"of two languages, the other way", all(effect("2024-06-01"), english("2024-05-31")), audit.StateViolated, "", differ("The Chinese part takes effect on 2024-06-01, the English part on 2024-05-31.")},
		{"of two languages, less exact", all(effect("2024-05"), english("2024-05-31")), audit.StateSatisfied, "", nil},
		{"in one language alone", all(effect("2024-05-31"), func(r *audit.Report) { r.Policy.Sources[0].Languages = []string{"zh", "en"} }), audit.StateUndecidable, "", nil},
	})
}

func TestLanguageMissing(t *testing.T) {
	c := asking("language_missing", rules.Ask{}, "")
	c.Input = "policy"
	c.Severity.Caps = map[string]string{"language:en": audit.Low}
	runRows(t, c, []row{
		{"in Chinese", nil, audit.StateSatisfied, "", nil},
		{"in English", englishPolicy, audit.StateViolated, "", []string{"violated [low high]"}},
		{"in both", all(englishPolicy, func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, document("x", "zh")) }), audit.StateSatisfied, "", nil},
		{"in Chinese where it could not be read", all(englishPolicy, func(r *audit.Report) {
			r.Policy.Sources = append(r.Policy.Sources, audit.PolicySource{File: "q.pdf", Languages: []string{"zh"}})
		}), audit.StateViolated, "", []string{"violated [low high]"}},
		{"in no language", func(r *audit.Report) { r.Policy.Sources[0].Languages = nil }, audit.StateSatisfied, "", nil},
	})
}

// TestNotGiven: a document that is referred to is there where another one begins with
// its title, or two do.
func TestNotGiven(t *testing.T) {
	set := ruleSet(t)
	far := strings.Repeat("字", titleReach)
	for _, tt := range []struct {
		name  string
		texts []string // the first refers to 《甲书》
		want  bool
	}{
		{"alone", []string{"见《甲书》"}, true},
		{"its own title", []string{"甲书：见《甲书》"}, true},
		{"another begins with it", []string{"见《甲书》", "甲书\n一"}, false},
		{"both begin with it", []string{"甲书：见《甲书》", "甲书\n一"}, false},
		{"another refers to it far below", []string{far + "《甲书》", far + "甲书"}, true},
		{"another's head ends with it", []string{far + "《甲书》", far[:len(far)-len("甲书")] + "甲书"}, false},
		{"another document", []string{"见《甲书》", "乙书\n一"}, true},
	} {
		r := plainApp(set)
		r.Policy.Sources = nil
		for _, text := range tt.texts {
			r.Policy.Sources = append(r.Policy.Sources, document(text, "zh"))
		}
		states("children_elsewhere", "《甲书》")(r)
		f := newFacts(set, r)
		for range 2 { // the answer is kept
			if got := len(f.notGiven([]string{"children_elsewhere"})) > 0; got != tt.want {
				t.Errorf("%s: %v", tt.name, got)
			}
		}
	}
}

// TestTopicSearch: some words of each topic and language, those that count together as
// one, and with the value that must stand beside them.
func TestTopicSearch(t *testing.T) {
	terms := func(zh, en string) rules.Terms {
		list := func(s string) []string {
			return slices.DeleteFunc(strings.Split(s, " "), func(w string) bool { return w == "" })
		}
		return rules.Terms{ZH: list(zh), EN: list(en)}
	}
	for _, tt := range []struct {
		name   string
		any    rules.Terms
		all    []rules.Terms
		value  []string
		topics []string
		want   string
	}{
		{"words", terms("甲 乙", "a b"), nil, nil, nil, "甲|a|乙|b"},
		{"words beside a value", terms("甲", "a"), nil, []string{"date", "email"}, nil, "甲 + (date/email)|a + (date/email)"},
		{"words that count together", terms("", ""), []rules.Terms{terms("甲 乙", "a b"), terms("丙", "c")}, nil, nil, "甲 + 丙|a + c"},
		{"a group without a language", terms("丁", "d"), []rules.Terms{terms("甲", "a"), terms("丙", "")}, nil, nil, "甲 + 丙|d|丁"},
		{"a value alone", terms("", ""), nil, []string{"date"}, nil, "(date)"},
		{"a dozen at most", terms("1 2 3 4 5 6 7 8 9", "a b c d e f g h i"), nil, nil, nil, "1|a|2|b|3|c|4|d|5|e|6|f"},
		{"each once", terms("a b", "a c"), nil, nil, nil, "a|b|c"},
	} {
		full := ruleSet(t)
		f := newFacts(full, audit.NewReport())
		topic := f.set.Topic("children_rule")
		topic.Any, topic.All, topic.Value = tt.any, tt.all, tt.value
		if got := strings.Join(f.topicSearch([]string{"nothing", "children_rule"}), "|"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestTopicQuotes(t *testing.T) {
	a, b, c, d := audit.Topic{Quote: "a"}, audit.Topic{Quote: "b"}, audit.Topic{Quote: "c"}, audit.Topic{Quote: "d"}
	got := ""
	for _, q := range topicQuotes([]*audit.Topic{&a, &a, &b, &c, &d}) {
		got += q.Quote
	}
	if got != "abc" {
		t.Errorf("%s", got)
	}
}
