package rules

import "apkaudit/internal/audit"

// Source is the knowledge as its authors write it: the decoded files of
// signatures/ or of an overlay directory. Fields that only `rules test`,
// `explain` and `sdk show` need carry json:"-" and are absent from the compiled
// form.
type Source struct {
	DataTypes   []DataType          `json:"datatypes"`
	Behaviours  []Behaviour         `json:"behaviours"`
	Consumers   []Consumer          `json:"consumers"`
	SDKs        []SDK               `json:"sdks"`
	Scripts     []Script            `json:"scripts"`
	Permissions []Permission        `json:"permissions"`
	Needs       []Need              `json:"needs"`
	Implied     []Implied           `json:"implied"`
	Elsewhere   []Elsewhere         `json:"elsewhere"`
	Guarded     []Guarded           `json:"guarded"`
	Requests    []PermissionRequest `json:"requests"`
	Startup     []StartSignal       `json:"startup"`
	Observed    []Observed          `json:"observed"`
	Checks      []Check             `json:"checks"`
	Categories  []Category          `json:"categories"`
	Properties  []Property          `json:"properties"`
	Grading     []GradeRule         `json:"grading"`
	Clauses     []Clause            `json:"clauses"`
	Phrases     []Phrases           `json:"phrases"`
	Topics      []Topic             `json:"topics"`
	Measured    []Measured          `json:"-"`
}

// Terms are words as policies write them, by language. Latin letters match in
// any case, and blanks, hyphens and underscores inside a term may be missing or
// doubled in the text.
type Terms struct {
	ZH []string `yaml:"zh" json:"zh,omitempty"`
	EN []string `yaml:"en" json:"en,omitempty"`
}

// All returns the terms of both languages.
func (t Terms) All() []string {
	out := make([]string, 0, len(t.ZH)+len(t.EN))
	return append(append(out, t.ZH...), t.EN...)
}

// DataType is one kind of personal data, a node of a tree (signatures/datatypes).
type DataType struct {
	ID        string     `yaml:"id" json:"id"`
	Name      audit.Text `yaml:"name" json:"name"`
	Parent    string     `yaml:"parent" json:"parent,omitempty"`
	AlsoUnder []string   `yaml:"also_under" json:"also_under,omitempty"`
	// Covers are types that whoever names this one has named too: a precise location
	// is an approximate one.
	Covers      []string `yaml:"covers" json:"covers,omitempty"`
	Umbrella    bool     `yaml:"umbrella" json:"umbrella,omitempty"` // a collective term: covers what is below it only vaguely
	Sensitivity string   `yaml:"sensitivity" json:"sensitivity"`     // sensitive personal normal behaviour
	Platform    string   `yaml:"platform" json:"platform,omitempty"` // "ios" for ids that Android does not have
	Play        string   `yaml:"play" json:"play,omitempty"`         // Google Play Data safety category/type
	GBT35273    string   `yaml:"gbt35273" json:"gbt35273,omitempty"` // category of GB/T 35273 annex A
	Terms       Terms    `yaml:"terms" json:"terms"`
	// NotTerms are longer phrases that contain a term and do not mean it
	// (短信验证码 is not SMS). They win by being longer.
	NotTerms Terms `yaml:"not_terms" json:"not_terms"`
	// ListTerms are common words that mean the type only as an item of a list
	// beside another datum about a person: "name, address and email".
	ListTerms Terms `yaml:"list_terms" json:"list_terms,omitzero"`

	Says   []string `yaml:"says" json:"-"`   // sample sentences that state the type
	Silent []string `yaml:"silent" json:"-"` // sample sentences that do not
	Source string   `yaml:"source" json:"-"`
}

