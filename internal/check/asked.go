package check

import (
	"fmt"
	"slices"

	"apkaudit/internal/rules"
)

// validateAsk reports a check that does not ask what its predicate needs to know.
func validateAsk(c *rules.Check) error {
	a := &c.Ask
	needs, given := "", true
	switch c.Predicate {
	case "permission_for_data":
		needs, given = "permissions and data", len(a.Permissions) > 0 && len(a.Data) > 0
	case "permissions_bundled":
		needs, given = "groups, least and least_groups", len(a.Groups) > 0 && a.Least > 0 && a.LeastGroups > 0
	case "target_level":
		needs = "targets, the lowest first"
		given = len(a.Targets) > 0 && slices.IsSortedFunc(a.Targets, func(x, y rules.TargetLevel) int { return x.Below - y.Below })
	case "manifest_flag":
		needs, given = "flag", a.Flag != ""
	case "components":
		needs, given = "component with a kind", a.Component.Kind != ""
	case "foreground_types":
		needs, given = "foreground", len(a.Foreground) > 0
	case "observed":
		needs, given = "observed, apis, data or dynamic_code", len(a.Observed)+len(a.APIs)+len(a.Data)+len(a.DynamicCode) > 0
	case "screens":
		needs = "observed, of kinds of texts"
		given = len(a.Observed) > 0 && !slices.ContainsFunc(a.Observed, func(kind string) bool { return screenTexts[kind].EN == "" })
	case "cleartext":
		needs, given = "parties", len(c.Parties) > 0
	case "foreign_hosts":
		needs, given = "parties and home", len(c.Parties) > 0 && a.Home != ""
	}
	if given {
		return nil
	}
	return fmt.Errorf("check %s: the predicate %s needs %s", c.ID, c.Predicate, needs)
}
