package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/learn"
	"apkaudit/internal/rules"
)

// learnFlags are the flags of `sdk learn`.
type learnFlags struct {
	opt              learn.Options
	sources          []string
	out              string
	force            bool
	measure          string
	from             []string
	nameEN, vendorEN string
	nameZH, vendorZH string
}

func (a *app) sdkLearn() *cobra.Command {
	var f learnFlags
	cmd := &cobra.Command{
		Use:   "learn FILE...",
		Short: "Draft a signature from an SDK's AAR, JAR, ZIP or from an APK",
		Long: `Read the archives of one SDK (several versions make one draft) and write the draft
of its signature: its packages with class counts, components, meta-data, native
libraries, assets, hosts, version constants, foreign packages that it ships, and,
as a comment, the sensitive APIs that its code calls. What a person must decide
is marked "Decide" in comments. Of an APK the app's own code is left out; name
the SDK's packages with --prefix.

The draft goes to standard output, or with --out to DIR/sdks/ID.yaml, together
with DIR/measured.yaml, the calls per artifact. DIR then works as --rules DIR.

With --measure LIST nothing is drafted: every artifact of the list (SDK, source
and sha256, parted by tabs) is looked for by its sha256 below --from, and
measured.yaml for all of them goes to standard output. What is not there keeps the
measurement that the rules have, and makes the exit code 3.`,
		Example: `  apkaudit sdk learn acme-4.2.aar
  apkaudit sdk learn acme-4.1.aar acme-4.2.aar --id acme-track --name "Acme Track" --out audit/rules
  apkaudit sdk learn app.apk --prefix com.acme.track
  apkaudit sdk learn --measure testdata/corpus/artifacts.tsv --from .cache/artifacts > signatures/measured.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.opt.Name = audit.Text{ZH: f.nameZH, EN: f.nameEN}
			f.opt.Vendor = audit.Text{ZH: f.vendorZH, EN: f.vendorEN}
			if f.measure != "" {
				return a.measureList(cmd, &f, args)
			}
			return a.learn(cmd, &f, args)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.opt.ID, "id", "", "id of the signature; an id that exists is learned anew")
	fl.StringVar(&f.nameEN, "name", "", "name of the SDK")
	fl.StringVar(&f.nameZH, "name-zh", "", "its Chinese name, where it has one")
	fl.StringVar(&f.vendorEN, "vendor", "", "company that offers it")
	fl.StringVar(&f.vendorZH, "vendor-zh", "", "its Chinese name, where it has one")
	fl.StringVar(&f.opt.Category, "category", "", "category: "+strings.Join(rules.Categories(), " "))
	fl.StringVar(&f.opt.Country, "country", "", "where the vendor is seated, two capitals (CN, US)")
	fl.StringArrayVar(&f.opt.Prefixes, "prefix", nil, "a package of the SDK, instead of those found; may repeat")
	fl.BoolVar(&f.opt.Library, "library", false, "a neutral library that collects nothing by itself")
	fl.StringArrayVar(&f.sources, "source", nil, "where the FILE comes from, for the proof (mvn:GROUP:NAME:VERSION); one per FILE")
	fl.StringVar(&f.out, "out", "", "directory to write sdks/ID.yaml and measured.yaml to")
	fl.BoolVar(&f.force, "force", false, "let --out replace sdks/ID.yaml")
	fl.StringVar(&f.measure, "measure", "", "list of artifacts to measure instead of drafting")
	fl.StringArrayVar(&f.from, "from", nil, "directory that holds artifacts of --measure; may repeat")
	a.addFingerprints(cmd)
	return cmd
}

func (a *app) learn(cmd *cobra.Command, f *learnFlags, files []string) error {
	switch {
	case len(files) == 0:
		return usagef("sdk learn needs a FILE: an AAR, JAR, ZIP or APK")
	case len(f.from) > 0:
		return usagef("--from goes with --measure")
	case len(f.sources) > 0 && len(f.sources) != len(files):
		return usagef("%d --source for %d files; give one for each", len(f.sources), len(files))
	case f.opt.Category != "" && !slices.Contains(rules.Categories(), f.opt.Category):
		return usagef("unknown category %q (one of %s)", f.opt.Category, strings.Join(rules.Categories(), ", "))
	}
	overlays := slices.Clone(a.config.GetStringSlice("rules"))
	if _, err := os.Stat(f.out); f.out != "" && err == nil {
		overlays = append(overlays, f.out) // what was learned before is known
	}
	set, err := rules.LoadFull(overlays...) // in full: a known SDK keeps its proofs and examples
	if err != nil {
		return err
	}
	inputs := make([]learn.Input, len(files))
	for i, path := range files {
		inputs[i].Path = path
		if len(f.sources) > 0 {
			inputs[i].Source = f.sources[i]
		}
	}
	draft, err := learn.Learn(cmd.Context(), set, inputs, f.opt)
	if err != nil {
		return err
	}
	for _, p := range draft.Problems {
		a.note("note: %s", p)
	}
	if f.out == "" {
		_, err := a.sys.Stdout.Write(draft.YAML())
		return err
	}
	return a.writeDraft(draft, f)
}

// writeDraft writes the signature and merges its measurements into those of the
// directory.
func (a *app) writeDraft(draft *learn.Draft, f *learnFlags) error {
	file := filepath.Join(f.out, "sdks", draft.SDK.ID+".yaml")
	if _, err := os.Lstat(file); err == nil && !f.force {
		return usagef("%s is there already; --force replaces it", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("%s: %w", filepath.Dir(file), bounded.Cause(err))
	}
	over, _, err := rules.ReadSource(os.DirFS(f.out), f.out)
	if err != nil {
		return err
	}
	measured := learn.Merge(over.Measured, draft.Measured)
	if err := writeFile(file, draft.YAML()); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(f.out, "measured.yaml"), learn.MeasuredYAML(measured)); err != nil {
		return err
	}
	a.note("%s written; look for \"Decide\", then: apkaudit rules lint --rules %s", file, f.out)
	return nil
}

func writeFile(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("%s: %w", path, bounded.Cause(err))
	}
	return nil
}

// maxListBytes bounds the list of artifacts.
const maxListBytes = 16 << 20

// measureList measures all artifacts of a list. What is missing or cannot be read
// is told, keeps the measurement that the rules have, and makes the exit code 3.
func (a *app) measureList(cmd *cobra.Command, f *learnFlags, args []string) error {
	if len(args) > 0 || len(f.from) == 0 || f.out != "" {
		return usagef("--measure LIST takes --from DIR, no FILE and no --out")
	}
	set, err := rules.LoadFull(a.config.GetStringSlice("rules")...)
	if err != nil {
		return err
	}
	in, err := os.Open(f.measure)
	if err != nil {
		return fmt.Errorf("%s: %w", f.measure, bounded.Cause(err))
	}
	defer in.Close()
	data, err := bounded.ReadFull(in, "max-list-bytes", maxListBytes, f.measure)
	if err != nil {
		return err
	}
	list, err := learn.ParseList(f.measure, data)
	if err != nil {
		return err
	}
	at := map[string]string{}
	for _, dir := range f.from {
		if err := filesBySum(dir, at); err != nil {
			return err
		}
	}
	missing := 0
	var have []learn.Entry
	for _, e := range list {
		if e.Path = at[e.SHA256]; e.Path == "" {
			missing++
			a.note("%s %s: no file below %s has its sha256", e.SDK, e.Source, strings.Join(f.from, ", "))
			continue
		}
		have = append(have, e)
	}
	measured, err := learn.Measure(cmd.Context(), set, have)
	if cmd.Context().Err() != nil {
		return err
	}
	fresh := len(measured)
	measured = learn.Keep(measured, set.Measured, list)
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			missing++
			a.note("%v", e)
		}
	}
	if _, err := a.sys.Stdout.Write(learn.MeasuredYAML(measured)); err != nil {
		return err
	}
	a.note("%d of %d artifacts measured, %d kept as they were", fresh, len(list), len(measured)-fresh)
	if missing > 0 {
		return &exitError{audit.ExitIncomplete}
	}
	return nil
}

// filesBySum adds the regular files below a directory by their sha256.
func filesBySum(dir string, at map[string]string) error {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		at[hex.EncodeToString(h.Sum(nil))] = path
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", dir, bounded.Cause(err))
	}
	return nil
}
