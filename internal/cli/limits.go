package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apkaudit/internal/audit"
	"apkaudit/internal/batch"
	"apkaudit/internal/bounded"
	"apkaudit/internal/learn"
	"apkaudit/internal/report"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

// limits are all bounds on what is read: those that reports depend on, and those of the
// files that go with them.
type limits struct {
	scan        scan.Limits
	reportBytes int64 // a saved report, or a document of several
	waiverBytes int64
	template    int64
}

func defaultLimits() *limits {
	return &limits{scan: scan.DefaultLimits(), reportBytes: 100 << 20, waiverBytes: 1 << 20, template: report.MaxTemplate}
}

func (l *limits) bounds() []bounded.Bound {
	own := append(l.scan.Bounds(),
		bounded.Of("max-report-bytes", &l.reportBytes, bounded.Bytes, 1<<10, "a saved report, or a document of several"),
		bounded.Of("max-waiver-bytes", &l.waiverBytes, bounded.Bytes, 64, "a file of waivers"),
		bounded.Of("max-template-bytes", &l.template, bounded.Bytes, 64, "a template"),
		bounded.Fixed("max-report-objects", audit.MaxObjects, bounded.Count, "JSON objects of saved reports"),
		bounded.Fixed("max-stdin-bytes", maxStdinBytes, bounded.Bytes, "an app on standard input"),
		bounded.Fixed("max-target-list-bytes", maxTargetListBytes, bounded.Bytes, "a list for batch --from"),
		bounded.Fixed("max-config-bytes", maxConfigBytes, bounded.Bytes, "apkaudit.yaml"),
		bounded.Fixed("max-rules-file-bytes", rules.MaxFileBytes, bounded.Bytes, "a file of rules of your own"),
		bounded.Fixed("max-list-bytes", maxListBytes, bounded.Bytes, "a list for sdk learn --measure"),
	)
	return slices.Concat(own, batch.Bounds(), learn.Bounds())
}

// isLimit tells whether a setting is a limit.
func isLimit(name string) bool {
	return slices.ContainsFunc(defaultLimits().bounds(), func(b bounded.Bound) bool { return b.Name == name && !b.IsFixed() })
}

// addLimitFlags adds a flag for every limit that can be set. There are many of them, so
// that ordinary help leaves them to a topic of their own.
func addLimitFlags(f *pflag.FlagSet) {
	for _, b := range defaultLimits().bounds() {
		if !b.IsFixed() {
			f.String(b.Name, b.Text(b.Value()), b.What)
			_ = f.MarkHidden(b.Name) // fails only for unknown flags
		}
	}
}

// readLimits takes the limits from the settings of this run.
func (a *app) readLimits(cmd *cobra.Command) error {
	a.limits = defaultLimits()
	for _, b := range a.limits.bounds() {
		if b.IsFixed() || a.originOf(cmd, b.Name) == fromDefault {
			continue
		}
		n, err := quantity(b.Unit, a.config.GetString(b.Name))
		if err == nil {
			err = b.Set(n)
		}
		if err != nil {
			return usagef("%s: %s %v", a.originOf(cmd, b.Name), b.Name, err)
		}
	}
	return nil
}

// quantity reads a limit as users write it.
func quantity(u bounded.Unit, s string) (int64, error) {
	switch u {
	case bounded.Bytes:
		return byteSize(s)
	case bounded.Time:
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, errors.New(`"` + s + `" is no time such as 500ms or 3s`)
		}
		return int64(d), nil
	}
	var n int64
	if _, err := fmt.Sscanf(s+"\n", "%d\n", &n); err != nil {
		return 0, errors.New(`"` + s + `" is no number such as 5000`)
	}
	return n, nil
}

// limitsTopic is the help topic about limits.
func limitsTopic() *cobra.Command {
	var table strings.Builder
	for _, b := range defaultLimits().bounds() {
		if b.IsFixed() {
			fmt.Fprintf(&table, "  %s\t%s\tfixed\t%s\n", b.Name, b.Text(b.Value()), b.What)
		} else {
			fmt.Fprintf(&table, "  %s\t%s\tleast %s\t%s\n", b.Name, b.Text(b.Value()), b.Text(b.Least), b.What)
		}
	}
	return &cobra.Command{
		Use:   "limits",
		Short: "Bounds on what is read of apps and policies, and how to set them",
		Long: `Input may be made to exhaust whoever reads it, so every reader keeps to limits. What
lies beyond one is not examined: the report has a gap that names the limit, and the
outcome is incomplete. A file that is too large as a whole is an error, which names
the limit too. To read more, raise what is named:

  as a flag of any command     --max-dex-bytes 256MB
  in the environment           APKAUDIT_MAX_DEX_BYTES=256MB
  in apkaudit.yaml             max-dex-bytes: 256MB

Sizes have a unit (B, KB, MB, GB, KiB, MiB, GiB) or are bytes, times are such as 500ms
or 3s. "apkaudit config" shows the values in use and where they come from. A report
depends on its limits: they enter its options_digest. More is read in more time and
memory; the defaults fit every app that stores carry. What is fixed has no flag.

` + columns(table.String()),
	}
}

// columns lines up what tabs part.
func columns(rows string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = io.WriteString(w, rows) // neither can fail
	_ = w.Flush()
	return strings.TrimRight(b.String(), "\n")
}
