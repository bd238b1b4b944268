package batch_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/batch"
)

// TestMain makes the test program its own worker: batch starts it as "PROGRAM worker".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := batch.Work(faulty(os.Stdin), os.Stdout, version); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// faulty passes requests on, and does harm where one is about a file whose name asks
// for it: what a worker does that a hostile app has got the better of.
func faulty(in io.Reader) io.Reader {
	r, w := io.Pipe()
	go func() {
		s := bufio.NewScanner(in)
		s.Buffer(nil, 64<<20)
		for s.Scan() {
			line := s.Text()
			harm(line)
			fmt.Fprintln(w, line)
		}
		w.Close()
	}()
	return r
}

// slowStep is what each step of an app called slow takes.
const slowStep = 2 * time.Second

// harmfulLeave is set where a worker is to end over what it is to leave.
const harmfulLeave = "APKAUDIT_TEST_HARMFUL_LEAVE"

func harm(line string) {
	at := func(do, name string) bool {
		return strings.Contains(line, `"do":"`+do+`"`) && strings.Contains(line, "/"+name)
	}
	switch {
	case at("scan", "panics"), at("scan", "ends-everything"), at("shell", "ends-everything"), at("open", "opens-badly"):
		panic("index out of range [7] with length 3")
	case at("scan", "hangs"):
		select {}
	case at("open", "slow"), at("scan", "slow"), at("shell", "slow"):
		time.Sleep(slowStep)
	case at("scan", "grows"):
		var kept [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			kept = append(kept, b)
			if len(kept) > 4<<10 {
				return
			}
		}
	case at("scan", "babbles"):
		fmt.Println("this is no frame")
	case at("scan", "killed"):
		self, _ := os.FindProcess(os.Getpid())
		_ = self.Kill()
		select {}
	case strings.Contains(line, `"do":"leave"`) && os.Getenv(harmfulLeave) != "":
		panic("index out of range [7] with length 3")
	case at("scan", "leaves"):
		os.Exit(0)
	}
}
