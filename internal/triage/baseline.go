package triage

import (
	"fmt"
	"slices"

	"apkaudit/internal/audit"
)

// Baseline holds the findings of a saved report, or of several, by package.
type Baseline struct {
	File  string // as given
	known map[string][]audit.Finding
}

// ReadBaseline reads a saved report or a document of several. Findings that were
// waived in it are known like any other. The error names the file and the next
// step.
func ReadBaseline(file string, data []byte) (*Baseline, error) {
	reports, err := audit.DecodeAll(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a report that apkaudit wrote with -o json", file, err)
	}
	b := &Baseline{File: file, known: map[string][]audit.Finding{}}
	for _, r := range reports {
		if r.Outcome.Verdict == audit.OutcomeError {
			continue // nothing was said of this target
		}
		b.known[r.App.Package] = joined(b.known[r.App.Package], r.Findings)
	}
	if len(b.known) == 0 {
		return nil, fmt.Errorf("%s: holds no report with an answer; give a report of an app that could be examined", file)
	}
	return b, nil
}

// joined adds the findings of one more report of a package. What both have is one
// finding with the data of both inside.
func joined(known, more []audit.Finding) []audit.Finding {
	at := make(map[string]int, len(known))
	for i, f := range known {
		at[f.Fingerprint] = i
	}
	out := known
	for _, f := range more {
		if i, ok := at[f.Fingerprint]; ok {
			out[i].Items = append(slices.Clip(out[i].Items), f.Items...)
			continue
		}
		at[f.Fingerprint] = len(out)
		out = append(out, f)
	}
	return out
}

// packages names whom the baseline is about, the first few of them.
func (b *Baseline) packages() string {
	var names []string
	for p := range b.known {
		if p == "" {
			p = noPackage
		}
		names = append(names, p)
	}
	slices.Sort(names)
	return some(names)
}
