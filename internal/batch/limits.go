package batch

import "apkaudit/internal/bounded"

// Bounds names the limits of what is read besides apps and policies. They are fixed.
func Bounds() []bounded.Bound {
	return []bounded.Bound{
		bounded.Fixed("max-targets", maxTargets, bounded.Count, "files of one batch"),
		bounded.Fixed("max-map-bytes", maxMapBytes, bounded.Bytes, "a map of policies"),
		bounded.Fixed("max-state-bytes", maxStateBytes, bounded.Bytes, "batch.json of an earlier run"),
		bounded.Fixed("max-answer-bytes", maxAnswerBytes, bounded.Bytes, "the report of one app"),
	}
}
