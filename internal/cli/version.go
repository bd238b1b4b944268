package cli

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func (a *app) versionCommand() *cobra.Command {
	var format string
	var schema bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print version and rules digest, or the JSON Schema of reports",
		Example: `  apkaudit version
  apkaudit version -o json
  apkaudit version --schema > report.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if schema {
				_, err := a.sys.Stdout.Write(audit.Schema)
				return err
			}
			sum, analysis, err := rules.Digests(a.config.GetStringSlice("rules")...)
			if err != nil {
				return err
			}
			switch format {
			case "text":
				fmt.Fprintf(a.sys.Stdout, "apkaudit %s\nreport schema %s\nrules %s\n%s %s/%s\n", Version, audit.ReportSchema, sum, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			case "json":
				e := json.NewEncoder(a.sys.Stdout)
				e.SetIndent("", "  ")
				return e.Encode(map[string]string{"name": "apkaudit", "version": Version, "schema": audit.ReportSchema,
					"rules_digest": sum, "analysis_digest": analysis, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
			default:
				return usagef("-o %s: unknown format %q (text or json)", format, format)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the report")
	return cmd
}
