package policy

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is the numbering at the start of a line.
type number struct {
	style string // cn (cn) art dec1 dec2 … num (num) circle alpha bullet; "" = none
	value int    // what it counts; 0 where it does not count
	bytes int    // how much of the line it takes, blanks behind it included
}

func (n number) first() bool { return n.value == 1 }

const cnDigits = "一二三四五六七八九十百零〇" + formalDigits

// formalDigits are 1 to 10 as contracts write them: 壹、总则.
const formalDigits = "壹贰叁肆伍陆柒捌玖拾"

func isCNDigit(r rune) bool {
	switch r {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '零', '〇',
		'壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾':
		return true
	}
	return false
}

// numberAt reads the numbering that line begins with.
func numberAt(line string) number {
	if len(line) > 2 && 0xE4 <= line[0] && line[0] <= 0xE9 {
		if r := rune(line[0]&0x0F)<<12 | rune(line[1]&0x3F)<<6 | rune(line[2]&0x3F); r != '第' && !isCNDigit(r) {
			return number{} // as most lines begin
		}
	}
	skipped := 0
	for skipped < len(line) {
		if c := line[skipped]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, w := utf8.DecodeRuneInString(line[skipped:])
		if r != ' ' && r != '\t' && r != 0x3000 && r != 0xA0 {
			break
		}
		skipped += w
	}
	rest := line[skipped:]
	style, n, value := numberStyle(rest)
	if style == "" {
		return number{}
	}
	for n < len(rest) {
		r, w := utf8.DecodeRuneInString(rest[n:])
		if !isBlank(r) && !(strings.HasPrefix(style, "circle") && (r == '.' || r == '、')) {
			break
		}
		n += w
	}
	return number{style, value, skipped + n}
}

func numberStyle(s string) (style string, n, value int) {
	r, w := utf8.DecodeRuneInString(s)
	switch {
	case w == 0, r >= 0x4E00 && r <= 0x9FFF && r != '第' && !isCNDigit(r):
		return "", 0, 0
	case r == '第':
		d := spanOf(s[w:], cnDigits+decimals)
		after, aw := utf8.DecodeRuneInString(s[w+d:])
		if d > 0 && strings.ContainsRune("条章节部款", after) {
			return "art", w + d + aw, countOf(s[w : w+d])
		}
	case r == '(' || r == '（':
		for _, digits := range []struct{ set, style string }{{cnDigits, "(cn)"}, {decimals, "(num)"}, {letters, "(alpha)"}} {
			d := spanOf(s[w:], digits.set)
			after, aw := utf8.DecodeRuneInString(s[w+d:])
			if d > 0 && d <= 9 && (after == ')' || after == '）') && (digits.style != "(alpha)" || d <= 2) {
				return digits.style, w + d + aw, countOf(s[w : w+d])
			}
		}
	case isCNDigit(r):
		d := spanOf(s, cnDigits)
		after, aw := utf8.DecodeRuneInString(s[d:])
		if strings.ContainsRune("、.．：:", after) && aw > 0 {
			return "cn", d + aw, countOf(s[:d])
		}
	case '0' <= r && r <= '9':
		return decimalStyle(s)
	case '①' <= r && r <= '⑳':
		return "circle", w, int(r-'①') + 1
	case '❶' <= r && r <= '❿':
		return "circle", w, int(r-'❶') + 1
	case isBullet(r):
		if next, _ := utf8.DecodeRuneInString(s[w:]); isBlank(next) || r == '•' || r == '·' || r == '●' || r == '■' || r == '◆' {
			return "bullet", w, 0
		}
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		d := spanOf(s, "ivxIVX")
		if d == 0 {
			d = w
		}
		if d < len(s) && (s[d] == '.' || s[d] == ')') && (d+1 == len(s) || s[d+1] == ' ' || startsHan(s[d+1:])) || strings.HasPrefix(s[d:], "、") {
			_, aw := utf8.DecodeRuneInString(s[d:])
			return "alpha", d + aw, countOf(s[:d])
		}
	}
	return "", 0, 0
}

func startsHan(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isHan(r)
}

func isBullet(r rune) bool {
	switch r {
	case '•', '·', '●', '○', '■', '◆', '▪', '※', '★', '☆', '◎', '▶', '➢', '✓', '*', '-', '–', '—', '>':
		return true
	}
	return false
}

const (
	decimals = "0123456789"
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// countOf reads a short numeral: 12, 十二, b, iv. What it cannot read counts 0.
func countOf(s string) int {
	switch c := s[0]; {
	case '0' <= c && c <= '9':
		n, _ := strconv.Atoi(s)
		return n
	case c < utf8.RuneSelf:
		for i, roman := range []string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"} {
			if strings.EqualFold(s, roman) {
				return i + 1
			}
		}
		return int(c|0x20-'a') + 1
	}
	n := 0
	for _, r := range s {
		if i := strings.IndexRune(formalDigits, r); i >= 0 {
			r = []rune("一二三四五六七八九十")[i/len("壹")]
		}
		if r == '十' {
			n = max(n, 1) * 10
			continue
		}
		i := strings.IndexRune("一二三四五六七八九", r)
		if i < 0 {
			return 0 // 百, 零: no document has so many headings
		}
		n += i/len("一") + 1
	}
	return n
}

func endsNumber(r rune) bool {
	switch r {
	case '.', '．', '、', ')', '）', ':', '：':
		return true
	}
	return false
}

// decimalStyle reads 1. 1、 1) 1.2 1.2.3. — but not 2022年, 3.5 GB or 14岁.
func decimalStyle(s string) (string, int, int) {
	parts, i, last := 0, 0, 0
	for {
		d := 0
		for i+d < len(s) && '0' <= s[i+d] && s[i+d] <= '9' {
			d++
		}
		if d == 0 || d > 3 {
			break
		}
		last = countOf(s[i : i+d])
		i += d
		parts++
		if i < len(s) && s[i] == '.' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
			i++
			continue
		}
		break
	}
	if parts == 0 {
		return "", 0, 0
	}
	after, w := utf8.DecodeRuneInString(s[i:])
	style := "num"
	if parts > 1 {
		style = "dec" + string(rune('0'+min(parts, 9)))
	}
	switch {
	case w > 0 && endsNumber(after):
		if after == ')' || after == '）' {
			style = "num)"
		}
		return style, i + w, last
	case parts > 1 && (w == 0 || isBlank(after) || unicode.Is(unicode.Han, after)):
		return style, i, last
	case parts == 1 && isBlank(after) && i <= 2: // "2 我们收集的信息", not "30 days"
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i:], " \t\u3000\u00a0"))
		if unicode.Is(unicode.Han, next) && !strings.ContainsRune("个天年月日周岁元次条项种", next) || unicode.IsUpper(next) {
			return "num", i, last
		}
	}
	return "", 0, 0
}

func spanOf(s, set string) int {
	if s != "" && s[0] < utf8.RuneSelf && strings.IndexByte(set, s[0]) < 0 {
		return 0
	}
	for i, r := range s {
		if !strings.ContainsRune(set, r) {
			return i
		}
	}
	return len(s)
}
