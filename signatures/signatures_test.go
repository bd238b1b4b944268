package signatures_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
)

var update = flag.Bool("update", false, "write compiled.gob anew")

// TestCompiledForm keeps the embedded compact form equal to the YAML files. Two
// encodings of the same knowledge may differ in the order of keys, so that what
// is read from them is compared.
func TestCompiledForm(t *testing.T) {
	want, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	have, err := rules.Load()
	if err == nil && bytes.Equal(encode(t, have), encode(t, want)) {
		return
	}
	if !*update {
		t.Fatalf("compiled.gob is not what the YAML files say; run: go generate ./signatures (%v)", err)
	}
	form, err := rules.Compile(os.DirFS("."), "signatures")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("compiled.gob", form, 0o644); err != nil {
		t.Fatal(err)
	}
}

// encode writes all of a set that the compact form holds.
func encode(t *testing.T, set *rules.Set) []byte {
	t.Helper()
	out, err := json.Marshal([]any{set.Source, set.Digest(), set.AnalysisDigest()})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestExamples proves every example of the YAML files.
func TestExamples(t *testing.T) {
	set, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	res, err := prove.Run(context.Background(), set)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Failures {
		t.Error(f)
	}
	for _, m := range res.Missing {
		t.Error(m)
	}
	t.Log("\n" + prove.WriteStates(res.States))
	for _, kind := range []string{"datatype", "behaviour", "sdk", "topic", "check"} {
		if res.Examples[kind] == 0 {
			t.Errorf("no %s example was run", kind)
		}
		t.Logf("%s: %d examples", kind, res.Examples[kind])
	}
}
