package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// TestDescribe: what stands beside the bar leaves it room, so that the line is drawn
// over by the next one.
func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		width int
		want  string
	}{
		{0, "7/1200 apps, 2 high 30 medium"},
		{54, "7/1200 apps, 32 findings"},
		{50, "7/1200 apps"},
		{40, "7/1200"},
		{20, "7/1200"},
		{90, "7/1200 apps, 2 high 30 medium · weather.apk ma…"},
		{120, "7/1200 apps, 2 high 30 medium · weather.apk maps.apk +1"},
	} {
		p := &progress{a: &app{sys: System{StderrWidth: tt.width}}, n: 7, total: 1200, counts: audit.Counts{High: 2, Medium: 30, Info: 5},
			busy: []string{"in/weather.apk", "in/maps.apk", "in/notes.apk"}}
		if got := p.describe(); got != tt.want {
			t.Errorf("%d columns: %q, want %q", tt.width, got, tt.want)
		} else if n := utf8.RuneCountInString(got); tt.width > 40 && n > tt.width-thinColumns {
			t.Errorf("%d columns: %d are taken", tt.width, n)
		}
	}
}

// TestOneLine: nothing of a file's name reaches a terminal as a command, and of a long
// one the end stays, behind which stands what is wrong with it.
func TestOneLine(t *testing.T) {
	if got := oneLine("a\x1b[31m\u009b2Jb\u2028\u200fc\u202e\n中文.apk"); got != "a [31m 2Jb  c  中文.apk" {
		t.Errorf("%q", got)
	}
	got := oneLine(strings.Repeat("中", 2000) + ": cannot be listed")
	if !strings.HasSuffix(got, ": cannot be listed") || !utf8.ValidString(got) || len(got) > maxMessage+len("…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestAsArgument(t *testing.T) {
	for in, want := range map[string]string{"-a.apk": "./-a.apk", "in/-a.apk": "in/-a.apk", "/a.apk": "/a.apk"} {
		if got := strings.ReplaceAll(asArgument(in), "\\", "/"); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
