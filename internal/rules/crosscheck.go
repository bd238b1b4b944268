package rules

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Closed sets of the schema.
var (
	sensitivities = []string{"sensitive", "personal", "normal", "behaviour"}
	protections   = []string{"normal", "dangerous", "signature", "internal"}
	// Categories of SDKs.
	categories = []string{
		"ads", "analytics", "push", "crash", "login", "share", "payment", "map", "location", "im", "rtc", "number_auth",
		"device_id", "captcha", "risk_control", "face", "cloud", "attribution", "ab_test", "customer_service", "framework",
		"hotfix", "packer", "media", "network", "image", "utility", "ui", "platform", "speech", "testing", "game",
	}
	// kinds of proof: a real artifact, a licensed list of facts, code published
	// by the SDK's authors or its users.
	proofs = []string{"artifact: ", "source: ", "public code"}
)

var (
	prefixSyntax = regexp.MustCompile(`^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$`)
	methodSyntax = regexp.MustCompile(`^L[\w$/-]+;->(<init>|[\w$]+)\((\[*([ZBSCIJFD]|L[\w$/-]+;))*\)(\[*([ZBSCIJFDV]|L[\w$/-]+;))$`)
	fieldSyntax  = regexp.MustCompile(`^L[\w$/-]+;->[\w$]+:\[*([ZBSCIJFD]|L[\w$/-]+;)$`)
	apiSyntax    = regexp.MustCompile(`^\d+(-\d+|\+)$`)
	country      = regexp.MustCompile(`^[A-Z]{2}$`)
	statedDate   = regexp.MustCompile(`^20\d\d(-\d\d){0,2}$`)
)

// crossCheck verifies what the decoder cannot: that ids exist, that names stand
// in both languages, that a word names one thing only.
func crossCheck(s *Source, o *origin) error {
	for _, step := range []func(*Source, *origin) error{
		checkDataTypes, checkTerms, checkBehaviours, checkConstants, checkScripts, checkPermissions, checkNeeds, checkStartup, checkObserved, checkSDKs, checkAliases, checkChecks, checkGrading, checkAsked, checkCategories, checkTopics, checkMeasured,
	} {
		if err := step(s, o); err != nil {
			return err
		}
	}
	return nil
}

func bothLanguages(t audit.Text) bool { return t.ZH != "" && t.EN != "" }

func index[T any](list []T, id func(T) string) map[string]int {
	m := make(map[string]int, len(list))
	for i, x := range list {
		m[id(x)] = i
	}
	return m
}

func dataIndex(s *Source) map[string]int {
	return index(s.DataTypes, func(t DataType) string { return t.ID })
}

func checkDataTypes(s *Source, o *origin) error {
	ids := dataIndex(s)
	for _, t := range s.DataTypes {
		fault := func(needle, format string, args ...any) error {
			return o.fault("datatype", t.ID, needle, format, args...)
		}
		if !bothLanguages(t.Name) {
			return fault("", "name needs zh and en")
		}
		if !slices.Contains(sensitivities, t.Sensitivity) {
			return fault(t.Sensitivity, "unknown sensitivity %q (one of %s)", t.Sensitivity, strings.Join(sensitivities, ", "))
		}
		if t.Platform != "" && t.Platform != audit.PlatformIOS && t.Platform != audit.PlatformAndroid {
			return fault(t.Platform, "unknown platform %q", t.Platform)
		}
		for _, p := range append([]string{t.Parent}, t.AlsoUnder...) {
			if _, ok := ids[p]; p != "" && !ok {
				return fault(p, "unknown parent %q", p)
			}
		}
		for _, c := range t.Covers {
			if _, ok := ids[c]; !ok {
				return fault(c, "unknown data type %q", c)
			}
		}
		seen := map[string]bool{}
		for id := t.ID; id != ""; id = s.DataTypes[ids[id]].Parent {
			if seen[id] {
				return fault(t.Parent, "its parents form a circle")
			}
			seen[id] = true
		}
	}
	return nil
}

// checkTerms refuses a word that names two data types, unless one of them says
// that it does not mean it.
func checkTerms(s *Source, o *origin) error {
	owner := map[string]string{}
	for _, t := range s.DataTypes {
		for _, term := range slices.Concat(t.Terms.All(), t.NotTerms.All(), t.ListTerms.All()) {
			f := Fold(term)
			if f == "" {
				return o.fault("datatype", t.ID, term, "the term %q has no letters", term)
			}
			if first, dup := owner[f]; dup {
				return o.fault("datatype", t.ID, term, "the term %q stands under %s already", term, first)
			}
			owner[f] = t.ID
		}
	}
	return nil
}

