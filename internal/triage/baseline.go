package triage

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Baseline holds the findings of a saved report, or of several, by package.
type Baseline struct {
	File  string // as given
	known map[string]map[string]bool
}

// ReadBaseline reads a saved report or a document of several. Findings that were
// waived in it are known like any other. The error names the file and the next
// step.
func ReadBaseline(file string, data []byte) (*Baseline, error) {
	reports, err := audit.DecodeAll(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a report that apkaudit wrote with -o json", file, err)
	}
	b := &Baseline{File: file, known: map[string]map[string]bool{}}
	for _, r := range reports {
		if r.Outcome.Verdict == audit.OutcomeError {
			continue // nothing was said of this target
		}
		known := b.known[r.App.Package]
		if known == nil {
			known = map[string]bool{}
			b.known[r.App.Package] = known
		}
		for _, f := range r.Findings {
			// Repeats of a finding have -2, -3 behind their fingerprint, so that one more
			// of them than the baseline has is new.
			known[f.Fingerprint] = true
		}
	}
	if len(b.known) == 0 {
		return nil, fmt.Errorf("%s: holds no report with an answer; give a report of an app that could be examined", file)
	}
	return b, nil
}

// packages names whom the baseline is about, the first few of them.
func (b *Baseline) packages() string {
	const most = 3
	var names []string
	for p := range b.known {
		if p == "" {
			p = noPackage
		}
		names = append(names, p)
	}
	slices.Sort(names)
	if n := len(names); n > most {
		names = append(names[:most], fmt.Sprintf("%d more", n-most))
	}
	return strings.Join(names, ", ")
}
