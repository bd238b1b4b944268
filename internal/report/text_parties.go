package report

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// How much the short form of a report about an app shows: it stays within two
// screens of 50 lines for an app with some fifteen SDKs.
const (
	appFindings     = 3  // findings with their evidence
	partyLinesShown = 13 // parties, one line or two each
	textRows        = 5  // findings about the policy's text alone
	inRow           = 3  // data types named in one part of a row
	quietShown      = 8  // SDKs without findings, by name
)

// partyFindings are the findings about one party, the most severe first.
type partyFindings struct {
	party string
	list  []*audit.Finding
}

// severity is that of the worst finding that the baseline does not know, else of the
// worst.
func (x *partyFindings) severity() string {
	for _, f := range x.list {
		if f.Status == audit.StatusNew {
			return f.Severity
		}
	}
	return x.list[0].Severity
}

// standElsewhere are checks whose findings other parts of the report tell: that there is
// no policy, and what was not examined.
var standElsewhere = []string{"no_policy_in_apk", "coverage_gap"}

// byParty groups findings that are about somebody's code or permissions, and sorts out
// those about the text of the policy. What names nobody but permissions or code is
// about the app. The order is by severity, the app before SDKs before others.
func byParty(list []*audit.Finding) (parties []partyFindings, text []*audit.Finding) {
	at := map[string]int{}
	for _, f := range list {
		party := f.Party
		if party == "" && len(f.Code)+len(f.Permission) > 0 {
			party = audit.PartyApp
		}
		switch {
		case slices.Contains(standElsewhere, f.Rule):
			continue
		case f.Verdict == audit.VerdictDefect || party == "":
			text = append(text, f)
			continue
		}
		i, ok := at[party]
		if !ok {
			i = len(parties)
			at[party] = i
			parties = append(parties, partyFindings{party: party})
		}
		parties[i].list = append(parties[i].list, f)
	}
	slices.SortStableFunc(parties, func(a, b partyFindings) int {
		return cmp.Or(cmp.Compare(audit.SeverityRank(b.severity()), audit.SeverityRank(a.severity())),
			cmp.Compare(partyRank(a.party), partyRank(b.party)), cmp.Compare(a.party, b.party))
	})
	return parties, text
}

// appFindingsShort prints the findings of an app in the short form: the worst with
// their evidence, then a line for each party, then the policy's own text.
func (p *printer) appFindingsShort() {
	list := bySeverity(p.r.Findings)
	live := slices.DeleteFunc(list, func(f *audit.Finding) bool { return f.Status == audit.StatusWaived })
	p.findingsTitle(len(live))
	if len(live) == 0 {
		p.nothingFound()
		return
	}
	groups := p.groups(live)
	shown := map[*audit.Finding]bool{}
	for n := 0; n < min(appFindings, len(groups)) && worthFirst(groups[n].all[0]); n++ {
		p.finding(groups[n])
		for _, f := range groups[n].all {
			shown[f] = true
		}
	}
	parties, text := byParty(live)
	p.partyLines(parties)
	p.textLines(slices.DeleteFunc(text, func(f *audit.Finding) bool { return shown[f] }))
	if p.policy { // else the table of SDKs stands below
		p.quietSDKs()
	}
}

// worthFirst tells whether a finding is worth its evidence on the first screen.
func worthFirst(f *audit.Finding) bool {
	return audit.SeverityRank(f.Severity) >= audit.SeverityRank(audit.High)
}

