package disclose_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/disclose"
	"apkaudit/internal/policy"
)

// apply applies a unified diff of one file and fails where a line that it counts
// on is another one.
func apply(t *testing.T, text, diff string) string {
	t.Helper()
	old := strings.SplitAfter(text, "\n")
	var out strings.Builder
	at := 0
	lines := strings.SplitAfter(diff, "\n")
	for i, line := range lines {
		var from, n, to, m int
		switch {
		case strings.HasPrefix(line, "@@ "):
			if _, err := fmt.Sscanf(line, "@@ -%d,%d +%d,%d @@", &from, &n, &to, &m); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			for ; at < from-1; at++ {
				out.WriteString(old[at])
			}
		case line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") || line[0] == '#' || line[0] == '\\':
		case line[0] == '+' || line[0] == ' ' || line[0] == '-':
			body := line[1:]
			if i+1 < len(lines) && strings.HasPrefix(lines[i+1], `\`) {
				body = strings.TrimSuffix(body, "\n")
			}
			if line[0] != '+' {
				if at >= len(old) || old[at] != body {
					t.Fatalf("line %d of the file is not %q", at+1, body)
				}
				at++
			}
			if line[0] != '-' {
				out.WriteString(body)
			}
		}
	}
	for ; at < len(old); at++ {
		out.WriteString(old[at])
	}
	return out.String()
}

// policies are our own and, where they are at hand, the seeds, as far as a patch
// can change them.
func policies(t *testing.T) []string {
	var out []string
	for _, pattern := range []string{"../../testdata/policy/*.txt", "../../testdata/policy/*.md", os.Getenv("SEEDS") + "/*.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files...)
	}
	if len(out) < 10 {
		t.Fatalf("only %d policies", len(out))
	}
	return out
}

// patchRules are the differences that a patch makes away with.
var patchRules = []string{"undisclosed_sdk", "undisclosed_sdk_data_item", "undisclosed_first_party_data", "undisclosed_permission", "vague_disclosure"}

// TestPatch: a patched and filled policy leaves no difference but what the patch
// itself says is to be done by hand.
func TestPatch(t *testing.T) {
	set, s := newKit(t)
	differences := 0
	for _, app := range apks(t) {
		if strings.Contains(app, "consent") {
			continue
		}
		r, err := s.App(context.Background(), app, nil)
		if err != nil {
			continue
		}
		for _, file := range policies(t) {
			t.Run(filepath.Base(app)+" "+filepath.Base(file), func(t *testing.T) {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				said, err := s.Policies(context.Background(), []policy.Input{{Name: filepath.Base(file), Data: data}})
				if err != nil {
					t.Fatal(err)
				}
				before := *r
				before.Policy, before.Gaps = said.Policy, nil
				s.Rejudge(&before)
				diff := string(write(t, "patch", disclose.Missing(set, &before, map[string][]byte{filepath.Base(file): data}), disclose.Options{}))
				text := apply(t, string(data), diff)
				for lang, b := range blank {
					text = b.ReplaceAllStringFunc(text, func(m string) string {
						if strings.Contains(string(data), m) {
							return m // the policy's own
						}
						return real(lang, m)
					})
				}
				after := judged(t, s, r, filepath.Base(file), []byte(text))
				for _, f := range before.Findings {
					if slices.Contains(patchRules, f.Rule) {
						differences++
					}
				}
				for _, f := range after.Findings {
					if !slices.Contains(patchRules, f.Rule) || f.Verdict == audit.VerdictDenied || audit.PartyKind(f.Party) == audit.PrefixLibrary {
						continue
					}
					if f.Data != "" && leftToHand(diff, set.PartyName(f.Party).EN) {
						continue
					}
					t.Errorf("%s %s party=%s data=%s permission=%s: %s", f.Rule, f.Verdict, f.Party, f.Data, f.Permission, f.Why.EN)
				}
			})
		}
	}
	if differences < 50 {
		t.Errorf("only %d differences were there to be patched", differences)
	}
}

// leftToHand tells whether a patch says that data of an SDK is to be added by hand:
// a line about it that is not about a field of its entry.
func leftToHand(diff, sdk string) bool {
	return slices.ContainsFunc(strings.Split(diff, "\n"), func(line string) bool {
		rest, ok := strings.CutPrefix(line, "# By hand: "+sdk)
		return ok && !slices.ContainsFunc([]string{": Privacy policy link:", ": Purpose:", ": Company:"}, func(field string) bool { return strings.HasPrefix(rest, field) })
	})
}

// TestPatchKeepsLines: line ends stay what they are, and a last line without one
// gets it before something follows.
func TestPatchKeepsLines(t *testing.T) {
	set, s := newKit(t)
	r, err := s.App(context.Background(), "../../testdata/apk/lanting.apk", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, ends := range []string{"\n", "\r\n"} {
		text := strings.Join([]string{"隐私政策", "", "我们会收集您的手机号码，用于注册。"}, ends)
		said := judged(t, s, r, "p.txt", []byte(text))
		diff := string(write(t, "patch", disclose.Missing(set, said, map[string][]byte{"p.txt": []byte(text)}), disclose.Options{}))
		got := apply(t, text, diff)
		if !strings.HasPrefix(got, text+ends) || !strings.HasSuffix(got, "。"+ends) || strings.Count(got, ends) != strings.Count(got, "\n") {
			t.Errorf("with %q: %q\n%s", ends, got, diff)
		}
		if !strings.Contains(diff, "\\ No newline at end of file") {
			t.Errorf("the diff does not say that the file has no last line end:\n%s", diff)
		}
	}
}

// TestNoPatch: what no patch can be made of is an error that names another way.
func TestNoPatch(t *testing.T) {
	set, s := newKit(t)
	r, err := s.App(context.Background(), "../../testdata/apk/lanting.apk", nil)
	if err != nil {
		t.Fatal(err)
	}
	page := []byte("<html><p>我们会收集您的手机号码，用于注册。</p></html>")
	f := find(t, "patch")
	d := disclose.Missing(set, judged(t, s, r, "p.html", page), map[string][]byte{"p.html": page})
	if err := f.Write(&strings.Builder{}, d, disclose.Options{}); err == nil || !strings.Contains(err.Error(), "-o markdown") {
		t.Errorf("a patch of a web page: %v", err)
	}
}

// TestMissingTables: pasted behind the policy and filled in, the tables leave no
// difference but what the policy denies.
func TestMissingTables(t *testing.T) {
	set, s := newKit(t)
	for app, name := range map[string]string{"lanting.apk": "lanting.zh.txt", "pocketnotes.apk": "pocketnotes.en.md"} {
		r, err := s.App(context.Background(), filepath.Join("../../testdata/apk", app), nil)
		if err != nil {
			t.Fatal(err)
		}
		old, err := os.ReadFile(filepath.Join("../../testdata/policy", name))
		if err != nil {
			t.Fatal(err)
		}
		before := judged(t, s, r, name, old)
		lang := before.Policy.Sources[0].Languages[0]
		text := string(write(t, "markdown", disclose.Missing(set, before, nil), disclose.Options{Lang: lang}))
		text = blank[lang].ReplaceAllStringFunc(text, func(b string) string { return real(lang, b) })
		for _, f := range judged(t, s, r, "p.md", []byte(string(old)+"\n"+text)).Findings {
			if slices.Contains(patchRules, f.Rule) && f.Verdict != audit.VerdictDenied && f.Rule != "undisclosed_sdk_data_item" {
				t.Errorf("%s: %s %s party=%s data=%s permission=%s", name, f.Rule, f.Verdict, f.Party, f.Data, f.Permission)
			}
		}
	}
}
