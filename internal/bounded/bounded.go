// Package bounded is the kit for hostile input: a budget of produced bytes,
// entries, depth and time, and readers that return an error at a limit instead
// of a silently shortened result.
//
// It does not know any format and never looks at sizes that a file claims:
// only bytes that were really produced count.
package bounded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// ErrLimit is the cause of every error that reports a reached limit.
var ErrLimit = errors.New("limit reached")

// LimitError says which named limit was reached.
type LimitError struct {
	Limit string // name of the limit, such as "max-dex-bytes"
	Value int64
	What  string // what was being read
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %s of %d reached", e.What, e.Limit, e.Value)
}

// Is makes errors.Is(err, ErrLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

// Budget is a shared allowance of produced bytes. It is safe for concurrent
// use. The zero value allows nothing.
type Budget struct {
	name string
	max  int64
	left atomic.Int64
}

// NewBudget returns a budget of max bytes under the given limit name.
func NewBudget(name string, max int64) *Budget {
	b := &Budget{name: name, max: max}
	b.left.Store(max)
	return b
}

// Take uses n bytes for what; it fails once more than the budget was taken.
func (b *Budget) Take(n int64, what string) error {
	if b.left.Add(-n) < 0 {
		return &LimitError{Limit: b.name, Value: b.max, What: what}
	}
	return nil
}

// Left is what remains, never below zero.
func (b *Budget) Left() int64 { return max(b.left.Load(), 0) }

// ReadAll appends all of r to buf[:0] and returns it; the bytes are taken from
// the budget as they are produced, and none beyond it is kept. ctx is looked at
// between blocks of 64 KiB.
func ReadAll(ctx context.Context, r io.Reader, b *Budget, what string, buf []byte) ([]byte, error) {
	buf = buf[:0]
	for {
		if err := ctx.Err(); err != nil {
			return buf, fmt.Errorf("%s: %w", what, err)
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		room := buf[len(buf):min(cap(buf), len(buf)+64<<10)]
		n, err := r.Read(room)
		buf = buf[:len(buf)+n]
		if terr := b.Take(int64(n), what); terr != nil {
			return buf[:len(buf)-n], terr
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, fmt.Errorf("%s: %w", what, err)
		}
	}
}

// ReadFull is ReadAll with a fixed maximum for one item, taken from no shared
// budget.
func ReadFull(r io.Reader, name string, maxBytes int64, what string) ([]byte, error) {
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, maxBytes+1))
	if err != nil {
		return out.Bytes(), fmt.Errorf("%s: %w", what, err)
	}
	if n > maxBytes {
		return out.Bytes()[:maxBytes], &LimitError{Limit: name, Value: maxBytes, What: what}
	}
	return out.Bytes(), nil
}

// Cause drops the path that the os package puts into its errors: messages name
// the file themselves, once.
func Cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}
