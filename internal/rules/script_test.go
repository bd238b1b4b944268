package rules

import (
	"errors"
	"strings"
	"testing"
)

// TestScripts: calls of scripts are read from their own file, may be replaced by an
// overlay, and faults name file and line.
func TestScripts(t *testing.T) {
	file := func(text string) map[string]string {
		return map[string]string{"apis/scripts.yaml": "scripts:\n" + text}
	}
	set, err := Load(overlay(t, file("  - {id: acme.device.imei, framework: cordova, asset: acme.js, behaviour: read_imei}\n  - {id: plus.device.imei, framework: html5plus, behaviour: read_meid}\n")))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Script{}
	for _, s := range set.Scripts {
		found[s.Call] = s
	}
	if s := found["acme.device.imei"]; s.Behaviour != "read_imei" || s.Asset != "acme.js" {
		t.Errorf("added: %+v", s)
	}
	if s := found["plus.device.imei"]; s.Behaviour != "read_meid" {
		t.Errorf("replaced: %+v", s)
	}
	if len(found) != len(set.Scripts) || len(found) < 100 {
		t.Errorf("%d calls, %d of them differ", len(set.Scripts), len(found))
	}
	for text, msg := range map[string]string{
		"  - {id: imei, framework: cordova, behaviour: read_imei}\n":            "no member of an object",
		"  - {id: acme.imei(), framework: cordova, behaviour: read_imei}\n":     "no member of an object",
		"  - {id: acme.imei, framework: acme, behaviour: read_imei}\n":          `unknown framework "acme"`,
		"  - {id: acme.imei, framework: cordova, behaviour: read_soul}\n":       `unknown behaviour "read_soul"`,
		"  - {id: acme.imei, framework: cordova, behaviour: read_imei, x: 1}\n": `unknown key "x"`,
	} {
		_, err := Load(overlay(t, file(text)))
		var e *Error
		if !errors.As(err, &e) || e.Line != 2 || !strings.HasSuffix(e.File, "scripts.yaml") || !strings.Contains(e.Msg, msg) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
