package report

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// How much of a finding's evidence a row of the rectification sheet holds.
const (
	sheetSites  = 3
	sheetQuotes = 3
	sheetTerms  = 10
)

// rectification is one row of the sheet that a regulator's notice or a store's
// rejection is answered with, in one language: one finding that somebody has to
// correct. Every text is clean; the methods of paths are package.Class.method.
type rectification struct {
	Finding     *audit.Finding
	Check       string // what is checked
	Scenario    string // when it can happen
	Party       string // who does it
	Information string // the finding in the regulator's or store's words, with its data
	Paths       []callPath
	MorePaths   int
	Quotes      []audit.Quote // of the policy
	MoreQuotes  int
	Silent      string   // without a quote: what was looked for in vain, or that there was no policy
	Clauses     []string // by name, with their id
	Advice      string
}

// callPath is the way to one call site: the methods from an entry point down to the
// API that is called; where no path is known, from the party's own code or the caller.
type callPath struct {
	Steps  []string
	DEX    string
	Offset int
}

// rectifications are the rows of a report, the most severe first.
func (p *printer) rectifications() []rectification {
	var out []rectification
	for _, f := range bySeverity(p.r.Findings) {
		if actionable(f) {
			out = append(out, p.rectify(f))
		}
	}
	return out
}

// actionable tells whether somebody has to do something about a finding: what is
// not waived and is at least low.
func actionable(f *audit.Finding) bool {
	return f.Status != audit.StatusWaived && audit.SeverityRank(f.Severity) >= audit.SeverityRank(audit.Low)
}

func (p *printer) rectify(f *audit.Finding) rectification {
	row := rectification{Finding: f, Check: p.named(p.r.Names.Rule, f.Rule), Scenario: p.scenario(f), Party: p.actor(f), Information: p.risk(f),
		Quotes: f.Policy[:min(len(f.Policy), sheetQuotes)], Clauses: p.clauseNames(f), Advice: flow(f.Fix.In(p.lang))}
	for i := range f.Code[:min(len(f.Code), sheetSites)] {
		row.Paths = append(row.Paths, pathTo(&f.Code[i]))
	}
	row.MorePaths, row.MoreQuotes = max(f.Sites, len(f.Code))-len(row.Paths), len(f.Policy)-len(row.Quotes)
	if len(row.Quotes) == 0 {
		row.Silent = p.silence(f)
	}
	return row
}

// pathTo is the way to a call site.
func pathTo(s *audit.Site) callPath {
	path := callPath{DEX: clean(s.DEX), Offset: s.Offset}
	way := s.Path
	if len(way) == 0 {
		way = s.Chain
	}
	if len(way) == 0 {
		way = []string{s.Caller}
	}
	for _, m := range way {
		path.Steps = append(path.Steps, apiFull(m))
	}
	path.Steps = append(path.Steps, apiFull(s.Target))
	return path
}

// scenario says when a finding's calls can run, from the answers about its call
// sites and from what begins the paths to them; without calls, whether the finding
// is about the package's contents or the policy's text.
func (p *printer) scenario(f *audit.Finding) string {
	var keys []string
	for i := range f.Code {
		e := &f.Code[i].Example
		if e.BeforeConsent == audit.Yes {
			keys = append(keys, "before_consent")
		}
		if e.Reached == audit.Yes || len(e.Path) > 0 {
			keys = append(keys, p.start(e))
		}
	}
	switch {
	case len(f.Code) > 0 && len(keys) == 0:
		keys = []string{"unreached"}
	case len(f.Code) == 0 && (f.Party == "" || f.Verdict == audit.VerdictAbsent):
		keys = []string{"policy_text"}
	case len(f.Code) == 0:
		keys = []string{"contents"}
	}
	order := []string{"before_consent", "start_up", "background", "in_use"}
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
	var out []string
	for _, k := range slices.Compact(keys) {
		out = append(out, p.value("scenario", k))
	}
	return p.list(out)
}

