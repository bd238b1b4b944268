package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// role is what a grammar word does in a sentence.
type role int32

const (
	roleNone role = iota
	roleCollect
	roleSend
	roleProvide
	roleAccess
	rolePermission
	roleNegation
	roleContrast
	rolePronoun
	roleCondition
	roleRest
	roleRefusal
	rolePurpose
	roleListIntro
	roleOpenList
	roleThird
	roleFirst
	roleDefinition
	roleRight
	roleSDKWord
	roleEmbed
	roleAndroid
	roleIOS
	roleBoth
	roleAside
	roleUse
	roleInclude
	roleExclude
	roleMinor
	roleConsent
	roleBefore
	roleOtherList
	roleOnDevice
	roleScene
	roleInstrument
	roleQuestion
	roleUseOwn
	roleFirstNoun
	roleExcept
	roleUserGives
	roleGive
	roleHeld
)

// A roleSet has room for every role.
const _ = uint(63 - roleHeld)

// roleGroups orders the phrase groups: where one word stands in two groups the
// earlier one keeps it.
var roleGroups = []struct {
	id   string
	role role
}{
	{"no_negation", roleNone}, {"condition", roleCondition}, {"rest_exception", roleRest}, {"refusal", roleRefusal},
	{"negation", roleNegation}, {"pronoun", rolePronoun}, {"right", roleRight}, {"definition", roleDefinition},
	{"aside", roleAside}, {"purpose", rolePurpose}, {"other_list", roleOtherList}, {"list_intro", roleListIntro}, {"open_list", roleOpenList},
	{"include_word", roleInclude}, {"exclude_word", roleExclude}, {"provide_verb", roleProvide}, {"collect_verb", roleCollect},
	{"send_verb", roleSend}, {"permission_word", rolePermission}, {"embed_verb", roleEmbed}, {"access_verb", roleAccess}, {"use_own_verb", roleUseOwn},
	{"use_verb", roleUse}, {"sdk_word", roleSDKWord}, {"minor", roleMinor}, {"consent", roleConsent}, {"before", roleBefore},
	{"scene", roleScene}, {"instrument", roleInstrument}, {"question", roleQuestion}, {"on_device", roleOnDevice},
	{"platform_both", roleBoth}, {"platform_android", roleAndroid}, {"platform_ios", roleIOS},
	{"third_party_subject", roleThird}, {"first_party_subject", roleFirst}, {"first_party_noun", roleFirstNoun}, {"exception", roleExcept}, {"contrast", roleContrast},
	{"user_verb", roleUserGives}, {"give_verb", roleGive}, {"held_word", roleHeld},
}

// field is a column or key of an SDK list.
type field int32

const (
	fieldNone field = iota
	fieldName
	fieldCompany
	fieldPurpose
	fieldScenario
	fieldFunction
	fieldData
	fieldPermissions
	fieldMethod
	fieldLink
	fieldWebsite
	fieldNecessity
	fieldPackage
	fieldPlatform
	fieldNote
)

var fieldGroups = []struct {
	id    string
	field field
}{
	{"field_name", fieldName}, {"field_company", fieldCompany}, {"field_purpose", fieldPurpose}, {"field_scenario", fieldScenario},
	{"field_function", fieldFunction}, {"field_data", fieldData}, {"field_permissions", fieldPermissions}, {"field_method", fieldMethod},
	{"field_link", fieldLink}, {"field_website", fieldWebsite}, {"field_necessity", fieldNecessity}, {"field_package", fieldPackage},
	{"field_platform", fieldPlatform}, {"field_note", fieldNote},
}

// headingGroups are the words that headings consist of, for fieldByWords.
var headingGroups = []struct {
	id    string
	field field
}{
	{"heading_data", fieldData}, {"heading_permissions", fieldPermissions}, {"heading_purpose", fieldPurpose}, {"heading_scenario", fieldScenario},
	{"heading_function", fieldFunction}, {"heading_method", fieldMethod}, {"heading_link", fieldLink}, {"heading_company", fieldCompany},
	{"heading_name", fieldName}, {"heading_platform", fieldPlatform}, {"heading_note", fieldNote}, {"heading_word", fieldNone},
}

