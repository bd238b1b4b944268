package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// predicates is the closed set of questions that a check can ask.
var predicates = map[string]func(*facts, *rules.Check) []audit.Finding{
	"sdk_disclosure":        (*facts).undisclosedSDKs,
	"data_disclosure":       (*facts).dataDifferences,
	"permission_disclosure": (*facts).undisclosedPermissions,
	"sdk_absent":            (*facts).absentSDKs,
	"placeholder":           (*facts).placeholders,
	"reads":                 (*facts).reads,
	"reads_before_consent":  (*facts).readsBeforeConsent,
	"beyond_category":       (*facts).beyondCategory,
	"not_seen":              (*facts).notSeen,
	"names_app":             (*facts).namesApp,
	"startup":               (*facts).startups,
	"sdk_topic":             (*facts).sdkTopic,
	"permission_topic":      (*facts).permissionTopic,
	"unread_policy":         (*facts).unreadPolicies,
	"coverage":              (*facts).coverage,
	"no_policy":             (*facts).noPolicy,
	"topic_missing":         (*facts).topicMissing,
	"topic_present":         (*facts).topicPresent,
	"date_inconsistent":     (*facts).dateInconsistent,
	"language_missing":      (*facts).languageMissing,

	// what stands in the policies alone
	"entry_incomplete":       (*facts).incompleteEntries,
	"company_mismatch":       (*facts).companyMismatches,
	"duplicate_entries":      (*facts).duplicateConflicts,
	"links":                  (*facts).brokenLinks,
	"bilingual":              (*facts).bilingualDifferences,
	"corruption":             (*facts).corruptedText,
	"open_lists":             (*facts).openLists,
	"vague_purposes":         (*facts).vaguePurposes,
	"permission_purpose":     (*facts).barePermissions,
	"internal_contradiction": (*facts).internalContradictions,
	"policy_length":          (*facts).policyTooLong,
	"policy_substance":       (*facts).policyTooShort,
	"sensitive_marking":      (*facts).sensitiveUnmarked,
	"collection_lists":       (*facts).listsAbsent,

	// what stands in the app alone
	"permissions_requested":   (*facts).permissionsRequested,
	"permissions_unrequested": (*facts).permissionsUnrequested,
	"permissions_bundled":     (*facts).permissionsBundled,
	"permission_for_data":     (*facts).permissionForData,
	"target_level":            (*facts).targetLevel,
	"manifest_flag":           (*facts).manifestFlag,
	"components":              (*facts).componentsFound,
	"foreground_types":        (*facts).foregroundTypes,
	"observed":                (*facts).observed,
	"screens":                 (*facts).screens,
	"cleartext":               (*facts).cleartext,
	"foreign_hosts":           (*facts).foreignHosts,
	"data_safety":             (*facts).dataSafety,
}

