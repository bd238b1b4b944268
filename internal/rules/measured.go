package rules

import (
	"errors"
	"regexp"
	"slices"
)

// Measured is what the code of one artifact of an SDK was found to call
// (signatures/measured.yaml, written by testdata/corpus/relearn.sh). It is no
// statement of the vendor and proves no use: an app may never reach the call.
type Measured struct {
	SDK string `yaml:"sdk"`
	// Artifact is where the artifact comes from: mvn:GROUP:NAME:VERSION[:EXT],
	// npm:NAME@VERSION:MEMBER, repo:OWNER/NAME:PATH or a file name.
	Artifact string `yaml:"artifact"`
	SHA256   string `yaml:"sha256"`
	Version  string `yaml:"version"` // "" where unknown
	Classes  int    `yaml:"classes"` // of the SDK's own and shipped packages
	// Calls are call sites by id of behaviour.
	Calls       map[string]int `yaml:"calls"`
	Permissions []string       `yaml:"permissions"` // that its manifest asks for
	Hosts       []string       `yaml:"hosts"`       // in its string constants, a few
}

var sha256Syntax = regexp.MustCompile(`^[0-9a-f]{64}$`)

func measuredID(m Measured) string { return m.SDK + " " + m.Artifact }

func checkMeasured(s *Source, o *origin) error {
	sdks := index(s.SDKs, func(k SDK) string { return k.ID })
	behaviours := index(s.Behaviours, func(b Behaviour) string { return b.ID })
	for _, m := range s.Measured {
		fault := func(needle, format string, args ...any) error {
			return o.fault("measured", measuredID(m), needle, format, args...)
		}
		if _, ok := sdks[m.SDK]; !ok {
			return fault(m.SDK, "unknown SDK %q", m.SDK)
		}
		if m.Artifact == "" || !sha256Syntax.MatchString(m.SHA256) {
			return fault(m.SHA256, "it needs the artifact and its sha256 in 64 lower-case digits")
		}
		for id := range m.Calls {
			if _, ok := behaviours[id]; !ok {
				return fault(id, "unknown behaviour %q", id)
			}
		}
	}
	return nil
}

// MeasuredOf lists what was measured on the artifacts of an SDK, the one with
// the most calls first; empty unless the set was loaded in full.
func (s *Set) MeasuredOf(sdk string) []Measured {
	var out []Measured
	for _, m := range s.Measured {
		if m.SDK == sdk {
			out = append(out, m)
		}
	}
	sum := func(m Measured) (n int) {
		for _, sites := range m.Calls {
			n += sites
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Measured) int { return sum(b) - sum(a) })
	return out
}

// With returns the set with the given SDKs added, or put in place of those with
// the same ids; it fails where they do not go together with the rest.
func (s *Set) With(sdks ...SDK) (*Set, error) {
	src := s.Source
	src.SDKs = replace(slices.Clone(s.SDKs), sdks, func(k SDK) string { return k.ID })
	if err := crossCheck(&src, &origin{}); err != nil {
		var fault *Error
		if errors.As(err, &fault) { // there is no file yet
			return nil, errors.New(fault.Msg)
		}
		return nil, err
	}
	return newSet(&src, src.digests()), nil
}

// Categories lists the categories of SDKs.
func Categories() []string { return slices.Clone(categories) }
