package triage

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// matched gives each finding of a report the one of an earlier report that it is, nil
// for none. Both must be of one package.
//
// Repeats of a finding differ in the number behind their fingerprint alone, and one
// more of them above renumbers the rest. Of the repeats therefore as many are matched
// as the earlier report has: first those with the same words of the policy, then the
// others in order.
func matched(was, is []audit.Finding) []*audit.Finding {
	out := make([]*audit.Finding, len(is))
	taken := make(map[*audit.Finding]bool, len(was))
	for _, key := range []func(*audit.Finding) string{quoted, unnumbered} {
		left := map[string][]*audit.Finding{}
		for i := range was {
			if k := key(&was[i]); !taken[&was[i]] {
				left[k] = append(left[k], &was[i])
			}
		}
		for i := range is {
			k := key(&is[i])
			if list := left[k]; out[i] == nil && len(list) > 0 {
				out[i], left[k] = list[0], list[1:]
				taken[list[0]] = true
			}
		}
	}
	return out
}

// unnumbered is a finding's fingerprint without the number of a repeat.
func unnumbered(f *audit.Finding) string {
	digits, _, _ := strings.Cut(f.Fingerprint, "-")
	return digits
}

// quoted is the same with the first words of the policy that a finding is about.
func quoted(f *audit.Finding) string {
	if len(f.Policy) == 0 {
		return unnumbered(f)
	}
	return unnumbered(f) + " " + f.Policy[0].Quote
}

// added are the data inside a finding that the list lacks, sorted.
func added(f *audit.Finding, have []audit.Item) []string {
	var out []string
	for _, x := range f.Items {
		if !slices.ContainsFunc(have, func(h audit.Item) bool { return h.Data == x.Data }) {
			out = append(out, x.Data)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
