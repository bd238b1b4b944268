package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/triage"
)

// addTriageFlags are the flags that set the status of findings.
func addTriageFlags(f *pflag.FlagSet) {
	f.String("baseline", "", "saved JSON report: the findings that it has are known and reach no gate, unless they hold more data now")
	f.String("waivers", "", "YAML file of accepted findings, each with a reason and the last day")
}

// given reads the baseline and the waivers that the user named, before anything
// else is done: an error in them costs no scan.
func (a *app) given() (triage.Given, error) {
	g := triage.Given{}
	if file := a.config.GetString("baseline"); file != "" {
		data, err := readRegular(file, "max-report-bytes", a.limits.reportBytes)
		if err != nil {
			return g, err
		}
		if g.Baseline, err = triage.ReadBaseline(file, data); err != nil {
			return g, err
		}
	}
	if file := a.config.GetString("waivers"); file != "" {
		data, err := readRegular(file, "max-waiver-bytes", a.limits.waiverBytes)
		if err != nil {
			return g, err
		}
		if g.Waivers, err = triage.ReadWaivers(file, data); err != nil {
			return g, err
		}
		g.Today = a.sys.Now().Format(time.DateOnly)
	}
	return g, nil
}

// readRegular reads a file that the user named. A pipe or device may never end, and
// is refused at once.
func readRegular(file, limit string, most int64) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w; check the path", file, bounded.Cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is no regular file; give a file", file)
	case info.Size() > most:
		return nil, fmt.Errorf("%s: larger than %d bytes (%s, see 'apkaudit help limits'); give a smaller file, such as one report alone", file, most, limit)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", file, bounded.Cause(err))
	}
	defer f.Close()
	return bounded.ReadFull(f, limit, most, file)
}

// isReport tells whether a file begins like a saved report. Whatever is no regular file,
// or empty, is left to what opens APKs, which says what is wrong with it.
func isReport(file string) (bool, error) {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return false, fmt.Errorf("%s: cannot be read: %w", file, bounded.Cause(err))
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := f.Read(head)
	if err != nil {
		return false, fmt.Errorf("%s: cannot be read: %w", file, bounded.Cause(err))
	}
	return strings.HasPrefix(strings.TrimSpace(string(head[:n])), "{"), nil
}

// readReports reads a saved report, or a document of several.
func (a *app) readReports(file string) ([]*audit.Report, error) {
	data, err := readRegular(file, "max-report-bytes", a.limits.reportBytes)
	if err != nil {
		return nil, err
	}
	reports, err := audit.DecodeAll(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a report that apkaudit wrote with -o json", file, err)
	}
	if len(reports) == 0 {
		return nil, fmt.Errorf("%s: holds no report; scan an APK with -o json", file)
	}
	return reports, nil
}

// readReport reads a saved document that holds one report.
func (a *app) readReport(file string) (*audit.Report, error) {
	reports, err := a.readReports(file)
	if err != nil {
		return nil, err
	}
	if n := len(reports); n != 1 {
		return nil, fmt.Errorf("%s: holds %d reports where one is needed; write one file for each APK", file, n)
	}
	return reports[0], nil
}
