package audit

import "strings"

// Party ids. A party is whoever owns the code that does something, or
// whomever a policy speaks of.
const (
	PartyApp        = "app"         // the app itself
	PartyThirdParty = "third_party" // policies only: partners in general
	PrefixSDK       = "sdk:"        // + id of signatures/sdks
	PrefixLibrary   = "library:"    // + id: neutral code that collects nothing itself
	PrefixUnknown   = "unknown:"    // + package prefix that no signature owns
	PrefixUnnamed   = "sdk?:"       // policies only: + name as written, no signature known
)

// PartyKind returns the part of a party id before the colon, colon included,
// or the whole id where it has none.
func PartyKind(party string) string {
	if i := strings.IndexByte(party, ':'); i >= 0 {
		return party[:i+1]
	}
	return party
}

// Behavior is what the app's manifest and code contain. It states presence of
// code, never that something was executed or sent.
type Behavior struct {
	Permissions []Permission     `json:"permissions"`
	Unrequested []PermissionNeed `json:"unrequested"`
	Components  []Component      `json:"components"`
	Packages    []Package        `json:"packages"`
	SDKs        []SDK            `json:"sdks"`
	Libraries   []SDK            `json:"libraries"`
	Uses        []Use            `json:"uses"`
	Startup     []Startup        `json:"startup"`
	Requests    []Request        `json:"requests"`
	Hosts       []Host           `json:"hosts"`
	MetaData    []MetaData       `json:"meta_data"`
	NativeLibs  []NativeLib      `json:"native_libs"`
	Frameworks  []Framework      `json:"frameworks"`
	Packers     []Framework      `json:"packers"`
	DynamicCode []DynamicCode    `json:"dynamic_code"`
	Unowned     []Unowned        `json:"unowned"`
	// Observations are single facts that checks ask for and that are neither a read
	// of data nor a component.
	Observations []Observation `json:"observations"`
}

// Observation is one such fact. Kind is one of the Observed constants, What the
// value seen (a text, a URL, an interval in ms, the member that is called), Example
// the call site. What stands in the manifest, in resources or in a script has no
// call site: its Example is empty but for the answers, which are unknown, and What
// begins with the file. A kind has at most MaxObserved rows of one party.
type Observation struct {
	Kind    string  `json:"kind"`
	Party   string  `json:"party"`
	What    string  `json:"what"`
	Example Example `json:"example"`
}

// MaxObserved is how many observations of one kind a party has; they are the first by
// dex, caller and offset.
const MaxObserved = 5

// Kinds of Observation. What other parts of a report say already has no kind of its
// own: JavaScript bridges and queries for other apps are Uses (webview_js_bridge;
// probe_specific_app, query_launchable_apps, query_app_components), receivers of
// the installation or removal of apps are Startup rows and the Use
// listen_package_changes.
const (
	ObservedPolicyText      = "policy_text"      // a text of the screens names a privacy policy
	ObservedAgreeText       = "agree_text"       // a text of the screens offers to agree; only of a party with a policy_text
	ObservedDisagreeText    = "disagree_text"    // a text of the screens offers not to; only of a party with a policy_text
	ObservedDisclosureText  = "disclosure_text"  // a text of the screens speaks of data in the background or while closed
	ObservedPreticked       = "preticked"        // a check box beside a text on a policy is ticked from the start
	ObservedExitOnDenied    = "exit_on_denied"   // where a permission is refused, a call closes the screen or ends the app
	ObservedShortInterval   = "short_interval"   // a constant interval of less than a second for a repeated read
	ObservedLogged          = "logged"           // a value read by a sensitive API goes to the log in the same method
	ObservedLinkedIDs       = "linked_ids"       // one method reads an advertising id and a persistent one
	ObservedMixedContent    = "mixed_content"    // a web view allows http content in https pages
	ObservedWebFileAccess   = "web_file_access"  // a web view lets pages read files
	ObservedCleartextURL    = "cleartext_url"    // a constant http:// address of a host on the Internet
	ObservedCleartextConfig = "cleartext_config" // network_security_config permits or forbids cleartext
	ObservedBackupRules     = "backup_rules"     // the manifest names rules for backups
	ObservedAccessibility   = "accessibility"    // an accessibility service; What lists its configuration
	ObservedPhotoPicker     = "photo_picker"     // the system's photo picker is used
	ObservedContactPicker   = "contact_picker"   // the user is asked to pick a contact
	ObservedDefaultHandler  = "default_handler"  // the app can be the default for messages or calls
	ObservedForeignCode     = "foreign_code"     // code is loaded from a path outside the app
)

