package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// How much of the evidence stands in one cell of the sheet.
const (
	sheetSites  = 3
	sheetQuotes = 3
	sheetTerms  = 10

	sheetQuoteCols = 600
)

// writeRectification writes the sheet that a regulator's notice or a store's
// rejection is answered with: one row a finding that has to be corrected, which
// is what is not waived and at or above low. With several apps a column in front
// names the app.
func writeRectification(w io.Writer, reports []*audit.Report, opt Options) error {
	say := words{opt.Lang}.say
	head := []string{say("sheet.check"), say("sheet.scenario"), say("sheet.party"), say("sheet.risk"), say("sheet.path"), say("sheet.policy"), say("sheet.clauses"), say("sheet.advice")}
	if len(reports) > 1 {
		head = slices.Insert(head, 0, say("sheet.app"))
	}
	rows := [][]string{head}
	for _, r := range reports {
		p := newPrinter(nil, r, opt)
		for _, f := range bySeverity(r.Findings) {
			if !actionable(f) {
				continue
			}
			row := []string{p.named(r.Names.Rule, f.Rule), p.scenario(f), p.actor(f), p.risk(f), p.sheetPaths(f), p.sheetPolicy(f), p.clauses(f), flow(f.Fix.In(p.lang))}
			if len(reports) > 1 {
				row = slices.Insert(row, 0, p.appName())
			}
			rows = append(rows, row)
		}
	}
	return writeSheet(w, rows)
}

// actionable tells whether somebody has to do something about a finding.
func actionable(f *audit.Finding) bool {
	return f.Status != audit.StatusWaived && audit.SeverityRank(f.Severity) >= audit.SeverityRank(audit.Low)
}

// appName is the package and version, or the file of what is no app.
func (p *printer) appName() string {
	a := &p.r.App
	name := strings.TrimSpace(clean(a.Package) + " " + clean(a.VersionName))
	if name == "" {
		name = clean(a.File)
	}
	if name == "" && len(p.r.Policy.Sources) > 0 {
		name = clean(p.r.Policy.Sources[0].File)
	}
	return name
}

// scenario says when a finding's calls can run, from the answers about its call
// sites and from what begins the paths to them; without calls, whether the
// finding is about the package's contents or the policy's text.
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
	case len(f.Code) == 0 && f.Party == "":
		keys = []string{"policy_text"}
	case len(f.Code) == 0 && f.Verdict == audit.VerdictAbsent:
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
	switch {
	case kind == "provider":
		return "start_up"
	case kind == "receiver" || kind == "service":
		return "background"
	case kind == "activity":
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

// actor is who does what a finding is about.
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

// risk is the finding in the words of the regulator or store where it has any,
// else its title and reason, with the data in front unless they are named there.
func (p *printer) risk(f *audit.Finding) string {
	text := flow(f.Notice.In(p.lang))
	if text == "" {
		text = flow(f.Title.In(p.lang)) + p.say("semicolon") + flow(f.Why.In(p.lang))
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

// sheetPaths are the paths to the first call sites, each down to the call.
func (p *printer) sheetPaths(f *audit.Finding) string {
	var out []string
	for i := range f.Code[:min(len(f.Code), sheetSites)] {
		s := &f.Code[i]
		path := cmp.Or(fullPath(s.Path), fullPath(s.Chain), apiFull(s.Caller))
		out = append(out, path+" → "+apiFull(s.Target)+p.say("route.at", "dex", clean(s.DEX), "offset", itoa(s.Offset)))
	}
	if rest := len(f.Code) - sheetSites; rest > 0 {
		out = append(out, p.say("more.short", "n", grouped(int64(rest))))
	}
	return strings.Join(out, " | ")
}

// sheetPolicy are the policy's words with their place, or what was looked for.
func (p *printer) sheetPolicy(f *audit.Finding) string {
	var out []string
	for _, q := range f.Policy[:min(len(f.Policy), sheetQuotes)] {
		out = append(out, p.fileAt(q.At)+" "+p.say("quoted", "text", p.excerpt(q, f, sheetQuoteCols)))
	}
	if rest := len(f.Policy) - sheetQuotes; rest > 0 {
		out = append(out, p.say("more.short", "n", grouped(int64(rest))))
	}
	switch {
	case len(out) > 0:
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
	return strings.Join(out, " | ")
}

// clauses are the clauses that a finding rests on, with their wording.
func (p *printer) clauses(f *audit.Finding) string {
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
	return strings.Join(out, p.say("semicolon"))
}
