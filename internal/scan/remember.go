package scan

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"sync"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
)

// maxRemembered bounds what is kept of documents that were read, in bytes.
const maxRemembered = 32 << 20

// readFunc is policy.Reader's Read.
type readFunc func(context.Context, []policy.Input) (audit.Policy, []audit.Gap, error)

// remembered is what a read has come to. Reports change what they hold, so it is kept in
// a form of which each gets its own.
type remembered struct {
	Policy audit.Policy
	Gaps   []audit.Gap
}

// remember makes a reader keep what it has read last: many apps are compared with one
// policy, and reading it takes about as long as reading a small app.
func remember(read readFunc) readFunc {
	var mu sync.Mutex
	var last [sha256.Size]byte
	var kept []byte
	return func(ctx context.Context, docs []policy.Input) (audit.Policy, []audit.Gap, error) {
		sum := sumOf(docs)
		mu.Lock()
		data := kept
		if last != sum {
			data = nil
		}
		mu.Unlock()
		if data != nil && ctx.Err() == nil {
			var r remembered
			if err := json.Unmarshal(data, &r); err == nil {
				return r.Policy, r.Gaps, nil
			}
		}
		p, gaps, err := read(ctx, docs)
		if err != nil {
			return p, gaps, err
		}
		if data, err := json.Marshal(remembered{p, gaps}); err == nil && len(data) <= maxRemembered {
			mu.Lock()
			last, kept = sum, data
			mu.Unlock()
		}
		return p, gaps, nil
	}
}

// sumOf is a sum over all that reading documents depends on.
func sumOf(docs []policy.Input) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, d := range docs {
		why := ""
		if d.Err != nil {
			why = d.Err.Error()
		}
		for _, s := range []string{d.Name, d.Charset, d.Format, why} {
			field(h, s)
		}
		fmt.Fprintf(h, "%t %t %d\n", d.Inside, d.Err != nil, len(d.Data))
		h.Write(d.Data)
	}
	h.Sum(sum[:0])
	return sum
}

func field(h hash.Hash, s string) {
	fmt.Fprintf(h, "%d ", len(s))
	io.WriteString(h, s)
}
