package audit

import "sort"

// Policy is what the given documents say, read document by document.
type Policy struct {
	Sources []PolicySource `json:"sources"`
	Claims  []Claim        `json:"claims"`
	SDKs    []PolicySDK    `json:"sdks"`
	// Defects are places where the text itself is broken, such as an unfilled
	// placeholder; policy-only checks judge them.
	Defects []Defect `json:"defects"`
	// Topics are the statements about how data is handled, such as how long it
	// is kept: the first few of each kind and language, in the order of the text.
	Topics []Topic `json:"topics"`
}

// Topic is one statement of a kind that signatures/topics lists. Quote equals
// the source's text from At.Start to At.End. Value is what the statement says
// where its kind has a value: a date as 2024-05-31, 2024-05 or 2024, a duration
// as "15 working_days", otherwise the words of the text; "" without one.
type Topic struct {
	Topic string `json:"topic"`
	Lang  string `json:"lang"`
	Value string `json:"value"`
	Quote string `json:"quote"`
	At    At     `json:"at"`
}

// PolicySource is one document. Text is what was extracted; all positions
// count Unicode code points in it.
type PolicySource struct {
	File      string   `json:"file"`
	SHA256    string   `json:"sha256"`
	Format    string   `json:"format"` // html text markdown pdf docx; "" where unreadable
	Languages []string `json:"languages"`
	Chars     int      `json:"chars"` // code points of Text
	Text      string   `json:"text"`
	// Sections are the places where the text's sections begin, in order.
	Sections []PolicySection `json:"sections"`
}

// PolicySection is where a section of a source begins, in code points of its
// text; it reaches to the next one. Section and Page are as in At.
type PolicySection struct {
	Start   int    `json:"start"`
	Section string `json:"section"`
	Page    int    `json:"page"`
}

// SectionAt returns the heading path of the place at a code point, "" under no
// heading.
func (s *PolicySource) SectionAt(start int) string {
	i := sort.Search(len(s.Sections), func(i int) bool { return s.Sections[i].Start > start })
	if i == 0 {
		return ""
	}
	return s.Sections[i-1].Section
}

// At is a place in a source: Line counts from 1 (in the file for text, HTML
// and Markdown), Start and End are code points in PolicySource.Text, End
// exclusive. Section is the path of headings above the place, the outermost
// first, joined by " › " and clipped; "" under no heading. Page counts from 1
// in a PDF and is 0 in formats without pages.
type At struct {
	Source  int    `json:"source"`
	Line    int    `json:"line"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Section string `json:"section"`
	Page    int    `json:"page"`
}

// Polarity of a claim.
const (
	Collects = "collects"
	Denies   = "denies"
)

// Platforms a claim is about.
const (
	PlatformAny     = "any"
	PlatformAndroid = "android"
	PlatformIOS     = "ios"
)

// Specificity of a claim: its data types are named exactly, or by a
// collective term only.
const (
	Exact    = "exact"
	Umbrella = "umbrella"
)

// RuleDenialOfAll is the reading rule of a claim by which the party takes no
// personal data at all; its data is the type that all of them stand under.
const RuleDenialOfAll = "denial_of_all"

// Claim is one statement of the policy about a party. Quote is the statement's
// exact text and equals the source's text from At.Start to At.End.
type Claim struct {
	Party       string    `json:"party"`
	Data        []string  `json:"data"`
	Permissions []string  `json:"permissions"`
	Polarity    string    `json:"polarity"`
	Platform    string    `json:"platform"`
	Specificity string    `json:"specificity"`
	Lang        string    `json:"lang"`
	Purpose     string    `json:"purpose"`
	Quote       string    `json:"quote"`
	At          At        `json:"at"`
	Mentions    []Mention `json:"mentions"`
	Rule        string    `json:"rule"` // which reading rule produced the claim
}

// Mention is one data type as the text names it. Noise says what was tolerated
// to find it: transposed, look_alike, dropped, doubled, stray_character; ""
// where the term stands as it should.
type Mention struct {
	Data  string `json:"data"`
	Text  string `json:"text"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Noise string `json:"noise"`
}

// PolicySDK is one SDK entry of a policy: one row per entry and language. ID is
// an id of signatures/sdks or "sdk?:" + name as written. Data holds what the
// entry says of Android or of both platforms.
type PolicySDK struct {
	ID            string       `json:"id"`
	NameAsWritten string       `json:"name_as_written"`
	Company       string       `json:"company"`
	Purpose       string       `json:"purpose"`
	Data          []string     `json:"data"`
	Permissions   []string     `json:"permissions"`
	Link          string       `json:"link"`
	Lang          string       `json:"lang"`
	PlatformData  PlatformData `json:"platform_data"`
	At            At           `json:"at"`
	Layout        string       `json:"layout"` // how the entry was laid out: table, flat, key_value, prose …
	// Missing lists what the entry says nothing of, Blank what it has a cell or
	// key for without content (empty, "/", the SDK's own name): company, purpose,
	// data, link. Running prose is only asked for data.
	Missing []string `json:"missing"`
	Blank   []string `json:"blank"`
}

// Fields of an SDK entry, as Missing and Blank name them.
const (
	EntryCompany = "company"
	EntryPurpose = "purpose"
	EntryData    = "data"
	EntryLink    = "link"
)

// PlatformData holds data types that an entry declares for iOS only.
type PlatformData struct {
	IOS []string `json:"ios"`
}

// Party returns the party id of the entry.
func (s PolicySDK) Party() string {
	if PartyKind(s.ID) == PrefixUnnamed {
		return s.ID
	}
	return PrefixSDK + s.ID
}

// Kinds of defects.
const (
	DefectPlaceholder  = "placeholder"   // a template's blank that nobody filled in
	DefectCorruption   = "corruption"    // a place where the text was damaged
	DefectLostLink     = "lost_link"     // words or a cell for a link without an address
	DefectBrokenLink   = "broken_link"   // an address that leads nowhere as written
	DefectOpenList     = "open_list"     // a list of data that ends in 等 or begins with "such as"
	DefectVaguePurpose = "vague_purpose" // a purpose that only says "to improve our service"
	DefectNoPurpose    = "no_purpose"    // permissions named without what they are for
)

// Defect is a broken or vague place of the text. Detail says more: the kind of
// damage, the party that a link or purpose belongs to, or a permission.
type Defect struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
	Quote  string `json:"quote"`
	At     At     `json:"at"`
}