// Predicates lists the closed set, sorted.
func Predicates() []string {
	var out []string
	for p := range predicates {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// Validate reports a check whose predicate is not in the closed set, or that
// names topics for a predicate about something else.
func Validate(set *rules.Set) error {
	for _, c := range set.Checks {
		if predicates[c.Predicate] == nil {
			return fmt.Errorf("check %s: unknown predicate %q (one of %s)", c.ID, c.Predicate, strings.Join(Predicates(), ", "))
		}
		asksTopics := strings.HasPrefix(c.Predicate, "topic_") || strings.HasSuffix(c.Predicate, "_topic") || c.Predicate == "date_inconsistent"
		if mayAsk := c.Predicate == "startup"; !mayAsk && asksTopics != (len(c.Topics.All()) > 0) {
			return fmt.Errorf("check %s: the predicate %s and its topics do not go together", c.ID, c.Predicate)
		}
		if err := validateAsk(&c); err != nil {
			return err
		}
	}
	return nil
}

// Run judges the facts of r and fills its Findings, Checks and Names. Findings
// are sorted by severity, rule, party and subject; the fingerprints are set.
func Run(set *rules.Set, r *audit.Report) {
	f := newFacts(set, r)
	r.Findings, r.Checks = nil, nil
	r.Pairs = f.compared()
	for _, p := range r.Pairs {
		f.verdicts[[2]string{p.Party, p.Data}] = p.Verdict
	}
	for i := range set.Checks {
		c := &set.Checks[i]
		asked, why := f.asked(c)
		if asked && !f.answerable(c) {
			asked, why = false, f.whyNot(c)
		}
		if !asked {
			r.Checks = append(r.Checks, audit.CheckState{Rule: c.ID, State: audit.StateNotLooked, Basis: c.Basis, Why: why})
			continue
		}
		found := predicates[c.Predicate](f, c)
		r.Findings = append(r.Findings, found...)
		r.Checks = append(r.Checks, f.state(c, found))
	}
	for i := range r.Findings {
		x := &r.Findings[i]
		x.Sites = max(x.Sites, len(x.Code))
	}
	slices.SortStableFunc(r.Findings, compareFindings)
	audit.SetFingerprints(r.App.Package, r.Findings)
	fillNames(set, r)
}

func compareFindings(a, b audit.Finding) int {
	return cmp.Or(
		cmp.Compare(audit.SeverityRank(b.Severity), audit.SeverityRank(a.Severity)),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Party, b.Party),
		cmp.Compare(a.Data, b.Data),
		cmp.Compare(a.Permission, b.Permission),
		cmp.Compare(firstPolicy(a), firstPolicy(b)),
	)
}

func firstPolicy(f audit.Finding) int {
	if len(f.Policy) == 0 {
		return -1
	}
	return f.Policy[0].At.Source<<32 | f.Policy[0].At.Start
}

// facts are a report's facts, indexed.
type facts struct {
	set *rules.Set
	r   *audit.Report
	// claims by party, in the order of the text
	claims  map[string][]*audit.Claim
	each    []*audit.Use            // every use, once for each party that has or reaches it
	uses    map[string][]*audit.Use // the same by party, in the order of the report
	present map[string]*audit.SDK   // SDKs and libraries seen in the app, by id
	topics  map[string][]*audit.Topic
	answers map[string]audit.CheckState // what a predicate says itself of its check, by id
	agreed  map[string]agreement        // what checks compared and found to agree, by id
	// verdicts of the policies, by party and data type
	verdicts map[[2]string]string
	aside    map[string][]string  // parties whose code has what a check asks for, and which it is not about, by check
	at       map[place]*audit.Use // the first use of each place, once it was asked for
	policy   bool                 // a policy was read
	app      bool                 // an app was examined
	runes    map[int][]rune       // texts of sources, once they were asked for
	folded   []string             // the same, folded
	heads    []string             // how they begin
	titles   map[string][2]int    // the first two that begin with a title
}

func newFacts(set *rules.Set, r *audit.Report) *facts {
	f := &facts{set: set, r: r, claims: map[string][]*audit.Claim{}, present: map[string]*audit.SDK{},
		topics: map[string][]*audit.Topic{}, titles: map[string][2]int{}, verdicts: map[[2]string]string{}, uses: map[string][]*audit.Use{}, agreed: map[string]agreement{}, answers: map[string]audit.CheckState{}, aside: map[string][]string{}, runes: map[int][]rune{}}
	for i := range r.Policy.Claims {
		c := &r.Policy.Claims[i]
		f.claims[c.Party] = append(f.claims[c.Party], c)
	}
	for i := range r.Behavior.Uses {
		u := &r.Behavior.Uses[i]
		f.each = append(f.each, u)
		for k := range u.AlsoBy {
			f.each = append(f.each, useBy(u, &u.AlsoBy[k]))
		}
	}
	for _, u := range f.each {
		f.uses[u.Party] = append(f.uses[u.Party], u)
	}
	for i := range r.Policy.Topics {
		t := &r.Policy.Topics[i]
		f.topics[t.Topic] = append(f.topics[t.Topic], t)
	}
	for _, list := range [][]audit.SDK{r.Behavior.SDKs, r.Behavior.Libraries} {
		for i := range list {
			f.present[list[i].ID] = &list[i]
		}
	}
	for _, s := range r.Policy.Sources {
		f.policy = f.policy || s.Chars > 0
	}
	f.app = r.App.File != ""
	return f
}

// useBy is a use of a library's call sites as a further party reaches them: what is
// shown of it, and whether it runs, is that party's own. A report of an earlier version
// says no more than by what chain the party reaches a site; whether it does is unknown.
func useBy(u *audit.Use, a *audit.AlsoBy) *audit.Use {
	own := *u
	own.Party, own.AlsoBy = a.Party, nil
	own.Sites, own.Reached, own.BeforeConsent, own.Examples = a.Sites, a.Reached, a.BeforeConsent, a.Examples
	if own.Through == "" {
		own.Through = u.Party // a library that nobody was seen to call first
	}
	if len(a.Examples) > 0 {
		return &own
	}
	own.Sites, own.Reached, own.BeforeConsent = u.Sites, audit.Unknown, audit.Unknown
	for _, e := range u.Examples {
		if len(a.Path) > 0 && e.Caller == a.Path[len(a.Path)-1] {
			e.Path, e.Chain, e.Reached, e.BeforeConsent, e.Doubt = nil, a.Path, audit.Unknown, audit.Unknown, ""
			own.Examples = []audit.Example{e}
			break
		}
	}
	return &own
}

// answerable tells whether what a check needs was there to look at.
func (f *facts) answerable(c *rules.Check) bool {
	if c.Predicate == "no_policy" {
		return f.app
	}
	switch c.Input {
	case "apk":
		return f.app
	case "policy":
		return f.policy && f.inLanguage(c)
	}
	return f.app && f.policy
}

func (f *facts) whyNot(c *rules.Check) audit.Text {
	if !f.app && c.Input != "policy" {
		return audit.Text{ZH: "没有给出 APK。", EN: "No APK was given."}
	}
	if f.policy && !f.inLanguage(c) {
		return audit.Text{ZH: "本项不适用于该语言的政策。", EN: "This check is not for policies in this language."}
	}
	return audit.Text{ZH: "没有可读的隐私政策。", EN: "There was no policy to read."}
}

// blind tells whether part of the code or of the policy could not be seen, so
// that absence proves nothing.
func (f *facts) blind() bool {
	kinds := audit.GapKinds()
	return slices.ContainsFunc(f.r.Gaps, func(g audit.Gap) bool { return kinds[g.Kind] })
}

// state sums up what a check came to.
func (f *facts) state(c *rules.Check, found []audit.Finding) audit.CheckState {
	s := audit.CheckState{Rule: c.ID, Basis: c.Basis}
	if own, ok := f.answers[c.ID]; ok {
		own.Rule, own.Basis = c.ID, c.Basis
		if len(found) == 0 {
			left := f.besides(c)
			own.Why.ZH, own.Why.EN = own.Why.ZH+left.ZH, own.Why.EN+left.EN
		}
		return own
	}
	switch {
	case len(found) > 0:
		s.State = audit.StateViolated
		s.Why = audit.Text{ZH: fmt.Sprintf("发现 %d 处。", len(found)), EN: fmt.Sprintf("%d found.", len(found))}
	case f.blind() && c.Input != "policy" && c.Predicate != "coverage":
		s.State = audit.StateUndecidable
		s.Why = audit.Text{ZH: "未发现，但部分内容未能检查，见覆盖缺口。", EN: "None found, but part of the input could not be examined; see the gaps."}
	case c.Input != "apk" && f.unread() != "":
		s.State = audit.StateUndecidable
		s.Why = audit.Text{ZH: fmt.Sprintf("未发现，但文件 %s 未能读取。", f.unread()), EN: fmt.Sprintf("None found, but %s could not be read.", f.unread())}
	default:
		s.State = audit.StateSatisfied
		s.Why, s.Policy = f.agreed[c.ID].text(), f.agreed[c.ID].policy
	}
	return s
}

// agreement is what a check compared and found to agree: how many things, and the
// first places of the policy that speak of them.
type agreement struct {
	n      int
	policy []audit.Quote
}

// agree notes one thing that a check compared and found to agree.
func (f *facts) agree(c *rules.Check, policy []audit.Quote) {
	a := f.agreed[c.ID]
	a.n++
	for _, q := range policy {
		if len(a.policy) < maxQuotes && !slices.Contains(a.policy, q) {
			a.policy = append(a.policy, q)
		}
	}
	f.agreed[c.ID] = a
}

func (a agreement) text() audit.Text {
	if a.n == 0 {
		return audit.Text{ZH: "在已检查的内容中未发现。", EN: "None found in what was examined."}
	}
	return audit.Text{ZH: fmt.Sprintf("比对了 %d 项，政策都有说明。", a.n), EN: fmt.Sprintf("Compared: %d; the policy states all of them.", a.n)}
}

// finding starts a finding of check c. props are its properties, by which it is
// graded; words replace {name} in the texts.
func (f *facts) finding(c *rules.Check, verdict string, props []string, words map[string]audit.Text) audit.Finding {
	return f.findingOn(c, verdict, props, nil, nil, words)
}

// findingOn is finding for what uses of code show. Each use has properties of its own,
// which own gives beside those of useProps; the finding is graded as its best evidence
// is, never by the good of one use and the good of another.
func (f *facts) findingOn(c *rules.Check, verdict string, props []string, uses []*audit.Use, own func(*audit.Use) []string, words map[string]audit.Text) audit.Finding {
	props = append(props, "verdict:"+verdict, "profile:"+f.profile())
	var g *grader
	for _, u := range uses {
		of := append(slices.Clone(props), f.useProps(u)...)
		if own != nil {
			of = append(of, own(u)...)
		}
		if graded := f.grade(c, of); g == nil || graded.above(g) {
			g = graded
		}
	}
	if g == nil {
		g = f.grade(c, props)
	}
	return audit.Finding{
		Rule: c.ID, Severity: g.severity, Confidence: g.confidence, Grading: g.steps, Verdict: verdict, Status: audit.StatusNew, Basis: c.Basis,
		Title: fill(c.Title, words), Why: fill(c.Why, words), Fix: fill(c.Fix, words), Notice: f.notice(c, props, words), Clauses: f.clauses(c),
	}
}

// fill replaces {name} by its word, in both languages. It is one pass: what a
// word brings in is not filled again.
func fill(t audit.Text, words map[string]audit.Text) audit.Text {
	return audit.Text{
		ZH: fillWith(t.ZH, words, func(w audit.Text) string { return w.ZH }, spaceBetween),
		EN: fillWith(t.EN, words, func(w audit.Text) string { return w.EN }, func(_, _ string) string { return "" }),
	}
}

// fillWith fills one text; gap gives what stands between two pieces.
func fillWith(template string, words map[string]audit.Text, of func(audit.Text) string, gap func(a, b string) string) string {
	var out string
	for {
		from := strings.IndexByte(template, '{')
		n := strings.IndexByte(template[from+1:], '}')
		if from < 0 || n < 0 {
			return out + gap(out, template) + template
		}
		out += gap(out, template[:from]) + template[:from]
		word := template[from : from+n+2]
		if w, ok := words[word[1:len(word)-1]]; ok {
			word = of(w)
		}
		out += gap(out, word) + word
		template = template[from+n+2:]
	}
}

// spaceBetween is the space that Chinese typesetting puts between a Chinese
// character and a Latin letter or digit.
func spaceBetween(a, b string) string {
	left, _ := utf8.DecodeLastRuneInString(a)
	right, _ := utf8.DecodeRuneInString(b)
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	if han(left) && latin(right) || latin(left) && han(right) {
		return " "
	}
	return ""
}

// judges tells whether a check is about parties of that kind; one that names none is
// about all.
func judges(c *rules.Check, party string) bool {
	return len(c.Parties) == 0 || slices.Contains(c.Parties, strings.TrimSuffix(audit.PartyKind(party), ":"))
}

// judged is judges for a party of which something that the check asks for was found. One
// that the check is not about is noted: where nothing else is found, the answer must not
// read as if there was nothing at all.
func (f *facts) judged(c *rules.Check, party string) bool {
	if judges(c, party) {
		return true
	}
	if !slices.Contains(f.aside[c.ID], party) {
		f.aside[c.ID] = append(f.aside[c.ID], party)
	}
	return false
}

// besides names the parties that a check left aside, in a sentence; "" where there is
// none.
func (f *facts) besides(c *rules.Check) audit.Text {
	left := slices.Sorted(slices.Values(f.aside[c.ID]))
	if len(left) == 0 {
		return audit.Text{}
	}
	words := map[string]audit.Text{"parties": f.partyNames(left)}
	return say("以下主体的代码中有，但本项不针对此类主体：{parties}。", " There is some in code of parties that this check is not about: {parties}.", words)
}

// partyKey is the kind of a party in severity caps.
func partyKey(party string) string {
	return "party:" + strings.TrimSuffix(audit.PartyKind(party), ":")
}

func (f *facts) dataName(id string) audit.Text {
	if t := f.set.DataType(id); t != nil {
		return t.Name
	}
	return audit.Text{ZH: id, EN: id}
}

func (f *facts) permissionName(name string) audit.Text {
	if p := f.set.Permission(name); p != nil && p.Title.EN != "" {
		return p.Title
	}
	short := name[strings.LastIndexByte(name, '.')+1:]
	return audit.Text{ZH: short, EN: short}
}

// fillNames names every id that the report uses.
func fillNames(set *rules.Set, r *audit.Report) {
	n := audit.Names{Data: map[string]audit.Text{}, Sensitivity: map[string]string{}, Party: map[string]audit.Text{}, Clause: map[string]audit.ClauseName{}, Permission: map[string]audit.Text{}, Rule: map[string]audit.Text{}}
	f := &facts{set: set}
	data := func(ids ...string) {
		for _, id := range ids {
			if id != "" {
				n.Data[id] = f.dataName(id)
				if t := set.DataType(id); t != nil {
					n.Sensitivity[id] = t.Sensitivity
				}
			}
		}
	}
	party := func(p string) {
		if p != "" {
			n.Party[p] = set.PartyName(p)
		}
	}
	permission := func(names ...string) {
		for _, p := range names {
			if p != "" {
				n.Permission[p] = f.permissionName(p)
			}
		}
	}
	for _, u := range r.Behavior.Uses {
		data(u.Data...)
		party(u.Party)
		if b := set.Behaviour(u.API); b != nil {
			n.Rule[u.API] = b.Name
		}
		for _, a := range u.AlsoBy {
			party(a.Party)
		}
	}
	for _, p := range r.Behavior.Permissions {
		permission(p.Name)
		for _, u := range p.UsedBy {
			party(u.Party)
		}
	}
	for _, l := range r.Behavior.NativeLibs {
		party(l.Party)
	}
	for _, p := range r.Behavior.Unrequested {
		permission(p.Name)
		for _, u := range p.UsedBy {
			party(u.Party)
		}
	}
	for _, s := range r.Behavior.Startup {
		party(s.Party)
		data(s.Data...)
	}
	for _, q := range r.Behavior.Requests {
		party(q.Party)
		permission(q.Permissions...)
	}
	for _, h := range r.Behavior.Hosts {
		party(h.Party)
	}
	for _, c := range r.Behavior.DynamicCode {
		party(c.Party)
	}
	for _, p := range r.Behavior.Packages {
		party(p.Party)
	}
	for _, c := range r.Behavior.Components {
		party(c.Party)
	}
	for _, c := range r.Policy.Claims {
		data(c.Data...)
		party(c.Party)
		permission(c.Permissions...)
	}
	for _, s := range r.Policy.SDKs {
		data(s.Data...)
		data(s.PlatformData.IOS...)
		party(s.Party())
		permission(s.Permissions...)
	}
	for _, c := range r.Checks {
		if k := set.Check(c.Rule); k != nil {
			n.Rule[c.Rule] = k.Name
		}
	}
	for _, x := range r.Findings {
		data(x.Data)
		party(x.Party)
		permission(x.Permission)
		for _, id := range x.Clauses {
			if c := set.Clause(id); c != nil {
				n.Clause[id] = audit.ClauseName{ZH: c.Text.ZH, EN: c.Text.EN, Verified: c.Verified}
			}
		}
	}
	r.Names = n
}
