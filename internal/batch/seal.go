package batch

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// errDamaged is of a document that is not what was written.
var errDamaged = errors.New("its sum is not that of its content")

// otherVersion is of a document of another schema, which it names: what its rows mean
// nobody knows.
type otherVersion string

func (v otherVersion) Error() string { return fmt.Sprintf("is of another version (%q)", string(v)) }

// sealed is a document of this package with its sum, so that one changed byte shows: a
// row that was changed would be believed for ever.
type sealed struct {
	Schema string          `json:"schema,omitempty"`
	SHA256 string          `json:"sha256"` // of Of, as it stands here
	Of     json.RawMessage `json:"of"`
}

// seal writes a value in one line, without the line break.
func seal(schema string, of any) ([]byte, error) {
	data, err := json.Marshal(of)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealed{schema, digest(data), data})
}

// unseal reads what seal has written.
func unseal(data []byte, schema string, of any) error {
	var s sealed
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s.Schema != schema && s.Schema != "" {
		return otherVersion(s.Schema)
	}
	if s.Schema != schema || s.SHA256 != digest(s.Of) {
		return errDamaged
	}
	return json.Unmarshal(s.Of, of)
}

// sumsName is the file with the sums of the reports, in the form that sha256sum -c
// reads. What a damaged state file said is found out from reports; it says which of
// those are still what was written.
const sumsName = "reports.sha256"

// sumsOf is that file for rows in their order.
func sumsOf(rows []Row) []byte {
	var b bytes.Buffer
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Report != "" && !seen[r.Report] {
			seen[r.Report] = true
			fmt.Fprintf(&b, "%s  %s\n", r.ReportSHA256, r.Report)
		}
	}
	return b.Bytes()
}

// sums reads that file: report -> SHA-256. What is no line of it is left out, as is the
// file where it cannot be read: its reports are made anew.
func (s *store) sums() map[string]string {
	data, err := readBounded(filepath.Join(s.dir, sumsName), "max-state-bytes", maxStateBytes)
	if err != nil {
		return nil
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if raw, err := hex.DecodeString(sum); ok && err == nil && len(raw) == len(digest(nil))/2 {
			out[name] = sum
		}
	}
	return out
}
