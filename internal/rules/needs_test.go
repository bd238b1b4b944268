package rules

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		text string
		want Levels
	}{
		{"1-28", Levels{1, 28}}, {"29+", Levels{29, math.MaxInt}}, {"28-28", Levels{28, 28}},
	} {
		if got := ParseLevels(c.text); got != c.want {
			t.Errorf("%s: got %v, want %v", c.text, got, c.want)
		}
	}
	for _, text := range []string{"", "x+", "5-y", "+"} {
		if l := ParseLevels(text); l.Overlap(Levels{1, math.MaxInt}) {
			t.Errorf("%q is the range %v, want an empty one", text, l)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1-28", "29+", false}, {"1-29", "29+", true}, {"5-9", "1+", true}, {"5-9", "1-4", false},
	} {
		if ParseLevels(c.a).Overlap(ParseLevels(c.b)) != c.want || ParseLevels(c.b).Overlap(ParseLevels(c.a)) != c.want {
			t.Errorf("%s and %s: overlap should be %v", c.a, c.b, c.want)
		}
	}
}

// TestNeedFaults: what names no permission, no level or no method is a fault with
// file and line.
func TestNeedFaults(t *testing.T) {
	need := func(rest string) string { return "needs:\n  - id: x\n    " + rest + "\n" }
	for _, c := range []struct {
		name, file, text string
		line             int
		msg              string
	}{
		{"a permission that is not known", "needs_x.yaml", need("any_of: [a.b.C]\n    api: 1+\n    receives: [x.Y]"), 3, "unknown permission"},
		{"no permission", "needs_x.yaml", need("api: 1+\n    receives: [x.Y]"), 2, "names no permission"},
		{"levels", "needs_x.yaml", need("any_of: [android.permission.CAMERA]\n    api: from 5\n    receives: [x.Y]"), 4, "API levels"},
		{"levels the wrong way round", "needs_x.yaml", need("any_of: [android.permission.CAMERA]\n    api: 9-5\n    receives: [x.Y]"), 4, "API levels"},
		{"nothing needs it", "needs_x.yaml", need("any_of: [android.permission.CAMERA]\n    api: 1+"), 2, "nothing needs it"},
		{"no method", "needs_x.yaml", need("any_of: [android.permission.CAMERA]\n    api: 1+\n    in: [{class: La/B;, methods: [open]}]"), 5, "not a method descriptor"},
		{"a class without methods", "needs_x.yaml", need("any_of: [android.permission.CAMERA]\n    api: 1+\n    in: [{class: La/B;}]"), 5, "has no methods"},
		{"implied by nothing known", "implied.yaml", "implied:\n  - {name: a.b.C, adds: [android.permission.CAMERA]}\n", 0, "unknown permission"},
		{"elsewhere of nothing known", "elsewhere.yaml", "elsewhere:\n  - {name: a.b.C}\n", 2, "unknown permission"},
		{"guarded by no neutral library", "guarded.yaml", "guarded:\n  - {library: umeng-analytics, permissions: [android.permission.CAMERA]}\n", 2, "no neutral library"},
		{"guarded and not known", "guarded.yaml", "guarded:\n  - {library: androidx, permissions: [a.b.C]}\n", 2, "unknown permission"},
		{"a request that is no method", "requests.yaml", "requests:\n  - {method: a.b.C, arg: 0}\n", 2, "not a method descriptor"},
		{"a request without that argument", "requests.yaml", "requests:\n  - {method: 'La/B;->c(I)V', arg: 1}\n", 2, "argument 1 of a method with 1"},
		{"a need twice", "needs_x.yaml", need("any_of: [android.permission.CAMERA]") + "  - id: x\n", 2, "already"},
		{"permissions among the needs", "needs_x.yaml", "permissions: []\n", 0, "unknown key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(t, map[string]string{"permissions/" + c.file: c.text}))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a fault with a place", err)
			}
			if !strings.HasSuffix(e.File, c.file) || e.Line != c.line || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got %v, want %s:%d … %s", err, c.file, c.line, c.msg)
			}
		})
	}
}

func TestStartupFaults(t *testing.T) {
	signal := func(rest string) string { return "startup:\n  - id: x\n    name: {zh: 甲, en: X}\n    " + rest + "\n" }
	for _, c := range []struct {
		name, text string
		line       int
		msg        string
	}{
		{"unknown kind", signal("kind: nap\n    methods: ['La/B;->c()V']"), 4, "is none of self_start"},
		{"unknown component", signal("kind: self_start\n    component: screen\n    actions: [a.B]"), 5, "is none of activity"},
		{"neither actions nor methods", signal("kind: self_start"), 2, "neither actions nor methods"},
		{"no method", signal("kind: keep_alive\n    methods: [a.b]"), 5, "not a method descriptor"},
		{"an associated start without targets", signal("kind: associated_start\n    methods: ['La/B;->c()V']"), 2, "targets belong"},
		{"targets of another kind", signal("kind: keep_alive\n    methods: ['La/B;->c()V']\n    targets: [{method: 'La/B;->d(I)V', arg: 0}]"), 2, "targets belong"},
		{"a target without that argument", signal("kind: associated_start\n    methods: ['La/B;->c()V']\n    targets: [{method: 'La/B;->d(I)V', arg: 1}]"), 6, "with an argument 1"},
		{"an action twice", signal("kind: self_start\n    component: receiver\n    actions: [android.intent.action.BOOT_COMPLETED]"), 6, "stands under device_start already"},
		{"no name in Chinese", "startup:\n  - id: x\n    name: {en: X}\n    kind: self_start\n", 2, "zh and en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(t, map[string]string{"startup.yaml": c.text}))
			var e *Error
			if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got %v, want startup.yaml:%d … %s", err, c.line, c.msg)
			}
		})
	}
}

// TestNeedsOfOverlays: an overlay's entry replaces the one of its id and changes the
// digest of the analysis.
func TestNeedsOfOverlays(t *testing.T) {
	built, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{built.AnalysisDigest(): "built in"}
	for name, text := range map[string]string{
		"permissions/needs_x.yaml":   "needs:\n  - {id: boot_broadcast, any_of: [android.permission.CAMERA], api: 1+, receives: [a.B]}\n",
		"permissions/implied.yaml":   "implied:\n  - {name: android.permission.CAMERA, adds: [android.permission.RECORD_AUDIO]}\n",
		"permissions/elsewhere.yaml": "elsewhere:\n  - {name: android.permission.NFC}\n",
		"permissions/guarded.yaml":   "guarded:\n  - {library: okhttp, permissions: [android.permission.CAMERA]}\n",
		"permissions/requests.yaml":  "requests:\n  - {method: 'La/B;->c(I)V', arg: 0}\n",
		"startup.yaml":               "startup:\n  - {id: device_start, name: {zh: 甲, en: X}, kind: self_start, component: receiver, actions: [a.B]}\n",
	} {
		set, err := Load(overlay(t, map[string]string{name: text}))
		if err != nil {
			t.Fatal(err)
		}
		if first, dup := seen[set.AnalysisDigest()]; dup {
			t.Errorf("%s and %s have one digest", first, name)
		}
		seen[set.AnalysisDigest()] = name
		if name == "permissions/needs_x.yaml" {
			i := slices.IndexFunc(set.Needs, func(n Need) bool { return n.ID == "boot_broadcast" })
			if len(set.Needs) != len(built.Needs) || set.Needs[i].AnyOf[0] != "android.permission.CAMERA" {
				t.Errorf("the overlay's need did not replace the built-in one")
			}
		}
	}
}
