// Package triage says which findings of a report are known from an earlier report
// and which are waived, and what changed between two reports.
//
// It sets the status of findings and never adds, deletes or regrades one. It reads
// no files, knows no rules and has no clock: the day on which waivers are judged is
// given to it.
package triage

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Given is what a user gave to triage findings by. The zero value leaves every
// finding new.
type Given struct {
	Baseline *Baseline           // nil for none
	Waivers  []audit.WaiverState // as ReadWaivers gives them
	Today    string              // YYYY-MM-DD: waivers that ended before it do not apply
}

// Apply sets status and waiver of every finding, what was given, and the outcome.
//
// A finding is known where the baseline has it with all the data inside; with more of
// them it is new, and Added names those. A waived finding is waived whether or not it
// is known; of several waivers that are for a finding the first that has not expired
// counts. A waiver that names the data inside is for no others, and one that names a
// fingerprint was given for a finding as it was: it is not for data that the baseline's
// finding lacks.
func (g Given) Apply(r *audit.Report) {
	r.Triage = audit.Triage{Waivers: make([]audit.WaiverState, len(g.Waivers))}
	copy(r.Triage.Waivers, g.Waivers)
	known := make([]*audit.Finding, len(r.Findings))
	if g.Baseline != nil {
		r.Triage.Baseline = g.Baseline.File
		known = matched(g.Baseline.known[r.App.Package], r.Findings)
	}
	meant := make([]int, len(g.Waivers)) // findings that each waiver is for
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Status, f.Waiver, f.Added = audit.StatusNew, nil, []string{}
		if known[i] != nil {
			f.Added = append(f.Added, added(f, known[i].Items)...)
			if len(f.Added) == 0 {
				f.Status = audit.StatusKnown
			}
		}
		g.waive(f, r.Triage.Waivers, meant)
	}
	for j := range r.Triage.Waivers {
		w := &r.Triage.Waivers[j]
		slices.Sort(w.Exceeded)
		w.Exceeded = append([]string{}, slices.Compact(w.Exceeded)...)
		w.State = g.state(w, meant[j])
	}
	r.Decide()
}

// waive gives a finding the first waiver that is for it, and counts it for those that
// are; an expired one counts what is as it says.
func (g Given) waive(f *audit.Finding, waivers []audit.WaiverState, meant []int) {
	for j := range waivers {
		w := &waivers[j]
		if !isFor(w, f) {
			continue
		}
		if beyond := exceeding(w, f); len(beyond) > 0 {
			w.Exceeded = append(w.Exceeded, beyond...)
			continue
		}
		meant[j]++
		switch {
		case w.Until < g.Today:
			w.Findings++
		case f.Waiver == nil:
			w.Findings++
			said := w.Waiver
			f.Status, f.Waiver = audit.StatusWaived, &said
		}
	}
}

// state is what a waiver came to that is for so many findings of a report.
func (g Given) state(w *audit.WaiverState, meant int) string {
	switch {
	case w.Until < g.Today:
		return audit.WaiverExpired
	case len(w.Exceeded) > 0:
		return audit.WaiverExceeded
	case w.Findings > 0:
		return audit.WaiverApplied
	case meant > 0:
		return audit.WaiverRedundant
	}
	return audit.WaiverUnused
}

// Notes says in English, a line each, what of the given things came to nothing over
// all reports: a baseline of another app, waivers that have expired, that a finding has
// outgrown or that no finding is as they say. The reports are those that Apply was
// called for.
func (g Given) Notes(reports []*audit.Report) []string {
	var notes []string
	for _, r := range reports {
		if g.Baseline == nil || r.Outcome.Verdict == audit.OutcomeError {
			continue
		}
		if _, ok := g.Baseline.known[r.App.Package]; !ok {
			notes = append(notes, fmt.Sprintf("%s: holds a report of %s and none of %s, of which nothing is known", g.Baseline.File, g.Baseline.packages(), subject(r)))
		}
	}
	for i := range g.Waivers {
		if n := g.waiverNote(i, reports); n != "" {
			notes = append(notes, n)
		}
	}
	return notes
}

// waiverNote says what is wrong with a waiver, "" for nothing.
func (g Given) waiverNote(i int, reports []*audit.Report) string {
	w := &g.Waivers[i]
	found, unused := 0, true
	var beyond []string
	for _, r := range reports {
		if i < len(r.Triage.Waivers) {
			s := &r.Triage.Waivers[i]
			found, beyond = found+s.Findings, append(beyond, s.Exceeded...)
			unused = unused && s.State == audit.WaiverUnused
		}
	}
	slices.Sort(beyond)
	beyond = slices.Compact(beyond)
	switch place := fmt.Sprintf("%s:%d: ", w.File, w.Line); {
	case w.Until < g.Today:
		return place + fmt.Sprintf("the waiver of %s expired on %s and waives nothing (findings it is for: %d)", purpose(w), w.Until, found)
	case len(beyond) > 0:
		return place + fmt.Sprintf("the waiver of %s was not given for %s, so a finding with that counts; disclose it, or name all data that are accepted under items", purpose(w), some(beyond))
	case unused:
		return place + fmt.Sprintf("no finding is as the waiver of %s says; remove or correct it", purpose(w))
	}
	return ""
}

// some names a few of a list.
func some(list []string) string {
	const most = 3
	if n := len(list); n > most {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("%d more", n-most))
	}
	return strings.Join(list, ", ")
}

// purpose is what a waiver is for, in few words.
func purpose(w *audit.WaiverState) string {
	s := w.Rule
	if s == "" {
		const shown = 12 // digits, as reports show a fingerprint
		s = w.Fingerprint[:min(shown, len(w.Fingerprint))]
	}
	for _, x := range []string{w.Party, w.Data, w.Permission} {
		if x != "" {
			s += " " + x
		}
	}
	return s
}

// subject names what a report is about.
func subject(r *audit.Report) string {
	if r.App.Package == "" {
		return noPackage
	}
	return r.App.Package
}

// noPackage stands for reports that have no package: those of `apkaudit policy`.
const noPackage = "policies alone"
