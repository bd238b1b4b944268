package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"apkaudit/internal/report"
)

// The files that others build on: the GitHub action, the GitLab job, the
// pre-commit hook, the image and the release.
const (
	actionFile  = ".github/actions/apkaudit/action.yml"
	installFile = ".github/actions/apkaudit/install.sh"
	scanFile    = ".github/actions/apkaudit/scan.sh"
	gitlabFile  = ".gitlab/apkaudit.gitlab-ci.yml"
	hooksFile   = ".pre-commit-hooks.yaml"
	imageFile   = "cmd/apkaudit/Dockerfile"
	releaseFile = ".goreleaser.yaml"
	readmeFile  = "README.md"
)

// kitFile reads a file by its path below the root of the repository.
func kitFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func kitYAML(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(kitFile(t, name)), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// commandTree is the command line as a user without settings has it.
func commandTree() *cobra.Command {
	a := &app{sys: System{Getenv: func(string) string { return "" }}}
	return a.root()
}

// notBuiltYet names what the kit uses of the rest of issue 6. An entry that
// exists by now fails the test, so that the list empties itself.
var notBuiltYet = []string{}

// must fails for what the kit uses and the program does not have.
func must(t *testing.T, where, what string, exists bool) {
	t.Helper()
	waiting := slices.Contains(notBuiltYet, what)
	switch {
	case !exists && !waiting:
		t.Errorf("%s uses %s, which the program does not have", where, what)
	case exists && waiting:
		t.Errorf("%s exists now: take it out of notBuiltYet", what)
	}
}

// lines joins the lines that a backslash continues.
func lines(text string) []string {
	return strings.Split(regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, " "), "\n")
}

