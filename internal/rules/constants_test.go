package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"getprop", "[[getprop]]"},
		{" /system/bin/getprop  ro.serialno ", "[[getprop ro.serialno]]"},
		{"cat /proc/cpuinfo | grep Serial", "[[cat /proc/cpuinfo]]"},
		{`sh -c "cat /proc/net/arp; id"`, "[[cat /proc/net/arp] [sh -c cat /proc/net/arp]]"},
		{"/system/bin/sh -c getprop", "[[getprop] [sh -c getprop]]"},
		{"su -c sh -c 'pm list packages'", "[[pm list packages] [sh -c pm list packages] [su -c sh -c pm list packages]]"},
		{"su", "[[su]]"},
		{"sh -c", "[[sh -c]]"},
		{"", "[[]]"},
		{`" ' ;`, "[[]]"},
	} {
		if got := fmt.Sprint(Commands(c.line)); got != c.want {
			t.Errorf("%q: got %s, want %s", c.line, got, c.want)
		}
	}
	if got := len(Commands(strings.Repeat("sh -c ", 100) + "id")); got != maxShells+1 {
		t.Errorf("a hundred shells give %d commands, want %d", got, maxShells+1)
	}
}

// TestConstantFaults: what is no constant of its kind, or stands twice, is a
// fault with file and line.
func TestConstantFaults(t *testing.T) {
	behaviour := func(constants string) string {
		return "behaviours:\n  - id: read_x\n    name: {zh: 读取, en: Read}\n    data: [imei]\n    constants:\n      " + constants + "\n"
	}
	consumer := func(entry string) string { return "consumers:\n  - {" + entry + "}\n" }
	for _, c := range []struct {
		name, file, text string
		line             int
		msg              string
	}{
		{"unknown kind", "x.yaml", behaviour("pipes: [x]"), 6, `unknown key "pipes"`},
		{"a property with blanks", "x.yaml", behaviour("properties: [ro serial]"), 6, "not the name of a system property"},
		{"a setting as an address", "x.yaml", behaviour("settings: ['content://settings/x']"), 6, "not the key of a setting"},
		{"a path that is not absolute", "x.yaml", behaviour("files: [proc/x]"), 6, "not an absolute path"},
		{"a star inside a path", "x.yaml", behaviour("files: [/proc/*/x]"), 6, "not an absolute path"},
		{"an address that ends in a slash", "x.yaml", behaviour("uris: ['content://x/']"), 6, "without / at its end"},
		{"an action with blanks", "x.yaml", behaviour("actions: [a b]"), 6, "not an intent action"},
		{"a program with its folder", "x.yaml", behaviour("commands: [/system/bin/id]"), 6, "no folder"},
		{"two commands", "x.yaml", behaviour("commands: ['id; su']"), 6, "one command only"},
		{"a command run by a shell", "x.yaml", behaviour("commands: [sh -c id]"), 6, "run by a shell"},
		{"a file as a command", "x.yaml", behaviour("commands: [cat /proc/x]"), 6, "list the file /proc/x"},
		{"twice in one behaviour", "x.yaml", behaviour("settings: [x_a, x_a]"), 6, "stands under read_x already"},
		{"in two behaviours", "x.yaml", behaviour("settings: [android_id]"), 6, "stands under read_android_id already"},
		{"a consumer of nothing known", "consumers.yaml", consumer("kind: pipe, method: 'La/B;->c(Ljava/lang/String;)V', arg: 0"), 2, `unknown kind "pipe"`},
		{"a consumer that is no method", "consumers.yaml", consumer("kind: file, method: a.B.c, arg: 0"), 2, "not a method descriptor"},
		{"a consumer without that argument", "consumers.yaml", consumer("kind: file, method: 'La/B;->c(I)V', arg: 1"), 2, "argument 1 of a method with 1"},
		{"a consumer of an int", "consumers.yaml", consumer("kind: file, method: 'La/B;->c(I)V', arg: 0"), 2, "neither a string nor"},
		{"a consumer twice", "consumers.yaml", "consumers:\n  - {kind: file, method: 'La/B;->c(Ljava/lang/String;)V'}\n  - {kind: uri, method: 'La/B;->c(Ljava/lang/String;)V'}\n", 0, "already"},
		{"behaviours among the consumers", "consumers.yaml", behaviour("settings: [x_a]"), 2, "unknown key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(t, map[string]string{"apis/" + c.file: c.text}))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a fault with a place", err)
			}
			if !strings.HasSuffix(e.File, c.file) || c.line != 0 && e.Line != c.line || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got %v, want %s:%d … %s", err, c.file, c.line, c.msg)
			}
		})
	}
}

// TestLongerConstantMayStandElsewhere: of constants that overlap, the longer one
// may mean something else; lint tells where it means the same.
func TestLongerConstantMayStandElsewhere(t *testing.T) {
	text := `behaviours:
  - {id: read_x, name: {zh: 读取, en: Read}, data: [imei], constants: {files: [/acme/*, /acme/b], uris: ["content://acme", "content://acme/x"], commands: [acme, acme y]}}
  - {id: read_y, name: {zh: 读取, en: Read}, data: [imei], constants: {files: [/acme/a], uris: ["content://acme/y"], commands: [acme z], settings: [acme]}}
`
	set, err := LoadFull(overlay(t, map[string]string{"apis/x.yaml": text}))
	if err != nil {
		t.Fatal(err)
	}
	if n := set.Behaviour("read_x").Constants.Len(); n != 6 {
		t.Errorf("%d constants, want 6", n)
	}
	_, hints := Lint(set)
	hints = slices.DeleteFunc(hints, func(h string) bool { return !strings.Contains(h, "read_x") && !strings.Contains(h, "read_y") })
	want := []string{
		"behaviour read_x: /acme/b is covered by /acme/*",
		"behaviour read_x: acme y is covered by acme",
		"behaviour read_x: content://acme/x is covered by content://acme",
	}
	if !slices.Equal(hints, want) {
		t.Errorf("got %q, want %q", hints, want)
	}
}

// TestDigestsKnowConstants: reports made with other constants or consumers are
// told apart.
func TestDigestsKnowConstants(t *testing.T) {
	seen := map[string]string{}
	for name, files := range map[string]map[string]string{
		"as built in": {"clauses.yaml": "clauses: []\n"},
		"a constant":  {"apis/x.yaml": "behaviours:\n  - {id: a, name: {zh: 甲, en: A}, data: [imei], constants: {files: [/acme]}}\n"},
		"another one": {"apis/x.yaml": "behaviours:\n  - {id: a, name: {zh: 甲, en: A}, data: [imei], constants: {files: [/acme/*]}}\n"},
		"a consumer":  {"apis/consumers.yaml": "consumers:\n  - {kind: file, method: 'La/B;->c(Ljava/lang/String;)V', arg: 0}\n"},
	} {
		set, err := Load(overlay(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if first, dup := seen[set.AnalysisDigest()]; dup {
			t.Errorf("%s and %s have one digest", first, name)
		}
		seen[set.AnalysisDigest()] = name
	}
}
