package bounded

import (
	"fmt"
	"time"
)

// Unit says how a limit is written.
type Unit int

// Units of limits.
const (
	Count Unit = iota // a plain number
	Bytes             // bytes
	Time              // nanoseconds
)

// most is above every limit that is of use, and far from where sums overflow.
const most = 1 << 40

// Bound is one limit with the name that flags, settings and gaps have in common. The
// room that keeps the limit lists its Bounds, each of which reads and sets a field.
type Bound struct {
	Name  string // such as "max-dex-bytes"
	What  string // what it bounds, for help: half a sentence
	Unit  Unit
	Least int64 // the lowest value that makes sense

	get func() int64
	set func(int64)
}

// Of is the Bound of a field.
func Of[T ~int | ~int64](name string, field *T, unit Unit, least int64, what string) Bound {
	return Bound{Name: name, What: what, Unit: unit, Least: least, get: func() int64 { return int64(*field) }, set: func(n int64) { *field = T(n) }}
}

// Fixed is the Bound of a constant, which is told and cannot be set.
func Fixed(name string, value int64, unit Unit, what string) Bound {
	return Bound{Name: name, What: what, Unit: unit, get: func() int64 { return value }}
}

// IsFixed tells whether the limit cannot be set.
func (b Bound) IsFixed() bool { return b.set == nil }

// Value is the limit as it stands: a number, bytes or nanoseconds.
func (b Bound) Value() int64 { return b.get() }

// Set sets the limit. The error, which does not name it, is for values that are too
// low or too high, and for limits that are fixed.
func (b Bound) Set(n int64) error {
	switch {
	case b.set == nil:
		return fmt.Errorf("is fixed at %s", b.Text(b.get()))
	case n < b.Least:
		return fmt.Errorf("%s is too low; the least is %s", b.Text(n), b.Text(b.Least))
	case n > most:
		return fmt.Errorf("%s is too high; the most is %s", b.Text(n), b.Text(most))
	}
	b.set(n)
	return nil
}

// Text writes a value in the limit's unit, exactly: 128MiB, 3s, 100000.
func (b Bound) Text(n int64) string {
	switch b.Unit {
	case Time:
		return time.Duration(n).String()
	case Bytes:
		for _, u := range []struct {
			name string
			of   int64
		}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
			if n != 0 && n%u.of == 0 {
				return fmt.Sprintf("%d%s", n/u.of, u.name)
			}
		}
		return fmt.Sprintf("%dB", n)
	}
	return fmt.Sprint(n)
}
