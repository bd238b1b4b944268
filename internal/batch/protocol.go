package batch

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
	"apkaudit/internal/scan"
)

// The parent writes JSON, one document a line: first settings, then requests. A worker
// answers each request with one frame: a header line and as many bytes as it tells.

// settings are what all requests to a worker have in common.
type settings struct {
	Version   string       `json:"version"`
	Rules     []string     `json:"rules"` // directories of overlays
	Options   scan.Options `json:"options"`
	Triage    Triage       `json:"triage"`
	MaxMemory int64        `json:"max_memory"` // bytes; a worker that takes more ends itself
	Nice      int          `json:"nice"`
}

// What a request asks for.
const (
	doOpen    = "open"    // open File and tell what it is; the next request is about it
	doScan    = "scan"    // audit File
	doLeave   = "leave"   // nothing is wanted of what was opened
	doRecheck = "recheck" // judge the saved Report again, by Docs or by the policy inside File
	doShell   = "shell"   // open File and report what can be said without its code
)

type request struct {
	Do     string     `json:"do"`
	File   fileName   `json:"file"`
	Docs   []document `json:"docs"`
	Report fileName   `json:"report"`
	Cause  *audit.Gap `json:"cause"`
}

// document is a policy.Input as a worker gets it.
type document struct {
	Name    fileName `json:"name"`
	Data    []byte   `json:"data"`
	Charset string   `json:"charset"`
	Format  string   `json:"format"`
	Err     string   `json:"err"`
}

func documentOf(in policy.Input) document {
	d := document{Name: fileName(in.Name), Data: in.Data, Charset: in.Charset, Format: in.Format}
	if in.Err != nil {
		d.Err = in.Err.Error()
	}
	return d
}

func (d document) input() policy.Input {
	in := policy.Input{Name: string(d.Name), Data: d.Data, Charset: d.Charset, Format: d.Format}
	if d.Err != "" {
		in.Err = errors.New(d.Err)
	}
	return in
}

// Kinds of frames.
const (
	frameReady  = "ready"  // the worker has loaded its rules
	frameOpened = "opened" // what the file is
	frameReport = "report" // the report follows
	frameFailed = "failed" // nothing can be said of the file; the report that says so follows
	frameBroken = "broken" // the worker cannot work at all: its rules or options do not load
)

// header begins a frame.
type header struct {
	Kind    string `json:"kind"`
	Bytes   int64  `json:"bytes"` // of the report that follows
	Error   string `json:"error"` // of a failed or broken one: why
	SHA256  string `json:"sha256"`
	Package string `json:"package"`
	Summary Facts  `json:"summary"`
	Grown   bool   `json:"grown"` // the worker asks to be replaced
}

// Bounds of what a parent reads from a worker that may have gone wrong.
const (
	maxHeaderBytes = 1 << 20
	maxAnswerBytes = 512 << 20
)

func writeFrame(w *bufio.Writer, h header, body []byte) error {
	h.Bytes = int64(len(body))
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Flush()
}

func readFrame(r *bufio.Reader) (h header, body []byte, err error) {
	line, err := readLine(r, maxHeaderBytes)
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, nil, fmt.Errorf("no answer of a worker: %w", err)
	}
	if h.Bytes < 0 || h.Bytes > maxAnswerBytes {
		return h, nil, fmt.Errorf("a report of %d bytes (max-answer-bytes of %d)", h.Bytes, maxAnswerBytes)
	}
	body, err = bounded.ReadFull(io.LimitReader(r, h.Bytes), "max-answer-bytes", maxAnswerBytes, "report of a worker")
	if err == nil && int64(len(body)) < h.Bytes {
		err = io.ErrUnexpectedEOF
	}
	return h, body, err
}

// readLine reads up to a line break, which it drops. A line that the end of the input
// cuts off is io.ErrUnexpectedEOF.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull) && len(line) <= most:
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		case err == nil || errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("a line of more than %d bytes", most)
		default:
			return nil, err
		}
	}
}

// fileName is a path as the system gives it. JSON has no bytes that are not UTF-8: such
// a name is written as {"base64": …}.
type fileName string

type encodedName struct {
	Base64 string `json:"base64"`
}

// MarshalJSON writes the name so that UnmarshalJSON gives the same bytes.
func (n fileName) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(n)) {
		return json.Marshal(string(n))
	}
	return json.Marshal(encodedName{base64.StdEncoding.EncodeToString([]byte(n))})
}

// UnmarshalJSON reads either form.
func (n *fileName) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var e encodedName
		if err := json.Unmarshal(data, &e); err != nil {
			return err
		}
		b, err := base64.StdEncoding.DecodeString(e.Base64)
		*n = fileName(b)
		return err
	}
	return json.Unmarshal(data, (*string)(n))
}
