package batch

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
	"apkaudit/internal/scan"
	"apkaudit/internal/triage"
)

// fileID tells whether a file is still the one that was read.
type fileID struct {
	Size     int64  `json:"size"`     // bytes
	Modified int64  `json:"modified"` // nanoseconds since 1970
	Changed  int64  `json:"changed"`  // of the last change of state, the same
	Inode    uint64 `json:"inode"`
	known    bool   // the system told enough to trust it
}

// unchanged tells whether a file now is the one that was read.
func (id fileID) unchanged(was fileID) bool {
	was.known = id.known
	return id.known && id == was
}

// Key is what a report depends on; a report with the key of a target is its report.
type Key struct {
	SHA256   string   `json:"sha256"`   // of the app's file
	Tool     string   `json:"tool"`     // version
	Analysis string   `json:"analysis"` // digest of what reads the behaviour
	Limits   string   `json:"limits"`   // digest of what reading is bounded by
	Rules    string   `json:"rules"`    // digest of all rules
	Options  string   `json:"options"`  // digest of limits and what is judged by
	Triage   string   `json:"triage"`   // digest of baseline and waivers, "" for none
	Policies []string `json:"policies"` // sha256 of each document, in order; none for what the app holds
	// Bounds are time and memory that a worker had, where they were not enough.
	Bounds string `json:"bounds"`
}

// sameBehaviour tells whether the behaviour in the report of one key is that of the
// other.
func (k Key) sameBehaviour(o Key) bool {
	return k.SHA256 == o.SHA256 && k.Tool == o.Tool && k.Analysis == o.Analysis && k.Limits == o.Limits && k.Bounds == "" && o.Bounds == ""
}

func (k Key) equal(o Key) bool {
	return k.sameBehaviour(o) && k.Rules == o.Rules && k.Options == o.Options && k.Triage == o.Triage && slices.Equal(k.Policies, o.Policies)
}

// Facts are what a summary says of a report.
type Facts struct {
	Package     string        `json:"package"`
	VersionName string        `json:"version_name"`
	VersionCode int64         `json:"version_code"`
	Outcome     audit.Outcome `json:"outcome"`
	New         audit.Counts  `json:"new"`  // findings that no baseline and no waiver knows
	Gaps        []string      `json:"gaps"` // kinds, sorted, each once
	DEXBytes    int64         `json:"dex_bytes"`
}

// FactsOf sums a report up.
func FactsOf(r *audit.Report) Facts {
	f := Facts{Package: r.App.Package, VersionName: r.App.VersionName, VersionCode: r.App.VersionCode, Outcome: r.Outcome}
	for i := range r.Findings {
		if r.Findings[i].Status == audit.StatusNew {
			*f.New.Of(r.Findings[i].Severity)++
		}
	}
	for _, g := range r.Gaps {
		f.Gaps = append(f.Gaps, g.Kind)
	}
	for _, d := range r.App.DEX {
		f.DEXBytes += d.Size
	}
	slices.Sort(f.Gaps)
	f.Gaps = slices.Compact(f.Gaps)
	return f
}

// judged is a report that holds no more than an exit code depends on.
func (f *Facts) judged() *audit.Report {
	r := &audit.Report{Outcome: f.Outcome}
	for _, s := range audit.Severities() {
		if *f.New.Of(s) > 0 {
			r.Findings = append(r.Findings, audit.Finding{Severity: s, Status: audit.StatusNew})
		}
	}
	return r
}

// Row is what is known of one input file.
type Row struct {
	File         fileName `json:"file"`
	ID           fileID   `json:"id"`
	Key          Key      `json:"key"`
	Report       string   `json:"report"`        // path below the output directory
	ReportSHA256 string   `json:"report_sha256"` // of that file
	Facts        Facts    `json:"facts"`
}

// Path is the input file.
func (r *Row) Path() string { return string(r.File) }

// ExitCode is that of a run over these rows.
func ExitCode(g audit.Gate, rows []Row) int {
	reports := make([]*audit.Report, len(rows))
	for i := range rows {
		reports[i] = rows[i].Facts.judged()
	}
	return audit.ExitCode(g, reports)
}

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.File, b.File) })
}

// Triage names what the status of findings is set by.
type Triage struct {
	Baseline string `json:"baseline"` // file, "" for none
	Waivers  string `json:"waivers"`  // file, "" for none
	Today    string `json:"today"`    // YYYY-MM-DD
}

// read reads the files.
func (t Triage) read() (triage.Given, error) {
	g := triage.Given{Today: t.Today}
	if t.Baseline != "" {
		data, err := os.ReadFile(t.Baseline)
		if err != nil {
			return g, err
		}
		if g.Baseline, err = triage.ReadBaseline(t.Baseline, data); err != nil {
			return g, err
		}
	}
	if t.Waivers == "" {
		return g, nil
	}
	data, err := os.ReadFile(t.Waivers)
	if err != nil {
		return g, err
	}
	g.Waivers, err = triage.ReadWaivers(t.Waivers, data)
	return g, err
}

// digest is of all that the files make of a finding: the day counts where it decides
// whether a waiver has ended.
func (t Triage) digest() (string, error) {
	if t.Baseline == "" && t.Waivers == "" {
		return "", nil
	}
	h := sha256.New()
	for _, file := range []string{t.Baseline, t.Waivers} {
		if file == "" {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q %d\n", file, len(data))
		h.Write(data)
	}
	g, err := t.read()
	if err != nil {
		return "", err
	}
	for _, w := range g.Waivers {
		fmt.Fprintf(h, "%t\n", w.Until < t.Today)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// limitsDigest is of what bounds the reading of apps.
func limitsDigest(o scan.Options) string {
	o.Limits.Policy = policy.Limits{} // which bound the other side
	data, err := json.Marshal(o.Limits)
	if err != nil {
		panic(err) // a struct of numbers: cannot fail
	}
	return digest(data)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// shaInName is how much of the app's hash stands in a report's name, in hex digits.
const shaInName = 12

// maxNameBytes bounds the part of a report's name that comes from the app.
const maxNameBytes = 120

// reportName is the file name of a report: package and digits of the hash. More is added
// where the same app is judged by several policies.
func reportName(pkg, sha string, digits int, policies []string, several bool) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, pkg)
	name = strings.Trim(name[:min(len(name), maxNameBytes)], ".-")
	if name == "" {
		name = "unknown"
	}
	name += "-" + sha[:min(len(sha), digits)]
	if several {
		name += "-" + digest([]byte(strings.Join(policies, ",")))[:8]
	}
	return name + ".json"
}
