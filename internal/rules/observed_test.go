package rules

import (
	"errors"
	"strings"
	"testing"
)

// TestObservedFaults: each fault of an entry names file and line.
func TestObservedFaults(t *testing.T) {
	entry := func(rest string) string {
		return "observations:\n  - id: x\n    name: {zh: 甲, en: X}\n    " + strings.ReplaceAll(rest, "\n", "\n    ") + "\n"
	}
	const call = "calls: [{method: Landroid/webkit/WebSettings;->setMixedContentMode(I)V, arg: 0, equals: [\"0\"]}]"
	cases := []struct {
		name, text string
		line       int
		msg        string
	}{
		{"unknown key", entry("kind: mixed_content\nsize: 1"), 5, `unknown key "size"`},
		{"kind without words", entry("kind: cleartext_url\n" + call), 4, "kind"},
		{"wrong part", entry("kind: logged\n" + call), 2, "needs sinks"},
		{"no part", entry("kind: policy_text"), 2, "needs text"},
		{"text without length", entry("kind: policy_text\ntext: {all: [{zh: [隐私]}]}"), 2, "most"},
		{"no number", entry("kind: mixed_content\n" + strings.Replace(call, `"0"`, "always", 1)), 5, "number"},
		{"no such argument", entry("kind: mixed_content\n" + strings.Replace(call, "arg: 0", "arg: 1", 1)), 5, "argument"},
		{"unknown data", entry("kind: linked_ids\ndata: [gaid]\nwith_data: [shoe_size]"), 6, "shoe_size"},
		{"no method", entry("kind: exit_on_denied\nends: [finish]"), 5, "method descriptor"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(t, map[string]string{"observations.yaml": c.text}))
			var e *Error
			if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got %v, want observations.yaml:%d … %s", err, c.line, c.msg)
			}
		})
	}
}

// TestObservedOverlay: an entry of an overlay stands in place of the one of its id.
func TestObservedOverlay(t *testing.T) {
	set, err := Load(overlay(t, map[string]string{"observations.yaml": "observations:\n  - {id: ends_on_denial, kind: exit_on_denied, name: {zh: 甲, en: X}, ends: [\"La/B;->c()V\"]}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range set.Observed {
		if x.ID == "ends_on_denial" && len(x.Ends) == 1 && x.Ends[0] == "La/B;->c()V" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries of the overlay", n)
	}
}

// TestScreenTextOf: names of resources, whole and by how they begin.
func TestScreenTextOf(t *testing.T) {
	s := ScreenText{NotKeys: []string{"abc_*", "decline"}}
	for key, want := range map[string]bool{"abc_ok": false, "decline": false, "decline_terms": true, "xabc_": true, "": true} {
		if s.Of(key) != want {
			t.Errorf("%q: got %v", key, !want)
		}
	}
}
