package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

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
}

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
	for _, name := range settingNames() { // before the file, behind the flags
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
	return nil
}

func settingNames() []string {
	var names []string
	for n := range settings {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

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
		return a.source
	}
	return "default"
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
	a.source = path
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return usagef("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) > 0 {
		top := doc.Content[0]
		if top.Kind != yaml.MappingNode {
			return usagef("%s:%d: the file must hold \"key: value\" lines", path, top.Line)
		}
		for i := 0; i+1 < len(top.Content); i += 2 {
			if _, ok := settings[top.Content[i].Value]; !ok {
				return usagef("%s:%d: unknown key %q; keys are the long flag names: %s", path, top.Content[i].Line, top.Content[i].Value, strings.Join(settingNames(), ", "))
			}
		}
	}
	a.config.SetConfigType("yaml")
	if err := a.config.ReadConfig(bytes.NewReader(data)); err != nil {
		return usagef("%s: %v", path, err)
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
			return "", nil, usagef("%s: larger than %d bytes", path, maxConfigBytes)
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
value and its origin. A flag goes before the environment (APKAUDIT_FAIL_ON for
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
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range settingNames() {
			v := a.config.GetString(name)
			if list := a.config.GetStringSlice(name); isList(cmd.Flags().Lookup(name)) {
				v = "[" + strings.Join(list, ", ") + "]"
			}
			fmt.Fprintf(a.sys.Stdout, "%-17s %-12s %s\n", name, oneLine(v), a.originOf(cmd, name))
		}
		return nil
	}
	return cmd
}

func isList(f *pflag.Flag) bool { return f != nil && f.Value.Type() == "stringArray" }
