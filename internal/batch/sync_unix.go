//go:build unix

package batch

import (
	"os"

	"apkaudit/internal/bounded"
)

// syncDir makes renames in a directory last.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return bounded.Cause(err)
	}
	defer f.Close()
	return f.Sync()
}