// sectionClass is what a heading announces.
type sectionClass int

const (
	sectionOpen sectionClass = iota
	sectionChildren
	sectionDefinitions
	sectionExceptions
	sectionSDK
	sectionPermissions
	sectionCookies
	sectionCollection
	sectionRights
	sectionSecurity
	sectionChanges
)

// sectionGroups is in order of precedence: "how we collect children's data" is
// about children, "how we use cookies and SDKs" about SDKs.
var sectionGroups = []struct {
	id    string
	class sectionClass
}{
	{"section_children", sectionChildren}, {"section_definitions", sectionDefinitions}, {"section_exceptions", sectionExceptions},
	{"section_sdk", sectionSDK}, {"section_permissions", sectionPermissions}, {"section_cookies", sectionCookies},
	{"section_rights", sectionRights}, {"section_collection", sectionCollection}, {"section_security", sectionSecurity},
	{"section_changes", sectionChanges},
}

func (c sectionClass) closed() bool {
	switch c {
	case sectionChildren, sectionDefinitions, sectionExceptions, sectionCookies, sectionRights, sectionSecurity, sectionChanges:
		return true
	}
	return false
}

// Reader reads policies with one set of rules. It is safe for concurrent use.
type Reader struct {
	// Limits bound what is read of documents. NewReader sets the defaults; others are
	// set before the first use.
	Limits Limits

	set *rules.Set

	data      *matcher // data types and permissions; values index terms
	permWords *matcher // words for permissions alone; values index set.Permissions
	dataOnly  *matcher // the data types alone
	terms     []term
	grammar   *matcher          // values are roles
	fields    *matcher          // whole headings; values are fields
	headings  *matcher          // words of headings; values are fields, fieldNone for those that decide nothing
	capitals  map[string]string // permission constants that are ordinary words, by their short name
	sections  []classWords
	titles    map[string]sectionClass // whole headings, folded
	aliases   *matcher                // values index sdkNames
	sdkNames  []sdkName
	exact     map[string]int // folded name -> index into sdkNames
	companies *matcher       // values index set.SDKs
	methods   *matcher
	linkTexts *matcher
	// titles of lists that stand in another document hold a word of both
	listSubjects, listNouns *matcher
	nameStarts              *matcher  // names of SDKs, and the words for them
	cookies                 *matcher  // words for cookies kept on the device
	generic                 *matcher  // words of which an SDK's name cannot consist alone
	suffixes                []string  // company suffixes, folded
	suffixEnds              [256]bool // their last bytes
	topics                  topicWords
	borders                 *matcher            // what ends the item that a term stands in
	slips                   slips               // words to which damaged ones lead back
	guarded                 map[string]bool     // data types that some permission guards
	guards                  map[string][]string // the dangerous ones, by data type
	spare                   sync.Pool           // of *memory
}

// term is what a word of a policy names: a data type, a permission, or nothing
// (a phrase that only contains such a word).
type term struct {
	data       string
	permission string
	constant   bool // the permission is written as its constant
	umbrella   bool // the data type is a collective term
	ios        bool // the data type exists on iOS only
	listOnly   bool // it counts only in a list beside other data about a person
}

type classWords struct {
	class sectionClass
	words *matcher
}

type sdkName struct {
	sdk       int  // index into set.SDKs
	entryOnly bool // names the SDK only in a list's name cell
	solid     bool // one Latin word: in pieces and without a capital it is plain text
}

// plainWords tells whether what was taken for a name is plain text: "start app",
// "one signal" are no StartApp and no OneSignal.
func (n sdkName) plainWords(written string) bool {
	return n.solid && strings.ContainsRune(written, ' ') && written == strings.ToLower(written)
}

