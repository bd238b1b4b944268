package check

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// cutSDK returns the id of an SDK's party.
func cutSDK(party string) (id string, ok bool) { return strings.CutPrefix(party, audit.PrefixSDK) }

// profile is the one that the report is judged by.
func (f *facts) profile() string {
	if p := f.r.Tool.Judged.Profile; p != "" {
		return p
	}
	return audit.ProfileAll
}

// asked tells whether the profile asks for a check, and where it does not, why.
func (f *facts) asked(c *rules.Check) (bool, audit.Text) {
	if c.Basis == audit.BasisDraft && !f.r.Tool.Judged.Drafts {
		return false, audit.Text{ZH: "本项依据的规定尚未生效；用 --drafts 检查。", EN: "The rule behind this check is not in force; --drafts looks at it."}
	}
	if p := f.profile(); p != audit.ProfileAll && !slices.Contains(c.Profiles, p) {
		return false, audit.Text{ZH: fmt.Sprintf("不属于所选的检查范围 %s。", p), EN: fmt.Sprintf("Not part of the profile %s.", p)}
	}
	return true, audit.Text{}
}

// clauses are those of a check that the profile speaks of; where the profile has
// none of its own, all of them.
func (f *facts) clauses(c *rules.Check) []string {
	p := f.profile()
	if p == audit.ProfileAll {
		return slices.Clone(c.Clauses)
	}
	out := []string{}
	for _, id := range c.Clauses {
		if k := f.set.Clause(id); k != nil && slices.Contains(k.Profiles, p) {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return slices.Clone(c.Clauses)
	}
	return out
}

// speaks lists the profiles whose words a profile uses, the first choice first. Who
// asks for everything reads the regulator's words: they are the most common ones.
var speaks = map[string][]string{
	audit.ProfileAll:        {audit.ProfileCNMIIT, audit.ProfileGooglePlay},
	audit.ProfileCNMIIT:     {audit.ProfileCNMIIT},
	audit.ProfileCNStore:    {audit.ProfileCNStore, audit.ProfileCNMIIT},
	audit.ProfileGooglePlay: {audit.ProfileGooglePlay},
	audit.ProfileGDPR:       {audit.ProfileGDPR},
}

// notice is a finding in the words of the profile's regulator or store, for the
// party and the time that its properties name.
func (f *facts) notice(c *rules.Check, props []string, words map[string]audit.Text) audit.Text {
	for _, p := range speaks[f.profile()] {
		for _, n := range c.Notices {
			if n.Profile == p && (n.When == "" || slices.Contains(props, n.When)) {
				return fill(n.Text, words)
			}
		}
	}
	return audit.Text{}
}
