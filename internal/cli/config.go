package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

// configFile is looked for from the working directory upward to the root of the
// repository, never beside a scanned file: a target must not be able to mute
// its own findings.
const configFile = "apkaudit.yaml"

// maxConfigBytes bounds the configuration file.
const maxConfigBytes = 1 << 20

// envPrefix begins the environment variables: APKAUDIT_FAIL_ON for --fail-on.
const envPrefix = "APKAUDIT"

// settings are the flags that may also be set by configuration file or
// environment, over all commands, with the values each may have (nil: any).
var settings = map[string][]string{
	"lang":             {"zh", "en"},
	"rules":            nil,
	"quiet":            nil,
	"policy":           nil,
	"output":           nil,
	"fail-on":          audit.FailOnValues(),
	"exit-zero":        nil,
	"allow-incomplete": nil,
	"verbose":          nil,
	"template":         nil,
	"profile":          audit.Profiles(),
	"drafts":           nil,
	"category":         nil,
	"children":         nil,
	"baseline":         nil,
	"waivers":          nil,
	"progress":         progressModes(),
	"out":              nil,
	"policies":         nil,
	"jobs":             nil,
	"timeout":          nil,
	"max-memory":       nil,
	"nice":             nil,
	"include":          nil,
	"exclude":          nil,
	"db":               nil,
}

// listSettings are those with several values.
var listSettings = []string{"rules", "policy", "output", "include", "exclude"}

// loadConfig builds the settings of this run: flag > environment > file >
// default, each checked where it stands.
func (a *app) loadConfig(cmd *cobra.Command) error {
	a.config = viper.New()
	if err := a.config.BindPFlags(cmd.Flags()); err != nil {
		return err
	}
	if err := a.readConfigFile(); err != nil {
		return err
	}
	for _, name := range allSettings() { // before the file, behind the flags
		f := cmd.Flags().Lookup(name)
		v := a.sys.Getenv(envName(name))
		switch {
		case v == "" || f != nil && f.Changed:
		case isList(f):
			a.config.Set(name, strings.Split(v, ","))
		default:
			a.config.Set(name, v)
		}
	}
	for _, name := range settingNames() {
		v := a.config.GetString(name)
		if allowed := settings[name]; allowed != nil && v != "" && !slices.Contains(allowed, v) {
			return usagef("%s: %q is not one of %s", a.originOf(cmd, name), v, strings.Join(allowed, ", "))
		}
	}
	for _, name := range []string{"quiet", "exit-zero", "allow-incomplete", "verbose", "drafts", "children"} {
		if v := a.config.GetString(name); v != "" {
			if _, err := strconv.ParseBool(v); err != nil {
				return usagef("%s: %q is not true or false", a.originOf(cmd, name), v)
			}
		}
	}
	if err := a.checkNumbers(cmd); err != nil {
		return err
	}
	return a.readLimits(cmd)
}

// checkNumbers sees to it that what environment and file say is a number or a time where
// one is due: else it would pass for 0, which sets no bound.
func (a *app) checkNumbers(cmd *cobra.Command) error {
	for _, name := range []string{"jobs", "nice"} {
		if v := a.config.GetString(name); v != "" {
			if _, err := strconv.Atoi(v); err != nil {
				return usagef("%s: %q is not a number", a.originOf(cmd, name), v)
			}
		}
	}
	if v := a.config.GetString("timeout"); v != "" {
		if _, err := time.ParseDuration(v); err != nil {
			return usagef("%s: %q is not a time such as 90s or 5m", a.originOf(cmd, "timeout"), v)
		}
	}
	return nil
}

// settingNames lists all settings but the limits.
func settingNames() []string { return slices.Sorted(maps.Keys(settings)) }

// allSettings lists the limits too.
func allSettings() []string {
	names := settingNames()
	for _, b := range defaultLimits().bounds() {
		if !b.IsFixed() {
			names = append(names, b.Name)
		}
	}
	return names
}

// fromDefault is the origin of what nobody has set.
const fromDefault = "default"

// originOf tells where a setting comes from: flag, environment, file:line or
// default.
func (a *app) originOf(cmd *cobra.Command, name string) string {
	if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
		return "flag --" + name
	}
	env := envName(name)
	if a.sys.Getenv(env) != "" {
		return "environment " + env
	}
	if a.source != "" && a.config.InConfig(name) {
		return fmt.Sprintf("%s:%d", a.source, a.lines[name])
	}
	return fromDefault
}

