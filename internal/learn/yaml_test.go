package learn

import (
	"bytes"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/rules"
)

// TestYAMLKeepsAll writes every signature of the set and reads it again: a draft of
// a known SDK must lose nothing of what its authors wrote.
func TestYAMLKeepsAll(t *testing.T) {
	set, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range set.SDKs {
		d := yaml.NewDecoder(bytes.NewReader((&Draft{SDK: k}).YAML()))
		d.KnownFields(true)
		var got rules.SDK
		if err := d.Decode(&got); err != nil {
			t.Errorf("%s: %v", k.ID, err)
			continue
		}
		want, have := reflect.ValueOf(k), reflect.ValueOf(got)
		for i := range want.NumField() {
			if a, b := encoded(t, want.Field(i)), encoded(t, have.Field(i)); a != b {
				t.Errorf("%s: %s is\n%s, want\n%s", k.ID, want.Type().Field(i).Name, b, a)
			}
		}
	}
}

func encoded(t *testing.T, v reflect.Value) string {
	t.Helper()
	out, err := yaml.Marshal(v.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
