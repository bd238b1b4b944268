// Package audit holds the words of the product: what an app does (Behavior),
// what its policy says (Policy), where they differ (Finding), what was not
// looked at (Gap), and what follows for the caller (Outcome, exit code).
//
// Every struct here is part of the JSON report "apkaudit.report/1" and so a
// promise to scripts: keys may be added, never renamed or removed, and every
// key is always present. schema.json is the same promise as JSON Schema.
//
// The package imports the standard library only, reads no files and judges
// nothing but the exit code.
package audit
