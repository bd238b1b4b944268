//go:build !unix

package batch

import "os"

// canLock tells whether lock does anything.
const canLock = false

// lock does nothing where the system has no advisory lock that ends with the process:
// a stale one would be worse than none.
func lock(*os.File) (bool, error) { return true, nil }