var behaviourKinds = []string{audit.KindCollect, audit.KindModify, audit.KindAction, audit.KindCapability,
	audit.KindBehaviour, audit.KindSink, audit.KindEntryPoint, audit.KindBenign}

func checkBehaviours(s *Source, o *origin) error {
	ids := dataIndex(s)
	perms := index(s.Permissions, func(p Permission) string { return p.Name })
	owner := map[string]string{}
	for _, b := range s.Behaviours {
		fault := func(needle, format string, args ...any) error {
			return o.fault("behaviour", b.ID, needle, format, args...)
		}
		if !bothLanguages(b.Name) {
			return fault("", "name needs zh and en")
		}
		if !slices.Contains(behaviourKinds, b.Kind) {
			return fault(b.Kind, "kind %q is none of %s", b.Kind, strings.Join(behaviourKinds, ", "))
		}
		if len(b.Data) == 0 {
			return fault("", "it names no data type")
		}
		for _, d := range slices.Concat(b.Data, b.MeansFor) {
			if _, ok := ids[d]; !ok {
				return fault(d, "unknown data type %q", d)
			}
		}
		for _, id := range []string{b.Handed, b.Written} {
			if id != "" && !slices.ContainsFunc(s.Behaviours, func(o Behaviour) bool { return o.ID == id }) {
				return fault(id, "unknown behaviour %q", id)
			}
		}
		for _, m := range b.Methods {
			if !methodSyntax.MatchString(m) {
				return fault(m, "%q is not a method descriptor (Lpkg/Class;->name(params)ret)", m)
			}
			if first, dup := owner[m]; dup {
				return fault(m, "%s stands under %s already", m, first)
			}
			owner[m] = b.ID
		}
		for _, f := range b.Fields {
			if !fieldSyntax.MatchString(f) {
				return fault(f, "%q is not a field descriptor (Lpkg/Class;->NAME:type)", f)
			}
			if first, dup := owner[f]; dup {
				return fault(f, "%s stands under %s already", f, first)
			}
			owner[f] = b.ID
		}
		for _, c := range b.Calls {
			if !methodSyntax.MatchString(c.Method) {
				return fault(c.Method, "%q is not a method descriptor (Lpkg/Class;->name(params)ret)", c.Method)
			}
			if n := len(Parameters(c.Method)); c.Arg < 0 || c.Arg >= n {
				return fault(c.Method, "argument %d of a method with %d parameters", c.Arg, n)
			}
			if len(c.Equals)+len(c.Prefix) == 0 && c.Bits == 0 {
				return fault(c.Method, "a call needs equals, prefix or bits; without constants it belongs under methods")
			}
		}
		for _, p := range b.Permissions {
			if _, ok := perms[p.Name]; !ok {
				return fault(p.Name, "unknown permission %q", p.Name)
			}
			if !apiSyntax.MatchString(p.API) {
				return fault(p.API, "API levels are written 1-28 or 29+, not %q", p.API)
			}
		}
	}
	return nil
}

// Parameters splits the parameter types out of a method descriptor.
func Parameters(method string) []string {
	_, rest, _ := strings.Cut(method, "(")
	params, _, _ := strings.Cut(rest, ")")
	var out []string
	for i := 0; i < len(params); {
		j := i
		for j < len(params) && params[j] == '[' {
			j++
		}
		if j < len(params) && params[j] == 'L' {
			end := strings.IndexByte(params[j:], ';')
			if end < 0 {
				return out
			}
			j += end
		}
		j = min(j+1, len(params))
		out = append(out, params[i:j])
		i = j
	}
	return out
}

func checkPermissions(s *Source, o *origin) error {
	ids := dataIndex(s)
	names := index(s.Permissions, func(p Permission) string { return p.Name })
	for _, p := range s.Permissions {
		if !slices.Contains(protections, p.Protection) {
			return o.fault("permission", p.Name, p.Protection, "unknown protection level %q (one of %s)", p.Protection, strings.Join(protections, ", "))
		}
		if (p.Protection == "dangerous" || p.Special) && !bothLanguages(p.Title) {
			return o.fault("permission", p.Name, "", "a permission that the user grants needs a title in zh and en")
		}
		for _, d := range p.Data {
			if _, ok := ids[d]; !ok {
				return o.fault("permission", p.Name, d, "unknown data type %q", d)
			}
		}
		for _, other := range p.Same {
			if _, ok := names[other]; !ok {
				return o.fault("permission", p.Name, other, "unknown permission %q", other)
			}
		}
	}
	return nil
}

