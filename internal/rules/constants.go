package rules

import (
	"regexp"
	"slices"
	"strings"
)

// Kinds of strings that mean something by themselves wherever a method that
// understands them is given one.
const (
	ConstantProperty = "property" // name of a system property
	ConstantSetting  = "setting"  // key of Settings.Secure, System or Global
	ConstantFile     = "file"     // absolute path
	ConstantCommand  = "command"  // command line
	ConstantURI      = "uri"      // address of a content provider or part of one
	ConstantAction   = "action"   // intent action
)

var constantKinds = []string{ConstantProperty, ConstantSetting, ConstantFile, ConstantCommand, ConstantURI, ConstantAction}

// Constants are strings that stand for a behaviour when a consumer of their kind
// gets them. One string of a kind belongs to one behaviour; where several that
// overlap fit a text, the longest counts.
type Constants struct {
	Properties []string `yaml:"properties" json:"properties,omitempty"`
	Settings   []string `yaml:"settings" json:"settings,omitempty"`
	// Files are absolute paths; a trailing * stands for any rest.
	Files []string `yaml:"files" json:"files,omitempty"`
	// Commands are what a command line begins with, in whole words and without
	// the folder of the program: see CommandWords. What CommandReads knows needs
	// no entry.
	Commands []string `yaml:"commands" json:"commands,omitempty"`
	// URIs fit themselves and what continues them with / or ?.
	URIs    []string `yaml:"uris" json:"uris,omitempty"`
	Actions []string `yaml:"actions" json:"actions,omitempty"`
}

// ConstantList is the constants of one kind.
type ConstantList struct {
	Kind string
	Text []string
}

// Lists returns the constants by kind, always in the same order.
func (c *Constants) Lists() []ConstantList {
	return []ConstantList{
		{ConstantProperty, c.Properties}, {ConstantSetting, c.Settings}, {ConstantFile, c.Files},
		{ConstantCommand, c.Commands}, {ConstantURI, c.URIs}, {ConstantAction, c.Actions},
	}
}

// Len is the number of constants.
func (c *Constants) Len() int {
	n := 0
	for _, l := range c.Lists() {
		n += len(l.Text)
	}
	return n
}

// Consumer is a method that understands constants of one kind: its parameter Arg,
// counted from 0 without the receiver, is one. Where that parameter is an array
// of strings, its elements joined by one blank are meant.
type Consumer struct {
	Kind   string `yaml:"kind" json:"kind"`
	Method string `yaml:"method" json:"method"`
	Arg    int    `yaml:"arg" json:"arg"`
}

var (
	// shellStop ends the first command of a line.
	shellStop = "|;&<>\n"
	// shells run the command that follows the flag -c.
	shells = []string{"sh", "su"}
)

// maxShells is how often a command may stand inside another one's -c.
const maxShells = 4

// CommandWords takes the first command of a line apart: its words without
// quotes, the first one without its folder.
func CommandWords(line string) []string {
	if end := strings.IndexAny(line, shellStop); end >= 0 {
		line = line[:end]
	}
	words := strings.Fields(line)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Trim(w, `"'`) == "" })
	for i, w := range words {
		words[i] = strings.Trim(w, `"'`)
	}
	if len(words) > 0 {
		words[0] = words[0][strings.LastIndexByte(words[0], '/')+1:]
	}
	return words
}

// CommandReads returns the constant that a command reads, by kind: the file of
// `cat FILE`, the property of `getprop NAME`, the key of `settings get TABLE KEY`.
// The kind is "" for any other command.
func CommandReads(words []string) (kind, text string) {
	switch {
	case len(words) > 1 && words[0] == "cat":
		return ConstantFile, words[1]
	case len(words) > 1 && words[0] == "getprop":
		return ConstantProperty, words[1]
	case len(words) > 3 && words[0] == "settings" && words[1] == "get":
		return ConstantSetting, words[3]
	}
	return "", ""
}

