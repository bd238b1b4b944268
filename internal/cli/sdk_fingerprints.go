package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/learn"
)

// addFingerprints gives `sdk learn` the flags with which the structure of SDKs is
// learned instead of a draft: for those who maintain signatures/fingerprints.bin.
func (a *app) addFingerprints(cmd *cobra.Command) {
	var out, list string
	cmd.Flags().StringVar(&out, "fingerprints", "", "write the structure of the SDKs in --list to this file, instead of a draft")
	cmd.Flags().StringVar(&list, "list", "", "artifacts for --fingerprints: SDK id, file and, for an APK, packages, parted by tabs")
	args, draft := cmd.Args, cmd.RunE
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if out != "" || list != "" {
			return cobra.NoArgs(cmd, given)
		}
		if args == nil {
			return nil
		}
		return args(cmd, given)
	}
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		switch {
		case out == "" && list == "":
			return draft(cmd, given)
		case out == "" || list == "":
			return usagef("--fingerprints FILE and --list FILE go together")
		}
		return a.writeFingerprints(cmd, list, out)
	}
}

func (a *app) writeFingerprints(cmd *cobra.Command, list, out string) error {
	set, err := a.ruleSet()
	if err != nil {
		return err
	}
	artifacts, err := learn.ReadFingerprintList(list)
	if err != nil {
		return err
	}
	for _, f := range artifacts {
		if f.SDK != "" && set.SDK(f.SDK) == nil {
			return usagef("%s: no SDK has the id %q; see: apkaudit sdk list", list, f.SDK)
		}
	}
	learned, err := learn.Fingerprints(cmd.Context(), set, artifacts)
	if err != nil {
		return err
	}
	form := learned.Encode()
	if len(form) > shape.MaxEncodedBytes {
		return usagef("%d bytes are more than the %d that %s may have; leave SDKs out of %s", len(form), shape.MaxEncodedBytes, out, list)
	}
	if err := os.WriteFile(out, form, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(a.sys.Stderr, "%s: %d SDKs, %d classes, %d features, %d bytes\n", out, len(learned.SDKs), learned.NumClasses(), learned.NumFeatures(), len(form))
	return nil
}
