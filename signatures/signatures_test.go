package signatures_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"

	"apkaudit/internal/prove"
	"apkaudit/internal/rules"
	"apkaudit/signatures"
)

var update = flag.Bool("update", false, "write compiled.json anew")

// TestCompiledForm keeps the embedded compact form equal to the YAML files.
func TestCompiledForm(t *testing.T) {
	want, err := rules.Compile(os.DirFS("."), "signatures")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("compiled.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(signatures.Compiled, want) {
		t.Fatal("compiled.json is not what the YAML files say; run: go generate ./signatures")
	}
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
	for _, kind := range []string{"datatype", "behaviour", "sdk", "topic", "check"} {
		if res.Examples[kind] == 0 {
			t.Errorf("no %s example was run", kind)
		}
		t.Logf("%s: %d examples", kind, res.Examples[kind])
	}
}
