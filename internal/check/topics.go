package check

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// languages lists the languages of the policies that were read.
func (f *facts) languages() []string {
	var out []string
	for _, s := range f.r.Policy.Sources {
		if s.Chars == 0 {
			continue
		}
		for _, l := range s.Languages {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// inLanguage tells whether a check is about policies in a language that was
// read. Law of one country asks nothing of a text for another.
func (f *facts) inLanguage(c *rules.Check) bool {
	return len(c.Languages) == 0 || slices.ContainsFunc(f.languages(), func(l string) bool { return slices.Contains(c.Languages, l) })
}

// policyProps are the properties that a policy gives a finding: a text that is
// not in Chinese is not plainly for users in China.
func (f *facts) policyProps() []string {
	if slices.Contains(f.languages(), "zh") {
		return nil
	}
	return []string{"language:en"}
}

// unread names a document that was given and could not be read; "" if all were.
func (f *facts) unread() string {
	for _, s := range f.r.Policy.Sources {
		if s.Chars == 0 {
			return s.File
		}
	}
	return ""
}

// stated returns the statements of the given topics, in the order of the text
// within each topic.
func (f *facts) stated(ids []string) []*audit.Topic {
	var out []*audit.Topic
	for _, id := range ids {
		out = append(out, f.topics[id]...)
	}
	return out
}

// topicQuotes makes evidence of statements: distinct places, at most maxQuotes.
func topicQuotes(list []*audit.Topic) []audit.Quote {
	var out []audit.Quote
	for _, t := range list {
		q := audit.Quote{Quote: t.Quote, At: t.At}
		if len(out) < maxQuotes && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// topicNames joins the names of topics.
func (f *facts) topicNames(ids []string) audit.Text {
	var zh, en []string
	for _, id := range ids {
		if t := f.set.Topic(id); t != nil {
			zh, en = append(zh, t.Name.ZH), append(en, t.Name.EN)
		}
	}
	return audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// topicSearch lists what was looked for, in turns over the topics and their
// languages, so that a short list shows some of each. Words that only count
// together stand as one item, such as "keep + (duration)".
func (f *facts) topicSearch(ids []string) []string {
	const most = 12
	var lists [][]string
	for _, id := range ids {
		t := f.set.Topic(id)
		if t == nil {
			continue
		}
		value := ""
		if len(t.Value) > 0 {
			value = "(" + strings.Join(t.Value, "/") + ")"
		}
		var zh, en []string
		for _, group := range t.All {
			zh, en = append(zh, group.ZH[:min(1, len(group.ZH))]...), append(en, group.EN[:min(1, len(group.EN))]...)
		}
		lists = append(lists, together(t.Any.ZH, zh, len(t.All), value), together(t.Any.EN, en, len(t.All), value))
		if len(t.Any.All())+len(t.All) == 0 {
			lists = append(lists, []string{value})
		}
	}
	var out []string
	for i, more := 0, true; more && len(out) < most; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) && len(out) < most && !slices.Contains(out, l[i]) {
				out = append(out, l[i])
			}
			more = more || i < len(l)
		}
	}
	return out
}

// together lists the words of one language that state a topic: each of any, and
// one example of all if that has words of every group.
func together(anyOf, all []string, groups int, value string) []string {
	var out []string
	if groups > 0 && len(all) == groups {
		out = append(out, strings.Join(all, " + "))
	}
	out = append(out, anyOf...)
	if value != "" {
		for i := range out {
			out[i] += " + " + value
		}
	}
	return out
}

// topicMissing: the policy makes none of the statements that the check asks
// for, or only a vague one. A policy that says where the statement stands,
// without that document among the given ones, is not judged.
func (f *facts) topicMissing(c *rules.Check) []audit.Finding {
	a := c.Topics
	if len(a.Given) > 0 && len(f.stated(a.Given)) == 0 {
		names := f.topicNames(a.Given)
		f.answers[c.ID] = audit.CheckState{State: audit.StateUndecidable, Why: audit.Text{
			ZH: fmt.Sprintf("政策中没有看到关于“%s”的内容，本项无从判断。", names.ZH),
			EN: fmt.Sprintf("No statement was seen in the policy on: %s. This cannot be decided.", names.EN)}}
		return nil
	}
	var missing []string
	for _, id := range a.AllOf {
		if len(f.topics[id]) == 0 {
			missing = append(missing, id)
		}
	}
	enough := f.stated(a.AnyOf)
	if len(missing) == 0 && (len(a.AnyOf) == 0 || len(enough) > 0) {
		f.satisfied(c, append(enough, f.stated(a.AllOf)...))
		return nil
	}
	asked := append(slices.Clone(a.AnyOf), missing...)
	if other := f.notGiven(a.Elsewhere); len(other) > 0 {
		f.answers[c.ID] = audit.CheckState{State: audit.StateUndecidable, Policy: topicQuotes(other), Why: audit.Text{
			ZH: fmt.Sprintf("政策指向另一份文件%s，该文件未提供，内容未检查。", other[0].Value),
			EN: fmt.Sprintf("The policy refers to another document, %s, which was not given, so it was not examined.", other[0].Value)}}
		return nil
	}
	if file := f.unread(); file != "" {
		f.answers[c.ID] = audit.CheckState{State: audit.StateUndecidable, Why: audit.Text{
			ZH: fmt.Sprintf("已读到的文本中没有，但文件 %s 未能读取。", file),
			EN: fmt.Sprintf("Not in what was read, but %s could not be read.", file)}}
		return nil
	}
	words := map[string]audit.Text{"missing": f.topicNames(asked)}
	verdict, evidence := audit.VerdictViolated, f.stated(a.Given)
	if vague := f.stated(a.Vague); len(vague) > 0 {
		verdict, evidence = audit.VerdictVague, vague
		words["difference"] = audit.Text{ZH: "政策只作了概括性的说明。", EN: "The policy answers only in general terms."}
	} else {
		words["difference"] = audit.Text{ZH: "在给出的政策文本中没有看到。", EN: "Nothing of it was seen in the policy text that was given."}
	}
	props := f.policyProps()
	if len(a.AllOf) > 1 && len(missing) == 1 {
		props = append(props, "missing:one")
	}
	x := f.finding(c, verdict, props, words)
	x.Policy = topicQuotes(evidence)
	x.Searched = f.topicSearch(asked)
	return []audit.Finding{x}
}

// satisfied notes a check that the policy answers, with the places, and another
// document on the matter that was not given.
func (f *facts) satisfied(c *rules.Check, by []*audit.Topic) {
	why := audit.Text{ZH: "政策中有相应的说明。", EN: "The policy states it."}
	if other := f.notGiven(c.Topics.Elsewhere); len(other) > 0 {
		why.ZH += fmt.Sprintf("政策另提到%s，该文件未提供，未检查。", other[0].Value)
		why.EN += fmt.Sprintf(" It also refers to %s, which was not given and not examined.", other[0].Value)
	}
	f.answers[c.ID] = audit.CheckState{State: audit.StateSatisfied, Policy: topicQuotes(by), Why: why}
}

// titleReach is how many characters of a document its title stands in.
const titleReach = 300

// notGiven returns the statements that refer to a document which is not among
// those that were read: none of the others begins with its title.
func (f *facts) notGiven(ids []string) []*audit.Topic {
	return slices.DeleteFunc(f.stated(ids), func(t *audit.Topic) bool {
		at := f.titled(strings.Trim(t.Value, "《》"))
		return at[0] >= 0 && at[0] != t.At.Source || at[1] >= 0
	})
}

// titled returns the first two of the sources that begin with a title, -1 for
// none. Many documents refer to the same few.
func (f *facts) titled(title string) [2]int {
	if at, ok := f.titles[title]; ok {
		return at
	}
	if f.heads == nil {
		for _, s := range f.r.Policy.Sources {
			n := 0
			for w, left := 0, titleReach; left > 0 && n < len(s.Text); left-- {
				_, w = utf8.DecodeRuneInString(s.Text[n:])
				n += w
			}
			f.heads = append(f.heads, s.Text[:n])
		}
	}
	at := [2]int{-1, -1}
	for i, head := range f.heads {
		if !strings.Contains(head, title) {
			continue
		}
		if at[0] >= 0 {
			at[1] = i
			break
		}
		at[0] = i
	}
	f.titles[title] = at
	return at
}

// topicPresent: the policy makes a statement that it should not make, or sets a
// longer time than the check allows.
func (f *facts) topicPresent(c *rules.Check) []audit.Finding {
	var bad []*audit.Topic
	limit := audit.DurationDays(fmt.Sprintf("%d working_days", c.Topics.WorkingDays))
	for _, t := range f.stated(c.Topics.AnyOf) {
		if days := audit.DurationDays(t.Value); len(c.Languages) > 0 && !slices.Contains(c.Languages, t.Lang) || limit > 0 && days > 0 && days <= limit {
			continue
		}
		bad = append(bad, t)
	}
	if len(bad) == 0 {
		return nil
	}
	x := f.finding(c, audit.VerdictViolated, f.policyProps(), map[string]audit.Text{"value": {ZH: bad[0].Value, EN: bad[0].Value}})
	x.Policy = topicQuotes(bad)
	return []audit.Finding{x}
}

// updateAfterEffect is how long after a policy takes effect its update may be
// dated without the two dates contradicting each other.
const updateAfterEffect = 30 * 24 * time.Hour

// dateInconsistent: a document says that it was updated long after it took
// effect, or gives two dates of effect in its two languages. AnyOf names the
// topic of the update, Given that of the effect.
func (f *facts) dateInconsistent(c *rules.Check) []audit.Finding {
	var out []audit.Finding
	compared := false
	for source := range f.r.Policy.Sources {
		update, effect := f.latest(c.Topics.AnyOf, source, ""), f.latest(c.Topics.Given, source, "")
		zh, en := f.latest(c.Topics.Given, source, "zh"), f.latest(c.Topics.Given, source, "en")
		compared = compared || update != nil && effect != nil || zh != nil && en != nil
		switch {
		case update != nil && effect != nil && firstDay(update.Value).After(lastDay(effect.Value).Add(updateAfterEffect)):
			out = append(out, f.datesDiffer(c, update, effect, audit.Text{
				ZH: fmt.Sprintf("更新日期 %s 晚于生效日期 %s 超过 30 天。", update.Value, effect.Value),
				EN: fmt.Sprintf("It was updated on %s, more than 30 days after it took effect on %s.", update.Value, effect.Value)}))
		case zh != nil && en != nil && (firstDay(zh.Value).After(lastDay(en.Value)) || firstDay(en.Value).After(lastDay(zh.Value))):
			out = append(out, f.datesDiffer(c, zh, en, audit.Text{
				ZH: fmt.Sprintf("中文部分的生效日期是 %s，英文部分是 %s。", zh.Value, en.Value),
				EN: fmt.Sprintf("The Chinese part takes effect on %s, the English part on %s.", zh.Value, en.Value)}))
		}
	}
	if len(out) == 0 && !compared {
		f.answers[c.ID] = audit.CheckState{State: audit.StateUndecidable, Why: audit.Text{
			ZH: "政策中没有可以相互比较的两个日期。", EN: "The policy does not give two dates to compare."}}
	}
	return out
}

func (f *facts) datesDiffer(c *rules.Check, a, b *audit.Topic, why audit.Text) audit.Finding {
	x := f.finding(c, audit.VerdictDefect, f.policyProps(), map[string]audit.Text{"difference": why})
	x.Policy = topicQuotes([]*audit.Topic{a, b})
	return x
}

// latest returns the statement of one source with the latest date, perhaps of
// one language; nil where there is none.
func (f *facts) latest(ids []string, source int, lang string) *audit.Topic {
	var best *audit.Topic
	for _, t := range f.stated(ids) {
		if t.At.Source == source && (lang == "" || t.Lang == lang) && !firstDay(t.Value).IsZero() && (best == nil || firstDay(t.Value).After(firstDay(best.Value))) {
			best = t
		}
	}
	return best
}

// firstDay is the first day that a Topic's date can mean; zero for no date.
func firstDay(value string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	return time.Time{}
}

// lastDay is the last day that a Topic's date can mean.
func lastDay(value string) time.Time {
	first := firstDay(value)
	switch len(value) {
	case len("2006"):
		return first.AddDate(1, 0, -1)
	case len("2006-01"):
		return first.AddDate(0, 1, -1)
	}
	return first
}

// languageMissing: no policy that was read is in Chinese.
func (f *facts) languageMissing(c *rules.Check) []audit.Finding {
	langs := f.languages()
	if len(langs) == 0 || slices.Contains(langs, "zh") {
		return nil
	}
	return []audit.Finding{f.finding(c, audit.VerdictViolated, f.policyProps(), nil)}
}