func (p *printer) partyLines(parties []partyFindings) {
	if len(parties) == 0 {
		return
	}
	p.section("section.parties", len(parties))
	most := partyLinesShown
	if !p.policy {
		most /= 4 // the inventory below lists the parties too
	}
	n := p.shown(len(parties), most)
	tags := 0
	for _, x := range parties[:n] {
		tags = max(tags, columns(p.value("severity", x.severity())))
	}
	names := 0
	for _, x := range parties[:n] {
		names = max(names, columns(p.partyLabel(x.party)))
	}
	indent := tags + names + 2*columnGap
	for _, x := range parties[:n] {
		tag := pad(p.value("severity", x.severity()), tags+columnGap)
		for i, l := range wrap(p.partyParts(x), p.width-indent, 2) {
			if i > 0 {
				p.line(strings.Repeat(" ", indent) + l)
				continue
			}
			p.line(p.paint(severityStyle(x.severity()), tag) + pad(p.partyLabel(x.party), names+columnGap) + l)
		}
	}
	left := 0
	for _, x := range parties[n:] {
		left += len(x.list)
	}
	if left > 0 {
		p.line("  " + p.paint(dim, p.say("more.parties", "n", grouped(int64(len(parties)-n)), "findings", grouped(int64(left)))))
	}
}

// partyParts says what the findings about a party come to, the most severe part first.
func (p *printer) partyParts(x partyFindings) string {
	var keys []string
	by := map[string][]*audit.Finding{}
	for _, f := range x.list {
		k := f.Rule
		if f.Data != "" && f.Verdict != audit.VerdictViolated {
			k = "verdict." + f.Verdict // several checks ask about data, one word says it
		}
		if by[k] == nil {
			keys = append(keys, k)
		}
		by[k] = append(by[k], f)
	}
	var parts []string
	for _, k := range keys {
		parts = append(parts, p.partyPart(k, by[k]))
	}
	return strings.Join(parts, " · ")
}

// partyPart is one part of a row: what is wrong, and the data or permissions that it
// is about.
func (p *printer) partyPart(key string, list []*audit.Finding) string {
	name := p.named(p.r.Names.Rule, list[0].Rule)
	if v, ok := strings.CutPrefix(key, "verdict."); ok {
		name = p.value("verdict", v)
	}
	var about []string
	for _, f := range list {
		switch {
		case f.Permission != "":
			about = append(about, lastWords([]string{f.Permission})...)
		case f.Data != "":
			about = append(about, p.dataList([]string{f.Data})...)
		default:
			for _, it := range f.Items {
				about = append(about, p.dataList([]string{it.Data})...)
			}
		}
	}
	grown := p.newInside(list)
	if len(grown) > 0 {
		return name + p.say("colon") + p.some(grown, inRow) + " [" + p.say("grown.row") + "]"
	}
	if len(about) > 0 {
		name += p.say("colon") + p.some(about, inRow)
	}
	if slices.ContainsFunc(list, func(f *audit.Finding) bool { return f.Status == audit.StatusNew }) {
		return name
	}
	return name + " [" + p.value("status", audit.StatusKnown) + "]"
}

// newInside names the data that findings hold which are known but for these; none
// where one of the findings is new as a whole.
func (p *printer) newInside(list []*audit.Finding) []string {
	var ids []string
	for _, f := range list {
		if f.Status == audit.StatusNew && len(f.Added) == 0 {
			return nil
		}
		ids = append(ids, f.Added...)
	}
	slices.Sort(ids)
	return p.dataList(slices.Compact(ids))
}

// textLines prints one line for each finding about the policy's text.
func (p *printer) textLines(text []*audit.Finding) {
	if len(text) == 0 {
		return
	}
	p.section("section.policytext", len(text))
	groups := p.groups(text)
	n := p.shown(len(groups), textRows)
	for _, g := range groups[:n] {
		p.oneLine(g, "")
	}
	left := 0
	for _, g := range groups[n:] {
		left += len(g.all)
	}
	p.more(2, left)
}

// quietSDKs names the embedded SDKs of which no finding speaks.
func (p *printer) quietSDKs() {
	var names []string
	for _, s := range p.r.Behavior.SDKs {
		id := audit.PrefixSDK + s.ID
		if !slices.ContainsFunc(p.r.Findings, func(f audit.Finding) bool { return f.Party == id }) {
			names = append(names, clip(clean(s.Name.In(p.lang)), maxName))
		}
	}
	if len(names) > 0 {
		p.line("")
		p.field(0, p.say("head.quiet"), p.say("quiet", "names", p.some(names, quietShown)), 2)
	}
}