func envName(name string) string {
	return envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// readConfigFile reads apkaudit.yaml where there is one. Unknown keys are
// errors with their line: a misspelt key must not be silently ignored.
func (a *app) readConfigFile() error {
	path, data, err := a.findConfigFile()
	if err != nil || path == "" {
		return err
	}
	a.source, a.lines = path, map[string]int{}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return usagef("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil
	}
	if err := a.checkKeys(doc.Content[0]); err != nil {
		return err
	}
	if data, err = yaml.Marshal(doc.Content[0]); err != nil {
		return usagef("%s: %v", path, err)
	}
	a.config.SetConfigType("yaml")
	if err := a.config.ReadConfig(bytes.NewReader(data)); err != nil {
		return usagef("%s: %v", path, err)
	}
	return nil
}

// plainTags are the kinds of YAML values that settings have.
var plainTags = []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"}

// checkKeys sees that each key of the file is a setting and has the kind of value that it
// takes, and notes its line. One value of a setting that may have several is made a
// list, which viper would else make of its words.
func (a *app) checkKeys(top *yaml.Node) error {
	if top.Kind != yaml.MappingNode {
		return usagef("%s:%d: the file must hold \"key: value\" lines", a.source, top.Line)
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, line, value := top.Content[i].Value, top.Content[i].Line, top.Content[i+1]
		if _, ok := settings[key]; !ok && !isLimit(key) {
			return usagef("%s:%d: unknown key %q; keys are the long flag names: %s, and those that 'apkaudit help limits' lists", a.source, line, key, strings.Join(settingNames(), ", "))
		}
		values, several := []*yaml.Node{value}, slices.Contains(listSettings, key)
		if several && value.Kind == yaml.SequenceNode {
			values = value.Content
		}
		for _, v := range values {
			if v.Kind != yaml.ScalarNode {
				return usagef("%s:%d: %s needs a plain value", a.source, v.Line, key)
			}
			if !slices.Contains(plainTags, v.Tag) { // a kind of somebody's own, whose value nobody reads
				return usagef("%s:%d: %s has a value of unknown kind %s", a.source, v.Line, key, v.Tag)
			}
		}
		if several && value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
			top.Content[i+1] = &yaml.Node{Kind: yaml.SequenceNode, Content: values}
		}
		a.lines[key] = line
	}
	return nil
}

// findConfigFile walks from the working directory up to the repository root;
// outside a repository only the working directory counts.
func (a *app) findConfigFile() (string, []byte, error) {
	inRepo := false
	for dir := a.sys.Dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			inRepo = true
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for dir := a.sys.Dir; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, configFile)
		info, err := os.Stat(path)
		switch {
		case err == nil && info.Size() > maxConfigBytes:
			return "", nil, usagef("%s: larger than %d bytes (max-config-bytes)", path, maxConfigBytes)
		case err == nil:
			data, err := os.ReadFile(path)
			if err != nil {
				return "", nil, usagef("%s: cannot be read: %v", path, errors.Unwrap(err))
			}
			return shorter(a.sys.Dir, path), data, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", nil, usagef("%s: %v", path, err)
		}
		_, atRoot := os.Stat(filepath.Join(dir, ".git"))
		if !inRepo || atRoot == nil || dir == filepath.Dir(dir) {
			return "", nil, nil
		}
	}
}

// shorter shows a path relative to dir where that is shorter.
func shorter(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print every setting, its value and where it comes from",
		Long: `Print every setting that flags, the environment or apkaudit.yaml can give, its
value and its origin; behind them the limits on what is read, of which "apkaudit help
limits" tells more. A flag goes before the environment (APKAUDIT_FAIL_ON for
--fail-on), the environment before apkaudit.yaml, the file before the default.

apkaudit.yaml is looked for from the working directory upward to the root of the
repository (outside a repository only in the working directory), and never
beside the scanned file. Its keys are the long flag names.`,
		Args: cobra.NoArgs,
	}
	addGateFlags(cmd)
	addJudgeFlags(cmd.Flags())
	addScanFlags(cmd.Flags())
	addTriageFlags(cmd.Flags())
	addProgressFlag(cmd.Flags())
	addBatchFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range settingNames() {
			v := a.config.GetString(name)
			if list := a.config.GetStringSlice(name); isList(cmd.Flags().Lookup(name)) {
				v = "[" + strings.Join(list, ", ") + "]"
			}
			fmt.Fprintf(a.sys.Stdout, "%-24s %-12s %s\n", name, oneLine(v), a.originOf(cmd, name))
		}
		for _, b := range a.limits.bounds() {
			origin := "fixed"
			if !b.IsFixed() {
				origin = a.originOf(cmd, b.Name)
			}
			fmt.Fprintf(a.sys.Stdout, "%-24s %-12s %s\n", b.Name, b.Text(b.Value()), origin)
		}
		return nil
	}
	return cmd
}

func isList(f *pflag.Flag) bool { return f != nil && f.Value.Type() == "stringArray" }
