package scan

import (
	"slices"

	"apkaudit/internal/apk"
	"apkaudit/internal/behavior"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
)

// Limits are what the rooms that read a target keep to.
type Limits struct {
	APK      apk.Limits
	Behavior behavior.Limits
	Policy   policy.Limits
}

// DefaultLimits are those of every room.
func DefaultLimits() Limits {
	return Limits{APK: apk.DefaultLimits(), Behavior: behavior.DefaultLimits(), Policy: policy.DefaultLimits()}
}

// Bounds lists all limits by name, in the order of reading.
func (l *Limits) Bounds() []bounded.Bound {
	own := []bounded.Bound{bounded.Fixed("max-embedded-policies", maxEmbedded, bounded.Count, "files inside an APK that are read as its policy")}
	return slices.Concat(l.APK.Bounds(), l.Behavior.Bounds(), own, l.Policy.Bounds())
}
