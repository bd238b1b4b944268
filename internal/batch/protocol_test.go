package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFrame(t *testing.T) {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	for _, body := range []string{"", "{}", strings.Repeat("long\n", 100_000)} {
		b.Reset()
		if err := writeFrame(w, header{Kind: frameReport, SHA256: "ab"}, []byte(body)); err != nil {
			t.Fatal(err)
		}
		whole := b.String()
		h, got, err := readFrame(bufio.NewReader(&b))
		if err != nil || h.Kind != frameReport || h.SHA256 != "ab" || string(got) != body {
			t.Errorf("%d bytes: %+v, %d bytes back, %v", len(body), h, len(got), err)
		}
		if _, _, err := readFrame(bufio.NewReader(strings.NewReader(whole[:len(whole)-1]))); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes cut by one: %v", len(body), err)
		}
	}
	for _, lie := range []string{`{"bytes":-1}`, `{"bytes":9000000000000}`, "nothing", strings.Repeat("x", maxHeaderBytes+70_000)} {
		if _, _, err := readFrame(bufio.NewReader(strings.NewReader(lie + "\n"))); err == nil {
			t.Errorf("%.40s: no error", lie)
		}
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte("{\"kind\":\"report\",\"bytes\":2}\n{}"))
	f.Add([]byte("{\"bytes\":-1}\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, body, err := readFrame(bufio.NewReader(bytes.NewReader(data)))
		if err == nil && int64(len(body)) != h.Bytes {
			t.Errorf("%d bytes where the header says %d", len(body), h.Bytes)
		}
	})
}

func TestTail(t *testing.T) {
	tl := &tail{most: 100}
	for range 1000 {
		if _, err := tl.Write([]byte("some line\n")); err != nil {
			t.Fatal(err)
		}
	}
	if len(tl.buf) > 300 || tl.line() != "some line" {
		t.Errorf("%d bytes kept, line %q", len(tl.buf), tl.line())
	}
	tl = &tail{most: 4096}
	_, _ = tl.Write([]byte("note\npanic: runtime error: x\n\ngoroutine 1 [running]:\nmain.main()\n"))
	if tl.line() != "panic: runtime error: x" {
		t.Errorf("line %q", tl.line())
	}
}
