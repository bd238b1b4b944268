package audit

// Triage is what was given to set the findings' status, and what it came to.
type Triage struct {
	Baseline string        `json:"baseline"` // the saved report as given, "" for none
	Waivers  []WaiverState `json:"waivers"`  // every waiver that was given, in the file's order
}

// WaiverState is one waiver and what it came to in this report. The fields from
// Fingerprint to Items say what it is for, each empty where it does not ask.
type WaiverState struct {
	File        string `json:"file"` // as given
	Line        int    `json:"line"` // where the waiver begins, from 1
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Party       string `json:"party"`
	Data        string `json:"data"`
	Permission  string `json:"permission"`
	// Items are the data that were accepted inside a finding about several. A finding
	// that holds another one is not waived.
	Items []string `json:"items"`
	Waiver
	State    string   `json:"state"`    // Waiver constants
	Findings int      `json:"findings"` // how many it waives; of an expired one, how many are as it says
	Exceeded []string `json:"exceeded"` // data of findings that are as it says but for these, sorted
}

// States of a waiver.
const (
	WaiverApplied   = "applied"
	WaiverUnused    = "unused"    // no finding is as it says
	WaiverExpired   = "expired"   // its last day is over: it waives nothing
	WaiverExceeded  = "exceeded"  // a finding that it is for holds data that it was not given for
	WaiverRedundant = "redundant" // all that it is for is waived by earlier ones
)