// Permission is one requested permission; repeated requests are one row.
type Permission struct {
	Name       string           `json:"name"`
	Protection string           `json:"protection"` // normal dangerous signature internal unknown
	MaxSDK     int              `json:"max_sdk"`    // 0 = no limit; the highest of repeated requests
	Used       string           `json:"used"`       // yes, no = calls that need it are known and none is there, or unknown
	UsedBy     []PermissionUser `json:"used_by"`
}

// PermissionUser counts a party's call sites and components of the manifest that need
// the permission; Reached are the sites in code which is reached, and the components.
type PermissionUser struct {
	Party   string `json:"party"`
	Sites   int    `json:"sites"`
	Reached int    `json:"reached"`
}

// PermissionNeed is a permission that calls need and the app does not request.
type PermissionNeed struct {
	Name   string           `json:"name"`
	UsedBy []PermissionUser `json:"used_by"`
}

// Component is one activity, service, receiver or provider of the manifest.
type Component struct {
	Kind        string   `json:"kind"` // activity service receiver provider
	Name        string   `json:"name"` // fully qualified class name
	Exported    bool     `json:"exported"`
	Permission  string   `json:"permission"`
	Authorities []string `json:"authorities"`
	FGSType     string   `json:"fgs_type"` // android:foregroundServiceType as written
	Process     string   `json:"process"`  // as written; "" = the app's main process
	Disabled    bool     `json:"disabled"` // until the app's code enables it
	Actions     []string `json:"actions"`
	Party       string   `json:"party"`
}

// Package is one package prefix, the classes defined under it and its owner.
type Package struct {
	Prefix  string `json:"prefix"`
	Classes int    `json:"classes"`
	Party   string `json:"party"`
}

// SDK is an embedded third-party SDK or, in Behavior.Libraries, a neutral
// library.
type SDK struct {
	ID         string        `json:"id"`
	Name       Text          `json:"name"`
	Vendor     Text          `json:"vendor"`
	Category   string        `json:"category"`
	Confidence string        `json:"confidence"` // certain likely possible
	Version    string        `json:"version"`    // as the app's own files state it, "" where they do not
	Classes    int           `json:"classes"`
	Evidence   []SDKEvidence `json:"evidence"`
}

// Kinds of SDKEvidence: defined classes, a component, meta-data or intent action
// of the manifest, a permission that the app requests or defines, a native library,
// an asset, a string constant of the code.
const (
	EvidenceClass      = "class"
	EvidenceComponent  = "component"
	EvidenceNativeLib  = "native_lib"
	EvidenceMetaData   = "meta_data"
	EvidenceAsset      = "asset"
	EvidencePermission = "permission"
	EvidenceAction     = "action"
	EvidenceString     = "string"
	EvidenceStructure  = "structure"
)

// SDKEvidence is one matcher that hit. For kind class, Value is the dotted
// package prefix, Count the classes defined under it and Samples up to three
// of them.
type SDKEvidence struct {
	Kind    string   `json:"kind"` // class component native_lib meta_data asset permission action string structure
	Value   string   `json:"value"`
	Count   int      `json:"count"`
	Samples []string `json:"samples"`
}

