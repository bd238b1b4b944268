package policy

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/rules"
)

// pieces are what random texts are made of: ideographs at both ends of their
// range, marks, Latin words with their plurals, blanks of several kinds, and
// characters of every width.
var pieces = strings.Split("一|鿿|䶿|的|信息|信|息|设备|手机|称|下称|以下简称|以下称|本政策|“|本协议|id|ids|ides|mac|imei|s|e|es|A|Z|1|99|_|-| |  |\t|\n|\u00a0|\u3000|\u2003|\u0085|\u1680|，|。|（|(|)|）|：|:|、|—|é|ß|İ|K|Ａ|９|・|한|😀|\uFFFD|\x00", "|")

func randomText(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range rng.IntN(n) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// TestScans compares what goes by bytes with what goes by runes.
func TestScans(t *testing.T) {
	naming := regexp.MustCompile(`(?:以下简称|以下称|下称)[“"'‘「]?(?:本政策|本规则|本声明|本协议)`)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		s := randomText(rng, 40)
		if got, want := runeCount(s), utf8.RuneCountInString(s); got != want {
			t.Fatalf("%q has %d characters, counted %d", s, want, got)
		}
		if got, want := clean(s), strings.Join(strings.Fields(s), " "); got != want {
			t.Fatalf("clean(%q) = %q, want %q", s, got, want)
		}
		for _, marks := range []string{"。;；,，、：:|!！", "（）—"} {
			if got, want := hasMark(s, marks), strings.ContainsAny(s, marks); got != want {
				t.Fatalf("hasMark(%q, %q) = %t", s, marks, got)
			}
		}
		want := -1
		if m := naming.FindStringIndex(s); m != nil {
			want = m[0]
		}
		if got := selfNaming(s); got != want {
			t.Fatalf("selfNaming(%q) = %d, want %d", s, got, want)
		}
		han, pts := 0, newPoints(s)
		for i, r := range s {
			if isHan(r) {
				han++
			}
			if got, want := pts.at(i), utf8.RuneCountInString(s[:i]); got != want {
				t.Fatalf("byte %d of %q is character %d, not %d", i, s, want, got)
			}
		}
		if got := hanCount(s); got != han {
			t.Fatalf("hanCount(%q) = %d, want %d", s, got, han)
		}
	}
}

// TestMatcherFindsAll compares the matcher with looking up every piece of a text.
func TestMatcherFindsAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		m, terms := newMatcher(), map[string]int32{}
		for v := range int32(1 + rng.IntN(60)) {
			term := rules.Fold(strings.ReplaceAll(randomText(rng, 4), "\n", ""))
			m.add(term, v)
			if _, dup := terms[term]; !dup && term != "" {
				terms[term] = v
			}
		}
		for range 20 {
			text := randomText(rng, 60)
			f := foldText(text)
			from := rng.IntN(len(text) + 1)
			s := span{from, from + rng.IntN(len(text)-from+1)}
			part := f.viewFrom(f.index(s.start, 0), s)
			for _, f := range []folded{f, part} {
				want := naiveFind(terms, &f)
				got := m.find(&f)
				if len(got) != len(want) || m.has(&f) != (len(want) > 0) {
					t.Fatalf("%q in %q: %v, want %v", terms, text, got, want)
				}
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("%q in %q: %v, want %v", terms, text, got, want)
					}
				}
			}
		}
	}
}

// naiveFind finds the leftmost longest terms, and tells words by the text.
func naiveFind(terms map[string]int32, f *folded) []hit {
	joined := func(i int) bool { // rune i goes on with the word of the rune before
		return i > 0 && i < len(f.runes) && isWord(f.runes[i-1]) && isWord(f.runes[i]) && f.end(i) == f.start(i)
	}
	ends := func(j int) bool {
		return !joined(j) || f.runes[j] == 's' && !joined(j+1) ||
			f.runes[j] == 'e' && joined(j+1) && f.runes[j+1] == 's' && !joined(j+2)
	}
	var out []hit
	for i := 0; i < len(f.runes); i++ {
		for j := len(f.runes); j > i && !joined(i); j-- {
			if v, ok := terms[string(f.runes[i:j])]; ok && ends(j) {
				out = append(out, hit{v, f.start(i), f.end(j), i, j})
				i = j - 1
				break
			}
		}
	}
	return out
}
