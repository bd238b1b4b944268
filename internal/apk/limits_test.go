package apk

import (
	"context"
	"testing"
	"time"

	"apkaudit/internal/audit"
)

// TestSignerTime: what takes too long to read of a signature is a gap, and no signer is
// named.
func TestSignerTime(t *testing.T) {
	lim := DefaultLimits()
	lim.SignerTime = time.Nanosecond
	a, err := Open(context.Background(), "../../testdata/apk/lanting.apk", lim)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	wantGap(t, a.Gaps, audit.GapTimeout, "max-signer-time of 1ns reached")
}