func checkSDKs(s *Source, o *origin) error {
	owner := map[string]string{}
	data := dataIndex(s)
	for _, k := range s.SDKs {
		fault := func(needle, format string, args ...any) error { return o.fault("sdk", k.ID, needle, format, args...) }
		if !bothLanguages(k.Name) || !bothLanguages(k.Vendor) {
			return fault("", "name and vendor need zh and en")
		}
		if !slices.Contains(categories, k.Category) {
			return fault(k.Category, "unknown category %q (one of %s)", k.Category, strings.Join(categories, ", "))
		}
		if len(k.Match.OwnReads) > 0 && !k.Neutral {
			return fault(k.Match.OwnReads[0], "own_reads are of neutral libraries: what an SDK reads is its own anyway")
		}
		for _, p := range append(slices.Clone(k.Match.Packages), k.Match.Supporting...) {
			if !prefixSyntax.MatchString(p) {
				return fault(p, "%q is not a dotted package prefix", p)
			}
			if first, dup := owner[p]; dup {
				return fault(p, "the prefix %s stands under %s already", p, first)
			}
			owner[p] = k.ID
		}
		for _, sh := range k.Match.Ships {
			if !prefixSyntax.MatchString(sh.Prefix) || sh.MaxClasses <= 0 {
				return fault(sh.Prefix, "a shipped package needs a dotted prefix and max_classes above 0")
			}
		}
		if k.Match.MinClasses < 0 {
			return fault("", "min_classes below 0")
		}
		if err := checkSDKFacts(k, s.SDKs, data, fault); err != nil {
			return err
		}
	}
	return nil
}

// minMarker is the shortest string constant that may speak for an SDK.
const minMarker = 5

// checkSDKFacts verifies what stands beside the matchers of an SDK.
func checkSDKFacts(k SDK, all []SDK, data map[string]int, fault func(needle, format string, args ...any) error) error {
	if k.Country != "" && !country.MatchString(k.Country) {
		return fault(k.Country, "country %q is not an ISO 3166 code of two capitals", k.Country)
	}
	if k.PartOf != "" {
		whole := slices.IndexFunc(all, func(o SDK) bool { return o.ID == k.PartOf })
		if whole < 0 || all[whole].PartOf != "" || k.PartOf == k.ID {
			return fault(k.PartOf, "part_of %q is no SDK that stands for itself", k.PartOf)
		}
	}
	for _, base := range k.BuiltOn {
		at := slices.IndexFunc(all, func(o SDK) bool { return o.ID == base })
		if at < 0 || all[at].PartOf != "" || len(all[at].BuiltOn) > 0 || base == k.ID || base == k.PartOf {
			return fault(base, "built_on %q is no SDK that stands for itself", base)
		}
	}
	for _, p := range k.Proof {
		if !slices.ContainsFunc(proofs, func(kind string) bool { return strings.HasPrefix(p, kind) }) {
			return fault(p, "a proof starts with artifact:, source: or public code, not %q", p)
		}
	}
	for _, v := range k.Version {
		if _, err := ParseVersion(v); err != nil {
			return fault(v, "%v", err)
		}
	}
	for _, s := range k.Match.Strings {
		if len(s) < minMarker {
			return fault(s, "the string %q is too common: at least %d characters", s, minMarker)
		}
	}
	for _, p := range k.Match.NotWhen {
		if !prefixSyntax.MatchString(p) {
			return fault(p, "%q is not a dotted package prefix", p)
		}
	}
	for _, a := range k.Match.Assets {
		if strings.HasPrefix(a, "assets/") || strings.HasPrefix(a, "/") {
			return fault(a, "the asset %q is a path below assets/, without it", a)
		}
	}
	for _, n := range k.Match.NativeLibs {
		if strings.Contains(n, "/") {
			return fault(n, "the native library %q is a file name, not a path", n)
		}
	}
	for _, d := range k.Collects.Data {
		if _, ok := data[d]; !ok {
			return fault(d, "unknown data type %q", d)
		}
	}
	if c := k.Collects; (c.Given() || len(c.Data) > 0) && (!c.Given() || !statedDate.MatchString(c.Date)) {
		return fault("", "collects needs the title of the vendor's text as source, and its date")
	}
	return nil
}

