//go:build unix && !linux

package batch

import "golang.org/x/sys/unix"

// beNice lowers the priority of this process. That it cannot be lowered is no reason
// not to work.
func beNice(n int) { _ = unix.Setpriority(unix.PRIO_PROCESS, 0, n) }
