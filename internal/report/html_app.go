package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

type htmlFinding struct {
	ID                  string
	N                   int
	Class               string
	Severity, Title     audit.Text
	Status              audit.Text
	Verdict, Confidence audit.Text
	Why, Fix            audit.Text
	Quotes              []htmlQuote
	LeftQuotes          int
	Silent              audit.Text // what was searched in vain
	SilentCode          audit.Text
	Calls               []htmlSite
	LeftCalls           int
	Clauses             []htmlClause
	Rule, Fingerprint   string
	Waiver              string
	Until               string
}

type htmlClause struct {
	ID       string
	Text     audit.Text
	Verified bool
}

// htmlSite is one API that code calls, with the places of the calls.
type htmlSite struct {
	Call  audit.Text
	Notes audit.Text
	Sites []htmlExample
	Left  int
}

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

func (ps *places) finding(g group, room *htmlRoom) htmlFinding {
	f := g.all[0]
	d := ps.duo
	x := htmlFinding{ID: ps.id + "f" + itoa(g.first+1), N: g.first + 1, Class: classOf(f.Severity), Severity: d.value("severity", f.Severity), Verdict: d.value("verdict", f.Verdict),
		Confidence: d.value("confidence", f.Confidence), Why: d.flow(f.Why), Fix: d.flow(f.Fix), Rule: clean(f.Rule), Fingerprint: short(f.Fingerprint)}
	x.Title = d.both(func(p *printer) string {
		s := flow(f.Title.In(p.lang))
		if n := len(g.all); n > 1 {
			s += " " + p.say("places", "n", grouped(int64(n)))
		}
		return s
	})
	if f.Status != audit.StatusNew {
		x.Status = d.value("status", f.Status)
	}
	if f.Waiver != nil {
		x.Waiver, x.Until = flow(f.Waiver.Reason), clean(f.Waiver.Until)
	}
	n := take(&room.quotes, min(len(g.policy), htmlMore))
	for _, q := range g.policy[:n] {
		from, to := ps.focus(q, f)
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
	} else if len(x.Quotes) == 0 && len(f.Code) > 0 {
		x.Silent = d.both(func(p *printer) string {
			if !p.policy {
				return p.say("policy.none")
			}
			return p.say("policy.nothing")
		})
	}
	ps.calls(&x, f, room)
	for _, id := range f.Clauses {
		c, ok := ps.zh.r.Names.Clause[id]
		x.Clauses = append(x.Clauses, htmlClause{ID: clip(clean(id), 60), Text: d.flow(audit.Text{ZH: c.ZH, EN: c.EN}), Verified: !ok || c.Verified})
	}
	return x
}

// focus returns where, in code points of a quote, the words stand that matter
// to a finding: those that name its data, or else the name of an SDK entry.
func (ps *places) focus(q audit.Quote, f *audit.Finding) (from, to int) {
	p := ps.at[span{q.At.Source, q.At.Start, q.At.End}]
	if p == nil {
		return 0, 0
	}
	for _, c := range p.claims {
		for _, m := range c.Mentions {
			if m.Data == f.Data {
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

// htmlCalls is how many APIs a finding lists.
const htmlCalls = 8

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
		shown := take(&room.sites, min(len(at[t]), audit.MaxExamples))
		for _, s := range at[t][:shown] {
			c.Sites = append(c.Sites, ps.example(s.Example, room))
		}
		c.Left = len(at[t]) - shown
		x.Calls = append(x.Calls, c)
	}
	x.LeftCalls = len(targets) - n
}

type htmlRequest struct {
	Name       audit.Text
	ID         string
	Protection audit.Text
	Dangerous  bool
	UsedBy     audit.Text
	Used       htmlAnswer // whether calls need it
}

type htmlSDK struct {
	Name, Vendor       audit.Text
	ID, Version        string
	Confidence, Policy audit.Text
	Classes            int
	Possible           bool // something hints at it, its code was not seen
}

type htmlUnowned struct {
	Prefix  string
	Classes int
	Touches audit.Text
	Samples []string
}

// appTables fills in what the app contains.
func (h *htmlReport) appTables(d duo, room *htmlRoom) {
	h.inventory(d, room)
	b := &d.zh.r.Behavior
	rank := func(p audit.Permission) int { return slices.Index([]string{"dangerous"}, p.Protection) }
	requests := slices.Clone(b.Permissions)
	slices.SortStableFunc(requests, func(a, b audit.Permission) int { return cmp.Compare(rank(b), rank(a)) })
	h.Requests = fewer(&room.rows, requests, func(x audit.Permission) htmlRequest {
		return htmlRequest{Name: d.permissions([]string{x.Name}), ID: clip(clean(x.Name), 120), Protection: d.value("protection", x.Protection), Dangerous: x.Protection == "dangerous",
			UsedBy: d.users(x.UsedBy), Used: d.permissionUsed(x)}
	})
	named := map[string]bool{}
	for _, s := range d.zh.r.Policy.SDKs {
		named[s.Party()] = true
	}
	for _, c := range d.zh.r.Policy.Claims {
		named[c.Party] = true
	}
	h.SDKs = fewer(&room.rows, b.SDKs, func(s audit.SDK) htmlSDK {
		x := d.sdk(s)
		x.Policy = d.say("sdk.undisclosed")
		if !d.zh.policy {
			x.Policy = d.say("sdk.nopolicy")
		} else if named[audit.PrefixSDK+s.ID] {
			x.Policy = d.say("sdk.disclosed")
		}
		return x
	})
	h.Libraries = fewer(&room.rows, b.Libraries, d.sdk)
	h.unowned(d, room)
}

// permissionUsed says whether calls need a permission.
func (d duo) permissionUsed(x audit.Permission) htmlAnswer {
	switch permissionState(x) {
	case audit.Yes:
		return htmlAnswer{audit.Yes, d.say("perm.used")}
	case audit.No:
		return htmlAnswer{audit.No, d.say("perm.unused")}
	}
	return htmlAnswer{audit.Unknown, d.say("perm.unknown")}
}

// sdk is the row of an SDK or library, without what the policy says of it.
func (d duo) sdk(s audit.SDK) htmlSDK {
	return htmlSDK{Name: d.flow(s.Name), Vendor: d.flow(s.Vendor), ID: clip(clean(s.ID), 60), Version: clip(clean(s.Version), 40),
		Confidence: d.both(func(p *printer) string { return p.presence(s) }), Classes: s.Classes, Possible: s.Confidence == "possible"}
}

// unowned lists the code that no signature knows; what is too small or shortened
// to be named is summed up.
func (h *htmlReport) unowned(d duo, room *htmlRoom) {
	large, rest := splitUnowned(d.zh.r.Behavior.Unowned)
	h.Unowned = fewer(&room.rows, large, func(u audit.Unowned) htmlUnowned {
		x := htmlUnowned{Prefix: clipMiddle(clean(u.Prefix), 120), Classes: u.Classes, Touches: d.both(func(p *printer) string { return p.touches(u, htmlTouched) })}
		for _, s := range u.Samples[:min(len(u.Samples), noteParties)] {
			x.Samples = append(x.Samples, clipMiddle(clean(s), 120))
		}
		return x
	})
	h.Unowned.All = len(large) + len(rest)
	h.SmallUnowned = d.both(func(p *printer) string { return p.leftUnowned(rest) })
	if prefix := namePrefix(large); prefix != "" {
		h.UnownedHint = d.say("unowned.hint", "prefix", prefix)
	}
}

// htmlTouched is how many names of data or permissions a row of code without owner
// shows.
const htmlTouched = 12
