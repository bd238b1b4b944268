package policy

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
)

// strung strings pieces together, the same ones on every run.
func strung(r *rand.Rand, pieces []string, most int) string {
	var b strings.Builder
	for range 1 + r.IntN(most) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestNeedles(t *testing.T) {
	all := []string{"公司", "公", "Ltd", " AS", "，，", "\uFFFD", "Ã©", "𠀀x", "a"}
	n, loose := newNeedles(all...), newLooseNeedles("year", "年", "b c")
	pieces := append([]string{"公", "司", "L", "t", "d", " ", "AS", "，", "é", "Ã", "𠀀", "x", "YEAR", "yEa", "r", "年", "B ", "C", "Z"}, all...)
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		text := strung(r, pieces, 8)
		text = text[r.IntN(2)*r.IntN(len(text)):] // may begin inside a character
		text = text[:len(text)-r.IntN(2)*r.IntN(len(text))]
		want, bits := -1, uint64(0)
		for k, s := range all {
			if i := strings.Index(text, s); i >= 0 {
				bits |= 1 << k
				if want < 0 || i < want {
					want = i
				}
			}
		}
		if at, _ := n.next(text, 0); at != want || n.present(text) != bits || n.in(text) != (want >= 0) {
			t.Fatalf("%q: at %d, want %d; %b, want %b", text, at, want, n.present(text), bits)
		}
		lower := strings.ToLower(strings.ToValidUTF8(text, "?"))
		if want := strings.Contains(lower, "year") || strings.Contains(lower, "年") || strings.Contains(lower, "b c"); loose.in(text) != want {
			t.Fatalf("%q: %v", text, loose.in(text))
		}
	}
}

// TestQuickLooks: a look that spares a pattern must not rule out what the
// pattern finds.
func TestQuickLooks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	urls := []string{"h", "t", "http", "HTTP", "https", "s", "S", "://", ":", "/", "w", "www.", "WWW.", "Www.", "。", " ", "x", "_", "1", "，", "中", "\"", "|", "."}
	times := []string{"三", "半", "1", "30", "个", "月", "日", "天", "年", "小时", "工作日", "自然日", " ", "(", ")", "（", "）", "week", "Day", "s", "business ", "one", "-", "星期"}
	dates := []string{"20", "19", "2", "0", "1", "年", "月", "日", "21", "05", ".", "-", "/", " ", "x", "二〇二一", "May "}
	names := []string{"有限", "责任", "公司", "股份", "集团", "限", "甲", "乙", "(", "京", ")", "Acme", " ", "Inc", "Ltd", " AS", "."}
	lists := []string{"等", "信息", "数据", "）", "”", " ", ",", "etc", "ETC.", "and ", "other", "So on", "more", "x", "级"}
	vague := []string{"为了", "改善", "提升", "服务", "体验", "我们的", "、", "to ", "improve ", "Improving ", "our ", "services", "developing ", "用户", "the "}
	for range 200_000 {
		s := strung(r, urls, 8)
		want := ""
		if urlSigns.in(s) {
			want = urlPattern.FindString(s)
		}
		if got := findURL(s); got != want {
			t.Fatalf("address in %q: %q, want %q", s, got, want)
		}
		if s := strung(r, times, 6); timeWords.in(s) && duration.MatchString(s) && !mayLast(s) {
			t.Fatalf("span of time in %q", s)
		}
		s = strung(r, dates, 8)
		year, compact := yearIn(s)
		if !year && (dateDigits.MatchString(s) || dateDay.MatchString(s) || dateMonth.MatchString(s) || dateSlash.MatchString(s)) || !compact && dateCompact.MatchString(s) {
			t.Fatalf("date in %q", s)
		}
		if v, at := dateIn(&document{text: s}, span{0, len(s)}); !at.empty() && signsIn(s).rulesOut("date") {
			t.Fatalf("date %s in %q", v, s)
		}
		if s := strung(r, names, 6); companyZH.MatchString(s) && !fullForms.in(s) || companyEN.MatchString(s) && !legalWords.in(s) {
			t.Fatalf("company in %q", s)
		}
		s = strung(r, lists, 5)
		behind := 0
		if m := openBehindZH.FindStringIndex(s); m != nil && !notOpen.MatchString(s[m[1]-len("等"):]) {
			behind = m[1]
		} else if m := openBehindEN.FindStringIndex(s); m != nil {
			behind = m[1]
		}
		if got := opensBehind(s); got != behind {
			t.Fatalf("open list in %q: %d, want %d", s, got, behind)
		}
		s = strung(r, vague, 5)
		if (vagueZH.MatchString(s) || vagueEN.MatchString(strings.ToLower(clean(s)))) && !betterWords.in(s) {
			t.Fatalf("purpose %q", s)
		}
	}
}

// TestPurposeOutsideClaim: the purpose of a claim may stand behind its quote.
func TestPurposeOutsideClaim(t *testing.T) {
	for _, text := range []string{"日志信息\n便于我们改善产品", "日志信息等\n便于我们改善产品等"} {
		if _, _, err := testReader().Read(context.Background(), []Input{{Name: "a.txt", Data: []byte(text)}}); err != nil {
			t.Error(err)
		}
	}
}
