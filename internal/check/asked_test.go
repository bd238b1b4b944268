package check

import (
	"strings"
	"testing"

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
