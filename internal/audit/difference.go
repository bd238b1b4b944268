package audit

// DifferenceSchema is the schema number of what `diff` writes with -o json.
const DifferenceSchema = "apkaudit.difference/1"

// Difference is what two reports, of two versions of an app or of its policy, do
// not have in common. Every list is sorted; New means that only the second report
// has it. Code without owner whose names are shortened is one party, "unknown":
// such names change with every build.
type Difference struct {
	Schema        string          `json:"schema"`
	Old           Compared        `json:"old"`
	New           Compared        `json:"new"`
	Notes         []Text          `json:"notes"`          // what to keep in mind when reading the rest
	App           []Change        `json:"app"`            // Field: package version_name version_code signers min_sdk target_sdk debuggable allow_backup cleartext
	SDKs          []Change        `json:"sdks"`           // ID is the SDK's, Field version
	Libraries     []Change        `json:"libraries"`      // neutral libraries, likewise
	Permissions   []Change        `json:"permissions"`    // ID is the permission, Field max_sdk
	Data          []Change        `json:"data"`           // ID is a data type that the party's code reads, Field verdict
	BeforeConsent []Change        `json:"before_consent"` // of these, reads with a path that passes no consent
	Hosts         []Change        `json:"hosts"`          // ID is the host, Party owns the code that names it
	Exported      []Change        `json:"exported"`       // ID is the class of an exported component, Field permission
	Findings      []FindingChange `json:"findings"`       // most severe first
	Sources       []Change        `json:"sources"`        // ID is the policy's file, Field text; Old and New are the sha256
	Entries       []Change        `json:"entries"`        // SDK entries of the policy; Field company purpose link
	Claims        []Change        `json:"claims"`         // ID is a data type, Field said: polarity, specificity and platform of the statements
	Named         []Change        `json:"named"`          // ID is a permission that the policy names for the party, Field said: polarity
	Gaps          []Change        `json:"gaps"`           // ID is the kind, Field what: what was not looked at
	Names         Names           `json:"names"`          // of both reports, the second's before the first's
}

// Compared identifies one of the two reports.
type Compared struct {
	File           string   `json:"file"` // of the app, else of the first policy
	SHA256         string   `json:"sha256"`
	Package        string   `json:"package"`
	VersionName    string   `json:"version_name"`
	VersionCode    int64    `json:"version_code"`
	Policies       []string `json:"policies"` // files
	AnalysisDigest string   `json:"analysis_digest"`
	RulesDigest    string   `json:"rules_digest"`
	Outcome        Outcome  `json:"outcome"`
}

// Change is one thing that only one of the reports has, or that both have with
// another value of one property.
type Change struct {
	Change string `json:"change"` // Change constants
	Party  string `json:"party"`  // "" where the thing belongs to nobody
	ID     string `json:"id"`     // "" for the app itself
	Field  string `json:"field"`  // the property that changed; "" where the thing itself came or went
	Old    string `json:"old"`
	New    string `json:"new"`
}

// FindingChange is a finding that only one of the reports has, or that both have
// with another severity or, in the new one, with more data inside. All but OldSeverity is the new report's where it has the
// finding.
type FindingChange struct {
	Change      string `json:"change"`
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Severity    string `json:"severity"`
	OldSeverity string `json:"old_severity"` // "" where the old report lacks the finding
	Verdict     string `json:"verdict"`
	Party       string `json:"party"`
	Data        string `json:"data"`
	Permission  string `json:"permission"`
	Title       Text   `json:"title"`
	Status      string `json:"status"`
	// Added are the data inside a finding of both reports that the old one lacks there.
	Added []string `json:"added"`
}

// What became of a thing between two reports.
const (
	ChangeNew     = "new"
	ChangeGone    = "gone"
	ChangeChanged = "changed"
)

// Normalize replaces every nil list and map by an empty one.
func (d *Difference) Normalize() { normalize(d) }