// Use is one sensitive API as one party's code contains it. An instruction is
// counted in exactly one Use.
type Use struct {
	API           string    `json:"api"`  // id of the rule that matched
	Kind          string    `json:"kind"` // of the behaviour: Kind constants
	Data          []string  `json:"data"` // data type ids
	Party         string    `json:"party"`
	AlsoBy        []AlsoBy  `json:"also_by"`
	Through       string    `json:"through"` // the neutral library whose code holds the sites, "" where it is the party's own; the party itself where a library reads for its own ends
	Via           string    `json:"via"`     // how the code names the API: Via constants
	Target        string    `json:"target"`  // method or field reference as it stands in the DEX
	Sites         int       `json:"sites"`   // instructions
	Reached       string    `json:"reached"`
	BeforeConsent string    `json:"before_consent"`
	Nested        string    `json:"nested"` // path of the nested dex, jar or apk, else ""
	Examples      []Example `json:"examples"`
}

// Collects tells whether the use reads personal data, which is what a policy must
// name. Reports of earlier versions state no kind: theirs all do.
func (u *Use) Collects() bool { return u.Kind == KindCollect || u.Kind == "" }

// AlsoBy is a further party that reaches a library's call sites. Path is the chain of
// calls from its own method down to a site. Sites, the answers and the one example are
// of the sites as this party reaches them. Reports of earlier versions have the party
// and the path alone.
type AlsoBy struct {
	Party         string    `json:"party"`
	Path          []string  `json:"path"`
	Sites         int       `json:"sites"`
	Reached       string    `json:"reached"`
	BeforeConsent string    `json:"before_consent"`
	Examples      []Example `json:"examples"`
}

// Kinds of behaviours. Only what collects reads personal data; the others are told
// beside it and are never held against what a policy says of data.
const (
	KindCollect    = "collect"    // reads a data item
	KindModify     = "modify"     // writes data of the user
	KindAction     = "action"     // acts on behalf of the user
	KindCapability = "capability" // gives access, is no read itself
	KindBehaviour  = "behaviour"  // concerns no data
	KindSink       = "sink"       // data leaves the device, or generic access
	KindEntryPoint = "entrypoint" // runs before the first screen
	KindBenign     = "benign"     // lowers suspicion
)

// How code names an API. ViaCall and ViaField are exact; the others are read from
// constants and weigh less.
const (
	ViaCall       = "call"       // an invoke instruction names it
	ViaField      = "field"      // a field read names it
	ViaWrapper    = "wrapper"    // the call of a method that hands a constant on to it
	ViaReflection = "reflection" // its name is a constant argument of a reflective call
	ViaNative     = "native"     // a string of a native library names it
	ViaScript     = "script"     // a script among the assets names it
)

// Answers about a site.
const (
	Yes     = "yes"
	No      = "no"
	Unknown = "unknown"
)

// Stronger is the answer that two about the same thing come to: one yes is enough, and
// only two times no is no. Reports of earlier versions answer nothing.
func Stronger(a, b string) string {
	switch {
	case a == Yes || b == Yes:
		return Yes
	case a == No && b == No:
		return No
	}
	return Unknown
}

// Why an answer is unknown.
const (
	DoubtStoredFlag    = "stored_flag"    // a branch on a stored flag stands between
	DoubtReflection    = "reflection"     // a reflective call stands between, or code is found by its name only
	DoubtNative        = "native"         // native code may call it
	DoubtManyReceivers = "many_receivers" // a call with so many possible receivers that it proves nothing
	DoubtOtherStart    = "other_start"    // something other than the user may start the component
	DoubtHandOff       = "hand_off"       // an object is created there, but whether it is run is not seen
)

// Example is one call site. Offset counts 16-bit units from the first
// instruction of the method's code item.
type Example struct {
	DEX           string   `json:"dex"`
	Caller        string   `json:"caller"`
	Offset        int      `json:"offset"`
	Args          []string `json:"args"`
	Path          []string `json:"path"`  // from an entry point to the caller, both included; empty where none was found
	Chain         []string `json:"chain"` // from the method of the party that calls down to the caller; empty where that is the party's own
	Reached       string   `json:"reached"`
	BeforeConsent string   `json:"before_consent"`
	Doubt         string   `json:"doubt"` // why BeforeConsent, else Reached, is unknown: Doubt constants, else ""
}

