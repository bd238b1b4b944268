package batch

import (
	"fmt"
	"os"
)

// memoryOf is the resident memory of a process in bytes; false where it cannot be
// told.
func memoryOf(pid int) (int64, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	var total, resident int64
	if _, err := fmt.Sscan(string(data), &total, &resident); err != nil {
		return 0, false
	}
	return resident * int64(os.Getpagesize()), true
}
