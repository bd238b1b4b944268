package audit

// SummarySchema is the schema number of what `batch` writes with -o json.
const SummarySchema = "apkaudit.batch-summary/1"

// Summary is what is said of all apps of a batch together. An app is an input file:
// two files of the same content are two apps. Lists are sorted; numbers count apps
// unless they say otherwise.
type Summary struct {
	Schema string         `json:"schema"`
	Tool   Tool           `json:"tool"` // of the first report
	Totals Totals         `json:"totals"`
	Apps   []SummaryApp   `json:"apps"`   // by file
	SDKs   []SummarySDK   `json:"sdks"`   // those in most apps first
	Data   []SummaryData  `json:"data"`   // what most apps read first
	Checks []SummaryCheck `json:"checks"` // by rule
	Gaps   []SummaryGap   `json:"gaps"`   // those of most apps first
}

// Totals are sums over all apps.
type Totals struct {
	Apps     int      `json:"apps"`
	Verdicts Verdicts `json:"verdicts"`
	Counts   Counts   `json:"counts"`   // findings that are not waived
	Reached  Counts   `json:"reached"`  // apps with such a finding
	Compared int      `json:"compared"` // apps that were compared with a policy
	Size     int64    `json:"size"`     // bytes of all files
}

// Verdicts are apps by Outcome.Verdict.
type Verdicts struct {
	Clean      int `json:"clean"`
	Findings   int `json:"findings"`
	Incomplete int `json:"incomplete"`
	Error      int `json:"error"`
}

// Of returns the count of one verdict.
func (v *Verdicts) Of(verdict string) *int {
	switch verdict {
	case OutcomeClean:
		return &v.Clean
	case OutcomeFindings:
		return &v.Findings
	case OutcomeIncomplete:
		return &v.Incomplete
	}
	return &v.Error
}

// SummaryApp is one input file.
type SummaryApp struct {
	File        string   `json:"file"`
	SHA256      string   `json:"sha256"`
	Container   string   `json:"container"`
	Package     string   `json:"package"`
	Label       Label    `json:"label"`
	VersionName string   `json:"version_name"`
	VersionCode int64    `json:"version_code"`
	Outcome     Outcome  `json:"outcome"`
	Gaps        []string `json:"gaps"`       // kinds, sorted, each once
	SDKs        int      `json:"sdks"`       // embedded SDKs
	NamedSDKs   int      `json:"named_sdks"` // of these, named in the policy
	Policies    []string `json:"policies"`   // files with text that the app was compared with
	Report      string   `json:"report"`     // path of its report below the output directory
}

// SummarySDK is one SDK over all apps.
type SummarySDK struct {
	ID       string `json:"id"`
	Name     Text   `json:"name"`
	Vendor   Text   `json:"vendor"`
	Category string `json:"category"`
	Apps     int    `json:"apps"`
	Possible int    `json:"possible"` // of these, apps in which something hints at it and its code was not seen
	Compared int    `json:"compared"` // of these, apps that were compared with a policy
	Named    int    `json:"named"`    // of those, apps whose policy names it
	Reads    int    `json:"reads"`    // apps in which its code contains reads of personal data
}

// SummaryData is one data type over all apps. Verdict counts are apps in which the
// policy stands like that to the read of at least one party.
type SummaryData struct {
	ID            string         `json:"id"`
	Name          Text           `json:"name"`
	Sensitivity   string         `json:"sensitivity"`
	Apps          int            `json:"apps"`           // whose code contains a read of it
	BeforeConsent int            `json:"before_consent"` // with a path to a read that passes no consent
	Compared      int            `json:"compared"`       // that were compared with a policy
	Disclosed     int            `json:"disclosed"`
	Undisclosed   int            `json:"undisclosed"`
	Denied        int            `json:"denied"`
	Misattributed int            `json:"misattributed"`
	OtherPlatform int            `json:"other_platform"`
	Vague         int            `json:"vague"`
	Parties       []SummaryParty `json:"parties"` // who reads it; those in most apps first
}

// Of returns the count of one verdict on a pair; nil for none of them.
func (d *SummaryData) Of(verdict string) *int {
	switch verdict {
	case VerdictDisclosed:
		return &d.Disclosed
	case VerdictUndisclosed:
		return &d.Undisclosed
	case VerdictDenied:
		return &d.Denied
	case VerdictMisattributed:
		return &d.Misattributed
	case VerdictOtherPlatform:
		return &d.OtherPlatform
	case VerdictVague:
		return &d.Vague
	}
	return nil
}

// SummaryParty is one party that reads a data type. ShortenedParty stands for all
// code without a known owner.
type SummaryParty struct {
	Party string `json:"party"`
	Name  Text   `json:"name"`
	Apps  int    `json:"apps"`
}

// SummaryCheck is one check over all apps, by the state that it came to.
type SummaryCheck struct {
	Rule        string `json:"rule"`
	Name        Text   `json:"name"`
	Basis       string `json:"basis"`
	Violated    int    `json:"violated"`
	Satisfied   int    `json:"satisfied"`
	Undecidable int    `json:"undecidable"`
	NotLooked   int    `json:"not_looked"`
	Findings    int    `json:"findings"` // findings that are not waived
	Apps        int    `json:"apps"`     // with such a finding
	Worst       string `json:"worst"`    // the highest severity of these findings, "" without any
}

// Of returns the count of one state; nil for none of them.
func (c *SummaryCheck) Of(state string) *int {
	switch state {
	case StateViolated:
		return &c.Violated
	case StateSatisfied:
		return &c.Satisfied
	case StateUndecidable:
		return &c.Undecidable
	case StateNotLooked:
		return &c.NotLooked
	}
	return nil
}

// SummaryGap is one kind of gap over all apps.
type SummaryGap struct {
	Kind       string `json:"kind"`
	Incomplete bool   `json:"incomplete"` // makes an outcome incomplete; others only weaken answers
	Apps       int    `json:"apps"`
	Gaps       int    `json:"gaps"`
}

// Normalize replaces every nil list by an empty one.
func (s *Summary) Normalize() { normalize(s) }
