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
	stale := compare(t, want)
	if stale != "" && *update {
		write(t, want) // and not where nothing changed: that would be other bytes of the same
		return
	}
	if stale != "" {
		t.Errorf("%s; run: go generate ./signatures", stale)
	}
}

// compare tells what of the embedded forms is not as want, "" for nothing.
func compare(t *testing.T, want *rules.Set) string {
	t.Helper()
	compact, err := rules.Load()
	if err != nil {
		return err.Error()
	}
	full, err := rules.LoadFull()
	if err != nil {
		return err.Error()
	}
	sum, analysis, err := rules.Digests()
	switch {
	case !bytes.Equal(encode(t, compact), encode(t, want)):
		return "compiled.gob is not what the YAML files say"
	case inFull(t, full) != inFull(t, want), full.Digest() != want.Digest(), full.AnalysisDigest() != want.AnalysisDigest():
		return "full.gob.gz is not what the YAML files say"
	case err != nil, sum != want.Digest(), analysis != want.AnalysisDigest():
		return "the digests are not those of the YAML files"
	}
	return ""
}

func write(t *testing.T, set *rules.Set) {
	t.Helper()
	compact, full, err := set.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string][]byte{"compiled.gob": compact, "full.gob.gz": full} {
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
