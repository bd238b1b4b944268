package audit

// Schema numbers of the JSON documents with reports.
const (
	ReportSchema  = "apkaudit.report/1"
	ReportsSchema = "apkaudit.reports/1"
)

// Text is a message in Chinese and in English; the two say the same.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in lang ("zh" or "en"); any other value means English.
// Where one language is empty, the other is returned.
func (t Text) In(lang string) string {
	if lang == "zh" && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// Report is the answer for one target. Printers, `explain`, `diff` and
// `recheck` need nothing else.
type Report struct {
	Schema   string       `json:"schema"`
	Tool     Tool         `json:"tool"`
	App      App          `json:"app"`
	Behavior Behavior     `json:"behavior"`
	Policy   Policy       `json:"policy"`
	Pairs    []Pair       `json:"pairs"` // every (party, data) that the code reads, sorted
	Findings []Finding    `json:"findings"`
	Triage   Triage       `json:"triage"` // what set the status of the findings
	Checks   []CheckState `json:"checks"`
	Gaps     []Gap        `json:"gaps"`
	Names    Names        `json:"names"`
	Outcome  Outcome      `json:"outcome"`
}

// Reports is what `scan` of several APKs writes with -o json.
type Reports struct {
	Schema  string    `json:"schema"`
	Reports []*Report `json:"reports"`
}

// Tool says which program and which knowledge produced a report. The digests
// are lower-case hex sha256: of what decides the behaviour part (SDKs, APIs,
// permissions, analysis version), of all rules, and of the options.
type Tool struct {
	Name           string `json:"name"`
	Version        string `json:"version"`
	AnalysisDigest string `json:"analysis_digest"`
	RulesDigest    string `json:"rules_digest"`
	OptionsDigest  string `json:"options_digest"`
	// Judged is what the user said of the app and asked to be judged by.
	Judged Judged `json:"judged"`
}

// Judged are the choices that findings depend on besides facts and rules.
type Judged struct {
	Profile  string `json:"profile"`  // Profiles; "" is all
	Drafts   bool   `json:"drafts"`   // rules that are not in force count too
	Category string `json:"category"` // of the app, an id of signatures/categories.yaml; "" where not given
	Children bool   `json:"children"` // the app is made for children
}

// Profiles are the choices of checks and words; all, the default, is every check
// that is in force somewhere.
const (
	ProfileAll        = "all"
	ProfileCNMIIT     = "cn-miit"
	ProfileCNStore    = "cn-store"
	ProfileGooglePlay = "google-play"
	ProfileGDPR       = "gdpr"
)

// Profiles lists them.
func Profiles() []string {
	return []string{ProfileCNMIIT, ProfileCNStore, ProfileGooglePlay, ProfileGDPR, ProfileAll}
}

// App identifies the examined file. In a report about policies alone File and
// Container are "".
type App struct {
	File        string   `json:"file"`      // as given on the command line
	SHA256      string   `json:"sha256"`    // of the file's bytes; of a directory over one line "NAME SHA256\n" for each of its *.apk, sorted
	Size        int64    `json:"size"`      // bytes
	Container   string   `json:"container"` // apk split apks xapk apkm aab
	Splits      []Split  `json:"splits"`    // what the app came as, the base first; none for a plain APK
	Package     string   `json:"package"`   // manifest package = applicationId
	Label       Label    `json:"label"`     // launcher name
	VersionName string   `json:"version_name"`
	VersionCode int64    `json:"version_code"`
	MinSDK      int      `json:"min_sdk"`
	TargetSDK   int      `json:"target_sdk"`
	Signers     []Signer `json:"signers"`
	DEX         []DEX    `json:"dex"`
	Flags       AppFlags `json:"flags"`
}

// Kinds of App.Container: what the app came as.
const (
	ContainerAPK   = "apk"   // one APK
	ContainerSplit = "split" // the split APKs of one app, in a directory or an archive of nobody's format
	ContainerAPKS  = "apks"  // an archive of bundletool
	ContainerXAPK  = "xapk"
	ContainerAPKM  = "apkm"
	ContainerAAB   = "aab" // a bundle: modules that APKs are made of
)

// Split is one APK of an app that comes as several, or one module of a bundle.
type Split struct {
	Name string `json:"name"` // as its manifest has it, "base" for the base; the file's where it was not opened
	// File is the path of the APK from the directory or through the archives, such as
	// "splits/base-master.apk"; of a module its folder.
	File   string   `json:"file"`
	Kind   string   `json:"kind"` // SplitBase and the like
	Size   int64    `json:"size"` // bytes; of a module packed, of what was not opened as claimed
	SHA256 string   `json:"sha256"`
	Read   bool     `json:"read"` // what the report says includes it
	DEX    []string `json:"dex"`  // those of App.DEX that are its own
}

// Kinds of splits.
const (
	SplitBase        = "base"
	SplitFeature     = "feature"
	SplitConfig      = "config"      // what devices of one ABI, density or language get besides
	SplitAsset       = "asset"       // nothing but assets
	SplitAlternative = "alternative" // the same app for other devices, or not to be installed
	SplitOBB         = "obb"         // data that a store's client puts beside the app
)

// Label is the app's name as resources give it, by locale.
type Label struct {
	Default string `json:"default"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
}

// Signer is one certificate that the APK carries. It is extracted, not
// verified.
type Signer struct {
	SHA256  string `json:"sha256"` // of the DER certificate
	Subject string `json:"subject"`
}

// DEX describes one classes*.dex.
type DEX struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`    // bytes, inflated
	Classes int    `json:"classes"` // class_defs
	Methods int    `json:"methods"` // method_ids
}

// AppFlags are <application> attributes as the manifest states them (absent
// attributes count with Android's default).
type AppFlags struct {
	Debuggable  bool `json:"debuggable"`
	AllowBackup bool `json:"allow_backup"`
	Cleartext   bool `json:"cleartext"`
}

// Names gives the readable name of every id that occurs in the report, and how
// sensitive each data type is.
type Names struct {
	Data map[string]Text `json:"data"`
	// Sensitivity is, of every data type in Data: sensitive personal normal behaviour.
	// A type that reports of earlier versions name has none.
	Sensitivity map[string]string     `json:"sensitivity"`
	Party       map[string]Text       `json:"party"`
	Clause      map[string]ClauseName `json:"clause"`
	Permission  map[string]Text       `json:"permission"`
	Rule        map[string]Text       `json:"rule"` // what a check is about, without the names of one finding, and what a behaviour is
}

// ClauseName is a clause of a law, regulation or store policy. Verified tells
// whether its wording was seen in a public copy.
type ClauseName struct {
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Verified bool   `json:"verified"`
}

// NewReport returns a report with every list and map present and empty, as the
// schema asks for.
func NewReport() *Report {
	r := &Report{Schema: ReportSchema}
	r.Tool.Name = "apkaudit"
	r.Normalize()
	return r
}