// fenced returns the lines of a Markdown text that stand in code blocks.
func fenced(text string) string {
	var out []string
	in := false
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			in = !in
		case in:
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

var (
	useOfProgram = regexp.MustCompile(`\bapkaudit"? ([a-z]+)(.*)`)
	useOfFlag    = regexp.MustCompile(`(?:^|[\s(\[])(--[a-z][a-z-]*|-[a-z]\b)`)
	useOfFormat  = regexp.MustCompile(`-o ([a-z]+)`)
	useOfSetting = regexp.MustCompile(`\bAPKAUDIT_[A-Z_]+`)
)

// formatsIn lists the formats that the help of -o names: every command has its own.
func formatsIn(usage string) []string {
	_, list, _ := strings.Cut(usage, "formats: ")
	list, _, _ = strings.Cut(list, " (")
	return strings.Split(list, ", ")
}

// checkFlags compares flags and formats of one command line with the command.
func checkFlags(t *testing.T, where string, cmd *cobra.Command, rest string) int {
	t.Helper()
	n := 0
	for _, m := range useOfFlag.FindAllStringSubmatch(rest, -1) {
		n++
		name := strings.TrimLeft(m[1], "-")
		find := func(set *pflag.FlagSet) bool {
			if len(m[1]) == 2 {
				return set.ShorthandLookup(name) != nil
			}
			return set.Lookup(name) != nil
		}
		cmd.InitDefaultHelpFlag()
		must(t, where, m[1], find(cmd.Flags()) || find(cmd.InheritedFlags()))
	}
	if f := cmd.Flags().Lookup("output"); f != nil && isList(f) {
		known := formatsIn(f.Usage)
		if cmd.Flags().Lookup("template") != nil {
			known = append(known, report.TemplateName)
		}
		for _, m := range useOfFormat.FindAllStringSubmatch(rest, -1) {
			must(t, where, "-o "+m[1], slices.Contains(known, m[1]))
		}
	}
	return n
}

// TestKitUsesWhatExists compares every command line, flag, format and setting
// that stands in the kit (and in the code blocks of the README) with the program.
func TestKitUsesWhatExists(t *testing.T) {
	root := commandTree()
	commands, flags := 0, 0
	for _, name := range []string{gitlabFile, hooksFile, imageFile, actionFile, ".ci/release-files", readmeFile} {
		text := kitFile(t, name)
		if name == readmeFile {
			text = fenced(text)
		}
		for _, line := range lines(text) {
			line, _, _ = strings.Cut(line, "  #")
			m := useOfProgram.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			cmd, args, err := root.Find(append([]string{m[1]}, strings.Fields(m[2])...))
			if err != nil || cmd == root {
				if name == readmeFile {
					t.Errorf("%s: there is no command %q", name, m[1])
				}
				continue // prose
			}
			commands++
			flags += checkFlags(t, name, cmd, strings.Join(args, " "))
		}
	}
	scan, _, err := root.Find([]string{"scan"})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines(kitFile(t, scanFile)) {
		if _, rest, ok := strings.Cut(line, "command+=("); ok {
			flags += checkFlags(t, scanFile, scan, " "+rest)
		}
	}
	for _, entry := range hooks(t) {
		cmd, args, err := root.Find(strings.Fields(entry["entry"].(string))[1:])
		if err != nil || cmd == root {
			t.Errorf("%s: %q names no command", hooksFile, entry["entry"])
			continue
		}
		flags += checkFlags(t, hooksFile, cmd, strings.Join(args, " "))
	}
	if commands < 20 || flags < 20 {
		t.Errorf("found only %d command lines and %d flags: the search is broken", commands, flags)
	}
	own := []string{"APKAUDIT_SOURCE", "APKAUDIT_REF", "APKAUDIT_APK"} // of the job itself
	for _, name := range useOfSetting.FindAllString(kitFile(t, gitlabFile), -1) {
		if !slices.Contains(own, name) && !slices.ContainsFunc(settingNames(), func(s string) bool { return envName(s) == name }) {
			t.Errorf("%s sets %s, which is no setting", gitlabFile, name)
		}
	}
}

func hooks(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	kitYAML(t, hooksFile, &out)
	if len(out) == 0 {
		t.Fatalf("%s holds no hook", hooksFile)
	}
	return out
}

// TestHooks: the hook meets policies by their names and nothing else.
func TestHooks(t *testing.T) {
	for _, h := range hooks(t) {
		if h["language"] != "golang" || h["id"] == "" || h["name"] == "" {
			t.Errorf("%s: %v", hooksFile, h)
		}
		files := regexp.MustCompile(h["files"].(string))
		for name, want := range map[string]bool{
			"docs/privacy.html": true, "Privacy-Policy.zh.md": true, "legal/隐私政策.txt": true, "legal/privacy.pdf": true, "policy/PRIVACY.DOCX": true,
			"app/src/PrivacyActivity.java": false, "privacy/index.css": false, "README.md": false,
		} {
			if files.MatchString(name) != want {
				t.Errorf("%s: hook %s and %s: want %v", hooksFile, h["id"], name, want)
			}
		}
	}
}

// TestAction: every input that is used is declared and the other way round, and
// none stands inside a script, where it could become a command.
func TestAction(t *testing.T) {
	type step struct {
		ID, Shell, Run, Uses string
		Env                  map[string]string
	}
	var action struct {
		Inputs  map[string]struct{ Description, Default string }
		Outputs map[string]struct{ Description, Value string }
		Runs    struct {
			Using string
			Steps []step
		}
	}
	kitYAML(t, actionFile, &action)
	if action.Runs.Using != "composite" || len(action.Runs.Steps) == 0 || len(action.Outputs) == 0 {
		t.Fatalf("%s: %+v", actionFile, action)
	}
	used := map[string]bool{}
	input := regexp.MustCompile(`inputs\.([a-z-]+)`)
	for _, s := range action.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("%s: step %s has an expression inside its script", actionFile, s.ID)
		}
		if s.Uses == "" && (s.Shell != "bash" || s.Run == "") {
			t.Errorf("%s: step %s runs nothing in bash", actionFile, s.ID)
		}
		for name, value := range s.Env {
			for _, m := range input.FindAllStringSubmatch(value, -1) {
				used[m[1]] = true
				if _, declared := action.Inputs[m[1]]; !declared {
					t.Errorf("%s: step %s uses the input %s, which is not declared", actionFile, s.ID, m[1])
				}
				if want := "INPUT_" + strings.ToUpper(strings.ReplaceAll(m[1], "-", "_")); name != want {
					t.Errorf("%s: the input %s reaches the script as %s, want %s", actionFile, m[1], name, want)
				}
			}
			if !strings.Contains(kitFile(t, installFile)+kitFile(t, scanFile)+s.Run, "$"+name) && !strings.Contains(kitFile(t, installFile)+kitFile(t, scanFile), "${"+name) {
				t.Errorf("%s: no script reads %s", actionFile, name)
			}
		}
	}
	for name, in := range action.Inputs {
		if !used[name] || in.Description == "" {
			t.Errorf("%s: the input %s is unused or not described", actionFile, name)
		}
	}
	for name, out := range action.Outputs {
		if !strings.Contains(kitFile(t, scanFile), name+"=") || !strings.Contains(out.Value, "outputs."+name) {
			t.Errorf("%s: the output %s is not written", actionFile, name)
		}
	}
}

