package policy

import (
	"slices"
	"strings"
	"testing"
)

// brokenAt breaks each line of a text at a column, as an editor does, and indents what
// goes on.
func brokenAt(text string, column int, indent string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		n := 0
		for i, word := range strings.Fields(line) {
			switch {
			case i == 0:
			case n+1+len(word) > column:
				out.WriteString("\n" + indent)
				n = len(indent)
			default:
				out.WriteByte(' ')
				n++
			}
			out.WriteString(word)
			n += len(word)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// TestTextBrokenAtColumn: a text says the same whether it was broken at a column or not,
// where a line begins with a capital, a bracket or a figure, too.
func TestTextBrokenAtColumn(t *testing.T) {
	const filler = "This is what the people of our small firm think about it, and they are glad to tell you so at some length, because the matter is worth it and because nobody should have to guess what happens on a phone that is his own and that he paid for with his own money."
	const policy = "Privacy Policy of Testapp\n\nTestapp is made by Testapp Ltd. " + filler + "\n\n" + filler + "\n\n" + filler + "\n\n" +
		"Q: Who counts the screens?\n\nA: " + "AppsFlyer does. AppsFlyer collects the Android ID, the Google advertising ID (on other phones the OAID instead), the Wi-Fi MAC address, the IMEI (of phones with Android 9 or earlier), the IP address, the language and the time zone. AppsFlyer does not collect your precise location. Its policy: https://www.example.com/a/rather/long/address/of/a/policy\n\n" + filler + "\n"
	want := says(readOne(t, "a.txt", []byte(policy)))
	for _, item := range []string{"sdk:appsflyer+oaid", "sdk:appsflyer+imei", "sdk:appsflyer+timezone", "sdk:appsflyer-precise_location"} {
		if !slices.Contains(want, item) {
			t.Fatalf("unbroken: %s lacks %s", want, item)
		}
	}
	for _, column := range []int{62, 66, 72, 76, 80, 99} {
		for _, indent := range []string{"", "   "} {
			if got := says(readOne(t, "a.txt", []byte(brokenAt(policy, column, indent)))); !slices.Equal(got, want) {
				t.Errorf("at %d, indented by %d: %s, want %s", column, len(indent), got, want)
			}
		}
	}
}

// TestTextNotBroken: lists and lines of their own are no broken text.
func TestTextNotBroken(t *testing.T) {
	for name, text := range map[string]string{
		"list":    strings.Repeat("device model of the phone that you use every day,\nlanguage\n", 20),
		"long":    strings.Repeat(strings.Repeat("word ", 60)+"end\nand on it goes\n", 20),
		"few":     "a line that is long enough to have been broken by an editor at eighty columns\nand goes on\n",
		"Chinese": strings.Repeat("我们会收集您的手机号码、设备型号、系统版本\n以及网络类型\n", 20),
		"room":    strings.Repeat("a line of some length that ends with words that go\non here, and another line which is a good deal longer than it was\n", 20),
	} {
		if got := wrapColumn(text); got != 0 {
			t.Errorf("%s: broken at %d", name, got)
		}
	}
}