// Behaviour is one thing that code can do with personal data, and the APIs that
// do it (signatures/apis).
type Behaviour struct {
	ID   string     `yaml:"id" json:"id"`
	Name audit.Text `yaml:"name" json:"name"`
	// Kind is one of audit's Kind constants; collect where it is not given. Only a
	// behaviour that collects is compared with what a policy says of data.
	Kind string   `yaml:"kind" json:"kind"`
	Data []string `yaml:"data" json:"data"`
	// Weak marks calls that only may read the data: a finding that rests on them
	// alone is milder and less certain.
	Weak bool `yaml:"weak" json:"weak,omitempty"`
	// MeansFor are data that the call is only a step to: where the same party reads one
	// of them, the call says nothing more.
	MeansFor []string `yaml:"means_for" json:"means_for,omitempty"`
	// Handed and Written name the behaviours that the address of a content provider
	// stands for where a method does no more with it than put it into an intent, or add,
	// change or remove rows.
	Handed  string `yaml:"handed" json:"handed,omitempty"`
	Written string `yaml:"written" json:"written,omitempty"`
	// Beside are string constants of which the class of a site loads at least one.
	Beside []string `yaml:"beside" json:"beside,omitempty"`
	// Methods are full descriptors, Lpkg/Class;->name(params)ret. Outside
	// android., java., javax. and dalvik. the return type and trailing
	// parameters are not compared: shrinkers rename them.
	Methods []string `yaml:"methods" json:"methods,omitempty"`
	// Fields are full descriptors, Lpkg/Class;->NAME:type; reading one counts.
	Fields []string `yaml:"fields" json:"fields,omitempty"`
	// Calls count only with a constant argument.
	Calls []Call `yaml:"calls" json:"calls,omitempty"`
	// Constants count in any consumer of their kind. Where a call of Calls fits
	// too, that one decides.
	Constants   Constants       `yaml:"constants" json:"constants,omitzero"`
	Permissions []APIPermission `yaml:"permissions" json:"permissions,omitempty"`
	Note        audit.Text      `yaml:"note" json:"-"`
	Source      string          `yaml:"source" json:"-"`
	Hit         []APIExample    `yaml:"hit" json:"-"`
	Miss        []APIExample    `yaml:"miss" json:"-"`
}

// Call is a method that counts only when one argument is a listed constant.
type Call struct {
	Method string `yaml:"method" json:"method"`
	Arg    int    `yaml:"arg" json:"arg"` // parameter index from 0, receiver not counted
	// Equals and Prefix are string constants; one match is enough. Bits are bits
	// of an int constant, of which one must be set.
	Equals []string `yaml:"equals" json:"equals,omitempty"`
	Prefix []string `yaml:"prefix" json:"prefix,omitempty"`
	Bits   int64    `yaml:"bits" json:"bits,omitempty"`
}

// APIPermission is a permission that a behaviour needs at some API levels,
// written "1-28" or "29+".
type APIPermission struct {
	API  string `yaml:"api" json:"api"`
	Name string `yaml:"name" json:"name"`
}

// APIExample is a call or field read that a behaviour must, or must not, match.
// Args are its constant arguments by position, "" where unknown.
type APIExample struct {
	Target string   `yaml:"target" json:"target"`
	Args   []string `yaml:"args" json:"args"`
}

// SDK is one third-party SDK or neutral library (signatures/sdks, one file each).
type SDK struct {
	ID            string     `yaml:"id" json:"id"`
	Name          audit.Text `yaml:"name" json:"name"`
	Vendor        audit.Text `yaml:"vendor" json:"vendor"`
	VendorAliases []string   `yaml:"vendor_aliases" json:"vendor_aliases,omitempty"` // other company names that policies write for it
	// Group is the owner group of the vendor: firms of one group stand in for
	// each other in policies.
	Group string `yaml:"group" json:"group,omitempty"`
	// Country is where the vendor is seated, ISO 3166-1 alpha-2; empty where
	// unknown or where a community has no seat.
	Country  string `yaml:"country" json:"country,omitempty"`
	Category string `yaml:"category" json:"category"`
	// PartOf is the SDK that this one is a kit or module of. Policies name either:
	// what a policy says of the whole holds for the part, and the shared base of
	// the whole comes with any part that is named.
	PartOf string `yaml:"part_of" json:"part_of,omitempty"`
	// BuiltOn are the shared bases of a vendor whose code this one needs. A policy
	// that names this one has thereby named the base that comes with it, but not
	// the other way round: the base is no word of what stands on it.
	BuiltOn []string `yaml:"built_on" json:"built_on,omitempty"`
	// Neutral marks a library that collects nothing by itself: it is listed
	// under libraries, and its calls belong to whoever calls it.
	Neutral bool `yaml:"neutral" json:"neutral,omitempty"`
	// Aliases are names as policies write them; each alone names the SDK in
	// running text.
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"`
	// EntryNames name the SDK only in the name cell of an SDK list, because
	// they mean something else in running text (获取手机号码, 小米).
	EntryNames []string `yaml:"entry_names" json:"entry_names,omitempty"`
	// Links are addresses of the vendor's own privacy policy.
	Links   []string `yaml:"links" json:"links,omitempty"`
	Domains []string `yaml:"domains" json:"domains,omitempty"`
	Maven   []string `yaml:"maven" json:"-"`
	NPM     []string `yaml:"npm" json:"-"`
	Match   Match    `yaml:"match" json:"match"`
	// Version says where the SDK's version is written in an app that contains it,
	// the first that is there counts:
	// field:CLASS.NAME (a static String constant), method:CLASS.NAME (a method
	// that returns one), file:PATH (text of an entry, "*" as in native_libs),
	// meta_data:KEY, native:LIB:PREFIX (what follows PREFIX in a native library).
	Version []string `yaml:"version" json:"version,omitempty"`
	// Collects is what the vendor itself states that the SDK takes. What its code
	// was measured to call stands in measured.yaml.
	Collects Stated       `yaml:"collects" json:"-"`
	Note     string       `yaml:"note" json:"-"`
	Proof    []string     `yaml:"proof" json:"-"` // "artifact: coordinate@version", "source: …", "public code"
	Hit      []SDKExample `yaml:"hit" json:"-"`
	Miss     []SDKExample `yaml:"miss" json:"-"`
}

