package audit

// Gap is something that was not looked at, and the answers this weakens.
type Gap struct {
	Kind    string `json:"kind"`
	Side    string `json:"side"` // Side constants: what was not looked at
	What    string `json:"what"`
	Weakens Text   `json:"weakens"`
}

// The two sides that are compared. A gap of the policy's goes when the app is
// judged again by another policy, one of the app's stays.
const (
	SideApp    = "app"
	SidePolicy = "policy"
)

// sideOfKind is the side of a gap of a report that states none: reports of earlier
// versions. Kinds that both sides know count for the app, so that no gap is lost.
func sideOfKind(kind string) string {
	switch kind {
	case GapNoPolicy, GapNoTextLayer, GapNotGiven:
		return SidePolicy
	}
	return SideApp
}

// Kinds of gaps.
const (
	GapPacked      = "packed"
	GapNative      = "native"
	GapDynamicCode = "dynamic_code"
	GapObfuscated  = "obfuscated"
	GapTruncated   = "truncated"
	GapTampered    = "tampered"
	GapLimit       = "limit"
	GapCrashed     = "crashed"
	GapTimeout     = "timeout"
	GapNoPolicy    = "no_policy"
	GapNoTextLayer = "no_text_layer"
	GapUnreadable  = "unreadable"
	GapNotGiven    = "not_given" // a document that the policy refers to
)

// GapKinds lists every kind, and whether it makes the outcome incomplete (the
// others only weaken answers).
func GapKinds() map[string]bool {
	return map[string]bool{
		GapPacked: true, GapTruncated: true, GapTampered: true, GapLimit: true, GapCrashed: true,
		GapTimeout: true, GapNoTextLayer: true, GapUnreadable: true,
		GapNative: false, GapDynamicCode: false, GapObfuscated: false, GapNoPolicy: false, GapNotGiven: false,
	}
}

// Outcome sums a report up. Verdict does not depend on any threshold.
type Outcome struct {
	Verdict    string `json:"verdict"` // clean findings incomplete error
	Incomplete bool   `json:"incomplete"`
	Counts     Counts `json:"counts"` // findings that are not waived
}

// Outcome verdicts.
const (
	OutcomeClean      = "clean"
	OutcomeFindings   = "findings"
	OutcomeIncomplete = "incomplete"
	OutcomeError      = "error"
)

// Counts are findings by severity.
type Counts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// Of returns the count of one severity.
func (c *Counts) Of(severity string) *int {
	switch severity {
	case Critical:
		return &c.Critical
	case High:
		return &c.High
	case Medium:
		return &c.Medium
	case Low:
		return &c.Low
	}
	return &c.Info
}

// Decide fills Outcome from findings and gaps.
func (r *Report) Decide() {
	o := Outcome{}
	relevant := false
	for _, f := range r.Findings {
		if f.Status == StatusWaived {
			continue
		}
		*o.Counts.Of(f.Severity)++
		relevant = relevant || SeverityRank(f.Severity) >= SeverityRank(Low)
	}
	kinds := GapKinds()
	for _, g := range r.Gaps {
		o.Incomplete = o.Incomplete || kinds[g.Kind]
	}
	switch {
	case r.Outcome.Verdict == OutcomeError:
		o.Verdict = OutcomeError
	case o.Incomplete:
		o.Verdict = OutcomeIncomplete
	case relevant:
		o.Verdict = OutcomeFindings
	default:
		o.Verdict = OutcomeClean
	}
	r.Outcome = o
}

// Exit codes, the same for every format.
const (
	ExitClean       = 0
	ExitFindings    = 1
	ExitNoVerdict   = 2
	ExitIncomplete  = 3
	ExitInterrupted = 130
)

// Gate says which findings make a run fail.
type Gate struct {
	// FailOn is none, new, or the lowest severity that fails; "" is high. "new"
	// means any new finding of low or above.
	FailOn          string
	AllowIncomplete bool // a gap alone is no failure
	ExitZero        bool // turns exit code 1 into 0, nothing else
}

// FailOnValues are the values that Gate.FailOn may have.
func FailOnValues() []string {
	return []string{"none", "low", "medium", "high", "critical", "new"}
}

func (g Gate) reached(r *Report) bool {
	if g.FailOn == "none" {
		return false
	}
	floor := SeverityRank(g.FailOn)
	switch g.FailOn {
	case "new":
		floor = SeverityRank(Low)
	case "":
		floor = SeverityRank(High)
	}
	for _, f := range r.Findings {
		if f.Status == StatusNew && SeverityRank(f.Severity) >= floor {
			return true
		}
	}
	return false
}

// ExitCode computes the exit code of a run over its reports: 1 if any report
// reaches the gate, else 3 if any was not fully examined, and 2 only when none
// was examined at all. It is the one place where an exit code is decided.
func ExitCode(g Gate, reports []*Report) int {
	reached, incomplete, examined := false, false, false
	for _, r := range reports {
		if r.Outcome.Verdict == OutcomeError {
			incomplete = true
			continue
		}
		examined = true
		reached = reached || g.reached(r)
		incomplete = incomplete || r.Outcome.Incomplete
	}
	switch {
	case !examined:
		return ExitNoVerdict
	case reached && g.ExitZero:
		return ExitClean
	case reached:
		return ExitFindings
	case incomplete && !g.AllowIncomplete:
		return ExitIncomplete
	}
	return ExitClean
}

// DifferenceExitCode is the exit code of a comparison that was asked to fail on
// something: that of the new report with everything known that the old report has.
func DifferenceExitCode(g Gate, d *Difference) int {
	r := &Report{Outcome: d.New.Outcome}
	for _, f := range d.Findings {
		if (f.Change == ChangeNew || len(f.Added) > 0) && f.Status != StatusWaived {
			r.Findings = append(r.Findings, Finding{Severity: f.Severity, Status: StatusNew})
		}
	}
	return ExitCode(g, []*Report{r})
}
