package audit

// Triage is what was given to set the findings' status, and what it came to.
type Triage struct {
	Baseline string        `json:"baseline"` // the saved report as given, "" for none
	Waivers  []WaiverState `json:"waivers"`  // every waiver that was given, in the file's order
}

// WaiverState is one waiver and what it came to in this report. The fields from
// Fingerprint to Permission say what it is for, each "" where it does not ask.
type WaiverState struct {
	File        string `json:"file"` // as given
	Line        int    `json:"line"` // where the waiver begins, from 1
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Party       string `json:"party"`
	Data        string `json:"data"`
	Permission  string `json:"permission"`
	Waiver
	State    string `json:"state"`    // Waiver constants
	Findings int    `json:"findings"` // how many it waives; of an expired one, how many it would
}

// States of a waiver.
const (
	WaiverApplied = "applied"
	WaiverUnused  = "unused"  // no finding is as it says
	WaiverExpired = "expired" // its last day is over: it waives nothing
)