// Stated is what a vendor states about its own SDK.
type Stated struct {
	Data   []string `yaml:"data"`   // ids of data types; [] where it states that it takes none
	Source string   `yaml:"source"` // title of the vendor's text or form
	Date   string   `yaml:"date"`   // of that text or of its reading, 2026-11 or 2026-11-22
}

// Given tells whether a statement of the vendor is known.
func (s Stated) Given() bool { return s.Source != "" }

// Match says how an SDK is recognised. All package prefixes are dotted,
// literal and anchored on segments.
type Match struct {
	// Packages are required code: presence needs one of them with at least
	// MinClasses defined classes (1 where not given). They own the classes
	// under them.
	Packages   []string `yaml:"packages" json:"packages,omitempty"`
	MinClasses int      `yaml:"min_classes" json:"min_classes,omitempty"`
	// Supporting code is owned too but never enough alone.
	Supporting []string `yaml:"supporting" json:"supporting,omitempty"`
	// OwnReads are packages or classes of a neutral library whose reads serve the library
	// itself, such as the night mode of a theme or the picture that it was told to show:
	// they are not handed on to who calls it.
	OwnReads []string `yaml:"own_reads" json:"own_reads,omitempty"`
	// Ships are foreign packages inside this SDK's own artifact: while the SDK
	// is present and no more than MaxClasses classes are defined under the
	// prefix, they belong to it.
	Ships []Shipped `yaml:"ships" json:"ships,omitempty"`
	// Components are full class names; a trailing ".*" matches everything below.
	Components []string `yaml:"components" json:"components,omitempty"`
	MetaData   []string `yaml:"meta_data" json:"meta_data,omitempty"`
	// NativeLibs are file names; "*" stands for any run of characters.
	NativeLibs []string `yaml:"native_libs" json:"native_libs,omitempty"`
	Assets     []string `yaml:"assets" json:"assets,omitempty"` // paths below assets/, "*" as above
	// Permissions are requested or defined permissions that only this SDK has; a
	// leading "*" stands for the app's own package.
	Permissions []string `yaml:"permissions" json:"permissions,omitempty"`
	// Actions are intent actions that components listen to.
	Actions []string `yaml:"actions" json:"actions,omitempty"`
	// Strings are whole string constants of the code: hosts, markers.
	Strings []string `yaml:"strings" json:"strings,omitempty"`
	// NotWhen are packages of other SDKs that bring this one's code along under
	// its own name: while classes are defined under one of them, this SDK is not
	// said to be there.
	NotWhen []string `yaml:"not_when" json:"not_when,omitempty"`
}

// Shipped is a foreign package that an SDK's artifact contains.
type Shipped struct {
	Prefix     string `yaml:"prefix" json:"prefix"`
	MaxClasses int    `yaml:"max_classes" json:"max_classes"`
}

// SDKExample is an app in miniature: classes by package, and what else the
// signature looks at. Want is the confidence expected of a hit.
type SDKExample struct {
	Classes     map[string]int `yaml:"classes" json:"classes"` // package -> number of classes
	Components  []string       `yaml:"components" json:"components"`
	MetaData    []string       `yaml:"meta_data" json:"meta_data"`
	NativeLibs  []string       `yaml:"native_libs" json:"native_libs"`
	Assets      []string       `yaml:"assets" json:"assets"` // paths below assets/
	Permissions []string       `yaml:"permissions" json:"permissions"`
	Actions     []string       `yaml:"actions" json:"actions"`
	Strings     []string       `yaml:"strings" json:"strings"`
	Package     string         `yaml:"package" json:"package"` // the app's own package
	Want        string         `yaml:"want" json:"want"`
	Why         string         `yaml:"why" json:"why"`
}

