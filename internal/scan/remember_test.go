package scan

import (
	"context"
	"errors"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
)

// TestRemember: documents are read again where anything of them is other, or where they
// could not be read; what a report does to its copy no other report has.
func TestRemember(t *testing.T) {
	reads, fault := 0, error(nil)
	read := remember(func(_ context.Context, docs []policy.Input) (audit.Policy, []audit.Gap, error) {
		reads++
		p := audit.Policy{Sources: []audit.PolicySource{{File: docs[0].Name}}, Claims: []audit.Claim{{Party: "app", Data: []string{"imei"}}}}
		return p, []audit.Gap{{What: "page 2"}}, fault
	})
	base := policy.Input{Name: "p.txt", Data: []byte("text")}
	other := []policy.Input{
		base, {Name: "p.tx", Data: []byte("ttext")}, {Name: "p.txt", Data: []byte("texts")},
		{Name: "p.txt", Data: []byte("text"), Charset: "gbk"}, {Name: "p.txt", Data: []byte("text"), Format: "html"},
		{Name: "p.txt", Data: []byte("text"), Inside: true}, {Name: "p.txt", Err: errors.New("gone")},
	}
	for i, doc := range other {
		for range 2 {
			p, gaps, err := read(t.Context(), []policy.Input{doc})
			if err != nil || reads != i+1 || p.Sources[0].File != doc.Name || p.Claims[0].Data[0] != "imei" || len(gaps) != 1 || gaps[0].What != "page 2" {
				t.Fatalf("%+v: read %d times, %+v, %+v, %v", doc, reads, p, gaps, err)
			}
			p.Claims[0].Data[0], gaps[0].What = "changed", "changed"
		}
	}
	if _, _, _ = read(t.Context(), []policy.Input{base, base}); reads != len(other)+1 {
		t.Errorf("one document for two: read %d times", reads)
	}
	fault = policy.ErrUnreadable
	for i := range 2 {
		if _, _, err := read(t.Context(), []policy.Input{base}); !errors.Is(err, fault) || reads != len(other)+2+i {
			t.Errorf("read %d times, %v", reads, err)
		}
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	fault = context.Canceled
	if _, _, err := read(ended, []policy.Input{base, base}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}