// NewReader compiles the words of set. It fails where a phrase group that the
// reader works with is missing.
func NewReader(set *rules.Set) (*Reader, error) {
	r := &Reader{Limits: DefaultLimits(), set: set, fields: newMatcher(), exact: map[string]int{}, capitals: map[string]string{}, titles: map[string]sectionClass{}}
	group := func(id string) ([]string, error) {
		g := set.PhraseGroup(id)
		if g == nil {
			return nil, fmt.Errorf("signatures/phrases: the group %q is missing", id)
		}
		return g.All(), nil
	}
	fill := func(m *matcher, id string, value int32) error {
		words, err := group(id)
		for _, w := range words {
			m.add(w, value)
		}
		return err
	}
	r.grammar = newMatcher()
	for _, g := range roleGroups {
		if err := fill(r.grammar, g.id, int32(g.role)); err != nil {
			return nil, err
		}
	}
	for _, g := range fieldGroups {
		words, err := group(g.id)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			r.fields.add(w, int32(g.field))
		}
	}
	r.headings = newMatcher()
	for _, g := range headingGroups {
		if err := fill(r.headings, g.id, int32(g.field)); err != nil {
			return nil, err
		}
	}
	for _, g := range sectionGroups {
		words, err := group(g.id)
		if err != nil {
			return nil, err
		}
		m := newMatcher()
		for _, w := range words {
			// "=word" is a whole heading: 安全 alone heads a section on security,
			// 账号安全 need not.
			if title, whole := strings.CutPrefix(w, "="); !whole {
				m.add(w, 0)
			} else if _, dup := r.titles[rules.Fold(title)]; !dup {
				r.titles[rules.Fold(title)] = g.class
			}
		}
		r.sections = append(r.sections, classWords{g.class, m})
	}
	r.methods, r.linkTexts = newMatcher(), newMatcher()
	if err := fill(r.methods, "method_constant", 0); err != nil {
		return nil, err
	}
	if err := fill(r.linkTexts, "link_text", 0); err != nil {
		return nil, err
	}
	r.listSubjects, r.listNouns = newMatcher(), newMatcher()
	if err := fill(r.listSubjects, "list_subject", 0); err != nil {
		return nil, err
	}
	if err := fill(r.listNouns, "list_noun", 0); err != nil {
		return nil, err
	}
	r.nameStarts = newMatcher()
	if err := fill(r.nameStarts, "sdk_word", 0); err != nil {
		return nil, err
	}
	r.cookies = newMatcher()
	if err := fill(r.cookies, "on_device", 0); err != nil {
		return nil, err
	}
	generic, err := group("sdk_generic")
	if err != nil {
		return nil, err
	}
	r.addGeneric(generic)
	words, err := group("company_suffix")
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		w = strings.ToLower(w)
		r.suffixes = append(r.suffixes, w)
		if w = strings.TrimRight(w, "."); w != "" {
			r.suffixEnds[w[len(w)-1]] = true
		}
	}
	var compiling sync.WaitGroup // every start waits for this: each fills fields of its own
	for _, words := range []func(){r.addNames, r.addNameStarts, r.addTerms, r.addPlainTerms, r.addCompanies, r.addSlips, func() { r.topics = newTopicWords(set) }} {
		compiling.Go(words)
	}
	compiling.Wait()
	r.borders = newBorders()
	r.guarded, r.guards = map[string]bool{}, map[string][]string{}
	for _, p := range set.Permissions {
		for _, d := range p.Data {
			r.guarded[d] = true
			if p.Protection == "dangerous" {
				r.guards[d] = append(r.guards[d], p.Name)
			}
		}
	}
	return r, nil
}

// addTerms enters the words for data types and permissions. Longest match
// decides between them, so a permission constant hides the words inside it.
func (r *Reader) addTerms() {
	r.data, r.permWords = newMatcher(), newMatcher()
	r.eachTerm(func(word string, t term) {
		r.data.add(word, int32(len(r.terms)))
		r.terms = append(r.terms, t)
	})
	for i, p := range r.set.Permissions {
		if strings.HasPrefix(p.Name, "android.permission.") && !strings.Contains(shortName(p.Name), "_") {
			r.capitals[shortName(p.Name)] = p.Name
		}
		for _, w := range p.Terms.All() {
			r.permWords.add(w, int32(i))
		}
	}
}

