package check

import (
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// TestValidateAsk: every check of the set asks what its predicate needs, and one that
// asks nothing is refused where something is needed.
func TestValidateAsk(t *testing.T) {
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := Validate(set); err != nil {
		t.Error(err)
	}
	for _, predicate := range []string{"permission_for_data", "permissions_bundled", "target_level", "manifest_flag", "components", "foreground_types", "observed", "screens", "cleartext", "foreign_hosts"} {
		if err := validateAsk(&rules.Check{ID: "x", Predicate: predicate}); err == nil || !strings.Contains(err.Error(), predicate) {
			t.Errorf("%s without anything to ask: %v", predicate, err)
		}
	}
	unsorted := rules.Check{Predicate: "target_level", Ask: rules.Ask{Targets: []rules.TargetLevel{{Below: 30}, {Below: 23}}}}
	if validateAsk(&unsorted) == nil {
		t.Error("levels out of order are accepted")
	}
}

// TestValidateHalfAsked: what a predicate needs is needed in full.
func TestValidateHalfAsked(t *testing.T) {
	groups, some := [][]string{{"a"}}, []string{"a"}
	for _, tt := range []struct {
		predicate string
		ask       rules.Ask
		parties   []string
		ok        bool
	}{
		{"permission_for_data", rules.Ask{Permissions: some}, nil, false}, {"permission_for_data", rules.Ask{Data: some}, nil, false}, {"permission_for_data", rules.Ask{Permissions: some, Data: some}, nil, true},
		{"permissions_bundled", rules.Ask{Least: 1, LeastGroups: 1}, nil, false}, {"permissions_bundled", rules.Ask{Groups: groups, LeastGroups: 1}, nil, false},
		{"permissions_bundled", rules.Ask{Groups: groups, Least: 1}, nil, false}, {"permissions_bundled", rules.Ask{Groups: groups, Least: 1, LeastGroups: 1}, nil, true},
		{"target_level", rules.Ask{Targets: []rules.TargetLevel{{Below: 23}, {Below: 30}}}, nil, true},
		{"target_level", rules.Ask{}, nil, false}, {"screens", rules.Ask{}, nil, false}, {"manifest_flag", rules.Ask{}, nil, false}, {"components", rules.Ask{}, nil, false}, {"foreground_types", rules.Ask{}, nil, false},
		{"observed", rules.Ask{}, nil, false}, {"cleartext", rules.Ask{}, nil, false},
		{"manifest_flag", rules.Ask{Flag: rules.FlagDebuggable}, nil, true}, {"components", rules.Ask{Component: rules.AskedComponent{Kind: "service"}}, nil, true},
		{"foreground_types", rules.Ask{Foreground: []rules.ForegroundUse{{}}}, nil, true},
		{"observed", rules.Ask{Observed: some}, nil, true}, {"observed", rules.Ask{APIs: some}, nil, true}, {"observed", rules.Ask{Data: some}, nil, true}, {"observed", rules.Ask{DynamicCode: some}, nil, true},
		{"screens", rules.Ask{Observed: []string{audit.ObservedAgreeText}}, nil, true}, {"screens", rules.Ask{Observed: []string{audit.ObservedAgreeText, audit.ObservedLogged}}, nil, false},
		{"cleartext", rules.Ask{}, some, true}, {"foreign_hosts", rules.Ask{}, some, false}, {"foreign_hosts", rules.Ask{Home: "CN"}, nil, false}, {"foreign_hosts", rules.Ask{Home: "CN"}, some, true},
		{"placeholder", rules.Ask{}, nil, true},
	} {
		err := validateAsk(&rules.Check{ID: "x", Predicate: tt.predicate, Ask: tt.ask, Parties: tt.parties})
		if (err == nil) != tt.ok || err != nil && strings.HasSuffix(err.Error(), "needs ") {
			t.Errorf("%s with %+v of %v: %v", tt.predicate, tt.ask, tt.parties, err)
		}
	}
}
