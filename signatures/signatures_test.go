package signatures_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
)

var update = flag.Bool("update", false, "write compiled.gob anew")

// TestCompiledForm keeps the embedded forms equal to the YAML files. Two encodings of
// the same knowledge may differ in the order of keys, so that what is read from them is
// compared.
func TestCompiledForm(t *testing.T) {
	want, err := rules.LoadSource(os.DirFS("."), "signatures")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		write(t, want)
		return
	}
	have, err := rules.Load()
	if err != nil || !bytes.Equal(encode(t, have), encode(t, want)) {
		t.Errorf("compiled.gob is not what the YAML files say; run: go generate ./signatures (%v)", err)
	}
	full, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	if have, want := inFull(t, full), inFull(t, want); have != want {
		t.Error("full.gob is not what the YAML files say; run: go generate ./signatures")
	}
	sum, analysis, err := rules.Digests()
	if err != nil || sum != want.Digest() || analysis != want.AnalysisDigest() {
		t.Errorf("digests %s, %s (%v), not those of the YAML files; run: go generate ./signatures", sum, analysis, err)
	}
}

func write(t *testing.T, set *rules.Set) {
	t.Helper()
	compact, full, err := set.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string][]byte{"compiled.gob": compact, "full.gob": full} {
		if err := os.WriteFile(name, form, 0o644); err != nil {
			t.Fatal(err)
		}
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

// inFull writes all of a set, which JSON leaves parts of out, with the keys of maps in
// order.
func inFull(t *testing.T, set *rules.Set) string {
	t.Helper()
	out, err := yaml.Marshal(set.Source)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
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
