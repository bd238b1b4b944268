package rules

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// StartSignal is one way in which code runs or is started without the user
// (signatures/startup.yaml).
type StartSignal struct {
	ID   string     `yaml:"id" json:"id"`
	Kind string     `yaml:"kind" json:"kind"` // one of audit's Startup constants
	Name audit.Text `yaml:"name" json:"name"`
	// Actions count where a component of that kind listens to them.
	Component string   `yaml:"component" json:"component,omitempty"`
	Actions   []string `yaml:"actions" json:"actions,omitempty"`
	// Methods are calls that count by themselves or, where Targets are given, in one
	// method with a call of Targets that names the package of another app.
	Methods []string `yaml:"methods" json:"methods,omitempty"`
	Targets []Target `yaml:"targets" json:"targets,omitempty"`
}

// Target is a call that names a package by one of its arguments.
type Target struct {
	Method string `yaml:"method" json:"method"`
	Arg    int    `yaml:"arg" json:"arg"` // parameter index from 0, receiver not counted
}

var (
	startupKinds   = []string{audit.StartupSelf, audit.StartupKeepAlive, audit.StartupAssociated}
	componentKinds = []string{"activity", "service", "receiver", "provider"}
)

func startID(x StartSignal) string { return x.ID }

func checkStartup(s *Source, o *origin) error {
	owner := map[string]string{}
	for _, x := range s.Startup {
		fault := func(needle, format string, args ...any) error {
			return o.fault("startup", x.ID, needle, format, args...)
		}
		if !bothLanguages(x.Name) {
			return fault("", "name needs zh and en")
		}
		if !slices.Contains(startupKinds, x.Kind) {
			return fault(x.Kind, "kind %q is none of %s", x.Kind, strings.Join(startupKinds, ", "))
		}
		if len(x.Actions) > 0 && !slices.Contains(componentKinds, x.Component) {
			return fault(x.Component, "component %q is none of %s", x.Component, strings.Join(componentKinds, ", "))
		}
		if len(x.Actions)+len(x.Methods) == 0 {
			return fault("", "it has neither actions nor methods")
		}
		if (x.Kind == audit.StartupAssociated) != (len(x.Targets) > 0) {
			return fault("", "targets belong to the kind %s and to no other", audit.StartupAssociated)
		}
		for _, t := range x.Targets {
			if n := len(Parameters(t.Method)); !methodSyntax.MatchString(t.Method) || t.Arg < 0 || t.Arg >= n {
				return fault(t.Method, "%q is not a method descriptor with an argument %d", t.Method, t.Arg)
			}
		}
		for _, m := range x.Methods {
			if !methodSyntax.MatchString(m) {
				return fault(m, "%q is not a method descriptor (Lpkg/Class;->name(params)ret)", m)
			}
		}
		for _, a := range slices.Concat(x.Actions, x.Methods) {
			if first, dup := owner[x.Component+" "+a]; dup {
				return fault(a, "%s stands under %s already", a, first)
			}
			owner[x.Component+" "+a] = x.ID
		}
	}
	return nil
}