// Startup is code that runs or is started without the user: one observation.
type Startup struct {
	Kind      string   `json:"kind"` // Startup constants
	Party     string   `json:"party"`
	Component string   `json:"component"` // class of the component, "" for a call
	What      string   `json:"what"`      // authority, intent action, package or API
	Data      []string `json:"data"`      // data types of reads of which the path that is shown begins in the component
	Example   Example  `json:"example"`   // the call; of a component only the answers
}

// Observations lists the kinds.
func Observations() []string {
	return []string{
		ObservedPolicyText, ObservedAgreeText, ObservedDisagreeText, ObservedDisclosureText,
		ObservedPreticked, ObservedExitOnDenied, ObservedShortInterval, ObservedLogged,
		ObservedLinkedIDs, ObservedMixedContent, ObservedWebFileAccess,
		ObservedCleartextURL, ObservedCleartextConfig, ObservedBackupRules, ObservedAccessibility,
		ObservedPhotoPicker, ObservedContactPicker,
		ObservedDefaultHandler, ObservedForeignCode,
	}
}

// Kinds of Startup.
const (
	StartupAutoInit   = "auto_init"        // a ContentProvider or initialiser of a party that is not the app
	StartupSelf       = "self_start"       // a receiver of boot, network and the like
	StartupKeepAlive  = "keep_alive"       // repeated alarms, jobs, sync adapters
	StartupAssociated = "associated_start" // starts or binds a component of another package
)

// Request is one call that asks the user for permissions.
type Request struct {
	Party       string   `json:"party"`
	Permissions []string `json:"permissions"` // constants handed to the call, [] where not seen
	Target      string   `json:"target"`      // the method that is called; "" in reports of earlier versions
	Example     Example  `json:"example"`
}

// MaxExamples is how many call sites a Use carries; `explain` lists all.
const MaxExamples = 5

// Host is a network host named in code, with the party that owns the code.
type Host struct {
	Host  string `json:"host"`
	Party string `json:"party"`
	Via   string `json:"via"` // code, native or script
}

// MetaData is one <meta-data> of the manifest.
type MetaData struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NativeLib is one library under lib/; ABIs are its folders.
type NativeLib struct {
	Name  string   `json:"name"`
	ABIs  []string `json:"abis"`
	Party string   `json:"party"` // "" where no signature names it
}

// Framework is an app framework or a packer, with the evidence for it.
type Framework struct {
	ID       string `json:"id"`
	Name     Text   `json:"name"`
	Evidence string `json:"evidence"`
}

// DynamicCode is executable code that is not in classes*.dex, or a call that
// loads such code.
type DynamicCode struct {
	Kind  string `json:"kind"`
	What  string `json:"what"`
	Party string `json:"party"`
}

// Unowned is a package prefix that no signature owns: code of an unknown third
// party, or of the app under another name. Classes are those of the rows of
// Behavior.Packages with the party PrefixUnknown + Prefix.
type Unowned struct {
	Prefix  string `json:"prefix"`
	Classes int    `json:"classes"`
	// Obfuscated marks prefixes that name nobody: only shortened segments, or no
	// package at all.
	Obfuscated  bool         `json:"obfuscated"`
	Samples     []string     `json:"samples"`     // the first three class names by alphabet
	Permissions []string     `json:"permissions"` // requested by the app, needed by calls in this code
	APIs        []UnownedAPI `json:"apis"`
}

// UnownedAPI is one sensitive behaviour of code without owner.
type UnownedAPI struct {
	API   string   `json:"api"`  // id of the rule that matched
	Data  []string `json:"data"` // data type ids
	Sites int      `json:"sites"`
}

// UnownedListed is the number of classes from which code without owner is worth
// a line of its own in a printed report.
const UnownedListed = 20
