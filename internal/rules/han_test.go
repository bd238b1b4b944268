package rules

import (
	"testing"
	"unicode/utf8"
)

func TestFoldHan(t *testing.T) {
	runes := []rune(simplifiedForms)
	if len(runes)%2 != 0 || len(simplifiedForms) != 3*len(runes) {
		t.Fatalf("%d characters in %d bytes", len(runes), len(simplifiedForms))
	}
	to := map[rune]rune{}
	for i := 0; i < len(runes); i += 2 {
		if i > 0 && runes[i] <= runes[i-2] {
			t.Errorf("%c stands behind %c", runes[i], runes[i-2])
		}
		to[runes[i]] = runes[i+1]
	}
	for r := rune(hanFirst); r <= hanLast; r++ {
		want, ok := to[r]
		if !ok {
			want = r
		}
		if got := FoldHan(r); got != want {
			t.Errorf("%c folds to %c, want %c", r, got, want)
		}
		if got := FoldHan(want); got != want {
			t.Errorf("%c, to which %c folds, folds on to %c", want, r, got)
		}
	}
	if got := Fold("國際移動設備識別碼、通訊錄、手機號碼"); got != "国际移动设备识别码、通讯录、手机号码" {
		t.Errorf("folds to %s", got)
	}
}

// TestTermsAreSimplified: no term is written with a character that folds away,
// so that what a report shows is what was looked for.
func TestTermsAreSimplified(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	check := func(words []string) {
		for _, w := range words {
			for _, r := range w {
				if f, keep := FoldRune(r); keep && r >= hanFirst && utf8.RuneLen(r) == 3 && r <= hanLast && f != r {
					t.Errorf("%s: %c folds to %c", w, r, f)
				}
			}
		}
	}
	for _, d := range set.DataTypes {
		check(d.Terms.ZH)
		check(d.NotTerms.ZH)
	}
	for _, p := range set.Phrases {
		check(p.ZH)
	}
	for _, p := range set.Permissions {
		check(p.Terms.ZH)
	}
}