// FoldName folds an SDK name for comparison: as Fold, without "SDK" at its end.
func FoldName(name string) string {
	f := Fold(name)
	if short := strings.TrimSuffix(f, "sdk"); short != "" {
		return short
	}
	return f
}

func checkAliases(s *Source, o *origin) error {
	owner := map[string]string{}
	for _, k := range s.SDKs {
		mine := map[string]bool{}
		for _, a := range append(slices.Clone(k.Aliases), k.EntryNames...) {
			f := FoldName(a)
			if mine[f] {
				continue
			}
			mine[f] = true
			if first, dup := owner[f]; dup {
				return o.fault("sdk", k.ID, a, "the name %q belongs to %s already", a, first)
			}
			owner[f] = k.ID
		}
	}
	return nil
}

func checkChecks(s *Source, o *origin) error {
	clauses := index(s.Clauses, func(c Clause) string { return c.ID })
	for _, c := range s.Clauses {
		if !bothLanguages(c.Text) {
			return o.fault("clause", c.ID, "", "text needs zh and en")
		}
		if bad := unknownProfile(c.Profiles); bad != "" || len(c.Profiles) == 0 {
			return o.fault("clause", c.ID, bad, "unknown profile %q (one of %s)", bad, strings.Join(named, ", "))
		}
	}
	for _, c := range s.Checks {
		fault := func(needle, format string, args ...any) error { return o.fault("check", c.ID, needle, format, args...) }
		if !bothLanguages(c.Name) || !bothLanguages(c.Title) || !bothLanguages(c.Why) || !bothLanguages(c.Fix) {
			return fault("", "name, title, why and fix need zh and en")
		}
		if !slices.Contains([]string{"apk", "policy", "both"}, c.Input) {
			return fault(c.Input, "unknown input %q (apk, policy or both)", c.Input)
		}
		if !slices.Contains([]string{"high", "medium", "low"}, c.Confidence) {
			return fault(c.Confidence, "unknown confidence %q (high, medium or low)", c.Confidence)
		}
		for _, id := range c.Clauses {
			if _, ok := clauses[id]; !ok {
				return fault(id, "unknown clause %q", id)
			}
		}
		for _, state := range slices.Sorted(maps.Keys(c.Never)) {
			if !slices.Contains(DecidedStates(), state) || c.Never[state] == "" {
				return fault(state, "never needs a state of %s, with the reason", strings.Join(DecidedStates(), ", "))
			}
		}
		if !slices.Contains(bases, c.Basis) {
			return fault(c.Basis, "unknown basis %q (one of %s)", c.Basis, strings.Join(bases, ", "))
		}
		if bad := unknownProfile(c.Profiles); bad != "" {
			return fault(bad, "unknown profile %q (one of %s)", bad, strings.Join(named, ", "))
		}
		for _, n := range c.Notices {
			if !bothLanguages(n.Text) || unknownProfile([]string{n.Profile}) != "" {
				return fault(n.Profile, "a notice needs zh and en, and a profile of %s", strings.Join(named, ", "))
			}
		}
		for _, level := range append([]string{c.Severity.Level}, mapValues(c.Severity.Caps)...) {
			if audit.SeverityRank(level) == 0 {
				return fault(level, "unknown severity %q", level)
			}
		}
	}
	return nil
}

// DecidedStates are the states that every check has an example of, or a reason why not.
func DecidedStates() []string {
	return []string{audit.StateViolated, audit.StateSatisfied, audit.StateUndecidable}
}

// What a check rests on, and the profiles that checks and clauses can name.
var (
	bases = []string{audit.BasisLaw, audit.BasisStore, audit.BasisPractice, audit.BasisDraft, audit.BasisQuality}
	named = []string{audit.ProfileCNMIIT, audit.ProfileCNStore, audit.ProfileGooglePlay, audit.ProfileGDPR}
)

// unknownProfile returns the first profile of a list that does not exist, or "".
func unknownProfile(profiles []string) string {
	for _, p := range profiles {
		if !slices.Contains(named, p) {
			return p
		}
	}
	return ""
}

func mapValues(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}
