package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/signatures"
)

// analysisVersion is part of the analysis digest: raise it whenever the code
// that observes behaviour would state other facts from the same rules.
const analysisVersion = "6"

// Set is the merged and indexed knowledge. It is read-only after loading.
type Set struct {
	Source
	digests digests

	data        map[string]int
	behaviours  map[string]int
	sdks        map[string]int
	parts       map[string][]string // ids by the SDK that they are kits of or built on
	permissions map[string]int
	checks      map[string]int
	properties  map[string]int
	clauses     map[string]int
	phrases     map[string]int
	topics      map[string]int
	ancestors   map[string]map[string]bool // data type -> everything above it
}

func newSet(src *Source, sums digests) *Set {
	s := &Set{Source: *src, digests: sums}
	s.data = dataIndex(src)
	s.behaviours = index(src.Behaviours, func(b Behaviour) string { return b.ID })
	s.sdks = index(src.SDKs, func(k SDK) string { return k.ID })
	s.parts = map[string][]string{}
	for _, k := range src.SDKs {
		if k.PartOf != "" {
			s.parts[k.PartOf] = append(s.parts[k.PartOf], k.ID)
		}
		for _, base := range k.BuiltOn {
			s.parts[base] = append(s.parts[base], k.ID)
		}
	}
	s.permissions = index(src.Permissions, func(p Permission) string { return p.Name })
	s.checks = index(src.Checks, func(c Check) string { return c.ID })
	s.properties = index(src.Properties, propertyID)
	s.clauses = index(src.Clauses, func(c Clause) string { return c.ID })
	s.phrases = index(src.Phrases, func(p Phrases) string { return p.ID })
	s.topics = index(src.Topics, func(t Topic) string { return t.ID })
	s.ancestors = make(map[string]map[string]bool, len(src.DataTypes))
	for _, t := range src.DataTypes {
		s.climb(t.ID)
	}
	return s
}

// digests are the sums by which reports name the rules they were made with.
type digests struct{ Rules, Analysis string }

func (s *Source) digests() digests {
	return digests{digest(s), digest(struct {
		Version            string
		B                  []Behaviour
		C                  []Consumer
		S                  []SDK
		J                  []Script
		P                  []Permission
		N                  []Need
		I                  []Implied
		E                  []Elsewhere
		G                  []Guarded
		R                  []PermissionRequest
		T                  []StartSignal
		O                  []Observed
		Learned, Framework [sha256.Size]byte
	}{analysisVersion, s.Behaviours, s.Consumers, s.SDKs, s.Scripts, s.Permissions, s.Needs, s.Implied, s.Elsewhere, s.Guarded, s.Requests, s.Startup, s.Observed, sha256.Sum256(signatures.Fingerprints),
		sha256.Sum256([]byte(signatures.FrameworkClasses + signatures.FrameworkHandOffs + signatures.FrameworkUserActions))})}
}

func digest(v any) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(v); err != nil {
		panic(err) // plain structs of strings: cannot fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

// climb collects the ancestors of id over parent and also_under.
func (s *Set) climb(id string) map[string]bool {
	if up, ok := s.ancestors[id]; ok {
		return up
	}
	up := map[string]bool{}
	s.ancestors[id] = up // before descending: also_under may lead back
	i, ok := s.data[id]
	if !ok {
		return up
	}
	t := &s.DataTypes[i]
	for _, p := range append([]string{t.Parent}, t.AlsoUnder...) {
		if p == "" {
			continue
		}
		up[p] = true
		for a := range s.climb(p) {
			up[a] = true
		}
	}
	return up
}

// Digest identifies all rules, AnalysisDigest those that decide the behaviour
// part of a report; lower-case hex sha256.
func (s *Set) Digest() string { return s.digests.Rules }

// AnalysisDigest: see Digest.
func (s *Set) AnalysisDigest() string { return s.digests.Analysis }

func lookup[T any](list []T, at map[string]int, id string) *T {
	if i, ok := at[id]; ok {
		return &list[i]
	}
	return nil
}

// DataType returns the data type of that id, or nil.
func (s *Set) DataType(id string) *DataType { return lookup(s.DataTypes, s.data, id) }

// Behaviour returns the behaviour of that id, or nil.
func (s *Set) Behaviour(id string) *Behaviour { return lookup(s.Behaviours, s.behaviours, id) }

// SDK returns the SDK or library of that id, or nil.
func (s *Set) SDK(id string) *SDK { return lookup(s.SDKs, s.sdks, id) }

// Family lists the SDKs that a policy may name in place of one: the whole that it
// is a part of, or its own parts and what is built on it.
func (s *Set) Family(id string) []string {
	if k := s.SDK(id); k != nil && k.PartOf != "" {
		return []string{k.PartOf}
	}
	return s.parts[id]
}

// Permission returns the permission of that name, or nil.
func (s *Set) Permission(name string) *Permission {
	return lookup(s.Permissions, s.permissions, name)
}

// Check returns the check of that id, or nil.
func (s *Set) Check(id string) *Check { return lookup(s.Checks, s.checks, id) }

// Clause returns the clause of that id, or nil.
func (s *Set) Clause(id string) *Clause { return lookup(s.Clauses, s.clauses, id) }

// PhraseGroup returns the words of a phrase group; nil where there is none.
func (s *Set) PhraseGroup(id string) *Phrases { return lookup(s.Phrases, s.phrases, id) }

// Below tells whether data type t lies under ancestor x in the tree.
func (s *Set) Below(t, x string) bool { return s.ancestors[t][x] }

// Sensitive tells whether the user grants the permission, in a dialog or on a
// settings page.
func (s *Set) Sensitive(permission string) bool {
	p := s.Permission(permission)
	return p != nil && (p.Protection == "dangerous" || p.Special)
}

// PartyName is the readable name of a party id.
func (s *Set) PartyName(party string) audit.Text {
	kind := audit.PartyKind(party)
	rest := strings.TrimPrefix(party, kind)
	switch kind {
	case audit.PartyApp:
		return audit.Text{ZH: "App 自身代码", EN: "the app's own code"}
	case audit.PartyThirdParty:
		return audit.Text{ZH: "第三方（未指明）", EN: "third parties (unnamed)"}
	case audit.PrefixSDK, audit.PrefixLibrary:
		if k := s.SDK(rest); k != nil {
			return k.Name
		}
		return audit.Text{ZH: rest, EN: rest}
	case audit.PrefixUnknown:
		return audit.Text{ZH: "未识别的代码 " + rest, EN: "unrecognised code in " + rest}
	case audit.PrefixUnnamed:
		return audit.Text{ZH: rest, EN: rest}
	}
	return audit.Text{ZH: party, EN: party}
}

// AppShell tells whether SDKs of a category are what an app is built in or packed with:
// unlike a service, such code is no recipient of data unless it reads some.
func AppShell(category string) bool { return category == "framework" || category == "packer" }
