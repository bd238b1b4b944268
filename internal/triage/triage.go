// Package triage says which findings of a report are known from an earlier report
// and which are waived, and what changed between two reports.
//
// It sets the status of findings and never adds, deletes or regrades one. It reads
// no files, knows no rules and has no clock: the day on which waivers are judged is
// given to it.
package triage

import (
	"fmt"

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
// A waived finding is waived whether or not it is known; of several waivers that
// are for a finding the first that has not expired counts.
func (g Given) Apply(r *audit.Report) {
	r.Triage = audit.Triage{Waivers: make([]audit.WaiverState, len(g.Waivers))}
	copy(r.Triage.Waivers, g.Waivers)
	known := map[string]bool{}
	if g.Baseline != nil {
		r.Triage.Baseline = g.Baseline.File
		known = g.Baseline.known[r.App.Package]
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Status, f.Waiver = audit.StatusNew, nil
		if known[f.Fingerprint] {
			f.Status = audit.StatusKnown
		}
		for j := range r.Triage.Waivers {
			w := &r.Triage.Waivers[j]
			if !isFor(w, f) {
				continue
			}
			w.Findings++
			if f.Waiver == nil && w.Until >= g.Today {
				said := w.Waiver
				f.Status, f.Waiver = audit.StatusWaived, &said
			}
		}
	}
	for j := range r.Triage.Waivers {
		w := &r.Triage.Waivers[j]
		switch {
		case w.Until < g.Today:
			w.State = audit.WaiverExpired
		case w.Findings == 0:
			w.State = audit.WaiverUnused
		default:
			w.State = audit.WaiverApplied
		}
	}
	r.Decide()
}

// Notes says in English, a line each, what of the given things came to nothing over
// all reports: a baseline of another app, waivers that have expired or that no
// finding is as they say. The reports are those that Apply was called for.
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
	for i, w := range g.Waivers {
		found := 0
		for _, r := range reports {
			if i < len(r.Triage.Waivers) {
				found += r.Triage.Waivers[i].Findings
			}
		}
		switch {
		case w.Until < g.Today:
			notes = append(notes, fmt.Sprintf("%s:%d: the waiver of %s expired on %s and waives nothing (findings it is for: %d)", w.File, w.Line, purpose(w), w.Until, found))
		case found == 0:
			notes = append(notes, fmt.Sprintf("%s:%d: no finding is as the waiver of %s says; remove or correct it", w.File, w.Line, purpose(w)))
		}
	}
	return notes
}

// purpose is what a waiver is for, in few words.
func purpose(w audit.WaiverState) string {
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
