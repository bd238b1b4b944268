package across

import (
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// sheet is a CSV file with some rows for each input file.
type sheet struct {
	*out
	*report.Sheet
	rows func(*Entry) [][]string
}

// Flush hands the rows to the file's buffer.
func (s *sheet) Flush() error { return s.Sheet.Flush() }

func (s *sheet) add(e *Entry) error {
	s.Rows(s.rows(e)...)
	return s.Sheet.Flush()
}

func summaryColumns() []string {
	list := []string{"file", "sha256", "size", "container", "package", "label", "label_zh", "label_en", "version_name", "version_code", "min_sdk", "target_sdk", "verdict"}
	list = append(list, audit.Severities()...)
	return append(list, "waived", "gaps", "sdks", "sdks_named", "policies", "report")
}

// summaryRows is the one row of an input file. Counts are findings that are not waived.
func summaryRows(e *Entry) [][]string {
	r := e.Report
	a := &r.App
	row := []string{e.File, a.SHA256, strconv.FormatInt(a.Size, 10), a.Container, a.Package, a.Label.Default, a.Label.ZH, a.Label.EN,
		a.VersionName, strconv.FormatInt(a.VersionCode, 10), strconv.Itoa(a.MinSDK), strconv.Itoa(a.TargetSDK), r.Outcome.Verdict}
	for _, s := range audit.Severities() {
		row = append(row, strconv.Itoa(*r.Outcome.Counts.Of(s)))
	}
	waived := 0
	for i := range r.Findings {
		if r.Findings[i].Status == audit.StatusWaived {
			waived++
		}
	}
	named := "" // without a policy nothing can
	if report.Compared(r) {
		named = strconv.Itoa(len(namedSDKs(r)))
	}
	return [][]string{append(row, strconv.Itoa(waived), strings.Join(gapKinds(r), " "), strconv.Itoa(len(r.Behavior.SDKs)), named,
		strings.Join(policiesOf(r), " | "), e.ReportPath)}
}

// gapKinds are the kinds of gaps of a report, sorted, each once.
func gapKinds(r *audit.Report) []string {
	kinds := []string{}
	for _, g := range r.Gaps {
		kinds = append(kinds, g.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// namedSDKs are the ids of the embedded SDKs that the policy names.
func namedSDKs(r *audit.Report) map[string]bool {
	named := report.NamedParties(&r.Policy)
	ids := map[string]bool{}
	for _, s := range r.Behavior.SDKs {
		if named[audit.PrefixSDK+s.ID] {
			ids[s.ID] = true
		}
	}
	return ids
}

// reads are the data types that one party's code reads.
type reads struct {
	data   []string // sorted
	before []string // of these, with a path to a read that passes no consent
}

// readsOf are the reads of every party, from what was compared.
func readsOf(r *audit.Report) map[string]reads {
	all := map[string]reads{}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		x := all[p.Party]
		x.data = append(x.data, p.Data)
		if p.BeforeConsent == audit.Yes {
			x.before = append(x.before, p.Data)
		}
		all[p.Party] = x
	}
	return all
}

func sdkColumns() []string {
	return []string{"file", "sha256", "package", "version_name", "sdk", "name_zh", "name_en", "vendor_zh", "vendor_en", "category", "confidence",
		"version", "classes", "named_in_policy", "data", "before_consent"}
}

// sdkRows is a row for each embedded SDK. named_in_policy is yes or no, and empty where
// there was no policy.
func sdkRows(e *Entry) [][]string {
	r := e.Report
	named, compared, all := namedSDKs(r), report.Compared(r), readsOf(r)
	var rows [][]string
	for i := range r.Behavior.SDKs {
		s := &r.Behavior.SDKs[i]
		stated := ""
		switch {
		case named[s.ID]:
			stated = audit.Yes
		case compared:
			stated = audit.No
		}
		x := all[audit.PrefixSDK+s.ID]
		rows = append(rows, []string{e.File, r.App.SHA256, r.App.Package, r.App.VersionName, s.ID, s.Name.ZH, s.Name.EN, s.Vendor.ZH, s.Vendor.EN, s.Category,
			s.Confidence, s.Version, strconv.Itoa(s.Classes), stated, strings.Join(x.data, " "), strings.Join(x.before, " ")})
	}
	return rows
}