// start says what begins the path to a site: the start of the app (its
// Application, a provider, an initialiser), a component that runs without a
// screen, or the user.
func (p *printer) start(e *audit.Example) string {
	if len(e.Path) == 0 {
		return "in_use"
	}
	class, member, _ := splitRef(e.Path[0])
	kind := ""
	for i := range p.r.Behavior.Components {
		if c := &p.r.Behavior.Components[i]; clean(c.Name) == class {
			kind = c.Kind
		}
	}
	switch kind {
	case "provider":
		return "start_up"
	case "receiver", "service":
		return "background"
	case "activity":
		return "in_use"
	}
	for i := range p.r.Behavior.Startup {
		s := &p.r.Behavior.Startup[i]
		switch {
		case clean(s.Component) != class:
		case s.Kind == audit.StartupAutoInit:
			return "start_up"
		default:
			return "background"
		}
	}
	// Only an Application has these and is no component of the list.
	if member == "attachBaseContext" || strings.HasSuffix(e.Path[0], ";->onCreate()V") || member == "<clinit>" {
		return "start_up"
	}
	return "in_use"
}

// actor is who does what a finding is about, an SDK with its company.
func (p *printer) actor(f *audit.Finding) string {
	switch f.Party {
	case "":
		return p.say("sheet.document")
	case audit.PartyApp:
		return p.say("sheet.app_party")
	}
	name, about := p.named(p.r.Names.Party, f.Party), clean(f.Party)
	for _, s := range p.r.Behavior.SDKs {
		if v := clean(s.Vendor.In(p.lang)); v != "" && audit.PrefixSDK+s.ID == f.Party {
			about = v
		}
	}
	if about == name {
		return name
	}
	return name + " (" + about + ")"
}

// risk is the finding in the words of the regulator or store where it has any, else
// what was found, with the data in front unless they are named there.
func (p *printer) risk(f *audit.Finding) string {
	text := flow(f.Notice.In(p.lang))
	if text == "" {
		text = p.found(f)
	}
	var names []string
	for _, d := range findingData(f) {
		if n := p.named(p.r.Names.Data, d); !strings.Contains(text, n) {
			names = append(names, n)
		}
	}
	if f.Permission != "" && !strings.Contains(text, f.Permission) {
		names = append(names, p.named(p.r.Names.Permission, f.Permission))
	}
	if len(names) == 0 {
		return text
	}
	return p.list(names) + p.say("colon") + text
}

// found is a finding's title and reason. Of a title that says no more than the check's
// name and the party, which have columns of their own, or than the reason, the reason
// is enough.
func (p *printer) found(f *audit.Finding) string {
	title, why := flow(f.Title.In(p.lang)), flow(f.Why.In(p.lang))
	if why == "" {
		return title
	}
	more := strings.ReplaceAll(title, p.named(p.r.Names.Rule, f.Rule), "")
	more = strings.ReplaceAll(more, p.named(p.r.Names.Party, f.Party), "")
	if strings.Trim(more, " :：") == "" || strings.Contains(why, title) {
		return why
	}
	return title + p.say("sentence") + why
}

// findingData lists the data types that a finding is about.
func findingData(f *audit.Finding) []string {
	var out []string
	for _, x := range f.Items {
		out = append(out, x.Data)
	}
	if len(out) == 0 && f.Data != "" {
		out = []string{f.Data}
	}
	return out
}

// silence says what stands in place of the policy's words where a finding quotes
// none; what an absent SDK was searched by is nothing that the policy lacks.
func (p *printer) silence(f *audit.Finding) string {
	switch {
	case !p.policy:
		return p.say("policy.none")
	case len(f.Searched) > 0 && f.Verdict != audit.VerdictAbsent:
		var terms []string
		for _, t := range f.Searched[:min(len(f.Searched), sheetTerms)] {
			terms = append(terms, clean(t))
		}
		return p.say("policy.silent", "terms", p.list(terms))
	case len(f.Code) > 0 && f.Verdict == audit.VerdictUndisclosed: // others are not about what the policy says
		return p.say("sheet.said")
	}
	return ""
}

// clauseNames are the clauses that a finding rests on, with their wording.
func (p *printer) clauseNames(f *audit.Finding) []string {
	var out []string
	for _, id := range f.Clauses {
		s := clean(id)
		if c, ok := p.r.Names.Clause[id]; ok {
			s = flow(audit.Text{ZH: c.ZH, EN: c.EN}.In(p.lang)) + " [" + s + "]"
			if !c.Verified {
				s += p.say("unverified")
			}
		}
		out = append(out, s)
	}
	return out
}
