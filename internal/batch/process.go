package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"apkaudit/internal/audit"
)

// How long a worker may take to load its rules, and to end.
const (
	startTime = 30 * time.Second
	endTime   = 5 * time.Second
)

// parentLook is the time between two looks of the parent at a worker's memory. It
// allows a worker a quarter more than the worker allows itself.
const parentLook = 100 * time.Millisecond

// maxStderr is how much of the end of a worker's standard error is kept.
const maxStderr = 64 << 10

// process is one worker process. It is used by one goroutine.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *tail
	killed atomic.Value // string: why, one of the kinds of gaps
	done   chan struct{}
	most   int64
}

// failure is why a worker gave no answer.
type failure struct {
	kind    string // audit.GapTimeout, GapLimit or GapCrashed
	what    string // one line
	outside bool   // somebody else ended the worker: it may be no fault of the target
}

func (f *failure) Error() string { return f.what }

// start runs a worker and waits until it has loaded its rules. The error is one of
// the program, not of a target.
func start(executable string, env []string, set settings) (*process, error) {
	p := &process{cmd: exec.Command(executable, "worker"), stderr: &tail{most: maxStderr}, done: make(chan struct{}), most: set.MaxMemory}
	p.cmd.Env = env
	p.cmd.Stderr = p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, unstarted(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, unstarted(err)
	}
	p.in, p.out = in, bufio.NewReaderSize(out, 256<<10)
	if err := p.cmd.Start(); err != nil {
		return nil, unstarted(err)
	}
	go p.watch()
	h, _, err := p.exchange(context.Background(), set, due{startTime, startTime})
	if err == nil && h.Kind != frameReady {
		err = errors.New(h.Error)
	}
	if err != nil {
		p.end()
		return nil, fmt.Errorf("a worker process does not start: %w", err)
	}
	return p, nil
}

func unstarted(err error) error {
	return fmt.Errorf("a worker process cannot be started: %w; try fewer at a time with --jobs", err)
}

// watch ends the worker where it takes more memory than it should have noticed itself.
func (p *process) watch() {
	if p.most <= 0 {
		return
	}
	t := time.NewTicker(parentLook)
	defer t.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-t.C:
			if n, ok := memoryOf(p.cmd.Process.Pid); ok && n > p.most/4*5 {
				p.kill(audit.GapLimit)
			}
		}
	}
}

// kill ends the worker; the first reason stays.
func (p *process) kill(why string) {
	p.killed.CompareAndSwap(nil, why)
	_ = p.cmd.Process.Kill() // it may have ended already
}

// due says until when an answer has to be there.
type due struct {
	in time.Duration // from now; may be over already
	of time.Duration // the time of which that is what is left, as messages name it; 0 for no end
}

// exchange sends one document and waits for the frame that answers it. Where the
// worker gives none in time, it has ended and the error is a *failure; where ctx ends,
// the error is ctx's.
func (p *process) exchange(ctx context.Context, document any, by due) (header, []byte, error) {
	line, err := json.Marshal(document)
	if err != nil {
		return header{}, nil, err
	}
	inTime := func() bool { return true }
	if by.of > 0 {
		inTime = time.AfterFunc(by.in, func() { p.kill(audit.GapTimeout) }).Stop
	}
	stop := context.AfterFunc(ctx, func() { p.kill(audit.GapCrashed) })
	defer stop()
	_, err = p.in.Write(append(line, '\n'))
	var h header
	var body []byte
	if err == nil {
		h, body, err = readFrame(p.out)
	}
	// An answer beside which the time ran out comes from a worker that is being killed:
	// taken, it would leave that worker to the next request.
	switch late := !inTime(); {
	case err == nil && !late:
		return h, body, nil
	case ctx.Err() != nil:
		p.end()
		return h, nil, ctx.Err()
	case late:
		p.kill(audit.GapTimeout)
	}
	return h, nil, p.failed(by.of)
}

// failed waits for the end of a worker that answered nothing, and says why. most is the
// time that it had.
func (p *process) failed(most time.Duration) error {
	// A worker whose answer makes no sense may still be running.
	over := time.AfterFunc(endTime, func() { p.kill(audit.GapCrashed) })
	state := p.wait()
	over.Stop()
	why, _ := p.killed.Load().(string)
	said := p.stderr.line()
	code := -1
	if state != nil {
		code = state.ExitCode()
	}
	switch {
	case why == audit.GapTimeout:
		return &failure{kind: audit.GapTimeout, what: fmt.Sprintf("timeout of %s reached", most)}
	case why == audit.GapLimit, code == ExitMemory, strings.Contains(said, "out of memory"), strings.Contains(said, "cannot allocate memory"):
		return &failure{kind: audit.GapLimit, what: fmt.Sprintf("max-memory of %d bytes reached", p.most)}
	case state != nil && signalled(state) != "":
		return &failure{kind: audit.GapCrashed, what: "the worker process was ended by signal " + signalled(state), outside: why == ""}
	}
	if said == "" {
		said = fmt.Sprintf("exit code %d", code)
	}
	return &failure{kind: audit.GapCrashed, what: "the worker process crashed: " + said}
}

func signalled(s *os.ProcessState) string {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return ws.Signal().String()
	}
	return ""
}

// end lets a worker end and waits for it.
func (p *process) end() {
	over := time.AfterFunc(endTime, func() { p.kill(audit.GapCrashed) })
	defer over.Stop()
	p.wait()
}

// wait closes the worker's input and waits until it has ended.
func (p *process) wait() *os.ProcessState {
	select {
	case <-p.done:
		return p.cmd.ProcessState
	default:
	}
	p.in.Close()
	_, _ = io.Copy(io.Discard, p.out) // so that it is not held up by what nobody reads
	_ = p.cmd.Wait()                  // its state says all that the error does
	close(p.done)
	return p.cmd.ProcessState
}

// tail keeps the end of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	most int
	buf  []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if extra := len(t.buf) - 2*t.most; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-t.most:]...)
	}
	return len(b), nil
}

// line is the line that says why a Go program ended, or else the last one.
func (t *tail) line() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := ""
	for l := range strings.Lines(string(t.buf)) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "fatal error: ") || strings.HasPrefix(l, "panic: ") || strings.HasPrefix(l, "runtime: out of memory") {
			return l
		}
		if l != "" {
			last = l
		}
	}
	return last
}
