package policy

import (
	"strings"
	"unicode/utf8"
)

// assign gives each piece of a row the field of one of the columns, which come
// in their order: a column may have no piece, and several pieces may belong to
// one column. Of all such assignments it takes the one that fits the content of
// the pieces best (Viterbi over the columns). Pieces that are lines may be parts of
// one cell; else another piece of the same column counts nothing for it: one has
// shown what the column holds, and two lists are of two columns where there are two.
func (r *Reader) assign(d *document, fields []field, pieces []span, lines bool) []field {
	n := len(fields)
	if n == 0 || len(pieces) == 0 {
		return make([]field, len(pieces))
	}
	best := make([]int, n) // of assignments whose last piece is in column j
	from := make([][]int, len(pieces))
	for i, p := range pieces {
		c := r.contentOf(d, p)
		next := make([]int, n)
		from[i] = make([]int, n)
		for j, f := range fields {
			if i == 0 {
				next[j] = c.fits(f) - skips(fields[:j])
				continue
			}
			fit := c.fits(f)
			again := -continued
			if !lines {
				again += min(fit, continued) - fit
			}
			k, s := bestBefore(fields, best, j, again)
			next[j], from[i][j] = s+fit, k
		}
		best = next
	}
	at := 0
	for j := range best {
		if best[j]-skips(fields[j+1:]) > best[at]-skips(fields[at+1:]) {
			at = j
		}
	}
	out := make([]field, len(pieces))
	for i := len(pieces) - 1; i >= 0; i-- {
		out[i] = fields[at]
		at = from[i][at]
	}
	return out
}

// Costs of an assignment, in the units of fits.
const (
	skipped   = 2 // a column without a piece
	nameless  = 6 // the column of names without one
	continued = 3 // a second piece of a column
)

// skips is what columns without a piece cost.
func skips(fields []field) int {
	cost := 0
	for _, f := range fields {
		if f == fieldName {
			cost += nameless
		} else {
			cost += skipped
		}
	}
	return cost
}

// bestBefore returns the column of the piece before one in column j.
// Another piece of the same column changes the score by again.
func bestBefore(fields []field, best []int, j, again int) (column, score int) {
	column, score = j, best[j]+again
	for k := 0; k < j; k++ {
		if s := best[k] - skips(fields[k+1:j]); s > score {
			column, score = k, s
		}
	}
	return column, score
}

// content is what a piece of a row looks like, whatever its column.
type content struct {
	none, url, link, company, method, platform, answer, pkg bool

	named int // 2 the name of a known SDK, 1 ends in SDK, -1 no name: a number, a word that only describes
	runes int
	data  int // percent of it that names data
	perms int // percent of it that names permissions
}

func (r *Reader) contentOf(d *document, s span) content {
	text := strings.TrimSpace(d.str(s))
	f := d.view(s)
	c := content{none: isNone(text), company: r.isCompany(text), runes: utf8.RuneCountInString(text)}
	c.url = isAddress(text)
	c.link = c.runes < 40 && (r.linkTexts.has(&f) || strings.Contains(text, "隐私") || strings.Contains(text, "政策") || strings.Contains(strings.ToLower(text), "privacy"))
	c.method = c.runes < 24 && r.methods.has(&f)
	c.platform = c.runes < 24 && r.linePlatform(d, s) != "" || strings.EqualFold(text, "android/ios") || strings.EqualFold(text, "android") || strings.EqualFold(text, "ios") || text == "安卓/苹果" || text == "安卓"
	c.answer = text == "是" || text == "否" || strings.EqualFold(text, "yes") || strings.EqualFold(text, "no")
	c.pkg = packageLike(text)
	switch _, _, known := r.exactName(text); {
	case known:
		c.named = 2
	case isSerial(text) || !r.distinctive(text):
		c.named = -1
	case strings.HasSuffix(strings.ToLower(text), "sdk") && c.runes <= 30:
		c.named = 1
	}
	size := max(1, s.end-s.start)
	for _, m := range r.mentionsIn(d, s) {
		part := 100 * (m.end - m.start) / size
		if m.permission != "" {
			c.perms += part
		} else {
			c.data += part
		}
	}
	if strings.Contains(text, "权限") {
		c.perms += 30
	}
	c.link = c.link && c.data <= 30
	return c
}

// packageLike tells whether a text is a Java package: com.example.sdk.
func packageLike(text string) bool {
	if strings.Count(text, ".") < 1 || strings.ContainsAny(text, "/: ") || len(text) > 80 {
		return false
	}
	for _, c := range text {
		if !(c == '.' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// fits scores how well the piece fits a column: above zero it looks like one of
// that column, below zero like one of another.
func (c content) fits(f field) int {
	if c.none {
		return pick(f == fieldName, -6, true, 1)
	}
	switch f {
	case fieldLink, fieldWebsite:
		return pick(c.url, 14, c.link, 10, true, -8)
	case fieldCompany:
		return pick(c.company, 14, c.url || c.link, -10, c.data > 50, -8, c.named == 2, -2, c.runes > 40, -8, true, 0)
	case fieldName:
		return pick(c.url || c.link, -12, c.company, -6, c.data > 50, -8, c.platform || c.named < 0, -8, c.named > 0, 5*c.named, c.runes > 40, -8, true, 1)
	case fieldMethod:
		return pick(c.method, 14, true, -4)
	case fieldPlatform:
		return pick(c.platform, 14, true, -8)
	case fieldPackage:
		return pick(c.pkg, 12, true, -6)
	case fieldNecessity:
		return pick(c.answer, 12, true, -6)
	case fieldData:
		return pick(c.url || c.company || c.link, -12, c.method, -6, c.data > 15, 4+c.data/8, c.perms > 50, 2, true, -3)
	case fieldPermissions:
		return pick(c.url || c.company || c.link, -12, c.method, -6, c.perms > 15, 4+c.perms/8, c.data > 50, 1, true, -3)
	case fieldPurpose, fieldScenario, fieldFunction:
		return pick(c.url || c.company || c.link, -12, c.method, -6, c.data > 40, -4, c.named == 2, -4, c.named == 1, -2, true, 3)
	}
	return pick(c.url || c.company, -4, f == fieldNone && c.data > 40, 3, true, 0)
}

// pick returns the score behind the first condition that holds.
func pick(rules ...any) int {
	for i := 0; i+1 < len(rules); i += 2 {
		if rules[i].(bool) {
			return rules[i+1].(int)
		}
	}
	return 0
}
