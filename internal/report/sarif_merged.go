package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"apkaudit/internal/audit"
)

// MergedSARIF is SARIF about more reports than can be held in memory: one run in which
// at most maxResults results are kept, the most severe over all reports.
type MergedSARIF struct {
	b         *sarifBuilder
	rules     *sarifRules
	kept      [6][]mergedResult // by rank of severity, in the order of the reports
	n         int               // of all of them
	all       int               // findings that were seen
	notes     []sarifNotification
	artifacts []json.RawMessage // one list for each report
	version   string
	failed    bool // one of the reports has no verdict
}

// mergedResult is a result as it is written.
type mergedResult struct {
	at     int // place among all findings
	report int // whose finding it is
	result []byte
}

// NewMergedSARIF begins a document.
func NewMergedSARIF(opt Options) *MergedSARIF {
	b := &sarifBuilder{words: words{opt.Lang}, dir: opt.WorkDir, ids: map[string]int{}}
	return &MergedSARIF{b: b, rules: b.newRules()}
}

// Add takes what is to be said of one report, of which nothing else is kept.
func (m *MergedSARIF) Add(r *audit.Report) error {
	if m.version == "" {
		m.version = r.Tool.Version
	}
	m.failed = m.failed || r.Outcome.Verdict == audit.OutcomeError
	for _, g := range r.Gaps {
		if len(m.notes) < maxNotes {
			m.notes = append(m.notes, m.b.gapNote(r, g))
		}
	}
	m.rules.add(r)
	states := baselineStates(r)
	for i := range r.Findings {
		f := &r.Findings[i]
		m.all++
		if !m.room(audit.SeverityRank(f.Severity)) {
			continue
		}
		res := m.b.result(r, f, m.rules.all[f.Rule].index)
		res.BaselineState = states.of(f)
		data, err := plainJSON(res)
		if err != nil {
			return err
		}
		rank := audit.SeverityRank(f.Severity)
		m.kept[rank] = append(m.kept[rank], mergedResult{m.all, len(m.artifacts), data})
		m.n++
	}
	var list json.RawMessage
	if len(r.Findings) > 0 {
		var err error
		if list, err = plainJSON(m.b.artifacts(r)); err != nil {
			return err
		}
	}
	m.artifacts = append(m.artifacts, list)
	return nil
}

// room makes room for a finding of a severity; false where only as severe ones are kept.
func (m *MergedSARIF) room(rank int) bool {
	if m.n < maxResults {
		return true
	}
	for least := range rank {
		if n := len(m.kept[least]); n > 0 {
			m.kept[least][n-1].result = nil
			m.kept[least] = m.kept[least][:n-1]
			m.n--
			return true
		}
	}
	return false
}

func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return slices.Clone(bytes.TrimRight(b.Bytes(), "\n")), err
}

// Write writes the document. Results are left out until it is small enough to be
// uploaded.
func (m *MergedSARIF) Write(w io.Writer) error {
	for most := m.n; ; {
		results := m.mostSevere(most)
		raw := 0
		for _, x := range results {
			raw += len(x.result)
		}
		size := 0
		if raw > maxPacked/2 { // else even the rest beside them leaves it small
			var n counter
			z := gzip.NewWriter(&n)
			if err := errors.Join(m.write(z, results), z.Close()); err != nil {
				return err
			}
			size = int(n)
		}
		if size <= maxPacked || len(results) == 0 {
			return m.write(w, results)
		}
		most = min(len(results)-1, int(float64(len(results))*0.9*maxPacked/float64(size)))
	}
}

// mostSevere are at most n results, in the order of the reports.
func (m *MergedSARIF) mostSevere(n int) []mergedResult {
	var out []mergedResult
	for _, list := range slices.Backward(m.kept[:]) {
		out = append(out, list[:min(len(list), n-len(out))]...)
	}
	slices.SortFunc(out, func(a, b mergedResult) int { return cmp.Compare(a.at, b.at) })
	return out
}

// emptyResults is where the results go. No text holds it: there quotes are escaped.
const emptyResults = `"results":[]`

// write writes the document around results that are text already.
func (m *MergedSARIF) write(w io.Writer, results []mergedResult) error {
	run := m.b.newRun(m.version, "apkaudit/all/", m.rules.list(m.rules.ids))
	invocation := sarifInvocation{ExecutionSuccessful: !m.failed, Notifications: m.notes}
	if left := m.all - len(results); left > 0 {
		invocation.Notifications = append([]sarifNotification{m.b.droppedNote(left)}, m.notes...)
	}
	run.Invocations = []sarifInvocation{invocation}
	var err error
	if run.Artifacts, err = m.artifactsOf(results); err != nil {
		return err
	}
	frame, err := plainJSON(sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
	if err != nil {
		return err
	}
	head, tail, _ := bytes.Cut(frame, []byte(emptyResults))
	pieces := [][]byte{head, []byte(emptyResults[:len(emptyResults)-1])}
	for i, x := range results {
		if i > 0 {
			pieces = append(pieces, []byte(","))
		}
		pieces = append(pieces, []byte("\n"), x.result)
	}
	pieces = append(pieces, []byte("]"), tail, []byte("\n"))
	for _, p := range pieces {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// artifactsOf are the files that the results are about.
func (m *MergedSARIF) artifactsOf(results []mergedResult) ([]sarifArtifact, error) {
	var out []sarifArtifact
	seen := map[string]bool{}
	last := -1
	for _, x := range results {
		if x.report == last {
			continue
		}
		last = x.report
		var list []sarifArtifact
		if err := json.Unmarshal(m.artifacts[x.report], &list); err != nil {
			return nil, err
		}
		for _, a := range list {
			if !seen[a.Location.URI] {
				seen[a.Location.URI] = true
				out = append(out, a)
			}
		}
	}
	return out, nil
}
