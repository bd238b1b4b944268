package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// htmlGroup are the findings about one party, the most severe first.
type htmlGroup struct {
	Name     audit.Text
	ID       string
	Counts   []htmlCount
	Class    string     // of the most severe
	Headline audit.Text // its title
	Open     bool
	Findings []htmlFinding
}

type htmlFinding struct {
	ID                  string
	N                   int
	Class               string
	Open                bool
	Severity, Title     audit.Text
	Status              audit.Text
	Verdict, Confidence audit.Text
	Basis               audit.Text
	Why, Fix, Notice    audit.Text
	Items               []htmlItem
	LeftItems           int
	Quotes              []htmlQuote
	LeftQuotes          int
	Silent              audit.Text // what was searched in vain
	SilentCode          audit.Text
	Calls               []htmlSite
	LeftCalls           int
	Clauses             []htmlClause
	Grading             []htmlGrade
	Rule, Fingerprint   string
	Waiver, WaiverBy    string
	Until               string
	party               string // as in the report
}

// htmlItem is one data type inside a finding about several.
type htmlItem struct {
	Name            audit.Text
	New             bool   // in a finding that is known but for such data
	Link            string // its pair
	Verdict         htmlVerdict
	Sites           int
	Reached, Before htmlAnswer
}

// htmlGrade is one step by which severity or confidence came about.
type htmlGrade struct {
	Of, To, Why audit.Text
	Rule        string
}

type htmlClause struct {
	Anchor, ID  string // of the list of clauses, where the wording stands
	Text, Short audit.Text
	Verified    bool
}

// htmlSite is one API that code calls, with the places of the calls.
type htmlSite struct {
	Call  audit.Text
	Notes audit.Text
	Sites []htmlExample
	Left  int
}

// How much of the findings a page shows at first, and of one finding.
const (
	htmlCalls  = 8  // APIs
	htmlItems  = 80 // data types
	htmlGrades = 40
)

// findings groups the findings, most severe first, and makes every place that
// they quote one of the text; the first most of them are shown.
func (ps *places) findings(most int) []group {
	short := newPrinter(nil, ps.zh.r, Options{})
	groups := short.groups(bySeverity(ps.zh.r.Findings))
	for _, g := range groups[:min(most, len(groups))] {
		for _, q := range g.policy {
			if p := ps.add(q.At); p != nil && !slices.Contains(p.findings[max(0, len(p.findings)-noteParties):], g.first+1) {
				p.findings = append(p.findings, g.first+1)
			}
		}
	}
	return groups
}

// findingTables parts the findings into those that are open, by party, and those
// that are accepted or were known before.
func (h *htmlReport) findingTables(ps *places, groups []group, c *comparison, room *htmlRoom) {
	shown := groups[:take(&room.rows, len(groups))]
	for _, g := range groups[len(shown):] {
		h.LeftFindings += len(g.all)
	}
	at := map[string]int{}
	for _, g := range shown {
		f, x := g.all[0], ps.finding(g, c, room)
		if f.Status == audit.StatusWaived || f.Status == audit.StatusKnown {
			h.Accepted = append(h.Accepted, x)
			continue
		}
		i, ok := at[f.Party]
		if !ok {
			i = len(h.Groups)
			at[f.Party] = i
			h.Groups = append(h.Groups, htmlGroup{Name: ps.subject(f.Party), ID: clipMiddle(clean(f.Party), maxName), Class: x.Class, Headline: x.Title, Open: i == 0})
			x.Open = true
		}
		grp := &h.Groups[i]
		grp.count(x, len(g.all))
		grp.Findings = append(grp.Findings, x)
		h.OpenFindings += len(g.all)
	}
}

// subject is the party of findings; those without one are about the policy's text
// or about the examination itself.
func (ps *places) subject(party string) audit.Text {
	if party == "" {
		return ps.say("html.no_party")
	}
	return ps.owner(party)
}

// count adds n findings of one severity to the group's counts; they come in the
// order of severity.
func (g *htmlGroup) count(x htmlFinding, n int) {
	if k := len(g.Counts); k > 0 && g.Counts[k-1].Class == x.Class {
		g.Counts[k-1].N += n
		return
	}
	g.Counts = append(g.Counts, htmlCount{x.Class, x.Severity, n})
}

func (ps *places) finding(g group, c *comparison, room *htmlRoom) htmlFinding {
	f := g.all[0]
	d := ps.duo
	x := htmlFinding{party: f.Party, ID: ps.id + "f" + itoa(g.first+1), N: g.first + 1, Class: classOf(f.Severity), Severity: d.value("severity", f.Severity), Verdict: d.value("verdict", f.Verdict),
		Confidence: d.value("confidence", f.Confidence), Basis: d.value("basis", f.Basis), Why: d.flow(f.Why), Fix: d.flow(f.Fix), Notice: d.flow(f.Notice), Rule: clean(f.Rule), Fingerprint: short(f.Fingerprint)}
	x.Title = d.both(func(p *printer) string {
		s := flow(f.Title.In(p.lang))
		if n := len(g.all); n > 1 {
			s += " " + p.say("places", "n", grouped(int64(n)))
		}
		return s
	})
	x.Status = d.both(func(p *printer) string { return p.status(f) })
	if f.Waiver != nil {
		x.Waiver, x.Until, x.WaiverBy = flow(f.Waiver.Reason), clean(f.Waiver.Until), clip(clean(f.Waiver.By), maxName)
	}
	ps.policySide(&x, g, room)
	ps.items(&x, f, c)
	ps.calls(&x, f, room)
	for _, id := range f.Clauses {
		x.Clauses = append(x.Clauses, ps.clause(id))
	}
	for _, s := range f.Grading[:min(len(f.Grading), htmlGrades)] {
		to := d.value("severity", s.To)
		if s.Of == audit.GradeConfidence {
			to = d.value("confidence", s.To)
		}
		x.Grading = append(x.Grading, htmlGrade{Of: d.value("grade", s.Of), To: to, Why: d.flow(s.Why), Rule: clip(clean(s.Rule), maxName)})
	}
	return x
}

