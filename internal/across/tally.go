package across

import (
	"cmp"
	"slices"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// tally counts over all apps. Of each app it keeps its row and, for the page, which
// rows of the other tables it has a part in.
type tally struct {
	tool   audit.Tool
	totals audit.Totals
	apps   []audit.SummaryApp
	parts  []parts // of each app

	sdks     []audit.SummarySDK
	data     []audit.SummaryData
	checks   []audit.SummaryCheck
	gaps     []audit.SummaryGap
	sdkAt    map[string]int // places in these by id
	dataAt   map[string]int
	checkAt  map[string]int
	gapAt    map[string]int
	parties  []map[string]int // of each data type: apps by party
	partyIDs map[string]audit.Text
}

// parts are places in the tables, with what is to be said of them in this app.
type parts struct {
	sdks   []part
	data   []part
	checks []byte // the state of each check by its place in checkStates; 0 for none
	gaps   []int
}

type part struct{ at, flags int }

// Flags of an app's part in an SDK, and in a data type behind those of pairVerdicts.
const (
	sdkNamed = 1 << iota
	sdkUnnamed
	sdkReads
	sdkPossible
)

// pairVerdicts are verdicts on pairs, each a flag by its place.
func pairVerdicts() []string {
	return []string{audit.VerdictUndisclosed, audit.VerdictDenied, audit.VerdictMisattributed, audit.VerdictOtherPlatform, audit.VerdictVague, audit.VerdictDisclosed}
}

// dataBefore is the flag of data that is read before consent.
const dataBefore = 1 << 6

// checkStates are the states of a check, the first at 1.
func checkStates() []string {
	return []string{audit.StateViolated, audit.StateSatisfied, audit.StateUndecidable, audit.StateNotLooked}
}

func newTally() *tally {
	return &tally{sdkAt: map[string]int{}, dataAt: map[string]int{}, checkAt: map[string]int{}, gapAt: map[string]int{}, partyIDs: map[string]audit.Text{}}
}

// place is where the row of id stands; a new one is made.
func place[T any](rows *[]T, at map[string]int, id string, first func() T) int {
	i, ok := at[id]
	if !ok {
		i = len(*rows)
		at[id] = i
		*rows = append(*rows, first())
	}
	return i
}

func (t *tally) add(e *Entry) {
	r := e.Report
	if len(t.apps) == 0 {
		t.tool = r.Tool
	}
	named, compared := namedSDKs(r), report.Compared(r)
	var policies []string
	for _, p := range policiesOf(r) {
		policies = append(policies, kept(p))
	}
	t.apps = append(t.apps, audit.SummaryApp{File: e.File, SHA256: r.App.SHA256, Container: r.App.Container, Package: kept(r.App.Package),
		Label:       audit.Label{Default: kept(r.App.Label.Default), ZH: kept(r.App.Label.ZH), EN: kept(r.App.Label.EN)},
		VersionName: kept(r.App.VersionName), VersionCode: r.App.VersionCode, Outcome: r.Outcome, Gaps: gapKinds(r),
		SDKs: len(r.Behavior.SDKs), NamedSDKs: len(named), Policies: policies, Report: e.ReportPath})
	t.total(r, compared)
	t.parts = append(t.parts, parts{sdks: t.addSDKs(r, named, compared), data: t.addData(r, compared), checks: t.addChecks(r), gaps: t.addGaps(r)})
}

func (t *tally) total(r *audit.Report, compared bool) {
	t.totals.Apps++
	t.totals.Size += r.App.Size
	*t.totals.Verdicts.Of(r.Outcome.Verdict)++
	for _, s := range audit.Severities() {
		n := *r.Outcome.Counts.Of(s)
		*t.totals.Counts.Of(s) += n
		if n > 0 {
			*t.totals.Reached.Of(s)++
		}
	}
	if compared {
		t.totals.Compared++
	}
}

func (t *tally) addSDKs(r *audit.Report, named map[string]bool, compared bool) []part {
	all := readsOf(r)
	var list []part
	for i := range r.Behavior.SDKs {
		s := &r.Behavior.SDKs[i]
		at := place(&t.sdks, t.sdkAt, s.ID, func() audit.SummarySDK {
			return audit.SummarySDK{ID: kept(s.ID), Name: keptText(s.Name), Vendor: keptText(s.Vendor), Category: kept(s.Category)}
		})
		x, p := &t.sdks[at], part{at: at}
		x.Apps++
		if s.Confidence == "possible" {
			x.Possible++
			p.flags |= sdkPossible
		}
		if len(all[audit.PrefixSDK+s.ID].data) > 0 {
			x.Reads++
			p.flags |= sdkReads
		}
		switch {
		case compared && named[s.ID]:
			x.Compared++
			x.Named++
			p.flags |= sdkNamed
		case compared:
			x.Compared++
			p.flags |= sdkUnnamed
		}
		list = append(list, p)
	}
	return list
}

// addData counts the data types that the code reads, each once for the app.
func (t *tally) addData(r *audit.Report, compared bool) []part {
	flags, parties := map[string]int{}, map[string]map[string]bool{}
	verdicts := pairVerdicts()
	var order []string
	for i := range r.Pairs {
		p := &r.Pairs[i]
		if parties[p.Data] == nil {
			parties[p.Data] = map[string]bool{}
			order = append(order, p.Data)
		}
		party := p.Party
		if audit.PartyKind(party) == audit.PrefixUnknown {
			party = audit.ShortenedParty
		} else if _, ok := t.partyIDs[party]; !ok {
			t.partyIDs[party] = keptText(r.Names.Party[party])
		}
		parties[p.Data][party] = true
		if v := slices.Index(verdicts, p.Verdict); v >= 0 {
			flags[p.Data] |= 1 << v
		}
		if p.BeforeConsent == audit.Yes {
			flags[p.Data] |= dataBefore
		}
	}
	slices.Sort(order)
	var list []part
	for _, id := range order {
		at := place(&t.data, t.dataAt, id, func() audit.SummaryData {
			t.parties = append(t.parties, map[string]int{})
			return audit.SummaryData{ID: kept(id), Name: keptText(r.Names.Data[id]), Sensitivity: kept(r.Names.Sensitivity[id])}
		})
		x := &t.data[at]
		x.Apps++
		if compared {
			x.Compared++
		}
		for v, verdict := range verdicts {
			if flags[id]&(1<<v) != 0 {
				*x.Of(verdict)++
			}
		}
		if flags[id]&dataBefore != 0 {
			x.BeforeConsent++
		}
		for party := range parties[id] {
			t.parties[at][party]++
		}
		list = append(list, part{at, flags[id]})
	}
	return list
}

func (t *tally) check(r *audit.Report, rule, basis string) int {
	return place(&t.checks, t.checkAt, rule, func() audit.SummaryCheck {
		return audit.SummaryCheck{Rule: kept(rule), Name: keptText(r.Names.Rule[rule]), Basis: kept(basis)}
	})
}

func (t *tally) addChecks(r *audit.Report) []byte {
	var states []byte
	set := func(at int, state byte) {
		for len(states) <= at {
			states = append(states, 0)
		}
		states[at] = state
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		at := t.check(r, c.Rule, c.Basis)
		if n := t.checks[at].Of(c.State); n != nil && (at >= len(states) || states[at] == 0) {
			*n++
			set(at, byte(1+slices.Index(checkStates(), c.State)))
		}
	}
	seen := map[int]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Status == audit.StatusWaived {
			continue
		}
		at := t.check(r, f.Rule, f.Basis)
		x := &t.checks[at]
		x.Findings++
		if !seen[at] {
			seen[at] = true
			x.Apps++
		}
		if audit.SeverityRank(f.Severity) > audit.SeverityRank(x.Worst) {
			x.Worst = f.Severity
		}
	}
	return states
}