// TestOneVersion: the program, the change log and the examples say the same.
func TestOneVersion(t *testing.T) {
	m := regexp.MustCompile(`(?m)^## (\S+) — (unreleased|\d{4}-\d{2}-\d{2})$`).FindStringSubmatch(kitFile(t, "cmd/apkaudit/CHANGELOG.md"))
	if m == nil || m[1] != Version {
		t.Errorf("the newest entry of the change log is %q, the program says %s", m, Version)
	}
	for _, name := range []string{gitlabFile, hooksFile} {
		for _, ref := range regexp.MustCompile(`\bv\d+\.\d+\.\d+`).FindAllString(kitFile(t, name), -1) {
			if ref != "v"+Version {
				t.Errorf("%s names %s, the program is v%s", name, ref, Version)
			}
		}
	}
}

// TestOneBuild: the release, the image, the action, the GitLab job and the proof
// that builds are reproducible build alike; archives are named as the action
// looks for them and hold what they must.
func TestOneBuild(t *testing.T) {
	var release struct {
		Version int
		Before  struct{ Hooks []string }
		Builds  []struct {
			Main                              string
			Env, Flags, Ldflags, Goos, Goarch []string
			ModTimestamp                      string `yaml:"mod_timestamp"`
		}
		Archives []struct {
			Formats      []string
			NameTemplate string `yaml:"name_template"`
			Files        []struct{ Src string }
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
			Algorithm    string
		}
		Sboms []any
	}
	kitYAML(t, releaseFile, &release)
	if release.Version != 2 || len(release.Builds) != 1 || len(release.Archives) != 1 || len(release.Sboms) == 0 {
		t.Fatalf("%s: %+v", releaseFile, release)
	}
	b := release.Builds[0]
	flags := strings.Join(b.Flags, " ") + ` -ldflags "` + strings.Join(b.Ldflags, " ") + `"`
	if want := `-trimpath -buildvcs=false -ldflags "-s -w -buildid="`; flags != want || !slices.Contains(b.Env, "CGO_ENABLED=0") || b.ModTimestamp == "" {
		t.Errorf("%s builds with %s, want %s", releaseFile, flags, want)
	}
	for _, name := range []string{imageFile, installFile, gitlabFile, ".ci/reproducible"} {
		if text := kitFile(t, name); !strings.Contains(text, flags) || !strings.Contains(text, "CGO_ENABLED=0") {
			t.Errorf("%s does not build with CGO_ENABLED=0 and %s", name, flags)
		}
	}
	a := release.Archives[0]
	named := strings.NewReplacer("{{ .Version }}", "${version}", "{{ .Os }}", "${os}", "{{ .Arch }}", "${arch}").Replace(a.NameTemplate)
	if install := kitFile(t, installFile); !strings.Contains(install, named+"."+a.Formats[0]) || !strings.Contains(install, release.Checksum.NameTemplate) || release.Checksum.Algorithm != "sha256" {
		t.Errorf("%s looks for other files than %s writes", installFile, releaseFile)
	}
	for _, f := range a.Files {
		if strings.HasPrefix(f.Src, ".cache/release/") { // written by .ci/release-files
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", f.Src)); err != nil {
			t.Errorf("%s: %v", releaseFile, err)
		}
	}
	for _, hook := range release.Before.Hooks {
		if strings.HasPrefix(hook, ".ci/") {
			if info, err := os.Stat(filepath.Join("../..", strings.Fields(hook)[0])); err != nil || info.Mode()&0o111 == 0 {
				t.Errorf("%s runs %s, which is no program (%v)", releaseFile, hook, err)
			}
		}
	}
}

