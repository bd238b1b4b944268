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
	Notice      Text     `json:"notice"` // the finding in the words of the profile's regulator or store; empty where it has none
	Basis       string   `json:"basis"`  // Basis constants
	Clauses     []string `json:"clauses"`
	Items       []Item   `json:"items"`   // the data inside a finding that is about several, the most sensitive first
	Added       []string `json:"added"`   // of a new finding that the baseline has too: the data in Items that it lacks there
	Grading     []Grade  `json:"grading"` // how severity and confidence were derived, in order
	Sites       int      `json:"sites"`   // instructions of the code behind it; Code shows the first of them
	Code        []Site   `json:"code"`
	Policy      []Quote  `json:"policy"`
	Searched    []string `json:"searched"` // terms looked for when nothing was found
	Fingerprint string   `json:"fingerprint"`
	Status      string   `json:"status"` // new known waived
	Waiver      *Waiver  `json:"waiver"`
}

// What a check rests on.
const (
	BasisLaw      = "law"      // a law, a regulation, a notice of a regulator or a national standard
	BasisStore    = "store"    // a published policy of a store
	BasisPractice = "practice" // what reviewers of stores do; no clause asks for it
	BasisDraft    = "draft"    // a rule that is not in force
	BasisQuality  = "quality"  // no rule: what makes an audit or a policy reliable
)

// Item is one data type inside a finding about several.
type Item struct {
	Data          string `json:"data"`
	Verdict       string `json:"verdict"`
	Sites         int    `json:"sites"`
	Reached       string `json:"reached"`
	BeforeConsent string `json:"before_consent"`
}

// Grade is one step by which the severity or the confidence of a finding came
// about: the rule that applied, and what it made of the value.
type Grade struct {
	Of   string `json:"of"`   // severity or confidence
	Rule string `json:"rule"` // "level" for the start, else a property such as "party:unknown"
	To   string `json:"to"`   // the value behind the step
	Why  Text   `json:"why"`
}

// What a Grade is of.
const (
	GradeSeverity   = "severity"
	GradeConfidence = "confidence"
)

// Pair is what was compared for one party and data type that its code reads: the
// rows of the matrix. Verdict is "" where there was no policy to compare with.
type Pair struct {
	Party         string  `json:"party"`
	Data          string  `json:"data"`
	Verdict       string  `json:"verdict"`
	Sites         int     `json:"sites"`
	Reached       string  `json:"reached"`
	BeforeConsent string  `json:"before_consent"`
	Policy        []Quote `json:"policy"` // the first places behind the verdict
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

// Waiver says why a finding is accepted, until when (YYYY-MM-DD) and by whom; By
// may be "".
type Waiver struct {
	Reason string `json:"reason"`
	Until  string `json:"until"`
	By     string `json:"by"`
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
	Basis  string  `json:"basis"` // Basis constants
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
		sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, pkg, StableParty(f.Party), subject}, "|")))
		id := hex.EncodeToString(sum[:])
		seen[id]++
		if n := seen[id]; n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		f.Fingerprint = id
	}
}

// ShortenedParty stands for unknown code with an obfuscated prefix where reports of
// two builds are compared.
const ShortenedParty = "unknown"

// StableParty writes an obfuscated unknown prefix (every segment of at most
// two characters) as ShortenedParty: such names change with every build.
func StableParty(party string) string {
	prefix, ok := strings.CutPrefix(party, PrefixUnknown)
	if !ok {
		return party
	}
	for _, seg := range strings.Split(prefix, ".") {
		if len(seg) > 2 {
			return party
		}
	}
	return ShortenedParty
}
