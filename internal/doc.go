// Package internal is the house of apkaudit, which answers one question: where
// does what an Android app DOES differ from what its privacy policy SAYS?
//
//	audit      the words: Report, Behavior, Policy, Claim, Finding, Gap, Outcome
//	bounded    hostile-input kit: budgets and readers that fail at a limit
//	apk        opens the container as Android does: manifest, resources, signer
//	dex        the DEX format: tables, classes, instructions
//	rules      loads signatures/ and the user's overlays into one checked Set
//	classfile  Java class files, JARs and AARs
//	behavior   what the app DOES: (apk, dex, rules) -> audit.Behavior
//	policy     what the app SAYS: documents -> blocks -> claims -> audit.Policy
//	learn      drafts the signature of an SDK from its archives
//	check      where they DIFFER: facts + rules -> graded findings; sees no bytes
//	triage     baseline, waivers, diff of two reports: sets Status, never deletes
//	scan       one straight line for one target
//	report     one file per format; pure functions of audit.Report
//	batch      many targets: worker processes, deadlines, what is done already
//	across     what is said of all apps of a batch together
//	disclose   writes the disclosure text that a policy lacks
//	cli        commands, flags, config, exit code; the only package that prints
//	prove      runs every example in signatures/
//	apktest    builds small and hostile APK and DEX bytes, for tests only
//
// One line, one direction:
//
//	cli.Run -> rules.Load -> scan.App{ apk.Open -> behavior.Observe -> policy.Read -> check.Run } -> triage.Given.Apply -> report.Write -> audit.ExitCode
//
// There are no call-backs between steps, no registries and no package-level
// mutable state. arch_test.go enforces who may import whom.
package internal
