package cli

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/pflag"

	"apkaudit/internal/audit"
	"apkaudit/internal/report"
)

// How progress is shown.
const (
	progressAuto  = "auto" // a bar on a terminal, else lines; nothing for one target
	progressBar   = "bar"
	progressPlain = "plain"
	progressJSON  = "json"
	progressNone  = "none"
)

func progressModes() []string {
	return []string{progressAuto, progressBar, progressPlain, progressJSON, progressNone}
}

func addProgressFlag(f *pflag.FlagSet) {
	f.String("progress", progressAuto, "what is shown on standard error while apps are examined: "+strings.Join(progressModes(), ", "))
}

// howRead is how a target is done whose app is read.
const howRead = "scanned"

// barThrottle is the time between two drawings of the bar.
const barThrottle = 100 * time.Millisecond

// step is what happens to one target: its start, or with a verdict its end.
type step struct {
	file    string
	size    int64 // bytes
	verdict string
	counts  audit.Counts
	how     string // "" for scanned
	seconds float64
	cause   string // why a worker gave no answer, or the file none
	lost    bool   // a worker has ended over it
}

// progress shows what a run over several targets is at. One goroutine draws: the
// library's bar is not made for several.
type progress struct {
	a     *app
	total int
	bytes int64
	draw  func(step)
	steps chan step
	ended sync.WaitGroup

	n      int
	counts audit.Counts
	busy   []string // files that are being worked on, in the order of their start
	bar    *progressbar.ProgressBar
	goal   int64 // bytes that are to be read
}

// maxSteps is how far a run may be ahead of what is drawn.
const maxSteps = 256

// newProgress begins to show a run over total targets of so many bytes.
func (a *app) newProgress(total int, bytes int64) *progress {
	p := &progress{a: a, total: total, bytes: bytes, goal: bytes, steps: make(chan step, maxSteps)}
	mode := a.config.GetString("progress")
	if a.config.GetBool("quiet") || (mode == progressAuto || mode == "") && total < 2 {
		mode = progressNone
	}
	switch {
	case mode == progressNone:
		p.draw = func(step) {}
	case mode == progressJSON:
		p.draw = p.object
	case mode == progressBar || mode != progressPlain && a.sys.StderrTTY:
		p.bar = p.newBar()
		p.draw = p.onBar
	default:
		p.draw = p.line
	}
	p.ended.Add(1)
	go func() {
		defer p.ended.Done()
		for s := range p.steps {
			p.count(s)
			p.draw(s)
		}
		if p.bar != nil {
			_ = p.bar.Finish() // a terminal that is gone is no reason to fail
		}
	}()
	return p
}

func (p *progress) newBar() *progressbar.ProgressBar {
	return progressbar.NewOptions64(max(p.bytes, 1),
		progressbar.OptionSetWriter(p.a.sys.Stderr), progressbar.OptionShowBytes(p.columns() >= narrow), progressbar.OptionSetElapsedTime(true),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionUseANSICodes(true),
		progressbar.OptionFullWidth(), progressbar.OptionThrottle(barThrottle))
}

// tell says that a target begins or ends.
func (p *progress) tell(s step) { p.steps <- s }

// close waits until everything is drawn.
func (p *progress) close() {
	close(p.steps)
	p.ended.Wait()
}

// count takes a step into the sums.
func (p *progress) count(s step) {
	if s.verdict == "" {
		p.busy = append(p.busy, s.file)
		return
	}
	if i := slices.Index(p.busy, s.file); i >= 0 {
		p.busy = slices.Delete(p.busy, i, i+1)
	}
	p.n++
	for _, severity := range audit.Severities() {
		*p.counts.Of(severity) += *s.counts.Of(severity)
	}
}

// Columns of the bar. A line that is longer than the terminal is wide is not drawn over
// by the next one, so the text beside it takes what the rest leaves.
const (
	unknownWidth = 80 // where the terminal does not tell
	narrow       = 64 // below it there is no speed
	barColumns   = 42 // bar, percentage, speed and times
	thinColumns  = 30 // without speed
	leastName    = 12 // a name that is cut shorter tells nothing
	maxBusyNames = 2  // names beside the bar
)

func (p *progress) columns() int { return cmp.Or(p.a.sys.StderrWidth, unknownWidth) }

