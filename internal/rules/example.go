package rules

// CheckExample is a case in miniature: facts, a policy text and the findings
// that the check must raise (none where Want is empty).
type CheckExample struct {
	Name   string       `yaml:"name"`
	Facts  ExampleFacts `yaml:"facts"`
	Policy string       `yaml:"policy"`
	// Repeat is how often the policy text stands behind itself, for checks of
	// length; 0 means once.
	Repeat int           `yaml:"repeat"`
	Want   []WantFinding `yaml:"want"`
	State  string        `yaml:"state"`
}

// ExampleFacts are what the app does in a check example. The fields are those of
// the report in short; see package audit for what they mean.
type ExampleFacts struct {
	Package     string   `yaml:"package"`
	Label       string   `yaml:"label"`
	MinSDK      int      `yaml:"min_sdk"`
	TargetSDK   int      `yaml:"target_sdk"`
	Debuggable  bool     `yaml:"debuggable"`
	AllowBackup bool     `yaml:"allow_backup"`
	Cleartext   bool     `yaml:"cleartext"`
	Permissions []string `yaml:"permissions"`
	// Unused are requested permissions of which no call that needs them is there,
	// Used those of which one is; of Permissions nothing is known.
	Unused       []string          `yaml:"unused"`
	Used         []string          `yaml:"used"`
	Unrequested  []string          `yaml:"unrequested"`
	Components   []FactComponent   `yaml:"components"`
	SDKs         []string          `yaml:"sdks"`
	Uses         []FactUse         `yaml:"uses"`
	Startup      []FactStartup     `yaml:"startup"`
	Requests     []FactRequest     `yaml:"requests"`
	Hosts        []FactHost        `yaml:"hosts"`
	DynamicCode  []FactDynamicCode `yaml:"dynamic_code"`
	Frameworks   []string          `yaml:"frameworks"`
	Observations []FactObservation `yaml:"observations"`
	Gaps         []string          `yaml:"gaps"`
	UnreadPolicy string            `yaml:"unread_policy"` // name of a policy without readable text
	// what the user said of the app
	Profile  string `yaml:"profile"`
	Drafts   bool   `yaml:"drafts"`
	Category string `yaml:"category"`
	Children bool   `yaml:"children"`
	Earlier  bool   `yaml:"earlier"` // the facts are of another analysis than the present one
}

// FactUse is a party that reads a data type. API and Kind are those of a behaviour;
// without them the use collects. Reached and BeforeConsent are unknown where not
// given.
type FactUse struct {
	Party         string `yaml:"party"`
	Data          string `yaml:"data"`
	API           string `yaml:"api"`
	Kind          string `yaml:"kind"`
	Through       string `yaml:"through"`
	Via           string `yaml:"via"`
	Reached       string `yaml:"reached"`
	BeforeConsent string `yaml:"before_consent"`
}

// FactComponent is a component of the manifest.
type FactComponent struct {
	Kind       string   `yaml:"kind"`
	Name       string   `yaml:"name"`
	Exported   bool     `yaml:"exported"`
	Permission string   `yaml:"permission"`
	FGSType    string   `yaml:"fgs_type"`
	Actions    []string `yaml:"actions"`
	Party      string   `yaml:"party"`
}

// FactStartup is something that starts without the user.
type FactStartup struct {
	Kind      string   `yaml:"kind"`
	Party     string   `yaml:"party"`
	Component string   `yaml:"component"`
	What      string   `yaml:"what"`
	Data      []string `yaml:"data"`
}

// FactRequest is a call that asks for permissions.
type FactRequest struct {
	Party         string   `yaml:"party"`
	Permissions   []string `yaml:"permissions"`
	Reached       string   `yaml:"reached"`
	BeforeConsent string   `yaml:"before_consent"`
}

// FactHost is a host that code names.
type FactHost struct {
	Host  string `yaml:"host"`
	Party string `yaml:"party"`
}

// FactDynamicCode is code outside classes*.dex, or a call that loads such.
type FactDynamicCode struct {
	Kind  string `yaml:"kind"`
	What  string `yaml:"what"`
	Party string `yaml:"party"`
}

// FactObservation is one observation.
type FactObservation struct {
	Kind          string `yaml:"kind"`
	Party         string `yaml:"party"`
	What          string `yaml:"what"`
	Reached       string `yaml:"reached"`
	BeforeConsent string `yaml:"before_consent"`
}

// WantFinding is a finding in short.
type WantFinding struct {
	Verdict    string `yaml:"verdict"`
	Severity   string `yaml:"severity"`
	Party      string `yaml:"party"`
	Data       string `yaml:"data"`
	Permission string `yaml:"permission"`
}
