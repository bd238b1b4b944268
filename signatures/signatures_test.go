package signatures_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

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