// addPlainTerms enters the words for data types alone.
func (r *Reader) addPlainTerms() {
	r.dataOnly = newMatcher()
	v := int32(0)
	r.eachTerm(func(word string, t term) {
		if t.permission == "" {
			r.dataOnly.add(word, v)
		}
		v++
	})
}

// shortName is a permission's name without its package.
func shortName(permission string) string {
	return permission[strings.LastIndexByte(permission, '.')+1:]
}

// eachTerm calls add with the words for data types and permissions, in order:
// of two equal ones the first stays.
func (r *Reader) eachTerm(add func(word string, t term)) {
	for _, p := range r.set.Permissions { // first
		add(p.Name, term{permission: p.Name, constant: true})
		if short := shortName(p.Name); strings.HasPrefix(p.Name, "android.permission.") && strings.Contains(short, "_") {
			add(short, term{permission: p.Name, constant: true})
		}
	}
	for _, t := range r.set.DataTypes {
		for _, w := range t.NotTerms.All() {
			add(w, term{})
		}
		for _, w := range t.Terms.All() {
			add(w, term{data: t.ID, umbrella: t.Umbrella, ios: t.Platform == audit.PlatformIOS})
		}
	}
	for _, t := range r.set.DataTypes { // last: an equal term of any other type stays
		for _, w := range t.ListTerms.All() {
			add(w, term{data: t.ID, umbrella: t.Umbrella, listOnly: true})
		}
	}
	for _, p := range r.set.Permissions {
		for _, w := range p.Terms.All() {
			add(w, term{permission: p.Name})
		}
	}
}

// addNames enters the names of SDKs.
func (r *Reader) addNames() {
	r.aliases = newMatcher()
	r.eachName(func(name string, n sdkName) {
		n.solid = !strings.ContainsAny(name, " -_.+")
		r.aliases.add(name, int32(len(r.sdkNames)))
		r.sdkNames = append(r.sdkNames, n)
	})
}

// addNameStarts enters them for finding out where one may stand, and as whole
// names.
func (r *Reader) addNameStarts() {
	v := 0
	r.eachName(func(name string, _ sdkName) {
		r.nameStarts.add(name, 0)
		if f := rules.FoldName(name); f != "" {
			if _, dup := r.exact[f]; !dup {
				r.exact[f] = v
			}
		}
		v++
	})
}

// eachName calls enter with the names of SDKs, in order.
func (r *Reader) eachName(enter func(name string, n sdkName)) {
	for i, k := range r.set.SDKs {
		for _, n := range []string{k.Name.ZH, k.Name.EN} {
			// A name that is a plain word (Robust, Expo) stands among the entry names too.
			enter(n, sdkName{sdk: i, entryOnly: slices.ContainsFunc(k.EntryNames, func(e string) bool { return rules.Fold(e) == rules.Fold(n) })})
		}
		for _, a := range k.Aliases {
			enter(a, sdkName{sdk: i})
		}
		for _, a := range k.EntryNames {
			enter(a, sdkName{sdk: i, entryOnly: true})
		}
	}
}

// addCompanies enters the names of the vendors.
func (r *Reader) addCompanies() {
	r.companies = newMatcher()
	for i, k := range r.set.SDKs {
		for _, v := range append([]string{k.Vendor.ZH, k.Vendor.EN}, k.VendorAliases...) {
			if v != "" {
				r.companies.add(v, int32(i))
			}
		}
	}
}

// isMeaningless are data types too wide to say anything.
func isMeaningless(data string) bool {
	return data == "personal_information" || data == "sensitive_personal_information" || data == "app_behaviour"
}

// personal tells whether a type is data at all: 自启动 and the like describe what
// an app does.
func (r *Reader) personal(data string) bool {
	t := r.set.DataType(data)
	return t != nil && t.Sensitivity != "behaviour"
}

// sensitive tells whether a type is more than a setting or a property of the
// device: words such as 网络状态 in a column of permissions mean permissions.
func (r *Reader) sensitive(data string) bool {
	t := r.set.DataType(data)
	return t != nil && (t.Sensitivity == "sensitive" || t.Sensitivity == "personal")
}
