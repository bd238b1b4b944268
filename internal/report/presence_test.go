package report

import (
	"testing"

	"apkaudit/internal/audit"
)

// TestPresence: the score stands beside the word only where the structure of the
// classes alone speaks for the SDK.
func TestPresence(t *testing.T) {
	class := audit.SDKEvidence{Kind: audit.EvidenceClass, Value: "com.foo", Count: 3}
	shape := audit.SDKEvidence{Kind: audit.EvidenceStructure, Value: "score 0.25 of 172 classes", Count: 43}
	cases := []struct {
		name     string
		evidence []audit.SDKEvidence
		want     string
	}{
		{"classes", []audit.SDKEvidence{class}, "likely"},
		{"structure", []audit.SDKEvidence{shape}, "likely (structure 0.25)"},
		{"both", []audit.SDKEvidence{class, shape}, "likely"},
		{"no score", []audit.SDKEvidence{{Kind: audit.EvidenceStructure}}, "likely"},
	}
	for _, c := range cases {
		p := &printer{words: words{lang: "en"}}
		if got := p.presence(audit.SDK{Confidence: "likely", Evidence: c.evidence}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
