package rules

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Topic is one kind of statement that a policy makes about how it handles data,
// such as how long data is kept (signatures/topics). A sentence states it when
// it holds a word of Any or a word of every group of All, no word of None, and,
// where Value is given, a value of one of those kinds.
type Topic struct {
	ID   string     `yaml:"id" json:"id"`
	Name audit.Text `yaml:"name" json:"name"`
	Any  Terms      `yaml:"any" json:"any"`
	All  []Terms    `yaml:"all" json:"all,omitempty"`
	None Terms      `yaml:"none" json:"none"`
	// Value lists kinds of value (ValueKinds). Without words the value alone
	// states the topic.
	Value []string `yaml:"value" json:"value,omitempty"`
	// Alone asks that the value be all that the sentence holds.
	Alone bool `yaml:"alone" json:"alone,omitempty"`
	// In and NotIn are classes of the section where the sentence stands: what
	// follows "section_" in the ids of phrases, and "open" for the rest.
	In    []string `yaml:"in" json:"in,omitempty"`
	NotIn []string `yaml:"not_in" json:"not_in,omitempty"`
	// Heading lets a heading state the topic; Entry an entry of an SDK list.
	Heading bool `yaml:"heading" json:"heading,omitempty"`
	Entry   bool `yaml:"entry" json:"entry,omitempty"`
	// Titles lets words inside the title of another document count (《…》).
	Titles bool `yaml:"titles" json:"titles,omitempty"`

	Says   []string `yaml:"says" json:"-"`   // sample texts that state the topic
	Silent []string `yaml:"silent" json:"-"` // sample texts that do not
}

// AskedTopics are the topics that a check asks for.
type AskedTopics struct {
	// AnyOf: one of them is enough. AllOf: each is asked for.
	AnyOf []string `yaml:"any_of" json:"any_of,omitempty"`
	AllOf []string `yaml:"all_of" json:"all_of,omitempty"`
	// Vague are statements that answer only in general; where nothing better
	// stands, the verdict is "vague".
	Vague []string `yaml:"vague" json:"vague,omitempty"`
	// Given: nothing is asked of a policy that states none of them.
	Given []string `yaml:"given" json:"given,omitempty"`
	// Elsewhere are statements that refer to another document for the answer.
	Elsewhere []string `yaml:"elsewhere" json:"elsewhere,omitempty"`
	// WorkingDays is the longest time that a statement with a duration may set;
	// 0 means that no time is asked about.
	WorkingDays int `yaml:"working_days" json:"working_days,omitempty"`
}

// All lists every topic that is asked for.
func (a AskedTopics) All() []string {
	return slices.Concat(a.AnyOf, a.AllOf, a.Vague, a.Given, a.Elsewhere)
}

// ValueKinds are the kinds of value that the policy reader can find in a
// sentence.
func ValueKinds() []string {
	return []string{"date", "email", "phone", "company", "duration", "title", "link"}
}

// Topic returns the topic of that id, or nil.
func (s *Set) Topic(id string) *Topic { return lookup(s.Topics, s.topics, id) }

func checkTopics(s *Source, o *origin) error {
	classes := []string{"open"}
	for _, p := range s.Phrases {
		if class, ok := strings.CutPrefix(p.ID, "section_"); ok {
			classes = append(classes, class)
		}
	}
	for _, t := range s.Topics {
		fault := func(needle, format string, args ...any) error { return o.fault("topic", t.ID, needle, format, args...) }
		if !bothLanguages(t.Name) {
			return fault("", "name needs zh and en")
		}
		if len(t.Any.All()) == 0 && len(t.All) == 0 && len(t.Value) == 0 {
			return fault("", "it has neither words nor a kind of value: no sentence can state it")
		}
		if t.Alone && len(t.Value) == 0 {
			return fault("alone", "alone asks for a kind of value")
		}
		for _, group := range append([]Terms{t.Any, t.None}, t.All...) {
			for _, w := range group.All() {
				if Fold(w) == "" {
					return fault(w, "the word %q has no letters", w)
				}
			}
		}
		for _, group := range t.All {
			if len(group.All()) == 0 {
				return fault("", "a group of words under all is empty")
			}
		}
		for _, v := range t.Value {
			if !slices.Contains(ValueKinds(), v) {
				return fault(v, "unknown kind of value %q (one of %s)", v, strings.Join(ValueKinds(), ", "))
			}
		}
		for _, class := range append(slices.Clone(t.In), t.NotIn...) {
			if !slices.Contains(classes, class) {
				return fault(class, "unknown class of section %q (one of %s)", class, strings.Join(classes, ", "))
			}
		}
	}
	topics := index(s.Topics, func(t Topic) string { return t.ID })
	for _, c := range s.Checks {
		for _, id := range c.Topics.All() {
			if _, ok := topics[id]; !ok {
				return o.fault("check", c.ID, id, "unknown topic %q", id)
			}
		}
		for _, l := range c.Languages {
			if l != "zh" && l != "en" {
				return o.fault("check", c.ID, l, "unknown language %q (zh or en)", l)
			}
		}
	}
	return nil
}

// lintTopics names topics that no check asks for.
func lintTopics(s *Set, add func(string, ...any)) {
	for _, t := range s.Topics {
		if !slices.ContainsFunc(s.Checks, func(c Check) bool { return slices.Contains(c.Topics.All(), t.ID) }) {
			add("topic %s is asked for by no check", t.ID)
		}
	}
}
