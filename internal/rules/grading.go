package rules

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Property is something that may hold of a finding and that its severity or
// confidence depends on, such as "party:unknown" (signatures/properties.yaml).
// Text completes the sentence "severity is at most low, because …".
type Property struct {
	ID   string     `yaml:"id" json:"id"`
	Text audit.Text `yaml:"text" json:"text"`
}

// GradeRule is one step by which every check's findings are graded
// (signatures/grading.yaml). It applies where all properties of When hold.
type GradeRule struct {
	When       []string `yaml:"when" json:"when"`
	Severity   Step     `yaml:"severity" json:"severity,omitzero"`
	Confidence Step     `yaml:"confidence" json:"confidence,omitzero"`
}

// Step changes a value: it raises or lowers it by steps of the scale, or bounds it
// from above.
type Step struct {
	Raise  int    `yaml:"raise" json:"raise,omitempty"`
	Lower  int    `yaml:"lower" json:"lower,omitempty"`
	AtMost string `yaml:"at_most" json:"at_most,omitempty"`
}

func propertyID(p Property) string { return p.ID }

// gradeID names a rule in overlays: one with the same conditions takes its place.
func gradeID(g GradeRule) string { return strings.Join(g.When, "+") }

// confidences from the highest to the lowest; they are severities' middle words.
var confidences = []string{audit.High, audit.Medium, audit.Low}

func checkGrading(s *Source, o *origin) error {
	known := index(s.Properties, propertyID)
	for _, p := range s.Properties {
		if !bothLanguages(p.Text) {
			return o.fault("property", p.ID, "", "text needs zh and en")
		}
	}
	for _, g := range s.Grading {
		fault := func(needle, format string, args ...any) error {
			return o.fault("grading", gradeID(g), needle, format, args...)
		}
		if len(g.When) == 0 {
			return fault("", "when is empty")
		}
		for _, p := range g.When {
			if _, ok := known[p]; !ok {
				return fault(p, "unknown property %q; properties.yaml lists them", p)
			}
		}
		if at := g.Severity.AtMost; at != "" && audit.SeverityRank(at) == 0 {
			return fault(at, "unknown severity %q", at)
		}
		if at := g.Confidence.AtMost; at != "" && !slices.Contains(confidences, at) {
			return fault(at, "unknown confidence %q (high, medium or low)", at)
		}
	}
	for _, c := range s.Checks {
		for p := range c.Severity.Caps {
			if _, ok := known[p]; !ok {
				return o.fault("check", c.ID, p, "unknown property %q; properties.yaml lists them", p)
			}
		}
	}
	return nil
}

// Property returns the property of that id, or nil.
func (s *Set) Property(id string) *Property { return lookup(s.Properties, s.properties, id) }