// Commands returns what a line runs: the command that a shell or su is told to
// run before the call of that shell.
func Commands(line string) [][]string {
	out := [][]string{CommandWords(line)}
	for range maxShells {
		words := out[0]
		if len(words) < 3 || !slices.Contains(shells, words[0]) || words[1] != "-c" {
			break
		}
		out = slices.Insert(out, 0, CommandWords(strings.Join(words[2:], " ")))
	}
	return out
}

var (
	propertyName = regexp.MustCompile(`^[\w.@:-]+$`)
	settingKey   = regexp.MustCompile(`^[\w.:-]+$`)
	filePath     = regexp.MustCompile(`^/[^\s*]*\*?$`)
	contentURI   = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^\s?#]*[^\s?#/]$`)
	actionName   = regexp.MustCompile(`^[\w.]*\w$`)
)

// constantFault says what is wrong with a constant of a kind, "" for nothing.
func constantFault(kind, text string) string {
	switch {
	case kind == ConstantProperty && !propertyName.MatchString(text):
		return "is not the name of a system property"
	case kind == ConstantSetting && !settingKey.MatchString(text):
		return "is not the key of a setting"
	case kind == ConstantFile && !filePath.MatchString(text):
		return "is not an absolute path, of which only the end may be *"
	case kind == ConstantURI && !contentURI.MatchString(text):
		return "is not an address such as content://sms, without / at its end and without ?"
	case kind == ConstantAction && !actionName.MatchString(text):
		return "is not an intent action"
	case kind == ConstantCommand:
		return commandFault(text)
	}
	return ""
}

func commandFault(text string) string {
	runs := Commands(text)
	switch words := strings.Join(runs[len(runs)-1], " "); {
	case words == "" || words != text:
		return "is not a command in words: one blank between them, no quotes, no folder before the program, one command only"
	case len(runs) > 1:
		return "is run by a shell; list the command itself"
	}
	if kind, what := CommandReads(runs[0]); kind != "" {
		return "needs no entry: list the " + kind + " " + what
	}
	return ""
}

// checkConstants verifies the constants of all behaviours. One string stands under
// one behaviour; a longer one that it begins may stand under another.
func checkConstants(s *Source, o *origin) error {
	owner := map[[2]string]string{}
	for i := range s.Behaviours {
		b := &s.Behaviours[i]
		for _, l := range b.Constants.Lists() {
			for _, text := range l.Text {
				if msg := constantFault(l.Kind, text); msg != "" {
					return o.fault("behaviour", b.ID, text, "%q %s", text, msg)
				}
				key := [2]string{l.Kind, text}
				if first, dup := owner[key]; dup {
					return o.fault("behaviour", b.ID, text, "the %s %q stands under %s already", l.Kind, text, first)
				}
				owner[key] = b.ID
			}
		}
	}
	return checkConsumers(s, o)
}

func checkConsumers(s *Source, o *origin) error {
	for _, c := range s.Consumers {
		fault := func(needle, format string, args ...any) error {
			return o.fault("consumer", c.Method, needle, format, args...)
		}
		if !slices.Contains(constantKinds, c.Kind) {
			return fault(c.Kind, "unknown kind %q (one of %s)", c.Kind, strings.Join(constantKinds, ", "))
		}
		if !methodSyntax.MatchString(c.Method) {
			return fault("", "it is not a method descriptor (Lpkg/Class;->name(params)ret)")
		}
		params := Parameters(c.Method)
		if c.Arg < 0 || c.Arg >= len(params) {
			return fault("", "argument %d of a method with %d parameters", c.Arg, len(params))
		}
		if p := params[c.Arg]; p != stringType && p != "["+stringType {
			return fault("", "argument %d is %s, neither a string nor an array of strings", c.Arg, p)
		}
	}
	return nil
}

const stringType = "Ljava/lang/String;"
