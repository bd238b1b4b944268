package batch

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// unknown stands in a key for what a report does not tell: such a row has no report
// that fits, its behaviour may.
const unknown = "?"

// recover finds out from the reports what a damaged state file said. base is the key of
// this run: a report made by the same options has the same limits. A report that is not
// what was written tells nothing.
func (s *store) recover(base Key) {
	sums := s.sums()
	entries, _ := os.ReadDir(filepath.Join(s.dir, reportsDir)) // none is as good as nothing
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".json" {
			continue
		}
		name := path.Join(reportsDir, e.Name())
		data, err := readBounded(s.path(name), "max-answer-bytes", maxAnswerBytes)
		if err != nil || digest(data) != sums[name] {
			continue
		}
		r, err := audit.Decode(data)
		if err != nil || r.Outcome.Verdict == audit.OutcomeError {
			continue
		}
		row := Row{File: fileName(r.App.File), Key: recovered(r, base), Report: name, ReportSHA256: digest(data), Facts: FactsOf(r)}
		if _, known := s.row(r.App.File); !known {
			s.keep(row)
		}
	}
}

// recovered is the key of a report, as far as it tells.
func recovered(r *audit.Report, base Key) Key {
	k := Key{SHA256: r.App.SHA256, Tool: r.Tool.Version, Analysis: r.Tool.AnalysisDigest, Rules: r.Tool.RulesDigest, Options: r.Tool.OptionsDigest, Limits: unknown}
	if k.Options == base.Options {
		k.Limits = base.Limits
	}
	if r.Triage.Baseline != "" || len(r.Triage.Waivers) > 0 {
		k.Triage = unknown
	}
	for _, p := range r.Policy.Sources {
		if !strings.HasPrefix(p.File, r.App.File+"!/") { // found in the app: no policy was given
			k.Policies = append(k.Policies, p.SHA256)
		}
	}
	cut := []string{audit.GapTimeout, audit.GapCrashed, audit.GapLimit}
	if len(r.App.DEX) == 0 && slices.ContainsFunc(r.Gaps, func(g audit.Gap) bool { return slices.Contains(cut, g.Kind) }) {
		k.Bounds = unknown
	}
	return k
}
