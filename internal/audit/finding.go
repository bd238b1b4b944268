package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Severities, most severe first.
const (
	Critical = "critical"
	High     = "high"
	Medium   = "medium"
	Low      = "low"
	Info     = "info"
)

// Severities lists them from most to least severe.
func Severities() []string { return []string{Critical, High, Medium, Low, Info} }

// SeverityRank is 5 for critical down to 1 for info, and 0 for anything else.
func SeverityRank(s string) int {
	for i, x := range Severities() {
		if x == s {
			return 5 - i
		}
	}
	return 0
}

// Verdicts on a (party, data) pair, an SDK, a permission or a policy text.
const (
	VerdictDisclosed     = "disclosed" // never a finding
	VerdictUndisclosed   = "undisclosed"
	VerdictVague         = "vague"
	VerdictMisattributed = "misattributed"
	VerdictDenied        = "denied"
	VerdictOtherPlatform = "other_platform"
	VerdictAbsent        = "absent"
	VerdictDefect        = "defect"
	VerdictViolated      = "violated"
)

// Finding is one difference between what the app does and what its policy
// says, with the evidence of both sides.
type Finding struct {
	Rule        string   `json:"rule"`
	Severity    string   `json:"severity"`
	Confidence  string   `json:"confidence"` // high medium low
	Verdict     string   `json:"verdict"`
	Party       string   `json:"party"`
	Data        string   `json:"data"`
	Permission  string   `json:"permission"`
	Title       Text     `json:"title"`
	Why         Text     `json:"why"`
	Fix         Text     `json:"fix"`
	Clauses     []string `json:"clauses"`
	Code        []Site   `json:"code"`
	Policy      []Quote  `json:"policy"`
	Searched    []string `json:"searched"` // terms looked for when nothing was found
	Fingerprint string   `json:"fingerprint"`
	Status      string   `json:"status"` // new known waived
	Waiver      *Waiver  `json:"waiver"`
}

// Site is a call site as evidence: a Use's example with the API it calls.
type Site struct {
	API    string `json:"api"`
	Target string `json:"target"`
	Example
}

// Quote is an exact piece of the policy.
type Quote struct {
	Quote string `json:"quote"`
	At    At     `json:"at"`
}

// Waiver says why a finding is accepted, and until when (YYYY-MM-DD).
type Waiver struct {
	Reason string `json:"reason"`
	Until  string `json:"until"`
}

// Finding states.
const (
	StatusNew    = "new"
	StatusKnown  = "known"
	StatusWaived = "waived"
)

// Check states.
const (
	StateViolated    = "violated"
	StateSatisfied   = "satisfied"
	StateUndecidable = "undecidable"
	StateNotLooked   = "not_looked"
)

// CheckState is what one check came to.
type CheckState struct {
	Rule   string  `json:"rule"`
	State  string  `json:"state"`
	Why    Text    `json:"why"`
	Policy []Quote `json:"policy"` // where the policy says what the check asks for, or where it says that this stands elsewhere
}

// SetFingerprints gives every finding its version-1 fingerprint: the sha256 of
// rule | package | party | data or permission, so that line numbers, versions
// and file names do not change it. Repeats get -2, -3 in their given order.
func SetFingerprints(pkg string, findings []Finding) {
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		subject := f.Data
		if subject == "" {
			subject = f.Permission
		}
		sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, pkg, stableParty(f.Party), subject}, "|")))
		id := hex.EncodeToString(sum[:])
		seen[id]++
		if n := seen[id]; n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		f.Fingerprint = id
	}
}

// stableParty writes an obfuscated unknown prefix (every segment of at most
// two characters) as "unknown": such names change with every build.
func stableParty(party string) string {
	prefix, ok := strings.CutPrefix(party, PrefixUnknown)
	if !ok {
		return party
	}
	for _, seg := range strings.Split(prefix, ".") {
		if len(seg) > 2 {
			return party
		}
	}
	return "unknown"
}
