package rules

import (
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// Observed is one way to make an observation (signatures/observations.yaml). What may
// be given depends on the kind, see observedParts.
type Observed struct {
	ID   string     `yaml:"id" json:"id"`
	Kind string     `yaml:"kind" json:"kind"` // one of audit's Observed constants
	Name audit.Text `yaml:"name" json:"name"`
	// Text is what a text of the screens must be like.
	Text ScreenText `yaml:"text" json:"text,omitzero"`
	// Calls count by themselves, with Beside only in a method that holds one of its
	// parts too, with Task only where the task handed over reads data.
	Calls  []ObservedCall `yaml:"calls" json:"calls,omitempty"`
	Beside Beside         `yaml:"beside" json:"beside,omitzero"`
	Task   bool           `yaml:"task" json:"task,omitempty"`
	// Sinks are calls that must not be given what a source gives, or a path that
	// begins with one of Paths. Without sources they are reads of personal data.
	Sources []string `yaml:"sources" json:"sources,omitempty"`
	Paths   []string `yaml:"paths" json:"paths,omitempty"`
	Sinks   []Target `yaml:"sinks" json:"sinks,omitempty"`
	// Ends are calls that close a screen or end the app.
	Ends []string `yaml:"ends" json:"ends,omitempty"`
	// Data and WithData are data types of which a method reads one each.
	Data     []string `yaml:"data" json:"data,omitempty"`
	WithData []string `yaml:"with_data" json:"with_data,omitempty"`
	// Actions count where a component of that kind, kept for the system by that
	// permission, listens to them.
	Component  string   `yaml:"component" json:"component,omitempty"`
	Permission string   `yaml:"permission" json:"permission,omitempty"`
	Actions    []string `yaml:"actions" json:"actions,omitempty"`
}

// ScreenText tells of texts by the phrases in them. Latin letters count in any case and
// as whole words.
type ScreenText struct {
	Most int     `yaml:"most" json:"most,omitempty"` // characters of the longest text
	All  []Terms `yaml:"all" json:"all,omitempty"`   // of each group one phrase
	None []Terms `yaml:"none" json:"none,omitempty"` // none of these phrases
	// NotKeys are names of resources of libraries; what stands before * begins them.
	NotKeys []string `yaml:"not_keys" json:"not_keys,omitempty"`
	// NotLatinCode tells that a text of code in Latin letters alone does not count.
	NotLatinCode bool `yaml:"not_latin_code" json:"not_latin_code,omitempty"`
}

// Of tells whether a text that is the value of a resource of that name counts.
func (t *ScreenText) Of(key string) bool {
	return !slices.ContainsFunc(t.NotKeys, func(not string) bool {
		begins, any := strings.CutSuffix(not, "*")
		return key == not || any && strings.HasPrefix(key, begins)
	})
}

// ObservedCall is a call that counts with one argument below a limit, or equal to one
// of some constants (numbers in decimal, true as 1); without both it counts always.
type ObservedCall struct {
	Method string   `yaml:"method" json:"method"`
	Arg    int      `yaml:"arg" json:"arg"` // parameter index from 0, receiver not counted
	Equals []string `yaml:"equals" json:"equals,omitempty"`
	Below  int64    `yaml:"below" json:"below,omitempty"` // and not negative
}

// Always tells whether the call counts with any argument.
func (c *ObservedCall) Always() bool { return len(c.Equals) == 0 && c.Below == 0 }

// Beside are fields that are read and texts that are loaded; one is enough.
type Beside struct {
	Fields []string `yaml:"fields" json:"fields,omitempty"`
	Texts  []string `yaml:"texts" json:"texts,omitempty"`
}

func observedID(x Observed) string { return x.ID }

// The parts of an Observed, as the YAML names them.
const (
	partText    = "text"
	partCalls   = "calls"
	partSinks   = "sinks"
	partEnds    = "ends"
	partData    = "data"
	partActions = "actions"
)

// observedParts says which part a kind is made from. Kinds that are not listed need no
// words: they come from the manifest and the resources, or from addresses in the code.
var observedParts = map[string][]string{
	audit.ObservedPolicyText:     {partText},
	audit.ObservedAgreeText:      {partText},
	audit.ObservedDisagreeText:   {partText},
	audit.ObservedDisclosureText: {partText},
	audit.ObservedMixedContent:   {partCalls},
	audit.ObservedWebFileAccess:  {partCalls},
	audit.ObservedShortInterval:  {partCalls},
	audit.ObservedPhotoPicker:    {partCalls},
	audit.ObservedContactPicker:  {partCalls},
	audit.ObservedDefaultHandler: {partCalls, partActions},
	audit.ObservedLogged:         {partSinks},
	audit.ObservedForeignCode:    {partSinks},
	audit.ObservedExitOnDenied:   {partEnds},
	audit.ObservedLinkedIDs:      {partData},
}

// parts lists what an entry gives.
func (x *Observed) parts() []string {
	var out []string
	for _, p := range []struct {
		name  string
		given bool
	}{
		{partText, len(x.Text.All) > 0}, {partCalls, len(x.Calls) > 0}, {partSinks, len(x.Sinks) > 0},
		{partEnds, len(x.Ends) > 0}, {partData, len(x.Data) > 0 && len(x.WithData) > 0}, {partActions, len(x.Actions) > 0},
	} {
		if p.given {
			out = append(out, p.name)
		}
	}
	return out
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

func checkObserved(s *Source, o *origin) error {
	known := dataIndex(s)
	for _, x := range s.Observed {
		fault := func(needle, format string, args ...any) error {
			return o.fault("observation", x.ID, needle, format, args...)
		}
		if !bothLanguages(x.Name) {
			return fault("", "name needs zh and en")
		}
		may, ok := observedParts[x.Kind]
		if !ok {
			return fault(x.Kind, "kind %q is none that an entry may have", x.Kind)
		}
		if has := x.parts(); len(has) != 1 || !slices.Contains(may, has[0]) {
			return fault("", "the kind %s needs %s and nothing else", x.Kind, strings.Join(may, " or "))
		}
		if len(x.Text.All) > 0 && x.Text.Most <= 0 {
			return fault("", "a text needs most, the number of its characters")
		}
		for _, d := range slices.Concat(x.Data, x.WithData) {
			if _, ok := known[d]; !ok {
				return fault(d, "data type %q is not known", d)
			}
		}
		if len(x.Actions) > 0 && !slices.Contains(componentKinds, x.Component) {
			return fault(x.Component, "component %q is none of %s", x.Component, strings.Join(componentKinds, ", "))
		}
		if needle, what := x.callFault(); what != "" {
			return fault(needle, "%q %s", needle, what)
		}
	}
	return nil
}

// callFault finds what is wrong with the members that an entry names.
func (x *Observed) callFault() (needle, what string) {
	const noMethod = "is not a method descriptor (Lpkg/Class;->name(params)ret)"
	for _, m := range slices.Concat(x.Sources, x.Ends) {
		if !methodSyntax.MatchString(m) {
			return m, noMethod
		}
	}
	targets := slices.Clone(x.Sinks)
	for _, c := range x.Calls {
		if !c.Always() {
			targets = append(targets, Target{c.Method, c.Arg})
		} else if !methodSyntax.MatchString(c.Method) {
			return c.Method, noMethod
		}
		if c.Below != 0 && len(c.Equals) > 0 || c.Below < 0 {
			return c.Method, "counts either below a limit or with constants"
		}
		params := Parameters(c.Method)
		for _, e := range c.Equals {
			if c.Arg >= 0 && c.Arg < len(params) && len(params[c.Arg]) == 1 && !wholeNumber.MatchString(e) {
				return e, "is not the number that the parameter takes"
			}
		}
	}
	for _, t := range targets {
		if n := len(Parameters(t.Method)); !methodSyntax.MatchString(t.Method) || t.Arg < 0 || t.Arg >= n {
			return t.Method, "is not a method descriptor with that argument"
		}
	}
	for _, f := range x.Beside.Fields {
		if !fieldSyntax.MatchString(f) {
			return f, "is not a field descriptor (Lpkg/Class;->NAME:type)"
		}
	}
	return "", ""
}
