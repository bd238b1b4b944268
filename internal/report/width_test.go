package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// TestColumns compares with the tables of golang.org/x/text.
func TestColumns(t *testing.T) {
	wrong := 0
	for r := rune(0x20); r < 0x30000; r++ {
		if !unicode.IsGraphic(r) || unicode.In(r, unicode.Mn, unicode.Me) {
			continue
		}
		want := 1
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			want = 2
		}
		if got := runeColumns(r); got != want {
			wrong++
			if wrong < 10 {
				t.Errorf("%U %c takes %d columns, want %d", r, r, got, want)
			}
		}
	}
	for s, want := range map[string]int{"": 0, "abc": 3, "中文": 4, "e\u0301": 1, "→…“”": 4, "ab中": 4} {
		if got := columns(s); got != want {
			t.Errorf("columns(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"中文字", 6, "中文字"}, {"中文字", 5, "中文…"}, {"中文字", 4, "中…"}, {"", 3, ""}, {"abcd", 1, "…"},
	} {
		if got := clip(c.in, c.n); got != c.want {
			t.Errorf("clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
	if got := clipMiddle("com.example.very.long.Name", 15); got != "com.exa…ng.Name" {
		t.Errorf("clipMiddle: %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in      string
		n, most int
		want    []string
	}{
		{"", 10, 0, []string{""}},
		{"one two three", 8, 0, []string{"one two", "three"}},
		{"one two three", 8, 1, []string{"one two…"}},
		{"onetwothree", 4, 0, []string{"onet", "woth", "ree"}},
		{"中文换行测试", 6, 0, []string{"中文换", "行测试"}},
		{"中文换行，测试", 8, 0, []string{"中文换", "行，测试"}},
		{"我（们）的话", 6, 0, []string{"我", "（们）", "的话"}},
		{"用 Android 系统", 8, 0, []string{"用", "Android", "系统"}},
		{"aaaa bbbb", 4, 0, []string{"aaaa", "bbbb"}},
		{"中文字中文字中文字", 6, 2, []string{"中文字", "中文…"}},
	} {
		got := wrap(c.in, c.n, c.most)
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", c.in, c.n, c.most, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain 文字":                        "plain 文字",
		"a\nb\r\tc":                       `a\nb\r\tc`,
		"\x1b[31m\x07":                    `\x1b[31m\x07`,
		"\u202eabc":                       `\u202eabc`,
		"a\u200bb":                        `a\u200bb`,
		"\u2028":                          `\u2028`,
		"\U000e0041":                      `\U000e0041`,
		"\xff\xfe":                        `\xff\xfe`,
		"a\u00a0b":                        "a b",
		"\u3164":                          `\u3164`,
		"\u0085":                          `\x85`,
		"e\u0301\u0301":                   "e\u0301\u0301",
		"e\u0301\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301" + `\u0301\u0301`,
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := flow(" a\n\n b\u2028\tc\x1b "); got != `a b c\x1b` {
		t.Errorf("flow: %q", got)
	}
	long := strings.Repeat("中", maxRead)
	if got := clean(long); len(got) > maxRead+3 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("a text of %d bytes gives %d", len(long), len(got))
	}
}

func TestAround(t *testing.T) {
	text := strings.Repeat("前", 50) + "IMEI" + strings.Repeat("后", 50)
	got := around(text, 50, 54, 40)
	if !strings.Contains(got, "前IMEI后") || columns(got) > 40 || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("around: %q", got)
	}
	if got := around("short", 0, 0, 40); got != "short" {
		t.Errorf("around: %q", got)
	}
	if got := around("abc", -3, 99, 40); got != "abc" {
		t.Errorf("a mention outside its quote: %q", got)
	}
	if got := around("IMEI "+strings.Repeat("x ", 50), 0, 4, 20); !strings.HasPrefix(got, "IMEI x") || columns(got) > 20 {
		t.Errorf("around: %q", got)
	}
}

func FuzzLayout(f *testing.F) {
	f.Add(nasty, 10, 3, 0, 5)
	f.Add("中文，（括号）abc", 6, 0, 2, 4)
	f.Add(strings.Repeat("(", 300), 7, 2, -1, 1000)
	f.Add("\xff\xfe", 2, 1, 0, 1)
	f.Fuzz(func(t *testing.T, s string, n, most, from, to int) {
		n, most = 2+(n&0xff), most&7
		c := clean(s)
		for _, r := range c {
			if !unicode.IsGraphic(r) || r == utf8.RuneError && !strings.ContainsRune(s, utf8.RuneError) {
				t.Fatalf("clean(%q) holds %U", s, r)
			}
		}
		lines := wrap(c, n, most)
		if most > 0 && len(lines) > most || len(lines) == 0 {
			t.Fatalf("wrap(%q, %d, %d) gives %d lines", c, n, most, len(lines))
		}
		for _, l := range lines {
			if columns(l) > n {
				t.Fatalf("wrap(%q, %d, %d): %q is %d columns wide", c, n, most, l, columns(l))
			}
		}
		if most == 0 && strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(c, " ", "") {
			t.Fatalf("wrap(%q, %d) lost text: %q", c, n, lines)
		}
		if got := columns(clip(c, n)); got > n {
			t.Fatalf("clip(%q, %d) is %d columns wide", c, n, got)
		}
		if got := columns(clipMiddle(c, n)); got > n {
			t.Fatalf("clipMiddle(%q, %d) is %d columns wide", c, n, got)
		}
		if got := columns(around(s, from, to, n)); got > n {
			t.Fatalf("around(%q, %d, %d, %d) is %d columns wide", s, from, to, n, got)
		}
	})
}