func (t *tally) addGaps(r *audit.Report) []int {
	var list []int
	for _, kind := range gapKinds(r) {
		at := place(&t.gaps, t.gapAt, kind, func() audit.SummaryGap {
			return audit.SummaryGap{Kind: kept(kind), Incomplete: audit.GapKinds()[kind]}
		})
		t.gaps[at].Apps++
		list = append(list, at)
	}
	for _, g := range r.Gaps {
		t.gaps[t.gapAt[g.Kind]].Gaps++
	}
	return list
}

// summary is the document of all that was counted.
func (t *tally) summary() *audit.Summary {
	s := &audit.Summary{Schema: audit.SummarySchema, Tool: t.tool, Totals: t.totals, Apps: t.apps,
		SDKs: slices.Clone(t.sdks), Data: slices.Clone(t.data), Checks: slices.Clone(t.checks), Gaps: slices.Clone(t.gaps)}
	if s.Tool.Name == "" { // of no report
		s.Tool = audit.NewReport().Tool
	}
	for i := range s.Data {
		s.Data[i].Parties = t.partiesOf(i)
	}
	slices.SortStableFunc(s.SDKs, func(a, b audit.SummarySDK) int { return cmp.Or(cmp.Compare(b.Apps, a.Apps), cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(s.Data, func(a, b audit.SummaryData) int {
		return cmp.Or(cmp.Compare(b.Apps, a.Apps), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(s.Checks, func(a, b audit.SummaryCheck) int { return cmp.Compare(a.Rule, b.Rule) })
	slices.SortStableFunc(s.Gaps, func(a, b audit.SummaryGap) int {
		return cmp.Or(cmp.Compare(b.Apps, a.Apps), cmp.Compare(a.Kind, b.Kind))
	})
	s.Normalize()
	return s
}

// partiesOf are the parties that read a data type, those in most apps first.
func (t *tally) partiesOf(at int) []audit.SummaryParty {
	var list []audit.SummaryParty
	for id, n := range t.parties[at] {
		p := audit.SummaryParty{Party: kept(id), Name: t.partyIDs[id], Apps: n}
		if id == audit.ShortenedParty {
			p.Name = texts["unknown_code"]
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b audit.SummaryParty) int {
		return cmp.Or(cmp.Compare(b.Apps, a.Apps), cmp.Compare(a.Party, b.Party))
	})
	return list
}