// TestImage: what the image copies is let through to the build, it runs without
// rights and holds no shell.
func TestImage(t *testing.T) {
	text := kitFile(t, imageFile)
	for _, want := range []string{"FROM scratch\n", "USER 65532:65532\n", `ENTRYPOINT ["/apkaudit"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q", imageFile, want)
		}
	}
	let := map[string]bool{}
	for line := range strings.Lines(kitFile(t, ".dockerignore")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			let[name] = true
		}
	}
	for _, name := range []string{"cmd", "internal", "signatures", "go.mod", "go.sum", "LICENSE", "NOTICE"} {
		if !let[name] {
			t.Errorf(".dockerignore keeps %s out of the build", name)
		}
	}
	go1 := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(kitFile(t, "go.mod"))[1]
	if !strings.Contains(text, "ARG GO_VERSION="+go1+".") || !strings.Contains(kitFile(t, gitlabFile), "image: golang:"+go1+"\n") {
		t.Errorf("%s and %s build with another Go than go.mod's %s", imageFile, gitlabFile, go1)
	}
}

// TestShellScripts: shellcheck finds nothing, where it is installed.
func TestShellScripts(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is not installed")
	}
	for _, name := range []string{installFile, scanFile, ".ci/run", ".ci/release-files", ".ci/reproducible"} {
		if out, err := exec.Command("shellcheck", "--severity=warning", filepath.Join("../..", name)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	var job map[string]struct {
		BeforeScript []string `yaml:"before_script"`
		Script       []string
	}
	kitYAML(t, gitlabFile, &job)
	for _, script := range append(job[".apkaudit"].BeforeScript, job[".apkaudit"].Script...) {
		cmd := exec.Command("shellcheck", "--severity=warning", "--shell=sh", "-")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", gitlabFile, err, out)
		}
	}
}

// TestManPages: every command has a page, and the page holds all words of its
// help: what roff or Markdown take for markup would be lost. (Cobra's own help of
// completion has Markdown headings, whose signs go.)
func TestManPages(t *testing.T) {
	plain := strings.NewReplacer(`\fB`, "", `\fP`, "", `\fI`, "", `\fR`, "", `\-`, "-", `\&`, "", `\\`, `\`, `\(aq`, "'", `\(dq`, `"`, `\[dq]`, `"`)
	var walk func(cmd *cobra.Command)
	pages := 0
	walk = func(cmd *cobra.Command) {
		page, err := manPage(cmd)
		if err != nil {
			t.Error(err)
			return
		}
		pages++
		if bytes.Contains(page, []byte("Jan 0001")) || bytes.Contains(page, []byte("spf13")) {
			t.Errorf("the page of %s has a date or a generator's name", cmd.CommandPath())
		}
		text := plain.Replace(string(page))
		for _, help := range []string{cmd.Short, cmd.Long, cmd.Example} {
			for _, word := range strings.Fields(help) {
				if strings.Trim(word, "#") != "" && !strings.Contains(text, word) {
					t.Errorf("the page of %s lacks %q", cmd.CommandPath(), word)
				}
			}
		}
		cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(text, "--"+f.Name) {
				t.Errorf("the page of %s lacks --%s", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				walk(sub)
			}
		}
	}
	walk(commandTree())
	if pages < 15 {
		t.Errorf("only %d pages", pages)
	}
}

// TestCompletionOfSettings: a setting with a closed list of values offers them
// wherever its flag stands.
func TestCompletionOfSettings(t *testing.T) {
	n := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for name, values := range settings {
			f := cmd.Flag(name)
			if f == nil || values == nil {
				continue
			}
			fn, ok := cmd.GetFlagCompletionFunc(name)
			if !ok {
				t.Errorf("%s --%s offers no values", cmd.CommandPath(), name)
				continue
			}
			n++
			if got, directive := fn(cmd, nil, ""); !slices.Equal(got, values) || directive != cobra.ShellCompDirectiveNoFileComp {
				t.Errorf("%s --%s offers %v, want %v", cmd.CommandPath(), name, got, values)
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(commandTree())
	if n < 4 {
		t.Errorf("only %d flags with a closed list", n)
	}
}

// TestCompletionOfFormats: -o offers the formats that its help names, of every
// command; a command with formats of its own registers them itself (completeOutput).
func TestCompletionOfFormats(t *testing.T) {
	n := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if f := cmd.Flags().Lookup("output"); isList(f) {
			n++
			fn, ok := cmd.GetFlagCompletionFunc("output")
			if !ok {
				t.Fatalf("%s -o offers nothing", cmd.CommandPath())
			}
			offered, _ := fn(cmd, nil, "")
			for i, x := range offered {
				offered[i], _, _ = strings.Cut(x, "\t")
			}
			_, help, _ := strings.Cut(f.Usage, "formats: ")
			help, _, _ = strings.Cut(help, " (")
			if got := strings.Join(offered, ", "); got != help {
				t.Errorf("%s -o offers %s, its help says %s", cmd.CommandPath(), got, help)
			}
			if files, directive := fn(cmd, nil, "json=a"); len(files) > 0 || directive != cobra.ShellCompDirectiveDefault {
				t.Errorf("%s -o json= offers %v instead of files", cmd.CommandPath(), files)
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(commandTree())
	if n < 3 {
		t.Errorf("only %d commands with formats", n)
	}
}