// clause is a clause by id. Short is what stands before the colon of its wording: the
// law and the article. The first time it is asked for it joins the list of those cited.
func (ps *places) clause(id string) htmlClause {
	i, ok := ps.clauseAt[id]
	if !ok {
		i = len(ps.clauses)
		c, known := ps.zh.r.Names.Clause[id]
		x := htmlClause{Anchor: ps.id + "k" + itoa(i+1), ID: clip(clean(id), 60), Text: ps.flow(audit.Text{ZH: c.ZH, EN: c.EN}), Verified: !known || c.Verified}
		zh, _, _ := strings.Cut(x.Text.ZH, "：")
		en, _, _ := strings.Cut(x.Text.EN, ": ")
		x.Short = audit.Text{ZH: clip(zh, maxName), EN: clip(en, maxName)}
		ps.clauseAt[id], ps.clauses = i, append(ps.clauses, x)
	}
	return ps.clauses[i]
}

// policySide fills in what the policy says, or what was searched in vain.
func (ps *places) policySide(x *htmlFinding, g group, room *htmlRoom) {
	f, d := g.all[0], ps.duo
	n := take(&room.quotes, min(len(g.policy), htmlMore))
	for _, q := range g.policy[:n] {
		from, to := ps.focus(q, f.Data)
		x.Quotes = append(x.Quotes, ps.quote(said{quote: q.Quote, at: q.At, from: from, to: to}))
	}
	x.LeftQuotes = len(g.policy) - n
	if len(f.Searched) > 0 {
		silent := d.both(func(p *printer) string { return p.silent(f.Searched) })
		if f.Verdict == audit.VerdictAbsent {
			x.SilentCode = silent
		} else {
			x.Silent = silent
		}
	} else if len(x.Quotes) == 0 && len(f.Code) > 0 && f.Verdict == audit.VerdictUndisclosed { // others are not about what the policy says
		x.Silent = d.both(func(p *printer) string {
			if !p.policy {
				return p.say("policy.none")
			}
			return p.say("policy.nothing")
		})
	}
}

// items fills in the data inside a finding about several.
func (ps *places) items(x *htmlFinding, f *audit.Finding, c *comparison) {
	n := min(len(f.Items), htmlItems)
	for _, i := range f.Items[:n] {
		item := htmlItem{Name: ps.data([]string{i.Data}), Verdict: ps.verdictOf(i.Verdict), Sites: i.Sites, Reached: ps.answer(i.Reached), Before: ps.answer(i.BeforeConsent), New: slices.Contains(f.Added, i.Data)}
		if p := c.at[[2]string{f.Party, i.Data}]; p != nil {
			item.Link = "#" + ps.pairAnchor(p)
		}
		x.Items = append(x.Items, item)
	}
	x.LeftItems = len(f.Items) - n
}

// focus returns where, in code points of a quote, the words stand that matter
// to a finding or a pair: those that name its data, or else the name of an SDK entry.
func (ps *places) focus(q audit.Quote, data string) (from, to int) {
	p := ps.at[span{q.At.Source, q.At.Start, q.At.End}]
	if p == nil {
		return 0, 0
	}
	for _, c := range p.claims {
		for _, m := range c.Mentions {
			if m.Data == data {
				return m.Start - q.At.Start, m.End - q.At.Start
			}
		}
	}
	for _, e := range p.entries {
		if i := strings.Index(q.Quote, e.NameAsWritten); i >= 0 {
			from = utf8.RuneCountInString(q.Quote[:i])
			return from, from + utf8.RuneCountInString(e.NameAsWritten)
		}
	}
	return 0, 0
}

// calls fills in what the code contains: one row per API with its call sites.
func (ps *places) calls(x *htmlFinding, f *audit.Finding, room *htmlRoom) {
	var targets []string
	at := map[string][]*audit.Site{}
	for i := range f.Code {
		s := &f.Code[i]
		if at[s.Target] == nil {
			targets = append(targets, s.Target)
		}
		at[s.Target] = append(at[s.Target], s)
	}
	n := min(len(targets), htmlCalls)
	for _, t := range targets[:n] {
		var args []string
		for _, s := range at[t] {
			args = append(args, s.Args...)
		}
		c := htmlSite{Call: ps.both(func(p *printer) string { return p.callLine(f.Party, t, args) }),
			Notes: ps.both(func(p *printer) string { return strings.Join(p.useNotes(f.Party, t), p.say("list")) })}
		shown := take(&room.sites, min(len(at[t]), htmlPlacesOf))
		for _, s := range at[t][:shown] {
			c.Sites = append(c.Sites, ps.example(s.Example, room))
		}
		c.Left = len(at[t]) - shown
		x.Calls = append(x.Calls, c)
	}
	x.LeftCalls = len(targets) - n
}
