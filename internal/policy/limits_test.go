package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenLimits: a directory with more documents than a policy has is refused, and so
// is a document that is too large.
func TestOpenLimits(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.txt", "b.txt", "c.md"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("We collect your IMEI."), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lim := DefaultLimits()
	lim.Files = 3
	if docs, err := lim.Open(dir); err != nil || len(docs) != 3 {
		t.Errorf("as many as allowed: %d, %v", len(docs), err)
	}
	lim.Files = 2
	if _, err := lim.Open(dir); err == nil || !strings.Contains(err.Error(), "max-policy-files of 2 reached") {
		t.Errorf("more than allowed: %v", err)
	}
	lim.DocumentBytes = 5
	if _, err := lim.Open(filepath.Join(dir, "a.txt")); err == nil || !strings.Contains(err.Error(), "max-policy-bytes of 5 reached") {
		t.Errorf("too large: %v", err)
	}
}