// Permission is one Android permission (signatures/permissions).
type Permission struct {
	Name       string     `yaml:"name" json:"name"`
	Protection string     `yaml:"protection" json:"protection"` // normal dangerous signature internal
	Title      audit.Text `yaml:"title" json:"title"`
	Data       []string   `yaml:"data" json:"data,omitempty"`
	// Special marks permissions that the user grants on a settings page; they
	// count as sensitive beside the dangerous ones.
	Special bool `yaml:"special" json:"special,omitempty"`
	// Same are permissions that policies name by the same words: what explains one
	// explains the other.
	Same []string `yaml:"same" json:"same,omitempty"`
	// Terms are words that name the permission in a policy.
	Terms Terms `yaml:"terms" json:"terms"`
}

// Check is one compliance check (signatures/checks, one file each).
type Check struct {
	ID   string     `yaml:"id" json:"id"`
	Name audit.Text `yaml:"name" json:"name"` // of the check itself
	// Title, Why and Fix are of one finding; {party}, {data}, {permission} and
	// the like stand for what it is about.
	Title audit.Text `yaml:"title" json:"title"`
	Why   audit.Text `yaml:"why" json:"why"`
	Fix   audit.Text `yaml:"fix" json:"fix"`
	// Notices are a finding in the words of a regulator or store; the first whose
	// profile and condition fit is taken.
	Notices []Notice `yaml:"notices" json:"notices,omitempty"`
	Clauses []string `yaml:"clauses" json:"clauses"`
	// Basis is what the check rests on, one of audit's Basis constants; quality
	// where it is not given.
	Basis string `yaml:"basis" json:"basis"`
	// Profiles are the choices of checks that this one belongs to, every one where
	// none is given; the profile all has every check.
	Profiles []string `yaml:"profiles" json:"profiles"`
	Input    string   `yaml:"input" json:"input"` // apk policy both
	// Predicate is one of the closed set in internal/check.
	Predicate string `yaml:"predicate" json:"predicate"`
	// Ask is what the predicates about code and manifest ask for.
	Ask Ask `yaml:"ask" json:"ask,omitzero"`
	// Topics are what the predicates about statements ask for.
	Topics AskedTopics `yaml:"topics" json:"topics"`
	// Languages limits the check to policies that are, among others, in one of
	// these; empty means any.
	Languages []string `yaml:"languages" json:"languages,omitempty"`
	Parties   []string `yaml:"parties" json:"parties,omitempty"`   // party kinds that the check judges
	Verdicts  []string `yaml:"verdicts" json:"verdicts,omitempty"` // verdicts that violate it
	Severity  Severity `yaml:"severity" json:"severity"`
	// Confidence of the findings where the facts are certain.
	Confidence string `yaml:"confidence" json:"confidence"` // high medium low
	// Never says of a state why the check cannot come to it: violated, satisfied or
	// undecidable. Every other state has an example.
	Never    map[string]string `yaml:"never" json:"-"`
	Examples []CheckExample    `yaml:"examples" json:"-"`
}

// Notice is a finding as a regulator or a store words it. When is a property of
// the finding, such as "party:sdk", or "".
type Notice struct {
	Profile string     `yaml:"profile" json:"profile"`
	When    string     `yaml:"when" json:"when,omitempty"`
	Text    audit.Text `yaml:"text" json:"text"`
}

// Severity is the level of a check's findings. What Source.Grading says of all
// checks changes it further.
type Severity struct {
	Level string `yaml:"level" json:"level"`
	// Caps bound the level from above, keyed by a Property of the finding.
	Caps map[string]string `yaml:"caps" json:"caps,omitempty"`
}

// Clause is one clause of a law, regulation, standard or store policy.
type Clause struct {
	ID       string     `yaml:"id" json:"id"`
	Text     audit.Text `yaml:"text" json:"text"`
	Profiles []string   `yaml:"profiles" json:"profiles"` // whose rule it is
	Verified bool       `yaml:"verified" json:"verified"`
}

// Phrases is one group of words with which the policy reader works, such as
// collecting verbs or headings of SDK list columns.
type Phrases struct {
	ID    string `yaml:"id" json:"id"`
	What  string `yaml:"what" json:"-"`
	Terms `yaml:",inline"`
}
