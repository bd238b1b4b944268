package batch

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// beNice lowers the priority of this process. Linux keeps one for each thread, which
// new threads take over from the one that starts them. That it cannot be lowered is no
// reason not to work.
func beNice(n int) {
	threads, _ := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, n)
		}
	}
}
