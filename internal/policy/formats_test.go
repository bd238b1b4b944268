package policy

import (
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSameInEveryFormat: a policy of plain lines lists the same SDKs as text, as
// a web page and as a DOCX of one paragraph a line.
func TestSameInEveryFormat(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(policyDir, "*.txt"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if filepath.Base(file) == "key-value.zh.txt" {
			continue // there a blank line ends an entry, and mark-up has none
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := decode(data, formatText, "")
		if err != nil {
			t.Fatal(err)
		}
		var page, body strings.Builder
		for line := range strings.Lines(text) {
			line = html.EscapeString(strings.TrimRight(line, "\r\n"))
			page.WriteString("<p>" + line + "</p>\n")
			body.WriteString(wp(line))
		}
		ids := func(name string, data []byte) []string {
			var out []string
			for _, s := range readOne(t, name, data).SDKs {
				out = append(out, s.ID)
			}
			return out
		}
		want := ids("a.txt", data)
		for name, data := range map[string][]byte{"a.html": []byte("<html>" + page.String()), "a.docx": docxOf(body.String())} {
			if got := ids(name, data); !slices.Equal(got, want) {
				t.Errorf("%s as %s: %q, want %q", filepath.Base(file), name, got, want)
			}
		}
	}
}
