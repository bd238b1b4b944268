package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// Values of statements: dates, durations, addresses, names of companies. Each
// pattern runs over one sentence, whose length is bounded.
var (
	dateDigits  = pattern.New(`((?:19|20)\d\d)` + fill + `(?:年|[./\-—–－])` + fill + `(\d{1,2})(?:` + fill + `(?:月|[./\-—–－])` + fill + `(\d{1,2})|` + fill + `月|\D|$)`)
	dateCompact = pattern.New(`(?:^|\D)(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?:\D|$)`)
	dateHan     = pattern.New(`([二一][〇○零Oo0一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?`)
	dateDay     = pattern.New(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?(?: day)?(?: of)?[ .,-]{1,2}` + monthNames + `[a-z]*[ .,-]{1,3}((?:19|20)\d\d)\b`)
	dateMonth   = pattern.New(`(?i)\b` + monthNames + `[a-z]*\.? {0,2}(?:(\d{1,2})(?:st|nd|rd|th)?[ ,.]{1,3})?[, ]{0,2}((?:19|20)\d\d)\b`)
	dateSlash   = pattern.New(`\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)\b`)

	email    = pattern.New(`[A-Za-z0-9][A-Za-z0-9._%+-]*\s?(?:[@＠#]|[(\[（]at[)\]）])\s?[A-Za-z0-9-]+(?:\s?\.\s?[A-Za-z0-9-]+)+`)
	phone    = pattern.New(`[+＋]?\d[\d ()（）*\-—–－]{3,22}\d`)
	duration = pattern.New(`(?i)([0-9]+|[一二三四五六七八九十两百]+|半)\s*(?:[(（]\d+[)）]\s*)?(个工作日|工作日|个自然日|自然日|个小时|小时|个月|个星期|周|日|天|年)` +
		`|\b(\d+|one|two|three|four|five|six|seven|ten|twelve|fifteen|twenty|thirty|forty-five|sixty|ninety)(?: \(\d+\))?[ -](business |working |calendar )?(hour|day|week|month|year)s?\b`)
	title = pattern.New(`《[^《》\n]{2,80}》`)
)

// bodyEnds end the names of other bodies than companies that run an app.
var bodyEnds = []string{"工作室", "经营部", "商业银行", "联合社", "信用社", "信息服务中心", "技术服务中心", "科技服务中心", "网络服务中心", "文化服务中心",
	"咨询服务中心", "技术服务部", "信息服务部", "网络服务部", "技术服务站", "事务所", "研究院", "合作社", "有限合伙)", "有限合伙）", "信用卡中心", "宣传部", "人民政府",
	"电视台", "广播电视总台", "报社", "出版社", "协会", "股份公司", "责任公司", "科技公司"}

// Bounds on the name before such an end, in characters.
const (
	leastBodyRunes = 2
	mostBodyRunes  = 24
)

// otherBody returns where s names a body that runs an app and is no company in
// full: by its kind, or "X公司（以下简称…".
func (r *Reader) otherBody(d *document, s span) span {
	f := d.view(s)
	hits := r.topics.bodies.findInto(d.pool.scratch[:0], &f)
	d.pool.scratch = hits
	for _, h := range hits {
		from, n := nameBefore(d.text[s.start:h.start])
		from += s.start
		if h.value == shortBody {
			if !strings.HasPrefix(strings.TrimLeft(d.text[h.end:s.end], "(（，, "), "以下") {
				continue
			}
			if by := strings.LastIndex(d.text[from:h.start], "由"); by >= 0 {
				from += by + len("由")
				n = utf8.RuneCountInString(d.text[from:h.start])
			} else if from > s.start {
				continue // in the middle of a sentence it may be anybody's
			}
			if n > mostBodyRunes/2 {
				continue
			}
		}
		if at := (span{from, h.end}); n >= leastBodyRunes && !r.others(d, at) {
			return at
		}
	}
	return span{}
}

// others tells whether a piece of text speaks of third parties.
func (r *Reader) others(d *document, s span) bool {
	f := d.view(s)
	return slices.ContainsFunc(r.grammar.find(&f), func(h hit) bool { return role(h.value) == roleThird })
}

// shortBody marks words that end a name only where a short name follows.
const shortBody = 1

// newBodies compiles the words that end the names of bodies.
func newBodies() *matcher {
	m := newMatcher()
	for _, end := range bodyEnds {
		m.add(end, 0)
	}
	for _, end := range []string{"公司", "集团"} {
		m.add(end, shortBody)
	}
	return m
}

// nameBefore returns where the run of letters and digits at the end of text
// begins, and how many characters it has, mostBodyRunes at most.
func nameBefore(text string) (from, runes int) {
	from = len(text)
	for runes < mostBodyRunes {
		r, n := utf8.DecodeLastRuneInString(text[:from])
		if n == 0 || !isHan(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		from -= n
		runes++
	}
	return from, runes
}

// fill is what stands between the digits of a date that a template left room for.
const fill = `[\s\p{Z}【】\[\]_]{0,6}`

const monthNames = `(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`

// valueSigns are what a quick look at a text finds of values.
type valueSigns uint8

const (
	signDigit   valueSigns = 1 << iota
	signAt                 // @ or # or ＠
	signTitle              // 《
	signCompany            // 公司
	signYear               // 年
	signCapital            // a Latin capital
)

// The characters of signs outside ASCII, by their three bytes.
const (
	wideAtSign = 0xEFBCA0 // ＠
	wideTitle  = 0xE3808A // 《
	wideGong   = 0xE585AC // 公
	wideYear   = 0xE5B9B4 // 年
)

// signsIn is that look. Whole characters are compared, each with a rare one: what
// the first byte of an ideograph is no processor foresees.
func signsIn(s string) (signs valueSigns) {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0xE0 {
			if i+2 >= len(s) {
				break
			}
			wide := uint32(c)<<16 | uint32(s[i+1])<<8 | uint32(s[i+2])
			i += 3
			if wide == wideYear {
				signs |= signYear
			}
			if wide == wideGong && strings.HasPrefix(s[i:], "司") {
				signs |= signCompany
			}
			if wide == wideTitle {
				signs |= signTitle
			}
			if wide == wideAtSign {
				signs |= signAt
			}
			continue
		}
		i++
		switch {
		case 'A' <= c && c <= 'Z':
			signs |= signCapital
		case c == '@', c == '#':
			signs |= signAt
		case '0' <= c && c <= '9':
			signs |= signDigit
		}
	}
	return signs
}

// bareValue tells whether a text with these signs can hold a value that needs no
// words around it.
func (v valueSigns) bareValue(s string) bool {
	return v&^signCapital != 0 || v != 0 && namesCompany(s)
}

// rulesOut tells whether a text with these signs holds no value of a kind.
func (v valueSigns) rulesOut(kind string) bool {
	switch kind {
	case "date":
		return v&(signDigit|signYear) == 0
	case "phone":
		return v&signDigit == 0
	case "title":
		return v&signTitle == 0
	}
	return false
}

// valueIn returns the first value of a kind in s as a report writes it, and its
// place; an empty place means none.
func (r *Reader) valueIn(d *document, kind string, s span) (string, span) {
	text := d.str(s)
	found := func(m []int) (string, span) {
		if m == nil {
			return "", span{}
		}
		at := span{s.start + m[0], s.start + m[1]}
		return d.str(at), at
	}
	switch kind {
	case "date":
		return dateIn(d, s)
	case "email":
		if strings.Contains(text, "@") || strings.Contains(text, "#") || strings.Contains(text, "＠") || strings.Contains(text, "at)") || strings.Contains(text, "at]") {
			if v, at := found(email.FindStringIndex(text)); !at.empty() {
				return v, at
			}
		}
	case "phone":
		if !mayCall(text) {
			return "", span{}
		}
		for _, m := range phone.FindAllStringIndex(text, 8) {
			if isPhone(text[m[0]:m[1]]) {
				return found(m)
			}
		}
	case "company":
		if at := r.anyCompany(d, s); !at.empty() {
			return d.str(at), at
		}
		at := r.otherBody(d, s)
		return d.str(at), at
	case "duration":
		return longestDuration(d, s)
	case "link":
		for _, l := range d.links {
			if l.start >= s.start && l.end <= s.end && l.href != "" {
				return l.href, l.span
			}
		}
		if u := findURL(text); u != "" {
			i := strings.Index(text, u)
			return found([]int{i, i + len(u)})
		}
	case "title":
		return found(title.FindStringIndex(text))
	}
	return "", span{}
}

// titles returns the titles of documents in s.
func titles(d *document, s span) []span {
	if !strings.Contains(d.str(s), "《") {
		return nil
	}
	var out []span
	for _, m := range title.FindAllStringIndex(d.str(s), 16) {
		out = append(out, span{s.start + m[0], s.start + m[1]})
	}
	return out
}

// mayCall is a quick look whether a text holds as many digits as the shortest
// telephone number.
func mayCall(text string) bool {
	n := 0
	for i := 0; i < len(text) && n < leastDigits; i++ {
		if c := text[i]; '0' <= c && c <= '9' || c == '*' {
			n++
		}
	}
	return n == leastDigits
}

// leastDigits is how many digits a telephone number has at least: a hotline's.
const leastDigits = 5

// isPhone tells a telephone number from a date or a year.
func isPhone(s string) bool {
	if dateDigits.MatchString(s) || dateSlash.MatchString(s) {
		return false
	}
	n := 0
	for _, r := range s {
		if '0' <= r && r <= '9' || r == '*' {
			n++
		}
	}
	return n >= 7 && n <= 16 || n == 5 && (s[0] == '9' || s[0] == '1' || s[0] == '4') && len(s) == 5
}

// anyCompany looks for a company anywhere in s, not only at its beginning.
func (r *Reader) anyCompany(d *document, s span) span {
	text := d.str(s)
	if !namesCompany(text) {
		return span{}
	}
	const (
		before = 160 // bytes of a name that stand before the word that makes it one
		most   = 6   // such words that are tried
	)
	for from, tried := 0, 0; from < len(text) && tried < most; tried++ {
		i, _ := companyWords.next(text, from)
		if i -= from; i < 0 {
			return span{}
		}
		start := max(from, from+i-before)
		for start < len(text) && !utf8.RuneStart(text[start]) {
			start++
		}
		if at := r.companyIn(d, span{s.start + start, s.end}); !at.empty() {
			return at
		}
		from += i + 2
		for from < len(text) && !utf8.RuneStart(text[from]) {
			from++
		}
	}
	return span{}
}

// dateIn returns the first date as 2024-05-31, 2024-05, or 2024 where day and
// month cannot be told apart.
func dateIn(d *document, s span) (string, span) {
	text := d.str(s)
	arabic, compact := yearIn(text)
	han := strings.Contains(text, "年") && (strings.Contains(text, "二") || strings.Contains(text, "一"))
	if !arabic && !han {
		return "", span{}
	}
	best, value := []int(nil), ""
	take := func(m []int, year, month, day string) {
		if m == nil || best != nil && best[0] <= m[0] {
			return
		}
		if v, ok := isoDate(year, month, day); ok {
			best, value = m, v
		}
	}
	part := func(m []int, n int) string {
		if m == nil || m[2*n] < 0 {
			return ""
		}
		return text[m[2*n]:m[2*n+1]]
	}
	if han {
		m := dateHan.FindStringSubmatchIndex(text)
		take(m, hanDigits(part(m, 1)), strconv.Itoa(hanNumber(part(m, 2))), strconv.Itoa(hanNumber(part(m, 3))))
	}
	var m []int
	if arabic {
		m = dateDigits.FindStringSubmatchIndex(text)
		take(m, part(m, 1), part(m, 2), part(m, 3))
		if compact {
			m = dateCompact.FindStringSubmatchIndex(text)
			take(m, part(m, 1), part(m, 2), part(m, 3))
		}
	}
	if arabic && namesMonth(text) {
		m = dateDay.FindStringSubmatchIndex(text)
		take(m, part(m, 3), monthNumber(part(m, 2)), part(m, 1))
		m = dateMonth.FindStringSubmatchIndex(text)
		take(m, part(m, 3), monthNumber(part(m, 1)), part(m, 2))
	}
	if m = nil; arabic && strings.ContainsAny(text, "./-") {
		m = dateSlash.FindStringSubmatchIndex(text)
	}
	if m != nil {
		a, _ := strconv.Atoi(part(m, 1))
		b, _ := strconv.Atoi(part(m, 2))
		switch { // 5/13/2020 and 13.5.2020 are clear, 4/5/2020 is not
		case a > 12:
			take(m, part(m, 3), part(m, 2), part(m, 1))
		case b > 12:
			take(m, part(m, 3), part(m, 1), part(m, 2))
		default:
			take(m, part(m, 3), "", "")
		}
	}
	if best == nil {
		return "", span{}
	}
	at := span{s.start + best[0], s.start + best[1]}
	if rest := d.text[at.end:min(s.end, at.end+len("日"))]; strings.HasPrefix(rest, "日") {
		at.end += len("日")
	}
	return value, at
}

// yearIn is a quick look whether a text can hold a year from 1900 on, and
// whether it may begin a date of eight digits.
func yearIn(text string) (year, compact bool) {
	for i := 0; i+4 <= len(text); i++ {
		if c := text[i]; c != '1' && c != '2' || !(c == '2' && text[i+1] == '0' || c == '1' && text[i+1] == '9') {
			continue
		}
		n := i + 2
		for n < len(text) && '0' <= text[n] && text[n] <= '9' {
			n++
		}
		year = year || n-i >= 4
		compact = compact || n-i >= 8
	}
	return year, compact
}

// namesMonth is a quick look whether a text can name a month in English.
func namesMonth(text string) bool {
	for i := 0; i+3 <= len(text); i++ {
		if c := text[i] | 0x20; c < 'a' || c > 's' || i > 0 && isLatin(text[i-1]) {
			continue
		}
		if strings.Contains(monthNames, strings.ToLower(text[i:i+3])) && isLatin(text[i+1]) {
			return true
		}
	}
	return false
}

// maxDateGap bounds in bytes what may stand between a date and its word.
const maxDateGap = 40

// dateBeside returns the date that belongs to the word at that byte: the one
// right behind it, else the one right before it, else first.
func dateBeside(d *document, s span, word int, first string, at span) (string, span) {
	if word < s.start {
		return first, at
	}
	near := func(gap string) bool {
		return len(gap) <= maxDateGap && !strings.ContainsAny(gap, "，,。；;、0123456789")
	}
	behind, behindAt := dateIn(d, span{word, s.end})
	if !behindAt.empty() && near(d.text[word:behindAt.start]) {
		return behind, behindAt
	}
	before, beforeAt := "", span{}
	const most = 8 // dates before the word that are looked at
	for v, a, n := first, at, 0; !a.empty() && a.start < word && n < most; n++ {
		before, beforeAt = v, a
		v, a = dateIn(d, span{min(a.end, word), word})
	}
	switch {
	case !beforeAt.empty() && near(d.text[min(beforeAt.end, word):word]):
		return before, beforeAt
	case !behindAt.empty():
		return behind, behindAt
	}
	return first, at
}

// isoDate writes a date; ok is false where the calendar has no such day.
func isoDate(year, month, day string) (string, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	dd, _ := strconv.Atoi(day)
	if m > 12 && dd <= 12 {
		m, dd = dd, m // 2019-28-06
	}
	switch {
	case y == 0 || m > 12:
		return "", false
	case m == 0:
		return fmt.Sprintf("%04d", y), true
	case dd == 0:
		return fmt.Sprintf("%04d-%02d", y, m), true
	}
	v := fmt.Sprintf("%04d-%02d-%02d", y, m, dd)
	_, err := time.Parse(time.DateOnly, v)
	return v, err == nil
}

func monthNumber(name string) string {
	if i := strings.Index(monthNames, strings.ToLower(name)); i > 0 && name != "" {
		return strconv.Itoa(i/4 + 1)
	}
	return ""
}

// hanDigits writes 二〇二一 as 2021.
func hanDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if i := strings.IndexRune("〇一二三四五六七八九", r); i >= 0 {
			b.WriteByte(byte('0' + i/len("〇")))
		} else {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// hanNumber reads Chinese numerals below 1000, or Arabic ones; 0 where there is
// none.
func hanNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	total, digit := 0, 0
	for _, r := range s {
		switch r {
		case '百':
			total, digit = total+max(digit, 1)*100, 0
		case '十':
			total, digit = total+max(digit, 1)*10, 0
		case '两':
			digit = 2
		default:
			if i := strings.IndexRune("〇一二三四五六七八九", r); i >= 0 {
				digit = i / len("〇")
			}
		}
	}
	return total + digit
}

var englishNumbers = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "twelve": 12,
	"fifteen": 15, "twenty": 20, "thirty": 30, "forty-five": 45, "sixty": 60, "ninety": 90}

// longestDuration returns the longest span of time in s, such as
// "15 working_days": where a sentence sets two limits the later one is the limit.
func longestDuration(d *document, s span) (string, span) {
	text := d.str(s)
	if !mayLast(text) {
		return "", span{}
	}
	best, place, value := 0, span{}, ""
	for _, m := range duration.FindAllStringSubmatchIndex(text, 16) {
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		n, unit := hanNumber(part(1)), hanUnit(part(2))
		if part(2) == "" {
			n = englishNumbers[strings.ToLower(part(3))]
			if n == 0 {
				n, _ = strconv.Atoi(part(3))
			}
			unit = strings.ToLower(part(5)) + "s"
			if w := strings.ToLower(part(4)); unit == "days" && w != "" && w != "calendar " {
				unit = "working_days"
			}
		} else if bad := text[m[1]:]; strings.HasPrefix(bad, "岁") || unit == "years" && n > 100 || part(2) == "日" && strings.HasSuffix(text[:m[0]], "月") {
			continue // 14周岁, 2021年, 11月1日
		}
		written := fmt.Sprintf("%d %s", min(n, 100_000), unit)
		if days := audit.DurationDays(written); n > 0 && days > best {
			best, place, value = days, span{s.start + m[0], s.start + m[1]}, written
		}
	}
	return value, place
}

// mayLast is a quick look whether a text can name a span of time.
func mayLast(text string) bool {
	if !timeWords.in(text) {
		return false
	}
	if englishUnits.in(text) {
		return true
	}
	for at := 0; ; at++ {
		if at, _ = hanUnits.next(text, at); at < 0 {
			return false
		}
		// A numeral stands before a Chinese unit, or a number in a parenthesis.
		before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:at], " \t\n\f\r"))
		if '0' <= before && before <= '9' || before == ')' || before == '）' || before == '两' || before == '半' || isCNDigit(before) {
			return true
		}
	}
}

// The words for spans of time, as far as a quick look tells.
var (
	timeWords    = newNeedles("日", "天", "年", "月", "周", "时", "星期", "day", "week", "month", "year", "hour", "DAY", "MONTH", "YEAR")
	englishUnits = newLooseNeedles("day", "week", "month", "year", "hour")
	hanUnits     = newNeedles("个工作日", "工作日", "个自然日", "自然日", "个小时", "小时", "个月", "个星期", "周", "日", "天", "年")
)

func hanUnit(s string) string {
	switch s {
	case "个工作日", "工作日":
		return "working_days"
	case "个小时", "小时":
		return "hours"
	case "个月":
		return "months"
	case "个星期", "周":
		return "weeks"
	case "年":
		return "years"
	}
	return "days"
}
