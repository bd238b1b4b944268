package apk

import (
	"errors"
	"fmt"

	"apkaudit/internal/audit"
)

// cuts are the limits that were met inside files of an app, each with what it kept from
// being read.
type cuts []cut

type cut struct {
	kind  string // of the gap
	cause string
	first string // what was not, or not fully, read
	more  int
}

// add notes that a limit kept something from being read in full.
func (c *cuts) add(what, limit string, value int64) {
	c.note(audit.GapLimit, what, fmt.Sprintf("not all of it was looked at: %s of %d reached", limit, value))
}

// fail notes an error of reading a file, as far as it is about the file.
func (c *cuts) fail(err error) {
	var ee *EntryError
	if errors.As(err, &ee) {
		c.note(ee.Kind, ee.Name, ee.Err.Error())
	}
}

func (c *cuts) note(kind, what, cause string) {
	for i := range *c {
		if k := &(*c)[i]; k.kind == kind && k.cause == cause {
			k.more++
			return
		}
	}
	*c = append(*c, cut{kind: kind, cause: cause, first: what})
}

// gaps tells of them.
func (c cuts) gaps(weakens audit.Text) []audit.Gap {
	var out []audit.Gap
	for _, k := range c {
		what := clip(k.first, 200)
		if k.more > 0 {
			what += fmt.Sprintf(" and %d more", k.more)
		}
		out = append(out, audit.Gap{Kind: k.kind, What: what + ": " + k.cause, Weakens: weakens})
	}
	return out
}
