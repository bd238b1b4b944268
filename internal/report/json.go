package report

import (
	"io"

	"apkaudit/internal/audit"
)

// writeJSON writes one report as it is, and none or several as audit.Reports.
// Language, colour and length do not change it: it always carries everything.
func writeJSON(w io.Writer, reports []*audit.Report, _ Options) error {
	if len(reports) == 1 {
		return audit.Encode(w, reports[0])
	}
	if reports == nil {
		reports = []*audit.Report{}
	}
	return audit.Encode(w, &audit.Reports{Schema: audit.ReportsSchema, Reports: reports})
}
