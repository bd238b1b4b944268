package triage_test

import (
	"fmt"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/triage"
)

func TestReadWaivers(t *testing.T) {
	const file = `# accepted until the next release
waivers:
  - fingerprint: 1c4b5bb288cd-2
    reason: >
      the blank is filled in
      on the web page
    until: "2027-01-31"
  - rule: undisclosed_sdk
    party: sdk:jpush
    data: imei
    permission: android.permission.READ_PHONE_STATE
    items: [imei, oaid]
    reason: removed with 2.1
    until: 2027-01-31
    by: legal
  - {fingerprint: 123456789012, reason: digits alone, until: 2028-02-29}
`
	got, err := triage.ReadWaivers("w.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []audit.WaiverState{
		{File: "w.yaml", Line: 3, Fingerprint: "1c4b5bb288cd-2", Waiver: audit.Waiver{Reason: "the blank is filled in on the web page", Until: "2027-01-31"}},
		{File: "w.yaml", Line: 8, Rule: "undisclosed_sdk", Party: "sdk:jpush", Data: "imei", Permission: "android.permission.READ_PHONE_STATE", Items: []string{"imei", "oaid"},
			Waiver: audit.Waiver{Reason: "removed with 2.1", Until: "2027-01-31", By: "legal"}},
		{File: "w.yaml", Line: 16, Fingerprint: "123456789012", Waiver: audit.Waiver{Reason: "digits alone", Until: "2028-02-29"}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read %+v,\nwant %+v", got, want)
	}
	if none, err := triage.ReadWaivers("w.yaml", []byte("waivers: []\n")); err != nil || len(none) != 0 {
		t.Errorf("an empty list: %v, %v", none, err)
	}
}

// TestReadWaiversRefuses: every fault is one line that begins with file and line.
func TestReadWaiversRefuses(t *testing.T) {
	item := func(fields string) string { return "waivers:\n\n- {" + fields + "}\n" }
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "w.yaml: is empty"},
		{"a comment", "# waivers\n", "w.yaml: is empty"},
		{"a list", "- rule: a\n", "w.yaml:1: the file must hold \"waivers:\""},
		{"a word", "waivers", "w.yaml:1: the file must hold"},
		{"an empty map", "{}", "w.yaml:1: the file must hold"},
		{"no list", "waivers: yes\n", "w.yaml:1: the file must hold"},
		{"nothing under it", "waivers:\n", "w.yaml:1: the file must hold"},
		{"another key", "ignore: []\n", `w.yaml:1: unknown key "ignore"`},
		{"a second key", "waivers: []\n\nother: 1\n", `w.yaml:3: unknown key "other"`},
		{"the key twice", "waivers: []\nwaivers: []\n", `w.yaml:2: unknown key "waivers"`},
		{"two documents", "waivers: []\n---\nwaivers: []\n", "w.yaml:3: a second document"},
		{"a second document that is none", "waivers: []\n---\n\t- a\n", "w.yaml:3: found character"},
		{"an item that is no map", "waivers:\n- undisclosed_sdk\n", "w.yaml:2: a waiver is a list item with the keys by, data"},
		{"unknown key", item("rule: a, reason: r, until: 2027-01-31, expires: never"), `w.yaml:3: unknown key "expires"`},
		{"key twice", item("rule: a, rule: b, reason: r, until: 2027-01-31"), "w.yaml:3: rule is given twice"},
		{"no reason", item("rule: a, until: 2027-01-31"), "w.yaml:3: reason is missing"},
		{"null reason", item("rule: a, reason: , until: 2027-01-31"), "w.yaml:3: reason is empty"},
		{"blank reason", item(`rule: a, reason: " ", until: 2027-01-31`), "w.yaml:3: reason is empty"},
		{"no date", item("rule: a, reason: r"), "w.yaml:3: until is missing"},
		{"no day", "waivers:\n- rule: a\n  reason: r\n  until: soon\n", `w.yaml:4: until: "soon" is no day`},
		{"no such day", item("rule: a, reason: r, until: 2027-02-30"), `w.yaml:3: until: "2027-02-30" is no day`},
		{"another order", item("rule: a, reason: r, until: 31.01.2027"), "is no day"},
		{"with a time", item("rule: a, reason: r, until: 2027-01-31T00:00:00Z"), "is no day"},
		{"a year of five digits", item("rule: a, reason: r, until: 20270-01-31"), "is no day"},
		{"neither", item("party: app, reason: r, until: 2027-01-31"), "w.yaml:3: the waiver names neither a fingerprint nor a rule"},
		{"both", item("rule: a, fingerprint: 1c4b5bb288cd, reason: r, until: 2027-01-31"), "w.yaml:3: the waiver names a fingerprint and a rule"},
		{"short fingerprint", item("fingerprint: 1c4b5b, reason: r, until: 2027-01-31"), `w.yaml:3: "1c4b5b" is no fingerprint`},
		{"no hex", item("fingerprint: placeholder_unfilled, reason: r, until: 2027-01-31"), "is no fingerprint"},
		{"zeroth repeat", item("fingerprint: 1c4b5bb288cd-0, reason: r, until: 2027-01-31"), "is no fingerprint"},
		{"no party", item("rule: a, party: jpush, reason: r, until: 2027-01-31"), `w.yaml:3: "jpush" is no party`},
		{"a party without a name", item(`rule: a, party: "sdk:", reason: r, until: 2027-01-31`), "is no party"},
		{"no items", item("rule: a, items: [], reason: r, until: 2027-01-31"), "w.yaml:3: items is empty"},
		{"an empty item", item("rule: a, items: , reason: r, until: 2027-01-31"), "w.yaml:3: items must be ids"},
		{"items in a map", item("rule: a, items: {imei: yes}, reason: r, until: 2027-01-31"), "w.yaml:3: items must be ids"},
		{"a list in items", item("rule: a, items: [[imei]], reason: r, until: 2027-01-31"), "w.yaml:3: items must be ids"},
		{"items twice", item("rule: a, items: imei, items: oaid, reason: r, until: 2027-01-31"), "w.yaml:3: items is given twice"},
		{"a list as a rule", item("rule: [a, b], reason: r, until: 2027-01-31"), "w.yaml:3: rule must be a single value"},
		{"an alias", "waivers:\n- {rule: &r a, reason: r, until: 2027-01-31}\n- {rule: *r, reason: r, until: 2027-01-31}\n", "w.yaml:3: rule must be a single value"},
		{"an alias as item", "waivers:\n- &w {rule: a, reason: r, until: 2027-01-31}\n- *w\n", "w.yaml:3: a waiver is a list item"},
		{"an alias as a key", "waivers:\n- {rule: &rule a, reason: r, until: 2027-01-31}\n- {*rule : b, reason: r, until: 2027-01-31}\n", `w.yaml:3: unknown key "rule"`},
		{"a merge key", "waivers:\n- &w {rule: a, reason: r, until: 2027-01-31}\n- {<<: *w, party: app}\n", `w.yaml:3: unknown key "<<"`},
		{"no YAML", "waivers:\n\t- rule: a\n", "w.yaml:2: found character"},
		{"cut", "waivers:\n- {rule: a, reason: \"r", "w.yaml:2: found unexpected end of stream"},
		{"bytes", "\xff\xff\xff", "w.yaml: is no YAML"},
	} {
		_, err := triage.ReadWaivers("w.yaml", []byte(c.file))
		if err == nil || !strings.HasPrefix(err.Error(), "w.yaml:") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestYAMLBomb: aliases of aliases are never expanded, and depth is an error.
func TestYAMLBomb(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	bomb.WriteString("waivers: *a39\n")
	for name, file := range map[string]string{
		"laughs": bomb.String(), "deep": "waivers: " + strings.Repeat("[", 200_000), "deep blocks": strings.Repeat("- ", 200_000) + "x",
		"as waivers": "waivers: &w\n- *w\n",
	} {
		if _, err := triage.ReadWaivers("w.yaml", []byte(file)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// FuzzReadWaivers: whatever a file holds, reading it ends in waivers that could be
// written down again, or in an error of one line that names the file.
func FuzzReadWaivers(f *testing.F) {
	for _, seed := range []string{
		"waivers: []", "waivers:\n- {rule: a, reason: r, until: 2027-01-31}", "waivers:\n- fingerprint: 1c4b5bb288cd-2\n  reason: |\n    x\n  until: '2027-01-31'\n  by: me\n",
		"waivers: &a [*a]", "<<: *x", "- a\n--- b", "{waivers: [{? [a] : b}]}", "%YAML 9.9\n---\n", "waivers: !!binary aGk=", "\ufeffwaivers: []",
	} {
		f.Add([]byte(seed))
	}
	r := reportOf("a.b", "sdk sdk:x", "blank")
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := triage.ReadWaivers("w.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "w.yaml:") {
				t.Errorf("%v", err)
			}
			return
		}
		for _, w := range list {
			if w.Line < 1 || w.Reason == "" || len(w.Until) != len("2006-01-02") || (w.Rule == "") == (w.Fingerprint == "") {
				t.Errorf("%+v", w)
			}
		}
		triage.Given{Waivers: list, Today: "2026-06-15"}.Apply(r)
	})
}