// describe is the text beside the bar: the longest that fits.
func (p *progress) describe() string {
	room := p.columns() - barColumns
	if p.columns() < narrow {
		room = p.columns() - thinColumns
	}
	short := fmt.Sprintf("%d/%d", p.n, p.total)
	apps := short + " apps"
	for _, text := range []string{apps + ", " + inWords(p.counts), apps + ", " + summedUp(p.counts), apps} {
		used := utf8.RuneCountInString(text)
		if used > room {
			continue
		}
		if left := room - used - len(" · "); left >= leastName && len(p.busy) > 0 {
			text += " · " + report.Clean(p.names(), left)
		}
		return text
	}
	return short
}

// names are the first files that are being worked on.
func (p *progress) names() string {
	var names []string
	for _, f := range p.busy[:min(len(p.busy), maxBusyNames)] {
		names = append(names, oneLine(filepath.Base(f)))
	}
	if more := len(p.busy) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return strings.Join(names, " ")
}

func (p *progress) onBar(s step) {
	switch {
	case s.verdict == "":
	case s.how == "":
		_ = p.bar.Add64(s.size)
	default: // was not read: neither speed nor time left depend on it
		p.goal -= s.size
		p.bar.ChangeMax64(max(p.goal, 1))
	}
	p.bar.Describe(p.describe())
}

// line is the plain form: one for each target that is done.
func (p *progress) line(s step) {
	if s.verdict == "" {
		return
	}
	how := ""
	if s.how != "" {
		how = s.how + ", "
	}
	line := fmt.Sprintf("[%d/%d] %s: %s, %s (%s%.1f s)", p.n, p.total, s.file, s.verdict, inWords(s.counts), how, s.seconds)
	if s.cause != "" {
		line += ": " + s.cause
	}
	p.a.note("%s", line)
}

// progressEvent is one line of --progress=json.
type progressEvent struct {
	Event   string        `json:"event"`                 // start or done
	File    string        `json:"file"`                  // as reports name it
	Base64  string        `json:"file_base64,omitempty"` // the bytes of the name, where they are no UTF-8
	Bytes   int64         `json:"bytes"`
	Done    int           `json:"done"`
	Total   int           `json:"total"`
	Verdict string        `json:"verdict,omitempty"`
	How     string        `json:"how,omitempty"` // scanned, judged, kept or same
	Seconds float64       `json:"seconds,omitempty"`
	Counts  *audit.Counts `json:"counts,omitempty"`
	Cause   string        `json:"cause,omitempty"` // why there is no verdict, or none on the code
	Lost    bool          `json:"lost,omitempty"`  // a worker process has ended over it
}

func (p *progress) object(s step) {
	e := progressEvent{Event: "start", File: strings.ToValidUTF8(s.file, "\ufffd"), Bytes: s.size, Done: p.n, Total: p.total, Cause: s.cause, Lost: s.lost}
	if e.File != s.file {
		e.Base64 = base64.StdEncoding.EncodeToString([]byte(s.file))
	}
	if s.verdict != "" {
		e.Event, e.Verdict, e.How, e.Seconds, e.Counts = "done", s.verdict, s.how, s.seconds, &s.counts
		if e.How == "" {
			e.How = howRead
		}
	}
	p.a.event(e)
}

// noteEvent is a line of --progress=json about no target.
type noteEvent struct {
	Event string `json:"event"` // note
	Text  string `json:"text"`
}

// event prints one line of --progress=json.
func (a *app) event(e any) {
	data, err := json.Marshal(e)
	if err == nil { // strings and numbers always are
		fmt.Fprintf(a.sys.Stderr, "%s\n", data)
	}
}

// inWords are the findings that a gate may count.
func inWords(c audit.Counts) string {
	var out []string
	for _, severity := range audit.Severities() {
		if n := *c.Of(severity); n > 0 && severity != audit.Info {
			out = append(out, fmt.Sprintf("%d %s", n, severity))
		}
	}
	if len(out) == 0 {
		return "no findings"
	}
	return strings.Join(out, " ")
}

// summedUp is inWords where there is no room for it.
func summedUp(c audit.Counts) string {
	n := 0
	for _, severity := range audit.Severities() {
		if severity != audit.Info {
			n += *c.Of(severity)
		}
	}
	if n == 0 {
		return inWords(c)
	}
	return fmt.Sprintf("%d findings", n)
}
